/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.SupError

/-!
# Tests: the checker, on samples small enough to follow by hand

Three samples of two concepts with one latent coordinate; two rows in a block, so that the last
block is filled up with a copy of sample 2.

| sample | latent | first score | its residual by `z ↦ z / 2 + 1 / 4` | second score |
|---|---|---|---|---|
| 0 | 1 | 3 | 9 / 4 | 0 |
| 1 | -2 | 5 | 23 / 4 | 1 / 2 |
| 2 | 0 | -1 | -5 / 4 | -1 / 2 |
-/

@[expose] public noncomputable section

namespace Bridge

/-- A column of two digits, or of one and of none. -/
def rows (first : Nat) (second : Nat := 0) : ColumnGroup := .one ⟨first, second, 0, 0⟩

/-- The samples, stored plus 16 in digits of 5 bits, of which a slot has two; the second scores are
over 2. -/
def three : PackedSamples where
  size := 3
  latentDim := 1
  conceptCount := 2
  latentExponent := 0
  scoreExponents := [0, 1]
  digitBits := 5
  slotDigits := 2
  blockRows := 2
  limbBits := 5
  groups := [
    rows 17 14, rows 19 21, rows 16 17,
    rows 16 16, rows 15 15, rows 15 15]

/-- The probe of the first concept. -/
def half : AffineFunctional 1 where
  w := #v[1 / 2]
  b := 1 / 4

/-- The same in integers over 4: `2 / 4` and `1 / 4`, with a sup error of `23 / 4`.  A weight has a
digit of eight bits, of which four are its magnitude. -/
def halves : IntegerProbe where
  denominator := 2 ^ 2
  magnitudeBits := 4
  weightBits := 8
  literalBits := 8
  weights := [2]
  bias := plus 1
  sup := 23
  scoreLow := 15
  scoreSpan := 6

/-! ## What is stored, in the user's terms -/

example : three.latent (0 : Fin 3) (0 : Fin 1) = 1 := by decide +kernel
example : three.latent (1 : Fin 3) (0 : Fin 1) = -2 := by decide +kernel
example : three.latent (2 : Fin 3) (0 : Fin 1) = 0 := by decide +kernel
example : three.score 0 (1 : Fin 3) = 5 := by decide +kernel
example : three.score 0 (2 : Fin 3) = -1 := by decide +kernel
example : three.score 1 (1 : Fin 3) = 1 / 2 := by decide +kernel
example : three.score 1 (2 : Fin 3) = -1 / 2 := by decide +kernel
example : half.eval (three.latent (1 : Fin 3)) = -3 / 4 := by decide +kernel
example : half.residual (three.latent (0 : Fin 3)) (three.score 0 (0 : Fin 3))
    = 9 / 4 := by decide +kernel
example : half.residual (three.latent (2 : Fin 3)) (three.score 0 (2 : Fin 3))
    = -5 / 4 := by decide +kernel

/-! ## The integers of a probe -/

/-- Three weights and their literals: `3`, `-5` and `0`. -/
def threeWeights : IntegerProbe := { halves with literalBits := 12, weights := [0x503, 0x8] }

example : halves.weight 0 = 2 := by decide +kernel
example : threeWeights.weight 0 = 3 := by decide +kernel
example : threeWeights.weight 1 = -5 := by decide +kernel
example : threeWeights.weight 2 = 0 := by decide +kernel
example : (threeWeights.weightVector 3)[(1 : Fin 3)] = -5 / 4 := by
  simp only [IntegerProbe.weightVector, Fin.getElem_fin, Vector.getElem_ofFn]
  decide +kernel
-- the bits between the magnitude and the sign are no part of a weight
example : { halves with weights := [0x72] }.weight 0 = 2 := by decide +kernel
example : { halves with weights := [0xf2] }.weight 0 = -2 := by decide +kernel

