"""The kinds of claims about a classifier on the checking side: one module each."""

from bridge.check.classification.claims.ranking import RankingTwin
from bridge.check.classification.claims.twin import ClassifierTwin
from bridge.check.classification.claims.unseen import UnseenTwin
from bridge.check.parts import values_in

CLASSIFIER_TWINS: list[ClassifierTwin] = [RankingTwin(), UnseenTwin()]
"""What the export of a classifier can claim beside the matrix and the margin, in the order in which exports have it."""


def asked_in(options: str) -> dict[str, str]:
    """The kinds that the words of a banner ask for, by name, with the value of each option, empty where it has none."""
    return values_in(options, {twin.name: twin.option for twin in CLASSIFIER_TWINS})
