"""The kinds of claims about a classifier on the exporting side: one module each."""

from bridge.export.classification.claims.kind import ClassifierKind
from bridge.export.classification.claims.ranking import Ranking
from bridge.export.classification.claims.unseen import Unseen

CLASSIFIER_KINDS: list[type[ClassifierKind]] = [Ranking, Unseen]
"""What can be asked for beside the confusion matrix and the margin, in the order in which exports have it."""
