"""Reading exports back: every number is the artifact's float, at the place that is given, and nothing else is read."""

import dataclasses
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bridge.check.reader
from bridge.base.errors import InputError
from bridge.check.lean_modules import sources_beside
from bridge.check.readback import read_export
from bridge.check.reader import Literal, MismatchError
from support.artifacts import make_artifact
from support.exports import certified, rendered, small_shards
from support.lean_files import write
from support.problems import fraction
from support.read_exports import columns_in, groups_in
from support.strategies import artifacts, finite_floats, unhurried, unmeasured

ONE_GROUP = ".one ⟨nat_lit 0x1, nat_lit 0x0, nat_lit 0x0, nat_lit 0x0⟩"

few_but_long = settings(unhurried, max_examples=30)


def exported(folder, artifact=None, namespace="Generated"):
    """The root file of an export on disk, of the concepts `size` and `a b` if no artifact is given."""
    artifact = artifact or make_artifact(3, 2, concept_names=("size", "a b"))
    return write(folder, rendered(folder, artifact, namespace))


def changed(folder, name, pattern, replacement):
    """An export with one place changed, and where the change begins."""
    root = exported(folder)
    path = root.parent / name
    text = path.read_text(encoding="utf-8")
    match = re.search(pattern, text)
    assert match, f"{pattern} is not in {name}"
    path.write_text(text[: match.start()] + match.expand(replacement) + text[match.end() :], encoding="utf-8")
    return root


def refusal(root):
    """The error with which an export is refused; its message has everything in one line."""
    with pytest.raises(MismatchError) as caught:
        read_export(root)
    error = caught.value
    assert str(error) == f"{error.place}: found {error.found}, required {error.required}"
    assert "\n" not in str(error)
    return error


def literals(record):
    """All literals in a record, in any depth."""
    if isinstance(record, Literal):
        yield record
    elif dataclasses.is_dataclass(record):
        for field in dataclasses.fields(record):
            yield from literals(getattr(record, field.name))
    elif isinstance(record, tuple | list):
        for item in record:
            yield from literals(item)
    elif isinstance(record, dict):
        yield from literals([*record.values()])


def text_at(place):
    """The text from a place to the end of its line."""
    return place.file.read_text(encoding="utf-8").splitlines()[place.line - 1][place.column - 1 :]


def weights_and_bias(concept):
    return [*concept.weights(), concept.functional.value("bias")]


@unmeasured
@unhurried
@given(artifacts())
def test_weights_and_biases_are_read_back_as_the_floats_that_they_were(tmp_path, artifact):
    concepts = read_export(exported(tmp_path, artifact)).concepts
    for column, concept in enumerate(concepts):
        read = weights_and_bias(concept)
        assert read == [fraction(weight) for weight in artifact.weights[:, column]]


@few_but_long
@given(st.lists(finite_floats(64), min_size=2, max_size=60))
def test_every_float64_rendered_and_read_back_is_itself(tmp_path, values):
    weights = np.array(values)[:, None]
    concept = read_export(exported(tmp_path, make_artifact(1, len(values) - 1, 1, weights=weights))).concepts[0]
    read = weights_and_bias(concept)
    assert [float(value) for value in read] == values
    assert read == [Fraction(*value.as_integer_ratio()) for value in values]


@few_but_long
@given(st.lists(finite_floats(32), min_size=2, max_size=60))
def test_every_float32_rendered_and_read_back_is_itself(tmp_path, values):
    weights = np.array(values, np.float32)[:, None]
    concept = read_export(exported(tmp_path, make_artifact(1, len(values) - 1, 1, weights=weights))).concepts[0]
    read = weights_and_bias(concept)
    assert np.array_equal(np.array([float(value) for value in read], np.float32), weights[:, 0])


def test_zeros_subnormals_huge_and_negative_numbers_are_read_back(tmp_path):
    values = [-0.0, 5e-324, -5e-324, 2.0**1000, -(2.0**-1000), np.finfo(np.float64).max, -1.5]
    weights = np.array(values)[:, None]
    concept = read_export(exported(tmp_path, make_artifact(2, len(values) - 1, 1, weights=weights))).concepts[0]
    assert weights_and_bias(concept)[:-1] == [
        Fraction(0),
        Fraction(1, 2**1074),
        Fraction(-1, 2**1074),
        Fraction(2**1000),
        Fraction(-1, 2**1000),
        Fraction((2**53 - 1) * 2**971),
    ]
    assert weights_and_bias(concept)[-1] == Fraction(-3, 2)


