"""Comparing an export with its artifact: every export agrees, and every change is found and named."""

import dataclasses
import re
import tracemalloc
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import bridge.check.listed
import bridge.export.integers
import bridge.export.packing
from bridge.base.errors import InputError
from bridge.base.resources import templates_folder
from bridge.check.verify import verify
from bridge.export.render import render
from support.artifacts import make_artifact, stored
from support.exports import certified, rendered, small_ranges, small_shards
from support.lean_files import code_tokens, write
from support.packed_text import digit_at, literals_in, with_digit_changed, with_literal
from support.strategies import artifacts_with_coverages, unhurried, unmeasured

ROOT, SAMPLES, SIZE, THICK = "Generated.lean", "Generated/Samples.lean", "Generated/Size.lean", "Generated/Thick.lean"
SHARD_1, SHARD_2 = "Generated/Samples/Shard1.lean", "Generated/Samples/Shard2.lean"
COLUMNS = [("latents", 0), ("latents", 1), ("scores", 0), ("scores", 1)]

COLUMN = "⟨nat_lit 0x1, nat_lit 0x0, nat_lit 0x0, nat_lit 0x0⟩"
ONE_GROUP = f".one {COLUMN}"


def small_artifact(**changed):
    """Three samples, two latent coordinates, two concepts; sample 1 is the first to attain the δ of `size`."""
    latents = np.array([[0.5, -1.25], [2.0, 0.75], [2.0, 0.75]], np.float32)
    scores = np.array([[1.0, 0.25], [-3.0, 0.5], [-3.0, 0.125]], np.float32)
    weights = np.array([[0.1, -0.7], [-0.3, 0.2], [0.6, 0.9]], np.float32)
    arrays = {"latents": latents, "scores": scores, "weights": weights}
    return make_artifact(3, 2, concept_names=("size", "thick"), **{**arrays, **changed})


def extreme_artifact():
    """Numbers so far apart that digits are as wide as they can be."""
    latents = np.array([[2.0**1000, -(2.0**-1000)], [5e-324, -0.0], [1.0, -(2.0**1000)]])
    weights = np.array([[5e-324, 1.0], [-(2.0**-1000), 0.0], [0.5, -(2.0**900)]])
    return small_artifact(latents=latents, weights=weights)


def wide_artifact():
    """So many weights that they are written as integers alone."""
    return make_artifact(3, 130, 2, concept_names=("size", "thick"))


def tall_artifact(**changed):
    """Seven samples, which make two blocks of four rows where blocks are small."""
    return make_artifact(7, 2, concept_names=("size", "thick"), **changed)


@pytest.fixture
def in_small_pieces(monkeypatch):
    """Exports of the tall artifact have two blocks, and two parts."""
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 130)
    small_shards(monkeypatch, 4)


# Columns of the small and of the extreme artifact, of three rows, are in literals of a digit, and the fourth is 0;
# those of the tall one, of seven, are in three literals of two digits and one of one.
LAYOUTS = [
    "small",
    "extreme",
    "tall",
    "tall in small pieces",
    "extreme in small pieces",
]


@pytest.fixture(params=LAYOUTS)
def of_any_layout(request):
    """An artifact, in whose export the packed numbers have a layout of their own."""
    name, _, pieces = request.param.partition(" ")
    if pieces:
        request.getfixturevalue(pieces.replace(" ", "_"))
    return {"small": small_artifact, "extreme": extreme_artifact, "tall": tall_artifact}[name]()


def compare(folder, artifact, files):
    """Verify these texts, written to disk, against the artifact."""
    return verify(write(folder, files), stored(folder, artifact))


def substitute(files, name, pattern, replacement):
    """Replace the first group of a pattern in one file; also the line and the column, from 1, where it begins."""
    text = files[name]
    match = re.search(pattern, text)
    assert match, f"{pattern} is not in {name}"
    line_start = text.rfind("\n", 0, match.start(1)) + 1
    place = (text.count("\n", 0, match.start(1)) + 1, match.start(1) - line_start + 1)
    return {**files, name: text[: match.start(1)] + replacement + text[match.end(1) :]}, place


def replaced(name, old, new):
    """A change that replaces every occurrence of a text in one file."""

    def change(files):
        assert old in files[name]
        return {**files, name: files[name].replace(old, new)}

    return change


def found(outcome):
    """What was found to differ, with line and column."""
    return [(difference.what, difference.place.line, difference.place.column) for difference in outcome.differences]


def whats(outcome):
    return [difference.what for difference in outcome.differences]


def is_noticed(folder, record, files):
    """Whether a difference from the stored artifact is named, or a file that is missing."""
    try:
        return not verify(write(folder, files), record).ok
    except InputError:
        return True


# What agrees


@unhurried
@given(artifacts_with_coverages())
def test_every_export_agrees_with_its_artifact(tmp_path, drawn):
    artifact, coverage = drawn
    outcome = compare(tmp_path, artifact, rendered(tmp_path, artifact, coverage=coverage))
    assert outcome.differences == ()
    assert outcome.ok


@pytest.mark.parametrize(
    "size",
    [{"samples": 300}, {"concepts": 50}, {"dim": 300, "samples": 7}, {"samples": 1, "dim": 1, "concepts": 1}],
    ids=str,
)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_larger_exports_agree_too(tmp_path, size, dtype):
    artifact = make_artifact(**size, dtype=dtype)
    assert compare(tmp_path, artifact, rendered(tmp_path, artifact)).differences == ()


def test_exports_of_every_layout_agree(tmp_path, of_any_layout):
    files = rendered(tmp_path, of_any_layout)
    assert compare(tmp_path, of_any_layout, files).differences == ()


@pytest.mark.usefixtures("in_small_pieces")
def test_the_small_pieces_are_two_blocks_of_columns_of_four_digits_in_two_parts(tmp_path):
    samples = certified(tall_artifact()).samples
    assert (samples.block_rows, len(samples.columns)) == (4, 2 * len(COLUMNS))
    assert samples.limb_bits == samples.digit_bits
    assert [name for name in rendered(tmp_path, tall_artifact()) if "Shard" in name] == [SHARD_1, SHARD_2]


@unmeasured
@unhurried
@given(artifacts_with_coverages(), st.sampled_from([1, 30, 100, 1_000]), st.integers(1, 20))
def test_exports_in_pieces_of_any_size_agree(tmp_path, drawn, column_bits, columns):
    artifact, coverage = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", column_bits)
        small_shards(patch, columns)
        assert compare(tmp_path, artifact, rendered(tmp_path, artifact, coverage=coverage)).differences == ()


@pytest.mark.parametrize("exponents", [{}, {"weights": np.zeros((131, 2))}], ids=["normal", "zeros"])
def test_many_weights_as_integers_alone_agree(tmp_path, exponents):
    artifact = dataclasses.replace(wide_artifact(), **exponents)
    files = rendered(tmp_path, artifact)
    assert "integers.weightVector 130" in files[SIZE]
    assert compare(tmp_path, artifact, files).differences == ()


