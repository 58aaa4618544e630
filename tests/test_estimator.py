"""The estimator keeps scikit-learn's contract, and exports its weights as they are."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
import torch
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from bridge import LinearProbe
from bridge.artifact import load_artifact
from bridge.conformal import conformal_level
from bridge.errors import InputError
from bridge.exact import SupError, exact_residuals
from bridge.probe import fit_probe
from bridge.verify import verify


def samples(count=60, dim=4, concepts=2):
    """Normal latents, and scores that they explain in part."""
    random = np.random.default_rng(0)
    Z = random.normal(size=(count, dim))
    return Z, Z @ random.normal(size=(dim, concepts)) + 3 + random.normal(size=(count, concepts))


# scikit-learn's contract


@pytest.mark.filterwarnings("ignore::bridge.errors.BridgeWarning")
@pytest.mark.parametrize("standardize", [False, True])
def test_scikit_learn_finds_a_regressor_that_keeps_its_contract(standardize):
    outcomes = check_estimator(LinearProbe(standardize=standardize), on_skip=None)
    assert len(outcomes) > 40


@pytest.mark.filterwarnings("ignore:.*weighs on the bias too")
@pytest.mark.parametrize("options", [{}, {"lam": 5.0}, {"lam": 5.0, "standardize": True}], ids=str)
def test_the_fit_is_that_of_the_probe_to_the_last_bit(options):
    Z, C = samples()
    W = fit_probe(torch.tensor(Z), torch.tensor(C), **options)
    assert np.array_equal(LinearProbe(**options).fit(Z, C).weights_, W.numpy())


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
    with pytest.raises(ValueError, match=r"^λ is -1; a finite ridge strength λ ≥ 0 is required; .*$") as caught:
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


def test_an_export_states_delta_over_the_samples_that_it_is_given(tmp_path):
    Z, C = samples()
    probe = LinearProbe().fit(Z[:40], C[:40])
    export = probe.export(tmp_path / "Mine.lean", Z[40:], C[40:], names=["round", "tall"])
    residuals = exact_residuals(Z[40:], C[40:], probe.weights_)
    claimed = [SupError(concept.delta, concept.worst_sample) for concept in export.certificate.concepts]
    assert claimed == [residuals.sup_error(k) for k in range(2)]


@pytest.mark.parametrize("alpha", [0.1, "0.1", "1/10", Fraction(1, 10)])
def test_a_conformal_bound_is_taken_from_the_calibration_part(tmp_path, alpha):
    Z, C = samples()
    is_calibration = np.arange(60) >= 40
    probe = LinearProbe().fit(Z[~is_calibration], C[~is_calibration])
    export = probe.export(
        tmp_path / "Mine.lean", Z, C, is_train=~is_calibration, is_calibration=is_calibration, alpha=alpha
    )
    assert export.certificate.conformal == conformal_level(Fraction(1, 10), 20)


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
