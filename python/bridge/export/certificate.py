"""From an artifact to the integers that Lean checks.

Over common denominators every number is an integer.  With latents `Z / 2^p`, weights `W / n`, bias `B / (n 2^p)` and
the scores of a concept `C / 2^m`, the residual of sample i is

    r_i · n 2^p  =  C_i · n 2^(p-m) - Σ_j Z_ij W_j - B,

one integer row (Z_i, C_i) times one integer vector, minus B; of floats n is a power of two.  The columns of that
matrix are packed into a few large natural numbers, in the layout that `Bridge.PackedSamples`
(lean/Bridge/Packing/Samples.lean) documents, and the weights into another one; `Bridge.check` verifies every number
chosen here, so that a wrong choice can make a proof fail but not a false claim pass.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial, reduce
from typing import Any, Protocol

import numpy as np

from bridge.artifact.record import ProbeArtifact
from bridge.base.progress import Progress, untold
from bridge.base.workers import HERE, Workers
from bridge.exact.digits import Digits, Limbs
from bridge.exact.dyadic import dyadic
from bridge.exact.extents import Extent
from bridge.exact.residuals import SupError
from bridge.export.asked import Asked, AskedOf
from bridge.export.claims.kind import Claim, ConceptRows, ExtraClaim, Measured, Scaling, Total
from bridge.export.claims.sup_error import SupErrorClaim
from bridge.export.integers import IntegerProbe, common_denominator
from bridge.export.layout import block_ranges, rows_of
from bridge.export.listed import Listed, Rows
from bridge.export.packing import Layout, PackedSamples, Packing, SlotNeeds, digit_bits_for, packed_samples
from bridge.export.pixels.certificate import PixelCertificate, pixel_certificate

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConceptCertificate:
    """What is claimed of one concept.

    Attributes:
        weights: the d weights, exactly.
        bias: the bias, exactly.
        integers: the same as integers, which Lean computes with.
        sup_error: the claim that every export has.
        others: what was asked for beside it.
    """

    weights: tuple[Fraction, ...]
    bias: Fraction
    integers: IntegerProbe
    sup_error: SupErrorClaim
    others: tuple[ExtraClaim, ...] = ()

    @property
    def delta(self) -> Fraction:
        """δ, the largest absolute residual over the listed samples, exactly."""
        return self.sup_error.delta

    @property
    def worst_sample(self) -> int:
        """Position among the listed samples of the first one that attains δ."""
        return self.sup_error.worst_sample

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims, in the order in which an export has them."""
        return (self.sup_error, *self.others)

    @property
    def totals(self) -> tuple[Total, ...]:
        """What Lean finds of all claims on its one way through the samples."""
        return tuple(total for claim in self.claims for total in claim.totals)

    def place(self, claim: Claim) -> int:
        """Where in `totals` those of a claim begin."""
        before = self.claims[: self.claims.index(claim)]
        return sum(len(other.totals) for other in before)


