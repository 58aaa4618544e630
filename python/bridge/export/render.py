"""Renders a certificate to Lean files through the Jinja templates.

The text depends on the artifact, the coverage, the namespace and the templates alone: no time, no path, no
machine.  Rendering touches no file but the templates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bridge.artifact.file import StoredArtifact
from bridge.base.progress import Progress, told, untold
from bridge.base.workers import HERE, Workers
from bridge.export import lean_text, sentences
from bridge.export.certificate import Certificate, ConceptCertificate
from bridge.export.estimate import MOST_FRACTIONS
from bridge.export.layout import concept_ranges, rows_of
from bridge.export.pages import SamplePages, ShardPage, Texts, export_texts, sample_pages, shards_of
from bridge.export.pixels.render import MODULES, PixelPages, pixel_texts
from bridge.export.templating import template_environment, template_errors

_NEEDED = (
    "an export needs Generated.lean.jinja, Samples.lean.jinja, Shard.lean.jinja, Concept.lean.jinja, "
    "Integers.lean.jinja, Range.lean.jinja, _banner.jinja, _samples.jinja and the folders claims and pixels"
)


@dataclass(frozen=True)
class RangePage:
    """What is shown of a range of blocks of a concept.

    Attributes:
        number: which one of the concept's ranges it is, counted from 1.
        blocks: the blocks, counted from 0.
        rows: the listed samples in them.
        shards: the numbers of the shards that hold them.
    """

    number: int
    blocks: range
    rows: range
    shards: tuple[int, ...]

    @property
    def all_shards(self) -> str:
        """The list of the shards."""
        return f"[{', '.join(f'shard{number}' for number in self.shards)}]"


@dataclass(frozen=True)
class ConceptPage:
    """What is shown of one concept; numbers as `Fraction`, texts ready for a Lean comment.

    Attributes:
        in_fractions: whether each weight is to be written as a fraction too, rather than among the integers alone.
        proved: what is claimed of it.
    """

    identifier: str
    title: str
    unit_text: str
    column: int
    in_fractions: bool
    proved: ConceptCertificate
    measured: str
    r_squared: str

    def totals(self, page: RangePage) -> tuple[tuple[str, int], ...]:
        """What is added up over the samples of a range, each measure with what results."""
        return tuple((total.measure, total.values[page.number - 1]) for total in self.proved.totals)


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
        ranges: the ranges that the blocks are divided among, none if Lean goes through all in one declaration.
        pixels: the images and their encoder, None unless claims about them were asked for.
    """

    fit: str
    numbers: str
    knows_parts: bool
    concepts: tuple[ConceptPage, ...]
    files: tuple[ConceptFile, ...]
    ranges: tuple[RangePage, ...]
    pixels: PixelPages | None


def render(
    stored: StoredArtifact, certificate: Certificate, *, namespace: str, templates: Path, progress: Progress = untold
) -> Mapping[str, str]:
    """The Lean files of a certificate, all of them at once; otherwise as `render_in_order`."""
    return render_in_order(stored, certificate, namespace=namespace, templates=templates, progress=progress).whole()


def render_in_order(
    stored: StoredArtifact,
    certificate: Certificate,
    *,
    namespace: str,
    templates: Path,
    progress: Progress = untold,
    workers: Workers = HERE,
) -> Texts:
    """Render the Lean files of a certificate.

    Args:
        stored: the artifact that the certificate was built from, with its file's SHA-256.
        certificate: the claims and the packed samples.
        namespace: the Lean namespace and name of the root module, such as `Generated`.
        templates: folder of the templates.
        progress: told of the shards and the concepts.
        workers: who packs columns.

    Raises:
        InputError: a concept name cannot be written in Lean, or a template is missing or wrong.
    """
    pages = _export_pages(stored, certificate, namespace)
    environment = template_environment(templates)
    with template_errors(templates, _NEEDED):
        root, concept, integers, of_range = (
            environment.get_template(f"{name}.lean.jinja") for name in ("Generated", "Concept", "Integers", "Range")
        )
        others = {}
        for file in told(pages.files, progress, "rendering concepts"):
            if pages.ranges:
                folder = f"{namespace}/Checks/{file.module}"
                others[f"{folder}/Integers.lean"] = integers.render(export=pages, file=file)
                for page in pages.ranges:
                    others[f"{folder}/Range{page.number}.lean"] = of_range.render(export=pages, file=file, range=page)
            others[f"{namespace}/{file.module}.lean"] = concept.render(export=pages, file=file)
        errors = partial(template_errors, templates, _NEEDED)
        texts = export_texts(environment, pages, root.render(export=pages), others, errors, progress, workers)
        if pages.pixels is None:
            return texts
        return texts.followed_by(pixel_texts(environment, pages, pages.pixels, errors, progress, workers))


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
    shared = sample_pages(stored, certificate, namespace)
    return ExportPages(
        **shared,
        fit=sentences.fit(artifact),
        numbers=sentences.numbers(artifact),
        knows_parts=artifact.knows_parts,
        concepts=concepts,
        files=_concept_files(
            artifact.concept_names,
            concepts,
            concept_ranges(certificate.samples, len(certificate.concepts)),
            MODULES if certificate.pixels else (),
        ),
        ranges=_ranges(certificate, shared["shards"]),
        pixels=None if certificate.pixels is None else PixelPages.of(certificate.pixels),
    )


def _concept_files(
    names: Sequence[str], concepts: Sequence[ConceptPage], ranges: Sequence[range], taken: Sequence[str]
) -> tuple[ConceptFile, ...]:
    modules = lean_text.module_names(names, taken)
    return tuple(
        ConceptFile(
            module=modules[columns.start] if len(columns) == 1 else f"Concepts{number}",
            first=columns.start + 1,
            last=columns.stop,
            concepts=tuple(concepts[columns.start : columns.stop]),
        )
        for number, columns in enumerate(ranges, start=1)
    )


def _ranges(certificate: Certificate, shards: Sequence[ShardPage]) -> tuple[RangePage, ...]:
    samples = certificate.samples
    if len(certificate.ranges) == 1:
        return ()
    return tuple(
        RangePage(number, blocks, rows_of(samples, blocks), shards_of(shards, samples, blocks))
        for number, blocks in enumerate(certificate.ranges, start=1)
    )
