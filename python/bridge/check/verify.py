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
from bridge.artifact.pixels import Pixels
from bridge.artifact.record import ProbeArtifact
from bridge.base.errors import InputError
from bridge.base.workers import HERE, Workers
from bridge.check.any_export import read_any_export
from bridge.check.claims import TWINS, asked_in, sup_error
from bridge.check.classification.readback import ReadClassifierExport
from bridge.check.classification.verify import compare_classifier
from bridge.check.compare_parts import (
    compare_coverage,
    compare_holding,
    compare_integers,
    compare_options,
    compare_samples,
    follow_one_another,
)
from bridge.check.comparison import Comparison, Difference
from bridge.check.computed import Computed, Order, computed, listed_samples
from bridge.check.listed import ListedSamples
from bridge.check.pairs.readback import ReadPairExport
from bridge.check.pairs.verify import compare_pair
from bridge.check.parts import ReadShard
from bridge.check.pixels.computed import computed_pixels
from bridge.check.pixels.origin import Origin
from bridge.check.pixels.readback import ReadPixels
from bridge.check.pixels.verify import compare_pixels, compare_real_pixels
from bridge.check.readback import ReadConcept, ReadExport, ReadRealConcept
from bridge.check.reader import Found, MismatchError, Place
from bridge.check.totals import Totals, totals_of


@dataclass(frozen=True)
class Verification:
    """The outcome of a comparison.

    Attributes:
        differences: all disagreements found.
        compared: how many literals were compared.
        sources: SHA-256 in hexadecimal of every file that was read, by module; none if the text is no export's.
        origin: of an export from pixels, what its images and layers were compared with.
    """

    differences: tuple[Difference, ...]
    compared: int
    sources: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = None

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
            **({} if self.origin is None else {"pixels": self.origin.record()}),
        }


AnyStored = StoredArtifact | StoredClassifier


def verify(
    root: Path,
    stored: AnyStored,
    compared_with: AnyStored | None = None,
    workers: Workers = HERE,
    origin: Origin | None = None,
) -> Verification:
    """Compare an export with the artifact it should have been made from.

    Args:
        root: the root file, such as `lean/Generated.lean`.
        stored: the artifact and its file's SHA-256.
        compared_with: the other one, if the export compares two.
        workers: who goes through the samples and the shards.
        origin: of an export from pixels, the encoder's file and the data set that it is compared with.

    Raises:
        InputError: a file is missing or unreadable.
    """
    try:
        export = read_any_export(root)
    except MismatchError as error:
        return no_export(error)
    return compare(export, stored, compared_with, workers, origin)


def no_export(error: MismatchError) -> Verification:
    """The outcome for a text that no export has."""
    return Verification((Difference(error.place, "the text", error.found, error.required),), 0)


def compare(
    export: ReadExport | ReadClassifierExport | ReadPairExport,
    stored: AnyStored,
    compared_with: AnyStored | None = None,
    workers: Workers = HERE,
    origin: Origin | None = None,
) -> Verification:
    """Compare an export that has been read back with the artifact, or the two, that it should have been made from.

    Raises:
        InputError: there are two, and they cannot be compared, or a file is another than it was when it was read, or
            an export that is not from pixels is to be compared with images or layers.
    """
    comparison = Comparison()
    pixels = export.pixels if isinstance(export, ReadExport) else None
    if origin is not None and pixels is None:
        raise InputError(
            f"{export.root} is about latents, and says nothing of images and their encoder; an export from pixels is "
            "required to compare it with a model and images; leave them out, or export with --from-pixels"
        )
    if isinstance(export, ReadPairExport) and compared_with is not None:
        compare_pair(comparison, export, stored, compared_with, workers)
    elif compared_with is not None or isinstance(export, ReadPairExport):
        kinds = {True: "a comparison", False: "one artifact"}
        is_pair = isinstance(export, ReadPairExport)
        comparison.differ(Place(export.root, 1, 1), "what is exported", kinds[is_pair], kinds[not is_pair])
    elif isinstance(export, ReadExport) and isinstance(stored, StoredArtifact):
        _compare(comparison, export, stored, workers, origin)
    elif isinstance(export, ReadClassifierExport) and isinstance(stored, StoredClassifier):
        compare_classifier(comparison, export, stored, workers)
    else:
        kinds = {True: "probes of scores", False: "a classifier"}
        found, required = isinstance(export, ReadExport), isinstance(stored, StoredArtifact)
        comparison.differ(Place(export.root, 1, 1), "what is exported", kinds[found], kinds[required])
    source = None if pixels is None else (origin or Origin())
    return Verification(tuple(comparison.differences), comparison.compared, export.sources, source)


