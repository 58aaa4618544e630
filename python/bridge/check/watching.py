"""Whether a file, or one that it imports, has changed since it was last looked at.

Files are looked at several times a second, rather than reported by the system: what has to be known is whether they
are still those that a verdict is about, and to look at them is enough for that, on every file system.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from time import sleep

from bridge.base.cache import Stamp, stamp_of
from bridge.base.errors import InputError
from bridge.base.guard import real_place
from bridge.base.module_names import module_path
from bridge.check.lean_header import HeaderError, read_header
from bridge.check.lean_modules import read_module

State = Mapping[Path, Stamp | None]
"""Places, each with what is seen of the file there; None where there is none."""

# Whoever replaces several files, one after another, pauses for less between them.
_QUIET = 0.5

_PAUSE = 0.2


def state_of(root: Path, library: Path) -> State:
    """What is seen of a file, and of each place where a module that it needs is or would be.

    What is wrong with a file is not said here: who checks it says so.

    Args:
        root: the file; modules are beside it, or of the library.
        library: the folder of `Bridge.lean`.
    """
    folder = real_place(root.parent)
    state: dict[Path, Stamp | None] = {folder / root.name: _stamp(folder / root.name)}
    known = {root.stem}
    waiting = [root.stem]
    while waiting:
        name = waiting.pop()
        # A file beside the root stands in front of one of the library, also one that is not there yet.
        for place in (folder, library):
            file = place / module_path(name)
            stamp = state[file] = _stamp(file)
            if stamp is not None:
                imported = _imports(place, name, stamp) - known
                known |= imported
                waiting += imported
                break
    return state


def changed(before: State, after: State) -> tuple[Path, ...]:
    """The files that have changed, come or gone, but for those that are only needed since then, or no more."""
    return tuple(sorted(path for path in before.keys() & after.keys() if before[path] != after[path]))


def settled(root: Path, library: Path) -> State:
    """The state of a file and of what it imports once nobody has changed any of them for a moment."""
    state = state_of(root, library)
    while True:
        sleep(_QUIET)
        before, state = state, state_of(root, library)
        if state == before:
            return state


def wait_for_change(root: Path, library: Path, state: State) -> None:
    """Come back when a file, or what it imports, is no longer in this state."""
    while state_of(root, library) == state:
        sleep(_PAUSE)


def _stamp(file: Path) -> Stamp | None:
    try:
        return stamp_of(file.lstat())
    except OSError:
        return None


@functools.lru_cache(4096)
def _imports(folder: Path, name: str, _stamp: Stamp) -> frozenset[str]:
    """What a module imports, read once for each of its states."""
    try:
        _, source = read_module(folder, name)
        return frozenset(found.module for found in read_header(source.decode()).imports)
    except (InputError, HeaderError):
        return frozenset()
