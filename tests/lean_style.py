"""The style of the Lean files, checked without Lean: `python tests/lean_style.py`.

Comments, strings and names in `«…»` are no code.  An export may have long lines, since its numbers are as long as they
are, and the stand-in for Mathlib consists of axioms, which are described in comments.
"""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bridge.base.own_files import GENERATED_MARK
from bridge.base.words import counted
from bridge.check.declarations import commands, without_comments

REPOSITORY = Path(__file__).resolve().parent.parent
SURFACE = Path("tests/lean/surface")
LAKEFILE = Path("lakefile.lean")

# As in Mathlib, where addresses may be longer too.
LINE_LENGTH = 100

# A proof that uses one of these is not checked by the kernel, or not by the kernel alone.
UNCHECKED = frozenset(
    """sorry sorryAx admit native_decide axiom unsafe implemented_by extern ofReduceBool ofReduceNat trustCompiler
    skipKernelTC""".split()
)

# Mathlib documents these too; lemmas say in their statement what they are, and instances in their type.
DOCUMENTED = ("def", "abbrev", "opaque", "structure", "class", "inductive")

# A command that shows something; `#guard_msgs in` above it makes a test of it.
_SHOWING = re.compile(r"(?<!\bin\n)^[ \t]*(#(?:eval|check|check_failure|print|reduce|synth|time|exit))\b", re.MULTILINE)
_INDENTATION = re.compile(r"^[ \t]*(?=\S)", re.MULTILINE)
# Neither `deriving` nor the name of a constructor, `mk ::`.
_FIELD = re.compile(r"[({\[]?(?!deriving\b|(?:\w+[ \t]+)*\w+[ \t]*::)(?P<name>[^\s:]+)")
_COMPONENT = re.compile(r"«[^»\n]*»|[^\W\d][\w'!?]*")


@dataclass(frozen=True)
class Source:
    """A Lean file: its text, and its code, which has blanks for comments and strings."""

    text: str

    @cached_property
    def code(self) -> str:
        return without_comments(self.text)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def line_at(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    def has_docstring(self, start: int, end: int) -> bool:
        """Whether there is a docstring at a place, or between it and the code that precedes it."""
        return "/--" in self.text[len(self.code[:start].rstrip()) : end]


# What is wrong, with the line, from 1.
Findings = Iterator[tuple[int, str]]
Rule = Callable[[Source], Findings]


def header(source: Source) -> Findings:
    if not source.text.startswith("/-\nCopyright (c)"):
        yield 1, "the file does not start with its copyright"
    if not re.search(r"^module$", source.code, re.MULTILINE):
        yield 1, "the file is not a `module`"
    if not re.search(r"^/-!\n# \S", source.text, re.MULTILINE):
        yield 1, "the file has no heading, `/-!` and `# …`"


def whitespace(source: Source) -> Findings:
    for number, line in enumerate(source.lines, 1):
        if "\t" in line:
            yield number, "a tab"
        if line != line.rstrip():
            yield number, "white space at the end of the line"
    if not re.search(r"[^\n]\n\Z", source.text):
        yield len(source.lines), "the file does not end with one line break"


def line_length(source: Source) -> Findings:
    for number, line in enumerate(source.lines, 1):
        if len(line) > LINE_LENGTH and "https://" not in line:
            yield number, f"{len(line)} characters; a line has at most {LINE_LENGTH}"


def nothing_unchecked(source: Source) -> Findings:
    for component in _COMPONENT.finditer(source.code):
        if component[0] in UNCHECKED:
            yield source.line_at(component.start()), f"`{component[0]}`; the kernel is to check everything"


def nothing_shown(source: Source) -> Findings:
    for command in _SHOWING.finditer(source.code):
        yield source.line_at(command.start()), f"`{command[1]}` is left over"


def docstrings(source: Source) -> Findings:
    found = list(commands(source.code))
    bounds = [*(command.position for command in found), len(source.code)]
    for command, end in zip(found, bounds[1:], strict=True):
        kind, keyword = command.keyword, command.keyword_position
        if kind.split(" ")[0] not in DOCUMENTED or re.search(r"\bprivate\b", source.code[command.position : keyword]):
            continue
        if not source.has_docstring(command.position, keyword):
            yield source.line_at(keyword), f"{kind} `{command.name}` has no docstring"
        if kind in ("structure", "class"):
            yield from _fields_without_docstring(source, keyword, end)


def _fields_without_docstring(source: Source, start: int, end: int) -> Findings:
    where = re.compile(r"\bwhere\b").search(source.code, start, end)
    if where is None:
        return
    lines = list(_INDENTATION.finditer(source.code, where.end(), end))
    # Lines that go on with a field are indented further.
    indentation = min((len(line[0]) for line in lines), default=0)
    for line in lines:
        field = _FIELD.match(source.code, line.end())
        if len(line[0]) == indentation and field and not source.has_docstring(line.start(), line.end()):
            yield source.line_at(line.start()), f"field `{field['name']}` has no docstring"


def rules_for(path: Path, text: str) -> tuple[Rule, ...]:
    """The rules that a file is to meet; its path is relative to the repository."""
    rules: list[Rule] = [whitespace, nothing_shown]
    if path != LAKEFILE:
        rules.append(header)
    if not path.is_relative_to(SURFACE):
        rules += [nothing_unchecked, docstrings]
    if GENERATED_MARK not in text:
        rules.append(line_length)
    return tuple(rules)


def findings(path: Path, text: str) -> list[str]:
    """What is wrong with a file, each as `path:line: what`."""
    source = Source(text)
    found = sorted(finding for rule in rules_for(path, text) for finding in rule(source))
    return [f"{path}:{line}: {what}" for line, what in found]


def lean_files() -> list[Path]:
    """All Lean files of the repository, relative to it."""
    folders = ("lean", "tests", "bench")
    files = [REPOSITORY / LAKEFILE, *(path for folder in folders for path in (REPOSITORY / folder).rglob("*.lean"))]
    return sorted(path.relative_to(REPOSITORY) for path in files)


def main() -> int:
    files = lean_files()
    found = [line for path in files for line in findings(path, (REPOSITORY / path).read_bytes().decode())]
    print("\n".join([*found, f"{counted(len(files), 'Lean file')}, {counted(len(found), 'finding')}"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
