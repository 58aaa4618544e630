"""Encoders that are chains of Linear and ReLU, as the numbers of their layers, and images as 8-bit integers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from bridge.base.errors import InputError
from bridge.base.file_spec import split_layers
from bridge.exact.network import PIXEL_SCORES, WHITE, EncoderLayer
from bridge.sources.array_files import arrays_in, find_array
from bridge.sources.user_arrays import as_array
from bridge.sources.vae import MLPVAE

_CHAIN_REQUIRED = "a chain of Linear and ReLU is required for claims about pixels"

# While a model is evaluated.
_IDENTITIES = (nn.Identity, nn.Dropout)

# Other classes that are called so, such as those of quantised layers, are told from these by their modules.
_NAMES = {kind.__name__ for kind in (nn.Sequential, nn.Linear, nn.ReLU, nn.Flatten, *_IDENTITIES)}

_MOST_SHOWN = 8


@dataclass(frozen=True, eq=False)
class EncodedPixels:
    """What latents and scores of images are computed from.

    Attributes:
        images: (N, height, width) uint8.
        layers: those of the encoder.
        scored: the concepts whose scores are `size` or `thick` as bridge defines them.
    """

    images: np.ndarray
    layers: tuple[EncoderLayer, ...]
    scored: tuple[str, ...]


def network_layers(encoder: object) -> tuple[EncoderLayer, ...]:
    """The layers of an encoder that is a chain of Linear and ReLU.

    Args:
        encoder: a `torch.nn.Sequential` of `Linear`, between any two of which is a `ReLU`, with none behind the last;
            also with `Flatten`, and with `Identity` and `Dropout`, which change nothing while a model is evaluated, and
            with a `Sequential` in it; or a `Linear`; or bridge's `MLPVAE`, whose latents are the means, or its
            `encode`; or a text that says where the layers are, as `read_network` takes it.

    Raises:
        InputError: it is something else, which is named, or a weight is not a finite float of 16, 32 or 64 bits.
    """
    if isinstance(encoder, str):
        return read_network(encoder)
    module = getattr(encoder, "__self__", encoder)
    if type(module) is MLPVAE:  # whose subclasses can encode otherwise
        if encoder not in (module, module.encode):
            method = getattr(encoder, "__name__", "")
            raise InputError(
                f"the encoder is the method `{method}` of bridge's VAE; the model or its `encode` is required for "
                "claims about pixels; pass one of these"
            )
        module = nn.Sequential(module.enc, module.fc_mu)
    layers: list[EncoderLayer] = []
    is_behind_relu = True
    for name, part in _parts("encoder", module):
        kind = type(part)
        if kind is nn.Linear:
            if not is_behind_relu:
                raise InputError(
                    f"`{name}` is a Linear right behind another one; a ReLU between them is required for claims about "
                    "pixels; put one there, or multiply the two into one layer"
                )
            layers.append(_layer(name, part.weight, part.bias))
            is_behind_relu = False
        elif kind is nn.ReLU:
            is_behind_relu = True
        elif isinstance(part, nn.Flatten) and (int(part.start_dim), int(part.end_dim)) != (1, -1):
            raise InputError(
                f"`{name}` is {part}; one that makes a row of each image is required; pass Flatten() in its place"
            )
        elif kind is not nn.Flatten and kind not in _IDENTITIES:
            raise InputError(f"`{name}` is {_kind(part)}; {_CHAIN_REQUIRED}; pass an encoder of these alone")
    if not layers:
        raise InputError(f"the encoder has no Linear; {_CHAIN_REQUIRED}; pass one with layers")
    if is_behind_relu:
        raise InputError(
            "the encoder ends with a ReLU; a Linear at the end is required for claims about pixels, since latents are "
            "affine in the last units; leave the ReLU out, or put a Linear behind it"
        )
    return tuple(layers)


def read_network(spec: str) -> tuple[EncoderLayer, ...]:
    """Read the layers of an encoder from a state dict.

    Args:
        spec: `FILE:LAYER,LAYER,…`: a file as in `bridge.sources.array_files.open_array`, such as one of safetensors,
            and the names of the layers in their order, for each of which it holds `LAYER.weight` and, unless the layer
            has no bias, `LAYER.bias`.

    Raises:
        InputError: the file cannot be read, a layer is not in it, its arrays are no layer or it does not take what the
            one before gives.
    """
    path, names = split_layers(spec)
    layers: list[EncoderLayer] = []
    arrays = arrays_in(path)
    for name in names:
        weight, bias = (find_array(arrays, f"{name}.{part}") for part in ("weight", "bias"))
        if weight is None:
            there = [other.removesuffix(".weight") for other in arrays if other.endswith(".weight")]
            listed = ", ".join(there[:_MOST_SHOWN] + ["…"] * (len(there) > _MOST_SHOWN)) or "none"
            raise InputError(f"{path} has no array '{name}.weight'; it has the layers {listed}; name some of these")
        values = weight().read_whole(f"{path}:{name}.weight")
        layers.append(_layer(f"{path}:{name}", values, None if bias is None else bias().read_whole(f"{name}.bias")))
        if len(layers) > 1 and layers[-1].inputs != layers[-2].outputs:
            raise InputError(
                f"{path}:{name} has {layers[-1].inputs} inputs and the layer before it {layers[-2].outputs} outputs; "
                "as many are required; name the layers in their order"
            )
    return tuple(layers)


def network_module(layers: Sequence[EncoderLayer]) -> nn.Sequential:
    """The layers as a module of PyTorch, which computes in float32; weights of 64 bits are rounded to 32."""
    parts: list[nn.Module] = [nn.Flatten()]
    for layer in layers:
        linear = nn.Linear(layer.inputs, layer.outputs)
        linear.load_state_dict({name: torch.tensor(getattr(layer, name)).float() for name in ("weight", "bias")})
        parts += [linear, nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def require_inputs(layers: Sequence[EncoderLayer], height: int, width: int) -> None:
    """Refuse an encoder of images of another size.

    Args:
        layers: those of the encoder.
        height: of the images.
        width: of the images.

    Raises:
        InputError: the first layer has not as many inputs as an image has pixels.
    """
    if layers[0].inputs != height * width:
        raise InputError(
            f"the first layer of the encoder has {layers[0].inputs} inputs and an image {height} · {width} = "
            f"{height * width} pixels; an input for each pixel is required; pass an encoder of such images"
        )


def network_inputs(pixels: np.ndarray) -> torch.Tensor:
    """8-bit images (N, height, width) as a network takes them: (N, 1, height, width) float32, k/255 for the pixel k."""
    return torch.tensor(pixels).unsqueeze(1).float() / WHITE


def eight_bit(images: ArrayLike | torch.Tensor, source: str) -> np.ndarray:
    """Images as the 8-bit integers that they are made of.

    Args:
        images: (N, height, width) or (N, 1, height, width): integers from 0 to 255 of 8 bits, or float32, each the one
            nearest to k/255 for a k from 0 to 255, as `k.float() / 255` gives it.  No two k give the same one.
        source: what to call them.

    Returns:
        (N, height, width) uint8, the k of every pixel.

    Raises:
        InputError: the shape is another, or a pixel is no such number; the message names it.
    """
    array = as_array(images, "images")
    if array.ndim not in (3, 4) or (array.ndim == 4 and array.shape[1] != 1) or 0 in array.shape:
        raise InputError(
            f"the data set {source!r} has images of shape {array.shape}; (N, height, width) or (N, 1, height, width) "
            "is required for claims about pixels; reshape them"
        )
    array = array.reshape(len(array), *array.shape[-2:])
    if array.dtype == np.uint8:
        return array
    if array.dtype != np.float32:
        raise _no_pixels(source, f"has images of type {array.dtype}")
    levels = np.rint(np.nan_to_num(array).clip(0, 1) * np.float32(WHITE))
    wrong = np.argwhere(levels / np.float32(WHITE) != array)
    if len(wrong):
        raise _no_pixels(source, f"has no 8-bit images: the value at {wrong[0].tolist()} is {array[tuple(wrong[0])]}")
    pixels: np.ndarray = levels.astype(np.uint8)
    return pixels


def pixel_concepts(pixels: np.ndarray, scores: np.ndarray, names: Sequence[str]) -> tuple[str, ...]:
    """The concepts among these whose scores are those that follow from the pixels, one by one.

    Args:
        pixels: (N, height, width) uint8.
        scores: (N, k) scores.
        names: of the k concepts.
    """
    columns = {name: scores[:, place] for place, name in enumerate(names) if name in PIXEL_SCORES}
    return tuple(name for name, column in columns.items() if (PIXEL_SCORES[name](pixels) == column).all())


def _parts(name: str, module: object) -> Iterator[tuple[str, nn.Module]]:
    """The modules that a chain consists of, with their names."""
    if not isinstance(module, nn.Module):
        raise InputError(
            f"the encoder is {_kind(module)}; {_CHAIN_REQUIRED}, as a torch.nn.Sequential; pass the module itself"
        )
    # Some libraries put a function of their own in the place of `forward`.
    if module._forward_hooks or module._forward_pre_hooks or "forward" in vars(module):
        raise InputError(
            f"`{name}` has hooks, which can change what it gives; a module without is required for claims about "
            "pixels; remove them"
        )
    if type(module) is nn.Sequential:
        # `named_children` leaves out what stands there a second time.
        for place, part in module._modules.items():
            yield from _parts(f"{name}.{place}", part)
    else:
        yield name, module


def _layer(name: str, weight: object, bias: object) -> EncoderLayer:
    W = as_array(weight, f"{name}.weight")
    b = np.zeros(W.shape[:1], W.dtype) if bias is None else as_array(bias, f"{name}.bias")
    try:
        return EncoderLayer(W, b)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def _kind(value: object) -> str:
    # PyTorch writes out what a module holds, in many lines.
    kind = type(value)
    name = f"{kind.__module__}.{kind.__name__}" if kind.__name__ in _NAMES else kind.__name__
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"


def _no_pixels(source: str, found: str) -> InputError:
    return InputError(
        f"the data set {source!r} {found}; integers k from 0 to 255, or k/255 in float32, are required for claims "
        "about pixels; take `data=mnist`, say, or images of unsigned bytes"
    )
