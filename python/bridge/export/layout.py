"""How the packed columns and the concepts are divided among Lean files, and the blocks of a concept among declarations.

So Lean spends only so long on each file, and takes only so much memory for each declaration.
"""

from bridge.export.certificate import Certificate
from bridge.export.estimate import concept_seconds
from bridge.export.packing import PackedSamples

# The embedded Lean needs 2 to 3 µs for a hexadecimal digit of a raw literal, and a third of a second for one more file.
# Larger shards are fewer, and smaller ones are better divided among processes: this is under 10 s for each, and 0.2 GB.
SHARD_DIGITS = 4_000_000
# Each literal costs half a millisecond, and heartbeats, of which a declaration has 200,000.
SHARD_LITERALS = 4_000
# So many concepts have a file each, which is easier to find one's way in; a file of more would be checked at one go.
OWN_FILES = 5
# Concepts that share a file take about so long; more files are better divided among processes, at a price for each.
SHARED_SECONDS = 20.0
# What Lean's kernel goes through in one declaration stays in its memory, with all that it computes on the way: 21 bytes
# for a hexadecimal digit.  This is 0.4 GB, beside the 1.3 GB that Lean has of itself.
RANGE_DIGITS = 20_000_000


def column_ranges(samples: PackedSamples) -> tuple[range, ...]:
    """The columns of each shard: one shard if that is small enough, otherwise shards of about the same size."""
    digits_of_column = samples.block_rows * samples.digit_bits // 4
    literals_of_column = len(samples.columns[0])
    most = min(SHARD_DIGITS // digits_of_column, SHARD_LITERALS // literals_of_column)
    return _even_ranges(len(samples.columns), most)


def concept_ranges(certificate: Certificate) -> tuple[range, ...]:
    """The concepts of each file: one for each of a few, otherwise files of about the same number of concepts."""
    count = len(certificate.concepts)
    return _even_ranges(count, 1 if count <= OWN_FILES else int(SHARED_SECONDS / concept_seconds(certificate)))


def block_ranges(samples: PackedSamples) -> tuple[range, ...]:
    """The blocks of each range of a concept: one range if it is small enough, otherwise ranges of about the same size.

    Of each block Lean goes through the columns of the latents and that of the concept's scores.
    """
    digits_of_block = (samples.latent_dim + 1) * samples.block_rows * samples.digit_bits // 4
    return _even_ranges(samples.block_count, RANGE_DIGITS // digits_of_block)


def _even_ranges(count: int, most: int) -> tuple[range, ...]:
    """As few ranges as there can be of at most so many, or of one, whose lengths differ by at most one."""
    ranges = -(-count // max(1, most))
    return tuple(range(count * number // ranges, count * (number + 1) // ranges) for number in range(ranges))
