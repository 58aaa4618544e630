"""Columns of tables: numbers as exact as the file has them, and one line for what is no number."""

import decimal
import gzip
import io
import re
import threading
import weakref
from fractions import Fraction

import numpy as np
import pandas
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from bridge.base import file_spec
from bridge.base.errors import BridgeWarning, InputError
from bridge.sources import tables
from bridge.sources.tables import is_table, numbers, read_columns, words
from support.counted import CountedText, counted_texts
from support.refusals import refusal as refusal_of
from support.strategies import unhurried


def write_csv(folder, text):
    (folder / "scores.csv").write_text(text)
    return folder / "scores.csv"


def write_parquet(folder, **columns):
    parquet.write_table(pyarrow.table(columns), folder / "scores.parquet")
    return folder / "scores.parquet"


def arrays(path, names=None):
    return {name: numbers(column) for name, column in read_columns(path, names).items()}


def refusal(path, names=None):
    return refusal_of(lambda: arrays(path, names))


def test_the_columns_of_a_csv_are_the_nearest_floats_or_integers_or_booleans(tmp_path):
    path = write_csv(tmp_path, "size,slant,is_round\n9007199254740993,0.1,true\n-1,1e-3,false\n")
    found = arrays(path)
    assert {name: (column.dtype, column.tolist()) for name, column in found.items()} == {
        "size": (np.int64, [9007199254740993, -1]),
        "slant": (np.float64, [0.1, 0.001]),
        "is_round": (np.bool_, [True, False]),
    }


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i1", "i8", "u8", "?"])
def test_the_columns_of_a_parquet_keep_their_types(tmp_path, dtype):
    values = np.array([0, 1, 1], dtype)
    (column,) = arrays(write_parquet(tmp_path, size=pyarrow.array(values))).values()
    assert (column.dtype, column.tolist()) == (values.dtype, values.tolist())


def test_every_float64_survives_a_csv_of_shortest_decimals(tmp_path):
    values = np.random.default_rng(0).integers(0, 2**63, 1000).view(np.float64)
    values = values[np.isfinite(values)]
    path = write_csv(tmp_path, "size\n" + "\n".join(map(repr, values.tolist())) + "\n")
    np.testing.assert_array_equal(arrays(path)["size"], values)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_names_choose_the_columns_and_their_order(tmp_path, kind):
    text, columns = "a,b,c.d\n1,2,3\n", {"a": [1], "b": [2], "c.d": [3]}
    path = write_csv(tmp_path, text) if kind == "csv" else write_parquet(tmp_path, **columns)
    assert list(arrays(path, ["c.d", "a"]).items()) == [("c.d", [3]), ("a", [1])]


def test_columns_that_are_not_asked_for_can_hold_anything(tmp_path):
    assert arrays(write_csv(tmp_path, "file,size\na.png,1\n,2\n"), ["size"])["size"].tolist() == [1, 2]


def test_text_behind_many_numbers_is_found(tmp_path):
    path = write_csv(tmp_path, "a,b\n" + "1,2\n" * 200_000 + "3,x\n")
    assert "column 'b' has 'x' in line 200002; plain numbers" in refusal(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a,b\n1,2\n3,x\n",
            ": column 'b' has 'x' in line 3; plain numbers are required; choose the columns of numbers with `names=…`, "
            "or write the numbers so",
        ),
        (
            "a,b\n1,2\n1,\n",
            ": column 'b' is empty or NaN in line 3; an entry for each sample is required; leave the "
            "sample out, here and in the latents",
        ),
        ("a\n1\n\n3\n", ": column 'a' is empty or NaN in line 3"),
        ("a\n1\nNaN\n", ": column 'a' is empty or NaN in line 3"),
        ("a,b\n1,2\n1,<NA>\n", ": column 'b' is empty or NaN in line 3"),
        ("\n\n", " is not a .csv file or is damaged ("),
        ("", " is not a .csv file or is damaged (Empty CSV file); a whole one is required; save it again"),
        ("a,b\n", " has no rows; one for each sample is required; add them"),
        ("a,b\n1,2,3\n", " is not a .csv file or is damaged (CSV parse error: "),
        ("a,a\n1,2\n", " has 2 columns of the name 'a'; each needs its own; rename one"),
        (
            "1.5,2\n3,4\n",
            " has the numbers 1.5, 2 in its first line; the names of the columns are required there; add a line of "
            "names",
        ),
    ],
    ids=str,
)
def test_a_csv_without_numbers_in_every_row_is_refused(tmp_path, text, message):
    path = write_csv(tmp_path, text)
    assert refusal(path).startswith(f"{path}{message}")


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("0x10", "a hexadecimal number"),
        ("-0XFF", "a hexadecimal number"),
        ('"1,234"', "a number with a mark between its thousands, or a comma in it"),
        ("1'234'567.5", "a number with a mark between its thousands, or a comma in it"),
        ('"1,5"', "a number with a comma, in a table that is divided by commas or has points too"),
        ("50%", "a percentage"),
        ("inf", "infinite"),
        ("-Infinity", "infinite"),
        ("2020-01-01", "a date"),
        ("2020-01-01T10:00:00", "a date"),
        ("31.12.2020", "a date"),
    ],
)
def test_what_only_looks_like_a_number_is_refused_with_its_line_and_what_it_is(tmp_path, entry, kind):
    path = write_csv(tmp_path, f"a,b\n1,2\n\n3,{entry}\n")
    shown = entry.strip('"')
    assert refusal(path) == (
        f"{path}: column 'b' has {shown!r} in line 4, which is {kind}; plain numbers are required; choose the columns "
        "of numbers with `names=…`, or write the numbers so"
    )


