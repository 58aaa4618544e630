"""Gathers what the page of a classifier shows.

The decisions are computed exactly from the artifact; what the Lean files state of them has been compared with the
artifact by other code, so that both are the same numbers.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.file import StoredClassifier
from bridge.check.record import Judgement
from bridge.exact.dyadic import dyadic
from bridge.export.lean_text import module_names
from bridge.report.classifier.listed import ListedDecisions
from bridge.report.classifier.page import AccuracyBound, ClassifierReport, ClassReport, PartReport, WorstSample
from bridge.report.classifier.plates import plates_of
from bridge.report.page import Statement
from bridge.report.pictures import NoPictures, Pictures
from bridge.report.summary import rounding_lines

_WORST = 12


def class_reports(listed: ListedDecisions) -> tuple[ClassReport, ...]:
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


def part_reports(artifact: ClassifierArtifact) -> tuple[PartReport, ...]:
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


def worst_samples(listed: ListedDecisions) -> tuple[WorstSample, ...]:
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


@dataclass(frozen=True)
class Stated:
    """What the Lean files state of a classifier, which has been compared with its artifact.

    Attributes:
        coverage: which part is listed.
        literals: how many literals have been compared.
        sources: SHA-256 of every file that was compared, by module.
        states_rocs: whether they state the areas under the ROC curves.
        bound: the bound on unseen data, if they state it.
        statements: their theorems over the rational numbers.
        real_statements: those over the real numbers.
    """

    coverage: Coverage
    literals: int
    sources: Mapping[str, str]
    states_rocs: bool
    bound: AccuracyBound | None
    statements: tuple[Statement, ...]
    real_statements: tuple[Statement, ...]


def gathered(
    root: Path,
    stored: StoredClassifier,
    stated: Stated,
    lean: Judgement,
    *,
    check_result_name: str | None = None,
    pictures: Pictures | NoPictures,
    title: str | None = None,
) -> ClassifierReport:
    """What the page shows.

    Args:
        root: the root file of the export.
        stored: the artifact that the export was made from.
        stated: what the files state.
        lean: what Lean has said of them.
        check_result_name: the name of the file that says so, None if Lean was asked just now.
        pictures: the images of the samples, or why they are not there.
        title: the heading of the page, None for one that says what the labels are.

    Raises:
        InputError: a number is too large to be drawn.
    """
    artifact = stored.artifact
    listed = ListedDecisions(artifact, listed_rows(artifact, stated.coverage))
    margin, sample = listed.decisions.margin()
    return ClassifierReport(
        title=title or f"Classifier of {artifact.label_name} on {artifact.provenance.dataset}",
        root=root.name,
        namespace=root.stem,
        anchor=module_names([artifact.label_name])[0],
        artifact_sha256=stored.sha256,
        coverage=stated.coverage,
        listed=len(listed.rows),
        latent_dim=artifact.latents.shape[1],
        literals=stated.literals,
        label_name=artifact.label_name,
        threshold=dyadic(artifact.weights[-1, 0]) if artifact.is_binary else None,
        confusion=listed.confusion,
        classes=class_reports(listed),
        margin=margin,
        margin_sample=listed.position(sample),
        rocs=listed.rocs,
        states_rocs=stated.states_rocs,
        bound=stated.bound,
        parts=part_reports(artifact),
        knows_parts=artifact.knows_parts,
        control=artifact.control,
        fold=artifact.fold,
        positions=tuple(artifact.sample_indices.tolist()),
        worst=worst_samples(listed),
        statements=stated.statements,
        real_statements=stated.real_statements,
        lean=lean,
        check_result_name=check_result_name,
        provenance=artifact.provenance,
        rounding=tuple(rounding_lines(artifact)),
        plates=plates_of(listed, pictures),
    )
