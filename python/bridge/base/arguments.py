"""What a program passes besides arrays, of the type that it must have, or refused in one line."""

import os
from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from bridge.base.errors import InputError, shown


def unboxed(value: Any) -> Any:  # noqa: ANN401 -- it is still to be looked at
    """The number in an array or a tensor of no dimensions; anything else as it is."""
    return value.item() if getattr(value, "shape", None) == () else value


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value is an integer of Python or NumPy; a boolean is none."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a real number of Python or NumPy; a boolean is none."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def flag(value: object, name: str) -> bool:
    """A boolean.

    Raises:
        InputError: it is something else, such as a text.
    """
    if not isinstance(value, bool | np.bool_):
        raise InputError(f"`{name}` is {shown(value)}; True or False is required; choose one of them")
    return bool(value)


def texts(values: object, name: str, count: int, *, default: str | None = None, of: str = "concept") -> tuple[str, ...]:
    """So many texts, one for each concept or class.

    Args:
        values: a list of them, or an array or an index of a table.
        name: what to call them in a message.
        count: how many there have to be.
        default: what stands for None in the list, if something can.
        of: what each of them belongs to, for a message.

    Raises:
        InputError: it is something else, such as a single text, or has another length.
    """
    what = f"a list of {count} texts, one for each {of}, is required"
    if isinstance(values, str | bytes | Set | Mapping) or not isinstance(values, Iterable):
        raise InputError(f"`{name}` is {shown(values)}; {what}; write {name}=[…]")
    given = [default if value is None else value for value in values]
    for position, value in enumerate(given):
        if not isinstance(value, str):
            raise InputError(f"`{name}[{position}]` is {shown(value)}; {what}; write it in quotes")
    if len(given) != count:
        raise InputError(f"`{name}` has {len(given)} entries; {what}; name every {of}")
    return tuple(str(value) for value in given)


def text(value: object, name: str) -> str:
    """A text.

    Raises:
        InputError: it is something else.
    """
    if not isinstance(value, str):
        raise InputError(f"`{name}` is {shown(value)}; a text is required; write it in quotes")
    return str(value)


def mask(values: object, name: str, samples: int) -> np.ndarray:
    """A boolean for each sample, as an array of its own.

    Raises:
        InputError: it is something else, such as indices, or has another length.
    """
    array = np.array(values)
    if array.shape != (samples,) or array.dtype != np.bool_:
        raise InputError(
            f"`{name}` has shape {array.shape} and dtype {array.dtype}; ({samples},) and bool are required, one "
            "entry for each sample; rebuild it"
        )
    return array


def file_path(path: object) -> Path:
    """A path.

    Raises:
        InputError: it is something else.
    """
    if not isinstance(path, str | os.PathLike):
        raise InputError(f"the path is {shown(path)}; a text or a `pathlib.Path` is required; name a file")
    return Path(path)
