"""Comparing an export with its artifact: every export agrees, and every change is found and named."""

import dataclasses
import re
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from artifacts import make_artifact, stored
from bridge.certificate import build_certificate
from bridge.errors import InputError
from bridge.render import render
from bridge.resources import templates_folder
from bridge.verify import verify
from exports import rendered
from lean_files import code_tokens, write
from strategies import artifacts_with_coverages, unhurried

ROOT, SAMPLES, SIZE, THICK = "Generated.lean", "Generated/Samples.lean", "Generated/Size.lean", "Generated/Thick.lean"


def small_artifact(**changed):
    """Three samples, two latent coordinates, two concepts; sample 1 is the first to attain the δ of `size`."""
    latents = np.array([[0.5, -1.25], [2.0, 0.75], [2.0, 0.75]], np.float32)
    scores = np.array([[1.0, 0.25], [-3.0, 0.5], [-3.0, 0.125]], np.float32)
    weights = np.array([[0.1, -0.7], [-0.3, 0.2], [0.6, 0.9]], np.float32)
    arrays = {"latents": latents, "scores": scores, "weights": weights}
    return make_artifact(3, 2, concept_names=("size", "thick"), **{**arrays, **changed})


def extreme_artifact():
    """Numbers so far apart that each row is a block of several literals."""
    latents = np.array([[2.0**1000, -(2.0**-1000)], [5e-324, -0.0], [1.0, -(2.0**1000)]])
    weights = np.array([[5e-324, 1.0], [-(2.0**-1000), 0.0], [0.5, -(2.0**900)]])
    return small_artifact(latents=latents, weights=weights)


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


def test_numbers_far_apart_are_in_blocks_of_several_literals_and_agree(tmp_path):
    files = rendered(tmp_path, extreme_artifact())
    assert re.search(r"\[0x[0-9a-f]+,\n     0x[0-9a-f]+\],", files[SAMPLES])
    assert compare(tmp_path, extreme_artifact(), files).differences == ()


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
    denominators = sum(len(re.findall(r"\d / \d", text)) for text in files.values())
    entries, digests, parts, names = 3 * 4, 4, 3, 2 * 2
    outcome = compare(tmp_path, small_artifact(), files)
    assert outcome.compared == len(decimals) - denominators + entries + digests + parts + names


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
        (SAMPLES, r"slotBits := (\d+)", "slotBits"),
        (SAMPLES, r"digitBits := (\d+)", "digitBits"),
        (SAMPLES, r"blockRows := (\d+)", "blockRows"),
        (SAMPLES, r"limbBits := (\d+)", "limbBits"),
        (SIZE, r"AffineFunctional (\d+)", "size: the latent dimension"),
        (SIZE, r"def residual \(i : Fin (\d+)\)", "size: the number of samples"),
        (SIZE, r"theorem bound \(i : Fin (\d+)\)", "size: the number of samples"),
        (SIZE, r"∃ i : Fin (\d+)", "size: the number of samples"),
        (THICK, r"samples.score (\d+)", "thick: the score column"),
        (THICK, r"check samples (\d+)", "thick: the score column"),
        (THICK, r"isTight samples (\d+)", "thick: the score column"),
        (SIZE, r"functional δ (\d+) = true", "size: the weight exponent"),
        (SIZE, r"functional δ (\d+) \d+ = true", "size: the weight exponent"),
        (SIZE, r"functional δ \d+ (\d+) = true", "size: the sample that attains δ"),
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
    ],
)
def test_a_changed_rational_is_named_with_its_place(tmp_path, pattern, replacement, what):
    mutant, place = substitute(rendered(tmp_path, small_artifact()), SIZE, pattern, replacement)
    outcome = compare(tmp_path, small_artifact(), mutant)
    assert found(outcome) == [(what, *place)]
    claim = build_certificate(small_artifact()).concepts[0]
    required = {"size: w[0]": claim.weights[0], "size: w[1]": claim.weights[1], "size: b": claim.bias}
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


