"""The embedded Lean with its profiler: what a file takes, by what is done and by declaration."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.commands import CommandError
from bridge.base.processes import ProcessGroup
from bridge.base.progress import Tell
from bridge.base.resources import lean_library_folder
from bridge.check.checker import check
from bridge.check.declarations import declaration_at
from bridge.check.embedded import EmbeddedLean
from bridge.check.host_pool import HostPool
from bridge.check.lean_host import Host, HostEndedError
from bridge.check.lean_modules import discover
from bridge.check.schedule import restore_library
from bridge.check.verdict import Engine

# Lean reports what takes at least so many milliseconds.
_PROFILER = (("D", "profiler=true"), ("D", "profiler.threshold=1"))

_TOOK = re.compile(r"^(?P<what>.+) took (?P<number>[0-9.e+]+)(?P<unit>ms|s)$", re.MULTILINE)
_CUMULATIVE = re.compile(r"^\t(?P<what>.+) (?P<number>[0-9.e+]+)(?P<unit>ms|s)$", re.MULTILINE)
_KERNEL = "type checking"
_START = ("import", "initialization", ".olean serialization")

_LIBRARY = "module\n\npublic import Bridge\n"


@dataclass(frozen=True)
class LeanRun:
    """One file that Lean has accepted; times in seconds.

    Attributes:
        seconds: from the start of the process to its end.
        peak_bytes: the most memory that the process had.
        kernel: what the kernel took to check each declaration, by its full name.
        elaboration: what Lean took for all else than its start and the kernel: parsing, elaborating, compiling.
    """

    seconds: float
    peak_bytes: int
    kernel: Mapping[str, float]
    elaboration: float


@dataclass(frozen=True)
class Stage:
    """A folder with the compiled library, where Lean files are put and run.

    Attributes:
        lean: the embedded Lean.
        folder: the folder; a module is found by its path from here.
        empty: the run of a file that imports the library and has nothing else: the start alone.
    """

    lean: EmbeddedLean
    folder: Path
    empty: LeanRun


def prepare_stage(folder: Path, tell: Tell) -> Stage:
    """Copy the compiled library into a folder, after compiling it if it has changed, and time the start."""
    root = folder / "Empty.lean"
    root.write_text(_LIBRARY, encoding="utf-8")
    library = lean_library_folder()
    modules = discover(root, library)
    with HostPool(tell) as pool:
        if not restore_library(modules, pool, folder):
            outcome = check(root, engine=Engine.EMBEDDED, library=library, tell=tell, pool=pool)
            if not outcome.accepted or not restore_library(modules, pool, folder):
                raise CommandError("the library is not accepted:\n" + "\n".join(map(str, outcome.messages)))
        lean = pool.lean
    return Stage(lean, folder, run_lean(lean, folder, root))


def run_lean(lean: EmbeddedLean, folder: Path, file: Path) -> LeanRun:
    """Run Lean, in a host of its own, on a file of a stage and leave the compiled module beside it.

    Raises:
        CommandError: Lean does not accept it.
    """
    source = file.relative_to(folder)
    with ProcessGroup() as processes:
        began = time.perf_counter()
        with Host(lean, folder, processes, 1) as host:
            host.wait_until_ready()
            try:
                answer = host.check(str(source), str(source.with_suffix(".olean")), options=_PROFILER)
            except HostEndedError as error:
                raise CommandError(f"{file}: Lean broke off: {error}") from None
            seconds = time.perf_counter() - began
            peak_bytes = peak_bytes_of(host.process_id)
    output = "\n".join(answer.output)
    kernel = kernel_seconds(output, file.read_text(encoding="utf-8"))
    if answer.status != 0:
        raise CommandError(f"{file}: Lean ended with exit status {answer.status}:\n{output[-2000:]}")
    cumulative = _seconds_by_activity(_CUMULATIVE, "\n".join(answer.errors))
    return LeanRun(
        seconds,
        peak_bytes,
        kernel,
        sum(seconds for what, seconds in cumulative.items() if what != _KERNEL and what not in _START),
    )


def peak_bytes_of(process_id: int) -> int:
    """The most memory that a process has had, by what Linux says of it while it lives."""
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))


def kernel_seconds(output: str, source: str) -> dict[str, float]:
    """What the kernel took for each declaration of a file, from what Lean printed as JSON.

    Raises:
        CommandError: a message is no timing.
    """
    seconds: dict[str, float] = {}
    for line in output.splitlines():
        if not line.startswith("{"):
            continue
        try:
            record = json.loads(line)
        except ValueError:
            # The embedded Lean breaks lines after 65,536 characters; only a list of many literals says so much.
            continue
        if record["severity"] != "information":
            raise CommandError(f"{record['fileName']}:{record['pos']['line']}: {record['data'][:500]}")
        took = _seconds_by_activity(_TOOK, record["data"]).get(_KERNEL)
        if took is not None:
            name = declaration_at(source, record["pos"]["line"]) or ""
            seconds[name] = seconds.get(name, 0.0) + took
    return seconds


def _seconds_by_activity(pattern: re.Pattern[str], text: str) -> dict[str, float]:
    seconds: dict[str, float] = {}
    for match in pattern.finditer(text):
        took = float(match["number"]) * (0.001 if match["unit"] == "ms" else 1)
        seconds[match["what"]] = seconds.get(match["what"], 0.0) + took
    return seconds
