"""From pixels and an encoder's layers to the integers that Lean checks.

Over the rational numbers the encoder gives z' / (255 · 2^E) for an image, with integers z' and the sum E of the layers'
exponents.  The integers are packed like any latents, and probes read them with weights that are divided by 255: so the
same checker finds the sup error.  A listed latent Z / 2^p is off by the integer 255 · 2^(X-p) Z - 2^(X-E) z' over
255 · 2^X, where X is the greater one of p and E.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import flint
import numpy as np

from bridge.artifact.pixels import Pixels
from bridge.artifact.record import ProbeArtifact
from bridge.base.errors import InputError
from bridge.exact.extents import integers_over
from bridge.exact.network import PIXEL_SCORES, WHITE, ExactLatents, exact_latents
from bridge.export.claims.kind import Measured
from bridge.export.estimate import MOST_FRACTIONS
from bridge.export.integers import IntegerProbe, common_denominator
from bridge.export.layout import block_ranges
from bridge.export.listed import Listed
from bridge.export.packing import Layout, PackedSamples, Packing, SlotNeeds, packed_samples
from bridge.export.pixels.layers import PackedLayer, packed_layers, signed_bits

# One theorem is about so many images at most, and their text has so many hexadecimal digits at most.
CHUNK_IMAGES = 64
CHUNK_DIGITS = 2**19


@dataclass(frozen=True)
class LatentError:
    """By how much a latent coordinate is off from the encoder's value.

    Attributes:
        value: ε, the largest absolute difference over the listed samples, exactly.
        numerator: the same as an integer over 255 · 2^X.
        sample: the first listed sample that is off by so much.
    """

    value: Fraction
    numerator: int
    sample: int


@dataclass(frozen=True)
class PixelConcept:
    """What is claimed of one concept at the encoder's values.

    Attributes:
        integers: the numbers of the probe as integers that go with the packed values of the encoder.
        delta: the largest absolute residual at these, exactly.
        worst_sample: the first listed sample that attains it.
        score: the score that is proved from the pixels, `size` or `thick`; empty if the scores are only listed.
    """

    integers: IntegerProbe
    delta: Fraction
    worst_sample: int
    score: str


@dataclass(frozen=True, eq=False)
class PixelCertificate:
    """What is claimed of the listed images and their encoder.

    Attributes:
        images: (N, height, width) uint8, those of the listed samples.
        chunks: the images of each theorem about the encoder.
        layers: the packed layers of the encoder.
        encoded: the encoder's values times 255, and the scores, packed like samples.
        error_exponent: X; by how much latents are off is an integer over 255 · 2^X.
        errors: of each latent coordinate.
        concepts: of each concept, in the artifact's order.
    """

    images: np.ndarray
    chunks: tuple[range, ...]
    layers: tuple[PackedLayer, ...]
    encoded: PackedSamples
    error_exponent: int
    errors: tuple[LatentError, ...]
    concepts: tuple[PixelConcept, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many inputs the encoder has, and how many units each layer."""
        return (self.layers[0].inputs, *(layer.outputs for layer in self.layers))

    @property
    def scored(self) -> tuple[tuple[int, str], ...]:
        """The columns of the scores that are proved from the pixels, each with the score that it is."""
        return tuple((column, concept.score) for column, concept in enumerate(self.concepts) if concept.score)


def pixels_of(artifact: ProbeArtifact) -> Pixels:
    """What the latents of an artifact were computed from.

    Raises:
        InputError: the artifact does not say.
    """
    if artifact.pixels is None:
        raise InputError(
            "the artifact has latents and scores, and not the images and the encoder that they come from; "
            "`from_pixels=True` needs both; fit with `from_pixels=True`, and export that artifact"
        )
    return artifact.pixels


def pixel_certificate(
    artifact: ProbeArtifact, listed: Listed, measured: Sequence[Measured], samples: PackedSamples
) -> PixelCertificate:
    """Compute what is claimed of images and encoder, and how both are packed.

    Args:
        artifact: the artifact.
        listed: the listed samples.
        measured: what there is to know of each concept.
        samples: the listed samples, packed.

    Raises:
        InputError: the artifact has no images, or what is listed of them does not go together.
    """
    pixels = pixels_of(artifact)
    images = pixels.images[listed.rows]
    scored = {artifact.concept_names.index(name): name for name in pixels.scored}
    for column, name in scored.items():
        _require_scores_of_images(name, artifact.scores[listed.rows, column], images, listed.rows)
    layers = packed_layers(pixels.layers)
    exact = exact_latents(pixels.layers, images)
    digit_bits = layers[-1].field_bits
    for name, each in zip(artifact.concept_names, measured, strict=True):
        _require_room(name, each, digit_bits)
    concepts = tuple(_concept(each, exact, digit_bits, scored.get(column, "")) for column, each in enumerate(measured))
    _require_shared_weights(concepts, measured, samples.latent_exponent, exact.exponent)
    error_exponent = max(exact.exponent, samples.latent_exponent)
    encoded = _encoded(exact, listed, measured, concepts, digit_bits)
    if max(len(block_ranges(samples)), len(block_ranges(encoded))) > 1:
        raise InputError(
            f"{len(listed)} samples are listed, whose {encoded.latent_dim} latent coordinates are too much for one "
            "declaration of Lean; claims about pixels cannot be divided among several; list fewer samples with "
            "`over=…`, or fit fewer"
        )
    return PixelCertificate(
        images=images,
        chunks=chunks_of(images),
        layers=layers,
        encoded=encoded,
        error_exponent=error_exponent,
        errors=_errors(listed, samples.latent_exponent, exact, error_exponent),
        concepts=concepts,
    )


