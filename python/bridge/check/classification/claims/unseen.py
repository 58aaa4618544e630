"""The bound for the accuracy on unseen data: how it is read, and what it must be."""

import math
from fractions import Fraction
from typing import ClassVar

from bridge.artifact.coverage import Coverage
from bridge.check.classification.computed import ComputedClassifier
from bridge.check.comparison import Comparison
from bridge.check.reader import LONGEST_DECIMAL, Found, Place, Reader

_RATIONAL = """
def accuracyBound : Rat := {bound:rational}
theorem isAccuracyBound : Bridge.IsAccuracyBound ( {alpha:rational} ) {correct} {size} accuracyBound
  := .of_tail ( by decide +kernel )
theorem correct_eq : Bridge.correct matrix = {correct} := by decide +kernel
"""

# The bound is the greatest multiple of 2^-20 that is one.
_BITS = 20


class UnseenTwin:
    """The bound for the accuracy on unseen data; a `bridge.check.classification.claims.twin.ClassifierTwin`."""

    name: ClassVar[str] = "unseen"
    option: ClassVar[str] = (
        rf"--accuracy-bound (?P<value>[0-9]{{1,{LONGEST_DECIMAL}}}/[1-9][0-9]{{0,{LONGEST_DECIMAL - 1}}})"
    )
    needs_digits: ClassVar[bool] = False
    imports: ClassVar[str] = "Bridge.Claims.Unseen"

    def refusal(self, value: str, coverage: Coverage) -> tuple[str, str, str] | None:
        """A level is between 0 and 1, and the fit must not have seen the samples."""
        if coverage is not Coverage.HELD_OUT:
            return "the listed part of an export with a bound for unseen data", str(coverage), str(Coverage.HELD_OUT)
        return None if 0 < Fraction(value) < 1 else ("α", str(Fraction(value)), "a level between 0 and 1")

    def read(self, reader: Reader, class_count: int) -> Found:
        """Read the bound and its level."""
        return reader.match(_RATIONAL)

    def theorems(self, found: Found) -> tuple[str, ...]:
        """The bound, and what it is made of."""
        return ("isAccuracyBound", "correct_eq")

    def compare(
        self, comparison: Comparison, found: Found, computed: ComputedClassifier, value: str, place: Place
    ) -> None:
        """Compare the level and the count, and the bound: it is one, and the next number is not."""
        alpha, size = Fraction(value), computed.size
        correct = sum(row[number] for number, row in enumerate(computed.matrix()))
        comparison.all_same(f"{computed.name}: α of the bound for unseen data", found["alpha"], alpha)
        comparison.all_same(f"{computed.name}: right decisions", found["correct"], correct)
        what, bound = f"{computed.name}: the bound for unseen data", found.value("bound")
        numerator = bound * 2**_BITS
        if correct == 0:
            comparison.all_same(what, found["bound"], 0)
        elif numerator.denominator == 1 and 0 <= bound < 1 and _is_greatest(correct, size, int(numerator), alpha):
            comparison.compared += 1
        else:
            required = f"the greatest multiple of 2^-{_BITS} that is one"
            comparison.differ(found["bound"][0].place, what, str(bound), required)

    def statements(self, found: Found) -> tuple[tuple[str, str], ...]:
        """The bound."""
        correct, size, alpha = (found.value(hole) for hole in ("correct", "size", "alpha"))
        return (
            (
                "isAccuracyBound",
                f"with an accuracy below the bound, {correct} or more right decisions of {size} have a probability of "
                f"at most {alpha}",
            ),
        )


def _is_greatest(correct: int, size: int, numerator: int, alpha: Fraction) -> bool:
    """Whether a number over 2^20 is a bound, and the next one is not."""
    return _holds(correct, size, numerator, alpha) and not _holds(correct, size, numerator + 1, alpha)


def _holds(correct: int, size: int, numerator: int, alpha: Fraction) -> bool:
    """Whether so many right decisions or more have a probability of at most α, with an accuracy over 2^20."""
    other = 2**_BITS - numerator
    if other == 0:
        return False  # all decisions are right then
    # Term by term: each is the one before it, times a fraction.
    term = math.comb(size, correct) * numerator**correct * other ** (size - correct)
    total = term
    for right in range(correct, size):
        term = term * (size - right) * numerator // ((right + 1) * other)
        total += term
    return bool(total * alpha.denominator <= alpha.numerator << (_BITS * size))
