"""From images to the artifact: training, encoding, scoring, fitting, measuring."""

import logging
from collections.abc import Callable, Sequence

import torch

from bridge.artifact.record import ProbeArtifact, Provenance, Rounding
from bridge.base.errors import InputError
from bridge.base.progress import Progress, untold
from bridge.base.resume import Identity, KeptSteps, ResumeFile
from bridge.base.version import library_versions
from bridge.exact.rounding import rounded
from bridge.probe.lam_choice import LamChoice, Strength, candidates_of, choose_lam
from bridge.probe.measures import MeasuredParts
from bridge.probe.ridge import FitBias, fit_probe, is_free
from bridge.sources.checkpoint import TrainingRecord
from bridge.sources.concepts.choice import SEED_CONCEPTS, ConceptChoice, score_images
from bridge.sources.images import ImageSet, load_images
from bridge.sources.vae import MLPVAE, encode_latents

_log = logging.getLogger(__name__)


def fit_artifact(
    vae: MLPVAE,
    record: TrainingRecord,
    *,
    lam: Strength,
    device: torch.device,
    concepts: ConceptChoice = SEED_CONCEPTS,
    standardize: bool = False,
    fit_bias: FitBias = "regularised",
    weight_bits: int | None = None,
    latent_bits: int | None = None,
    on_choice: Callable[[LamChoice], None] = lambda _choice: None,
    progress: Progress = untold,
    resume: ResumeFile | None = None,
) -> ProbeArtifact:
    """Encode the images of a checkpoint, score them, and fit and measure the probe.

    The probe is fitted on the training part; its measures are taken on each part and on all samples.
    What is rounded is rounded before it is used: the probe is fitted on the rounded latents, and the measures are those
    of the rounded weights.

    Args:
        vae: the model.
        record: what the checkpoint says about its training.
        lam: the ridge strength λ; of several the one that `choose_lam` chooses on the training part.
        device: where to compute.
        concepts: what to score the images for.
        standardize: whether to fit on standardised latents, as in `fit_probe`.
        fit_bias: whether the bias is `free` of the ridge or `regularised` too.
        weight_bits: N, to round weights and bias to multiples of 2^-N; None keeps them.
        latent_bits: N, to round the latents to multiples of 2^-N; None keeps them.
        on_choice: told of λ once it is chosen.
        progress: told of what takes long.
        resume: where scores that take long are kept, and taken from if a run on the same images was interrupted before.

    Raises:
        InputError: the data set is not the one that the model was trained on, a grid is out of range, or the scoring or
            the fit fails.
    """
    images = load_images(record.data, seed=record.seed, limit=record.limit)
    if images.sha256 != record.data_sha256:
        raise InputError(
            f"the data set {record.data!r} has SHA-256 {images.sha256}; the model was trained on {record.data_sha256}; "
            "train again"
        )
    parts = record.parts(len(images.images))
    encoded, latent_change = rounded(encode_latents(vae, images.images, device, progress), latent_bits, name="latents")
    latents = torch.from_numpy(encoded).to(device)
    scored = score_images(images.images, concepts, device, progress, KeptSteps(resume, _scoring_identity(images)))
    scores = scored.values
    names = tuple(concept.name for concept in scored.concepts)
    fitted_on = torch.from_numpy(parts.is_train).to(device)
    mu, C, bias = latents[fitted_on], scores[fitted_on], fit_bias
    choice = choose_lam(mu, C, candidates_of(lam), standardize=standardize, fit_bias=bias, seed=record.seed)
    on_choice(choice)
    _log.debug("fitting on %d of %d samples, λ = %s", len(mu), len(latents), choice.lam)
    W = fit_probe(mu, C, choice.lam, standardize=standardize, fit_bias=bias, names=names)
    weights, weight_change = rounded(W.cpu().numpy(), weight_bits, name="weights")
    is_rounded = (weight_bits, latent_bits) != (None, None)
    return ProbeArtifact(
        latents=encoded,
        scores=scores.cpu().numpy(),
        weights=weights,
        is_train=parts.is_train,
        is_calibration=parts.is_calibration,
        sample_indices=images.indices,
        concept_names=names,
        concept_units=tuple(concept.unit for concept in scored.concepts),
        metrics=MeasuredParts.of([(encoded, scores.cpu().numpy())], weights, parts).metrics(),
        provenance=_provenance(images, record, choice.lam, standardize, is_free(bias), device, scored.libraries),
        rounding=Rounding(weight_bits, latent_bits, weight_change, latent_change) if is_rounded else None,
    )


def _scoring_identity(images: ImageSet) -> Identity:
    """All that the scores depend on that are kept: those of the built-in concepts that take long."""
    return {
        "data set": images.sha256,
        "--limit": len(images.images),
        **{f"version of {library}": version for library, version in library_versions(["scikit-image"])},
    }


def _provenance(
    images: ImageSet,
    record: TrainingRecord,
    lam: float,
    standardize: bool,
    free_bias: bool,
    device: torch.device,
    libraries: Sequence[str],
) -> Provenance:
    return Provenance(
        dataset=images.name,
        dataset_sha256=images.sha256,
        seed=record.seed,
        held_out=float(record.held_out),
        lam=lam,
        beta=float(record.beta),
        epochs=record.epochs,
        device=device.type,
        versions=library_versions(libraries),
        standardized=standardize,
        free_bias=free_bias,
    )
