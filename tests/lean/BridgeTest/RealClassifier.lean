/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Real

/-!
# Tests: classifiers over the real numbers

A classifier with three classes and a binary probe, on four points of the plane.
-/

noncomputable section

namespace Bridge.RealClassifier

/-- The four points. -/
def points (i : Fin 4) (j : Fin 2) : Rat :=
  #v[#v[(1 : Rat), 0], #v[0, 2], #v[-1 / 2, 0], #v[1, 2]][i][j]

/-- Their labels. -/
def label (i : Fin 4) : Nat := #v[0, 1, 2, 0][i]

/-! ## Three classes -/

/-- The values are `x`, `y` and `1/4`. -/
def classifier : Classifier 2 := ⟨[⟨#v[1, 0], 0⟩, ⟨#v[0, 1], 0⟩, .constant 2 (1 / 4)]⟩

/-- The decisions. -/
def predicted (i : Fin 4) : Nat := classifier.predict (points i)

theorem matrix_eq : confusionMatrix 3 label predicted = [[1, 1, 0], [0, 1, 0], [0, 0, 1]] := by
  decide +kernel

theorem isMargin : IsMargin classifier points (1 / 4) :=
  ⟨by decide +kernel, 2, 1, by decide +kernel, by decide +kernel, by decide +kernel⟩

/-- The classifier over the real numbers. -/
def spec : ClassifierSpec (Fin 4) (EuclideanSpace ℝ (Fin 2)) :=
  ClassifierSpec.ofRational classifier points label

example (i : Fin 4) : spec.predicted i = predicted i :=
  ClassifierSpec.predicted_ofRational classifier points label i

example : spec.confusionMatrix = [[1, 1, 0], [0, 1, 0], [0, 0, 1]] :=
  ClassifierSpec.confusionMatrix_ofRational classifier points label matrix_eq

example : IsLeast spec.gaps ((1 / 4 : Rat) : ℝ) :=
  ClassifierSpec.isLeast_gaps_ofRational label isMargin

example {L : ℝ} (hL : ∀ k l, k < 3 → l < 3 → ‖(spec.probe k).w - (spec.probe l).w‖ ≤ L)
    {i : Fin 4} {z : EuclideanSpace ℝ (Fin 2)}
    (h : ‖spec.encoder i - z‖ * L < ((1 / 4 : Rat) : ℝ)) : spec.predict z = predicted i :=
  ClassifierSpec.predict_eq_of_isMargin label isMargin hL h

-- the weights are √2, 1 and 1 apart
theorem weightsWithin : classifier.WeightsWithin (3 / 2) := by decide +kernel

example : ¬ classifier.WeightsWithin (7 / 5) := by decide +kernel
example : ¬ classifier.WeightsWithin (-3 / 2) := by decide +kernel

example {i : Fin 4} {z : EuclideanSpace ℝ (Fin 2)}
    (h : ‖spec.encoder i - z‖ * ((3 / 2 : Rat) : ℝ) < ((1 / 4 : Rat) : ℝ)) :
    spec.predict z = predicted i :=
  ClassifierSpec.predict_eq_of_weightsWithin label isMargin weightsWithin h

-- the decision at any point has no smaller value than any other class
example (z : EuclideanSpace ℝ (Fin 2)) : spec.value z 1 ≤ spec.value z (spec.predict z) :=
  spec.predict_max z (by decide)

/-! ## A binary probe -/

/-- Its value is `x + y`. -/
def functional : AffineFunctional 2 := ⟨#v[1, 1], 0⟩

/-- It decides for class 1 above 3/2, and its classes are in a list as those of any classifier. -/
def binary : Classifier 2 := ⟨[.constant 2 (3 / 2), functional]⟩

theorem isMargin_binary : IsMargin binary points (1 / 2) :=
  ⟨by decide +kernel, 0, 1, by decide +kernel, by decide +kernel, by decide +kernel⟩

/-- The probe over the real numbers. -/
def binarySpec : ClassifierSpec (Fin 4) (EuclideanSpace ℝ (Fin 2)) :=
  ClassifierSpec.ofRational binary points label

example : binarySpec.confusionMatrix = [[1, 1], [0, 1]] :=
  ClassifierSpec.confusionMatrix_ofRational binary points label (by decide +kernel)

example {i : Fin 4} {z : EuclideanSpace ℝ (Fin 2)}
    (h : ‖binarySpec.encoder i - z‖ * ‖(Probe.ofRational functional).w‖ < ((1 / 2 : Rat) : ℝ)) :
    binarySpec.predict z = binary.predict (points i) :=
  ClassifierSpec.predict_eq_of_isMargin_binary functional (3 / 2) label isMargin_binary h

example (z : EuclideanSpace ℝ (Fin 2)) : binarySpec.predict z
      = if ((3 / 2 : Rat) : ℝ) < (Probe.ofRational functional).eval z then 1 else 0 :=
  ClassifierSpec.predict_ofRational_binary functional (3 / 2) points label z

end Bridge.RealClassifier
