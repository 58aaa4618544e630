"""Reads the words of one exported Lean file, in the order of patterns: texts with holes for the literals."""

import functools
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Generic, NamedTuple, NoReturn, Self, TypeVar

from bridge.check.lean_header import HeaderError, read_header
from bridge.check.lean_modules import read_module

Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file: line and column count from 1."""

    file: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Literal(Generic[Value]):
    """A value and the place where it is written."""

    value: Value
    place: Place


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its text with what opens and closes it, where it is, and how many words of code come before it."""

    text: str
    place: Place
    words_before: int


class Found(dict[str, list[Literal[Any]]]):
    """The literals in the holes of patterns, by the names of these, in the order in which they were read."""

    def value(self, hole: str) -> Any:  # noqa: ANN401 -- a hole has a kind of its own
        """The value of the first literal in a hole."""
        return self[hole][0].value


class MismatchError(Exception):
    """A file is not what an export looks like."""

    def __init__(self, place: Place, found: str, required: str) -> None:
        super().__init__(f"{place}: found {found}, required {required}")
        self.place = place
        self.found = found
        self.required = required


# Python refuses to read longer numbers; the longest that an export of 64-bit floats can contain has about 1,300 digits.
LONGEST_DECIMAL = 4_300
# The smallest positive 64-bit float is 2^-1074.
_LARGEST_EXPONENT = 1_074
_WORD = r"(?:«[^«»\n]*»|[^\W\d]\w*)"
NAME = re.compile(_WORD)
# Blanks are those that Lean has; what else Python takes for one is a symbol, which no export has.
_TOKEN = re.compile(
    r"(?P<hexadecimal>0x[0-9a-f]+)|(?P<decimal>[0-9]+)"
    rf"|(?P<word>{_WORD}(?:\.{_WORD})*)|(?P<space>[ \n]+)"
    # A string in one line, with no escapes but those of what it could not hold otherwise.
    r'|(?P<string>"(?:[^"\\\n]|\\["\\])*")|(?P<symbol>:=|\+\+|.)',
    re.DOTALL,
)
# Of lists in one file, and as many comments, so that a small file does not become a large thing in memory.
_MOST_ITEMS = 2_000_000
# What the declarations of an export are in.
_SECTION_START = re.compile(r"@|public[ \n]+(?:noncomputable[ \n]+)?section\b")
_COMMENT_START = re.compile(r"/-[-!]?(?=\s)")
_COMMENT_EDGE = re.compile(r"/-|-/")
_LONGEST_SHOWN = 60
# Few characters, most of which a person does see.
_NOT_PLAIN = re.compile(r"[^\n -~]")
# Control and format characters, such as those that reverse the direction of writing, and line breaks that are none.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_HOLE = re.compile(r"\{(\w+)(?::(\w+)(\*?))?\}")


class Word(NamedTuple):
    """A word of a file: a name, a number, a string or a sign.

    Attributes:
        kind: hexadecimal, decimal, word, string or symbol.
        text: the word as it is written.
        place: where that is.
    """

    kind: str
    text: str
    place: Place


