"""Fits on latents in blocks: the same artifact as from memory, with exact δ, and no more memory for more samples."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
import torch

import bridge.base.arrays
from bridge.artifact.coverage import Coverage
from bridge.artifact.file import load_artifact
from bridge.base.errors import BridgeWarning, InputError
from bridge.exact.rounding import round_to_grid
from bridge.probe.fit import fit_samples
from bridge.probe.lam_choice import choose_lam
from bridge.probe.ridge import fit_probe
from bridge.sources.precomputed import read_given
from bridge.sources.split import Split
from support.exports import certified
from support.memory import run_python
from support.problems import measures_by_definition

RANDOM = np.random.default_rng(0)
Z = (3 * RANDOM.normal(size=(50, 3)) + 1).astype(np.float32)
C = (Z @ np.array([[1, 0], [2, 1], [0, -1]]) + RANDOM.normal(size=(50, 2))).astype(np.float32)
PART = np.arange(50) % 5
PARTS = Split(PART > 1, PART == 1)


def given_of(folder, latents=Z, scores=C):
    np.save(folder / "Z.npy", latents)
    np.save(folder / "C.npy", scores)
    return read_given(f"{folder}/Z.npy", f"{folder}/C.npy", names=None, split_file=None)


def fitted(folder, patch, *, latents=Z, scores=C, parts=PARTS, seed=None, block_rows=50, **options):
    """The fit and the artifact that it is stored as."""
    patch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", block_rows * latents.shape[1])
    fit = fit_samples(given_of(folder, latents, scores).with_parts(parts, seed), **{"lam": 0.1, **options})
    fit.save(folder / "probe.safetensors")
    return fit, load_artifact(folder / "probe.safetensors").artifact


@pytest.mark.parametrize("standardize", [False, True])
def test_the_probe_is_that_of_the_training_part(tmp_path, monkeypatch, standardize):
    _, artifact = fitted(tmp_path, monkeypatch, standardize=standardize)
    is_train = torch.from_numpy(PARTS.is_train)
    mu, scores = torch.from_numpy(Z), torch.from_numpy(C)
    W = fit_probe(mu[is_train], scores[is_train], 0.1, standardize=standardize, fit_bias="free")
    np.testing.assert_array_equal(artifact.weights, W.numpy())
    assert artifact.provenance.standardized == standardize


@pytest.mark.parametrize("fit_bias", ["free", "regularised"])
def test_a_weighted_fit_is_recorded_as_one(tmp_path, monkeypatch, fit_bias):
    weight = RANDOM.random(50)
    _, artifact = fitted(tmp_path, monkeypatch, fit_bias=fit_bias, sample_weight=weight, block_rows=7)
    is_train = torch.from_numpy(PARTS.is_train)
    W = fit_probe(
        torch.from_numpy(Z)[is_train],
        torch.from_numpy(C)[is_train],
        0.1,
        fit_bias=fit_bias,
        sample_weight=torch.from_numpy(weight)[is_train],
    )
    np.testing.assert_allclose(artifact.weights, W.numpy(), rtol=1e-10)
    assert artifact.provenance.weighted
    assert artifact.provenance.free_bias == (fit_bias == "free")


def test_lambda_is_chosen_on_the_training_part(tmp_path, monkeypatch):
    choices = []
    options = {"lam": [0.1, 10.0, 1e3], "seed": 4, "block_rows": 7, "on_choice": choices.append}
    _, artifact = fitted(tmp_path, monkeypatch, **options)
    mu, scores = (torch.from_numpy(values)[torch.from_numpy(PARTS.is_train)] for values in (Z, C))
    expected = choose_lam(mu, scores, [0.1, 10.0, 1e3], fit_bias="free", seed=4)
    (choice,) = choices
    assert choice.lam == expected.lam == artifact.provenance.lam
    np.testing.assert_allclose(choice.r_squared, expected.r_squared, rtol=1e-10)


@pytest.mark.parametrize("block_rows", [7, 50])
def test_the_measures_of_each_part_are_the_floats_nearest_to_the_exact_ones(tmp_path, monkeypatch, block_rows):
    _, artifact = fitted(tmp_path, monkeypatch, block_rows=block_rows)
    for part in ("train", "calibration", "held_out"):
        members = getattr(PARTS, f"is_{part}")
        R2, delta = measures_by_definition(Z[members], C[members], artifact.weights)
        assert [getattr(metrics, f"r2_{part}") for metrics in artifact.metrics] == R2
        assert [getattr(metrics, f"delta_{part}") for metrics in artifact.metrics] == delta


def test_the_r2_of_a_tiny_score_is_not_softened(tmp_path, monkeypatch):
    tiny = 1e-6 * RANDOM.normal(size=(50, 1))
    _, artifact = fitted(tmp_path, monkeypatch, scores=tiny)
    assert artifact.metrics[0].r2_all == measures_by_definition(Z, tiny, artifact.weights)[0][0] < 0.5


def test_a_constant_score_has_no_r2(tmp_path, monkeypatch):
    with pytest.warns(BridgeWarning, match="is constant"):
        _, artifact = fitted(tmp_path, monkeypatch, scores=np.full((50, 1), 1e-9))
    assert artifact.metrics[0].r2_all is artifact.metrics[0].r2_train is None


@pytest.mark.parametrize("block_rows", [1, 7, 49])
def test_the_size_of_the_blocks_changes_roundings_of_the_fit_and_nothing_else(tmp_path, monkeypatch, block_rows):
    _, whole = fitted(tmp_path, monkeypatch)
    _, cut = fitted(tmp_path, monkeypatch, block_rows=block_rows)
    np.testing.assert_allclose(cut.weights, whole.weights, rtol=1e-12)
    for name in ("latents", "scores", "is_train", "is_calibration", "sample_indices"):
        np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name))
    assert cut.provenance == whole.provenance


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i1", "i8", "u8"])
def test_delta_is_exactly_that_of_the_certificate(tmp_path, monkeypatch, dtype):
    latents = np.abs(Z * 10).astype(dtype)
    fit, artifact = fitted(tmp_path, monkeypatch, latents=latents, block_rows=7)
    assert artifact.latents.tobytes() == latents.tobytes()
    for error, claim in zip(fit.sup_errors, certified(artifact).concepts, strict=True):
        assert (error.value, error.sample) == (claim.delta, claim.worst_sample)


def test_rounding_is_that_of_the_whole_array_and_comes_first(tmp_path, monkeypatch):
    _, artifact = fitted(tmp_path, monkeypatch, block_rows=7, latent_bits=4, weight_bits=6)
    rounded = round_to_grid(Z, 4, name="latents")
    np.testing.assert_array_equal(artifact.latents, rounded.values)
    assert artifact.rounding.largest_latent_change == str(rounded.largest_change)
    assert (artifact.weights * 64 == np.rint(artifact.weights * 64)).all()
    assert 0 < Fraction(artifact.rounding.largest_weight_change) <= Fraction(1, 128)
    refitted, _ = fitted(tmp_path, monkeypatch, latents=rounded.values, block_rows=7, weight_bits=6)
    np.testing.assert_array_equal(refitted.record.weights, artifact.weights)


def test_the_provenance_says_what_was_drawn_and_what_was_given(tmp_path, monkeypatch):
    _, drawn = fitted(tmp_path, monkeypatch, seed=3)
    _, given = fitted(tmp_path, monkeypatch)
    assert drawn.provenance.seed == 3
    assert given.provenance.seed is None
    assert drawn.provenance.held_out == given.provenance.held_out == 0.2
    assert (drawn.provenance.dataset, drawn.provenance.lam) == ("Z.npy", 0.1)
    assert dataclasses.replace(drawn.provenance, seed=None) == given.provenance


@pytest.mark.parametrize(("value", "shown"), [(np.nan, "NaN"), (-np.inf, "-inf")])
@pytest.mark.parametrize("row", [0, 36, 49])
def test_a_latent_that_is_no_number_is_named_by_its_row_in_the_file(tmp_path, monkeypatch, value, shown, row):
    latents = Z.copy()
    latents[row, 2] = value
    with pytest.raises(InputError) as caught:
        fitted(tmp_path, monkeypatch, latents=latents, block_rows=7)
    assert str(caught.value).startswith(f"`{tmp_path}/Z.npy[{row}, 2]` is {shown}; only finite numbers convert exactly")


def test_a_split_without_training_samples_is_refused(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"^there are 0 samples; a probe needs at least one; add samples$"):
        fitted(tmp_path, monkeypatch, parts=Split(np.zeros(50, bool), np.zeros(50, bool)))


def test_the_artifact_exports_over_each_part(tmp_path, monkeypatch):
    _, artifact = fitted(tmp_path, monkeypatch)
    sizes = {coverage: certified(artifact, coverage).samples.size for coverage in Coverage}
    assert list(sizes.values()) == [50, 30, 10, 10]


# Memory

WIDTH = 64
# Both are more than a block; what memory allocators keep of freed blocks differs by tens of MB from run to run.
FEW, MANY = 200_000, 1_200_000

FIT = """
import sys
from bridge.cli.main import main
from support.memory import peak_bytes

assert main(["fit", "--latents", sys.argv[1], "--scores", sys.argv[2], "--out", sys.argv[3]]) == 0
print(peak_bytes())
"""


def test_memory_does_not_grow_with_the_number_of_samples(tmp_path):
    latents, scores, artifact = (tmp_path / name for name in ("Z.npy", "C.npy", "probe.safetensors"))
    peaks = []
    for samples in (FEW, MANY):
        np.save(latents, np.random.default_rng(0).random((samples, WIDTH), np.float32))
        np.save(scores, np.arange(samples, dtype=np.float32))
        peaks.append(int(run_python(FIT, latents, scores, artifact).split()[-1]))
    growth_of_data = (MANY - FEW) * WIDTH * 4
    assert peaks[1] - peaks[0] < growth_of_data / 2
