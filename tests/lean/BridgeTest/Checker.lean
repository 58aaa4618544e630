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
  columns := [
    [17, 14], [19, 21], [16, 17],
    [16, 16], [15, 15], [15, 15]]

/-- The probe of the first concept. -/
def half : AffineFunctional 1 where
  w := #v[1 / 2]
  b := 1 / 4

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

/-! ## δ is the largest absolute residual: no less is accepted, and only its sample is tight -/

example : check three 0 half (23 / 4) 2 = true := by decide +kernel
example : check three 0 half 6 2 = true := by decide +kernel
example : check three 0 half (22 / 4) 2 = false := by decide +kernel
example : check three 0 half 0 2 = false := by decide +kernel
example : check three 0 half (-23 / 4) 2 = false := by decide +kernel
example : isTight three 0 half (23 / 4) 2 1 = true := by decide +kernel
example : isTight three 0 half (23 / 4) 2 0 = false := by decide +kernel
example : isTight three 0 half 6 2 1 = false := by decide +kernel

example (i : Fin 3) : half.residual (three.latent i) (three.score 0 i) ≤ 23 / 4 :=
  (bound_of_check (s := three) (c := 0) (weightExponent := 2) (by decide +kernel) i).2

example : half.residual (three.latent (1 : Fin 3)) (three.score 0 (1 : Fin 3)) = 23 / 4 ∨
    half.residual (three.latent (1 : Fin 3)) (three.score 0 (1 : Fin 3)) = -(23 / 4) :=
  attained_of_check (s := three) (weightExponent := 2) (by decide +kernel) (1 : Fin 3)
    (by decide +kernel)

/-! ## A larger exponent is as good while the slots have room, a smaller one is refused -/

example : check three 0 half (23 / 4) 3 = true := by decide +kernel
example : check three 0 half (23 / 4) 4 = false := by decide +kernel
example : check three 0 half (23 / 4) 1 = false := by decide +kernel
example : check three 1 { w := #v[0], b := 0 } (1 / 2) 1 = true := by decide +kernel
example : check three 1 { w := #v[0], b := 0 } (1 / 2) 0 = false := by decide +kernel

/-! ## Thirds are not dyadic -/

example : check three 0 { half with b := 1 / 3 } 6 2 = false := by decide +kernel
example : check three 0 { half with w := #v[1 / 3] } 6 2 = false := by decide +kernel
example : check three 0 half (19 / 3) 2 = false := by decide +kernel

/-! ## Samples that are not stored as they say -/

example : check { three with size := 5 } 0 half (23 / 4) 2 = false := by decide +kernel
example : check { three with digitBits := 4 } 0 half (23 / 4) 2 = false := by decide +kernel
example : check { three with digitBits := 6 } 0 half (23 / 4) 2 = false := by decide +kernel
example : check { three with digitBits := 0 } 0 half (23 / 4) 2 = false := by decide +kernel
example : check { three with slotDigits := 0 } 0 half (23 / 4) 2 = false := by decide +kernel
example : check { three with slotDigits := 1 } 0 half (23 / 4) 2 = false := by decide +kernel
example : check { three with blockRows := 0 } 0 half (23 / 4) 2 = false := by decide +kernel
example : check { three with blockRows := 3 } 0 half (23 / 4) 2 = false := by decide +kernel
example : check { three with limbBits := 6 } 0 half (23 / 4) 2 = false := by decide +kernel
example : isTight { three with limbBits := 6 } 0 half (23 / 4) 2 1 = false := by decide +kernel
example : check { three with columns := [] } 0 half (23 / 4) 2 = false := by decide +kernel
example : check { three with columns := three.columns.take 5 } 0 half (23 / 4) 2 = false := by
  decide +kernel
example : check three 2 half (23 / 4) 2 = false := by decide +kernel -- there is no third concept

/-! ## A row that only fills up the last block must meet the bound too -/

/-- The samples, with other columns in the last block. -/
def filledUpWith (last : List (List Nat)) : PackedSamples :=
  { three with columns := three.columns.take 3 ++ last }

example : check (filledUpWith [[16, 16], [15, 15], [15, 15]]) 0 half (23 / 4) 2 = true := by
  decide +kernel
example : check (filledUpWith [[16, 16], [15, 22], [15, 15]]) 0 half (23 / 4) 2 = true := by
  decide +kernel
example : check (filledUpWith [[16, 16], [15, 23], [15, 15]]) 0 half (23 / 4) 2 = false := by
  decide +kernel
example : check (filledUpWith [[16], [15], [15]]) 0 half (23 / 4) 2 = false := by decide +kernel
example : check { three with slotDigits := 3 } 0 half (23 / 4) 2 = false := by decide +kernel

/-! ## Fewer samples, or none: the claim is about those -/

example : check { three with size := 2 } 0 half (23 / 4) 2 = true := by decide +kernel
example : check { three with size := 2 } 0 half (22 / 4) 2 = false := by decide +kernel
example : check { three with size := 0, columns := [] } 0 half 0 2 = true := by decide +kernel

/-! ## The overflow limit itself: a sum of weights that fills the slot is refused, one less not -/

/-- Samples of one concept, latent 0 and score 0, in digits of one bit (stored plus 1). -/
def zeros (slotDigits : Nat) : PackedSamples where
  size := 1
  latentDim := 1
  conceptCount := 1
  latentExponent := 0
  scoreExponents := [0]
  digitBits := 1
  slotDigits := slotDigits
  blockRows := slotDigits
  limbBits := slotDigits
  columns := [[2 ^ slotDigits - 1], [2 ^ slotDigits - 1]]

example : check (zeros 9) 0 { w := #v[254], b := 0 } 0 0 = true := by decide +kernel
example : check (zeros 9) 0 { w := #v[255], b := 0 } 0 0 = false := by decide +kernel
example : check (zeros 10) 0 { w := #v[255], b := 0 } 0 0 = true := by decide +kernel
example : check (zeros 9) 0 { w := #v[-254], b := 0 } 0 0 = true := by decide +kernel
example : check (zeros 9) 0 { w := #v[-255], b := 0 } 0 0 = false := by decide +kernel
example : check (zeros 9) 0 { w := #v[0], b := 127 } 127 0 = true := by decide +kernel
example : check (zeros 9) 0 { w := #v[0], b := 128 } 128 0 = false := by decide +kernel

/-! ## Many weights over one power of two -/

example : (dyadicVector 2 1 [plus 3, minus 5] (by decide +kernel)).toList = [3 / 2, -5 / 2] := by
  decide +kernel
example : hasLength [plus 3, minus 5] 1 = false := by decide +kernel
example : hasLength [plus 3, minus 5] 3 = false := by decide +kernel
example : check three 0 { w := dyadicVector 1 1 [plus 1] (by decide +kernel), b := 1 / 4 }
    (23 / 4) 2 = true := by decide +kernel

end Bridge
