"""The pages of the documentation as programs: files to write, commands to run, and the output that is shown.

A page is Markdown that GitHub and the site show alike.  Its fenced blocks form one session in a folder of its own:

* `console`: commands after `$ `, each followed by its output.  A line `…` stands for one or more lines that are left
  out.  A command that fails is followed by `$ echo $?`.
* `python` and `lean` with `title="FILE"`: a file that the reader writes.
* `lean` with `from="FILE"`: lines of a file that a command has written, or of one of this repository, in order, where
  comments may be left out, and `…` stands for anything, on a line of its own or at the end of one.
* `sh`: commands that are not run.
* `text`: a picture in characters.
"""

import functools
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bridge.check.declarations import without_comments
from support.repository import REPOSITORY

DOCS = REPOSITORY / "docs"
FINGERPRINT = DOCS / "arithmetic.sha256"
PAGES = (REPOSITORY / "README.md", *sorted(DOCS.glob("*.md")))
ELISION = "…"
REMEDY = "after a wanted change run `pytest tests/test_docs*.py --update`"

# Told of work that has taken another ten seconds; how often that is depends on what else the machine does.
_AFTER_A_TIME = re.compile(r"\w+: [^,]+, [\d,]+ of [\d,]+\b.*")
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"


@dataclass(frozen=True, eq=False)
class Block:
    """A fenced block; `line` is that of its opening fence, counted from 1."""

    page: Path
    line: int
    language: str
    options: dict[str, str]
    text: str

    @property
    def place(self):
        return f"{self.page.name}:{self.line}"


@dataclass(frozen=True)
class Command:
    """A command and the lines that are shown as its output."""

    text: str
    output: tuple[str, ...]


# Reading


def tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order, without the directives of the site's generator."""
    fences = [token for token in tokens(page) if token.type == "fence" and not token.info.startswith("{")]
    return [
        Block(
            page,
            fence.map[0] + 1,
            fence.info.partition(" ")[0],
            dict(re.findall(r'(\w+)="([^"]*)"', fence.info)),
            fence.content,
        )
        for fence in fences
    ]


def commands(text: str) -> list[Command]:
    """What a `console` block holds."""
    first, *rest = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert first == "", f"output before the first command: {first!r}"
    return [Command(line, tuple(output.splitlines())) for line, _, output in (part.partition("\n") for part in rest)]


def runs_lean(page: Path) -> bool:
    """Whether a page has Lean started, which takes 14 seconds or more each time."""
    return any(
        re.search(r"(\bbridge|\.py) (run|check)\b", command.text)
        for block in blocks(page)
        if block.language == "console"
        for command in commands(block.text)
    )


# Comparing


def comparable(line: str, exactly: bool) -> str:
    """A line with what may differ from run to run, or else from machine to machine, replaced."""
    line = re.sub(r"\b\d+(\.\d+)? s\b", "# s", line)
    if exactly:
        return line
    # The columns of a table are as wide as its numbers.
    return re.sub(r"([ ─━])\1+", r"\1", re.sub(_NUMBER, "#", line))


def same_lines(shown: list[str], found: list[str], exactly: bool) -> bool:
    """Whether output is what is shown, up to what is left out."""
    return _positions(shown, [comparable(line, exactly) for line in found], exactly) is not None


def _positions(shown: list[str], found: list[str], exactly: bool) -> list[tuple[int, int]] | None:
    """Where in the output each of the pieces between elisions is, or None if one is not there in order."""
    pieces = [[comparable(line, exactly) for line in piece] for piece in _pieces(shown)]
    places = []
    at = 0
    for number, piece in enumerate(pieces):
        last_start = len(found) - len(piece)
        # Every elision stands for a line at least.
        first_start = at + (number > 0)
        starts = range(first_start, last_start + 1)
        if number == len(pieces) - 1:
            starts = range(max(first_start, last_start), last_start + 1)
        if number == 0:
            starts = [start for start in starts if start == 0]
        start = next((start for start in starts if found[start : start + len(piece)] == piece), None)
        if start is None:
            return None
        at = start + len(piece)
        places.append((start, at))
    return places


def _pieces(shown: list[str]) -> list[list[str]]:
    pieces: list[list[str]] = [[]]
    for line in shown:
        if line == ELISION:
            pieces.append([])
        else:
            pieces[-1].append(line)
    return pieces


def renewed(shown: list[str], found: list[str]) -> list[str]:
    """The output with as much left out as there is in what was shown.

    What stands between two elisions is looked for by the shape of its numbers; if it has changed in other ways, all of
    the output is shown, for somebody to choose from.
    """
    if same_lines(shown, found, exactly=True):
        return shown
    if ELISION not in shown:
        return found
    pieces = _pieces(shown)
    head, tail = len(pieces[0]), len(pieces[-1])
    if len(pieces) == 2 and head + tail < len(found):
        return [*found[:head], ELISION, *found[len(found) - tail :]]
    places = _positions(shown, [comparable(line, exactly=False) for line in found], exactly=False)
    if places is None:
        return found
    (start, end), *others = places
    lines = found[start:end]
    for start, end in others:
        lines += [ELISION, *found[start:end]]
    return lines


