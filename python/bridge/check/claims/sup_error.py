"""The sup error, which every export claims: how it is read, and what it must be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.check.claims.twin import Twin
from bridge.check.comparison import Comparison
from bridge.check.computed import Computed
from bridge.check.parts import OF_CHECK, joined
from bridge.check.ranges import RangeFile
from bridge.check.reader import Found, Reader

DEFINED = """
@[irreducible] def δ : Rat := {delta:rational}
def residual ( i : Fin {size} ) : Rat := functional.residual ( samples.latent i ) ( samples.score {column} i )
theorem faithful : integers.Represents samples {column} functional δ :=
"""
OF_FRACTIONS = ".ofWeights ( by decide +kernel ) ( by decide +kernel )"
OF_INTEGERS = ".ofVector rfl ( by decide +kernel )"
FOUND_IN = """
: Bridge.FoundIn samples % {column} integers {first_block} {block_count} [ ( .attains {worst_sample} , {attaining} )
"""
FOUND = """
: Bridge.Found samples {column} integers {first_block} {block_count} [ ( .attains {worst_sample} , {attaining} )
"""
CONCLUDED = """
theorem bound ( i : Fin {size} ) : - δ ≤ residual i ∧ residual i ≤ δ
  := Bridge.bound_of_found faithful checked ( by decide ) i
theorem attained : ∃ i : Fin {size} , residual i = δ ∨ residual i = - δ
  := ⟨ ⟨ {worst_sample} , by decide ⟩ , Bridge.attained_of_found faithful checked ( by decide ) {place} rfl ⟩
"""

REAL = """
def spec : Bridge.ProbeSpec ( Fin {size} ) ( EuclideanSpace ℝ ( Fin {latent_dim} ) )
  := Bridge.ProbeSpec.ofBound functional samples.latent ( samples.score {column} ) δ bound
theorem isTight : spec.IsTight
  := Bridge.ProbeSpec.isTight_ofBound functional samples.latent ( samples.score {column} ) δ bound attained
"""

THEOREMS = ("faithful", "checked", "bound", "attained")
"""The names of the theorems over the rational numbers, beside those of ranges of blocks."""

REAL_THEOREMS = ("spec", "isTight", "column_augment")

STATEMENTS = (
    ("bound", "the residual of each of the {samples} is at most δ in size"),
    ("attained", "the residual of one of them is δ or -δ"),
)
"""The theorems over the rational numbers, and what they say of so many `samples`."""

REAL_STATEMENTS = (("isTight", "the same of δ over the real numbers, on Mathlib"),)


@dataclass(frozen=True)
class ReadRange:
    """What Lean finds out of a range of blocks, as written: for the sup error, and for other claims by their twins.

    `file` is the file that says it.
    """

    file: RangeFile
    found: Found
    totals: Mapping[str, Found]


def read_range(reader: Reader, twins: Sequence[Twin], index: int, file: RangeFile) -> ReadRange:
    """Read what Lean finds out of a range in its file, where it comes next."""
    reader.expect(f"theorem {range_theorem(index)}")
    found = reader.match(FOUND_IN.replace("%", file.words))
    totals = _read_totals(reader, twins)
    reader.expect(f"] := {OF_CHECK}")
    return ReadRange(file, found, totals)


def read(
    reader: Reader, twins: Sequence[Twin], range_count: int, *, in_fractions: bool
) -> tuple[Found, Mapping[str, Found]]:
    """Read what is claimed over the rational numbers, and what Lean finds for the other claims on the same way.

    Args:
        reader: where δ comes next.
        twins: those of the other claims.
        range_count: how many ranges the blocks are divided among, 0 where Lean goes through all in one declaration.
        in_fractions: whether the weights are written as fractions.

    Returns:
        What is claimed, and the totals of the other claims by the names of their twins.
    """
    claimed = reader.match(DEFINED)
    reader.expect(OF_FRACTIONS if in_fractions else OF_INTEGERS)
    reader.expect("theorem checked")
    reader.match(FOUND, claimed)
    totals = _read_totals(reader, twins)
    of_ranges = [range_theorem(index) for index in range(range_count)]
    reader.expect(f"] := {joined(of_ranges, OF_CHECK, 'rfl rfl', '|>.found rfl')}")
    return reader.match(CONCLUDED, claimed), totals


def range_theorem(index: int) -> str:
    """The name of the theorem about a range of blocks, the first of which has the index 0."""
    return f"checked{index + 1}"


def _read_totals(reader: Reader, twins: Sequence[Twin]) -> Mapping[str, Found]:
    totals = {twin.name: Found() for twin in twins}
    for twin in twins:
        for total in twin.totals:
            reader.expect(",")
            reader.match(total, totals[twin.name])
    return totals


def totals(computed: Computed, rows: range) -> Mapping[str, int]:
    """What some listed samples add to the total, by its hole: one if the sample that attains δ is among them."""
    return {"attaining": int(computed.worst_sample in rows)}


def compare(comparison: Comparison, found: Found, computed: Computed) -> None:
    """Compare what is claimed over the rational numbers."""
    name = computed.name
    comparison.all_same(f"{name}: δ", found["delta"], computed.delta)
    comparison.all_same(f"{name}: the sample that attains δ", found["worst_sample"], computed.worst_sample)
    comparison.all_same(f"{name}: how many such samples are named", found["attaining"], 1)
    comparison.all_same(f"{name}: the first block", found["first_block"], 0)
    comparison.all_same(f"{name}: the place of the sample that attains δ", found["place"], 0)
