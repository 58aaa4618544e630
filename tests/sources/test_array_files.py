"""Arrays in files: what comes out is what went in, in blocks, and what cannot be read is refused in one line."""

import io
import os
import pickle
import re
import struct
import zipfile

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st

import bridge.base.arrays
from bridge.base.errors import InputError
from bridge.sources.array_files import open_array
from support.memory import run_python
from support.refusals import refusal as refusal_of
from support.strategies import number_arrays, unhurried

FORMATS = ("npy", "npz", "compressed npz", "safetensors", "pt", "pth")


def write(folder, kind, array):
    """The array in a file of this kind."""
    path = folder / f"array.{kind.split()[-1]}"
    match kind:
        case "npy":
            np.save(path, array)
        case "npz":
            np.savez(path, Z=array)
        case "compressed npz":
            np.savez_compressed(path, Z=array)
        case "safetensors":
            safetensors.torch.save_file({"Z": torch.from_numpy(np.array(array, order="C"))}, path)
        case "pt" | "pth":
            torch.save(torch.from_numpy(np.array(array)), path)
    return path


def small_blocks(patch, entries):
    patch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", entries)


def assert_reads(spec, array):
    opened = open_array(str(spec))
    values = opened.whole()
    assert (opened.shape, opened.dtype) == (array.shape, array.dtype)
    assert (values.shape, values.dtype, values.tobytes()) == (array.shape, array.dtype, array.tobytes())
    assert {block.dtype for block in opened.blocks()} <= {array.dtype}


def refusal(spec):
    """The one line with which an array is refused, at the latest when it is read."""
    return refusal_of(lambda: open_array(str(spec)).whole())


# What is read is what was written


@unhurried
@given(data=st.data(), kind=st.sampled_from(FORMATS), order=st.sampled_from("CF"), rows=st.integers(1, 9))
def test_every_type_is_read_bit_for_bit_in_blocks_of_any_size(tmp_path, data, kind, order, rows):
    array = data.draw(number_arrays(rows, 3))
    path = write(tmp_path, kind, np.asarray(array, order=order))
    with pytest.MonkeyPatch.context() as patch:
        small_blocks(patch, data.draw(st.integers(1, 12)))
        assert_reads(path, array)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("shape", [(), (1,), (5,), (0, 3), (2, 3, 4)])
def test_every_shape_is_kept(tmp_path, kind, shape):
    assert_reads(
        write(tmp_path, kind, np.arange(np.prod(shape), dtype=np.float32).reshape(shape)),
        np.float32(np.arange(np.prod(shape)).reshape(shape)),
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_no_block_is_larger_than_asked_for_and_they_can_be_read_again(tmp_path, monkeypatch, kind):
    array = np.arange(30, dtype=np.float32).reshape(10, 3)
    opened = open_array(str(write(tmp_path, kind, array)))
    small_blocks(monkeypatch, 11)
    for _ in range(2):
        blocks = list(opened.blocks())
        assert [len(block) for block in blocks] == [3, 3, 3, 1]
        np.testing.assert_array_equal(np.concatenate(blocks), array)


# Sources are values: they can be sent elsewhere, and asked for any rows


@unhurried
@given(
    data=st.data(),
    kind=st.sampled_from(FORMATS),
    order=st.sampled_from("CF"),
    row_shape=st.sampled_from([(), (3,), (2, 2)]),
)
def test_a_source_that_was_sent_elsewhere_gives_any_rows_in_any_order(tmp_path, data, kind, order, row_shape):
    array = np.arange(9 * np.prod(row_shape), dtype=np.float32).reshape(9, *row_shape)
    path = write(tmp_path, kind, np.asarray(array, order=order))
    source = pickle.loads(pickle.dumps(open_array(str(path))))
    ends = data.draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted), max_size=4))
    for start, stop in ends:
        np.testing.assert_array_equal(source.read(start, stop), array[start:stop], strict=True)
    for (start, stop), piece in zip(ends, source.pieces(ends), strict=True):
        np.testing.assert_array_equal(piece, array[start:stop], strict=True)


@pytest.mark.parametrize("kind", ["npz", "compressed npz"])
def test_block_after_block_an_archive_is_read_once_and_its_checksum_is_looked_at(tmp_path, monkeypatch, kind):
    path = write(tmp_path, kind, np.arange(30_000.0).reshape(3000, 10))
    opened = open_array(str(path))
    small_blocks(monkeypatch, 10)
    monkeypatch.setattr(zipfile.ZipExtFile, "seek", lambda *_: pytest.fail("it goes to another place"))
    np.testing.assert_array_equal(np.concatenate(list(opened.blocks())), np.arange(30_000.0).reshape(3000, 10))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"is not an \.npz file or is damaged"):
        opened.whole()


