"""The results of an export, as records and as a table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.artifact.coverage import Coverage
from bridge.artifact.record import ConceptMetrics, ProbeRecord, SampleRecord
from bridge.base.words import counted, printable
from bridge.exact.column_digits import ColumnDigits, latent_columns
from bridge.exact.text import decimal, rational
from bridge.export.claims.kind import ExtraClaim
from bridge.export.estimate import CLAIM_DIGIT
from bridge.export.write import Export
from bridge.report.pixel_results import pixel_record


@dataclass(frozen=True, eq=False)
class ConceptResult:
    """What an export has of one concept.

    Attributes:
        name: of the concept.
        unit: of its scores, empty where none is known.
        metrics: measures of its probe, in floating point.
        delta: δ over the listed samples, exactly.
        delta_float: the same as it was measured in floating point, None if it has no float.
        attained_by_sample: the sample of the data set whose residual is δ.
        claims: what is proved beside δ, each with its part of the record.
    """

    name: str
    unit: str
    metrics: ConceptMetrics
    delta: Fraction
    delta_float: float | None
    attained_by_sample: int
    claims: tuple[tuple[ExtraClaim, Mapping[str, object]], ...] = ()

    def record(self) -> dict[str, object]:
        """The result as a JSON-like record; measures are floats or None where undefined.

        δ is exact as text, under `delta` and under scikit-learn's word, `max_error`.
        """
        return {
            "concept": self.name,
            "unit": self.unit,
            "r2_train": self.metrics.r2_train,
            "r2_held_out": self.metrics.r2_held_out,
            "r2_all": self.metrics.r2_all,
            "max_error": rational(self.delta),
            "delta": rational(self.delta),
            "delta_decimal": decimal(self.delta),
            "delta_float": self.delta_float,
            "attained_by_sample": self.attained_by_sample,
            **{key: value for _, record in self.claims for key, value in record.items()},
        }

    def line(self) -> str:
        """δ, exactly, and beside it the one measured in floating point."""
        return f"δ({self.name}) = {rational(self.delta)}, in floating point {self.delta_float}"

    def row(self) -> tuple[str, ...]:
        """The row of a table; the exact δ is too long for one."""
        measures = _measure(self.metrics.r2_train), _measure(self.metrics.r2_held_out)
        return self.name, self.unit, *measures, decimal(self.delta), str(self.attained_by_sample)


def concept_results(export: Export) -> list[ConceptResult]:
    """What an export has of each concept."""
    artifact, certificate = export.stored.artifact, export.certificate
    return [
        ConceptResult(
            name=name,
            unit=unit,
            metrics=metrics,
            delta=proved.delta,
            delta_float=_measured_delta(metrics, certificate.asked.coverage),
            attained_by_sample=int(artifact.sample_indices[certificate.rows[proved.worst_sample]]),
            claims=tuple((claim, claim.record(artifact, column)) for claim in proved.others),
        )
        for column, (name, unit, metrics, proved) in enumerate(
            zip(artifact.concept_names, artifact.concept_units, artifact.metrics, certificate.concepts, strict=True)
        )
    ]


def claim_lines(results: Sequence[ConceptResult]) -> list[str]:
    """What is said below the table of results, kind by kind."""
    kinds = zip(*([(result.name, *claim) for claim in result.claims] for result in results), strict=True)
    return [line for kind in kinds for name, claim, record in kind for line in claim.lines(name, record)]


def _measured_delta(metrics: ConceptMetrics, coverage: Coverage) -> float | None:
    """The floating-point δ over the samples that the certificate lists."""
    return {
        Coverage.ALL: metrics.delta_all,
        Coverage.TRAIN: metrics.delta_train,
        Coverage.CALIBRATION: metrics.delta_calibration,
        Coverage.HELD_OUT: metrics.delta_held_out,
    }[coverage]


# `max_error` is what scikit-learn calls δ.
_MAX_ERROR = "max_error (δ), about"
_PARTS = {"train": "train", "calibration": "calibration", "held_out": "held out"}
_MOST_CONCEPTS = 20
_WIDTH = 74


def measure_lines(record: ProbeRecord) -> list[str]:
    """A table of R² and the largest error of each concept on each part that has samples, in lines."""
    parts = {part: int(getattr(record, f"is_{part}").sum()) for part in _PARTS}
    table = Table("concept", "part", box=None, pad_edge=False)
    for heading in ("samples", "R²", _MAX_ERROR):
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


def digit_doubts(digits: ColumnDigits, samples: int, each: str = "concept") -> Iterator[str]:
    """One line, if some columns of the latents make digits much wider than the others would.

    Args:
        digits: the bits of each column.
        samples: how many samples there are.
        each: what has a functional of its own.
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
        f"{each}; leave {columns} out{grid} (--standardize changes the fit alone)"
    )


