"""Estimators and weights come from files that hold no code, and from no others."""

import sys
import zipfile

import numpy as np
import pytest
import safetensors.numpy
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from skops.io import dump

from bridge.base.errors import InputError, MissingToolError
from bridge.probe.estimator_files import form_of_weights, is_estimator_file, read_estimator
from bridge.probe.fold import affine_form

Z = np.random.default_rng(0).normal(size=(40, 3))
LABELS = Z[:, 0] > 0


def shouted(X):
    return X


def test_a_file_of_skops_holds_the_estimator(tmp_path):
    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(Z, LABELS)
    dump(fitted, tmp_path / "model.skops")
    assert is_estimator_file(tmp_path / "model.SKOPS")
    read = affine_form(read_estimator(tmp_path / "model.skops"))
    assert np.array_equal(read.functionals, affine_form(fitted).functionals)
    assert read.classes == (False, True)


def test_a_file_of_skops_with_anything_else_in_it_is_refused(tmp_path):
    dump(make_pipeline(FunctionTransformer(shouted), LogisticRegression()), tmp_path / "model.skops")
    with pytest.raises(InputError) as caught:
        read_estimator(tmp_path / "model.skops")
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/model.skops holds ")
    assert "shouted, which can be anything; types of scikit-learn and NumPy alone are required; " in message


@pytest.mark.parametrize("content", [b"123", b"", "empty", "cut off"], ids=str)
def test_a_damaged_file_of_skops_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "model.skops"
    if content == "empty":
        zipfile.ZipFile(path, "w").close()
    elif content == "cut off":
        dump(LogisticRegression(), path)
        path.write_bytes(path.read_bytes()[:-100])
    else:
        path.write_bytes(content)
    with pytest.raises(
        InputError, match=r"model\.skops is not a whole file of skops \(.*\); an estimator as `skops\.io"
    ):
        read_estimator(path)


def test_a_missing_file_and_a_missing_library_are_named(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"none\.skops does not exist; a file is required; check the path$"):
        read_estimator(tmp_path / "none.skops")
    monkeypatch.setitem(sys.modules, "skops", None)
    monkeypatch.setattr("bridge.base.extras.find_spec", lambda name: None)
    with pytest.raises(MissingToolError, match=r"^skops is missing; it is required for reading .*; run `pip install "):
        read_estimator(tmp_path / "none.skops")


@pytest.mark.parametrize("name", ["model.pkl", "model.pickle", "model.JOBLIB"])
def test_a_pickle_is_never_read(tmp_path, name):
    with pytest.raises(InputError) as caught:
        is_estimator_file(tmp_path / name)
    assert str(caught.value) == (
        f"{tmp_path / name} is a pickle, which runs whatever code is in it when it is read; a .skops file of an "
        "estimator, or weights in a .safetensors or .npz file, are required; if you trust it, load it yourself and "
        "pass the estimator"
    )


def test_weights_in_a_file_are_functionals_of_the_first_number_that_fits(tmp_path):
    weight, bias = np.arange(6, dtype=np.float32).reshape(2, 3), np.float32([7, 8])
    safetensors.numpy.save_file({"weight": weight, "bias": bias}, tmp_path / "both.safetensors")
    np.savez(tmp_path / "one.npz", coef_=weight[0], intercept_=7.0)
    assert not is_estimator_file(tmp_path / "both.safetensors")
    both = form_of_weights(str(tmp_path / "both.safetensors"), dim=3, outputs=(2, 1))
    assert np.array_equal(both.functionals, np.vstack([weight.T, bias]))
    assert (both.estimator, both.description, both.is_classifier, both.classes) == (
        None,
        "both.safetensors",
        None,
        None,
    )
    one = form_of_weights(str(tmp_path / "one.npz"), dim=3, outputs=(2, 1))
    assert np.array_equal(one.functionals[:, 0], [0, 1, 2, 7])


def test_weights_of_another_shape_are_refused_for_the_first_number(tmp_path):
    np.save(tmp_path / "W.npy", np.zeros((4, 3)))
    with pytest.raises(
        InputError, match=r"W\.npy has shape \(4, 3\); \(4, 2\) is required for 3 latent dimensions and 2 "
    ):
        form_of_weights(str(tmp_path / "W.npy"), dim=3, outputs=(2, 1))
