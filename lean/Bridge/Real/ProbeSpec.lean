/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Real.Probe

/-!
# What a probe is good for

From one claim about a probe follow others.  None says anything about an input that it does not
list.

## Main definitions

* `ProbeSpec`: the claim that a concept score is within `δ` of a probe at the encoding of an input,
  on all inputs of a data set.
* `ProbeSpec.mono`, `restrict`, `union`, `add`, `smul`, `comap`, `perturb`: the claim with a larger
  `δ`, on fewer inputs, of two claims about the same probe, for sums and multiples of concepts, on
  other latent coordinates, and for latent points that are slightly off.
* `ProbeSpec.IsTight`: no smaller `δ` would do.

## Main statements

* `ProbeSpec.le_eval_of_le_score`, `le_score_of_le_eval` and their kin: a threshold on the score,
  read off a threshold on the probe, and the other way round.
* `ProbeSpec.score_lt_score` and its kin: the order of the scores of two inputs, read off that of
  their values.
-/

@[expose] public noncomputable section

namespace Bridge

/-- The claim that a concept score is within `δ` of a probe, on all inputs of a data set. -/
structure ProbeSpec (X Z : Type*) [SeminormedAddCommGroup Z] [NormedSpace ℝ Z] where
  /-- The latent point of an input, such as the latent mean of a variational autoencoder. -/
  encoder : X → Z
  /-- The concept score of an input. -/
  score : X → ℝ
  /-- The probe, which is to predict the score from the latent point. -/
  probe : Probe Z
  /-- The inputs that the claim covers; it says nothing about any other. -/
  data : Set X
  /-- How far the probe may be from the score, in the unit of the score. -/
  δ : ℝ
  /-- The claim: on every input of the data set the probe is off by at most `δ`. -/
  bound : ∀ x ∈ data, |score x - probe.eval (encoder x)| ≤ δ

namespace ProbeSpec

