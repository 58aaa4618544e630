"""Fitted estimators of scikit-learn and layers of PyTorch as the affine functionals that they are.

Affine steps before an estimator are folded into its weights in float64.  What comes out is what is exported, and how
far it is from the estimator's own values is computed without rounding.
"""

import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
from sklearn import linear_model, svm
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import Pipeline

from bridge.artifact.classifier import Fold
from bridge.base.arrays import require_finite
from bridge.base.errors import BridgeWarning, InputError, one_line, shown
from bridge.exact.decisions import exact_decisions
from bridge.exact.residuals import exact_residuals
from bridge.exact.text import decimal
from bridge.probe.affine_steps import before, known_type, require_fitted
from bridge.sources.user_arrays import as_array, dense

_CLASSIFIERS = """
    LogisticRegression LogisticRegressionCV RidgeClassifier RidgeClassifierCV SGDClassifier Perceptron
    PassiveAggressiveClassifier
""".split()
_REGRESSORS = """
    Ridge RidgeCV LinearRegression Lasso LassoCV ElasticNet ElasticNetCV MultiTaskLasso MultiTaskLassoCV
    MultiTaskElasticNet MultiTaskElasticNetCV SGDRegressor PassiveAggressiveRegressor HuberRegressor QuantileRegressor
    TheilSenRegressor BayesianRidge ARDRegression Lars LarsCV LassoLars LassoLarsCV LassoLarsIC
    OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV
""".split()

_MOST_NAMED = 10

# What holds an estimator inside: what to pass instead of it.
_INNER: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV"),
            "pass its `best_estimator_`",
        ),
        "CalibratedClassifierCV": "fit the classifier without calibration and pass it",
        **dict.fromkeys(
            ("FixedThresholdClassifier", "TunedThresholdClassifierCV"),
            "pass its `estimator_`, and the threshold of its `decision_function` as threshold=…",
        ),
        **dict.fromkeys(
            ("OneVsRestClassifier", "OneVsOneClassifier", "MultiOutputClassifier", "MultiOutputRegressor"),
            "fit one estimator of these to all classes or concepts and pass it",
        ),
        "TransformedTargetRegressor": "fit the regressor to the scores that are to be exported and pass it",
        **dict.fromkeys(
            ("Sequential", "DataParallel", "OptimizedModule"),
            "pass the layer itself, and what comes before it as latents",
        ),
    }
)


class AffineEstimator:
    """Marks an estimator of our own, whose values are X @ coef_.T + intercept_; it has `classes_` if it classifies."""


