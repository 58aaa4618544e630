/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Programs

/-!
# What programs on packed samples compute, row by row

The programs of `Bridge.Packing.Programs` work on all rows of a block at once.  Here it is proved
what they say of one row.  Everything is a statement about natural numbers and holds for any data
whatever.

## Main definitions

* `PackedSamples.row`, `PackedSamples.blockDot`: the digits of a row, and their dot product with
  weights.
* `Sides`: what a program compares in every row, and `PackedSamples.RowsWithin` what it finds.

## Main statements

* `of_weigh`: what `weigh` adds up, a dot product.
* `rows_of_sidesOk`: what the comparison of all rows says of one of them, even if it only fills
  up the last block.
* `sides_of_sidesOk`: the same of the row of a sample.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-! ## Programs that evaluate and go on -/

theorem force_eq (n : Nat) (k : Nat → Bool) : force n k = k n := by cases n <;> rfl

theorem forceAll_eq (as done : List Nat) (total : Nat) (k : List Nat → Nat → Bool) :
    forceAll as done total k = k (as.reverse ++ done) (total + as.sum) := by
  induction as generalizing done total with
  | nil => simp [forceAll]
  | cons a as ih =>
    simp only [forceAll, force_eq, ih, List.reverse_cons, List.append_assoc, List.singleton_append,
      List.sum_cons]
    rw [← Nat.add_assoc]
    rfl

/-! ## Dot products -/

/-- The dot product `Σ aⱼ vⱼ`; it stops at the end of the shorter list. -/
def dot : List Nat → List Nat → Nat
  | a :: as, v :: vs => a * v + dot as vs
  | _, _ => 0

@[simp] theorem dot_nil_left (vs : List Nat) : dot [] vs = 0 := by simp [dot]

@[simp] theorem dot_nil_right (as : List Nat) : dot as [] = 0 := by cases as <;> simp [dot]

@[simp] theorem dot_cons (a v : Nat) (as vs : List Nat) :
    dot (a :: as) (v :: vs) = a * v + dot as vs := by simp [dot]

/-- A dot product of numbers that are at most `A` is at most `A` times the sum of the weights. -/
theorem dot_le (A : Nat) (as vs : List Nat) (h : ∀ a ∈ as, a ≤ A) : dot as vs ≤ A * vs.sum := by
  induction as generalizing vs with
  | nil => simp
  | cons a as ih =>
    cases vs with
    | nil => simp
    | cons v vs =>
      rw [dot_cons, List.sum_cons, Nat.mul_add]
      exact Nat.add_le_add (Nat.mul_le_mul_right v (h a (by simp)))
        (ih vs fun b hb => h b (by simp [hb]))

/-- A dot product of columns is the dot product of every slot. -/
theorem dot_slots {α : Type} (x n : Nat) (f : α → Nat) (F : α → Nat → Nat)
    (hf : ∀ a, f a = slots x (F a) n) (as : List α) (vs : List Nat) :
    dot (as.map f) vs = slots x (fun k => dot (as.map fun a => F a k) vs) n := by
  induction as generalizing vs with
  | nil => simp [slots_zero]
  | cons a as ih =>
    cases vs with
    | nil => simp [slots_zero]
    | cons v vs => simp only [List.map_cons, dot_cons, ih, hf, slots_mul, slots_add]

/-- What is missing at the end counts as zero. -/
theorem dot_getD {α : Type} (g : α → Nat) (z : α) (hz : g z = 0) (as : List α) (vs : List Nat) :
    dot (as.map g) vs = dot ((List.range vs.length).map fun j => g (as.getD j z)) vs := by
  induction vs generalizing as with
  | nil => simp
  | cons v vs ih =>
    rw [List.length_cons, List.range_succ_eq_map, List.map_cons, List.map_map, dot_cons]
    cases as with
    | nil =>
      have := ih []
      simp only [List.map_nil, dot_nil_left] at this
      simp only [List.map_nil, dot_nil_left, List.getD_nil, hz, Nat.zero_mul, Nat.zero_add]
      simpa [hz, Function.comp_def] using this
    | cons a as =>
      rw [List.map_cons, dot_cons, ih as]
      rfl

