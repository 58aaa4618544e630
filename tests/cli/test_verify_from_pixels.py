"""`bridge verify` of an export from pixels: with the model and the images themselves, and what it says and refuses."""

import json
import re

import numpy as np
import pytest
import safetensors.numpy

from bridge.sources.mnist import Handwriting
from support.command_line import run_bridge
from support.pixels import make_images

IMAGES = make_images(20, 28, 28, seed=1)
ORIGINALS = ("--checkpoint", "vae.safetensors", "--data", "images.npy")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder with a model, images, an artifact of both and an export from pixels."""
    folder = tmp_path_factory.mktemp("exported")
    np.save(folder / "images.npy", IMAGES)
    size = ("--latent-dim", "3", "--epochs", "1", "--limit", "12")
    for command in (
        ("train", "--data", "images.npy", *size, "--out", "vae.safetensors"),
        ("fit", "--checkpoint", "vae.safetensors", "--from-pixels", "--out", "probe.safetensors"),
        ("export", "--artifact", "probe.safetensors", "--from-pixels", "--out", "Generated.lean"),
    ):
        result = run_bridge(*command, cwd=folder)
        assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def folder(exported, tmp_path):
    """A copy of the same."""
    for file in exported.rglob("*"):
        if file.is_file():
            copy = tmp_path / file.relative_to(exported)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    return tmp_path


def verified(folder, *options):
    return run_bridge("verify", "Generated.lean", "--artifact", "probe.safetensors", *options, cwd=folder)


def test_the_export_agrees_with_the_artifact_and_it_is_said_that_no_more_was_compared(exported):
    result = verified(exported)
    first, *others = result.stdout.splitlines()
    assert re.fullmatch(r"verify: all [\d,]+ literals are the artifact's", first)
    assert others == [
        "encoder: compared with the artifact's copy",
        "images: compared with the artifact's copy",
        "comments: as this version writes them",
    ]
    assert (result.returncode, result.stderr) == (0, "")


def test_the_export_agrees_with_the_model_and_the_images(exported):
    result = verified(exported, *ORIGINALS)
    lines = result.stdout.splitlines()
    assert lines[1:3] == ["encoder: compared with vae.safetensors", "images: compared with the data set images.npy"]
    assert (result.returncode, max(map(len, lines)) <= 80) == (0, True)


def test_the_record_says_what_was_compared_with(exported):
    record = json.loads(verified(exported, *ORIGINALS, "--json").stdout)
    assert record["matches"]
    assert record["pixels"] == {"encoder": "vae.safetensors", "images": "the data set images.npy"}
    kept = "the artifact's copy"
    assert json.loads(verified(exported, "--json").stdout)["pixels"] == {"encoder": kept, "images": kept}


def test_the_layers_of_a_state_dict_are_compared(folder):
    state = safetensors.numpy.load_file(folder / "vae.safetensors")
    renamed = {
        f"{new}.{part}": state[f"{old}.{part}"]
        for new, old in (("a", "enc.1"), ("b", "fc_mu"))
        for part in ("weight", "bias")
    }
    safetensors.numpy.save_file(renamed, folder / "enc.safetensors")
    result = verified(folder, "--encoder", "enc.safetensors:a, b")
    assert (result.returncode, result.stdout.splitlines()[1]) == (0, "encoder: compared with enc.safetensors:a, b")


def test_another_model_is_named(folder):
    size = ("--latent-dim", "3", "--epochs", "1", "--limit", "12", "--seed", "5")
    run_bridge("train", "--data", "images.npy", *size, "--out", "other.safetensors", cwd=folder)
    result = verified(folder, "--checkpoint", "other.safetensors")
    lines = result.stdout.splitlines()
    assert result.returncode == 1
    assert re.fullmatch(r"verify: [\d,]+ differences from the artifact, [\d,]+ literals compared", lines[0])
    record = json.loads(verified(folder, "--checkpoint", "other.safetensors", "--json").stdout)
    whats = [difference["what"] for difference in record["differences"]]
    assert any(what.startswith("the artifact's weight of layer 1 at ") for what in whats)
    assert any(what.startswith("layer 2: the weight of unit 0") for what in whats)


def test_another_data_set_is_named(folder):
    images = IMAGES.copy()
    images[7, 14, 14] ^= 128
    np.save(folder / "other.npy", images)
    result = verified(folder, "--data", "other.npy")
    assert result.returncode == 1
    assert (
        "the artifact's image of sample 7: found another one, required image 7 of the data set other.npy"
        in result.stdout
    )
    assert "images[7]: the pixel in row 14, column 14: found" in result.stdout


def refusal(folder, *options):
    result = verified(folder, *options)
    assert result.returncode == 2
    return result.stderr


@pytest.mark.parametrize("layers", ["", ":", ":,", ":enc.1,,fc_mu"])
def test_an_encoder_without_layers_is_refused(exported, layers):
    assert refusal(exported, "--encoder", f"vae.safetensors{layers}") == (
        f"bridge: the encoder is 'vae.safetensors{layers}'; FILE:LAYER,LAYER,… is required, the layers in their order, "
        "between which ReLU stands; name the layers behind the file\n"
    )


def test_an_encoder_or_a_model_with_other_latents_is_refused(folder):
    size = ("--latent-dim", "2", "--epochs", "1", "--limit", "12")
    run_bridge("train", "--data", "images.npy", *size, "--out", "other.safetensors", cwd=folder)
    for other, outputs in (
        (("--encoder", "vae.safetensors:enc.1"), 256),
        (("--checkpoint", "other.safetensors"), 2),
    ):
        assert refusal(folder, *other) == (
            f"bridge: the last layer has {outputs} outputs and the latents 3 dimensions; as many are required; pass "
            "the layers that the latents come from\n"
        )


def test_an_encoder_elsewhere_is_refused(exported):
    assert "bridge: https://host/vae.safetensors is an address; " in refusal(
        exported, "--encoder", "https://host/vae.safetensors:enc.1,fc_mu"
    )


def test_mnist_is_refused_where_it_has_fewer_images_than_those_of_the_artifact(exported, monkeypatch):
    few = Handwriting(IMAGES[:8], np.zeros(8, np.uint8))
    monkeypatch.setattr("bridge.sources.images.mnist_handwriting", lambda: few)
    assert refusal(exported, "--data", "mnist") == (
        "bridge: the data set mnist has 8 images, and a sample of the artifact is number 11 of it; the data set that "
        "the artifact was made from is required; name that one\n"
    )


def test_an_encoder_and_a_checkpoint_are_refused_together(folder):
    assert "--encoder and --checkpoint were given together" in refusal(
        folder, "--encoder", "vae.safetensors:fc_mu", "--checkpoint", "vae.safetensors"
    )


def test_an_export_that_is_not_from_pixels_is_not_compared_with_a_model(folder):
    run_bridge("export", "--artifact", "probe.safetensors", "--out", "Generated.lean", cwd=folder)
    assert "is about latents, and says nothing of images and their encoder" in refusal(folder, *ORIGINALS)
