"""A page to look at: what an export states, what Lean has said of it, and what the numbers look like.

The page is one HTML file that asks nothing of a network and runs no script.  Whatever is exact on it is read from the
Lean files and has been compared with the artifact; figures are drawn from floating-point numbers.

A figure is drawn when it is written, one after the other, so that the memory does not grow with the concepts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Literal

import numpy as np
from matplotlib.figure import Figure

from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.file import StoredArtifact
from bridge.artifact.record import ConceptMetrics, ProbeArtifact, Provenance
from bridge.base.errors import InputError
from bridge.base.own_files import FIGURE_MARK, PAGE_MARK
from bridge.base.resources import lean_library_folder, templates_folder
from bridge.base.words import counted, printable
from bridge.check.claims import TWINS, sup_error
from bridge.check.library import shipped_digests
from bridge.check.readback import ReadConcept, ReadExport, read_export
from bridge.check.reader import MismatchError
from bridge.check.record import Judgement, judge
from bridge.check.verdict import CheckResult
from bridge.check.verify import compare
from bridge.exact.conformal import ConformalLevel
from bridge.exact.residuals import ExactResiduals, exact_residuals
from bridge.exact.text import decimal
from bridge.export.claims.quantile import held_out_within
from bridge.export.lean_text import identifier, module_names
from bridge.export.templating import template_environment
from bridge.report import figures
from bridge.report.comments import comment_differences
from bridge.report.pictures import NoPictures, Pictures
from bridge.report.summary import rounding_lines

FigureFormat = Literal["svg", "png"]

PLATES = ("scatter", "residuals", "worst", "weights", "traversal")

_WORST = 6
_WORST_COLUMNS = 3
_STEPS = 5
# Beyond this, the sums in a plot leave the range of floats.
_LARGEST_DRAWN = 1e300


@dataclass(frozen=True)
class Plate:
    """A figure with its words.

    Attributes:
        kind: what it is, one of `PLATES`, also in file names and identifiers.
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


def build_report(
    root: Path,
    stored: StoredArtifact,
    *,
    check_result: CheckResult | None,
    check_result_name: str | None = None,
    pictures: Pictures | NoPictures,
    title: str | None = None,
    templates: Path | None = None,
) -> Report:
    """Gather what the page shows, and draw its figures.

    Args:
        root: the root file of the export.
        stored: the artifact that the export was made from.
        check_result: what Lean said, None if it has not been asked.
        check_result_name: the name of the file that says so, None if Lean was asked just now.
        pictures: the images of the samples and the model, or why they are not there.
        title: the heading of the page, None for one that says how many probes of which data set there are.
        templates: the folder of the templates that write the comments of the export, None for the shipped ones.

    Raises:
        InputError: the title is blank, the files are no export, or not that of the artifact, or with other comments, or
            a number is too large to be drawn.
    """
    if title is not None and not title.strip():
        raise InputError("--title is blank; a text is required; give one, or leave --title out")
    export, literals = _compared(root, stored, templates or templates_folder())
    artifact = stored.artifact
    coverage = Coverage(export.coverage[0].value)
    first = export.concepts[0]
    conformal = None
    if "quantile" in first.claims:
        conformal = ConformalLevel(*(first.value("quantile", hole) for hole in ("alpha", "calibration_size", "rank")))
    rows = listed_rows(artifact, coverage, calibration_first=conformal is not None)
    residuals = exact_residuals(artifact.latents[rows], artifact.scores[rows], artifact.weights)
    anchors = module_names(artifact.concept_names)
    concepts = tuple(
        _concept_report(
            _Listed(artifact, rows, coverage, residuals, column),
            claim,
            anchor=anchors[column],
            namespace=root.stem,
            pictures=pictures,
        )
        for column, claim in enumerate(export.concepts)
    )
    return Report(
        title=title or f"{counted(len(concepts), 'linear probe')} on {artifact.provenance.dataset}",
        root=root.name,
        artifact_sha256=stored.sha256,
        coverage=coverage,
        listed=len(rows),
        latent_dim=artifact.latents.shape[1],
        literals=literals,
        has_r_squared="determination" in first.claims,
        conformal=conformal,
        statements=_statements(first, len(rows)),
        real_statements=_real_statements(first),
        lean=judge(check_result, root, lean_library_folder(), verified=export.sources, shipped=shipped_digests()),
        check_result_name=check_result_name,
        provenance=artifact.provenance,
        rounding=tuple(rounding_lines(artifact)),
        concepts=concepts,
    )


