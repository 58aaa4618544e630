"""Tables in files of Parquet and Arrow, of which some columns are read, and some rows after the other.

Of Arrow there are files and streams, such as those of Hugging Face's `datasets`; which one it is says its beginning.
"""

import contextlib
import json
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.base.errors import InputError
from bridge.base.extras import require_library
from bridge.base.file_spec import (
    ALWAYS_EXPANDED,
    MOST_EXPANSION,
    PARQUET_SUFFIXES,
    FilePath,
    has_ending,
    require_readable,
    stamp_of,
)
from bridge.base.remote import on_disk
from bridge.sources.array_files import damage_in

# Bytes that are read ahead in each column, and in all of them together.
_LEAST_AHEAD, _MOST_AHEAD, _AHEAD_TOGETHER = 2**14, 2**20, 2**25

_ROWS_AT_ONCE = 2**16

_ARROW_FILE = b"ARROW1"


@dataclass(frozen=True, eq=False)
class TableFile(ABC):
    """A table in a file, whose columns have types.

    Attributes:
        path: the file.
        names: the names of all columns, as they are in the file.
        types: their types, of `pyarrow`.
        starts: the first row of each row group or record batch.
        rows: how many rows there are.
        index: the names of the columns that are pandas' index.
    """

    path: FilePath
    names: tuple[str, ...]
    types: tuple[Any, ...]
    starts: tuple[int, ...]
    rows: int
    index: frozenset[str]

    @abstractmethod
    def batches(self, columns: Sequence[str], step: int, most_rows: int) -> Generator[Any, None, None]:
        """These columns, in batches from a row group or record batch on; none is empty.

        Args:
            columns: their names, each of which is that of one column.
            step: the number of the row group or record batch.
            most_rows: how many rows a batch may have.
        """

    def read(self, columns: Sequence[str], most_rows: int | None = None) -> Any:  # noqa: ANN401 -- pyarrow has no types
        """A table of these columns, with all rows or with the first of them."""
        import pyarrow

        schema = pyarrow.schema([(name, self.types[self.names.index(name)]) for name in columns])
        found, wanted = 0, self.rows if most_rows is None else most_rows
        batches: list[Any] = []
        with contextlib.closing(self.batches(columns, 0, _ROWS_AT_ONCE)) as several:
            while found < wanted and (batch := next(several, None)) is not None:
                batches.append(batch)
                found += len(batch)
        return pyarrow.Table.from_batches(batches, schema if not batches else None)[:most_rows]


def open_table_file(path: FilePath) -> TableFile:
    """Open a file of Parquet or Arrow; nothing but what says what is in it is read yet.

    Raises:
        InputError: the file is missing or damaged.
        MissingToolError: pyarrow is not installed.
    """
    require_library("pyarrow", "tables")
    require_readable(path)
    if has_ending(path, PARQUET_SUFFIXES):
        return _open_parquet(path)
    with damage_in(path, "an Arrow file", *_errors()), path.open("rb") as file:
        is_file = file.read(len(_ARROW_FILE)) == _ARROW_FILE
    return _open_arrow(path, is_file)


def _errors() -> tuple[type[Exception], ...]:
    import pyarrow

    return (pyarrow.ArrowException, ValueError, UnicodeError)


