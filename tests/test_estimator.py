"""The estimator keeps scikit-learn's contract, and exports its weights as they are."""

import pickle
import re
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse
import torch
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from bridge import LinearProbe
from bridge.artifact.file import load_artifact
from bridge.base.errors import BridgeWarning, InputError
from bridge.check.verify import verify
from bridge.exact.conformal import conformal_level
from bridge.exact.network import size_of
from bridge.exact.residuals import SupError, exact_residuals
from bridge.probe.lam_choice import CANDIDATES, choose_lam
from bridge.probe.ridge import fit_probe
from bridge.sources.networks import network_module
from support.pixels import float_latents, make_images, make_layers

IMAGES, LAYERS = make_images(20), make_layers(42, 4, 3)


def samples(count=60, dim=4, concepts=2):
    """Normal latents, and scores that they explain in part."""
    random = np.random.default_rng(0)
    Z = random.normal(size=(count, dim))
    return Z, Z @ random.normal(size=(dim, concepts)) + 3 + random.normal(size=(count, concepts))


# scikit-learn's contract


@pytest.mark.filterwarnings("ignore::bridge.base.errors.BridgeWarning")
@pytest.mark.parametrize("options", [{}, {"standardize": True}, {"fit_bias": "regularised"}], ids=str)
def test_scikit_learn_finds_a_regressor_that_keeps_its_contract(options):
    outcomes = check_estimator(LinearProbe(**options), on_skip=None)
    checks = {outcome["check_name"] for outcome in outcomes if outcome["status"] == "passed"}
    assert len(checks) > 40
    assert "check_sample_weight_equivalence_on_dense_data" in checks


OPTIONS = [{}, {"lam": 5.0}, {"lam": 5.0, "standardize": True}, {"lam": 5.0, "fit_bias": "regularised"}]


@pytest.mark.filterwarnings("ignore:.*weighs on the bias too")
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("weight", [None, np.arange(60) % 3], ids=["all alike", "weighted"])
def test_the_fit_is_that_of_the_probe_to_the_last_bit(options, weight):
    Z, C = samples()
    given = {"fit_bias": "free", "sample_weight": None if weight is None else torch.tensor(weight)}
    W = fit_probe(torch.tensor(Z), torch.tensor(C), **(given | options))
    assert np.array_equal(LinearProbe(**options).fit(Z, C, weight).weights_, W.numpy())


def test_a_free_bias_is_the_default_and_that_of_a_ridge_regression():
    Z, C = samples()
    probe, reference = LinearProbe(lam=5.0).fit(Z, C + 1e6), Ridge(alpha=5.0).fit(Z, C + 1e6)
    assert probe.fit_bias_ == "free"
    np.testing.assert_allclose(probe.coef_, reference.coef_, rtol=1e-6)
    np.testing.assert_allclose(probe.intercept_, reference.intercept_)


def test_the_ridge_strength_is_chosen_of_several_or_of_the_usual_ones(tmp_path):
    Z, C = samples()
    for lam, candidates in {(1e-3, 5.0, 1e5): (1e-3, 5.0, 1e5), "cv": CANDIDATES}.items():
        chosen = choose_lam(torch.tensor(Z), torch.tensor(C), candidates, fit_bias="free").lam
        probe = LinearProbe(lam=lam).fit(Z, C)
        assert probe.lam_ == chosen
        assert np.array_equal(probe.weights_, LinearProbe(lam=chosen).fit(Z, C).weights_)
        assert probe.export(tmp_path / "Mine.lean", Z, C).stored.artifact.provenance.lam == chosen


@pytest.mark.parametrize(
    "lam", [np.float32(0.5), np.array(0.5), torch.tensor(0.5), Fraction(1, 2), [0.5], np.array([0.5])], ids=repr
)
def test_a_ridge_strength_is_any_number(lam):
    probe = LinearProbe(lam=lam).fit(*samples())
    assert (type(probe.lam_), probe.lam_) == (float, 0.5)


