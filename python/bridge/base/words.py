"""Text that others wrote, as it can be shown on a terminal, and put in order."""

import itertools
import re
import unicodedata

# Controls, among them the escape that terminals obey; formats, among them those that reorder a line; what has no
# meaning of its own; and the separators of lines and paragraphs that are no line break here.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str) -> str:
    r"""The text with an escape such as `\x1b` in the place of each character that is not to be seen.

    Line breaks and tabs stay, since messages have them.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in _HIDDEN:
        return character
    return character.encode("unicode_escape").decode("ascii")


def counted(number: int, noun: str) -> str:
    """Write a number of things: `1 sample`, `2 samples`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def natural_order(text: str) -> tuple[list[tuple[str, int]], str]:
    """By what texts are in natural order: runs of digits count as numbers."""
    parts = re.split(r"([0-9]+)", text)
    pairs = itertools.zip_longest(parts[::2], parts[1::2], fillvalue="0")
    # The text itself tells 7 and 07 apart.
    return [(other, int(digits)) for other, digits in pairs], text
