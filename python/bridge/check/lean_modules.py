"""Which Lean files a file needs, and in which order they must be checked.

This is the only way from the name of a module to its text: whoever judges a file by its path, and not by what is read
here, judges other files than Lean does.  Only plain files in the folder of the root file count: a link can lead two
readers to two files, and a device or a pipe gives each its own.
"""

import functools
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bridge.base.errors import InputError
from bridge.base.module_names import module_path
from bridge.check.lean_header import Header, HeaderError, Import, read_header

_CORE_PACKAGES = frozenset({"Init", "Std", "Lean", "Lake"})
_MATHLIB = "Mathlib"
_LIBRARY = "Bridge"

# A shard of an export has about 4 million digits; the file of a concept grows with the latent dimension and the root
# file with the concepts, and Lean is at its end with both long before they come near.
LARGEST_FILE = 64 * 2**20
# All samples of a large export, several times over; files of a stranger must not fill the memory together either.
MOST_BYTES = 2 * 2**30


@dataclass(frozen=True)
class LeanModule:
    """A Lean source file.

    Attributes:
        name: its module name, such as `Generated.Size`.
        file: the file.
        source: its content.
        is_module: whether it takes part in Lean's module system.
        imported: its imports of files that are ours too.
        is_library: whether it belongs to the library rather than to what is checked.
        needs_mathlib: whether it imports Mathlib, if only through other files; Mathlib is not among the files.
    """

    name: str
    file: Path
    source: bytes
    is_module: bool
    imported: tuple[Import, ...]
    is_library: bool
    needs_mathlib: bool

    @functools.cached_property
    def imports(self) -> tuple[str, ...]:
        """Names of the imported modules that are files of ours too, each once."""
        return tuple(dict.fromkeys(found.module for found in self.imported))

    @property
    def sha256(self) -> str:
        """SHA-256 of the source in hexadecimal."""
        return hashlib.sha256(self.source).hexdigest()


def discover(root: Path, library: Path) -> tuple[LeanModule, ...]:
    """Find the root file and everything of ours that it imports, imports before importers.

    Args:
        root: the file to check; the modules beside it are found by their path from its folder.
        library: the folder of `Bridge.lean` and `Bridge/`, for the modules of the library that are not beside the root
            file.

    Raises:
        InputError: a file cannot be read or is no plain file, a header is none that Lean has, an import is neither ours
            nor of core Lean nor of Mathlib, or imports form a cycle.
    """
    return _modules(root, library, _require_known_package)


def modules_beside(root: Path) -> tuple[LeanModule, ...]:
    """The root file and all that it imports from files beside it, imports before importers; others are passed over.

    Raises:
        InputError: as of `discover`, but for imports that are not there.
    """
    return _modules(root, None, lambda _file, _found, _folder: None)


def needing_mathlib(root: Path, library: Path) -> frozenset[str]:
    """The modules among `modules_beside` that import Mathlib, if only through the library as it is in a folder.

    Args:
        root: the root file.
        library: the folder of `Bridge.lean` and `Bridge/`, for the modules of the library that are not beside it.

    Raises:
        InputError: as of `modules_beside`.
    """
    modules = _modules(root, library, lambda _file, _found, _folder: None)
    return frozenset(module.name for module in modules if module.needs_mathlib)


def sources_beside(root: Path) -> dict[str, str]:
    """SHA-256 in hexadecimal of the root file and of all that it imports from files beside it, by module.

    Raises:
        InputError: as of `modules_beside`.
    """
    return {module.name: module.sha256 for module in modules_beside(root)}


def read_module(folder: Path, name: str) -> tuple[Path, bytes]:
    """The file of a module and its content.

    Args:
        folder: the folder of the root module.
        name: the name of the module.

    Raises:
        InputError: there is no such file, or it is no plain file, too large, unreadable or not UTF-8 text.
    """
    file = _plain_file(folder, name)
    if file is None:
        raise _missing(folder / module_path(name))
    return file, _read(file, os.O_NOFOLLOW)


def require_file(root: Path) -> None:
    """Say of a root file that it is not there, before anything is said of its name.

    Raises:
        InputError: there is nothing, or a folder.
    """
    if root.is_dir():
        raise InputError(f"{root} is a folder; a Lean file is required; name the root file of an export")
    if not root.is_file() and not root.is_symlink():
        raise _missing(root)


@dataclass
class _Visit:
    """A module some of whose imports may still be waiting."""

    name: str
    file: Path
    source: bytes
    is_module: bool
    waiting: Iterator[Import]
    imported: list[Import] = field(default_factory=list)
    needs_mathlib: bool = False


_Unknown = Callable[[Path, Import, Path], None]


