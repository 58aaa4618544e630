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

import flint
import numpy as np

from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.record import ProbeArtifact
from bridge.base.errors import InputError
from bridge.base.progress import Progress, told, untold
from bridge.exact.conformal import ConformalLevel, conformal_level
from bridge.exact.dyadic import DyadicMatrix, dyadic, to_dyadic_matrix
from bridge.exact.residuals import ExactResiduals, exact_residuals

_log = logging.getLogger(__name__)


# Lean's elaborator needs time quadratic in the length of a literal, and a fixed time for each literal: literals of
# 1,000 to 3,000 hexadecimal digits are the fastest (`python -m bench --only h`).
LITERAL_BITS = 8_000


# The kernel works on whole columns of a block, so that larger blocks need fewer steps.
BLOCK_COLUMN_BITS = 64_000


@dataclass(frozen=True)
class PackedSamples:
    """Latents and scores of the listed samples; the fields are those of `Bridge.PackedSamples` in Lean.

    Attributes:
        size: number of samples N.
        latent_dim: dimension d of the latent space.
        concept_count: number of concepts k.
        latent_exponent: p; latent coordinates are integers / 2^p.
        score_exponents: for each concept m; its scores are integers / 2^m.
        digit_bits: b; an integer is stored as a digit of b bits, after adding 2^(b - 1).
        slot_digits: how many digits wide a slot is, in which Lean computes a residual.
        block_rows: K, rows in a block; the last block is filled up with copies of the last sample.
        limb_bits: width of the literals that a column is put together from.
        columns: (d + k) columns of the first block, then of the second, and so on; each is a tuple of literals, lowest
            first, and holds K digits, lowest first.
    """

    size: int
    latent_dim: int
    concept_count: int
    latent_exponent: int
    score_exponents: tuple[int, ...]
    digit_bits: int
    slot_digits: int
    block_rows: int
    limb_bits: int
    columns: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Determination:
    """The sums that make up R² = 1 - SSR / SST over the listed samples, without the 1e-8 of `probe_metrics`.

    Attributes:
        residual_sum_of_squares: SSR = Σ r_i², exactly.
        total_sum_of_squares: SST = Σ (c_i - mean)², exactly.
    """

    residual_sum_of_squares: Fraction
    total_sum_of_squares: Fraction

    @property
    def r_squared(self) -> Fraction | None:
        """R², or None for a constant score, where it is undefined."""
        if self.total_sum_of_squares == 0:
            return None
        return 1 - self.residual_sum_of_squares / self.total_sum_of_squares


@dataclass(frozen=True)
class ConceptCertificate:
    """What is claimed of one concept.

    Attributes:
        weights: the d weights, exactly.
        bias: the bias, exactly.
        delta: the largest absolute residual over the listed samples, exactly.
        worst_sample: position among the listed samples of the first one that attains delta.
        weight_exponent: q; weights are integers / 2^q.
        determination: the sums of R², if they are to be proved too.
        delta_alpha: the conformal bound δ_α, exactly, if one is to be proved too.
    """

    weights: tuple[Fraction, ...]
    bias: Fraction
    delta: Fraction
    worst_sample: int
    weight_exponent: int
    determination: Determination | None = None
    delta_alpha: Fraction | None = None


@dataclass(frozen=True, eq=False)
class Certificate:
    """Everything that the generated Lean files state.

    Attributes:
        coverage: which samples of the artifact are listed.
        rows: (N,) positions of the listed samples in the artifact.
        samples: the packed latents and scores.
        concepts: one claim for each concept, in the artifact's order.
        conformal: the level of the conformal bounds, if there are any.
    """

    coverage: Coverage
    rows: np.ndarray
    samples: PackedSamples
    concepts: tuple[ConceptCertificate, ...]
    conformal: ConformalLevel | None = None


