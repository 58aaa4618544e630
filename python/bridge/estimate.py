"""How long the embedded Lean takes for an export: a model of what it does, with the benchmark's numbers.

Lean has to start for every file and to read the packed literals; for each concept it reads the weights, and its kernel
works through the columns and the weights once for each claim.  All times are linear in these, but for weights that are
written as fractions, where they grow with the square of their number.
"""

from bridge.certificate import Certificate, PackedSamples

# Seconds, from the table "Growth" of bench/results/results.md.
# The claims of a concept, apart from what follows.
CONCEPT = 0.65
# Each pair of weights that are written as fractions, and each weight that is an integer over a power of two.
PAIR_OF_FRACTIONS = 5e-4
INTEGER_WEIGHT = 1.1e-3
# A claim: each hexadecimal digit of the columns, and each weight.
CLAIM_DIGIT = 2.3e-7
CLAIM_WEIGHT = 2.5e-3

# Lean needs 20 s for `#v[a / b, …]` with 1,024 entries and gives up at more, and 3 s for `Bridge.dyadicVector` with
# 4,096.  Up to this many weights the time does not matter, and fractions are easier to read.
MOST_FRACTIONS = 128


def concept_seconds(certificate: Certificate) -> float:
    """What Lean takes for the claims of one concept, without its start."""
    samples = certificate.samples
    weights = samples.latent_dim
    reading = PAIR_OF_FRACTIONS * weights**2 if weights <= MOST_FRACTIONS else INTEGER_WEIGHT * weights
    digits = _digits_of_column(samples) * (weights + 1)
    # `tight` looks at one sample alone; the others work through all of them.
    through_all = 1 + any(claim.determination for claim in certificate.concepts) + (certificate.conformal is not None)
    kernel = through_all * (CLAIM_DIGIT * digits + CLAIM_WEIGHT * weights) + CLAIM_WEIGHT * weights
    return CONCEPT + reading + kernel


def _digits_of_column(samples: PackedSamples) -> int:
    """Hexadecimal digits of a column, over all blocks."""
    return samples.size * samples.digit_bits // 4
