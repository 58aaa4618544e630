"""The figures of a report, drawn by matplotlib: the same numbers give the same bytes.

The colours are those of Okabe and Ito (Color Universal Design, 2008), which people with any colour vision tell apart;
parts of the data have shapes of their own too.
"""

import contextlib
import html
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from matplotlib import font_manager, rc_context, style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bridge.base.errors import InputError
from bridge.base.own_files import FIGURE_MARK
from bridge.exact.text import decimal

# More marks than this are drawn as a bitmap, since a browser needs long for as many shapes.
MOST_SHAPES = 5_000
BINS = 40

INK = "#222222"
_BOUND_LABELS = {"delta": "±δ", "alpha": "±δ_α"}
_BAND, _INNER_BAND = "#e4e4e4", "#bfd7ea"
_POSITIVE, _NEGATIVE = "#0072B2", "#D55E00"
WIDTH = 4.6  # inches: on a telephone about its natural size
_PNG_DPI = 200
_LONGEST_LABEL = 24
# Beyond this, the sums in a plot leave the range of floats.
_LARGEST_DRAWN = 1e300


@dataclass(frozen=True)
class PartStyle:
    """How the samples of a part are drawn."""

    colour: str
    marker: str


PART_STYLES: Mapping[str, PartStyle] = {
    "train": PartStyle("#0072B2", "o"),
    "calibration": PartStyle("#009E73", "^"),
    "held out": PartStyle("#D55E00", "s"),
    "part not known": PartStyle("#555555", "o"),
}


@dataclass(frozen=True, eq=False)
class Points:
    """The listed samples of one concept, for the eye: in floating point.

    Attributes:
        probe: (N,) what the probe reads.
        score: (N,) what the concept scores.
        residual: (N,) score minus probe value.
        parts: (N,) bool for each part that has samples, by its name in `PART_STYLES`.
        attaining: (N,) bool, True where |residual| is δ, exactly.
        delta: δ.
        delta_alpha: δ_α, None if there is none.
        name: the concept's name.
        unit: the unit of its score, which may be empty.
    """

    probe: np.ndarray
    score: np.ndarray
    residual: np.ndarray
    parts: Mapping[str, np.ndarray]
    attaining: np.ndarray
    delta: float
    delta_alpha: float | None
    name: str
    unit: str


@dataclass(frozen=True, eq=False)
class Panel:
    """An image (height, width) with values in [0, 1], and what is written above it."""

    image: np.ndarray
    title: str


@contextlib.contextmanager
def drawing() -> Iterator[None]:
    """Draw and save within this: the settings are ours, whatever the user's matplotlibrc says."""
    settings = rc_context(
        {
            "font.size": 9.0,
            "axes.edgecolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "text.color": INK,
            "axes.labelcolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "legend.frameon": False,
            "figure.constrained_layout.use": True,
            # Names are texts, not formulas.
            "text.parse_math": False,
            # Without random names, so that equal figures give equal files.
            "svg.hashsalt": "bridge",
            # Letters as shapes: they look the same everywhere, and nothing is wider than it was laid out.
            "svg.fonttype": "path",
        }
    )
    with style.context("default"), settings:
        yield


def scatter(points: Points) -> Figure:
    """Scores against probe values, with the bands of δ and δ_α about the line where both agree."""
    figure = Figure(figsize=(WIDTH, 4.4))
    axes = figure.subplots()
    low, high = _widened(float(points.probe.min()), float(points.probe.max()))
    ends = np.array([low, high])
    for name, bound, colour in (("delta", points.delta, _BAND), ("alpha", points.delta_alpha, _INNER_BAND)):
        if bound is not None:
            below, above = ends - bound, ends + bound
            axes.fill_between(ends, below, above, color=colour, lw=0, label=_BOUND_LABELS[name], gid=f"band-{name}")
    axes.plot(ends, ends, color=INK, lw=0.8, label="score = probe", gid="line")
    for part, members in points.parts.items():
        axes.plot(
            points.probe[members],
            points.score[members],
            linestyle="none",
            marker=PART_STYLES[part].marker,
            markersize=2.6,
            markeredgewidth=0,
            color=PART_STYLES[part].colour,
            alpha=0.75,
            label=f"{part} ({members.sum()})",
            gid=f"samples-{_word(part)}",
            rasterized=len(points.probe) > MOST_SHAPES,
        )
    axes.plot(
        points.probe[points.attaining],
        points.score[points.attaining],
        linestyle="none",
        marker="o",
        markersize=7,
        markerfacecolor="none",
        color=INK,
        label="attains δ",
        gid="attaining",
    )
    axes.set_xlim(low, high)
    axes.set(xlabel=_axis_label("probe value", points), ylabel=_axis_label("score", points))
    figure.legend(loc="outside lower center", ncols=3, fontsize=8, markerscale=1.4)
    return figure


def histogram(points: Points) -> Figure:
    """How many residuals there are of which size, with δ and δ_α; every residual is within the range of the bars."""
    figure = Figure(figsize=(WIDTH, 3.6))
    axes = figure.subplots()
    edges = histogram_edges(points.delta)
    below = np.zeros(len(edges) - 1)
    for part, members in points.parts.items():
        counts, _ = np.histogram(points.residual[members], edges)
        full = np.flatnonzero(counts)
        bars = axes.bar(
            edges[full],
            counts[full],
            np.diff(edges)[full],
            below[full],
            align="edge",
            color=PART_STYLES[part].colour,
            edgecolor="white",
            linewidth=0.3,
            label=part,
        )
        for number, bar in zip(full, bars, strict=True):
            bar.set_gid(f"bar-{_word(part)}-{number}")
        below += counts
    for name, bound, dashes in (("delta", points.delta, "--"), ("alpha", points.delta_alpha, ":")):
        if bound is not None:
            axes.axvline(-bound, color=INK, ls=dashes, lw=1.2, gid=f"bound-{name}-below")
            axes.axvline(bound, color=INK, ls=dashes, lw=1.2, gid=f"bound-{name}-above", label=_BOUND_LABELS[name])
    axes.yaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))
    axes.set(xlabel=_axis_label("residual", points), ylabel="samples")
    figure.legend(loc="outside lower center", ncols=5, fontsize=8)
    return figure


