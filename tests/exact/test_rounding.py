"""Rounding to a grid: the nearest multiple, ties to even, without any error of its own."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bridge.base.errors import InputError
from bridge.exact.rounding import MAX_GRID_BITS, require_grid_bits, require_on_grid, round_to_grid
from support.problems import fraction
from support.strategies import FLOAT_WIDTHS, INTEGERS, extreme_floats, finite_floats

# Precision, and the least N for which every float of the type is a multiple of 2^-N.
PRECISIONS = {np.float16: 11, np.float32: 24, np.float64: 53}
FINEST = {np.float16: 24, np.float32: 149, np.float64: 1074}


def nearest(value, bits):
    """The definition; Python rounds a fraction to the nearest integer, ties to even."""
    return Fraction(round(fraction(value) * 2**bits), 2**bits)


def rounded(values, bits):
    return round_to_grid(np.array(values), bits, name="latents").values


@st.composite
def floats_and_grids(draw):
    """Floats of any size, and a grid: any, or one whose step is about the size of the floats' last bits."""
    dtype = draw(st.sampled_from(list(FLOAT_WIDTHS)))
    elements = finite_floats(FLOAT_WIDTHS[dtype]) | extreme_floats(dtype) | ties(dtype)
    values = draw(hnp.arrays(dtype, hnp.array_shapes(max_dims=2, max_side=4), elements=elements))
    exponent = int(np.frexp(values.flat[0].astype(np.float64))[1])
    near = st.integers(-3, PRECISIONS[dtype] + 3).map(lambda bits: min(max(bits - exponent, 0), MAX_GRID_BITS))
    return values, draw(near | st.integers(0, MAX_GRID_BITS))


def ties(dtype):
    """Odd multiples of powers of two, which lie in the middle between two multiples of the next one."""
    odd = st.integers(-40, 39).map(lambda number: 2 * number + 1)
    return st.tuples(odd, st.integers(1, 20)).map(lambda pair: float(dtype(pair[0] * 2.0 ** -pair[1])))


@given(floats_and_grids())
def test_every_entry_is_the_nearest_multiple_and_of_two_the_even_one(drawn):
    values, bits = drawn
    result = round_to_grid(values, bits, name="latents").values
    for before, after in zip(values.flat, result.flat, strict=True):
        assert fraction(after) == nearest(before, bits)


@given(floats_and_grids())
def test_dtype_and_shape_stay(drawn):
    values, bits = drawn
    result = round_to_grid(values, bits, name="latents").values
    assert (result.dtype, result.shape) == (values.dtype, values.shape)


@given(floats_and_grids())
def test_the_largest_change_is_exact_and_at_most_half_a_step(drawn):
    values, bits = drawn
    largest = round_to_grid(values, bits, name="latents").largest_change
    assert largest == max(abs(nearest(value, bits) - fraction(value)) for value in values.flat)
    assert largest <= Fraction(1, 2 ** (bits + 1))


@given(floats_and_grids())
def test_multiples_keep_their_bits(drawn):
    values, bits = drawn
    once = round_to_grid(values, bits, name="latents").values
    twice = round_to_grid(once, bits, name="latents")
    assert twice.values.tobytes() == once.tobytes()
    assert twice.largest_change == 0
    require_on_grid(once, bits, name="latents")


@given(floats_and_grids())
def test_a_value_that_is_no_multiple_is_found(drawn):
    values, bits = drawn
    off_grid = [list(position) for position, value in np.ndenumerate(values) if nearest(value, bits) != fraction(value)]
    if not off_grid:
        require_on_grid(values, bits, name="latents")
        return
    with pytest.raises(InputError, match=rf"^`latents{re.escape(str(off_grid[0]))}` is "):
        require_on_grid(values, bits, name="latents")


@pytest.mark.parametrize(
    ("value", "bits", "expected"),
    [
        (0.5, 0, 0.0),
        (1.5, 0, 2.0),
        (2.5, 0, 2.0),
        (-0.5, 0, -0.0),
        (-1.5, 0, -2.0),
        (0.75, 1, 1.0),
        (0.25, 1, 0.0),
        (0.1, 3, 0.125),
        (np.nextafter(0.5, 1), 0, 1.0),
        (np.nextafter(1.5, 1), 0, 1.0),
        # The two largest doubles that are no integers, and integers beyond.
        (2.0**52 - 1.5, 0, 2.0**52 - 2),
        (2.0**52 - 0.5, 0, 2.0**52),
        (2.0**52 + 1, 0, 2.0**52 + 1),
        (2.0**53 + 2, 0, 2.0**53 + 2),
    ],
)
def test_examples(value, bits, expected):
    result = rounded([value], bits)[0]
    assert (result, np.signbit(result)) == (expected, np.signbit(expected))


