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

example : 0 ≤ spec.δ := isTight.δ_nonneg

/-! ## What follows of the export, of two samples and of other specifications -/

example (i j : Fin samples.size) :
    |spec.score i - spec.score j|
      ≤ ‖probe.w‖ * ‖spec.encoder i - spec.encoder j‖ + 2 * spec.δ :=
  spec.abs_score_sub_score_le (Set.mem_univ i) (Set.mem_univ j)

example : ((2 : ℝ) • probe) = (spec.smul 2).probe := rfl

example (t : ℝ) : (spec.smul t).δ = |t| * spec.δ := rfl

example (t : ℝ) : (spec.smul t).IsTight := isTight.smul t

example : (spec.union spec fun _ _ => rfl).IsTight := isTight.union isTight fun _ _ => rfl

-- It is enough that the encoders agree where the first claim holds.
example (T : Bridge.ProbeSpec (Fin samples.size) (EuclideanSpace ℝ (Fin samples.latentDim)))
    (h : ∀ i ∈ spec.data, spec.encoder i = T.encoder i) :
    (spec.add T fun i hi => h i hi.1).δ = spec.δ + T.δ := rfl

end Generated.size
