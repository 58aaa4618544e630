"""Exports of classifiers as texts, and small classifiers of all kinds."""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.coverage import Coverage
from bridge.base.resources import templates_folder
from bridge.check.verify import Verification, verify
from bridge.export.classification.asked import ClassifierAsked
from bridge.export.classification.certificate import ClassifierCertificate, classifier_certificate
from bridge.export.classification.render import render_classifier
from support.classifiers import make_classifier, stored_classifier
from support.lean_files import write
from support.strategies import concept_names, number_arrays


def asked_of(coverage=Coverage.ALL, *, with_roc_auc=False, accuracy_bound=None) -> ClassifierAsked:
    """What an export is asked for."""
    options = {"--roc-auc": ""} if with_roc_auc else {}
    bound = {} if accuracy_bound is None else {"--accuracy-bound": str(accuracy_bound)}
    return ClassifierAsked.of(coverage, options | bound)


def certified(artifact: ClassifierArtifact, *coverage, **options) -> ClassifierCertificate:
    """What is claimed of an artifact."""
    return classifier_certificate(artifact, asked_of(*coverage, **options))


def rendered(
    folder, artifact: ClassifierArtifact, namespace="Generated", coverage=Coverage.ALL, **options
) -> dict[str, str]:
    """The text of each file of an export, the root first."""
    certificate = certified(artifact, coverage, **options)
    stored = stored_classifier(folder, artifact)
    return dict(render_classifier(stored, certificate, namespace=namespace, templates=templates_folder()))


def compare(folder, artifact: ClassifierArtifact, files) -> Verification:
    """Verify these texts, written to disk, against the artifact."""
    return verify(write(folder, files), stored_classifier(folder, artifact))


def found_in(folder, artifact: ClassifierArtifact, files) -> list[str]:
    """What is found to differ."""
    return [difference.what for difference in compare(folder, artifact, files).differences]


def value_loop(artifact: ClassifierArtifact, rows) -> list[list[Fraction]]:
    """The definition, one `Fraction` at a time: w_k · z + b_k of each class."""
    return [
        [
            sum(fraction(w) * fraction(z) for w, z in zip(column[:-1], artifact.latents[row], strict=True))
            + fraction(column[-1])
            for column in artifact.weights.T
        ]
        for row in rows
    ]


def fraction(value) -> Fraction:
    return Fraction(*value.item().as_integer_ratio())


def first_of_the_largest(values) -> int:
    """What is decided, class after class."""
    best = 0
    for number, value in enumerate(values):
        if value > values[best]:
            best = number
    return best


@st.composite
def classifiers(draw, max_samples=5, max_dim=3):
    """Small classifiers: of any numbers, of small integers, so that values are equal, or of equal samples; or binary.

    Labels need not be of all classes.
    """
    samples, dim, classes = draw(st.integers(1, max_samples)), draw(st.integers(1, max_dim)), draw(st.integers(2, 5))
    kind = draw(st.sampled_from(["any", "small", "equal"]))

    def numbers(rows, columns):
        small = hnp.arrays(np.int8, (rows, columns), elements=st.integers(-2, 2))
        return draw(small if kind == "small" else number_arrays(rows, columns))

    latents, weights = numbers(samples, dim), numbers(dim + 1, classes)
    if kind == "equal":
        latents, weights = np.tile(latents[:1], (samples, 1)), np.tile(weights[:, :1], (1, classes))
    if classes == 2 and draw(st.booleans()):
        weights = np.where(np.arange(dim + 1)[:, np.newaxis] < dim, weights * np.array([0, 1], weights.dtype), weights)
    is_train = np.arange(samples) % 3 != 0
    return make_classifier(
        samples,
        dim,
        classes,
        latents=latents,
        weights=weights,
        labels=draw(hnp.arrays(np.int64, samples, elements=st.integers(0, classes - 1))),
        is_train=is_train,
        is_calibration=draw(hnp.arrays(np.bool_, samples)) & ~is_train,
        class_names=tuple(draw(st.lists(concept_names(), min_size=classes, max_size=classes, unique=True))),
        label_name=draw(concept_names()),
    )


@st.composite
def classifiers_with_coverages(draw):
    """A classifier, and a part of it that has samples."""
    artifact = draw(classifiers())
    parts = {
        Coverage.ALL: True,
        Coverage.TRAIN: artifact.is_train.any(),
        Coverage.CALIBRATION: artifact.is_calibration.any(),
        Coverage.HELD_OUT: artifact.is_held_out.any(),
    }
    return artifact, draw(st.sampled_from([coverage for coverage, has_samples in parts.items() if has_samples]))


def has_areas(artifact: ClassifierArtifact, labels) -> bool:
    """Whether Lean can be given an area under a ROC curve of samples with these labels."""
    return len(set(labels.tolist())) > 1 and (artifact.is_binary or artifact.class_count > 2)


def everything(artifact: ClassifierArtifact, coverage: Coverage) -> dict[str, object]:
    """The options for all that can be proved of an artifact over a part."""
    certificate = certified(artifact, coverage)
    return {
        "with_roc_auc": has_areas(artifact, artifact.labels[certificate.rows]),
        "accuracy_bound": Fraction(1, 20) if coverage is Coverage.HELD_OUT else None,
    }
