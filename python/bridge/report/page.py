"""A page to look at: what an export states, what Lean has said of it, and what the numbers look like.

The page is one HTML file that asks nothing of a network and runs no script.  A figure is drawn when it is written, one
after the other, so that the memory does not grow with the concepts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from matplotlib.figure import Figure

from bridge.artifact.coverage import Coverage
from bridge.artifact.record import Provenance
from bridge.base.own_files import FIGURE_MARK, PAGE_MARK
from bridge.base.resources import templates_folder
from bridge.base.words import printable
from bridge.check.opinions import public
from bridge.check.record import Judgement
from bridge.exact.conformal import ConformalLevel
from bridge.export.lean_text import module_names
from bridge.export.templating import template_environment
from bridge.report import figures
from bridge.report.from_pixels import PixelConcept, PixelsReport

FigureFormat = Literal["svg", "png"]

PLATES = ("scatter", "residuals", "worst", "weights", "traversal")


@dataclass(frozen=True)
class Plate:
    """A figure with its words.

    Attributes:
        kind: what it is, such as one of `PLATES`, also in file names and identifiers.
        title: its heading.
        alt: what it shows, for those who cannot see it.
        caption: what to know about it.
        draw: draws the figure.
    """

    kind: str
    title: str
    alt: str
    caption: str
    draw: Callable[[], Figure]

    def svg(self, anchor: str) -> str:
        """The figure as an SVG element, whose identifiers begin with those of its concept and of itself."""
        return figures.svg(self.draw, name=f"{anchor}-{self.kind}", alt=self.alt)


@dataclass(frozen=True)
class MissingPlate:
    """A figure that cannot be drawn, and why, as a sentence."""

    kind: str
    title: str
    reason: str


@dataclass(frozen=True)
class PartMeasures:
    """The measures of a concept on one part, as the artifact records them; None where undefined or without samples."""

    part: str
    samples: int
    r2: float | None
    delta: float | None


@dataclass(frozen=True)
class HeldOutCount:
    """For how many of the held-out samples δ_α holds, counted exactly."""

    within: int
    samples: int

    @property
    def percent(self) -> float:
        """The same in percent."""
        return 100 * self.within / self.samples


@dataclass(frozen=True)
class ConceptReport:
    """What the page says of one concept; exact numbers are those of the Lean files.

    Attributes:
        name: its name.
        unit: the unit of its score, which may be empty.
        anchor: a name for identifiers and files.
        lean_name: the Lean namespace of its theorems.
        weights: the d weights.
        bias: the bias.
        delta: δ.
        attained_by: the positions in the data set of all samples whose residual is δ in size.
        r_squared: R² over the listed samples, if it is stated.
        delta_alpha: δ_α, if it is stated.
        held_out: how δ_α does on the held-out part, if there are both.
        parts: the measures on each part that has samples.
        plates: the figures.
        pixels: what is claimed of it at the exact latents, in an export from pixels.
    """

    name: str
    unit: str
    anchor: str
    lean_name: str
    weights: tuple[Fraction, ...]
    bias: Fraction
    delta: Fraction
    attained_by: tuple[int, ...]
    r_squared: Fraction | None
    delta_alpha: Fraction | None
    held_out: HeldOutCount | None
    parts: tuple[PartMeasures, ...]
    plates: tuple[Plate | MissingPlate, ...]
    pixels: PixelConcept | None


@dataclass(frozen=True)
class Statement:
    """A theorem of every concept, by the last part of its name, and what it says."""

    theorem: str
    meaning: str


@dataclass(frozen=True)
class Report:
    """The whole page.

    Attributes:
        title: its heading.
        root: the name of the export's root file.
        artifact_sha256: SHA-256 of the artifact's file.
        coverage: which part is listed.
        listed: how many samples are listed.
        latent_dim: d.
        literals: how many literals of the Lean files have been compared with the artifact.
        has_r_squared: whether R² over the listed samples is stated, unless undefined.
        conformal: the level of the conformal bounds, if there are any.
        statements: what the Lean files state of each concept over the rational numbers.
        real_statements: what they state over the real numbers.
        lean: what Lean has said.
        check_result_name: the name of the file that says so, None if Lean was asked just now.
        provenance: where the numbers come from.
        rounding: a line for whatever was rounded.
        concepts: the concepts.
        pixels: what is claimed of images and their encoder, in an export from pixels.
    """

    title: str
    root: str
    artifact_sha256: str
    coverage: Coverage
    listed: int
    latent_dim: int
    literals: int
    has_r_squared: bool
    conformal: ConformalLevel | None
    statements: tuple[Statement, ...]
    real_statements: tuple[Statement, ...]
    lean: Judgement
    check_result_name: str | None
    provenance: Provenance
    rounding: tuple[str, ...]
    concepts: tuple[ConceptReport, ...]
    pixels: PixelsReport | None


def report_html(report: Report) -> Iterator[bytes]:
    """The page, in pieces; each figure is drawn when its piece is asked for."""
    return rendered_page("report.html.jinja", report)


def rendered_page(
    template: str, report: object, filters: Mapping[str, Callable[..., str]] | None = None
) -> Iterator[bytes]:
    """A page in pieces.

    Args:
        template: the name of its template.
        report: what it shows.
        filters: what the template has beside what all have.
    """
    environment = template_environment(templates_folder() / "report", for_html=True)
    environment.filters["printable"] = lambda text: printable(str(text))
    environment.filters["public"] = public
    environment.filters.update(filters or {})
    environment.tests["missing"] = lambda plate: isinstance(plate, MissingPlate)
    environment.globals["mark"] = PAGE_MARK
    for piece in environment.get_template(template).generate(report=report):
        yield piece.encode()


def figure_names(concepts: Sequence[str], kind: FigureFormat, plates: Sequence[str] = PLATES) -> list[str]:
    """What the files of figures are called, those of figures that can be missing too.

    Args:
        concepts: what there are figures of.
        kind: the format.
        plates: the kinds of figures of each.
    """
    return [f"{anchor}-{plate}.{kind}" for anchor in module_names(concepts) for plate in plates]


def figure_files(report: Report, kind: FigureFormat) -> dict[str, Iterator[bytes]]:
    """The figures as files, by name: `Size-scatter.svg` and so on; each is drawn when its content is asked for."""
    files: dict[str, Iterator[bytes]] = {}
    for concept in report.concepts:
        files |= plate_files(concept.anchor, concept.plates, kind)
    return files


def plate_files(anchor: str, plates: Sequence[Plate | MissingPlate], kind: FigureFormat) -> dict[str, Iterator[bytes]]:
    """Some figures as files, by name; the names begin with the anchor."""
    return {
        f"{anchor}-{plate.kind}.{kind}": _figure_file(plate, anchor, kind)
        for plate in plates
        if isinstance(plate, Plate)
    }


def _figure_file(plate: Plate, anchor: str, kind: FigureFormat) -> Iterator[bytes]:
    if kind == "svg":
        yield f"{plate.svg(anchor)}<!-- {FIGURE_MARK} -->\n".encode()
    else:
        yield figures.png(plate.draw)
