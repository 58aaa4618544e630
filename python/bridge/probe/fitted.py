"""Latents, scores and probes that were made elsewhere."""

import hashlib
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from bridge.artifact.record import ProbeArtifact
from bridge.base.arguments import mask, text
from bridge.base.arrays import in_memory, require_finite, require_shapes
from bridge.probe.measures import Ridge, probe_artifact
from bridge.sources.samples import Origin, Samples, Scores
from bridge.sources.split import Split
from bridge.sources.user_arrays import as_array

# The attributes of a linear model that hold its weights, (k, d) or (d,), and its bias, (k,), a number or None.
_MODELS = (("weight", "bias"), ("coef_", "intercept_"))


def given_artifact(
    latents: ArrayLike,
    scores: ArrayLike,
    weights: ArrayLike | Any,  # noqa: ANN401 -- a model of any library
    *,
    names: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
    is_train: ArrayLike | None = None,
    is_calibration: ArrayLike | None = None,
    lam: float | None = None,
    standardized: bool = False,
    free_bias: bool = False,
    weighted: bool = False,
    source: str = "arrays",
    source_sha256: str | None = None,
) -> ProbeArtifact:
    """Measure a probe that is already fitted, and make it an artifact; no number of it is changed.

    Args:
        latents: (N, d) latent points; floats of 16, 32 or 64 bits, integers or booleans, in an array, a tensor or a
            table, as in `bridge.sources.user_arrays.as_array`.
        scores: (N, k) or (N,) concept scores, of any of these types.
        weights: (d + 1, k) or (d + 1,) weights, of any of these types, the bias last; or a model that has `weight` and
            `bias`, as a `torch.nn.Linear`, or `coef_` and `intercept_`, as a linear model of scikit-learn.
        names: k distinct names of the concepts; `concept 1` and so on without it.
        units: k units, such as `pixels`, or None for none; none are said without it.
        is_train: (N,) bool, True for the samples that the probe was fitted on; all that are neither these nor
            `is_calibration` are held out.  Without it the samples of the fit are not known, and none counts as held
            out.
        is_calibration: (N,) bool, True for the samples to calibrate with; no sample without it.
        lam: the ridge strength λ, if the probe was fitted by ridge regression.
        standardized: whether that was on standardised latents.
        free_bias: whether the bias was free of the ridge.
        weighted: whether some samples counted more than others.
        source: what to call the data set.
        source_sha256: the data set's SHA-256 in hexadecimal; that of the latents' bytes in C order without it.

    Raises:
        InputError: shapes or types do not fit, an entry is not a finite number, or a name is empty or used twice.
    """
    Z, C, W = as_array(latents, "latents"), _columns(scores, "scores"), _columns(_weights(weights), "weights")
    require_shapes(Z.shape, C.shape, W.shape)
    for name, array in {"latents": Z, "scores": C, "weights": W}.items():
        require_finite(array, name)
    members = {"is_train": is_train, "is_calibration": is_calibration}
    parts = Split(**{name: _members(given, name, len(Z)) for name, given in members.items()})
    digest = source_sha256 or hashlib.sha256(Z.tobytes()).hexdigest()
    held_out = None if is_train is None else float(parts.is_held_out.mean())
    origin = Origin(text(source, "source"), digest, held_out=held_out)
    samples = Samples(in_memory(Z), Scores.of(C, names, units), parts, origin, digest)
    return probe_artifact(samples, W, Ridge(lam, standardized, free_bias, weighted))


def _weights(weights: Any) -> ArrayLike:  # noqa: ANN401 -- it is still to be looked at
    """What is an array as it is; of a model the weights (d + 1, k) with the bias last."""
    names = next((pair for pair in _MODELS if hasattr(weights, pair[0])), None)
    # A column of a table can have such a name.
    if names is None or hasattr(weights, "shape"):
        return cast(ArrayLike, weights)
    rows = np.atleast_2d(as_array(getattr(weights, names[0]), names[0]))
    bias = getattr(weights, names[1])
    last = np.zeros(1, rows.dtype) if bias is None else as_array(bias, names[1])
    return np.vstack([rows.T, np.broadcast_to(last, (1, len(rows)))])


def _members(given: ArrayLike | None, name: str, samples: int) -> np.ndarray:
    return np.zeros(samples, np.bool_) if given is None else mask(as_array(given, name), name, samples)


def _columns(values: ArrayLike, name: str) -> np.ndarray:
    """The numbers, a vector as a matrix of one column."""
    array = as_array(values, name)
    return array[:, None] if array.ndim == 1 else array
