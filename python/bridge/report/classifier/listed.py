"""The listed samples of a classifier: what is decided of them, how clearly, and how each class is ranked."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import groupby

import numpy as np

from bridge.artifact.classifier import ClassifierArtifact
from bridge.exact.decisions import Confusion, Decisions, exact_decisions, roc_auc


@dataclass(frozen=True, eq=False)
class Roc:
    """The ROC curve of a class against the rest, whose corners are counts.

    Attributes:
        number: of the class.
        area: the area under it, exactly.
        false_positives: (n,) how many samples of other classes have a value of at least a threshold, for the thresholds
            at which the curve has its corners, the highest first; it begins with 0.
        true_positives: (n,) how many samples of the class have.
    """

    number: int
    area: Fraction
    false_positives: np.ndarray
    true_positives: np.ndarray

    def shares(self) -> tuple[np.ndarray, np.ndarray]:
        """The rates of false positives and of true ones, from 0 to 1."""
        return self.false_positives / self.false_positives[-1], self.true_positives / self.true_positives[-1]


@dataclass(frozen=True, eq=False)
class ListedDecisions:
    """The listed samples of a classifier, and what it decides of them, exactly.

    Attributes:
        artifact: the artifact.
        rows: (N,) the positions of the listed samples in the artifact.
    """

    artifact: ClassifierArtifact
    rows: np.ndarray

    @cached_property
    def decisions(self) -> Decisions:
        """The decision values, and the class that each sample is taken for."""
        return exact_decisions(self.artifact.latents[self.rows], self.artifact.weights)

    @cached_property
    def labels(self) -> np.ndarray:
        """(N,) the number of the class that each sample belongs to."""
        labels: np.ndarray = self.artifact.labels[self.rows]
        return labels

    @cached_property
    def is_right(self) -> np.ndarray:
        """(N,) bool, True where the decision is the label."""
        right: np.ndarray = self.decisions.predicted == self.labels
        return right

    @cached_property
    def confusion(self) -> Confusion:
        """How often a sample of one class was taken for one of another."""
        return Confusion.of(self.labels, self.decisions.predicted, self.artifact.class_count)

    @cached_property
    def margins(self) -> tuple[Fraction, ...]:
        """By how much the value of the label exceeds the largest of the other classes, of each sample.

        It is not negative where the decision is right, and not positive where it is wrong.
        """
        exponent = self.decisions.values.exponent
        values = [self.decisions.numerators(number) for number in range(self.artifact.class_count)]
        predicted, labels = self.decisions.predicted.tolist(), self.labels.tolist()
        return tuple(
            gap if label == decision else Fraction(values[label][sample] - values[decision][sample], 2**exponent)
            for sample, (gap, label, decision) in enumerate(zip(self.decisions.gaps, labels, predicted, strict=True))
        )

    @cached_property
    def misclassified(self) -> list[int]:
        """The listed samples whose decision is wrong, those that are wrong by most first."""
        return sorted(np.flatnonzero(~self.is_right).tolist(), key=lambda sample: self.margins[sample])

    @cached_property
    def rocs(self) -> tuple[Roc, ...]:
        """The curve of class 1 of two, else of each class that some samples belong to and others do not."""
        orders = self.decisions.orders()
        rocs = (roc_of(order.tolist(), self.labels == number, number) for number, order in orders.items())
        return tuple(roc for roc in rocs if roc is not None)

    def position(self, sample: int) -> int:
        """The position of a listed sample in the data set."""
        return int(self.artifact.sample_indices[self.rows[sample]])


def roc_of(values: list[int], is_positive: np.ndarray, number: int) -> Roc | None:
    """The ROC curve of a class, None if all samples belong to it or none does.

    Args:
        values: (N,) the decision values of the class, or what they are ordered by.
        is_positive: (N,) bool, True for the samples of the class.
        number: of the class.
    """
    area = roc_auc(values, is_positive)
    if area is None:
        return None
    steps: list[tuple[int, int]] = []
    ranked = sorted(zip(values, is_positive.tolist(), strict=True), key=lambda pair: -pair[0])
    for _, equal in groupby(ranked, key=lambda pair: pair[0]):
        ones = [one for _, one in equal]
        step = ones.count(False), ones.count(True)
        # Steps that go straight on make no corner.
        if steps and steps[-1][0] * step[1] == steps[-1][1] * step[0]:
            step = steps[-1][0] + step[0], steps.pop()[1] + step[1]
        steps.append(step)
    corners = np.cumsum([(0, 0), *steps], axis=0)
    return Roc(number, area, corners[:, 0], corners[:, 1])
