"""Labels: what they may look like in files and in programs, and what is wrong with any other."""

import datetime
import decimal

import numpy as np
import pandas as pd
import pyarrow
import pytest
import safetensors.torch
import scipy.sparse
import torch
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from sklearn.preprocessing import LabelBinarizer, LabelEncoder

from bridge.base.errors import InputError
from bridge.base.names import require_concept_names
from bridge.sources.labels import Labels, class_name, read_labels
from support.refusals import refusal
from support.strategies import unhurried

ONE_HOT = np.eye(3, dtype=np.int64)[[2, 0, 1, 0]]


def summary(labels):
    return labels.kind, labels.class_names, labels.numbers.tolist()


def write(folder, text, name="y.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def save(folder, array, name="y.npy"):
    np.save(folder / name, array)
    return str(folder / name)


# Programs

PROGRAMS = {
    "integers": ([3, -1, 2, 3], "integers", ("-1", "2", "3"), [2, 0, 1, 2]),
    "beyond 64 bits": ([2**70, -(2**80), 5], "integers", ("-1208925819614629174706176", "5", str(2**70)), [2, 0, 1]),
    "objects": (np.array([2**64, 7, 2**64], object), "integers", ("7", str(2**64)), [1, 0, 1]),
    "uint64": (np.array([2**64 - 1, 0], np.uint64), "integers", ("0", str(2**64 - 1)), [1, 0]),
    "in any order": (np.array([2, 0, 1, 2]), "integers", ("0", "1", "2"), [2, 0, 1, 2]),
    "a column vector": ([[1], [0]], "integers", ("0", "1"), [1, 0]),
    "texts by code point": (["b", "ü", "a", "Z", "字"], "strings", ("Z", "a", "b", "ü", "字"), [2, 3, 1, 0, 4]),
    "texts of a fixed width": (np.array(["b", "a"]), "strings", ("a", "b"), [1, 0]),
    "texts of any width": (np.array(["b", "a"], np.dtypes.StringDType()), "strings", ("a", "b"), [1, 0]),
    "bytes": (np.array(["ü".encode(), b"a"]), "strings", ("a", "ü"), [1, 0]),
    "texts of numbers": (["10", "9"], "strings", ("10", "9"), [0, 1]),
    "blanks are part of a text": (["a", " a"], "strings", (" a", "a"), [1, 0]),
    "booleans": ([True, False, True], "booleans", ("False", "True"), [1, 0, 1]),
    "whole floats": ([1.0, -0.0, 0.0, 2.0], "floats", ("0", "1", "2"), [1, 0, 0, 2]),
    "integers beside floats": ([2**53 + 1, 2.0**53], "floats", (str(2**53), str(2**53 + 1)), [1, 0]),
    "long floats": (np.array([1, 2], np.longdouble), "floats", ("1", "2"), [0, 1]),
    "decimals": ([decimal.Decimal("1.0"), decimal.Decimal(3)], "floats", ("1", "3"), [0, 1]),
    "integers that may be missing": (pd.Series([2, 1], dtype="Int64"), "integers", ("1", "2"), [1, 0]),
    "texts of pandas": (pd.Series(["y", "x"]), "strings", ("x", "y"), [1, 0]),
    "categories": (
        pd.Series(pd.Categorical(["y", "x", "y"], ["y", "z", "x"])),
        "categories",
        ("x", "y"),
        [1, 0, 1],
    ),
    "arrow": (pyarrow.chunked_array([["b"], ["a"]]), "strings", ("a", "b"), [1, 0]),
    "a tensor": (torch.tensor([4, 3]), "integers", ("3", "4"), [1, 0]),
    "a tensor of bfloat16": (torch.tensor([4, 3], dtype=torch.bfloat16), "floats", ("3", "4"), [1, 0]),
    "tensors": ([torch.tensor(1), torch.tensor(0)], "integers", ("0", "1"), [1, 0]),
    "one-hot": (ONE_HOT, "one-hot", ("0", "1", "2"), [2, 0, 1, 0]),
    "one-hot lists": (ONE_HOT.tolist(), "one-hot", ("0", "1", "2"), [2, 0, 1, 0]),
    "one-hot floats": (torch.tensor(ONE_HOT, dtype=torch.float16), "one-hot", ("0", "1", "2"), [2, 0, 1, 0]),
    "one-hot booleans": (ONE_HOT == 1, "one-hot", ("0", "1", "2"), [2, 0, 1, 0]),
    "a column of zeros": (np.eye(3, dtype=bool)[[0, 2, 2]], "one-hot", ("0", "1", "2"), [0, 2, 2]),
    "a one-hot table": (pd.get_dummies(pd.Series(["b", "a", "c"])), "one-hot", ("a", "b", "c"), [1, 0, 2]),
    "columns in another order": (pd.DataFrame({"z": [1, 0], "a": [0.0, 1.0]}), "one-hot", ("z", "a"), [0, 1]),
    "columns of several types": (pd.DataFrame({"z": [1, 0], "a": [False, True]}), "one-hot", ("z", "a"), [0, 1]),
    "columns that are numbers": (pd.get_dummies(pd.Series([5, 10, 5])), "one-hot", ("5", "10"), [0, 1, 0]),
    "an arrow table": (pyarrow.table({"b": [1, 0], "a": [0, 1]}), "one-hot", ("b", "a"), [0, 1]),
}


@pytest.mark.parametrize(("values", "kind", "names", "numbers"), PROGRAMS.values(), ids=PROGRAMS)
def test_labels_of_a_program_are_its_classes_in_order(values, kind, names, numbers):
    assert summary(Labels.of(values)) == (kind, names, numbers)


def test_numbers_are_64_bit_integers_one_for_each_sample():
    for values, *_ in PROGRAMS.values():
        labels = Labels.of(values, samples=len(values))
        assert labels.numbers.dtype == np.int64
        assert labels.numbers.shape == (len(values),)


def test_labels_are_called_as_is_said_or_as_the_column_or_label():
    series = pd.Series([0, 1], name="digit")
    assert Labels.of(series).name == "digit"
    assert Labels.of(series.to_frame()).name == "digit"
    assert Labels.of(series, name="class").name == "class"
    assert Labels.of(series.rename(7)).name == "label"
    assert Labels.of(ONE_HOT).name == "label"


def test_what_labels_were_is_said():
    assert Labels.of(ONE_HOT).line() == "labels: one-hot, 3 classes"
    assert Labels.of([True, False]).line() == "labels: booleans, 2 classes"


SCALARS = (
    st.integers(-5, 5).map(float) | st.integers(),
    st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"], exclude_characters="«»"), min_size=1),
    st.booleans(),
)


@given(st.one_of(*(st.lists(scalar, min_size=2, max_size=9) for scalar in SCALARS)))
def test_classes_are_those_of_scikit_learn(values):
    encoder = LabelEncoder()
    try:
        numbers = encoder.fit_transform(np.array(values, dtype=object if isinstance(values[0], str) else None))
    except TypeError:  # integers and floats beyond 64 bits
        numbers = None
    try:
        labels = Labels.of(values)
    except InputError:
        assert len(set(values)) < 2 or any(value in ("nan", "NaN", "<NA>", "Bridge", "samples") for value in values)
        return
    if numbers is not None and not any(isinstance(value, float | int) and abs(value) > 2**53 for value in values):
        assert labels.numbers.tolist() == numbers.tolist()
        assert labels.class_names == tuple(class_name(each) for each in encoder.classes_)
    assert [labels.class_names[number] for number in labels.numbers] == [class_name(value) for value in values]
    require_concept_names(labels.class_names)


@given(st.lists(st.integers(0, 4), min_size=3, max_size=10).filter(lambda some: len(set(some)) > 2))
def test_one_hot_labels_are_the_labels(values):
    matrix = LabelBinarizer().fit_transform(values)
    names = tuple(map(str, sorted(set(values))))
    table = pd.DataFrame(matrix, columns=list(names))
    assert summary(Labels.of(table))[1:] == summary(Labels.of(values))[1:]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (np.int64(3), "3"),
        (3.0, "3"),
        (np.float32(-2), "-2"),
        (np.True_, "True"),
        (np.str_("a"), "a"),
        (2**70, str(2**70)),
    ],
)
def test_the_class_of_an_estimator_has_the_name_of_the_label(value, name):
    assert class_name(value) == name


