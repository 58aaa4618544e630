"""Two probes or two classifiers beside each other, as tables and as records."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from bridge.artifact.coverage import Coverage
from bridge.artifact.pair import ClassifierPair, ProbePair, compared_rows, valued_classes
from bridge.base.words import counted, printable
from bridge.exact.decisions import Confusion, exact_decisions
from bridge.exact.differences import exact_differences
from bridge.exact.text import decimal, rational
from bridge.report.tables import WIDTH, short_name, table_lines

_MOST_ROWS = 20
_FIRST = 10


@dataclass(frozen=True)
class Distance:
    """How far two functionals are from each other.

    Attributes:
        name: of the concept or the class.
        largest: the largest |w_A · z + b_A - (w_B · z + b_B)|, exactly.
        sample: the first sample of the data set that has it.
    """

    name: str
    largest: Fraction
    sample: int

    def record(self, kind: str) -> dict[str, object]:
        """A JSON-like record; `kind` is what has the name."""
        return {
            kind: self.name,
            "largest_difference": rational(self.largest),
            "largest_difference_decimal": decimal(self.largest),
            "attained_by_sample": self.sample,
        }


@dataclass(frozen=True, eq=False)
class PairResult:
    """How two probes compare.

    Attributes:
        pair: the two.
        coverage: the part over whose samples they are compared.
        samples: how many these are.
        distances: of the concepts.
    """

    pair: ProbePair
    coverage: Coverage
    samples: int
    distances: tuple[Distance, ...]

    def record(self) -> dict[str, object]:
        """The result as a JSON-like record; exact numbers are text, with decimals beside them."""
        return {
            "over": str(self.coverage),
            "samples": self.samples,
            "concepts": [distance.record("concept") for distance in self.distances],
        }

    def lines(self) -> list[str]:
        """The same for people."""
        return [_title(self.samples, self.coverage), *_distance_lines("concept", self.distances)]


@dataclass(frozen=True, eq=False)
class ClassifierPairResult:
    """How two classifiers compare.

    Attributes:
        pair: the two.
        coverage: the part over whose samples they are compared.
        counts: how many samples B decides to be of one class (row) and A of another (column).
        differing: the samples of the data set that are decided otherwise, with the decisions of A and of B.
        distances: of the classes; of binary probes of class 1, and of class 0 if thresholds differ.
    """

    pair: ClassifierPair
    coverage: Coverage
    counts: tuple[tuple[int, ...], ...]
    differing: tuple[tuple[int, int, int], ...]
    distances: tuple[Distance, ...]

    @property
    def samples(self) -> int:
        """Over how many samples they are compared."""
        return sum(map(sum, self.counts))

    def record(self) -> dict[str, object]:
        """The result as a JSON-like record; exact numbers are text, with decimals beside them."""
        names = self.pair.a.class_names
        return {
            "over": str(self.coverage),
            "samples": self.samples,
            "label": self.pair.a.label_name,
            "decisions_that_differ": len(self.differing),
            "first_that_differ": [
                {"sample": sample, "a": names[a], "b": names[b]} for sample, a, b in self.differing[:_FIRST]
            ],
            "decisions": {"classes": list(names), "rows": "b", "columns": "a", "counts": list(map(list, self.counts))},
            "classes": [distance.record("class") for distance in self.distances],
        }

    def lines(self) -> list[str]:
        """The same for people."""
        names = [short_name(name) for name in self.pair.a.class_names]
        differ = "differs" if len(self.differing) == 1 else "differ"
        title = f"{counted(len(self.differing), 'decision')} of {self.samples} {differ} ({self.coverage})"
        more = len(self.differing) - _FIRST
        return [
            f"{short_name(self.pair.a.label_name)}: {title}",
            *_decision_lines(names, self.counts),
            *(f"sample {sample}: {names[a]} by A, {names[b]} by B" for sample, a, b in self.differing[:_FIRST]),
            *([f"and {counted(more, 'sample')} more"] if more > 0 else []),
            "",
            *_distance_lines("class", self.distances),
        ]


def pair_result(pair: ProbePair | ClassifierPair, coverage: Coverage) -> PairResult | ClassifierPairResult:
    """Compare two artifacts, exactly.

    Raises:
        InputError: the part has no samples, or others in B than in A.
    """
    rows = compared_rows(pair, coverage)
    if isinstance(pair, ProbePair):
        names = pair.a.concept_names
        return PairResult(pair, coverage, len(rows), _distances(pair, rows, dict(enumerate(names))))
    indices = pair.a.sample_indices[rows]
    a, b = (exact_decisions(pair.a.latents[rows], artifact.weights).predicted for artifact in (pair.a, pair.b))
    return ClassifierPairResult(
        pair,
        coverage,
        Confusion.of(b, a, pair.a.class_count).counts,
        tuple((int(indices[row]), int(a[row]), int(b[row])) for row in np.flatnonzero(a != b)),
        _distances(pair, rows, valued_classes(pair)),
    )


def _distances(pair: ProbePair | ClassifierPair, rows: np.ndarray, names: dict[int, str]) -> tuple[Distance, ...]:
    columns = list(names)
    differences = exact_differences(pair.a.latents[rows], pair.a.weights[:, columns], pair.b.weights[:, columns])
    distances = []
    for place, name in enumerate(names.values()):
        found = differences.sup_error(place)
        distances.append(Distance(name, found.value, int(pair.a.sample_indices[rows[found.sample]])))
    return tuple(distances)


def _title(samples: int, coverage: Coverage) -> str:
    return f"largest difference of A and B over {counted(samples, 'sample')} ({coverage})"


def _distance_lines(kind: str, distances: Sequence[Distance]) -> list[str]:
    table = Table(kind, box=None, pad_edge=False)
    for heading in ("|A - B| at most, about", "attained by sample"):
        table.add_column(heading, justify="right", no_wrap=True)
    for distance in distances[:_MOST_ROWS]:
        # Without markup and without emoji: a name is what it is.
        table.add_row(Text(printable(distance.name)), decimal(distance.largest), str(distance.sample))
    more = len(distances) - _MOST_ROWS
    plural = "es" if kind == "class" and more > 1 else "s" if more > 1 else ""
    return [*table_lines(table), *([f"and {more} more {kind}{plural}; --json lists all"] if more > 0 else [])]


def _decision_lines(names: Sequence[str], counts: Sequence[Sequence[int]]) -> list[str]:
    """All counts if a line has room for those of a row, else the largest of decisions that differ."""
    columns = [[name, *(str(row[number]) for row in counts)] for number, name in enumerate(names)]
    width = sum(2 + max(map(cell_len, column)) for column in [["B \\ A", *names], *columns])
    if width <= WIDTH and len(names) <= _MOST_ROWS:
        table = Table("B \\ A", box=None, pad_edge=False)
        for name in names:
            table.add_column(Text(name), justify="right", no_wrap=True)
        for name, row in zip(names, counts, strict=True):
            table.add_row(Text(name), *map(str, row))
        return table_lines(table)
    pairs = [(count, a, b) for b, row in enumerate(counts) for a, count in enumerate(row) if a != b and count]
    pairs.sort(key=lambda pair: -pair[0])
    table = Table("by A", "by B", box=None, pad_edge=False)
    table.add_column("samples", justify="right", no_wrap=True)
    for count, a, b in pairs[:_MOST_ROWS]:
        table.add_row(Text(names[a]), Text(names[b]), str(count))
    more = len(pairs) - _MOST_ROWS
    shown = table_lines(table) if pairs else []
    return [*shown, *([f"and {counted(more, 'pair')} of classes more; --json lists all"] if more > 0 else [])]
