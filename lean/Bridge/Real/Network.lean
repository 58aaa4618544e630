/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Network
public import Bridge.Real.Rational

/-!
# Networks over the real numbers

The weights of a `Network` are rational numbers.  Here is the function that it stands for, which
takes real numbers and gives a point of Euclidean space.

## Main definitions

* `Layer.evalReal`: the value of a layer.
* `Network.evalReal`: the value of a network, an encoder on real numbers.

## Main statements

* `Network.evalReal_cast`: at rational numbers it is the value over `Rat`.
-/

@[expose] public noncomputable section

namespace Bridge

variable {m n : Nat}

/-- The value of a layer: output `i` is the sum of all `weight i j * x j`, plus `bias i`. -/
def Layer.evalReal (layer : Layer m n) (x : Fin m → ℝ) (i : Fin n) : ℝ :=
  (∑ j, (layer.weight i j : ℝ) * x j) + (layer.bias i : ℝ)

/-- The value of a network: ReLU, which is `max 0`, stands after each layer but the last. -/
def Network.evalReal : {m n : ℕ} → Network m n → (Fin m → ℝ) → EuclideanSpace ℝ (Fin n)
  | _, _, .last layer, x => WithLp.toLp 2 (layer.evalReal x)
  | _, _, .relu layer rest, x => rest.evalReal fun i => max 0 (layer.evalReal x i)

/-- At rational numbers the value of a layer is the one over `Rat`. -/
theorem Layer.evalReal_cast (layer : Layer m n) (x : Fin m → Rat) (i : Fin n) :
    layer.evalReal (fun j => (x j : ℝ)) i = (layer.eval x i : ℝ) :=
  (congrArg (fun s : ℝ => s + (layer.bias i : ℝ))
    ((Finset.sum_congr rfl fun j _ => (Rat.cast_mul (layer.weight i j) (x j)).symm).trans
      (cast_sum fun j => layer.weight i j * x j).symm)).trans
        (Rat.cast_add (sum fun j => layer.weight i j * x j) (layer.bias i)).symm

/-- At a rational number `max 0` is `relu`. -/
theorem max_zero_cast (t : Rat) : max 0 (t : ℝ) = (relu t : ℝ) := by
  by_cases h : 0 ≤ t
  · have e : relu t = t := if_pos h
    exact (max_eq_right (Rat.cast_zero.symm.trans_le (Rat.cast_le.mpr h))).trans
      (congrArg Rat.cast e.symm)
  · have e : relu t = 0 := if_neg h
    have h : t ≤ 0 := Rat.le_total.resolve_left h
    exact (max_eq_left ((Rat.cast_le.mpr h).trans_eq Rat.cast_zero)).trans
      (Rat.cast_zero.symm.trans (congrArg Rat.cast e.symm))

/-- **At rational numbers the value of a network is the one over `Rat`**, as a point of Euclidean
space. -/
theorem Network.evalReal_cast : {m n : ℕ} → (net : Network m n) → (x : Fin m → Rat) →
    net.evalReal (fun j => (x j : ℝ)) = latentPoint (net.eval x)
  | _, _, .last layer, x =>
    congrArg (WithLp.toLp 2) (funext fun i => layer.evalReal_cast x i)
  | _, _, .relu layer rest, x =>
    (congrArg rest.evalReal (funext fun i =>
      (congrArg (max 0) (layer.evalReal_cast x i)).trans (max_zero_cast (layer.eval x i)))).trans
        (rest.evalReal_cast fun i => Bridge.relu (layer.eval x i))

end Bridge
