"""`bridge export`."""

import warnings
from dataclasses import asdict, replace
from pathlib import Path

import click

from bridge.artifact.file import StoredArtifact, StoredClassifier, load_any, load_artifact, to_be_stored
from bridge.base.arrays import in_memory, require_finite
from bridge.base.errors import BridgeWarning, InputError
from bridge.base.own_files import ARTIFACT_FILE, CHECKPOINT_FILE, LEAN_FILE
from bridge.base.places import ARTIFACT, CHECKPOINT, artifact_beside, prepare_outputs, with_resume_file
from bridge.base.resources import templates_folder
from bridge.base.words import counted
from bridge.base.workers import HERE, Workers
from bridge.check.host_pool import parallel_jobs
from bridge.cli.asked_options import Wanted, any_asked_options
from bridge.cli.console import Bars, say, show, show_json
from bridge.cli.option_fields import flags_of, options_of
from bridge.cli.options import (
    FitOptions,
    GivenFiles,
    InputFile,
    TrainingChoice,
    WorkersOptions,
    force_option,
    out_option,
    output_options,
    predictions_option,
    refuse_together,
    refuse_without,
    templates_option,
)
from bridge.exact.column_digits import ColumnDigits
from bridge.export.asked import FROM_PIXELS, Asked
from bridge.export.classification.asked import ClassifierAsked
from bridge.export.write import ClassifierExport, Export, export_lean, require_export_place
from bridge.probe.measures import probe_artifact
from bridge.probe.predictions import compare_predictions, read_predictions, warn_of_unexplained
from bridge.report.decisions import classifier_export_record
from bridge.report.pixel_results import pixel_lines
from bridge.report.summary import digit_doubts, export_record
from bridge.sources.precomputed import read_weights
from bridge.sources.samples import Samples

# It is said beforehand if Lean will take so many seconds or more.
LONG = 120.0


@click.command("export")
@click.option(
    "--artifact",
    type=InputFile(),
    default=None,
    help=f"The artifact.  Without it, train and fit run first, with their defaults, and write {ARTIFACT}.",
)
@click.option(
    "--weights",
    type=InputFile(str),
    metavar="FILE",
    default=None,
    help="Instead of an artifact: a probe of your own for --latents and --scores, exported as it is.  W (d + 1, k) "
    "with the bias last, or weight and bias of a torch Linear, or coef_ and intercept_ of scikit-learn.",
)
@options_of(GivenFiles, "files")
@click.option(
    "--save-artifact",
    type=click.Path(path_type=Path),
    default=None,
    help="Where the artifact of --weights goes.  [default: beside the root file, with the ending .safetensors]",
)
@out_option
@options_of(FitOptions, "fitting", "concepts", "weight_bits", "latent_bits")
@any_asked_options
@click.option(
    "--from-pixels",
    is_flag=True,
    help="Prove too what follows from the 8-bit images and the encoder: how far the latents are from its exact values, "
    "the scores of size and thick, and δ at these values; of an artifact that was fitted with --from-pixels.",
)
@predictions_option
@templates_option
@options_of(WorkersOptions, "at")
@force_option
@output_options
def command(
    artifact: Path | None,
    weights: str | None,
    files: GivenFiles,
    save_artifact: Path | None,
    out: Path,
    fitting: FitOptions,
    wanted: Wanted,
    from_pixels: bool,
    predictions: str | None,
    templates: Path | None,
    at: WorkersOptions,
    as_json: bool,
) -> None:
    """Render the artifact to Lean, exactly.

    With --weights, --latents and --scores, a probe that was fitted elsewhere.  Unless --split says so, it is then not
    known which samples the probe was fitted on, and none counts as held out.
    """
    rounding = {"--weight-bits": fitting.weight_bits, "--latent-bits": fitting.latent_bits}
    for option, bits in rounding.items():
        if artifact is not None and bits is not None:
            raise InputError(
                f"{option} was given together with --artifact; rounding is done by `bridge fit`, since the artifact "
                f"records it; fit with {option}, and export that artifact"
            )
    if artifact is not None and fitting.concepts is not None:
        raise InputError(
            "--concepts was given together with --artifact; concepts are scored by `bridge fit`, and the artifact "
            "holds the scores; fit with --concepts, and export that artifact"
        )
    if from_pixels:
        wanted = replace(wanted, values={**wanted.values, FROM_PIXELS: ""})
    artifact_file = None
    export: Export | ClassifierExport
    if weights is not None and files.latents is not None and files.scores is not None:
        others = {"--artifact": artifact, "--concepts": fitting.concepts, **rounding, FROM_PIXELS: from_pixels or None}
        refuse_together("--weights", others)
        artifact_file = save_artifact or artifact_beside(out)
        asked = wanted.of_probes()
        require_export_place(out, files.names or ())
        prepare_outputs({out: LEAN_FILE}, {artifact_file: ARTIFACT_FILE})
        stored = given_artifact(files.read(), weights)
        with at.open() as workers:
            export = write_export(stored, out, asked, templates, artifact_file, predictions, workers)
    else:
        others = {"--save-artifact": save_artifact}
        refuse_without("--weights, --latents and --scores", {"--weights": weights} | flags_of(files) | others)
        if artifact is None:
            if predictions is not None:
                raise InputError(
                    "--predictions was given without the probe that they are compared with; --artifact or --weights is "
                    "required; name one"
                )
            with at.open() as workers:
                _train_and_fit(out, fitting, wanted.of_probes(), workers)
                export = write_export(load_artifact(ARTIFACT), out, wanted.of_probes(), templates, workers=workers)
        else:
            require_export_place(out, (), from_pixels=from_pixels)
            prepare_outputs({out: LEAN_FILE})
            with at.open() as workers:
                export = _export_artifact(artifact, out, wanted, templates, predictions, workers)
    if isinstance(export, Export):
        for line in pixel_lines(export):
            say(f"export: {line}")
    if as_json:
        written = export_record(export) if isinstance(export, Export) else classifier_export_record(export)
        record = written | estimate_record(export)
        show_json(record | ({} if artifact_file is None else {"artifact": str(artifact_file)}))
    else:
        for file in (*export.files, *([] if artifact_file is None else [artifact_file])):
            show(file)


