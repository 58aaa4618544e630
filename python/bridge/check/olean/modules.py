"""The constants of modules, found through the imports and decoded when they are asked for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bridge.check.olean.collector import collector_held_back
from bridge.check.olean.constants import CONSTANT_KINDS, Constant, Kind, constant_at
from bridge.check.olean.decoding import Decoder
from bridge.check.olean.errors import OleanError
from bridge.check.olean.objects import Objects
from bridge.check.olean.terms import Terms

_SUFFIXES = ("", ".server", ".private")
_KINDS_EXTENSION = "privateConstKindsExt"


@dataclass(frozen=True)
class CompiledFiles:
    """The files of a compiled module.

    Attributes:
        parts: `X.olean`, and `X.olean.server` and `X.olean.private` if they are there.
        is_core: whether it belongs to the Lean that is used, whose files may leave bodies out.
    """

    parts: tuple[Path, ...]
    is_core: bool


Find = Callable[[str], CompiledFiles | None]
"""Finds a module by its name, such as `Init.Prelude`; None if there is none."""


def in_folders(folders: Sequence[Path], core: Path) -> Find:
    """Finds modules in folders, as their names say.

    Args:
        folders: of modules that are not of the core.
        core: of the modules that Lean comes with.
    """

    def find(module: str) -> CompiledFiles | None:
        components = module.split(".")
        if any(not part or "/" in part or "\\" in part or ":" in part or "\0" in part for part in components):
            return None
        *above, last = components
        found = [
            (folder, file) for folder in (core, *folders) if _is_file(file := Path(folder, *above, f"{last}.olean"))
        ]
        if not found:
            return None
        if len(found) > 1 and len({file.resolve() for _, file in found}) > 1:
            raise OleanError(
                f"{found[0][1]} and {found[1][1]} are both the module {module}; one file for a module is required; "
                f"leave one folder out"
            )
        file = found[0][1]
        parts = tuple(part for suffix in _SUFFIXES if _is_file(part := file.with_name(file.name + suffix)))
        return CompiledFiles(parts, is_core=found[0][0] == core)

    return find


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


@dataclass
class _Source:
    """A module that was loaded."""

    name: str
    decoder: Decoder
    is_core: bool
    names: tuple[int, ...] = ()
    entries: int = 1
    dropped: dict[int, Kind] | None = field(default=None)


class Modules:
    """Modules and all that they import.

    Attributes:
        terms: the nodes of all their terms.
        index: for each constant, by the number of its name, the module and the address of each copy.
    """

    def __init__(self, terms: Terms, find: Find) -> None:
        self.terms = terms
        self.index: dict[int, tuple[tuple[_Source, int], ...]] = {}
        self._find = find
        self._sources: dict[str, _Source] = {}
        self._constants: dict[int, Constant] = {}

    def load(self, names: Iterable[str], *, imports: bool = True) -> None:
        """Load modules, by name, and what they import, unless they are to be looked at by themselves.

        Raises:
            OleanError: one is not there or cannot be read.
        """
        todo = list(names)
        with collector_held_back():
            while todo:
                name = todo.pop()
                if name not in self._sources:
                    imported = self._load(name)
                    todo += imported if imports else ()

    def get(self, name: int) -> Constant:
        """A constant; of several copies, the one that has a value.

        Raises:
            OleanError: no module declares it, a module cannot be read, or modules declare different ones.
        """
        known = self._constants.get(name)
        if known is None:
            copies = [self._decoded(source, address, name) for source, address in self.index.get(name, ())]
            if not copies:
                raise OleanError(
                    f"no module declares {self.terms.shown(name)}, which is used; all modules that are imported are "
                    f"required; have Lean compile them again"
                )
            known = self._constants[name] = _one_of(copies, self.terms.shown(name)) if len(copies) > 1 else copies[0]
        return known

    def declared_in(self, module: str) -> list[int]:
        """The names of what a loaded module declares, in its order."""
        return list(self._sources[module].names)

    def module_of(self, name: int) -> str:
        """The module that declares a constant."""
        return self.get(name).module

    def is_core(self, constant: int) -> bool:
        """Whether a constant is of a core module."""
        return self._sources[self.get(constant).module].is_core

    def __contains__(self, name: int) -> bool:
        """Whether a module declares a constant with this name."""
        return name in self.index

    def _load(self, name: str) -> list[str]:
        """Load one module; returns what it imports."""
        files = self._find(name)
        if files is None:
            raise OleanError(
                f"the module {name} is not among the compiled files; every module that is imported is required; have "
                f"Lean compile it"
            )
        objects = Objects(files.parts)
        decoder = Decoder(objects, self.terms)
        source = self._sources[name] = _Source(name, decoder, files.is_core)
        imports, names, infos, _, source.entries = objects.record(objects.root, 5, 1)
        # Whatever has no body in an exported part would be an axiom, and a module with no theorems has nothing wrong.
        if objects.scalars(objects.root, 5, 1) != b"\0" and not files.is_core and len(files.parts) < len(_SUFFIXES):
            raise OleanError(
                f"{objects.path} has no proofs, which are beside it in other files; all files of the module {name} are "
                f"required; have Lean compile it again"
            )
        addresses = objects.array(infos)
        source.names = tuple(map(decoder.name, objects.array(names)))
        if len(addresses) != len(source.names):
            raise objects.damaged(objects.root, "another number of constants than of their names")
        index = self.index
        for constant, address in zip(source.names, addresses, strict=True):
            copies = index.get(constant, ())
            if copies and copies[-1][0] is source:
                raise objects.damaged(address, f"a second {self.terms.shown(constant)}")
            index[constant] = (*copies, (source, address))
        return [
            ".".join(map(str, self.terms.parts(decoder.name(objects.record(each, 1, 3)[0]))))
            for each in objects.array(imports)
        ]

    def _decoded(self, source: _Source, address: int, name: int) -> Constant:
        constant = constant_at(source.decoder, address, source.name)
        if constant.name != name:
            raise source.decoder.objects.damaged(address, f"{self.terms.shown(constant.name)} under another name")
        if constant.kind == Kind.AXIOM and source.is_core and len(source.decoder.objects.parts) == 1:
            return replace(constant, dropped=self._dropped(source).get(name))
        return constant

    def _dropped(self, source: _Source) -> dict[int, Kind]:
        """What the constants of a module were whose bodies its exported part leaves out; an axiom never had one."""
        if source.dropped is None:
            source.dropped = {}
            decoder, objects = source.decoder, source.decoder.objects
            for entry in objects.array(source.entries):
                extension, items = objects.record(entry, 2)
                if self.terms.parts(decoder.name(extension))[-1:] == (_KINDS_EXTENSION,):
                    for item in objects.array(items):
                        constant, kind = objects.record(item, 2)
                        if not kind & 1 or kind >> 1 >= len(CONSTANT_KINDS):
                            raise objects.damaged(item, "no kind of constant")
                        was = CONSTANT_KINDS[kind >> 1]
                        if was is not Kind.AXIOM:
                            source.dropped[decoder.name(constant)] = was
        return source.dropped


def _one_of(copies: Sequence[Constant], text: str) -> Constant:
    """The copy that says most, of constants that several modules declare; only theorems are declared so.

    Lean makes some, such as equations of a definition, in every module that needs them.
    """
    first = copies[0]
    for other in copies[1:]:
        kinds = {constant.dropped or constant.kind for constant in (first, other)}
        if kinds != {Kind.THEOREM} or (first.type, first.level_params) != (other.type, other.level_params):
            raise OleanError(
                f"the modules {first.module} and {other.module} both declare {text}; one constant for a name, or "
                f"one theorem in both, is required; leave one of them out"
            )
    return max(copies, key=lambda constant: constant.value is not None)
