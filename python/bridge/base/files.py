"""Writing files so that a reader finds the old content or the new one, never a half."""

import contextlib
import hashlib
import logging
import os
import platform
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import filelock

from bridge.base.cache import cache_folder
from bridge.base.errors import InputError
from bridge.base.guard import current_guard, is_own, real_place, require_replaceable
from bridge.base.interrupts import interrupts_held_back, temporary_folder
from bridge.base.own_files import RESUME_FILE, Kind

_log = logging.getLogger(__name__)

# What a file is called until it is whole: by the machine, the process, and the start of it, so that what a process has
# left that was killed is known from what one is about to write, also where machines share folders.
_MACHINE = hashlib.sha256(platform.node().encode()).hexdigest()[:8]
_START = secrets.token_hex(4)
_LEFTOVER = re.compile(rf"\.bridge\.{_MACHINE}\.(?P<process>[0-9]{{1,7}})\.(?P<start>[0-9a-f]{{8}})\..*")


def _temporary_name() -> str:
    # Asked for anew each time, since a process can be a copy of another.
    return f".bridge.{_MACHINE}.{os.getpid()}.{_START}.{secrets.token_hex(4)}"


@dataclass(frozen=True, eq=False)
class NewFile:
    """What a file is to hold.

    Attributes:
        kind: what it is, which decides what may be in its place.
        data: its bytes, as a whole or in the chunks that it is written in.
    """

    kind: Kind
    data: bytes | Iterable[bytes | memoryview]


def write_atomically(path: Path, file: NewFile) -> None:
    """Write a file beside its place, then rename it there, as `replace_together` does with several."""
    replace_together({path: file})


def replace_together(
    files: Mapping[Path, NewFile], remove: Mapping[Path, Kind] | None = None, turn: Path | None = None
) -> None:
    """Write several files so that an interruption leaves all of them old or all of them new.

    All are written beside their places first; only then they are renamed, with Ctrl-C held back.  Links are followed:
    they stay, and what they lead to is replaced, with the permissions that it has.  Two processes that write the same
    group take turns; what one that was killed has left beside the files is cleared away.

    Args:
        files: what is to be written.
        remove: files that do not belong to the group, each with the kind that it must be of to be removed; a file name
            may be a pattern such as `*.lean`, and what it stands for is looked up when the turn has come.
        turn: what names the group; the first file if nothing does.

    Raises:
        InputError: a folder is missing or cannot be written, or something that must not be replaced is in a place, as
            `bridge.base.guard` has it.
    """
    kinds = {path: file.kind for path, file in files.items()}
    first = next(iter(kinds))
    require_replaceable(kinds)
    written: dict[Path, Path] = {}
    try:
        with _turn(turn or first):
            _clear_leftovers({real_place(path).parent for path in kinds})
            for path, file in files.items():
                place = real_place(path)
                with interrupts_held_back():
                    written[place] = _temporary_beside(place)
                # An interruption is welcome here: large files take their time, and what is written is cleared away.
                with written[place].open("wb") as opened:
                    opened.writelines([file.data] if isinstance(file.data, bytes) else file.data)
                _take_permissions(written[place], place)
            # Again, since what is in the places may have come meanwhile.
            require_replaceable(kinds)
            with interrupts_held_back():
                for path, kind in kinds.items():
                    written[real_place(path)].replace(real_place(path))
                    _note_written(path, kind)
                _remove_old(remove or {}, keep=set(written))
    except OSError as error:
        raise InputError(
            f"{error.filename or first} cannot be written ({error.strerror}); an existing folder with write permission "
            "is required; choose another output path"
        ) from None
    finally:
        with interrupts_held_back():
            for temporary in written.values():
                temporary.unlink(missing_ok=True)


def _note_written(path: Path, kind: Kind) -> None:
    # What is kept of a run is for the next one, and an interruption tells of it otherwise.
    if kind is not RESUME_FILE:
        current_guard().written.append(path)
    _log.debug("wrote %s", path)