@pytest.mark.parametrize("entry", ["1_000", "1.5f", "0b1", "1e", "--1", "1 2", "True!"])
def test_no_other_spelling_of_a_number_is_guessed_at(tmp_path, entry):
    path = write_csv(tmp_path, f"a,b\n1,{entry}\n")
    assert refusal(path).startswith(f"{path}: column 'b' has {entry!r} in line 2; plain numbers are required; ")


@pytest.mark.parametrize("entry", ["1e400", "-1e400", "1" + "0" * 309])
def test_a_number_beyond_the_floats_is_refused(tmp_path, entry):
    path = write_csv(tmp_path, f"a,b\n1,2.5\n3,{entry}\n")
    shown = entry if len(entry) < 40 else f"{entry[:39]}…"
    assert refusal(path) == (
        f"{path}: column 'b' has {shown!r} in line 3, beyond the 64-bit floats; finite numbers are required; remove "
        "the sample or scale the column"
    )


# Integers


@pytest.mark.parametrize(
    ("entries", "dtype"),
    [
        (["9223372036854775807", "-9223372036854775808"], np.int64),
        (["9223372036854775808", "0"], np.uint64),
        (["18446744073709551615", "+1"], np.uint64),
        (["007", "+5"], np.int64),
    ],
)
def test_integers_of_64_bits_are_kept_exactly(tmp_path, entries, dtype):
    column = arrays(write_csv(tmp_path, "a\n" + "\n".join(entries) + "\n"))["a"]
    assert (column.dtype, [int(entry) for entry in column]) == (dtype, [int(entry) for entry in entries])


@pytest.mark.parametrize(
    ("entries", "line"),
    [
        (["1", "18446744073709551616"], 3),
        (["-1", "9223372036854775808"], 3),
        (["-9223372036854775809", "1"], 2),
        (["1" * 5000, "1"], 2),
    ],
)
def test_an_integer_beyond_64_bits_is_refused_by_its_line(tmp_path, entries, line):
    path = write_csv(tmp_path, "b,a\n" + "".join(f"1,{entry}\n" for entry in entries))
    shown = entries[line - 2]
    assert refusal(path) == (
        f"{path}: column 'a' has the integer {shown if len(shown) < 40 else shown[:39] + '…'!r} in line {line}; "
        "integers from -2^63 to 2^63 - 1, or from 0 to 2^64 - 1, are required in a column; write them as decimal "
        "numbers if they may be rounded"
    )


@unhurried
@given(st.lists(st.integers(-(2**70), 2**70), min_size=1, max_size=4), st.booleans())
def test_an_integer_is_exact_or_refused(tmp_path, integers, has_decimal):
    path = write_csv(tmp_path, "a\n" + "".join(f"{number}\n" for number in integers) + "0.5\n" * has_decimal)
    try:
        column = arrays(path)["a"]
    except InputError as error:
        assert "has the integer " in str(error)
    else:
        assert [Fraction(entry) for entry in column.tolist()][: len(integers)] == integers


def test_an_integer_that_is_no_float_is_refused_beside_decimal_numbers(tmp_path):
    path = write_csv(tmp_path, "a,b\n1,0.5\n1,-9007199254740993\n1,9007199254740992\n")
    assert refusal(path) == (
        f"{path}: column 'b' has the integer '-9007199254740993' in line 3, which is no 64-bit float, beside decimal "
        "numbers; numbers of a common type are required; write it as a decimal number if it may be rounded"
    )
    assert arrays(write_csv(tmp_path, "a\n0.5\n9007199254740992\n9007199254740993.0\n"))["a"].tolist() == [
        0.5,
        2.0**53,
        2.0**53,
    ]


