"""The plot of the growth of time."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

from bench.results import Curve


def draw(curves: Sequence[Curve], path: Path) -> None:
    """Draw time against size, one panel for each size that grows, and save the picture."""
    panels = list(dict.fromkeys(curve.along for curve in curves))
    figure = Figure(figsize=(5.5 * len(panels), 4.2), layout="constrained")
    for axes, along in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        for curve in curves:
            if curve.along == along:
                sizes, times = zip(*curve.points, strict=True)
                axes.loglog(sizes, times, marker="o", base=2, label=curve.label.replace("`", ""))
        axes.set(xlabel=along, ylabel="seconds")
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
    # Without a date and random names, so that equal curves give equal files.
    with rc_context({"svg.hashsalt": "bench"}):
        figure.savefig(path, metadata={"Date": None})
