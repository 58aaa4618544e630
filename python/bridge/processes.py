"""Child processes that do not outlive the work they were started for."""

import concurrent.futures
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

# Told, in one line, each step of what takes long.
Report = Callable[[str], None]


class ProcessGroup:
    """Runs programs, also from several threads; leaving the `with` block kills what still runs.

    Each program leads a process group of its own, so that what it started is killed with it.
    """

    def __init__(self) -> None:
        self._threads = concurrent.futures.ThreadPoolExecutor()
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def run(
        self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end.

        Args:
            command: the program and its arguments.
            folder: its working directory.
            environment: variables set in addition to the present ones.

        Raises:
            RuntimeError: the block was left before the program was started.
        """
        with self._lock:
            self._require_open()
            # Ctrl-C reaches the main thread alone, so in another one it cannot come between the start of a program and
            # its entry among those that run.
            future = self._threads.submit(self._run, command, folder, environment)
        return future.result()

    def _run(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        with self._lock:
            self._require_open()
            process = subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                process_group=0,
            )
            self._running.add(process)
        try:
            with process:
                output, errors = process.communicate()
        finally:
            with self._lock:
                self._running.discard(process)
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

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
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        self._threads.shutdown()
