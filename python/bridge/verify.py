"""Compares exported Lean files with the artifact, number by number, without Lean.

Whatever is claimed is compared with the artifact itself, as exact rationals, and δ is computed anew with `Fraction`s
alone, so that this shares no arithmetic with the export.  The exponents and the widths of the packed numbers, which
only choose a representation, are compared with those that an export of the artifact chooses; the packed numbers are
not looked at before these agree.
"""

import contextlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from bridge.artifact import ProbeArtifact, StoredArtifact
from bridge.certificate import Certificate, Coverage, PackedSamples, build_certificate
from bridge.errors import InputError
from bridge.readback import (
    Literal,
    MismatchError,
    Place,
    ReadConcept,
    ReadExport,
    ReadRealConcept,
    ReadSamples,
    read_export,
)


@dataclass(frozen=True)
class Difference:
    """One disagreement between the Lean files and the artifact."""

    place: Place
    what: str
    found: str
    required: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: found {self.found}, required {self.required}"


@dataclass(frozen=True)
class Verification:
    """The outcome of a comparison.

    Attributes:
        differences: all disagreements found.
        compared: how many literals were compared.
    """

    differences: tuple[Difference, ...]
    compared: int

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return not self.differences

    def record(self) -> dict[str, object]:
        """The outcome as one JSON-like record."""
        differences = [
            {"place": str(item.place), "what": item.what, "found": item.found, "required": item.required}
            for item in self.differences
        ]
        return {"matches": self.ok, "compared": self.compared, "differences": differences}


def verify(root: Path, stored: StoredArtifact) -> Verification:
    """Compare an export with the artifact it should have been made from.

    Args:
        root: the root file, such as `lean/Generated.lean`.
        stored: the artifact and its file's SHA-256.

    Raises:
        InputError: a file is missing or unreadable.
    """
    try:
        export = read_export(root)
    except MismatchError as error:
        return Verification((Difference(error.place, "the text", error.found, error.required),), 0)
    comparison = _Comparison()
    comparison.run(export, stored)
    return Verification(tuple(comparison.differences), comparison.compared)


