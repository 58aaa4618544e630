"""From an artifact to the integers that Lean checks.

Over common denominators every number is an integer.  With latents `Z / 2^p`, weights `W / n`, bias `B / (n 2^p)` and
the scores of a concept `C / 2^m`, the residual of sample i is

    r_i · n 2^p  =  C_i · n 2^(p-m) - Σ_j Z_ij W_j - B,

one integer row (Z_i, C_i) times one integer vector, minus B; of floats n is a power of two.  The columns of that
matrix are packed into a few large natural numbers, in the layout that `Bridge.PackedSamples`
(lean/Bridge/Packing/Samples.lean) documents, and the weights into another one; `Bridge.check` verifies every number
chosen here, so that a wrong choice can make a proof fail but not a false claim pass.
"""

import logging
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from bridge.artifact.record import ProbeArtifact
from bridge.base.progress import Progress, told, untold
from bridge.exact.dyadic import DyadicMatrix, dyadic, to_dyadic_matrix
from bridge.exact.residuals import ExactResiduals, exact_residuals
from bridge.export.asked import Asked, AskedOf
from bridge.export.claims.kind import Claim, ExtraClaim, Measured, Total
from bridge.export.claims.sup_error import SupErrorClaim
from bridge.export.integers import IntegerProbe, common_denominator
from bridge.export.packing import (
    Layout,
    PackedSamples,
    SlotNeeds,
    integer_columns,
    least_digit_bits,
    packed_samples,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConceptCertificate:
    """What is claimed of one concept.

    Attributes:
        weights: the d weights, exactly.
        bias: the bias, exactly.
        integers: the same as integers, which Lean computes with.
        sup_error: the claim that every export has.
        others: what was asked for beside it.
    """

    weights: tuple[Fraction, ...]
    bias: Fraction
    integers: IntegerProbe
    sup_error: SupErrorClaim
    others: tuple[ExtraClaim, ...] = ()

    @property
    def delta(self) -> Fraction:
        """δ, the largest absolute residual over the listed samples, exactly."""
        return self.sup_error.delta

    @property
    def worst_sample(self) -> int:
        """Position among the listed samples of the first one that attains δ."""
        return self.sup_error.worst_sample

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims, in the order in which an export has them."""
        return (self.sup_error, *self.others)

    @property
    def totals(self) -> tuple[Total, ...]:
        """What Lean finds of all claims on its one way through the samples."""
        return tuple(total for claim in self.claims for total in claim.totals)

    def place(self, claim: Claim) -> int:
        """Where in `totals` those of a claim begin."""
        before = self.claims[: self.claims.index(claim)]
        return sum(len(other.totals) for other in before)


class PackedCertificate(Protocol):
    """What a certificate has, whatever it is about."""

    @property
    def asked(self) -> AskedOf[Any]:
        """What was asked for."""

    @property
    def rows(self) -> np.ndarray:
        """(N,) positions of the listed samples in the artifact."""

    @property
    def samples(self) -> PackedSamples:
        """The packed samples."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """Everything that the generated Lean files of probes state; a `PackedCertificate`.

    Attributes:
        asked: what was asked for.
        rows: (N,) positions of the listed samples in the artifact.
        samples: the packed latents and scores.
        concepts: what is claimed of each concept, in the artifact's order.
    """

    asked: Asked
    rows: np.ndarray
    samples: PackedSamples
    concepts: tuple[ConceptCertificate, ...]


def build_certificate(artifact: ProbeArtifact, asked: Asked | None = None, progress: Progress = untold) -> Certificate:
    """Compute what is claimed of every concept and pack the listed samples.

    Args:
        artifact: the fitted probe and its data.
        asked: which samples to list, and what to prove of them; None for δ over all samples.
        progress: told of what takes long.

    Raises:
        InputError: no sample belongs to the wanted part, or what is asked for cannot be proved of it.
    """
    asked = Asked() if asked is None else asked
    rows = asked.rows(artifact)
    latents = to_dyadic_matrix(artifact.latents[rows], name="latents")
    score_columns = [
        to_dyadic_matrix(artifact.scores[rows, column : column + 1], name="scores")
        for column in range(artifact.scores.shape[1])
    ]
    residuals = exact_residuals(artifact.latents[rows], artifact.scores[rows], artifact.weights)
    columns = integer_columns(latents, *score_columns)
    digit_bits = least_digit_bits(columns)
    measured = [
        _measured(artifact, column, residuals, latents.exponent, scores) for column, scores in enumerate(score_columns)
    ]
    concepts = tuple(_concept(each, asked, digit_bits) for each in told(measured, progress, "measuring"))
    layout = Layout.least(len(rows), digit_bits, list(map(_slot_needs, concepts, measured)))
    _log.debug(
        "%d samples in blocks of %d rows, digits of %d bits, %d of them a slot",
        len(rows),
        layout.block_rows,
        digit_bits,
        layout.slot_digits,
    )
    samples = packed_samples(latents, score_columns, columns, layout, progress)
    return Certificate(asked, rows, samples, concepts)


def _measured(
    artifact: ProbeArtifact, column: int, residuals: ExactResiduals, latent_exponent: int, scores: DyadicMatrix
) -> Measured:
    *weights, bias = (dyadic(value) for value in artifact.weights[:, column])
    denominator = common_denominator(weights, bias, latent_exponent, scores.exponent)
    return Measured(
        artifact, column, residuals, scores, tuple(weights), bias, denominator, scale=denominator << latent_exponent
    )


def _concept(measured: Measured, asked: Asked, digit_bits: int) -> ConceptCertificate:
    sup_error = SupErrorClaim.of(measured)
    return ConceptCertificate(
        weights=measured.weights,
        bias=measured.bias,
        integers=IntegerProbe.of(
            measured.numerators,
            measured.denominator,
            bias=int(measured.bias * measured.scale),
            sup=measured.sup,
            score_digits=[score + 2 ** (digit_bits - 1) for score in integer_columns(measured.scores)[0]],
        ),
        sup_error=sup_error,
        others=tuple(kind.claim(measured) for kind in asked.kinds),
    )


def _slot_needs(concept: ConceptCertificate, measured: Measured) -> SlotNeeds:
    integers = concept.integers
    widths = (claim.widest_summand(integers.sup, integers.score_span) for claim in concept.claims)
    return SlotNeeds(
        weights=measured.numerators,
        score_factor=measured.scale >> measured.scores.exponent,
        bias=integers.bias,
        sup=integers.sup,
        score_low=integers.score_low,
        score_span=integers.score_span,
        summands=tuple(width for width in widths if width is not None),
    )