def report_html(report: Report) -> Iterator[bytes]:
    """The page, in pieces; each figure is drawn when its piece is asked for."""
    environment = template_environment(templates_folder() / "report", for_html=True)
    environment.filters["printable"] = lambda text: printable(str(text))
    environment.globals["mark"] = PAGE_MARK
    for piece in environment.get_template("report.html.jinja").generate(report=report):
        yield piece.encode()


def figure_names(concepts: Sequence[str], kind: FigureFormat) -> list[str]:
    """What the files of `figure_files` are called, those of figures that can be missing too."""
    return [f"{anchor}-{plate}.{kind}" for anchor in module_names(concepts) for plate in PLATES]


def figure_files(report: Report, kind: FigureFormat) -> dict[str, Iterator[bytes]]:
    """The figures as files, by name: `Size-scatter.svg` and so on; each is drawn when its content is asked for."""
    return {
        f"{concept.anchor}-{plate.kind}.{kind}": _figure_file(plate, concept.anchor, kind)
        for concept in report.concepts
        for plate in concept.plates
        if isinstance(plate, Plate)
    }


def _figure_file(plate: Plate, anchor: str, kind: FigureFormat) -> Iterator[bytes]:
    if kind == "svg":
        yield f"{plate.svg(anchor)}<!-- {FIGURE_MARK} -->\n".encode()
    else:
        yield figures.png(plate.draw)


def _compared(root: Path, stored: StoredArtifact, templates: Path) -> tuple[ReadExport, int]:
    """The export, read back and found to be that of the artifact, and how many literals were compared."""
    try:
        export = read_export(root)
    except MismatchError as error:
        raise InputError(f"{error}; the files of an export are required; run `bridge export` again") from None
    outcome = compare(export, stored)
    if not outcome.ok:
        raise InputError(
            f"{root} is not the export of the artifact: {counted(len(outcome.differences), 'difference')}, the first "
            f"is {outcome.differences[0]}; an export and its artifact are required; run `bridge export` again"
        )
    comments = comment_differences(export, stored, templates)
    if comments:
        raise InputError(
            f"{root} has {counted(len(comments), 'comment')} that this version does not write for the artifact, the "
            f"first is {comments[0]}; an export as it was made is required; run `bridge export` again, or name "
            "templates of your own with --templates"
        )
    return export, outcome.compared


@dataclass(frozen=True, eq=False)
class _Listed:
    """The listed samples of one concept.

    Attributes:
        artifact: the artifact.
        rows: (N,) the positions of the listed samples in the artifact.
        coverage: which part they are.
        residuals: (N, k) their residuals.
        column: the concept's column.
    """

    artifact: ProbeArtifact
    rows: np.ndarray
    coverage: Coverage
    residuals: ExactResiduals
    column: int

    @property
    def name(self) -> str:
        return self.artifact.concept_names[self.column]

    @property
    def unit(self) -> str:
        return self.artifact.concept_units[self.column]

    @property
    def indices(self) -> np.ndarray:
        """(N,) the positions of the samples in the data set."""
        positions: np.ndarray = self.artifact.sample_indices[self.rows]
        return positions

    def residual(self, sample: int) -> Fraction:
        return self.residuals.matrix.fraction(sample, self.column)

    def by_size(self) -> list[int]:
        """The listed samples, those with the largest residuals first."""
        numerators = self.residuals.matrix.numerators
        return sorted(range(len(self.rows)), key=lambda sample: -abs(int(numerators[sample, self.column])))

    def points(self, delta: Fraction, delta_alpha: Fraction | None) -> figures.Points:
        """The samples as floats.

        Raises:
            InputError: a number is too large to be drawn.
        """
        fractions = [self.residual(sample) for sample in range(len(self.rows))]
        score = self.artifact.scores[self.rows, self.column].astype(np.float64)
        residual = _drawable(fractions, self.name)
        probe = score - residual
        _drawable([*map(Fraction, np.abs(score)), *map(Fraction, np.abs(probe))], self.name)
        return figures.Points(
            probe=probe,
            score=score,
            residual=residual,
            parts={
                part: members[self.rows] for part, members in _parts(self.artifact).items() if members[self.rows].any()
            },
            attaining=np.array([abs(fraction) == delta for fraction in fractions]),
            delta=float(delta),
            delta_alpha=None if delta_alpha is None else float(delta_alpha),
            name=self.name,
            unit=self.unit,
        )


