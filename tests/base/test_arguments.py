"""What a program passes besides arrays has its type, or is refused in one line."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from bridge.base.arguments import file_path, flag, mask, text, texts, unboxed
from support.refusals import refusal


@pytest.mark.parametrize("value", [np.float32(0.5), np.array(0.5), torch.tensor(0.5), 0.5], ids=repr)
def test_a_number_is_taken_out_of_an_array_of_no_dimensions(value):
    assert type(unboxed(value)) is float
    assert unboxed(value) == 0.5


def test_what_is_no_number_in_an_array_stays_what_it_is():
    several = np.ones(1)
    assert unboxed(several) is several
    assert unboxed("cv") == "cv"


@pytest.mark.parametrize("value", [True, False, np.True_, np.False_])
def test_a_flag_is_a_boolean(value):
    assert flag(value, "standardize") is bool(value)


@pytest.mark.parametrize("value", ["no", 1, None, [True]], ids=repr)
def test_a_flag_that_is_no_boolean_is_refused(value):
    assert refusal(flag, value, "standardize") == (
        f"`standardize` is {value!r}; True or False is required; choose one of them"
    )


@pytest.mark.parametrize(
    "values",
    [["a", "b"], ("a", "b"), np.array(["a", "b"]), pd.Index(["a", "b"]), iter(["a", "b"])],
    ids=lambda values: type(values).__name__,
)
def test_texts_come_in_any_sequence(values):
    found = texts(values, "names", 2)
    assert found == ("a", "b")
    assert {type(name) for name in found} == {str}


def test_a_missing_text_can_have_a_default():
    assert texts(["mm", None], "units", 2, default="") == ("mm", "")


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ("ab", "`names` is 'ab'; "),
        (b"ab", "`names` is b'ab'; "),
        ({"a"}, "`names` is {"),
        ({"a": 1, "b": 2}, "`names` is {"),
        (2, "`names` is 2; "),
        (["a", 0], "`names[1]` is 0; "),
        (["a", None], "`names[1]` is None; "),
        (["a"], "`names` has 1 entries; "),
    ],
    ids=repr,
)
def test_what_is_no_list_of_texts_for_the_concepts_is_refused(values, found):
    message = refusal(texts, values, "names", 2)
    assert message.startswith(found)
    assert "; a list of 2 texts, one for each concept, is required; " in message


def test_a_text_is_a_text():
    assert text(np.str_("arrays"), "source") == "arrays"
    assert refusal(text, None, "source") == "`source` is None; a text is required; write it in quotes"


def test_a_mask_is_a_copy_that_can_be_written_to():
    given = np.array([True, False])
    given.flags.writeable = False
    found = mask(given, "is_train", 2)
    assert found.tolist() == [True, False]
    assert found.flags.writeable


@pytest.mark.parametrize("values", [np.array([0, 1]), np.array([True]), np.ones((2, 1), bool)], ids=repr)
def test_a_mask_that_is_no_boolean_for_each_sample_is_refused(values):
    assert refusal(mask, values, "is_train", 2) == (
        f"`is_train` has shape {values.shape} and dtype {values.dtype}; (2,) and bool are required, one entry for each "
        "sample; rebuild it"
    )


def test_a_path_is_a_text_or_a_path():
    assert file_path("Mine.lean") == file_path(Path("Mine.lean")) == Path("Mine.lean")
    assert refusal(file_path, None) == "the path is None; a text or a `pathlib.Path` is required; name a file"
