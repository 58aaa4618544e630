"""Chains of Linear and ReLU as layers, and images as 8-bit integers: what is taken, and what is refused by name."""

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch import nn

from bridge.sources.networks import (
    eight_bit,
    network_inputs,
    network_layers,
    network_module,
    pixel_concepts,
    read_network,
)
from bridge.sources.vae import MLPVAE
from support.pixels import make_images, make_layers, plain_size, plain_thick
from support.refusals import refusal


def same_layers(layers, linears):
    for layer, linear in zip(layers, linears, strict=True):
        np.testing.assert_array_equal(layer.weight, linear.weight.detach().numpy())
        np.testing.assert_array_equal(layer.bias, linear.bias.detach().numpy())
    return True


def same_arrays(layers, others):
    for layer, other in zip(layers, others, strict=True):
        np.testing.assert_array_equal(layer.weight, other.weight)
        np.testing.assert_array_equal(layer.bias, other.bias)
    return True


def linear(inputs=4, outputs=3, **options):
    torch.manual_seed(inputs)
    return nn.Linear(inputs, outputs, **options)


# Modules


def test_linears_with_relu_between_them_are_layers():
    linears = [linear(4, 3), linear(3, 5), linear(5, 2)]
    chain = nn.Sequential(nn.Flatten(), linears[0], nn.ReLU(), linears[1], nn.ReLU(inplace=True), linears[2])
    assert same_layers(network_layers(chain), linears)


def test_what_changes_nothing_in_evaluation_is_passed_over():
    linears = [linear(4, 3), linear(3, 5)]
    inner = nn.Sequential(nn.Dropout(0.5), nn.ReLU(), nn.ReLU(), nn.Identity())
    chain = nn.Sequential(nn.ReLU(), nn.Sequential(nn.Flatten(), linears[0]), inner, nn.Flatten(1), linears[1])
    assert same_layers(network_layers(chain), linears)


def test_a_module_that_stands_there_twice_is_taken_twice():
    relu, square, other, last = nn.ReLU(), linear(4, 4), linear(4, 4), linear(4, 2)
    pair = nn.Sequential(relu, other)
    chain = nn.Sequential(square, relu, other, relu, square, pair, pair, relu, last)
    layers = network_layers(chain)
    assert same_layers(layers, [square, other, square, other, other, last])
    images = network_inputs(make_images(3, 2, 2))
    with torch.no_grad():
        assert torch.equal(network_module(layers)(images), chain(images.flatten(1)))


def test_a_single_linear_is_a_chain():
    assert same_layers(network_layers(linear()), [linear()])


@pytest.mark.parametrize("of", [lambda vae: vae, lambda vae: vae.encode], ids=["model", "method"])
def test_the_layers_of_the_vae_lead_to_its_means(of):
    vae = MLPVAE(3)
    layers = network_layers(of(vae))
    assert same_layers(layers, [vae.enc[1], vae.fc_mu])
    images = network_inputs(make_images(6, 28, 28))
    with torch.no_grad():
        assert torch.equal(network_module(layers)(images), vae.encode(images)[0])