@dataclass(frozen=True, eq=False)
class AffineForm:
    """What an estimator computes, as affine functionals of the latents.

    Attributes:
        estimator: the estimator that it is the form of.
        description: what that is, such as `Pipeline(StandardScaler, LogisticRegression)`.
        functionals: (d + 1, m) float64, the bias last; m is 1 for a classifier of two classes with one functional.
        is_classifier: whether it classifies, None for a layer, which does not tell.
        classes: the classes that it knows, in its order, None if it does not know any.
        outputs: (d + 1, 2) the two functionals whose difference its one functional is, None if it is no difference.
    """

    estimator: Any
    description: str
    functionals: np.ndarray
    is_classifier: bool | None
    classes: tuple[object, ...] | None
    outputs: np.ndarray | None = None

    @property
    def class_count(self) -> int:
        """How many classes it decides between, if it classifies."""
        return max(2, int(self.functionals.shape[1]))

    def deciding(self) -> "AffineForm":
        """The form of a classifier by the one value that decides: of two values the second minus the first.

        It decides as the larger of them does, and samples are ranked by it, as by scikit-learn's `decision_function`.
        Where a difference of two weights is no float64, and of other numbers of values, this is the form as it is.
        """
        if self.functionals.shape[1] != 2:
            return self
        with np.errstate(over="ignore"):
            difference = np.diff(self.functionals.astype(np.float64))[:, 0]
        triples = zip(*self.functionals.T.tolist(), difference.tolist(), strict=True)
        if not np.isfinite(difference).all() or any(
            Fraction(second) - Fraction(first) != Fraction(exact) for first, second, exact in triples
        ):
            return self
        return replace(self, functionals=difference[:, np.newaxis], outputs=self.functionals)

    def class_weights(self, threshold: float = 0.0) -> np.ndarray:
        """The weights (d + 1, K) of the classifier, of which the largest value decides.

        Args:
            threshold: what the one functional of two classes has to exceed for the second.

        Raises:
            InputError: there is a threshold, and more than one functional.
        """
        if self.functionals.shape[1] > 1:
            if threshold != 0:
                raise InputError(
                    f"there is a threshold, {threshold}, for {self.functionals.shape[1]} affine values, of which the "
                    "largest decides; one value is required for a threshold; leave `threshold=…` out"
                )
            return self.functionals
        constant = np.zeros_like(self.functionals)
        constant[-1] = threshold
        return np.hstack([constant, self.functionals])

    def require_dimensions(self, latents: np.ndarray) -> None:
        """Refuse latents with another number of columns than the estimator was fitted on.

        Raises:
            InputError: they have, or they are no matrix.
        """
        dim = len(self.functionals) - 1
        if latents.ndim != 2 or latents.shape[1] != dim:
            raise InputError(
                f"the latents have shape {latents.shape}, and {self.description} takes {dim} columns; (N, {dim}) is "
                "required; pass the latents that it was fitted on, or new ones with the same columns"
            )

    def own_values(self, latents: object) -> np.ndarray:
        """What the estimator itself computes of latents in floats, (N, m): `decision_function` or `predict`.

        A layer computes in the type that its weights have; a difference of two outputs is taken in float64.

        Args:
            latents: (N, d), as the estimator takes them.

        Raises:
            InputError: the estimator does not take them.
        """
        if not hasattr(self.estimator, "predict"):
            outputs = _layer_values(self.estimator, as_array(latents, "latents"))
            return outputs if self.outputs is None else np.diff(outputs.astype(np.float64))
        compute = self.estimator.decision_function if self.is_classifier else self.estimator.predict
        values = _computed(self.description, compute, latents)
        return values[:, None] if values.ndim == 1 else values

    def own_decisions(self, latents: object, values: np.ndarray, threshold: float = 0.0) -> np.ndarray:
        """The number of the class that the estimator itself decides for, (N,).

        Where a threshold other than 0 is given, or where it is a layer, that is decided with its own values.

        Args:
            latents: (N, d), as the estimator takes them.
            values: (N, m) what `own_values` gives of them.
            threshold: what its one value has to exceed for the second of two classes.

        Raises:
            InputError: the estimator gives a sample several labels at once.
        """
        if self.classes is None or threshold != 0:
            decisions: np.ndarray = values.argmax(axis=1) if values.shape[1] > 1 else values[:, 0] > threshold
            return decisions.astype(np.int64)
        numbers = {label: number for number, label in enumerate(self.classes)}
        predicted = _computed(self.description, self.estimator.predict, latents)
        return np.array([numbers[label] for label in predicted.tolist()], np.int64)


def affine_form(estimator: object) -> AffineForm:
    """The affine functionals of a fitted estimator.

    Args:
        estimator: a linear classifier or regressor of scikit-learn, `SVC`, `SVR` and the like with a linear kernel if
            there are two classes, a `Pipeline` of affine steps that ends in one of these, or a `torch.nn.Linear`.

    Raises:
        InputError: it is something else, is not fitted, is not affine, or labels a sample several times over.
    """
    steps = _steps(estimator)
    name, last = steps[-1]
    form = _last(last, _what(name, last), is_whole=last is estimator)
    functionals = form.functionals
    with np.errstate(over="ignore", invalid="ignore"):
        for name, step in reversed(steps[:-1]):
            functionals = before(step, _what(name, step), functionals)
    require_finite(functionals, "folded weights")
    return replace(form, estimator=estimator, description=_description(estimator), functionals=functionals)


