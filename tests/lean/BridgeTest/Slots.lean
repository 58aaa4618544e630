/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Check

/-!
# Tests: numbers in slots
-/

noncomputable section

namespace Bridge

/-! ## Packing -/

example : pack 10 [] = 0 := by decide +kernel
example : pack 10 [1, 2, 3] = 321 := by decide +kernel
example : pack 10 [1, 2, 0] = 21 := by decide +kernel
example : slots 10 (fun k => k + 1) 3 = 321 := by decide +kernel
example : slots 10 (fun k => k + 1) 0 = 0 := by decide +kernel
example : ones 10 4 = 1111 := by decide +kernel
example : onesFast 10 4 = 1111 := by decide +kernel
example : onesFast 256 0 = 0 := by decide +kernel

/-! ## Copies: their number is doubled -/

example : copies 8 0x12 0 = 0x12 := by decide +kernel
example : copies 8 0x12 1 = 0x1212 := by decide +kernel
example : copies 8 0x12 2 = 0x12121212 := by decide +kernel
example : withCopies 8 2 (fun copies => copies 0x12 == 0x12121212) = true := by decide +kernel
example : withCopies 8 0 (fun copies => copies 0x12 == 0x12) = true := by decide +kernel

/-! ## From digits to slots: of five digits in slots three digits wide, each class has two, and
there is no sixth slot -/

/-- Five digits of four bits in slots of three digits. -/
def spreadFive (A : Nat) : Nat := spread 20 2 0xfffff 0x00f00f00f00f00f A

example : spreadFive 0x54321 = 0x003005002004001 := by decide +kernel
-- digits beyond the last slot are left out
example : spreadFive 0x987654321 = 0x003005002004001 := by decide +kernel
example : spreadFive 0x54321
    = slots (2 ^ 12) (fun k => 0x54321 / 16 ^ (3 * (k % 2) + k / 2) % 16) 5 := by decide +kernel

/-! ## Products: columns in two slots of eight bits, weights of eight bits of which four count -/

example : product 128 15 0x0f0f 3 0x0102 = 0x0306 := by decide +kernel
-- for a negative weight what the largest digit is more
example : product 128 15 0x0f0f 0x83 0x0102 = 0x2a27 := by decide +kernel
example : product 128 15 0x0f0f 0 0x0102 = 0 := by decide +kernel

/-- A single column that is slots already. -/
def slotsOf (first second : Nat) : ColumnGroup := .one ⟨first, second, 0, 0⟩

/-- Eight columns of which the others are empty. -/
def eightOf (first last : Column) : ColumnGroup :=
  .eight first zero zero zero zero zero zero last
where
  /-- An empty column. -/
  zero : Column := ⟨0, 0, 0, 0⟩

/-- Two weights, 5 and 7, of single columns. -/
def weighTwo (groups : List ColumnGroup) (W P : Nat) (k : Nat → List ColumnGroup → Bool) : Bool :=
  weighOnes (fun v column => product 128 15 0x0f0f v (column.digits 4)) 8 255 2 groups W P k

example : weighTwo [slotsOf 2 1, slotsOf 4 3] 0x0705 0 (fun total rest =>
    total == 0x12 * 5 + 0x34 * 7 && rest.isEmpty) = true := by decide +kernel
-- the sum goes on from what is given, and the columns that are left are passed on
example : weighTwo [slotsOf 2 1, slotsOf 4 3, slotsOf 5 6] 0x0705 100 (fun total rest =>
    total == 0x12 * 5 + 0x34 * 7 + 100 && rest.length == 1) = true := by decide +kernel
-- a column that is missing is refused, and eight where there should be one
example : weighTwo [slotsOf 2 1] 0x0705 0 (fun _ _ => true) = false := by decide +kernel
example : weighTwo [slotsOf 2 1, eightOf ⟨4, 3, 0, 0⟩ ⟨0, 0, 0, 0⟩] 0x0705 0 (fun _ _ => true)
    = false := by decide +kernel

/-- Groups of eight columns, with the weights 1 to 8 and so on. -/
def weighGroups (n : Nat) (groups : List ColumnGroup) (k : Nat → List ColumnGroup → Bool) : Bool :=
  weighEights (fun v column => v * column.digits 4) 8 64 255 n groups 0x02030807060504030201 0 k

example : weighGroups 1 [eightOf ⟨2, 1, 0, 0⟩ ⟨4, 3, 0, 0⟩] (fun total rest =>
    total == 0x12 + 8 * 0x34 && rest.isEmpty) = true := by decide +kernel
example : weighGroups 2 [eightOf ⟨2, 1, 0, 0⟩ ⟨4, 3, 0, 0⟩, eightOf ⟨1, 0, 0, 0⟩ ⟨0, 0, 0, 0⟩]
    (fun total rest => total == 0x12 + 8 * 0x34 + 3 && rest.isEmpty) = true := by decide +kernel
example : weighGroups 2 [eightOf ⟨2, 1, 0, 0⟩ ⟨4, 3, 0, 0⟩] (fun _ _ => true) = false := by
  decide +kernel
example : weighGroups 1 [slotsOf 2 1] (fun _ _ => true) = false := by decide +kernel

example : Column.join 4 ⟨4, 3, 2, 1⟩ (· + 1) = 0x1235 := by decide +kernel
-- digits that are too large are added up
example : Column.join 4 ⟨0x14, 3, 0, 0⟩ (· + 0) = 0x44 := by decide +kernel
example : passOnes 1 [slotsOf 2 1, slotsOf 4 3] (fun rest => rest.length == 1) = true := by
  decide +kernel
example : passOnes 3 [slotsOf 2 1, slotsOf 4 3] (fun _ => true) = false := by decide +kernel
example : passEights 1 [slotsOf 2 1, slotsOf 4 3] (fun _ => true) = false := by decide +kernel
example : joined [[slotsOf 2 1], [], [slotsOf 4 3, slotsOf 5 6]]
    = [slotsOf 2 1, slotsOf 4 3, slotsOf 5 6] := rfl

/-! ## The sums of weights: `5`, `-7` and `-1`, of eight bits each -/

example : magnitudes 0x010101 15 0x818705 = 0x010705 := by decide +kernel
example : negatives 0x010101 15 7 0x818705 = 0x010700 := by decide +kernel

/-! ## Limits of all slots at once: three slots of eight bits, of which two are listed

The scores are 3, 5 and 9, of which the least must be 3 and the greatest 5; a product of 10 is
subtracted from twice what they are more, plus 12. -/

/-- Whether the listed rows have an excess of at most `twice`, and what they are. -/
def rowsWithin (scores products twice : Nat) (excesses : Nat) : Bool :=
  withExcesses 128 127 0x808080 2 0x030303 (0x020202 + 0x808080) (0x0c0c0c + 0x808080) 0
    (twice * 0x010101 + 0x808080) products scores 0x000101 fun E V =>
      E == excesses && V == 0x000200

example : rowsWithin 0x090503 0x0a0a0a 6 0x000602 = true := by decide +kernel
example : rowsWithin 0x090503 0x0a0a0a 5 0x000602 = false := by decide +kernel
-- one slot too far, in both directions; what is not listed does not count
example : rowsWithin 0x090503 0x0a110a 6 0 = false := by decide +kernel
example : rowsWithin 0x090503 0x640a0a 6 0x000602 = true := by decide +kernel
example : rowsWithin 0x090603 0x0a0a0a 9 0x000802 = false := by decide +kernel
example : rowsWithin 0x090502 0x0a0a0a 9 0x000600 = false := by decide +kernel

end Bridge
