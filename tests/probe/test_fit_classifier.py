"""From labelled samples to the artifact of a classifier: what is fitted on, what is measured, and what is refused."""

import dataclasses
import re

import numpy as np
import pytest
from sklearn import metrics
from sklearn.datasets import load_breast_cancer, load_iris
from threadpoolctl import threadpool_info, threadpool_limits

import bridge.probe.fit_classifier
from bridge.artifact.classifier import ClassifierArtifact, Fold, PartMeasures
from bridge.artifact.file import artifact_bytes
from bridge.base.arrays import in_memory
from bridge.base.errors import BridgeWarning, InputError
from bridge.exact.decisions import exact_decisions
from bridge.probe.classifiers import CLASSIFIERS, fit_weights
from bridge.probe.fit_classifier import fit_classifier, measured_classifier
from bridge.sources.labelled import LabelledSamples
from bridge.sources.labels import Labels
from bridge.sources.samples import Origin
from bridge.sources.split import Split
from support.classifiers import stored_classifier


def samples_of(latents, numbers, classes=None, **changed):
    """Labelled samples in no parts."""
    names = tuple("abcdefgh"[: max(numbers) + 1]) if classes is None else classes
    labels = Labels("kind", names, np.array(numbers, np.int64), "integers")
    array = np.asarray(latents)
    content = {"parts": Split.unknown(len(array)), "origin": Origin("test", "00" * 32)}
    return LabelledSamples(in_memory(array), labels, **{**content, **changed})


def real(load, **split):
    latents, labels = load(return_X_y=True)
    scaled = (latents - latents.mean(axis=0)) / latents.std(axis=0)
    return samples_of(scaled, labels).divided(**split)


IRIS = real(load_iris, held_out=0.2, calibration=0.2, seed=1)
CANCER = real(load_breast_cancer, held_out=0.25, seed=2)
PARTS = {"train": "is_train", "calibration": "is_calibration", "held_out": "is_held_out"}


def members(artifact):
    return {
        **{name: getattr(artifact, part) for name, part in PARTS.items()},
        "all": np.ones(len(artifact.labels), bool),
    }


# What is fitted on


@pytest.mark.parametrize("method", CLASSIFIERS)
def test_the_training_part_alone_is_fitted_on(method):
    artifact = fit_classifier(IRIS, method)
    train = artifact.is_train
    expected = fit_weights(artifact.latents[train], artifact.labels[train], 3, method, 0.0)
    assert (artifact.weights == expected).all()
    assert artifact.method == method


def test_the_artifact_has_what_the_samples_have():
    samples = dataclasses.replace(IRIS, indices=np.arange(150)[::-1].copy())
    artifact = fit_classifier(samples)
    assert isinstance(artifact, ClassifierArtifact)
    assert (artifact.latents == samples.latents.whole()).all()
    assert (artifact.label_name, artifact.class_names) == ("kind", ("a", "b", "c"))
    assert artifact.sample_indices[0] == 149
    assert fit_classifier(IRIS).sample_indices[0] == 0
    found = artifact.provenance
    assert (found.dataset, found.seed, found.held_out, found.lam) == ("test", 1, IRIS.origin.held_out, None)
    assert {"numpy", "scikit-learn"} <= dict(found.versions).keys()


@pytest.mark.parametrize("method", CLASSIFIERS)
def test_two_fits_have_the_same_bytes(method, tmp_path):
    first, second = (fit_classifier(CANCER, method, control_seed=3) for _ in range(2))
    assert artifact_bytes(first) == artifact_bytes(second)
    assert artifact_bytes(stored_classifier(tmp_path, first).artifact) == artifact_bytes(first)


def test_a_threshold_is_the_bias_of_class_0():
    artifact = fit_classifier(CANCER, threshold=0.5)
    assert (artifact.is_binary, artifact.threshold) == (True, 0.5)
    assert fit_classifier(CANCER).threshold == 0
    assert (artifact.weights[:, 1] == fit_classifier(CANCER).weights[:, 1]).all()


def test_weights_and_latents_are_rounded_before_they_are_used():
    artifact = fit_classifier(CANCER, weight_bits=3, latent_bits=2, threshold=0.3)
    assert artifact.rounding is not None
    assert (artifact.rounding.weight_bits, artifact.rounding.latent_bits) == (3, 2)
    assert artifact.threshold == 0.25
    train = artifact.is_train
    unrounded = fit_weights(artifact.latents[train], artifact.labels[train], 2, "logistic", 0.3)
    assert (artifact.weights == np.rint(unrounded * 8) / 8).all()
    assert fit_classifier(CANCER, weight_bits=3).rounding.latent_bits is None


# What is measured


