"""The artifact of a classifier: validated on construction, kept bit for bit, and refused when the file is damaged."""

import dataclasses
import hashlib
import json
import re

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bridge.artifact.classifier import (
    CLASSIFIER_ARRAYS,
    ClassifierArtifact,
    ClassifierMetrics,
    Control,
    Fold,
    PartMeasures,
)
from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.file import (
    StoredArtifact,
    StoredClassifier,
    artifact_bytes,
    load_any,
    load_artifact,
    load_classifier,
    save_artifact,
    to_be_stored,
)
from bridge.artifact.record import Rounding
from bridge.base.errors import InputError
from bridge.base.files import is_own
from bridge.base.metadata import record_in
from bridge.base.own_files import ARTIFACT_FILE
from support.artifacts import PROVENANCE, make_artifact
from support.classifiers import make_classifier, metrics_of, stored_classifier
from support.refusals import refusal
from support.strategies import concept_names, number_arrays, unhurried

CONTROL = Control("shuffled-labels", 7, 0.5, None, 0.25, 1 / 3)
FOLD = Fold("Pipeline(StandardScaler, LogisticRegression)", "3/1024", 4, 2, (1, 5))


def assert_same(left, right):
    for field in dataclasses.fields(ClassifierArtifact):
        ours, theirs = getattr(left, field.name), getattr(right, field.name)
        if field.name in CLASSIFIER_ARRAYS:
            assert (ours.dtype, ours.shape, ours.tobytes()) == (theirs.dtype, theirs.shape, theirs.tobytes())
        else:
            assert ours == theirs


# Round trips


@unhurried
@given(data=st.data())
def test_a_round_trip_is_the_identity(tmp_path, data):
    samples, dim, classes = (data.draw(st.integers(least, 4)) for least in (1, 1, 2))
    is_train = data.draw(hnp.arrays(np.bool_, samples))
    artifact = make_classifier(
        samples,
        dim,
        classes,
        latents=data.draw(number_arrays(samples, dim)),
        weights=data.draw(number_arrays(dim + 1, classes)),
        labels=data.draw(hnp.arrays(np.int64, samples, elements=st.integers(0, classes - 1))),
        is_train=is_train,
        is_calibration=data.draw(hnp.arrays(np.bool_, samples)) & ~is_train,
        label_name=data.draw(concept_names()),
        class_names=tuple(data.draw(st.lists(concept_names(), min_size=classes, max_size=classes, unique=True))),
        control=data.draw(st.sampled_from([None, CONTROL])),
        fold=data.draw(
            st.sampled_from(
                [None, dataclasses.replace(FOLD, at_sample=0, first_that_differ=(0,), decisions_that_differ=1)]
            )
        ),
    )
    assert_same(stored_classifier(tmp_path, artifact).artifact, artifact)


def test_a_fold_says_in_words_how_far_it_is_from_the_estimator():
    fold = Fold("Pipeline(PCA, LogisticRegression)", "1/1024", 3, 0, ())
    start = "the values of Pipeline(PCA, LogisticRegression) differ from the exact ones by at most 1 / 1024, about "
    assert fold.line == f"{start}0.000976562, at sample 3; no decision differs"
    one = dataclasses.replace(fold, decisions_that_differ=1, first_that_differ=(4,))
    assert one.line == f"{start}0.000976562, at sample 3; 1 decision differs, of sample 4"
    many = dataclasses.replace(fold, decisions_that_differ=11, first_that_differ=tuple(range(10)))
    assert many.line.endswith("; 11 decisions differ, of the samples 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and others")
    assert many.record()["largest_difference_decimal"] == "0.000976562"
    assert Fold(**{key: value for key, value in many.record().items() if "decimal" not in key}) == many


def test_control_fold_and_rounding_are_kept(tmp_path):
    rounding = Rounding(3, 0, "1/16", "1/2")
    artifact = make_classifier(
        latents=np.arange(18.0).reshape(6, 3), weights=np.eye(4, 3) / 8, control=CONTROL, fold=FOLD, rounding=rounding
    )
    loaded = stored_classifier(tmp_path, artifact).artifact
    assert (loaded.control, loaded.fold, loaded.rounding) == (CONTROL, FOLD, rounding)


