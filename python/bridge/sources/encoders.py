"""Encoders: whatever gives a latent point for each image."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from bridge.base.errors import InputError, one_line
from bridge.base.progress import Progress, told, untold
from bridge.sources.user_arrays import as_array

Encoder = Callable[[torch.Tensor], object]
"""From a batch of images (n, …) to latents (n, d), or to several results of which latents are the first."""

_BATCH = 4096


def encode(encoder: Encoder, images: torch.Tensor, device: torch.device, progress: Progress = untold) -> np.ndarray:
    """Encode images to latent points.

    Args:
        encoder: a module of PyTorch, a method of one, or any other function.  It is given batches of images on the
            device, and gives latents (n, d), a tensor or an array; or a tuple or list that begins with them, as
            (μ, log σ²).  A module is moved to the device and put into the mode of evaluation; no gradients are kept.
        images: (N, …).
        device: where to compute.
        progress: told of the batches.

    Returns:
        (N, d) latents, with exactly the numbers of the encoder.

    Raises:
        InputError: the encoder fails, or gives something else.
    """
    module = getattr(encoder, "__self__", encoder)
    if isinstance(module, nn.Module):
        module.to(device).eval()
    batches = torch.split(images, _BATCH) if images.ndim and len(images) else ()
    if not batches:
        raise InputError(f"images have shape {tuple(images.shape)}; (N, …) with N ≥ 1 is required; pass some images")
    latents = []
    with torch.no_grad():
        for batch in told(batches, progress, "encoding"):
            latents.append(_latents(encoder, batch.to(device)))
            if latents[-1].shape[1:] != latents[0].shape[1:]:
                raise _no_latents(latents[-1].shape, len(batch))
    return np.concatenate(latents)


def _latents(encoder: Encoder, batch: torch.Tensor) -> np.ndarray:
    try:
        given = encoder(batch)
    except Exception as error:  # a function of the user's own can fail in any way
        raise InputError(
            f"the encoder failed on images of shape {tuple(batch.shape)} and type {batch.dtype} "
            f"({type(error).__name__}: {one_line(error)}); a module or a function that takes a batch of them is "
            "required; pass the images that it takes"
        ) from None
    first = given[0] if isinstance(given, tuple | list) and len(given) else given
    latents = as_array(first, "latents")
    if latents.ndim != 2 or len(latents) != len(batch):
        raise _no_latents(latents.shape, len(batch))
    return latents


def _no_latents(shape: tuple[int, ...], images: int) -> InputError:
    return InputError(
        f"the encoder gave an array of shape {shape} for {images} images; latents ({images}, d), of one d, or a tuple "
        "that begins with them, are required; pass a function that gives these"
    )
