"""Gathers what a page shows.

Whatever is exact on it is read from the Lean files and has been compared with the artifact; figures are drawn from
floating-point numbers.
"""

from itertools import chain
from pathlib import Path

import numpy as np

from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.file import StoredArtifact
from bridge.artifact.record import ConceptMetrics, ProbeArtifact
from bridge.base.resources import lean_library_folder
from bridge.base.words import counted
from bridge.check.claims import TWINS, sup_error
from bridge.check.library import shipped_digests
from bridge.check.readback import ReadConcept, ReadExport
from bridge.check.record import judge
from bridge.check.verdict import CheckResult
from bridge.exact.conformal import ConformalLevel
from bridge.exact.residuals import exact_residuals
from bridge.export.claims.quantile import held_out_within
from bridge.export.lean_text import identifier, module_names
from bridge.report import from_pixels
from bridge.report.compared import compared_export, require_title
from bridge.report.page import ConceptReport, HeldOutCount, PartMeasures, Report, Statement
from bridge.report.pictures import NoPictures, Pictures
from bridge.report.plates import ListedConcept, parts_of, plates_of
from bridge.report.summary import rounding_lines


def build_report(
    root: Path,
    stored: StoredArtifact,
    *,
    check_result: CheckResult | None,
    check_result_name: str | None = None,
    pictures: Pictures | NoPictures,
    title: str | None = None,
    templates: Path | None = None,
) -> Report:
    """Gather what the page shows, and draw its figures.

    Args:
        root: the root file of the export.
        stored: the artifact that the export was made from.
        check_result: what Lean said, None if it has not been asked.
        check_result_name: the name of the file that says so, None if Lean was asked just now.
        pictures: the images of the samples and the model, or why they are not there.
        title: the heading of the page, None for one that says how many probes of which data set there are.
        templates: the folder of the templates that write the comments of the export, None for the shipped ones.

    Raises:
        InputError: the title is blank, the files are no export, or not that of the artifact, or with other comments, or
            a number is too large to be drawn.
    """
    require_title(title)
    compared = compared_export(root, stored, templates)
    export, artifact = compared.export, stored.artifact
    assert isinstance(export, ReadExport), "that of another artifact is refused"
    coverage = Coverage(export.coverage[0].value)
    first = export.concepts[0]
    conformal = None
    if "quantile" in first.claims:
        conformal = ConformalLevel(*(first.value("quantile", hole) for hole in ("alpha", "calibration_size", "rank")))
    rows = listed_rows(artifact, coverage, calibration_first=conformal is not None)
    residuals = exact_residuals(artifact.latents[rows], artifact.scores[rows], artifact.weights)
    anchors = module_names(artifact.concept_names)
    pixels = None if export.pixels is None else from_pixels.pixels_report(export.pixels, artifact, rows, root.stem)
    concepts = tuple(
        _concept_report(
            ListedConcept(artifact, rows, residuals, column, claim),
            anchors[column],
            namespace=root.stem,
            pictures=pictures,
            pixels=None if pixels is None else pixels.concepts[column],
        )
        for column, claim in enumerate(export.concepts)
    )
    return Report(
        title=title or f"{counted(len(concepts), 'linear probe')} on {artifact.provenance.dataset}",
        root=root.name,
        artifact_sha256=stored.sha256,
        coverage=coverage,
        listed=len(rows),
        latent_dim=artifact.latents.shape[1],
        literals=compared.literals,
        has_r_squared="determination" in first.claims,
        conformal=conformal,
        statements=_statements(first, len(rows), of_images=pixels is not None),
        real_statements=_real_statements(first, of_images=pixels is not None),
        lean=judge(check_result, root, lean_library_folder(), verified=export.sources, shipped=shipped_digests()),
        check_result_name=check_result_name,
        provenance=artifact.provenance,
        rounding=tuple(rounding_lines(artifact)),
        concepts=concepts,
        pixels=pixels,
    )


def _concept_report(
    listed: ListedConcept,
    anchor: str,
    *,
    namespace: str,
    pictures: Pictures | NoPictures,
    pixels: from_pixels.PixelConcept | None,
) -> ConceptReport:
    artifact, column, claim = listed.artifact, listed.column, listed.claim
    held_out = None
    if listed.delta_alpha is not None and artifact.is_held_out.any():
        within = held_out_within(artifact, column, listed.delta_alpha)
        held_out = HeldOutCount(within, int(artifact.is_held_out.sum()))
    # The points themselves are not kept: figures are drawn from them when they are written.
    attaining = listed.points().attaining
    return ConceptReport(
        name=listed.name,
        unit=artifact.concept_units[column],
        anchor=anchor,
        lean_name=f"{namespace}.{identifier(listed.name)}",
        weights=claim.weights(),
        bias=claim.functional.value("bias"),
        delta=listed.delta,
        attained_by=tuple(int(index) for index in listed.indices[attaining]),
        r_squared=claim.value("determination", "r_squared"),
        delta_alpha=listed.delta_alpha,
        held_out=held_out,
        parts=_part_measures(artifact, artifact.metrics[column]),
        plates=plates_of(listed, pictures),
        pixels=pixels,
    )


def _part_measures(artifact: ProbeArtifact, metrics: ConceptMetrics) -> tuple[PartMeasures, ...]:
    measures = {
        "train": (metrics.r2_train, metrics.delta_train),
        "calibration": (metrics.r2_calibration, metrics.delta_calibration),
        "held out": (metrics.r2_held_out, metrics.delta_held_out),
        "part not known": (metrics.r2_all, metrics.delta_all),
        "all": (metrics.r2_all, metrics.delta_all),
    }
    parts = parts_of(artifact)
    if not artifact.knows_parts and artifact.is_calibration.any():
        # Samples of unknown parts are measured together with all others.
        parts.pop("part not known", None)
        parts["all"] = np.ones_like(artifact.is_calibration)
    return tuple(PartMeasures(part, int(members.sum()), *measures[part]) for part, members in parts.items())


def _statements(first: ReadConcept, listed: int, *, of_images: bool) -> tuple[Statement, ...]:
    samples = counted(listed, "listed sample")
    statements = [(names, says.format(samples=samples)) for names, says in sup_error.STATEMENTS]
    for twin in TWINS:
        if twin.name in first.claims:
            statements += twin.statements(first.claims[twin.name])
    if of_images:
        statements += from_pixels.CONCEPT_STATEMENTS
    return tuple(Statement(names, says) for names, says in statements)


def _real_statements(first: ReadConcept, *, of_images: bool) -> tuple[Statement, ...]:
    others = [twin.real_statements() for twin in TWINS if twin.name in first.claims]
    of_pixels = from_pixels.REAL_STATEMENTS if of_images else ()
    stated = (*sup_error.REAL_STATEMENTS, *chain.from_iterable(others), *of_pixels)
    return tuple(Statement(names, says) for names, says in stated)
