"""What every kind of claim has on the checking side: how it is read, and what it must be.

`bridge.export.claims` has the twin of each, with which nothing here shares any arithmetic.
"""

from collections.abc import Mapping
from typing import ClassVar, Protocol

from bridge.check.comparison import Comparison
from bridge.check.computed import Computed, Section
from bridge.check.reader import Found, Reader


class Twin(Protocol):
    """A kind of claim that can be asked for beside the sup error."""

    name: ClassVar[str]
    """What the kind is called."""
    what: ClassVar[str]
    """What differences call it."""
    option: ClassVar[str]
    """A pattern for the words of the banner that ask for it; its group `value` has the value of the option, if any."""
    imports: ClassVar[str]
    """The module of the Lean library that a file with such a claim imports."""

    calibration_first: ClassVar[bool]
    """Whether the calibration part comes first among the listed samples."""

    totals: ClassVar[tuple[str, ...]]
    """Patterns for what Lean finds for it on its way through the samples, in this order."""

    def refusal(self, value: str) -> tuple[str, str, str] | None:
        """What is wrong with the value of the option: of what, what was found and is required; None if nothing is."""

    def read(self, reader: Reader, found: Found) -> Found:
        """Read what is claimed of a concept over the rational numbers.

        Its theorems say in a hole `place` where its totals begin among those of all claims.

        Args:
            reader: where the claim comes next.
            found: what was found in its totals, to which this is added.
        """

    def read_real(self, reader: Reader) -> Found | None:
        """Read what is claimed over the real numbers, if it comes next."""

    def theorems(self, found: Found) -> tuple[str, ...]:
        """The names of the theorems over the rational numbers that Lean must have declared."""

    def summand_bits(self, computed: Computed) -> int:
        """How wide the numbers are of which Lean adds up one for each row of a block."""

    def order(self, count: int, calibration_size: int, value: str) -> tuple[int, int, str] | None:
        """Which absolute residual of some rank it is about, of so many listed samples and so large a calibration part.

        Returns:
            Among how many of the first listed samples it is, its rank from 1, and the hole that has it; None if there
            is none.  `Computed.order` has it at the scale of the products then, unless there are too few samples.
        """

    def summands(self, section: Section, computed: Computed, value: str) -> Mapping[str, int]:
        """What the samples of a section add to each total, by the hole in `totals` that has what results.

        Where the value of the option makes no sense there is nothing.
        """

    def compare(
        self, comparison: Comparison, found: Found, computed: Computed, totals: Mapping[str, int], value: str
    ) -> None:
        """Compare what is claimed over the rational numbers.

        Args:
            comparison: what is found goes there.
            found: what was read.
            computed: what must be stated of the concept.
            totals: what the summands of all samples add up to.
            value: the value of the option.
        """

    def compare_real(self, comparison: Comparison, found: Found, computed: Computed, value: str) -> None:
        """Compare what is claimed over the real numbers, where it is claimed and was to be."""

    def is_stated(self, computed: Computed) -> bool:
        """Whether a theorem over the real numbers is due."""

    def statements(self, found: Found) -> tuple[tuple[str, str], ...]:
        """The names of theorems over the rational numbers, and what they say, for people."""

    def real_statements(self) -> tuple[tuple[str, str], ...]:
        """The names of theorems over the real numbers, and what they say beside those."""