def test_a_class_that_no_label_can_be_is_refused():
    assert refusal(class_name, 0.5).startswith("a class is 0.5, which is no whole number; ")


MISSING = "which is missing; a label for each sample is required; leave the sample out, here and in the latents"
CONVERT = "an integer, a text or a boolean is required for each sample; convert the labels first"
MIXED = "labels of one type are required; convert all to texts"
NO_WHOLE = (
    "which is no whole number; classes are required, as integers, texts or booleans; pass them as `scores=…` if they "
    "are scores"
)
SHAPE = "labels of shape (N,), or one-hot labels (N, K) of K ≥ 2 classes, are required; reshape them"


def of_one_hot(shape, remedy="leave out samples of no class, or of several"):
    return f"one 1 in each row, and 0 for the other classes, are required of labels of shape {shape}; {remedy}"


ARGMAX = "give one column of labels, or take the argmax of probabilities"
REFUSED = {
    "None": ([1, None], f"`labels[1]` is None, {MISSING}"),
    "NaN": (np.array([1, np.nan, np.nan]), f"`labels[1]` is nan, {MISSING}"),
    "NaN first": ([np.nan, 1.0], f"`labels[0]` is nan, {MISSING}"),
    "NaN among texts": (["a", np.nan], f"`labels[1]` is nan, {MISSING}"),
    "NaN as a text": (np.array(["a", np.nan]), f"`labels[1]` is 'nan', {MISSING}"),
    "NA": ([1, pd.NA], f"`labels[1]` is <NA>, {MISSING}"),
    "NaT": ([1, pd.NaT], f"`labels[1]` is NaT, {MISSING}"),
    "no category": (pd.Series(["x", None], dtype="category"), f"`labels[1]` is nan, {MISSING}"),
    "null": (pyarrow.array(["x", None]), f"`labels[1]` is None, {MISSING}"),
    "the first fraction": ([2.0, 1.5, 0.5], f"`labels[1]` is 1.5, {NO_WHOLE}"),
    "the first of an array": (np.array([2.0, 1.5, 0.5]), f"`labels[1]` is 1.5, {NO_WHOLE}"),
    "infinite": ([1, float("-inf")], f"`labels[1]` is -inf, {NO_WHOLE}"),
    "a fraction of decimals": ([decimal.Decimal("1e-999999"), 1], f"`labels[0]` is 1E-999999, {NO_WHOLE}"),
    "a huge decimal": (
        [decimal.Decimal("1e999999"), 1],
        "`labels[0]` is an integer of more than 400 digits; shorter ones are required; number the classes, or name "
        "them",
    ),
    "a huge integer": (
        [1, -(10**400)],
        "`labels[1]` is an integer of more than 400 digits; shorter ones are required; number the classes, or name "
        "them",
    ),
    "texts and integers": (
        [1, 2, "a"],
        f"`labels[2]` is 'a', and `labels[0]` is 1, so that there are integers and strings; {MIXED}",
    ),
    "booleans and integers": (
        [True, 1],
        f"`labels[1]` is 1, and `labels[0]` is True, so that there are booleans and integers; {MIXED}",
    ),
    "floats and booleans": (
        np.array([1, 2.0, False], object),
        f"`labels[2]` is False, and `labels[0]` is 1, so that there are integers and booleans; {MIXED}",
    ),
    "dates": ([datetime.date(2026, 1, 2)], f"`labels[0]` is datetime.date(2026, 1, 2), of type date; {CONVERT}"),
    "times": ([np.timedelta64(1), 2], f"`labels[0]` is np.timedelta64(1), of type timedelta64; {CONVERT}"),
    "an array of dates": (
        np.array(["2026-01-02"], "datetime64[D]"),
        "`labels` has entries of type datetime64[D]; integers, texts or booleans are required; convert the labels "
        "first",
    ),
    "complex": ([1j, 1], f"`labels[0]` is 1j, of type complex; {CONVERT}"),
    "an array of complex numbers": (
        torch.tensor([1j]),
        "`labels` has entries of type complex64; integers, texts or booleans are required; convert the labels first",
    ),
    "bytes": (
        [b"a", b"\xff"],
        "`labels[1]` is b'\\xff', bytes that are no UTF-8; texts are required; decode them first",
    ),
    "rows of several lengths": ([[1, 0], [1]], f"`labels[0]` is [1, 0], of type list; {CONVERT}"),
    "deeper rows": (
        [[[1], [0]], [[1], [1, 2]]],
        f"`labels` has 2 columns of type object; {of_one_hot((2, 2), ARGMAX)}",
    ),
    "large integers in rows": ([[2**70, 0]], f"`labels` has 2 columns of type object; {of_one_hot((1, 2), ARGMAX)}"),
    "one class": (
        ["a", "a"],
        "the labels have the one class 'a'; at least two classes are required; add samples of another",
    ),
    "one class of several": (
        np.eye(2)[[1, 1]],
        "the labels have the one class '1'; at least two classes are required; add samples of another",
    ),
    "no samples": ([], "the labels have no sample; at least two classes are required; add samples of another"),
    "scores": (
        np.arange(11.0),
        "the labels have 11 classes for as many samples, as scores have; classes of several samples are required; pass "
        "them as `scores=…` if they are scores, or leave rare classes out",
    ),
    "a number": (3, f"`labels` has shape (); {SHAPE}"),
    "a text": ("abc", f"`labels` has shape (); {SHAPE}"),
    "a dict": ({"a": 1}, f"`labels` has shape (); {SHAPE}"),
    "a cube": (np.zeros((2, 2, 2)), f"`labels` has shape (2, 2, 2); {SHAPE}"),
    "no column": (np.zeros((2, 0)), f"`labels` has shape (2, 0); {SHAPE}"),
    "several ones": ([[1, 0], [1, 1]], f"`labels[1]` has 2 ones; {of_one_hot((2, 2))}"),
    "no one": ([[1, 0], [0, 0]], f"`labels[1]` has no 1; {of_one_hot((2, 2))}"),
    "probabilities": ([[1, 0], [0.25, 0.75]], f"`labels[1]` has 0.25 in column 0; {of_one_hot((2, 2), ARGMAX)}"),
    "NaN in a row": ([[1, 0], [0, np.nan]], f"`labels[1]` has nan in column 1; {of_one_hot((2, 2), ARGMAX)}"),
    "columns of texts": ([["a", "b"]], f"`labels` has 2 columns of type <U1; {of_one_hot((1, 2), ARGMAX)}"),
    "a sparse matrix": (
        scipy.sparse.csr_matrix(ONE_HOT),
        "`labels` is a sparse matrix; a dense array is required; pass its .toarray()",
    ),
    "masked": (
        np.ma.array([1, 2], mask=[0, 1]),
        "`labels[1]` is masked; every entry must be a number; leave out the samples with masked entries",
    ),
    "a reserved name": (
        ["samples", "b"],
        "class name 'samples' is a name that the export uses itself; names must differ from Bridge, functional, "
        "samples; rename the class",
    ),
    "a line break": (
        ["a\n", "b"],
        "class name 'a\\n' contains '\\n'; a Lean name can hold neither control characters nor « and »; rename the "
        "class",
    ),
    "an empty name": (["", "b"], "class 0 has an empty name; each class needs its own; name it"),
    "two columns of one name": (
        pd.DataFrame([[1, 0], [0, 1]], columns=["a", "a"]),
        "the class name 'a' is used twice; each class needs its own; rename one",
    ),
}


