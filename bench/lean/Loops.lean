/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

/-!
# What the packed checker is compared with

The same claims, decided by the programs that one would write first.

* `listsOk` goes through packed rows element by element: a remainder takes a digit out, a shift goes
  on to the next one.  It uses operations on natural numbers only, which the kernel has built in.
* `dot` is the dot product of two lists of integers, as it stands in a textbook.
-/

@[expose] public noncomputable section

namespace Loops

/-- `Σ aⱼ wⱼ`, where `aⱼ` are the digits of `row`, of `b` bits each, lowest first; `x = 2 ^ b`. -/
def rowDot (b x : Nat) : List Nat → Nat → Nat
  | [], _ => 0
  | w :: ws, row => Nat.add (Nat.mul (Nat.mod row x) w) (rowDot b x ws (Nat.shiftRight row b))

/-- Whether `p` and `q` differ by at most `D`. -/
def isWithin (D p q : Nat) : Bool := Nat.ble p (Nat.add q D) && Nat.ble q (Nat.add p D)

/-- Whether the products of every row with the positive and with the negative parts of the weights,
with a constant added to each, differ by at most `D`. -/
def rowsOk (b x : Nat) (positive negative : List Nat) (kP kQ D : Nat) : List Nat → Bool
  | [] => true
  | row :: rows =>
    isWithin D (Nat.add (rowDot b x positive row) kP) (Nat.add (rowDot b x negative row) kQ) &&
      rowsOk b x positive negative kP kQ D rows

/-- The same for rows in several lists. -/
def listsOk (b x : Nat) (positive negative : List Nat) (kP kQ D : Nat) : List (List Nat) → Bool
  | [] => true
  | rows :: lists =>
    rowsOk b x positive negative kP kQ D rows && listsOk b x positive negative kP kQ D lists

/-- `Σ aⱼ wⱼ`. -/
def dot : List Int → List Int → Int
  | a :: as, w :: ws => a * w + dot as ws
  | _, _ => 0

end Loops
