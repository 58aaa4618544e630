"""The encoder over the rational numbers and the scores of images, as they are computed to compare an export."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.artifact.pixels import EncoderLayer
from bridge.check.pixels import network
from bridge.check.pixels.network import exact_values, integer_layers
from support.pixels import image_arrays, layers_for, make_images, make_layers, plain_latents, plain_size, plain_thick

# Two of sixteen pixels in a row fill a byte; others leave bits of one.
WIDTHS = (1, 3, 7, 8, 9, 16, 17)


@st.composite
def networks_with_images(draw):
    images = draw(image_arrays(samples=2, side=3))
    return draw(layers_for(images[0].size)), images


@given(networks_with_images())
def test_the_values_are_those_of_the_definition(given_network):
    layers, images = given_network
    integers = integer_layers(layers)
    values = exact_values(integers, images)
    scale = integers[-1].unit << integers[-1].exponent
    assert [[Fraction(value, scale) for value in row] for row in values] == [
        plain_latents(layers, image) for image in images
    ]


def test_sums_of_many_products_of_the_widest_pieces_are_exact():
    # All pieces of units and weights have ones alone, so that each sum of products is as large as it can be.
    count, ones = 2047, 2**53 - 1
    layers = [
        EncoderLayer(np.full((count, 1), float(ones)), np.zeros(count)),
        EncoderLayer(np.full((1, count), float(ones)), np.zeros(1)),
    ]
    assert exact_values(integer_layers(layers), np.ones((1, 1, 1), np.uint8)).tolist() == [[count * ones**2]]


def test_values_do_not_depend_on_how_many_images_are_computed_at_one_go(monkeypatch):
    images, layers = make_images(), integer_layers(make_layers(42, 4, 3))
    whole = exact_values(layers, images)
    monkeypatch.setattr(network, "_ENTRIES", 2 * 42)
    assert (exact_values(layers, images) == whole).all()


@given(networks_with_images())
def test_the_exponent_of_a_layer_is_the_least_over_which_it_is_integers(given_network):
    for layer in integer_layers(given_network[0]):
        numbers = [*layer.weights.flat, *layer.biases]
        assert layer.exponent == 0 or any(number % 2 for number in numbers)


@given(networks_with_images())
def test_the_width_of_weights_is_the_least_for_signed_integers(given_network):
    for layer in integer_layers(given_network[0]):
        numbers, half = [*layer.weights.flat, *layer.biases], 1 << (layer.weight_bits - 1)
        assert all(-half <= number < half for number in numbers)
        assert layer.weight_bits == 1 or not all(-half <= 2 * number < half for number in numbers)


@given(networks_with_images())
def test_a_field_holds_whatever_its_layer_gives_for_any_images(given_network):
    largest = 255
    for layer in integer_layers(given_network[0]):
        weight = 1 << (layer.weight_bits - 1)
        bound = weight * (layer.inputs * largest + layer.unit)
        assert bound < 1 << (layer.field_bits - 1)
        assert bound >= 1 << (layer.field_bits - 2)
        largest = (1 << layer.field_bits) - 1


def test_a_column_has_the_weights_of_an_input_and_the_last_the_biases():
    layer = EncoderLayer(np.array([[1.0, 2.0], [3.0, 4.5]]), np.array([5.0, -6.0]))
    assert list(integer_layers([layer])[0].columns()) == [[2, 6], [4, 9], [10, -12]]


@given(image_arrays(samples=1, side=5))
@example(np.full((1, 3, 3), 255, np.uint8))
@example(np.full((1, 1, 1), 127, np.uint8))
@example(np.full((1, 1, 1), 128, np.uint8))
def test_scores_are_those_of_the_definition(images):
    (image,) = images
    assert network.size(image) == plain_size(image)
    assert network.thick(image) == plain_thick(image)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_figure_at_a_border_has_nothing_beside_it_beyond(width):
    images = make_images(samples=4, height=3, width=width)
    images[0, :, -1] = images[1, :, 0] = 255
    assert list(map(network.thick, images)) == list(map(plain_thick, images))
