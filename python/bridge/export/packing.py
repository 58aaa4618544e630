"""Packs the columns of the listed samples into large natural numbers, in the layout of `Bridge.PackedSamples`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bridge.base.progress import Progress, told

# Lean's elaborator needs time quadratic in the length of a literal, and a fixed time for each literal: literals of
# 1,000 to 3,000 hexadecimal digits are the fastest (`python -m bench --only h`).
LITERAL_BITS = 8_000
# The kernel works on whole columns of a block, so that larger blocks need fewer steps.
BLOCK_COLUMN_BITS = 64_000


@dataclass(frozen=True)
class PackedSamples:
    """Latents and scores of the listed samples; the fields are those of `Bridge.PackedSamples` in Lean.

    Attributes:
        size: number of samples N.
        latent_dim: dimension d of the latent space.
        concept_count: number of concepts k.
        latent_exponent: p; latent coordinates are integers / 2^p.
        score_exponents: for each concept m; its scores are integers / 2^m.
        digit_bits: b; an integer is stored as a digit of b bits, after adding 2^(b - 1).
        slot_digits: how many digits wide a slot is, in which Lean computes a residual.
        block_rows: K, rows in a block; the last block is filled up with copies of the last sample.
        limb_bits: width of the literals that a column is put together from.
        columns: (d + k) columns of the first block, then of the second, and so on; each is a tuple of literals, lowest
            first, and holds K digits, lowest first.
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
    columns: tuple[tuple[int, ...], ...]

    @property
    def block_count(self) -> int:
        """How many blocks there are."""
        return -(-self.size // self.block_rows)


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
    """How columns are packed; the fields are those of `PackedSamples`, the literals' width in digits."""

    digit_bits: int
    slot_digits: int
    block_rows: int
    literal_digits: int

    @classmethod
    def least(cls, size: int, digit_bits: int, needs: Sequence[SlotNeeds]) -> "Layout":
        """The layout with the narrowest slots that have room for what is computed in them.

        Blocks and literals are of about the same size all of them.

        Args:
            size: the number of samples.
            digit_bits: the width of a digit.
            needs: what each concept needs a slot for.
        """
        block_count = -(-size * digit_bits // BLOCK_COLUMN_BITS)
        block_rows = -(-size // block_count)
        literal_count = -(-block_rows * digit_bits // LITERAL_BITS)
        slot_digits = max(-(-need.bits(digit_bits) // digit_bits) for need in needs)
        # Sums over the slots of a block must fit into a slot too.
        widest = max((bits for need in needs for bits in need.summands), default=None)
        while widest is not None and _slots(block_rows, slot_digits) << widest >= (1 << slot_digits * digit_bits) - 1:
            slot_digits += 1
        return cls(digit_bits, slot_digits, block_rows, -(-block_rows // literal_count))


def _slots(block_rows: int, slot_digits: int) -> int:
    """How many slots Lean spreads the rows of a block over: some are without a row."""
    return (block_rows // slot_digits + 1) * slot_digits


def least_digit_bits(columns: Iterable[Sequence[int]]) -> int:
    """The width of a digit for the integers of all columns: a whole number of hexadecimal digits."""
    largest = max(max(map(abs, column)) for column in columns)
    return _round_up(int(largest).bit_length() + 1, 4)


def pack(columns: Sequence[list[int]], layout: Layout, progress: Progress) -> tuple[tuple[int, ...], ...]:
    """The literals of each column of the first block, then of the second, and so on, the lowest digits first.

    Args:
        columns: (d + k) columns of integers, one for each listed sample.
        layout: how they are packed.
        progress: told of the blocks.
    """
    rows, literal_digits, size = layout.block_rows, layout.literal_digits, len(columns[0])
    return tuple(
        tuple(
            _literal(column[first : min(first + literal_digits, start + rows)], layout.digit_bits)
            for first in range(start, start + rows, literal_digits)
        )
        for start in told(range(0, size, rows), progress, "packing")
        for column in (_filled_up(column, start + rows) for column in columns)
    )


def _literal(entries: list[int], digit_bits: int) -> int:
    offset = 2 ** (digit_bits - 1)
    digits = tuple(entry + offset for entry in reversed(entries))
    # One format for all digits: half the time of one for each.
    return int(f"%0{digit_bits // 4}x" * len(digits) % digits, 16)


def _filled_up(column: list[int], size: int) -> list[int]:
    return column if len(column) >= size else [*column, *[column[-1]] * (size - len(column))]


def _round_up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
