"""Exact numbers in digits of 64-bit integers: compared, ordered and counted as fractions are."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bridge.exact.digits import DOUBTFUL, Digits
from support.problems import problems, residual_loop

# Values that are often equal, or differ by the lowest bit.
few = st.builds(
    lambda latents, weights: (latents, np.zeros((len(latents), weights.shape[1])), weights),
    hnp.arrays(np.float64, (4, 1), elements=st.sampled_from([-1.0, 0.0, 1.0, 2.0**-60])),
    hnp.arrays(np.float64, (2, 3), elements=st.sampled_from([-1.0, 0.0, 1.0, 2.0**70])),
)
any_problem = problems() | few
# One whose residuals are all 0.
nothing = (np.zeros((2, 1)), np.zeros((2, 2)), np.zeros((2, 2)))


def made(problem):
    """The digits of its residuals, and these by the definition."""
    return Digits.of_residuals(*problem), residual_loop(*problem)


def sizes(numbers):
    return [[abs(number) for number in row] for row in numbers]


def columns(numbers):
    return [list(column) for column in zip(*numbers, strict=True)]


@given(any_problem, st.data())
@example(nothing, None)
def test_numbers_are_compared_with_a_value_as_fractions_are(problem, data):
    digits, numbers = made(problem)
    flat = [number for row in numbers for number in row]
    value = Fraction(0)
    if data is not None:
        value = data.draw(st.sampled_from(flat) | st.fractions(max_denominator=3))
        value += data.draw(st.sampled_from([0, Fraction(1, 2**1500), Fraction(-1, 2**1500), Fraction(1, 3)]))
    assert digits.compared(value).tolist() == [
        [(number > value) - (number < value) for number in row] for row in numbers
    ]


@given(any_problem)
@example(nothing)
def test_keys_are_in_the_order_of_the_sizes_where_they_differ(problem):
    digits, numbers = made(problem)
    pairs = [
        (size, key)
        for of_row, of_keys in zip(sizes(numbers), digits.keys().tolist(), strict=True)
        for size, key in zip(of_row, of_keys, strict=True)
    ]
    for size, key in pairs:
        assert (key == -np.inf) == (size == 0)
        for other, other_key in pairs:
            if key > other_key + DOUBTFUL:
                assert size > other
            if size == other:
                assert key == other_key or abs(key - other_key) <= DOUBTFUL / 2


@given(any_problem)
@example(nothing)
def test_the_largest_and_the_least_sizes_are_those_of_the_fractions(problem):
    digits, numbers = made(problem)
    of_columns = columns(sizes(numbers))
    assert digits.largest() == [(max(column), column.index(max(column))) for column in of_columns]
    least = [min(row) for row in sizes(numbers)]
    everywhere = np.ones((len(numbers), len(numbers[0])), np.bool_)
    assert digits.least(everywhere) == (min(least), least.index(min(least)))
    only = np.arange(len(numbers[0])) == 0
    assert digits.least(everywhere & only) == (min(of_columns[0]), of_columns[0].index(min(of_columns[0])))


@given(any_problem)
@example(nothing)
def test_sizes_are_counted(problem):
    digits, numbers = made(problem)
    assert digits.counted_sizes() == Counter(size for row in sizes(numbers) for size in row)


@given(any_problem)
@example(nothing)
def test_the_first_least_number_of_a_row_is_found_and_how_much_the_others_exceed_it(problem):
    digits, numbers = made(problem)
    first = [row.index(min(row)) for row in numbers]
    assert digits.first_least().tolist() == first
    above = digits.above(digits.first_least())
    for column in range(len(numbers[0])):
        expected = [row[column] - min(row) for row in numbers]
        scale = 2**3000
        assert above.integers(column, scale) == [int(number * scale) for number in expected]


@given(any_problem, st.data())
@example(nothing, None)
def test_integers_are_added(problem, data):
    digits, numbers = made(problem)
    integers = [7] * len(numbers)
    if data is not None:
        integers = data.draw(st.lists(st.integers(-(2**60), 2**60), min_size=len(numbers), max_size=len(numbers)))
    found, scale = digits.plus(np.array(integers, np.int64)[:, np.newaxis]), 2**3000
    for column in range(len(numbers[0])):
        expected = [int((row[column] + more) * scale) for row, more in zip(numbers, integers, strict=True)]
        assert found.integers(column, scale) == expected


@given(any_problem)
@example(nothing)
def test_a_column_and_some_rows_are_those_of_the_whole(problem):
    digits, numbers = made(problem)
    scale = 2**3000
    some = digits.column(0).chosen(slice(1, None))
    assert some.integers(0, scale) == [int(row[0] * scale) for row in numbers[1:]]
    assert digits.chosen(np.array([0])).column(0).integers(0, scale) == [int(numbers[0][0] * scale)]


@pytest.mark.parametrize("exponent", [-1074, -500, 0, 500, 1023])
def test_no_size_is_too_large_or_too_small_for_a_key(exponent):
    value = np.ldexp(1.0, exponent)
    # A residual of the square of this, which need not be a float.
    digits = Digits.of_residuals(np.array([[value], [0.0]]), np.zeros((2, 1)), np.array([[value], [0.0]]))
    assert digits.keys()[:, 0].tolist() == [2 * exponent + 1, -np.inf]
