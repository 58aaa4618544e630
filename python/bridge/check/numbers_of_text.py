"""What an exported Lean file says, word by word, as `bridge.check.olean.numbers` reads it of terms.

Whatever the declarations are: this knows where one begins, where its statement ends, and what is a number, a sign, a
string or a name; a function comes before its arguments, also where it is written after the first, as in `x.f y`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bridge.check.olean.numbers import SIGNS, Token, joined
from bridge.check.reader import LONGEST_DECIMAL, MismatchError, Place, Reader, Word

_OPENING, _CLOSING = frozenset("([{⟨"), frozenset(")]}⟩")
_DECLARING = frozenset({"def", "theorem"})
# What can come after a declaration.
_NEXT = frozenset({"@", "noncomputable", "public", "namespace", "end", *_DECLARING})
_BODY = frozenset({":=", "where"})
_BINDING = frozenset({"fun", "∃", "∀"})
# Words that are no names.
_KEYWORDS = frozenset({"where", "fun", "if", "then", "else", "by", "decide", "kernel", "nat_lit"})
_COMPONENT = re.compile(r"«[^«»]*»|[^.«»]+")
# Names that are signs of numbers, and signs of two characters, which do not mean what the first of them means.
_SIGNED = {"Bridge.plus": "+", "Bridge.minus": "-"}
_LONGER_SIGNS = frozenset({("<", "|"), ("=", ">")})


@dataclass(frozen=True, slots=True)
class Written:
    """A number, a sign, a string or a name, as of `bridge.check.olean.numbers`, and where it is written."""

    token: Token
    place: Place


@dataclass(frozen=True, slots=True)
class Declaration:
    """A definition or a theorem, and what it says.

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


def declarations(reader: Reader, known: set[str]) -> Iterator[Declaration]:
    """The declarations of a file, from where the reader is to the end.

    Args:
        reader: the reader of the file.
        known: full names of what has been declared before, as `joined` has them; those of this file are added.

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
            name = ".".join([*namespaces, named[0].text])
            body = _end(words, at + 1, _BODY | _NEXT)
            end = _end(words, body, _NEXT)
            scope = _Scope(known, _components(".".join(namespaces)), _variables(words[at + 1 : end]))
            yield Declaration(
                name,
                named[0].place,
                text == "theorem",
                _Sentence(words[at + 1 : body], scope).read(),
                _Sentence(words[body:end], scope).read(),
            )
            known.add(joined(_components(name)))
            at = end


@dataclass(frozen=True)
class _Scope:
    """What names stand for in a declaration.

    Attributes:
        known: full names of what has been declared.
        namespace: the components of the namespace.
        variables: the names of bound variables.
    """

    known: set[str]
    namespace: list[str]
    variables: frozenset[str]

    def resolve(self, components: list[str]) -> list[str]:
        """The names in a name with dots: what it begins with, after the functions of it, the last of them first."""
        apart = [joined([component]) for component in components]
        for above in range(len(self.namespace), -1, -1):
            for count in range(len(components), 0, -1):
                full = joined([*self.namespace[:above], *components[:count]])
                if full in self.known:
                    return [*reversed(apart[count:]), full]
        return apart[:0:-1] if components[0] in self.variables else apart[-1:]


def _components(name: str) -> list[str]:
    return [component.strip("«»") for component in _COMPONENT.findall(name)]


def _variables(words: Sequence[Word]) -> frozenset[str]:
    """The names of what is bound: by `(x : …)`, `fun x` or `∃ x`."""
    before = ["", *(word.text for word in words)]
    after = [*(word.text for word in words[1:]), ""]
    return frozenset(
        word.text
        for word, last, following in zip(words, before, after, strict=False)
        if word.kind == "word" and (following == ":" or last in _BINDING)
    )


def _end(words: Sequence[Word], start: int, closing: frozenset[str]) -> int:
    """The index of the first of these words that is not in brackets, or of the end."""
    depth = 0
    for index in range(start, len(words)):
        text = words[index].text
        if depth == 0 and text in closing:
            return index
        depth += (text in _OPENING) - (text in _CLOSING)
    return len(words)


def _ascribed(words: Sequence[Word]) -> frozenset[int]:
    """The words of the types in `(x.f : T)`, whose names only say what Lean is to make of what is before them.

    In `(x : T)` and `(fun x : T => …)` a variable gets its type, which a term has.
    """
    found: set[int] = set()
    opened: list[int] = []
    depth = 0
    for index, word in enumerate(words):
        if word.text in _OPENING:
            opened.append(index)
        elif word.text in _CLOSING and opened:
            opened.pop()
        elif word.text == ":" and opened and not depth and words[index - 2].text not in _OPENING | _BINDING:
            depth = len(opened)
        if len(opened) < depth:
            depth = 0
        elif depth:
            found.add(index)
    return frozenset(found)


@dataclass
class _Sentence:
    """Part of a declaration, whose words are put into the order of terms."""

    words: Sequence[Word]
    scope: _Scope
    written: list[Written] = field(default_factory=list)
    # Where in `written` the open brackets have been opened, and the one that was closed last.
    opened: list[int] = field(default_factory=list)
    closed: int = 0

    def read(self) -> tuple[Written, ...]:
        """What the words say."""
        ascribed = _ascribed(self.words)
        for index, word in enumerate(self.words):
            if word.kind != "word" or index not in ascribed:
                self._add(word, self._text(index - 2), self._text(index - 1), self._text(index + 1))
        return tuple(self.written)

    def _text(self, index: int) -> str:
        return self.words[index].text if 0 <= index < len(self.words) else ""

    def _add(self, word: Word, two_before: str, before: str, after: str) -> None:
        kind, text, place = word
        if kind == "decimal":
            if len(text) > LONGEST_DECIMAL:
                raise MismatchError(place, f"a number of {len(text)} digits", "a shorter one")
            self.written.append(Written(int(text), place))
        elif kind == "hexadecimal":
            self.written.append(Written(int(text, 16), place))
        elif kind == "string":
            self.written.append(Written('"' + re.sub(r"\\(.)", r"\1", text[1:-1]), place))
        elif text in _SIGNED:
            self.written.append(Written(_SIGNED[text], place))
        elif kind == "word":
            # Neither the name of a field, nor `#v`.
            if after != ":=" and before != "#" and text not in _KEYWORDS:
                self._add_name(_components(text), place, two_before + before)
        else:
            if text in _OPENING:
                self.opened.append(len(self.written))
            if SIGNS.issuperset(text) and (text, after) not in _LONGER_SIGNS:
                self.written += [Written(sign, place) for sign in text]
            if text in _CLOSING and self.opened:
                self.closed = self.opened.pop()

    def _add_name(self, components: list[str], place: Place, before: str) -> None:
        at = len(self.written)
        if before.endswith(")."):  # a function of what is in the parentheses
            at, names = self.closed, [joined([component]) for component in reversed(components)]
        elif before.endswith("."):  # a constructor of the type that is required
            names = [joined(components[-1:])]
        else:
            names = self.scope.resolve(components)
        self.written[at:at] = [Written(f"@{name}", place) for name in names]
