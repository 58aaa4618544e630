"""Which declaration of a Lean file a place belongs to, and what it means when a generated claim is refused."""

import re

from bridge.own_files import GENERATED_MARK

_COMPONENT = r"(?:«[^«»\n]+»|[^\W\d][\w'!?]*)"
_NAME = rf"{_COMPONENT}(?:\.{_COMPONENT})*"

# What a keyword does not count in: line comments, block comments, strings and characters.  A name in `«…»` is found
# too, since it may hold what looks like one of them.
_OPAQUE = re.compile(r"""--[^\n]*|/-|"(?:[^"\\]|\\.)*"|(?<!\w)'(?:[^'\\\n]|\\.)'|«[^«»\n]+»""", re.DOTALL)
_COMMENT_EDGE = re.compile(r"/-|-/")

# The beginning of a command, in a text without comments.
COMMAND = re.compile(
    rf"""
    ^(?:
      [ \t]*
      (?: @\[(?:[^\[\]]|\[[^\[\]]*\])*\]\s*
        | (?:public|private|protected|scoped|local|meta|noncomputable|unsafe|partial|nonrec)\s+
        | (?:open|set_option|variable|include|omit)\b[^\n]*?\bin\s+ )*
      (?: (?P<scope>namespace|section|mutual|end)\b (?:[ \t]+(?P<scope_name>{_NAME}))?
        | (?P<declaration>theorem|lemma|def|abbrev|instance|structure|class\s+inductive|class\s+abbrev|class|inductive
            |opaque|axiom|example)\b
          \s* (?:\(priority[^()]*\)\s*)? (?P<name>{_NAME})? )
    # Indented, these also stand within a proof.
    | (?:open|set_option|variable|universe|include|omit|attribute|export|deriving|initialize|run_cmd|macro|macro_rules
        |syntax|declare_syntax_cat|notation|infix|infixl|infixr|prefix|postfix|elab|elab_rules|simproc)\b
    | \#
    )""",
    re.MULTILINE | re.VERBOSE,
)

_CLAIM = re.compile(rf"(?:{_COMPONENT}\.)+(?P<concept>{_COMPONENT})\.(?P<claim>checked|tight)")
_MEANING = {
    "checked": "δ of concept {} does not hold for every listed sample",
    "tight": "the sample that is said to attain δ of concept {} does not attain it",
}
_DECIDE_FAILED = re.compile(r"tactic [`']decide[`'] failed", re.IGNORECASE)


def declaration_at(text: str, line: int) -> str | None:
    """The full name of the declaration that a line of a Lean file is in.

    Of several that begin in one line it is the first.  Between declarations, and in one without a name, it is None.

    Args:
        text: the file.
        line: the line, from 1.
    """
    code = without_comments(text)
    lines_before = 1
    position = 0
    scopes: list[tuple[str, bool]] = []  # each component of an open scope, and whether it is part of names
    declaration = None
    for command in COMMAND.finditer(code):
        lines_before += code.count("\n", position, command.start())
        position = command.start()
        if lines_before > line:
            break
        declaration = None
        components = re.findall(_COMPONENT, command["scope_name"] or "") or [""]
        if command["scope"] == "end":
            del scopes[-len(components) :]
        elif command["scope"] is not None:
            scopes += [(component, command["scope"] == "namespace") for component in components]
        elif command["name"] is not None and command["declaration"] != "example":
            namespace = [component for component, is_named in scopes if is_named]
            declaration = ".".join([*namespace, command["name"]]).rpartition("_root_.")[2]
    return declaration


def refused_claim(text: str, declaration: str | None, said: str) -> str | None:
    """What it means that Lean refuses one of the claims that an export has it decide; None for everything else.

    Args:
        text: the file.
        declaration: the full name of the declaration.
        said: Lean's message.
    """
    claim = _CLAIM.fullmatch(declaration or "")
    if claim is None or GENERATED_MARK not in text or not _DECIDE_FAILED.match(said):
        return None
    meaning = _MEANING[claim["claim"]].format(claim["concept"])
    return f"{meaning}, or the packed numbers do not have the stated form"


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
