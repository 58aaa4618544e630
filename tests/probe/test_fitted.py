"""Probes that were fitted elsewhere as artifacts: the numbers stay, and no more is said of them than is known."""

import hashlib
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from bridge.artifact.coverage import Coverage, listed_rows
from bridge.base.errors import BridgeWarning, InputError
from bridge.exact.residuals import exact_residuals
from bridge.export.certificate import build_certificate
from bridge.probe.fitted import given_artifact
from bridge.sources.networks import network_module
from support.artifacts import stored
from support.exports import rendered
from support.pixels import float_latents, make_images, make_layers, plain_size, plain_thick
from support.strategies import number_arrays, unhurried

RANDOM = np.random.default_rng(0)
Z, C, W = RANDOM.normal(size=(20, 3)), RANDOM.normal(size=(20, 2)), RANDOM.normal(size=(4, 2))
PARTS = np.arange(20) % 4
NAMES = ("size", "slant")


@unhurried
@given(data=st.data(), samples=st.integers(1, 4), dim=st.integers(1, 3))
def test_every_number_is_kept_bit_for_bit_and_delta_is_its_own(tmp_path, data, samples, dim):
    shapes = {"latents": (samples, dim), "scores": (samples, 2), "weights": (dim + 1, 2)}
    arrays = {name: data.draw(number_arrays(*shape)) for name, shape in shapes.items()}
    artifact = stored(tmp_path, given_artifact(**arrays)).artifact
    for name, array in arrays.items():
        kept = getattr(artifact, name)
        assert (kept.dtype, kept.tobytes()) == (array.dtype, array.tobytes())
    residuals = exact_residuals(**arrays)
    for column, claim in enumerate(build_certificate(artifact).concepts):
        assert claim.delta == residuals.sup_error(column).value


def test_vectors_are_matrices_of_one_column_and_the_other_byte_order_is_this_machines():
    artifact = given_artifact(Z.astype(Z.dtype.newbyteorder()), C[:, 0], W[:, 0])
    plain = given_artifact(Z, C[:, :1], W[:, :1])
    for name in ("latents", "scores", "weights"):
        assert getattr(artifact, name).tobytes() == getattr(plain, name).tobytes()
    assert artifact.concept_names == ("concept 1",)


