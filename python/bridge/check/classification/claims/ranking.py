"""The areas under the ROC curves: how they are read, and what they must be."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import ClassVar

from bridge.artifact.coverage import Coverage
from bridge.check.classification.computed import ComputedClassifier
from bridge.check.comparison import Comparison
from bridge.check.reader import Found, Place, Reader


def _pattern(number: int) -> str:
    return f"""
theorem ranked{number} : Bridge.Ranked samples {{column}} integers{number} {{class_{number}}}
  {{positives_{number}}} {{negatives_{number}}} {{wins_{number}}} {{ties_{number}}}
  := .of_rank {{dropped_bits_{number}}} ( by decide +kernel )
theorem rocAuc{number}_eq
  : Bridge.rocAuc ( fun i : Fin {{size}} => classifier.value ( samples.latent i ) {{class_{number}}} )
    ( fun i => label i == {{class_{number}}} ) = {{area_{number}:rational}}
  := Bridge.rocAuc_of_ranked faithful{number} ranked{number} ( by decide +kernel )
"""


class RankingTwin:
    """The areas under the ROC curves; a `bridge.check.classification.claims.twin.ClassifierTwin`."""

    name: ClassVar[str] = "ranking"
    option: ClassVar[str] = "--roc-auc"
    needs_digits: ClassVar[bool] = True
    imports: ClassVar[str] = "Bridge.Claims.Ranking"

    def refusal(self, value: str, coverage: Coverage) -> None:
        """There is no value that could be wrong."""

    def read(self, reader: Reader, class_count: int) -> Found:
        """Read the areas of some classes, whose numbers end the names of holes."""
        found = Found()
        for number in range(class_count):
            if reader.ahead(f"theorem ranked{number}"):
                reader.match(_pattern(number), found)
        return found

    def theorems(self, found: Found) -> tuple[str, ...]:
        """Those of each class that has an area."""
        return tuple(name for number in _numbers(found) for name in (f"ranked{number}", f"rocAuc{number}_eq"))

    def compare(
        self, comparison: Comparison, found: Found, computed: ComputedClassifier, value: str, place: Place
    ) -> None:
        """Compare which classes have an area, and the pairs that it is made of."""
        required = _required(computed)
        stated = _numbers(found)
        if stated != required:
            what = f"{computed.name}: the classes with an area under the ROC curve"
            comparison.differ(place, what, str(stated), str(required))
        for number in (number for number in stated if number in required):
            positives = computed.label_count(number)
            negatives = computed.size - positives
            ranking = _ranking(computed.ranked(number), computed.functionals[number].sup)
            for hole, expected in (
                ("class", number),
                ("positives", positives),
                ("negatives", negatives),
                ("wins", ranking.wins),
                ("ties", ranking.ties),
                ("dropped_bits", ranking.dropped_bits),
                ("area", Fraction(2 * ranking.wins + ranking.ties, 2 * positives * negatives)),
            ):
                what = f"{computed.functionals[number].name}: {hole.replace('_', ' ')} of the ROC curve"
                comparison.all_same(what, found[f"{hole}_{number}"], expected)

    def statements(self, found: Found) -> tuple[tuple[str, str], ...]:
        """The areas."""
        names = ", ".join(f"rocAuc{number}_eq" for number in _numbers(found))
        return ((names, "the area under the ROC curve of a class against the rest over the listed samples, exactly"),)


def _numbers(found: Found) -> list[int]:
    return [int(hole.removeprefix("area_")) for hole in found if hole.startswith("area_")]


def _required(computed: ComputedClassifier) -> list[int]:
    """The classes that some listed samples belong to and others do not; of a binary probe class 1 stands for both."""
    numbers = range(computed.class_count) if computed.threshold is None else [1]
    return [number for number in numbers if 0 < computed.label_count(number) < computed.size]


@dataclass(frozen=True)
class _Ranking:
    """How the values of samples of a class stand to those of others.

    Attributes:
        wins: of how many pairs of one of the class and another one the first has the larger value.
        ties: of how many both have the same.
        dropped_bits: how many low bits the values can lose before one of the class is equal to one of the others.
    """

    wins: int
    ties: int
    dropped_bits: int


def _ranking(marked: Sequence[int], raised_by: int) -> _Ranking:
    """Rank values, as of `ComputedClassifier.ranked`; so raised, they are natural numbers."""
    wins = ties = below = 0
    for _, group in groupby(marked, key=lambda mark: mark >> 1):
        marks = [mark & 1 for mark in group]
        positives = sum(marks)
        negatives = len(marks) - positives
        wins += positives * below
        ties += positives * negatives
        below += negatives
    # Two numbers are equal without their low bits if they differ in these alone, and of all pairs of one of the class
    # and another one, two that stand side by side differ in the fewest.
    differing = (
        ((first >> 1) + raised_by ^ (second >> 1) + raised_by).bit_length()
        for first, second in pairwise(marked)
        if (first ^ second) & 1
    )
    return _Ranking(wins, ties, max(0, min(differing) - 1))
