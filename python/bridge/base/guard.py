"""What a command may replace: what a command has written before, and never what it reads itself.

A guard stands for as long as a command runs.  Options declare what is read, whoever writes asks, and nobody in between
has to know of it.
"""

import contextlib
import itertools
import os
import stat
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from bridge.base.errors import InputError
from bridge.base.own_files import Kind


@dataclass(eq=False)
class Guard:
    """What is known of the command that runs.

    Attributes:
        force: whether files that no command has written may be replaced too.
        forcing: what a user says to allow it; None where it cannot be allowed.
        inputs: the files and folders that the command reads.
        written: the files that it has put in their places.
    """

    force: bool = False
    forcing: str | None = "--force"
    inputs: list[Path] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)


_guard: ContextVar[Guard] = ContextVar("_guard")


def current_guard() -> Guard:
    """That of the command that runs; outside of any, one that knows of no inputs."""
    return _guard.get(Guard())


@contextlib.contextmanager
def guarding(guard: Guard) -> Iterator[Guard]:
    """Have a guard stand until the end of the block."""
    token = _guard.set(guard)
    try:
        yield guard
    finally:
        _guard.reset(token)


def declare_inputs(*paths: Path) -> None:
    """Say that the command reads these files, or what is in these folders, so that it never replaces them."""
    current_guard().inputs.extend(paths)


def declare_input_text(text: str) -> None:
    """Declare what is written as `PATH` or `PATH:NAME`; both may have colons, so each is taken that may be the path."""
    parts = text.split(":")
    declare_inputs(*(Path(":".join(parts[:end])) for end in range(1, len(parts) + 1) if any(parts[:end])))


def declare_data_set(name: str) -> None:
    """Declare the files of a data set, as `bridge.sources.images.load_images` names it, if it has any."""
    kind, separator, folder = name.partition(":")
    if (kind, separator) == ("mnist", ":"):
        declare_inputs(Path(folder))
    elif name not in ("mnist", "digits", "random"):
        declare_input_text(name)


def real_place(path: Path) -> Path:
    """Where a file is or will be once all links are followed."""
    return Path(os.path.realpath(path))


def require_replaceable(*groups: Mapping[Path, Kind]) -> None:
    """Refuse to write files where something is that must not be replaced.

    Args:
        groups: the kind of each file that is to be written.

    Raises:
        InputError: something that is no file, an input of the same command, or a file that is not of this kind and
            that nobody allowed to be replaced is in a place; or two of the files have the same place.
    """
    places: dict[Path, Path] = {}
    for path, kind in itertools.chain.from_iterable(group.items() for group in groups):
        place = real_place(path)
        if place in places:
            raise InputError(
                f"{places[place]} and {path} are one file, and two are to be written; a place for each is required; "
                "choose another for one"
            )
        places[place] = path
        try:
            _require_replaceable(path, kind)
        except OSError as error:
            raise InputError(
                f"{path} cannot be looked at ({error.strerror}); a file that can be read, or none, is required there; "
                "choose another place"
            ) from None


def _require_replaceable(path: Path, kind: Kind) -> None:
    guard = current_guard()
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if stat.S_ISDIR(mode):
        raise InputError(f"{path} is a folder; a file is to be written there; name a file")
    if not stat.S_ISREG(mode):
        raise InputError(f"{path} is no regular file; a file is to be written there; choose another place")
    is_ours = is_own(path, kind)
    found = _input_at(path, guard.inputs, is_ours=is_ours)
    if found is not None:
        which = "" if str(found) == str(path) else f", {found}"
        raise InputError(f"{path} is an input of this command{which}; inputs are never replaced; choose another place")
    if not (is_ours or guard.force):
        allow = "or move it away" if guard.forcing is None else f"move it away, or replace it with {guard.forcing}"
        raise InputError(
            f"{path} is there and is not {kind.name}; only what bridge has written is replaced; choose another place, "
            f"{allow}"
        )


def is_own(path: Path, kind: Kind) -> bool:
    """Whether a file is one of this kind that a command has written.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return kind.is_ours(file)


def _input_at(path: Path, inputs: list[Path], *, is_ours: bool) -> Path | None:
    """The input that a file is, by whatever name; what a command has written is no part of a folder that is read."""
    for given in inputs:
        try:
            if given.samefile(path) or (not is_ours and given.is_dir() and _is_in(path, given)):
                return given
        except OSError:  # such as an input that is not there, of which its reader will say so
            continue
    return None


def _is_in(path: Path, folder: Path) -> bool:
    return real_place(path).is_relative_to(real_place(folder)) or any(
        file.is_file() and file.samefile(path) for file in folder.rglob("*")
    )
