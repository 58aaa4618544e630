/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.Quantile
public import Bridge.Real.Counting
public import Bridge.Real.Rational

/-!
# Empirical quantiles over the real numbers

What an export proves of its conformal bound holds of the residuals of a `ProbeSpec`.

## Main definitions

* `IsKthSmallestAbs`: of real numbers what `IsKthSmallest` is of rational ones.

## Main statements

* `isKthSmallestAbs_cast`: for rational numbers the two are the same.
* `ProbeSpec.isKthSmallestAbs_ofBound`: the same for the `ProbeSpec` of an export.
-/

@[expose] public noncomputable section

namespace Bridge

variable {d N n : Nat}

/-- Whether `ε` is the `k`-th smallest of the absolute values `|f i|`: at least `k` of them are at
most `ε`, and fewer than `k` are less. -/
def IsKthSmallestAbs {ι : Type*} [Fintype ι] (f : ι → ℝ) (ε : ℝ) (k : ℕ) : Prop :=
  k ≤ (Finset.univ.filter fun i => |f i| ≤ ε).card ∧
    (Finset.univ.filter fun i => |f i| < ε).card < k

/-- Being the `k`-th smallest is the same over `Rat` and over `ℝ`. -/
theorem isKthSmallestAbs_cast (f : Fin n → Rat) (ε : Rat) (k : Nat) :
    IsKthSmallestAbs (fun i => (f i : ℝ)) (ε : ℝ) k ↔ IsKthSmallest f ε k := by
  have neg : ((-ε : Rat) : ℝ) = -(ε : ℝ) := Rat.cast_neg ε
  have within : countWithin f ε = (Finset.univ.filter fun i => |(f i : ℝ)| ≤ (ε : ℝ)).card :=
    count_eq_card _ _ fun i => decide_eq_true_iff.trans (abs_le.trans (and_congr
      ((Iff.of_eq (congrArg (fun x : ℝ => x ≤ (f i : ℝ)) neg.symm)).trans Rat.cast_le)
      Rat.cast_le)).symm
  have strictly : countStrictlyWithin f ε
      = (Finset.univ.filter fun i => |(f i : ℝ)| < (ε : ℝ)).card :=
    count_eq_card _ _ fun i => decide_eq_true_iff.trans (abs_lt.trans (and_congr
      ((Iff.of_eq (congrArg (fun x : ℝ => x < (f i : ℝ)) neg.symm)).trans Rat.cast_lt)
      Rat.cast_lt)).symm
  rw [IsKthSmallest, within, strictly]
  exact Iff.rfl

/-- A theorem `isKthSmallest` of an export says which rank its conformal bound has among the
absolute residuals of the calibration samples `g 0`, `g 1`, …. -/
theorem ProbeSpec.isKthSmallestAbs_ofBound (f : AffineFunctional d)
    (z : Fin N → Fin d → Rat) (score : Fin N → Rat) (δ : Rat)
    (bound : ∀ i, -δ ≤ f.residual (z i) (score i) ∧ f.residual (z i) (score i) ≤ δ)
    {g : Fin n → Fin N} {ε : Rat} {k : Nat}
    (isKthSmallest : IsKthSmallest (fun i => f.residual (z (g i)) (score (g i))) ε k) :
    IsKthSmallestAbs (fun i => (ofBound f z score δ bound).residual (g i)) (ε : ℝ) k :=
  (congrArg (fun r : Fin n → ℝ => IsKthSmallestAbs r (ε : ℝ) k)
    (funext fun i => residual_ofBound f z score δ bound (g i))).mpr
    ((isKthSmallestAbs_cast (fun i => f.residual (z (g i)) (score (g i))) ε k).mpr isKthSmallest)

end Bridge