@pytest.mark.parametrize("artifact", [small_artifact(), extreme_artifact()], ids=["small", "extreme"])
def test_every_digit_of_a_packed_number_belongs_to_the_entry_that_is_named(tmp_path, artifact):
    files, record = rendered(tmp_path, artifact), stored(tmp_path, artifact)
    samples = build_certificate(artifact).samples
    columns, row = 4, 0
    text = files[SAMPLES]
    literals = list(re.finditer(r"0x[0-9a-f]+", text))
    assert len(literals) == sum(map(len, samples.blocks))
    for block in samples.blocks:
        first_bit = 0
        for _ in block:
            literal = literals.pop(0)
            for position in range(literal.end() - 1, literal.start() + 1, -1 - len(literal[0]) // 50):
                bit = first_bit + 4 * (literal.end() - 1 - position)
                slot = bit // samples.slot_bits
                i, j = row + slot // columns, slot % columns
                what = f"latents[{i}, {j}]" if j < 2 else f"scores[{i}, {j - 2}]"
                digit = f"{int(text[position], 16) ^ 1:x}"
                mutant = {**files, SAMPLES: text[:position] + digit + text[position + 1 :]}
                assert whats(verify(write(tmp_path, mutant), record)) == [what]
            first_bit += samples.limb_bits
        row += samples.block_rows


# The first block of the extreme export: two literals on two lines.
TWO_LITERALS = r"\[(0x[0-9a-f]+),\n     (0x[0-9a-f]+)\]"


def test_an_entry_is_named_with_the_place_of_the_literal_that_it_begins_in(tmp_path):
    files = rendered(tmp_path, extreme_artifact())
    samples = build_certificate(extreme_artifact()).samples
    assert samples.limb_bits < 3 * samples.slot_bits < samples.block_rows * 4 * samples.slot_bits
    second = re.search(TWO_LITERALS, files[SAMPLES])[2]
    highest = f"0x{int(second[2], 16) ^ 1:x}{second[3:]}"
    mutant, place = substitute(files, SAMPLES, rf"({second})", highest)
    assert found(compare(tmp_path, extreme_artifact(), mutant)) == [("scores[0, 1]", *place)]


def test_a_literal_that_is_left_out_counts_as_zero_and_is_named(tmp_path):
    files = rendered(tmp_path, extreme_artifact())
    mutant, _ = substitute(files, SAMPLES, r"\[0x[0-9a-f]+(,\n     0x[0-9a-f]+)\]", "")
    _, place = substitute(files, SAMPLES, TWO_LITERALS, "")
    assert ("scores[0, 1]", *place) in found(compare(tmp_path, extreme_artifact(), mutant))


def test_literals_that_give_the_same_number_in_another_way_are_named(tmp_path):
    files = rendered(tmp_path, extreme_artifact())
    width = build_certificate(extreme_artifact()).samples.limb_bits
    low, high = (int(literal, 16) for literal in re.search(TWO_LITERALS, files[SAMPLES]).groups())
    mutant, place = substitute(files, SAMPLES, TWO_LITERALS, hex(low + 2**width))
    mutant = replaced(SAMPLES, hex(high), hex(high - 1))(mutant)
    (difference,) = compare(tmp_path, extreme_artifact(), mutant).differences
    assert (difference.what, difference.place.line) == ("blocks[0]", place[0])
    assert (difference.found, difference.required) == (f"a literal of {width + 1} bits", f"at most {width}")


# No token is without weight


@pytest.mark.parametrize("artifact", [small_artifact(), extreme_artifact()], ids=["small", "extreme"])
def test_no_number_can_change_unnoticed(tmp_path, artifact):
    files, record = rendered(tmp_path, artifact), stored(tmp_path, artifact)
    for name, text in files.items():
        for token in code_tokens(text):
            if token.lastgroup != "number":
                continue
            for number in {int(token[0], 0) + 1, max(0, int(token[0], 0) - 1), 0, 1} - {int(token[0], 0)}:
                written = f"0x{number:x}" if token[0].startswith("0x") else str(number)
                mutant = {**files, name: text[: token.start()] + written + text[token.end() :]}
                outcome = verify(write(tmp_path, mutant), record)
                assert not outcome.ok, (name, token, number)
                assert all(difference.place.file == tmp_path / name for difference in outcome.differences)


def test_no_token_can_be_left_out_unnoticed(tmp_path):
    files, record = rendered(tmp_path, small_artifact()), stored(tmp_path, small_artifact())
    for name, text in files.items():
        for token in code_tokens(text):
            mutant = {**files, name: text[: token.start()] + text[token.end() :]}
            assert is_noticed(tmp_path, record, mutant), (name, token)


def test_no_token_can_be_doubled_unnoticed(tmp_path):
    files, record = rendered(tmp_path, small_artifact()), stored(tmp_path, small_artifact())
    for name, text in files.items():
        for token in code_tokens(text):
            mutant = {**files, name: f"{text[: token.end()]} {text[token.start() :]}"}
            assert is_noticed(tmp_path, record, mutant), (name, token)


def test_no_line_can_be_left_out_or_doubled_unnoticed(tmp_path):
    files, record = rendered(tmp_path, small_artifact()), stored(tmp_path, small_artifact())
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


def without_last_sample(files):
    """One sample fewer wherever they are counted, and its row taken from the packed number."""
    slot_digits = int(re.search(r"slotBits := (\d+)", files[SAMPLES])[1]) // 4
    digits = re.search(r"0x([0-9a-f]+)", files[SAMPLES])[1]
    shorter = digits[-2 * 4 * slot_digits :].lstrip("0")
    fewer = {name: re.sub(r"(Fin|size :=) 3\b", r"\1 2", text) for name, text in files.items()}
    return replaced(SAMPLES, digits, shorter)(fewer)


def with_a_sample_more(files):
    """A fourth row, a copy of the first one, that is packed but not counted."""
    slot_bits = int(re.search(r"slotBits := (\d+)", files[SAMPLES])[1])
    digits = re.search(r"0x([0-9a-f]+)", files[SAMPLES])[1]
    row = int(digits, 16) % 2 ** (4 * slot_bits)
    return replaced(SAMPLES, digits, f"{(row << (3 * 4 * slot_bits)) | int(digits, 16):x}")(files)


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
            without_last_sample,
            ["the number of samples", *["size: the number of samples"] * 3, *["thick: the number of samples"] * 3],
        ),
        (with_a_sample_more, ["blocks[0]"]),
        (swapped_columns, ["size: the score column"] * 3),
        (swapped_imports, None),
        (lambda files: {**files, SIZE: files[THICK], THICK: files[SIZE]}, None),
        (renamed, ["the concept's name"]),
        (swapped_weights, ["size: w[0]", "size: w[1]"]),
        (replaced(ROOT, "public import Generated.Thick\n", ""), ["the concepts"]),
        (
            replaced(ROOT, "import Generated.Thick\n", "import Generated.Thick\npublic import Generated.Size\n"),
            ["the concepts"],
        ),
        (replaced(SAMPLES, "[0x", "[0x1, 0x"), ["blocks[0]"]),
        (replaced(SAMPLES, "\n    [0x", "\n    [0x1],\n    [0x"), ["blocks", "latents[0, 0]"]),
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
        (SIZE, r"checked : [^=]*= true := by\n  (decide \+kernel)", "sorry", "`sorry`", "`decide`"),
        (SIZE, r"bound [^=]*:=\n  (Bridge\.bound_of_check checked i)", "sorry", "`sorry`", "`Bridge.bound_of_check`"),
        (SIZE, r"(?s)(theorem bound .*checked i\n)", "", "`attained`", "`bound`"),
        (SIZE, r"(?s)(/-- Some listed.*tight⟩\n)", "", "`end`", "`theorem`"),
        (SIZE, r"residual i ≤ (δ)", "δ + δ", "`+`", "`:=`"),
        (SIZE, r"(-)δ ≤ residual", "- 2 * ", "`2`", "`δ`"),
        (SIZE, r"residual i = δ (∨)", "∧", "`∧`", "`∨`"),
        (SIZE, r"(functional)\.residual", "other", "`other.residual`", "`functional.residual`"),
        (SIZE, r"()namespace", "open Classical\n", "`open`", "`namespace`"),
        (SIZE, r"b := (.*)", r"/- 7 -/", "`@`", "a natural number in decimal digits"),
        (SIZE, r"()def δ", "/- /- -/ -/ ", "a comment inside a comment", "`-/`"),
        (SIZE, r"()def δ", "/-/-/ axiom bad : False -- -/ -/\n", "`/-/`", "a space after `/-`"),
        (SAMPLES, r"(blocks)", "junk := 1\n  blocks", "`junk`", "`blocks`"),
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


