"""Exports of what is claimed of images and their encoder, and artifacts for them."""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bridge.artifact.coverage import Coverage
from bridge.artifact.pixels import EncoderLayer, Pixels
from bridge.artifact.record import ProbeArtifact
from bridge.base.resources import templates_folder
from bridge.export.asked import FROM_PIXELS, Asked
from bridge.export.certificate import Certificate, build_certificate
from bridge.export.render import render
from support.artifacts import make_artifact, stored
from support.pixels import image_arrays, layers_for, make_images, plain_latents, plain_size, plain_thick
from support.strategies import FLOAT_WIDTHS, finite_floats


def asked_from_pixels(coverage=Coverage.ALL, **options) -> Asked:
    """What an export is asked for."""
    return Asked.of(coverage, {f"--{name}": str(value) for name, value in options.items()} | {FROM_PIXELS: ""})


def certified_pixels(artifact: ProbeArtifact, coverage=Coverage.ALL) -> Certificate:
    """What is claimed of an artifact, its images and its encoder."""
    return build_certificate(artifact, asked_from_pixels(coverage))


def rendered_pixels(
    folder, artifact: ProbeArtifact, namespace="Generated", coverage=Coverage.ALL, **options
) -> dict[str, str]:
    """The text of each file of an export from pixels, the root first."""
    certificate = build_certificate(artifact, asked_from_pixels(coverage, **options))
    return dict(render(stored(folder, artifact), certificate, namespace=namespace, templates=templates_folder()))


def rounded_latents(layers, images):
    """What the layers give, rounded once at the end: the same on every machine, (N, d) float32."""
    return np.array([[np.float32(float(value)) for value in plain_latents(layers, image)] for image in images])


def plain_layers(*sizes, seed=0):
    """Layers of weights and biases that are multiples of 1/64 from -1 to 1."""
    random = np.random.default_rng(seed)
    numbers = [
        (random.integers(-64, 65, (outputs, inputs)), random.integers(-64, 65, outputs))
        for inputs, outputs in pairwise(sizes)
    ]
    return tuple(EncoderLayer(*((array / 64).astype(np.float32) for array in pair)) for pair in numbers)


def plain_artifact(samples=5, height=2, width=3, units=(4, 2), scored=("size", "thick"), **changed) -> ProbeArtifact:
    """An artifact of images whose numbers are the same on every machine, and of which all are simple fractions."""
    images = make_images(samples, height, width)
    layers = plain_layers(height * width, *units)
    weights = np.random.default_rng(1).integers(-64, 65, (units[-1] + 1, 3)) / 16
    content = {
        "latents": rounded_latents(layers, images),
        "scores": np.array([[plain_size(image), plain_thick(image), 0.5] for image in images], np.float32),
        "weights": weights.astype(np.float32),
        "concept_names": ("size", "thick", "slant"),
        "concept_units": ("pixels", "pixels", "radians"),
        "pixels": Pixels(images, layers, scored),
    }
    return make_artifact(samples, units[-1], 3, **{**content, **changed})


@st.composite
def pixel_artifacts(draw):
    """Small artifacts of any images and layers, with latents and weights of any finite floats."""
    images = draw(image_arrays())
    layers = draw(layers_for(images[0].size))
    dim, dtype = layers[-1].outputs, draw(st.sampled_from(list(FLOAT_WIDTHS)))
    elements = finite_floats(FLOAT_WIDTHS[dtype])
    scored = draw(st.sampled_from([(), ("thick",), ("size", "thick")]))
    others = draw(hnp.arrays(np.int8, len(images)))
    return make_artifact(
        len(images),
        dim,
        3,
        latents=draw(hnp.arrays(dtype, (len(images), dim), elements=elements)),
        scores=np.array(
            [[plain_thick(image), other, plain_size(image)] for image, other in zip(images, others, strict=True)],
            np.float64,
        ),
        weights=draw(hnp.arrays(dtype, (dim + 1, 3), elements=elements)),
        concept_names=("thick", "slant", "size"),
        pixels=Pixels(images, layers, scored),
    )
