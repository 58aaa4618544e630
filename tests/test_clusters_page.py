"""The programs on the page about clusters start a cluster that fits a probe."""

import ast
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from distributed import Client

from support.command_line import run_bridge
from support.docs_pages import DOCS, blocks

PROGRAMS = {block.options["title"]: block.text for block in blocks(DOCS / "clusters.md") if block.language == "python"}

# There is no Slurm here: dask-jobqueue's own stand-in runs what would be submitted.
LOCALLY = """
import dask_jobqueue, dask_jobqueue.local


def started_here(**options):
    options["scheduler_options"] = {**options["scheduler_options"], "host": "127.0.0.1", "dashboard_address": None}
    return dask_jobqueue.local.LocalCluster(**options)


dask_jobqueue.SLURMCluster = started_here
exec(compile(open(__import__("sys").argv[1]).read(), "slurm_cluster.py", "exec"))
"""


@pytest.fixture
def started(tmp_path):
    (tmp_path / "slurm_cluster.py").write_text(PROGRAMS["slurm_cluster.py"].replace("jobs=20", "jobs=2"))
    (tmp_path / "locally.py").write_text(LOCALLY)
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "locally.py", "slurm_cluster.py"]
        process = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log)
    yield tmp_path / "cluster.json"
    process.send_signal(signal.SIGINT)
    process.wait(300)


def test_the_program_for_slurm_starts_a_cluster_that_fits_a_probe(started, tmp_path):
    random = np.random.default_rng(0)
    np.save(tmp_path / "latents.npy", random.normal(size=(50, 4)))
    np.save(tmp_path / "scores.npy", random.normal(size=(50, 1)))
    end = time.monotonic() + 300
    while not started.is_file() and time.monotonic() < end:
        time.sleep(0.1)
    with Client(scheduler_file=str(started), set_as_default=False) as client:
        client.wait_for_workers(1, timeout=300)
    given = ["fit", "--latents", tmp_path / "latents.npy", "--scores", tmp_path / "scores.npy"]
    for options in (["--out", tmp_path / "here"], ["--out", tmp_path / "there", "--scheduler", started]):
        result = run_bridge(*given, *options, cwd=tmp_path)
        assert result.returncode == 0, (result.stderr, (tmp_path / "log").read_text())
    assert (tmp_path / "here").read_bytes() == (tmp_path / "there").read_bytes()


def test_the_program_for_kubernetes_is_a_program():
    compile(PROGRAMS["kubernetes_cluster.py"], "kubernetes_cluster.py", "exec")


def test_slurm_is_asked_for_what_the_program_says(tmp_path):
    import dask_jobqueue

    calls = [node for node in ast.walk(ast.parse(PROGRAMS["slurm_cluster.py"])) if isinstance(node, ast.Call)]
    (call,) = (call for call in calls if ast.unparse(call.func) == "SLURMCluster")
    options = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    options["scheduler_options"] = {"host": "127.0.0.1", "dashboard_address": None}
    with dask_jobqueue.SLURMCluster(**options) as cluster:
        script = cluster.job_script()
    assert {"#SBATCH --mem=4G", "#SBATCH -t 04:00:00", "#SBATCH --job-name=bridge"} < set(script.splitlines())
    assert "--nthreads 1 " in script and "--no-nanny" in script
