"""From the artifact of a classifier to the integers that Lean checks.

They are those of a probe for each class (`bridge.export.certificate`), over a denominator that all classes share, so
that decision values can be compared; what a class's probe is compared with in a slot is the label, the number of a
class.
"""

import logging
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bridge.artifact.classifier import ClassifierArtifact
from bridge.base.progress import Progress, untold
from bridge.exact.decisions import exact_decisions
from bridge.exact.dyadic import dyadic, to_dyadic_matrix
from bridge.export.classification.asked import ClassifierAsked
from bridge.export.classification.claims.confusion import ConfusionClaim
from bridge.export.classification.claims.kind import ClassifierClaim, MeasuredClassifier
from bridge.export.classification.claims.margin import MarginClaim
from bridge.export.integers import IntegerProbe, common_denominator
from bridge.export.packing import Layout, PackedSamples, SlotNeeds, integer_columns, least_digit_bits, packed_samples

_log = logging.getLogger(__name__)


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
        others: what was asked for beside these.
    """

    asked: ClassifierAsked
    rows: np.ndarray
    samples: PackedSamples
    classes: tuple[ClassFunctional, ...]
    confusion: ConfusionClaim
    margin: MarginClaim
    others: tuple[ClassifierClaim, ...] = ()

    @property
    def claims(self) -> tuple[ClassifierClaim, ...]:
        """All claims, in the order in which an export has them."""
        return (self.confusion, self.margin, *self.others)


def classifier_certificate(
    artifact: ClassifierArtifact, asked: ClassifierAsked | None = None, progress: Progress = untold
) -> ClassifierCertificate:
    """Compute what is claimed of a classifier and pack the listed samples.

    Args:
        artifact: the classifier and its data.
        asked: which samples to list, and what to prove of them; None for counts and margin over all samples.
        progress: told of what takes long.

    Raises:
        InputError: no sample belongs to the wanted part, or what is asked for cannot be proved of it.
    """
    asked = ClassifierAsked() if asked is None else asked
    rows = asked.rows(artifact)
    latents = to_dyadic_matrix(artifact.latents[rows], name="latents")
    labels = to_dyadic_matrix(artifact.labels[rows, np.newaxis], name="labels")
    columns = integer_columns(latents, labels)
    digit_bits = least_digit_bits(columns)
    functionals = [[dyadic(value) for value in column] for column in artifact.weights.T]
    denominator = math.lcm(
        *(common_denominator(weights, bias, latents.exponent, labels.exponent) for *weights, bias in functionals)
    )
    decisions = exact_decisions(artifact.latents[rows], artifact.weights)
    measured = MeasuredClassifier(artifact, artifact.labels[rows], decisions, scale=denominator << latents.exponent)
    classes = tuple(
        class_functional(tuple(weights), bias, denominator, measured, digit_bits) for *weights, bias in functionals
    )
    # A row's label and decision are one number below K² + 1 in its slot.
    layout = Layout.least(
        len(rows), digit_bits, [class_slot_needs(each, measured.scale) for each in classes], highest=len(classes) ** 2
    )
    _log.debug(
        "%d samples in blocks of %d rows, digits of %d bits, %d of them a slot",
        len(rows),
        layout.block_rows,
        digit_bits,
        layout.slot_digits,
    )
    return ClassifierCertificate(
        asked,
        rows,
        packed_samples(latents, [labels], columns, layout, progress),
        classes,
        ConfusionClaim(measured),
        MarginClaim.of(measured),
        tuple(kind.claim(measured) for kind in asked.kinds),
    )


def class_functional(
    weights: tuple[Fraction, ...], bias: Fraction, denominator: int, measured: MeasuredClassifier, digit_bits: int
) -> ClassFunctional:
    """The functional of a class over a denominator that all classes share, which labels are compared with."""
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
            bias=int(bias * measured.scale),
            sup=measured.sup,
            score_digits=[first, first + measured.artifact.class_count - 1],
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
