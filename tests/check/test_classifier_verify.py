"""Comparing the export of a classifier with its artifact: every export agrees, and every change is found and named."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bridge.export.packing
from bridge.artifact.coverage import Coverage
from bridge.base.resources import lean_library_folder
from bridge.check.admission import admission
from bridge.check.any_export import read_any_export
from bridge.check.classification.claims import CLASSIFIER_TWINS
from bridge.check.classification.claims.decided import STATEMENTS
from bridge.check.classification.readback import ReadClassifierExport
from bridge.check.lean_modules import discover
from bridge.check.reader import MismatchError, Reader
from bridge.check.verify import verify
from bridge.exact.decisions import exact_decisions
from bridge.export import lean_text
from support.artifacts import make_artifact, stored
from support.classifier_exports import (
    classifiers,
    classifiers_with_coverages,
    compare,
    everything,
    found_in,
    rendered,
)
from support.classifiers import make_classifier, stored_classifier
from support.exports import rendered as rendered_probes
from support.exports import replaced, small_ranges, with_one_more
from support.lean_files import write
from support.strategies import concept_names, unhurried, unmeasured

ROOT, SAMPLES, DIGIT = "Generated.lean", "Generated/Samples.lean", "Generated/Digit.lean"
HELD_OUT = {"coverage": Coverage.HELD_OUT, "with_roc_auc": True, "accuracy_bound": "1/20"}


def three(**changed):
    """Nine samples and three classes; held out are three samples, one of each class."""
    is_train = np.array([False] * 3 + [True] * 6)
    return make_classifier(9, 2, 3, is_train=is_train, class_names=("zero", 'o"ne\\', "--two"), **changed)


def binary():
    return make_classifier(9, 2, binary=-0.5, is_train=np.array([False] * 3 + [True] * 6))


def tied():
    """All values are equal, so that every sample is of class 0."""
    return make_classifier(4, 1, 3, latents=np.zeros((4, 1)), weights=np.array([[1.0, 2.0, 3.0], [0.5, 0.5, 0.5]]))


@unhurried
@given(classifiers_with_coverages())
def test_every_export_agrees_with_its_artifact(tmp_path, drawn):
    artifact, coverage = drawn
    files = rendered(tmp_path, artifact, coverage=coverage, **everything(artifact, coverage))
    assert compare(tmp_path, artifact, files).differences == ()


def test_labels_of_any_name_agree(tmp_path):
    artifact = three(label_name="a/-b-/")
    assert compare(tmp_path, artifact, rendered(tmp_path, artifact)).differences == ()


@pytest.mark.parametrize("dim", [32, 33, 130])
def test_many_weights_are_among_the_integers_alone_and_agree(tmp_path, dim):
    artifact = make_classifier(4, dim, 3)
    files = rendered(tmp_path, artifact)
    assert ("weightVector" in files[DIGIT]) == (dim > 32)
    assert compare(tmp_path, artifact, files).differences == ()
    read = read_any_export(tmp_path / ROOT)
    for number, of_class in enumerate(read.classifier.classes):
        assert of_class.weights() == tuple(Fraction(weight) for weight in artifact.weights[:-1, number])


def test_the_weights_of_a_threshold_are_zero(tmp_path):
    write(tmp_path, rendered(tmp_path, binary()))
    read = read_any_export(tmp_path / ROOT)
    assert isinstance(read, ReadClassifierExport)
    assert read.classifier.is_binary
    assert read.classifier.classes[0].weights() == (0, 0)


# Every number


def numbers_in(text):
    """The places of all numbers in declarations, and what is one more."""
    code = re.sub(r"/-(?:.|\n)*?-/|  -- .*", lambda match: " " * len(match[0]), text)
    for match in re.finditer(r"(?<![\w.\"])(0x[0-9a-f]+|[0-9]+)(?![\w.\"])", code):
        number = int(match[0], 0) + 1
        yield match.start(), match.end(), hex(number) if match[0].startswith("0x") else str(number)


def is_noticed(folder, record, files):
    return not verify(write(folder, files), record).ok


@pytest.mark.parametrize("made_from", [three(), binary()], ids=["three classes", "binary"])
def test_every_number_that_is_moved_is_found(tmp_path, made_from):
    files = rendered(tmp_path, made_from, **HELD_OUT)
    record = stored_classifier(tmp_path, made_from)
    count = 0
    for name in (ROOT, SAMPLES, DIGIT):
        for start, end, other in numbers_in(files[name]):
            changed = {**files, name: files[name][:start] + other + files[name][end:]}
            assert is_noticed(tmp_path, record, changed), files[name][start - 80 : end + 20]
            count += 1
        write(tmp_path, files)
    assert count > 100


CHANGES = {
    "digit: matrix[0][0]": r"(def matrix : List \(List Nat\) := \[\n    \[)(\d+)",
    "digit: accuracy": r"(Bridge\.accuracy matrix = )(\d+)",
    "digit: balancedAccuracy": r"(Bridge\.balancedAccuracy matrix = )(\d+)",
    "digit: macroRecall": r"(Bridge\.macroRecall matrix = )(\d+)",
    "digit: macroPrecision": r"(Bridge\.macroPrecision matrix = )(\d+)",
    "digit: macroF1": r"(Bridge\.macroF1 matrix = )(\d+)",
    "digit: microF1": r"(Bridge\.microF1 matrix = )(\d+)",
    "digit: cohenKappa": r"(Bridge\.cohenKappa matrix = -?)(\d+)",
    "digit: recalls[0]": r"(Bridge\.recalls matrix = \[\n    )(\d+)",
    "digit: precisions[0]": r"(Bridge\.precisions matrix = \[\n    )(\d+)",
    "digit: f1s[0]": r"(Bridge\.f1s matrix = \[\n    )(\d+)",
    "digit: the margin": r"(def margin : Rat := )(\d+)",
    "class 'zero': positives of the ROC curve": r"(Bridge\.Ranked samples 0 integers0 [^:]*? )(\d+)(?= \d+ \d+ \d+ :=)",
    "class 'zero': negatives of the ROC curve": r"(Bridge\.Ranked samples 0 integers0 [^:]*? )(\d+)(?= \d+ \d+ :=)",
    "class 'zero': wins of the ROC curve": r"(Bridge\.Ranked samples 0 integers0 [^:]*? )(\d+)(?= \d+ :=)",
    "class 'zero': ties of the ROC curve": r"(Bridge\.Ranked samples 0 integers0 [^:]*? )(\d+)(?= :=)",
    "class 'zero': dropped bits of the ROC curve": r"(Bridge\.Ranked samples 0 integers0 [^.]*?\.of_rank )(\d+)",
    "class 'zero': area of the ROC curve": r"(label i == 0\) = )(\d+)",
    "digit: the bound for unseen data": r"(def accuracyBound : Rat := )(\d+)",
    "digit: α of the bound for unseen data": r"(IsAccuracyBound \()(\d+)",
    "digit: right decisions": r"(IsAccuracyBound \(1 / 20\) )(\d+)",
    "digit: the label column": r"(samples\.label )(\d+)",
    "digit: the number of classes": r"(Bridge\.confusionMatrix )(\d+)",
    "digit: the number of samples": r"(Bridge\.samplesOf matrix = )(\d+)",
    "digit: the number of blocks": r"(Bridge\.Decided samples 0 \[.*\] 0 )(\d+)",
    "digit: the first block": r"(Bridge\.Decided samples 0 \[.*?\] )(\d+)",
    "class 'zero': the denominator": r"(denominator := 2 \^ )(\d+)",
    "class 'zero': the bias as an integer": r"(bias := Bridge\.\w+ )(\d+)",
    "class 'zero': δ as an integer": r"(sup := )(\d+)",
    "class 'zero': w[0]": r"(w := #v\[\n    -?)(\d+)",
    "class 'zero': b": r"(  b := -?)(\d+)",
    "digit: the latent dimension": r"(Bridge\.Classifier )(\d+)",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_number_is_named(tmp_path, what):
    files = with_one_more(rendered(tmp_path, three(), **HELD_OUT), DIGIT, CHANGES[what])
    assert found_in(tmp_path, three(), files) == [what]


def test_a_changed_threshold_is_named(tmp_path):
    files = replaced(rendered(tmp_path, binary()), DIGIT, r"\.constant 2 \(-1 / 2\)", ".constant 2 (-1 / 3)")
    assert found_in(tmp_path, binary(), files) == ["class 'class 0': b", "digit: the threshold"]


@pytest.mark.parametrize(
    ("pattern", "replacement", "what"),
    [
        (r'"zero"', '"nought"', ["digit: class names[0]"]),
        (r'"zero",\n    "o', '"o', None),
        (r'"zero",(\n.*),\n', r'"--two",\1,' + "\n", ["digit: class names[0]"]),
        (r'"--two"', '"--two",\n    "three"', None),
        (r"namespace Generated\.digit", "namespace Generated.digits", None),
    ],
)
def test_a_changed_name_is_found(tmp_path, pattern, replacement, what):
    files = replaced(rendered(tmp_path, three()), DIGIT, pattern, replacement)
    found = found_in(tmp_path, three(), files)
    assert found == (what or ["the text"])


def test_a_matrix_of_another_size_is_found(tmp_path):
    files = rendered(tmp_path, three())
    whole = re.search(r"(def matrix : List \(List Nat\) := \[)((?:.|\n)*?)(\n  \])", files[DIGIT])
    changed = replaced(files, DIGIT, re.escape(whole[0]), f"{whole[1]}{whole[2]},\n    [0, 0, 0]{whole[3]}")
    assert found_in(tmp_path, three(), changed) == ["digit: matrix"]
    wider = whole[2].replace("]", ", 0]")
    changed = replaced(files, DIGIT, re.escape(whole[0]), f"{whole[1]}{wider}{whole[3]}")
    assert found_in(tmp_path, three(), changed) == [f"digit: matrix[{row}]" for row in range(3)]


def test_another_number_of_classes_is_found(tmp_path):
    other = make_classifier(9, 2, 4, is_train=three().is_train)
    found = exported_from_another(tmp_path, three(), other)
    assert "digit: class names" in found
    assert "digit: matrix" not in found


def test_another_order_of_the_classes_is_found(tmp_path):
    files = rendered(tmp_path, three())
    names = ("two", "zero", "one")
    other = make_classifier(9, 2, 3, is_train=three().is_train, class_names=names)
    assert {difference for difference in found_in(tmp_path, other, files) if "class names" in difference} == {
        "digit: class names[0]",
        "digit: class names[1]",
        "digit: class names[2]",
    }


@pytest.mark.parametrize("file", [ROOT, DIGIT])
def test_another_name_for_the_labels_is_named(tmp_path, file):
    files = rendered(tmp_path, three())
    changed = {**files, file: files[file].replace("Generated.digit", "Generated.numeral")}
    assert found_in(tmp_path, three(), changed) == ["what the labels are called"]


def exported_from_another(folder, artifact, other):
    """What is found of the export of another artifact that claims to be this one's."""
    files = rendered(folder, other)
    digests = [stored_classifier(folder, each).sha256 for each in (other, artifact)]
    files = {name: text.replace(*digests) for name, text in files.items()}
    return found_in(folder, artifact, files)


