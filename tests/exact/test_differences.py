"""How far two probes are from each other, against fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.exact.differences import exact_differences
from bridge.exact.dyadic import dyadic
from support.refusals import refusal
from support.strategies import number_arrays


@st.composite
def probes(draw):
    """Latents and two probes of them, each of a type of its own."""
    samples, dim, concepts = draw(st.tuples(*[st.integers(1, 3)] * 3))
    return (draw(number_arrays(samples, dim)), *(draw(number_arrays(dim + 1, concepts)) for _ in range(2)))


def value(row, column):
    """w · z + b in fractions."""
    *weights, bias = map(dyadic, column)
    return sum((weight * dyadic(entry) for weight, entry in zip(weights, row, strict=True)), bias)


@given(probes())
def test_the_difference_is_that_of_the_exact_values(drawn):
    Z, W, V = drawn
    found = exact_differences(Z, W, V)
    required = [[value(row, w) - value(row, v) for w, v in zip(W.T, V.T, strict=True)] for row in Z]
    assert [[found.matrix.fraction(i, j) for j in range(W.shape[1])] for i in range(len(Z))] == required
    for column, differences in enumerate(zip(*required, strict=True)):
        sizes = list(map(abs, differences))
        sup = found.sup_error(column)
        assert (sup.value, sup.sample) == (max(sizes), sizes.index(max(sizes)))


@given(probes())
def test_a_probe_is_not_off_from_itself(drawn):
    Z, W, _ = drawn
    assert {exact_differences(Z, W, W).sup_error(column).value for column in range(W.shape[1])} == {0}


def test_floats_that_cancel_in_floating_point_are_told_apart():
    Z = np.array([[1e16]])
    found = exact_differences(Z, np.array([[1.0], [1.0]]), np.array([[1.0], [0.0]]))
    assert Z[0, 0] * 1.0 + 1.0 - Z[0, 0] == 0
    assert found.sup_error(0).value == Fraction(1)


@pytest.mark.parametrize("shape", [(3, 1), (2, 2)])
def test_another_shape_is_refused(shape):
    assert "required" in refusal(exact_differences, np.ones((4, 1)), np.ones((2, 1)), np.ones(shape))
