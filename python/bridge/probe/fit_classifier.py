"""From labelled samples to the artifact of a classifier: the one way that one is fitted, and measured."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction

import numpy as np

from bridge.artifact.classifier import (
    SHUFFLED_LABELS,
    ClassifierArtifact,
    ClassifierMetrics,
    Control,
    Fold,
    PartMeasures,
    require_classifier,
    require_labels,
)
from bridge.artifact.record import Provenance, Rounding
from bridge.base.arrays import require_finite
from bridge.base.errors import BridgeWarning, InputError
from bridge.base.version import library_versions
from bridge.base.words import counted
from bridge.exact.decisions import Confusion, Decisions, exact_decisions, roc_auc
from bridge.exact.measures import nearest_float
from bridge.exact.rounding import rounded
from bridge.probe.classifiers import fit_weights, require_method
from bridge.probe.one_thread import one_thread
from bridge.sources.labelled import LabelledSamples
from bridge.sources.split import require_seed


@dataclass(frozen=True)
class ExactRates:
    """How well a classifier does on one part, exactly; the attributes are as of `PartMeasures`."""

    samples: int
    accuracy: Fraction | None = None
    balanced_accuracy: Fraction | None = None
    roc_auc: Fraction | None = None
    majority_accuracy: Fraction | None = None

    @property
    def rates(self) -> Mapping[str, Fraction | None]:
        """All but the number of samples, by their names."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "samples"}

    def nearest(self) -> PartMeasures:
        """The nearest floats."""
        return PartMeasures(self.samples, **{name: nearest_float(rate) for name, rate in self.rates.items()})


@dataclass(frozen=True, eq=False)
class ClassifierFit:
    """What a fit has found: all that an artifact has beside the samples.

    Attributes:
        weights: (d + 1, K) weights, as in the artifact.
        method: how they were fitted.
        rates: how well they do on each part and on all samples.
        control: as in the artifact.
        rounding: as in the artifact.
    """

    weights: np.ndarray
    method: str
    rates: Mapping[str, ExactRates]
    control: Control | None
    rounding: Rounding | None

    def artifact(self, samples: LabelledSamples) -> ClassifierArtifact:
        """The artifact.

        Args:
            samples: those of the fit, whose latents are rounded as they were for it.
        """
        bits = None if self.rounding is None else self.rounding.latent_bits
        latents, _ = rounded(samples.latents.whole(), bits, name=samples.source)
        return _artifact(samples, latents, self)


def fit_classifier(
    samples: LabelledSamples,
    method: str = "logistic",
    *,
    threshold: float | None = None,
    weight_bits: int | None = None,
    latent_bits: int | None = None,
    control_seed: int | None = None,
) -> ClassifierArtifact:
    """Fit and measure a classifier.

    It is fitted on the training part, and measured on each part and on all samples.  What is rounded is rounded before
    it is used: the classifier is fitted on the rounded latents, and the measures are those of the rounded weights.

    Args:
        samples: latents, labels and parts.
        method: a name in `bridge.probe.classifiers.CLASSIFIERS`.
        threshold: of two classes, what the value of class 1 has to exceed, 0 without it; rounded as a weight is.
        weight_bits: N, to round weights, biases and the threshold to multiples of 2^-N; None keeps them.
        latent_bits: N, to round the latents to multiples of 2^-N; None keeps them.
        control_seed: if given, the seed to permute the labels of the training part with, for a second fit whose
            accuracies are recorded; those of the classifier itself do not depend on it.

    Raises:
        InputError: shapes do not fit, a latent is not finite, there is no training part or a class has no sample in it,
            a threshold is given for more than two classes, a grid is out of range, or the fit fails.

    Warns:
        BridgeWarning: there are no more samples than unknowns, or what `fit_weights` warns of.
    """
    latents, fit = _fit(samples, method, threshold, weight_bits, latent_bits, control_seed)
    return _artifact(samples, latents, fit)


