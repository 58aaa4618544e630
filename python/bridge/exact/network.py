"""An encoder of images over the rational numbers: affine maps with ReLU between them, on pixels that are integers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import flint
import numpy as np

from bridge.base.arrays import frozen, require_finite
from bridge.base.errors import InputError
from bridge.base.record_types import require_field_types
from bridge.exact.dyadic import integers_at, least_exponent

WHITE = 255
"""The pixel that stands for 1: the input of the network is k/255 for the pixel k."""

# Pixels and units of the images that are worked on at one go.
_ENTRIES = 2**20

_FLOATS = (np.float16, np.float32, np.float64)

# The least k with k/255 > 1/2.
_INK = 128


@dataclass(frozen=True, eq=False)
class EncoderLayer:
    """An affine map x ↦ weight · x + bias.

    Attributes:
        weight: (outputs, inputs) finite floats of 16, 32 or 64 bits.
        bias: (outputs,) of the same types.

    Raises:
        InputError: on construction, if shapes, types or values are not as stated.
    """

    weight: np.ndarray
    bias: np.ndarray

    def __post_init__(self) -> None:
        require_field_types(self)
        if self.weight.ndim != 2 or 0 in self.weight.shape or self.bias.shape != self.weight.shape[:1]:
            raise InputError(
                f"a layer has a weight of shape {self.weight.shape} and a bias of shape {self.bias.shape}; (outputs, "
                "inputs) and (outputs,) are required; pass what belongs together"
            )
        for name in ("weight", "bias"):
            array = getattr(self, name)
            if array.dtype not in _FLOATS:
                raise InputError(
                    f"the {name} of a layer has dtype {array.dtype}; floats of 16, 32 or 64 bits in native byte order "
                    "are required; convert it first"
                )
            require_finite(array, name)
            object.__setattr__(self, name, frozen(array))

    @property
    def outputs(self) -> int:
        """How many units there are."""
        return len(self.weight)

    @property
    def inputs(self) -> int:
        """How many numbers each of them reads."""
        return int(self.weight.shape[1])


@dataclass(frozen=True, eq=False)
class ExactLatents:
    """What an encoder gives over the rational numbers: latent (i, j) is `numerators[i, j] / denominator`.

    Attributes:
        numerators: (N, d) integers of Python.
        denominator: 255 · 2^exponent.
        exponent: the sum of the layers' exponents.
    """

    numerators: np.ndarray
    denominator: int
    exponent: int


def layer_exponent(layer: EncoderLayer) -> int:
    """The least e ≥ 0 such that all weights and biases of a layer are integers over 2^e."""
    return max(least_exponent(layer.weight), least_exponent(layer.bias))


def exact_latents(layers: Sequence[EncoderLayer], images: np.ndarray) -> ExactLatents:
    """Evaluate an encoder without rounding, with memory for a section of the images beside the layers.

    Args:
        layers: affine maps, of which each takes what the one before gives, with ReLU between them and none behind the
            last; the first takes k/255 for each pixel k, row after row.
        images: (N, height, width) uint8.
    """
    exponents = list(map(layer_exponent, layers))
    maps = [_IntegerMap.of(layer, exponent) for layer, exponent in zip(layers, exponents, strict=True)]
    numerators = np.empty((len(images), maps[-1].weight.nrows()), object)
    for start, stop in _sections(images, maps):
        pixels = images[start:stop].reshape(stop - start, -1).T
        values = flint.fmpz_mat(len(pixels), stop - start, pixels.ravel().tolist())
        denominator = WHITE
        for number, (layer, exponent) in enumerate(zip(maps, exponents, strict=True)):
            values = layer.applied(_relu(values) if number else values, denominator)
            denominator <<= exponent
        numerators[start:stop] = np.array(_entries(values), object).reshape(-1, stop - start).T
    total = sum(exponents)
    return ExactLatents(numerators, WHITE << total, total)


def size_of(images: np.ndarray) -> np.ndarray:
    """The score `size`: how many pixels k have k/255 > 1/2.

    Args:
        images: (N, height, width) uint8.

    Returns:
        (N,) int64.
    """
    count: np.ndarray = _ink(images).sum(axis=(1, 2), dtype=np.int64)
    return count


def thick_of(images: np.ndarray) -> np.ndarray:
    """The score `thick`: how many pixels k have k/255 ≤ 1/2, and one of the up to eight beside it has not.

    Args:
        images: (N, height, width) uint8.

    Returns:
        (N,) int64.
    """
    ink = _ink(images)
    framed = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    height, width = images.shape[1:]
    dilated = np.zeros_like(ink)
    for row in range(3):
        for column in range(3):
            dilated |= framed[:, row : row + height, column : column + width]
    count: np.ndarray = (dilated & ~ink).sum(axis=(1, 2), dtype=np.int64)
    return count


PIXEL_SCORES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {"size": size_of, "thick": thick_of}
"""The concepts whose scores follow from the pixels alone, by whole numbers."""


@dataclass(frozen=True, eq=False)
class _IntegerMap:
    """A layer times 2^e."""

    weight: flint.fmpz_mat
    bias: list[int]

    @classmethod
    def of(cls, layer: EncoderLayer, exponent: int) -> "_IntegerMap":
        outputs, inputs = layer.weight.shape
        weight = flint.fmpz_mat(outputs, inputs, integers_at(layer.weight, exponent))
        return cls(weight, integers_at(layer.bias, exponent))

    def applied(self, units: flint.fmpz_mat, denominator: int) -> flint.fmpz_mat:
        """The numerators that it gives, over 2^e times the denominator of those that it is given, a column an image."""
        ones = flint.fmpz_mat(1, units.ncols(), [denominator] * units.ncols())
        return self.weight * units + flint.fmpz_mat(len(self.bias), 1, self.bias) * ones


def _sections(images: np.ndarray, maps: Sequence[_IntegerMap]) -> Iterator[tuple[int, int]]:
    widest = max(maps[0].weight.ncols(), *(layer.weight.nrows() for layer in maps))
    height = max(1, _ENTRIES // widest)
    for start in range(0, len(images), height):
        yield start, min(start + height, len(images))


def _relu(values: flint.fmpz_mat) -> flint.fmpz_mat:
    return flint.fmpz_mat(values.nrows(), values.ncols(), [max(entry, 0) for entry in _entries(values)])


def _entries(values: flint.fmpz_mat) -> list[int]:
    return list(map(int, values.entries()))


def _ink(images: np.ndarray) -> np.ndarray:
    return images >= _INK
