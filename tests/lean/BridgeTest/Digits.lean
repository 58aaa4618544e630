/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Product

/-!
# Tests: digits and dot products
-/

namespace Bridge

/-! ## Packing -/

example : pack 10 [] = 0 := by decide +kernel
example : pack 10 [1, 2, 3] = 321 := by decide +kernel
example : pack 10 [1, 2, 0] = 21 := by decide +kernel
example : digits 10 3 321 = [1, 2, 3] := by decide +kernel
example : digits 10 4 321 = [1, 2, 3, 0] := by decide +kernel
example : digits 10 2 321 = [1, 2] := by decide +kernel

/-! ## `digitsFit`: how many digits, and how large -/

example : digitsFit 8 4 2 0x0f0f = true := by decide +kernel
example : digitsFit 8 4 2 0 = true := by decide +kernel
example : digitsFit 8 8 2 0xffff = true := by decide +kernel
-- one bit too many in the lowest, then in the highest digit
example : digitsFit 8 4 2 0x0f1f = false := by decide +kernel
example : digitsFit 8 4 2 0x1f0f = false := by decide +kernel
example : digitsFit 8 4 2 0x8000 = false := by decide +kernel
-- one digit too many
example : digitsFit 8 4 2 0x010f0f = false := by decide +kernel
example : digitsFit 8 4 0 1 = false := by decide +kernel
-- digits wider than their slot, slots without a width
example : digitsFit 8 9 2 0 = false := by decide +kernel
example : digitsFit 0 0 2 0 = false := by decide +kernel

/-! ## Dot products in slots: row `r` of `n` weights is in slot `n * r + n - 1` -/

example : dot [1, 2, 3] [4, 5, 6] = 32 := by decide +kernel
example : pack 100 [1, 2, 3] * pack 100 [6, 5, 4] / 100 ^ 2 % 100 = 32 := by decide +kernel
example : pack 100 [1, 2, 3, 7, 8, 9] * pack 100 [3, 2, 1] / 100 ^ 5 % 100 = 7 + 16 + 27 := by
  decide +kernel
-- a slot that overflows does not hold the dot product: the bound in `slot_mul` is needed
example : pack 10 [1, 2, 3] * pack 10 [6, 5, 4] / 10 ^ 2 % 10 ≠ 32 := by decide +kernel

end Bridge
