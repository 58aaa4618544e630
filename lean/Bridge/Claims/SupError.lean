/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Check

/-!
# The sup error

Both claims speak of `AffineFunctional.residual` at the rational numbers that `PackedSamples.latent`
and `PackedSamples.score` read from the packed data.  They say nothing about any point that is not
listed there.

## Main statements

* `bound_of_found`: every residual lies between `-δ` and `δ`.
* `attained_of_found`: the residual of one sample is `δ` or `-δ`, so that `δ` is the largest
  absolute residual and not merely a bound.
-/

@[expose] public noncomputable section

namespace Bridge

section

variable {s : PackedSamples} {c : Nat} {p : IntegerProbe} {f : AffineFunctional s.latentDim}
  {δ : Rat} {blockCount : Nat} {asked : List (Measure × Nat)}

theorem IntegerProbe.Represents.scale_pos (hp : p.Represents s c f δ) :
    (0 : Rat) < (p.scale s : Rat) :=
  Rat.natCast_pos.2 (Nat.mul_pos hp.denominator_pos (Nat.two_pow_pos _))

/-- **The sup error.**  If the integers are the numbers of `f` and `δ`, and the checker has found
out that every sample is within its limits, then every residual of the concept lies between `-δ` and
`δ`: the claim covers the samples that are packed in `s` and no others. -/
theorem bound_of_found (hp : p.Represents s c f δ) (h : Found s c p 0 blockCount asked)
    (hall : s.size ≤ s.blockRows * blockCount) (i : Fin s.size) :
    -δ ≤ f.residual (s.latent i) (s.score c i) ∧ f.residual (s.latent i) (s.score c i) ≤ δ := by
  have hi := h.sample_within hall i
  have hr := residual_eq_excess hp i hi
  have h0 : (0 : Rat) ≤ (s.excess c p i : Rat) := by exact_mod_cast Nat.zero_le _
  have h1 : (s.excess c p i : Rat) ≤ 2 * (p.sup : Rat) := by exact_mod_cast hi.excess_le
  rw [← hp.sup_eq] at hr h1
  constructor <;> apply Rat.le_of_mul_le_mul_right _ hp.scale_pos <;> grind

/-- **δ is attained.**  If moreover the checker was asked for sample `i` and has found that it
attains `δ`, then its residual is `δ` or `-δ`. -/
theorem attained_of_found (hp : p.Represents s c f δ) (h : Found s c p 0 blockCount asked)
    (hall : s.size ≤ s.blockRows * blockCount) {i : Fin s.size} (n : Nat)
    (hn : asked[n]? = some (.attains i, 1)) :
    f.residual (s.latent i) (s.score c i) = δ ∨ f.residual (s.latent i) (s.score c i) = -δ := by
  have hr := residual_eq_excess hp i (h.sample_within hall i)
  have e := h.total_eq hall n hn
  have e1 := total_single 0 i (fun i => s.excess c p i = 0 ∨ s.excess c p i = 2 * p.sup) s.size
  simp only [Nat.zero_add] at e1
  have e2 : (if 0 ≤ i.val ∧ i.val < s.size ∧
      (s.excess c p i = 0 ∨ s.excess c p i = 2 * p.sup) then 1 else 0) = 1 := e1.symm.trans e
  split at e2
  · rename_i h
    rw [← hp.sup_eq] at hr
    rcases h.2.2 with h0 | h0
    · right
      apply eq_of_mul_eq_mul_right hp.scale_pos
      rw [hr, h0]
      grind
    · left
      apply eq_of_mul_eq_mul_right hp.scale_pos
      have h1 : (s.excess c p i : Rat) = 2 * (p.sup : Rat) := by exact_mod_cast h0
      rw [hr, h1, ← hp.sup_eq]
      grind
  · exact absurd e2 (by decide)

end

end Bridge