@pytest.mark.parametrize(("values", "message"), REFUSED.values(), ids=REFUSED)
def test_what_labels_cannot_be_is_refused(values, message):
    assert refusal(Labels.of, values) == message


def test_what_is_no_array_is_refused():
    message = refusal(Labels.of, [np.zeros((2, 2)), np.zeros((2, 3))])
    assert message.startswith("`labels` cannot be read as an array (")
    assert message.endswith(f"); {SHAPE}")


def test_another_number_of_labels_than_of_latents_is_refused():
    assert refusal(Labels.of, [0, 1], samples=3) == (
        "`labels` has 2 rows and the latents 3; one row for each latent point is required; pass the same samples in "
        "both"
    )


def test_a_name_of_labels_that_no_concept_can_have_is_refused():
    assert refusal(Labels.of, [0, 1], name="a\0").startswith("label name 'a\\x00' contains '\\x00'; ")


# Arrays in files

ARRAYS = {
    "integers": (np.array([5, 3, 5], np.int8), "integers", ("3", "5"), [1, 0, 1]),
    "floats": (np.array([1.0, 2.0]), "floats", ("1", "2"), [0, 1]),
    "booleans": (np.array([True, False]), "booleans", ("False", "True"), [1, 0]),
    "texts": (np.array(["字", "a"]), "strings", ("a", "字"), [1, 0]),
    "texts of the other byte order": (np.array(["b", "a"], ">U1"), "strings", ("a", "b"), [1, 0]),
    "bytes": (np.array([b"b", b"a"]), "strings", ("a", "b"), [1, 0]),
    "one-hot": (ONE_HOT, "one-hot", ("0", "1", "2"), [2, 0, 1, 0]),
    "one-hot by columns": (np.asfortranarray(ONE_HOT), "one-hot", ("0", "1", "2"), [2, 0, 1, 0]),
}


