"""The confusion matrix, which every export of a classifier proves, and the rates that follow from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from bridge.exact.decisions import Confusion
from bridge.exact.text import decimal, rational


@dataclass(frozen=True)
class Rate:
    """A rate that follows from the matrix.

    Attributes:
        name: its name in Lean, as in `Bridge.accuracy`.
        what: what it is called.
        value: it, exactly.
    """

    name: str
    what: str
    value: Fraction


@dataclass(frozen=True)
class ClassRates:
    """A rate of every class; the fields are those of `Rate`, and `values` has it of each."""

    name: str
    what: str
    values: tuple[Fraction, ...]


@dataclass(frozen=True)
class ConfusionClaim:
    """How many samples of each class get each decision; a `bridge.export.classification.claims.kind.ClassifierClaim`.

    Attributes:
        confusion: the matrix over all listed samples.
        ranges: the rows of that over the samples of each range of blocks.
    """

    confusion: Confusion
    ranges: tuple[tuple[tuple[int, ...], ...], ...]

    template: ClassVar[str] = "confusion"

    @property
    def rates(self) -> tuple[Rate, ...]:
        """The rates of all classes together."""
        of = self.confusion
        kappa = of.cohen_kappa
        return (
            Rate("accuracy", "accuracy", of.accuracy),
            Rate("balancedAccuracy", "balanced accuracy", of.balanced_accuracy),
            Rate("macroRecall", "macro-averaged recall", of.macro_recall),
            Rate("macroPrecision", "macro-averaged precision", of.macro_precision),
            Rate("macroF1", "macro-averaged F1 score", of.macro_f1),
            Rate("microF1", "micro-averaged F1 score", of.micro_f1),
            *(() if kappa is None else (Rate("cohenKappa", "Cohen's κ", kappa),)),
        )

    @property
    def class_rates(self) -> tuple[ClassRates, ...]:
        """The rates of each class."""
        of = self.confusion
        return tuple(
            ClassRates(name, what, tuple(map(rate, range(of.class_count))))
            for name, what, rate in (
                ("recalls", "recall", of.recall),
                ("precisions", "precision", of.precision),
                ("f1s", "F1 score", of.f1),
            )
        )

    def record(self) -> Mapping[str, object]:
        """The matrix, and the rates exactly as text, by the names that scikit-learn has for them."""
        of = self.confusion
        return {
            "confusion_matrix": [list(row) for row in of.counts],
            "accuracy": rational(of.accuracy),
            "balanced_accuracy": rational(of.balanced_accuracy),
            "recall": [rational(of.recall(number)) for number in range(of.class_count)],
            "precision": [rational(of.precision(number)) for number in range(of.class_count)],
            "f1": [rational(of.f1(number)) for number in range(of.class_count)],
            "macro_recall": rational(of.macro_recall),
            "macro_precision": rational(of.macro_precision),
            "macro_f1": rational(of.macro_f1),
            "micro_f1": rational(of.micro_f1),
            "cohen_kappa": None if of.cohen_kappa is None else rational(of.cohen_kappa),
        }

    def lines(self) -> Iterator[str]:
        """How many decisions are right."""
        of = self.confusion
        yield f"accuracy = {of.correct} / {of.total}, about {decimal(of.accuracy)}"
        yield f"balanced_accuracy = {rational(of.balanced_accuracy)}, about {decimal(of.balanced_accuracy)}"
