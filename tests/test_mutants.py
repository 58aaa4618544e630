"""Every false claim is rejected by Lean, and `verify` names what was changed.

The mutants are changes to the text of small exports.  All of them go through Lean in a few files.
"""

import re
from collections.abc import Callable
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

import numpy as np
import pytest

import bridge.export.packing
from bridge.check.verify import verify
from support.artifacts import make_artifact, stored
from support.divisions import Division, exported
from support.exports import certified, messages_of_lean, rendered, small_ranges, small_shards
from support.lean_files import write
from support.packed_text import digit_at, layout, literals_in, with_digit_changed, with_literal

SAMPLES = 7
LATENT_DIM = 2
# Lean says nothing of what follows after 100 errors in a file.
PER_FILE = 20

OTHER_SIGN = {"plus": "minus", "minus": "plus"}

Files = dict[str, str]
Change = Callable[[Files], Files]


def artifact(name="size"):
    """Seven samples, two latent coordinates, two concepts; the last sample attains both δ."""
    plain = make_artifact(SAMPLES, LATENT_DIM)
    scores = plain.scores.copy()
    scores[-1] = [9.0, -8.0]
    return make_artifact(SAMPLES, LATENT_DIM, concept_names=(name, "thick"), scores=scores)


# What is changed: a whole export; one in two blocks and two parts; one of many weights, with sixteen groups of eight
# columns and two of one; one in seven blocks and three ranges of them.
ARTIFACTS = {
    "whole": artifact(),
    "in pieces": artifact(name="shard1"),
    "wide": make_artifact(3, 129, 1, concept_names=("size",)),
    "in ranges": artifact(),
}


