/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Affine

/-!
# What an error of the latents costs

The listed latents of a run are near the exact values of the encoder.  So the sup error at the one
says what it can be at most at the others.

## Main definitions

* `AffineFunctional.spread`: by how much a functional can change, `∑ |w j| * ε j`.

## Main statements

* `AffineFunctional.residual_near`: the residuals at two latent points whose coordinates differ by
  at most `ε j` differ by at most that.
* `AffineFunctional.bound_near`, `AffineFunctional.le_of_near`: so a sup error of `δ` at the listed
  latents is one of at most `δ + ∑ |w j| * ε j` at the exact ones.
-/

@[expose] public noncomputable section

namespace Bridge

/-- The absolute value of a rational number. -/
def absolute (t : Rat) : Rat := if 0 ≤ t then t else -t

theorem mul_within (w : Rat) {t ε : Rat} (h : -ε ≤ t ∧ t ≤ ε) :
    -(absolute w * ε) ≤ w * t ∧ w * t ≤ absolute w * ε := by
  unfold absolute
  split
  · rename_i hw
    have h1 := Rat.mul_le_mul_of_nonneg_left h.1 hw
    have h2 := Rat.mul_le_mul_of_nonneg_left h.2 hw
    grind
  · rename_i hw
    have hw : 0 ≤ -w := by grind
    have h1 := Rat.mul_le_mul_of_nonneg_left h.1 hw
    have h2 := Rat.mul_le_mul_of_nonneg_left h.2 hw
    grind

theorem sum_within : ∀ {d : Nat} (w z y ε : Fin d → Rat),
    (∀ j, -ε j ≤ z j - y j ∧ z j - y j ≤ ε j) →
    -(sum fun j => absolute (w j) * ε j) ≤ (sum fun j => w j * z j) - (sum fun j => w j * y j) ∧
      (sum fun j => w j * z j) - (sum fun j => w j * y j) ≤ sum fun j => absolute (w j) * ε j
  | 0, _, _, _, _, _ => by
    simp only [sum]
    grind
  | d + 1, w, z, y, ε, near => by
    have h0 := mul_within (w 0) (near 0)
    have hs := sum_within (fun j => w ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩)
      (fun j => z ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩)
      (fun j => y ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩)
      (fun j => ε ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩) fun j => near _
    simp only [sum]
    grind

namespace AffineFunctional

variable {d : Nat} (f : AffineFunctional d)

/-- By how much the value of a functional can change if coordinate `j` changes by at most `ε j`. -/
def spread (ε : Fin d → Rat) : Rat := sum fun j => absolute f.w[j] * ε j

/-- The residuals at two latent points whose coordinates differ by at most `ε j` differ by at most
`∑ |w j| * ε j`. -/
theorem residual_near {z y ε : Fin d → Rat} (near : ∀ j, -ε j ≤ z j - y j ∧ z j - y j ≤ ε j)
    (score : Rat) : -f.spread ε ≤ f.residual y score - f.residual z score ∧
      f.residual y score - f.residual z score ≤ f.spread ε := by
  have h := sum_within (fun j => f.w[j]) z y ε near
  unfold spread residual eval
  grind

/-- **What an error of the latents costs.**  If the residual at a latent point `z` is within `δ`,
then that at a point `y` whose coordinates differ by at most `ε j` is within
`δ + ∑ |w j| * ε j`. -/
theorem bound_near {z y ε : Fin d → Rat} {score δ : Rat}
    (near : ∀ j, -ε j ≤ z j - y j ∧ z j - y j ≤ ε j)
    (bound : -δ ≤ f.residual z score ∧ f.residual z score ≤ δ) :
    -(δ + f.spread ε) ≤ f.residual y score ∧ f.residual y score ≤ δ + f.spread ε := by
  have h := f.residual_near near score
  grind

/-- So if the residuals at the points `z` are within `δ`, and `δ'` is that of one at the points `y`,
then `δ'` is at most `δ + ∑ |w j| * ε j`. -/
theorem le_of_near {X : Type} {z y : X → Fin d → Rat} {score : X → Rat} {ε : Fin d → Rat}
    {δ δ' : Rat} (near : ∀ x j, -ε j ≤ z x j - y x j ∧ z x j - y x j ≤ ε j)
    (bound : ∀ x, -δ ≤ f.residual (z x) (score x) ∧ f.residual (z x) (score x) ≤ δ)
    (attained : ∃ x, f.residual (y x) (score x) = δ' ∨ f.residual (y x) (score x) = -δ') :
    δ' ≤ δ + f.spread ε := by
  obtain ⟨x, hx⟩ := attained
  have h := f.bound_near (near x) (bound x)
  grind

end AffineFunctional

end Bridge
