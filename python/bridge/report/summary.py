"""The results of an export, as records and as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.artifact.coverage import Coverage
from bridge.artifact.record import ConceptMetrics, ProbeRecord
from bridge.base.words import counted, printable
from bridge.exact.column_digits import ColumnDigits, latent_columns
from bridge.exact.text import decimal
from bridge.export.estimate import CLAIM_DIGIT
from bridge.export.write import Export


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
            **proved.sup_error.record(artifact, column),
            "delta_float": _measured_delta(metrics, certificate.asked.coverage),
            "attained_by_sample": int(artifact.sample_indices[certificate.rows[proved.worst_sample]]),
            **{key: value for claim in proved.others for key, value in claim.record(artifact, column).items()},
        }
        for column, (name, unit, metrics, proved) in enumerate(
            zip(artifact.concept_names, artifact.concept_units, artifact.metrics, certificate.concepts, strict=True)
        )
    ]


def claim_lines(export: Export, records: Sequence[Mapping[str, object]]) -> list[str]:
    """What is said below the table of the `concept_records`, kind by kind."""
    concepts = list(zip(export.stored.artifact.concept_names, export.certificate.concepts, records, strict=True))
    return [
        line
        for kind in range(len(export.certificate.asked.kinds))
        for name, proved, record in concepts
        for line in proved.others[kind].lines(name, record)
    ]


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


_PARTS = {"train": "train", "calibration": "calibration", "held_out": "held out"}
_MOST_CONCEPTS = 20
_WIDTH = 74


def measure_lines(record: ProbeRecord) -> list[str]:
    """A table of R² and the largest error of each concept on each part that has samples, in lines."""
    parts = {part: int(getattr(record, f"is_{part}").sum()) for part in _PARTS}
    table = Table("concept", "part", box=None, pad_edge=False)
    for heading in ("samples", "R²", "max error, about"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, metrics in list(zip(record.concept_names, record.metrics, strict=True))[:_MOST_CONCEPTS]:
        title, measures = name, asdict(metrics)
        for part in (part for part, samples in parts.items() if samples):
            error = measures[f"delta_{part}"]
            about = "undefined" if error is None else decimal(Fraction(error))
            table.add_row(
                Text(printable(title)), _PARTS[part], str(parts[part]), _measure(measures[f"r2_{part}"]), about
            )
            title = ""
    console = Console(width=_WIDTH, color_system=None)
    with console.capture() as shown:
        console.print(table)
    more = len(record.concept_names) - _MOST_CONCEPTS
    return shown.get().splitlines() + ([f"and {counted(more, 'concept')} more; --json lists all"] if more > 0 else [])


def measure_doubts(record: ProbeRecord) -> Iterator[str]:
    """One line for each concept that the probe does not know of samples that it has not seen."""
    for name, metrics in zip(record.concept_names, record.metrics, strict=True):
        if metrics.r2_held_out is not None and metrics.r2_held_out < 0:
            yield (
                f"R² of {name!r} on the held-out samples is {_measure(metrics.r2_held_out)}; less than 0 is worse than "
                "their mean score, so that the fit holds for its own samples alone; fit on more samples, or raise --lam"
            )


def digit_doubts(digits: ColumnDigits, samples: int) -> Iterator[str]:
    """One line, if some columns of the latents make digits much wider than the others would.

    Args:
        digits: the bits of each column.
        samples: how many samples there are.
    """
    far, used = digits.far(), digits.used
    if not far.any():
        return
    width, without = digits.bits(used), digits.bits(used & ~far)
    sizes = {int(column): f"below 2^{digits.highest[column] + 1}" for column in np.flatnonzero(far)}
    seconds = CLAIM_DIGIT * samples * (width - without) / 4 * (len(used) + 1)
    spent = f"{seconds:,.0f}" if seconds >= 1 else f"{seconds:.1g}"
    it, columns = ("it", "the column") if len(sizes) == 1 else ("them", "the columns")
    finest = int(digits.lowest[used & ~far].min())
    grid = f", or fit with --latent-bits {max(0, -finest)}" if digits.lowest[used].min() < finest else ""
    yield (
        f"every latent takes {width} bits for the sake of {latent_columns(sizes, None)}, and {without} without {it}: "
        f"files are about {width / without:.1f} times as large, and Lean takes about {spent} s more for each "
        f"concept; leave {columns} out{grid} (--standardize changes the fit alone)"
    )


def ridge_record(record: ProbeRecord) -> dict[str, object]:
    """The part of a JSON-like record that says how a probe was fitted."""
    provenance = record.provenance
    return {
        "lam": provenance.lam,
        "fit_bias": "free" if provenance.free_bias else "regularised",
        "standardized": provenance.standardized,
        "weighted": provenance.weighted,
    }


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
    artifact = export.stored.artifact
    return {
        "root": str(export.root),
        "files": [str(file) for file in export.files],
        "artifact_sha256": export.stored.sha256,
        "listed_samples": export.certificate.samples.size,
        "over": str(export.certificate.asked.coverage),
        **{key: value for kind in export.certificate.asked.kinds for key, value in kind.record(artifact).items()},
        "concepts": concept_records(export),
        **rounding_record(artifact),
        **({"predictions": [each.record() for each in export.predictions]} if export.predictions else {}),
    }


def summary_table(export: Export, records: Sequence[Mapping[str, object]]) -> Table:
    """The `concept_records` as a table; the exact δ is too long for one and is printed below it."""
    table = Table(title=f"{export.certificate.samples.size} samples ({export.certificate.asked.coverage})")
    for heading in ("concept", "unit", "R² train", "R² held out", "δ, about", "attained by sample"):
        table.add_column(heading, justify="left" if heading in ("concept", "unit") else "right")
    for record in records:
        table.add_row(
            # Without markup and without emoji: a name is what it is.
            Text(printable(str(record["concept"]))),
            Text(printable(str(record["unit"]))),
            _measure(record["r2_train"]),
            _measure(record["r2_held_out"]),
            str(record["delta_decimal"]),
            str(record["attained_by_sample"]),
        )
    return table


def _measure(value: object) -> str:
    if not isinstance(value, float):
        return "undefined"
    return f"{value:.4f}" if abs(value) < 1e4 else f"{value:.3e}"