@contextmanager
def base(name):
    """The artifact, with the sizes of its blocks and parts in force."""
    with pytest.MonkeyPatch.context() as patch:
        if name == "in pieces":
            patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 130)
            small_shards(patch, 4)
        if name == "in ranges":
            patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1)
            small_ranges(patch, 3 * (LATENT_DIM + 1) * certified(ARTIFACTS[name]).samples.digit_bits // 4)
        yield ARTIFACTS[name]


DIVIDED_ANEW = "divided up anew"


def divided_anew(folder, namespace: str) -> Files:
    """The whole export in blocks of two rows, literals that end within a digit, and two shards."""
    certificate = certified(artifact())
    digit_bits, slot_digits = certificate.samples.digit_bits, certificate.samples.slot_digits
    division = Division(slot_digits, 2, digit_bits - 4, [range(5), range(5, 16)])
    return exported(folder, artifact(), certificate, division, namespace)


def part(files: Files, name: str) -> str:
    return next(path for path in files if path.endswith(f"/{name}.lean"))


def substitute(name: str, pattern: str, replacement: str | Callable[[re.Match[str]], str]):
    """Change the first match in one part."""

    def change(files: Files) -> Files:
        path = part(files, name)
        text, count = re.subn(pattern, replacement, files[path], count=1)
        assert count == 1, f"{pattern} is not in {path}"
        return {**files, path: text}

    return change


def substitute_everywhere(pattern: str, replacement: str):
    """Change all matches in all parts."""

    def change(files: Files) -> Files:
        changed = {path: re.sub(pattern, replacement, text) for path, text in files.items()}
        assert changed != files
        return changed

    return change


def shifted(by: int):
    return lambda match: f"{match[1]}{int(match[2]) + by}"


def add(row: int, column: int, units: int) -> Change:
    """Add units to the integer that is stored for a row, counted through all blocks."""
    return lambda files: with_digit_changed(files, row, column, units)


def swap_literals(column: int) -> Change:
    """Exchange the second and the third literal, samples 5 and 6, of a column of the last block."""

    def change(files: Files) -> Files:
        number = len(literals_in(files)) - layout(files).column_count + column
        second, third = (int(literal[1], 16) for _, literal in literals_in(files)[number][1:3])
        changed = with_literal(files, literals_in(files)[number][1], third)
        return with_literal(changed, literals_in(changed)[number][2], second)

    return change


def set_bit_above_the_last_row(files: Files) -> Files:
    form = layout(files)
    place = literals_in(files)[-1][-1]
    above = form.digit_bits * form.block_rows - 3 * form.limb_bits
    return with_literal(files, place, int(place[1][1], 16) + 2**above)


def regroup(sizes: list[int]) -> Change:
    """Put the columns, all of which stay, into groups of these sizes."""

    def change(files: Files) -> Files:
        columns, written = iter(re.findall("⟨nat_lit.*?⟩", files[part(files, "Samples")])), {1: ".one", 8: ".eight"}
        groups = [f"    {written[size]} {' '.join(islice(columns, size))}" for size in sizes]
        assert not list(columns)
        return substitute("Samples", r"(?s)(groups := \[\n).*(?=\n  \])", lambda m: m[1] + ",\n".join(groups))(files)

    return change


def change_weights(mask: Callable[[int], int]) -> Change:
    """Flip bits of the weights of `size`, whose digits have a certain width, in their only literal."""

    def change(files: Files) -> Files:
        width = int(re.search(r"weightBits := (\d+)", files[part(files, "Size")])[1])
        return substitute(
            "Size", r"(weights := \[\n    nat_lit )(0x[0-9a-f]+)", lambda m: f"{m[1]}{int(m[2], 16) ^ mask(width):#x}"
        )(files)

    return change


def sup_of(files: Files) -> int:
    """δ of `size` as an integer."""
    return int(re.search(r"sup := (\d+)", files[part(files, "Size")])[1])


def scale_of(files: Files) -> int:
    """What δ of `size` is an integer over."""
    exponent = int(re.search(r"denominator := 2 \^ (\d+)", files[part(files, "Size")])[1])
    return 2 ** (exponent + int(re.search(r"latentExponent := (\d+)", files[part(files, "Samples")])[1]))


def swap_scores(files: Files) -> Files:
    path = part(files, "Size")
    text = re.sub(r"samples(\.score)? 0", r"samples\1 1", files[path])
    assert text != files[path]
    return {**files, path: text}


def drop_last_sample(files: Files) -> Files:
    """One sample fewer everywhere, and the sample before it in its rows of the packed data."""
    for column in range(layout(files).column_count):
        for row in range(SAMPLES - 1, layout(files).block_rows):
            difference = digit_at(files, SAMPLES - 2, column) - digit_at(files, row, column)
            files = with_digit_changed(files, row, column, difference)
    return claim_samples(SAMPLES - 1)(files)


def claim_samples(count: int) -> Change:
    return substitute_everywhere(rf"(Fin |size := ){SAMPLES}\b", rf"\g<1>{count}")


class Mutant(NamedTuple):
    """A change, what `verify` says is different, and the export that is changed."""

    change: Change
    named: str
    base: str = "whole"


# Lean rejects these: a claim is false, or it is not proved.
MUTANTS = {
    "a weight is one unit off in its numerator": (
        substitute("Size", r"(w := #v\[\n +-?)(\d+)", shifted(1)),
        r"size: w\[0\]",
    ),
    "a weight has the other sign": (
        substitute("Size", r"(w := #v\[\n +)(-?)", lambda m: m[1] + ("" if m[2] else "-")),
        r"size: w\[0\]",
    ),
    "the bias is one unit off in its numerator": (substitute("Thick", r"(b := -?)(\d+)", shifted(1)), r"thick: b"),
    "δ is smaller by one unit in the last place": (substitute("Size", r"(δ : Rat := )(\d+)", shifted(-1)), r"size: δ"),
    "δ is larger by one unit in the last place": (substitute("Thick", r"(δ : Rat := )(\d+)", shifted(1)), r"thick: δ"),
    "δ is half of what it was": (
        substitute("Size", r"(δ : Rat := \d+ / )(\d+)", lambda m: f"{m[1]}{2 * int(m[2])}"),
        r"size: δ",
    ),
    "the first packed latent of the worst sample is one unit off": (
        add(SAMPLES - 1, 0, 1),
        rf"latents\[{SAMPLES - 1}, 0\]",
    ),
    "the last packed latent of the worst sample is one unit off": (
        add(SAMPLES - 1, 1, -1),
        rf"latents\[{SAMPLES - 1}, 1\]",
    ),
    "the packed score of the worst sample is one unit off": (
        add(SAMPLES - 1, 2, -1),
        rf"scores\[{SAMPLES - 1}, 0\]",
    ),
    "the packed score of the worst sample is one unit off in the last block": (
        add(SAMPLES - 1, 3, 1),
        rf"scores\[{SAMPLES - 1}, 1\]",
        "in pieces",
    ),
    "the literals of a column of latents are in the other order": (
        swap_literals(0),
        rf"latents\[{SAMPLES - 1}, 0\]",
        "in pieces",
    ),
    "the literals of a column of scores are in the other order": (
        swap_literals(2),
        rf"scores\[{SAMPLES - 1}, 0\]",
        "in pieces",
    ),
    "a part of the columns is left out": (
        substitute("Samples", r",\n    shard2", ""),
        r"the text",
        "in pieces",
    ),
    "a part of the columns is there twice": (
        substitute("Samples", r"shard2\n", "shard1\n"),
        r"the text",
        "in pieces",
    ),
    "the parts are in the other order": (
        substitute("Samples", r"shard1,\n    shard2", "shard2, shard1"),
        r"the text",
        "in pieces",
    ),
    "a column is left out of a part": (
        substitute("Shard2", r"\n    \.one\n.*⟩,", ""),
        r"columns",
        "in pieces",
    ),
    "eight columns of latents are in groups of one": (
        regroup([1] * 8 + [8] * 15 + [1] * 2),
        r"groups\[0\]",
        "wide",
    ),
    "a column of latents is in a group of one before those of eight": (
        regroup([1] + [8] * 16 + [1]),
        r"groups\[16\]",
        "wide",
    ),
    "the last columns of latents and the scores are in a group of eight": (
        regroup([8] * 15 + [1] * 2 + [8]),
        r"groups\[17\]",
        "wide",
    ),
    "a group of eight columns is left out": (
        substitute("Samples", r"\n    \.eight\n(?:.*\n){8}", "\n"),
        r"groups\[15\]",
        "wide",
    ),
    "a sign of many weights is the other one": (
        change_weights(lambda width: 2 ** (width - 1)),
        r"size: weight 0 as an integer",
        "wide",
    ),
    "one of many weights is one unit off": (
        change_weights(lambda width: 2 ** (128 * width)),
        r"size: weight 128 as an integer",
        "wide",
    ),
    "many weights are over twice their power of two": (
        substitute("Size", r"(denominator := 2 \^ )(\d+)", shifted(1)),
        r"size: the denominator",
        "wide",
    ),
    "the bias of many weights is one unit off as an integer": (
        substitute("Size", r"(bias := Bridge\.\w+ )(\d+)", shifted(1)),
        r"size: the bias as an integer",
        "wide",
    ),
    "the scores of the two concepts are swapped": (swap_scores, r"size: the score column"),
    "the sample that attains δ is dropped": (drop_last_sample, r"the number of samples"),
    "more samples are claimed than there are rows": (claim_samples(SAMPLES + 2), r"the number of samples"),
    "a sample less is claimed, but still listed": (claim_samples(SAMPLES - 1), r"the number of samples"),
    "N differs between the samples and a concept": (
        substitute("Size", rf"Fin {SAMPLES}\b", f"Fin {SAMPLES - 1}"),
        r"size: the number of samples",
    ),
    "the latents are over twice their power of two": (
        substitute("Samples", r"(latentExponent := )(\d+)", shifted(1)),
        r"latentExponent",
    ),
    "the scores of a concept are over twice their power of two": (
        substitute("Samples", r"(scoreExponents := \[)(\d+)", shifted(1)),
        r"scoreExponents\[0\]",
    ),
    "the weights are no integers over their denominator": (
        substitute("Size", r"denominator := 2 \^ \d+", "denominator := 2 ^ 0"),
        r"size: the denominator",
    ),
    "there is no denominator": (
        substitute("Size", r"denominator := 2 \^ \d+", "denominator := 0"),
        r"size: the denominator",
    ),
    "a weight is one unit off as an integer": (
        change_weights(lambda width: 1),
        r"size: weight 0 as an integer",
    ),
    "a weight has the other sign as an integer": (
        change_weights(lambda width: 2 ** (2 * width - 1)),
        r"size: weight 1 as an integer",
    ),
    "the weights are said to be narrower than they are": (
        substitute("Size", r"magnitudeBits := \d+", "magnitudeBits := 1"),
        r"size: magnitudeBits",
    ),
    "the digits of the weights are four bits longer": (
        substitute("Size", r"(weightBits := )(\d+)", shifted(4)),
        r"size: weightBits",
    ),
    "the bias is one unit off as an integer": (
        substitute("Size", r"(bias := Bridge\.\w+ )(\d+)", shifted(1)),
        r"size: the bias as an integer",
    ),
    "the bias has the other sign as an integer": (
        substitute("Size", r"bias := Bridge\.(\w+)", lambda m: f"bias := Bridge.{OTHER_SIGN[m[1]]}"),
        r"size: the bias as an integer",
    ),
    "δ is one unit off as an integer": (substitute("Size", r"(sup := )(\d+)", shifted(1)), r"size: δ as an integer"),
    "δ is one unit off as an integer and as a fraction": (
        lambda files: substitute("Size", r"(sup := )(\d+)", shifted(-1))(
            substitute("Size", r"δ : Rat := \d+ / \d+", f"δ : Rat := {sup_of(files) - 1} / {scale_of(files)}")(files)
        ),
        r"size: δ as an integer",
    ),
    "the least score is said to be larger": (
        substitute("Size", r"(scoreLow := )(\d+)", shifted(1)),
        r"size: the least score as an integer",
    ),
    "the least score is said to be smaller": (
        substitute("Size", r"(scoreLow := )(\d+)", shifted(-1)),
        r"size: the least score as an integer",
    ),
    "the scores are said to span less": (
        substitute("Size", r"(scoreSpan := )(\d+)", shifted(-1)),
        r"size: the span of the scores as integers",
    ),
    "no block is looked at": (substitute("Size", r"integers 0 1 \[", "integers 0 0 ["), r"size: the number of blocks"),
    "no sample is said to attain δ": (
        substitute("Size", r"(\.attains \d+), 1", r"\1, 0"),
        r"size: how many such samples are named",
    ),
    "the sample that attains δ is looked for elsewhere": (
        substitute("Size", r"(attained_of_found faithful checked \(by decide\)) 0", r"\1 1"),
        r"size: the place of the sample that attains δ",
    ),
    "another sample is said to attain δ": (
        substitute_everywhere(rf"\.attains {SAMPLES - 1}|⟨⟨{SAMPLES - 1},", lambda m: m[0].replace("6", "5")),
        r"size: the sample that attains δ",
    ),
    "the slots are one digit narrower": (
        substitute("Samples", r"(slotDigits := )(\d+)", shifted(-1)),
        r"slotDigits",
    ),
    "the slots are one digit narrower in an export in pieces": (
        substitute("Samples", r"(slotDigits := )(\d+)", shifted(-1)),
        r"slotDigits",
        "in pieces",
    ),
    "the slots have no digit": (substitute("Samples", r"slotDigits := \d+", "slotDigits := 0"), r"slotDigits"),
    "the digits are one bit shorter": (
        substitute("Samples", r"(digitBits := )(\d+)", shifted(-1)),
        r"digitBits",
    ),
    "the digits are four bits longer": (
        substitute("Samples", r"(digitBits := )(\d+)", shifted(4)),
        r"digitBits",
    ),
    "the blocks have fewer rows": (substitute("Samples", r"(blockRows := )(\d+)", shifted(-2)), r"columns"),
    "the blocks have no row": (substitute("Samples", r"blockRows := \d+", "blockRows := 0"), r"blockRows"),
    "the blocks have one row less in an export in pieces": (
        substitute("Samples", r"(blockRows := )(\d+)", shifted(-1)),
        r"columns",
        "in pieces",
    ),
    "the literals are one bit narrower": (
        substitute("Samples", r"(limbBits := )(\d+)", shifted(-1)),
        r"limbBits",
        "in pieces",
    ),
    "the literals are one bit wider": (
        substitute("Samples", r"(limbBits := )(\d+)", shifted(1)),
        r"limbBits",
    ),
    "a range of blocks is left out": (
        substitute("Size", r"\n    \|>\.append checked2 rfl rfl", ""),
        r"the text",
        "in ranges",
    ),
    "a range of blocks is not joined to the others": (
        substitute("Size", r"\n    \|>\.append checked3 rfl rfl", ""),
        r"the text",
        "in ranges",
    ),
    "nobody says that the ranges are all blocks": (
        substitute("Size", r"\n    \|>\.found rfl", ""),
        r"the text",
        "in ranges",
    ),
    "two ranges of blocks are joined in the other order": (
        substitute("Size", r"checked1(\n    \|>\.append )checked2", r"checked2\1checked1"),
        r"the text",
        "in ranges",
    ),
    "two ranges of blocks change places": (
        lambda files: substitute("Size/Range2", r"(checked2 : .* integers) 2 2 ", r"\1 0 2 ")(
            substitute("Size/Range1", r"(checked1 : .* integers) 0 2 ", r"\1 2 2 ")(files)
        ),
        r"size: checked1: the first block",
        "in ranges",
    ),
    "a range of blocks overlaps the one before": (
        substitute("Size/Range2", r"(checked2 : .* integers) 2 2 ", r"\1 1 3 "),
        r"size: checked2: the first block",
        "in ranges",
    ),
    "a block is in no range": (
        substitute("Size/Range1", r"(checked1 : .* integers) 0 2 ", r"\1 0 1 "),
        r"size: checked2: the first block",
        "in ranges",
    ),
    "the last range ends before the last block": (
        substitute("Size/Range3", r"(checked3 : .* integers) 4 3 ", r"\1 4 2 "),
        r"size: the blocks of all ranges",
        "in ranges",
    ),
    "a range is checked with the shards of another": (
        substitute("Size/Range1", r"\[shard1\]", "[shard2]"),
        r".*shard.*|the text",
        "in ranges",
    ),
    "the total of a range of blocks is another": (
        substitute("Size/Range1", r"(checked1 .*\n    \(\.attains \d+), 0", r"\1, 1"),
        r"size: checked1: attaining",
        "in ranges",
    ),
    "the totals of two ranges of blocks are exchanged": (
        lambda files: substitute("Size/Range1", r"(checked1 .*\n    \(\.attains \d+), 0", r"\1, 1")(
            substitute("Size/Range3", r"(checked3 .*\n    \(\.attains \d+), 1", r"\1, 0")(files)
        ),
        r"size: checked3: attaining",
        "in ranges",
    ),
    "another sample is looked for in a range of blocks": (
        substitute("Size/Range1", r"(checked1 .*\n    \(\.attains) \d+, 0", r"\1 0, 0"),
        r"size: checked1: worst sample",
        "in ranges",
    ),
    "the bound is claimed without a proof": (
        substitute("Size", r"Bridge\.bound_of_found faithful checked \(by decide\) i", "sorry"),
        r"the text",
    ),
    "the check is claimed without a proof": (substitute("Size", r"decide \+kernel", "sorry"), r"the text"),
    "the bound is claimed for half of δ": (
        substitute("Size", r"residual i ≤ δ", "residual i ≤ δ / 2"),
        r"the text",
    ),
}
# Lean accepts these, and rightly so: everything that is claimed is still true, of the numbers that are then stored.
HARMLESS = {
    # What is between the magnitude and the sign is no part of a weight.
    "a weight has a bit above its magnitude": (
        change_weights(lambda width: 2 ** (width - 2)),
        r"size: weight 0 as an integer",
    ),
    "the padding row is another one": (
        add(SAMPLES, 2, 1),
        rf"scores\[{SAMPLES - 1}, 0\] in the padding row {SAMPLES}",
        "in pieces",
    ),
    "the padding row counts as a sample": (claim_samples(SAMPLES + 1), r"the number of samples", "in pieces"),
    "the blocks have more rows than there are samples": (
        substitute("Samples", r"(blockRows := )(\d+)", shifted(2)),
        r"blockRows",
    ),
    "the weights are said to be wider than they are": (
        substitute("Size", r"(magnitudeBits := )(\d+)", shifted(1)),
        r"size: magnitudeBits",
    ),
    "the only literal of the weights is said to be wider": (
        substitute("Size", r"(literalBits := )(\d+)", shifted(4)),
        r"size: literalBits",
    ),
    "the scores are said to span more": (
        substitute("Size", r"(scoreSpan := )(\d+)", shifted(1)),
        r"size: the span of the scores as integers",
    ),
    "a latent of a sample that is far from δ is one unit off": (add(0, 0, 1), r"latents\[0, 0\]"),
    "a bit is set above the last row of a column": (set_bit_above_the_last_row, r"columns\[3\]"),
    "a column more is stored than there is": (
        substitute("Samples", r"(?<=⟩)\n  \]", f",\n    .one ⟨{', '.join(['nat_lit 0x1'] * 4)}⟩\n  ]"),
        r"columns",
    ),
    "the slots are wider than they must be": (
        substitute("Samples", r"(slotDigits := )(\d+)", shifted(2)),
        r"slotDigits",
        "in pieces",
    ),
}
MUTANTS = {name: Mutant(*mutant) for name, mutant in MUTANTS.items()}
HARMLESS = {name: Mutant(*mutant) for name, mutant in HARMLESS.items()}


@pytest.fixture(scope="module")
def messages(tmp_path_factory, lean_pool):
    """What Lean says about each mutant, and about the exports without a change."""
    folder = tmp_path_factory.mktemp("mutants")
    exports = {}
    for number, name in enumerate(ARTIFACTS):
        with base(name) as unchanged:
            exports[name] = rendered(folder, unchanged, f"Unchanged{number}")
    exports[DIVIDED_ANEW] = divided_anew(folder, "DividedAnew")
    for number, (name, mutant) in enumerate([*HARMLESS.items(), *MUTANTS.items()]):
        with base(mutant.base) as unchanged:
            exports[name] = mutant.change(rendered(folder, unchanged, f"Mutant{number}"))
    return messages_of_lean(folder, exports, lean_pool, PER_FILE)


@pytest.mark.lean
@pytest.mark.parametrize("name", [*ARTIFACTS, DIVIDED_ANEW])
def test_lean_accepts_the_export_without_a_change(messages, name):
    assert messages[name] == []


def test_verify_accepts_the_export_that_is_divided_up_anew(tmp_path):
    files = divided_anew(tmp_path, "Generated")
    assert [len(column) for column in literals_in(files)] == [4] * 16
    assert verify(write(tmp_path, files), stored(tmp_path, artifact())).ok


@pytest.mark.lean
@pytest.mark.parametrize("name", MUTANTS)
def test_lean_rejects_the_mutant_in_which(messages, name):
    assert messages[name]


@pytest.mark.lean
@pytest.mark.parametrize(
    "name",
    [name for name in MUTANTS if "unit in the last place" in name or "one unit off" in name],
)
def test_lean_rejects_a_changed_number_since_the_claim_is_false(messages, name):
    assert re.search(r"decide.*(is false|did not reduce)", messages[name][0], re.DOTALL)


@pytest.mark.lean
@pytest.mark.parametrize("name", HARMLESS)
def test_lean_accepts_what_makes_no_claim_false_such_as_that(messages, name):
    assert messages[name] == []


@pytest.mark.parametrize("name", [*MUTANTS, *HARMLESS])
def test_verify_names_what_was_changed_in_the_mutant_in_which(tmp_path, name):
    mutant = {**MUTANTS, **HARMLESS}[name]
    with base(mutant.base) as unchanged:
        root = write(tmp_path, mutant.change(rendered(tmp_path, unchanged)))
        outcome = verify(root, stored(tmp_path, unchanged))
    assert any(re.fullmatch(mutant.named, difference.what) for difference in outcome.differences), outcome.differences
    assert all(difference.place.file.is_relative_to(tmp_path) for difference in outcome.differences)


def test_the_last_sample_attains_both_sup_errors():
    # The mutants that change it rely on this.
    probe = artifact()
    residuals = probe.scores - np.hstack([probe.latents, np.ones((SAMPLES, 1))]) @ probe.weights
    assert np.abs(residuals).argmax(axis=0).tolist() == [SAMPLES - 1] * 2


@pytest.mark.parametrize(("name", "rows"), [("whole", 7), ("in pieces", 4)])
def test_the_last_block_has_a_padding_row_in_the_export_in_pieces_alone(tmp_path, name, rows):
    with base(name) as unchanged:
        form = layout(rendered(tmp_path, unchanged))
    assert (form.block_rows, form.slot_digits) == (rows, 2)