@pytest.mark.parametrize(("array", "kind", "names", "numbers"), ARRAYS.values(), ids=ARRAYS)
def test_labels_of_an_array_in_a_file_are_those_of_the_array(tmp_path, array, kind, names, numbers):
    labels = read_labels(save(tmp_path, array), samples=len(array))
    assert (*summary(labels), labels.name) == (kind, names, numbers, "label")
    np.savez_compressed(tmp_path / "data.npz", Z=np.zeros(3), digit=array)
    labels = read_labels(f"{tmp_path}/data.npz:digit", samples=len(array))
    assert (*summary(labels), labels.name) == (kind, names, numbers, "digit")


def test_labels_of_a_tensor_in_a_file_are_its_classes(tmp_path):
    tensors = {"Z": torch.zeros(2), "y": torch.tensor([7, 2])}
    torch.save(tensors, tmp_path / "data.pt")
    safetensors.torch.save_file(tensors, tmp_path / "data.safetensors")
    for ending in ("pt", "safetensors"):
        labels = read_labels(f"{tmp_path}/data.{ending}:y", samples=2)
        assert (labels.name, *summary(labels)) == ("y", "integers", ("2", "7"), [1, 0])


def test_labels_of_an_array_in_a_file_that_cannot_be_labels_are_refused(tmp_path):
    spec = save(tmp_path, np.array([1, 0.5]))
    assert refusal(read_labels, spec, samples=2) == f"`{spec}[1]` is 0.5, {NO_WHOLE}"
    spec = save(tmp_path, np.zeros((2, 2, 2)))
    assert refusal(read_labels, spec, samples=2) == f"{spec} has shape (2, 2, 2); {SHAPE}"
    spec = save(tmp_path, np.eye(2))
    assert refusal(read_labels, spec, samples=3) == (
        f"{spec} has 2 rows and the latents 3; one row for each latent point is required; pass the same samples in both"
    )
    spec = save(tmp_path, np.array([1j, 2]))
    assert refusal(read_labels, spec, samples=2) == (
        f"{spec} has entries of type complex128; floats of 16, 32 or 64 bits, integers, booleans or texts are "
        "required; convert it first"
    )
    spec = save(tmp_path, np.array([2**70, 1], object))
    assert refusal(read_labels, spec, samples=2) == (
        f"{spec} holds Python objects, which are pickled code; numbers or texts are required, since code in a file is "
        "never run; save it with .astype(str)"
    )


