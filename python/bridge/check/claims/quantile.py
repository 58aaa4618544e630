"""The conformal bound: how it is read, and what it must be."""

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from bridge.base.words import counted
from bridge.check.comparison import Comparison
from bridge.check.computed import Computed, Section
from bridge.check.reader import LONGEST_DECIMAL, Found, Reader

RATIONAL = """
@[irreducible] def δα : Rat := {delta_alpha:rational}
def calibrationResidual ( i : Fin {calibration_size} ) : Rat := residual ( i.castLE ( by decide ) )
theorem calibrated : Bridge.isQuantile samples integers δα {bound} {rank}
  {count_0} {count_1} {count_2} {count_3} = true := by decide +kernel
theorem isKthSmallest : Bridge.IsKthSmallest calibrationResidual δα {rank}
  := Bridge.isKthSmallest_of_found faithful checked ( by decide ) {place} rfl rfl rfl rfl calibrated ( by decide )
theorem isConformalRank : Bridge.IsConformalRank ( {alpha:rational} ) {calibration_size} {rank} := by decide +kernel
"""

REAL = """
theorem isKthSmallest_real
  : Bridge.IsKthSmallestAbs ( fun i : Fin {calibration_size} => spec.residual ( i.castLE ( by decide ) ) )
    ( ( δα : Rat ) : ℝ ) {rank}
  := Bridge.ProbeSpec.isKthSmallestAbs_ofBound
    functional samples.latent ( samples.score {column} ) δ bound isKthSmallest
"""


class QuantileTwin:
    """The conformal bound; a `bridge.check.claims.twin.Twin`."""

    name: ClassVar[str] = "quantile"
    what: ClassVar[str] = "δα"
    option: ClassVar[str] = rf"--alpha (?P<value>[0-9]{{1,{LONGEST_DECIMAL}}}/[1-9][0-9]{{0,{LONGEST_DECIMAL - 1}}})"
    imports: ClassVar[str] = "Bridge.Claims.Quantile"
    calibration_first: ClassVar[bool] = True
    totals: ClassVar[tuple[str, ...]] = tuple(
        f"( .excessAtLeast {{calibration_size}} {{threshold_{number}}} , {{count_{number}}} )" for number in range(4)
    )

    def refusal(self, value: str) -> tuple[str, str, str] | None:
        """A level is between 0 and 1."""
        return None if 0 < Fraction(value) < 1 else ("α", str(Fraction(value)), "a level between 0 and 1")

    def read(self, reader: Reader, found: Found) -> Found:
        """Read the bound, its rank and its level."""
        return reader.match(RATIONAL, found)

    def read_real(self, reader: Reader) -> Found | None:
        """Read the bound over the real numbers, if it comes next."""
        return reader.match(REAL) if reader.ahead("theorem isKthSmallest_real") else None

    def theorems(self, found: Found) -> tuple[str, ...]:
        """The rank of the bound, and that of the level."""
        return ("isKthSmallest", "isConformalRank")

    def summand_bits(self, computed: Computed) -> int:
        """Rows are counted."""
        return 0

    def order(self, count: int, calibration_size: int, value: str) -> tuple[int, int, str] | None:
        """The residual of the conformal rank, among those of the calibration part."""
        rank = _rank(calibration_size, Fraction(value))
        return (calibration_size, rank, "delta_alpha") if 1 <= rank <= calibration_size else None

    def summands(self, section: Section, computed: Computed, value: str) -> Mapping[str, int]:
        """One for each calibration residual from a limit on."""
        bound = computed.order.get(self.name)
        if bound is None:
            return {}
        residuals = section.residuals[: max(0, computed.calibration_size - section.first)]
        return {
            f"count_{number}": sum(residual >= limit for residual in residuals)
            for number, limit in enumerate(_limits(bound))
        }

    def compare(
        self, comparison: Comparison, found: Found, computed: Computed, totals: Mapping[str, int], value: str
    ) -> None:
        """Compare the level, the size of the calibration part, the rank, and the residual of that rank."""
        name, alpha, bound = computed.name, Fraction(value), computed.order.get(self.name)
        comparison.all_same(f"{name}: α", found["alpha"], alpha)
        self._compare_ranks(comparison, found, computed, alpha)
        if bound is None:
            required = f"a level for which {min(computed.calibration_size, computed.size)} samples are enough"
            comparison.differ(found["alpha"][0].place, f"{name}: α", str(alpha), required)
            return
        comparison.all_same(f"{name}: δα", found["delta_alpha"], Fraction(bound, 1 << computed.product_exponent))
        comparison.all_same(f"{name}: δα at the scale of the products", found["bound"], bound)
        for number, limit in enumerate(_limits(bound)):
            hole = f"count_{number}"
            comparison.all_same(f"{name}: limit {number}", found[f"threshold_{number}"], computed.sup + limit)
            comparison.all_same(f"{name}: residuals from limit {number} on", found[hole], totals[hole])

    def compare_real(self, comparison: Comparison, found: Found, computed: Computed, value: str) -> None:
        """Compare the size of the calibration part and the rank."""
        self._compare_ranks(comparison, found, computed, Fraction(value))

    def _compare_ranks(self, comparison: Comparison, found: Found, computed: Computed, alpha: Fraction) -> None:
        name, size = computed.name, computed.calibration_size
        comparison.all_same(f"{name}: the number of calibration samples", found["calibration_size"], size)
        comparison.all_same(f"{name}: the rank of δα", found["rank"], _rank(size, alpha))

    def is_stated(self, computed: Computed) -> bool:
        """Whether a theorem over the real numbers is due."""
        return True

    def statements(self, found: Found) -> tuple[tuple[str, str], ...]:
        """The rank of the bound, and that of the level."""
        n, k, alpha = (found.value(hole) for hole in ("calibration_size", "rank", "alpha"))
        return (
            (
                "isKthSmallest",
                f"at least {k} of the {counted(n, 'calibration residual')} are at most δ_α in size, and fewer than "
                f"{k} are less",
            ),
            ("isConformalRank", f"{k} is ({n} + 1)(1 - {alpha}), rounded up"),
        )

    def real_statements(self) -> tuple[tuple[str, str], ...]:
        """The rank of the bound."""
        return (("isKthSmallest_real", "the same of δ_α"),)


def _limits(numerator: int) -> tuple[int, int, int, int]:
    """Of residuals between a number and its negative the first two limits, and strictly between them the other two."""
    return (-numerator, numerator + 1, -numerator + 1, numerator)


def _rank(size: int, alpha: Fraction) -> int:
    """The rank of a conformal bound at the level alpha among so many calibration samples."""
    return -int((size + 1) * (alpha - 1) // 1)