@pytest.mark.parametrize("name", ["δ", "a b", "a/-", "end", "a.b", '"; #eval', "_", "Generated", "δ → False"])
def test_a_concept_of_any_name_agrees(tmp_path, name):
    artifact = make_artifact(concepts=1, concept_names=(name,))
    assert compare(tmp_path, artifact, rendered(tmp_path, artifact)).differences == ()


def test_every_number_is_compared(tmp_path):
    files = rendered(tmp_path, small_artifact())
    decimals = [
        token
        for text in files.values()
        for token in code_tokens(text)
        if token.lastgroup == "number" and not token[0].startswith("0x")
    ]
    denominators = sum(len(re.findall(r"\d [/^] \d", text)) for text in files.values())
    rows = certified(small_artifact()).samples.block_rows
    entries, weights, digests, parts, names = rows * 4, 2 * 2, 4, 3, 2 * 2
    outcome = compare(tmp_path, small_artifact(), files)
    assert outcome.compared == len(decimals) - denominators + entries + weights + digests + parts + names


# One change


@pytest.mark.parametrize(
    ("name", "pattern", "what"),
    [
        (SAMPLES, r" size := (\d+)", "the number of samples"),
        (SAMPLES, r"latentDim := (\d+)", "the latent dimension"),
        (SAMPLES, r"conceptCount := (\d+)", "the number of concepts"),
        (SAMPLES, r"latentExponent := (\d+)", "latentExponent"),
        (SAMPLES, r"scoreExponents := \[(\d+)", "scoreExponents[0]"),
        (SAMPLES, r"scoreExponents := \[\d+, (\d+)", "scoreExponents[1]"),
        (SAMPLES, r"digitBits := (\d+)", "digitBits"),
        (SAMPLES, r"slotDigits := (\d+)", "slotDigits"),
        (SIZE, r"AffineFunctional (\d+)", "size: the latent dimension"),
        (SIZE, r"def residual \(i : Fin (\d+)\)", "size: the number of samples"),
        (SIZE, r"theorem bound \(i : Fin (\d+)\)", "size: the number of samples"),
        (SIZE, r"∃ i : Fin (\d+)", "size: the number of samples"),
        (THICK, r"samples.score (\d+)", "thick: the score column"),
        (THICK, r"Found samples (\d+)", "thick: the score column"),
        (THICK, r"Represents samples (\d+)", "thick: the score column"),
        (SIZE, r"magnitudeBits := (\d+)", "size: magnitudeBits"),
        (SIZE, r"weightBits := (\d+)", "size: weightBits"),
        (SIZE, r"sup := (\d+)", "size: δ as an integer"),
        (SIZE, r"scoreLow := (\d+)", "size: the least score as an integer"),
        (SIZE, r"scoreSpan := (\d+)", "size: the span of the scores as integers"),
        (SIZE, r"integers (\d+) \d+ \[", "size: the first block"),
        (SIZE, r"integers \d+ (\d+) \[", "size: the number of blocks"),
        (SIZE, r"\(\.attains (\d+), ", "size: the sample that attains δ"),
        (SIZE, r"\(\.attains \d+, (\d+)\)", "size: how many such samples are named"),
        (
            SIZE,
            r"attained_of_found faithful checked \(by decide\) (\d+)",
            "size: the place of the sample that attains δ",
        ),
        (SIZE, r"⟨⟨(\d+),", "size: the sample that attains δ"),
        (ROOT, r"Probe \(EuclideanSpace ℝ \(Fin (\d+)", "size: the latent dimension"),
        (ROOT, r"ProbeSpec \(Fin \d+\) \(EuclideanSpace ℝ \(Fin (\d+)", "size: the latent dimension"),
        (ROOT, r"z : EuclideanSpace ℝ \(Fin (\d+)", "size: the latent dimension"),
        (ROOT, r"column : EuclideanSpace ℝ \(Fin (\d+)", "size: the length of the column"),
        (ROOT, r"ProbeSpec \(Fin (\d+)", "size: the number of samples"),
        (ROOT, r"ofBound functional samples.latent \(samples.score (\d+)", "size: the score column"),
        (ROOT, r"isTight_ofBound functional samples.latent \(samples.score (\d+)", "size: the score column"),
    ],
)
@pytest.mark.parametrize(
    "change",
    [lambda n: n + 1, lambda n: 0 if n else 7, lambda _: 10**9, lambda _: 10**12, lambda _: 10**4299],
    ids=["one more", "zero", "10^9", "10^12", "10^4299"],
)
def test_a_changed_count_is_named_with_its_place_at_no_cost(tmp_path, name, pattern, what, change):
    files = rendered(tmp_path, small_artifact())
    old = int(re.search(pattern, files[name])[1])
    mutant, place = substitute(files, name, pattern, str(change(old)))
    tracemalloc.start()
    outcome = compare(tmp_path, small_artifact(), mutant)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6
    (difference,) = outcome.differences
    assert (difference.what, difference.found, difference.required) == (what, str(change(old)), str(old))
    assert str(difference.place) == f"{tmp_path / name}:{place[0]}:{place[1]}"


@pytest.mark.parametrize("count", [0, 10**9, 10**12, 10**4299], ids=["zero", "10^9", "10^12", "10^4299"])
@pytest.mark.parametrize("field", ["blockRows", "limbBits"])
def test_a_layout_that_divides_up_no_numbers_is_named_with_its_place_at_no_cost(tmp_path, field, count):
    samples = certified(small_artifact()).samples
    mutant, place = substitute(rendered(tmp_path, small_artifact()), SAMPLES, rf"{field} := (\d+)", str(count))
    tracemalloc.start()
    outcome = compare(tmp_path, small_artifact(), mutant)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6
    assert found(outcome)[0] == (field, *place)
    assert (outcome.differences[0].found, outcome.differences[0].required) == (
        str(count),
        {
            "blockRows": f"a multiple of 1, below {samples.size + 1}",
            "limbBits": f"a multiple of 4, below {samples.digit_bits * samples.block_rows + 1}",
        }[field],
    )


