"""The conformal bound: a quantile of the absolute residuals of the calibration part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import ClassVar

import numpy as np

from bridge.artifact.coverage import Coverage
from bridge.artifact.record import ProbeArtifact
from bridge.base.errors import InputError
from bridge.exact.conformal import ConformalLevel, conformal_level, read_alpha
from bridge.exact.digits import Digits
from bridge.exact.text import decimal, rational
from bridge.export.claims.kind import ConceptRows, Measured, Total
from bridge.export.listed import Listed


@dataclass(frozen=True)
class Quantile:
    """A conformal bound is asked for; a `bridge.export.claims.kind.Kind`.

    Attributes:
        alpha: the level α, exactly.
    """

    alpha: Fraction

    option: ClassVar[str] = "--alpha"
    help: ClassVar[str] = (
        "Prove too which bound the calibration part gives at the level α, such as 0.1 or 1/10; see --calibration."
    )
    metavar: ClassVar[str | None] = "α"
    imports: ClassVar[str] = "Bridge.Claims.Quantile"
    calibration_first: ClassVar[bool] = True

    @classmethod
    def read(cls, value: str) -> "Quantile":
        """It is asked for with the level, `0.1` or `1/10`."""
        return cls(read_alpha(value))

    def words(self) -> str:
        """The option and the level as a fraction."""
        return f"{self.option} {self.alpha}"

    def require(self, artifact: ProbeArtifact, coverage: Coverage) -> None:
        """Refuse an export without the calibration part, and a part that is too small for the level."""
        if coverage not in (Coverage.ALL, Coverage.CALIBRATION):
            raise InputError(
                f"`alpha=…` was given with `over={coverage}`; δ_α is taken from the calibration part, which must be "
                "listed; choose `over=all` or `over=calibration`"
            )
        self.level(artifact)

    def level(self, artifact: ProbeArtifact) -> ConformalLevel:
        """The level, with the size of the calibration part and the rank in it.

        Raises:
            InputError: the part is too small.
        """
        return conformal_level(self.alpha, int(artifact.is_calibration.sum()))

    def widest_summand(self, sup: int, score_span: int) -> int:
        """Rows are counted."""
        return 0

    def claim(self, measured: Measured) -> "QuantileClaim":
        """The bound of one concept."""
        level = self.level(measured.artifact)
        delta_alpha = measured.kth_smallest(level.size, level.rank)
        bound = int(delta_alpha * measured.scale)
        return QuantileClaim(level, delta_alpha, bound, counts_within(measured, bound, level.size))

    def record(self, artifact: ProbeArtifact) -> Mapping[str, object]:
        """The level, the size of the calibration part and the rank in it."""
        level = self.level(artifact)
        return {"alpha": str(level.alpha), "calibration_samples": level.size, "rank": level.rank}


@dataclass(frozen=True)
class QuantileClaim:
    """The conformal bound of a concept; an `bridge.export.claims.kind.ExtraClaim`.

    Attributes:
        level: what it was asked for with.
        delta_alpha: δ_α, the residual of that rank, exactly.
        bound: δ_α as an integer, at the scale of the products of weights and latents.
        totals: how many residuals of the calibration part are within it, and strictly within it.
    """

    level: ConformalLevel
    delta_alpha: Fraction
    bound: int
    totals: tuple[Total, ...]

    template: ClassVar[str] = "quantile"

    def record(self, artifact: ProbeArtifact, column: int) -> Mapping[str, object]:
        """δ_α, and how many of the held-out samples it covers."""
        record: dict[str, object] = {
            "delta_alpha": rational(self.delta_alpha),
            "delta_alpha_decimal": decimal(self.delta_alpha),
        }
        if artifact.is_held_out.any():
            within = held_out_within(artifact, column, self.delta_alpha)
            record["held_out_within_delta_alpha"] = within
            record["held_out_samples"] = int(artifact.is_held_out.sum())
        return record

    def lines(self, concept: str, record: Mapping[str, object]) -> Iterator[str]:
        """δ_α, its rank, and how many of the held-out samples it covers."""
        line = (
            f"δ_α({concept}) = {record['delta_alpha']}, about {record['delta_alpha_decimal']}: rank {self.level.rank} "
            f"of {self.level.size} calibration samples, α = {self.level.alpha}"
        )
        if "held_out_samples" in record:
            line += f"; holds for {record['held_out_within_delta_alpha']} of {record['held_out_samples']} held out"
        yield line


def counts_within(measured: Measured, bound: int, size: int) -> tuple[Total, ...]:
    """What Lean counts to know how many of the first residuals are at most a bound in size, and how many are less.

    The bound is an integer, at the scale of the products of weights and latents.
    A residual is at least -bound, is more than bound, is more than -bound, is at least bound: of the first two counts,
    and of the last two, the difference is what is asked for.
    """
    thresholds = (-bound, bound + 1, -bound + 1, bound)
    return tuple(
        Total(f".excessAtLeast {size} {least}", partial(ConceptRows.excesses_at_least, size=size, least=least))
        for least in (measured.sup + threshold for threshold in thresholds)
    )


def held_out_within(artifact: ProbeArtifact, column: int, bound: Fraction) -> int:
    """How many of the held-out samples, of which there is one at least, have a residual of at most a bound in size."""
    columns, positions = slice(column, column + 1), np.flatnonzero(artifact.is_held_out)
    listed, count = Listed(artifact.latents, artifact.scores, positions), 0
    for rows in listed.parts(listed.sections(range(len(listed)), 1), columns):
        residuals = Digits.of_residuals(rows.latents, rows.scores, artifact.weights[:, columns])
        count += int(((residuals.compared(-bound) >= 0) & (residuals.compared(bound) <= 0)).sum())
    return count
