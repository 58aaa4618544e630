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


@dataclass(frozen=True)
class SlotNeeds:
    """What Lean computes in a slot for one concept, as integers at the scale of the products of weights and latents.

    Attributes:
        factors: those of a sample's integers: the weights, and that of the score.
        constant: the bias.
        sup: δ.
        summands: how wide the numbers can be of which one is added up for each row of a block.
    """

    factors: tuple[int, ...]
    constant: int
    sup: int
    summands: tuple[int, ...]

    def bits(self, digit_bits: int) -> int:
        """How wide it must be for neither side of the comparison to reach its highest bit, as `sidesOk` requires."""
        positive = sum(n for n in self.factors if n > 0)
        negative = -sum(n for n in self.factors if n < 0)
        offset, largest = 1 << (digit_bits - 1), (1 << digit_bits) - 1
        left = largest * positive + offset * negative + max(self.constant, 0)
        right = largest * negative + offset * positive + max(-self.constant, 0)
        return (max(left, right) + self.sup).bit_length() + 1


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

        Args:
            size: the number of samples.
            digit_bits: the width of a digit.
            needs: what each concept needs a slot for.
        """
        widest = max((bits for need in needs for bits in need.summands), default=None)
        layout = cls._of(size, digit_bits, max(-(-need.bits(digit_bits) // digit_bits) for need in needs))
        # Sums over a block must fit into a slot too, and a wider slot can make the block larger.
        while widest is not None and layout.block_rows << widest >= (1 << (layout.slot_digits * digit_bits)) - 1:
            layout = cls._of(size, digit_bits, layout.slot_digits + 1)
        return layout

    @classmethod
    def _of(cls, size: int, digit_bits: int, slot_digits: int) -> "Layout":
        """Blocks and literals of about the same size all of them.

        A slot divides the rows of a block, so that no digit of a slot is without a row.
        """
        block_count = -(-size * digit_bits // BLOCK_COLUMN_BITS)
        block_rows = _round_up(-(-size // block_count), slot_digits)
        literal_count = -(-block_rows * digit_bits // LITERAL_BITS)
        return cls(digit_bits, slot_digits, block_rows, -(-block_rows // literal_count))


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