def test_one_weight_weighs_all_samples_alike_and_each_sample_can_have_its_own():
    Z, C = samples()
    assert np.array_equal(LinearProbe(lam=0).fit(Z, C, 1).weights_, LinearProbe(lam=0).fit(Z, C).weights_)
    weight = np.arange(60) % 3
    weighted = LinearProbe(lam=2.0).fit(Z, C, weight)
    repeated = LinearProbe(lam=2.0).fit(np.repeat(Z, weight, axis=0), np.repeat(C, weight, axis=0))
    np.testing.assert_allclose(weighted.weights_, repeated.weights_)
    assert (weighted.is_weighted_, repeated.is_weighted_) == (True, False)
    assert np.array_equal(LinearProbe(lam=2.0).fit(Z, C, torch.tensor(weight)).weights_, weighted.weights_)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.ones(59), "sample weights"),
        (-np.ones(60), "`sample_weight[0]` is -1.0; finite numbers of at least 0 are required; "),
        (np.full(60, np.nan), "`sample_weight[0]` is NaN; "),
        (["a"] * 60, "`sample_weight` has dtype <U1; "),
    ],
    ids=["too few", "negative", "NaN", "texts"],
)
def test_sample_weights_that_do_not_fit_are_refused(weight, message):
    with pytest.raises(InputError, match=f"^.*{re.escape(message)}"):
        LinearProbe().fit(*samples(), weight)


def test_a_warning_of_the_fit_names_the_columns():
    Z, C = frames()
    with pytest.warns(BridgeWarning) as warned:
        LinearProbe().fit(Z.assign(x=2.0), C.assign(tall=1.0))
    said = " ".join(str(warning.message) for warning in warned)
    assert "'tall' is constant" in said
    assert "'x'" in said


@pytest.mark.parametrize(
    ("options", "weight", "told", "text"),
    [
        ({}, None, (True, False), "(λ = 0.001, bias free) on the training part"),
        ({"fit_bias": "regularised"}, None, (False, False), "(λ = 0.001, bias regularised) on the training part"),
        ({}, np.arange(60) + 1, (True, True), "(λ = 0.001, bias free, samples weighted) on the training part"),
    ],
    ids=["free", "regularised", "weighted"],
)
@pytest.mark.filterwarnings("ignore:.*weighs on the bias too")
def test_an_export_says_whether_the_bias_was_free_and_samples_were_weighted(tmp_path, options, weight, told, text):
    Z, C = samples()
    export = LinearProbe(**options).fit(Z, C, weight).export(tmp_path / "Mine.lean", Z, C)
    provenance = export.stored.artifact.provenance
    assert (provenance.free_bias, provenance.weighted) == told
    assert text in " ".join((tmp_path / "Mine" / "Concept0.lean").read_text().split())


def test_a_sample_without_weight_is_not_one_of_the_fit(tmp_path):
    Z, C = samples()
    weight = np.where(np.arange(60) < 40, 2.0, 0.0)
    artifact = LinearProbe().fit(Z, C, weight).export(tmp_path / "Mine.lean", Z, C).stored.artifact
    assert np.array_equal(artifact.is_held_out, weight == 0)
    assert not artifact.provenance.weighted


def test_coefficients_and_intercepts_are_laid_out_as_in_scikit_learn():
    Z, C = samples()
    for scores in (C, C[:, :1], C[:, 0]):
        probe, reference = LinearProbe().fit(Z, scores), LinearRegression().fit(Z, scores)
        assert probe.coef_.shape == reference.coef_.shape
        assert np.shape(probe.intercept_) == np.shape(reference.intercept_)
        assert probe.predict(Z).shape == scores.shape
        np.testing.assert_allclose(probe.predict(Z), Z @ probe.coef_.T + probe.intercept_)
        assert np.array_equal(probe.weights_, np.column_stack([np.atleast_2d(probe.coef_), probe.intercept_]).T)


def test_a_standardised_probe_predicts_what_a_pipeline_with_a_scaler_does():
    Z, C = samples()
    Z = Z * [1e-3, 1, 10, 1e4] + 5
    pipeline = make_pipeline(StandardScaler(), LinearProbe(lam=2.0)).fit(Z, C)
    probe = LinearProbe(lam=2.0, standardize=True).fit(Z, C)
    np.testing.assert_allclose(probe.predict(Z), pipeline.predict(Z), rtol=1e-10)
    assert probe.score(Z, C) == pytest.approx(pipeline.score(Z, C))


def test_the_score_is_the_mean_r2_of_the_concepts():
    Z, C = samples()
    probe = LinearProbe().fit(Z, C)
    r2 = 1 - ((C - probe.predict(Z)) ** 2).sum(axis=0) / ((C - C.mean(axis=0)) ** 2).sum(axis=0)
    assert probe.score(Z, C) == pytest.approx(r2.mean())
    assert len(cross_val_score(LinearProbe(), Z, C, cv=3)) == 3


