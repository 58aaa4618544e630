"""Predictions of a model of one's own are compared with w · z + b exactly, and rounding is told from anything else."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from safetensors.numpy import save_file

from bridge import LinearProbe
from bridge.artifact.file import save_artifact
from bridge.artifact.record import Rounding
from bridge.base.errors import BridgeWarning
from bridge.cli.main import main
from bridge.exact.text import rational
from bridge.probe.fitted import given_artifact
from bridge.probe.predictions import compare_predictions, read_predictions, warn_of_unexplained
from support.artifacts import make_artifact
from support.refusals import refusal
from support.strategies import artifacts, number_arrays

RANDOM = np.random.default_rng(0)
Z = RANDOM.normal(size=(30, 3)).astype(np.float32)
W = RANDOM.normal(size=(4, 2)).astype(np.float32)
C = RANDOM.normal(size=(30, 2)).astype(np.float32)
ARTIFACT = given_artifact(Z, C, W, names=["size", "slant"])
PREDICTED = Z @ W[:-1] + W[-1]


def exact_value(artifact, row, column):
    *weights, bias = (Fraction(entry.item()) for entry in artifact.weights[:, column])
    latents = (Fraction(entry.item()) for entry in artifact.latents[row])
    return sum((weight * entry for weight, entry in zip(weights, latents, strict=True)), bias)


@given(made_from=artifacts(), predictions=number_arrays(5, 3))
def test_the_largest_difference_is_exact_and_its_first_sample_is_named(made_from, predictions):
    samples, concepts = made_from.scores.shape
    predictions = predictions[:samples, :concepts]
    for column, difference in enumerate(compare_predictions(made_from, predictions)):
        sizes = [
            abs(Fraction(predictions[row, column].item()) - exact_value(made_from, row, column))
            for row in range(samples)
        ]
        assert (difference.largest, difference.sample) == (max(sizes), sizes.index(max(sizes)))
        assert difference.concept == made_from.concept_names[column]


MODELS = {
    "float32": (lambda: PREDICTED, "float32"),
    "float32 by torch": (lambda: torch.addmm(*map(torch.from_numpy, (W[-1], Z, W[:-1]))).numpy(), "float32"),
    "float32, added up backwards": (lambda: Z[:, ::-1] @ W[:-1][::-1] + W[-1], "float32"),
    "float32, kept in 64 bits": (lambda: PREDICTED.astype(np.float64), "float32"),
    "float16": (lambda: Z.astype(np.float16) @ W[:-1].astype(np.float16) + W[-1].astype(np.float16), "float16"),
    "bfloat16": (lambda: torch.from_numpy(PREDICTED).bfloat16().float().numpy(), "bfloat16"),
}


@pytest.mark.parametrize(("predict", "float_type"), MODELS.values(), ids=MODELS.keys())
def test_rounding_explains_what_the_probe_itself_predicts(predict, float_type):
    for difference in compare_predictions(ARTIFACT, predict()):
        assert difference.float_type == float_type
        assert difference.is_explained
    warn_of_unexplained(compare_predictions(ARTIFACT, predict()))


WRONG = {
    "of the samples in another order": lambda: PREDICTED[::-1],
    "of another intercept": lambda: PREDICTED + np.float32(1e-4),
    "of the concepts in another order": lambda: PREDICTED[:, ::-1],
    "of four digits": lambda: PREDICTED.round(4),
}


@pytest.mark.parametrize("predict", WRONG.values(), ids=WRONG.keys())
def test_nothing_else_is_explained_and_a_warning_names_the_concept_and_the_sample(predict):
    differences = compare_predictions(ARTIFACT, predict())
    assert not any(difference.is_explained for difference in differences)
    with pytest.warns(BridgeWarning) as warned:
        warn_of_unexplained(differences)
    for warning, difference in zip(warned, differences, strict=True):
        assert str(warning.message) == (
            f"{difference.line}; check that they are of this probe and of these samples in this order"
        )
        differ = f"of {difference.concept!r} differ from w · z + b by at most {rational(difference.largest)}, about "
        assert differ in difference.line
        assert f", at sample {difference.sample}; rounding in float32 explains up to about " in difference.line


def test_predictions_in_64_bits_of_a_probe_in_64_bits_leave_no_room_for_32():
    artifact = given_artifact(Z.astype(float), C, W.astype(float))
    exact = Z.astype(float) @ W[:-1] + W[-1]
    assert all(difference.is_explained for difference in compare_predictions(artifact, exact))
    assert not any(difference.is_explained for difference in compare_predictions(artifact, exact * (1 + 1e-9)))


def test_rounding_of_weights_and_latents_to_a_grid_explains_what_it_has_changed():
    grid = 2**6
    rounded = replace(
        ARTIFACT,
        latents=np.rint(Z * grid) / np.float32(grid),
        weights=np.rint(W * grid) / np.float32(grid),
        rounding=Rounding(6, 6, "1/128", "1/128"),
    )
    assert all(difference.is_explained for difference in compare_predictions(rounded, PREDICTED))
    assert not any(difference.is_explained for difference in compare_predictions(rounded, PREDICTED + 1))
    plain = replace(rounded, rounding=None)
    assert not any(difference.is_explained for difference in compare_predictions(plain, PREDICTED))


def test_floats_of_too_few_bits_for_so_many_latents_explain_anything():
    wide = make_artifact(3, 3_000, 1, dtype=np.float16)
    (difference,) = compare_predictions(wide, np.zeros((3, 1), np.float16))
    assert difference.is_explained
    assert difference.line.endswith("; rounding in float16 explains any")
    assert difference.record()["explained_by_rounding"] is None


def test_what_overflows_explains_anything():
    artifact = given_artifact(np.full((2, 1), 1e308), np.zeros((2, 1)), np.array([[1e308], [0.0]]))
    assert compare_predictions(artifact, np.zeros(2))[0].is_explained


@pytest.mark.parametrize("shape", [(29, 2), (30, 3), (30,), (30, 2, 1)])
def test_predictions_of_another_shape_are_refused(shape):
    assert refusal(compare_predictions, ARTIFACT, np.zeros(shape)) == (
        f"the predictions have shape {shape}; (30, 2) is required, a row for each sample and a column for each "
        "concept; predict the samples that are exported"
    )


def test_a_prediction_that_is_no_number_is_refused():
    wrong = np.where(np.arange(60).reshape(30, 2) == 7, np.nan, PREDICTED)
    assert refusal(compare_predictions, ARTIFACT, wrong).startswith("`predictions[3, 1]` is NaN; ")


# From files


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Commands run in a folder with an artifact."""
    monkeypatch.chdir(tmp_path)
    save_artifact(Path("probe.safetensors"), ARTIFACT)
    return tmp_path


