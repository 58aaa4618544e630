"""Two probes or two classifiers beside each other: counts against scikit-learn, and lines that fit a terminal."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from sklearn.metrics import confusion_matrix

from bridge.artifact.coverage import Coverage
from bridge.artifact.pair import paired
from bridge.exact.decisions import exact_decisions
from bridge.report.pairs import pair_result
from support.artifacts import make_artifact
from support.classifiers import make_classifier
from support.refusals import refusal


def classifiers(seed=0, **form):
    """Two classifiers of the same samples, the second with other weights."""
    a = make_classifier(**form)
    weights = np.random.default_rng([seed, 1]).normal(size=a.weights.shape)
    if form.get("binary") is not None:
        weights[:, 0] = a.weights[:, 0]
    return a, replace(a, weights=weights)


def compared(a, b, coverage=Coverage.ALL):
    return pair_result(paired(a, b), coverage)


@settings(max_examples=30)
@given(st.integers(0, 99), st.integers(2, 5), st.sampled_from(["all", "train", "held-out"]))
def test_decisions_are_counted_as_scikit_learn_counts(seed, classes, part):
    a, b = classifiers(seed, samples=30, classes=classes)
    result = compared(a, b, Coverage(part))
    mask = {"all": a.is_train | True, "train": a.is_train, "held-out": a.is_held_out}[part]
    of_a, of_b = (exact_decisions(each.latents, each.weights).predicted[mask] for each in (a, b))
    assert (np.array(result.counts) == confusion_matrix(of_b, of_a, labels=range(classes))).all()
    assert [entry[1:] for entry in result.differing] == [
        (one, other) for one, other in zip(of_a, of_b, strict=True) if one != other
    ]
    assert {entry[0] for entry in result.differing} == set(a.sample_indices[mask][of_a != of_b])


def test_the_largest_difference_is_over_the_part_and_names_the_sample_of_the_data_set():
    a = make_artifact(
        latents=np.array([[1.0], [2.0], [-4.0]]),
        scores=np.zeros((3, 1)),
        weights=np.array([[1.0], [0.0]]),
        is_train=np.array([True, True, False]),
        is_calibration=np.zeros(3, bool),
        sample_indices=np.array([10, 20, 30]),
        concept_names=("size",),
        concept_units=("",),
        metrics=make_artifact().metrics[:1],
    )
    b = replace(a, weights=np.array([[0.75], [0.5]]))
    (everywhere,) = compared(a, b).distances
    (there,) = compared(a, b, Coverage.TRAIN).distances
    assert (everywhere.largest, everywhere.sample) == (Fraction(3, 2), 30)
    assert (there.largest, there.sample) == (Fraction(1, 4), 10)
    assert compared(a, b).record() == {
        "over": "all",
        "samples": 3,
        "concepts": [
            {
                "concept": "size",
                "largest_difference": "3 / 2",
                "largest_difference_decimal": "1.5",
                "attained_by_sample": 30,
            }
        ],
    }
    assert compared(a, b).lines() == [
        "largest difference of A and B over 3 samples (all)",
        "concept  |A - B| at most, about  attained by sample",
        "size                        1.5                  30",
    ]


def test_a_pair_of_binary_probes_has_the_value_of_class_1_alone_unless_thresholds_differ():
    a, b = classifiers(binary=0.5)
    assert [distance.name for distance in compared(a, b).distances] == ["class 1"]
    moved = b.weights.copy()
    moved[-1, 0] = 0.75
    first, second = compared(a, replace(b, weights=moved)).distances
    assert (first.name, first.largest) == ("class 0", Fraction(1, 4))
    assert second.name == "class 1"


def test_a_binary_probe_beside_two_classes_with_weights_of_their_own_has_all_values():
    a = make_classifier(binary=0.5)
    assert len(compared(a, make_classifier(classes=2)).distances) == 2


def test_what_differs_is_in_the_record_and_on_the_terminal():
    a = make_classifier(latents=np.array([[1.0], [2.0], [3.0]]), samples=3, dim=1, binary=1.5)
    a = replace(a, weights=np.array([[0.0, 1.0], [1.5, 0.0]]))
    b = replace(a, weights=np.array([[0.0, 1.0], [2.5, 0.0]]))
    result = compared(a, b)
    assert result.record() == {
        "over": "all",
        "samples": 3,
        "label": "digit",
        "decisions_that_differ": 1,
        "first_that_differ": [{"sample": 1, "a": "class 1", "b": "class 0"}],
        "decisions": {"classes": ["class 0", "class 1"], "rows": "b", "columns": "a", "counts": [[1, 1], [0, 1]]},
        "classes": [
            {
                "class": name,
                "largest_difference": text,
                "largest_difference_decimal": text,
                "attained_by_sample": 2,
            }
            for name, text in (("class 0", "1"), ("class 1", "0"))
        ],
    }
    assert result.lines() == [
        "digit: 1 decision of 3 differs (all)",
        "B \\ A    class 0  class 1",
        "class 0        1        1",
        "class 1        0        1",
        "sample 1: class 1 by A, class 0 by B",
        "",
        "class    |A - B| at most, about  attained by sample",
        "class 0                       1                   2",
        "class 1                       0                   2",
    ]


@pytest.mark.parametrize("classes", [2, 10, 30])
@pytest.mark.parametrize("name", ["{}", "a long name of class {} that goes on", "漢字漢字漢字{}", "[b]{}"])
def test_lines_are_not_wider_than_a_terminal(classes, name):
    names = tuple(name.format(number) for number in range(classes))
    a, b = classifiers(samples=200, classes=classes, class_names=names)
    lines = compared(a, b).lines()
    assert max(map(cell_len, lines)) < 80
    assert "--json lists all" in "".join(lines) or classes < 30


def test_of_many_samples_that_differ_the_first_ten_are_shown():
    a, b = classifiers(samples=200)
    result = compared(a, b)
    count = len(result.differing)
    assert count > 11
    assert f"and {count - 10} samples more" in result.lines()
    assert len(result.record()["first_that_differ"]) == 10


def test_a_classifier_beside_itself_differs_nowhere():
    a = make_classifier(samples=40, classes=30)
    lines = compared(a, a).lines()
    assert lines[0] == "digit: 0 decisions of 40 differ (all)"
    assert lines[1] == ""


def test_of_many_concepts_the_first_are_shown():
    a = make_artifact(concepts=22)
    assert compared(a, a).lines()[-1] == "and 2 more concepts; --json lists all"
    a = make_artifact(concepts=21)
    assert compared(a, a).lines()[-1] == "and 1 more concept; --json lists all"


def test_a_part_without_samples_is_refused():
    a = make_classifier()
    assert "no calibration samples" in refusal(compared, a, a, Coverage.CALIBRATION)
