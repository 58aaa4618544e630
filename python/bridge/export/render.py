"""Renders a certificate to Lean files through the Jinja templates.

The text depends on the artifact, the coverage, the namespace and the templates alone: no time, no path, no
machine.  Rendering touches no file but the templates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.artifact.file import StoredArtifact
from bridge.base.progress import Progress, told, untold
from bridge.export import lean_text, sentences
from bridge.export.certificate import Certificate, ConceptCertificate
from bridge.export.estimate import MOST_FRACTIONS
from bridge.export.layout import block_ranges, concept_ranges
from bridge.export.packing import PackedSamples
from bridge.export.pages import SamplePages, render_samples, rows_of, sample_pages
from bridge.export.templating import template_environment, template_errors

_NEEDED = (
    "an export needs Generated.lean.jinja, Samples.lean.jinja, Shard.lean.jinja, Concept.lean.jinja, _banner.jinja and "
    "the folder claims"
)


@dataclass(frozen=True)
class RangePage:
    """What is shown of a range of blocks of a concept.

    Attributes:
        number: which one of the concept's ranges it is, counted from 1.
        blocks: the blocks, counted from 0.
        rows: the listed samples in them.
        totals: what is added up over these samples, each measure with what results.
    """

    number: int
    blocks: range
    rows: range
    totals: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ConceptPage:
    """What is shown of one concept; numbers as `Fraction`, texts ready for a Lean comment.

    Attributes:
        in_fractions: whether each weight is to be written as a fraction too, rather than among the integers alone.
        proved: what is claimed of it.
        ranges: the ranges that its blocks are divided among, none if Lean goes through all in one declaration.
    """

    identifier: str
    title: str
    unit_text: str
    column: int
    in_fractions: bool
    proved: ConceptCertificate
    measured: str
    r_squared: str
    ranges: tuple[RangePage, ...]


@dataclass(frozen=True)
class ConceptFile:
    """What the concept template shows: the concepts that share a file, `first` to `last` of all, counted from 1."""

    module: str
    first: int
    last: int
    concepts: tuple[ConceptPage, ...]


@dataclass(frozen=True, kw_only=True)
class ExportPages(SamplePages):
    """What all templates share.

    Attributes:
        concepts: all concepts.
        files: the files that these are divided among.
    """

    fit: str
    numbers: str
    knows_parts: bool
    concepts: tuple[ConceptPage, ...]
    files: tuple[ConceptFile, ...]


def render(
    stored: StoredArtifact, certificate: Certificate, *, namespace: str, templates: Path, progress: Progress = untold
) -> Mapping[str, str]:
    """Render the Lean files of a certificate.

    Args:
        stored: the artifact that the certificate was built from, with its file's SHA-256.
        certificate: the claims and the packed samples.
        namespace: the Lean namespace and name of the root module, such as `Generated`.
        templates: folder of the templates.
        progress: told of the shards and the concepts.

    Returns:
        The text of each file by its path relative to the folder of the root file: the root file first, the others so
        that imports come before importers.

    Raises:
        InputError: a concept name cannot be written in Lean, or a template is missing or wrong.
    """
    pages = _export_pages(stored, certificate, namespace)
    environment = template_environment(templates)
    with template_errors(templates, _NEEDED):
        root, concept = (environment.get_template(f"{name}.lean.jinja") for name in ("Generated", "Concept"))
        files = {f"{namespace}.lean": root.render(export=pages), **render_samples(environment, pages, progress)}
        for file in told(pages.files, progress, "rendering concepts"):
            files[f"{namespace}/{file.module}.lean"] = concept.render(export=pages, file=file)
    return files


def _export_pages(stored: StoredArtifact, certificate: Certificate, namespace: str) -> ExportPages:
    artifact = stored.artifact
    concepts = tuple(
        ConceptPage(
            identifier=lean_text.identifier(name),
            title=f"`{lean_text.remark(name)}`",
            unit_text=sentences.unit(unit),
            column=column,
            in_fractions=len(proved.weights) <= MOST_FRACTIONS,
            proved=proved,
            measured=sentences.measured(metrics, knows_parts=artifact.knows_parts),
            r_squared=sentences.r_squared(metrics.r2_held_out if artifact.knows_parts else metrics.r2_all),
            ranges=_ranges(certificate.samples, proved),
        )
        for column, (name, unit, metrics, proved) in enumerate(
            zip(
                artifact.concept_names,
                artifact.concept_units,
                artifact.metrics,
                certificate.concepts,
                strict=True,
            )
        )
    )
    return ExportPages(
        **sample_pages(stored, certificate, namespace),
        fit=sentences.fit(artifact),
        numbers=sentences.numbers(artifact),
        knows_parts=artifact.knows_parts,
        concepts=concepts,
        files=_concept_files(artifact.concept_names, concepts, concept_ranges(certificate)),
    )


def _concept_files(
    names: Sequence[str], concepts: Sequence[ConceptPage], ranges: Sequence[range]
) -> tuple[ConceptFile, ...]:
    modules = lean_text.module_names(names)
    return tuple(
        ConceptFile(
            module=modules[columns.start] if len(columns) == 1 else f"Concepts{number}",
            first=columns.start + 1,
            last=columns.stop,
            concepts=tuple(concepts[columns.start : columns.stop]),
        )
        for number, columns in enumerate(ranges, start=1)
    )


def _ranges(samples: PackedSamples, proved: ConceptCertificate) -> tuple[RangePage, ...]:
    ranges = block_ranges(samples)
    if len(ranges) == 1:
        return ()
    pages = []
    for number, blocks in enumerate(ranges, start=1):
        rows = rows_of(samples, blocks)
        totals = tuple((total.measure, total.over(rows)) for total in proved.totals)
        pages.append(RangePage(number, blocks, rows, totals))
    return tuple(pages)
