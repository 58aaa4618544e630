"""Compares a comparison of two artifacts with both, number by number, without Lean."""

from collections.abc import Sequence

from bridge.artifact.coverage import Coverage
from bridge.artifact.file import StoredArtifact, StoredClassifier
from bridge.artifact.pair import ClassifierPair, compared_rows, paired
from bridge.base.workers import Workers
from bridge.check.compare_parts import compare_coverage, compare_integers, compare_samples, follow_one_another
from bridge.check.comparison import Comparison
from bridge.check.computed import ComputedFunctional
from bridge.check.pairs.computed import ComputedComparison, ComputedPair, Matrix, computed_comparison
from bridge.check.pairs.readback import (
    ReadComparison,
    ReadDecisions,
    ReadDifference,
    ReadOne,
    ReadPairExport,
    ReadRange,
)
from bridge.check.parts import ReadMatrix
from bridge.check.reader import Found, Literal, Place


def compare_pair(
    comparison: Comparison,
    export: ReadPairExport,
    a: StoredArtifact | StoredClassifier,
    b: StoredArtifact | StoredClassifier,
    workers: Workers,
) -> None:
    """Compare what was read with what two artifacts require.

    Args:
        comparison: what is found goes there.
        export: what was read.
        a: the artifact that was compared.
        b: the one that it was compared with.
        workers: who goes through the samples and the shards.

    Raises:
        InputError: the two cannot be compared.
    """
    pair = paired(a.artifact, b.artifact)
    comparison.all_same("the SHA-256 of A", export.artifact_sha256, a.sha256)
    comparison.all_same("the SHA-256 of B", export.compared_sha256, b.sha256)
    if compare_coverage(comparison, export, pair.a) is None:
        return
    required = computed_comparison(pair, compared_rows(pair, Coverage(export.coverage[0].value)), workers)
    widths = (required.slot_bits(), 0 if isinstance(pair, ClassifierPair) else None)
    compare_samples(comparison, export, required.samples, required.form, widths, workers)
    work = _Work(comparison, required, max(1, export.samples.numbers.value("block_rows")))
    if isinstance(pair, ClassifierPair):
        _classifiers(work, export, pair)
        return
    names = pair.a.concept_names
    if len(export.comparisons) != len(names) or any(each.decisions is not None for each in export.comparisons):
        work.differ_in_kind(export, f"{len(names)} probes")
        return
    for number, (read, name) in enumerate(zip(export.comparisons, names, strict=True)):
        comparison.same("the concept's name", read.name, name)
        work.functionals(read, read.functionals[0], required.pairs[number])
        work.difference(read.differences[0], required.pairs[number])


def _classifiers(work: "_Work", export: ReadPairExport, pair: ClassifierPair) -> None:
    read = export.comparisons[0]
    if len(export.comparisons) != 1 or read.decisions is None:
        work.differ_in_kind(export, "classifiers")
        return
    comparison, required = work.comparison, work.required
    comparison.same("what labels are called", read.name, pair.a.label_name)
    comparison.each_same("class names", read.decisions.class_names, pair.a.class_names)
    if len(read.functionals) != len(required.pairs):
        return  # which has been said of their names
    for functionals, of_class in zip(read.functionals, required.pairs, strict=True):
        work.functionals(read, functionals, of_class)
    work.decisions(read.decisions)
    for number, of_class in enumerate(required.pairs):
        if (number in read.differences) != (of_class.difference is not None):
            found, wanted = ("a theorem", "none") if of_class.difference is None else ("none", "a theorem")
            comparison.differ(read.name.place, f"{of_class.name}: the difference", found, wanted)
        elif number in read.differences:
            work.difference(read.differences[number], of_class)