variable {X Z Z' : Type*} [SeminormedAddCommGroup Z] [NormedSpace ℝ Z] [SeminormedAddCommGroup Z']
  [NormedSpace ℝ Z']

/-- What the probe misses: the score minus the value of the probe at the encoding. -/
def residual (S : ProbeSpec X Z) (x : X) : ℝ := S.score x - S.probe.eval (S.encoder x)

/-- The claim in terms of the residual. -/
theorem abs_residual_le (S : ProbeSpec X Z) {x : X} (hx : x ∈ S.data) : |S.residual x| ≤ S.δ :=
  S.bound x hx

/-- A claim that covers some input has no negative `δ`. -/
theorem δ_nonneg (S : ProbeSpec X Z) (h : S.data.Nonempty) : 0 ≤ S.δ :=
  h.elim fun x hx => (abs_nonneg (S.residual x)).trans (S.bound x hx)

/-! ## Claims from claims -/

/-- The same claim with a larger `δ`. -/
def mono (S : ProbeSpec X Z) {ε : ℝ} (h : S.δ ≤ ε) : ProbeSpec X Z where
  encoder := S.encoder
  score := S.score
  probe := S.probe
  data := S.data
  δ := ε
  bound x hx := (S.bound x hx).trans h

/-- The same claim on fewer inputs. -/
def restrict (S : ProbeSpec X Z) {data : Set X} (h : data ⊆ S.data) : ProbeSpec X Z where
  encoder := S.encoder
  score := S.score
  probe := S.probe
  data := data
  δ := S.δ
  bound x hx := S.bound x (h hx)

/-- Two claims about the same probe, encoder and score as one claim on the inputs of both data sets,
with the larger `δ`.  It suffices that the residuals agree on the second data set. -/
def union (S T : ProbeSpec X Z) (h : ∀ x ∈ T.data, S.residual x = T.residual x) :
    ProbeSpec X Z where
  encoder := S.encoder
  score := S.score
  probe := S.probe
  data := S.data ∪ T.data
  δ := max S.δ T.δ
  bound x hx := Or.elim hx (fun hS => (S.bound x hS).trans (le_max_left S.δ T.δ)) fun hT =>
    ((congrArg abs (h x hT)).trans_le (T.bound x hT)).trans (le_max_right S.δ T.δ)

/-- The sum of two concepts: the scores are added, the probes are added, and the errors at most add
up, on the inputs that both claims cover.  On these the encoder must be the same for both. -/
def add (S T : ProbeSpec X Z) (h : ∀ x ∈ S.data ∩ T.data, S.encoder x = T.encoder x) :
    ProbeSpec X Z where
  encoder := S.encoder
  score x := S.score x + T.score x
  probe := S.probe + T.probe
  data := S.data ∩ T.data
  δ := S.δ + T.δ
  bound x hx := by
    rw [Probe.eval_add, add_sub_add_comm]
    refine (abs_add_le _ _).trans (add_le_add (S.bound x hx.1) ?_)
    rw [h x hx]
    exact T.bound x hx.2

/-- A multiple of a concept: score, probe and error are multiplied. -/
def smul (t : ℝ) (S : ProbeSpec X Z) : ProbeSpec X Z where
  encoder := S.encoder
  score x := t * S.score x
  probe := t • S.probe
  data := S.data
  δ := |t| * S.δ
  bound x hx := by
    rw [Probe.eval_smul, ← mul_sub, abs_mul]
    exact mul_le_mul_of_nonneg_left (S.bound x hx) (abs_nonneg t)

/-- The same claim on other latent coordinates `y`, where `z = A y + a`. -/
def comap (S : ProbeSpec X Z) (A : Z' →L[ℝ] Z) (a : Z) (encoder : X → Z')
    (h : ∀ x ∈ S.data, A (encoder x) + a = S.encoder x) : ProbeSpec X Z' where
  encoder := encoder
  score := S.score
  probe := S.probe.comap A a
  data := S.data
  δ := S.δ
  bound x hx := by
    rw [Probe.eval_comap, h x hx]
    exact S.bound x hx

/-- The residual of a multiple is the multiple of the residual. -/
theorem residual_smul (t : ℝ) (S : ProbeSpec X Z) (x : X) :
    (S.smul t).residual x = t * S.residual x :=
  (congrArg (fun v : ℝ => t * S.score x - v) (Probe.eval_smul t S.probe (S.encoder x))).trans
    (mul_sub t (S.score x) (S.probe.eval (S.encoder x))).symm

/-- The residual on other latent coordinates is the same. -/
theorem residual_comap (S : ProbeSpec X Z) (A : Z' →L[ℝ] Z) (a : Z) (encoder : X → Z')
    (h : ∀ x ∈ S.data, A (encoder x) + a = S.encoder x) {x : X} (hx : x ∈ S.data) :
    (S.comap A a encoder h).residual x = S.residual x :=
  congrArg (fun v : ℝ => S.score x - v)
    ((Probe.eval_comap S.probe A a (encoder x)).trans (congrArg S.probe.eval (h x hx)))

/-- A latent point `z` other than the encoding costs at most `‖w‖` times the distance. -/
theorem abs_score_sub_eval_le (S : ProbeSpec X Z) {x : X} (hx : x ∈ S.data) (z : Z) :
    |S.score x - S.probe.eval z| ≤ S.δ + ‖S.probe.w‖ * ‖S.encoder x - z‖ :=
  (abs_sub_le (S.score x) (S.probe.eval (S.encoder x)) (S.probe.eval z)).trans
    (add_le_add (S.bound x hx) (S.probe.abs_eval_sub_eval_le (S.encoder x) z))

/-- Robustness: an encoder that is off by at most `ε` on the data set costs at most `‖w‖ * ε`. -/
def perturb (S : ProbeSpec X Z) (encoder : X → Z) {ε : ℝ}
    (h : ∀ x ∈ S.data, ‖S.encoder x - encoder x‖ ≤ ε) : ProbeSpec X Z where
  encoder := encoder
  score := S.score
  probe := S.probe
  data := S.data
  δ := S.δ + ‖S.probe.w‖ * ε
  bound x hx := (S.abs_score_sub_eval_le hx (encoder x)).trans
    (add_le_add le_rfl (mul_le_mul_of_nonneg_left (h x hx) S.probe.w.opNorm_nonneg))

/-! ## Margins: from the score to the probe -/

section

variable (S : ProbeSpec X Z) {x : X} (hx : x ∈ S.data) {t : ℝ}
include hx

/-- The score is at most the value of the probe plus `δ`. -/
theorem score_le : S.score x ≤ S.probe.eval (S.encoder x) + S.δ :=
  sub_le_iff_le_add'.mp (abs_sub_le_iff.mp (S.bound x hx)).1

/-- The value of the probe is at most the score plus `δ`. -/
theorem eval_le : S.probe.eval (S.encoder x) ≤ S.score x + S.δ :=
  sub_le_iff_le_add'.mp (abs_sub_le_iff.mp (S.bound x hx)).2

/-- If the score is at least `t + δ`, then the probe is at least `t`. -/
theorem le_eval_of_le_score (h : t + S.δ ≤ S.score x) : t ≤ S.probe.eval (S.encoder x) :=
  le_of_add_le_add_right (h.trans (S.score_le hx))

/-- If the score is above `t + δ`, then the probe is above `t`. -/
theorem lt_eval_of_lt_score (h : t + S.δ < S.score x) : t < S.probe.eval (S.encoder x) :=
  lt_of_add_lt_add_right (h.trans_le (S.score_le hx))

/-- If the score is at most `t - δ`, then the probe is at most `t`. -/
theorem eval_le_of_score_le (h : S.score x + S.δ ≤ t) : S.probe.eval (S.encoder x) ≤ t :=
  (S.eval_le hx).trans h

/-- If the score is below `t - δ`, then the probe is below `t`. -/
theorem eval_lt_of_score_lt (h : S.score x + S.δ < t) : S.probe.eval (S.encoder x) < t :=
  (S.eval_le hx).trans_lt h

/-! ## Margins: from the probe to the score -/

/-- If the probe is at least `t + δ`, then the score is at least `t`. -/
theorem le_score_of_le_eval (h : t + S.δ ≤ S.probe.eval (S.encoder x)) : t ≤ S.score x :=
  le_of_add_le_add_right (h.trans (S.eval_le hx))

/-- If the probe is above `t + δ`, then the score is above `t`. -/
theorem lt_score_of_lt_eval (h : t + S.δ < S.probe.eval (S.encoder x)) : t < S.score x :=
  lt_of_add_lt_add_right (h.trans_le (S.eval_le hx))

/-- If the probe is at most `t - δ`, then the score is at most `t`. -/
theorem score_le_of_eval_le (h : S.probe.eval (S.encoder x) + S.δ ≤ t) : S.score x ≤ t :=
  (S.score_le hx).trans h

/-- If the probe is below `t - δ`, then the score is below `t`. -/
theorem score_lt_of_eval_lt (h : S.probe.eval (S.encoder x) + S.δ < t) : S.score x < t :=
  (S.score_le hx).trans_lt h

end

/-! ## Two inputs -/

section

variable (S : ProbeSpec X Z) {x y : X} (hx : x ∈ S.data) (hy : y ∈ S.data)
include hx hy

/-- The scores of two inputs differ by at most `‖w‖` times the distance of their encodings, plus
twice `δ`. -/
theorem abs_score_sub_score_le :
    |S.score x - S.score y| ≤ ‖S.probe.w‖ * ‖S.encoder x - S.encoder y‖ + 2 * S.δ := by
  rw [two_mul, ← add_assoc, add_comm (‖S.probe.w‖ * ‖S.encoder x - S.encoder y‖) S.δ]
  exact (abs_sub_le (S.score x) (S.probe.eval (S.encoder y)) (S.score y)).trans
    (add_le_add (S.abs_score_sub_eval_le hx (S.encoder y))
      ((abs_sub_comm (S.probe.eval (S.encoder y)) (S.score y)).trans_le (S.bound y hy)))

/-- Of two inputs whose values lie more than twice `δ` apart, the one with the larger value has the
larger score. -/
theorem score_lt_score
    (h : S.probe.eval (S.encoder x) + 2 * S.δ < S.probe.eval (S.encoder y)) :
    S.score x < S.score y := by
  rw [two_mul, ← add_assoc] at h
  exact (S.score_le hx).trans_lt (S.lt_score_of_lt_eval hy h)

/-- Of two inputs whose values lie twice `δ` apart or more, the one with the larger value has no
smaller score. -/
theorem score_le_score
    (h : S.probe.eval (S.encoder x) + 2 * S.δ ≤ S.probe.eval (S.encoder y)) :
    S.score x ≤ S.score y := by
  rw [two_mul, ← add_assoc] at h
  exact (S.score_le hx).trans (S.le_score_of_le_eval hy h)

/-- Of two inputs whose scores lie more than twice `δ` apart, the one with the larger score has the
larger value. -/
theorem eval_lt_eval (h : S.score x + 2 * S.δ < S.score y) :
    S.probe.eval (S.encoder x) < S.probe.eval (S.encoder y) := by
  rw [two_mul, ← add_assoc] at h
  exact (S.eval_le hx).trans_lt (S.lt_eval_of_lt_score hy h)

/-- Of two inputs whose scores lie twice `δ` apart or more, the one with the larger score has no
smaller value. -/
theorem eval_le_eval (h : S.score x + 2 * S.δ ≤ S.score y) :
    S.probe.eval (S.encoder x) ≤ S.probe.eval (S.encoder y) := by
  rw [two_mul, ← add_assoc] at h
  exact (S.eval_le hx).trans (S.le_eval_of_le_score hy h)

end

/-! ## No smaller `δ` -/

/-- Some input of the data set is missed by exactly `δ`. -/
def IsTight (S : ProbeSpec X Z) : Prop := ∃ x ∈ S.data, |S.residual x| = S.δ

/-- An input with residual `δ` or `-δ` makes the claim tight. -/
theorem isTight_of_residual_eq (S : ProbeSpec X Z) {x : X} (hx : x ∈ S.data)
    (h : S.residual x = S.δ ∨ S.residual x = -S.δ) : S.IsTight := by
  have e : |S.residual x| = |S.δ| :=
    h.elim (congrArg abs) fun h => (congrArg abs h).trans (abs_neg S.δ)
  exact ⟨x, hx, le_antisymm (S.bound x hx) ((le_abs_self S.δ).trans_eq e.symm)⟩

namespace IsTight

variable {S : ProbeSpec X Z}

/-- `δ` is the largest absolute residual on the data set. -/
theorem isGreatest (h : S.IsTight) : IsGreatest {r : ℝ | ∃ x ∈ S.data, |S.residual x| = r} S.δ :=
  ⟨h, fun _ ⟨x, hx, hr⟩ => hr.symm.trans_le (S.bound x hx)⟩

/-- `δ` is the smallest number that bounds the absolute residuals on the data set. -/
theorem isLeast (h : S.IsTight) : IsLeast {ε : ℝ | ∀ x ∈ S.data, |S.residual x| ≤ ε} S.δ :=
  h.elim fun x hx => ⟨S.bound, fun _ hε => hx.2.symm.trans_le (hε x hx.1)⟩

/-- The `δ` of a tight claim is not negative. -/
theorem δ_nonneg (h : S.IsTight) : 0 ≤ S.δ :=
  h.elim fun x hx => (abs_nonneg (S.residual x)).trans_eq hx.2

/-- A multiple of a tight claim is tight. -/
protected theorem smul (h : S.IsTight) (t : ℝ) : (S.smul t).IsTight :=
  h.elim fun x hx => ⟨x, hx.1, (congrArg abs (residual_smul t S x)).trans
    ((abs_mul t (S.residual x)).trans (congrArg (fun r : ℝ => |t| * r) hx.2))⟩

/-- A tight claim is tight on other latent coordinates too. -/
protected theorem comap (h : S.IsTight) (A : Z' →L[ℝ] Z) (a : Z) (encoder : X → Z')
    (hA : ∀ x ∈ S.data, A (encoder x) + a = S.encoder x) : (S.comap A a encoder hA).IsTight :=
  h.elim fun x hx => ⟨x, hx.1, (congrArg abs (residual_comap S A a encoder hA hx.1)).trans hx.2⟩

variable {T : ProbeSpec X Z}

/-- The union of two claims is tight if the first is, and has no smaller `δ`. -/
theorem union_left (hS : S.IsTight) (h : ∀ x ∈ T.data, S.residual x = T.residual x)
    (hδ : T.δ ≤ S.δ) : (S.union T h).IsTight :=
  hS.elim fun x hx => ⟨x, Or.inl hx.1, hx.2.trans (max_eq_left hδ).symm⟩

/-- The union of two claims is tight if the second is, and has no smaller `δ`. -/
theorem union_right (hT : T.IsTight) (h : ∀ x ∈ T.data, S.residual x = T.residual x)
    (hδ : S.δ ≤ T.δ) : (S.union T h).IsTight :=
  hT.elim fun x hx => ⟨x, Or.inr hx.1,
    (congrArg abs (h x hx.1)).trans (hx.2.trans (max_eq_right hδ).symm)⟩

/-- The union of two tight claims is tight. -/
protected theorem union (hS : S.IsTight) (hT : T.IsTight)
    (h : ∀ x ∈ T.data, S.residual x = T.residual x) : (S.union T h).IsTight :=
  (le_total T.δ S.δ).elim (hS.union_left h) (hT.union_right h)

end IsTight

end ProbeSpec

end Bridge
