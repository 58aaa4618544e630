"""The linear classifier keeps scikit-learn's contract, and exports its weights and decisions as they are."""

import pickle
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import check_estimator

from bridge import LinearClassifier
from bridge.artifact.file import load_classifier
from bridge.base.errors import BridgeWarning, InputError
from bridge.check.verify import verify
from bridge.exact.decisions import exact_decisions
from bridge.probe.classifiers import CLASSIFIERS

FLOWERS, KIND = load_iris(return_X_y=True)
NAMED = np.array(["setosa", "versicolor", "virginica"])[KIND]
TWO = KIND < 2
IS_NEW = np.arange(150) % 3 == 0

pytestmark = pytest.mark.filterwarnings("ignore:.*has not converged:bridge.base.errors.BridgeWarning")


def artifact_of(folder, classifier, Z, y, **options):
    """The artifact of an export, read back from its file."""
    export = classifier.export(folder / "Mine.lean", Z, y, **options)
    stored = load_classifier(folder / "Mine.safetensors")
    assert stored.sha256 == export.stored.sha256
    assert verify(export.root, stored).ok
    return stored.artifact


# scikit-learn's contract


@pytest.mark.filterwarnings("ignore::bridge.base.errors.BridgeWarning")
@pytest.mark.parametrize("method", CLASSIFIERS)
def test_scikit_learn_finds_a_classifier_that_keeps_its_contract(method):
    outcomes = check_estimator(LinearClassifier(method), on_skip=None)
    checks = {outcome["check_name"] for outcome in outcomes if outcome["status"] == "passed"}
    assert len(checks) > 40
    assert {"check_classifiers_classes", "check_classifiers_one_label", "check_n_features_in"} <= checks


REFERENCES = {
    "logistic": LogisticRegression,
    "lda": LinearDiscriminantAnalysis,
    "svm": lambda: LinearSVC(random_state=0),
    "ridge-classifier": RidgeClassifier,
}


@pytest.mark.parametrize("labels", [KIND, NAMED], ids=["integers", "texts"])
@pytest.mark.parametrize("rows", [slice(None), TWO], ids=["three classes", "two"])
@pytest.mark.parametrize("method", REFERENCES)
def test_the_fit_is_scikit_learn_s_with_its_defaults(method, rows, labels):
    Z, y = FLOWERS[rows] - 3, labels[rows]
    classifier, reference = LinearClassifier(method).fit(Z, y), REFERENCES[method]().fit(Z, y)
    assert np.array_equal(classifier.classes_, reference.classes_)
    assert np.array_equal(classifier.coef_, np.atleast_2d(reference.coef_))
    assert np.array_equal(classifier.intercept_, np.atleast_1d(reference.intercept_))
    assert np.array_equal(classifier.decision_function(Z), reference.decision_function(Z))
    assert np.array_equal(classifier.predict(Z), reference.predict(Z))
    assert classifier.score(Z, y) == accuracy_score(y, reference.predict(Z))
    assert classifier.weights_.shape == (5, len(classifier.classes_))


def test_the_difference_of_means_decides_for_the_nearest_mean():
    for rows in (TWO, slice(None)):
        Z, y = FLOWERS[rows], NAMED[rows]
        expected = NearestCentroid().fit(Z, y).predict(Z)
        assert np.array_equal(LinearClassifier("mean-difference").fit(Z, y).predict(Z), expected)


@pytest.mark.parametrize(
    "labels", [TWO, TWO * 2 - 1, np.where(TWO, "b", "a"), pd.Series(np.where(TWO, "b", "a"), dtype="category")]
)
def test_two_classes_of_any_type_are_told_apart_by_the_sign(labels):
    classifier = LinearClassifier().fit(FLOWERS, labels)
    assert not classifier.weights_[:, 0].any()
    values = classifier.decision_function(FLOWERS)
    assert values.shape == (150,)
    assert np.array_equal(classifier.predict(FLOWERS), classifier.classes_[(values > 0).astype(int)])
    assert classifier.predict(FLOWERS).dtype == classifier.classes_.dtype


