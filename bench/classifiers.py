"""(i) Exports of classifiers: written, checked in every part, and verified."""

from pathlib import Path

from bench.commands import run_bridge
from bench.inputs import random_artifact, random_classifier
from bench.results import Section, Table, Target, megabytes, seconds, times
from bench.workbench import Workbench
from bridge.artifact.file import save_artifact

_HEADER = ("N × d × K", "asked for", "export", "check", "memory of Lean", "verify", "its memory")
_MOST_OF_SEVERAL = 40
_MOST_OF_RANKED = 90
# What a binary probe's counts may take of the time of a probe's sup error.
_MOST_OF_BOUND = 1.5


def measure(bench: Workbench) -> Section:
    """Export, check and verify classifiers, and a probe of the size of one of them."""
    sizes = bench.sizes
    several, several_seconds = _measured(bench, "Several", sizes.several_classes, ())
    ranked, ranked_seconds = _measured(bench, "Ranked", (*sizes.ranked, 2), ("--roc-auc",))
    binary, binary_seconds = _measured(bench, "Binary", (*sizes.binary, 2), ())
    bound, bound_seconds = _of_a_probe(bench, sizes.binary)
    ratio = binary_seconds / bound_seconds
    return Section(
        "Classifiers",
        (
            Table(
                _HEADER,
                (several, ranked, binary, bound),
                "`bridge export`, `bridge check --engine embedded` and `bridge verify`, each from the start of its "
                "process to its end; memory of the largest process.  Confusion matrix, all rates and the margin are "
                "in each export of a classifier.  The last row is a probe of one concept, with its sup error.",
            ),
        ),
        (
            _target(_shape(*sizes.several_classes), several_seconds, _MOST_OF_SEVERAL),
            _target(f"{_shape(*sizes.ranked, 2)} with AUROC", ranked_seconds, _MOST_OF_RANKED),
            Target(
                f"{_shape(*sizes.binary, 2)}: at most {times(_MOST_OF_BOUND)} of the time that the sup error of a "
                "probe takes",
                times(ratio),
                ratio <= _MOST_OF_BOUND,
            ),
        ),
    )


def _target(what: str, found: float, most: int) -> Target:
    return Target(f"{what}: checked in at most {most} s", seconds(found), found <= most)


def _shape(samples: int, dim: int, classes: int) -> str:
    return f"{samples:,} × {dim:,} × {classes}"


def _measured(
    bench: Workbench, name: str, shape: tuple[int, int, int], options: tuple[str, ...]
) -> tuple[tuple[str, ...], float]:
    """The row of a classifier of random numbers, and what its check took."""
    artifact = bench.new_folder(name) / "probe.safetensors"
    save_artifact(artifact, random_classifier(*shape))
    return _row(bench, name, artifact, _shape(*shape), options)


def _of_a_probe(bench: Workbench, shape: tuple[int, int]) -> tuple[tuple[str, ...], float]:
    """The row of a probe of random numbers, and what its check took."""
    artifact = bench.new_folder("Bound") / "probe.safetensors"
    save_artifact(artifact, random_artifact(*shape, concepts=1))
    row, found = _row(bench, "Bound", artifact, f"{shape[0]:,} × {shape[1]:,}, one concept", ())
    return row, found


def _row(
    bench: Workbench, name: str, artifact: Path, shape: str, options: tuple[str, ...]
) -> tuple[tuple[str, ...], float]:
    folder = bench.new_folder(f"classifier-{name}")
    root = folder / f"{name}.lean"
    bench.report(f"export, check and verify {' '.join((shape, *options))}")
    export = run_bridge("export", "--artifact", artifact, "--out", root, *options, folder=folder)
    check = run_bridge("check", "--engine", "embedded", root, folder=folder)
    verify = run_bridge("verify", "--artifact", artifact, root, folder=folder)
    row = (
        shape,
        " ".join(options) or "–",
        seconds(export.seconds),
        seconds(check.seconds),
        megabytes(check.peak_bytes),
        seconds(verify.seconds),
        megabytes(verify.peak_bytes),
    )
    return row, check.seconds
