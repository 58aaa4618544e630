"""The waist: what a fit leaves behind, and all that anything after it reads."""

from bridge.artifact.classifier import (
    ClassifierArtifact,
    ClassifierMetrics,
    Control,
    Fold,
    PartMeasures,
)
from bridge.artifact.coverage import (
    Coverage,
)
from bridge.artifact.file import (
    StoredArtifact,
    StoredClassifier,
    load_any,
    load_artifact,
    load_classifier,
    save_artifact,
    to_be_stored,
)
from bridge.artifact.pixels import (
    EncoderLayer,
    Pixels,
)
from bridge.artifact.record import (
    ConceptMetrics,
    ProbeArtifact,
    ProbeRecord,
    Provenance,
    Rounding,
)

__all__ = [
    "ClassifierArtifact",
    "ClassifierMetrics",
    "ConceptMetrics",
    "Control",
    "Coverage",
    "EncoderLayer",
    "Fold",
    "PartMeasures",
    "Pixels",
    "ProbeArtifact",
    "ProbeRecord",
    "Provenance",
    "Rounding",
    "StoredArtifact",
    "StoredClassifier",
    "load_any",
    "load_artifact",
    "load_classifier",
    "save_artifact",
    "to_be_stored",
]
