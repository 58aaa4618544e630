"""(n) What a check costs, the audit of its axioms, and the second kernel."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.commands import CommandRun, run_bridge, run_command
from bench.inputs import fitted, random_artifact, trained
from bench.pixels import of_model
from bench.results import Section, Table, Target, megabytes, seconds, times
from bench.workbench import REPETITIONS, Workbench
from bridge.artifact.file import load_artifact, save_artifact
from bridge.artifact.record import ProbeArtifact
from bridge.base.resources import lean_library_folder
from bridge.check.embedded import embedded_folder
from bridge.check.lean_modules import discover

_OPINING = Path(__file__).resolve().with_name("opining.py")

_HEADER = (
    "export",
    "theorems",
    "constants with all below",
    "theorems of core without proof",
    "check",
    "its memory",
    "audit alone",
    "of processor time",
    "its memory",
    "re-check",
    "of processor time",
    "its memory",
    "re-check ÷ check",
)
_MOST_SECONDS_OF_A_RECHECK = 5.0
_MOST_SECONDS_OF_AN_AUDIT = 1.5
_MOST_BYTES = 2_000_000_000


def measure(bench: Workbench) -> Section:
    """Check exports of four shapes, then audit and re-check what Lean has compiled of each."""
    sizes = bench.sizes
    run = _stored(bench, "run", fitted(trained("mnist", epochs=sizes.run_epochs, limit=sizes.run_images)))
    wide = _stored(bench, "broad", random_artifact(*sizes.wide))
    few, *_ = sizes.pixels
    pixels = _stored(bench, "seen", of_model(few.images, few.epochs or 1))
    found = [
        measured(bench, "Run", run),
        measured(bench, "Broad", wide),
        measured(bench, "Many", bench.digits_artifact),
        measured(bench, "Seen", pixels, from_pixels=True),
    ]
    first = found[0]
    largest = [
        Target(
            f"{each.row[0]}: re-checked within {megabytes(_MOST_BYTES)}",
            megabytes(each.recheck.peak_bytes),
            each.recheck.peak_bytes <= _MOST_BYTES,
        )
        for each in found[1:3]
    ]
    return Section(
        "Opinions",
        (
            Table(
                _HEADER,
                tuple(each.row for each in found),
                "`bridge check --engine embedded` with its audit, from the start of its process to its end; then, each "
                "in a process of its own that reads what Lean has compiled, the audit of axioms and meanings, and the "
                f"re-check by the second kernel; of {REPETITIONS} runs of these the fastest counts.  Memory is that of "
                "the largest process.  Where a process had to wait for a processor, its time is longer than its "
                "processor time.  Constants are those of the export and all that they rest on.",
            ),
        ),
        (
            Target(
                f"{first.row[0]}: re-checked in at most {seconds(_MOST_SECONDS_OF_A_RECHECK)}",
                _time(first.recheck),
                first.recheck.seconds <= _MOST_SECONDS_OF_A_RECHECK,
            ),
            Target(
                f"{first.row[0]}: audited in at most {seconds(_MOST_SECONDS_OF_AN_AUDIT)}",
                _time(first.audit),
                first.audit.seconds <= _MOST_SECONDS_OF_AN_AUDIT,
            ),
            *largest,
        ),
    )


@dataclass(frozen=True)
class MeasuredOpinions:
    """A row of the table, and the commands that it is of."""

    row: tuple[str, ...]
    audit: CommandRun
    recheck: CommandRun


def measured(bench: Workbench, name: str, artifact: Path, *, from_pixels: bool = False) -> MeasuredOpinions:
    """Export an artifact, check it, and audit and re-check what Lean has compiled.

    Raises:
        CommandError: one of them has failed, or the answer is no.
    """
    stored = load_artifact(artifact).artifact
    shape = f"{stored.latents.shape[0]:,} × {stored.latents.shape[1]:,} × {stored.scores.shape[1]}"
    title = f"{shape}, from pixels" if from_pixels else shape
    folder = bench.new_folder(f"opinions-{name}")
    root, compiled = folder / f"{name}.lean", folder / "oleans"
    bench.report(f"check, audit and re-check {title}")
    run_bridge("export", *["--from-pixels"] * from_pixels, "--artifact", artifact, "--out", root, folder=folder)
    check = run_bridge("check", "--engine", "embedded", "--oleans", compiled, root, folder=folder)
    modules = [
        module.name
        for module in discover(root, lean_library_folder())
        if not (module.is_library or module.needs_mathlib)
    ]
    audit, recheck = (_opinion(what, compiled, modules, folder) for what in ("audit", "recheck"))
    audited, rechecked = json.loads(audit.output), json.loads(recheck.output)
    row = (
        title,
        f"{audited['theorems']:,}",
        f"{rechecked['constants']:,}",
        f"{audited['core_theorems']:,}",
        seconds(check.seconds),
        megabytes(check.peak_bytes),
        *_shown(audit),
        *_shown(recheck),
        times(recheck.seconds / check.seconds),
    )
    return MeasuredOpinions(row, audit, recheck)


def _time(run: CommandRun) -> str:
    return f"{seconds(run.seconds)}, of which {seconds(run.processor_seconds)} of processor time"


def _shown(run: CommandRun) -> tuple[str, ...]:
    return seconds(run.seconds), seconds(run.processor_seconds), megabytes(run.peak_bytes)


def _opinion(what: str, compiled: Path, modules: list[str], folder: Path) -> CommandRun:
    core = embedded_folder() / "lib" / "lean"
    command = [sys.executable, str(_OPINING), what, str(compiled), str(core), *modules]
    runs = [run_command(command, folder=folder, environment={}) for _ in range(REPETITIONS)]
    return min(runs, key=lambda run: run.seconds)


def _stored(bench: Workbench, name: str, artifact: ProbeArtifact) -> Path:
    path = bench.new_folder(name) / "probe.safetensors"
    save_artifact(path, artifact)
    return path
