"""From images to the artifact: training, encoding, scoring, fitting, measuring."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields

import numpy as np
import torch

import bridge
from bridge.artifact import ProbeArtifact, Provenance, Rounding
from bridge.concept_choice import SEED_CONCEPTS, ConceptChoice, score_images
from bridge.data import ImageSet, load_images
from bridge.errors import InputError
from bridge.lam_choice import LamChoice, Strength, candidates_of, choose_lam
from bridge.measuring import MeasuredParts
from bridge.probe import FitBias, fit_probe, is_free
from bridge.progress import Progress, untold
from bridge.record_types import record_from
from bridge.resume import Identity, KeptSteps, ResumeFile
from bridge.rounding import round_to_grid
from bridge.split import Split, split
from bridge.training import Trainer, TrainingOptions
from bridge.vae import MLPVAE, encode_latents
from bridge.versions import library_versions

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingRecord:
    """What a checkpoint says about its training; enough to find the same images and the same split again.

    Attributes:
        data: the data set as it was asked for.
        data_sha256: SHA-256 of the whole data set.
        limit: how many of its images were used, None for all.
        held_out: the fraction of them that was held out.
        calibration: the fraction of them that was kept to calibrate with.
        epochs: the number of training epochs.
        beta: the weight of the KL term.
        seed: the seed of images, split and training.
    """

    data: str
    data_sha256: str
    limit: int | None
    held_out: float
    epochs: int
    beta: float
    seed: int
    calibration: float = 0.0

    def parts(self, samples: int) -> Split:
        """The parts that the images were divided into, drawn with the seed."""
        return split(samples, held_out=self.held_out, seed=self.seed, calibration=self.calibration)


def train_model(
    data: str,
    *,
    limit: int | None,
    held_out: float,
    options: TrainingOptions,
    device: torch.device,
    calibration: float = 0.0,
    on_epoch: Callable[[int, float], None] = lambda _epoch, _loss: None,
    on_note: Callable[[str], None] = lambda _line: None,
    resume: ResumeFile | None = None,
) -> tuple[MLPVAE, TrainingRecord]:
    """Train a VAE on the training part of a data set.

    Args:
        data: the data set, as `load_images` names it.
        limit: use only the first images.
        held_out: the fraction to hold out.
        options: how to train.
        device: where to train.
        calibration: the fraction to keep to calibrate with.
        on_epoch: called after each epoch with its number, from 1, and the mean loss for an image; first with those of
            the last epoch that is not trained again.
        on_note: called before the training with each line that says what was done to the images.
        resume: where the state is kept every few seconds, and taken from if a run of the same training was interrupted
            before; it gives the same weights as one that was not.

    Raises:
        InputError: the data set, limit or fraction is wrong.
    """
    images = load_images(data, seed=options.seed, limit=limit)
    for note in images.notes:
        on_note(note)
    record = TrainingRecord(
        data=data,
        data_sha256=images.sha256,
        limit=limit,
        held_out=held_out,
        epochs=options.epochs,
        beta=options.beta,
        seed=options.seed,
        calibration=calibration,
    )
    is_train = torch.from_numpy(record.parts(len(images.images)).is_train)
    trainer = Trainer(images.images[is_train], options, device)
    _log.debug("training on %d images, %s, PyTorch %s", int(is_train.sum()), device, torch.__version__)
    if resume is not None and (state := resume.open(_training_identity(record, options, device))):
        _go_on(trainer, state, options.epochs, resume)
        if trainer.epoch:
            on_epoch(trainer.epoch, trainer.losses[-1])
    while trainer.epoch < options.epochs:
        loss = trainer.train_epoch()
        on_epoch(trainer.epoch, loss)
        if resume is not None and resume.is_due and trainer.epoch < options.epochs:
            resume.keep(trainer.state())
    return trainer.vae.eval(), record


def _go_on(trainer: Trainer, state: Mapping[str, np.ndarray], epochs: int, resume: ResumeFile) -> None:
    """Restore a state, unless it is no state of this training or is further on."""
    if "losses" in state and state["losses"].shape[:1] > (epochs,):
        resume.refuse(f"is {len(state['losses'])} epochs on")
        return
    try:
        trainer.restore(state)
    except ValueError:
        resume.refuse("is damaged or of other work")


def _training_identity(record: TrainingRecord, options: TrainingOptions, device: torch.device) -> Identity:
    """All that the state of a training depends on but for how many epochs it has behind it."""
    return {
        "data set": record.data_sha256,
        "--limit": record.limit,
        "--held-out": record.held_out,
        "--calibration": record.calibration,
        "--latent-dim": options.d,
        "--batch-size": options.batch_size,
        "--learning-rate": options.learning_rate,
        "--beta": options.beta,
        "--seed": options.seed,
        "--device": device.type,
        "version of bridge": bridge.__version__,
        "version of PyTorch": str(torch.__version__),
    }


def record_of(metadata: dict[str, object]) -> TrainingRecord:
    """The training record in a checkpoint's metadata.

    Raises:
        InputError: it is not there, or a field is not of its type.
    """
    names = {field.name for field in fields(TrainingRecord)}
    required = {field.name for field in fields(TrainingRecord) if field.default is MISSING}
    if not required <= set(metadata):
        raise InputError(
            f"the checkpoint lacks {', '.join(sorted(required - set(metadata)))}; a record of its training is "
            "required; make one with `bridge train`"
        )
    return record_from(TrainingRecord, {name: metadata[name] for name in names & set(metadata)})


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


def rounded(values: np.ndarray, bits: int | None, *, name: str) -> tuple[np.ndarray, str | None]:
    """The values on the grid of multiples of 2^-bits, and the largest change; without a grid as they are, and None."""
    if bits is None:
        return values, None
    rounded = round_to_grid(values, bits, name=name)
    return rounded.values, str(rounded.largest_change)


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


def record_metadata(record: TrainingRecord) -> dict[str, object]:
    """A training record as checkpoint metadata."""
    metadata: dict[str, object] = json.loads(json.dumps(asdict(record)))
    return metadata
