"""Exact numbers of many samples at once, in digits and limbs that are 64-bit integers and floats.

Residuals are written in digits of some bits each, from -2^(bits - 1) to 2^(bits - 1) - 1, as 64-bit integers, so that
each number is written in one way and the first digits that differ decide which of two numbers is larger.  Sums of their
squares are products of matrices of half digits in float64: a half digit is below 2^13 in size, so that a sum of fewer
than 2^27 products is an integer below 2^53 and a float64 itself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bridge.exact.residuals import residual_summands, slice_bits, slices

# Two sizes whose keys differ by more than this differ themselves, in the order of the keys.
DOUBTFUL = 2.0**-30

_SCORE_BITS = 12


@dataclass(frozen=True, eq=False)
class Limbs:
    """Numbers (n, k) as Σ values · 2^exponents with `values` (limbs, n, k) of integers below 2^13 in size."""

    exponents: list[int]
    values: np.ndarray

    @classmethod
    def of(cls, numbers: np.ndarray) -> "Limbs":
        """Those of floats or integers."""
        cut = list(slices(numbers, _SCORE_BITS))
        empty = np.zeros((0, *numbers.shape))
        return cls([exponent for exponent, _ in cut], np.stack([part for _, part in cut]) if cut else empty)

    def chosen(self, rows: np.ndarray) -> "Limbs":
        """Those of some rows."""
        return Limbs(self.exponents, self.values[:, rows])

    def sums(self) -> list[Fraction]:
        """The sum of each column."""
        sums = self.values.sum(axis=1)
        return [total(column.tolist(), self.exponents) for column in sums.T]

    def square_sums(self) -> list[Fraction]:
        """The sum of squares of each column."""
        # (k, limbs, n), of which each matrix is multiplied with its transpose.
        columns = np.ascontiguousarray(self.values.transpose(2, 0, 1))
        exponents = [one + other for one in self.exponents for other in self.exponents]
        return [total(column.ravel().tolist(), exponents) for column in columns @ columns.transpose(0, 2, 1)]


@dataclass(frozen=True, eq=False)
class Digits:
    """Numbers (n, k) as Σ values · 2^exponents, the lowest first, with `values` (digits, n, k) of int64.

    Digits are as this module has them, and exponents are multiples of `bits`; no exponent is there for which all digits
    are 0.
    """

    bits: int
    exponents: list[int]
    values: np.ndarray

    @classmethod
    def of_residuals(cls, latents: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> "Digits":
        """The residuals C - [Z 1] W, as `bridge.exact.residuals.residual_summands` has them."""
        summands = residual_summands(latents, scores, weights)
        return cls.of_summands(slice_bits(latents.shape[1]), summands, scores.shape)

    @classmethod
    def of_summands(cls, bits: int, summands: Mapping[int, np.ndarray], shape: tuple[int, ...]) -> "Digits":
        """The sums of integers below 2^62 in size times their powers of two, of which the exponents are multiples."""
        left, digits = dict(summands), {}
        while left:
            exponent = min(left)
            summand = left.pop(exponent)
            carry = (summand + 2 ** (bits - 1)) >> bits
            digit = summand - (carry << bits)
            if digit.any():
                digits[exponent] = digit
            if carry.any():
                left[exponent + bits] = left.get(exponent + bits, 0) + carry
        values = np.stack(list(digits.values())) if digits else np.zeros((0, *shape), np.int64)
        return cls(bits, list(digits), values)

    def chosen(self, rows: np.ndarray | slice) -> "Digits":
        """Those of some rows."""
        return Digits(self.bits, self.exponents, self.values[:, rows])

    def column(self, number: int) -> "Digits":
        """Those of one column."""
        return Digits(self.bits, self.exponents, self.values[:, :, number : number + 1])

    def halves(self) -> Limbs:
        """The same numbers in half digits."""
        low_bits = (self.bits + 1) // 2
        high = (self.values + 2 ** (low_bits - 1)) >> low_bits
        low = self.values - (high << low_bits)
        exponents = [*self.exponents, *(exponent + low_bits for exponent in self.exponents)]
        return Limbs(exponents, np.concatenate([low, high]).astype(np.float64))

    def plus(self, integers: np.ndarray) -> "Digits":
        """The numbers plus (n, 1) integers of int64, below 2^61 in size."""
        summands = dict(zip(self.exponents, self.values, strict=True))
        summands[0] = summands.get(0, np.zeros(self.values.shape[1:], np.int64)) + integers
        return Digits.of_summands(self.bits, summands, self.values.shape[1:])

    def above(self, columns: np.ndarray) -> "Digits":
        """How much each number exceeds that of its row in a column, which is named for each row."""
        rows = np.arange(len(columns))
        differences = self.values - self.values[:, rows, columns][:, :, np.newaxis]
        summands = dict(zip(self.exponents, differences, strict=True))
        return Digits.of_summands(self.bits, summands, self.values.shape[1:])

    def first_least(self) -> np.ndarray:
        """(n,) the column of the least number of each row, the first of several."""
        is_least = np.ones(self.values.shape[1:], np.bool_)
        for digits in self.values[::-1]:
            least = np.where(is_least, digits, np.iinfo(np.int64).max).min(axis=1, keepdims=True)
            is_least &= digits == least
        columns: np.ndarray = is_least.argmax(axis=1)
        return columns

    def keys(self) -> np.ndarray:
        """(n, k) floats that are ordered as the sizes of the numbers are, but for those that differ by `DOUBTFUL`.

        A size m · 2^e with 1/2 ≤ m < 1 has the key e + 2 m - 1, and 0 has minus infinity.  No size is too large or too
        small for one, whatever that of a float can be.
        """
        numbers = np.zeros(self.values.shape[1:])
        places = np.zeros(self.values.shape[1:], np.int64)
        for exponent, digits in zip(self.exponents, self.values, strict=True):
            # Up to here a number is below the lowest bit of the next digit in size, if that is not 0.
            here = np.ldexp(numbers, places - exponent) + digits
            numbers, places = np.where(digits, here, numbers), np.where(digits, exponent, places)
        mantissas, exponents = np.frexp(np.abs(numbers))
        return np.where(numbers == 0, -np.inf, exponents + places + (2 * mantissas - 1))

    def largest(self) -> list[tuple[Fraction, int]]:
        """The largest size of a number in each column, and the first row where it is."""
        keys = self.keys()
        found = []
        for column, of_column in enumerate(keys.T):
            rows = np.flatnonzero(of_column >= of_column.max() - DOUBTFUL)
            sizes, first = self._sizes(rows, np.full(len(rows), column))
            value, row = max((size, -rows[index]) for size, index in zip(sizes, first, strict=True))
            found.append((value, -int(row)))
        return found

    def least(self, among: np.ndarray) -> tuple[Fraction, int]:
        """The least size of those numbers that are true in (n, k) booleans, and the first row where it is."""
        keys = np.where(among, self.keys(), np.inf)
        rows, columns = np.nonzero(keys <= keys.min() + DOUBTFUL)
        sizes, first = self._sizes(rows, columns)
        value, row = min((size, rows[index]) for size, index in zip(sizes, first, strict=True))
        return value, int(row)

    def counted_sizes(self) -> Counter[Fraction]:
        """How many numbers there are of each size."""
        rows, columns = np.divmod(np.arange(self.values[0].size if len(self.values) else 0), self.values.shape[2])
        if not len(rows):
            return Counter({Fraction(0): self.values.shape[1] * self.values.shape[2]})
        distinct, counts = np.unique(self.values[:, rows, columns], axis=1, return_counts=True)
        found: Counter[Fraction] = Counter()
        for number, count in zip(distinct.T, counts.tolist(), strict=True):
            found[abs(total(number.tolist(), self.exponents))] += count
        return found

    def compared(self, value: Fraction) -> np.ndarray:
        """(n, k) int8: 1, 0 and -1 for numbers that are greater than a value, equal to it, and less."""
        lowest = min(self.exponents, default=0)
        # What is left of the value below the lowest digit makes it greater than a number that is equal otherwise.
        whole, rest = divmod(value * Fraction(2) ** -lowest, 1)
        exponents, of_value = _digits_of(int(whole), lowest, self.bits)
        of_numbers = dict(zip(self.exponents, self.values, strict=True))
        required = dict(zip(exponents, of_value, strict=True))
        order = np.zeros(self.values.shape[1:], np.int8)
        for exponent in sorted(of_numbers.keys() | required.keys(), reverse=True):
            difference = np.sign(np.subtract(of_numbers.get(exponent, 0), required.get(exponent, 0)))
            order = np.where(order == 0, difference, order).astype(np.int8)
        return np.where(order == 0, np.int8(-1), order) if rest else order

    def integers(self, column: int, scale: int) -> list[int]:
        """The numbers of a column times a scale at which they are integers."""
        lowest = min([0, *self.exponents])
        numbers = np.zeros(self.values.shape[1], object)
        for exponent, digits in zip(self.exponents, self.values[:, :, column], strict=True):
            numbers += digits.astype(object) << (exponent - lowest)
        return [int(number) * scale >> -lowest for number in numbers]

    def _sizes(self, rows: np.ndarray, columns: np.ndarray) -> tuple[list[Fraction], np.ndarray]:
        """The sizes of the distinct numbers in some places, and the first of these for each."""
        if not self.exponents:
            return [Fraction(0)], np.zeros(1, np.int64)
        distinct, first = np.unique(self.values[:, rows, columns], axis=1, return_index=True)
        return [abs(total(number.tolist(), self.exponents)) for number in distinct.T], first


def total(numbers: Iterable[float], exponents: Sequence[int]) -> Fraction:
    """Σ number · 2^exponent of whole numbers."""
    lowest = min(exponents, default=0)
    whole = sum(int(number) << (exponent - lowest) for number, exponent in zip(numbers, exponents, strict=True))
    return Fraction(whole) * Fraction(2) ** lowest


def _digits_of(number: int, exponent: int, bits: int) -> tuple[list[int], list[int]]:
    """The exponents and the digits of an integer times 2^exponent."""
    exponents, digits = [], []
    while number:
        digit = ((number + 2 ** (bits - 1)) % 2**bits) - 2 ** (bits - 1)
        exponents.append(exponent)
        digits.append(digit)
        number, exponent = (number - digit) >> bits, exponent + bits
    return exponents, digits
