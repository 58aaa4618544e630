/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Affine
public import Bridge.Counting

/-!
# Linear classifiers over the rational numbers

A linear classifier has an affine functional for each class, and decides for the class whose value
is the largest, the first one of several: as `numpy.argmax` does.  A binary probe with a threshold,
`w · z + b > t`, is the classifier whose class 0 has the constant value `t`.

This file says so over `Rat`, in core Lean, and what a confusion matrix is, with the rates that are
read off it.  It knows nothing of how samples are stored.

## Main definitions

* `Classifier`, its `value` for a class and what it decides, `predict`.
* `IsMargin`: whether a number is the margin of a classifier on some points.
* `Classifier.WeightsWithin`: how far the weights of two classes are apart.
* `confusionMatrix`: how many samples of each class get each decision.
* `accuracy`, `recall`, `precision`, `f1` and others: the rates of such a matrix, named and defined
  as in scikit-learn; what would be divided by zero is `0`.

## Main statements

* `Classifier.predict_max`, `Classifier.predict_first`: what `predict` is.
* `Classifier.predict_binary`: what it is for a binary probe.
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## The largest of some numbers -/

/-- The first of the largest of the numbers `v 0, …, v n`: one after the other is looked at, and is
taken if it is larger than the one that was taken before. -/
def argmax (v : Nat → Rat) : Nat → Nat
  | 0 => 0
  | n + 1 => if v (argmax v n) < v (n + 1) then n + 1 else argmax v n

theorem argmax_le (v : Nat → Rat) (n : Nat) : argmax v n ≤ n := by
  induction n with
  | zero => exact Nat.le_refl 0
  | succ n ih =>
    rw [argmax]
    split
    · exact Nat.le_refl _
    · exact Nat.le_succ_of_le ih

/-- None of the numbers is larger. -/
theorem le_argmax (v : Nat → Rat) {n k : Nat} (hk : k ≤ n) : v k ≤ v (argmax v n) := by
  induction n with
  | zero =>
    rw [Nat.le_zero.1 hk]
    exact Rat.le_refl
  | succ n ih =>
    rw [argmax]
    rcases Nat.lt_or_eq_of_le hk with hk | rfl
    · have h := ih (Nat.le_of_lt_succ hk)
      split
      · rename_i hlt
        exact Rat.le_trans h (Rat.le_of_lt hlt)
      · exact h
    · split
      · exact Rat.le_refl
      · rename_i hlt
        exact Rat.not_lt.1 hlt

/-- Those before it are smaller. -/
theorem lt_argmax (v : Nat → Rat) {n k : Nat} (hk : k < argmax v n) : v k < v (argmax v n) := by
  induction n with
  | zero => exact absurd hk (Nat.not_lt_zero k)
  | succ n ih =>
    rw [argmax] at hk ⊢
    split at hk
    · rename_i hlt
      rw [if_pos hlt]
      rw [← Rat.not_le]
      intro hle
      exact Rat.not_le.2 hlt (Rat.le_trans hle (le_argmax v (Nat.le_of_lt_succ hk)))
    · rename_i hlt
      rw [if_neg hlt]
      exact ih hk

/-! ## Classifiers -/

/-- A linear classifier on a latent space of dimension `d`: an affine functional for each class. -/
structure Classifier (d : Nat) where
  /-- The functionals of the classes, in the order of their numbers. -/
  functionals : List (AffineFunctional d)

namespace Classifier

variable {d : Nat}

/-- The value of class `k` at the latent point `z`: `w · z + b` with its weights and its bias. -/
def value (f : Classifier d) (z : Fin d → Rat) (k : Nat) : Rat :=
  (f.functionals.getD k (AffineFunctional.constant d 0)).eval z

/-- The number of classes. -/
def classCount (f : Classifier d) : Nat := f.functionals.length

/-- The decision at the latent point `z`: the number of the class with the largest value, the first
one of several. -/
def predict (f : Classifier d) (z : Fin d → Rat) : Nat := argmax (f.value z) (f.classCount - 1)