# Other ways to write a table


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", "a,b\n1.5,2\n-3,4\n"),
        ("t.CSV", "a;b\n1.5;2\n-3;4\n"),
        ("t.csv", "a;b\n1,5;2\n-3;4\n"),
        ("t.csv", "a\tb\n1.5\t2\n-3\t4\n"),
        ("t.csv", '"a";"b"\n"1,5";"2"\n"-3";"4"\n'),
        ("t.tsv", "a\tb\n1.5\t2\n-3\t4\n"),
        ("t.tsv", "a\tb\n1,5\t2\n-3\t4\n"),
        ("t.csv.gz", "a,b\n1.5,2\n-3,4\n"),
        ("t.TSV.GZ", "a\tb\n1.5\t2\n-3\t4\n"),
        ("t.csv", "\ufeffa,b\n1.5,2\n-3,4\n"),
        ("t.csv", "a , b\n 1.5 , 2\n-3,4 \n"),
        ("t.csv", "a,b\r\n\r\n1.5,2\r\n-3,4\r\n\r\n"),
        ("t.csv", 'a,b\n"1.5","2"\n"-3","4"\n'),
    ],
)
def test_a_table_can_be_written_in_the_usual_ways(tmp_path, name, text):
    path = tmp_path / name
    assert is_table(path)
    path.write_bytes(gzip.compress(text.encode()) if name.lower().endswith(".gz") else text.encode())
    assert {name: column.tolist() for name, column in arrays(path).items()} == {"a": [1.5, -3.0], "b": [2, 4]}