@pytest.mark.parametrize(
    ("pattern", "replacement", "what"),
    [
        (r"w := #v\[\n +(-?\d+)", "7", "size: w[0]"),
        (r"w := #v\[\n.*\n +(-?\d+ / \d+)", "1 / 3", "size: w[1]"),
        (r"b := (\d+)", "-5", "size: b"),
        (r"b := (.*)", "0", "size: b"),
        (r"δ : Rat := (.*)", "-1 / 2", "size: δ"),
        (r"δ : Rat := (\d+)", "1", "size: δ"),
        (r"δ : Rat := (.*)", "1" * 4300, "size: δ"),
        (r"δ : Rat := (.*)", f"1 / {10**4299}", "size: δ"),
        (r"denominator := (.*)", "24", "size: the denominator"),
        (r"denominator := (.*)", "2 ^ 1074", "size: the denominator"),
        (r"denominator := (.*)", "1" * 4300, "size: the denominator"),
        (r"bias := (.*)", "Bridge.plus 7", "size: the bias as an integer"),
        (r"bias := (.*)", "Bridge.minus 0", "size: the bias as an integer"),
    ],
)
def test_a_changed_rational_is_named_with_its_place(tmp_path, pattern, replacement, what):
    mutant, place = substitute(rendered(tmp_path, small_artifact()), SIZE, pattern, replacement)
    outcome = compare(tmp_path, small_artifact(), mutant)
    assert found(outcome) == [(what, *place)]
    claim = certified(small_artifact()).concepts[0]
    required = {
        "size: w[0]": claim.weights[0],
        "size: w[1]": claim.weights[1],
        "size: b": claim.bias,
        "size: the denominator": claim.integers.denominator,
        "size: the bias as an integer": claim.integers.bias,
    }
    assert outcome.differences[0].required == str(required.get(what, claim.delta))


@pytest.mark.parametrize("units", [-1, 1])
@pytest.mark.parametrize("name", [SIZE, THICK])
def test_a_delta_one_unit_in_the_last_place_off_is_named(tmp_path, name, units):
    files = rendered(tmp_path, small_artifact())
    numerator = int(re.search(r"δ : Rat := (\d+)", files[name])[1])
    mutant, place = substitute(files, name, r"δ : Rat := (\d+)", str(numerator + units))
    concept = {SIZE: "size", THICK: "thick"}[name]
    assert found(compare(tmp_path, small_artifact(), mutant)) == [(f"{concept}: δ", *place)]


def test_a_sample_that_attains_delta_too_but_is_not_the_first_is_named(tmp_path):
    files = rendered(tmp_path, small_artifact())
    assert "⟨⟨1," in files[SIZE]
    outcome = compare(tmp_path, small_artifact(), substitute(files, SIZE, r"⟨⟨(1),", "2")[0])
    assert [(d.what, d.found, d.required) for d in outcome.differences] == [
        ("size: the sample that attains δ", "2", "1")
    ]


def entry_name(samples, row, column):
    """What the entry of a row of the packed samples is called."""
    array, index = COLUMNS[column]
    padding = f" in the padding row {row}" if row >= samples.size else ""
    return f"{array}[{min(row, samples.size - 1)}, {index}]{padding}"


