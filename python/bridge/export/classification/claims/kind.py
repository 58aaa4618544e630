"""What every kind of claim about a classifier has on the exporting side.

`bridge.check.classification.claims` has the twin of each, written apart.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.coverage import Coverage
from bridge.exact.decisions import Confusion, Decisions
from bridge.export.claims.kind import Asking


@dataclass(frozen=True, eq=False)
class MeasuredClassifier:
    """What claims about a classifier are computed from.

    Attributes:
        artifact: the classifier and all its samples.
        labels: (N,) the numbers of the classes of the listed samples.
        decisions: what the classifier decides of these.
        scale: all decision values are integers over it, and so are labels.
    """

    artifact: ClassifierArtifact
    labels: np.ndarray
    decisions: Decisions
    scale: int

    @cached_property
    def values(self) -> list[list[int]]:
        """For each class the (N,) decision values at the scale."""
        exponent = self.decisions.values.exponent
        # The scale is one of the values too, so that nothing but zeros is shifted out.
        return [
            [value * self.scale >> exponent for value in self.decisions.numerators(number)]
            for number in range(self.artifact.class_count)
        ]

    @cached_property
    def sup(self) -> int:
        """The largest difference of a label from a decision value, at the scale."""
        labels: list[int] = [self.scale * label for label in self.labels.tolist()]
        return max(abs(label - value) for values in self.values for label, value in zip(labels, values, strict=True))

    @cached_property
    def gaps(self) -> list[list[int]]:
        """For each class the (N,) differences of the largest decision value from that of the class, at the scale."""
        largest = [max(values) for values in zip(*self.values, strict=True)]
        return [[most - value for most, value in zip(largest, values, strict=True)] for values in self.values]

    @cached_property
    def confusion(self) -> Confusion:
        """How many samples of each class get each decision."""
        return self.confusion_over(range(len(self.labels)))

    def confusion_over(self, rows: range) -> Confusion:
        """The same of some listed samples, which come one after the other."""
        within = slice(rows.start, rows.stop)
        return Confusion.of(self.labels[within], self.decisions.predicted[within], self.artifact.class_count)


class ClassifierClaim(Protocol):
    """What is claimed of a classifier."""

    template: ClassVar[str]
    """The file in `templates/classifier/claims` with what is said of it in Lean."""

    def record(self) -> Mapping[str, object]:
        """What results of an export say of it, as a part of a JSON-like record."""

    def lines(self) -> Iterator[str]:
        """What is said of it below a table of results."""


class ClassifierKind(Asking, Protocol):
    """A kind of claim about a classifier that can be asked for, with what it was asked for with."""

    def require(self, artifact: ClassifierArtifact, coverage: Coverage) -> None:
        """Refuse an artifact or a coverage of which it cannot be proved.

        Raises:
            InputError: what is missing.
        """

    def claim(self, measured: MeasuredClassifier) -> ClassifierClaim:
        """What is claimed, exactly."""