def compare_fold(form: AffineForm, given: object, latents: np.ndarray, threshold: float = 0.0) -> Fold:
    """Compare the affine functionals of a classifier with what the estimator itself computes, without rounding.

    Args:
        form: the classifier.
        given: the latents as the estimator takes them.
        latents: (N, d) the same numbers.
        threshold: what the one functional of two classes has to exceed.

    Raises:
        InputError: the estimator does not take the latents, or a value of it is no finite number.

    Warns:
        BridgeWarning: decisions differ, or values do by more than rounding can explain.
    """
    own = form.own_values(given)
    require_finite(own, "values of the estimator")
    largest, sample = _largest_difference(latents, own, form.functionals)
    decided = exact_decisions(latents, form.class_weights(threshold)).predicted
    different = np.flatnonzero(form.own_decisions(given, own, threshold) != decided)
    first = tuple(different[:_MOST_NAMED].tolist())
    if _is_unexplained(largest, form, latents, own):
        warnings.warn(
            f"the values of {form.description} differ from the exported affine ones by up to {decimal(largest)}, at "
            f"sample {sample}, which is more than rounding explains; what is exported is what its weights say; check "
            "that nothing has changed what the estimator computes",
            BridgeWarning,
            stacklevel=3,
        )
    if len(different):
        more = "" if len(different) == len(first) else " and others"
        warnings.warn(
            f"{form.description} decides otherwise than the exported weights for {len(different)} of {len(latents)} "
            f"samples, {', '.join(map(str, first))}{more}; the values are that close to a tie; what is exported "
            "decides without rounding",
            BridgeWarning,
            stacklevel=3,
        )
    return Fold(form.description, str(largest), sample, len(different), first)


def _largest_difference(latents: np.ndarray, own: np.ndarray, functionals: np.ndarray) -> tuple[Fraction, int]:
    """The largest |own value - exact affine value| over all values, and the first sample of it."""
    residuals = exact_residuals(latents, own, functionals)
    errors = [residuals.sup_error(column) for column in range(own.shape[1])]
    largest = max(error.value for error in errors)
    return largest, min(error.sample for error in errors if error.value == largest)


def _is_unexplained(largest: Fraction, form: AffineForm, latents: np.ndarray, own: np.ndarray) -> bool:
    """Whether a difference is more than half of the bits of the narrowest floats that took part can account for."""
    units = [float(np.finfo(values.dtype).eps) for values in (latents, own) if values.dtype.kind == "f"]
    if _is_layer(form.estimator):
        # Its values can have been of a type that NumPy lacks, bfloat16.
        units.append(float(sys.modules["torch"].finfo(form.estimator.weight.dtype).eps))
    unit = max(units)
    # What two outputs have in common is rounded before it cancels.
    functionals = form.functionals if form.outputs is None else form.outputs
    with np.errstate(over="ignore"):
        sizes = np.abs(latents.astype(np.float64)) @ np.abs(functionals[:-1]) + np.abs(functionals[-1])
    bound = np.sqrt(unit) * sizes.max()
    return bool(np.isfinite(bound)) and largest > Fraction(float(bound))


def _steps(estimator: Any) -> list[tuple[str | None, object]]:  # noqa: ANN401 -- it is still to be looked at
    """The steps of a pipeline, those of pipelines in it included, with their names; an estimator is a step alone."""
    if type(estimator) is not Pipeline:
        return [(None, estimator)]
    if not estimator.steps:
        raise InputError(
            "Pipeline() has no steps; affine steps and a fitted probe at the end are required; pass the pipeline that "
            "was fitted"
        )
    found: list[tuple[str | None, object]] = []
    for name, step in estimator.steps:
        found += [(name if inner is None else f"{name}__{inner}", each) for inner, each in _steps(step)]
    return found


def _what(name: str | None, step: object) -> str:
    """What a message calls a step, or an estimator that is no step."""
    return _description(step) if name is None else f"step {name!r} of the pipeline, {_description(step)},"


def _description(estimator: Any) -> str:  # noqa: ANN401
    if type(estimator) is Pipeline:
        return f"Pipeline({', '.join(_description(step) for _, step in estimator.steps)})"
    return str(estimator) if estimator is None or isinstance(estimator, str) else type(estimator).__name__


