"""Samples of any encoder: what it may be, what its latents and scores become, and how it is refused."""

import hashlib
import pickle
import re

import numpy as np
import pytest
import torch
from torch import nn

from bridge.artifact.file import artifact_bytes
from bridge.exact.network import size_of
from bridge.probe.fit import fit_samples
from bridge.probe.ridge import fit_probe
from bridge.sources import encoders
from bridge.sources.concepts.seed import concept_scores
from bridge.sources.networks import network_inputs, network_module
from bridge.sources.samples import Samples
from bridge.sources.split import split
from bridge.sources.vae import MLPVAE, encode_latents
from support.pixels import make_images, make_layers
from support.refusals import refusal as refusal_of

RANDOM = np.random.default_rng(0)
IMAGES = torch.from_numpy(RANDOM.random((50, 1, 28, 28), np.float32))
HEIGHTS = RANDOM.normal(size=50)
CPU = torch.device("cpu")


def convolutional(width=4):
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 2, 5, stride=4), nn.BatchNorm2d(2), nn.Dropout(), nn.Flatten(), nn.Linear(72, width)]
    return nn.Sequential(*layers)


def latents_of(encoder, images=IMAGES, **options):
    return Samples.from_encoder(encoder, images, **options).latents.whole()


def test_a_module_of_any_architecture_is_evaluated_without_dropout_and_gradients():
    model = convolutional()
    latents = latents_of(model)
    with torch.no_grad():
        np.testing.assert_array_equal(latents, model.eval()(IMAGES).numpy())
    assert latents.dtype == np.float32


def test_a_method_and_the_first_of_several_results_are_taken():
    vae = MLPVAE(3)
    np.testing.assert_array_equal(latents_of(vae.encode), encode_latents(vae, IMAGES, CPU))


def test_a_function_may_know_nothing_of_pytorch():
    images = RANDOM.random((20, 6))
    latents = latents_of(lambda batch: np.asarray(batch)[:, :2] * 3, images, scores=np.arange(20.0))
    np.testing.assert_array_equal(latents, images[:, :2] * 3)
    assert latents.dtype == np.float64


def test_batches_of_images_are_encoded_one_after_the_other(monkeypatch):
    monkeypatch.setattr(encoders, "_BATCH", 20)
    sizes = []

    def encoder(batch):
        sizes.append(len(batch))
        return batch.flatten(1)[:, :3]

    np.testing.assert_array_equal(latents_of(encoder), IMAGES.flatten(1)[:, :3].numpy())
    assert sizes == [20, 20, 10]


def test_images_are_scored_for_concepts_unless_scores_are_given():
    samples = Samples.from_encoder(convolutional(), IMAGES, concepts="slant,size")
    np.testing.assert_array_equal(samples.scores.values, concept_scores(IMAGES)[:, [2, 0]].numpy())
    assert (samples.scores.names, samples.scores.units) == (("slant", "size"), ("radians", "pixels"))
    given = Samples.from_encoder(convolutional(), IMAGES, scores=HEIGHTS, names=["height"], units=[None])
    np.testing.assert_array_equal(given.scores.values, HEIGHTS[:, None])
    assert (given.scores.names, given.scores.units) == (("height",), ("",))


def test_the_parts_are_those_that_the_seed_draws_and_the_origin_says_so():
    samples = Samples.from_encoder(
        convolutional(), IMAGES, held_out=0.3, calibration=0.2, seed=7, source="faces of a street"
    )
    drawn = split(50, held_out=0.3, calibration=0.2, seed=7)
    np.testing.assert_array_equal(samples.parts.is_train, drawn.is_train)
    np.testing.assert_array_equal(samples.parts.is_calibration, drawn.is_calibration)
    origin = samples.origin
    assert (origin.dataset, origin.seed, origin.held_out, origin.epochs) == ("faces of a street", 7, 0.3, None)
    assert origin.dataset_sha256 == hashlib.sha256(IMAGES.numpy().tobytes()).hexdigest()


def test_samples_that_were_sent_elsewhere_have_the_same_fit():
    samples = Samples.from_encoder(convolutional(), IMAGES, scores=HEIGHTS)
    there = pickle.loads(pickle.dumps(samples))
    assert artifact_bytes(fit_samples(there).artifact()) == artifact_bytes(fit_samples(samples).artifact())


def test_the_fit_of_an_encoders_samples_is_that_of_its_training_part(tmp_path):
    samples = Samples.from_encoder(convolutional(), IMAGES, scores=HEIGHTS, names=["height"])
    fit = fit_samples(samples, lam=0.5)
    members = torch.from_numpy(samples.parts.is_train)
    Z = torch.from_numpy(samples.latents.whole())[members]
    W = fit_probe(Z, torch.from_numpy(HEIGHTS)[members, None], 0.5, fit_bias="free")
    artifact = fit.artifact()
    np.testing.assert_array_equal(artifact.weights, W.numpy())
    assert (artifact.provenance.lam, artifact.provenance.beta, artifact.provenance.free_bias) == (0.5, None, True)


def refusal(encoder, images=IMAGES, **options):
    return refusal_of(lambda: fit_samples(Samples.from_encoder(encoder, images, **options)))


