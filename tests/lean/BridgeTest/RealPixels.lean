/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Real

/-!
# Tests: networks and images over the real numbers

Three images of 2 × 2 pixels, and a network with two hidden units.
-/

noncomputable section

namespace Bridge.RealPixels

/-- The three images. -/
def image (i : Fin 3) : Image 2 2 := fun row column =>
  #v[#v[0, 51, 255, 0], #v[255, 255, 0, 0], #v[0, 0, 0, 102]][i][2 * row.val + column.val]'(by
    have := row.isLt
    have := column.isLt
    omega)

/-- The hidden units are `max 0 (x 0 + x 1 - x 2)` and `max 0 (x 3 - 1/4)`. -/
def hidden : Layer 4 2 where
  weight i j := #v[#v[(1 : Rat), 1, -1, 0], #v[0, 0, 0, 1]][i][j]
  bias i := #v[(0 : Rat), -1 / 4][i]

/-- The latent coordinate is twice the first hidden unit, minus the second, plus 1. -/
def latent : Layer 2 1 where
  weight _ j := #v[(2 : Rat), -1][j]
  bias _ := 1

/-- The encoder. -/
def encoder : Network (2 * 2) 1 := .relu hidden (.last latent)

-- the first hidden unit is cut off by ReLU at the first image, the second one at all but the last
example : encoder.eval (image 0).input 0 = 1 := by decide +kernel
example : encoder.eval (image 1).input 0 = 5 := by decide +kernel
example : encoder.eval (image 2).input 0 = 17 / 20 := by decide +kernel

/-! ## The network over the real numbers -/

-- what it is, spelled out
example (x : Fin 4 → ℝ) (j : Fin 1) :
    encoder.evalReal x j = latent.evalReal (fun i => max 0 (hidden.evalReal x i)) j := rfl

example (layer : Layer 4 2) (x : Fin 4 → ℝ) (i : Fin 2) :
    layer.evalReal x i = (∑ j, (layer.weight i j : ℝ) * x j) + (layer.bias i : ℝ) := rfl

example (x : Image 2 2) : x.inputReal 3 = (x 1 1 : ℝ) / 255 := rfl

example : encoder.evalReal (image 1).inputReal = latentPoint fun _ => 5 :=
  (encoder.evalReal_inputReal (image 1)).trans
    (congrArg latentPoint (funext (by decide +kernel : ∀ j, encoder.eval (image 1).input j = 5)))

/-! ## A score that is proved from the pixels -/

/-- The value is `z 0 / 4`. -/
def functional : AffineFunctional 1 := ⟨#v[1 / 4], 0⟩

-- the sizes are 1, 2 and 0, the values are 1/4, 5/4 and 17/80
theorem bound (i : Fin 3) :
    -(3 / 4) ≤ functional.residual (encoder.eval (image i).input) (image i).size ∧
      functional.residual (encoder.eval (image i).input) (image i).size ≤ 3 / 4 := by
  revert i
  decide +kernel

theorem attained : ∃ i, functional.residual (encoder.eval (image i).input) (image i).size = 3 / 4 ∨
    functional.residual (encoder.eval (image i).input) (image i).size = -(3 / 4) :=
  ⟨0, by decide +kernel⟩

/-- The claim over the real numbers. -/
def spec : ProbeSpec (Image 2 2) (EuclideanSpace ℝ (Fin 1)) :=
  .ofPixels encoder functional image Image.size (3 / 4) bound

theorem isTight : spec.IsTight :=
  ProbeSpec.isTight_ofPixels encoder functional image Image.size (3 / 4) bound attained

example : spec.δ = ((3 / 4 : Rat) : ℝ) := rfl
example (x : Image 2 2) : spec.encoder x = encoder.evalReal x.inputReal := rfl
example (x : Image 2 2) : spec.score x = (x.size : ℝ) := rfl

example : IsLeast {ε : ℝ | ∀ x ∈ spec.data, |spec.residual x| ≤ ε} spec.δ := isTight.isLeast

-- an image is covered if it is one of the listed ones
example (x : Image 2 2) (h : ∃ i, image i = x) : |spec.residual x| ≤ spec.δ :=
  spec.abs_residual_le h

/-! ## A score that is only listed -/

/-- The scores. -/
def score (i : Fin 3) : Rat := #v[1 / 2, 1, 0][i]

/-- The claim over the real numbers. -/
def listedSpec : ProbeSpec (Fin 3) (EuclideanSpace ℝ (Fin 1)) :=
  .ofListedPixels encoder functional image score (1 / 4) (by decide +kernel)

example : listedSpec.IsTight :=
  ProbeSpec.isTight_ofListedPixels encoder functional image score (1 / 4) (by decide +kernel)
    ⟨0, by decide +kernel⟩

example (i : Fin 3) : listedSpec.encoder i = encoder.evalReal (image i).inputReal := rfl

end Bridge.RealPixels
