"""How well a probe does on each part of its samples: exact measures, and the nearest floats for an artifact."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial, reduce
from typing import TYPE_CHECKING

import numpy as np

from bridge.artifact.pixels import Pixels
from bridge.artifact.record import ConceptMetrics, ProbeArtifact, ProbeRecord, Provenance, Rounding
from bridge.exact.measures import ExactMeasures, joined, measures_in_blocks, nearest_float
from bridge.exact.residuals import SupError
from bridge.sources.samples import Samples
from bridge.sources.split import Split

if TYPE_CHECKING:
    # They need PyTorch, which a probe that was fitted elsewhere does not.
    from bridge.probe.sections import Rows, Sections


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

    @classmethod
    def in_sections(cls, latents: "Sections", scores: np.ndarray, weights: np.ndarray, parts: Split) -> "MeasuredParts":
        """Measure a probe on each part.

        Args:
            latents: all samples.
            scores: their (N, k) scores.
            weights: (d + 1, k) weights, the bias in the last row.
            parts: the parts of the samples.

        Raises:
            InputError: as `measures_in_blocks`, or the latents cannot be read.
        """
        members = {"train": parts.is_train, "calibration": parts.is_calibration, "held_out": parts.is_held_out}
        found: dict[str, tuple[ExactMeasures, ...]] = {}
        for here in latents.map(partial(_measured_rows, weights), "measuring", {"scores": scores, **members}):
            for part, ones in here.items():
                found[part] = joined(found[part], ones) if part in found else ones
        return cls(found)

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


@dataclass(frozen=True)
class Ridge:
    """How a probe was fitted.

    Attributes:
        lam: the ridge strength λ, None if it was fitted in another way, or nobody knows how.
        standardized: whether the ridge weighed on the weights of standardised latents.
        free_bias: whether it weighed on the weights alone, and not on the bias.
        weighted: whether some samples counted more than others.
    """

    lam: float | None = None
    standardized: bool = False
    free_bias: bool = False
    weighted: bool = False


def probe_record(
    samples: Samples, weights: np.ndarray, measures: MeasuredParts, ridge: Ridge, rounding: Rounding | None = None
) -> ProbeRecord:
    """What an artifact holds besides its latents.

    Args:
        samples: the N samples.
        weights: (d + 1, k) weights, the bias in the last row.
        measures: how well they do on the samples.
        ridge: how they were fitted.
        rounding: the grids that numbers were rounded to.

    Raises:
        InputError: as `ProbeRecord`.
    """
    metrics, names = measures.metrics(), samples.scores.names
    if not samples.knows_parts:
        metrics = tuple(replace(one, r2_held_out=None, delta_held_out=None) for one in metrics)
    return ProbeRecord(
        scores=samples.scores.values,
        weights=weights,
        is_train=samples.parts.is_train,
        is_calibration=samples.parts.is_calibration,
        sample_indices=np.arange(len(samples.latents), dtype=np.int64) if samples.indices is None else samples.indices,
        concept_names=names,
        concept_units=samples.scores.units or ("",) * len(names),
        metrics=metrics,
        provenance=Provenance(**vars(samples.origin), **vars(ridge)),
        rounding=rounding,
        pixels=None if samples.pixels is None else Pixels(**vars(samples.pixels)),
    )


def probe_artifact(samples: Samples, weights: np.ndarray, ridge: Ridge = Ridge()) -> ProbeArtifact:
    """Measure a probe that is already fitted, and make it an artifact; no number of it is changed.

    Args:
        samples: the N samples.
        weights: (d + 1, k) weights, the bias in the last row.
        ridge: how they were fitted.

    Raises:
        InputError: as `measures_in_blocks` and `ProbeArtifact`.
    """
    latents = samples.latents.whole()
    measures = MeasuredParts.of([(latents, samples.scores.values)], weights, samples.parts)
    return ProbeArtifact(**vars(probe_record(samples, weights, measures, ridge)), latents=latents)


def _measured_rows(weights: np.ndarray, several: "Iterable[Rows]") -> dict[str, tuple[ExactMeasures, ...]]:
    """The measures of each part of some rows."""
    found: dict[str, tuple[ExactMeasures, ...]] = {}
    for rows in several:
        members = {part: column for part, column in rows.columns.items() if part != "scores"}
        here = measures_in_blocks([(rows.latents, rows.columns["scores"])], weights, members)
        for part, ones in here.items():
            placed = tuple(
                replace(one, sup_error=SupError(one.sup_error.value, rows.start + one.sup_error.sample)) for one in ones
            )
            found[part] = joined(found[part], placed) if part in found else placed
    return found


def _written(one: ExactMeasures) -> list[str | int]:
    error, sums = one.sup_error, (one.residual_squares, one.score_sum, one.score_squares)
    return [one.count, str(error.value), error.sample, *map(str, sums)]


def _read(values: list[str | int]) -> ExactMeasures:
    count, error, sample, *sums = values
    return ExactMeasures(int(count), SupError(Fraction(error), int(sample)), *map(Fraction, sums))
