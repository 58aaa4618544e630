"""(e) What rounding on purpose costs and saves."""

from bench.inputs import fitted, trained
from bench.results import Section, Table, megabytes, seconds
from bench.workbench import MeasuredExport, Workbench
from bridge.artifact import ProbeArtifact

_COSTS = ("bits of a stored number", "Lean text", "elaboration of the data", "kernel, `checked`")


def compare(bench: Workbench) -> Section:
    """Fit the same digits on several grids, and measure Lean on each export."""
    sizes = bench.sizes
    bench.report("training on the digits")
    model = trained("digits", epochs=sizes.rounded_epochs, limit=sizes.rounded_samples)
    artifacts: dict[str, ProbeArtifact] = {"Unrounded": fitted(model)}
    artifacts.update({f"Bits{bits}": fitted(model, bits) for bits in sizes.grids})
    exact, *rounded = bench.measure(artifacts)
    names = exact.export.stored.artifact.concept_names
    rows = [("none", *("" for _ in names), *_costs(exact))]
    for bits, measured in zip(sizes.grids, rounded, strict=True):
        rows.append((str(bits), *(_growth(measured, exact, column) for column in range(len(names))), *_costs(measured)))
    return Section(
        "Rounding",
        (
            Table(
                (
                    "bits",
                    *(f"δ of `{name}`" for name in names),
                    "digits of",
                    "Lean text",
                    "elaboration",
                    "kernel, `checked`",
                ),
                tuple(rows),
                f"`--weight-bits N --latent-bits N` on {sizes.rounded_samples:,} handwritten digits with 8 latent "
                "dimensions: by what fraction δ is larger than without rounding, the probe fitted anew on the rounded "
                f"latents, and what the samples and the concept `{names[0]}` cost.",
            ),
        ),
    )


def _growth(measured: MeasuredExport, exact: MeasuredExport, column: int) -> str:
    new, old = (export.export.certificate.concepts[column].delta for export in (measured, exact))
    return f"{float(new / old - 1):+.2g}"


def _costs(measured: MeasuredExport) -> tuple[str, str, str, str]:
    return (
        str(measured.export.certificate.samples.digit_bits),
        megabytes(measured.file_bytes),
        seconds(measured.data_elaboration),
        seconds(measured.checked),
    )
