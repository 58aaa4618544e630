"""Other true statements: exports of other images or other encoders, as if they were those of an artifact."""

from dataclasses import replace

import numpy as np

from bridge.artifact.pixels import EncoderLayer
from support.artifacts import stored
from support.pixel_exports import rendered_pixels


def with_pixels(artifact, **changed):
    """The artifact with other images, layers or scored concepts, and all else as it was."""
    return replace(artifact, pixels=replace(artifact.pixels, **changed))


def with_layer(artifact, number, **changed):
    """The artifact with another weight or bias in one of its layers."""
    layers = list(artifact.pixels.layers)
    layers[number] = replace(layers[number], **changed)
    return with_pixels(artifact, layers=tuple(layers))


def with_units_exchanged(artifact, first=1, second=3):
    """The artifact with two units of the first of two layers in each other's place, which gives the same latents."""
    before, behind = artifact.pixels.layers
    order = np.arange(before.outputs)
    order[[first, second]] = order[[second, first]]
    layers = (
        EncoderLayer(before.weight[order], before.bias[order]),
        EncoderLayer(behind.weight[:, order], behind.bias),
    )
    return with_pixels(artifact, layers=layers)


def taken_for(folder, required, other, namespace="Generated"):
    """The export of another artifact, with the SHA-256 of the one that is required in its banners."""
    sha256 = stored(folder, required).sha256
    (folder / "other").mkdir(exist_ok=True)
    of_other = stored(folder / "other", other).sha256
    files = rendered_pixels(folder / "other", other, namespace)
    return {name: text.replace(of_other, sha256) for name, text in files.items()}
