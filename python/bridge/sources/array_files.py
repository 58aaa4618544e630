"""Arrays in files that others have made: read in blocks of rows, exactly, and without running what is in the file.

A file is named by its path or its address, or by `PATH:NAME` if it holds several arrays.  Only blocks are ever in
memory: `.npy` files are read piece by piece, `.npz` files are decompressed as they are read, and `.safetensors` and
`.pt` files are memory-mapped anew for each block, so that pages which were read are given back.
"""

import contextlib
import functools
import math
import tokenize
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Literal

import numpy as np
import safetensors

from bridge.base.arrays import ArraySource
from bridge.base.errors import BridgeError, InputError, one_line
from bridge.base.file_spec import (
    ALWAYS_EXPANDED,
    ARRAY_SUFFIXES,
    HDF5_SUFFIXES,
    MOST_EXPANSION,
    ZARR_SUFFIXES,
    FilePath,
    has_ending,
    require_readable,
    split_source,
    stamp_of,
)
from bridge.base.metadata import strict_json
from bridge.base.remote import RemoteFile, on_disk

if TYPE_CHECKING:
    import torch

_Errors = tuple[type[Exception], ...]
# Python's parser fails in many ways on a header that is not one.
_SYNTAX_ERRORS: _Errors = (SyntaxError, tokenize.TokenError, RecursionError, MemoryError)
_HEADER_ERRORS: _Errors = (ValueError, TypeError, KeyError, OverflowError, *_SYNTAX_ERRORS)
_ZIP_ERRORS: _Errors = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)

_MOST_FORTRAN_BYTES = 2**28

_TENSOR_REQUIRED = "a dense one of floats of 16, 32 or 64 bits, bfloat16, integers or booleans"
_MOST_NESTED = 8
_LONGEST_HEADER = 2**16

# DataParallel and torch.compile
_WRAPPERS = ("module", "_orig_mod")


def open_array(spec: str, *, texts: bool = False) -> ArraySource:
    """Open one array; nothing but its header is read yet.

    Args:
        spec: `PATH`, or `PATH:NAME` for one of several arrays.
        texts: whether its entries can also be texts, of one of NumPy's types of a fixed width.

    Raises:
        InputError: the file is missing, of an unknown kind or damaged, has no such array or leaves open which one is
            meant, or its entries are not floats of 16, 32 or 64 bits, bfloat16, integers or booleans.
    """
    path, name = split_source(spec)
    return open_named(path, name, texts=texts)


def open_named(path: FilePath, name: str, *, texts: bool = False) -> ArraySource:
    """Open the array of this name in a file, or the one that is alone in it; as `open_array`."""
    arrays = arrays_in(path, texts=texts)
    if not name and len(arrays) == 1:
        (opened,) = arrays.values()
        return opened()
    if not name:
        raise InputError(
            f"{path} holds {len(arrays)} arrays ({_listed(arrays)}); one is required; "
            + (f"choose it with {path}:NAME" if arrays else "save one in it")
        )
    found = find_array(arrays, name)
    if found is None:
        raise InputError(f"{path} has no array {name!r}; it holds {_listed(arrays)}; choose one with {path}:NAME")
    return found()


def find_array(arrays: Mapping[str, Callable[[], ArraySource]], name: str) -> Callable[[], ArraySource] | None:
    """What opens the array of this name; None if there is none, or more than one.

    The parts that PyTorch's wrappers put into the names of a model's parameters can be left out.
    """
    if name in arrays:
        return arrays[name]
    found = [opened for full_name, opened in arrays.items() if _without_wrappers(full_name) == name]
    return found[0] if len(found) == 1 else None


def _without_wrappers(name: str) -> str:
    return ".".join(part for part in name.split(".") if part not in _WRAPPERS)


