"""The results of an export of a classifier, as a record and as lines."""

from collections.abc import Iterator

from bridge.export.write import ClassifierExport
from bridge.report.summary import rounding_record


def classifier_export_record(export: ClassifierExport) -> dict[str, object]:
    """What an export has written, as one JSON-like record."""
    artifact, certificate = export.stored.artifact, export.certificate
    return {
        "root": str(export.root),
        "files": [str(file) for file in export.files],
        "artifact_sha256": export.stored.sha256,
        "listed_samples": certificate.samples.size,
        "over": str(certificate.asked.coverage),
        "label": artifact.label_name,
        "classes": list(artifact.class_names),
        "method": artifact.method,
        "fold": None if artifact.fold is None else artifact.fold.record(),
        **{key: value for claim in certificate.claims for key, value in claim.record().items()},
        "margin_at_sample": int(artifact.sample_indices[certificate.rows[certificate.margin.sample]]),
        **rounding_record(artifact),
    }


def classifier_lines(export: ClassifierExport) -> Iterator[str]:
    """What an export proves, in lines, after how far it is from the estimator that it was made of."""
    if export.stored.artifact.fold is not None:
        yield export.stored.artifact.fold.line
    for claim in export.certificate.claims:
        yield from claim.lines()
