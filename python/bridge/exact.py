"""Floats as the dyadic rationals that they are, and exact residuals.

Nothing in this module rounds.  Every finite float is n · 2^e with integers n and e (IEEE 754), so a matrix of floats
is an integer matrix over one power of two.  Products of such matrices are computed in float64 all the same, at the
speed of floating point: matrices are cut into slices of integers so small that no sum of products reaches 2^53.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np

from bridge.errors import InputError


@dataclass(frozen=True, eq=False)
class DyadicMatrix:
    """A matrix of dyadic rationals: entry (i, j) is `numerators[i, j] / 2^exponent`.

    Attributes:
        numerators: (rows, columns) integers.
        exponent: e ≥ 0.
    """

    numerators: flint.fmpz_mat
    exponent: int

    def fraction(self, row: int, column: int) -> Fraction:
        """One entry as a fraction."""
        return Fraction(int(self.numerators[row, column]), 2**self.exponent)


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

    def kth_smallest(self, column: int, rows: int, rank: int) -> Fraction:
        """The rank-th smallest |r_i| of one concept among the first rows, counted from 1."""
        sizes = sorted(abs(self.matrix.numerators[row, column]) for row in range(rows))
        return Fraction(int(sizes[rank - 1]), 2**self.matrix.exponent)

    def count_within(self, column: int, bound: Fraction) -> int:
        """How many residuals of one concept are at most `bound` in size."""
        scaled = bound * 2**self.matrix.exponent
        rows = range(self.matrix.numerators.nrows())
        return sum(abs(int(self.matrix.numerators[row, column])) <= scaled for row in rows)

    def sum_of_squares(self, column: int) -> Fraction:
        """Σ r_i² of one concept."""
        numerators = self.matrix.numerators
        rows = numerators.nrows()
        vector = flint.fmpz_mat(rows, 1, [numerators[row, column] for row in range(rows)])
        return Fraction(int((vector.transpose() * vector)[0, 0]), 4**self.matrix.exponent)


def dyadic(value: float | np.floating | np.integer | np.bool_) -> Fraction:
    """A finite float, integer or boolean as the rational number that it is; -0.0 becomes 0.

    Raises:
        InputError: the value is NaN or infinite.
    """
    if not np.isfinite(value):
        raise InputError(f"{_shown(float(value))} was found; only finite numbers convert exactly; check the data")
    # NumPy's integers and booleans have no `as_integer_ratio`; its long double has no other exact way.
    number = value.item() if isinstance(value, np.integer | np.bool_) else value
    return Fraction(*number.as_integer_ratio())


def require_finite(values: np.ndarray, name: str, *, first_row: int = 0) -> None:
    """Refuse an array that has an entry which is no number.

    Args:
        values: array of any shape with a floating-point, integer or boolean dtype.
        name: what to call the array in the message.
        first_row: where the array begins in the whole, of which it is a block of rows; the message counts from there.

    Raises:
        InputError: the dtype cannot hold exact numbers, or an entry is NaN or infinite; the message names it.
    """
    if values.dtype.kind not in "fiub" or values.dtype.itemsize > 8:
        raise InputError(
            f"`{name}` has dtype {values.dtype}; 16-, 32- or 64-bit floats or integers are required; convert it first"
        )
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        position = tuple(int(index[0]) for index in np.nonzero(~np.isfinite(values)))
        place = ", ".join(map(str, (position[0] + first_row, *position[1:])))
        raise InputError(
            f"`{name}[{place}]` is {_shown(float(values[position]))}; only finite numbers convert exactly; remove the "
            "sample or train again"
        )


def to_dyadic_matrix(values: np.ndarray, *, name: str) -> DyadicMatrix:
    """Convert a matrix of floats or integers, exactly, over the least power of two.

    Args:
        values: (rows, columns), 16-, 32- or 64-bit floats, integers or booleans.
        name: what to call the array in a message.

    Raises:
        InputError: the array is not a matrix, or an entry is not a finite number.
    """
    if values.ndim != 2:
        raise InputError(f"`{name}` has {values.ndim} dimensions; a matrix is required; reshape it to (rows, columns)")
    require_finite(values, name)
    rows, columns = values.shape
    if values.dtype.kind != "f":
        return DyadicMatrix(flint.fmpz_mat(rows, columns, [int(n) for n in values.ravel().tolist()]), 0)
    odd, shifts = _odd_parts(values.astype(np.float64).ravel())
    exponent = max(0, -int(shifts.min(initial=0)))
    shifts = np.where(odd == 0, 0, shifts + exponent)
    widths = np.frexp(np.abs(odd).astype(np.float64))[1]
    if (widths + shifts).max(initial=0) < 63:
        numerators = (odd << shifts).tolist()
    else:
        numerators = [number << shift for number, shift in zip(odd.tolist(), shifts.tolist(), strict=True)]
    return DyadicMatrix(flint.fmpz_mat(rows, columns, numerators), exponent)


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


def require_shapes(latents: Sequence[int], scores: Sequence[int], weights: Sequence[int]) -> None:
    """Refuse shapes that are not (N, d), (N, k) and (d + 1, k) with N, d, k ≥ 1.

    Raises:
        InputError: which array has which shape, and what it should be.
    """
    for name, shape in {"latents": latents, "scores": scores, "weights": weights}.items():
        if len(shape) != 2:
            raise InputError(f"`{name}` has shape {tuple(shape)}; a matrix is required; reshape it")
    (samples, dim), (score_rows, concepts) = latents, scores
    if samples == 0:
        raise InputError("`latents` has 0 samples; δ is a maximum over at least one; add samples")
    if dim == 0 or concepts == 0:
        raise InputError(
            f"there are {dim} latent dimensions and {concepts} concepts; at least one of each is required; add columns"
        )
    if score_rows != samples:
        raise InputError(
            f"`scores` has {score_rows} rows and `latents` {samples}; one score row for each latent point is required; "
            "pass the same samples in both"
        )
    if tuple(weights) != (dim + 1, concepts):
        raise InputError(
            f"`weights` has shape {tuple(weights)}; ({dim + 1}, {concepts}) is required, one row for each latent "
            "dimension and the bias last, one column for each concept; fit the probe on these arrays"
        )


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


def _odd_parts(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Write float64 values as n · 2^s with n odd (or n = s = 0): two int64 arrays."""
    fractions, exponents = np.frexp(values)
    mantissas = np.ldexp(fractions, 53).astype(np.int64)
    lowest_bits = np.frexp((mantissas & -mantissas).astype(np.float64))[1].astype(np.int64) - 1
    trailing_zeros = np.where(mantissas == 0, 0, lowest_bits)
    shifts = np.where(mantissas == 0, 0, exponents.astype(np.int64) - 53 + trailing_zeros)
    return mantissas >> trailing_zeros, shifts


def _shown(value: float) -> str:
    return "NaN" if np.isnan(value) else ("+inf" if value > 0 else "-inf")
