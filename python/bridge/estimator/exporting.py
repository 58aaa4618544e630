"""Exports of fitted estimators, as the affine functionals that they are."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.predictions import PredictionDifference
from bridge.artifact.record import ProbeArtifact
from bridge.base.arguments import is_number, unboxed
from bridge.base.arrays import require_finite
from bridge.base.errors import InputError, shown
from bridge.base.file_spec import split_spec
from bridge.estimator.classes import labels_of, output_counts
from bridge.estimator.shared import claims, given_samples, members, root_file, written, written_classifier
from bridge.export.write import ClassifierExport, Export
from bridge.probe.estimator_files import form_of_weights, is_estimator_file, read_estimator
from bridge.probe.fit_classifier import measured_classifier
from bridge.probe.fitted import given_artifact
from bridge.probe.fold import AffineForm, affine_form, compare_fold
from bridge.probe.predictions import compare_predictions, warn_of_unexplained
from bridge.sources.labels import Labels
from bridge.sources.user_arrays import as_array, column_names, dense, require_same_samples


def export_probe(
    estimator: Any,  # noqa: ANN401 -- of any library
    latents: ArrayLike,
    labels_or_scores: ArrayLike,
    out: str | Path,
    *,
    names: Sequence[str] | None = None,
    label_name: str | None = None,
    units: Sequence[str] | None = None,
    is_train: ArrayLike | None = None,
    is_calibration: ArrayLike | None = None,
    threshold: float = 0.0,
    over: str = "all",
    roc_auc: bool = False,
    accuracy_bound: float | str | Fraction | None = None,
    with_r_squared: bool = False,
    alpha: float | str | Fraction | None = None,
    images: ArrayLike | None = None,
    encoder: object = None,
    source: str = "arrays",
    force: bool = False,
    sample_weight: None = None,
) -> Export | ClassifierExport:
    """Write the Lean files of an estimator that is fitted already, and the artifact beside them.

    The estimator is one of scikit-learn that is affine in the latents, a `Pipeline` of affine steps that ends in one,
    or a `torch.nn.Linear`.  Its steps are folded into its weights in float64, and these weights are what is exported.
    How far they are from what the estimator itself computes of the samples is computed without rounding: of a
    classifier it is `fold` of the artifact, with the number of decisions that differ, and of a regressor `predictions`
    of the export.

    A classifier is exported over labels, a regressor over scores.  A `torch.nn.Linear` and weights from a file are a
    classifier if the second array has integers, booleans or texts, and a regressor if it has floats.  As a classifier,
    of several outputs the largest decides, and one output by whether it exceeds the threshold.  Two outputs are
    exported as one, the second minus the first, where float64 has the differences of their weights.

    Args:
        estimator: the fitted estimator; or the path of a file of one, as `skops.io.dump` writes it; or a file of
            weights `PATH` or `PATH:NAME`, as in `bridge.sources.precomputed.read_weights`.
        latents: (N, d) latent points, as the estimator takes them.
        labels_or_scores: (N,) labels, as in `bridge.sources.labels.Labels.of`; or (N, k) or (N,) concept scores.
        out: the root Lean file, such as `Generated.lean`; its name is the Lean namespace.
        names: the names of all classes, in the estimator's order, by default what Python's `str` makes of its
            `classes_`; or of all concepts.  They are needed where labels are texts and the estimator does not know
            them, and where no sample is of some class.
        label_name: what the labels are called, such as `digit`; by default as their column, or `label`.
        units: the k units of scores, None for one that has none.
        is_train: (N,) bool, True for the samples that the estimator was fitted on.  Without it these are not known.
        is_calibration: (N,) bool, True for the samples to calibrate with; none without it.
        threshold: what the one output of a classifier of two classes has to exceed for the second.
        over: which samples are listed: `all`, `train`, `calibration` or `held-out`.
        roc_auc: whether the area under the ROC curve of a classifier is to be proved too.
        accuracy_bound: the level α at which a bound on a classifier's accuracy on unseen data is to be proved too, over
            the held-out samples; 0.05 stands for 1/20 exactly.
        with_r_squared: whether R² of a regressor is to be proved too.
        alpha: the level α of a regressor's conformal bounds that are to be proved too.
        images: of a regressor, the 8-bit images that the latents come from, and whose pixels are then claimed of, as in
            `bridge.probe.fitted.given_artifact`.
        encoder: what the latents come from, as there; both or neither.
        source: what the samples are called in the Lean files.
        force: whether to replace also files that no export has written.
        sample_weight: weights of samples, of which there can be none.

    Returns:
        The export, with the files that it consists of.

    Raises:
        InputError: the estimator is not fitted, not affine or not known to be; shapes, columns, classes or types do not
            fit; there are sample weights; a name cannot be used; or a file cannot be written, and then files that were
            there are as they were.
        MissingToolError: the estimator is in a file of skops, which is not installed.

    Warns:
        BridgeWarning: the estimator decides otherwise than its exported weights, or is further from them than rounding
            explains, or the latents are not what the encoder gives.
    """
    root = root_file(out)
    if sample_weight is not None:
        raise InputError(
            "there are sample weights; counts and errors are of samples that count once each; leave `sample_weight` "
            "out, or pass a sample as often as it is to count"
        )
    given = given_probe(
        estimator,
        latents,
        labels_or_scores,
        names=names,
        label_name=label_name,
        units=units,
        is_train=is_train,
        is_calibration=is_calibration,
        threshold=threshold,
        images=images,
        encoder=encoder,
        source=source,
    )
    options = claims(roc_auc=roc_auc, accuracy_bound=accuracy_bound, with_r_squared=with_r_squared, alpha=alpha)
    if isinstance(given.artifact, ClassifierArtifact):
        _require_absent("classifier", with_r_squared=with_r_squared or None, alpha=alpha)
        return written_classifier(given.artifact, root, over, options, force=force, inputs=given.inputs)
    _require_absent("regressor", roc_auc=roc_auc or None, accuracy_bound=accuracy_bound)
    export = written(given.artifact, root, over, options, force=force, inputs=given.inputs)
    return replace(export, predictions=given.predictions)


@dataclass(frozen=True, eq=False)
class GivenProbe:
    """A fitted estimator as an artifact.

    Attributes:
        artifact: the artifact, of a classifier or of a probe with scores.
        predictions: how far the predictions of a regressor are from each exported functional.
        inputs: the files that the estimator was read from.
    """

    artifact: ClassifierArtifact | ProbeArtifact
    predictions: tuple[PredictionDifference, ...]
    inputs: tuple[Path, ...]


def given_probe(
    estimator: Any,  # noqa: ANN401 -- of any library
    latents: ArrayLike,
    labels_or_scores: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    label_name: str | None = None,
    units: Sequence[str] | None = None,
    is_train: ArrayLike | None = None,
    is_calibration: ArrayLike | None = None,
    threshold: float = 0.0,
    images: ArrayLike | None = None,
    encoder: object = None,
    source: str = "arrays",
) -> GivenProbe:
    """Measure an estimator that is fitted already, and make it an artifact; arguments are as in `export_probe`.

    Raises:
        InputError: as `export_probe`.
        MissingToolError: as there.

    Warns:
        BridgeWarning: as there.
    """
    given = {"latents": latents, "labels_or_scores": labels_or_scores}
    require_same_samples({**given, "is_train": is_train, "is_calibration": is_calibration})
    exact = as_array(latents, "latents")
    require_finite(exact, "latents")
    found = _Found.of(estimator, exact)
    train, calibration = (
        members(part, name, len(exact))
        for name, part in {"is_train": is_train, "is_calibration": is_calibration}.items()
    )
    limit = _finite(threshold)
    if found.is_classifier(labels_or_scores):
        _require_absent("classifier", units=units, images=images, encoder=encoder)
        labels = Labels.of(labels_or_scores, name=label_name, samples=len(exact))
        form = found.form(exact, output_counts(labels, names))
        form = form if limit else form.deciding()
        weights = form.class_weights(limit)
        samples = given_samples(exact, labels_of(form, labels, names), train, calibration, source)
        fold = None if form.estimator is None else compare_fold(form, latents, exact, limit)
        return GivenProbe(measured_classifier(samples, weights, fold=fold), (), found.inputs)
    _require_absent("regressor", label_name=label_name, threshold=limit or None)
    scores = as_array(labels_or_scores, "scores")
    columns = scores.shape[1] if scores.ndim == 2 else 1
    form = found.form(exact, (columns,))
    outputs = form.functionals.shape[1]
    if outputs != columns:
        raise InputError(
            f"the scores have shape {scores.shape}, and {form.description} predicts {outputs}; a score for each "
            "prediction is required; pass the scores that it was fitted on, or new ones of the same concepts"
        )
    artifact = given_artifact(
        exact,
        scores,
        form.functionals,
        names=column_names(labels_or_scores) if names is None else names,
        units=units,
        is_train=train,
        is_calibration=calibration,
        source=source,
        images=images,
        encoder=encoder,
    )
    differences = () if form.estimator is None else compare_predictions(artifact, form.own_values(latents))
    warn_of_unexplained(differences)
    return GivenProbe(artifact, differences, found.inputs)


@dataclass(frozen=True, eq=False)
class _Found:
    """What was passed as an estimator.

    Attributes:
        known: the affine form of an estimator, None if there are only weights in a file.
        weights: the file of weights, if that is it.
        inputs: the files that were passed.
    """

    known: AffineForm | None
    weights: str
    inputs: tuple[Path, ...]

    @classmethod
    def of(cls, estimator: Any, latents: np.ndarray) -> "_Found":  # noqa: ANN401
        """Look at an estimator, or read it, and refuse latents that it does not take."""
        if latents.ndim != 2:
            raise InputError(f"`latents` has shape {latents.shape}; a matrix is required; reshape it")
        inputs: tuple[Path, ...] = ()
        if isinstance(estimator, str | os.PathLike):
            spec = os.fspath(estimator)
            path, _ = split_spec(spec)
            inputs = (path,)
            if not is_estimator_file(path):
                return cls(None, spec, inputs)
            estimator = read_estimator(path)
        form = affine_form(estimator)
        form.require_dimensions(latents)
        return cls(form, "", inputs)

    def is_classifier(self, labels_or_scores: ArrayLike) -> bool:
        """Whether it classifies, or, of a layer or weights alone, whether labels are given."""
        if self.known is not None and self.known.is_classifier is not None:
            return self.known.is_classifier
        return np.asarray(dense(labels_or_scores, "labels or scores")).dtype.kind != "f"

    def form(self, latents: np.ndarray, outputs: Sequence[int]) -> AffineForm:
        """The affine functionals; those from a file are so many, the first number that fits."""
        return self.known or form_of_weights(self.weights, dim=latents.shape[1], outputs=outputs)


def _require_absent(kind: str, **options: object) -> None:
    """Refuse options that say nothing of a kind of estimator."""
    for name, value in options.items():
        if value is not None:
            other = {"classifier": "regressor", "regressor": "classifier"}[kind]
            raise InputError(
                f"`{name}` is {shown(value)} for a {kind}; it is of use for a {other} alone; leave `{name}=…` out"
            )


def _finite(threshold: object) -> float:
    value = unboxed(threshold)
    if not is_number(value) or not np.isfinite(value):
        raise InputError(f"`threshold` is {shown(value)}; a finite number is required; choose 0.0, say")
    return float(value)
