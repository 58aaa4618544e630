/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.Comparison
public import BridgeTest.Checker

/-!
# Tests: decisions of classifiers, on samples small enough to follow by hand

Three samples with one latent coordinate and a label; two rows in a block.

| sample | latent | label | values of classes `1`, `z`, `2 z - 1` | decision |
|---|---|---|---|---|
| 0 | 1 | 0 | 1, 1, 1 | 0, the first of three |
| 1 | 2 | 2 | 1, 2, 3 | 2 |
| 2 | 0 | 1 | 1, 0, -1 | 0 |
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## The largest of some numbers -/

/-- The numbers of a list. -/
def listed (xs : List Rat) (k : Nat) : Rat := xs.getD k 0

example : argmax (listed [3]) 0 = 0 := by decide +kernel
example : argmax (listed [1, 3, 2]) 2 = 1 := by decide +kernel
-- the first of equals
example : argmax (listed [1, 3, 3]) 2 = 1 := by decide +kernel
example : argmax (listed [3, 1, 3]) 2 = 0 := by decide +kernel
example : argmax (listed [-1, -1, -2]) 2 = 0 := by decide +kernel
-- numbers after the last class do not count
example : argmax (listed [1, 2, 3]) 1 = 1 := by decide +kernel

/-! ## Rates of a confusion matrix -/

/-- A class that is never decided for, and one that no sample has. -/
def counted : List (List Nat) := [[3, 1, 0], [2, 4, 0], [0, 0, 0]]

example : accuracy counted = 7 / 10 := by decide +kernel
example : recalls counted = [3 / 4, 2 / 3, 0] := by decide +kernel
example : precisions counted = [3 / 5, 4 / 5, 0] := by decide +kernel
example : f1s counted = [2 / 3, 8 / 11, 0] := by decide +kernel
-- the class without samples is left out of means
example : balancedAccuracy counted = 17 / 24 := by decide +kernel
example : macroF1 counted = 23 / 33 := by decide +kernel
example : macroRecall counted = 17 / 24 := by decide +kernel
example : macroPrecision counted = 7 / 10 := by decide +kernel
example : microF1 counted = accuracy counted := by decide +kernel
example : cohenKappa counted = 2 / 5 := by decide +kernel
-- a class that is decided for without a sample counts for F1, and not for the balanced accuracy
example : balancedAccuracy [[1, 1], [0, 0]] = 1 / 2 := by decide +kernel
example : macroF1 [[1, 1], [0, 0]] = 1 / 3 := by decide +kernel

/-! ## Decisions -/

/-- The samples, stored plus 16 in digits of 5 bits, of which a slot has two. -/
def labelledThree : PackedSamples where
  size := 3
  latentDim := 1
  conceptCount := 2
  latentExponent := 0
  scoreExponents := [0, 0]
  digitBits := 5
  slotDigits := 2
  blockRows := 2
  limbBits := 5
  groups := [
    rows 17 18, rows 16 18, rows 16 16,
    rows 16 16, rows 17 17, rows 16 16]

/-- An affine functional of one coordinate. -/
def line (w b : Rat) : AffineFunctional 1 := ⟨#v[w], b⟩

/-- Its integers over 2; a weight has a digit of eight bits, of which four are its magnitude. -/
def lineIntegers (w : Nat) (b : Int) : IntegerProbe where
  denominator := 2
  magnitudeBits := 4
  weightBits := 8
  literalBits := 8
  weights := [w]
  bias := b
  sup := 4
  scoreLow := 16
  scoreSpan := 2

/-- The integers of the three classes. -/
def classIntegers : List IntegerProbe :=
  [lineIntegers 0 2, lineIntegers 2 0, lineIntegers 4 (-2)]

/-- The classifier. -/
def threeClasses : Classifier 1 := ⟨[.constant 1 1, line 1 0, line 2 (-1)]⟩

example : labelledThree.label 0 (1 : Fin 3) = 2 := by decide +kernel
example : labelledThree.label 0 (2 : Fin 3) = 1 := by decide +kernel
example : threeClasses.predict (labelledThree.latent (0 : Fin 3)) = 0 := by decide +kernel
example : threeClasses.predict (labelledThree.latent (1 : Fin 3)) = 2 := by decide +kernel
example : threeClasses.predict (labelledThree.latent (2 : Fin 3)) = 0 := by decide +kernel

theorem faithful_three : Faithful labelledThree 0 classIntegers threeClasses.functionals :=
  .cons (.ofConstant (by decide +kernel) (by decide +kernel)) <|
  .cons (.ofWeights (by decide +kernel) (by decide +kernel)) <|
  .cons (.ofWeights (by decide +kernel) (by decide +kernel)) .nil

