/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.Unseen

/-!
# Tests: lower bounds for the accuracy on unseen data
-/

noncomputable section

namespace Bridge

/-! ## What the definitions say -/

example : (List.range 6).map (choose 4) = [1, 4, 6, 4, 1, 0] := by decide +kernel
example : choose 0 0 = 1 := by decide +kernel
example : choose 10 3 = 120 := by decide +kernel

example : binomialTerm 4 1 (1 / 3) = 32 / 81 := by decide +kernel
example : binomialTerm 4 5 (1 / 3) = 0 := by decide +kernel
example : binomialTail 4 3 (1 / 3) = 1 / 9 := by decide +kernel
example : binomialTail 4 4 (1 / 3) = 1 / 81 := by decide +kernel
example : binomialTail 4 5 (1 / 3) = 0 := by decide +kernel
example : binomialTail 4 0 (1 / 3) = 1 := by decide +kernel
example : binomialTail 4 1 0 = 0 := by decide +kernel
example : binomialTail 4 4 1 = 1 := by decide +kernel
example : binomialTail 0 0 (1 / 3) = 1 := by decide +kernel

/-! ## The program compares the probability with the level, which it may reach -/

example : tailAtMost (1 / 9) 3 4 (1 / 3) = true := by decide +kernel
example : tailAtMost (1 / 10) 3 4 (1 / 3) = false := by decide +kernel
example : tailAtMost (1 / 9) 3 4 (33 / 100) = true := by decide +kernel
example : tailAtMost (1 / 9) 3 4 (34 / 100) = false := by decide +kernel
example : tailAtMost (1 / 9) 2 4 (1 / 3) = false := by decide +kernel
example : tailAtMost (1 / 81) 4 4 (1 / 3) = true := by decide +kernel
example : tailAtMost (1 / 82) 4 4 (1 / 3) = false := by decide +kernel
example : tailAtMost 1 3 4 1 = true := by decide +kernel
example : tailAtMost (99 / 100) 4 4 1 = false := by decide +kernel

-- a bound of zero says nothing, even if no decision is right
example : tailAtMost (1 / 20) 0 4 0 = true := by decide +kernel
example : tailAtMost (1 / 20) 0 4 (1 / 1000) = false := by decide +kernel
example : tailAtMost (1 / 20) 0 0 0 = true := by decide +kernel
example : tailAtMost (1 / 20) 3 4 (-1 / 3) = true := by decide +kernel

-- neither an accuracy above one, nor a negative level, nor more right decisions than there are
example : tailAtMost (1 / 9) 3 4 (4 / 3) = false := by decide +kernel
example : tailAtMost 2 3 4 (4 / 3) = false := by decide +kernel
example : tailAtMost (-1 / 9) 3 4 (1 / 3) = false := by decide +kernel
example : tailAtMost (1 / 9) 5 4 (1 / 3) = false := by decide +kernel

/-! ## What its answer means

`scipy.stats.beta.ppf(1 / 20, 9, 2)` is 0.60583…, the bound of Clopper and Pearson for 9 right
decisions of 10. -/

example : IsAccuracyBound (1 / 20) 9 10 (6058 / 10000) := .of_tail (by decide +kernel)

example : ¬ IsAccuracyBound (1 / 20) 9 10 (6060 / 10000) := fun h =>
  absurd (h (6059 / 10000) (by decide +kernel) (by decide +kernel)) (by decide +kernel)

example : IsAccuracyBound (1 / 9) 3 4 (1 / 3) := .of_tail (by decide +kernel)

example : ¬ IsAccuracyBound (1 / 10) 3 4 (34 / 100) := fun h =>
  absurd (h (1 / 3) (by decide +kernel) (by decide +kernel)) (by decide +kernel)

example : ¬ IsAccuracyBound (1 / 9) 3 4 (35 / 100) := fun h =>
  absurd (h (34 / 100) (by decide +kernel) (by decide +kernel)) (by decide +kernel)

example : IsAccuracyBound 1 4 4 1 := .of_tail (by decide +kernel)

end Bridge