/-- What `weigh` adds up. -/
theorem of_weigh {limbBits : Nat} {f : Nat → Nat} {vs : List Nat} {columns : List (List Nat)}
    {total : Nat} {k : Nat → List (List Nat) → Bool}
    (h : weigh limbBits f vs columns total k = true) :
    k (total + dot (columns.map fun limbs => f (pack (2 ^ limbBits) limbs)) vs)
      (columns.drop vs.length) = true := by
  induction vs generalizing columns total with
  | nil => simpa [weigh] using h
  | cons v vs ih =>
    cases columns with
    | nil => simp [weigh] at h
    | cons limbs columns =>
      rw [weigh] at h
      rw [List.map_cons, dot_cons, List.length_cons, List.drop_succ_cons, ← Nat.add_assoc]
      cases hv : Nat.beq v 0 with
      | true =>
        have h0 : v = 0 := Nat.eq_of_beq_eq_true hv
        rw [hv, cond_true] at h
        rw [h0, Nat.mul_zero, Nat.add_zero]
        exact ih h
      | false =>
        rw [hv, cond_false, force_eq, force_eq] at h
        exact ih h

/-! ## One sample -/

section

variable {s : PackedSamples}

/-- The stored digits of sample `i`. -/
def PackedSamples.row (s : PackedSamples) (i : Nat) : List Nat :=
  (List.range s.columnCount).map (s.digit i)

theorem length_row (s : PackedSamples) (i : Nat) : (s.row i).length = s.columnCount := by
  simp [row]

/-- The dot product of row `r` of block `t` with `vs`, where the row may be one that only fills
up. -/
def PackedSamples.blockDot (s : PackedSamples) (vs : List Nat) (t r : Nat) : Nat :=
  dot ((s.columns.drop (s.columnCount * t)).map fun limbs =>
    pack (2 ^ s.limbBits) limbs / (2 ^ s.digitBits) ^ r % 2 ^ s.digitBits) vs

/-- The row of a sample in its block is the row of the sample. -/
theorem blockDot_eq (s : PackedSamples) (i : Nat) (vs : List Nat) (hv : vs.length = s.columnCount) :
    s.blockDot vs (i / s.blockRows) (i % s.blockRows) = dot (s.row i) vs := by
  rw [blockDot, dot_getD (z := []) (hz := by simp [pack]), hv, row]
  congr 1
  apply List.map_congr_left
  intro j _
  simp [PackedSamples.digit, PackedSamples.column, List.getD_eq_getElem?_getD, List.getElem?_drop]

theorem blockDot_le (s : PackedSamples) (vs : List Nat) (t r : Nat) :
    s.blockDot vs t r ≤ (2 ^ s.digitBits - 1) * vs.sum := by
  apply dot_le
  intro a ha
  obtain ⟨limbs, -, rfl⟩ := List.mem_map.1 ha
  have := Nat.mod_lt (pack (2 ^ s.limbBits) limbs / (2 ^ s.digitBits) ^ r)
    (Nat.two_pow_pos s.digitBits)
  omega

/-- One side of the comparison for sample `i`: the dot product of its digits with `vs`, plus `k`. -/
def PackedSamples.side (s : PackedSamples) (vs : List Nat) (k i : Nat) : Nat := dot (s.row i) vs + k

/-! ## All rows of a block -/

/-- The number of slots of a class: `slotDigits` times as many have room for the rows of a block. -/
def PackedSamples.classSlots (s : PackedSamples) : Nat := ceilDiv s.blockRows s.slotDigits

/-- The number of slots of a block. -/
def PackedSamples.slotCount (s : PackedSamples) : Nat := s.classSlots * s.slotDigits

/-- The row that is in slot `k`. -/
def PackedSamples.slotRow (s : PackedSamples) (k : Nat) : Nat :=
  s.slotDigits * (k % s.classSlots) + k / s.classSlots

