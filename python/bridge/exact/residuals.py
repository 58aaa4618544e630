"""Exact residuals of a probe, by slices of floats whose products are exact."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np

from bridge.base.arrays import require_finite, require_shapes
from bridge.exact.dyadic import DyadicMatrix


@dataclass(frozen=True)
class SupError:
    """The largest absolute residual of one concept.

    Attributes:
        value: δ = max_i |r_i|, exactly.
        sample: the first i for which |r_i| = δ.
    """

    value: Fraction
    sample: int


@dataclass(frozen=True, eq=False)
class ExactResiduals:
    """The residuals r_i = c_i - (w · z_i + b) of all samples and concepts, (N, k)."""

    matrix: DyadicMatrix

    def sup_error(self, column: int) -> SupError:
        """δ of one concept, and the first sample that attains it."""
        rows = self.matrix.numerators.nrows()
        sizes = [abs(self.matrix.numerators[row, column]) for row in range(rows)]
        largest = max(sizes)
        return SupError(Fraction(int(largest), 2**self.matrix.exponent), sizes.index(largest))


def exact_residuals(latents: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> ExactResiduals:
    """Compute r = C - [Z 1] W without rounding.

    Args:
        latents: (N, d) latent points Z.
        scores: (N, k) concept scores C.
        weights: (d + 1, k) weights W; the last row is the bias.

    Raises:
        InputError: the shapes do not fit together, an array is empty, or an entry is not a finite number.
    """
    require_shapes(latents.shape, scores.shape, weights.shape)
    for name, values in {"latents": latents, "scores": scores, "weights": weights}.items():
        require_finite(values, name)
    summands = residual_summands(latents, scores, weights)
    lowest = min([0, *summands])
    numerators = np.zeros(scores.shape, object)
    for exponent, summand in summands.items():
        numerators += summand.astype(object) << (exponent - lowest)
    samples, concepts = scores.shape
    return ExactResiduals(DyadicMatrix(flint.fmpz_mat(samples, concepts, numerators.ravel().tolist()), -lowest))


def slice_bits(dim: int) -> int:
    """How many bits the slices have that the residuals of d-dimensional latents are computed with."""
    return (53 - dim.bit_length()) // 2


def residual_summands(latents: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> dict[int, np.ndarray]:
    """Integers whose sum times their powers of two is r = C - [Z 1] W, exactly.

    Z and W are cut into slices with entries below 2^s in size.  With d · 2^2s ≤ 2^53 every sum of products that occurs
    in the matrix product of two slices, in whatever order, is an integer below 2^53 and so a float64 itself.

    Args:
        latents: (N, d) finite latent points Z.
        scores: (N, k) finite concept scores C.
        weights: (d + 1, k) finite weights W; the last row is the bias.

    Returns:
        For each exponent e, a multiple of `slice_bits`, the (N, k) int64 factors of 2^e, all below 2^62 in size.
    """
    bits = slice_bits(latents.shape[1])
    # Fewer than 2^9 summands share an exponent, each below 2^53.
    summands: defaultdict[int, np.ndarray] = defaultdict(lambda: np.zeros(scores.shape, np.int64))
    weight_slices = list(slices(weights[:-1], bits))
    for latent_exponent, latent_slice in slices(latents, bits):
        for weight_exponent, weight_slice in weight_slices:
            summands[latent_exponent + weight_exponent] -= (latent_slice @ weight_slice).astype(np.int64)
    for exponent, bias_slice in slices(weights[-1:], bits):
        summands[exponent] -= bias_slice.astype(np.int64)
    for exponent, score_slice in slices(scores, bits):
        summands[exponent] += score_slice.astype(np.int64)
    return dict(summands)


def slices(values: np.ndarray, bits: int) -> Iterator[tuple[int, np.ndarray]]:
    """Cut numbers into pairs (e, m) with values = Σ m · 2^e, exactly.

    Every e is a multiple of `bits`; every m is a float64 array of integers below 2^bits in size.
    """
    if values.dtype.kind in "iu" and values.dtype.itemsize == 8:
        # More bits than a float64 has, but not more than two.
        low = values & (2**32 - 1)
        yield from slices((values - low).astype(np.float64), bits)
        yield from slices(low.astype(np.float64), bits)
        return
    rest = values.astype(np.float64)
    while (largest := np.abs(rest).max()) > 0:
        exponent = (int(np.frexp(largest)[1]) - 1) // bits * bits
        # Cutting off the leading bits of a float leaves a float.
        leading = np.trunc(np.ldexp(rest, -exponent))
        yield exponent, leading
        rest -= np.ldexp(leading, exponent)
