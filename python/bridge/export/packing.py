"""Packs the columns of the listed samples into large natural numbers, in the layout of `Bridge.PackedSamples`."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bridge.base.progress import Progress, told
from bridge.exact.dyadic import DyadicMatrix

# The kernel works on whole columns of a block, so that larger blocks need fewer steps.  But a column is four literals,
# and Lean's elaborator needs 0.25 ms for each of them, 0.4 µs for each of its hexadecimal digits, and 1 µs more a digit
# for every 1,000 that it has: its time is quadratic in their number.  With so many bits of a column that is about 2,000
# at most, of 2.5 µs each.  Part (h) of the benchmark measures it (`python -m bench --only h`).
BLOCK_COLUMN_BITS = 32_000
# So many columns of latents are one group, in which the kernel takes a single step of a recursion for all of them.
GROUP_COLUMNS = 8

# The literals of a column, lowest first; the number of them is that of the fields of `Bridge.Column`.
PackedColumn = tuple[int, int, int, int]
COLUMN_LITERALS = 4


@dataclass(frozen=True)
class PackedSamples:
    """Latents and scores of the listed samples; the fields are those of `Bridge.PackedSamples` in Lean.

    Lean is given the columns in groups; which columns are in one follows from the two dimensions.

    Attributes:
        size: number of samples N.
        latent_dim: dimension d of the latent space.
        concept_count: number of concepts k.
        latent_exponent: p; latent coordinates are integers / 2^p.
        score_exponents: for each concept m; its scores are integers / 2^m.
        digit_bits: b; an integer is stored as a digit of b bits, after adding 2^(b - 1).
        slot_digits: how many digits wide a slot is, in which Lean computes a residual.
        block_rows: K, rows in a block; the last block is filled up with copies of the last sample.
        limb_bits: width of the first three literals of a column; the fourth has what is left, and may be 0.
        columns: (d + k) columns of the first block, then of the second, and so on; each is a tuple of four literals,
            lowest first, and holds K digits, lowest first.
    """

    size: int
    latent_dim: int
    concept_count: int
    latent_exponent: int
    score_exponents: tuple[int, ...]
    digit_bits: int
    slot_digits: int
    block_rows: int
    limb_bits: int
    columns: tuple[PackedColumn, ...]

    @property
    def block_count(self) -> int:
        """How many blocks there are."""
        return -(-self.size // self.block_rows)

    @property
    def groups(self) -> tuple[tuple[PackedColumn, ...], ...]:
        """The columns in groups, as Lean is given them: of each block eight latent columns each, then the others alone.

        A block has ⌊d / 8⌋ groups of eight columns, then (d mod 8) + k groups of one.
        """
        eights, others = divmod(self.latent_dim, GROUP_COLUMNS)
        sizes = itertools.cycle((GROUP_COLUMNS,) * eights + (1,) * (others + self.concept_count))
        columns = iter(self.columns)
        return tuple(itertools.takewhile(bool, (tuple(itertools.islice(columns, size)) for size in sizes)))


@dataclass(frozen=True)
class SlotNeeds:
    """What Lean computes in a slot for one concept, as integers at the scale of the products of weights and latents.

    Attributes:
        weights: (d,) the factors of a sample's latent coordinates.
        score_factor: the factor of its score.
        bias: the bias.
        sup: δ.
        score_low: the least digit that is stored for a score.
        score_span: the greatest such digit, minus the least.
        summands: how wide the numbers can be of which one is added up for each row of a block.
    """

    weights: tuple[int, ...]
    score_factor: int
    bias: int
    sup: int
    score_low: int
    score_span: int
    summands: tuple[int, ...]

    def bits(self, digit_bits: int) -> int:
        """How wide it must be for no number that is compared to reach its highest bit.

        A digit is multiplied with a positive weight; of a negative weight it is the complement of the digit that is.
        So all products are positive, and what is too much is a constant, which one side of the comparison has.
        """
        positive = sum(weight for weight in self.weights if weight > 0)
        negative = -sum(weight for weight in self.weights if weight < 0)
        offset, largest = 1 << (digit_bits - 1), (1 << digit_bits) - 1
        at_score = self.sup + self.score_factor * self.score_low + largest * negative + offset * positive
        at_product = self.score_factor * offset + offset * negative
        surplus = at_score + max(-self.bias, 0) - at_product - max(self.bias, 0)
        return 1 + max(
            (self.score_factor * self.score_span + max(surplus, 0)).bit_length(),
            (largest * (positive + negative) + max(-surplus, 0)).bit_length(),
            (2 * self.sup).bit_length(),
            (self.score_low + largest + 1).bit_length(),
        )


@dataclass(frozen=True)
class Layout:
    """How columns are packed; the fields are those of `PackedSamples`."""

    digit_bits: int
    slot_digits: int
    block_rows: int

    @property
    def literal_digits(self) -> int:
        """How many digits the literals of a column have, but for the last ones, which have what is left."""
        return -(-self.block_rows // COLUMN_LITERALS)

    @property
    def limb_bits(self) -> int:
        """How wide these literals are."""
        return self.digit_bits * self.literal_digits

    @classmethod
    def least(cls, size: int, digit_bits: int, needs: Sequence[SlotNeeds], highest: int = 0) -> "Layout":
        """The layout with the narrowest slots that have room for what is computed in them.

        Blocks are of about the same size all of them.

        Args:
            size: the number of samples.
            digit_bits: the width of a digit.
            needs: what each concept needs a slot for.
            highest: the largest number that is put into a slot beside; it must not reach the highest bit either.
        """
        block_count = -(-size * digit_bits // BLOCK_COLUMN_BITS)
        block_rows = -(-size // block_count)
        slot_bits = max(highest.bit_length() + 1, *(need.bits(digit_bits) for need in needs))
        slot_digits = -(-slot_bits // digit_bits)
        # Sums over the slots of a block must fit into a slot too.
        widest = max((bits for need in needs for bits in need.summands), default=None)
        while widest is not None and _slots(block_rows, slot_digits) << widest >= (1 << slot_digits * digit_bits) - 1:
            slot_digits += 1
        return cls(digit_bits, slot_digits, block_rows)


def _slots(block_rows: int, slot_digits: int) -> int:
    """How many slots Lean spreads the rows of a block over: some are without a row."""
    return (block_rows // slot_digits + 1) * slot_digits


def least_digit_bits(columns: Iterable[Sequence[int]]) -> int:
    """The width of a digit for the integers of all columns: a whole number of hexadecimal digits."""
    largest = max(max(map(abs, column)) for column in columns)
    return _round_up(int(largest).bit_length() + 1, 4)


def pack(columns: Sequence[list[int]], layout: Layout, progress: Progress) -> tuple[PackedColumn, ...]:
    """The literals of each column of the first block, then of the second, and so on, the lowest digits first.

    Args:
        columns: (d + k) columns of integers, one for each listed sample.
        layout: how they are packed.
        progress: told of the blocks.
    """
    rows, size = layout.block_rows, len(columns[0])
    return tuple(
        _column(_filled_up(column[start : start + rows], rows), layout)
        for start in told(range(0, size, rows), progress, "packing")
        for column in columns
    )


def packed_samples(
    latents: DyadicMatrix,
    scores: Sequence[DyadicMatrix],
    columns: Sequence[list[int]],
    layout: Layout,
    progress: Progress,
) -> PackedSamples:
    """Pack samples.

    Args:
        latents: (N, d) latent points.
        scores: for each concept (N, 1).
        columns: the integers of both.
        layout: how they are packed.
        progress: told of the blocks.
    """
    return PackedSamples(
        size=latents.numerators.nrows(),
        latent_dim=latents.numerators.ncols(),
        concept_count=len(scores),
        latent_exponent=latents.exponent,
        score_exponents=tuple(column.exponent for column in scores),
        digit_bits=layout.digit_bits,
        slot_digits=layout.slot_digits,
        block_rows=layout.block_rows,
        limb_bits=layout.limb_bits,
        columns=pack(columns, layout, progress),
    )


def integer_columns(*matrices: DyadicMatrix) -> list[list[int]]:
    """The columns of matrices, side by side, as the integers over their powers of two."""
    return [
        [int(entry) for entry in column] for matrix in matrices for column in matrix.numerators.transpose().tolist()
    ]


def _column(entries: list[int], layout: Layout) -> PackedColumn:
    length = layout.literal_digits
    first, second, third, fourth = (
        _literal(entries[number * length : (number + 1) * length], layout.digit_bits)
        for number in range(COLUMN_LITERALS)
    )
    return first, second, third, fourth


def _literal(entries: list[int], digit_bits: int) -> int:
    offset = 2 ** (digit_bits - 1)
    digits = tuple(entry + offset for entry in reversed(entries))
    # One format for all digits: half the time of one for each.  Where no row is left, no digit is.
    return int(f"%0{digit_bits // 4}x" * len(digits) % digits or "0", 16)


def _filled_up(entries: list[int], size: int) -> list[int]:
    return [*entries, *[entries[-1]] * (size - len(entries))]


def _round_up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
