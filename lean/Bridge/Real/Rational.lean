/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Affine
public import Bridge.Real.ProbeSpec

/-!
# From exact rational numbers to the real numbers

The core library proves the sup error of an `AffineFunctional` over `Rat`.  This file carries its
weights, bias, samples and `δ` over to `ℝ`, without rounding.

## Main definitions

* `Probe.ofRational`: the probe on `EuclideanSpace ℝ (Fin d)`.
* `ProbeSpec.ofBound`: the claim that a theorem `bound` of an export proves.
* `AffineFunctional.column`: a whole column of the weight matrix, bias included, as one functional
  on latent points with a last coordinate of `1`.

## Main statements

* `ProbeSpec.isTight_ofBound`: a theorem `attained` of an export says that `δ` cannot be improved.
-/

@[expose] public noncomputable section

namespace Bridge

variable {d N : Nat}

/-! ## Weighted sums of coordinates -/

/-- The functional `z ↦ q 0 * z 0 + q 1 * z 1 + ⋯` on Euclidean space. -/
def weightedSum (q : Fin d → ℝ) : EuclideanSpace ℝ (Fin d) →L[ℝ] ℝ :=
  innerSL ℝ (WithLp.toLp 2 q : EuclideanSpace ℝ (Fin d))

/-- The value of the functional is the sum. -/
theorem weightedSum_apply (q : Fin d → ℝ) (z : EuclideanSpace ℝ (Fin d)) :
    weightedSum q z = ∑ j, q j * z j :=
  (innerSL_apply_apply ℝ (WithLp.toLp 2 q : EuclideanSpace ℝ (Fin d)) z).trans
    ((PiLp.inner_apply (WithLp.toLp 2 q : EuclideanSpace ℝ (Fin d)) z).trans
      (Finset.sum_congr rfl fun j _ => (RCLike.inner_apply (q j) (z j)).trans
        ((congrArg (fun x : ℝ => z j * x) (conj_trivial (q j))).trans (mul_comm (z j) (q j)))))

/-- The norm of the functional is the Euclidean norm of its weights. -/
theorem norm_weightedSum (q : Fin d → ℝ) : ‖weightedSum q‖ = Real.sqrt (∑ j, q j ^ 2) :=
  (innerSL_apply_norm ℝ (WithLp.toLp 2 q : EuclideanSpace ℝ (Fin d))).trans
    ((EuclideanSpace.norm_eq (WithLp.toLp 2 q : EuclideanSpace ℝ (Fin d))).trans
      (congrArg Real.sqrt (Finset.sum_congr rfl fun j _ =>
        (congrArg (fun x : ℝ => x ^ 2) (Real.norm_eq_abs (q j))).trans (sq_abs (q j)))))

/-! ## Casts -/

/-- The sum over `Rat` is the sum over `ℝ`. -/
theorem cast_sum : {d : Nat} → (f : Fin d → Rat) → ((sum f : Rat) : ℝ) = ∑ j, (f j : ℝ)
  | 0, f => Rat.cast_zero.trans (Fin.sum_univ_zero fun j => (f j : ℝ)).symm
  | _ + 1, f => (Rat.cast_add (f 0) (sum fun j => f j.succ)).trans
    ((congrArg (fun x : ℝ => (f 0 : ℝ) + x) (cast_sum fun j => f j.succ)).trans
      (Fin.sum_univ_succ fun j => (f j : ℝ)).symm)

/-- A latent point with rational coordinates, as a point of Euclidean space. -/
def latentPoint (z : Fin d → Rat) : EuclideanSpace ℝ (Fin d) := WithLp.toLp 2 fun j => (z j : ℝ)

/-! ## Probes -/

/-- The weight of a latent coordinate, as a real number. -/
def AffineFunctional.weight (f : AffineFunctional d) (j : Fin d) : ℝ := ((f.w[j] : Rat) : ℝ)

/-- The probe with the weights and the bias of a functional over `Rat`. -/
def Probe.ofRational (f : AffineFunctional d) : Probe (EuclideanSpace ℝ (Fin d)) where
  w := weightedSum f.weight
  b := (f.b : ℝ)

/-- The linear part of the probe is the weighted sum of the latent coordinates. -/
theorem Probe.ofRational_w_apply (f : AffineFunctional d) (z : EuclideanSpace ℝ (Fin d)) :
    (Probe.ofRational f).w z = ∑ j, f.weight j * z j :=
  weightedSum_apply f.weight z

/-- The norm of the linear part is the square root of the sum of the squared weights. -/
theorem Probe.norm_ofRational_w (f : AffineFunctional d) :
    ‖(Probe.ofRational f).w‖ = Real.sqrt (∑ j, f.weight j ^ 2) :=
  norm_weightedSum f.weight

/-- At a latent point with rational coordinates the value is the one over `Rat`. -/
@[simp] theorem Probe.eval_ofRational (f : AffineFunctional d) (z : Fin d → Rat) :
    (Probe.ofRational f).eval (latentPoint z) = (f.eval z : ℝ) := by
  have h : (Probe.ofRational f).w (latentPoint z)
      = ((sum fun j : Fin d => f.w[j] * z j : Rat) : ℝ) :=
    (Probe.ofRational_w_apply f (latentPoint z)).trans
      ((Finset.sum_congr rfl fun j _ => (Rat.cast_mul f.w[j] (z j)).symm).trans
        (cast_sum fun j : Fin d => f.w[j] * z j).symm)
  exact (congrArg (fun x : ℝ => x + (f.b : ℝ)) h).trans
    (Rat.cast_add (sum fun j : Fin d => f.w[j] * z j) f.b).symm

/-! ## Columns of the weight matrix -/

