"""From images to the artifact: what is fitted on which part, what is recorded, and that it can be done again."""

import dataclasses
import os
import platform
import re
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import skimage
import torch

import bridge
from bridge.artifact.file import artifact_bytes
from bridge.base.errors import InputError
from bridge.exact.rounding import round_to_grid
from bridge.probe.fit import fit_samples
from bridge.probe.lam_choice import choose_lam
from bridge.probe.ridge import fit_probe
from bridge.sources.checkpoint import (
    TrainingRecord,
    encoded_samples,
    in_parts_of_training,
    load_checkpoint,
    record_metadata,
    record_of,
    save_checkpoint,
    training_images,
)
from bridge.sources.concepts.choice import SEED_CONCEPTS, choose_concepts, morphology_scores
from bridge.sources.concepts.seed import concept_scores
from bridge.sources.images import load_images
from bridge.sources.split import split
from bridge.sources.training import TrainingOptions, train, train_model
from bridge.sources.vae import encode_latents
from support.idx import write_idx
from support.problems import measures_by_definition

CPU = torch.device("cpu")
SHORT = TrainingOptions(d=4, epochs=2, batch_size=16, seed=3)
PARTS = ("train", "held_out", "all")

doubts_allowed = pytest.mark.filterwarnings("ignore::bridge.base.errors.BridgeWarning")


def trained(data="random", *, limit=None, held_out=0.25, options=SHORT):
    return train_model(data, limit=limit, held_out=held_out, options=options, device=CPU)


def artifact_of(vae, record, *, concepts=SEED_CONCEPTS, **options):
    samples = encoded_samples(vae, record, training_images(record), device=CPU, concepts=concepts)
    return fit_samples(in_parts_of_training(samples, record), **{"fit_bias": "regularised", **options}).artifact()


def fitted(data="random", *, lam=1e-3, **training):
    return artifact_of(*trained(data, **training), lam=lam)


@pytest.fixture(scope="module")
def digits():
    """A model and its record, from 64 real digits."""
    return trained("digits", limit=64)


@pytest.fixture(scope="module")
def artifact(digits):
    return artifact_of(*digits, lam=0.01)


def part_of(artifact, part):
    return {"train": artifact.is_train, "held_out": ~artifact.is_train, "all": np.full(64, True)}[part]


def probe_inputs(artifact, members):
    return torch.tensor(artifact.latents[members]), torch.tensor(artifact.scores[members])


# What goes into the artifact


def test_the_artifact_holds_latents_scores_and_places_of_all_images(digits, artifact):
    images = load_images("digits", limit=64).images
    assert np.array_equal(artifact.latents, encode_latents(digits[0], images, CPU))
    assert np.array_equal(artifact.scores, concept_scores(images).numpy())
    assert artifact.sample_indices.tolist() == list(range(64))
    assert artifact.latents.shape == (64, 4)
    assert artifact.concept_names == ("size", "thick", "slant")
    assert artifact.concept_units == ("pixels", "pixels", "radians")


def test_the_split_is_the_seeded_one(artifact):
    assert np.array_equal(artifact.is_train, split(64, held_out=0.25, seed=3).is_train)
    assert artifact.is_train.sum() == 48


def test_the_vae_is_trained_on_the_training_part_only(digits, artifact):
    images = load_images("digits", limit=64).images
    again = train(images[torch.tensor(artifact.is_train)], SHORT, CPU)
    for name, values in digits[0].state_dict().items():
        assert torch.equal(values, again.state_dict()[name])


def test_the_probe_is_fitted_on_the_training_part_only(artifact):
    refitted = fit_probe(*probe_inputs(artifact, artifact.is_train), 0.01)
    assert artifact.weights.dtype == np.float64
    assert np.array_equal(artifact.weights, refitted.numpy())
    assert not np.allclose(artifact.weights, fit_probe(*probe_inputs(artifact, part_of(artifact, "all")), 0.01))


def test_a_standardised_fit_is_that_of_the_probe_and_says_so(digits, artifact):
    standardized = artifact_of(*digits, lam=0.01, standardize=True)
    refitted = fit_probe(*probe_inputs(artifact, artifact.is_train), 0.01, standardize=True)
    np.testing.assert_array_equal(standardized.weights, refitted.numpy())
    assert not np.array_equal(standardized.weights, artifact.weights)
    assert standardized.provenance.standardized