class _Work:
    """Compares parts with what is required."""

    def __init__(self, comparison: Comparison, required: ComputedComparison, block_rows: int) -> None:
        self.comparison = comparison
        self.required = required
        self._block_rows = block_rows
        self._size = required.samples.size
        self._block_count = -(-self._size // block_rows)
        # The zeros are behind the decisions of B, if there are any.
        self._zeros = len(required.samples.score_columns) - 1

    def differ_in_kind(self, export: ReadPairExport, required: str) -> None:
        """Say that something else is compared."""
        classes = any(each.decisions is not None for each in export.comparisons)
        found = "classifiers" if classes else f"{len(export.comparisons)} probes"
        self.comparison.differ(Place(export.root, 1, 1), "what is compared", found, required)

    def functionals(self, read: ReadComparison, found: tuple[ReadOne, ReadOne], required: ComputedPair) -> None:
        """Compare the functionals of A and B."""
        for of, one, functional in zip("AB", found, (required.a, required.b), strict=True):
            self._integers(one.integers, functional)
            self._shared(one.integers, functional.name)
            self._shared(one.functional, functional.name)
            is_constant = of in required.constant_in
            if one.is_constant != is_constant:
                kinds = {True: "a threshold", False: "weights"}
                what = f"{functional.name}: what {of} decides by"
                self.comparison.differ(read.name.place, what, kinds[one.is_constant], kinds[is_constant])
                continue
            if "weights" in one.functional:
                self.comparison.each_same(
                    f"{functional.name}: w of {of}", one.functional["weights"], functional.weights
                )
            bias = one.functional["threshold" if is_constant else "bias"]
            self.comparison.all_same(f"{functional.name}: b of {of}", bias, functional.bias)

    def difference(self, read: ReadDifference, pair: ComputedPair) -> None:
        """Compare how far two functionals are from each other."""
        required = pair.difference
        assert required is not None
        name = required.name
        self._integers(read.integers, required)
        for found in (read.found, read.whole.found):
            self._shared(found, name)
            self.comparison.all_same(f"{name}: the sample that attains ε", found["worst_sample"], required.worst_sample)
        self.comparison.all_same(f"{name}: ε", read.found["epsilon"], required.epsilon)
        self.comparison.all_same(f"{name}: the place of the sample that attains ε", read.found["place"], 0)
        self._whole(read.whole, name)
        self.comparison.all_same(f"{name}: how many such samples are named", read.whole.found["attaining"], 1)
        for each, rows in self._ranges(read.ranges, name):
            self._shared(each.found, name)
            self.comparison.all_same(
                f"{name}: {each.theorem}: the sample", each.found["worst_sample"], required.worst_sample
            )
            attaining = int(required.worst_sample in range(self._size)[rows])
            self.comparison.all_same(f"{name}: {each.theorem}: how many attain ε", each.found["attaining"], attaining)

    def decisions(self, read: ReadDecisions) -> None:
        """Compare the matrices, and how many decisions differ."""
        matrix = self.required.matrix()
        self._shared(read.found, "decisions")
        self._matrix("matrix", read.matrix, matrix)
        self._matrix(read.of_b.theorem, read.of_b.matrix, self.required.own_matrix())
        agreeing = sum(row[number] for number, row in enumerate(matrix))
        self.comparison.all_same("decisions that differ", read.found["differing"], self._size - agreeing)
        for whole, ranges, counted in (
            (read.of_a, read.ranges_of_a, self.required.matrix),
            (read.of_b, read.ranges_of_b, self.required.own_matrix),
        ):
            self._shared(whole.found, whole.theorem)
            self._whole(whole, whole.theorem)
            for each, rows in self._ranges(ranges, whole.theorem):
                self._shared(each.found, each.theorem)
                self._matrix(each.theorem, each.matrix, counted(rows))

    def _ranges(self, ranges: Sequence[ReadRange], name: str) -> list[tuple[ReadRange, slice]]:
        """Ranges with their rows, none if they do not follow one another."""
        numbers = [(each.theorem, each.found) for each in ranges]
        if not ranges or not follow_one_another(self.comparison, numbers, name, self._block_count):
            return []
        with_rows = []
        for each in ranges:
            first, count = map(each.found.value, ("first_block", "block_count"))
            with_rows.append((each, slice(first * self._block_rows, (first + count) * self._block_rows)))
        return with_rows

    def _whole(self, read: ReadRange, name: str) -> None:
        self.comparison.all_same(f"{name}: the first block", read.found["first_block"], 0)
        self.comparison.all_same(f"{name}: the number of blocks", read.found["block_count"], self._block_count)

    def _integers(self, found: Found, required: ComputedFunctional) -> None:
        compare_integers(self.comparison, found, required, self.required.form.digit_bits)

    def _matrix(self, what: str, found: ReadMatrix, required: Matrix) -> None:
        lasts: list[Literal[int]] = [row[-1] for row in found]
        if self.comparison.count(what, lasts, len(required)):
            for number, (row, counts) in enumerate(zip(found, required, strict=True)):
                self.comparison.each_same(f"{what}[{number}]", row, counts)

    def _shared(self, found: Found, name: str) -> None:
        """Compare the numbers that many theorems have, wherever they are."""
        for hole, what, value in (
            ("latent_dim", "the latent dimension", self.required.samples.latent_dim),
            ("size", "the number of samples", self._size),
            ("labels", "the column of decisions", 0),
            ("zeros", "the column of zeros", self._zeros),
            ("class_count", "the number of classes", len(self.required.pairs)),
        ):
            self.comparison.all_same(f"{name}: {what}", found.get(hole, ()), value)