def _modules(root: Path, library: Path | None, unknown: _Unknown) -> tuple[LeanModule, ...]:
    """All modules, each after its imports; a loop rather than a recursion, since chains of imports can be long."""
    folder = root.parent
    first = _root_name(root)
    modules: dict[str, LeanModule] = {}
    open_visits: dict[str, _Visit] = {}
    total = 0

    def enter(name: str, file: Path, source: bytes) -> None:
        nonlocal total
        total += len(source)
        if total > MOST_BYTES:
            raise InputError(
                f"{root} and what it imports are more than {MOST_BYTES} bytes; at most so many are read; name an export"
            )
        header = _header(file, source)
        open_visits[name] = _Visit(name, file, source, header.is_module, iter(header.imports))

    enter(first, *read_module(folder, first))
    while open_visits:
        visit = next(reversed(open_visits.values()))
        found = next(visit.waiting, None)
        if found is None:
            del open_visits[visit.name]
            modules[visit.name] = _module(visit, modules, is_root=visit.name == first)
            continue
        if found.module in open_visits:
            raise InputError(
                f"{visit.file}:{found.line}: the import of {found.module} closes a cycle; imports must not lead back "
                "to the importer; remove one of them"
            )
        package = found.module.split(".")[0]
        place = None if package in _CORE_PACKAGES else _place(found.module, folder, library)
        if place is not None:
            visit.imported.append(found)
            if found.module not in modules:
                enter(found.module, *place())
        elif package == _MATHLIB:
            visit.needs_mathlib = True
        elif package not in _CORE_PACKAGES:
            unknown(visit.file, found, folder)
    return tuple(modules.values())


def _module(visit: _Visit, modules: dict[str, LeanModule], *, is_root: bool) -> LeanModule:
    return LeanModule(
        name=visit.name,
        file=visit.file,
        source=visit.source,
        is_module=visit.is_module,
        imported=tuple(visit.imported),
        is_library=visit.name.split(".")[0] == _LIBRARY and not is_root,
        needs_mathlib=visit.needs_mathlib or any(modules[found.module].needs_mathlib for found in visit.imported),
    )


def _require_known_package(file: Path, found: Import, folder: Path) -> None:
    raise InputError(
        f"{file}:{found.line}: {found.module} is imported; it is neither in {folder} nor in the Bridge library nor "
        "part of core Lean or Mathlib; export again, or use --engine lake for a project with other packages"
    )


def _place(name: str, folder: Path, library: Path | None) -> Callable[[], tuple[Path, bytes]] | None:
    """How to read a module that is beside the root file, or else of the library; None if it is neither."""
    file = _plain_file(folder, name)
    if file is not None:
        return lambda: (file, _read(file, os.O_NOFOLLOW))
    if library is None or name.split(".")[0] != _LIBRARY:
        return None
    # Packages can be installed as links.
    installed = library / module_path(name)
    return (lambda: (installed, _read(installed))) if installed.is_file() else None


def _root_name(root: Path) -> str:
    """The name of a root file's module."""
    if root.suffix != ".lean":
        raise InputError(f"{root} does not end in .lean; a Lean file is required; name the root file of an export")
    if not root.stem or any(char in root.stem for char in ".«»"):
        raise InputError(
            f"{root.name!r} cannot name a module; a name without dots and without « and » is required; rename the file"
        )
    return root.stem


def _header(file: Path, source: bytes) -> Header:
    try:
        return read_header(source.decode())
    except HeaderError as error:
        raise InputError(
            f"{file}:{error.line}: found {error.found}, required {error.required}; a header of plain imports is "
            "required, since others can be read in two ways; write the imports plainly"
        ) from None


def _plain_file(folder: Path, name: str) -> Path | None:
    """The path of a module's file, None if there is nothing.

    Raises:
        InputError: something else than a file is there, or a link is on the way.
    """
    path = folder
    try:
        for part in module_path(name).parts:
            path /= part
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                raise InputError(
                    f"{path} is a symbolic link; a plain file is required, since a link can lead two readers to two "
                    "files; name the file itself, or copy it there"
                )
        if stat.S_ISDIR(mode):
            raise InputError(f"{path} is a folder; a Lean file is required; name the root file of an export")
        _require_plain(path, mode)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(path, error) from None
    return path


def _read(file: Path, flags: int = 0) -> bytes:
    """The content of a plain file of UTF-8 text, if it has no more than a Lean file may have."""
    try:
        # A pipe that nobody writes to must not be waited for.
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | flags)
        with open(descriptor, "rb") as opened:  # noqa: PTH123 -- a descriptor has no path
            status = os.fstat(descriptor)
            _require_plain(file, status.st_mode)
            if status.st_size > LARGEST_FILE:
                raise InputError(
                    f"{file} has {status.st_size} bytes; a Lean file of at most {LARGEST_FILE} is required; name an "
                    "export"
                )
            source = opened.read(status.st_size)
        source.decode()
    except OSError as error:
        raise _unreadable(file, error) from None
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{file}:{line} is not UTF-8 text (byte {error.start}); a Lean file is required; export again"
        ) from None
    return source


def _require_plain(file: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise InputError(f"{file} is a device, a pipe or the like; a plain file is required; name an export")


def _missing(file: Path) -> InputError:
    return InputError(
        f"{file} does not exist; an export is a root file and the files that it imports; run `bridge export`"
    )


def _unreadable(file: Path, error: OSError) -> InputError:
    return InputError(f"{file} cannot be read ({error.strerror}); a readable Lean file is required; export again")