def test_a_table_of_excel_in_utf_16_is_read(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_bytes("größe\tb\n1,5\t2\n".encode("utf-16"))
    assert {name: column.tolist() for name, column in arrays(path).items()} == {"größe": [1.5], "b": [2]}


def test_a_comma_beside_points_is_refused_since_it_can_be_either(tmp_path):
    path = write_csv(tmp_path, "a;b\n1,5;2.5\n")
    assert refusal(path).startswith(
        f"{path}: column 'a' has '1,5' in line 2, which is a number with a comma, in a table"
    )


def test_empty_lines_at_the_end_of_one_column_are_no_entries(tmp_path):
    assert arrays(write_csv(tmp_path, "a\n1\n2\n\n\n"))["a"].tolist() == [1, 2]


def test_a_line_is_counted_as_an_editor_does(tmp_path):
    path = write_csv(tmp_path, 'note,b\n"two\nlines",1\n\nx,y\n')
    assert refusal(path, ["b"]).startswith(f"{path}: column 'b' has 'y' in line 5; ")


def test_a_row_stands_for_the_line_where_a_field_is_too_long_to_count_lines(tmp_path):
    path = write_csv(tmp_path, f"note,b\nx,1\n{'x' * 200_000},y\n")
    path.write_text(path.read_text() + "x,1\n")
    assert "column 'b' has 'y' in row 1, counted from 0; " in refusal(path, ["b"])


@pytest.mark.parametrize("data", ["a,größe\n1,2\n", "a,b\n1,ö\n"])
def test_a_text_that_is_not_utf_8_is_refused(tmp_path, data):
    (tmp_path / "scores.csv").write_bytes(data.encode("latin-1"))
    assert "is not a .csv file or is damaged (" in refusal(tmp_path / "scores.csv")


def test_a_table_that_would_grow_without_bound_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(file_spec, "ALWAYS_EXPANDED", 1000)
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a\n" + b"1\n" * 10**6))
    assert refusal(path) == (
        f"{path} would grow from {path.stat().st_size} bytes more than 200-fold; numbers that were measured grow less; "
        "decompress it if it is meant"
    )


@pytest.mark.parametrize("cut", [4, 15, -1])
def test_a_truncated_gzip_is_refused(tmp_path, cut):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n")[:cut])
    assert str(path) in refusal(path)


# Names


def test_a_name_can_have_commas_and_quotes_and_lines(tmp_path):
    path = write_csv(tmp_path, '"len, mm","a ""b""","c\nd"\n1,2,3\n')
    assert list(arrays(path)) == ["len, mm", 'a "b"', "c\nd"]
    assert arrays(path, ["len, mm"])["len, mm"].tolist() == [1]
    assert refusal(path, ["len"]).startswith(f"{path} has no column 'len'; it has '\"len, mm\"', ")


def test_the_mark_of_savetxt_is_no_part_of_a_name(tmp_path):
    path = tmp_path / "t.csv"
    np.savetxt(path, [[1.5, 2.0]], delimiter=",", header="ink,height")
    with pytest.warns(BridgeWarning, match=r"begins with '# ', as np.savetxt writes it .* is called 'ink'$"):
        assert list(arrays(path)) == ["ink", "height"]
    assert list(arrays(path, ["# ink"])) == ["# ink"]


def test_the_index_that_pandas_writes_is_no_concept(tmp_path):
    frame = pandas.DataFrame({"a": [1.5, 2.5], "b": [1, 2]}, index=[7, 3])
    frame.to_csv(tmp_path / "t.csv")
    with pytest.warns(BridgeWarning, match="has no name, as pandas writes an index, and is left out"):
        assert list(arrays(tmp_path / "t.csv")) == ["a", "b"]
    frame.to_parquet(tmp_path / "t.parquet")
    assert list(arrays(tmp_path / "t.parquet")) == ["a", "b"]
    frame.rename_axis("id").to_parquet(tmp_path / "t.parquet")
    assert list(arrays(tmp_path / "t.parquet")) == ["a", "b"]
    assert arrays(tmp_path / "t.parquet", ["id"])["id"].tolist() == [7, 3]


@pytest.mark.parametrize("metadata", ["", "[]", '{"index_columns": 3}', '{"index_columns": [[], {}]}', "[" * 100_000])
def test_metadata_that_are_not_those_of_pandas_choose_nothing(tmp_path, metadata):
    table = pyarrow.table({"a": [1]}).replace_schema_metadata({"pandas": metadata})
    parquet.write_table(table, tmp_path / "t.parquet", store_schema=False)
    assert list(arrays(tmp_path / "t.parquet")) == ["a"]


def test_names_are_looked_up_in_time_that_grows_as_they_do(tmp_path):
    names = counted_texts(300)
    path = write_csv(tmp_path, ",".join(names) + "\n" + ",".join("1" for _ in names) + "\n")
    read_columns(path, names)
    assert CountedText.compared < 10 * len(names)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            pyarrow.array(["x", "y"]),
            ": column 'a' is of type string, with 'x' in row 0, counted from 0; numbers are required; choose the "
            "columns of numbers with `names=…`",
        ),
        (pyarrow.array(["x", "y"]).dictionary_encode(), ": column 'a' is of type string, with 'x' in row 0"),
        (pyarrow.array([0], pyarrow.date32()), ": column 'a' is of type date32[day], with '1970-01-01' in row 0"),
        (pyarrow.array([0], pyarrow.timestamp("s")), ": column 'a' is of type timestamp[ms], with '1970-01-01 00:"),
        (
            pyarrow.array([[1], [2, 3]]),
            ": column 'a' has a list of 1 in row 0, counted from 0 and one of 2 in row 1, counted from 0; lists of one "
            "length are required; make them equal",
        ),
        (pyarrow.array([[1, 2], [3, None]]), ": column 'a' is empty or NaN in entry 1 of row 1, counted from 0"),
        (pyarrow.array([[1], None]), ": column 'a' is empty or NaN in row 1"),
        (pyarrow.array([["x"]]), ": column 'a' is of type string, with 'x' in entry 0 of row 0"),
        (pyarrow.array([{"x": 1}]), ": column 'a' is of type struct<x: int64>, with "),
        (pyarrow.array([1, None]), ": column 'a' is empty or NaN in row 1"),
        (pyarrow.array([], pyarrow.float64()), " has no rows"),
    ],
    ids=str,
)
def test_a_column_of_a_parquet_that_holds_no_numbers_is_refused(tmp_path, column, message):
    path = write_parquet(tmp_path, a=column)
    assert refusal(path).startswith(f"{path}{message}")


def test_nan_in_a_parquet_is_named(tmp_path):
    path = write_parquet(tmp_path, a=[1.0, float("nan")])
    assert refusal(path).startswith(f"`{path}: column 'a'[1]` is NaN; ")


def test_an_unknown_column_is_refused_with_the_columns_there_are(tmp_path):
    path = write_csv(tmp_path, "a,b\n1,2\n")
    assert refusal(path, ["b", "c"]) == (
        f"{path} has no column 'c'; it has 'a', 'b'; choose among these with `names=…`"
    )


def test_a_missing_table_is_refused(tmp_path):
    assert refusal(tmp_path / "none.csv") == f"{tmp_path}/none.csv does not exist; a file is required; check the path"


