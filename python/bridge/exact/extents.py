"""Which integers numbers are over a power of two, and how far apart they are."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bridge.exact.column_digits import lowest_bits
from bridge.exact.dyadic import dyadic, integers_at

# Integers that are smaller than this are kept in 64 bits.
_SMALL = 2.0**62


@dataclass(frozen=True)
class Extent:
    """What there is to know of numbers before they are written as integers.

    Attributes:
        exponent: the least e ≥ 0 for which all of them are integers / 2^e.
        low: the least of them, exactly.
        high: the greatest.
    """

    exponent: int
    low: Fraction
    high: Fraction

    @classmethod
    def of(cls, values: np.ndarray) -> "Extent":
        """That of an array of finite floats, integers or booleans, which is not empty."""
        exponent = max(0, -int(lowest_bits(values.astype(np.float64)).min())) if values.dtype.kind == "f" else 0
        return cls(exponent, dyadic(values.min()), dyadic(values.max()))

    def joined(self, more: "Extent") -> "Extent":
        """That of two arrays together."""
        return Extent(max(self.exponent, more.exponent), min(self.low, more.low), max(self.high, more.high))

    @property
    def largest(self) -> int:
        """The size of the largest integer, over 2^exponent."""
        return int(max(abs(self.low), abs(self.high)) * 2**self.exponent)


def integers_over(values: np.ndarray, exponent: int) -> np.ndarray:
    """The numerators of numbers over 2^exponent, of int64 if all have room there, and of Python's integers otherwise.

    Args:
        values: finite floats, integers of NumPy or of Python, or booleans, all of them integers over 2^exponent.
        exponent: e ≥ 0.
    """
    if values.dtype.kind == "f":
        with np.errstate(over="ignore"):
            scaled = np.ldexp(values.astype(np.float64), exponent)
        if np.abs(scaled).max(initial=0) < _SMALL:
            return scaled.astype(np.int64)
    elif values.dtype != object and exponent == 0 and values.max(initial=0) < _SMALL:
        return values.astype(np.int64)
    numerators = np.empty(values.size, object)
    numerators[:] = integers_at(values, exponent)
    return numerators.reshape(values.shape)
