"""A concept's blocks are divided into ranges where there is much data: Lean accepts them, and verify reads them."""

import dataclasses
import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bridge.export.certificate
import bridge.export.layout
import bridge.export.packing
from bridge.artifact.file import load_artifact
from bridge.base.resources import lean_library_folder
from bridge.check.checker import check
from bridge.check.readback import read_export
from bridge.check.verdict import Engine
from bridge.check.verify import verify
from bridge.export.certificate import Certificate
from bridge.export.layout import RANGE_DIGITS, block_ranges, group_ranges
from support import packed_model
from support.artifacts import make_artifact, stored
from support.exports import certified, rendered, replaced, small_ranges, small_shards, with_one_more
from support.judging import judged
from support.lean_files import write
from support.strategies import artifacts, cuts, unhurried, unmeasured

SIZE = "Generated/Size.lean"
INTEGERS = "Generated/Checks/Size/Integers.lean"
RANGES = [f"Generated/Checks/Size/Range{number}.lean" for number in (1, 2, 3)]


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


def in_ranges(patch, ranges):
    """Have the blocks of every concept divided into these ranges."""
    patch.setattr(bridge.export.certificate, "block_ranges", lambda _: tuple(ranges))


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
        in_one = certified(drawn, with_r_squared=True)
        blocks = range(in_one.samples.block_count)
        ranges = [blocks[cut] for cut in data.draw(cuts(len(blocks))) if blocks[cut]]
        in_ranges(patch, ranges)
        certificate = certified(drawn, with_r_squared=True)
    samples = certificate.samples
    for column, claim in enumerate(certificate.concepts):
        found = [list(total.values) for total in claim.totals]
        assert [sum(values) for values in found] == [total.value for total in in_one.concepts[column].totals]
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
        in_ranges(patch, ranges)
        root = write(tmp_path, rendered(tmp_path, drawn, with_r_squared=True))
    outcome = verify(root, stored(tmp_path, drawn))
    assert outcome.differences == ()
    assert {len(concept.ranges) for concept in read_export(root).concepts} == {len(ranges) if len(ranges) > 1 else 0}


def test_all_claims_follow_from_what_is_joined_as_they_do_from_one_declaration(tmp_path, three_ranges):
    files = all_claims(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        small_ranges(patch, RANGE_DIGITS)
        alone = all_claims(tmp_path)[SIZE]
    assert [re.findall(r"theorem (\w+) : (.*) \[$", files[path], re.MULTILINE) for path in RANGES] == [
        [(f"checked{number}", f"Bridge.FoundIn samples [shard{number}] 0 integers {first} 4")]
        for number, first in ((1, 0), (2, 4), (3, 8))
    ]
    text = files[SIZE]
    assert text.split("/-- The score of every", 1)[1] == alone.split("/-- The score of every", 1)[1]
    statement = alone[alone.index("theorem checked :") : alone.index("  .of_check (by decide +kernel)\n\n")]
    joined = "  checked1\n    |>.append checked2 rfl rfl\n    |>.append checked3 rfl rfl\n    |>.found rfl\n"
    assert f"{statement}{joined}" in text


def test_each_range_has_a_file_and_imports_the_digits_of_its_shards_alone(tmp_path, three_ranges):
    files = all_claims(tmp_path)
    assert list(files) == [
        "Generated.lean",
        *(f"Generated/Samples/Shard{number}.lean" for number in (1, 2, 3)),
        "Generated/Samples.lean",
        INTEGERS,
        *RANGES,
        SIZE,
    ]
    imports = {path: re.findall(r"^(?:public )?import .*", text, re.MULTILINE) for path, text in files.items()}
    assert imports[INTEGERS] == ["public import Bridge.Packing.Integers"]
    for number, path in enumerate(RANGES, start=1):
        assert imports[path] == [
            "public import Bridge.Packing.Ranges",
            "public import Generated.Samples",
            "public import Generated.Checks.Size.Integers",
            f"import all Generated.Samples.Shard{number}",
        ]
    assert imports[SIZE] == [
        *(f"public import Bridge.Claims.{claim}" for claim in ("SupError", "Determination", "Quantile")),
        "public import Generated.Samples",
        *(f"public import Generated.Checks.Size.Range{number}" for number in (1, 2, 3)),
    ]


def test_no_digits_of_an_export_in_ranges_are_exposed(tmp_path, three_ranges):
    files = all_claims(tmp_path)
    sections = {path: re.findall(r"^.*public.* section$", text, re.MULTILINE) for path, text in files.items()}
    assert {path for path, found in sections.items() if found == ["public noncomputable section"]} == {
        path for path in files if "/Shard" in path
    }
    assert {path for path, found in sections.items() if found == ["public section"]} == set(RANGES)


def test_an_export_in_one_range_has_no_files_of_ranges_and_exposes_its_digits(tmp_path, monkeypatch):
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1)
    small_shards(monkeypatch, 6)
    files = all_claims(tmp_path)
    assert not any("/Checks/" in path for path in files)
    assert "@[expose] public noncomputable section" in files["Generated/Samples/Shard1.lean"]


