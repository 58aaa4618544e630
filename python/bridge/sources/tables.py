"""Columns of tables of text (`.csv`, `.tsv`, plain or `.gz`), Parquet and Arrow, as numbers or as words.

The columns of a text are read as text, and what is a number is decided here: so that none is rounded without a word,
and that the line of one that is wrong can be named.
"""

import contextlib
import csv
import io
import itertools
import re
import threading
import warnings
import weakref
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import IO, Any

import numpy as np

from bridge.base.arrays import require_finite
from bridge.base.errors import BridgeWarning, InputError, one_line
from bridge.base.extras import require_library
from bridge.base.file_spec import (
    ARROW_SUFFIXES,
    PARQUET_SUFFIXES,
    TABLE_SUFFIXES,
    FilePath,
    has_ending,
    open_plain_or_packed,
    require_readable,
)
from bridge.sources.table_files import TableFile, open_table_file, require_possible_rows

_BY_TABS = (".tsv", ".tsv.gz")

_DELIMITERS = ",;\t"
_HEAD_CHARACTERS, _HEAD_LINES = 2**20, 20
# A row has to fit into a block.
_BLOCK_BYTES = 2**24
# It is waited so long at most until Arrow's threads have dropped a file.
_MOST_SECONDS = 5.0

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# What np.savetxt puts before its header.
_COMMENT = "# "

# The words that pandas and R write for an entry that is missing.
_MISSING = ["", "NaN", "nan", "-NaN", "-nan", "NA", "<NA>", "N/A", "n/a", "#N/A", "NULL", "null"]
_TRUE, _FALSE = ["true", "True", "TRUE"], ["false", "False", "FALSE"]

_INTEGER = r"^[+-]?[0-9]+$"
_DECIMAL = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_DECIMAL_COMMA = r"^[+-]?([0-9]+,[0-9]*|,[0-9]+)([eE][+-]?[0-9]+)?$"
_DECIMAL_POINT = r"^[+-]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"

# What an entry that is no number may be, for the message.
_LOOKS_LIKE = {
    r"^[+-]?0[xX][0-9a-fA-F]+$": "a hexadecimal number",
    r"^[+-]?[0-9]{1,3}([,.' ][0-9]{3})+([.,][0-9]+)?$": "a number with a mark between its thousands, or a comma in it",
    _DECIMAL_COMMA: "a number with a comma, in a table that is divided by commas or has points too",
    r"^[+-]?[0-9.,]+ ?%$": "a percentage",
    r"(?i)^[+-]?inf(inity)?$": "infinite",
    r"^\d{4}-\d\d-\d\d([T ].*)?$": "a date",
    r"^\d{1,2}[./]\d{1,2}[./]\d{2,4}$": "a date",
}

# From here on, a 64-bit float does not hold every integer.
_EXACT_INTEGERS = 2.0**53
# No number that is read has more digits.
_MOST_DIGITS = 400
_MOST_SHOWN = 40


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a table.

    Attributes:
        source: what messages call it, with the name of the file.
        values: a `pyarrow.ChunkedArray`; of text in a table of text, trimmed.
        place: where in the file a row is.
        decimal_mark: what stands before the decimals in a table of text, None in any other.
        first_row: the number of its first row, if it is a block of a longer column.
    """

    source: str
    values: Any
    place: Callable[[int], str]
    decimal_mark: str | None
    first_row: int = 0


def is_table(path: FilePath) -> bool:
    """Whether the path's ending is that of a table."""
    return has_ending(path, TABLE_SUFFIXES)


