"""Exports in ranges, each with files of its own: every change of one is found and named, or refused."""

import re

import numpy as np
import pytest

import bridge.export.packing
from bridge.base.errors import InputError
from bridge.base.resources import lean_library_folder
from bridge.check.admission import admission
from bridge.check.lean_modules import discover
from bridge.check.verify import verify
from support.artifacts import make_artifact, stored
from support.classifier_exports import rendered as rendered_classifier
from support.classifiers import make_classifier, stored_classifier
from support.exports import certified, rendered, shared_files, small_ranges, small_shards
from support.lean_files import code_tokens, write
from support.strategies import unmeasured

ROOT, SAMPLES, SIZE, THICK = "Generated.lean", "Generated/Samples.lean", "Generated/Size.lean", "Generated/Thick.lean"
SHARDS = [f"Generated/Samples/Shard{number}.lean" for number in range(1, 7)]
INTEGERS = "Generated/Checks/Size/Integers.lean"
RANGES = [f"Generated/Checks/Size/Range{number}.lean" for number in (1, 2, 3)]
DIGIT = "Generated/Digit.lean"


def artifact():
    """Six samples, each a block of two latent columns and two of scores."""
    is_calibration = np.arange(6) % 2 == 0
    return make_artifact(6, 2, concept_names=("size", "thick"), is_train=~is_calibration, is_calibration=is_calibration)