def metrics_record(metrics: ConceptMetrics) -> dict[str, float | None]:
    """The measures of a concept as a JSON-like record, each δ once more under scikit-learn's word, `max_error`."""
    measures: dict[str, float | None] = asdict(metrics)
    return measures | {
        key.replace("delta", "max_error"): value for key, value in measures.items() if key.startswith("delta_")
    }


def ridge_record(record: ProbeRecord) -> dict[str, object]:
    """The part of a JSON-like record that says how a probe was fitted."""
    provenance = record.provenance
    return {
        "lam": provenance.lam,
        "fit_bias": "free" if provenance.free_bias else "regularised",
        "standardized": provenance.standardized,
        "weighted": provenance.weighted,
    }


def rounding_record(artifact: SampleRecord) -> dict[str, object]:
    """The part of a JSON-like record that says what was rounded; empty if nothing was."""
    return {} if artifact.rounding is None else {"rounding": asdict(artifact.rounding)}


def rounding_lines(artifact: SampleRecord) -> list[str]:
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


def pixels_record(record: ProbeRecord) -> dict[str, object]:
    """The part of a JSON-like record that says which images and which encoder an artifact keeps; empty if none."""
    pixels = record.pixels
    if pixels is None:
        return {}
    count, height, width = pixels.images.shape
    content = {"images": count, "height": height, "width": width, "sizes": list(pixels.sizes)}
    return {"pixels": {**content, "scored": list(pixels.scored)}}


def pixels_lines(record: ProbeRecord) -> list[str]:
    """One line about the images and the encoder that an artifact keeps, and one about the concepts, if it keeps any."""
    pixels = record.pixels
    if pixels is None:
        return []
    count, height, width = pixels.images.shape
    from_pixels = [name for name in record.concept_names if name in pixels.scored]
    listed = [name for name in record.concept_names if name not in pixels.scored]
    told = {"counted from the pixels": from_pixels, "listed as given": listed}
    return [
        f"keeps {counted(count, 'image')} of {height}×{width} and the encoder {'–'.join(map(str, pixels.sizes))}",
        "scores " + "; ".join(f"{how}: {', '.join(names)}" for how, names in told.items() if names),
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
        "concepts": [result.record() for result in concept_results(export)],
        **pixel_record(export),
        **rounding_record(artifact),
        **({"predictions": [each.record() for each in export.predictions]} if export.predictions else {}),
    }


def summary_table(title: str, results: Iterable[ConceptResult]) -> Table:
    """The results as a table; the exact δ is printed below it."""
    table = Table(title=title)
    for heading in ("concept", "unit", "R² train", "R² held out", _MAX_ERROR, "attained by sample"):
        table.add_column(heading, justify="left" if heading in ("concept", "unit") else "right")
    for result in results:
        # Without markup and without emoji: a name is what it is.
        table.add_row(*(Text(printable(text)) for text in result.row()))
    return table


def _measure(value: float | None) -> str:
    if value is None:
        return "undefined"
    return f"{value:.4f}" if abs(value) < 1e4 else f"{value:.3e}"