class PackedCertificate(Protocol):
    """What a certificate has, whatever it is about."""

    @property
    def asked(self) -> AskedOf[Any]:
        """What was asked for."""

    @property
    def rows(self) -> np.ndarray:
        """(N,) positions of the listed samples in the artifact."""

    @property
    def samples(self) -> PackedSamples:
        """The packed samples."""

    @property
    def ranges(self) -> tuple[range, ...]:
        """The blocks of each range that Lean goes through in one declaration."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """Everything that the generated Lean files of probes state; a `PackedCertificate`.

    Attributes:
        asked: what was asked for.
        rows: (N,) positions of the listed samples in the artifact.
        samples: the packed latents and scores.
        concepts: what is claimed of each concept, in the artifact's order.
        ranges: the blocks of each range that Lean goes through in one declaration.
        pixels: what is claimed of the images and the encoder too, None unless that was asked for.
    """

    asked: Asked
    rows: np.ndarray
    samples: PackedSamples
    concepts: tuple[ConceptCertificate, ...]
    ranges: tuple[range, ...]
    pixels: PixelCertificate | None = None


def build_certificate(
    artifact: ProbeArtifact, asked: Asked | None = None, progress: Progress = untold, workers: Workers = HERE
) -> Certificate:
    """Compute what is claimed of every concept, and how the listed samples are packed.

    The samples are gone through in sections: for what decides of the layout, and for what claims ask for.

    Args:
        artifact: the fitted probe and its data.
        asked: which samples to list, and what to prove of them; None for δ over all samples.
        progress: told of what takes long.
        workers: who goes through the samples.

    Raises:
        InputError: no sample belongs to the wanted part, or what is asked for cannot be proved of it.
    """
    asked = Asked() if asked is None else asked
    listed = Listed(artifact.latents, artifact.scores, asked.rows(artifact))
    extents = _extents(listed, artifact.weights, progress, workers)
    digit_bits = digit_bits_for(max(extent.largest for extent in (extents.latents, *extents.scores)))
    measured = [_measured(artifact, column, listed, extents, workers, progress) for column in range(listed.score_count)]
    integers = [_integers(each, digit_bits) for each in measured]
    layout = Layout.least(
        len(listed), digit_bits, [_slot_needs(*each, asked) for each in zip(integers, measured, strict=True)]
    )
    log_layout(len(listed), layout)
    exponents = tuple(extent.exponent for extent in extents.scores)
    samples = packed_samples(listed, Packing(extents.latents.exponent, exponents, layout))
    ranges = block_ranges(samples)
    rows = tuple(rows_of(samples, blocks) for blocks in ranges)
    wanted = [tuple(kind.claim(each) for kind in asked.kinds) for each in measured]
    concepts = tuple(
        ConceptCertificate(
            weights=each.weights,
            bias=each.bias,
            integers=numbers,
            sup_error=SupErrorClaim(each.sup_error.value, each.sup_error.sample, rows),
            others=others,
        )
        for each, numbers, others in zip(
            measured, integers, _added_up(wanted, measured, rows, progress, workers), strict=True
        )
    )
    pixels = pixel_certificate(artifact, listed, measured, samples) if asked.from_pixels else None
    return Certificate(asked, listed.rows, samples, concepts, ranges, pixels)


def log_layout(size: int, layout: Layout) -> None:
    """Say how so many samples are packed."""
    _log.debug(
        "%d samples in blocks of %d rows, digits of %d bits, %d of them a slot",
        size,
        layout.block_rows,
        layout.digit_bits,
        layout.slot_digits,
    )


# What decides of the layout


@dataclass(frozen=True)
class Extents:
    """What there is to know of listed samples before they are packed.

    Attributes:
        latents: of all latent coordinates.
        scores: of the scores of each concept.
        sup_errors: of each concept.
    """

    latents: Extent
    scores: tuple[Extent, ...]
    sup_errors: tuple[SupError, ...]

    @classmethod
    def of(cls, weights: np.ndarray, rows: Rows) -> "Extents":
        """Those of samples that come one after the other."""
        residuals = Digits.of_residuals(rows.latents, rows.scores, weights)
        return cls(
            Extent.of(rows.latents),
            tuple(map(Extent.of, rows.scores.T)),
            tuple(SupError(value, rows.first + row) for value, row in residuals.largest()),
        )

    def joined(self, more: "Extents") -> "Extents":
        """Those of both; of equally large residuals the one of the earlier sample counts."""
        return Extents(
            self.latents.joined(more.latents),
            tuple(one.joined(other) for one, other in zip(self.scores, more.scores, strict=True)),
            tuple(
                max(errors, key=lambda error: (error.value, -error.sample))
                for errors in zip(self.sup_errors, more.sup_errors, strict=True)
            ),
        )


def _extents(listed: Listed, weights: np.ndarray, progress: Progress, workers: Workers) -> Extents:
    ranges = listed.sections(range(len(listed)), listed.score_count)
    found = workers.map(
        partial(Extents.of, weights), listed.parts(ranges), total=len(ranges), step="measuring", progress=progress
    )
    return reduce(Extents.joined, found)


def _measured(
    artifact: ProbeArtifact, column: int, listed: Listed, extents: Extents, workers: Workers, progress: Progress
) -> Measured:
    *weights, bias = (dyadic(value) for value in artifact.weights[:, column])
    scores, sup_error = extents.scores[column], extents.sup_errors[column]
    denominator = common_denominator(weights, bias, extents.latents.exponent, scores.exponent)
    scale, score_scale = denominator << extents.latents.exponent, 2**scores.exponent
    scaling = Scaling(scale, int(sup_error.value * scale), score_scale, int(scores.low * score_scale))
    return Measured(
        artifact, column, listed, tuple(weights), bias, denominator, scaling, scores, sup_error, workers, progress
    )


def _integers(measured: Measured, digit_bits: int) -> IntegerProbe:
    offset, scale = 2 ** (digit_bits - 1), measured.scaling.score_scale
    return IntegerProbe.of(
        measured.numerators,
        measured.denominator,
        bias=int(measured.bias * measured.scale),
        sup=measured.sup,
        score_digits=(int(measured.scores.low * scale) + offset, int(measured.scores.high * scale) + offset),
    )


def _slot_needs(integers: IntegerProbe, measured: Measured, asked: Asked) -> SlotNeeds:
    widths = (kind.widest_summand(integers.sup, integers.score_span) for kind in asked.kinds)
    return SlotNeeds(
        weights=measured.numerators,
        score_factor=measured.scale // measured.scaling.score_scale,
        bias=integers.bias,
        sup=integers.sup,
        score_low=integers.score_low,
        score_span=integers.score_span,
        summands=tuple(width for width in widths if width is not None),
    )


# What claims ask for


@dataclass(frozen=True)
class _Wanted:
    """What is to be added up for one concept."""

    scaling: Scaling
    totals: tuple[Total, ...]


def _added_up(
    claims: Sequence[tuple[ExtraClaim, ...]],
    measured: Sequence[Measured],
    ranges: Sequence[range],
    progress: Progress,
    workers: Workers,
) -> Iterable[tuple[ExtraClaim, ...]]:
    """The claims of each concept, with the values of their totals in each range, which are found on one way."""
    wanted = tuple(
        _Wanted(each.scaling, tuple(total for claim in others for total in claim.totals))
        for others, each in zip(claims, measured, strict=True)
    )
    if not any(each.totals for each in wanted):
        return claims
    listed, weights = measured[0].listed, measured[0].artifact.weights
    parts = [listed.sections(rows, listed.score_count) for rows in ranges]
    several = [section for of_range in parts for section in of_range]
    found = workers.map(
        partial(_sums, weights, wanted),
        listed.parts(several),
        total=len(several),
        step="adding up",
        progress=progress,
    )
    # For each range, of each concept the values of its totals.
    sums = [reduce(_plus, (next(found) for _ in of_range)) for of_range in parts]
    return [_with_values(others, [of_range[column] for of_range in sums]) for column, others in enumerate(claims)]


def _sums(weights: np.ndarray, wanted: tuple[_Wanted, ...], rows: Rows) -> tuple[tuple[int, ...], ...]:
    residuals = Digits.of_residuals(rows.latents, rows.scores, weights)
    found = []
    for column, each in enumerate(wanted):
        scores = Limbs.of(rows.scores[:, column : column + 1])
        numbers = ConceptRows(rows.first, residuals.column(column), scores, each.scaling)
        found.append(tuple(total.over(numbers) for total in each.totals))
    return tuple(found)


def _plus(some: tuple[tuple[int, ...], ...], others: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(a + b for a, b in zip(one, other, strict=True)) for one, other in zip(some, others, strict=True))


def _with_values(claims: tuple[ExtraClaim, ...], values: Sequence[tuple[int, ...]]) -> tuple[ExtraClaim, ...]:
    """Claims with the values of all their totals, given for each range."""
    columns = zip(*values, strict=True)
    filled = []
    for claim in claims:
        totals = tuple(replace(total, values=next(columns)) for total in claim.totals)
        # A claim is a frozen dataclass, which no protocol can say.
        filled.append(replace(claim, totals=totals))  # type: ignore[type-var]
    return tuple(filled)
