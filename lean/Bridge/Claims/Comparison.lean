/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.Confusion

/-!
# Two probes on the same samples

How far the values of two probes are from each other is the sup error of their difference, whose
score is zero everywhere.  How often two classifiers decide otherwise is a confusion matrix: the
labels are the decisions of the other one, and that they are is a confusion matrix too, in which all
samples are on the diagonal.

## Main definitions

* `AffineFunctional.sub`: the difference of two functionals.

## Main statements

* `IntegerProbe.Represents.sub`: integers are its numbers.
* `difference_of_found`, `difference_attained_of_found`: how far two probes are from each other.
* `label_eq_of_decided`: the labels are the decisions of a classifier.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

namespace AffineFunctional

variable {d : Nat}

/-- The difference of two functionals. -/
def sub (f g : AffineFunctional d) : AffineFunctional d where
  w := Vector.ofFn fun j => f.w[j] - g.w[j]
  b := f.b - g.b

theorem sum_sub : ∀ {d : Nat} (u v : Fin d → Rat),
    (sum fun j => u j - v j) = sum u - sum v
  | 0, _, _ => by
    rw [sum, sum, sum]
    grind
  | d + 1, u, v => by
    rw [sum, sum, sum, sum_sub (fun j : Fin d => u ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩)]
    grind

theorem eval_sub (f g : AffineFunctional d) (z : Fin d → Rat) :
    (f.sub g).eval z = f.eval z - g.eval z := by
  have e : (fun j : Fin d => (f.sub g).w[j] * z j) = fun j => f.w[j] * z j - g.w[j] * z j := by
    funext j
    have : (f.sub g).w[j] = f.w[j] - g.w[j] := by simp [sub]
    rw [this]
    grind
  rw [eval, e, sum_sub, eval, eval]
  show _ + (f.b - g.b) = _
  grind

end AffineFunctional

/-! ## How far values are from each other -/

/-- Whether `n` weights are the differences of others, from weight `j` on. -/
def weightsDiffer (p q r : IntegerProbe) (j n : Nat) : Bool :=
  Nat.rec (motive := fun _ => Nat → Bool) (fun _ => true)
    (fun _ ih j => decide (r.weight j = p.weight j - q.weight j) && ih (Nat.succ j)) n j

/-- Whether the integers `r` are the numbers of a difference, whose sup error is `ε`. -/
@[irreducible] def isDifference (s : PackedSamples) (c : Nat) (p q r : IntegerProbe) (ε : Rat) :
    Bool :=
  Nat.beq q.denominator p.denominator && Nat.beq r.denominator p.denominator &&
  decide (r.bias = p.bias - q.bias) && weightsDiffer p q r 0 s.latentDim &&
  Nat.blt c s.conceptCount && Nat.beq (Nat.mod (r.scale s) (2 ^ s.scoreExponents.getD c 0)) 0 &&
  isNumerator ε (r.scale s) (plus r.sup)

theorem of_weightsDiffer {p q r : IntegerProbe} {n j : Nat} (h : weightsDiffer p q r j n = true)
    (k : Nat) (hk : k < n) : r.weight (j + k) = p.weight (j + k) - q.weight (j + k) := by
  induction n generalizing j k with
  | zero => exact absurd hk (Nat.not_lt_zero k)
  | succ n ih =>
    have h : (decide (r.weight j = p.weight j - q.weight j) && weightsDiffer p q r (j + 1) n)
        = true := h
    rw [Bool.and_eq_true] at h
    cases k with
    | zero => exact of_decide_eq_true h.1
    | succ k =>
      rw [← Nat.add_assoc, Nat.add_right_comm]
      exact ih h.2 k (Nat.lt_of_succ_lt_succ hk)

section

variable {s : PackedSamples} {c c₁ c₂ : Nat} {f g : AffineFunctional s.latentDim}
  {p q r : IntegerProbe} {δ₁ δ₂ ε : Rat}

