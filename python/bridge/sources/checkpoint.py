"""Checkpoints: the weights of a VAE, with a record of how they were trained, in one file without code."""

import json
from collections.abc import Collection, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, replace
from pathlib import Path
from typing import TypeVar

import safetensors
import safetensors.torch
import torch

from bridge.base.arrays import in_memory
from bridge.base.errors import InputError
from bridge.base.file_spec import read_bytes
from bridge.base.files import NewFile, write_atomically
from bridge.base.metadata import as_metadata, record_in
from bridge.base.own_files import CHECKPOINT_FILE
from bridge.base.progress import Progress, untold
from bridge.base.record_types import record_from
from bridge.base.resume import KeptSteps
from bridge.base.words import printable
from bridge.base.workers import HERE, Workers
from bridge.sources.concepts.choice import SEED_CONCEPTS, ConceptChoice
from bridge.sources.encoders import encode
from bridge.sources.images import ImageSet, load_images
from bridge.sources.labelled import LabelledSamples
from bridge.sources.labels import Labels
from bridge.sources.networks import network_layers
from bridge.sources.samples import Origin, Samples
from bridge.sources.split import Split, split
from bridge.sources.vae import MLPVAE

_Samples = TypeVar("_Samples", Samples, LabelledSamples)


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


def training_images(record: TrainingRecord) -> ImageSet:
    """Load the images that a model was trained with.

    Raises:
        InputError: the data set cannot be loaded, or is another by now.
    """
    images = load_images(record.data, seed=record.seed, limit=record.limit)
    if images.sha256 != record.data_sha256:
        raise InputError(
            f"the data set {record.data!r} has SHA-256 {images.sha256}; the model was trained on {record.data_sha256}; "
            "train again"
        )
    return images


def new_images(data: str, record: TrainingRecord, seed: int, limit: int | None = None) -> ImageSet:
    """Load images that a model was not trained with, all or the first of them.

    Raises:
        InputError: the data set cannot be loaded, or is the one of the training.
    """
    images = load_images(data, seed=seed, limit=limit)
    if images.sha256 == record.data_sha256:
        raise InputError(
            f"the data set {data!r} is the one that the model was trained on; images that are new to it are required "
            "for --data; leave it out to fit on those of the training, in its parts"
        )
    return images


def encoded_samples(
    vae: MLPVAE,
    record: TrainingRecord,
    images: ImageSet,
    *,
    device: torch.device,
    concepts: ConceptChoice = SEED_CONCEPTS,
    progress: Progress = untold,
    kept: KeptSteps | None = None,
    workers: Workers = HERE,
    from_pixels: bool = False,
) -> Samples:
    """Any images as samples of a model, in no parts yet.

    Args:
        vae: the model.
        record: what the checkpoint says about its training.
        images: the images.
        device: where to compute.
        concepts: what to score the images for.
        progress: told of what takes long.
        kept: as in `Samples.of_images`.
        workers: as there.
        from_pixels: whether claims about the pixels of the images are wanted.

    Raises:
        InputError: as `Samples.of_images`.
    """
    layers = network_layers(vae) if from_pixels else None
    samples = Samples.of_images(vae.encode, images, concepts, device, progress, kept, workers, layers)
    return replace(samples, origin=replace(samples.origin, beta=float(record.beta), epochs=record.epochs))


def encoded_labelled(
    vae: MLPVAE,
    record: TrainingRecord,
    images: ImageSet,
    labels: Labels,
    *,
    device: torch.device,
    progress: Progress = untold,
) -> LabelledSamples:
    """Images that belong to classes as labelled samples of a model, in no parts yet.

    Args:
        vae: the model.
        record: what the checkpoint says about its training.
        images: the images.
        labels: their labels.
        device: where to compute.
        progress: told of the batches.

    Raises:
        InputError: the encoding fails.
    """
    latents = encode(vae.encode, images.images, device, progress)
    origin = Origin(images.name, images.sha256, beta=float(record.beta), epochs=record.epochs, device=device.type)
    return LabelledSamples(in_memory(latents), labels, Split.unknown(len(latents)), origin, indices=images.indices)


