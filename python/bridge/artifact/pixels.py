"""What the latents of images were computed from: their pixels and the layers of the encoder, for claims about both."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bridge.base.arrays import frozen
from bridge.base.errors import InputError
from bridge.base.record_types import require_field_types
from bridge.exact.network import PIXEL_SCORES, EncoderLayer

__all__ = ["EncoderLayer", "Pixels", "StoredPixels"]

_IMAGES = "pixels.images"


@dataclass(frozen=True, eq=False)
class Pixels:
    """What the latents and some of the scores were computed from.

    The network's input is k/255 for each pixel k, row after row; between its layers stands ReLU, and none behind the
    last.

    Attributes:
        images: (N, height, width) uint8, the pixels of the image of each sample.
        layers: at least one; the first has height · width inputs, every other as many as there are units before it.
        scored: the concepts whose scores are bridge's own `size` or `thick` of these images.

    Raises:
        InputError: on construction, if shapes, types or names are not as stated.
    """

    images: np.ndarray
    layers: tuple[EncoderLayer, ...]
    scored: tuple[str, ...]

    def __post_init__(self) -> None:
        require_field_types(self)
        if self.images.ndim != 3 or 0 in self.images.shape or self.images.dtype != np.uint8:
            raise InputError(
                f"the images have shape {self.images.shape} and dtype {self.images.dtype}; (N, height, width) and "
                "uint8, an integer from 0 to 255 for each pixel, are required; pass the 8-bit images"
            )
        if not self.layers:
            raise InputError("the encoder has no layers; at least one is required; pass those of the encoder")
        if self.layers[0].inputs != self.images[0].size:
            height, width = self.images.shape[1:]
            raise InputError(
                f"the first layer has {self.layers[0].inputs} inputs and the images {height} · {width} = "
                f"{height * width} pixels; an input for each pixel is required; pass the images that the encoder takes"
            )
        for number, (layer, following) in enumerate(zip(self.layers, self.layers[1:], strict=False)):
            if following.inputs != layer.outputs:
                raise InputError(
                    f"layer {number} of the encoder has {layer.outputs} outputs and layer {number + 1} "
                    f"{following.inputs} inputs; as many are required; pass the layers in their order"
                )
        if len(set(self.scored)) < len(self.scored) or not set(self.scored) <= set(PIXEL_SCORES):
            raise InputError(
                f"`scored` is {self.scored!r:.80}; some of {', '.join(PIXEL_SCORES)}, each once, are required; leave "
                "the others out"
            )
        object.__setattr__(self, "images", frozen(self.images))

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many inputs the encoder has, and how many units each layer."""
        return (self.layers[0].inputs, *(layer.outputs for layer in self.layers))

    def require_fits(self, samples: int, dim: int, concept_names: tuple[str, ...]) -> None:
        """Refuse an artifact of other samples, latents or concepts.

        Raises:
            InputError: there are not as many samples as images, or latent dimensions as outputs, or a concept lacks.
        """
        if len(self.images) != samples:
            raise InputError(
                f"there are {len(self.images)} images and {samples} samples; an image for each sample is required; "
                "pass the images of the samples"
            )
        if self.layers[-1].outputs != dim:
            raise InputError(
                f"the last layer has {self.layers[-1].outputs} outputs and the latents {dim} dimensions; as many are "
                "required; pass the layers that the latents come from"
            )
        missing = [name for name in self.scored if name not in concept_names]
        if missing:
            raise InputError(
                f"the concept {missing[0]!r} is said to be scored from the pixels and has no scores; scores of it are "
                "required; leave it out"
            )

    def arrays(self) -> dict[str, np.ndarray]:
        """What a file calls each array."""
        of_layers = {
            f"{_layer(number)}.{name}": getattr(layer, name)
            for number, layer in enumerate(self.layers)
            for name in ("weight", "bias")
        }
        return {_IMAGES: self.images, **of_layers}

    def written(self) -> dict[str, object]:
        """All else, as JSON has it."""
        return {"layers": len(self.layers), "scored": list(self.scored)}


@dataclass(frozen=True)
class StoredPixels:
    """What a file says of the arrays of pixels and layers.

    Attributes:
        layers: how many layers there are.
        scored: as in `Pixels`.
    """

    layers: int
    scored: tuple[str, ...]

    def read(self, arrays: Mapping[str, np.ndarray]) -> Pixels:
        """Those of a file's arrays.

        Raises:
            KeyError: one is not there.
            InputError: as `Pixels`.
        """
        layers = (
            EncoderLayer(arrays[f"{_layer(number)}.weight"], arrays[f"{_layer(number)}.bias"])
            for number in range(self.layers)
        )
        return Pixels(arrays[_IMAGES], tuple(layers), self.scored)


def _layer(number: int) -> str:
    return f"pixels.layers.{number}"
