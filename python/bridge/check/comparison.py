"""Collects where exported Lean files differ from what they must say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.check.reader import Literal, Place


@dataclass(frozen=True)
class Difference:
    """One disagreement between the Lean files and the artifact."""

    place: Place
    what: str
    found: str
    required: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: found {self.found}, required {self.required}"

    def record(self) -> dict[str, object]:
        """The difference as one JSON-like record."""
        return {"place": str(self.place), "what": self.what, "found": self.found, "required": self.required}


class Comparison:
    """Collects differences, and counts what was compared."""

    def __init__(self) -> None:
        self.differences: list[Difference] = []
        self.compared = 0

    def same(self, what: str, literal: Literal[object], required: object) -> bool:
        """Record a difference unless the literal has the required value."""
        self.compared += 1
        if literal.value == required:
            return True
        self.differ(literal.place, what, str(literal.value), str(required))
        return False

    def all_same(self, what: str, literals: Sequence[Literal[object]], required: object) -> None:
        """Record a difference for each literal that has not the required value."""
        for literal in literals:
            self.same(what, literal, required)

    def each_same(self, what: str, literals: Sequence[Literal[object]], required: Sequence[object]) -> None:
        """Record a difference for each literal of a list that has not its value, and one for another length."""
        self.count(what, literals, len(required))
        for index, (literal, value) in enumerate(zip(literals, required, strict=False)):
            self.same(f"{what}[{index}]", literal, value)

    def one_of(self, what: str, literal: Literal[int], allowed: range) -> bool:
        """Record a difference unless the literal has one of the allowed values."""
        self.compared += 1
        if literal.value in allowed:
            return True
        self.differ(literal.place, what, str(literal.value), f"a multiple of {allowed.step}, below {allowed.stop}")
        return False

    def count(self, what: str, literals: Sequence[Literal[object]], required: int) -> bool:
        """Record a difference unless there are so many literals."""
        if len(literals) == required:
            return True
        self.differ(literals[-1].place, what, f"{len(literals)} of them", str(required))
        return False

    def differ(self, place: Place, what: str, found: str, required: str) -> None:
        """Record a difference."""
        self.differences.append(Difference(place, what, found, required))

    def include(self, other: "Comparison", prefix: str) -> None:
        """Take over what another comparison has found, of something that a prefix names."""
        self.compared += other.compared
        self.differences += [replace(each, what=f"{prefix}{each.what}") for each in other.differences]