def measured_by_scikit_learn(artifact, part, majority):
    labels = artifact.labels[part]
    values = artifact.latents[part] @ artifact.weights[:-1] + artifact.weights[-1]
    predicted = values.argmax(axis=1)
    binary = artifact.class_count == 2
    area = (
        metrics.roc_auc_score(labels, values[:, 1] - values[:, 0])
        if binary
        else np.mean([metrics.roc_auc_score(labels == number, values[:, number]) for number in range(3)])
    )
    return [
        part.sum(),
        metrics.accuracy_score(labels, predicted),
        metrics.balanced_accuracy_score(labels, predicted),
        area,
        np.mean(labels == majority),
    ]


def test_two_classes_with_a_value_each_are_ranked_by_what_decides_between_them():
    # What both values have in common, 8 z, decides nothing, but each value alone is ordered by it.
    latents = np.array([[-2.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [2.0, -1.0]])
    samples = samples_of(latents, [1, 1, 0, 0])
    artifact = measured_classifier(samples, np.array([[8.0, 8.0], [-1.0, 1.0], [0.0, 0.0]]))
    assert not artifact.is_binary
    assert (artifact.metrics.all.accuracy, artifact.metrics.all.roc_auc) == (1.0, 1.0)


@pytest.mark.parametrize("samples", [IRIS, CANCER], ids=["iris", "breast cancer"])
def test_each_part_is_measured_as_scikit_learn_measures_it(samples):
    artifact = fit_classifier(samples)
    majority = np.bincount(artifact.labels[artifact.is_train]).argmax()
    for name, part in members(artifact).items():
        found = dataclasses.astuple(getattr(artifact.metrics, name))
        if part.any():
            assert found == pytest.approx(measured_by_scikit_learn(artifact, part, majority), rel=1e-14)
        else:
            assert found == (0, None, None, None, None)


def test_the_majority_is_that_of_the_training_part_and_the_first_of_equals():
    parts = Split(np.array([1, 1, 1, 1, 0, 0, 0], bool), np.zeros(7, bool))
    samples = samples_of(np.arange(7.0)[:, None], [0, 0, 1, 1, 1, 1, 0]).with_parts(parts, None)
    artifact = fit_classifier(samples, "mean-difference")
    majority = {name: measures.majority_accuracy for name, measures in artifact.metrics.parts.items()}
    assert majority == {"train": 0.5, "calibration": None, "held_out": 1 / 3, "all": 3 / 7}


def test_without_parts_the_majority_is_that_of_all_samples():
    samples = samples_of([[0.0], [1.0], [2.0]], [0, 1, 1])
    artifact = measured_classifier(samples, np.array([[0.0, 1.0], [0.5, 0.0]]))
    assert artifact.metrics.all == PartMeasures(3, 1.0, 1.0, 1.0, 2 / 3)
    assert artifact.metrics.held_out == artifact.metrics.train == PartMeasures(0, None, None, None, None)


def test_an_area_that_is_undefined_for_a_class_does_not_count():
    weights = np.array([[-1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    absent = samples_of([[1.0], [2.0], [-1.0]], [0, 0, 2])
    # Of class 0 both samples have lower values than the one that is not, and of class 2 likewise; class 1 has none.
    assert measured_classifier(absent, weights).metrics.all.roc_auc == 0
    parts = Split(np.array([0, 0, 1], bool), np.zeros(3, bool))
    artifact = measured_classifier(absent.with_parts(parts, None), weights)
    assert (artifact.metrics.train.roc_auc, artifact.metrics.train.accuracy) == (None, 0)


def test_a_given_classifier_is_measured_and_no_number_of_it_is_changed():
    fold = Fold("Ridge", "0", 0, 0, ())
    weights = np.array([[0, 3], [1, -2]], np.float32)
    artifact = measured_classifier(samples_of([[1.0], [2.0]], [0, 1]), weights, fold=fold)
    assert (artifact.weights.dtype, artifact.weights.tolist()) == (np.float32, weights.tolist())
    assert (artifact.method, artifact.fold, artifact.control, artifact.rounding) == ("given", fold, None, None)
    assert "scikit-learn" not in dict(artifact.provenance.versions)


# The control


def test_a_control_is_fitted_on_permuted_labels_and_measured_against_the_true_ones():
    artifact = fit_classifier(IRIS, control_seed=5)
    train = artifact.is_train
    order = np.random.default_rng(5).permutation(train.sum())
    weights = fit_weights(artifact.latents[train], artifact.labels[train][order], 3, "logistic", 0.0)
    right = exact_decisions(artifact.latents, weights).predicted == artifact.labels
    assert (artifact.control.kind, artifact.control.seed) == ("shuffled-labels", 5)
    for name, part in members(artifact).items():
        assert getattr(artifact.control, name) == pytest.approx(right[part].mean(), rel=1e-15)
    assert artifact.control.all < artifact.metrics.all.accuracy
    assert artifact_bytes(dataclasses.replace(artifact, control=None)) == artifact_bytes(fit_classifier(IRIS))


def test_the_control_is_rounded_as_the_classifier_is():
    controls = [fit_classifier(IRIS, control_seed=5, weight_bits=bits).control for bits in (0, None)]
    assert controls[0] != controls[1]


# What is warned of, and what is refused


def test_fewer_samples_than_unknowns_are_warned_of():
    samples = samples_of(np.eye(4), [0, 1, 0, 1]).with_parts(Split(np.ones(4, bool), np.zeros(4, bool)), None)
    message = (
        "there are 4 samples for 4 weights and the bias of each class; so few can be told apart whatever their labels "
        "are; fit on more samples"
    )
    with pytest.warns(BridgeWarning, match=f"^{re.escape(message)}$"):
        fit_classifier(samples, "ridge-classifier")


ALL = Split(np.ones(4, bool), np.zeros(4, bool))
LINE = np.array([[0.0], [1.0], [2.0], [3.0]])


@pytest.mark.parametrize(
    ("samples", "options", "message"),
    [
        (
            samples_of(LINE, [0, 0, 1, 1]),
            {},
            "the training part has no samples; at least one of each class is required; choose other parts",
        ),
        (
            samples_of(LINE, [0, 0, 1, 2]).with_parts(Split(np.arange(4) < 3, np.zeros(4, bool)), 0),
            {},
            "the class 'c' has no sample in the training part; at least one is required, or nothing is known of it; "
            "add samples of it, choose another `seed=…` for the parts, or leave the class out",
        ),
        (
            samples_of(LINE, [0, 0, 2, 2], classes=("x", "y", "z")).with_parts(ALL, 0),
            {},
            "the class 'y' has no sample in the training part; at least one is required",
        ),
        (
            samples_of(LINE, [0, 1, 2, 2]).with_parts(ALL, 0),
            {"threshold": 0.5},
            "the threshold is 0.5 and there are 3 classes, whose largest value decides; two classes are required for a "
            "threshold; leave it out",
        ),
        (
            samples_of(LINE, [0, 1, 1, 1]).with_parts(ALL, 0),
            {"threshold": float("nan")},
            "the threshold is nan; a finite number is required; choose `threshold=0.0`, say",
        ),
        (
            samples_of(LINE, [0, 1, 1, 1]).with_parts(ALL, 0),
            {"method": "forest"},
            "the method is 'forest'; one of logistic, lda, svm, ridge-classifier, mean-difference is required",
        ),
        (
            samples_of(LINE, [0, 1, 1, 1]).with_parts(ALL, 0),
            {"control_seed": -1},
            "the seed is -1; an integer in [0, 2^64) is required; choose `control_seed=0`, say",
        ),
        (
            samples_of(np.where(LINE == 2, np.inf, LINE), [0, 1, 1, 1], source="Z.npy").with_parts(ALL, 0),
            {},
            "`Z.npy[2, 0]` is +inf; only finite numbers convert exactly; remove the sample or train again",
        ),
        (
            samples_of(LINE, [0, 1, 1]).with_parts(ALL, 0),
            {},
            "`labels` has shape (3,) and dtype int64; (4,) and int64 are required, one entry for each sample; rebuild",
        ),
        (
            samples_of(LINE, [0, 1, 1, 1]).with_parts(ALL, 0),
            {"weight_bits": -1},
            "N is -1; a whole number from 0 to 1074 is required",
        ),
        (
            samples_of(LINE[:, 0], [0, 1, 1, 1]).with_parts(ALL, 0),
            {},
            "`latents` has shape (4,); a matrix is required; reshape it",
        ),
    ],
)
def test_a_fit_that_cannot_be_is_refused(samples, options, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        fit_classifier(samples, **options)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones((2, 3)), "`weights` has shape (2, 3); (2, 2) is required, one row for each latent dimension and the"),
        (np.array([[np.nan, 0.0], [0.0, 0.0]]), "`weights[0, 0]` is NaN; only finite numbers convert exactly"),
        (np.ones((2, 2), object), "`weights` has dtype object; 16-, 32- or 64-bit floats or integers are required"),
    ],
)
def test_weights_that_make_no_classifier_are_refused(weights, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        measured_classifier(samples_of(LINE, [0, 0, 1, 1]), weights)


def test_one_thread_computes_so_that_last_bits_are_the_same_everywhere(monkeypatch):
    threads = []

    def fitted(*arguments):
        threads.append({library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"})
        return fit_weights(*arguments)

    monkeypatch.setattr(bridge.probe.fit_classifier, "fit_weights", fitted)
    with threadpool_limits(2):
        fit_classifier(IRIS, "lda", control_seed=0)
    assert threads == [{1}, {1}]