def read_columns(
    path: FilePath,
    names: Sequence[str] | None = None,
    *,
    rows: int | None = None,
    files: Sequence[FilePath] = (),
    chosen_by: str = "`names=…`",
) -> Mapping[str, Column]:
    """Read columns of a table.

    Args:
        path: a `.csv` or `.tsv` file, plain or `.gz`, whose first line holds the names, divided by commas, semicolons
            or tabs; or a file of Parquet or Arrow.
        names: which columns, and in which order; without it all of them but those that are pandas' index.
        rows: how many rows the table has to have.
        files: the shards of Parquet or Arrow that the path stands for, if it is no file itself.
        chosen_by: what messages say to choose columns with.

    Returns:
        A column for each name.

    Raises:
        InputError: the file is missing or damaged, it has no such column or another number of rows, one name stands
            for two columns, or shards disagree.
        MissingToolError: pyarrow is not installed.
    """
    require_library("pyarrow", "tables")
    import pyarrow

    is_typed = bool(files) or has_ending(path, PARQUET_SUFFIXES + ARROW_SUFFIXES)
    if not is_typed:
        require_readable(path)
    kind = "tsv" if has_ending(path, _BY_TABS) else "csv"
    try:
        table = _open_typed(path, files or [path], rows) if is_typed else _open_text(path, names or ())
        wanted = table.usual if names is None else names
        require_columns(path, table.names, wanted, chosen_by)
        columns = table.read(wanted)
        found = len(next(iter(columns.values())).values) if columns else 0
        if not found:
            raise InputError(f"{path} has no rows; one for each sample is required; add them")
        require_rows(str(path), found, rows)
        return columns
    except (pyarrow.ArrowException, OSError, UnicodeError, csv.Error, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path} is not a .{kind} file or is damaged ({one_line(error)}); a whole one is required; save it again"
        ) from None


def require_columns(path: FilePath, names: Sequence[str], wanted: Sequence[str], chosen_by: str = "`names=…`") -> None:
    """Refuse a table that does not have each of these columns once.

    Raises:
        InputError: it lacks one, or has it twice.
    """
    counts = Counter(names)
    for name in wanted:
        if name not in counts:
            shown = ", ".join(map(_as_chosen, names[:20]))
            raise InputError(f"{path} has no column {name!r}; it has {shown}; choose among these with {chosen_by}")
        if counts[name] > 1:
            raise InputError(f"{path} has {counts[name]} columns of the name {name!r}; each needs its own; rename one")


def require_rows(spec: str, rows: int, samples: int | None) -> None:
    """Refuse another number of rows than there are latent points, if that is known.

    Raises:
        InputError: it is another.
    """
    if samples is not None and rows != samples:
        raise InputError(
            f"{spec} has {rows} rows and the latents {samples}; one row for each latent point is required; pass the "
            "same samples in both"
        )


def numbers(column: Column) -> np.ndarray:
    """The numbers of a column, of the type that the file gives them.

    A decimal number, in a text or of a decimal type, is the nearest 64-bit float; a whole number in a text is an
    integer of 64 bits, unless the column has other numbers too.  Of a column of lists, all of one length d, it is a
    matrix (N, d).

    Raises:
        InputError: an entry is text, missing, NaN, infinite or an integer that its type does not hold; the message
            names it.
    """
    from pyarrow import types

    column = _plain(column)
    _require_all(column)
    kind = column.values.type
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _matrix(column)
    if column.decimal_mark is not None:
        return _numbers_in_text(column)
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
        raise InputError(
            f"{column.source} is of type {kind}, with {_shown(column.values[0])} in {column.place(0)}; numbers are "
            "required; choose the columns of numbers with `names=…`"
        )
    entries: np.ndarray = column.values.to_numpy()
    require_finite(entries, column.source, first_row=column.first_row)
    return entries


def words(column: Column) -> tuple[list[str], np.ndarray]:
    """The different entries of a column as text, booleans as `true` and `false`, and which of them each row has.

    Raises:
        InputError: an entry is missing, the message names it; or the column is of a type without a text.
    """
    import pyarrow

    column = _plain(column)
    _require_all(column)
    try:
        encoded = column.values.cast(pyarrow.string()).combine_chunks().dictionary_encode()
    except pyarrow.ArrowException:
        raise InputError(
            f"{column.source} is of type {column.values.type}; text is required; save it as text"
        ) from None
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy()


