"""Fits on images that a model was not trained with, on the command line."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from bridge.artifact.file import load_artifact
from bridge.cli.console import Bars
from bridge.cli.main import main
from bridge.probe.ridge import fit_probe
from bridge.sources.checkpoint import load_checkpoint
from bridge.sources.concepts.seed import concept_scores
from bridge.sources.images import load_images
from bridge.sources.split import split
from bridge.sources.vae import encode_latents

NEW = np.random.default_rng(1).random((40, 28, 28)).astype(np.float32)
FIT = ("fit", "--checkpoint", "vae.safetensors", "--data", "new.npy", "--out", "probe.safetensors")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "vae.safetensors"
    size = ["--limit", "24", "--latent-dim", "3", "--epochs", "1", "--beta", "2", "--seed", "5"]
    assert main(["train", "--data", "random", *size, "--out", str(path)]) == 0
    return path


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, checkpoint):
    """A folder with a model and images; commands run in it."""
    monkeypatch.chdir(tmp_path)
    np.save("new.npy", NEW)
    (tmp_path / "vae.safetensors").write_bytes(checkpoint.read_bytes())
    return tmp_path


def fitted(*options):
    assert main([*FIT, *options]) == 0
    return load_artifact(Path(FIT[-1])).artifact


def test_the_probe_is_that_of_the_new_images_in_parts_of_their_own(folder):
    artifact = fitted("--held-out", "0.25", "--calibration", "0.25", "--seed", "9")
    vae, _ = load_checkpoint(folder / "vae.safetensors")
    images = load_images("new.npy").images
    parts = split(40, held_out=0.25, calibration=0.25, seed=9)
    np.testing.assert_array_equal(artifact.latents, encode_latents(vae, images, torch.device("cpu")))
    np.testing.assert_array_equal(artifact.scores, concept_scores(images).numpy())
    np.testing.assert_array_equal(artifact.is_train, parts.is_train)
    np.testing.assert_array_equal(artifact.is_calibration, parts.is_calibration)
    Z, C = torch.from_numpy(artifact.latents[parts.is_train]), torch.from_numpy(artifact.scores[parts.is_train])
    np.testing.assert_array_equal(artifact.weights, fit_probe(Z, C, 1e-3).numpy())


def test_the_provenance_names_the_new_data_set_and_how_the_model_was_trained(folder):
    provenance = asdict(fitted("--seed", "9").provenance)
    assert {name: provenance[name] for name in ("dataset", "dataset_sha256", "seed", "held_out", "beta", "epochs")} == {
        "dataset": "images",
        "dataset_sha256": load_images("new.npy").sha256,
        "seed": 9,
        "held_out": 0.2,
        "beta": 2.0,
        "epochs": 1,
    }


def test_groups_and_weights_are_those_of_the_new_images(folder):
    np.save("groups.npy", np.arange(40) // 8)
    np.save("weights.npy", np.arange(40) % 2)
    artifact = fitted("--groups", "groups.npy", "--sample-weights", "weights.npy")
    assert {len(set(part)) for part in artifact.is_train.reshape(5, 8).tolist()} == {1}
    assert artifact.provenance.weighted


def test_an_interrupted_fit_on_new_images_is_gone_on_with_to_the_same_bytes(folder, monkeypatch, capsys):
    monkeypatch.setattr("bridge.base.resume._SECONDS_BETWEEN", 0.0)
    options = ("--concepts", "size,morpho", "--lam", "0.1,1")
    assert main([*FIT, *options]) == 0
    whole = (folder / "probe.safetensors").read_bytes()
    (folder / "probe.safetensors").unlink()
    show, seen = Bars.show, []

    def show_until(bars, step, done, total, detail=""):
        seen.append(step)
        show(bars, step, done, total, detail)
        if step == "measuring":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Bars, "show", show_until)
        assert main([*FIT, *options]) == 130
    assert {"scoring with scikit-image", "checking", "choosing λ", "fitting"} <= {*seen}
    capsys.readouterr()
    seen.clear()
    with monkeypatch.context() as patch:
        patch.setattr(Bars, "show", lambda _bars, step, *_: seen.append(step))
        assert main([*FIT, *options]) == 0
    assert (folder / "probe.safetensors").read_bytes() == whole
    assert "fit: goes on from probe.safetensors.resume" in capsys.readouterr().err
    assert not {"checking", "choosing λ", "fitting"} & {*seen}
    assert "measuring" in seen


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--data", "random", "--seed", "5"),
            "the data set 'random' is the one that the model was trained on; images that are new to it are required "
            "for --data; leave it out to fit on those of the training, in its parts",
        ),
        (
            ("--names", "size"),
            "--names was given; --latents and --scores together are required for it; give all of them",
        ),
    ],
)
def test_what_does_not_go_with_new_images_is_refused(folder, capsys, options, message):
    assert main([*FIT, *options]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"bridge: {message}"
    assert not (folder / "probe.safetensors").exists()


def test_new_images_and_latents_are_one_too_many(folder, capsys):
    np.save("Z.npy", np.zeros((3, 2)))
    assert main(["fit", "--data", "new.npy", "--latents", "Z.npy", "--scores", "Z.npy"]) == 2
    assert "--latents and --data were given together; one of them is required" in capsys.readouterr().err
