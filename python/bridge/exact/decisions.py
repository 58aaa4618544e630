"""What a classifier decides, exactly, and the rates that follow from counting."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import flint
import numpy as np

from bridge.base.errors import InputError
from bridge.exact.digits import Digits
from bridge.exact.dyadic import DyadicMatrix
from bridge.exact.residuals import exact_residuals


@dataclass(frozen=True, eq=False)
class Decisions:
    """What a classifier decides of N samples.

    Attributes:
        values: (N, K) the decision values w_k · z_i + b_k.
    """

    values: DyadicMatrix

    @cached_property
    def predicted(self) -> np.ndarray:
        """(N,) int64, the class with the largest value, the first of several."""
        numbers: np.ndarray = self._numerators.argmax(axis=1).astype(np.int64)
        return numbers

    @cached_property
    def gaps(self) -> tuple[Fraction, ...]:
        """By how much the largest value exceeds the second largest, of each sample: 0 where the two are equal.

        Of a binary probe that is |w · z + b - t|.
        """
        ordered = np.sort(self._numerators, axis=1)
        return tuple(Fraction(int(gap), 2**self.values.exponent) for gap in ordered[:, -1] - ordered[:, -2])

    def margin(self) -> tuple[Fraction, int]:
        """The least gap, and the first sample that has it."""
        least = min(self.gaps)
        return least, self.gaps.index(least)

    def numerators(self, column: int) -> list[int]:
        """The values of one class as integers over the common denominator."""
        return list(map(int, self._numerators[:, column]))

    def reach(self, labels: np.ndarray) -> Fraction:
        """The largest difference of a value from the number of the class of its sample."""
        scaled = labels.astype(object)[:, np.newaxis] << self.values.exponent
        return Fraction(int(np.abs(scaled - self._numerators).max()), 2**self.values.exponent)

    def order(self, column: int) -> np.ndarray:
        """(N,) int64 that are ordered as the values of one class are, and equal where those are."""
        return _ranks(self._numerators[:, column])

    def orders(self) -> dict[int, np.ndarray]:
        """What the samples of a class are ranked by among the others, by the number of the class, as in `order`.

        Of two classes there is class 1 alone, by how much its value exceeds the other's, which is what decides; of
        several, each class by its value.
        """
        if self._numerators.shape[1] > 2:
            return {number: self.order(number) for number in range(self._numerators.shape[1])}
        return {1: _ranks(self._numerators[:, 1] - self._numerators[:, 0])}

    @cached_property
    def _numerators(self) -> np.ndarray:
        """(N, K) Python integers."""
        matrix = self.values.numerators
        return np.array(list(map(int, matrix.entries())), object).reshape(matrix.nrows(), matrix.ncols())


def _ranks(values: np.ndarray) -> np.ndarray:
    ranks: np.ndarray = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return ranks


def exact_decisions(latents: np.ndarray, weights: np.ndarray) -> Decisions:
    """Compute the decision values [Z 1] W without rounding.

    Args:
        latents: (N, d) latent points Z.
        weights: (d + 1, K) weights W with K ≥ 2; the last row is the bias.

    Raises:
        InputError: the shapes do not fit together, an array is empty, or an entry is not a finite number.
    """
    # What a score of 0 leaves over is the value with the other sign.
    nothing = np.zeros((*latents.shape[:1], *weights.shape[1:]), np.int8)
    if nothing.ndim == 2 and nothing.shape[1] < 2:
        raise InputError(
            f"`weights` has shape {weights.shape}; at least two columns are required, one for each class; give a "
            "binary probe a column of its threshold before its own"
        )
    residuals = exact_residuals(latents, nothing, weights).matrix
    return Decisions(DyadicMatrix(-residuals.numerators, residuals.exponent))


@dataclass(frozen=True, eq=False)
class DecidedRows:
    """What a classifier decides of some samples, with 64-bit integers alone: see `bridge.exact.digits`.

    Attributes:
        negated: (n, K) the decision values with the other sign.
    """

    negated: Digits

    @classmethod
    def of(cls, latents: np.ndarray, weights: np.ndarray) -> "DecidedRows":
        """Those of latent points (n, d) and weights (d + 1, K), as `exact_decisions` has them; all are finite."""
        # What a score of 0 leaves over is the value with the other sign.
        nothing = np.zeros((len(latents), weights.shape[1]), np.int8)
        return cls(Digits.of_residuals(latents, nothing, weights))

    @cached_property
    def predicted(self) -> np.ndarray:
        """(n,) int64, the class with the largest value, the first of several."""
        return self.negated.first_least()

    @cached_property
    def gaps(self) -> Digits:
        """(n, K) by how much the largest value exceeds that of each class: 0 for the one that is decided for."""
        return self.negated.above(self.predicted)

    def margin(self) -> tuple[Fraction, int]:
        """The least gap of a class that is not decided for, and the first row that has it."""
        others = np.arange(self.negated.values.shape[2]) != self.predicted[:, np.newaxis]
        return self.gaps.least(others)

    def reach(self, labels: np.ndarray) -> Fraction:
        """The largest difference of a value from the number of the class of its sample."""
        return max(value for value, _ in self.negated.plus(labels[:, np.newaxis]).largest())


@dataclass(frozen=True)
class Confusion:
    """How often a sample of one class was taken for one of another, and the rates that follow, as exact fractions.

    The rates are scikit-learn's with `zero_division=0`: the recall of a class without samples and the precision of one
    that is never predicted are 0.

    Attributes:
        counts: K rows, for each label one, of K counts, for each decision one.

    Raises:
        InputError: on construction, if there is no sample.
    """

    counts: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if self.total == 0:
            raise InputError("there are 0 samples; a rate is a share of at least one; choose another part")

    @classmethod
    def of(cls, labels: np.ndarray, predicted: np.ndarray, class_count: int) -> "Confusion":
        """Count.

        Args:
            labels: (N,) numbers of classes, N ≥ 1.
            predicted: (N,) numbers of classes.
            class_count: K.
        """
        pairs = labels.astype(np.int64) * class_count + predicted
        counts = np.bincount(pairs, minlength=class_count**2).reshape(class_count, class_count)
        return cls(tuple(map(tuple, counts.tolist())))

    @property
    def class_count(self) -> int:
        """K."""
        return len(self.counts)

    @property
    def total(self) -> int:
        """How many samples there are."""
        return sum(map(sum, self.counts))

    @property
    def correct(self) -> int:
        """How many of them are decided as they are labelled."""
        return sum(row[number] for number, row in enumerate(self.counts))

    def labelled(self, number: int) -> int:
        """How many samples belong to a class: its support."""
        return sum(self.counts[number])

    def predicted(self, number: int) -> int:
        """How many samples are taken for one of a class."""
        return sum(row[number] for row in self.counts)

    @property
    def accuracy(self) -> Fraction:
        """The share of samples that are decided as they are labelled."""
        return Fraction(self.correct, self.total)

    def recall(self, number: int) -> Fraction:
        """The share of a class's samples that are taken for ones of it; 0 if it has none."""
        return _share(self.counts[number][number], self.labelled(number))

    def precision(self, number: int) -> Fraction:
        """The share of samples taken for ones of a class that belong to it; 0 if there are none."""
        return _share(self.counts[number][number], self.predicted(number))

    def f1(self, number: int) -> Fraction:
        """The harmonic mean of precision and recall; 0 for a class that neither occurs nor is predicted."""
        return _share(2 * self.counts[number][number], self.labelled(number) + self.predicted(number))

    @property
    def balanced_accuracy(self) -> Fraction:
        """The mean recall of the classes that occur among the labels."""
        return _mean([self.recall(number) for number in range(self.class_count) if self.labelled(number)])

    @property
    def macro_recall(self) -> Fraction:
        """The mean recall of the classes that occur among labels or decisions."""
        return _mean(map(self.recall, self._occurring))

    @property
    def macro_precision(self) -> Fraction:
        """The mean precision of the classes that occur among labels or decisions."""
        return _mean(map(self.precision, self._occurring))

    @property
    def macro_f1(self) -> Fraction:
        """The mean F1 of the classes that occur among labels or decisions."""
        return _mean(map(self.f1, self._occurring))

    @property
    def weighted_recall(self) -> Fraction:
        """The mean recall, every class counting as often as it has samples: the accuracy."""
        return self._weighted([self.recall(number) for number in range(self.class_count)])

    @property
    def weighted_precision(self) -> Fraction:
        """The mean precision, every class counting as often as it has samples."""
        return self._weighted([self.precision(number) for number in range(self.class_count)])

    @property
    def weighted_f1(self) -> Fraction:
        """The mean F1, every class counting as often as it has samples."""
        return self._weighted([self.f1(number) for number in range(self.class_count)])

    @property
    def micro_recall(self) -> Fraction:
        """Recall with the samples of all classes counted together: the accuracy, since each sample has one label."""
        return self.accuracy

    @property
    def micro_precision(self) -> Fraction:
        """Precision with the samples of all classes counted together: the accuracy, as each has one decision."""
        return self.accuracy

    @property
    def micro_f1(self) -> Fraction:
        """F1 with the samples of all classes counted together: the accuracy too."""
        return self.accuracy

    @property
    def cohen_kappa(self) -> Fraction | None:
        """How much of the agreement that chance leaves open there is; None where chance leaves nothing open."""
        by_chance = sum(self.labelled(number) * self.predicted(number) for number in range(self.class_count))
        left_open = self.total**2 - by_chance
        return Fraction(self.total * self.correct - by_chance, left_open) if left_open else None

    @property
    def _occurring(self) -> Iterator[int]:
        return (number for number in range(self.class_count) if self.labelled(number) or self.predicted(number))

    def _weighted(self, rates: Sequence[Fraction]) -> Fraction:
        return sum((self.labelled(number) * rate for number, rate in enumerate(rates)), Fraction(0)) / self.total


