"""What shows that Lean has compiled a module: its `.olean` files, and what is in them.

That Lean says nothing is no yes: it can have ended early, or have been another program.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bridge.check.loading import EVERYTHING

# What a compiled module begins with.
_MAGIC = b"olean"


def compiled_files(olean: Path) -> list[Path]:
    """The parts of a compiled module, the main one first: Lean keeps proofs, code and the like in others."""
    main, *others = EVERYTHING.files(olean)
    return [main, *(file for file in others if file.is_file())]


def lack_of_evidence(olean: Path, declarations: Sequence[str], *, since: float) -> str | None:
    """What is missing for a yes about a module, None if nothing is.

    Args:
        olean: the main file of the compiled module.
        declarations: full names of what it must have.
        since: the time before which the file is an older one, as file systems have it.
    """
    if not olean.is_file():
        return f"made no {olean.name}"
    if olean.stat().st_mtime < since:
        return f"left an older {olean.name} as it was"
    parts = [file.read_bytes() for file in compiled_files(olean)]
    if not parts[0].startswith(_MAGIC):
        return f"made an {olean.name} that is none"
    absent = _absent(declarations, parts)
    return f"made an {olean.name} without {', '.join(absent)}" if absent else None


def _absent(declarations: Sequence[str], parts: Iterable[bytes]) -> list[str]:
    """The names of which a component is nowhere: they are kept component by component."""
    texts = list(parts)
    return [
        name
        for name in declarations
        if not all(any(component.encode() in text for text in texts) for component in name.split("."))
    ]
