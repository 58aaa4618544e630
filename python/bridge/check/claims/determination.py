"""R² and the sums that it is made of: how they are read, and what they must be."""

from collections.abc import Mapping
from typing import ClassVar

from bridge.check.comparison import Comparison
from bridge.check.computed import Computed, Section
from bridge.check.reader import Found, Reader

SUMS = """
@[irreducible] def residualSumOfSquares : Rat := {residual_sum_of_squares:rational}
@[irreducible] def totalSumOfSquares : Rat := {total_sum_of_squares:rational}
theorem determined : Bridge.isDetermined samples {column} integers residualSumOfSquares totalSumOfSquares
  {excess} {excess_squares} {score_excess} {score_excess_squares} = true := by decide +kernel
theorem residualSumOfSquares_eq : Bridge.sumOfSquares residual = residualSumOfSquares
  := Bridge.residualSumOfSquares_eq faithful checked ( by decide ) {place} rfl rfl determined
theorem totalSumOfSquares_eq : Bridge.sumOfSquares ( Bridge.centred ( samples.score {column} ) ) = totalSumOfSquares
  := Bridge.totalSumOfSquares_eq checked ( by decide ) {place} rfl rfl determined
"""

# A constant score has none.
R_SQUARED = """
@[irreducible] def rSquared : Rat := {r_squared:rational}
theorem rSquared_eq : Bridge.rSquared ( samples.score {column} ) residual = rSquared
  := Bridge.rSquared_eq residualSumOfSquares_eq totalSumOfSquares_eq ( by decide +kernel ) ( by decide +kernel )
"""

REAL = """
theorem rSquared_real
  : Bridge.coefficientOfDetermination spec.score spec.residual = ( ( rSquared : Rat ) : ℝ )
  := Bridge.ProbeSpec.coefficientOfDetermination_ofBound
    functional samples.latent ( samples.score {column} ) δ bound rSquared_eq
"""


class DeterminationTwin:
    """R²; a `bridge.check.claims.twin.Twin`."""

    name: ClassVar[str] = "determination"
    what: ClassVar[str] = "R²"
    option: ClassVar[str] = "--r2"
    imports: ClassVar[str] = "Bridge.Claims.Determination"
    calibration_first: ClassVar[bool] = False
    totals: ClassVar[tuple[str, ...]] = (
        "( .excess , {excess} )",
        "( .excessSquares , {excess_squares} )",
        "( .scoreExcess , {score_excess} )",
        "( .scoreExcessSquares , {score_excess_squares} )",
    )

    def refusal(self, value: str) -> None:
        """There is no value that could be wrong."""

    def read(self, reader: Reader, found: Found) -> Found:
        """Read the sums, and R² if it is there."""
        reader.match(SUMS, found)
        return reader.match(R_SQUARED, found) if reader.ahead("@[irreducible] def rSquared") else found

    def read_real(self, reader: Reader) -> Found | None:
        """Read R² over the real numbers, if it comes next."""
        return reader.match(REAL) if reader.ahead("theorem rSquared_real") else None

    def theorems(self, found: Found) -> tuple[str, ...]:
        """Those of the sums, and of R² if it is there."""
        return ("residualSumOfSquares_eq", "totalSumOfSquares_eq", *["rSquared_eq"] * ("r_squared" in found))

    def summand_bits(self, computed: Computed) -> int:
        """Residuals plus δ, and scores minus the least one."""
        return max(computed.score_span, 2 * computed.sup, 1).bit_length()

    def order(self, count: int, calibration_size: int, value: str) -> None:
        """No residual of some rank is needed."""

    def summands(self, section: Section, computed: Computed, value: str) -> Mapping[str, int]:
        """Residuals plus δ, scores minus the least one, and the squares of both."""
        excesses = [residual + computed.sup for residual in section.residuals]
        scores = [score - computed.least_score for score in section.scores]
        return {
            "excess": sum(excesses),
            "excess_squares": sum(excess * excess for excess in excesses),
            "score_excess": sum(scores),
            "score_excess_squares": sum(score * score for score in scores),
        }

    def compare(
        self, comparison: Comparison, found: Found, computed: Computed, totals: Mapping[str, int], value: str
    ) -> None:
        """Compare the sums; R² must be there unless the score is constant."""
        name, residual, total = computed.name, computed.residual_sum_of_squares, computed.total_sum_of_squares
        comparison.all_same(f"{name}: the residual sum of squares", found["residual_sum_of_squares"], residual)
        comparison.all_same(f"{name}: the total sum of squares", found["total_sum_of_squares"], total)
        for hole, what in (("excess", "residuals plus δ"), ("score_excess", "scores")):
            squares = f"{hole}_squares"
            comparison.all_same(f"{name}: the sum of the {what} as integers", found[hole], totals[hole])
            comparison.all_same(f"{name}: the sum of the squares of the {what}", found[squares], totals[squares])
        if "r_squared" in found and total != 0:
            comparison.all_same(f"{name}: R²", found["r_squared"], 1 - residual / total)
        elif "r_squared" in found or total != 0:
            stated, required = ("no R²", "R²") if total != 0 else ("R²", "none, for a constant score")
            comparison.differ(found["total_sum_of_squares"][0].place, f"{name}: R²", stated, required)

    def compare_real(self, comparison: Comparison, found: Found, computed: Computed, value: str) -> None:
        """There are no numbers but those of any claim."""

    def is_stated(self, computed: Computed) -> bool:
        """Whether a theorem over the real numbers is due."""
        return computed.total_sum_of_squares != 0

    def statements(self, found: Found) -> tuple[tuple[str, str], ...]:
        """The sums, and R²."""
        return (
            ("residualSumOfSquares_eq, totalSumOfSquares_eq", "the two sums that R² is made of, exactly"),
            ("rSquared_eq", "R² over the listed samples, exactly, unless all scores are the same"),
        )

    def real_statements(self) -> tuple[tuple[str, str], ...]:
        """R²."""
        return (("rSquared_real", "the same of R²"),)