def test_two_labels_that_are_swapped_are_found(tmp_path):
    labels = three().labels.copy()
    predicted = exact_decisions(three().latents, three().weights).predicted
    first = next(row for row in range(1, 9) if labels[row] != labels[0] and predicted[row] != predicted[0])
    labels[[0, first]] = labels[[first, 0]]
    found = exported_from_another(tmp_path, three(), three(labels=labels))
    assert {"labels[0, 0]", f"labels[{first}, 0]"} <= set(found)
    assert any("digit: matrix" in what for what in found)


def test_a_threshold_that_is_moved_over_a_sample_is_found(tmp_path):
    values = np.sort(np.column_stack([binary().latents, np.ones(9)]) @ binary().weights[:, 1])
    weights = binary().weights.copy()
    weights[-1, 0] = (values[3] + values[4]) / 2
    at_first = make_classifier(9, 2, weights=weights, classes=2)
    weights[-1, 0] = (values[4] + values[5]) / 2
    found = exported_from_another(tmp_path, at_first, make_classifier(9, 2, weights=weights, classes=2))
    assert {"class 'class 0': b", "digit: the threshold", "digit: accuracy", "digit: the margin"} <= set(found)


def test_a_tie_that_is_broken_the_other_way_is_found(tmp_path):
    files = rendered(tmp_path, tied())
    assert files[DIGIT].count("[2, 0, 0]") == 1
    changed = replaced(files, DIGIT, r"\[2, 0, 0\]", "[0, 0, 2]")
    assert found_in(tmp_path, tied(), changed) == ["digit: matrix[0][0]", "digit: matrix[0][2]"]


