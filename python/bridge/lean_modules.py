"""Which Lean files a file needs, and in which order they must be checked."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from bridge.errors import InputError

_CORE_PACKAGES = frozenset({"Init", "Std", "Lean", "Lake"})
_MATHLIB = "Mathlib"
_BLANK = re.compile(r"(?:\s+|--[^\n]*)+")
_COMMENT_EDGE = re.compile(r"/-|-/")
# Only components that are file names: in `«…»` Lean would allow a path that leads out of the folder.
_COMPONENT = r"(?:[^\W\d][\w'!?]*|«[^«»./\\\n]+»)"
_IMPORT = re.compile(rf"(?:public\s+)?(?:meta\s+)?import\s+(?:all\s+)?(?P<name>{_COMPONENT}(?:\.{_COMPONENT})*)")
_MODULE = re.compile(r"(?:module|prelude)\b")


@dataclass(frozen=True)
class LeanModule:
    """A Lean source file.

    Attributes:
        name: its module name, such as `Generated.Size`.
        file: the file.
        source: its content.
        imports: names of the imported modules that are files of ours too.
        is_library: whether it belongs to the library rather than to what is checked.
        needs_mathlib: whether it imports Mathlib, if only through other files; Mathlib is not among the files.
    """

    name: str
    file: Path
    source: bytes
    imports: tuple[str, ...]
    is_library: bool
    needs_mathlib: bool

    @property
    def sha256(self) -> str:
        """SHA-256 of the source in hexadecimal."""
        return hashlib.sha256(self.source).hexdigest()


def discover(root: Path, library: Path) -> tuple[LeanModule, ...]:
    """Find the root file and everything of ours that it imports, imports before importers.

    Args:
        root: the file to check, which exists; the modules beside it are found by their path from its folder.
        library: the folder of `Bridge.lean` and `Bridge/`, for the modules that are not beside the root file.

    Raises:
        InputError: a file cannot be read, an import is neither ours nor of core Lean nor of Mathlib, or imports form a
            cycle.
    """
    modules: dict[str, LeanModule] = {}
    _visit(root.stem, root, root.parent, library, (), modules)
    return tuple(modules.values())


def sources_beside(root: Path) -> dict[str, str]:
    """SHA-256 in hexadecimal of the root file and of all that it imports from files beside it, by module.

    Raises:
        InputError: a file cannot be read.
    """
    digests: dict[str, str] = {}
    waiting = [(root.stem, root)]
    while waiting:
        name, file = waiting.pop()
        if name not in digests and file.is_file():
            source = _read(file)
            digests[name] = hashlib.sha256(source).hexdigest()
            imports = (imported for imported, _line in header_imports(source.decode()))
            waiting += [(imported, root.parent / module_path(imported)) for imported in imports]
    return digests


def module_path(name: str) -> Path:
    """The path of a module's file from the folder of its root module."""
    *folders, last = name.split(".")
    return Path(*folders, f"{last}.lean")


def header_imports(text: str) -> list[tuple[str, int]]:
    """The imports in a Lean file's header, each with its line; names are without `«` and `»`."""
    imports: list[tuple[str, int]] = []
    position = 0
    while True:
        position = _skip_blank(text, position)
        match = _MODULE.match(text, position) or _IMPORT.match(text, position)
        if match is None:
            return imports
        if match.re is _IMPORT:
            name = match["name"].replace("«", "").replace("»", "")
            imports.append((name, text.count("\n", 0, position) + 1))
        position = match.end()


def _visit(
    name: str, file: Path, beside: Path, library: Path, above: tuple[str, ...], modules: dict[str, LeanModule]
) -> None:
    source = _read(file)
    own = []
    needs_mathlib = False
    for imported, line in header_imports(source.decode()):
        if imported in (*above, name):
            raise InputError(
                f"{file}:{line}: the import of {imported} closes a cycle; imports must not lead back to the importer; "
                "remove one of them"
            )
        places = (folder / module_path(imported) for folder in (beside, library))
        imported_file = next((path for path in places if path.is_file()), None)
        if imported_file is None:
            package = imported.split(".")[0]
            if package not in (*_CORE_PACKAGES, _MATHLIB):
                raise InputError(
                    f"{file}:{line}: {imported} is imported; it is neither in {beside} nor in the Bridge library nor "
                    "part of core Lean or Mathlib; export again, or use --engine lake for a project with other packages"
                )
            needs_mathlib |= package == _MATHLIB
            continue
        own.append(imported)
        if imported not in modules:
            _visit(imported, imported_file, beside, library, (*above, name), modules)
    is_library = name.split(".")[0] == "Bridge" and above != ()
    needs_mathlib |= any(modules[imported].needs_mathlib for imported in own)
    modules[name] = LeanModule(name, file, source, tuple(dict.fromkeys(own)), is_library, needs_mathlib)


def _read(file: Path) -> bytes:
    try:
        source = file.read_bytes()
        source.decode()
    except OSError as error:
        raise InputError(
            f"{file} cannot be read ({error.strerror}); a readable Lean file is required; export again"
        ) from None
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{file}:{line} is not UTF-8 text (byte {error.start}); a Lean file is required; export again"
        ) from None
    return source


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
