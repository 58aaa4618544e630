"""Artifacts with the images and the layers that they come from: kept bit for bit, and refused when damaged."""

import dataclasses
import json
import re

import numpy as np
import pytest
import safetensors.numpy

from bridge.artifact.file import _digest, artifact_bytes, load_artifact, save_in_blocks
from bridge.artifact.pixels import EncoderLayer, Pixels
from bridge.base.arrays import in_memory
from bridge.base.errors import InputError
from bridge.base.metadata import record_in
from support.artifacts import make_artifact, stored
from support.pixels import make_images, make_layers, pixel_artifact
from support.refusals import refusal


def refusal_of_file(path, data):
    path.write_bytes(data)
    return refusal(load_artifact, path)


def test_pixels_and_layers_survive_bit_for_bit(tmp_path):
    artifact = pixel_artifact(units=(5, 4, 3))
    loaded = stored(tmp_path, artifact).artifact
    arrays, others = artifact.pixels.arrays(), loaded.pixels.arrays()
    assert list(arrays) == list(others)
    for name, array in arrays.items():
        assert (array.dtype, array.shape, array.tobytes()) == (
            others[name].dtype,
            others[name].shape,
            others[name].tobytes(),
        )
    assert len(loaded.pixels.layers) == 3
    assert loaded.pixels.scored == ("size", "thick")
    assert artifact_bytes(loaded) == artifact_bytes(artifact)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_layers_of_every_width_are_kept(tmp_path, dtype):
    pixels = Pixels(make_images(), make_layers(42, 3, dtype=dtype), ())
    loaded = stored(tmp_path, pixel_artifact(pixels=pixels)).artifact
    assert loaded.pixels.layers[0].weight.dtype == dtype
    assert loaded.pixels.scored == ()


def test_a_file_has_arrays_of_pixels_only_where_they_are_kept():
    with_pixels = artifact_bytes(pixel_artifact())
    named = [name for name in safetensors.numpy.load(with_pixels) if name.startswith("pixels")]
    layers = [f"pixels.layers.{number}.{name}" for number in (0, 1) for name in ("bias", "weight")]
    assert sorted(named) == ["pixels.images", *layers]
    assert record_in(with_pixels)["pixels"] == {"layers": 2, "scored": ["size", "thick"]}
    assert "pixels" not in record_in(artifact_bytes(make_artifact()))


def test_written_in_blocks_pixels_are_there_too(tmp_path):
    artifact = pixel_artifact()
    save_in_blocks(tmp_path / "probe.safetensors", artifact, in_memory(artifact.latents))
    assert (tmp_path / "probe.safetensors").read_bytes() == artifact_bytes(artifact)


def test_nobody_can_change_the_arrays():
    images, layers = make_images(), make_layers(42, 3)
    pixels = Pixels(images, layers, ())
    images[0, 0, 0] += 1
    assert pixels.images[0, 0, 0] == images[0, 0, 0] - 1
    for array in pixels.arrays().values():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_flipped_bit_in_any_of_some_bytes_is_refused(tmp_path):
    data = artifact_bytes(pixel_artifact(2, 2, 2, units=(2, 1)))
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 1 << (position % 8)
        refusal_of_file(tmp_path / "probe.safetensors", bytes(damaged))


def rewritten(artifact, change, **of_record):
    """The file of an artifact with some of its arrays and of its record exchanged, and with the right digest."""
    arrays = dict(safetensors.numpy.load(artifact_bytes(artifact)))
    content = {**record_in(artifact_bytes(artifact)), **of_record}
    del content["content_sha256"]
    arrays = change(arrays)
    content["content_sha256"] = _digest(content, {name: in_memory(array) for name, array in arrays.items()})
    record = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return safetensors.numpy.save(arrays, metadata={"bridge": record})


