"""The sup error, which every export claims: how it is read, and what it must be."""

from collections.abc import Sequence

from bridge.check.claims.twin import Twin
from bridge.check.comparison import Comparison
from bridge.check.computed import Computed
from bridge.check.reader import Found, Reader

DEFINED = """
@[irreducible] def δ : Rat := {delta:rational}
def residual ( i : Fin {size} ) : Rat := functional.residual ( samples.latent i ) ( samples.score {column} i )
theorem faithful : integers.Represents samples {column} functional δ :=
"""
OF_FRACTIONS = ".ofWeights ( by decide +kernel ) ( by decide +kernel )"
OF_INTEGERS = ".ofVector rfl ( by decide +kernel )"
CHECKED = """
theorem checked : Bridge.Found samples {column} integers {first_block} {block_count} [
  ( .attains {worst_sample} , {attaining} )
"""
CONCLUDED = """
] := .of_check ( by decide +kernel )
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
"""The names of the theorems over the rational numbers."""

REAL_THEOREMS = ("spec", "isTight", "column_augment")

STATEMENTS = (
    ("bound", "the residual of each of the {samples} is at most δ in size"),
    ("attained", "the residual of one of them is δ or -δ"),
)
"""The theorems over the rational numbers, and what they say of so many `samples`."""

REAL_STATEMENTS = (("isTight", "the same of δ over the real numbers, on Mathlib"),)


def read(reader: Reader, twins: Sequence[Twin], *, in_fractions: bool) -> tuple[Found, list[Found]]:
    """Read what is claimed over the rational numbers, and what Lean finds for the other claims on the same way.

    Args:
        reader: where δ comes next.
        twins: those of the other claims.
        in_fractions: whether the weights are written as fractions.
    """
    found = reader.match(DEFINED)
    reader.expect(OF_FRACTIONS if in_fractions else OF_INTEGERS)
    reader.match(CHECKED, found)
    totals = [Found() for _ in twins]
    for twin, of_twin in zip(twins, totals, strict=True):
        for total in twin.totals:
            reader.expect(",")
            reader.match(total, of_twin)
    return reader.match(CONCLUDED, found), totals


def compare(comparison: Comparison, found: Found, computed: Computed) -> None:
    """Compare what is claimed over the rational numbers."""
    name = computed.name
    comparison.all_same(f"{name}: δ", found["delta"], computed.delta)
    comparison.all_same(f"{name}: the sample that attains δ", found["worst_sample"], computed.worst_sample)
    comparison.all_same(f"{name}: how many such samples are named", found["attaining"], 1)
    comparison.all_same(f"{name}: the first block", found["first_block"], 0)
    comparison.all_same(f"{name}: the place of the sample that attains δ", found["place"], 0)
