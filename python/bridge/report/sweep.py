"""The table of a sweep: how well each layer does for each concept, or for labels, and which is the best."""

from collections.abc import Sequence
from fractions import Fraction

from rich.table import Table
from rich.text import Text

from bridge.artifact.sweep import CLASSIFIER_MEASURES, PARTS, PROBE_MEASURES, Best, Cell
from bridge.artifact.sweep_manifest import LayerEntry, Manifest
from bridge.base.words import counted, printable
from bridge.exact.text import decimal
from bridge.report.classification import shown_rate
from bridge.report.tables import plain_table, short_name, table_lines

_TITLES = {"train": "train", "calibration": "calibration", "held_out": "held out", "": "all"}
_HEADINGS = {"r2": "R²", "balanced_accuracy": "balanced", "control_accuracy": "control"}
_NAMES = {"r2": "R²"}

# Concepts are shown with all of their layers as long as there are no more lines than so many; the best layer of each
# is always shown.
_MOST_ROWS = 100
_MOST_CONCEPTS = 200

_LARGE = 10**4
_DIGITS = 4


def sweep_lines(manifest: Manifest) -> list[str]:
    """The measures of each layer by concept, then the best layer for each concept, in lines of 80 columns."""
    layers, best = manifest.layers, manifest.best
    shown = min(len(best), max(1, _MOST_ROWS // len(layers)))
    lines: list[str] = []
    for column in range(shown):
        lines += [*_concept_lines(layers, column, best[column]), ""]
    if shown < len(best):
        lines += [f"and {counted(len(best) - shown, 'concept')} more; --json lists all", ""]
    return lines + (_best_lines(layers, best) if len(best) > 1 else [])


def _concept_lines(layers: Sequence[LayerEntry], column: int, best: Best) -> list[str]:
    """How well each layer does for one concept, and in the last line which is the best."""
    cells = [entry.concepts[column] for entry in layers]
    measures = _columns(cells[0], best.part)
    headings = tuple(f"{_HEADINGS.get(measure, measure)}\n{_TITLES[part]}" for measure, part in measures)
    table = plain_table("layer", headings)
    for entry, cell in zip(layers, cells, strict=True):
        table.add_row(Text(printable(entry.layer)), *(_shown(cell, part, measure) for measure, part in measures))
    unit = f" ({short_name(cells[0].unit)})" if cells[0].unit else ""
    return [f"{short_name(best.concept)}{unit}", *table_lines(table), *_notes(cells[0], best)]


def _columns(cell: Cell, deciding: str) -> list[tuple[str, str]]:
    """Which measures on which parts there is room for, the measures one after the other."""
    parts = [part for part in PARTS if part in cell.parts]
    if "accuracy_exact" not in cell.parts[deciding]:
        return [(measure, part) for measure in PROBE_MEASURES for part in parts]
    first, *others = CLASSIFIER_MEASURES
    of_others = parts if len(parts) < len(PARTS) else [deciding]
    control = [("control_accuracy", deciding)] if "control_accuracy" in cell.parts[deciding] else []
    return [(first, part) for part in parts] + [(other, part) for other in others for part in of_others] + control


def _notes(cell: Cell, best: Best) -> list[str]:
    measure, where = _NAMES.get(best.measure, best.measure), _TITLES[best.part]
    if best.layer is None:
        return [f"best: none, since {measure} is undefined ({where})"]
    value = _written(Fraction(str(best.exact).replace(" ", "")), best.measure)
    ties = f"; as good: {', '.join(map(short_name, best.ties))}" if best.ties else ""
    lines = [f"best: {short_name(best.layer)}, {measure} {value} ({where}){ties}"]
    if "majority_accuracy_exact" in cell.parts[best.part]:
        majority = _shown(cell, best.part, "majority_accuracy")
        lines.append(f"always the most frequent class of the training part: accuracy {majority} ({where})")
    return lines


def _best_lines(layers: Sequence[LayerEntry], best: Sequence[Best]) -> list[str]:
    """The best layer for each concept, with its measures on the part that decides."""
    by_name = {entry.layer: entry for entry in layers}
    where = _TITLES[best[0].part]
    table = Table(box=None, pad_edge=False)
    for heading in ("concept", "best layer"):
        table.add_column(heading, overflow="fold")
    for measure in PROBE_MEASURES:
        table.add_column(f"{_HEADINGS.get(measure, measure)}\n{where}", justify="right", no_wrap=True)
    has_ties = any(one.ties for one in best)
    if has_ties:
        table.add_column("as good", overflow="fold")
    for column, one in list(enumerate(best))[:_MOST_CONCEPTS]:
        cells = [] if one.layer is None else [by_name[one.layer].concepts[column]]
        values = [_shown(cell, one.part, measure) for cell in cells for measure in PROBE_MEASURES]
        layer, ties = one.layer or "none", ", ".join(map(short_name, one.ties))
        row = (Text(printable(one.concept)), Text(printable(layer)), *(values or ("undefined", "")))
        table.add_row(*row, *([Text(ties)] if has_ties else []))
    more = len(best) - _MOST_CONCEPTS
    measure = _NAMES.get(best[0].measure, best[0].measure)
    lines = [f"best layers by {measure}, {where}", *table_lines(table)]
    return lines + ([f"and {counted(more, 'concept')} more; --json lists all"] if more > 0 else [])


def _shown(cell: Cell, part: str, measure: str) -> str:
    if measure == "control_accuracy":
        control = cell.parts[part].get(measure)
        return "undefined" if control is None else shown_rate(Fraction(control))
    value = cell.exact(part, measure)
    return "undefined" if value is None else _written(value, measure)


def _written(value: Fraction, measure: str) -> str:
    if measure == "max_error" or abs(value) >= _LARGE:
        return decimal(value, _DIGITS)
    return shown_rate(value)