def test_a_kappa_that_is_none_is_not_stated(tmp_path):
    alone = make_classifier(2, 1, 2, labels=np.zeros(2, np.int64), latents=np.zeros((2, 1)), weights=np.zeros((2, 2)))
    files = rendered(tmp_path, alone)
    assert "cohenKappa" not in files[DIGIT]
    theorem = "theorem cohenKappa_eq : Bridge.cohenKappa matrix = 0 := by decide +kernel\n\n"
    place = "/-- The recall of each class"
    changed = {**files, DIGIT: files[DIGIT].replace(place, theorem + place)}
    assert found_in(tmp_path, alone, changed) == ["digit: cohenKappa"]


def test_a_kappa_that_is_missing_is_named(tmp_path):
    files = replaced(rendered(tmp_path, three()), DIGIT, r"theorem cohenKappa_eq.*\n", "")
    (difference,) = compare(tmp_path, three(), files).differences
    assert (difference.what, difference.found, difference.required) == ("digit: cohenKappa", "none", "a theorem")


def test_classes_whose_area_is_missing_are_named(tmp_path):
    files = rendered(tmp_path, three(), with_roc_auc=True)
    text = re.sub(r"theorem ranked1 (.|\n)*?(?=\n\n)|theorem rocAuc1_eq(.|\n)*?(?=\n\n)", "", files[DIGIT])
    (difference,) = compare(tmp_path, three(), {**files, DIGIT: text}).differences
    assert difference.what == "digit: the classes with an area under the ROC curve"
    assert (difference.found, difference.required) == ("[0, 2]", "[0, 1, 2]")


