"""Split conformal prediction: which residual of the calibration part bounds those of new samples.

With n calibration samples that neither model nor probe has seen and a level α, δ_α is the k-th smallest |r_i| with
k = ⌈(n + 1)(1 - α)⌉.  If these samples and a new one are exchangeable, then P(|c - w(z)| ≤ δ_α) ≥ 1 - α for the new one
(Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005; Lei, G'Sell, Rinaldo, Tibshirani and
Wasserman, Distribution-free predictive inference for regression, 2018).  The probability is over the draw of all these
samples together.
"""

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from bridge.errors import InputError

_ALPHA = re.compile(r"[0-9]+/[0-9]+|[0-9]*\.?[0-9]+([eE]-?[0-9]{1,3})?")
_LONGEST_ALPHA = 100


@dataclass(frozen=True)
class ConformalLevel:
    """What is asked of the calibration part.

    Attributes:
        alpha: the level α, exactly: a new residual may be larger than δ_α with a probability of at most α.
        size: the number n of calibration samples.
        rank: k = ⌈(n + 1)(1 - α)⌉; δ_α is the k-th smallest absolute residual.
    """

    alpha: Fraction
    size: int
    rank: int


def read_alpha(text: str) -> Fraction:
    """The level α in `0.1` or `1/10`, exactly.

    Raises:
        InputError: the text is no such number, or the number is not between 0 and 1.
    """
    denominator = text.partition("/")[2]
    readable = len(text) <= _LONGEST_ALPHA and _ALPHA.fullmatch(text) and (not denominator or int(denominator) != 0)
    alpha = Fraction(text) if readable else Fraction(0)
    if not 0 < alpha < 1:
        raise InputError(
            f"α is {text[:_LONGEST_ALPHA]!r}; a number between 0 and 1, both excluded, is required; choose "
            "--alpha 0.1, say"
        )
    return alpha


def conformal_level(alpha: Fraction, size: int) -> ConformalLevel:
    """The rank that belongs to a level and a number of calibration samples.

    Raises:
        InputError: there are too few samples for the level; the message says how many would do.
    """
    rank = math.ceil((size + 1) * (1 - alpha))
    if rank > size:
        raise InputError(
            f"the calibration part has {size} samples; at least {smallest_size(alpha)} are required for α = {alpha}; "
            "keep more with --calibration, or choose a larger --alpha"
        )
    return ConformalLevel(alpha, size, rank)


def smallest_size(alpha: Fraction) -> int:
    """The least n with ⌈(n + 1)(1 - α)⌉ ≤ n, that is (n + 1) α ≥ 1."""
    return math.ceil(1 / alpha) - 1
