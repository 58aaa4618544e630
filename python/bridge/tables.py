"""Columns of `.csv` and `.parquet` tables, as numbers or as words."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bridge.array_files import require_readable
from bridge.errors import InputError, one_line
from bridge.exact import require_finite

TABLE_SUFFIXES = (".csv", ".parquet")


def is_table(path: Path) -> bool:
    """Whether the path's ending is that of a table."""
    return path.suffix.lower() in TABLE_SUFFIXES


def read_columns(path: Path, names: Sequence[str] | None = None) -> Mapping[str, Any]:
    """Read columns of a table.

    Args:
        path: a `.csv` file, whose first line holds the names, or a `.parquet` file.
        names: which columns, and in which order; all of them without it.

    Returns:
        A `pyarrow.ChunkedArray` for each name.

    Raises:
        InputError: the file is missing or damaged, it has no such column, or one name stands for two columns.
    """
    import pyarrow

    require_readable(path)
    kind = path.suffix.lower().removeprefix(".")
    try:
        found, read = _open_csv(path) if kind == "csv" else _open_parquet(path)
        wanted = found if names is None else list(names)
        for name in wanted:
            if name not in found:
                shown = ", ".join(map(repr, found[:20]))
                raise InputError(f"{path} has no column {name!r}; it has {shown}; choose among these with --names")
            if found.count(name) > 1:
                raise InputError(
                    f"{path} has {found.count(name)} columns of the name {name!r}; each needs its own; rename one"
                )
        table = read(wanted)
        if not table.num_rows:
            raise InputError(f"{path} has no rows; one for each sample is required; add them")
        return {name: table.column(name) for name in wanted}
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not a .{kind} file or is damaged ({one_line(error)}); save it again") from None


def numbers(path: Path, name: str, column: Any) -> np.ndarray:  # noqa: ANN401 -- pyarrow has no types
    """The numbers of a column, of the type that the file gives them.

    A decimal number of a `.csv` file is the nearest 64-bit float; a whole number there is a 64-bit integer, unless the
    column has other numbers too.

    Raises:
        InputError: an entry is text, missing, NaN or infinite; the message names it.
    """
    from pyarrow import types

    _require_all(path, name, column)
    is_number = types.is_integer(column.type) or types.is_floating(column.type) or types.is_boolean(column.type)
    if not is_number:
        values = column.to_pylist()
        row = next((row for row, value in enumerate(values) if not _reads_as_number(value)), 0)
        raise InputError(
            f"{path}: column {name!r} is of type {column.type}, with {str(values[row])[:40]!r} in row {row}, "
            "counted from 0; numbers are required; choose the columns of numbers with --names"
        )
    entries: np.ndarray = column.to_numpy()
    require_finite(entries, f"{path}:{name}")
    return entries


def words(path: Path, name: str, column: Any) -> tuple[list[str], np.ndarray]:  # noqa: ANN401 -- pyarrow has no types
    """The different entries of a column as text, booleans as `true` and `false`, and which of them each row has.

    Raises:
        InputError: an entry is missing, the message names it; or the column is of a type without a text.
    """
    import pyarrow

    _require_all(path, name, column)
    try:
        encoded = column.cast(pyarrow.string()).combine_chunks().dictionary_encode()
    except pyarrow.ArrowException:
        raise InputError(
            f"{path}: column {name!r} is of type {column.type}; text is required; save it as text"
        ) from None
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy()


def _require_all(path: Path, name: str, column: Any) -> None:  # noqa: ANN401 -- pyarrow has no types
    if column.null_count:
        row = int(np.flatnonzero(column.is_null().to_numpy())[0])
        raise InputError(
            f"{path}: column {name!r} is empty or NaN in row {row}, counted from 0; an entry for each sample is "
            "required; leave the sample out, here and in the latents"
        )


def _reads_as_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _open_csv(path: Path) -> tuple[list[str], Any]:
    from pyarrow import csv

    with csv.open_csv(path) as reader:
        found = reader.schema.names
    if found and all(map(_reads_as_number, found)):
        raise InputError(
            f"{path} has the numbers {', '.join(found[:3])} in its first line; the names of the columns are required "
            "there; add a line of names"
        )
    # An empty line is a missing entry if there is one column, and nothing otherwise.
    parse = csv.ParseOptions(ignore_empty_lines=len(found) > 1)

    def read(wanted: Sequence[str]) -> Any:  # noqa: ANN401 -- pyarrow has no types
        convert = csv.ConvertOptions(include_columns=list(wanted), strings_can_be_null=True)
        return csv.read_csv(path, parse_options=parse, convert_options=convert)

    return found, read


def _open_parquet(path: Path) -> tuple[list[str], Any]:
    from pyarrow import parquet

    file = parquet.ParquetFile(path)
    return file.schema_arrow.names, lambda wanted: file.read(columns=list(wanted))
