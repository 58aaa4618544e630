"""Reads the JSON that `bridge check --json` prints, and says whether it is about the files at hand."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, cast

from bridge.errors import InputError, one_line
from bridge.lean_modules import discover
from bridge.verdict import CheckResult, Engine, Message, ModuleResult

Value = TypeVar("Value")


class Standing(StrEnum):
    """What a check result means for an export."""

    NOT_ASKED = "not asked"
    OTHER_FILES = "other files"
    REJECTED = "rejected"
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class Judgement:
    """A check result beside the files of an export.

    Attributes:
        standing: what it means for the export.
        result: the check result, None if Lean has not been asked.
        others: modules of the export whose text is not the one that Lean was given, or not known to be.
        unnamed_library: modules of the library that the result does not name; Lake can have them elsewhere.
        includes_reals: whether Lean has checked the root file, which is about the real numbers.
    """

    standing: Standing
    result: CheckResult | None = None
    others: tuple[str, ...] = ()
    unnamed_library: tuple[str, ...] = ()
    includes_reals: bool = False


def judge(result: CheckResult | None, root: Path, library: Path) -> Judgement:
    """Say what a check result means for an export as its files are now.

    A result counts for an export if it names the SHA-256 of every file of it, but for those that need Mathlib where
    there was none, and of no file of the library that is another here.

    Args:
        result: what Lean said, None if it has not been asked.
        root: the root file of the export.
        library: the folder of `Bridge.lean`.

    Raises:
        InputError: a file of the export is missing or cannot be read.
    """
    if result is None:
        return Judgement(Standing.NOT_ASKED)
    modules = discover(root, library)
    unchecked = {module.name for module in modules if module.needs_mathlib and module.name in result.not_checked}
    wanted = [module for module in modules if module.name not in unchecked]
    unnamed = tuple(module.name for module in wanted if module.is_library and module.name not in result.sources)
    others = tuple(
        module.name
        for module in wanted
        if module.name not in unnamed and result.sources.get(module.name) != module.sha256
    )
    verdict = Standing.ACCEPTED if result.accepted else Standing.REJECTED
    standing = Standing.OTHER_FILES if others else verdict
    return Judgement(standing, result, others, unnamed, includes_reals=root.stem not in unchecked)


def read_check_result(path: Path) -> CheckResult:
    """Read what `bridge check --json` has printed.

    Raises:
        InputError: the file cannot be read, or is not such a record.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return _check_result(record)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}); a check result is required; make one with "
            "`bridge check --json > check.json`"
        ) from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{path} is not a check result ({type(error).__name__}: {one_line(error)}); one is required; make it with "
            "`bridge check --json > check.json`"
        ) from None


def _check_result(record: Mapping[str, object]) -> CheckResult:
    result = CheckResult(
        engine=Engine(_of_type(record, "engine", str)),
        version=_of_type(record, "version", str),
        seconds=_seconds(record),
        modules=_items(record, "modules", _module_result),
        not_checked=_items(record, "not_checked", str),
        sources={str(name): str(digest) for name, digest in _of_type(record, "sources", dict).items()},
    )
    if not result.modules:
        raise ValueError("no module is named")
    # Lake gives one verdict on all that it builds.
    if result.engine is not Engine.LAKE and {module.name for module in result.modules} != set(result.sources):
        raise ValueError("`modules` and `sources` do not name the same modules")
    if _of_type(record, "accepted", bool) != result.accepted:
        raise ValueError("`accepted` is not what the modules' verdicts amount to")
    return result


def _module_result(record: Mapping[str, object]) -> ModuleResult:
    return ModuleResult(
        name=_of_type(record, "name", str),
        accepted=_of_type(record, "accepted", bool),
        seconds=_seconds(record),
        cached=_of_type(record, "cached", bool),
        messages=_items(record, "messages", _message),
    )


def _message(record: Mapping[str, object]) -> Message:
    file, severity, text = (_of_type(record, key, str) for key in ("file", "severity", "text"))
    line, column = (_of_type(record, key, int) for key in ("line", "column"))
    declaration, meaning = (
        None if record[key] is None else _of_type(record, key, str) for key in ("declaration", "meaning")
    )
    return Message(file, line, column, severity, text, declaration, meaning)


def _seconds(record: Mapping[str, object]) -> float:
    seconds = _of_type(record, "seconds", float)
    if not 0 <= seconds < math.inf:
        raise ValueError(f"`seconds` is {seconds}")
    return seconds


def _items(record: Mapping[str, object], key: str, read: Callable[..., Value]) -> tuple[Value, ...]:
    return tuple(read(item) for item in _of_type(record, key, list))


def _of_type(record: Mapping[str, object], key: str, kind: type[Value]) -> Value:
    if key not in record:
        raise ValueError(f"`{key}` is missing")
    value = record[key]
    # JSON has one kind of number: 0 and 0.0 are the same.
    number = kind is float and isinstance(value, int) and not isinstance(value, bool)
    if type(value) is not kind and not number:
        raise ValueError(f"`{key}` is {type(value).__name__}, not {kind.__name__}")
    return cast(Value, value)