/-- A latent point with a last coordinate of `1`, as a row of the design matrix has it. -/
def augment (z : EuclideanSpace ℝ (Fin d)) : EuclideanSpace ℝ (Fin (d + 1)) :=
  WithLp.toLp 2 fun j => Fin.lastCases (motive := fun _ => ℝ) 1 (fun j => z j) j

/-- The first coordinates of the augmented latent point are those of the latent point. -/
@[simp] theorem augment_castSucc (z : EuclideanSpace ℝ (Fin d)) (j : Fin d) :
    augment z j.castSucc = z j :=
  Fin.lastCases_castSucc (motive := fun _ => ℝ) (last := 1) (cast := fun j => z j) j

/-- The last coordinate of the augmented latent point is `1`. -/
@[simp] theorem augment_last (z : EuclideanSpace ℝ (Fin d)) : augment z (Fin.last d) = 1 :=
  Fin.lastCases_last (motive := fun _ => ℝ) (last := 1) (cast := fun j => z j)

namespace AffineFunctional

/-- The entries of a column of the weight matrix, as real numbers: the weights, then the bias. -/
def columnEntry (f : AffineFunctional d) (j : Fin (d + 1)) : ℝ := (((f.w.push f.b)[j] : Rat) : ℝ)

/-- The first entries of the column are the weights. -/
@[simp] theorem columnEntry_castSucc (f : AffineFunctional d) (j : Fin d) :
    f.columnEntry j.castSucc = f.weight j :=
  congrArg Rat.cast (Vector.getElem_push_lt j.isLt)

/-- The last entry of the column is the bias. -/
@[simp] theorem columnEntry_last (f : AffineFunctional d) :
    f.columnEntry (Fin.last d) = (f.b : ℝ) :=
  congrArg Rat.cast Vector.getElem_push_eq

/-- A whole column of the weight matrix, bias included, as one functional on augmented latent
points. -/
def column (f : AffineFunctional d) : EuclideanSpace ℝ (Fin (d + 1)) →L[ℝ] ℝ :=
  weightedSum f.columnEntry

/-- The column at the augmented latent point is the probe at the latent point. -/
@[simp] theorem column_augment (f : AffineFunctional d) (z : EuclideanSpace ℝ (Fin d)) :
    f.column (augment z) = (Probe.ofRational f).eval z := by
  have hw : ∑ j : Fin d, f.columnEntry j.castSucc * augment z j.castSucc
      = (Probe.ofRational f).w z :=
    (Finset.sum_congr rfl fun j _ => congr (congrArg HMul.hMul (f.columnEntry_castSucc j))
      (augment_castSucc z j)).trans (Probe.ofRational_w_apply f z).symm
  have hb : f.columnEntry (Fin.last d) * augment z (Fin.last d) = (f.b : ℝ) :=
    (congr (congrArg HMul.hMul f.columnEntry_last) (augment_last z)).trans (mul_one (f.b : ℝ))
  exact (weightedSum_apply f.columnEntry (augment z)).trans
    ((Fin.sum_univ_castSucc fun j => f.columnEntry j * augment z j).trans
      (congr (congrArg HAdd.hAdd hw) hb))

end AffineFunctional

/-! ## Specifications -/

namespace ProbeSpec

variable (f : AffineFunctional d) (z : Fin N → Fin d → Rat) (score : Fin N → Rat) (δ : Rat)
  (bound : ∀ i, -δ ≤ f.residual (z i) (score i) ∧ f.residual (z i) (score i) ≤ δ)

/-- The residual of a sample over `Rat`, as a real number. -/
theorem score_sub_eval_ofRational (i : Fin N) :
    (score i : ℝ) - (Probe.ofRational f).eval (latentPoint (z i))
      = (f.residual (z i) (score i) : ℝ) :=
  (congrArg (fun x : ℝ => (score i : ℝ) - x) (Probe.eval_ofRational f (z i))).trans
    (Rat.cast_sub (score i) (f.eval (z i))).symm

/-- The claim that a theorem `bound` of an export proves: `δ` is the exact rational number there.
It covers the `N` listed samples, whose latent points and scores are the exact numbers of the
export, and says nothing about the network at any other input. -/
def ofBound : ProbeSpec (Fin N) (EuclideanSpace ℝ (Fin d)) where
  encoder i := latentPoint (z i)
  score i := (score i : ℝ)
  probe := Probe.ofRational f
  data := Set.univ
  δ := (δ : ℝ)
  bound i _ := (congrArg abs (score_sub_eval_ofRational f z score i)).trans_le
    (abs_le.mpr ⟨(Rat.cast_neg δ).symm.trans_le (Rat.cast_le.mpr (bound i).1),
      Rat.cast_le.mpr (bound i).2⟩)

/-- The `δ` of the claim is the exact rational number of the export. -/
@[simp] theorem ofBound_δ : (ofBound f z score δ bound).δ = (δ : ℝ) := rfl

/-- The residual of a sample is the exact rational number of the export. -/
@[simp] theorem residual_ofBound (i : Fin N) :
    (ofBound f z score δ bound).residual i = (f.residual (z i) (score i) : ℝ) :=
  score_sub_eval_ofRational f z score i

/-- A theorem `attained` of an export says that its `δ` cannot be improved on the listed samples. -/
theorem isTight_ofBound
    (attained : ∃ i, f.residual (z i) (score i) = δ ∨ f.residual (z i) (score i) = -δ) :
    (ofBound f z score δ bound).IsTight :=
  attained.elim fun i h => isTight_of_residual_eq _ (Set.mem_univ i) (h.imp
    (fun h => (residual_ofBound f z score δ bound i).trans (congrArg Rat.cast h))
    (fun h => (residual_ofBound f z score δ bound i).trans
      ((congrArg Rat.cast h).trans (Rat.cast_neg δ))))

end ProbeSpec

end Bridge
