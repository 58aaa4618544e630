"""(f, k) Whole exports: written, checked in every part, and verified."""

import json
from pathlib import Path

from bench.commands import run_bridge
from bench.inputs import random_artifact
from bench.results import Section, Table, Target, megabytes, seconds
from bench.workbench import Workbench
from bridge.artifact.file import load_artifact, save_artifact

_HEADER = (
    "N × d × k",
    "export",
    "its memory",
    "Lean text",
    "check",
    "files",
    "longest file",
    "memory of Lean",
    "verify",
    "memory of verify",
)
_MOST_SECONDS_OF_A_FILE = 60
# `bridge check` runs as many processes as there is memory for with so much for each.
_MOST_BYTES = 2_500_000_000


_NOTE = (
    "`bridge export`, `bridge check --engine embedded` and `bridge verify`, each from the start of its process to its "
    "end; memory of the largest process."
)


def measure(bench: Workbench) -> Section:
    """Export, check and verify handwritten digits and a large latent space from the command line."""
    wide = _random(bench, "wide", bench.sizes.wide)
    found = [
        _measured(bench, name, artifact, most)
        for name, artifact, most in (("Digits", bench.digits_artifact, 25), ("Wide", wide, 45))
    ]
    return Section(
        "Whole exports",
        (Table(_HEADER, tuple(row for row, _ in found), _NOTE),),
        tuple(target for _, targets in found for target in targets),
    )


def measure_ranges(bench: Workbench) -> Section:
    """The same of so many samples that their blocks are in ranges."""
    row, targets = _measured(bench, "Long", _random(bench, "long", bench.sizes.long), 240)
    return Section("Exports in ranges", (Table(_HEADER, (row,), _NOTE),), targets)


def _random(bench: Workbench, name: str, shape: tuple[int, int, int]) -> Path:
    """An artifact of random numbers."""
    path = bench.new_folder(name) / "probe.safetensors"
    save_artifact(path, random_artifact(*shape))
    return path


def _measured(bench: Workbench, name: str, artifact: Path, most: int) -> tuple[tuple[str, ...], tuple[Target, ...]]:
    stored = load_artifact(artifact).artifact
    shape = f"{stored.latents.shape[0]:,} × {stored.latents.shape[1]:,} × {stored.scores.shape[1]}"
    folder = bench.new_folder(f"whole-{name}")
    root = folder / f"{name}.lean"
    bench.report(f"export, check and verify {shape}")
    export = run_bridge("export", "--artifact", artifact, "--out", root, folder=folder)
    check = run_bridge("check", "--engine", "embedded", "--json", root, folder=folder)
    verify = run_bridge("verify", "--artifact", artifact, root, folder=folder)
    modules = [module for module in json.loads(check.output)["modules"] if module["name"].startswith(name)]
    longest = max(module["seconds"] for module in modules)
    largest = max(run.peak_bytes for run in (export, check, verify))
    row = (
        shape,
        seconds(export.seconds),
        megabytes(export.peak_bytes),
        megabytes(sum(path.stat().st_size for path in folder.rglob("*.lean"))),
        seconds(check.seconds),
        str(len(modules)),
        seconds(longest),
        megabytes(check.peak_bytes),
        seconds(verify.seconds),
        megabytes(verify.peak_bytes),
    )
    return row, (
        Target(f"{shape}: checked in at most {most} s", seconds(check.seconds), check.seconds <= most),
        Target(
            f"{shape}: no file takes more than {_MOST_SECONDS_OF_A_FILE} s",
            seconds(longest),
            longest <= _MOST_SECONDS_OF_A_FILE,
        ),
        Target(
            f"{shape}: no process above {megabytes(_MOST_BYTES)}, whether it exports, checks or verifies",
            megabytes(largest),
            largest <= _MOST_BYTES,
        ),
    )
