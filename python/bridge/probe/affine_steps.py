"""Steps of a scikit-learn pipeline that are affine, folded into the weights of what follows them."""

from collections.abc import Callable, Mapping
from inspect import getattr_static
from typing import Any

import numpy as np
from sklearn.decomposition import PCA, IncrementalPCA, TruncatedSVD
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.utils.validation import check_is_fitted

from bridge.base.errors import InputError, shown

_Fold = Callable[[Any, np.ndarray], np.ndarray]


def known_type(value: object, known: Mapping[type, Any], method: str) -> type | None:
    """The class in a table that a value is of, None if there is none, or if the value's class does otherwise.

    A subclass counts only where it leaves the method, such as `transform`, as it is in the class of the table.
    """
    kind = next((kind for kind in type(value).__mro__ if kind in known), None)
    if kind is None or getattr_static(type(value), method) is not getattr_static(kind, method):
        return None
    return kind


def require_fitted(estimator: object, what: str) -> None:
    """Refuse an estimator that was not fitted.

    Raises:
        InputError: it is such a one.
    """
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        raise InputError(f"{what} is not fitted; a fitted estimator is required; call its `fit` first") from None


def before(step: object, what: str, weights: np.ndarray) -> np.ndarray:
    """The weights on what goes into a step, given those on what comes out of it.

    Args:
        step: the step of the pipeline, None or `passthrough` for one that does nothing.
        what: what to call it in a message.
        weights: (m + 1, k) float64, the bias last, on the m columns that come out of it.

    Returns:
        (d + 1, k) float64, the bias last, rounded where the step is folded in.

    Raises:
        InputError: the step is not affine, not known to be, or not fitted.
    """
    if step is None or step == "passthrough":
        return weights
    kind = known_type(step, _STEPS, "transform")
    if kind is None:
        raise InputError(
            f"{what} is not affine, or not known to be; {_KNOWN} are required before the probe; transform the latents "
            "with the pipeline up to this step, and pass the rest of it with these"
        )
    if getattr(step, "clip", False):
        raise InputError(f"{what} cuts off with clip=True, which is not affine; clip=False is required; fit it so")
    function = getattr(step, "func", None)
    if function is not None:
        raise InputError(
            f"{what} applies {shown(function)}, which is not known to be affine; a FunctionTransformer without `func`, "
            "the identity, is required; transform the latents with the pipeline up to this step, and pass the rest of "
            "it with these"
        )
    require_fitted(step, what)
    return _STEPS[kind](step, weights)


def _standard(step: Any, weights: np.ndarray) -> np.ndarray:  # noqa: ANN401 -- scikit-learn has no types
    return _scaled(weights, step.mean_ if step.with_mean else None, step.scale_)


def _robust(step: Any, weights: np.ndarray) -> np.ndarray:  # noqa: ANN401
    return _scaled(weights, step.center_, step.scale_)


def _max_abs(step: Any, weights: np.ndarray) -> np.ndarray:  # noqa: ANN401
    return _scaled(weights, None, step.scale_)


def _min_max(step: Any, weights: np.ndarray) -> np.ndarray:  # noqa: ANN401
    rows = _numbers(step.scale_)[:, None] * weights[:-1]
    return np.vstack([rows, weights[-1] + _numbers(step.min_) @ weights[:-1]])


def _components(step: Any, weights: np.ndarray) -> np.ndarray:  # noqa: ANN401
    outputs = weights[:-1]
    if step.whiten:
        # A variance of nearly 0 counts as the same one as where scikit-learn transforms.
        scale = np.sqrt(step.explained_variance_)
        outputs = outputs / _numbers(np.maximum(scale, np.finfo(scale.dtype).eps))[:, None]
    return _scaled(np.vstack([_numbers(step.components_).T @ outputs, weights[-1]]), step.mean_, None)


def _singular(step: Any, weights: np.ndarray) -> np.ndarray:  # noqa: ANN401
    return np.vstack([_numbers(step.components_).T @ weights[:-1], weights[-1]])


def _identity(step: Any, weights: np.ndarray) -> np.ndarray:  # noqa: ANN401
    return weights


def _scaled(weights: np.ndarray, center: object, scale: object) -> np.ndarray:
    """The weights on z where they are given on (z - center) / scale; None stands for no centre or no scale."""
    rows = weights[:-1] if scale is None else weights[:-1] / _numbers(scale)[:, None]
    return np.vstack([rows, weights[-1] if center is None else weights[-1] - _numbers(center) @ rows])


def _numbers(values: object) -> np.ndarray:
    return np.asarray(values, np.float64)


_STEPS: dict[type, _Fold] = {
    StandardScaler: _standard,
    MinMaxScaler: _min_max,
    MaxAbsScaler: _max_abs,
    RobustScaler: _robust,
    PCA: _components,
    IncrementalPCA: _components,
    TruncatedSVD: _singular,
    FunctionTransformer: _identity,
}

_KNOWN = f"{', '.join(kind.__name__ for kind in _STEPS)} and 'passthrough'"