def test_a_linear_without_bias_has_zeros_of_the_type_of_its_weight():
    (layer,) = network_layers(linear(bias=False, dtype=torch.float64))
    assert (layer.bias.dtype, layer.bias.tolist()) == (np.float64, [0.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("dtype", "kept"),
    [
        (torch.float16, np.float16),
        (torch.bfloat16, np.float32),
        (torch.float32, np.float32),
        (torch.float64, np.float64),
    ],
)
def test_weights_of_every_type_of_floats_are_kept_exactly(dtype, kept):
    of_type = linear(dtype=dtype)
    (layer,) = network_layers(of_type)
    assert layer.weight.dtype == kept
    np.testing.assert_array_equal(layer.weight.astype(np.float64), of_type.weight.detach().double().numpy())


def test_the_module_of_layers_computes_in_float32():
    module = network_module(make_layers(42, 4, 3, dtype=np.float64))
    assert [type(part).__name__ for part in module] == ["Flatten", "Linear", "ReLU", "Linear"]
    assert module(network_inputs(make_images())).dtype == torch.float32


class OwnLinear(nn.Linear):
    pass


class OwnVAE(MLPVAE):
    def encode(self, x):
        return 2 * super().encode(x)[0]


# Others have classes of this name, too, such as PyTorch itself for quantised layers.
OtherLinear = type("Linear", (nn.Linear,), {"__module__": "quantised"})


def hooked():
    module = linear()
    module.register_forward_hook(lambda *_: None)
    return module


def replaced():
    module = linear()
    forward = module.forward
    module.forward = lambda x: 2 * forward(x)
    return module


def with_nan(name):
    module = linear()
    with torch.no_grad():
        getattr(module, name)[1] = torch.nan
    return module


CHAIN = "a chain of Linear and ReLU is required for claims about pixels"
OTHER = f"{CHAIN}; pass an encoder of these alone"


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), linear()), f"`encoder.0` is a Conv2d; {OTHER}"),
        (nn.Sequential(linear(), nn.GELU(), linear(3)), f"`encoder.1` is a GELU; {OTHER}"),
        (nn.Sequential(linear(), nn.BatchNorm1d(3)), f"`encoder.1` is a BatchNorm1d; {OTHER}"),
        (nn.Sequential(nn.Sequential(nn.ELU()), linear()), f"`encoder.0.0` is an ELU; {OTHER}"),
        (nn.Sequential(OwnLinear(4, 3)), f"`encoder.0` is an OwnLinear; {OTHER}"),
        (nn.Sequential(OtherLinear(4, 3)), f"`encoder.0` is a quantised.Linear; {OTHER}"),
        (OwnVAE(3), f"`encoder` is an OwnVAE; {OTHER}"),
        (OwnVAE(3).encode, f"`encoder` is an OwnVAE; {OTHER}"),
        (
            MLPVAE(3).decode,
            "the encoder is the method `decode` of bridge's VAE; the model or its `encode` is required for claims "
            "about pixels; pass one of these",
        ),
        (5, f"the encoder is an int; {CHAIN}, as a torch.nn.Sequential; pass the module itself"),
        (
            nn.Sequential(linear(), nn.Identity(), linear(3)),
            "`encoder.2` is a Linear right behind another one; a ReLU between them is required for claims about "
            "pixels; put one there, or multiply the two into one layer",
        ),
        (
            nn.Sequential(linear(), nn.ReLU()),
            "the encoder ends with a ReLU; a Linear at the end is required for claims about pixels, since latents are "
            "affine in the last units; leave the ReLU out, or put a Linear behind it",
        ),
        (nn.Sequential(nn.Flatten()), f"the encoder has no Linear; {CHAIN}; pass one with layers"),
        (
            nn.Sequential(nn.Flatten(2), linear()),
            "`encoder.0` is Flatten(start_dim=2, end_dim=-1); one that makes a row of each image is required; pass "
            "Flatten() in its place",
        ),
        (
            nn.Sequential(hooked()),
            "`encoder.0` has hooks, which can change what it gives; a module without is required for claims about "
            "pixels; remove them",
        ),
        (nn.Sequential(linear(), nn.ReLU(), replaced()), "`encoder.2` has hooks, which can change what it gives; "),
        (
            lambda images: images,
            f"the encoder is a function; {CHAIN}, as a torch.nn.Sequential; pass the module itself",
        ),
        (
            nn.Sequential(with_nan("bias")),
            "encoder.0: `bias[1]` is NaN; only finite numbers convert exactly; remove the sample or train again",
        ),
        (nn.Sequential(with_nan("weight")), "encoder.0: `weight[1, 0]` is NaN; only finite numbers convert exactly; "),
        (
            nn.Sequential(nn.Flatten(), linear(dtype=torch.complex64)),
            "encoder.1: the weight of a layer has dtype complex64; floats of 16, 32 or 64 bits in native byte order ",
        ),
        (linear(dtype=torch.float32).to("meta"), "`encoder.weight` is a tensor that NumPy has no type for ("),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_chain_of_linear_and_relu_is_refused_by_name(encoder, message):
    assert refusal(network_layers, encoder).startswith(message)


# State dicts


@pytest.fixture
def encoder_file(tmp_path, monkeypatch):
    """A state dict of the VAE's encoder, without the bias of its last layer; its folder is the current one."""
    monkeypatch.chdir(tmp_path)
    state = {"enc.1.weight": torch.ones(5, 4), "enc.1.bias": torch.arange(5.0), "fc_mu.weight": torch.ones(2, 5)}
    safetensors.torch.save_file(state, "encoder.safetensors")
    torch.save(state, "encoder.pt")
    np.savez("encoder.npz", **{name: value.numpy() for name, value in state.items()})
    return state


