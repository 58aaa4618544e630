"""How columns are packed: four literals of about the same length, and groups of eight columns of latents, or of one."""

import pytest

import bridge.export.packing
from bridge.check.readback import read_export
from bridge.check.verify import verify
from bridge.export.packing import BLOCK_COLUMN_BITS, COLUMN_LITERALS, Layout, SlotNeeds
from support.artifacts import make_artifact, stored
from support.exports import certified, rendered, small_shards
from support.lean_files import write
from support.packed_model import check
from support.packed_problems import Regrouped
from support.read_exports import groups_in

BLOCKS = 3
NEEDS = SlotNeeds(weights=(1,), score_factor=1, bias=0, sup=1, score_low=0, score_span=1, summands=())


@pytest.fixture
def in_three_blocks(monkeypatch):
    """Exports of seven samples have three blocks."""
    samples = certified(make_artifact(7)).samples
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 3 * samples.digit_bits)


# By the latent dimension, how many groups of eight columns a block has, and how many of one latent column.
GROUPS = {1: (0, 1), 7: (0, 7), 8: (1, 0), 9: (1, 1), 16: (2, 0), 17: (2, 1)}
shapes = pytest.mark.parametrize(("dim", "concepts"), [(dim, concepts) for dim in GROUPS for concepts in (1, 3)])


def sizes_of(dim, concepts):
    """How many columns the groups of a block have."""
    eights, singles = GROUPS[dim]
    return [8] * eights + [1] * (singles + concepts)


@shapes
@pytest.mark.usefixtures("in_three_blocks")
def test_a_block_is_eights_of_latents_then_the_other_latents_then_the_scores(dim, concepts):
    samples = certified(make_artifact(7, dim, concepts)).samples
    assert samples.block_count == BLOCKS
    assert [len(group) for group in samples.groups] == sizes_of(dim, concepts) * BLOCKS
    assert tuple(column for group in samples.groups for column in group) == tuple(samples.columns)


@shapes
@pytest.mark.parametrize("columns", [1_000, 10, 1])
@pytest.mark.usefixtures("in_three_blocks")
def test_groups_are_written_and_read_back_and_agree(tmp_path, monkeypatch, dim, concepts, columns):
    small_shards(monkeypatch, columns)
    artifact = make_artifact(7, dim, concepts)
    root = write(tmp_path, rendered(tmp_path, artifact))
    assert verify(root, stored(tmp_path, artifact)).differences == ()
    groups = groups_in(read_export(root))
    assert [len(group) for group in groups] == sizes_of(dim, concepts) * BLOCKS
    read = [tuple(literal.value for literal in column) for group in groups for column in group]
    assert read == list(certified(artifact).samples.columns)


def other_sizes(sizes):
    """Other ways to put as many columns into groups."""
    yield [1] * sum(sizes)
    yield [8] * (sum(sizes) // 8) + [1] * (sum(sizes) % 8)
    yield [1] * (sum(sizes) % 8) + [8] * (sum(sizes) // 8)
    yield sizes[::-1]
    yield [*sizes[:-2], sum(sizes[-2:])]


@shapes
@pytest.mark.usefixtures("in_three_blocks")
def test_columns_in_other_groups_are_not_accepted(tmp_path, dim, concepts):
    artifact = make_artifact(7, dim, concepts)
    certificate = certified(artifact)
    samples, required = certificate.samples, sizes_of(dim, concepts) * BLOCKS
    for sizes in (required, *other_sizes(required)):
        regrouped = Regrouped.of(samples, sizes)
        for column, claim in enumerate(certificate.concepts):
            assert check(regrouped, column, claim) == (sizes == required)


@pytest.mark.parametrize(
    ("rows", "digits"),
    [
        (1, [1, 0, 0, 0]),
        (2, [1, 1, 0, 0]),
        (3, [1, 1, 1, 0]),
        (4, [1, 1, 1, 1]),
        (5, [2, 2, 1, 0]),
        (6, [2, 2, 2, 0]),
        (7, [2, 2, 2, 1]),
        (8, [2, 2, 2, 2]),
        (9, [3, 3, 3, 0]),
        (100, [25, 25, 25, 25]),
    ],
)
def test_a_column_is_four_literals_of_as_many_digits_but_for_the_last_ones(rows, digits):
    samples = certified(make_artifact(rows)).samples
    assert samples.limb_bits == samples.digit_bits * digits[0]
    for column in samples.columns:
        assert [-(-literal.bit_length() // samples.digit_bits) for literal in column] == digits


@pytest.mark.parametrize(
    ("size", "digit_bits", "block_rows"),
    [(1, 4, 1), (8_000, 4, 8_000), (8_001, 4, 4_001), (666, 48, 666), (667, 48, 334), (60_000, 52, 613), (3, 2_000, 3)],
)
def test_a_column_has_32000_bits_at_most_and_a_digit(size, digit_bits, block_rows):
    layout = Layout.least(size, digit_bits, [NEEDS])
    assert layout.block_rows == block_rows
    assert layout.block_rows * digit_bits < BLOCK_COLUMN_BITS + digit_bits
    assert layout.limb_bits < BLOCK_COLUMN_BITS // COLUMN_LITERALS + digit_bits