MODELS = {
    "a linear layer": torch.nn.Linear(3, 2),
    "a linear layer without a bias": torch.nn.Linear(3, 2, bias=False),
    "a ridge regression": Ridge().fit(Z, C),
    "one without an intercept": Ridge(fit_intercept=False).fit(Z, C),
    "one of one concept": Ridge().fit(Z, C[:, 0]),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_a_linear_model_is_the_weights_that_it_has(model):
    scores = C[:, 0] if isinstance(model, Ridge) and np.ndim(model.coef_) == 1 else C
    found = given_artifact(Z, scores, model).weights
    if isinstance(model, Ridge):
        weight, bias = model.coef_, model.intercept_
    else:
        weight, bias = model.weight.detach().numpy(), 0.0 if model.bias is None else model.bias.detach().numpy()
    assert found.dtype == weight.dtype
    assert np.array_equal(found[:-1], np.atleast_2d(weight).T)
    assert np.array_equal(found[-1], np.broadcast_to(bias, found.shape[1]))


def test_a_table_whose_column_is_called_weight_is_a_table():
    table = pd.DataFrame({"weight": W[:, 0], "bias": W[:, 1]})
    assert np.array_equal(given_artifact(Z, C, table).weights, W)


def test_without_parts_no_sample_counts_as_held_out():
    artifact = given_artifact(Z, C, W)
    assert not artifact.knows_parts
    assert not (artifact.is_train | artifact.is_calibration | artifact.is_held_out).any()
    assert artifact.provenance.held_out is None
    for metrics in artifact.metrics:
        assert (metrics.r2_held_out, metrics.delta_held_out) == (None, None)
        assert metrics.delta_all > 0
    assert len(listed_rows(artifact, Coverage.ALL)) == 20
    with pytest.raises(InputError, match=r"^the artifact has no held-out samples; "):
        listed_rows(artifact, Coverage.HELD_OUT)


def test_with_parts_what_is_in_none_of_them_is_held_out():
    artifact = given_artifact(Z, C, W, is_train=PARTS == 0, is_calibration=PARTS == 1)
    assert artifact.is_held_out.tolist() == (PARTS > 1).tolist()
    assert artifact.provenance.held_out == 0.5
    measured = given_artifact(Z[PARTS > 1], C[PARTS > 1], W).metrics
    for metrics, alone in zip(artifact.metrics, measured, strict=True):
        assert metrics.delta_held_out == pytest.approx(alone.delta_all)
        assert metrics.r2_held_out == pytest.approx(alone.r2_all)


def test_a_calibration_part_without_a_training_part_makes_no_sample_held_out(tmp_path):
    artifact = given_artifact(Z, C, W, names=NAMES, is_calibration=PARTS > 0)
    assert not artifact.knows_parts
    assert not artifact.is_held_out.any()
    assert artifact.is_calibration.tolist() == (PARTS > 0).tolist()
    for metrics in artifact.metrics:
        assert (metrics.r2_held_out, metrics.delta_held_out) == (None, None)
        assert metrics.delta_calibration <= metrics.delta_all
    assert stored(tmp_path, artifact).artifact.is_calibration.tolist() == (PARTS > 0).tolist()
    concept = " ".join(rendered(tmp_path, artifact, alpha=Fraction(1, 2))["Generated/Size.lean"].split())
    assert "20 samples: 15 of the calibration part and 5 others." in concept
    assert "Which of them the probe was fitted on is not recorded." in concept
    assert "the first 15 listed samples are the calibration part. Whether the fit has seen them is not rec" in concept
    assert not re.search("held out|has not seen", concept)


def test_a_calibration_part_that_the_fit_has_not_seen_is_said_to_be_so(tmp_path):
    artifact = given_artifact(Z, C, W, names=NAMES, is_train=PARTS == 0, is_calibration=PARTS > 0)
    concept = " ".join(rendered(tmp_path, artifact, alpha=Fraction(1, 2))["Generated/Size.lean"].split())
    assert "are the calibration part, which the fit has not seen." in concept


def test_samples_that_are_known_to_be_held_out_all_of_them_are():
    artifact = given_artifact(Z, C, W, is_train=np.zeros(20, bool))
    assert artifact.is_held_out.all()
    assert artifact.metrics[0].r2_held_out == artifact.metrics[0].r2_all


def test_nothing_was_drawn_or_trained():
    provenance = given_artifact(Z, C, W, source="Z.npy", source_sha256="ab" * 32).provenance
    assert (provenance.dataset, provenance.dataset_sha256) == ("Z.npy", "ab" * 32)
    assert (provenance.seed, provenance.lam, provenance.beta, provenance.epochs) == (None,) * 4


def test_the_data_set_of_arrays_is_the_bytes_of_the_latents():
    digest = hashlib.sha256(Z.tobytes()).hexdigest()
    assert given_artifact(np.asfortranarray(Z), C, W).provenance.dataset_sha256 == digest


def test_the_lean_files_say_that_the_probe_was_fitted_elsewhere(tmp_path):
    files = rendered(tmp_path, given_artifact(Z, C, W, names=NAMES))
    concept = " ".join(files["Generated/Size.lean"].split())
    assert "its sup error over 20 samples: all that came with the probe." in concept
    assert "The probe was fitted elsewhere and is exported as it is. For information only" in concept
    assert re.search(r"R² = -?\d\.\d{4} over these samples. Which of them the probe was fitted on is not rec", concept)
    assert "every number is the number that was given, exactly" in concept
    assert "| concept | δ, about | R² |" in files["Generated.lean"]
    assert not any("held out" in text or "training part" in text for text in files.values())


def test_the_lean_files_name_the_parts_if_they_are_known(tmp_path):
    files = rendered(tmp_path, given_artifact(Z, C, W, names=NAMES, is_train=PARTS == 0, is_calibration=PARTS == 1))
    concept = " ".join(files["Generated/Size.lean"].split())
    assert "20 samples: 5 of the training part, 5 of the calibration part and 10 held out." in concept
    assert "The probe was fitted elsewhere and is exported as it is. For information only" in concept
    assert "(training part)" in concept
    assert "| concept | δ, about | R², held out |" in files["Generated.lean"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"lam": 0.5}, "Fitted by ridge regression (λ = 0.5, bias regularised). For"),
        ({"lam": 1 / 3}, "Fitted by ridge regression (λ = 0.3333333333333333, bias regularised). For"),
        (
            {"lam": 0.5, "standardized": True, "free_bias": True, "is_train": PARTS == 0},
            "Fitted by ridge regression (λ = 0.5, latents standardised, bias free) on the training part. For",
        ),
        (
            {"lam": 1e-9, "weighted": True},
            "Fitted by ridge regression (λ = 1e-09, bias regularised, samples weighted). For",
        ),
    ],
    ids=str,
)
def test_the_lean_files_say_how_the_probe_was_fitted(tmp_path, options, text):
    artifact = given_artifact(Z, C, W, names=NAMES, **options)
    assert text in " ".join(rendered(tmp_path, artifact)["Generated/Size.lean"].split())
    assert stored(tmp_path, artifact).artifact.provenance == artifact.provenance


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"scores": C[:19]},
            "`scores` has 19 rows and `latents` 20; one score row for each latent point is required; ",
        ),
        ({"weights": W[:3]}, "`weights` has shape (3, 2); (4, 2) is required, "),
        ({"latents": np.where(Z[7, 1] == Z, np.nan, Z)}, "`latents[7, 1]` is NaN; only finite numbers convert exactly"),
        ({"latents": Z.astype(str)}, "`latents` has dtype <U"),
        ({"names": ("a", "a")}, "the concept name 'a' is used twice; each concept needs its own; rename one"),
        ({"names": ("a",)}, "`names` has 1 entries; a list of 2 texts, one for each concept, is required; "),
        ({"names": "ab"}, "`names` is 'ab'; a list of 2 texts, one for each concept, is required; "),
        ({"units": ["mm", 0]}, "`units[1]` is 0; a list of 2 texts, one for each concept, is required; "),
        ({"source": Path("Z.npy")}, "`source` is PosixPath('Z.npy'); a text is required; "),
        ({"is_train": np.ones(19, bool)}, "`is_train` has shape (19,) and dtype bool; (20,) and bool are required"),
        ({"is_calibration": np.ones(20)}, "`is_calibration` has shape (20,) and dtype float64; (20,) and bool are"),
        (
            {"is_train": PARTS == 0, "is_calibration": PARTS < 2},
            "sample 0 is in the training part and in the calibration part; ",
        ),
    ],
    ids=str,
)
def test_what_does_not_belong_together_is_refused(changed, message):
    arguments = {"latents": Z, "scores": C, "weights": W, "names": NAMES, **changed}
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        given_artifact(**arguments)


