"""The sup error, which every export claims: how it is read, and what it must be."""

from bridge.check.comparison import Comparison
from bridge.check.computed import Computed
from bridge.check.reader import Found

RATIONAL = """
@[irreducible] def δ : Rat := {delta:rational}
def residual ( i : Fin {size} ) : Rat := functional.residual ( samples.latent i ) ( samples.score {column} i )
theorem checked : Bridge.check samples {column} functional δ {weight_exponent} = true := by decide +kernel
theorem tight : Bridge.isTight samples {column} functional δ {weight_exponent} {worst_sample} = true
  := by decide +kernel
theorem bound ( i : Fin {size} ) : - δ ≤ residual i ∧ residual i ≤ δ := Bridge.bound_of_check checked i
theorem attained : ∃ i : Fin {size} , residual i = δ ∨ residual i = - δ
  := ⟨ ⟨ {worst_sample} , by decide ⟩ , Bridge.attained_of_check checked _ tight ⟩
"""

REAL = """
def spec : Bridge.ProbeSpec ( Fin {size} ) ( EuclideanSpace ℝ ( Fin {latent_dim} ) )
  := Bridge.ProbeSpec.ofBound functional samples.latent ( samples.score {column} ) δ bound
theorem isTight : spec.IsTight
  := Bridge.ProbeSpec.isTight_ofBound functional samples.latent ( samples.score {column} ) δ bound attained
"""

THEOREMS = ("checked", "tight", "bound", "attained")
"""The names of the theorems over the rational numbers."""

REAL_THEOREMS = ("spec", "isTight", "column_augment")

STATEMENTS = (
    ("bound", "the residual of each of the {samples} is at most δ in size"),
    ("attained", "the residual of one of them is δ or -δ"),
)
"""The theorems over the rational numbers, and what they say of so many `samples`."""

REAL_STATEMENTS = (("isTight", "the same of δ over the real numbers, on Mathlib"),)


def compare(comparison: Comparison, found: Found, computed: Computed) -> None:
    """Compare what is claimed over the rational numbers."""
    name = computed.name
    comparison.all_same(f"{name}: δ", found["delta"], computed.delta)
    comparison.all_same(f"{name}: the sample that attains δ", found["worst_sample"], computed.worst_sample)
