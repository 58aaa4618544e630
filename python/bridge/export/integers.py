"""The numbers of a probe as integers over one denominator, with which Lean's kernel computes: `Bridge.IntegerProbe`."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

# A list of literals, as that of the weights, is read the fastest if these have 1,000 to 3,000 hexadecimal digits.
LITERAL_BITS = 8_000


@dataclass(frozen=True)
class IntegerProbe:
    """The numbers of one concept; the fields are those of `Bridge.IntegerProbe` in Lean.

    Products of weights and latent coordinates, with p the exponent of these, are integers over `denominator` · 2^p:
    that is the scale of `bias` and `sup`.

    Attributes:
        denominator: weights are integers over it.
        magnitude_bits: h; every numerator of a weight is below 2^h in size.
        weight_bits: the width of a weight's digit, whose highest bit is set for a negative weight.
        literal_bits: the width of the literals that the weights are put together from.
        weights: those literals, lowest first; together they hold one digit for each weight, lowest first.
        bias: the bias.
        sup: δ.
        score_low: the least digit that is stored for a score of the concept.
        score_span: the greatest such digit, minus the least.
    """

    denominator: int
    magnitude_bits: int
    weight_bits: int
    literal_bits: int
    weights: tuple[int, ...]
    bias: int
    sup: int
    score_low: int
    score_span: int

    @classmethod
    def of(
        cls, numerators: Sequence[int], denominator: int, *, bias: int, sup: int, score_digits: tuple[int, int]
    ) -> "IntegerProbe":
        """Pack the weights.

        Args:
            numerators: (d,) the weights over the denominator.
            denominator: see above.
            bias: the bias at the scale of the products.
            sup: δ at the scale of the products.
            score_digits: the least digit that is stored for a score of the concept, and the greatest.
        """
        magnitude_bits = max(1, *(abs(numerator).bit_length() for numerator in numerators))
        # With so much room above a weight, sums of all weights fit into a digit: that is how Lean finds them.
        weight_bits = -(-(magnitude_bits + len(numerators).bit_length() + 1) // 4) * 4
        sign = 1 << (weight_bits - 1)
        digits = (abs(numerator) + sign * (numerator < 0) for numerator in reversed(numerators))
        # The lowest digit is the last one of the text.
        text = "".join(f"{digit:0{weight_bits // 4}x}" for digit in digits)
        literal_bits = min(LITERAL_BITS, weight_bits * len(numerators))
        length = literal_bits // 4
        return cls(
            denominator=denominator,
            magnitude_bits=magnitude_bits,
            weight_bits=weight_bits,
            literal_bits=literal_bits,
            weights=tuple(int(text[max(0, end - length) : end], 16) for end in range(len(text), 0, -length)),
            bias=bias,
            sup=sup,
            score_low=score_digits[0],
            score_span=score_digits[1] - score_digits[0],
        )


def common_denominator(weights: Sequence[Fraction], bias: Fraction, latent_exponent: int, score_exponent: int) -> int:
    """The least number over which the weights are integers, and times 2^p the bias and the scores, and so δ, too.

    Args:
        weights: (d,) the weights.
        bias: the bias.
        latent_exponent: p; latent coordinates are integers / 2^p.
        score_exponent: m; scores are integers / 2^m.
    """
    latent_scale = 2**latent_exponent
    return math.lcm(
        *(weight.denominator for weight in weights),
        bias.denominator // math.gcd(bias.denominator, latent_scale),
        2 ** max(score_exponent - latent_exponent, 0),
    )
