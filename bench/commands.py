"""Commands in fresh processes: how long they take and how much memory."""

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.base.processes import ProcessGroup

MEASURED = Path(__file__).resolve().with_name("measured.py")


class CommandError(Exception):
    """A command of the benchmark has failed; its times would be those of something else."""


@dataclass(frozen=True)
class CommandRun:
    """A command that has ended well.

    Attributes:
        seconds: from its start to its end.
        processor_seconds: what it, and the processes that it started, had of processors.
        peak_bytes: the most memory that it, or the largest of the processes that it started, had at any time.
        output: what it printed.
        errors: what it printed on its standard error.
    """

    seconds: float
    processor_seconds: float
    peak_bytes: int
    output: str
    errors: str


def run_command(command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> CommandRun:
    """Run a command to its end.

    Raises:
        CommandError: its exit code is not 0.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary, ProcessGroup() as processes:
        record = Path(temporary) / "record.json"
        run = processes.run(
            [sys.executable, str(MEASURED), str(record), *command], folder=folder, environment=environment
        )
        if run.returncode != 0:
            said = "\n".join(line for line in f"{run.stdout}\n{run.stderr}".splitlines() if "[DEBUG:" not in line)
            raise CommandError(f"{' '.join(command)} ended with exit code {run.returncode}:\n{said[-2000:]}")
        took = json.loads(record.read_text(encoding="utf-8"))
    return CommandRun(took["seconds"], took["processor"], took["peak_bytes"], run.stdout, run.stderr)


def run_bridge(*arguments: str | Path, folder: Path) -> CommandRun:
    """Run `python -m bridge` with arguments.

    Raises:
        CommandError: its exit code is not 0.
    """
    return run_command([sys.executable, "-m", "bridge", *map(str, arguments)], folder=folder, environment={})
