"""Exports whose numbers are divided up in another way: into other blocks, literals and parts, raw literals or not."""

import dataclasses
import re

import pytest

import bridge.export.render
from bridge.base.resources import templates_folder
from bridge.export.render import render
from support import packed_model
from support.artifacts import stored


@dataclasses.dataclass(frozen=True)
class Division:
    """Digits of a slot, rows of a block, bits of a literal, the columns of each part, and which literals are raw."""

    slot_digits: int
    block_rows: int
    limb_bits: int
    parts: list[range]
    raw: list[bool]


def divided_up(samples, division):
    """The same samples in other blocks and literals, put together digit by digit."""
    bits, offset = samples.digit_bits, packed_model.offset(samples)
    block_rows, limb_bits = division.block_rows, division.limb_bits
    columns = [
        packed_model.entries(samples, j, samples.size) for j in range(samples.latent_dim + samples.concept_count)
    ]

    def literals(column, start):
        rows = (column + column[-1:] * block_rows)[start : start + block_rows]
        number = sum((entry + offset) << (bits * row) for row, entry in enumerate(rows))
        return tuple((number >> low) % 2**limb_bits for low in range(0, bits * block_rows, limb_bits))

    packed = tuple(literals(column, start) for start in range(0, samples.size, block_rows) for column in columns)
    return dataclasses.replace(
        samples, slot_digits=division.slot_digits, block_rows=block_rows, limb_bits=limb_bits, columns=packed
    )


def with_raw_literals(files, raw):
    """The files with `nat_lit` before those literals only for which `raw`, again and again, says so.

    Where the first is not raw, nothing says either that definitions are noncomputable.
    """
    number = -1

    def written(literal):
        nonlocal number
        number += 1
        return literal[0] if raw[number % len(raw)] else literal[1]

    texts = {name: re.sub(r"nat_lit (0x[0-9a-f]+)", written, text) for name, text in files.items()}
    return texts if raw[0] else {name: text.replace("noncomputable def", "def") for name, text in texts.items()}


def exported(folder, artifact, certificate, division, namespace="Generated"):
    """The texts of an export with another division of its numbers."""
    samples = divided_up(certificate.samples, division)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.render, "column_ranges", lambda _: division.parts)
        certificate = dataclasses.replace(certificate, samples=samples)
        files = render(stored(folder, artifact), certificate, namespace=namespace, templates=templates_folder())
    return with_raw_literals(files, division.raw)