def test_a_free_bias_and_a_strength_of_several_are_those_of_the_probe(digits, artifact):
    choices = []
    options = {"lam": [0.01, 1.0, 1e4], "fit_bias": "free", "on_choice": choices.append}
    free = artifact_of(*digits, **options)
    mu, C = probe_inputs(artifact, artifact.is_train)[:2]
    assert choices == [choose_lam(mu, C, [0.01, 1.0, 1e4], fit_bias="free", seed=3)]
    assert free.provenance.lam == choices[0].lam
    assert free.provenance.free_bias
    np.testing.assert_array_equal(free.weights, fit_probe(mu, C, choices[0].lam, fit_bias="free").numpy())


@pytest.mark.parametrize("part", PARTS)
def test_the_measures_of_each_part_are_those_of_its_samples(artifact, part):
    members = part_of(artifact, part)
    R2, delta = measures_by_definition(artifact.latents[members], artifact.scores[members], artifact.weights)
    assert [getattr(metrics, f"r2_{part}") for metrics in artifact.metrics] == R2
    assert [getattr(metrics, f"delta_{part}") for metrics in artifact.metrics] == delta


def test_the_provenance_says_where_the_numbers_come_from(artifact):
    provenance = dataclasses.asdict(artifact.provenance)
    versions = dict(provenance.pop("versions"))
    assert provenance == {
        "dataset": "digits",
        "dataset_sha256": load_images("digits").sha256,
        "seed": 3,
        "held_out": 0.25,
        "lam": 0.01,
        "beta": 4.0,
        "epochs": 2,
        "device": "cpu",
        "standardized": False,
        "free_bias": False,
        "weighted": False,
        "shards": (),
    }
    assert sorted(versions) == ["bridge", "numpy", "python", "safetensors", "torch"]
    assert versions["bridge"] == bridge.__version__
    assert versions["python"] == platform.python_version()
    assert versions["torch"] == torch.__version__


@pytest.mark.filterwarnings("ignore::bridge.base.errors.BridgeWarning")
def test_morpho_mnists_concepts_are_recorded_with_the_version_of_scikit_image():
    vae, record = trained(limit=8)
    artifact = artifact_of(vae, record, lam=1e-3, concepts=choose_concepts("height,slant"))
    images = load_images("random", seed=3, limit=8).images
    assert artifact.concept_names == ("height", "slant")
    assert artifact.concept_units == ("pixels", "radians")
    assert np.array_equal(artifact.scores[:, 0], morphology_scores(images)[:, 5])
    assert np.array_equal(artifact.scores[:, 1], concept_scores(images)[:, 2])
    versions = [name for name, _ in artifact.provenance.versions]
    assert versions == ["bridge", "numpy", "python", "safetensors", "scikit-image", "torch"]
    assert dict(artifact.provenance.versions)["scikit-image"] == skimage.__version__


def test_what_was_done_to_the_images_is_told_before_the_training(tmp_path):
    np.save(tmp_path / "a.npy", np.random.default_rng(0).random((8, 20, 30)))
    told = []
    train_model(
        str(tmp_path / "a.npy"),
        limit=None,
        held_out=0.25,
        options=SHORT,
        device=CPU,
        on_epoch=lambda epoch, _loss: told.append(epoch),
        tell=told.append,
    )
    assert told == [*load_images(str(tmp_path / "a.npy")).notes, 1, 2]
    assert len(told) == 3


def test_every_epoch_is_reported():
    epochs = []
    train_model(
        "random",
        limit=8,
        held_out=0.25,
        options=SHORT,
        device=CPU,
        on_epoch=lambda epoch, _loss: epochs.append(epoch),
    )
    assert epochs == [1, 2]


# Rounding


def largest_change(before, after):
    return str(
        max(
            abs(Fraction(x) - Fraction(y)) for x, y in zip(before.ravel().tolist(), after.ravel().tolist(), strict=True)
        )
    )


@pytest.fixture(scope="module")
def rounded(digits):
    return artifact_of(*digits, lam=0.01, weight_bits=7, latent_bits=3)


def test_without_a_grid_nothing_is_rounded_and_no_rounding_is_recorded(digits, artifact):
    assert artifact.rounding is None
    explicit = artifact_of(*digits, lam=0.01, weight_bits=None, latent_bits=None)
    assert artifact_bytes(explicit) == artifact_bytes(artifact)


def test_the_latents_are_rounded_and_nothing_else_of_the_data(artifact, rounded):
    assert np.array_equal(rounded.latents, round_to_grid(artifact.latents, 3, name="latents").values)
    assert rounded.latents.dtype == np.float32
    assert np.array_equal(rounded.scores, artifact.scores)


