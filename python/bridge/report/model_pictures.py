"""The images that an artifact's samples are, and the model that encoded them, found again through its checkpoint."""

import functools
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.record import ProbeArtifact
from bridge.base.errors import InputError
from bridge.report.pictures import NoPictures, Pictures
from bridge.sources.checkpoint import load_checkpoint, record_of
from bridge.sources.images import ImageSet, load_images
from bridge.sources.vae import MLPVAE, encode_latents

# Another machine, or another device, adds up in another order: float32 has 24 bits, and a sum here 784 terms.
_TOLERANCE = 1e-3


def load_pictures(
    checkpoint: Path, artifact: ProbeArtifact | ClassifierArtifact, data: str | None = None
) -> Pictures | NoPictures:
    """Load the images of an artifact, and see that its latents are their encodings.

    Args:
        checkpoint: the model that encoded them.
        artifact: the artifact.
        data: the data set, None for the one that the model was trained with.

    Raises:
        InputError: the file is no checkpoint, or not that of the artifact, or these are other images.
    """
    vae, metadata = load_checkpoint(checkpoint)
    try:
        images = _images(metadata) if data is None else load_images(data, seed=artifact.provenance.seed or 0)
    except InputError as error:
        return NoPictures("the data set could not be loaded again", str(error))
    difference = _difference(vae, images, artifact)
    if difference is not None:
        raise InputError(
            f"{checkpoint} is not the model of the artifact: {difference}; the checkpoint that the artifact was fitted "
            "from is required; name it with --checkpoint, and with --data the images if it was trained on others"
        )
    return Pictures(images.images[:, 0].numpy(), functools.partial(_decoded, vae))


def _decoded(vae: MLPVAE, latents: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        decoded: np.ndarray = vae.decode(torch.from_numpy(latents.astype(np.float32)))[:, 0].numpy()
    return decoded


def _images(metadata: Mapping[str, object]) -> ImageSet:
    record = record_of(dict(metadata))
    return load_images(record.data, seed=record.seed, limit=record.limit)


def _difference(vae: MLPVAE, images: ImageSet, artifact: ProbeArtifact | ClassifierArtifact) -> str | None:
    """The first thing in which a model and its images differ from those of the artifact."""
    required = artifact.provenance.dataset_sha256
    if images.sha256 != required:
        return f"the data set has SHA-256 {images.sha256}, and the artifact's {required}"
    if not np.array_equal(images.indices, artifact.sample_indices):
        return f"it goes with {len(images.indices)} samples, and the artifact has {len(artifact.sample_indices)}"
    if vae.d != artifact.latents.shape[1]:
        return f"it has {vae.d} latent coordinates, and the artifact {artifact.latents.shape[1]}"
    latents = artifact.latents.astype(np.float64)
    rounding = artifact.rounding
    change = Fraction(0 if rounding is None else rounding.largest_latent_change or 0)
    allowed = float(change) + _TOLERANCE * max(1.0, float(np.abs(latents).max()))
    off = np.abs(encode_latents(vae, images.images, torch.device("cpu")) - latents).max()
    return None if off <= allowed else f"a latent coordinate is off by {off:.3g}"
