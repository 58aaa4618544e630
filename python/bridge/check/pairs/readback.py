"""Reads a comparison of two artifacts back, without Lean and without the code that wrote it."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bridge.base.module_names import namespace_of
from bridge.check.claims.sup_error import OF_FRACTIONS, OF_INTEGERS
from bridge.check.lean_modules import require_file
from bridge.check.parts import (
    OF_CHECK,
    OF_DECIDE,
    SECTION,
    Notes,
    ReadFiles,
    ReadMatrix,
    command_pattern,
    joined,
    read_functional,
    read_integers,
    read_matrix,
    read_namespace,
    read_samples,
    require_sections,
)
from bridge.check.reader import Found, Literal, MismatchError, Reader

# What no other export begins with.
_IMPORT = "module public import Bridge.Claims.Comparison"
_COMPARED = r"Compared with: SHA-256 (?P<sha256>[0-9a-f]{64})\.$"

_NAMES = "def classNames : List String := [ {class_names:string*} ]"
_FAITHFUL = """
theorem faithful% : integers%.Represents samples {labels} functional% ( integers%.reach samples ) :=
"""
_OF_CONSTANT = ".ofConstant ( by decide +kernel ) ( by decide +kernel )"
_DIFFERENCE = """
@[irreducible] def ε% : Rat := {epsilon:rational}
theorem faithfulDifference%
  : integersDifference%.Represents samples {zeros} ( functionalA%.sub functionalB% ) ε%
  := .sub faithfulA% faithfulB% ( by decide +kernel )
"""
_FOUND = """
: Bridge.Found samples {zeros} integersDifference% {first_block} {block_count}
  [ ( .attains {worst_sample} , {attaining} ) ] :=
"""
_CONCLUDED = """
theorem difference% ( i : Fin {size} )
  : - ε% ≤ functionalA%.eval ( samples.latent i ) - functionalB%.eval ( samples.latent i ) ∧
    functionalA%.eval ( samples.latent i ) - functionalB%.eval ( samples.latent i ) ≤ ε%
  := Bridge.difference_of_found faithfulDifference% checked% ( by decide ) ( by decide +kernel ) i
theorem attained% : ∃ i : Fin {size} ,
    functionalA%.eval ( samples.latent i ) - functionalB%.eval ( samples.latent i ) = ε% ∨
    functionalA%.eval ( samples.latent i ) - functionalB%.eval ( samples.latent i ) = - ε%
  := ⟨ ⟨ {worst_sample} , by decide ⟩ , Bridge.difference_attained_of_found faithfulDifference% checked%
    ( by decide ) ( by decide +kernel ) {place} rfl ⟩
"""
_CLASSIFIER = """
def classifier% : Bridge.Classifier {{latent_dim}} := ⟨ {functionals} ⟩
theorem faithful% : Bridge.Faithful samples {{labels}} {integers} classifier%.functionals := {faithful}
def decision% ( i : Fin {{size}} ) : Nat := classifier%.predict ( samples.latent i )
"""
_DECIDED = ": Bridge.Decided samples {{labels}} {integers} {{first_block}} {{block_count}}"
_LABEL_EQ = """
theorem label_eq ( i : Fin {size} ) : samples.label {labels} i = decisionB i
  := Bridge.label_eq_of_decided faithfulB decidedB ( by decide ) ( by decide +kernel ) i
"""
_MATRIX_EQ = """
theorem matrix_eq : Bridge.confusionMatrix {class_count} decisionB decisionA = matrix
  := ( funext label_eq : ( fun i => samples.label {labels} i ) = decisionB ) ▸
    Bridge.confusionMatrix_of_decided faithfulA decidedA ( by decide ) rfl
