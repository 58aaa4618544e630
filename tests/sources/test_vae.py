"""The VAE: its formulas recomputed by hand, seeded training, and checkpoints that hold no code."""

import contextlib
import json
import math
import os
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from bridge.base.errors import InputError, MissingToolError
from bridge.sources.checkpoint import load_checkpoint, save_checkpoint
from bridge.sources.images import load_images
from bridge.sources.training import Trainer, TrainingOptions, train
from bridge.sources.vae import MLPVAE, encode_latents, resolve_device

CPU = torch.device("cpu")
SHORT = TrainingOptions(d=3, epochs=2, batch_size=10)

without_cuda = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
on_each_device = pytest.mark.parametrize(
    "device", [CPU, *([torch.device("cuda")] if torch.cuda.is_available() else [])], ids=str
)


@pytest.fixture(scope="module")
def images():
    """64 real digits."""
    return load_images("digits", limit=64).images


@contextlib.contextmanager
def seeded(seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def seeded_vae(d=4, seed=0):
    with seeded(seed):
        return MLPVAE(d)


def weights_of(vae):
    return {name: values.cpu().numpy().tobytes() for name, values in vae.state_dict().items()}


# The model


def test_the_layers_have_the_sizes_of_the_architecture():
    assert {name: tuple(values.shape) for name, values in MLPVAE(5).state_dict().items()} == {
        "enc.1.weight": (256, 784),
        "enc.1.bias": (256,),
        "fc_mu.weight": (5, 256),
        "fc_mu.bias": (5,),
        "fc_logvar.weight": (5, 256),
        "fc_logvar.bias": (5,),
        "dec.0.weight": (256, 5),
        "dec.0.bias": (256,),
        "dec.2.weight": (784, 256),
        "dec.2.bias": (784,),
    }


def test_the_latent_space_has_eight_dimensions_unless_given():
    assert MLPVAE().d == TrainingOptions().d == 8


@pytest.mark.parametrize(("samples", "d"), [(1, 1), (7, 8), (2, 50)])
def test_every_step_gives_the_shape_that_it_says(samples, d):
    vae = seeded_vae(d)
    x = torch.full((samples, 1, 28, 28), 0.5)
    mu, logvar = vae.encode(x)
    z = vae.reparam(mu, logvar)
    assert mu.shape == logvar.shape == z.shape == (samples, d)
    recon, forward_mu, loss = vae(x)
    assert vae.decode(z).shape == recon.shape == x.shape
    assert torch.equal(forward_mu, mu)
    assert loss.shape == ()


@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
def test_the_loss_is_summed_cross_entropy_plus_beta_times_kl(images, beta):
    vae = seeded_vae()
    with torch.no_grad():  # so that the KL term is no longer small beside the cross-entropy
        for weights in (vae.fc_mu.weight, vae.fc_logvar.weight):
            weights *= 20
    with seeded(1):
        recon, mu, loss = vae(images, beta)
    with seeded(1):
        noise = torch.randn(64, 4).double().numpy()
    layer = {name: values.double().numpy() for name, values in vae.state_dict().items()}

    def affine(name, values):
        return values @ layer[f"{name}.weight"].T + layer[f"{name}.bias"]

    x = images.double().numpy().reshape(64, 784)
    hidden = np.maximum(affine("enc.1", x), 0)
    mean, logvar = affine("fc_mu", hidden), affine("fc_logvar", hidden)
    z = mean + np.exp(logvar / 2) * noise
    y = 1 / (1 + np.exp(-affine("dec.2", np.maximum(affine("dec.0", z), 0))))
    cross_entropy = -(x * np.log(y) + (1 - x) * np.log(1 - y)).sum()
    kl = 0.5 * (np.exp(logvar) + mean**2 - 1 - logvar).sum()

    np.testing.assert_allclose(mu.detach().numpy(), mean, atol=1e-5)
    np.testing.assert_allclose(recon.detach().numpy().reshape(64, 784), y, atol=1e-5)
    assert kl > 0.01 * cross_entropy
    assert loss.item() == pytest.approx(cross_entropy + beta * kl, rel=1e-6)


def test_beta_is_four_unless_given(images):
    vae = seeded_vae()
    losses = []
    for arguments in ((), (4.0,), (3.0,)):
        with seeded(0):
            losses.append(vae(images, *arguments)[2].item())
    assert losses[0] == losses[1] != losses[2]
    assert TrainingOptions().beta == 4.0


def test_a_latent_sample_is_the_mean_plus_sigma_times_normal_noise():
    mu, logvar = torch.tensor([[1.0, -2.0]]), torch.tensor([[0.0, math.log(9.0)]])
    with seeded(5):
        z = seeded_vae(2).reparam(mu, logvar)
    with seeded(5):
        noise = torch.randn(1, 2)
    torch.testing.assert_close(z, mu + torch.tensor([[1.0, 3.0]]) * noise)


def test_latent_samples_have_the_mean_and_variance_that_were_asked_for():
    mu, logvar = torch.full((200_000, 1), 2.0), torch.full((200_000, 1), math.log(9.0))
    with seeded(0):
        z = MLPVAE(1).reparam(mu, logvar)
    assert z.mean().item() == pytest.approx(2, abs=0.05)
    assert z.var().item() == pytest.approx(9, abs=0.2)


def test_gradients_reach_mean_and_variance_through_a_sample():
    mu, logvar = torch.zeros(3, 2, requires_grad=True), torch.zeros(3, 2, requires_grad=True)
    seeded_vae(2).reparam(mu, logvar).sum().backward()
    assert torch.equal(mu.grad, torch.ones(3, 2))
    assert (logvar.grad != 0).all()


# Encoding


def test_encoding_gives_the_latent_means_and_no_noise(images):
    vae = seeded_vae()
    latents = encode_latents(vae, images, CPU)
    assert (latents.dtype, latents.shape) == (np.float32, (64, 4))
    assert np.array_equal(latents, vae.encode(images)[0].detach().numpy())
    assert np.array_equal(latents, encode_latents(vae, images, CPU))


def test_encoding_keeps_the_order_over_many_batches(images):
    vae = seeded_vae()
    many = images.repeat(130, 1, 1, 1)
    latents = encode_latents(vae, many, CPU)
    np.testing.assert_allclose(latents, np.tile(encode_latents(vae, images, CPU), (130, 1)), atol=1e-6)


# Training


@on_each_device
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(images, device):
    torch.manual_seed(1)
    first = train(images, SHORT, device)
    torch.manual_seed(2)
    assert weights_of(train(images, SHORT, device)) == weights_of(first)
    other = train(images, TrainingOptions(d=3, epochs=2, batch_size=10, seed=1), device)
    assert weights_of(other) != weights_of(first)


@on_each_device
def test_training_leaves_the_callers_random_state(images, device):
    before = torch.random.get_rng_state()
    train(images, SHORT, device)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_the_loss_decreases(images):
    trainer = Trainer(images, TrainingOptions(batch_size=16), CPU)
    losses = [trainer.train_epoch() for _ in range(6)]
    assert losses[-1] < 0.8 * losses[0]


def test_the_loss_of_an_epoch_is_the_mean_for_an_image(images):
    # A step size that rounds to nothing leaves the model as it began, so its loss can be computed afterwards.
    trainer = Trainer(images, TrainingOptions(batch_size=10, learning_rate=1e-30), CPU)
    losses = [trainer.train_epoch() for _ in range(3)]
    with seeded(0):
        mean_loss = trainer.vae(images)[2].item() / len(images)
    assert trainer.epoch == 3
    assert trainer.losses == losses
    for loss in losses:
        assert loss == pytest.approx(mean_loss, rel=0.01)


def test_each_option_of_training_has_an_effect(images):
    plain = weights_of(train(images, SHORT, CPU))
    for changed in ({"epochs": 3}, {"batch_size": 11}, {"learning_rate": 2e-3}, {"beta": 5.0}):
        options = TrainingOptions(**{"d": 3, "epochs": 2, "batch_size": 10, **changed})
        assert weights_of(train(images, options, CPU)) != plain


def test_no_epochs_give_the_untrained_model(images):
    vae = train(images, TrainingOptions(d=4, epochs=0), CPU)
    assert weights_of(vae) == weights_of(seeded_vae())


def test_one_image_is_enough_to_train(images):
    vae = train(images[:1], SHORT, CPU)
    assert vae.d == 3
    assert not vae.training


@pytest.mark.parametrize(
    # Which of the two is the first one depends on how the machine adds up.
    ("changed", "what"),
    [({"learning_rate": 1e10}, "(?:reconstruction|loss)"), ({"beta": 1e39}, "loss")],
    ids=str,
)
def test_training_that_diverges_is_refused(images, changed, what):
    message = "is not finite; training that converges is required; choose a smaller `learning_rate=…` or `beta=…`"
    with pytest.raises(InputError, match=f"^the {what} {re.escape(message)}$"):
        train(images, TrainingOptions(**{"epochs": 4, **changed}), CPU)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"d": 0}, "`d=…` is 0; an integer in [1, 65536] is required; choose `d=8`, say"),
        ({"d": -3}, "`d=…` is -3; an integer in [1, 65536] is required; choose `d=8`, say"),
        ({"d": 100_000_000}, "`d=…` is 100000000; an integer in [1, 65536] is required; choose"),
        ({"epochs": -1}, "`epochs=…` is -1; an integer ≥ 0 is required; choose `epochs=60`, say"),
        ({"batch_size": 0}, "`batch_size=…` is 0; an integer ≥ 1 is required; choose `batch_size=128`, say"),
        ({"seed": -1}, "`seed=…` is -1; an integer in [0, 2^63) is required; choose `seed=0`, say"),
        ({"seed": 2**63}, f"`seed=…` is {2**63}; an integer in [0, 2^63) is required; choose `seed=0`, say"),
        ({"seed": "0"}, "`seed=…` is '0'; an integer in [0, 2^63) is required; choose `seed=0`, say"),
        ({"seed": 1.5}, "`seed=…` is 1.5; an integer in"),
        ({"epochs": True}, "`epochs=…` is True; an integer ≥ 0 is required; "),
        ({"d": None}, "`d=…` is None; an integer in [1, 65536] is required; "),
        ({"beta": "4"}, "`beta=…` is '4'; a finite number ≥ 0 is required; "),
        *[
            ({"learning_rate": value}, f"`learning_rate=…` is {value}; a finite number > 0 is required; choose `learn")
            for value in (0.0, -1.0, math.nan, math.inf)
        ],
        *[
            ({"beta": value}, f"`beta=…` is {value}; a finite number ≥ 0 is required; choose `beta=4`, say")
            for value in (-1e-9, math.nan, math.inf)
        ],
    ],
    ids=str,
)
def test_an_option_out_of_range_is_refused_by_its_name(changed, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        TrainingOptions(**changed)


def test_the_ends_of_the_ranges_are_in_them(images):
    ends = TrainingOptions(d=1, epochs=1, batch_size=1, beta=0.0, seed=2**63 - 1)
    assert train(images[:2], ends, CPU).d == 1


# Checkpoints


def test_a_checkpoint_keeps_weights_and_record_bit_for_bit(tmp_path, images):
    path = tmp_path / "vae.safetensors"
    vae = train(images, SHORT, CPU)
    save_checkpoint(path, vae, {"data": 'mnist:a "b" δ', "limit": None, "held_out": 0.1 + 0.2})
    loaded, metadata = load_checkpoint(path)
    assert weights_of(loaded) == weights_of(vae)
    assert metadata == {"d": 3, "data": 'mnist:a "b" δ', "limit": None, "held_out": 0.1 + 0.2}
    assert not loaded.training
    assert np.array_equal(encode_latents(loaded, images, CPU), encode_latents(vae, images, CPU))


def test_equal_checkpoints_have_equal_bytes_whatever_the_order_of_the_record(tmp_path):
    contents = set()
    for number, record in enumerate([{"a": 1, "b": 2}, {"b": 2, "a": 1}] * 5):
        path = tmp_path / str(number)
        save_checkpoint(path, seeded_vae(), record)
        contents.add(path.read_bytes())
    assert len(contents) == 1


def test_a_checkpoint_in_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"cannot be written \(no such folder\)"):
        save_checkpoint(tmp_path / "none" / "vae.safetensors", seeded_vae(), {})


