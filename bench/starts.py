"""(g) What it costs to start the embedded Lean, and what a further file costs once it runs."""

import json
import time
from pathlib import Path

from bench.commands import run_bridge
from bench.lean_timing import peak_bytes_of
from bench.results import Section, Table, Target, at_least, megabytes, seconds
from bench.workbench import Workbench
from bridge.base.processes import ProcessGroup
from bridge.check.lean_host import Host

# So many files in one host; each takes room that the host does not give back.
_FILES = 8

_MOST_SECONDS_OF_A_RUN = 25
_FEWEST_TIMES = 3.0


def measure(bench: Workbench) -> Section:
    """Start hosts, check files without declarations that import the library, and the whole of `bridge run`."""
    starts, firsts, further, grown, peak = [], [], [], [], 0
    stage = bench.stage
    bench.report("starts of the embedded Lean")
    for _ in range(bench.sizes.starts):
        with ProcessGroup() as processes:
            began = time.perf_counter()
            with Host(stage.lean, stage.folder, processes, 1) as host:
                host.wait_until_ready()
                starts.append(time.perf_counter() - began)
                times, memory = [], [host.memory]
                for _ in range(_FILES):
                    began = time.perf_counter()
                    host.check("Empty.lean", "Empty.olean")
                    times.append(time.perf_counter() - began)
                    memory.append(host.memory)
                peak = max(peak, peak_bytes_of(host.process_id))
        firsts.append(times[0])
        further += times[1:]
        grown.append((memory[-1] - memory[1]) / (_FILES - 1))
    start, first, each = min(starts), min(firsts), min(further)
    run = _run(bench)
    ratio = (start + first) / each
    return Section(
        "Starts",
        (
            Table(
                ("start", "first file", "each further file", "memory of each", "process with them all"),
                ((seconds(start), seconds(first), seconds(each), megabytes(round(min(grown))), megabytes(peak)),),
                f"A host of the embedded Lean, and {_FILES} files that import the library and have nothing else in "
                f"them; of {bench.sizes.starts} hosts and all their files the least counts.  A host is replaced when "
                "it has taken 1.2 GB.",
            ),
            Table(
                ("check in `bridge run`", "the same export again"),
                ((seconds(run[0]), seconds(run[1])),),
                "The check of a `bridge run` on the digits, and a `bridge check` of what it has exported, each "
                "with hosts of its own and the library as it was compiled when the embedded Lean was fetched.",
            ),
        ),
        (
            at_least("a file in a host that runs, against a start and a file", _FEWEST_TIMES, ratio),
            Target(
                f"the check of `bridge run` takes at most {_MOST_SECONDS_OF_A_RUN} s",
                seconds(run[0]),
                run[0] <= _MOST_SECONDS_OF_A_RUN,
            ),
        ),
    )


def _run(bench: Workbench) -> tuple[float, float]:
    """The seconds that the check of `bridge run` takes, and a check of the same export afterwards."""
    folder: Path = bench.new_folder("run")
    bench.report("bridge run")
    small = ("--data", "digits", "--epochs", str(bench.sizes.run_epochs))
    options = ("--run-folder", ".", "--out", "Generated.lean", "--engine", "embedded", "--json")
    run = json.loads(run_bridge("run", *small, *options, folder=folder).output)
    check = json.loads(run_bridge("check", "--engine", "embedded", "--json", "Generated.lean", folder=folder).output)
    return float(run["check"]["seconds"]), float(check["seconds"])
