"""How far predictions are from the probe that is exported."""

import math
from dataclasses import dataclass
from fractions import Fraction

from bridge.exact.text import decimal, rational


@dataclass(frozen=True)
class PredictionDifference:
    """How far the predictions of one concept are from w · z + b.

    Attributes:
        concept: the concept.
        largest: the largest |p_i - (w · z_i + b)|, exactly.
        sample: the first i for which it is as large.
        float_type: the type of floats with the fewest bits among predictions, latents and weights.
        explained: how far a computation in it can be off, and the rounding of weights and latents with it, if the
            artifact has any; infinite where so few bits bound nothing.
    """

    concept: str
    largest: Fraction
    sample: int
    float_type: str
    explained: float

    @property
    def is_explained(self) -> bool:
        """Whether rounding alone can have made the difference."""
        return math.isinf(self.explained) or self.largest <= Fraction(self.explained)

    @property
    def line(self) -> str:
        """The difference in words."""
        if math.isinf(self.explained):
            bound = f"rounding in {self.float_type} explains any"
        else:
            bound = f"rounding in {self.float_type} explains up to about {decimal(Fraction(self.explained))}"
        return (
            f"the predictions of {self.concept!r} differ from w · z + b by at most {rational(self.largest)}, about "
            f"{decimal(self.largest)}, at sample {self.sample}; {bound}"
        )

    def record(self) -> dict[str, object]:
        """A JSON-like record; the difference is exact as text."""
        return {
            "concept": self.concept,
            "largest_difference": rational(self.largest),
            "largest_difference_decimal": decimal(self.largest),
            "at_sample": self.sample,
            "float_type": self.float_type,
            "explained_by_rounding": None if math.isinf(self.explained) else self.explained,
            "is_explained": self.is_explained,
        }
