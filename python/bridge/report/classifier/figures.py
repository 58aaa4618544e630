"""The figures of a classifier, drawn as those of probes are (`bridge.report.figures`)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from bridge.report.classifier.listed import Roc
from bridge.report.figures import INK, WIDTH, can_be_drawn

SIDE_BINS = 20
"""So many bars on each side of a histogram of margins."""
MOST_CURVES = 8
"""Up to so many curves are told apart in one plot; more classes get a plot each."""
SHADES = 10

RIGHT, WRONG = "#0072B2", "#D55E00"
_COLOURS = (RIGHT, WRONG, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", INK, "#888888")
_DASHES = ("-", "--", "-.", ":")
_CELL = 0.34  # inches
_LONGEST_NAME = 1.8  # inches
_NARROW = 24.0  # points that a count has in a cell
_DARK = 7  # the least shade of blue that is darker than what black stands out from


@dataclass(frozen=True, eq=False)
class ClassMargins:
    """The margins of the listed samples of one class, as floats.

    Attributes:
        number: of the class.
        right: (n,) those of right decisions, ≥ 0.
        wrong: (m,) those of wrong decisions, ≤ 0.
    """

    number: int
    right: np.ndarray
    wrong: np.ndarray


def drawn_names(names: Sequence[str], *, points: float, inches: float) -> tuple[str, ...]:
    """What a figure calls the classes: their names, or all by number if one is too wide or in another script.

    Args:
        names: of the classes.
        points: how large they are written.
        inches: how much room there is.
    """
    if all(can_be_drawn(name) and text_width(name, points) <= inches for name in names):
        return tuple(names)
    return tuple(f"#{number}" for number in range(len(names)))


def text_width(text: str, points: float) -> float:
    """How wide a text is in a figure, in inches."""
    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    font.set_size(points, 72)
    font.set_text(text)
    width, _ = font.get_width_height()
    return float(width) / 64 / 72


def shade(count: int, of: int) -> int:
    """How dark the cell of a count is, 0 to `SHADES`: 0 for none, and the more the larger its share of a row is."""
    return -(-SHADES * count // of) if count else 0


def is_dark(shade_of: int, *, is_right: bool) -> bool:
    """Whether a cell is so dark that what is written in it is white."""
    return is_right and shade_of >= _DARK


def confusion_map(counts: Sequence[Sequence[int]], class_names: Sequence[str]) -> Figure:
    """The counts as a heat map: right decisions blue and wrong ones orange, darker the larger their share of a row."""
    size = len(counts)
    names = drawn_names(class_names, points=8, inches=_LONGEST_NAME)
    room = max(text_width(name, 8) for name in names)
    side, room = max(1.6, _CELL * size), 0.6 + room
    figure = Figure(figsize=(side + room, side + room))
    axes = figure.subplots()
    colours = np.ones((size, size, 3))
    digits = max(len(str(count)) for row in counts for count in row)
    points = min(8.0, _NARROW / (0.62 * digits))
    for label, row in enumerate(counts):
        for decision, count in enumerate(row):
            is_right = label == decision
            depth = shade(count, sum(row))
            share, colour = depth / SHADES, np.array(to_rgb(RIGHT if is_right else WRONG))
            colours[label, decision] = 1 - share + share * colour
            ink = "white" if is_dark(depth, is_right=is_right) else INK if count else "#888888"
            axes.text(
                decision,
                label,
                str(count),
                ha="center",
                va="center",
                fontsize=points,
                color=ink,
                gid=f"count-{label}-{decision}",
            )
    edges = np.arange(size + 1) - 0.5
    axes.pcolormesh(edges, edges, colours, edgecolor="#dddddd", linewidth=0.4, gid="cells")
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(size - 0.5, -0.5)
    axes.set_aspect("equal")
    axes.spines[:].set_visible(True)
    axes.set_xticks(range(size), names, rotation=0 if room < 0.6 + _CELL else 90, fontsize=8)
    axes.set_yticks(range(size), names, fontsize=8)
    axes.tick_params(length=0)
    axes.set(xlabel="decision", ylabel="label")
    return figure


def roc_curves(rocs: Sequence[Roc], class_names: Sequence[str]) -> Figure:
    """The ROC curves, in one plot or, if there are many, in one for each class.

    Args:
        rocs: the curves, at least one.
        class_names: the names of all classes.
    """
    if len(rocs) <= MOST_CURVES:
        names = drawn_names(class_names, points=8, inches=_LONGEST_NAME)
        figure = Figure(figsize=(WIDTH, WIDTH + 0.35 * (1 + len(rocs) // 2)))
        axes = figure.subplots()
        for place, roc in enumerate(rocs):
            _curve(axes, roc, _COLOURS[place], _DASHES[place % len(_DASHES)], names[roc.number])
        _square(axes, [0, 0.2, 0.4, 0.6, 0.8, 1])
        axes.set(xlabel="share of the other samples (false positives)", ylabel="share of the class (true positives)")
        figure.legend(loc="outside lower center", ncols=2, fontsize=8)
        return figure
    names = drawn_names(class_names, points=7, inches=1.4)
    figure, all_axes = _grid(len(rocs), columns=4, width=1.5, height=1.6)
    for axes, roc in zip(all_axes, rocs, strict=True):
        _curve(axes, roc, RIGHT, "-", names[roc.number])
        _square(axes, [0, 1])
        axes.tick_params(labelsize=6)
        axes.set_title(names[roc.number], fontsize=7)
    figure.supxlabel("share of the other samples", fontsize=9)
    figure.supylabel("share of the class", fontsize=9)
    return figure


def margin_histograms(classes: Sequence[ClassMargins], class_names: Sequence[str]) -> Figure:
    """A histogram of the margins for each class, right decisions to the right of 0 and wrong ones to the left."""
    names = drawn_names(class_names, points=8, inches=1.7)
    edges = margin_edges(classes)
    columns = 1 if len(classes) <= 2 else 2 if len(classes) <= MOST_CURVES else 3
    width = WIDTH / columns if columns < 3 else 1.9
    height = 1.9 if columns == 1 else 1.5 if columns == 2 else 1.3
    figure, all_axes = _grid(len(classes), columns, width, height)
    for number, (axes, margins) in enumerate(zip(all_axes, classes, strict=True)):
        for kind, values, colour, sign in (("right", margins.right, RIGHT, 1), ("wrong", margins.wrong, WRONG, -1)):
            counts, _ = np.histogram(sign * values, edges)
            full = np.flatnonzero(counts)
            bars = axes.bar(
                sign * edges[full],
                counts[full],
                sign * np.diff(edges)[full],
                align="edge",
                color=colour,
                edgecolor="white",
                linewidth=0.3,
                hatch=None if sign > 0 else "////",
            )
            for place, bar in zip(full, bars, strict=True):
                bar.set_gid(f"bar-{number}-{kind}-{place}")
        axes.axvline(0, color=INK, lw=0.8)
        axes.set_xlim(-edges[-1], edges[-1])
        axes.yaxis.set_major_locator(MaxNLocator(3, integer=True, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_locator(MaxNLocator(5 if columns == 1 else 3, symmetric=True))
        axes.tick_params(labelsize=8 if columns == 1 else 7)
        rights, samples = len(margins.right), len(margins.right) + len(margins.wrong)
        axes.set_title(f"{names[margins.number]}\n{rights} of {samples} right", fontsize=8)
    figure.supxlabel("margin", fontsize=9)
    figure.supylabel("samples", fontsize=9)
    kinds = [Patch(color=RIGHT, label="right"), Patch(facecolor=WRONG, edgecolor="white", hatch="////", label="wrong")]
    figure.legend(handles=kinds, loc="outside upper center", ncols=2, fontsize=8)
    return figure


def margin_edges(classes: Sequence[ClassMargins]) -> np.ndarray:
    """The edges of the bars on one side: `SIDE_BINS` of equal width from 0 to the largest margin in size, or to 1."""
    largest = max(float(np.abs(values).max(initial=0.0)) for each in classes for values in (each.right, each.wrong))
    edges: np.ndarray = np.linspace(0, largest or 1.0, SIDE_BINS + 1)
    return edges


def _curve(axes: Axes, roc: Roc, colour: str, dashes: str, name: str) -> None:
    axes.plot(*roc.shares(), color=colour, ls=dashes, lw=1.4, label=name, gid=f"curve-{roc.number}", clip_on=False)


def _square(axes: Axes, ticks: Sequence[float]) -> None:
    axes.plot([0, 1], [0, 1], color="#999999", lw=0.7, zorder=0.5)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xticks(ticks)
    axes.set_yticks(ticks)
    axes.set_aspect("equal")


def _grid(count: int, columns: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """Plots side by side in rows, as many as there are."""
    rows = -(-count // columns)
    figure = Figure(figsize=(columns * width, rows * height + 0.6))
    all_axes = list(figure.subplots(rows, columns, squeeze=False).ravel())
    for axes in all_axes[count:]:
        axes.set_axis_off()
    return figure, all_axes[:count]
