"""The fit of a probe, from files to an artifact's file."""

import functools
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.artifact.record import ProbeRecord
from bridge.base.errors import BridgeWarning
from bridge.base.guard import declare_data_set, declare_inputs
from bridge.base.own_files import ARTIFACT_FILE
from bridge.base.places import prepare_outputs, with_resume_file
from bridge.base.resume import Identity, KeptSteps
from bridge.base.workers import HERE, Workers
from bridge.cli.console import Bars, say
from bridge.cli.dividing import divided
from bridge.cli.options import DrawnSplit, FitOptions, TrainingChoice
from bridge.cli.resumable import resumable
from bridge.cli.training import data_of
from bridge.exact.text import decimal, rational
from bridge.probe.fit import Fit, fit_samples
from bridge.probe.lam_choice import LamChoice
from bridge.probe.ridge import FitBias
from bridge.report.summary import digit_doubts, measure_doubts, measure_lines, pixels_lines, rounding_lines
from bridge.sources.checkpoint import (
    encoded_samples,
    in_parts_of_training,
    load_checkpoint,
    new_images,
    record_of,
    training_images,
)
from bridge.sources.concepts.choice import SEED_CONCEPTS, ConceptChoice, scoring_identity
from bridge.sources.images import ImageSet, load_images
from bridge.sources.networks import eight_bit, network_module, read_network, require_inputs
from bridge.sources.precomputed import read_sample_weights
from bridge.sources.samples import Samples
from bridge.sources.vae import resolve_device

