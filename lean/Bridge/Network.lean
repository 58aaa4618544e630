/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Affine

/-!
# Networks of affine layers and ReLU

A multilayer perceptron over the rational numbers, as `torch.nn.Sequential` of `torch.nn.Linear` and
`torch.nn.ReLU` is one over floating-point numbers: nothing is rounded here.  `Layer.eval` is
`Linear.forward`, and `Network.eval` is the forward pass.  This file knows nothing of how weights
are stored.

## Main definitions

* `Layer`: the weights and biases of a `Linear`; `Layer.eval`: its value.
* `relu`: the greater one of a number and 0.
* `Network`: layers with ReLU between them; `Network.eval`: its value.
-/

@[expose] public noncomputable section

namespace Bridge

/-- An affine map from `m` to `n` numbers, as `torch.nn.Linear(m, n)` has it. -/
structure Layer (m n : Nat) where
  /-- The weight matrix: a row for each of the `n` outputs, as in PyTorch. -/
  weight : Fin n → Fin m → Rat
  /-- The biases. -/
  bias : Fin n → Rat

/-- The value of a layer: output `i` is the sum of all `weight i j * x j`, plus `bias i`. -/
def Layer.eval {m n : Nat} (layer : Layer m n) (x : Fin m → Rat) (i : Fin n) : Rat :=
  (sum fun j => layer.weight i j * x j) + layer.bias i

/-- The greater one of `t` and 0. -/
def relu (t : Rat) : Rat := if 0 ≤ t then t else 0

/-- Layers from `m` to `n` numbers, with ReLU after each but the last. -/
inductive Network : Nat → Nat → Type
  /-- The last layer, without ReLU. -/
  | last {m n : Nat} (layer : Layer m n) : Network m n
  /-- A layer with ReLU, and those that follow it. -/
  | relu {m h n : Nat} (layer : Layer m h) (rest : Network h n) : Network m n

/-- The value of a network. -/
def Network.eval : {m n : Nat} → Network m n → (Fin m → Rat) → Fin n → Rat
  | _, _, .last layer, x => layer.eval x
  | _, _, .relu layer rest, x => rest.eval fun i => Bridge.relu (layer.eval x i)

end Bridge
