"""Numbers of several types as numbers of one type that holds all of them exactly."""

from collections.abc import Callable, Sequence

import numpy as np

from bridge.base.errors import InputError
from bridge.sources.tables import Column

# From here on, a 64-bit float does not hold every integer.
_EXACT_INTEGERS = 2.0**53
_NAMES = {"f": "64-bit float", "i": "signed integer of 64 bits"}


def side_by_side(columns: Sequence[tuple[Column, np.ndarray]]) -> np.ndarray:
    """Columns of any types as one matrix of a type that holds all their numbers exactly."""
    dtype = np.result_type(*(entries for _, entries in columns))
    if dtype.kind == "f" and all(entries.dtype.kind in "iub" for _, entries in columns):
        # NumPy goes to floats where signed and unsigned integers meet.
        dtype = np.dtype(np.int64 if any((entries < 0).any() for _, entries in columns) else np.uint64)
    return np.column_stack([converted(entries, dtype, column.source, column.place) for column, entries in columns])


def common_type(dtypes: Sequence[np.dtype]) -> np.dtype:
    """The type that holds numbers of all of these, but for the largest unsigned integers beside signed ones."""
    found: np.dtype = np.result_type(*dtypes)
    are_integers = all(dtype.kind in "iub" for dtype in dtypes)
    # NumPy goes to floats where signed and unsigned integers meet.
    return np.dtype(np.int64) if found.kind == "f" and are_integers else found


def converted(
    values: np.ndarray, dtype: np.dtype, source: str, place: Callable[[int], str] | None = None
) -> np.ndarray:
    """The same numbers in a type that NumPy, or the sign of others, has found to be the common one.

    Raises:
        InputError: an integer is none of its numbers.
    """
    converted = values.astype(dtype)
    if values.dtype.kind in "iu" and dtype != values.dtype:
        is_suspect = np.abs(converted) >= _EXACT_INTEGERS if dtype.kind == "f" else (converted < 0) != (values < 0)
        for position in zip(*np.nonzero(is_suspect), strict=True):
            if int(converted[position]) != int(values[position]):
                where = "" if place is None else f" in {place(int(position[0]))}"
                raise InputError(
                    f"{source} has the integer {values[position]}{where}, which is no {_NAMES[dtype.kind]}, and "
                    "belongs together with such numbers; numbers of a common type are required; save all of them as "
                    "integers or as floats"
                )
    return converted