@pytest.mark.parametrize("dtype", ["float16", "float32", ">f8", "int64", "uint8"])
def test_latents_of_any_numeric_dtype_are_fitted_in_float64(dtype):
    Z, C = samples()
    Z = np.abs(Z * 20).astype(dtype)
    expected = LinearProbe().fit(Z.astype(np.float64), C)
    probe = LinearProbe().fit(Z, C)
    assert np.array_equal(probe.weights_, expected.weights_)
    assert np.array_equal(probe.predict(Z), expected.predict(Z.astype(np.float64)))


def test_the_names_of_a_table_s_columns_are_kept():
    Z, C = samples(dim=2)
    assert LinearProbe().fit(pa.table({"left": Z[:, 0], "right": Z[:, 1]}), C).feature_names_in_.tolist() == [
        "left",
        "right",
    ]


def test_a_fit_that_fails_is_a_value_error_with_one_line():
    Z, C = samples()
    with pytest.raises(ValueError, match=r"^λ is -1\.0; a finite ridge strength λ ≥ 0 is required; .*$") as caught:
        LinearProbe(lam=-1).fit(Z, C)
    assert caught.type is InputError


def test_the_package_loads_neither_torch_nor_scikit_learn_before_the_probe_is_asked_for():
    program = """if True:
        import sys, bridge
        assert not {"torch", "sklearn"} & set(sys.modules)
        from bridge import LinearProbe
        assert {"torch", "sklearn"} <= set(sys.modules)
    """
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_the_package_lacks_is_an_attribute_error():
    import bridge

    with pytest.raises(AttributeError, match=r"^module 'bridge' has no attribute 'Probe'$"):
        _ = bridge.Probe


# The export


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_an_export_holds_the_samples_and_weights_bit_for_bit(tmp_path, dtype):
    Z, C = (values.astype(dtype) for values in samples())
    probe = LinearProbe(lam=2).fit(Z, C)
    export = probe.export(tmp_path / "Mine.lean", Z, C, names=["round", "tall"], units=["pixels", "metres"])
    stored = load_artifact(tmp_path / "Mine.safetensors")
    for name, given in {"latents": Z, "scores": C, "weights": probe.weights_}.items():
        held = getattr(stored.artifact, name)
        assert held.dtype == given.dtype
        assert held.tobytes() == given.tobytes()
    assert stored.sha256 == export.stored.sha256
    assert stored.artifact.concept_names == ("round", "tall")
    assert stored.artifact.concept_units == ("pixels", "metres")
    assert stored.artifact.provenance.lam == 2.0
    assert verify(export.root, stored).ok
    assert sorted(path.relative_to(tmp_path).as_posix() for path in export.files) == [
        "Mine.lean",
        "Mine/Round.lean",
        "Mine/Samples.lean",
        "Mine/Tall.lean",
    ]


def test_an_export_keeps_the_images_and_the_encoder_that_are_passed(tmp_path):
    Z, C = float_latents(LAYERS, IMAGES), size_of(IMAGES).astype(float)
    probe = LinearProbe().fit(Z, C)
    probe.export(tmp_path / "Mine.lean", Z, C, names=["size"], images=IMAGES, encoder=network_module(LAYERS))
    pixels = load_artifact(tmp_path / "Mine.safetensors").artifact.pixels
    np.testing.assert_array_equal(pixels.images, IMAGES)
    assert len(pixels.layers) == 2
    assert pixels.scored == ("size",)


def test_an_export_states_delta_over_the_samples_that_it_is_given(tmp_path):
    Z, C = samples()
    probe = LinearProbe().fit(Z[:40], C[:40])
    export = probe.export(tmp_path / "Mine.lean", Z[40:], C[40:], names=["round", "tall"])
    residuals = exact_residuals(Z[40:], C[40:], probe.weights_)
    claimed = [SupError(concept.delta, concept.worst_sample) for concept in export.certificate.concepts]
    assert claimed == [residuals.sup_error(k) for k in range(2)]


@pytest.mark.parametrize("alpha", [0.1, np.float32(0.1), "0.1", "1/10", Fraction(1, 10)])
def test_a_conformal_bound_is_taken_from_the_calibration_part(tmp_path, alpha):
    Z, C = samples()
    is_calibration = np.arange(60) >= 40
    probe = LinearProbe().fit(Z[~is_calibration], C[~is_calibration])
    export = probe.export(
        tmp_path / "Mine.lean", Z, C, is_train=~is_calibration, is_calibration=is_calibration, alpha=alpha
    )
    assert export.certificate.concepts[0].others[0].level == conformal_level(Fraction(1, 10), 20)