/-- Whether the counter finds this matrix, and so many gaps of at least 0 and of at least 1. -/
def decides (ps : List IntegerProbe) (matrix : List (List Nat)) (n n' : Nat) : Bool :=
  decideAll labelledThree 0 ps 0 2 matrix [(0, n), (1, n')]

theorem decided_three : Decided labelledThree 0 classIntegers 0 2
    [[1, 0, 0], [1, 0, 0], [0, 0, 1]] [(0, 9), (1, 4)] :=
  .of_decide (by decide +kernel)

example : confusionMatrix 3 (fun i : Fin 3 => labelledThree.label 0 i)
    (fun i : Fin 3 => threeClasses.predict (labelledThree.latent i))
      = [[1, 0, 0], [1, 0, 0], [0, 0, 1]] :=
  (confusionMatrix_of_decided faithful_three decided_three (by decide) rfl :)

example : IsMargin threeClasses labelledThree.latent 0 :=
  isMargin_of_decided faithful_three decided_three (by decide) rfl rfl (by decide +kernel)

-- a margin that is too large or too small
example : isMarginCount 2 3 3 (1 / 2) 1 4 1 = false := by decide +kernel
example : isMarginCount 2 3 3 0 1 6 1 = false := by decide +kernel
example : isMarginCount 2 3 3 (1 / 2) 1 6 6 = false := by decide +kernel
example : isMarginCount 2 3 3 (1 / 2) 1 6 5 = true := by decide +kernel

-- a tie that is broken the other way
example : decides classIntegers [[0, 1, 0], [1, 0, 0], [0, 0, 1]] 9 4 = false := by
  simp only [decides]; decide +kernel
-- a label that is another one
example : decides classIntegers [[1, 0, 0], [0, 0, 1], [1, 0, 0]] 9 4 = false := by
  simp only [decides]; decide +kernel
-- a count that is off by one
example : decides classIntegers [[2, 0, 0], [1, 0, 0], [0, 0, 1]] 9 4 = false := by
  simp only [decides]; decide +kernel
example : decides classIntegers [[1, 0, 0], [1, 0, 0], [0, 0, 1]] 9 3 = false := by
  simp only [decides]; decide +kernel
example : decides classIntegers [[1, 0, 0], [1, 0, 0], [0, 0, 1]] 8 4 = false := by
  simp only [decides]; decide +kernel
-- matrices of another shape
example : decides classIntegers [[1, 0, 0], [1, 0, 0]] 9 4 = false := by
  simp only [decides]; decide +kernel
example : decides classIntegers [[1, 0, 0], [1, 0], [0, 0, 1]] 9 4 = false := by
  simp only [decides]; decide +kernel
-- no class, and classes whose numbers have another scale, limit or first label
example : decides [] [] 0 0 = false := by simp only [decides]; decide +kernel
example : decides
    [lineIntegers 0 2, { lineIntegers 2 0 with denominator := 1 }, lineIntegers 4 (-2)]
    [[1, 0, 0], [1, 0, 0], [0, 0, 1]] 9 4 = false := by
  simp only [decides]; decide +kernel
example : decides [lineIntegers 0 2, { lineIntegers 2 0 with sup := 5 }, lineIntegers 4 (-2)]
    [[1, 0, 0], [1, 0, 0], [0, 0, 1]] 9 4 = false := by
  simp only [decides]; decide +kernel
example : decides [{ lineIntegers 0 2 with scoreLow := 15 }, lineIntegers 2 0, lineIntegers 4 (-2)]
    [[1, 0, 0], [1, 0, 0], [0, 0, 1]] 9 4 = false := by
  simp only [decides]; decide +kernel

-- ranges of blocks
theorem decided_first : Decided labelledThree 0 classIntegers 0 1
    [[1, 0, 0], [0, 0, 0], [0, 0, 1]] [(0, 6), (1, 2)] :=
  .of_decide (by decide +kernel)
theorem decided_second : Decided labelledThree 0 classIntegers 1 1
    [[0, 0, 0], [1, 0, 0], [0, 0, 0]] [(0, 3), (1, 2)] :=
  .of_decide (by decide +kernel)
example : Decided labelledThree 0 classIntegers 0 2
    [[1, 0, 0], [1, 0, 0], [0, 0, 1]] [(0, 9), (1, 4)] :=
  decided_first |>.append decided_second rfl rfl rfl

/-! ## Binary probes -/

example (z : Fin 1 → Rat) : (Classifier.binary (line 1 0) (1 / 2)).predict z
    = if 1 / 2 < (line 1 0).eval z then 1 else 0 :=
  Classifier.predict_binary (line 1 0) (1 / 2) z
-- exactly at the threshold it is class 0
example : (Classifier.binary (line 1 0) 1).predict (labelledThree.latent (0 : Fin 3)) = 0 := by
  decide +kernel

/-! ## Two probes on the same samples -/

/-- The integers of the difference of `2 z - 1` and `z`, where scores are zero. -/
def differenceIntegers : IntegerProbe :=
  { lineIntegers 2 (-2) with sup := 2, scoreSpan := 0 }

theorem represents_difference :
    differenceIntegers.Represents labelledThree 1 ((line 2 (-1)).sub (line 1 0)) 1 :=
  .sub (faithful_three.represents (k := 2) (by decide) (by decide))
    (faithful_three.represents (k := 1) (by decide) (by decide)) (by decide +kernel)

theorem found_difference :
    Found labelledThree 1 differenceIntegers 0 2 [(.attains 1, 1)] :=
  .of_check (by decide +kernel)

example (i : Fin 3) : -1 ≤ (line 2 (-1)).eval (labelledThree.latent i)
      - (line 1 0).eval (labelledThree.latent i) ∧
    (line 2 (-1)).eval (labelledThree.latent i) - (line 1 0).eval (labelledThree.latent i) ≤ 1 :=
  difference_of_found represents_difference found_difference (by decide) (by decide +kernel) i

-- ε that is too small, and weights that are not the differences
example : check labelledThree 1 { differenceIntegers with sup := 1 } 0 2 [] = false := by
  decide +kernel
example : isDifference labelledThree 1 (lineIntegers 4 (-2)) (lineIntegers 2 0)
    { differenceIntegers with weights := [4] } 1 = false := by
  decide +kernel
example : isDifference labelledThree 1 (lineIntegers 4 (-2)) (lineIntegers 2 0)
    differenceIntegers (1 / 2) = false := by
  decide +kernel
-- scores that are not zero
example : scoresAreZero labelledThree (lineIntegers 2 0) = false := by decide +kernel

end Bridge
