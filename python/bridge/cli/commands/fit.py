"""`bridge fit`."""

from pathlib import Path

import click

from bridge.base.errors import InputError
from bridge.base.guard import declare_data_set
from bridge.base.places import ARTIFACT, CHECKPOINT
from bridge.cli.console import show, show_json
from bridge.cli.option_fields import flags_of, options_of
from bridge.cli.options import (
    DrawnSplit,
    FitOptions,
    GivenFiles,
    InputFile,
    device_option,
    force_option,
    output_options,
    refuse_together,
    refuse_without,
    restart_option,
)
from bridge.report.summary import metrics_record, ridge_record, rounding_record
from bridge.sources.precomputed import require_training


@click.command("fit")
@click.option("--checkpoint", type=InputFile(), default=None, help=f"The model.  [default: {CHECKPOINT}]")
@click.option(
    "--data",
    type=InputFile(str, declare_data_set),
    metavar="TEXT",
    default=None,
    help="Other images than the model was trained with, named as for train; it has seen none of them.",
)
@options_of(GivenFiles, "files")
@options_of(DrawnSplit, "drawn")
@click.option(
    "--sample-weights",
    type=InputFile(str),
    metavar="FILE",
    default=None,
    help="How much each sample of --latents or --data counts in the fit, ≥ 0.  A table with a column of numbers, named "
    "weight if there are others (or FILE:NAME), or an array (N,).",
)
@options_of(FitOptions, "fitting")
@device_option
@restart_option
@click.option("--out", type=click.Path(path_type=Path), default=ARTIFACT, show_default=True, help="The artifact.")
@force_option
@output_options
def command(
    checkpoint: Path | None,
    data: str | None,
    files: GivenFiles,
    drawn: DrawnSplit,
    sample_weights: str | None,
    fitting: FitOptions,
    device: str,
    restart: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Fit the probe and write the artifact.

    Encodes and scores the images that the checkpoint was trained with, or --data, or reads --latents and --scores,
    which can be larger than memory; fits on the training part, and measures on each part.
    """
    given = None
    if files.latents is None or files.scores is None:
        refuse_without("--latents and --scores", flags_of(files))
        others = {"--sample-weights": sample_weights} | flags_of(drawn)
        given_for_nothing = [option for option, value in others.items() if value is not None and data is None]
        if given_for_nothing:
            raise InputError(
                f"{given_for_nothing[0]} was given; other samples than the model's own are required for it; name them "
                "with --data, or with --latents and --scores"
            )
    else:
        refuse_together(
            "--latents",
            {
                "--checkpoint": checkpoint,
                "--data": data,
                "--concepts": fitting.concepts,
                "--device": "cuda" if device == "cuda" else None,
            },
        )
        if files.split_file is not None:
            refuse_together("--split", flags_of(drawn))
        given = files.read()
        if files.split_file is not None:
            require_training(given.parts, files.split_file)
    from bridge.cli.fitting import fit_given, fit_images

    if given is None:
        fitted = fit_images(
            checkpoint or CHECKPOINT,
            out,
            fitting,
            device=device,
            restart=restart,
            data=data,
            drawn=drawn,
            sample_weights=sample_weights,
        )
    else:
        fitted = fit_given(given, out, fitting, drawn, sample_weights=sample_weights, restart=restart)
    if as_json:
        record = fitted.record
        measured = dict(zip(record.concept_names, map(metrics_record, record.metrics), strict=True))
        written = {"artifact": str(out), "sha256": fitted.sha256, "concepts": measured}
        show_json(written | ridge_record(record) | rounding_record(record))
    else:
        for line in (*fitted.lines, out):
            show(line)
