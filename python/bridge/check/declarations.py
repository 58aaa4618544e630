"""Which declaration of a Lean file a place belongs to, and what it means when a generated claim is refused."""

import bisect
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bridge.base.own_files import GENERATED_MARK

_COMPONENT = r"(?:«[^«»\n]+»|[^\W\d][\w'!?]*)"
_NAME = rf"{_COMPONENT}(?:\.{_COMPONENT})*"

# What a keyword does not count in: line comments, block comments, strings and characters.  A name in `«…»` is found
# too, since it may hold what looks like one of them.
_OPAQUE = re.compile(r"""--[^\n]*|/-|"(?:[^"\\]|\\.)*+"|(?<!\w)'(?:[^'\\\n]|\\.)'|«[^«»\n]+»""", re.DOTALL)
_COMMENT_EDGE = re.compile(r"/-|-/")

_TOKEN = re.compile(rf"(?P<line_break>\n)|(?P<attributes>@\[)|(?P<word>{_NAME})|(?P<other>[^\s])")
_MODIFIERS = frozenset("public private protected scoped local meta noncomputable unsafe partial nonrec".split())
# Before a declaration they end in `in`; without it they are commands of their own.
_FOLLOWED_BY_IN = frozenset("open set_option variable include omit".split())
_SCOPES = frozenset("namespace section mutual end".split())
_DECLARATIONS = frozenset("theorem lemma def abbrev instance structure class inductive opaque axiom example".split())
# Indented, these also stand within a proof.
_AT_THE_MARGIN = frozenset(
    "universe attribute export deriving initialize run_cmd macro macro_rules syntax declare_syntax_cat notation infix "
    "infixl infixr prefix postfix elab elab_rules simproc".split()
)


@dataclass(frozen=True)
class Command:
    """The beginning of a command.

    Attributes:
        position: where it begins, with its attributes and modifiers.
        keyword_position: where its word is.
        keyword: its word, empty for what begins with `#`.
        name: the name that follows the word, if it is a scope or a declaration that has one.
    """

    position: int
    keyword_position: int
    keyword: str
    name: str | None = None

    @property
    def is_scope(self) -> bool:
        """Whether it opens or closes a scope."""
        return self.keyword in _SCOPES

    @property
    def is_declaration(self) -> bool:
        """Whether it declares something."""
        return self.keyword.split(" ")[0] in _DECLARATIONS


def commands(code: str) -> Iterator[Command]:
    """The commands of a text without comments, in order.

    The text is a stranger's, so every token of it is looked at once.
    """
    tokens = _Tokens(code)
    start = None  # of the attributes and modifiers that are waiting for their command
    begins = True  # whether nothing but blanks has come in this line
    while (token := tokens.next()) is not None:
        kind, text, position = str(token.lastgroup), token[0], token.start()
        at_margin = begins and (position == 0 or code[position - 1] == "\n")
        may_begin = begins or start is not None
        begins = kind == "line_break"
        if begins:
            continue
        first = position if start is None else start
        start = None
        if not may_begin:
            continue
        if kind == "attributes":
            tokens.skip_brackets()
            start = first
        elif text in _MODIFIERS:
            start = first
        elif text in _FOLLOWED_BY_IN:
            if tokens.skip_to_in():
                start = first
            elif at_margin:
                yield Command(first, position, text)
            begins = start is None
        elif text in _SCOPES:
            yield Command(first, position, text, tokens.name(same_line=True))
        elif text in _DECLARATIONS:
            yield Command(first, position, *tokens.declared(text))
        elif at_margin and (text in _AT_THE_MARGIN or text == "#"):
            yield Command(first, position, "" if text == "#" else text)


