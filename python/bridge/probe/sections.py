"""Latents in sections: runs of blocks that are cut by the numbers of their rows alone, and gone through by workers.

A section is what one worker goes through at one go, and what comes out of it is joined with what came out of those
before: so nothing that is found depends on who has worked.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import numpy as np
import torch

from bridge.base.arrays import ArraySource, address_of, in_memory, row_ranges
from bridge.base.errors import InputError
from bridge.base.progress import Progress, untold
from bridge.base.workers import HERE, Workers
from bridge.exact.rounding import on_grid
from bridge.probe.one_thread import one_thread
from bridge.probe.sample_blocks import Block, Sums, require_finite

Found = TypeVar("Found")

Range = tuple[int, int]
"""The first row, and the first after the last."""

# So many blocks at least: then what a section takes besides its work is little of it.
_FEWEST_BLOCKS = 4
# So many rows for each column at least: the sums of a section, (d + 1)², are then small beside what was read for them.
_ROWS_FOR_EACH_COLUMN = 8


def cut_in_sections(shape: tuple[int, ...]) -> list[list[Range]]:
    """The blocks of each section of an array (N, d)."""
    blocks = list(row_ranges(shape))
    height = blocks[0][1] - blocks[0][0] if blocks else 1
    several = max(_FEWEST_BLOCKS, math.ceil(_ROWS_FOR_EACH_COLUMN * shape[1] / height))
    return [blocks[number : number + several] for number in range(0, len(blocks), several)]


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a block of latents.

    Attributes:
        start: which row of all latents the block begins with.
        latents: (n, d).
        columns: what is known of each row besides, by its name.
    """

    start: int
    latents: np.ndarray
    columns: Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class _Section:
    """What a worker is sent.

    Attributes:
        latents: where the rows are.
        offset: which row of all latents the first of these is.
        blocks: the blocks, by the rows of all latents.
        members: which rows of the blocks are taken, None for all.
        columns: of all rows of the blocks.
    """

    latents: ArraySource
    offset: int
    blocks: Sequence[Range]
    members: np.ndarray | None
    columns: Mapping[str, np.ndarray]

    def rows(self, latents: Iterable[np.ndarray]) -> Iterator[Rows]:
        """What is taken of each block."""
        first = self.blocks[0][0]
        for (start, stop), block in zip(self.blocks, latents, strict=False):
            here = slice(start - first, stop - first)
            columns = {name: column[here] for name, column in self.columns.items()}
            if self.members is None:
                yield Rows(start, block, columns)
            elif (members := self.members[here]).any():
                yield Rows(start, block[members], {name: column[members] for name, column in columns.items()})


def _there(function: Callable[[Iterable[Rows]], Found], bits: int | None, section: _Section) -> Found:
    """What a function finds in a section, which is read where this runs."""
    latents = on_grid(section.latents, bits)
    ranges = [(start - section.offset, stop - section.offset) for start, stop in section.blocks]
    with one_thread():
        return function(section.rows(latents.pieces(ranges)))


