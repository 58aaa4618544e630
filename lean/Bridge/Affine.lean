/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

/-!
# Affine functionals over the rational numbers

A linear probe predicts a concept score from a latent point `z` as `w · z + b`.  This file says so
over `Rat`, in core Lean: `AffineFunctional`, its value `eval` at a latent point, and the `residual`
of a score.  It knows nothing of how samples are stored.
-/

@[expose] public noncomputable section

namespace Bridge

/-- The sum `f 0 + f 1 + ⋯ + f (d - 1)`. -/
def sum : {d : Nat} → (Fin d → Rat) → Rat
  | 0, _ => 0
  | _ + 1, f => f 0 + sum fun j => f ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩

/-- An affine functional `z ↦ w · z + b` on a latent space of dimension `d`: one column of the
fitted weight matrix, whose last entry is the bias. -/
structure AffineFunctional (d : Nat) where
  /-- The weights, one for each latent dimension. -/
  w : Vector Rat d
  /-- The bias. -/
  b : Rat

namespace AffineFunctional

variable {d : Nat}

/-- The value `w · z + b` at the latent point `z`. -/
def eval (f : AffineFunctional d) (z : Fin d → Rat) : Rat :=
  (sum fun j : Fin d => f.w[j] * z j) + f.b

/-- What the functional misses: the score minus the value at the latent point. -/
def residual (f : AffineFunctional d) (z : Fin d → Rat) (score : Rat) : Rat :=
  score - f.eval z

end AffineFunctional

/-! ## Many weights

Lean reads `#v[a / b, …]` in a time that grows to minutes with a thousand entries.  The form below
says the same of many weights over one power of two, and is read in seconds. -/

/-- The integer `n`. -/
def plus (n : Nat) : Int := Int.ofNat n

/-- The integer `-n`. -/
def minus (n : Nat) : Int := Int.neg (Int.ofNat n)

/-- The rational number `n / 2 ^ e`. -/
def dyadic (e : Nat) (n : Int) : Rat := mkRat n (2 ^ e)

theorem dyadic_eq (e : Nat) (n : Int) : dyadic e n = (n : Rat) / ((2 ^ e : Nat) : Rat) :=
  Rat.mkRat_eq_div n (2 ^ e)

/-- Whether a list has `n` entries. -/
def hasLength {α : Type} : List α → Nat → Bool
  | [], n => Nat.beq n 0
  | _ :: _, 0 => false
  | _ :: as, n + 1 => hasLength as n

theorem length_eq_of_hasLength {α : Type} {as : List α} {n : Nat} (h : hasLength as n = true) :
    as.length = n := by
  induction as generalizing n with
  | nil => exact (Nat.eq_of_beq_eq_true h).symm
  | cons a as ih =>
    cases n with
    | zero => simp [hasLength] at h
    | succ n => simp [ih h]

/-- The vector of `numerators` over `2 ^ e`. -/
def dyadicVector (d e : Nat) (numerators : List Int) (h : hasLength numerators d = true) :
    Vector Rat d :=
  ⟨(numerators.map (dyadic e)).toArray, by simp [length_eq_of_hasLength h]⟩

/-- Entry `j` of `dyadicVector` is numerator `j` over `2 ^ e`. -/
theorem getElem_dyadicVector {d e : Nat} {numerators : List Int}
    (h : hasLength numerators d = true) (j : Fin d) :
    (dyadicVector d e numerators h)[j] = (numerators.getD j 0 : Rat) / ((2 ^ e : Nat) : Rat) := by
  have hj : j.val < numerators.length := by
    rw [length_eq_of_hasLength h]
    exact j.isLt
  rw [← dyadic_eq]
  simp [dyadicVector, List.getD_eq_getElem?_getD, hj]

end Bridge
