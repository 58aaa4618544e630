"""What lean/Bridge/Packing/Programs.lean and the claims compute, with Python's integers as `Nat`.

`Nat` has no negative numbers, so that a difference that would be negative is 0.
"""

from fractions import Fraction

from bridge.export.certificate import ConceptCertificate, PackedSamples
from bridge.export.integers import IntegerProbe


def pack(base, digits):
    number = 0
    for digit in reversed(digits):
        number = digit + base * number
    return number


def minus(a, b):
    """`Nat.sub`."""
    return max(a - b, 0)


# What is stored


def column(samples: PackedSamples, block, j):
    """Column j of a block as one number, 0 if it is not there."""
    position = (samples.latent_dim + samples.concept_count) * block + j
    return pack(2**samples.limb_bits, samples.columns[position] if position < len(samples.columns) else [])


def entries(samples: PackedSamples, j, count):
    """The integers that are stored in column j for the samples 0 to count - 1."""
    blocks = [column(samples, block, j) for block in range(ceil_div(count, samples.block_rows))]
    return [
        (blocks[i // samples.block_rows] >> (samples.digit_bits * (i % samples.block_rows))) % 2**samples.digit_bits
        - offset(samples)
        for i in range(count)
    ]


def rows(samples: PackedSamples, count):
    """The integers that are stored for the samples 0 to count - 1: latents, then scores."""
    columns = range(samples.latent_dim + samples.concept_count)
    return [list(row) for row in zip(*(entries(samples, j, count) for j in columns), strict=True)]


def offset(samples: PackedSamples):
    return 2 ** minus(samples.digit_bits, 1)


# Whether the integers are those of the rational numbers


def numerators(probe: IntegerProbe, count):
    """The numerators of the weights, read from their digits."""
    sign, weights = 2 ** (probe.weight_bits - 1), pack(2**probe.literal_bits, probe.weights)
    digits = [(weights >> (probe.weight_bits * j)) % 2**probe.weight_bits for j in range(count)]
    return [
        -(digit % 2**probe.magnitude_bits) if digit >= sign else digit % 2**probe.magnitude_bits for digit in digits
    ]


def represents(probe: IntegerProbe, samples: PackedSamples, concept, claim: ConceptCertificate):
    """`IntegerProbe.Represents`: whether the integers are those of the weights, the bias and δ."""
    scale = probe.denominator * 2**samples.latent_exponent
    return (
        probe.denominator > 0
        and [Fraction(n, probe.denominator) for n in numerators(probe, samples.latent_dim)] == list(claim.weights)
        and Fraction(probe.bias, scale) == claim.bias
        and Fraction(probe.sup, scale) == claim.delta
        and concept < samples.concept_count
        and scale % 2 ** samples.score_exponents[concept] == 0
    )


# The checker


def ones(base, count):
    return (base**count - 1) // (base - 1)


def ceil_div(p, q):
    return (p + q - 1) // q


def slot_bits(samples: PackedSamples):
    return samples.slot_digits * samples.digit_bits


def slots(samples: PackedSamples):
    """How many slots there are for each digit of one: some are without a row."""
    return samples.block_rows // samples.slot_digits + 1


def is_grouped(samples: PackedSamples, blocks):
    """Whether so many blocks of columns are there, of each block first eights of latents, and then single columns."""
    eights, singles = divmod(samples.latent_dim, 8)
    sizes = ([8] * eights + [1] * (singles + samples.concept_count)) * blocks
    return [len(group) for group in samples.groups[: len(sizes)]] == sizes


def spread(samples: PackedSamples, number):
    """The digits of a column in slots: first those of the rows 0, g, 2 g, …, then those of 1, g + 1, and so on."""
    bits, m = samples.digit_bits, slots(samples)
    mask = (2**bits - 1) * ones(2 ** slot_bits(samples), m)
    return sum(
        ((number >> (bits * digit)) & mask) << (slot_bits(samples) * m * digit) for digit in range(samples.slot_digits)
    )


def place(samples: PackedSamples, row):
    """Which slot a row of a block is in."""
    return slots(samples) * (row % samples.slot_digits) + row // samples.slot_digits


def slot(samples: PackedSamples, number, row):
    """What is in the slot of a row of a block."""
    return (number >> (slot_bits(samples) * place(samples, row))) % 2 ** slot_bits(samples)


def room(samples: PackedSamples, concept, probe: IntegerProbe):
    """The constants of the two sides, of which one is 0, and whether no number reaches the highest bit of a slot."""
    weights = numerators(probe, samples.latent_dim)
    positive, negative = sum(max(w, 0) for w in weights), sum(max(-w, 0) for w in weights)
    largest, stored_zero = 2**samples.digit_bits - 1, offset(samples)
    factor = probe.denominator * 2**samples.latent_exponent // 2 ** samples.score_exponents[concept]
    at_score = probe.sup + factor * probe.score_low + negative * largest + stored_zero * positive + max(-probe.bias, 0)
    at_product = factor * stored_zero + stored_zero * negative + max(probe.bias, 0)
    left, right = minus(at_score, at_product), minus(at_product, at_score)
    half = 2 ** (slot_bits(samples) - 1)
    highest = (
        factor * probe.score_span + left,
        largest * (positive + negative) + right,
        2 * probe.sup,
        probe.score_low + 2**samples.digit_bits,
    )
    return left, right, all(number < half for number in highest)


def term(samples: PackedSamples, probe: IntegerProbe, digit, spread_out):
    """A weight times the digits of its coordinate, or, if it is negative, times what these lack of the largest."""
    sign, magnitude = 2 ** (probe.weight_bits - 1), digit % 2**probe.magnitude_bits
    if digit < sign:
        return magnitude * spread_out
    count = slots(samples) * samples.slot_digits
    return magnitude * ((2**samples.digit_bits - 1) * ones(2 ** slot_bits(samples), count) - spread_out)


def excesses(samples: PackedSamples, concept, probe: IntegerProbe, *, first_block, blocks):
    """What the slots of all rows hold in the end, and the scores less the least; None where the program says no."""
    left, right, is_fit = room(samples, concept, probe)
    if not is_fit or samples.block_rows < 1:
        return None
    factor = probe.denominator * 2**samples.latent_exponent // 2 ** samples.score_exponents[concept]
    weights = pack(2**probe.literal_bits, probe.weights)
    digits = [(weights >> (probe.weight_bits * j)) % 2**probe.weight_bits for j in range(samples.latent_dim)]
    found = []
    for block in range(first_block, first_block + blocks):
        if not is_grouped(samples, block + 1):
            return None
        products = sum(
            term(samples, probe, digit, spread(samples, column(samples, block, j))) for j, digit in enumerate(digits)
        )
        scores = spread(samples, column(samples, block, samples.latent_dim + concept))
        for row in range(min(samples.block_rows, samples.size - block * samples.block_rows)):
            score = slot(samples, scores, row) - probe.score_low
            excess = factor * score + left - slot(samples, products, row) - right
            if not (0 <= score <= probe.score_span and 0 <= excess <= 2 * probe.sup):
                return None
            found.append((excess, score))
    return found


def total(samples: PackedSamples, concept, probe: IntegerProbe, rows, measure):
    """The sum of a measure over all rows, None if a slot may be too narrow for the sum over a block."""
    name, *numbers = measure.removeprefix(".").split()
    first = [int(number) for number in numbers]
    if name == "attains":
        return int(rows[first[0]][0] in (0, 2 * probe.sup))
    count, largest = slots(samples) * samples.slot_digits, 2 ** slot_bits(samples) - 1
    is_score = name.startswith("score")
    width = {"excessAtLeast": 0}.get(name, max(1, probe.score_span if is_score else 2 * probe.sup).bit_length())
    if count * 2**width >= largest:
        return None
    if name == "excessAtLeast":
        return sum(excess >= first[1] for excess, _ in rows[: first[0]])
    summands = [score if is_score else excess for excess, score in rows]
    return sum(summand**2 if name.endswith("Squares") else summand for summand in summands)


def weighs(samples: PackedSamples, probe: IntegerProbe):
    """Whether the digits of the weights have the form that the program asks for."""
    return (
        probe.magnitude_bits <= probe.weight_bits - 1
        and samples.latent_dim * 2**probe.magnitude_bits < 2**probe.weight_bits - 1
    )


def check(samples: PackedSamples, concept, claim: ConceptCertificate, *, first_block=0, blocks=None):
    """`faithful` and `checked`: whether what is claimed is proved."""
    probe = claim.integers
    if not (weighs(samples, probe) and represents(probe, samples, concept, claim)):
        return False
    count = ceil_div(samples.size, max(1, samples.block_rows)) if blocks is None else blocks
    rows = excesses(samples, concept, probe, first_block=first_block, blocks=count)
    return (
        rows is not None
        and len(rows) == samples.size
        and all(total(samples, concept, probe, rows, entry.measure) == entry.value for entry in claim.totals)
    )
