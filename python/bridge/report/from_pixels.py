"""What a page says of images and their encoder, of an export from pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bridge.artifact.record import ProbeArtifact
from bridge.check.pixels.readback import ReadPixels


@dataclass(frozen=True)
class LatentError:
    """By how much a listed latent coordinate is off from the exact one.

    Attributes:
        epsilon: ε, the largest difference over the listed samples, exactly.
        sample: the position in the data set of the first sample that is off by so much.
    """

    epsilon: Fraction
    sample: int


@dataclass(frozen=True)
class PixelConcept:
    """What is claimed of a concept at the exact latents.

    Attributes:
        counted: what its scores are proved to count on the images, `size` or `thick`; empty if they are only listed.
        delta: δₓ.
        attained_by: the position in the data set of the first sample that attains it.
    """

    counted: str
    delta: Fraction
    attained_by: int


@dataclass(frozen=True)
class PixelsReport:
    """What is claimed of the images and the encoder.

    Attributes:
        height: rows of an image.
        width: columns of an image.
        units: how many numbers go into the encoder, and how many each layer gives.
        device: where the listed latents were computed.
        errors: of each latent coordinate.
        concepts: in the order of the artifact.
        statements: the theorems about all images over the rational numbers, by their full names, and what each says.
    """

    height: int
    width: int
    units: tuple[int, ...]
    device: str
    errors: tuple[LatentError, ...]
    concepts: tuple[PixelConcept, ...]
    statements: tuple[tuple[str, str], ...]

    @property
    def largest_epsilon(self) -> Fraction:
        """The largest ε of all coordinates."""
        return max(error.epsilon for error in self.errors)


_STATEMENTS = (
    ("latent_error", "each listed latent coordinate is within ε of what the encoder gives for the image, exactly"),
    ("latent_error_attained", "in each coordinate one of them is off by exactly ε"),
)
_SCORE_STATEMENT = "score_eq", "the score of each listed image is `Bridge.Image.{}` of its pixels"
CONCEPT_STATEMENTS = (
    ("pixels.bound", "the score is within δₓ of the probe's value at what the encoder gives for the image, exactly"),
    ("pixels.attained", "for one of the images it is off by exactly δₓ"),
)
"""The theorems of every concept."""

REAL_STATEMENTS = (("pixelSpec, pixelSpec_isTight", "the same over the real numbers, on Mathlib"),)
"""Those over the real numbers."""


def pixels_report(read: ReadPixels, artifact: ProbeArtifact, rows: np.ndarray, namespace: str) -> PixelsReport:
    """What the page says of an export's images and encoder.

    Args:
        read: what has been read back, and is the artifact's.
        artifact: the artifact.
        rows: which of its samples are listed.
        namespace: that of the export.
    """
    indices: Sequence[int] = artifact.sample_indices[rows].tolist()
    epsilons, worst = read.errors["epsilon"], read.errors["worst"]
    return PixelsReport(
        height=read.images.value("height"),
        width=read.images.value("width"),
        units=(read.layers[0].numbers.value("inputs"), *(each.numbers.value("outputs") for each in read.layers)),
        device=artifact.provenance.device,
        errors=tuple(
            LatentError(epsilon.value, indices[sample.value]) for epsilon, sample in zip(epsilons, worst, strict=True)
        ),
        concepts=tuple(
            PixelConcept(
                counted="" if each.counted is None else each.counted.value,
                delta=each.found.value("delta"),
                attained_by=indices[each.found.value("worst_sample")],
            )
            for each in read.concepts
        ),
        statements=tuple(_statements(read, namespace)),
    )


def _statements(read: ReadPixels, namespace: str) -> Iterator[tuple[str, str]]:
    for theorem, says in _STATEMENTS:
        yield f"{namespace}.{theorem}", says
    for concept in read.concepts:
        if concept.counted is not None:
            theorem, says = _SCORE_STATEMENT
            yield f"{namespace}.{concept.name.value}.{theorem}", says.format(concept.counted.value)