def test_an_export_is_read_with_all_its_numbers(tmp_path):
    export = read_export(exported(tmp_path))
    samples, (first, second) = export.samples, export.concepts
    assert [samples.numbers.value(hole) for hole in ("size", "latent_dim", "concept_count")] == [3, 2, 2]
    assert len(samples.numbers["score_exponents"]) == 2
    assert [[len(column) for column in group] for group in groups_in(export)] == [[4]] * 4
    assert (first.name.value, second.name.value) == ("size", "a b")
    assert [literal.value for literal in first.sup_error["size"]] == [3, 3, 3]
    assert [literal.value for literal in first.sup_error["column"]] == [0, 0, 0]
    assert [literal.value for literal in second.sup_error["column"]] == [1, 1, 1]
    assert len(first.sup_error["worst_sample"]) == 2
    assert [first.sup_error.value(hole) for hole in ("first_block", "block_count", "attaining", "place")] == [
        0,
        1,
        1,
        0,
    ]
    assert len(first.integers["literals"]) == 1
    integers = certified(make_artifact(3, 2, concept_names=("size", "a b"))).concepts[0].integers
    for hole in set(first.integers) - {"literals"}:
        assert first.integers.value(hole) == getattr(integers, hole)
    assert [literal.value for literal in export.coverage] == ["all"] * 4
    assert len({literal.value for literal in export.artifact_sha256}) == 1


@pytest.mark.parametrize("columns", [1_000, 2])
@pytest.mark.parametrize("size", [{}, {"samples": 200}, {"samples": 9, "dim": 150, "concepts": 1}], ids=str)
def test_the_place_of_a_literal_is_where_it_is_written(tmp_path, monkeypatch, size, columns):
    small_shards(monkeypatch, columns)
    export = read_export(exported(tmp_path, make_artifact(**size)))
    found = [*literals(export), *literals(columns_in(export))]
    assert len({literal.place for literal in found}) == len(found)
    for literal in found:
        text = text_at(literal.place)
        if text.startswith("Bridge."):
            sign, magnitude = re.match(r"Bridge\.(plus|minus) (\d+)", text).groups()
            assert literal.value == (int(magnitude) if sign == "plus" else -int(magnitude))
        elif text.startswith("2 ^ "):
            assert literal.value == 2 ** int(re.match(r"2 \^ (\d+)", text)[1])
        elif isinstance(literal.value, Fraction):
            written = re.match(r"(-?\d+)(?: / (\d+))?", text).groups(default="1")
            assert Fraction(*map(int, written)) == literal.value
        elif isinstance(literal.value, int):
            assert int(re.match(r"\w+", text)[0], 0) == literal.value
        else:
            assert literal.value in text


def test_the_namespace_is_the_name_of_the_root_file(tmp_path):
    root = exported(tmp_path, namespace="Probes")
    assert len(read_export(root).concepts) == 2
    other = root.rename(tmp_path / "Other.lean")
    assert refusal(other).found == "`Probes.Samples`"