/-- Integers that are the differences of those of two functionals are those of the difference. -/
theorem IntegerProbe.Represents.sub (hp : p.Represents s c₁ f δ₁) (hq : q.Represents s c₂ g δ₂)
    (h : isDifference s c p q r ε = true) : r.Represents s c (f.sub g) ε := by
  simp only [isDifference, Bool.and_eq_true] at h
  obtain ⟨⟨⟨⟨⟨⟨h1, h2⟩, h3⟩, h4⟩, h5⟩, h6⟩, h7⟩ := h
  have h1 : q.denominator = p.denominator := Nat.eq_of_beq_eq_true h1
  have h2 : r.denominator = p.denominator := Nat.eq_of_beq_eq_true h2
  have h3 : r.bias = p.bias - q.bias := of_decide_eq_true h3
  have eq : q.scale s = p.scale s := by rw [IntegerProbe.scale, IntegerProbe.scale, h1]
  have er : r.scale s = p.scale s := by rw [IntegerProbe.scale, IntegerProbe.scale, h2]
  refine ⟨by rw [h2]; exact hp.denominator_pos, Nat.le_of_ble_eq_true h5,
    Nat.dvd_of_mod_eq_zero (Nat.eq_of_beq_eq_true h6), fun j => ?_, ?_, mul_eq_of_isNumerator h7⟩
  · have hj := of_weightsDiffer h4 j j.isLt
    rw [Nat.zero_add] at hj
    have e : (f.sub g).w[j] = f.w[j] - g.w[j] := by simp [AffineFunctional.sub]
    have e1 := hp.weight_eq j
    have e2 := hq.weight_eq j
    rw [h1] at e2
    rw [e, h2, hj, Rat.intCast_sub, ← e1, ← e2]
    grind
  · have e1 := hp.bias_eq
    have e2 := hq.bias_eq
    rw [eq] at e2
    show (f.b - g.b) * _ = _
    rw [er, h3, Rat.intCast_sub, ← e1, ← e2]
    grind

variable {T : Nat} {asked : List (Measure × Nat)}

/-- Whether all scores of a concept are zero, as the limits of their digits say. -/
def scoresAreZero (s : PackedSamples) (r : IntegerProbe) : Bool :=
  Nat.beq r.scoreLow s.offset && Nat.beq r.scoreSpan 0

theorem score_eq_zero (hz : scoresAreZero s r = true) (h : Found s c r 0 T asked)
    (hall : s.size ≤ s.blockRows * T) (i : Fin s.size) : s.score c i = 0 := by
  simp only [scoresAreZero, Bool.and_eq_true] at hz
  have hlow : r.scoreLow = s.offset := Nat.eq_of_beq_eq_true hz.1
  have hspan : r.scoreSpan = 0 := Nat.eq_of_beq_eq_true hz.2
  have hi := h.sample_within hall i
  have h1 := hi.scoreLow_le
  have h2 := hi.scoreExcess_le
  rw [PackedSamples.scoreExcess, hspan] at h2
  have e : s.entry i (s.latentDim + c) = 0 := by
    rw [PackedSamples.entry]
    omega
  rw [PackedSamples.score, e, Rat.div_def]
  simp [Rat.zero_mul]

/-- **How far two probes are from each other.**  If the integers are the numbers of the difference
of two functionals and of `ε`, the scores are zero, and the checker has found that all residuals are
within its limits, then the values of the two differ by at most `ε` on each sample that is packed in
`s`; nothing is said of any other. -/
theorem difference_of_found (hp : r.Represents s c (f.sub g) ε) (h : Found s c r 0 T asked)
    (hall : s.size ≤ s.blockRows * T) (hz : scoresAreZero s r = true) (i : Fin s.size) :
    -ε ≤ f.eval (s.latent i) - g.eval (s.latent i) ∧
      f.eval (s.latent i) - g.eval (s.latent i) ≤ ε := by
  have hb := bound_of_found hp h hall i
  rw [AffineFunctional.residual, score_eq_zero hz h hall, AffineFunctional.eval_sub] at hb
  constructor <;> grind

