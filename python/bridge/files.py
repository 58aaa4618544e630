"""Writing files so that a reader finds the old content or the new one, never a half."""

import contextlib
import hashlib
import logging
import os
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import filelock
import platformdirs

from bridge.errors import InputError

_log = logging.getLogger(__name__)


def cache_folder() -> Path:
    """The per-user cache; the environment variable `BRIDGE_CACHE_DIR` names another place."""
    chosen = os.environ.get("BRIDGE_CACHE_DIR")
    return Path(chosen).absolute() if chosen else platformdirs.user_cache_path("lean-bridge")


def write_atomically(path: Path, data: bytes | Iterable[bytes | memoryview]) -> None:
    """Write a file beside its place, then rename it there.

    Args:
        path: the file.
        data: its bytes, as a whole or in the chunks that it is written in.

    Raises:
        InputError: the folder is missing or cannot be written, or a folder is in the file's place.
    """
    replace_together({path: data})


def replace_together(
    contents: Mapping[Path, bytes | Iterable[bytes | memoryview]], remove: Mapping[Path, str] | None = None
) -> None:
    """Write several files so that an interruption leaves all of them old or all of them new.

    All are written beside their places first; only then they are renamed, with Ctrl-C held back.  Two processes that
    replace the same first file take turns.

    Args:
        contents: the bytes of each file, as a whole or in chunks; the first one names the group.
        remove: files that do not belong to the group, each with a text that it must contain to be removed; a file name
            may be a pattern such as `*.lean`, and what it stands for is looked up when the turn has come.

    Raises:
        InputError: a folder is missing or cannot be written, or a folder is in a file's place.
    """
    first = next(iter(contents))
    for path in contents:
        if path.is_dir():
            raise InputError(f"{path} is a folder; a file is to be written there; name a file")
    written: dict[Path, Path] = {}
    try:
        with _turn(first):
            for path, data in contents.items():
                with _interrupts_held_back():
                    written[path] = _temporary_beside(path)
                # An interruption is welcome here: large files take their time, and what is written is cleared away.
                with written[path].open("wb") as file:
                    file.writelines([data] if isinstance(data, bytes) else data)
                written[path].chmod(0o644)
            with _interrupts_held_back():
                for path, temporary in written.items():
                    temporary.replace(path)
                    _log.debug("wrote %s", path)
                for pattern, mark in (remove or {}).items():
                    for path in sorted(pattern.parent.glob(pattern.name)):
                        if path not in contents and mark in path.read_text(encoding="utf-8", errors="replace"):
                            path.unlink()
    except OSError as error:
        raise InputError(
            f"{error.filename or first} cannot be written ({error.strerror}); an existing folder with write permission "
            "is required; choose another output path"
        ) from None
    finally:
        with _interrupts_held_back():
            for temporary in written.values():
                temporary.unlink(missing_ok=True)


def fill_folder(folder: Path, contents: Mapping[Path, bytes]) -> None:
    """Make a folder with these files so that an interruption leaves all of them or none.

    A folder that is there already may hold what has a name with a dot in front, as `.git` has, but none of what is
    written.

    Args:
        folder: the folder.
        contents: the bytes of each file, by its path from the folder.

    Raises:
        InputError: the folder has something in it, is a file, or cannot be made.
    """
    names = sorted({path.parts[0] for path in contents})
    try:
        with _turn(folder):
            is_new = not folder.exists()
            _require_free(folder, names)
            # In the folder itself if it is there, since it can be a mount.
            beside = folder.parent if is_new else folder
            with _interrupts_held_back(), tempfile.TemporaryDirectory(prefix=".bridge.", dir=beside) as temporary:
                complete = Path(temporary) / "complete"
                for path, data in contents.items():
                    (complete / path).parent.mkdir(parents=True, exist_ok=True)
                    (complete / path).write_bytes(data)
                if is_new:
                    complete.rename(folder)
                else:
                    for name in names:
                        (complete / name).rename(folder / name)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be made ({error.strerror}); a place with write permission is required; choose another "
            "folder"
        ) from None


def make_folder(folder: Path, purpose: str) -> None:
    """Make a folder, unless it is there.

    Args:
        folder: the folder.
        purpose: what is wrong if it cannot be made, such as `the figures go there`.

    Raises:
        InputError: a file is in its place, or it cannot be made.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is not a folder; {purpose}; move it away")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be made ({error.strerror}); a writable folder is required; choose another --out"
        ) from None


def _require_free(folder: Path, names: Sequence[str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; a new or an empty folder is required; name another")
    if not folder.exists() and not folder.parent.is_dir():
        raise InputError(f"{folder.parent} is not a folder; {folder.name} is to be made there; make it first")
    found = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    in_the_way = [name for name in found if name in names or not name.startswith(".")]
    if in_the_way:
        raise InputError(
            f"{folder} has {in_the_way[0]!r} in it; a new or an empty folder is required, or one with nothing but "
            "`.git` and the like; name another"
        )


def _temporary_beside(path: Path) -> Path:
    if not path.parent.is_dir():
        raise FileNotFoundError(2, "no such folder", str(path.parent))
    if path.exists() and not os.access(path, os.W_OK):  # pragma: no cover -- never so for the superuser
        raise PermissionError(13, "write-protected", str(path))
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    os.close(handle)
    return Path(name)


@contextlib.contextmanager
def _turn(path: Path) -> Iterator[None]:
    """A lock on the path, kept in the cache so that nothing is left beside the user's file."""
    locks = cache_folder() / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:32]
    with filelock.FileLock(locks / f"{name}.lock"):
        yield


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let a Ctrl-C that arrives in between take effect at the end; only a main thread receives any.

    So with a request to end, where it is treated as Ctrl-C is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    held_back = [number for number in (signal.SIGINT, signal.SIGTERM) if callable(signal.getsignal(number))]
    previous = {number: signal.signal(number, lambda number, _frame: arrived.append(number)) for number in held_back}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        if arrived:
            raise KeyboardInterrupt
