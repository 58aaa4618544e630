"""The figures of a concept, each with its words: what they show of its listed samples, and why one is left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bridge.artifact.record import ProbeArtifact
from bridge.base.words import counted
from bridge.check.readback import ReadConcept
from bridge.exact.residuals import ExactResiduals
from bridge.exact.text import decimal
from bridge.report import figures
from bridge.report.page import MissingPlate, Plate
from bridge.report.pictures import NoPictures, Pictures

_WORST = 6
_WORST_COLUMNS = 3
_STEPS = 5


@dataclass(frozen=True, eq=False)
class ListedConcept:
    """The listed samples of one concept, and what is claimed of them.

    Attributes:
        artifact: the artifact.
        rows: (N,) the positions of the listed samples in the artifact.
        residuals: (N, k) their residuals.
        column: the concept's column.
        claim: what the Lean files say of it.
    """

    artifact: ProbeArtifact
    rows: np.ndarray
    residuals: ExactResiduals
    column: int
    claim: ReadConcept

    @property
    def name(self) -> str:
        """The concept's name."""
        return self.artifact.concept_names[self.column]

    @property
    def delta(self) -> Fraction:
        """δ."""
        delta: Fraction = self.claim.sup_error.value("delta")
        return delta

    @property
    def delta_alpha(self) -> Fraction | None:
        """δ_α, if it is stated."""
        delta_alpha: Fraction | None = self.claim.value("quantile", "delta_alpha")
        return delta_alpha

    @property
    def indices(self) -> np.ndarray:
        """(N,) the positions of the samples in the data set."""
        positions: np.ndarray = self.artifact.sample_indices[self.rows]
        return positions

    def residual(self, sample: int) -> Fraction:
        """The residual of a listed sample."""
        return self.residuals.matrix.fraction(sample, self.column)

    def by_size(self) -> list[int]:
        """The listed samples, those with the largest residuals first."""
        numerators = self.residuals.matrix.numerators
        return sorted(range(len(self.rows)), key=lambda sample: -abs(int(numerators[sample, self.column])))

    def points(self) -> figures.Points:
        """The samples as floats.

        Raises:
            InputError: a number is too large to be drawn.
        """
        fractions = [self.residual(sample) for sample in range(len(self.rows))]
        score = self.artifact.scores[self.rows, self.column].astype(np.float64)
        residual = _drawable(fractions, self.name)
        probe = score - residual
        _drawable([*map(Fraction, np.abs(score)), *map(Fraction, np.abs(probe))], self.name)
        return figures.Points(
            probe=probe,
            score=score,
            residual=residual,
            parts={
                part: members[self.rows]
                for part, members in parts_of(self.artifact).items()
                if members[self.rows].any()
            },
            attaining=np.array([abs(fraction) == self.delta for fraction in fractions]),
            delta=float(self.delta),
            delta_alpha=None if self.delta_alpha is None else float(self.delta_alpha),
            name=self.name,
            unit=self.artifact.concept_units[self.column],
        )


def _drawable(values: Sequence[Fraction], name: str) -> np.ndarray:
    return figures.drawable(values, of=f"concept {name!r}", remedy="rescale the scores or the latents")


def plates_of(listed: ListedConcept, pictures: Pictures | NoPictures) -> tuple[Plate | MissingPlate, ...]:
    """The figures of a concept, in the order of the page.

    Raises:
        InputError: a number is too large to be drawn.
    """
    plates = (_scatter(listed), _residuals(listed), _weights(listed))
    return (*plates, _worst(listed, pictures), _traversal(listed, pictures))


def parts_of(artifact: ProbeArtifact) -> dict[str, np.ndarray]:
    """The samples of each part that has some, (N,) bool by the part's name in `PART_STYLES`."""
    parts = {
        "train": artifact.is_train,
        "calibration": artifact.is_calibration,
        "held out": artifact.is_held_out,
        "part not known": ~(artifact.is_calibration | artifact.knows_parts),
    }
    return {part: members for part, members in parts.items() if members.any()}


def _scatter(listed: ListedConcept) -> Plate:
    samples, bounds = counted(len(listed.rows), "listed sample"), _bounds(listed)
    caption = f"Every one of the {samples}, and bands of {bounds}."
    if len(listed.rows) > figures.MOST_SHAPES:
        caption += "  There are so many that the marks are drawn as one bitmap."
    return Plate(
        kind="scatter",
        title="Score against probe value",
        alt=f"Scatter plot of {listed.name}: score against probe value of {samples}, with bands of {bounds}.",
        caption=caption,
        draw=lambda: figures.scatter(listed.points()),
    )