example : weightsAgree halves 0 [1 / 2] = true := by decide +kernel
example : weightsAgree halves 0 [-1 / 2] = false := by decide +kernel
example : weightsAgree halves 0 [1 / 4] = false := by decide +kernel
example : weightsAgree halves 0 [1 / 3] = false := by decide +kernel
example : weightsAgree threeWeights 0 [3 / 4, -5 / 4, 0] = true := by decide +kernel
example : weightsAgree threeWeights 0 [3 / 4, 5 / 4, 0] = false := by decide +kernel
example : numbersAgree three 0 halves (1 / 4) (23 / 4) = true := by decide +kernel
example : numbersAgree three 0 halves (1 / 2) (23 / 4) = false := by decide +kernel
example : numbersAgree three 0 halves (-1 / 4) (23 / 4) = false := by decide +kernel
example : numbersAgree three 0 halves (1 / 4) (22 / 4) = false := by decide +kernel
example : numbersAgree three 0 halves (1 / 4) (-23 / 4) = false := by decide +kernel
example : numbersAgree three 2 halves (1 / 4) (23 / 4) = false := by -- there is no third concept
  decide +kernel
-- no denominator
example : numbersAgree three 0 { halves with denominator := 0, bias := 0, sup := 0 } 0 0
    = false := by
  decide +kernel
-- scores over 2 are no integers over 1
example : numbersAgree three 1 { halves with denominator := 1, bias := 0, sup := 0 } 0 0
    = false := by
  decide +kernel

/-! ## δ is the largest absolute residual: no less is accepted, and only its sample attains it -/

/-- Whether the checker accepts a sup error of `sup / 4`. -/
def accepts (s : PackedSamples) (p : IntegerProbe) (asked : List (Measure × Nat) := []) : Bool :=
  check s 0 p 0 2 asked

example : accepts three halves = true := by decide +kernel
example : accepts three { halves with sup := 24 } = true := by decide +kernel
example : accepts three { halves with sup := 22 } = false := by decide +kernel
example : accepts three { halves with sup := 0 } = false := by decide +kernel
example : accepts three halves [(.attains 1, 1)] = true := by decide +kernel
example : accepts three halves [(.attains 1, 0)] = false := by decide +kernel
example : accepts three halves [(.attains 0, 1)] = false := by decide +kernel
example : accepts three halves [(.attains 0, 0), (.attains 2, 0), (.attains 3, 0)] = true := by
  decide +kernel
example : accepts three { halves with sup := 24 } [(.attains 1, 1)] = false := by decide +kernel

/-- What a claim needs of the integers. -/
theorem faithful : halves.Represents three 0 half (23 / 4) :=
  .ofWeights (by decide +kernel) (by decide +kernel)

/-- What a claim needs of the samples. -/
theorem found : Found three 0 halves 0 2 [(.attains 1, 1)] := .of_check (by decide +kernel)

example (i : Fin 3) : half.residual (three.latent i) (three.score 0 i) ≤ 23 / 4 :=
  (bound_of_found faithful found (by decide) i).2

example : half.residual (three.latent (1 : Fin 3)) (three.score 0 (1 : Fin 3)) = 23 / 4 ∨
    half.residual (three.latent (1 : Fin 3)) (three.score 0 (1 : Fin 3)) = -(23 / 4) :=
  attained_of_found faithful found (by decide) (i := (1 : Fin 3)) 0 rfl

/-! ## One block after the other -/

/-- Of the first block. -/
theorem first : Found three 0 halves 0 1 [(.attains 1, 1), (.excess, 32 + 46)] :=
  .of_check (by decide +kernel)

/-- Of the second. -/
theorem second : Found three 0 halves 1 1 [(.attains 1, 0), (.excess, 18)] :=
  .of_check (by decide +kernel)

example : Found three 0 halves 0 2 [(.attains 1, 1), (.excess, 96)] := first.append second rfl rfl

-- a block that is not there
example : check three 0 halves 1 2 [] = false := by decide +kernel
example : check three 0 halves 2 1 [] = false := by decide +kernel
example : check three 0 halves 2 0 [] = true := by decide +kernel

/-! ## Other integers for the same numbers, and wrong ones -/

example : accepts three { halves with denominator := 8, weights := [4], bias := 2, sup := 46 }
    = true :=
  by decide +kernel
example : accepts three { halves with weights := [0x72] } = true := by decide +kernel
example : accepts three { halves with weights := [3] } = false := by decide +kernel
example : accepts three { halves with weights := [0x82] } [(.attains 1, 1)] = false := by
  decide +kernel