@unmeasured
def test_every_digit_of_a_packed_number_belongs_to_the_entry_that_is_named(tmp_path, of_any_layout):
    files, record = rendered(tmp_path, of_any_layout), stored(tmp_path, of_any_layout)
    samples = certified(of_any_layout).samples
    columns = literals_in(files)
    assert len(columns) == len(samples.columns)
    for number, literals in enumerate(columns):
        block, column = divmod(number, len(COLUMNS))
        for position, (name, literal) in enumerate(literals):
            length = len(literal[1])
            for digit in range(0, length, 1 + length // 20):
                bit = position * samples.limb_bits + 4 * digit
                row = block * samples.block_rows + bit // samples.digit_bits
                outcome = verify(
                    write(tmp_path, with_literal(files, (name, literal), int(literal[1], 16) ^ 16**digit)), record
                )
                (difference,) = outcome.differences
                line = files[name].count("\n", 0, literal.start()) + 1
                is_left_over = bit >= samples.digit_bits * samples.block_rows
                assert difference.what == (f"columns[{number}]" if is_left_over else entry_name(samples, row, column))
                assert (difference.place.file, difference.place.line) == (tmp_path / name, line)


@unmeasured
@pytest.mark.parametrize("by", [-1, 1])
def test_a_unit_in_any_row_is_named_with_what_is_found_and_required(tmp_path, of_any_layout, by):
    artifact = of_any_layout
    files, record = rendered(tmp_path, artifact), stored(tmp_path, artifact)
    samples = certified(artifact).samples
    rows = -(-samples.size // samples.block_rows) * samples.block_rows
    for row in range(rows):
        for column, (array, index) in enumerate(COLUMNS):
            exponent = samples.latent_exponent if array == "latents" else samples.score_exponents[index]
            required = Fraction(float(getattr(artifact, array)[min(row, samples.size - 1), index]))
            outcome = verify(write(tmp_path, with_digit_changed(files, row, column, by)), record)
            (difference,) = outcome.differences
            assert difference.what == entry_name(samples, row, column)
            assert difference.found == str(required + Fraction(by, 2**exponent))
            assert difference.required == str(required)


# The first column of an export begins with these two literals.
TWO_LITERALS = r"⟨nat_lit (0x[0-9a-f]+), nat_lit (0x[0-9a-f]+)"


@pytest.mark.usefixtures("in_small_pieces")
def test_a_literal_that_is_left_out_is_named_with_its_place(tmp_path):
    files = rendered(tmp_path, tall_artifact())
    mutant, _ = substitute(files, SHARD_1, r"⟨nat_lit 0x[0-9a-f]+(, nat_lit 0x[0-9a-f]+)", "")
    _, place = substitute(files, SHARD_1, r"⟨nat_lit (0x)", "")
    (difference,) = compare(tmp_path, tall_artifact(), mutant).differences
    assert (difference.what, difference.place.line, difference.place.column) == ("the text", *place)
    assert (difference.found, difference.required) == ("a column of 3 literals", "4 of them")


@pytest.mark.usefixtures("in_small_pieces")
def test_literals_in_the_order_of_the_other_are_named(tmp_path):
    files = rendered(tmp_path, tall_artifact())
    first, second = re.search(TWO_LITERALS, files[SHARD_1]).groups()
    mutant = files
    for old, new in ((first, "first"), (second, first), ("first", second)):
        mutant = replaced(SHARD_1, f"nat_lit {old}", f"nat_lit {new}")(mutant)
    assert set(whats(compare(tmp_path, tall_artifact(), mutant))) == {"latents[0, 0]", "latents[1, 0]"}


@pytest.mark.usefixtures("in_small_pieces")
def test_literals_that_give_the_same_number_in_another_way_are_named(tmp_path):
    files = rendered(tmp_path, tall_artifact())
    width = certified(tall_artifact()).samples.limb_bits
    low, high = (int(literal, 16) for literal in re.search(TWO_LITERALS, files[SHARD_1]).groups())
    mutant, place = substitute(files, SHARD_1, TWO_LITERALS, hex(low + 2**width))
    mutant = replaced(SHARD_1, hex(high), hex(high - 1))(mutant)
    (difference,) = compare(tmp_path, tall_artifact(), mutant).differences
    assert (difference.what, difference.place.line) == ("columns[0]", place[0])
    assert (difference.found, difference.required) == (f"a literal of {width + 1} bits", f"at most {width}")


def test_a_bit_above_the_last_row_of_a_column_is_named(tmp_path, of_any_layout):
    artifact = of_any_layout
    files, record = rendered(tmp_path, artifact), stored(tmp_path, artifact)
    samples = certified(artifact).samples
    width = max(0, samples.digit_bits * samples.block_rows - samples.limb_bits * 3)
    for number, literals in enumerate(literals_in(files)):
        last = literals[-1]
        mutant = with_literal(files, last, int(last[1][1], 16) + 2**width)
        (difference,) = verify(write(tmp_path, mutant), record).differences
        assert (difference.what, difference.place.file) == (f"columns[{number}]", tmp_path / last[0])
        assert (difference.found, difference.required) == (f"a literal of {width + 1} bits", f"at most {width}")


@pytest.mark.usefixtures("in_small_pieces")
def test_a_column_that_is_left_out_or_doubled_is_named(tmp_path):
    files, record = rendered(tmp_path, tall_artifact()), stored(tmp_path, tall_artifact())
    for name in (SHARD_1, SHARD_2):
        (first, *_) = re.findall(r"^    \.one\n.*⟩,\n", files[name], re.MULTILINE)
        for copies in ("", first * 2):
            outcome = verify(write(tmp_path, {**files, name: files[name].replace(first, copies, 1)}), record)
            assert outcome.differences[0].what == "columns"


def regrouped(text, sizes):
    """The text of a file with its columns in groups of these sizes, the first of which is where they begin."""
    columns, written = iter(re.findall("⟨nat_lit.*?⟩", text)), {1: ".one", 8: ".eight"}
    groups = [f"{written[size]} {' '.join(islice(columns, size))}" for size in sizes]
    assert not list(columns)
    return re.sub(r"(?s) groups := \[.*\n  \]", lambda _: f" groups := [\n{f',{chr(10)}'.join(groups)}\n  ]", text)


@pytest.mark.parametrize(
    ("dim", "sizes", "wrong"),
    [
        (8, [1] * 9, {0: (1, 8)}),
        (9, [1, 8, 1], {0: (1, 8), 1: (8, 1)}),
        (9, [8, 1, 1], {}),
        (17, [8, 1, 8, 1], {1: (1, 8), 2: (8, 1)}),
        (7, [8], {0: (8, 1)}),
    ],
)
def test_columns_in_groups_of_other_sizes_are_named(tmp_path, dim, sizes, wrong):
    artifact = make_artifact(3, dim, 1)
    files = rendered(tmp_path, artifact)
    mutant = {**files, SAMPLES: regrouped(files[SAMPLES], sizes)}
    outcome = compare(tmp_path, artifact, mutant)
    named = {difference.what: (difference.found, difference.required) for difference in outcome.differences}
    expected = {
        f"groups[{number}]": tuple({1: "1 column", 8: "8 columns"}[size] for size in pair)
        for number, pair in wrong.items()
    }
    assert {what: named.get(what) for what in expected} == expected
    assert all(re.fullmatch(r"groups\[\d+\]", what) for what in named)
    for difference in outcome.differences:
        text = mutant[SAMPLES].splitlines()[difference.place.line - 1]
        assert re.search(r"\.(one|eight) ⟨nat_lit $", text[: difference.place.column - 1])


@pytest.mark.usefixtures("in_small_pieces")
def test_columns_in_the_other_part_are_named(tmp_path):
    files = rendered(tmp_path, tall_artifact())
    first, second = (re.search(r"(?s):= (\[.*\n  \])", files[name])[1] for name in (SHARD_1, SHARD_2))
    mutant = {
        **files,
        SHARD_1: files[SHARD_1].replace(first, second),
        SHARD_2: files[SHARD_2].replace(second, first),
    }
    outcome = compare(tmp_path, tall_artifact(), mutant)
    assert {"latents[0, 0]", "scores[6, 1]"} <= set(whats(outcome))
    assert {difference.place.file for difference in outcome.differences} == {tmp_path / SHARD_1, tmp_path / SHARD_2}


@pytest.mark.usefixtures("in_small_pieces")
@pytest.mark.parametrize(
    ("change", "place", "found_text", "required"),
    [
        (replaced(SAMPLES, "shard1,\n", "shard1\n"), SAMPLES, "`shard2`", "`,`"),
        (replaced(SAMPLES, "public import Generated.Samples.Shard2\n", ""), SAMPLES, "`,`", "`]`"),
        (lambda files: {**files, SHARD_1: files[SHARD_2]}, SHARD_1, "`shard2`", "`shard1`"),
        (lambda files: {**files, SHARD_2: files[SAMPLES]}, SHARD_2, "`public`", "`@`"),
        (replaced(SHARD_2, "ColumnGroup :=", "ColumnGroup := shard1 ++"), SHARD_2, "`shard1`", "`[`"),
    ],
)
def test_parts_that_do_not_belong_together_are_named(tmp_path, change, place, found_text, required):
    (difference,) = compare(tmp_path, tall_artifact(), change(rendered(tmp_path, tall_artifact()))).differences
    assert (difference.what, difference.found, difference.required) == ("the text", found_text, required)
    assert difference.place.file == tmp_path / place


def test_a_part_of_the_columns_that_is_left_out_throughout_is_named(tmp_path, monkeypatch):
    small_shards(monkeypatch, 1)
    files = rendered(tmp_path, small_artifact())
    mutant = replaced(SAMPLES, ",\n    shard4", "")(files)
    mutant = replaced(SAMPLES, "public import Generated.Samples.Shard4\n", "")(mutant)
    (difference,) = compare(tmp_path, small_artifact(), mutant).differences
    assert (difference.what, difference.found, difference.required) == ("columns", "3 of them", "4")


@pytest.mark.parametrize(
    ("pattern", "replacement", "what"),
    [
        (r"weightVector (\d+)", "129", "size: the latent dimension"),
        (r"denominator := (.*)", "2 ^ 1", "size: the denominator"),
        (r"denominator := (.*)", "0", "size: the denominator"),
        (r"magnitudeBits := (\d+)", "1", "size: magnitudeBits"),
        (r"weightBits := (\d+)", "0", "size: weightBits"),
        (r"literalBits := (\d+)", "0", "size: literalBits"),
        (r"literalBits := (\d+)", "8001", "size: literalBits"),
        (r"literalBits := (\d+)", f"{10**4299}", "size: literalBits"),
    ],
)
def test_a_change_in_many_weights_is_named_with_its_place(tmp_path, pattern, replacement, what):
    mutant, place = substitute(rendered(tmp_path, wide_artifact()), SIZE, pattern, replacement)
    assert found(compare(tmp_path, wide_artifact(), mutant))[0] == (what, *place)


def weight_literals(files):
    """The literals of the weights of the first concept, each a match with its digits as a group."""
    start = files[SIZE].index("weights := [")
    return list(re.compile("0x([0-9a-f]+)").finditer(files[SIZE], start, files[SIZE].index("]", start)))


def with_weight_changed(files, integers, index, bit):
    """The files with one bit of the digit of a weight changed, and the line where that digit begins."""
    literals, first = weight_literals(files), integers.weight_bits * index
    line = files[SIZE].count("\n", 0, literals[first // integers.literal_bits].start()) + 1
    position, bit = divmod(first + bit, integers.literal_bits)
    return with_literal(files, (SIZE, literals[position]), int(literals[position][1], 16) ^ 2**bit), line


@pytest.fixture(params=[8_000, 1_000])
def wide_export(request, tmp_path, monkeypatch):
    """An export of many weights, in one literal or in several, its integers, and the stored artifact."""
    monkeypatch.setattr(bridge.export.integers, "LITERAL_BITS", request.param)
    files, record = rendered(tmp_path, wide_artifact()), stored(tmp_path, wide_artifact())
    return files, certified(wide_artifact()).concepts[0].integers, record


@unmeasured
def test_every_bit_of_many_weights_belongs_to_the_weight_that_is_named(tmp_path, wide_export):
    files, integers, record = wide_export
    for index in range(130):
        for bit in (0, index % integers.weight_bits, integers.weight_bits - 1):
            mutant, line = with_weight_changed(files, integers, index, bit)
            (difference,) = verify(write(tmp_path, mutant), record).differences
            assert (difference.what, difference.place.line) == (f"size: weight {index} as an integer", line)


def test_a_weight_that_is_zero_has_one_sign(tmp_path):
    artifact = dataclasses.replace(wide_artifact(), weights=np.zeros((131, 2)))
    files, integers = rendered(tmp_path, artifact), certified(artifact).concepts[0].integers
    mutant, _ = with_weight_changed(files, integers, 0, integers.weight_bits - 1)
    (difference,) = compare(tmp_path, artifact, mutant).differences
    assert (difference.what, difference.found, difference.required) == ("size: weight 0 as an integer", "-0", "0")


def test_literals_of_weights_that_are_too_many_or_too_long_are_named(tmp_path, wide_export):
    files, integers, record = wide_export
    (*_, last), bits = weight_literals(files), 130 * integers.weight_bits
    width = bits - integers.literal_bits * (len(integers.weights) - 1)
    longer = with_literal(files, (SIZE, last), int(last[1], 16) + 2**width)
    (difference,) = verify(write(tmp_path, longer), record).differences
    assert (difference.what, difference.found) == ("size: weights", f"a literal of {width + 1} bits")
    assert difference.required == f"at most {width}"
    more = replaced(SIZE, "weights := [", "weights := [nat_lit 0x1,")(files)
    (difference,) = verify(write(tmp_path, more), record).differences
    assert (difference.what, difference.found) == ("size: weights", f"{len(integers.weights) + 1} of them")


@unmeasured
def test_no_number_of_many_weights_can_change_unnoticed(tmp_path):
    files, record = rendered(tmp_path, wide_artifact()), stored(tmp_path, wide_artifact())
    text = files[SIZE]
    for token in code_tokens(text):
        if token.lastgroup == "number" and not token[0].startswith("0x"):
            mutant = {**files, SIZE: f"{text[: token.start()]}{int(token[0]) + 1}{text[token.end() :]}"}
            assert not verify(write(tmp_path, mutant), record).ok, token


# No token is without weight


@unmeasured
def test_no_number_can_change_unnoticed(tmp_path, of_any_layout):
    files, record = rendered(tmp_path, of_any_layout), stored(tmp_path, of_any_layout)
    for name, text in files.items():
        for token in code_tokens(text):
            if token.lastgroup != "number":
                continue
            for number in {int(token[0], 0) + 1, max(0, int(token[0], 0) - 1), 0, 1} - {int(token[0], 0)}:
                written = f"0x{number:x}" if token[0].startswith("0x") else str(number)
                mutant = {**files, name: text[: token.start()] + written + text[token.end() :]}
                outcome = verify(write(tmp_path, mutant), record)
                assert not outcome.ok, (name, token, number)
                is_layout = text[: token.start()].endswith(("blockRows := ", "limbBits := "))
                assert is_layout or {difference.place.file for difference in outcome.differences} == {tmp_path / name}


@unmeasured
@pytest.mark.parametrize("of_any_layout", ["small", "tall in small pieces"], indirect=True)
def test_no_token_can_be_left_out_unnoticed(tmp_path, of_any_layout):
    files, record = rendered(tmp_path, of_any_layout), stored(tmp_path, of_any_layout)
    for name, text in files.items():
        for token in code_tokens(text):
            mutant = {**files, name: text[: token.start()] + text[token.end() :]}
            assert is_noticed(tmp_path, record, mutant), (name, token)


@unmeasured
@pytest.mark.parametrize("of_any_layout", ["small", "tall in small pieces"], indirect=True)
def test_no_token_can_be_doubled_unnoticed(tmp_path, of_any_layout):
    files, record = rendered(tmp_path, of_any_layout), stored(tmp_path, of_any_layout)
    for name, text in files.items():
        for token in code_tokens(text):
            mutant = {**files, name: f"{text[: token.end()]} {text[token.start() :]}"}
            assert is_noticed(tmp_path, record, mutant), (name, token)


@unmeasured
@pytest.mark.parametrize("of_any_layout", ["small", "tall in small pieces"], indirect=True)
def test_no_line_can_be_left_out_or_doubled_unnoticed(tmp_path, of_any_layout):
    files, record = rendered(tmp_path, of_any_layout), stored(tmp_path, of_any_layout)
    for name, text in files.items():
        lines = text.splitlines(keepends=True)
        of_code = {text.count("\n", 0, token.start()) for token in code_tokens(text)}
        for number in of_code:
            for copies in (0, 2):
                mutant = {
                    **files,
                    name: "".join([*lines[:number], *lines[number : number + 1] * copies, *lines[number + 1 :]]),
                }
                assert is_noticed(tmp_path, record, mutant), (name, lines[number], copies)


@pytest.fixture(scope="module")
def small_export(tmp_path_factory):
    """The texts of an export, the tokens of each, and the stored artifact."""
    folder = tmp_path_factory.mktemp("small")
    files = rendered(folder, small_artifact())
    return files, {name: code_tokens(text) for name, text in files.items()}, stored(folder, small_artifact())


@unhurried
@given(data=st.data())
def test_no_character_of_the_code_can_change_unnoticed(tmp_path, small_export, data):
    files, tokens, record = small_export
    name = data.draw(st.sampled_from(list(files)))
    token = data.draw(st.sampled_from(tokens[name]))
    position = data.draw(st.integers(token.start(), token.end() - 1))
    char = data.draw(st.sampled_from("0123456789abxAZ_-+/*.,:=[]()⟨⟩«»δ≤ \n'\"") | st.characters(codec="utf-8"))
    text = files[name]
    assume(char != text[position])
    mutant = {**files, name: text[:position] + char + text[position + 1 :]}
    assert is_noticed(tmp_path, record, mutant)


# Changes of other kinds


def with_a_padding_row_counted(files):
    """One sample more wherever they are counted; what fills up the block is taken for it."""
    return {name: re.sub(r"(Fin|size :=) 3\b", r"\1 4", text) for name, text in files.items()}


def swapped_columns(files):
    text = re.sub(r"samples(\.score)? 0", r"samples\1 1", files[SIZE])
    return {**files, SIZE: text}


def swapped_imports(files):
    size, thick = "public import Generated.Size", "public import Generated.Thick"
    return replaced(ROOT, f"{size}\n{thick}", f"{thick}\n{size}")(files)


def renamed(files):
    return replaced(SIZE, "Generated.size", "Generated.breadth")(files)


def swapped_weights(files):
    first, second = re.findall(r"^    (-?\d+ / \d+),?  -- about", files[SIZE], re.MULTILINE)
    text = files[SIZE].replace(first, "first").replace(second, first).replace("first", second)
    return {**files, SIZE: text}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            with_a_padding_row_counted,
            ["the number of samples", *["size: the number of samples"] * 3, *["thick: the number of samples"] * 3],
        ),
        (swapped_columns, ["size: the score column"] * 3),
        (swapped_imports, None),
        (lambda files: {**files, SIZE: files[THICK], THICK: files[SIZE]}, None),
        (renamed, ["the concept's name"]),
        (swapped_weights, ["size: w[0]", "size: w[1]"]),
        (replaced(ROOT, "public import Generated.Thick\n", ""), ["the concepts"]),
        (
            replaced(ROOT, "import Generated.Thick\n", "import Generated.Thick\npublic import Generated.Size\n"),
            ["the text"],
        ),
        (replaced(SAMPLES, "⟨nat_lit 0x", "⟨nat_lit 0x1, nat_lit 0x"), ["the text"]),
        (replaced(SAMPLES, "⟨nat_lit 0x", "⟨nat_lit 0xfff"), [f"columns[{number}]" for number in range(4)]),
        (replaced(SAMPLES, ":= [\n", f":= [\n{ONE_GROUP},\n"), ["columns", "latents[0, 0]"]),
    ],
)
def test_a_larger_change_is_named(tmp_path, change, named):
    outcome = compare(tmp_path, small_artifact(), change(rendered(tmp_path, small_artifact())))
    if named is None:
        assert whats(outcome)[:2] == ["the concept's name"] * 2
        assert [(d.found, d.required) for d in outcome.differences[:2]] == [("thick", "size"), ("size", "thick")]
        assert {"size: δ", "thick: δ", "size: w[0]", "thick: b"} <= set(whats(outcome))
    else:
        assert whats(outcome)[: len(named)] == named


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "found_text", "required"),
    [
        (SIZE, r"()/-- The sup", "axiom bad : False\n", "`axiom`", "`@`"),
        (SIZE, r"checked : [^=]*:=\n  \.of_check \(by (decide \+kernel)", "sorry", "`sorry`", "`decide`"),
        (
            SIZE,
            r"bound [^=]*:=\n  (Bridge\.bound_of_found faithful checked \(by decide\) i)",
            "sorry",
            "`sorry`",
            "`Bridge.bound_of_found`",
        ),
        (SIZE, r"(?s)(theorem bound .*\(by decide\) i\n)", "", "`attained`", "`bound`"),
        (SIZE, r"(?s)(/-- Some listed.*rfl⟩\n)", "", "`end`", "`theorem`"),
        (SIZE, r"residual i ≤ (δ)", "δ + δ", "`+`", "`:=`"),
        (SIZE, r"(-)δ ≤ residual", "- 2 * ", "`2`", "`δ`"),
        (SIZE, r"residual i = δ (∨)", "∧", "`∧`", "`∨`"),
        (SIZE, r"(functional)\.residual", "other", "`other.residual`", "`functional.residual`"),
        (SIZE, r"()namespace", "open Classical\n", "`open`", "`namespace`"),
        (SIZE, r"b := (.*)", r"/- 7 -/", "`@`", "a natural number in decimal digits"),
        (SIZE, r"()def δ", "/- /- -/ -/ ", "a comment inside a comment", "`-/`"),
        (SIZE, r"()def δ", "/-/-/ axiom bad : False -- -/ -/\n", "`/-/`", "a space after `/-`"),
        (SAMPLES, r"(groups :=)", "junk := 1\n  groups :=", "`junk`", "`groups`"),
        (ROOT, r"()/-!", "public import Mathlib\n", "import Mathlib", "a module of Generated"),
        (ROOT, r"()/-!", "theorem t : False := sorry\n", "`theorem`", "`@`"),
    ],
)
def test_a_change_of_the_text_is_named_with_its_place(tmp_path, name, pattern, replacement, found_text, required):
    mutant, (line, _) = substitute(rendered(tmp_path, small_artifact()), name, pattern, replacement)
    outcome = compare(tmp_path, small_artifact(), mutant)
    assert [(d.what, d.found, d.required) for d in outcome.differences] == [("the text", found_text, required)]
    (difference,) = outcome.differences
    assert difference.place.file == tmp_path / name
    assert difference.place.line >= line
    text = mutant[name].splitlines()[difference.place.line - 1][difference.place.column - 1 :]
    assert not found_text.startswith("`") or text.startswith(found_text.strip("`"))


