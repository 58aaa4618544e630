"""What lean/Bridge/Packing/Programs.lean and the claims compute, with Python's integers as `Nat`.

`Nat` has no negative numbers, so that a difference that would be negative is 0.
"""

from bridge.export.certificate import ConceptCertificate, PackedSamples


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


# From rational numbers to integers


def is_multiple(x, exponent):
    return 2**exponent % x.denominator == 0


def numerator(x, exponent):
    return x.numerator * (2**exponent // x.denominator)


def column_weights(samples: PackedSamples, concept, claim: ConceptCertificate):
    scale = 2 ** minus(samples.latent_exponent + claim.weight_exponent, samples.score_exponents[concept])
    return [numerator(weight, claim.weight_exponent) for weight in claim.weights] + [
        -scale if c == concept else 0 for c in range(samples.concept_count)
    ]


# The checker


def spread(digit_bits, mask, width, classes, number):
    if classes == 0:
        return 0
    return (number & mask) + (spread(digit_bits, mask, width, classes - 1, number >> digit_bits) << width)


def weigh(limb_bits, f, weights, columns, total):
    """The sum, added to the total, and the columns that are left; None if there are too few columns."""
    if len(columns) < len(weights):
        return None
    for weight, limbs in zip(weights, columns, strict=False):
        if weight != 0:
            total += f(pack(2**limb_bits, limbs)) * weight
    return total, columns[len(weights) :]


def slots_ok(top, slack, left, right):
    return minus(right + slack, left) & top == top and minus(left + slack, right) & top == top


def ones(base, count):
    return (base**count - 1) // (base - 1)


def ceil_div(p, q):
    return (p + q - 1) // q


def sides_ok(samples: PackedSamples, positive, negative, left_constant, right_constant, bound):
    slot_bits = samples.slot_digits * samples.digit_bits
    if slot_bits < 1 or samples.block_rows < 1:
        return False
    largest, half = 2**samples.digit_bits - 1, 2 ** (slot_bits - 1)
    for weights, constant in ((positive, left_constant), (negative, right_constant)):
        if largest * sum(weights) + constant + bound >= half:
            return False
    slots = ceil_div(samples.block_rows, samples.slot_digits)
    mask = largest * ones(2**slot_bits, slots)
    one = ones(2**slot_bits, slots * samples.slot_digits)
    top, slack = half * one, (bound + half) * one

    def in_slots(number):
        return spread(samples.digit_bits, mask, slot_bits * slots, samples.slot_digits, number)

    columns = samples.columns
    for _ in range(ceil_div(samples.size, samples.block_rows)):
        left = weigh(samples.limb_bits, in_slots, positive, columns, 0)
        right = weigh(samples.limb_bits, in_slots, negative, columns, 0)
        if left is None or right is None:
            return False
        if not slots_ok(top, slack, left[0] + left_constant * one, right[0] + right_constant * one):
            return False
        columns = left[1]
    return True


def parts(samples: PackedSamples, concept, claim: ConceptCertificate):
    """The positive and the negative parts of the weights, and the constants that belong to the two sides."""
    weights = column_weights(samples, concept, claim)
    positive, negative = [max(w, 0) for w in weights], [max(-w, 0) for w in weights]
    bias = numerator(claim.bias, samples.latent_exponent + claim.weight_exponent)
    left_constant = offset(samples) * sum(negative) + max(bias, 0)
    right_constant = offset(samples) * sum(positive) + max(-bias, 0)
    return positive, negative, left_constant, right_constant


def check(samples: PackedSamples, concept, claim: ConceptCertificate):
    exponent = samples.latent_exponent + claim.weight_exponent
    return (
        all(is_multiple(weight, claim.weight_exponent) for weight in claim.weights)
        and is_multiple(claim.bias, exponent)
        and is_multiple(claim.delta, exponent)
        and concept < samples.concept_count
        and samples.score_exponents[concept] <= exponent
        and claim.delta >= 0
        and sides_ok(samples, *parts(samples, concept, claim), numerator(claim.delta, exponent))
    )


def is_tight(samples: PackedSamples, concept, claim: ConceptCertificate, i):
    positive, negative, left_constant, right_constant = parts(samples, concept, claim)
    shift = samples.digit_bits * (i % samples.block_rows)
    bound = max(numerator(claim.delta, samples.latent_exponent + claim.weight_exponent), 0)
    columns = samples.columns[(samples.latent_dim + samples.concept_count) * (i // samples.block_rows) :]

    def digit(number):
        return (number >> shift) % 2**samples.digit_bits

    left = weigh(samples.limb_bits, digit, positive, columns, left_constant)
    right = weigh(samples.limb_bits, digit, negative, columns, right_constant)
    if left is None or right is None:
        return False
    return left[0] == right[0] + bound or right[0] == left[0] + bound
