"""How well a classifier does: the rates are scikit-learn's, exactly, and no decimal contradicts them."""

import warnings
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from sklearn import metrics

from bridge.artifact.classifier import Control
from bridge.exact.decisions import exact_decisions
from bridge.report.classification import (
    classification_doubts,
    classification_lines,
    classifier_record,
    mean_roc_auc,
    part_results,
    shown_rate,
)
from support.artifacts import PROVENANCE
from support.classifiers import make_classifier

# Decimals


@given(st.fractions(-1, 1) | st.fractions(0, 1, max_denominator=30))
def test_a_rate_is_shown_to_the_last_digit_and_as_0_or_1_only_if_it_is_that(value):
    shown = Fraction(shown_rate(value))
    assert abs(shown - value) <= Fraction(1, 10**4)
    assert (shown.denominator == 1) == (value.denominator == 1)
    assert shown * value >= 0


@given(st.fractions(-1, 1), st.fractions(-1, 1))
def test_of_two_rates_the_larger_is_not_shown_as_the_smaller(one, other):
    low, high = sorted([one, other])
    assert Fraction(shown_rate(low)) <= Fraction(shown_rate(high))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0.0000"),
        (Fraction(1), "1.0000"),
        (Fraction(-1), "-1.0000"),
        (Fraction(1, 3), "0.3333"),
        (Fraction(2, 3), "0.6667"),
        (Fraction(99999, 100000), "0.9999"),
        (Fraction(1, 10**9), "0.0001"),
        (Fraction(-1, 10**9), "-0.0001"),
        (None, "undefined"),
    ],
)
def test_rates_are_shown_with_four_decimals(value, text):
    assert shown_rate(value) == text


# Records


def with_labels(random, samples, classes):
    """A classifier of small integers, which has equal values, classes that are never given, and classes that lack."""
    content = make_classifier(samples, 2, classes)
    return replace(
        content,
        latents=random.integers(-2, 3, (samples, 2)),
        weights=random.integers(-1, 2, (3, classes)),
        labels=random.integers(0, random.integers(1, classes + 1), samples),
    )


def exact(record, key):
    return float(Fraction(record[key].replace(" ", "")))


@pytest.mark.parametrize("seed", range(60))
def test_the_record_has_the_numbers_of_scikit_learn(seed):
    random = np.random.default_rng(seed)
    artifact = with_labels(random, int(random.integers(1, 40)), int(random.integers(2, 6)))
    results = part_results(artifact)
    parts = classifier_record(artifact, results)["parts"]
    numbers = list(range(artifact.class_count))
    predicted = exact_decisions(artifact.latents, artifact.weights).predicted
    for name, record in parts.items():
        rows = np.ones_like(artifact.is_train) if name == "all" else getattr(artifact, f"is_{name}")
        truth, decided = artifact.labels[rows], predicted[rows]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            occurring = metrics.classification_report(truth, decided, output_dict=True, zero_division=0)
            report = metrics.classification_report(
                truth, decided, labels=numbers, target_names=artifact.class_names, output_dict=True, zero_division=0
            )
            balanced = metrics.balanced_accuracy_score(truth, decided)
            kappa = metrics.cohen_kappa_score(truth, decided)
        assert record["samples"] == len(truth)
        assert record["confusion_matrix"] == metrics.confusion_matrix(truth, decided, labels=numbers).tolist()
        assert exact(record, "accuracy") == metrics.accuracy_score(truth, decided)
        assert exact(record, "balanced_accuracy") == pytest.approx(balanced, abs=1e-15)
        if record["cohen_kappa"] is None:
            assert np.isnan(kappa) or len(set(truth) | set(decided)) == 1
        else:
            assert exact(record, "cohen_kappa") == pytest.approx(kappa, abs=1e-14)
        for each in record["classes"]:
            theirs = report[each["class"]]
            assert each["support"] == theirs["support"]
            for rate, key in {"precision": "precision", "recall": "recall", "f1": "f1-score"}.items():
                assert exact(each, rate) == pytest.approx(theirs[key], abs=1e-15)
        for average in ("macro", "weighted"):
            for rate, key in {"precision": "precision", "recall": "recall", "f1": "f1-score"}.items():
                ours = exact(record[f"{average}_avg"], rate)
                assert ours == pytest.approx(occurring[f"{average} avg"][key], abs=1e-15)


