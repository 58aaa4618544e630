"""Sources at addresses: read by way of fsspec, in parts where a library can, and what cannot be reached is said."""

import gzip
import hashlib
import re

import fsspec
import numpy as np
import pytest

from bridge.base import remote
from bridge.base.errors import InputError, MissingToolError
from bridge.base.file_spec import open_plain_or_packed
from bridge.base.remote import RemoteFile, is_address, on_disk
from bridge.sources.labels import read_labels
from bridge.sources.precomputed import open_latents, read_given, read_scores
from support.refusals import refusal
from support.shards import KINDS, Server, write_shards

Z = np.arange(36, dtype=np.float32).reshape(12, 3) / 8
S = np.arange(12.0) / 4


@pytest.fixture
def memory():
    """The file system of fsspec in this process's memory, empty again afterwards."""
    remote._fetched.cache_clear()
    system = fsspec.filesystem("memory")
    yield system
    system.rm("/", recursive=True)
    system.store.clear()
    system.pseudo_dirs[:] = [""]


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """A folder with a folder for each format."""
    folder = tmp_path_factory.mktemp("shards")
    for kind in KINDS:
        write_shards(folder / kind.replace(" ", "-"), kind, Z, [5, 6], score=S)
    return folder


@pytest.fixture(scope="module")
def server(shards):
    with Server(shards) as address:
        yield address


def assert_reads(spec, kind, expected=Z):
    source = open_latents(spec if kind == "npy" else f"{spec}:Z")
    np.testing.assert_array_equal(source.whole(), expected, strict=True)
    np.testing.assert_array_equal(source.read(4, 7), expected[4:7], strict=True)


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_is_read_from_memory(memory, shards, kind):
    memory.put(f"{shards}/", "/acts", recursive=True)
    assert_reads(f"memory://acts/{kind.replace(' ', '-')}", kind)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("zarr")])
@pytest.mark.parametrize("of", ["", "/", "/part-*"])
def test_every_format_is_read_from_a_server(server, kind, of):
    assert_reads(f"{server}/{kind.replace(' ', '-')}{of}", kind)


@pytest.mark.parametrize("kind", ["npy", "npz", "parquet", "arrow file", "h5"])
def test_a_server_that_gives_no_parts_gives_whole_files(shards, kind):
    with Server(shards, gives_parts=False) as address:
        assert_reads(f"{address}/{kind.replace(' ', '-')}/part-*", kind)


@pytest.mark.parametrize("kind", ["zarr 2", "zarr 3"])
def test_a_zarr_folder_is_read_from_a_server_by_its_name(server, kind):
    address = f"{server}/{kind.replace(' ', '-')}/part-11.zarr"
    np.testing.assert_array_equal(open_latents(f"{address}:Z").whole(), Z[6:], strict=True)


def test_of_a_file_only_those_parts_are_fetched_that_are_read(memory, monkeypatch):
    array = np.arange(3_000_000.0).reshape(-1, 3)
    with memory.open("/Z.npy", "wb") as file:
        np.save(file, array)
    source = open_latents("memory://Z.npy")
    asked = []
    whole = fsspec.implementations.memory.MemoryFile.read
    monkeypatch.setattr(
        fsspec.implementations.memory.MemoryFile,
        "read",
        lambda self, *size: (asked.append(size), whole(self, *size))[1],
    )
    np.testing.assert_array_equal(source.read(500_000, 500_010), array[500_000:500_010])
    assert asked == [(240,)]


