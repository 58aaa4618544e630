/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Classifier
public import Bridge.Real.Counting
public import Bridge.Real.Rational

/-!
# Linear classifiers over the real numbers

What an export proves of a `Classifier` over `Rat`, its confusion matrix and its margin, holds of
probes over `ℝ`.  There a margin says more: how far a latent point can move before the decision
changes.

## Main definitions

* `ClassifierSpec`: a probe for each class, and inputs with their labels.
* `ClassifierSpec.predict`: the decision at a latent point.
* `ClassifierSpec.confusionMatrix`: how many inputs of each class get each decision.
* `ClassifierSpec.gaps`: by how much the class that is decided for is ahead of the others.
* `ClassifierSpec.ofRational`: the classifier and the samples of an export.

## Main statements

* `ClassifierSpec.predict_eq_of_norm_mul_lt`: **the decision is the same** at all latent points that
  are closer than the gap, divided by the norm of the difference of two weights.
* `ClassifierSpec.predict_ofRational`: the decision is the one over `Rat`.
* `ClassifierSpec.confusionMatrix_ofRational`: a theorem `matrix_eq` of an export says what the
  confusion matrix is.
* `ClassifierSpec.isLeast_gaps_ofRational`: a theorem `isMargin` says what the least gap is.
* `ClassifierSpec.predict_eq_of_isMargin`, `predict_eq_of_weightsWithin` and
  `predict_eq_of_isMargin_binary`: how far latent points may be off from those of the samples.
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## The largest of some real numbers -/

/-- The first of the largest of the real numbers `v 0, …, v n`: of these what `argmax` is of
rational numbers. -/
def realArgmax (v : ℕ → ℝ) : ℕ → ℕ
  | 0 => 0
  | n + 1 => if v (realArgmax v n) < v (n + 1) then n + 1 else realArgmax v n

theorem realArgmax_le (v : ℕ → ℝ) (n : ℕ) : realArgmax v n ≤ n := by
  induction n with
  | zero => exact Nat.le_refl 0
  | succ n ih =>
    rw [realArgmax]
    split
    · exact Nat.le_refl (n + 1)
    · exact Nat.le_succ_of_le ih

/-- None of the numbers is larger. -/
theorem le_realArgmax (v : ℕ → ℝ) {n k : ℕ} (hk : k ≤ n) : v k ≤ v (realArgmax v n) := by
  induction n with
  | zero => exact (congrArg v (Nat.le_zero.mp hk)).trans_le le_rfl
  | succ n ih =>
    rw [realArgmax]
    rcases Nat.lt_or_eq_of_le hk with hk | hk
    · split
      · exact (ih (Nat.le_of_lt_succ hk)).trans (LT.lt.le ‹_›)
      · exact ih (Nat.le_of_lt_succ hk)
    · rw [hk]
      split
      · exact le_rfl
      · exact not_lt.mp ‹_›

/-- Those before it are smaller. -/
theorem lt_realArgmax (v : ℕ → ℝ) {n k : ℕ} (hk : k < realArgmax v n) :
    v k < v (realArgmax v n) := by
  induction n with
  | zero => exact absurd hk (Nat.not_lt_zero k)
  | succ n ih =>
    by_cases h : v (realArgmax v n) < v (n + 1)
    · rw [realArgmax, if_pos h] at hk ⊢
      exact (le_realArgmax v (Nat.le_of_lt_succ hk)).trans_lt h
    · rw [realArgmax, if_neg h] at hk ⊢
      exact ih hk

/-- A number that is larger than all others is the one. -/
theorem realArgmax_eq (v : ℕ → ℝ) {n k : ℕ} (hk : k ≤ n) (h : ∀ l, l ≤ n → l ≠ k → v l < v k) :
    realArgmax v n = k :=
  Classical.byContradiction fun e =>
    absurd (h (realArgmax v n) (realArgmax_le v n) e) (le_realArgmax v hk).not_gt

