"""From an artifact to the integers that Lean checks.

Over common powers of two every number is an integer.  With latents `Z / 2^p`, weights `W / 2^q`, bias
`B / 2^(p+q)` and the scores of a concept `C / 2^m`, the residual of sample i is

    -r_i · 2^(p+q)  =  Σ_j Z_ij W_j + B - C_i · 2^(p+q-m),

one integer row (Z_i, C_i) times one integer vector, plus B.  The columns of that matrix are packed into a few large
natural numbers, in the layout that `Bridge.PackedSamples` (lean/Bridge/Packing/Samples.lean) documents; `Bridge.check`
verifies every number chosen here, so that a wrong choice can make a proof fail but not a false claim pass.
"""

import logging
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bridge.artifact.record import ProbeArtifact
from bridge.base.progress import Progress, told, untold
from bridge.exact.dyadic import DyadicMatrix, dyadic, to_dyadic_matrix
from bridge.exact.residuals import exact_residuals
from bridge.export.asked import Asked
from bridge.export.claims.kind import Claim, ExtraClaim, Measured
from bridge.export.claims.sup_error import SupErrorClaim
from bridge.export.packing import Layout, PackedSamples, SlotNeeds, least_digit_bits, pack

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConceptCertificate:
    """What is claimed of one concept.

    Attributes:
        weights: the d weights, exactly.
        bias: the bias, exactly.
        weight_exponent: q; weights are integers / 2^q.
        sup_error: the claim that every export has.
        others: what was asked for beside it.
    """

    weights: tuple[Fraction, ...]
    bias: Fraction
    weight_exponent: int
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


@dataclass(frozen=True, eq=False)
class Certificate:
    """Everything that the generated Lean files state.

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
    measured = [Measured(artifact, column, residuals, scores) for column, scores in enumerate(score_columns)]
    concepts = tuple(_concept(each, latents, asked) for each in told(measured, progress, "measuring"))
    return Certificate(asked, rows, _packed(latents, score_columns, concepts, progress), concepts)


def _concept(measured: Measured, latents: DyadicMatrix, asked: Asked) -> ConceptCertificate:
    *weights, bias = (dyadic(value) for value in measured.artifact.weights[:, measured.column])
    # The bias and the scores, and so δ, must be integers at the scale p + q of the products.
    at_product_scale = max(_exponent(bias), measured.scores.exponent)
    return ConceptCertificate(
        weights=tuple(weights),
        bias=bias,
        weight_exponent=max(*map(_exponent, weights), at_product_scale - latents.exponent),
        sup_error=SupErrorClaim.of(measured),
        others=tuple(kind.claim(measured) for kind in asked.kinds),
    )


def _packed(
    latents: DyadicMatrix,
    score_columns: list[DyadicMatrix],
    concepts: tuple[ConceptCertificate, ...],
    progress: Progress,
) -> PackedSamples:
    columns = [*_columns(latents), *(_columns(scores)[0] for scores in score_columns)]
    size, digit_bits = len(columns[0]), least_digit_bits(columns)
    needs = [
        _slot_needs(concept, latents.exponent + concept.weight_exponent, scores.exponent, digit_bits)
        for concept, scores in zip(concepts, score_columns, strict=True)
    ]
    layout = Layout.least(size, digit_bits, needs)
    _log.debug(
        "%d samples in blocks of %d rows, digits of %d bits, %d of them a slot",
        size,
        layout.block_rows,
        digit_bits,
        layout.slot_digits,
    )
    return PackedSamples(
        size=size,
        latent_dim=latents.numerators.ncols(),
        concept_count=len(score_columns),
        latent_exponent=latents.exponent,
        score_exponents=tuple(scores.exponent for scores in score_columns),
        digit_bits=digit_bits,
        slot_digits=layout.slot_digits,
        block_rows=layout.block_rows,
        limb_bits=digit_bits * layout.literal_digits,
        columns=pack(columns, layout, progress),
    )


def _slot_needs(concept: ConceptCertificate, product_exponent: int, score_exponent: int, digit_bits: int) -> SlotNeeds:
    sup = int(concept.delta * 2**product_exponent)
    widths = (claim.widest_summand(sup, digit_bits) for claim in concept.claims)
    return SlotNeeds(
        factors=(
            *(int(weight * 2**concept.weight_exponent) for weight in concept.weights),
            -(2 ** (product_exponent - score_exponent)),
        ),
        constant=int(concept.bias * 2**product_exponent),
        sup=sup,
        summands=tuple(width for width in widths if width is not None),
    )


def _columns(matrix: DyadicMatrix) -> list[list[int]]:
    return [[int(entry) for entry in column] for column in matrix.numerators.transpose().tolist()]


def _exponent(value: Fraction) -> int:
    """The e for which a dyadic rational in lowest terms has the denominator 2^e."""
    return value.denominator.bit_length() - 1
