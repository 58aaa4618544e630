"""Latents, scores and probes of one's own on the command line: from files to Lean and back, and bad input."""

import json
import re
import subprocess
import sys
import zipfile
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from bridge.artifact.file import load_artifact
from bridge.cli.main import main

RANDOM = np.random.default_rng(0)
Z = RANDOM.normal(size=(30, 2)).astype(np.float32)
C = Z @ np.array([[1.0, 2.0], [-1.0, 0.5]]) + RANDOM.normal(scale=0.1, size=(30, 2))
W = RANDOM.normal(size=(3, 2))
IS_TRAIN = np.arange(30) % 3 > 0

FIT = ("fit", "--latents", "Z.npy", "--scores", "scores.csv", "--out", "probe.safetensors")
EXPORT = ("export", "--weights", "W.npy", "--latents", "Z.npy", "--scores", "scores.csv", "--out", "Own.lean")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with latents, scores, weights and a split; commands run in it."""
    monkeypatch.chdir(tmp_path)
    np.save("Z.npy", Z)
    np.save("W.npy", W)
    np.save("split.npy", IS_TRAIN)
    save_scores("scores.csv", C)
    return tmp_path


def save_scores(path, scores, header="size,slant"):
    lines = [header, *(",".join(map(repr, row)) for row in scores.tolist())]
    Path(path).write_text("\n".join(lines) + "\n")


@pytest.fixture
def refusal(capsys, folder):
    """The one line with which a command ends; all files are as they were."""

    def run(*arguments):
        before = files_in(folder)
        code = main(arguments)
        output = capsys.readouterr()
        assert (code, output.out) == (2, "")
        assert files_in(folder) == before
        (line,) = output.err.splitlines()
        return line.removeprefix("bridge: ")

    return run


def files_in(folder):
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# From files to Lean and back


def test_names_are_written_by_the_rules_of_csv(succeed, refusal):
    save_scores("scores.csv", C, header='"len, mm",slant')
    succeed(*FIT, "--names", '"len, mm", slant')
    assert load_artifact(Path("probe.safetensors")).artifact.concept_names == ("len, mm", "slant")
    message = "names separated by commas are required, in double quotes where one has a comma; write them so"
    for names in ('"len', '"len"x'):
        assert refusal(*FIT, "--names", names) == f"--names is {names!r}; {message}"


def test_an_array_whose_name_has_colons_and_slashes_is_chosen(succeed):
    np.savez("a.npz", **{"dense/kernel:0": Z, "x": Z[:, :1]})
    succeed(*FIT, "--latents", "a.npz:dense/kernel:0")
    np.testing.assert_array_equal(load_artifact(Path("probe.safetensors")).artifact.latents, Z)


@pytest.mark.parametrize(("word", "other"), [("train", "test"), ("train", "val"), ("Train", "held-out"), ("1", "0")])
def test_a_sample_in_neither_training_nor_calibration_is_held_out(succeed, word, other):
    Path("split.csv").write_text("split\n" + f"{word}\n" * 20 + f"{other}\n" * 10)
    succeed(*FIT, "--split", "split.csv")
    assert load_artifact(Path("probe.safetensors")).artifact.is_held_out.tolist() == [False] * 20 + [True] * 10


def test_a_calibration_part_without_a_training_part_makes_no_sample_of_a_probe_of_ones_own_held_out(succeed):
    Path("split.csv").write_text("split\n" + "calibration\n" * 20 + "test\n" * 10)
    succeed(*EXPORT, "--split", "split.csv", "--alpha", "0.1")
    artifact = load_artifact(Path("Own.safetensors")).artifact
    assert artifact.is_calibration.tolist() == [True] * 20 + [False] * 10
    assert not artifact.knows_parts
    assert "Whether the fit has seen them is not recorded" in Path("Own/Size.lean").read_text()
    assert "literals are the artifact's" in succeed("verify", "Own.lean").out


def test_a_split_without_a_training_sample_is_refused_for_a_fit_alone(succeed, refusal):
    np.save("split.npy", np.zeros(30, bool))
    assert refusal(*FIT, "--split", "split.npy") == (
        "split.npy has no sample of the training part among 30; at least one is required to fit on; say so by `train`, "
        "true or 1"
    )
    succeed(*EXPORT, "--split", "split.npy")
    assert load_artifact(Path("Own.safetensors")).artifact.is_held_out.all()


def test_the_drawn_split_keeps_groups_together(succeed, refusal):
    groups = np.arange(30) // 3
    Path("groups.csv").write_text("group\n" + "".join(f"person {number}\n" for number in groups))
    succeed(*FIT, "--groups", "groups.csv", "--held-out", "0.3", "--calibration", "0.2")
    artifact = load_artifact(Path("probe.safetensors")).artifact
    for part, count in ((artifact.is_train, 15), (artifact.is_held_out, 9), (artifact.is_calibration, 6)):
        assert part.sum() == count
        assert len(set(groups[part]) & set(groups[~part])) == 0
    assert refusal(*FIT, "--groups", "groups.csv", "--split", "split.npy").startswith("--split and --groups were given")
    assert refusal("fit", "--groups", "groups.csv").startswith(
        "--groups was given; other samples than the model's own are required"
    )


def test_fit_export_verify_on_latents_and_scores(succeed):
    assert succeed(*FIT).out.splitlines()[-1] == "probe.safetensors"
    artifact = load_artifact(Path("probe.safetensors")).artifact
    np.testing.assert_array_equal(artifact.latents, Z)
    np.testing.assert_array_equal(artifact.scores, C)
    assert artifact.concept_names == ("size", "slant")
    assert artifact.is_train.sum() == 24
    assert artifact.is_held_out.sum() == 6
    files = succeed("export", "--artifact", "probe.safetensors", "--out", "Own.lean").out.split()
    assert files == ["Own.lean", "Own/Samples.lean", "Own/Size.lean", "Own/Slant.lean"]
    verified = succeed("verify", "Own.lean", "--artifact", "probe.safetensors").out
    assert re.fullmatch(
        r"verify: all \d+ literals are the artifact's\ncomments: as this version writes them\n", verified
    )


def test_a_fit_says_how_well_the_probe_does_on_each_part_and_names_the_artifact_last(succeed):
    told = succeed(*FIT, "--calibration", "0.2")
    assert told.err == "fit: wrote probe.safetensors\n"
    *lines, last = told.out.splitlines()
    assert last == "probe.safetensors"
    metrics = load_artifact(Path("probe.safetensors")).artifact.metrics
    rows = [line for line in lines if not line.startswith("δ(")]
    assert re.fullmatch(r"concept +part +samples +R² +max_error \(δ\), about", rows[0])
    assert all(len(row) <= 80 for row in rows)
    for first, (name, measures) in zip((1, 4), zip(("size", "slant"), metrics, strict=True), strict=True):
        for row, title, part, samples in zip(
            rows[first : first + 3],
            (name, "", ""),
            ("train", "calibration", "held_out"),
            (18, 6, 6),
            strict=True,
        ):
            assert row.split()[0] == (title or part.split("_")[0])
            *_, count, R2, delta = row.split()
            assert (int(count), R2) == (samples, f"{getattr(measures, f'r2_{part}'):.4f}")
            assert float(delta) == pytest.approx(getattr(measures, f"delta_{part}"), rel=1e-5)


def test_of_many_concepts_the_first_are_shown(succeed):
    np.save("many.npy", Z @ RANDOM.normal(size=(2, 22)))
    told = succeed("fit", "--latents", "Z.npy", "--scores", "many.npy", "--out", "probe.safetensors").out
    assert "\nconcept 20 " in told
    assert "\nconcept 21 " not in told
    assert "\nand 2 concepts more; --json lists all\n" in told


def test_a_probe_that_is_worse_than_the_mean_on_samples_it_has_not_seen_is_warned_of(succeed):
    save_scores("scores.csv", np.c_[C[:, 0], np.where(IS_TRAIN, C[:, 1], -C[:, 1])])
    warning = (
        r"bridge: warning: R² of 'slant' on the held-out samples is -\d\.\d{4}; less than 0 is worse than their mean "
        r"score, so that the fit holds for its own samples alone; fit on more samples, or raise --lam"
    )
    (line,) = (line for line in succeed(*FIT, "--split", "split.npy").err.splitlines() if "warning" in line)
    assert re.fullmatch(warning, line)


def test_the_bias_is_free_of_the_ridge_unless_told_otherwise(succeed):
    save_scores("scores.csv", C + 1.7e9)
    free = json.loads(succeed(*FIT, "--json").out)
    assert (free["fit_bias"], free["concepts"]["size"]["delta_all"] < 1) == ("free", True)
    assert load_artifact(Path("probe.safetensors")).artifact.provenance.free_bias
    told = succeed(*FIT, "--json", "--regularised-bias")
    regularised = json.loads(told.out)
    assert (regularised["fit_bias"], regularised["concepts"]["size"]["delta_all"] > 1e4) == ("regularised", True)
    assert (
        "bridge: warning: λ = 0.001 weighs on the bias too, which makes the residuals of the concept 'size' "
        in told.err
    )
    assert not load_artifact(Path("probe.safetensors")).artifact.provenance.free_bias


def test_lambda_is_chosen_of_several(succeed):
    told = succeed(*FIT, "--json", "--lam", "0.01,1e9")
    assert json.loads(told.out)["lam"] == load_artifact(Path("probe.safetensors")).artifact.provenance.lam == 0.01
    lines = told.err.splitlines()
    assert lines[0] == "fit: λ = 0.01, the smallest tried, chosen by cross-validation on the training part"
    assert re.fullmatch(r"fit: R² by λ: 0\.01: 0\.9\d{3}, 1e\+09: -0\.\d{4}", lines[1])


def test_lambda_is_chosen_by_cross_validation(succeed):
    told = succeed(*FIT, "--lam", "cv")
    lam = load_artifact(Path("probe.safetensors")).artifact.provenance.lam
    assert 1e-6 <= lam < 10
    first, *others = told.err.splitlines()
    assert first.startswith(f"fit: λ = {lam:g}")
    listed = " ".join(line.removeprefix("fit: ") for line in others).split(" concept")[0]
    assert len(re.findall(r"[\d.e+-]+: -?\d\.\d{4}", listed)) == 13
    assert all(len(line) <= 80 for line in others[:4])


def test_the_choice_of_lambda_keeps_groups_together(succeed):
    # Samples of a group are equal: only whole groups tell which λ predicts what was not seen.
    np.save("Z.npy", np.repeat(Z[:10], 3, axis=0))
    save_scores("scores.csv", np.repeat(C[:10] + 3 * RANDOM.normal(size=(10, 2)), 3, axis=0))
    np.save("groups.npy", np.arange(30) // 3)
    chosen = {}
    for groups in ((), ("--groups", "groups.npy")):
        chosen[groups] = json.loads(succeed(*FIT, "--json", "--lam", "0.001,30", *groups).out)["lam"]
    assert chosen[()] < chosen["--groups", "groups.npy"]


def test_samples_without_weight_do_not_change_the_fit(succeed):
    np.save("weights.npy", (np.arange(30) % 2).astype(np.float32))
    told = json.loads(succeed(*FIT, "--split", "split.npy", "--sample-weights", "weights.npy", "--json").out)
    assert told["weighted"]
    weighted = load_artifact(Path("probe.safetensors")).artifact
    np.save("split.npy", IS_TRAIN & (np.arange(30) % 2 == 1))
    succeed(*FIT, "--split", "split.npy")
    np.testing.assert_allclose(
        weighted.weights, load_artifact(Path("probe.safetensors")).artifact.weights, rtol=1e-9, atol=1e-12
    )


def test_sample_weights_are_those_of_other_samples_than_the_models_own(refusal):
    assert refusal("fit", "--sample-weights", "w.npy") == (
        "--sample-weights was given; other samples than the model's own are required for it; name them with --data, or "
        "with --latents and --scores"
    )


@pytest.mark.parametrize("lam", ["-1", "a,b", "nan"])
def test_a_strength_that_is_none_is_refused_before_anything_is_read(refusal, lam):
    assert refusal("fit", "--latents", "no.npy", "--scores", "no.csv", "--lam", lam).startswith("λ is ")


def test_columns_that_make_digits_wide_are_named(succeed):
    latents = np.c_[Z, Z[:, :1] * np.float32(1e-32)]
    np.save("Z.npy", latents)
    np.save("W.npy", RANDOM.normal(size=(4, 2)))
    warning = "bridge: warning: every latent takes "
    for command in ((*FIT, "--standardize"), EXPORT):
        (line,) = (line for line in succeed(*command).err.splitlines() if line.startswith(warning))
        assert "for the sake of `latents[:, 2]`" in line
        assert "--latent-bits " in line
    bits = re.search(r"--latent-bits (\d+)", line)[1]
    assert warning not in succeed(*FIT, "--standardize", "--latent-bits", bits).err


def test_latents_of_unlike_sizes_are_fitted_and_the_ridge_on_them_is_doubted(succeed):
    np.save("Z.npy", Z * np.array([1, 1e-6]))
    assert "λ = 0.001 weighs far more on `latents[:, 1]`" in succeed(*FIT).err
    assert "weighs far more" not in succeed(*FIT, "--standardize").err


def test_the_json_of_a_fit_is_what_its_artifact_says(succeed):
    told = json.loads(succeed(*FIT, "--weight-bits", "9", "--json").out)
    stored = load_artifact(Path("probe.safetensors"))
    assert told["sha256"] == stored.sha256
    assert told["rounding"] == asdict(stored.artifact.rounding)
    assert told["concepts"] == {
        name: asdict(metrics)
        | {key.replace("delta", "max_error"): value for key, value in asdict(metrics).items() if "delta" in key}
        for name, metrics in zip(stored.artifact.concept_names, stored.artifact.metrics, strict=True)
    }


def test_the_delta_that_a_fit_tells_is_the_one_that_is_exported(succeed):
    told = succeed(*FIT).out
    exported = json.loads(succeed("export", "--artifact", "probe.safetensors", "--out", "Own.lean", "--json").out)
    for concept in exported["concepts"]:
        line = f"δ({concept['concept']}) = {concept['delta']}, about {concept['delta_decimal']}, "
        assert f"{line}by sample {concept['attained_by_sample']}\n" in told


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(succeed, folder):
    found = []
    for seed in ("1", "1", "2"):
        succeed(*FIT, "--seed", seed)
        found.append((folder / "probe.safetensors").read_bytes())
    assert found[0] == found[1] != found[2]


def test_parts_are_drawn_or_given(succeed):
    succeed(*FIT, "--held-out", "0.5", "--calibration", "0.2")
    artifact = load_artifact(Path("probe.safetensors")).artifact
    assert [artifact.is_held_out.sum(), artifact.is_calibration.sum(), artifact.is_train.sum()] == [15, 6, 9]
    succeed(*FIT, "--held-out", "0")
    assert load_artifact(Path("probe.safetensors")).artifact.is_train.all()
    succeed(*FIT, "--split", "split.npy")
    assert load_artifact(Path("probe.safetensors")).artifact.is_train.tolist() == IS_TRAIN.tolist()


def test_rounding_and_standardising_are_those_of_any_fit(succeed):
    told = succeed(*FIT, "--standardize", "--latent-bits", "8", "--weight-bits", "10", "--lam", "2").err
    artifact = load_artifact(Path("probe.safetensors")).artifact
    assert (artifact.provenance.standardized, artifact.provenance.lam) == (True, 2.0)
    assert (artifact.latents * 256 == np.rint(artifact.latents * 256)).all()
    assert "fit: latents rounded to multiples of 2^-8; the largest change is " in told


def test_a_probe_of_scikit_learn_is_exported_as_it_is_and_verified_without_naming_the_artifact(succeed):
    model = Ridge().fit(Z[IS_TRAIN], C[IS_TRAIN])
    np.savez("ridge.npz", coef_=model.coef_, intercept_=model.intercept_)
    output = succeed(*(part.replace("W.npy", "ridge.npz") for part in EXPORT), "--split", "split.npy").out
    assert output.split() == ["Own.lean", "Own/Samples.lean", "Own/Size.lean", "Own/Slant.lean", "Own.safetensors"]
    artifact = load_artifact(Path("Own.safetensors")).artifact
    np.testing.assert_array_equal(artifact.weights, np.vstack([model.coef_.T, model.intercept_]))
    assert artifact.provenance.lam is None
    assert artifact.is_train.tolist() == IS_TRAIN.tolist()
    assert artifact.metrics[0].r2_held_out == pytest.approx(model_r_squared(model, ~IS_TRAIN, 0), abs=1e-6)
    assert "literals are the artifact's" in succeed("verify", "Own.lean").out


def model_r_squared(model, members, column):
    residuals = C[members, column] - model.predict(Z[members])[:, column]
    return 1 - (residuals**2).sum() / ((C[members, column] - C[members, column].mean()) ** 2).sum()


def test_a_linear_layer_of_torch_is_exported_as_it_is(succeed):
    linear = torch.nn.Linear(2, 2)
    torch.save(linear.state_dict(), "linear.pt")
    succeed(*(part.replace("W.npy", "linear.pt") for part in EXPORT))
    weights = load_artifact(Path("Own.safetensors")).artifact.weights
    np.testing.assert_array_equal(weights[:-1], linear.weight.detach().numpy().T)
    np.testing.assert_array_equal(weights[-1], linear.bias.detach().numpy())


def test_the_artifact_of_an_export_goes_where_it_is_wanted(succeed):
    output = json.loads(succeed(*EXPORT, "--save-artifact", "kept.safetensors", "--json").out)
    assert output["artifact"] == "kept.safetensors"
    assert output["artifact_sha256"] == load_artifact(Path("kept.safetensors")).sha256
    assert "literals are the artifact's" in succeed("verify", "Own.lean", "--artifact", "kept.safetensors").out


def test_bfloat16_latents_and_scores_by_name_are_exact_too(succeed):
    torch.save({"Z": torch.from_numpy(Z).bfloat16(), "C": torch.arange(30)}, "data.pt")
    succeed("fit", "--latents", "data.pt:Z", "--scores", "data.pt:C", "--names", "count", "--out", "probe.safetensors")
    artifact = load_artifact(Path("probe.safetensors")).artifact
    np.testing.assert_array_equal(artifact.latents, torch.from_numpy(Z).bfloat16().float().numpy())
    assert artifact.scores.dtype == np.int64
    assert artifact.concept_names == ("count",)


# Bad input: one line, exit code 2, and the files that were there


def with_latents(array):
    np.save("Z.npy", array)


def with_bytes(path, data):
    Path(path).write_bytes(data)


def truncated_npz():
    np.savez_compressed("Z.npz", Z=Z)
    with_bytes("Z.npz", Path("Z.npz").read_bytes()[:-40])


def bomb():
    with zipfile.ZipFile("Z.npz", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("Z.npy", "w") as member:
        np.lib.format.write_array(member, np.zeros((2**20, 16)))


BAD = {
    "latents of other samples": (
        lambda: with_latents(Z[:29]),
        [],
        "scores.csv has 30 rows and the latents 29; one row for each latent point is required; pass the same samples "
        "in both",
    ),
    "NaN in the latents": (
        lambda: with_latents(np.where(Z[7, 1] == Z, np.nan, Z)),
        [],
        "`Z.npy[7, 1]` is NaN; only finite numbers convert exactly; remove the sample or train again",
    ),
    "infinity in the scores": (
        lambda: save_scores("scores.csv", np.where(C[7, 1] == C, np.inf, C)),
        [],
        "scores.csv: column 'slant' has 'inf' in line 9, which is infinite; plain numbers are required; choose the ",
    ),
    "a score that is text": (
        lambda: with_bytes("scores.csv", b"size,slant\n" + b"1,2\n" * 29 + b"1,left\n"),
        [],
        "scores.csv: column 'slant' has 'left' in line 31; plain numbers are required; choose the columns of numbers "
        "with --names, or write the numbers so",
    ),
    "objects": (
        lambda: np.save("Z.npy", np.array([{}] * 30), allow_pickle=True),
        [],
        "Z.npy holds Python objects, which are pickled code; numbers are required, since code in a file is never run; "
        "save it as an array of floats",
    ),
    "a model that is pickled": (
        lambda: torch.save(torch.nn.Linear(2, 2), "Z.pt"),
        ["--latents", "Z.pt"],
        "Z.pt holds Python objects, which are pickled code; a tensor or a dict of tensors is required, since code in a "
        "file is never run; save it with torch.save(tensor, PATH), or as .safetensors",
    ),
    "a truncated npz": (truncated_npz, ["--latents", "Z.npz"], "Z.npz is not an .npz file or is damaged (BadZipFile: "),
    "a zip bomb": (bomb, ["--latents", "Z.npz"], "Z.npz:Z would grow from "),
    "a wrong header of safetensors": (
        lambda: with_bytes("Z.safetensors", b"\xff" * 64),
        ["--latents", "Z.safetensors"],
        "Z.safetensors is not a .safetensors file or is damaged (SafetensorError: ",
    ),
    "names used twice": (
        lambda: None,
        ["--names", "size,size"],
        "the concept name 'size' is used twice; each concept needs its own; rename one",
    ),
    "a name that is no column": (
        lambda: None,
        ["--names", "size, weight"],
        "scores.csv has no column 'weight'; it has 'size', 'slant'; choose among these with --names",
    ),
    "parts in a column that there is not": (
        lambda: None,
        ["--split", "scores.csv:part"],
        "scores.csv has no column 'part'; it has 'size', 'slant'; choose among these with scores.csv:NAME",
    ),
    "a missing file": (
        lambda: None,
        ["--latents", "none.npy"],
        "none.npy does not exist; a file is required; check the path",
    ),
    "an unknown ending": (
        lambda: with_bytes("Z.xlsx", b""),
        ["--latents", "Z.xlsx"],
        "Z.xlsx has the ending '.xlsx'; an array is read from .npy, .npz, .safetensors, .pt, .pth, .h5, .hdf5, .zarr; "
        "save it as one of these",
    ),
    "a split of other samples": (
        lambda: np.save("split.npy", IS_TRAIN[:29]),
        ["--split", "split.npy"],
        "split.npy has 29 rows and the latents 30; one row for each latent point is required; ",
    ),
    "an output in a missing folder": (lambda: None, ["--out", "none/Own.lean"], "none is not a folder; Own.lean is to"),
}


@pytest.mark.parametrize("command", [FIT, EXPORT], ids=["fit", "export"])
@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_line_and_leaves_the_old_output(succeed, refusal, command, case):
    succeed(*command)
    prepare, options, message = BAD[case]
    prepare()
    assert refusal(*command, *options).startswith(message)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (
            W[:2],
            "W.npy has shape (2, 2); (3, 2) is required for 2 latent dimensions and 2 concepts, the bias in the last "
            "row; give W so, or a file with weight and bias",
        ),
        (W[:, :1], "W.npy has shape (3, 1); (3, 2) is required for 2 latent dimensions and 2 concepts, "),
        (np.where(W[2, 0] == W, np.nan, W), "`W.npy: W[2, 0]` is NaN; only finite numbers convert exactly; "),
    ],
    ids=["rows", "columns", "NaN"],
)
def test_weights_that_do_not_fit_leave_the_old_export(succeed, refusal, weights, message):
    succeed(*EXPORT)
    np.save("W.npy", weights)
    assert refusal(*EXPORT).startswith(message)


def test_a_name_that_lean_cannot_have_leaves_the_old_artifact_too(succeed, refusal):
    succeed(*EXPORT)
    with_latents(2 * Z)
    save_scores("scores.csv", C, header="size,slant»")
    assert refusal(*EXPORT).startswith("concept name ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (*FIT, "--checkpoint", "vae.safetensors"),
            "--latents and --checkpoint were given together; one of them is required; leave the other out",
        ),
        ((*FIT, "--device", "cuda"), "--latents and --device were given together; "),
        ((*FIT, "--split", "split.npy", "--seed", "0"), "--split and --seed were given together; "),
        ((*FIT, "--split", "split.npy", "--held-out", "0"), "--split and --held-out were given together; "),
        (FIT[:3], "--latents was given; --latents and --scores together are required for it; give all of them"),
        (("fit", "--names", "a"), "--names was given; --latents and --scores together are required for it; "),
        (("fit", "--calibration", "0.1"), "--calibration was given; other samples than the model's own are required"),
        (
            EXPORT[:3],
            "--weights was given; --weights, --latents and --scores together are required for it; give all of them",
        ),
        (("export", "--save-artifact", "a.safetensors"), "--save-artifact was given; --weights, --latents and --sco"),
        ((*EXPORT, "--artifact", "probe.safetensors"), "--weights and --artifact were given together; one of them is"),
        ((*EXPORT, "--weight-bits", "3"), "--weights and --weight-bits were given together; one of them is required"),
        ((*FIT, "--held-out", "1"), "the held-out fraction is 1.0; a number in [0, 1) is required; choose --held-out"),
    ],
    ids=lambda value: " ".join(value[-2:]) if isinstance(value, tuple) else "",
)
def test_options_that_do_not_go_together_are_refused(refusal, arguments, message):
    assert refusal(*arguments).startswith(message)


def test_units_belong_to_the_artifact(succeed):
    succeed(*FIT, "--units", 'pixels, "mm, say"')
    assert load_artifact(Path("probe.safetensors")).artifact.concept_units == ("pixels", "mm, say")


def test_a_unit_between_two_commas_is_none(succeed):
    succeed(*FIT, "--units", ",mm")
    assert load_artifact(Path("probe.safetensors")).artifact.concept_units == ("", "mm")


def test_without_units_there_are_none(succeed):
    succeed(*FIT)
    assert load_artifact(Path("probe.safetensors")).artifact.concept_units == ("", "")


def test_units_of_a_probe_of_ones_own_are_in_the_lean_files(succeed):
    succeed(*EXPORT, "--units", "pixels,mm")
    assert load_artifact(Path("Own.safetensors")).artifact.concept_units == ("pixels", "mm")
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path("Own").glob("*.lean"))]
    assert sum("/-- The sup error, in pixels: " in text for text in texts) == 1
    assert sum("/-- The sup error, in mm: " in text for text in texts) == 1


@pytest.mark.parametrize(("units", "count"), [("pixels", "1 unit"), ("a,b,c", "3 units"), ("", "1 unit")])
def test_another_number_of_units_than_of_concepts_is_refused(refusal, units, count):
    assert refusal(*FIT, "--units", units) == (
        f"--units has {count}, and scores.csv 2 concepts; one for each, which may be empty, is required; give them in "
        "the order of the concepts, separated by commas"
    )


@pytest.mark.parametrize("command", ["fit", "export"])
def test_units_are_of_scores_that_are_given(refusal, command):
    together = "--latents and --scores" if command == "fit" else "--weights, --latents and --scores"
    message = f"--units was given; {together} together are required for it; give all of them"
    assert refusal(command, "--units", "pixels") == message


def test_units_that_are_not_written_by_the_rules_of_csv_are_refused(refusal):
    message = "units separated by commas are required, in double quotes where one has a comma; write them so"
    assert refusal(*FIT, "--units", '"mm') == f"--units is '\"mm'; {message}"


def test_what_fits_nothing_and_shows_no_images_loads_neither_pytorch_nor_scikit_learn():
    code = f"""if True:
        import sys
        from bridge.cli.main import main
        for command in ({EXPORT}, ("verify", "Own.lean"), ("report", "Own.lean")):
            assert main(command) == 0
            assert not {{"torch", "sklearn"}} & {{*sys.modules}}, command
    """
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
