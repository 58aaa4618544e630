"""`bridge sweep`."""

from pathlib import Path

import click

from bridge.artifact.coverage import Coverage
from bridge.base.errors import InputError
from bridge.cli.asked_options import Wanted, any_asked_options
from bridge.cli.commands.fit import refuse_of_other_kind
from bridge.cli.console import show, show_json
from bridge.cli.option_fields import flags_of, options_of
from bridge.cli.options import (
    ClassifierOptions,
    DrawnSplit,
    FitOptions,
    GivenFiles,
    WorkersOptions,
    output_options,
    refuse_together,
    sample_weights_option,
)


@click.command("sweep")
@click.option(
    "--latents",
    multiple=True,
    required=True,
    metavar="FILES",
    help="The latents of the layers, as for fit.  A pattern such as 'layer_*.npy', in quotes, has a layer for each "
    "file, folder of shards or (FILE:PATTERN) array that it matches, named as what the wildcard stands for; without "
    "one, a layer is named as its file, or by NAME=FILE.  Can be given several times.",
)
@options_of(GivenFiles, "files", "scores", "names", "units", "split_file")
@options_of(DrawnSplit, "drawn")
@sample_weights_option
@options_of(ClassifierOptions, "classifying")
@options_of(FitOptions, "fitting", "lam", "fit_bias", "standardize", "weight_bits", "latent_bits")
@click.option(
    "--best-by",
    type=click.Choice(["r2", "max-error", "accuracy", "balanced-accuracy", "roc-auc"]),
    default=None,
    help="By what the best layer is decided, on the held-out samples; without any on the calibration part, or else the "
    "training part.  [default: r2, accuracy with --labels]",
)
@click.option(
    "--export",
    "exported",
    type=click.Choice(["best", "all"]),
    default=None,
    help="Write Lean files too, of the layers that are the best for a concept or of all, into DIR.",
)
@any_asked_options
@options_of(WorkersOptions, "at")
@click.option(
    "--restart", is_flag=True, help="Fit all layers again, also those that are done with the same inputs and options."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("sweep"),
    metavar="DIR",
    show_default=True,
    help="The folder of the artifacts and of sweep.json, which says what is what.",
)
@output_options
@click.pass_context
def command(
    context: click.Context,
    latents: tuple[str, ...],
    files: GivenFiles,
    drawn: DrawnSplit,
    sample_weights: str | None,
    classifying: ClassifierOptions,
    fitting: FitOptions,
    best_by: str | None,
    exported: str | None,
    wanted: Wanted,
    at: WorkersOptions,
    restart: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Fit probes on every layer, and name the best one.

    Each layer has latents of the same samples, with the same scores or labels in the same parts, and its artifact is
    that of `bridge fit`.  A sweep that was interrupted goes on where it was; a layer is fitted again only if its
    latents, the scores or an option have changed.
    """
    given = GivenFiles(latents[0], files.scores, files.names, files.units, files.split_file)
    refuse_of_other_kind(context, given, sample_weights, classifying)
    if (files.scores, classifying.labels) == (None, None):
        raise InputError(
            "--latents was given without --scores and without --labels; what is to be read off the latents is "
            "required; give one of them"
        )
    if files.split_file is not None:
        refuse_together("--split", flags_of(drawn))
    if exported is None:
        without = [*wanted.values, *(["--over"] if wanted.coverage is not Coverage.ALL else [])]
        if without:
            raise InputError(
                f"{without[0]} was given without --export; it is about the Lean files; give --export best, say, or "
                f"leave {without[0]} out"
            )
    from bridge.cli.sweeping import SweepChoice, sweep
    from bridge.report.sweep import sweep_lines

    choice = SweepChoice(latents, out, best_by, exported, wanted, restart)
    with at.open() as workers:
        swept = sweep(choice, given, drawn, sample_weights, classifying, fitting, workers)
    if as_json:
        done_now = {"fitted": list(swept.fitted), "exported": [str(root) for root in swept.roots]}
        show_json({"manifest": str(swept.path), **done_now, **swept.manifest.content()})
    else:
        for line in (*sweep_lines(swept.manifest), swept.path, *swept.roots):
            show(line)
