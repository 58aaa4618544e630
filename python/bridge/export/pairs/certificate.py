"""From two artifacts to the integers with which Lean compares them.

Those of both functionals of a concept or a class are over one denominator, so that the integers of their difference are
differences of integers.  What the difference is compared with in a slot is a score of 0, and what the classes of
classifiers are compared with is the decision of B, in the place of a label.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bridge.artifact.coverage import Coverage
from bridge.artifact.pair import ClassifierPair, ProbePair, compared_rows, valued_classes
from bridge.exact.decisions import Confusion, exact_decisions
from bridge.exact.differences import exact_differences
from bridge.exact.dyadic import dyadic
from bridge.exact.extents import Extent
from bridge.export.asked import Asked
from bridge.export.classification.certificate import (
    ClassFunctional,
    class_functional,
    class_slot_needs,
)
from bridge.export.integers import IntegerProbe, common_denominator
from bridge.export.listed import Listed
from bridge.export.packing import Layout, PackedSamples, Packing, SlotNeeds, digit_bits_for, packed_samples


@dataclass(frozen=True)
class DifferenceClaim:
    """How far two functionals are from each other.

    Attributes:
        epsilon: ε, the largest absolute difference of their values over the listed samples, exactly.
        worst_sample: position among the listed samples of the first one that attains ε.
        numerators: the differences of the weights over the denominator of the integers.
        integers: the difference as integers, which Lean computes with.
        column: of the scores that are all 0.
    """

    epsilon: Fraction
    worst_sample: int
    numerators: tuple[int, ...]
    integers: IntegerProbe
    column: int

    @property
    def measure(self) -> str:
        """What Lean looks for on its way through the samples: the one that attains ε."""
        return f".attains {self.worst_sample}"

    def attained_in(self, rows: range) -> int:
        """1 if that sample is among some listed ones."""
        return int(self.worst_sample in rows)


@dataclass(frozen=True)
class PairedFunctionals:
    """The functionals of a concept or a class in both artifacts.

    Attributes:
        a: that of A.
        b: that of B.
        difference: what is claimed of them, None if nothing is.
    """

    a: ClassFunctional
    b: ClassFunctional
    difference: DifferenceClaim | None


@dataclass(frozen=True, eq=False)
class DecisionsClaim:
    """How two classifiers decide.

    Attributes:
        a: (N,) the decisions of A on the listed samples.
        b: those of B.
        class_count: how many classes there are.
    """

    a: np.ndarray
    b: np.ndarray
    class_count: int

    def counts(self, rows: range | None = None) -> tuple[tuple[int, ...], ...]:
        """How many of some listed samples, or of all, get each decision of B (row) and of A (column)."""
        within = self._within(rows)
        return Confusion.of(self.b[within], self.a[within], self.class_count).counts

    def own_counts(self, rows: range | None = None) -> tuple[tuple[int, ...], ...]:
        """How many get each decision of B, on the diagonal."""
        within = self._within(rows)
        return Confusion.of(self.b[within], self.b[within], self.class_count).counts

    @property
    def differing(self) -> int:
        """How many decisions differ."""
        return int((self.a != self.b).sum())

    def _within(self, rows: range | None) -> slice:
        return slice(None) if rows is None else slice(rows.start, rows.stop)


@dataclass(frozen=True, eq=False)
class PairCertificate:
    """Everything that the Lean files of a pair state; a `bridge.export.certificate.PackedCertificate`.

    Attributes:
        asked: which samples are listed.
        rows: (N,) their positions in the artifacts.
        samples: the packed latents, of classifiers the decisions of B, and a column of zeros.
        functionals: those of each concept or class.
        decisions: those of classifiers, None for probes.
    """

    asked: Asked
    rows: np.ndarray
    samples: PackedSamples
    functionals: tuple[PairedFunctionals, ...]
    decisions: DecisionsClaim | None

    @property
    def ranges(self) -> tuple[range, ...]:
        """All blocks, since all that is said of them is in one file, whatever declarations it is divided among."""
        return (range(self.samples.block_count),)


def pair_certificate(pair: ProbePair | ClassifierPair, coverage: Coverage = Coverage.ALL) -> PairCertificate:
    """Compute what is claimed of a pair and pack the listed samples.

    Args:
        pair: the two artifacts.
        coverage: which samples to list.

    Raises:
        InputError: the part has no samples, or others in B than in A.
    """
    rows = compared_rows(pair, coverage)
    points = pair.a.latents[rows]
    latents, zeros = Extent.of(points), np.zeros((len(rows), 1), np.int64)
    a, b = ([[dyadic(value) for value in column] for column in artifact.weights.T] for artifact in (pair.a, pair.b))
    differences = exact_differences(points, pair.a.weights, pair.b.weights)
    needs: list[SlotNeeds] = []
    if isinstance(pair, ProbePair):
        work = _Work(latents.exponent, digit_bits_for(latents.largest), column=0)
        functionals = []
        for number, (of_a, of_b) in enumerate(zip(a, b, strict=True)):
            denominator = work.denominator([of_a, of_b])
            ours, theirs = (work.functional(each, denominator) for each in (of_a, of_b))
            error = differences.sup_error(number)
            functionals.append(
                PairedFunctionals(ours, theirs, work.difference(ours, theirs, error.value, error.sample))
            )
        scores, decisions, highest = zeros, None, 0
    else:
        decided = [exact_decisions(points, artifact.weights) for artifact in (pair.a, pair.b)]
        decisions = DecisionsClaim(decided[0].predicted, decided[1].predicted, pair.a.class_count)
        largest = max(latents.largest, int(decisions.b.max()))
        work = _Work(latents.exponent, digit_bits_for(largest), column=1)
        denominator = work.denominator([*a, *b])
        classes: list[tuple[ClassFunctional, ...]] = []
        for artifact, of_artifact, weights in zip((pair.a, pair.b), decided, (a, b), strict=True):
            scale = denominator << latents.exponent
            classes.append(
                tuple(
                    class_functional(
                        tuple(entries),
                        bias,
                        denominator,
                        scale=scale,
                        sup=int(of_artifact.reach(decisions.b) * scale),
                        class_count=artifact.class_count,
                        digit_bits=work.digit_bits,
                    )
                    for *entries, bias in weights
                )
            )
            needs += [class_slot_needs(each, scale) for each in classes[-1]]
        functionals = []
        valued = valued_classes(pair)
        for number, (ours, theirs) in enumerate(zip(*classes, strict=True)):
            error = differences.sup_error(number)
            claim = work.difference(ours, theirs, error.value, error.sample) if number in valued else None
            functionals.append(PairedFunctionals(ours, theirs, claim))
        scores, highest = np.hstack([decisions.b[:, np.newaxis], zeros]), pair.a.class_count**2
    claims = [each.difference for each in functionals if each.difference is not None]
    layout = Layout.least(
        len(rows), work.digit_bits, [*needs, *(work.slot_needs(claim) for claim in claims)], highest=highest
    )
    listed = Listed(points, scores, np.arange(len(rows)))
    return PairCertificate(
        Asked(coverage),
        rows,
        packed_samples(listed, Packing(latents.exponent, (0,) * scores.shape[1], layout)),
        tuple(functionals),
        decisions,
    )


@dataclass(frozen=True)
class _Work:
    """What all functionals of a pair have in common.

    Attributes:
        latent_exponent: latent coordinates are integers over 2^latent_exponent.
        digit_bits: the width of a digit.
        column: of the scores that are all 0.
    """

    latent_exponent: int
    digit_bits: int
    column: int

    def denominator(self, functionals: Sequence[Sequence[Fraction]]) -> int:
        """One over which the weights of all of these, whose bias is the last, are integers."""
        return math.lcm(*(common_denominator(weights, bias, self.latent_exponent, 0) for *weights, bias in functionals))

    def functional(self, weights_and_bias: Sequence[Fraction], denominator: int) -> ClassFunctional:
        """A functional as integers, of which no residual is checked."""
        *weights, bias = weights_and_bias
        numerators = tuple(int(weight * denominator) for weight in weights)
        return ClassFunctional(tuple(weights), bias, numerators, self._integers(numerators, denominator, bias, 0))

    def difference(
        self, ours: ClassFunctional, theirs: ClassFunctional, epsilon: Fraction, sample: int
    ) -> DifferenceClaim:
        """What is claimed of the functional of A and that of B, which have the same denominator."""
        denominator = ours.integers.denominator
        numerators = tuple(a - b for a, b in zip(ours.numerators, theirs.numerators, strict=True))
        sup = int(epsilon * (denominator << self.latent_exponent))
        integers = self._integers(numerators, denominator, ours.bias - theirs.bias, sup)
        return DifferenceClaim(epsilon, sample, numerators, integers, self.column)

    def slot_needs(self, claim: DifferenceClaim) -> SlotNeeds:
        """What Lean computes in a slot for a difference."""
        integers = claim.integers
        return SlotNeeds(
            weights=claim.numerators,
            score_factor=integers.denominator << self.latent_exponent,
            bias=integers.bias,
            sup=integers.sup,
            score_low=integers.score_low,
            score_span=integers.score_span,
            summands=(),
        )

    def _integers(self, numerators: tuple[int, ...], denominator: int, bias: Fraction, sup: int) -> IntegerProbe:
        return IntegerProbe.of(
            numerators,
            denominator,
            bias=int(bias * (denominator << self.latent_exponent)),
            sup=sup,
            score_digits=(2 ** (self.digit_bits - 1),) * 2,
        )
