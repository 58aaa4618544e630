"""What every kind of claim about a classifier has on the checking side: how it is read, and what it must be.

`bridge.export.classification.claims` has the twin of each, with which nothing here shares any arithmetic.
"""

from typing import ClassVar, Protocol

from bridge.artifact.coverage import Coverage
from bridge.check.classification.computed import ComputedClassifier
from bridge.check.comparison import Comparison
from bridge.check.reader import Found, Place, Reader


class ClassifierTwin(Protocol):
    """A kind of claim that can be asked for beside the matrix and the margin."""

    name: ClassVar[str]
    """What the kind is called."""
    option: ClassVar[str]
    """A pattern for the words of the banner that ask for it; its group `value` has the value of the option, if any."""
    imports: ClassVar[str]
    """The module of the Lean library that a file with such a claim imports."""
    needs_digits: ClassVar[bool]
    """Whether it is proved with all digits in one declaration, also where there are ranges."""

    def refusal(self, value: str, coverage: Coverage) -> tuple[str, str, str] | None:
        """What is wrong with what was asked for: of what, what was found and is required; None if nothing is."""

    def read(self, reader: Reader, class_count: int) -> Found:
        """Read what is claimed of so many classes over the rational numbers."""

    def theorems(self, found: Found) -> tuple[str, ...]:
        """The names of the theorems over the rational numbers that Lean must have declared."""

    def compare(
        self, comparison: Comparison, found: Found, computed: ComputedClassifier, value: str, place: Place
    ) -> None:
        """Compare what is claimed over the rational numbers.

        Args:
            comparison: what is found goes there.
            found: what was read.
            computed: what must be stated.
            value: the value of the option.
            place: where the classifier begins, for what is missing.
        """

    def statements(self, found: Found) -> tuple[tuple[str, str], ...]:
        """The names of theorems over the rational numbers, and what they say, for people."""
