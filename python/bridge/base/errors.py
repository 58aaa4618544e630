"""The errors a user can meet, each with the exit code that the command line gives it, and the warnings.

A message is one line: what was found, what is required, what to do.
"""

import errno
import re
from typing import ClassVar

PARAMETER = re.compile(r"`([a-z]\w*)=([^`]*)`")
"""How messages name a parameter with a value."""


class BridgeError(Exception):
    """Base of every error that is reported to the user as one line: what was found; what is required; what to do.

    Parameters are named as a program passes them, such as `lam=0.001`, or `lam=…` for another value; the command line
    shows them as its options.
    """

    exit_code: ClassVar[int]

    @property
    def found(self) -> str:
        """What was found."""
        return str(self).partition("; ")[0]

    @property
    def required(self) -> str:
        """What is required."""
        return str(self).partition("; ")[2].rpartition("; ")[0]

    @property
    def remedy(self) -> str:
        """What to do."""
        return str(self).rpartition("; ")[2]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters that are spoken of, each once."""
        return tuple(dict.fromkeys(name for name, _ in PARAMETER.findall(str(self))))


class InputError(BridgeError, ValueError):
    """The input or the usage is wrong (exit code 2); a `ValueError` too, as users of numerical libraries expect."""

    exit_code = 2


class MissingToolError(BridgeError):
    """A tool that the command needs is not there (exit code 3)."""

    exit_code = 3


def one_line(error: BaseException) -> str:
    """What a library says of an error, short enough for a message of one line."""
    return " ".join(str(error).split())[:200]


def shown(value: object) -> str:
    """A value that was passed, short enough for a message of one line."""
    return " ".join(repr(value).split())[:60]


def limit_met(error: BaseException) -> str | None:
    """What a user has met where the machine or the file system is at its end, in one line; None for other errors."""
    if isinstance(error, MemoryError):
        return "memory has run out; more of it, or less input, is required; take fewer samples or a smaller file"
    if isinstance(error, RecursionError):
        return "the input is nested too deeply; a file as `bridge` writes it is required; name another"
    if isinstance(error, UnicodeEncodeError):
        shown = error.object[error.start : error.end].encode("unicode_escape").decode()
        return f"a name or a text has {shown!r}, which is no character of UTF-8; rename the file or the folder"
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return f"{str(error.filename)[:60]}… is too long for the name of a file; choose a shorter one"
    return None


class BridgeWarning(UserWarning):
    """The input is used as it is, and may not be what was meant; the command line shows it as one line."""
