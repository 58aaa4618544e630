"""The coefficient of determination: R² over the listed samples, and the sums that it is made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import flint

from bridge.artifact.coverage import Coverage
from bridge.artifact.record import ProbeArtifact
from bridge.exact.dyadic import DyadicMatrix
from bridge.exact.text import rational
from bridge.export.claims.kind import Measured, Total


@dataclass(frozen=True)
class Determination:
    """R² is asked for; a `bridge.export.claims.kind.Kind`."""

    option: ClassVar[str] = "--r2"
    help: ClassVar[str] = "Prove R² over the listed samples too; checking takes longer."
    metavar: ClassVar[str | None] = None
    imports: ClassVar[str] = "Bridge.Claims.Determination"
    calibration_first: ClassVar[bool] = False

    @classmethod
    def read(cls, value: str) -> "Determination":
        """It is asked for without a value."""
        return cls()

    def words(self) -> str:
        """The option alone."""
        return self.option

    def require(self, artifact: ProbeArtifact, coverage: Coverage) -> None:
        """Any samples will do: of a constant score the sums are proved, and no R²."""

    def claim(self, measured: Measured) -> "DeterminationClaim":
        """The sums of one concept."""
        return DeterminationClaim(
            residual_sum_of_squares=measured.residuals.sum_of_squares(measured.column),
            total_sum_of_squares=_total_sum_of_squares(measured.scores),
            totals=(
                Total(".excess", measured.excesses, int),
                Total(".excessSquares", measured.excesses, _square),
                Total(".scoreExcess", measured.score_excesses, int),
                Total(".scoreExcessSquares", measured.score_excesses, _square),
            ),
        )

    def record(self, artifact: ProbeArtifact) -> Mapping[str, object]:
        """Nothing is the same for all concepts."""
        return {}


@dataclass(frozen=True)
class DeterminationClaim:
    """The sums that make up R² = 1 - SSR / SST over the listed samples, without the 1e-8 of `probe_metrics`.

    Attributes:
        residual_sum_of_squares: SSR = Σ r_i², exactly.
        total_sum_of_squares: SST = Σ (c_i - mean)², exactly.
        totals: the sums of integers that they are made of.
    """

    residual_sum_of_squares: Fraction
    total_sum_of_squares: Fraction
    totals: tuple[Total, ...]

    template: ClassVar[str] = "determination"

    @property
    def r_squared(self) -> Fraction | None:
        """R², or None for a constant score, where it is undefined."""
        if self.total_sum_of_squares == 0:
            return None
        return 1 - self.residual_sum_of_squares / self.total_sum_of_squares

    def widest_summand(self, sup: int, score_span: int) -> int:
        """The residuals plus δ are added up, and the scores minus the least one."""
        return max(1, (2 * sup).bit_length(), score_span.bit_length())

    def record(self, artifact: ProbeArtifact, column: int) -> Mapping[str, object]:
        """R², exactly as text."""
        return {"r2_exact": None if self.r_squared is None else rational(self.r_squared)}

    def lines(self, concept: str, record: Mapping[str, object]) -> Iterator[str]:
        """Its numbers are too long for a line, and are in the file."""
        return iter(())


def _total_sum_of_squares(scores: DyadicMatrix) -> Fraction:
    count = scores.numerators.nrows()
    ones = flint.fmpz_mat([[1] * count])
    total, squares = _entry(ones * scores.numerators), _entry(scores.numerators.transpose() * scores.numerators)
    return Fraction(count * squares - total**2, count << (2 * scores.exponent))


def _square(number: int) -> int:
    return number * number


def _entry(matrix: flint.fmpz_mat) -> int:
    return int(matrix[0, 0])
