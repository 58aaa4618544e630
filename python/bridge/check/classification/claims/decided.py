"""What every export of a classifier claims: the confusion matrix with its rates, and the margin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bridge.check.classification.computed import ComputedClassifier, Matrix
from bridge.check.comparison import Comparison
from bridge.check.parts import OF_DECIDE, ReadMatrix, joined, read_matrix
from bridge.check.ranges import RangeFile
from bridge.check.reader import Found, Literal, Reader

_DEFINED = """
def label ( i : Fin {size} ) : Nat := samples.label {column} i
def predicted ( i : Fin {size} ) : Nat := classifier.predict ( samples.latent i )
"""
_BINARY = """
theorem predicted_eq ( i : Fin {size} )
  : predicted i = if ( {threshold:rational} ) < functional1.eval ( samples.latent i ) then 1 else 0
  := Bridge.Classifier.predict_binary functional1 ( {threshold:rational} ) ( samples.latent i )
"""
_GAPS = "[ ( {gap} , {gap_count} ) , ( {more} , {more_count} ) ] :="
_MATRIX_EQ = """
theorem matrix_eq : Bridge.confusionMatrix {class_count} label predicted = matrix
  := ( Bridge.confusionMatrix_of_decided faithful decided ( by decide ) rfl : )
theorem samples_eq : Bridge.samplesOf matrix = {size} := by decide +kernel
"""
_MARGIN = """
@[irreducible] def margin : Rat := {margin:rational}
theorem isMargin : Bridge.IsMargin classifier samples.latent margin
  := Bridge.isMargin_of_decided faithful decided ( by decide ) rfl rfl ( by decide +kernel )
