/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

/-!
# Counting

What claims about numbers of samples are stated with.

## Main definitions

* `count`: how many of finitely many things have a property.
-/

@[expose] public noncomputable section

namespace Bridge

/-- How many `i` have the property `p`. -/
def count : {n : Nat} → (Fin n → Bool) → Nat
  | 0, _ => 0
  | _ + 1, p => (p 0).toNat + count fun i => p ⟨i.val + 1, Nat.succ_lt_succ i.isLt⟩

theorem count_congr : ∀ {n : Nat} {p q : Fin n → Bool}, (∀ i, p i = q i) → count p = count q
  | 0, _, _, _ => rfl
  | _ + 1, _, _, h => by rw [count, count, h 0, count_congr fun i => h ⟨i.val + 1, _⟩]

/-- The sum `f 0 + f 1 + ⋯ + f (n - 1)`. -/
def total (f : Nat → Nat) : Nat → Nat
  | 0 => 0
  | n + 1 => f 0 + total (fun k => f (k + 1)) n

end Bridge