/-- No class has a larger value than the one that is decided for. -/
theorem predict_max (f : Classifier d) (z : Fin d → Rat) {k : Nat} (hk : k < f.classCount) :
    f.value z k ≤ f.value z (f.predict z) :=
  le_argmax _ (Nat.le_sub_one_of_lt hk)

/-- Classes before it have smaller values. -/
theorem predict_first (f : Classifier d) (z : Fin d → Rat) {k : Nat} (hk : k < f.predict z) :
    f.value z k < f.value z (f.predict z) :=
  lt_argmax _ hk

theorem predict_lt (f : Classifier d) (z : Fin d → Rat) (h : 0 < f.classCount) :
    f.predict z < f.classCount :=
  Nat.lt_of_le_of_lt (argmax_le _ _) (Nat.sub_lt h Nat.one_pos)

/-- The binary probe `f` with the threshold `t`. -/
def binary (f : AffineFunctional d) (t : Rat) : Classifier d := ⟨[.constant d t, f]⟩

/-- A binary probe decides for class 1 where its value is greater than the threshold. -/
theorem predict_binary (f : AffineFunctional d) (t : Rat) (z : Fin d → Rat) :
    (binary f t).predict z = if t < f.eval z then 1 else 0 := by
  show (if (AffineFunctional.constant d t).eval z < f.eval z then 1 else 0) = _
  rw [AffineFunctional.eval_constant]

end Classifier

/-- Whether `m` is the margin of the classifier `f` on the points `z i`: at each of them, the value
of the class that is decided for is greater by at least `m` than that of any other class, and for
some point and some class by exactly `m`.  With two classes of which one has the constant value `t`
it is the least distance of the other value from `t`. -/
def IsMargin {d n : Nat} (f : Classifier d) (z : Fin n → Fin d → Rat) (m : Rat) : Prop :=
  (∀ i k, k < f.classCount → k ≠ f.predict (z i) →
    m ≤ f.value (z i) (f.predict (z i)) - f.value (z i) k) ∧
  ∃ i k, k < f.classCount ∧ k ≠ f.predict (z i) ∧
    f.value (z i) (f.predict (z i)) - f.value (z i) k = m

/-! ## How far the weights of two classes are apart -/

/-- The square of the distance between the weights of two functionals. -/
def AffineFunctional.squaredDistance {d : Nat} (f g : AffineFunctional d) : Rat :=
  sum fun j : Fin d => (f.w[j] - g.w[j]) * (f.w[j] - g.w[j])

theorem AffineFunctional.squaredDistance_comm {d : Nat} (f g : AffineFunctional d) :
    f.squaredDistance g = g.squaredDistance f :=
  congrArg sum (funext fun j => by grind)

theorem AffineFunctional.squaredDistance_self {d : Nat} (f : AffineFunctional d) :
    f.squaredDistance f = 0 :=
  (congrArg sum (funext fun j => by grind)).trans (sum_zero d)

namespace Classifier

variable {d : Nat}

/-- The functional of class `k`. -/
def functional (f : Classifier d) (k : Nat) : AffineFunctional d :=
  f.functionals.getD k (AffineFunctional.constant d 0)

/-- Whether the weights of any two classes are at most `L` apart.  A value minus another one then
changes by at most `L` times the distance that the latent point moves: the decision is the same at
all latent points that are closer to those of `IsMargin` than the margin divided by `L`. -/
def WeightsWithin (f : Classifier d) (L : Rat) : Prop :=
  0 ≤ L ∧ ∀ k, k < f.classCount → ∀ l, l < k →
    (f.functional k).squaredDistance (f.functional l) ≤ L * L

instance (f : Classifier d) (L : Rat) : Decidable (f.WeightsWithin L) :=
  inferInstanceAs (Decidable (_ ∧ _))

theorem WeightsWithin.le {f : Classifier d} {L : Rat} (h : f.WeightsWithin L) {k l : Nat}
    (hk : k < f.classCount) (hl : l < f.classCount) :
    (f.functional k).squaredDistance (f.functional l) ≤ L * L := by
  rcases Nat.lt_trichotomy l k with hlk | rfl | hlk
  · exact h.2 k hk l hlk
  · rw [AffineFunctional.squaredDistance_self]
    exact Rat.mul_nonneg h.1 h.1
  · rw [AffineFunctional.squaredDistance_comm]
    exact h.2 l hl k hlk

