"""The largest residual and R² of a probe, exactly, with memory for one block of samples.

Which residual is the largest is decided by whole numbers (`bridge.exact.digits`), and floats only say which of them
come into question.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bridge.base.arrays import require_finite, require_shapes, row_ranges
from bridge.base.errors import InputError
from bridge.exact.digits import Digits, Limbs
from bridge.exact.residuals import SupError

# About how many digits a residual has, and a score.
_DIGITS = 16


@dataclass(frozen=True)
class ExactMeasures:
    """What a probe leaves over of one concept on some samples, exactly; R² = 1 - SSR / SST.

    Attributes:
        count: how many samples there are.
        sup_error: the largest |r_i|.
        residual_squares: SSR = Σ r_i².
        score_sum: Σ c_i.
        score_squares: Σ c_i².
    """

    count: int
    sup_error: SupError
    residual_squares: Fraction
    score_sum: Fraction
    score_squares: Fraction

    @property
    def total_squares(self) -> Fraction:
        """SST = Σ (c_i - mean)²."""
        return self.score_squares - self.score_sum**2 / self.count

    @property
    def r_squared(self) -> Fraction | None:
        """R², or None for a constant score, where it is undefined."""
        total = self.total_squares
        return None if total == 0 else 1 - self.residual_squares / total

    def joined(self, more: "ExactMeasures") -> "ExactMeasures":
        """Those of both parts; of equally large residuals the one of the earlier sample counts."""
        return ExactMeasures(
            self.count + more.count,
            max(self.sup_error, more.sup_error, key=lambda error: (error.value, -error.sample)),
            self.residual_squares + more.residual_squares,
            self.score_sum + more.score_sum,
            self.score_squares + more.score_squares,
        )


def measures_in_blocks(
    blocks: Iterable[tuple[np.ndarray, np.ndarray]], weights: np.ndarray, parts: Mapping[str, np.ndarray]
) -> dict[str, tuple[ExactMeasures, ...]]:
    """Measure a probe on parts of the samples without rounding and without holding more than one block of them.

    Args:
        blocks: the samples in order, as blocks of latent points (n, d) and their scores (n, k).
        weights: (d + 1, k) weights W; the last row is the bias.
        parts: for each part (N,) bool, True for its samples; a part without samples is left out of what is returned.

    Returns:
        For each part one record for each of the k concepts, with samples counted from the first block on.

    Raises:
        InputError: there are no samples, the shapes do not fit together, or an entry is not a finite number.
    """
    found: dict[str, tuple[ExactMeasures, ...]] = {}
    for first_row, latents, scores in _pieces(blocks, weights):
        residuals, score_limbs = Digits.of_residuals(latents, scores, weights), Limbs.of(scores)
        for name, members in parts.items():
            rows = np.flatnonzero(members[first_row : first_row + len(latents)])
            if len(rows):
                here = _measured(residuals.chosen(rows), score_limbs.chosen(rows), first_row + rows)
                found[name] = joined(found[name], here) if name in found else here
    return found


def joined(some: tuple[ExactMeasures, ...], others: tuple[ExactMeasures, ...]) -> tuple[ExactMeasures, ...]:
    """The measures of each concept on two disjoint parts together."""
    return tuple(one.joined(other) for one, other in zip(some, others, strict=True))


def nearest_float(value: Fraction | None) -> float | None:
    """The nearest float, None where there is none: a measure that is undefined or too large."""
    if value is None:
        return None
    try:
        # Python rounds the quotient of two integers to the nearest float.
        return value.numerator / value.denominator
    except OverflowError:
        return None


def _pieces(
    blocks: Iterable[tuple[np.ndarray, np.ndarray]], weights: np.ndarray
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Blocks of bounded size, each with its first row; at least one, and each checked before it is given out."""
    first_row = 0
    for latents, scores in blocks:
        if latents.shape[:1] == scores.shape[:1] == (0,):
            continue
        require_shapes(latents.shape, scores.shape, weights.shape)
        require_finite(latents, "latents", first_row=first_row)
        require_finite(scores, "scores", first_row=first_row)
        width = latents.shape[1] + _DIGITS * scores.shape[1]
        for start, end in row_ranges((len(latents), width)):
            yield first_row + start, latents[start:end], scores[start:end]
        first_row += len(latents)
    if first_row == 0:
        raise InputError("`latents` has 0 samples; δ is a maximum over at least one; add samples")


def _measured(residuals: Digits, scores: Limbs, samples: np.ndarray) -> tuple[ExactMeasures, ...]:
    residual_squares = residuals.halves().square_sums()
    return tuple(
        ExactMeasures(len(samples), SupError(value, int(samples[row])), squares, score_sum, score_squares)
        for (value, row), squares, score_sum, score_squares in zip(
            residuals.largest(), residual_squares, scores.sums(), scores.square_sums(), strict=True
        )
    )
