"""How long the embedded Lean takes for the claims about a classifier."""

from bridge.export.classification.certificate import ClassifierCertificate
from bridge.export.classification.claims.ranking import RankingClaim
from bridge.export.estimate import concept_seconds


def classifier_seconds(certificate: ClassifierCertificate) -> float:
    """What Lean takes for a classifier, without its file.

    That is about as long as for a concept for each of its classes, and again for each that samples are ranked by.
    """
    ranked = sum(len(claim.classes) for claim in certificate.others if isinstance(claim, RankingClaim))
    return (len(certificate.classes) + ranked) * concept_seconds(certificate.samples)
