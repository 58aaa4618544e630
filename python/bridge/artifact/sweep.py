"""What a sweep has of each layer: how well it does for each concept, and which layer does best, by exact numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bridge.exact.measures import nearest_float
from bridge.exact.text import rational

PARTS = ("train", "calibration", "held_out")

# What decides, in the order of what a fit has not seen: the first part that has samples.
_DECIDING = ("held_out", "calibration", "train")

PROBE_MEASURES = ("r2", "max_error")
CLASSIFIER_MEASURES = ("accuracy", "balanced_accuracy", "roc_auc")

_LEAST_IS_BEST = frozenset({"max_error"})

Values = Mapping[str, int | float | str | None]


@dataclass(frozen=True)
class Cell:
    """How well a layer does for one concept, or for labels.

    Attributes:
        concept: its name; that of the labels for a classifier.
        unit: of its scores, empty where there is none.
        parts: of each part that has samples, how many, and each measure as the nearest float, None where it is
            undefined or too large for one, and under its name with `_exact` behind it as a fraction, such as `35 / 36`.
    """

    concept: str
    unit: str
    parts: Mapping[str, Values]

    def exact(self, part: str, measure: str) -> Fraction | None:
        """A measure exactly, None where it is undefined."""
        text = self.parts[part][f"{measure}_exact"]
        return None if text is None else Fraction(str(text).replace(" ", ""))

    @property
    def deciding_part(self) -> str:
        """The part that layers are compared on: the held-out one, else the calibration part, else the training part."""
        return next(part for part in _DECIDING if part in self.parts)


@dataclass(frozen=True)
class Best:
    """The layer that does best for a concept, or for labels.

    Attributes:
        concept: its name.
        measure: what decides.
        part: on which samples: those held out, or what stands in for them.
        layer: the best layer, the first of several; None if the measure is undefined for all.
        value: its measure as the nearest float.
        exact: the same as a fraction.
        ties: the layers after it that do exactly as well.
    """

    concept: str
    measure: str
    part: str
    layer: str | None
    value: float | None
    exact: str | None
    ties: tuple[str, ...] = ()


def best_layers(table: Mapping[str, Sequence[Cell]], measure: str) -> tuple[Best, ...]:
    """The best layer for each concept, by exact numbers.

    Args:
        table: the cells of each layer, which are of the same concepts and parts, in the order in which the first of
            equals is taken.
        measure: one of `PROBE_MEASURES` or `CLASSIFIER_MEASURES`.
    """
    return tuple(_best(dict(zip(table, column, strict=True)), measure) for column in zip(*table.values(), strict=True))


def _best(column: Mapping[str, Cell], measure: str) -> Best:
    some = next(iter(column.values()))
    part = some.deciding_part
    exact = {layer: cell.exact(part, measure) for layer, cell in column.items()}
    defined = {layer: value for layer, value in exact.items() if value is not None}
    if not defined:
        return Best(some.concept, measure, part, None, None, None)
    top = min(defined.values()) if measure in _LEAST_IS_BEST else max(defined.values())
    first, *others = [layer for layer, value in defined.items() if value == top]
    return Best(some.concept, measure, part, first, nearest_float(top), rational(top), tuple(others))