def test_a_bound_that_could_be_greater_or_is_too_great_is_named(tmp_path):
    files = rendered(tmp_path, three(), **HELD_OUT)
    (bound,) = re.findall(r"accuracyBound : Rat := (\d+) / (\d+)", files[DIGIT])
    for other in (Fraction(int(bound[0]) * 2**20 // int(bound[1]) + step, 2**20) for step in (-1, 1)):
        text = files[DIGIT].replace(" / ".join(bound), f"{other.numerator} / {other.denominator}")
        assert found_in(tmp_path, three(), {**files, DIGIT: text}) == ["digit: the bound for unseen data"]


def test_where_no_decision_is_right_the_bound_is_zero(tmp_path):
    artifact = make_classifier(
        3,
        1,
        2,
        latents=np.zeros((3, 1)),
        weights=np.zeros((2, 2)),
        labels=np.ones(3, np.int64),
        is_train=np.zeros(3, bool),
    )
    files = rendered(tmp_path, artifact, coverage=Coverage.HELD_OUT, accuracy_bound="1/20")
    assert "def accuracyBound : Rat := 0\n" in files[DIGIT]
    assert compare(tmp_path, artifact, files).differences == ()
    changed = replaced(files, DIGIT, r"accuracyBound : Rat := 0", "accuracyBound : Rat := 1 / 1048576")
    assert found_in(tmp_path, artifact, changed) == ["digit: the bound for unseen data"]


# What was asked for


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            "--over held-out",
            "--over all",
            "the listed part of an export with a bound for unseen data: found all, required held-out",
        ),
        ("--accuracy-bound 1/20", "--accuracy-bound 3/2", "α: found 3/2, required a level between 0 and 1"),
    ],
)
def test_what_cannot_be_asked_for_is_named(tmp_path, old, new, found):
    artifact = three()
    files = {name: text.replace(old, new) for name, text in rendered(tmp_path, artifact, **HELD_OUT).items()}
    assert found in [str(difference).split(": ", 1)[1] for difference in compare(tmp_path, artifact, files).differences]


def test_a_part_without_samples_is_named(tmp_path):
    files = {
        name: text.replace("--over all", "--over calibration") for name, text in rendered(tmp_path, three()).items()
    }
    assert found_in(tmp_path, three(), files)[-1] == "the listed part"


