"""The encoder over the rational numbers, and the scores that are counted from pixels."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bridge.exact import network
from bridge.exact.network import exact_latents, layer_exponent, size_of, thick_of
from bridge.sources.concepts.seed import concept_scores
from support.pixels import (
    float_latents,
    image_arrays,
    layers_for,
    make_images,
    make_layers,
    plain_latents,
    plain_size,
    plain_thick,
)


def fractions(latents):
    return [[Fraction(int(entry), latents.denominator) for entry in row] for row in latents.numerators]


@st.composite
def networks_with_images(draw):
    images = draw(image_arrays(samples=2, side=3))
    return draw(layers_for(images[0].size)), images


@given(networks_with_images())
def test_the_latents_are_those_of_the_definition(given_network):
    layers, images = given_network
    assert fractions(exact_latents(layers, images)) == [plain_latents(layers, image) for image in images]


@given(networks_with_images())
def test_the_denominator_is_255_times_a_power_of_two_of_the_layers(given_network):
    layers, images = given_network
    latents = exact_latents(layers, images)
    assert latents.exponent == sum(map(layer_exponent, layers))
    assert latents.denominator == 255 * 2**latents.exponent


@given(layers_for(2, most=1))
def test_the_exponent_of_a_layer_is_the_least_that_makes_integers(layers):
    (layer,) = layers
    numbers = [
        Fraction(*number.item().as_integer_ratio()) for array in (layer.weight, layer.bias) for number in array.flat
    ]
    exponent = layer_exponent(layer)
    assert all((number * 2**exponent).denominator == 1 for number in numbers)
    assert exponent == 0 or any((number * 2 ** (exponent - 1)).denominator != 1 for number in numbers)


def test_images_in_sections_have_the_same_latents(monkeypatch):
    layers, images = make_layers(42, 5, 3), make_images(7)
    whole = exact_latents(layers, images).numerators
    monkeypatch.setattr(network, "_ENTRIES", 42 * 3)
    assert (exact_latents(layers, images).numerators == whole).all()


def test_numerators_are_integers_of_python():
    latents = exact_latents(make_layers(42, 5, 3), make_images(2))
    assert {type(entry) for entry in latents.numerators.flat} == {int}


def test_latents_in_float32_are_near_the_exact_ones():
    layers, images = make_layers(784, 256, 8), make_images(40, 28, 28)
    exact = exact_latents(layers, images)
    linears = [torch.nn.Linear(layer.inputs, layer.outputs) for layer in layers]
    for linear, layer in zip(linears, layers, strict=True):
        linear.load_state_dict({"weight": torch.tensor(layer.weight), "bias": torch.tensor(layer.bias)})
    module = torch.nn.Sequential(torch.nn.Flatten(), linears[0], torch.nn.ReLU(), linears[1])
    with torch.no_grad():
        latents = module(torch.from_numpy(images).float() / 255).double().numpy()
    error = np.abs(latents - (exact.numerators / exact.denominator).astype(float)).max()
    assert 0 < error < 1e-4
    assert np.abs(float_latents(layers, images, np.float64) - latents).max() < 1e-4


@given(image_arrays(samples=2, side=6))
def test_size_and_thick_are_counted_as_defined(images):
    assert size_of(images).tolist() == list(map(plain_size, images))
    assert thick_of(images).tolist() == list(map(plain_thick, images))


@pytest.mark.parametrize("kind", ["noise", "all grey levels", "edges"])
def test_size_and_thick_are_the_concepts_of_the_float_images(kind):
    images = {
        "noise": make_images(20, 28, 28),
        "all grey levels": np.arange(256, dtype=np.uint8)[:, None, None] * (np.arange(784).reshape(28, 28) % 97 == 0),
        "edges": np.array([np.pad(np.full((26, 26), 255), 1), np.eye(28) * 255, np.full((28, 28), 255)]),
    }[kind].astype(np.uint8)
    scores = concept_scores((torch.from_numpy(images).float() / 255).unsqueeze(1))
    assert size_of(images).tolist() == scores[:, 0].tolist()
    assert thick_of(images).tolist() == scores[:, 1].tolist()


def test_a_pixel_of_128_is_ink_and_one_of_127_is_not():
    images = np.array([[[127, 0]], [[128, 0]]], np.uint8)
    assert size_of(images).tolist() == [0, 1]
    assert thick_of(images).tolist() == [0, 1]