/-- A slot, as a base. -/
def PackedSamples.slotBase (s : PackedSamples) : Nat := 2 ^ (s.slotDigits * s.digitBits)

/-- The digits of a column, moved into slots. -/
def PackedSamples.spreadOut (s : PackedSamples) (A : Nat) : Nat :=
  spread s.digitBits ((2 ^ s.digitBits - 1) * ones s.slotBase s.classSlots)
    (s.slotDigits * s.digitBits * s.classSlots) s.slotDigits A

theorem spreadOut_eq (s : PackedSamples) (hg : 0 < s.slotDigits) (A : Nat) :
    s.spreadOut A = slots s.slotBase
      (fun k => A / (2 ^ s.digitBits) ^ s.slotRow k % 2 ^ s.digitBits) s.slotCount :=
  spread_eq s.digitBits s.slotDigits s.classSlots s.slotDigits A hg

/-- The dot products of all rows of block `t`, from its columns on. -/
theorem dot_spreadOut (s : PackedSamples) (hg : 0 < s.slotDigits) (vs : List Nat) (t : Nat) :
    dot ((s.columns.drop (s.columnCount * t)).map fun limbs =>
        s.spreadOut (pack (2 ^ s.limbBits) limbs)) vs
      = slots s.slotBase (fun k => s.blockDot vs t (s.slotRow k)) s.slotCount :=
  dot_slots _ _ _ _ (fun limbs => spreadOut_eq s hg (pack (2 ^ s.limbBits) limbs)) _ vs

/-! ## All samples -/

theorem onesFast_eq {x n : Nat} (hx : 1 < x) : onesFast x n = ones x n := (ones_eq x n hx).symm

