"""What an export must state of an artifact, computed with Python's integers alone.

The floats are made integers here, and residuals, exponents and widths are computed from these: nothing is shared with
the arithmetic of the exporting side.
"""

import operator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bridge.artifact.record import ProbeArtifact


@dataclass(frozen=True)
class Column:
    """One column of an array of the artifact, of the listed samples: integers over 2^exponent."""

    array: str
    index: int
    integers: list[int]
    exponent: int

    def fraction(self, integer: int) -> Fraction:
        """The number that an integer stands for."""
        return Fraction(integer, 1 << self.exponent)

    def over(self, exponent: int) -> "Column":
        """The same numbers over a larger power of two."""
        shift = exponent - self.exponent
        return Column(self.array, self.index, [integer << shift for integer in self.integers], exponent)


@dataclass(frozen=True)
class ListedSamples:
    """The listed samples; all latent coordinates are over the same power of two."""

    rows: list[int]
    latents: list[Column]
    scores: list[Column]

    def digit_bits(self) -> int:
        """The least multiple of four for which every integer fits into a digit with an offset of half its range."""
        largest = max(max(map(abs, column.integers)) for column in (*self.latents, *self.scores))
        return -(-(largest.bit_length() + 1) // 4) * 4


@dataclass(frozen=True, kw_only=True)
class ComputedFunctional:
    """What must be stated of one functional, whose value is compared with a number that each sample has: its score.

    Attributes:
        name: of the concept or class.
        weights: w, exactly.
        bias: b, exactly.
        weight_exponent: the least power of two over which the weights are integers, and products can be compared.
        numerators: the weights over 2^weight_exponent.
        score_factor: what a score is multiplied with for the scale of the products.
        constant: the bias at the scale of the products.
        sup: the largest difference of a score and a value, at the scale of the products.
        product_exponent: the scale of the products is 2^product_exponent.
        least_score: the least score that there can be, as an integer.
        score_span: the difference of the greatest one and it.
    """

    name: str
    weights: list[Fraction]
    bias: Fraction
    weight_exponent: int
    numerators: list[int]
    score_factor: int
    constant: int
    sup: int
    product_exponent: int
    least_score: int
    score_span: int

    def score_low(self, digit_bits: int) -> int:
        """The least digit of that width that is stored for a score."""
        return self.least_score + (1 << (digit_bits - 1))

    def magnitude_bits(self) -> int:
        """How wide the largest weight is, as an integer."""
        return max(1, max(map(abs, self.numerators)).bit_length())

    def weight_bits(self) -> int:
        """The least multiple of four for which a weight's sign, and the sum of as many weights, fit into a digit."""
        return -(-(self.magnitude_bits() + len(self.numerators).bit_length() + 1) // 4) * 4

    def slot_bits(self, digit_bits: int) -> int:
        """The least width of a slot in which no number that is compared can reach the highest bit.

        A residual plus δ is a sum over digits with one factor each.  What must be subtracted in it are the digits of
        positive weights, and of negative ones what the digits lack of the largest digit; so much more has the constant.
        """
        largest, offset, low = (1 << digit_bits) - 1, 1 << (digit_bits - 1), self.score_low(digit_bits)
        negative = sum(-numerator for numerator in self.numerators if numerator < 0)
        constant = (
            self.sup
            - self.constant
            + self.score_factor * (low - offset)
            + offset * sum(self.numerators)
            + largest * negative
        )
        products = largest * sum(map(abs, self.numerators))
        added, subtracted = (constant, 0) if constant >= 0 else (0, -constant)
        highest = max(
            self.score_factor * self.score_span + added, products + subtracted, 2 * self.sup, low + (1 << digit_bits)
        )
        return highest.bit_length() + 1


@dataclass(frozen=True, kw_only=True)
class Computed(ComputedFunctional):
    """What must be stated of one concept.

    Attributes:
        column: its place in the artifact.
        delta: δ, exactly.
        worst_sample: the first listed sample that attains δ.
        scores: the concept's scores of the listed samples.
        residuals: those of the listed samples at the scale of the products.
    """

    column: int
    delta: Fraction
    worst_sample: int
    scores: Column
    residuals: list[int]

    @property
    def sizes(self) -> list[int]:
        """The absolute residuals of the listed samples at the scale of the products."""
        return [abs(residual) for residual in self.residuals]

    def residual_sum_of_squares(self) -> Fraction:
        """The sum of the squared residuals."""
        squares = sum(residual * residual for residual in self.residuals)
        return Fraction(squares, 1 << (2 * self.product_exponent))

    def total_sum_of_squares(self) -> Fraction:
        """The sum of the squared differences of the scores from their mean."""
        count, exponent = len(self.scores.integers), self.scores.exponent
        mean = Fraction(sum(self.scores.integers), count)
        squares = sum(integer * integer for integer in self.scores.integers) - count * mean * mean
        return squares / (1 << (2 * exponent))


def listed_samples(artifact: ProbeArtifact, rows: list[int]) -> ListedSamples:
    """The latents and scores of these rows of an artifact."""
    return samples_of(artifact.latents[rows], columns_of("scores", artifact.scores[rows]), rows)


def samples_of(latents: np.ndarray, scores: list[Column], rows: list[int]) -> ListedSamples:
    """Samples with such latent points, and with what belongs to them."""
    columns = columns_of("latents", latents)
    common = max(column.exponent for column in columns)
    return ListedSamples(rows, [column.over(common) for column in columns], scores)


def columns_of(array: str, values: np.ndarray) -> list[Column]:
    """The columns of a matrix, each over the least power of two that it can have."""
    return [_column(array, index, column) for index, column in enumerate(values.T)]


def _column(array: str, index: int, values: np.ndarray) -> Column:
    ratios = [value.as_integer_ratio() for value in values.tolist()]
    exponent = max(denominator for _, denominator in ratios).bit_length() - 1
    integers = [numerator << (exponent + 1 - denominator.bit_length()) for numerator, denominator in ratios]
    return Column(array, index, integers, exponent)


def computed(artifact: ProbeArtifact, samples: ListedSamples, column: int) -> Computed:
    """Compute the residuals, the score minus `w · z + b`, and what is claimed of them.

    Args:
        artifact: the probe and all its samples.
        samples: the listed samples.
        column: the concept's place in the artifact.
    """
    *weights, bias = (Fraction(*value.as_integer_ratio()) for value in artifact.weights[:, column].tolist())
    scores, latent_exponent = samples.scores[column], samples.latents[0].exponent
    # Products of a weight and a coordinate, the bias and the scores must all be integers over one power of two.
    weight_exponent = max(*map(exponent_of, weights), max(exponent_of(bias), scores.exponent) - latent_exponent)
    product_exponent = latent_exponent + weight_exponent
    numerators = [numerator_over(weight, weight_exponent) for weight in weights]
    constant, score_factor = numerator_over(bias, product_exponent), 1 << (product_exponent - scores.exponent)
    points = zip(*(latents.integers for latents in samples.latents), strict=True)
    residuals = [
        score * score_factor - sum(map(operator.mul, point, numerators)) - constant
        for point, score in zip(points, scores.integers, strict=True)
    ]
    sizes = [abs(residual) for residual in residuals]
    sup = max(sizes)
    return Computed(
        name=artifact.concept_names[column],
        column=column,
        weights=weights,
        bias=bias,
        delta=Fraction(sup, 1 << product_exponent),
        worst_sample=sizes.index(sup),
        weight_exponent=weight_exponent,
        scores=scores,
        least_score=min(scores.integers),
        score_span=max(scores.integers) - min(scores.integers),
        numerators=numerators,
        score_factor=score_factor,
        constant=constant,
        sup=sup,
        residuals=residuals,
        product_exponent=product_exponent,
    )


def exponent_of(value: Fraction) -> int:
    """The e for which a dyadic rational in lowest terms has the denominator 2^e."""
    return value.denominator.bit_length() - 1


def numerator_over(value: Fraction, exponent: int) -> int:
    """The integer that a dyadic rational is over 2^exponent."""
    return value.numerator << (exponent - exponent_of(value))
