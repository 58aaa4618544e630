"""(e) What rounding on purpose costs and saves."""

import dataclasses

from bench.inputs import fitted, trained
from bench.results import Section, Table, megabytes, seconds
from bench.workbench import MeasuredExport, Workbench
from bridge.artifact.record import ProbeArtifact
from bridge.export.certificate import Certificate, build_certificate

_COSTS = ("Lean text", "elaboration of the data", "kernel, `checked`")


def compare(bench: Workbench) -> Section:
    """Fit the same digits on several grids, and measure Lean on the first concept of each fit."""
    sizes = bench.sizes
    bench.report("training on the digits")
    model = trained("digits", epochs=sizes.rounded_epochs, limit=sizes.rounded_samples)
    artifacts = {"none": fitted(model), **{str(bits): fitted(model, bits) for bits in sizes.grids}}
    certificates = {bits: build_certificate(artifact) for bits, artifact in artifacts.items()}
    measured = bench.measure({f"Bits{bits.title()}": _first_concept(artifact) for bits, artifact in artifacts.items()})
    rows = [
        (
            bits,
            *_growths(certificates[bits], certificates["none"]),
            str(certificates[bits].samples.digit_bits),
            str(export.export.certificate.samples.digit_bits),
            *_costs(export),
        )
        for bits, export in zip(artifacts, measured, strict=True)
    ]
    names = artifacts["none"].concept_names
    alone = f"`{names[0]}` alone"
    return Section(
        "Rounding",
        (
            Table(
                (
                    "bits",
                    *(f"δ of `{name}`" for name in names),
                    "digit",
                    *(f"{cost}, {alone}" for cost in ("digit", *_COSTS)),
                ),
                tuple(rows),
                f"`--weight-bits N --latent-bits N` on {sizes.rounded_samples:,} handwritten digits with 8 latent "
                "dimensions: by what fraction δ is larger than without rounding, the probe fitted anew on the rounded "
                "latents.  A digit is what stores a number, in bits; it is as wide as the finest and the largest of "
                f"all latents and scores require.  Sizes and times are those of an export of {alone}, whose scores are "
                "whole numbers.",
            ),
        ),
    )


def _first_concept(artifact: ProbeArtifact) -> ProbeArtifact:
    return dataclasses.replace(
        artifact,
        scores=artifact.scores[:, :1],
        weights=artifact.weights[:, :1],
        concept_names=artifact.concept_names[:1],
        concept_units=artifact.concept_units[:1],
        metrics=artifact.metrics[:1],
    )


def _growths(rounded: Certificate, exact: Certificate) -> list[str]:
    return [
        f"{float(new.delta / old.delta - 1):+.2g}" if rounded is not exact else ""
        for new, old in zip(rounded.concepts, exact.concepts, strict=True)
    ]


def _costs(measured: MeasuredExport) -> tuple[str, str, str]:
    return megabytes(measured.file_bytes), seconds(measured.data_elaboration), seconds(measured.checked)