_AS_USUAL = DrawnSplit()


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a fit has written.

    Attributes:
        record: the artifact, which may be without its latents.
        sha256: SHA-256 of the artifact's file in hexadecimal.
        lines: how well the probe does on each part, for people.
    """

    record: ProbeRecord
    sha256: str
    lines: tuple[str, ...]


def fit_images(
    checkpoint: Path,
    out: Path,
    options: FitOptions,
    *,
    device: str,
    restart: bool,
    workers: Workers = HERE,
    data: str | None = None,
    limit: int | None = None,
    drawn: DrawnSplit = _AS_USUAL,
    sample_weights: str | None = None,
    from_pixels: bool = False,
) -> Fitted:
    """Fit the probe on the images of a checkpoint, or on others that it encodes, and write the artifact."""
    declare_inputs(checkpoint)
    vae, metadata = load_checkpoint(checkpoint)
    record = record_of(metadata)
    declare_data_set(record.data if data is None else data)
    prepare_outputs(with_resume_file(out, ARTIFACT_FILE))
    with Bars("fit") as bars, resumable(out, "fit", restart) as resume:
        images = training_images(record) if data is None else new_images(data, record, drawn.seed or 0, limit)
        if data is not None:
            _say_notes(images)
        kept = KeptSteps(resume, scoring_identity(images))
        samples = encoded_samples(
            vae,
            record,
            images,
            device=resolve_device(device),
            concepts=options.concepts or SEED_CONCEPTS,
            progress=bars.show,
            kept=kept,
            workers=workers,
            from_pixels=from_pixels,
        )
        if data is None:
            samples = in_parts_of_training(samples, record)
        fit, sha256 = _fit(samples, out, options, drawn, sample_weights, "regularised", kept.within, bars, workers)
    return _said(fit, sha256, out)


def fit_encoder(
    encoder: str,
    data: str,
    out: Path,
    options: FitOptions,
    *,
    device: str,
    restart: bool,
    workers: Workers = HERE,
    limit: int | None = None,
    drawn: DrawnSplit = _AS_USUAL,
    sample_weights: str | None = None,
    from_pixels: bool = False,
) -> Fitted:
    """Fit the probe on images that layers from a state dict encode, and write the artifact."""
    layers = read_network(encoder)
    prepare_outputs(with_resume_file(out, ARTIFACT_FILE))
    with Bars("fit") as bars, resumable(out, "fit", restart) as resume:
        images = load_images(data, seed=drawn.seed or 0, limit=limit)
        _say_notes(images)
        require_inputs(layers, *images.images.shape[2:])
        kept = KeptSteps(resume, scoring_identity(images))
        samples = Samples.of_images(
            network_module(layers),
            images,
            options.concepts or SEED_CONCEPTS,
            resolve_device(device),
            bars.show,
            kept,
            workers,
            layers if from_pixels else None,
        )
        fit, sha256 = _fit(samples, out, options, drawn, sample_weights, "regularised", kept.within, bars, workers)
    return _said(fit, sha256, out)


def require_pixels(training: TrainingChoice) -> None:
    """Refuse a data set that has no 8-bit images, before a model is trained on it.

    Raises:
        InputError: it cannot be loaded, or has none.
    """
    images = load_images(data_of(training), seed=training.seed, limit=training.limit)
    eight_bit(images.images, images.source)


def fit_given(
    given: Samples,
    out: Path,
    options: FitOptions,
    drawn: DrawnSplit,
    *,
    sample_weights: str | None,
    restart: bool,
    workers: Workers = HERE,
) -> Fitted:
    """Fit the probe on latents that were made elsewhere and write the artifact."""
    prepare_outputs(with_resume_file(out, ARTIFACT_FILE))
    with Bars("fit") as bars, resumable(out, "fit", restart) as resume:
        keeping = functools.partial(KeptSteps, resume)
        fit, sha256 = _fit(given, out, options, drawn, sample_weights, "free", keeping, bars, workers)
    exact = (
        f"δ({name}) = {rational(error.value)}, about {decimal(error.value)}, by sample {error.sample}"
        for name, error in zip(fit.record.concept_names, fit.sup_errors, strict=True)
    )
    return _said(fit, sha256, out, exact)


def _fit(
    given: Samples,
    out: Path,
    options: FitOptions,
    drawn: DrawnSplit,
    sample_weights: str | None,
    usual_bias: FitBias,
    keeping: Callable[[Identity], KeptSteps],
    bars: Bars,
    workers: Workers,
) -> tuple[Fit, str]:
    """Divide the samples, unless they are in parts, and fit; the fit, and the SHA-256 of the file of its artifact."""
    weight = None if sample_weights is None else read_sample_weights(sample_weights, samples=len(given.latents))
    samples, groups = divided(given, drawn)
    fit = fit_samples(
        samples,
        lam=options.lam,
        fit_bias=options.fit_bias or usual_bias,
        standardize=options.standardize,
        weight_bits=options.weight_bits,
        latent_bits=options.latent_bits,
        groups=groups,
        sample_weight=weight,
        keeping=keeping,
        on_choice=_say_choice,
        progress=bars.show,
        workers=workers,
    )
    return fit, fit.save(out, bars.show)


def _say_choice(choice: LamChoice) -> None:
    for line in choice.lines():
        say(f"fit: {line}")


def _say_notes(images: ImageSet) -> None:
    for note in images.notes:
        say(f"fit: {note}")


def _said(fit: Fit, sha256: str, out: Path, more: Iterable[str] = ()) -> Fitted:
    """What a fit has written, with more lines behind its own.

    It is said what was rounded and written; and warned of what the probe does badly, and of what makes it costly.
    """
    for line in (*pixels_lines(fit.record), *rounding_lines(fit.record)):
        say(f"fit: {line}")
    for doubt in (*measure_doubts(fit.record), *digit_doubts(fit.digits, len(fit.record.scores))):
        warnings.warn(doubt, BridgeWarning, stacklevel=2)
    say(f"fit: wrote {out}")
    return Fitted(fit.record, sha256, (*measure_lines(fit.record), *more))


def known_names(concepts: ConceptChoice | None) -> Sequence[str]:
    """The names of the chosen concepts, but for those that a function of the user's own gives when it is called."""
    return [concept for concept in concepts or SEED_CONCEPTS if isinstance(concept, str)]
