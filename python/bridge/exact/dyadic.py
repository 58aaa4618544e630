"""Floats as the dyadic rationals that they are."""

from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np

from bridge.base.arrays import require_finite, shown_float
from bridge.base.errors import InputError


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


def dyadic(value: float | np.floating | np.integer | np.bool_) -> Fraction:
    """A finite float, integer or boolean as the rational number that it is; -0.0 becomes 0.

    Raises:
        InputError: the value is NaN or infinite.
    """
    if not np.isfinite(value):
        raise InputError(f"{shown_float(float(value))} was found; only finite numbers convert exactly; check the data")
    # NumPy's integers and booleans have no `as_integer_ratio`; its long double has no other exact way.
    number = value.item() if isinstance(value, np.integer | np.bool_) else value
    return Fraction(*number.as_integer_ratio())


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
    (rows, columns), exponent = values.shape, least_exponent(values)
    return DyadicMatrix(flint.fmpz_mat(rows, columns, integers_at(values, exponent)), exponent)


def least_exponent(values: np.ndarray) -> int:
    """The least e ≥ 0 such that all of these finite numbers are integers over 2^e."""
    if values.dtype.kind != "f":
        return 0
    return max(0, -int(_odd_parts(values.astype(np.float64).ravel())[1].min(initial=0)))


def integers_at(values: np.ndarray, exponent: int) -> list[int]:
    """The numerators over 2^exponent of finite numbers that are integers over it, one row after the other."""
    if values.dtype.kind != "f":
        return [int(number) << exponent for number in values.ravel().tolist()]
    odd, shifts = _odd_parts(values.astype(np.float64).ravel())
    shifts = np.where(odd == 0, 0, shifts + exponent)
    widths = np.frexp(np.abs(odd).astype(np.float64))[1]
    if (widths + shifts).max(initial=0) < 63:
        numerators: list[int] = (odd << shifts).tolist()
        return numerators
    return [number << shift for number, shift in zip(odd.tolist(), shifts.tolist(), strict=True)]


def _odd_parts(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Write float64 values as n · 2^s with n odd (or n = s = 0): two int64 arrays."""
    fractions, exponents = np.frexp(values)
    mantissas = np.ldexp(fractions, 53).astype(np.int64)
    lowest_bits = np.frexp((mantissas & -mantissas).astype(np.float64))[1].astype(np.int64) - 1
    trailing_zeros = np.where(mantissas == 0, 0, lowest_bits)
    shifts = np.where(mantissas == 0, 0, exponents.astype(np.int64) - 53 + trailing_zeros)
    return mantissas >> trailing_zeros, shifts
