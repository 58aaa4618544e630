"""How columns are divided among files: in groups, in order, and never more than Lean reads in reasonable time."""

import dataclasses
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.export.certificate import build_certificate
from bridge.export.layout import SHARD_DIGITS, SHARD_LITERALS, group_ranges
from support.artifacts import make_artifact
from support.exports import small_shards

SAMPLES = build_certificate(make_artifact()).samples


def with_groups(blocks, dim, concepts, digits):
    """Samples in so many blocks, with columns of so many hexadecimal digits."""
    return dataclasses.replace(
        SAMPLES,
        size=blocks * digits,
        latent_dim=dim,
        concept_count=concepts,
        digit_bits=4,
        slot_digits=1,
        block_rows=digits,
        columns=((1, 1, 1, 1),) * (blocks * (dim + concepts)),
    )


def sizes_of(samples):
    return [len(group) for group in samples.groups]


def columns_of(samples):
    """How many columns each part has."""
    sizes = sizes_of(samples)
    return [sum(sizes[groups.start : groups.stop]) for groups in group_ranges(samples)]


layouts = st.builds(with_groups, st.integers(1, 40), st.integers(1, 100), st.integers(1, 20), st.integers(1, 5_000_000))


@given(layouts)
def test_every_group_is_in_one_part_in_order(samples):
    ranges = group_ranges(samples)
    assert all(ranges)
    assert [group for groups in ranges for group in groups] == list(range(len(samples.groups)))


@given(layouts)
def test_a_part_is_within_the_limits_or_a_single_group(samples):
    for columns, groups in zip(columns_of(samples), group_ranges(samples), strict=True):
        within = columns * samples.block_rows <= SHARD_DIGITS and 4 * columns <= SHARD_LITERALS
        assert within or len(groups) == 1


@pytest.mark.parametrize(
    ("blocks", "dim", "concepts", "digits", "parts"),
    [
        (1, 1, 1, 1, [2]),
        (1, 992, 8, 1, [1_000]),
        (1, 992, 9, 1, [504, 497]),
        (500, 1, 1, 1, [1_000]),
        (501, 1, 1, 1, [501, 501]),
        (1, 392, 8, 10_000, [400]),
        (1, 392, 9, 10_000, [200, 201]),
        (100, 1, 3, 10_000, [400]),
        (200, 1, 3, 10_000, [400, 400]),
        (201, 1, 3, 10_000, [268, 268, 268]),
        (1, 8, 1, 5_000_000, [8, 1]),
        (2, 1, 1, 5_000_000, [1, 1, 1, 1]),
    ],
)
def test_there_are_only_as_many_parts_as_the_limits_ask_for(blocks, dim, concepts, digits, parts):
    assert columns_of(with_groups(blocks, dim, concepts, digits)) == parts


def best(sizes, most):
    """The fewest parts of groups of such sizes, and the fewest columns that the largest of so many parts can have.

    A part has at most so many columns, or one group.  The best way to divide up the first groups is found from the
    best ways for fewer of them.
    """
    columns, found = list(accumulate(sizes, initial=0)), [(0, 0)]
    for end in range(1, len(columns)):
        found.append(
            min(
                (found[start][0] + 1, max(found[start][1], columns[end] - columns[start]))
                for start in range(end)
                if start == end - 1 or columns[end] - columns[start] <= most
            )
        )
    return found[-1]


@given(st.integers(1, 4), st.integers(1, 40), st.integers(1, 4), st.integers(1, 60))
def test_no_other_division_has_fewer_parts_or_as_many_of_which_the_largest_is_smaller(blocks, dim, concepts, most):
    samples = with_groups(blocks, dim, concepts, 1)
    with pytest.MonkeyPatch.context() as patch:
        small_shards(patch, most)
        parts = columns_of(samples)
    assert (len(parts), max(parts)) == best(sizes_of(samples), most)