def test_a_classifier_is_no_probe_of_scores(tmp_path):
    write(tmp_path, rendered(tmp_path, three()))
    (difference,) = verify(tmp_path / ROOT, stored(tmp_path, make_artifact())).differences
    assert (difference.what, difference.found, difference.required) == (
        "what is exported",
        "a classifier",
        "probes of scores",
    )
    write(tmp_path, rendered_probes(tmp_path, make_artifact()))
    (difference,) = verify(tmp_path / ROOT, stored_classifier(tmp_path, three())).differences
    assert (difference.found, difference.required) == ("probes of scores", "a classifier")


@pytest.mark.parametrize("file", [ROOT, DIGIT])
def test_a_threshold_is_not_the_weights_of_two_classes(tmp_path, file):
    several = make_classifier(9, 2, 2)
    files, other = rendered(tmp_path, several), rendered(tmp_path, binary())
    found = found_in(tmp_path, several, {**files, file: other[file]})
    assert "digit: what decides" in found
    found = found_in(tmp_path, binary(), {**other, file: files[file]})
    assert "digit: what decides" in found


# Texts that are no export


@pytest.mark.parametrize(
    ("file", "pattern", "replacement"),
    [
        (DIGIT, r"classNames : List String := \[(.|\n)*?\]", 'classNames : List String := ["zero"]'),
        (DIGIT, r"\.cons faithful1", ".cons faithful2"),
        (DIGIT, r"\[integers0, integers1", "[integers1, integers0"),
        (DIGIT, r"⟨\[functional0, functional1", "⟨[functional1, functional0"),
        (DIGIT, r"  \.of_decide \(by decide \+kernel\)", "  sorry"),
        (DIGIT, r"where\n  w := #v(?:.|\n)*?b := (.*)", r":= .constant 2 (\1)"),
        (DIGIT, r"\"zero\"", r'"ze\\tro"'),
        (DIGIT, r"\"zero\"", '"zero'),
        (DIGIT, r"\"zero\"", "zero"),
        (DIGIT, r"public import Bridge\.Claims\.Confusion", "public import Bridge.Claims.Ranking"),
        (ROOT, r"public import Generated\.Digit", "public import Other.Digit"),
        (ROOT, r"public import Generated\.Digit", "public import Digit"),
        (ROOT, r"spec_margin : IsLeast", "spec_margin : IsGLB"),
        (ROOT, r"end Generated\.digit\n", "end Generated.digit\naxiom bad : False\n"),
        (DIGIT, r"end Generated\.digit\n", "end Generated.digit\naxiom bad : False\n"),
    ],
)
def test_a_changed_statement_is_no_export(tmp_path, file, pattern, replacement):
    files = rendered(tmp_path, three())
    assert found_in(tmp_path, three(), replaced(files, file, pattern, replacement)) == ["the text"]


def reader_of(folder, text):
    """A reader behind the header of a file."""
    reader = Reader(folder / "A.lean", f"module\n\n@[expose] {text}".encode())
    reader.expect("module @[expose]")
    return reader


@unhurried
@given(concept_names())
def test_class_names_are_read_as_they_are_written(tmp_path, name):
    assert reader_of(tmp_path, lean_text.string(name)).string().value == name


@pytest.mark.parametrize("text", ['"a', "a", '"a\\', '"\\n"', '"a\nb"'])
def test_what_is_no_string_is_refused(tmp_path, text):
    with pytest.raises(MismatchError, match="required a string"):
        reader_of(tmp_path, text).string()


@unmeasured
@unhurried
@given(classifiers(), st.data())
def test_no_digit_can_change_unnoticed(tmp_path, drawn, data):
    files = rendered(tmp_path, drawn)
    record = stored_classifier(tmp_path, drawn)
    name = data.draw(st.sampled_from(list(files)))
    start, end, other = data.draw(st.sampled_from(list(numbers_in(files[name]))))
    assert is_noticed(tmp_path, record, {**files, name: files[name][:start] + other + files[name][end:]})


# Ranges


RANGES = [f"Generated/Checks/Digit/Range{number}.lean" for number in (1, 2, 3)]


