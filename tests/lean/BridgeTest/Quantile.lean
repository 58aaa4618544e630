/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.Quantile
public import BridgeTest.Checker

/-!
# Tests: quantiles of the absolute residuals, on the samples of `BridgeTest.Checker`

The absolute residuals are 9/4, 23/4 and 5/4, in this order.
-/

noncomputable section

namespace Bridge

/-! ## What the definitions say -/

/-- The residuals of the three samples. -/
def residuals (i : Fin 3) : Rat := half.residual (three.latent i) (three.score 0 i)

example : countWithin residuals (9 / 4) = 2 := by decide +kernel
example : countStrictlyWithin residuals (9 / 4) = 1 := by decide +kernel
example : countWithin residuals (5 / 4) = 1 := by decide +kernel
example : countWithin residuals 6 = 3 := by decide +kernel
example : countWithin residuals 0 = 0 := by decide +kernel
example : IsConformalRank (1 / 10) 9 9 := by decide +kernel
example : ¬ IsConformalRank (1 / 10) 9 8 := by decide +kernel
example : ¬ IsConformalRank (1 / 10) 9 10 := by decide +kernel
example : IsConformalRank (1 / 10) 100 91 := by decide +kernel
example : IsConformalRank (1 / 3) 10 8 := by decide +kernel

/-! ## Slots that hold at least so much: 3, 5 and 7 in slots of eight bits -/

example : atLeast 0x010101 255 7 0xffffff 0x070503 ((128 - 5) * 0x010101) = 2 := by decide +kernel
example : atLeast 0x010101 255 7 0xffffff 0x070503 ((128 - 8) * 0x010101) = 0 := by decide +kernel
example : atLeast 0x010101 255 7 0xffffff 0x070503 (128 * 0x010101) = 3 := by decide +kernel
-- a slot that is not selected does not count
example : atLeast 0x010101 255 7 0x00ffff 0x070503 ((128 - 5) * 0x010101) = 1 := by decide +kernel
-- a slot that holds the highest bit is lost: the condition on `D` is needed
example : atLeast 0x010101 255 7 0xffffff 0x0705ff ((128 - 5) * 0x010101) = 2 := by decide +kernel

/-! ## The program accepts the smallest, the second and the third, and no others -/

example : isQuantile three 0 half (23 / 4) 2 (5 / 4) 3 1 = true := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (9 / 4) 3 2 = true := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (23 / 4) 3 3 = true := by decide +kernel
example : isQuantile three 0 half 6 2 (9 / 4) 3 2 = true := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (9 / 4) 3 1 = false := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (9 / 4) 3 3 = false := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (8 / 4) 3 2 = false := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (10 / 4) 3 2 = false := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (-9 / 4) 3 2 = false := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (7 / 3) 3 2 = false := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 6 3 3 = false := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 0 3 0 = false := by decide +kernel

example : IsKthSmallest residuals (9 / 4) 2 :=
  isKthSmallest_of_check (s := three) (c := 0) (f := half) (δ := 23 / 4) (weightExponent := 2)
    (by decide +kernel) (by decide +kernel) (by decide)

/-! ## Only the first `n` samples count -/

example : isQuantile three 0 half (23 / 4) 2 (9 / 4) 2 1 = true := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (23 / 4) 2 2 = true := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (9 / 4) 1 1 = true := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (5 / 4) 2 1 = false := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (23 / 4) 4 3 = false := by decide +kernel
example : isQuantile three 0 half (23 / 4) 2 (9 / 4) 0 1 = false := by decide +kernel

end Bridge
