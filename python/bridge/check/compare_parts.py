"""Compares the parts that exports of every artifact have with what they must say: samples, integers, ranges.

How many rows make a block, how wide the first literals of a column are and how many blocks a range has are the
export's choice, and no part of what it states: any that divide up the numbers will do.  Which columns are in a group is
not.  The packed numbers are not looked at before their layout agrees.
"""

import contextlib
import itertools
from collections.abc import Sequence

from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.record import SampleRecord
from bridge.base.errors import InputError
from bridge.base.words import counted
from bridge.check.comparison import Comparison
from bridge.check.computed import Column, ComputedFunctional, ListedSamples
from bridge.check.parts import ReadColumn, ReadFiles, ReadGroup, ReadSamples
from bridge.check.reader import Found, Literal


def compare_options(comparison: Comparison, export: ReadFiles) -> Literal[str]:
    """Compare what the banners promise, which must all agree; the first of them is what counts."""
    first = export.options[0]
    for literal in export.options[1:]:
        if literal.value != first.value:
            comparison.differ(literal.place, "the options of the export", repr(literal.value), repr(first.value))
    return first


def compare_coverage(
    comparison: Comparison, export: ReadFiles, artifact: SampleRecord, *, calibration_first: bool = False
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


def compare_samples(
    comparison: Comparison, found: ReadSamples, samples: ListedSamples, slot_bits: int, summand_bits: int | None
) -> None:
    """Compare the samples: their layout, and if that is right every digit.

    Args:
        comparison: what is found goes there.
        found: what was read.
        samples: what must be there.
        slot_bits: how many bits a slot has to have at least.
        summand_bits: how many bits the numbers have of which one is added up for each row of a block, None if nothing
            is.
    """
    if _layout(comparison, found, samples, slot_bits, summand_bits):
        _columns(comparison, found, samples)


def _layout(
    comparison: Comparison, found: ReadSamples, samples: ListedSamples, slot_bits: int, widest: int | None
) -> bool:
    """Whether the packed numbers have the form in which their digits can be compared."""
    numbers = found.numbers
    size, digit_bits, block_rows = len(samples.rows), samples.digit_bits(), numbers.value("block_rows")
    slot_digits = -(-slot_bits // digit_bits)
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


def follow_one_another(
    comparison: Comparison, ranges: Sequence[tuple[str, Found]], name: str, block_count: int
) -> bool:
    """Whether ranges, of each of which the theorem and what it says were read, are all blocks, one after the other."""
    first, agreements = 0, []
    for theorem, found in ranges:
        what, count = f"{name}: {theorem}", found["block_count"][0]
        agreements += [
            comparison.same(f"{what}: the first block", found["first_block"][0], first),
            comparison.one_of(f"{what}: the number of blocks", count, range(1, block_count - first + 1)),
        ]
        first = found.value("first_block") + count.value
    if all(agreements) and first != block_count:
        comparison.differ(count.place, f"{name}: the blocks of all ranges", str(first), str(block_count))
    return all(agreements) and first == block_count


def compare_integers(comparison: Comparison, found: Found, required: ComputedFunctional, digit_bits: int) -> None:
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
