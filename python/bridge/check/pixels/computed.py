"""What an export must state of images and their encoder, computed with Python's integers alone."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from bridge.artifact.pixels import Pixels
from bridge.check.computed import Computed, ComputedFunctional, Scale, least_weight_exponent
from bridge.check.listed import Form, ListedSamples, over, ratios
from bridge.check.pixels import network
from bridge.check.pixels.network import WHITE, IntegerLayer, exact_values, integer_layers

_COUNTS = {"size": network.size, "thick": network.thick}


@dataclass(frozen=True, kw_only=True)
class PixelFunctional(ComputedFunctional):
    """What must be stated of a probe at the exact values, which are packed times 255.

    Attributes:
        column: its place in the artifact.
        counted: what its scores are proved to be, empty if they are only listed.
        delta: δ, exactly.
        worst_sample: the first listed sample that attains δ.
        miscounted: listed samples whose score is another than is counted on the image, with both.
    """

    column: int
    counted: str
    delta: Fraction
    worst_sample: int
    miscounted: tuple[tuple[int, Fraction, int], ...]

    @property
    def denominator(self) -> int:
        """What the numerators are over."""
        return WHITE << self.weight_exponent


@dataclass(frozen=True, eq=False)
class ComputedPixels:
    """What must be stated of images and their encoder.

    Attributes:
        images: (N, height, width) uint8, those of the listed samples.
        layers: those of the encoder.
        encoded: the exact values, times 255, and the scores, as samples that are listed.
        form: how these are integers.
        error_exponent: by how much the listed latents are off is an integer over 255 times this power of two.
        errors: the largest such integer of each latent coordinate.
        worst_samples: the first listed sample of each that attains it.
        concepts: what must be stated of each concept.
    """

    images: np.ndarray
    layers: tuple[IntegerLayer, ...]
    encoded: ListedSamples
    form: Form
    error_exponent: int
    errors: tuple[int, ...]
    worst_samples: tuple[int, ...]
    concepts: tuple[PixelFunctional, ...]

    @property
    def epsilon(self) -> list[Fraction]:
        """ε of each latent coordinate, exactly."""
        return [Fraction(error, WHITE << self.error_exponent) for error in self.errors]

    @property
    def scored(self) -> list[tuple[int, str]]:
        """The columns of the scores that are counted on images, and what is counted."""
        return [(each.column, each.counted) for each in self.concepts if each.counted]

    def place(self, concept: PixelFunctional) -> int:
        """How many concepts before this one have scores that are counted on images."""
        return sum(1 for column, _ in self.scored if column < concept.column)

    def slot_bits(self) -> int:
        """How wide the slots of the exact values have to be at least."""
        return max(each.slot_bits(self.form.digit_bits) for each in self.concepts)


def computed_pixels(pixels: Pixels, samples: ListedSamples, form: Form, concepts: Sequence[Computed]) -> ComputedPixels:
    """Compute what must be stated.

    Args:
        pixels: the images of all samples of the artifact, and the layers.
        samples: the listed samples.
        form: how they are integers.
        concepts: what must be stated of each concept at the listed latents.
    """
    images = pixels.images[samples.rows]
    layers = integer_layers(pixels.layers)
    values = exact_values(layers, images)
    exponent = sum(layer.exponent for layer in layers)
    error_exponent = max(exponent, form.latent_exponent)
    errors = _errors(samples, values, exponent, form.latent_exponent, error_exponent)
    # Other samples have no exact values here, and are not asked for them.
    exact = np.empty(samples.latents.shape, object)
    exact[samples.rows] = [[Fraction(value, 1 << exponent) for value in row] for row in values]
    exact_form = replace(form, latent_exponent=exponent, digit_bits=layers[-1].field_bits)
    return ComputedPixels(
        images,
        layers,
        replace(samples, latents=exact),
        exact_form,
        error_exponent,
        tuple(max(column) for column in errors),
        tuple(column.index(max(column)) for column in errors),
        tuple(_concept(each, samples, values, exact_form, images, pixels.scored) for each in concepts),
    )


def _errors(
    samples: ListedSamples, values: np.ndarray, exponent: int, listed_exponent: int, error_exponent: int
) -> list[list[int]]:
    """By how much each listed latent is off, for each coordinate."""
    listed_factor = WHITE << (error_exponent - listed_exponent)
    shift = error_exponent - exponent
    return [
        [
            abs(listed * listed_factor - (value << shift))
            for listed, value in zip(over(ratios(latents), listed_exponent), column, strict=True)
        ]
        for latents, column in zip(samples.latents[samples.rows].T, values.T.tolist(), strict=True)
    ]


def _concept(
    computed: Computed,
    samples: ListedSamples,
    values: np.ndarray,
    form: Form,
    images: np.ndarray,
    scored: Sequence[str],
) -> PixelFunctional:
    column, exponent = computed.column, form.score_exponents[computed.column]
    fractions = [weight.as_integer_ratio() for weight in (*computed.weights, computed.bias)]
    # The same integers as at the listed latents, unless these have finer digits.
    least = least_weight_exponent([fractions], form.latent_exponent, exponent)
    weight_exponent = max(computed.weight_exponent, least)
    # What is over 2^e there is over 255 · 2^e here.
    scale = Scale.of(fractions, form.latent_exponent, weight_exponent)
    score_factor, constant = WHITE << (scale.product_exponent - exponent), WHITE * scale.constant
    scores = over(ratios(samples.scores[samples.rows, column]), exponent)
    sizes = [
        abs(score * score_factor - constant - sum(map(operator.mul, scale.numerators, point)))
        for score, point in zip(scores, values.tolist(), strict=True)
    ]
    sup, counted = max(sizes), computed.name if computed.name in scored else ""
    counts = map(_COUNTS[counted], images) if counted else ()
    return PixelFunctional(
        name=computed.name,
        column=column,
        counted=counted,
        miscounted=tuple(
            (index, Fraction(score, 1 << exponent), count)
            for index, (score, count) in enumerate(zip(scores, counts, strict=bool(counted)))
            if score != count << exponent
        ),
        weights=computed.weights,
        bias=computed.bias,
        delta=Fraction(sup, WHITE << scale.product_exponent),
        worst_sample=sizes.index(sup),
        weight_exponent=weight_exponent,
        numerators=scale.numerators,
        score_factor=score_factor,
        constant=constant,
        sup=sup,
        product_exponent=scale.product_exponent,
        least_score=computed.least_score,
        score_span=computed.score_span,
    )
