"""Rows that a file gives in steps of its own: row groups, record batches, chunks; and files one after the other.

Which rows are asked for does not depend on the steps, so that what is computed of a block does not depend on how the
rows are divided into files, or a file into steps.  Asked for one range after the other, each step is read once.
"""

import contextlib
import itertools
from abc import abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bridge.base.arrays import ArraySource
from bridge.base.errors import InputError
from bridge.base.file_spec import FilePath, stamp_of
from bridge.base.remote import Stamp


@dataclass(frozen=True, eq=False)
class Stepwise(ArraySource):
    """Rows of a file that are read from the beginning of a step on.

    Attributes:
        path: the file.
        starts: the first row of each step, increasing from 0.
    """

    path: FilePath
    starts: Sequence[int]

    @abstractmethod
    def from_step(self, step: int) -> Generator[np.ndarray, None, None]:
        """The rows from the first of a step to the last of all, in pieces of any size of which none is empty."""

    def pieces(self, ranges: Iterable[tuple[int, int]]) -> Iterator[np.ndarray]:
        """The rows of each range; a step is begun anew only for rows that are not in it, or are over already."""
        with contextlib.ExitStack() as stack:
            stream: Iterator[np.ndarray] | None = None
            held, first, end = np.empty((0, *self.shape[1:]), self.dtype), 0, 0
            for start, stop in ranges:
                parts: list[np.ndarray] = []
                row = start
                while row < stop:
                    if first <= row < end:
                        parts.append(held[row - first : stop - first])
                        row += len(parts[-1])
                        continue
                    if stream is None or row < end or self._step(row) > self._step(end):
                        stack.close()
                        step = self._step(row)
                        stream, end = stack.enter_context(contextlib.closing(self.from_step(step))), self.starts[step]
                    held = next(stream, held[:0])
                    first, end = end, end + len(held)
                    if first == end:
                        raise InputError(
                            f"{self.path} has no row {row}, and had {len(self)} rows; a file that stays as it is is "
                            "required; run the command again"
                        )
                yield parts[0] if len(parts) == 1 else np.concatenate([held[:0], *parts])

    def _step(self, row: int) -> int:
        return bisect_right(self.starts, row) - 1


@dataclass(frozen=True, eq=False)
class JoinedRows(ArraySource):
    """The rows of files one after the other; refused if one was written anew since it was opened.

    Attributes:
        parts: the rows of each file.
        files: the files.
        stamps: what they had when they were opened.
    """

    parts: tuple[ArraySource, ...]
    files: tuple[FilePath, ...]
    stamps: tuple[Stamp, ...]

    def pieces(self, ranges: Iterable[tuple[int, int]]) -> Iterator[np.ndarray]:
        """The rows of each range, of one file after the other."""
        firsts = [0, *itertools.accumulate(map(len, self.parts))]
        wanted = [_divided(firsts, start, stop) for start, stop in ranges]
        ends = iter(list(itertools.accumulate(map(len, wanted))))
        gathered: list[np.ndarray] = []
        count, end = 0, next(ends, 0)
        for part, group in itertools.groupby(itertools.chain.from_iterable(wanted), lambda one: one[0]):
            self._require_unchanged(part)
            for rows in self.parts[part].pieces([(start, stop) for _, start, stop in group]):
                gathered.append(rows)
                count += 1
                if count == end:
                    block = gathered[0] if len(gathered) == 1 else np.concatenate(gathered)
                    # What is given away is not kept here.
                    gathered, end = [], next(ends, 0)
                    yield block

    @property
    def ranges(self) -> Iterable[tuple[int, int]]:
        """Those of the one file; those of any array if there are several."""
        return self.parts[0].ranges if len(self.parts) == 1 else super().ranges

    @property
    def is_read_from_start(self) -> bool:
        """Whether those of a file are."""
        return any(part.is_read_from_start for part in self.parts)

    def around(self, start: int, stop: int) -> tuple[ArraySource, int]:
        """The rows of those files alone that hold some of these."""
        firsts = [0, *itertools.accumulate(map(len, self.parts))]
        meant = [file for file, _, _ in _divided(firsts, start, stop)]
        chosen = slice(meant[0], meant[-1] + 1)
        parts = self.parts[chosen]
        shape = (sum(map(len, parts)), *self.shape[1:])
        return JoinedRows(shape, self.dtype, parts, self.files[chosen], self.stamps[chosen]), firsts[meant[0]]

    def _require_unchanged(self, part: int) -> None:
        if stamp_of(self.files[part]) != self.stamps[part]:
            raise InputError(
                f"{self.files[part]} was written anew while it was read; files that stay as they are are required; run "
                "the command again when they do"
            )


def _divided(firsts: Sequence[int], start: int, stop: int) -> list[tuple[int, int, int]]:
    """The rows of a range as those of files: which file, its first row, and the first after it.

    Args:
        firsts: where each file begins, and where the last ends.
        start: the first row of the range.
        stop: the first after it.
    """
    if start >= stop:
        return [(0, 0, 0)]
    found: list[tuple[int, int, int]] = []
    for file in range(bisect_right(firsts, start) - 1, bisect_left(firsts, stop)):
        first, end = max(start, firsts[file]), min(stop, firsts[file + 1])
        if first < end:
            found.append((file, first - firsts[file], end - firsts[file]))
    return found
