"""How exact numbers are written, for Lean and for people."""

from decimal import Context, Decimal
from fractions import Fraction


def rational(value: Fraction) -> str:
    """Write a rational number: `3`, `-3` or `-3 / 8`, in lowest terms."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{value.numerator} / {value.denominator}"


def decimal(value: Fraction, digits: int = 6) -> str:
    """Write a decimal approximation with that many significant digits, for comments only.

    `Decimal` rather than `float`, so that numbers beyond the range of floats are shown too.
    """
    context = Context(prec=digits)
    quotient = context.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize(context)
    return f"{quotient:f}" if -6 <= quotient.adjusted() < digits else f"{quotient:e}"