def test_equal_classifiers_have_equal_bytes_and_others_do_not():
    assert artifact_bytes(make_classifier()) == artifact_bytes(make_classifier())
    others = [{}, {"control": CONTROL}, {"fold": FOLD}, {"method": "svm"}, {"label_name": "shape"}, {"classes": 4}]
    assert len({artifact_bytes(make_classifier(**other)) for other in others}) == len(others)


def test_the_sha256_is_that_of_the_file_in_whatever_way_it_is_had(tmp_path):
    artifact, path = make_classifier(), tmp_path / "classifier.safetensors"
    digest = save_artifact(path, artifact)
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert to_be_stored(artifact).sha256 == load_classifier(path).sha256 == load_any(path).sha256 == digest
    assert isinstance(to_be_stored(artifact), StoredClassifier)


def test_its_file_is_known_as_an_artifact_of_ours(tmp_path):
    path = tmp_path / "classifier.safetensors"
    save_artifact(path, make_classifier())
    assert is_own(path, ARTIFACT_FILE)


def test_arrays_cannot_be_changed_from_inside_or_outside():
    labels = np.zeros(6, np.int64)
    artifact = make_classifier(labels=labels)
    labels[0] = 1
    assert artifact.labels[0] == 0
    for name in CLASSIFIER_ARRAYS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(artifact, name)[0] = 0


# What kind of file it is


def test_each_way_to_load_refuses_the_other_kind_and_says_what_to_do(tmp_path):
    path = tmp_path / "file.safetensors"
    save_artifact(path, make_classifier())
    assert refusal(load_artifact, path) == (
        f"{path} is the artifact of a classifier; one of a probe with concept scores is required; make one with "
        "`bridge fit --scores …`, or read this one with `load_classifier`"
    )
    save_artifact(path, make_artifact())
    assert refusal(load_classifier, path) == (
        f"{path} is the artifact of a probe with concept scores; one of a classifier is required; make one with "
        "`bridge fit --labels …`, or read this one with `load_artifact`"
    )
    assert isinstance(load_any(path), StoredArtifact)


def test_only_the_record_of_a_classifier_says_what_it_is_of():
    assert record_in(artifact_bytes(make_classifier()))["artifact"] == "classifier"
    assert "artifact" not in record_in(artifact_bytes(make_artifact()))


@pytest.mark.parametrize("kind", ["probe", None, "Classifier"])
def test_a_record_that_says_it_is_of_something_else_is_refused(tmp_path, kind):
    data = artifact_bytes(make_classifier())
    record = record_in(data) | {"artifact": kind}
    path = tmp_path / "file.safetensors"
    path.write_bytes(safetensors.numpy.save(safetensors.numpy.load(data), metadata={"bridge": json.dumps(record)}))
    assert "is not an artifact or is damaged (ValueError: the fields of _Content are [" in refusal(load_any, path)


def test_a_flipped_bit_in_any_byte_is_refused(tmp_path):
    path = tmp_path / "classifier.safetensors"
    data = artifact_bytes(make_classifier(samples=2, dim=1, binary=0.5, control=CONTROL))
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 1 << (position % 8)
        path.write_bytes(damaged)
        refusal(load_any, path)


# What it says of itself


@pytest.mark.parametrize(
    ("weights", "is_binary"),
    [
        ([[0, 1], [0, 2], [5, 6]], True),
        ([[-0.0, 1], [0, 2], [-3, 6]], True),
        ([[0, 0], [0, 0], [0, 0]], True),
        ([[1, 0], [0, 0], [0, 0]], False),
        ([[0, 1, 2], [0, 1, 2], [0, 1, 2]], False),
    ],
)
def test_a_binary_probe_has_two_classes_of_which_the_first_has_no_weights(weights, is_binary):
    weights = np.array(weights, float)
    assert make_classifier(dim=2, classes=weights.shape[1], weights=weights).is_binary is is_binary


