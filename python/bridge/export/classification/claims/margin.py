"""The margin: the least gap between the largest decision value and another one, which every export proves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from bridge.exact.text import decimal, rational


@dataclass(frozen=True)
class MarginClaim:
    """The margin of a classifier; a `bridge.export.classification.claims.kind.ClassifierClaim`.

    Attributes:
        margin: the least gap over the listed samples and the classes that are not decided for, exactly.
        gap: it as an integer, at the scale of the decision values.
        sample: position among the listed samples of the first one that has it.
        ranges: for each range of blocks, how many gaps of its samples there are of at least each of `bounds`.
    """

    margin: Fraction
    gap: int
    sample: int
    ranges: tuple[tuple[int, ...], ...]

    template: ClassVar[str] = "margin"

    @property
    def bounds(self) -> tuple[int, int]:
        """The gaps that Lean counts: those of at least the margin, and of more."""
        return self.gap, self.gap + 1

    @property
    def counts(self) -> tuple[tuple[int, int], ...]:
        """For each bound, how many gaps there are of at least it, over all listed samples.

        All classes are gone through; the one that is decided for has the gap 0.
        """
        return tuple(zip(self.bounds, map(sum, zip(*self.ranges, strict=True)), strict=True))

    def counts_of(self, number: int) -> tuple[tuple[int, int], ...]:
        """The same over the samples of a range, counted from 0."""
        return tuple(zip(self.bounds, self.ranges[number], strict=True))

    def record(self) -> Mapping[str, object]:
        """The margin, exactly as text."""
        return {"margin": rational(self.margin), "margin_decimal": decimal(self.margin)}

    def lines(self) -> Iterator[str]:
        """The margin."""
        yield f"margin = {rational(self.margin)}, about {decimal(self.margin)}"
