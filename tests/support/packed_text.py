"""The packed numbers in the text of an export: found, read, and changed one at a time."""

import re
from dataclasses import dataclass

_LITERAL = re.compile("0x([0-9a-f]+)")
_COLUMN = re.compile(r"⟨nat_lit 0x[0-9a-f]+(?:, nat_lit 0x[0-9a-f]+)*⟩")


@dataclass(frozen=True)
class Layout:
    """What the file of the samples says of the form of the packed numbers."""

    digit_bits: int
    slot_digits: int
    block_rows: int
    limb_bits: int
    column_count: int


def samples_file(files):
    return next(path for path in files if path.endswith("/Samples.lean"))


def layout(files):
    text = files[samples_file(files)]

    def field(name):
        return int(re.search(rf" {name} := (\d+)", text)[1])

    return Layout(
        digit_bits=field("digitBits"),
        slot_digits=field("slotDigits"),
        block_rows=field("blockRows"),
        limb_bits=field("limbBits"),
        column_count=field("latentDim") + field("conceptCount"),
    )


def literals_in(files):
    """The literals of each column, each as the path of its file and a match with its digits as a group."""
    paths = [path for path in files if re.search(r"/Samples/Shard\d+\.lean$", path)] or [samples_file(files)]
    return [
        [(path, literal) for literal in _LITERAL.finditer(files[path], *column.span())]
        for path in paths
        for column in _COLUMN.finditer(files[path])
    ]


def with_literal(files, place, value):
    """The files with another number in the place of a literal."""
    path, literal = place
    text = files[path]
    return {**files, path: f"{text[: literal.start(1)]}{value:x}{text[literal.end(1) :]}"}


def _place(files, row, column):
    """The literal that has the digit of a row, counted through all blocks, in a column; and the digit's lowest bit."""
    form = layout(files)
    block, position = divmod(row, form.block_rows)
    digits = form.limb_bits // form.digit_bits
    # The last literal has all that is left.
    literal = min(position // digits, 3)
    return literals_in(files)[form.column_count * block + column][literal], form.digit_bits * (
        position - digits * literal
    )


def digit_at(files, row, column):
    (_, literal), bit = _place(files, row, column)
    return (int(literal[1], 16) >> bit) % 2 ** layout(files).digit_bits


def with_digit_changed(files, row, column, by):
    place, bit = _place(files, row, column)
    return with_literal(files, place, int(place[1][1], 16) + by * 2**bit)
