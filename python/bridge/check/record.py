"""Reads the JSON that `bridge check --json` prints, and says whether it is about the files at hand."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, cast

from bridge.base.errors import InputError, one_line
from bridge.check.lean_modules import LeanModule, discover
from bridge.check.messages import Message
from bridge.check.olean.audit import ALLOWED, Audit
from bridge.check.second_kernel.opinion import Opinion, Outcome
from bridge.check.verdict import CheckResult, Engine, ModuleResult

Value = TypeVar("Value")

# A result of many modules and messages is far smaller, and no check takes thirty years.
_LARGEST = 64 * 2**20
_LONGEST = 10**9


class Standing(StrEnum):
    """What a check result means for an export."""

    NOT_ASKED = "not asked"
    OTHER_FILES = "other files"
    OTHER_LIBRARY = "other library"
    REJECTED = "rejected"
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class Judgement:
    """A check result beside the files of an export.

    Attributes:
        standing: what it means for the export.
        result: the check result, None if Lean has not been asked.
        others: modules whose text is not one that Lean was given and accepted, or not known to be.
        own_library: modules of the library that Lean was given and that are not known to be what Bridge ships.
        includes_reals: whether Lean has checked the root file, which is about the real numbers.
    """

    standing: Standing
    result: CheckResult | None = None
    others: tuple[str, ...] = ()
    own_library: tuple[str, ...] = ()
    includes_reals: bool = False

    def __str__(self) -> str:
        """What it means, in one line."""
        library = ", ".join(self.own_library)
        return {
            Standing.NOT_ASKED: "Lean has not been asked",
            Standing.OTHER_FILES: f"Lean has not been asked about these files: {', '.join(self.others)}",
            Standing.OTHER_LIBRARY: f"the library is not known to be the one that Bridge ships: {library}",
            Standing.REJECTED: "Lean rejected these files",
            Standing.ACCEPTED: "Lean accepted these files",
        }[self.standing]


def judge(
    result: CheckResult | None, root: Path, library: Path, *, verified: Mapping[str, str], shipped: Mapping[str, str]
) -> Judgement:
    """Say what a check result means for an export that has been verified.

    A result counts if Lean accepted the very files that were verified and the library that Bridge ships.  Only the root
    file, and what it alone needs of the library, may have been left out for want of Mathlib.

    Args:
        result: what Lean said, None if it has not been asked.
        root: the root file of the export.
        library: the folder of `Bridge.lean`.
        verified: SHA-256 in hexadecimal of every file that was verified, by module.
        shipped: the same of the library that Bridge ships.

    Raises:
        InputError: a file of the export is missing or cannot be read.
    """
    if result is None:
        return Judgement(Standing.NOT_ASKED)
    modules = {module.name: module for module in discover(root, library)}
    own = {name for name, module in modules.items() if not module.is_library}
    includes_reals = not (modules[root.stem].needs_mathlib and root.stem in result.not_checked)
    needed = _with_imports(modules, own if includes_reals else own - {root.stem})
    given = _sources(result)
    # Lake can have the library in another package, where nobody has looked at it.
    elsewhere = {None} if result.engine is Engine.LAKE else set()
    own_library = tuple(
        name
        for name in needed
        if name not in own and given.get(name) != shipped.get(name)
        if given.get(name) in {modules[name].sha256, *elsewhere}
    )
    wanted = {name: verified.get(name) if name in own else shipped.get(name) for name in needed}
    others = {name: None for name, digest in wanted.items() if name not in own_library and given.get(name) != digest}
    # What was verified and what is there now are the same modules, unless somebody changes them meanwhile.
    others |= dict.fromkeys(sorted(own ^ verified.keys()))
    return Judgement(_standing(result, others, own_library), result, tuple(others), own_library, includes_reals)


def _standing(result: CheckResult, others: Collection[str], own_library: Collection[str]) -> Standing:
    if others:
        return Standing.OTHER_FILES
    if not result.accepted:
        return Standing.REJECTED
    return Standing.OTHER_LIBRARY if own_library else Standing.ACCEPTED


def _with_imports(modules: Mapping[str, LeanModule], names: Collection[str]) -> list[str]:
    """These modules and all that they import, imports first."""
    needed = set(names)
    for name, module in reversed(list(modules.items())):
        if name in needed:
            needed.update(module.imports)
    return [name for name in modules if name in needed]


def _sources(result: CheckResult) -> Mapping[str, str]:
    """SHA-256 of what the verdict is about, by module; Lake gives one verdict on all that it builds."""
    if result.engine is Engine.LAKE or not result.accepted:
        return result.sources
    judged = {module.name for module in result.modules}
    return {name: digest for name, digest in result.sources.items() if name in judged}


def read_check_result(path: Path) -> CheckResult:
    """Read what `bridge check --json` has printed.

    Raises:
        InputError: the file cannot be read, or is not such a record.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ValueError(f"it has more than {_LARGEST} bytes")
        return _check_result(_record(content.decode()))
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


def _record(text: str) -> Mapping[str, object]:
    """The record that a JSON text says in one way."""
    record: Mapping[str, object] = json.loads(text, object_pairs_hook=_without_doubles)
    # JSON can have halves of characters, which no page can show.
    json.dumps(record, ensure_ascii=False).encode()
    return record


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise ValueError(f"`{counts.most_common(1)[0][0]}` is there more than once")
    return record