def test_a_truncated_parquet_is_refused(tmp_path):
    path = write_parquet(tmp_path, a=list(range(100)))
    data = path.read_bytes()
    for length in range(0, len(data), 13):
        path.write_bytes(data[:length])
        assert re.match(rf"{re.escape(str(path))} is not a \.parquet file or is damaged \(", refusal(path))


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (["train", "held_out", "train"], (["train", "held_out"], [0, 1, 0])),
        ([True, False, True], (["true", "false"], [0, 1, 0])),
        (pyarrow.array(["b", "a"]).dictionary_encode(), (["b", "a"], [0, 1])),
    ],
    ids=str,
)
def test_words_are_counted_once_and_found_in_every_row(tmp_path, column, found):
    path = write_parquet(tmp_path, part=column)
    vocabulary, rows = words(read_columns(path)["part"])
    assert (vocabulary, rows.tolist()) == found


def test_a_column_that_is_no_text_is_refused(tmp_path):
    path = write_parquet(tmp_path, part=[{"a": 1}])
    with pytest.raises(InputError, match=r"column 'part' is of type struct<.*; text is required; save it as text$"):
        words(read_columns(path)["part"])


# What only a Parquet has


def test_categories_of_numbers_are_numbers(tmp_path):
    path = write_parquet(tmp_path, a=pyarrow.array([3, 1, 3]).dictionary_encode())
    assert arrays(path)["a"].tolist() == [3, 1, 3]


@pytest.mark.parametrize(
    ("numbers", "dtype"), [(["1.10", "-2.25"], np.float64), (["18446744073709551615", "0"], np.uint64)]
)
def test_a_decimal_of_a_parquet_is_the_nearest_float_or_an_integer(tmp_path, numbers, dtype):
    column = pyarrow.array([decimal.Decimal(number) for number in numbers])
    found = arrays(write_parquet(tmp_path, a=column))["a"]
    expected = [float(number) if dtype == np.float64 else int(number) for number in numbers]
    assert (found.dtype, found.tolist()) == (dtype, expected)


@pytest.mark.parametrize("kind", [pyarrow.list_(pyarrow.float32()), pyarrow.list_(pyarrow.float32(), 2)], ids=str)
def test_a_column_of_lists_is_a_matrix(tmp_path, kind):
    values = [[1.5, -0.0], [1e-40, 3.0], [5.0, 6.0]]
    found = arrays(write_parquet(tmp_path, a=pyarrow.array(values, kind)))["a"]
    assert found.dtype == np.float32
    assert found.tobytes() == np.array(values, np.float32).tobytes()


def test_a_parquet_of_another_length_is_refused_unread(tmp_path, monkeypatch):
    path = write_parquet(tmp_path, a=[1, 2])
    monkeypatch.setattr(parquet.ParquetFile, "read", None)
    with pytest.raises(InputError, match="has 2 rows and the latents 3; one row for each latent point is required"):
        read_columns(path, rows=3)


def test_a_parquet_that_would_grow_without_bound_is_refused_unread(tmp_path, monkeypatch):
    path = write_parquet(tmp_path, a=np.zeros(10**7))
    monkeypatch.setattr(parquet.ParquetFile, "read", None)
    assert refusal(path) == (
        f"{path} has {path.stat().st_size} bytes and says that it has 10000000 rows; numbers that were measured grow "
        "less than 200-fold; save them as .npy if it is meant"
    )


@pytest.mark.parametrize("name", ["t.parquet", "t.PARQUET", "t.pq"])
def test_a_parquet_is_known_by_its_ending(tmp_path, name):
    parquet.write_table(pyarrow.table({" a ": [1]}), tmp_path / name)
    assert arrays(tmp_path / name)["a"].tolist() == [1]


# Arrow's threads, which abort the process if they want Python when the command has ended


def test_names_are_read_by_no_thread_that_could_go_on(tmp_path, monkeypatch):
    readers = set()

    class Watched(io.BytesIO):
        def read(self, size=-1):
            readers.add(threading.get_ident())
            return super().read(size)

    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    monkeypatch.setattr(tables, "open_plain_or_packed", lambda path: Watched(path.read_bytes()))
    with pytest.raises(InputError, match="has no column 'c'"):
        read_columns(tmp_path / "t.csv", ["c"])
    assert readers <= {threading.get_ident()}


def test_a_file_has_been_dropped_by_all_threads_when_it_is_read(tmp_path, monkeypatch):
    lent = []

    class Watched(tables._Lent):
        def __init__(self, file):
            super().__init__(file)
            lent.append(weakref.ref(self))

    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 1000)
    monkeypatch.setattr(tables, "_Lent", Watched)
    for _ in range(50):
        read_columns(tmp_path / "t.csv", ["a"])
        assert lent.pop()() is None
