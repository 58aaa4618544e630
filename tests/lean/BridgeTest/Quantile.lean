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

/-! ## The checker counts excesses, which are 32, 46 and 18 -/

/-- Whether the checker finds so many of the first `n` samples with an excess of at least `a`. -/
def counts (n a count : Nat) : Bool := check three 0 halves 0 2 [(.excessAtLeast n a, count)]

example : counts 3 0 3 = true := by decide +kernel
example : counts 3 18 3 = true := by decide +kernel
example : counts 3 19 2 = true := by decide +kernel
example : counts 3 32 2 = true := by decide +kernel
example : counts 3 33 1 = true := by decide +kernel
example : counts 3 46 1 = true := by decide +kernel
example : counts 3 47 0 = true := by decide +kernel
example : counts 3 5000 0 = true := by decide +kernel
example : counts 3 18 2 = false := by decide +kernel
example : counts 3 19 3 = false := by decide +kernel
-- only the first `n` samples count, and there must be so many
example : counts 2 18 2 = true := by decide +kernel
example : counts 1 33 0 = true := by decide +kernel
example : counts 0 0 0 = true := by decide +kernel
example : counts 4 47 0 = false := by decide +kernel

/-! ## The program accepts the smallest, the second and the third, and no others

`δα` is `A / 4`, and the four counts are of excesses from `23 - A`, `24 + A`, `24 - A` and `23 + A`
on. -/

example : isQuantile three halves (5 / 4) 5 1 3 2 2 2 = true := by decide +kernel
example : isQuantile three halves (9 / 4) 9 2 3 1 2 2 = true := by decide +kernel
example : isQuantile three halves (23 / 4) 23 3 3 0 3 1 = true := by decide +kernel
example : isQuantile three halves (9 / 4) 9 1 3 1 2 2 = true := by decide +kernel
example : isQuantile three halves (9 / 4) 9 3 3 1 2 2 = false := by decide +kernel
example : isQuantile three halves (9 / 4) 8 2 3 1 2 2 = false := by decide +kernel
example : isQuantile three halves (-9 / 4) 9 2 3 1 2 2 = false := by decide +kernel
example : isQuantile three halves (7 / 3) 9 2 3 1 2 2 = false := by decide +kernel
example : isQuantile three halves 6 24 3 3 0 3 1 = false := by decide +kernel
example : isQuantile three halves 0 0 0 3 3 3 3 = false := by decide +kernel

/-- What is asked for. -/
theorem foundCounts : Found three 0 halves 0 2
    [(.excessAtLeast 3 14, 3), (.excessAtLeast 3 33, 1), (.excessAtLeast 3 15, 3),
      (.excessAtLeast 3 32, 2)] :=
  .of_check (by decide +kernel)

example : IsKthSmallest residuals (9 / 4) 2 :=
  isKthSmallest_of_found (A := 9) faithful foundCounts (by decide) 0 rfl rfl rfl rfl
    (by decide +kernel) (by decide)

end Bridge
