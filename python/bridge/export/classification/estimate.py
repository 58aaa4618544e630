"""How long the embedded Lean takes for the claims about a classifier."""

from collections.abc import Sequence

from bridge.export.classification.certificate import ClassifierCertificate
from bridge.export.classification.claims.ranking import RankingClaim
from bridge.export.estimate import LeanEstimate, claim_seconds, concept_seconds, estimate_of, reading_seconds


def classifier_estimate(certificate: ClassifierCertificate, shards: Sequence[range], *, at_once: int) -> LeanEstimate:
    """How long the embedded Lean takes for the export of a classifier; the arguments are those of `lean_estimate`."""
    samples, classes = certificate.samples, len(certificate.classes)
    return estimate_of(
        samples,
        shards,
        [classes * reading_seconds(samples.latent_dim) + ranking_seconds(certificate)],
        [classes * claim_seconds(samples)],
        len(certificate.ranges),
        at_once=at_once,
    )


def ranking_seconds(certificate: ClassifierCertificate) -> float:
    """What Lean takes to rank samples: as long as for a concept for each class that they are ranked by."""
    ranked = sum(len(claim.classes) for claim in certificate.others if isinstance(claim, RankingClaim))
    return ranked * concept_seconds(certificate.samples)