@pytest.mark.parametrize("dtype", list(FLOAT_WIDTHS))
@pytest.mark.parametrize("bits", [0, 1, 20, 1000, MAX_GRID_BITS])
def test_huge_values_are_multiples_already(dtype, bits):
    info = np.finfo(dtype)
    values = np.array([info.max, info.min, 2.0 ** PRECISIONS[dtype]], dtype)
    result = round_to_grid(values, bits, name="latents")
    assert result.values.tobytes() == values.tobytes()
    assert result.largest_change == 0


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_are_on_every_grid(dtype):
    values = np.array([np.iinfo(dtype).min, np.iinfo(dtype).max] if dtype != np.bool_ else [False, True], dtype)
    rounded = round_to_grid(values, 0, name="latents")
    assert (rounded.values.dtype, rounded.values.tolist()) == (values.dtype, values.tolist())
    assert rounded.largest_change == 0


@pytest.mark.parametrize("dtype", list(FLOAT_WIDTHS))
def test_the_finest_grid_keeps_subnormals_and_the_next_one_rounds_them(dtype):
    least = np.finfo(dtype).smallest_subnormal
    values = np.array([1, 2, 3, -1, -3], dtype) * least
    kept = round_to_grid(values, FINEST[dtype], name="latents")
    assert kept.values.tobytes() == values.tobytes()
    coarser = round_to_grid(values, FINEST[dtype] - 1, name="latents")
    assert (coarser.values / least).tolist() == [0, 2, 4, 0, -4]
    assert coarser.largest_change == Fraction(1, 2 ** FINEST[dtype])


def test_both_zeros_stay_and_what_rounds_to_zero_keeps_its_sign():
    assert np.signbit(rounded([0.0, -0.0, 0.1, -0.1], 0)).tolist() == [False, True, False, True]


def test_byte_order_stays():
    values = np.array([0.3, 0.7], ">f4")
    result = round_to_grid(values, 2, name="latents").values
    assert (result.dtype, result.tolist()) == (values.dtype, [0.25, 0.75])


def test_the_original_is_not_changed():
    values = np.array([0.3])
    rounded_values = round_to_grid(values, 0, name="latents").values
    assert (values[0], rounded_values[0]) == (0.3, 0.0)


def test_nothing_changes_in_an_empty_array():
    assert round_to_grid(np.zeros((0, 3)), 4, name="latents").largest_change == 0


# What is refused


@pytest.mark.parametrize("bits", [-1, -1000, MAX_GRID_BITS + 1, 10**100])
def test_a_grid_that_floats_do_not_have_is_refused(bits):
    message = (
        f"--weight-bits is {bits}; a whole number from 0 to 1074 is required, for a grid of multiples of 2^-N; "
        "choose 20, say"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        require_grid_bits(bits, "--weight-bits")
    with pytest.raises(InputError, match=f"^N is {bits}; "):
        round_to_grid(np.zeros(1), bits, name="weights")


@pytest.mark.parametrize("bits", [0, MAX_GRID_BITS])
def test_the_first_and_the_last_grid_are_allowed(bits):
    require_grid_bits(bits, "--weight-bits")


@pytest.mark.parametrize(("value", "shown"), [(np.nan, "NaN"), (np.inf, r"\+inf"), (-np.inf, "-inf")])
def test_what_is_no_number_is_refused_with_its_place(value, shown):
    with pytest.raises(InputError, match=rf"^`weights\[1, 0\]` is {shown}; only finite numbers convert exactly"):
        round_to_grid(np.array([[0.0], [value]]), 4, name="weights")


@pytest.mark.parametrize("dtype", ["complex128", "longdouble", "object"])
def test_what_is_not_an_array_of_numbers_is_refused(dtype):
    with pytest.raises(InputError, match=rf"^`weights` has dtype {np.dtype(dtype)}; .*floats .*required"):
        round_to_grid(np.zeros(1, dtype), 4, name="weights")


def test_the_first_entry_off_the_grid_is_named():
    message = (
        "`weights[1, 0]` is 0.3; a multiple of 2^-2 is required, since the artifact says that it was rounded; "
        "make it again with `bridge fit`"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        require_on_grid(np.array([[0.25, 0.5], [0.3, 0.7]]), 2, name="weights")