def in_parts_of_training(samples: _Samples, record: TrainingRecord) -> _Samples:
    """The samples of `training_images` in the parts that the model was trained with."""
    return samples.with_parts(record.parts(len(samples.latents)), record.seed, float(record.held_out))


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


def record_metadata(record: TrainingRecord) -> dict[str, object]:
    """A training record as checkpoint metadata."""
    metadata: dict[str, object] = json.loads(json.dumps(asdict(record)))
    return metadata


# A checkpoint has some megabytes, and more with a latent space of thousands of dimensions.
_LARGEST = 2**32

# Of a model that is not ours, so many of its weights are named.
_MOST_SHOWN = 3
_LONGEST_NAME = 60


def save_checkpoint(path: Path, vae: MLPVAE, metadata: Mapping[str, object]) -> None:
    """Write the model's weights and a record of its training as safetensors; equal models give equal bytes.

    Args:
        path: the file; an old one stays intact until the new one is whole.
        vae: the model.
        metadata: a JSON-like record.

    Raises:
        InputError: the file cannot be written.
    """
    weights = {name: tensor.cpu().contiguous() for name, tensor in vae.state_dict().items()}
    record = json.dumps({"d": vae.d, **metadata}, sort_keys=True)
    data = safetensors.torch.save(weights, metadata=as_metadata(record))
    write_atomically(path, NewFile(CHECKPOINT_FILE, data))


def load_checkpoint(path: Path) -> tuple[MLPVAE, dict[str, object]]:
    """Read a checkpoint; no code in the file is run, since the format has none.

    Returns:
        The model, on the CPU, and the record of its training.

    Raises:
        InputError: the file is missing, damaged, or not a checkpoint of `MLPVAE`, or a weight is not finite.
    """
    data = read_bytes(path, most=_LARGEST, what="a checkpoint", remedy="make one with `bridge train`")
    try:
        weights = safetensors.torch.load(data)
        _require_architecture(path, weights)
        metadata = record_in(data)
        # Memory is given to as many dimensions as the file has weights for.
        if type(metadata["d"]) is not int or weights["fc_mu.bias"].shape != (metadata["d"],):
            raise ValueError(f"`d` is {metadata['d']!r:.40} and `fc_mu.bias` has shape {weights['fc_mu.bias'].shape}")
        other = {tensor.dtype for tensor in weights.values()} - {torch.float32}
        if other:
            raise ValueError(f"weights of type {other.pop()}")
        vae = MLPVAE(metadata["d"])
        vae.load_state_dict(weights)
    except InputError:
        raise
    except (safetensors.SafetensorError, KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"{path} is not a checkpoint of this model or is damaged ({type(error).__name__}: {reason}); "
            "a whole one is required; make one with `bridge train`"
        ) from None
    for name, values in vae.state_dict().items():
        if not bool(torch.isfinite(values).all()):
            raise InputError(
                f"{path}: `{name}` has a value that is not finite; a trained model is required; make one with "
                "`bridge train`"
            )
    return vae.eval(), metadata


def _require_architecture(path: Path, weights: Mapping[str, torch.Tensor]) -> None:
    """Refuse the weights of another model than `MLPVAE`, by those in which the two differ."""
    bias = weights.get("fc_mu.bias")
    with torch.device("meta"):
        model = MLPVAE() if bias is None or bias.ndim != 1 or not len(bias) else MLPVAE(len(bias))
    found, required = ({(name, tuple(of[name].shape)) for name in of} for of in (weights, model.state_dict()))
    differences = {"has": found - required, "lacks": required - found}
    told = " and ".join(f"{verb} {_shapes(those)}" for verb, those in differences.items() if those)
    if told:
        raise InputError(
            f"{path} is no checkpoint of bridge's VAE: it {told}; the weights that `bridge train` saves are required; "
            "encode images with another model by `Samples.from_encoder` in bridge.sources.samples, or pass its latents "
            "as --latents"
        )


def _shapes(weights: Collection[tuple[str, tuple[int, ...]]]) -> str:
    shown = [
        f"{' '.join(printable(name).split())[:_LONGEST_NAME]} {shape}" for name, shape in sorted(weights)[:_MOST_SHOWN]
    ]
    return ", ".join(shown + [f"{len(weights) - len(shown)} more"] * (len(weights) > len(shown)))