# The images and the encoder


IMAGES, LAYERS = make_images(), make_layers(42, 4, 3)
SIZES = np.array([[plain_size(image), plain_thick(image)] for image in IMAGES], np.float32)


def of_images(**changed):
    latents = changed.pop("latents", float_latents(LAYERS, IMAGES))
    content = {"scores": SIZES, "weights": W, "names": ("size", "thick"), "images": IMAGES}
    return given_artifact(latents, **{**content, "encoder": network_module(LAYERS), **changed})


def test_images_and_the_layers_of_the_encoder_are_kept(tmp_path):
    artifact = stored(tmp_path, of_images()).artifact
    np.testing.assert_array_equal(artifact.pixels.images, IMAGES)
    for kept, layer in zip(artifact.pixels.layers, LAYERS, strict=True):
        np.testing.assert_array_equal(kept.weight, layer.weight)
        np.testing.assert_array_equal(kept.bias, layer.bias)
    assert artifact.pixels.scored == ("size", "thick")


def test_images_can_be_tensors_and_the_network_s_inputs():
    for images in (torch.from_numpy(IMAGES), torch.from_numpy(IMAGES)[:, None].float() / 255):
        np.testing.assert_array_equal(of_images(images=images).pixels.images, IMAGES)


def test_scores_of_the_same_name_that_are_not_those_of_the_pixels_are_listed_alone():
    assert of_images(scores=SIZES + np.array([0, 1])).pixels.scored == ("size",)
    assert of_images(names=("large", "thick")).pixels.scored == ("thick",)


def test_latents_of_16_bits_are_those_of_the_encoder():
    assert of_images(latents=float_latents(LAYERS, IMAGES).astype(np.float16)).pixels is not None


def test_latents_that_the_encoder_does_not_give_are_warned_of():
    message = (
        "the latents differ from those that the encoder gives by up to 1; the encoder takes k/255 for the pixel k, "
        "with no other scaling; pass the latents of these images, or put the scaling into the first layer"
    )
    with pytest.warns(BridgeWarning, match=f"^{re.escape(message)}$"):
        of_images(latents=float_latents(LAYERS, IMAGES) + np.float32(1))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"encoder": None},
            "`images` was passed without `encoder`; both are required for claims about pixels; pass both, or neither",
        ),
        ({"images": None}, "`encoder` was passed without `images`; both are required for claims about pixels; pass "),
        ({"images": IMAGES[:4]}, "there are 4 images and 5 samples; an image for each sample is required; pass the "),
        ({"images": IMAGES / 256}, "the data set 'arrays' has images of type float64; integers k from 0 to 255, or k/"),
        (
            {"images": IMAGES[:, 1:]},
            "the first layer has 42 inputs and the images 5 · 7 = 35 pixels; an input for each",
        ),
        ({"encoder": torch.nn.Tanh()}, "`encoder` is a Tanh; a chain of Linear and ReLU is required for claims about "),
        (
            {"encoder": network_module(make_layers(42, 4, 2))},
            "the last layer has 2 outputs and the latents 3 dimensions; as many are required; pass the layers that the "
            "latents come from",
        ),
    ],
    ids=str,
)
def test_images_and_an_encoder_that_do_not_go_with_the_samples_are_refused(changed, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        of_images(**changed)