@functools.cache
def exact_here() -> bool:
    """Whether this machine's floating-point arithmetic is that of the one which the shown output comes from."""
    return FINGERPRINT.read_text(encoding="utf-8") == fingerprint()


@functools.cache
def fingerprint() -> str:
    program = REPOSITORY / "tests" / "support" / "arithmetic.py"
    return subprocess.run(
        [sys.executable, program], env=environment(), capture_output=True, text=True, check=True
    ).stdout


# Excerpts


def is_excerpt(excerpt: str, whole: str, exactly: bool) -> bool:
    """Whether the lines of an excerpt are those of a Lean file."""
    lines = whole.splitlines()
    code = [line.rstrip() for line in without_comments(whole).splitlines()]
    shown = [line for line in excerpt.splitlines() if line.strip()]

    def agree(wanted: str, at: int) -> bool:
        forms = {comparable(form, exactly) for form in (lines[at], code[at])}
        if wanted.endswith(f" {ELISION}"):
            beginning = comparable(wanted.removesuffix(ELISION), exactly)
            return any(form.startswith(beginning) for form in forms)
        return comparable(wanted, exactly) in forms

    @functools.cache
    def follow_from(number: int, at: int) -> bool:
        """Whether the shown lines from a number on are here, with nothing but comments and blanks between them."""
        if number == len(shown):
            return True
        if shown[number].strip() == ELISION:
            return any(follow_from(number + 1, start) for start in range(at + 1, len(lines) + 1))
        while at < len(lines) and not agree(shown[number], at):
            if code[at].strip():
                return False
            at += 1
        return at < len(lines) and follow_from(number + 1, at + 1)

    return any(follow_from(0, start) for start in range(len(lines)))


# Running


def environment() -> dict[str, str]:
    """That of a reader with 120 columns and no Lean; with one thread, so that sums come out the same."""
    elsewhere = [folder for folder in os.get_exec_path() if not (Path(folder) / "lean").exists()]
    path = os.pathsep.join([str(Path(sys.executable).parent), *elsewhere])
    own = {"PATH": path, "PYTHONPATH": str(REPOSITORY / "python"), "COLUMNS": "120", "PYTHONUNBUFFERED": "1"}
    return {**os.environ, **own, "OMP_NUM_THREADS": "1"}


@dataclass
class Session:
    """A shell in a folder; it remembers the working directory and the exit code of the last command."""

    folder: Path
    code: int = 0

    def __post_init__(self):
        self.place = self.folder

    def run(self, command: str) -> list[str]:
        """Run a command and return the lines that it prints, errors included, but for how far it was after a time."""
        marker = self.folder.parent / "working-directory"
        script = f'(exit {self.code})\n{command}\ncode=$?\npwd > "{marker}"\nexit $code\n'
        result = subprocess.run(
            ["bash", "-c", script],
            cwd=self.place,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.code, self.place = result.returncode, Path(marker.read_text().strip())
        return [line.rstrip() for line in result.stdout.splitlines() if not _AFTER_A_TIME.fullmatch(line)]


def follow(page: Path, folder: Path, *, update: bool = False) -> list[str]:
    """Do what a page says, in an empty folder, and return in which places it does not hold.

    With `update`, output is written to the page instead of compared with it.
    """
    (folder / "session").mkdir()
    session = Session(folder / "session")
    problems = []
    renewals = {}
    exactly = update or exact_here()
    for block in blocks(page):
        if block.language == "console":
            shown_commands = commands(block.text)
            new_text = ""
            for command, following in zip(shown_commands, [*shown_commands[1:], None], strict=True):
                found = session.run(command.text)
                if session.code and (following is None or following.text != "echo $?"):
                    said = "\n".join(found)
                    problems.append(f"{block.place}: `{command.text}` ended with exit code {session.code}:\n{said}")
                lines = list(command.output)
                if not update and not same_lines(lines, found, exactly):
                    said = "\n".join(["shown:", *lines, "found:", *found])
                    problems.append(f"{block.place}: `{command.text}` prints something else; {REMEDY}\n{said}")
                new_text += "".join(f"{line}\n" for line in [f"$ {command.text}", *renewed(lines, found)])
            renewals[block] = new_text
        elif "title" in block.options:
            (session.place / block.options["title"]).write_text(block.text, encoding="utf-8")
        elif "from" in block.options:
            made = session.place / block.options["from"]
            whole = made if made.is_file() else REPOSITORY / block.options["from"]
            if not whole.is_file():
                problems.append(f"{block.place}: there is no file {block.options['from']}")
            elif not is_excerpt(block.text, whole.read_text(encoding="utf-8"), exactly):
                problems.append(f"{block.place}: the lines are not those of {block.options['from']}")
    if update:
        _rewrite(page, renewals)
    return problems


def _rewrite(page: Path, renewals: dict[Block, str]) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    for block, text in reversed(renewals.items()):
        lines[block.line : block.line + block.text.count("\n")] = text.splitlines()
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
