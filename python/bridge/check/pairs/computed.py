"""What a comparison of two artifacts must state, computed with Python's integers alone, section after section."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial, reduce

import numpy as np

from bridge.artifact.pair import ClassifierPair, ProbePair, valued_classes
from bridge.base.workers import Workers
from bridge.check.classification.computed import values_of
from bridge.check.computed import ComputedFunctional, Scale, least_weight_exponent
from bridge.check.listed import Extent, Form, ListedSamples, Ratios, Rows, least_integers, ratios

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
        form: how they are integers.
        pairs: of each concept or class.
        decisions_a: the decision of A on each listed sample, none for probes.
        decisions_b: that of B.
    """

    samples: ListedSamples
    form: Form
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
        digit_bits, classes = self.form.digit_bits, len(self.pairs)
        widths = [pair.difference.slot_bits(digit_bits) for pair in self.pairs if pair.difference is not None]
        if self.decisions_b:
            # A decision of B times the number of classes plus one of A must have room too.
            widths.append((classes * classes).bit_length() + 1)
            widths += [each.slot_bits(digit_bits) for pair in self.pairs for each in (pair.a, pair.b)]
        return max(widths)


@dataclass(frozen=True)
class _Both:
    """Two artifacts' functionals, each with its bias last, and the places of those whose difference is stated."""

    a: Sequence[Ratios]
    b: Sequence[Ratios]
    differing: tuple[int, ...]
    decide: bool

    @classmethod
    def of(cls, weights_a: np.ndarray, weights_b: np.ndarray, differing: Sequence[int], *, decide: bool) -> "_Both":
        """Those of two arrays of weights."""
        of_a, of_b = ([ratios(column) for column in weights.T] for weights in (weights_a, weights_b))
        return cls(of_a, of_b, tuple(differing), decide)

    def difference(self, number: int) -> list[Fraction]:
        """The difference of two functionals."""
        return [Fraction(*a) - Fraction(*b) for a, b in zip(self.a[number], self.b[number], strict=True)]

    def exponent(self, number: int, latent_exponent: int) -> int:
        """The power of two of the weights of a functional; classifiers have one for all."""
        columns = [*self.a, *self.b] if self.decide else [self.a[number], self.b[number]]
        return least_weight_exponent(columns, latent_exponent)


@dataclass(frozen=True)
class _Apart:
    """How far the two are from each other on some listed samples.

    Attributes:
        extent: how far the numbers go.
        largest: by the places of functionals, their largest absolute difference, and the first sample that has it.
        sups: of A and of B, the largest absolute difference of a value and the decision of B.
        decisions_a: the decisions of A, none of probes.
        decisions_b: those of B.
    """

    extent: Extent
    largest: dict[int, tuple[Fraction, int]]
    sups: tuple[Fraction, Fraction]
    decisions_a: list[int]
    decisions_b: list[int]

    def joined(self, later: "_Apart") -> "_Apart":
        """How far they are on later samples too."""
        return _Apart(
            self.extent.joined(later.extent),
            {
                number: max(here, later.largest[number], key=lambda found: found[0])
                for number, here in self.largest.items()
            },
            (max(self.sups[0], later.sups[0]), max(self.sups[1], later.sups[1])),
            self.decisions_a + later.decisions_a,
            self.decisions_b + later.decisions_b,
        )


