/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.Pixels

/-!
# Tests: networks on images

A network of ten inputs, two units and one output on three images of 2 × 5 pixels.  What the program
accepts is compared with the definitions, and what is a little else is refused.
-/

noncomputable section

namespace Bridge

/-- A column whose digits are integers plus an offset of half their range. -/
def offsetColumn (bits offset : Nat) (integers : List Int) : Column :=
  ⟨pack (2 ^ bits) (integers.map fun n => (n + (offset : Int)).toNat), 0, 0, 0⟩

/-- Ten inputs and two units, with weights and biases in quarters. -/
def hidden (weight₀ bias₁ : Int) : PackedLayer where
  inputs := 10
  outputs := 2
  exponent := 2
  weightBits := 4
  fieldBits := 16
  limbBits := 32
  groups := [
    .eight
      (offsetColumn 16 8 [weight₀, -1])
      (offsetColumn 16 8 [-2, 1])
      (offsetColumn 16 8 [3, 0])
      (offsetColumn 16 8 [0, 2])
      (offsetColumn 16 8 [0, 0])
      (offsetColumn 16 8 [0, -3])
      (offsetColumn 16 8 [1, 2])
      (offsetColumn 16 8 [0, 0]),
    .one (offsetColumn 16 8 [5, 0]),
    .one (offsetColumn 16 8 [4, 0]),
    .one (offsetColumn 16 8 [-3, bias₁])
  ]

/-- Two inputs and one output, with weights and a bias in halves. -/
def output (weights : Int × Int) : PackedLayer where
  inputs := 2
  outputs := 1
  exponent := 1
  weightBits := 5
  fieldBits := 23
  limbBits := 23
  groups := [
    .one (offsetColumn 23 16 [weights.1]),
    .one (offsetColumn 23 16 [weights.2]),
    .one (offsetColumn 23 16 [7])
  ]

/-- Samples in blocks of two rows, with latents in sixteenths and the second score in halves. -/
def listedSamples (size₀ : Int) : PackedSamples where
  size := 3
  latentDim := 1
  conceptCount := 2
  latentExponent := 4
  scoreExponents := [0, 1]
  digitBits := 8
  slotDigits := 4
  blockRows := 2
  limbBits := 16
  groups := [
    .one (offsetColumn 8 128 [10, 36]),
    .one (offsetColumn 8 128 [size₀, 0]),
    .one (offsetColumn 8 128 [10, 0]),
    .one (offsetColumn 8 128 [60, 0]),
    .one (offsetColumn 8 128 [1, 0]),
    .one (offsetColumn 8 128 [10, 0])
  ]

/-- The same samples with exact latents, in one block. -/
def exactSamples (latent₀ size₀ : Int) : PackedSamples where
  size := 3
  latentDim := 1
  conceptCount := 2
  latentExponent := 3
  scoreExponents := [0, 1]
  digitBits := 23
  slotDigits := 3
  blockRows := 3
  limbBits := 69
  groups := [
    .one (offsetColumn 23 (2 ^ 22) [latent₀, 4590, 7644]),
    .one (offsetColumn 23 (2 ^ 22) [size₀, 0, 1]),
    .one (offsetColumn 23 (2 ^ 22) [10, 0, 10])
  ]

/-- The images: levels of 255, 128 and 200 make the figure of the first, 255 alone that of the
third. -/
def threeImages : List Nat := [
  pack 256 [0, 255, 128, 0, 0, 0, 200, 0, 0, 1],
  0,
  pack 256 [0, 0, 0, 0, 0, 0, 0, 0, 255, 127]
]

/-- What is claimed of them. -/
def threeClaim : PixelClaim where
  samples := listedSamples 3
  encoded := exactSamples 1315 3
  height := 2
  width := 5
  first := hidden 1 2
  others := [output (3, -5)]
  scored := [(0, .size), (1, .thick)]
  errorExponent := 4
  errors := [80]

/-- Whether the program accepts a claim of the three images. -/
def accepted (claim : PixelClaim) : Bool := claim.check threeImages 0 3

/-! ## The definitions -/

/-- The network on an image. -/
def networkAt (A : Nat) : Rat := threeClaim.network.eval (imageOf 2 5 A).input ⟨0, by decide⟩

example : networkAt (threeImages.getD 0 0) = 263 / 408 := by decide +kernel
example : networkAt (threeImages.getD 1 0) = 9 / 4 := by decide +kernel
example : networkAt (threeImages.getD 2 0) = 637 / 170 := by decide +kernel

/-! ## What is accepted -/

theorem threeEncodes : Encodes threeClaim threeImages 0 3 := .of_check (by decide +kernel)

-- images one by one, and any that follow one another
example : Encodes threeClaim threeImages 0 3 :=
  (Encodes.of_check (literals := [threeImages.getD 0 0]) (n := 1) (by decide +kernel)).append
    (Encodes.of_check (literals := [threeImages.getD 1 0, threeImages.getD 2 0]) (n := 2)
      (by decide +kernel))

-- levels beyond the last pixel are not part of an image
example : threeClaim.check [pack 256 [0, 255, 128, 0, 0, 0, 200, 0, 0, 1, 9, 77]] 0 1 = true := by
  decide +kernel
