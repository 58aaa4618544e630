"""What the templates of every export share: the banner, the samples and the shards that their columns are in."""

import itertools
from dataclasses import dataclass
from typing import Any

import jinja2

from bridge.artifact.file import StoredArtifact, StoredClassifier
from bridge.artifact.record import Rounding
from bridge.base.progress import Progress, told
from bridge.export import lean_text, sentences
from bridge.export.asked import AskedOf
from bridge.export.certificate import PackedCertificate
from bridge.export.layout import group_ranges
from bridge.export.packing import PackedColumn, PackedSamples

FORMAT_VERSION = 3


@dataclass(frozen=True)
class ShardPage:
    """What the template of a shard shows: groups of packed columns, `first` to `last` of all, counted from 0."""

    number: int
    first: int
    last: int
    groups: tuple[tuple[PackedColumn, ...], ...]


@dataclass(frozen=True, kw_only=True)
class SamplePages:
    """What the banner says, and what the templates of the samples and of their shards show.

    Attributes:
        shards: the files that the packed columns are divided among, none if they are in the file of the samples.
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
        "shards": _shards(certificate.samples),
        "label": lean_text.remark(label),
    }


def render_samples(environment: jinja2.Environment, pages: SamplePages, progress: Progress) -> dict[str, str]:
    """The text of the file of the samples, behind those of its shards, by their paths."""
    samples, shard = (environment.get_template(f"{name}.lean.jinja") for name in ("Samples", "Shard"))
    files = {
        f"{pages.namespace}/Samples/Shard{page.number}.lean": shard.render(export=pages, shard=page)
        for page in told(pages.shards, progress, "rendering shards")
    }
    return {**files, f"{pages.namespace}/Samples.lean": samples.render(export=pages)}


def rows_of(samples: PackedSamples, blocks: range) -> range:
    """The listed samples in blocks that follow one another."""
    return range(blocks.start * samples.block_rows, min(blocks.stop * samples.block_rows, samples.size))


def _shards(samples: PackedSamples) -> tuple[ShardPage, ...]:
    ranges, groups = group_ranges(samples), samples.groups
    if len(ranges) == 1:
        return ()
    # The first column of each group, and behind the last group the number of columns.
    columns = tuple(itertools.accumulate(map(len, groups), initial=0))
    return tuple(
        ShardPage(number, columns[shard.start], columns[shard.stop] - 1, groups[shard.start : shard.stop])
        for number, shard in enumerate(ranges, start=1)
    )
