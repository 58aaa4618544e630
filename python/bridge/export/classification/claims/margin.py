"""The margin: the least gap between the largest decision value and another one, which every export proves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import ClassVar

from bridge.exact.text import decimal, rational
from bridge.export.classification.claims.kind import MeasuredClassifier


@dataclass(frozen=True, eq=False)
class MarginClaim:
    """The margin of a classifier; a `bridge.export.classification.claims.kind.ClassifierClaim`.

    Attributes:
        margin: the least gap over the listed samples and the classes that are not decided for, exactly.
        gap: it as an integer, at the scale of the decision values.
        sample: position among the listed samples of the first one that has it.
        gaps: for each class the differences of the largest decision value from that of the class.
    """

    margin: Fraction
    gap: int
    sample: int
    gaps: list[list[int]]

    template: ClassVar[str] = "margin"

    @classmethod
    def of(cls, measured: MeasuredClassifier) -> "MarginClaim":
        """The margin over the listed samples."""
        margin, sample = measured.decisions.margin()
        return cls(margin, int(margin * measured.scale), sample, measured.gaps)

    @property
    def bounds(self) -> tuple[int, int]:
        """The gaps that Lean counts: those of at least the margin, and of more."""
        return self.gap, self.gap + 1

    def counts(self, rows: range | None = None) -> tuple[tuple[int, int], ...]:
        """For each bound, how many gaps there are of at least it, over some listed samples or over all.

        All classes are gone through; the one that is decided for has the gap 0.
        """
        within = slice(None) if rows is None else slice(rows.start, rows.stop)
        gaps = list(chain.from_iterable(of_class[within] for of_class in self.gaps))
        return tuple((bound, sum(gap >= bound for gap in gaps)) for bound in self.bounds)

    def record(self) -> Mapping[str, object]:
        """The margin, exactly as text."""
        return {"margin": rational(self.margin), "margin_decimal": decimal(self.margin)}

    def lines(self) -> Iterator[str]:
        """The margin."""
        yield f"margin = {rational(self.margin)}, about {decimal(self.margin)}"