def _remove_old(patterns: Mapping[Path, Kind], keep: Collection[Path]) -> None:
    inputs = current_guard().inputs
    for pattern, kind in patterns.items():
        for path in sorted(pattern.parent.glob(pattern.name)):
            # Links are the user's, wherever they lead.
            if real_place(path) in keep or path.is_symlink() or not path.is_file():
                continue
            if is_own(path, kind) and not any(given.exists() and given.samefile(path) for given in inputs):
                path.unlink()


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
    place = real_place(folder)
    try:
        with _turn(place):
            is_new = not place.exists()
            _require_free(folder, names)
            # In the folder itself if it is there, since it can be a mount.
            beside = place.parent if is_new else place
            _clear_leftovers([beside])
            with (
                interrupts_held_back(),
                temporary_folder(f"{_temporary_name()}.", beside) as temporary,
            ):
                complete = temporary / "complete"
                for path, data in contents.items():
                    (complete / path).parent.mkdir(parents=True, exist_ok=True)
                    (complete / path).write_bytes(data)
                if is_new:
                    complete.rename(place)
                else:
                    for name in names:
                        (complete / name).rename(place / name)
                current_guard().written.append(folder)
    except OSError as error:
        raise _not_made(folder, error) from None


def replace_folder(folder: Path, fill: Callable[[Path], None], require: Callable[[Path], None]) -> None:
    """Make a folder, or another in its place, so that an interruption leaves all that was there or all that is new.

    Args:
        folder: the folder, which need not be there.
        fill: puts into a new folder what is to be in this one.
        require: refuses, with an `InputError`, a folder that must not be replaced; it is asked again at the end.

    Raises:
        InputError: it must not be replaced, or cannot be made.
    """
    place = real_place(folder)
    try:
        with _turn(place):
            require(folder)
            _clear_leftovers([place.parent])
            with temporary_folder(f"{_temporary_name()}.", place.parent) as temporary:
                complete = temporary / "complete"
                complete.mkdir()
                fill(complete)
                require(folder)
                with interrupts_held_back():
                    if place.exists():
                        place.rename(temporary / "before")
                    complete.rename(place)
                    current_guard().written.append(folder)
    except OSError as error:
        raise _not_made(folder, error) from None


def _not_made(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"{folder} cannot be made ({error.strerror}); a place with write permission is required; choose another folder"
    )


def make_folder(folder: Path, purpose: str) -> None:
    """Make a folder, unless it is there.

    Args:
        folder: the folder.
        purpose: what is wrong if it cannot be made, such as `the figures go there`.

    Raises:
        InputError: a file is in its place, or it cannot be made.
    """
    require_folder_place(folder, purpose)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be made ({error.strerror}); a writable folder is required; choose another `out=…`"
        ) from None


def require_folder_place(folder: Path, purpose: str) -> None:
    """Refuse a place of a folder where a file is.

    Raises:
        InputError: a file is there.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is not a folder; {purpose}; move it away")


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


def _temporary_beside(place: Path) -> Path:
    if not place.parent.is_dir():
        raise FileNotFoundError(2, "no such folder", str(place.parent))
    if place.exists() and not os.access(place, os.W_OK):  # pragma: no cover -- never so for the superuser
        raise PermissionError(13, "write-protected", str(place))
    temporary = place.with_name(_temporary_name())
    # Nobody else sees what a file holds that nobody else may read; a new file is as any program makes one.
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if place.exists() else 0o666))
    return temporary


def _take_permissions(temporary: Path, place: Path) -> None:
    """Those of the file that is to be replaced, if there is one."""
    with contextlib.suppress(FileNotFoundError):
        status = place.stat()
        with contextlib.suppress(PermissionError):
            os.chown(temporary, status.st_uid, status.st_gid)
        temporary.chmod(stat.S_IMODE(status.st_mode))


def _clear_leftovers(folders: Iterable[Path]) -> None:
    """Remove what processes of this machine that no longer run were about to put in these folders."""
    for folder in folders:
        for path in folder.glob(".bridge.*"):
            match = _LEFTOVER.fullmatch(path.name)
            if match and not _runs(int(match["process"]), match["start"]):
                with contextlib.suppress(OSError):  # such as those of another user
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _runs(process: int, start: str) -> bool:
    if process == os.getpid():
        return start == _START
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # pragma: no cover -- it is another user's, which is never so for the superuser
        pass
    return True


@contextlib.contextmanager
def _turn(path: Path) -> Iterator[None]:
    """A lock on the place, kept in the cache so that nothing is left beside the user's file."""
    locks = cache_folder() / "locks"
    name = hashlib.sha256(os.fsencode(real_place(path))).hexdigest()[:32]
    lock = filelock.FileLock(locks / f"{name}.lock")
    try:
        locks.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise InputError(
            f"the cache folder {cache_folder()} cannot be used ({error.strerror}); a writable folder is required, for "
            "locks; name one in BRIDGE_CACHE_DIR"
        ) from None
    try:
        yield
    finally:
        # An interruption while Python disposes of the lock would be lost, as in any `__del__`.
        with interrupts_held_back():
            lock.release()
            del lock
