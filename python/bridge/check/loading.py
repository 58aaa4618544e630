"""Which compiled files of its imports Lean loads for a file.

A compiled module is in parts: `.olean` has what it shows to whoever imports it, `.olean.private` and, before it,
`.olean.server` what it keeps for itself, as proofs and definitions that are not exposed, and `.ir` has its code.  Lean
4.28 loads whatever parts it finds.  A file of an export that needs one shard is to load the numbers of that one alone,
so it must find no others.  The rule is that of `importModulesCore` in Lean's `Environment.lean`, where it is what Lake
hands out.  What is missing can only make Lean refuse a file: nothing is taken for granted in its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge.check.lean_modules import LeanModule


@dataclass(frozen=True)
class Need:
    """What a file needs of a module.

    Attributes:
        data: what the module shows.
        all: what it keeps for itself, too.
        code: its code, and that of all that it imports.
    """

    data: bool = False
    all: bool = False
    code: bool = False

    def __or__(self, other: "Need") -> "Need":
        """What is needed for two reasons."""
        return Need(self.data or other.data, self.all or other.all, self.code or other.code)

    def files(self, olean: Path) -> list[Path]:
        """The files that hold it, the main one first, whether or not Lean has made all of them.

        Args:
            olean: the main file of the compiled module.
        """
        private = [olean.with_suffix(f".olean.{part}") for part in ("server", "private")] if self.all else []
        return [olean, *private, *([olean.with_suffix(".ir")] if self.all or self.code else [])]


# All that there is of a module.
EVERYTHING = Need(data=True, all=True, code=True)


def needs(name: str, modules: Mapping[str, LeanModule]) -> dict[str, Need]:
    """What a file needs of the modules of ours that it imports, if only through others.

    Args:
        name: the module of the file.
        modules: that module and all that it imports, by name.

    Returns:
        The needs by module; modules of which nothing is needed are left out.
    """
    # A file that is no `module` sees everything of everything.
    sees_all = not modules[name].is_module
    found: dict[str, Need] = {}
    waiting = [(name, Need(data=True, all=True))]
    while waiting:
        importer, need = waiting.pop()
        for way in modules[importer].imported:
            data = need.data and (way.is_public or need.all)
            new = Need(data, sees_all or (need.all and way.is_all), need.code or (data and way.is_meta))
            before = found.get(way.module, Need())
            if before | new != before:
                found[way.module] = before | new
                waiting.append((way.module, found[way.module]))
    return found
