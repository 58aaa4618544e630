"""The artifact of a classifier: affine functionals, and samples that belong to classes."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from fractions import Fraction

import numpy as np

from bridge.artifact.record import SampleRecord, require_entries, require_numbers
from bridge.base.arrays import frozen
from bridge.base.errors import InputError
from bridge.base.names import require_concept_name, require_concept_names
from bridge.base.record_types import require_field_types
from bridge.exact.text import decimal, rational

CLASSIFIER_ARRAYS = ("latents", "labels", "weights", "is_train", "is_calibration", "sample_indices")

METHODS = ("logistic", "lda", "svm", "ridge-classifier", "mean-difference", "given")
"""How weights came about: by one of our fits, or elsewhere."""

SHUFFLED_LABELS = "shuffled-labels"
"""The one kind of control that there is."""

# A difference of floats can have 308 digits before its point and 1074 bits after it, and products twice as many.
_LONGEST_DIFFERENCE = 4096
_FRACTION = re.compile(r"(0|[1-9][0-9]*)(/[1-9][0-9]*)?")
_MOST_NAMED = 10


@dataclass(frozen=True)
class PartMeasures:
    """How well a classifier does on one part, for information: the floats nearest to the exact rates.

    Each is None where it is undefined, as all are on a part without samples.

    Attributes:
        samples: how many samples there are in the part.
        accuracy: the share of samples whose decision is their label.
        balanced_accuracy: the mean recall of the classes that occur.
        roc_auc: of the class 1 of two, by how much its value exceeds the other's; of several classes the mean over
            those that some samples belong to and others do not, each against the rest by its value.
        majority_accuracy: the accuracy of always naming the most frequent class of the training part, or of all samples
            where parts are not known.

    Raises:
        InputError: on construction, if a field is not of its type or no share.
    """

    samples: int
    accuracy: float | None
    balanced_accuracy: float | None
    roc_auc: float | None
    majority_accuracy: float | None

    def __post_init__(self) -> None:
        require_field_types(self)
        _require_count("samples", self.samples)
        _require_shares(self, "accuracy", "balanced_accuracy", "roc_auc", "majority_accuracy")


@dataclass(frozen=True)
class ClassifierMetrics:
    """The measures on each part and on all samples.

    Raises:
        InputError: on construction, if a field is not of its type.
    """

    train: PartMeasures
    calibration: PartMeasures
    held_out: PartMeasures
    all: PartMeasures

    def __post_init__(self) -> None:
        require_field_types(self)

    @property
    def parts(self) -> Mapping[str, PartMeasures]:
        """Those of each part by its name, all samples last."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Control:
    """The accuracies, against the true labels, of a probe that was fitted in the same way on permuted ones.

    Attributes:
        kind: `shuffled-labels`.
        seed: the seed of the permutation of the training part's labels.
        train: the accuracy on the training part, as in `PartMeasures`; the others likewise.
        calibration: on the calibration part.
        held_out: on the held-out part.
        all: on all samples.

    Raises:
        InputError: on construction, if a field is not of its type, of another kind or no share.
    """

    kind: str
    seed: int
    train: float | None
    calibration: float | None
    held_out: float | None
    all: float | None

    def __post_init__(self) -> None:
        require_field_types(self)
        if self.kind != SHUFFLED_LABELS:
            raise InputError(
                f"`kind` of a control is {self.kind!r:.40}; {SHUFFLED_LABELS!r} is required; check the fit"
            )
        _require_count("seed", self.seed)
        _require_shares(self, "train", "calibration", "held_out", "all")


