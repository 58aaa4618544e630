"""What the export of a classifier must state, computed with Python's integers alone, section after section."""

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial, reduce
from itertools import chain

import numpy as np

from bridge.artifact.classifier import ClassifierArtifact
from bridge.base.workers import Workers
from bridge.check.computed import ComputedFunctional, Scale, least_weight_exponent
from bridge.check.listed import (
    Extent,
    Form,
    Integers,
    ListedSamples,
    Rows,
    integers_over,
    least_integers,
    ratios,
    sections_in,
)

Matrix = list[list[int]]


@dataclass(frozen=True)
class Tally:
    """What is decided of some listed samples.

    Attributes:
        first: how many listed samples come before.
        matrix: how many of them have each label and get each decision.
        gap: the least difference of the value that is decided for and that of another class.
        gap_count: how often that is the difference.
        sup: the largest difference of a label and a value.
    """

    first: int
    matrix: Matrix
    gap: Fraction
    gap_count: int
    sup: Fraction


@dataclass(frozen=True)
class ComputedClassifier:
    """What must be stated of a classifier.

    Attributes:
        name: what the labels are called.
        class_names: of all classes.
        threshold: that of a binary probe, None of other classifiers.
        functionals: those of all classes.
        tallies: what is decided, by sections of the listed samples.
        size: how many samples are listed.
        product_exponent: the scale of the products is 2^product_exponent.
        ranked: of a class, twice the value of each listed sample at the scale of the products, and one more for those
            that belong to it, from the least to the greatest.
    """

    name: str
    class_names: tuple[str, ...]
    threshold: Fraction | None
    functionals: list[ComputedFunctional]
    tallies: list[Tally]
    size: int
    product_exponent: int
    ranked: Callable[[int], Sequence[int]]

    @property
    def class_count(self) -> int:
        """K."""
        return len(self.class_names)

    def label_count(self, number: int) -> int:
        """How many listed samples belong to a class."""
        return sum(self.matrix()[number])

    def matrix(self, rows: range | None = None) -> Matrix:
        """How many of some listed samples, whose sections end where they do, have each label and get each decision."""
        counts = [[0] * self.class_count for _ in range(self.class_count)]
        for tally in self._tallies(rows):
            counts = [list(map(operator.add, row, more)) for row, more in zip(counts, tally.matrix, strict=True)]
        return counts

    @cached_property
    def margin(self) -> int:
        """The least difference of the value that is decided for and another, at the scale of the products."""
        return int(min(tally.gap for tally in self.tallies) * (1 << self.product_exponent))

    def gaps_from_margin(self, rows: range | None = None) -> tuple[int, int]:
        """How many differences of the value that is decided for and one of any class are at least the margin.

        And how many are more.  That of the class that is decided for is 0, which can be the margin.
        """
        margin, tallies = self.margin, self._tallies(rows)
        samples = sum(sum(map(sum, tally.matrix)) for tally in tallies)
        others, scale = samples * (self.class_count - 1), 1 << self.product_exponent
        equal = sum(tally.gap_count for tally in tallies if tally.gap * scale == margin)
        return others + (samples if margin == 0 else 0), others - equal

    def slot_bits(self, digit_bits: int) -> int:
        """The least width of a slot, where a label times the number of classes plus a decision must have room too."""
        codes = (self.class_count - 1) * self.class_count + self.class_count
        return max(codes.bit_length() + 1, *(each.slot_bits(digit_bits) for each in self.functionals))

    def _tallies(self, rows: range | None) -> list[Tally]:
        return self.tallies[sections_in([tally.first for tally in self.tallies] if rows else [], rows)]


def listed_samples(artifact: ClassifierArtifact, rows: np.ndarray) -> ListedSamples:
    """The latents and labels of these rows of an artifact."""
    return ListedSamples(rows, artifact.latents, artifact.labels.reshape(-1, 1), (("labels", 0),))


