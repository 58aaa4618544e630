"""Jinja as all templates here expect it, and one clear line for a template that is wrong."""

import contextlib
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import jinja2
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bridge.base.errors import InputError
from bridge.base.words import counted
from bridge.exact.text import decimal, rational
from bridge.export import lean_text


class _CompiledBefore(jinja2.BytecodeCache):
    """What has been compiled in this process, by the place and the text of a template: a changed one is another."""

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._compiled.get(bucket.key, (None, None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = (bucket.checksum, bucket.code)


# To compile a template takes longer than to render it.  What is made safe for HTML is compiled to other code.
_COMPILED = {False: _CompiledBefore(), True: _CompiledBefore()}

# What a template that is not ours can do wrong while it is rendered.
_IN_A_TEMPLATE = (jinja2.TemplateRuntimeError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def template_environment(folder: Path, *, for_html: bool = False) -> jinja2.Environment:
    """The templates of a folder; what one asks for and is not given is an error, and blank lines stay as written.

    A template is a program.  It runs in Jinja's sandbox, which keeps it from the files and the processes of whoever
    renders it, as far as Jinja knows.

    Args:
        folder: the folder of the templates.
        for_html: whether what is filled in must be made safe for HTML; for Lean, `lean_text` does so.
    """
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folder, encoding="utf-8"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=for_html,
        bytecode_cache=_COMPILED[for_html],
    )
    environment.filters["rational"] = rational
    environment.filters["hexadecimal"] = lean_text.hexadecimal
    environment.filters["packed"] = lean_text.packed
    environment.filters["signed"] = lean_text.signed
    environment.filters["denominator"] = lean_text.denominator
    environment.filters["string"] = lean_text.string
    environment.filters["remark"] = lean_text.remark
    environment.filters["decimal"] = decimal
    environment.filters["counted"] = counted
    return environment


@contextlib.contextmanager
def template_errors(folder: Path, needed: str) -> Iterator[None]:
    """Say what is wrong with a template of the folder, and where.

    Args:
        folder: the folder of the templates.
        needed: which templates are needed, to say so if one is missing.

    Raises:
        InputError: the folder is none, or a template is missing, cannot be read, has a syntax error or asks for what
            it is not given.
    """
    remedy = "copy it anew from the package's templates"
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; a folder of templates is required; {remedy}")
    try:
        yield
    except jinja2.TemplateNotFound as error:
        raise InputError(
            f"template {error.name} is not in {folder}; {needed}; copy the missing one from the package's templates"
        ) from None
    except jinja2.TemplateSyntaxError as error:
        place = f"{error.filename}:{error.lineno}"
        raise InputError(f"{place}: {_phrase(error)}; a Jinja template is required; correct it, or {remedy}") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"a template in {folder} is not UTF-8 text ({error.reason}); text is required; {remedy}"
        ) from None
    except _IN_A_TEMPLATE as error:
        # Jinja puts the lines of templates into the traceback; the last of them is where it went wrong.
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".jinja")]
        if not frames:
            raise
        place = f"{frames[-1].filename}:{frames[-1].lineno}"
        raise InputError(f"{place}: {_phrase(error)}; only what a template is given is there; correct it") from None


def _phrase(error: Exception) -> str:
    return " ".join(str(error.message or "" if isinstance(error, jinja2.TemplateError) else error).split()).rstrip(".")