def test_few_files_are_on_the_disk_at_a_time(memory, shards, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(remote.tempfile, "tempdir", None)
    memory.put(f"{shards}/safetensors/", "/acts", recursive=True)
    source = open_latents("memory://acts:Z")
    for _ in range(2):
        source.whole()
        assert len(list(tmp_path.glob("bridge-*/*.safetensors"))) == 2
    remote._fetched.cache_clear()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_written_anew_elsewhere_is_fetched_again(memory):
    for text in (b"first", b"second"):
        memory.pipe("/a.npy", text)
        with on_disk(RemoteFile("memory://a.npy")) as file:
            assert file.read_bytes() == text


def test_a_shard_that_changes_elsewhere_is_refused(memory, shards):
    memory.put(f"{shards}/npy/", "/acts", recursive=True)
    source = open_latents("memory://acts")
    memory.pipe("/acts/part-6.npy", memory.cat("/acts/part-6.npy"))
    assert refusal(source.whole).startswith("memory:///acts/part-6.npy was written anew while it was read;")


def test_what_is_elsewhere_is_recorded_as_what_is_here(memory, shards, tmp_path):
    memory.put(f"{shards}/npy/", "/acts", recursive=True)
    np.save(tmp_path / "S.npy", S)
    read = [
        read_given(spec, f"{tmp_path}/S.npy", names=None, split_file=None)
        for spec in ("memory://acts/*.npy", f"{shards}/npy/*.npy", "memory://acts/part-1.npy")[:2]
    ]
    assert [shard.name for shard in read[0].origin.shards] == ["part-1.npy", "part-6.npy", "part-11.npy"]
    assert read[0].origin == read[1].origin


def test_one_file_elsewhere_is_recorded_by_its_digest(memory, tmp_path):
    with memory.open("/some/Z.npy", "wb") as file:
        np.save(file, Z)
    np.save(tmp_path / "S.npy", S)
    origin = read_given("memory://some/Z.npy", f"{tmp_path}/S.npy", names=None, split_file=None).origin
    digest = hashlib.sha256(memory.cat("/some/Z.npy")).hexdigest()
    assert (origin.dataset, origin.dataset_sha256, origin.shards) == ("Z.npy", digest, ())


def test_tables_of_text_are_read_from_elsewhere(memory):
    memory.pipe("/scores.csv", b"size,label\n1,a\n2,b\n")
    memory.pipe("/scores.csv.gz", gzip.compress(b"size,label\n1,a\n2,b\n"))
    for spec in ("memory://scores.csv", "memory://scores.csv.gz"):
        assert read_scores(f"{spec}:size", None, samples=2).values.tolist() == [[1], [2]]
        assert read_labels(spec, samples=2).class_names == ("a", "b")
    with open_plain_or_packed(RemoteFile("memory://scores.csv")) as file:
        assert file.read(4) == b"size"


def test_the_columns_of_shards_elsewhere_are_latents_and_scores(memory, shards):
    memory.put(f"{shards}/parquet/", "/acts", recursive=True)
    given = read_given("memory://acts", "memory://acts/*.parquet:score", names=None, split_file=None)
    np.testing.assert_array_equal(given.latents.whole(), Z)
    np.testing.assert_array_equal(given.scores.values[:, 0], S)


def test_an_index_and_a_saved_data_set_are_read_from_elsewhere(memory, shards, tmp_path):
    memory.put(f"{shards}/safetensors/part-1.safetensors", "/model/a.safetensors")
    memory.pipe("/model/m.index.json", b'{"weight_map": {"Z": "a.safetensors", "score": "a.safetensors"}}')
    np.testing.assert_array_equal(open_latents("memory://model/m.index.json:Z").whole(), Z[:5])
    memory.put(f"{shards}/arrow-stream/part-11.arrow", "/saved/x.arrow")
    memory.pipe("/saved/state.json", b'{"_data_files": [{"filename": "x.arrow"}]}')
    np.testing.assert_array_equal(open_latents("memory://saved:Z").whole(), Z[6:])


# What cannot be reached


@pytest.mark.parametrize(
    ("address", "library", "protocol"),
    [
        ("s3://bucket/acts/*.npy", "s3fs", "s3"),
        ("gs://bucket/Z.npy", "gcsfs", "gs"),
        ("hf://datasets/me/acts", "huggingface_hub", "hf"),
        ("simplecache::s3://bucket/Z.npy", "s3fs", "s3"),
    ],
)
def test_a_missing_library_is_named_with_what_it_is_for(address, library, protocol):
    with pytest.raises(MissingToolError) as caught:
        open_latents(address)
    message = str(caught.value)
    assert message.startswith(f"{address} cannot be read (") and library in message
    assert message.endswith(
        f"); fsspec's library for {protocol}:// is required; install it with pip, or download the files"
    )


def test_what_is_not_there_is_refused(memory, server):
    for address in ("memory://nothing/Z.npy", "memory://nothing", f"{server}/nothing.npy"):
        assert refusal(open_latents, address).startswith(f"{address} does not exist; a file")
    assert refusal(open_latents, "memory://nothing/*.npy").startswith("memory://nothing/*.npy has no shard; a pattern")


def test_an_unknown_protocol_is_refused():
    assert refusal(open_latents, "nowhere://Z.npy") == (
        "nowhere://Z.npy cannot be read (ValueError: Protocol not known: nowhere); a file or a folder that can be read "
        "is required; check the address, and what it takes to be let in"
    )


def test_a_folder_in_the_place_of_a_file_is_refused(memory):
    memory.pipe("/acts/below", b"")
    assert refusal(RemoteFile("memory://acts").stamp) == (
        "memory://acts is a folder, or says not how large it is; a file is required; name one that can be downloaded"
    )


def test_what_breaks_off_while_it_is_read_is_refused(memory, monkeypatch):
    with memory.open("/Z.npy", "wb") as file:
        np.save(file, Z)
    source = open_latents("memory://Z.npy")

    def broken(*_):
        raise EOFError("the line is dead")

    monkeypatch.setattr(fsspec.implementations.memory.MemoryFile, "read", broken)
    assert re.match(
        r"memory://Z\.npy is not a \.npy file or is damaged \(EOFError: the line is dead\);", refusal(source.whole)
    )


def test_without_fsspec_the_one_thing_to_install_is_named(monkeypatch):
    monkeypatch.setattr("bridge.base.extras.find_spec", lambda _: None)
    with pytest.raises(MissingToolError, match=r"^fsspec is missing; it is required for files elsewhere; run `pip"):
        open_latents("memory://Z.npy")


@pytest.mark.parametrize("text", ["Z.npy", "a/b:c", "C:/Z.npy", "a://b"[:2], "/tmp/x"])
def test_a_path_is_no_address(text):
    assert not is_address(text)


def test_errors_of_this_project_pass_through(memory):
    memory.pipe("/x.index.json", b"[]")
    with pytest.raises(InputError, match=r"^memory://x\.index\.json holds no JSON object;"):
        open_latents("memory://x.index.json")


def test_a_zarr_folder_elsewhere_has_the_digest_that_it_has_here(memory, shards, tmp_path):
    memory.put(f"{shards}/zarr-3/part-1.zarr/", "/Z.zarr", recursive=True)
    np.save(tmp_path / "S.npy", S[:5])
    specs = ("memory://Z.zarr:Z", f"{shards}/zarr-3/part-1.zarr:Z")
    here, there = (read_given(spec, f"{tmp_path}/S.npy", names=None, split_file=None).origin for spec in specs)
    assert here.dataset_sha256 == there.dataset_sha256


def test_a_library_that_is_missing_when_a_file_is_fetched_is_named(memory, monkeypatch, shards):
    memory.put(f"{shards}/pt/part-1.pt", "/Z.pt")
    source = open_latents("memory://Z.pt:Z")
    remote._fetched.cache_clear()

    def missing(*_, **__):
        raise ImportError("Install it")

    monkeypatch.setattr(fsspec, "open", missing)
    with pytest.raises(MissingToolError, match=r"^memory://Z\.pt cannot be read \(Install it\);"):
        source.whole()


def test_what_is_wrong_with_a_file_that_is_fetched_is_said_as_it_is(shards, monkeypatch):
    def refused(*_):
        raise InputError("there is no room; more is required; make some")

    monkeypatch.setattr(remote, "_fetched", refused)
    with Server(shards, gives_parts=False) as address:
        assert refusal(open_latents, f"{address}/npy/part-1.npy") == "there is no room; more is required; make some"
