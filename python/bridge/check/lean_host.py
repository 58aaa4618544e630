"""One process of the embedded Lean that takes file after file, as `lean_host.js` has the protocol."""

import contextlib
import json
import os
import struct
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from bridge.base.errors import MissingToolError
from bridge.base.processes import MOST_OUTPUT, Cut, ProcessGroup, Run, unless_done_in
from bridge.check.messages import reason_line

if TYPE_CHECKING:
    from bridge.check.embedded import EmbeddedLean

# An answer has Lean's output in it, as JSON, which can take six characters for one.
_MOST_BYTES = 8 * MOST_OUTPUT

# Of what Node prints when it breaks off, the last bytes say why.
_TAIL = 2**14

# A start takes seconds, also where many start at once.
_START_LIMIT = 300.0

# A host that says that it ends is given this time to do so.
_END_LIMIT = 10.0
# The exit code of a host that has said that its program has broken off, whatever ends its process then.
_BROKEN_OFF = 1

# `-j1`: each further thread sets up the whole program anew; `-j0` would lose messages.
_OPTIONS = (("j", "1"), ("D", "Elab.async=false"))


class HostEndedError(Exception):
    """A host has ended without an answer.

    Attributes:
        run: how it ended; what it printed is in `stderr`.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run.stderr)
        self.run = run


@dataclass(frozen=True)
class Answer:
    """What Lean did with a file.

    Attributes:
        status: its exit status, 0 or 1.
        output: what it printed, line by line.
        errors: what it printed as errors.
        seconds_import: how long it took until the last of what the file imports was opened.
        seconds_elaboration: how long it took from then on.
        memory: bytes that the host has taken; it gives nothing back.
    """

    status: int
    output: tuple[str, ...]
    errors: tuple[str, ...]
    seconds_import: float
    seconds_elaboration: float
    memory: int


class Host:
    """A running host, one file at a time; leaving the `with` block ends it.

    Attributes:
        number: to tell hosts apart.
        version: the version that its Lean says it is.
        memory: bytes that it has taken.
        files: how many files it has been given.
    """

    def __init__(self, lean: "EmbeddedLean", folder: Path, processes: ProcessGroup, number: int) -> None:
        """Start a process; before the first file, `wait_until_ready` is called.

        Args:
            lean: the program.
            folder: what Lean sees as the folder where it works.
            processes: what ends the process if need be.
            number: to tell hosts apart.

        Raises:
            RuntimeError: the process group was closed before.
        """
        self.number = number
        self.version = ""
        self.memory = 0
        self.files = 0
        self._processes = processes
        answers, descriptor = os.pipe()
        try:
            self._process = processes.start(
                lean.command(folder, descriptor),
                folder=folder,
                environment=lean.environment(folder),
                descriptors=[descriptor],
            )
        except BaseException:
            os.close(answers)
            raise
        finally:
            os.close(descriptor)
        self._answers = os.fdopen(answers, "rb")
        assert self._process.stderr is not None
        self._errors = _Tail(self._process.stderr)

    def wait_until_ready(self) -> None:
        """Wait until Lean is initialised.

        Raises:
            MissingToolError: it does not start.
        """
        try:
            ready = self._read(_START_LIMIT)
            self.version = _version(str(ready["ready"]))
            self.memory = int(str(ready["memory"]))
        except (HostEndedError, LookupError, ValueError) as error:
            raise MissingToolError(
                f"the embedded Lean does not start (exit code {self.end()}{_reason(error)}); 64-bit Linux or macOS "
                "with 3 GB of memory is required; install Lean with elan instead"
            ) from None

    @property
    def process_id(self) -> int:
        """The number of its process."""
        return self._process.pid

    def check(
        self, source: str, olean: str, *, options: Sequence[tuple[str, str]] = (), timeout: float | None = None
    ) -> Answer:
        """Have Lean check a file.

        Args:
            source: the path of the file in the host's folder.
            olean: the path of the compiled module that it writes there.
            options: options of Lean's command line beside the usual ones, by their letters.
            timeout: after how many seconds the host is ended, None for never.

        Raises:
            HostEndedError: the host has ended, or has been ended; it is of no use any more.
        """
        self.files += 1
        request = {"id": self.files, "source": source, "olean": olean, "options": [*_OPTIONS, *options]}
        self._write(request)
        answer = self._read(timeout)
        try:
            if answer["id"] != self.files:
                raise ValueError("it is the answer to another request")
            self.memory = int(str(answer["memory"]))
            return Answer(
                int(str(answer["status"])),
                _lines(answer["output"]),
                _lines(answer["errors"]),
                float(str(answer["import"])),
                float(str(answer["elaboration"])),
                self.memory,
            )
        except (LookupError, ValueError) as error:
            if "trap" in answer:  # it is about to end by itself
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(_END_LIMIT)
            said = answer.get("trap") or answer.get("error") or f"an answer that is none: {error!r}"
            run = self._ended(Cut.OUTPUT if answer.get("cut") else None, str(said))
            if "trap" in answer:
                # A thread of Lean's can end the process before the main one does, or it takes long and is killed.
                run = replace(run, returncode=_BROKEN_OFF)
            raise HostEndedError(run) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def kill(self) -> None:
        """End the process, also while another thread waits for its answer."""
        self._processes.end(self._process)

    def end(self) -> int:
        """End the process, if it still runs, and return its exit code."""
        returncode = self._processes.end(self._process)
        self._errors.join()
        for stream in (self._answers, self._process.stdin):
            assert stream is not None
            with contextlib.suppress(OSError):  # what could not be written any more
                stream.close()
        return returncode

    def _write(self, request: dict[str, object]) -> None:
        text = json.dumps(request).encode()
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(struct.pack(">I", len(text)) + text)
            self._process.stdin.flush()
        except (OSError, ValueError):  # it has ended, or was ended
            raise HostEndedError(self._ended(None)) from None

    def _read(self, timeout: float | None) -> dict[str, object]:
        cuts: list[Cut] = []

        def cut() -> None:
            cuts.append(Cut.TIME)
            self.kill()

        try:
            with unless_done_in(timeout, cut):
                header = self._answers.read(4)
                size = struct.unpack(">I", header)[0] if len(header) == 4 else 0
                if size > _MOST_BYTES:
                    raise HostEndedError(self._ended(Cut.OUTPUT))
                text = self._answers.read(size)
            answer = json.loads(text) if size and len(text) == size else None
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise HostEndedError(self._ended(cuts[0] if cuts else None))
        return answer

    def _ended(self, cut: Cut | None, said: str = "") -> Run:
        returncode = self.end()
        return Run(returncode, "", "\n".join(filter(None, [self._errors.text, said])), cut)


class _Tail:
    """Reads a stream to its end, and keeps what came last."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        return self._kept.decode(errors="replace")

    def join(self) -> None:
        self._thread.join()

    def _read(self) -> None:
        with self._stream:
            while piece := os.read(self._stream.fileno(), 2**16):
                self._kept = (self._kept + piece)[-_TAIL:]


def _version(line: str) -> str:
    """The version in what `lean --version` prints."""
    before, found, after = line.partition("Lean (version ")
    if before or not found:
        raise ValueError(f"no version: {line}")
    return after.split(",")[0]


def _reason(error: Exception) -> str:
    """What a host that does not start has said, for the middle of a sentence."""
    said = error.run.stderr if isinstance(error, HostEndedError) else str(error)
    return f": {reason_line(said)}" if said.strip() else ""


def _lines(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"no list of lines: {value!r}")
    return tuple(map(str, value))
