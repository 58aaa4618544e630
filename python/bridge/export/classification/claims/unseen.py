"""What the decisions about held-out samples say of the accuracy on unseen data: the bound of Clopper and Pearson."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.coverage import Coverage
from bridge.base.errors import InputError
from bridge.exact.conformal import read_alpha
from bridge.exact.decisions import accuracy_bound
from bridge.exact.text import decimal, rational
from bridge.export.classification.claims.kind import MeasuredClassifier


@dataclass(frozen=True)
class Unseen:
    """A bound on unseen data is asked for; a `bridge.export.classification.claims.kind.ClassifierKind`.

    Attributes:
        alpha: the level α, exactly.
    """

    alpha: Fraction

    option: ClassVar[str] = "--accuracy-bound"
    help: ClassVar[str] = (
        "Of a classifier, with --over held-out: prove too above which number the accuracy on unseen data is at the "
        "level α, such as 0.05 or 1/20, after Clopper and Pearson."
    )
    metavar: ClassVar[str | None] = "α"
    imports: ClassVar[str] = "Bridge.Claims.Unseen"

    @classmethod
    def read(cls, value: str) -> "Unseen":
        """It is asked for with the level, `0.05` or `1/20`."""
        return cls(read_alpha(value, example="accuracy_bound=0.05", decides="bound"))

    def words(self) -> str:
        """The option and the level as a fraction."""
        return f"{self.option} {self.alpha}"

    def require(self, artifact: ClassifierArtifact, coverage: Coverage) -> None:
        """Refuse samples that the fit may have seen."""
        if coverage is not Coverage.HELD_OUT:
            raise InputError(
                f"`accuracy_bound=…` was given with `over={coverage}`; only samples that the fit has not seen say "
                "something of unseen data, and these alone must be listed; choose `over=held-out`"
            )

    def claim(self, measured: MeasuredClassifier) -> "UnseenClaim":
        """The bound that the listed samples give."""
        counts = measured.confusion
        return UnseenClaim(
            self.alpha, counts.correct, counts.total, accuracy_bound(counts.correct, counts.total, self.alpha)
        )


@dataclass(frozen=True)
class UnseenClaim:
    """A bound on unseen data; a `bridge.export.classification.claims.kind.ClassifierClaim`.

    Attributes:
        alpha: the level.
        correct: how many decisions are right.
        size: of how many listed samples.
        bound: the accuracy that it follows from.
    """

    alpha: Fraction
    correct: int
    size: int
    bound: Fraction

    template: ClassVar[str] = "unseen"

    def record(self) -> Mapping[str, object]:
        """The level and the bound, exactly as text."""
        return {
            "accuracy_bound_alpha": str(self.alpha),
            "accuracy_bound": rational(self.bound),
            "accuracy_bound_decimal": decimal(self.bound),
        }

    def lines(self) -> Iterator[str]:
        """The bound, and what it is made of."""
        yield (
            f"accuracy on unseen data ≥ {rational(self.bound)}, about {decimal(self.bound)}: {self.correct} of "
            f"{self.size} held-out decisions are right, α = {self.alpha}"
        )