def arrays_in(path: FilePath, *, texts: bool = False) -> Mapping[str, Callable[[], ArraySource]]:
    """What opens each array in a file, by its name; an array that is alone in its file has an empty name.

    Args:
        path: the file.
        texts: as in `open_array`.

    Raises:
        InputError: the file is missing, of an unknown kind or damaged.
    """
    if has_ending(path, (*HDF5_SUFFIXES, *ZARR_SUFFIXES)):
        from bridge.sources.chunked_files import hdf5_arrays, zarr_arrays

        return (zarr_arrays if has_ending(path, ZARR_SUFFIXES) else hdf5_arrays)(path, texts=texts)
    require_readable(path)
    match path.suffix.lower():
        case ".npy":
            return {"": functools.partial(_open_npy, path, texts)}
        case ".npz":
            return _npz_arrays(path, texts)
        case ".safetensors":
            return _safetensors_arrays(path)
        case ".pt" | ".pth":
            return _torch_arrays(path)
    raise InputError(
        f"{path} has the ending {path.suffix!r}; an array is read from {', '.join(ARRAY_SUFFIXES)}; save it as one of "
        "these"
    )


def _listed(names: Mapping[str, object]) -> str:
    shown = [repr(name) for name in list(names)[:8]]
    return ", ".join(shown + ["…"] * (len(names) > len(shown))) or "none"


@contextlib.contextmanager
def damage_in(path: FilePath, kind: str, *errors: type[Exception]) -> Iterator[None]:
    """Report what a library says of a file's content as one line."""
    # Each of the libraries that read from elsewhere has errors of its own.
    reported: _Errors = (Exception,) if isinstance(path, RemoteFile) else (OSError, *errors)
    try:
        yield
    except BridgeError:
        raise
    except reported as error:
        raise InputError(
            f"{path} is not {kind} or is damaged ({type(error).__name__}: {one_line(error)}); a whole one is required; "
            "save it again"
        ) from None


def exact_dtype(dtype: np.dtype, source: str, *, texts: bool = False) -> np.dtype:
    """The same type in native byte order."""
    if dtype.hasobject:
        required, remedy = ("numbers or texts", "with .astype(str)") if texts else ("numbers", "as an array of floats")
        raise InputError(
            f"{source} holds Python objects, which are pickled code; {required} are required, since code in a file is "
            f"never run; save it {remedy}"
        )
    if texts and dtype.kind in "US" and dtype.itemsize:
        return dtype.newbyteorder("=")
    if dtype.kind not in "fiub" or dtype.itemsize > 8:
        others = ", booleans or texts" if texts else " or booleans"
        raise InputError(
            f"{source} has entries of type {dtype}; floats of 16, 32 or 64 bits, integers{others} are required; "
            "convert it first"
        )
    return dtype.newbyteorder("=")


# NumPy's format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html


_Order = Literal["C", "F"]


def _npy_header(file: IO[bytes], source: str, texts: bool) -> tuple[tuple[int, ...], _Order, np.dtype]:
    """Shape, whether rows (C) or columns (F) come first, and the type in the file's byte order."""
    version = np.lib.format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"format version {version}")
    is_first = version == (1, 0)
    # NumPy reads the whole header before it looks at its length.
    start = file.tell()
    length = int.from_bytes(file.read(2 if is_first else 4), "little")
    if length > _LONGEST_HEADER:
        raise ValueError(f"a header of {length} bytes")
    file.seek(start)
    read_header = np.lib.format.read_array_header_1_0 if is_first else np.lib.format.read_array_header_2_0
    shape, fortran_order, dtype = read_header(file)
    exact_dtype(dtype, source, texts=texts)
    if any(length < 0 for length in shape):
        raise ValueError(f"shape {shape}")
    return shape, "F" if fortran_order and len(shape) > 1 else "C", dtype


def _require_size(source: str, shape: tuple[int, ...], dtype: np.dtype, found: int) -> None:
    required = math.prod(shape) * dtype.itemsize
    if found != required:
        raise InputError(
            f"{source} has {found} bytes of data; its header says shape {shape} and type {dtype}, {required} bytes; "
            "save it again"
        )


@dataclass(frozen=True, eq=False)
class _NumpyArray(ArraySource):
    """An array of NumPy in a file, or in an archive of such files.

    Attributes:
        path: the file.
        order: whether rows (C) or columns (F) come first.
        stored: the type of the entries, in the file's byte order.
        offset: where the entries begin.
    """

    path: FilePath
    order: _Order
    stored: np.dtype
    offset: int


