"""Reads the export of a classifier back, without Lean and without the code that wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

from bridge.base.module_names import namespace_of
from bridge.check.claims.sup_error import OF_FRACTIONS, OF_INTEGERS
from bridge.check.classification.claims import CLASSIFIER_TWINS, asked_in
from bridge.check.classification.claims.decided import (
    ReadDecided,
    ReadDecisions,
    names_of,
    read_decisions,
    read_range,
)
from bridge.check.lean_modules import require_file
from bridge.check.parts import (
    SECTION,
    Notes,
    ReadFiles,
    ReadShard,
    command_pattern,
    read_functional,
    read_integers,
    read_namespace,
    read_samples,
    require_sections,
    weights_of,
)
from bridge.check.ranges import RangeFiles
from bridge.check.reader import Found, Literal, MismatchError, Reader

# What no export of probes begins with.
_IMPORT = "module public import Bridge.Real.Classifier"

_NAMES = "def classNames : List String := [ {class_names:string*} ]"
_FAITHFUL = ": {integers}.Represents samples {{column}} {functional} ( {integers}.reach samples ) :="
_OF_CONSTANT = ".ofConstant ( by decide +kernel ) ( by decide +kernel )"

_REAL = """
def spec : Bridge.ClassifierSpec ( Fin {size} ) ( EuclideanSpace ℝ ( Fin {latent_dim} ) )
  := Bridge.ClassifierSpec.ofRational classifier samples.latent label
theorem spec_confusion : spec.confusionMatrix = matrix
  := Bridge.ClassifierSpec.confusionMatrix_ofRational classifier samples.latent label matrix_eq
theorem spec_margin : IsLeast spec.gaps ( ( margin : Rat ) : ℝ )
  := Bridge.ClassifierSpec.isLeast_gaps_ofRational label isMargin
"""
_REAL_BINARY = """
theorem spec_predict_eq { i : Fin {size} } { y : EuclideanSpace ℝ ( Fin {latent_dim} ) }
  ( h : ‖ spec.encoder i - y ‖ * ‖ ( Bridge.Probe.ofRational functional1 ) .w ‖
    < ( ( margin : Rat ) : ℝ ) )
  : spec.predict y = predicted i
  := Bridge.ClassifierSpec.predict_eq_of_isMargin_binary functional1 ( {threshold:rational} ) label isMargin h
"""
_REAL_SEVERAL = """
theorem spec_predict_eq { L : ℝ } ( hL : ∀ k l , k < classifier.classCount → l < classifier.classCount
    → ‖ ( spec.probe k ) .w - ( spec.probe l ) .w ‖ ≤ L )
  { i : Fin {size} } { y : EuclideanSpace ℝ ( Fin {latent_dim} ) }
  ( h : ‖ spec.encoder i - y ‖ * L < ( ( margin : Rat ) : ℝ ) )
  : spec.predict y = predicted i := Bridge.ClassifierSpec.predict_eq_of_isMargin label isMargin hL h
