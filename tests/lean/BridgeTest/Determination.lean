/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.Determination
public import BridgeTest.Checker

/-!
# Tests: sums of squares and R², on the samples of `BridgeTest.Checker`

The residuals are 9/4, 23/4 and -5/4; the scores are 3, 5 and -1, with the mean 7/3.
-/

noncomputable section

namespace Bridge

/-! ## One remainder adds up all slots, and one for each bit adds up their squares -/

example : Nat.mod 0x102030 255 = 0x60 := by decide +kernel
example : squares 0x010101 255 0x010305 4 0 0 (fun total => total == 1 + 9 + 25) = true := by
  decide +kernel
example : squares 0x010101 255 0x010305 4 0 100 (fun total => total == 135) = true := by
  decide +kernel
-- a bit that is left out is missing in the sum
example : squares 0x010101 255 0x010305 2 0 0 (fun total => total == 1 + 9 + 5) = true := by
  decide +kernel
-- a sum that does not fit into a slot is lost: the bound in `of_squares` is needed
example : squares 0x010101 255 0xf0f0f0 8 0 0 (fun total => total == 3 * 0xf0 * 0xf0) = false := by
  decide +kernel

/-! ## What the definitions say -/

example : mean (three.score 0) = 7 / 3 := by decide +kernel
example : sumOfSquares (centred (three.score 0)) = 56 / 3 := by decide +kernel
example : sumOfSquares (fun i => half.residual (three.latent i) (three.score 0 i)) = 635 / 16 := by
  decide +kernel
example : rSquared (three.score 0) (fun i => half.residual (three.latent i) (three.score 0 i))
    = -1009 / 896 := by decide +kernel

/-! ## The program accepts these sums and no others -/

example : isDetermined three 0 half (23 / 4) 2 (635 / 16) (56 / 3) = true := by decide +kernel
example : isDetermined three 0 half 6 2 (635 / 16) (56 / 3) = true := by decide +kernel
example : isDetermined three 0 half (23 / 4) 2 (636 / 16) (56 / 3) = false := by decide +kernel
example : isDetermined three 0 half (23 / 4) 2 (634 / 16) (56 / 3) = false := by decide +kernel
example : isDetermined three 0 half (23 / 4) 2 (635 / 16) (57 / 3) = false := by decide +kernel
example : isDetermined three 0 half (23 / 4) 2 (635 / 16) 0 = false := by decide +kernel
example : isDetermined three 0 half (23 / 4) 2 (-635 / 16) (56 / 3) = false := by decide +kernel
example : isDetermined three 0 half (23 / 4) 2 (635 / 16) (-56 / 3) = false := by decide +kernel
example : isDetermined three 0 half (23 / 4) 2 (1 / 3) (56 / 3) = false := by decide +kernel

example : rSquared (three.score 0) (fun i => half.residual (three.latent i) (three.score 0 i))
    = -1009 / 896 :=
  rSquared_eq (s := three) (c := 0) (f := half) (δ := 23 / 4) (weightExponent := 2)
    (ssr := 635 / 16) (sst := 56 / 3) (by decide +kernel) (by decide +kernel) (by decide +kernel)
    (by decide +kernel)

/-! ## For a constant score R² is 1, whatever the residuals are, and `rSquared_eq` does not apply -/

example : rSquared (fun _ : Fin 2 => 3) (fun _ => 5) = 1 := by decide +kernel

/-! ## Rows that belong to no sample do not count -/

example : isDetermined { three with size := 2 } 0 half (23 / 4) 2 (610 / 16) 2 = true := by
  decide +kernel
example : isDetermined { three with size := 2 } 0 half (23 / 4) 2 (635 / 16) (56 / 3) = false := by
  decide +kernel
example : isDetermined { three with size := 1 } 0 half (23 / 4) 2 (81 / 16) 0 = true := by
  decide +kernel
example : isDetermined { three with size := 4 } 0 half (23 / 4) 2 (660 / 16) 27 = true := by
  decide +kernel

/-! ## Too little room for the sums, or no sample -/

example : isDetermined { three with slotDigits := 1 } 0 half (23 / 4) 2 (635 / 16) (56 / 3)
    = false := by decide +kernel
example : isDetermined three 0 half (127 / 4) 2 (635 / 16) (56 / 3) = true := by decide +kernel
example : isDetermined three 0 half 32 2 (635 / 16) (56 / 3) = false := by decide +kernel
example : isDetermined { three with size := 0, columns := [] } 0 half 0 2 0 0 = false := by
  decide +kernel

end Bridge
