"""Compares exported Lean files with the artifact, number by number, without Lean.

Whatever is claimed is compared with the artifact itself: the floats are made integers here, δ, the exponents and the
widths of digits and slots are computed anew from these, and the packed numbers are taken apart digit by digit, all with
Python's integers alone, so that this shares no arithmetic with the export.  How many rows make a block and how wide a
literal is are the export's choice, and no part of what it states: any that divide up the numbers will do.  The packed
numbers are not looked at before their layout agrees.
"""

import contextlib
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.file import StoredArtifact
from bridge.artifact.record import ProbeArtifact
from bridge.base.errors import InputError
from bridge.check.readback import (
    Literal,
    MismatchError,
    Place,
    ReadConcept,
    ReadDetermination,
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

    def record(self) -> dict[str, object]:
        """The difference as one JSON-like record."""
        return {"place": str(self.place), "what": self.what, "found": self.found, "required": self.required}


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
        return no_export(error)
    return compare(export, stored)


def no_export(error: MismatchError) -> Verification:
    """The outcome for a text that no export has."""
    return Verification((Difference(error.place, "the text", error.found, error.required),), 0)


def compare(export: ReadExport, stored: StoredArtifact) -> Verification:
    """Compare an export that has been read back with the artifact it should have been made from."""
    comparison = _Comparison()
    comparison.run(export, stored)
    return Verification(tuple(comparison.differences), comparison.compared, export.sources)


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

    def one_of(self, what: str, literal: Literal[int], allowed: range) -> bool:
        """Record a difference unless the literal has one of the allowed values."""
        self.compared += 1
        if literal.value in allowed:
            return True
        self.differ(literal.place, what, str(literal.value), f"a multiple of {allowed.step}, below {allowed.stop}")
        return False

    def differ(self, place: Place, what: str, found: str, required: str) -> None:
        """Record a difference."""
        self.differences.append(Difference(place, what, found, required))

    def run(self, export: ReadExport, stored: StoredArtifact) -> None:
        artifact = stored.artifact
        for digest in export.artifact_sha256:
            self.same("the artifact's SHA-256", digest, stored.sha256)
        options = self._options(export)
        rows = self._rows(export, artifact, options)
        if rows is None:
            return
        samples = _listed_samples(artifact, rows)
        claims = [_claim(artifact.weights[:, column], samples, column) for column in range(len(samples.scores))]
        if self._layout(export.samples, samples, claims, options):
            self._columns(export.samples, samples)
        self._names(export, artifact.concept_names)
        for column, concept in enumerate(export.concepts[: len(claims)]):
            self._concept(concept, artifact.concept_names[column], column, claims[column], samples)
            self._quantile(concept, artifact, column, claims[column], options)
        for column, real_concept in enumerate(export.real_concepts[: len(claims)]):
            self._real_concept(real_concept, artifact.concept_names[column], column, samples)
            self._real_extras(real_concept, artifact, column, samples, options)

    def _rows(self, export: ReadExport, artifact: ProbeArtifact, options: "_Options") -> list[int] | None:
        """The samples of the part that the banner names, None where there are none."""
        first = export.coverage[0]
        for coverage in export.coverage[1:]:
            self.same("the listed part", coverage, first.value)
        if first.value in list(Coverage):
            with contextlib.suppress(InputError):
                rows = [int(row) for row in listed_rows(artifact, Coverage(first.value))]
                return rows if options.alpha is None else sorted(rows, key=lambda row: not artifact.is_calibration[row])
        self.differ(first.place, "the listed part", first.value, f"one of {', '.join(Coverage)} that has samples")
        return None

    def _options(self, export: ReadExport) -> "_Options":
        """What the banner promises; all banners must agree, and all concepts must keep the promises."""
        first = export.options[0].value
        for literal in export.options[1:]:
            if literal.value != first:
                self.differ(literal.place, "the options of the export", repr(literal.value), repr(first))
        words = first.split()
        alpha = Fraction(words[-1]) if "--alpha" in words else None
        if alpha is not None and not 0 < alpha < 1:
            self.differ(export.options[0].place, "α", str(alpha), "a level between 0 and 1")
            alpha = None
        options = _Options("--r2" in words, alpha)
        for concept in export.concepts:
            for what, promised, kept in (
                ("R²", options.with_r_squared, concept.determination is not None),
                ("δα", options.alpha is not None, concept.quantile is not None),
            ):
                if promised != kept:
                    found, required = (f"no {what}", what) if promised else (what, f"no {what}")
                    self.differ(concept.name.place, f"{concept.name.value}: what is proved", found, required)
        return options

    def _layout(self, found: ReadSamples, samples: "_Samples", claims: Sequence["_Claim"], options: "_Options") -> bool:
        """Whether the packed numbers have the form in which their digits can be compared."""
        size, digit_bits, block_rows = len(samples.rows), samples.digit_bits(), found.block_rows.value
        slot_digits = max(-(-claim.slot_bits(digit_bits) // digit_bits) for claim in claims)
        # What is added up over a block must fit into a slot: numbers of rows, residuals plus δ, and digits.
        widest = max(digit_bits, *((2 * claim.sup).bit_length() for claim in claims)) if options.with_r_squared else 0
        while options.adds_up and block_rows * 2**widest >= 2 ** (slot_digits * digit_bits) - 1:
            slot_digits += 1
        # Every digit of a slot must have a row.  Where it had none at the least width, a wider one was chosen.
        dividing = (width for width in range(slot_digits, 2 * slot_digits + 2) if block_rows % width == 0)
        if found.slot_digits.value == next(dividing, None):
            slot_digits = found.slot_digits.value
        agreements = [
            self.same("the number of samples", found.size, size),
            self.same("the latent dimension", found.latent_dim, len(samples.latents)),
            self.same("the number of concepts", found.concept_count, len(samples.scores)),
            self.same("latentExponent", found.latent_exponent, samples.latents[0].exponent),
            self.same("digitBits", found.digit_bits, digit_bits),
            self.same("slotDigits", found.slot_digits, slot_digits),
            self.one_of("blockRows", found.block_rows, range(slot_digits, size + slot_digits, slot_digits)),
            self.one_of("limbBits", found.limb_bits, range(4, digit_bits * block_rows + 1, 4)),
        ]
        agreements += [
            self.same(f"scoreExponents[{concept}]", exponent, scores.exponent)
            for concept, (exponent, scores) in enumerate(zip(found.score_exponents, samples.scores, strict=False))
        ]
        agreements.append(self._count("scoreExponents", found.score_exponents, len(samples.scores)))
        return all(agreements)

    def _columns(self, found: ReadSamples, samples: "_Samples") -> None:
        """Take the columns apart, whose layout is known to be right, and compare every digit."""
        required = [*samples.latents, *samples.scores]
        block_count = -(-len(samples.rows) // found.block_rows.value)
        first_literals = tuple(literals[0] for literals in found.columns)
        self._count("columns", first_literals, block_count * len(required))
        for number, literals in enumerate(found.columns[: block_count * len(required)]):
            block, position = divmod(number, len(required))
            self._column(f"columns[{number}]", literals, found, block, required[position], samples.rows)

    def _column(
        self,
        name: str,
        literals: tuple[Literal[int], ...],
        found: ReadSamples,
        block: int,
        required: "_Column",
        rows: Sequence[int],
    ) -> None:
        """Put a column together from its literals, and compare its digits with the entries of the rows of its block."""
        digit_bits, block_rows, limb_bits = found.digit_bits.value, found.block_rows.value, found.limb_bits.value
        column_bits = digit_bits * block_rows
        if not self._count(name, literals, -(-column_bits // limb_bits)):
            return
        texts = []
        for position, literal in enumerate(literals):
            width = min(limb_bits, column_bits - position * limb_bits)
            if literal.value.bit_length() > width:
                self.differ(literal.place, name, f"a literal of {literal.value.bit_length()} bits", f"at most {width}")
                return
            texts.append(f"{literal.value:0{width // 4}x}")
        # Every width is a multiple of four bits: in hexadecimal the literals of a column, side by side, are its digits.
        text, length, offset = "".join(reversed(texts)), digit_bits // 4, 1 << (digit_bits - 1)
        digits = [int(text[end - length : end], 16) - offset for end in range(len(text), 0, -length)]
        first = block * block_rows
        entries = required.integers[first : first + block_rows]
        # The last block is filled up with copies of the last sample.
        entries += required.integers[-1:] * (block_rows - len(entries))
        self.compared += block_rows
        if digits == entries:
            return
        for row, (digit, entry) in enumerate(zip(digits, entries, strict=True), start=first):
            if digit != entry:
                what = f"{required.array}[{rows[min(row, len(rows) - 1)]}, {required.index}]"
                if row >= len(rows):
                    what += f" in the padding row {row}"
                place = literals[(row - first) * digit_bits // limb_bits].place
                self.differ(place, what, str(required.fraction(digit)), str(required.fraction(entry)))

    def _names(self, export: ReadExport, required: Sequence[str]) -> None:
        in_parts = [concept.name for concept in export.concepts]
        in_root = [concept.name for concept in export.real_concepts]
        for found in (in_parts, in_root):
            for literal, name in zip(found, required, strict=False):
                self.same("the concept's name", literal, name)
            if len(found) != len(required):
                self.differ(Place(export.root, 1, 1), "the concepts", f"{len(found)}", f"{len(required)}")

    def _concept(self, concept: ReadConcept, name: str, column: int, claim: "_Claim", samples: "_Samples") -> None:
        for latent_dim in concept.latent_dims:
            self.same(f"{name}: the latent dimension", latent_dim, len(samples.latents))
        for exponent in concept.common_exponents:
            self.same(f"{name}: the exponent of the weights", exponent, max(map(_exponent, claim.weights)))
        self._count(f"{name}: w", concept.weights, len(claim.weights))
        for index, (literal, weight) in enumerate(zip(concept.weights, claim.weights, strict=False)):
            self.same(f"{name}: w[{index}]", literal, weight)
        self.same(f"{name}: b", concept.bias, claim.bias)
        for size in concept.sizes:
            self.same(f"{name}: the number of samples", size, len(samples.rows))
        for score_column in concept.columns:
            self.same(f"{name}: the score column", score_column, column)
        for exponent in concept.weight_exponents:
            self.same(f"{name}: the weight exponent", exponent, claim.weight_exponent)
        self.same(f"{name}: δ", concept.delta, claim.delta)
        for sample in concept.worst_samples:
            self.same(f"{name}: the sample that attains δ", sample, claim.worst_sample)
        if concept.determination is not None:
            self._determination(concept.determination, name, claim, samples.scores[column])

    def _determination(self, found: ReadDetermination, name: str, claim: "_Claim", scores: "_Column") -> None:
        residual, total = claim.residual_sum_of_squares, scores.total_sum_of_squares()
        self.same(f"{name}: the residual sum of squares", found.residual_sum_of_squares, residual)
        self.same(f"{name}: the total sum of squares", found.total_sum_of_squares, total)
        if found.r_squared is not None and total != 0:
            self.same(f"{name}: R²", found.r_squared, 1 - residual / total)
        elif found.r_squared is not None or total != 0:
            stated, required = ("no R²", "R²") if total != 0 else ("R²", "none, for a constant score")
            self.differ(found.total_sum_of_squares.place, f"{name}: R²", stated, required)

    def _quantile(
        self, concept: ReadConcept, artifact: ProbeArtifact, column: int, claim: "_Claim", options: "_Options"
    ) -> None:
        found, alpha, name = concept.quantile, options.alpha, artifact.concept_names[column]
        if found is None or alpha is None:
            return
        size, rank = _calibration(artifact, alpha)
        self.same(f"{name}: α", found.alpha, alpha)
        for literal in found.sizes:
            self.same(f"{name}: the number of calibration samples", literal, size)
        for literal in found.ranks:
            self.same(f"{name}: the rank of δα", literal, rank)
        if not 1 <= rank <= size:
            self.differ(found.alpha.place, f"{name}: α", str(alpha), f"a level for which {size} samples are enough")
            return
        numerator = sorted(claim.sizes[:size])[rank - 1]
        self.same(f"{name}: δα", found.delta_alpha, Fraction(numerator, 1 << claim.product_exponent))

    def _real_concept(self, concept: ReadRealConcept, name: str, column: int, samples: "_Samples") -> None:
        for latent_dim in concept.latent_dims:
            self.same(f"{name}: the latent dimension", latent_dim, len(samples.latents))
        self.same(f"{name}: the length of the column", concept.augmented_dim, len(samples.latents) + 1)
        self.same(f"{name}: the number of samples", concept.size, len(samples.rows))
        for score_column in concept.columns:
            self.same(f"{name}: the score column", score_column, column)

    def _real_extras(
        self, concept: ReadRealConcept, artifact: ProbeArtifact, column: int, samples: "_Samples", options: "_Options"
    ) -> None:
        """Compare what is stated over the real numbers beside δ with what was asked for."""
        name = artifact.concept_names[column]
        has_r_squared = options.with_r_squared and samples.scores[column].total_sum_of_squares() != 0
        self._stated(concept, f"{name}: R² over the real numbers", concept.states_r_squared, has_r_squared)
        found, alpha = concept.quantile, options.alpha
        self._stated(concept, f"{name}: δα over the real numbers", found is not None, alpha is not None)
        if found is not None and alpha is not None:
            size, rank = _calibration(artifact, alpha)
            self.same(f"{name}: the number of calibration samples", found.size, size)
            self.same(f"{name}: the rank of δα", found.rank, rank)

    def _stated(self, concept: ReadRealConcept, what: str, found: bool, required: bool) -> None:
        if found != required:
            stated = {True: "a theorem", False: "none"}
            self.differ(concept.name.place, what, stated[found], stated[required])

    def _count(self, what: str, literals: tuple[Literal[object], ...], required: int) -> bool:
        if len(literals) == required:
            return True
        self.differ(literals[-1].place, what, f"{len(literals)} of them", str(required))
        return False


@dataclass(frozen=True)
class _Options:
    """What an export promises to prove beside δ: R², and a conformal bound at the level alpha."""

    with_r_squared: bool
    alpha: Fraction | None

    @property
    def adds_up(self) -> bool:
        """Whether Lean has to add up over the rows of a block."""
        return self.with_r_squared or self.alpha is not None


@dataclass(frozen=True)
class _Column:
    """One column of an array of the artifact, of the listed samples: integers over 2^exponent."""

    array: str
    index: int
    integers: list[int]
    exponent: int

    def fraction(self, integer: int) -> Fraction:
        """The number that an integer stands for."""
        return Fraction(integer, 1 << self.exponent)

    def total_sum_of_squares(self) -> Fraction:
        """The sum of the squared differences from the mean."""
        mean = Fraction(sum(self.integers), len(self.integers))
        squares = sum(integer * integer for integer in self.integers) - len(self.integers) * mean * mean
        return squares / (1 << (2 * self.exponent))

    def over(self, exponent: int) -> "_Column":
        """The same numbers over a larger power of two."""
        shift = exponent - self.exponent
        return _Column(self.array, self.index, [integer << shift for integer in self.integers], exponent)


@dataclass(frozen=True)
class _Samples:
    """The listed samples; all latent coordinates are over the same power of two."""

    rows: list[int]
    latents: list[_Column]
    scores: list[_Column]

    def digit_bits(self) -> int:
        """The least multiple of four for which every integer fits into a digit with an offset of half its range."""
        largest = max(max(map(abs, column.integers)) for column in (*self.latents, *self.scores))
        return -(-(largest.bit_length() + 1) // 4) * 4


@dataclass(frozen=True)
class _Claim:
    """What must be stated of one concept.

    Attributes:
        numerators: the factors of a sample's integers: the weights, and -1 for the score, all at one scale.
        constant: the bias at the scale of the products.
        sup: δ at the scale of the products.
        sizes: the absolute residuals of the listed samples at the scale of the products.
        product_exponent: the scale of the products is 2^product_exponent.
    """

    weights: list[Fraction]
    bias: Fraction
    delta: Fraction
    worst_sample: int
    residual_sum_of_squares: Fraction
    weight_exponent: int
    numerators: list[int]
    constant: int
    sup: int
    sizes: list[int]
    product_exponent: int

    def slot_bits(self, digit_bits: int) -> int:
        """The least width of a slot in which neither side of the comparison, with δ added, can reach the highest bit.

        A side is the sum of the digits times the factors of one sign; the offset of the digits that have factors of the
        other sign and the bias of its own sign are added to it.
        """
        positive = sum(n for n in self.numerators if n > 0)
        negative = -sum(n for n in self.numerators if n < 0)
        largest, offset = (1 << digit_bits) - 1, 1 << (digit_bits - 1)
        left = largest * positive + offset * negative + max(self.constant, 0)
        right = largest * negative + offset * positive + max(-self.constant, 0)
        return (max(left, right) + self.sup).bit_length() + 1


def _calibration(artifact: ProbeArtifact, alpha: Fraction) -> tuple[int, int]:
    """How many calibration samples there are, and the rank among them of a conformal bound at the level alpha."""
    size = int(artifact.is_calibration.sum())
    return size, -int((size + 1) * (alpha - 1) // 1)


def _listed_samples(artifact: ProbeArtifact, rows: list[int]) -> _Samples:
    latents, scores = (
        [_column(name, index, values) for index, values in enumerate(getattr(artifact, name)[rows].T)]
        for name in ("latents", "scores")
    )
    common = max(column.exponent for column in latents)
    return _Samples(rows, [column.over(common) for column in latents], scores)


def _column(array: str, index: int, values: np.ndarray) -> _Column:
    ratios = [value.as_integer_ratio() for value in values.tolist()]
    exponent = max(denominator for _, denominator in ratios).bit_length() - 1
    integers = [numerator << (exponent + 1 - denominator.bit_length()) for numerator, denominator in ratios]
    return _Column(array, index, integers, exponent)


def _claim(values: np.ndarray, samples: _Samples, column: int) -> _Claim:
    """Compute the residuals, the score minus `w · z + b`, and what is claimed of them.

    Args:
        values: (d + 1,) weights of a concept, the bias last.
        samples: the listed samples.
        column: the column of the concept's scores.
    """
    *weights, bias = (Fraction(*value.as_integer_ratio()) for value in values.tolist())
    scores, latent_exponent = samples.scores[column], samples.latents[0].exponent
    # Products of a weight and a coordinate, the bias and the scores must all be integers over one power of two.
    weight_exponent = max(*map(_exponent, weights), max(_exponent(bias), scores.exponent) - latent_exponent)
    product_exponent = latent_exponent + weight_exponent
    numerators = [_numerator(weight, weight_exponent) for weight in weights]
    numerators.append(-1 << (product_exponent - scores.exponent))
    constant = _numerator(bias, product_exponent)
    rows = zip(*(latents.integers for latents in samples.latents), scores.integers, strict=True)
    sizes = [abs(sum(map(operator.mul, row, numerators)) + constant) for row in rows]
    sup = max(sizes)
    return _Claim(
        weights=weights,
        bias=bias,
        delta=Fraction(sup, 1 << product_exponent),
        worst_sample=sizes.index(sup),
        residual_sum_of_squares=Fraction(sum(size * size for size in sizes), 1 << (2 * product_exponent)),
        weight_exponent=weight_exponent,
        numerators=numerators,
        constant=constant,
        sup=sup,
        sizes=sizes,
        product_exponent=product_exponent,
    )


def _exponent(value: Fraction) -> int:
    return value.denominator.bit_length() - 1


def _numerator(value: Fraction, exponent: int) -> int:
    return value.numerator << (exponent - _exponent(value))
