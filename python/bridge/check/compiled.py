"""Which compiled modules a Lean file stands for: itself, and what it imports from files beside it."""

from dataclasses import dataclass
from pathlib import Path

from bridge.base.errors import InputError
from bridge.check.lean_modules import discover, modules_beside, require_file
from bridge.check.olean.modules import Find
from bridge.check.olean.parts import Part


@dataclass(frozen=True)
class CompiledExport:
    """The compiled modules of a file.

    Attributes:
        modules: their names, imports before importers.
        left_out: the modules that are not there, since they need Mathlib.
        lean_version: the version of the Lean that compiled them, as they say.
        git_hash: the same Lean's git hash.
    """

    modules: tuple[str, ...]
    left_out: tuple[str, ...]
    lean_version: str
    git_hash: str


def compiled_export(file: Path, find: Find, library: Path) -> CompiledExport:
    """Find what Lean has made of a file.

    Of the root of an export that is the root and all that it imports from beside it, but for what needs Mathlib and was
    not compiled; of another file of an export, that file alone.

    Args:
        file: the Lean file.
        find: the compiled modules, those of Lean's core among them.
        library: the folder of the Bridge library, which says what needs Mathlib.

    Raises:
        InputError: a file is missing or has not been compiled, or by another Lean than the core.
    """
    require_file(file)
    beside = [module.name for module in modules_beside(file) if not module.is_library]
    there = tuple(name for name in beside if find(name) is not None)
    if there:
        missing = tuple(name for name in beside if name not in there)
        needs_mathlib = {module.name for module in discover(file, library) if module.needs_mathlib} if missing else ()
        for name in missing:
            if name not in needs_mathlib:
                raise _not_compiled(name)
    else:
        there, missing = (_module_of(file, find),), ()
    return CompiledExport(there, missing, *_same_lean(there[0], find))


def _same_lean(module: str, find: Find) -> tuple[str, str]:
    """Version and git hash of the Lean that compiled a module, if it is that of the core."""
    lean, core = _lean_of(module, find), _lean_of("Init", find)
    if lean != core:
        raise InputError(
            f"{module} was compiled by Lean {lean[0]} ({lean[1][:8]}), and the core is of Lean {core[0]} "
            f"({core[1][:8]}); one Lean is required; name the core of that Lean with --core"
        )
    return lean


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