@dataclass(frozen=True, eq=False)
class _NpyArray(_NumpyArray):
    """An array that has a file for itself."""

    def pieces(self, ranges: Iterable[tuple[int, int]]) -> Iterator[np.ndarray]:
        """The rows of each range; the file is open only while they are read."""
        rows, *columns = self.shape or (1,)
        width = math.prod(columns)
        for start, stop in ranges:
            height = stop - start
            # By rows, a block is one piece of the file; by columns, it is a piece of each column.
            firsts = [start * width] if self.order == "C" else [column * rows + start for column in range(width)]
            count = height * width // max(1, len(firsts))
            with damage_in(self.path, "a .npy file", ValueError), self.path.open("rb") as file:
                parts = [self._numbers_at(file, first, count) for first in firsts]
                block = np.concatenate(parts, dtype=self.dtype).reshape(height, *columns, order=self.order)
            yield block

    def _numbers_at(self, file: IO[bytes], first: int, count: int) -> np.ndarray:
        file.seek(self.offset + first * self.stored.itemsize)
        return np.frombuffer(file.read(count * self.stored.itemsize), self.stored)


def _open_npy(path: FilePath, texts: bool) -> ArraySource:
    with damage_in(path, "a .npy file", *_HEADER_ERRORS), path.open("rb") as file:
        shape, order, dtype = _npy_header(file, str(path), texts)
        offset = file.tell()
        _require_size(str(path), shape, dtype, stamp_of(path).size - offset)
    return _NpyArray(shape, dtype.newbyteorder("="), path, order, dtype, offset)


def _npz_arrays(path: FilePath, texts: bool) -> Mapping[str, Callable[[], ArraySource]]:
    damage = damage_in(path, "an .npz file", *_ZIP_ERRORS, ValueError)
    with damage, path.open("rb") as opened, zipfile.ZipFile(opened) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
    names = [member.filename.removesuffix(".npy") for member in members]
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(f"{path} has two arrays of the name {name!r}; each needs its own; save it again")
    return {
        name: functools.partial(_open_npz, path, member, texts) for name, member in zip(names, members, strict=True)
    }


def _open_npz(path: FilePath, member: zipfile.ZipInfo, texts: bool) -> ArraySource:
    source = f"{path}:{member.filename.removesuffix('.npy')}"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(
            f"{source} is packed in a way that NumPy does not use; np.savez or np.savez_compressed is required; save "
            "it again"
        )
    # What the directory says of a size is believed only as far as the file goes.
    found = stamp_of(path).size
    if member.header_offset + member.compress_size > found:
        raise InputError(
            f"{source} says that it has {member.compress_size} bytes in the file, which has {found}; a whole .npz file "
            "is required; save it again"
        )
    if member.file_size > max(ALWAYS_EXPANDED, MOST_EXPANSION * member.compress_size):
        raise InputError(
            f"{source} would grow from {member.compress_size} to {member.file_size} bytes; numbers that were measured "
            f"grow less than {MOST_EXPANSION}-fold; save it as .npy if it is meant"
        )

    with _member(path, member.filename) as file:
        shape, order, dtype = _npy_header(file, source, texts)
        header_size = file.tell()
    _require_size(source, shape, dtype, member.file_size - header_size)
    if order == "F" and member.file_size > _MOST_FORTRAN_BYTES:
        raise InputError(
            f"{source} is stored by columns and has {member.file_size} bytes, and a compressed file has no rows to "
            "begin with; rows are required; save it with np.save, or np.ascontiguousarray first"
        )
    return _NpzArray(shape, dtype.newbyteorder("="), path, order, dtype, header_size, member.filename)


@contextlib.contextmanager
def _member(path: FilePath, name: str) -> Iterator[IO[bytes]]:
    damage = damage_in(path, "an .npz file", *_ZIP_ERRORS, *_HEADER_ERRORS)
    with damage, path.open("rb") as opened, zipfile.ZipFile(opened) as archive, archive.open(name) as file:
        yield file