class _Tokens:
    """The tokens of a text, one after the other."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._position = 0

    def next(self) -> re.Match[str] | None:
        token = _TOKEN.search(self._code, self._position)
        self._position = len(self._code) if token is None else token.end()
        return token

    def skip_brackets(self) -> None:
        """Go behind the bracket that closes one which is open."""
        depth = 1
        while depth and (token := self.next()) is not None:
            depth += {"[": 1, "@[": 1, "]": -1}.get(token[0], 0)

    def skip_to_in(self) -> bool:
        """Go behind the word `in` if one comes in this line, else to the end of the line."""
        while (token := self.next()) is not None and token.lastgroup != "line_break":
            if token[0] == "in":
                return True
        return False

    def name(self, *, same_line: bool) -> str | None:
        """The name that comes next, if one does."""
        before = self._position
        while (token := self.next()) is not None and token.lastgroup == "line_break" and not same_line:
            pass
        if token is not None and token.lastgroup == "word":
            return token[0]
        self._position = before
        return None

    def declared(self, keyword: str) -> tuple[str, str | None]:
        """The word of a declaration, which can have a second one, and the name after it, if there is one."""
        before = self._position
        token = self.next()
        if keyword == "class" and token is not None and token[0] in ("inductive", "abbrev"):
            return f"{keyword} {token[0]}", self.name(same_line=False)
        self._position = before
        if token is not None and token[0] == "(":
            self.next()
            inside = self.next()
            if inside is not None and inside[0] == "priority":
                while (token := self.next()) is not None and token[0] not in ("(", ")"):
                    pass
                return keyword, self.name(same_line=False)
            self._position = before
        return keyword, self.name(same_line=False)


# What Lean decides for a claim, by the name of the theorem, in which a # stands for a number.
_MEANING = {
    "checked": "what is said of concept {} does not hold for the listed samples",
    "checked#": "what is said of concept {} does not hold for the listed samples",
    "faithful": "the integers of concept {} are not those of its probe and δ",
    "faithful#": "the integers of a class of {} are not those of its functional",
    "decided": "what is said of the decisions about {} does not hold for the listed samples",
    "decided#": "what is said of the decisions about {} does not hold for the listed samples",
    "faithfulA": "the integers of {} in A are not those of its probe",
    "faithfulA#": "the integers of a class of {} in A are not those of its functional",
    "faithfulB": "the integers of {} in B are not those of its probe",
    "faithfulB#": "the integers of a class of {} in B are not those of its functional",
    "faithfulDifference": "the integers of {} are not those of the difference of its probes and ε",
    "faithfulDifference#": "the integers of a class of {} are not those of the difference of its functionals and ε",
    "decidedA": "what is said of the decisions of A about {} does not hold for the listed samples",
    "decidedA#": "what is said of the decisions of A about {} does not hold for the listed samples",
    "decidedB": "what is said of the decisions of B about {} does not hold for the listed samples",
    "decidedB#": "what is said of the decisions of B about {} does not hold for the listed samples",
    "ranked#": "what is said of the ranking of samples by {} does not hold for the listed samples",
    "isMargin": "what is said of the margin of {} is not what was counted for",
    "isAccuracyBound": "what is said of the accuracy of {} on unseen data does not follow from the counts",
}
_CLAIM = re.compile(rf"(?:{_COMPONENT}\.)+(?P<concept>{_COMPONENT})\.(?P<claim>[A-Za-z]+)(?P<number>[0-9_]*)")
_DECIDE_FAILED = re.compile(r"tactic [`']decide[`'] failed", re.IGNORECASE)


def declaration_at(text: str, line: int) -> str | None:
    """The full name of the declaration that a line of a Lean file is in.

    Of several that begin in one line it is the first.  Between declarations, and in one without a name, it is None.

    Args:
        text: the file.
        line: the line, from 1.
    """
    starts, names = _declarations(text)
    return names[bisect.bisect_right(starts, line) - 1]


def place_of(text: str, constant: str) -> tuple[int, str] | None:
    """Where a constant is declared, or what Lean has made it a part of.

    Args:
        text: the file.
        constant: its full name, with «» or without, such as `Generated.size.bound._proof_1`.

    Returns:
        The line, from 1, and the full name of the declaration; None if the text has none.
    """
    places = _places(text)
    components = _bare(constant).split(".")
    parts = (".".join(components[:end]) for end in range(len(components), 0, -1))
    return next((places[part] for part in parts if part in places), None)


@functools.lru_cache(maxsize=4)
def _places(text: str) -> dict[str, tuple[int, str]]:
    """The lines in which declarations begin, with their names, by these without «»."""
    starts, names = _declarations(text)
    return {_bare(name): (line, name) for line, name in zip(starts, names, strict=True) if name is not None}


def _bare(name: str) -> str:
    return name.replace("«", "").replace("»", "")


@functools.lru_cache(maxsize=4)
def _declarations(text: str) -> tuple[list[int], list[str | None]]:
    """The lines where commands begin, and the full name of what each of them declares, behind those of the file."""
    code = without_comments(text)
    starts: list[int] = [0]
    names: list[str | None] = [None]
    scopes: list[tuple[str, bool]] = []  # each component of an open scope, and whether it is part of names
    line, counted = 1, 0
    for command in commands(code):
        line += code.count("\n", counted, command.position)
        counted = command.position
        declaration = None
        components = re.findall(_COMPONENT, command.name or "") or [""]
        if command.keyword == "end":
            del scopes[-len(components) :]
        elif command.is_scope:
            scopes += [(component, command.keyword == "namespace") for component in components]
        elif command.name is not None and command.is_declaration and command.keyword != "example":
            namespace = [component for component, is_named in scopes if is_named]
            declaration = ".".join([*namespace, command.name]).rpartition("_root_.")[2]
        starts.append(line)
        names.append(declaration)
    return starts, names


def refused_claim(text: str, declaration: str | None, said: str) -> str | None:
    """What it means that Lean refuses one of the claims that an export has it decide; None for everything else.

    Args:
        text: the file.
        declaration: the full name of the declaration.
        said: Lean's message.
    """
    claim = _CLAIM.fullmatch(declaration or "")
    meaning = None if claim is None else _MEANING.get(claim["claim"] + "#" * bool(claim["number"]))
    if claim is None or meaning is None or GENERATED_MARK not in text or not _DECIDE_FAILED.match(said):
        return None
    return f"{meaning.format(claim['concept'])}, or the packed numbers do not have the stated form"


def without_comments(text: str) -> str:
    """The text with blanks for its comments, strings and characters."""
    kept = []
    position = depth = 0
    while edge := (_COMMENT_EDGE if depth else _OPAQUE).search(text, position):
        before = text[position : edge.start()]
        kept.append(_blank(before) if depth else before)
        kept.append(edge[0] if edge[0].startswith("«") else _blank(edge[0]))
        depth += {"/-": 1, "-/": -1}.get(edge[0], 0)
        position = edge.end()
    kept.append(_blank(text[position:]) if depth else text[position:])
    return "".join(kept)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