def test_one_concept_without_a_name_and_without_a_second_axis_is_exported(tmp_path):
    Z, C = samples(concepts=1)
    export = LinearProbe().fit(Z, C[:, 0]).export(tmp_path / "Mine.lean", Z, C[:, 0])
    assert export.stored.artifact.concept_names == ("concept 1",)


def test_a_part_for_the_fit_can_be_named(tmp_path):
    Z, C = samples()
    is_train = np.arange(60) < 40
    export = LinearProbe().fit(Z[is_train], C[is_train]).export(tmp_path / "Mine.lean", Z, C, is_train=is_train)
    assert np.array_equal(export.stored.artifact.is_train, is_train)


def test_a_probe_that_was_not_fitted_is_not_exported(tmp_path):
    with pytest.raises(ValueError, match="not fitted yet"):
        LinearProbe().export(tmp_path / "Mine.lean", *samples())
    assert list(tmp_path.iterdir()) == []


BAD_EXPORTS = {
    "a root file that is no Lean module": ("mine.lean", {}, "'mine.lean' cannot name an export; "),
    "a missing folder": ("none/Mine.lean", {}, ".*none is not a folder; "),
    "a name used twice": ("Mine.lean", {"names": ["a", "a"]}, "the concept name 'a' is used twice; "),
    "too few names": ("Mine.lean", {"names": ["a"]}, ".* 2 "),
}


@pytest.mark.parametrize(("file", "options", "message"), BAD_EXPORTS.values(), ids=BAD_EXPORTS.keys())
def test_a_failed_export_leaves_the_old_one(tmp_path, file, options, message):
    Z, C = samples()
    probe = LinearProbe().fit(Z, C)
    probe.export(tmp_path / "Mine.lean", Z, C)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match=f"^{message}"):
        probe.export(tmp_path / file, Z[:10], C[:10], **options)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_an_export_whose_artifact_cannot_be_written_leaves_the_old_lean_files(tmp_path):
    Z, C = samples()
    probe = LinearProbe().fit(Z, C)
    probe.export(tmp_path / "Mine.lean", Z, C)
    (tmp_path / "Mine.safetensors").unlink()
    (tmp_path / "Mine.safetensors").mkdir()
    before = (tmp_path / "Mine.lean").read_bytes()
    with pytest.raises(InputError, match=r"Mine\.safetensors is a folder; a file is to be written there; name a file$"):
        probe.export(tmp_path / "Mine.lean", Z[:10], C[:10])
    assert (tmp_path / "Mine.lean").read_bytes() == before


# What is exported is what was fitted


def frames():
    Z, C = samples(concepts=2)
    return pd.DataFrame(Z, columns=list("wxyz")), pd.DataFrame(C, columns=["round", "tall"])


def test_columns_in_another_order_than_in_the_fit_are_refused_as_in_a_prediction(tmp_path):
    Z, C = frames()
    probe = LinearProbe().fit(Z, C)
    with pytest.raises(ValueError, match="must be in the same order"):
        probe.predict(Z[list("zyxw")])
    with pytest.raises(InputError, match=r"^the latents do not have the columns of the fit \(.*; pass the columns of"):
        probe.export(tmp_path / "Mine.lean", Z[list("zyxw")], C)
    assert list(tmp_path.iterdir()) == []


def test_another_number_of_columns_than_in_the_fit_is_refused(tmp_path):
    Z, C = samples()
    with pytest.raises(InputError, match=r"^the latents do not have the columns of the fit \(X has 3 features, but "):
        LinearProbe().fit(Z, C).export(tmp_path / "Mine.lean", Z[:, :3], C)
    with pytest.raises(InputError, match=r"^`latents` has shape \(60,\); a matrix is required; reshape it$"):
        LinearProbe().fit(Z, C).export(tmp_path / "Mine.lean", Z[:, 0], C)