end Classifier

/-! ## Confusion matrices -/

/-- How many samples have the label `a` and get the decision `b`. -/
def confusion {n : Nat} (label predicted : Fin n → Nat) (a b : Nat) : Nat :=
  count fun i => label i == a && predicted i == b

/-- How many samples with each label, of `K` classes, get each decision: a row for each label, with
an entry for each decision. -/
def confusionMatrix (K : Nat) {n : Nat} (label predicted : Fin n → Nat) : List (List Nat) :=
  (List.range K).map fun a => (List.range K).map fun b => confusion label predicted a b

section Rates

variable (m : List (List Nat))

/-- How many samples have the label `a` and get the decision `b`. -/
def entry (a b : Nat) : Nat := (m.getD a []).getD b 0

/-- How many samples have the label `k`. -/
def support (k : Nat) : Nat := (m.getD k []).sum

/-- How many samples get the decision `k`. -/
def decided (k : Nat) : Nat := (m.map fun row => row.getD k 0).sum

/-- The number of samples. -/
def samplesOf : Nat := (m.map List.sum).sum

/-- How many samples get their label as the decision. -/
def correct : Nat := ((List.range m.length).map fun k => entry m k k).sum

/-- The mean of some numbers. -/
def average (xs : List Rat) : Rat := xs.sum / (xs.length : Rat)

/-- The classes that some sample has as its label. -/
def labelled : List Nat := (List.range m.length).filter fun k => 0 < support m k

/-- The classes that some sample has as its label or gets as the decision. -/
def occurring : List Nat := (List.range m.length).filter fun k => 0 < support m k + decided m k

/-- The fraction of samples that get their label as the decision. -/
def accuracy : Rat := (correct m : Rat) / (samplesOf m : Rat)

/-- Of the samples with the label `k`, the fraction that gets it as the decision. -/
def recall (k : Nat) : Rat := (entry m k k : Rat) / (support m k : Rat)

/-- Of the samples that get the decision `k`, the fraction that has it as the label. -/
def precision (k : Nat) : Rat := (entry m k k : Rat) / (decided m k : Rat)

/-- The harmonic mean of precision and recall. -/
def f1 (k : Nat) : Rat :=
  ((2 * entry m k k : Nat) : Rat) / ((support m k + decided m k : Nat) : Rat)

/-- The recall of each class. -/
def recalls : List Rat := (List.range m.length).map (recall m)

/-- The precision of each class. -/
def precisions : List Rat := (List.range m.length).map (precision m)

/-- The F1 score of each class. -/
def f1s : List Rat := (List.range m.length).map (f1 m)

/-- The mean of the recalls of the classes that occur as labels. -/
def balancedAccuracy : Rat := average ((labelled m).map (recall m))

/-- The mean of the recalls of the classes that occur. -/
def macroRecall : Rat := average ((occurring m).map (recall m))

/-- The mean of the precisions of the classes that occur. -/
def macroPrecision : Rat := average ((occurring m).map (precision m))

/-- The mean of the F1 scores of the classes that occur. -/
def macroF1 : Rat := average ((occurring m).map (f1 m))

/-- The F1 score of all decisions together, of which each that is wrong is a wrong one of two
classes: the accuracy. -/
def microF1 : Rat :=
  ((2 * correct m : Nat) : Rat)
    / (((List.range m.length).map fun k => support m k + decided m k).sum : Rat)

/-- The fraction of samples that would get their label as the decision if decisions were dealt out
at random, each as often as it is made. -/
def chanceAgreement : Rat :=
  (((List.range m.length).map fun k => support m k * decided m k).sum : Rat)
    / ((samplesOf m * samplesOf m : Nat) : Rat)

/-- Cohen's κ: how far the accuracy is above chance, on a scale on which 1 is the best. -/
def cohenKappa : Rat := (accuracy m - chanceAgreement m) / (1 - chanceAgreement m)

end Rates

end Bridge
