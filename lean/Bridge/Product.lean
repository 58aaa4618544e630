/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Digits

/-!
# Dot products by one multiplication

If the rows of a matrix are packed one after another and the weights are packed in reverse order,
then one multiplication of two numbers holds the dot products of all rows, each in a slot of its
own, as long as no slot overflows.

* `dot`: the dot product of two lists of natural numbers.
* `slot_mul`: the slot `t + n - 1` of the product is the dot product of the `n` weights with the `n`
  digits from position `t` on, whenever the largest digit times the sum of the weights stays below
  the base.
-/

@[expose] public section

namespace Bridge

/-- The dot product `Σ aⱼ vⱼ`; it stops at the end of the shorter list. -/
def dot : List Nat → List Nat → Nat
  | a :: as, v :: vs => a * v + dot as vs
  | _, _ => 0

@[simp] theorem dot_nil_left (vs : List Nat) : dot [] vs = 0 := by simp [dot]

@[simp] theorem dot_nil_right (as : List Nat) : dot as [] = 0 := by cases as <;> simp [dot]

@[simp] theorem dot_cons (a v : Nat) (as vs : List Nat) :
    dot (a :: as) (v :: vs) = a * v + dot as vs := by simp [dot]

/-- What follows the first `vs.length` entries does not matter. -/
theorem dot_append (as rest vs : List Nat) (h : vs.length ≤ as.length) :
    dot (as ++ rest) vs = dot as vs := by
  induction as generalizing vs with
  | nil =>
    cases vs with
    | nil => simp
    | cons v vs => simp at h
  | cons a as ih =>
    cases vs with
    | nil => simp
    | cons v vs =>
      simp only [List.length_cons] at h
      simp [ih vs (by omega)]

/-! ## The coefficients of a product -/

/-- The sum of two coefficient lists; the shorter one is padded with zeros. -/
def addCoeffs : List Nat → List Nat → List Nat
  | [], q => q
  | p, [] => p
  | a :: p, b :: q => (a + b) :: addCoeffs p q

/-- The coefficient list `r`, multiplied by the number `a`. -/
def scaleCoeffs (a : Nat) : List Nat → List Nat
  | [] => []
  | b :: r => a * b :: scaleCoeffs a r

/-- The coefficient list of the product of two polynomials, without any carry. -/
def mulCoeffs : List Nat → List Nat → List Nat
  | [], _ => []
  | a :: as, r => addCoeffs (scaleCoeffs a r) (0 :: mulCoeffs as r)

theorem pack_addCoeffs (x : Nat) (p q : List Nat) :
    pack x (addCoeffs p q) = pack x p + pack x q := by
  induction p generalizing q with
  | nil => simp [addCoeffs, pack]
  | cons a p ih =>
    cases q with
    | nil => simp [addCoeffs, pack]
    | cons b q =>
      simp only [addCoeffs, pack, ih, Nat.mul_add]
      omega

theorem pack_scaleCoeffs (x a : Nat) (r : List Nat) :
    pack x (scaleCoeffs a r) = a * pack x r := by
  induction r with
  | nil => simp [scaleCoeffs, pack]
  | cons b r ih =>
    simp only [scaleCoeffs, pack, ih, Nat.mul_add]
    rw [Nat.mul_left_comm]

/-- Packing turns the product of polynomials into the product of numbers. -/
theorem pack_mulCoeffs (x : Nat) (as r : List Nat) :
    pack x (mulCoeffs as r) = pack x as * pack x r := by
  induction as with
  | nil => simp [mulCoeffs, pack]
  | cons a as ih =>
    simp only [mulCoeffs, pack_addCoeffs, pack_scaleCoeffs, pack, ih, Nat.add_mul, Nat.mul_assoc,
      Nat.zero_add]

theorem getD_addCoeffs (p q : List Nat) (t : Nat) :
    (addCoeffs p q).getD t 0 = p.getD t 0 + q.getD t 0 := by
  induction p generalizing q t with
  | nil => simp [addCoeffs]
  | cons a p ih =>
    cases q with
    | nil => simp [addCoeffs]
    | cons b q =>
      cases t with
      | zero => simp [addCoeffs]
      | succ t => simpa [addCoeffs] using ih q t

theorem getD_scaleCoeffs (a : Nat) (r : List Nat) (t : Nat) :
    (scaleCoeffs a r).getD t 0 = a * r.getD t 0 := by
  induction r generalizing t with
  | nil => simp [scaleCoeffs]
  | cons b r ih =>
    cases t with
    | zero => simp [scaleCoeffs]
    | succ t => simpa [scaleCoeffs] using ih t

theorem getD_mulCoeffs_zero (a : Nat) (as r : List Nat) :
    (mulCoeffs (a :: as) r).getD 0 0 = a * r.getD 0 0 := by
  rw [mulCoeffs, getD_addCoeffs, getD_scaleCoeffs]
  simp

theorem getD_mulCoeffs_succ (a : Nat) (as r : List Nat) (t : Nat) :
    (mulCoeffs (a :: as) r).getD (t + 1) 0
      = a * r.getD (t + 1) 0 + (mulCoeffs as r).getD t 0 := by
  rw [mulCoeffs, getD_addCoeffs, getD_scaleCoeffs]
  simp

/-! ### No coefficient is large -/

theorem sum_take_succ (r : List Nat) (t : Nat) :
    (r.take (t + 1)).sum = (r.take t).sum + r.getD t 0 := by
  induction r generalizing t with
  | nil => simp
  | cons b r ih =>
    cases t with
    | zero => simp
    | succ t =>
      have := ih t
      simp only [List.take_succ_cons, List.sum_cons, List.getD_cons_succ] at *
      omega