# The words of the banner after `--over` that ask for claims, by the names of the twins, with the values of options.
_Asked = Mapping[str, str]


@dataclass(frozen=True)
class _Required:
    """What must be stated.

    Attributes:
        asked: what the banners ask for.
        samples: the listed samples.
        concepts: of each concept.
        totals: of ranges of blocks.
        shards: where the packed columns stand.
        block_rows: how many rows a block has.
    """

    asked: _Asked
    samples: ListedSamples
    concepts: Sequence[Computed]
    totals: Totals
    shards: Sequence[ReadShard]
    block_rows: int

    @property
    def block_count(self) -> int:
        """How many blocks there are."""
        return -(-self.samples.size // self.block_rows)

    def rows(self, found: Found) -> range:
        """The listed samples in a range of blocks."""
        return range(*(block * self.block_rows for block in _blocks(found)))

    def columns(self, found: Found) -> range:
        """The packed columns of a range of blocks."""
        count = self.samples.latent_dim + len(self.samples.score_columns)
        return range(*(block * count for block in _blocks(found)))


def _compare(
    comparison: Comparison, export: ReadExport, stored: StoredArtifact, workers: Workers, origin: Origin | None
) -> None:
    artifact = stored.artifact
    comparison.all_same("the artifact's SHA-256", export.artifact_sha256, stored.sha256)
    asked = _asked(comparison, export)
    twins = [twin for twin in TWINS if twin.name in asked]
    rows = compare_coverage(
        comparison, export, artifact, calibration_first=any(twin.calibration_first for twin in twins)
    )
    if rows is None:
        return
    samples = listed_samples(artifact, rows)
    orders = _orders(export, asked, len(artifact.concept_names), samples.size, int(artifact.is_calibration.sum()))
    form, concepts = computed(artifact, samples, orders, workers)
    summand_bits = [twin.summand_bits(claims) for twin in twins for claims in concepts]
    slot_bits = max(claims.slot_bits(form.digit_bits) for claims in concepts)
    compare_samples(comparison, export, samples, form, (slot_bits, max(summand_bits, default=None)), workers)
    _names(comparison, export, artifact.concept_names)
    block_rows = max(1, export.samples.numbers.value("block_rows"))
    totals = totals_of(
        samples,
        form,
        artifact.weights,
        concepts,
        [(twin, asked[twin.name]) for twin in twins],
        {read.found.value("first_block") * block_rows for concept in export.concepts for read in concept.ranges},
        workers,
    )
    required = _Required(asked, samples, concepts, totals, export.samples.shards, block_rows)
    for concept, claims in zip(export.concepts, concepts, strict=False):
        _concept(comparison, concept, claims, required, form.digit_bits)
    for real_concept, claims in zip(export.real_concepts, concepts, strict=False):
        _real_concept(comparison, real_concept, claims, required)
    if export.pixels is not None:
        pixels = _pixels(comparison, export, export.pixels, artifact, origin)
        if pixels is not None:
            of_images = computed_pixels(pixels, samples, form, concepts)
            compare_pixels(comparison, export, export.pixels, of_images, workers)
            for real_concept, each in zip(export.real_concepts, of_images.concepts, strict=False):
                assert real_concept.pixels is not None, "the banner of the root file says so for all of them"
                compare_real_pixels(comparison, real_concept.pixels, each, of_images, real_concept.name.place)


def _pixels(
    comparison: Comparison, export: ReadExport, read: ReadPixels, artifact: ProbeArtifact, origin: Origin | None
) -> Pixels | None:
    """The images of the artifact's samples and their encoder, None if the artifact has none."""
    if artifact.pixels is None:
        found, required = "images and their encoder", "what an artifact without them has"
        comparison.differ(read.images["count"][0].place, "what is exported", found, required)
        return None
    if origin is None:
        return artifact.pixels
    return origin.pixels(comparison, artifact.pixels, artifact.sample_indices, export.artifact_sha256[0].place)


def _orders(export: ReadExport, asked: _Asked, count: int, size: int, calibration_size: int) -> list[list[Order]]:
    """The residuals of some rank that each of so many concepts has claims about, with what is stated."""
    orders: list[list[Order]] = []
    for number in range(count):
        claims = export.concepts[number].claims if number < len(export.concepts) else {}
        orders.append([])
        for twin in TWINS:
            order = twin.order(size, calibration_size, asked[twin.name]) if twin.name in asked else None
            if order is not None:
                among, rank, hole = order
                stated = claims[twin.name].value(hole) if twin.name in claims else None
                orders[-1].append(Order(twin.name, among, rank, stated))
    return orders


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
    comparison: Comparison, concept: ReadConcept, required: Computed, of_all: _Required, digit_bits: int
) -> None:
    functional, name, block_count = concept.functional, required.name, of_all.block_count
    compare_integers(comparison, concept.integers, required, digit_bits)
    _shared(comparison, functional, required, of_all.samples)
    if "weights" in functional:
        comparison.each_same(f"{name}: w", functional["weights"], required.weights)
    comparison.all_same(f"{name}: b", functional["bias"], required.bias)
    _shared(comparison, concept.sup_error, required, of_all.samples)
    comparison.all_same(f"{name}: the number of blocks", concept.sup_error["block_count"], block_count)
    sup_error.compare(comparison, concept.sup_error, required)
    place = 1
    for twin in TWINS:
        if twin.name in concept.claims:
            found = concept.claims[twin.name]
            _shared(comparison, found, required, of_all.samples)
            comparison.all_same(f"{name}: where its totals begin", found["place"], place)
            place += len(twin.totals)
            if twin.name in of_all.asked:
                totals = of_all.totals.of(twin.name, required.column)
                twin.compare(comparison, found, required, totals, of_all.asked[twin.name])
    ranges = [(sup_error.range_theorem(index), read.found) for index, read in enumerate(concept.ranges)]
    if ranges and follow_one_another(comparison, ranges, name, block_count):
        for index, read in enumerate(concept.ranges):
            what = f"{name}: {sup_error.range_theorem(index)}"
            compare_holding(comparison, what, read.file, of_all.shards, of_all.columns(read.found))
        _range_totals(comparison, concept, required, of_all)


