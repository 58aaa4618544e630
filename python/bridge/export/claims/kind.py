"""What every kind of claim has on the exporting side.  `bridge.check.claims` has the twin of each, written apart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, Protocol, Self

from bridge.artifact.coverage import Coverage
from bridge.artifact.record import ProbeArtifact
from bridge.exact.dyadic import DyadicMatrix
from bridge.exact.residuals import ExactResiduals


@dataclass(frozen=True, eq=False)
class Total:
    """What Lean adds up over listed samples on its way through them.

    Attributes:
        measure: what of each sample, a `Bridge.Measure` as it is written in Lean.
        numbers: what it is computed from, one for each listed sample; samples after the last of these add nothing.
        summand: what a sample adds, given its number; `int` where that is the number itself.
    """

    measure: str
    numbers: Sequence[int]
    summand: Callable[[int], int]

    @cached_property
    def value(self) -> int:
        """What results of all listed samples."""
        return self.over(range(len(self.numbers)))

    def over(self, rows: range) -> int:
        """What results of some listed samples, which come one after the other."""
        return sum(map(self.summand, self.numbers[rows.start : rows.stop]))


@dataclass(frozen=True, eq=False)
class Measured:
    """What a claim about a concept is computed from.

    Attributes:
        artifact: the probe and all its samples.
        column: the concept's place in the artifact.
        residuals: those of the listed samples, of all concepts.
        scores: (N, 1) the concept's scores of the listed samples.
        weights: (d,) the concept's weights, exactly.
        bias: its bias, exactly.
        denominator: weights are integers over it.
        scale: products of weights and latent coordinates, the bias and the scores are integers over it.
    """

    artifact: ProbeArtifact
    column: int
    residuals: ExactResiduals
    scores: DyadicMatrix
    weights: tuple[Fraction, ...]
    bias: Fraction
    denominator: int
    scale: int

    @cached_property
    def numerators(self) -> tuple[int, ...]:
        """(d,) the weights over the denominator."""
        return tuple(int(weight * self.denominator) for weight in self.weights)

    @cached_property
    def sup(self) -> int:
        """δ at the scale of the products."""
        return max(map(abs, self._scaled))

    @cached_property
    def excesses(self) -> list[int]:
        """(N,) the residual of each listed sample plus δ, at the scale of the products: none is negative."""
        return [residual + self.sup for residual in self._scaled]

    @cached_property
    def score_excesses(self) -> list[int]:
        """(N,) the score of each listed sample minus the least one, as integers at the scale of the scores."""
        scores = [int(self.scores.numerators[row, 0]) for row in range(self.scores.numerators.nrows())]
        lowest = min(scores)
        return [score - lowest for score in scores]

    @cached_property
    def _scaled(self) -> list[int]:
        numerators, exponent = self.residuals.matrix.numerators, self.residuals.matrix.exponent
        # The scale is one of the residuals too, so that nothing but zeros is shifted out.
        return [int(numerators[row, self.column]) * self.scale >> exponent for row in range(numerators.nrows())]


class Claim(Protocol):
    """What is claimed of one concept."""

    template: ClassVar[str]
    """The file in `templates/claims` with what is said of it in Lean, over the rational and over the real numbers."""

    @property
    def totals(self) -> tuple[Total, ...]:
        """What Lean must find for it, in the order in which its theorems refer to it."""

    def widest_summand(self, sup: int, score_span: int) -> int | None:
        """How wide the numbers can be of which Lean adds up one for each row of a block.

        Args:
            sup: δ as an integer, at the scale of the products of weights and latents.
            score_span: the difference of the greatest score and the least, as an integer at the scale of the scores.

        Returns:
            Their width in bits, 0 if each is at most 1, and None if nothing is added up.
        """


class ExtraClaim(Claim, Protocol):
    """What is claimed of one concept beside the sup error."""

    def record(self, artifact: ProbeArtifact, column: int) -> Mapping[str, object]:
        """What results of an export say of it, as a part of a JSON-like record of the concept.

        Args:
            artifact: the probe and all its samples.
            column: the concept's place in it.
        """

    def lines(self, concept: str, record: Mapping[str, object]) -> Iterator[str]:
        """What is said of it below a table of results, given the concept's name and record."""


class Asking(Protocol):
    """What every kind of claim has that can be asked for, whatever artifact it is about."""

    option: ClassVar[str]
    """The option of the command line that asks for it."""
    help: ClassVar[str]
    """What the command line says of the option."""
    metavar: ClassVar[str | None]
    """What the option's value is called, None if it has none."""
    imports: ClassVar[str]
    """The module of the Lean library that its theorems need."""

    @classmethod
    def read(cls, value: str) -> Self:
        """The kind, asked for with the value of its option, which is empty where it has none.

        Raises:
            InputError: there is no such value.
        """

    def words(self) -> str:
        """The option as the banner of an export has it."""


class Kind(Asking, Protocol):
    """A kind of claim about a concept, with what it was asked for with."""

    calibration_first: ClassVar[bool]
    """Whether the calibration part must come first among the listed samples."""

    def require(self, artifact: ProbeArtifact, coverage: Coverage) -> None:
        """Refuse an artifact or a coverage of which it cannot be proved.

        Raises:
            InputError: what is missing.
        """

    def claim(self, measured: Measured) -> ExtraClaim:
        """What is claimed of one concept, exactly."""

    def record(self, artifact: ProbeArtifact) -> Mapping[str, object]:
        """What results of an export say once for all concepts."""
