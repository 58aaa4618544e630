/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Counting
public import Mathlib.Analysis.InnerProductSpace.PiL2

/-!
# Counting, as Mathlib does it

## Main statements

* `count_eq_card`: what `count` counts is the size of a finite set.
-/

@[expose] public noncomputable section

namespace Bridge

variable {n : Nat}

/-- Counting is adding up ones. -/
theorem count_eq_sum : {n : Nat} → (p : Fin n → Bool) → count p = ∑ i, (p i).toNat
  | 0, p => (Fin.sum_univ_zero fun i => (p i).toNat).symm
  | _ + 1, p => (congrArg (fun x : ℕ => (p 0).toNat + x) (count_eq_sum fun i => p i.succ)).trans
    (Fin.sum_univ_succ fun i => (p i).toNat).symm

/-- Counting is the size of the set of what is counted. -/
theorem count_eq_card (p : Fin n → Bool) (q : Fin n → Prop) [DecidablePred q]
    (h : ∀ i, p i = true ↔ q i) : count p = (Finset.univ.filter q).card := by
  have one (i : Fin n) : (p i).toNat = ite (q i) 1 0 := by
    by_cases hq : q i
    · rw [if_pos hq, (h i).mpr hq, Bool.toNat_true]
    · rw [if_neg hq, Bool.eq_false_iff.mpr (mt (h i).mp hq), Bool.toNat_false]
  exact (count_eq_sum p).trans ((Finset.sum_congr rfl fun i _ => one i).trans
    (Finset.card_filter q Finset.univ).symm)

end Bridge
