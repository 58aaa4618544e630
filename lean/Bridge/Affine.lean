/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

/-!
# Affine functionals over the rational numbers

A linear probe predicts a concept score from a latent point `z` as `w · z + b`.  This file says so
over `Rat`, in core Lean: `AffineFunctional`, its value `eval` at a latent point, and the `residual`
of a score.  It knows nothing of how samples are stored.
-/

@[expose] public noncomputable section

namespace Bridge

/-- The sum `f 0 + f 1 + ⋯ + f (d - 1)`. -/
def sum : {d : Nat} → (Fin d → Rat) → Rat
  | 0, _ => 0
  | _ + 1, f => f 0 + sum fun j => f ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩

theorem sum_zero : ∀ d : Nat, (sum fun _ : Fin d => (0 : Rat)) = 0
  | 0 => rfl
  | d + 1 => by rw [sum, sum_zero d, Rat.add_zero]

/-- An affine functional `z ↦ w · z + b` on a latent space of dimension `d`: one column of the
fitted weight matrix, whose last entry is the bias. -/
structure AffineFunctional (d : Nat) where
  /-- The weights, one for each latent dimension. -/
  w : Vector Rat d
  /-- The bias. -/
  b : Rat

namespace AffineFunctional

variable {d : Nat}

/-- The value `w · z + b` at the latent point `z`. -/
def eval (f : AffineFunctional d) (z : Fin d → Rat) : Rat :=
  (sum fun j : Fin d => f.w[j] * z j) + f.b

/-- What the functional misses: the score minus the value at the latent point. -/
def residual (f : AffineFunctional d) (z : Fin d → Rat) (score : Rat) : Rat :=
  score - f.eval z

/-- The affine functional that has the same value everywhere. -/
def constant (d : Nat) (t : Rat) : AffineFunctional d where
  w := Vector.replicate d 0
  b := t

theorem eval_constant (t : Rat) (z : Fin d → Rat) :
    (constant d t).eval z = t := by
  have e : (fun j : Fin d => (constant d t).w[j] * z j) = fun _ => 0 := by
    funext j
    simp [constant, Rat.zero_mul]
  rw [eval, e, sum_zero, Rat.zero_add]
  rfl

/-- The same functional of latent points whose coordinates are `t` times as large. -/
def scaled (f : AffineFunctional d) (t : Nat) : AffineFunctional d where
  w := Vector.ofFn fun j : Fin d => f.w[j] / (t : Rat)
  b := f.b

theorem sum_congr : ∀ {d : Nat} {u v : Fin d → Rat}, (∀ j, u j = v j) → sum u = sum v
  | 0, _, _, _ => rfl
  | _ + 1, _, _, h => by rw [sum, sum, h 0, sum_congr fun j => h _]

/-- The value at a latent point is that of the scaled functional at a point `t` times as far away.
-/
theorem eval_scaled {f : AffineFunctional d} {t : Nat} (ht : 0 < t) {x z : Fin d → Rat}
    (h : ∀ j, x j = (t : Rat) * z j) : (f.scaled t).eval x = f.eval z := by
  have ht : (t : Rat) ≠ 0 := Rat.ne_of_gt (Rat.natCast_pos.2 ht)
  refine congrArg (· + f.b) (sum_congr fun j => ?_)
  have e : (f.scaled t).w[j] = f.w[j] / (t : Rat) := by
    simp [scaled]
  rw [e, h, ← Rat.mul_assoc, Rat.div_mul_cancel ht]

end AffineFunctional

end Bridge
