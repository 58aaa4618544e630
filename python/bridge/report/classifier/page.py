"""The page of a classifier: what an export states of it, what Lean has said, and what the numbers look like.

It is a page like that of probes (`bridge.report.page`): one file, no network, no script, figures drawn when written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from bridge.artifact.classifier import Control, Fold
from bridge.artifact.coverage import Coverage
from bridge.artifact.record import Provenance
from bridge.check.record import Judgement
from bridge.exact.decisions import Confusion
from bridge.report.classifier.figures import is_dark, shade
from bridge.report.classifier.listed import Roc
from bridge.report.page import FigureFormat, MissingPlate, Plate, Statement, plate_files, rendered_page

_MOST_MISTAKES = 20
_SHORT = 2


@dataclass(frozen=True)
class ClassReport:
    """What the page says of one class.

    Attributes:
        name: its name.
        labelled: how many listed samples belong to it.
        predicted: how many are taken for one of it.
        recall: the share of the first that are among the second.
        precision: the share of the second that are among the first.
        f1: their harmonic mean.
        roc_auc: the area under its ROC curve, if there is one.
    """

    name: str
    labelled: int
    predicted: int
    recall: Fraction
    precision: Fraction
    f1: Fraction
    roc_auc: Fraction | None


@dataclass(frozen=True)
class PartReport:
    """The measures of a part, as the artifact records them; None where undefined.

    Attributes:
        name: of the part.
        samples: how many it has.
        accuracy: the share of right decisions.
        balanced_accuracy: the mean recall.
        roc_auc: the area under the ROC curve, of several classes their mean.
        majority_accuracy: the accuracy of always naming the most frequent class.
        control: the accuracy of the probe that was fitted on shuffled labels.
    """

    name: str
    samples: int
    accuracy: Fraction | None
    balanced_accuracy: Fraction | None
    roc_auc: Fraction | None
    majority_accuracy: Fraction | None
    control: Fraction | None


@dataclass(frozen=True)
class WorstSample:
    """A misclassified sample: its position in the data set, the numbers of two classes, and its margin."""

    position: int
    label: int
    decision: int
    margin: Fraction


@dataclass(frozen=True)
class AccuracyBound:
    """A lower bound of the accuracy on unseen data, and its level α."""

    value: Fraction
    alpha: Fraction


@dataclass(frozen=True)
class HeatCell:
    """A count, and the names of the styles of its cell."""

    count: int
    style: str


@dataclass(frozen=True, eq=False)
class ClassifierReport:
    """The whole page.

    Attributes:
        title: its heading.
        root: the name of the export's root file.
        lean_name: the Lean namespace of the theorems.
        anchor: a name for identifiers and files.
        artifact_sha256: SHA-256 of the artifact's file.
        coverage: which part is listed.
        listed: how many samples are listed.
        latent_dim: d.
        literals: how many literals of the Lean files have been compared with the artifact.
        label_name: what the labels are called.
        threshold: t of a binary probe, None of another classifier.
        confusion: how often a sample of one class was taken for one of another.
        classes: the classes, by number.
        margin: the least gap.
        margin_sample: the position in the data set of the first sample that has it.
        rocs: the ROC curves.
        states_rocs: whether the Lean files state the areas under them.
        bound: the bound on unseen data, if it is stated.
        parts: the measures of each part that has samples, and of all.
        knows_parts: whether it is known which samples the fit has seen.
        control: the control, if one was fitted.
        fold: how the functionals differ from what they were folded from, if they were.
        positions: the positions of all samples of the artifact in the data set.
        worst: the listed samples that are wrong by most.
        statements: what the Lean files state over the rational numbers.
        real_statements: what they state over the real numbers.
        lean: what Lean has said.
        check_result_name: the name of the file that says so, None if Lean was asked just now.
        provenance: where the numbers come from.
        rounding: a line for whatever was rounded.
        plates: the figures; that of the confusion matrix is a table on the page.
    """

    title: str
    root: str
    lean_name: str
    anchor: str
    artifact_sha256: str
    coverage: Coverage
    listed: int
    latent_dim: int
    literals: int
    label_name: str
    threshold: Fraction | None
    confusion: Confusion
    classes: tuple[ClassReport, ...]
    margin: Fraction
    margin_sample: int
    rocs: tuple[Roc, ...]
    states_rocs: bool
    bound: AccuracyBound | None
    parts: tuple[PartReport, ...]
    knows_parts: bool
    control: Control | None
    fold: Fold | None
    positions: tuple[int, ...]
    worst: tuple[WorstSample, ...]
    statements: tuple[Statement, ...]
    real_statements: tuple[Statement, ...]
    lean: Judgement
    check_result_name: str | None
    provenance: Provenance
    rounding: tuple[str, ...]
    plates: tuple[Plate | MissingPlate, ...]

    @property
    def has_heat_map(self) -> bool:
        """Whether there are few enough classes for a table of all counts."""
        return isinstance(self.plates[0], Plate)

    @property
    def has_short_names(self) -> bool:
        """Whether the names of all classes can stand upright above the columns."""
        return max(len(each.name) for each in self.classes) <= _SHORT

    def heat_map(self) -> Iterator[list[HeatCell]]:
        """The cells of the confusion matrix, row by row."""
        for label, row in enumerate(self.confusion.counts):
            yield [_cell(count, shade(count, sum(row)), is_right=label == place) for place, count in enumerate(row)]

    def mistakes(self) -> list[tuple[int, int, int]]:
        """The most frequent wrong decisions: label, decision and count."""
        wrong = [
            (label, decision, count)
            for label, row in enumerate(self.confusion.counts)
            for decision, count in enumerate(row)
            if count and label != decision
        ]
        return sorted(wrong, key=lambda each: -each[2])[:_MOST_MISTAKES]

    @property
    def fold_difference(self) -> Fraction:
        """The largest difference that folding makes; there is a fold."""
        assert self.fold is not None, "asked of a fold alone"
        return Fraction(self.fold.largest_difference)

    def fold_position(self, sample: int) -> int:
        """The position in the data set of a sample that the fold names."""
        return self.positions[sample]


def rate(value: Fraction) -> str:
    """A share with four decimal places, and with as many as it takes not to seem to be 0 or 1 unless it is."""
    places = 4
    while value not in (0, 1) and round(value * 10**places) in (0, 10**places):
        places += 1
    whole, part = divmod(round(value * 10**places), 10**places)
    return f"{whole}.{part:0{places}}"


def classifier_html(report: ClassifierReport) -> Iterator[bytes]:
    """The page, in pieces; each figure is drawn when its piece is asked for."""
    return rendered_page("classifier.html.jinja", report, {"rate": rate})


def classifier_figure_files(report: ClassifierReport, kind: FigureFormat) -> dict[str, Iterator[bytes]]:
    """The figures as files, by name: `Digit-confusion.svg` and so on; each is drawn when its content is asked for."""
    return plate_files(report.anchor, report.plates, kind)


def _cell(count: int, depth: int, *, is_right: bool) -> HeatCell:
    style = "right" if is_right else "wrong"
    if not count:
        return HeatCell(count, f"{style} none")
    return HeatCell(count, f"{style} s{depth}{' dark' if is_dark(depth, is_right=is_right) else ''}")
