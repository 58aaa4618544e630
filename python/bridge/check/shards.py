"""Compares the digits of shards with the listed samples, each shard by itself.

A shard is a task: it needs its text, the rows whose columns it has, and the layout; nothing of it is kept but where it
differs.
"""

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np

from bridge.base.errors import InputError
from bridge.base.words import counted
from bridge.base.workers import Workers
from bridge.check.comparison import Comparison, Difference
from bridge.check.lean_modules import read_module
from bridge.check.listed import Form, ListedSamples, over, ratios
from bridge.check.parts import ReadColumn, ReadFiles, ReadGroup, ReadShard, read_groups
from bridge.check.reader import Literal


@dataclass(frozen=True)
class Layout:
    """How columns are packed, which is known to be right.

    Attributes:
        namespace: of the export.
        size: the number of samples.
        latent_dim: the number of latent columns.
        score_columns: what differences call each column of scores, and its place there.
        form: how the samples are integers.
        block_rows: how many rows a block has.
        limb_bits: how wide the first literals of a column are.
    """

    namespace: str
    size: int
    latent_dim: int
    score_columns: tuple[tuple[str, int], ...]
    form: Form
    block_rows: int
    limb_bits: int

    @property
    def column_count(self) -> int:
        """How many columns a block has."""
        return self.latent_dim + len(self.score_columns)

    @property
    def block_count(self) -> int:
        """How many blocks there are."""
        return -(-self.size // self.block_rows)

    def name(self, position: int) -> tuple[str, int]:
        """What differences call a column of a block."""
        if position < self.latent_dim:
            return "latents", position
        return self.score_columns[position - self.latent_dim]

    def exponent(self, position: int) -> int:
        """The power of two that the numbers of a column of a block are over."""
        form = self.form
        return (form.latent_exponent, *form.score_exponents)[max(0, position + 1 - self.latent_dim)]

    def group_sizes(self) -> Iterator[int]:
        """How many columns each group has: in every block eight while there are as many latents, and then one."""
        scores = len(self.score_columns)
        return itertools.cycle([8] * (self.latent_dim // 8) + [1] * (self.latent_dim % 8 + scores))


@dataclass(frozen=True, eq=False)
class _Task:
    """A shard and the rows that it must hold, with the first of its columns if it has not all of a block.

    Attributes:
        shard: where its groups stand.
        source: the content of its file.
        rows: (n,) positions in the artifact of the samples of its blocks.
        first: how many listed samples come before.
        position: which column of a block is the first of the arrays.
        latents: (n, …) columns of their latents.
        scores: (n, …) columns of their scores.
    """

    shard: ReadShard
    source: bytes
    rows: np.ndarray
    first: int
    position: int
    latents: np.ndarray
    scores: np.ndarray

    def column(self, position: int) -> np.ndarray:
        """The numbers of a column of a block, for all rows."""
        place = position - self.position
        latents = self.latents.shape[1]
        column: np.ndarray = self.latents[:, place] if place < latents else self.scores[:, place - latents]
        return column


@dataclass(frozen=True)
class _Outcome:
    """What differs in a shard, groups first, and how many digits were compared."""

    groups: tuple[Difference, ...]
    columns: tuple[Difference, ...]
    compared: int


def compare_shards(
    comparison: Comparison, export: ReadFiles, samples: ListedSamples, layout: Layout, workers: Workers
) -> None:
    """Take the columns apart, whose layout is known to be right, and compare every digit.

    Raises:
        InputError: a file is another than it was when the export was read.
    """
    shards = export.samples.shards
    tasks = (_task(export, shard, samples, layout) for shard in shards)
    groups: list[Difference] = []
    columns: list[Difference] = []
    for outcome in workers.map(partial(_compared, layout=layout), tasks, total=len(shards), step="comparing"):
        groups += outcome.groups
        columns += outcome.columns
        comparison.compared += outcome.compared
    comparison.differences += groups
    count, required = shards[-1].columns.stop, layout.block_count * layout.column_count
    if count != required:
        comparison.differ(shards[-1].last_column, "columns", f"{count} of them", str(required))
    comparison.differences += columns


def _task(export: ReadFiles, shard: ReadShard, samples: ListedSamples, layout: Layout) -> _Task:
    """A shard with the rows of its blocks, and of a single block with the columns that it has of it."""
    _, source = read_module(export.root.parent, shard.module)
    if hashlib.sha256(source).hexdigest() != export.sources[shard.module]:
        raise InputError(
            f"{shard.file} has been changed while it was read; the files of an export are required as they were made; "
            "run it again when nobody writes to them"
        )
    count, dim = layout.column_count, layout.latent_dim
    blocks = range(shard.columns.start // count, (shard.columns.stop - 1) // count + 1)
    first, stop = 0, count
    if len(blocks) == 1:
        first = shard.columns.start % count
        stop = first + shard.column_count
    start = min(blocks.start * layout.block_rows, samples.size)
    rows = samples.rows[start : blocks.stop * layout.block_rows]
    return _Task(
        shard,
        source,
        rows,
        start,
        first,
        samples.latents[rows, min(first, dim) : min(stop, dim)],
        samples.scores[rows, max(first - dim, 0) : max(stop - dim, 0)],
    )


def _compared(task: _Task, *, layout: Layout) -> _Outcome:
    shard, groups = task.shard, Comparison()
    sizes = itertools.islice(layout.group_sizes(), shard.first_group % _period(layout), None)
    columns = _Columns(task, layout)
    number = shard.first_column
    found = read_groups(shard, task.source, layout.namespace)
    for index, (group, size) in enumerate(zip(found, sizes, strict=False), start=shard.first_group):
        _compare_group(groups, index, group, size)
        for literals in group:
            if number < layout.block_count * layout.column_count:
                columns.compare(number, literals)
            number += 1
    return _Outcome(tuple(groups.differences), tuple(columns.comparison.differences), columns.comparison.compared)


def _period(layout: Layout) -> int:
    return layout.latent_dim // 8 + layout.latent_dim % 8 + len(layout.score_columns)


def _compare_group(comparison: Comparison, number: int, group: ReadGroup, size: int) -> None:
    """Compare how many columns a group has."""
    if len(group) != size:
        found, required = (counted(each, "column") for each in (len(group), size))
        comparison.differ(group[0][0].place, f"groups[{number}]", found, required)


class _Columns:
    """Compares columns, each of which is taken apart into digits."""

    def __init__(self, task: _Task, layout: Layout) -> None:
        self.comparison = Comparison()
        self._task = task
        self._layout = layout

    def compare(self, number: int, literals: ReadColumn) -> None:
        """Put a column together from its literals, and compare its digits with the entries of the rows of its block."""
        layout, comparison = self._layout, self.comparison
        digit_bits, block_rows, limb_bits = layout.form.digit_bits, layout.block_rows, layout.limb_bits
        block, position = divmod(number, layout.column_count)
        last = len(literals) - 1
        widths = limb_widths(digit_bits * block_rows, limb_bits, len(literals))
        packed = joined_literals(comparison, f"columns[{number}]", literals, widths)
        if packed is None:
            return
        offset, exponent = 1 << (digit_bits - 1), layout.exponent(position)
        found = [digit - offset for digit in digits_of(packed, digit_bits, block_rows)]
        first = block * block_rows - self._task.first
        entries = over(ratios(self._task.column(position)[first : first + block_rows]), exponent)
        # The last block is filled up with copies of the last sample.
        entries += entries[-1:] * (block_rows - len(entries))
        comparison.compared += block_rows
        if found == entries:
            return
        (array, index), rows = layout.name(position), self._task.rows
        for row, (digit, entry) in enumerate(zip(found, entries, strict=True)):
            if digit != entry:
                what = f"{array}[{rows[min(first + row, len(rows) - 1)]}, {index}]"
                if block * block_rows + row >= layout.size:
                    what += f" in the padding row {block * block_rows + row}"
                place = literals[min(row * digit_bits // limb_bits, last)].place
                comparison.differ(place, what, *(str(Fraction(each, 1 << exponent)) for each in (digit, entry)))


def joined_literals(
    comparison: Comparison, name: str, literals: Sequence[Literal[int]], widths: Sequence[int]
) -> int | None:
    """A number, put together from literals of so many bits, the lowest first; None if one has more."""
    number = place = 0
    for literal, width in zip(literals, widths, strict=True):
        if literal.value.bit_length() > width:
            comparison.differ(
                literal.place, name, f"a literal of {literal.value.bit_length()} bits", f"at most {width}"
            )
            return None
        number |= literal.value << place
        place += width
    return number


def limb_widths(bits: int, limb_bits: int, count: int) -> list[int]:
    """How wide the literals of a number can be, of which all but the last have so many bits, if there are so many."""
    rest = [max(0, bits - place * limb_bits) for place in range(count)]
    return [*(min(limb_bits, bits_left) for bits_left in rest[:-1]), rest[-1]]


def digits_of(number: int, digit_bits: int, count: int) -> list[int]:
    """The digits of so many bits, lowest first, of a number that has no more than so many digits."""
    # Text in a base that is a power of two is made and read in a time that grows with its length.
    base, form, length = (2, "b", digit_bits) if digit_bits % 4 else (16, "x", digit_bits // 4)
    text = f"{number:0{length * count}{form}}"
    return [int(text[end - length : end], base) for end in range(len(text), 0, -length)]
