"""The linear classifier as a scikit-learn estimator that can be exported to Lean."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from bridge.artifact.classifier import ClassifierArtifact
from bridge.base.arrays import require_finite
from bridge.base.errors import InputError, shown
from bridge.estimator.classes import labels_of
from bridge.estimator.shared import (
    claims,
    digest_of_fit,
    exact_latents,
    given_samples,
    members,
    require_unchanged,
    root_file,
    written_classifier,
)
from bridge.export.write import ClassifierExport
from bridge.probe.classifiers import fit_weights
from bridge.probe.fit_classifier import measured_classifier
from bridge.probe.fitted_rows import FittedRows
from bridge.probe.fold import AffineEstimator, affine_form, compare_fold
from bridge.sources.labels import Labels
from bridge.sources.user_arrays import column_names, dense, precision, require_same_samples


class LinearClassifier(AffineEstimator, ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A linear classifier of latents Z (N, d) whose decisions can be exported.

    The fit is scikit-learn's, in float64.  All else is as in any classifier of scikit-learn, `score` (the accuracy)
    included, and so are the names X and y for latents and labels.  Latents are arrays, tables of pandas or pyarrow, or
    tensors, which can require a gradient, be on any device and hold bfloat16; labels are integers, texts or booleans.

    Of two classes the second is decided for where w · z + b > 0, of several the first for which w_k · z + b_k is the
    largest.  `predict` computes that in floats, an export without rounding, which says for how many samples the two
    differ.

    Args:
        method: `logistic`, `lda`, `svm`, `ridge-classifier` or `mean-difference`, as in `CLASSIFIERS` of
            `bridge.probe.classifiers`, each with scikit-learn's defaults.

    Attributes:
        classes_: the K classes.
        weights_: (d + 1, K) float64, the weights with the bias in the last row, as they are exported; of two classes
            the first column is 0.
        method_: how they were fitted.
        label_name_: the name of the labels' column, None if they came without one.
        fitted_rows_: a digest of each sample of the fit, 32 bytes, by which an export knows them again.
        n_features_in_: d.
        feature_names_in_: the names of the latents' columns, if they came with names.
    """

    def __init__(self, method: str = "logistic") -> None:
        self.method = method

    @property
    def coef_(self) -> np.ndarray:
        """The weights alone, (K, d), or (1, d) of two classes."""
        weights: np.ndarray = self._functionals[:-1].T
        return weights

    @property
    def intercept_(self) -> np.ndarray:
        """The biases, (K,), or (1,) of two classes."""
        biases: np.ndarray = self._functionals[-1]
        return biases

    def fit(self, X: ArrayLike, y: ArrayLike) -> "LinearClassifier":
        """Fit the classifier.

        Args:
            X: (N, d) latent points.
            y: (N,) labels of at least two classes.

        Raises:
            ValueError: an array does not hold finite numbers or labels, or the shapes do not fit.
            InputError: there is no such method, there is one class alone, an entry is masked, a matrix is sparse, two
                tables label their rows differently, or the fit fails.

        Warns:
            BridgeWarning: the solver has not converged, or what else `bridge.probe.classifiers.fit_weights` warns of.
        """
        require_same_samples({"X": X, "y": y})
        latents, labels = validate_data(self, dense(X, "X"), dense(y, "y"))
        check_classification_targets(labels)
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise InputError(
                f"the labels are of one class, {shown(self.classes_.tolist()[0])}; at least two classes are required, "
                "since a classifier tells them apart; add samples of another"
            )
        self.weights_ = fit_weights(latents, numbers, len(self.classes_), self.method, 0.0)
        self.method_ = self.method
        self.label_name_ = (column_names(y) or (None,))[0]
        self.fitted_rows_ = FittedRows.of(latents, numbers[:, None], (precision(X, latents), "classes"))
        self._digest = self._digest_of_fit()
        return self

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """The decision values of latent points (N, d), in float64: (N, K), or of two classes those of the second, (N,).

        Raises:
            ValueError: an entry is not finite, or the columns are others than in the fit.
        """
        check_is_fitted(self)
        latents = validate_data(self, dense(X, "X"), reset=False)
        values: np.ndarray = latents @ self.coef_.T + self.intercept_
        return values[:, 0] if values.shape[1] == 1 else values

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The classes of latent points (N, d), decided with values in float64.

        Raises:
            ValueError: an entry is not finite, or the columns are others than in the fit.
        """
        values = self.decision_function(X)
        numbers = (values > 0).astype(np.int64) if values.ndim == 1 else values.argmax(axis=1)
        classes: np.ndarray = self.classes_[numbers]
        return classes

    def export(
        self,
        path: str | Path,
        Z: ArrayLike,
        y: ArrayLike,
        *,
        names: Sequence[str] | None = None,
        label_name: str | None = None,
        is_train: ArrayLike | None = None,
        is_calibration: ArrayLike | None = None,
        over: str = "all",
        roc_auc: bool = False,
        accuracy_bound: float | str | Fraction | None = None,
        source: str = "arrays",
        force: bool = False,
    ) -> ClassifierExport:
        """Write the Lean files of the decisions about the given samples, and the artifact beside them.

        The numbers are taken as they are, in the precision that they have, and columns are checked as in `predict`.
        The artifact has the root file's name with the suffix `.safetensors`; `bridge verify ROOT.lean` compares it with
        the Lean files.

        Samples that the fit has seen are known again, as in `LinearProbe.export`.

        Args:
            path: the root Lean file, such as `Generated.lean`; its name is the Lean namespace.
            Z: (N, d) latent points.
            y: (N,) labels, as in `bridge.sources.labels.Labels.of`.
            names: what to call the K classes, in the order of `classes_`; by default what Python's `str` makes of them.
                They are needed where no sample is of some class.
            label_name: what the labels are called, such as `digit`; by default as their column in the fit, or here, or
                `label`.
            is_train: (N,) bool, True for the samples that the classifier was fitted on.  It is needed where samples
                with equal numbers, or with other numbers than in the fit, are to be told apart.
            is_calibration: (N,) bool, True for the samples to calibrate with; none without it.
            over: which samples are listed: `all`, `train`, `calibration` or `held-out`.
            roc_auc: whether the area under the ROC curve is to be proved too.
            accuracy_bound: the level α at which a bound on the accuracy on unseen data is to be proved too, over the
                held-out samples; 0.05 stands for 1/20 exactly.
            source: what the samples are called in the Lean files.
            force: whether to replace also files that no export has written.

        Returns:
            The export, with the files that it consists of.

        Raises:
            InputError: shapes, columns, classes or types do not fit, a number is not finite, a name cannot be used, the
                fit has seen a calibration sample, or a file cannot be written; files that were there are as they were.

        Warns:
            BridgeWarning: `predict` decides otherwise than the exported weights.
        """
        check_is_fitted(self)
        root = root_file(path)
        require_unchanged(self._digest, self._digest_of_fit(), "bridge.export_probe, in an estimator or a file")
        options = claims(roc_auc=roc_auc, accuracy_bound=accuracy_bound)
        artifact = self._artifact(Z, y, names, label_name, is_train, is_calibration, source)
        return written_classifier(artifact, root, over, options, force=force)

    def _artifact(
        self,
        Z: ArrayLike,
        y: ArrayLike,
        names: Sequence[str] | None,
        label_name: str | None,
        is_train: ArrayLike | None,
        is_calibration: ArrayLike | None,
        source: str,
    ) -> ClassifierArtifact:
        require_same_samples({"Z": Z, "y": y, "is_train": is_train, "is_calibration": is_calibration})
        latents, form = exact_latents(self, Z), affine_form(self)
        form.require_dimensions(latents)
        require_finite(latents, "latents")
        found = Labels.of(y, name=label_name or self.label_name_, samples=len(latents))
        labels = labels_of(form, found, names)
        train, calibration = self.fitted_rows_.parts(
            latents,
            labels.numbers[:, None],
            (precision(Z, latents), "classes"),
            members(is_train, "is_train", len(latents)),
            members(is_calibration, "is_calibration", len(latents)),
        )
        samples = given_samples(latents, labels, train, calibration, source)
        fold = compare_fold(form, Z, latents)
        return measured_classifier(samples, self.weights_, method=self.method_, fold=fold)

    @property
    def _functionals(self) -> Any:  # noqa: ANN401 -- scikit-learn has no types
        return self.weights_[:, 1:] if len(self.classes_) == 2 else self.weights_

    def _digest_of_fit(self) -> bytes:
        return digest_of_fit(self.weights_, self.method_, self.classes_.tolist())