theorem sum_take_le (r : List Nat) (t : Nat) : (r.take t).sum ≤ r.sum := by
  induction r generalizing t with
  | nil => simp
  | cons b r ih =>
    cases t with
    | zero => simp
    | succ t =>
      have := ih t
      simp only [List.take_succ_cons, List.sum_cons]
      omega

theorem getD_mulCoeffs_le_take (A : Nat) (as r : List Nat) (h : ∀ a ∈ as, a ≤ A) (t : Nat) :
    (mulCoeffs as r).getD t 0 ≤ A * (r.take (t + 1)).sum := by
  induction as generalizing t with
  | nil => simp [mulCoeffs]
  | cons a as ih =>
    have ha : a ≤ A := h a (by simp)
    have has : ∀ b ∈ as, b ≤ A := fun b hb => h b (by simp [hb])
    cases t with
    | zero =>
      rw [getD_mulCoeffs_zero, sum_take_succ]
      simpa using Nat.mul_le_mul_right _ ha
    | succ t =>
      rw [getD_mulCoeffs_succ, sum_take_succ, Nat.mul_add, Nat.add_comm]
      exact Nat.add_le_add (ih has t) (Nat.mul_le_mul_right _ ha)

/-- Every coefficient of a product is at most the largest entry of the one factor times the sum of
the entries of the other. -/
theorem getD_mulCoeffs_le (A : Nat) (as r : List Nat) (h : ∀ a ∈ as, a ≤ A) (t : Nat) :
    (mulCoeffs as r).getD t 0 ≤ A * r.sum :=
  Nat.le_trans (getD_mulCoeffs_le_take A as r h t) (Nat.mul_le_mul_left _ (sum_take_le r _))

/-! ### Which coefficient is a dot product -/

theorem reverse_take_succ (r : List Nat) (t : Nat) (h : t < r.length) :
    (r.take (t + 1)).reverse = r.getD t 0 :: (r.take t).reverse := by
  rw [List.take_succ_eq_append_getElem h]
  simp [List.getD_eq_getElem?_getD, h]

theorem getD_mulCoeffs_low (as r : List Nat) (t : Nat) (h : t < r.length) :
    (mulCoeffs as r).getD t 0 = dot as (r.take (t + 1)).reverse := by
  induction as generalizing t with
  | nil => simp [mulCoeffs]
  | cons a as ih =>
    rw [reverse_take_succ r t h, dot_cons]
    cases t with
    | zero => rw [getD_mulCoeffs_zero]; simp
    | succ t => rw [getD_mulCoeffs_succ, ih t (by omega)]

/-- Coefficient `t + (n - 1)` of `as` times the reverse of `vs`, where `n` is the length of `vs`, is
the dot product of `vs` with the entries of `as` from position `t` on. -/
theorem getD_mulCoeffs_window (as vs : List Nat) (m t : Nat) (h : vs.length = m + 1) :
    (mulCoeffs as vs.reverse).getD (t + m) 0 = dot (as.drop t) vs := by
  induction t generalizing as with
  | zero =>
    rw [Nat.zero_add, getD_mulCoeffs_low _ _ _ (by simp [h]), ← h]
    rw [List.take_of_length_le (by simp)]
    simp
  | succ t ih =>
    cases as with
    | nil => simp [mulCoeffs]
    | cons a as =>
      have hz : vs.reverse.getD (t + m + 1) 0 = 0 := by
        rw [List.getD_eq_getElem?_getD, List.getElem?_eq_none (by simp; omega)]
        rfl
      rw [Nat.add_right_comm, getD_mulCoeffs_succ, hz, ih]
      simp

/-! ## Dot products in slots -/

/-- Slot `t + n - 1` of the product of packed digits `ds` with the packed reverse of `n` weights is
the dot product of the weights with the window of `ds` that starts at `t`. -/
theorem window_dot (x A : Nat) (ds vs : List Nat) (t : Nat) (hds : ∀ a ∈ ds, a ≤ A)
    (hx : A * vs.sum < x) :
    pack x ds * pack x vs.reverse / x ^ (t + vs.length - 1) % x = dot (ds.drop t) vs := by
  cases hv : vs with
  | nil => simp [pack]
  | cons v vs' =>
    rw [← hv, ← pack_mulCoeffs, pack_div_mod]
    · have hl : vs.length = vs'.length + 1 := by simp [hv]
      rw [hl]
      exact getD_mulCoeffs_window ds vs vs'.length t hl
    · intro s
      have h := getD_mulCoeffs_le A ds vs.reverse hds s
      have hr : vs.reverse.sum = vs.sum := by simp
      rw [hr] at h
      omega

/-- The same for a number `M` with `m` digits: slot `t + n - 1` of the product is the dot product
with the `n` digits of `M` from position `t` on. -/
theorem slot_mul (x A m t M : Nat) (vs : List Nat) (hM : M < x ^ m)
    (hA : ∀ a ∈ digits x m M, a ≤ A) (hx : A * vs.sum < x) (ht : t + vs.length ≤ m) :
    M * pack x vs.reverse / x ^ (t + vs.length - 1) % x
      = dot (digits x vs.length (M / x ^ t)) vs := by
  have h := window_dot x A (digits x m M) vs t hA hx
  rw [pack_digits x m M hM] at h
  obtain ⟨l, rfl⟩ : ∃ l, m = t + (vs.length + l) := ⟨m - t - vs.length, by omega⟩
  rw [h, digits_add, List.drop_left' (length_digits x t M), digits_add, dot_append]
  rw [length_digits]
  exact Nat.le_refl _

end Bridge
