"""The largest residual and R² of a probe, exactly, with memory for one block of samples.

Residuals are written in digits of some bits each, from -2^(bits - 1) to 2^(bits - 1), as 64-bit integers.  Sums of
their squares are products of matrices of half digits in float64: a half digit is below 2^13 in size, so that a sum of
fewer than 2^27 products is an integer below 2^53 and a float64 itself.  Which residual is the largest is decided by
whole numbers, and floats only say which of them come into question.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bridge.base.arrays import require_finite, require_shapes, row_ranges
from bridge.base.errors import InputError
from bridge.exact.residuals import SupError, residual_summands, slice_bits, slices

# Below that of a float's sum of digits, which is a few times 2^-53.
_DOUBTFUL = 2.0**-30

_SCORE_BITS = 12

# About how many digits a residual has, and a score.
_DIGITS = 16


@dataclass(frozen=True)
class ExactMeasures:
    """What a probe leaves over of one concept on some samples, exactly; R² = 1 - SSR / SST.

    Attributes:
        count: how many samples there are.
        sup_error: the largest |r_i|.
        residual_squares: SSR = Σ r_i².
        score_sum: Σ c_i.
        score_squares: Σ c_i².
    """

    count: int
    sup_error: SupError
    residual_squares: Fraction
    score_sum: Fraction
    score_squares: Fraction

    @property
    def total_squares(self) -> Fraction:
        """SST = Σ (c_i - mean)²."""
        return self.score_squares - self.score_sum**2 / self.count

    @property
    def r_squared(self) -> Fraction | None:
        """R², or None for a constant score, where it is undefined."""
        total = self.total_squares
        return None if total == 0 else 1 - self.residual_squares / total

    def joined(self, more: "ExactMeasures") -> "ExactMeasures":
        """Those of both parts; of equally large residuals the one of the earlier sample counts."""
        return ExactMeasures(
            self.count + more.count,
            max(self.sup_error, more.sup_error, key=lambda error: (error.value, -error.sample)),
            self.residual_squares + more.residual_squares,
            self.score_sum + more.score_sum,
            self.score_squares + more.score_squares,
        )


def measures_in_blocks(
    blocks: Iterable[tuple[np.ndarray, np.ndarray]], weights: np.ndarray, parts: Mapping[str, np.ndarray]
) -> dict[str, tuple[ExactMeasures, ...]]:
    """Measure a probe on parts of the samples without rounding and without holding more than one block of them.

    Args:
        blocks: the samples in order, as blocks of latent points (n, d) and their scores (n, k).
        weights: (d + 1, k) weights W; the last row is the bias.
        parts: for each part (N,) bool, True for its samples; a part without samples is left out of what is returned.

    Returns:
        For each part one record for each of the k concepts, with samples counted from the first block on.

    Raises:
        InputError: there are no samples, the shapes do not fit together, or an entry is not a finite number.
    """
    found: dict[str, tuple[ExactMeasures, ...]] = {}
    for first_row, latents, scores in _pieces(blocks, weights):
        residuals, score_limbs = _Digits.of_residuals(latents, scores, weights), _Limbs.of(scores)
        for name, members in parts.items():
            rows = np.flatnonzero(members[first_row : first_row + len(latents)])
            if len(rows):
                here = _measured(residuals.chosen(rows), score_limbs.chosen(rows), first_row + rows)
                found[name] = joined(found[name], here) if name in found else here
    return found


def joined(some: tuple[ExactMeasures, ...], others: tuple[ExactMeasures, ...]) -> tuple[ExactMeasures, ...]:
    """The measures of each concept on two disjoint parts together."""
    return tuple(one.joined(other) for one, other in zip(some, others, strict=True))


def nearest_float(value: Fraction | None) -> float | None:
    """The nearest float, None where there is none: a measure that is undefined or too large."""
    if value is None:
        return None
    try:
        # Python rounds the quotient of two integers to the nearest float.
        return value.numerator / value.denominator
    except OverflowError:
        return None


def _pieces(
    blocks: Iterable[tuple[np.ndarray, np.ndarray]], weights: np.ndarray
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Blocks of bounded size, each with its first row; at least one, and each checked before it is given out."""
    first_row = 0
    for latents, scores in blocks:
        if latents.shape[:1] == scores.shape[:1] == (0,):
            continue
        require_shapes(latents.shape, scores.shape, weights.shape)
        require_finite(latents, "latents", first_row=first_row)
        require_finite(scores, "scores", first_row=first_row)
        width = latents.shape[1] + _DIGITS * scores.shape[1]
        for start, end in row_ranges((len(latents), width)):
            yield first_row + start, latents[start:end], scores[start:end]
        first_row += len(latents)
    if first_row == 0:
        raise InputError("`latents` has 0 samples; δ is a maximum over at least one; add samples")