def test_what_is_said_of_a_range_names_its_blocks_and_samples(tmp_path, three_ranges):
    files = all_claims(tmp_path)
    said = [re.findall(r"/-- What the kernel finds out of (.*):\n", files[path]) for path in RANGES]
    assert said == [[f"blocks {a} to {a + 3}, which have samples {a} to {a + 3}"] for a in (0, 4, 8)]


@unhurried
@given(st.integers(1, 40), st.integers(1, 20), st.integers(1, 4), st.integers(1, 60), st.data())
def test_no_shard_has_columns_of_two_ranges_and_each_range_has_as_few_as_it_can(blocks, dim, concepts, most, data):
    samples = dataclasses.replace(with_blocks(blocks, dim, 1), concept_count=concepts)
    ranges = [range(blocks)[cut] for cut in data.draw(cuts(blocks)) if range(blocks)[cut]]
    per_block = len(samples.group_sizes) // blocks
    with pytest.MonkeyPatch.context() as patch:
        small_shards(patch, most)
        shards = group_ranges(samples, ranges)
        alone = [group_ranges(dataclasses.replace(samples, size=len(some))) for some in ranges]
    assert [group for shard in shards for group in shard] == list(range(len(samples.group_sizes)))
    ends = {shard.stop for shard in shards}
    assert {some.stop * per_block for some in ranges} <= ends
    assert [len(shard) for shard in shards] == [len(shard) for of_range in alone for shard in of_range]


@pytest.mark.lean
def test_lean_accepts_three_ranges_with_all_claims(tmp_path, three_ranges, lean_pool):
    root = write(tmp_path, all_claims(tmp_path))
    outcome = check(root, engine=Engine.EMBEDDED, library=lean_library_folder(), tell=print, pool=lean_pool)
    assert outcome.accepted, outcome.messages
    assert verify(root, load_artifact(tmp_path / "probe.safetensors")).ok


@pytest.mark.lean
def test_lean_rejects_a_range_with_another_total_alone(tmp_path, three_ranges, lean_pool):
    files = with_one_more(all_claims(tmp_path), RANGES[1], r"(theorem checked2 .*\n.*\n    \(\.excess, )(\d+)")
    write(tmp_path, files)
    # The root file needs Mathlib, which the embedded Lean does not have.
    root = tmp_path / "Root.lean"
    root.write_text("module\n\npublic import Generated.Size\n", encoding="utf-8")
    results = judged(root, lean_pool)
    refused = {name for name, result in results.items() if not result.accepted}
    assert refused == {"Generated.Checks.Size.Range2", "Generated.Size", "Root"}


def test_verify_accepts_three_ranges_with_all_claims(tmp_path, three_ranges):
    root = write(tmp_path, all_claims(tmp_path))
    assert verify(root, load_artifact(tmp_path / "probe.safetensors")).ok


def differences(folder, files):
    outcome = verify(write(folder, files), stored(folder, artifact()))
    return [f"{difference.what}: {difference.found} for {difference.required}" for difference in outcome.differences]


def test_verify_compares_every_number_of_a_range(tmp_path, three_ranges):
    files = all_claims(tmp_path)
    assert differences(tmp_path, files) == []
    theorem = re.search(r"theorem checked2 :.*?\n  \] :=", files[RANGES[1]], re.DOTALL)
    numbers = list(re.finditer(r"(?<=[ \[(])\d+(?=[ ,)\[])", theorem[0]))
    # the column, the range, the sample, its total, four totals, and thrice four numbers of counts
    assert len(numbers) == 1 + 2 + 2 + 4 + 12
    for number in numbers:
        changed = f"{theorem[0][: number.start()]}{int(number[0]) + 1}{theorem[0][number.end() :]}"
        found = differences(tmp_path, {**files, RANGES[1]: files[RANGES[1]].replace(theorem[0], changed)})
        assert found and all(difference.startswith("size: checked") for difference in found), number


@pytest.mark.parametrize(
    ("number", "pattern", "replacement", "found"),
    [
        (1, r"(checked1 : .* integers) 0 4 ", r"\1 0 3 ", "size: checked2: the first block: 4 for 3"),
        (2, r"(checked2 : .* integers) 4 4 ", r"\1 3 5 ", "size: checked2: the first block: 3 for 4"),
        (
            3,
            r"(checked3 : .* integers) 8 4 ",
            r"\1 8 5 ",
            "size: checked3: the number of blocks: 5 for a multiple of 1, below 5",
        ),
        (3, r"(checked3 : .* integers) 8 4 ", r"\1 8 3 ", "size: the blocks of all ranges: 11 for 12"),
    ],
    ids=["a gap", "an overlap", "too many", "too few"],
)
def test_ranges_that_do_not_follow_one_another_to_the_end_are_named(
    tmp_path, three_ranges, number, pattern, replacement, found
):
    files = replaced(all_claims(tmp_path), RANGES[number - 1], pattern, replacement)
    assert differences(tmp_path, files) == [found]


def test_totals_that_add_up_and_are_not_those_of_their_ranges_are_named(tmp_path, three_ranges):
    files = with_one_more(all_claims(tmp_path), RANGES[0], r"(theorem checked1 .*\n.*\n    \(\.excess, )(\d+)")
    pattern = r"(theorem checked2 .*\n.*\n    \(\.excess, )(\d+)"
    files = replaced(files, RANGES[1], pattern, lambda match: f"{match[1]}{int(match[2]) - 1}")
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
