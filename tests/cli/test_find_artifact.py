"""The artifact of an export is found by the SHA-256 that the export records, whatever it is called."""

import os
from pathlib import Path

import pytest

from bridge.artifact.file import save_artifact
from bridge.base.errors import InputError
from bridge.base.places import ARTIFACT
from bridge.cli.find_artifact import find_artifact
from support.artifacts import make_artifact

ROOT = Path("Probe.lean")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Commands run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    Path("lean").mkdir()
    Path("runs/digits").mkdir(parents=True)
    return tmp_path


def made(path, seed=0):
    """An artifact's SHA-256, which is another for another number of samples."""
    return save_artifact(Path(path), make_artifact(samples=5 + seed))


def write_root(sha256, root=ROOT):
    root.write_text(f"/-\nMade by `python -m bridge export`, do not edit.\nArtifact: SHA-256 {sha256}.\n-/\nmodule\n")


def test_a_file_of_another_name_beside_the_root_is_found_by_its_digest():
    made("Probe.safetensors", seed=1)
    made("another.safetensors", seed=2)
    write_root(made("probe of mine.safetensors"))
    assert find_artifact(ROOT) == Path("probe of mine.safetensors")


def test_the_default_place_is_looked_at_too():
    made("another.safetensors", seed=1)
    write_root(made(ARTIFACT))
    assert find_artifact(ROOT) == ARTIFACT


def test_the_file_with_the_roots_name_comes_before_others_with_the_same_content():
    made("A.safetensors")
    write_root(made("Probe.safetensors"))
    assert find_artifact(ROOT) == Path("Probe.safetensors")


def test_where_none_has_the_digest_the_file_with_the_roots_name_is_meant():
    made("Probe.safetensors")
    made(ARTIFACT, seed=1)
    write_root("0" * 64)
    assert find_artifact(ROOT) == Path("Probe.safetensors")


def test_the_default_root_is_meant_to_go_with_the_default_artifact():
    made(ARTIFACT)
    write_root("0" * 64, Path("lean/Generated.lean"))
    assert find_artifact(Path("lean/Generated.lean")) == ARTIFACT


def test_where_there_is_none_it_is_said_where_it_was_looked_for():
    made("another.safetensors")
    write_root("0" * 64)
    with pytest.raises(InputError) as caught:
        find_artifact(ROOT)
    assert str(caught.value) == (
        f"Probe.lean was made from an artifact with SHA-256 {'0' * 64}, which was not found; looked at were "
        f"Probe.safetensors, the other .safetensors files beside it, and {ARTIFACT}; name it with --artifact"
    )


def test_what_is_no_artifact_is_not_read():
    write_root(made("probe.safetensors"))
    os.mkfifo("Probe.safetensors")
    Path("a.safetensors").mkdir()
    Path("b.safetensors").symlink_to("b.safetensors")
    Path("c.safetensors").write_bytes(b"no artifact")
    assert find_artifact(ROOT) == Path("probe.safetensors")


def test_a_root_that_records_nothing_is_left_to_its_reader():
    assert find_artifact(ROOT) == ARTIFACT
    ROOT.write_text("theorem mine : 1 = 1 := rfl\n")
    assert find_artifact(ROOT) == ARTIFACT
    made("Probe.safetensors")
    assert find_artifact(ROOT) == Path("Probe.safetensors")


def test_a_root_that_no_file_can_be_is_refused_in_one_line():
    root = Path("n" * 300 + ".lean")
    with pytest.raises(InputError) as caught:
        find_artifact(root)
    assert str(caught.value) == (
        f"{root} cannot be looked at (File name too long); the root file of an export is required; name one"
    )