-- errors may be larger, at a finer scale, and nothing need be counted
example : accepted { threeClaim with errors := [81] } = true := by decide +kernel
example : accepted { threeClaim with errors := [160], errorExponent := 5 } = true := by
  decide +kernel
example : accepted { threeClaim with scored := [] } = true := by decide +kernel

/-! ## What is refused -/

-- a pixel, an image, their order
example : threeClaim.check [pack 256 [0, 254, 128, 0, 0, 0, 200, 0, 0, 1]] 0 1 = false := by
  decide +kernel
example : threeClaim.check [0, 0, threeImages.getD 2 0] 0 3 = false := by decide +kernel
example : threeClaim.check threeImages.reverse 0 3 = false := by decide +kernel
-- a pixel that no unit sees changes only what is counted
example : threeClaim.check [pack 256 [0, 255, 128, 0, 128, 0, 200, 0, 0, 1]] 0 1 = false := by
  decide +kernel
example : { threeClaim with scored := [] }.check
    [pack 256 [0, 255, 128, 0, 128, 0, 200, 0, 0, 1]] 0 1 = true := by decide +kernel
-- too few images, too many, and others than the first
example : threeClaim.check [threeImages.getD 0 0] 0 3 = false := by decide +kernel
example : threeClaim.check threeImages 0 2 = false := by decide +kernel
example : threeClaim.check threeImages 1 3 = false := by decide +kernel
-- a weight that meets a level, a bias, the units of a layer
example : accepted { threeClaim with others := [output (3, -4)] } = false := by decide +kernel
example : accepted { threeClaim with first := hidden 1 3 } = false := by decide +kernel
example : accepted { threeClaim with others := [output (-5, 3)] } = false := by decide +kernel
-- a weight that meets no level: the claim is another true one
example : accepted { threeClaim with first := hidden 2 2 } = true := by decide +kernel
-- ReLU left out of the first unit, which is below 0 on the first image
example : accepted { threeClaim with encoded := exactSamples (-746) 3 } = false := by
  decide +kernel
-- an exact latent, an error that is too small, scores
example : accepted { threeClaim with encoded := exactSamples 1316 3 } = false := by decide +kernel
example : accepted { threeClaim with errors := [79] } = false := by decide +kernel
example : accepted { threeClaim with errors := [] } = false := by decide +kernel
example : accepted { threeClaim with errors := [80, 80] } = false := by decide +kernel
example : accepted { threeClaim with encoded := exactSamples 1315 4 } = false := by decide +kernel
example : accepted { threeClaim with samples := listedSamples 4, encoded := exactSamples 1315 4 }
    = false := by decide +kernel
example : accepted { threeClaim with scored := [(1, .size)] } = false := by decide +kernel
example : accepted { threeClaim with scored := [(0, .thick)] } = false := by decide +kernel
example : accepted { threeClaim with scored := [(2, .size)] } = false := by decide +kernel
-- scales that do not go together
example : accepted { threeClaim with errorExponent := 3, errors := [80] } = false := by
  decide +kernel
example : accepted { threeClaim with encoded := { exactSamples 1315 3 with latentExponent := 4 } }
    = false := by decide +kernel
example : accepted { threeClaim with encoded := { exactSamples 1315 3 with scoreExponents := [0] } }
    = false := by decide +kernel
-- fields without room, layers that do not follow one another, images of another size
example : accepted { threeClaim with first := { hidden 1 2 with fieldBits := 15 } } = false := by
  decide +kernel
example : accepted { threeClaim with first := { hidden 1 2 with weightBits := 0 } } = false := by
  decide +kernel
example : accepted { threeClaim with first := { hidden 1 2 with outputs := 3 } } = false := by
  decide +kernel
example : accepted { threeClaim with others := [] } = false := by decide +kernel
example : accepted { threeClaim with width := 4 } = false := by decide +kernel

/-! ## The theorems -/

/-- The error. -/
def ε : Vector Rat 1 := #v[1 / 51]

example (i : Fin 3) (j : Fin 1) : -ε[j] ≤ (listedSamples 3).latent i j
      - threeClaim.network.eval (imageOf 2 5 (threeImages.getD i 0)).input j :=
  (latent_error threeEncodes (by decide +kernel) i j rfl).1

example (j : Fin 1) : ∃ i : Fin 3, (listedSamples 3).latent i j
      - threeClaim.network.eval (imageOf 2 5 (threeImages.getD i 0)).input j = ε[j] ∨
    (listedSamples 3).latent i j
      - threeClaim.network.eval (imageOf 2 5 (threeImages.getD i 0)).input j = -ε[j] :=
  latent_error_attained threeEncodes (by decide +kernel) [0] (by decide +kernel) j rfl

-- only the first image attains it
example : threeClaim.attains [1] = false := by decide +kernel
example : threeClaim.attains [2] = false := by decide +kernel
example : threeClaim.attains [3] = false := by decide +kernel
example : PixelClaim.errorsAre threeClaim.errorScale [1 / 52] threeClaim.errors = false := by
  decide +kernel

example (i : Fin 3) : (listedSamples 3).score 1 i
    = ((imageOf 2 5 (threeImages.getD i 0)).thick : Rat) :=
  score_of_encodes threeEncodes 1 rfl i

end Bridge