def computed_comparison(pair: ProbePair | ClassifierPair, rows: np.ndarray, workers: Workers) -> ComputedComparison:
    """Compute the values of both on these samples, how far they are apart, and what is decided by them."""
    zeros = np.broadcast_to(np.zeros((1, 1), np.int64), (len(pair.a.latents), 1))
    samples = ListedSamples(rows, pair.a.latents, zeros, (("scores", 0),))
    of_classes = isinstance(pair, ClassifierPair)
    names = pair.a.class_names if isinstance(pair, ClassifierPair) else pair.a.concept_names
    differing = valued_classes(pair) if isinstance(pair, ClassifierPair) else range(len(names))
    both = _Both.of(pair.a.weights, pair.b.weights, list(differing), decide=of_classes)
    found = reduce(_Apart.joined, samples.each_section(partial(_apart, both=both), workers, step="comparing"))
    latent_exponent, span = found.extent.latent_exponent, len(names) - 1 if of_classes else 0
    pairs = []
    for number, name in enumerate(names):
        called = f"class {name!r}" if of_classes else name
        exponent = both.exponent(number, latent_exponent)
        ours, theirs = (
            _functional(called, column, latent_exponent, exponent, sup, span)
            for column, sup in zip((both.a[number], both.b[number]), found.sups, strict=True)
        )
        binary = ((of, columns) for of, columns in (("A", both.a), ("B", both.b)) if number == 0 and of_classes)
        constant = tuple(of for of, columns in binary if _is_binary(columns))
        pairs.append(
            ComputedPair(
                name=called, a=ours, b=theirs, constant_in=constant, difference=_difference(called, both, number, found)
            )
        )
    if not of_classes:
        return ComputedComparison(samples, found.extent.form(), pairs, [], [])
    # What stands beside the latents are the decisions of B, and then the zeros.
    beside = np.zeros((len(pair.a.latents), 2), np.int64)
    beside[rows, 0] = found.decisions_b
    samples = replace(samples, scores=beside, score_columns=(("decisions of B", 0), ("scores", 0)))
    least, greatest = (Fraction(limit(found.decisions_b)) for limit in (min, max))
    extent = replace(
        found.extent,
        score_exponents=(0, 0),
        least_scores=(least, Fraction(0)),
        greatest_scores=(greatest, Fraction(0)),
    )
    return ComputedComparison(samples, extent.form(), pairs, found.decisions_a, found.decisions_b)


def _apart(rows: Rows, *, both: _Both) -> _Apart:
    """How far the two are from each other on a section, at a scale of its own."""
    integers = least_integers(rows)
    points, largest = integers.points, {}
    for number in both.differing:
        exponent = both.exponent(number, integers.latent_exponent)
        column = [each.as_integer_ratio() for each in both.difference(number)]
        sizes = list(map(abs, Scale.of(column, integers.latent_exponent, exponent).values(points)))
        scale = 1 << (integers.latent_exponent + exponent)
        largest[number] = (Fraction(max(sizes), scale), rows.first + sizes.index(max(sizes)))
    extent, nothing = Extent.of(integers), Fraction(0)
    if not both.decide:
        return _Apart(extent, largest, (nothing, nothing), [], [])
    exponent = both.exponent(0, integers.latent_exponent)
    shift = integers.latent_exponent + exponent
    values_a, values_b = (list(values_of(integers, columns, exponent)) for columns in (both.a, both.b))
    decisions_a, decisions_b = ([each.index(max(each)) for each in values] for values in (values_a, values_b))
    sup_a, sup_b = (
        max(
            abs((label << shift) - value)
            for label, of_sample in zip(decisions_b, values, strict=True)
            for value in of_sample
        )
        for values in (values_a, values_b)
    )
    return _Apart(extent, largest, (Fraction(sup_a, 1 << shift), Fraction(sup_b, 1 << shift)), decisions_a, decisions_b)


def _functional(
    name: str, column: Ratios, latent_exponent: int, exponent: int, sup: Fraction, span: int
) -> ComputedFunctional:
    """What must be stated of a functional."""
    scale = Scale.of(column, latent_exponent, exponent)
    *weights, bias = (Fraction(*ratio) for ratio in column)
    return ComputedFunctional(
        name=name,
        weights=weights,
        bias=bias,
        weight_exponent=exponent,
        numerators=scale.numerators,
        score_factor=1 << scale.product_exponent,
        constant=scale.constant,
        sup=int(sup * (1 << scale.product_exponent)),
        product_exponent=scale.product_exponent,
        least_score=0,
        score_span=span,
    )


def _difference(name: str, both: _Both, number: int, found: _Apart) -> ComputedDifference | None:
    """What must be stated of the difference of two functionals, None if nothing is."""
    if number not in found.largest:
        return None
    epsilon, worst_sample = found.largest[number]
    latent_exponent = found.extent.latent_exponent
    column = [each.as_integer_ratio() for each in both.difference(number)]
    exponent = both.exponent(number, latent_exponent)
    fields = vars(_functional(f"{name}: the difference", column, latent_exponent, exponent, epsilon, 0))
    return ComputedDifference(**fields, epsilon=epsilon, worst_sample=worst_sample)


def _is_binary(columns: Sequence[Ratios]) -> bool:
    return len(columns) == 2 and not any(numerator for numerator, _ in columns[0][:-1])


def _counted(rows: Sequence[int], columns: Sequence[int], classes: int) -> Matrix:
    counts = [[0] * classes for _ in range(classes)]
    for row, column in zip(rows, columns, strict=True):
        counts[row][column] += 1
    return counts