def test_the_probe_is_fitted_on_the_rounded_latents_then_its_weights_and_bias_are_rounded(artifact, rounded):
    refitted = fit_probe(*probe_inputs(rounded, rounded.is_train), 0.01).numpy()
    assert np.array_equal(rounded.weights, round_to_grid(refitted, 7, name="weights").values)
    # The other order gives other weights, so that the order is seen.
    assert not np.array_equal(rounded.weights, round_to_grid(artifact.weights, 7, name="weights").values)
    assert (rounded.weights[-1] * 2**7 % 1 == 0).all()


@pytest.mark.parametrize("part", PARTS)
def test_the_measures_are_those_of_the_rounded_numbers(rounded, part):
    members = part_of(rounded, part)
    R2, delta = measures_by_definition(rounded.latents[members], rounded.scores[members], rounded.weights)
    assert [getattr(metrics, f"r2_{part}") for metrics in rounded.metrics] == R2
    assert [getattr(metrics, f"delta_{part}") for metrics in rounded.metrics] == delta


def test_the_largest_changes_are_recorded_exactly(artifact, rounded):
    refitted = fit_probe(*probe_inputs(rounded, rounded.is_train), 0.01).numpy()
    assert dataclasses.asdict(rounded.rounding) == {
        "weight_bits": 7,
        "latent_bits": 3,
        "largest_weight_change": largest_change(refitted, rounded.weights),
        "largest_latent_change": largest_change(artifact.latents, rounded.latents),
    }


def test_weights_alone_are_rounded(digits, artifact):
    rounded = artifact_of(*digits, lam=0.01, weight_bits=7)
    assert np.array_equal(rounded.latents, artifact.latents)
    assert np.array_equal(rounded.weights, round_to_grid(artifact.weights, 7, name="weights").values)
    assert (rounded.rounding.weight_bits, rounded.rounding.latent_bits) == (7, None)
    assert rounded.rounding.largest_latent_change is None


def test_latents_alone_are_rounded(digits, rounded):
    alone = artifact_of(*digits, lam=0.01, latent_bits=3)
    assert np.array_equal(alone.latents, rounded.latents)
    assert np.array_equal(alone.weights, fit_probe(*probe_inputs(rounded, rounded.is_train), 0.01).numpy())
    assert (alone.rounding.weight_bits, alone.rounding.latent_bits) == (None, 3)
    assert alone.rounding.largest_weight_change is None


@pytest.mark.parametrize("name", ["weight_bits", "latent_bits"])
def test_a_grid_out_of_range_is_refused(digits, name):
    with pytest.raises(InputError, match=r"^N is -1; a whole number from 0 to 1074 is required"):
        artifact_of(*digits, lam=0.01, **{name: -1})


# Extreme sizes


@doubts_allowed
def test_fewer_samples_than_latent_dimensions_fit():
    artifact = fitted(limit=3, options=dataclasses.replace(SHORT, d=8))
    assert artifact.latents.shape == (3, 8)
    assert artifact.is_train.sum() == 2
    assert artifact.metrics[0].delta_train < 1


def test_fewer_samples_than_latent_dimensions_without_a_ridge_are_refused():
    with pytest.raises(InputError, match=r"^the normal equations are singular in float64 with λ = 0\.0; "):
        fitted(limit=3, lam=0.0, options=dataclasses.replace(SHORT, d=8))


def test_a_latent_space_of_one_dimension_fits():
    artifact = fitted(limit=20, options=dataclasses.replace(SHORT, d=1))
    assert (artifact.latents.shape, artifact.weights.shape) == ((20, 1), (2, 3))


def test_nothing_held_out_leaves_its_measures_undefined():
    for metrics in fitted(limit=20, held_out=0.0).metrics:
        assert (metrics.r2_held_out, metrics.delta_held_out) == (None, None)
        assert (metrics.r2_train, metrics.delta_train) == (metrics.r2_all, metrics.delta_all)
        assert metrics.delta_all is not None


@doubts_allowed
@pytest.mark.parametrize("held_out", [0.0, 0.25, 0.9])
def test_a_single_sample_is_for_training_and_has_no_r2(held_out):
    artifact = fitted(limit=1, held_out=held_out)
    assert artifact.is_train.tolist() == [True]
    for metrics in artifact.metrics:
        assert (metrics.r2_train, metrics.r2_held_out, metrics.r2_all) == (None, None, None)
        assert metrics.delta_train == metrics.delta_all >= 0


