"""How numbers, names and remarks are written in Lean: the only place that knows the syntax of a literal."""

import re
import unicodedata
from collections.abc import Sequence

from bridge.base.names import NOT_SHOWN, require_concept_name

# Words that Lean reads as keywords, so that a name made of one of them is written «…».  A word that is missing
# here does no harm: names are only used behind a dot, where Lean expects an identifier.
KEYWORDS = frozenset(
    """abbrev at attribute axiom begin break by calc catch class continue decide declare_syntax_cat def default
    deriving do else elab end example exists export extends finally forall from fun for have hiding if import in
    include inductive infix infixl infixr initialize instance intro lemma let local macro macro_rules match
    meta mod module mut mutual namespace nofun nomatch noncomputable notation nonrec omit opaque open partial
    postfix prefix prelude private protected public rec renaming return scoped section set_option show sorry
    structure suffices syntax termination_by then theorem this throw try universe unless unsafe using variable
    where while with""".split()
)


def hexadecimal(value: int) -> str:
    """Write a natural number in hexadecimal, which Lean reads in less time than decimal digits."""
    return f"0x{value:x}"


def packed(literals: Sequence[int]) -> str:
    """Write a packed column, lowest literal first: raw literals, and a constructor that Lean need not look for."""
    return f"⟨{', '.join(f'nat_lit {hexadecimal(literal)}' for literal in literals)}⟩"


def signed(value: int) -> str:
    """Write an integer with the name of its sign, `Bridge.plus 3` or `Bridge.minus 3`, which Lean need not look for."""
    return f"Bridge.{'minus' if value < 0 else 'plus'} {abs(value)}"


def denominator(value: int) -> str:
    """Write a positive number, `2 ^ 47` if it is a power of two."""
    is_power = value & (value - 1) == 0
    return f"2 ^ {value.bit_length() - 1}" if is_power else str(value)


def string(text: str) -> str:
    """Write a string without control characters."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def remark(text: str) -> str:
    """Make a text safe inside a Lean comment: no line breaks, no `/-` and no `-/`, and nothing that UTF-8 lacks."""
    flat = "".join(" " if unicodedata.category(char) in NOT_SHOWN else char for char in text)
    return flat.replace("/-", "/ -").replace("-/", "- /")


def identifier(name: str) -> str:
    """Write a concept's name as a Lean identifier, `«…»` where it is not a plain word.

    Raises:
        InputError: the name is empty or reserved, or has a character that `«…»` cannot hold.
    """
    require_concept_name(name)
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name not in KEYWORDS and name != "_":
        return name
    return f"«{name}»"


def module_names(names: Sequence[str], others: Sequence[str] = ()) -> tuple[str, ...]:
    """Choose a module name, and so a file name, for each concept.

    The concept's own name with a capital letter where that is a plain word, so that `size` is in `Size.lean`;
    otherwise, where it is too long for a file name, and where two would differ by case alone (one file on many
    systems), `Concept` and its number.  `Concepts` and a number is left to files that several concepts share.

    Args:
        names: the names of the concepts.
        others: modules of the export beside that of the samples.
    """
    wanted = [name[0].upper() + name[1:] if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,99}", name) else "" for name in names]
    folded = [module.casefold() for module in wanted]
    taken = {"samples", *(other.casefold() for other in others)}
    return tuple(
        module
        if module and folded.count(key) == 1 and key not in taken and not re.fullmatch(r"concepts?[0-9]+", key)
        else f"Concept{number}"
        for number, (module, key) in enumerate(zip(wanted, folded, strict=True))
    )