@dataclass(frozen=True)
class Fold:
    """How affine functionals differ from the estimator that they were folded from, over all samples.

    Attributes:
        estimator: what it is, such as `Pipeline(StandardScaler, PCA, LogisticRegression)`.
        largest_difference: the largest difference of a value of the estimator's `decision_function` or `predict` from
            the exact value of the functional, exactly, as `1/2097152` or `0`.
        at_sample: the first sample for which it is as large.
        decisions_that_differ: for how many samples the two decide otherwise.
        first_that_differ: the first of them, at most 10.

    Raises:
        InputError: on construction, if a field is not of its type, or is none that a comparison can give.
    """

    estimator: str
    largest_difference: str
    at_sample: int
    decisions_that_differ: int
    first_that_differ: tuple[int, ...]

    def __post_init__(self) -> None:
        require_field_types(self)
        text = self.largest_difference
        if len(text) > _LONGEST_DIFFERENCE or not _FRACTION.fullmatch(text):
            raise InputError(
                f"`largest_difference` is {text[:40]!r}; 0 or a fraction such as 1/1024 is required; check the fold"
            )
        for name in ("at_sample", "decisions_that_differ"):
            _require_count(name, getattr(self, name))
        first = self.first_that_differ
        if len(first) != min(self.decisions_that_differ, _MOST_NAMED) or list(first) != sorted(set(first)):
            raise InputError(
                f"`first_that_differ` has {len(first)} entries; the first {_MOST_NAMED} of "
                f"{self.decisions_that_differ} samples are required, in order; check the fold"
            )

    @property
    def line(self) -> str:
        """The differences in words."""
        largest = Fraction(self.largest_difference)
        named = ", ".join(map(str, self.first_that_differ))
        match self.decisions_that_differ:
            case 0:
                decisions = "no decision differs"
            case 1:
                decisions = f"1 decision differs, of sample {named}"
            case count:
                more = " and others" * (count > len(self.first_that_differ))
                decisions = f"{count} decisions differ, of the samples {named}{more}"
        return (
            f"the values of {self.estimator} differ from the exact ones by at most {rational(largest)}, about "
            f"{decimal(largest)}, at sample {self.at_sample}; {decisions}"
        )

    def record(self) -> dict[str, object]:
        """A JSON-like record; the difference is exact as text."""
        return asdict(self) | {"largest_difference_decimal": decimal(Fraction(self.largest_difference))}


@dataclass(frozen=True, eq=False, kw_only=True)
class ClassifierArtifact(SampleRecord):
    """A classifier with the data that it was fitted and measured on.

    It gives a sample the class k for which w_k · z + b_k is the largest, the first of several.  A binary probe is a
    classifier of two classes whose class 0 has the weights 0 and the bias t: it gives the class 1 if w · z + b > t.

    Attributes:
        latents: (N, d) latent points, floats of 16, 32 or 64 bits, integers or booleans.
        labels: (N,) int64, the number of the class of each sample.
        weights: (d + 1, K) weights of any of these types, a column for each class and the bias in the last row.
        label_name: what the labels are called, such as `digit`.
        class_names: K ≥ 2 distinct names, by the number of the class.
        method: how the weights came about, one of `METHODS`.
        metrics: how well it does on each part.
        control: how well a probe does that was fitted on permuted labels, if there is one.
        fold: how the weights differ from the estimator that they come from, if they were folded.

    Raises:
        InputError: on construction, if shapes, dtypes or values are not as stated.
    """

    latents: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    label_name: str = "label"
    class_names: tuple[str, ...]
    method: str
    metrics: ClassifierMetrics
    control: Control | None = None
    fold: Fold | None = None

    def __post_init__(self) -> None:
        require_field_types(self)
        require_classifier(self.latents.shape, self.weights.shape, self.class_names)
        samples = len(self.latents)
        for name in ("latents", "weights"):
            require_numbers(getattr(self, name), name)
        require_labels(self.labels, samples, self.class_names)
        self.require_parts(samples)
        require_concept_name(self.label_name, "label")
        if self.method not in METHODS:
            raise InputError(
                f"`method` is {self.method!r:.40}; one of {', '.join(METHODS)} is required; name weights that were "
                "made elsewhere `given`"
            )
        self._require_own_numbers(samples)
        self.require_grids("weights", "latents")
        for name in CLASSIFIER_ARRAYS:
            object.__setattr__(self, name, frozen(getattr(self, name)))

    @property
    def class_count(self) -> int:
        """K."""
        return len(self.class_names)

    @property
    def is_binary(self) -> bool:
        """Whether one functional and a threshold decide between two classes."""
        return self.class_count == 2 and not self.weights[:-1, 0].any()

    @property
    def threshold(self) -> float:
        """What the value of class 1 has to exceed in a binary probe, t.

        Raises:
            InputError: it is no binary probe.
        """
        if not self.is_binary:
            raise InputError(
                f"the classifier has {self.class_count} classes with weights of their own; a binary probe is required, "
                "which alone has a threshold; ask `is_binary` first"
            )
        return float(self.weights[-1, 0])

    def _require_own_numbers(self, samples: int) -> None:
        """Refuse measures of parts that these are not, and samples that there are not."""
        sizes = {
            "train": int(self.is_train.sum()),
            "calibration": int(self.is_calibration.sum()),
            "held_out": int(self.is_held_out.sum()),
            "all": samples,
        }
        for name, measures in self.metrics.parts.items():
            if measures.samples != sizes[name]:
                raise InputError(
                    f"`metrics.{name}` is of {measures.samples} samples; measures of the {sizes[name]} that there are "
                    "in the part are required; measure it again"
                )
        named = () if self.fold is None else (self.fold.at_sample, *self.fold.first_that_differ)
        if any(not 0 <= sample < samples for sample in named):
            raise InputError(
                f"the fold names a sample that is none of the {samples}; a number from 0 to {samples - 1} is required; "
                "compare it again"
            )