example : accepts three { halves with bias := plus 2, sup := 22 } = true := by decide +kernel
example : accepts three { halves with bias := 0, sup := 23 } = false := by decide +kernel
-- six over a denominator that is no power of two
example : accepts three { halves with denominator := 12, weights := [6], bias := 3, sup := 69 }
    = true :=
  by decide +kernel

/-! ## The limits of the scores -/

example : accepts three { halves with scoreLow := 14, scoreSpan := 7 } = true := by decide +kernel
example : accepts three { halves with scoreLow := 16, scoreSpan := 5 } = false := by decide +kernel
example : accepts three { halves with scoreSpan := 5 } = false := by decide +kernel
example : accepts three { halves with scoreSpan := 512 } = false := by decide +kernel

/-! ## Weights whose sum could be too large for a digit -/

example : accepts three { halves with magnitudeBits := 7 } = true := by decide +kernel
example : accepts three { halves with magnitudeBits := 8 } = false := by decide +kernel
example : accepts three { halves with magnitudeBits := 9 } = false := by decide +kernel
example : accepts three { halves with weightBits := 0 } = false := by decide +kernel

/-! ## Samples that are not stored as they say -/

-- of five samples two blocks are not all, and there is no third one
example : accepts { three with size := 5 } halves = true := by decide +kernel
example : ¬ { three with size := 5 }.size ≤ { three with size := 5 }.blockRows * 2 := by decide
example : check { three with size := 5 } 0 halves 0 3 [] = false := by decide +kernel
example : accepts { three with digitBits := 4 } halves = false := by decide +kernel
example : accepts { three with digitBits := 6 } halves = false := by decide +kernel
example : accepts { three with digitBits := 0 } halves = false := by decide +kernel
example : accepts { three with slotDigits := 0 } halves = false := by decide +kernel
example : accepts { three with slotDigits := 1 } halves = false := by decide +kernel
example : accepts { three with slotDigits := 3 } halves = true := by decide +kernel
example : accepts { three with blockRows := 0 } halves = false := by decide +kernel
example : accepts { three with blockRows := 3 } halves = false := by decide +kernel
example : accepts { three with limbBits := 6 } halves = false := by decide +kernel
example : accepts { three with groups := [] } halves = false := by decide +kernel
example : accepts { three with groups := three.groups.take 4 } halves = false := by decide +kernel
-- a block has all its columns, of the other concepts too
example : accepts { three with groups := three.groups.take 5 } halves = false := by decide +kernel
example : check { three with groups := three.groups.take 5 } 1
    { halves with weights := [0], bias := 0, sup := 2, scoreSpan := 2 } 0 2 [] = false := by
  decide +kernel

/-! ## Groups of columns -/

/-- Two samples of ten latent coordinates, of which the first and the last two are not zero, in
blocks of one row. -/
def ten : PackedSamples where
  size := 2
  latentDim := 10
  conceptCount := 1
  latentExponent := 0
  scoreExponents := [0]
  digitBits := 5
  slotDigits := 4
  blockRows := 1
  limbBits := 5
  groups := [
    .eight ⟨17, 0, 0, 0⟩ zero zero zero zero zero zero zero, rows 18, rows 19, rows 16,
    .eight ⟨15, 0, 0, 0⟩ zero zero zero zero zero zero zero, rows 14, rows 13, rows 17]
where
  /-- A zero. -/
  zero : Column := ⟨16, 0, 0, 0⟩

/-- Weights of 1, of -2 for the last coordinate but one, and of 3 for the last. -/
def tenWeights : IntegerProbe where
  denominator := 1
  magnitudeBits := 3
  weightBits := 12
  literalBits := 200
  weights := [0x003802001001001001001001001001]
  bias := 0
  sup := 7
  scoreLow := 16
  scoreSpan := 1

example : ten.columns.length = 22 := by decide +kernel
example : ten.latent (1 : Fin 2) (9 : Fin 10) = -3 := by decide +kernel
example : ten.score 0 (1 : Fin 2) = 1 := by decide +kernel
example : (List.range 10).map tenWeights.weight = [1, 1, 1, 1, 1, 1, 1, 1, -2, 3] := by
  decide +kernel
-- residuals of -6 and 7
example : check ten 0 tenWeights 0 2 [(.excess, 1 + 14), (.attains 1, 1)] = true := by
  decide +kernel
