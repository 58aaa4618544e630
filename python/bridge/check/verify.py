"""Compares exported Lean files with the artifact, number by number, without Lean.

Whatever is claimed is compared with the artifact itself: the floats are made integers here, δ, the exponents and the
widths of digits and slots are computed anew (`bridge.check.computed`), and the packed numbers are taken apart digit by
digit, all with Python's integers alone, so that this shares no arithmetic with the export.  How many rows make a block,
how wide the first literals of a column are and how many blocks a range has are the export's choice, and no part of what
it states: any that divide up the numbers will do.  Which columns are in a group is not.  The packed numbers are not
looked at before their layout agrees.
"""

import contextlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.file import StoredArtifact
from bridge.artifact.record import ProbeArtifact
from bridge.base.errors import InputError
from bridge.base.words import counted
from bridge.check.claims import TWINS, asked_in, sup_error
from bridge.check.comparison import Comparison, Difference
from bridge.check.computed import Column, Computed, ListedSamples, computed, listed_samples
from bridge.check.readback import (
    ReadColumn,
    ReadConcept,
    ReadExport,
    ReadGroup,
    ReadRealConcept,
    ReadSamples,
    read_export,
)
from bridge.check.reader import Found, Literal, MismatchError, Place


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
    comparison = Comparison()
    _compare(comparison, export, stored)
    return Verification(tuple(comparison.differences), comparison.compared, export.sources)


# The words of the banner after `--over` that ask for claims, by the names of the twins, with the values of options.
_Asked = Mapping[str, str]


def _compare(comparison: Comparison, export: ReadExport, stored: StoredArtifact) -> None:
    artifact = stored.artifact
    comparison.all_same("the artifact's SHA-256", export.artifact_sha256, stored.sha256)
    asked = _asked(comparison, export)
    calibration_first = any(twin.calibration_first for twin in TWINS if twin.name in asked)
    rows = _rows(comparison, export, artifact, calibration_first=calibration_first)
    if rows is None:
        return
    samples = listed_samples(artifact, rows)
    required = [computed(artifact, samples, column) for column in range(len(samples.scores))]
    if _layout(comparison, export.samples, samples, required, asked):
        _columns(comparison, export.samples, samples)
    _names(comparison, export, artifact.concept_names)
    block_rows = max(1, export.samples.numbers.value("block_rows"))
    for concept, claims in zip(export.concepts, required, strict=False):
        _concept(comparison, concept, claims, samples, artifact, asked, block_rows)
    for real_concept, claims in zip(export.real_concepts, required, strict=False):
        _real_concept(comparison, real_concept, claims, samples, artifact, asked)


def _asked(comparison: Comparison, export: ReadExport) -> _Asked:
    """What the banners promise, which must all agree; that of its file says how a concept is read."""
    first = export.options[0]
    for literal in export.options[1:]:
        if literal.value != first.value:
            comparison.differ(literal.place, "the options of the export", repr(literal.value), repr(first.value))
    asked = asked_in(first.value)
    for twin in TWINS:
        if twin.name in asked and (refusal := twin.refusal(asked[twin.name])) is not None:
            comparison.differ(first.place, *refusal)
            del asked[twin.name]
    return asked


def _rows(
    comparison: Comparison, export: ReadExport, artifact: ProbeArtifact, *, calibration_first: bool
) -> list[int] | None:
    """The samples of the part that the banner names, None where there are none."""
    first = export.coverage[0]
    comparison.all_same("the listed part", export.coverage[1:], first.value)
    if first.value in list(Coverage):
        with contextlib.suppress(InputError):
            rows = [int(row) for row in listed_rows(artifact, Coverage(first.value))]
            return sorted(rows, key=lambda row: not artifact.is_calibration[row]) if calibration_first else rows
    comparison.differ(first.place, "the listed part", first.value, f"one of {', '.join(Coverage)} that has samples")
    return None


