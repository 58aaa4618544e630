"""A concept's blocks are divided into ranges where there is much data: Lean accepts them, and verify reads them."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bridge.export.layout
import bridge.export.packing
import bridge.export.render
from bridge.artifact.file import load_artifact
from bridge.base.resources import lean_library_folder
from bridge.check.checker import check
from bridge.check.readback import read_export
from bridge.check.verdict import Engine
from bridge.check.verify import verify
from bridge.export.certificate import Certificate
from bridge.export.layout import RANGE_DIGITS, block_ranges
from support import packed_model
from support.artifacts import make_artifact, stored
from support.exports import certified, rendered, replaced, small_ranges, with_one_more
from support.lean_files import write
from support.strategies import artifacts, cuts, unhurried, unmeasured

SIZE = "Generated/Size.lean"


def artifact():
    """Twelve samples in twelve blocks, with a calibration part."""
    is_calibration = np.arange(12) % 2 == 0
    return make_artifact(12, 2, 1, concept_names=("size",), is_train=~is_calibration, is_calibration=is_calibration)


@pytest.fixture
def three_ranges(monkeypatch):
    """Blocks of a row, and ranges of four blocks."""
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1)
    certificate = certified(artifact())
    digits = 3 * certificate.samples.digit_bits // 4
    small_ranges(monkeypatch, 4 * digits)


def all_claims(folder):
    return rendered(folder, artifact(), with_r_squared=True, alpha="1/5")


def with_blocks(count: int, dim: int, digits: int):
    """Samples of so many blocks, of so many latent dimensions, in columns of so many hexadecimal digits."""
    samples = certified(make_artifact(2, 1, 1)).samples
    return bridge.export.packing.PackedSamples(
        **{**vars(samples), "size": count * digits, "latent_dim": dim, "digit_bits": 4, "block_rows": digits}
    )


@pytest.mark.parametrize(
    ("count", "dim", "digits", "ranges"),
    [
        (1, 1, 1, 1),
        (625, 8, 16_000, 5),
        (138, 8, 16_000, 1),
        (139, 8, 16_000, 2),
        (1, 5_000, 16_000, 1),
        (2, 5_000, 16_000, 2),
        (1_000, 1, 10_000, 1),
        (1_001, 1, 10_000, 2),
    ],
)
def test_there_are_as_few_ranges_as_there_can_be_of_so_many_digits_or_of_one_block(count, dim, digits, ranges):
    found = block_ranges(with_blocks(count, dim, digits))
    assert len(found) == ranges
    assert [block for blocks in found for block in blocks] == list(range(count))
    most = max(map(len, found))
    assert most == 1 or most * (dim + 1) * digits <= RANGE_DIGITS
    assert most - min(map(len, found)) <= 1


def totals_in(certificate: Certificate, column, blocks):
    """What the model of Lean's program finds out of a range of blocks, measure by measure."""
    samples, claim = certificate.samples, certificate.concepts[column]
    before = packed_model.excesses(samples, column, claim.integers, first_block=0, blocks=blocks.start)
    here = packed_model.excesses(samples, column, claim.integers, first_block=blocks.start, blocks=len(blocks))
    return [
        packed_model.total(samples, column, claim.integers, [*before, *here], total.measure)
        - packed_model.total(samples, column, claim.integers, before, total.measure)
        for total in claim.totals
        if not is_named(total)
    ]


def is_named(total):
    """Whether it is about one sample alone."""
    return total.measure.startswith(".attains")


