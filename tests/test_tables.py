"""Columns of tables: numbers as exact as the file has them, and one line for what is no number."""

import re

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from bridge.errors import InputError
from bridge.tables import numbers, read_columns, words


def write_csv(folder, text):
    (folder / "scores.csv").write_text(text)
    return folder / "scores.csv"


def write_parquet(folder, **columns):
    parquet.write_table(pyarrow.table(columns), folder / "scores.parquet")
    return folder / "scores.parquet"


def arrays(path, names=None):
    return {name: numbers(path, name, column) for name, column in read_columns(path, names).items()}


def refusal(path, names=None):
    with pytest.raises(InputError) as caught:
        arrays(path, names)
    message = str(caught.value)
    assert "\n" not in message
    return message


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
    assert "column 'b' is of type string, with 'x' in row 200000, counted from 0" in refusal(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a,b\n1,2\n3,x\n",
            ": column 'b' is of type string, with 'x' in row 1, counted from 0; numbers are required; choose the "
            "columns of numbers with --names",
        ),
        ("a\n2020-01-01\n", ": column 'a' is of type date32[day], with '2020-01-01' in row 0, counted from 0; numbers"),
        (
            "a,b\n1,2\n1,\n",
            ": column 'b' is empty or NaN in row 1, counted from 0; an entry for each sample is required; leave the "
            "sample out, here and in the latents",
        ),
        ("a\n1\n\n3\n", ": column 'a' is empty or NaN in row 1"),
        ("a\n1\nNaN\n", ": column 'a' is empty or NaN in row 1"),
        ("", " is not a .csv file or is damaged (Empty CSV file); save it again"),
        ("a,b\n", " has no rows; one for each sample is required; add them"),
        ("a,b\n1,2,3\n", " is not a .csv file or is damaged (CSV parse error: Expected 2 columns, got 3: 1,2,3)"),
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


@pytest.mark.parametrize(("text", "shown"), [("inf", "+inf"), ("-inf", "-inf"), ("1e400", "+inf")])
def test_an_infinite_number_is_named(tmp_path, text, shown):
    path = write_csv(tmp_path, f"a,b\n1,2\n3,{text}\n")
    assert refusal(path).startswith(f"`{path}:b[1]` is {shown}; only finite numbers convert exactly")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pyarrow.array(["x", "y"]), ": column 'a' is of type string, with 'x' in row 0"),
        (pyarrow.array(["x", "y"]).dictionary_encode(), ": column 'a' is of type dictionary<values=string, "),
        (pyarrow.array([[1], [2]]), ": column 'a' is of type list<"),
        (pyarrow.array([1, None]), ": column 'a' is empty or NaN in row 1"),
        (pyarrow.array([], pyarrow.float64()), " has no rows"),
    ],
    ids=["text", "categories", "lists", "missing", "empty"],
)
def test_a_column_of_a_parquet_that_holds_no_numbers_is_refused(tmp_path, column, message):
    path = write_parquet(tmp_path, a=column)
    assert refusal(path).startswith(f"{path}{message}")


def test_nan_in_a_parquet_is_named(tmp_path):
    path = write_parquet(tmp_path, a=[1.0, float("nan")])
    assert refusal(path).startswith(f"`{path}:a[1]` is NaN; ")


def test_an_unknown_column_is_refused_with_the_columns_there_are(tmp_path):
    path = write_csv(tmp_path, "a,b\n1,2\n")
    assert refusal(path, ["b", "c"]) == (f"{path} has no column 'c'; it has 'a', 'b'; choose among these with --names")


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
    vocabulary, rows = words(path, "part", read_columns(path)["part"])
    assert (vocabulary, rows.tolist()) == found


def test_a_column_that_is_no_text_is_refused(tmp_path):
    path = write_parquet(tmp_path, part=[[1], [2]])
    with pytest.raises(InputError, match=r"column 'part' is of type list<.*; text is required; save it as text$"):
        words(path, "part", read_columns(path)["part"])
