"""The coefficient of determination: R² over the listed samples, and the sums that it is made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from bridge.artifact.coverage import Coverage
from bridge.artifact.record import ProbeArtifact
from bridge.exact.text import rational
from bridge.export.claims.kind import ConceptRows, Measured, Scaling, Total


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

    def widest_summand(self, sup: int, score_span: int) -> int:
        """The residuals plus δ are added up, and the scores minus the least one."""
        return max(1, (2 * sup).bit_length(), score_span.bit_length())

    def claim(self, measured: Measured) -> "DeterminationClaim":
        """The sums of one concept."""
        return DeterminationClaim(
            measured.size,
            measured.scaling,
            totals=(
                Total(".excess", ConceptRows.excess),
                Total(".excessSquares", ConceptRows.excess_squares),
                Total(".scoreExcess", ConceptRows.score_excess),
                Total(".scoreExcessSquares", ConceptRows.score_excess_squares),
            ),
        )

    def record(self, artifact: ProbeArtifact) -> Mapping[str, object]:
        """Nothing is the same for all concepts."""
        return {}


@dataclass(frozen=True)
class DeterminationClaim:
    """The sums that make up R² = 1 - SSR / SST over the listed samples, without the 1e-8 of `probe_metrics`.

    Attributes:
        size: the number of listed samples.
        scaling: how the residuals and the scores are made integers.
        totals: the sums of integers that they are made of.
    """

    size: int
    scaling: Scaling
    totals: tuple[Total, ...]

    template: ClassVar[str] = "determination"

    @property
    def residual_sum_of_squares(self) -> Fraction:
        """SSR = Σ r_i², exactly."""
        excess, squares, _, _ = (total.value for total in self.totals)
        sup, scale = self.scaling.sup, self.scaling.scale
        return Fraction(squares - 2 * sup * excess + self.size * sup**2, scale**2)

    @property
    def total_sum_of_squares(self) -> Fraction:
        """SST = Σ (c_i - mean)², exactly."""
        _, _, excess, squares = (total.value for total in self.totals)
        return Fraction(self.size * squares - excess**2, self.size * self.scaling.score_scale**2)

    @property
    def r_squared(self) -> Fraction | None:
        """R², or None for a constant score, where it is undefined."""
        if self.total_sum_of_squares == 0:
            return None
        return 1 - self.residual_sum_of_squares / self.total_sum_of_squares

    def record(self, artifact: ProbeArtifact, column: int) -> Mapping[str, object]:
        """R², exactly as text."""
        return {"r2_exact": None if self.r_squared is None else rational(self.r_squared)}

    def lines(self, concept: str, record: Mapping[str, object]) -> Iterator[str]:
        """Its numbers are too long for a line, and are in the file."""
        return iter(())
