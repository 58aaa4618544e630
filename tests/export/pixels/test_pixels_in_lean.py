"""The embedded Lean accepts exports from pixels: of any number of layers, images, latents and proved scores."""

import numpy as np
import pytest

import bridge.export.layout
import bridge.export.packing
import bridge.export.pixels.certificate
import bridge.export.pixels.render
from bridge.artifact.coverage import Coverage
from bridge.artifact.pixels import EncoderLayer, Pixels
from support.exports import as_one_file
from support.judging import judged
from support.pixel_exports import plain_artifact, rendered_pixels
from support.pixels import float_latents, make_images, make_layers, pixel_artifact

HEADER = """module

public import Bridge.Claims.Determination
public import Bridge.Claims.Pixels

@[expose] public noncomputable section
"""


def small_parts(patch):
    """Have chunks of two images, each group of columns in a file of its own, and three blocks of encoder values."""
    patch.setattr(bridge.export.pixels.certificate, "CHUNK_IMAGES", 2)
    patch.setattr(bridge.export.pixels.render, "SHARD_DIGITS", 1)
    patch.setattr(bridge.export.layout, "SHARD_LITERALS", 8)
    patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 150)


def with_extreme_weights():
    """An encoder whose weights and biases are as far apart as floats are, with units that are never on and always."""
    images = make_images(4, 2, 2)
    weight = np.array([[1, -1, 2.0**-40, 0], [-3, -3, -3, -3], [2.0**20, 1, 0, -(2.0**-20)]])
    hidden = EncoderLayer(weight, np.array([0, -1, 2.0**30]))
    last = EncoderLayer(np.array([[1, 1, -1]], np.float32), np.zeros(1, np.float32))
    layers = (hidden, last)
    latents = float_latents(layers, images, np.float64)
    return pixel_artifact(4, units=(3, 1), height=2, width=2, pixels=Pixels(images, layers, ("size",)), latents=latents)


def of_handwriting_size():
    """Images of 28 × 28, a hidden layer of 16 units, and latents as floating-point arithmetic gives them."""
    layers = make_layers(784, 16, 8)
    images = make_images(12, 28, 28)
    return pixel_artifact(12, 28, 28, units=(16, 8), pixels=Pixels(images, layers, ("size", "thick")))


ARTIFACTS = {
    "Tiny": plain_artifact(),
    "InParts": plain_artifact(height=3, width=5, units=(9, 2)),
    "OneLayer": plain_artifact(units=(2,)),
    "FourLayers": plain_artifact(units=(5, 4, 3, 2)),
    "Wide": plain_artifact(samples=3, units=(4, 35)),
    "OneImage": plain_artifact(samples=1, height=1, width=1, units=(1, 1)),
    "NothingScored": plain_artifact(scored=()),
    "ThickAlone": plain_artifact(scored=("thick",)),
    "Part": plain_artifact(samples=8),
    "Extreme": with_extreme_weights(),
    "Handwriting": of_handwriting_size(),
}
OPTIONS = {"Part": {"coverage": Coverage.HELD_OUT, "r2": ""}}


def files_of(folder, name):
    with pytest.MonkeyPatch.context() as patch:
        if name == "InParts":
            small_parts(patch)
        return rendered_pixels(folder, ARTIFACTS[name], name, **OPTIONS.get(name, {}))


@pytest.fixture(scope="module")
def results(tmp_path_factory, lean_pool):
    """What Lean says of each export, each of which is in one file."""
    folder = tmp_path_factory.mktemp("pixels")
    for name in ARTIFACTS:
        text, _ = as_one_file({name: files_of(folder, name)}, HEADER)
        (folder / f"{name}.lean").write_text(text, encoding="utf-8")
    root = folder / "All.lean"
    root.write_text("module\n" + "".join(f"\npublic import {name}" for name in ARTIFACTS) + "\n", encoding="utf-8")
    return judged(root, lean_pool)


@pytest.mark.lean
@pytest.mark.parametrize("name", ARTIFACTS)
def test_lean_accepts_it(results, name):
    assert results[name].accepted
    assert results[name].messages == ()