def test_a_sign_that_lean_takes_for_a_comment_does_not_count(tmp_path):
    # A carriage return alone ends a line for many programs, but not for Lean.
    mutant, _ = substitute(rendered(tmp_path, small_artifact()), SIZE, r"\n +(-)\d+ / \d+  -- about", "--\r -\n")
    assert whats(compare(tmp_path, small_artifact(), mutant)) == ["size: w[1]"]


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


@pytest.mark.parametrize("part", ["some", "held-out"])
def test_a_part_that_does_not_exist_or_has_no_samples_is_named(tmp_path, part):
    artifact = small_artifact(is_train=np.array([True, True, True]))
    files = rendered(tmp_path, artifact)
    mutant = {name: text.replace("--over all", f"--over {part}") for name, text in files.items()}
    (difference,) = compare(tmp_path, artifact, mutant).differences
    assert (difference.what, difference.found) == ("the listed part", part)
    assert difference.required == "one of all, train, held-out that has samples"
    assert difference.place.file == tmp_path / ROOT


def test_the_export_of_another_artifact_differs_in_everything(tmp_path):
    other = small_artifact(**{name: -getattr(small_artifact(), name) for name in ("latents", "scores", "weights")})
    outcome = compare(tmp_path, small_artifact(), rendered(tmp_path, other))
    assert {"the artifact's SHA-256", "latents[0, 0]", "scores[2, 1]", "size: w[0]", "thick: b"} <= set(whats(outcome))


