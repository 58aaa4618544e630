"""Who does work that is divided into tasks: this process, processes here (joblib's loky), or a cluster of Dask.

What comes out never depends on who works: whoever divides work does it by the numbers of rows or by files, and joins
what comes back in the order of the tasks.
"""

import asyncio
import contextlib
import functools
import json
import logging
import queue
import signal
import time
import warnings
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from bridge.base.errors import InputError, one_line
from bridge.base.extras import require_library
from bridge.base.interrupts import interrupts_held_back
from bridge.base.progress import Progress, untold
from bridge.base.version import library_versions

if TYPE_CHECKING:
    from distributed import Client

Task = TypeVar("Task")
Result = TypeVar("Result")

# How long a scheduler may take to answer, and a cluster may be without any worker.
_SECONDS_TO_CONNECT = 10.0
_SECONDS_WITHOUT_WORKERS = 60.0
# How often a cluster is looked at that says nothing.
_SECONDS_BETWEEN_LOOKS = 1.0
# A process that has nothing to do ends, also if whoever has started it was killed.
_SECONDS_IDLE = 60
# As Dask's own `allowed-failures`: that many workers may be lost with a task before it counts as the cause.
_MOST_LOST = 3

Versions = tuple[tuple[str, str], ...]

# Besides those that take part in every fit: what a cluster is compared by.
_COMPARED = ("distributed", "python-flint", "scikit-learn", "scipy")


class Workers(Protocol):
    """Who does work that is divided into tasks."""

    @property
    def count(self) -> int:
        """About how many tasks are worked on at a time."""

    def map(
        self,
        function: Callable[[Task], Result],
        tasks: Iterable[Task],
        *,
        total: int,
        step: str = "",
        progress: Progress = untold,
    ) -> Iterator[Result]:
        """What a function gives for each task, in the order of the tasks.

        Tasks are taken as workers get free, and only a few results are held that were not asked for yet: about twice
        `count`.  Closing the iterator, Ctrl-C or an error cancels what it has begun, and nothing else.

        Args:
            function: one of a module, or a `functools.partial` of such; it, the tasks and the results can be pickled.
            tasks: what it is to be called with.
            total: how many they are.
            step: what progress calls the work.
            progress: told of every task that has ended.

        Raises:
            Exception: what the function raises for the first task that it raises anything for.
            InputError: workers were lost with a task again and again, or their scheduler was.
        """


@dataclass(frozen=True)
class _Here:
    """This process, one task after the other; nothing is pickled, and no process is started."""

    count: int = 1

    def map(
        self,
        function: Callable[[Task], Result],
        tasks: Iterable[Task],
        *,
        total: int,
        step: str = "",
        progress: Progress = untold,
    ) -> Iterator[Result]:
        progress(step, 0, total)
        for done, task in enumerate(tasks, 1):
            result = function(task)
            progress(step, done, total)
            yield result


HERE: Workers = _Here()


@contextlib.contextmanager
def open_workers(*, jobs: int | None = None, scheduler: str | None = None) -> Iterator[Workers]:
    """Those who work until the end of the block; without arguments, this process.

    Args:
        jobs: how many processes here, which end with the block; -1 for one on each core.
        scheduler: the address of the scheduler of a Dask cluster, which goes on after the block; or the file that the
            scheduler has written it to.

    Raises:
        InputError: both were given, there can be no such number of processes, or the cluster cannot be used: nobody
            answers, it has no worker, or libraries there have other versions.
        MissingToolError: `distributed` is not installed.
    """
    if jobs is not None and scheduler is not None:
        raise InputError("`jobs=…` and `scheduler=…` were given together; one of them is required; leave the other out")
    if scheduler is not None:
        with _connected(scheduler) as client:
            yield Cluster(client, scheduler)
    elif jobs is None or (count := _process_count(jobs)) == 1:
        yield HERE
    else:
        processes = _Processes(count)
        try:
            yield processes
        finally:
            with interrupts_held_back():
                processes.end()