def test_scores_are_put_into_the_order_of_the_fit_and_concepts_are_named_after_them(tmp_path):
    Z, C = frames()
    probe = LinearProbe().fit(Z, C)
    expected = probe.export(tmp_path / "Mine.lean", Z, C).stored.artifact
    assert expected.concept_names == ("round", "tall")
    turned = probe.export(tmp_path / "Mine.lean", Z, C[["tall", "round"]]).stored.artifact
    assert turned.concept_names == ("round", "tall")
    assert np.array_equal(turned.scores, expected.scores)
    unnamed = probe.export(tmp_path / "Mine.lean", Z, C.to_numpy()).stored.artifact
    assert unnamed.concept_names == ("round", "tall")
    assert probe.export(tmp_path / "Mine.lean", Z, C, names=["a", "b"]).stored.artifact.concept_names == ("a", "b")


def test_a_concept_is_named_after_the_series_of_its_scores(tmp_path):
    Z, C = frames()
    for fitted, exported in ((C["tall"], C["tall"]), (C["tall"].to_numpy(), C["tall"]), (C["tall"], C[["tall"]])):
        export = LinearProbe().fit(Z, fitted).export(tmp_path / "Mine.lean", Z, exported)
        assert export.stored.artifact.concept_names == ("tall",)


@pytest.mark.parametrize("columns", [["round", "high"], ["round", "round"]])
def test_scores_with_other_names_than_in_the_fit_are_refused(tmp_path, columns):
    Z, C = frames()
    with pytest.raises(InputError) as caught:
        LinearProbe().fit(Z, C).export(tmp_path / "Mine.lean", Z, C.set_axis(columns, axis=1))
    assert str(caught.value) == (
        f"the scores have the columns {columns}; ['round', 'tall'] as in the fit are required; rename them, or pass an "
        "array in that order"
    )


def test_samples_in_another_order_than_their_scores_are_refused(tmp_path):
    Z, C = (frame.set_axis([f"s{number}" for number in range(60)]) for frame in frames())
    message = "have rows of different labels or in another order; "
    with pytest.raises(InputError, match=f"^`X` and `y` {message}"):
        LinearProbe().fit(Z, C[::-1])
    probe = LinearProbe().fit(Z, C)
    with pytest.raises(InputError, match=f"^`Z` and `C` {message}"):
        probe.export(tmp_path / "Mine.lean", Z, C[::-1])
    with pytest.raises(InputError, match=f"^`C` and `is_train` {message}"):
        probe.export(tmp_path / "Mine.lean", Z, C, is_train=(C["tall"] > 0)[::-1])


def test_options_that_are_changed_after_the_fit_are_not_what_was_fitted(tmp_path):
    Z, C = samples()
    probe = LinearProbe(lam=0.5).fit(Z, C).set_params(lam=10.0, standardize=True)
    assert (probe.lam_, probe.standardize_) == (0.5, False)
    provenance = probe.export(tmp_path / "Mine.lean", Z, C).stored.artifact.provenance
    assert (provenance.lam, provenance.standardized) == (0.5, False)


def change_weights(probe):
    probe.weights_ = 2 * probe.weights_


def change_a_coefficient(probe):
    probe.coef_[0] = 0.0


def change_lam(probe):
    probe.lam_ = 7.0


@pytest.mark.parametrize("change", [change_weights, change_a_coefficient, change_lam])
def test_what_was_changed_after_the_fit_is_predicted_with_and_not_exported(tmp_path, change):
    Z, C = samples()
    probe = LinearProbe().fit(Z, C)
    change(probe)
    np.testing.assert_allclose(probe.predict(Z), Z @ probe.weights_[:-1] + probe.weights_[-1])
    with pytest.raises(InputError, match=r"^`weights_` or another attribute is not what the fit has left; "):
        probe.export(tmp_path / "Mine.lean", Z, C)


def test_coefficients_that_predictions_would_not_use_cannot_be_set():
    probe = LinearProbe().fit(*samples())
    with pytest.raises(AttributeError, match="has no setter"):
        probe.coef_ = np.zeros((2, 4))


def test_a_probe_that_was_stored_exports_the_same_bytes(tmp_path):
    Z, C = samples()
    probe = LinearProbe().fit(Z, C)
    exports = [each.export(tmp_path / "Mine.lean", Z, C) for each in (probe, pickle.loads(pickle.dumps(probe)))]
    assert exports[0].stored.sha256 == exports[1].stored.sha256


# What can be passed


