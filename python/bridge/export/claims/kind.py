"""What every kind of claim has on the exporting side.  `bridge.check.claims` has the twin of each, written apart."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

from bridge.artifact.coverage import Coverage
from bridge.artifact.record import ProbeArtifact
from bridge.exact.dyadic import DyadicMatrix
from bridge.exact.residuals import ExactResiduals


@dataclass(frozen=True, eq=False)
class Measured:
    """What a claim about a concept is computed from.

    Attributes:
        artifact: the probe and all its samples.
        column: the concept's place in the artifact.
        residuals: those of the listed samples, of all concepts.
        scores: (N, 1) the concept's scores of the listed samples.
    """

    artifact: ProbeArtifact
    column: int
    residuals: ExactResiduals
    scores: DyadicMatrix


class Claim(Protocol):
    """What is claimed of one concept."""

    template: ClassVar[str]
    """The file in `templates/claims` with what is said of it in Lean, over the rational and over the real numbers."""

    def widest_summand(self, sup: int, digit_bits: int) -> int | None:
        """How wide the numbers can be of which Lean adds up one for each row of a block.

        Args:
            sup: δ as an integer, at the scale of the products of weights and latents.
            digit_bits: the width of a digit.

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


class Kind(Protocol):
    """A kind of claim, with what it was asked for with."""

    option: ClassVar[str]
    """The option of the command line that asks for it."""
    help: ClassVar[str]
    """What the command line says of the option."""
    metavar: ClassVar[str | None]
    """What the option's value is called, None if it has none."""
    imports: ClassVar[str]
    """The module of the Lean library that its theorems need."""
    calibration_first: ClassVar[bool]
    """Whether the calibration part must come first among the listed samples."""

    @classmethod
    def read(cls, value: str) -> Self:
        """The kind, asked for with the value of its option, which is empty where it has none.

        Raises:
            InputError: there is no such value.
        """

    def words(self) -> str:
        """The option as the banner of an export has it."""

    def require(self, artifact: ProbeArtifact, coverage: Coverage) -> None:
        """Refuse an artifact or a coverage of which it cannot be proved.

        Raises:
            InputError: what is missing.
        """

    def claim(self, measured: Measured) -> ExtraClaim:
        """What is claimed of one concept, exactly."""

    def record(self, artifact: ProbeArtifact) -> Mapping[str, object]:
        """What results of an export say once for all concepts."""