/-- **ε is attained**, by sample `i`, if the checker was asked for it and has found that it is. -/
theorem difference_attained_of_found (hp : r.Represents s c (f.sub g) ε)
    (h : Found s c r 0 T asked) (hall : s.size ≤ s.blockRows * T)
    (hz : scoresAreZero s r = true) {i : Fin s.size} (n : Nat)
    (hn : asked[n]? = some (.attains i, 1)) :
    f.eval (s.latent i) - g.eval (s.latent i) = ε ∨
      f.eval (s.latent i) - g.eval (s.latent i) = -ε := by
  have ha := attained_of_found hp h hall n hn
  rw [AffineFunctional.residual, score_eq_zero hz h hall, AffineFunctional.eval_sub] at ha
  rcases ha with ha | ha
  · right
    grind
  · left
    grind

end

/-! ## How often decisions differ -/

section

variable {s : PackedSamples} {c : Nat} {ps : List IntegerProbe} {f : Classifier s.latentDim}
  {T : Nat} {matrix : List (List Nat)} {gaps : List (Nat × Nat)}

/-- Whether so many samples are on the diagonal of a matrix. -/
def isDiagonal (matrix : List (List Nat)) (n : Nat) : Bool := Nat.beq (correct matrix) n

theorem sum_range (g : Nat → Nat) (n : Nat) : ((List.range n).map g).sum = total g n := by
  induction n with
  | zero => rfl
  | succ n ih => simp [List.range_succ, List.sum_append_nat, ih, total_succ]

/-- **The labels are the decisions** of a classifier, if all samples are on the diagonal of its
confusion matrix. -/
theorem label_eq_of_decided (hf : Faithful s c ps f.functionals)
    (h : Decided s c ps 0 T matrix gaps) (hall : s.size ≤ s.blockRows * T)
    (hd : isDiagonal matrix s.size = true) (i : Fin s.size) :
    s.label c i = f.predict (s.latent i) := by
  have hd : correct matrix = s.size := Nat.eq_of_beq_eq_true hd
  rw [correct, sum_range, h.rows_eq, total_congr (g := fun k => total (fun i =>
    if s.labelOf c i = k ∧ s.decisionOf c ps i = k then 1 else 0) s.size) fun k hk => ?_] at hd
  · rw [total_swap (fun k i => if s.labelOf c i = k ∧ s.decisionOf c ps i = k then 1 else 0)] at hd
    have hle : ∀ i, total (fun k => if s.labelOf c i = k ∧ s.decisionOf c ps i = k then 1 else 0)
        ps.length ≤ if s.labelOf c i = s.decisionOf c ps i then 1 else 0 := by
      intro i
      have hlt : s.decisionOf c ps i < ps.length :=
        Nat.lt_of_le_of_lt (argmin_le _ _) (by have := h.classes_pos; omega)
      refine Nat.le_of_eq (Eq.trans (total_congr fun k _ => ?_)
        (total_one (if s.labelOf c i = s.decisionOf c ps i then 1 else 0) hlt))
      by_cases hk : k = s.decisionOf c ps i
      · subst hk
        simp
      · rw [if_neg fun h => hk h.2.symm, if_neg hk]
    have hi := eq_of_total_eq (A := 1) (fun i _ => Nat.le_trans (hle i) (by split <;> decide))
      (hd.trans (Nat.mul_one _).symm) i.isLt
    have := hle i
    rw [hi] at this
    rw [label_eq, predict_eq hf h hall]
    split at this
    · assumption
    · exact absurd this (by decide)
  · have hc := h.counts k k hk hk
    simp only [Nat.zero_add] at hc
    rw [total_blocks (G := fun i => if s.labelOf c i = k ∧ s.decisionOf c ps i = k then 1 else 0),
      Nat.min_eq_right hall] at hc
    exact hc.symm

end

end Bridge
