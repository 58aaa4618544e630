"""The errors a user can meet, each with the exit code that the command line gives it, and the warnings.

A message is one line: what was found, what is required, what to do.
"""

import errno
from typing import ClassVar


class BridgeError(Exception):
    """Base of every error that is reported to the user as one line."""

    exit_code: ClassVar[int]


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
