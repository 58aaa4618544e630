/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Mathlib.Analysis.InnerProductSpace.PiL2

/-!
# Linear probes

The latent space may be any seminormed real vector space.  Probes of different concepts can be added
and scaled.

## Main definitions

* `Probe`: an affine functional `z ↦ w z + b` on a latent space.
* `Probe.comap`: a probe, pulled back along an affine change of latent coordinates.

## Main statements

* `Probe.abs_eval_sub_eval_le`: two latent points at a distance `r` have values that differ by at
  most `‖w‖ * r`.
-/

@[expose] public noncomputable section

namespace Bridge

/-- An affine functional `z ↦ w z + b` on the latent space `Z`. -/
structure Probe (Z : Type*) [SeminormedAddCommGroup Z] [NormedSpace ℝ Z] where
  /-- The linear part: how the value changes with the latent point. -/
  w : Z →L[ℝ] ℝ
  /-- The bias: the value at the origin of the latent space. -/
  b : ℝ

namespace Probe

variable {Z Z' : Type*} [SeminormedAddCommGroup Z] [NormedSpace ℝ Z] [SeminormedAddCommGroup Z']
  [NormedSpace ℝ Z']

/-- The value `w z + b` at the latent point `z`. -/
def eval (p : Probe Z) (z : Z) : ℝ := p.w z + p.b

/-- The sum of two probes, for the sum of their concepts. -/
instance : Add (Probe Z) where
  add p q := ⟨p.w + q.w, p.b + q.b⟩

/-- A multiple of a probe, for a multiple of its concept. -/
instance : SMul ℝ (Probe Z) where
  smul t p := ⟨t • p.w, t * p.b⟩

/-- The probe on other latent coordinates `y`, where `z = A y + a`. -/
def comap (p : Probe Z) (A : Z' →L[ℝ] Z) (a : Z) : Probe Z' := ⟨p.w.comp A, p.w a + p.b⟩

/-- The value of a sum is the sum of the values. -/
@[simp] theorem eval_add (p q : Probe Z) (z : Z) : (p + q).eval z = p.eval z + q.eval z :=
  add_add_add_comm (p.w z) (q.w z) p.b q.b

/-- The value of a multiple is the multiple of the value. -/
@[simp] theorem eval_smul (t : ℝ) (p : Probe Z) (z : Z) : (t • p).eval z = t * p.eval z :=
  (mul_add t (p.w z) p.b).symm

/-- The probe on other coordinates has the same value at the same point. -/
@[simp] theorem eval_comap (p : Probe Z) (A : Z' →L[ℝ] Z) (a : Z) (y : Z') :
    (p.comap A a).eval y = p.eval (A y + a) :=
  (add_assoc (p.w (A y)) (p.w a) p.b).symm.trans
    (congrArg (fun x : ℝ => x + p.b) (map_add p.w (A y) a).symm)

/-- The bias cancels in a difference of values. -/
theorem eval_sub_eval (p : Probe Z) (z z' : Z) : p.eval z - p.eval z' = p.w (z - z') :=
  (add_sub_add_right_eq_sub (p.w z) (p.w z') p.b).trans (map_sub p.w z z').symm

/-- The values at two latent points differ by at most `‖w‖` times their distance. -/
theorem abs_eval_sub_eval_le (p : Probe Z) (z z' : Z) :
    |p.eval z - p.eval z'| ≤ ‖p.w‖ * ‖z - z'‖ :=
  (congrArg abs (p.eval_sub_eval z z')).trans_le
    ((Real.norm_eq_abs (p.w (z - z'))).symm.trans_le (p.w.le_opNorm (z - z')))

end Probe

end Bridge