def test_line_breaks_of_windows_make_no_difference(tmp_path):
    root = exported(tmp_path)
    export = read_export(root)
    for path in tmp_path.rglob("*.lean"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    # Only the files themselves are others.
    assert dataclasses.replace(read_export(root), sources=export.sources) == export


@pytest.mark.parametrize("comment", ["-- a remark /- -/\n", "/- a remark -/", "/-! Δ -- -/", "/-- x --/", "/-\n\n-/"])
def test_comments_are_passed_over(tmp_path, comment):
    export = read_export(exported(tmp_path))
    root = changed(tmp_path, "Generated/Size.lean", r"(?=def δ)", comment.replace("\\", r"\\"))
    read = read_export(root)
    assert [literal.value for literal in literals(read)] == [literal.value for literal in literals(export)]


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "found", "required"),
    [
        # Declarations
        ("Size", r"(?=/-- The sup)", "axiom bad : False\n", "`axiom`", "`@`"),
        ("Size", r"(?=/-- The sup)", "set_option maxRecDepth 1 in\n", "`set_option`", "`@`"),
        ("Size", r"decide \+kernel", "sorry", "`sorry`", "`decide`"),
        ("Size", r"decide \+kernel", "native_decide", "`native_decide`", "`decide`"),
        ("Size", r"decide \+kernel", "decide -kernel", "`-`", "`+`"),
        ("Size", r"theorem checked[^/]*(?=/--)", "", "`bound`", "`checked`"),
        ("Size", r"theorem faithful[^/]*(?=theorem)", "", "`checked`", "`faithful`"),
        ("Size", r"\.ofWeights .*", ".ofVector rfl (by decide +kernel)", "`ofVector`", "`ofWeights`"),
        ("Size", r"Represents samples", "Represents others", "`others`", "`samples`"),
        ("Size", r"\(\.attains \d+, 1\)", "", "`]`", "`(`"),
        ("Size", r"\(\.attains \d+, 1\)", r"\g<0>, (.excess, 1)", "`,`", "`]`"),
        ("Size", r"\.attains", ".excess", "`excess`", "`attains`"),
        ("Size", r"denominator := 2 \^ \d+", "denominator := 3 ^ 2", "`^`", "`magnitudeBits`"),
        ("Size", r"denominator := 2 \^ \d+", "denominator := 2 ^ 1075", "the exponent 1075", "at most 1074"),
        ("Size", r"denominator := 2 \^ \d+", f"denominator := 2 ^ {10**40}", f"the exponent {10**40}", "at most 1074"),
        ("Size", r"denominator := 2 \^ \d+", "denominator := 2 ^ x", "`x`", "a natural number in decimal digits"),
        ("Size", r"(?s)weights := \[.*?\]", "weights := []", "`]`", "`nat_lit`"),
        ("Size", r"bias := Bridge\.", "bias := Bridge.Bridge.", None, "`Bridge.plus` or `Bridge.minus`"),
        ("Size", r"bias := Bridge\.\w+ (\d+)", r"bias := -\1", "`-`", "`Bridge.plus` or `Bridge.minus`"),
        ("Size", r"(bias := Bridge\.\w+ )", r"\1-", "`-`", "a natural number in decimal digits"),
        ("Size", r"sup := ", "sup := Bridge.plus ", "`Bridge.plus`", "a natural number in decimal digits"),
        ("Size", r"∧ residual i ≤ δ", "", "`:=`", "`∧`"),
        ("Size", r"-δ ≤ residual", "-2 ≤ residual", "`2`", "`δ`"),
        ("Size", r"∃ i", "∀ i", "`∀`", "`∃`"),
        ("Size", r"Bridge.Claims.SupError", "Bridge.Unsound", "`Bridge.Unsound`", "`Bridge.Claims.SupError`"),
        ("Size", r"Rat :=\n  functional", "Rat := 0 * functional", "`0`", "`functional.residual`"),
        ("Size", r"noncomputable section", "section", "`section`", "`noncomputable`"),
        ("Size", r"end Generated.size", r"\g<0>\naxiom bad : False", "`axiom`", "`namespace`"),
        ("Size", r"end Generated.size", "", "the end of the file", "`end`"),
        ("Size", r"end Generated.size", "end Generated.thick", "`Generated.thick`", "`Generated.size`"),
        (
            "Size",
            r"namespace Generated\.size",
            "namespace Other.size",
            "namespace Other.size",
            "a namespace of one name in Generated",
        ),
        (
            "Size",
            r"namespace Generated\.size",
            "namespace Generated.a.b",
            "namespace Generated.a.b",
            "a namespace of one name in Generated",
        ),
        (
            "Size",
            r"namespace Generated\.size",
            "namespace size",
            "namespace size",
            "a namespace of one name in Generated",
        ),
        ("Size", r"namespace Generated\.size", "namespace 1", "`1`", "a name"),
        ("Samples", r"end Generated", "def x := 1\nend Generated", "`def`", "`end`"),
        ("Samples", r"slotDigits := \d+", "", "`blockRows`", "`slotDigits`"),
        ("Samples", r"limbBits", "limbbits", "`limbbits`", "`limbBits`"),
        # Numbers
        ("Size", r"Functional \d+", "Functional 0x2", "`0x2`", "a natural number in decimal digits"),
        ("Size", r"Functional \d+", "Functional -2", "`-`", "a natural number in decimal digits"),
        ("Size", r"Functional \d+", "Functional 2.0", "`.`", "`where`"),
        ("Size", r"Functional \d+", "Functional 2e0", "`e0`", "`where`"),
        ("Size", r"b := .*", "b := x", "`x`", "a natural number in decimal digits"),
        ("Size", r"b := .*", "b := 1 / 0", "the denominator 0", "a positive denominator"),
        ("Size", r"b := .*", "b := 1 / -2", "`-`", "a natural number in decimal digits"),
        ("Size", r"b := .*", "b := 1 / 2 / 3", "`/`", "`@`"),
        ("Size", r"b := .*", "b := - -1", "`-`", "a natural number in decimal digits"),
        ("Size", r"b := .*", "b := 1 + 1", "`+`", "`@`"),
        ("Size", r"b := .*", f"b := {'1' * 4301}", "a number of 4301 digits", "a shorter one"),
        ("Size", r"(?s)#v\[.*?\]", "#v[]", "`]`", "a natural number in decimal digits"),
        ("Size", r"(?s)#v\[.*?\]", "#v[1, ]", "`]`", "a natural number in decimal digits"),
        ("Samples", r"size := \d+", "size := ٣", "`٣`", "a natural number in decimal digits"),
        ("Samples", r"(?s)groups := .*?⟩", "groups := [.one ⟨⟩", "`⟩`", "`nat_lit`"),
        ("Samples", r"(?s)groups := .*?\n  \]", "groups := []", "`]`", "`.`"),
        ("Samples", r"(?s)groups := .*?\n  \]", "groups := shard1", "`shard1`", "`[`"),
        ("Samples", r"(?s)groups := (.*?\n  \])", rf"groups := [{ONE_GROUP}] ++ \1", "`++`", "`end`"),
        ("Samples", r"groups :=", "columns :=", "`columns`", "`groups`"),
        ("Samples", r"groups := \[", "groups := [⟨nat_lit 0x1⟩,", "`⟨`", "`.`"),
        ("Samples", r"\.one", ".two", "the group `two`", "one of one, eight"),
        ("Samples", r"\.one", ".One", "the group `One`", "one of one, eight"),
        ("Samples", r"\.one", ".one.one", "the group `one.one`", "one of one, eight"),
        ("Samples", r"\.one", "Bridge.ColumnGroup.one", "`Bridge.ColumnGroup.one`", "`.`"),
        ("Samples", r"\.one", ".«one»", "the group `«one»`", "one of one, eight"),
        ("Samples", r"\.one", ".8", "`8`", "a name"),
        ("Samples", r"\.one", ".eight", "`,`", "`⟨`"),
        ("Samples", r"(?s)\.one(.*?⟩)", r".one\1\1", "`⟨`", "`]`"),
        ("Samples", r"(?s)\.one(.*?⟩)", r".eight" + r"\1" * 7, "`,`", "`⟨`"),
        ("Samples", r"(?s)\.one(.*?⟩)", r".eight" + r"\1" * 9, "`⟨`", "`]`"),
        ("Samples", r"⟨nat_lit", "⟨nat_lit 0x0, nat_lit", "a column of 5 literals", "4 of them"),
        ("Samples", r"⟨nat_lit 0x[0-9a-f]+, ", "⟨", "a column of 3 literals", "4 of them"),
        ("Samples", r", nat_lit 0x[0-9a-f]+⟩", ", ⟩", "`⟩`", "`nat_lit`"),
        ("Samples", r"⟨(nat_lit 0x[0-9a-f]+), ", r"⟨\1 ", "`nat_lit`", "`⟩`"),
        ("Samples", r"PackedSamples where", "PackedSamples := by", "`:=`", "`where`"),
        ("Samples", r"0x[0-9a-f]+", "12", "`12`", "a natural number in hexadecimal digits"),
        ("Samples", r"0x[0-9a-f]+", "0xAB", "`0`", "a natural number in hexadecimal digits"),
        ("Samples", r"0x(?=[0-9a-f]+)", "0y", "`0`", "a natural number in hexadecimal digits"),
        ("Samples", r"(?<=nat_lit )", "nat_lit ", "`nat_lit`", "a natural number in hexadecimal digits"),
        ("Samples", r"nat_lit", "nat_lit!", "`!`", "a natural number in hexadecimal digits"),
        ("Samples", r"nat_lit", "Nat.succ", "`Nat.succ`", "`nat_lit`"),
        ("Samples", r"nat_lit (0x[0-9a-f]+)", r"(nat_lit \1)", "`(`", "`nat_lit`"),
        ("Samples", r"nat_lit (0x[0-9a-f]+)", r"0x1 nat_lit", "`0x1`", "`nat_lit`"),
        ("Samples", r"⟨(?=nat_lit)", "nat_lit ⟨", "`nat_lit`", "`⟨`"),
        ("Samples", r"⟨(?=nat_lit)", "(.mk ", "`(`", "`⟨`"),
        ("Samples", r"(?<=noncomputable )def", "noncomputable def", "`noncomputable`", "`def`"),
        ("Samples", r"(?<=noncomputable )def", "unsafe def", "`unsafe`", "`def`"),
        ("Samples", r"noncomputable def", "partial def", "`partial`", "`noncomputable`"),
        ("Samples", r"size := ", "size := nat_lit ", "`nat_lit`", "a natural number in decimal digits"),
        ("Samples", r"limbBits := \d+", "limbBits := nat_lit 0x10", "`nat_lit`", "a natural number in decimal digits"),
        ("Size", r"Functional ", "Functional nat_lit ", "`nat_lit`", "a natural number in decimal digits"),
        ("Size", r"b := ", "b := nat_lit ", "`nat_lit`", "a natural number in decimal digits"),
        ("Size", r"samples 0", "samples nat_lit 0", "`nat_lit`", "a natural number in decimal digits"),
        # Comments
        ("Size", r"(?=def δ)", "/- /- -/ -/", "a comment inside a comment", "`-/`"),
        ("Size", r"(?=def δ)", "/- ", "a comment inside a comment", "`-/`"),
        ("Size", r"(?=end Generated)", "/- ", "a comment without an end", "`-/`"),
        ("Size", r"(?=def δ)", "-/ ", "`-`", "`def`"),
        ("Size", r"(?=def δ)", "/-x -/", "`/-x`", "a space after `/-`"),
        ("Size", r"def δ : Rat := .*", r"-- \g<0>", "`residual`", "`δ`"),
    ],
)
def test_what_an_export_does_not_have_is_refused(tmp_path, name, pattern, replacement, found, required):
    error = refusal(changed(tmp_path, f"Generated/{name}.lean", pattern, replacement))
    assert (error.found, error.required) == (found or error.found, required)
    assert error.place.file == tmp_path / "Generated" / f"{name}.lean"
    if found is not None and found.startswith("`"):
        assert text_at(error.place).startswith(found.strip("`"))