@pytest.fixture
def three_ranges(monkeypatch):
    """Blocks of a row, and ranges of three blocks of nine."""
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1)
    small_ranges(monkeypatch, 3 * 3 * 3 * 32 // 4)


def test_ranges_agree_and_every_number_in_them_is_compared(tmp_path, three_ranges):
    files = rendered(tmp_path, three())
    record = stored_classifier(tmp_path, three())
    assert verify(write(tmp_path, files), record).differences == ()
    assert len(read_any_export(tmp_path / ROOT).classifier.decisions.ranges) == 3
    theorem = re.search(r"theorem decided2 :(.|\n)*?:=", files[RANGES[1]])
    places = list(re.finditer(r"(?<![\w.])\d+", theorem[0]))
    # the column, the range, the matrix, and two gaps with their counts
    assert len(places) == 1 + 2 + 9 + 4
    for place in places:
        changed = f"{theorem[0][: place.start()]}{int(place[0]) + 1}{theorem[0][place.end() :]}"
        found = found_in(tmp_path, three(), {**files, RANGES[1]: files[RANGES[1]].replace(theorem[0], changed)})
        assert found, place


def test_counts_that_add_up_and_are_not_those_of_their_ranges_are_named(tmp_path, three_ranges):
    files = rendered(tmp_path, three())
    for path, step in zip(RANGES, (1, -1), strict=False):
        pattern = r"(theorem decided\d :.* \[\n    \[)(\d+)"
        files = replaced(files, path, pattern, lambda match, step=step: f"{match[1]}{max(0, int(match[2]) + step)}")
    found = found_in(tmp_path, three(), files)
    assert any(what.startswith("digit: decided1: matrix") for what in found)


def test_a_gap_between_ranges_is_named(tmp_path, three_ranges):
    files = replaced(rendered(tmp_path, three()), RANGES[1], r"(theorem decided2 .*\]) 3 3 \[", r"\1 4 3 [")
    assert found_in(tmp_path, three(), files)[0] == "digit: decided2: the first block"


# What Lean must have declared


def test_it_is_said_for_people_what_theorems_state(tmp_path):
    files = rendered(tmp_path, three(), **HELD_OUT)
    claims = read_any_export(write(tmp_path, files)).classifier.claims
    statements = [statement for twin in CLASSIFIER_TWINS for statement in twin.statements(claims[twin.name])]
    assert [names for names, _ in statements] == ["rocAuc0_eq, rocAuc1_eq, rocAuc2_eq", "isAccuracyBound"]
    correct = re.search(r"IsAccuracyBound \(1 / 20\) (\d)", files[DIGIT])[1]
    assert statements[1][1] == (
        f"with an accuracy below the bound, {correct} or more right decisions of 3 have a probability of at most 1/20"
    )
    for name in ", ".join(names for names, _ in (*STATEMENTS, *statements)).split(", "):
        assert f"theorem {name}" in files[DIGIT]


def test_a_bound_of_one_is_never_one(tmp_path):
    artifact = make_classifier(
        2,
        1,
        2,
        latents=np.zeros((2, 1)),
        weights=np.zeros((2, 2)),
        labels=np.zeros(2, np.int64),
        is_train=np.zeros(2, bool),
    )
    files = rendered(tmp_path, artifact, coverage=Coverage.HELD_OUT, accuracy_bound="1/20")
    assert compare(tmp_path, artifact, files).differences == ()
    for other in ("1048575 / 1048576", "1"):
        changed = replaced(files, DIGIT, r"(accuracyBound : Rat := ).*", rf"\g<1>{other}")
        assert found_in(tmp_path, artifact, changed) == ["digit: the bound for unseen data"]


@pytest.mark.parametrize("made_from", [three(), binary()], ids=["three classes", "binary"])
def test_all_theorems_of_an_export_must_have_been_declared(tmp_path, made_from):
    files = rendered(tmp_path, made_from, **HELD_OUT)
    root = write(tmp_path, files)
    names = admission(discover(root, lean_library_folder()), tmp_path, allow_commands=False).declarations
    theorems = re.findall(r"^theorem (\w+)", files[DIGIT], re.MULTILINE)
    assert {f"Generated.digit.{name}" for name in theorems} <= set(names["Generated.Digit"])
    assert {f"Generated.digit.{name}" for name in re.findall(r"^theorem (\w+)", files[ROOT], re.MULTILINE)} < set(
        names["Generated"]
    )
