/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.Ranking
public import BridgeTest.Checker

/-!
# Tests: the area under the ROC curve, on samples small enough to follow by hand

Five samples with one latent coordinate and a label; two rows in a block, so that the last block is
filled up with a copy of sample 4.  The values are those of `2 z - 1`.

| sample | latent | label | value |
|---|---|---|---|
| 0 | 1 | 0 | 1 |
| 1 | 2 | 2 | 3 |
| 2 | 0 | 1 | -1 |
| 3 | 2 | 0 | 3 |
| 4 | -1 | 2 | -3 |

Of class 2 and the others there are six pairs: sample 1 is above samples 0 and 2 and equal to sample
3, and sample 4 is below all three.
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## What the definitions say -/

/-- The numbers 0, 1, 1, 2. -/
def fourScores (i : Fin 4) : Rat := [0, 1, 1, 2].getD i 0

example : rocAuc fourScores (fun i => 2 ≤ i.val) = 7 / 8 := by decide +kernel
example : rocAuc fourScores (fun i => i.val < 2) = 1 / 8 := by decide +kernel
example : rocAuc fourScores (fun i => i.val == 3) = 1 := by decide +kernel
example : rocAuc fourScores (fun i => i.val == 0) = 0 := by decide +kernel
-- all equal
example : rocAuc (fun _ : Fin 3 => 5) (fun i => i.val == 1) = 1 / 2 := by decide +kernel
-- no pairs
example : rocAuc fourScores (fun _ => true) = 0 := by decide +kernel
example : rocAuc fourScores (fun _ => false) = 0 := by decide +kernel

/-! ## Sorting slots -/

/-- Whether six slots of four bits are these after sorting. -/
def sortsTo (X Y : Nat) : Bool :=
  sortSlots 4 3 7 0x111111 0x888888 6 3 X fun Z => Nat.beq Z Y

example : sortsTo 0x123456 0x654321 = true := by decide +kernel
example : sortsTo 0x654321 0x654321 = true := by decide +kernel
example : sortsTo 0x070102 0x721000 = true := by decide +kernel
example : sortsTo 0x333333 0x333333 = true := by decide +kernel
-- a slot that would take part twice
example : (exchange 4 3 7 0x111111 0x888888 1 0x111111 0x123456 fun _ => true) = false := by
  decide +kernel
-- slots that have none above are left alone
example : (exchange 4 3 7 0x111111 0x888888 3 0x111111 0x123456 fun Z => Nat.beq Z 0x456123)
    = true := by
  decide +kernel
example : (exchange 4 3 7 0x111111 0x888888 9 0x111111 0x123456 fun Z => Nat.beq Z 0x123456)
    = true := by
  decide +kernel

example : isSorted 4 8 0x111111 0x888888 0x654321 = true := by decide +kernel
example : isSorted 4 8 0x111111 0x888888 0x654311 = true := by decide +kernel
example : isSorted 4 8 0x111111 0x888888 0x564321 = false := by decide +kernel
example : isSorted 4 8 0x111111 0x888888 0x654312 = false := by decide +kernel

/-! ## Sums of places: 1, 2, 3 and 5 in slots of eight bits -/

/-- Whether so many are odd and so many pairs of an odd one and a lesser even one are found. -/
def above8 (X odd pairs : Nat) : Bool := oddAbove 8 128 0x01010101 0x80808080 4 X odd pairs

example : above8 0x05030201 3 2 = true := by decide +kernel
example : above8 0x05030201 3 1 = false := by decide +kernel
example : above8 0x05030201 2 2 = false := by decide +kernel
example : above8 0x05040200 1 3 = true := by decide +kernel
example : above8 0x06040200 0 0 = true := by decide +kernel
example : above8 0x07050301 4 0 = true := by decide +kernel
-- not sorted
example : above8 0x05030102 3 2 = false := by decide +kernel
example : flip 0x01010101 0x05030201 = 0x04020300 := by decide +kernel

/-! ## The program -/

