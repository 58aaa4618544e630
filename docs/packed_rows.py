"""Draws packed-rows.svg: how the rows of a tiny export are packed, and how one comparison checks all of them.

The numbers are those of a real export, and every step is the operation on large numbers that Lean's kernel does.
`python -m docs.packed_rows` writes the picture anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bridge.export.certificate import Certificate, build_certificate
from bridge.probe.fitted import given_artifact
from docs.canvas import MARGIN, Canvas

PICTURE = Path(__file__).with_name("packed-rows.svg")

LATENTS = np.array([[1, 2], [3, -2], [-1, 0], [2, 3], [0, -3], [-2, 1]])
SCORES = np.array([2, 7, 0, 3, 4, -5])
WEIGHTS = np.array([2, -1, 1])
COLUMNS = ("z₁", "z₂", "c")

_LABEL, _CELL, _ROW = 64, 24, 25
_STYLES = """\
.digit { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 16px; text-anchor: middle; }
.label { text-anchor: middle; font-style: italic; }
.slot { fill: none; stroke-width: 1.5; }"""


@dataclass(frozen=True)
class Steps:
    """The numbers that the kernel computes for a block, of which slot k is `digits` digits wide.

    Attributes:
        columns: the columns of the block, each put together from its literals.
        spread: the same with every digit in a slot of its own.
        products: the sum of the columns of latents times their weights; of a column with a negative weight it is what
            its digits lack of the largest digit.
        excess: in each slot the residual plus δ.
        not_below: the same plus the highest bit, which is set unless the residual is below -δ.
        not_above: twice δ minus it plus the highest bit, which is set unless the residual is above δ.
        top: the highest bit of every slot.
        row_of_slot: the sample that is in slot k, None if there is none.
    """

    columns: tuple[int, ...]
    spread: tuple[int, ...]
    products: int
    excess: int
    not_below: int
    not_above: int
    top: int
    row_of_slot: tuple[int | None, ...]


def tiny_export() -> Certificate:
    """Six samples with two latent coordinates and one score, all small integers."""
    return build_certificate(given_artifact(LATENTS, SCORES, WEIGHTS))


def steps(certificate: Certificate) -> Steps:
    """What `Bridge.check` computes for a certificate with one block and integer entries."""
    samples, (concept,) = certificate.samples, certificate.concepts
    bits, digits, rows = samples.digit_bits, samples.slot_digits, samples.block_rows
    slot, per_class, largest = bits * digits, rows // digits + 1, (1 << bits) - 1
    count = per_class * digits
    ones = sum(1 << (slot * k) for k in range(count))
    mask = sum(largest << (slot * k) for k in range(per_class))
    columns = tuple(
        sum(literal << (samples.limb_bits * place) for place, literal in enumerate(column))
        for column in samples.columns
    )
    spread = tuple(
        sum(((column >> (bits * c)) & mask) << (slot * per_class * c) for c in range(digits)) for column in columns
    )
    weights, sup = [int(weight) for weight in concept.weights], concept.integers.sup
    products = sum(w * s if w >= 0 else -w * (largest * ones - s) for w, s in zip(weights, spread[:-1], strict=True))
    # What the offset, the complements, the bias and δ amount to.
    constant = (1 << (bits - 1)) * (sum(weights) - 1) + largest * sum(-w for w in weights if w < 0)
    excess = spread[-1] + (constant - concept.integers.bias + sup) * ones - products
    top = ones << (slot - 1)
    places = (digits * (k % per_class) + k // per_class for k in range(count))
    row_of_slot = tuple(row if row < rows else None for row in places)
    return Steps(columns, spread, products, excess, excess + top, 2 * sup * ones - excess + top, top, row_of_slot)


class _Picture(Canvas):
    """Numbers, digit by digit."""

    def cell(self, column: float, text: str, sample: int | None = None, width: int = 1) -> None:
        """A cell of so many digits, with the colour of a sample, and as nothing but text without one."""
        x = MARGIN + _LABEL + column * _CELL
        if sample is not None:
            self.shapes.append(
                f'<rect class="sample{sample}" x="{x:g}" y="{self.y}" width="{width * _CELL}" height="{_ROW - 3}"/>'
            )
        style = "label" if sample is None else "digit"
        self.text(x + width * _CELL / 2, text, style)

    def number(self, label: str, digits: str, samples: Sequence[int | None], outlines: int = 1) -> None:
        """A number in hexadecimal, highest digit first, each digit with the colour of its sample."""
        self.text(MARGIN, label, "name")
        for place, (digit, sample) in enumerate(zip(digits, samples, strict=True)):
            self.cell(place, digit, sample)
        if outlines > 1:
            for place in range(0, len(digits), outlines):
                x = MARGIN + _LABEL + place * _CELL
                self.shapes.append(
                    f'<rect class="slot" x="{x}" y="{self.y}" width="{outlines * _CELL}" height="{_ROW - 3}"/>'
                )
        self.y += _ROW


def drawing() -> str:
    """The picture, as SVG."""
    certificate = tiny_export()
    samples, (concept,) = certificate.samples, certificate.concepts
    done = steps(certificate)
    rows, digits = samples.block_rows, samples.slot_digits
    offset = 1 << (samples.digit_bits - 1)
    slots = [row for row in reversed(done.row_of_slot) for _ in range(digits)]

    def hexadecimal(number: int, length: int) -> str:
        return f"{number:0{length}x}"

    canvas = _Picture()
    canvas.heading(
        "1  Integers",
        f"w(z) = 2 z₁ − z₂ + 1 and δ = {concept.delta}.  Each integer is",
        f"stored plus {offset}: one hexadecimal digit.",
    )
    for place, name in enumerate((*COLUMNS, *COLUMNS)):
        canvas.cell(place * 1.5 + (place > 2) * 2, name)
    canvas.cell(4.5, "+ 8")
    canvas.y += _ROW
    table = np.column_stack([LATENTS, SCORES])
    for sample, entries in enumerate(table):
        canvas.text(MARGIN, f"row {sample}", "name")
        for place, entry in enumerate(entries):
            canvas.cell(place * 1.5, f"{entry}".replace("-", "−"), sample)
            canvas.cell(place * 1.5 + 6.5, f"{entry + offset:x}", sample)
        canvas.y += _ROW
    canvas.heading("2  Packed", "A column is one number, row 0 in its lowest digit.")
    for name, column in zip(COLUMNS, done.columns, strict=True):
        canvas.number(name, hexadecimal(column, rows), list(reversed(range(rows))))
    canvas.heading(
        "3  Spread",
        "Masks and shifts move the digits into slots, here of two",
        "digits, which have room for a product; some have no row.",
    )
    length = len(slots)
    for name, column in zip(COLUMNS, done.spread, strict=True):
        canvas.number(name, hexadecimal(column, length), slots, digits)
    canvas.heading(
        "4  Weighed",
        "P = 2 z₁ + z₂′, where z₂′ is what z₂ lacks of f, since its weight is",
        "negative.  E = c − P and a constant is c − w(z) + δ in each slot.",
    )
    for name, number in (("P", done.products), ("E", done.excess)):
        canvas.number(name, hexadecimal(number, length), slots, digits)
    canvas.heading(
        "5  Compared, all rows at once",
        "With 80 more, each slot of E and of 2 δ − E is 80 or more,",
        "unless |c − w(z)| > δ in that row.",
    )
    for name, number in (("E", done.not_below), ("2 δ − E", done.not_above)):
        canvas.number(name, hexadecimal(number, length), slots, digits)
    canvas.text(MARGIN, "Every slot of a row has its highest bit: the bound holds.", "heading")
    canvas.y += _ROW + MARGIN
    return canvas.svg("Packed rows", _STYLES, "sample", len(LATENTS), ".slot, .paper", ("#555555", "#a5a5a5"))


if __name__ == "__main__":
    PICTURE.write_text(drawing(), encoding="utf-8")
