"""What generated files say of an artifact, beside what its claims say of themselves in `templates/claims`."""

import numpy as np

from bridge.artifact.record import ConceptMetrics, ProbeArtifact, Provenance, SampleRecord
from bridge.export.lean_text import remark


def unit(name: str) -> str:
    """What a score is counted in."""
    return remark(name) if name.strip() else "units of the score"


def fit(artifact: ProbeArtifact) -> str:
    """How the probe was fitted."""
    if artifact.provenance.lam is None:
        return "The probe was fitted elsewhere and is exported as it is"
    on_part = " on the training part" * artifact.knows_parts
    return f"Fitted by ridge regression (λ = {_ridge(artifact.provenance)}){on_part}"


def numbers(artifact: ProbeArtifact) -> str:
    """What the numbers of the functional are."""
    was_given = artifact.provenance.lam is None
    number = "the number that was given" if was_given else "the floating-point number of the fit"
    is_rounded = artifact.rounding is not None and artifact.rounding.weight_bits is not None
    return f"{number} after rounding" if is_rounded else number


def measured(metrics: ConceptMetrics, *, knows_parts: bool) -> str:
    """The measures of a concept, which are not proved; in the lines of a comment."""
    if not knows_parts:
        return (
            f"R² = {r_squared(metrics.r2_all)} over these samples.\n"
            "Which of them the probe was fitted on is not recorded."
        )
    train, held_out, whole = map(r_squared, (metrics.r2_train, metrics.r2_held_out, metrics.r2_all))
    return f"R² = {train} (training part), {held_out} (held out), {whole} (all)."


def r_squared(value: float | None) -> str:
    """A measure with four digits."""
    return "undefined" if value is None else f"{value:.4f}"


def _ridge(provenance: Provenance) -> str:
    short = f"{provenance.lam:g}"
    strength = short if float(short) == provenance.lam else str(provenance.lam)
    bias = "bias free" if provenance.free_bias else "bias regularised"
    standardized, weighted = (
        ", latents standardised" * provenance.standardized,
        ", samples weighted" * provenance.weighted,
    )
    return f"{strength}{standardized}, {bias}{weighted}"


def listed(artifact: SampleRecord, rows: np.ndarray) -> str:
    """Which samples are listed: how many of each part."""
    if not artifact.knows_parts and not artifact.is_calibration.any():
        return "all that came with the probe"
    others = ~(artifact.is_train | artifact.is_calibration)
    parts = {
        "of the training part": artifact.is_train,
        "of the calibration part": artifact.is_calibration,
        "held out" if artifact.knows_parts else "others": others,
    }
    counts = {part: int(members[rows].sum()) for part, members in parts.items()}
    listed = [f"{count} {part}" for part, count in counts.items() if count]
    if len(listed) == 1:
        return f"the {listed[0]}"
    return f"{', '.join(listed[:-1])} and {listed[-1]}"
