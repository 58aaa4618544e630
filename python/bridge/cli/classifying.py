"""The fit of a classifier, from files to an artifact's file."""

import warnings
from dataclasses import dataclass
from pathlib import Path

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.file import save_artifact
from bridge.base.errors import BridgeWarning
from bridge.base.guard import declare_data_set, declare_inputs
from bridge.base.own_files import ARTIFACT_FILE
from bridge.base.places import prepare_outputs, with_resume_file
from bridge.cli.console import Bars, say
from bridge.cli.dividing import divided
from bridge.cli.options import OWN_LABELS, USUAL_METHOD, ClassifierOptions, DrawnSplit, FitOptions
from bridge.cli.resumable import resumable
from bridge.exact.column_digits import ColumnDigits
from bridge.probe.fit_classifier import fit_classifier
from bridge.report.classification import (
    classification_doubts,
    classification_lines,
    classifier_record,
    part_results,
)
from bridge.report.summary import digit_doubts, rounding_lines, rounding_record
from bridge.sources.checkpoint import (
    encoded_labelled,
    in_parts_of_training,
    load_checkpoint,
    new_images,
    record_of,
    training_images,
)
from bridge.sources.images import own_labels
from bridge.sources.labelled import LabelledSamples
from bridge.sources.labels import read_labels
from bridge.sources.vae import resolve_device


@dataclass(frozen=True, eq=False)
class FittedClassifier:
    """What the fit of a classifier has written.

    Attributes:
        record: what it is and how well it does on each part, as a JSON-like record.
        sha256: SHA-256 of the artifact's file in hexadecimal.
        lines: the same for people.
    """

    record: dict[str, object]
    sha256: str
    lines: tuple[str, ...]


def classify_images(
    checkpoint: Path,
    out: Path,
    options: FitOptions,
    classifying: ClassifierOptions,
    drawn: DrawnSplit,
    *,
    device: str,
    restart: bool,
    data: str | None,
    limit: int | None = None,
) -> FittedClassifier:
    """Fit a classifier on the images of a checkpoint, or on others that it encodes, and write the artifact."""
    assert classifying.labels is not None
    declare_inputs(checkpoint)
    vae, metadata = load_checkpoint(checkpoint)
    record = record_of(metadata)
    name = record.data if data is None else data
    declare_data_set(name)
    prepare_outputs(with_resume_file(out, ARTIFACT_FILE))
    with Bars("fit") as bars, resumable(out, "fit", restart):
        images = training_images(record) if data is None else new_images(data, record, drawn.seed or 0, limit)
        for note in () if data is None else images.notes:
            say(f"fit: {note}")
        if classifying.labels == OWN_LABELS:
            labels = own_labels(name, limit=record.limit if data is None else limit)
        else:
            labels = read_labels(classifying.labels, samples=len(images.images))
        place = resolve_device(device)
        samples = encoded_labelled(vae, record, images, labels, device=place, progress=bars.show)
        if data is None:
            samples = in_parts_of_training(samples, record)
        return _classify(samples, out, options, classifying, drawn)


def classify_given(
    given: LabelledSamples,
    out: Path,
    options: FitOptions,
    classifying: ClassifierOptions,
    drawn: DrawnSplit,
    *,
    restart: bool,
) -> FittedClassifier:
    """Fit a classifier on latents that were made elsewhere and write the artifact."""
    prepare_outputs(with_resume_file(out, ARTIFACT_FILE))
    with resumable(out, "fit", restart):
        return _classify(given, out, options, classifying, drawn)


def _classify(
    given: LabelledSamples, out: Path, options: FitOptions, classifying: ClassifierOptions, drawn: DrawnSplit
) -> FittedClassifier:
    """Divide the samples, unless they are in parts, and fit; say what was found, and warn of what is doubtful."""
    say(f"fit: {given.labels.line()}")
    samples, _ = divided(given, drawn)
    artifact = fit_classifier(
        samples,
        classifying.method or USUAL_METHOD,
        threshold=classifying.threshold,
        weight_bits=options.weight_bits,
        latent_bits=options.latent_bits,
        control_seed=None if classifying.control is None else classifying.control_seed or 0,
    )
    return _written(artifact, out)


def _written(artifact: ClassifierArtifact, out: Path) -> FittedClassifier:
    sha256 = save_artifact(out, artifact)
    results = part_results(artifact)
    for line in rounding_lines(artifact):
        say(f"fit: {line}")
    digits = ColumnDigits.of(artifact.latents)
    for doubt in (
        *classification_doubts(artifact, results),
        *digit_doubts(digits, len(artifact.labels), "class"),
    ):
        warnings.warn(doubt, BridgeWarning, stacklevel=2)
    say(f"fit: wrote {out}")
    record = classifier_record(artifact, results) | rounding_record(artifact)
    return FittedClassifier(record, sha256, tuple(classification_lines(artifact, results)))