@unhurried
@given(artifacts(max_samples=9), st.sampled_from([1, 30, 100]), st.data())
def test_totals_of_ranges_are_what_lean_finds_in_them_and_add_up_to_those_of_all_samples(drawn, column_bits, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", column_bits)
        certificate = certified(drawn, with_r_squared=True)
    samples = certificate.samples
    ranges = [range(samples.block_count)[cut] for cut in data.draw(cuts(samples.block_count))]
    for column, claim in enumerate(certificate.concepts):
        rows = [range(blocks.start * samples.block_rows, blocks.stop * samples.block_rows) for blocks in ranges]
        found = [[total.over(those) for those in rows] for total in claim.totals]
        assert [sum(values) for values in found] == [total.value for total in claim.totals]
        others = [values for total, values in zip(claim.totals, found, strict=True) if not is_named(total)]
        modelled = [totals_in(certificate, column, blocks) for blocks in ranges]
        assert others == [list(values) for values in zip(*modelled, strict=True)]
        (attaining,) = (values for total, values in zip(claim.totals, found, strict=True) if is_named(total))
        assert attaining == [int(claim.worst_sample // samples.block_rows in blocks) for blocks in ranges]


@unmeasured
@unhurried
@given(artifacts(max_samples=9), st.data())
def test_an_export_agrees_however_its_blocks_are_divided_into_ranges(tmp_path, drawn, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1)
        blocks = range(certified(drawn).samples.block_count)
        ranges = [blocks[cut] for cut in data.draw(cuts(len(blocks))) if blocks[cut]]
        patch.setattr(bridge.export.render, "block_ranges", lambda _: ranges)
        root = write(tmp_path, rendered(tmp_path, drawn, with_r_squared=True))
    outcome = verify(root, stored(tmp_path, drawn))
    assert outcome.differences == ()
    assert {len(concept.ranges) for concept in read_export(root).concepts} == {len(ranges) if len(ranges) > 1 else 0}


def test_all_claims_follow_from_what_is_joined_as_they_do_from_one_declaration(tmp_path, three_ranges):
    text = all_claims(tmp_path)[SIZE]
    with pytest.MonkeyPatch.context() as patch:
        small_ranges(patch, RANGE_DIGITS)
        alone = all_claims(tmp_path)[SIZE]
    assert re.findall(r"theorem (checked\d+) : Bridge\.Found samples 0 integers (\d+) (\d+) ", text) == [
        ("checked1", "0", "4"),
        ("checked2", "4", "4"),
        ("checked3", "8", "4"),
    ]
    assert text.split("/-- The score of every", 1)[1] == alone.split("/-- The score of every", 1)[1]
    statement = alone[alone.index("theorem checked :") : alone.index("  .of_check (by decide +kernel)\n\n")]
    joined = "  checked1\n    |>.append checked2 rfl rfl\n    |>.append checked3 rfl rfl\n"
    assert f"{statement}{joined}" in text


def test_what_is_said_of_a_range_names_its_blocks_and_samples(tmp_path, three_ranges):
    said = re.findall(r"/-- What the kernel finds out of (.*):\n", all_claims(tmp_path)[SIZE])
    assert said == [f"blocks {a} to {a + 3}, which have samples {a} to {a + 3}" for a in (0, 4, 8)]


@pytest.mark.lean
def test_lean_accepts_three_ranges_with_all_claims(tmp_path, three_ranges, lean_pool):
    root = write(tmp_path, all_claims(tmp_path))
    outcome = check(root, engine=Engine.EMBEDDED, library=lean_library_folder(), tell=print, pool=lean_pool)
    assert outcome.accepted, outcome.messages
    assert verify(root, load_artifact(tmp_path / "probe.safetensors")).ok


def differences(folder, files):
    outcome = verify(write(folder, files), stored(folder, artifact()))
    return [f"{difference.what}: {difference.found} for {difference.required}" for difference in outcome.differences]


def test_verify_compares_every_number_of_a_range(tmp_path, three_ranges):
    files = all_claims(tmp_path)
    assert differences(tmp_path, files) == []
    theorem = re.search(r"theorem checked2 :.*?\n  \] :=", files[SIZE], re.DOTALL)
    numbers = list(re.finditer(r"(?<=[ \[(])\d+(?=[ ,)\[])", theorem[0]))
    # the column, the range, the sample, its total, four totals, and thrice four numbers of counts
    assert len(numbers) == 1 + 2 + 2 + 4 + 12
    for number in numbers:
        changed = f"{theorem[0][: number.start()]}{int(number[0]) + 1}{theorem[0][number.end() :]}"
        found = differences(tmp_path, {**files, SIZE: files[SIZE].replace(theorem[0], changed)})
        assert found and all(difference.startswith("size: checked") for difference in found), number


@pytest.mark.parametrize(
    ("pattern", "replacement", "found"),
    [
        (r"(checked1 : .* integers) 0 4 ", r"\1 0 3 ", "size: checked2: the first block: 4 for 3"),
        (r"(checked2 : .* integers) 4 4 ", r"\1 3 5 ", "size: checked2: the first block: 3 for 4"),
        (
            r"(checked3 : .* integers) 8 4 ",
            r"\1 8 5 ",
            "size: checked3: the number of blocks: 5 for a multiple of 1, below 5",
        ),
        (r"(checked3 : .* integers) 8 4 ", r"\1 8 3 ", "size: the blocks of all ranges: 11 for 12"),
    ],
    ids=["a gap", "an overlap", "too many", "too few"],
)
def test_ranges_that_do_not_follow_one_another_to_the_end_are_named(
    tmp_path, three_ranges, pattern, replacement, found
):
    assert differences(tmp_path, replaced(all_claims(tmp_path), SIZE, pattern, replacement)) == [found]


def test_totals_that_add_up_and_are_not_those_of_their_ranges_are_named(tmp_path, three_ranges):
    files = with_one_more(all_claims(tmp_path), SIZE, r"(theorem checked1 .*\n.*\n    \(\.excess, )(\d+)")
    pattern = r"(theorem checked2 .*\n.*\n    \(\.excess, )(\d+)"
    files = replaced(files, SIZE, pattern, lambda match: f"{match[1]}{int(match[2]) - 1}")
    names = [difference.split(": ")[1:3] for difference in differences(tmp_path, files)]
    assert names == [["checked1", "excess"], ["checked2", "excess"]]


def test_ranges_that_are_joined_in_another_order_are_no_export(tmp_path, three_ranges):
    for first, second in itertools.pairwise(("checked1", "checked2", "checked3")):
        files = replaced(
            all_claims(tmp_path), SIZE, rf"{first}(\s+\|>\.append ){second}|{first}( rfl.*\n.* ){second}", swap
        )
        assert differences(tmp_path, files)[0].startswith("the text: ")


def swap(match):
    first, second = re.findall(r"checked\d", match[0])
    return match[0].replace(first, "_").replace(second, first).replace("_", second)