"""

REAL_NAMES = ("spec", "spec_confusion", "spec_margin", "spec_predict_eq")
"""The names of what is declared over the real numbers."""


@dataclass(frozen=True)
class ReadClass:
    """The numbers of a class, as written.

    The functional's hole `weights` has those that are written as fractions, and is not there where none is.
    """

    integers: Found
    functional: Found

    @property
    def is_constant(self) -> bool:
        """Whether its value is the threshold of a binary probe."""
        return "threshold" in self.functional

    def weights(self) -> tuple[Fraction, ...]:
        """(d,) the weights; those among the integers alone make sense once these have been compared."""
        if self.is_constant:
            return tuple(Fraction(0) for _ in range(self.functional.value("latent_dim")))
        return weights_of(self.functional, self.integers)


@dataclass(frozen=True)
class ReadClassifier:
    """The numbers of a classifier in its file, as written; `claims` has those beside the decisions, by their twins."""

    name: Literal[str]
    module: str
    class_names: list[Literal[str]]
    classes: tuple[ReadClass, ...]
    decisions: ReadDecisions
    claims: Mapping[str, Found]

    @property
    def is_binary(self) -> bool:
        """Whether it is stated as a functional and a threshold."""
        return self.classes[0].is_constant


@dataclass(frozen=True, kw_only=True)
class ReadClassifierExport(ReadFiles):
    """A whole export of a classifier, read back; `real` has the numbers in the root file, of what `real_name` says."""

    classifier: ReadClassifier
    real_name: Literal[str]
    real: Found


def is_classifier(reader: Reader) -> bool:
    """Whether a root file, of which nothing has been read yet, says that it is about a classifier."""
    return reader.ahead(_IMPORT)


def read_classifier_export(root: Path) -> ReadClassifierExport:
    """Read a root file and the files that it imports.

    Raises:
        InputError: the root file has a name that no export has, or a file is missing, is no plain file or is not text.
        MismatchError: a file has something that an export does not have.
    """
    require_file(root)
    namespace = namespace_of(root)
    root_reader = Reader.of(root.parent, namespace)
    module, real_name, real = _read_root(root_reader, namespace)
    notes = Notes(_command())
    notes.add(root_reader)
    samples = read_samples(root.parent, namespace, notes)
    reader = Reader.of(root.parent, f"{namespace}.{module}")
    classifier = _read_classifier(root.parent, reader, samples.shards, notes)
    notes.add(reader)
    require_sections(samples, hidden=bool(classifier.decisions.ranges))
    return ReadClassifierExport(
        **notes.fields(),
        root=root,
        samples=samples,
        classifier=classifier,
        real_name=real_name,
        real=real,
    )


def declared_names(classifier: ReadClassifier) -> tuple[str, ...]:
    """The names of what must have been declared over the rational numbers."""
    numbers = range(len(classifier.classes))
    others = (
        twin.theorems(classifier.claims[twin.name]) for twin in CLASSIFIER_TWINS if twin.name in classifier.claims
    )
    return (
        *(f"faithful{number}" for number in numbers),
        *names_of(classifier.decisions, is_binary=classifier.is_binary),
        *chain.from_iterable(others),
    )


def _command() -> str:
    """A pattern for the line of the banner that says what was asked for."""
    return command_pattern([twin.option for twin in CLASSIFIER_TWINS])


def _read_root(reader: Reader, namespace: str) -> tuple[str, Literal[str], Found]:
    """The module of the classifier, and what is said of it over the real numbers."""
    reader.expect(f"{_IMPORT} public import {namespace}.Samples public import")
    name = reader.identifier()
    prefix, dot, module = name.value.rpartition(".")
    if prefix != namespace or not dot:
        raise MismatchError(name.place, f"import {name.value}", f"a module of {namespace}")
    reader.expect(SECTION)
    opened, label = read_namespace(reader, namespace)
    real = reader.match(_REAL)
    is_binary = not reader.ahead("theorem spec_predict_eq { L")
    reader.match(_REAL_BINARY if is_binary else _REAL_SEVERAL, real)
    reader.expect(f"end {opened}")
    reader.expect_end()
    return module, label, real


def _read_classifier(folder: Path, reader: Reader, shards: Sequence[ReadShard], notes: Notes) -> ReadClassifier:
    """Read the file of the classifier, and those of its ranges; its banner says what is proved of it."""
    namespace = reader.module.partition(".")[0]
    asked = asked_in(reader.banner(_command(), "options").value)
    twins = [twin for twin in CLASSIFIER_TWINS if twin.name in asked]
    imports = dict.fromkeys(["Bridge.Claims.Confusion", *(twin.imports for twin in twins), f"{namespace}.Samples"])
    reader.expect(f"module {' '.join(f'public import {module}' for module in imports)}")
    files = RangeFiles(folder, reader, shards, notes)
    if files.count and any(twin.needs_digits for twin in twins):
        files.import_all(reader)
    reader.expect(SECTION)
    opened, name = read_namespace(reader, namespace)
    class_names = reader.match(_NAMES)["class_names"]
    if len(class_names) < 2:
        raise MismatchError(class_names[0].place, "one class", "two classes at least")
    integers, ranges = _read_checks(files, opened, len(class_names)) if files.count else ([], [])
    # Of two classes alone the first can be a threshold.
    classes = tuple(
        _read_class(
            reader,
            number,
            integers[number] if files.count else read_integers(reader, f"integers{number}"),
            may_be_constant=number == 0 and len(class_names) == 2,
        )
        for number in range(len(class_names))
    )
    decisions = read_decisions(reader, len(classes), ranges, is_binary=classes[0].is_constant)
    claims = {twin.name: twin.read(reader, len(classes)) for twin in twins}
    reader.expect(f"end {opened}")
    reader.expect_end()
    return ReadClassifier(name, reader.module, class_names, classes, decisions, claims)


def _read_checks(files: RangeFiles, opened: str, class_count: int) -> tuple[list[Found], list[ReadDecided]]:
    """Read the file of the integers of all classes, and those of the ranges."""
    reader = files.integers()
    reader.expect(f"namespace {opened}")
    integers = [read_integers(reader, f"integers{number}") for number in range(class_count)]
    reader.expect(f"end {opened}")
    files.close(reader)
    ranges = []
    for number in range(1, files.count + 1):
        reader, file = files.open(number, "Bridge.Packing.DecisionRanges")
        reader.expect(f"namespace {opened}")
        ranges.append(read_range(reader, class_count, number - 1, file))
        reader.expect(f"end {opened}")
        files.close(reader)
    return integers, ranges


def _read_class(reader: Reader, number: int, numbers: Found, *, may_be_constant: bool) -> ReadClass:
    integers, functional = f"integers{number}", f"functional{number}"
    found = read_functional(reader, functional, integers, may_be_constant=may_be_constant)
    reader.expect(f"theorem faithful{number}")
    reader.match(_FAITHFUL.format(integers=integers, functional=functional), numbers)
    if "threshold" in found:
        reader.expect(_OF_CONSTANT)
    else:
        reader.expect(OF_FRACTIONS if "weights" in found else OF_INTEGERS)
    return ReadClass(numbers, found)
