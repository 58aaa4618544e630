"""The header of a compiled file: which Lean wrote it, how wide its pointers are, and where it belongs."""

import os

import pytest

from bridge.check.olean.errors import OleanError
from bridge.check.olean.objects import Objects
from bridge.check.olean.parts import LARGEST_FILE, Part
from support.oleans import GIT_HASH, LEAN_VERSION, every_kind


def part(folder, content):
    file = folder / "A.olean"
    file.write_bytes(content)
    return Part(file)


def refusal(folder, content):
    with pytest.raises(OleanError) as caught:
        part(folder, content)
    return str(caught.value)


@pytest.mark.parametrize("gmp", [False, True])
@pytest.mark.parametrize("width", [4, 8])
def test_a_header_says_who_wrote_the_file_and_its_addresses_how_wide_they_are(tmp_path, width, gmp):
    content = every_kind(width, gmp=gmp, base=0x50000)
    found = part(tmp_path, content)
    assert (found.width, found.gmp, found.base, found.end) == (width, gmp, 0x50000, 0x50000 + len(content))
    assert (found.lean_version, found.git_hash) == (LEAN_VERSION, GIT_HASH)


def test_addresses_as_large_as_they_get_are_read(tmp_path):
    assert part(tmp_path, every_kind(8, base=0x7EFFFFFF0000)).base == 0x7EFFFFFF0000
    assert part(tmp_path, every_kind(4, base=0xFFF00000)).base == 0xFFF00000


@pytest.mark.parametrize("content", [b"olean", b"olean\1" + bytes(200), b"x" * 200, b"olean\2\2" + bytes(200)])
def test_a_file_that_does_not_begin_as_one_is_an_error(tmp_path, content):
    assert " does not begin as a compiled file of Lean; version 2 of the layout is required; " in refusal(
        tmp_path, content
    )


def test_an_empty_file_is_an_error(tmp_path):
    assert "has 0 bytes; a compiled file of Lean of at most " in refusal(tmp_path, b"")


def test_a_file_of_more_bytes_than_memory_has_room_for_is_an_error(tmp_path):
    file = tmp_path / "A.olean"
    with file.open("wb") as written:
        written.write(every_kind())
        written.truncate(LARGEST_FILE + 4)
    with pytest.raises(OleanError, match=f"has {LARGEST_FILE + 4} bytes; "):
        Part(file)


def test_a_folder_a_pipe_and_nothing_are_errors(tmp_path):
    with pytest.raises(OleanError, match="is no plain file; "):
        Part(tmp_path)
    with pytest.raises(OleanError, match="cannot be read: "):
        Part(tmp_path / "gone")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(OleanError, match="is no plain file; "):
            Part(tmp_path / "pipe")


@pytest.mark.parametrize("width", [4, 8])
def test_a_truncated_file_is_an_error(tmp_path, width):
    content = every_kind(width)
    file = tmp_path / "A.olean"
    for size in range(0, len(content), 52):
        file.write_bytes(content[:size])
        with pytest.raises(OleanError):
            (objects := Objects([file])).record(objects.root, 5, 1)


def parts(folder, *contents):
    files = [folder / f"A.olean{suffix}" for suffix in ("", ".server", ".private")]
    for file, content in zip(files, contents, strict=False):
        file.write_bytes(content)
    return Objects(files[: len(contents)])


def test_parts_of_a_module_follow_each_other(tmp_path):
    found = parts(tmp_path, every_kind(base=0x30000), every_kind(base=0x40000))
    assert found.root >= 0x40000


@pytest.mark.parametrize(
    "second", [every_kind(base=0x20000), every_kind(8, base=0x40000), every_kind(base=0x40000, git_hash="0" * 40)]
)
def test_parts_that_are_not_of_one_module_are_an_error(tmp_path, second):
    with pytest.raises(OleanError, match=r"A.olean and A.olean.server are not of one module; "):
        parts(tmp_path, every_kind(base=0x30000), second)


def test_a_module_without_files_is_an_error():
    with pytest.raises(OleanError, match="a module has no compiled file; "):
        Objects([])


def test_a_file_that_can_be_read_in_two_ways_is_an_error(tmp_path):
    """With pointers of 4 bytes its base is 0 and its root 0x60; with those of 8 both are larger, and fit too."""
    base = 0x60 << 32
    content = every_kind()[:0x50] + base.to_bytes(8, "little") + (base + 0x60).to_bytes(8, "little") + bytes(64)
    assert " has no root object within it, as if it were cut off; " in refusal(tmp_path, content)