"""

# The rates of all classes together, and those of each class, by their names in Lean, in the order in which exports have
# them.
_RATES = ("accuracy", "balancedAccuracy", "macroRecall", "macroPrecision", "macroF1", "microF1")
_KAPPA = "cohenKappa"
_CLASS_RATES = ("recalls", "precisions", "f1s")

_DEFINITIONS = ("classNames", "classifier", "label", "predicted", "matrix", "margin")

STATEMENTS = (
    ("matrix_eq", "so many of the {samples} with each label get each decision"),
    ("samples_eq", "these counts add up to all of them"),
    ("accuracy_eq", "the accuracy over them, exactly; likewise the other rates"),
    ("isMargin", "the least gap between the value that is decided for and another over them, attained"),
)
"""The theorems over the rational numbers, and what they say of so many `samples`."""

REAL_STATEMENTS = (
    ("spec_confusion, spec_margin", "the same of the matrix and of the margin over the real numbers, on Mathlib"),
    ("spec_predict_eq", "a latent point that is closer to that of a sample than the margin allows gets its decision"),
)
"""The theorems over the real numbers, and what they say."""


@dataclass(frozen=True)
class ReadDecided:
    """What Lean finds out of a range of blocks, as written; `file` is the file that says it."""

    file: RangeFile
    found: Found
    matrix: ReadMatrix


@dataclass(frozen=True)
class ReadDecisions:
    """What is claimed of all decisions, as written.

    The holes of `found` have the names of rates in Lean, those of all classes as lists; κ is not there where it is
    none.  `ranges` are those that the blocks are divided among, none where one declaration is about all of them.
    """

    found: Found
    matrix: ReadMatrix
    whole: Found
    ranges: tuple[ReadDecided, ...]


def read_range(reader: Reader, class_count: int, index: int, file: RangeFile) -> ReadDecided:
    """Read what Lean finds out of a range in its file, where it comes next."""
    reader.expect(f"theorem {range_theorem(index)}")
    found = _read_decided(reader, f"DecidedIn samples {file.words}", class_count)
    matrix = read_matrix(reader)
    reader.match(_GAPS, found)
    reader.expect(OF_DECIDE)
    return ReadDecided(file, found, matrix)


def read_decisions(
    reader: Reader, class_count: int, ranges: Sequence[ReadDecided], *, is_binary: bool
) -> ReadDecisions:
    """Read the claims, of so many classes, where the functionals have been read.

    Args:
        reader: where they come next.
        class_count: how many classes there are.
        ranges: those that have been read in files of their own, none where there are none.
        is_binary: whether the first functional is a threshold.
    """
    numbers, integers = range(class_count), _integers(class_count)
    functionals = f"[ {' , '.join(f'functional{number}' for number in numbers)} ]"
    found = reader.match(f"def classifier : Bridge.Classifier {{latent_dim}} := ⟨ {functionals} ⟩")
    reader.match(f"theorem faithful : Bridge.Faithful samples {{column}} {integers} classifier.functionals :=", found)
    reader.expect(f"{' ( '.join(f'.cons faithful{number}' for number in numbers)} .nil {' ) ' * (class_count - 1)}")
    reader.match(_DEFINED, found)
    if is_binary:
        reader.match(_BINARY, found)
    reader.expect("def matrix : List ( List Nat ) :=")
    matrix = read_matrix(reader)
    reader.expect("theorem decided")
    whole = _read_decided(reader, "Decided samples", class_count)
    reader.match(f"matrix {_GAPS}", whole)
    of_ranges = [range_theorem(index) for index in range(len(ranges))]
    reader.expect(joined(of_ranges, OF_DECIDE, "rfl rfl rfl", "|>.decided rfl"))
    reader.match(_MATRIX_EQ, found)
    for name in _RATES:
        reader.match(_rate(name), found)
    if reader.ahead(f"theorem {_KAPPA}_eq"):
        reader.match(_rate(_KAPPA), found)
    for name in _CLASS_RATES:
        reader.match(f"theorem {name}_eq : Bridge.{name} matrix = [ {{{name}:rational*}} ] := by decide +kernel", found)
    return ReadDecisions(reader.match(_MARGIN, found), matrix, whole, tuple(ranges))


def range_theorem(index: int) -> str:
    """The name of the theorem about a range of blocks, the first of which has the index 0."""
    return f"decided{index + 1}"


def names_of(decisions: ReadDecisions, *, is_binary: bool) -> tuple[str, ...]:
    """What must have been declared, but for what Lean finds out of ranges."""
    kappa = (_KAPPA,) if _KAPPA in decisions.found else ()
    rates = (f"{name}_eq" for name in (*_RATES, *kappa, *_CLASS_RATES))
    of_binary = ("predicted_eq",) if is_binary else ()
    return (*_DEFINITIONS, *of_binary, "faithful", "decided", "matrix_eq", "samples_eq", *rates, "isMargin")


def compare_decisions(comparison: Comparison, read: ReadDecisions, computed: ComputedClassifier) -> None:
    """Compare the matrix, the rates and the margin; the numbers of ranges are for `compare_range`."""
    name, found, matrix = computed.name, read.found, computed.matrix()
    _matrix(comparison, f"{name}: matrix", read.matrix, matrix)
    rates: dict[str, Fraction | None] = {**_rates(matrix), _KAPPA: _kappa(matrix)}
    for rate, value in rates.items():
        if value is not None and rate in found:
            comparison.all_same(f"{name}: {rate}", found[rate], value)
        elif value is not None or rate in found:
            stated, required = ("none", "a theorem") if value is not None else ("a theorem", "none")
            comparison.differ(found["accuracy"][0].place, f"{name}: {rate}", stated, required)
    for rate, values in _class_rates(matrix).items():
        comparison.each_same(f"{name}: {rate}", found[rate], values)
    margin = computed.margin
    comparison.all_same(f"{name}: the margin", found["margin"], Fraction(margin, 1 << computed.product_exponent))
    comparison.all_same(f"{name}: the first block", read.whole["first_block"], 0)
    _gaps(comparison, name, read.whole, computed, None)


def compare_range(
    comparison: Comparison, what: str, read: ReadDecided, computed: ComputedClassifier, rows: range
) -> None:
    """Compare the numbers of a range, counted anew over its samples."""
    _matrix(comparison, f"{what}: matrix", read.matrix, computed.matrix(rows))
    _gaps(comparison, what, read.found, computed, rows)


def _integers(class_count: int) -> str:
    return f"[ {' , '.join(f'integers{number}' for number in range(class_count))} ]"


def _read_decided(reader: Reader, what: str, class_count: int) -> Found:
    return reader.match(f": Bridge.{what} {{column}} {_integers(class_count)} {{first_block}} {{block_count}}")


def _rate(name: str) -> str:
    return f"theorem {name}_eq : Bridge.{name} matrix = {{{name}:rational}} := by decide +kernel"


def _matrix(comparison: Comparison, what: str, found: Sequence[Sequence[Literal[int]]], required: Matrix) -> None:
    if not comparison.count(what, [row[-1] for row in found], len(required)):
        return
    for number, (row, counts) in enumerate(zip(found, required, strict=True)):
        comparison.each_same(f"{what}[{number}]", row, counts)


def _gaps(comparison: Comparison, what: str, found: Found, computed: ComputedClassifier, rows: range | None) -> None:
    margin, (at_least, more) = computed.margin, computed.gaps_from_margin(rows)
    for hole, count, bound, required in (
        ("gap", "gap_count", margin, at_least),
        ("more", "more_count", margin + 1, more),
    ):
        comparison.all_same(f"{what}: the gap that is counted from", found[hole], bound)
        comparison.all_same(f"{what}: gaps of at least {bound}", found[count], required)


def _rates(matrix: Matrix) -> Mapping[str, Fraction]:
    """The rates of all classes together, from the definitions in `Bridge.Classifier`."""
    by_class = _class_rates(matrix)
    labelled = [number for number, row in enumerate(matrix) if any(row)]
    occurring = [number for number in range(len(matrix)) if any(matrix[number]) or any(row[number] for row in matrix)]
    total, correct = sum(map(sum, matrix)), sum(row[number] for number, row in enumerate(matrix))
    return {
        "accuracy": Fraction(correct, total),
        "balancedAccuracy": _mean([by_class["recalls"][number] for number in labelled]),
        "macroRecall": _mean([by_class["recalls"][number] for number in occurring]),
        "macroPrecision": _mean([by_class["precisions"][number] for number in occurring]),
        "macroF1": _mean([by_class["f1s"][number] for number in occurring]),
        # Every decision is one of a class, and every label is: the two are counted together.
        "microF1": Fraction(2 * correct, 2 * total),
    }


def _class_rates(matrix: Matrix) -> Mapping[str, list[Fraction]]:
    """The rates of each class; what would be divided by zero is 0."""
    rows, columns = [sum(row) for row in matrix], [sum(column) for column in zip(*matrix, strict=True)]
    hits = [row[number] for number, row in enumerate(matrix)]
    return {
        "recalls": list(map(_share, hits, rows)),
        "precisions": list(map(_share, hits, columns)),
        "f1s": [_share(2 * hit, row + column) for hit, row, column in zip(hits, rows, columns, strict=True)],
    }


def _kappa(matrix: Matrix) -> Fraction | None:
    """Cohen's κ, (p - q) / (1 - q) with the accuracy p and that of chance, q; None where q is 1."""
    total = sum(map(sum, matrix))
    p = Fraction(sum(row[number] for number, row in enumerate(matrix)), total)
    q = sum(
        (
            Fraction(sum(row), total) * Fraction(sum(column), total)
            for row, column in zip(matrix, zip(*matrix, strict=True), strict=True)
        ),
        Fraction(0),
    )
    return None if q == 1 else (p - q) / (1 - q)


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)