@pytest.mark.parametrize("seed", range(40))
def test_the_area_under_the_roc_curve_is_that_of_scikit_learn(seed):
    random = np.random.default_rng(seed)
    classes = int(random.integers(2, 5))
    artifact = with_labels(random, 30, classes)
    everything = np.ones(30, bool)
    decisions = exact_decisions(artifact.latents, artifact.weights)
    area = mean_roc_auc(decisions, artifact.labels, everything)
    values = np.hstack([artifact.latents, np.ones((30, 1), int)]) @ artifact.weights
    if classes == 2:  # what decides, and what scikit-learn calls the decision function
        values[:, 1] -= values[:, 0]
    columns = [1] if classes == 2 else range(classes)
    areas = [
        metrics.roc_auc_score(artifact.labels == column, values[:, column])
        for column in columns
        if 0 < (artifact.labels == column).sum() < 30
    ]
    if areas:
        assert float(area) == pytest.approx(np.mean(areas), abs=1e-15)
    else:
        assert area is None


def test_decimals_stand_beside_fractions():
    artifact = make_classifier(40, 3, 3)
    record = classifier_record(artifact, part_results(artifact))
    assert record["label"] == "digit"
    assert record["classes"] == ["class 0", "class 1", "class 2"]
    assert record["method"] == "logistic"
    train = record["parts"]["train"]
    assert (train["accuracy"], train["accuracy_decimal"]) == ("6 / 13", "0.461538")
    assert (record["parts"]["held_out"]["roc_auc"], record["parts"]["held_out"]["roc_auc_decimal"]) == (None, None)
    assert "threshold" not in record
    assert "control" not in record


def test_the_record_has_the_threshold_and_the_control():
    control = Control("shuffled-labels", 5, 0.25, None, 0.5, 0.375)
    artifact = make_classifier(binary=0.5, control=control)
    record = classifier_record(artifact, part_results(artifact))
    assert record["threshold"] == 0.5
    assert record["control"] == {"kind": "shuffled-labels", "seed": 5}
    assert {name: part["control_accuracy"] for name, part in record["parts"].items()} == {
        "train": 0.25,
        "held_out": 0.5,
        "all": 0.375,
    }


def test_decisions_that_are_known_are_not_made_again():
    artifact = make_classifier()
    others = exact_decisions(artifact.latents, -artifact.weights)
    assert part_results(artifact, others)[-1].confusion != part_results(artifact)[-1].confusion


def test_the_majority_is_that_of_the_training_part_or_of_all_samples():
    labels = np.array([0, 1, 1, 0, 0, 2])
    is_train = np.array([False, True, True, False, False, True])
    artifact = make_classifier(labels=labels, is_train=is_train)
    by_name = {result.name: result.majority_accuracy for result in part_results(artifact)}
    assert by_name == {"train": Fraction(2, 3), "held_out": 0, "all": Fraction(1, 3)}
    nowhere = np.zeros(6, bool)
    unknown = make_classifier(labels=labels, is_train=nowhere, provenance=replace(PROVENANCE, held_out=None))
    (only,) = part_results(unknown)
    assert (only.name, only.majority, only.majority_accuracy) == ("all", 0, Fraction(1, 2))


# Tables


def lines_of(artifact):
    return classification_lines(artifact, part_results(artifact))