# Exports in parts

SHARD_1, SHARD_2, SHARD_3 = (f"Generated/Samples/Shard{number}.lean" for number in (1, 2, 3))


@pytest.fixture
def in_parts(monkeypatch):
    """Exports of four columns are in two parts of two columns."""
    small_shards(monkeypatch, 2)


def test_an_export_in_parts_is_read_as_the_same_export(tmp_path, monkeypatch):
    whole = read_export(exported(tmp_path))
    numbers = [value.value for value in literals(columns_in(whole))]
    small_shards(monkeypatch, 1)
    divided = read_export(exported(tmp_path))
    assert numbers == [value.value for value in literals(columns_in(divided))]
    assert [value.value for value in literals(divided.concepts)] == [value.value for value in literals(whole.concepts)]
    assert [value.value for value in literals(divided.samples.numbers)] == [
        value.value for value in literals(whole.samples.numbers)
    ]
    files = [f"Shard{number}.lean" for number in (1, 2, 3, 4)]
    assert [column[0].place.file.name for column in columns_in(divided)] == files
    assert [(shard.file.name, shard.columns) for shard in divided.samples.shards] == [
        (name, range(number, number + 1)) for number, name in enumerate(files)
    ]


@pytest.mark.usefixtures("in_parts")
def test_the_banner_of_every_part_is_read(tmp_path):
    export = read_export(exported(tmp_path))
    files = [tmp_path / name for name in ("Generated.lean", "Generated/Samples.lean", SHARD_1, SHARD_2)]
    for field in (export.artifact_sha256, export.coverage):
        assert [literal.place.file for literal in field[:4]] == files
        assert len(field) == 6


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "found", "required"),
    [
        # What is imported and what is appended
        ("Samples", r"public import Generated.Samples.Shard2\n", "", "`,`", "`]`"),
        ("Samples", r"(?s)public import Generated.Samples.Shard.*Shard2\n", "", "`Bridge.joined`", "`[`"),
        ("Samples", r",\n    shard2", "", "`]`", "`,`"),
        ("Samples", r"shard2\n", r"shard2, shard3\n", "`,`", "`]`"),
        ("Samples", r"shard1,\n    shard2", "shard2, shard1", "`shard2`", "`shard1`"),
        ("Samples", r"shard1,\n    shard2", "shard1, shard1", "`shard1`", "`shard2`"),
        ("Samples", r"shard1,\n    shard2", "shard1 ++ shard2", "`++`", "`,`"),
        ("Samples", r"shard1,\n    shard2", "shard1, shard2.reverse", "`shard2.reverse`", "`shard2`"),
        ("Samples", r"shard1,", f"[{ONE_GROUP}], shard1,", "`[`", "`shard1`"),
        ("Samples", r"Bridge\.joined", "List.flatten", "`List.flatten`", "`Bridge.joined`"),
        ("Samples", r"Samples.Shard1", "Samples.Shard2", "`Generated.Samples.Shard2`", "`Generated.Samples.Shard1`"),
        ("Samples", r"Generated.Samples.Shard1", "Other.Shard1", "`Other.Shard1`", "`Generated.Samples.Shard1`"),
        ("Samples", r"Generated.Samples.Shard1", "Generated.Size", "`Generated.Size`", "`Generated.Samples.Shard1`"),
        # What a part has
        ("Samples/Shard2", r"def shard2", "def shard1", "`shard1`", "`shard2`"),
        ("Samples/Shard2", r"List Bridge\.ColumnGroup", "List (List Nat)", "`(`", "`Bridge.ColumnGroup`"),
        ("Samples/Shard2", r"Bridge\.ColumnGroup", "Bridge.Column", "`Bridge.Column`", "`Bridge.ColumnGroup`"),
        ("Samples/Shard2", r"namespace Generated", "namespace Other", "`Other`", "`Generated`"),
        ("Samples/Shard2", r"(public import .*\n)", r"\1\1", "`public`", "`@`"),
        ("Samples/Shard2", r"Bridge\.Packing\.Samples", "Other", "`Other`", "`Bridge.Packing.Samples`"),
        ("Samples/Shard2", r"public import .*\n", "", "`@`", "`public`"),
        ("Samples/Shard2", r"\n  \]", "\n  ] ++ []", "`++`", "`end`"),
        ("Samples/Shard2", r"(?s):= \[.*\n  \]", ":= []", "`]`", "`.`"),
        ("Samples/Shard2", r"end Generated", "def x := 1\nend Generated", "`def`", "`end`"),
        ("Samples/Shard2", r"end Generated", r"end Generated\naxiom bad : False", "`axiom`", "the end of the file"),
    ],
)
def test_what_an_export_in_parts_does_not_have_is_refused(tmp_path, name, pattern, replacement, found, required):
    error = refusal(changed(tmp_path, f"Generated/{name}.lean", pattern, replacement))
    assert (error.found, error.required) == (found, required)
    assert error.place.file == tmp_path / "Generated" / f"{name}.lean"
    assert text_at(error.place).startswith(found.strip("`")) or required == "the end of the file"