class TouchesAFile:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


def save_pickle(value, path):
    path.write_bytes(pickle.dumps(value))


@pytest.mark.parametrize("save", [torch.save, save_pickle])
def test_code_in_a_checkpoint_is_not_run(tmp_path, save):
    path, trace = tmp_path / "vae.safetensors", tmp_path / "trace"
    save(TouchesAFile(trace), path)
    assert_not_a_checkpoint(path)
    assert not trace.exists()


def assert_not_a_checkpoint(path):
    with pytest.raises(InputError) as caught:
        load_checkpoint(path)
    message = str(caught.value)
    assert message.startswith(f"{path} is not a checkpoint of this model or is damaged (")
    assert message.endswith("); a whole one is required; make one with `bridge train`")
    assert "\n" not in message


def refused_architecture(path):
    """By what the weights in a file differ from those of the model."""
    with pytest.raises(InputError) as caught:
        load_checkpoint(path)
    start, difference, end = re.fullmatch("(.*: it )(.*)(; the weights .*)", str(caught.value)).groups()
    assert start == f"{path} is no checkpoint of bridge's VAE: it "
    assert end == (
        "; the weights that `bridge train` saves are required; encode images with another model by "
        "`Samples.from_encoder` in bridge.sources.samples, or pass its latents as --latents"
    )
    return difference


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"fc_mu.weight": None}, "lacks fc_mu.weight (2, 256)"),
        ({"extra\n": torch.zeros(1)}, "has extra (1,)"),
        (
            {"fc_mu.weight": torch.zeros(2, 255)},
            "has fc_mu.weight (2, 255) and lacks fc_mu.weight (2, 256)",
        ),
        (
            {"fc_mu.weight": torch.zeros(3, 256), "fc_mu.bias": torch.zeros(3)},
            "has dec.0.weight (256, 2), fc_logvar.bias (2,), fc_logvar.weight (2, 256) and lacks dec.0.weight (256, "
            "3), fc_logvar.bias (3,), fc_logvar.weight (3, 256)",
        ),
    ],
    ids=["a layer less", "a layer more", "a layer of another shape", "layers that do not fit together"],
)
def test_weights_of_another_shape_are_named(tmp_path, changed, difference):
    path = tmp_path / "vae.safetensors"
    path.write_bytes(stored(**changed))
    assert refused_architecture(path) == difference