@doubts_allowed
def test_a_constant_concept_has_a_delta_and_no_r2(tmp_path):
    # Single pixels away from the border all have size 1 and thickness 8; their slants differ.
    pixels = np.zeros((10, 28, 28), np.uint8)
    for number in range(10):
        pixels[number, 2 + number, 3 + 2 * number] = 255
    write_idx(tmp_path / "train-images-idx3-ubyte", pixels)
    artifact = fitted(f"mnist:{tmp_path}")
    size, thick, slant = artifact.metrics
    for metrics in (size, thick):
        assert (metrics.r2_train, metrics.r2_held_out, metrics.r2_all) == (None, None, None)
        assert metrics.delta_all > 0
    assert slant.r2_all is not None


@doubts_allowed
def test_blank_images_fit(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte", np.zeros((5, 28, 28)))
    artifact = fitted(f"mnist:{tmp_path}")
    assert not artifact.scores.any()
    assert [metrics.delta_all for metrics in artifact.metrics] == [0, 0, 0]


# The record that ties a checkpoint to its data


def test_the_record_survives_a_checkpoint(tmp_path, digits):
    vae, record = digits
    path = tmp_path / "vae.safetensors"
    save_checkpoint(path, vae, record_metadata(record))
    loaded, metadata = load_checkpoint(path)
    assert record_of(metadata) == record
    assert record == TrainingRecord("digits", load_images("digits").sha256, 64, 0.25, 2, 4.0, 3)
    assert artifact_bytes(artifact_of(loaded, record_of(metadata), lam=0.01)) == artifact_bytes(
        artifact_of(vae, record, lam=0.01)
    )


def test_a_record_of_a_time_without_calibration_has_no_calibration_part(digits):
    metadata = record_metadata(digits[1])
    del metadata["calibration"]
    assert record_of(metadata).calibration == 0


@pytest.mark.parametrize("name", sorted({field.name for field in dataclasses.fields(TrainingRecord)} - {"calibration"}))
def test_a_record_that_lacks_a_field_is_refused_by_its_name(digits, name):
    metadata = record_metadata(digits[1])
    del metadata[name]
    message = f"the checkpoint lacks {name}; a record of its training is required; make one with `bridge train`"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        record_of(metadata)


def test_a_checkpoint_without_any_record_is_refused():
    names = "beta, data, data_sha256, epochs, held_out, limit, seed"
    with pytest.raises(InputError, match=f"^the checkpoint lacks {names}; a record of its training is required; "):
        record_of({"d": 8})


def test_a_data_set_that_has_changed_is_refused(tmp_path):
    data = f"mnist:{tmp_path}"
    pixels = np.random.default_rng(0).integers(0, 256, (6, 28, 28))
    write_idx(tmp_path / "train-images-idx3-ubyte", pixels)
    vae, record = trained(data, limit=4)
    # The image is beyond the limit, but the data set is no longer the same.
    pixels[5, 27, 27] ^= 1
    write_idx(tmp_path / "train-images-idx3-ubyte", pixels)
    message = (
        f"the data set {data!r} has SHA-256 {load_images(data).sha256}; the model was trained on "
        f"{record.data_sha256}; train again"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        artifact_of(vae, record, lam=1e-3)


def test_the_same_seed_gives_the_same_bytes_in_fresh_processes(tmp_path):
    code = """
import hashlib, sys
from pathlib import Path
import torch
from bridge.artifact.file import artifact_bytes
from bridge.probe.fit import fit_samples
from bridge.sources.checkpoint import encoded_samples, in_parts_of_training, record_metadata, training_images
from bridge.sources.training import train_model
from bridge.sources.training import TrainingOptions
from bridge.sources.checkpoint import save_checkpoint
options, device = TrainingOptions(epochs=2, batch_size=16, seed=5), torch.device("cpu")
vae, record = train_model("random", limit=64, held_out=0.2, options=options, device=device)
save_checkpoint(Path(sys.argv[1]), vae, record_metadata(record))
print(hashlib.sha256(Path(sys.argv[1]).read_bytes()).hexdigest())
samples = in_parts_of_training(encoded_samples(vae, record, training_images(record), device=device), record)
print(hashlib.sha256(artifact_bytes(fit_samples(samples).artifact())).hexdigest())
"""

    def digests(hash_seed):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", code, str(tmp_path / "vae.safetensors")]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()

    assert digests("0") == digests("1")