def fit_of_classifier(
    samples: LabelledSamples,
    method: str = "logistic",
    *,
    threshold: float | None = None,
    weight_bits: int | None = None,
    latent_bits: int | None = None,
    control_seed: int | None = None,
) -> ClassifierFit:
    """Fit and measure a classifier as `fit_classifier` does; what it has found, without the samples.

    Raises:
        InputError: as `fit_classifier`.
    """
    _, fit = _fit(samples, method, threshold, weight_bits, latent_bits, control_seed)
    return fit


def _fit(
    samples: LabelledSamples,
    method: str,
    threshold: float | None,
    weight_bits: int | None,
    latent_bits: int | None,
    control_seed: int | None,
) -> tuple[np.ndarray, ClassifierFit]:
    """The latents that were fitted on, and what was found."""
    require_method(method)
    labels, parts = samples.labels, samples.parts
    class_count = len(labels.class_names)
    limit = _threshold(threshold, class_count)
    if control_seed is not None:
        require_seed(control_seed, "control_seed")
    latents = samples.latents.whole()
    require_classifier(latents.shape, (latents.shape[-1] + 1, class_count), labels.class_names)
    require_labels(labels.numbers, len(latents), labels.class_names)
    require_finite(latents, samples.source)
    _require_training(labels.numbers[parts.is_train], labels.class_names)
    latents, latent_change = rounded(latents, latent_bits, name=samples.source)
    train_latents, train_labels = latents[parts.is_train], labels.numbers[parts.is_train]
    if len(train_labels) <= latents.shape[1] + 1:
        warnings.warn(
            f"there are {counted(len(train_labels), 'sample')} for {counted(latents.shape[1], 'weight')} and the bias "
            "of each class; so few can be told apart whatever their labels are; fit on more samples",
            BridgeWarning,
            stacklevel=3,
        )

    def fitted(numbers: np.ndarray, what: str) -> tuple[np.ndarray, str | None]:
        with one_thread():
            weights = fit_weights(train_latents, numbers, class_count, method, limit, what)
        return rounded(weights, weight_bits, name="weights")

    weights, weight_change = fitted(train_labels, "the fit")
    rounding = None
    if (weight_bits, latent_bits) != (None, None):
        rounding = Rounding(weight_bits, latent_bits, weight_change, latent_change)
    control = None
    if control_seed is not None:
        order = np.random.Generator(np.random.PCG64(control_seed)).permutation(len(train_labels))
        shuffled, _ = fitted(train_labels[order], "the control's fit")
        accuracies = measures(samples, exact_decisions(latents, shuffled)).parts
        control = Control(SHUFFLED_LABELS, control_seed, **{name: one.accuracy for name, one in accuracies.items()})
    rates = exact_rates(samples, exact_decisions(latents, weights))
    return latents, ClassifierFit(weights, method, rates, control, rounding)


def _artifact(samples: LabelledSamples, latents: np.ndarray, fit: ClassifierFit) -> ClassifierArtifact:
    versions = {**dict(samples.origin.versions), **dict(library_versions(("scikit-learn",)))}
    by_scikit_learn = replace(samples, origin=replace(samples.origin, versions=tuple(sorted(versions.items()))))
    return _measured(by_scikit_learn, latents, fit, None)


def measured_classifier(
    samples: LabelledSamples, weights: np.ndarray, *, method: str = "given", fold: Fold | None = None
) -> ClassifierArtifact:
    """Measure a classifier that is already fitted, and make it an artifact; no number of it is changed.

    Args:
        samples: latents, labels and parts.
        weights: (d + 1, K) weights, a column for each class and the bias last; of a binary probe the first column is 0
            but for the threshold.
        method: how it was fitted, one of `bridge.artifact.classifier.METHODS`.
        fold: how the weights differ from the estimator that they were folded from.

    Raises:
        InputError: as `exact_decisions` and `ClassifierArtifact`.
    """
    latents = samples.latents.whole()
    require_classifier(latents.shape, weights.shape, samples.labels.class_names)
    require_labels(samples.labels.numbers, len(latents), samples.labels.class_names)
    require_finite(latents, samples.source)
    rates = exact_rates(samples, exact_decisions(latents, weights))
    return _measured(samples, latents, ClassifierFit(weights, method, rates, None, None), fold)