def _measured(residuals: "_Digits", scores: "_Limbs", samples: np.ndarray) -> tuple[ExactMeasures, ...]:
    residual_squares = residuals.halves().square_sums()
    return tuple(
        ExactMeasures(len(samples), SupError(value, int(samples[row])), squares, score_sum, score_squares)
        for (value, row), squares, score_sum, score_squares in zip(
            residuals.largest(), residual_squares, scores.sums(), scores.square_sums(), strict=True
        )
    )


@dataclass(frozen=True, eq=False)
class _Limbs:
    """Numbers (n, k) as Σ values · 2^exponents with `values` (limbs, n, k) of integers below 2^13 in size."""

    exponents: list[int]
    values: np.ndarray

    @classmethod
    def of(cls, numbers: np.ndarray) -> "_Limbs":
        cut = list(slices(numbers, _SCORE_BITS))
        empty = np.zeros((0, *numbers.shape))
        return cls([exponent for exponent, _ in cut], np.stack([part for _, part in cut]) if cut else empty)

    def chosen(self, rows: np.ndarray) -> "_Limbs":
        return _Limbs(self.exponents, self.values[:, rows])

    def sums(self) -> list[Fraction]:
        """The sum of each column."""
        sums = self.values.sum(axis=1)
        return [_total(column.tolist(), self.exponents) for column in sums.T]

    def square_sums(self) -> list[Fraction]:
        """The sum of squares of each column."""
        # (k, limbs, n), of which each matrix is multiplied with its transpose.
        columns = np.ascontiguousarray(self.values.transpose(2, 0, 1))
        exponents = [one + other for one in self.exponents for other in self.exponents]
        return [_total(column.ravel().tolist(), exponents) for column in columns @ columns.transpose(0, 2, 1)]


@dataclass(frozen=True, eq=False)
class _Digits:
    """Residuals (n, k) as Σ values · 2^exponents, the lowest first, with `values` (digits, n, k) of int64.

    No digit is more than 2^(bits - 1) in size, and exponents are multiples of bits: the first that is not 0 decides of
    which size the number is.
    """

    bits: int
    exponents: list[int]
    values: np.ndarray

    @classmethod
    def of_residuals(cls, latents: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> "_Digits":
        bits = slice_bits(latents.shape[1])
        summands = residual_summands(latents, scores, weights)
        digits: dict[int, np.ndarray] = {}
        while summands:
            exponent = min(summands)
            summand = summands.pop(exponent)
            carry = (summand + 2 ** (bits - 1)) >> bits
            digit = summand - (carry << bits)
            if digit.any():
                digits[exponent] = digit
            if carry.any():
                summands[exponent + bits] = summands.get(exponent + bits, 0) + carry
        values = np.stack(list(digits.values())) if digits else np.zeros((0, *scores.shape), np.int64)
        return cls(bits, list(digits), values)

    def chosen(self, rows: np.ndarray) -> "_Digits":
        return _Digits(self.bits, self.exponents, self.values[:, rows])

    def halves(self) -> _Limbs:
        """The same numbers in half digits."""
        low_bits = (self.bits + 1) // 2
        high = (self.values + 2 ** (low_bits - 1)) >> low_bits
        low = self.values - (high << low_bits)
        exponents = [*self.exponents, *(exponent + low_bits for exponent in self.exponents)]
        return _Limbs(exponents, np.concatenate([low, high]).astype(np.float64))

    def largest(self) -> Iterator[tuple[Fraction, int]]:
        """The largest size of a number in each column, and the first row where it is."""
        for column in np.ascontiguousarray(self.values.transpose(2, 0, 1)):
            used = np.flatnonzero(column.any(axis=1))
            if not len(used):
                yield Fraction(0), 0
                continue
            exponents = np.array(self.exponents)[used]
            digits = column[used]
            # Nearly the numbers: the last exponent is taken out, so that what is large does not overflow.
            sizes = np.abs(np.ldexp(digits.astype(np.float64), (exponents - exponents[-1])[:, None]).sum(axis=0))
            rows = np.flatnonzero(sizes >= sizes.max() * (1 - _DOUBTFUL))
            distinct, first = np.unique(digits[:, rows], axis=1, return_index=True)
            candidates = [
                (abs(_total(number.tolist(), exponents.tolist())), -rows[index])
                for number, index in zip(distinct.T, first, strict=True)
            ]
            value, row = max(candidates)
            yield value, -row


def _total(numbers: Iterable[float], exponents: Sequence[int]) -> Fraction:
    """Σ number · 2^exponent of whole numbers."""
    lowest = min(exponents, default=0)
    total = sum(int(number) << (exponent - lowest) for number, exponent in zip(numbers, exponents, strict=True))
    return Fraction(total) * Fraction(2) ** lowest
