"""(c) Where the time of an export goes, and what a loop over fractions would take."""

from fractions import Fraction

from bench.commands import CommandError, run_bridge
from bench.inputs import random_artifact
from bench.results import Section, Table, Target, at_least, megabytes, seconds, times
from bench.timing import timed
from bench.workbench import Workbench
from bridge.artifact.file import load_artifact
from bridge.artifact.record import ProbeArtifact
from bridge.base.resources import templates_folder
from bridge.exact.dyadic import to_dyadic_matrix
from bridge.exact.residuals import exact_residuals
from bridge.export.certificate import build_certificate
from bridge.export.render import render

_LEAST_RATIO = 15
_MOST_SECONDS = 15
_MOST_BYTES = 2_000_000_000


def fraction_residuals(artifact: ProbeArtifact, samples: int) -> list[list[Fraction]]:
    """The exact residuals of the first samples for all concepts, by the loop that one would write first."""
    columns = [[Fraction(weight) for weight in column] for column in artifact.weights.T.tolist()]
    residuals = []
    for latent, score in zip(artifact.latents[:samples].tolist(), artifact.scores[:samples].tolist(), strict=True):
        point = [*map(Fraction, latent), Fraction(1)]
        values = (sum(w * z for w, z in zip(column, point, strict=True)) for column in columns)
        residuals.append([Fraction(c) - value for c, value in zip(score, values, strict=True)])
    return residuals


def compare(bench: Workbench) -> Section:
    """Time exact residuals, the steps of an export, and a whole export in a process of its own."""
    residuals_table, ratio = _residuals(bench)
    whole_table, whole_target = _whole(bench)
    n, d, k = bench.sizes.residuals
    return Section(
        "Export",
        (residuals_table, _steps(bench), whole_table),
        (
            at_least(
                f"≥ {_LEAST_RATIO}× faster exact residuals than a loop over fractions, {n:,} × {d} × {k}",
                _LEAST_RATIO,
                ratio,
            ),
            whole_target,
        ),
    )


def _residuals(bench: Workbench) -> tuple[Table, float]:
    n, d, k = bench.sizes.residuals
    rows = bench.sizes.fraction_rows
    bench.report(f"exact residuals, {n:,} × {d} × {k}")
    artifact = random_artifact(n, d, k)
    exact, exact_seconds = timed(lambda: exact_residuals(artifact.latents, artifact.scores, artifact.weights))
    some, some_seconds = timed(lambda: fraction_residuals(artifact, rows))
    if any(exact.matrix.fraction(i, c) != some[i][c] for i in range(rows) for c in range(k)):
        raise CommandError("the loop over fractions found other residuals")
    loop_seconds = some_seconds * n / rows
    table = Table(
        (f"exact residuals, {n:,} × {d} × {k}", "time", "faster"),
        (
            (f"loop over `Fraction` (measured on {rows:,} of the rows, times {n / rows:g})", seconds(loop_seconds), ""),
            ("`exact_residuals`", seconds(exact_seconds), times(loop_seconds / exact_seconds)),
        ),
        "From floats, so that conversion counts; both find the same numbers.",
    )
    return table, loop_seconds / exact_seconds


def _steps(bench: Workbench) -> Table:
    stored, reading = timed(lambda: load_artifact(bench.digits_artifact))
    artifact = stored.artifact
    bench.report("the steps of an export")
    matrices = {"latents": artifact.latents, "scores": artifact.scores}
    _, conversion = timed(lambda: [to_dyadic_matrix(values, name=name) for name, values in matrices.items()])
    _, residuals = timed(lambda: exact_residuals(artifact.latents, artifact.scores, artifact.weights))
    certificate, certified = timed(lambda: build_certificate(artifact))
    texts, rendering = timed(lambda: render(stored, certificate, namespace="Generated", templates=templates_folder()))
    size = sum(len(text.encode()) for text in texts.values())
    return Table(
        (f"steps of an export, {_shape(artifact)}", "time"),
        (
            ("reading the artifact", seconds(reading)),
            ("conversion of floats to integers", seconds(conversion)),
            ("exact residuals", seconds(residuals)),
            ("δ and packing", seconds(max(0.0, certified - conversion - residuals))),
            (f"rendering, {megabytes(size)}", seconds(rendering)),
        ),
    )


def _whole(bench: Workbench) -> tuple[Table, Target]:
    folder = bench.new_folder("export")
    artifact = bench.digits_artifact
    bench.report("a whole export")
    run = run_bridge("export", "--artifact", artifact, "--out", folder / "Digits.lean", folder=folder)
    name = f"`bridge export` of {_shape(load_artifact(artifact).artifact)} from the artifact"
    table = Table(
        (name, "time", "memory"),
        (("in a process of its own, from its start to its end", seconds(run.seconds), megabytes(run.peak_bytes)),),
    )
    target = Target(
        f"{name}: under {_MOST_SECONDS} s and {megabytes(_MOST_BYTES)}",
        f"{seconds(run.seconds)}, {megabytes(run.peak_bytes)}",
        run.seconds < _MOST_SECONDS and run.peak_bytes < _MOST_BYTES,
    )
    return table, target


def _shape(artifact: ProbeArtifact) -> str:
    (n, d), k = artifact.latents.shape, artifact.scores.shape[1]
    return f"{n:,} × {d} × {k}"
