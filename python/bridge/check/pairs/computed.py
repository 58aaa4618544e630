"""What a comparison of two artifacts must state, computed with Python's integers alone."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from bridge.artifact.pair import ClassifierPair, ProbePair, valued_classes
from bridge.check.computed import (
    Column,
    ComputedFunctional,
    ListedSamples,
    exponent_of,
    numerator_over,
    samples_of,
)

Matrix = list[list[int]]


@dataclass(frozen=True, kw_only=True)
class ComputedDifference(ComputedFunctional):
    """What must be stated of the difference of two functionals.

    Attributes:
        epsilon: the largest absolute difference, exactly.
        worst_sample: the first listed sample that attains it.
    """

    epsilon: Fraction
    worst_sample: int


@dataclass(frozen=True)
class ComputedPair:
    """What must be stated of a concept or a class in both artifacts; `difference` is None where nothing is."""

    name: str
    a: ComputedFunctional
    b: ComputedFunctional
    constant_in: tuple[str, ...]
    difference: ComputedDifference | None


@dataclass(frozen=True)
class ComputedComparison:
    """What must be stated of a pair.

    Attributes:
        samples: the listed samples.
        pairs: of each concept or class.
        decisions_a: the decision of A on each listed sample, none for probes.
        decisions_b: that of B.
    """

    samples: ListedSamples
    pairs: list[ComputedPair]
    decisions_a: list[int]
    decisions_b: list[int]

    def matrix(self, rows: slice = slice(None)) -> Matrix:
        """How many of some listed samples get each decision of B (row) and of A (column)."""
        return _counted(self.decisions_b[rows], self.decisions_a[rows], len(self.pairs))

    def own_matrix(self, rows: slice = slice(None)) -> Matrix:
        """How many get each decision of B, on the diagonal."""
        return _counted(self.decisions_b[rows], self.decisions_b[rows], len(self.pairs))

    def slot_bits(self) -> int:
        """The least width of a slot."""
        digit_bits, classes = self.samples.digit_bits(), len(self.pairs)
        widths = [pair.difference.slot_bits(digit_bits) for pair in self.pairs if pair.difference is not None]
        if self.decisions_b:
            # A decision of B times the number of classes plus one of A must have room too.
            widths.append((classes * classes).bit_length() + 1)
            widths += [each.slot_bits(digit_bits) for pair in self.pairs for each in (pair.a, pair.b)]
        return max(widths)


def computed_comparison(pair: ProbePair | ClassifierPair, rows: list[int]) -> ComputedComparison:
    """Compute the values of both on these samples, how far they are apart, and what is decided by them."""
    zeros = Column("scores", 0, [0] * len(rows), 0)
    latents = samples_of(pair.a.latents[rows], [], rows).latents
    points = list(zip(*(column.integers for column in latents), strict=True))
    columns_a, columns_b = (_columns(artifact.weights) for artifact in (pair.a, pair.b))
    exponent = latents[0].exponent
    if isinstance(pair, ProbePair):
        pairs = []
        for name, of_a, of_b in zip(pair.a.concept_names, columns_a, columns_b, strict=True):
            scale = _Scale(exponent, _weight_exponent([of_a, of_b], exponent))
            ours, theirs = (scale.functional(name, column, 0, 0) for column in (of_a, of_b))
            pairs.append(ComputedPair(name, ours, theirs, (), scale.difference(name, of_a, of_b, points)))
        return ComputedComparison(ListedSamples(rows, latents, [zeros]), pairs, [], [])
    scale = _Scale(exponent, _weight_exponent([*columns_a, *columns_b], exponent))
    values_a, values_b = (scale.values(columns, points) for columns in (columns_a, columns_b))
    decisions_a, decisions_b = ([each.index(max(each)) for each in values] for values in (values_a, values_b))
    sup_a, sup_b = (
        max(
            abs((label << scale.product_exponent) - value)
            for label, of_sample in zip(decisions_b, values, strict=True)
            for value in of_sample
        )
        for values in (values_a, values_b)
    )
    span, valued = len(columns_a) - 1, valued_classes(pair)
    classes = []
    for number, (of_a, of_b) in enumerate(zip(columns_a, columns_b, strict=True)):
        name = f"class {pair.a.class_names[number]!r}"
        constant = [of for of, columns in (("A", columns_a), ("B", columns_b)) if number == 0 and _is_binary(columns)]
        classes.append(
            ComputedPair(
                name,
                scale.functional(name, of_a, sup_a, span),
                scale.functional(name, of_b, sup_b, span),
                tuple(constant),
                scale.difference(name, of_a, of_b, points) if number in valued else None,
            )
        )
    labels = Column("decisions of B", 0, decisions_b, 0)
    return ComputedComparison(ListedSamples(rows, latents, [labels, zeros]), classes, decisions_a, decisions_b)


@dataclass(frozen=True)
class _Scale:
    """Latent coordinates are integers over 2^latent_exponent, and weights over 2^weight_exponent."""

    latent_exponent: int
    weight_exponent: int

    @property
    def product_exponent(self) -> int:
        return self.latent_exponent + self.weight_exponent

    def numerators(self, column: Sequence[Fraction]) -> tuple[list[int], int]:
        """The weights and the bias as integers."""
        *weights, bias = column
        return (
            [numerator_over(weight, self.weight_exponent) for weight in weights],
            numerator_over(bias, self.product_exponent),
        )

    def values(self, columns: Sequence[Sequence[Fraction]], points: Sequence[Sequence[int]]) -> list[list[int]]:
        """For each sample the value of each functional."""
        scaled = [self.numerators(column) for column in columns]
        return [
            [sum(map(operator.mul, point, numerators)) + constant for numerators, constant in scaled]
            for point in points
        ]

    def functional(self, name: str, column: Sequence[Fraction], sup: int, span: int) -> ComputedFunctional:
        """What must be stated of a functional."""
        return ComputedFunctional(**self._fields(name, column, sup, span))

    def difference(
        self, name: str, of_a: Sequence[Fraction], of_b: Sequence[Fraction], points: Sequence[Sequence[int]]
    ) -> ComputedDifference:
        """What must be stated of the difference of two functionals."""
        column = [a - b for a, b in zip(of_a, of_b, strict=True)]
        sizes = [abs(value) for (value,) in self.values([column], points)]
        sup = max(sizes)
        fields = self._fields(f"{name}: the difference", column, sup, 0)
        epsilon = Fraction(sup, 1 << self.product_exponent)
        return ComputedDifference(**fields, epsilon=epsilon, worst_sample=sizes.index(sup))

    def _fields(self, name: str, column: Sequence[Fraction], sup: int, span: int) -> dict[str, Any]:
        numerators, constant = self.numerators(column)
        return {
            "name": name,
            "weights": list(column[:-1]),
            "bias": column[-1],
            "weight_exponent": self.weight_exponent,
            "numerators": numerators,
            "score_factor": 1 << self.product_exponent,
            "constant": constant,
            "sup": sup,
            "product_exponent": self.product_exponent,
            "least_score": 0,
            "score_span": span,
        }


def _columns(weights: np.ndarray) -> list[list[Fraction]]:
    return [[Fraction(*value.as_integer_ratio()) for value in column] for column in weights.T.tolist()]


def _weight_exponent(columns: Sequence[Sequence[Fraction]], latent_exponent: int) -> int:
    """The least power of two over which all weights are integers, and the biases at the scale of the products."""
    return max(max(*map(exponent_of, weights), exponent_of(bias) - latent_exponent) for *weights, bias in columns)


def _is_binary(columns: Sequence[Sequence[Fraction]]) -> bool:
    return len(columns) == 2 and not any(columns[0][:-1])


def _counted(rows: Sequence[int], columns: Sequence[int], classes: int) -> Matrix:
    counts = [[0] * classes for _ in range(classes)]
    for row, column in zip(rows, columns, strict=True):
        counts[row][column] += 1
    return counts