def test_labels_whose_name_in_the_file_no_concept_can_have_are_refused(tmp_path):
    np.savez(tmp_path / "data.npz", samples=[0, 1], Z=[0, 1])
    assert refusal(read_labels, f"{tmp_path}/data.npz:samples", samples=2).startswith("label name 'samples' is a name ")


# Tables

LARGE = 10**30
TEXTS = {
    "integers": ("digit\n10\n9\n+9\n", "digit", "integers", ("9", "10"), [1, 0, 0]),
    "beyond 64 bits": (f"y\n{LARGE}\n-{LARGE}\n", "y", "integers", (str(-LARGE), str(LARGE)), [1, 0]),
    "leading zeros": ("y\n007\n7\n8\n", "y", "integers", ("7", "8"), [0, 0, 1]),
    "texts": ("y\nb\nü\nb\n", "y", "strings", ("b", "ü"), [0, 1, 0]),
    "numbers beside texts": ("y\n1\n2\nother\n", "y", "strings", ("1", "2", "other"), [0, 1, 2]),
    "booleans": ("y\ntrue\nFALSE\nTrue\n", "y", "booleans", ("False", "True"), [1, 0, 1]),
    "whole floats": ("y\n1.0\n2\n3e0\n-0.0\n", "y", "floats", ("0", "1", "2", "3"), [1, 2, 3, 0]),
    "with a comma": ("y;Z\n1,0;0\n2,0;0\n", None, "floats", ("1", "2"), [0, 1]),
    "the column named label": ("Z,label\n0.5,a\n0.25,b\n", "label", "strings", ("a", "b"), [0, 1]),
    "one-hot": ("b,a\n1,0\n0,1\n", "label", "one-hot", ("b", "a"), [0, 1]),
    "one-hot floats": ("b,a\n1.0,0\n0.0,1\n", "label", "one-hot", ("b", "a"), [0, 1]),
    "one-hot booleans": ("b,a\ntrue,false\nfalse,true\n", "label", "one-hot", ("b", "a"), [0, 1]),
}


