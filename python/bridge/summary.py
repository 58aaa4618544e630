"""The results of an export, as records and as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction

from rich.table import Table

from bridge.artifact import ConceptMetrics, ProbeArtifact, ProbeRecord
from bridge.certificate import Coverage, Determination
from bridge.conformal import ConformalLevel
from bridge.exact import exact_residuals
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
            **({} if claim.determination is None else {"r2_exact": _exact_r_squared(claim.determination)}),
            "attained_by_sample": int(artifact.sample_indices[certificate.rows[claim.worst_sample]]),
            **_conformal_record(export, column),
        }
        for column, (name, unit, metrics, claim) in enumerate(
            zip(artifact.concept_names, artifact.concept_units, artifact.metrics, certificate.concepts, strict=True)
        )
    ]


def _conformal_record(export: Export, column: int) -> dict[str, object]:
    """The conformal bound of a concept and how many of the held-out samples it covers; empty without a level."""
    artifact, delta_alpha = export.stored.artifact, export.certificate.concepts[column].delta_alpha
    if delta_alpha is None:
        return {}
    record: dict[str, object] = {"delta_alpha": rational(delta_alpha), "delta_alpha_decimal": decimal(delta_alpha)}
    if artifact.is_held_out.any():
        record["held_out_within_delta_alpha"] = held_out_within(artifact, column, delta_alpha)
        record["held_out_samples"] = int(artifact.is_held_out.sum())
    return record


def held_out_within(artifact: ProbeArtifact, column: int, bound: Fraction) -> int:
    """How many of the held-out samples, of which there is one at least, have a residual of at most a bound in size."""
    rows, columns = artifact.is_held_out, slice(column, column + 1)
    residuals = exact_residuals(artifact.latents[rows], artifact.scores[rows, columns], artifact.weights[:, columns])
    return residuals.count_within(0, bound)


def conformal_lines(conformal: ConformalLevel | None, records: Sequence[Mapping[str, object]]) -> list[str]:
    """One line for the conformal bound in each of the `concept_records`, with its coverage of the held-out part."""
    if conformal is None:
        return []
    lines = []
    for record in records:
        line = (
            f"δ_α({record['concept']}) = {record['delta_alpha']}, about {record['delta_alpha_decimal']}: rank "
            f"{conformal.rank} of {conformal.size} calibration samples, α = {conformal.alpha}"
        )
        if "held_out_samples" in record:
            line += f"; holds for {record['held_out_within_delta_alpha']} of {record['held_out_samples']} held out"
        lines.append(line)
    return lines


def _exact_r_squared(determination: Determination) -> str | None:
    return None if determination.r_squared is None else rational(determination.r_squared)


def _measured_delta(metrics: ConceptMetrics, coverage: Coverage) -> float | None:
    """The floating-point δ over the samples that the certificate lists."""
    return {
        Coverage.ALL: metrics.delta_all,
        Coverage.TRAIN: metrics.delta_train,
        Coverage.CALIBRATION: metrics.delta_calibration,
        Coverage.HELD_OUT: metrics.delta_held_out,
    }[coverage]


def delta_line(record: Mapping[str, object]) -> str:
    """The exact δ of a concept, and beside it the one measured in floating point."""
    return f"δ({record['concept']}) = {record['delta']}, in floating point {record['delta_float']}"


def rounding_record(artifact: ProbeRecord) -> dict[str, object]:
    """The part of a JSON-like record that says what was rounded; empty if nothing was."""
    return {} if artifact.rounding is None else {"rounding": asdict(artifact.rounding)}


def rounding_lines(artifact: ProbeRecord) -> list[str]:
    """One line for the weights and one for the latents, where they were rounded."""
    rounding = artifact.rounding
    if rounding is None:
        return []
    grids = [
        ("latents", rounding.latent_bits, rounding.largest_latent_change),
        ("weights", rounding.weight_bits, rounding.largest_weight_change),
    ]
    return [
        f"{name} rounded to multiples of 2^-{bits}; the largest change is {change}"
        for name, bits, change in grids
        if bits is not None
    ]


def export_record(export: Export) -> dict[str, object]:
    """What an export has written, as one JSON-like record."""
    return {
        "root": str(export.root),
        "files": [str(file) for file in export.files],
        "artifact_sha256": export.stored.sha256,
        "listed_samples": export.certificate.samples.size,
        "over": str(export.certificate.coverage),
        **_level_record(export.certificate.conformal),
        "concepts": concept_records(export),
        **rounding_record(export.stored.artifact),
        **({"predictions": [each.record() for each in export.predictions]} if export.predictions else {}),
    }


def _level_record(conformal: ConformalLevel | None) -> dict[str, object]:
    if conformal is None:
        return {}
    return {"alpha": str(conformal.alpha), "calibration_samples": conformal.size, "rank": conformal.rank}


def summary_table(export: Export, records: Sequence[Mapping[str, object]]) -> Table:
    """The `concept_records` as a table; the exact δ is too long for one and is printed below it."""
    table = Table(title=f"{export.certificate.samples.size} samples ({export.certificate.coverage})")
    for heading in ("concept", "unit", "R² train", "R² held out", "δ, about", "attained by sample"):
        table.add_column(heading, justify="left" if heading in ("concept", "unit") else "right")
    for record in records:
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
