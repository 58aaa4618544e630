"""Columns of tables as the rows of an array, of which a block is in memory at a time."""

from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass

import numpy as np

from bridge.base.arrays import row_ranges
from bridge.base.errors import InputError
from bridge.base.file_spec import FilePath
from bridge.base.names import require_concept_names
from bridge.sources.common_type import common_type, converted
from bridge.sources.stepwise import Stepwise
from bridge.sources.table_files import TableFile
from bridge.sources.tables import (
    Column,
    column_names,
    numbers,
    open_tables,
    require_columns,
    require_same_types,
    usual_columns,
)


@dataclass(frozen=True)
class _Chosen:
    """A column that becomes one of the array, or several if it holds lists.

    Attributes:
        name: its name in the file.
        width: how many numbers an entry has.
        is_list: whether an entry is a list.
    """

    name: str
    width: int
    is_list: bool


@dataclass(frozen=True, eq=False)
class _TableRows(Stepwise):
    """Columns of a table side by side.

    Attributes:
        file: the table.
        columns: which columns, in their order.
    """

    file: TableFile
    columns: tuple[_Chosen, ...]

    def from_step(self, step: int) -> Generator[np.ndarray, None, None]:
        """The rows from a row group or a record batch on, in blocks."""
        _, height = next(row_ranges(self.shape))
        first = self.starts[step]
        for batch in self.file.batches([column.name for column in self.columns], step, height):
            block, place = np.empty((len(batch), self.shape[1]), self.dtype), 0
            for number, chosen in enumerate(self.columns):
                column = _column(self.file, chosen.name, batch.column(number), first)
                entries = _of_width(column, numbers(column), chosen)
                block[:, place : place + chosen.width] = converted(entries, self.dtype, column.source, column.place)
                place += chosen.width
            first += len(block)
            yield block


def _column(file: TableFile, name: str, values: object, first: int) -> Column:
    import pyarrow

    chunks = values if isinstance(values, pyarrow.ChunkedArray) else pyarrow.chunked_array([values])
    source = f"{file.path}: column {name.strip()!r}"
    return Column(source, chunks, lambda row: f"row {first + row}, counted from 0", None, first)


def _of_width(column: Column, entries: np.ndarray, chosen: _Chosen) -> np.ndarray:
    """A matrix of as many columns as the first entry has; of lists, all are known to have one length."""
    if chosen.is_list and entries.shape[1] != chosen.width:
        raise InputError(
            f"{column.source} has a list of {entries.shape[1]} in {column.place(0)} and ones of {chosen.width} before; "
            "lists of one length are required; make them equal"
        )
    return entries.reshape(len(entries), chosen.width)


def open_rows(
    path: FilePath, files: Sequence[FilePath], names: Sequence[str] | None, *, without: Collection[str] = ()
) -> tuple[Stepwise, ...]:
    """Open columns of tables as arrays (N, d) of one type and one d.

    Args:
        path: what messages call all of them.
        files: files of Parquet or Arrow, whose rows are taken one after the other.
        names: which columns, and in which order; without it all of them but those that are pandas' index.
        without: the columns that are left out if none is named.

    Raises:
        InputError: a file cannot be read, has no such column or one that holds no numbers, or files disagree.
        MissingToolError: pyarrow is not installed.
    """
    tables = open_tables(files)
    wanted = [name for name in usual_columns(tables[0]) if name not in without] if names is None else names
    for table in tables:
        require_columns(table.path if len(tables) > 1 else path, column_names(table), wanted)
    require_same_types(tables, wanted)
    looked_at = {table.path: _looked_at(table, wanted) for table in tables if table.rows}
    if not looked_at:
        raise InputError(f"{path} has no rows; one for each sample is required; add them")
    first, (columns, _) = next(iter(looked_at.items()))
    for other, (others, _) in looked_at.items():
        for one, another in zip(columns, others, strict=True):
            if one.width != another.width:
                raise InputError(
                    f"{other} has lists of {another.width} in the column {one.name!r}, and {first} of {one.width}; "
                    "lists of one length are required; make them equal"
                )
    require_concept_names([name for column in columns for name in _names(column)])
    width = sum(column.width for column in columns)
    if not width:
        raise InputError(
            f"{path} has no column of numbers that is left, and no list with an entry; numbers are required; choose "
            "another column"
        )
    dtype = common_type([dtype for _, dtypes in looked_at.values() for dtype in dtypes])
    return tuple(
        _TableRows(
            (table.rows, width),
            dtype,
            table.path,
            table.starts,
            table,
            tuple(_Chosen(_stored_name(table, one.name), one.width, one.is_list) for one in columns),
        )
        for table in tables
    )


def _looked_at(table: TableFile, names: Sequence[str]) -> tuple[tuple[_Chosen, ...], list[np.dtype]]:
    """What the first row says of the columns: how wide they are, and what types of numbers they hold."""
    columns: list[_Chosen] = []
    dtypes: list[np.dtype] = []
    first = table.read([_stored_name(table, name) for name in names], 1)
    for number, name in enumerate(names):
        entries = numbers(_column(table, name, first.column(number), 0))
        columns.append(_Chosen(name, int(np.prod(entries.shape[1:])), entries.ndim > 1))
        dtypes += [entries.dtype] if entries.size else []
    return tuple(columns), dtypes


def _stored_name(table: TableFile, name: str) -> str:
    return table.names[column_names(table).index(name)]


def _names(column: _Chosen) -> Sequence[str]:
    """What the dimensions are called."""
    return [f"{column.name} {number + 1}" for number in range(column.width)] if column.is_list else [column.name]