def roc_auc(values: Sequence[int] | np.ndarray, is_positive: np.ndarray) -> Fraction | None:
    """The area under the ROC curve: how often a positive sample has the larger value than a negative one, ties half.

    Args:
        values: N decision values of one class, or what they are ordered by: integers of any size.
        is_positive: (N,) bool, True for the samples of the class.

    Returns:
        The share of pairs, exactly; None if all samples are positive or none is.
    """
    positives = int(np.count_nonzero(is_positive))
    pairs = positives * (len(is_positive) - positives)
    if pairs == 0:
        return None
    # A list can have integers that no type of NumPy has.
    array = values if isinstance(values, np.ndarray) else np.array(values, object)
    distinct, which = np.unique(array, return_inverse=True)
    positive = np.bincount(which[is_positive], minlength=len(distinct))
    negative = np.bincount(which[~is_positive], minlength=len(distinct))
    below = np.cumsum(negative) - negative
    return Fraction(int(positive @ (2 * below + negative)), 2 * pairs)


def accuracy_bound(correct: int, size: int, alpha: Fraction, bits: int = 20) -> Fraction:
    """The lower bound of Clopper and Pearson (1934) for an accuracy, on a grid.

    If n samples are drawn independently, and each is decided rightly with a probability below it, then so many right
    decisions or more come about with a probability of at most α.

    Args:
        correct: m ≥ 0, the number of right decisions.
        size: n ≥ 1, the number of samples, m ≤ n.
        alpha: the level, 0 < α < 1.
        bits: the bound is a multiple of 2^-bits.

    Returns:
        The greatest p = a / 2^bits for which Σ_{k≥m} C(n, k) p^k (1 - p)^(n - k) ≤ α; 0, which says nothing, for m = 0.

    Raises:
        InputError: the counts or the level are not as stated.
    """
    if not 0 <= correct <= size or size == 0:
        raise InputError(
            f"{correct} of {size} decisions are right; a number from 0 to that of the samples, of which there is at "
            "least one, is required; count again"
        )
    if not 0 < alpha < 1:
        raise InputError(f"the level α is {alpha}; a number between 0 and 1 is required; choose 0.05, say")
    if correct == 0:
        return Fraction(0)

    def holds(numerator: int) -> bool:
        return _tail(correct, size, numerator, bits) * alpha.denominator <= alpha.numerator << (bits * size)

    # p = 0 satisfies the inequality, and p = 1 does not; SciPy's solution tells where to look between them,
    # and is NaN where floats have none.
    from scipy.special import betaincinv

    most = 2**bits
    low, high = 0, most
    solution = np.nan_to_num(betaincinv(correct, size - correct + 1, float(alpha)))
    guess = min(max(1, int(solution * most)), most - 1)
    step = 1
    while high - low > 1:
        if holds(guess):
            low, guess = guess, guess + step
        else:
            high, guess = guess, guess - step
        step *= 2
        if not low < guess < high:
            guess = (low + high) // 2
    return Fraction(low, most)


def _tail(least: int, size: int, numerator: int, bits: int) -> int:
    """Σ_{k≥m} C(n, k) a^k (2^bits - a)^(n - k), for 0 < a < 2^bits, from the end that has fewer summands."""
    other = 2**bits - numerator
    if 2 * least < size:
        return (1 << (bits * size)) - _first_summands(least, size, other, numerator)
    return _first_summands(size - least + 1, size, numerator, other)


def _first_summands(count: int, size: int, one: int, other: int) -> int:
    """Σ_{j<count} C(n, j) one^(n - j) other^j."""
    summand = flint.fmpz(one) ** size
    total = flint.fmpz(0)
    for j in range(count):
        total += summand
        # C(n, j + 1) is C(n, j) (n - j) / (j + 1); both divisions leave nothing over.
        summand = summand * ((size - j) * other) // ((j + 1) * one)
    return int(total)


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


def _mean(rates: Iterator[Fraction] | Sequence[Fraction]) -> Fraction:
    several = list(rates)
    return sum(several, Fraction(0)) / len(several)
