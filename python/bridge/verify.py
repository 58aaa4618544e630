"""Compares exported Lean files with the artifact, number by number, without Lean.

Every comparison is between exact rationals, and δ is computed anew with `Fraction`s alone, so that this shares no
arithmetic with the export.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from bridge.artifact import ProbeArtifact, StoredArtifact
from bridge.certificate import Coverage, listed_rows
from bridge.errors import InputError
from bridge.readback import Literal, MismatchError, Place, ReadConcept, ReadExport, ReadSamples, read_export


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
        differences: all disagreements found, in the order of the files.
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
        self.differences.append(Difference(literal.place, what, str(literal.value), str(required)))
        return False

    def run(self, export: ReadExport, stored: StoredArtifact) -> None:
        artifact = stored.artifact
        for digest in export.artifact_sha256:
            self.same("the artifact's SHA-256", digest, stored.sha256)
        rows = self._rows(export, artifact)
        if rows is None:
            return
        if self._samples(export.samples, artifact, rows):
            self._names(export, artifact)
            for column, concept in enumerate(export.concepts[: len(artifact.concept_names)]):
                self._concept(concept, column, artifact, rows)

    def _rows(self, export: ReadExport, artifact: ProbeArtifact) -> np.ndarray | None:
        first = export.coverage[0]
        for coverage in export.coverage[1:]:
            self.same("the listed part", coverage, first.value)
        try:
            return listed_rows(artifact, Coverage(first.value))
        except ValueError:
            self.same("the listed part", first, " or ".join(Coverage))
        except InputError as error:
            self.differences.append(Difference(first.place, "the listed part", first.value, str(error)))
        return None

    def _samples(self, samples: ReadSamples, artifact: ProbeArtifact, rows: np.ndarray) -> bool:
        latents, scores = artifact.latents[rows], artifact.scores[rows]
        shapes_agree = all(
            [
                self.same("the number of samples", samples.size, len(rows)),
                self.same("the latent dimension", samples.latent_dim, latents.shape[1]),
                self.same("the number of concepts", samples.concept_count, scores.shape[1]),
            ]
        )
        if not shapes_agree:
            return False
        if len(samples.score_exponents) != scores.shape[1]:
            self.differences.append(
                Difference(
                    samples.latent_exponent.place,
                    "scoreExponents",
                    f"{len(samples.score_exponents)} of them",
                    f"{scores.shape[1]}",
                )
            )
            return False
        exponents = [samples.latent_exponent.value] * latents.shape[1]
        exponents += [exponent.value for exponent in samples.score_exponents]
        for row, (place, entries) in enumerate(_decoded_rows(samples)):
            if row == len(rows):
                self.differences.append(
                    Difference(place, "blocks", "more rows", f"{len(rows)} rows and nothing after them")
                )
                return False
            for column, (entry, exponent) in enumerate(zip(entries, exponents, strict=True)):
                is_latent = column < latents.shape[1]
                value = latents[row, column] if is_latent else scores[row, column - latents.shape[1]]
                name = f"latents[{rows[row]}, {column}]"
                if not is_latent:
                    name = f"scores[{rows[row]}, {column - latents.shape[1]}]"
                self.same(name, Literal(Fraction(entry, 2**exponent), place), _fraction(value))
        if row + 1 != len(rows):
            self.differences.append(Difference(samples.size.place, "blocks", f"{row + 1} rows", f"{len(rows)} rows"))
            return False
        return True

    def _names(self, export: ReadExport, artifact: ProbeArtifact) -> None:
        for concept, name in zip(export.concepts, artifact.concept_names, strict=False):
            self.same("the concept's name", concept.name, name)
        if len(export.concepts) != len(artifact.concept_names):
            start = Place(export.root, 1, 1)
            found, required = len(export.concepts), len(artifact.concept_names)
            self.differences.append(Difference(start, "the concepts", f"{found}", f"{required}"))

    def _concept(self, concept: ReadConcept, column: int, artifact: ProbeArtifact, rows: np.ndarray) -> None:
        name = artifact.concept_names[column]
        *weights, bias = (_fraction(value) for value in artifact.weights[:, column])
        self.same(f"{name}: the latent dimension", concept.latent_dim, len(weights))
        if len(concept.weights) != len(weights):
            found = f"{len(concept.weights)} of them"
            self.differences.append(Difference(concept.weights[0].place, f"{name}: w", found, str(len(weights))))
        for index, (literal, weight) in enumerate(zip(concept.weights, weights, strict=False)):
            self.same(f"{name}: w[{index}]", literal, weight)
        self.same(f"{name}: b", concept.bias, bias)
        for literal_size in concept.sizes:
            self.same(f"{name}: the number of samples", literal_size, len(rows))
        for literal_column in concept.columns:
            self.same(f"{name}: the score column", literal_column, column)
        residuals = [abs(_residual(artifact.latents[row], artifact.scores[row, column], weights, bias)) for row in rows]
        delta = max(residuals)
        self.same(f"{name}: δ", concept.delta, delta)
        for sample in concept.worst_samples:
            if not (sample.value < len(rows) and residuals[sample.value] == delta):
                self.same(f"{name}: the sample that attains δ", sample, residuals.index(delta))
        first = concept.weight_exponents[0]
        for exponent in concept.weight_exponents:
            self.same(f"{name}: the weight exponent", exponent, first.value)
        for index, weight in enumerate(weights):
            if (2**first.value) % weight.denominator:
                what = f"{name}: the weight exponent"
                required = f"one that makes w[{index}] an integer"
                self.differences.append(Difference(first.place, what, str(first.value), required))


def _fraction(value: np.generic) -> Fraction:
    return Fraction(*value.item().as_integer_ratio())


def _residual(latent: np.ndarray, score: np.generic, weights: list[Fraction], bias: Fraction) -> Fraction:
    products = (weight * _fraction(coordinate) for weight, coordinate in zip(weights, latent, strict=True))
    return _fraction(score) - (sum(products, Fraction(0)) + bias)


def _decoded_rows(samples: ReadSamples) -> Iterator[tuple[Place, list[int]]]:
    """The integers of each row, with the place of the literal that begins the row's block.

    A block that holds more than its rows, or digits beyond their width, yields what it holds: such rows differ from
    every artifact, since the surplus is added to the last one.
    """
    columns = samples.latent_dim.value + samples.concept_count.value
    slot_bits, offset = (
        samples.slot_bits.value,
        2 ** (samples.digit_bits.value - 1) if samples.digit_bits.value else 0,
    )
    remaining = samples.size.value
    for limbs in samples.blocks:
        block = sum(limb.value << (samples.limb_bits.value * position) for position, limb in enumerate(limbs))
        count = min(samples.block_rows.value, remaining)
        remaining -= count
        surplus = block >> (slot_bits * columns * count)
        for row in range(count):
            digits = [
                (block >> (slot_bits * (columns * row + column))) & ((1 << slot_bits) - 1) for column in range(columns)
            ]
            if surplus and row == count - 1:
                digits[-1] += surplus << slot_bits
            yield limbs[0].place, [digit - offset for digit in digits]
        if count == 0:
            yield limbs[0].place, []
