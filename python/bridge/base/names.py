"""Which names concepts can have: one rule for all that takes, keeps or exports them."""

import unicodedata
from collections.abc import Sequence

from bridge.base.errors import InputError

# A concept's namespace must not hide what declarations refer to: with a `Generated.functional` Lean reads
# `functional.residual` as `Generated.functional.residual`, and likewise with `samples.latent` and `Bridge.rSquared`.
RESERVED_NAMES = frozenset({"Bridge", "samples", "functional"})

# Control and format characters (such as those that reverse the direction of writing), surrogates, and line breaks.
NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def require_concept_name(name: str, what: str = "concept") -> None:
    """Refuse a name that no Lean namespace of an export can have.

    Args:
        name: the name.
        what: what it is the name of, in messages.

    Raises:
        InputError: the name is empty or reserved, or has a character that `«…»` cannot hold.
    """
    if not name:
        raise InputError(f"a {what} name is empty; a Lean namespace needs a name; give every {what} one")
    for char in name:
        if char in "«»" or unicodedata.category(char) in NOT_SHOWN:
            raise InputError(
                f"{what} name {name!r} contains {char!r}; a Lean name can hold neither control characters nor "
                f"« and »; rename the {what}"
            )
    if name in RESERVED_NAMES:
        raise InputError(
            f"{what} name {name!r} is a name that the export uses itself; names must differ from "
            f"{', '.join(sorted(RESERVED_NAMES))}; rename the {what}"
        )


def require_concept_names(names: Sequence[str], what: str = "concept") -> None:
    """Refuse names that cannot tell concepts apart, or that an export cannot have.

    Args:
        names: the names.
        what: what they are the names of, in messages; classes follow the rules of concepts.

    Raises:
        InputError: a name is empty, used twice, reserved, or has a character that a Lean name cannot hold.
    """
    seen: set[str] = set()
    for position, name in enumerate(names):
        if not name:
            raise InputError(f"{what} {position} has an empty name; each {what} needs its own; name it")
        if name in seen:
            raise InputError(f"the {what} name {name!r} is used twice; each {what} needs its own; rename one")
        seen.add(name)
        require_concept_name(name, what)


def numbered_names(concepts: int) -> tuple[str, ...]:
    """Names for concepts that came without any."""
    return tuple(f"concept {number}" for number in range(1, concepts + 1))