def computed_classifier(
    artifact: ClassifierArtifact, samples: ListedSamples, boundaries: Iterable[int], workers: Workers
) -> tuple[Form, ComputedClassifier]:
    """Compute the decision values `w · z + b` of all classes, and what is decided by them.

    Args:
        artifact: the classifier and all its samples.
        samples: the listed samples.
        boundaries: the samples that ranges begin with.
        workers: who goes through the samples.

    Returns:
        How the samples are integers, and what must be stated.
    """
    decide = partial(_decided, weights=artifact.weights)
    found = list(samples.each_section(decide, workers, boundaries, "deciding"))
    form = reduce(Extent.joined, (extent for extent, _ in found)).form()
    tallies = [tally for _, tally in found]
    fractions = [ratios(column) for column in artifact.weights.T]
    weight_exponent = least_weight_exponent(fractions, form.latent_exponent)
    scales = [Scale.of(column, form.latent_exponent, weight_exponent) for column in fractions]
    product_exponent = form.latent_exponent + weight_exponent
    sup = int(max(tally.sup for tally in tallies) * (1 << product_exponent))
    columns = [[Fraction(*ratio) for ratio in column] for column in fractions]
    return form, ComputedClassifier(
        name=artifact.label_name,
        class_names=artifact.class_names,
        threshold=columns[0][-1] if len(columns) == 2 and not any(columns[0][:-1]) else None,
        functionals=[
            ComputedFunctional(
                name=f"class {name!r}",
                weights=weights,
                bias=bias,
                weight_exponent=weight_exponent,
                numerators=scale.numerators,
                score_factor=1 << product_exponent,
                constant=scale.constant,
                sup=sup,
                product_exponent=product_exponent,
                least_score=0,
                score_span=len(columns) - 1,
            )
            for name, (*weights, bias), scale in zip(artifact.class_names, columns, scales, strict=True)
        ],
        tallies=tallies,
        size=samples.size,
        product_exponent=product_exponent,
        ranked=partial(
            _ranked, samples=samples, form=form, weights=artifact.weights, exponent=weight_exponent, workers=workers
        ),
    )


def values_of(integers: Integers, columns: Sequence[Sequence[tuple[int, int]]], exponent: int) -> Iterator[list[int]]:
    """For each sample the value of each functional, at the scale of the products.

    Args:
        integers: the samples.
        columns: of each functional the weights and last the bias.
        exponent: the power of two of the weights.
    """
    points = integers.points
    scales = [Scale.of(column, integers.latent_exponent, exponent) for column in columns]
    return map(list, zip(*(scale.values(points) for scale in scales), strict=True))


def _decided(rows: Rows, *, weights: np.ndarray) -> tuple[Extent, Tally]:
    """What is decided of a section, at a scale of its own."""
    integers, columns = least_integers(rows), [ratios(column) for column in weights.T]
    exponent = least_weight_exponent(columns, integers.latent_exponent)
    product_exponent, (labels,) = integers.latent_exponent + exponent, integers.scores
    matrix = [[0] * len(columns) for _ in columns]
    gap, gap_count, sup = None, 0, 0
    for label, values in zip(labels, values_of(integers, columns, exponent), strict=True):
        greatest = max(values)
        # The first of equal values.
        decision = values.index(greatest)
        matrix[label][decision] += 1
        sup = max(sup, *(abs((label << product_exponent) - value) for value in values))
        for number, value in enumerate(values):
            if number != decision:
                found = greatest - value
                if gap is None or found < gap:
                    gap, gap_count = found, 0
                gap_count += found == gap
    assert gap is not None, "there are two classes at least, and a sample in each section"
    scale = 1 << product_exponent
    tally = Tally(rows.first, matrix, Fraction(gap, scale), gap_count, Fraction(sup, scale))
    return Extent.of(integers), tally


def _ranked(
    number: int, *, samples: ListedSamples, form: Form, weights: np.ndarray, exponent: int, workers: Workers
) -> list[int]:
    rank = partial(_ranked_section, number=number, form=form, column=weights[:, number], exponent=exponent)
    # Sections are in order already, which makes it fast.
    return sorted(chain.from_iterable(samples.each_section(rank, workers, step="ranking")))


def _ranked_section(rows: Rows, *, number: int, form: Form, column: np.ndarray, exponent: int) -> list[int]:
    integers = integers_over(rows, form)
    values = values_of(integers, [ratios(column)], exponent)
    return sorted(2 * value + (label == number) for label, (value,) in zip(integers.scores[0], values, strict=True))
