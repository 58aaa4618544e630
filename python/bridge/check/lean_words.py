"""Words that no file about an export needs, and with which a file can have Lean say yes to what is not proved.

An export has none of them, since only an export's own declarations pass its reader.  Of other files nobody has looked
at statements and axioms; but in one without these words Lean runs no code of the file's own, says all that it has to
say, and believes nothing that its kernel has not checked.  What decides is which options, attributes and commands after
`#` are known to be harmless, not which are known to be harmful.

The reader errs on the safe side: what Lean may read in two ways is refused, and texts in quotation marks are looked at
like code, since some of them have code in them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_RUNS_CODE = "it runs code while Lean checks"
_CHANGES = "it changes what the words of a file mean"
_BELIEVES = "with it Lean believes what its kernel has not checked"
_SILENCES = "it can keep Lean from saying what is wrong"

_REASONS = {
    word: reason
    for words, reason in {
        "axiom prelude init_quot native_decide native bv_decide ofReduceBool ofReduceNat reduceBool reduceNat "
        "trustCompiler implemented_by extern csimp unsafe opaque": _BELIEVES,
        "elab elab_rules by_elab elab_stx run_cmd run_elab run_meta run_tac initialize builtin_initialize include_str "
        "simproc dsimproc simproc_decl dsimproc_decl builtin_simproc builtin_dsimproc declare_simp_like_tactic "
        "declare_config_elab register_builtin_option register_option register_simp_attr register_label_attr "
        "config meta Lean Lake IO BaseIO unsafeIO unsafeBaseIO unsafeEIO dbg_trace dbg_sleep "
        "dbg_stack_trace dbgTrace dbgTraceIfShared dbgTraceVal dbgSleep dbgStackTrace": _RUNS_CODE,
        "macro macro_rules syntax declare_syntax_cat notation notation3 infix infixl infixr prefix postfix unif_hint "
        "binder_predicate instance": _CHANGES,
        "sudo suppress_compilation": _SILENCES,
    }.items()
    for word in words.split()
}
_OPTIONS = frozenset(
    "maxRecDepth maxHeartbeats maxSynthPendingDepth synthInstance.maxHeartbeats synthInstance.maxSize autoImplicit "
    "relaxedAutoImplicit exponentiation.threshold".split()
)
_ATTRIBUTES = frozenset(
    "simp ext expose no_expose irreducible reducible inline norm_cast push_cast gcongr grind simps deprecated "
    "inherit_doc to_additive".split()
)
_HASH_COMMANDS = frozenset(("check", "print"))

# Letters by Lean's rule, but for `«…»`.
_FIRST = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f\u0391-\u039f\u03a1\u03a2\u03a4-\u03a9\u03b1-\u03ba\u03bc-\u03fb"
    "\u1f00-\u1ffe\u2100-\u214f\U0001d49c-\U0001d59f"
)
_REST = rf"{_FIRST}0-9'!?\u2080-\u2089\u2090-\u209c\u1d62-\u1d6a\u2c7c"
_TOKEN = re.compile(
    rf"""
      (?P<blank>\s++)
    | (?P<line_comment>--[^\n]*+)
    | (?P<comment>/-)
    | (?P<raw>r(?P<fence>\#*+)")
    | (?P<string>")
    | (?P<character>'(?:\\(?:x[0-9A-Fa-f]{{2}}|u[0-9A-Fa-f]{{4}}|.)|[^\\'])')
    | (?P<word>[{_FIRST}][{_REST}]*+)
    | (?P<name>«[^»]*+»)
    | (?P<attributes>@\[)
    | (?P<hash>\#[A-Za-z_]\w*+!?(?!\[))
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/-|-/")
_STRING_EDGE = re.compile(r'\\.|"', re.DOTALL)
_ASCII_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_'!?]*+")


@dataclass(frozen=True)
class RefusedWord:
    """A word that is not let through.

    Attributes:
        line: its line, from 1.
        column: its column, from 0.
        word: the word.
        reason: why not.
    """

    line: int
    column: int
    word: str
    reason: str


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def refused_words(text: str) -> list[RefusedWord]:
    """The words of a Lean file that no file about an export needs, in order.

    Args:
        text: the file.
    """
    refused: list[RefusedWord] = []
    line, line_start, counted = 1, 0, 0
    for token, reason in _refused(text):
        breaks = text.count("\n", counted, token.position)
        if breaks:
            line += breaks
            line_start = text.rindex("\n", counted, token.position) + 1
        counted = token.position
        refused.append(RefusedWord(line, token.position - line_start, token.text[:60], reason))
    return refused


def _refused(text: str) -> Iterator[tuple[_Token, str]]:
    expects = None  # an option after `set_option`, the attributes after `attribute`
    depth = 0  # of brackets within a list of attributes; 0 outside of one
    begins = False  # whether an attribute begins here
    for token in _tokens(text):
        if token.kind in ("word", "name", "hash", "inner"):
            reason = _reason(token, expects == "option", depth == 1 and begins)
            if reason is not None:
                yield token, reason
        elif token.kind == "unclear":
            yield token, "it is not clear where Lean sees its end"
        if token.kind == "inner":
            continue
        if depth:
            depth += {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}.get(token.text, 0)
            goes_on = token.text in ("scoped", "local", "-", "←", "↓")
            begins = depth == 1 and (token.text == "," or (begins and goes_on))
        elif token.kind == "attributes" or (expects == "attributes" and token.text == "["):
            depth, begins = 1, True
        expects = {"set_option": "option", "attribute": "attributes"}.get(token.text)


def _reason(token: _Token, is_option: bool, is_attribute: bool) -> str | None:
    if token.kind == "hash":
        return None if token.text[1:] in _HASH_COMMANDS else _RUNS_CODE
    plain = token.text.replace("«", "").replace("»", "")
    if is_option:
        return None if plain in _OPTIONS or plain.startswith("pp.") else _SILENCES
    if is_attribute and plain not in _ATTRIBUTES and plain not in ("scoped", "local"):
        return _REASONS.get(plain, _CHANGES)
    parts = {*plain.split("."), *_ASCII_WORD.findall(plain)}
    reasons = (_REASONS[part] for part in plain.split(".") if part in _REASONS)
    others = (_REASONS[part] for part in parts if part in _REASONS)
    return next(reasons, next(others, None))


def _tokens(text: str) -> Iterator[_Token]:
    """The tokens but for comments and blanks; the words in a text in quotation marks come as `inner` ones."""
    position = 0
    after_mark = False  # whether what comes just before ends in `!`, as in `s!"{x}"`
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None, "every character is a token"
        kind, start, position = str(match.lastgroup), match.start(), match.end()
        if kind == "comment":
            end = _comment_end(text, start)
            if end is None:
                yield _Token("unclear", text[start : start + 4], start)
                return
            position = end
        elif kind in ("string", "raw"):
            # In `s!"…{x}…"` there is code, with quotation marks and comments of its own.
            end = None if after_mark else _string_end(text, match)
            if end is None:
                yield _Token("unclear", match[0], start)
                return
            for word in _ASCII_WORD.finditer(text, position, end):
                yield _Token("inner", word[0], word.start())
            position = end
            yield _Token("other", '"', start)
        elif kind == "word":
            position = _name_end(text, position)
            yield _Token("word", text[start:position], start)
        elif kind == "name":
            position = _name_end(text, position)
            yield _Token("name", text[start:position], start)
        elif kind == "other" and match[0] in "«»":
            yield _Token("unclear", match[0], start)
            return
        elif kind not in ("blank", "line_comment"):
            yield _Token(kind, match[0], start)
        if kind not in ("blank", "line_comment", "comment"):
            after_mark = text[position - 1] == "!"


_NAME_PART = re.compile(rf"\.(?:[{_FIRST}][{_REST}]*+|«[^»]*+»)")


def _name_end(text: str, position: int) -> int:
    while part := _NAME_PART.match(text, position):
        position = part.end()
    return position


def _comment_end(text: str, start: int) -> int | None:
    """The end of a comment; None if it has none, or if it is not clear where Lean begins to look for it."""
    if text[start + 2 : start + 3] == "/" or text[start + 2 : start + 4] in ("-/", "!/"):
        return None
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, start + 2):
        depth += 1 if edge[0] == "/-" else -1
        if depth == 0:
            return edge.end()
    return None


def _string_end(text: str, opening: re.Match[str]) -> int | None:
    """The end of a text in quotation marks, raw or not."""
    if opening["fence"] is not None:
        closing = text.find(f'"{opening["fence"]}', opening.end())
        return None if closing < 0 else closing + 1 + len(opening["fence"])
    for edge in _STRING_EDGE.finditer(text, opening.end()):
        if edge[0] == '"':
            return edge.end()
    return None
