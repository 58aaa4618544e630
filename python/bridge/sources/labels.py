"""Labels: which class each sample belongs to, from files of any kind and from programs.

Classes are what scikit-learn's `classes_` are, in its order: numbers by value, texts by code point, False before True.
Their names are what Python's `str` makes of them, where a float that is a whole number counts as that number.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from bridge.base.arguments import is_number, is_whole, unboxed
from bridge.base.errors import InputError, one_line, shown
from bridge.base.names import require_concept_name, require_concept_names
from bridge.sources.data_sets import open_entries
from bridge.sources.shard_files import FoundFiles, find_files
from bridge.sources.tables import Column, meant_by, numbers, read_columns, require_rows, words
from bridge.sources.user_arrays import column_names, dense

LABEL_NAME = "label"
"""What labels are called that come without a name, and the column of a table that is taken for them."""

# So many samples that are a class each are no coincidence.
_MOST_SINGLE = 10

# Python writes integers of some thousands of digits, and nobody numbers classes so.
_MOST_DIGITS = 400

# What NumPy and pandas write where an entry that is missing has become a text.
_MISSING_TEXTS = ("nan", "NaN", "<NA>")
_MISSING_TYPES = ("NoneType", "NAType", "NaTType")

_SHAPES = "labels of shape (N,), or one-hot labels (N, K) of K ≥ 2 classes,"


@dataclass(frozen=True, eq=False)
class Labels:
    """The classes of N samples.

    Attributes:
        name: what the labels are called, such as `digit`; a name that a concept can have.
        class_names: the names of K ≥ 2 classes, in the order of their numbers; they can be those of concepts.
        numbers: (N,) int64, the number of each sample's class, from 0 to K - 1.
        kind: what the labels were: `integers`, `floats`, `strings`, `booleans`, `categories` or `one-hot`.

    Raises:
        InputError: on construction, if a name is none that a concept can have, fewer than two classes have samples, or
            each of many samples has a class of its own.
    """

    name: str
    class_names: tuple[str, ...]
    numbers: np.ndarray
    kind: str

    def __post_init__(self) -> None:
        require_concept_name(self.name, "label")
        present = np.unique(self.numbers)
        if len(present) < 2:
            found = f"the one class {self.class_names[present[0]]!r}" if len(present) else "no sample"
            raise InputError(f"the labels have {found}; at least two classes are required; add samples of another")
        if len(present) == len(self.numbers) > _MOST_SINGLE:
            raise InputError(
                f"the labels have {len(present)} classes for as many samples, as scores have; classes of several "
                "samples are required; pass them as `scores=…` if they are scores, or leave rare classes out"
            )
        require_concept_names(self.class_names, "class")

    @classmethod
    def of(
        cls, values: object, *, name: str | None = None, samples: int | None = None, source: str = "labels"
    ) -> "Labels":
        """Labels as a program hands them over.

        Args:
            values: (N,) or (N, 1) integers of any size, texts, booleans or whole floats, or (N, K) with one 1 in each
                row; a list, an array, a tensor, or a table or a column of pandas or pyarrow.  Of a table (N, K) the
                names of the columns are those of the classes.
            name: what the labels are called; by default as the column that they are, or `label`.
            samples: how many there have to be, if that is known.
            source: what messages call them.

        Raises:
            InputError: a label is missing or no such value, labels are of several types, a row does not have one 1, or
                the shape, the number of rows, or the classes are not as they have to be.
        """
        place = _Place(f"`{source}`", lambda row: f"`{source}[{row}]`", None)
        array = _as_array(values, source)
        names = column_names(values)
        column = names[0] if names and len(names) == 1 else None
        columns = getattr(values, "column_names", getattr(values, "columns", None))
        class_names = names if columns is None else tuple(map(str, columns))
        kind = "categories" if str(getattr(values, "dtype", "")) == "category" else None
        return _of_array(array, place, name or column or LABEL_NAME, class_names, samples, kind)

    def line(self) -> str:
        """What the labels were found to be, for people."""
        return f"labels: {self.kind}, {len(self.class_names)} classes"


def class_name(value: object) -> str:
    """The name that the class of this label has, as in an estimator's `classes_`.

    Raises:
        InputError: it is no integer, text, boolean or whole float.
    """
    place = _Place("`classes`", lambda _row: "a class", None)
    return str(_Labelled.of([value], place).values[0])


def read_labels(spec: str, *, samples: int) -> Labels:
    """Read the labels of N samples.

    Args:
        spec: a table, as in `read_columns`, with a column of labels; of several the one named `label`, or the one that
            `PATH:NAME` names, or else all of them, each a class, with a 1 in one of them in each row and 0 in the
            others; or an array (N,), (N, 1) or (N, K), as in `open_array`, also of texts.
        samples: the number of samples N.

    Raises:
        InputError: the file cannot be read, it does not have N rows, or as `Labels.of`.
    """
    found = find_files(spec)
    if found.is_table:
        return _read_table(found, samples)
    array = open_entries(found, texts=True)
    place = _Place(spec, lambda row: f"`{spec}[{row}]`", None)
    _require_shape(array.shape, place)
    require_rows(spec, array.shape[0], samples)
    return _of_array(array.read_whole(spec), place, found.array or LABEL_NAME, None, samples, None)


@dataclass(frozen=True)
class _Place:
    """Where labels are from, for messages.

    Attributes:
        whole: what to call all of them.
        row: what to call the one of a sample, or where it is.
        within: what has it there, if `row` says where it is.
    """

    whole: str
    row: Callable[[int], str]
    within: str | None

    def entry(self, row: int, text: str) -> str:
        """That a sample has this label."""
        return f"{self.row(row)} is {text}" if self.within is None else f"{self.within} has {text} in {self.row(row)}"

    def has(self, row: int, text: str) -> str:
        """That there is this in the row of a sample."""
        return f"{self.row(row)} has {text}" if self.within is None else f"{self.within} has {text} in {self.row(row)}"


# From the classes of samples, or of all different entries, to numbers


@dataclass(frozen=True)
class _Labelled:
    """Labels that are known to be of one type.

    Attributes:
        values: integers, texts or booleans.
        kind: as in `Labels`.
    """

    values: Sequence[Any]
    kind: str

    @classmethod
    def of(cls, entries: Sequence[object], place: _Place) -> "_Labelled":
        """Take entries of Python or NumPy, of any types, one by one."""
        values: list[object] = []
        first_of: dict[str, int] = {}
        for row, entry in enumerate(entries):
            kind, value = _one(entry, row, place)
            values.append(value)
            first_of.setdefault(kind, row)
            # A list can have 1 beside 2.0, as an array of floats has.
            if len(first_of) > 1 and not first_of.keys() <= {"integers", "floats"}:
                other, first = next(iter(first_of.items()))
                found = f"{place.entry(row, shown(entry))}, and {place.entry(first, shown(entries[first]))}"
                raise InputError(
                    f"{found}, so that there are {other} and {kind}; labels of one type are required; convert all to "
                    "texts"
                )
        return cls(values, "floats" if "floats" in first_of else next(iter(first_of), "integers"))

    def labels(self, name: str, rows: np.ndarray | None = None, kind: str | None = None) -> Labels:
        """The labels of all samples; `rows` says which of the values each has, if not each its own."""
        classes = sorted(set(self.values))
        number_of = {value: number for number, value in enumerate(classes)}
        found = np.array([number_of[value] for value in self.values], np.int64)
        return Labels(name, tuple(map(str, classes)), found if rows is None else found[rows], kind or self.kind)


def _one(entry: object, row: int, place: _Place) -> tuple[str, object]:
    """What kind of label an entry is, and its value."""
    if isinstance(entry, np.generic) and entry.dtype.kind in "mM":  # a span of time is one of NumPy's integers
        raise InputError(_stranger(entry, row, place))
    entry = unboxed(entry)
    if isinstance(entry, bytes):
        try:
            entry = entry.decode()
        except UnicodeDecodeError:
            raise InputError(
                f"{place.entry(row, shown(entry))}, bytes that are no UTF-8; texts are required; decode them first"
            ) from None
    if isinstance(entry, bool | np.bool_):
        return "booleans", bool(entry)
    if isinstance(entry, str):
        if entry in _MISSING_TEXTS:
            raise InputError(_missing(entry, row, place))
        return "strings", str(entry)
    if is_whole(entry):
        return "integers", _short(int(entry), row, place)
    if isinstance(entry, Decimal) or is_number(entry):
        return "floats", _whole(entry, row, place)
    if type(entry).__name__ in _MISSING_TYPES:
        raise InputError(_missing(entry, row, place))
    raise InputError(_stranger(entry, row, place))


def _stranger(entry: object, row: int, place: _Place) -> str:
    return (
        f"{place.entry(row, shown(entry))}, of type {type(entry).__name__}; an integer, a text or a boolean is "
        "required for each sample; convert the labels first"
    )


def _missing(entry: object, row: int, place: _Place) -> str:
    return (
        f"{place.entry(row, shown(entry))}, which is missing; a label for each sample is required; leave the sample "
        "out, here and in the latents"
    )


def _short(value: int, row: int, place: _Place) -> int:
    if abs(value) >= 10**_MOST_DIGITS:
        raise InputError(
            f"{place.entry(row, f'an integer of more than {_MOST_DIGITS} digits')}; shorter ones are required; number "
            "the classes, or name them"
        )
    return value


def _whole(value: Any, row: int, place: _Place) -> int:  # noqa: ANN401 -- a float of Python or NumPy, or a decimal
    """The integer that a number is."""
    if value != value:  # NaN alone
        raise InputError(_missing(value, row, place))
    is_finite = value.is_finite() if isinstance(value, Decimal) else np.isfinite(value)
    if is_finite and isinstance(value, Decimal) and value.adjusted() > _MOST_DIGITS:
        return _short(10**_MOST_DIGITS, row, place)
    # A decimal near 0 can have as many digits as its exponent says.
    if not is_finite or 0 < abs(value) < 1 or value != int(value):
        raise InputError(
            f"{place.entry(row, str(value)[:60])}, which is no whole number; classes are required, as integers, texts "
            "or booleans; pass them as `scores=…` if they are scores"
        )
    return int(value)


# Arrays


def _as_array(values: object, source: str) -> np.ndarray:
    """What was handed over as an array in which no entry has become one of another type."""
    given = dense(values, source)
    try:
        # NumPy would make texts of the numbers in a list that has a text.
        listed = isinstance(given, list | tuple)
        return np.asarray(given, dtype=object) if listed else np.asarray(given)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"`{source}` cannot be read as an array ({one_line(error)}); {_SHAPES} are required; reshape them"
        ) from None


def _require_shape(shape: tuple[int, ...], place: _Place) -> None:
    if len(shape) not in (1, 2) or 0 in shape[1:]:
        raise InputError(f"{place.whole} has shape {shape}; {_SHAPES} are required; reshape them")


def _of_array(
    array: np.ndarray,
    place: _Place,
    name: str,
    class_names: Sequence[str] | None,
    samples: int | None,
    kind: str | None,
) -> Labels:
    _require_shape(array.shape, place)
    require_rows(place.whole, array.shape[0], samples)
    if array.ndim == 2 and array.shape[1] > 1:
        return _one_hot(array, place, name, class_names)
    column = array.reshape(-1)
    if column.dtype.kind not in "biufUSOT":
        raise InputError(
            f"{place.whole} has entries of type {column.dtype}; integers, texts or booleans are required; convert the "
            "labels first"
        )
    if column.dtype.kind in "OT":
        return _Labelled.of(column.tolist(), place).labels(name, kind=kind)
    # Each value is looked at once, where it is first.
    _, firsts, which = np.unique(column, return_index=True, return_inverse=True)
    order = np.argsort(firsts)
    at = _Place(place.whole, lambda number: place.row(int(firsts[order[number]])), place.within)
    return _Labelled.of(list(column[firsts[order]]), at).labels(name, np.argsort(order)[which], kind)


def _one_hot(matrix: np.ndarray, place: _Place, name: str, class_names: Sequence[str] | None) -> Labels:
    """The labels of a matrix with one 1 in each row; each column is a class, in this order, also one without a 1."""
    if matrix.dtype.hasobject:
        # Booleans beside numbers, as a table can have them; lists of several lengths stay objects.
        with contextlib.suppress(ValueError):
            matrix = np.array(matrix.tolist())
    remedy = "give one column of labels, or take the argmax of probabilities"
    required = f"one 1 in each row, and 0 for the other classes, are required of labels of shape {matrix.shape}"
    if matrix.dtype.kind not in "biuf":
        raise InputError(f"{place.whole} has {matrix.shape[1]} columns of type {matrix.dtype}; {required}; {remedy}")
    for row, column in np.argwhere((matrix != 0) & (matrix != 1))[:1].tolist():
        raise InputError(f"{place.has(row, f'{matrix[row, column]} in column {column}')}; {required}; {remedy}")
    ones = (matrix == 1).sum(axis=1)
    for row in np.flatnonzero(ones != 1)[:1].tolist():
        found = "no 1" if not ones[row] else f"{ones[row]} ones"
        raise InputError(f"{place.has(row, found)}; {required}; leave out samples of no class, or of several")
    names = tuple(map(str, range(matrix.shape[1]))) if class_names is None else tuple(class_names)
    return Labels(name, names, np.argmax(matrix == 1, axis=1).astype(np.int64), "one-hot")


# Tables


def _read_table(found: FoundFiles, samples: int) -> Labels:
    path, files = found.path, [shard.path for shard in found.shards]
    names = [found.array] if found.array else None
    columns = read_columns(path, names, rows=samples, files=files, chosen_by=f"{path}:NAME")
    if len(columns) == 1 or LABEL_NAME in columns:
        chosen = next(iter(columns)) if len(columns) == 1 else LABEL_NAME
        return _of_column(columns[chosen], chosen)
    matrix = _zeros_and_ones(columns.values())
    if matrix is None:
        raise InputError(
            f"{path} has {len(columns)} columns and none is named {LABEL_NAME!r}; one column of labels is required, or "
            f"0 and 1 in all of them, with one 1 in each row; choose it with {path}:NAME, or rename it"
        )
    place = _Place(str(path), next(iter(columns.values())).place, str(path))
    return _one_hot(matrix, place, LABEL_NAME, tuple(columns))


def _zeros_and_ones(columns: Any) -> np.ndarray | None:  # noqa: ANN401 -- a view of a mapping
    """The columns as one matrix, None if there is anything else in them."""
    try:
        matrix = np.column_stack([numbers(column) for column in columns])
    except InputError:
        return None
    return matrix if np.isin(matrix, (0, 1)).all() else None


def _of_column(column: Column, name: str) -> Labels:
    place = _Place(column.source, column.place, column.source)
    if column.decimal_mark is None:
        return _of_typed(column, place, name)
    entries, rows = words(column)
    at = _Place(place.whole, lambda number: column.place(int(np.argmax(rows == number))), place.within)
    return _Labelled.of(meant_by(entries, column.decimal_mark), at).labels(name, rows)


def _of_typed(column: Column, place: _Place, name: str) -> Labels:
    """The labels of a column whose entries have a type."""
    from pyarrow import types

    entries = column.values.to_pylist()
    is_category = types.is_dictionary(column.values.type)
    if any(isinstance(entry, list) for entry in entries[:1]):
        array = np.array(entries, dtype=object)
        return _of_array(array, place, name, None, None, None)
    return _Labelled.of(entries, place).labels(name, kind="categories" if is_category else None)