@dataclass(frozen=True, eq=False)
class Sections:
    """Latents to be gone through.

    Attributes:
        latents: (N, d) where they are.
        bits: N, if they are to be on the grid of multiples of 2^-N, None if they are as they are.
        workers: who goes through them.
        progress: told how far they are, in rows.
    """

    latents: ArraySource
    bits: int | None = None
    workers: Workers = HERE
    progress: Progress = untold

    def map(
        self,
        function: Callable[[Iterable[Rows]], Found],
        step: str,
        columns: Mapping[str, np.ndarray],
        members: np.ndarray | None = None,
    ) -> Iterator[Found]:
        """What a function finds in each section in which there is anything, in their order.

        Args:
            function: one of a module, or a `functools.partial` of such, which takes all that it is given.
            step: what progress calls the work.
            columns: (N, …) what is known of each row besides, for the function.
            members: (N,) bool, True for the rows that are taken; None for all.

        Raises:
            InputError: the latents cannot be read, or the workers are lost.
        """
        sections = [
            blocks
            for blocks in cut_in_sections(self.latents.shape)
            if members is None or members[blocks[0][0] : blocks[-1][1]].any()
        ]
        if self.workers is HERE:
            yield from self._here(function, step, sections, columns, members)
            return
        around = [self.latents.around(blocks[0][0], blocks[-1][1]) for blocks in sections]
        addresses = [(address_of(latents), offset) for latents, offset in around]
        height, count = sections[0][-1][1] - sections[0][0][0] if sections else 0, len(self.latents)

        def tasks() -> Iterator[_Section]:
            if all(address is not None for address, _ in addresses):
                for blocks, (address, offset) in zip(sections, addresses, strict=True):
                    assert address is not None
                    yield self._section(address, offset, blocks, columns, members)
                return
            runs = [(blocks[0][0], blocks[-1][1]) for blocks in sections]
            for blocks, rows in zip(sections, self._in_order().pieces(runs), strict=True):
                yield self._section(in_memory(rows), blocks[0][0], blocks, columns, members)

        def tell(step: str, done: int, total: int) -> None:
            self.progress(step, count if done == total else min(done * height, count), count)

        yield from self.workers.map(
            partial(_there, function, self.bits), tasks(), total=len(sections), step=step, progress=tell
        )

    def _here(
        self,
        function: Callable[[Iterable[Rows]], Found],
        step: str,
        sections: Sequence[Sequence[Range]],
        columns: Mapping[str, np.ndarray],
        members: np.ndarray | None,
    ) -> Iterator[Found]:
        """The same, with one way through the latents, for what is read from its start on."""
        latents = on_grid(self._in_order(), self.bits).told(self.progress, step)
        pieces = latents.pieces(block for blocks in sections for block in blocks)
        for blocks in sections:
            section = self._section(latents, 0, blocks, columns, members)
            with one_thread():
                found = function(section.rows(pieces))
            yield found
        # The last of the pieces says that it is the last.
        next(pieces, None)

    def _section(
        self,
        latents: ArraySource,
        offset: int,
        blocks: Sequence[Range],
        columns: Mapping[str, np.ndarray],
        members: np.ndarray | None,
    ) -> _Section:
        here = slice(blocks[0][0], blocks[-1][1])
        sliced = {name: column[here] for name, column in columns.items()}
        return _Section(latents, offset, blocks, None if members is None else members[here], sliced)

    def _in_order(self) -> ArraySource:
        """The latents; those that are only had as a whole are read once."""
        is_whole = len(self.latents) > 1 and [*self.latents.ranges] == [(0, len(self.latents))]
        return in_memory(self.latents.whole()) if is_whole else self.latents


@dataclass(frozen=True, eq=False)
class InSections:
    """Samples whose latents are gone through in sections, as those of `bridge.probe.sample_blocks.Passes`.

    Attributes:
        latents: the latents.
        scores: (N, k).
        members: (N,) bool, True for the samples of the fit, one of which counts.
        weight: (N,) how much each sample counts, None if all count alike.
        step: what progress calls the passes, None for what they are for.
    """

    latents: Sections
    scores: np.ndarray
    members: np.ndarray
    weight: np.ndarray | None = None
    step: str | None = None
    _counted: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        counted = self.members if self.weight is None else self.members & (self.weight > 0)
        if not counted.any():
            raise InputError("there are 0 samples; a probe needs at least one; add samples")
        object.__setattr__(self, "_counted", counted)

    @property
    def first(self) -> Block:
        """The first sample alone."""
        row = int(np.argmax(self._counted))
        latents = on_grid(self.latents.latents, self.latents.bits).read(row, row + 1)
        return _block(latents, self.scores[row : row + 1])

    def summed(
        self,
        function: Callable[[Iterable[Block]], Sums],
        step: str,
        *,
        expected: int | None = None,
        fold: torch.Tensor | None = None,
    ) -> Iterator[Sums]:
        """What the function makes of the samples of each section.

        Raises:
            InputError: a latent is no finite number, which it was before, or they cannot be read.
        """
        columns = {"scores": self.scores}
        if self.weight is not None:
            columns["weight"] = self.weight
        if fold is not None:
            columns["fold"] = np.zeros(len(self.members), np.int64)
            columns["fold"][self.members] = fold.numpy()
        return self.latents.map(partial(_of_blocks, function), self.step or step, columns, self._counted)


def _of_blocks(function: Callable[[Iterable[Block]], Sums], rows: Iterable[Rows]) -> Sums:
    return function(_blocks(rows))


def _blocks(several: Iterable[Rows]) -> Iterator[Block]:
    for rows in several:
        block = _block(rows.latents, **rows.columns)
        # The file can have changed since it was looked at.
        require_finite(block.mu, "latents", rows.start)
        yield block


def _block(
    latents: np.ndarray, scores: np.ndarray, weight: np.ndarray | None = None, fold: np.ndarray | None = None
) -> Block:
    """Rows as tensors in memory of their own."""
    return Block(
        torch.tensor(latents.astype(np.float64, copy=False)),
        torch.tensor(scores.astype(np.float64, copy=False)),
        None if weight is None else torch.tensor(weight.astype(np.float64, copy=False)),
        None if fold is None else torch.tensor(fold),
    )
