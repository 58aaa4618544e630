"""Draws from-pixels.svg: how Lean's kernel runs a tiny encoder on an image, and what it compares.

The layers are packed by the code that writes exports, and every step is the operation on large numbers that Lean's
kernel does.  `python -m docs.from_pixels` writes the picture anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from bridge.artifact.pixels import EncoderLayer
from bridge.exact.network import WHITE
from bridge.export.pixels.layers import PIXEL_BITS, PackedLayer, packed_layers
from docs.canvas import MARGIN, Canvas

PICTURE = Path(__file__).with_name("from-pixels.svg")

IMAGE = np.array([[0, 51], [255, 102]], np.uint8)
LAYERS = (
    EncoderLayer(np.array([[1, 2, -1, 0], [0, 1, 1, -1], [-2, 0, 1, 1]], np.float32), np.array([0, 0, 1], np.float32)),
    EncoderLayer(np.array([[1, 1, -1], [2, -1, 1]], np.float32), np.array([1, 0], np.float32)),
)

_ROW, _LEFT, _RIGHT = 26, 126, 464
_STYLES = """\
.digit, .code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 15px; }
.digit, .label { text-anchor: middle; }
.label { font-style: italic; }
.slot { fill: none; }"""


@dataclass(frozen=True)
class LayerSteps:
    """The numbers that the kernel computes for a layer; each is one large number, here as its fields.

    Attributes:
        columns: for each input, and the biases last, the stored integers, with a 1 above them.
        products: the sum of the columns times their inputs: what the units add up, and above that the sum of inputs.
        sums: the same without what the offset adds, plus the highest bit of a field.
        top: that bit, which is set unless a unit is negative.
    """

    columns: tuple[tuple[int, ...], ...]
    products: tuple[int, ...]
    sums: tuple[int, ...]
    top: int

    @property
    def relued(self) -> tuple[int, ...]:
        """The units after ReLU: where the highest bit is set, what is below it."""
        return tuple(value - self.top if value & self.top else 0 for value in self.sums)


@dataclass(frozen=True)
class Steps:
    """The numbers of the picture: of both layers, and the latents, which are integers over 255."""

    literal: int
    first: LayerSteps
    last: LayerSteps
    latents: tuple[Fraction, ...]
    errors: tuple[Fraction, ...]


def steps() -> Steps:
    """What `Bridge.PixelClaim.check` computes for the image."""
    literal = sum(int(pixel) << (PIXEL_BITS * place) for place, pixel in enumerate(IMAGE.ravel()))
    first, last = packed_layers(LAYERS)
    hidden = _layer_steps(first, literal, PIXEL_BITS, WHITE)
    inputs = sum(value << (first.field_bits * unit) for unit, value in enumerate(hidden.relued))
    values = _layer_steps(last, inputs, first.field_bits, WHITE << first.exponent)
    scale = WHITE << (first.exponent + last.exponent)
    latents = tuple(Fraction(value - values.top, scale) for value in values.sums)
    listed = [Fraction(float(np.float32(float(latent)))) for latent in latents]
    return Steps(literal, hidden, values, latents, tuple(abs(a - b) for a, b in zip(listed, latents, strict=True)))


def _layer_steps(layer: PackedLayer, packed_inputs: int, input_bits: int, unit: int) -> LayerSteps:
    field, tag = layer.field_bits, 1 << (layer.field_bits * layer.outputs)
    ones = sum(1 << (field * place) for place in range(layer.outputs))
    columns = [sum(limb << (layer.limb_bits * place) for place, limb in enumerate(each)) for each in layer.columns]
    total = 0
    for place in range(layer.inputs):
        total += ((packed_inputs >> (input_bits * place)) & ((1 << input_bits) - 1)) * (columns[place] + tag)
    total += unit * (columns[-1] + tag)
    top = 1 << (field - 1)
    offset = (total >> (field * layer.outputs)) << (layer.weight_bits - 1)
    sums = (total & (tag - 1)) + top * ones - offset * ones

    def fields(number: int, above: bool) -> tuple[int, ...]:
        low = tuple((number >> (field * place)) & ((1 << field) - 1) for place in range(layer.outputs))
        return (*low, number >> (field * layer.outputs)) if above else low

    return LayerSteps(
        columns=tuple(fields(column + tag, above=True) for column in columns),
        products=fields(total, above=True),
        sums=fields(sums, above=False),
        top=top,
    )


class _Picture(Canvas):
    """Numbers, field by field."""

    def box(self, x: float, width: float, text: str, style: str, text_style: str = "digit") -> None:
        self.shapes.append(f'<rect class="{style}" x="{x:g}" y="{self.y}" width="{width:g}" height="{_ROW - 4}"/>')
        self.text(x + width / 2, text, text_style)

    def number(self, label: str, fields: Sequence[int | str], above: str = "") -> None:
        """A large number, its lowest field on the right, each field with the colour of its unit."""
        self.text(MARGIN, label, "name")
        width = (_RIGHT - _LEFT) / 4
        for unit, field in enumerate(fields):
            self.box(_RIGHT - (unit + 1) * width, width, _signed(field), f"unit{unit}")
        if above:
            self.box(_RIGHT - (len(fields) + 1) * width, width, above, "slot")
        self.y += _ROW

    def names(self, *names: str) -> None:
        """What the fields of the next numbers are of, the lowest first."""
        width = (_RIGHT - _LEFT) / 4
        for place, name in enumerate(names):
            self.text(_RIGHT - (place + 0.5) * width, name, "label")
        self.y += _ROW - 4

    def pixels(self, literal: int) -> None:
        side = 44
        for (row, column), pixel in np.ndenumerate(IMAGE):
            x, y = MARGIN + column * side, self.y + row * side
            ink = "#ffffff" if pixel < WHITE // 2 else "#111111"
            self.shapes.append(
                f'<rect x="{x}" y="{y}" width="{side}" height="{side}" fill="rgb({pixel} {pixel} {pixel})" '
                'class="pixel"/>'
            )
            self.shapes.append(
                f'<text class="digit" style="fill: {ink}" x="{x + side / 2:g}" y="{y + 27}">{pixel}</text>'
            )
        self.y += 16
        self.text(_LEFT, "as one number, in hexadecimal:")
        self.y += 26
        digits = f"{literal:0{2 * IMAGE.size}x}"
        self.text(_LEFT, " ".join(digits[at : at + 2] for at in range(0, len(digits), 2)), "code")
        self.y += 2 * side - 42


def _signed(value: int | str) -> str:
    return f"{value}".replace("-", "\N{MINUS SIGN}")


def _decimal(value: Fraction) -> str:
    """About so much, as people write it."""
    digits, power = f"{float(value):.1e}".split("e")
    return f"{digits} · 10{str(int(power)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def drawing() -> str:
    """The picture, as SVG."""
    done = steps()
    first, _ = packed_layers(LAYERS)
    offset, inputs = 1 << (first.weight_bits - 1), done.first.products[-1]
    latents = " and ".join(_signed(str(latent)) for latent in done.latents)
    canvas = _Picture()
    canvas.heading("1  The image", "2 × 2 pixels k; the encoder is given k/255.")
    canvas.pixels(done.literal)
    canvas.heading(
        "2  A column for each pixel",
        f"It has the weights of all units for that pixel, each plus {offset},",
        "and above them a 1 that counts inputs.  The last has the biases.",
    )
    canvas.names("unit 0", "unit 1", "unit 2", "inputs")
    for label, column in zip(("pixel 0", "pixel 1", "pixel 2", "pixel 3", "biases"), done.first.columns, strict=True):
        canvas.number(label, column[:-1], str(column[-1]))
    _, second, third, _ = IMAGE.ravel()
    canvas.heading(
        "3  A multiplication for each pixel, for all units at once",
        f"{second} · pixel 1 + {third} · pixel 2 + … + {WHITE} · biases;",
        "a black pixel adds nothing.",
    )
    canvas.number("sum", done.first.products[:-1], str(done.first.products[-1]))
    canvas.heading(
        "4  ReLU, for all units at once",
        f"Minus {offset} · {inputs}, the sum of inputs; the highest bit of a field,",
        f"{done.first.top}, is added, and stays unless its unit is negative.",
    )
    canvas.number("plus the bit", done.first.sums)
    canvas.number("units", tuple(value - done.first.top for value in done.first.sums))
    canvas.number("ReLU", done.first.relued)
    canvas.heading("5  The last layer, in the same way", "Its units, over 255, are the latents z, exactly.")
    canvas.names("latent 0", "latent 1", "inputs")
    for label, column in zip(("unit 0", "unit 1", "unit 2", "biases"), done.last.columns, strict=True):
        canvas.number(label, column[:-1], str(column[-1]))
    canvas.number("255 z", [value - done.last.top for value in done.last.sums])
    canvas.heading(
        "6  Compared",
        f"The exact latents are {latents}.  The floats of the run are",
        f"off by {' and '.join(map(_decimal, done.errors))}: with one image, that is ε.",
    )
    canvas.y += MARGIN // 2
    outlined = ".slot, .paper, .pixel, [class^=unit]"
    return canvas.svg("From pixels to latents", _STYLES, "unit", 3, outlined, ("#777777", "#a5a5a5"))


if __name__ == "__main__":
    PICTURE.write_text(drawing(), encoding="utf-8")