def _check_result(record: Mapping[str, object]) -> CheckResult:
    result = CheckResult(
        engine=Engine(_of_type(record, "engine", str)),
        version=_of_type(record, "version", str),
        seconds=_seconds(record),
        modules=_items(record, "modules", _module_result),
        not_checked=_items(record, "not_checked", str),
        sources=dict(_digests(_of_type(record, "sources", dict))),
        not_exports=_items(record, "not_exports", str),
        missing=_items(record, "missing", str),
        own_library=_items(record, "own_library", str),
        own_library_allowed=_of_type(record, "own_library_allowed", bool),
        commands_allowed=_of_type(record, "commands_allowed", bool),
        cluster=_of_type(record, "cluster", str) if "cluster" in record else None,
        audit=_if_any(record, "audit", _audit),
        not_audited=_items(record, "not_audited", str),
        second_kernel=_if_any(record, "second_kernel", _opinion),
    )
    if not result.modules:
        raise ValueError("no module is named")
    names = [*(module.name for module in result.modules), *result.not_checked]
    if len(set(names)) < len(names):
        raise ValueError(f"module {Counter(names).most_common(1)[0][0]} is named more than once")
    # Lake gives one verdict on all that it builds.
    if result.engine is not Engine.LAKE and {module.name for module in result.modules} != set(result.sources):
        raise ValueError("`modules` and `sources` do not name the same modules")
    if _of_type(record, "accepted", bool) != result.accepted:
        raise ValueError("`accepted` is not what the modules' verdicts amount to")
    return result


def _digests(record: Mapping[object, object]) -> Iterator[tuple[str, str]]:
    for name, digest in record.items():
        if not isinstance(digest, str):
            raise ValueError(f"the SHA-256 of {name} is {type(digest).__name__}, not str")
        yield str(name), digest


def _module_result(record: Mapping[str, object]) -> ModuleResult:
    result = ModuleResult(
        name=_of_type(record, "name", str),
        accepted=_of_type(record, "accepted", bool),
        seconds=_seconds(record),
        cached=_of_type(record, "cached", bool),
        messages=_items(record, "messages", _message),
        worker=_text_or_none(record, "worker") if "worker" in record else None,
    )
    if result.accepted and any(message.severity in ("error", "warning") for message in result.messages):
        raise ValueError(f"module {result.name} is accepted and has an error or a warning")
    return result


def _audit(record: Mapping[str, object]) -> Audit:
    found = Audit(
        theorems=_count(record, "theorems"),
        axioms=_items(record, "axioms", str),
        refused=_theorems_of(record, "refused"),
        core_theorems=_count(record, "core_theorems"),
        core_constants=_count(record, "core_constants"),
        core_statements=_of_type(record, "core_statements", str),
        other_meanings=_theorems_of(record, "other_meanings"),
        meanings_compared=_of_type(record, "meanings_compared", bool),
    )
    for axiom in found.axioms:
        if axiom not in ALLOWED and axiom not in found.refused:
            raise ValueError(f"{axiom} is one of `axioms`, none of Lean's own, and not among `refused`")
    return found


def _opinion(record: Mapping[str, object]) -> Opinion:
    opinion = Opinion(
        kernel=_of_type(record, "kernel", str),
        version=_of_type(record, "version", str),
        library_sha256=_of_type(record, "library_sha256", str),
        outcome=Outcome(_of_type(record, "outcome", str)),
        reason=_text_or_none(record, "reason"),
        declarations=_count(record, "declarations"),
        constants=_count(record, "constants"),
        core_theorems=_count(record, "core_theorems"),
        core_constants=_count(record, "core_constants"),
        core_statements=_of_type(record, "core_statements", str),
        primitives=_texts(record, "primitives"),
        seconds=_seconds(record),
        memory_bytes=_count(record, "memory_bytes"),
    )
    if opinion.accepted != (opinion.reason is None):
        raise ValueError("a second kernel has a reason if it has not accepted, and only then")
    return opinion


def _theorems_of(record: Mapping[str, object], key: str) -> dict[str, tuple[str, ...]]:
    """The theorems that rest on each of some constants, by its name."""
    found = _of_type(record, key, dict)
    return {str(name): _items(found, name, str) for name in found}


def _texts(record: Mapping[str, object], key: str) -> dict[str, str]:
    found = _of_type(record, key, dict)
    return {str(name): _of_type(found, name, str) for name in found}


def _count(record: Mapping[str, object], key: str) -> int:
    count = _of_type(record, key, int)
    if count < 0:
        raise ValueError(f"`{key}` is negative")
    return count


def _if_any(record: Mapping[str, object], key: str, read: Callable[[Mapping[str, object]], Value]) -> Value | None:
    """What is under a key that is always there, and can have nothing."""
    return None if key in record and record[key] is None else read(_of_type(record, key, dict))


def _message(record: Mapping[str, object]) -> Message:
    file, severity, text = (_of_type(record, key, str) for key in ("file", "severity", "text"))
    line, column = (_of_type(record, key, int) for key in ("line", "column"))
    declaration, meaning = (_text_or_none(record, key) for key in ("declaration", "meaning"))
    return Message(file, line, column, severity, text, declaration, meaning)


def _text_or_none(record: Mapping[str, object], key: str) -> str | None:
    return None if record[key] is None else _of_type(record, key, str)


def _seconds(record: Mapping[str, object]) -> float:
    seconds = _of_type(record, "seconds", float)
    if not 0 <= seconds <= _LONGEST:
        raise ValueError(f"`seconds` is not between 0 and {_LONGEST}")
    return float(seconds)


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
