"""The programs of Lean's toolchain, which elan puts on the PATH."""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge.base.errors import MissingToolError
from bridge.base.interrupts import temporary_folder
from bridge.base.processes import ProcessGroup, Run
from bridge.base.release import RELEASE
from bridge.check.messages import reason_line

ELAN = "install elan (https://github.com/leanprover/elan), which brings it, or choose --engine embedded"
_VERSION = re.compile(r"Lean \(?version (?P<version>4\.[^,)\s]+)")
# Those of the Lean project: a release, by its number or as elan calls the newest one, or a nightly one.
_OFFICIAL = re.compile(
    r"(?:leanprover/lean4:)?v?(?P<version>4\.\d+\.\d+(?:-rc\d+)?)|(?:leanprover/lean4:)?(?:stable|beta|nightly)"
    r"|leanprover/lean4(?:-nightly)?:nightly-\d{4}-\d\d-\d\d"
)
_LONGEST = 4096


@dataclass(frozen=True)
class Toolchain:
    """What a file `lean-toolchain` names.

    Attributes:
        file: the file.
        name: the toolchain, as elan takes it.
        version: its version, if it is a release by its number.
    """

    file: Path
    name: str
    version: str | None


def program_on_path(name: str) -> str:
    """The path of `lean` or `lake`.

    Raises:
        MissingToolError: it is not on the PATH.
    """
    program = shutil.which(name)
    if program is None:
        raise MissingToolError(f"{name} is not on the PATH; --engine {name} needs it; {ELAN}")
    return program


def toolchain_of(folder: Path) -> Toolchain | None:
    """The toolchain that the nearest file `lean-toolchain` in or above a folder names; None if there is none.

    Raises:
        MissingToolError: it is not one of the Lean project's own.
    """
    files = (above / "lean-toolchain" for above in (folder, *folder.parents))
    file = next((file for file in files if file.is_file()), None)
    if file is None:
        return None
    with file.open("rb") as opened:
        name = opened.read(_LONGEST).decode("utf-8", errors="replace").strip()
    if not name:
        return None
    official = _OFFICIAL.fullmatch(name)
    if official is None:
        raise MissingToolError(
            f"{file} names the toolchain {name[:60]!r}; an official one is required, such as {RELEASE.toolchain}, "
            "since whoever makes a toolchain decides what it accepts; name that, or choose --engine embedded"
        )
    return Toolchain(file, name, official["version"])


def lean_environment(toolchain: Toolchain | None) -> dict[str, str]:
    """The variables of this process for a program of Lean's, without those that tell Lean what to do.

    Args:
        toolchain: what elan is to take, unless the user's own ELAN_TOOLCHAIN says so.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith(("LEAN", "LAKE", "NODE_"))}
    return own if toolchain is None else {"ELAN_TOOLCHAIN": toolchain.name, **own}


def lean_version(program: str, environment: Mapping[str, str]) -> str:
    """The version of Lean that a program is, or brings; it is asked in a folder with nothing in it.

    Raises:
        MissingToolError: it does not say the version of a Lean 4.
    """
    run = _asked(program, "--version", environment)
    match = _VERSION.search(run.stdout)
    if match is None:
        reason = reason_line(run.stdout + run.stderr)
        raise MissingToolError(f"{program} --version does not name a Lean 4 ({reason}); one is required; {ELAN}")
    return match["version"]


def core_library(program: str, environment: Mapping[str, str]) -> Path:
    """The folder of what the core library of a Lean was compiled to; it is asked in a folder with nothing in it.

    Args:
        program: the path of `lean`.
        environment: its variables.

    Raises:
        MissingToolError: it does not name a folder that has the core library.
    """
    run = _asked(program, "--print-prefix", environment)
    folder = Path(run.stdout.strip()) / "lib" / "lean"
    if run.returncode != 0 or not (folder / "Init.olean").is_file():
        reason = reason_line(run.stdout + run.stderr)
        raise MissingToolError(
            f"{program} --print-prefix names no folder with a compiled core library ({reason}); one is required, since "
            f"theorems rest on it; {ELAN}"
        )
    return folder


def _asked(program: str, option: str, environment: Mapping[str, str]) -> Run:
    with temporary_folder("bridge-version-") as empty, ProcessGroup() as processes:
        return processes.run([program, option], folder=empty, environment=environment, inherit=False)