def test_the_tables_have_the_rates_of_each_class_and_of_each_part():
    control = Control("shuffled-labels", 5, 0.25, None, 0.5, 0.375)
    labels = np.array([0, 1, 2, 0, 1, 2, 1, 1])
    weights = np.zeros((4, 3))
    weights[:3] = np.eye(3)
    latents = np.eye(3)[[0, 1, 1, 0, 1, 2, 2, 1]]
    artifact = make_classifier(
        8, labels=labels, weights=weights, latents=latents, control=control, class_names=("cat", "dog", "字")
    )
    assert (
        "\n".join(lines_of(artifact))
        == """\
digit: 2 of 3 samples right, held out
digit              precision  recall      f1  support
cat                   1.0000  1.0000  1.0000        2
dog                   0.0000  0.0000  0.0000        1
字                    0.0000  0.0000  0.0000        0

macro avg             0.3333  0.3333  0.3333        3
weighted avg          0.6667  0.6667  0.6667        3
accuracy                              0.6667        3
balanced_accuracy                     0.5000        3
roc_auc                               0.7500        3
cohen_kappa                           0.4000        3

part      samples  accuracy  majority  control  balanced  roc_auc
train           5    0.8000    0.6000   0.2500    0.7500   0.7500
held out        3    0.6667    0.3333   0.5000    0.5000   0.7500
all             8    0.7500    0.5000   0.3750    0.7500   0.8056
majority: always dog, the most frequent of the training part
control: a probe fitted on shuffled labels, seed 5"""
    )


def test_without_held_out_samples_the_table_is_of_those_that_are_nearest_to_it():
    everywhere, nowhere = np.ones(6, bool), np.zeros(6, bool)
    some = np.arange(6) < 2
    known = replace(PROVENANCE, held_out=0.0)
    unknown = replace(PROVENANCE, held_out=None)
    for parts, first in [
        ((known, everywhere, nowhere), "digit: 1 of 6 samples right, all"),
        ((known, ~some, some), "digit: 0 of 2 samples right, calibration"),
        ((unknown, nowhere, nowhere), "digit: 1 of 6 samples right, all"),
    ]:
        provenance, is_train, is_calibration = parts
        artifact = make_classifier(is_train=is_train, is_calibration=is_calibration, provenance=provenance)
        assert lines_of(artifact)[0] == first


def test_of_many_classes_the_first_are_shown():
    assert "and 1 more class; --json lists all" in lines_of(make_classifier(42, classes=21))
    assert "and 5 more classes; --json lists all" in lines_of(make_classifier(50, classes=25))
    assert not any("--json" in line for line in lines_of(make_classifier(40, classes=20)))


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"], exclude_characters="«»"), min_size=1)


@given(st.lists(NAMES | st.just("字" * 90) | st.just("[red]x[/]:smile:"), min_size=3, max_size=3, unique=True), NAMES)
def test_tables_fit_into_80_columns_whatever_names_there_are(names, label):
    if {*names, label} & {"Bridge", "samples", "functional"}:
        return
    lines = lines_of(make_classifier(9, class_names=tuple(names), label_name=label))
    assert max(map(cell_len, lines)) <= 80


def test_names_are_shown_as_they_are():
    lines = lines_of(make_classifier(class_names=("[red]x[/]", ":smile:", "ü")))
    assert [line.split()[0] for line in lines[2:5]] == ["[red]x[/]", ":smile:", "ü"]


# Doubts


def doubts_of(**changed):
    latents = np.eye(3)[[0, 1, 2, 0, 0, 2]]
    weights = np.vstack([np.eye(3), np.zeros(3)])
    artifact = make_classifier(**({"latents": latents, "weights": weights} | changed))
    return list(classification_doubts(artifact, part_results(artifact)))


def test_a_probe_that_is_no_better_than_a_constant_one_is_doubted():
    assert doubts_of() == []
    assert doubts_of(labels=np.array([0, 1, 2, 0, 1, 0])) == []
    (doubt,) = doubts_of(labels=np.array([1, 1, 2, 0, 1, 0]))
    assert "is 0.5000, and that of always naming class 1 0.5000; " in doubt
    assert doubts_of(labels=np.array([1, 1, 1, 1, 1, 0])) == [
        "the accuracy on the held-out samples is 0.0000, and that of always naming class 1 1.0000; a probe that has "
        "learnt something has more; fit on more samples, or look at balanced_accuracy if classes are rare"
    ]


def test_a_probe_that_is_no_better_than_its_control_is_doubted():
    assert doubts_of(control=Control("shuffled-labels", 0, 1.0, None, 0.9, 1.0)) == []
    assert doubts_of(control=Control("shuffled-labels", 0, 1.0, None, 1.0, 1.0)) == [
        "the accuracy on the held-out samples is 1.0000, and that of a probe fitted on shuffled labels 1.0000; a probe "
        "that has learnt something has more; fit on more samples"
    ]
