/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Totals

/-!
# What programs on packed samples compute, row by row

The programs of `Bridge.Packing.Programs` work on all rows of a block at once.  Here it is proved
what they say of one row.  Everything is a statement about natural numbers and holds for any data
whatever.

## Main definitions

* `PackedSamples.blockDigit`: a digit of a row.
* `PackedSamples.spreadOut`: the digits of a column, moved into slots.
* `PackedSamples.isListed`: which slots have a row that is listed.

## Main statements

* `spreadOut_eq`: which row's digit is in a slot.
* `listed_eq`, `total_listed`: the slots of the listed rows, and sums over them.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

section

variable {s : PackedSamples}

/-! ## The slots of a block -/

/-- The digit of row `r` of block `t` in column `j`. -/
def PackedSamples.blockDigit (s : PackedSamples) (t j r : Nat) : Nat :=
  s.column t j / (2 ^ s.digitBits) ^ r % 2 ^ s.digitBits

/-- The number of slots of a class: `slotDigits` times as many have room for the rows of a block,
and for one row more. -/
def PackedSamples.classSlots (s : PackedSamples) : Nat :=
  Nat.add (Nat.div s.blockRows s.slotDigits) 1

/-- The number of slots of a block; the last slot of the last class is none of them. -/
def PackedSamples.slotCount (s : PackedSamples) : Nat :=
  Nat.sub (Nat.mul s.slotDigits s.classSlots) 1

/-- The row that is in slot `k`. -/
def PackedSamples.slotRow (s : PackedSamples) (k : Nat) : Nat :=
  s.slotDigits * (k % s.classSlots) + k / s.classSlots

/-- A slot, as a base. -/
def PackedSamples.slotBase (s : PackedSamples) : Nat := 2 ^ (s.slotDigits * s.digitBits)

/-- How often copies of a column are doubled, so that there is one for each digit of a slot. -/
def PackedSamples.copyBits (s : PackedSamples) : Nat :=
  Nat.log2 (Nat.sub (Nat.mul 2 s.slotDigits) 1)

/-- The digits of a column, moved into slots. -/
def PackedSamples.spreadOut (s : PackedSamples) (A : Nat) : Nat :=
  spread (s.digitBits * s.slotCount) s.copyBits (2 ^ (s.digitBits * s.slotCount) - 1)
    ((2 ^ s.digitBits - 1) * ones s.slotBase s.slotCount) A

/-- The conditions on the layout that the programs decide. -/
structure Layout (s : PackedSamples) : Prop where
  /-- A block has rows. -/
  blockRows_pos : 0 < s.blockRows
  /-- A slot has digits. -/
  slotDigits_pos : 0 < s.slotDigits
  /-- A digit has bits. -/
  digitBits_pos : 0 < s.digitBits

theorem Layout.slotBits_pos (h : Layout s) : 0 < s.slotDigits * s.digitBits :=
  Nat.mul_pos h.slotDigits_pos h.digitBits_pos

theorem Layout.one_lt_slotBase (h : Layout s) : 1 < s.slotBase :=
  Nat.one_lt_two_pow (Nat.ne_of_gt h.slotBits_pos)

theorem classSlots_pos (s : PackedSamples) : 0 < s.classSlots := Nat.succ_pos _

theorem blockRows_le (s : PackedSamples) (hg : 0 < s.slotDigits) : s.blockRows ≤ s.slotCount := by
  have h := Nat.lt_mul_div_succ s.blockRows hg
  show s.blockRows ≤ s.slotDigits * (s.blockRows / s.slotDigits + 1) - 1
  omega

theorem slots_pos (h : Layout s) : 0 < s.slotCount :=
  Nat.lt_of_lt_of_le h.blockRows_pos (blockRows_le s h.slotDigits_pos)

theorem slotDigits_le (hg : 0 < s.slotDigits) : s.slotDigits ≤ 2 ^ s.copyBits := by
  have h := Nat.lt_log2_self (n := 2 * s.slotDigits - 1)
  rw [Nat.pow_succ] at h
  show s.slotDigits ≤ 2 ^ Nat.log2 (2 * s.slotDigits - 1)
  omega

theorem spreadOut_eq (s : PackedSamples) (hg : 0 < s.slotDigits) (A : Nat) :
    s.spreadOut A = slots s.slotBase
      (fun k => A / (2 ^ s.digitBits) ^ s.slotRow k % 2 ^ s.digitBits) s.slotCount :=
  spread_eq s.digitBits s.slotDigits s.classSlots s.copyBits A hg (classSlots_pos s)
    (slotDigits_le hg)

/-- The slot of a row. -/
theorem exists_slot (h : Layout s) {r : Nat} (hr : r < s.blockRows) :
    ∃ k, k < s.slotCount ∧ s.slotRow k = r := by
  have hr' : r < s.slotDigits * s.classSlots - 1 :=
    Nat.lt_of_lt_of_le hr (blockRows_le s h.slotDigits_pos)
  exact ⟨_, slot_lt_of_digit h.slotDigits_pos hr',
    (slot_of_digit h.slotDigits_pos (m := s.classSlots) (by omega)).2⟩

