"""Rounding of floats to multiples of 2^-N: the one step that changes numbers, done on purpose and recorded exactly.

The nearest multiple k · 2^-N is taken, and of two that are equally near the one with even k.  It is always a float of
the same width, N ≥ 0, for the following reason.  A float x of p bits with |x| ≥ 2^(p - N) is a multiple already, since
its last bit counts for more than 2^-N; this covers every huge value.  Any other has |k| ≤ 2^p, so that k fits into p
bits, and k · 2^-N is in range: if 2^-N were below the least subnormal, x would be a multiple already.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bridge.base.arrays import ArraySource, require_finite
from bridge.base.errors import InputError
from bridge.exact.dyadic import dyadic

# No float of 64 bits or fewer has a bit that counts for less than 2^-1074.
MAX_GRID_BITS = 1074

_PRECISION = 53


@dataclass(frozen=True, eq=False)
class Rounded:
    """An array on a grid, and how far it is from what it was.

    Attributes:
        values: the rounded values, of the dtype and shape that they had.
        largest_change: the largest |rounded - original|, exactly.
    """

    values: np.ndarray
    largest_change: Fraction


def round_to_grid(values: np.ndarray, bits: int, *, name: str) -> Rounded:
    """Round every entry to the nearest multiple of 2^-bits, ties to even.

    A value that is a multiple already keeps its bits: huge values, and both zeros.  Subnormals are rounded like all
    others.  A zero that a negative value is rounded to is -0.0.

    Args:
        values: array of any shape, floats of 16, 32 or 64 bits; integers and booleans are on every grid already.
        bits: N; a grid finer than the floats changes nothing.
        name: what to call the array in a message.

    Raises:
        InputError: N is out of range, the array is not one of numbers, or an entry is NaN or infinite.
    """
    require_grid_bits(bits, "N")
    require_finite(values, name)
    if values.dtype.kind != "f":
        return Rounded(values, Fraction(0))
    wide = values.astype(np.float64)
    between = np.abs(wide) < 2.0 ** (_PRECISION - bits)
    rounded = wide.copy()
    rounded[between] = np.ldexp(np.rint(np.ldexp(wide[between], bits)), -bits)
    # The difference is a float: it is a multiple of the original's last bit, and no larger than the original.
    changes = np.abs(rounded - wide)
    return Rounded(rounded.astype(values.dtype), dyadic(changes.max(initial=0.0)))


def require_grid_bits(bits: int, name: str) -> None:
    """Refuse an N that gives no grid of floats.

    Raises:
        InputError: N is negative or beyond the last bit of a float; the message calls it `name`.
    """
    if not 0 <= bits <= MAX_GRID_BITS:
        raise InputError(
            f"{name} is {bits}; a whole number from 0 to {MAX_GRID_BITS} is required, for a grid of multiples of "
            "2^-N; choose 20, say"
        )


def require_on_grid(values: np.ndarray, bits: int, *, name: str) -> None:
    """Refuse an array with an entry that is no multiple of 2^-bits.

    Raises:
        InputError: which entry it is.
    """
    off_grid = np.argwhere(round_to_grid(values, bits, name=name).values != values)
    if len(off_grid):
        position = tuple(map(int, off_grid[0]))
        raise InputError(
            f"`{name}[{', '.join(map(str, position))}]` is {values[position]}; a multiple of 2^-{bits} is required, "
            "since the artifact says that it was rounded; make it again with `bridge fit`"
        )


@dataclass(frozen=True, eq=False)
class _OnGrid(ArraySource):
    """An array whose rows are rounded as they are read.

    Attributes:
        unrounded: the array as it is.
        bits: N, for the grid of multiples of 2^-N.
    """

    unrounded: ArraySource
    bits: int

    def pieces(self, ranges: Iterable[tuple[int, int]]) -> Iterator[np.ndarray]:
        """The rows of each range, on the grid."""
        return (round_to_grid(rows, self.bits, name="latents").values for rows in self.unrounded.pieces(ranges))

    @property
    def ranges(self) -> Iterable[tuple[int, int]]:
        """Those of the array as it is."""
        return self.unrounded.ranges


def on_grid(array: ArraySource, bits: int | None) -> ArraySource:
    """The array on the grid of multiples of 2^-bits; without a grid as it is."""
    return array if bits is None else _OnGrid(array.shape, array.dtype, array, bits)


def rounded(values: np.ndarray, bits: int | None, *, name: str) -> tuple[np.ndarray, str | None]:
    """The values on the grid of multiples of 2^-bits, and the largest change; without a grid as they are, and None."""
    if bits is None:
        return values, None
    rounded = round_to_grid(values, bits, name=name)
    return rounded.values, str(rounded.largest_change)
