/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Rows

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
example : ceilDiv 6 3 = 2 := by decide +kernel
example : ceilDiv 7 3 = 3 := by decide +kernel
example : ceilDiv 7 0 = 0 := by decide +kernel

/-! ## From digits to slots: of six digits in slots three digits wide, each class has two -/

example : spread 4 0x00f00f 24 3 0x654321 = 0x006003005002004001 := by decide +kernel
example : spread 4 0x00f00f 24 0 0x654321 = 0 := by decide +kernel
-- digits beyond the last slot are left out
example : spread 4 0x00f00f 24 3 0x987654321 = 0x006003005002004001 := by decide +kernel
example : spread 4 (15 * ones (2 ^ 12) 2) 24 3 0x654321
    = slots (2 ^ 12) (fun k => 0x654321 / 16 ^ (3 * (k % 2) + k / 2) % 16) 6 := by decide +kernel

/-! ## Dot products: columns `12` and `34`, in digits of four bits that are a slot each -/

example : dot [1, 2, 3] [4, 5, 6] = 32 := by decide +kernel
example : dot [1, 2] [4, 5, 6] = 14 := by decide +kernel
example : weigh 4 id [5, 7] [[2, 1], [4, 3]] 0 (fun total rest =>
    total == 0x12 * 5 + 0x34 * 7 && rest.isEmpty) = true := by decide +kernel
-- the sum goes on from what is given, and the columns that are left are passed on
example : weigh 4 id [5] [[2, 1], [4, 3]] 100 (fun total rest =>
    total == 0x12 * 5 + 100 && rest == [[4, 3]]) = true := by decide +kernel
-- a column whose weight is zero is passed over, one that is missing is refused
example : weigh 4 id [0, 7] [[2, 1], [4, 3]] 0 (fun total _ => total == 0x34 * 7) = true := by
  decide +kernel
example : weigh 4 id [5, 7] [[2, 1]] 0 (fun _ _ => true) = false := by decide +kernel
example : weigh 4 id [5, 0] [[2, 1]] 0 (fun _ _ => true) = false := by decide +kernel

/-! ## All slots at once: three slots of eight bits that may differ by three -/

example : slotsOk 0x808080 0x838383 0x102030 0x102030 = true := by decide +kernel
example : slotsOk 0x808080 0x838383 0x102030 0x132330 = true := by decide +kernel
example : slotsOk 0x808080 0x838383 0x132330 0x102030 = true := by decide +kernel
-- one slot too far, in every place and both directions
example : slotsOk 0x808080 0x838383 0x102030 0x102034 = false := by decide +kernel
example : slotsOk 0x808080 0x838383 0x102034 0x102030 = false := by decide +kernel
example : slotsOk 0x808080 0x838383 0x102030 0x102430 = false := by decide +kernel
example : slotsOk 0x808080 0x838383 0x142030 0x102030 = false := by decide +kernel
example : slotsOk 0x808080 0x838383 0x102030 0x142030 = false := by decide +kernel
-- a slot that reaches its highest bit is not compared rightly: the bound in `of_slotsOk` is needed
example : slotsOk 0x808080 0x838383 0x101010 0x901010 = false := by decide +kernel
example : slotsOk 0x808080 0x838383 0x1010ff 0x101000 = true := by decide +kernel

/-! ## Evaluating a list -/

example : forceAll [1, 2, 3] [] 0 (fun as total => as == [3, 2, 1] && total == 6) = true := by
  decide +kernel

end Bridge