def _layout(
    comparison: Comparison, found: ReadSamples, samples: ListedSamples, required: Sequence[Computed], asked: _Asked
) -> bool:
    """Whether the packed numbers have the form in which their digits can be compared."""
    numbers = found.numbers
    size, digit_bits, block_rows = len(samples.rows), samples.digit_bits(), numbers.value("block_rows")
    slot_digits = max(-(-claims.slot_bits(digit_bits) // digit_bits) for claims in required)
    widest = max(
        (twin.summand_bits(claims) for twin in TWINS if twin.name in asked for claims in required), default=None
    )
    while widest is not None and not _sums_fit(slot_digits, digit_bits, block_rows, widest):
        slot_digits += 1
    exponents = numbers["score_exponents"]
    agreements = [
        comparison.same("the number of samples", numbers["size"][0], size),
        comparison.same("the latent dimension", numbers["latent_dim"][0], len(samples.latents)),
        comparison.same("the number of concepts", numbers["concept_count"][0], len(samples.scores)),
        comparison.same("latentExponent", numbers["latent_exponent"][0], samples.latents[0].exponent),
        comparison.same("digitBits", numbers["digit_bits"][0], digit_bits),
        comparison.same("slotDigits", numbers["slot_digits"][0], slot_digits),
        comparison.one_of("blockRows", numbers["block_rows"][0], range(1, size + 1)),
        comparison.one_of("limbBits", numbers["limb_bits"][0], range(4, digit_bits * block_rows + 1, 4)),
    ]
    agreements += [
        comparison.same(f"scoreExponents[{concept}]", exponent, scores.exponent)
        for concept, (exponent, scores) in enumerate(zip(exponents, samples.scores, strict=False))
    ]
    agreements.append(comparison.count("scoreExponents", exponents, len(samples.scores)))
    return all(agreements)


def _sums_fit(slot_digits: int, digit_bits: int, block_rows: int, summand_bits: int) -> bool:
    """Whether a sum over all slots of a block fits into one of them: there are so many for each digit of a slot."""
    slots = slot_digits * (1 + block_rows // slot_digits)
    return slots << summand_bits < (1 << slot_digits * digit_bits) - 1


def _columns(comparison: Comparison, found: ReadSamples, samples: ListedSamples) -> None:
    """Take the columns apart, whose layout is known to be right, and compare every digit."""
    required = [*samples.latents, *samples.scores]
    block_count = -(-len(samples.rows) // found.numbers.value("block_rows"))
    _groups(comparison, found.groups, len(samples.latents), len(samples.scores))
    columns = [column for group in found.groups for column in group]
    comparison.count("columns", [literals[0] for literals in columns], block_count * len(required))
    for number, literals in enumerate(columns[: block_count * len(required)]):
        block, position = divmod(number, len(required))
        _column(comparison, f"columns[{number}]", literals, found, block, required[position], samples.rows)


def _groups(comparison: Comparison, groups: Sequence[ReadGroup], latent_dim: int, score_count: int) -> None:
    """Compare how many columns each group has: in every block eight while there are as many latents, and then one."""
    sizes = [8] * (latent_dim // 8) + [1] * (latent_dim % 8 + score_count)
    for number, (group, size) in enumerate(zip(groups, itertools.cycle(sizes), strict=False)):
        if len(group) != size:
            comparison.differ(
                group[0][0].place, f"groups[{number}]", *(counted(each, "column") for each in (len(group), size))
            )


def _column(
    comparison: Comparison,
    name: str,
    literals: ReadColumn,
    found: ReadSamples,
    block: int,
    required: Column,
    rows: Sequence[int],
) -> None:
    """Put a column together from its literals, and compare its digits with the entries of the rows of its block."""
    digit_bits, block_rows, limb_bits = map(found.numbers.value, ("digit_bits", "block_rows", "limb_bits"))
    bits, last = digit_bits * block_rows, len(literals) - 1
    # The last literal has all that is left.
    rest = [max(0, bits - number * limb_bits) for number in range(len(literals))]
    widths = [*(min(limb_bits, bits_left) for bits_left in rest[:last]), rest[last]]
    text = _joined(comparison, name, literals, widths)
    if text is None:
        return
    digits = [digit - (1 << (digit_bits - 1)) for digit in _digits(text, digit_bits)]
    first = block * block_rows
    entries = required.integers[first : first + block_rows]
    # The last block is filled up with copies of the last sample.
    entries += required.integers[-1:] * (block_rows - len(entries))
    comparison.compared += block_rows
    if digits == entries:
        return
    for row, (digit, entry) in enumerate(zip(digits, entries, strict=True), start=first):
        if digit != entry:
            what = f"{required.array}[{rows[min(row, len(rows) - 1)]}, {required.index}]"
            if row >= len(rows):
                what += f" in the padding row {row}"
            place = literals[min((row - first) * digit_bits // limb_bits, last)].place
            comparison.differ(place, what, str(required.fraction(digit)), str(required.fraction(entry)))


def _joined(comparison: Comparison, name: str, literals: Sequence[Literal[int]], widths: Sequence[int]) -> str | None:
    """A number in hexadecimal, put together from literals of so many bits; None if one has more."""
    texts = []
    for literal, width in zip(literals, widths, strict=True):
        if literal.value.bit_length() > width:
            comparison.differ(
                literal.place, name, f"a literal of {literal.value.bit_length()} bits", f"at most {width}"
            )
            return None
        texts.append(f"{literal.value:0{width // 4}x}" if width else "")
    # Every width is a multiple of four bits: in hexadecimal the literals, side by side, are the number.
    return "".join(reversed(texts))


def _digits(text: str, digit_bits: int) -> list[int]:
    """The digits of so many bits, lowest first, of a number in hexadecimal."""
    length = digit_bits // 4
    return [int(text[end - length : end], 16) for end in range(len(text), 0, -length)]


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
    _integers(comparison, concept.integers, required, samples.digit_bits())
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
    if concept.ranges and _follow_one_another(comparison, concept, name, block_count):
        _range_totals(comparison, concept, required, artifact, asked, block_rows)


def _follow_one_another(comparison: Comparison, concept: ReadConcept, name: str, block_count: int) -> bool:
    """Whether the ranges of a concept are all blocks, one after the other."""
    first, agreements = 0, []
    for index, read in enumerate(concept.ranges):
        what, count = f"{name}: {sup_error.range_theorem(index)}", read.found["block_count"][0]
        agreements += [
            comparison.same(f"{what}: the first block", read.found["first_block"][0], first),
            comparison.one_of(f"{what}: the number of blocks", count, range(1, block_count - first + 1)),
        ]
        first = read.found.value("first_block") + count.value
    if all(agreements) and first != block_count:
        comparison.differ(count.place, f"{name}: the blocks of all ranges", str(first), str(block_count))
    return all(agreements) and first == block_count


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


def _integers(comparison: Comparison, found: Found, required: Computed, digit_bits: int) -> None:
    """Compare the integers of a concept, the digits of its weights if they have the form in which they can be."""
    name, weight_bits = required.name, required.weight_bits()
    bits = weight_bits * len(required.numerators)
    for hole, what, value in (
        ("denominator", "the denominator", 1 << required.weight_exponent),
        ("bias", "the bias as an integer", required.constant),
        ("sup", "δ as an integer", required.sup),
        ("score_low", "the least score as an integer", required.score_low(digit_bits)),
        ("score_span", "the span of the scores as integers", required.score_span),
    ):
        comparison.same(f"{name}: {what}", found[hole][0], value)
    agreements = [
        comparison.same(f"{name}: magnitudeBits", found["magnitude_bits"][0], required.magnitude_bits()),
        comparison.same(f"{name}: weightBits", found["weight_bits"][0], weight_bits),
        comparison.one_of(f"{name}: literalBits", found["literal_bits"][0], range(4, bits + 1, 4)),
    ]
    if not all(agreements):
        return
    literals, literal_bits = found["literals"], found.value("literal_bits")
    widths = [min(literal_bits, bits - first) for first in range(0, bits, literal_bits)]
    if not comparison.count(f"{name}: weights", literals, len(widths)):
        return
    text = _joined(comparison, f"{name}: weights", literals, widths)
    if text is None:
        return
    sign = 1 << (weight_bits - 1)
    comparison.compared += len(required.numerators)
    for index, (digit, numerator) in enumerate(zip(_digits(text, weight_bits), required.numerators, strict=True)):
        if digit != abs(numerator) + (sign if numerator < 0 else 0):
            stated = f"-{digit - sign}" if digit >= sign else str(digit)
            place = literals[index * weight_bits // literal_bits].place
            comparison.differ(place, f"{name}: weight {index} as an integer", stated, str(numerator))


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