def measures(samples: LabelledSamples, decisions: Decisions) -> ClassifierMetrics:
    """How well decisions agree with the labels on each part, as the floats nearest to the exact rates.

    Args:
        samples: labels and parts.
        decisions: what a classifier decides of each sample.
    """
    return _nearest(exact_rates(samples, decisions))


def _nearest(rates: Mapping[str, ExactRates]) -> ClassifierMetrics:
    return ClassifierMetrics(**{part: of_part.nearest() for part, of_part in rates.items()})


def exact_rates(samples: LabelledSamples, decisions: Decisions) -> dict[str, ExactRates]:
    """How well decisions agree with the labels on each part and on all samples, exactly.

    Args:
        samples: labels and parts.
        decisions: what a classifier decides of each sample.
    """
    labels, parts = samples.labels.numbers, samples.parts
    knows_parts = samples.origin.held_out is not None
    class_count = len(samples.labels.class_names)
    everything = np.ones(len(labels), np.bool_)
    known = parts.is_train if parts.is_train.any() else everything
    majority = int(np.bincount(labels[known], minlength=class_count).argmax())
    orders = decisions.orders()

    def of_part(members: np.ndarray) -> ExactRates:
        here = labels[members]
        if not len(here):
            return ExactRates(0)
        confusion = Confusion.of(here, decisions.predicted[members], class_count)
        areas = [roc_auc(order[members], here == number) for number, order in orders.items()]
        defined = [area for area in areas if area is not None]
        return ExactRates(
            len(here),
            confusion.accuracy,
            confusion.balanced_accuracy,
            sum(defined, Fraction(0)) / len(defined) if defined else None,
            Confusion.of(here, np.full_like(here, majority), class_count).accuracy,
        )

    return {
        "train": of_part(parts.is_train),
        "calibration": of_part(parts.is_calibration),
        "held_out": of_part(parts.is_held_out & knows_parts),
        "all": of_part(everything),
    }


def _measured(
    samples: LabelledSamples,
    latents: np.ndarray,
    fit: ClassifierFit,
    fold: Fold | None,
) -> ClassifierArtifact:
    return ClassifierArtifact(
        latents=latents,
        labels=samples.labels.numbers,
        weights=fit.weights,
        is_train=samples.parts.is_train,
        is_calibration=samples.parts.is_calibration,
        sample_indices=np.arange(len(latents), dtype=np.int64) if samples.indices is None else samples.indices,
        label_name=samples.labels.name,
        class_names=samples.labels.class_names,
        method=fit.method,
        metrics=_nearest(fit.rates),
        control=fit.control,
        fold=fold,
        provenance=Provenance(**vars(samples.origin), lam=None, standardized=False, free_bias=False, weighted=False),
        rounding=fit.rounding,
    )


def _threshold(threshold: float | None, class_count: int) -> float:
    if threshold is None:
        return 0.0
    if class_count != 2:
        raise InputError(
            f"the threshold is {threshold} and there are {class_count} classes, whose largest value decides; two "
            "classes are required for a threshold; leave it out"
        )
    if not np.isfinite(threshold):
        raise InputError(f"the threshold is {threshold}; a finite number is required; choose `threshold=0.0`, say")
    return float(threshold)


def _require_training(labels: np.ndarray, class_names: tuple[str, ...]) -> None:
    """Refuse a training part in which a class does not occur."""
    if not len(labels):
        raise InputError("the training part has no samples; at least one of each class is required; choose other parts")
    for number in np.flatnonzero(np.bincount(labels, minlength=len(class_names)) == 0):
        raise InputError(
            f"the class {class_names[number]!r} has no sample in the training part; at least one is required, or "
            "nothing is known of it; add samples of it, choose another `seed=…` for the parts, or leave the class out"
        )