def build_certificate(
    artifact: ProbeArtifact,
    coverage: Coverage = Coverage.ALL,
    *,
    with_r_squared: bool = False,
    alpha: Fraction | None = None,
    progress: Progress = untold,
) -> Certificate:
    """Compute δ of every concept and pack the listed samples.

    Args:
        artifact: the fitted probe and its data.
        coverage: which samples to list; δ is the maximum over these.
        with_r_squared: whether to compute the sums that R² is made of, and to leave room for them.
        alpha: the level of conformal bounds from the calibration part, which is listed first; None for none.
        progress: told of what takes long.

    Raises:
        InputError: no sample belongs to the wanted part, the calibration part is not listed, or it is too small.
    """
    rows = listed_rows(artifact, coverage, calibration_first=alpha is not None)
    conformal = None if alpha is None else _conformal_level(artifact, coverage, alpha)
    latents = to_dyadic_matrix(artifact.latents[rows], name="latents")
    score_columns = [
        to_dyadic_matrix(artifact.scores[rows, column : column + 1], name="scores")
        for column in range(artifact.scores.shape[1])
    ]
    residuals = exact_residuals(artifact.latents[rows], artifact.scores[rows], artifact.weights)
    concepts = tuple(
        _concept_certificate(artifact.weights, residuals, column, latents, scores, with_r_squared, conformal)
        for column, scores in enumerate(told(score_columns, progress, "measuring"))
    )
    samples = _pack(latents, score_columns, concepts, progress)
    return Certificate(coverage=coverage, rows=rows, samples=samples, concepts=concepts, conformal=conformal)


def _conformal_level(artifact: ProbeArtifact, coverage: Coverage, alpha: Fraction) -> ConformalLevel:
    if coverage not in (Coverage.ALL, Coverage.CALIBRATION):
        raise InputError(
            f"--alpha was given with --over {coverage}; δ_α is taken from the calibration part, which must be listed; "
            "choose --over all or --over calibration"
        )
    return conformal_level(alpha, int(artifact.is_calibration.sum()))


