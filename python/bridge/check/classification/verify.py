"""Compares the export of a classifier with the artifact, number by number, without Lean."""

from collections.abc import Mapping

from bridge.artifact.coverage import Coverage
from bridge.artifact.file import StoredClassifier
from bridge.base.workers import Workers
from bridge.check.classification.claims import CLASSIFIER_TWINS, asked_in
from bridge.check.classification.claims.decided import compare_decisions, compare_range, range_theorem
from bridge.check.classification.computed import ComputedClassifier, computed_classifier, listed_samples
from bridge.check.classification.readback import ReadClass, ReadClassifierExport
from bridge.check.compare_parts import (
    compare_coverage,
    compare_holding,
    compare_integers,
    compare_options,
    compare_samples,
    follow_one_another,
)
from bridge.check.comparison import Comparison
from bridge.check.computed import ComputedFunctional
from bridge.check.listed import ListedSamples
from bridge.check.reader import Found, Place


def compare_classifier(
    comparison: Comparison, export: ReadClassifierExport, stored: StoredClassifier, workers: Workers
) -> None:
    """Compare an export that has been read back with the artifact it should have been made from."""
    artifact = stored.artifact
    comparison.all_same("the artifact's SHA-256", export.artifact_sha256, stored.sha256)
    rows = compare_coverage(comparison, export, artifact)
    if rows is None:
        return
    asked = _asked(comparison, export)
    samples = listed_samples(artifact, rows)
    block_rows = max(1, export.samples.numbers.value("block_rows"))
    boundaries = {of.found.value("first_block") * block_rows for of in export.classifier.decisions.ranges}
    form, required = computed_classifier(artifact, samples, boundaries, workers)
    compare_samples(comparison, export, samples, form, (required.slot_bits(form.digit_bits), 0), workers)
    comparison.all_same("what the labels are called", (export.classifier.name, export.real_name), required.name)
    _classifier(comparison, export, required, (samples, form.digit_bits), asked, block_rows)
    _shared(comparison, export.real, required, samples, block_rows)
    if ("threshold" in export.real) != (required.threshold is not None):
        _what_decides(comparison, export.real_name.place, required)


def _asked(comparison: Comparison, export: ReadClassifierExport) -> Mapping[str, str]:
    """What the banners promise, by the names of twins, with the values of options."""
    first, coverage = compare_options(comparison, export), Coverage(export.coverage[0].value)
    asked = asked_in(first.value)
    for twin in CLASSIFIER_TWINS:
        if twin.name in asked and (refusal := twin.refusal(asked[twin.name], coverage)) is not None:
            comparison.differ(first.place, *refusal)
            del asked[twin.name]
    return asked


def _classifier(
    comparison: Comparison,
    export: ReadClassifierExport,
    required: ComputedClassifier,
    listed: tuple[ListedSamples, int],
    asked: Mapping[str, str],
    block_rows: int,
) -> None:
    read, shards, (samples, digit_bits) = export.classifier, export.samples.shards, listed
    comparison.each_same(f"{required.name}: class names", read.class_names, required.class_names)
    if read.is_binary != (required.threshold is not None):
        _what_decides(comparison, read.name.place, required)
    for of_class, functional in zip(read.classes, required.functionals, strict=False):
        _class(comparison, of_class, functional, digit_bits)
        _shared(comparison, of_class.integers, required, samples, block_rows)
        _shared(comparison, of_class.functional, required, samples, block_rows)
    if len(read.classes) != required.class_count:
        return  # which has been said of their names
    decisions, block_count = read.decisions, -(-samples.size // block_rows)
    for found in (decisions.found, decisions.whole):
        _shared(comparison, found, required, samples, block_rows)
    compare_decisions(comparison, decisions, required)
    for twin in CLASSIFIER_TWINS:
        if twin.name in read.claims:
            _shared(comparison, read.claims[twin.name], required, samples, block_rows)
            if twin.name in asked:
                twin.compare(comparison, read.claims[twin.name], required, asked[twin.name], read.name.place)
    ranges = [(range_theorem(index), of_range.found) for index, of_range in enumerate(decisions.ranges)]
    if ranges and follow_one_another(comparison, ranges, required.name, block_count):
        for (theorem, found), of_range in zip(ranges, decisions.ranges, strict=True):
            what, (first, count) = f"{required.name}: {theorem}", map(found.value, ("first_block", "block_count"))
            comparison.all_same(f"{what}: the label column", found["column"], 0)
            columns = range(first * (samples.latent_dim + 1), (first + count) * (samples.latent_dim + 1))
            compare_holding(comparison, what, of_range.file, shards, columns)
            rows = range(first * block_rows, (first + count) * block_rows)
            compare_range(comparison, what, of_range, required, rows)


def _what_decides(comparison: Comparison, place: Place, required: ComputedClassifier) -> None:
    """Say that a binary probe is stated as a classifier of several functionals, or the other way round."""
    threshold, weights = "a threshold", "weights of all classes"
    found, wanted = (threshold, weights) if required.threshold is None else (weights, threshold)
    comparison.differ(place, f"{required.name}: what decides", found, wanted)


def _class(comparison: Comparison, read: ReadClass, required: ComputedFunctional, digit_bits: int) -> None:
    compare_integers(comparison, read.integers, required, digit_bits)
    functional, name = read.functional, required.name
    if "weights" in functional:
        comparison.each_same(f"{name}: w", functional["weights"], required.weights)
    comparison.all_same(f"{name}: b", functional["threshold" if read.is_constant else "bias"], required.bias)


def _shared(
    comparison: Comparison, found: Found, required: ComputedClassifier, samples: ListedSamples, block_rows: int
) -> None:
    """Compare the numbers that many theorems have, wherever they are."""
    for hole, what, value in (
        ("latent_dim", "the latent dimension", samples.latent_dim),
        ("size", "the number of samples", samples.size),
        ("column", "the label column", 0),
        ("class_count", "the number of classes", required.class_count),
        ("block_count", "the number of blocks", -(-samples.size // block_rows)),
        ("threshold", "the threshold", required.threshold),
    ):
        comparison.all_same(f"{required.name}: {what}", found.get(hole, ()), value)