def test_a_sign_that_lean_takes_for_a_comment_is_refused_with_what_hides_it(tmp_path):
    # A carriage return alone ends a line for many programs, but not for Lean.
    mutant, _ = substitute(rendered(tmp_path, small_artifact()), SIZE, r"\n +(-)\d+ / \d+  -- about", "--\r -\n")
    (difference,) = compare(tmp_path, small_artifact(), mutant).differences
    assert (difference.what, difference.found) == ("the text", "the character U+000D")


def test_a_right_number_in_a_comment_does_not_count(tmp_path):
    files = rendered(tmp_path, small_artifact())
    bias = re.search(r"b := (.*)", files[SIZE])[1]
    mutant, place = substitute(files, SIZE, r"b := (.*)", f"/- {bias} -/ 7 -- {bias}")
    (difference,) = compare(tmp_path, small_artifact(), mutant).differences
    assert (difference.what, difference.found) == ("size: b", "7")
    assert difference.place.column == place[1] + len(f"/- {bias} -/ ")


@pytest.mark.parametrize("name", [ROOT, SAMPLES, SIZE, THICK])
def test_another_artifact_digest_in_any_file_is_named(tmp_path, name):
    mutant, place = substitute(rendered(tmp_path, small_artifact()), name, r"SHA-256 ([0-9a-f]{64})\.\n-/", "0" * 64)
    outcome = compare(tmp_path, small_artifact(), mutant)
    assert found(outcome) == [("the artifact's SHA-256", *place)]
    assert outcome.differences[0].required == stored(tmp_path, small_artifact()).sha256