@dataclass(frozen=True, eq=False)
class _NpzArray(_NumpyArray):
    """An array in an archive, decompressed as it is read.

    What is compressed is read from its start up to the rows that are wanted, unless these follow on those before.

    Attributes:
        member: the name of the array's file in the archive.
    """

    member: str

    @property
    def is_read_from_start(self) -> bool:
        """What is compressed is."""
        return True

    @property
    def ranges(self) -> Iterable[tuple[int, int]]:
        """Columns cannot be cut into rows before all of them are there."""
        return super().ranges if self.order == "C" else [(0, len(self))]

    def pieces(self, ranges: Iterable[tuple[int, int]]) -> Iterator[np.ndarray]:
        """The rows of each range, with the archive open until the last of them."""
        rows, *columns = self.shape or (1,)
        with _member(self.path, self.member) as file:
            file.read(self.offset)
            for start, stop in ranges:
                first, end = (start, stop) if self.order == "C" else (0, rows)
                values = self._rows(file, first, end).reshape(end - first, *columns, order=self.order)
                yield values[start - first : stop - first].astype(self.dtype)

    def _rows(self, file: IO[bytes], start: int, stop: int) -> np.ndarray:
        row_bytes = math.prod(self.shape[1:]) * self.stored.itemsize
        place = self.offset + start * row_bytes
        # The checksum is looked at as long as nothing is skipped.
        if file.tell() != place:
            file.seek(place)
        return np.frombuffer(file.read((stop - start) * row_bytes), self.stored)


# Tensors, memory-mapped by the libraries that own the formats


def _safetensors_arrays(path: FilePath) -> Mapping[str, Callable[[], ArraySource]]:
    with _opened(path) as opened:
        names = list(opened.keys())
    with damage_in(path, "a .safetensors file", ValueError), path.open("rb") as file:
        # The library takes the last of two tensors of one name.
        strict_json(file.read(int.from_bytes(file.read(8), "little")))
    return {name: functools.partial(_open_safetensor, path, name) for name in names}


@contextlib.contextmanager
def _opened(path: FilePath) -> Iterator[Any]:
    with damage_in(path, "a .safetensors file", safetensors.SafetensorError), on_disk(path) as file:
        yield safetensors.safe_open(file, framework="pt")


def _open_safetensor(path: FilePath, name: str) -> ArraySource:
    with _opened(path) as opened:
        shape = tuple(opened.get_slice(name).get_shape())
    return _tensor(path, name, shape)


def _torch_arrays(path: FilePath) -> Mapping[str, Callable[[], ArraySource]]:
    return {name: functools.partial(_open_torch_tensor, path, name) for name in _tensors(path)}


def _open_torch_tensor(path: FilePath, name: str) -> ArraySource:
    tensor = _tensors(path)[name]
    _require_dense(path, name, tensor)
    return _tensor(path, name, tuple(tensor.shape))


def _tensors(path: FilePath) -> Mapping[str, "torch.Tensor"]:
    """The tensors in a file of `torch.save`, memory-mapped, by their names; one that is alone has an empty name."""
    import pickle

    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what PyTorch says of its own older types
            with on_disk(path) as file:
                content = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
    except BridgeError:
        raise
    except pickle.UnpicklingError:
        raise InputError(
            f"{path} holds Python objects, which are pickled code; a tensor or a dict of tensors is required, since "
            "code in a file is never run; save it with torch.save(tensor, PATH), or as .safetensors"
        ) from None
    except Exception as error:  # what a damaged pickle raises can be anything
        raise InputError(
            f"{path} is not a file of today's torch.save or is damaged ({type(error).__name__}: {one_line(error)}); "
            "a whole one is required; save it again"
        ) from None
    if isinstance(content, torch.Tensor):
        return {"": content}
    if not isinstance(content, dict):
        raise InputError(
            f"{path} holds a {type(content).__name__}; a tensor or a dict of tensors is required; save one of these"
        )
    tensors: dict[str, torch.Tensor] = {}
    for name, value in _nested(content, path):
        if name in tensors:
            raise InputError(f"{path} has two tensors of the name {name!r}; each needs its own; save it again")
        tensors[name] = value
    return tensors


