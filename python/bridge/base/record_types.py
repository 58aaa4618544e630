"""Whether the fields of a record are of the types that its dataclass says, and records from JSON."""

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar, Union

from bridge.base.errors import InputError

Record = TypeVar("Record")

_MOST_SHOWN = 80
# Every integer up to here is a 64-bit float.
_EXACT_INTEGERS = 2**53


def require_field_types(record: Any) -> None:  # noqa: ANN401 -- any dataclass
    """Refuse a field that is not of its type, or a number that is not finite, also within tuples and mappings.

    Args:
        record: a dataclass with fields of plain types, arrays, other dataclasses, and unions, tuples and mappings of
            such.

    Raises:
        InputError: which field it is.
    """
    hints = typing.get_type_hints(type(record))
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(
                f"`{field.name}` is {value}; a finite number is required, or None where it is undefined; check the fit"
            )
        if not _fits(value, hints[field.name]):
            raise InputError(
                f"`{field.name}` is {_shown(value)}; {_named(hints[field.name])} is required; check the fit"
            )


def record_from(record_type: type[Record], content: object) -> Record:
    """The record that a JSON object holds, with lists as tuples where its dataclass has such.

    Args:
        record_type: a dataclass, as in `require_field_types`.
        content: what a JSON text says.

    Raises:
        InputError: a field is not of its type, or a number is not finite.
        ValueError: it is no object, a field is missing that has no default, or there is one that the dataclass lacks.
    """
    fields = dataclasses.fields(record_type)  # type: ignore[arg-type]
    required = {field.name for field in fields if field.default is dataclasses.MISSING}
    if not isinstance(content, dict):
        raise ValueError(f"{record_type.__name__} is {_shown(content)}")
    if not required <= set(content) <= {field.name for field in fields}:
        raise ValueError(f"the fields of {record_type.__name__} are {sorted(content)}")
    hints = typing.get_type_hints(record_type)
    record = record_type(**{name: _converted(value, hints[name]) for name, value in content.items()})
    require_field_types(record)
    return record


def _converted(value: object, hint: Any) -> object:  # noqa: ANN401 -- a type, or what stands for several
    """A value of JSON as the type has it; one that does not fit is left as it is."""
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) in (Union, types.UnionType):
        (only,) = [kind for kind in arguments if kind is not types.NoneType] if len(arguments) == 2 else [None]
        return value if value is None or only is None else _converted(value, only)
    if typing.get_origin(hint) is tuple and isinstance(value, list):
        kinds = [arguments[0]] * len(value) if arguments[-1] is Ellipsis else arguments
        return tuple(map(_converted, value, kinds)) if len(kinds) == len(value) else value
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        return record_from(hint, value)
    if hint is float and _fits(value, int) and abs(value) <= _EXACT_INTEGERS:  # type: ignore[arg-type]
        return float(value)  # type: ignore[arg-type]
    return value


def _fits(value: object, hint: Any) -> bool:  # noqa: ANN401
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return any(_fits(value, kind) for kind in arguments)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        kinds = [arguments[0]] * len(value) if arguments[-1] is Ellipsis else list(arguments)
        return len(kinds) == len(value) and all(map(_fits, value, kinds))
    if origin is Mapping:
        return isinstance(value, dict) and all(
            _fits(key, arguments[0]) and _fits(entry, arguments[1]) for key, entry in value.items()
        )
    # Python counts a bool among the integers.
    is_of_type = isinstance(value, origin or hint) and (hint is bool or not isinstance(value, bool))
    return is_of_type and not (isinstance(value, float) and not math.isfinite(value))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def _named(hint: Any) -> str:  # noqa: ANN401
    return str(hint) if typing.get_args(hint) else hint.__name__