@pytest.mark.parametrize("name", [SAMPLES, SIZE, THICK])
def test_a_part_that_says_it_lists_other_samples_is_named(tmp_path, name):
    mutant, place = substitute(rendered(tmp_path, small_artifact()), name, r"--over (all)", "train")
    assert found(compare(tmp_path, small_artifact(), mutant)) == [("the listed part", *place)]


def test_an_export_that_says_throughout_that_it_lists_other_samples_is_named(tmp_path):
    files = rendered(tmp_path, small_artifact())
    mutant = {name: text.replace("--over all", "--over train") for name, text in files.items()}
    outcome = compare(tmp_path, small_artifact(), mutant)
    assert {"the number of samples", "size: the number of samples"} <= set(whats(outcome))


@pytest.mark.parametrize("part", ["some", "held-out", "calibration"])
def test_a_part_that_does_not_exist_or_has_no_samples_is_named(tmp_path, part):
    artifact = small_artifact(is_train=np.array([True, True, True]))
    files = rendered(tmp_path, artifact)
    mutant = {name: text.replace("--over all", f"--over {part}") for name, text in files.items()}
    (difference,) = compare(tmp_path, artifact, mutant).differences
    assert (difference.what, difference.found) == ("the listed part", part)
    assert difference.required == "one of all, train, calibration, held-out that has samples"
    assert difference.place.file == tmp_path / ROOT


