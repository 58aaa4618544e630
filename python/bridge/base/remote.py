"""Files and folders at an address such as `s3://bucket/x.npy`, by way of fsspec: read, and never written.

What is said of a local file by `pathlib.Path` is said of these by `RemoteFile`, as far as reading needs it.  A file
that a library can only read from a disk is fetched as a whole, one file at a time.
"""

import contextlib
import functools
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from bridge.base.errors import InputError, MissingToolError, one_line
from bridge.base.extras import require_library

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(::[A-Za-z][A-Za-z0-9+.-]*)*://")

# What the file systems call the mark that a file has until it is written anew.
_MARKS = ("ETag", "etag", "LastModified", "last_modified", "mtime", "modified", "updated", "md5Hash", "created")

# So many files are on the disk at a time: that of latents, and that of scores.
_FETCHED_AT_A_TIME = 2


class Stamp(NamedTuple):
    """By what it is seen that a file has been written anew.

    Attributes:
        size: its size in bytes.
        mark: when it was written, or what its keeper tells its content by.
    """

    size: int
    mark: str


@dataclass(frozen=True)
class RemoteFile:
    """A file or a folder elsewhere.

    Attributes:
        address: its address.
    """

    address: str

    def __str__(self) -> str:
        return self.address

    @property
    def name(self) -> str:
        """The last part of the address, without what is asked of a server."""
        return self.address.rstrip("/").rpartition("/")[2].partition("?")[0]

    @property
    def suffix(self) -> str:
        """The ending of the name."""
        return Path(self.name).suffix

    def open(self, mode: str = "rb") -> IO[bytes]:
        """The file, of which only those parts are fetched that are read.

        Raises:
            InputError: it is not there, or cannot be read.
            MissingToolError: a library is missing.
        """
        with _told(self.address):
            system, path = _system(self.address)
            # A server that gives no parts of a file gives the whole of it, once.
            if "http" in system.protocol and not system.info(path).get("partial"):
                return _fetched(self.address, self.stamp()).path.open("rb")
            opened: IO[bytes] = system.open(path, mode)
            return opened

    def stamp(self) -> Stamp:
        """Its stamp now.

        Raises:
            InputError, MissingToolError: as `open`.
        """
        with _told(self.address):
            system, path = _system(self.address)
            known = system.info(path)
            size = known.get("size")
        if known.get("type") == "directory" or size is None:
            raise InputError(
                f"{self} is a folder, or says not how large it is; a file is required; name one that can be downloaded"
            )
        return Stamp(int(size), next((str(known[mark]) for mark in _MARKS if known.get(mark) is not None), ""))

    def is_dir(self) -> bool:
        """Whether it is a folder."""
        with _told(self.address):
            system, path = _system(self.address)
            return bool(system.isdir(path))

    def files(self) -> "list[RemoteFile]":
        """What is in the folder, folders too."""
        with _told(self.address):
            system, path = _system(self.address)
            return [self._beside(system, str(found)) for found in system.ls(path, detail=False)]

    def matches(self) -> "list[RemoteFile]":
        """The files that the address, as a pattern, stands for."""
        with _told(self.address):
            system, path = _system(self.address)
            return [self._beside(system, str(found)) for found in system.glob(path)]

    def all_files(self) -> "list[RemoteFile]":
        """The files in the folder and in folders of it."""
        with _told(self.address):
            system, path = _system(self.address)
            return [self._beside(system, str(found)) for found in system.find(path)]

    @property
    def path(self) -> str:
        """The address without its protocol, which file systems write in several ways, with slashes behind it."""
        return self.address.rpartition("://")[2].lstrip("/")

    def __truediv__(self, name: str) -> "RemoteFile":
        return RemoteFile(f"{self.address.rstrip('/')}/{name}")

    @property
    def parent(self) -> "RemoteFile":
        """The folder that it is in."""
        return RemoteFile(self.address.rstrip("/").rpartition("/")[0])

    def _beside(self, system: Any, path: str) -> "RemoteFile":  # noqa: ANN401 -- the library has no types
        """Another file of the same system."""
        chain, _, _ = self.address.rpartition("://")
        before = chain.rpartition("::")[0]
        address = str(system.unstrip_protocol(path)).rstrip("/")
        return RemoteFile(f"{before}::{address}" if before and "::" not in address else address)


def is_address(text: str) -> bool:
    """Whether a text is the address of something elsewhere, and no path."""
    return _ADDRESS.match(text) is not None


@contextlib.contextmanager
def on_disk(file: Path | RemoteFile) -> Iterator[Path]:
    """The file on this machine's disk: itself, or a copy that is fetched, of which few are kept at a time.

    Raises:
        InputError, MissingToolError: as `RemoteFile.open`.
    """
    if isinstance(file, Path):
        yield file
        return
    copy = _fetched(file.address, file.stamp())
    yield copy.path


class _Copy:
    """A copy that is removed when nobody has it any more."""

    def __init__(self, address: str) -> None:
        folder = tempfile.mkdtemp(prefix="bridge-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.path = Path(folder) / RemoteFile(address).name
        with _told(address):
            import fsspec

            # fsspec's own cache, which fetches whole files, in a folder for this one.
            with fsspec.open(f"simplecache::{address}", "rb", simplecache={"cache_storage": f"{folder}/cache"}):
                pass
            (cached,) = Path(f"{folder}/cache").iterdir()
            cached.rename(self.path)


@functools.lru_cache(maxsize=_FETCHED_AT_A_TIME)
def _fetched(address: str, _stamp: Stamp) -> _Copy:
    return _Copy(address)


def _system(address: str) -> tuple[Any, str]:
    """The file system that an address belongs to, and the path in it."""
    import fsspec.core

    system, path = fsspec.core.url_to_fs(address)
    return system, path


@contextlib.contextmanager
def _told(address: str) -> Iterator[None]:
    """Report what goes wrong elsewhere as one line."""
    require_library("fsspec", "files elsewhere")
    try:
        yield
    except (InputError, MissingToolError):
        raise
    except ImportError as error:
        protocol = address.partition("://")[0].rpartition("::")[2]
        raise MissingToolError(
            f"{address} cannot be read ({one_line(error)}); fsspec's library for {protocol}:// is required; install it "
            "with pip, or download the files"
        ) from None
    except FileNotFoundError:
        raise InputError(f"{address} does not exist; a file or a folder is required; check the address") from None
    except Exception as error:  # each of the libraries has errors of its own
        raise InputError(
            f"{address} cannot be read ({type(error).__name__}: {one_line(error)}); a file or a folder that can be "
            "read is required; check the address, and what it takes to be let in"
        ) from None