@pytest.mark.parametrize("labels", [["b", "a"], ["c", "b", "a"]])
def test_a_tie_is_decided_for_the_first_class(labels):
    Z = np.eye(len(labels)) if len(labels) > 2 else np.array([[-1.0], [1.0]])
    classifier = LinearClassifier("mean-difference").fit(Z, labels)
    middle = np.zeros((1, Z.shape[1]))
    assert not np.diff(classifier.decision_function(middle)).any()
    assert classifier.predict(middle) == ["a"]


def test_it_is_cloned_searched_and_part_of_a_pipeline():
    search = GridSearchCV(
        make_pipeline(StandardScaler(), LinearClassifier()), {"linearclassifier__method": ["lda", "svm"]}
    )
    assert search.fit(FLOWERS, NAMED).best_score_ > 0.9
    assert len(cross_val_score(LinearClassifier("lda"), FLOWERS, KIND, cv=3)) == 3
    assert clone(LinearClassifier("svm").fit(FLOWERS, KIND)).get_params() == {"method": "svm"}


def test_names_of_columns_are_kept_and_others_refused():
    table = pd.DataFrame(FLOWERS, columns=list("wxyz"))
    classifier = LinearClassifier("lda").fit(table, pd.Series(NAMED, name="kind"))
    assert (classifier.feature_names_in_.tolist(), classifier.label_name_) == (list("wxyz"), "kind")
    with pytest.raises(ValueError, match="must be in the same order"):
        classifier.predict(table[list("zyxw")])


def test_tensors_of_few_bits_are_their_numbers():
    plain = LinearClassifier("lda").fit(FLOWERS.astype(np.float32), KIND)
    tensor = LinearClassifier("lda").fit(torch.tensor(FLOWERS).float().requires_grad_(), torch.tensor(KIND))
    assert np.array_equal(plain.weights_, tensor.weights_)
    assert np.array_equal(plain.predict(FLOWERS), tensor.predict(torch.tensor(FLOWERS)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LinearClassifier("knn").fit(FLOWERS, KIND), "the method is 'knn'; one of logistic, lda, svm, "),
        (lambda: LinearClassifier(None).fit(FLOWERS, KIND), "the method is None; "),
        (
            lambda: LinearClassifier().fit(FLOWERS, np.full(150, "a")),
            "the labels are of one class, 'a'; at least two classes are required, since a classifier tells them apart; "
            "add samples of another",
        ),
        (lambda: LinearClassifier().fit(scipy.sparse.csr_array(FLOWERS), KIND), "`X` is a sparse matrix; "),
        (
            lambda: LinearClassifier().fit(
                pd.DataFrame(FLOWERS, [f"s{row}" for row in range(150)]),
                pd.Series(KIND, [f"s{row}" for row in range(150)][::-1]),
            ),
            "`X` and `y` have rows of different labels or in another order; ",
        ),
    ],
)
def test_input_that_cannot_be_fitted_is_refused_in_one_line(call, message):
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value).startswith(message)


def test_scores_in_the_place_of_labels_are_refused():
    with pytest.raises(ValueError, match="Unknown label type"):
        LinearClassifier().fit(FLOWERS, FLOWERS[:, 0])


# The export


