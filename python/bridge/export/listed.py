"""The samples that an export lists, and the sections in which work is done on them.

A section is cut by the numbers of its rows alone, so that what is computed of it is the same whoever does it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bridge.base.arrays import row_ranges

# About how many digits of 26 bits a residual has, and so what work on one weighs beside a latent coordinate.
_DIGITS = 16


@dataclass(frozen=True, eq=False)
class Rows:
    """Listed samples that come one after the other, or some that do not; what a worker is given of them.

    Attributes:
        first: which of all listed samples the first is, counted from 0.
        latents: (n, d) latent points.
        scores: (n, k) scores, or labels and the like.
    """

    first: int
    latents: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        """How many samples there are."""
        return len(self.latents)


@dataclass(frozen=True, eq=False)
class Listed:
    """The listed samples.

    Attributes:
        latents: (M, d) the latent points of the artifact.
        scores: (M, k) its scores, or labels and the like.
        rows: (N,) positions of the listed samples in the artifact.
    """

    latents: np.ndarray
    scores: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        """N."""
        return len(self.rows)

    @property
    def latent_dim(self) -> int:
        """The dimension d of the latent space."""
        return int(self.latents.shape[1])

    @property
    def score_count(self) -> int:
        """The number k of columns of scores."""
        return int(self.scores.shape[1])

    def part(self, rows: range, columns: slice = slice(None)) -> Rows:
        """Some listed samples, with some columns of the scores; the latents and scores are copies."""
        return self.some(self.rows[rows.start : rows.stop], columns, rows.start)

    def some(self, positions: np.ndarray, columns: slice = slice(None), first: int = 0) -> Rows:
        """The samples in some positions of the artifact."""
        return Rows(first, self.latents[positions], self.scores[positions, columns])

    def sections(self, rows: range, functionals: int) -> Sequence[range]:
        """Listed samples in sections, for each of which so many functionals can be computed at one go.

        Args:
            rows: the listed samples.
            functionals: how many residuals or decision values of each are computed.
        """
        return sections(rows, self.latent_dim + _DIGITS * functionals)

    def parts(self, several: Iterable[range], columns: slice = slice(None)) -> Iterator[Rows]:
        """Some sections, each read when it is asked for."""
        return (self.part(rows, columns) for rows in several)


def sections(rows: range, width: int) -> Sequence[range]:
    """Rows of so many numbers in sections, one after the other."""
    return [rows[start:stop] for start, stop in row_ranges((len(rows), width))]
