"""What the pictures of the documentation are drawn on: text and shapes one below the other, in light and in dark."""

from collections.abc import Sequence
from html import escape

WIDTH, MARGIN = 480, 16

# Tints on which black, and in the dark shades on which white, is read well.
_LIGHT = ("#cfe3f7", "#f9dcc0", "#cdeccf", "#f5cfdd", "#e2d6f5", "#f3ecb4")
_DARK = ("#1d4a75", "#7a4510", "#1f5c2b", "#7a2447", "#503a80", "#5c5410")


class Canvas:
    """Shapes one below the other."""

    def __init__(self) -> None:
        self.shapes: list[str] = []
        self.y = MARGIN

    def text(self, x: float, text: str, style: str = "note") -> None:
        """A line of text, from x on or, in some styles, around it."""
        self.shapes.append(f'<text class="{style}" x="{x:g}" y="{self.y + 17:g}">{escape(text)}</text>')

    def heading(self, text: str, *notes: str) -> None:
        """A heading, and lines below it."""
        self.y += 12
        self.text(MARGIN, text, "heading")
        self.y += 21
        for note in notes:
            self.text(MARGIN, note)
            self.y += 18
        self.y += 6

    def svg(self, title: str, styles: str, tinted: str, count: int, outlined: str, lines: tuple[str, str]) -> str:
        """The picture.

        Args:
            title: what it shows.
            styles: the styles of its text and shapes, but for their colours.
            tinted: the style of shapes that have a tint each; a number follows it.
            count: how many tints there are.
            outlined: which shapes have an outline.
            lines: the colours of outlines, in light and in dark.
        """

        def colours(tints: Sequence[str], paper: str, ink: str, line: str) -> str:
            fills = " ".join(f".{tinted}{n} {{ fill: {tint}; }}" for n, tint in enumerate(tints[:count]))
            return f"{fills} .paper {{ fill: {paper}; }} text {{ fill: {ink}; }} {outlined} {{ stroke: {line}; }}"

        return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.y}" width="{WIDTH}" \
height="{self.y}" role="img">
<title>{title}</title>
<style>
text {{ font: 14px system-ui, "DejaVu Sans", sans-serif; }}
.heading {{ font-weight: bold; }}
{styles}
{colours(_LIGHT, "#ffffff", "#111111", lines[0])}
@media (prefers-color-scheme: dark) {{ {colours(_DARK, "#16181c", "#f2f2f2", lines[1])} }}
</style>
<rect class="paper" x="0.5" y="0.5" width="{WIDTH - 1}" height="{self.y - 1}" rx="8"/>
{chr(10).join(self.shapes)}
</svg>
"""
