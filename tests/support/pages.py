"""Reading a report as a browser does: its elements, its text and its figures."""

import base64
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "wbr"}
BLOCKS = {"title", "h1", "h2", "h3", "h4", "p", "div", "table", "tr", "th", "td", "dt", "dd", "li", "pre", "figcaption"}
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"


@dataclass
class Page(HTMLParser):
    """The elements of a page in their order, and its text; `problems` says where tags do not match."""

    source: str
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()
        self.feed(self.source)
        self.close()
        self.problems += [f"{name} is not closed" for name in self.open]

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag in BLOCKS:
            self.pieces.append(" ")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if not set(self.open) & {"style", "svg"}:
            self.pieces.append(data)

    @property
    def text(self) -> str:
        """What can be read, without the figures, with single spaces."""
        return " ".join("".join(self.pieces).split())

    def values(self, attribute):
        """All values of an attribute, in order."""
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]

    def figures(self) -> dict[str, ET.Element]:
        """The SVG elements by the name that their identifiers begin with, such as `Size-scatter`."""
        roots = [ET.fromstring(text) for text in re.findall(r"<svg .*?</svg>", self.source, re.DOTALL)]
        return {next(root.iter(f"{SVG}g")).get("id").removesuffix("-figure_1"): root for root in roots}


def group(figure, name):
    """The group with this identifier in a figure, without the figure's own name."""
    (found,) = [element for element in figure.iter() if re.fullmatch(rf"[^-]+-[a-z]+-{name}", element.get("id", ""))]
    return found


def groups(figure, pattern):
    """All elements whose identifiers match, without the figure's own name."""
    wanted = re.compile(rf"[^-]+-[a-z]+-{pattern}")
    return [element for element in figure.iter() if wanted.fullmatch(element.get("id", ""))]


def marks(element):
    """The places (x, y) of the marks in a group."""
    return [(float(use.get("x")), float(use.get("y"))) for use in element.iter(f"{SVG}use") if use.get("x")]


def box(element):
    """Left, top, right and bottom of what the paths in a group draw."""
    path = " ".join(path.get("d") for path in element.iter(f"{SVG}path") if path.get("d"))
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]
    xs, ys = numbers[::2], numbers[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def images(figure):
    """The bitmaps in a figure, as the bytes of PNG files."""
    hrefs = [image.get(f"{XLINK}href") for image in figure.iter(f"{SVG}image")]
    assert all(href.startswith("data:image/png;base64,") for href in hrefs)
    return [base64.b64decode(href.partition(",")[2]) for href in hrefs]
