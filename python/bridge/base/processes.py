"""Child processes that do not outlive the work they were started for."""

import concurrent.futures
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

# What a program may print on each stream; Lean's messages about an export are far shorter.
MOST_OUTPUT = 64 * 2**20


class Cut(StrEnum):
    """Why a program was ended before it came to its end."""

    TIME = "time"
    OUTPUT = "output"


@dataclass(frozen=True)
class Run:
    """What a program did.

    Attributes:
        returncode: its exit code, negative for the signal that killed it.
        stdout: what it printed.
        stderr: what it printed as errors.
        cut: why it was ended, if it did not end by itself.
    """

    returncode: int
    stdout: str
    stderr: str
    cut: Cut | None = None


class ProcessGroup:
    """Runs programs, also from several threads; leaving the `with` block kills what still runs.

    Each program leads a process group of its own, so that what it started is killed with it.
    """

    def __init__(self) -> None:
        self._threads = concurrent.futures.ThreadPoolExecutor()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def run(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        inherit: bool = True,
        timeout: float | None = None,
        most_output: int = MOST_OUTPUT,
    ) -> Run:
        """Run a program to its end.

        Args:
            command: the program and its arguments.
            folder: its working directory.
            environment: its variables, in addition to the present ones if those are inherited.
            inherit: whether it gets the present variables too.
            timeout: after how many seconds it is killed, None for never.
            most_output: after how many bytes on one stream it is killed.

        Raises:
            RuntimeError: the block was left before the program was started.
        """
        variables = {**os.environ, **environment} if inherit else dict(environment)
        with self._lock:
            self._require_open()
            # Ctrl-C reaches the main thread alone, so in another one it cannot come between the start of a program and
            # its entry among those that run.
            future = self._threads.submit(self._run, command, folder, variables, timeout, most_output)
        return future.result()

    def _run(
        self,
        command: Sequence[str],
        folder: Path,
        variables: Mapping[str, str],
        timeout: float | None,
        most_output: int,
    ) -> Run:
        process = self._launch(
            command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        cuts: list[Cut] = []

        def cut(reason: Cut) -> None:
            cuts.append(reason)
            _kill(process)

        try:
            with (
                process,
                concurrent.futures.ThreadPoolExecutor(2) as readers,
                unless_done_in(timeout, lambda: cut(Cut.TIME)),
            ):
                streams = [
                    readers.submit(_read, stream, most_output, lambda: cut(Cut.OUTPUT))
                    for stream in (process.stdout, process.stderr)
                    if stream is not None
                ]
                output, errors = (stream.result() for stream in streams)
                process.wait()
        finally:
            with self._lock:
                self._running.discard(process)
        return Run(process.returncode, output, errors, cuts[0] if cuts else None)

    def start(
        self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str], descriptors: Sequence[int] = ()
    ) -> subprocess.Popen[bytes]:
        """Start a program that takes its work through its standard input, and is ended by `end` or with the block.

        Its standard output is dropped.

        Args:
            command: the program and its arguments.
            folder: its working directory.
            environment: all its variables.
            descriptors: open files that it gets beside its standard streams, under the same numbers.

        Raises:
            RuntimeError: the block was left before.
        """
        with self._lock:
            self._require_open()
            # As in `run`: an entry for each program that runs, whenever Ctrl-C comes.
            future = self._threads.submit(
                self._launch,
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=descriptors,
            )
        return future.result()

    def _launch(self, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401
        """Start a program, with the options of `Popen`, and enter it among those that run."""
        with self._lock:
            self._require_open()
            process = subprocess.Popen(command, process_group=0, **options)
            self._running.add(process)
        return process

    def end(self, process: subprocess.Popen[bytes]) -> int:
        """Kill what `start` has started, if it still runs, and return its exit code."""
        with self._lock:
            _kill(process)
            returncode = process.wait()
            self._running.discard(process)
        return returncode

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("the process group is closed")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._closed = True
            for process in self._running:
                _kill(process)
        self._threads.shutdown()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a program and what it has started."""
    if process.returncode is None:  # else its number can be another's by now
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def unless_done_in(seconds: float | None, action: Callable[[], None]) -> Iterator[None]:
    """Do something, in another thread, if the block takes longer than so many seconds; None for never."""
    if seconds is None:
        yield
        return
    timer = threading.Timer(seconds, action)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(stream: IO[bytes], most: int, too_much: Callable[[], None]) -> str:
    """What comes out of a stream, up to a size; what follows is read and dropped, until it ends."""
    pieces: list[bytes] = []
    size = 0
    while piece := os.read(stream.fileno(), 2**16):
        if size + len(piece) <= most:
            pieces.append(piece)
        elif size <= most:
            too_much()
        size += len(piece)
    return b"".join(pieces).decode("utf-8", errors="replace").replace("\r\n", "\n")
