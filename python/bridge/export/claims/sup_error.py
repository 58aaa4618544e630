"""The sup error: the largest absolute residual over the listed samples, which every export proves."""

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import ClassVar

from bridge.export.claims.kind import ConceptRows, Total


@dataclass(frozen=True)
class SupErrorClaim:
    """The sup error of a concept; a `bridge.export.claims.kind.Claim`.

    Attributes:
        delta: δ, the largest absolute residual over the listed samples, exactly.
        worst_sample: position among the listed samples of the first one that attains δ.
        ranges: the listed samples of each range of blocks, empty if there is one range.
    """

    delta: Fraction
    worst_sample: int
    ranges: tuple[range, ...] = ()

    template: ClassVar[str] = "sup_error"

    @property
    def totals(self) -> tuple[Total, ...]:
        """That the sample attains δ."""
        values = tuple(int(self.worst_sample in rows) for rows in self.ranges) or (1,)
        return (Total(f".attains {self.worst_sample}", partial(_is_among, self.worst_sample), values),)


def _is_among(sample: int, rows: ConceptRows) -> int:
    """1 if a sample is one of these."""
    return int(sample in range(rows.first, rows.first + rows.count))