def _nested(content: Mapping[object, object], path: FilePath) -> "Iterator[tuple[str, torch.Tensor]]":
    """The tensors in dicts within dicts, each by the keys that lead to it, with dots between them."""
    import torch

    left: list[tuple[str, Mapping[object, object], int]] = [("", content, 0)]
    while left:
        prefix, part, depth = left.pop(0)
        if depth > _MOST_NESTED:
            raise InputError(f"{path} has dicts within dicts without end; a dict of tensors is required; save one")
        for key, value in part.items():
            if isinstance(value, torch.Tensor):
                yield f"{prefix}{key}", value
            elif isinstance(value, dict):
                left.append((f"{prefix}{key}.", value, depth + 1))


def _require_dense(path: FilePath, name: str, tensor: "torch.Tensor") -> None:
    """Refuse a tensor whose entries are not all in the file, one after the other."""
    import torch

    source = _source(path, name)
    kinds = {"nested": tensor.is_nested, "quantised": tensor.is_quantized, "meta": tensor.is_meta}
    kinds["sparse"] = not tensor.is_nested and tensor.layout != torch.strided
    for kind, is_so in kinds.items():
        if is_so:
            raise InputError(f"{source} is a {kind} tensor; {_TENSOR_REQUIRED} is required; convert it first")
    byte_count, found = tensor.numel() * tensor.element_size(), stamp_of(path).size
    if byte_count > max(ALWAYS_EXPANDED, found):
        raise InputError(
            f"{source} has shape {tuple(tensor.shape)}, {byte_count} bytes, in a file of {found}, so that entries "
            "stand for many; a tensor with memory for each entry is required; save it with .contiguous()"
        )


def _source(path: FilePath, name: str) -> str:
    return f"{path}:{name}" if name else str(path)


@dataclass(frozen=True, eq=False)
class _Tensor(ArraySource):
    """A tensor in a file; bfloat16, which NumPy lacks, becomes float32, which holds each of its values.

    Attributes:
        path: the file.
        name: the tensor's name in it.
    """

    path: FilePath
    name: str

    def pieces(self, ranges: Iterable[tuple[int, int]]) -> Iterator[np.ndarray]:
        """The rows of each range, each of them copied from a map of its own."""
        return (_tensor_rows(self.path, self.name, self.shape, start, stop) for start, stop in ranges)


def _tensor(path: FilePath, name: str, shape: tuple[int, ...]) -> ArraySource:
    return _Tensor(shape, exact_dtype(_tensor_rows(path, name, shape, 0, 0).dtype, _source(path, name)), path, name)


def _tensor_rows(path: FilePath, name: str, shape: tuple[int, ...], start: int, stop: int) -> np.ndarray:
    import torch

    with damage_in(path, f"a {path.suffix} file", safetensors.SafetensorError):
        try:
            with _mapped(path, name, shape) as mapped:
                part: torch.Tensor = mapped[start:stop]
                # A copy, so that nothing keeps the map.
                part = part.float() if part.dtype == torch.bfloat16 else part.resolve_conj().resolve_neg()
                values: np.ndarray = part.numpy().copy()
        except (TypeError, RuntimeError, NotImplementedError) as error:
            raise InputError(
                f"{_source(path, name)} is a tensor that NumPy has no type for ({one_line(error)}); "
                f"{_TENSOR_REQUIRED} is required; convert it first"
            ) from None
    return values


@contextlib.contextmanager
def _mapped(path: FilePath, name: str, shape: tuple[int, ...]) -> Iterator[Any]:
    """What slices of rows can be taken of; the file is mapped anew."""
    if path.suffix.lower() != ".safetensors":
        yield _tensors(path)[name].detach().reshape(shape or (1,))
        return
    with _opened(path) as opened:
        yield opened.get_slice(name) if shape else opened.get_tensor(name).reshape(1)