def _residuals(listed: ListedConcept) -> Plate:
    samples, bounds = counted(len(listed.rows), "listed sample"), _bounds(listed)
    return Plate(
        kind="residuals",
        title="Residuals",
        alt=f"Histogram of the residuals of {listed.name} over {samples}, with lines at {bounds}.",
        caption=f"Score minus probe value over the {samples}, in {figures.BINS} bars from -δ to δ; the lines are at "
        f"{bounds}.",
        draw=lambda: figures.histogram(listed.points()),
    )


def _bounds(listed: ListedConcept) -> str:
    of_new_samples = "" if listed.delta_alpha is None else f", and ±δ_α, about {decimal(listed.delta_alpha)}"
    return f"±δ, about {decimal(listed.delta)}{of_new_samples}"


def _weights(listed: ListedConcept) -> Plate:
    weights = listed.claim.weights()
    largest = max(range(len(weights)), key=lambda number: abs(weights[number]))
    drawn = _drawable(weights, listed.name)
    return Plate(
        kind="weights",
        title="Weights",
        alt=f"Bars of the {counted(len(weights), 'weight')} of {listed.name}; the largest in size is that of latent "
        f"coordinate {largest}, about {decimal(weights[largest])}.",
        caption=f"The {counted(len(weights), 'weight')}, of latent coordinates 0 to {len(weights) - 1}, positive blue "
        f"and negative orange; the bias, about {decimal(listed.claim.functional.value('bias'))}, is not among them.",
        draw=lambda: figures.weight_bars(drawn),
    )


def _worst(listed: ListedConcept, pictures: Pictures | NoPictures) -> Plate | MissingPlate:
    kind, title = "worst", "Largest residuals"
    if isinstance(pictures, NoPictures):
        return MissingPlate(kind, title, f"The images of the samples are left out, since {pictures.reason}.")
    images, worst = pictures.images, listed.by_size()[:_WORST]

    def panel(sample: int) -> figures.Panel:
        residual = listed.residual(sample)
        words = f"sample {listed.indices[sample]}\nresidual {decimal(residual, 4)}"
        return figures.Panel(
            images[listed.rows[sample]], f"attains δ\n{words}" if abs(residual) == listed.delta else words
        )

    samples = ", ".join(str(listed.indices[sample]) for sample in worst)
    return Plate(
        kind=kind,
        title=title,
        alt=f"Images of the {counted(len(worst), 'sample')} with the largest residuals of {listed.name}: {samples}.",
        caption="The images with the largest residuals, the largest first; numbers are positions in the data set.",
        draw=lambda: figures.panels([*map(panel, worst)], _WORST_COLUMNS),
    )


def _traversal(listed: ListedConcept, pictures: Pictures | NoPictures) -> Plate | MissingPlate:
    """Images decoded along a line in the direction of w, which changes the probe value and nothing across it.

    The line goes through the mean of the listed latent points; the probe values are those that listed samples have.
    """
    kind, title = "traversal", "Along the weights"
    if isinstance(pictures, NoPictures):
        return MissingPlate(kind, title, f"Decoded images along w are left out, since {pictures.reason}.")
    weights = np.array([float(weight) for weight in listed.claim.weights()])
    largest = np.abs(weights).max()
    if largest == 0:
        return MissingPlate(kind, title, "Decoded images along w are left out, since all weights are 0.")
    # The squares of small weights would vanish.
    direction = weights / largest / np.linalg.norm(weights / largest)
    latents = listed.artifact.latents[listed.rows].astype(np.float64)
    along = latents @ direction
    mean = latents.mean(axis=0)
    steps = np.linspace(along.min(), along.max(), _STEPS)
    probe = listed.points().probe
    values = np.linspace(probe[along.argmin()], probe[along.argmax()], _STEPS)
    on_the_line = mean + np.outer(steps - mean @ direction, direction)
    texts = [f"{value:.4g}" for value in values]
    return Plate(
        kind=kind,
        title=title,
        alt=f"{_STEPS} images decoded along the weights of {listed.name}, at the probe values {', '.join(texts)}.",
        caption="What the model decodes on the line through the mean latent point in the direction of w, from the "
        "least to the largest probe value of a listed sample; the numbers are probe values.",
        draw=lambda: figures.panels([*map(figures.Panel, pictures.decoded(on_the_line), texts)], _STEPS),
    )