@pytest.mark.parametrize(("text", "name", "kind", "names", "numbers"), TEXTS.values(), ids=TEXTS)
def test_labels_of_a_table_of_text_are_what_all_of_its_entries_are(tmp_path, text, name, kind, names, numbers):
    spec = write(tmp_path, text) + (":y" if name is None else "")
    labels = read_labels(spec, samples=len(numbers))
    assert (labels.name, *summary(labels)) == (name or "y", kind, names, numbers)


def test_the_column_of_a_table_is_chosen_by_its_name(tmp_path):
    spec = write(tmp_path, "label,digit\na,1\nb,2\n")
    assert read_labels(f"{spec}:digit", samples=2).class_names == ("1", "2")
    assert read_labels(spec, samples=2).class_names == ("a", "b")


@pytest.mark.parametrize(
    ("entries", "kind", "names"),
    [
        (pyarrow.array([3, 1], pyarrow.int8()), "integers", ("1", "3")),
        (pyarrow.array([3.0, 1.0]), "floats", ("1", "3")),
        (pyarrow.array([True, False]), "booleans", ("False", "True")),
        (pyarrow.array(["9", "10"]), "strings", ("10", "9")),
        (pyarrow.array(["b", "a"]).dictionary_encode(), "categories", ("a", "b")),
        (pyarrow.array([LARGE, 1], pyarrow.decimal128(38, 0)), "floats", ("1", str(LARGE))),
        (pyarrow.array([[0, 1], [1, 0]]), "one-hot", ("0", "1")),
    ],
    ids=str,
)
def test_labels_of_a_parquet_table_are_of_the_type_of_the_column(tmp_path, entries, kind, names):
    parquet.write_table(pyarrow.table({"y": entries}), tmp_path / "y.parquet")
    labels = read_labels(f"{tmp_path}/y.parquet", samples=2)
    assert (labels.name, labels.kind, labels.class_names) == ("y", kind, names)
    assert sorted(labels.numbers.tolist()) == [0, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y\n1\n1.5\n", f"{{path}}: column 'y' has 1.5 in line 3, {NO_WHOLE}"),
        (f"y\n1\n1e{'9' * 30}\n", f"{{path}}: column 'y' has Infinity in line 3, {NO_WHOLE}"),
        (
            f"y\n1\n{'9' * 5000}\n",
            "{path}: column 'y' has an integer of more than 400 digits in line 3; shorter ones are required; number "
            "the classes, or name them",
        ),
        (
            "y\na\nNA\n",
            "{path}: column 'y' is empty or NaN in line 3; an entry for each sample is required; leave the sample out, "
            "here and in the latents",
        ),
        ("b,a\n1,0\n1,1\n", f"{{path}} has 2 ones in line 3; {of_one_hot((2, 2))}"),
        (
            "b,a\n1,0\n2,1\n",
            "{path} has 2 columns and none is named 'label'; one column of labels is required, or 0 and 1 in all of "
            "them, with one 1 in each row; choose it with {path}:NAME, or rename it",
        ),
        (
            "b,a\n1,x\n2,y\n",
            "{path} has 2 columns and none is named 'label'; one column of labels is required, or 0 and 1 in all of "
            "them, with one 1 in each row; choose it with {path}:NAME, or rename it",
        ),
        ("y\na\na\n", "the labels have the one class 'a'; at least two classes are required; add samples of another"),
        (
            "y\na\nb\nc\n",
            "{path} has 3 rows and the latents 2; one row for each latent point is required; pass the same samples in "
            "both",
        ),
    ],
)
def test_what_labels_of_a_table_cannot_be_is_refused(tmp_path, text, message):
    path = write(tmp_path, text)
    assert refusal(read_labels, path, samples=2) == message.replace("{path}", path)


def test_a_column_that_there_is_not_is_chosen_among_those_that_there_are_by_the_name_behind_the_path(tmp_path):
    (tmp_path / "y.csv").write_text("species,site\na,b\nc,d\n")
    path = str(tmp_path / "y.csv")
    assert refusal(read_labels, f"{path}:kind", samples=2) == (
        f"{path} has no column 'kind'; it has 'species', 'site'; choose among these with {path}:NAME"
    )


def test_a_missing_label_of_a_parquet_table_is_refused_with_its_row(tmp_path):
    parquet.write_table(pyarrow.table({"y": [1, None]}), tmp_path / "y.parquet")
    spec = f"{tmp_path}/y.parquet"
    assert refusal(read_labels, spec, samples=2) == (f"{spec}: column 'y' has None in row 1, counted from 0, {MISSING}")


@unhurried
@given(st.lists(st.integers() | st.just(0), min_size=2, max_size=9).filter(lambda some: len(set(some)) > 1))
def test_integers_of_any_size_are_the_same_labels_in_a_table_and_in_a_list(tmp_path, values):
    spec = write(tmp_path, "y\n" + "".join(f"{value}\n" for value in values))
    assert summary(read_labels(spec, samples=len(values))) == summary(Labels.of(values))
