"""The encoder's file and the data set themselves, to be compared with in the place of what an artifact kept of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import safetensors

from bridge.artifact.pixels import EncoderLayer, Pixels
from bridge.base.errors import InputError, one_line
from bridge.base.file_spec import FilePath, require_readable
from bridge.base.remote import RemoteFile
from bridge.check.comparison import Comparison
from bridge.check.reader import Place

CHECKPOINT_LAYERS = ("enc.1", "fc_mu")
"""The layers of the encoder in a checkpoint of `bridge train`."""

_OWN_COPY = "the artifact's copy"
_FILE = "a file of safetensors with floats of 16, 32 or 64 bits"


@dataclass(frozen=True, eq=False)
class Origin:
    """Where layers and images come from.

    Attributes:
        layers: those of the encoder's file, None for the artifact's copy.
        layers_from: what to call the file.
        images: (N, height, width) uint8, those of the data set, None for the artifact's copy.
        images_from: what to call the data set.
    """

    layers: tuple[EncoderLayer, ...] | None = None
    layers_from: str = _OWN_COPY
    images: np.ndarray | None = None
    images_from: str = _OWN_COPY

    def record(self) -> dict[str, object]:
        """What is compared with, as one JSON-like record."""
        return {"encoder": self.layers_from, "images": self.images_from}

    def pixels(self, comparison: Comparison, copy: Pixels, sample_indices: np.ndarray, place: Place) -> Pixels:
        """What an export must be about; where the artifact's copy is another, that is a difference.

        Args:
            comparison: what is found goes there.
            copy: what the artifact kept.
            sample_indices: (N,) the place of the image of each of its samples in the data set.
            place: where the export names the artifact.

        Raises:
            InputError: the data set or the file has images or layers of other sizes.
        """
        layers, images = self.layers, self.images
        if layers is not None:
            _compare_layers(comparison, copy.layers, layers, place, self.layers_from)
        if images is not None:
            images = _chosen(images, sample_indices, self.images_from)
            if images.shape[1:] == copy.images.shape[1:]:
                for sample in np.flatnonzero((images != copy.images).any(axis=(1, 2))):
                    what, required = f"the artifact's image of sample {sample}", f"image {sample_indices[sample]} of "
                    comparison.differ(place, what, "another one", f"{required}{self.images_from}")
        found = replace(
            copy, layers=copy.layers if layers is None else layers, images=copy.images if images is None else images
        )
        found.require_fits(len(copy.images), copy.layers[-1].outputs, copy.scored)
        return found


def read_layers(path: FilePath, names: Sequence[str]) -> tuple[EncoderLayer, ...]:
    """Read the layers of an encoder from a file of safetensors, without PyTorch.

    Args:
        path: the file.
        names: for each layer what precedes `.weight` and, unless it has no bias, `.bias`.

    Raises:
        InputError: the file is elsewhere or cannot be read, or a layer is not in it or is none.
    """
    if isinstance(path, RemoteFile):
        raise InputError(f"{path} is an address; {_FILE} is required; copy the file to a folder here")
    require_readable(path, _FILE)
    arrays: dict[str, np.ndarray] = {}
    try:
        with safetensors.safe_open(path, "numpy") as file:
            wanted = {f"{name}.{part}" for name in names for part in ("weight", "bias")}
            arrays = {name: file.get_tensor(name) for name in sorted(wanted.intersection(file.keys()))}
    except (safetensors.SafetensorError, OSError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read ({one_line(error)}); {_FILE} is required; save the state dict as such"
        ) from None
    layers = [_layer(path, name, arrays) for name in names]
    for (before, layer), name in zip(pairwise(layers), names[1:], strict=True):
        if layer.inputs != before.outputs:
            raise InputError(
                f"{path}: {name} has {layer.inputs} inputs and the layer before it {before.outputs} outputs; as many "
                "are required; name the layers in their order"
            )
    return tuple(layers)


def _layer(path: FilePath, name: str, arrays: Mapping[str, np.ndarray]) -> EncoderLayer:
    weight, bias = (arrays.get(f"{name}.{part}") for part in ("weight", "bias"))
    if weight is None:
        raise InputError(
            f"{path} has no array '{name}.weight'; the layers of the encoder are required; name them as the file does"
        )
    try:
        return EncoderLayer(weight, np.zeros(weight.shape[:1], weight.dtype) if bias is None else bias)
    except InputError as error:
        raise InputError(f"{path}: {name}: {error}") from None


def _compare_layers(
    comparison: Comparison, copy: Sequence[EncoderLayer], layers: Sequence[EncoderLayer], place: Place, source: str
) -> None:
    """Compare the artifact's copy of layers with their file, bit for bit."""
    if len(copy) != len(layers):
        comparison.differ(place, "the artifact's layers", str(len(copy)), f"{len(layers)}, as in {source}")
        return
    for number, (kept, layer) in enumerate(zip(copy, layers, strict=True), start=1):
        for name in ("weight", "bias"):
            found, required = getattr(kept, name), getattr(layer, name)
            what = f"the artifact's {name} of layer {number}"
            if (found.shape, found.dtype) != (required.shape, required.dtype):
                shown = [f"{array.dtype} of shape {array.shape}" for array in (found, required)]
                comparison.differ(place, what, shown[0], f"{shown[1]}, as in {source}")
            elif found.tobytes() != required.tobytes():
                # Zeros with another sign are other bits.
                bits = f"u{found.dtype.itemsize}"
                first = tuple(np.argwhere(found.view(bits) != required.view(bits))[0].tolist())
                # In as few digits as tell it from other floats of its type, which a format string has not.
                shown = [str(array[first]) for array in (found, required)]
                comparison.differ(place, f"{what} at {list(first)}", shown[0], f"{shown[1]}, as in {source}")


def _chosen(images: np.ndarray, sample_indices: np.ndarray, source: str) -> np.ndarray:
    last = int(sample_indices.max())
    if last >= len(images):
        raise InputError(
            f"{source} has {len(images)} images, and a sample of the artifact is number {last} of it; the "
            "data set that the artifact was made from is required; name that one"
        )
    chosen: np.ndarray = images[sample_indices]
    return chosen