@pytest.mark.parametrize("rows", [slice(None), TWO], ids=["three classes", "two"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_an_export_holds_the_samples_and_weights_bit_for_bit(tmp_path, dtype, rows):
    Z, y = FLOWERS[rows].astype(dtype), NAMED[rows]
    classifier = LinearClassifier("lda").fit(Z, y)
    artifact = artifact_of(tmp_path, classifier, Z, y, label_name="kind", source="flowers")
    assert (artifact.latents.dtype, artifact.latents.tobytes()) == (Z.dtype, Z.tobytes())
    assert artifact.weights.tobytes() == classifier.weights_.tobytes()
    assert artifact.class_names == tuple(np.unique(y))
    assert np.array_equal(np.array(artifact.class_names)[artifact.labels], y)
    assert (artifact.label_name, artifact.method, artifact.provenance.dataset) == ("kind", "lda", "flowers")
    assert artifact.is_binary == (len(artifact.class_names) == 2)
    assert artifact.metrics.all.accuracy == classifier.score(Z, y)


def test_an_export_says_how_far_predictions_in_floats_are_from_the_exact_decisions(tmp_path):
    classifier = LinearClassifier("ridge-classifier").fit(FLOWERS, KIND)
    fold = artifact_of(tmp_path, classifier, FLOWERS, KIND).fold
    assert fold.estimator == "LinearClassifier"
    assert 0 < Fraction(fold.largest_difference) < Fraction(1, 10**12)
    exact = exact_decisions(FLOWERS, classifier.weights_).predicted
    assert fold.decisions_that_differ == (exact != classifier.predict(FLOWERS)).sum() == 0


def test_classes_and_labels_are_named_after_the_columns_unless_names_are_given(tmp_path):
    classifier = LinearClassifier("lda").fit(FLOWERS, pd.Series(KIND, name="kind"))
    artifact = artifact_of(tmp_path, classifier, FLOWERS, KIND)
    assert (artifact.label_name, artifact.class_names) == ("kind", ("0", "1", "2"))
    artifact = artifact_of(tmp_path, classifier, FLOWERS, KIND, names=["a", "b", "c"], label_name="flower")
    assert (artifact.label_name, artifact.class_names) == ("flower", ("a", "b", "c"))
    assert np.array_equal(artifact.labels, KIND)
    named = artifact_of(tmp_path, classifier, FLOWERS, np.array(["a", "b", "c"])[KIND], names=["a", "b", "c"])
    assert np.array_equal(named.labels, KIND)


def test_samples_of_the_fit_are_the_training_part_and_the_others_held_out(tmp_path):
    Z, rows = np.unique(FLOWERS, axis=0, return_index=True)
    y, is_new = NAMED[rows], np.arange(len(Z)) % 3 == 0
    classifier = LinearClassifier("lda").fit(Z[~is_new], y[~is_new])
    artifact = artifact_of(tmp_path, classifier, Z, y)
    assert np.array_equal(artifact.is_train, ~is_new)
    assert np.array_equal(artifact.is_held_out, is_new)
    assert not artifact_of(tmp_path, classifier, Z[is_new], y[is_new]).knows_parts
    told = artifact_of(tmp_path, classifier, Z[is_new], y[is_new], is_train=np.zeros(is_new.sum(), bool))
    assert told.is_held_out.all()
    half = artifact_of(tmp_path, classifier, Z[is_new], y[is_new], is_calibration=np.arange(is_new.sum()) < 9)
    assert half.is_calibration.sum() == 9
    with pytest.raises(InputError, match=r"^sample 1 is in the calibration part and has the numbers of a sample that "):
        classifier.export(tmp_path / "Mine.lean", Z, y, is_calibration=np.arange(len(Z)) < 5)


def test_the_same_point_with_another_label_is_another_sample(tmp_path):
    Z, y = np.arange(8.0)[:, None], np.arange(8) > 3
    classifier = LinearClassifier("lda").fit(Z, y)
    artifact = artifact_of(tmp_path, classifier, np.vstack([Z, Z[:1]]), np.append(y, True))
    assert artifact.is_train.tolist() == [True] * 8 + [False]


BAD_EXPORTS = {
    "a class that it does not know": (
        {"y": np.append(NAMED[1:], "rose")},
        "the labels have 'rose', a class that LinearClassifier does not know; ['setosa', 'versicolor', 'virginica'] "
        "are required; leave these samples out, or pass labels as in its fit",
    ),
    "no sample of a class": (
        {"Z": FLOWERS[TWO], "y": NAMED[TWO]},
        "no sample has the label 'virginica', a class that LinearClassifier knows; samples of each of its 3 classes "
        "are required; add some, or, if none is meant to be there, pass the names of all classes as names=[…]",
    ),
    "too few names": ({"names": ["a", "b"]}, "`names` has 2 entries; a list of 3 texts, one for each class, is "),
    "a text for names": ({"names": "abc"}, "`names` is 'abc'; a list of 3 texts, one for each class, is required; "),
    "a name used twice": ({"names": ["a", "a", "b"]}, "the class name 'a' is used twice; "),
    "another number of columns": ({"Z": FLOWERS[:, :3]}, "the latents do not have the columns of the fit (X has 3 "),
    "a vector": ({"Z": FLOWERS[:, 0]}, "the latents have shape (150,), and LinearClassifier takes 4 columns; "),
    "sparse latents": ({"Z": scipy.sparse.csr_array(FLOWERS)}, "`latents` is a sparse matrix; "),
    "texts": ({"Z": FLOWERS.astype(str)}, "`latents` has dtype <U32; "),
    "NaN": ({"Z": np.where(FLOWERS > 7, np.nan, FLOWERS)}, "`latents[102, 0]` is NaN; "),
    "too few labels": ({"y": NAMED[:149]}, "`labels` has 149 rows and the latents 150; "),
    "no labels but scores": ({"y": FLOWERS[:, 0]}, "`labels[0]` is 5.1, which is no whole number; "),
    "a mask of another length": ({"is_train": [True]}, "`is_train` has shape (1,) and dtype bool; "),
    "a source that is no text": ({"source": 1}, "`source` is 1; "),
    "no path": ({"path": None}, "the path is None; "),
    "a root file that is no Lean module": ({"path": "mine.lean"}, "'mine.lean' cannot name an export; "),
    "a part that there is not": ({"over": "test"}, "`over` is 'test'; one of all, train, calibration, held-out is "),
    "a flag that is none": ({"roc_auc": "yes"}, "`roc_auc` is 'yes'; True or False is required; "),
    "force that is none": ({"force": "yes"}, "`force` is 'yes'; "),
}  # fmt: skip


@pytest.mark.parametrize(("options", "message"), BAD_EXPORTS.values(), ids=BAD_EXPORTS.keys())
def test_an_argument_that_does_not_fit_is_refused_by_the_export(tmp_path, options, message):
    classifier = LinearClassifier("lda").fit(FLOWERS, NAMED)
    arguments = {"path": tmp_path / "Mine.lean", "Z": FLOWERS, "y": NAMED, **options}
    with pytest.raises(InputError) as caught:
        classifier.export(**arguments)
    assert str(caught.value).startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_a_class_without_a_sample_is_exported_if_all_names_are_given(tmp_path):
    classifier = LinearClassifier("lda").fit(FLOWERS, NAMED)
    artifact = artifact_of(tmp_path, classifier, FLOWERS[TWO], NAMED[TWO], names=["setosa", "versicolor", "virginica"])
    assert artifact.class_count == 3
    assert artifact.labels.max() == 1


def test_a_classifier_that_was_not_fitted_is_not_exported(tmp_path):
    with pytest.raises(ValueError, match="not fitted yet"):
        LinearClassifier().export(tmp_path / "Mine.lean", FLOWERS, KIND)


def test_what_was_changed_after_the_fit_is_predicted_with_and_not_exported(tmp_path):
    classifier = LinearClassifier("lda").fit(FLOWERS, KIND)
    classifier.set_params(method="svm")
    assert artifact_of(tmp_path, classifier, FLOWERS, KIND).method == "lda"
    classifier.weights_ = classifier.weights_[:, ::-1]
    assert (classifier.predict(FLOWERS) != KIND).any()
    with pytest.raises(InputError) as caught:
        classifier.export(tmp_path / "Mine.lean", FLOWERS, KIND)
    assert str(caught.value) == (
        "`weights_` or another attribute is not what the fit has left; an export says how its weights were fitted; fit "
        "again, or pass weights of your own to bridge.export_probe, in an estimator or a file"
    )


def test_a_classifier_that_was_stored_exports_the_same_bytes(tmp_path):
    classifier = LinearClassifier("lda").fit(FLOWERS, NAMED)
    exports = [each.export(tmp_path / "Mine.lean", FLOWERS, NAMED).stored.sha256 for each in
               (classifier, pickle.loads(pickle.dumps(classifier)))]  # fmt: skip
    assert exports[0] == exports[1]


def test_a_fit_that_has_not_converged_is_warned_of():
    Z, y = load_breast_cancer(return_X_y=True)
    with pytest.warns(BridgeWarning, match=r"^the fit by logistic has not converged "):
        LinearClassifier().fit(Z, y)
