"""Files of others: what `PATH:NAME` means, and what is refused before it is opened."""

import gzip
import io
import os
import socket

import pytest

from bridge.base import file_spec
from bridge.base.file_spec import (
    GzipReader,
    open_plain_or_packed,
    read_bytes,
    require_readable,
    split_layers,
    split_source,
    split_spec,
)
from bridge.base.remote import RemoteFile
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


@pytest.mark.parametrize(
    ("spec", "path", "name"),
    [
        ("a.npz:Z", "a.npz", "Z"),
        ("acts", "acts", ""),
        ("acts:a.b/c:0", "acts", "a.b/c:0"),
        ("acts:b", "acts:b", ""),
        ("acts:b:c", "acts:b", "c"),
        ("none:Z", "none:Z", ""),
        ("x/layer_3-*.safetensors:latents", "x/layer_3-*.safetensors", "latents"),
        ("x/part-*:Z", "x/part-*", "Z"),
        ("x/part-[0-9]:Z", "x/part-[0-9]", "Z"),
        ("x/part-?:Z", "x/part-?", "Z"),
        ("m.index.json:layer_3.*", "m.index.json", "layer_3.*"),
        ("a.zarr:b/c", "a.zarr", "b/c"),
        ("s3://bucket/x.npy", "s3://bucket/x.npy", ""),
        ("s3://bucket/x.h5:b/c:0", "s3://bucket/x.h5", "b/c:0"),
        ("s3://bucket/acts:Z", "s3://bucket/acts", "Z"),
        ("s3://bucket/a:b/acts", "s3://bucket/a:b/acts", ""),
        ("s3://bucket/acts/*:Z", "s3://bucket/acts/*", "Z"),
        ("s3://bucket", "s3://bucket", ""),
        ("memory://t.parquet:Z", "memory://t.parquet", "Z"),
        ("http://host:8000/x.npz:Z", "http://host:8000/x.npz", "Z"),
        ("http://host:8000/acts", "http://host:8000/acts", ""),
        ("http://host:8000", "http://host:8000", ""),
        ("https://host/x.npy?signed=a:b", "https://host/x.npy?signed=a:b", ""),
        ("simplecache::s3://bucket/x.npz:Z", "simplecache::s3://bucket/x.npz", "Z"),
        ("hf://datasets/me/acts@main/x.parquet:Z", "hf://datasets/me/acts@main/x.parquet", "Z"),
    ],
)
def test_a_source_can_be_a_folder_a_pattern_an_index_or_an_address(tmp_path, monkeypatch, spec, path, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acts").mkdir()
    (tmp_path / "acts:b").mkdir()
    found = split_source(spec)
    assert (str(found[0]), found[1]) == (path, name)
    assert isinstance(found[0], RemoteFile) == ("://" in spec)


@pytest.mark.parametrize(
    ("spec", "path", "layers"),
    [
        ("x.npz:a", "x.npz", ["a"]),
        ("x.npz: enc.1 , fc_mu", "x.npz", ["enc.1", "fc_mu"]),
        ("s3://bucket/x.npz:a,b", "s3://bucket/x.npz", ["a", "b"]),
    ],
)
def test_layers_are_separated_by_commas(spec, path, layers):
    found = split_layers(spec)
    assert (str(found[0]), found[1]) == (path, layers)


@pytest.mark.parametrize("spec", ["", "x.npz", "x.npz:", "x.npz:,", "x.npz:a,", "x.npz: ,b"])
def test_layers_have_names(spec):
    assert refusal(split_layers, spec) == (
        f"the encoder is {spec!r}; FILE:LAYER,LAYER,… is required, the layers in their order, between which ReLU "
        "stands; name the layers behind the file"
    )


def test_an_address_has_a_name_an_ending_and_a_folder():
    file = RemoteFile("s3://bucket/acts/x.npy?version=1")
    assert (file.name, file.suffix, str(file.parent), str(file.parent / "y.npy")) == (
        "x.npy",
        ".npy",
        "s3://bucket/acts",
        "s3://bucket/acts/y.npy",
    )


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