def _first_rows(counts: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """Where each of so many rows begin, and how many there are; those of none begin where the next ones do."""
    firsts, rows = [], 0
    for count in counts:
        firsts.append(rows)
        rows += count
    return tuple(firsts) or (0,), rows


# Parquet


class _Parquet(TableFile):
    def batches(self, columns: Sequence[str], step: int, most_rows: int) -> Generator[Any, None, None]:
        """These columns, in batches from a row group on."""
        ahead = min(max(_AHEAD_TOGETHER // max(1, len(columns)), _LEAST_AHEAD), _MOST_AHEAD)
        with damage_in(self.path, "a .parquet file", *_errors()), _parquet(self.path, ahead) as file:
            groups = list(range(step, file.num_row_groups))
            for batch in file.iter_batches(most_rows, row_groups=groups, columns=list(columns)):
                # In the order that was asked for.
                yield batch.select(list(columns))


@contextlib.contextmanager
def _parquet(path: FilePath, ahead: int = 0) -> Iterator[Any]:
    from pyarrow import parquet

    # Column chunks are read piece by piece, since they can be as large as the file.
    with contextlib.ExitStack() as stack:
        opened = str(path) if isinstance(path, Path) else stack.enter_context(path.open())
        yield stack.enter_context(parquet.ParquetFile(opened, buffer_size=ahead, pre_buffer=False))


def _open_parquet(path: FilePath) -> TableFile:
    with damage_in(path, "a .parquet file", *_errors()), _parquet(path) as file:
        schema, metadata = file.schema_arrow, file.metadata
        counts = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    starts, rows = _first_rows(counts)
    return _Parquet(path, tuple(schema.names), tuple(schema.types), starts, rows, _pandas_index(schema.metadata or {}))


def require_possible_rows(file: TableFile) -> None:
    """Refuse a Parquet file that says that it has far more rows than its size allows.

    Raises:
        InputError: it does.
    """
    size = stamp_of(file.path).size
    if file.rows * 8 > max(ALWAYS_EXPANDED, MOST_EXPANSION * size):
        raise InputError(
            f"{file.path} has {size} bytes and says that it has {file.rows} rows; numbers that were measured grow less "
            f"than {MOST_EXPANSION}-fold; save them as .npy if it is meant"
        )


def _pandas_index(metadata: Mapping[bytes, bytes]) -> frozenset[str]:
    """The columns that pandas keeps its index in, as its metadata say (https://pandas.pydata.org/docs/development)."""
    try:
        return frozenset(name for name in json.loads(metadata[b"pandas"])["index_columns"] if isinstance(name, str))
    except (KeyError, TypeError, ValueError, RecursionError):
        return frozenset()


# Arrow


@dataclass(frozen=True, eq=False)
class _Arrow(TableFile):
    """A file or a stream of Arrow.

    Attributes:
        is_file: whether its batches can be read in any order.
    """

    is_file: bool

    def batches(self, columns: Sequence[str], step: int, most_rows: int) -> Generator[Any, None, None]:
        """These columns, in the record batches from one on; no row is copied that is not compressed."""
        places = [self.names.index(name) for name in columns]
        with damage_in(self.path, "an Arrow file", *_errors()), _arrow(self.path, self.is_file, places) as reader:
            for number in range(step if self.is_file else 0, len(self.starts)):
                batch = reader.get_batch(number) if self.is_file else reader.read_next_batch()
                if number >= step:
                    chosen = batch.select(list(columns))
                    yield from (chosen[first : first + most_rows] for first in range(0, len(batch), most_rows))


@contextlib.contextmanager
def _arrow(path: FilePath, is_file: bool, columns: Sequence[int] = ()) -> Iterator[Any]:
    """What reads record batches; without columns, of one column alone."""
    import pyarrow
    from pyarrow import ipc

    with contextlib.ExitStack() as stack:
        if is_file and not isinstance(path, Path):
            opened = stack.enter_context(path.open("rb"))
        else:
            opened = stack.enter_context(pyarrow.memory_map(str(stack.enter_context(on_disk(path)))))
        options = ipc.IpcReadOptions(included_fields=list(columns))
        yield stack.enter_context((ipc.open_file if is_file else ipc.open_stream)(opened, options=options))


def _open_arrow(path: FilePath, is_file: bool) -> TableFile:
    counts: list[int] = []
    with damage_in(path, "an Arrow file", *_errors()):
        with _arrow(path, is_file) as reader:
            schema = reader.schema
        # Of the smallest column, since a batch is decompressed to know how long it is.
        place = min(range(len(schema)), key=lambda place: _width(schema.types[place]), default=0)
        with _arrow(path, is_file, [place]) as reader:
            if is_file:
                counts = [len(reader.get_batch(number)) for number in range(reader.num_record_batches)]
            else:
                counts = [len(batch) for batch in reader]
    starts, rows = _first_rows(counts)
    names, types = tuple(schema.names), tuple(schema.types)
    return _Arrow(path, names, types, starts, rows, _pandas_index(schema.metadata or {}), is_file)


def _width(kind: Any) -> int:  # noqa: ANN401 -- pyarrow has no types
    """How many bits an entry has; more than any number if that differs, or if it is many."""
    try:
        return int(kind.bit_width)
    except ValueError:
        return 2**31
