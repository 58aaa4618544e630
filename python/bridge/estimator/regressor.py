"""The linear probe as a scikit-learn regressor that can be exported to Lean."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from bridge.artifact.predictions import PredictionDifference
from bridge.base.arguments import flag, unboxed
from bridge.base.arrays import require_finite, require_shapes
from bridge.base.errors import InputError, shown
from bridge.estimator.shared import (
    claims,
    digest_of_fit,
    exact_latents,
    members,
    require_unchanged,
    root_file,
    written,
)
from bridge.export.write import Export
from bridge.probe.fitted import given_artifact
from bridge.probe.fitted_rows import FittedRows
from bridge.probe.fold import AffineEstimator
from bridge.probe.lam_choice import Strength, candidates_of, choose_lam
from bridge.probe.predictions import compare_predictions, warn_of_unexplained
from bridge.probe.ridge import FitBias, fit_probe, is_free
from bridge.probe.sample_blocks import checked_weights
from bridge.sources.user_arrays import as_array, column_names, dense, precision, require_same_samples


class LinearProbe(AffineEstimator, MultiOutputMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A linear probe: ridge regression from latents Z (N, d) to concept scores C (N, k) or (N,).

    The fit is that of `bridge.probe.fit_probe`, in float64.  All else is as in any regressor of scikit-learn, `score`
    (R², the mean over the concepts) included, and so are the names X and y for Z and C.  Latents and scores are arrays,
    tables of pandas or pyarrow, or tensors, which can require a gradient, be on any device and hold bfloat16.

    Args:
        lam: the ridge strength λ ≥ 0; or several, or `cv` for `CANDIDATES` in `bridge.probe.lam_choice`, to choose
            from by cross-validation on the samples of the fit, as in `choose_lam` there.
        standardize: whether to fit on standardised latents; the weights are those of the latents as they are given.
        fit_bias: `free`, so that λ weighs on the weights alone, as in scikit-learn's `Ridge`, or `regularised`, so that
            it weighs on the bias too.

    Attributes:
        weights_: (d + 1, k) float64, the weights W with the bias in the last row, as they are exported.
        lam_: λ of the fit, the one that was chosen of several.
        standardize_: whether the fit was on standardised latents.
        fit_bias_: whether the bias was free of the ridge in it.
        is_weighted_: whether some samples counted more than others in it.
        concept_names_: the names of the scores' columns, None if they came without names.
        fitted_rows_: a digest of each sample of the fit, 32 bytes, by which an export knows them again.
        n_features_in_: d.
        feature_names_in_: the names of the latents' columns, if they came with names.
    """

    def __init__(self, lam: Strength = 1e-3, standardize: bool = False, fit_bias: FitBias = "free") -> None:
        self.lam = lam
        self.standardize = standardize
        self.fit_bias = fit_bias

    @property
    def coef_(self) -> np.ndarray:
        """The weights alone, (k, d), or (d,) if the scores were (N,)."""
        weights: np.ndarray = self.weights_[:-1].T
        return weights[0] if self._has_one_column else weights

    @property
    def intercept_(self) -> np.ndarray | np.float64:
        """The biases, (k,), or a number if the scores were (N,)."""
        biases: np.ndarray = self.weights_[-1]
        return biases[0] if self._has_one_column else biases

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> "LinearProbe":
        """Fit the probe.

        Args:
            X: (N, d) latent points.
            y: (N, k) or (N,) concept scores.
            sample_weight: (N,) how much each sample counts, ≥ 0; one of weight 0 is left out.  All count alike without
                it.

        Raises:
            ValueError: an array does not hold finite numbers, or the shapes do not fit.
            InputError: an option is not of its type, an entry is masked, a matrix is sparse, two tables label their
                rows differently, or the fit fails, as in `fit_probe`.

        Warns:
            BridgeWarning: there are fewer samples than unknowns, or what else `fit_probe` warns of.
        """
        candidates, standardize = candidates_of(unboxed(self.lam)), flag(self.standardize, "standardize")
        require_same_samples({"X": X, "y": y, "sample_weight": sample_weight})
        latents, scores = validate_data(self, dense(X, "X"), dense(y, "y"), multi_output=True, y_numeric=True)
        columns = scores.reshape(len(scores), -1)
        mu, C, weight = _tensor(latents), _tensor(columns), _sample_weight(sample_weight, len(latents))
        self.lam_ = choose_lam(
            mu, C, candidates, standardize=standardize, fit_bias=self.fit_bias, sample_weight=weight
        ).lam
        self.concept_names_ = column_names(y)
        self.weights_ = fit_probe(
            mu,
            C,
            self.lam_,
            standardize=standardize,
            fit_bias=self.fit_bias,
            sample_weight=weight,
            names=self.concept_names_,
            latent_names=getattr(self, "feature_names_in_", None),
        ).numpy()
        self.standardize_, self.fit_bias_ = standardize, self.fit_bias
        weights = np.ones(len(latents)) if weight is None else weight.numpy()
        counts = weights > 0
        self.is_weighted_ = len(np.unique(weights[counts])) > 1
        precisions = (precision(X, latents), precision(y, scores))
        self.fitted_rows_ = FittedRows.of(latents[counts], columns[counts], precisions)
        self._has_one_column = scores.ndim == 1
        self._digest = self._digest_of_fit()
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Read the concepts off latent points (N, d), in float64: (N, k), or (N,) if the fit's scores were (N,).

        Raises:
            ValueError: an entry is not finite, or the columns are others than in the fit.
        """
        check_is_fitted(self)
        latents = validate_data(self, dense(X, "X"), reset=False)
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
        predictions: ArrayLike | None = None,
        images: ArrayLike | None = None,
        encoder: object = None,
        source: str = "arrays",
        force: bool = False,
    ) -> Export:
        """Write the Lean files of the probe and δ over the given samples, and the artifact beside them.

        The numbers are taken as they are, in the precision that they have.  Columns are checked as in `predict`, and
        scores with names are put into the order that they had in the fit.  The artifact has the root file's name with
        the suffix `.safetensors`; `bridge verify ROOT.lean` compares it with the Lean files.

        Samples that the fit has seen are known again by their numbers, and are the training part.  If there are some,
        the others are held out.  If there are none, the Lean files say that the training part is not known, unless
        `is_train` or `is_calibration` tells more; and also if the numbers have another precision than in the fit.

        Args:
            path: the root Lean file, such as `Generated.lean`; its name is the Lean namespace.
            Z: (N, d) latent points.
            C: (N, k) or (N,) concept scores.
            names: k distinct concept names; by default those of the scores' columns in the fit, or here, or
                `concept 1` and so on.
            units: the k units of the scores, None for one that has none.
            is_train: (N,) bool, True for the samples that the probe was fitted on.  It is needed where samples with
                equal numbers, or with other numbers than in the fit, are to be told apart.
            is_calibration: (N,) bool, True for the samples to take conformal bounds from; none without it.
            with_r_squared: whether R² is to be proved too.
            alpha: the level α of conformal bounds that are to be proved too; 0.1 stands for 1/10 exactly.
            predictions: (N, k) or (N,) predictions of these samples by a model of one's own, to be compared with
                w · z + b; how far they are from it is in the export.
            images: the 8-bit images that the latents come from, and whose pixels are then claimed of, as in
                `bridge.probe.fitted.given_artifact`.
            encoder: what the latents come from, as there; both or neither.
            source: what the samples are called in the Lean files.
            force: whether to replace also files that no export has written.

        Returns:
            The export, with the files that it consists of.

        Raises:
            InputError: shapes, columns or types do not fit, a number is not finite, a name cannot be used, the fit has
                seen a calibration sample, the calibration part is too small, or a file cannot be written; files that
                were there are as they were.

        Warns:
            BridgeWarning: the predictions are further from the probe than rounding explains, or the latents are not
                what the encoder gives.
        """
        check_is_fitted(self)
        root = root_file(path)
        options = claims(with_r_squared=with_r_squared, alpha=alpha)
        require_unchanged(self._digest, self._digest_of_fit(), "bridge.probe.fitted.given_artifact")
        masks = {"is_train": is_train, "is_calibration": is_calibration}
        require_same_samples({"Z": Z, "C": C, **masks, "predictions": predictions})
        latents, scores = exact_latents(self, Z), self._columns(C, "scores")
        require_shapes(latents.shape, scores.shape, self.weights_.shape)
        for name, array in {"latents": latents, "scores": scores}.items():
            require_finite(array, name)
        known_parts = self.fitted_rows_.parts(
            latents,
            scores,
            (precision(Z, latents), precision(C, scores)),
            members(is_train, "is_train", len(latents)),
            members(is_calibration, "is_calibration", len(latents)),
        )
        artifact = given_artifact(
            latents,
            scores,
            self.weights_,
            names=self.concept_names_ or column_names(C) if names is None else names,
            units=units,
            is_train=known_parts[0],
            is_calibration=known_parts[1],
            lam=self.lam_,
            standardized=self.standardize_,
            free_bias=is_free(self.fit_bias_),
            weighted=self.is_weighted_,
            source=source,
            images=images,
            encoder=encoder,
        )
        differences: tuple[PredictionDifference, ...] = ()
        if predictions is not None:
            differences = compare_predictions(artifact, self._columns(predictions, "predictions"))
            warn_of_unexplained(differences)
        return replace(written(artifact, root, "all", options, force=force), predictions=differences)

    def _columns(self, values: ArrayLike, what: str) -> np.ndarray:
        """Scores or predictions exactly, (N, k) where they were (N,), with columns in the order of the fit."""
        array = as_array(values, what)
        array = array[:, None] if array.ndim == 1 else array
        fitted, found = self.concept_names_, column_names(values)
        if fitted is None or found is None or found == fitted:
            return array
        if len(set(found)) < len(found) or set(found) != set(fitted):
            raise InputError(
                f"the {what} have the columns {shown(list(found))}; {shown(list(fitted))} as in the fit are required; "
                "rename them, or pass an array in that order"
            )
        return array[:, [found.index(name) for name in fitted]]

    def _digest_of_fit(self) -> bytes:
        return digest_of_fit(self.weights_, self.lam_, self.standardize_, self.fit_bias_, self.is_weighted_)


def _sample_weight(given: ArrayLike | None, samples: int) -> torch.Tensor | None:
    if given is None:
        return None
    weight = as_array(given, "sample_weight")
    require_finite(weight, "sample_weight")
    # As in scikit-learn, one number weighs all samples alike.
    return checked_weights(_tensor(np.full(samples, weight) if weight.ndim == 0 else weight))


def _tensor(values: np.ndarray) -> torch.Tensor:
    # A copy: torch warns of arrays that cannot be written to, and takes no other byte order.
    return torch.from_numpy(values.astype(np.float64))