def without(name):
    return lambda arrays: {other: array for other, array in arrays.items() if other != name}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("pixels.images"), "KeyError: 'pixels.images'"),
        (without("pixels.layers.1.bias"), "KeyError: 'pixels.layers.1.bias'"),
        (lambda arrays: arrays | {"pixels.layers.2.bias": np.ones(3, np.float32)}, "does not have the SHA-256"),
        (lambda arrays: arrays | {"pixels.images": make_images(4)}, "there are 4 images and 5 samples; an image for"),
        (lambda arrays: arrays | {"pixels.images": make_images().astype(np.int16)}, "dtype int16; (N, height, width)"),
        (
            lambda arrays: arrays | {"pixels.layers.1.bias": np.full(3, np.nan, np.float32)},
            "`bias[0]` is NaN; only finite numbers convert exactly",
        ),
    ],
)
def test_a_file_whose_arrays_are_not_those_of_its_record_is_refused(tmp_path, change, message):
    assert message in refusal_of_file(tmp_path / "probe.safetensors", rewritten(pixel_artifact(), change))


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"layers": 1, "scored": []}, "the last layer has 4 outputs and the latents 3 dimensions"),
        ({"layers": 0, "scored": []}, "the encoder has no layers"),
        ({"layers": -1, "scored": []}, "the encoder has no layers"),
        ({"layers": 10**12, "scored": []}, "KeyError: 'pixels.layers.2.weight'"),
        ({"layers": "2", "scored": []}, "`layers` is '2'; int is required"),
        ({"layers": 2, "scored": "size"}, "`scored` is 'size'; tuple[str, ...] is required"),
        ({"layers": 2}, "the fields of StoredPixels are ['layers']"),
        (None, "does not have the SHA-256"),
    ],
    ids=str,
)
def test_a_file_with_a_wrong_record_of_pixels_is_refused(tmp_path, record, message):
    data = rewritten(pixel_artifact(), dict, pixels=record)
    assert message in refusal_of_file(tmp_path / "probe.safetensors", data)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"images": make_images()[0]},
            "the images have shape (6, 7) and dtype uint8; (N, height, width) and uint8, an integer from 0 to 255 for "
            "each pixel, are required; pass the 8-bit images",
        ),
        ({"images": make_images().astype(np.float32)}, "the images have shape (5, 6, 7) and dtype float32; "),
        ({"images": make_images()[:0]}, "the images have shape (0, 6, 7) and dtype uint8; "),
        ({"layers": ()}, "the encoder has no layers; at least one is required; pass those of the encoder"),
        (
            {"layers": make_layers(41, 4, 3)},
            "the first layer has 41 inputs and the images 6 · 7 = 42 pixels; an input for each pixel is required; pass "
            "the images that the encoder takes",
        ),
        (
            {"layers": (*make_layers(42, 4), *make_layers(5, 3))},
            "layer 0 of the encoder has 4 outputs and layer 1 5 inputs; as many are required; pass the layers in their "
            "order",
        ),
        (
            {"scored": ("slant",)},
            "`scored` is ('slant',); some of size, thick, each once, are required; leave the others out",
        ),
        ({"scored": ("size", "size")}, "`scored` is ('size', 'size'); some of size, thick, each once, are required"),
        ({"scored": ["size"]}, "`scored` is ['size']; tuple[str, ...] is required"),
    ],
)
def test_pixels_that_do_not_belong_together_are_refused(changed, message):
    assert refusal(dataclasses.replace, pixel_artifact().pixels, **changed).startswith(message)


@pytest.mark.parametrize(
    ("weight", "bias", "message"),
    [
        (
            np.ones((2, 3)),
            np.ones(3),
            "a layer has a weight of shape (2, 3) and a bias of shape (3,); (outputs, inputs) and (outputs,) are "
            "required; pass what belongs together",
        ),
        (np.ones(3), np.ones(3), "a layer has a weight of shape (3,) and"),
        (np.ones((0, 3)), np.ones(0), "a layer has a weight of shape (0, 3) and"),
        (np.ones((2, 0)), np.ones(2), "a layer has a weight of shape (2, 0) and"),
        (
            np.ones((2, 3), np.int32),
            np.ones(2),
            "the weight of a layer has dtype int32; floats of 16, 32 or 64 bits in native byte order are required; "
            "convert it first",
        ),
        (np.ones((2, 3)), np.ones(2, np.longdouble), "the bias of a layer has dtype "),
        (np.ones((2, 3)), np.array([0, np.inf]), "`bias[1]` is +inf; only finite numbers convert exactly; "),
    ],
)
def test_what_is_no_layer_is_refused(weight, bias, message):
    assert refusal(EncoderLayer, weight, bias).startswith(message)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"pixels": Pixels(make_images(4), make_layers(42, 3), ())}, "there are 4 images and 5 samples; an image for "),
        (
            {"pixels": Pixels(make_images(), make_layers(42, 4), ())},
            "the last layer has 4 outputs and the latents 3 dimensions; as many are required; pass the layers that the "
            "latents come from",
        ),
        (
            {"concept_names": ("size", "fat", "slant")},
            "the concept 'thick' is said to be scored from the pixels and has no scores; scores of it are required; "
            "leave it out",
        ),
    ],
)
def test_an_artifact_of_other_pixels_is_refused(changed, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        pixel_artifact(**changed)
