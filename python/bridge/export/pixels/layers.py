"""Packs the layers of an encoder into large natural numbers, in the layout of `Bridge.PackedLayer`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from bridge.artifact.pixels import EncoderLayer
from bridge.exact.dyadic import integers_at
from bridge.exact.network import WHITE, layer_exponent
from bridge.export.packing import COLUMN_LITERALS, GROUP_COLUMNS, PackedColumn, in_groups

# The width of a pixel.
PIXEL_BITS = 8


@dataclass(frozen=True)
class PackedLayer:
    """The weights and biases of a layer; the fields are those of `Bridge.PackedLayer` in Lean.

    Attributes:
        inputs: how many numbers each unit reads.
        outputs: how many units there are.
        exponent: e; weights and biases are integers / 2^e.
        weight_bits: b; such an integer is stored after adding 2^(b - 1), and has room in b bits then.
        field_bits: how wide a field of a column is, which has room for what a unit adds up.
        limb_bits: width of the first three literals of a column; the fourth has what is left.
        columns: one for each input, with a field for each unit, the first unit lowest; and one of the biases.
    """

    inputs: int
    outputs: int
    exponent: int
    weight_bits: int
    field_bits: int
    limb_bits: int
    columns: tuple[PackedColumn, ...]

    @property
    def group_sizes(self) -> tuple[int, ...]:
        """How many columns each group has: eight as long as there are so many inputs, then one."""
        eights, others = divmod(self.inputs, GROUP_COLUMNS)
        return (GROUP_COLUMNS,) * eights + (1,) * (others + 1)

    @property
    def groups(self) -> tuple[tuple[PackedColumn, ...], ...]:
        """All groups, and so all columns."""
        return in_groups(self.columns, self.group_sizes)


def packed_layers(layers: Sequence[EncoderLayer]) -> tuple[PackedLayer, ...]:
    """Pack the layers of an encoder, each with fields that have room for all that its inputs can be."""
    exponents = [layer_exponent(layer) for layer in layers]
    packed: list[PackedLayer] = []
    input_bits = PIXEL_BITS
    for layer, exponent, before in zip(layers, exponents, accumulate(exponents, initial=0), strict=False):
        # What stands for 1 among the inputs is 255 among pixels, and each layer makes it 2^e times as much.
        packed.append(_packed_layer(layer, exponent, input_bits, WHITE << before))
        input_bits = packed[-1].field_bits
    return tuple(packed)


def _packed_layer(layer: EncoderLayer, exponent: int, input_bits: int, unit: int) -> PackedLayer:
    weights = np.array(integers_at(layer.weight, exponent), object).reshape(layer.weight.shape)
    biases = integers_at(layer.bias, exponent)
    weight_bits = max(map(signed_bits, (weights.min(), weights.max(), min(biases), max(biases))))
    largest_sum = (layer.inputs * (2**input_bits - 1) + unit) << (weight_bits - 1)
    field_bits = largest_sum.bit_length() + 1
    limb_bits = -(-field_bits * layer.outputs // COLUMN_LITERALS)
    offset = 2 ** (weight_bits - 1)
    columns = (_limbs([entry + offset for entry in column], field_bits, limb_bits) for column in [*weights.T, biases])
    return PackedLayer(layer.inputs, layer.outputs, exponent, weight_bits, field_bits, limb_bits, tuple(columns))


def signed_bits(value: int) -> int:
    """The least b ≥ 1 such that an integer is at least -2^(b - 1) and less than 2^(b - 1)."""
    return int(value if value >= 0 else ~value).bit_length() + 1


def _limbs(fields: Sequence[int], field_bits: int, limb_bits: int) -> PackedColumn:
    """A column of fields as four literals, the lowest first."""
    number = int("".join(f"{field:0{field_bits}b}" for field in reversed(fields)), 2)
    first, second, third = _lowest(number, limb_bits, COLUMN_LITERALS - 1)
    return first, second, third, number >> (COLUMN_LITERALS - 1) * limb_bits


def _lowest(number: int, bits: int, count: int) -> Iterator[int]:
    return ((number >> bits * place) & ((1 << bits) - 1) for place in range(count))
