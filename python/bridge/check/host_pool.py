"""A pool of hosts: processes of the embedded Lean, started when they are needed and then kept."""

import contextlib
import itertools
import logging
import math
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from bridge.base.interrupts import interrupts_held_back
from bridge.base.processes import ProcessGroup, Run
from bridge.base.progress import Tell
from bridge.check.embedded import EmbeddedLean, ensure_embedded_lean
from bridge.check.lean_host import Host, HostEndedError

_log = logging.getLogger(__name__)

# What one host takes at its peak; a process of 32 bits ends at 2 GB of Lean's own.
_BYTES_PER_HOST = 2_500_000_000

# A host that has taken more is replaced: it gives nothing back, and the next file is to have room.
_MOST_KEPT_BYTES = 1_200_000_000
# A claim about much data has a host that has taken no more, so that none takes more than 2.5 GB at its peak.
_MOST_BEFORE_MUCH_DATA = 650_000_000


def parallel_jobs() -> int:
    """How many Leans this machine can run at a time."""
    return max(1, min(os.cpu_count() or 1, _capacity()))


def _capacity() -> int:
    """How many hosts the memory of this machine has room for."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _BYTES_PER_HOST


class HostPool:
    """Hosts for as many files at a time as the machine can check; leaving the `with` block ends them all.

    It is a `bridge.check.leans.Lean`, and can be shared by several callers, also in several threads.  The embedded Lean
    is fetched, if need be, when it is first asked for.
    """

    cluster: ClassVar[None] = None

    def __init__(
        self, tell: Tell, *, jobs: int | None = None, most: int | None = None, beside: Path | None = None
    ) -> None:
        """Start nothing yet.

        Args:
            tell: told what is fetched, if anything.
            jobs: how many hosts are kept at most; None for as many as the machine can run.
            most: how many there are at most, with those for one file each; None for as many as memory has room for.
            beside: the folder to have its own in, None for the system's place for temporary files.
        """
        self._tell = tell
        self._jobs = parallel_jobs() if jobs is None else jobs
        self._most = max(self._jobs, _capacity()) if most is None else most
        self._lean: EmbeddedLean | None = None
        self._processes = ProcessGroup()
        self._temporary = tempfile.TemporaryDirectory(prefix="bridge-hosts-", dir=beside)
        self._numbers = itertools.count(1)
        # All that follows is changed under this lock alone, and whoever waits is told.
        self.changed = threading.Condition()
        self._idle: list[_Workplace] = []
        self._kept = 0
        self._alone = 0
        self._starting = 0
        self._waiting = 0
        self._failure: Exception | None = None
        self.closed = False

    @property
    def jobs(self) -> int:
        """How many files it is to be given at a time."""
        return self._jobs

    @property
    def lean(self) -> EmbeddedLean:
        """The embedded Lean.

        Raises:
            MissingToolError: it cannot be had.
        """
        if self._lean is None:
            self._lean = ensure_embedded_lean(self._tell)
        return self._lean

    @property
    def version(self) -> str:
        """What the embedded Lean says its version is."""
        return self.lean.version

    @property
    def identity(self) -> str:
        """What the embedded Lean is, for the names of what is kept."""
        return str(self.lean.folder)

    @property
    def core(self) -> Path:
        """The folder of the compiled core library."""
        return self.lean.core

    @contextlib.contextmanager
    def work(self) -> "Iterator[_Work]":
        """Begin some work; leaving the block ends the hosts that still work on it."""
        work = _Work(self)
        try:
            yield work
        finally:
            work.give_up()

    def start(self, place: "_Workplace") -> None:
        """Start the host of a workplace.

        Raises:
            MissingToolError: it does not start.
            RuntimeError: the work was given up, or the pool is closed.
        """
        host = place.host = Host(self.lean, place.folder, self._processes, next(self._numbers))
        try:
            place.require_open()  # who gives up from now on ends the host
            host.wait_until_ready()
        except Exception:
            place.host = None
            host.end()
            place.require_open()  # that is why it has not started
            raise
        _log.debug("host %d: started, %d MB", host.number, host.memory // 10**6)

    def take(self, work: "_Work", *, much_data: bool) -> "_Workplace":
        """A workplace with a host that is kept: the last one that is idle or has started, and has enough room left."""
        most = _MOST_BEFORE_MUCH_DATA if much_data else math.inf
        with self.changed:
            self._waiting += 1
            try:
                while (place := self._idle_with(most)) is None:
                    work.require_open()
                    if self._idle:
                        self._end_idle()
                    if self._failure is not None:
                        failure, self._failure = self._failure, None
                        raise failure
                    if self._starting < self._waiting and self._kept < self._jobs:
                        self._start_another()
                    self.changed.wait()
                self._failure = None  # of a start that nobody waits for any more
            finally:
                self._waiting -= 1
        place.work = work
        return place

    def _idle_with(self, most: float) -> "_Workplace | None":
        """An idle workplace whose host is new, or has taken so many bytes at most; it is idle no longer."""
        for place in reversed(self._idle):
            if place.host is None or place.host.files == 0 or place.host.memory <= most:
                self._idle.remove(place)
                return place
        return None

    def prepare(self) -> None:
        """Have a host ready for the next file, if there has been one before that was not kept."""
        with self.changed:
            if self._lean is not None and self._kept == 0 and not self.closed:
                self._start_another()

    def give_back(self, place: "_Workplace") -> None:
        """Keep the host of a workplace for the next file, if it lives and has room."""
        host = place.host
        is_full = host is not None and host.memory > _MOST_KEPT_BYTES
        if host is not None and is_full:
            _log.debug("host %d: ended, since it has taken %d MB", host.number, host.memory // 10**6)
        is_kept = host is not None and not is_full and not self.closed
        if is_kept:
            for path in place.folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        else:
            place.close()
        with self.changed:
            if is_kept:
                self._idle.append(place)
            else:
                self._kept -= 1
            self.changed.notify_all()

    def take_alone(self, work: "_Work") -> "_Workplace":
        """A workplace for one file, whose host is started when the file comes."""
        with self.changed:
            while self._kept + self._alone >= self._most:
                work.require_open()
                if self._idle:
                    self._end_idle()
                else:
                    self.changed.wait()
            self._alone += 1
        return _Workplace(self, work, self._new_folder())

    def end_alone(self, place: "_Workplace") -> None:
        """End the host of a workplace for one file."""
        place.close()
        with self.changed:
            self._alone -= 1
            self.changed.notify_all()

    def _end_idle(self) -> None:
        self._idle.pop(0).close()
        self._kept -= 1

    def _start_another(self) -> None:
        """Start a host in the background: who waits takes what comes first, this one or one that gets idle."""
        self._starting += 1
        self._kept += 1
        threading.Thread(target=self._bring_another, daemon=True).start()

    def _bring_another(self) -> None:
        place = failure = None
        try:
            place = _Workplace(self, None, self._new_folder())
            self.start(place)
        except Exception as error:  # told to whoever waits
            failure = error
        with self.changed:
            self._starting -= 1
            if place is None or failure is not None:
                self._kept -= 1
                self._failure = failure
            else:
                self._idle.append(place)
            self.changed.notify_all()

    def _new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._temporary.name)).resolve()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self.changed:
            self.closed = True
            self.changed.notify_all()
        self._processes.__exit__(kind, error, trace)
        with self.changed:
            self.changed.wait_for(lambda: self._starting == 0)
            while self._idle:
                self._end_idle()
        with interrupts_held_back():
            self._temporary.cleanup()


class _Work:
    """Some work; a `bridge.check.leans.Work`."""

    def __init__(self, pool: HostPool) -> None:
        self.pool = pool
        self._places: set[_Workplace] = set()
        self._lock = threading.Lock()
        self._given_up = False

    @contextlib.contextmanager
    def workplace(self, *, alone: bool, much_data: bool = False) -> "Iterator[_Workplace]":
        """An empty folder and a host: one that only the library and exports have used, or one for this file alone."""
        place = self.pool.take_alone(self) if alone else self.pool.take(self, much_data=much_data)
        with self._lock:
            self._places.add(place)
        try:
            yield place
        finally:
            with self._lock:
                self._places.discard(place)
            (self.pool.end_alone if alone else self.pool.give_back)(place)

    def give_up(self) -> None:
        """End the hosts that still work."""
        with self._lock:
            self._given_up = True
            for place in self._places:
                if place.host is not None:
                    place.host.kill()
        with self.pool.changed:
            self.pool.changed.notify_all()

    def require_open(self) -> None:
        """Refuse to go on.

        Raises:
            RuntimeError: the work was given up, or the pool is closed.
        """
        if self._given_up or self.pool.closed:
            raise RuntimeError("the work was given up")


class _Workplace:
    """A folder and its host; a `bridge.check.leans.Workplace`."""

    worker: ClassVar[None] = None
    seconds: ClassVar[None] = None

    def __init__(self, pool: HostPool, work: _Work | None, folder: Path) -> None:
        self.folder = folder
        self.work = work
        self.host: Host | None = None
        self._pool = pool

    def run(
        self, source: Path, olean: Path, timeout: float | None = None, options: Sequence[tuple[str, str]] = ()
    ) -> Run:
        """Have Lean check a file, in a second host if the first one breaks off.

        Args:
            source: the file, in the folder.
            olean: the compiled module to write, in the folder.
            timeout: after how many seconds the host is ended, None for never.
            options: options of Lean's command line beside the usual ones, by their letters.

        Raises:
            MissingToolError: Lean does not start.
            RuntimeError: the work was given up.
        """
        name, written = (path.relative_to(self.folder).as_posix() for path in (source, olean))
        for others in (1, 0):
            self.require_open()
            if self.host is None:
                self._pool.start(self)
            host = self.host
            assert host is not None
            try:
                answer = host.check(name, written, options=options, timeout=timeout)
            except HostEndedError as error:
                self.host = None
                self.require_open()
                if error.run.cut is not None or not others:
                    return error.run
                _log.debug("host %d: ended at %s, which another host is given: %s", host.number, name, error)
                continue
            _log.debug(
                "host %d: %s: import %.2f s, elaboration %.2f s; %d MB after %d files",
                host.number,
                name,
                answer.seconds_import,
                answer.seconds_elaboration,
                answer.memory // 10**6,
                host.files,
            )
            return Run(answer.status, "\n".join(answer.output), "\n".join(answer.errors))
        raise AssertionError("unreachable")  # pragma: no cover -- the second time returns, whatever comes

    def close(self) -> None:
        """End the host, if there is one, and remove the folder, which can be gone with the pool."""
        if self.host is not None:
            self.host.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def require_open(self) -> None:
        """Refuse to go on, if there is work and that was given up.

        Raises:
            RuntimeError: it was.
        """
        if self.work is not None:
            self.work.require_open()