class _Comparison:
    """Collects the differences."""

    def __init__(self) -> None:
        self.differences: list[Difference] = []
        self.compared = 0

    def same(self, what: str, literal: Literal[object], required: object) -> bool:
        """Record a difference unless the literal has the required value."""
        self.compared += 1
        if literal.value == required:
            return True
        self.differ(literal.place, what, str(literal.value), str(required))
        return False

    def differ(self, place: Place, what: str, found: str, required: str) -> None:
        """Record a difference."""
        self.differences.append(Difference(place, what, found, required))

    def run(self, export: ReadExport, stored: StoredArtifact) -> None:
        artifact = stored.artifact
        for digest in export.artifact_sha256:
            self.same("the artifact's SHA-256", digest, stored.sha256)
        certificate = self._certificate(export, artifact)
        if certificate is None:
            return
        if self._layout(export.samples, certificate.samples):
            self._blocks(export.samples, artifact, certificate.rows)
        self._names(export, artifact)
        for column, concept in enumerate(export.concepts[: len(artifact.concept_names)]):
            self._concept(concept, column, artifact, certificate)
        for column, real_concept in enumerate(export.real_concepts[: len(artifact.concept_names)]):
            self._real_concept(real_concept, column, artifact.concept_names[column], certificate.samples)

    def _certificate(self, export: ReadExport, artifact: ProbeArtifact) -> Certificate | None:
        """What an export over the samples that the banner names chooses, None where there are no such samples."""
        first = export.coverage[0]
        for coverage in export.coverage[1:]:
            self.same("the listed part", coverage, first.value)
        if first.value in list(Coverage):
            with contextlib.suppress(InputError):
                return build_certificate(artifact, Coverage(first.value))
        self.differ(first.place, "the listed part", first.value, f"one of {', '.join(Coverage)} that has samples")
        return None

    def _layout(self, found: ReadSamples, required: PackedSamples) -> bool:
        agreements = [
            self.same("the number of samples", found.size, required.size),
            self.same("the latent dimension", found.latent_dim, required.latent_dim),
            self.same("the number of concepts", found.concept_count, required.concept_count),
            self.same("latentExponent", found.latent_exponent, required.latent_exponent),
            self.same("slotBits", found.slot_bits, required.slot_bits),
            self.same("digitBits", found.digit_bits, required.digit_bits),
            self.same("blockRows", found.block_rows, required.block_rows),
            self.same("limbBits", found.limb_bits, required.limb_bits),
        ]
        for concept, (exponent, needed) in enumerate(
            zip(found.score_exponents, required.score_exponents, strict=False)
        ):
            agreements.append(self.same(f"scoreExponents[{concept}]", exponent, needed))
        agreements.append(self._count("scoreExponents", found.score_exponents, len(required.score_exponents)))
        return all(agreements)

    def _blocks(self, samples: ReadSamples, artifact: ProbeArtifact, rows: np.ndarray) -> None:
        """Decode the blocks, whose layout is known to be right, and compare every slot."""
        block_rows = samples.block_rows.value
        first_literals = tuple(limbs[0] for limbs in samples.blocks)
        self._count("blocks", first_literals, -(-len(rows) // block_rows))
        for number, limbs in enumerate(samples.blocks):
            block = rows[number * block_rows : (number + 1) * block_rows]
            if len(block):
                self._block(f"blocks[{number}]", limbs, samples, artifact, block)

    def _block(
        self,
        name: str,
        limbs: tuple[Literal[int], ...],
        samples: ReadSamples,
        artifact: ProbeArtifact,
        rows: np.ndarray,
    ) -> None:
        slots = [("latents", column, samples.latent_exponent.value) for column in range(samples.latent_dim.value)]
        slots += [("scores", column, exponent.value) for column, exponent in enumerate(samples.score_exponents)]
        slot_bits, limb_bits = samples.slot_bits.value, samples.limb_bits.value
        block_bits = slot_bits * len(slots) * len(rows)
        for position, limb in enumerate(limbs):
            if position * limb_bits >= block_bits:
                self.differ(limb.place, name, "a literal more", f"{position} of them")
                return
            if limb.value.bit_length() > limb_bits:
                self.differ(limb.place, name, f"a literal of {limb.value.bit_length()} bits", f"at most {limb_bits}")
                return
        packed = sum(limb.value << (limb_bits * position) for position, limb in enumerate(limbs))
        offset = 2 ** (samples.digit_bits.value - 1)
        for position, row in enumerate(rows):
            for slot, (array, column, exponent) in enumerate(slots):
                start = slot_bits * (len(slots) * position + slot)
                digit = (packed >> start) & ((1 << slot_bits) - 1)
                # Leading zeros, and literals made of them, need not be written.
                place = limbs[min(start // limb_bits, len(limbs) - 1)].place
                value = _fraction(getattr(artifact, array)[row, column])
                self.same(f"{array}[{row}, {column}]", Literal(Fraction(digit - offset, 2**exponent), place), value)
        if packed >> block_bits:
            self.differ(limbs[-1].place, name, "digits after the last row", "none")

    def _names(self, export: ReadExport, artifact: ProbeArtifact) -> None:
        required = artifact.concept_names
        in_parts = [concept.name for concept in export.concepts]
        in_root = [concept.name for concept in export.real_concepts]
        for found in (in_parts, in_root):
            for literal, name in zip(found, required, strict=False):
                self.same("the concept's name", literal, name)
            if len(found) != len(required):
                self.differ(Place(export.root, 1, 1), "the concepts", f"{len(found)}", f"{len(required)}")

    def _concept(self, concept: ReadConcept, column: int, artifact: ProbeArtifact, certificate: Certificate) -> None:
        name, rows = artifact.concept_names[column], certificate.rows
        *weights, bias = (_fraction(value) for value in artifact.weights[:, column])
        self.same(f"{name}: the latent dimension", concept.latent_dim, len(weights))
        self._count(f"{name}: w", concept.weights, len(weights))
        for index, (literal, weight) in enumerate(zip(concept.weights, weights, strict=False)):
            self.same(f"{name}: w[{index}]", literal, weight)
        self.same(f"{name}: b", concept.bias, bias)
        for size in concept.sizes:
            self.same(f"{name}: the number of samples", size, len(rows))
        for score_column in concept.columns:
            self.same(f"{name}: the score column", score_column, column)
        for exponent in concept.weight_exponents:
            self.same(f"{name}: the weight exponent", exponent, certificate.concepts[column].weight_exponent)
        residuals = [abs(_residual(artifact.latents[row], artifact.scores[row, column], weights, bias)) for row in rows]
        delta = max(residuals)
        self.same(f"{name}: δ", concept.delta, delta)
        for sample in concept.worst_samples:
            self.same(f"{name}: the sample that attains δ", sample, residuals.index(delta))

    def _real_concept(self, concept: ReadRealConcept, column: int, name: str, samples: PackedSamples) -> None:
        for latent_dim in concept.latent_dims:
            self.same(f"{name}: the latent dimension", latent_dim, samples.latent_dim)
        self.same(f"{name}: the length of the column", concept.augmented_dim, samples.latent_dim + 1)
        self.same(f"{name}: the number of samples", concept.size, samples.size)
        for score_column in concept.columns:
            self.same(f"{name}: the score column", score_column, column)

    def _count(self, what: str, literals: tuple[Literal[object], ...], required: int) -> bool:
        if len(literals) == required:
            return True
        self.differ(literals[-1].place, what, f"{len(literals)} of them", str(required))
        return False


def _fraction(value: np.generic) -> Fraction:
    return Fraction(*value.item().as_integer_ratio())


def _residual(latent: np.ndarray, score: np.generic, weights: list[Fraction], bias: Fraction) -> Fraction:
    products = (weight * _fraction(coordinate) for weight, coordinate in zip(weights, latent, strict=True))
    return _fraction(score) - (sum(products, Fraction(0)) + bias)
