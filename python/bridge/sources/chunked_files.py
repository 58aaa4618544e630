"""Arrays in HDF5 files and zarr folders, of which one chunk of rows is in memory at a time."""

import contextlib
import functools
import itertools
import math
import warnings
from abc import abstractmethod
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bridge.base.arrays import ArraySource, row_ranges
from bridge.base.errors import InputError
from bridge.base.extras import require_library
from bridge.base.file_spec import ALWAYS_EXPANDED, MOST_EXPANSION, FilePath, require_readable, stamp_of
from bridge.base.remote import RemoteFile
from bridge.sources.array_files import damage_in, exact_dtype
from bridge.sources.stepwise import Stepwise

_HDF5 = "an HDF5 file"
_ZARR = "a zarr folder"

# 1 GiB
_LARGEST_CHUNK = 2**30

# What zarr takes chunks apart with.  Others could run code: one of them unpickles.
_CODECS = frozenset(
    "adler32 astype bitround blosc bytes bz2 crc32 crc32c delta fixedscaleoffset fletcher32 gzip jenkins_lookup3 lz4 "
    "lzma packbits pcodec quantize sharding_indexed shuffle transpose zfpy zlib zstd".split()
)


@dataclass(frozen=True, eq=False)
class _ChunkedArray(Stepwise):
    """An array that is read by chunks of rows.

    Attributes:
        name: its path in the file.
    """

    name: str

    def from_step(self, step: int) -> Generator[np.ndarray, None, None]:
        """The rows from a step on, a step at a time, with the file open until the last."""
        with self.opened() as array:
            for start, stop in itertools.pairwise([*self.starts[step:], len(self)]):
                with damage_in(self.path, "a file", Exception):
                    rows: np.ndarray = np.asarray(array[start:stop] if self.shape else array[()])
                    block = rows.reshape(stop - start, *self.shape[1:]).astype(self.dtype, copy=False)
                yield block

    @abstractmethod
    def opened(self) -> contextlib.AbstractContextManager[Any]:
        """The array, in its open file."""


def _starts(source: str, shape: tuple[int, ...], dtype: np.dtype, chunk_rows: int) -> tuple[int, ...]:
    """The first rows of steps of whole chunks, about as large as blocks are."""
    chunk_bytes = chunk_rows * math.prod(shape[1:]) * dtype.itemsize
    if chunk_bytes > _LARGEST_CHUNK:
        raise InputError(
            f"{source} is stored in chunks of {chunk_rows} rows, {chunk_bytes} bytes; at most {_LARGEST_CHUNK} are "
            "required, since a chunk is read as a whole; store it in smaller chunks"
        )
    rows = (shape or (1,))[0]
    _, height = next(row_ranges(shape), (0, 1))
    step = math.ceil(height / chunk_rows) * chunk_rows
    return tuple(range(0, rows, step)) or (0,)


# HDF5


def hdf5_arrays(path: FilePath, *, texts: bool = False) -> Mapping[str, Callable[[], ArraySource]]:
    """What opens each data set of an HDF5 file, by its path in it; links to other files are not followed.

    Raises:
        InputError: the file is missing or damaged.
        MissingToolError: h5py is not installed.
    """
    require_library("h5py", "HDF5 files")
    import h5py

    require_readable(path)
    names: list[str] = []

    def note(name: str, found: object) -> None:
        if isinstance(found, h5py.Dataset):
            names.append(name)

    with _hdf5(path) as file:
        file.visititems(note)
    return {name: functools.partial(_open_hdf5, path, name, texts) for name in names}


@contextlib.contextmanager
def _hdf5(path: FilePath) -> Iterator[Any]:
    import h5py

    with damage_in(path, _HDF5, RuntimeError, ValueError, KeyError, TypeError), contextlib.ExitStack() as stack:
        opened = stack.enter_context(path.open()) if isinstance(path, RemoteFile) else path
        yield stack.enter_context(h5py.File(opened, "r"))


@dataclass(frozen=True, eq=False)
class _Hdf5Array(_ChunkedArray):
    """A data set of an HDF5 file."""

    @contextlib.contextmanager
    def opened(self) -> Iterator[Any]:
        """The data set, in its open file."""
        with _hdf5(self.path) as file:
            yield file[self.name]


