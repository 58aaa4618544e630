"""How a file of others is named, `PATH` or `PATH:NAME`, and what is looked at before it is read."""

import gzip
import stat
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from bridge.base.errors import InputError, one_line
from bridge.base.remote import RemoteFile, Stamp, is_address

ZARR_SUFFIXES = (".zarr",)
HDF5_SUFFIXES = (".h5", ".hdf5")
ARRAY_SUFFIXES = (".npy", ".npz", ".safetensors", ".pt", ".pth", *HDF5_SUFFIXES, *ZARR_SUFFIXES)
PARQUET_SUFFIXES = (".parquet", ".pq")
ARROW_SUFFIXES = (".arrow", ".feather", ".ipc")
TABLE_SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", *PARQUET_SUFFIXES, *ARROW_SUFFIXES)
INDEX_SUFFIXES = (".index.json",)

FilePath = Path | RemoteFile
"""Where a file is: here, or at an address elsewhere."""

# Deflate can shrink zeros a thousandfold; numbers that were measured, many zeros among them, shrink a few times.
MOST_EXPANSION = 200
ALWAYS_EXPANDED = 2**26  # bytes

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def split_spec(spec: str) -> tuple[Path, str]:
    """The path and the name in `PATH:NAME`; the name is empty if there is none.

    Both can have colons: the longest path that is there is taken, and if none is, the shortest with a known ending.
    """
    path, name = _split(spec, _exists, lambda path: has_ending(Path(path), ARRAY_SUFFIXES + TABLE_SUFFIXES))
    return Path(path), name


def split_source(spec: str) -> tuple[FilePath, str]:
    """As `split_spec`, where the path can also be a folder, a pattern such as `acts/*.npy`, an index or an address.

    What is elsewhere cannot be asked whether it is there: the shortest path with a known ending or a `*` is taken,
    and without one what is before a colon in the last part of the address.
    """
    if not is_address(spec):
        path, name = _split(spec, _exists, lambda path: _has_known_ending(path) or is_pattern(path) or _exists(path))
        return Path(path), name
    protocol, slashes, rest = spec.rpartition("://")
    path, name = _split(rest, lambda _path: False, lambda path: _has_known_ending(path) or "*" in path or "[" in path)
    folder, slash, last = path.rpartition("/")
    beginning, _, end = last.partition(":")
    # Without a slash, digits are a port.
    if not name and not _has_known_ending(path) and "?" not in last and (slash or not end.isdigit()):
        path, name = f"{folder}{slash}{beginning}", end
    return RemoteFile(f"{protocol}{slashes}{path}"), name


def split_layers(spec: str) -> tuple[FilePath, list[str]]:
    """The path and the layers in `FILE:LAYER,LAYER,…`, as `split_source` tells them apart.

    Raises:
        InputError: no layer is named, or one by nothing.
    """
    path, names = split_source(spec)
    layers = [name.strip() for name in names.split(",")]
    if not all(layers):
        raise InputError(
            f"the encoder is {spec!r}; FILE:LAYER,LAYER,… is required, the layers in their order, between which ReLU "
            "stands; name the layers behind the file"
        )
    return path, layers


def _split(spec: str, exists: Callable[[str], bool], may_end: Callable[[str], bool]) -> tuple[str, str]:
    colons = [place for place, character in enumerate(spec) if character == ":"]
    places = [place for place in colons if may_end(spec[:place])]
    if not places or exists(spec):
        return spec, ""
    place = next((place for place in reversed(places) if exists(spec[:place])), places[0])
    return spec[:place], spec[place + 1 :]


def _has_known_ending(path: str) -> bool:
    return has_ending(Path(path), ARRAY_SUFFIXES + TABLE_SUFFIXES + INDEX_SUFFIXES)


def is_pattern(path: str) -> bool:
    """Whether a path stands for others, by `*` or `[`; here also by `?`, after which an address has a question."""
    return "*" in path or "[" in path or ("?" in path and not is_address(path))