def test_tensors_are_fitted_predicted_and_exported_as_their_numbers(tmp_path):
    Z, C = (values.astype(np.float32) for values in samples())
    plain = LinearProbe().fit(Z, C)
    latents, scores = torch.from_numpy(Z.T.copy()).T.requires_grad_(), torch.from_numpy(C).requires_grad_() * 1
    probe = LinearProbe().fit(latents, scores)
    assert np.array_equal(probe.weights_, plain.weights_)
    assert np.array_equal(probe.predict(latents), plain.predict(Z))
    stored = [each.export(tmp_path / "Mine.lean", *data).stored for each, data in
              ((plain, (Z, C)), (probe, (latents, scores)))]  # fmt: skip
    assert stored[0].sha256 == stored[1].sha256


def test_bfloat16_is_exported_with_each_of_its_numbers(tmp_path):
    Z, C = (torch.from_numpy(values).bfloat16() for values in samples())
    artifact = LinearProbe().fit(Z, C).export(tmp_path / "Mine.lean", Z, C).stored.artifact
    assert np.array_equal(artifact.latents, Z.double().numpy())
    assert np.array_equal(artifact.scores, C.double().numpy())
    assert artifact.is_train.all()


@pytest.mark.parametrize("kind", ["read-only", "mapped", "big-endian"])
def test_arrays_that_cannot_be_written_to_or_are_of_another_byte_order_give_the_same_export(tmp_path, kind):
    def given(values):
        if kind == "big-endian":
            return values.astype(values.dtype.newbyteorder())
        if kind == "mapped":
            file = tmp_path / f"{len(list(tmp_path.iterdir()))}.npy"
            np.save(file, values)
            return np.load(file, mmap_mode="r")
        values = values.copy()
        values.flags.writeable = False
        return values

    Z, C = samples()
    is_train = np.arange(60) < 40
    plain, other = (
        LinearProbe().fit(turn(Z)[:40], turn(C)[:40]).export(tmp_path / "Mine.lean", turn(Z), turn(C), is_train=mask)
        for turn, mask in ((np.asarray, is_train), (given, given(is_train)))
    )
    assert plain.stored.sha256 == other.stored.sha256


def test_masked_and_sparse_input_is_refused_in_one_line(tmp_path):
    Z, C = samples()
    probe = LinearProbe().fit(Z, C)
    masked = np.ma.masked_array(C, mask=np.arange(120).reshape(60, 2) == 9)
    sparse = scipy.sparse.csr_array(Z)
    for call, message in {
        lambda: probe.fit(Z, masked): "`y[4, 1]` is masked; ",
        lambda: probe.export(tmp_path / "Mine.lean", Z, masked): "`scores[4, 1]` is masked; ",
        lambda: probe.fit(sparse, C): "`X` is a sparse matrix; ",
        lambda: probe.predict(sparse): "`X` is a sparse matrix; ",
        lambda: probe.export(tmp_path / "Mine.lean", sparse, C): "`latents` is a sparse matrix; ",
    }.items():
        with pytest.raises(InputError) as caught:
            call()
        assert str(caught.value).startswith(message)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lam": "0.1"}, "λ is '0.1'; a number, several, or 'cv' are required; choose lam=0.001, say"),
        ({"lam": [1.0, "a"]}, "λ is 'a'; "),
        ({"lam": None}, "λ is None; "),
        ({"lam": True}, "λ is True; "),
        ({"lam": np.nan}, "λ is nan; "),
        ({"standardize": "no"}, "`standardize` is 'no'; True or False is required; choose one of them"),
        ({"fit_bias": "yes"}, "fit_bias is 'yes'; 'free' or 'regularised' is required; choose one"),
        ({"fit_bias": False}, "fit_bias is False; "),
    ],
    ids=str,
)
def test_an_option_of_another_type_is_refused_by_the_fit(options, message):
    with pytest.raises(InputError) as caught:
        LinearProbe(**options).fit(*samples())
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": None}, "the path is None; "),
        ({"names": "ab"}, "`names` is 'ab'; "),
        ({"names": [0, 1]}, "`names[0]` is 0; "),
        ({"units": "pixels"}, "`units` is 'pixels'; "),
        ({"is_train": np.arange(60)}, "`is_train` has shape (60,) and dtype int64; "),
        ({"is_calibration": [True]}, "`is_calibration` has shape (1,) and dtype bool; "),
        ({"alpha": [0.1]}, "α is '[0.1]'; "),
        ({"alpha": 1 - 0.68}, "α is 0.31999999999999995, which is 0.32 but for the rounding of floats; "),
        ({"with_r_squared": "yes"}, "`with_r_squared` is 'yes'; "),
        ({"source": 1}, "`source` is 1; "),
        ({"C": np.full((60, 2), np.nan)}, "`scores[0, 0]` is NaN; "),
    ],
    ids=str,
)
def test_an_argument_of_another_type_is_refused_by_the_export(tmp_path, options, message):
    Z, C = samples()
    arguments = {"path": tmp_path / "Mine.lean", "Z": Z, "C": C, **options}
    with pytest.raises(InputError) as caught:
        LinearProbe().fit(Z, C).export(**arguments)
    assert str(caught.value).startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_a_unit_can_be_missing(tmp_path):
    Z, C = samples()
    export = LinearProbe().fit(Z, C).export(tmp_path / "Mine.lean", Z, C, units=["mm", None])
    assert export.stored.artifact.concept_units == ("mm", "")


