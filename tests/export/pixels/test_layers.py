"""How the layers of an encoder are packed: its numbers exactly, in fields that have room for what a unit adds up."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.artifact.pixels import EncoderLayer
from bridge.export.pixels.layers import packed_layers, signed_bits
from support.packed_model import pack
from support.pixels import layers_for, make_layers
from support.problems import fraction


def fields(layer, column):
    """What a column holds, unit by unit."""
    number = pack(2**layer.limb_bits, layer.columns[column])
    assert number < 2 ** (layer.field_bits * layer.outputs)
    return [(number >> layer.field_bits * unit) % 2**layer.field_bits for unit in range(layer.outputs)]


def entries(layer, column):
    """The weights of an input, or the biases, unit by unit."""
    offset = 2 ** (layer.weight_bits - 1)
    return [Fraction(field - offset, 2**layer.exponent) for field in fields(layer, column)]


@given(st.integers(1, 9).flatmap(layers_for))
def test_the_columns_are_the_weights_of_each_input_and_then_the_biases(layers):
    for layer, packed in zip(layers, packed_layers(layers), strict=True):
        assert [entries(packed, column) for column in range(packed.inputs)] == [
            list(map(fraction, weights)) for weights in layer.weight.T
        ]
        assert entries(packed, packed.inputs) == list(map(fraction, layer.bias))
        assert len(packed.columns) == packed.inputs + 1


@given(st.integers(1, 9).flatmap(layers_for))
def test_exponents_and_integers_are_as_small_as_they_can_be(layers):
    for layer, packed in zip(layers, packed_layers(layers), strict=True):
        numbers = [*map(fraction, layer.weight.ravel()), *map(fraction, layer.bias)]
        assert any((number * 2**packed.exponent) % 2 == 1 for number in numbers) or packed.exponent == 0
        integers = [number * 2**packed.exponent for number in numbers]
        half = 2 ** (packed.weight_bits - 1)
        assert all(-half <= integer < half for integer in integers)
        assert packed.weight_bits == 1 or not all(-half <= 2 * integer < half for integer in integers)


def largest_sum(layer, input_bits, unit):
    """What a unit adds up at most, with the offset of each weight."""
    return 2 ** (layer.weight_bits - 1) * (layer.inputs * (2**input_bits - 1) + unit)


@given(st.integers(1, 9).flatmap(layers_for))
def test_a_field_is_the_narrowest_with_room_below_its_highest_bit_for_what_a_unit_adds_up(layers):
    packed, unit, input_bits = packed_layers(layers), 255, 8
    for layer in packed:
        assert 2 ** (layer.field_bits - 2) <= largest_sum(layer, input_bits, unit) < 2 ** (layer.field_bits - 1)
        input_bits, unit = layer.field_bits, unit * 2**layer.exponent


def test_four_literals_share_a_column():
    for layer in packed_layers(make_layers(6, 5, 3)):
        assert layer.limb_bits == -(-layer.field_bits * layer.outputs // 4)
        assert all(literal < 2**layer.limb_bits for column in layer.columns for literal in column)


@pytest.mark.parametrize(
    ("inputs", "sizes"), [(1, [1, 1]), (7, [1] * 8), (8, [8, 1]), (9, [8, 1, 1]), (16, [8, 8, 1]), (17, [8, 8, 1, 1])]
)
def test_columns_of_inputs_are_in_groups_of_eight_as_long_as_there_are_so_many(inputs, sizes):
    (layer,) = packed_layers(make_layers(inputs, 2))
    assert list(layer.group_sizes) == sizes
    assert tuple(column for group in layer.groups for column in group) == layer.columns


@pytest.mark.parametrize(
    ("value", "bits"), [(0, 1), (-1, 1), (1, 2), (-2, 2), (2, 3), (-3, 3), (127, 8), (-128, 8), (128, 9), (-129, 9)]
)
def test_the_bits_of_an_integer_are_those_of_twos_complement(value, bits):
    assert signed_bits(value) == bits


def test_a_layer_of_zeros_has_fields_with_nothing_in_them():
    (layer,) = packed_layers([EncoderLayer(np.zeros((2, 3), np.float32), np.zeros(2, np.float32))])
    assert (layer.exponent, layer.weight_bits) == (0, 1)
    assert [fields(layer, column) for column in range(4)] == [[1, 1]] * 4


def test_what_stands_for_one_behind_a_layer_grows_by_its_exponent():
    layers = packed_layers(make_layers(6, 5, 4, 3))
    assert all(after.field_bits > before.field_bits for before, after in pairwise(layers))
