"""Packs the columns of the listed samples into large natural numbers, in the layout of `Bridge.PackedSamples`."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from bridge.exact.extents import integers_over
from bridge.export.listed import Listed, Rows

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

# Digits of so many bits are written with 64-bit integers.
_SHORT = 60
_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)


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
            lowest first, and holds K digits, lowest first.  They need not be in memory: see `PackedColumns`.
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
    columns: Sequence[PackedColumn]

    @property
    def block_count(self) -> int:
        """How many blocks there are."""
        return -(-self.size // self.block_rows)

    @property
    def group_sizes(self) -> tuple[int, ...]:
        """How many columns each group has in which Lean is given them.

        A block has ⌊d / 8⌋ groups of eight columns of latents, then (d mod 8) + k groups of one.
        """
        eights, others = divmod(self.latent_dim, GROUP_COLUMNS)
        return ((GROUP_COLUMNS,) * eights + (1,) * (others + self.concept_count)) * self.block_count

    @property
    def groups(self) -> tuple[tuple[PackedColumn, ...], ...]:
        """All groups, and so all columns."""
        return in_groups(self.columns, self.group_sizes)


def in_groups(columns: Iterable[PackedColumn], sizes: Iterable[int]) -> tuple[tuple[PackedColumn, ...], ...]:
    """Columns in groups of such sizes."""
    columns = iter(columns)
    return tuple(tuple(itertools.islice(columns, size)) for size in sizes)


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


def digit_bits_for(largest: int) -> int:
    """The width of a digit for integers up to a size: a whole number of hexadecimal digits."""
    return _round_up(largest.bit_length() + 1, 4)


@dataclass(frozen=True)
class Packing:
    """All that is needed to pack samples, beside the samples.

    Attributes:
        latent_exponent: p; latent coordinates are integers / 2^p.
        score_exponents: for each concept m; its scores are integers / 2^m.
        layout: how they are packed.
    """

    latent_exponent: int
    score_exponents: tuple[int, ...]
    layout: Layout


@dataclass(frozen=True, eq=False)
class PackedColumns(Sequence[PackedColumn]):
    """The packed columns of the listed samples, each of them computed when it is asked for.

    Attributes:
        listed: the samples.
        packing: how they are packed.
    """

    listed: Listed
    packing: Packing

    def __len__(self) -> int:
        """How many columns all blocks have."""
        return self._per_block * -(-len(self.listed) // self.packing.layout.block_rows)

    @overload
    def __getitem__(self, place: int) -> PackedColumn: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[PackedColumn, ...]: ...

    def __getitem__(self, place: int | slice) -> PackedColumn | tuple[PackedColumn, ...]:
        """One column, or several, of which the blocks that they are in are read at one go."""
        wanted = range(len(self))[place]
        if isinstance(wanted, int):
            return pack(self.task(range(wanted, wanted + 1)))[0]
        return pack(self.task(wanted)) if wanted else ()

    def __iter__(self) -> Iterator[PackedColumn]:
        """All columns; no more than those of a block are in memory."""
        return itertools.chain.from_iterable(
            self[start : start + self._per_block] for start in range(0, len(self), self._per_block)
        )

    def task(self, columns: range) -> "PackTask":
        """What there is to do for columns that come one after the other."""
        first, rows = columns.start // self._per_block, self.packing.layout.block_rows
        last = (columns.stop - 1) // self._per_block
        samples = range(first * rows, min((last + 1) * rows, len(self.listed)))
        before = first * self._per_block
        here = range(columns.start - before, columns.stop - before)
        return PackTask(self.listed.part(samples), here, self.packing)

    @property
    def _per_block(self) -> int:
        return self.listed.latent_dim + self.listed.score_count


@dataclass(frozen=True, eq=False)
class PackTask:
    """Columns that are to be packed.

    Attributes:
        rows: the samples of the blocks that they are in.
        columns: which columns of these blocks they are, counted through all blocks.
        packing: how they are packed.
    """

    rows: Rows
    columns: range
    packing: Packing


def pack(task: PackTask) -> tuple[PackedColumn, ...]:
    """The literals of each column, one block after the other."""
    rows, packing = task.rows, task.packing
    height, dim = packing.layout.block_rows, rows.latents.shape[1]
    per_block = dim + rows.scores.shape[1]
    packed: list[PackedColumn] = []
    for block, start in enumerate(range(0, len(rows), height)):
        before, within = block * per_block, slice(start, start + height)
        low, high = max(0, task.columns.start - before), min(per_block, task.columns.stop - before)
        latents = rows.latents[within, low : min(high, dim)]
        # The integers of latents, and of each column of scores, which has an exponent of its own.
        parts = [integers_over(latents, packing.latent_exponent).T] if latents.size else []
        for column in range(max(low, dim) - dim, high - dim):
            scores = rows.scores[within, column]
            parts.append(integers_over(scores, packing.score_exponents[column])[np.newaxis])
        for part in parts:
            packed += _columns(part, packing.layout)
    return tuple(packed)


def packed_samples(listed: Listed, packing: Packing) -> PackedSamples:
    """Pack samples, which happens when their columns are asked for.

    Args:
        listed: the samples.
        packing: how they are packed.
    """
    layout = packing.layout
    return PackedSamples(
        size=len(listed),
        latent_dim=listed.latent_dim,
        concept_count=listed.score_count,
        latent_exponent=packing.latent_exponent,
        score_exponents=packing.score_exponents,
        digit_bits=layout.digit_bits,
        slot_digits=layout.slot_digits,
        block_rows=layout.block_rows,
        limb_bits=layout.limb_bits,
        columns=PackedColumns(listed, packing),
    )


def _columns(entries: np.ndarray, layout: Layout) -> Iterator[PackedColumn]:
    """The columns of a block, given as rows of integers; the last of these may be missing."""
    base = 2 if layout.digit_bits % 4 else 16
    texts = _binary(entries, layout.digit_bits) if base == 2 else _hexadecimal(entries, layout.digit_bits)
    missing, length = layout.block_rows - texts.shape[1], layout.literal_digits
    if missing:
        # The last sample again where there is none.
        texts = np.pad(texts, ((0, 0), (0, missing), (0, 0)), mode="edge")
    for column in texts:
        first, second, third, fourth = (
            # The lowest digit is the last one of the text.  Where no row is left, no digit is.
            int(column[number * length : (number + 1) * length][::-1].tobytes() or b"0", base)
            for number in range(COLUMN_LITERALS)
        )
        yield first, second, third, fourth


def _hexadecimal(entries: np.ndarray, digit_bits: int) -> np.ndarray:
    """(columns, rows, length) the hexadecimal digits of integers, as they are stored, highest first."""
    length, offset = digit_bits // 4, 2 ** (digit_bits - 1)
    if digit_bits > _SHORT or entries.dtype == object:
        return _characters(entries, offset, length, "x")
    stored = entries + offset
    digits = np.empty((*entries.shape, length), np.uint8)
    for place in range(length):
        digits[..., place] = (stored >> 4 * (length - 1 - place)) & 15
    return _DIGITS[digits]


def _binary(entries: np.ndarray, digit_bits: int) -> np.ndarray:
    """The same in binary, for digits that are no whole number of hexadecimal digits."""
    return _characters(entries, 2 ** (digit_bits - 1), digit_bits, "b")


def _characters(entries: np.ndarray, offset: int, length: int, form: str) -> np.ndarray:
    text = "".join(f"{int(entry) + offset:0{length}{form}}" for entry in entries.ravel()).encode()
    return np.frombuffer(text, np.uint8).reshape(*entries.shape, length)


def _round_up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