/-- For rational numbers it is `argmax`. -/
theorem realArgmax_cast (v : ℕ → Rat) (n : ℕ) :
    realArgmax (fun k => (v k : ℝ)) n = argmax v n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [realArgmax, argmax, ih]
    by_cases h : v (argmax v n) < v (n + 1)
    · rw [if_pos h, if_pos (Rat.cast_lt.mpr h)]
    · rw [if_neg h, if_neg (mt Rat.cast_lt.mp h)]

/-! ## Probes -/

variable {d N : Nat}

/-- The norm of the difference of the weights of two functionals. -/
theorem Probe.norm_ofRational_w_sub (f g : AffineFunctional d) :
    ‖(Probe.ofRational f).w - (Probe.ofRational g).w‖
      = Real.sqrt (∑ j, (f.weight j - g.weight j) ^ 2) := by
  have one (y : EuclideanSpace ℝ (Fin d)) (j : Fin d) :
      f.weight j * y j - g.weight j * y j = (f.weight j - g.weight j) * y j :=
    (sub_mul (f.weight j) (g.weight j) (y j)).symm
  have all (y : EuclideanSpace ℝ (Fin d)) : (Probe.ofRational f).w y - (Probe.ofRational g).w y
      = ∑ j, (f.weight j - g.weight j) * y j :=
    (congr (congrArg HSub.hSub (Probe.ofRational_w_apply f y)) (Probe.ofRational_w_apply g y)).trans
      ((Finset.sum_sub_distrib (fun j => f.weight j * y j) fun j => g.weight j * y j).symm.trans
        (Finset.sum_congr rfl fun j _ => one y j))
  have e : (Probe.ofRational f).w - (Probe.ofRational g).w
      = weightedSum fun j => f.weight j - g.weight j :=
    ContinuousLinearMap.ext fun y =>
      (ContinuousLinearMap.sub_apply (Probe.ofRational f).w (Probe.ofRational g).w y).trans
        ((all y).trans (weightedSum_apply (fun j => f.weight j - g.weight j) y).symm)
  exact (congrArg norm e).trans (norm_weightedSum fun j => f.weight j - g.weight j)

/-- The weights of two functionals are at most `L` apart if the square of their distance is at most
that of `L`. -/
theorem Probe.norm_ofRational_w_sub_le (f g : AffineFunctional d) {L : Rat} (hL : 0 ≤ L)
    (h : f.squaredDistance g ≤ L * L) :
    ‖(Probe.ofRational f).w - (Probe.ofRational g).w‖ ≤ (L : ℝ) := by
  have one (j : Fin d) : (((f.w[j] - g.w[j]) * (f.w[j] - g.w[j]) : Rat) : ℝ)
      = (f.weight j - g.weight j) ^ 2 :=
    (Rat.cast_mul (f.w[j] - g.w[j]) (f.w[j] - g.w[j])).trans
      ((congrArg (fun x : ℝ => x * x) (Rat.cast_sub f.w[j] g.w[j])).trans
        (pow_two (f.weight j - g.weight j)).symm)
  have all : ((f.squaredDistance g : Rat) : ℝ) = ∑ j, (f.weight j - g.weight j) ^ 2 :=
    (cast_sum fun j => (f.w[j] - g.w[j]) * (f.w[j] - g.w[j])).trans
      (Finset.sum_congr rfl fun j _ => one j)
  exact (Probe.norm_ofRational_w_sub f g).trans_le (Real.sqrt_le_iff.mpr
    ⟨Rat.cast_zero.symm.trans_le (Rat.cast_le.mpr hL),
      (all.symm.trans_le (Rat.cast_le.mpr h)).trans_eq
        ((Rat.cast_mul L L).trans (pow_two (L : ℝ)).symm)⟩)