@pytest.mark.usefixtures("in_parts")
def test_parts_in_each_others_place_are_refused(tmp_path):
    root = exported(tmp_path)
    first, second = ((tmp_path / name).read_text(encoding="utf-8") for name in (SHARD_1, SHARD_2))
    (tmp_path / SHARD_1).write_text(second, encoding="utf-8")
    (tmp_path / SHARD_2).write_text(first, encoding="utf-8")
    error = refusal(root)
    assert (error.place.file, error.found, error.required) == (tmp_path / SHARD_1, "`shard2`", "`shard1`")


@pytest.mark.usefixtures("in_parts")
def test_a_part_that_is_not_imported_is_not_read(tmp_path):
    root = exported(tmp_path)
    export = read_export(root)
    (tmp_path / SHARD_3).write_text("axiom bad : False", encoding="utf-8")
    assert read_export(root) == export


# Weights as integers alone


def wide_artifact():
    weights = make_artifact(1, 129, 1).weights.copy()
    weights[:3, 0] = [0.5, -0.375, 0.0]
    return make_artifact(2, 129, 1, concept_names=("size",), weights=weights)


def changed_wide(folder, pattern, replacement):
    """The export of 129 weights with one place changed."""
    root = exported(folder, wide_artifact())
    path = folder / "Generated" / "Size.lean"
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1)
    assert count == 1
    path.write_text(text, encoding="utf-8")
    return root


