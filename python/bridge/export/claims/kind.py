"""What every kind of claim has on the exporting side.  `bridge.check.claims` has the twin of each, written apart."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, Protocol, Self

from bridge.artifact.coverage import Coverage
from bridge.artifact.record import ProbeArtifact
from bridge.base.progress import Progress
from bridge.base.workers import Workers
from bridge.exact.digits import Digits, Limbs
from bridge.exact.extents import Extent
from bridge.exact.residuals import SupError
from bridge.export.listed import Listed
from bridge.export.ranking import kth_smallest_size


@dataclass(frozen=True, eq=False)
class ConceptRows:
    """What a concept's claims are added up from: its numbers on listed samples that come one after the other.

    The excess of a sample is its residual plus δ, at the scale of the products: none is negative.  Its score excess is
    its score minus the least one of all listed samples, at the scale of the scores.

    Attributes:
        first: which of all listed samples the first is, counted from 0.
        residuals: (n, 1) their residuals.
        scores: (n, 1) their scores.
        scaling: what these are scaled with.
    """

    first: int
    residuals: Digits
    scores: Limbs
    scaling: "Scaling"

    @property
    def count(self) -> int:
        """How many samples there are."""
        return int(self.residuals.values.shape[1])

    def excess(self) -> int:
        """The sum of all excesses."""
        (total,) = self.residuals.halves().sums()
        return int(total * self.scaling.scale) + self.count * self.scaling.sup

    def excess_squares(self) -> int:
        """The sum of their squares."""
        scale, sup, halves = self.scaling.scale, self.scaling.sup, self.residuals.halves()
        (total,), (squares,) = halves.sums(), halves.square_sums()
        return int(squares * scale**2 + 2 * sup * total * scale) + self.count * sup**2

    def score_excess(self) -> int:
        """The sum of all score excesses."""
        (total,) = self.scores.sums()
        return int(total * self.scaling.score_scale) - self.count * self.scaling.score_low

    def score_excess_squares(self) -> int:
        """The sum of their squares."""
        scale, low = self.scaling.score_scale, self.scaling.score_low
        (total,), (squares,) = self.scores.sums(), self.scores.square_sums()
        return int(squares * scale**2 - 2 * low * total * scale) + self.count * low**2

    def excesses_at_least(self, size: int, least: int) -> int:
        """How many excesses there are of at least a number among the first listed samples."""
        here = self.residuals.chosen(slice(0, max(0, size - self.first)))
        bound = Fraction(least - self.scaling.sup, self.scaling.scale)
        return int((here.compared(bound) >= 0).sum())


@dataclass(frozen=True)
class Scaling:
    """How a concept's numbers are made integers.

    Attributes:
        scale: products of weights and latent coordinates, the bias and the scores are integers over it.
        sup: δ over it.
        score_scale: scores are integers over it.
        score_low: the least score over it.
    """

    scale: int
    sup: int
    score_scale: int
    score_low: int


@dataclass(frozen=True)
class Total:
    """What Lean adds up over listed samples on its way through them.

    Attributes:
        measure: what of each sample, a `Bridge.Measure` as it is written in Lean.
        over: what results of some listed samples; a function of a module or a method of `ConceptRows`, or a
            `functools.partial` of such, since it is computed wherever the samples are.
        values: what results of each range of blocks, once it is known.
    """

    measure: str
    over: Callable[[ConceptRows], int]
    values: tuple[int, ...] = ()

    @property
    def value(self) -> int:
        """What results of all listed samples."""
        return sum(self.values)


@dataclass(frozen=True, eq=False)
class Measured:
    """What a claim about a concept is computed from.

    Attributes:
        artifact: the probe and all its samples.
        column: the concept's place in the artifact.
        listed: the listed samples.
        weights: (d,) the concept's weights, exactly.
        bias: its bias, exactly.
        denominator: weights are integers over it.
        scaling: how all else is.
        scores: what there is to know of the scores of the listed samples.
        sup_error: δ, and the first sample that attains it.
        workers: who goes through the samples.
        progress: told of that.
    """

    artifact: ProbeArtifact
    column: int
    listed: Listed
    weights: tuple[Fraction, ...]
    bias: Fraction
    denominator: int
    scaling: Scaling
    scores: Extent
    sup_error: SupError
    workers: Workers
    progress: Progress

    @property
    def size(self) -> int:
        """How many samples are listed."""
        return len(self.listed)

    @property
    def scale(self) -> int:
        """Products of weights and latent coordinates, the bias and the scores are integers over it."""
        return self.scaling.scale

    @property
    def sup(self) -> int:
        """δ at the scale of the products."""
        return self.scaling.sup

    @cached_property
    def numerators(self) -> tuple[int, ...]:
        """(d,) the weights over the denominator."""
        return tuple(int(weight * self.denominator) for weight in self.weights)

    def kth_smallest(self, size: int, rank: int) -> Fraction:
        """The rank-th smallest absolute residual of the first listed samples, counted from 1."""
        columns = slice(self.column, self.column + 1)
        weights = self.artifact.weights[:, columns]
        return kth_smallest_size(self.listed, columns, weights, size, rank, self.workers, self.progress)


class Claim(Protocol):
    """What is claimed of one concept."""

    template: ClassVar[str]
    """The file in `templates/claims` with what is said of it in Lean, over the rational and over the real numbers."""

    @property
    def totals(self) -> tuple[Total, ...]:
        """What Lean must find for it, in the order in which its theorems refer to it."""


class ExtraClaim(Claim, Protocol):
    """What is claimed of one concept beside the sup error: a frozen dataclass with a field `totals`.

    It is made without the values of these, and once they are known, all at one go, `dataclasses.replace` puts them in.
    """

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

    def widest_summand(self, sup: int, score_span: int) -> int | None:
        """How wide the numbers can be of which Lean adds up one for each row of a block.

        Args:
            sup: δ as an integer, at the scale of the products of weights and latents.
            score_span: the difference of the greatest score and the least, as an integer at the scale of the scores.

        Returns:
            Their width in bits, 0 if each is at most 1, and None if nothing is added up.
        """

    def claim(self, measured: Measured) -> ExtraClaim:
        """What is claimed of one concept, exactly, but for the values of its totals."""

    def record(self, artifact: ProbeArtifact) -> Mapping[str, object]:
        """What results of an export say once for all concepts."""