@pytest.mark.parametrize("kind", ["npy", "npz"])
def test_the_other_byte_order_becomes_this_machines(tmp_path, kind):
    array = np.array([[1.5, -0.0], [3.25, 1e-40]], np.float32)
    assert_reads(write(tmp_path, kind, array.astype(array.dtype.newbyteorder())), array)


@pytest.mark.parametrize("kind", ["safetensors", "pt"])
def test_every_bfloat16_is_kept_as_a_float32(tmp_path, kind):
    every = np.arange(2**16, dtype=np.uint16)
    tensor = torch.from_numpy(every.view(np.int16)).view(torch.bfloat16)
    path = tmp_path / f"array.{kind}"
    if kind == "pt":
        torch.save(tensor, path)
    else:
        safetensors.torch.save_file({"Z": tensor}, path)
    expected = (every.astype(np.uint32) << 16).view(np.float32)
    values = open_array(str(path)).whole()
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values[np.isfinite(expected)], expected[np.isfinite(expected)])
    np.testing.assert_array_equal(np.isnan(values), np.isnan(expected))


def test_one_of_several_arrays_is_chosen_by_name(tmp_path):
    first, second = np.arange(3.0), np.arange(4)
    np.savez(tmp_path / "several.npz", first=first, second=second)
    tensors = {"first": torch.from_numpy(first), "second": torch.from_numpy(second)}
    torch.save({**tensors, "epoch": 3}, tmp_path / "several.pt")
    safetensors.torch.save_file(tensors, tmp_path / "several.safetensors")
    for suffix in ("npz", "pt", "safetensors"):
        assert_reads(f"{tmp_path}/several.{suffix}:first", first)
        assert_reads(f"{tmp_path}/several.{suffix}:second", second)


def test_a_file_whose_name_has_a_colon_is_read(tmp_path):
    np.save(tmp_path / "a.npy:b.npy", np.ones(3))
    assert_reads(tmp_path / "a.npy:b.npy", np.ones(3))


def test_a_parameter_and_a_view_are_read_as_tensors_are(tmp_path):
    torch.save(torch.nn.Parameter(torch.ones(2, 3)), tmp_path / "parameter.pt")
    assert_reads(tmp_path / "parameter.pt", np.ones((2, 3), np.float32))
    torch.save(torch.arange(12).reshape(3, 4).T[1:], tmp_path / "view.pt")
    assert_reads(tmp_path / "view.pt", np.ascontiguousarray(np.arange(12).reshape(3, 4).T[1:]))


# Memory

READ = """
import sys
import torch
from bridge.sources.array_files import open_array
from support.memory import peak_bytes

before = peak_bytes()
for block in open_array(sys.argv[1]).blocks():
    pass
print(peak_bytes() - before)
"""


@pytest.mark.parametrize(
    ("kind", "order"), [("npy", "F"), ("npy", "C"), ("npz", "C"), ("safetensors", "C"), ("pt", "C")]
)
def test_memory_does_not_grow_as_a_file_is_read(tmp_path, kind, order):
    array = np.random.default_rng(0).integers(0, 9, (2**20, 32), np.int32)
    path = write(tmp_path, kind, np.asarray(array, order=order))
    growth = int(run_python(READ, path))
    assert growth < array.nbytes / 2


# What is refused: code


