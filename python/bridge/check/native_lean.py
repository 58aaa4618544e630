"""A Lean that is installed on this machine, started anew for each file."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bridge.base.interrupts import temporary_folder
from bridge.base.processes import ProcessGroup, Run
from bridge.check.host_pool import parallel_jobs
from bridge.check.toolchain import core_library, lean_environment, lean_version, program_on_path, toolchain_of


@dataclass(frozen=True)
class NativeLean:
    """The Lean on the PATH, as a `bridge.check.leans.Lean`.

    Attributes:
        program: its path.
        environment: the variables that it gets.
        version: what it says its version is.
        jobs: how many files it is given at a time.
        cluster: None, since it runs here.
    """

    program: str
    environment: dict[str, str]
    version: str
    jobs: int
    cluster: None = None

    @property
    def identity(self) -> str:
        """The program, and the toolchain that elan takes."""
        return f"{self.program} {self.environment.get('ELAN_TOOLCHAIN', '')}"

    @property
    def core(self) -> Path:
        """The folder of the core library, compiled, which is where the toolchain has it."""
        return core_library(self.program, self.environment)

    @contextlib.contextmanager
    def work(self) -> "Iterator[_Work]":
        """Begin some work; leaving the block kills what still runs of it."""
        with temporary_folder("bridge-lean-") as folder, ProcessGroup() as processes:
            yield _Work(self, folder.resolve(), processes)


@dataclass(frozen=True)
class _Work:
    lean: NativeLean
    folder: Path
    processes: ProcessGroup

    @contextlib.contextmanager
    def workplace(self, *, alone: bool, much_data: bool = False) -> "Iterator[_Workplace]":
        """A new folder; whatever comes has a process of its own."""
        with temporary_folder("file-", self.folder) as folder:
            yield _Workplace(self, folder)


@dataclass(frozen=True)
class _Workplace:
    work: _Work
    folder: Path
    worker: None = None
    seconds: None = None

    def run(self, source: Path, olean: Path, timeout: float | None) -> Run:
        lean = self.work.lean
        return self.work.processes.run(
            # Without --root the module's name would be taken from the working directory.
            [lean.program, "--json", f"--root={self.folder}", "-o", str(olean), str(source)],
            folder=self.folder,
            environment={**lean.environment, "LEAN_PATH": str(self.folder)},
            inherit=False,
            timeout=timeout,
        )


def native_lean(beside: Path, jobs: int | None = None) -> NativeLean:
    """The Lean on the PATH.

    Args:
        beside: the folder of the file to check; it names a toolchain, and all else that is in it has no say in how
            Lean runs.
        jobs: how many files it is given at a time; None for as many as the machine can run.

    Raises:
        MissingToolError: there is none, or it does not run.
    """
    program = program_on_path("lean")
    environment = lean_environment(toolchain_of(beside))
    version = lean_version(program, environment)
    return NativeLean(program, environment, version, parallel_jobs() if jobs is None else jobs)
