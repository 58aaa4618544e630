"""Artifacts of images: small ones with strokes, and networks of any floats; and their values by the definition."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bridge.artifact.pixels import EncoderLayer, Pixels
from bridge.artifact.record import ProbeArtifact
from support.artifacts import make_artifact
from support.problems import fraction
from support.strategies import FLOAT_WIDTHS, extreme_floats, finite_floats


def make_images(samples=5, height=6, width=7, seed=0):
    """Images of which about half of the pixels are black and the others anything, (N, height, width) uint8."""
    random = np.random.default_rng(seed)
    shape = (samples, height, width)
    return (random.integers(0, 256, shape) * random.integers(0, 2, shape)).astype(np.uint8)


def make_layers(*sizes, dtype=np.float32, seed=0):
    """Layers of so many units, the first of which are the inputs, with weights such as training begins with."""
    random = np.random.default_rng(seed)
    return tuple(
        EncoderLayer(
            (random.normal(size=(outputs, inputs)) / np.sqrt(inputs)).astype(dtype),
            (random.normal(size=outputs) / 4).astype(dtype),
        )
        for inputs, outputs in pairwise(sizes)
    )


def float_latents(layers, images, dtype=np.float32):
    """What the layers give in floating-point numbers, (N, d)."""
    values = images.reshape(len(images), -1).astype(dtype) / dtype(255)
    for number, layer in enumerate(layers):
        values = (np.maximum(values, 0) if number else values) @ layer.weight.T.astype(dtype) + layer.bias.astype(dtype)
    return values


def plain_size(image):
    """How many pixels are more than half white, counted one by one."""
    return sum(Fraction(int(pixel), 255) > Fraction(1, 2) for pixel in image.ravel())


def plain_thick(image):
    """How many others have such a pixel beside them, counted one by one."""
    height, width = image.shape

    def ink(row, column):
        return 0 <= row < height and 0 <= column < width and 2 * int(image[row, column]) > 255

    around = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return sum(
        not ink(row, column) and any(ink(row + down, column + right) for down, right in around)
        for row in range(height)
        for column in range(width)
    )


def plain_latents(layers, image):
    """What the layers give for an image over the rational numbers, one `Fraction` at a time."""
    values = [Fraction(int(pixel), 255) for pixel in image.ravel()]
    for number, layer in enumerate(layers):
        inputs = [max(value, Fraction(0)) for value in values] if number else values
        values = [
            sum((fraction(weight) * value for weight, value in zip(row, inputs, strict=True)), fraction(bias))
            for row, bias in zip(layer.weight, layer.bias, strict=True)
        ]
    return values


def pixel_artifact(samples=5, height=6, width=7, units=(4, 3), scored=("size", "thick"), **changed) -> ProbeArtifact:
    """An artifact whose latents and scores are those of images, with a third concept that is not of the pixels."""
    images = make_images(samples, height, width)
    layers = make_layers(height * width, *units)
    scores = np.array([[plain_size(image), plain_thick(image), 0.5] for image in images], np.float32)
    content = {
        "latents": float_latents(layers, images),
        "scores": scores,
        "concept_names": ("size", "thick", "slant"),
        "pixels": Pixels(images, layers, scored),
    }
    return make_artifact(samples, units[-1], 3, **{**content, **changed})


@st.composite
def image_arrays(draw, samples=3, side=4):
    """A few images of any height and width."""
    shape = draw(st.tuples(st.integers(1, samples), st.integers(1, side), st.integers(1, side)))
    pixels = st.integers(0, 255) | st.sampled_from([0, 127, 128, 255])
    return draw(hnp.arrays(np.uint8, shape, elements=pixels))


@st.composite
def layers_for(draw, inputs, most=3, units=3):
    """A few layers of any types and any finite floats, of which the first has so many inputs."""
    layers = []
    for _ in range(draw(st.integers(1, most))):
        outputs = draw(st.integers(1, units))
        arrays = []
        for shape in ((outputs, inputs), (outputs,)):
            dtype = draw(st.sampled_from(list(FLOAT_WIDTHS)))
            elements = draw(st.sampled_from([finite_floats(FLOAT_WIDTHS[dtype]), extreme_floats(dtype)]))
            arrays.append(draw(hnp.arrays(dtype, shape, elements=elements)))
        layers.append(EncoderLayer(*arrays))
        inputs = outputs
    return tuple(layers)