@pytest.mark.parametrize("ending", ["safetensors", "pt", "npz"])
def test_layers_are_read_from_state_dicts_in_the_order_that_is_named(encoder_file, ending):
    layers = read_network(f"encoder.{ending}:enc.1, fc_mu")
    assert [layer.weight.shape for layer in layers] == [(5, 4), (2, 5)]
    assert [layer.bias.tolist() for layer in layers] == [[0, 1, 2, 3, 4], [0, 0]]
    assert same_arrays(network_layers(f"encoder.{ending}:enc.1,fc_mu"), layers)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "encoder.safetensors",
            "the encoder is 'encoder.safetensors'; FILE:LAYER,LAYER,… is required, the layers in their order, between "
            "which ReLU stands; name the layers behind the file",
        ),
        ("encoder.safetensors:enc.1,", "the encoder is 'encoder.safetensors:enc.1,'; FILE:LAYER,LAYER,… is required"),
        (
            "encoder.safetensors:enc.0",
            "encoder.safetensors has no array 'enc.0.weight'; it has the layers enc.1, fc_mu; name some of these",
        ),
        (
            "encoder.safetensors:fc_mu,enc.1",
            "encoder.safetensors:enc.1 has 4 inputs and the layer before it 2 outputs; as many are required; name the "
            "layers in their order",
        ),
        ("none.safetensors:enc.1", "none.safetensors does not exist; a file is required; check the path"),
        ("bias.npz:enc", "bias.npz:enc: a layer has a weight of shape (2, 3) and a bias of shape (3,); "),
        ("integers.npz:enc", "integers.npz:enc: the weight of a layer has dtype int64; floats of 16, 32 or 64 bits"),
        ("infinite.npz:enc", "infinite.npz:enc: `weight[0, 0]` is +inf; only finite numbers convert exactly; "),
        ("none.npz:enc", "none.npz has no array 'enc.weight'; it has the layers none; name some of these"),
    ],
)
def test_a_state_dict_that_has_no_such_layers_is_refused(encoder_file, spec, message):
    np.savez("bias.npz", **{"enc.weight": np.ones((2, 3)), "enc.bias": np.ones(3)})
    np.savez("integers.npz", **{"enc.weight": np.ones((2, 3), np.int64)})
    np.savez("infinite.npz", **{"enc.weight": np.full((2, 3), np.inf)})
    np.savez("none.npz", **{"enc.bias": np.ones(3)})
    assert refusal(read_network, spec).startswith(message)


# Images


def test_every_pixel_is_found_again_in_the_network_s_input():
    pixels = np.arange(256, dtype=np.uint8).reshape(4, 8, 8)
    inputs = network_inputs(pixels)
    assert inputs.shape == (4, 1, 8, 8)
    assert len(inputs.unique()) == 256
    np.testing.assert_array_equal(eight_bit(inputs, "images"), pixels)
    np.testing.assert_array_equal(inputs.numpy().ravel(), np.arange(256, dtype=np.float32) / np.float32(255))


@pytest.mark.parametrize("form", [lambda a: a, lambda a: a[:, None], torch.from_numpy], ids=["3", "4", "tensor"])
def test_unsigned_bytes_are_taken_as_they_are(form):
    images = make_images()
    found = eight_bit(form(images), "images")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, images)


LEVELS = [float(np.float32(k) / np.float32(255)) for k in range(256)]
near_levels = st.sampled_from(LEVELS) | st.floats(width=32) | st.floats(0, 1, width=32)


@given(
    hnp.arrays(np.float32, (1, 2, 2), elements=st.sampled_from(LEVELS))
    | hnp.arrays(np.float32, (1, 1, 2), elements=near_levels)
)
def test_floats_are_taken_for_the_pixels_that_they_are_alone(images):
    try:
        pixels = eight_bit(images, "images")
    except ValueError:
        assert not {*images.ravel().tolist()} <= {*LEVELS}
    else:
        np.testing.assert_array_equal(pixels.astype(np.float32) / np.float32(255), images)


PIXELS = (
    "integers k from 0 to 255, or k/255 in float32, are required for claims about pixels; take `data=mnist`, say, or "
    "images of unsigned bytes"
)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (
            np.array([[[0, 1]], [[0.5, np.nextafter(np.float32(1), np.float32(0))]]], np.float32),
            f"the data set 'mine' has no 8-bit images: the value at [1, 0, 0] is 0.5; {PIXELS}",
        ),
        (
            np.full((1, 2, 2), np.nan, np.float32),
            "the data set 'mine' has no 8-bit images: the value at [0, 0, 0] is n",
        ),
        (np.full((1, 2, 2), -1, np.float32), "the data set 'mine' has no 8-bit images: the value at [0, 0, 0] is -1.0"),
        (np.zeros((1, 2, 2)), f"the data set 'mine' has images of type float64; {PIXELS}"),
        (np.zeros((1, 2, 2), np.int64), f"the data set 'mine' has images of type int64; {PIXELS}"),
        (
            np.zeros((1, 3, 2, 2), np.uint8),
            "the data set 'mine' has images of shape (1, 3, 2, 2); (N, height, width) or (N, 1, height, width) is "
            "required for claims about pixels; reshape them",
        ),
        (np.zeros((0, 2, 2), np.uint8), "the data set 'mine' has images of shape (0, 2, 2); "),
        (np.zeros((4, 4), np.uint8), "the data set 'mine' has images of shape (4, 4); "),
    ],
)
def test_what_are_no_8_bit_images_is_refused_by_name(images, message):
    assert refusal(eight_bit, images, "mine").startswith(message)


def test_scores_are_of_the_pixels_where_they_are_all_what_is_counted():
    images = make_images()
    size, thick = (np.array(list(map(count, images)), np.float32) for count in (plain_size, plain_thick))
    scores = np.stack([size, thick, size], axis=1)
    assert pixel_concepts(images, scores, ("size", "thick", "other")) == ("size", "thick")
    scores[2, 1] += 1
    assert pixel_concepts(images, scores, ("size", "thick", "other")) == ("size",)
    assert pixel_concepts(images, scores, ("a", "b", "c")) == ()