def _process_count(jobs: int) -> int:
    """How many processes are meant."""
    import joblib

    if jobs == 0:
        raise InputError(
            "`jobs=0` leaves nobody to work; a number of processes is required; give 1, or -1 for all cores"
        )
    count: int = joblib.effective_n_jobs(jobs)
    return count


class _Elsewhere(ABC):
    """Workers in other processes, of which each future is a task."""

    @property
    @abstractmethod
    def count(self) -> int:
        """About how many tasks are worked on at a time."""

    @abstractmethod
    def _begun(self, function: Callable[[Task], Result], task: Task) -> Future[Result]:
        """A task that is given away."""

    @abstractmethod
    def _is_lost(self, future: Future[Any]) -> bool:
        """Whether a task that has ended has to be begun once more, since who worked on it is gone.

        Raises:
            InputError: whoever begins tasks is gone too.
        """

    def _look(self) -> None:  # noqa: B027 -- processes here need no look
        """Refuse to wait for ever."""

    def map(
        self,
        function: Callable[[Task], Result],
        tasks: Iterable[Task],
        *,
        total: int,
        step: str = "",
        progress: Progress = untold,
    ) -> Iterator[Result]:
        """What a function gives for each task, in the order of the tasks; see `Workers.map`."""
        remaining = iter(tasks)
        begun: deque[_Begun[Task, Result]] = deque()
        # A future is done a little before it says so here.
        ended: queue.SimpleQueue[Future[Result]] = queue.SimpleQueue()
        finished: set[Future[Result]] = set()
        done = 0

        def begin(task: Task, lost: int = 0) -> _Begun[Task, Result]:
            future = self._begun(function, task)
            future.add_done_callback(ended.put)
            return _Begun(task, future, lost)

        try:
            progress(step, 0, total)
            while True:
                while len(begun) < 2 * self.count:
                    try:
                        task = next(remaining)
                    except StopIteration:
                        break
                    begun.append(begin(task))
                if not begun:
                    return
                while begun[0].future not in finished or not ended.empty():
                    try:
                        future = ended.get(timeout=_SECONDS_BETWEEN_LOOKS)
                    except queue.Empty:
                        self._look()
                        continue
                    if self._is_lost(future):
                        place = next(place for place, each in enumerate(begun) if each.future is future)
                        begun[place] = begin(begun[place].task, begun[place].lost_once_more())
                        continue
                    finished.add(future)
                    done += 1
                    progress(step, done, total)
                future = begun.popleft().future
                finished.remove(future)
                yield future.result()
        finally:
            for each in begun:
                each.future.cancel()


@dataclass(frozen=True, eq=False)
class _Begun(Generic[Task, Result]):
    """A task that was given away, and how often whoever worked on it was lost."""

    task: Task
    future: Future[Result]
    lost: int

    def lost_once_more(self) -> int:
        if self.lost == _MOST_LOST:
            raise _killer()
        return self.lost + 1


def _killer() -> InputError:
    return InputError(
        "one worker after the other was lost with the same task; workers that outlive it are required, and most likely "
        "memory has run out; give each worker more memory, or have fewer of them on a machine"
    )


# Processes here


class _Processes(_Elsewhere):
    """Processes of joblib's loky.

    Not by `joblib.Parallel`: that gives up when a process is killed, and holds all results that nobody asked for yet.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._executor: Any = None

    @property
    def count(self) -> int:
        return self._count

    def _begun(self, function: Callable[[Task], Result], task: Task) -> Future[Result]:
        with _started_without_interrupts():
            try:
                future: Future[Result] = self._pool().submit(function, task)
            except BrokenProcessPool:
                self.end()
                future = self._pool().submit(function, task)
        return future

    def _is_lost(self, future: Future[Any]) -> bool:
        return not future.cancelled() and isinstance(future.exception(), BrokenProcessPool)

    def _pool(self) -> Any:  # noqa: ANN401 -- loky's executor, which has no types
        from joblib.externals.loky import ProcessPoolExecutor

        if self._executor is None:
            # Each task says how many threads it computes with; this is for libraries that ask when they are loaded.
            threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
            self._executor = ProcessPoolExecutor(self._count, timeout=_SECONDS_IDLE, env=threads)
        return self._executor

    def end(self) -> None:
        """Kill the processes, whatever they do."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=True, kill_workers=True)


