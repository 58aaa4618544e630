"""A Dask cluster over loopback, as its own command lines start it, and the memory that it has taken."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.commands import MEASURED, CommandError

_SECONDS_TO_START = 60.0
_SECONDS_TO_END = 30.0


@dataclass(frozen=True)
class Cluster:
    """A cluster.

    Attributes:
        address: the address of its scheduler.
        records: for each worker the file that says, once the cluster has ended, how much memory it had.
    """

    address: str
    records: tuple[Path, ...]

    def peak_bytes(self) -> int:
        """The most memory that a worker has had; known when the cluster has ended."""
        return max(int(json.loads(record.read_text(encoding="utf-8"))["peak_bytes"]) for record in self.records)


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A scheduler and so many workers of one thread, which end with the block.

    Args:
        folder: an empty folder, which they work in.
        workers: how many.

    Raises:
        CommandError: they do not come up.
    """
    from distributed import Client

    record = folder / "scheduler.json"
    measured = tuple(folder / f"worker{number}.json" for number in range(workers))
    with contextlib.ExitStack() as stack:
        stack.enter_context(_started(_dask("scheduler", record, "--host", "127.0.0.1", "--port", "0"), folder))
        _wait_for(record)
        # Nothing is limited, since memory is what is measured.
        worker = _dask("worker", record, "--nthreads", "1", "--no-nanny", "--memory-limit", "0")
        for path in measured:
            stack.enter_context(_started([sys.executable, str(MEASURED), str(path), *worker], folder))
        with Client(scheduler_file=str(record), timeout=_SECONDS_TO_START) as client:
            client.wait_for_workers(workers, timeout=_SECONDS_TO_START)
            yield Cluster(str(client.scheduler.address), measured)
            client.shutdown()


def _dask(kind: str, record: Path, *options: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        f"distributed.cli.dask_{kind}",
        "--scheduler-file",
        str(record),
        "--no-dashboard",
        *options,
    ]


@contextlib.contextmanager
def _started(command: list[str], folder: Path) -> Iterator[None]:
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield
        process.wait(_SECONDS_TO_END)  # the cluster has been shut down
    except subprocess.TimeoutExpired:
        raise CommandError(f"a process of the cluster in {folder} does not end") from None
    finally:
        process.kill()
        process.wait()


def _wait_for(record: Path) -> None:
    end = time.monotonic() + _SECONDS_TO_START
    while not (record.is_file() and record.stat().st_size):
        if time.monotonic() > end:
            raise CommandError(f"the scheduler has not come up within {_SECONDS_TO_START:g} s")
        time.sleep(0.05)