example : check ten 0 { tenWeights with sup := 6 } 0 2 [] = false := by decide +kernel
example : check ten 0 { tenWeights with sup := 6 } 0 1 [(.attains 0, 1)] = true := by
  decide +kernel
example : check ten 0 tenWeights 1 1 [(.excess, 14)] = true := by decide +kernel
-- groups of another kind where eight columns, a single one, and scores should be
example : check { ten with groups := ten.groups.drop 1 } 0 tenWeights 0 1 [] = false := by
  decide +kernel
example : check { ten with groups := ten.groups.take 1 ++ ten.groups } 0 tenWeights 0 1 [] = false
    := by decide +kernel
example : check { ten with groups := ten.groups.take 3 ++ ten.groups.drop 4 } 0 tenWeights 0 1 []
    = false := by decide +kernel
-- and in a block before the range
example : check { ten with groups := rows 17 :: ten.groups.drop 1 } 0 tenWeights 1 1 [] = false :=
  by decide +kernel

/-! ## A row that belongs to no sample does not count -/

/-- The samples, with other columns in the last block. -/
def filledUpWith (last : List ColumnGroup) : PackedSamples :=
  { three with groups := three.groups.take 3 ++ last }

example : accepts (filledUpWith [rows 16 16, rows 15 15, rows 15 15])
    halves = true := by decide +kernel
example : accepts (filledUpWith [rows 16 16, rows 15 31, rows 15 15])
    halves [(.excess, 96)] = true := by
  decide +kernel
example : accepts (filledUpWith [rows 16, rows 15, rows 15]) halves [(.excess, 96)]
    = true := by decide +kernel
-- what is beyond the rows of a block is nothing to it
example : accepts (filledUpWith [.one ⟨16, 16, 9, 0⟩, .one ⟨15, 15, 9, 0⟩, .one ⟨15, 15, 0, 9⟩])
    halves = true := by
  decide +kernel
example : accepts (filledUpWith [rows 16 16, rows 22 15, rows 15 15])
    halves = false := by decide +kernel

/-! ## Fewer samples, or none: the claim is about those -/

example : accepts { three with size := 2 } halves [(.excess, 32 + 46)] = true := by decide +kernel
example : accepts { three with size := 2 } { halves with sup := 22 } = false := by decide +kernel
example : check { three with size := 0, groups := [] } 0 halves 0 0 [] = true := by decide +kernel

/-! ## The overflow limit itself: a sum of weights that fills the slot is refused, one less not -/

/-- A sample of one concept, latent 0 and score 0, in digits of one bit (stored plus 1). -/
def zeros (slotDigits : Nat) : PackedSamples where
  size := 1
  latentDim := 1
  conceptCount := 1
  latentExponent := 0
  scoreExponents := [0]
  digitBits := 1
  slotDigits := slotDigits
  blockRows := 1
  limbBits := 1
  groups := [rows 1, rows 1]

/-- One weight, a bias and a sup error. -/
def single (weight : Nat) (negative : Bool) (bias : Int) (sup : Nat) : IntegerProbe where
  denominator := 1
  magnitudeBits := 10
  weightBits := 12
  literalBits := 12
  weights := [bif negative then 2048 + weight else weight]
  bias := bias
  sup := sup
  scoreLow := 1
  scoreSpan := 0

/-- Whether the checker accepts it in slots of so many bits. -/
def fits (slotDigits : Nat) (p : IntegerProbe) : Bool := check (zeros slotDigits) 0 p 0 1 []

example : fits 9 (single 255 false 0 0) = true := by decide +kernel
example : fits 9 (single 256 false 0 0) = false := by decide +kernel
example : fits 10 (single 256 false 0 0) = true := by decide +kernel
example : fits 9 (single 255 true 0 0) = true := by decide +kernel
example : fits 9 (single 256 true 0 0) = false := by decide +kernel
example : fits 9 (single 0 false (plus 127) 127) = true := by decide +kernel
example : fits 9 (single 0 false (plus 128) 128) = false := by decide +kernel
example : fits 9 (single 0 false (minus 127) 127) = true := by decide +kernel
example : fits 9 (single 0 false (minus 128) 128) = false := by decide +kernel

end Bridge
