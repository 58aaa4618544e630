"""Compares what an export says of images and their encoder with these, number by number, without Lean.

Another image, another weight or another order of units makes another statement that may be true as well, and that Lean
accepts: so every pixel and every weight is compared, and where a unit or an image stands in the place of another one,
that is what is said.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bridge.base.words import counted
from bridge.base.workers import Workers
from bridge.check.compare_parts import compare_integers, compare_samples
from bridge.check.comparison import Comparison
from bridge.check.parts import ReadFiles
from bridge.check.pixels.computed import ComputedPixels, PixelFunctional
from bridge.check.pixels.network import PIXEL_BITS, IntegerLayer
from bridge.check.pixels.readback import ReadLayer, ReadPixelConcept, ReadPixels, ReadRealPixels
from bridge.check.reader import Literal, Place
from bridge.check.shards import digits_of, joined_literals, limb_widths

# Of an image, each pixel that differs is named if there are not more.
_MOST_PIXELS = 8
_LISTED = "listed"


def compare_pixels(
    comparison: Comparison, export: ReadFiles, read: ReadPixels, required: ComputedPixels, workers: Workers
) -> None:
    """Compare what was read with what must be stated, but for the real numbers.

    Args:
        comparison: what is found goes there.
        export: all that was read.
        read: what was read about images.
        required: what must be stated.
        workers: who goes through the packed digits.

    Raises:
        InputError: a file is another than it was when the export was read.
    """
    _encoder(comparison, read, required)
    _images(comparison, read, required)
    encoded = Comparison()
    files = replace(export, samples=read.encoded)
    compare_samples(encoded, files, required.encoded, required.form, (required.slot_bits(), None), workers)
    comparison.include(encoded, "encoded: ")
    _claim(comparison, read, required)
    block_count = -(-required.encoded.size // max(1, read.encoded.numbers.value("block_rows")))
    names = [(concept.name, each.name) for concept, each in zip(read.concepts, required.concepts, strict=False)]
    for name, value in names:
        comparison.same("from the pixels: the concept's name", name, value)
    if len(read.concepts) != len(required.concepts):
        found, wanted = f"{len(read.concepts)}", f"{len(required.concepts)}"
        comparison.differ(read.errors["epsilon"][0].place, "from the pixels: the concepts", found, wanted)
    for concept, each in zip(read.concepts, required.concepts, strict=False):
        _concept(comparison, concept, each, required, block_count)


def compare_real_pixels(
    comparison: Comparison, read: ReadRealPixels, required: PixelFunctional, of_all: ComputedPixels, place: Place
) -> None:
    """Compare what is claimed of a concept over the real numbers.

    Args:
        comparison: what is found goes there.
        read: what was read.
        required: what must be stated of the concept.
        of_all: what must be stated of all.
        place: where the concept begins.
    """
    name = f"{required.name} from the pixels"
    _same_score(comparison, f"{name} over the real numbers", read.counted, required.counted, place)
    height, width = of_all.images.shape[1:]
    for hole, what, value in (
        ("height", "the height of images", height),
        ("width", "the width of images", width),
        ("latent_dim", "the latent dimension", of_all.encoded.latent_dim),
        ("size", "the number of samples", of_all.encoded.size),
        ("column", "the score column", required.column),
    ):
        comparison.all_same(f"{name}: {what}", read.found.get(hole, ()), value)


def _encoder(comparison: Comparison, read: ReadPixels, required: ComputedPixels) -> None:
    layers = required.layers
    if len(read.layers) != len(layers):
        place = read.network["height"][0].place
        comparison.differ(place, "the layers of the encoder", str(len(read.layers)), str(len(layers)))
        return
    height, width = required.images.shape[1:]
    comparison.all_same("the encoder: the height of images", read.network["height"], height)
    comparison.all_same("the encoder: the width of images", read.network["width"], width)
    comparison.all_same("the encoder: the latent dimension", read.network["latent_dim"], layers[-1].outputs)
    comparison.each_same("the encoder: outputs", read.network["outputs"], [layer.outputs for layer in layers])
    inputs: Sequence[Literal[int]] = read.network.get("inputs", ())
    for number, (literal, layer) in enumerate(zip(inputs, layers[1:], strict=True), start=2):
        comparison.same(f"the encoder: the inputs of layer {number}", literal, layer.inputs)
    for number, (found, layer) in enumerate(zip(read.layers, layers, strict=True), start=1):
        _layer(comparison, f"layer {number}", found, layer)


def _layer(comparison: Comparison, name: str, read: ReadLayer, layer: IntegerLayer) -> None:
    bits = layer.field_bits * layer.outputs
    agreements = [
        comparison.same(f"{name}: {what}", read.numbers[hole][0], value)
        for hole, what, value in (
            ("inputs", "inputs", layer.inputs),
            ("outputs", "outputs", layer.outputs),
            ("exponent", "exponent", layer.exponent),
            ("weight_bits", "weightBits", layer.weight_bits),
            ("field_bits", "fieldBits", layer.field_bits),
            ("limb_bits", "limbBits", -(-bits // 4)),
        )
    ]
    sizes = [8] * (layer.inputs // 8) + [1] * (layer.inputs % 8 + 1)
    for number, (group, size) in enumerate(zip(read.groups, sizes, strict=False)):
        if len(group) != size:
            what = f"{name}: groups[{number}]"
            comparison.differ(group[0][0].place, what, counted(len(group), "column"), counted(size, "column"))
    columns = [column for group in read.groups for column in group]
    if len(columns) != layer.inputs + 1:
        comparison.differ(columns[-1][0].place, f"{name}: columns", f"{len(columns)} of them", str(layer.inputs + 1))
    if not all(agreements):
        return
    limb_bits, offset = read.numbers.value("limb_bits"), 1 << (layer.weight_bits - 1)
    found: list[list[int]] = []
    for number, literals in enumerate(columns[: layer.inputs + 1]):
        widths = limb_widths(bits, limb_bits, len(literals))
        packed = joined_literals(comparison, f"{name}: columns[{number}]", literals, widths)
        if packed is None:
            return
        comparison.compared += layer.outputs
        found.append([field - offset for field in digits_of(packed, layer.field_bits, layer.outputs)])
    required = list(layer.columns())[: len(found)]
    if found != required:
        _Layer(comparison, name, layer, columns, limb_bits).compare(found, required)


class _Layer:
    """Names how the weights of a layer differ."""

    def __init__(
        self,
        comparison: Comparison,
        name: str,
        layer: IntegerLayer,
        columns: Sequence[Sequence[Literal[int]]],
        limb_bits: int,
    ) -> None:
        self._comparison = comparison
        self._name = name
        self._layer = layer
        self._columns = columns
        self._limb_bits = limb_bits

    def compare(self, found: Sequence[Sequence[int]], required: Sequence[Sequence[int]]) -> None:
        """Name the inputs and the units that are exchanged with others, and of all others each weight that differs.

        Args:
            found: the integers of each column.
            required: those that must be there.
        """
        of_inputs = {tuple(column): number for number, column in enumerate(required[: self._layer.inputs])}
        rest = list(found)
        for number, (column, wanted) in enumerate(zip(found[: self._layer.inputs], required, strict=False)):
            other = of_inputs.get(tuple(column))
            if column != wanted and other is not None:
                self._differ(number, 0, f"the weights for input {number}", f"those for input {other}", "its own")
                rest[number] = wanted
        units, required_units = (list(zip(*columns, strict=True)) for columns in (rest, required))
        of_units = {unit: number for number, unit in enumerate(required_units)}
        for number, (unit, wanted) in enumerate(zip(units, required_units, strict=True)):
            other = of_units.get(unit)
            if unit != wanted and other is not None:
                what = f"the weights and the bias of unit {number}"
                self._differ(0, number, what, f"those of unit {other}", "its own")
            elif unit != wanted:
                self._unit(number, unit, wanted)

    def _unit(self, number: int, found: Sequence[int], required: Sequence[int]) -> None:
        for column, values in enumerate(zip(found, required, strict=True)):
            if values[0] != values[1]:
                is_bias = column == self._layer.inputs
                what = f"the bias of unit {number}" if is_bias else f"the weight of unit {number} for input {column}"
                here, wanted = (f"{value} / 2 ^ {self._layer.exponent}" for value in values)
                self._differ(column, number, what, here, wanted)

    def _differ(self, column: int, unit: int, what: str, found: str, required: str) -> None:
        """Record a difference, at the literal in which the field of a unit begins."""
        literals = self._columns[column]
        place = literals[min(unit * self._layer.field_bits // self._limb_bits, len(literals) - 1)].place
        self._comparison.differ(place, f"{self._name}: {what}", found, required)


def _images(comparison: Comparison, read: ReadPixels, required: ComputedPixels) -> None:
    count, height, width = required.images.shape
    comparison.same("images: count", read.images["count"][0], count)
    shape = [
        comparison.same("images: height", read.images["height"][0], height),
        comparison.same("images: width", read.images["width"][0], width),
    ]
    first = 0
    literals: list[Literal[int]] = []
    for number, chunk in enumerate(read.chunks, start=1):
        comparison.same(f"encodes{number}: the first image", chunk.numbers["first"][0], first)
        comparison.same(f"encodes{number}: the number of images", chunk.numbers["count"][0], len(chunk.images))
        first += len(chunk.images)
        literals += chunk.images
    comparison.count("images", literals, count)
    if not all(shape):
        return
    numbers = [int.from_bytes(image.tobytes(), "little") for image in required.images]
    comparison.compared += height * width * min(len(literals), count)
    for index, (literal, number) in enumerate(zip(literals, numbers, strict=False)):
        if literal.value != number:
            _image(comparison, index, literal, numbers, required.images[index])


def _image(
    comparison: Comparison, index: int, literal: Literal[int], numbers: Sequence[int], required: np.ndarray
) -> None:
    """Say how an image differs: that it is another one, or in which pixels."""
    what = f"images[{index}]"
    if literal.value in numbers:
        other = numbers.index(literal.value)
        comparison.differ(literal.place, what, f"the image of listed sample {other}", "its own")
        return
    if literal.value.bit_length() > PIXEL_BITS * required.size:
        found = f"{literal.value.bit_length()} bits"
        comparison.differ(literal.place, what, found, f"at most {PIXEL_BITS * required.size}")
        return
    pixels = np.frombuffer(literal.value.to_bytes(required.size, "little"), np.uint8).reshape(required.shape)
    places = np.argwhere(pixels != required).tolist()
    for row, column in places[:_MOST_PIXELS]:
        pixel = f"{what}: the pixel in row {row}, column {column}"
        comparison.differ(literal.place, pixel, str(pixels[row, column]), str(required[row, column]))
    if len(places) > _MOST_PIXELS:
        others = f"{counted(len(places) - _MOST_PIXELS, 'more pixel')} that are others"
        comparison.differ(literal.place, what, others, "its own")


def _claim(comparison: Comparison, read: ReadPixels, required: ComputedPixels) -> None:
    claim, errors = read.claim, read.errors
    height, width = required.images.shape[1:]
    comparison.all_same("pixelClaim: height", claim["height"], height)
    comparison.all_same("pixelClaim: width", claim["width"], width)
    place = claim["error_exponent"][0].place
    scored = [(column.value, kind.value) for column, kind in read.scored]
    comparison.compared += len(scored)
    if scored != required.scored:
        shown = (
            ", ".join(f"({column}, {kind})" for column, kind in pairs) or "none" for pairs in (scored, required.scored)
        )
        comparison.differ(read.scored[0][0].place if read.scored else place, "pixelClaim: scored", *shown)
    comparison.same("pixelClaim: errorExponent", claim["error_exponent"][0], required.error_exponent)
    comparison.each_same("pixelClaim: errors", claim["errors"], required.errors)
    comparison.each_same("ε", errors["epsilon"], required.epsilon)
    comparison.each_same("the sample that attains ε", errors["worst"], required.worst_samples)
    comparison.all_same("ε: the latent dimension", errors["latent_dim"], required.encoded.latent_dim)
    comparison.all_same("ε: the number of samples", errors["size"], required.encoded.size)


def _concept(
    comparison: Comparison, read: ReadPixelConcept, required: PixelFunctional, of_all: ComputedPixels, block_count: int
) -> None:
    name, found = f"{required.name} from the pixels", read.found
    _same_score(comparison, name, read.counted, required.counted, read.name.place)
    for sample, score, count in required.miscounted:
        what = f"{name}: the score of listed sample {sample}"
        comparison.differ(read.name.place, what, f"{score}", f"{count}, as is counted on its image")
    integers = Comparison()
    compare_integers(integers, read.integers, required, of_all.form.digit_bits)
    comparison.include(integers, "from the pixels: ")
    for hole, what, value in (
        ("size", "the number of samples", of_all.encoded.size),
        ("column", "the score column", required.column),
        ("delta", "δ", required.delta),
        ("first_block", "the first block", 0),
        ("block_count", "the number of blocks", block_count),
        ("worst_sample", "the sample that attains δ", required.worst_sample),
        ("attaining", "how many such samples are named", 1),
        ("total_place", "the place of the sample that attains δ", 0),
        ("place", "the place of the score among those that are proved", of_all.place(required)),
    ):
        comparison.all_same(f"{name}: {what}", found.get(hole, ()), value)


def _same_score(comparison: Comparison, name: str, read: Literal[str] | None, required: str, place: Place) -> None:
    """Compare what the scores of a concept are proved to be, if anything."""
    comparison.compared += 1
    found = read.value if read is not None else ""
    if found != required:
        comparison.differ(
            read.place if read is not None else place, f"{name}: its scores", found or _LISTED, required or _LISTED
        )
