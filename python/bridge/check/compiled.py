"""Which compiled modules a Lean file stands for: itself, and what it imports from files beside it."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.base.errors import InputError, MissingToolError
from bridge.base.progress import Tell
from bridge.check.embedded import EMBEDDED_VERSION, ensure_embedded_lean
from bridge.check.lean_modules import modules_beside, needing_mathlib, require_file
from bridge.check.olean.modules import Find, in_folders
from bridge.check.olean.parts import Part
from bridge.check.toolchain import core_library, lean_environment, toolchain_of


@dataclass(frozen=True)
class CompiledExport:
    """The compiled modules of a file.

    Attributes:
        find: finds them, and all that they import.
        modules: their names, imports before importers.
        left_out: the modules that are not there, since they need Mathlib.
        lean_version: the version of the Lean that compiled them, as they say.
        git_hash: the same Lean's git hash.
    """

    find: Find
    modules: tuple[str, ...]
    left_out: tuple[str, ...]
    lean_version: str
    git_hash: str


def compiled_export(
    file: Path, folders: Sequence[Path], library: Path, tell: Tell, core: Path | None = None
) -> CompiledExport:
    """Find what Lean has made of a file.

    Of the root of an export that is the root and all that it imports from beside it, but for what needs Mathlib and was
    not compiled; of another file of an export, that file alone.

    Args:
        file: the Lean file.
        folders: where compiled modules are, as their names say; one or more.
        library: the folder of the Bridge library, which says what needs Mathlib.
        tell: told if the embedded Lean has to be fetched for its core.
        core: where the compiled modules of Lean's core are; None for that of the embedded Lean, or of the Lean on the
            PATH if another one has compiled the file.

    Raises:
        InputError: a file or a folder is missing, or a file has not been compiled, or by another Lean than the core.
        MissingToolError: the core has to be that of a Lean which is not there.
    """
    require_file(file)
    for folder in folders:
        if not folder.is_dir():
            raise InputError(
                f"{folder} is no folder; one with compiled files is required; name that of `bridge check --oleans`, or "
                ".lake/build/lib/lean of a Lake project"
            )
    # Which of the folders is the core's is no matter as long as nothing but the export is looked for.
    own = in_folders(folders[1:], folders[0])
    beside = [module.name for module in modules_beside(file) if not module.is_library]
    modules = tuple(name for name in beside if own(name) is not None)
    left_out = tuple(name for name in beside if name not in modules)
    if modules:
        needs_mathlib = needing_mathlib(file, library) if left_out else ()
        for name in left_out:
            if name not in needs_mathlib:
                raise _not_compiled(name)
    else:
        modules, left_out = (_module_of(file, own),), ()
    lean = _lean_of(modules[0], own)
    core = core or _core_of(lean, file, tell)
    find = in_folders(folders, core)
    if find("Init") is None:
        raise InputError(
            f"{core} has no Init.olean; the compiled files of Lean's core are required; name the toolchain's folder "
            "lib/lean with --core"
        )
    if lean != (leans := _lean_of("Init", find)):
        raise InputError(
            f"{modules[0]} was compiled by Lean {lean[0]} ({lean[1][:8]}), and the core is of Lean {leans[0]} "
            f"({leans[1][:8]}); one Lean is required; name the core of that Lean with --core"
        )
    return CompiledExport(find, modules, left_out, *lean)


def _core_of(lean: tuple[str, str], file: Path, tell: Tell) -> Path:
    """Where the core is of a Lean that is here."""
    if lean[0] == EMBEDDED_VERSION:
        return ensure_embedded_lean(tell).core
    program = shutil.which("lean")
    if program is None:
        raise MissingToolError(
            f"{file} was compiled by Lean {lean[0]}, and no lean is on the PATH; its core is required; name the "
            "toolchain's folder lib/lean with --core"
        )
    return core_library(program, lean_environment(toolchain_of(file.parent.resolve())))


def _module_of(file: Path, find: Find) -> str:
    """The module of a file in some folder above it."""
    parts = [*file.resolve().parent.parts[1:], file.stem]
    for first in range(len(parts) - 2, -1, -1):
        name = ".".join(parts[first:])
        if find(name) is not None:
            return name
    raise _not_compiled(file.stem)


def _lean_of(module: str, find: Find) -> tuple[str, str]:
    files = find(module)
    if files is None:
        raise _not_compiled(module)
    part = Part(files.parts[0])
    return part.lean_version, part.git_hash


def _not_compiled(module: str) -> InputError:
    return InputError(
        f"{module} is not among the compiled files; every file that needs no Mathlib is required; have Lean "
        "compile it, and name the folder with --oleans"
    )