/-- What the comparison of all slots says of one of them. -/
theorem of_slotsOk {S n D : Nat} {f g : Nat → Nat} (hS : 0 < S)
    (hf : ∀ k, k < n → f k + D < 2 ^ (S - 1)) (hg : ∀ k, k < n → g k + D < 2 ^ (S - 1))
    (h : slotsOk (2 ^ (S - 1) * ones (2 ^ S) n) ((D + 2 ^ (S - 1)) * ones (2 ^ S) n)
      (slots (2 ^ S) f n) (slots (2 ^ S) g n) = true) (k : Nat) (hk : k < n) :
    f k ≤ g k + D ∧ g k ≤ f k + D := by
  have hx : 2 ^ S = 2 ^ (S - 1) + 2 ^ (S - 1) := by
    rw [← Nat.two_mul, ← Nat.pow_succ']
    congr 1
    omega
  have one : ∀ f g : Nat → Nat, (∀ k, k < n → f k + D < 2 ^ (S - 1)) →
      (∀ k, k < n → g k + D < 2 ^ (S - 1)) →
      Nat.beq (Nat.land (Nat.sub (Nat.add (slots (2 ^ S) g n) ((D + 2 ^ (S - 1)) * ones (2 ^ S) n))
        (slots (2 ^ S) f n)) (2 ^ (S - 1) * ones (2 ^ S) n)) (2 ^ (S - 1) * ones (2 ^ S) n) = true →
      f k ≤ g k + D := by
    intro f g hf hg h
    have h1 : (slots (2 ^ S) g n + (D + 2 ^ (S - 1)) * ones (2 ^ S) n - slots (2 ^ S) f n) &&&
        2 ^ (S - 1) * ones (2 ^ S) n = 2 ^ (S - 1) * ones (2 ^ S) n := Nat.eq_of_beq_eq_true h
    rw [mul_ones _ _ (D + _), slots_add, slots_sub _ _ _ _ (fun k hk => by
      have := hf k hk
      omega)] at h1
    have h2 := le_of_land_top hS (fun k hk => by
      have := hg k hk
      omega) h1 hk
    have := hf k hk
    omega
  simp only [slotsOk, Bool.and_eq_true] at h
  exact ⟨one f g hf hg h.1, one g f hg hf h.2⟩

/-- What the comparison of so many blocks says of one of them. -/
theorem of_blocksOk {limbBits kP kQ top slack T : Nat} {f : Nat → Nat} {ps qs : List Nat}
    {columns : List (List Nat)} (h : blocksOk limbBits f ps qs kP kQ top slack T columns = true)
    (t : Nat) (ht : t < T) :
    slotsOk top slack
      (dot ((columns.drop (ps.length * t)).map fun limbs => f (pack (2 ^ limbBits) limbs)) ps + kP)
      (dot ((columns.drop (ps.length * t)).map fun limbs => f (pack (2 ^ limbBits) limbs)) qs + kQ)
      = true := by
  induction T generalizing columns t with
  | zero => omega
  | succ T ih =>
    rw [blocksOk] at h
    have h1 := of_weigh (of_weigh h)
    simp only [force_eq, Bool.and_eq_true, Nat.zero_add] at h1
    cases t with
    | zero => simpa using h1.1
    | succ t =>
      have h2 := ih h1.2 t (by omega)
      rw [List.drop_drop] at h2
      rw [Nat.mul_succ, Nat.add_comm (ps.length * t)]
      exact h2

theorem le_ceilDiv_mul {p q : Nat} (hq : 0 < q) : p ≤ ceilDiv p q * q := by
  have h : (p + (q - 1)) % q + q * ((p + (q - 1)) / q) = p + (q - 1) := Nat.mod_add_div _ _
  have := Nat.mod_lt (p + (q - 1)) hq
  show p ≤ (p + (q - 1)) / q * q
  rw [Nat.mul_comm]
  omega

theorem blockRows_le (s : PackedSamples) (hg : 0 < s.slotDigits) :
    s.blockRows ≤ s.slotDigits * s.classSlots := by
  rw [Nat.mul_comm]
  exact le_ceilDiv_mul hg

theorem block_lt (s : PackedSamples) (hK : 0 < s.blockRows) {i : Nat} (hi : i < s.size) :
    i / s.blockRows < ceilDiv s.size s.blockRows := by
  apply Nat.div_lt_of_lt_mul
  rw [Nat.mul_comm]
  exact Nat.lt_of_lt_of_le hi (le_ceilDiv_mul hK)

/-- What `withParts` goes on with: the two parts of the weights of all columns, and the constants of
the two sides. -/
structure Sides where
  /-- The positive parts of the weights. -/
  ps : List Nat
  /-- The negative parts of the weights. -/
  qs : List Nat
  /-- What is added to the positive side. -/
  kP : Nat
  /-- What is added to the negative side. -/
  kQ : Nat

/-- Whether a program that takes the two sides, as `withParts` gives them, answers `true`. -/
def Sides.satisfy (S : Sides) (k : List Nat → List Nat → Nat → Nat → Nat → Nat → Bool) : Prop :=
  k S.ps S.qs S.ps.sum S.qs.sum S.kP S.kQ = true

/-- In every row of the first `T` blocks, also in those that only fill up the last one, the two
sides differ by at most `D`. -/
def PackedSamples.RowsWithin (s : PackedSamples) (S : Sides) (D T : Nat) : Prop :=
  ∀ t, t < T → ∀ k, k < s.slotCount →
    s.blockDot S.ps t (s.slotRow k) + S.kP ≤ s.blockDot S.qs t (s.slotRow k) + S.kQ + D ∧
    s.blockDot S.qs t (s.slotRow k) + S.kQ ≤ s.blockDot S.ps t (s.slotRow k) + S.kP + D

/-- The conditions on the layout that `sidesOk` decides. -/
structure Layout (s : PackedSamples) : Prop where
  /-- A block has rows. -/
  blockRows_pos : 0 < s.blockRows
  /-- A slot has digits. -/
  slotDigits_pos : 0 < s.slotDigits
  /-- A digit has bits. -/
  digitBits_pos : 0 < s.digitBits

theorem Layout.slotBits_pos {s : PackedSamples} (h : Layout s) : 0 < s.slotDigits * s.digitBits :=
  Nat.mul_pos h.slotDigits_pos h.digitBits_pos

/-- What `sidesOk` decides. -/
theorem rows_of_sidesOk {S : Sides} {D : Nat}
    (h : sidesOk s S.ps S.qs S.ps.sum S.qs.sum S.kP S.kQ D = true)
    (hp : S.ps.length = s.columnCount) :
    Layout s ∧ s.RowsWithin S D (ceilDiv s.size s.blockRows) := by
  simp only [sidesOk, force_eq, Bool.and_eq_true] at h
  obtain ⟨⟨hS, hK⟩, ⟨h1, h2⟩, h⟩ := h
  have hS : 0 < s.slotDigits * s.digitBits := Nat.le_of_ble_eq_true hS
  have hg : 0 < s.slotDigits := Nat.pos_of_mul_pos_right hS
  refine ⟨⟨Nat.le_of_ble_eq_true hK, hg, Nat.pos_of_mul_pos_left hS⟩, fun t ht k hk => ?_⟩
  have h1 : (2 ^ s.digitBits - 1) * S.ps.sum + S.kP + D < 2 ^ (s.slotDigits * s.digitBits - 1) :=
    Nat.le_of_ble_eq_true h1
  have h2 : (2 ^ s.digitBits - 1) * S.qs.sum + S.kQ + D < 2 ^ (s.slotDigits * s.digitBits - 1) :=
    Nat.le_of_ble_eq_true h2
  have hx : 1 < 2 ^ (s.slotDigits * s.digitBits) := Nat.one_lt_two_pow (by omega)
  have e1 : ∀ n, onesFast (Nat.pow 2 (Nat.mul s.slotDigits s.digitBits)) n
      = ones (2 ^ (s.slotDigits * s.digitBits)) n := fun n => onesFast_eq hx
  rw [e1, e1] at h
  have h3 := of_blocksOk h t ht
  rw [hp] at h3
  have h4 : slotsOk (2 ^ (s.slotDigits * s.digitBits - 1) * ones s.slotBase s.slotCount)
      ((D + 2 ^ (s.slotDigits * s.digitBits - 1)) * ones s.slotBase s.slotCount)
      (dot ((s.columns.drop (s.columnCount * t)).map fun limbs =>
        s.spreadOut (pack (2 ^ s.limbBits) limbs)) S.ps
        + S.kP * ones s.slotBase s.slotCount)
      (dot ((s.columns.drop (s.columnCount * t)).map fun limbs =>
        s.spreadOut (pack (2 ^ s.limbBits) limbs)) S.qs
        + S.kQ * ones s.slotBase s.slotCount) = true := h3
  rw [dot_spreadOut s hg, dot_spreadOut s hg, mul_ones _ _ S.kP, mul_ones _ _ S.kQ, slots_add,
    slots_add] at h4
  exact of_slotsOk hS (fun k _ => by have := blockDot_le s S.ps t (s.slotRow k); omega)
    (fun k _ => by have := blockDot_le s S.qs t (s.slotRow k); omega) h4 k hk

/-- The same for a sample. -/
theorem sides_of_sidesOk {S : Sides} {D : Nat}
    (h : sidesOk s S.ps S.qs S.ps.sum S.qs.sum S.kP S.kQ D = true)
    (hp : S.ps.length = s.columnCount) (hq : S.qs.length = s.columnCount)
    (i : Nat) (hi : i < s.size) :
    s.side S.ps S.kP i ≤ s.side S.qs S.kQ i + D ∧ s.side S.qs S.kQ i ≤ s.side S.ps S.kP i + D := by
  obtain ⟨hl, h⟩ := rows_of_sidesOk h hp
  obtain ⟨hk, he⟩ := slot_of_digit (m := s.classSlots) (r := i % s.blockRows) hl.slotDigits_pos
    (Nat.lt_of_lt_of_le (Nat.mod_lt i hl.blockRows_pos) (blockRows_le s hl.slotDigits_pos))
  have h1 := h _ (block_lt s hl.blockRows_pos hi) _ hk
  rwa [show s.slotRow _ = i % s.blockRows from he, blockDot_eq s i S.ps hp,
    blockDot_eq s i S.qs hq] at h1

end

end Bridge