def test_the_threshold_is_the_bias_of_class_0():
    assert make_classifier(binary=0.625).threshold == 0.625
    assert refusal(lambda: make_classifier().threshold) == (
        "the classifier has 3 classes with weights of their own; a binary probe is required, which alone has a "
        "threshold; ask `is_binary` first"
    )


def test_an_export_lists_the_samples_of_a_part_of_a_classifier_too():
    artifact = make_classifier(is_calibration=np.arange(6) == 3)
    listed = {coverage.value: listed_rows(artifact, coverage).tolist() for coverage in Coverage}
    assert listed == {"all": [0, 1, 2, 3, 4, 5], "train": [1, 2, 4, 5], "calibration": [3], "held-out": [0]}
    unknown = dataclasses.replace(PROVENANCE, held_out=None)
    artifact = make_classifier(provenance=unknown, is_train=np.zeros(6, bool))
    assert (artifact.knows_parts, artifact.is_held_out.any()) == (False, False)


# What construction refuses

SHARE = PartMeasures(4, 0.5, 0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"latents": np.ones(6)}, "`latents` has shape (6,); a matrix is required; reshape it"),
        ({"weights": np.ones(4)}, "`weights` has shape (4,); a matrix is required; reshape it"),
        ({"samples": 0}, "`latents` has 0 samples; a rate is a share of at least one; add samples"),
        ({"dim": 0}, "there are 0 latent dimensions; at least one is required; add columns"),
        (
            {"classes": 1},
            "the number of classes is 1; at least two are required, since a classifier tells them apart; take other "
            "labels",
        ),
        ({"class_names": ()}, "the number of classes is 0; at least two are required"),
        (
            {"weights": np.ones((4, 2))},
            "`weights` has shape (4, 2); (4, 3) is required, one row for each latent dimension and the bias last, one "
            "column for each class; fit the classifier on these arrays",
        ),
        ({"latents": np.ones((6, 3), complex)}, "`latents` has dtype complex128; floats of 16, 32 or 64 bits or inte"),
        ({"latents": np.full((6, 3), np.nan)}, "`latents[0, 0]` is NaN; only finite numbers convert exactly"),
        ({"weights": np.full((4, 3), np.inf)}, "`weights[0, 0]` is +inf; only finite numbers convert exactly"),
        (
            {"labels": np.zeros(5, np.int64)},
            "`labels` has shape (5,) and dtype int64; (6,) and int64 are required, one entry for each sample; rebuild",
        ),
        ({"labels": np.zeros(6)}, "`labels` has shape (6,) and dtype float64; (6,) and int64 are required"),
        ({"labels": np.zeros(6, np.int32)}, "`labels` has shape (6,) and dtype int32; (6,) and int64 are required"),
        (
            {"labels": np.array([0, 1, 2, 3, 4, 0])},
            "`labels[3]` is 3; the number of a class, 0 to 2, is required; give every class a name",
        ),
        ({"labels": np.array([0, -1, 2, 0, 0, 0])}, "`labels[1]` is -1; the number of a class, 0 to 2, is required"),
        ({"is_train": np.ones(5, bool)}, "`is_train` has shape (5,) and dtype bool; (6,) and bool are required"),
        ({"is_calibration": np.ones(6, bool)}, "sample 1 is in the training part and in the calibration part; "),
        (
            {"provenance": dataclasses.replace(PROVENANCE, held_out=None)},
            "there is a training part, and no fraction that is held out; both or neither are required; give the",
        ),
        ({"class_names": ("a", "b", "a")}, "the class name 'a' is used twice; each class needs its own; rename one"),
        ({"class_names": ("a", "", "b")}, "class 1 has an empty name; each class needs its own; name it"),
        ({"class_names": ("a", "«", "b")}, "class name '«' contains '«'; a Lean name can hold neither control"),
        ({"class_names": ("a", "Bridge", "b")}, "class name 'Bridge' is a name that the export uses itself; names mu"),
        ({"class_names": ("a", 1, "b")}, "`class_names` is ('a', 1, 'b'); tuple[str, ...] is required; check the fit"),
        ({"label_name": ""}, "a label name is empty; a Lean namespace needs a name; give every label one"),
        (
            {"method": "forest"},
            "`method` is 'forest'; one of logistic, lda, svm, ridge-classifier, mean-difference, given is required; "
            "name weights that were made elsewhere `given`",
        ),
        (
            {"metrics": ClassifierMetrics(SHARE, SHARE, SHARE, SHARE)},
            "`metrics.calibration` is of 4 samples; measures of the 0 that there are in the part are required; measure",
        ),
        (
            {"fold": dataclasses.replace(FOLD, at_sample=6)},
            "the fold names a sample that is none of the 6; a number from 0 to 5 is required; compare it again",
        ),
        (
            {"fold": dataclasses.replace(FOLD, first_that_differ=(1, 6))},
            "the fold names a sample that is none of the 6; a number from 0 to 5 is required; compare it again",
        ),
        ({"rounding": Rounding(2, None, "0", None)}, "`weights[0, 0]` is "),
        ({"rounding": Rounding(None, 2, None, "0")}, "`latents[0, 0]` is "),
    ],
)
def test_construction_refuses(changed, message):
    if "metrics" not in changed and {"is_train"} & set(changed):
        changed = {**changed, "metrics": metrics_of(np.ones(6, bool), np.zeros(6, bool))}
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        make_classifier(**changed)


