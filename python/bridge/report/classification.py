"""How well a classifier does, as tables and as records: exact rates, and decimals that do not contradict them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from rich.text import Text

from bridge.artifact.classifier import ClassifierArtifact
from bridge.base.words import counted, printable
from bridge.exact.decisions import Confusion, Decisions, exact_decisions, roc_auc
from bridge.exact.text import rational
from bridge.report.tables import plain_table, short_name, table_lines

_PARTS = {"train": "train", "calibration": "calibration", "held_out": "held out", "all": "all"}
_MOST_CLASSES = 20
_PLACES = 4

Counts = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class PartResult:
    """What a classifier does on one part.

    Attributes:
        name: of the part, `train`, `calibration` or `held_out`, or `all`.
        confusion: how often which class was taken for which, N ≥ 1 samples.
        roc_auc: the area under the ROC curve, exactly, as `mean_roc_auc` gives it.
        majority: the class that is the most frequent one of the training part, the first of several; of all samples
            where parts are not known.
        control: the accuracy of a probe that was fitted on shuffled labels, None without one.
    """

    name: str
    confusion: Confusion
    roc_auc: Fraction | None
    majority: int
    control: float | None

    @property
    def title(self) -> str:
        """The name for people."""
        return _PARTS[self.name]

    @property
    def majority_accuracy(self) -> Fraction:
        """The accuracy of always naming the majority's class."""
        return Fraction(self.confusion.labelled(self.majority), self.confusion.total)

    def record(self, class_names: tuple[str, ...]) -> dict[str, object]:
        """The result as a JSON-like record, in scikit-learn's words; rates are fractions as text, and decimals."""
        control = {} if self.control is None else {"control_accuracy": self.control}
        return {
            "samples": self.confusion.total,
            **rates_record(self.confusion, class_names),
            **_exact("roc_auc", self.roc_auc),
            **_exact("majority_accuracy", self.majority_accuracy),
            "majority_class": class_names[self.majority],
            **control,
        }


def part_results(artifact: ClassifierArtifact, decisions: Decisions | None = None) -> list[PartResult]:
    """What a classifier does on each part that has samples, as far as parts are known, and last on all samples.

    Args:
        artifact: the classifier.
        decisions: what it decides of its samples, if that has been computed.
    """
    decided = exact_decisions(artifact.latents, artifact.weights) if decisions is None else decisions
    everything = np.ones_like(artifact.is_train)
    seen = artifact.is_train if artifact.is_train.any() else everything
    majority = int(np.bincount(artifact.labels[seen]).argmax())
    masks = {
        "train": artifact.is_train,
        "calibration": artifact.is_calibration,
        "held_out": artifact.is_held_out,
        "all": everything,
    }
    return [
        PartResult(
            name,
            Confusion.of(artifact.labels[mask], decided.predicted[mask], artifact.class_count),
            mean_roc_auc(decided, artifact.labels, mask),
            majority,
            None if artifact.control is None else getattr(artifact.control, name),
        )
        for name, mask in masks.items()
        if mask.any()
    ]


def rates_record(confusion: Confusion, class_names: tuple[str, ...]) -> dict[str, object]:
    """A confusion matrix and the rates that follow, in scikit-learn's words.

    Each rate is a fraction as text, `35 / 36`, with a decimal beside it; None where it is undefined.
    """
    averages = {
        f"{average}_avg": {
            key: value
            for rate in ("precision", "recall", "f1")
            for key, value in _exact(rate, getattr(confusion, f"{average}_{rate}")).items()
        }
        for average in ("macro", "weighted")
    }
    return {
        **_exact("accuracy", confusion.accuracy),
        **_exact("balanced_accuracy", confusion.balanced_accuracy),
        **_exact("cohen_kappa", confusion.cohen_kappa),
        "classes": [
            {
                "class": name,
                **_exact("precision", confusion.precision(number)),
                **_exact("recall", confusion.recall(number)),
                **_exact("f1", confusion.f1(number)),
                "support": confusion.labelled(number),
            }
            for number, name in enumerate(class_names)
        ],
        **averages,
        "confusion_matrix": [list(row) for row in confusion.counts],
    }


def classifier_record(artifact: ClassifierArtifact, results: list[PartResult]) -> dict[str, object]:
    """The part of a JSON-like record that says what a classifier is and how well it does on each part."""
    control = artifact.control
    return {
        "label": artifact.label_name,
        "classes": list(artifact.class_names),
        "method": artifact.method,
        **({"threshold": artifact.threshold} if artifact.is_binary else {}),
        **({} if control is None else {"control": {"kind": control.kind, "seed": control.seed}}),
        "parts": {result.name: result.record(artifact.class_names) for result in results},
    }


def mean_roc_auc(decisions: Decisions, labels: np.ndarray, members: np.ndarray) -> Fraction | None:
    """The area under the ROC curve over some samples: of class 1 of two, else the mean of each against the rest.

    Samples are ranked as `Decisions.orders` says.

    Args:
        decisions: what is decided of N samples.
        labels: (N,) the numbers of their classes.
        members: (N,) bool, True for the samples that count.

    Returns:
        The area, exactly; the mean is over the classes that some of the samples belong to and others do not, and None
        if there is none.
    """
    here = labels[members]
    areas = [roc_auc(order[members], here == number) for number, order in decisions.orders().items()]
    defined = [area for area in areas if area is not None]
    return sum(defined, Fraction(0)) / len(defined) if defined else None


