"""Reads the header of a Lean file: what it imports, as Lean itself would read it, or a refusal.

Whoever reads a header in another way than Lean judges other files than Lean does.  So comments count as blanks
wherever Lean has them so, and a header must end where a command begins: what is neither is not passed over.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

# A carriage return is a blank before a line feed alone, and a tab is none.
_BLANK = re.compile(r"(?:[ \n]++|\r\n|--[^\n]*+)++")
_COMMENT_EDGE = re.compile(r"/-|-/")
_WORD = re.compile(r"[^\W\d][\w'!?]*(?:\.[^\W\d][\w'!?]*)*")
_HEADER_WORDS = frozenset({"module", "prelude", "public", "meta", "import", "all"})
# What comes before the first word of a command.
_MODIFIERS = frozenset({"public", "meta"})
_LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Import:
    """An imported module.

    Attributes:
        module: its name.
        line: the line of the name, from 1.
        is_public: whether who imports the file has it imported too; all imports of a file that is no `module` are so.
        is_meta: whether its code is to run while the file is elaborated.
        is_all: whether what it keeps for itself, as proofs and definitions that are not exposed, is imported too.
    """

    module: str
    line: int
    is_public: bool = True
    is_meta: bool = False
    is_all: bool = False


@dataclass(frozen=True)
class Header:
    """What a Lean file begins with.

    Attributes:
        is_module: whether it takes part in Lean's module system, as its first word `module` says.
        imports: the imports, in their order.
        end: the position of the first command, or of the end of the text.
    """

    is_module: bool
    imports: tuple[Import, ...]
    end: int


class HeaderError(Exception):
    """A header that Lean may read in another way."""

    def __init__(self, text: str, position: int, found: str, required: str) -> None:
        super().__init__(f"found {found}, required {required}")
        self.position = position
        self.line = text.count("\n", 0, position) + 1
        self.found = found
        self.required = required


def read_header(text: str) -> Header:
    """Read the header of a Lean file.

    Args:
        text: the whole file.

    Raises:
        HeaderError: an import is not of a plain name, a comment has no end, or no command follows.
    """
    return _HeaderReader(text).read()


class _HeaderReader:
    """Walks through the words of a header."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = self._after_blanks(0)
        # Lines are counted from one import to the next, since a header can be long.
        self._line, self._counted = 1, 0

    def read(self) -> Header:
        is_module = self._takes("module")
        self._takes("prelude")
        imports = []
        while (found := self._import(is_module=is_module)) is not None:
            imports.append(found)
        self._require_command()
        return Header(is_module, tuple(imports), self._position)

    def _import(self, *, is_module: bool) -> Import | None:
        start = self._position
        is_public, is_meta = self._takes("public"), self._takes("meta")
        if not self._takes("import"):
            self._position = start
            return None
        is_all = self._takes("all")
        name = self._word(self._position)
        if name is None or name in _HEADER_WORDS:
            self._refuse("the name of a module, without `«` and `»`")
        self._line += self._text.count("\n", self._counted, self._position)
        self._counted = self._position
        found = Import(name, self._line, is_public or not is_module, is_meta, is_all)
        self._pass(name)
        return found

    def _require_command(self) -> None:
        """Refuse what Lean may not end the header at."""
        position = self._position
        if position == len(self._text) or self._text.startswith(("/--", "/-!", "#", "@["), position):
            return
        while (word := self._word(position)) in _MODIFIERS:
            position = self._after_blanks(position + len(word))
            if self._text.startswith("@[", position):
                return
        if word is None or word in _HEADER_WORDS:
            self._position = position
            self._refuse("an import or the beginning of a command")

    def _word(self, position: int) -> str | None:
        match = _WORD.match(self._text, position)
        # A name goes on with what the pattern leaves out, such as `A.«B»`, or a digit after a dot.
        if match is None or self._text.startswith((".", "«"), match.end()):
            return None
        return match[0]

    def _takes(self, word: str) -> bool:
        """Pass a word, if it is the next one."""
        if self._word(self._position) != word:
            return False
        self._pass(word)
        return True

    def _pass(self, word: str) -> None:
        self._position = self._after_blanks(self._position + len(word))

    def _after_blanks(self, position: int) -> int:
        while True:
            blank = _BLANK.match(self._text, position)
            if blank is not None:
                position = blank.end()
            elif self._text.startswith("/-", position) and not self._text.startswith(("/--", "/-!"), position):
                position = self._comment_end(position)
            else:
                return position

    def _comment_end(self, start: int) -> int:
        depth = 1
        # Lean passes over the first character in a comment, so that `/-/` opens one and closes none.
        for edge in _COMMENT_EDGE.finditer(self._text, start + 3):
            depth += 1 if edge[0] == "/-" else -1
            if depth == 0:
                return edge.end()
        raise HeaderError(self._text, start, "a comment without an end", "`-/`")

    def _refuse(self, required: str) -> NoReturn:
        rest = self._text[self._position : self._position + _LONGEST_SHOWN + 1]
        words = rest.split(maxsplit=1)
        shown = (words[0] if words and not rest[0].isspace() else rest[:1])[:_LONGEST_SHOWN]
        found = f"`{shown}`" if shown.isprintable() else repr(shown)
        raise HeaderError(self._text, self._position, found if rest else "the end of the file", required)
