"""Classifiers fitted by scikit-learn, as affine functionals that decide as its estimators do."""

import re
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import NearestCentroid
from sklearn.svm import LinearSVC

from bridge.artifact.classifier import METHODS
from bridge.base.errors import BridgeWarning, InputError
from bridge.exact.decisions import exact_decisions
from bridge.probe.classifiers import CLASSIFIERS, Method, fit_weights

ESTIMATORS = {
    "logistic": LogisticRegression(),
    "lda": LinearDiscriminantAnalysis(),
    "svm": LinearSVC(),
    "ridge-classifier": RidgeClassifier(),
    "mean-difference": NearestCentroid(),
}
DATA = {"breast cancer": load_breast_cancer, "wine": load_wine, "iris": load_iris}


def scaled(name):
    latents, labels = DATA[name](return_X_y=True)
    return (latents - latents.mean(axis=0)) / latents.std(axis=0), labels.astype(np.int64)


def test_every_method_of_a_fit_can_be_in_an_artifact():
    assert (*CLASSIFIERS, "given") == METHODS
    assert CLASSIFIERS.keys() == ESTIMATORS.keys()


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("method", CLASSIFIERS)
def test_decisions_are_those_of_scikit_learns_estimator_with_its_defaults(method, data):
    latents, labels = scaled(data)
    classes = len(set(labels.tolist()))
    weights = fit_weights(latents, labels, classes, method, 0.0)
    assert (weights.shape, weights.dtype) == ((latents.shape[1] + 1, classes), np.float64)
    expected = ESTIMATORS[method].fit(latents, labels).predict(latents)
    assert exact_decisions(latents, weights).predicted.tolist() == expected.tolist()


@pytest.mark.parametrize("method", CLASSIFIERS)
def test_of_two_classes_the_first_column_is_the_threshold(method):
    latents, labels = scaled("breast cancer")
    weights = fit_weights(latents, labels, 2, method, 0.75)
    assert not weights[:-1, 0].any()
    assert weights[-1, 0] == 0.75
    assert (weights[:, 1] == fit_weights(latents, labels, 2, method, 0.0)[:, 1]).all()


def test_the_mean_difference_has_its_threshold_half_way_between_the_means():
    latents, labels = np.array([[0.0, 1.0], [2.0, 1.0], [5.0, 5.0]]), np.array([0, 0, 1])
    weights = fit_weights(latents, labels, 2, "mean-difference", 0.0)
    assert weights[:, 1].tolist() == [4.0, 4.0, -24.0]
    assert exact_decisions(np.array([[3.0, 3.0]]), weights).margin() == (0, 0)


def test_the_nearest_of_several_means_is_decided_for():
    latents, labels = np.array([[0.0], [2.0], [4.0], [10.0]]), np.array([0, 0, 1, 2])
    weights = fit_weights(latents, labels, 3, "mean-difference", 0.0)
    assert weights.tolist() == [[1.0, 4.0, 10.0], [-0.5, -8.0, -50.0]]


@pytest.mark.parametrize("method", CLASSIFIERS)
@pytest.mark.parametrize("dtype", [np.float16, np.int64, np.bool_])
def test_latents_of_any_type_of_numbers_are_fitted_on(method, dtype):
    random = np.random.default_rng(0)
    latents = (random.normal(size=(40, 3)) > 0).astype(dtype)
    labels = (latents.sum(axis=1) + random.normal(size=40) > 1.5).astype(np.int64)
    weights = fit_weights(latents, labels, 2, method, 0.0)
    expected = ESTIMATORS[method].fit(latents.astype(np.float64), labels).predict(latents.astype(np.float64))
    assert exact_decisions(latents, weights).predicted.tolist() == expected.tolist()


def test_a_solver_that_has_not_converged_is_warned_of():
    latents, labels = load_wine(return_X_y=True)
    message = (
        "the control's fit by logistic has not converged in scikit-learn's default number of steps; the weights are "
        "used as they are; scale the latents to about one size, or choose another method"
    )
    with pytest.warns(BridgeWarning) as caught:
        fit_weights(latents, labels, 3, "logistic", 0.0, "the control's fit")
    assert [str(warning.message) for warning in caught] == [message]


def test_what_else_scikit_learn_warns_of_is_passed_on_in_one_line(monkeypatch):
    def warning_fit(latents, labels, class_count):
        warnings.warn("ill-\nconditioned", RuntimeWarning, stacklevel=1)
        return np.ones((2, 1))

    monkeypatch.setattr("bridge.probe.classifiers.CLASSIFIERS", {"lda": Method("", warning_fit)})
    text = "the fit by lda: scikit-learn warns (ill- conditioned); the weights are used"
    with pytest.warns(BridgeWarning, match=f"^{re.escape(text)}$"):
        fit_weights(np.ones((2, 1)), np.array([0, 1]), 2, "lda", 0.0)


@pytest.mark.parametrize(
    ("method", "latents", "message"),
    [
        (
            "lda",
            np.eye(2),
            "the fit by lda fails (The number of samples must be more than the number of classes.); latents that tell "
            "the classes apart are required; choose another method, or add samples",
        ),
        (
            "mean-difference",
            np.array([[1e300, 0.0], [0.0, 0.0]]),
            "the fit by mean-difference gives weights that are not finite; latents of moderate size are required; "
            "scale them first",
        ),
        (
            "forest",
            np.eye(2),
            "the method is 'forest'; one of logistic, lda, svm, ridge-classifier, mean-difference is required; choose "
            "`method=logistic`, say",
        ),
        (None, np.eye(2), "the method is None; one of logistic, lda, svm, ridge-classifier, mean-difference is requ"),
    ],
)
def test_a_fit_that_cannot_be_is_refused(method, latents, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        fit_weights(latents, np.array([0, 1]), 2, method, 0.0)


@pytest.mark.parametrize(
    ("method", "latents", "message"),
    [
        (
            "lda",
            np.ones((4, 1)),
            "the fit by lda fails (index 0 is out of bounds for axis 0 with size 0); latents that tell the classes "
            "apart are required; choose another method, or add samples",
        ),
        (
            "svm",
            np.array([[1.0], [-1e76], [1.0], [2.0]]),
            "the fit by svm multiplies latents that are as large as 1e+76; latents of at most 1e+70 are required, so "
            "that products are floats; scale them first",
        ),
    ],
)
def test_latents_that_do_not_differ_or_are_too_large_are_refused(method, latents, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        fit_weights(latents, np.array([0, 1, 0, 1]), 2, method, 0.0)
