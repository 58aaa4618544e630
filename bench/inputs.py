"""Artifacts to measure with: random numbers of any size, and as many handwritten digits as MNIST has."""

import struct
from pathlib import Path

import numpy as np
import torch

from bridge.artifact.classifier import ClassifierArtifact, ClassifierMetrics, PartMeasures
from bridge.artifact.record import ConceptMetrics, ProbeArtifact, Provenance
from bridge.exact.rounding import round_to_grid
from bridge.probe.fit import fit_samples
from bridge.sources.checkpoint import TrainingRecord, encoded_samples, in_parts_of_training, training_images
from bridge.sources.images import load_images
from bridge.sources.training import train_model
from bridge.sources.training_options import TrainingOptions
from bridge.sources.vae import MLPVAE

SEED = 0
_UNKNOWN = ConceptMetrics(*[None] * 8)
_LATENT_BITS = 36
_DRAWN_ANEW = 0.1
_DEVICE = torch.device("cpu")


def random_artifact(samples: int, dim: int, concepts: int) -> ProbeArtifact:
    """Normal latents in 32-bit floats, weights in 64-bit floats, and scores that are whole numbers.

    The first samples and weights are the same at every size.  The first sample and the first weight hold the finest
    and the largest numbers, so that digits and slots are as wide at every size, and times grow for no other reason.
    """
    random = np.random.default_rng(SEED)
    latents = random.normal(size=(samples, dim)).astype(np.float32)
    latents = round_to_grid(np.clip(latents, -7, 7), _LATENT_BITS, name="latents").values
    latents[0, :2] = 2.0**-13 + 2.0**-_LATENT_BITS, 7.5
    scores = np.rint(np.random.default_rng(SEED + 1).normal(100, 30, size=(samples, concepts))).astype(np.float32)
    weights = np.random.default_rng(SEED + 2).normal(size=(dim + 1, concepts))
    weights[0] = 2.0**-13 * (1 + 2.0**-52)
    weights[-1] = 100 + 2.0**-46
    return ProbeArtifact(
        latents=latents,
        scores=scores,
        weights=weights,
        is_train=np.ones(samples, dtype=np.bool_),
        is_calibration=np.zeros(samples, dtype=np.bool_),
        sample_indices=np.arange(samples, dtype=np.int64),
        concept_names=tuple(f"concept{number}" for number in range(concepts)),
        concept_units=("",) * concepts,
        metrics=(_UNKNOWN,) * concepts,
        provenance=Provenance(
            "random normal numbers", "0" * 64, SEED, 0.0, 0.0, None, None, "cpu", (), False, False, False
        ),
    )


def random_classifier(samples: int, dim: int, classes: int) -> ClassifierArtifact:
    """The latents of `random_artifact` with the labels that random weights decide for, of which a tenth is drawn anew.

    Two classes are those of a binary probe with the threshold 0.
    """
    probe = random_artifact(samples, dim, concepts=classes)
    weights = probe.weights.copy()
    weights[-1] = 0.0
    if classes == 2:
        weights[:, 0] = 0.0
    random = np.random.default_rng(SEED + 3)
    decided = np.argmax(probe.latents @ weights[:-1], axis=1)
    drawn = random.integers(classes, size=samples)
    return ClassifierArtifact(
        latents=probe.latents,
        labels=np.where(random.random(samples) < _DRAWN_ANEW, drawn, decided).astype(np.int64),
        weights=weights,
        is_train=probe.is_train,
        is_calibration=probe.is_calibration,
        sample_indices=probe.sample_indices,
        label_name="label",
        class_names=tuple(f"class{number}" for number in range(classes)),
        method="given",
        metrics=ClassifierMetrics(*(PartMeasures(size, *[None] * 4) for size in (samples, 0, 0, samples))),
        provenance=probe.provenance,
    )


def random_integer(length: int, number: int) -> int:
    """A random natural number of so many hexadecimal digits, another for each number."""
    return int.from_bytes(np.random.default_rng([SEED, number]).bytes(length // 2), "big") | 1 << (4 * length - 1)


def write_digits(folder: Path, count: int) -> None:
    """Write handwritten digits in the format of MNIST, more than there are.

    Each of the 1,797 that scikit-learn ships is repeated with shifts by up to a pixel and small noise.
    """
    images = load_images("digits").images.numpy()[:, 0]
    random = np.random.default_rng(SEED)
    shifts = random.integers(-1, 2, size=(count, 2))
    pixels = np.empty((count, 28, 28), dtype=np.uint8)
    for number, (down, right) in enumerate(shifts.tolist()):
        image = np.roll(images[number % len(images)], (down, right), axis=(0, 1))
        noisy = image + random.normal(scale=0.02, size=image.shape) * (image > 0)
        pixels[number] = np.rint(np.clip(noisy, 0, 1) * 255)
    header = struct.pack(">4I", 2051, count, 28, 28)
    (folder / "train-images-idx3-ubyte").write_bytes(header + pixels.tobytes())


def trained(data: str, *, epochs: int, limit: int | None = None) -> tuple[MLPVAE, TrainingRecord]:
    """A VAE with 8 latent dimensions, trained on a data set."""
    options = TrainingOptions(d=8, epochs=epochs, seed=SEED)
    return train_model(data, limit=limit, held_out=0.2, options=options, device=_DEVICE)


def fitted(model: tuple[MLPVAE, TrainingRecord], bits: int | None = None) -> ProbeArtifact:
    """The probe of the three concepts, weights and latents rounded to multiples of 2^-bits if that is given."""
    samples = encoded_samples(*model, training_images(model[1]), device=_DEVICE)
    return fit_samples(
        in_parts_of_training(samples, model[1]), fit_bias="regularised", weight_bits=bits, latent_bits=bits
    ).artifact()
