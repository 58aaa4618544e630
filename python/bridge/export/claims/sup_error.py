"""The sup error: the largest absolute residual over the listed samples, which every export proves."""

import operator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import ClassVar

from bridge.export.claims.kind import Measured, Total


@dataclass(frozen=True)
class SupErrorClaim:
    """The sup error of a concept; a `bridge.export.claims.kind.Claim`.

    Attributes:
        delta: δ, the largest absolute residual over the listed samples, exactly.
        worst_sample: position among the listed samples of the first one that attains δ.
    """

    delta: Fraction
    worst_sample: int

    template: ClassVar[str] = "sup_error"

    @classmethod
    def of(cls, measured: Measured) -> "SupErrorClaim":
        """The claim of one concept."""
        error = measured.residuals.sup_error(measured.column)
        return cls(error.value, error.sample)

    @property
    def totals(self) -> tuple[Total, ...]:
        """That the sample attains δ."""
        sample = self.worst_sample
        return (Total(f".attains {sample}", range(sample + 1), partial(operator.eq, sample)),)

    def widest_summand(self, sup: int, score_span: int) -> None:
        """Rows are compared one by one."""