def _export_artifact(
    artifact: Path, out: Path, wanted: Wanted, templates: Path | None, predictions: str | None, workers: Workers
) -> Export | ClassifierExport:
    """Export an artifact of any kind."""
    stored = load_any(artifact)
    if isinstance(stored, StoredArtifact):
        return write_export(stored, out, wanted.of_probes(), templates, None, predictions, workers)
    asked = wanted.of_classifier()
    if predictions is not None:
        raise InputError(
            f"--predictions was given together with {artifact}, the artifact of a classifier; predicted scores can be "
            "compared with a probe of scores alone; leave --predictions out"
        )
    return write_classifier_export(stored, out, asked, templates, workers)


def _train_and_fit(out: Path, fitting: FitOptions, asked: Asked, workers: Workers) -> None:
    """Train and fit as `bridge train` and `bridge fit` do unless told otherwise."""
    from bridge.cli.fitting import fit_images, known_names, require_pixels
    from bridge.cli.training import train

    require_export_place(out, known_names(fitting.concepts), from_pixels=asked.from_pixels)
    prepare_outputs(
        with_resume_file(CHECKPOINT, CHECKPOINT_FILE),
        with_resume_file(ARTIFACT, ARTIFACT_FILE),
        {out: LEAN_FILE},
    )
    training = TrainingChoice().calibrated(is_needed=asked.calibration_first)
    if asked.from_pixels:
        require_pixels(training)
    train(CHECKPOINT, training, device="auto", restart=False)
    fit_images(
        CHECKPOINT,
        ARTIFACT,
        fitting,
        device="auto",
        restart=False,
        workers=workers,
        from_pixels=asked.from_pixels,
    )


def given_artifact(given: Samples, weights: str) -> StoredArtifact:
    """The artifact of a probe that was fitted elsewhere."""
    latents = given.latents.whole()
    require_finite(latents, given.source)
    for doubt in digit_doubts(ColumnDigits.of(latents), len(latents)):
        warnings.warn(doubt, BridgeWarning, stacklevel=2)
    W = read_weights(weights, dim=latents.shape[1], concepts=len(given.scores.names))
    return to_be_stored(probe_artifact(replace(given, latents=in_memory(latents)), W))


def write_export(
    stored: StoredArtifact,
    out: Path,
    asked: Asked,
    templates: Path | None,
    artifact_file: Path | None = None,
    predictions: str | None = None,
    workers: Workers = HERE,
) -> Export:
    """Write the Lean files of an artifact, and say how far the predictions of a model are from it."""
    differences = (
        ()
        if predictions is None
        else compare_predictions(stored.artifact, read_predictions(predictions, stored.artifact))
    )
    for difference in differences:
        if difference.is_explained:
            say(f"export: {difference.line}")
    warn_of_unexplained(differences)
    with Bars("export") as bars:
        written = export_lean(
            stored,
            out,
            templates=templates or templates_folder(),
            asked=asked,
            artifact_file=artifact_file,
            progress=bars.show,
            workers=workers,
        )
    _say_written(written)
    return replace(written, predictions=differences)


def write_classifier_export(
    stored: StoredClassifier,
    out: Path,
    asked: ClassifierAsked,
    templates: Path | None,
    workers: Workers = HERE,
) -> ClassifierExport:
    """Write the Lean files of the artifact of a classifier."""
    with Bars("export") as bars:
        written = export_lean(
            stored,
            out,
            templates=templates or templates_folder(),
            asked=asked,
            progress=bars.show,
            workers=workers,
        )
    _say_written(written)
    return written


def _say_written(written: Export | ClassifierExport) -> None:
    say(f"export: wrote {written.root} and {len(written.files) - 1} more files")
    estimate = written.lean_estimate(parallel_jobs())
    if estimate.seconds >= LONG:
        say(f"export: the embedded Lean will take {estimate.words()} for its {counted(estimate.files, 'file')}")


def estimate_record(export: Export | ClassifierExport) -> dict[str, object]:
    """How long the embedded Lean will take for an export on this machine, as part of a JSON-like record."""
    estimate = export.lean_estimate(parallel_jobs())
    return {"lean_estimate": asdict(estimate) | {"seconds": round(estimate.seconds)}}
