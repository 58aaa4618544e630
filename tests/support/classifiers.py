"""Artifacts of classifiers for tests: small, of any shape, and every field replaceable."""

import numpy as np

from bridge.artifact.classifier import ClassifierArtifact, ClassifierMetrics, PartMeasures
from bridge.artifact.file import StoredClassifier, load_classifier, save_artifact
from support.artifacts import PROVENANCE


def metrics_of(is_train, is_calibration, knows_parts=True):
    """Measures with the numbers of samples that these parts have."""
    held_out = ~(is_train | is_calibration) & knows_parts
    sizes = (is_train.sum(), is_calibration.sum(), held_out.sum(), len(is_train))
    return ClassifierMetrics(*(PartMeasures(int(size), *[0.75 if size else None] * 4) for size in sizes))


def make_classifier(samples=6, dim=3, classes=3, dtype=np.float32, binary=None, **changed) -> ClassifierArtifact:
    """A classifier of random normal numbers, the same at every call; `binary` is the threshold of one of two classes.

    Labels, whatever the number of samples, go through all classes in turn.
    """
    random = np.random.default_rng(0)
    classes = classes if binary is None else 2
    weights = random.normal(size=(dim + 1, classes))
    if binary is not None:
        weights[:, 0] = [0.0] * dim + [binary]
    content = {
        "latents": random.normal(size=(samples, dim)).astype(dtype),
        "labels": np.arange(samples, dtype=np.int64) % classes,
        "weights": weights,
        "is_train": np.arange(samples) % 3 != 0,
        "is_calibration": np.zeros(samples, np.bool_),
        "sample_indices": np.arange(samples, dtype=np.int64)[::-1].copy(),
        "label_name": "digit",
        "class_names": tuple(f"class {number}" for number in range(classes)),
        "method": "logistic",
        "provenance": PROVENANCE,
    }
    content |= changed
    knows_parts = content["provenance"].held_out is not None
    if "metrics" not in content:
        content["metrics"] = metrics_of(content["is_train"], content["is_calibration"], knows_parts)
    return ClassifierArtifact(**content)


def stored_classifier(folder, artifact: ClassifierArtifact) -> StoredClassifier:
    """The artifact after a way through a file."""
    path = folder / "classifier.safetensors"
    save_artifact(path, artifact)
    return load_classifier(path)