/-! ## Listed rows -/

/-- The digits of `2 ^ (b * c) - 1`: the first `c` are as large as can be, the others zero. -/
theorem digit_of_full (b c r : Nat) :
    (2 ^ (b * c) - 1) / (2 ^ b) ^ r % 2 ^ b = if r < c then 2 ^ b - 1 else 0 := by
  have hy := Nat.two_pow_pos b
  have e : 2 ^ (b * c) - 1 = slots (2 ^ b) (fun _ => 2 ^ b - 1) c := by
    rw [← mul_ones, Nat.mul_comm (2 ^ b - 1), Nat.pow_mul]
    have := ones_mul (2 ^ b) c hy
    omega
  split
  · rename_i h
    rw [e, slots_div_mod (f := fun _ => 2 ^ b - 1) (fun _ _ => Nat.sub_lt hy Nat.one_pos) h]
  · rename_i h
    have hle : (2 ^ b) ^ c ≤ (2 ^ b) ^ r := Nat.pow_le_pow_right hy (by omega)
    have hpos := Nat.two_pow_pos (b * c)
    rw [Nat.pow_mul] at hpos ⊢
    rw [Nat.div_eq_of_lt (Nat.lt_of_lt_of_le (Nat.sub_lt hpos Nat.one_pos) hle), Nat.zero_mod]

/-- Whether slot `k` has one of the first `count` rows of a block, as a number. -/
def PackedSamples.isListed (s : PackedSamples) (count k : Nat) : Nat :=
  if s.slotRow k < count then 1 else 0

theorem isListed_le (s : PackedSamples) (count k : Nat) : s.isListed count k ≤ 1 := by
  unfold isListed
  split <;> decide

/-- The slots of the first `count` rows of a block. -/
theorem listed_eq (h : Layout s) (count : Nat) :
    s.spreadOut (2 ^ (s.digitBits * count) - 1) / (2 ^ s.digitBits - 1)
      = slots s.slotBase (s.isListed count) s.slotCount := by
  have hy : 1 < 2 ^ s.digitBits := Nat.one_lt_two_pow (Nat.ne_of_gt h.digitBits_pos)
  rw [spreadOut_eq s h.slotDigits_pos]
  have e : slots s.slotBase (fun k => (2 ^ (s.digitBits * count) - 1)
        / (2 ^ s.digitBits) ^ s.slotRow k % 2 ^ s.digitBits) s.slotCount
      = slots s.slotBase (s.isListed count) s.slotCount * (2 ^ s.digitBits - 1) := by
    rw [slots_mul]
    apply slots_congr
    intro k _
    rw [digit_of_full, isListed]
    split <;> simp
  rw [e, Nat.mul_div_cancel _ (by omega)]

/-- Summing over the slots of the first `count` rows is summing over these rows. -/
theorem total_listed (h : Layout s) (F : Nat → Nat) {count : Nat} (hc : count ≤ s.blockRows) :
    total (fun k => F (s.slotRow k) * s.isListed count k) s.slotCount = total F count := by
  have hn : s.slotCount + 1 = s.classSlots * s.slotDigits := by
    have := slots_pos h
    rw [Nat.mul_comm]
    show s.slotDigits * s.classSlots - 1 + 1 = _
    have : 0 < s.slotDigits * s.classSlots - 1 := this
    omega
  have hle := blockRows_le s h.slotDigits_pos
  have e := total_slots (fun r => F r * if r < count then 1 else 0) s.slotDigits s.classSlots
  rw [Nat.mul_comm s.slotDigits, ← hn, total_succ, total_succ,
    if_neg (by omega : ¬ s.slotCount < count), Nat.mul_zero, Nat.add_zero] at e
  -- The slot that is left out has the row that no block has.
  have hlast : s.slotDigits * (s.slotCount % s.classSlots) + s.slotCount / s.classSlots
      = s.slotCount := by
    have hm := classSlots_pos s
    have hg := h.slotDigits_pos
    have e : s.slotCount = (s.classSlots - 1) + s.classSlots * (s.slotDigits - 1) := by
      rw [Nat.mul_sub, Nat.mul_one]
      have := Nat.le_mul_of_pos_right s.classSlots hg
      omega
    rw [e, Nat.add_mul_mod_self_left, Nat.mod_eq_of_lt (by omega : s.classSlots - 1 < s.classSlots),
      Nat.add_mul_div_left _ _ hm, Nat.div_eq_of_lt (by omega), Nat.zero_add, Nat.mul_sub,
      Nat.mul_one, Nat.mul_sub, Nat.mul_one, Nat.mul_comm s.classSlots]
    have := Nat.le_mul_of_pos_right s.slotDigits hm
    have := Nat.le_mul_of_pos_left s.classSlots hg
    omega
  rw [hlast, if_neg (by omega : ¬ s.slotCount < count), Nat.mul_zero, Nat.add_zero] at e
  rw [← total_ite F (Nat.le_trans hc hle)]
  refine Eq.trans e ?_
  apply total_congr
  intro r _
  split <;> simp

end

end Bridge