def test_predictions_are_read_by_the_names_of_the_concepts_or_by_position():
    table = pd.DataFrame({"id": list("ab") * 15, "slant": PREDICTED[:, 1], "size": PREDICTED[:, 0]})
    table.to_parquet("p.parquet")
    table.to_csv("p.csv", index=False)
    np.save("p.npy", PREDICTED)
    np.save("one.npy", PREDICTED[:, 0])
    table[["slant"]].to_csv("slant.csv", index=False)
    for spec in ("p.parquet", "p.csv", "p.npy"):
        np.testing.assert_allclose(read_predictions(spec, ARTIFACT), PREDICTED, rtol=1e-6)
    one = given_artifact(Z, C[:, 0], W[:, 0])
    assert np.array_equal(read_predictions("one.npy", one)[:, 0], PREDICTED[:, 0])
    for spec in ("slant.csv", "p.parquet:slant"):
        np.testing.assert_allclose(read_predictions(spec, one)[:, 0], PREDICTED[:, 1], rtol=1e-6)


def test_predictions_of_other_concepts_are_refused():
    pd.DataFrame({"size": PREDICTED[:, 0], "tilt": PREDICTED[:, 1]}).to_csv("p.csv", index=False)
    assert refusal(read_predictions, "p.csv", ARTIFACT) == (
        "p.csv has no column 'slant'; a column of predictions is required for each concept, named as it; it has "
        "'size', 'tilt'; rename them"
    )
    np.save("p.npy", PREDICTED[:, :1])
    assert refusal(read_predictions, "p.npy", ARTIFACT) == (
        "p.npy has 1 columns of predictions; 2 are required, one for each concept in the artifact's order, 'size', "
        "'slant'; save these"
    )
    np.save("p.npy", PREDICTED[:29])
    assert refusal(read_predictions, "p.npy", ARTIFACT).startswith("p.npy has 29 rows ")


