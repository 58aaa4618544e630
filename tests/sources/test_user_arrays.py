"""Arrays, tensors and tables come in with exactly their numbers, or are refused in one line."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse
import torch
from hypothesis import given
from hypothesis import strategies as st

from bridge.sources.user_arrays import as_array, column_names, dense, precision, require_same_samples
from support.refusals import refusal
from support.strategies import number_arrays


@given(number_arrays(2, 3))
def test_an_array_comes_in_bit_for_bit_in_any_order_of_bytes_and_of_entries(array):
    for same in (array, np.asfortranarray(array), array.astype(array.dtype.newbyteorder()), array[::-1][::-1]):
        found = as_array(same, "latents")
        assert (found.dtype, found.tobytes()) == (array.dtype, array.tobytes())


FLOATS = np.array([[0.1, -2.5], [3e-8, 7.0]], np.float32)
TENSORS = {
    "one that requires a gradient": torch.from_numpy(FLOATS.copy()).requires_grad_(),
    "one that a computation has made": torch.from_numpy(FLOATS.copy()).requires_grad_() * 1,
    "one that is not contiguous": torch.from_numpy(FLOATS.T.copy()).T,
    "one whose signs are still to be turned": torch._neg_view(torch.from_numpy(-FLOATS)),
    "a parameter": torch.nn.Parameter(torch.from_numpy(FLOATS.copy())),
}


@pytest.mark.parametrize("tensor", TENSORS.values(), ids=TENSORS.keys())
def test_a_tensor_comes_in_bit_for_bit(tensor):
    found = as_array(tensor, "latents")
    assert found.dtype == np.float32
    assert np.array_equal(found, FLOATS)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64, torch.int64, torch.uint8, torch.bool])
def test_a_tensor_of_any_type_that_numpy_can_hold_has_the_same_numbers(dtype):
    tensor = torch.arange(-4, 5).to(dtype)
    found = as_array(tensor, "scores")
    assert [Fraction(value.item()) for value in found] == [Fraction(value.item()) for value in tensor]
    assert found.dtype.itemsize == max(tensor.element_size(), 4 if dtype == torch.bfloat16 else 0)


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (torch.eye(2).to_sparse(), "can't convert Sparse"),
        (torch.ones(2, device="meta"), "Cannot copy out of meta tensor"),
        (torch.ones(2).to(torch.float8_e5m2), "Got unsupported ScalarType"),
    ],
    ids=["sparse", "without numbers", "float8"],
)
def test_a_tensor_that_numpy_cannot_hold_is_refused(tensor, reason):
    assert refusal(as_array, tensor, "latents").startswith(
        f"`latents` is a tensor that NumPy has no type for ({reason}"
    )


def test_a_masked_entry_is_refused_and_an_array_with_no_entry_masked_is_taken():
    masked = np.ma.masked_array(FLOATS, mask=[[False, False], [False, True]])
    assert refusal(dense, masked, "y") == (
        "`y[1, 1]` is masked; every entry must be a number; leave out the samples with masked entries"
    )
    assert np.array_equal(as_array(np.ma.masked_array(FLOATS, mask=False), "y"), FLOATS)


def test_a_sparse_matrix_is_refused():
    assert refusal(dense, scipy.sparse.csr_array(FLOATS), "X") == (
        "`X` is a sparse matrix; a dense array is required; pass its .toarray()"
    )


def test_read_only_and_mapped_arrays_come_in_as_they_are(tmp_path):
    np.save(tmp_path / "Z.npy", FLOATS)
    mapped = np.load(tmp_path / "Z.npy", mmap_mode="r")
    assert np.array_equal(as_array(mapped, "latents"), FLOATS)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5]}),
        pd.DataFrame({"a": pd.array([1, 2], dtype="Int64"), "b": pd.array([0.5, 1.5], dtype="Float64")}),
        pd.DataFrame({"a": pd.array([1, 2], dtype="Int64").astype(object), "b": [0.5, 1.5]}),
        pa.table({"a": [1, 2], "b": [0.5, 1.5]}),
        [[1, 0.5], [2, 1.5]],
        np.array([[1, 0.5], [2, 1.5]], object),
    ],
    ids=["pandas", "types of pandas", "objects in a table", "pyarrow", "lists", "objects"],
)
def test_the_numbers_of_tables_and_lists_are_read(table):
    found = as_array(table, "latents")
    assert found.dtype == np.float64
    assert found.tolist() == [[1, 0.5], [2, 1.5]]


BEYOND = 2**53 + 1


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"id": [1, BEYOND], "b": [0.5, 1.5]}),
        pa.table({"id": [1, BEYOND], "b": [0.5, 1.5]}),
        [[1, 0.5], [BEYOND, 1.5]],
    ],
    ids=["pandas", "pyarrow", "lists"],
)
def test_an_integer_that_floats_beside_it_would_round_is_refused(table):
    assert refusal(as_array, table, "scores") == (
        f"`scores[1, 0]` is the integer {BEYOND}, which is no 64-bit float, and stands beside floats; numbers of a "
        "common type are required; pass all of them as integers or as floats"
    )


def test_large_integers_that_no_float_stands_beside_and_large_floats_are_kept():
    assert as_array(pd.DataFrame({"id": [BEYOND, 2]}), "scores")[0, 0] == BEYOND
    assert as_array(pd.DataFrame({"id": [2**60, 2], "b": [0.5, 1e300]}), "scores").tolist() == [
        [2**60, 0.5],
        [2, 1e300],
    ]
    assert as_array([BEYOND, -1], "scores").dtype == np.int64


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, 2], [3]], "`scores` cannot be read as an array ("),
        (pd.DataFrame({"a": [1, pd.NA]}, dtype=object), "`scores` has the entry <NA>; a number of 16, 32 or"),
        ([1.0, None], "`scores` has the entry None; a number of 16, 32 or 64 bits is required; convert it first"),
        ([1, Fraction(1, 3)], "`scores` has the entry Fraction(1, 3); a number of"),
        ([1, 2**70], f"`scores` has the entry {2**70}; a number of"),
    ],
    ids=["rows of different lengths", "no value", "None", "a fraction", "an integer of more than 64 bits"],
)
def test_what_holds_no_numbers_is_refused(values, message):
    assert refusal(as_array, values, "scores").startswith(message)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (FLOATS, "float32"),
        (FLOATS.astype(np.float16), "float16"),
        (torch.from_numpy(FLOATS.copy()).bfloat16(), "bfloat16"),
        (torch.from_numpy(FLOATS.copy()), "float32"),
        (pd.DataFrame(FLOATS), "float32"),
        ([1, 2], "float64"),
        (np.arange(3), "float64"),
    ],
    ids=str,
)
def test_what_numbers_were_rounded_to_is_told_by_their_type(values, name):
    assert precision(values, as_array(values, "latents")) == name


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (pd.DataFrame(FLOATS, columns=["a", "b"]), ("a", "b")),
        (pd.Series([1.0], name="size"), ("size",)),
        (pa.table({"a": [1], "b": [2]}), ("a", "b")),
        (pd.DataFrame(FLOATS), None),
        (pd.DataFrame(FLOATS, columns=["a", 0]), None),
        (pd.Series([1.0]), None),
        (FLOATS, None),
        (torch.ones(2), None),
        ([[1.0]], None),
    ],
    ids=str,
)
def test_columns_have_the_names_of_text_that_they_came_with(values, names):
    assert column_names(values) == names


def test_tables_with_other_labels_or_another_order_of_them_are_refused():
    left = pd.DataFrame(FLOATS, index=["a", "b"])
    message = (
        "`Z` and `C` have rows of different labels or in another order; the same samples in the same order are "
        "required; align them by their index first"
    )
    for right in (left[::-1], pd.Series([1.0, 2.0], index=["a", "c"])):
        assert refusal(require_same_samples, {"Z": left, "mask": None, "C": right}) == message


def test_labels_that_count_and_what_has_no_labels_go_with_all_others():
    labelled = pd.DataFrame(FLOATS, index=["a", "b"])
    require_same_samples({"Z": labelled, "C": pd.Series([1.0, 2.0]), "is_train": labelled[0], "more": [1, 2]})


@pytest.mark.parametrize("dtype", ["float32", "int64"])
@given(data=st.data())
def test_a_column_of_a_table_has_the_numbers_of_the_table(dtype, data):
    column = data.draw(st.lists(st.integers(-(2**23), 2**23), min_size=1, max_size=4))
    series = pd.Series(column, dtype=dtype, name="size")
    assert as_array(series, "scores").tolist() == column
