"""Samples: latent points with concept scores and parts, wherever they come from; what a probe is fitted on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from bridge.base.arguments import text, texts
from bridge.base.arrays import ArraySource, bytes_of, in_memory, require_finite
from bridge.base.names import numbered_names
from bridge.base.progress import Progress, untold
from bridge.base.resume import KeptSteps
from bridge.base.shard import Shard
from bridge.base.version import library_versions
from bridge.base.workers import HERE, Workers
from bridge.exact.network import PIXEL_SCORES
from bridge.sources.split import Split, split
from bridge.sources.user_arrays import as_array, column_names

if TYPE_CHECKING:
    import torch

    from bridge.exact.network import EncoderLayer
    from bridge.sources.concepts.choice import ConceptChoice
    from bridge.sources.encoders import Encoder
    from bridge.sources.images import ImageSet
    from bridge.sources.networks import EncodedPixels


@dataclass(frozen=True)
class Origin:
    """Where samples come from.

    Attributes:
        dataset: the data set's name.
        dataset_sha256: its SHA-256 in hexadecimal.
        seed: the seed of the parts, and of the training of a model if it is one of ours; None if nothing was drawn.
        held_out: the fraction of samples that is held out, None if it is not known which of them a fit has seen.
        beta: the weight of the KL term, None if no VAE of ours was trained.
        epochs: the number of its training epochs, None if none was.
        device: where the latents were computed.
        versions: the version of each library that takes part.
        shards: the files that the data set's rows are in, in order; none if it is in one.
    """

    dataset: str
    dataset_sha256: str
    seed: int | None = None
    held_out: float | None = None
    beta: float | None = None
    epochs: int | None = None
    device: str = "cpu"
    versions: tuple[tuple[str, str], ...] = field(default_factory=library_versions)
    shards: tuple[Shard, ...] = ()


@dataclass(frozen=True, eq=False)
class Scores:
    """Concept scores with the names of the concepts.

    Attributes:
        values: (N, k), finite.
        names: k distinct names, none of them empty.
        units: k units, empty where a score has none; none at all if no score has one.
    """

    values: np.ndarray
    names: tuple[str, ...]
    units: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: ArrayLike, names: Sequence[str] | None, units: Sequence[str | None] | None) -> "Scores":
        """Scores as a program hands them over.

        Args:
            values: (N, k) or (N,) scores, as in `bridge.sources.user_arrays.as_array`.
            names: k distinct names; `concept 1` and so on without it.
            units: k units, None for a score that has none.

        Raises:
            InputError: they are no finite numbers, or not as many names or units as columns.
        """
        C = as_array(values, "scores")
        C = C[:, None] if C.ndim == 1 else C
        require_finite(C, "scores")
        count = C.shape[-1] if C.ndim else 0
        return cls(
            C,
            numbered_names(count) if names is None else texts(names, "names", count),
            () if units is None else texts(units, "units", count, default=""),
        )


@dataclass(frozen=True, eq=False)
class Samples:
    """N samples.

    Attributes:
        latents: (N, d) latent points, N, d ≥ 1; their entries have not been looked at yet.
        scores: their (N, k) concept scores.
        parts: the parts of the samples.
        origin: where they come from.
        fingerprint: what these latents are told from others by.
        source: what messages call the latents.
        indices: (N,) int64, the position of each sample in the data set; None for all in order.
        pixels: the 8-bit images and the layers of the encoder, if claims about them are wanted.
    """

    latents: ArraySource
    scores: Scores
    parts: Split
    origin: Origin
    fingerprint: str
    source: str = "latents"
    indices: np.ndarray | None = None
    pixels: "EncodedPixels | None" = None

    @property
    def knows_parts(self) -> bool:
        """Whether it is known which samples are to be fitted on, or were."""
        return self.origin.held_out is not None

    def with_parts(self, parts: Split, seed: int | None, held_out: float | None = None) -> "Samples":
        """The same samples in these parts.

        Args:
            parts: the parts.
            seed: the seed that they were drawn with, None if they were given.
            held_out: the fraction that was to be held out; the one that is without it.
        """
        fraction = float(parts.is_held_out.mean()) if held_out is None else held_out
        return replace(self, parts=parts, origin=replace(self.origin, seed=seed, held_out=fraction))

    def divided(
        self, *, held_out: float = 0.2, calibration: float = 0.0, seed: int = 0, groups: np.ndarray | None = None
    ) -> "Samples":
        """The same samples in parts that are drawn, as `bridge.sources.split.split` draws them.

        Raises:
            InputError: as `split`.
        """
        parts = split(len(self.latents), held_out=held_out, calibration=calibration, seed=seed, groups=groups)
        return self.with_parts(parts, seed)

    @classmethod
    def from_encoder(
        cls,
        encoder: "Encoder",
        images: ArrayLike,
        *,
        scores: ArrayLike | None = None,
        names: Sequence[str] | None = None,
        units: Sequence[str | None] | None = None,
        concepts: str = "seed",
        held_out: float = 0.2,
        calibration: float = 0.0,
        seed: int = 0,
        source: str = "images",
        device: str = "cpu",
        from_pixels: bool = False,
        progress: Progress = untold,
    ) -> "Samples":
        """Encode images with any encoder, and divide them into parts at random.

        Args:
            encoder: a module of PyTorch or any other function; see `bridge.sources.encoders.encode`.
            images: (N, …) what is encoded; a tensor, or an array as in `bridge.sources.user_arrays.as_array`.
            scores: (N, k) or (N,) concept scores.  Without them the images, (N, 1, 28, 28) with values in [0, 1], are
                scored for `concepts`.
            names: k distinct names of the concepts; by default those of the scores' columns, or `concept 1` and so on.
            units: k units of `scores`, None for a score that has none.
            concepts: what images are scored for, as `bridge.sources.concepts.choice.choose_concepts` reads it.
            held_out: the fraction to hold out.
            calibration: the fraction to calibrate with.
            seed: the seed that the parts are drawn with.
            source: what to call the data set.
            device: where to compute, as `bridge.sources.vae.resolve_device` takes it.
            from_pixels: whether the artifact is to have the images and the layers of the encoder, for claims about
                both.  The encoder is then a chain that `bridge.sources.networks.network_layers` takes, and is computed
                in float32; and the images are of 8 bits, as `bridge.sources.networks.eight_bit` takes them.
            progress: told of what takes long.

        Raises:
            InputError: the encoder fails or gives no latents, or shapes, types or fractions are not as stated.
        """
        import torch

        from bridge.sources.concepts.choice import choose_concepts
        from bridge.sources.images import ImageSet
        from bridge.sources.networks import eight_bit, network_inputs, network_layers, network_module
        from bridge.sources.vae import resolve_device

        tensor = images if isinstance(images, torch.Tensor) else torch.tensor(as_array(images, "images"))
        digest = hashlib.sha256(bytes_of(as_array(tensor, "images"))).hexdigest()
        layers = None
        if from_pixels:
            layers = network_layers(encoder)
            encoder, tensor = network_module(layers), network_inputs(eight_bit(tensor, source))
        image_set = ImageSet(text(source, "source"), tensor, np.arange(len(tensor), dtype=np.int64), digest)
        chosen: ConceptChoice | Scores = choose_concepts(concepts)
        if scores is not None:
            chosen = Scores.of(scores, column_names(scores) if names is None else names, units)
        samples = cls.of_images(encoder, image_set, chosen, resolve_device(device), progress, layers=layers)
        return samples.divided(held_out=held_out, calibration=calibration, seed=seed)

    @classmethod
    def of_images(
        cls,
        encoder: "Encoder",
        images: "ImageSet",
        scores: "ConceptChoice | Scores",
        device: "torch.device",
        progress: Progress = untold,
        kept: KeptSteps | None = None,
        workers: Workers = HERE,
        layers: "Sequence[EncoderLayer] | None" = None,
    ) -> "Samples":
        """Encode images, in no parts yet.

        Args:
            encoder: as in `bridge.sources.encoders.encode`.
            images: what is encoded.
            scores: the scores of the images, or what they are to be scored for.
            device: where to compute.
            progress: told of what takes long.
            kept: scores of the same images that an interrupted run has left.
            workers: who scores them.
            layers: those of the encoder, if claims about the pixels of the images are wanted.

        Raises:
            InputError: the encoding or the scoring fails, or there are not as many scores as images; or claims about
                pixels are wanted, and the images are not of 8 bits or not of the size that the layers take.
        """
        from bridge.sources.concepts.choice import score_images
        from bridge.sources.encoders import encode

        # First, since all else takes longer.
        pixels = None if layers is None else _encoded(images, layers, scores)
        latents = encode(encoder, images.images, device, progress)
        libraries: tuple[str, ...] = ()
        if not isinstance(scores, Scores):
            scored = score_images(images.images, scores, device, progress, kept, workers)
            names, units = zip(*((concept.name, concept.unit) for concept in scored.concepts), strict=True)
            scores, libraries = Scores(scored.values.cpu().numpy(), names, units), scored.libraries
        return cls(
            in_memory(latents),
            scores,
            Split.unknown(len(latents)),
            Origin(images.name, images.sha256, device=device.type, versions=library_versions(libraries)),
            hashlib.sha256(bytes_of(latents)).hexdigest(),
            indices=images.indices,
            pixels=pixels,
        )


def _encoded(images: "ImageSet", layers: "Sequence[EncoderLayer]", scores: "ConceptChoice | Scores") -> "EncodedPixels":
    """The pixels of images, with the concepts whose scores follow from them."""
    from bridge.sources.networks import EncodedPixels, eight_bit, pixel_concepts, require_inputs

    pixels = eight_bit(images.images, images.source or images.name)
    require_inputs(layers, *pixels.shape[1:])
    if isinstance(scores, Scores):
        return EncodedPixels(pixels, tuple(layers), pixel_concepts(pixels, scores.values, scores.names))
    # A function of the user's own can have such a name too, and is no text.
    return EncodedPixels(pixels, tuple(layers), tuple(name for name in PIXEL_SCORES if name in scores))
