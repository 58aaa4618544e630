"""Lean accepts the exports of classifiers of all kinds, and rejects those of which something is not true."""

import re

import numpy as np
import pytest

import bridge.export.packing
from bridge.artifact.coverage import Coverage
from bridge.base.resources import lean_library_folder
from bridge.check.checker import check
from bridge.check.verdict import Engine
from support.classifier_exports import rendered
from support.classifiers import make_classifier
from support.exports import rejected_by_lean, replaced, small_ranges, with_one_more
from support.lean_files import write

HEADER = """module

public import Bridge.Claims.Confusion
public import Bridge.Claims.Ranking
public import Bridge.Claims.Unseen

@[expose] public noncomputable section
"""
HELD_OUT_FIRST = np.array([False] * 4 + [True] * 5)


def three(**changed):
    return make_classifier(9, 2, 3, is_train=HELD_OUT_FIRST, **changed)


def binary():
    return make_classifier(9, 2, binary=-0.5, is_train=HELD_OUT_FIRST)


def tied():
    """All values are equal, so that every sample is of class 0."""
    return make_classifier(4, 1, 3, latents=np.zeros((4, 1)), weights=np.array([[1.0, 2.0, 3.0], [0.5, 0.5, 0.5]]))


def at_the_threshold():
    """Of three samples one is exactly at the threshold, and so of class 0."""
    latents = np.array([[1.0], [2.0], [3.0]])
    return make_classifier(3, 1, 2, latents=latents, weights=np.array([[0.0, 1.0], [2.0, 0.0]]))


def one_class():
    """A single sample, of integers; there is no κ, and a class without samples and decisions."""
    return make_classifier(
        1, 1, 3, labels=np.array([1]), latents=np.array([[3]]), weights=np.array([[0, 2, 1], [0, 0, 1]])
    )


TRUE = {
    "Three": lambda folder: rendered(folder, three(), "Three", with_roc_auc=True),
    "HeldOut": lambda folder: rendered(
        folder, three(), "HeldOut", Coverage.HELD_OUT, accuracy_bound="1/20", with_roc_auc=True
    ),
    "Binary": lambda folder: rendered(
        folder, binary(), "Binary", Coverage.HELD_OUT, accuracy_bound="1/10", with_roc_auc=True
    ),
    "Tied": lambda folder: rendered(folder, tied(), "Tied", with_roc_auc=True),
    "AtTheThreshold": lambda folder: rendered(folder, at_the_threshold(), "AtTheThreshold", with_roc_auc=True),
    "OneClass": lambda folder: rendered(folder, one_class(), "OneClass"),
    "Many": lambda folder: rendered(folder, make_classifier(6, 40, 5), "Many"),
    "Names": lambda folder: rendered(
        folder, make_classifier(class_names=('a"b', "\\", "--x"), label_name="my label"), "Names"
    ),
    "Integers": lambda folder: rendered(
        folder,
        make_classifier(latents=np.arange(18).reshape(6, 3) - 9, weights=np.arange(12).reshape(4, 3) - 5),
        "Integers",
    ),
}


def digits_of(files):
    return next(name for name in files if name.endswith("/Digit.lean"))


def of_another(folder, namespace, right, wrong, pattern):
    """An export with what it states taken from that of another classifier: all from the pattern on."""
    files, others = rendered(folder, right, namespace), rendered(folder, wrong, namespace)
    name = digits_of(files)
    before, after = files[name].split(pattern)[0], others[name].split(pattern, 1)[1]
    return {**files, name: before + pattern + after}


def swapped_labels():
    labels = three().labels.copy()
    labels[[0, 4]] = labels[[4, 0]]
    return three(labels=labels)


def moved_threshold():
    """The threshold is moved over the sample that is exactly at it."""
    return make_classifier(3, 1, 2, latents=at_the_threshold().latents, weights=np.array([[0.0, 1.0], [1.5, 0.0]]))


