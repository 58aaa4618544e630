"""The programs of Lean's toolchain, which elan puts on the PATH."""

import re
import shutil
from pathlib import Path

from bridge.errors import MissingToolError
from bridge.processes import ProcessGroup
from bridge.verdict import reason_line

ELAN = "install elan (https://github.com/leanprover/elan), which brings it, or choose --engine embedded"
_VERSION = re.compile(r"Lean \(?version (?P<version>4\.[^,)\s]+)")


def program_on_path(name: str) -> str:
    """The path of `lean` or `lake`.

    Raises:
        MissingToolError: it is not on the PATH.
    """
    program = shutil.which(name)
    if program is None:
        raise MissingToolError(f"{name} is not on the PATH; --engine {name} needs it; {ELAN}")
    return program


def lean_version(program: str, folder: Path) -> str:
    """The version of Lean that a program is, or brings, in a folder; elan takes the toolchain of that.

    Raises:
        MissingToolError: it does not say the version of a Lean 4.
    """
    with ProcessGroup() as processes:
        run = processes.run([program, "--version"], folder=folder, environment={})
    match = _VERSION.search(run.stdout)
    if match is None:
        reason = reason_line(run.stdout + run.stderr)
        raise MissingToolError(f"{program} --version does not name a Lean 4 ({reason}); one is required; {ELAN}")
    return match["version"]
