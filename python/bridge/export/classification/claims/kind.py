"""What every kind of claim about a classifier has on the exporting side.

`bridge.check.classification.claims` has the twin of each, written apart.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import ClassVar, Protocol

import numpy as np

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.coverage import Coverage
from bridge.base.progress import Progress
from bridge.base.workers import Workers
from bridge.exact.decisions import Confusion
from bridge.exact.digits import Digits
from bridge.export.claims.kind import Asking
from bridge.export.listed import Listed, Rows


@dataclass(frozen=True, eq=False)
class MeasuredClassifier:
    """What claims about a classifier are computed from.

    Attributes:
        artifact: the classifier and all its samples.
        listed: the listed samples, with the numbers of their classes for scores.
        confusion: how many of them of each class get each decision.
        scale: all decision values are integers over it, and so are labels.
        sup: the largest difference of a label from a decision value, at the scale.
        workers: who goes through the samples.
        progress: told of that.
    """

    artifact: ClassifierArtifact
    listed: Listed
    confusion: Confusion
    scale: int
    sup: int
    workers: Workers
    progress: Progress

    @property
    def labels(self) -> np.ndarray:
        """(N,) the numbers of the classes of the listed samples."""
        labels: np.ndarray = self.listed.scores[self.listed.rows, 0]
        return labels

    def values(self, number: int) -> list[int]:
        """The (N,) decision values of one class at the scale; all of them are in memory."""
        weights = self.artifact.weights[:, number : number + 1]
        ranges = self.listed.sections(range(len(self.listed)), 1)
        found = self.workers.map(
            partial(_values, weights, self.scale),
            self.listed.parts(ranges),
            total=len(ranges),
            step="ranking",
            progress=self.progress,
        )
        return list(chain.from_iterable(found))


def _values(weights: np.ndarray, scale: int, rows: Rows) -> list[int]:
    negated = Digits.of_residuals(rows.latents, np.zeros((len(rows), 1), np.int8), weights)
    return [-number for number in negated.integers(0, scale)]


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