def test_a_model_of_another_architecture_is_refused_by_what_it_has(tmp_path):
    path = tmp_path / "conv.safetensors"
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 8, 3), torch.nn.Flatten(), torch.nn.Linear(8 * 26 * 26, 8))
    safetensors.torch.save_file(model.state_dict(), path)
    assert refused_architecture(path) == (
        "has 0.bias (8,), 0.weight (8, 1, 3, 3), 2.bias (8,), 1 more and lacks dec.0.bias (256,), dec.0.weight (256, "
        "8), dec.2.bias (784,), 7 more"
    )


def stored(metadata='{"d": 2}', **changed):
    """The bytes of a checkpoint with some of its weights or all of its record exchanged."""
    weights = {**seeded_vae(2).state_dict(), **changed}
    present = {name: values for name, values in weights.items() if values is not None}
    return safetensors.torch.save(present, metadata={"bridge": metadata})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text, not a model\n",
        b"\xff" * 64,
        safetensors.torch.save(seeded_vae(2).state_dict()),
        safetensors.torch.save(seeded_vae(2).state_dict(), metadata={"other": "{}"}),
        stored(metadata="{}"),
        stored(metadata="[2]"),
        stored(metadata='{"d"'),
        stored(metadata="[" * 100_000),
        *[stored(metadata=json.dumps({"d": d})) for d in (3, -1, 2.5, "2", None, True, 2**62, 2**100)],
        stored(metadata='{"d": 2, "d": 2}'),
        stored(metadata='{"d": 100000000}'),
        stored(**{"fc_mu.bias": torch.zeros(2, dtype=torch.float64)}),
    ],
    ids=[
        "empty",
        "text",
        "0xff",
        "no record",
        "another record",
        "no d",
        "a list for a record",
        "cut record",
        "deeply nested record",
        *[f"d is {d}" for d in ("3", "-1", "2.5", "text", "null", "true", "2^62", "2^100")],
        "d is there twice",
        "a d that would take all memory",
        "a layer of another type",
    ],
)
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path, data):
    path = tmp_path / "vae.safetensors"
    path.write_bytes(data)
    assert_not_a_checkpoint(path)


