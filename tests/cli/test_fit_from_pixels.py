"""Fits that keep the images and the layers which latents and scores come from."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

import bridge.cli.fitting
import bridge.sources.networks
from bridge.artifact.file import artifact_bytes, load_artifact
from bridge.cli.main import main
from bridge.exact.network import exact_latents, size_of, thick_of
from bridge.sources.checkpoint import load_checkpoint
from bridge.sources.networks import eight_bit
from support.idx import write_idx
from support.pixels import make_images

IMAGES = make_images(30, 28, 28, seed=1)
NEW = make_images(20, 28, 28, seed=2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    np.save(folder / "images.npy", IMAGES)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        size = ["--latent-dim", "3", "--epochs", "1", "--limit", "24", "--calibration", "0.25"]
        assert main(["train", "--data", "images.npy", *size, "--out", "vae.safetensors"]) == 0
    return folder


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, trained):
    """A folder with a model and images; commands run in it."""
    monkeypatch.chdir(tmp_path)
    for file in trained.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    np.save("new.npy", NEW)
    return tmp_path


@pytest.fixture
def encoder():
    """The encoder of the model as others would save it."""
    state = safetensors.torch.load_file("vae.safetensors")
    safetensors.torch.save_file(
        {
            "a.weight": state["enc.1.weight"],
            "a.bias": state["enc.1.bias"],
            "b.weight": state["fc_mu.weight"],
            "b.bias": state["fc_mu.bias"],
        },
        "enc.safetensors",
    )
    return "enc.safetensors:a,b"


def fitted(*options, from_pixels=True):
    flag = ["--from-pixels"] if from_pixels else []
    assert main(["fit", *flag, *options, "--out", "probe.safetensors"]) == 0
    return load_artifact(Path("probe.safetensors")).artifact


OF_TRAINING = ("--checkpoint", "vae.safetensors")


def test_the_images_and_the_encoder_are_those_of_the_training():
    artifact = fitted(*OF_TRAINING)
    vae, _ = load_checkpoint(Path("vae.safetensors"))
    np.testing.assert_array_equal(artifact.pixels.images, IMAGES[:24])
    for layer, linear in zip(artifact.pixels.layers, (vae.enc[1], vae.fc_mu), strict=True):
        np.testing.assert_array_equal(layer.weight, linear.weight.detach().numpy())
        np.testing.assert_array_equal(layer.bias, linear.bias.detach().numpy())
    assert artifact.pixels.scored == ("size", "thick")


def test_the_latents_are_near_the_exact_ones_and_the_scores_are_exact():
    artifact = fitted(*OF_TRAINING)
    exact = exact_latents(artifact.pixels.layers, artifact.pixels.images)
    assert np.abs((exact.numerators / exact.denominator).astype(float) - artifact.latents).max() < 1e-4
    np.testing.assert_array_equal(artifact.scores[:, 0], size_of(artifact.pixels.images))
    np.testing.assert_array_equal(artifact.scores[:, 1], thick_of(artifact.pixels.images))


def test_all_else_is_as_in_a_fit_without_them():
    with_pixels, without = fitted(*OF_TRAINING), fitted(*OF_TRAINING, from_pixels=False)
    assert without.pixels is None
    content = {name: value for name, value in vars(with_pixels).items() if name != "pixels"}
    assert artifact_bytes(type(without)(**content)) == artifact_bytes(without)


def test_new_images_are_kept_in_their_order():
    artifact = fitted(*OF_TRAINING, "--data", "new.npy", "--held-out", "0.5")
    np.testing.assert_array_equal(artifact.pixels.images, NEW)
    assert artifact.sample_indices.tolist() == list(range(20))


def test_the_first_of_new_images_can_be_taken_alone(encoder):
    for start in (OF_TRAINING, ("--encoder", encoder)):
        artifact = fitted(*start, "--data", "new.npy", "--limit", "9")
        np.testing.assert_array_equal(artifact.pixels.images, NEW[:9])


def test_it_is_said_what_is_kept_and_which_scores_are_of_the_pixels(capsys):
    fitted(*OF_TRAINING)
    assert capsys.readouterr().err.splitlines()[:2] == [
        "fit: keeps 24 images of 28×28 and the encoder 784–256–3",
        "fit: scores counted from the pixels: size, thick; listed as given: slant",
    ]
    fitted(*OF_TRAINING, "--concepts", "size")
    assert "fit: scores counted from the pixels: size\n" in capsys.readouterr().err
    fitted(*OF_TRAINING, "--json")
    assert json.loads(capsys.readouterr().out)["pixels"] == {
        "images": 24,
        "height": 28,
        "width": 28,
        "sizes": [784, 256, 3],
        "scored": ["size", "thick"],
    }
    fitted(*OF_TRAINING, "--json", from_pixels=False)
    assert "pixels" not in json.loads(capsys.readouterr().out)


def test_latents_can_be_rounded_and_weights_too():
    artifact = fitted(*OF_TRAINING, "--latent-bits", "6", "--weight-bits", "8")
    assert artifact.rounding.latent_bits == 6
    exact = exact_latents(artifact.pixels.layers, artifact.pixels.images)
    error = np.abs((exact.numerators / exact.denominator).astype(float) - artifact.latents).max()
    assert 2**-9 < error < 2**-6


def test_workers_leave_the_same_bytes():
    fitted(*OF_TRAINING)
    alone = Path("probe.safetensors").read_bytes()
    fitted(*OF_TRAINING, "--jobs", "2")
    assert Path("probe.safetensors").read_bytes() == alone


def test_the_idx_files_of_mnist_have_8_bit_images():
    Path("mnist").mkdir()
    write_idx(Path("mnist/train-images-idx3-ubyte.gz"), NEW)
    artifact = fitted(*OF_TRAINING, "--data", "mnist:mnist")
    np.testing.assert_array_equal(artifact.pixels.images, NEW)


def test_concepts_are_of_the_pixels_by_what_they_are_and_not_by_name():
    Path("own.py").write_text("def size(images):\n    return {'size': images.sum(dim=(1, 2, 3))}\n")
    assert fitted(*OF_TRAINING, "--concepts", "own:size,thick").pixels.scored == ("thick",)
    assert fitted(*OF_TRAINING, "--concepts", "slant").pixels.scored == ()
    assert fitted(*OF_TRAINING, "--concepts", "thick,size").pixels.scored == ("size", "thick")


# Encoders from state dicts


def test_layers_of_a_state_dict_encode_as_the_model_does(encoder):
    of_model = fitted(*OF_TRAINING, "--data", "new.npy")
    of_layers = fitted("--encoder", encoder, "--data", "new.npy")
    np.testing.assert_array_equal(of_layers.latents, of_model.latents)
    np.testing.assert_array_equal(of_layers.scores, of_model.scores)
    np.testing.assert_array_equal(of_layers.weights, of_model.weights)
    np.testing.assert_array_equal(of_layers.pixels.layers[1].bias, of_model.pixels.layers[1].bias)
    assert of_layers.provenance.epochs is None
    assert of_layers.provenance.device == "cpu"


def test_they_encode_images_that_are_not_of_8_bits_too(encoder):
    np.save("grey.npy", np.random.default_rng(0).random((12, 28, 28)).astype(np.float32))
    artifact = fitted("--encoder", encoder, "--data", "grey.npy", "--seed", "3", from_pixels=False)
    assert (artifact.pixels, artifact.provenance.seed) == (None, 3)


def test_weights_of_64_bits_are_kept_and_latents_are_computed_in_float32(encoder):
    state = {name: value.double() / 3 for name, value in safetensors.torch.load_file("enc.safetensors").items()}
    torch.save(state, "enc.pt")
    artifact = fitted("--encoder", "enc.pt:a,b", "--data", "new.npy")
    np.testing.assert_array_equal(artifact.pixels.layers[0].weight, state["a.weight"].numpy())
    assert artifact.latents.dtype == np.float32


def test_images_that_were_resized_are_said_to_be(encoder, capsys):
    np.save("large.npy", make_images(12, 56, 56))
    assert main(["fit", "--encoder", encoder, "--data", "large.npy", "--out", "probe.safetensors"]) == 0
    assert "fit: 12 of 12 images were resized to 28×28" in capsys.readouterr().err


# What is refused


def refused(capsys, *arguments):
    capsys.readouterr()
    assert main([*arguments]) == 2
    assert not Path("probe.safetensors").exists()
    return capsys.readouterr().err.splitlines()[-1].removeprefix("bridge: ")


PIXELS = (
    "integers k from 0 to 255, or k/255 in float32, are required for claims about pixels; take --data mnist, say, or "
    "images of unsigned bytes"
)
FIT = ("fit", "--from-pixels", "--out", "probe.safetensors")


def test_images_that_are_not_of_8_bits_are_refused_by_name(capsys, encoder):
    np.save("grey.npy", np.full((12, 28, 28), 0.3, np.float32))
    message = f"the data set 'grey.npy' has no 8-bit images: the value at [0, 0, 0] is 0.30000001192092896; {PIXELS}"
    for start in (OF_TRAINING, ("--encoder", encoder)):
        assert refused(capsys, *FIT, *start, "--data", "grey.npy") == message


def test_pixels_are_looked_for_once(monkeypatch, encoder):
    calls = []

    def counted(images, source):
        calls.append(source)
        return eight_bit(images, source)

    for module in (bridge.sources.networks, bridge.cli.fitting):
        monkeypatch.setattr(module, "eight_bit", counted)
    fitted(*OF_TRAINING)
    fitted("--encoder", encoder, "--data", "new.npy")
    assert calls == ["images.npy", "new.npy"]


def test_digits_are_refused_by_name(capsys):
    message = refused(capsys, *FIT, *OF_TRAINING, "--data", "digits")
    assert message.startswith("the data set 'digits' has no 8-bit images: the value at [0, 0, ")
    assert message.endswith(PIXELS)


def test_a_run_refuses_them_before_it_trains(capsys):
    Path("elsewhere").mkdir()
    command = ("run", "--from-pixels", "--data", "random", "--run-folder", "elsewhere", "--out", "A.lean")
    message = refused(capsys, *command)
    assert message.startswith("the data set 'random' has no 8-bit images: the value at [0, 0, 0] is ")
    assert not list(Path("elsewhere").iterdir())


def test_layers_for_images_of_another_size_are_refused(capsys):
    safetensors.torch.save_file({"a.weight": torch.ones(3, 64)}, "small.safetensors")
    assert refused(capsys, *FIT, "--encoder", "small.safetensors:a", "--data", "new.npy") == (
        "the first layer of the encoder has 64 inputs and an image 28 · 28 = 784 pixels; an input for each pixel is "
        "required; pass an encoder of such images"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--latents", "Z.npy", "--scores", "Z.npy"),
            "--latents and --from-pixels were given together; one of them is required; leave the other out",
        ),
        (
            ("--labels", "own"),
            "--labels and --from-pixels were given together; one of them is required; leave the other out",
        ),
        (
            ("--encoder", "enc.safetensors:a,b"),
            "the encoder enc.safetensors:a,b was given without images; --data is required for it; name the images",
        ),
        (
            ("--encoder", "enc.safetensors:a,b", "--data", "new.npy", *OF_TRAINING),
            "--encoder and --checkpoint were given together; one of them is required; leave the other out",
        ),
        (
            ("--encoder", "enc.safetensors:a,b", "--latents", "Z.npy", "--scores", "Z.npy"),
            "--encoder and --latents were given together; one of them is required; leave the other out",
        ),
        (
            ("--encoder", "enc.safetensors:a,b", "--data", "new.npy", "--labels", "own"),
            "--labels and --encoder were given together; one of them is required; leave the other out",
        ),
        (
            ("--limit", "5"),
            "--limit was given without --data, whose first images it takes; --data is required for it; name the images"
            ", or leave it out",
        ),
        (("--encoder", "enc.safetensors:c", "--data", "new.npy"), "enc.safetensors has no array 'c.weight'; "),
    ],
    ids=str,
)
def test_what_does_not_go_together_is_refused(capsys, encoder, options, message):
    assert refused(capsys, *FIT, *options).startswith(message)


def test_the_file_of_the_encoder_is_never_replaced(capsys, encoder):
    before = hashlib.sha256(Path("enc.safetensors").read_bytes()).digest()
    command = ["fit", "--encoder", encoder, "--data", "new.npy", "--out", "enc.safetensors", "--force"]
    assert main(command) == 2
    assert hashlib.sha256(Path("enc.safetensors").read_bytes()).digest() == before


def test_an_artifact_with_a_pixel_changed_is_refused(capsys):
    fitted(*OF_TRAINING)
    data = bytearray(Path("probe.safetensors").read_bytes())
    place = data.index(IMAGES[:24].tobytes()) + 400
    data[place] ^= 1
    Path("probe.safetensors").write_bytes(data)
    assert main(["export", "--artifact", "probe.safetensors"]) == 2
    assert "its content does not have the SHA-256 that it records" in capsys.readouterr().err
