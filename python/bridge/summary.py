"""The results of an export, as records and as a table."""

from collections.abc import Mapping

from rich.table import Table

from bridge.artifact import ConceptMetrics
from bridge.certificate import Coverage
from bridge.export import Export
from bridge.lean_text import decimal, rational


def concept_records(export: Export) -> list[dict[str, object]]:
    """One JSON-like record for each concept; δ is exact as text, measures are floats or None where undefined."""
    artifact, certificate = export.stored.artifact, export.certificate
    return [
        {
            "concept": name,
            "unit": unit,
            "r2_train": metrics.r2_train,
            "r2_held_out": metrics.r2_held_out,
            "r2_all": metrics.r2_all,
            "delta": rational(claim.delta),
            "delta_decimal": decimal(claim.delta),
            "delta_float": _measured_delta(metrics, certificate.coverage),
            "attained_by_sample": int(artifact.sample_indices[certificate.rows[claim.worst_sample]]),
        }
        for name, unit, metrics, claim in zip(
            artifact.concept_names, artifact.concept_units, artifact.metrics, certificate.concepts, strict=True
        )
    ]


def _measured_delta(metrics: ConceptMetrics, coverage: Coverage) -> float | None:
    """The floating-point δ over the samples that the certificate lists."""
    match coverage:
        case Coverage.ALL:
            return metrics.delta_all
        case Coverage.TRAIN:
            return metrics.delta_train
        case Coverage.HELD_OUT:
            return metrics.delta_held_out


def delta_line(record: Mapping[str, object]) -> str:
    """The exact δ of a concept, and beside it the one measured in floating point."""
    return f"δ({record['concept']}) = {record['delta']}, in floating point {record['delta_float']}"


def export_record(export: Export) -> dict[str, object]:
    """What an export has written, as one JSON-like record."""
    return {
        "root": str(export.root),
        "files": [str(file) for file in export.files],
        "artifact_sha256": export.stored.sha256,
        "listed_samples": export.certificate.samples.size,
        "over": str(export.certificate.coverage),
        "concepts": concept_records(export),
    }


def summary_table(export: Export) -> Table:
    """The records as a table; the exact δ is too long for one and is printed below it."""
    table = Table(title=f"{export.certificate.samples.size} samples ({export.certificate.coverage})")
    for heading in ("concept", "unit", "R² train", "R² held out", "δ, about", "attained by sample"):
        table.add_column(heading, justify="left" if heading in ("concept", "unit") else "right")
    for record in concept_records(export):
        table.add_row(
            str(record["concept"]),
            str(record["unit"]),
            _measure(record["r2_train"]),
            _measure(record["r2_held_out"]),
            str(record["delta_decimal"]),
            str(record["attained_by_sample"]),
        )
    return table


def _measure(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else "undefined"