def test_an_encoder_that_fails_is_refused_with_what_it_was_given():
    assert re.fullmatch(
        r"the encoder failed on images of shape \(50, 1, 28, 28\) and type torch\.float32 \(RuntimeError: .*\); a "
        "module or a function that takes a batch of them is required; pass the images that it takes",
        refusal(nn.Linear(3, 2)),
    )


@pytest.mark.parametrize(
    ("encoder", "shape"),
    [
        (lambda batch: batch, (50, 1, 28, 28)),
        (lambda batch: batch[1:].flatten(1), (49, 784)),
        (lambda batch: batch.sum(), ()),
    ],
    ids=["images", "a sample less", "a number"],
)
def test_what_is_no_latents_is_refused(encoder, shape):
    assert refusal(encoder) == (
        f"the encoder gave an array of shape {shape} for 50 images; latents (50, d), of one d, or a tuple that begins "
        "with them, are required; pass a function that gives these"
    )


def test_latents_of_another_width_in_a_later_batch_are_refused(monkeypatch):
    monkeypatch.setattr(encoders, "_BATCH", 30)
    assert refusal(lambda batch: batch.flatten(1)[:, : len(batch)]).startswith(
        "the encoder gave an array of shape (20, 20) for 20 images; "
    )


@pytest.mark.parametrize(
    ("encoder", "options", "message"),
    [
        (convolutional(), {"scores": HEIGHTS[1:]}, "`scores` has 49 rows and `latents` 50; "),
        (convolutional(), {"scores": np.where(np.arange(50) == 4, np.nan, 1)}, "`scores[4, 0]` is NaN; "),
        (convolutional(), {"scores": HEIGHTS, "names": ["a", "b"]}, "`names` has 2 entries; "),
        (lambda batch: batch.flatten(1) / 0, {}, "`latents[0, 0]` is +inf; only finite numbers convert exactly"),
        (convolutional(), {"images": IMAGES[:, 0]}, "the encoder failed on images of shape (50, 28, 28)"),
        (convolutional(), {"images": IMAGES + 1}, "an image has a value that is not in [0, 1]; "),
        (convolutional(), {"images": IMAGES[:0]}, "images have shape (0, 1, 28, 28); (N, …) with N ≥ 1 is required"),
        (convolutional(), {"source": 5}, "`source` is 5; a text is required; "),
    ],
    ids=["rows", "NaN", "names", "infinite", "no channel", "range", "none", "source"],
)
def test_what_does_not_fit_is_refused(encoder, options, message):
    assert refusal(encoder, **{"images": IMAGES, **options}).startswith(message)


# Images and encoders that are kept


PIXELS, LAYERS = make_images(20, 28, 28), make_layers(784, 5, 3)


def chain(dtype=torch.float32):
    return network_module(LAYERS).to(dtype)


@pytest.mark.parametrize("form", [lambda a: a, torch.from_numpy, network_inputs], ids=["array", "tensor", "inputs"])
def test_a_chain_on_8_bit_images_is_kept_with_them(form):
    samples = Samples.from_encoder(chain(), form(PIXELS), concepts="size,slant", from_pixels=True)
    np.testing.assert_array_equal(samples.pixels.images, PIXELS)
    assert samples.pixels.scored == ("size",)
    with torch.no_grad():
        np.testing.assert_array_equal(samples.latents.whole(), chain()(network_inputs(PIXELS)).numpy())
    record = fit_samples(samples).record
    np.testing.assert_array_equal(record.pixels.layers[0].weight, LAYERS[0].weight)


def test_a_chain_of_other_floats_is_computed_in_float32_and_kept_as_it_is():
    samples = Samples.from_encoder(chain(torch.float64), PIXELS, from_pixels=True)
    assert samples.latents.dtype == np.float32
    assert samples.pixels.layers[0].weight.dtype == np.float64


def test_images_of_any_size_are_kept_with_scores_of_ones_own():
    images, encoder = make_images(20), network_module(make_layers(42, 3))
    scores = np.stack([size_of(images), size_of(images)], axis=1)
    samples = Samples.from_encoder(encoder, images, scores=scores, names=["size", "thick"], from_pixels=True)
    assert samples.pixels.scored == ("size",)


def test_no_image_is_kept_unless_that_is_wanted():
    assert Samples.from_encoder(chain(), network_inputs(PIXELS)).pixels is None


@pytest.mark.parametrize(
    ("encoder", "images", "message"),
    [
        (convolutional(), PIXELS, "`encoder.0` is a Conv2d; a chain of Linear and ReLU is required for claims about "),
        (chain(), IMAGES, "the data set 'images' has no 8-bit images: the value at [0, 0, 0] is 0.850624"),
        (chain(), make_images(), "the first layer of the encoder has 784 inputs and an image 6 · 7 = 42 pixels; an in"),
    ],
    ids=["encoder", "images", "size"],
)
def test_what_claims_about_pixels_cannot_be_made_of_is_refused(encoder, images, message):
    assert refusal_of(Samples.from_encoder, encoder, images, from_pixels=True).startswith(message)
