"""Which Lean files a file needs, and in which order they must be checked."""

import re
from dataclasses import dataclass
from pathlib import Path

from bridge.errors import InputError

_CORE_PACKAGES = frozenset({"Init", "Std", "Lean", "Lake"})
_BLANK = re.compile(r"(?:\s+|--[^\n]*)+")
_COMMENT_EDGE = re.compile(r"/-|-/")
_IMPORT = re.compile(r"(?:public\s+)?(?:meta\s+)?import\s+(?:all\s+)?(?P<name>[^\s]+)")
_MODULE = re.compile(r"(?:module|prelude)\b")


@dataclass(frozen=True)
class LeanModule:
    """A Lean source file.

    Attributes:
        name: its module name, such as `Generated.Size`.
        file: the file.
        imports: names of the imported modules that are files of ours too.
        is_library: whether it belongs to the library rather than to what is checked.
    """

    name: str
    file: Path
    imports: tuple[str, ...]
    is_library: bool


def discover(root: Path, library: Path) -> tuple[LeanModule, ...]:
    """Find the root file and everything of ours that it imports, imports before importers.

    Args:
        root: the file to check; the modules beside it are found by their path from its folder.
        library: the folder of `Bridge.lean` and `Bridge/`, for the modules that are not beside the root file.

    Raises:
        InputError: a file is missing, an import is neither ours nor of core Lean, or imports form a cycle.
    """
    if root.suffix != ".lean" or not root.is_file():
        raise InputError(f"{root} is not a Lean file; an exported root file is required; run `bridge export`")
    modules: dict[str, LeanModule] = {}
    _visit(root.stem, root, root.parent, library, (), modules)
    return tuple(modules.values())


def header_imports(text: str) -> list[tuple[str, int]]:
    """The imports in a Lean file's header, each with its line."""
    imports: list[tuple[str, int]] = []
    position = 0
    while True:
        position = _skip_blank(text, position)
        match = _MODULE.match(text, position) or _IMPORT.match(text, position)
        if match is None:
            return imports
        if match.re is _IMPORT:
            imports.append((match["name"], text.count("\n", 0, position) + 1))
        position = match.end()


def _visit(
    name: str, file: Path, beside: Path, library: Path, above: tuple[str, ...], modules: dict[str, LeanModule]
) -> None:
    own = []
    for imported, line in header_imports(file.read_text(encoding="utf-8")):
        if imported in (*above, name):
            raise InputError(
                f"{file}:{line}: the import of {imported} closes a cycle; imports must not lead back to the importer; "
                "remove one of them"
            )
        relative = Path(*imported.split(".")).with_suffix(".lean")
        imported_file = next((path for path in (beside / relative, library / relative) if path.is_file()), None)
        if imported_file is None:
            if imported.split(".")[0] in _CORE_PACKAGES:
                continue
            raise InputError(
                f"{file}:{line}: {imported} is imported; it is neither in {beside} nor in the Bridge library nor "
                "part of core Lean; export again, or use --engine lake for a project with other packages"
            )
        own.append(imported)
        if imported not in modules:
            _visit(imported, imported_file, beside, library, (*above, name), modules)
    is_library = name.split(".")[0] == "Bridge" and above != ()
    modules[name] = LeanModule(name, file, tuple(dict.fromkeys(own)), is_library)


def _skip_blank(text: str, position: int) -> int:
    while True:
        blank = _BLANK.match(text, position)
        if blank is not None:
            position = blank.end()
        elif text.startswith("/-", position):
            position = _comment_end(text, position)
        else:
            return position


def _comment_end(text: str, start: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge[0] == "/-" else -1
        if depth == 0:
            return edge.end()
    return len(text)
