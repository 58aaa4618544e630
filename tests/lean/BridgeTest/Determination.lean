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

/-! ## The checker accepts these sums and no others

The excesses are 32, 46 and 18, and the scores are 4, 6 and 0 more than the least one. -/

/-- Whether the checker finds these sums. -/
def findsSums (s : PackedSamples) (r₁ r₂ c₁ c₂ : Nat) : Bool :=
  check s 0 halves 0 2
    [(.excess, r₁), (.excessSquares, r₂), (.scoreExcess, c₁), (.scoreExcessSquares, c₂)]

example : findsSums three 96 3464 10 52 = true := by decide +kernel
example : findsSums three 95 3464 10 52 = false := by decide +kernel
example : findsSums three 96 3465 10 52 = false := by decide +kernel
example : findsSums three 96 3464 11 52 = false := by decide +kernel
example : findsSums three 96 3464 10 51 = false := by decide +kernel

example : isDetermined three 0 halves (635 / 16) (56 / 3) 96 3464 10 52 = true := by decide +kernel
example : isDetermined three 0 halves (636 / 16) (56 / 3) 96 3464 10 52 = false := by decide +kernel
example : isDetermined three 0 halves (634 / 16) (56 / 3) 96 3464 10 52 = false := by decide +kernel
example : isDetermined three 0 halves (635 / 16) (57 / 3) 96 3464 10 52 = false := by decide +kernel
example : isDetermined three 0 halves (635 / 16) 0 96 3464 10 52 = false := by decide +kernel
example : isDetermined three 0 halves (-635 / 16) (56 / 3) 96 3464 10 52
    = false := by decide +kernel
example : isDetermined three 0 halves (635 / 16) (-56 / 3) 96 3464 10 52
    = false := by decide +kernel
example : isDetermined three 0 halves (1 / 3) (56 / 3) 96 3464 10 52 = false := by decide +kernel
example : isDetermined three 0 halves (635 / 16) (56 / 3) 97 3464 10 52 = false := by decide +kernel
example : isDetermined three 0 halves (635 / 16) (56 / 3) 96 3464 10 53 = false := by decide +kernel

/-- What is asked for. -/
theorem foundSums : Found three 0 halves 0 2
    [(.excess, 96), (.excessSquares, 3464), (.scoreExcess, 10), (.scoreExcessSquares, 52)] :=
  .of_check (by decide +kernel)

example : rSquared (three.score 0) (fun i => half.residual (three.latent i) (three.score 0 i))
    = -1009 / 896 :=
  rSquared_eq (ssr := 635 / 16) (sst := 56 / 3)
    (residualSumOfSquares_eq (sst := 56 / 3) (c₁ := 10) (c₂ := 52) faithful foundSums (by decide) 0
      rfl rfl (by decide +kernel))
    (totalSumOfSquares_eq (ssr := 635 / 16) (r₁ := 96) (r₂ := 3464) foundSums (by decide) 0 rfl rfl
      (by decide +kernel))
    (by decide +kernel) (by decide +kernel)

/-! ## For a constant score R² is 1, whatever the residuals are, and `rSquared_eq` does not apply -/

example : rSquared (fun _ : Fin 2 => 3) (fun _ => 5) = 1 := by decide +kernel

/-! ## Rows that belong to no sample do not count -/

example : findsSums { three with size := 2 } 78 (32 * 32 + 46 * 46) 10 52 = true := by
  decide +kernel
example : findsSums { three with size := 1 } 32 (32 * 32) 4 16 = true := by decide +kernel
example : findsSums { three with size := 4 } 114 (3464 + 18 * 18) 10 52 = true := by decide +kernel
example : isDetermined { three with size := 2 } 0 halves (610 / 16) 2 78 3140 10 52 = true := by
  decide +kernel
example : isDetermined { three with size := 0 } 0 halves 0 0 0 0 0 0 = false := by decide +kernel

/-! ## Too little room for the sums: each summand has as many bits as the greatest could need -/

example : check three 0 { halves with sup := 127 } 0 2 [(.excess, 136 + 150 + 122)] = true := by
  decide +kernel
example : check three 0 { halves with sup := 128 } 0 2 [(.excess, 137 + 151 + 123)] = false := by
  decide +kernel
example : check three 0 { halves with sup := 128 } 0 2 [] = true := by decide +kernel

end Bridge