class Reader:
    """Walks through the words of one file, comments set aside."""

    def __init__(self, path: Path, source: bytes, module: str = "") -> None:
        """Begin to read.

        Args:
            path: the file, for what is said of it.
            source: its content, UTF-8 text.
            module: the name of the module.

        Raises:
            MismatchError: the text has hidden characters, or a header that Lean may read in another way.
        """
        self.module = module
        self.comments: list[Comment] = []
        self.sha256 = hashlib.sha256(source).hexdigest()
        self._path = path
        # Line breaks as Lean has them: a carriage return alone is none, and does not end a comment.
        self._text = source.decode().replace("\r\n", "\n")
        self._refuse_hidden()
        self._header_end = self._read_header()
        self._position = 0
        self._line, self._line_start, self._counted = 1, 0, 0
        self._words = 0
        self._items = 0
        self._token = self._next_token()

    @classmethod
    def of(cls, folder: Path, module: str) -> Self:
        """The reader of the file of a module, given the folder of the root file.

        Raises:
            InputError: the file cannot be read.
            MismatchError: as of `Reader`.
        """
        return cls(*read_module(folder, module), module)

    def banner(self, pattern: str, group: str) -> Literal[str]:
        """A group of a pattern in the comment that the file begins with; a match is a whole end of a line."""
        head, _, _ = self._text.partition("-/")
        matches = list(re.finditer(pattern, head, re.MULTILINE))
        if len(matches) != 1:
            where, found = (matches[1].start(), "a second such line") if matches else (0, "no such line")
            raise MismatchError(self._place(where), found, f"a banner with `{pattern}`")
        return Literal(matches[0][group], self._place(matches[0].start(group)))

    def at_end(self) -> bool:
        """Whether no word comes any more."""
        return self._token is None

    def comes(self, text: str) -> bool:
        """Whether the next word is this one."""
        return self._token is not None and self._token.text == text

    @property
    def place(self) -> Place:
        """The place of the next word, or of the end of the file."""
        return self._place(len(self._text)) if self._token is None else self._token.place

    def words(self) -> Iterator[Word]:
        """Pass over all words, one by one."""
        while (word := self._token) is not None:
            self._token = self._next_token()
            yield word

    def skip_to_end(self) -> None:
        """Pass over all words."""
        for _ in self.words():
            pass

    def expect_end(self) -> None:
        """Refuse another word."""
        if not self.at_end():
            self._refuse("the end of the file")

    def expect(self, words: str) -> None:
        """Pass over these words, which stand for themselves."""
        for word in _words(words):
            if not self.comes(word):
                self._refuse(f"`{word}`")
            self._token = self._next_token()

    def ahead(self, words: str) -> bool:
        """Whether these words come next, none of which is passed over."""
        comments, state = len(self.comments), dict(vars(self))
        try:
            self.expect(words)
        except MismatchError:
            return False
        finally:
            vars(self).update(state)
            del self.comments[comments:]
        return True

    def match(self, pattern: str, found: Found | None = None) -> Found:
        """Read a text with holes, and what is in them.

        Args:
            pattern: words that stand for themselves, and holes `{name:kind}`; a kind is a method of this class, with a
                star for a list, and `natural` where there is none.
            found: what has been found before, to which this is added.

        Raises:
            MismatchError: something else is there.
        """
        into = Found() if found is None else found
        for words, hole, kind, star in _pieces(pattern):
            self.expect(words)
            if hole:
                read = getattr(self, kind or "natural")
                into.setdefault(hole, []).extend(self.items(read) if star else [read()])
        return into

    def items(self, read: Callable[[], Value]) -> tuple[Value, ...]:
        """Read a list with at least one item, of which the brackets are not read."""
        return tuple(self.each_item(read))

    def each_item(self, read: Callable[[], Value]) -> Iterator[Value]:
        """The same, of which nothing is kept; the reader is behind the list when it has been gone through."""
        yield read()
        while self.comes(","):
            self._items += 1
            if self._items > _MOST_ITEMS:
                self._refuse(f"at most {_MOST_ITEMS} items of lists")
            self.expect(",")
            yield read()

    def identifier(self) -> Literal[str]:
        """Read a name, of several words with dots between them too."""
        token = self._take("word", "a name")
        return Literal(token.text, token.place)

    def natural(self) -> Literal[int]:
        """Read decimal digits."""
        token = self._take("decimal", "a natural number in decimal digits")
        if len(token.text) > LONGEST_DECIMAL:
            raise MismatchError(token.place, f"a number of {len(token.text)} digits", "a shorter one")
        return Literal(int(token.text), token.place)

    def denominator(self) -> Literal[int]:
        """Read `n` or `2 ^ e`."""
        number = self.natural()
        if number.value != 2 or not self.comes("^"):
            return number
        self.expect("^")
        exponent = self.natural()
        if exponent.value > _LARGEST_EXPONENT:
            raise MismatchError(exponent.place, f"the exponent {exponent.value}", f"at most {_LARGEST_EXPONENT}")
        return Literal(1 << exponent.value, number.place)

    def packed(self) -> Literal[int]:
        """Read `nat_lit 0x1f`."""
        self.expect("nat_lit")
        token = self._take("hexadecimal", "a natural number in hexadecimal digits")
        return Literal(int(token.text, 16), token.place)

    def rational(self) -> Literal[Fraction]:
        """Read `n`, `-n`, `n / d` or `-n / d`."""
        start = self._token.place if self._token is not None and self.comes("-") else None
        if start is not None:
            self.expect("-")
        numerator = self.natural()
        value = Fraction(numerator.value if start is None else -numerator.value)
        if self.comes("/"):
            self.expect("/")
            denominator = self.natural()
            if denominator.value == 0:
                raise MismatchError(denominator.place, "the denominator 0", "a positive denominator")
            value /= denominator.value
        return Literal(value, start or numerator.place)

    def string(self) -> Literal[str]:
        """Read a string."""
        token = self._take("string", "a string")
        return Literal(re.sub(r"\\(.)", r"\1", token.text[1:-1]), token.place)

    def signed(self) -> Literal[int]:
        """Read `Bridge.plus n` or `Bridge.minus n`, which stand for n and -n."""
        if not self.comes("Bridge.plus") and not self.comes("Bridge.minus"):
            self._refuse("`Bridge.plus` or `Bridge.minus`")
        sign = self.identifier()
        value = self.natural().value
        return Literal(value if sign.value == "Bridge.plus" else -value, sign.place)

    def _take(self, kind: str, required: str) -> Word:
        token = self._token
        if token is None or token.kind != kind:
            self._refuse(required)
        self._token = self._next_token()
        return token

    def _refuse(self, required: str) -> NoReturn:
        if self._token is None:
            raise MismatchError(self._place(len(self._text)), "the end of the file", required)
        raise MismatchError(self._token.place, _shown(self._token.text), required)

    def _refuse_hidden(self) -> None:
        """Refuse what a person who reads the file does not see, or not where it is."""
        others = {found[0] for found in _NOT_PLAIN.finditer(self._text)}
        hidden = [char for char in others if unicodedata.category(char) in _HIDDEN]
        if hidden:
            first = re.search(f"[{re.escape(''.join(hidden))}]", self._text)
            assert first is not None, "each of them is in the text"
            name = f"the character U+{ord(first[0]):04X}"
            raise MismatchError(self._place(first.start()), name, "neither control nor format characters")

    def _read_header(self) -> int:
        """Where the header ends for Lean, which is where the declarations of an export must begin."""
        try:
            return read_header(self._text).end
        except HeaderError as error:
            raise MismatchError(self._place(error.position), error.found, error.required) from None

    def _next_token(self) -> Word | None:
        """The next word; the comments before it are set aside."""
        while self._position < len(self._text):
            start = self._position
            if self._text.startswith("/-", start):
                self._set_aside(self._comment_end(start))
            elif self._text.startswith("--", start):
                line_end = self._text.find("\n", start)
                self._set_aside(len(self._text) if line_end < 0 else line_end)
            else:
                match = _TOKEN.match(self._text, start)
                assert match is not None, "every character is a space or a symbol"
                self._position = match.end()
                if match.lastgroup != "space":
                    return self._counted_token(str(match.lastgroup), match[0], start)
        return None

    def _counted_token(self, kind: str, text: str, start: int) -> Word:
        token = Word(kind, text, self._next_place(start))
        if start >= self._header_end:
            self._header_end = len(self._text)
            if self._words and not _SECTION_START.match(self._text, start):
                raise MismatchError(token.place, _shown(text), "`@`")
        self._words += 1
        return token

    def _set_aside(self, end: int) -> None:
        text = self._text[self._position : end]
        if len(self.comments) == _MOST_ITEMS:
            raise MismatchError(self._place(self._position), "one more comment", f"at most {_MOST_ITEMS}")
        self.comments.append(Comment(text, self._next_place(self._position), self._words))
        self._position = end

    def _comment_end(self, start: int) -> int:
        """The end of a comment as an export writes them: a space after its opening, and no comment inside.

        Lean nests comments and reads openings such as `/-/` and `/--/` in ways of its own; an axiom must not hide in
        what is a comment for one of the two readers only.
        """
        opening = _COMMENT_START.match(self._text, start)
        if opening is None:
            raise MismatchError(self._place(start), f"`{self._text[start : start + 3]}`", "a space after `/-`")
        edge = _COMMENT_EDGE.search(self._text, opening.end())
        if edge is None:
            raise MismatchError(self._place(start), "a comment without an end", "`-/`")
        if edge[0] == "/-":
            raise MismatchError(self._place(edge.start()), "a comment inside a comment", "`-/`")
        return edge.end()

    def _next_place(self, position: int) -> Place:
        """The place of a position behind all that were asked for before; so every line is counted once."""
        lines = self._text.count("\n", self._counted, position)
        if lines:
            self._line += lines
            self._line_start = self._text.rindex("\n", 0, position) + 1
        self._counted = position
        return Place(self._path, self._line, position - self._line_start + 1)

    def _place(self, position: int) -> Place:
        line = self._text.count("\n", 0, position) + 1
        return Place(self._path, line, position - self._text.rfind("\n", 0, position))


@functools.cache
def _words(text: str) -> tuple[str, ...]:
    return tuple(match[0] for match in _TOKEN.finditer(text) if match.lastgroup != "space")


@functools.cache
def _pieces(pattern: str) -> tuple[tuple[str, str, str, str], ...]:
    """The words before each hole, its name and its kind, and the star of a list; the last piece has no hole."""
    *parts, last = (part or "" for part in _HOLE.split(pattern))
    pieces = (parts[start : start + 4] for start in range(0, len(parts), 4))
    return (*((words, hole, kind, star) for words, hole, kind, star in pieces), (last, "", "", ""))


def _shown(text: str) -> str:
    return f"`{text}`" if len(text) <= _LONGEST_SHOWN else f"`{text[:_LONGEST_SHOWN]}…`"
