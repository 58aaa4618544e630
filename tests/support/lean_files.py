"""Lean files: written to a folder, and split into tokens with Lean's own rules for comments."""

import re

_WORD = r"(?:«[^»]*»|[^\W\d][\w'!?]*)"
_TOKEN = re.compile(rf"(?P<number>0x[0-9a-f]+|[0-9]+)|(?P<word>{_WORD}(?:\.{_WORD})*)|(?P<symbol>:=|\+\+|\S)")


def write(folder, files):
    """Write the texts of an export, the root first, where they are not there yet; the path of the root file."""
    for name, text in files.items():
        path, data = folder / name, text.encode()
        # To write a file anew takes far longer than to see that it is there.
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folder / next(iter(files))


def code_tokens(text):
    """The tokens outside comments, as matches: `start()`, `[0]` and `lastgroup` tell place, text and kind."""
    tokens, position = [], 0
    while position < len(text):
        if text[position].isspace():
            position += 1
        elif text.startswith("--", position):
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
        elif text.startswith("/-", position):
            # Lean looks for the end after `/--`, `/-!`, or `/-` and whatever character follows it.
            position = _comment_end(text, position + 3)
        else:
            tokens.append(_TOKEN.match(text, position))
            position = tokens[-1].end()
    return tokens


def code(text):
    """The texts of the tokens outside comments."""
    return [token[0] for token in code_tokens(text)]


def _comment_end(text, position):
    depth = 1
    while depth:
        assert position < len(text), "a comment has no end"
        pair = text[position : position + 2]
        if pair in ("/-", "-/"):
            depth += 1 if pair == "/-" else -1
            position += 2
        else:
            position += 1
    return position
