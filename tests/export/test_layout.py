"""How columns are divided among files: evenly, in order, and never more than Lean reads in reasonable time."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.export.certificate import build_certificate
from bridge.export.layout import SHARD_DIGITS, SHARD_LITERALS, column_ranges
from support.artifacts import make_artifact

SAMPLES = build_certificate(make_artifact()).samples


def with_columns(count, digits, literals):
    """So many columns of so many hexadecimal digits in so many literals."""
    return dataclasses.replace(
        SAMPLES, digit_bits=4, slot_digits=1, block_rows=digits, columns=((1,) * literals,) * count
    )


layouts = st.tuples(st.integers(1, 5_000), st.integers(1, 5_000_000), st.integers(1, 3_000))


@given(layouts)
def test_every_column_is_in_one_part_in_order(layout):
    ranges = column_ranges(with_columns(*layout))
    assert [column for columns in ranges for column in columns] == list(range(layout[0]))


@given(layouts)
def test_parts_differ_by_at_most_one_column(layout):
    sizes = [len(columns) for columns in column_ranges(with_columns(*layout))]
    assert min(sizes) >= max(1, max(sizes) - 1)


@given(layouts)
def test_a_part_is_within_the_limits_or_a_single_column(layout):
    _, digits, literals = layout
    for columns in column_ranges(with_columns(*layout)):
        within = len(columns) * digits <= SHARD_DIGITS and len(columns) * literals <= SHARD_LITERALS
        assert within or len(columns) == 1


@pytest.mark.parametrize(
    ("count", "digits", "literals", "parts"),
    [
        (1, 1, 1, 1),
        (4_000, 1, 1, 1),
        (4_001, 1, 1, 2),
        (2_000, 1, 2, 1),
        (2_001, 1, 2, 2),
        (400, 10_000, 5, 1),
        (401, 10_000, 5, 2),
        (801, 10_000, 5, 3),
        (1, 5_000_000, 5_000, 1),
        (2, 5_000_000, 1, 2),
        (2, 1, 3_000, 2),
    ],
)
def test_there_are_only_as_many_parts_as_the_limits_ask_for(count, digits, literals, parts):
    assert len(column_ranges(with_columns(count, digits, literals))) == parts


@given(layouts)
def test_one_part_fewer_would_be_over_a_limit(layout):
    count, digits, literals = layout
    fewer = len(column_ranges(with_columns(*layout))) - 1
    if fewer:
        largest = -(-count // fewer)
        assert largest * digits > SHARD_DIGITS or largest * literals > SHARD_LITERALS
