"""Decisions of a classifier, and what follows from counting them: by the definitions, and as scikit-learn has it."""

import re
import warnings
from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import binomtest
from sklearn import metrics

from bridge.base.errors import InputError
from bridge.exact.decisions import Confusion, DecidedRows, accuracy_bound, exact_decisions, roc_auc
from support.problems import fraction
from support.strategies import number_arrays

# scikit-learn adds up rounded shares, at most a dozen here, each at most 1 and off by half a unit in the last place.
ROUNDING = 2**-48


def near(exact, computed):
    """Whether a float can be what rounding has made of a fraction."""
    return abs(exact - Fraction(float(computed))) <= ROUNDING


@st.composite
def classifiers(draw, numbers=None):
    """Latents, weights and labels that fit together."""
    samples, dim, classes = (draw(st.integers(least, most)) for least, most in ((1, 12), (1, 3), (2, 4)))
    matrices = number_arrays if numbers is None else lambda *shape: hnp.arrays(np.float64, shape, elements=numbers)
    labels = draw(hnp.arrays(np.int64, samples, elements=st.integers(0, classes - 1)))
    return draw(matrices(samples, dim)), draw(matrices(dim + 1, classes)), labels


# So few numbers that values are often equal; floats compute with them exactly.
few_numbers = classifiers(st.sampled_from([-1.0, -0.5, -0.0, 0.0, 0.5, 1.0]))


def values_by_definition(latents, weights):
    return [
        [
            sum((fraction(w) * fraction(z) for w, z in zip(column[:-1], row, strict=True)), fraction(column[-1]))
            for column in weights.T
        ]
        for row in latents
    ]


# Decisions


@given(classifiers())
def test_decisions_are_those_of_the_definition_for_any_numbers(problem):
    latents, weights, _ = problem
    values = values_by_definition(latents, weights)
    decisions = exact_decisions(latents, weights)
    found = [[decisions.values.fraction(i, k) for k in range(weights.shape[1])] for i in range(len(latents))]
    assert found == values
    assert decisions.predicted.tolist() == [row.index(max(row)) for row in values]
    gaps = [(lambda row: row[0] - row[1])(sorted(row, reverse=True)) for row in values]
    assert list(decisions.gaps) == gaps
    assert decisions.margin() == (min(gaps), gaps.index(min(gaps)))
    for column in range(weights.shape[1]):
        order = [row[column] * 2**decisions.values.exponent for row in values]
        assert decisions.numerators(column) == order


@given(few_numbers)
def test_equal_values_are_decided_as_numpy_does(problem):
    latents, weights, _ = problem
    decisions = exact_decisions(latents, weights)
    assert decisions.predicted.tolist() == np.argmax(latents @ weights[:-1] + weights[-1], axis=1).tolist()
    assert decisions.predicted.dtype == np.int64


@pytest.mark.parametrize(
    ("value", "threshold", "predicted"),
    [
        (0.5, 0.5, 0),
        (0.0, -0.0, 0),
        (-0.0, 0.0, 0),
        (np.nextafter(0.5, 1), 0.5, 1),
        (np.nextafter(0.5, 0), 0.5, 0),
        (5e-324, 0.0, 1),
    ],
)
def test_a_binary_probe_decides_for_class_1_where_its_value_exceeds_the_threshold(value, threshold, predicted):
    weights = np.array([[0.0, 1.0], [threshold, 0.0]])
    decisions = exact_decisions(np.array([[value]]), weights)
    assert decisions.predicted.tolist() == [predicted]
    assert decisions.margin() == (abs(Fraction(value) - Fraction(threshold)), 0)


def test_values_of_a_class_are_had_as_integers_and_in_their_order():
    decisions = exact_decisions(np.array([[0.5], [-0.25]]), np.array([[0, 2.5], [1, 3]]))
    assert [number / 2**decisions.values.exponent for number in decisions.numerators(1)] == [4.25, 2.375]
    assert [decisions.order(number).tolist() for number in (0, 1)] == [[0, 0], [1, 0]]