/-- The samples, stored plus 16 in digits of 5 bits, of which a slot has two. -/
def rankedFive : PackedSamples where
  size := 5
  latentDim := 1
  conceptCount := 1
  latentExponent := 0
  scoreExponents := [0]
  digitBits := 5
  slotDigits := 2
  blockRows := 2
  limbBits := 5
  groups := [rows 17 18, rows 16 18, rows 16 18, rows 17 16, rows 15 15, rows 18 18]

/-- The probe `2 z - 1`. -/
def doubled : AffineFunctional 1 := ⟨#v[2], -1⟩

/-- Its integers over 2; a weight has a digit of eight bits, of which four are its magnitude. -/
def doubledIntegers : IntegerProbe where
  denominator := 2
  magnitudeBits := 4
  weightBits := 8
  literalBits := 8
  weights := [4]
  bias := minus 2
  sup := 10
  scoreLow := 16
  scoreSpan := 2

theorem represents_doubled : doubledIntegers.Represents rankedFive 0 doubled 5 :=
  .ofWeights (by decide +kernel) (by decide +kernel)

/-- Whether the program finds these numbers of class `k`. -/
def ranks (k drop positives negatives wins ties : Nat) : Bool :=
  rank rankedFive 0 doubledIntegers k drop positives negatives wins ties

example : ranks 2 0 2 3 2 1 = true := by simp only [ranks]; decide +kernel
example : ranks 0 0 2 3 4 1 = true := by simp only [ranks]; decide +kernel
example : ranks 1 0 1 4 1 0 = true := by simp only [ranks]; decide +kernel
-- a class that no sample has
example : ranks 3 0 0 5 0 0 = true := by simp only [ranks]; decide +kernel
-- a pair too many, or too few, or a tie that is counted as a win or as a loss
example : ranks 2 0 2 3 3 1 = false := by simp only [ranks]; decide +kernel
example : ranks 2 0 2 3 1 1 = false := by simp only [ranks]; decide +kernel
example : ranks 2 0 2 3 3 0 = false := by simp only [ranks]; decide +kernel
example : ranks 2 0 2 3 2 0 = false := by simp only [ranks]; decide +kernel
example : ranks 2 0 2 3 2 2 = false := by simp only [ranks]; decide +kernel
-- other numbers of samples
example : ranks 2 0 3 2 2 1 = false := by simp only [ranks]; decide +kernel
example : ranks 2 0 2 4 2 1 = false := by simp only [ranks]; decide +kernel
example : ranks 2 0 1 3 2 1 = false := by simp only [ranks]; decide +kernel
-- bits can be dropped as long as this makes no tie, and not where there is one
example : ranks 1 2 1 4 1 0 = true := by simp only [ranks]; decide +kernel
example : ranks 1 9 1 4 1 0 = false := by simp only [ranks]; decide +kernel
example : ranks 1 9 1 4 0 4 = false := by simp only [ranks]; decide +kernel
example : ranks 2 1 2 3 2 1 = false := by simp only [ranks]; decide +kernel
-- labels that are not stored from 0 on
example : rank rankedFive 0 { doubledIntegers with scoreLow := 15, scoreSpan := 3 } 2 0 2 3 2 1
    = false := by
  decide +kernel
-- a sup error that is too small
example : rank rankedFive 0 { doubledIntegers with sup := 9 } 2 0 2 3 2 1 = false := by
  decide +kernel

theorem ranked_two : Ranked rankedFive 0 doubledIntegers 2 2 3 2 1 := .of_rank 0 (by decide +kernel)

example : rocAuc (fun i => doubled.eval (rankedFive.latent i)) (fun i => rankedFive.label 0 i == 2)
    = 5 / 12 :=
  rocAuc_of_ranked represents_doubled ranked_two (by decide +kernel)

-- the definition says the same
example : rocAuc (fun i => doubled.eval (rankedFive.latent i)) (fun i => rankedFive.label 0 i == 2)
    = 5 / 12 := by
  decide +kernel

end Bridge
