"""The names of modules: which one an export can have, and where the file of a module is."""

import re
from pathlib import Path

from bridge.base.errors import InputError

# Packages that an export imports, if only in part.
TAKEN = frozenset({"Bridge", "Init", "Lake", "Lean", "Mathlib", "Std"})


def namespace_of(root: Path) -> str:
    """The Lean namespace of the root file of an export.

    Raises:
        InputError: the file's name cannot be one.
    """
    if root.suffix != ".lean" or not re.fullmatch(r"[A-Z][A-Za-z0-9_]*", root.stem) or root.stem in TAKEN:
        raise InputError(
            f"{root.name!r} cannot name an export; a capital letter, then letters, digits and _, then .lean is "
            f"required, and none of {', '.join(sorted(TAKEN))}; choose Generated.lean, say"
        )
    return root.stem


def module_path(name: str) -> Path:
    """The path of a module's file from the folder of its root module."""
    *folders, last = name.split(".")
    return Path(*folders, f"{last}.lean")