def test_many_weights_are_read_back_as_the_floats_that_they_were(tmp_path):
    (concept,) = read_export(exported(tmp_path, wide_artifact())).concepts
    weights = [fraction(weight) for weight in wide_artifact().weights[:, 0]]
    assert weights_and_bias(concept) == weights
    assert [literal.value for literal in concept.functional["latent_dim"]] == [129, 129]
    assert concept.integers.value("denominator") == max(weight.denominator for weight in weights[:-1])


@unmeasured
@few_but_long
@given(st.lists(finite_floats(64), min_size=129, max_size=140))
def test_many_float64_rendered_and_read_back_are_themselves(tmp_path, values):
    weights = np.array([*values, 0.0])[:, None]
    concept = read_export(exported(tmp_path, make_artifact(1, len(values), 1, weights=weights))).concepts[0]
    assert weights_and_bias(concept)[:-1] == [Fraction(*value.as_integer_ratio()) for value in values]


@pytest.mark.parametrize(
    ("pattern", "replacement", "found", "required"),
    [
        (r"integers\.weightVector", "integers.vector", "`integers.vector`", "`integers.weightVector`"),
        (r"integers\.weightVector", "others.weightVector", "`others.weightVector`", "`integers.weightVector`"),
        (r"weightVector \d+", "weightVector", "`b`", "a natural number in decimal digits"),
        (r"w := integers.weightVector \d+", "w := #v[1]", "`ofVector`", "`ofWeights`"),
        (r"\.ofVector", ".ofWeights", "`ofWeights`", "`ofVector`"),
        (r"rfl \(by", "(by", "`(`", "`rfl`"),
        (r"\(by decide \+kernel\)", "sorry", "`sorry`", "`(`"),
        (r"\(by decide \+kernel\)", "(by sorry)", "`sorry`", "`decide`"),
        (r"nat_lit ", "", None, "`nat_lit`"),
    ],
)
def test_many_weights_in_another_form_are_refused(tmp_path, pattern, replacement, found, required):
    error = refusal(changed_wide(tmp_path, pattern, replacement))
    assert (error.found, error.required) == (found or error.found, required)


