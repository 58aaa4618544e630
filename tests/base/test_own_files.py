"""What commands have written is known from what they have not, and each kind from the others."""

import io
import json

import numpy as np
import pytest

from bridge.base.metadata import as_metadata, record_at
from bridge.base.own_files import (
    ARTIFACT_FILE,
    CHECKPOINT_FILE,
    FIGURE,
    FIGURE_MARK,
    GENERATED_MARK,
    LEAN_FILE,
    PAGE,
    PAGE_MARK,
    RESUME_FILE,
)
from bridge.report.figures import Panel, panels, png, svg
from support.repository import REPOSITORY

KINDS = (LEAN_FILE, ARTIFACT_FILE, CHECKPOINT_FILE, RESUME_FILE, PAGE, FIGURE)


def safetensors(metadata):
    header = json.dumps({"__metadata__": metadata}).encode()
    return len(header).to_bytes(8, "little") + header


def kinds_of(data):
    return [kind for kind in KINDS if kind.is_ours(io.BytesIO(data))]


def figure():
    return panels([Panel(np.zeros((4, 4)), "an image")], 1)


def test_an_exported_file_is_a_lean_file_and_nothing_else():
    for path in (REPOSITORY / "lean" / "Generated.lean", *(REPOSITORY / "lean" / "Generated").rglob("*.lean")):
        assert kinds_of(path.read_bytes()) == [LEAN_FILE]


def test_an_artifact_is_one_and_nothing_else():
    assert kinds_of((REPOSITORY / "tests" / "golden" / "probe.safetensors").read_bytes()) == [ARTIFACT_FILE]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_figure_is_one_and_nothing_else(end):
    text = svg(figure, name="images", alt="an image")
    assert kinds_of(f"{text}<!-- {FIGURE_MARK} -->{end}".encode()) == [FIGURE]
    assert kinds_of(png(figure)) == [FIGURE]
    assert kinds_of(text.encode()) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"theorem mine : 1 = 1 := rfl\n",
        # A file of the user's own that only speaks of one.
        f"/-\nMy own.\n-/\n/-\n{GENERATED_MARK} --out A.lean`, do not edit.\n-/\n".encode(),
        f"/-\nIt says: {GENERATED_MARK} --out A.lean`.\n-/\n".encode(),
        f"{GENERATED_MARK}\n".encode(),
        f"<!DOCTYPE html>\n<html><head></head><body>{PAGE_MARK}</body></html>".encode(),
        f"<html><head>{PAGE_MARK}</head><body></body></html>".encode(),
        f"<svg >\n<!-- {FIGURE_MARK} -->\n</svg>\n".encode(),
        f"<!-- {FIGURE_MARK} -->".encode(),
        f"\x89PNG\r\nSoftware\0{FIGURE_MARK}".encode("latin-1"),
        safetensors({}),
        safetensors({"bridge": "[]"}),
        safetensors({"bridge": "{}"}),
        safetensors({"bridge": '"d"'}),
        safetensors({"bridge": '{"format_version": 1}'}),
        safetensors({"bridge": '{"identity": {}}'}),
        safetensors({"bridge": "["}),
        safetensors({"bridge": "[" * 100_000}),
        safetensors({"bridge": 1}),
        safetensors({"other": '{"d": 1}'}),
        b"\xff" * 20,
        b"\x93NUMPY",
    ],
    ids=range(22),
)
def test_what_no_command_has_written_is_of_no_kind(data):
    assert kinds_of(data) == []


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ('{"format_version": 1, "content_sha256": ""}', ARTIFACT_FILE),
        ('{"d": 2}', CHECKPOINT_FILE),
        ('{"identity": {}, "sha256": ""}', RESUME_FILE),
    ],
)
def test_a_record_says_what_a_file_is(record, kind):
    assert kinds_of(safetensors(as_metadata(record))) == [kind]


def test_no_more_is_read_of_a_file_than_its_header():
    file = io.BytesIO(safetensors(as_metadata("{}")) + b"arrays")
    assert record_at(file) == {}
    assert file.read() == b"arrays"


def test_a_header_longer_than_the_format_allows_is_not_read():
    class File(io.BytesIO):
        def read(self, size=-1):
            assert size == 8
            return super().read(size)

    with pytest.raises(ValueError, match="longer than the format allows"):
        record_at(File((100_000_001).to_bytes(8, "little")))
