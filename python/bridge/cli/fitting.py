"""The fit of a probe, from files to an artifact's file."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.artifact.file import save_artifact, save_in_blocks
from bridge.artifact.record import ProbeRecord
from bridge.base.errors import BridgeWarning
from bridge.base.guard import declare_data_set, declare_inputs
from bridge.base.own_files import ARTIFACT_FILE
from bridge.base.places import prepare_outputs, with_resume_file
from bridge.cli.console import Bars, say
from bridge.cli.resumable import resumable
from bridge.exact.column_digits import ColumnDigits
from bridge.exact.text import decimal, rational
from bridge.probe import given_fit
from bridge.probe.fit import fit_artifact
from bridge.probe.lam_choice import LamChoice, Strength
from bridge.probe.ridge import FitBias
from bridge.report.summary import digit_doubts, measure_doubts, measure_lines, rounding_lines
from bridge.sources.checkpoint import load_checkpoint, record_of
from bridge.sources.concepts.choice import SEED_CONCEPTS, ConceptChoice
from bridge.sources.precomputed import Given, read_groups, read_sample_weights
from bridge.sources.split import split
from bridge.sources.vae import resolve_device


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
    *,
    lam: Strength,
    fit_bias: FitBias | None,
    concepts: ConceptChoice | None,
    standardize: bool,
    device: str,
    weight_bits: int | None,
    latent_bits: int | None,
    restart: bool,
) -> Fitted:
    """Fit the probe on the images of a checkpoint and write the artifact."""
    declare_inputs(checkpoint)
    vae, metadata = load_checkpoint(checkpoint)
    record = record_of(metadata)
    declare_data_set(record.data)
    prepare_outputs(with_resume_file(out, ARTIFACT_FILE))
    with Bars("fit") as bars, resumable(out, "fit", restart) as resume:
        artifact = fit_artifact(
            vae,
            record,
            lam=lam,
            fit_bias=fit_bias or "regularised",
            standardize=standardize,
            device=resolve_device(device),
            concepts=SEED_CONCEPTS if concepts is None else concepts,
            weight_bits=weight_bits,
            latent_bits=latent_bits,
            on_choice=_say_choice,
            progress=bars.show,
            resume=resume,
        )
        sha256 = save_artifact(out, artifact)
    _say_fit(artifact, ColumnDigits.of(artifact.latents))
    say(f"fit: wrote {out}")
    return Fitted(artifact, sha256, tuple(measure_lines(artifact)))


def _say_choice(choice: LamChoice) -> None:
    for line in choice.lines():
        say(f"fit: {line}")


def _say_fit(record: ProbeRecord, digits: ColumnDigits) -> None:
    """Say what was rounded; warn of what the probe does badly, and of what makes it costly."""
    for line in rounding_lines(record):
        say(f"fit: {line}")
    for doubt in (*measure_doubts(record), *digit_doubts(digits, len(record.scores))):
        warnings.warn(doubt, BridgeWarning, stacklevel=2)


def fit_given(
    given: Given,
    out: Path,
    held_out: float | None,
    calibration: float | None,
    seed: int | None,
    groups: str | None,
    sample_weights: str | None,
    restart: bool,
    fit_bias: FitBias | None,
    **options: Any,  # noqa: ANN401 -- click passes what the options say
) -> Fitted:
    """Fit the probe on latents that were made elsewhere and write the artifact."""
    prepare_outputs(with_resume_file(out, ARTIFACT_FILE))
    parts, group_of, samples = given.parts, None, len(given.scores.values)
    weight = None if sample_weights is None else read_sample_weights(sample_weights, samples=samples)
    if parts is None:
        seed = seed or 0
        held_out = 0.2 if held_out is None else held_out
        group_of = None if groups is None else read_groups(groups, samples=samples)
        parts = split(samples, held_out=held_out, calibration=calibration or 0.0, seed=seed, groups=group_of)
    with Bars("fit") as bars, resumable(out, "fit", restart) as resume:
        options |= {"fit_bias": fit_bias or "free", "groups": group_of, "sample_weight": weight}
        options |= {"on_choice": _say_choice}
        fit = given_fit.fit_given(given, parts, seed=seed, progress=bars.show, resume=resume, **options)
        sha256 = save_in_blocks(out, fit.record, fit.latents.told(bars.show, "writing"))
    _say_fit(fit.record, fit.digits)
    say(f"fit: wrote {out}")
    exact = (
        f"δ({name}) = {rational(error.value)}, about {decimal(error.value)}, by sample {error.sample}"
        for name, error in zip(fit.record.concept_names, fit.sup_errors, strict=True)
    )
    return Fitted(fit.record, sha256, (*measure_lines(fit.record), *exact))


def known_names(concepts: ConceptChoice | None) -> Sequence[str]:
    """The names of the chosen concepts, but for those that a function of the user's own gives when it is called."""
    return [concept for concept in concepts or SEED_CONCEPTS if isinstance(concept, str)]
