"""A real Dask cluster on this machine, as `dask scheduler` and `dask worker` start it, that tests can do harm to."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from distributed import Client
from distributed.diagnostics.plugin import SchedulerPlugin

from support.lifelines import wait_until
from support.repository import REPOSITORY

_WORKERS = 3


@dataclass(frozen=True)
class RunningCluster:
    """A scheduler and its workers, each a process with one thread and without a nanny, so that a kill is final."""

    folder: Path
    scheduler: subprocess.Popen
    workers: list[subprocess.Popen] = field(default_factory=list)

    @property
    def address(self) -> str:
        return (self.folder / "address").read_text()

    def add_worker(self, before: str | None = None, preload: str | None = None, **variables: str) -> None:
        """One more worker; it looks for libraries in the folder `before` first, and has the module `preload` loaded."""
        number = len(self.workers)
        options = ["--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--name", f"worker{number}"]
        places = ["--local-directory", str(self.folder / "workers"), "--no-dashboard", "--death-timeout", "60"]
        loaded = [] if preload is None else ["--preload", preload]
        arguments = [self.address, *options, *places, *loaded]
        self.workers.append(_start("worker", self.folder, *arguments, before=before, **variables))

    def wait_for_workers(self, count: int) -> None:
        with self.client() as client:
            client.wait_for_workers(count, timeout=60)

    @contextlib.contextmanager
    def client(self) -> Iterator[Client]:
        with Client(self.address, set_as_default=False, timeout=30) as client:
            yield client

    def kill_worker(self) -> None:
        """Kill one that is working, if there is one."""
        with self.client() as client:
            busy = [place for place, tasks in client.processing().items() if tasks]
            names = {place: about["id"] for place, about in client.scheduler_info(n_workers=-1)["workers"].items()}
        living = [number for number, worker in enumerate(self.workers) if worker.poll() is None]
        chosen = next((int(names[place].removeprefix("worker")) for place in busy if place in names), living[0])
        _kill(self.workers[chosen])

    def kill_scheduler(self) -> None:
        _kill(self.scheduler)

    def drop_all_tasks(self) -> None:
        """Whosever they are."""
        with self.client() as client:
            client.run_on_scheduler(_drop)

    def task_count(self) -> int:
        """How many tasks have been worked on to their end so far."""
        with self.client() as client:
            return client.run_on_scheduler(_ended)

    def wait_for_tasks(self, count: int) -> None:
        """Until so many tasks have been worked on to their end since the cluster was started."""
        with self.client() as client:
            wait_until(lambda: client.run_on_scheduler(_ended) >= count)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            _kill(process)


@contextlib.contextmanager
def running_cluster(
    folder: Path, workers: int = _WORKERS, preload: str | None = None, **variables: str
) -> Iterator[RunningCluster]:
    """A cluster that runs until the end of the block; its workers load a module and have variables if any are given."""
    folder.mkdir(parents=True, exist_ok=True)
    where = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--idle-timeout", "900"]
    counting = ["--preload", "support.clusters"]
    scheduler = _start("scheduler", folder, *where, *counting, BRIDGE_TEST_CLUSTER=str(folder))
    cluster = RunningCluster(folder, scheduler)
    try:
        # The file is put in place at one go.
        wait_until(lambda: (folder / "address").exists() or scheduler.poll() is not None)
        for _ in range(workers):
            cluster.add_worker(preload=preload, **variables)
        cluster.wait_for_workers(workers)
        yield cluster
    finally:
        cluster.end()


def dask_setup(scheduler) -> None:
    """Called in the scheduler's process, since this module is its `--preload`: say where it is, and count tasks."""
    scheduler.add_plugin(_Counting(), name=_Counting.__name__)
    place = Path(os.environ["BRIDGE_TEST_CLUSTER"]) / "address"
    place.with_suffix(".new").write_text(scheduler.address)
    place.with_suffix(".new").rename(place)


class _Counting(SchedulerPlugin):
    """Counts the tasks that have come to their end."""

    count = 0

    def transition(self, key, start, finish, *args, **kwargs):
        if start == "processing" and finish in ("memory", "erred"):
            self.count += 1


def _ended(dask_scheduler) -> int:
    return dask_scheduler.plugins[_Counting.__name__].count


def _drop(dask_scheduler) -> None:
    for client in list(dask_scheduler.clients):
        dask_scheduler.stimulus_cancel(list(dask_scheduler.tasks), client, force=True, reason="test", msg="dropped")


def _start(kind: str, folder: Path, *arguments, before: str | None = None, **variables) -> subprocess.Popen:
    paths = ([] if before is None else [before]) + [REPOSITORY / "tests", REPOSITORY / "python", REPOSITORY]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "OMP_NUM_THREADS": "1", **variables}
    with (folder / f"{kind}{time.monotonic_ns()}.log").open("wb") as log:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=folder)


def _kill(process: subprocess.Popen) -> None:
    # One that is stopped, too.
    process.send_signal(signal.SIGKILL)
    process.wait()