MATRIX = "/-- The confusion matrix:"
FALSE = {
    "Count": lambda folder: with_one_more(
        rendered(folder, three(), "Count"), "Count/Digit.lean", r"(def matrix : List \(List Nat\) := \[\n    \[)(\d+)"
    ),
    "Swapped": lambda folder: of_another(folder, "Swapped", three(), swapped_labels(), MATRIX),
    "Moved": lambda folder: of_another(folder, "Moved", at_the_threshold(), moved_threshold(), MATRIX),
    "OtherTie": lambda folder: replaced(
        rendered(folder, tied(), "OtherTie"), "OtherTie/Digit.lean", r"\[2, 0, 0\]", "[0, 0, 2]"
    ),
    "Margin": lambda folder: with_one_more(
        rendered(folder, three(), "Margin"), "Margin/Digit.lean", r"(def margin : Rat := )(\d+)"
    ),
    "Gap": lambda folder: with_one_more(
        rendered(folder, three(), "Gap"), "Gap/Digit.lean", r"(theorem decided : .* matrix \[\(\d+, )(\d+)"
    ),
    "Accuracy": lambda folder: with_one_more(
        rendered(folder, three(), "Accuracy"), "Accuracy/Digit.lean", r"(Bridge\.accuracy matrix = )(\d+)"
    ),
    "Recall": lambda folder: with_one_more(
        rendered(folder, three(), "Recall"), "Recall/Digit.lean", r"(Bridge\.recalls matrix = \[\n    )(\d+)"
    ),
    "Weight": lambda folder: with_one_more(
        rendered(folder, three(), "Weight"), "Weight/Digit.lean", r"(w := #v\[\n    -?)(\d+)"
    ),
    "Sup": lambda folder: replaced(rendered(folder, three(), "Sup"), "Sup/Digit.lean", r"sup := (\d)", r"sup := 1\1"),
    "SmallSup": lambda folder: {
        name: re.sub(r"sup := \d", "sup := ", text) for name, text in rendered(folder, three(), "SmallSup").items()
    },
    "Threshold": lambda folder: {
        name: text.replace("(-1 / 2)", "(1 / 2)") for name, text in rendered(folder, binary(), "Threshold").items()
    },
    "Bound": lambda folder: with_one_more(
        rendered(folder, three(), "Bound", Coverage.HELD_OUT, accuracy_bound="1/20"),
        "Bound/Digit.lean",
        r"(def accuracyBound : Rat := )(\d+)",
    ),
    "Samples": lambda folder: with_one_more(
        rendered(folder, three(), "Samples"), "Samples/Digit.lean", r"(Bridge\.samplesOf matrix = )(\d+)"
    ),
    "Wins": lambda folder: with_one_more(
        rendered(folder, three(), "Wins", with_roc_auc=True),
        "Wins/Digit.lean",
        r"(Bridge\.Ranked samples 0 integers0 [^:]*? )(\d+)(?= \d+ :=)",
    ),
    "Area": lambda folder: with_one_more(
        rendered(folder, three(), "Area", with_roc_auc=True), "Area/Digit.lean", r"(label i == 0\) = )(\d+)"
    ),
    "Order": lambda folder: replaced(
        rendered(folder, three(), "Order"),
        "Order/Digit.lean",
        r"⟨\[functional0, functional1",
        "⟨[functional1, functional0",
    ),
}


@pytest.fixture(scope="module")
def rejected(tmp_path_factory, lean_pool):
    """The names of the exports that Lean rejects."""
    folder = tmp_path_factory.mktemp("classifiers")
    exports = {name: make(folder) for name, make in {**TRUE, **FALSE}.items()}
    return rejected_by_lean(folder, exports, lean_pool, HEADER)


@pytest.mark.lean
@pytest.mark.parametrize("name", TRUE)
def test_lean_accepts_what_is_true(rejected, name):
    assert name not in rejected


@pytest.mark.lean
@pytest.mark.parametrize("name", FALSE)
def test_lean_rejects_what_is_not(rejected, name):
    assert name in rejected


@pytest.mark.lean
def test_an_export_in_ranges_and_shards_is_accepted(tmp_path, monkeypatch, lean_pool):
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1)
    small_ranges(monkeypatch, 3 * 3 * 3 * 32 // 4)
    root = write(tmp_path, rendered(tmp_path, three(), with_roc_auc=True))
    assert "decided3" in (tmp_path / "Generated" / "Checks" / "Digit" / "Range3.lean").read_text()
    outcome = check(root, engine=Engine.EMBEDDED, library=lean_library_folder(), tell=print, pool=lean_pool)
    assert outcome.accepted, outcome.messages
