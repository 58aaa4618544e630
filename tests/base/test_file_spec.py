"""Files of others: what `PATH:NAME` means, and what is refused before it is opened."""

import gzip
import io
import os
import socket

import pytest

from bridge.base import file_spec
from bridge.base.file_spec import GzipReader, open_plain_or_packed, read_bytes, require_readable, split_spec
from support.refusals import refusal

# Names


@pytest.mark.parametrize(
    ("files", "spec", "path", "name"),
    [
        ((), "a.npz", "a.npz", ""),
        ((), "a.npz:Z", "a.npz", "Z"),
        ((), "a.npz:dense/kernel:0", "a.npz", "dense/kernel:0"),
        ((), "a.npz:", "a.npz", ""),
        ((), "a.NPZ:Z", "a.NPZ", "Z"),
        ((), "a.csv.gz:len, mm", "a.csv.gz", "len, mm"),
        ((), "a.parquet:b:c", "a.parquet", "b:c"),
        ((), "folder:a/b.txt:Z", "folder:a/b.txt:Z", ""),
        ((), "a.npz:b.npz", "a.npz", "b.npz"),
        (("a.npz:b.npz",), "a.npz:b.npz", "a.npz:b.npz", ""),
        (("a.npz:b.npz",), "a.npz:b.npz:Z", "a.npz:b.npz", "Z"),
        (("a.npz",), "a.npz:b.npz:Z", "a.npz", "b.npz:Z"),
        (("a.npz", "a.npz:b.npz"), "a.npz:b.npz:Z", "a.npz:b.npz", "Z"),
        ((), f"a.npz:{'b' * 300}.npz:Z", "a.npz", f"{'b' * 300}.npz:Z"),
    ],
)
def test_a_name_follows_the_longest_path_that_is_there(tmp_path, monkeypatch, files, spec, path, name):
    monkeypatch.chdir(tmp_path)
    for file in files:
        (tmp_path / file).touch()
    found = split_spec(spec)
    assert (str(found[0]), found[1]) == (path, name)


# What is no file


def test_a_pipe_a_socket_and_a_device_are_refused_unopened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for name, kind in {"pipe": "a pipe", "link": "a device", "socket": "a socket"}.items():
            assert refusal(require_readable, tmp_path / name) == (
                f"{tmp_path / name} is {kind}; a file is required; save its content as a file"
            )


def test_a_path_that_the_system_refuses_is_refused():
    from pathlib import Path

    for path in (Path("a" * 300), Path("nul\0")):
        assert f"{path} cannot be read (" in refusal(require_readable, path)


def test_a_file_that_is_larger_than_it_can_be_is_refused_unread(tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(2**40)
    assert refusal(read_bytes, path, most=2**30) == (
        f"{path} has more than 1073741824 bytes; a file of at most as many is required; check the path"
    )
    path.write_bytes(b"12345")
    assert read_bytes(path, most=5) == b"12345"


# What is packed


def test_a_gzip_file_is_decompressed_piece_by_piece(tmp_path):
    content = bytes(range(256)) * 1000
    (tmp_path / "a.GZ").write_bytes(gzip.compress(content))
    with open_plain_or_packed(tmp_path / "a.GZ") as file:
        assert b"".join(iter(lambda: file.read(1000), b"")) == content
    with io.TextIOWrapper(GzipReader(tmp_path / "a.GZ"), "latin-1", newline="") as lines:
        assert lines.read() == content.decode("latin-1")
    with GzipReader(tmp_path / "a.GZ") as file:
        assert file.read() == content


def test_no_more_comes_out_of_a_gzip_file_than_an_honest_one_has(tmp_path, monkeypatch):
    monkeypatch.setattr(file_spec, "ALWAYS_EXPANDED", 1000)
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(bytes(10**6)))
    packed = path.stat().st_size
    for size in (10**6, -1, None):
        with GzipReader(path) as file:
            assert refusal(file.read, size).startswith(f"{path} would grow from {packed} bytes more than 200-fold; ")
    with GzipReader(path) as file:
        assert len(file.read(200 * packed)) == 200 * packed
