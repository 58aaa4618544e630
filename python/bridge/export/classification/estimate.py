"""How long the embedded Lean takes for the claims about a classifier."""

from bridge.export.classification.certificate import ClassifierCertificate
from bridge.export.estimate import concept_seconds


def classifier_seconds(certificate: ClassifierCertificate) -> float:
    """What Lean takes for a classifier, without its file: about as long as for a concept for each of its classes."""
    return len(certificate.classes) * concept_seconds(certificate.samples)