def test_a_bound_for_more_calibration_samples_than_are_listed_is_named(tmp_path):
    """Of five samples three are for calibration, and two are listed, which the fit has seen."""
    parts = {"is_train": np.arange(5) > 2, "is_calibration": np.arange(5) < 3}
    artifact = make_artifact(5, 2, 1, concept_names=("size",), **parts)
    files = rendered(tmp_path, artifact, alpha="1/3")
    files = {name: text.replace("--over all", "--over train") for name, text in files.items()}
    differences = compare(tmp_path, artifact, files).differences
    assert [(each.found, each.required) for each in differences if each.what == "size: α"] == [
        ("1/3", "a level for which 2 samples are enough")
    ]


def test_a_concept_that_is_not_there_has_no_bound_and_is_missed(tmp_path):
    parts = {"is_train": np.arange(7) > 3, "is_calibration": np.arange(7) < 4}
    both = tall_artifact(**parts)
    one = make_artifact(
        7,
        2,
        1,
        concept_names=("size",),
        latents=both.latents,
        scores=both.scores[:, :1],
        weights=both.weights[:, :1],
        **parts,
    )
    outcome = compare(tmp_path, both, rendered(tmp_path, one, alpha="1/3"))
    assert {"the number of concepts", "the concepts"} <= set(whats(outcome))
    assert not any(what.startswith("thick") for what in whats(outcome))


def test_the_export_of_another_artifact_differs_in_everything(tmp_path):
    other = small_artifact(**{name: -getattr(small_artifact(), name) for name in ("latents", "scores", "weights")})
    outcome = compare(tmp_path, small_artifact(), rendered(tmp_path, other))
    assert {"the artifact's SHA-256", "latents[0, 0]", "scores[2, 1]", "size: w[0]", "thick: b"} <= set(whats(outcome))


def sup_error(claim, **changes):
    return dataclasses.replace(claim.sup_error, **changes)


def integers(claim, **changes):
    return dataclasses.replace(claim.integers, **changes)


# Numbers that the export itself got wrong: the text is then well formed, and only arithmetic finds them.
@pytest.mark.parametrize(
    ("field", "change", "what"),
    [
        (
            "sup_error",
            lambda claim: sup_error(claim, delta=claim.delta * (1 - Fraction(1, 2**60))),
            "size: δ",
        ),
        (
            "sup_error",
            lambda claim: sup_error(claim, delta=claim.delta * (1 + Fraction(1, 2**60))),
            "size: δ",
        ),
        ("bias", lambda claim: claim.bias + Fraction(1, 2**149), "size: b"),
        ("weights", lambda claim: (-claim.weights[0], claim.weights[1]), "size: w[0]"),
        ("weights", lambda claim: (*claim.weights, Fraction(0)), "size: w"),
        ("weights", lambda claim: claim.weights[:1], "size: w"),
        ("sup_error", lambda claim: sup_error(claim, worst_sample=0), "size: the sample that attains δ"),
        (
            "integers",
            lambda claim: integers(claim, denominator=claim.integers.denominator * 2),
            "size: the denominator",
        ),
        ("integers", lambda claim: integers(claim, sup=claim.integers.sup + 1), "size: δ as an integer"),
        (
            "integers",
            lambda claim: integers(claim, weights=(claim.integers.weights[0] ^ 1,)),
            "size: weight 0 as an integer",
        ),
    ],
)
def test_a_number_that_the_export_got_wrong_is_found(tmp_path, field, change, what):
    certificate = certified(small_artifact())
    size, thick = certificate.concepts
    wrong = dataclasses.replace(certificate, concepts=(dataclasses.replace(size, **{field: change(size)}), thick))
    files = render(stored(tmp_path, small_artifact()), wrong, namespace="Generated", templates=templates_folder())
    assert set(whats(compare(tmp_path, small_artifact(), files))) == {what}


def test_samples_that_the_export_packed_wrong_are_found(tmp_path):
    latents = small_artifact().latents.copy()
    latents[2, 1] = -latents[2, 1]
    wrong = certified(small_artifact(latents=latents)).samples
    certificate = dataclasses.replace(certified(small_artifact()), samples=wrong)
    files = render(stored(tmp_path, small_artifact()), certificate, namespace="Generated", templates=templates_folder())
    first, *copies = compare(tmp_path, small_artifact(), files).differences
    assert (first.what, first.found, first.required) == ("latents[2, 1]", "-3/4", "3/4")
    padding = range(3, certificate.samples.block_rows)
    assert [difference.what for difference in copies] == [f"latents[2, 1] in the padding row {row}" for row in padding]


@pytest.mark.usefixtures("in_small_pieces")
def test_a_padding_row_that_is_another_sample_is_found(tmp_path):
    files = rendered(tmp_path, tall_artifact())
    for column in range(len(COLUMNS)):
        files = with_digit_changed(files, 7, column, digit_at(files, 5, column) - digit_at(files, 6, column))
    assert whats(compare(tmp_path, tall_artifact(), files)) == [
        f"{array}[6, {index}] in the padding row 7" for array, index in COLUMNS
    ]