# Numbers that the export itself got wrong: the text is then well formed, and only arithmetic finds them.
@pytest.mark.parametrize(
    ("field", "change", "what"),
    [
        ("delta", lambda claim: claim.delta * (1 - Fraction(1, 2**60)), "size: δ"),
        ("delta", lambda claim: claim.delta * (1 + Fraction(1, 2**60)), "size: δ"),
        ("bias", lambda claim: claim.bias + Fraction(1, 2**149), "size: b"),
        ("weights", lambda claim: (-claim.weights[0], claim.weights[1]), "size: w[0]"),
        ("weights", lambda claim: (*claim.weights, Fraction(0)), "size: w"),
        ("weights", lambda claim: claim.weights[:1], "size: w"),
        ("worst_sample", lambda _: 0, "size: the sample that attains δ"),
        ("weight_exponent", lambda claim: claim.weight_exponent + 1, "size: the weight exponent"),
    ],
)
def test_a_number_that_the_export_got_wrong_is_found(tmp_path, field, change, what):
    certificate = build_certificate(small_artifact())
    size, thick = certificate.concepts
    wrong = dataclasses.replace(certificate, concepts=(dataclasses.replace(size, **{field: change(size)}), thick))
    files = render(stored(tmp_path, small_artifact()), wrong, namespace="Generated", templates=templates_folder())
    assert set(whats(compare(tmp_path, small_artifact(), files))) == {what}


def test_samples_that_the_export_packed_wrong_are_found(tmp_path):
    latents = small_artifact().latents.copy()
    latents[2, 1] = -latents[2, 1]
    wrong = build_certificate(small_artifact(latents=latents)).samples
    certificate = dataclasses.replace(build_certificate(small_artifact()), samples=wrong)
    files = render(stored(tmp_path, small_artifact()), certificate, namespace="Generated", templates=templates_folder())
    (difference,) = compare(tmp_path, small_artifact(), files).differences
    assert (difference.what, difference.found, difference.required) == ("latents[2, 1]", "-3/4", "3/4")


# Absurd sizes


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "what"),
    [
        (SAMPLES, r"\[(0x[0-9a-f]+)\]", "0x1, " * 5_000 + "0x1", "blocks[0]"),
        (SAMPLES, r"\[0x[0-9a-f]()", "f" * 200_000, "blocks[0]"),
        (SAMPLES, r"\[0x([0-9a-f]+)", "f" * 3_000, "blocks[0]"),
        (SAMPLES, r"blocks := \[()", "[0x1]," * 5_000, "blocks"),
        (SAMPLES, r"scoreExponents := \[()", "1," * 5_000, "scoreExponents"),
        (SIZE, r"w := #v\[()", "1," * 5_000, "size: w"),
        (SIZE, r"b := (.*)", "1" * 200_000, "the text"),
        (SIZE, r"b := (.*)", f"1 / 1{'0' * 4_300}", "the text"),
        (SIZE, r"b := (.*)", "1" * 4_300 + " / " + "7" * 4_300, "size: b"),
        (SIZE, r"b := ()", "(" * 5_000, "the text"),
        (SIZE, r"()namespace", "/- " * 5_000, "the text"),
        (ROOT, r"()/-!", "public import Generated.Size\n" * 100, "the concepts"),
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
    with pytest.raises(InputError, match=r"Generated/Samples\.lean cannot be read as text"):
        verify(root, stored(tmp_path, small_artifact()))


def test_a_difference_reads_as_place_what_found_and_required(tmp_path):
    mutant, (line, column) = substitute(rendered(tmp_path, small_artifact()), SAMPLES, r" size := (\d+)", "4")
    outcome = compare(tmp_path, small_artifact(), mutant)
    assert not outcome.ok
    assert [str(difference) for difference in outcome.differences] == [
        f"{tmp_path / SAMPLES}:{line}:{column}: the number of samples: found 4, required 3"
    ]