/-- A constant functional has the same value everywhere. -/
theorem Probe.eval_ofRational_constant (t : Rat) (y : EuclideanSpace ℝ (Fin d)) :
    (Probe.ofRational (AffineFunctional.constant d t)).eval y = (t : ℝ) := by
  have hw (j : Fin d) : (AffineFunctional.constant d t).weight j = 0 :=
    (congrArg Rat.cast (Vector.getElem_replicate j.isLt)).trans Rat.cast_zero
  have h : (Probe.ofRational (AffineFunctional.constant d t)).w y = 0 :=
    (Probe.ofRational_w_apply (AffineFunctional.constant d t) y).trans
      ((Finset.sum_congr rfl fun j _ =>
        (congrArg (fun x : ℝ => x * y j) (hw j)).trans (zero_mul (y j))).trans
          Finset.sum_const_zero)
  exact (congrArg (fun x : ℝ => x + (t : ℝ)) h).trans (zero_add (t : ℝ))

/-! ## Specifications -/

/-- Inputs with their labels, and a linear classifier, which is to find the labels from the latent
points. -/
structure ClassifierSpec (X Z : Type*) [SeminormedAddCommGroup Z] [NormedSpace ℝ Z] where
  /-- The latent point of an input, such as the latent mean of a variational autoencoder. -/
  encoder : X → Z
  /-- The label of an input: the number of its class. -/
  label : X → ℕ
  /-- The number of classes. -/
  classCount : ℕ
  /-- The probe of each class.  Those of numbers that no class has do not matter. -/
  probe : ℕ → Probe Z

namespace ClassifierSpec

section

variable {X Z : Type*} [SeminormedAddCommGroup Z] [NormedSpace ℝ Z] (S : ClassifierSpec X Z)

/-- The value of class `k` at a latent point. -/
def value (z : Z) (k : ℕ) : ℝ := (S.probe k).eval z

/-- The decision at a latent point: the number of the class with the largest value, the first one
of several. -/
def predict (z : Z) : ℕ := realArgmax (S.value z) (S.classCount - 1)

/-- The decision at the latent point of an input. -/
def predicted (x : X) : ℕ := S.predict (S.encoder x)

/-- How many inputs have the label `a` and get the decision `b`. -/
def confusion [Fintype X] (a b : ℕ) : ℕ :=
  (Finset.univ.filter fun x => S.label x = a ∧ S.predicted x = b).card

/-- How many inputs with each label get each decision: a row for each label, with an entry for each
decision. -/
def confusionMatrix [Fintype X] : List (List ℕ) :=
  (List.range S.classCount).map fun a => (List.range S.classCount).map fun b => S.confusion a b

/-- By how much the value of the class that is decided for is larger than that of another class, for
all inputs and all other classes. -/
def gaps : Set ℝ :=
  {g : ℝ | ∃ x k, k < S.classCount ∧ k ≠ S.predicted x ∧
    S.value (S.encoder x) (S.predicted x) - S.value (S.encoder x) k = g}

/-- No class has a larger value than the one that is decided for. -/
theorem predict_max (z : Z) {k : ℕ} (hk : k < S.classCount) :
    S.value z k ≤ S.value z (S.predict z) :=
  le_realArgmax (S.value z) (Nat.le_sub_one_of_lt hk)

/-- Classes before it have smaller values. -/
theorem predict_first (z : Z) {k : ℕ} (hk : k < S.predict z) :
    S.value z k < S.value z (S.predict z) :=
  lt_realArgmax (S.value z) hk

/-! ## Margins -/

/-- The decision at `z'` is the one at `z` if that class is ahead of each other one by at least `m`
at `z`, and loses less than `m` of it on the way to `z'`. -/
theorem predict_eq_of_lt {z z' : Z} {m : ℝ}
    (gap : ∀ k, k < S.classCount → k ≠ S.predict z →
      m ≤ S.value z (S.predict z) - S.value z k)
    (loss : ∀ k, k < S.classCount → k ≠ S.predict z →
      S.value z (S.predict z) - S.value z k - (S.value z' (S.predict z) - S.value z' k) < m) :
    S.predict z' = S.predict z := by
  have hc : S.predict z ≤ S.classCount - 1 := realArgmax_le (S.value z) (S.classCount - 1)
  refine realArgmax_eq (S.value z') hc fun k hk hne => Classical.byContradiction fun hlt => ?_
  have hk : k < S.classCount := by omega
  have hle : S.value z' (S.predict z) - S.value z' k ≤ 0 :=
    sub_le_iff_le_add'.mpr ((not_lt.mp hlt).trans_eq (add_zero (S.value z' k)).symm)
  have h := sub_le_iff_le_add'.mp
    (le_rfl (a := S.value z (S.predict z) - S.value z k
      - (S.value z' (S.predict z) - S.value z' k)))
  have h' := (h.trans (add_le_add hle le_rfl)).trans_eq (zero_add _)
  exact absurd ((loss k hk hne).trans_le (gap k hk hne)) h'.not_gt