def meant_by(texts: Sequence[str], decimal_mark: str) -> Sequence[int | bool | Decimal | str]:
    """Texts as what all of them are: integers, booleans, decimal numbers, exactly, or texts.

    An integer or a number that is larger than any that is read is a `Decimal`, which can be infinite.

    Args:
        texts: entries of a column of a text.
        decimal_mark: what stands before the decimals in them.
    """
    if all(re.match(_INTEGER, text) for text in texts):
        return [int(text) if len(text) <= _MOST_DIGITS else _decimal(text) for text in texts]
    if all(text in _TRUE + _FALSE for text in texts):
        return [text in _TRUE for text in texts]
    pattern = _DECIMAL_COMMA if decimal_mark == "," else _DECIMAL
    if all(re.match(pattern, text) or re.match(_INTEGER, text) for text in texts):
        return [_decimal(text.replace(",", ".")) for text in texts]
    return texts


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of some twenty digits
        return Decimal("Infinity")


def _plain(column: Column) -> Column:
    """Categories as the entries that they stand for, and numbers of a decimal type as their texts."""
    import pyarrow
    from pyarrow import types

    values, mark = column.values, column.decimal_mark
    if types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if types.is_decimal(values.type):
        values, mark = values.cast(pyarrow.string()), "."
    return Column(column.source, values, column.place, mark, column.first_row)


def _require_all(column: Column) -> None:
    from pyarrow import compute

    is_missing = column.values.is_null()
    if column.decimal_mark is not None:
        is_missing = compute.or_(is_missing, _is_in(column.values, _MISSING))
    row = _first(is_missing)
    if row is not None:
        raise InputError(
            f"{column.source} is empty or NaN in {column.place(row)}; an entry for each sample is required; leave the "
            "sample out, here and in the latents"
        )


def _first(mask: Any) -> int | None:  # noqa: ANN401 -- pyarrow has no types
    """The first row in which a mask without nulls is true."""
    from pyarrow import compute

    row = compute.index(mask, True).as_py()
    return None if row < 0 else row


def _is_in(values: Any, choice: Sequence[str]) -> Any:  # noqa: ANN401
    import pyarrow
    from pyarrow import compute

    return compute.is_in(values, value_set=pyarrow.array(choice, values.type))