@contextlib.contextmanager
def _started_without_interrupts() -> Iterator[None]:
    """Processes that are started in the block never see Ctrl-C or a request to end, which are for this one to act on.

    A process that ended while it gives a result back would leave this one waiting for the rest of it.
    """
    with interrupts_held_back():
        previous = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, previous)


# A cluster


class Cluster(_Elsewhere):
    """The workers of a Dask cluster.

    Attributes:
        client: the connection to its scheduler.
        address: what the scheduler is called in messages.
    """

    def __init__(self, client: "Client", address: str) -> None:
        """Begin to work on a cluster; its versions are compared already."""
        self.client = client
        self.address = address
        # Equal tasks are not one task: nobody else's results are taken.
        self._executor: Executor = client.get_executor(pure=False)
        self._count = 1
        self._counted: float | None = None
        self._alone_since: float | None = None

    @property
    def count(self) -> int:
        """How many threads the workers have that are there now."""
        now = time.monotonic()
        if self._counted is None or now - self._counted >= _SECONDS_BETWEEN_LOOKS:
            self._counted = now
            self._count = max(1, sum(self._asked().values()))
        return self._count

    def _begun(self, function: Callable[[Task], Result], task: Task) -> Future[Result]:
        self._require_scheduler()
        with _large_tasks():
            return self._executor.submit(_worked, worker_versions(), function, task)

    def begun_at(
        self, workers: Collection[str] | None, function: Callable[[Task], Result], task: Task
    ) -> Future[Result]:
        """A task that is given away by itself, to some of the workers alone if any are named.

        Raises:
            InputError: the scheduler is gone.
        """
        self._require_scheduler()
        executor = self._executor if workers is None else self.client.get_executor(pure=False, workers=[*workers])
        with _large_tasks():
            return executor.submit(function, task)

    def require_kept(self, future: Future[Any]) -> None:
        """Refuse a task that has ended without a result of its own.

        Raises:
            InputError: workers were lost with it again and again, the cluster has dropped it, or the scheduler is gone.
        """
        self._is_lost(future)

    def living(self) -> frozenset[str]:
        """The addresses of the workers that are there now.

        Raises:
            InputError: there has been none for long, or the scheduler is gone.
        """
        self._look()
        return frozenset(self._asked())

    def _is_lost(self, future: Future[Any]) -> bool:
        from distributed.scheduler import KilledWorker

        # Dask begins anew what is lost with a worker, until it has lost too many with one task.
        if not future.cancelled() and not isinstance(future.exception(), KilledWorker | CancelledError):
            return False
        self._require_scheduler()
        if not future.cancelled() and isinstance(future.exception(), KilledWorker):
            raise _killer() from None
        raise InputError(
            f"the cluster at {self.address} has dropped this work; a cluster that is not restarted meanwhile is "
            "required; run the same command again"
        )

    def _look(self) -> None:
        self._require_scheduler()
        if self._asked():
            self._alone_since = None
            return
        self._alone_since = self._alone_since or time.monotonic()
        if time.monotonic() - self._alone_since >= _SECONDS_WITHOUT_WORKERS:
            raise _no_workers(self.address, f"has had no worker for {_SECONDS_WITHOUT_WORKERS:g} seconds")

    def _asked(self) -> dict[str, int]:
        """How many threads each worker has."""
        self._require_scheduler()
        try:
            threads: dict[str, int] = self.client.nthreads()
        except OSError:
            raise _gone(self.address) from None
        return threads

    def _require_scheduler(self) -> None:
        if self.client.status != "running":
            raise _gone(self.address)


@functools.cache
def worker_versions() -> Versions:
    """The versions of the libraries in this process that a cluster has to agree in."""
    return library_versions(_COMPARED)


