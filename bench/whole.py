"""(f) Whole exports: written, checked in every part, and verified."""

import json
from pathlib import Path

from bench.commands import run_bridge
from bench.inputs import random_artifact
from bench.results import Section, Table, Target, megabytes, seconds
from bench.workbench import Workbench
from bridge.artifact.file import load_artifact, save_artifact

_HEADER = ("N × d × k", "export", "check", "files", "longest file", "memory of Lean", "verify", "its memory")
_MOST_SECONDS_OF_A_FILE = 60


def measure(bench: Workbench) -> Section:
    """Export, check and verify two artifacts from the command line."""
    wide = bench.new_folder("wide") / "probe.safetensors"
    save_artifact(wide, random_artifact(*bench.sizes.wide, concepts=1))
    found = [
        _measured(bench, name, artifact, most)
        for name, artifact, most in (("Digits", bench.digits_artifact, 35), ("Wide", wide, 75))
    ]
    return Section(
        "Whole exports",
        (
            Table(
                _HEADER,
                tuple(row for row, _ in found),
                "`bridge export`, `bridge check --engine embedded` and `bridge verify`, each from the start of its "
                "process to its end; memory of the largest process.",
            ),
        ),
        tuple(target for _, targets in found for target in targets),
    )


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
    row = (
        shape,
        seconds(export.seconds),
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
    )
