"""How well a probe does on each part of its samples: exact measures, and the nearest floats for an artifact."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import numpy as np

from bridge.artifact.record import ConceptMetrics
from bridge.exact.measures import ExactMeasures, joined, measures_in_blocks, nearest_float
from bridge.exact.residuals import SupError
from bridge.sources.split import Split


@dataclass(frozen=True)
class MeasuredParts:
    """Exact measures of a probe.

    Attributes:
        parts: for each part that has samples, `train`, `calibration` and `held_out`, one record for each concept.
    """

    parts: dict[str, tuple[ExactMeasures, ...]]

    @classmethod
    def of(cls, blocks: Iterable[tuple[np.ndarray, np.ndarray]], weights: np.ndarray, parts: Split) -> "MeasuredParts":
        """Measure a probe on each part.

        Args:
            blocks: all samples in order, as blocks of latent points (n, d) and their scores (n, k).
            weights: (d + 1, k) weights, the bias in the last row.
            parts: the parts of the samples.

        Raises:
            InputError: as `measures_in_blocks`.
        """
        members = {"train": parts.is_train, "calibration": parts.is_calibration, "held_out": parts.is_held_out}
        return cls(measures_in_blocks(blocks, weights, members))

    @property
    def all(self) -> tuple[ExactMeasures, ...]:
        """Those over all samples."""
        return reduce(joined, self.parts.values())

    def metrics(self) -> tuple[ConceptMetrics, ...]:
        """The nearest floats, None where a measure is undefined or too large for a float."""
        values: dict[str, list[float | None]] = {}
        for part in ("train", "calibration", "held_out", "all"):
            measures = self.all if part == "all" else self.parts.get(part, (None,) * len(self.all))
            values[f"r2_{part}"] = [None if one is None else nearest_float(one.r_squared) for one in measures]
            values[f"delta_{part}"] = [None if one is None else nearest_float(one.sup_error.value) for one in measures]
        return tuple(
            ConceptMetrics(**dict(zip(values, row, strict=True))) for row in zip(*values.values(), strict=True)
        )

    def written(self) -> str:
        """A text to keep them in."""
        return json.dumps({part: [_written(one) for one in measures] for part, measures in self.parts.items()})

    @classmethod
    def read(cls, text: str) -> "MeasuredParts":
        """Those of such a text."""
        return cls({part: tuple(map(_read, measures)) for part, measures in json.loads(text).items()})


def _written(one: ExactMeasures) -> list[str | int]:
    error, sums = one.sup_error, (one.residual_squares, one.score_sum, one.score_squares)
    return [one.count, str(error.value), error.sample, *map(str, sums)]


def _read(values: list[str | int]) -> ExactMeasures:
    count, error, sample, *sums = values
    return ExactMeasures(int(count), SupError(Fraction(error), int(sample)), *map(Fraction, sums))