# Texts that Lean and a simpler reader of comments take apart differently: after `/-` Lean skips a character, and `/--`
# opens a comment that the next `-/` closes.  In both, Lean sees the axiom.
@pytest.mark.parametrize(
    "text", ["/-/-/ axiom bad : False -- -/ -/\n", "/--/ -- -/ axiom bad : False\n", "/-/ -- -/ axiom bad : False\n"]
)
def test_no_declaration_hides_in_a_comment_that_lean_ends_elsewhere(tmp_path, text):
    error = refusal(changed(tmp_path, "Generated/Size.lean", r"(?=def δ)", text))
    assert (error.found, error.required) == (f"`{text[:3]}`", "a space after `/-`")
    assert text_at(error.place).startswith(text.rstrip())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\r", "U+000D"),
        ("\t", "U+0009"),
        ("\0", "U+0000"),
        ("\x1b[2K", "U+001B"),
        ("\x85", "U+0085"),
        ("\u200b", "U+200B"),
        ("\u202e", "U+202E"),
        ("\u2066", "U+2066"),
        ("\u2028", "U+2028"),
        ("\ufeff", "U+FEFF"),
        ("\U000e0041", "U+E0041"),
    ],
)
@pytest.mark.parametrize("pattern", [r"(?=Copyright)", r"(?=about)", r"(?<=def δ)", r"(?=end Generated)"])
def test_what_is_not_seen_is_refused_in_comments_and_in_code(tmp_path, text, name, pattern):
    error = refusal(changed(tmp_path, "Generated/Size.lean", pattern, text))
    assert (error.found, error.required) == (f"the character {name}", "neither control nor format characters")
    assert text_at(error.place).startswith(text) or text in "\r\x85\u2028"


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\u2003"])
def test_blanks_that_lean_has_not_are_no_blanks(tmp_path, blank):
    error = refusal(changed(tmp_path, "Generated/Size.lean", r"(?<=def) δ", f"{blank}δ"))
    assert (error.found, error.required) == (f"`{blank}`", "`δ`")
    assert len(read_export(changed(tmp_path, "Generated/Size.lean", r"(?=about)", blank)).concepts) == 2


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "found"),
    [
        # Lean ends the header at such a comment, and takes no import behind it.
        ("Generated", r"module\n", "module\n/-! Probes -/\n", "`public`"),
        ("Generated", r"public import Generated.Size", "public /-! Probes -/ import Generated.Size", "`/-!`"),
        ("Generated/Size", r"import Generated.Samples", "import /-- all -/ Generated.Samples", "`/--`"),
        ("Generated", r"Generated\.Size", "Generated.«Size»", "`Generated.«Size»`"),
        ("Generated", r"Generated\.Samples", "«Generated».Samples", "`«Generated».Samples`"),
        ("Generated", r"Generated\.Size", "Generated.Size.A", "import Generated.Size.A"),
    ],
)
def test_a_header_that_lean_may_read_in_another_way_is_refused(tmp_path, name, pattern, replacement, found):
    error = refusal(changed(tmp_path, f"{name}.lean", pattern, replacement))
    assert error.found == found
    assert error.place.file == tmp_path / f"{name}.lean"


@pytest.mark.parametrize("comment", ["/- the claims -/", "-- the claims\n"])
def test_a_comment_within_an_import_counts_as_a_blank(tmp_path, comment):
    root = changed(
        tmp_path, "Generated.lean", r"public import Generated.Size", f"public {comment} import Generated.Size"
    )
    assert len(read_export(root).concepts) == 2


def test_a_list_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bridge.check.reader, "_MOST_ITEMS", 30)
    error = refusal(changed(tmp_path, "Generated/Size.lean", r"#v\[", "#v[" + "1, " * 40))
    assert error.required == "at most 30 items of lists"


def test_comments_that_would_fill_the_memory_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bridge.check.reader, "_MOST_ITEMS", 50)
    error = refusal(changed(tmp_path, "Generated/Size.lean", r"(?=end Generated)", "--\n" * 60))
    assert (error.found, error.required) == ("one more comment", "at most 50")


def test_no_file_is_read_twice(tmp_path):
    error = refusal(changed(tmp_path, "Generated.lean", r"public import Generated\.Size", r"\g<0>\n\g<0>"))
    assert (error.found, error.required) == ("import Generated.Size once more", "each module once")


def test_the_sources_are_those_that_the_resolver_finds(tmp_path):
    root = exported(tmp_path)
    assert read_export(root).sources == sources_beside(root)
    assert list(sources_beside(root)) == ["Generated.Samples", "Generated.Size", "Generated.Concept1", "Generated"]


