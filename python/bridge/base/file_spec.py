"""How a file of others is named, `PATH` or `PATH:NAME`, and what is looked at before it is read."""

import gzip
import stat
import zlib
from pathlib import Path
from typing import IO

from bridge.base.errors import InputError, one_line

ARRAY_SUFFIXES = (".npy", ".npz", ".safetensors", ".pt", ".pth")
TABLE_SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet", ".pq")

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
    colons = [place for place, character in enumerate(spec) if character == ":"]
    places = [place for place in colons if has_ending(Path(spec[:place]), ARRAY_SUFFIXES + TABLE_SUFFIXES)]
    if not places or _exists(spec):
        return Path(spec), ""
    place = next((place for place in reversed(places) if _exists(spec[:place])), places[0])
    return Path(spec[:place]), spec[place + 1 :]


def has_ending(path: Path, suffixes: tuple[str, ...]) -> bool:
    """Whether the path ends in one of these, in small or large letters."""
    return path.name.lower().endswith(suffixes)


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # such as a name that is too long for a file
        return False


def require_readable(path: Path, what: str = "a file", remedy: str = "check the path") -> None:
    """Refuse a path that is no readable file; a device or a pipe is not opened, since it may have no end.

    Args:
        path: the file.
        what: what is required, for the message.
        remedy: what to do where it is not there.

    Raises:
        InputError: what is wrong with it.
    """
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

    def __init__(self, path: Path) -> None:
        """Open the file."""
        super().__init__(path, "rb")
        self._path = path
        self._packed = path.stat().st_size
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


def open_plain_or_packed(path: Path) -> IO[bytes]:
    """The bytes of a file, decompressed if its name ends in `.gz`."""
    return GzipReader(path) if has_ending(path, (".gz",)) else path.open("rb")  # type: ignore[return-value]
