"""The listed samples in sections, and their numbers as Python's integers.

No process has all integers: a section is cut out of the artifact's arrays, its floats are made integers, and what is
computed with these is all that is kept.  Where sections begin depends on row numbers alone, so that whoever works on
them finds the same.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

import numpy as np

from bridge.base.workers import Workers

Result = TypeVar("Result")

# An integer of a section takes about 100 bytes with the fraction that it comes from.
_SECTION_ENTRIES = 2**17
# Rows of a section, however wide they are, so that weights are made integers for many of them.
_FEWEST_ROWS = 64


@dataclass(frozen=True)
class Form:
    """Over which powers of two the numbers of the listed samples are integers, the least ones that they can have.

    All latent coordinates are over the same one.

    Attributes:
        latent_exponent: that of the latents.
        score_exponents: those of the columns of scores.
        digit_bits: the least multiple of four for which every integer fits into a digit with an offset of half its
            range.
        least_scores: the least integer of each column of scores.
        greatest_scores: the greatest.
    """

    latent_exponent: int
    score_exponents: tuple[int, ...]
    digit_bits: int
    least_scores: tuple[int, ...]
    greatest_scores: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Rows:
    """Some listed samples that follow one another, as the artifact has them.

    Attributes:
        first: how many listed samples come before.
        latents: (n, d) their latents.
        scores: (n, k) their scores.
    """

    first: int
    latents: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True, eq=False)
class ListedSamples:
    """The listed samples of an artifact, whose arrays are not copied.

    Attributes:
        rows: (N,) their positions in the artifact.
        latents: the latents of all its samples.
        scores: (…, k) what is beside them: scores, or labels as a single column.
        score_columns: what differences call each of these columns, and its place there.
    """

    rows: np.ndarray
    latents: np.ndarray
    scores: np.ndarray
    score_columns: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """N."""
        return len(self.rows)

    @property
    def latent_dim(self) -> int:
        """The dimension d."""
        return int(self.latents.shape[1])

    def cut(self, start: int, stop: int) -> Rows:
        """The samples from one to the one before another, fewer if there are not so many."""
        rows = self.rows[start:stop]
        return Rows(start, self.latents[rows], self.scores[rows])

    def sections(self, boundaries: Iterable[int] = ()) -> list[tuple[int, int]]:
        """Where each section begins and ends; one begins at each of the boundaries that there are samples at."""
        height = max(_FEWEST_ROWS, _SECTION_ENTRIES // (self.latent_dim + self.scores.shape[1]))
        cuts = {*range(0, self.size, height), self.size, *(cut for cut in boundaries if 0 < cut < self.size)}
        return list(pairwise(sorted(cuts)))

    def each_section(
        self, function: Callable[[Rows], Result], workers: Workers, boundaries: Iterable[int] = (), step: str = ""
    ) -> Iterator[Result]:
        """What a function gives for each section, in their order.

        Args:
            function: what workers do, as of `Workers.map`.
            workers: who does it.
            boundaries: as of `sections`.
            step: what it is called.
        """
        sections = self.sections(boundaries)
        tasks = (self.cut(start, stop) for start, stop in sections)
        return workers.map(function, tasks, total=len(sections), step=step)


def sections_in(starts: Sequence[int], rows: range | None) -> slice:
    """Which sections are some rows that end where sections do, given where each begins; None for all."""
    return slice(None) if rows is None else slice(bisect_left(starts, rows.start), bisect_left(starts, rows.stop))


@dataclass(frozen=True, eq=False)
class Integers:
    """The numbers of some listed samples as integers, column by column.

    Attributes:
        first: how many listed samples come before.
        latents: the columns of the latents, all over the same power of two.
        latent_exponent: which one that is.
        scores: the columns of the scores, each over its own.
        score_exponents: which ones these are.
    """

    first: int
    latents: list[list[int]]
    latent_exponent: int
    scores: list[list[int]]
    score_exponents: tuple[int, ...]

    @property
    def points(self) -> list[tuple[int, ...]]:
        """The latent points."""
        return list(zip(*self.latents, strict=True))


Ratios = Sequence[tuple[int, int]]


def least_integers(rows: Rows) -> Integers:
    """Some samples as integers over the least powers of two that these alone can have."""
    latents = [ratios(column) for column in rows.latents.T]
    scores = [ratios(column) for column in rows.scores.T]
    latent_exponent = max(map(exponent_of, latents))
    exponents = tuple(map(exponent_of, scores))
    return Integers(
        rows.first,
        [over(column, latent_exponent) for column in latents],
        latent_exponent,
        list(map(over, scores, exponents)),
        exponents,
    )


def integers_over(rows: Rows, form: Form) -> Integers:
    """Some samples as integers over the powers of two of all."""
    return Integers(
        rows.first,
        [over(ratios(column), form.latent_exponent) for column in rows.latents.T],
        form.latent_exponent,
        [over(ratios(column), exponent) for column, exponent in zip(rows.scores.T, form.score_exponents, strict=True)],
        form.score_exponents,
    )


def ratios(values: np.ndarray) -> list[tuple[int, int]]:
    """Numbers of any type that an artifact has, each as a numerator and a denominator that is a power of two."""
    return [value.as_integer_ratio() for value in values.tolist()]


def exponent_of(fractions: Ratios) -> int:
    """The least power of two over which all of these are integers."""
    return max(denominator for _, denominator in fractions).bit_length() - 1


def over(fractions: Ratios, exponent: int) -> list[int]:
    """The integers that these are over a power of two that is large enough."""
    return [numerator << (exponent + 1 - denominator.bit_length()) for numerator, denominator in fractions]


@dataclass(frozen=True)
class Extent:
    """How far the numbers of a section go.

    Attributes:
        latent_exponent: the least power of two over which its latents are integers.
        score_exponents: that of each column of scores.
        largest_latent: the largest coordinate in size.
        least_scores: the least score of each column.
        greatest_scores: the greatest.
    """

    latent_exponent: int
    score_exponents: tuple[int, ...]
    largest_latent: Fraction
    least_scores: tuple[Fraction, ...]
    greatest_scores: tuple[Fraction, ...]

    @classmethod
    def of(cls, integers: Integers) -> "Extent":
        """The extent of some samples."""
        largest = max(max(map(abs, column)) for column in integers.latents)
        scores = list(zip(integers.scores, integers.score_exponents, strict=True))
        return cls(
            integers.latent_exponent,
            integers.score_exponents,
            Fraction(largest, 1 << integers.latent_exponent),
            tuple(Fraction(min(column), 1 << exponent) for column, exponent in scores),
            tuple(Fraction(max(column), 1 << exponent) for column, exponent in scores),
        )

    def joined(self, other: "Extent") -> "Extent":
        """The extent of two sections together."""
        return Extent(
            max(self.latent_exponent, other.latent_exponent),
            tuple(map(max, self.score_exponents, other.score_exponents)),
            max(self.largest_latent, other.largest_latent),
            tuple(map(min, self.least_scores, other.least_scores)),
            tuple(map(max, self.greatest_scores, other.greatest_scores)),
        )

    def form(self) -> Form:
        """Over which powers of two all numbers are integers, and how wide these are."""
        least, greatest = (
            tuple(int(score * (1 << exponent)) for score, exponent in zip(scores, self.score_exponents, strict=True))
            for scores in (self.least_scores, self.greatest_scores)
        )
        largest = max(int(self.largest_latent * (1 << self.latent_exponent)), *map(abs, (*least, *greatest)))
        return Form(
            self.latent_exponent,
            self.score_exponents,
            -(-(largest.bit_length() + 1) // 4) * 4,
            least,
            greatest,
        )
