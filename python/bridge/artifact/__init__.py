"""The waist: what a fit leaves behind, and all that anything after it reads."""

from bridge.artifact.coverage import (
    Coverage,
)
from bridge.artifact.file import (
    StoredArtifact,
    load_artifact,
    save_artifact,
    to_be_stored,
)
from bridge.artifact.record import (
    ConceptMetrics,
    ProbeArtifact,
    ProbeRecord,
    Provenance,
    Rounding,
)

__all__ = [
    "ConceptMetrics",
    "Coverage",
    "ProbeArtifact",
    "ProbeRecord",
    "Provenance",
    "Rounding",
    "StoredArtifact",
    "load_artifact",
    "save_artifact",
    "to_be_stored",
]
