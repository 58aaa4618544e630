"""What the samples of ranges of blocks add up to for claims, section after section."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from bridge.base.workers import Workers
from bridge.check.claims.twin import Twin
from bridge.check.computed import Computed, section_of
from bridge.check.listed import Form, ListedSamples, Rows, integers_over, sections_in

# By the names of twins, and then by their holes.
TwinTotals = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Totals:
    """What samples add to each total, by sections: where each begins, and of each concept what it adds."""

    starts: Sequence[int]
    added: Sequence[Sequence[TwinTotals]]

    def of(self, twin: str, column: int, rows: range | None = None) -> Mapping[str, int]:
        """What samples add to the totals of a twin, by its holes.

        Args:
            twin: the name of the twin.
            column: the place of the concept.
            rows: which samples, whose sections end where they do; None for all.
        """
        found: dict[str, int] = {}
        for concepts in self.added[sections_in(self.starts, rows)]:
            for hole, value in concepts[column][twin].items():
                found[hole] = found.get(hole, 0) + value
        return found


def totals_of(
    samples: ListedSamples,
    form: Form,
    weights: np.ndarray,
    required: Sequence[Computed],
    asked: Sequence[tuple[Twin, str]],
    boundaries: Iterable[int],
    workers: Workers,
) -> Totals:
    """Add up what samples add to the totals of claims.

    Args:
        samples: the listed samples.
        form: how they are integers.
        weights: (d + 1, k) the weights of all concepts, the biases last.
        required: what must be stated of each concept.
        asked: the twins that totals are wanted of, with the values of their options.
        boundaries: the samples that ranges begin with.
        workers: who goes through the samples.
    """
    cuts = list(boundaries)
    add = partial(_added, form=form, weights=weights, required=[each.slim() for each in required], asked=asked)
    added = list(samples.each_section(add, workers, cuts, "adding up")) if asked else []
    return Totals([start for start, _ in samples.sections(cuts)], added)


def _added(
    rows: Rows, *, form: Form, weights: np.ndarray, required: Sequence[Computed], asked: Sequence[tuple[Twin, str]]
) -> list[dict[str, dict[str, int]]]:
    integers = integers_over(rows, form)
    sections = (section_of(integers, weights, each.column, each.weight_exponent) for each in required)
    return [
        {twin.name: dict(twin.summands(section, computed, value)) for twin, value in asked}
        for section, computed in zip(sections, required, strict=True)
    ]