def require_classifier(latents: tuple[int, ...], weights: tuple[int, ...], class_names: tuple[str, ...]) -> None:
    """Refuse shapes and names that do not make a classifier: (N, d) and (d + 1, K) with N, d ≥ 1, and K ≥ 2 names.

    Raises:
        InputError: which array has which shape, or what is wrong with the names.
    """
    for name, shape in {"latents": latents, "weights": weights}.items():
        if len(shape) != 2:
            raise InputError(f"`{name}` has shape {tuple(shape)}; a matrix is required; reshape it")
    samples, dim = latents
    if samples == 0:
        raise InputError("`latents` has 0 samples; a rate is a share of at least one; add samples")
    if dim == 0:
        raise InputError("there are 0 latent dimensions; at least one is required; add columns")
    if len(class_names) < 2:
        raise InputError(
            f"the number of classes is {len(class_names)}; at least two are required, since a classifier tells them "
            "apart; take other labels"
        )
    require_concept_names(class_names, "class")
    if tuple(weights) != (dim + 1, len(class_names)):
        raise InputError(
            f"`weights` has shape {tuple(weights)}; ({dim + 1}, {len(class_names)}) is required, one row for each "
            "latent dimension and the bias last, one column for each class; fit the classifier on these arrays"
        )


def require_labels(labels: np.ndarray, samples: int, class_names: tuple[str, ...]) -> None:
    """Refuse labels that are not one number of a class for each sample.

    Raises:
        InputError: their shape or type is another, or one is no number of a class; the message names it.
    """
    require_entries(labels, "labels", samples, np.int64)
    wrong = np.flatnonzero((labels < 0) | (labels >= len(class_names)))
    if len(wrong):
        raise InputError(
            f"`labels[{wrong[0]}]` is {labels[wrong[0]]}; the number of a class, 0 to {len(class_names) - 1}, is "
            "required; give every class a name"
        )


def _require_count(name: str, value: int) -> None:
    if value < 0:
        raise InputError(f"`{name}` is {value}; a whole number ≥ 0 is required; check the fit")


def _require_shares(record: object, *names: str) -> None:
    for name in names:
        value = getattr(record, name)
        if value is not None and not 0 <= value <= 1:
            raise InputError(f"`{name}` is {value}; a number from 0 to 1 is required, or None; check the fit")
