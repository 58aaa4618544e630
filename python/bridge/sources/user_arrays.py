"""Arrays, tensors and tables as a program hands them over, as NumPy arrays of exactly the same numbers.

Tables are those of pandas and pyarrow, and others that offer the same; none of these libraries is loaded for it.
"""

import sys
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from bridge.base.errors import InputError, one_line, shown

# From here on, a 64-bit float does not hold every integer.
_EXACT_INTEGERS = 2.0**53


def as_array(values: object, name: str) -> np.ndarray:
    """The numbers as an array of NumPy in this machine's byte order; none of them is changed.

    Args:
        values: an array, a tensor as in `dense`, a table or a column of one, or nested lists of numbers.
        name: what to call them in a message.

    Raises:
        InputError: an entry is masked or no number, a matrix is sparse, or an integer beside floats is no 64-bit float.
    """
    dense_values = dense(values, name)
    try:
        array = np.asarray(dense_values)
        if array.dtype.hasobject:
            # Columns with a type of pandas' own hold objects, which can all be plain numbers.
            array = np.asarray(array.tolist())
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"`{name}` cannot be read as an array ({one_line(error)}); numbers in rows of one length are required; "
            "convert it first"
        ) from None
    if array.dtype.hasobject:
        stranger = next(value for value in array.flat if not _fits_64_bits(value))
        raise InputError(
            f"`{name}` has the entry {shown(stranger)}; a number of 16, 32 or 64 bits is required; convert it first"
        )
    _require_unrounded(dense_values, array, name)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def dense(values: object, name: str) -> object:
    """What is no tensor as it is, a tensor as an array, exactly: bfloat16, which NumPy lacks, becomes float32.

    A tensor can require a gradient, be on any device and lie in memory in any way.

    Raises:
        InputError: an entry is masked, the matrix is sparse, or the tensor has no counterpart in NumPy.
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        place = ", ".join(str(indices[0]) for indices in np.nonzero(np.ma.getmaskarray(values)))
        raise InputError(
            f"`{name}[{place}]` is masked; every entry must be a number; leave out the samples with masked entries"
        )
    if type(values).__module__.startswith("scipy.sparse"):
        raise InputError(f"`{name}` is a sparse matrix; a dense array is required; pass its .toarray()")
    return _tensor_numbers(values, name) if _is_tensor(values) else values


def precision(values: object, array: np.ndarray) -> str:
    """What the entries were rounded to, at the finest: the name of a type of floats; integers count as float64.

    Args:
        values: what was handed over.
        array: the same numbers as an array.
    """
    dtype = str(getattr(values, "dtype", "")).removeprefix("torch.")
    if dtype == "bfloat16":
        return dtype
    return array.dtype.name if array.dtype.kind == "f" else "float64"


def column_names(values: object) -> tuple[str, ...] | None:
    """The names of a table's columns, or of the one column that is given, None where there are none of text."""
    names = getattr(values, "column_names", None)
    if names is None:
        names = getattr(values, "columns", None)
    if names is None and hasattr(values, "to_numpy"):
        names = [getattr(values, "name", None)]
    if names is None or not all(isinstance(name, str) for name in names):
        return None
    return tuple(str(name) for name in names)


def require_same_samples(tables: Mapping[str, object]) -> None:
    """Refuse tables whose rows are labelled in different ways, since samples are told apart by their position alone.

    Labels that only count from 0 say nothing and go with all others.

    Args:
        tables: what was handed over, by its name in messages; what has no labels is not looked at.

    Raises:
        InputError: two of them have labels, and these differ.
    """
    indexes: dict[str, Any] = {name: getattr(values, "index", None) for name, values in tables.items()}
    labels = {name: index for name, index in indexes.items() if hasattr(index, "equals")}
    telling = [(name, index) for name, index in labels.items() if not np.array_equal(index, np.arange(len(index)))]
    for (first, index), (second, other) in pairwise(telling):
        if not index.equals(other):
            raise InputError(
                f"`{first}` and `{second}` have rows of different labels or in another order; the same samples in the "
                "same order are required; align them by their index first"
            )


def _is_tensor(values: object) -> bool:
    return "torch" in sys.modules and isinstance(values, sys.modules["torch"].Tensor)


def _tensor_numbers(values: object, name: str) -> np.ndarray:
    import torch

    assert isinstance(values, torch.Tensor)
    try:
        tensor = values.detach().cpu()
        array: np.ndarray = (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).resolve_neg().numpy()
    except (TypeError, RuntimeError, NotImplementedError) as error:
        raise InputError(
            f"`{name}` is a tensor that NumPy has no type for ({one_line(error)}); a dense one of floats of 16, 32 or "
            "64 bits, bfloat16, integers or booleans is required; convert it first"
        ) from None
    return array


def _fits_64_bits(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and -(2**63) <= value < 2**64)


def _require_unrounded(values: object, array: np.ndarray, name: str) -> None:
    """Refuse integers that have become other numbers since there are floats beside them."""
    if isinstance(values, np.ndarray) or array.dtype.kind != "f":
        return
    positions = np.argwhere(np.abs(array) >= _EXACT_INTEGERS)
    if not len(positions):
        return
    # By way of NumPy, pandas would round before it makes objects.
    given = np.asarray(values.astype(object) if hasattr(values, "astype") else values, dtype=object)
    for position in map(tuple, positions.tolist()):
        if isinstance(given[position], int | np.integer) and int(given[position]) != int(array[position]):
            raise InputError(
                f"`{name}[{', '.join(map(str, position))}]` is the integer {given[position]}, which is no 64-bit "
                "float, and stands beside floats; numbers of a common type are required; pass all of them as integers "
                "or as floats"
            )