# On the command line


def test_an_export_says_how_far_predictions_are_from_the_probe(capsys):
    np.save("p.npy", PREDICTED)
    arguments = ["export", "--artifact", "probe.safetensors", "--out", "Own.lean", "--predictions", "p.npy"]
    assert main(arguments) == 0
    output = capsys.readouterr()
    differences = compare_predictions(ARTIFACT, PREDICTED)
    for difference in differences:
        assert f"export: {difference.line}\n" in output.err
    assert "warning" not in output.err
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["predictions"] == [difference.record() for difference in differences]


def test_an_export_of_a_probe_of_ones_own_warns_of_predictions_of_another(capsys):
    for name, array in {"Z": Z, "C": C, "W": W, "p": PREDICTED + 1}.items():
        np.save(f"{name}.npy", array)
    files = [
        f"--{option}={file}" for option, file in {"weights": "W.npy", "latents": "Z.npy", "scores": "C.npy"}.items()
    ]
    assert main(["export", *files, "--out", "Own.lean", "--predictions", "p.npy", "--json"]) == 0
    output = capsys.readouterr()
    assert output.err.count("bridge: warning: the predictions of 'concept ") == 2
    assert [record["is_explained"] for record in json.loads(output.out)["predictions"]] == [False, False]
    assert "predictions" not in json.loads(_json_of_an_export(capsys, files))


def _json_of_an_export(capsys, files):
    assert main(["export", *files, "--out", "Own.lean", "--json"]) == 0
    return capsys.readouterr().out


def test_predictions_are_never_replaced_by_an_artifact(capsys):
    for name, array in {"Z": Z, "C": C, "W": W}.items():
        np.save(f"{name}.npy", array)
    save_file({"p": PREDICTED}, "Own.safetensors")
    before = Path("Own.safetensors").read_bytes()
    files = ["--weights=W.npy", "--latents=Z.npy", "--scores=C.npy", "--predictions=Own.safetensors", "--force"]
    assert main(["export", *files, "--out", "Own.lean"]) == 2
    assert capsys.readouterr().err == (
        "bridge: Own.safetensors is an input of this command; inputs are never replaced; choose another place\n"
    )
    assert Path("Own.safetensors").read_bytes() == before
    assert not Path("Own.lean").exists()


def test_predictions_that_cannot_be_compared_leave_no_export(capsys, folder):
    np.save("p.npy", PREDICTED[:, :1])
    assert main(["export", "--artifact", "probe.safetensors", "--out", "Own.lean", "--predictions", "p.npy"]) == 2
    assert capsys.readouterr().err.startswith("bridge: p.npy has 1 columns of predictions; ")
    assert main(["export", "--out", "Own.lean", "--predictions", "p.npy"]) == 2
    assert capsys.readouterr().err == (
        "bridge: --predictions was given without the probe that they are compared with; --artifact or --weights is "
        "required; name one\n"
    )
    assert sorted(path.name for path in folder.iterdir()) == ["p.npy", "probe.safetensors"]


# From Python


def test_an_estimator_compares_what_it_predicts(tmp_path):
    latents, scores = pd.DataFrame(Z, columns=list("abc")), pd.DataFrame(C, columns=["size", "slant"])
    probe = LinearProbe().fit(latents, scores)
    predicted = pd.DataFrame(probe.predict(latents), columns=["size", "slant"])
    export = probe.export(tmp_path / "Mine.lean", latents, scores, predictions=predicted[["slant", "size"]])
    assert [difference.is_explained for difference in export.predictions] == [True, True]
    assert [difference.concept for difference in export.predictions] == ["size", "slant"]
    assert probe.export(tmp_path / "Mine.lean", latents, scores).predictions == ()
    with pytest.warns(BridgeWarning, match="^the predictions of 'size' differ") as warned:
        probe.export(tmp_path / "Mine.lean", latents, scores, predictions=predicted.to_numpy() + np.eye(2)[0])
    assert [Path(warning.filename).name for warning in warned] == ["test_predictions.py"]