class Payload:
    """What pickle would run."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (os.mkdir, (str(self.mark),))


@pytest.mark.parametrize("kind", ["npy", "npz", "pt", "pth"])
def test_pickled_code_is_never_run_and_the_line_says_so(tmp_path, kind):
    path = tmp_path / f"array.{kind}"
    objects = np.array([Payload(tmp_path / "ran")], dtype=object)
    match kind:
        case "npy":
            np.save(path, objects, allow_pickle=True)
        case "npz":
            np.savez(path, Z=objects)
        case _:
            torch.save({"Z": objects[0]}, path)
    source = f"{path}:Z" if kind == "npz" else path
    assert refusal(path).startswith(f"{source} holds Python objects, which are pickled code; ")
    assert "code in a file is never run; save it " in refusal(path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", ["npy", "npz", "safetensors", "pt"])
def test_a_bare_pickle_is_not_opened_whatever_its_ending(tmp_path, kind):
    path = tmp_path / f"array.{kind}"
    path.write_bytes(pickle.dumps(Payload(tmp_path / "ran")))
    assert f"{path} is not a" in refusal(path)
    assert not (tmp_path / "ran").exists()


# What is refused: other types


@pytest.mark.parametrize(
    ("array", "shown"),
    [
        (np.ones(3, complex), "complex128"),
        (np.array(["a", "b"]), "<U1"),
        (np.array(["2020-01-01"], "M8[D]"), "datetime64[D]"),
        (np.zeros(3, [("a", "f4")]), "[('a', '<f4')]"),
        (np.ones(3, np.longdouble), str(np.dtype(np.longdouble))),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
@pytest.mark.parametrize("kind", ["npy", "npz"])
def test_a_type_that_is_no_number_of_64_bits_is_refused(tmp_path, kind, array, shown):
    path = write(tmp_path, kind, array)
    source = f"{path}:Z" if kind == "npz" else path
    assert refusal(path) == (
        f"{source} has entries of type {shown}; floats of 16, 32 or 64 bits, integers or booleans are required; "
        "convert it first"
    )


@pytest.mark.parametrize("kind", ["safetensors", "pt"])
@pytest.mark.parametrize(
    "tensor",
    [torch.ones(2, 2).to(torch.float8_e4m3fn), torch.ones(2, 2, dtype=torch.complex64), torch.eye(2).to_sparse()],
    ids=["float8", "complex", "sparse"],
)
def test_a_tensor_of_another_type_is_refused(tmp_path, kind, tensor):
    path = tmp_path / f"array.{kind}"
    if kind == "pt":
        torch.save(tensor, path)
    elif tensor.layout != torch.strided:
        pytest.skip("the format has no sparse tensors")
    else:
        safetensors.torch.save_file({"Z": tensor}, path)
    assert re.search(r"required; convert it first$", refusal(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([torch.ones(2)], " holds a list; a tensor or a dict of tensors is required; save one of these"),
        ({"epoch": 3}, " holds 0 arrays (none); one is required; save one in it"),
        (
            {"a": torch.ones(1), "b": torch.ones(1)},
            " holds 2 arrays ('a', 'b'); one is required; choose it with PATH:NAME",
        ),
    ],
)
def test_a_file_of_torch_without_one_tensor_is_refused(tmp_path, content, message):
    path = tmp_path / "array.pt"
    torch.save(content, path)
    assert refusal(path) == str(path) + message.replace("PATH", str(path))


def test_the_tensors_of_nested_dicts_have_the_path_that_leads_to_them(tmp_path):
    content = {"epoch": 3, "model": {"encoder": {"weight": torch.ones(2)}, 0: torch.zeros(3)}, "list": [torch.ones(1)]}
    torch.save(content, tmp_path / "nested.pt")
    assert_reads(f"{tmp_path}/nested.pt:model.encoder.weight", np.ones(2, np.float32))
    assert_reads(f"{tmp_path}/nested.pt:model.0", np.zeros(3, np.float32))
    assert refusal(f"{tmp_path}/nested.pt").startswith(
        f"{tmp_path}/nested.pt holds 2 arrays ('model.0', 'model.encoder.weight'); one is required; choose it with "
    )


def test_nested_dicts_that_name_a_tensor_twice_or_have_no_end_are_refused(tmp_path):
    path = tmp_path / "nested.pt"
    torch.save({"a.b": torch.ones(1), "a": {"b": torch.zeros(1)}}, path)
    assert refusal(path) == f"{path} has two tensors of the name 'a.b'; each needs its own; save it again"
    endless = {}
    endless["again"] = endless
    torch.save(endless, path)
    assert refusal(path) == f"{path} has dicts within dicts without end; a dict of tensors is required; save one"


# What is refused: missing, misnamed and damaged files


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.npy", " does not exist; a file is required; check the path"),
        ("folder.npy", " cannot be read (Is a directory); a readable file is required; check the path"),
        (
            "a.xlsx",
            " has the ending '.xlsx'; an array is read from .npy, .npz, .safetensors, .pt, .pth, .h5, .hdf5, .zarr; "
            "save it as one of these",
        ),
    ],
)
def test_a_path_that_is_no_array_is_refused(tmp_path, name, message):
    (tmp_path / "folder.npy").mkdir()
    (tmp_path / "a.xlsx").touch()
    assert refusal(tmp_path / name) == f"{tmp_path / name}{message}"


def test_an_unknown_name_is_refused_with_the_names_there_are(tmp_path):
    path = write(tmp_path, "npz", np.ones(3))
    assert refusal(f"{path}:W") == f"{path} has no array 'W'; it holds 'Z'; choose one with {path}:NAME"


def test_two_arrays_of_one_name_are_refused(tmp_path):
    path = tmp_path / "array.npz"
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "w") as archive:
        for value in (1.0, 2.0):
            archive.writestr("Z.npy", npy_bytes(np.full(3, value)))
    assert refusal(path) == f"{path} has two arrays of the name 'Z'; each needs its own; save it again"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_truncated_file_is_refused_at_every_length(tmp_path, kind):
    path = write(tmp_path, kind, np.arange(40, dtype=np.float32).reshape(20, 2))
    data = path.read_bytes()
    for length in range(0, len(data), 7 if len(data) < 2000 else 97):
        path.write_bytes(data[:length])
        assert str(path) in refusal(path)


def test_data_after_the_end_of_an_npy_file_are_refused(tmp_path):
    path = tmp_path / "array.npy"
    path.write_bytes(npy_bytes(np.ones((2, 2))) + b"\0")
    assert refusal(path) == (
        f"{path} has 33 bytes of data; its header says shape (2, 2) and type float64, 32 bytes; save it again"
    )


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_flipped_bit_in_the_data_of_an_npz_is_refused(tmp_path, compression):
    path = tmp_path / "array.npz"
    array = np.random.default_rng(0).normal(size=(50, 2))
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("Z.npy", npy_bytes(array))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert f"{path} is not an .npz file or is damaged (" in refusal(path)


def npy_bytes(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npy_header(shape, descr="<f8"):
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()


@pytest.mark.parametrize(
    "header",
    [
        npy_header("(-1, 2)"),
        npy_header("(2, 'a')"),
        npy_header("((2,),)"),
        npy_header("2"),
        npy_header("__import__('os').mkdir('ran')"),
        npy_header("(2,)", "<f16x"),
        npy_header("(" * 90),
        b"\x93NUMPY\x09\x00" + npy_header("(2,)")[8:],
        b"",
    ],
    ids=range(9),
)
@pytest.mark.parametrize("kind", ["npy", "npz"])
def test_a_wrong_header_of_numpy_is_refused(tmp_path, monkeypatch, kind, header):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"array.{kind}"
    if kind == "npy":
        path.write_bytes(header + bytes(16))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("Z.npy", header + bytes(16))
    assert f"{path} is not a" in refusal(path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{}garbage",
        b'{"Z":{"dtype":"F32","shape":[2,2],"data_offsets":[0,12]}}',
        b'{"Z":{"dtype":"F32","shape":[2,2],"data_offsets":[0,1000]}}',
        b'{"Z":{"dtype":"F99","shape":[4],"data_offsets":[0,16]}}',
    ],
    ids=["no header", "no JSON", "size", "offsets", "dtype"],
)
def test_a_wrong_header_of_safetensors_is_refused(tmp_path, header):
    path = tmp_path / "array.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(16))
    assert f"{path} is not a .safetensors file or is damaged (SafetensorError: " in refusal(path)


# What is refused before it is decompressed


def test_an_npz_that_says_it_is_large_and_is_not_is_refused_unread(tmp_path):
    path = tmp_path / "array.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Z.npy", npy_header("(1000000000, 1000)") + bytes(1000))
    assert refusal(path) == (
        f"{path}:Z has 1000 bytes of data; its header says shape (1000000000, 1000) and type float64, 8000000000000 "
        "bytes; save it again"
    )


def test_an_npz_that_would_grow_a_thousandfold_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "array.npz"
    np.savez_compressed(path, Z=np.zeros(2**24))
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    assert re.fullmatch(
        rf"{re.escape(str(path))}:Z would grow from \d+ to 134217856 bytes; numbers that were measured grow less than "
        "200-fold; save it as .npy if it is meant",
        refusal(path),
    )


def test_a_few_zeros_grow_as_they_like(tmp_path):
    assert_reads(write(tmp_path, "compressed npz", np.zeros((10_000, 10))), np.zeros((10_000, 10)))


def test_a_large_array_by_columns_in_an_npz_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr("bridge.sources.array_files._MOST_FORTRAN_BYTES", 1000)
    path = write(tmp_path, "compressed npz", np.asfortranarray(np.random.default_rng(0).normal(size=(100, 3))))
    assert refusal(path).startswith(f"{path}:Z is stored by columns and has 2528 bytes, and a compressed file has no")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_npz_that_is_packed_in_another_way_is_refused_unread(tmp_path, monkeypatch, method):
    # Python unpacks these without a bound.
    path = tmp_path / "array.npz"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("Z.npy", npy_bytes(np.zeros(3)))
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    assert refusal(path) == (
        f"{path}:Z is packed in a way that NumPy does not use; np.savez or np.savez_compressed is required; save it "
        "again"
    )


def test_an_npz_whose_directory_says_that_it_has_more_than_the_file_is_refused_unread(tmp_path):
    path = tmp_path / "array.npz"
    np.savez_compressed(path, Z=np.zeros(2**24))
    with zipfile.ZipFile(path) as archive:
        packed = archive.getinfo("Z.npy").compress_size
    data = path.read_bytes()
    directory = data.rindex(b"PK\x01\x02")
    lying = data[directory : directory + 20] + struct.pack("<I", 2**30) + data[directory + 24 :]
    path.write_bytes(data[:directory] + lying)
    assert packed < 2**20
    assert refusal(path) == (
        f"{path}:Z says that it has 1073741824 bytes in the file, which has {len(data)}; a whole .npz file is "
        "required; save it again"
    )


@pytest.mark.parametrize("kind", ["npy", "npz"])
def test_a_header_of_numpy_that_says_it_is_long_is_refused_unread(tmp_path, kind):
    path = tmp_path / f"array.{kind}"
    content = b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1) + b"{"
    if kind == "npy":
        path.write_bytes(content)
        with path.open("r+b") as file:
            file.truncate(2**33)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("Z.npy", content)
    assert "is damaged (ValueError: a header of 4294967295 bytes); a whole one is required; save it again" in refusal(
        path
    )


def test_a_header_of_the_second_version_is_read(tmp_path):
    with (tmp_path / "array.npy").open("wb") as file:
        np.lib.format.write_array(file, np.arange(3.0), version=(2, 0))
    assert_reads(tmp_path / "array.npy", np.arange(3.0))


@pytest.mark.parametrize("kind", ["npy", "npz", "safetensors", "pt"])
def test_a_pipe_is_refused_unopened(tmp_path, kind):
    os.mkfifo(tmp_path / f"pipe.{kind}")
    assert refusal(tmp_path / f"pipe.{kind}").endswith(" is a pipe; a file is required; save its content as a file")


# Tensors that are no plain arrays


def test_a_tensor_that_requires_grad_or_is_negated_by_a_bit_is_exact(tmp_path):
    torch.save(torch.ones(3).requires_grad_(), tmp_path / "grad.pt")
    assert_reads(tmp_path / "grad.pt", np.ones(3, np.float32))
    torch.save(torch.tensor([1 + 2j, 3 - 4j]).conj().imag, tmp_path / "negated.pt")
    assert_reads(tmp_path / "negated.pt", np.array([-2, 4], np.float32))


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.filterwarnings("ignore:.*quantize")
@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), "nested"),
        (lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged), "nested"),
        (lambda: torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.quint8), "quantised"),
        (lambda: torch.ones(3, device="meta"), "meta"),
        (lambda: torch.eye(3).to_sparse(), "sparse"),
        (lambda: torch.eye(3).to_sparse_csr(), "sparse"),
        (lambda: torch.ones(2, 2, dtype=torch.complex64), ""),
        (lambda: torch.ones(2, dtype=torch.float8_e5m2), ""),
    ],
)
@pytest.mark.filterwarnings("ignore:Sparse CSR")
def test_a_tensor_without_plain_entries_is_refused_in_one_line(tmp_path, make, kind):
    path = tmp_path / "array.pt"
    torch.save(make(), path)
    assert str(path) in refusal(path)
    if kind:
        assert f"is a {kind} tensor; a dense one of floats" in refusal(path) or "pickled code" in refusal(path)


@pytest.mark.parametrize("shape", [(2**20, 2**10), (2**40, 2**10)])
def test_a_tensor_whose_entries_stand_for_many_is_refused_unread(tmp_path, shape):
    path = tmp_path / "array.pt"
    torch.save(torch.zeros(1).expand(shape), path)
    assert refusal(path) == (
        f"{path} has shape {shape}, {4 * shape[0] * shape[1]} bytes, in a file of {path.stat().st_size}, so that "
        "entries stand for many; a tensor with memory for each entry is required; save it with .contiguous()"
    )


def test_a_small_tensor_whose_entries_stand_for_many_is_read(tmp_path):
    torch.save(torch.arange(3.0).expand(4, 3), tmp_path / "array.pt")
    assert_reads(tmp_path / "array.pt", np.tile(np.arange(3, dtype=np.float32), (4, 1)))


def test_two_tensors_of_one_name_in_a_safetensors_are_refused(tmp_path):
    header = (
        b'{"Z":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"Z":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    )
    path = tmp_path / "array.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    assert "it gives two values for one name" in refusal(path)
