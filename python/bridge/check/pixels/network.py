"""An encoder over the rational numbers, and what is counted on images, computed in another way than the export does.

The weights are integers over a power of two, and so are the values of all units, times 255.  Integers are cut into
pieces that are so short that floating-point numbers of 64 bits hold every sum of products of two pieces, whatever the
order in which it is added up; so their matrices are multiplied as such, without rounding anything, and what comes out
is put together from Python's integers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bridge.artifact.pixels import EncoderLayer
from bridge.check.listed import exponent_of, over, ratios

WHITE = 255
PIXEL_BITS = 8

# The least pixel of a figure.
_INK = 128
# Floating-point numbers of 64 bits hold all integers up to 2^53.
_FLOAT_BITS = 53
# Units and images that are computed at one go.
_ENTRIES = 2**20


@dataclass(frozen=True, eq=False)
class IntegerLayer:
    """A layer as integers over a power of two, and how it is packed.

    Attributes:
        weights: (outputs, inputs) Python's integers.
        biases: (outputs,) the same.
        exponent: the least power of two over which all of them are integers.
        weight_bits: the least width for which all of them are signed integers.
        field_bits: the least width for which so are the values of its units, for any images whatever, at the scale of
            which `unit` is one.
        unit: what one is for its inputs: 255 times the powers of two of all layers before.
    """

    weights: np.ndarray
    biases: np.ndarray
    exponent: int
    weight_bits: int
    field_bits: int
    unit: int

    @property
    def inputs(self) -> int:
        """How many numbers each unit reads."""
        return int(self.weights.shape[1])

    @property
    def outputs(self) -> int:
        """How many units there are."""
        return len(self.weights)

    def columns(self) -> Iterator[list[int]]:
        """The weights of each input, and the biases last."""
        for column in self.weights.T:
            yield column.tolist()
        yield self.biases.tolist()


def integer_layers(layers: Sequence[EncoderLayer]) -> tuple[IntegerLayer, ...]:
    """The layers of an encoder as integers."""
    found: list[IntegerLayer] = []
    unit, input_bits = WHITE, PIXEL_BITS
    for layer in layers:
        weights, biases = ratios(layer.weight.ravel()), ratios(layer.bias)
        exponent = max(exponent_of(weights), exponent_of(biases))
        integers = [over(weights, exponent), over(biases, exponent)]
        # Of a signed integer of b bits, the size, or for negative ones the size less one, has b - 1.
        weight_bits = 1 + max((value if value >= 0 else ~value).bit_length() for part in integers for value in part)
        largest = (layer.inputs * ((1 << input_bits) - 1) + unit) << (weight_bits - 1)
        input_bits = largest.bit_length() + 1
        found.append(
            IntegerLayer(
                _objects(integers[0]).reshape(layer.weight.shape),
                _objects(integers[1]),
                exponent,
                weight_bits,
                input_bits,
                unit,
            )
        )
        unit <<= exponent
    return tuple(found)


def exact_values(layers: Sequence[IntegerLayer], images: np.ndarray) -> np.ndarray:
    """What an encoder gives: its layers one after the other, with ReLU between them.

    Args:
        layers: those of the encoder.
        images: (N, height, width) uint8.

    Returns:
        (N, d) Python's integers, over the `unit` of the last layer times the power of two of its weights.
    """
    values = np.empty((len(images), layers[-1].outputs), object)
    pieces = [_Pieces.of(layer) for layer in layers]
    height = max(1, _ENTRIES // max(layers[0].inputs, *(layer.outputs for layer in layers)))
    for start in range(0, len(images), height):
        units = images[start : start + height].reshape(-1, layers[0].inputs).astype(object)
        for number, (layer, weights) in enumerate(zip(layers, pieces, strict=True)):
            if number:
                units = np.where(units > 0, units, 0)
            units = weights.times(units) + layer.unit * layer.biases
        values[start : start + height] = units
    return values


def size(image: np.ndarray) -> int:
    """How many pixels are 128 or more."""
    return sum(row.bit_count() for row in _rows(image))


def thick(image: np.ndarray) -> int:
    """How many pixels are less than 128, and one of the eight around is not."""
    rows, all_bits = _rows(image), (1 << image.shape[1]) - 1
    wide = [0, *((row | row << 1 | row >> 1) & all_bits for row in rows), 0]
    around = (above | row | below for above, row, below in zip(wide, wide[1:], wide[2:], strict=False))
    return sum((near & ~row).bit_count() for near, row in zip(around, rows, strict=True))


def _rows(image: np.ndarray) -> list[int]:
    """The pixels of a figure, each a bit of the number of its row, the first the lowest."""
    packed = np.packbits(image >= _INK, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


@dataclass(frozen=True, eq=False)
class _Pieces:
    """The weights of a layer in pieces: their sum, each over its power of two, is the matrix.

    Attributes:
        matrices: (inputs, outputs) floats of 64 bits for each piece, which are integers.
        bits: how wide these are, in size.
        unit_bits: how wide the pieces are that they can be multiplied with.
    """

    matrices: list[np.ndarray]
    bits: int
    unit_bits: int

    @classmethod
    def of(cls, layer: IntegerLayer) -> "_Pieces":
        """The pieces of a layer, half as wide as what floating-point numbers hold beside the sum over all inputs."""
        bits = (_FLOAT_BITS - layer.inputs.bit_length()) // 2
        return cls(_in_pieces(layer.weights.T, bits), bits, bits)

    def times(self, units: np.ndarray) -> np.ndarray:
        """The products of (n, inputs) integers with the weights, (n, outputs)."""
        pieces = _in_pieces(units, self.unit_bits)
        product = np.zeros((len(units), self.matrices[0].shape[1]), object)
        for number, piece in enumerate(pieces):
            for place, matrix in enumerate(self.matrices):
                # Every partial sum of its entries is an integer below 2^53.
                part = (piece @ matrix).astype(np.int64).astype(object)
                product += part << (number * self.unit_bits + place * self.bits)
        return product


def _in_pieces(integers: np.ndarray, bits: int) -> list[np.ndarray]:
    """Integers in pieces of so many bits with the sign of the whole, lowest first, as floats."""
    signs = np.where(integers < 0, -1.0, 1.0)
    left = np.abs(integers)
    pieces: list[np.ndarray] = []
    while not pieces or left.any():
        pieces.append((left & ((1 << bits) - 1)).astype(np.float64) * signs)
        left = left >> bits
    return pieces


def _objects(integers: Sequence[int]) -> np.ndarray:
    array = np.empty(len(integers), object)
    array[:] = integers
    return array
