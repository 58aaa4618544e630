"""From an artifact to the integers that Lean checks.

Over common powers of two every number is an integer.  With latents `Z / 2^p`, weights `W / 2^q`, bias
`B / 2^(p+q)` and the scores of a concept `C / 2^m`, the residual of sample i is

    -r_i · 2^(p+q)  =  Σ_j Z_ij W_j + B - C_i · 2^(p+q-m),

one integer row (Z_i, C_i) times one integer vector, plus B.  The rows are packed into a few large natural
numbers, in the layout that `Bridge.PackedSamples` (lean/Bridge/Certificate.lean) documents; `Bridge.check`
verifies every number chosen here, so that a wrong choice can make a proof fail but not a false claim pass.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import flint
import numpy as np

from bridge.artifact import ProbeArtifact
from bridge.errors import InputError
from bridge.exact import DyadicMatrix, dyadic, exact_residuals, to_dyadic_matrix

# Lean's parser needs time quadratic in the length of a literal, and a fixed time for each literal; literals of 1,000
# to 4,000 hexadecimal digits were measured to be the fastest.
LITERAL_BITS = 12_000


class Coverage(StrEnum):
    """Which samples of the artifact a certificate lists."""

    ALL = "all"
    TRAIN = "train"
    HELD_OUT = "held-out"


@dataclass(frozen=True)
class PackedSamples:
    """Latents and scores of the listed samples; the fields are those of `Bridge.PackedSamples` in Lean.

    Attributes:
        size: number of samples N.
        latent_dim: dimension d of the latent space.
        concept_count: number of concepts k.
        latent_exponent: p; latent coordinates are integers / 2^p.
        score_exponents: for each concept m; its scores are integers / 2^m.
        slot_bits: width of a slot; wide enough that no dot product overflows.
        digit_bits: bits of a slot that stored integers use; they are stored plus 2^(digit_bits - 1).
        block_rows: rows in a block; the last block may have fewer.
        limb_bits: width of the literals that a block is put together from.
        blocks: for each block its literals, lowest first.
    """

    size: int
    latent_dim: int
    concept_count: int
    latent_exponent: int
    score_exponents: tuple[int, ...]
    slot_bits: int
    digit_bits: int
    block_rows: int
    limb_bits: int
    blocks: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class ConceptCertificate:
    """What is claimed of one concept.

    Attributes:
        weights: the d weights, exactly.
        bias: the bias, exactly.
        delta: the largest absolute residual over the listed samples, exactly.
        worst_sample: position among the listed samples of the first one that attains delta.
        weight_exponent: q; weights are integers / 2^q.
    """

    weights: tuple[Fraction, ...]
    bias: Fraction
    delta: Fraction
    worst_sample: int
    weight_exponent: int


@dataclass(frozen=True, eq=False)
class Certificate:
    """Everything that the generated Lean files state.

    Attributes:
        coverage: which samples of the artifact are listed.
        rows: (N,) positions of the listed samples in the artifact.
        samples: the packed latents and scores.
        concepts: one claim for each concept, in the artifact's order.
    """

    coverage: Coverage
    rows: np.ndarray
    samples: PackedSamples
    concepts: tuple[ConceptCertificate, ...]


def build_certificate(artifact: ProbeArtifact, coverage: Coverage = Coverage.ALL) -> Certificate:
    """Compute δ of every concept and pack the listed samples.

    Args:
        artifact: the fitted probe and its data.
        coverage: which samples to list; δ is the maximum over these.

    Raises:
        InputError: no sample belongs to the wanted part.
    """
    rows = listed_rows(artifact, coverage)
    latents = to_dyadic_matrix(artifact.latents[rows], name="latents")
    score_columns = [
        to_dyadic_matrix(artifact.scores[rows, column : column + 1], name="scores")
        for column in range(artifact.scores.shape[1])
    ]
    concepts = _concept_certificates(artifact, rows, latents.exponent, score_columns)
    samples = _pack(latents, score_columns, concepts)
    return Certificate(coverage=coverage, rows=rows, samples=samples, concepts=concepts)


def listed_rows(artifact: ProbeArtifact, coverage: Coverage) -> np.ndarray:
    """Positions in the artifact of the samples that a certificate with this coverage lists, in order."""
    wanted = {
        Coverage.ALL: np.ones_like(artifact.is_train),
        Coverage.TRAIN: artifact.is_train,
        Coverage.HELD_OUT: ~artifact.is_train,
    }[coverage]
    rows = np.flatnonzero(wanted)
    if rows.size == 0:
        raise InputError(
            f"the artifact has no {coverage} samples; δ needs at least one; choose another part with --over"
        )
    return rows


def _concept_certificates(
    artifact: ProbeArtifact, rows: np.ndarray, latent_exponent: int, score_columns: list[DyadicMatrix]
) -> tuple[ConceptCertificate, ...]:
    residuals = exact_residuals(artifact.latents[rows], artifact.scores[rows], artifact.weights)
    certificates = []
    for column, scores in enumerate(score_columns):
        *weights, bias = (dyadic(value) for value in artifact.weights[:, column])
        sup_error = residuals.sup_error(column)
        # The bias and the scores, and so δ, must be integers at the scale p + q of the products.
        at_product_scale = max(_exponent(bias), scores.exponent)
        certificates.append(
            ConceptCertificate(
                weights=tuple(weights),
                bias=bias,
                delta=sup_error.value,
                worst_sample=sup_error.sample,
                weight_exponent=max(*map(_exponent, weights), at_product_scale - latent_exponent),
            )
        )
    return tuple(certificates)


def _exponent(value: Fraction) -> int:
    """The e for which a dyadic rational in lowest terms has the denominator 2^e."""
    return value.denominator.bit_length() - 1


def _pack(
    latents: DyadicMatrix, score_columns: list[DyadicMatrix], concepts: tuple[ConceptCertificate, ...]
) -> PackedSamples:
    table = [
        [int(entry) for entry in row]
        for row in zip(*_columns(latents), *(_columns(scores)[0] for scores in score_columns), strict=True)
    ]
    largest = max(abs(entry) for row in table for entry in row)
    digit_bits = largest.bit_length() + 1
    weight_sum = max(
        _largest_part(concept, latents.exponent, scores.exponent)
        for concept, scores in zip(concepts, score_columns, strict=True)
    )
    # A multiple of four, so that every slot is a whole number of hexadecimal digits.
    slot_bits = -(-max(digit_bits, ((2**digit_bits - 1) * weight_sum).bit_length()) // 4) * 4
    row_bits = slot_bits * len(table[0])
    block_rows = max(1, LITERAL_BITS // row_bits)
    # Literals of one width, so that the last one of a block is not a short one.
    block_bits = row_bits * block_rows
    limb_bits = -(-block_bits // -(-block_bits // LITERAL_BITS))
    offset = 2 ** (digit_bits - 1)
    blocks = []
    for start in range(0, len(table), block_rows):
        digits = [entry + offset for row in table[start : start + block_rows] for entry in row]
        block = int("".join(f"{digit:0{slot_bits // 4}x}" for digit in reversed(digits)), 16)
        blocks.append(_limbs(block, limb_bits))
    return PackedSamples(
        size=len(table),
        latent_dim=latents.numerators.ncols(),
        concept_count=len(score_columns),
        latent_exponent=latents.exponent,
        score_exponents=tuple(scores.exponent for scores in score_columns),
        slot_bits=slot_bits,
        digit_bits=digit_bits,
        block_rows=block_rows,
        limb_bits=limb_bits,
        blocks=tuple(blocks),
    )


def _columns(matrix: DyadicMatrix) -> list[list[flint.fmpz]]:
    return matrix.numerators.transpose().tolist()


def _largest_part(concept: ConceptCertificate, latent_exponent: int, score_exponent: int) -> int:
    """The sum of the positive or of the negative integer weights, whichever is larger."""
    numerators = [int(weight * 2**concept.weight_exponent) for weight in concept.weights]
    numerators.append(-(2 ** (latent_exponent + concept.weight_exponent - score_exponent)))
    return max(sum(n for n in numerators if n > 0), -sum(n for n in numerators if n < 0))


def _limbs(value: int, limb_bits: int) -> tuple[int, ...]:
    return tuple((value >> start) & ((1 << limb_bits) - 1) for start in range(0, value.bit_length(), limb_bits))