theorem differ_eq : Bridge.samplesOf matrix - Bridge.correct matrix = {differing} := by decide +kernel
"""
_OF_CLASSIFIERS = ("classifier", "faithful", "decision", "decided")


@dataclass(frozen=True)
class ReadRange:
    """What Lean finds out of a range of blocks, as written; `matrix` has the counts of classifiers."""

    theorem: str
    found: Found
    matrix: ReadMatrix = ()


@dataclass(frozen=True)
class ReadOne:
    """The numbers of a functional of one of the two, as written."""

    integers: Found
    functional: Found

    @property
    def is_constant(self) -> bool:
        """Whether its value is the threshold of a binary probe."""
        return "threshold" in self.functional


@dataclass(frozen=True)
class ReadDifference:
    """The numbers of a difference, as written."""

    ending: str
    integers: Found
    found: Found
    whole: ReadRange
    ranges: tuple[ReadRange, ...]

    def names(self) -> tuple[str, ...]:
        """What must have been declared."""
        names = ("faithfulDifference", "checked", "difference", "attained")
        return (*(f"{name}{self.ending}" for name in names), *(each.theorem for each in self.ranges))


@dataclass(frozen=True)
class ReadDecisions:
    """The numbers of the decisions of two classifiers, as written."""

    class_names: list[Literal[str]]
    found: Found
    matrix: ReadMatrix
    of_a: ReadRange
    of_b: ReadRange
    ranges_of_a: tuple[ReadRange, ...]
    ranges_of_b: tuple[ReadRange, ...]

    def names(self) -> tuple[str, ...]:
        """What must have been declared."""
        of_each = (f"{name}{of}" for of in "AB" for name in _OF_CLASSIFIERS)
        ranges = (each.theorem for each in (*self.ranges_of_a, *self.ranges_of_b))
        return ("classNames", *of_each, *ranges, "label_eq", "matrix", "matrix_eq", "differ_eq")


@dataclass(frozen=True)
class ReadComparison:
    """What one namespace has: the numbers of a concept, or of two classifiers.

    `functionals` are pairs, of A and of B; `differences` are by the places of the functionals.
    """

    name: Literal[str]
    functionals: tuple[tuple[ReadOne, ReadOne], ...]
    decisions: ReadDecisions | None
    differences: dict[int, ReadDifference]

    def names(self) -> tuple[str, ...]:
        """What must have been declared over the rational numbers."""
        endings = [""] if self.decisions is None else list(map(str, range(len(self.functionals))))
        faithful = (f"faithful{of}{ending}" for ending in endings for of in "AB")
        decided = () if self.decisions is None else self.decisions.names()
        return (*faithful, *decided, *chain.from_iterable(each.names() for each in self.differences.values()))


@dataclass(frozen=True, kw_only=True)
class ReadPairExport(ReadFiles):
    """A whole comparison, read back."""

    compared_sha256: tuple[Literal[str], ...]
    comparisons: tuple[ReadComparison, ...]


def is_pair(reader: Reader) -> bool:
    """Whether a root file, of which nothing has been read yet, says that it compares two artifacts."""
    return reader.ahead(_IMPORT)


def read_pair_export(root: Path) -> ReadPairExport:
    """Read a root file and the files that it imports.

    Raises:
        InputError: the root file has a name that no export has, or a file is missing, is no plain file or is not text.
        MismatchError: a file has something that a comparison does not have.
    """
    require_file(root)
    namespace = namespace_of(root)
    reader = Reader.of(root.parent, namespace)
    notes = Notes(command_pattern([], "compare"), compared_sha256=(_COMPARED, "sha256"))
    reader.expect(f"{_IMPORT} public import {namespace}.Samples {SECTION}")
    comparisons: list[ReadComparison] = []
    while not (comparisons and reader.at_end()):
        comparisons.append(_read_comparison(reader, namespace))
    notes.add(reader)
    samples = read_samples(root.parent, namespace, notes)
    require_sections(samples, hidden=False)
    return ReadPairExport(**notes.fields(), root=root, samples=samples, comparisons=tuple(comparisons))


def _read_comparison(reader: Reader, namespace: str) -> ReadComparison:
    opened, name = read_namespace(reader, namespace)
    decisions = None
    if reader.ahead("def classNames"):
        class_names = reader.match(_NAMES)["class_names"]
        if len(class_names) < 2:
            raise MismatchError(class_names[0].place, "one class", "two classes at least")
        count = len(class_names)
        functionals = tuple(
            (
                _read_one(reader, f"A{number}", may_be_constant=number == 0 and count == 2),
                _read_one(reader, f"B{number}", may_be_constant=number == 0 and count == 2),
            )
            for number in range(count)
        )
        decisions = _read_decisions(reader, class_names)
        differences = {
            number: _read_difference(reader, str(number))
            for number in range(count)
            if reader.ahead(f"def integersDifference{number}")
        }
    else:
        functionals = ((_read_one(reader, "A", may_be_constant=False), _read_one(reader, "B", may_be_constant=False)),)
        differences = {0: _read_difference(reader, "")}
    reader.expect(f"end {opened}")
    return ReadComparison(name, functionals, decisions, differences)


def _read_one(reader: Reader, name: str, *, may_be_constant: bool) -> ReadOne:
    integers = read_integers(reader, f"integers{name}")
    functional = read_functional(reader, f"functional{name}", f"integers{name}", may_be_constant=may_be_constant)
    reader.match(_FAITHFUL.replace("%", name), integers)
    if "threshold" in functional:
        reader.expect(_OF_CONSTANT)
    else:
        reader.expect(OF_FRACTIONS if "weights" in functional else OF_INTEGERS)
    return ReadOne(integers, functional)


def _read_difference(reader: Reader, ending: str) -> ReadDifference:
    integers = read_integers(reader, f"integersDifference{ending}")
    found = reader.match(_DIFFERENCE.replace("%", ending))
    ranges: list[ReadRange] = []
    while reader.ahead(f"theorem checked{ending}_{len(ranges) + 1} :"):
        theorem = f"checked{ending}_{len(ranges) + 1}"
        reader.expect(f"theorem {theorem}")
        ranges.append(ReadRange(theorem, reader.match(_FOUND.replace("%", ending))))
        reader.expect(OF_CHECK)
    reader.expect(f"theorem checked{ending}")
    whole = ReadRange(f"checked{ending}", reader.match(_FOUND.replace("%", ending)))
    reader.expect(joined([each.theorem for each in ranges], OF_CHECK, "rfl rfl"))
    reader.match(_CONCLUDED.replace("%", ending), found)
    return ReadDifference(ending, integers, found, whole, tuple(ranges))


def _read_decisions(reader: Reader, class_names: list[Literal[str]]) -> ReadDecisions:
    numbers, found = range(len(class_names)), Found()
    for of in "AB":
        *others, last = (f".cons faithful{of}{number}" for number in numbers)
        pattern = _CLASSIFIER.replace("%", of).format(
            functionals=_listed(f"functional{of}", numbers),
            integers=_listed(f"integers{of}", numbers),
            faithful=f"{' ( '.join([*others, last])} .nil {' ) ' * len(others)}",
        )
        reader.match(pattern, found)
    ranges_of_b = _read_ranges(reader, "B", numbers)
    of_b = _read_decided(reader, "decidedB", _listed("integersB", numbers))
    reader.expect(joined([each.theorem for each in ranges_of_b], OF_DECIDE, "rfl rfl rfl"))
    reader.match(_LABEL_EQ, found)
    reader.expect("def matrix : List ( List Nat ) :=")
    matrix = read_matrix(reader)
    ranges_of_a = _read_ranges(reader, "A", numbers)
    of_a = _read_decided(reader, "decidedA", _listed("integersA", numbers), named=True)
    reader.expect(joined([each.theorem for each in ranges_of_a], OF_DECIDE, "rfl rfl rfl"))
    reader.match(_MATRIX_EQ, found)
    return ReadDecisions(class_names, found, matrix, of_a, of_b, ranges_of_a, ranges_of_b)


def _read_ranges(reader: Reader, of: str, numbers: range) -> tuple[ReadRange, ...]:
    ranges: list[ReadRange] = []
    while reader.ahead(f"theorem decided{of}_{len(ranges) + 1} :"):
        theorem = f"decided{of}_{len(ranges) + 1}"
        ranges.append(_read_decided(reader, theorem, _listed(f"integers{of}", numbers)))
        reader.expect(OF_DECIDE)
    return tuple(ranges)


def _read_decided(reader: Reader, theorem: str, integers: str, *, named: bool = False) -> ReadRange:
    reader.expect(f"theorem {theorem}")
    found = reader.match(_DECIDED.format(integers=integers))
    if named:
        reader.expect("matrix")
    matrix = () if named else read_matrix(reader)
    reader.expect("[ ] :=")
    return ReadRange(theorem, found, matrix)


def _listed(what: str, numbers: range) -> str:
    return f"[ {' , '.join(f'{what}{number}' for number in numbers)} ]"
