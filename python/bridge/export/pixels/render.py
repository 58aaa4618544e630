"""Renders what is claimed of images and their encoder, beside the files that every export has."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import jinja2
import numpy as np

from bridge.base.progress import Progress
from bridge.base.workers import Workers
from bridge.export.layout import fewest_ranges
from bridge.export.packing import PackedColumn, in_groups
from bridge.export.pages import SamplePages, Texts, packed_parts, shard_pages
from bridge.export.pixels.certificate import LatentError, PixelCertificate, PixelConcept
from bridge.export.pixels.layers import PackedLayer

# About so many hexadecimal digits are in a shard of a layer, which Lean reads in some seconds.
SHARD_DIGITS = 2**20

# The folders of what an export has only if it is asked for claims about pixels.
FOLDERS = ("Images", "Encoder", "Encoded", "Checks/Images")
MODULES = ("Images", "Encoder", "Encoded", "Pixels")

TEMPLATES = ("ImageShard", "Images", "LayerShard", "Layer", "Encoder", "EncodedShard", "Encoded", "Chunk", "Pixels")


@dataclass(frozen=True)
class ImageChunkPage:
    """What is shown of a chunk of images.

    Attributes:
        number: which one it is, counted from 1.
        images: the images, counted from 0.
    """

    number: int
    images: range


@dataclass(frozen=True)
class LayerShardPage:
    """What is shown of some columns of a layer, `first` to `last`, counted from 0.

    Attributes:
        number: which one of the layer's shards it is, counted from 1.
        groups: the groups of columns.
    """

    number: int
    first: int
    last: int
    groups: tuple[tuple[PackedColumn, ...], ...]


@dataclass(frozen=True)
class LayerPage:
    """What is shown of a layer.

    Attributes:
        number: which one it is, counted from 1.
        packed: its numbers.
        shards: the files that its columns are divided among.
    """

    number: int
    packed: PackedLayer
    shards: tuple[LayerShardPage, ...]


@dataclass(frozen=True, eq=False)
class PixelPages:
    """What templates show of images and their encoder, `certified`.

    Attributes:
        certified: what is claimed.
        chunks: the images of each file.
        layers: the layers.
    """

    certified: PixelCertificate
    chunks: tuple[ImageChunkPage, ...]
    layers: tuple[LayerPage, ...]

    @classmethod
    def of(cls, certified: PixelCertificate) -> "PixelPages":
        """Those of a certificate."""
        chunks = (ImageChunkPage(number, chunk) for number, chunk in enumerate(certified.chunks, start=1))
        layers = (_layer_page(number, layer) for number, layer in enumerate(certified.layers, start=1))
        return cls(certified, tuple(chunks), tuple(layers))

    @property
    def count(self) -> int:
        """How many images there are."""
        return len(self.certified.images)

    @property
    def height(self) -> int:
        """How many rows an image has."""
        return int(self.certified.images.shape[1])

    @property
    def width(self) -> int:
        """How many columns an image has."""
        return int(self.certified.images.shape[2])

    @property
    def errors(self) -> tuple[LatentError, ...]:
        """By how much each latent coordinate is off."""
        return self.certified.errors

    @property
    def all_images(self) -> str:
        """The list of the images of all chunks."""
        *first, last = (f"images{chunk.number}" for chunk in self.chunks)
        if not first:
            return last
        opened = " ++ (\n    " if len(first) > 2 else " ++ ("
        return f"{opened.join(first)} ++ {last}{')' * (len(first) - 1)}"

    @property
    def layer_sizes(self) -> str:
        """How many numbers there are before, between and behind the layers."""
        return "–".join(map(str, self.certified.sizes))

    def concept(self, column: int) -> PixelConcept:
        """What is claimed of the concept of a column."""
        return self.certified.concepts[column]


def literals(images: np.ndarray) -> Iterator[int]:
    """Each image as one number, whose digits of 8 bits are the pixels, row by row, the first one lowest."""
    return (int.from_bytes(image.tobytes(), "little") for image in images)


def layer_shards(layer: PackedLayer) -> tuple[range, ...]:
    """The groups of columns of each shard of a layer."""
    digits_of_column = max(1, layer.field_bits * layer.outputs // 4)
    return fewest_ranges(layer.group_sizes, max(1, SHARD_DIGITS // digits_of_column))


def _layer_page(number: int, layer: PackedLayer) -> LayerPage:
    sizes, groups = layer.group_sizes, layer.groups
    firsts = tuple(itertools.accumulate(sizes, initial=0))
    return LayerPage(
        number,
        layer,
        tuple(
            LayerShardPage(shard, firsts[some.start], firsts[some.stop] - 1, groups[some.start : some.stop])
            for shard, some in enumerate(layer_shards(layer), start=1)
        ),
    )


def pixel_texts(
    environment: jinja2.Environment,
    pages: SamplePages,
    pixels: PixelPages,
    errors: Callable[[], AbstractContextManager[None]],
    progress: Progress,
    workers: Workers,
) -> Texts:
    """The files about images and their encoder; each text is made when it is asked for.

    Args:
        environment: the templates.
        pages: what they show beside.
        pixels: what they show of images and layers.
        errors: says what is wrong with a template.
        progress: told of the packing.
        workers: who packs columns.
    """
    namespace = pages.namespace
    templates = {name: environment.get_template(f"pixels/{name}.lean.jinja") for name in TEMPLATES}

    def text(template: str, **shown: object) -> str:
        with errors():
            return templates[template].render(export=pages, pixels=pixels, **shown)

    encoded, columns = pixels.certified.encoded, range(len(pixels.certified.encoded.columns))
    shards = shard_pages(encoded, ())

    def encoded_texts() -> Iterator[str]:
        several = [range(page.first, page.last + 1) for page in shards] or [columns]
        packed = packed_parts(encoded, several, progress, workers)
        for page, some in zip(shards, packed, strict=False):
            yield text("EncodedShard", shard=replace(page, groups=in_groups(some, page.sizes)), shards=shards)
        here = encoded if shards else replace(encoded, columns=next(packed))
        yield text("Encoded", encoded=here, shards=shards)

    def of_chunks(template: str) -> Iterator[str]:
        for chunk in pixels.chunks:
            images = pixels.certified.images[chunk.images.start : chunk.images.stop]
            yield text(template, chunk=chunk, literals=tuple(literals(images)))

    paths = [f"{namespace}/Images/Shard{chunk.number}.lean" for chunk in pixels.chunks]
    paths.append(f"{namespace}/Images.lean")
    for layer in pixels.layers:
        folder = f"{namespace}/Encoder/Layer{layer.number}"
        paths += (f"{folder}/Shard{shard.number}.lean" for shard in layer.shards)
        paths.append(f"{folder}.lean")
    paths.append(f"{namespace}/Encoder.lean")
    paths += (f"{namespace}/Encoded/Shard{page.number}.lean" for page in shards)
    paths.append(f"{namespace}/Encoded.lean")
    paths += (f"{namespace}/Checks/Images/Chunk{chunk.number}.lean" for chunk in pixels.chunks)
    paths.append(f"{namespace}/Pixels.lean")

    def texts() -> Iterator[str]:
        yield from of_chunks("ImageShard")
        yield text("Images")
        for layer in pixels.layers:
            for shard in layer.shards:
                yield text("LayerShard", layer=layer, shard=shard)
            yield text("Layer", layer=layer)
        yield text("Encoder")
        yield from encoded_texts()
        yield from of_chunks("Chunk")
        yield text("Pixels")

    return Texts(tuple(paths), texts())