# What the fit has seen


IS_NEW = np.arange(60) >= 40


def fitted_on_the_first_40():
    Z, C = samples()
    return LinearProbe().fit(Z[:40], C[:40]), Z, C


def test_samples_of_the_fit_are_the_training_part_and_the_others_held_out(tmp_path):
    probe, Z, C = fitted_on_the_first_40()
    artifact = probe.export(tmp_path / "Mine.lean", Z, C).stored.artifact
    assert np.array_equal(artifact.is_train, ~IS_NEW)
    assert np.array_equal(artifact.is_held_out, IS_NEW)
    text = " ".join((tmp_path / "Mine" / "Concept0.lean").read_text().split())
    assert "60 samples: 40 of the training part and 20 held out." in text


def test_samples_that_share_none_with_the_fit_have_no_known_part_unless_it_is_given(tmp_path):
    probe, Z, C = fitted_on_the_first_40()
    new = (tmp_path / "Mine.lean", Z[IS_NEW], C[IS_NEW])
    assert not probe.export(*new).stored.artifact.knows_parts
    assert probe.export(*new, is_train=np.zeros(20, bool)).stored.artifact.is_held_out.all()


def test_a_calibration_part_alone_leaves_the_fitted_samples_in_the_training_part(tmp_path):
    probe, Z, C = fitted_on_the_first_40()
    is_calibration = np.arange(60) >= 50
    export = probe.export(tmp_path / "Mine.lean", Z, C, is_calibration=is_calibration, alpha="0.1")
    artifact = export.stored.artifact
    assert np.array_equal(artifact.is_train, ~IS_NEW)
    assert np.array_equal(artifact.is_held_out, IS_NEW & ~is_calibration)
    text = " ".join((tmp_path / "Mine" / "Concept0.lean").read_text().split())
    assert "the calibration part, which the fit has not seen." in text


def test_a_calibration_sample_that_was_fitted_on_is_refused(tmp_path):
    probe, Z, C = fitted_on_the_first_40()
    for precision in (np.float64, torch.tensor):
        with pytest.raises(InputError, match=r"^sample 39 is in the calibration part and has the numbers of a sample"):
            probe.export(tmp_path / "Mine.lean", precision(Z), precision(C), is_calibration=np.arange(60) >= 39)
    assert list(tmp_path.iterdir()) == []


def test_samples_in_another_precision_than_in_the_fit_have_no_known_part(tmp_path):
    probe, Z, C = fitted_on_the_first_40()
    half = (tmp_path / "Mine.lean", Z.astype(np.float32), C)
    assert not probe.export(*half).stored.artifact.knows_parts
    artifact = probe.export(*half, is_calibration=IS_NEW, alpha="0.1").stored.artifact
    assert not artifact.knows_parts
    assert not artifact.is_held_out.any()
    text = " ".join((tmp_path / "Mine" / "Concept0.lean").read_text().split())
    assert "Whether the fit has seen them is not recorded; " in text
    assert not re.search("held out|has not seen", text)


def test_a_sample_keeps_its_part_where_scores_come_as_a_vector_or_in_another_order(tmp_path):
    Z, C = frames()
    probe = LinearProbe().fit(Z[:40], C[:40])
    artifact = probe.export(tmp_path / "Mine.lean", Z, C[["tall", "round"]]).stored.artifact
    assert np.array_equal(artifact.is_held_out, IS_NEW)
    probe = LinearProbe().fit(Z[:40], C[["tall"]][:40])
    assert np.array_equal(probe.export(tmp_path / "Mine.lean", Z, C["tall"]).stored.artifact.is_held_out, IS_NEW)
