"""`bridge export` with others that work: the same files, and one line where nobody can."""

import numpy as np
import pytest

import bridge.base.arrays
from bridge.artifact.file import save_artifact
from support.artifacts import make_artifact
from support.classifiers import make_classifier
from support.command_line import run_bridge
from support.exports import small_shards


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("exports")
    save_artifact(place / "probe.safetensors", make_artifact(50, 3, 2))
    save_artifact(place / "classifier.safetensors", make_classifier(50, 3, 3))
    random = np.random.default_rng(1)
    for name, shape in {"Z": (50, 3), "C": (50, 1), "W": (4, 1)}.items():
        np.save(place / f"{name}.npy", random.normal(size=shape))
    return place


def exported(folder, *options):
    """The bytes of each Lean file."""
    done = run_bridge("export", *options, "--out", "Generated.lean", cwd=folder)
    assert done.returncode == 0, done.stderr
    return {path: path.read_bytes() for path in folder.rglob("*.lean")}


@pytest.mark.parametrize(
    "what",
    [
        ["--artifact", "probe.safetensors", "--r2"],
        ["--artifact", "classifier.safetensors"],
        ["--weights", "W.npy", "--latents", "Z.npy", "--scores", "C.npy"],
    ],
    ids=["probe", "classifier", "given"],
)
def test_the_files_are_the_same_whoever_works(folder, monkeypatch, cluster, what):
    monkeypatch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", 100)
    small_shards(monkeypatch, 2)
    alone = exported(folder, *what)
    assert exported(folder, *what, "--jobs", "2") == alone
    assert exported(folder, *what, "--scheduler", cluster.address) == alone


def test_a_scheduler_that_does_not_answer_leaves_nothing(tmp_path):
    save_artifact(tmp_path / "probe.safetensors", make_artifact())
    where = ("--scheduler", "tcp://127.0.0.1:1")
    done = run_bridge("export", "--artifact", "probe.safetensors", "--out", "A.lean", *where, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("bridge: no scheduler answers at tcp://127.0.0.1:1 (")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["probe.safetensors"]