@pytest.mark.parametrize(
    ("record", "changed", "message"),
    [
        (SHARE, {"samples": -1}, "`samples` is -1; a whole number ≥ 0 is required; check the fit"),
        (SHARE, {"samples": 0.5}, "`samples` is 0.5; int is required; check the fit"),
        (SHARE, {"roc_auc": 1.5}, "`roc_auc` is 1.5; a number from 0 to 1 is required, or None; check the fit"),
        (SHARE, {"accuracy": -0.5}, "`accuracy` is -0.5; a number from 0 to 1 is required, or None; check the fit"),
        (SHARE, {"accuracy": float("nan")}, "`accuracy` is nan; a finite number is required, or None where it is"),
        (CONTROL, {"kind": "noise"}, "`kind` of a control is 'noise'; 'shuffled-labels' is required; check the fit"),
        (CONTROL, {"seed": -1}, "`seed` is -1; a whole number ≥ 0 is required; check the fit"),
        (CONTROL, {"train": 2.0}, "`train` is 2.0; a number from 0 to 1 is required, or None; check the fit"),
        (FOLD, {"largest_difference": "0.5"}, "`largest_difference` is '0.5'; 0 or a fraction such as 1/1024 is requi"),
        (FOLD, {"largest_difference": "1" * 5000}, f"`largest_difference` is '{'1' * 40}'; 0 or a fraction such as"),
        (FOLD, {"at_sample": -1}, "`at_sample` is -1; a whole number ≥ 0 is required; check the fit"),
        (
            FOLD,
            {"decisions_that_differ": 1},
            "`first_that_differ` has 2 entries; the first 10 of 1 samples are required, in order; check the fold",
        ),
        (FOLD, {"first_that_differ": (5, 1)}, "`first_that_differ` has 2 entries; the first 10 of 2 samples are"),
        (FOLD, {"first_that_differ": (1, 1)}, "`first_that_differ` has 2 entries; the first 10 of 2 samples are"),
    ],
)
def test_a_record_refuses_what_cannot_be(record, changed, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        dataclasses.replace(record, **changed)


def test_a_fold_names_ten_samples_at_most():
    assert len(Fold("Ridge", "0", 0, 25, tuple(range(10))).first_that_differ) == 10


def test_measures_are_had_by_part():
    metrics = metrics_of(np.arange(6) % 3 != 0, np.zeros(6, bool))
    assert {name: part.samples for name, part in metrics.parts.items()} == {
        "train": 4,
        "calibration": 0,
        "held_out": 2,
        "all": 6,
    }