@pytest.mark.parametrize("length", [1, 7, 8, 9, 100, 1000, 100_000, -1])
def test_a_checkpoint_that_is_cut_short_is_refused(tmp_path, length):
    path = tmp_path / "vae.safetensors"
    path.write_bytes(stored()[:length])
    assert_not_a_checkpoint(path)


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("name", ["fc_mu.bias", "dec.2.bias"])
def test_a_weight_that_is_no_number_is_refused_by_name(tmp_path, name, value):
    path = tmp_path / "vae.safetensors"
    weights = seeded_vae(2).state_dict()[name].clone()
    weights[1] = value
    path.write_bytes(stored(**{name: weights}))
    message = (
        f"{path}: `{name}` has a value that is not finite; a trained model is required; make one with `bridge train`"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.mkdir(), "cannot be read (Is a directory)"),
        (lambda path: os.mkfifo(path), "is a pipe"),
    ],
    ids=["missing", "folder", "pipe"],
)
def test_a_checkpoint_that_cannot_be_read_is_refused(tmp_path, make, what):
    path = tmp_path / "vae.safetensors"
    make(path)
    remedy = "save its content as a file" if what == "is a pipe" else "make one with `bridge train`"
    message = f"{path} {what}; a checkpoint is required; {remedy}"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        load_checkpoint(path)


# Devices


def test_the_device_is_the_one_that_was_asked_for():
    assert resolve_device("cpu") == CPU
    assert resolve_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


@without_cuda
def test_cuda_that_is_not_there_is_a_missing_tool():
    message = "CUDA was asked for and PyTorch finds none; a CUDA device and build are required; choose `device=cpu`"
    with pytest.raises(MissingToolError, match=f"^{re.escape(message)}$"):
        resolve_device("cuda")
