"""Linear classifiers, fitted by scikit-learn with its defaults, as the affine functionals that an artifact has."""

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bridge.base.errors import BridgeWarning, InputError, one_line, shown


@dataclass(frozen=True)
class Method:
    """A way to fit a classifier.

    Attributes:
        description: what it is, in a line for a list of all.
        fit: from (N, d) float64 latents, (N,) numbers of classes, all of which occur, and the number of classes K to
            the weights: (d + 1, 1) of the class 1 of two, which is decided for where the value exceeds 0, or (d + 1, K)
            of several; the bias is last.
        largest: how large latents can be at most in absolute value, so that it ends.
    """

    description: str
    fit: Callable[[np.ndarray, np.ndarray, int], np.ndarray]
    largest: float = math.inf


def _logistic() -> Any:  # noqa: ANN401 -- scikit-learn has no types
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression()


def _lda() -> Any:  # noqa: ANN401
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis()


def _svm() -> Any:  # noqa: ANN401
    from sklearn.svm import LinearSVC

    # Where it goes through the samples in random order, every run does so in the same one.
    return LinearSVC(random_state=0)


def _ridge_classifier() -> Any:  # noqa: ANN401
    from sklearn.linear_model import RidgeClassifier

    return RidgeClassifier()


def _fitted_by(estimator: Callable[[], Any]) -> Callable[[np.ndarray, np.ndarray, int], np.ndarray]:
    def fit(latents: np.ndarray, labels: np.ndarray, class_count: int) -> np.ndarray:
        fitted = estimator().fit(latents, labels)
        coefficients = np.atleast_2d(fitted.coef_)
        columns: np.ndarray = np.vstack([coefficients.T, np.atleast_1d(fitted.intercept_)[None, :]])
        return columns

    return fit


def _mean_difference(latents: np.ndarray, labels: np.ndarray, class_count: int) -> np.ndarray:
    """The class whose mean is nearest: |z - m_k|² is least where m_k · z - |m_k|² / 2 is largest."""
    means = np.stack([latents[labels == number].mean(axis=0) for number in range(class_count)])
    if class_count == 2:
        difference = means[1] - means[0]
        half_way = (means[0] + means[1]) / 2
        return np.append(difference, -(difference @ half_way))[:, None]
    return np.vstack([means.T, -(means**2).sum(axis=1) / 2])


CLASSIFIERS: Mapping[str, Method] = {
    "logistic": Method("logistic regression, multinomial for several classes", _fitted_by(_logistic)),
    "lda": Method("linear discriminant analysis", _fitted_by(_lda)),
    # It multiplies four latents, and would never end where the product is no float.
    "svm": Method("linear support vector machine, each class against the rest", _fitted_by(_svm), largest=1e70),
    "ridge-classifier": Method("ridge regression on labels of -1 and 1", _fitted_by(_ridge_classifier)),
    "mean-difference": Method("difference of class means, half-way between; the nearest mean", _mean_difference),
}
"""Each way to fit a classifier by its name."""


def require_method(name: object) -> Method:
    """The way to fit that has a name.

    Raises:
        InputError: there is none.
    """
    if not isinstance(name, str) or name not in CLASSIFIERS:
        raise InputError(
            f"the method is {shown(name)}; one of {', '.join(CLASSIFIERS)} is required; choose `method=logistic`, say"
        )
    return CLASSIFIERS[name]


def fit_weights(
    latents: np.ndarray, labels: np.ndarray, class_count: int, method: str, threshold: float, what: str = "the fit"
) -> np.ndarray:
    """Fit a classifier, and give it the form that an artifact has.

    Args:
        latents: (N, d) finite numbers.
        labels: (N,) numbers of classes, all of which occur.
        class_count: K ≥ 2.
        method: a name in `CLASSIFIERS`.
        threshold: of two classes, what the value of class 1 has to exceed.
        what: what messages call the fit.

    Returns:
        (d + 1, K) float64 weights, the bias last; of two classes the first column is 0 but for the threshold.

    Raises:
        InputError: scikit-learn refuses the samples, or the weights are not finite.

    Warns:
        BridgeWarning: the solver has not converged, or what else scikit-learn warns of.
    """
    chosen, latents = require_method(method), latents.astype(np.float64)
    largest = float(np.abs(latents).max(initial=0))
    if largest > chosen.largest:
        raise InputError(
            f"{what} by {method} multiplies latents that are as large as {largest:.3g}; latents of at most "
            f"{chosen.largest:g} are required, so that products are floats; scale them first"
        )
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        try:
            columns = chosen.fit(latents, labels, class_count)
        except (ValueError, ArithmeticError, IndexError, np.linalg.LinAlgError) as error:
            # The linear discriminant analysis of latents that do not differ looks for the largest of no numbers.
            raise InputError(
                f"{what} by {method} fails ({one_line(error)}); latents that tell the classes apart are required; "
                "choose another method, or add samples"
            ) from None
    if not np.isfinite(columns).all():
        raise InputError(
            f"{what} by {method} gives weights that are not finite; latents of moderate size are required; scale them "
            "first"
        )
    for text in dict.fromkeys(_in_words(warning, method, what) for warning in caught):
        warnings.warn(text, BridgeWarning, stacklevel=2)
    if class_count == 2:
        constant = np.zeros((len(columns), 1))
        constant[-1] = threshold
        columns = np.hstack([constant, columns])
    return columns


def _in_words(warning: warnings.WarningMessage, method: str, what: str) -> str:
    from sklearn.exceptions import ConvergenceWarning

    if issubclass(warning.category, ConvergenceWarning):
        return (
            f"{what} by {method} has not converged in scikit-learn's default number of steps; the weights are used as "
            "they are; scale the latents to about one size, or choose another method"
        )
    return f"{what} by {method}: scikit-learn warns ({one_line(Warning(str(warning.message)))}); the weights are used"
