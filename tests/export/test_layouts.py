"""How an export divides up its numbers is no part of what it states: verify reads the same in every division."""

import dataclasses
import itertools
import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bridge.check.readback import read_export
from bridge.check.verify import verify
from support import packed_model
from support.artifacts import stored
from support.divisions import Division, divided_up, exported
from support.exports import certified, rendered
from support.lean_files import write
from support.packed_text import literals_in, with_literal
from support.read_exports import columns_in
from support.strategies import artifacts_with_coverages, cuts, unhurried, unmeasured

SAMPLES = "Generated/Samples.lean"

few = settings(unhurried, max_examples=30)


def numbers_read(export):
    """The integers of each column of the export, through all its blocks, and all else that is stated."""
    samples = export.samples
    holes = ("size", "latent_dim", "concept_count", "limb_bits", "digit_bits", "block_rows")
    size, dim, concepts, limb_bits, bits, rows = map(samples.numbers.value, holes)
    per_block = dim + concepts
    columns = [[] for _ in range(per_block)]
    for number, literals in enumerate(columns_in(export)):
        value = sum(literal.value << (limb_bits * k) for k, literal in enumerate(literals))
        columns[number % per_block] += [(value >> (bits * row)) % 2**bits for row in range(rows)]
    claims = [
        (
            c.name.value,
            c.sup_error.value("delta"),
            c.weights(),
            c.functional.value("bias"),
        )
        for c in export.concepts
    ]
    return [column[:size] for column in columns], claims


@st.composite
def divisions(draw, samples):
    """Any division of samples: blocks of up to all rows, and literals of up to a whole column."""
    block_rows = draw(st.integers(1, samples.size))
    limb_bits = 4 * draw(st.integers(1, block_rows * samples.digit_bits // 4))
    # Artifacts of so few dimensions have no group of eight columns.
    count = -(-samples.size // block_rows) * (samples.latent_dim + samples.concept_count)
    return Division(
        slot_digits=samples.slot_digits,
        block_rows=block_rows,
        limb_bits=limb_bits,
        parts=[range(count)[cut] for cut in draw(cuts(count)) if range(count)[cut]],
    )


@st.composite
def divided(draw):
    """An artifact, the part of it that is listed, its certificate, and any division of that."""
    artifact, coverage = draw(artifacts_with_coverages())
    certificate = certified(artifact, coverage)
    return artifact, coverage, certificate, draw(divisions(certificate.samples))


@unmeasured
@unhurried
@given(divided())
def test_an_export_that_is_divided_up_in_any_way_agrees_and_is_read_as_the_same_numbers(tmp_path, drawn):
    artifact, coverage, certificate, division = drawn
    whole = numbers_read(read_export(write(tmp_path, rendered(tmp_path, artifact, coverage=coverage))))
    root = write(tmp_path, exported(tmp_path, artifact, certificate, division))
    assert verify(root, stored(tmp_path, artifact)).differences == ()
    assert numbers_read(read_export(root)) == whole


@unmeasured
@unhurried
@given(divided(), st.data())
def test_no_digit_of_an_export_that_is_divided_up_in_any_way_can_change_unnoticed(tmp_path, drawn, data):
    artifact, _, certificate, division = drawn
    files = exported(tmp_path, artifact, certificate, division)
    place = data.draw(st.sampled_from([literal for column in literals_in(files) for literal in column]))
    value = int(place[1][1], 16)
    changed = value ^ (data.draw(st.integers(1, 15)) << 4 * data.draw(st.integers(0, division.limb_bits // 4)))
    outcome = verify(write(tmp_path, with_literal(files, place, changed)), stored(tmp_path, artifact))
    assert not outcome.ok
    assert {difference.place.file for difference in outcome.differences} == {tmp_path / place[0]}


@unmeasured
@unhurried
@given(divided(), st.data())
def test_a_layout_that_is_not_that_of_the_numbers_is_refused(tmp_path, drawn, data):
    artifact, _, certificate, one = drawn
    other = data.draw(divisions(certificate.samples))
    columns = divided_up(certificate.samples, one).columns
    in_each = [[packed_model.pack(2**each.limb_bits, column) for column in columns] for each in (one, other)]
    # Where all columns are so small that only their first literals are not 0, these may be said to be wider.
    assume(one.block_rows != other.block_rows or in_each[0] != in_each[1])
    files = exported(tmp_path, artifact, certificate, one)
    said = re.sub(r"blockRows := \d+", f"blockRows := {other.block_rows}", files[SAMPLES])
    said = re.sub(r"limbBits := \d+", f"limbBits := {other.limb_bits}", said)
    assert not verify(write(tmp_path, {**files, SAMPLES: said}), stored(tmp_path, artifact)).ok


@unmeasured
@few
@given(artifacts_with_coverages(), st.data())
def test_slots_are_as_wide_as_the_sums_over_a_block_of_any_rows_require_and_no_wider(tmp_path, drawn, data):
    artifact, coverage = drawn
    certificate = certified(artifact, coverage, with_r_squared=True)
    bits, least = certificate.samples.digit_bits, certified(artifact, coverage).samples.slot_digits
    division = data.draw(divisions(certificate.samples))
    integers = [claim.integers for claim in certificate.concepts]
    widest = max(max(2 * probe.sup, probe.score_span, 1).bit_length() for probe in integers)

    def is_fit(width):
        slots = width * (division.block_rows // width + 1)
        return slots * 2**widest < 2 ** (width * bits) - 1

    required = next(filter(is_fit, itertools.count(least)))
    for width in range(max(1, required - 1), required + 2):
        files = exported(tmp_path, artifact, certificate, dataclasses.replace(division, slot_digits=width))
        assert verify(write(tmp_path, files), stored(tmp_path, artifact)).ok == (width == required)
