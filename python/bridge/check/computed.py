"""What an export must state of an artifact, computed with Python's integers alone.

The floats are made integers here, and residuals, exponents and widths are computed from these: nothing is shared with
the arithmetic of the exporting side.  Section after section is gone through, and only what they come to is kept.
"""

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial, reduce

import numpy as np

from bridge.artifact.record import ProbeArtifact
from bridge.base.workers import Workers
from bridge.check.listed import (
    Extent,
    Form,
    Integers,
    ListedSamples,
    Ratios,
    Rows,
    exponent_of,
    integers_over,
    least_integers,
    over,
    ratios,
)


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

    @property
    def denominator(self) -> int:
        """What the numerators are over."""
        return 1 << self.weight_exponent

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
        size: how many samples are listed.
        calibration_size: how many samples of the artifact are in the calibration part.
        residual_sum_of_squares: the sum of the squared residuals.
        total_sum_of_squares: the sum of the squared differences of the scores from their mean.
        order: by the names of twins that ask for one, the absolute residual of some rank at the scale of the products.
    """

    column: int
    delta: Fraction
    worst_sample: int
    size: int
    calibration_size: int
    residual_sum_of_squares: Fraction
    total_sum_of_squares: Fraction
    order: Mapping[str, int]

    def slim(self) -> "Computed":
        """The same without its weights, for who has them already."""
        return replace(self, weights=[], numerators=[])


@dataclass(frozen=True)
class Section:
    """Some listed samples that follow one another, for one concept.

    Attributes:
        first: how many listed samples come before.
        residuals: their residuals at the scale of the products.
        scores: their scores, as integers.
    """

    first: int
    residuals: list[int]
    scores: list[int]


@dataclass(frozen=True)
class Order:
    """An absolute residual of some rank: among how many of the first listed samples, and which one it is said to be.

    Attributes:
        name: whose it is.
        count: among how many of the first listed samples.
        rank: the rank, from 1.
        stated: what it is said to be, None if nothing is said.
    """

    name: str
    count: int
    rank: int
    stated: Fraction | None


@dataclass(frozen=True)
class Survey:
    """What residuals of one concept come to, over some listed samples.

    Attributes:
        sup: the largest one in size.
        worst_sample: the first sample that has it.
        squares: the sum of their squares.
        scores: the sum of the scores.
        score_squares: the sum of their squares.
        ranks: for each order that is asked for, how many are less in size than it is said to be, and how many are at
            most so.
    """

    sup: Fraction
    worst_sample: int
    squares: Fraction
    scores: Fraction
    score_squares: Fraction
    ranks: tuple[tuple[int, int], ...]

    def joined(self, later: "Survey") -> "Survey":
        """What those of later samples come to too."""
        larger = later if later.sup > self.sup else self
        return Survey(
            larger.sup,
            larger.worst_sample,
            self.squares + later.squares,
            self.scores + later.scores,
            self.score_squares + later.score_squares,
            tuple(
                (below + more_below, at_most + more_at_most)
                for (below, at_most), (more_below, more_at_most) in zip(self.ranks, later.ranks, strict=True)
            ),
        )


@dataclass(frozen=True)
class Scale:
    """A functional as integers, over the powers of two of some samples.

    Attributes:
        numerators: the weights over 2^weight_exponent.
        constant: the bias over 2^product_exponent.
        weight_exponent: that of the weights.
        product_exponent: that of products of a weight and a latent coordinate.
    """

    numerators: list[int]
    constant: int
    weight_exponent: int
    product_exponent: int

    @classmethod
    def of(cls, column: Ratios, latent_exponent: int, weight_exponent: int) -> "Scale":
        """The integers of a functional, of which the weights and last the bias are given."""
        *weights, bias = column
        product_exponent = latent_exponent + weight_exponent
        (constant,) = over([bias], product_exponent)
        return cls(over(weights, weight_exponent), constant, weight_exponent, product_exponent)

    def values(self, points: Iterable[Sequence[int]]) -> Iterator[int]:
        """The value at each point, at the scale of the products."""
        return (sum(map(operator.mul, point, self.numerators)) + self.constant for point in points)

    def residuals(self, points: Iterable[Sequence[int]], scores: Sequence[int], score_exponent: int) -> list[int]:
        """The residual of each sample, at the scale of the products."""
        shift = self.product_exponent - score_exponent
        return [(score << shift) - value for score, value in zip(scores, self.values(points), strict=True)]


def least_weight_exponent(columns: Iterable[Ratios], latent_exponent: int, other_exponent: int = 0) -> int:
    """The least power of two over which weights are integers, and products with latents can be compared.

    Products, biases and what else is compared must all be integers over one power of two.

    Args:
        columns: of each functional the weights, and last the bias.
        latent_exponent: the power of two of the latents.
        other_exponent: that of what values are compared with.
    """
    return max(
        max(exponent_of(weights), max(exponent_of([bias]), other_exponent) - latent_exponent)
        for *weights, bias in columns
    )


def listed_samples(artifact: ProbeArtifact, rows: np.ndarray) -> ListedSamples:
    """The latents and scores of these rows of an artifact."""
    columns = tuple(("scores", index) for index in range(artifact.scores.shape[1]))
    return ListedSamples(rows, artifact.latents, artifact.scores, columns)


def computed(
    artifact: ProbeArtifact, samples: ListedSamples, orders: Sequence[Sequence[Order]], workers: Workers
) -> tuple[Form, list[Computed]]:
    """Compute the residuals, the score minus `w · z + b`, and what is claimed of them.

    Args:
        artifact: the probe and all its samples.
        samples: the listed samples.
        orders: for each concept, the absolute residuals of some rank that are wanted.
        workers: who goes through the samples.

    Returns:
        How the samples are integers, and what must be stated of each concept.
    """
    survey = partial(_survey, weights=artifact.weights, orders=orders)
    extent, surveys = reduce(_joined, samples.each_section(survey, workers))
    form = extent.form()
    required = []
    for column, (found, wanted) in enumerate(zip(surveys, orders, strict=True)):
        claims = _computed(artifact, samples, form, column, found)
        order = {
            each.name: value
            for each, ranks in zip(wanted, found.ranks, strict=True)
            if (value := _in_order(artifact, samples, form, claims, each, ranks, workers)) is not None
        }
        required.append(replace(claims, order=order))
    return form, required


def section_of(integers: Integers, weights: np.ndarray, column: int, weight_exponent: int) -> Section:
    """What some samples, at the scales of all, are for one concept.

    Args:
        integers: the samples.
        weights: (d + 1, k) the weights of all concepts, the biases last.
        column: the place of the concept.
        weight_exponent: the power of two of its weights.
    """
    scale = Scale.of(ratios(weights[:, column]), integers.latent_exponent, weight_exponent)
    scores = integers.scores[column]
    return Section(integers.first, scale.residuals(integers.points, scores, integers.score_exponents[column]), scores)


def _survey(rows: Rows, *, weights: np.ndarray, orders: Sequence[Sequence[Order]]) -> tuple[Extent, tuple[Survey, ...]]:
    """What a section comes to, at scales of its own."""
    integers = least_integers(rows)
    latent_exponent, surveys = integers.latent_exponent, []
    for column, exponent in enumerate(integers.score_exponents):
        weight_exponent = least_weight_exponent([ratios(weights[:, column])], latent_exponent, exponent)
        section = section_of(integers, weights, column, weight_exponent)
        sizes, scale = list(map(abs, section.residuals)), 1 << (latent_exponent + weight_exponent)
        sup = max(sizes)
        surveys.append(
            Survey(
                Fraction(sup, scale),
                rows.first + sizes.index(sup),
                Fraction(sum(size * size for size in sizes), scale * scale),
                Fraction(sum(section.scores), 1 << exponent),
                Fraction(sum(score * score for score in section.scores), 1 << (2 * exponent)),
                tuple(_ranks(sizes[: max(0, order.count - rows.first)], order, scale) for order in orders[column]),
            )
        )
    return Extent.of(integers), tuple(surveys)


def _ranks(sizes: Sequence[int], order: Order, scale: int) -> tuple[int, int]:
    if order.stated is None:
        return (0, 0)
    stated = order.stated * scale
    least, greatest = -(-stated.numerator // stated.denominator), stated.numerator // stated.denominator
    return sum(size < least for size in sizes), sum(size <= greatest for size in sizes)


def _joined(
    earlier: tuple[Extent, tuple[Survey, ...]], later: tuple[Extent, tuple[Survey, ...]]
) -> tuple[Extent, tuple[Survey, ...]]:
    (extent, surveys), (later_extent, later_surveys) = earlier, later
    return extent.joined(later_extent), tuple(map(Survey.joined, surveys, later_surveys))


def _computed(artifact: ProbeArtifact, samples: ListedSamples, form: Form, column: int, found: Survey) -> Computed:
    fractions, exponent = ratios(artifact.weights[:, column]), form.score_exponents[column]
    scale = Scale.of(
        fractions, form.latent_exponent, least_weight_exponent([fractions], form.latent_exponent, exponent)
    )
    *weights, bias = (Fraction(*ratio) for ratio in fractions)
    return Computed(
        name=artifact.concept_names[column],
        column=column,
        weights=weights,
        bias=bias,
        delta=found.sup,
        worst_sample=found.worst_sample,
        size=samples.size,
        calibration_size=int(artifact.is_calibration.sum()),
        weight_exponent=scale.weight_exponent,
        least_score=form.least_scores[column],
        score_span=form.greatest_scores[column] - form.least_scores[column],
        numerators=scale.numerators,
        score_factor=1 << (scale.product_exponent - exponent),
        constant=scale.constant,
        sup=int(found.sup * (1 << scale.product_exponent)),
        product_exponent=scale.product_exponent,
        residual_sum_of_squares=found.squares,
        total_sum_of_squares=found.score_squares - found.scores**2 / samples.size,
        order={},
    )


def _in_order(
    artifact: ProbeArtifact,
    samples: ListedSamples,
    form: Form,
    claims: Computed,
    order: Order,
    ranks: tuple[int, int],
    workers: Workers,
) -> int | None:
    """The absolute residual of a rank, None if there are not so many."""
    below, at_most = ranks
    if order.stated is not None and below < order.rank <= at_most:
        return int(order.stated * (1 << claims.product_exponent))
    # What is stated is wrong, so that all of them are looked at.
    sizes = partial(_sizes, form=form, weights=artifact.weights, claims=claims.slim())
    few = replace(samples, rows=samples.rows[: order.count])
    found = sorted(size for section in few.each_section(sizes, workers) for size in section)
    return found[order.rank - 1] if order.rank <= len(found) else None


def _sizes(rows: Rows, *, form: Form, weights: np.ndarray, claims: Computed) -> list[int]:
    section = section_of(integers_over(rows, form), weights, claims.column, claims.weight_exponent)
    return list(map(abs, section.residuals))
