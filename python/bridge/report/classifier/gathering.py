"""Gathers what the page of a classifier shows.

The decisions are computed exactly from the artifact; what the Lean files state of them has been compared with the
artifact by other code, so that both are the same numbers.
"""

from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.file import StoredClassifier
from bridge.base.resources import lean_library_folder
from bridge.base.words import counted
from bridge.check.classification.claims import CLASSIFIER_TWINS
from bridge.check.classification.claims.decided import REAL_STATEMENTS, STATEMENTS
from bridge.check.classification.readback import ReadClassifierExport
from bridge.check.library import shipped_digests
from bridge.check.reader import Found
from bridge.check.record import judge
from bridge.check.verdict import CheckResult
from bridge.exact.dyadic import dyadic
from bridge.export.lean_text import identifier, module_names
from bridge.report.classifier.listed import ListedDecisions
from bridge.report.classifier.page import AccuracyBound, ClassifierReport, ClassReport, PartReport, WorstSample
from bridge.report.classifier.plates import plates_of
from bridge.report.compared import compared_export, require_title
from bridge.report.page import Statement
from bridge.report.pictures import NoPictures, Pictures
from bridge.report.summary import rounding_lines

_WORST = 12


def build_classifier_report(
    root: Path,
    stored: StoredClassifier,
    *,
    check_result: CheckResult | None,
    check_result_name: str | None = None,
    pictures: Pictures | NoPictures,
    title: str | None = None,
    templates: Path | None = None,
) -> ClassifierReport:
    """Gather what the page shows, and draw its figures.

    Args:
        root: the root file of the export.
        stored: the artifact that the export was made from.
        check_result: what Lean said, None if it has not been asked.
        check_result_name: the name of the file that says so, None if Lean was asked just now.
        pictures: the images of the samples, or why they are not there.
        title: the heading of the page, None for one that says what the labels are.
        templates: the folder of the templates that write the comments of the export, None for the shipped ones.

    Raises:
        InputError: the title is blank, the files are no export, or not that of the artifact, or with other comments, or
            a number is too large to be drawn.
    """
    require_title(title)
    compared = compared_export(root, stored, templates)
    export, artifact = compared.export, stored.artifact
    assert isinstance(export, ReadClassifierExport), "that of another artifact is refused"
    claims, coverage = export.classifier.claims, Coverage(export.coverage[0].value)
    listed = ListedDecisions(artifact, listed_rows(artifact, coverage))
    margin, sample = listed.decisions.margin()
    return ClassifierReport(
        title=title or f"Classifier of {artifact.label_name} on {artifact.provenance.dataset}",
        root=root.name,
        lean_name=f"{root.stem}.{identifier(artifact.label_name)}",
        anchor=module_names([artifact.label_name])[0],
        artifact_sha256=stored.sha256,
        coverage=coverage,
        listed=len(listed.rows),
        latent_dim=artifact.latents.shape[1],
        literals=compared.literals,
        label_name=artifact.label_name,
        threshold=dyadic(artifact.weights[-1, 0]) if artifact.is_binary else None,
        confusion=listed.confusion,
        classes=_class_reports(listed),
        margin=margin,
        margin_sample=listed.position(sample),
        rocs=listed.rocs,
        states_rocs="ranking" in claims,
        bound=AccuracyBound(*map(claims["unseen"].value, ("bound", "alpha"))) if "unseen" in claims else None,
        parts=_part_reports(artifact),
        knows_parts=artifact.knows_parts,
        control=artifact.control,
        fold=artifact.fold,
        positions=tuple(artifact.sample_indices.tolist()),
        worst=_worst_samples(listed),
        statements=_statements(claims, len(listed.rows)),
        real_statements=tuple(Statement(names, says) for names, says in REAL_STATEMENTS),
        lean=judge(check_result, root, lean_library_folder(), verified=export.sources, shipped=shipped_digests()),
        check_result_name=check_result_name,
        provenance=artifact.provenance,
        rounding=tuple(rounding_lines(artifact)),
        plates=plates_of(listed, pictures),
    )


def _statements(claims: Mapping[str, Found], listed: int) -> tuple[Statement, ...]:
    samples = counted(listed, "listed sample")
    statements = [(names, says.format(samples=samples)) for names, says in STATEMENTS]
    for twin in CLASSIFIER_TWINS:
        if twin.name in claims:
            statements += twin.statements(claims[twin.name])
    return tuple(Statement(names, says) for names, says in statements)


def _class_reports(listed: ListedDecisions) -> tuple[ClassReport, ...]:
    """What is said of each class."""
    counts = listed.confusion
    areas = {roc.number: roc.area for roc in listed.rocs}
    return tuple(
        ClassReport(
            name=name,
            labelled=counts.labelled(number),
            predicted=counts.predicted(number),
            recall=counts.recall(number),
            precision=counts.precision(number),
            f1=counts.f1(number),
            roc_auc=areas.get(number),
        )
        for number, name in enumerate(listed.artifact.class_names)
    )


def _part_reports(artifact: ClassifierArtifact) -> tuple[PartReport, ...]:
    """The measures of each part that has samples, and of all of them, as the artifact has them."""
    controls = {} if artifact.control is None else asdict(artifact.control)
    return tuple(
        PartReport(
            name=name.replace("_", " "),
            samples=measures.samples,
            accuracy=_exactly(measures.accuracy),
            balanced_accuracy=_exactly(measures.balanced_accuracy),
            roc_auc=_exactly(measures.roc_auc),
            majority_accuracy=_exactly(measures.majority_accuracy),
            control=_exactly(controls.get(name)),
        )
        for name, measures in artifact.metrics.parts.items()
        if measures.samples
    )


def _worst_samples(listed: ListedDecisions) -> tuple[WorstSample, ...]:
    """The listed samples that are wrong by most."""
    return tuple(
        WorstSample(
            position=listed.position(sample),
            label=int(listed.labels[sample]),
            decision=int(listed.decisions.predicted[sample]),
            margin=listed.margins[sample],
        )
        for sample in listed.misclassified[:_WORST]
    )


def _exactly(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(value)
