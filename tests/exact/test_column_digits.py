"""Which bits the columns of latents have, and which of them make digits wide."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.exact.column_digits import ColumnDigits, latent_columns
from bridge.export.certificate import build_certificate
from bridge.report.summary import digit_doubts
from support.artifacts import make_artifact
from support.problems import fraction
from support.strategies import cuts, float_arrays

SMALL = (0.05 * np.random.default_rng(0).normal(size=(200, 20))).astype(np.float32)


def with_columns(**sizes):
    """Latents of which some columns have another size."""
    latents = SMALL.copy()
    for column, size in sizes.items():
        latents[:, int(column[1:])] *= np.float32(size)
    return latents


@given(float_arrays(4, 3), st.data())
def test_the_bits_of_a_column_are_those_of_its_numbers(values, data):
    numbers = [[abs(fraction(value)) for value in column if value != 0] for column in values.T]
    digits = ColumnDigits.of(values)
    lowest, *others = [ColumnDigits.of(values[part]) for part in data.draw(cuts(4))]
    for other in others:
        lowest = lowest.joined(other)
    assert (lowest.lowest == digits.lowest).all()
    assert (lowest.highest == digits.highest).all()
    for column, used in enumerate(numbers):
        assert digits.used[column] == bool(used)
        if used:
            assert digits.lowest[column] == min(
                (number.numerator & -number.numerator).bit_length() - number.denominator.bit_length() for number in used
            )
            assert (
                Fraction(2) ** int(digits.highest[column]) <= max(used) < 2 * Fraction(2) ** int(digits.highest[column])
            )


@given(float_arrays(4, 3))
def test_a_digit_is_as_wide_as_the_bits_of_all_columns_require(values):
    digits = ColumnDigits.of(values)
    artifact = make_artifact(4, 3, 1, latents=values, scores=np.zeros((4, 1)), weights=np.zeros((4, 1)))
    # An integer has no more than its own bits, but a grid finer than 1 is needed for fractions alone.
    wide = digits.bits(digits.used) if digits.used.any() else 0
    fraction_bits = max(0, int(digits.highest[digits.used].max(initial=0))) + 2
    width = build_certificate(artifact).samples.digit_bits
    assert wide <= width <= max(wide, fraction_bits, 2) + 4


def test_the_text_of_them_reads_back():
    digits = ColumnDigits.of(SMALL)
    again = ColumnDigits.read(digits.written())
    assert (again.lowest == digits.lowest).all()
    assert (again.highest == digits.highest).all()


FAR = {
    "two dead columns": (with_columns(c7=1e-32, c13=1e-32), [7, 13]),
    "one large column": (with_columns(c3=1e20), [3]),
    "one of each": (with_columns(c3=1e20, c7=1e-20), [3, 7]),
    "one dead column of two": (with_columns(c0=1e-32)[:, :2], [0]),
    "columns of about one size": (with_columns(c0=1e-3, c1=1e3), []),
    "columns of many sizes": (SMALL * 2.0 ** -np.arange(0, 100, 5), [0, 1, 2, 14, 15, 16, 17, 18, 19]),
    "zeros": (np.zeros((5, 3)), []),
    "a column of zeros": (with_columns(c2=0), []),
    "a single column": (SMALL[:, :1] * np.float32(1e-30), []),
}


@pytest.mark.parametrize(("latents", "expected"), FAR.values(), ids=FAR.keys())
def test_columns_far_from_most_others_are_found(latents, expected):
    assert np.flatnonzero(ColumnDigits.of(latents).far()).tolist() == expected


def test_it_is_said_what_wide_columns_cost_and_what_helps():
    assert list(digit_doubts(ColumnDigits.of(FAR["two dead columns"][0]), 200_000)) == [
        "every latent takes 142 bits for the sake of `latents[:, 7]` (below 2^-109) and `latents[:, 13]` (below "
        "2^-109), and 39 without them: files are about 3.6 times as large, and Lean takes about 5 s more for each "
        "concept; leave the columns out, or fit with --latent-bits 40 (--standardize changes the fit alone)"
    ]


def test_the_bits_that_are_advised_make_digits_as_narrow_as_without_the_columns():
    latents = FAR["two dead columns"][0]
    on_grid = np.round(latents.astype(np.float64) * 2**40) / 2**40
    assert not ColumnDigits.of(on_grid).far().any()
    assert ColumnDigits.of(on_grid).bits(ColumnDigits.of(on_grid).used) == 39


def test_rounding_is_not_advised_where_a_large_column_makes_digits_wide():
    (doubt,) = digit_doubts(ColumnDigits.of(FAR["one large column"][0]), 200)
    assert "for the sake of `latents[:, 3]` (below 2^65)" in doubt
    assert doubt.endswith("; leave the column out (--standardize changes the fit alone)")


def test_columns_of_about_one_size_are_not_told_of():
    assert list(digit_doubts(ColumnDigits.of(SMALL), 200)) == []


def test_eight_columns_are_named_and_the_others_counted():
    text = latent_columns(dict.fromkeys(range(10), "dead"), "abcdefghij")
    assert text.startswith("`latents[:, 0]` ('a', dead), `latents[:, 1]` ('b', dead), ")
    assert text.endswith(", `latents[:, 7]` ('h', dead) and 2 more")
