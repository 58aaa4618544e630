"""What it takes to have a Lean check files: any Lean, whether it starts anew for each file or stays alive."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from bridge.base.processes import Run


class Workplace(Protocol):
    """Where Lean works on one file."""

    @property
    def folder(self) -> Path:
        """What Lean sees beside its own library: the caller puts the file there, and what Lean made of its imports."""

    @property
    def worker(self) -> str | None:
        """The worker of a cluster that has run Lean here last; None if that was this machine."""

    @property
    def seconds(self) -> float | None:
        """How long Lean has taken by the worker's clock; None if there was none."""

    def run(self, source: Path, olean: Path, timeout: float | None) -> Run:
        """Have Lean check a file.

        Args:
            source: the file, in the folder.
            olean: the compiled module that it is to write, in the folder.
            timeout: after how many seconds Lean is ended, None for never.

        Returns:
            What Lean did; its output has messages as JSON, one a line.
        """


class Lean(Protocol):
    """A Lean that is there to be run."""

    @property
    def version(self) -> str:
        """What it says its version is."""

    @property
    def identity(self) -> str:
        """What it is, for the names of what is kept."""

    @property
    def core(self) -> Path:
        """The folder, on this machine, of what its own core library was compiled to.

        Raises:
            MissingToolError: it cannot be had.
        """

    @property
    def jobs(self) -> int:
        """How many files it is to be given at a time."""

    @property
    def cluster(self) -> str | None:
        """The address of the cluster on which it runs; None for this machine."""

    def work(self) -> "AbstractContextManager[Work]":
        """Begin some work; leaving the block ends what still runs of it."""


class Work(Protocol):
    """Some work for a Lean, from several threads."""

    def workplace(self, *, alone: bool, much_data: bool = False) -> AbstractContextManager[Workplace]:
        """An empty folder for one file.

        Args:
            alone: whether what checks the file must not check any other, since the file can run code.
            much_data: whether it needs more memory than others.
        """
