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

from bridge.base.errors import InputError, shown

_ALPHA = re.compile(r"[0-9]+/[0-9]+|[0-9]*\.?[0-9]+([eE]-?[0-9]{1,3})?")
_LONGEST_ALPHA = 100
_SIMPLE_DIGITS = 6
_SIMPLE_DENOMINATOR = 1_000


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


def read_alpha(text: str, *, example: str = "alpha=0.1", decides: str = "rank") -> Fraction:
    """The level α in `0.1` or `1/10`, exactly.

    A decimal number that a computation in floats has left beside a simple one, as `1 - 0.68` leaves
    0.31999999999999995 and `1/3` leaves 0.3333333333333333, is refused: it would move the rank by one.

    Args:
        text: the level.
        example: how messages say to give one, as an argument.
        decides: what messages say depends on it.

    Raises:
        InputError: the text is no such number, the number is not between 0 and 1, or it is beside a simple one.
    """
    denominator = text.partition("/")[2]
    readable = len(text) <= _LONGEST_ALPHA and _ALPHA.fullmatch(text) and (not denominator or int(denominator) != 0)
    alpha = Fraction(text) if readable else Fraction(0)
    if not 0 < alpha < 1:
        raise InputError(
            f"α is {text[:_LONGEST_ALPHA]!r}; a number between 0 and 1, both excluded, is required; choose "
            f"`{example}`, say"
        )
    meant = None if denominator else beside_simple(alpha)
    if meant is not None:
        raise InputError(
            f"α is {text}, which is {meant} but for the rounding of floats; the level is taken exactly as it is "
            f"written, and the {decides} depends on it; write {meant}, or {alpha} if it is meant"
        )
    return alpha


def beside_simple(number: Fraction) -> str | None:
    """The simple number that a number between 0 and 1 was before it was computed in floats, if there is one.

    Simple are decimal numbers of up to 6 significant digits and fractions with a denominator of up to 1,000.  A number
    is beside one if there are at most three 64-bit floats between them, or if they differ by at most 2^-53, as 1 minus
    a float can, and the decimal number has up to 6 places.

    Args:
        number: the number that came out.

    Returns:
        The simple number; None without one, and if the number is simple itself.
    """
    nearest = float(number)
    # Four floats away, with what both numbers may differ from the nearest float.
    reach = Fraction(6 * math.ulp(nearest))
    reach_of_one = max(reach, Fraction(1, 2**53))
    candidates = [(f"{nearest:.{_SIMPLE_DIGITS}g}", reach), (f"{nearest:.{_SIMPLE_DIGITS}f}".rstrip("0"), reach_of_one)]
    for below in range(2, _SIMPLE_DENOMINATOR + 1):
        above = round(nearest * below)
        # In floats, to be fast; what is near is looked at exactly.
        if abs(above / below - nearest) < 1e-14:
            candidates.append((f"{above}/{below}", reach_of_one))
    simple = {text: abs(Fraction(text) - number) for text, reach in candidates if _is_level(text, number, reach)}
    return next(iter(simple)) if simple and 0 not in simple.values() else None


def _is_level(text: str, number: Fraction, reach: Fraction) -> bool:
    return 0 < Fraction(text) < 1 and abs(Fraction(text) - number) <= reach


def conformal_level(alpha: Fraction, size: int) -> ConformalLevel:
    """The rank that belongs to a level and a number of calibration samples.

    Raises:
        InputError: the level is no `Fraction`, or there are too few samples for it; the message says how many would do.
    """
    if not isinstance(alpha, Fraction):
        raise InputError(f"α is {shown(alpha)}; a Fraction is required, since the rank is exact; use read_alpha")
    rank = math.ceil((size + 1) * (1 - alpha))
    if rank > size:
        raise InputError(
            f"the calibration part has {size} samples; at least {smallest_size(alpha)} are required for α = {alpha}; "
            "keep more with `calibration=…`, or choose a larger `alpha=…`"
        )
    return ConformalLevel(alpha, size, rank)


def smallest_size(alpha: Fraction) -> int:
    """The least n with ⌈(n + 1)(1 - α)⌉ ≤ n, that is (n + 1) α ≥ 1."""
    return math.ceil(1 / alpha) - 1