def test_comments_are_kept_with_their_places(tmp_path):
    comments = read_export(exported(tmp_path)).comments["Generated.Size"]
    assert comments[0].text.startswith("/-\nCopyright")
    assert comments[1].text.startswith("/-!\n# Concept `size`")
    assert comments[-1].text.startswith("/-- Some listed sample is missed by exactly `δ`")
    for comment in comments:
        assert text_at(comment.place).startswith(comment.text.partition("\n")[0])
    assert [comment.words_before for comment in comments] == sorted(comment.words_before for comment in comments)


def test_a_number_in_a_comment_is_not_read(tmp_path):
    root = changed(tmp_path, "Generated/Size.lean", r"b := (.*)", r"b := 7 -- \1")
    assert read_export(root).concepts[0].functional.value("bias") == 7
    root = changed(tmp_path, "Generated/Size.lean", r"b := (.*)", r"-- b := \1")
    assert (refusal(root).found, refusal(root).required) == ("`@`", "`b`")


def test_a_long_text_is_not_shown_whole(tmp_path):
    error = refusal(changed(tmp_path, "Generated/Size.lean", r"b := .*", f"b := 0x{'f' * 5000}"))
    assert error.found == f"`0x{'f' * 58}…`"


@pytest.mark.parametrize(
    ("pattern", "replacement", "required"),
    [
        (r"Made by `[^`]*`", "Made by hand", "a banner with `Made by "),
        (r"do not edit\.", "do not edit!", "a banner with `Made by "),
        (r"SHA-256 [0-9a-f]", "SHA-256 ", "a banner with `Artifact: SHA-256 "),
        (r"SHA-256 [0-9a-f]", "SHA-256 G", "a banner with `Artifact: SHA-256 "),
        (r"\A", "/- A comment before it. -/\n", "a banner with `"),
    ],
)
@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("name", ["Generated.lean", "Generated/Samples.lean", SHARD_2, "Generated/Concept1.lean"])
def test_a_file_without_the_banner_is_refused(tmp_path, name, pattern, replacement, required):
    error = refusal(changed(tmp_path, name, pattern, replacement))
    assert error.found == "no such line"
    assert error.required.startswith(required)
    assert (error.place.file, error.place.line, error.place.column) == (tmp_path / name, 1, 1)


@pytest.mark.parametrize(
    ("replacement", "found", "required"),
    [
        ("Other.Size", "import Other.Size", "a module of Generated"),
        ("Generated.Size.Part", "import Generated.Size.Part", "a module of Generated"),
        ("Size", "import Size", "a module of Generated"),
        ("Generated", "import Generated", "a module of Generated"),
        ("Generated.Samples", "`Bridge.Packing.Samples`", "`Bridge.Claims.SupError`"),
        ("Generated.Size\nimport Lean", "`import`", "`@`"),
        ("Generated.Size\naxiom bad : False", "`axiom`", "`@`"),
    ],
)
def test_the_root_file_imports_parts_of_the_export_alone(tmp_path, replacement, found, required):
    error = refusal(changed(tmp_path, "Generated.lean", r"Generated\.Size", replacement))
    assert (error.found, error.required) == (found, required)


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("name", ["Generated.lean", "Generated/Samples.lean", SHARD_1, SHARD_2, "Generated/Size.lean"])
def test_a_missing_file_is_refused(tmp_path, name):
    root = exported(tmp_path)
    (tmp_path / name).unlink()
    message = (
        f"{tmp_path / name} does not exist; an export is a root file and the files that it imports; run `bridge export`"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_export(root)


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("name", ["Generated.lean", "Generated/Samples.lean", SHARD_1, SHARD_2, "Generated/Size.lean"])
def test_a_file_that_is_not_text_is_refused(tmp_path, name):
    root = exported(tmp_path)
    (tmp_path / name).write_bytes(b"\xff" + (tmp_path / name).read_bytes())
    with pytest.raises(InputError, match=rf"{name}:1 is not UTF-8 text \(byte 0\); a Lean file is required"):
        read_export(root)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"is a folder; a Lean file is required; name the root file of an export"):
        read_export(tmp_path)


@pytest.mark.parametrize("text", ["", "\n", "module", "/-", "-/", "«", "\0", "\ufeffmodule", "0x"])
def test_a_file_that_is_no_export_is_refused(tmp_path, text):
    root = exported(tmp_path)
    root.write_text(text, encoding="utf-8")
    refusal(root)


@unhurried
@given(st.text() | st.text("/-! \n«»0x1a:=[],."))
def test_no_text_makes_the_reader_fail_in_another_way(tmp_path, text):
    root = tmp_path / "Generated.lean"
    root.write_bytes(text.encode())
    with pytest.raises(MismatchError):
        read_export(root)
