"""Fits whose work is divided: the same bytes whoever works, and nothing half-written whoever is lost."""

import os
import signal
import sys
import uuid
from pathlib import Path

import numpy as np
import pytest

import bridge.base.arrays
import bridge.base.resume
from bridge.base import workers
from support.clusters import running_cluster
from support.command_line import run_bridge
from support.lifelines import start_interruptible, wait_until

ROWS, COLUMNS, BLOCK_ROWS = 3000, 4, 100
OPTIONS = [
    "--split",
    "split.npy",
    "--lam",
    "0.1,10",
    "--standardize",
    "--latent-bits",
    "12",
    "--sample-weights",
    "w.npy",
]
FIT = ["fit", "--scores", "C.npy", *OPTIONS, "--restart", "--quiet"]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Blocks of so few rows that there are several sections; and nothing is kept to go on from."""
    monkeypatch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", BLOCK_ROWS * COLUMNS)
    monkeypatch.setattr(bridge.base.resume, "_SECONDS_BETWEEN", 1e9)


def save_samples(folder, rows=ROWS):
    random = np.random.default_rng(7)
    latents = (5 * random.normal(size=(rows, COLUMNS)) + 3).astype(np.float32)
    np.save(folder / "Z.npy", latents)
    np.savez_compressed(folder / "Z.npz", latents)
    np.savetxt(folder / "Z.csv", latents, delimiter=",", header="a,b,c,d", comments="", fmt="%.9g")
    scores = latents @ random.normal(size=(COLUMNS, 2)) + random.normal(size=(rows, 2))
    np.save(folder / "C.npy", scores.astype(np.float32))
    # A section in which nothing counts, and one in which nothing is fitted on.
    weight = random.random(rows)
    weight[400:800] = 0
    np.save(folder / "w.npy", weight)
    np.save(folder / "split.npy", (np.arange(rows) % 3 > 0) & (np.arange(rows) // 400 != 3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("files")
    save_samples(place)
    return place


def fitted(folder, *options, latents="Z.npy"):
    """The artifact's bytes."""
    done = run_bridge(*FIT, "--latents", latents, "--out", "fit.safetensors", *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return (folder / "fit.safetensors").read_bytes()


@pytest.fixture(scope="module")
def processes():
    """Two processes for all fits of this file."""
    with workers.open_workers(jobs=2) as opened:
        yield opened


@pytest.fixture
def shared_processes(processes, monkeypatch):
    """The processes in the place of those that a command would start."""
    monkeypatch.setattr(workers, "_Processes", lambda _count: processes)
    monkeypatch.setattr(processes, "end", lambda: None)


def at_the_begin_of_task(number, patch, action):
    """Do something while the tasks before are worked on."""
    begun, count = workers.Cluster._begun, iter(range(1, 10**6))

    def counting(*arguments):
        if next(count) == number:
            action()
        return begun(*arguments)

    patch.setattr(workers.Cluster, "_begun", counting)


@pytest.mark.parametrize("latents", ["Z.npy", "Z.npz", "Z.csv"])
def test_the_artifact_is_the_same_to_the_byte_whoever_works(folder, cluster, shared_processes, latents):
    alone = fitted(folder, latents=latents)
    assert fitted(folder, "--jobs", "2", latents=latents) == alone
    assert fitted(folder, "--scheduler", cluster.address, latents=latents) == alone


def test_the_artifact_is_the_same_to_the_byte_if_a_worker_is_killed_in_the_middle(folder, cluster, monkeypatch):
    alone, before = fitted(folder), cluster.task_count()
    at_the_begin_of_task(40, monkeypatch, cluster.kill_worker)
    assert fitted(folder, "--scheduler", cluster.address) == alone
    assert sum(worker.poll() is None for worker in cluster.workers) == 2
    assert cluster.task_count() > before + 40
    cluster.add_worker()
    cluster.wait_for_workers(3)


def test_a_scheduler_that_goes_away_in_the_middle_leaves_the_old_artifact_and_nothing_else(tmp_path, monkeypatch):
    save_samples(tmp_path)
    old = fitted(tmp_path)
    files = sorted(tmp_path.iterdir())
    with running_cluster(tmp_path.with_name("cluster"), workers=2) as running:
        at_the_begin_of_task(40, monkeypatch, running.kill_scheduler)
        out = ("--latents", "Z.npy", "--out", "fit.safetensors")
        done = run_bridge(*FIT, *out, "--scheduler", running.address, cwd=tmp_path)
        assert done.stderr == (
            f"bridge: the scheduler at {running.address} has gone away; one that runs until the end is required; start "
            "it and run the same command again\n"
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert (tmp_path / "fit.safetensors").read_bytes() == old
    assert sorted(tmp_path.iterdir()) == files


def test_a_latent_that_is_no_number_is_named_alike_whoever_finds_it(folder, tmp_path, cluster, shared_processes):
    save_samples(tmp_path)
    latents = np.load(tmp_path / "Z.npy")
    latents[[2345, 2999], 1] = np.nan
    np.save(tmp_path / "Z.npy", latents)
    lines = {
        run_bridge(*FIT, "--latents", "Z.npy", *where, cwd=tmp_path).stderr
        for where in ([], ["--jobs", "2"], ["--scheduler", cluster.address])
    }
    assert lines == {
        "bridge: `Z.npy[2345, 1]` is NaN; only finite numbers convert exactly; remove the sample or train again\n"
    }


def test_progress_is_told_in_rows(folder, cluster, monkeypatch):
    told = []
    monkeypatch.setattr("bridge.cli.console.Bars.show", lambda _bars, *what: told.append(what[:3]))
    fitted(folder, "--scheduler", cluster.address)
    for step in ("checking", "choosing λ", "fitting", "measuring"):
        steps = [(done, total) for name, done, total in told if name == step]
        assert steps[0] == (0, ROWS)
        assert (ROWS, ROWS) in steps


@pytest.mark.parametrize("option", [["--jobs", "2"], ["--scheduler", "tcp://127.0.0.1:1"]])
def test_the_fit_of_a_classifier_is_not_divided(folder, option):
    done = run_bridge("fit", "--latents", "Z.npy", "--labels", "split.npy", *option, cwd=folder)
    assert done.returncode == 2
    assert done.stderr == (
        f"bridge: {option[0]} was given with --labels; classes are told apart by scikit-learn, which takes all latents "
        f"at once, in this process; leave {option[0]} out\n"
    )


def processes_with(mark):
    """Those that have inherited a variable with this value."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            environment = (place / "environ").read_bytes()
        except OSError:
            continue
        if mark.encode() in environment:
            found.append(int(place.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes as Linux shows them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interruption_ends_all_processes_and_leaves_nothing(tmp_path, number):
    save_samples(tmp_path, rows=100_000)
    files = sorted(tmp_path.iterdir())
    mark = str(uuid.uuid4())
    # So small blocks that there is much to do.
    code = (
        "import sys, bridge.base.arrays as a; a._BLOCK_ENTRIES = 40; from bridge.__main__ import run; sys.exit(run())"
    )
    command = [sys.executable, "-c", code, *FIT, "--latents", "Z.npy", "--out", "fit.safetensors", "--jobs", "2"]
    environment = {**os.environ, "BRIDGE_TEST_MARK": mark}
    process = start_interruptible(command, cwd=tmp_path, env=environment, start_new_session=True)
    # It, what tracks its resources, and two workers.
    wait_until(lambda: len(processes_with(mark)) >= 4 or process.poll() is not None)
    # As a terminal does: all processes at once.
    os.killpg(process.pid, number)
    output, errors = process.communicate(timeout=300)
    assert (process.returncode, output) == (130, "")
    assert errors.strip().splitlines() == ["bridge: interrupted; files that were there before are as they were"]
    wait_until(lambda: processes_with(mark) == [])
    assert sorted(tmp_path.iterdir()) == files
