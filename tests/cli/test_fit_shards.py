"""`bridge fit` of latents in shards: the same probe as of one file, and an artifact that says where they were."""

import json

import numpy as np
import pyarrow
import pytest
import safetensors
from pyarrow import parquet

from bridge.artifact.file import load_artifact, load_classifier, save_artifact
from bridge.base import arrays
from support.artifacts import make_artifact
from support.command_line import run_bridge
from support.shards import write_shards

RANDOM = np.random.default_rng(0)
Z = RANDOM.normal(size=(40, 3)).astype(np.float32)
S = (Z @ [1.0, -2.0, 0.5] + 0.1 * RANDOM.normal(size=40)).astype(np.float64)


@pytest.fixture
def shards(tmp_path):
    """Parquet shards with dimensions, a score, labels and parts as columns."""
    (tmp_path / "acts").mkdir()
    for number, rows in enumerate((slice(0, 7), slice(7, 30), slice(30, 40))):
        columns = {f"d{number}": Z[rows, number] for number in range(3)}
        columns |= {"score": S[rows], "part": (["train"] * 30 + ["test"] * 10)[rows]}
        parquet.write_table(pyarrow.table(columns), tmp_path / "acts" / f"part-{number}.parquet", row_group_size=4)
    return tmp_path


def bridge(folder, *arguments):
    finished = run_bridge(*arguments, cwd=folder)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_shards_with_their_scores_are_fitted_exported_and_verified(shards):
    np.save(shards / "Z.npy", Z)
    np.save(shards / "S.npy", S)
    np.save(shards / "split.npy", np.arange(40) < 30)
    spec = "acts/*.parquet"
    given = ("--latents", spec, "--scores", f"{spec}:score", "--split", f"{spec}:part")
    bridge(shards, "fit", *given, "--out", "A.safetensors")
    given = ("--latents", "Z.npy", "--scores", "S.npy", "--names", "score", "--split", "split.npy")
    bridge(shards, "fit", *given, "--out", "B.safetensors")
    sharded, one_file = (load_artifact(shards / name).artifact for name in ("A.safetensors", "B.safetensors"))
    assert sharded.latents.tobytes() == one_file.latents.tobytes()
    assert sharded.weights.tobytes() == one_file.weights.tobytes()
    assert sharded.metrics == one_file.metrics
    assert sharded.provenance.dataset == "*.parquet"
    assert [(shard.name, shard.rows) for shard in sharded.provenance.shards] == [
        ("part-0.parquet", 7),
        ("part-1.parquet", 23),
        ("part-2.parquet", 10),
    ]
    bridge(shards, "export", "--artifact", "A.safetensors", "--out", "A.lean")
    assert "literals are the artifact's" in bridge(shards, "verify", "A.lean")


@pytest.mark.parametrize("kind", ["parquet", "arrow stream", "safetensors", "h5", "npz"])
def test_shards_are_read_to_the_same_bytes_by_several_processes(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(arrays, "_BLOCK_ENTRIES", 9)
    write_shards(tmp_path / "rows", kind, Z, [10, 11, 25], score=S)
    given = ("fit", "--latents", "rows:Z", "--scores", "rows:score", "--restart", "--out")
    bridge(tmp_path, *given, "here.safetensors")
    bridge(tmp_path, *given, "there.safetensors", "--jobs", "2")
    assert (tmp_path / "here.safetensors").read_bytes() == (tmp_path / "there.safetensors").read_bytes()


def test_a_classifier_is_fitted_to_labels_in_the_same_shards(shards):
    spec = write_shards(
        shards / "rows", "parquet", Z, [10, 11], label=(S > 0).astype(np.int8), group=np.arange(40) // 4
    )
    options = ("--latents", "rows", "--labels", "rows", "--groups", "rows", "--out", "A.safetensors")
    bridge(shards, "fit", *options)
    artifact = load_classifier(shards / "A.safetensors").artifact
    assert artifact.latents.tobytes() == Z.tobytes()
    assert artifact.label_name == "label"
    assert [shard.rows for shard in artifact.provenance.shards] == [10, 1, 29]
    assert spec.name == artifact.provenance.dataset


def test_an_artifact_says_nothing_of_shards_where_there_are_none(tmp_path):
    save_artifact(tmp_path / "A.safetensors", make_artifact())
    with safetensors.safe_open(tmp_path / "A.safetensors", "np") as file:
        assert "shards" not in json.loads(file.metadata()["bridge"])["provenance"]


def test_a_shard_is_never_replaced(shards):
    write_shards(shards / "rows", "safetensors", Z, [10], score=S)
    options = ("--latents", "rows/*.safetensors:Z", "--scores", "rows/*:score", "--out", "rows/part-1.safetensors")
    finished = run_bridge("fit", *options, "--force", cwd=shards)
    assert finished.returncode == 2
    assert "rows/part-1.safetensors is an input of this command; inputs are never replaced" in finished.stderr
