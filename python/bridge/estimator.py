"""The linear probe as a scikit-learn estimator that can be exported to Lean."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from bridge.probe import fit_probe


class LinearProbe(MultiOutputMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A linear probe: ridge regression from latents Z (N, d) to concept scores C (N, k) or (N,).

    The fit is that of `bridge.probe.fit_probe`: in float64, with the bias regularised too.  All else is as in any
    regressor of scikit-learn, `score` (R², the mean over the concepts) included, and so are the names X and y for Z and
    C.

    Args:
        lam: the ridge strength λ ≥ 0.
        standardize: whether to fit on standardised latents; the weights are those of the latents as they are given.

    Attributes:
        weights_: (d + 1, k) float64, the weights W with the bias in the last row, as they are exported.
        coef_: the weights alone, (k, d), or (d,) if the scores were (N,).
        intercept_: the biases, (k,), or a number if the scores were (N,).
        n_features_in_: d.
        feature_names_in_: the names of the latents' columns, if they came with names.
    """

    def __init__(self, lam: float = 1e-3, standardize: bool = False) -> None:
        self.lam = lam
        self.standardize = standardize

    def fit(self, X: ArrayLike, y: ArrayLike) -> "LinearProbe":
        """Fit the probe.

        Args:
            X: (N, d) latent points.
            y: (N, k) or (N,) concept scores.

        Raises:
            ValueError: an array does not hold finite numbers, or the shapes do not fit.
            InputError: the fit fails, as in `fit_probe`.

        Warns:
            BridgeWarning: there are fewer samples than unknowns, or a latent or a score is constant.
        """
        latents, scores = validate_data(self, X, y, multi_output=True, y_numeric=True)
        columns = scores.reshape(len(scores), -1)
        self.weights_ = fit_probe(_tensor(latents), _tensor(columns), self.lam, standardize=self.standardize).numpy()
        self.coef_, self.intercept_ = self.weights_[:-1].T, self.weights_[-1]
        if scores.ndim == 1:
            self.coef_, self.intercept_ = self.coef_[0], self.intercept_[0]
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Read the concepts off latent points (N, d), in float64: (N, k), or (N,) if the fit's scores were (N,).

        Raises:
            ValueError: an entry is not finite, or the number of columns is another than in the fit.
        """
        check_is_fitted(self)
        latents = validate_data(self, X, reset=False)
        predicted: np.ndarray = latents.astype(np.float64) @ self.coef_.T + self.intercept_
        return predicted


def _tensor(values: np.ndarray) -> torch.Tensor:
    # A copy: torch warns of arrays that cannot be written to, and takes no other byte order.
    return torch.from_numpy(values.astype(np.float64))