@pytest.fixture
def three_ranges(monkeypatch):
    """Blocks of a row, three ranges of two blocks, and two shards of a block for each."""
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1)
    small_ranges(monkeypatch, 2 * 3 * certified(artifact()).samples.digit_bits // 4)
    small_shards(monkeypatch, 4)


@pytest.fixture
def files(tmp_path, three_ranges):
    return rendered(tmp_path, artifact(), with_r_squared=True, alpha="1/3")


def found(folder, files):
    """What is found, with the name of the file."""
    outcome = verify(write(folder, files), stored(folder, artifact()))
    return [
        (each.place.file.relative_to(folder).as_posix(), each.what, each.found, each.required)
        for each in outcome.differences
    ]


def changed(files, name, pattern, replacement):
    text, count = re.subn(pattern, replacement, files[name], count=1)
    assert count == 1, (name, pattern)
    return {**files, name: text}


def test_the_export_has_three_ranges_of_two_shards_each_and_agrees(tmp_path, files):
    assert [name for name in files if "Shard" in name] == SHARDS
    assert [name for name in files if "/Size/" in name] == [INTEGERS, *RANGES]
    assert "[shard3, shard4] 0 integers 2 2 [" in files[RANGES[1]]
    assert found(tmp_path, files) == []


# In which file, the pattern, its replacement, and what is found
SECOND = "size: checked2"
CHANGES = {
    "first block": (1, r"integers 2 2", "integers 3 2", f"{SECOND}: the first block", "3", "2"),
    "block count": (1, r"integers 2 2", "integers 2 1", "size: checked3: the first block", "4", "3"),
    "column": (1, r"\] 0 integers", "] 1 integers", f"{SECOND}: column", "1", "0"),
    "swapped in the list": (1, r"shard3, shard4", "shard4, shard3", "the text", "`shard4`", "`shard3`"),
    "left out in the list": (1, r"shard3, shard4", "shard3", "the text", "`]`", "`,`"),
    "doubled in the list": (1, r"shard3, shard4", "shard3, shard4, shard4", "the text", "`,`", "`]`"),
    "another in the list": (1, r"shard3, shard4", "shard3, shard5", "the text", "`shard5`", "`shard4`"),
    "a list of its own": (1, r"\[shard3, shard4\]", "([shard3] ++ [shard4])", "the text", "`(`", "`[`"),
    "left out in the imports": (1, r"import all .*Shard4\n", "", "the text", "`,`", "`]`"),
    "another import": (1, r"Shard4", "Shard5", "the text", "`shard4`", "`shard5`"),
    "import of no shard": (
        1,
        r"Samples.Shard4",
        "Samples.Shard7",
        "the text",
        "import all Generated.Samples.Shard7",
        "a shard of Generated",
    ),
    "import of all of something else": (
        1,
        r"Generated.Samples.Shard4",
        "Generated.Thick",
        "the text",
        "import all Generated.Thick",
        "a shard of Generated",
    ),
    "no shard": (1, r"(import all .*\n)+", "", "the text", "`public`", "`import`"),
    "public import of a shard": (1, r"import all (.*Shard4)", r"public import \1", "the text", "`import`", "`section`"),
    "no integers": (1, r"public import .*Integers\n", "", "the text", "`import`", "`public`"),
    "integers of another": (
        1,
        r"Checks.Size.Integers",
        "Checks.Thick.Integers",
        "the text",
        "`Generated.Checks.Thick.Integers`",
        "`Generated.Checks.Size.Integers`",
    ),
    "of all samples": (1, r"FoundIn", "Found", "the text", "`Bridge.Found`", "`Bridge.FoundIn`"),
    "of another range": (1, r"checked2", "checked3", "the text", "`checked3`", "`checked2`"),
    "another namespace": (1, r"Generated.size", "Generated.thick", "the text", "`Generated.thick`", "`Generated.size`"),
    "exposed": (1, r"\npublic section", "\n@[expose] public section", "the text", "`@`", "`public`"),
    "noncomputable": (1, r"public section", "public noncomputable section", "the text", "`noncomputable`", "`section`"),
    "no proof": (1, r"decide \+kernel", "sorry", "the text", "`sorry`", "`decide`"),
    "one more declaration": (1, r"(?=end Generated)", "axiom bad : False\n", "the text", "`axiom`", "`end`"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_range_is_named(tmp_path, files, name):
    index, pattern, replacement, *required = CHANGES[name]
    named = found(tmp_path, changed(files, RANGES[index], pattern, replacement))
    assert tuple(required) in [tuple(each) for _, *each in named]
    assert {file for file, *_ in named} <= set(RANGES)


@pytest.mark.parametrize(
    ("numbers", "required"),
    [
        ([4, 3], [("the shards[0]", "4", "3"), ("the shards[1]", "3", "4")]),
        ([3], [("the shards", "1 of them", "2")]),
        ([3, 4, 4], [("the shards", "3 of them", "2")]),
        ([2, 3, 4], [("the shards", "3 of them", "2"), ("the shards[0]", "2", "3"), ("the shards[1]", "3", "4")]),
        ([3, 5], [("the shards[1]", "5", "4")]),
        ([1, 2], [("the shards[0]", "1", "3"), ("the shards[1]", "2", "4")]),
    ],
    ids=["swapped", "one left out", "one doubled", "one too many", "another", "those of another range"],
)
def test_shards_that_do_not_hold_a_range_are_named_where_its_file_agrees_with_itself(
    tmp_path, files, numbers, required
):
    imports = "".join(f"import all Generated.Samples.Shard{number}\n" for number in numbers)
    text = re.sub(r"(import all .*\n)+", imports, files[RANGES[1]])
    text = text.replace("[shard3, shard4]", f"[{', '.join(f'shard{number}' for number in numbers)}]")
    assert found(tmp_path, {**files, RANGES[1]: text}) == [
        (RANGES[1], f"{SECOND}: {what}", stated, wanted) for what, stated, wanted in required
    ]


def test_shards_that_go_over_the_end_of_a_range_are_named(tmp_path, files):
    """The last column of the second shard is the first of the third."""
    second, third = (files[SHARDS[number]] for number in (1, 2))
    group = re.search(r",\n(    \.one\n .*)\n  \]", second)
    second = second.replace(group[0], "\n  ]")
    third = third.replace(":= [\n", f":= [\n{group[1]},\n")
    named = found(tmp_path, {**files, SHARDS[1]: second, SHARDS[2]: third})
    assert (RANGES[0], "size: checked1: the shards", "2 of them", "3") in named
    assert (RANGES[1], "size: checked2: the columns that its shards hold", "7 to 15", "8 to 15") in named
    assert {what for _, what, *_ in named if "shards" not in what} == set()


def test_totals_that_are_moved_to_another_range_are_named(tmp_path, files):
    pattern = r"(\(\.excess, )(\d+)"
    for name, step in ((RANGES[0], 1), (RANGES[2], -1)):
        files = changed(files, name, pattern, lambda match, step=step: f"{match[1]}{int(match[2]) + step}")
    assert [(file, what) for file, what, *_ in found(tmp_path, files)] == [
        (RANGES[0], "size: checked1: excess"),
        (RANGES[2], "size: checked3: excess"),
    ]


@pytest.mark.parametrize(
    ("pattern", "replacement", "what"),
    [
        (r"bias := Bridge\.\w+ (\d+)", r"bias := Bridge.plus 1\1", "size: the bias as an integer"),
        (r"sup := (\d+)", r"sup := 1\1", "size: δ as an integer"),
        (r"weights := \[\n?\s*nat_lit 0x.", r"weights := [nat_lit 0x1", "size: weight"),
        (r"weightBits := \d+", "weightBits := 4", "size: weightBits"),
    ],
)
def test_other_integers_are_named_in_their_file(tmp_path, files, pattern, replacement, what):
    named = found(tmp_path, changed(files, INTEGERS, pattern, replacement))
    assert named and {file for file, *_ in named} == {INTEGERS}
    assert named[0][1].startswith(what)


def swapped(first, second):
    return lambda files: {**files, first: files[second], second: files[first]}


def with_text(name, pattern, replacement):
    return lambda files: changed(files, name, pattern, replacement)


def without_ranges(files):
    """The file of the concept as it is in an export of one range."""
    text = re.sub(r"public import Generated\.Checks.*\n", "", files[SIZE])
    integers = re.search(r"(?s)def integers.*?(?=\nend)", files[INTEGERS])[0]
    text = text.replace("namespace Generated.size\n", f"namespace Generated.size\n\n{integers}\n", 1)
    return {**files, SIZE: re.sub(r"(?s)  checked1\n.*?\|>\.found rfl", "  .of_check (by decide +kernel)", text)}


OF_THE_WHOLE = {
    "ranges in each other's place": (swapped(RANGES[0], RANGES[1]), RANGES[0]),
    "integers in the place of a range": (swapped(INTEGERS, RANGES[1]), INTEGERS),
    "ranges of another concept": (swapped(RANGES[1], "Generated/Checks/Thick/Range2.lean"), RANGES[1]),
    "integers of another concept": (swapped(INTEGERS, "Generated/Checks/Thick/Integers.lean"), RANGES[0]),
    "imports in another order": (
        with_text(SIZE, r"(public import .*Range1\n)(public import .*Range2\n)", r"\2\1"),
        SIZE,
    ),
    "a range that is not imported": (with_text(SIZE, r"public import .*Range3\n", ""), SIZE),
    "a first range that is not imported": (with_text(SIZE, r"public import .*Range1\n", ""), SIZE),
    "one range alone": (with_text(SIZE, r"(public import .*Range[23]\n)+", ""), SIZE),
    "a range imported twice": (with_text(SIZE, r"(public import .*Range3\n)", r"\1\1"), SIZE),
    "ranges of another concept imported": (with_text(SIZE, r"Checks\.Size\.Range1", "Checks.Thick.Range1"), SIZE),
    "a shard that all of the concept sees": (
        with_text(SIZE, r"(public import .*Range3\n)", r"\1import all Generated.Samples.Shard1\n"),
        SIZE,
    ),
    "ranges joined in another order": (with_text(SIZE, r"append checked2", "append checked3"), SIZE),
    "a range that is not joined": (with_text(SIZE, r" *\|>\.append checked3 rfl rfl\n", ""), SIZE),
    "a range that is joined twice": (with_text(SIZE, r"( *\|>\.append checked3 rfl rfl\n)", r"\1\1"), SIZE),
    "no conclusion": (with_text(SIZE, r" *\|>\.found rfl\n", ""), SIZE),
    "another proof": (with_text(SIZE, r"(?s)  checked1\n.*?\|>\.found rfl", "  .of_check (by decide +kernel)"), SIZE),
    "integers in the file of the concept": (
        with_text(SIZE, r"(?=/-- The probe)", "def integers : Bridge.IntegerProbe := default\n"),
        SIZE,
    ),
    "a range in the file of the concept": (
        with_text(SIZE, r"(?=theorem checked :)", "theorem checked4 : Bridge.Found samples 0 integers 4 1 [] := x\n"),
        SIZE,
    ),
    "no integers": (with_text(INTEGERS, r"(?s)def integers.*(?=\nend)", ""), INTEGERS),
    "integers twice": (with_text(INTEGERS, r"(?s)(namespace.*)", r"\1\1"), INTEGERS),
    "integers without samples' library": (with_text(INTEGERS, r"Packing\.Integers", "Packing.Samples"), INTEGERS),
    "integers that are not exposed": (with_text(INTEGERS, r"@\[expose\] ", ""), INTEGERS),
    "a concept that is not exposed": (with_text(SIZE, r"@\[expose\] ", ""), SIZE),
    "samples that are not exposed": (with_text(SAMPLES, r"@\[expose\] ", ""), SAMPLES),
    "digits that are exposed": (with_text(SHARDS[2], r"\npublic non", "\n@[expose] public non"), SHARDS[2]),
    "digits that are no section": (with_text(SHARDS[2], r"public noncomputable section", ""), SHARDS[2]),
    "a concept without ranges beside one with them": (without_ranges, SIZE),
}


@pytest.mark.parametrize("name", OF_THE_WHOLE)
def test_files_that_do_not_belong_together_are_no_export(tmp_path, files, name):
    change, place = OF_THE_WHOLE[name]
    ((file, what, *_),) = found(tmp_path, change(files))
    assert (file, what) == (place, "the text")


def test_a_concept_without_ranges_is_named_as_such(tmp_path, files):
    ((_, _, *sides),) = found(tmp_path, without_ranges(files))
    assert sides == ["a concept without ranges", "one with ranges, as others are"]


def test_digits_that_are_hidden_where_there_are_no_ranges_are_no_export(tmp_path, monkeypatch):
    small_shards(monkeypatch, 2)
    files = rendered(tmp_path, artifact())
    files[SHARDS[1]] = files[SHARDS[1]].replace("@[expose] ", "")
    assert found(tmp_path, files) == [(SHARDS[1], "the text", "`public`", "`@`")]


@pytest.mark.parametrize("name", [INTEGERS, *RANGES])
def test_a_missing_file_is_refused(tmp_path, files, name):
    write(tmp_path, files)
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match=f"{name} does not exist"):
        verify(tmp_path / ROOT, stored(tmp_path, artifact()))


def test_an_import_of_one_range_too_many_is_refused(tmp_path, files):
    files = changed(files, SIZE, r"(public import .*)Range3\n", r"\g<0>\1Range4\n")
    with pytest.raises(InputError, match=r"Range4\.lean does not exist"):
        found(tmp_path, files)


def test_a_concept_that_is_left_out_of_a_shared_file_is_no_export(tmp_path, three_ranges, monkeypatch):
    shared_files(monkeypatch)
    files = rendered(tmp_path, artifact())
    shared, checks = "Generated/Concepts1.lean", "Generated/Checks/Concepts1"
    assert found(tmp_path, files) == []
    without = changed(files, shared, r"(?s)(.*end Generated\.size\n).*", r"\1")
    assert found(tmp_path, without) == [(shared, "the text", "the end of the file", "`namespace`")]
    for name in (f"{checks}/Range2.lean", f"{checks}/Integers.lean"):
        without = changed(files, name, r"(?s)(.*end Generated\.size\n).*", r"\1")
        ((file, what, *_),) = found(tmp_path, without)
        assert what == "the text"
        assert file in (name, shared, f"{checks}/Range1.lean")
    exchanged = changed(files, shared, r"(?s)(namespace Generated\.size.*)(namespace Generated\.thick.*)", r"\2\n\1")
    assert found(tmp_path, exchanged) == [(shared, "the text", "namespace Generated.thick", "namespace Generated.size")]


@pytest.mark.parametrize("name", ["Samples", "Checks", "Range1", "Integers", "Size"])
def test_concepts_with_the_names_of_folders_and_files_agree(tmp_path, three_ranges, name):
    named = make_artifact(6, 2, concept_names=(name, "thick"))
    outcome = verify(write(tmp_path, rendered(tmp_path, named)), stored(tmp_path, named))
    assert outcome.differences == ()


@unmeasured
@pytest.mark.parametrize("name", [INTEGERS, RANGES[1], SIZE])
def test_no_token_can_be_left_out_or_doubled_unnoticed(tmp_path, files, name):
    record = stored(tmp_path, artifact())
    root, text = write(tmp_path, files), files[name]
    for token in code_tokens(text):
        for mutant in (text[: token.start()] + text[token.end() :], f"{text[: token.end()]} {text[token.start() :]}"):
            (tmp_path / name).write_text(mutant, encoding="utf-8")
            assert is_noticed(root, record), (name, token)


def is_noticed(root, record):
    try:
        return not verify(root, record).ok
    except InputError:
        return True


@unmeasured
@pytest.mark.parametrize("name", [INTEGERS, *RANGES])
def test_no_number_can_change_unnoticed(tmp_path, files, name):
    record = stored(tmp_path, artifact())
    root, text = write(tmp_path, files), files[name]
    for token in code_tokens(text):
        for digits in re.finditer(r"[0-9]+", token[0]):
            start, end = token.start() + digits.start(), token.start() + digits.end()
            for other in (f"1{digits[0]}", f"{int(digits[0]) + 1}"):
                (tmp_path / name).write_text(f"{text[:start]}{other}{text[end:]}", encoding="utf-8")
                assert is_noticed(root, record), (name, token)


# What Lean must have declared


def test_each_range_must_have_been_declared_in_its_file(tmp_path, files):
    root = write(tmp_path, files)
    judged = admission(discover(root, lean_library_folder()), tmp_path, allow_commands=False)
    assert judged.messages == {}
    for number in (1, 2, 3):
        declared = judged.declarations[f"Generated.Checks.Size.Range{number}"]
        assert declared == (f"Generated.size.checked{number}",)
    assert judged.declarations["Generated.Checks.Size.Integers"] == ()
    assert not any("checked1" in name for name in judged.declarations["Generated.Size"])


# Classifiers


@pytest.fixture
def of_a_classifier(tmp_path, three_ranges, monkeypatch):
    """Ranges of two blocks of the decisions of three functionals on six samples."""
    small_ranges(monkeypatch, 2 * 3 * 3 * 32 // 4)
    small_shards(monkeypatch, 3)

    def made(**options):
        return rendered_classifier(tmp_path, classifier(), **options)

    return made


def classifier():
    return make_classifier(6, 2, 3)


def found_in(folder, files):
    outcome = verify(write(folder, files), stored_classifier(folder, classifier()))
    return [
        (each.place.file.relative_to(folder).as_posix(), each.what, each.found, each.required)
        for each in outcome.differences
    ]


@pytest.mark.parametrize("options", [{}, {"with_roc_auc": True}], ids=str)
def test_the_export_of_a_classifier_in_ranges_agrees(tmp_path, of_a_classifier, options):
    files = of_a_classifier(**options)
    assert len([name for name in files if "/Checks/Digit/Range" in name]) == 3
    assert files[DIGIT].count("import all") == (6 if options else 0)
    assert found_in(tmp_path, files) == []


@pytest.mark.parametrize(
    ("name", "pattern", "replacement"),
    [
        (DIGIT, r"import all .*Shard6\n", ""),
        (DIGIT, r"(import all .*Shard6\n)", r"\1\1"),
        (DIGIT, r"(import all .*Shard1\n)(import all .*Shard2\n)", r"\2\1"),
        (DIGIT, r"(import all .*\n)+", ""),
        (DIGIT, r" *\|>\.decided rfl\n", ""),
        (DIGIT, r"append decided2", "append decided3"),
        ("Generated/Checks/Digit/Range2.lean", r"DecidedIn", "Decided"),
        ("Generated/Checks/Digit/Range2.lean", r"DecisionRanges", "Ranges"),
        ("Generated/Checks/Digit/Range2.lean", r"shard3, shard4", "shard4, shard3"),
        ("Generated/Checks/Digit/Integers.lean", r"integers2", "integers3"),
    ],
)
def test_another_text_of_a_classifier_is_no_export(tmp_path, of_a_classifier, name, pattern, replacement):
    ((_, what, *_),) = found_in(tmp_path, changed(of_a_classifier(with_roc_auc=True), name, pattern, replacement))
    assert what == "the text"


def test_digits_that_nothing_needs_are_not_imported_by_a_classifier(tmp_path, of_a_classifier):
    files = changed(of_a_classifier(), DIGIT, r"(public import .*Range3\n)", r"\1import all Generated.Samples.Shard1\n")
    ((file, what, *_),) = found_in(tmp_path, files)
    assert (file, what) == (DIGIT, "the text")


def test_shards_that_do_not_hold_a_range_of_a_classifier_are_named(tmp_path, of_a_classifier):
    name, files = "Generated/Checks/Digit/Range2.lean", of_a_classifier()
    text = re.sub(r"(import all .*\n)+", "import all Generated.Samples.Shard3\n", files[name])
    files[name] = text.replace("[shard3, shard4]", "[shard3]")
    assert found_in(tmp_path, files) == [(name, "digit: decided2: the shards", "1 of them", "2")]