def block_layout(size: int, digit_bits: int, slot_digits: int) -> tuple[int, int]:
    """How many rows a block has, and how many digits a literal: of about the same size all of them.

    Args:
        size: the number of samples.
        digit_bits: the width of a digit.
        slot_digits: how many digits wide a slot is; it divides the number of rows, so that no digit of a slot is
            without a row.
    """
    block_count = -(-size * digit_bits // BLOCK_COLUMN_BITS)
    block_rows = _round_up(-(-size // block_count), slot_digits)
    literal_count = -(-block_rows * digit_bits // LITERAL_BITS)
    return block_rows, -(-block_rows // literal_count)


def _concept_certificate(
    W: np.ndarray,
    residuals: ExactResiduals,
    column: int,
    latents: DyadicMatrix,
    scores: DyadicMatrix,
    with_r_squared: bool,
    conformal: ConformalLevel | None,
) -> ConceptCertificate:
    *weights, bias = (dyadic(value) for value in W[:, column])
    sup_error = residuals.sup_error(column)
    # The bias and the scores, and so δ, must be integers at the scale p + q of the products.
    at_product_scale = max(_exponent(bias), scores.exponent)
    return ConceptCertificate(
        weights=tuple(weights),
        bias=bias,
        delta=sup_error.value,
        worst_sample=sup_error.sample,
        weight_exponent=max(*map(_exponent, weights), at_product_scale - latents.exponent),
        determination=_determination(residuals, column, scores) if with_r_squared else None,
        delta_alpha=residuals.kth_smallest(column, conformal.size, conformal.rank) if conformal else None,
    )


def _determination(residuals: ExactResiduals, column: int, scores: DyadicMatrix) -> Determination:
    count = scores.numerators.nrows()
    ones = flint.fmpz_mat([[1] * count])
    total, squares = _entry(ones * scores.numerators), _entry(scores.numerators.transpose() * scores.numerators)
    return Determination(
        residual_sum_of_squares=residuals.sum_of_squares(column),
        total_sum_of_squares=Fraction(count * squares - total**2, count << (2 * scores.exponent)),
    )


def _entry(matrix: flint.fmpz_mat) -> int:
    return int(matrix[0, 0])


def _exponent(value: Fraction) -> int:
    """The e for which a dyadic rational in lowest terms has the denominator 2^e."""
    return value.denominator.bit_length() - 1


def _pack(
    latents: DyadicMatrix,
    score_columns: list[DyadicMatrix],
    concepts: tuple[ConceptCertificate, ...],
    progress: Progress,
) -> PackedSamples:
    columns = [*_columns(latents), *(_columns(scores)[0] for scores in score_columns)]
    size = len(columns[0])
    largest = max(max(map(abs, column)) for column in columns)
    # A multiple of four, so that every digit is a whole number of hexadecimal digits.
    digit_bits = _round_up(int(largest).bit_length() + 1, 4)
    scales = [latents.exponent + concept.weight_exponent for concept in concepts]
    slot_digits = max(
        -(-_slot_bits(concept, scale, scores.exponent, digit_bits) // digit_bits)
        for concept, scale, scores in zip(concepts, scales, score_columns, strict=True)
    )
    while not all(
        _has_room_for_sums(concept, scale, size, digit_bits, slot_digits)
        for concept, scale in zip(concepts, scales, strict=True)
    ):
        slot_digits += 1
    block_rows, literal_digits = block_layout(size, digit_bits, slot_digits)
    _log.debug(
        "%d samples in blocks of %d rows, digits of %d bits, %d of them a slot",
        size,
        block_rows,
        digit_bits,
        slot_digits,
    )
    packed = [
        tuple(
            _literal(column[first : min(first + literal_digits, start + block_rows)], digit_bits)
            for first in range(start, start + block_rows, literal_digits)
        )
        for start in told(range(0, size, block_rows), progress, "packing")
        for column in (_filled_up(column, start + block_rows) for column in columns)
    ]
    return PackedSamples(
        size=size,
        latent_dim=latents.numerators.ncols(),
        concept_count=len(score_columns),
        latent_exponent=latents.exponent,
        score_exponents=tuple(scores.exponent for scores in score_columns),
        digit_bits=digit_bits,
        slot_digits=slot_digits,
        block_rows=block_rows,
        limb_bits=digit_bits * literal_digits,
        columns=tuple(packed),
    )


def _columns(matrix: DyadicMatrix) -> list[list[int]]:
    return [[int(entry) for entry in column] for column in matrix.numerators.transpose().tolist()]


def _slot_bits(concept: ConceptCertificate, product_exponent: int, score_exponent: int, digit_bits: int) -> int:
    """How wide a slot must be so that neither side of the comparison reaches its highest bit, as `sidesOk` requires."""
    numerators = [int(weight * 2**concept.weight_exponent) for weight in concept.weights]
    numerators.append(-(2 ** (product_exponent - score_exponent)))
    positive = sum(n for n in numerators if n > 0)
    negative = -sum(n for n in numerators if n < 0)
    bias = int(concept.bias * 2**product_exponent)
    delta = int(concept.delta * 2**product_exponent)
    offset, largest = 1 << (digit_bits - 1), (1 << digit_bits) - 1
    left = largest * positive + offset * negative + max(bias, 0)
    right = largest * negative + offset * positive + max(-bias, 0)
    return (max(left, right) + delta).bit_length() + 1


def _has_room_for_sums(
    concept: ConceptCertificate, product_exponent: int, size: int, digit_bits: int, slot_digits: int
) -> bool:
    """Whether a slot can hold the sums over a block that belong to the claims of a concept.

    These are the sum of the residuals plus δ and that of the digits for `isDetermined`, and a number of rows for
    `isQuantile`.
    """
    widths = [0] if concept.delta_alpha is not None else []
    if concept.determination is not None:
        widths += [(2 * int(concept.delta * 2**product_exponent)).bit_length(), digit_bits]
    if not widths:
        return True
    block_rows, _ = block_layout(size, digit_bits, slot_digits)
    return (block_rows << max(widths)) < (1 << (slot_digits * digit_bits)) - 1


def _literal(entries: list[int], digit_bits: int) -> int:
    offset = 2 ** (digit_bits - 1)
    digits = tuple(entry + offset for entry in reversed(entries))
    # One format for all digits: half the time of one for each.
    return int(f"%0{digit_bits // 4}x" * len(digits) % digits, 16)


def _filled_up(column: list[int], size: int) -> list[int]:
    return column if len(column) >= size else [*column, *[column[-1]] * (size - len(column))]


def _round_up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
