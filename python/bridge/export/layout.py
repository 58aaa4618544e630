"""How the packed columns and the concepts are divided among Lean files, so that Lean spends only so long on each."""

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


def _even_ranges(count: int, most: int) -> tuple[range, ...]:
    """As few ranges as there can be of at most so many, or of one, whose lengths differ by at most one."""
    ranges = -(-count // max(1, most))
    return tuple(range(count * number // ranges, count * (number + 1) // ranges) for number in range(ranges))