def shown_rate(value: Fraction | None, places: int = _PLACES) -> str:
    """Write a rate with so many decimals: the nearest, but 0, 1 and -1 only for a rate that is just that."""
    if value is None:
        return "undefined"
    unit = 10**places
    scaled = round(abs(value) * unit)
    if value.denominator != 1:
        whole = unit * (abs(value).numerator // value.denominator)
        scaled = min(max(scaled, whole + 1), whole + unit - 1)
    sign = "-" if value < 0 else ""
    return f"{sign}{scaled // unit}.{scaled % unit:0{places}}"


def classification_lines(artifact: ClassifierArtifact, results: list[PartResult]) -> list[str]:
    """Two tables in lines: the rates of each class on what the fit has not seen, and the accuracies on each part.

    The first is of the held-out samples; where there are none, of the calibration part or else of all.
    """
    by_name = {result.name: result for result in results}
    chosen = by_name.get("held_out") or by_name.get("calibration") or by_name["all"]
    return [*_class_lines(artifact, chosen), "", *_part_lines(artifact, results)]


def classification_doubts(artifact: ClassifierArtifact, results: list[PartResult]) -> Iterator[str]:
    """One line for each of two reasons to doubt that a classifier has learnt anything."""
    for result in results:
        if result.name != "held_out":
            continue
        accuracy = result.confusion.accuracy
        if accuracy <= result.majority_accuracy:
            constant = f"{short_name(artifact.class_names[result.majority])} {shown_rate(result.majority_accuracy)}"
            yield (
                f"the accuracy on the held-out samples is {shown_rate(accuracy)}, and that of always naming "
                f"{constant}; a probe that has learnt something has more; fit on more samples, or look at "
                "balanced_accuracy if classes are rare"
            )
        if result.control is not None and float(accuracy) <= result.control:
            yield (
                f"the accuracy on the held-out samples is {shown_rate(accuracy)}, and that of a probe fitted on "
                f"shuffled labels {shown_rate(Fraction(result.control))}; a probe that has learnt something has more; "
                "fit on more samples"
            )


def _class_lines(artifact: ClassifierArtifact, result: PartResult) -> list[str]:
    """The table of `sklearn.metrics.classification_report`, and the rates of all classes together."""
    confusion = result.confusion
    table = plain_table(printable(artifact.label_name), ("precision", "recall", "f1", "support"))
    for number, name in list(enumerate(artifact.class_names))[:_MOST_CLASSES]:
        rates = (confusion.precision(number), confusion.recall(number), confusion.f1(number))
        table.add_row(Text(printable(name)), *map(shown_rate, rates), str(confusion.labelled(number)))
    table.add_row()
    for average in ("macro", "weighted"):
        rates = tuple(getattr(confusion, f"{average}_{rate}") for rate in ("precision", "recall", "f1"))
        table.add_row(f"{average} avg", *map(shown_rate, rates), str(confusion.total))
    for name, value in {
        "accuracy": confusion.accuracy,
        "balanced_accuracy": confusion.balanced_accuracy,
        "roc_auc": result.roc_auc,
        "cohen_kappa": confusion.cohen_kappa,
    }.items():
        table.add_row(name, "", "", shown_rate(value), str(confusion.total))
    right = f"{confusion.correct} of {counted(confusion.total, 'sample')}"
    more = artifact.class_count - _MOST_CLASSES
    return [
        f"{short_name(artifact.label_name)}: {right} right, {result.title}",
        *table_lines(table),
        *([f"and {more} more class{'es' if more > 1 else ''}; --json lists all"] if more > 0 else []),
    ]


def _part_lines(artifact: ClassifierArtifact, results: list[PartResult]) -> list[str]:
    controlled = artifact.control is not None
    headings = ("samples", "accuracy", "majority", *(("control",) if controlled else ()), "balanced", "roc_auc")
    table = plain_table("part", headings)
    for result in results:
        rates: list[Fraction | None] = [result.confusion.accuracy, result.majority_accuracy]
        if controlled:
            rates.append(None if result.control is None else Fraction(result.control))
        rates += [result.confusion.balanced_accuracy, result.roc_auc]
        table.add_row(result.title, str(result.confusion.total), *map(shown_rate, rates))
    named = artifact.class_names[results[0].majority]
    seen = "the training part" if artifact.is_train.any() else "all samples"
    lines = [*table_lines(table), f"majority: always {short_name(named)}, the most frequent of {seen}"]
    if artifact.control is not None:
        lines.append(f"control: a probe fitted on shuffled labels, seed {artifact.control.seed}")
    if artifact.is_binary:
        lines.append(f"decision: {short_name(artifact.class_names[1])} where w · z + b > {artifact.threshold!r}")
    return lines


def _exact(key: str, value: Fraction | None) -> Mapping[str, str | None]:
    """A rate under its name as a fraction, and beside it as a decimal."""
    if value is None:
        return {key: None, f"{key}_decimal": None}
    return {key: rational(value), f"{key}_decimal": shown_rate(value, 6)}
