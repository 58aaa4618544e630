"""Compares the parts that exports of every artifact have with what they must say: samples, integers, ranges.

How many rows make a block, how wide the first literals of a column are and how many blocks a range has are the
export's choice, and no part of what it states: any that divide up the numbers will do.  Which columns are in a group is
not.  The packed numbers are not looked at before their layout agrees.
"""

import contextlib
from collections.abc import Sequence

import numpy as np

from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.record import SampleRecord
from bridge.base.errors import InputError
from bridge.base.workers import Workers
from bridge.check.comparison import Comparison
from bridge.check.computed import ComputedFunctional
from bridge.check.listed import Form, ListedSamples
from bridge.check.parts import ReadFiles, ReadShard
from bridge.check.ranges import RangeFile
from bridge.check.reader import Found, Literal
from bridge.check.shards import Layout, compare_shards, digits_of, joined_literals


def compare_options(comparison: Comparison, export: ReadFiles) -> Literal[str]:
    """Compare what the banners promise, which must all agree; the first of them is what counts."""
    first = export.options[0]
    for literal in export.options[1:]:
        if literal.value != first.value:
            comparison.differ(literal.place, "the options of the export", repr(literal.value), repr(first.value))
    return first


def compare_coverage(
    comparison: Comparison, export: ReadFiles, artifact: SampleRecord, *, calibration_first: bool = False
) -> np.ndarray | None:
    """(N,) positions of the samples of the part that the banner names, None where there are none."""
    first = export.coverage[0]
    comparison.all_same("the listed part", export.coverage[1:], first.value)
    if first.value in list(Coverage):
        with contextlib.suppress(InputError):
            rows = listed_rows(artifact, Coverage(first.value))
            # Those of the calibration part, and then the others, each in their order.
            parts = (rows[artifact.is_calibration[rows]], rows[~artifact.is_calibration[rows]])
            return np.concatenate(parts) if calibration_first else rows
    comparison.differ(first.place, "the listed part", first.value, f"one of {', '.join(Coverage)} that has samples")
    return None


def compare_samples(
    comparison: Comparison,
    export: ReadFiles,
    samples: ListedSamples,
    form: Form,
    widths: tuple[int, int | None],
    workers: Workers,
) -> None:
    """Compare the samples: their layout, and if that is right every digit.

    Args:
        comparison: what is found goes there.
        export: what was read.
        samples: what must be there.
        form: how they are integers.
        widths: how many bits a slot has to have at least, and how many the numbers have of which one is added up for
            each row of a block, None if nothing is.
        workers: who compares the shards.

    Raises:
        InputError: a file is another than it was when the export was read.
    """
    if not _layout(comparison, export.samples.numbers, samples, form, *widths):
        return
    block_rows, limb_bits = map(export.samples.numbers.value, ("block_rows", "limb_bits"))
    layout = Layout(
        export.root.stem, samples.size, samples.latent_dim, samples.score_columns, form, block_rows, limb_bits
    )
    compare_shards(comparison, export, samples, layout, workers)


def _layout(
    comparison: Comparison, numbers: Found, samples: ListedSamples, form: Form, slot_bits: int, widest: int | None
) -> bool:
    """Whether the packed numbers have the form in which their digits can be compared."""
    size, digit_bits, block_rows = samples.size, form.digit_bits, numbers.value("block_rows")
    slot_digits = -(-slot_bits // digit_bits)
    while widest is not None and not _sums_fit(slot_digits, digit_bits, block_rows, widest):
        slot_digits += 1
    exponents = numbers["score_exponents"]
    # Of digits that are whole hexadecimal ones, so are literals.
    unit = 1 if digit_bits % 4 else 4
    agreements = [
        comparison.same("the number of samples", numbers["size"][0], size),
        comparison.same("the latent dimension", numbers["latent_dim"][0], samples.latent_dim),
        comparison.same("the number of concepts", numbers["concept_count"][0], len(samples.score_columns)),
        comparison.same("latentExponent", numbers["latent_exponent"][0], form.latent_exponent),
        comparison.same("digitBits", numbers["digit_bits"][0], digit_bits),
        comparison.same("slotDigits", numbers["slot_digits"][0], slot_digits),
        comparison.one_of("blockRows", numbers["block_rows"][0], range(1, size + 1)),
        comparison.one_of("limbBits", numbers["limb_bits"][0], range(unit, digit_bits * block_rows + 1, unit)),
    ]
    agreements += [
        comparison.same(f"scoreExponents[{concept}]", exponent, required)
        for concept, (exponent, required) in enumerate(zip(exponents, form.score_exponents, strict=False))
    ]
    agreements.append(comparison.count("scoreExponents", exponents, len(form.score_exponents)))
    return all(agreements)


def _sums_fit(slot_digits: int, digit_bits: int, block_rows: int, summand_bits: int) -> bool:
    """Whether a sum over all slots of a block fits into one of them: there are so many for each digit of a slot."""
    slots = slot_digits * (1 + block_rows // slot_digits)
    return slots << summand_bits < (1 << slot_digits * digit_bits) - 1


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


def compare_holding(
    comparison: Comparison, what: str, file: RangeFile, shards: Sequence[ReadShard], columns: range
) -> None:
    """Compare the shards whose digits are seen in the file of a range with those that hold its columns, and no others.

    Args:
        comparison: what is found goes there.
        what: what differences call the range.
        file: what the file says.
        shards: all shards.
        columns: the packed columns of the blocks of the range.
    """
    holding = [shard for shard in shards if shard.columns.start < columns.stop and columns.start < shard.columns.stop]
    comparison.each_same(f"{what}: the shards", file.shards, [shard.number for shard in holding])
    held = range(holding[0].columns.start, holding[-1].columns.stop) if holding else range(0)
    if held != columns:
        found, required = (f"{each.start} to {each.stop - 1}" for each in (held, columns))
        comparison.differ(file.shards[0].place, f"{what}: the columns that its shards hold", found, required)


def compare_integers(comparison: Comparison, found: Found, required: ComputedFunctional, digit_bits: int) -> None:
    """Compare the integers of a concept, the digits of its weights if they have the form in which they can be."""
    name, weight_bits = required.name, required.weight_bits()
    bits = weight_bits * len(required.numerators)
    for hole, what, value in (
        ("denominator", "the denominator", required.denominator),
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
    packed = joined_literals(comparison, f"{name}: weights", literals, widths)
    if packed is None:
        return
    sign = 1 << (weight_bits - 1)
    comparison.compared += len(required.numerators)
    digits = digits_of(packed, weight_bits, len(required.numerators))
    for index, (digit, numerator) in enumerate(zip(digits, required.numerators, strict=True)):
        if digit != abs(numerator) + (sign if numerator < 0 else 0):
            stated = f"-{digit - sign}" if digit >= sign else str(digit)
            place = literals[index * weight_bits // literal_bits].place
            comparison.differ(place, f"{name}: weight {index} as an integer", stated, str(numerator))
