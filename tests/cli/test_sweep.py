"""Sweeps on the command line: from layers to artifacts, a manifest and exports, and on after an interruption."""

import hashlib
import json
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

import bridge.probe.sweep
from bridge.artifact.file import load_artifact
from bridge.artifact.sweep_manifest import read_manifest
from bridge.cli import sweeping
from bridge.cli.main import main
from support.command_line import lean_on_path, run_bridge
from support.lifelines import start_interruptible, wait_until

RANDOM = np.random.default_rng(0)
SAMPLES = 60
C = RANDOM.normal(size=(SAMPLES, 2))
NOISE = {"1": 1.0, "2": 0.05, "10": 0.4}
LAYERS = {
    name: (C @ RANDOM.normal(size=(2, 3)) + RANDOM.normal(scale=noise, size=(SAMPLES, 3))).astype(np.float32)
    for name, noise in NOISE.items()
}
KINDS = np.array(["cat", "dog", "eel"])[(C[:, 0] > 0).astype(int) + (C[:, 1] > 0.5)]

SWEEP = ("sweep", "--latents", "acts/layer_*.npy")
SCORES = ("--scores", "scores.csv")
LABELS = ("--labels", "kinds.csv")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with three layers, scores, labels and more; commands run in it."""
    monkeypatch.chdir(tmp_path)
    Path("acts").mkdir()
    for name, latents in LAYERS.items():
        np.save(f"acts/layer_{name}.npy", latents)
    Path("scores.csv").write_text("size,slant\n" + "".join(f"{a!r},{b!r}\n" for a, b in C.tolist()))
    Path("kinds.csv").write_text("kind\n" + "".join(f"{kind}\n" for kind in KINDS))
    np.save("is_cat.npy", KINDS == "cat")
    np.save("split.npy", np.arange(SAMPLES) % 3 > 0)
    np.save("groups.npy", np.arange(SAMPLES) // 4)
    np.save("weights.npy", 1.0 + np.arange(SAMPLES) % 2)
    return tmp_path


@pytest.fixture
def refusal(capsys, folder):
    """The last line with which a command ends; all files are as they were."""

    def run(*arguments):
        before = files_in(folder)
        code = main(arguments)
        output = capsys.readouterr()
        assert (code, output.out) == (2, "")
        assert files_in(folder) == before
        return output.err.splitlines()[-1].removeprefix("bridge: ")

    return run


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def swept(folder="sweep"):
    return files_in(Path(folder))


def manifest(folder="sweep"):
    return read_manifest(Path(folder, "sweep.json"))


# Artifacts


@pytest.mark.parametrize(
    "options",
    [
        SCORES,
        (*SCORES, "--lam", "cv", "--groups", "groups.npy", "--seed", "3"),
        (*SCORES, "--split", "split.npy", "--sample-weights", "weights.npy", "--regularised-bias"),
        (*SCORES, "--weight-bits", "9", "--latent-bits", "5", "--calibration", "0.3", "--standardize"),
        (*SCORES, "--names", "slant", "--units", "degrees", "--held-out", "0"),
        LABELS,
        (*LABELS, "--probe", "lda", "--control", "shuffled-labels", "--control-seed", "2", "--split", "split.npy"),
        (*LABELS, "--probe", "mean-difference", "--weight-bits", "9", "--latent-bits", "5", "--groups", "groups.npy"),
        ("--labels", "is_cat.npy", "--threshold", "0.25", "--calibration", "0.2"),
    ],
    ids=" ".join,
)
def test_the_artifact_of_a_layer_is_that_of_a_fit_to_the_byte(succeed, options):
    succeed(*SWEEP, *options)
    for name in LAYERS:
        succeed("fit", "--latents", f"acts/layer_{name}.npy", *options, "--out", "probe.safetensors")
        assert Path("sweep", f"{name}.safetensors").read_bytes() == Path("probe.safetensors").read_bytes()


@pytest.mark.parametrize("options", [SCORES, (*LABELS, "--control", "shuffled-labels")], ids=" ".join)
def test_two_processes_and_a_cluster_write_the_same_bytes(succeed, cluster, options):
    np.savez("acts.npz", layer_1=LAYERS["1"])
    Path("table.csv").write_text("a,b,c\n" + "".join(f"{a!r},{b!r},{c!r}\n" for a, b, c in LAYERS["2"].tolist()))
    layers = (*SWEEP, "--latents", "acts.npz", "--latents", "table.csv", *options)
    succeed(*layers, "--out", "here")
    succeed(*layers, "--out", "two", "--jobs", "2")
    succeed(*layers, "--out", "cluster", "--scheduler", cluster.address)
    assert swept("here") == swept("two") == swept("cluster")
    assert manifest("here").planned == ("1", "2", "10", "acts", "table")


def test_of_fewer_layers_than_workers_each_is_fitted_by_all_of_them_to_the_same_bytes(succeed, cluster):
    rows = 3_000_000
    latents = (np.arange(2 * rows) % 7919 % 101).astype(np.int8).reshape(rows, 2)
    np.save("long_1.npy", latents)
    np.save("scores.npy", latents.sum(axis=1) + np.arange(rows) % 3)
    layers = ("sweep", "--latents", "long_*.npy", "--scores", "scores.npy")
    succeed(*layers, "--out", "here")
    before = cluster.task_count()
    succeed(*layers, "--out", "cluster", "--scheduler", cluster.address)
    assert cluster.task_count() > before + 2
    assert swept("here") == swept("cluster")


def test_layers_are_folders_of_shards_or_columns_or_elsewhere(succeed):
    import h5py
    import pyarrow
    import pyarrow.parquet

    columns = {f"layer_{name}": latents.tolist() for name, latents in LAYERS.items()}
    for name, latents in LAYERS.items():
        Path(f"shards_{name}").mkdir()
        for number, rows in enumerate(np.array_split(latents, 3)):
            np.save(f"shards_{name}/{number}.npy", rows)
    pyarrow.parquet.write_table(pyarrow.table(columns), "all.parquet")
    Path("parts").mkdir()
    for number in range(2):
        rows = slice(30 * number, 30 * number + 30)
        part = pyarrow.table({name: column[rows] for name, column in columns.items()})
        pyarrow.parquet.write_table(part, f"parts/{number}.parquet")
    with h5py.File("all.h5", "w") as file:
        for name, latents in LAYERS.items():
            file[f"layers/{name}/out"] = latents
    weights = {}
    for specs in ("shards_*/", "all.parquet:layer_*", "parts:layer_*", "all.h5:layers/*/out", "acts/layer_*.npy"):
        succeed("sweep", "--latents", specs, *SCORES, "--out", "out")
        assert manifest("out").planned == ("1", "2", "10"), specs
        weights[specs] = [load_artifact(Path(f"out/{name}.safetensors")).artifact.weights.tolist() for name in LAYERS]
        for path in Path("out").iterdir():
            path.unlink()
    assert all(found == weights["acts/layer_*.npy"] for found in weights.values())


def test_scores_groups_and_weights_can_be_columns_beside_the_latents_of_a_layer(succeed):
    rows = np.hstack([LAYERS["1"], C[:, :1], np.arange(SAMPLES)[:, None] // 3, np.ones((SAMPLES, 1))])
    np.savetxt("layer_1.csv", rows, delimiter=",", header="a,b,c,size,group,weight", comments="")
    beside = ("--scores", "layer_1.csv:size", "--groups", "layer_1.csv", "--sample-weights", "layer_1.csv:weight")
    succeed("sweep", "--latents", "layer_1.csv", "--latents", "acts/layer_2.npy", *beside)
    succeed("fit", "--latents", "layer_1.csv", *beside, "--out", "probe.safetensors")
    assert Path("sweep/layer_1.safetensors").read_bytes() == Path("probe.safetensors").read_bytes()


def test_layers_are_arrays_of_a_file_or_files_with_names(succeed):
    np.savez("acts.npz", **{f"layer_{name}": latents for name, latents in LAYERS.items()})
    succeed("sweep", "--latents", "acts.npz:layer_*", *SCORES, "--out", "arrays")
    succeed("sweep", "--latents", "first=acts/layer_1.npy", "--latents", "acts/layer_2.npy", *SCORES, "--out", "files")
    assert manifest("arrays").planned == ("1", "2", "10")
    assert [entry.latents for entry in manifest("files").layers] == ["acts/layer_1.npy", "acts/layer_2.npy"]
    assert manifest("files").planned == ("first", "layer_2")
    succeed("fit", "--latents", "acts.npz:layer_10", *SCORES, "--out", "probe.safetensors")
    assert Path("arrays/10.safetensors").read_bytes() == Path("probe.safetensors").read_bytes()


def test_a_column_of_labels_in_the_tables_of_the_layers_is_no_dimension(succeed):
    for name, latents in LAYERS.items():
        rows = [f"{','.join(map(repr, row))}\n" for row in latents.tolist()]
        if name == "1":
            rows = [f"{kind},{row}" for kind, row in zip(KINDS, rows, strict=True)]
        Path(f"layer_{name}.csv").write_text(("kind,a,b,c\n" if name == "1" else "a,b,c\n") + "".join(rows))
    succeed("sweep", "--latents", "layer_?.csv", "--labels", "layer_1.csv:kind", "--held-out", "0.3")
    assert [entry.concepts[0].concept for entry in manifest().layers] == ["kind", "kind"]


# The table


def test_the_best_layer_is_named_for_each_concept(succeed):
    shown = succeed(*SWEEP, *SCORES).out
    assert "best: 2, R² 0.99" in shown
    assert [(one.concept, one.layer, one.part) for one in manifest().best] == [
        ("size", "2", "held_out"),
        ("slant", "2", "held_out"),
    ]
    assert shown.splitlines()[-1] == "sweep/sweep.json"
    assert max(map(len, shown.splitlines())) < 80


@pytest.mark.parametrize(
    ("options", "measure"),
    [
        ((*SCORES, "--best-by", "max-error"), "max_error"),
        (LABELS, "accuracy"),
        ((*LABELS, "--best-by", "balanced-accuracy"), "balanced_accuracy"),
        ((*LABELS, "--best-by", "roc-auc"), "roc_auc"),
    ],
)
def test_another_measure_can_decide(succeed, options, measure):
    succeed(*SWEEP, *options)
    cells = {entry.layer: entry.concepts[0].exact("held_out", measure) for entry in manifest().layers}
    (best, *_) = manifest().best
    assert best.measure == measure
    assert cells[best.layer] == (min if measure == "max_error" else max)(cells.values())


def test_of_layers_that_do_as_well_the_first_is_the_best(succeed):
    np.save("acts/layer_3.npy", LAYERS["2"])
    shown = succeed(*SWEEP, *SCORES).out
    assert [(one.layer, one.ties) for one in manifest().best] == [("2", ("3",)), ("2", ("3",))]
    assert "(held out); as good: 3" in shown


def test_another_measure_decides_anew_without_a_fit(succeed):
    succeed(*SWEEP, *SCORES)
    before = swept()
    said = succeed(*SWEEP, *SCORES, "--best-by", "max-error").err
    assert "sweep: 3 of 3 layers are done already in sweep" in said
    assert {one.measure for one in manifest().best} == {"max_error"}
    assert [name for name, data in swept().items() if before[name] != data] == ["sweep.json"]


def test_the_json_has_what_the_manifest_has(succeed):
    record = json.loads(succeed(*SWEEP, *LABELS, "--control", "shuffled-labels", "--json").out)
    stored = json.loads(Path("sweep/sweep.json").read_text())
    assert record == {"manifest": "sweep/sweep.json", "fitted": ["1", "2", "10"], "exported": [], **stored}
    parts = record["layers"][0]["concepts"][0]["parts"]
    assert parts["train"]["samples"] + parts["held_out"]["samples"] == SAMPLES
    fit = json.loads(
        succeed(
            "fit", "--latents", "acts/layer_1.npy", *LABELS, "--control", "shuffled-labels", "--out", "p", "--json"
        ).out
    )
    for part, values in parts.items():
        of_fit = fit["parts"][part]
        for measure in ("accuracy", "balanced_accuracy", "roc_auc", "majority_accuracy"):
            assert values[f"{measure}_exact"] == of_fit[measure]
        assert values["control_accuracy"] == of_fit["control_accuracy"]


def test_a_manifest_has_no_place_and_no_time_of_its_own(succeed, tmp_path):
    succeed(*SWEEP, *SCORES)
    assert str(tmp_path) not in Path("sweep/sweep.json").read_text()
    succeed(*SWEEP, *SCORES, "--out", "again")
    assert swept("again") == swept()


def test_what_is_said_of_several_layers_is_said_once_with_their_names(succeed):
    np.save("acts/layer_3.npy", LAYERS["2"])
    said = succeed(*SWEEP, *SCORES, "--held-out", "0.95").err
    (line,) = [line for line in said.splitlines() if "unknowns" in line]
    assert line.startswith("bridge: warning: layers 1, 2, 3 and 1 more: there are 3 samples for 4 unknowns")


# An interrupted sweep, and one that is done again


def test_a_sweep_that_is_done_changes_nothing(succeed):
    succeed(*SWEEP, *SCORES)
    times = {path: path.stat().st_mtime_ns for path in Path("sweep").iterdir()}
    record = json.loads(succeed(*SWEEP, *SCORES, "--json").out)
    assert record["fitted"] == []
    assert {path: path.stat().st_mtime_ns for path in Path("sweep").iterdir()} == times


def test_a_layer_that_has_changed_is_fitted_again_alone(succeed):
    succeed(*SWEEP, *SCORES)
    before = swept()
    np.save("acts/layer_1.npy", LAYERS["10"])
    output = succeed(*SWEEP, *SCORES, "--json")
    assert "sweep: 2 of 3 layers are done already in sweep" in output.err
    assert "sweep: fits layer 1 again, for another --latents" in output.err
    assert json.loads(output.out)["fitted"] == ["1"]
    assert {name for name in before if swept()[name] != before[name]} == {"1.safetensors", "sweep.json"}
    succeed(*SWEEP, *SCORES, "--out", "fresh")
    assert swept("fresh") == swept()


def test_with_another_option_all_layers_are_fitted_again(succeed):
    succeed(*SWEEP, *SCORES)
    output = succeed(*SWEEP, *SCORES, "--lam", "1", "--json")
    assert "sweep: fits layers 1, 2 and 10 again, for another --lam" in output.err
    assert json.loads(output.out)["fitted"] == ["1", "2", "10"]
    assert [entry.lam for entry in manifest().layers] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda: Path("scores.csv").write_text(Path("scores.csv").read_text().replace("size", "scale")), "--scores"),
        (lambda: np.save("weights.npy", np.ones(SAMPLES)), "--sample-weights"),
        (lambda: np.save("groups.npy", np.arange(SAMPLES) // 5), "split"),
    ],
    ids=["scores", "weights", "groups"],
)
def test_all_that_a_fit_is_made_of_decides_whether_it_is_done(succeed, change, what):
    options = (*SCORES, "--sample-weights", "weights.npy", "--groups", "groups.npy")
    succeed(*SWEEP, *options)
    change()
    assert f"sweep: fits layers 1, 2 and 10 again, for another {what}" in succeed(*SWEEP, *options).err
    succeed(*SWEEP, *options, "--out", "fresh")
    assert swept("fresh") == swept()


def test_another_array_of_the_same_file_is_another_layer(succeed):
    np.savez("acts.npz", a=LAYERS["1"], b=LAYERS["2"])
    succeed("sweep", "--latents", "x=acts.npz:a", *SCORES)
    output = succeed("sweep", "--latents", "x=acts.npz:b", *SCORES, "--json")
    assert json.loads(output.out)["fitted"] == ["x"]
    succeed("fit", "--latents", "acts.npz:b", *SCORES, "--out", "probe.safetensors")
    assert Path("sweep/x.safetensors").read_bytes() == Path("probe.safetensors").read_bytes()


def test_latents_that_were_moved_are_the_same_latents(succeed):
    succeed(*SWEEP, *SCORES)
    Path("acts").rename("moved")
    record = json.loads(succeed("sweep", "--latents", "moved/layer_*.npy", *SCORES, "--json").out)
    assert record["fitted"] == []
    assert [layer["latents"] for layer in record["layers"]] == [f"moved/layer_{name}.npy" for name in ("1", "2", "10")]


def test_with_restart_all_layers_are_fitted_again(succeed):
    succeed(*SWEEP, *SCORES)
    before = swept()
    record = json.loads(succeed(*SWEEP, *SCORES, "--restart", "--json").out)
    assert record["fitted"] == ["1", "2", "10"]
    assert swept() == before


def test_a_layer_that_is_added_is_fitted_alone_and_one_that_is_left_out_keeps_its_file(succeed):
    succeed("sweep", "--latents", "acts/layer_?.npy", *SCORES)
    assert json.loads(succeed(*SWEEP, *SCORES, "--json").out)["fitted"] == ["10"]
    said = succeed("sweep", "--latents", "acts/layer_?.npy", *SCORES).err
    assert "sweep: leaves the files of layer 10 alone, which this sweep does not have" in said
    assert "10.safetensors" in swept()
    assert manifest().planned == ("1", "2")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_a_sweep_that_was_interrupted_goes_on_to_the_same_bytes(succeed, folder, number):
    Path("many").mkdir()
    for name in range(60):
        os.link("acts/layer_2.npy", f"many/layer_{name}.npy")
    many = ("sweep", "--latents", "many/layer_*.npy", *SCORES)
    process = start_interruptible([sys.executable, "-m", "bridge", *many], cwd=folder)
    wait_until(lambda: Path("sweep/sweep.json").exists())
    process.send_signal(number)
    _, said = process.communicate(timeout=300)
    done = [entry.layer for entry in manifest().layers]
    assert 0 < len(done) < 60
    assert not manifest().complete
    assert manifest().best == ()
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert said.splitlines()[-1] == (
            f"bridge: {len(done)} of 60 layers are done; the same command goes on with the others"
        )
        assert set(swept()) == {"sweep.json", *(f"{layer}.safetensors" for layer in done)}
    record = json.loads(succeed(*many, "--json").out)
    assert record["fitted"] == [name for name in map(str, range(60)) if name not in done]
    succeed(*many, "--out", "whole")
    assert swept("whole") == {name: data for name, data in swept().items() if not name.startswith(".bridge.")}


def test_an_interruption_leaves_the_layers_that_are_done_and_says_how_many(succeed, capsys, monkeypatch):
    def interrupted(task, fit_layer=bridge.probe.sweep.fit_layer):
        if task.layer == "2":
            raise KeyboardInterrupt
        return fit_layer(task)

    with monkeypatch.context() as patch:
        patch.setattr(bridge.probe.sweep, "fit_layer", interrupted)
        assert main([*SWEEP, *SCORES]) == 130
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "bridge: interrupted; sweep/1.safetensors and 1 other file had been written already; all other files are as "
        "they were",
        "bridge: 1 of 3 layers are done; the same command goes on with the others",
    ]
    assert set(swept()) == {"1.safetensors", "sweep.json"}
    assert json.loads(succeed(*SWEEP, *SCORES, "--json").out)["fitted"] == ["2", "10"]


# Files in the folder that are not what a sweep has put there


def test_an_artifact_that_the_manifest_does_not_know_is_taken_if_the_fit_gives_it(succeed):
    """As a process leaves it that was killed between two renames."""
    succeed(*SWEEP, *SCORES)
    before = swept()
    Path("sweep/sweep.json").unlink()
    succeed(*SWEEP, *SCORES)
    assert swept() == before


def test_an_artifact_of_another_fit_of_the_layer_is_named_and_stays(succeed, capsys):
    Path("sweep").mkdir()
    succeed("fit", "--latents", "acts/layer_2.npy", *SCORES, "--lam", "7", "--out", "sweep/2.safetensors")
    other = Path("sweep/2.safetensors").read_bytes()
    assert main([*SWEEP, *SCORES]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "bridge: sweep/2.safetensors is an artifact that no sweep has written, and not what layer '2' gives; no file "
        "or that one is required there; move it away, or sweep into another folder"
    )
    assert Path("sweep/2.safetensors").read_bytes() == other
    assert [entry.layer for entry in manifest().layers] == ["1"]


def test_an_artifact_of_other_latents_is_named_and_stays(succeed, refusal):
    Path("sweep").mkdir()
    succeed("fit", "--latents", "acts/layer_1.npy", *SCORES, "--out", "sweep/2.safetensors")
    assert refusal(*SWEEP, *SCORES) == (
        "sweep/2.safetensors is an artifact of other latents than acts/layer_2.npy, and sweep.json does not know it; "
        "only what a sweep has written is replaced; move it away, or sweep into another folder"
    )


def test_a_damaged_artifact_is_named_and_stays(succeed, refusal):
    succeed(*SWEEP, *SCORES)
    path = Path("sweep/2.safetensors")
    path.write_bytes(path.read_bytes()[:-1] + b"\x07")
    assert refusal(*SWEEP, *SCORES).startswith("sweep/2.safetensors is damaged")


def test_a_file_of_the_user_is_named_and_stays(refusal):
    Path("sweep").mkdir()
    Path("sweep/2.safetensors").write_text("mine")
    assert refusal(*SWEEP, *SCORES) == (
        "sweep/2.safetensors is there and is not an artifact; only what bridge has written is replaced; choose another "
        "place, or move it away"
    )


def test_a_manifest_that_is_none_is_named_and_stays(refusal):
    Path("sweep").mkdir()
    Path("sweep/sweep.json").write_text("{}")
    assert refusal(*SWEEP, *SCORES).startswith("sweep/sweep.json is there and is not a manifest of `bridge sweep`")


def test_other_files_in_the_folder_stay(succeed):
    Path("sweep").mkdir()
    Path("sweep/notes.txt").write_text("mine")
    succeed(*SWEEP, *SCORES)
    assert Path("sweep/notes.txt").read_text() == "mine"


def test_the_folder_of_the_latents_can_be_that_of_the_sweep_but_no_latents_are_replaced(succeed, refusal):
    succeed(*SWEEP, *SCORES, "--out", "acts")
    assert manifest("acts").planned == ("1", "2", "10")
    import safetensors.numpy

    safetensors.numpy.save_file({"Z": LAYERS["1"]}, "acts/x.safetensors")
    assert refusal("sweep", "--latents", "acts/x.safetensors", *SCORES, "--out", "acts") == (
        "acts/x.safetensors is an input of this command; inputs are never replaced; choose another place"
    )


# Exports


@pytest.mark.parametrize(("which", "layers"), [("best", ["2"]), ("all", ["1", "2", "10"])])
def test_exports_are_ready_to_be_checked(succeed, which, layers):
    shown = succeed(*SWEEP, *SCORES, "--export", which).out
    roots = [f"sweep/Layer{layer}.lean" for layer in layers]
    assert shown.splitlines()[-len(roots) :] == roots
    assert [entry.export for entry in manifest().layers if entry.export] == [f"Layer{layer}.lean" for layer in layers]
    for root in roots:
        assert "literals are the artifact's" in succeed("verify", root).out
    result = run_bridge("check", *roots, cwd=".", env=lean_on_path(Path.cwd()))
    assert result.returncode == 0, result.stderr


def test_exports_of_classifiers_prove_what_is_asked_for(succeed):
    succeed(*SWEEP, *LABELS, "--export", "best", "--roc-auc")
    (root,) = Path("sweep").glob("*.lean")
    assert "--roc-auc" in root.read_text()
    assert "literals are the artifact's" in succeed("verify", str(root)).out


def test_an_export_of_an_artifact_that_was_replaced_is_named(succeed):
    succeed(*SWEEP, *SCORES, "--export", "all")
    said = succeed(*SWEEP, *SCORES, "--names", "size", "--export", "best", "--lam", "2").err
    assert "sweep: sweep/Layer1.lean is of the artifact that was there; --export writes it anew" in said
    assert "Layer2.lean is of" not in said
    assert [entry.export for entry in manifest().layers] == [None, "Layer2.lean", None]


def test_exports_stay_named_while_their_artifacts_do(succeed):
    succeed(*SWEEP, *SCORES, "--export", "all")
    before = manifest()
    succeed(*SWEEP, *SCORES)
    assert manifest() == before


# What is refused


def save_short():
    np.save("acts/layer_2.npy", LAYERS["2"][:-1])


def save_nonsense():
    Path("acts/layer_2.npy").write_text("nonsense")


def save_constant():
    Path("scores.csv").write_text("size,slant\n" + "".join(f"{a!r},4\n" for a, _ in C.tolist()))


def occupy():
    Path("sweep").mkdir()
    Path("sweep/Layer10.lean").write_text("mine")


@pytest.mark.parametrize(
    ("prepare", "options", "message"),
    [
        (
            None,
            (),
            "--latents was given without --scores and without --labels; what is to be read off the latents is "
            "required; give one of them",
        ),
        (
            None,
            ("--latents", "b/*.npy", *SCORES),
            "b/*.npy matches nothing; latents of at least one layer are required; "
            "check the pattern, and put it in quotes so that no shell changes it",
        ),
        (
            None,
            ("--latents", "1=acts/layer_2.npy", *SCORES),
            "acts/layer_1.npy and acts/layer_2.npy would both be the "
            "layer '1'; a name for each is required; give it with --latents NAME=FILE",
        ),
        (
            save_short,
            SCORES,
            "acts/layer_2.npy has 59 rows and acts/layer_1.npy 60; a row for each of the same samples "
            "is required in both; leave one of them out",
        ),
        (
            save_constant,
            SCORES,
            "scores.csv has the score 4.0 of 'slant' for all 48 samples of the training part; scores that differ are "
            "required, or no layer is better than another; leave the concept out with --names, or choose other parts",
        ),
        (
            None,
            (*SCORES, "--best-by", "accuracy"),
            "--best-by accuracy was given with --scores; r2 or max-error is "
            "required for it; choose one, or leave it out",
        ),
        (
            None,
            (*LABELS, "--best-by", "r2"),
            "--best-by r2 was given with --labels; accuracy or balanced-accuracy or "
            "roc-auc is required for it; choose one, or leave it out",
        ),
        (
            None,
            (*SCORES, *LABELS),
            "--labels and --scores were given together; one of them is required; leave the other out",
        ),
        (
            None,
            ("--labels", "own"),
            "--labels own and --latents were given together; the classes that images come with "
            "are those of --data or of the training; name a file of labels, or leave --latents out",
        ),
        (
            None,
            (*SCORES, "--split", "split.npy", "--seed", "1"),
            "--split and --seed were given together; one of them is required; leave the other out",
        ),
        (
            None,
            (*LABELS, "--lam", "1"),
            "--labels and --lam were given together; one of them is required; leave the other out",
        ),
        (
            None,
            (*SCORES, "--probe", "lda"),
            "--probe was given; --labels is required for it; give --labels, or leave it out",
        ),
        (
            None,
            (*SCORES, "--r2"),
            "--r2 was given without --export; it is about the Lean files; give --export best, say, or leave --r2 out",
        ),
        (
            None,
            (*SCORES, "--over", "train"),
            "--over was given without --export; it is about the Lean files; give "
            "--export best, say, or leave --over out",
        ),
        (
            None,
            (*SCORES, "--export", "best", "--roc-auc"),
            "--roc-auc was given for a probe of scores; it is about "
            "decisions, and an artifact of a classifier is required; leave --roc-auc out, or fit with --labels",
        ),
        (
            occupy,
            (*SCORES, "--export", "all"),
            "sweep/Layer10.lean is there and is not a Lean file of an export; only "
            "what bridge has written is replaced; choose another place, or move it away",
        ),
        (
            None,
            ("--latents", "l-1=acts/layer_1.npy", "--latents", "l_1=acts/layer_2.npy", *SCORES, "--export", "all"),
            "layers 'l-1' and 'l_1' would both be exported to sweep/L_1.lean; a file for each is required; give one of "
            "them another name with --latents NAME=FILE",
        ),
        (None, (*SCORES, "--out", "no/sweep"), "no is not a folder; sweep is to be made there; make it first"),
        (
            None,
            (*SCORES, "--out", "scores.csv"),
            "scores.csv is not a folder; the artifacts of a sweep go there; move it away",
        ),
    ],
)
def test_what_cannot_be_swept_is_refused_before_any_fit(refusal, prepare, options, message):
    if prepare is not None:
        prepare()
    assert refusal(*SWEEP, *options) == message


def test_a_layer_that_cannot_be_read_is_named_before_any_fit(refusal):
    save_nonsense()
    assert refusal(*SWEEP, *SCORES).startswith("acts/layer_2.npy is not a .npy file or is damaged")


@pytest.mark.parametrize("at", [(), ("--jobs", "2")])
def test_a_layer_that_cannot_be_fitted_is_named_and_those_before_it_are_done(capsys, at):
    np.save("acts/layer_2.npy", np.where(np.arange(SAMPLES) == 7, np.nan, LAYERS["2"].T).T)
    assert main([*SWEEP, *SCORES, *at]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("bridge: `acts/layer_2.npy[7, 0]` is NaN; only finite numbers convert exactly")
    assert [entry.layer for entry in manifest().layers] == ["1"]


def test_an_error_that_names_no_file_is_said_with_the_layer(capsys):
    np.save("acts/layer_2.npy", np.repeat(LAYERS["2"][:, :1], 3, axis=1))
    assert main([*SWEEP, *SCORES, "--lam", "0"]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("bridge: acts/layer_2.npy: ")


def test_modules_are_called_as_layers_are_as_far_as_lean_allows():
    roots = sweeping.export_roots(Path("out"), ["3", "mlp.10.out", "Lean", "ß", "layer_4"])
    assert {layer: root.name for layer, root in roots.items()} == {
        "3": "Layer3.lean",
        "mlp.10.out": "Mlp_10_out.lean",
        "Lean": "LayerLean.lean",
        "ß": "Layer_.lean",
        "layer_4": "Layer_4.lean",
    }


def test_the_digest_in_the_manifest_is_that_of_the_file(succeed):
    succeed(*SWEEP, *SCORES)
    for entry in manifest().layers:
        assert hashlib.sha256(Path("sweep", entry.artifact).read_bytes()).hexdigest() == entry.sha256