def histogram_edges(delta: float) -> np.ndarray:
    """The edges of the bars: `BINS` of equal width from -δ to δ, or about 0 if δ is 0."""
    half = delta or 1.0
    edges: np.ndarray = np.linspace(-half, half, BINS + 1)
    return edges


def weight_bars(weights: np.ndarray) -> Figure:
    """One bar for each of the d weights, positive ones and negative ones in colours of their own."""
    figure = Figure(figsize=(WIDTH, 3.0))
    axes = figure.subplots()
    colours = np.where(weights < 0, _NEGATIVE, _POSITIVE)
    bars = axes.bar(range(len(weights)), weights, color=colours, linewidth=0, rasterized=len(weights) > MOST_SHAPES)
    for number, bar in enumerate(bars):
        bar.set_gid(f"weight-{number}")
    axes.axhline(0, color=INK, lw=0.8)
    axes.set_xlim(-0.6, len(weights) - 0.4)
    if len(weights) <= 16:
        axes.set_xticks(range(len(weights)))
    axes.set(xlabel="latent coordinate", ylabel="weight")
    return figure


def drawable(values: Sequence[Fraction], *, of: str, remedy: str) -> np.ndarray:
    """The numbers as floats.

    Args:
        values: the numbers, at least one.
        of: what has them, for the message.
        remedy: what to do if one is too large.

    Raises:
        InputError: a number is too large to be drawn.
    """
    largest = max(map(abs, values))
    if largest > _LARGEST_DRAWN:
        raise InputError(
            f"{of} has a number of about {decimal(largest)}; a figure can show numbers up to {_LARGEST_DRAWN:g} in "
            f"size; {remedy}"
        )
    return np.array([float(value) for value in values])


def panels(images: Sequence[Panel], columns: int) -> Figure:
    """Images side by side in rows, bright pixels dark as ink on paper."""
    rows = -(-len(images) // columns)
    lines = max(panel.title.count("\n") for panel in images) + 1
    figure = Figure(figsize=(WIDTH, rows * (WIDTH / columns + 0.18 * lines)))
    all_axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for number, (axes, panel) in enumerate(zip(all_axes, images, strict=False)):
        _show(axes, panel, number)
    for axes in all_axes[len(images) :]:
        axes.set_axis_off()
    return figure


def svg(draw: Callable[[], Figure], *, name: str, alt: str) -> str:
    """A figure as an SVG element that can stand in a page beside others.

    Args:
        draw: draws the figure.
        name: put in front of all its identifiers, so that those of several figures differ.
        alt: what the figure shows, for those who cannot see it.
    """
    buffer = io.StringIO()
    with _drawn(draw) as figure:
        # Without a date, and without the addresses of vocabularies.
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    text = re.sub(r'\bid="', f'id="{name}-', buffer.getvalue())
    text = re.sub(r'\bhref="#', f'href="#{name}-', text).replace("url(#", f"url(#{name}-")
    label = html.escape(alt)
    _, opening, rest = text.partition("<svg ")
    return f'{opening}role="img" aria-label="{label}" {rest}'.replace(">", f">\n <title>{label}</title>", 1)


def png(draw: Callable[[], Figure]) -> bytes:
    """A figure as a PNG file.

    Args:
        draw: draws the figure.
    """
    buffer = io.BytesIO()
    with _drawn(draw) as figure:
        figure.savefig(buffer, format="png", dpi=_PNG_DPI, metadata={"Software": FIGURE_MARK})
    return buffer.getvalue()


@contextlib.contextmanager
def _drawn(draw: Callable[[], Figure]) -> Iterator[Figure]:
    """A figure that is there for as long as it is needed."""
    with drawing():
        figure = draw()
        yield figure
        figure.clear()


def _show(axes: Axes, panel: Panel, number: int) -> None:
    # Bitmaps go into the file as they are; the browser must not blur them.
    axes.imshow(panel.image, cmap="gray_r", vmin=0, vmax=1, interpolation="none", gid=f"image-{number}")
    axes.set_title(panel.title, fontsize=9)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)


def _widened(low: float, high: float) -> tuple[float, float]:
    """The range with some room at both ends, also where it is a point."""
    room = 0.05 * (high - low) or 0.05 * abs(low) or 1.0
    return low - room, high + room


def _axis_label(quantity: str, points: Points) -> str:
    """The quantity with the concept and its unit, where the font has the letters and the line the room."""
    of_concept = f"{quantity} of {points.name}" if can_be_drawn(points.name) else quantity
    return f"{of_concept} ({points.unit})" if points.unit and can_be_drawn(points.unit) else of_concept


def can_be_drawn(text: str) -> bool:
    """Whether a text is short, and the font of figures has all its letters."""
    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    return len(text) <= _LONGEST_LABEL and all(font.get_char_index(ord(char)) for char in text)


def _word(part: str) -> str:
    return part.replace(" ", "-")