def _matrix(column: Column) -> np.ndarray:
    """(N, d) numbers of a column of lists."""
    from pyarrow import compute

    lengths = compute.list_value_length(column.values)
    row = _first(compute.not_equal(lengths, lengths[0]))
    if row is not None:
        raise InputError(
            f"{column.source} has a list of {lengths[0]} in {column.place(0)} and one of {lengths[row]} in "
            f"{column.place(row)}; lists of one length are required; make them equal"
        )
    width = lengths[0].as_py()

    def place(entry: int) -> str:
        return f"entry {entry % width} of {column.place(entry // width)}"

    flat = Column(column.source, compute.list_flatten(column.values), place, None, column.first_row * width)
    entries = numbers(flat) if width else np.empty(0)
    # Of lists within lists, the numbers one after the other.
    return entries.reshape(len(column.values), entries.size // len(column.values))


def _numbers_in_text(column: Column) -> np.ndarray:
    import pyarrow
    from pyarrow import compute

    text = column.values
    is_integer = compute.match_substring_regex(text, _INTEGER)
    if compute.all(is_integer).as_py():
        return _integers(column)
    is_word = compute.or_(_is_in(text, _TRUE), _is_in(text, _FALSE))
    if compute.all(is_word).as_py():
        truths: np.ndarray = _is_in(text, _TRUE).to_numpy()
        return truths
    if column.decimal_mark == ",":
        is_decimal = compute.or_(is_integer, compute.match_substring_regex(text, _DECIMAL_COMMA))
        text = compute.replace_substring(text, ",", ".")
    else:
        is_decimal = compute.match_substring_regex(text, _DECIMAL)
    wrong = _first(compute.invert(is_decimal))
    if wrong is not None:
        raise InputError(_no_number(column, wrong))
    floats: np.ndarray = text.cast(pyarrow.float64()).to_numpy()
    for row in map(int, np.flatnonzero(np.abs(floats) >= _EXACT_INTEGERS)):
        entry = column.values[row].as_py()
        if not np.isfinite(floats[row]):
            raise InputError(
                f"{column.source} has {_shown(entry)} in {column.place(row)}, beyond the 64-bit floats; finite numbers "
                "are required; remove the sample or scale the column"
            )
        if entry.lstrip("+-").isdecimal() and _size(entry) != int(abs(floats[row])):
            raise InputError(
                f"{column.source} has the integer {_shown(entry)} in {column.place(row)}, which is no 64-bit float, "
                "beside decimal numbers; numbers of a common type are required; write it as a decimal number if it "
                "may be rounded"
            )
    return floats


def _integers(column: Column) -> np.ndarray:
    import pyarrow
    from pyarrow import compute

    text = compute.replace_substring(column.values, "+", "")
    for kind in (pyarrow.int64(), pyarrow.uint64()):
        with contextlib.suppress(pyarrow.ArrowInvalid):
            integers: np.ndarray = text.cast(kind).to_numpy()
            return integers
    entries = text.to_pylist()
    end = 2**63 if any(entry.startswith("-") for entry in entries) else 2**64
    row = next(row for row, entry in enumerate(entries) if _size(entry) >= end + entry.startswith("-"))
    raise InputError(
        f"{column.source} has the integer {_shown(entries[row])} in {column.place(row)}; integers from -2^63 to 2^63 - "
        "1, or from 0 to 2^64 - 1, are required in a column; write them as decimal numbers if they may be rounded"
    )


def _size(integer: str) -> int:
    """The absolute value, of the first digits alone if there are more than any number has that is read."""
    return int(integer.lstrip("+-0")[:_MOST_DIGITS] or 0)


def _no_number(column: Column, row: int) -> str:
    entry = column.values[row].as_py()
    kind = next((f", which is {kind}" for pattern, kind in _LOOKS_LIKE.items() if re.match(pattern, entry)), "")
    return (
        f"{column.source} has {_shown(entry)} in {column.place(row)}{kind}; plain numbers are required; choose the "
        "columns of numbers with `names=…`, or write the numbers so"
    )


def _shown(entry: object) -> str:
    text = str(entry)
    return repr(text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…")


def _as_chosen(name: str) -> str:
    """A name as --names takes it."""
    file = io.StringIO()
    csv.writer(file, lineterminator="").writerow([name])
    return repr(file.getvalue())


@dataclass(frozen=True, eq=False)
class _Table:
    """A table that is open.

    Attributes:
        names: the names of all columns.
        usual: the names of those that are meant where none is chosen.
        read: gives columns of these names.
    """

    names: Sequence[str]
    usual: Sequence[str]
    read: Callable[[Sequence[str]], Mapping[str, Column]]


def _reads_as_number(name: str) -> bool:
    return re.match(_DECIMAL, name) is not None or re.match(_DECIMAL_COMMA, name) is not None


def _open_text(path: FilePath, chosen: Sequence[str]) -> _Table:
    import pyarrow
    from pyarrow import compute
    from pyarrow import csv as arrow_csv

    encoding = _encoding(path)
    delimiter = _delimiter(path, encoding)
    reading = arrow_csv.ReadOptions(block_size=_BLOCK_BYTES, encoding=encoding)
    parsing = arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    columns = _first_row(path, encoding, delimiter)
    found = _trimmed(path, columns, chosen)
    if found and all(map(_reads_as_number, found)):
        raise InputError(
            f"{path} has the numbers {', '.join(found[:3])} in its first line; the names of the columns are required "
            "there; add a line of names"
        )
    # An empty line is a missing entry if there is one column, and nothing otherwise.
    parsing.ignore_empty_lines = len(found) > 1

    def place(row: int) -> str:
        return _line_of(path, encoding, delimiter, row, skips_empty=len(found) > 1)

    def read(wanted: Sequence[str]) -> Mapping[str, Column]:
        sources = [columns[place] for place in _places(found, wanted)]
        converting = arrow_csv.ConvertOptions(
            include_columns=sources, column_types=dict.fromkeys(sources, pyarrow.string())
        )
        with _lent(path) as lent:
            table = arrow_csv.read_csv(lent.pop(), reading, parsing, converting)
        texts = [compute.utf8_trim_whitespace(table.column(number)) for number in range(len(wanted))]
        if len(found) == 1:
            texts = [_without_empty_end(text) for text in texts]
        mark = _decimal_mark(texts, delimiter)
        return {
            name: Column(f"{path}: column {name!r}", text, place, mark)
            for name, text in zip(wanted, texts, strict=True)
        }

    return _Table(found, _usual(path, found), read)


class _Lent(io.BufferedIOBase):
    """A file that others may drop, which does not close it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        return self._file.read(-1 if size is None else size)


@contextlib.contextmanager
def _lent(path: FilePath) -> Iterator[list[_Lent]]:
    """A file for Arrow's reader of tables, to be taken out of the list; its threads have dropped it behind the block.

    One that needs Python for this when the command has ended, with an error about rows, say, aborts the process.
    """
    dropped = threading.Event()
    with open_plain_or_packed(path) as file:
        lent = [_Lent(file)]
        weakref.finalize(lent[0], dropped.set)
        try:
            yield lent
        finally:
            dropped.wait(_MOST_SECONDS)


def _first_row(path: FilePath, encoding: str, delimiter: str) -> list[str]:
    """The first row of a text, which has the names.

    Arrow's reader of blocks would give it, too, and read on in a thread of its own: if that still needs Python when the
    command has ended, with an error about a name, say, the process is aborted.
    """
    with _lines(path, encoding) as lines:
        # What has no end of a line is not read to its end.
        parts = iter(lambda: lines.readline(_BLOCK_BYTES), "")
        names = next(filter(None, csv.reader(parts, delimiter=delimiter)), None)
    if names is None:
        raise ValueError("Empty CSV file")
    return names


def _places(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    place_of = {name: place for place, name in enumerate(names)}
    return [place_of[name] for name in wanted]


def _trimmed(path: FilePath, columns: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """The names of the columns of a text, without blanks around them and without NumPy's mark of a comment."""
    first, *others = (name.strip() for name in columns)
    if first.startswith(_COMMENT) and first not in chosen:
        warnings.warn(
            f"{path} begins with {_COMMENT!r}, as np.savetxt writes it before the names; the first column is called "
            f"{first.removeprefix(_COMMENT)!r}",
            BridgeWarning,
            stacklevel=2,
        )
        first = first.removeprefix(_COMMENT).lstrip()
    return [first, *others]


def _usual(path: FilePath, names: Sequence[str]) -> Sequence[str]:
    if len(names) > 1 and not names[0]:
        warnings.warn(
            f"the first column of {path} has no name, as pandas writes an index, and is left out; write the table with "
            "index=False, or name the column",
            BridgeWarning,
            stacklevel=2,
        )
        return names[1:]
    return names


def _without_empty_end(text: Any) -> Any:  # noqa: ANN401 -- pyarrow has no types
    """A column without the empty lines at the end of the file."""
    length = len(text)
    while length and not text[length - 1].as_py():
        length -= 1
    return text[:length]


def _decimal_mark(texts: Sequence[Any], delimiter: str) -> str:
    """A comma where it cannot divide columns and no number has a point; commas beside points are refused later."""
    from pyarrow import compute

    def has(pattern: str) -> bool:
        return any(compute.any(compute.match_substring_regex(text, pattern)).as_py() for text in texts)

    return "," if delimiter != "," and has(_DECIMAL_COMMA) and not has(_DECIMAL_POINT) else "."


def _encoding(path: FilePath) -> str:
    with open_plain_or_packed(path) as file:
        return "utf-16" if file.read(2) in _UTF16_MARKS else "utf-8-sig"


@contextlib.contextmanager
def _lines(path: FilePath, encoding: str) -> Iterator[IO[str]]:
    with open_plain_or_packed(path) as file, io.TextIOWrapper(file, encoding, newline="") as lines:
        yield lines


def _delimiter(path: FilePath, encoding: str) -> str:
    """What divides the columns: the mark that gives each of the first lines the same number of them, above one."""
    if has_ending(path, _BY_TABS):
        return "\t"
    with _lines(path, encoding) as lines:
        head = lines.read(_HEAD_CHARACTERS).splitlines()[:_HEAD_LINES]
    widths = {mark: _widths(head, mark) for mark in _DELIMITERS}
    for mark, found in widths.items():
        if len(set(found)) == 1 and found[0] > 1:
            return mark
    return max(_DELIMITERS, key=lambda mark: widths[mark][:1])


def _widths(head: Sequence[str], mark: str) -> list[int]:
    """How many columns each of the lines has, as far as they can be read."""
    found: list[int] = []
    with contextlib.suppress(csv.Error):  # a field that is too long for this reader, and not for the one of tables
        found.extend(len(row) for row in csv.reader(head, delimiter=mark) if row)
    return found


def _line_of(path: FilePath, encoding: str, delimiter: str, row: int, *, skips_empty: bool) -> str:
    """The line in which a row ends; it is looked for when it is needed."""
    # The reader of lines refuses a longer field than the reader of tables does.
    with contextlib.suppress(csv.Error), _lines(path, encoding) as lines:
        reader = csv.reader(lines, delimiter=delimiter)
        ends = (reader.line_num for record in reader if record or not skips_empty)
        return f"line {next(itertools.islice(ends, row + 1, None))}"
    return f"row {row}, counted from 0"


def _open_typed(path: FilePath, paths: Sequence[FilePath], rows: int | None) -> _Table:
    files = open_tables(paths)
    if rows is not None:
        require_rows(str(path), sum(file.rows for file in files), rows)
    found = column_names(files[0])

    def place(row: int) -> str:
        if len(files) == 1:
            return f"row {row}, counted from 0"
        firsts = [0, *itertools.accumulate(file.rows for file in files)]
        shard = bisect_right(firsts, row) - 1
        return f"row {row - firsts[shard]} of {files[shard].path}, counted from 0"

    def read(wanted: Sequence[str]) -> Mapping[str, Column]:
        import pyarrow

        for file in files:
            require_columns(file.path, column_names(file), wanted)
        require_same_types(files, wanted)
        tables = [file.read([file.names[place] for place in _places(column_names(file), wanted)]) for file in files]
        several = [
            [chunk for table in tables for chunk in table.column(number).chunks] for number in range(len(wanted))
        ]
        kinds = [files[0].types[place] for place in _places(found, wanted)]
        return {
            name: Column(f"{path}: column {name!r}", pyarrow.chunked_array(chunks, kind), place, None)
            for name, chunks, kind in zip(wanted, several, kinds, strict=True)
        }

    return _Table(found, usual_columns(files[0]), read)


def open_tables(paths: Sequence[FilePath]) -> Sequence[TableFile]:
    """Open files of Parquet or Arrow, which are to have the same columns.

    Raises:
        InputError: a file cannot be read, or has columns of other names than the first.
        MissingToolError: pyarrow is not installed.
    """
    files = [open_table_file(path) for path in paths]
    for file in files:
        require_possible_rows(file)
        (first, *_), names = files, set(column_names(file))
        expected = set(column_names(first))
        if names != expected:
            lacking, other = (file, first) if expected - names else (first, file)
            (name, *_) = sorted((expected - names) or (names - expected))
            raise InputError(
                f"{lacking.path} has no column {name!r}, and {other.path} has it; shards of the same columns are "
                "required; leave out what belongs to another data set"
            )
    return files


def column_names(file: TableFile) -> Sequence[str]:
    """The names of the columns, without blanks around them."""
    return [name.strip() for name in file.names]


def usual_columns(file: TableFile) -> Sequence[str]:
    """The names of the columns that are meant where none is chosen: all but pandas' index."""
    return [name.strip() for name in file.names if name not in file.index]


def require_same_types(files: Sequence[TableFile], names: Sequence[str]) -> None:
    """Refuse columns that have another type in one file than in the first.

    Raises:
        InputError: which file, and which column.
    """
    types = [dict(zip(column_names(file), file.types, strict=True)) for file in files]
    for file, kinds in zip(files, types, strict=True):
        for name in names:
            if kinds[name] != types[0][name]:
                raise InputError(
                    f"{file.path} has the column {name!r} of type {kinds[name]}, and {files[0].path} of type "
                    f"{types[0][name]}; shards of one type are required; convert one of them"
                )
