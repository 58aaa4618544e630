"""Exports whose numbers are divided up in another way: into other blocks, literals and parts."""

import dataclasses

import pytest

import bridge.export.pages
from bridge.base.resources import templates_folder
from bridge.export.render import render
from support import packed_model
from support.artifacts import stored


@dataclasses.dataclass(frozen=True)
class Division:
    """Digits of a slot, rows of a block, bits of a literal, and the groups of columns of each part."""

    slot_digits: int
    block_rows: int
    limb_bits: int
    parts: list[range]


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
        lower = [(number >> (limb_bits * place)) % 2**limb_bits for place in range(3)]
        return (*lower, number >> (3 * limb_bits))

    packed = tuple(literals(column, start) for start in range(0, samples.size, block_rows) for column in columns)
    return dataclasses.replace(
        samples, slot_digits=division.slot_digits, block_rows=block_rows, limb_bits=limb_bits, columns=packed
    )


def exported(folder, artifact, certificate, division, namespace="Generated"):
    """The texts of an export with another division of its numbers."""
    samples = divided_up(certificate.samples, division)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.pages, "group_ranges", lambda *_: division.parts)
        certificate = dataclasses.replace(certificate, samples=samples)
        return dict(render(stored(folder, artifact), certificate, namespace=namespace, templates=templates_folder()))