def _range_totals(comparison: Comparison, concept: ReadConcept, required: Computed, of_all: _Required) -> None:
    """Compare the totals of each range, added up anew over its samples; all else must be as it is for all blocks."""
    names = [twin.name for twin in TWINS if twin.name in of_all.asked and twin.name in concept.claims]
    ranges = [(read, of_all.rows(read.found)) for read in concept.ranges]
    claims = [(concept.sup_error, [(read.found, sup_error.totals(required, rows)) for read, rows in ranges])]
    claims += [
        (
            concept.claims[name],
            [(read.totals[name], of_all.totals.of(name, required.column, rows)) for read, rows in ranges],
        )
        for name in names
    ]
    for whole, found in claims:
        for index, (stated, totals) in enumerate(found):
            for hole, literals in stated.items():
                if hole in ("first_block", "block_count"):
                    continue
                value = totals[hole] if hole in totals else whole.value(hole)
                what = f"{required.name}: {sup_error.range_theorem(index)}: {hole.replace('_', ' ')}"
                comparison.all_same(what, literals, value)


def _blocks(found: Found) -> tuple[int, int]:
    """The first block of a range, and the one behind it."""
    first, count = map(found.value, ("first_block", "block_count"))
    return first, first + count


def _real_concept(comparison: Comparison, concept: ReadRealConcept, required: Computed, of_all: _Required) -> None:
    _shared(comparison, concept.numbers, required, of_all.samples)
    stated = {True: "a theorem", False: "none"}
    for twin in TWINS:
        found, is_required = concept.claims.get(twin.name), twin.name in of_all.asked and twin.is_stated(required)
        if found is not None:
            _shared(comparison, found, required, of_all.samples)
        if (found is not None) != is_required:
            what = f"{required.name}: {twin.what} over the real numbers"
            comparison.differ(concept.name.place, what, stated[found is not None], stated[is_required])
        elif found is not None:
            twin.compare_real(comparison, found, required, of_all.asked[twin.name])


def _shared(comparison: Comparison, found: Found, required: Computed, samples: ListedSamples) -> None:
    """Compare the numbers that many theorems have, wherever they are."""
    dim = samples.latent_dim
    for hole, what, value in (
        ("latent_dim", "the latent dimension", dim),
        ("augmented_dim", "the length of the column", dim + 1),
        ("size", "the number of samples", samples.size),
        ("column", "the score column", required.column),
    ):
        comparison.all_same(f"{required.name}: {what}", found.get(hole, ()), value)
