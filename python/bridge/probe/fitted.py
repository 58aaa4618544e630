"""Latents, scores and probes that were made elsewhere."""

import hashlib
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike

from bridge.artifact.pixels import EncoderLayer, Pixels
from bridge.artifact.record import ProbeArtifact
from bridge.base.arguments import mask, text
from bridge.base.arrays import in_memory, require_finite, require_shapes
from bridge.base.errors import BridgeWarning, InputError
from bridge.probe.measures import Ridge, probe_artifact
from bridge.sources.samples import Origin, Samples, Scores
from bridge.sources.split import Split
from bridge.sources.user_arrays import as_array

if TYPE_CHECKING:
    from bridge.sources.networks import EncodedPixels

# Latents of 16 bits differ by less from those of 32, for their size.
_ROUNDED = 0.01

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
    images: ArrayLike | None = None,
    encoder: Any = None,  # noqa: ANN401 -- a module, or a text
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
        images: the image of each sample, as `bridge.sources.networks.eight_bit` takes them, for claims about their
            pixels; the scores that are called `size` or `thick` are claimed to be those of the pixels, if they are.
        encoder: what the latents come from, as `bridge.sources.networks.network_layers` takes it; both or neither.

    Raises:
        InputError: shapes or types do not fit, an entry is not a finite number, or a name is empty or used twice.

    Warns:
        BridgeWarning: the latents are not what the encoder gives.
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
    named = Scores.of(C, names, units)
    samples = Samples(in_memory(Z), named, parts, origin, digest, pixels=_pixels(images, encoder, Z, named, source))
    return probe_artifact(samples, W, Ridge(lam, standardized, free_bias, weighted))


def _pixels(
    images: ArrayLike | None,
    encoder: Any,  # noqa: ANN401
    latents: np.ndarray,
    scores: Scores,
    source: str,
) -> "EncodedPixels | None":
    """The pixels of the images and the layers of the encoder, if they were passed."""
    if images is None and encoder is None:
        return None
    if images is None or encoder is None:
        given, other = ("encoder", "images") if images is None else ("images", "encoder")
        raise InputError(
            f"`{given}` was passed without `{other}`; both are required for claims about pixels; pass both, or neither"
        )
    # Here, since they need PyTorch.
    from bridge.sources.networks import EncodedPixels, eight_bit, network_layers, pixel_concepts

    pixels, layers = eight_bit(images, source), network_layers(encoder)
    Pixels(pixels, layers, ()).require_fits(len(latents), latents.shape[1], scores.names)
    _warn_of_other_latents(layers, pixels, latents)
    return EncodedPixels(pixels, layers, pixel_concepts(pixels, scores.values, scores.names))


def _warn_of_other_latents(layers: Sequence[EncoderLayer], pixels: np.ndarray, latents: np.ndarray) -> None:
    import torch

    from bridge.sources.encoders import encode
    from bridge.sources.networks import network_inputs, network_module

    given = latents.astype(np.float64)
    found = encode(network_module(layers), network_inputs(pixels), torch.device("cpu")).astype(np.float64)
    difference = float(np.abs(given - found).max())
    if difference > _ROUNDED * max(1.0, float(np.abs(given).max())):
        warnings.warn(
            f"the latents differ from those that the encoder gives by up to {difference:.6g}; the encoder takes k/255 "
            "for the pixel k, with no other scaling; pass the latents of these images, or put the scaling into the "
            "first layer",
            BridgeWarning,
            stacklevel=4,
        )


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