def test_two_classes_are_ordered_by_what_decides_and_several_by_the_value_of_each():
    latents = np.array([[0.5], [-0.25], [3.0]])
    two = exact_decisions(latents, np.array([[2.0, 1.0], [0.0, 0.0]]))
    assert {number: order.tolist() for number, order in two.orders().items()} == {1: [1, 2, 0]}
    several = exact_decisions(latents, np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]]))
    assert {number: order.tolist() for number, order in several.orders().items()} == {
        0: [1, 0, 2],
        1: [1, 0, 2],
        2: [0, 0, 0],
    }


def test_a_difference_that_floats_do_not_see_decides():
    # The float 0.1 times 3 is less than the float that the product rounds to.
    latents, weights = np.array([[0.1]]), np.array([[0.0, -3.0], [0.1 * -3, 0.0]])
    assert np.argmax(latents @ weights[:-1] + weights[-1]) == 0
    assert exact_decisions(latents, weights).predicted.tolist() == [1]


@pytest.mark.parametrize(
    ("latents", "weights", "message"),
    [
        (np.ones((2, 1)), np.ones((2, 1)), "`weights` has shape (2, 1); at least two columns are required, one for"),
        (np.ones(2), np.ones((2, 2)), "`latents` has shape (2,); a matrix is required; reshape it"),
        (np.ones((2, 1)), np.ones(2), "`scores` has shape (2,); a matrix is required; reshape it"),
        (np.ones((2, 2)), np.ones((2, 2)), "`weights` has shape (2, 2); (3, 2) is required"),
        (np.array([[np.nan]]), np.ones((2, 2)), "`latents[0, 0]` is NaN; only finite numbers convert exactly"),
    ],
)
def test_arrays_that_make_no_classifier_are_refused(latents, weights, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        exact_decisions(latents, weights)


@given(classifiers() | few_numbers)
def test_decisions_in_64_bit_integers_are_those_in_integers_of_any_size(problem):
    latents, weights, labels = problem
    decisions, decided = exact_decisions(latents, weights), DecidedRows.of(latents, weights)
    assert decided.predicted.tolist() == decisions.predicted.tolist()
    assert decided.margin() == decisions.margin()
    assert decided.reach(labels) == decisions.reach(labels)
    for column in range(weights.shape[1]):
        largest = [max(row) for row in zip(*map(decisions.numerators, range(weights.shape[1])), strict=True)]
        gaps = [most - value for most, value in zip(largest, decisions.numerators(column), strict=True)]
        assert decided.gaps.integers(column, 2**decisions.values.exponent) == gaps


@given(classifiers())
def test_no_label_is_farther_from_a_value_than_what_reaches_them(problem):
    latents, weights, labels = problem
    values = values_by_definition(latents, weights)
    expected = max(abs(label - value) for label, row in zip(labels.tolist(), values, strict=True) for value in row)
    assert exact_decisions(latents, weights).reach(labels) == expected


# Counts and rates, as scikit-learn has them


@settings(max_examples=200)
@given(few_numbers)
def test_counts_and_rates_are_scikit_learns(problem):
    latents, weights, labels = problem
    classes = weights.shape[1]
    predicted = exact_decisions(latents, weights).predicted
    confusion = Confusion.of(labels, predicted, classes)
    numbers = list(range(classes))
    expected = metrics.confusion_matrix(labels, predicted, labels=numbers)
    assert [list(row) for row in confusion.counts] == expected.tolist()
    assert float(confusion.accuracy) == metrics.accuracy_score(labels, predicted)
    assert (confusion.total, confusion.correct) == (
        len(labels),
        metrics.accuracy_score(labels, predicted, normalize=False),
    )
    rates = metrics.precision_recall_fscore_support(labels, predicted, labels=numbers, zero_division=0)
    ours = [confusion.precision, confusion.recall, confusion.f1, confusion.labelled]
    # Each is one division of two integers, which rounds to the nearest float.
    assert [[float(rate(number)) for number in numbers] for rate in ours] == np.array(rates, float).tolist()
    with warnings.catch_warnings():
        # Of classes that only one of the two has, and of one single label.
        warnings.simplefilter("ignore")
        assert near(confusion.balanced_accuracy, metrics.balanced_accuracy_score(labels, predicted))
        kappa = metrics.cohen_kappa_score(labels, predicted)
    assert np.isnan(kappa) if confusion.cohen_kappa is None else near(confusion.cohen_kappa, kappa)
    for average in ("macro", "micro", "weighted"):
        averages = metrics.precision_recall_fscore_support(labels, predicted, average=average, zero_division=0)
        for name, value in zip(("precision", "recall", "f1"), averages, strict=False):
            assert near(getattr(confusion, f"{average}_{name}"), value), (average, name)


@settings(max_examples=50)
@given(few_numbers)
def test_what_a_classification_report_shows_is_there(problem):
    latents, weights, labels = problem
    predicted = exact_decisions(latents, weights).predicted
    confusion = Confusion.of(labels, predicted, weights.shape[1])
    report = metrics.classification_report(labels, predicted, output_dict=True, zero_division=0)
    rows = {str(number) for number in {*labels.tolist(), *predicted.tolist()}}
    assert {*report} - {"accuracy", "micro avg", "macro avg", "weighted avg"} == rows
    for number in map(int, rows):
        ours = (confusion.precision(number), confusion.recall(number), confusion.f1(number))
        shown = report[str(number)]
        assert tuple(map(float, ours)) == (shown["precision"], shown["recall"], shown["f1-score"])
    for average in ("macro", "weighted"):
        assert near(getattr(confusion, f"{average}_f1"), report[f"{average} avg"]["f1-score"])


@pytest.mark.parametrize(
    ("counts", "rates"),
    [
        # One class alone: chance leaves nothing open.
        (((3, 0), (0, 0)), {"accuracy": 1, "balanced_accuracy": 1, "macro_f1": 1, "cohen_kappa": None}),
        # A class that is never predicted.
        (((2, 0), (1, 0)), {"balanced_accuracy": Fraction(1, 2), "macro_precision": Fraction(1, 3), "cohen_kappa": 0}),
        # A class that is predicted and does not occur.
        (((1, 1), (0, 0)), {"balanced_accuracy": Fraction(1, 2), "macro_recall": Fraction(1, 4), "cohen_kappa": 0}),
        # One sample, wrongly decided.
        (((0, 1), (0, 0)), {"accuracy": 0, "balanced_accuracy": 0, "macro_f1": 0, "cohen_kappa": 0}),
        # Of three samples of class 0 one, and the one of class 1, are decided rightly.
        (
            ((1, 2), (0, 1)),
            {
                "weighted_recall": Fraction(1, 2),
                "weighted_precision": Fraction(5, 6),
                "weighted_f1": Fraction(1, 2),
                "micro_recall": Fraction(1, 2),
                "micro_precision": Fraction(1, 2),
            },
        ),
        # Worse than chance.
        (((0, 1), (1, 0)), {"accuracy": 0, "cohen_kappa": -1}),
        # A third class that neither occurs nor is predicted does not count.
        (((1, 0, 0), (0, 1, 0), (0, 0, 0)), {"macro_f1": 1, "weighted_f1": 1, "micro_f1": 1}),
    ],
)
def test_a_rate_of_nothing_is_as_documented(counts, rates):
    confusion = Confusion(counts)
    assert {name: getattr(confusion, name) for name in rates} == rates


def test_no_samples_have_no_rates():
    with pytest.raises(InputError, match=r"^there are 0 samples; a rate is a share of at least one; choose another p"):
        Confusion.of(np.zeros(0, np.int64), np.zeros(0, np.int64), 3)


def test_many_classes_are_counted_in_their_places():
    labels, predicted = np.array([0, 299, 299]), np.array([298, 299, 1])
    counts = Confusion.of(labels, predicted, 300).counts
    assert (counts[0][298], counts[299][299], counts[299][1], sum(map(sum, counts))) == (1, 1, 1, 3)


# The area under the ROC curve


@settings(max_examples=200)
@given(few_numbers)
def test_the_area_is_that_of_all_pairs_and_scikit_learns(problem):
    latents, weights, labels = problem
    decisions = exact_decisions(latents, weights)
    for number in range(weights.shape[1]):
        values, is_positive = decisions.numerators(number), labels == number
        ones = [value for value, one in zip(values, is_positive, strict=True) if one]
        others = [value for value, one in zip(values, is_positive, strict=True) if not one]
        area = roc_auc(values, is_positive)
        assert area == roc_auc(decisions.order(number), is_positive)
        if not ones or not others:
            assert area is None
            continue
        wins = sum(2 * (one > other) + (one == other) for one, other in product(ones, others))
        assert area == Fraction(wins, 2 * len(ones) * len(others))
        # The trapezoids are sums of rounded rates.
        assert near(area, metrics.roc_auc_score(is_positive, latents @ weights[:-1, number] + weights[-1, number]))


@pytest.mark.parametrize(
    ("values", "positive", "area"),
    [
        ([1, 2], [0, 1], 1),
        ([2, 1], [0, 1], 0),
        ([1, 1], [0, 1], Fraction(1, 2)),
        ([1, 1, 2], [0, 1, 0], Fraction(1, 4)),
        ([2**3000, 2**3000 + 1], [1, 0], 0),
        ([5], [1], None),
        ([5, 6], [0, 0], None),
        ([], [], None),
    ],
)
def test_the_area_of_few_values(values, positive, area):
    assert roc_auc(values, np.array(positive, bool)) == area


# The bound for unseen data


def tail_by_definition(least, size, p):
    return sum(comb(size, k) * p**k * (1 - p) ** (size - k) for k in range(least, size + 1))


@given(st.data())
def test_the_bound_is_the_greatest_on_the_grid_that_satisfies_the_inequality(data):
    size = data.draw(st.integers(1, 30))
    correct, bits = data.draw(st.integers(1, size)), data.draw(st.integers(1, 20))
    alpha = Fraction(data.draw(st.integers(1, 999)), 1000) ** data.draw(st.sampled_from([1, 3, 40, 400]))
    bound = accuracy_bound(correct, size, alpha, bits)
    assert 0 <= bound < 1
    assert (bound * 2**bits).denominator == 1
    assert (
        tail_by_definition(correct, size, bound)
        <= alpha
        < tail_by_definition(correct, size, bound + Fraction(1, 2**bits))
    )


@pytest.mark.parametrize("alpha", ["1/20", "1/100", "1/2", "99/100"])
@pytest.mark.parametrize("counts", [(1, 1), (7, 9), (9, 9), (1, 360), (333, 360), (9_512, 10_000), (10_000, 10_000)])
def test_the_bound_is_scipys_rounded_down(counts, alpha):
    alpha = Fraction(alpha)
    interval = binomtest(*counts, alternative="greater").proportion_ci(1 - float(alpha), method="exact")
    assert 0 <= interval.low - float(accuracy_bound(*counts, alpha)) < 2**-20


@pytest.mark.parametrize("size", [1, 5, 100])
def test_where_nothing_is_right_the_bound_says_nothing(size):
    assert accuracy_bound(0, size, Fraction(1, 20)) == 0


@pytest.mark.parametrize("alpha", [Fraction(1, 10**400), 1 - Fraction(1, 10**400)], ids=["no float", "the float 1"])
def test_a_level_that_floats_do_not_tell_from_0_or_1_is_met(alpha):
    bound = accuracy_bound(1, 2, alpha, bits=12)
    assert tail_by_definition(1, 2, bound) <= alpha < tail_by_definition(1, 2, bound + Fraction(1, 2**12))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 2, Fraction(1, 20)), "3 of 2 decisions are right; a number from 0 to that of the samples, of which there"),
        ((-1, 2, Fraction(1, 20)), "-1 of 2 decisions are right; a number from 0 to that of the samples, of which th"),
        ((0, 0, Fraction(1, 20)), "0 of 0 decisions are right; a number from 0 to that of the samples, of which ther"),
        ((1, 2, Fraction(0)), "the level α is 0; a number between 0 and 1 is required; choose 0.05, say"),
        ((1, 2, Fraction(1)), "the level α is 1; a number between 0 and 1 is required; choose 0.05, say"),
    ],
)
def test_counts_and_levels_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        accuracy_bound(*arguments)
