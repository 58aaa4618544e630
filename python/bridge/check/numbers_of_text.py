"""The numbers of an exported Lean file, declaration by declaration, in the order in which they are written.

Whatever the declarations are: this knows where one begins and where its statement ends, and no more of what they say.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.check.olean.numbers import SIGNS, Token
from bridge.check.reader import LONGEST_DECIMAL, MismatchError, Place, Reader, Word

_OPENING, _CLOSING = frozenset("([{⟨"), frozenset(")]}⟩")
_DECLARING = frozenset({"def", "theorem"})
# What can come after a declaration.
_NEXT = frozenset({"@", "noncomputable", "public", "namespace", "end", *_DECLARING})
_BODY = frozenset({":=", "where"})
# Names that are signs of numbers, and signs of two characters, which do not mean what the first of them means.
_SIGNED = {"Bridge.plus": "+", "Bridge.minus": "-"}
_LONGER_SIGNS = frozenset({("<", "|"), ("=", ">")})


@dataclass(frozen=True, slots=True)
class Written:
    """A number, a sign, or a string with a `"` before it, and where it is written."""

    token: Token
    place: Place


@dataclass(frozen=True, slots=True)
class Declaration:
    """A definition or a theorem, with the numbers, signs and strings that it has.

    Attributes:
        name: its full name.
        place: where its name is.
        is_theorem: whether it is a theorem, and its body a proof.
        statement: what it has before `:=` or `where`, binders included.
        body: what comes after that.
    """

    name: str
    place: Place
    is_theorem: bool
    statement: tuple[Written, ...]
    body: tuple[Written, ...]


def declarations(reader: Reader) -> Iterator[Declaration]:
    """The declarations of a file, from where the reader is to the end.

    Raises:
        MismatchError: the file ends within a declaration, or a number is longer than any of an export.
    """
    words = list(reader.words())
    namespaces: list[str] = []
    at = 0
    while at < len(words):
        text, named = words[at].text, words[at + 1 : at + 2]
        if text in ("namespace", "end", *_DECLARING) and not named:
            raise MismatchError(reader.place, "the end of the file", "a name")
        at += 1
        if text == "namespace":
            namespaces.append(named[0].text)
        elif text == "end":
            namespaces = namespaces[:-1]
        elif text in _DECLARING:
            body = _end(words, at + 1, _BODY | _NEXT)
            end = _end(words, body, _NEXT)
            yield Declaration(
                ".".join([*namespaces, named[0].text]),
                named[0].place,
                text == "theorem",
                tuple(_written(words[at + 1 : body])),
                tuple(_written(words[body:end])),
            )
            at = end


def _end(words: Sequence[Word], start: int, closing: frozenset[str]) -> int:
    """The index of the first of these words that is not in brackets, or of the end."""
    depth = 0
    for index in range(start, len(words)):
        text = words[index].text
        if depth == 0 and text in closing:
            return index
        depth += (text in _OPENING) - (text in _CLOSING)
    return len(words)


def _written(words: Sequence[Word]) -> Iterator[Written]:
    for index, (kind, text, place) in enumerate(words):
        if kind == "decimal":
            if len(text) > LONGEST_DECIMAL:
                raise MismatchError(place, f"a number of {len(text)} digits", "a shorter one")
            yield Written(int(text), place)
        elif kind == "hexadecimal":
            yield Written(int(text, 16), place)
        elif kind == "string":
            yield Written('"' + re.sub(r"\\(.)", r"\1", text[1:-1]), place)
        elif text in _SIGNED:
            yield Written(_SIGNED[text], place)
        elif text in SIGNS and (text, *(word.text for word in words[index + 1 : index + 2])) not in _LONGER_SIGNS:
            yield Written(text, place)
