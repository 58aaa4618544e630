"""How packed columns and concepts are divided among Lean files, and the blocks of a concept among declarations.

So Lean spends only so long on each file, and takes only so much memory for each declaration.
"""

import bisect
from collections.abc import Sequence

from bridge.export.estimate import concept_seconds
from bridge.export.packing import COLUMN_LITERALS, PackedSamples

# The embedded Lean needs 2 to 3 µs for a hexadecimal digit of a raw literal, and a third of a second for one more file.
# Larger shards are fewer, and smaller ones are better divided among processes: this is under 10 s for each, and 0.2 GB.
SHARD_DIGITS = 4_000_000
# Each literal costs a quarter of a millisecond, and heartbeats, of which a declaration has 200,000.
SHARD_LITERALS = 4_000
# So many concepts have a file each, which is easier to find one's way in; a file of more would be checked at one go.
OWN_FILES = 5
# Concepts that share a file take about so long; more files are better divided among processes, at a price for each.
SHARED_SECONDS = 20.0
# What Lean's kernel goes through in one declaration stays in its memory, with all that it computes on the way: 21 bytes
# for a hexadecimal digit.  This is 0.4 GB, beside the 1.3 GB that Lean has of itself.  A range has a file of its own,
# which reads its shards and no others, so that no process needs more, and there are as many files to check as ranges.
RANGE_DIGITS = 20_000_000


def group_ranges(samples: PackedSamples, blocks: Sequence[range] = ()) -> tuple[range, ...]:
    """The groups of columns of each shard.

    There are as few shards as there can be within the limits, a group that is over them being a shard of its own, and
    the largest shard has as few columns as it can have then.

    Args:
        samples: the packed samples.
        blocks: the blocks of each range, where each shard has to have columns of a single one; all of them otherwise.
    """
    sizes = samples.group_sizes
    groups_of_block = len(sizes) // samples.block_count
    digits_of_column = samples.block_rows * samples.digit_bits // 4
    most = min(SHARD_DIGITS // digits_of_column, SHARD_LITERALS // COLUMN_LITERALS)
    shards: list[range] = []
    for some in blocks or [range(samples.block_count)]:
        first, end = some.start * groups_of_block, some.stop * groups_of_block
        shards += (range(first + each.start, first + each.stop) for each in fewest_ranges(sizes[first:end], most))
    return tuple(shards)


def concept_ranges(samples: PackedSamples, count: int) -> tuple[range, ...]:
    """The concepts of each file: one for each of a few, otherwise files of about the same number of concepts.

    Args:
        samples: the packed samples.
        count: how many concepts there are.
    """
    return _even_ranges(count, 1 if count <= OWN_FILES else int(SHARED_SECONDS / concept_seconds(samples)))


def fewest_ranges(sizes: Sequence[int], most: int) -> tuple[range, ...]:
    """As few ranges of groups of such sizes as there can be, the largest of which is as small as it can be then."""
    fewest = len(_filled_ranges(sizes, most))
    least = bisect.bisect_left(range(most), -fewest, key=lambda columns: -len(_filled_ranges(sizes, columns)))
    return _filled_ranges(sizes, least)


def _filled_ranges(sizes: Sequence[int], most: int) -> tuple[range, ...]:
    """Ranges of groups of such sizes, each as long as it can be with at most so many columns, or with one group."""
    ranges, start, columns = [], 0, 0
    for number, size in enumerate(sizes):
        if columns and columns + size > most:
            ranges.append(range(start, number))
            start, columns = number, 0
        columns += size
    return (*ranges, range(start, len(sizes)))


def block_ranges(samples: PackedSamples, functionals: int = 1) -> tuple[range, ...]:
    """The blocks of each range of a concept: one range if it is small enough, otherwise ranges of about the same size.

    Of each block Lean goes through the columns of the latents and that of the concept's scores.

    Args:
        samples: the packed samples.
        functionals: how often it does so in one declaration; a classifier has a functional for each class.
    """
    digits_of_block = functionals * (samples.latent_dim + 1) * samples.block_rows * samples.digit_bits // 4
    return _even_ranges(samples.block_count, RANGE_DIGITS // digits_of_block)


def rows_of(samples: PackedSamples, blocks: range) -> range:
    """The listed samples in blocks that follow one another."""
    return range(blocks.start * samples.block_rows, min(blocks.stop * samples.block_rows, samples.size))


def _even_ranges(count: int, most: int) -> tuple[range, ...]:
    """As few ranges as there can be of at most so many, or of one, whose lengths differ by at most one."""
    ranges = -(-count // max(1, most))
    return tuple(range(count * number // ranges, count * (number + 1) // ranges) for number in range(ranges))
