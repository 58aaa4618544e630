"""`bridge fit`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bridge.base.places import ARTIFACT, CHECKPOINT
from bridge.cli.console import show, show_json
from bridge.cli.options import (
    InputFile,
    bias_option,
    concepts_option,
    device_option,
    force_option,
    given_options,
    lam_option,
    latent_bits_option,
    output_options,
    refuse_together,
    refuse_without,
    restart_option,
    standardize_option,
    weight_bits_option,
)
from bridge.report.summary import ridge_record, rounding_record
from bridge.sources.precomputed import read_given, require_training

if TYPE_CHECKING:
    from bridge.sources.concepts.choice import ConceptChoice


@click.command("fit")
@click.option("--checkpoint", type=InputFile(), default=None, help=f"The model.  [default: {CHECKPOINT}]")
@given_options
@click.option("--held-out", type=float, default=None, help="Fraction of --latents to measure with.  [default: 0.2]")
@click.option("--calibration", type=float, default=None, help="Fraction to calibrate --alpha with.  [default: 0]")
@click.option("--seed", type=int, default=None, help="Seed of the split of --latents.  [default: 0]")
@click.option(
    "--groups",
    type=InputFile(str),
    metavar="FILE",
    default=None,
    help="Which group each sample of --latents belongs to; the split that is drawn keeps groups together, and its "
    "fractions are those of groups.  A table with a column of anything, named group if there are others (or "
    "FILE:NAME), or an array (N,).",
)
@click.option(
    "--sample-weights",
    type=InputFile(str),
    metavar="FILE",
    default=None,
    help="How much each sample of --latents counts in the fit, ≥ 0.  A table with a column of numbers, named weight if "
    "there are others (or FILE:NAME), or an array (N,).",
)
@lam_option
@bias_option
@concepts_option
@standardize_option
@weight_bits_option
@latent_bits_option
@device_option
@restart_option
@click.option("--out", type=click.Path(path_type=Path), default=ARTIFACT, show_default=True, help="The artifact.")
@force_option
@output_options
def command(
    checkpoint: Path | None,
    concepts: "ConceptChoice | None",
    device: str,
    out: Path,
    as_json: bool,
    latents: str | None,
    scores: str | None,
    names: list[str] | None,
    units: list[str] | None,
    split_file: str | None,
    held_out: float | None,
    calibration: float | None,
    seed: int | None,
    groups: str | None,
    sample_weights: str | None,
    **options: Any,  # noqa: ANN401 -- click passes what the options say
) -> None:
    """Fit the probe and write the artifact.

    Encodes and scores the images that the checkpoint was trained with, or reads --latents and --scores, which can be
    larger than memory; fits on the training part, and measures on each part.
    """
    given = None
    drawn = {"--held-out": held_out, "--calibration": calibration, "--seed": seed, "--groups": groups}
    if latents is None or scores is None:
        files = {"--latents": latents, "--scores": scores, "--names": names, "--units": units, "--split": split_file}
        files |= {"--sample-weights": sample_weights}
        refuse_without("--latents and --scores", {**files, **drawn})
    else:
        refuse_together(
            "--latents",
            {"--checkpoint": checkpoint, "--concepts": concepts, "--device": "cuda" if device == "cuda" else None},
        )
        if split_file is not None:
            refuse_together("--split", drawn)
        given = read_given(latents, scores, names=names, units=units, split_file=split_file)
        if split_file is not None:
            require_training(given.parts, split_file)
    from bridge.cli.fitting import fit_given, fit_images

    if given is None:
        fitted = fit_images(checkpoint or CHECKPOINT, out, concepts=concepts, device=device, **options)
    else:
        fitted = fit_given(given, out, held_out, calibration, seed, groups, sample_weights, **options)
    if as_json:
        record = fitted.record
        measured = dict(zip(record.concept_names, map(asdict, record.metrics), strict=True))
        written = {"artifact": str(out), "sha256": fitted.sha256, "concepts": measured}
        show_json(written | ridge_record(record) | rounding_record(record))
    else:
        for line in (*fitted.lines, out):
            show(line)