def _last(estimator: Any, what: str, *, is_whole: bool) -> AffineForm:  # noqa: ANN401
    """The affine functionals of an estimator without steps before it; `is_whole` if there are no steps at all."""
    if is_whole and _is_layer(estimator):
        weight, bias = estimator.weight, estimator.bias
        rows = as_array(weight, "weight").astype(np.float64)
        last = np.zeros(len(rows)) if bias is None else as_array(bias, "bias").astype(np.float64)
        return AffineForm(estimator, what, np.vstack([rows.T, last]), None, None)
    is_classifier = _kind(estimator)
    if is_classifier is None:
        _refuse(estimator, what)
    if getattr(estimator, "kernel", "linear") != "linear":
        raise InputError(
            f"{what} has the kernel {shown(estimator.kernel)}, which is not affine; kernel='linear' is required; fit "
            "it so, or a LinearSVC or LinearSVR"
        )
    require_fitted(estimator, what)
    classes = tuple(np.asarray(estimator.classes_).tolist()) if is_classifier else None
    if classes is not None and len(classes) > 2 and hasattr(estimator, "kernel"):
        raise InputError(
            f"{what} tells {len(classes)} classes apart by votes, each of two classes, and not by the largest of "
            f"{len(classes)} affine values; two classes are required of it; fit a LinearSVC"
        )
    rows = np.atleast_2d(_dense_weights(estimator.coef_))
    last = np.broadcast_to(np.asarray(estimator.intercept_, np.float64).reshape(-1), len(rows))
    if classes is not None:
        _require_one_label(estimator, what, classes, len(rows))
    return AffineForm(estimator, what, np.vstack([rows.T, last]), is_classifier, classes)


def _kind(estimator: object) -> bool | None:
    """Whether an estimator is a known affine classifier, or else a regressor; None if it is neither."""
    if isinstance(estimator, AffineEstimator):
        return hasattr(type(estimator), "decision_function")
    if known_type(estimator, _known(_CLASSIFIERS, LinearDiscriminantAnalysis, *_SVC), "decision_function"):
        return True
    return False if known_type(estimator, _known(_REGRESSORS, *_SVR), "predict") else None


_SVC = (svm.LinearSVC, svm.SVC, svm.NuSVC)
_SVR = (svm.LinearSVR, svm.SVR, svm.NuSVR)


def _known(names: list[str], *others: type) -> dict[type, None]:
    # Some are not in every release.
    found = (getattr(linear_model, name, None) for name in names)
    return dict.fromkeys((*(kind for kind in found if kind is not None), *others))


def _refuse(estimator: object, what: str) -> None:
    remedy = _INNER.get(type(estimator).__name__)
    if remedy is not None:
        raise InputError(f"{what} holds other estimators; one that is affine itself is required; {remedy}")
    raise InputError(
        f"{what} is not affine in the latents, or not known to be; a fitted LogisticRegression, RidgeClassifier, "
        "LinearSVC, LinearDiscriminantAnalysis, SGDClassifier, Perceptron, Ridge, LinearRegression, Lasso, ElasticNet "
        "or the like, a Pipeline that ends in one, or a torch.nn.Linear is required; fit one of these"
    )


def _require_one_label(estimator: Any, what: str, classes: tuple[object, ...], functionals: int) -> None:  # noqa: ANN401
    binarizer = getattr(estimator, "_label_binarizer", None)
    is_multilabel = str(getattr(binarizer, "y_type_", "")).startswith("multilabel")
    if is_multilabel or functionals != (1 if len(classes) == 2 else len(classes)):
        raise InputError(
            f"{what} gives a sample several labels at once, with {functionals} outputs; one label for each sample is "
            "required; fit a classifier for each of them and export each"
        )


def _dense_weights(weights: Any) -> np.ndarray:  # noqa: ANN401
    # After `sparsify`, or of an SVC that was fitted on a sparse matrix.
    return np.asarray(weights.toarray() if hasattr(weights, "toarray") else weights, np.float64)


def _computed(description: str, compute: Any, latents: object) -> np.ndarray:  # noqa: ANN401
    try:
        return np.asarray(compute(dense(latents, "latents")))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{description} does not take the latents ({one_line(error)}); what its `predict` takes is required; pass "
            "the columns of the fit in their order"
        ) from None


def _is_layer(estimator: object) -> bool:
    # A subclass, such as a quantised layer, computes something else.
    return "torch" in sys.modules and type(estimator) is sys.modules["torch"].nn.Linear


def _layer_values(layer: Any, latents: np.ndarray) -> np.ndarray:  # noqa: ANN401
    import torch

    with torch.no_grad():
        values = layer(torch.from_numpy(latents.copy()).to(layer.weight))
    return as_array(values, "values of the layer")
