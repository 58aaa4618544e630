"""How long the embedded Lean takes for an export: a model of what it does, with the benchmark's numbers.

Lean has to start, to import the library for every file, and to read the packed literals; for each concept it reads the
weights, and its kernel works through the columns and the weights once for all claims.  All times are linear in these,
but for weights that are written as fractions, where they grow with the square of their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.export.packing import PackedSamples

# Seconds, from the tables "Growth" and "Starts" of bench/results/results.md.
# The start of Lean, once, and each file, for what it imports.
START = 5.3
FILE = 0.32
# A hexadecimal digit of the columns, to read it.
DIGIT = 2.4e-6
# The claims of a concept, apart from what follows.
CONCEPT = 1.35
# Each pair of weights that are written as fractions, and each weight among the packed integers.
PAIR_OF_FRACTIONS = 2e-4
INTEGER_WEIGHT = 4e-5
# The kernel's way through the samples: each hexadecimal digit of the columns, and each weight.
CLAIM_DIGIT = 5e-8
CLAIM_WEIGHT = 3e-5
# The kernel compares a weight that is written as a fraction with its integer.
CLAIM_FRACTION = 4.5e-3

# Lean needs 20 s for `#v[a / b, …]` with 1,024 entries and gives up at more, and a fifth of a second for 4,096 packed
# integers.  Up to this many weights the time does not matter, and fractions are easier to read.
MOST_FRACTIONS = 32


@dataclass(frozen=True)
class LeanEstimate:
    """How long Lean is expected to take for an export.

    Attributes:
        seconds: from its start to its end, the library being compiled already.
        files: how many files Lean checks; the root file, which needs Mathlib, is not among them.
        at_once: how many of them at a time.
        digits: hexadecimal digits in the packed columns, and of images.
    """

    seconds: float
    files: int
    at_once: int
    digits: int

    def words(self) -> str:
        """The time as one says it: `about 40 seconds`, `about 2 minutes`."""
        if self.seconds < 60:
            return f"about {max(1, round(self.seconds / 10)) * 10} seconds"
        if self.seconds < 90:
            return "about a minute"
        if self.seconds < 90 * 60:
            return f"about {round(self.seconds / 60)} minutes"
        return f"about {round(self.seconds / 3600)} hours"

    def with_stages(self, stages: Sequence[Sequence[float]], digits: int) -> "LeanEstimate":
        """The same with more files in stages that follow, given the seconds for each, and their digits."""
        seconds = sum(_stage_seconds(stage, self.at_once) for stage in stages)
        return LeanEstimate(
            self.seconds + seconds, self.files + sum(map(len, stages)), self.at_once, self.digits + digits
        )


def lean_estimate(
    samples: PackedSamples, shards: Sequence[range], concept_files: Sequence[range], ranges: int = 1, *, at_once: int
) -> LeanEstimate:
    """Estimate how long the embedded Lean takes: the shards of the columns, then the samples, then the concepts.

    Args:
        samples: the packed samples.
        shards: the groups of columns of each shard; a single one is in the file of the samples.
        concept_files: the concepts of each file.
        ranges: how many ranges of blocks there are, of which each of several has a file of its own for each of these.
        at_once: how many files Lean checks at a time.
    """
    reading, claims = reading_seconds(samples.latent_dim), claim_seconds(samples)
    return estimate_of(
        samples,
        shards,
        [reading * len(concepts) for concepts in concept_files],
        [claims * len(concepts) for concepts in concept_files],
        ranges,
        at_once=at_once,
    )


def estimate_of(
    samples: PackedSamples,
    shards: Sequence[range],
    reading: Sequence[float],
    claims: Sequence[float],
    ranges: int = 1,
    *,
    at_once: int,
) -> LeanEstimate:
    """The same, given how many seconds Lean takes for each file that states claims.

    Args:
        samples: the packed samples.
        shards: as above.
        reading: what it takes for the declarations of each such file.
        claims: what its kernel takes to go through the samples for each of them.
        ranges: as above.
        at_once: as above.
    """
    digits_of_column = samples.block_rows * samples.digit_bits // 4
    sizes = samples.group_sizes
    packed = [DIGIT * digits_of_column * sum(sizes[groups.start : groups.stop]) for groups in shards]
    stages = [[FILE + packed[0]]] if len(shards) == 1 else [[FILE + seconds for seconds in packed], [FILE]]
    if ranges == 1:
        stages.append([FILE + sum(seconds) for seconds in zip(reading, claims, strict=True)])
    else:
        # The integers, the ranges, and what follows from what was found out of these.
        stages.append([FILE] * len(reading))
        stages.append([FILE + seconds / ranges for seconds in claims for _ in range(ranges)])
        stages.append([FILE + seconds for seconds in reading])
    return LeanEstimate(
        seconds=START + sum(_stage_seconds(stage, at_once) for stage in stages),
        files=sum(map(len, stages)),
        at_once=at_once,
        digits=digits_of_column * len(samples.columns),
    )


def _stage_seconds(stage: Sequence[float], at_once: int) -> float:
    return max(*stage, sum(stage) / at_once, 0.0)


def concept_seconds(samples: PackedSamples) -> float:
    """What Lean takes for the claims of one concept of such samples, without its file."""
    return reading_seconds(samples.latent_dim) + claim_seconds(samples)


def reading_seconds(weights: int) -> float:
    """What Lean takes to read the declarations of a concept of so many weights."""
    fractions = PAIR_OF_FRACTIONS * weights**2 if weights <= MOST_FRACTIONS else 0
    return CONCEPT + fractions + INTEGER_WEIGHT * weights


def claim_seconds(samples: PackedSamples) -> float:
    """What the kernel takes to work through all samples for a concept, whatever it adds up on its way."""
    digits_of_column, weights = samples.size * samples.digit_bits // 4, samples.latent_dim
    fractions = CLAIM_FRACTION * weights if weights <= MOST_FRACTIONS else 0
    return CLAIM_DIGIT * digits_of_column * (weights + 1) + CLAIM_WEIGHT * weights + fractions
