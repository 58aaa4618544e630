"""From the artifact of a classifier to the integers that Lean checks.

They are those of a probe for each class (`bridge.export.certificate`), over a denominator that all classes share, so
that decision values can be compared; what a class's probe is compared with in a slot is the label, the number of a
class.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial, reduce
from itertools import chain, islice

import numpy as np

from bridge.artifact.classifier import ClassifierArtifact
from bridge.base.progress import Progress, untold
from bridge.base.workers import HERE, Workers
from bridge.exact.decisions import Confusion, DecidedRows
from bridge.exact.dyadic import dyadic
from bridge.exact.extents import Extent
from bridge.export.certificate import log_layout
from bridge.export.classification.asked import ClassifierAsked
from bridge.export.classification.claims.confusion import ConfusionClaim
from bridge.export.classification.claims.kind import ClassifierClaim, MeasuredClassifier
from bridge.export.classification.claims.margin import MarginClaim
from bridge.export.integers import IntegerProbe, common_denominator
from bridge.export.layout import block_ranges, rows_of
from bridge.export.listed import Listed, Rows
from bridge.export.packing import Layout, PackedSamples, Packing, SlotNeeds, digit_bits_for, packed_samples


@dataclass(frozen=True)
class ClassFunctional:
    """The functional of one class.

    Attributes:
        weights: the d weights, exactly.
        bias: the bias, exactly.
        numerators: the weights over the denominator of the integers.
        integers: all of it as integers, which Lean computes with.
    """

    weights: tuple[Fraction, ...]
    bias: Fraction
    numerators: tuple[int, ...]
    integers: IntegerProbe


@dataclass(frozen=True, eq=False)
class ClassifierCertificate:
    """Everything that the generated Lean files of a classifier state; a `bridge.export.certificate.PackedCertificate`.

    Attributes:
        asked: what was asked for.
        rows: (N,) positions of the listed samples in the artifact.
        samples: the packed latents and labels.
        classes: the functional of each class.
        confusion: the counts, and what follows from them.
        margin: the least gap.
        ranges: the blocks of each range that Lean goes through in one declaration.
        others: what was asked for beside these.
    """

    asked: ClassifierAsked
    rows: np.ndarray
    samples: PackedSamples
    classes: tuple[ClassFunctional, ...]
    confusion: ConfusionClaim
    margin: MarginClaim
    ranges: tuple[range, ...]
    others: tuple[ClassifierClaim, ...] = ()

    @property
    def claims(self) -> tuple[ClassifierClaim, ...]:
        """All claims, in the order in which an export has them."""
        return (self.confusion, self.margin, *self.others)


def classifier_certificate(
    artifact: ClassifierArtifact,
    asked: ClassifierAsked | None = None,
    progress: Progress = untold,
    workers: Workers = HERE,
) -> ClassifierCertificate:
    """Compute what is claimed of a classifier, and how the listed samples are packed.

    Args:
        artifact: the classifier and its data.
        asked: which samples to list, and what to prove of them; None for counts and margin over all samples.
        progress: told of what takes long.
        workers: who goes through the samples.

    Raises:
        InputError: no sample belongs to the wanted part, or what is asked for cannot be proved of it.
    """
    asked = ClassifierAsked() if asked is None else asked
    listed = Listed(artifact.latents, artifact.labels[:, np.newaxis], asked.rows(artifact))
    extents = _extents(listed, artifact.weights, progress, workers)
    digit_bits = digit_bits_for(max(extents.latents.largest, extents.labels.largest))
    functionals = [[dyadic(value) for value in column] for column in artifact.weights.T]
    exponent = extents.latents.exponent
    denominator = math.lcm(*(common_denominator(weights, bias, exponent, 0) for *weights, bias in functionals))
    scale = denominator << exponent
    sup = int(extents.reach * scale)
    classes = tuple(
        class_functional(
            tuple(weights),
            bias,
            denominator,
            scale=scale,
            sup=sup,
            class_count=artifact.class_count,
            digit_bits=digit_bits,
        )
        for *weights, bias in functionals
    )
    # A row's label and decision are one number below K² + 1 in its slot.
    layout = Layout.least(
        len(listed), digit_bits, [class_slot_needs(each, scale) for each in classes], highest=len(classes) ** 2
    )
    log_layout(len(listed), layout)
    samples = packed_samples(listed, Packing(exponent, (0,), layout))
    ranges = block_ranges(samples, len(classes))
    gap = int(extents.margin * scale)
    counts = _counted(
        listed,
        artifact.weights,
        [rows_of(samples, blocks) for blocks in ranges],
        tuple(Fraction(bound, scale) for bound in (gap, gap + 1)),
        progress,
        workers,
    )
    matrices = tuple(tuple(map(tuple, each.matrix.tolist())) for each in counts)
    confusion = Confusion(tuple(map(tuple, np.sum([each.matrix for each in counts], axis=0).tolist())))
    measured = MeasuredClassifier(artifact, listed, confusion, scale, sup, workers, progress)
    return ClassifierCertificate(
        asked,
        listed.rows,
        samples,
        classes,
        ConfusionClaim(confusion, matrices),
        MarginClaim(extents.margin, gap, extents.sample, tuple(each.gaps for each in counts)),
        ranges,
        tuple(kind.claim(measured) for kind in asked.kinds),
    )


@dataclass(frozen=True)
class _Extents:
    """What there is to know of listed samples before they are packed.

    Attributes:
        latents: of all latent coordinates.
        labels: of the numbers of the classes.
        reach: the largest difference of a label from a decision value.
        margin: the least gap.
        sample: the first sample that has it.
    """

    latents: Extent
    labels: Extent
    reach: Fraction
    margin: Fraction
    sample: int

    @classmethod
    def of(cls, weights: np.ndarray, rows: Rows) -> "_Extents":
        """Those of samples that come one after the other."""
        decided = DecidedRows.of(rows.latents, weights)
        margin, row = decided.margin()
        reach = decided.reach(rows.scores[:, 0])
        return cls(Extent.of(rows.latents), Extent.of(rows.scores), reach, margin, rows.first + row)

    def joined(self, more: "_Extents") -> "_Extents":
        """Those of both; of equal gaps that of the earlier sample counts."""
        least = min((self, more), key=lambda each: (each.margin, each.sample))
        return _Extents(
            self.latents.joined(more.latents),
            self.labels.joined(more.labels),
            max(self.reach, more.reach),
            least.margin,
            least.sample,
        )


def _extents(listed: Listed, weights: np.ndarray, progress: Progress, workers: Workers) -> _Extents:
    ranges = listed.sections(range(len(listed)), weights.shape[1])
    found = workers.map(
        partial(_Extents.of, weights), listed.parts(ranges), total=len(ranges), step="measuring", progress=progress
    )
    return reduce(_Extents.joined, found)


@dataclass(frozen=True, eq=False)
class _Counts:
    """What is counted of some samples.

    Attributes:
        matrix: (K, K) how many with each label get each decision.
        gaps: how many gaps there are of at least each bound.
    """

    matrix: np.ndarray
    gaps: tuple[int, ...]

    @classmethod
    def of(cls, weights: np.ndarray, bounds: tuple[Fraction, ...], rows: Rows) -> "_Counts":
        """Count."""
        decided, classes = DecidedRows.of(rows.latents, weights), weights.shape[1]
        pairs = rows.scores[:, 0] * classes + decided.predicted
        return cls(
            np.bincount(pairs, minlength=classes**2).reshape(classes, classes),
            tuple(int((decided.gaps.compared(bound) >= 0).sum()) for bound in bounds),
        )

    def plus(self, more: "_Counts") -> "_Counts":
        """Those of both."""
        return _Counts(self.matrix + more.matrix, tuple(a + b for a, b in zip(self.gaps, more.gaps, strict=True)))


def _counted(
    listed: Listed,
    weights: np.ndarray,
    ranges: Sequence[range],
    bounds: tuple[Fraction, ...],
    progress: Progress,
    workers: Workers,
) -> list[_Counts]:
    """What is counted of the samples of each range."""
    parts = [listed.sections(rows, weights.shape[1]) for rows in ranges]
    several = list(chain.from_iterable(parts))
    found = workers.map(
        partial(_Counts.of, weights, bounds),
        listed.parts(several),
        total=len(several),
        step="counting",
        progress=progress,
    )
    return [reduce(_Counts.plus, islice(found, len(of_range))) for of_range in parts]


def class_functional(
    weights: tuple[Fraction, ...],
    bias: Fraction,
    denominator: int,
    *,
    scale: int,
    sup: int,
    class_count: int,
    digit_bits: int,
) -> ClassFunctional:
    """The functional of a class over a denominator that all classes share, which labels are compared with.

    Args:
        weights: (d,) its weights.
        bias: its bias.
        denominator: that of all classes.
        scale: decision values are integers over it.
        sup: the largest difference of a label from a decision value, at the scale.
        class_count: K.
        digit_bits: the width of the digits of the samples.
    """
    numerators = tuple(int(weight * denominator) for weight in weights)
    # The digits of the first and of the last class, whether a listed sample is of it or not.
    first = 2 ** (digit_bits - 1)
    return ClassFunctional(
        weights,
        bias,
        numerators,
        IntegerProbe.of(
            numerators,
            denominator,
            bias=int(bias * scale),
            sup=sup,
            score_digits=(first, first + class_count - 1),
        ),
    )


def class_slot_needs(functional: ClassFunctional, scale: int) -> SlotNeeds:
    """What Lean computes in a slot for a class."""
    integers = functional.integers
    return SlotNeeds(
        weights=functional.numerators,
        score_factor=scale,
        bias=integers.bias,
        sup=integers.sup,
        score_low=integers.score_low,
        score_span=integers.score_span,
        summands=(0,),  # rows are counted
    )