def _drawable(values: Sequence[Fraction], name: str) -> np.ndarray:
    largest = max(map(abs, values))
    if largest > _LARGEST_DRAWN:
        raise InputError(
            f"concept {name!r} has a number of about {decimal(largest)}; a figure can show numbers up to "
            f"{_LARGEST_DRAWN:g} in size; rescale the scores or the latents"
        )
    return np.array([float(value) for value in values])


def _concept_report(
    listed: _Listed, claim: ReadConcept, *, anchor: str, namespace: str, pictures: Pictures | NoPictures
) -> ConceptReport:
    artifact, column = listed.artifact, listed.column
    delta, delta_alpha = claim.sup_error.value("delta"), claim.value("quantile", "delta_alpha")
    held_out = None
    if delta_alpha is not None and artifact.is_held_out.any():
        held_out = HeldOutCount(held_out_within(artifact, column, delta_alpha), int(artifact.is_held_out.sum()))
    # The points themselves are not kept: figures are drawn from them when they are written.
    attaining = listed.points(delta, delta_alpha).attaining
    return ConceptReport(
        name=listed.name,
        unit=listed.unit,
        anchor=anchor,
        lean_name=f"{namespace}.{identifier(listed.name)}",
        weights=tuple(literal.value for literal in claim.functional["weights"]),
        bias=claim.functional.value("bias"),
        delta=delta,
        attained_by=tuple(int(index) for index in listed.indices[attaining]),
        r_squared=claim.value("determination", "r_squared"),
        delta_alpha=delta_alpha,
        held_out=held_out,
        parts=_part_measures(artifact, artifact.metrics[column]),
        plates=(
            _scatter(listed, delta, delta_alpha),
            _residuals(listed, delta, delta_alpha),
            _weights(listed, claim),
            _worst(listed, delta, pictures),
            _traversal(listed, claim, delta, pictures),
        ),
    )


def _parts(artifact: ProbeArtifact) -> dict[str, np.ndarray]:
    """The samples of each part that has some, (N,) bool by the part's name in `PART_STYLES`."""
    parts = {
        "train": artifact.is_train,
        "calibration": artifact.is_calibration,
        "held out": artifact.is_held_out,
        "part not known": ~(artifact.is_calibration | artifact.knows_parts),
    }
    return {part: members for part, members in parts.items() if members.any()}


def _part_measures(artifact: ProbeArtifact, metrics: ConceptMetrics) -> tuple[PartMeasures, ...]:
    measures = {
        "train": (metrics.r2_train, metrics.delta_train),
        "calibration": (metrics.r2_calibration, metrics.delta_calibration),
        "held out": (metrics.r2_held_out, metrics.delta_held_out),
        "part not known": (metrics.r2_all, metrics.delta_all),
        "all": (metrics.r2_all, metrics.delta_all),
    }
    parts = _parts(artifact)
    if not artifact.knows_parts and artifact.is_calibration.any():
        # Samples of unknown parts are measured together with all others.
        parts.pop("part not known", None)
        parts["all"] = np.ones_like(artifact.is_calibration)
    return tuple(PartMeasures(part, int(members.sum()), *measures[part]) for part, members in parts.items())


def _scatter(listed: _Listed, delta: Fraction, delta_alpha: Fraction | None) -> Plate:
    samples, bounds = counted(len(listed.rows), "listed sample"), _bounds(delta, delta_alpha)
    caption = f"Every one of the {samples}, and bands of {bounds}."
    if len(listed.rows) > figures.MOST_SHAPES:
        caption += "  There are so many that the marks are drawn as one bitmap."
    return Plate(
        kind="scatter",
        title="Score against probe value",
        alt=f"Scatter plot of {listed.name}: score against probe value of {samples}, with bands of {bounds}.",
        caption=caption,
        draw=lambda: figures.scatter(listed.points(delta, delta_alpha)),
    )


def _residuals(listed: _Listed, delta: Fraction, delta_alpha: Fraction | None) -> Plate:
    samples, bounds = counted(len(listed.rows), "listed sample"), _bounds(delta, delta_alpha)
    return Plate(
        kind="residuals",
        title="Residuals",
        alt=f"Histogram of the residuals of {listed.name} over {samples}, with lines at {bounds}.",
        caption=f"Score minus probe value over the {samples}, in {figures.BINS} bars from -δ to δ; the lines are at "
        f"{bounds}.",
        draw=lambda: figures.histogram(listed.points(delta, delta_alpha)),
    )