def _require_scores_of_images(name: str, scores: np.ndarray, images: np.ndarray, rows: np.ndarray) -> None:
    required = PIXEL_SCORES[name](images)
    others = np.flatnonzero(scores != required)
    if len(others):
        first = others[0]
        raise InputError(
            f"the score {name!r} of sample {rows[first]} is {scores[first]}, and {required[first]} by the pixels of "
            "its image; a score that is proved must be that of the image; fit anew with `from_pixels=True`"
        )


def _require_room(name: str, measured: Measured, digit_bits: int) -> None:
    """Refuse scores that no digit beside those of the encoder's values can hold."""
    scale = measured.scaling.score_scale
    bits = max(signed_bits(int(score * scale)) for score in (measured.scores.low, measured.scores.high))
    if bits > digit_bits:
        raise InputError(
            f"the scores of {name!r} take {bits} bits as integers over 2^{measured.scores.exponent}, and the values of "
            f"the encoder {digit_bits}; no more than these are required; round the scores, or leave the concept out"
        )


def _require_shared_weights(
    concepts: Sequence[PixelConcept], measured: Sequence[Measured], latent_exponent: int, exponent: int
) -> None:
    """Refuse weights that are written as integers only, if these are others at the encoder's values."""
    for concept, each in zip(concepts, measured, strict=True):
        if len(each.weights) > MOST_FRACTIONS and concept.integers.denominator != WHITE * each.denominator:
            raise InputError(
                f"the listed latents are multiples of 2^-{latent_exponent}, and the values of the encoder of "
                f"2^-{exponent}, times 1/255; of more than {MOST_FRACTIONS} latent coordinates no finer ones are "
                f"possible here; fit with `latent_bits={exponent}`"
            )


def _errors(listed: Listed, latent_exponent: int, exact: ExactLatents, exponent: int) -> tuple[LatentError, ...]:
    """The largest difference in each column."""
    numerators = integers_over(listed.latents[listed.rows], latent_exponent).astype(object)
    differences = np.abs(
        numerators * (WHITE << (exponent - latent_exponent)) - exact.numerators * (1 << (exponent - exact.exponent))
    )
    samples = differences.argmax(axis=0)
    return tuple(
        LatentError(Fraction(largest, WHITE << exponent), largest, int(sample))
        for largest, sample in zip(differences.max(axis=0), samples, strict=True)
    )


def _concept(measured: Measured, exact: ExactLatents, digit_bits: int, score: str) -> PixelConcept:
    weights, scores = measured.weights, measured.scores
    # As at the listed latents, unless these have finer digits than the encoder's values.
    needed = common_denominator(weights, measured.bias, exact.exponent, scores.exponent)
    denominator = math.lcm(measured.denominator, needed)
    scale, offset = denominator * exact.denominator, 2 ** (digit_bits - 1)
    numerators = [int(weight * denominator) for weight in weights]
    bias = int(measured.bias * scale)
    listed, score_scale = measured.listed, measured.scaling.score_scale
    score_integers = integers_over(listed.scores[listed.rows, measured.column], scores.exponent).astype(object)
    products = _products(exact.numerators, numerators)
    residuals = np.abs(score_integers * (scale // score_scale) - products - bias)
    worst = int(residuals.argmax())
    integers = IntegerProbe.of(
        numerators,
        WHITE * denominator,
        bias=bias,
        sup=residuals[worst],
        score_digits=(int(scores.low * score_scale) + offset, int(scores.high * score_scale) + offset),
    )
    return PixelConcept(integers, Fraction(residuals[worst], scale), worst, score)


def _products(latents: np.ndarray, weights: Sequence[int]) -> np.ndarray:
    """(n,) the products of rows of integers with one column."""
    rows, columns = latents.shape
    products = flint.fmpz_mat(rows, columns, latents.ravel().tolist()) * flint.fmpz_mat(columns, 1, weights)
    return np.array([int(entry) for entry in products.entries()], object)


def _encoded(
    exact: ExactLatents,
    listed: Listed,
    measured: Sequence[Measured],
    concepts: Sequence[PixelConcept],
    digit_bits: int,
) -> PackedSamples:
    needs = [_slot_needs(*each, exact.denominator) for each in zip(concepts, measured, strict=True)]
    layout = Layout.least(len(listed), digit_bits, needs)
    scores = listed.scores[listed.rows]
    values = Listed(exact.numerators, scores, np.arange(len(listed)))
    # The numbers that are packed are integers already.
    packing = Packing(0, tuple(each.scores.exponent for each in measured), layout)
    return replace(packed_samples(values, packing), latent_exponent=exact.exponent)


def _slot_needs(concept: PixelConcept, measured: Measured, latent_denominator: int) -> SlotNeeds:
    integers = concept.integers
    denominator = integers.denominator // WHITE
    return SlotNeeds(
        weights=tuple(int(weight * denominator) for weight in measured.weights),
        score_factor=denominator * latent_denominator // measured.scaling.score_scale,
        bias=integers.bias,
        sup=integers.sup,
        score_low=integers.score_low,
        score_span=integers.score_span,
        summands=(),
    )


def chunks_of(images: np.ndarray) -> tuple[range, ...]:
    """The images of each theorem about the encoder."""
    size = min(CHUNK_IMAGES, max(1, CHUNK_DIGITS // (2 * images[0].size)))
    return tuple(range(start, min(start + size, len(images))) for start in range(0, len(images), size))
