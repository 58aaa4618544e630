"""How the packed columns are divided among Lean files, so that Lean spends only so long on each of them."""

from bridge.certificate import PackedSamples

# The embedded Lean needs 5.5 µs to elaborate a hexadecimal digit and 8 to 14 s to start: a part takes well under 60 s,
# also on a machine that is half as fast.
PART_DIGITS = 2_500_000
# Each literal costs heartbeats too, of which a declaration has 200,000.
PART_LITERALS = 1_280


def column_ranges(samples: PackedSamples) -> tuple[range, ...]:
    """The columns of each part: one part if that is small enough, otherwise parts of about the same size."""
    count = len(samples.columns)
    digits_of_column = samples.block_rows * samples.digit_bits // 4
    literals_of_column = len(samples.columns[0])
    most = max(1, min(PART_DIGITS // digits_of_column, PART_LITERALS // literals_of_column))
    parts = -(-count // most)
    return tuple(range(count * part // parts, count * (part + 1) // parts) for part in range(parts))