def _worked(versions: Versions, function: Callable[[Task], Result], task: Task) -> Result:
    """A task as a worker does it, who may have joined the cluster after all others were compared."""
    _require_versions("a worker", versions, worker_versions())
    return function(task)


def _require_versions(who: str, here: Versions, there: Versions | Exception) -> None:
    """Refuse other versions; `there` is an exception if they cannot be told."""
    if isinstance(there, Exception):
        raise InputError(
            f"{who} cannot say which libraries it has ({type(there).__name__}: {one_line(there)}); the same versions "
            "as here are required on all of a cluster; install lean-bridge and its extras there"
        )
    for library, version in sorted({*here} - {*there}):
        found = dict(there).get(library, "none")
        raise InputError(
            f"{who} has version {found} of {library}, and here it is {version}; the same versions are required, since "
            "numbers depend on them; install these there, or run the command with those"
        )


@contextlib.contextmanager
def _connected(address: str) -> Iterator["Client"]:
    """A connection to a scheduler that can be used; what it has begun is dropped at the end, and no more than that."""
    require_library("distributed", "work on a cluster")
    from distributed import Client

    with _quiet():
        try:
            place = _written_place(Path(address)) if Path(address).is_file() else address
            # In a thread of its own: a notebook has an event loop in this one.  Not by a `Client` that fails, which
            # leaves threads behind.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, _require_scheduler_at(place)).result()
            client = Client(place, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError, LookupError, TypeError) as error:
            why = one_line(error) or "no answer in time"
            raise InputError(
                f"no scheduler answers at {address} ({why}); the address of a running one is required, as "
                "tcp://HOST:8786; start one with `dask scheduler`, or correct the address"
            ) from None
        try:
            _compare(client, address)
            yield client
        finally:
            with interrupts_held_back(), contextlib.suppress(TimeoutError):
                client.close(timeout=_SECONDS_TO_CONNECT)


def _written_place(file: Path) -> str:
    """The address that a scheduler has written to a file."""
    place: str = json.loads(file.read_text(encoding="utf-8"))["address"]
    return place


async def _require_scheduler_at(place: str) -> None:
    from distributed.core import rpc

    async with rpc(place, timeout=_SECONDS_TO_CONNECT) as there:
        found = (await asyncio.wait_for(there.identity(), _SECONDS_TO_CONNECT))["type"]
    if found != "Scheduler":
        raise ValueError(f"what is there is a {found}")


def _compare(client: "Client", address: str) -> None:
    here = worker_versions()
    try:
        try:
            scheduler: Versions | Exception = client.run_on_scheduler(worker_versions)
        except OSError:
            raise
        except Exception as error:
            scheduler = error
        _require_versions(f"the scheduler at {address}", here, scheduler)
        workers = client.run(worker_versions, on_error="return")
    except OSError:
        raise _gone(address) from None
    if not workers:
        raise _no_workers(address, "has no worker")
    for worker in sorted(workers):
        _require_versions(f"the worker {worker}", here, workers[worker])


def _gone(address: str) -> InputError:
    return InputError(
        f"the scheduler at {address} has gone away; one that runs until the end is required; start it and run the same "
        "command again"
    )


def _no_workers(address: str, found: str) -> InputError:
    return InputError(
        f"the cluster at {address} {found}; one at least is required; start `dask worker {address}`, or give a cluster "
        "that scales by itself a minimum of 1"
    )


@contextlib.contextmanager
def _large_tasks() -> Iterator[None]:
    """Rows travel with their task, so that they are there again when a worker is lost; Dask warns of 10 MB."""
    import dask

    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}):
        yield


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What goes wrong is said in one line of ours, and not in those of Dask's log."""
    import distributed  # noqa: F401 -- sets its loggers up

    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in ("distributed", "tornado")]
    previous = {name: logging.getLogger(name).level for name in names}
    try:
        for name in names:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="distributed")
            yield
    finally:
        for name, level in previous.items():
            logging.getLogger(name).setLevel(level)
