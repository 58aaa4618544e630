"""Latents, scores and probes that were made elsewhere."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from bridge.artifact import ProbeArtifact, Provenance
from bridge.data import Split
from bridge.errors import InputError
from bridge.exact import require_finite, require_shapes
from bridge.pipeline import library_versions, measure


def given_artifact(
    latents: np.ndarray,
    scores: np.ndarray,
    weights: np.ndarray,
    *,
    names: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
    is_train: np.ndarray | None = None,
    is_calibration: np.ndarray | None = None,
    lam: float | None = None,
    standardized: bool = False,
    source: str = "arrays",
    source_sha256: str | None = None,
) -> ProbeArtifact:
    """Measure a probe that is already fitted, and make it an artifact; no number of it is changed.

    Args:
        latents: (N, d) latent points; floats of 16, 32 or 64 bits, integers or booleans.
        scores: (N, k) or (N,) concept scores, of any of these types.
        weights: (d + 1, k) or (d + 1,) weights, of any of these types, the bias last.
        names: k distinct names of the concepts; `concept 1` and so on without it.
        units: k units, such as `pixels`; none are said without it.
        is_train: (N,) bool, True for the samples that the probe was fitted on; without it and `is_calibration` they
            are not known, and no sample counts as held out.
        is_calibration: (N,) bool, True for the samples to calibrate with; no sample without it.
        lam: the ridge strength λ, if the probe was fitted by ridge regression.
        standardized: whether that was on standardised latents.
        source: what to call the data set.
        source_sha256: the data set's SHA-256 in hexadecimal; that of the latents' bytes in C order without it.

    Raises:
        InputError: shapes or types do not fit, an entry is not a finite number, or a name is empty or used twice.
    """
    latents, scores, weights = (_native(array) for array in (latents, _columns(scores), _columns(weights)))
    require_shapes(latents.shape, scores.shape, weights.shape)
    for name, array in {"latents": latents, "scores": scores, "weights": weights}.items():
        require_finite(array, name)
    members = {"is_train": is_train, "is_calibration": is_calibration}
    parts = Split(**{name: _members(mask, len(latents), name) for name, mask in members.items()})
    knows_parts = is_train is not None or is_calibration is not None
    names = numbered_names(scores.shape[1]) if names is None else tuple(names)
    mu, C, W = (torch.from_numpy(array.astype(np.float64)) for array in (latents, scores, weights))
    metrics = measure(mu, C, W, parts)
    if not knows_parts:
        metrics = tuple(replace(measures, r2_held_out=None, delta_held_out=None) for measures in metrics)
    return ProbeArtifact(
        latents=latents,
        scores=scores,
        weights=weights,
        is_train=parts.is_train,
        is_calibration=parts.is_calibration,
        sample_indices=np.arange(len(latents), dtype=np.int64),
        concept_names=names,
        concept_units=("",) * len(names) if units is None else tuple(units),
        metrics=metrics,
        provenance=Provenance(
            dataset=source,
            dataset_sha256=source_sha256 or hashlib.sha256(latents.tobytes()).hexdigest(),
            seed=None,
            held_out=float(parts.is_held_out.mean()) if knows_parts else None,
            lam=lam,
            beta=None,
            epochs=None,
            device="cpu",
            versions=library_versions(),
            standardized=standardized,
        ),
    )


def numbered_names(concepts: int) -> tuple[str, ...]:
    """Names for concepts that came without any."""
    return tuple(f"concept {number}" for number in range(1, concepts + 1))


def _members(given: np.ndarray | None, samples: int, name: str) -> np.ndarray:
    members = np.zeros(samples, np.bool_) if given is None else np.asarray(given)
    if members.shape != (samples,) or members.dtype != np.bool_:
        raise InputError(
            f"`{name}` has shape {members.shape} and dtype {members.dtype}; ({samples},) and bool are required, one "
            "entry for each sample; rebuild it"
        )
    return members


def _columns(values: np.ndarray) -> np.ndarray:
    """A vector as a matrix of one column."""
    values = np.asarray(values)
    return values[:, None] if values.ndim == 1 else values


def _native(values: np.ndarray) -> np.ndarray:
    """The same numbers in this machine's byte order."""
    values = np.asarray(values)
    return values.astype(values.dtype.newbyteorder("="), copy=False)
