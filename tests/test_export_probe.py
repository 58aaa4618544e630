"""A fitted estimator is exported as the functionals that it is, over labels or scores, or refused by name."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import safetensors.numpy
import scipy.sparse
import torch
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, RidgeClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from skops.io import dump

from bridge import LinearClassifier, LinearProbe, export_probe
from bridge.artifact.file import load_artifact, load_classifier
from bridge.base.errors import BridgeWarning, InputError
from bridge.check.verify import verify
from bridge.exact.decisions import exact_decisions
from bridge.exact.residuals import exact_residuals
from bridge.export.classification.claims.ranking import RankingClaim
from bridge.report.decisions import classifier_export_record, classifier_lines
from bridge.sources.networks import network_module
from support.pixels import float_latents, make_images, make_layers

WINE, CULTIVAR = load_wine(return_X_y=True)
CELLS, BENIGN = load_breast_cancer(return_X_y=True)
DIAGNOSIS = np.where(BENIGN, "benign", "malignant")
SCORES = WINE[:, :2]
Z = WINE[:, 2:]


def classifier_of(folder, *arguments, **options):
    """The artifact of an export, read back from its file, after a look at the Lean files."""
    export = export_probe(*arguments, folder / "Mine.lean", **options)
    stored = load_classifier(folder / "Mine.safetensors")
    assert verify(export.root, stored).ok
    return stored.artifact


def regressor_of(folder, *arguments, **options):
    export = export_probe(*arguments, folder / "Mine.lean", **options)
    stored = load_artifact(folder / "Mine.safetensors")
    assert verify(export.root, stored).ok
    return stored.artifact, export


def test_a_regressor_on_latents_of_images_is_exported_with_the_images_and_the_encoder(tmp_path):
    images, layers = make_images(20), make_layers(42, 4, 3)
    latents, height = float_latents(layers, images), images.sum(axis=(1, 2)).astype(float)
    model = LinearRegression().fit(latents, height)
    options = {"names": ["height"], "images": images, "encoder": network_module(layers)}
    export_probe(model, latents, height, tmp_path / "Mine.lean", **options)
    pixels = load_artifact(tmp_path / "Mine.safetensors").artifact.pixels
    np.testing.assert_array_equal(pixels.images, images)
    assert pixels.scored == ()
    with pytest.raises(
        InputError, match=r"^`images` is array.* for a classifier; it is of use for a regressor alone; "
    ):
        export_probe(
            LogisticRegression().fit(latents, height > 3e3), latents, height > 3e3, tmp_path / "A.lean", **options
        )


# Classifiers


def test_a_pipeline_is_exported_with_its_fold_and_its_decisions(tmp_path):
    pipeline = make_pipeline(StandardScaler(), PCA(5, whiten=True), LogisticRegression()).fit(CELLS, DIAGNOSIS)
    export = export_probe(pipeline, CELLS, DIAGNOSIS, tmp_path / "Mine.lean", label_name="diagnosis", source="cells")
    artifact = export.stored.artifact
    assert (artifact.is_binary, artifact.threshold, artifact.method) == (True, 0.0, "given")
    assert (artifact.class_names, artifact.label_name) == (("benign", "malignant"), "diagnosis")
    assert artifact.latents.tobytes() == CELLS.tobytes()
    assert artifact.fold.estimator == "Pipeline(StandardScaler, PCA, LogisticRegression)"
    assert 0 < Fraction(artifact.fold.largest_difference) < Fraction(1, 10**9)
    assert artifact.fold.decisions_that_differ == 0
    assert artifact.metrics.all.accuracy == pipeline.score(CELLS, DIAGNOSIS)
    assert not artifact.knows_parts
    assert artifact.provenance.dataset == "cells"
    assert verify(export.root, load_classifier(tmp_path / "Mine.safetensors")).ok
    assert artifact.fold.line in " ".join("".join(file.read_text() for file in export.files).split())
    assert next(classifier_lines(export)) == artifact.fold.line
    assert classifier_export_record(export)["fold"] == artifact.fold.record()


@pytest.mark.parametrize(
    "labels", [CULTIVAR, CULTIVAR + 5, np.array(["a", "ß", "日本"])[CULTIVAR]], ids=["integers", "others", "texts"]
)
def test_several_classes_are_those_of_the_estimator_in_its_order(tmp_path, labels):
    estimator = make_pipeline(StandardScaler(), RidgeClassifier()).fit(WINE, labels)
    artifact = classifier_of(tmp_path, estimator, WINE, labels)
    assert artifact.class_names == tuple(map(str, estimator.classes_))
    assert np.array_equal(artifact.labels, CULTIVAR)
    predicted = exact_decisions(artifact.latents, artifact.weights).predicted
    assert np.array_equal(estimator.classes_[predicted], estimator.predict(WINE))


@pytest.mark.parametrize("dtype", [">f8", "float32", "float16"])
def test_latents_of_any_type_are_kept(tmp_path, dtype):
    latents = WINE.astype(dtype)
    estimator = make_pipeline(StandardScaler(), LogisticRegression()).fit(latents, CULTIVAR)
    artifact = classifier_of(tmp_path, estimator, latents, CULTIVAR)
    assert np.array_equal(artifact.latents, latents)


def test_parts_are_those_that_are_given(tmp_path):
    is_train, is_calibration = np.arange(178) % 2 == 0, np.arange(178) % 4 == 1
    estimator = make_pipeline(StandardScaler(), RidgeClassifier()).fit(WINE[is_train], CULTIVAR[is_train])
    artifact = classifier_of(tmp_path, estimator, WINE, CULTIVAR, is_train=is_train, is_calibration=is_calibration)
    assert np.array_equal(artifact.is_train, is_train)
    assert np.array_equal(artifact.is_calibration, is_calibration)
    assert artifact.metrics.held_out.samples == 44
    known = classifier_of(tmp_path, estimator, WINE, CULTIVAR, is_calibration=is_calibration)
    assert not known.knows_parts


def test_a_threshold_stands_in_the_column_of_the_first_class(tmp_path):
    estimator = make_pipeline(StandardScaler(), RidgeClassifier()).fit(CELLS, DIAGNOSIS)
    artifact = classifier_of(tmp_path, estimator, CELLS, DIAGNOSIS, threshold=np.float32(0.25))
    assert (artifact.threshold, artifact.fold.decisions_that_differ) == (0.25, 0)
    expected = estimator.decision_function(CELLS) > 0.25
    assert np.array_equal(exact_decisions(artifact.latents, artifact.weights).predicted, expected)


def test_classes_get_other_names(tmp_path):
    estimator = RidgeClassifier().fit(WINE, CULTIVAR)
    artifact = classifier_of(tmp_path, estimator, WINE, CULTIVAR, names=["Barolo", "Grignolino", "Barbera"])
    assert artifact.class_names == ("Barolo", "Grignolino", "Barbera")
    assert np.array_equal(artifact.labels, CULTIVAR)


def test_tables_give_their_names_and_one_hot_labels_their_columns(tmp_path):
    table, labels = pd.DataFrame(WINE).add_prefix("z"), pd.Series(CULTIVAR, name="cultivar")
    estimator = make_pipeline(StandardScaler(), RidgeClassifier()).fit(table, labels)
    artifact = classifier_of(tmp_path, estimator, table, labels)
    assert (artifact.label_name, artifact.fold.decisions_that_differ) == ("cultivar", 0)
    hot = classifier_of(tmp_path, estimator, table, np.eye(3, dtype=int)[CULTIVAR])
    assert np.array_equal(hot.labels, CULTIVAR)


def test_a_classifier_of_our_own_is_one_as_any_other(tmp_path):
    pipeline = make_pipeline(StandardScaler(), LinearClassifier("lda")).fit(WINE, CULTIVAR)
    artifact = classifier_of(tmp_path, pipeline, WINE, CULTIVAR)
    assert artifact.fold.estimator == "Pipeline(StandardScaler, LinearClassifier)"
    assert artifact.fold.decisions_that_differ == 0
    binary = LinearClassifier("mean-difference").fit(CELLS, DIAGNOSIS)
    assert np.array_equal(classifier_of(tmp_path, binary, CELLS, DIAGNOSIS).weights, binary.weights_)


# Layers


def layer(outputs, dim=13):
    torch.manual_seed(1)
    return torch.nn.Linear(dim, outputs, dtype=torch.float64)


def test_a_layer_of_several_outputs_decides_by_the_largest(tmp_path):
    artifact = classifier_of(tmp_path, layer(3), torch.tensor(WINE), torch.tensor(CULTIVAR))
    assert np.array_equal(artifact.weights[:-1].T, layer(3).weight.detach().numpy())
    assert (artifact.class_names, artifact.fold.estimator) == (("0", "1", "2"), "Linear")
    two = classifier_of(tmp_path, layer(2), WINE, CULTIVAR > 0)
    assert (two.is_binary, two.class_names) == (False, ("False", "True"))
    hot = classifier_of(tmp_path, layer(3), WINE, pd.DataFrame(np.eye(3, dtype=int)[CULTIVAR], columns=list("abc")))
    assert hot.class_names == ("a", "b", "c")


def test_a_layer_of_two_outputs_decides_by_their_difference_and_is_ranked_by_it(tmp_path):
    two = torch.nn.Linear(4, 2)
    latents = CELLS[:, :4].astype(np.float32) / 100
    with torch.no_grad():
        # What the two have in common decides nothing, but each value alone is ordered by it.
        two.weight.copy_(torch.tensor([[3.1, 3, 3, 3], [2.9, 3, 3, 3]]))
    weight, bias = (each.detach().double().numpy() for each in (two.weight, two.bias))
    values = latents.astype(np.float64) @ weight.T + bias
    export = export_probe(two, latents, DIAGNOSIS, tmp_path / "Two.lean", names=["malignant", "benign"], roc_auc=True)
    artifact = export.stored.artifact
    assert (artifact.is_binary, artifact.threshold) == (True, 0.0)
    assert np.array_equal(artifact.weights[:, 1], np.append(weight[1] - weight[0], bias[1] - bias[0]))
    assert artifact.fold.decisions_that_differ == 0
    assert Fraction(artifact.fold.largest_difference) < 1e-3
    expected = roc_auc_score(artifact.labels, values[:, 1] - values[:, 0])
    assert artifact.metrics.all.roc_auc == pytest.approx(expected, rel=1e-12)
    assert expected > 0.9 > 0.1 > roc_auc_score(artifact.labels, values[:, 1])
    [ranking] = [claim for claim in export.certificate.claims if isinstance(claim, RankingClaim)]
    assert [(each.number, float(each.area)) for each in ranking.classes] == [(1, artifact.metrics.all.roc_auc)]


def test_two_outputs_whose_difference_no_float_has_stay_two(tmp_path):
    two = torch.nn.Linear(2, 2, bias=False)
    with torch.no_grad():
        two.weight.copy_(torch.tensor([[1.0, 2.0], [2.0**-60, 1.0]]))
    artifact = classifier_of(tmp_path, two, np.arange(12.0).reshape(6, 2), np.arange(6) % 2)
    assert not artifact.is_binary
    assert np.array_equal(artifact.weights[:-1].T, two.weight.detach().numpy())


def test_two_columns_of_weights_in_a_file_are_one_functional_too(tmp_path):
    weights = np.array([[0.1, -3.7], [5.3, 0.7], [1.1, 0.3]], np.float32)
    np.savez(tmp_path / "two.npz", weights)
    artifact = classifier_of(tmp_path, f"{tmp_path}/two.npz", np.arange(12.0).reshape(6, 2), np.arange(6) % 2)
    assert artifact.is_binary
    assert np.array_equal(artifact.weights[:, 1], weights[:, 1].astype(float) - weights[:, 0])


def test_a_layer_of_one_output_is_a_classifier_over_labels_and_a_regressor_over_scores(tmp_path):
    artifact = classifier_of(tmp_path, layer(1), WINE, (CULTIVAR == 1).astype(int), threshold=2.0)
    assert (artifact.is_binary, artifact.threshold) == (True, 2.0)
    regressor, export = regressor_of(tmp_path, layer(1), WINE, SCORES[:, 0], names=["alcohol"])
    assert np.array_equal(regressor.weights, artifact.weights[:, 1:])
    assert export.predictions[0].is_explained


def test_names_say_which_output_of_a_layer_is_of_which_class(tmp_path):
    names = ["cherry", "apple", "banana"]
    labels = np.array(names)[CULTIVAR]
    for given in (labels, CULTIVAR):
        artifact = classifier_of(tmp_path, layer(3), WINE, given, names=names)
        assert artifact.class_names == tuple(names)
        assert np.array_equal(artifact.labels, CULTIVAR)
    turned = classifier_of(tmp_path, layer(3), WINE, CULTIVAR, names=["1", "0", "2"])
    assert np.array_equal(turned.labels, np.array([1, 0, 2])[CULTIVAR])
    signs = classifier_of(tmp_path, layer(1), WINE, np.where(CULTIVAR, 1, -1), names=["-1", "1"])
    assert np.array_equal(signs.labels, CULTIVAR > 0)


# Regressors


def test_a_regressor_is_exported_over_its_scores_with_how_far_its_predictions_are(tmp_path):
    pipeline = make_pipeline(StandardScaler(), PCA(4), Ridge()).fit(Z, SCORES)
    artifact, export = regressor_of(
        tmp_path, pipeline, Z, pd.DataFrame(SCORES, columns=["alcohol", "acid"]), units=["%", None], with_r_squared=True
    )
    assert (artifact.concept_names, artifact.concept_units) == (("alcohol", "acid"), ("%", ""))
    assert export.certificate.concepts[0].others
    residuals = exact_residuals(Z, pipeline.predict(Z), artifact.weights)
    assert [one.largest for one in export.predictions] == [residuals.sup_error(column).value for column in range(2)]
    assert all(one.is_explained for one in export.predictions)


def test_parts_of_a_regressor_are_listed_as_asked_for(tmp_path):
    is_train = np.arange(178) < 100
    is_calibration = np.arange(178) >= 150
    estimator = LinearRegression().fit(Z[is_train], SCORES[is_train, 0])
    artifact, export = regressor_of(
        tmp_path, estimator, Z, SCORES[:, 0], is_train=is_train, is_calibration=is_calibration, over="calibration",
        alpha="0.1",
    )  # fmt: skip
    assert np.array_equal(artifact.is_train, is_train)
    assert export.certificate.samples.size == 28


def test_a_probe_of_our_own_is_a_regressor_as_any_other(tmp_path):
    probe = LinearProbe(lam=1.0).fit(Z, SCORES)
    artifact, _ = regressor_of(tmp_path, probe, Z, SCORES, names=["a", "b"])
    assert np.array_equal(artifact.weights, probe.weights_)
    pipeline = make_pipeline(StandardScaler(), LinearProbe(lam=1.0)).fit(Z, SCORES)
    _, export = regressor_of(tmp_path, pipeline, Z, SCORES)
    assert all(one.is_explained for one in export.predictions)


def test_predictions_that_are_not_those_of_the_weights_are_warned_of(tmp_path):
    estimator = Ridge().fit(Z, SCORES[:, 0])
    estimator.predict = lambda latents: np.zeros(len(latents))
    with pytest.warns(BridgeWarning, match=r"^the predictions of 'concept 1' differ from w · z \+ b by at most "):
        export_probe(estimator, Z, SCORES[:, 0], tmp_path / "Mine.lean")


# Files


def test_an_estimator_in_a_file_of_skops_is_the_estimator(tmp_path):
    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(WINE, CULTIVAR)
    dump(fitted, tmp_path / "model.skops")
    expected = classifier_of(tmp_path, fitted, WINE, CULTIVAR)
    for path in (tmp_path / "model.skops", str(tmp_path / "model.skops")):
        found = classifier_of(tmp_path, path, WINE, CULTIVAR)
        assert np.array_equal(found.weights, expected.weights)
        assert found.fold == expected.fold


def test_weights_in_a_file_are_a_classifier_over_labels_and_a_regressor_over_scores(tmp_path):
    state = {name: value.numpy() for name, value in layer(3).state_dict().items()}
    safetensors.numpy.save_file(state, tmp_path / "layer.safetensors")
    several = classifier_of(tmp_path, tmp_path / "layer.safetensors", WINE, CULTIVAR)
    assert np.array_equal(several.weights, np.vstack([state["weight"].T, state["bias"]]))
    assert several.fold is None
    np.savez(tmp_path / "one.npz", coef_=state["weight"][0], intercept_=0.5)
    for labels in (CULTIVAR == 1, np.where(CULTIVAR == 1, "yes", "no")):
        names = None if labels.dtype == bool else ["no", "yes"]
        one = classifier_of(tmp_path, f"{tmp_path}/one.npz", WINE, labels, names=names, threshold=2)
        assert (one.is_binary, one.threshold) == (True, 2.0)
        assert np.array_equal(one.weights[:, 1], [*state["weight"][0], 0.5])
    regressor, export = regressor_of(tmp_path, tmp_path / "one.npz", WINE, SCORES[:, 0])
    assert (np.array_equal(regressor.weights[:, 0], one.weights[:, 1]), export.predictions) == (True, ())


def test_weights_alone_are_compared_with_nothing(tmp_path):
    np.save(tmp_path / "W.npy", np.ones((14, 3)))
    export = export_probe(tmp_path / "W.npy", WINE, CULTIVAR, tmp_path / "Mine.lean")
    assert classifier_export_record(export)["fold"] is None
    assert not any("exact ones" in line for line in classifier_lines(export))
    assert "exact ones" not in "".join(file.read_text() for file in export.files)


def test_a_file_that_is_read_is_never_replaced(tmp_path):
    safetensors.numpy.save_file({"W": np.zeros((12, 2))}, tmp_path / "Mine.safetensors")
    with pytest.raises(InputError, match=r"Mine\.safetensors is an input of this command; inputs are never replaced; "):
        export_probe(tmp_path / "Mine.safetensors", Z, SCORES, tmp_path / "Mine.lean", force=True)


# What is refused

FITTED = RidgeClassifier().fit(WINE, CULTIVAR)
RIDGE = Ridge().fit(WINE, SCORES)

REFUSED = {
    "sample weights": (
        {"sample_weight": np.ones(178)},
        "there are sample weights; counts and errors are of samples that count once each; leave `sample_weight` out, "
        "or pass a sample as often as it is to count",
    ),
    "unfitted": ({"estimator": LogisticRegression()}, "LogisticRegression is not fitted; "),
    "a kernel": ({"estimator": SVC().fit(WINE, CULTIVAR)}, "SVC has the kernel 'rbf', which is not affine; "),
    "a tree": ({"estimator": DecisionTreeClassifier()}, "DecisionTreeClassifier is not affine in the latents, or not "),
    "calibrated": ({"estimator": CalibratedClassifierCV()}, "CalibratedClassifierCV holds other estimators; "),
    "sparse latents": ({"latents": scipy.sparse.csr_array(WINE)}, "`latents` is a sparse matrix; "),
    "texts as latents": ({"latents": WINE.astype(str)}, "`latents` has dtype <U32; "),
    "NaN": ({"latents": np.where(WINE > 1600, np.nan, WINE)}, "`latents[18, 12]` is NaN; "),
    "a vector": ({"latents": WINE[:, 0]}, "`latents` has shape (178,); a matrix is required; reshape it"),
    "another number of columns": (
        {"latents": Z},
        "the latents have shape (178, 11), and RidgeClassifier takes 13 columns; (N, 13) is required; pass the latents "
        "that it was fitted on, or new ones with the same columns",
    ),
    "a label that the estimator does not know": (
        {"labels_or_scores": CULTIVAR + 1},
        "the labels have '3', a class that RidgeClassifier does not know; ['0', '1', '2'] are required; leave these "
        "samples out, or pass labels as in its fit",
    ),
    "a class that the labels do not know": (
        {"labels_or_scores": np.minimum(CULTIVAR, 1)},
        "no sample has the label '2', a class that RidgeClassifier knows; samples of each of its 3 classes are "
        "required; add some, or, if none is meant to be there, pass the names of all classes as names=[…]",
    ),
    "one class": (
        {"labels_or_scores": np.zeros(178, int)},
        "the labels have the one class '0'; at least two classes are required; add samples of another",
    ),
    "scores for a classifier": ({"labels_or_scores": SCORES[:, 0]}, "`labels[0]` is 14.23, which is no whole number; "),
    "several labels at once": (
        {"labels_or_scores": np.column_stack([CULTIVAR > 0, CULTIVAR > 1])},
        "`labels[0]` has no 1; one 1 in each row, and 0 for the other classes, are required ",
    ),
    "texts for a regressor": (
        {"estimator": RIDGE, "labels_or_scores": np.full((178, 2), "a")},
        "`scores` has dtype <U1; ",
    ),
    "fewer scores than predictions": (
        {"estimator": RIDGE, "labels_or_scores": SCORES[:, 0]},
        "the scores have shape (178,), and Ridge predicts 2; a score for each prediction is required; pass the scores "
        "that it was fitted on, or new ones of the same concepts",
    ),
    "labels of a layer that are texts": (
        {"estimator": layer(3), "labels_or_scores": np.array(["a", "b", "c"])[CULTIVAR]},
        "the labels are texts, such as 'a', and Linear does not say which of its 3 classes is which; their names in "
        "the order of its outputs are required; pass names=[…]",
    ),
    "a class number beyond the outputs": (
        {"estimator": layer(2)},
        "the labels have '2', a class that Linear does not know; ['0', '1'] are required; ",
    ),
    "weights in a file of another shape": (
        {"estimator": "W.npy"},
        "W.npy has shape (14, 2); (14, 3) is required for 13 latent dimensions and 3 concepts, ",
    ),
    "a pickle": ({"estimator": "model.joblib"}, "model.joblib is a pickle, which runs whatever code is in it "),
    "units of a classifier": (
        {"units": ["m"]},
        "`units` is ['m'] for a classifier; it is of use for a regressor alone; leave `units=…` out",
    ),
    "a threshold of a regressor": (
        {"estimator": RIDGE, "labels_or_scores": SCORES, "threshold": 1},
        "`threshold` is 1.0 for a regressor; it is of use for a classifier alone; leave `threshold=…` out",
    ),
    "a threshold that is none": (
        {"threshold": np.nan},
        "`threshold` is nan; a finite number is required; choose 0.0, ",
    ),
    "a threshold that is a text": ({"threshold": "0"}, "`threshold` is '0'; "),
    "a threshold of several outputs": ({"threshold": 1.0}, "there is a threshold, 1.0, for 3 affine values, of which "),
    "R² of a classifier": (
        {"with_r_squared": True},
        "`with_r_squared` is True for a classifier; it is of use for a regressor alone; leave `with_r_squared=…` out",
    ),
    "a conformal bound of a classifier": ({"alpha": "0.1"}, "`alpha` is '0.1' for a classifier; it is of use for a "),
    "ranks of a regressor": (
        {"estimator": RIDGE, "labels_or_scores": SCORES, "roc_auc": True},
        "`roc_auc` is True for a regressor; it is of use for a classifier alone; leave `roc_auc=…` out",
    ),
    "a bound on accuracy over all samples": (
        {"accuracy_bound": 0.05},
        "`accuracy_bound=…` was given with `over=all`; only samples that the fit has not seen say ",
    ),
    "a part that there is not": ({"over": "test"}, "`over` is 'test'; one of all, train, calibration, held-out is "),
    "rows in another order": (
        {
            "latents": pd.DataFrame(WINE, [f"s{row}" for row in range(178)]),
            "labels_or_scores": pd.Series(CULTIVAR, [f"s{row}" for row in range(178)][::-1]),
        },
        "`latents` and `labels_or_scores` have rows of different labels or in another order; ",
    ),
    "a root file that is no Lean module": ({"out": "mine.lean"}, "'mine.lean' cannot name an export; "),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_exported_is_refused_in_one_line(tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    np.save("W.npy", np.zeros((14, 2)))
    given = {"estimator": FITTED, "latents": WINE, "labels_or_scores": CULTIVAR, "out": tmp_path / "Mine.lean"}
    with pytest.raises(InputError) as caught:
        export_probe(**{**given, **options})
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["W.npy"]


def test_a_failed_export_leaves_the_old_one(tmp_path):
    export_probe(RIDGE, WINE, SCORES, tmp_path / "Mine.lean")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match=r"^the concept name 'a' is used twice; "):
        export_probe(RIDGE, WINE[:50], SCORES[:50], tmp_path / "Mine.lean", names=["a", "a"])
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
