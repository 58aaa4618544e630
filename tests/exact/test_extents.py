"""Numbers as integers over a power of two: the least power, the ends, and every numerator."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.exact.dyadic import to_dyadic_matrix
from bridge.exact.extents import Extent, integers_over
from support.problems import fraction
from support.strategies import cuts, number_arrays


@given(number_arrays(4, 2))
def test_the_exponent_is_the_least_and_the_ends_are_exact(values):
    found, fractions = Extent.of(values), [fraction(value) for value in values.ravel()]
    denominator = max(number.denominator for number in fractions)
    assert 2**found.exponent == denominator
    assert (found.low, found.high) == (min(fractions), max(fractions))
    assert found.largest == max(abs(number) for number in fractions) * denominator


@given(number_arrays(5, 2), st.data())
def test_the_extent_of_parts_is_that_of_the_whole(values, data):
    first, *others = (values[cut] for cut in data.draw(cuts(5)) if len(values[cut]))
    found = Extent.of(first)
    for part in others:
        found = found.joined(Extent.of(part))
    assert found == Extent.of(values)


@given(number_arrays(3, 2), st.sampled_from([0, 1, 7]))
def test_numerators_are_those_of_the_fractions(values, more):
    exponent = Extent.of(values).exponent + more
    found = integers_over(values, exponent)
    assert found.shape == values.shape
    assert [int(number) for number in found.ravel()] == [fraction(value) * 2**exponent for value in values.ravel()]


@pytest.mark.parametrize(
    ("values", "exponent", "dtype"),
    [
        (np.array([[2.0**61, -(2.0**61)]]), 0, np.int64),
        (np.array([[2.0**62]]), 0, object),
        (np.array([[0.5]]), 61, np.int64),
        (np.array([[0.5]]), 1074, object),
        (np.array([[2**61]]), 0, np.int64),
        (np.array([[-(2**63)]]), 0, np.int64),
        (np.array([[2**63]], np.uint64), 0, object),
        (np.array([[1.5e308]]), 1074, object),
        (np.array([[True]]), 0, np.int64),
    ],
)
def test_small_numerators_have_64_bits(values, exponent, dtype):
    found = integers_over(values, exponent)
    assert found.dtype == dtype
    assert int(found[0, 0]) == fraction(values[0, 0]) * 2**exponent


@given(number_arrays(3, 2))
def test_a_dyadic_matrix_has_the_same_exponent(values):
    assert to_dyadic_matrix(values, name="latents").exponent == Extent.of(values).exponent
    assert to_dyadic_matrix(values, name="latents").fraction(0, 0) == Fraction(fraction(values[0, 0]))
