"""What an export of a classifier is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.coverage import listed_rows
from bridge.export.asked import AskedOf
from bridge.export.classification.claims import CLASSIFIER_KINDS
from bridge.export.classification.claims.kind import ClassifierKind


@dataclass(frozen=True)
class ClassifierAsked(AskedOf[ClassifierKind]):
    """What an export of a classifier is asked for; every one proves the confusion matrix and the margin."""

    @classmethod
    def registry(cls) -> Sequence[type[ClassifierKind]]:
        """`CLASSIFIER_KINDS`."""
        return CLASSIFIER_KINDS

    @classmethod
    def refusal(cls, option: str) -> str:
        """It belongs to probes of scores."""
        return (
            f"{option} was given for a classifier; it is about the residuals of scores, and an artifact of a probe "
            f"with scores is required; leave {option} out, or fit with --scores"
        )

    @property
    def calibration_first(self) -> bool:
        """Nothing is taken from the calibration part."""
        return False

    def rows(self, artifact: ClassifierArtifact) -> np.ndarray:
        """(N,) positions of the listed samples in the artifact.

        Raises:
            InputError: there are none, or they are not those that a claim needs.
        """
        rows = listed_rows(artifact, self.coverage)
        for kind in self.kinds:
            kind.require(artifact, self.coverage)
        return rows