def has_ending(path: FilePath, suffixes: tuple[str, ...]) -> bool:
    """Whether the path ends in one of these, in small or large letters."""
    return path.name.lower().endswith(suffixes)


def stamp_of(path: FilePath) -> Stamp:
    """What is changed when a file is written anew, or one in a folder here; of a folder elsewhere nothing is known.

    Raises:
        InputError: it is no readable file.
    """
    if isinstance(path, RemoteFile):
        return Stamp(0, "") if has_ending(path, ZARR_SUFFIXES) else path.stamp()
    if path.is_dir():
        found = [file.stat() for file in path.rglob("*") if file.is_file()]
        return Stamp(sum(one.st_size for one in found), str(max((one.st_mtime_ns for one in found), default=0)))
    require_readable(path)
    status = path.stat()
    return Stamp(status.st_size, str(status.st_mtime_ns))


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # such as a name that is too long for a file
        return False


def require_readable(path: FilePath, what: str = "a file", remedy: str = "check the path") -> None:
    """Refuse a path that is no readable file; a device or a pipe is not opened, since it may have no end.

    Args:
        path: the file.
        what: what is required, for the message.
        remedy: what to do where it is not there.

    Raises:
        InputError: what is wrong with it.
    """
    if isinstance(path, RemoteFile):
        path.stamp()
        return
    try:
        kind = _KINDS.get(stat.S_IFMT(path.stat().st_mode))
        if kind is not None:
            raise InputError(f"{path} is {kind}; {what} is required; save its content as a file")
        with path.open("rb"):
            pass
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; {what} is required; {remedy}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else one_line(error)
        readable = what.replace("a file", "a readable file")
        raise InputError(f"{path} cannot be read ({reason}); {readable} is required; {remedy}") from None


def read_bytes(path: Path, *, most: int, what: str = "a file", remedy: str = "check the path") -> bytes:
    """The content of a file.

    Args:
        path: the file.
        most: the largest size that it may have.
        what: as in `require_readable`.
        remedy: as there.

    Raises:
        InputError: it is no readable file, or it is larger.
    """
    require_readable(path, what, remedy)
    if path.stat().st_size > most:
        raise InputError(f"{path} has more than {most} bytes; {what} of at most as many is required; {remedy}")
    return path.read_bytes()


class GzipReader(gzip.GzipFile):
    """A gzip file that is decompressed as it is read, and no further than an honest one can grow.

    What is wrong with its content is an `InputError` of one line.
    """

    def __init__(self, path: FilePath) -> None:
        """Open the file."""
        if isinstance(path, RemoteFile):
            super().__init__(fileobj=path.open(), mode="rb")
        else:
            super().__init__(path, "rb")
        self._path = path
        self._packed = stamp_of(path).size
        self._left = max(ALWAYS_EXPANDED, MOST_EXPANSION * self._packed)

    def read(self, size: int | None = -1) -> bytes:
        """At most `size` bytes; all that is left without it."""
        wanted = self._left + 1 if size is None or size < 0 else min(size, self._left + 1)
        try:
            data = super().read(wanted)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InputError(
                f"{self._path} is not a whole gzip file ({error}); one is required; download it again"
            ) from None
        self._left -= len(data)
        if self._left < 0:
            raise InputError(
                f"{self._path} would grow from {self._packed} bytes more than {MOST_EXPANSION}-fold; numbers that were "
                "measured grow less; decompress it if it is meant"
            )
        return data

    def read1(self, size: int = -1) -> bytes:
        """As `read`."""
        return self.read(size)


def open_plain_or_packed(path: FilePath) -> IO[bytes]:
    """The bytes of a file, decompressed if its name ends in `.gz`."""
    return GzipReader(path) if has_ending(path, (".gz",)) else path.open("rb")  # type: ignore[return-value]
