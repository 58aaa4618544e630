/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Generated

/-!
# Tests: an export over the real numbers
-/

namespace Generated.size

/-! ## The specification speaks of the numbers of the export -/

example : spec.probe = probe := rfl

example : spec.δ = ((δ : Rat) : ℝ) := rfl

example : probe.b = ((functional.b : Rat) : ℝ) := rfl

example (z : Fin samples.latentDim → Rat) :
    probe.eval (Bridge.latentPoint z) = ((functional.eval z : Rat) : ℝ) :=
  Bridge.Probe.eval_ofRational functional z

example (i : Fin samples.size) : spec.residual i = ((residual i : Rat) : ℝ) :=
  Bridge.ProbeSpec.residual_ofBound functional samples.latent (samples.score 0) δ bound i

/-! ## `δ` is the largest absolute residual, and the least bound of them -/

example : IsGreatest {r : ℝ | ∃ x ∈ spec.data, |spec.residual x| = r} spec.δ := isTight.isGreatest

example : IsLeast {ε : ℝ | ∀ x ∈ spec.data, |spec.residual x| ≤ ε} spec.δ := isTight.isLeast

end Generated.size
