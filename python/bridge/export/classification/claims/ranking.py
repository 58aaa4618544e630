"""The area under the ROC curve of a class against the rest."""

import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.coverage import Coverage, listed_rows
from bridge.base.errors import InputError
from bridge.exact.decisions import roc_auc
from bridge.exact.text import decimal, rational
from bridge.export.classification.claims.kind import MeasuredClassifier


@dataclass(frozen=True)
class Ranking:
    """The area under the ROC curve is asked for; a `bridge.export.classification.claims.kind.ClassifierKind`."""

    option: ClassVar[str] = "--roc-auc"
    help: ClassVar[str] = (
        "Of a classifier: prove the area under the ROC curve too, of class 1 of two or of each class against the rest; "
        "checking takes longer."
    )
    metavar: ClassVar[str | None] = None
    imports: ClassVar[str] = "Bridge.Claims.Ranking"

    @classmethod
    def read(cls, value: str) -> "Ranking":
        """It is asked for without a value."""
        return cls()

    def words(self) -> str:
        """The option alone."""
        return self.option

    def require(self, artifact: ClassifierArtifact, coverage: Coverage) -> None:
        """Refuse samples of one class alone, where no pair could be ranked, and two classes with a value each.

        What ranks the samples of two classes is the difference of their values, of which Lean is given none there.
        """
        if artifact.class_count == 2 and not artifact.is_binary:
            raise InputError(
                "the two classes have a value each, whose difference has weights that are no float64; for "
                "`roc_auc=True` one value that decides between two classes is required; round the weights to float32 "
                "first, or pass the difference as a layer of one output"
            )
        labels = artifact.labels[listed_rows(artifact, coverage)]
        if (labels == labels[0]).all():
            raise InputError(
                f"all {len(labels)} listed samples are of the class {artifact.class_names[labels[0]]!r}; for "
                "`roc_auc=True` samples of two classes are required; list others with `over=…`"
            )

    def claim(self, measured: MeasuredClassifier) -> "RankingClaim":
        """The area of each class that some listed samples belong to and others do not."""
        numbers = (1,) if measured.artifact.is_binary else range(measured.artifact.class_count)
        counts = measured.confusion
        return RankingClaim(
            tuple(_class_ranking(measured, number) for number in numbers if 0 < counts.labelled(number) < counts.total),
            measured.artifact.class_names,
        )


@dataclass(frozen=True)
class ClassRanking:
    """How the samples of a class are ranked among the others, by the decision value of the class.

    Attributes:
        number: of the class.
        positives: how many listed samples belong to it.
        negatives: how many do not.
        wins: of how many pairs of one of each the first has the larger value.
        ties: of how many the values are equal.
        area: the area under the ROC curve, exactly.
        dropped_bits: how many low bits of the decision values Lean can leave out without making another tie.
    """

    number: int
    positives: int
    negatives: int
    wins: int
    ties: int
    area: Fraction
    dropped_bits: int


@dataclass(frozen=True)
class RankingClaim:
    """The areas of a classifier; a `bridge.export.classification.claims.kind.ClassifierClaim`.

    Attributes:
        classes: those of which there is one.
        class_names: of all classes.
    """

    classes: tuple[ClassRanking, ...]
    class_names: tuple[str, ...]

    template: ClassVar[str] = "ranking"

    def record(self) -> Mapping[str, object]:
        """The area of each class, exactly as text; None where there is none."""
        areas = {each.number: rational(each.area) for each in self.classes}
        return {"roc_auc": [areas.get(number) for number in range(len(self.class_names))]}

    def lines(self) -> Iterator[str]:
        """The areas."""
        for each in self.classes:
            yield f"roc_auc({self.class_names[each.number]}) = {rational(each.area)}, about {decimal(each.area)}"


def _class_ranking(measured: MeasuredClassifier, number: int) -> ClassRanking:
    values, is_positive = measured.values(number), measured.labels == number
    negative = sorted(value for value, one in zip(values, is_positive, strict=True) if not one)
    below = above = 0
    for value, one in zip(values, is_positive, strict=True):
        if one:
            below += bisect.bisect_left(negative, value)
            above += bisect.bisect_right(negative, value)
    area = roc_auc(values, is_positive)
    assert area is not None, "there are positive and negative samples"
    return ClassRanking(
        number,
        int(is_positive.sum()),
        len(negative),
        below,
        above - below,
        area,
        _dropped_bits([value + measured.sup for value in values], is_positive.tolist()),
    )


def _dropped_bits(heights: list[int], is_positive: list[bool]) -> int:
    """How many low bits no height of a class needs to differ from those of the others; 0 if some are equal."""
    # Of numbers in order, neighbours have the longest common beginnings.
    pairs = pairwise(sorted(zip(heights, is_positive, strict=True)))
    first_that_differs = min((a ^ b).bit_length() for (a, one), (b, other) in pairs if one != other)
    return max(first_that_differs - 1, 0)