@pytest.mark.parametrize(
    ("field", "change", "what"),
    [
        ("slot_digits", lambda digits: digits - 1, "slotDigits"),
        ("slot_digits", lambda digits: digits + 1, "slotDigits"),
        ("digit_bits", lambda bits: bits + 4, "digitBits"),
        ("block_rows", lambda rows: rows + 1, "blockRows"),
        ("limb_bits", lambda bits: bits - 4, "columns[0]"),
        ("limb_bits", lambda bits: bits - 1, "limbBits"),
        ("limb_bits", lambda bits: bits + 4, "columns[0]"),
        ("limb_bits", lambda bits: 4 * bits, "limbBits"),
        ("latent_exponent", lambda exponent: exponent + 1, "latentExponent"),
        ("score_exponents", lambda exponents: exponents[::-1], "scoreExponents[0]"),
    ],
)
def test_a_layout_that_the_export_got_wrong_is_found(tmp_path, field, change, what):
    certificate = certified(small_artifact())
    value = change(getattr(certificate.samples, field))
    wrong = dataclasses.replace(certificate, samples=dataclasses.replace(certificate.samples, **{field: value}))
    files = render(stored(tmp_path, small_artifact()), wrong, namespace="Generated", templates=templates_folder())
    assert whats(compare(tmp_path, small_artifact(), files))[0] == what


@unmeasured
@unhurried
@given(artifacts_with_coverages(), st.sampled_from(["digit_bits", "slot_digits"]), st.sampled_from([-1, 1]))
def test_widths_that_are_not_the_least_ones_are_found_without_the_code_that_chose_them(tmp_path, drawn, field, by):
    artifact, coverage = drawn
    certificate = certified(artifact, coverage)
    samples = dataclasses.replace(certificate.samples, **{field: getattr(certificate.samples, field) + by})
    assume(samples.block_rows * samples.digit_bits >= 4)
    files = render(
        stored(tmp_path, artifact),
        dataclasses.replace(certificate, samples=samples),
        namespace="Generated",
        templates=templates_folder(),
    )
    what = {"digit_bits": "digitBits", "slot_digits": "slotDigits"}[field]
    assert whats(compare(tmp_path, artifact, files)) == [what]


# Absurd sizes


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "what"),
    [
        (SAMPLES, r"⟨nat_lit (0x[0-9a-f]+)", "0x1, nat_lit " * 5_000 + "0x1", "the text"),
        (SAMPLES, r"⟨nat_lit 0x[0-9a-f]()", "f" * 200_000, "columns[0]"),
        (SAMPLES, r"⟨nat_lit 0x([0-9a-f]+)", "f" * 3_000, "columns[0]"),
        (SAMPLES, r"groups := \[()", f"{ONE_GROUP}," * 5_000, "columns"),
        (SAMPLES, r"groups := \[()", f".eight {COLUMN * 8}," * 600, "groups[0]"),
        (SAMPLES, r"\.one()", COLUMN * 5_000, "the text"),
        (SAMPLES, r"\.(one)", "one" * 100, "the text"),
        (SAMPLES, r"⟨(nat_lit )0x", "nat_lit " * 5_000, "the text"),
        (SAMPLES, r"scoreExponents := \[()", "1," * 5_000, "scoreExponents"),
        (SIZE, r"w := #v\[()", "1," * 5_000, "size: w"),
        (SIZE, r"weights := \[()", "nat_lit 0x1," * 5_000, "size: weights"),
        (SIZE, r"weights := \[\n *nat_lit 0x()", "f" * 200_000, "size: weights"),
        (SIZE, r"b := (.*)", "1" * 200_000, "the text"),
        (SIZE, r"b := (.*)", f"1 / 1{'0' * 4_300}", "the text"),
        (SIZE, r"b := (.*)", "1" * 4_300 + " / " + "7" * 4_300, "size: b"),
        (SIZE, r"b := ()", "(" * 5_000, "the text"),
        (SIZE, r"()namespace", "/- " * 5_000, "the text"),
        (ROOT, r"()/-!", "public import Generated.Size\n" * 100, "the text"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_absurd_sizes_are_named_at_no_cost(tmp_path, name, pattern, replacement, what):
    mutant, _ = substitute(rendered(tmp_path, small_artifact()), name, pattern, replacement)
    tracemalloc.start()
    outcome = compare(tmp_path, small_artifact(), mutant)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert what in whats(outcome)
    assert all("\n" not in str(difference) for difference in outcome.differences)
    assert max(len(str(difference)) for difference in outcome.differences) < 10_000
    assert peak < 20e6


def peak_of(folder, samples):
    """How much memory a comparison takes beside the artifact."""
    is_calibration = np.arange(samples) % 2 == 0
    artifact = make_artifact(samples, 2, 1, is_train=~is_calibration, is_calibration=is_calibration)
    root = write(folder, rendered(folder, artifact, with_r_squared=True, alpha="1/10"))
    record = stored(folder, artifact)
    tracemalloc.start()
    assert verify(root, record).ok
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_many_samples_take_little_more_memory_than_some(tmp_path, monkeypatch):
    monkeypatch.setattr(bridge.check.listed, "_SECTION_ENTRIES", 1_500)
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 3_200)
    small_shards(monkeypatch, 30)
    small_ranges(monkeypatch, 50_000)
    (tmp_path / "few").mkdir()
    few, many = peak_of(tmp_path / "few", 2_000), peak_of(tmp_path, 20_000)
    # Positions of samples, and what is kept of each file.
    assert many - few < 18_000 * 40


# Files


@pytest.mark.parametrize("name", [ROOT, SAMPLES, SIZE])
def test_a_missing_file_is_refused(tmp_path, name):
    root = write(tmp_path, rendered(tmp_path, small_artifact()))
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match=rf"^{re.escape(str(tmp_path / name))} does not exist; an export is"):
        verify(root, stored(tmp_path, small_artifact()))


def test_an_import_of_a_file_that_is_not_there_is_refused(tmp_path):
    files = replaced(ROOT, "Generated.Thick", "Generated.Slant")(rendered(tmp_path, small_artifact()))
    with pytest.raises(InputError, match=r"Generated/Slant\.lean does not exist"):
        compare(tmp_path, small_artifact(), files)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    root = write(tmp_path, rendered(tmp_path, small_artifact()))
    (tmp_path / SAMPLES).write_text((tmp_path / SAMPLES).read_text(encoding="utf-8"), encoding="utf-16")
    with pytest.raises(InputError, match=r"Generated/Samples\.lean:1 is not UTF-8 text"):
        verify(root, stored(tmp_path, small_artifact()))


def test_a_difference_reads_as_place_what_found_and_required(tmp_path):
    mutant, (line, column) = substitute(rendered(tmp_path, small_artifact()), SAMPLES, r" size := (\d+)", "4")
    outcome = compare(tmp_path, small_artifact(), mutant)
    assert not outcome.ok
    assert [str(difference) for difference in outcome.differences] == [
        f"{tmp_path / SAMPLES}:{line}:{column}: the number of samples: found 4, required 3"
    ]
