"""The linear probe as a scikit-learn estimator that can be exported to Lean."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from bridge.artifact import to_be_stored
from bridge.certificate import Coverage
from bridge.conformal import read_alpha
from bridge.export import Export, export_lean
from bridge.given import given_artifact
from bridge.module_names import namespace_of
from bridge.probe import fit_probe
from bridge.resources import templates_folder


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
        predicted: np.ndarray = latents @ self.coef_.T + self.intercept_
        return predicted

    def export(
        self,
        path: str | Path,
        Z: ArrayLike,
        C: ArrayLike,
        *,
        names: Sequence[str] | None = None,
        units: Sequence[str] | None = None,
        is_train: ArrayLike | None = None,
        is_calibration: ArrayLike | None = None,
        with_r_squared: bool = False,
        alpha: float | str | Fraction | None = None,
        source: str = "arrays",
    ) -> Export:
        """Write the Lean files of the probe and δ over the given samples, and the artifact beside them.

        The numbers are taken as they are, in the precision that they have.  The artifact has the root file's name with
        the suffix `.safetensors`; `bridge verify ROOT.lean` compares it with the Lean files.

        Args:
            path: the root Lean file, such as `Generated.lean`; its name is the Lean namespace.
            Z: (N, d) latent points.
            C: (N, k) or (N,) concept scores.
            names: k distinct concept names; by default `concept 1` and so on.
            units: the k units of the scores.
            is_train: (N,) bool, True for the samples that the probe was fitted on; without it and `is_calibration` the
                Lean files say that they are not known.
            is_calibration: (N,) bool, True for the samples to take conformal bounds from; none without it.
            with_r_squared: whether R² is to be proved too.
            alpha: the level α of conformal bounds that are to be proved too; 0.1 stands for 1/10 exactly.
            source: what the samples are called in the Lean files.

        Returns:
            The export, with the files that it consists of.

        Raises:
            InputError: shapes do not fit, a number is not finite, a name cannot be used, the calibration part is too
                small, or a file cannot be written; files that were there are as they were.
        """
        check_is_fitted(self)
        artifact = given_artifact(
            np.asarray(Z),
            np.asarray(C),
            self.weights_,
            names=names,
            units=units,
            is_train=None if is_train is None else np.asarray(is_train),
            is_calibration=None if is_calibration is None else np.asarray(is_calibration),
            lam=float(self.lam),
            standardized=self.standardize,
            source=source,
        )
        root = Path(path)
        return export_lean(
            to_be_stored(artifact),
            root,
            coverage=Coverage.ALL,
            templates=templates_folder(),
            with_r_squared=with_r_squared,
            alpha=None if alpha is None else read_alpha(str(alpha)),
            artifact_file=root.parent / f"{namespace_of(root)}.safetensors",
        )


def _tensor(values: np.ndarray) -> torch.Tensor:
    # A copy: torch warns of arrays that cannot be written to, and takes no other byte order.
    return torch.from_numpy(values.astype(np.float64))