def _open_hdf5(path: FilePath, name: str, texts: bool) -> ArraySource:
    import h5py

    source = f"{path}:{name}"
    with _hdf5(path) as file:
        array = file[name]
        shape, dtype = array.shape, array.dtype
        if shape is None or h5py.check_vlen_dtype(dtype) or (h5py.check_string_dtype(dtype) and dtype.hasobject):
            raise InputError(
                f"{source} is empty, or has entries of different lengths; numbers, or texts of one length, are "
                "required; save it so"
            )
        if array.is_virtual or array.external:
            raise InputError(
                f"{source} has its entries in other files; a data set that is in the file itself is required, so that "
                "a digest is of all of it; copy it there"
            )
        native = exact_dtype(dtype, source, texts=texts)
        stored, byte_count = array.id.get_storage_size(), math.prod(shape) * dtype.itemsize
        if byte_count > max(ALWAYS_EXPANDED, MOST_EXPANSION * stored):
            raise InputError(
                f"{source} would grow from {stored} to {byte_count} bytes; numbers that were measured grow less than "
                f"{MOST_EXPANSION}-fold; save it as .npy if it is meant"
            )
        chunk_rows = array.chunks[0] if array.chunks else 1
    return _Hdf5Array(shape, native, path, _starts(source, shape, native, chunk_rows), name)


# zarr


def zarr_arrays(path: FilePath, *, texts: bool = False) -> Mapping[str, Callable[[], ArraySource]]:
    """What opens each array of a zarr folder of format 2 or 3, by its path in it.

    Raises:
        InputError: the folder is missing or damaged.
        MissingToolError: zarr is not installed.
    """
    require_library("zarr", "zarr folders")
    import zarr

    if not path.is_dir():
        raise InputError(f"{path} is no folder; a zarr folder of arrays is required; check the path")
    with _zarr(path, "") as found:
        is_array = isinstance(found, zarr.Array)
        names = (
            [""] if is_array else [name for name, one in found.members(max_depth=None) if isinstance(one, zarr.Array)]
        )
    return {name: functools.partial(_open_zarr, path, name, texts) for name in sorted(names)}


@contextlib.contextmanager
def _zarr(path: FilePath, name: str) -> Iterator[Any]:
    import zarr
    from zarr.storage import FsspecStore, LocalStore

    # Libraries of codecs and stores have errors of their own.
    with damage_in(path, _ZARR, Exception):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is said of types that are refused
            address = str(path)
            is_elsewhere = isinstance(path, RemoteFile)
            store = FsspecStore.from_url(address, read_only=True) if is_elsewhere else LocalStore(address)
            found = zarr.open(store, path=name, mode="r")
        yield found


@dataclass(frozen=True, eq=False)
class _ZarrArray(_ChunkedArray):
    """An array of a zarr folder."""

    def opened(self) -> contextlib.AbstractContextManager[Any]:
        """The array."""
        return _zarr(self.path, self.name)


def _open_zarr(path: FilePath, name: str, texts: bool) -> ArraySource:
    source = f"{path}:{name}" if name else str(path)
    with _zarr(path, name) as array:
        shape, chunk_rows = tuple(array.shape), (tuple(array.chunks) or (1,))[0]
        native = exact_dtype(np.dtype(array.dtype), source, texts=texts)
        for codec in sorted(_codecs(array.metadata.to_dict())):
            if codec not in _CODECS:
                raise InputError(
                    f"{source} is packed by {codec!r}; one of {', '.join(sorted(_CODECS)[:6])} and the like is "
                    "required, which run no code of the file; store it with one of these"
                )
    byte_count = math.prod(shape) * native.itemsize
    stored = (
        sum(stamp_of(file).size for file in zarr_files(path).values()) if byte_count > ALWAYS_EXPANDED else byte_count
    )
    if byte_count > max(ALWAYS_EXPANDED, MOST_EXPANSION * stored):
        raise InputError(
            f"{source} would grow from {stored} to {byte_count} bytes; numbers that were measured grow less than "
            f"{MOST_EXPANSION}-fold; save it as .npy if it is meant"
        )
    return _ZarrArray(shape, native, path, _starts(source, shape, native, chunk_rows), name)


def _codecs(metadata: Any) -> Iterator[str]:  # noqa: ANN401 -- whatever the metadata say
    """The names of what an array is packed by, also within others."""
    for key in ("filters", "compressor", "codecs", "index_codecs"):
        several = metadata.get(key) or ()
        for codec in (several,) if isinstance(several, dict) else several:
            yield str(codec.get("id", codec.get("name")))
            yield from _codecs(codec.get("configuration") or {})


def zarr_files(path: FilePath) -> dict[str, FilePath]:
    """The files of a zarr folder by their names in it, in the order of these."""
    found: dict[str, FilePath]
    if isinstance(path, RemoteFile):
        start = path.path.rstrip("/") + "/"
        found = {file.path.removeprefix(start): file for file in path.all_files()}
    else:
        found = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    return dict(sorted(found.items()))
