"""Artifacts for tests: small, of any shape, and every field replaceable."""

import numpy as np

from bridge.artifact.file import StoredArtifact, load_artifact, save_artifact
from bridge.artifact.record import ConceptMetrics, ProbeArtifact, Provenance

ARRAYS = ("latents", "scores", "weights", "is_train", "is_calibration", "sample_indices")
METRICS = ConceptMetrics(0.9, None, 0.8, 0.85, 1.5, None, 2.0, 2.5)
PROVENANCE = Provenance(
    dataset="digits",
    dataset_sha256="ab" * 32,
    seed=7,
    held_out=0.2,
    lam=1e-3,
    beta=4.0,
    epochs=10,
    device="cpu",
    versions=(("numpy", "2.4.6"), ("python", "3.11")),
    standardized=False,
    free_bias=False,
    weighted=False,
)


def make_artifact(samples=5, dim=3, concepts=2, dtype=np.float32, **changed) -> ProbeArtifact:
    """An artifact of random normal numbers, the same at every call."""
    random = np.random.default_rng(0)
    content = {
        "latents": random.normal(size=(samples, dim)).astype(dtype),
        "scores": random.normal(size=(samples, concepts)).astype(dtype),
        "weights": random.normal(size=(dim + 1, concepts)).astype(dtype),
        "is_train": np.arange(samples) % 3 != 0,
        "is_calibration": np.zeros(samples, np.bool_),
        "sample_indices": np.arange(samples, dtype=np.int64)[::-1].copy(),
        "concept_names": tuple(f"concept {number}" for number in range(concepts)),
        "concept_units": ("pixels",) * concepts,
        "metrics": (METRICS,) * concepts,
        "provenance": PROVENANCE,
    }
    return ProbeArtifact(**{**content, **changed})


def stored(folder, artifact: ProbeArtifact) -> StoredArtifact:
    """The artifact after a way through a file."""
    path = folder / "probe.safetensors"
    save_artifact(path, artifact)
    return load_artifact(path)