def _bounds(delta: Fraction, delta_alpha: Fraction | None) -> str:
    of_new_samples = "" if delta_alpha is None else f", and ±δ_α, about {decimal(delta_alpha)}"
    return f"±δ, about {decimal(delta)}{of_new_samples}"


def _weights(listed: _Listed, claim: ReadConcept) -> Plate:
    weights = [literal.value for literal in claim.functional["weights"]]
    largest = max(range(len(weights)), key=lambda number: abs(weights[number]))
    drawn = _drawable(weights, listed.name)
    return Plate(
        kind="weights",
        title="Weights",
        alt=f"Bars of the {counted(len(weights), 'weight')} of {listed.name}; the largest in size is that of latent "
        f"coordinate {largest}, about {decimal(weights[largest])}.",
        caption=f"The {counted(len(weights), 'weight')}, of latent coordinates 0 to {len(weights) - 1}, positive blue "
        f"and negative orange; the bias, about {decimal(claim.functional.value('bias'))}, is not among them.",
        draw=lambda: figures.weight_bars(drawn),
    )


def _worst(listed: _Listed, delta: Fraction, pictures: Pictures | NoPictures) -> Plate | MissingPlate:
    kind, title = "worst", "Largest residuals"
    if isinstance(pictures, NoPictures):
        return MissingPlate(kind, title, f"The images of the samples are left out, since {pictures.reason}.")
    images, worst = pictures.images, listed.by_size()[:_WORST]

    def panel(sample: int) -> figures.Panel:
        residual = listed.residual(sample)
        words = f"sample {listed.indices[sample]}\nresidual {decimal(residual, 4)}"
        return figures.Panel(images[listed.rows[sample]], f"attains δ\n{words}" if abs(residual) == delta else words)

    samples = ", ".join(str(listed.indices[sample]) for sample in worst)
    return Plate(
        kind=kind,
        title=title,
        alt=f"Images of the {counted(len(worst), 'sample')} with the largest residuals of {listed.name}: {samples}.",
        caption="The images with the largest residuals, the largest first; numbers are positions in the data set.",
        draw=lambda: figures.panels([*map(panel, worst)], _WORST_COLUMNS),
    )


def _traversal(
    listed: _Listed, claim: ReadConcept, delta: Fraction, pictures: Pictures | NoPictures
) -> Plate | MissingPlate:
    """Images decoded along a line in the direction of w, which changes the probe value and nothing across it.

    The line goes through the mean of the listed latent points; the probe values are those that listed samples have.
    """
    kind, title = "traversal", "Along the weights"
    if isinstance(pictures, NoPictures):
        return MissingPlate(kind, title, f"Decoded images along w are left out, since {pictures.reason}.")
    weights = np.array([float(literal.value) for literal in claim.functional["weights"]])
    largest = np.abs(weights).max()
    if largest == 0:
        return MissingPlate(kind, title, "Decoded images along w are left out, since all weights are 0.")
    # The squares of small weights would vanish.
    direction = weights / largest / np.linalg.norm(weights / largest)
    latents = listed.artifact.latents[listed.rows].astype(np.float64)
    along = latents @ direction
    mean = latents.mean(axis=0)
    steps = np.linspace(along.min(), along.max(), _STEPS)
    probe = listed.points(delta, None).probe
    values = np.linspace(probe[along.argmin()], probe[along.argmax()], _STEPS)
    on_the_line = mean + np.outer(steps - mean @ direction, direction)
    texts = [f"{value:.4g}" for value in values]
    return Plate(
        kind=kind,
        title=title,
        alt=f"{_STEPS} images decoded along the weights of {listed.name}, at the probe values {', '.join(texts)}.",
        caption="What the model decodes on the line through the mean latent point in the direction of w, from the "
        "least to the largest probe value of a listed sample; the numbers are probe values.",
        draw=lambda: figures.panels([*map(figures.Panel, pictures.decoded(on_the_line), texts)], _STEPS),
    )


def _statements(first: ReadConcept, listed: int) -> tuple[Statement, ...]:
    samples = counted(listed, "listed sample")
    statements = [(names, says.format(samples=samples)) for names, says in sup_error.STATEMENTS]
    for twin in TWINS:
        if twin.name in first.claims:
            statements += twin.statements(first.claims[twin.name])
    return tuple(Statement(names, says) for names, says in statements)


def _real_statements(first: ReadConcept) -> tuple[Statement, ...]:
    others = [twin.real_statements() for twin in TWINS if twin.name in first.claims]
    return tuple(Statement(names, says) for names, says in (*sup_error.REAL_STATEMENTS, *chain.from_iterable(others)))
