"""Compares exported Lean files with the artifact, number by number, without Lean.

Whatever is claimed is compared with the artifact itself: the floats are made integers here, δ, the exponents and the
widths of digits and slots are computed anew (`bridge.check.computed`), and the packed numbers are taken apart digit by
digit (`bridge.check.compare_parts`), all with Python's integers alone, so that this shares no arithmetic with the
export.  What is special to classifiers is in `bridge.check.classification`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridge.artifact.file import StoredArtifact, StoredClassifier
from bridge.artifact.record import ProbeArtifact
from bridge.check.any_export import read_any_export
from bridge.check.claims import TWINS, asked_in, sup_error
from bridge.check.classification.readback import ReadClassifierExport
from bridge.check.classification.verify import compare_classifier
from bridge.check.compare_parts import (
    compare_coverage,
    compare_integers,
    compare_options,
    compare_samples,
    follow_one_another,
)
from bridge.check.comparison import Comparison, Difference
from bridge.check.computed import Computed, ListedSamples, computed, listed_samples
from bridge.check.pairs.readback import ReadPairExport
from bridge.check.pairs.verify import compare_pair
from bridge.check.readback import ReadConcept, ReadExport, ReadRealConcept
from bridge.check.reader import Found, MismatchError, Place


@dataclass(frozen=True)
class Verification:
    """The outcome of a comparison.

    Attributes:
        differences: all disagreements found.
        compared: how many literals were compared.
        sources: SHA-256 in hexadecimal of every file that was read, by module; none if the text is no export's.
    """

    differences: tuple[Difference, ...]
    compared: int
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return not self.differences

    def record(self) -> dict[str, object]:
        """The outcome as one JSON-like record."""
        return {
            "matches": self.ok,
            "compared": self.compared,
            "differences": [difference.record() for difference in self.differences],
            "sources": dict(self.sources),
        }


AnyStored = StoredArtifact | StoredClassifier


def verify(root: Path, stored: AnyStored, compared_with: AnyStored | None = None) -> Verification:
    """Compare an export with the artifact it should have been made from.

    Args:
        root: the root file, such as `lean/Generated.lean`.
        stored: the artifact and its file's SHA-256.
        compared_with: the other one, if the export compares two.

    Raises:
        InputError: a file is missing or unreadable.
    """
    try:
        export = read_any_export(root)
    except MismatchError as error:
        return no_export(error)
    return compare(export, stored, compared_with)


def no_export(error: MismatchError) -> Verification:
    """The outcome for a text that no export has."""
    return Verification((Difference(error.place, "the text", error.found, error.required),), 0)


def compare(
    export: ReadExport | ReadClassifierExport | ReadPairExport,
    stored: AnyStored,
    compared_with: AnyStored | None = None,
) -> Verification:
    """Compare an export that has been read back with the artifact, or the two, that it should have been made from.

    Raises:
        InputError: there are two, and they cannot be compared.
    """
    comparison = Comparison()
    if isinstance(export, ReadPairExport) and compared_with is not None:
        compare_pair(comparison, export, stored, compared_with)
    elif compared_with is not None or isinstance(export, ReadPairExport):
        kinds = {True: "a comparison", False: "one artifact"}
        is_pair = isinstance(export, ReadPairExport)
        comparison.differ(Place(export.root, 1, 1), "what is exported", kinds[is_pair], kinds[not is_pair])
    elif isinstance(export, ReadExport) and isinstance(stored, StoredArtifact):
        _compare(comparison, export, stored)
    elif isinstance(export, ReadClassifierExport) and isinstance(stored, StoredClassifier):
        compare_classifier(comparison, export, stored)
    else:
        kinds = {True: "probes of scores", False: "a classifier"}
        found, required = isinstance(export, ReadExport), isinstance(stored, StoredArtifact)
        comparison.differ(Place(export.root, 1, 1), "what is exported", kinds[found], kinds[required])
    return Verification(tuple(comparison.differences), comparison.compared, export.sources)


# The words of the banner after `--over` that ask for claims, by the names of the twins, with the values of options.
_Asked = Mapping[str, str]


def _compare(comparison: Comparison, export: ReadExport, stored: StoredArtifact) -> None:
    artifact = stored.artifact
    comparison.all_same("the artifact's SHA-256", export.artifact_sha256, stored.sha256)
    asked = _asked(comparison, export)
    calibration_first = any(twin.calibration_first for twin in TWINS if twin.name in asked)
    rows = compare_coverage(comparison, export, artifact, calibration_first=calibration_first)
    if rows is None:
        return
    samples = listed_samples(artifact, rows)
    required = [computed(artifact, samples, column) for column in range(len(samples.scores))]
    digit_bits = samples.digit_bits()
    summand_bits = [twin.summand_bits(claims) for twin in TWINS if twin.name in asked for claims in required]
    compare_samples(
        comparison,
        export.samples,
        samples,
        max(claims.slot_bits(digit_bits) for claims in required),
        max(summand_bits, default=None),
    )
    _names(comparison, export, artifact.concept_names)
    block_rows = max(1, export.samples.numbers.value("block_rows"))
    for concept, claims in zip(export.concepts, required, strict=False):
        _concept(comparison, concept, claims, samples, artifact, asked, block_rows)
    for real_concept, claims in zip(export.real_concepts, required, strict=False):
        _real_concept(comparison, real_concept, claims, samples, artifact, asked)


def _asked(comparison: Comparison, export: ReadExport) -> _Asked:
    """What the banners promise, which must all agree; that of its file says how a concept is read."""
    first = compare_options(comparison, export)
    asked = asked_in(first.value)
    for twin in TWINS:
        if twin.name in asked and (refusal := twin.refusal(asked[twin.name])) is not None:
            comparison.differ(first.place, *refusal)
            del asked[twin.name]
    return asked


def _names(comparison: Comparison, export: ReadExport, required: Sequence[str]) -> None:
    in_parts = [concept.name for concept in export.concepts]
    in_root = [concept.name for concept in export.real_concepts]
    for found in (in_parts, in_root):
        for literal, name in zip(found, required, strict=False):
            comparison.same("the concept's name", literal, name)
        if len(found) != len(required):
            comparison.differ(Place(export.root, 1, 1), "the concepts", f"{len(found)}", f"{len(required)}")


def _concept(
    comparison: Comparison,
    concept: ReadConcept,
    required: Computed,
    samples: ListedSamples,
    artifact: ProbeArtifact,
    asked: _Asked,
    block_rows: int,
) -> None:
    functional, name, block_count = concept.functional, required.name, -(-len(samples.rows) // block_rows)
    compare_integers(comparison, concept.integers, required, samples.digit_bits())
    _shared(comparison, functional, required, samples)
    if "weights" in functional:
        comparison.each_same(f"{name}: w", functional["weights"], required.weights)
    comparison.all_same(f"{name}: b", functional["bias"], required.bias)
    _shared(comparison, concept.sup_error, required, samples)
    comparison.all_same(f"{name}: the number of blocks", concept.sup_error["block_count"], block_count)
    sup_error.compare(comparison, concept.sup_error, required)
    place = 1
    for twin in TWINS:
        if twin.name in concept.claims:
            _shared(comparison, concept.claims[twin.name], required, samples)
            comparison.all_same(f"{name}: where its totals begin", concept.claims[twin.name]["place"], place)
            place += len(twin.totals)
            if twin.name in asked:
                twin.compare(comparison, concept.claims[twin.name], required, artifact, asked[twin.name])
    ranges = [(sup_error.range_theorem(index), read.found) for index, read in enumerate(concept.ranges)]
    if ranges and follow_one_another(comparison, ranges, name, block_count):
        _range_totals(comparison, concept, required, artifact, asked, block_rows)


def _range_totals(
    comparison: Comparison,
    concept: ReadConcept,
    required: Computed,
    artifact: ProbeArtifact,
    asked: _Asked,
    block_rows: int,
) -> None:
    """Compare the totals of each range, added up anew over its samples; all else must be as it is for all blocks."""
    twins = [twin for twin in TWINS if twin.name in asked and twin.name in concept.claims]
    claims = [(concept.sup_error, [read.found for read in concept.ranges], sup_error.summands(required))]
    for twin in twins:
        found = [read.totals[twin.name] for read in concept.ranges]
        claims.append((concept.claims[twin.name], found, twin.summands(required, artifact, asked[twin.name])))
    for whole, found, summands in claims:
        for index, (read, total) in enumerate(zip(concept.ranges, found, strict=True)):
            first, count = (read.found.value(hole) for hole in ("first_block", "block_count"))
            rows = slice(first * block_rows, (first + count) * block_rows)
            for hole, literals in total.items():
                if hole in ("first_block", "block_count"):
                    continue
                value = sum(summands[hole][rows]) if hole in summands else whole.value(hole)
                what = f"{required.name}: {sup_error.range_theorem(index)}: {hole.replace('_', ' ')}"
                comparison.all_same(what, literals, value)


def _real_concept(
    comparison: Comparison,
    concept: ReadRealConcept,
    required: Computed,
    samples: ListedSamples,
    artifact: ProbeArtifact,
    asked: _Asked,
) -> None:
    _shared(comparison, concept.numbers, required, samples)
    stated = {True: "a theorem", False: "none"}
    for twin in TWINS:
        found, is_required = concept.claims.get(twin.name), twin.name in asked and twin.is_stated(required)
        if found is not None:
            _shared(comparison, found, required, samples)
        if (found is not None) != is_required:
            what = f"{required.name}: {twin.what} over the real numbers"
            comparison.differ(concept.name.place, what, stated[found is not None], stated[is_required])
        elif found is not None:
            twin.compare_real(comparison, found, required, artifact, asked[twin.name])


def _shared(comparison: Comparison, found: Found, required: Computed, samples: ListedSamples) -> None:
    """Compare the numbers that many theorems have, wherever they are."""
    dim = len(samples.latents)
    for hole, what, value in (
        ("latent_dim", "the latent dimension", dim),
        ("augmented_dim", "the length of the column", dim + 1),
        ("size", "the number of samples", len(samples.rows)),
        ("column", "the score column", required.column),
    ):
        comparison.all_same(f"{required.name}: {what}", found.get(hole, ()), value)
