"""What the templates of every export share: the banner, the samples and the shards that their columns are in."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import jinja2

from bridge.artifact.file import StoredArtifact, StoredClassifier
from bridge.artifact.record import Rounding
from bridge.base.progress import Progress
from bridge.base.workers import Workers
from bridge.export import lean_text, sentences
from bridge.export.asked import AskedOf
from bridge.export.certificate import PackedCertificate
from bridge.export.layout import group_ranges
from bridge.export.packing import PackedColumn, PackedColumns, PackedSamples, in_groups, pack

FORMAT_VERSION = 3


@dataclass(frozen=True, eq=False)
class Texts:
    """The files of an export.

    Attributes:
        paths: where they go, relative to the folder of the root file: this file first, the others so that imports come
            before importers.
        in_order: the text of each, in this order; those of shards are made when they are asked for.
    """

    paths: tuple[str, ...]
    in_order: Iterator[str]

    def whole(self) -> dict[str, str]:
        """All texts at once, by their paths."""
        return dict(zip(self.paths, self.in_order, strict=True))

    def followed_by(self, more: "Texts") -> "Texts":
        """These files, and then others."""
        return Texts((*self.paths, *more.paths), itertools.chain(self.in_order, more.in_order))


@dataclass(frozen=True)
class ShardPage:
    """What the template of a shard shows: groups of packed columns, `first` to `last` of all, counted from 0.

    Attributes:
        sizes: how many columns each of its groups has.
        groups: the groups, empty until they are packed.
    """

    number: int
    first: int
    last: int
    sizes: tuple[int, ...]
    groups: tuple[tuple[PackedColumn, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class SamplePages:
    """What the banner says, and what the templates of the samples and of their shards show.

    Attributes:
        shards: the files that the packed columns are divided among, none if they are in the file of the samples.
        in_ranges: whether each range of blocks has shards and files of its own, so that no digits are exposed.
        label: what the labels are called, empty where there are scores instead; ready for a Lean comment.
        compared_sha256: SHA-256 of the artifact that is compared with, empty where there is none.
    """

    command: str
    format_version: int
    artifact_sha256: str
    namespace: str
    dataset: str
    dataset_sha256: str
    coverage: str
    asked: AskedOf[Any]
    rounding: Rounding | None
    samples: PackedSamples
    shards: tuple[ShardPage, ...]
    in_ranges: bool
    label: str
    compared_sha256: str = ""


def sample_pages(
    stored: StoredArtifact | StoredClassifier, certificate: PackedCertificate, namespace: str, *, label: str = ""
) -> dict[str, Any]:
    """The fields of `SamplePages`."""
    artifact = stored.artifact
    return {
        "command": f"python -m bridge export {certificate.asked.options()} --out {namespace}.lean",
        "format_version": FORMAT_VERSION,
        "artifact_sha256": stored.sha256,
        "namespace": namespace,
        "dataset": lean_text.remark(artifact.provenance.dataset),
        "dataset_sha256": lean_text.remark(artifact.provenance.dataset_sha256),
        "coverage": sentences.listed(artifact, certificate.rows),
        "asked": certificate.asked,
        "rounding": artifact.rounding,
        "samples": certificate.samples,
        "shards": shard_pages(certificate.samples, certificate.ranges),
        "in_ranges": len(certificate.ranges) > 1,
        "label": lean_text.remark(label),
    }


def export_texts(
    environment: jinja2.Environment,
    pages: SamplePages,
    root: str,
    others: Mapping[str, str],
    errors: Callable[[], AbstractContextManager[None]],
    progress: Progress,
    workers: Workers,
) -> Texts:
    """All files of an export; what can be wrong with the templates is raised here, and not as the texts are asked for.

    Args:
        environment: the templates.
        pages: what they show.
        root: the text of the root file.
        others: the texts of the files behind those of the samples, by their paths.
        errors: says what is wrong with a template.
        progress: told of the shards.
        workers: who packs columns.
    """
    samples, shard = (environment.get_template(f"{name}.lean.jinja") for name in ("Samples", "Shard"))
    folder, columns = f"{pages.namespace}/Samples", range(len(pages.samples.columns))
    if not pages.shards:
        (packed,) = packed_parts(pages.samples, [columns], progress, workers)
        pages = replace(pages, samples=replace(pages.samples, columns=packed))
    of_samples = samples.render(export=pages)

    def shards() -> Iterator[str]:
        several = [range(page.first, page.last + 1) for page in pages.shards]
        packed = packed_parts(pages.samples, several, progress, workers) if several else iter(())
        for page, columns in zip(pages.shards, packed, strict=True):
            with errors():
                text = shard.render(export=pages, shard=replace(page, groups=in_groups(columns, page.sizes)))
            yield text

    if pages.shards:
        # An empty one, to see what is wrong with the template.
        shard.render(export=pages, shard=pages.shards[0])
    paths = (f"{folder}/Shard{page.number}.lean" for page in pages.shards)
    return Texts(
        (f"{pages.namespace}.lean", *paths, f"{folder}.lean", *others),
        itertools.chain([root], shards(), [of_samples], others.values()),
    )


def packed_parts(
    samples: PackedSamples, several: Sequence[range], progress: Progress, workers: Workers
) -> Iterator[tuple[PackedColumn, ...]]:
    """Some columns, and others, as they are asked for."""
    columns = samples.columns
    if isinstance(columns, PackedColumns):
        tasks = map(columns.task, several)
        return workers.map(pack, tasks, total=len(several), step="packing", progress=progress)
    return (tuple(columns[some.start : some.stop]) for some in several)


def shard_pages(samples: PackedSamples, blocks: Sequence[range]) -> tuple[ShardPage, ...]:
    """The shards that packed columns are divided among, none if one file has room for all, without their groups."""
    shards, sizes = group_ranges(samples, blocks), samples.group_sizes
    if len(shards) == 1:
        return ()
    # The first column of each group, and behind the last group the number of columns.
    columns = tuple(itertools.accumulate(sizes, initial=0))
    return tuple(
        ShardPage(number, columns[shard.start], columns[shard.stop] - 1, sizes[shard.start : shard.stop])
        for number, shard in enumerate(shards, start=1)
    )


def shards_of(pages: Sequence[ShardPage], samples: PackedSamples, blocks: range) -> tuple[int, ...]:
    """The numbers of the shards that hold some blocks."""
    per_block = samples.latent_dim + samples.concept_count
    columns = range(blocks.start * per_block, blocks.stop * per_block)
    return tuple(page.number for page in pages if page.first in columns)