/-- **The decision is the same** at all latent points `z'` that are close enough to `z`: if the
class that is decided for is ahead of each other one by at least `m`, and the weights of two classes
differ by at most `L`, then at all that are closer than `m / L`. -/
theorem predict_eq_of_norm_mul_lt {z z' : Z} {m L : ℝ}
    (gap : ∀ k, k < S.classCount → k ≠ S.predict z →
      m ≤ S.value z (S.predict z) - S.value z k)
    (hL : ∀ k, k < S.classCount → ‖(S.probe (S.predict z)).w - (S.probe k).w‖ ≤ L)
    (h : ‖z - z'‖ * L < m) : S.predict z' = S.predict z := by
  refine S.predict_eq_of_lt gap fun k hk _ => ?_
  have e : S.value z (S.predict z) - S.value z k - (S.value z' (S.predict z) - S.value z' k)
      = ((S.probe (S.predict z)).w - (S.probe k).w) (z - z') :=
    (sub_sub_sub_comm _ _ _ _).trans ((congr
      (congrArg HSub.hSub ((S.probe (S.predict z)).eval_sub_eval z z'))
      ((S.probe k).eval_sub_eval z z')).trans
        (ContinuousLinearMap.sub_apply (S.probe (S.predict z)).w (S.probe k).w (z - z')).symm)
  have hw := ((S.probe (S.predict z)).w - (S.probe k).w).le_opNorm (z - z')
  exact e.trans_lt ((((le_abs_self _).trans_eq (Real.norm_eq_abs _).symm).trans
    (hw.trans_eq (mul_comm _ _))).trans_lt
      ((mul_le_mul_of_nonneg_left (hL k hk) (norm_nonneg (z - z'))).trans_lt h))

end

/-! ## Exports -/

/-- The classifier of an export, with its listed samples and their labels.  It says nothing about
the network at any other input. -/
def ofRational (f : Classifier d) (z : Fin N → Fin d → Rat) (label : Fin N → ℕ) :
    ClassifierSpec (Fin N) (EuclideanSpace ℝ (Fin d)) where
  encoder i := latentPoint (z i)
  label := label
  classCount := f.classCount
  probe k := Probe.ofRational (f.functional k)

section

variable (f : Classifier d) (z : Fin N → Fin d → Rat) (label : Fin N → ℕ)

/-- At a latent point with rational coordinates the values are those over `Rat`. -/
@[simp] theorem value_ofRational (y : Fin d → Rat) (k : ℕ) :
    (ofRational f z label).value (latentPoint y) k = (f.value y k : ℝ) :=
  Probe.eval_ofRational (f.functional k) y

/-- At a latent point with rational coordinates the decision is the one over `Rat`. -/
@[simp] theorem predict_ofRational (y : Fin d → Rat) :
    (ofRational f z label).predict (latentPoint y) = f.predict y :=
  (congrArg (fun v : ℕ → ℝ => realArgmax v (f.classCount - 1))
    (funext fun k => value_ofRational f z label y k)).trans
      (realArgmax_cast (f.value y) (f.classCount - 1))

/-- The decision for a sample is the one of the export. -/
@[simp] theorem predicted_ofRational (i : Fin N) :
    (ofRational f z label).predicted i = f.predict (z i) :=
  predict_ofRational f z label (z i)

/-- The number of samples with a label and a decision is the one of the export. -/
theorem confusion_ofRational (a b : ℕ) :
    (ofRational f z label).confusion a b
      = Bridge.confusion label (fun i => f.predict (z i)) a b := by
  refine (count_eq_card _ _ fun i => ?_).symm
  rw [predicted_ofRational, Bool.and_eq_true, beq_iff_eq, beq_iff_eq]
  exact Iff.rfl

/-- A theorem `matrix_eq` of an export says what the confusion matrix is. -/
theorem confusionMatrix_ofRational {m : List (List Nat)}
    (matrix_eq : Bridge.confusionMatrix f.classCount label (fun i => f.predict (z i)) = m) :
    (ofRational f z label).confusionMatrix = m :=
  (congrArg (fun c : ℕ → ℕ → ℕ =>
    (List.range f.classCount).map fun a => (List.range f.classCount).map fun b => c a b)
      (funext fun a => funext fun b => confusion_ofRational f z label a b)).trans matrix_eq

/-- A gap of a sample is the one over `Rat`. -/
theorem value_sub_value_ofRational (i : Fin N) (k : ℕ) :
    (ofRational f z label).value (latentPoint (z i)) (f.predict (z i))
        - (ofRational f z label).value (latentPoint (z i)) k
      = ((f.value (z i) (f.predict (z i)) - f.value (z i) k : Rat) : ℝ) :=
  (congr (congrArg HSub.hSub (value_ofRational f z label (z i) (f.predict (z i))))
    (value_ofRational f z label (z i) k)).trans
      (Rat.cast_sub (f.value (z i) (f.predict (z i))) (f.value (z i) k)).symm

variable {f z} {m : Rat} (isMargin : IsMargin f z m)
include isMargin

/-- A theorem `isMargin` of an export says what the least gap is. -/
theorem isLeast_gaps_ofRational : IsLeast (ofRational f z label).gaps (m : ℝ) := by
  constructor
  · obtain ⟨i, k, hk, hne, e⟩ := isMargin.2
    refine ⟨i, k, hk, fun h => hne (h.trans (predicted_ofRational f z label i)), ?_⟩
    rw [predicted_ofRational]
    exact (value_sub_value_ofRational f z label i k).trans (congrArg Rat.cast e)
  · rintro g ⟨i, k, hk, hne, e⟩
    rw [predicted_ofRational] at hne e
    exact (Rat.cast_le.mpr (isMargin.1 i k hk hne)).trans_eq
      ((value_sub_value_ofRational f z label i k).symm.trans e)

/-- At the latent point of a sample the class that is decided for is ahead of each other one by at
least the margin. -/
theorem le_value_sub_value (i : Fin N) (k : ℕ) (hk : k < f.classCount)
    (hne : k ≠ (ofRational f z label).predict (latentPoint (z i))) :
    (m : ℝ) ≤ (ofRational f z label).value (latentPoint (z i))
          ((ofRational f z label).predict (latentPoint (z i)))
        - (ofRational f z label).value (latentPoint (z i)) k := by
  rw [predict_ofRational] at hne ⊢
  exact (Rat.cast_le.mpr (isMargin.1 i k hk hne)).trans_eq
    (value_sub_value_ofRational f z label i k).symm

/-- How far a latent point `y` may be off from that of a sample: if the weights of two classes
differ by at most `L`, and `y` is closer than `m / L`, then the decision is the same. -/
theorem predict_eq_of_isMargin {L : ℝ}
    (hL : ∀ k l, k < f.classCount → l < f.classCount →
      ‖((ofRational f z label).probe k).w - ((ofRational f z label).probe l).w‖ ≤ L)
    {i : Fin N} {y : EuclideanSpace ℝ (Fin d)} (h : ‖latentPoint (z i) - y‖ * L < (m : ℝ)) :
    (ofRational f z label).predict y = f.predict (z i) := by
  refine ((ofRational f z label).predict_eq_of_norm_mul_lt
    (le_value_sub_value label isMargin i) (fun k hk => hL _ k ?_ hk) h).trans
      (predict_ofRational f z label (z i))
  rw [predict_ofRational]
  exact f.predict_lt (z i) (Nat.lt_of_le_of_lt (Nat.zero_le k) hk)

/-- **How far a latent point `y` may be off** from that of a sample, in numbers of the export: if
the weights of any two classes are at most `L` apart, and `y` is closer than `m / L`, then the
decision is the same. -/
theorem predict_eq_of_weightsWithin {L : Rat} (weightsWithin : f.WeightsWithin L) {i : Fin N}
    {y : EuclideanSpace ℝ (Fin d)} (h : ‖latentPoint (z i) - y‖ * (L : ℝ) < (m : ℝ)) :
    (ofRational f z label).predict y = f.predict (z i) :=
  predict_eq_of_isMargin label isMargin (fun k l hk hl => Probe.norm_ofRational_w_sub_le
    (f.functional k) (f.functional l) weightsWithin.1 (weightsWithin.le hk hl)) h

end

/-! ## Binary probes -/

section

variable (f : AffineFunctional d) (t : Rat) (z : Fin N → Fin d → Rat) (label : Fin N → ℕ)

/-- A binary probe decides for class 1 where its value is greater than the threshold. -/
theorem predict_ofRational_binary (y : EuclideanSpace ℝ (Fin d)) :
    (ofRational (Classifier.binary f t) z label).predict y
      = if (t : ℝ) < (Probe.ofRational f).eval y then 1 else 0 :=
  congrArg (fun x : ℝ => if x < (Probe.ofRational f).eval y then 1 else 0)
    (Probe.eval_ofRational_constant t y)

variable {z}

/-- How far a latent point `y` may be off from that of a sample: if it is closer than the margin
divided by the norm of the weights, then the decision of the binary probe is the same. -/
theorem predict_eq_of_isMargin_binary {m : Rat} (isMargin : IsMargin (Classifier.binary f t) z m)
    {i : Fin N} {y : EuclideanSpace ℝ (Fin d)}
    (h : ‖latentPoint (z i) - y‖ * ‖(Probe.ofRational f).w‖ < (m : ℝ)) :
    (ofRational (Classifier.binary f t) z label).predict y
      = (Classifier.binary f t).predict (z i) := by
  have h0 (y : EuclideanSpace ℝ (Fin d)) :
      (ofRational (Classifier.binary f t) z label).value y 0 = (t : ℝ) :=
    Probe.eval_ofRational_constant t y
  have h1 (y : EuclideanSpace ℝ (Fin d)) :
      (ofRational (Classifier.binary f t) z label).value y 1 = (Probe.ofRational f).eval y := rfl
  have hw := (((Probe.ofRational f).abs_eval_sub_eval_le (latentPoint (z i)) y).trans_eq
    (mul_comm _ _)).trans_lt h
  refine (predict_eq_of_lt _ (le_value_sub_value label isMargin i) fun k hk hne => ?_).trans
    (predict_ofRational (Classifier.binary f t) z label (z i))
  have hc := realArgmax_le
    ((ofRational (Classifier.binary f t) z label).value (latentPoint (z i))) 1
  replace hk : k < 2 := hk
  rcases Nat.lt_or_eq_of_le hc with hc | hc
  · replace hc : (ofRational (Classifier.binary f t) z label).predict (latentPoint (z i)) = 0 :=
      Nat.lt_one_iff.mp hc
    have hk : k = 1 := by omega
    rw [hc, hk, h0, h0, h1, h1, sub_sub_sub_cancel_left]
    exact ((le_abs_self _).trans_eq (abs_sub_comm _ _)).trans_lt hw
  · replace hc : (ofRational (Classifier.binary f t) z label).predict (latentPoint (z i)) = 1 := hc
    have hk : k = 0 := by omega
    rw [hc, hk, h0, h0, h1, h1, sub_sub_sub_cancel_right]
    exact (le_abs_self _).trans_lt hw

end

end ClassifierSpec

end Bridge
