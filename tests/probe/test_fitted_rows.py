"""A fit's samples are known again by their numbers, and of the others no more is said than is known."""

import hashlib
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bridge.base.errors import InputError
from bridge.probe.fitted_rows import FittedRows

RANDOM = np.random.default_rng(0)
Z, C = RANDOM.normal(size=(12, 3)), RANDOM.normal(size=(12, 2))
FIRST = np.arange(12) < 8
DOUBLE = ("float64", "float64")
FITTED = FittedRows.of(Z[FIRST], C[FIRST], DOUBLE)


def parts(latents=Z, scores=C, precisions=DOUBLE, is_train=None, is_calibration=None):
    found = FITTED.parts(latents, scores, precisions, is_train, is_calibration)
    return tuple(None if part is None else part.tolist() for part in found)


def test_what_the_fit_has_seen_is_the_training_part_in_any_order():
    assert parts() == (FIRST.tolist(), None)
    order = RANDOM.permutation(12)
    assert parts(Z[order], C[order]) == (FIRST[order].tolist(), None)


def test_a_sample_is_known_by_its_latents_and_its_scores_together():
    assert not any(parts(Z, C[::-1], is_calibration=FIRST)[0])
    changed = np.where(np.arange(12)[:, None] == 3, np.nextafter(Z, 1), Z)
    assert np.flatnonzero(np.array(parts(changed)[0]) != FIRST).tolist() == [3]


@given(values=hnp.arrays(np.float64, (4, 2), elements=st.sampled_from([0.0, -0.0, 1.0, 2.0])))
def test_samples_are_the_same_if_and_only_if_all_their_numbers_are_equal(values):
    fitted = FittedRows.of(values[:2, :1], values[:2, 1:], DOUBLE)
    expected = [any((row == seen).all() for seen in values[:2]) for row in values]
    found, _ = fitted.parts(values[:, :1], values[:, 1:], DOUBLE, None, None)
    assert found.tolist() == expected


def test_the_same_numbers_of_another_type_are_known_again():
    fitted = FittedRows.of(np.arange(6)[:, None], np.arange(6)[:, None] % 2 == 0, DOUBLE)
    for dtype in (np.float16, np.float32, np.float64, np.int8):
        latents, scores = (values[:, None].astype(dtype) for values in (np.arange(6), np.arange(6) % 2 == 0))
        assert fitted.parts(latents, scores, ("other", "other"), None, None)[0].all()


def test_a_sample_takes_32_bytes_of_sha_256_and_equal_samples_are_kept_once():
    fitted = FittedRows.of(np.vstack([Z, Z]), np.vstack([C, C]), DOUBLE)
    assert (len(fitted.digests), fitted.digests.itemsize) == (12, 32)
    row = np.concatenate([Z[0], C[0]]).astype("<f8").tobytes()
    assert hashlib.sha256(row).digest() in fitted.digests.tolist()
    assert pickle.loads(pickle.dumps(fitted)).parts(Z, C, DOUBLE, None, None)[0].all()


# What is known of the others


def test_the_others_are_new_if_some_samples_are_known_again_or_calibrate():
    assert parts(Z[~FIRST], C[~FIRST]) == (None, None)
    assert parts(Z[6:], C[6:])[0] == [True, True, False, False, False, False]
    assert parts(Z[~FIRST], C[~FIRST], is_calibration=np.arange(4) < 2)[0] == [False] * 4


@pytest.mark.parametrize("precisions", [("float32", "float64"), ("float64", "bfloat16")])
def test_the_others_can_be_samples_of_the_fit_that_were_rounded_since(precisions):
    assert parts(precisions=precisions) == (None, None)
    assert parts(Z[FIRST], C[FIRST], precisions) == ([True] * 8, None)
    assert parts(precisions=precisions, is_calibration=~FIRST) == (None, (~FIRST).tolist())


def test_a_given_training_part_holds_and_what_else_the_fit_has_seen_belongs_to_it():
    assert parts(is_train=FIRST) == (FIRST.tolist(), None)
    assert parts(np.round(Z, 3), is_train=FIRST)[0] == FIRST.tolist()
    assert parts(is_train=np.arange(12) < 2)[0] == FIRST.tolist()


LEAK = (
    "is in the calibration part and has the numbers of a sample that the fit has seen; a calibration sample must be "
    "new to the fit; leave it out, or, if these are two samples with equal numbers, give is_train too, with the other "
    "one in it"
)


@pytest.mark.parametrize("is_train", [None, np.arange(12) < 2], ids=["unknown", "given"])
@pytest.mark.parametrize("precisions", [DOUBLE, ("float32", "float32")])
def test_a_calibration_sample_that_the_fit_has_seen_is_refused_by_its_position(is_train, precisions):
    with pytest.raises(InputError, match=f"^sample 5 {LEAK}$"):
        parts(precisions=precisions, is_train=is_train, is_calibration=np.arange(12) >= 5)


def test_a_new_sample_with_the_numbers_of_a_fitted_one_is_told_from_it_by_the_training_part():
    latents, scores = np.vstack([Z, Z[:1]]), np.vstack([C, C[:1]])
    is_calibration = np.arange(13) >= 8
    with pytest.raises(InputError, match=f"^sample 12 {LEAK}$"):
        parts(latents, scores, is_calibration=is_calibration)
    found = parts(latents, scores, is_train=~is_calibration, is_calibration=is_calibration)
    assert found == ((~is_calibration).tolist(), is_calibration.tolist())
