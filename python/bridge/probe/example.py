"""A small artifact made up in code: what a new project has to show before there is a model."""

import hashlib

import numpy as np
import torch

from bridge.artifact.record import ProbeArtifact
from bridge.probe.fitted import given_artifact
from bridge.probe.ridge import fit_probe
from bridge.sources.split import split

_SAMPLES = 64
_HELD_OUT = 0.25
_LATENT_DIM = 4
_CONCEPTS = ("size", "slant")
_SEED = 0
_LAM = 1e-3


def example_artifact() -> ProbeArtifact:
    """Fit a probe on made-up data: normal latents, and scores that are linear in them but for some noise."""
    random = np.random.default_rng(_SEED)
    latents = random.normal(size=(_SAMPLES, _LATENT_DIM)).astype(np.float32)
    directions = random.normal(size=(_LATENT_DIM, len(_CONCEPTS)))
    noise = random.normal(scale=0.1, size=(_SAMPLES, len(_CONCEPTS)))
    scores = (latents @ directions + noise).astype(np.float32)
    parts = split(_SAMPLES, held_out=_HELD_OUT, seed=_SEED)
    Z, C = torch.from_numpy(latents), torch.from_numpy(scores)
    weights = fit_probe(Z[parts.is_train], C[parts.is_train], _LAM)
    return given_artifact(
        latents,
        scores,
        weights.numpy(),
        names=_CONCEPTS,
        is_train=parts.is_train,
        lam=_LAM,
        source="example",
        source_sha256=hashlib.sha256(latents.tobytes() + scores.tobytes()).hexdigest(),
    )
