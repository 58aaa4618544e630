"""`bridge fit`."""

from pathlib import Path

import click
from click.core import ParameterSource

from bridge.base.errors import InputError
from bridge.base.guard import declare_data_set
from bridge.base.places import ARTIFACT, CHECKPOINT
from bridge.cli.console import show, show_json
from bridge.cli.option_fields import flags_of, names_of, options_of
from bridge.cli.options import (
    OWN_LABELS,
    ClassifierOptions,
    DrawnSplit,
    FitOptions,
    GivenFiles,
    InputFile,
    WorkersOptions,
    device_option,
    force_option,
    from_pixels_option,
    output_options,
    refuse_together,
    refuse_without,
    restart_option,
    sample_weights_option,
)
from bridge.report.summary import metrics_record, pixels_record, ridge_record, rounding_record
from bridge.sources.precomputed import read_labelled, require_training


@click.command("fit")
@click.option("--checkpoint", type=InputFile(), default=None, help=f"The model.  [default: {CHECKPOINT}]")
@click.option(
    "--encoder",
    type=InputFile(str),
    metavar="FILE:LAYER,…",
    default=None,
    help="Instead of a checkpoint, for --data: Linear layers of a state dict in their order, with ReLU between them.  "
    "FILE is .safetensors, .pt, .pth or .npz, with LAYER.weight and LAYER.bias.",
)
@click.option(
    "--data",
    type=InputFile(str, declare_data_set),
    metavar="TEXT",
    default=None,
    help="Other images than the model was trained with, named as for train; it has seen none of them.  Of mnist "
    "the first 2,000.",
)
@click.option("--limit", type=int, default=None, help="Use only the first images of --data.")
@options_of(GivenFiles, "files")
@options_of(DrawnSplit, "drawn")
@sample_weights_option
@options_of(ClassifierOptions, "classifying")
@options_of(FitOptions, "fitting")
@from_pixels_option
@device_option
@options_of(WorkersOptions, "at")
@restart_option
@click.option("--out", type=click.Path(path_type=Path), default=ARTIFACT, show_default=True, help="The artifact.")
@force_option
@output_options
@click.pass_context
def command(
    context: click.Context,
    checkpoint: Path | None,
    encoder: str | None,
    data: str | None,
    limit: int | None,
    files: GivenFiles,
    drawn: DrawnSplit,
    sample_weights: str | None,
    classifying: ClassifierOptions,
    fitting: FitOptions,
    from_pixels: bool,
    device: str,
    at: WorkersOptions,
    restart: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Fit the probe and write the artifact.

    Encodes and scores the images that the checkpoint was trained with, or --data, or reads --latents and --scores,
    which can be larger than memory; fits on the training part, and measures on each part.  With --labels in the place
    of --scores, the probe tells classes apart.
    """
    refuse_of_other_kind(context, files, sample_weights, classifying)
    if classifying.labels is not None:
        _refuse_workers(at)
        refuse_together("--labels", {"--encoder": encoder, "--from-pixels": from_pixels or None})
    if encoder is not None:
        refuse_together("--encoder", {"--checkpoint": checkpoint, "--latents": files.latents})
        if data is None:
            raise InputError(
                f"the encoder {encoder} was given without images; --data is required for it; name the images"
            )
    is_given = files.latents is not None and (files.scores, classifying.labels) != (None, None)
    if is_given:
        refuse_together(
            "--latents",
            {
                "--checkpoint": checkpoint,
                "--data": data,
                "--limit": limit,
                "--concepts": fitting.concepts,
                "--device": "cuda" if device == "cuda" else None,
                "--from-pixels": from_pixels or None,
            },
        )
        if files.split_file is not None:
            refuse_together("--split", flags_of(drawn))
    else:
        both = "--latents and --scores" if classifying.labels is None else "--latents and --labels"
        others = {"--sample-weights": sample_weights} | flags_of(drawn)
        if limit is not None and data is None:
            raise InputError(
                "--limit was given without --data, whose first images it takes; --data is required for it; name the "
                "images, or leave it out"
            )
        refuse_without(both, flags_of(files))
        given_for_nothing = [option for option, value in others.items() if value is not None and data is None]
        if given_for_nothing:
            raise InputError(
                f"{given_for_nothing[0]} was given; other samples than the model's own are required for it; name them "
                f"with --data, or with {both}"
            )
    if classifying.labels is not None:
        _classify(checkpoint, data, limit, files, drawn, classifying, fitting, device, restart, out, as_json)
        return
    from bridge.cli.fitting import fit_encoder, fit_given, fit_images

    with at.open() as workers:
        given = None
        if is_given:
            given = files.read(groups=drawn.groups, sample_weights=sample_weights, workers=workers)
            if files.split_file is not None:
                require_training(given.parts, files.split_file)
        if encoder is not None and data is not None:
            fitted = fit_encoder(
                encoder,
                data,
                out,
                fitting,
                device=device,
                restart=restart,
                workers=workers,
                limit=limit,
                drawn=drawn,
                sample_weights=sample_weights,
                from_pixels=from_pixels,
            )
        elif given is None:
            fitted = fit_images(
                checkpoint or CHECKPOINT,
                out,
                fitting,
                device=device,
                restart=restart,
                workers=workers,
                data=data,
                limit=limit,
                drawn=drawn,
                sample_weights=sample_weights,
                from_pixels=from_pixels,
            )
        else:
            fitted = fit_given(
                given, out, fitting, drawn, sample_weights=sample_weights, restart=restart, workers=workers
            )
    if as_json:
        record = fitted.record
        measured = dict(zip(record.concept_names, map(metrics_record, record.metrics), strict=True))
        written = {"artifact": str(out), "sha256": fitted.sha256, "concepts": measured}
        show_json(written | ridge_record(record) | rounding_record(record) | pixels_record(record))
    else:
        for line in (*fitted.lines, out):
            show(line)


def _classify(
    checkpoint: Path | None,
    data: str | None,
    limit: int | None,
    files: GivenFiles,
    drawn: DrawnSplit,
    classifying: ClassifierOptions,
    fitting: FitOptions,
    device: str,
    restart: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Fit a classifier on what was named, and print how well it does."""
    assert classifying.labels is not None
    given = None
    if files.latents is not None:
        given = read_labelled(files.latents, classifying.labels, split_file=files.split_file, groups=drawn.groups)
        if files.split_file is not None:
            require_training(given.parts, files.split_file)
    from bridge.cli.classifying import classify_given, classify_images

    if given is None:
        model = checkpoint or CHECKPOINT
        fitted = classify_images(
            model, out, fitting, classifying, drawn, device=device, restart=restart, data=data, limit=limit
        )
    else:
        fitted = classify_given(given, out, fitting, classifying, drawn, restart=restart)
    if as_json:
        show_json({"artifact": str(out), "sha256": fitted.sha256, **fitted.record})
    else:
        for line in (*fitted.lines, out):
            show(line)


def _refuse_workers(at: WorkersOptions) -> None:
    """Refuse to divide the fit of a classifier."""
    for option, value in flags_of(at).items():
        if value is not None:
            raise InputError(
                f"{option} was given with --labels; classes are told apart by scikit-learn, which takes all latents at "
                f"once, in this process; leave {option} out"
            )


def refuse_of_other_kind(
    context: click.Context, files: GivenFiles, sample_weights: str | None, classifying: ClassifierOptions
) -> None:
    """Refuse options of a probe of scores with --labels, and those of a classifier without."""
    flags = flags_of(classifying)
    if classifying.labels is None:
        for option, value in flags.items():
            if value is not None:
                raise InputError(f"{option} was given; --labels is required for it; give --labels, or leave it out")
        return
    of_scores = {
        name: flag for name, flag in names_of(FitOptions).items() if name not in ("weight_bits", "latent_bits")
    }
    refuse_together(
        "--labels",
        {
            "--scores": files.scores,
            "--names": files.names,
            "--units": files.units,
            "--sample-weights": sample_weights,
            **{
                flag: None if context.get_parameter_source(name) in (ParameterSource.DEFAULT, None) else True
                for name, flag in of_scores.items()
            },
        },
    )
    if classifying.control is None and classifying.control_seed is not None:
        raise InputError(
            "--control-seed was given; --control is required for it; give --control shuffled-labels, or leave it out"
        )
    if classifying.labels == OWN_LABELS and files.latents is not None:
        raise InputError(
            "--labels own and --latents were given together; the classes that images come with are those of --data or "
            "of the training; name a file of labels, or leave --latents out"
        )
