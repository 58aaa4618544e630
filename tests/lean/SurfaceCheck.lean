/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.

Made from `surface/` by `pytest tests/test_surface.py --update`, do not edit.
-/
module

public import Mathlib.Analysis.InnerProductSpace.PiL2

/-!
# What we rely on in Mathlib

Each example states an entry of the stand-in in `surface/` and is proved by Mathlib's own
declaration, by its instances, or by unfolding its definitions.  The comments say where Mathlib
v4.28.0 has it.
-/

public noncomputable section

/-! ## Groups, rings and fields -/

-- Mathlib/Algebra/Group/Defs.lean:179
example (G : Type*) [AddSemigroup G] : Add G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:173
example (G : Type*) [Semigroup G] : Mul G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:197
example (G : Type*) [AddCommMagma G] : Add G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:203
example (G : Type*) [CommMagma G] : Mul G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:215
example (G : Type*) [AddCommSemigroup G] : AddSemigroup G := inferInstance
example (G : Type*) [AddCommSemigroup G] : AddCommMagma G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:211
example (G : Type*) [CommSemigroup G] : Semigroup G := inferInstance
example (G : Type*) [CommSemigroup G] : CommMagma G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:315
example (M : Type*) [AddZero M] : Zero M := inferInstance
example (M : Type*) [AddZero M] : Add M := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:320
example (M : Type*) [MulOne M] : One M := inferInstance
example (M : Type*) [MulOne M] : Mul M := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:348
example (M : Type*) [AddZeroClass M] : AddZero M := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:357
example (M : Type*) [MulOneClass M] : MulOne M := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:604
example (M : Type*) [AddMonoid M] : AddSemigroup M := inferInstance
example (M : Type*) [AddMonoid M] : AddZeroClass M := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:618
example (M : Type*) [Monoid M] : Semigroup M := inferInstance
example (M : Type*) [Monoid M] : MulOneClass M := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:626
example {M : Type*} [Monoid M] : Pow M ℕ := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:755
example (M : Type*) [AddCommMonoid M] : AddMonoid M := inferInstance
example (M : Type*) [AddCommMonoid M] : AddCommSemigroup M := inferInstance

-- Mathlib/Algebra/Group/Nat/Defs.lean:71
example : AddCommMonoid ℕ := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:759
example (M : Type*) [CommMonoid M] : Monoid M := inferInstance
example (M : Type*) [CommMonoid M] : CommSemigroup M := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:969
example (G : Type*) [SubNegMonoid G] : AddMonoid G := inferInstance
example (G : Type*) [SubNegMonoid G] : Neg G := inferInstance
example (G : Type*) [SubNegMonoid G] : Sub G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:927
example (G : Type*) [DivInvMonoid G] : Monoid G := inferInstance
example (G : Type*) [DivInvMonoid G] : Inv G := inferInstance
example (G : Type*) [DivInvMonoid G] : Div G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:1106
example (G : Type*) [SubtractionMonoid G] : SubNegMonoid G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:1146
example (G : Type*) [SubtractionCommMonoid G] : SubtractionMonoid G := inferInstance
example (G : Type*) [SubtractionCommMonoid G] : AddCommMonoid G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:1173
example (A : Type*) [AddGroup A] : SubNegMonoid A := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:1227 (additive)
example {G : Type*} [AddGroup G] : SubtractionMonoid G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:1244
example (G : Type*) [AddCommGroup G] : AddGroup G := inferInstance
example (G : Type*) [AddCommGroup G] : AddCommMonoid G := inferInstance

-- Mathlib/Algebra/Group/Defs.lean:1262 (additive)
example {G : Type*} [AddCommGroup G] : SubtractionCommMonoid G := inferInstance

-- Mathlib/Algebra/GroupWithZero/Defs.lean:37
example (M₀ : Type*) [MulZeroClass M₀] : Mul M₀ := inferInstance
example (M₀ : Type*) [MulZeroClass M₀] : Zero M₀ := inferInstance

-- Mathlib/Algebra/GroupWithZero/Defs.lean:117
example (S₀ : Type*) [SemigroupWithZero S₀] : Semigroup S₀ := inferInstance
example (S₀ : Type*) [SemigroupWithZero S₀] : MulZeroClass S₀ := inferInstance

-- Mathlib/Algebra/GroupWithZero/Defs.lean:120
example (M₀ : Type*) [MulZeroOneClass M₀] : MulOneClass M₀ := inferInstance
example (M₀ : Type*) [MulZeroOneClass M₀] : MulZeroClass M₀ := inferInstance

-- Mathlib/Algebra/GroupWithZero/Defs.lean:124
example (M₀ : Type*) [MonoidWithZero M₀] : Monoid M₀ := inferInstance
example (M₀ : Type*) [MonoidWithZero M₀] : MulZeroOneClass M₀ := inferInstance
example (M₀ : Type*) [MonoidWithZero M₀] : SemigroupWithZero M₀ := inferInstance

-- Mathlib/Data/Nat/Cast/Defs.lean:64
example (R : Type*) [AddMonoidWithOne R] : NatCast R := inferInstance
example (R : Type*) [AddMonoidWithOne R] : AddMonoid R := inferInstance
example (R : Type*) [AddMonoidWithOne R] : One R := inferInstance

-- Mathlib/Data/Nat/Init.lean:457
example (n : ℕ) : Prop := Nat.AtLeastTwo n

-- Mathlib/Data/Nat/Init.lean:462
example (n : ℕ) [NeZero n] : Nat.AtLeastTwo (n + 1) := inferInstance

-- Mathlib/Data/Nat/Cast/Defs.lean:42
example {R : Type*} {n : ℕ} [NatCast R] [Nat.AtLeastTwo n] : OfNat R n := inferInstance

-- Mathlib/Data/Nat/Cast/Defs.lean:72
example (R : Type*) [AddCommMonoidWithOne R] : AddMonoidWithOne R := inferInstance
example (R : Type*) [AddCommMonoidWithOne R] : AddCommMonoid R := inferInstance

-- Mathlib/Data/Int/Cast/Defs.lean:40
example (R : Type*) [AddGroupWithOne R] : IntCast R := inferInstance
example (R : Type*) [AddGroupWithOne R] : AddMonoidWithOne R := inferInstance
example (R : Type*) [AddGroupWithOne R] : AddGroup R := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:64
example (R : Type*) [Distrib R] : Mul R := inferInstance
example (R : Type*) [Distrib R] : Add R := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:71
example (R : Type*) [Mul R] [Add R] : Prop := LeftDistribClass R

-- Mathlib/Algebra/Ring/Defs.lean:81
example (R : Type*) [Distrib R] : LeftDistribClass R := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:121
example (α : Type*) [NonUnitalNonAssocSemiring α] : AddCommMonoid α := inferInstance
example (α : Type*) [NonUnitalNonAssocSemiring α] : Distrib α := inferInstance
example (α : Type*) [NonUnitalNonAssocSemiring α] : MulZeroClass α := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:124
example (α : Type*) [NonUnitalSemiring α] : NonUnitalNonAssocSemiring α := inferInstance
example (α : Type*) [NonUnitalSemiring α] : SemigroupWithZero α := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:127
example (α : Type*) [NonAssocSemiring α] : NonUnitalNonAssocSemiring α := inferInstance
example (α : Type*) [NonAssocSemiring α] : MulZeroOneClass α := inferInstance
example (α : Type*) [NonAssocSemiring α] : AddCommMonoidWithOne α := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:131
example (α : Type*) [NonUnitalNonAssocRing α] : AddCommGroup α := inferInstance
example (α : Type*) [NonUnitalNonAssocRing α] : NonUnitalNonAssocSemiring α := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:143
example (α : Type*) [Semiring α] : NonUnitalSemiring α := inferInstance
example (α : Type*) [Semiring α] : NonAssocSemiring α := inferInstance
example (α : Type*) [Semiring α] : MonoidWithZero α := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:146
example (R : Type*) [Ring R] : Semiring R := inferInstance
example (R : Type*) [Ring R] : AddCommGroup R := inferInstance
example (R : Type*) [Ring R] : AddGroupWithOne R := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:376 (through NonAssocRing)
example {α : Type*} [Ring α] : NonUnitalNonAssocRing α := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:222
example (R : Type*) [CommSemiring R] : Semiring R := inferInstance
example (R : Type*) [CommSemiring R] : CommMonoid R := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:403
example (α : Type*) [CommRing α] : Ring α := inferInstance
example (α : Type*) [CommRing α] : CommMonoid α := inferInstance

-- Mathlib/Algebra/Ring/Defs.lean:407
example {α : Type*} [CommRing α] : CommSemiring α := inferInstance

-- Batteries/Classes/RatCast.lean:11
example (K : Type*) : Sort _ := RatCast K

-- Batteries/Classes/RatCast.lean:19
example {K : Type*} [RatCast K] : (Rat.cast : ℚ → K) = (RatCast.ratCast) := rfl

-- Batteries/Classes/RatCast.lean:23
example {K : Type*} [RatCast K] : CoeTail ℚ K := inferInstance

-- Batteries/Classes/RatCast.lean:26
example {K : Type*} [RatCast K] : CoeHTCT ℚ K := inferInstance

-- Mathlib/Algebra/Field/Defs.lean:116
example (K : Type*) [DivisionRing K] : Ring K := inferInstance
example (K : Type*) [DivisionRing K] : DivInvMonoid K := inferInstance
example (K : Type*) [DivisionRing K] : RatCast K := inferInstance

-- Mathlib/Algebra/Field/Defs.lean:180
example (K : Type*) [Field K] : CommRing K := inferInstance
example (K : Type*) [Field K] : DivisionRing K := inferInstance

-- Mathlib/Algebra/CharZero/Defs.lean:42
example (R : Type*) [AddMonoidWithOne R] : Prop := CharZero R

/-! ## Orders -/

-- Mathlib/Order/Defs/PartialOrder.lean:48
example (α : Type*) [Preorder α] : LE α := inferInstance
example (α : Type*) [Preorder α] : LT α := inferInstance

-- Mathlib/Order/Defs/PartialOrder.lean:174
example (α : Type*) [PartialOrder α] : Preorder α := inferInstance

-- Mathlib/Order/Defs/LinearOrder.lean:58
example (α : Type*) [LinearOrder α] : PartialOrder α := inferInstance
example (α : Type*) [LinearOrder α] : Min α := inferInstance
example (α : Type*) [LinearOrder α] : Max α := inferInstance

-- Mathlib/Order/Lattice.lean:67
example (α : Type*) [SemilatticeSup α] : PartialOrder α := inferInstance

-- Mathlib/Order/Lattice.lean:81
example (α : Type*) [SemilatticeInf α] : PartialOrder α := inferInstance

-- Mathlib/Order/Lattice.lean:94
example {α : Type*} [SemilatticeSup α] : Max α := inferInstance

-- Mathlib/Order/Lattice.lean:94 (dual)
example {α : Type*} [SemilatticeInf α] : Min α := inferInstance

-- Mathlib/Order/Lattice.lean:375
example (α : Type*) [Lattice α] : SemilatticeSup α := inferInstance
example (α : Type*) [Lattice α] : SemilatticeInf α := inferInstance

-- Mathlib/Order/Lattice.lean:571
example {α : Type*} [LinearOrder α] : Lattice α := inferInstance

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:39 (additive)
example {α : Type*} [Lattice α] [AddGroup α] (a : α) : (abs a : α) = (max a (-a)) := rfl

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:145
example (M : Type*) [Add M] [LE M] : Prop := AddLeftMono M

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:153
example (M : Type*) [Add M] [LE M] : Prop := AddRightMono M

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:255
example (M : Type*) [Add M] [LE M] : Prop := AddRightReflectLE M

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:221
example (M : Type*) [Add M] [LT M] : Prop := AddRightReflectLT M

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:322 (additive)
example {N : Type*} [AddGroup N] [LE N]
    [AddRightMono N] : AddRightReflectLE N := inferInstance

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:467
example {N : Type*} [Add N] [LinearOrder N] [AddRightMono N] : AddRightReflectLT N := inferInstance

-- Mathlib/Algebra/Order/Monoid/Defs.lean:27
example (α : Type*) [AddCommMonoid α] [PartialOrder α] : Prop := IsOrderedAddMonoid α

-- Mathlib/Algebra/Order/Monoid/Defs.lean:43 (additive)
example {α : Type*} [AddCommMonoid α]
    [PartialOrder α] [IsOrderedAddMonoid α] : AddLeftMono α := inferInstance

-- Mathlib/Algebra/Order/Monoid/Defs.lean:47 (additive)
example {α : Type*} [AddCommMonoid α]
    [PartialOrder α] [IsOrderedAddMonoid α] : AddRightMono α := inferInstance

-- Mathlib/Algebra/Order/GroupWithZero/Unbundled/Defs.lean:99
example (α : Type*) [Mul α] [Zero α] [Preorder α] : Prop := PosMulMono α

-- Mathlib/Algebra/Order/Ring/Defs.lean:121
example (R : Type*) [Semiring R] [PartialOrder R] [IsOrderedRing R] :
    IsOrderedAddMonoid R :=
  inferInstance
example (R : Type*) [Semiring R] [PartialOrder R] [IsOrderedRing R] : PosMulMono R := inferInstance

-- Mathlib/Algebra/Order/Ring/Defs.lean:131
example (R : Type*) [Semiring R] [PartialOrder R] : Prop := IsStrictOrderedRing R

-- Mathlib/Algebra/Order/Ring/Defs.lean:173
example {R : Type*} [Semiring R]
    [PartialOrder R] [IsStrictOrderedRing R] : IsOrderedRing R := inferInstance

-- Mathlib/Algebra/Order/Ring/Defs.lean:184
example {R : Type*} [Semiring R] [PartialOrder R]
    [IsStrictOrderedRing R] : CharZero R := inferInstance

/-! ## Lemmas on groups and rings -/

-- Mathlib/Algebra/Group/Defs.lean:190 (additive)
example {G : Type*} [AddSemigroup G] : ∀ a b c : G, a + b + c = a + (b + c) := add_assoc

-- Mathlib/Algebra/Group/Defs.lean:224 (additive)
example {G : Type*} [AddCommMagma G] : ∀ a b : G, a + b = b + a := add_comm

-- Mathlib/Algebra/Group/Defs.lean:224
example {G : Type*} [CommMagma G] : ∀ a b : G, a * b = b * a := mul_comm

-- Mathlib/Algebra/Group/Defs.lean:376 (additive)
example {M : Type*} [AddZeroClass M] : ∀ a : M, 0 + a = a := zero_add

-- Mathlib/Algebra/Group/Defs.lean:380 (additive)
example {M : Type*} [AddZeroClass M] : ∀ a : M, a + 0 = a := add_zero

-- Mathlib/Algebra/Group/Defs.lean:380
example {M : Type*} [MulOneClass M] : ∀ a : M, a * 1 = a := mul_one

-- Mathlib/Algebra/Group/Defs.lean:670
example {M : Type*} [Monoid M] (a : M) : a ^ 2 = a * a := pow_two a

-- Mathlib/Algebra/Group/Basic.lean:127 (additive)
example {G : Type*} [AddCommSemigroup G] (a b c d : G) :
    a + b + (c + d) = a + c + (b + d) :=
  add_add_add_comm a b c d

-- Mathlib/Algebra/Group/Basic.lean:577 (additive)
example {α : Type*} [SubtractionCommMonoid α] (a b c d : α) :
    a + b - (c + d) = a - c + (b - d) :=
  add_sub_add_comm a b c d

-- Mathlib/Algebra/Group/Basic.lean:571 (additive)
example {α : Type*} [SubtractionCommMonoid α] (a b c d : α) :
    a - b - (c - d) = a - c - (b - d) :=
  sub_sub_sub_comm a b c d

-- Mathlib/Algebra/Group/Basic.lean:700 (additive)
example {G : Type*} [AddGroup G] (a b c : G) :
    a + c - (b + c) = a - b :=
  add_sub_add_right_eq_sub a b c

-- Mathlib/Algebra/Group/Basic.lean:729 (additive)
example {G : Type*} [AddGroup G] (a b c : G) :
    a - c - (b - c) = a - b :=
  sub_sub_sub_cancel_right a b c

-- Mathlib/Algebra/Group/Basic.lean:970 (additive)
example {G : Type*} [AddCommGroup G] (a b c : G) :
    c - a - (c - b) = b - a :=
  sub_sub_sub_cancel_left a b c

-- Mathlib/Algebra/GroupWithZero/Defs.lean:39
example {M₀ : Type*} [MulZeroClass M₀] : ∀ a : M₀, 0 * a = 0 := zero_mul

-- Mathlib/Algebra/Ring/Defs.lean:93
example {R : Type*} [Mul R] [Add R] [LeftDistribClass R] (a b c : R) :
    a * (b + c) = a * b + a * c :=
  mul_add a b c

-- Mathlib/Algebra/Ring/Defs.lean:174
example {α : Type*} [NonAssocSemiring α] (n : α) : 2 * n = n + n := two_mul n

-- Mathlib/Algebra/Ring/Defs.lean:342
example {α : Type*} [NonUnitalNonAssocRing α] (a b c : α) :
    a * (b - c) = a * b - a * c :=
  mul_sub a b c

-- Mathlib/Algebra/Ring/Defs.lean:347
example {α : Type*} [NonUnitalNonAssocRing α] (a b c : α) :
    (a - b) * c = a * c - b * c :=
  sub_mul a b c

/-! ## Lemmas on orders and absolute values -/

-- Mathlib/Order/Defs/PartialOrder.lean:76
example {α : Type*} [Preorder α] {a : α} : a ≤ a := le_rfl

-- Mathlib/Order/Defs/PartialOrder.lean:188
example {α : Type*} [PartialOrder α] {a b : α} : a ≤ b → b ≤ a → a = b := le_antisymm

-- Mathlib/Order/Defs/LinearOrder.lean:140 (dual)
example {α : Type*} [LinearOrder α] (a b : α) : a ≤ max a b := le_max_left a b

-- Mathlib/Order/Defs/LinearOrder.lean:143 (dual)
example {α : Type*} [LinearOrder α] (a b : α) : b ≤ max a b := le_max_right a b

-- Mathlib/Order/Defs/LinearOrder.lean:89
example {α : Type*} [LinearOrder α] : ∀ a b : α, a ≤ b ∨ b ≤ a := le_total

-- Mathlib/Order/Defs/LinearOrder.lean:117
example {α : Type*} [LinearOrder α] {a b : α} : ¬a < b ↔ b ≤ a := not_lt

-- Mathlib/Order/Defs/LinearOrder.lean:166 (dual)
example {α : Type*} [LinearOrder α] {a b : α} (h : b ≤ a) : max a b = a := max_eq_left h

-- Mathlib/Order/Defs/LinearOrder.lean:169 (dual)
example {α : Type*} [LinearOrder α] {a b : α} (h : a ≤ b) : max a b = b := max_eq_right h

-- Mathlib/Order/Defs/PartialOrder.lean:96
example {α : Type*} [Preorder α] {a b : α} (hab : a ≤ b) : ¬b < a := LE.le.not_gt hab

-- Mathlib/Order/Basic.lean:80
example {α : Type*} [LE α] {a b c : α} (h1 : a ≤ b) (h2 : b = c) : a ≤ c := LE.le.trans_eq h1 h2

-- Mathlib/Order/Basic.lean:81
example {α : Type*} [LE α] {a b c : α} (h1 : a = b) (h2 : b ≤ c) : a ≤ c := Eq.trans_le h1 h2

-- Mathlib/Order/Basic.lean:99
example {α : Type*} [LT α] {a b c : α} (h1 : a = b) (h2 : b < c) : a < c := Eq.trans_lt h1 h2

-- Mathlib/Order/Basic.lean:135
example {α : Type*} [Preorder α] {a b c : α} : a ≤ b → b ≤ c → a ≤ c := LE.le.trans

-- Mathlib/Order/Basic.lean:137
example {α : Type*} [Preorder α] {a b c : α} (hab : a ≤ b) (hbc : b < c) :
    a < c :=
  LE.le.trans_lt hab hbc

-- Mathlib/Order/Basic.lean:138
example {α : Type*} [Preorder α] {a b c : α} (hab : a < b) (hbc : b ≤ c) :
    a < c :=
  LT.lt.trans_le hab hbc

-- Mathlib/Order/Basic.lean:141
example {α : Type*} [Preorder α] {a b : α} (hab : a < b) : a ≤ b := LT.lt.le hab

-- Mathlib/Algebra/Order/Monoid/Unbundled/Basic.lean:88 (additive)
example {α : Type*} [Add α] [LE α] [i : AddRightReflectLE α] {a b c : α}
    (bc : b + a ≤ c + a) : b ≤ c := le_of_add_le_add_right bc

-- Mathlib/Algebra/Order/Monoid/Unbundled/Basic.lean:145 (additive)
example {α : Type*} [Add α] [LT α] [i : AddRightReflectLT α] {a b c : α}
    (bc : b + a < c + a) : b < c := lt_of_add_lt_add_right bc

-- Mathlib/Algebra/Order/Monoid/Unbundled/Basic.lean:213 (additive)
example {α : Type*} [Add α] [Preorder α] [AddLeftMono α] [AddRightMono α] {a b c d : α}
    (h₁ : a ≤ b) (h₂ : c ≤ d) : a + c ≤ b + d := add_le_add h₁ h₂

-- Mathlib/Algebra/Order/Group/Unbundled/Basic.lean:551 (additive)
example {α : Type*} [AddCommGroup α] [LE α] [AddLeftMono α] {a b c : α} :
    a - b ≤ c ↔ a ≤ b + c :=
  sub_le_iff_le_add'

-- Mathlib/Algebra/Order/GroupWithZero/Unbundled/Defs.lean:224
example {α : Type*} [Mul α] [Zero α] [Preorder α] {a b c : α} [PosMulMono α]
    (hbc : b ≤ c) (ha : 0 ≤ a) : a * b ≤ a * c := mul_le_mul_of_nonneg_left hbc ha

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:69 (additive)
example {α : Type*} [Lattice α] [AddGroup α] (a : α) : a ≤ |a| := le_abs_self a

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:76 (additive)
example {α : Type*} [Lattice α] [AddGroup α] (a : α) : |-a| = |a| := abs_neg a

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:109 (additive)
example {α : Type*} [Lattice α] [AddGroup α] [AddLeftMono α] [AddRightMono α] (a : α) :
    0 ≤ |a| :=
  abs_nonneg a

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:125 (additive)
example {α : Type*} [Lattice α] [AddCommGroup α] [AddLeftMono α] (a b : α) :
    |a + b| ≤ |a| + |b| :=
  abs_add_le a b

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:78 (additive)
example {α : Type*} [Lattice α] [AddGroup α] (a b : α) : |a - b| = |b - a| := abs_sub_comm a b

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:264 (additive)
example {α : Type*} [AddGroup α] [LinearOrder α] [AddLeftMono α] [AddRightMono α] {a b : α} :
    |a| < b ↔ -b < a ∧ a < b :=
  abs_lt

-- Mathlib/Algebra/Order/Group/Abs.lean:64 (additive)
example {G : Type*} [AddCommGroup G] [LinearOrder G] [IsOrderedAddMonoid G] {a b : G} :
    |a| ≤ b ↔ -b ≤ a ∧ a ≤ b :=
  abs_le

-- Mathlib/Algebra/Order/Group/Abs.lean:86 (additive)
example {G : Type*} [AddCommGroup G] [LinearOrder G] [IsOrderedAddMonoid G]
    {a b c : G} : |a - b| ≤ c ↔ a - b ≤ c ∧ b - a ≤ c := abs_sub_le_iff

-- Mathlib/Algebra/Order/Group/Abs.lean:179 (additive)
example {G : Type*} [AddCommGroup G] [LinearOrder G] [IsOrderedAddMonoid G] (a b c : G) :
    |a - c| ≤ |a - b| + |b - c| :=
  abs_sub_le a b c

-- Mathlib/Algebra/Order/Ring/Abs.lean:49
example {α : Type*} [Ring α] [LinearOrder α] [IsOrderedRing α] (a b : α) :
    |a * b| = |a| * |b| :=
  abs_mul a b

-- Mathlib/Algebra/Order/Ring/Abs.lean:78
example {α : Type*} [Ring α] [LinearOrder α] (a : α) : |a| ^ 2 = a ^ 2 := sq_abs a

/-! ## Sets and bounds -/

-- Mathlib/Data/Set/Defs.lean:47
example (α : Type*) : Set α = (α → Prop) := rfl

-- Mathlib/Data/Set/Defs.lean:50
example {α : Type*} (p : α → Prop) : (setOf p : Set α) = (p) := rfl

-- Mathlib/Data/Set/Defs.lean:56
example {α : Type*} (s : Set α) (a : α) : (Set.Mem s a : Prop) = (s a) := rfl

-- Mathlib/Data/Set/Defs.lean:59
example {α : Type*} : Membership α (Set α) := inferInstance

-- Mathlib/Data/Set/Defs.lean:71
example {α : Type*} (s₁ s₂ : Set α) : Set.Subset s₁ s₂ = (∀ ⦃a⦄, a ∈ s₁ → a ∈ s₂) := rfl

-- Mathlib/Data/Set/Defs.lean:76
example {α : Type*} : LE (Set α) := inferInstance

-- Mathlib/Data/Set/Defs.lean:79
example {α : Type*} : HasSubset (Set α) := inferInstance

-- Mathlib/Data/Set/Defs.lean:200
example {α : Type*} : (Set.univ : Set α) = ({_a : α | True}) := rfl

-- Mathlib/Data/Set/Defs.lean:220
example {α : Type*} (s₁ s₂ : Set α) : (Set.union s₁ s₂ : Set α) = ({a : α | a ∈ s₁ ∨ a ∈ s₂}) := rfl

-- Mathlib/Data/Set/Defs.lean:222
example {α : Type*} : Union (Set α) := inferInstance

-- Mathlib/Data/Set/Defs.lean:227
example {α : Type*} (s₁ s₂ : Set α) : (Set.inter s₁ s₂ : Set α) = ({a : α | a ∈ s₁ ∧ a ∈ s₂}) := rfl

-- Mathlib/Data/Set/Defs.lean:229
example {α : Type*} : Inter (Set α) := inferInstance

-- Mathlib/Data/Set/Operations.lean:102
example {α : Type*} (x : α) : x ∈ @Set.univ α := Set.mem_univ x

-- Mathlib/Data/Set/Operations.lean:158
example {α ι : Type*} (f : ι → α) : (Set.range f : Set α) = ({x : α | ∃ y, f y = x}) := rfl

-- Mathlib/Data/Set/Operations.lean:162
example {α ι : Type*} {f : ι → α} (i : ι) : f i ∈ Set.range f := Set.mem_range_self i

-- Mathlib/Data/Set/Defs.lean:265
example {α : Type*} (s : Set α) : (Set.Nonempty s : Prop) = (∃ x, x ∈ s) := rfl

-- Mathlib/Order/Bounds/Defs.lean:35
example {α : Type*} [LE α] (s : Set α) :
    (upperBounds s : Set α) = ({x : α | ∀ ⦃a⦄, a ∈ s → a ≤ x}) :=
  rfl

-- Mathlib/Order/Bounds/Defs.lean:35 (dual)
example {α : Type*} [LE α] (s : Set α) :
    (lowerBounds s : Set α) = ({x : α | ∀ ⦃a⦄, a ∈ s → x ≤ a}) :=
  rfl

-- Mathlib/Order/Bounds/Defs.lean:46
example {α : Type*} [LE α] (s : Set α) (a : α) :
    (IsLeast s a : Prop) = (a ∈ s ∧ a ∈ lowerBounds s) :=
  rfl

-- Mathlib/Order/Bounds/Defs.lean:46 (dual)
example {α : Type*} [LE α] (s : Set α) (a : α) :
    (IsGreatest s a : Prop) = (a ∈ s ∧ a ∈ upperBounds s) :=
  rfl

/-! ## Finite sums -/

-- Mathlib/Data/Finset/Defs.lean:76
example (α : Type*) : Sort _ := Finset α

-- Mathlib/Data/Finset/Defs.lean:102
example {α : Type*} : Membership α (Finset α) := inferInstance

-- Mathlib/Data/Fintype/Defs.lean:56
example (α : Type*) : Sort _ := Fintype α

-- Mathlib/Data/Fintype/Defs.lean:91
example {α : Type*} [Fintype α] : Finset α := Finset.univ

-- Mathlib/Data/Fintype/Basic.lean:36
example (n : ℕ) : Fintype (Fin n) := inferInstance

-- Mathlib/Data/Fintype/Card.lean:40
example (α : Type*) [Fintype α] : ℕ := Fintype.card α

-- Mathlib/Data/Fintype/Card.lean:488
example (n : ℕ) : Fintype.card (Fin n) = n := Fintype.card_fin n

-- Mathlib/Data/Finset/Card.lean:47
example {α : Type*} (s : Finset α) : ℕ := Finset.card s

-- Mathlib/Data/Finset/Filter.lean:52
example {α : Type*} (p : α → Prop) [DecidablePred p] (s : Finset α) : Finset α := Finset.filter p s

-- Mathlib/Algebra/BigOperators/Group/Finset/Defs.lean:68 (additive)
example {ι M : Type*} [AddCommMonoid M] (s : Finset ι) (f : ι → M) : M := Finset.sum s f

-- Mathlib/Algebra/BigOperators/Group/Finset/Basic.lean:104 (additive)
example {ι M : Type*} {s₁ s₂ : Finset ι} [AddCommMonoid M] {f g : ι → M}
    (h : s₁ = s₂) : (∀ x ∈ s₂, f x = g x) → s₁.sum f = s₂.sum g := Finset.sum_congr h

-- Mathlib/Algebra/BigOperators/Group/Finset/Defs.lean:372 (additive)
example {ι M : Type*} {s : Finset ι} [AddCommMonoid M] :
    (s.sum fun _ => (0 : M)) = 0 :=
  Finset.sum_const_zero

-- Mathlib/Algebra/BigOperators/Group/Finset/Defs.lean:659 (additive)
example {ι G : Type*} {s : Finset ι} [SubtractionCommMonoid G] (f g : ι → G) :
    (s.sum fun x => f x - g x) = s.sum f - s.sum g :=
  Finset.sum_sub_distrib f g

-- Mathlib/Algebra/BigOperators/Fin.lean:61 (additive)
example {M : Type*} [AddCommMonoid M] (f : Fin 0 → M) : ∑ i, f i = 0 := Fin.sum_univ_zero f

-- Mathlib/Algebra/BigOperators/Fin.lean:76 (additive)
example {M : Type*} [AddCommMonoid M] {n : ℕ} (f : Fin (n + 1) → M) :
    ∑ i, f i = f 0 + ∑ i : Fin n, f i.succ :=
  Fin.sum_univ_succ f

-- Mathlib/Algebra/BigOperators/Fin.lean:84 (additive)
example {M : Type*} [AddCommMonoid M] {n : ℕ} (f : Fin (n + 1) → M) :
    ∑ i, f i = (∑ i : Fin n, f (Fin.castSucc i)) + f (Fin.last n) :=
  Fin.sum_univ_castSucc f

-- Mathlib/Algebra/BigOperators/Group/Finset/Piecewise.lean:258
example {ι : Type*} (p : ι → Prop) [DecidablePred p] (s : Finset ι) :
    (s.filter p).card = s.sum fun i => ite (p i) 1 0 :=
  Finset.card_filter p s

/-! ## Casts of rational numbers -/

-- Mathlib/Data/Rat/Cast/Defs.lean:126
example {α : Type*} [DivisionRing α] : ((0 : ℚ) : α) = 0 := Rat.cast_zero

-- Mathlib/Data/Rat/Cast/Defs.lean:117
example {α : Type*} [DivisionRing α] (n : ℕ) : ((n : ℚ) : α) = (n : α) := Rat.cast_natCast n

-- Mathlib/Data/Rat/Cast/Defs.lean:121
example {α : Type*} [DivisionRing α] (n : ℕ) [Nat.AtLeastTwo n] :
    ((OfNat.ofNat n : ℚ) : α) = (OfNat.ofNat n : α) :=
  Rat.cast_ofNat n

-- Mathlib/Data/Rat/Cast/Defs.lean:130
example {α : Type*} [DivisionRing α] : ((1 : ℚ) : α) = 1 := Rat.cast_one

-- Mathlib/Data/Rat/Cast/Defs.lean:176
example {α : Type*} [DivisionRing α] (q : ℚ) : ((-q : ℚ) : α) = -(q : α) := Rat.cast_neg q

-- Mathlib/Data/Rat/Cast/CharZero.lean:43
example {α : Type*} [DivisionRing α] [CharZero α] (p q : ℚ) :
    ((p + q : ℚ) : α) = (p : α) + (q : α) :=
  Rat.cast_add p q

-- Mathlib/Data/Rat/Cast/CharZero.lean:46
example {α : Type*} [DivisionRing α] [CharZero α] (p q : ℚ) :
    ((p - q : ℚ) : α) = (p : α) - (q : α) :=
  Rat.cast_sub p q

-- Mathlib/Data/Rat/Cast/CharZero.lean:49
example {α : Type*} [DivisionRing α] [CharZero α] (p q : ℚ) :
    ((p * q : ℚ) : α) = (p : α) * (q : α) :=
  Rat.cast_mul p q

-- Mathlib/Data/Rat/Cast/CharZero.lean:64
example {α : Type*} [DivisionRing α] [CharZero α] (p q : ℚ) :
    ((p / q : ℚ) : α) = (p : α) / (q : α) :=
  Rat.cast_div p q

-- Mathlib/Data/Rat/Cast/Order.lean:48
example {p q : ℚ} {K : Type*} [Field K] [LinearOrder K] [IsStrictOrderedRing K] :
    (p : K) ≤ (q : K) ↔ p ≤ q :=
  Rat.cast_le

-- Mathlib/Data/Rat/Cast/Order.lean:50
example {p q : ℚ} {K : Type*} [Field K] [LinearOrder K] [IsStrictOrderedRing K] :
    (p : K) < (q : K) ↔ p < q :=
  Rat.cast_lt

/-! ## The real numbers -/

-- Mathlib/Data/Real/Basic.lean:35
example : Type := Real

-- Mathlib/Data/Real/Basic.lean:95
example : Zero ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:100
example : One ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:105
example : Add ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:110
example : Neg ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:115
example : Mul ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:118
example : Sub ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:123
example : Inv ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:171
example : NatCast ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:174
example : RatCast ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:186
example : CommRing ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:224
example : Ring ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:226
example : CommSemiring ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:228
example : Semiring ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:234
example : AddCommGroup ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:236
example : AddGroup ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:238
example : AddCommMonoid ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:240
example : AddMonoid ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:246
example : AddCommSemigroup ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:248
example : AddSemigroup ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:252
example : Monoid ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:254
example : CommSemigroup ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:278
example : LT ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:311
example : LE ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:327
example : PartialOrder ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:345
example : Preorder ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:360
example : IsOrderedAddMonoid ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:376
example : IsStrictOrderedRing ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:394
example : Max ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:412
example : Min ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:475 (through DistribLattice)
example : Lattice ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:492
example : LinearOrder ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:497
example : DivInvMonoid ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:502
example : Field ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:520
example : DivisionRing ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:522
example (a b : ℝ) : Decidable (a < b) := inferInstance

-- Mathlib/Data/Real/Basic.lean:524
example (a b : ℝ) : Decidable (a ≤ b) := inferInstance

-- Mathlib/Data/Real/Sqrt.lean:109
example (x : ℝ) : ℝ := Real.sqrt x

-- Mathlib/Data/Real/Sqrt.lean:225
example {x y : ℝ} : Real.sqrt x ≤ y ↔ 0 ≤ y ∧ x ≤ y ^ 2 := Real.sqrt_le_iff

/-! ## Actions and modules -/

-- Mathlib/Algebra/GroupWithZero/Action/Defs.lean:50
example (M A : Type*) [Zero A] [SMulZeroClass M A] : SMul M A := inferInstance

-- Mathlib/Algebra/GroupWithZero/Action/Defs.lean:266
example (M A : Type*) [AddZeroClass A] [DistribSMul M A] : SMulZeroClass M A := inferInstance

-- Mathlib/Algebra/Group/Action/Defs.lean:134 (through SemigroupAction)
example (α : Type*) (β : Type*) [Monoid α] [MulAction α β] : SMul α β := inferInstance

-- Mathlib/Algebra/GroupWithZero/Action/Defs.lean:342
example (M A : Type*) [Monoid M] [AddMonoid A] [DistribMulAction M A] :
    MulAction M A :=
  inferInstance

-- Mathlib/Algebra/GroupWithZero/Action/Defs.lean:353
example {M A : Type*} [Monoid M] [AddMonoid A]
    [DistribMulAction M A] : DistribSMul M A := inferInstance

-- Mathlib/Algebra/Module/Defs.lean:54
example (R : Type*) (M : Type*) [Semiring R] [AddCommMonoid M] [Module R M] :
    DistribMulAction R M :=
  inferInstance

-- Mathlib/Algebra/Module/Defs.lean:167
example {R : Type*} [Semiring R] : Module R R := inferInstance

-- Mathlib/Algebra/Group/Action/Defs.lean:147
example (M N α : Type*) [SMul M α] [SMul N α] : Prop := SMulCommClass M N α

-- Mathlib/Algebra/Group/Action/Defs.lean:196
example (M α : Type*) [CommMonoid M] [MulAction M α] : SMulCommClass M M α := inferInstance

-- Mathlib/Algebra/Algebra/Defs.lean:97
example (R : Type*) (A : Type*) [CommSemiring R] [Semiring A] [Algebra R A] :
    SMul R A :=
  inferInstance

-- Mathlib/Algebra/Algebra/Defs.lean:274
example {R A : Type*} [CommSemiring R] [Semiring A]
    [Algebra R A] : Module R A := inferInstance

-- Mathlib/Algebra/Algebra/Defs.lean:391
example (R : Type*) [CommSemiring R] : Algebra R R := inferInstance

-- Mathlib/Algebra/Group/Action/Defs.lean:73
example {α : Type*} [Mul α] (a b : α) : a • b = a * b := rfl

/-! ## Topology and norms -/

-- Mathlib/Topology/Defs/Basic.lean:69
example (X : Type*) : Sort _ := TopologicalSpace X

-- Mathlib/Topology/Defs/Induced.lean:60
example {X Y : Type*} (f : X → Y) (t : TopologicalSpace Y) :
    TopologicalSpace X :=
  TopologicalSpace.induced f t

-- Mathlib/Topology/UniformSpace/Defs.lean:369
example (α : Type*) [UniformSpace α] : TopologicalSpace α := inferInstance

-- Mathlib/Topology/UniformSpace/Basic.lean:408
example {α β : Type*} (f : α → β) (u : UniformSpace β) : UniformSpace α := UniformSpace.comap f u

-- Mathlib/Topology/Constructions.lean:65
example {ι : Type*} {Y : ι → Type*} [∀ i, TopologicalSpace (Y i)] :
    TopologicalSpace (∀ i, Y i) :=
  inferInstance

-- Mathlib/Topology/UniformSpace/Pi.lean:26
example {ι : Type*} (α : ι → Type*) [∀ i, UniformSpace (α i)] :
    UniformSpace (∀ i, α i) :=
  inferInstance

-- Mathlib/Topology/Algebra/Monoid/Defs.lean:36
example (M : Type*) [TopologicalSpace M] [Add M] : Prop := ContinuousAdd M

-- Mathlib/Topology/Algebra/Group/Defs.lean:100
example (G : Type*) [TopologicalSpace G] [AddGroup G] [IsTopologicalAddGroup G] :
    ContinuousAdd G :=
  inferInstance

-- Mathlib/Topology/Algebra/ConstMulAction.lean:60
example (Γ : Type*) (T : Type*) [TopologicalSpace T] [SMul Γ T] : Prop := ContinuousConstSMul Γ T

-- Mathlib/Topology/MetricSpace/Pseudo/Defs.lean:89
example (α : Type*) : Sort _ := Dist α

-- Mathlib/Topology/MetricSpace/Pseudo/Defs.lean:125
example (α : Type*) [PseudoMetricSpace α] : Dist α := inferInstance
example (α : Type*) [PseudoMetricSpace α] : UniformSpace α := inferInstance

-- Mathlib/Topology/MetricSpace/Defs.lean:57
example (α : Type*) [MetricSpace α] : PseudoMetricSpace α := inferInstance

-- Mathlib/Analysis/Normed/Group/Defs.lean:56
example (E : Type*) : Sort _ := Norm E

-- Mathlib/Analysis/Normed/Group/Defs.lean:167
example (E : Type*) [SeminormedAddGroup E] : Norm E := inferInstance
example (E : Type*) [SeminormedAddGroup E] : AddGroup E := inferInstance
example (E : Type*) [SeminormedAddGroup E] : PseudoMetricSpace E := inferInstance

-- Mathlib/Analysis/Normed/Group/Defs.lean:197
example (E : Type*) [SeminormedAddCommGroup E] : Norm E := inferInstance
example (E : Type*) [SeminormedAddCommGroup E] : AddCommGroup E := inferInstance
example (E : Type*) [SeminormedAddCommGroup E] : PseudoMetricSpace E := inferInstance

-- Mathlib/Analysis/Normed/Group/Defs.lean:213
example (E : Type*) [NormedAddCommGroup E] : Norm E := inferInstance
example (E : Type*) [NormedAddCommGroup E] : AddCommGroup E := inferInstance
example (E : Type*) [NormedAddCommGroup E] : MetricSpace E := inferInstance

-- Mathlib/Analysis/Normed/Group/Defs.lean:233 (additive)
example {E : Type*}
    [NormedAddCommGroup E] : SeminormedAddCommGroup E := inferInstance

-- Mathlib/Analysis/Normed/Group/Defs.lean:239 (additive)
example {E : Type*}
    [SeminormedAddCommGroup E] : SeminormedAddGroup E := inferInstance

-- Mathlib/Analysis/Normed/Group/Basic.lean:124 (additive)
example {E : Type*} [SeminormedAddGroup E] (a : E) : 0 ≤ ‖a‖ := norm_nonneg a

-- Mathlib/Analysis/Normed/Ring/Basic.lean:46
example (α : Type*) [SeminormedRing α] : Norm α := inferInstance
example (α : Type*) [SeminormedRing α] : Ring α := inferInstance
example (α : Type*) [SeminormedRing α] : PseudoMetricSpace α := inferInstance

-- Mathlib/Analysis/Normed/Ring/Basic.lean:73
example (α : Type*) [NormedRing α] : Norm α := inferInstance
example (α : Type*) [NormedRing α] : Ring α := inferInstance
example (α : Type*) [NormedRing α] : MetricSpace α := inferInstance

-- Mathlib/Analysis/Normed/Ring/Basic.lean:81
example {α : Type*} [NormedRing α] : SeminormedRing α := inferInstance

-- Mathlib/Analysis/Normed/Ring/Basic.lean:173 (through NonUnitalNormedRing)
example {α : Type*} [NormedRing α] : NormedAddCommGroup α := inferInstance

-- Mathlib/Analysis/Normed/Ring/Basic.lean:178 (through NonUnitalSeminormedRing)
example {α : Type*} [SeminormedRing α] : SeminormedAddCommGroup α := inferInstance

-- Mathlib/Analysis/Normed/Field/Basic.lean:151
example (α : Type*) [NormedField α] : Norm α := inferInstance
example (α : Type*) [NormedField α] : Field α := inferInstance
example (α : Type*) [NormedField α] : MetricSpace α := inferInstance

-- Mathlib/Analysis/Normed/Field/Basic.lean:188 (through NormedCommRing)
example {α : Type*} [NormedField α] : NormedRing α := inferInstance

-- Mathlib/Analysis/Normed/Field/Basic.lean:160
example (α : Type*) [NontriviallyNormedField α] : NormedField α := inferInstance

-- Mathlib/Analysis/Normed/Field/Basic.lean:167
example (α : Type*) [DenselyNormedField α] : NormedField α := inferInstance

-- Mathlib/Analysis/Normed/Field/Basic.lean:175
example {α : Type*}
    [DenselyNormedField α] : NontriviallyNormedField α := inferInstance

-- Mathlib/Analysis/Normed/Module/Basic.lean:44
example (𝕜 : Type*) (E : Type*) [NormedField 𝕜] [SeminormedAddCommGroup E] [NormedSpace 𝕜 E] :
    Module 𝕜 E :=
  inferInstance

-- Mathlib/Analysis/Normed/Module/Basic.lean:64
example {𝕜 : Type*} [NormedField 𝕜] : NormedSpace 𝕜 𝕜 := inferInstance

-- Mathlib/Analysis/Normed/Module/Basic.lean:272
example (𝕜 : Type*) (𝕜' : Type*) [NormedField 𝕜] [SeminormedRing 𝕜'] [NormedAlgebra 𝕜 𝕜'] :
    Algebra 𝕜 𝕜' :=
  inferInstance

-- Mathlib/Analysis/Normed/Module/Basic.lean:281
example {𝕜 𝕜' : Type*} [NormedField 𝕜]
    [SeminormedRing 𝕜'] [h : NormedAlgebra 𝕜 𝕜'] : NormedSpace 𝕜 𝕜' := inferInstance

-- Mathlib/Analysis/Normed/Module/Basic.lean:352
example (𝕜 : Type*) [NormedField 𝕜] : NormedAlgebra 𝕜 𝕜 := inferInstance

-- Mathlib/Analysis/Normed/Group/Uniform.lean:383 (additive)
example {E : Type*}
    [SeminormedAddCommGroup E] : IsTopologicalAddGroup E := inferInstance

-- Mathlib/Analysis/Normed/Module/Basic.lean:62 (through IsBoundedSMul)
example {𝕜 E : Type*} [NormedField 𝕜] [SeminormedAddCommGroup E]
    [NormedSpace 𝕜 E] : ContinuousConstSMul 𝕜 E := inferInstance

-- Mathlib/Topology/MetricSpace/Basic.lean:122
example : MetricSpace ℝ := inferInstance

-- Mathlib/Analysis/Normed/Group/Real.lean:52
example : Norm ℝ := inferInstance

-- Mathlib/Analysis/Normed/Group/Real.lean:56
example (r : ℝ) : ‖r‖ = |r| := Real.norm_eq_abs r

-- Mathlib/Analysis/Normed/Group/Real.lean:59
example : NormedAddCommGroup ℝ := inferInstance

-- Mathlib/Analysis/Normed/Field/Basic.lean:294
example : NormedField ℝ := inferInstance

-- Mathlib/Analysis/Normed/Field/Basic.lean:298
example : DenselyNormedField ℝ := inferInstance

/-! ## Homomorphisms and continuous linear maps -/

-- Mathlib/Data/FunLike/Basic.lean:144
example (F : Sort _) (α : outParam (Sort _)) (β : outParam <| α → Sort _) : Sort _ := DFunLike F α β

-- Mathlib/Data/FunLike/Basic.lean:156
example (F : Sort _) (α : outParam (Sort _)) (β : outParam (Sort _)) :
    FunLike F α β = (DFunLike F α fun _ => β) :=
  rfl

-- Mathlib/Data/FunLike/Basic.lean:168
example {F α : Sort _} {β : α → Sort _} [DFunLike F α β] :
    CoeFun F (fun _ => ∀ a : α, β a) :=
  inferInstance

-- Mathlib/Algebra/Group/Hom/Defs.lean:126
example (F : Type*) (M N : outParam Type*) [Add M] [Add N] [FunLike F M N] :
    Prop :=
  AddHomClass F M N

-- Mathlib/Algebra/Group/Hom/Defs.lean:158
example (F : Type*) (M N : outParam Type*) [AddZero M] [AddZero N]
  [FunLike F M N] [AddMonoidHomClass F M N] : AddHomClass F M N := inferInstance

-- Mathlib/Algebra/Group/Hom/Defs.lean:326 (additive)
example {M N F : Type*} [Add M] [Add N] [FunLike F M N] [AddHomClass F M N] (f : F)
    (x y : M) : f (x + y) = f x + f y := map_add f x y

-- Mathlib/Algebra/Group/Hom/Defs.lean:461 (additive)
example {G H F : Type*} [FunLike F G H] [AddGroup G] [SubtractionMonoid H]
    [AddMonoidHomClass F G H] (f : F) : ∀ a b, f (a - b) = f a - f b := map_sub f

-- Mathlib/Algebra/Group/Hom/Defs.lean:144
example (M : Type*) (N : Type*) [AddZero M] [AddZero N] : Sort _ := AddMonoidHom M N

-- Mathlib/Algebra/Group/Hom/Defs.lean:383 (additive)
example {M N : Type*} [AddZero M] [AddZero N] : FunLike (M →+ N) M N := inferInstance

-- Mathlib/Algebra/Group/Hom/Defs.lean:733 (additive)
example (M : Type*) [AddZero M] : M →+ M := AddMonoidHom.id M

-- Mathlib/Algebra/Group/Hom/Defs.lean:732 (additive)
example {M : Type*} [AddZero M] (x : M) : AddMonoidHom.id M x = x := rfl

-- Mathlib/Algebra/Ring/Hom/Defs.lean:293
example (α : Type*) (β : Type*) [NonAssocSemiring α] [NonAssocSemiring β] : Sort _ := RingHom α β

-- Mathlib/Algebra/Ring/Hom/Defs.lean:358
example {α β : Type*} [NonAssocSemiring α] [NonAssocSemiring β] :
    FunLike (α →+* β) α β :=
  inferInstance

-- Mathlib/Algebra/Ring/Hom/Defs.lean:509
example (α : Type*) [NonAssocSemiring α] : α →+* α := RingHom.id α

-- Mathlib/Algebra/Ring/CompTypeclasses.lean:64
example {R₁ R₂ R₃ : Type*} [Semiring R₁] [Semiring R₂] [Semiring R₃]
  (σ₁₂ : R₁ →+* R₂) (σ₂₃ : R₂ →+* R₃) (σ₁₃ : outParam (R₁ →+* R₃)) :
    Prop :=
  RingHomCompTriple σ₁₂ σ₂₃ σ₁₃

-- Mathlib/Algebra/Ring/CompTypeclasses.lean:139
example {R₁ R₂ : Type*} [Semiring R₁] [Semiring R₂] {σ₁₂ : R₁ →+* R₂} :
    RingHomCompTriple σ₁₂ (RingHom.id R₂) σ₁₂ :=
  inferInstance

-- Mathlib/Analysis/Normed/Ring/Basic.lean:666
example {R₁ R₂ : Type*} [Semiring R₁] [Semiring R₂] [Norm R₁] [Norm R₂]
  (σ : R₁ →+* R₂) : Prop := RingHomIsometric σ

-- Mathlib/Analysis/Normed/Ring/Basic.lean:684
example {R₁ : Type*} [SeminormedRing R₁] : RingHomIsometric (RingHom.id R₁) := inferInstance

-- Mathlib/Algebra/Group/Hom/Defs.lean:114
example (M : Type*) (N : Type*) [Add M] [Add N] : Sort _ := AddHom M N

-- Mathlib/GroupTheory/GroupAction/Hom.lean:84
example {M N : Type*} (φ : M → N) (X : Type*) [SMul M X] (Y : Type*) [SMul N Y] :
    Sort _ :=
  MulActionHom φ X Y

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:85
example {R S : Type*} [Semiring R] [Semiring S] (σ : R →+* S) (M : Type*) (M₂ : Type*)
  [AddCommMonoid M] [AddCommMonoid M₂] [Module R M] [Module S M₂] : Sort _ := LinearMap σ M M₂

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:37
example {R : Type*} {S : Type*} [Semiring R] [Semiring S] (σ : R →+* S)
  (M : Type*) [TopologicalSpace M] [AddCommMonoid M] (M₂ : Type*) [TopologicalSpace M₂]
  [AddCommMonoid M₂] [Module R M] [Module S M₂] : Sort _ := ContinuousLinearMap σ M M₂

-- Mathlib/Algebra/Notation/Pi/Defs.lean:64 (additive)
example {ι : Type*} {M : ι → Type*} [∀ i, Add (M i)] : Add (∀ i, M i) := inferInstance

-- Mathlib/Algebra/Notation/Pi/Defs.lean:107 (additive)
example {ι : Type*} {G : ι → Type*} [∀ i, Sub (G i)] : Sub (∀ i, G i) := inferInstance

-- Mathlib/Algebra/Notation/Pi/Defs.lean:128
example {ι α : Type*} {M : ι → Type*} [∀ i, SMul α (M i)] : SMul α (∀ i, M i) := inferInstance

section

variable {R₁ R₂ R₃ S : Type*} [Semiring R₁] [Semiring R₂] [Semiring R₃] {σ₁₂ : R₁ →+* R₂}
  {σ₂₃ : R₂ →+* R₃} {σ₁₃ : R₁ →+* R₃} {M₁ M₂ M₃ : Type*} [AddCommMonoid M₁] [AddCommMonoid M₂]
  [AddCommMonoid M₃] [Module R₁ M₁] [Module R₂ M₂] [Module R₃ M₃]

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:197
example : FunLike (LinearMap σ₁₂ M₁ M₂) M₁ M₂ := inferInstance

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:484
example [RingHomCompTriple σ₁₂ σ₂₃ σ₁₃] (f : LinearMap σ₂₃ M₂ M₃)
    (g : LinearMap σ₁₂ M₁ M₂) : LinearMap σ₁₃ M₁ M₃ := LinearMap.comp f g

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:741
example [DistribSMul S M₂] [SMulCommClass R₂ S M₂] : SMul S (LinearMap σ₁₂ M₁ M₂) := inferInstance

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:821
example : Add (LinearMap σ₁₂ M₁ M₂) := inferInstance

variable [TopologicalSpace M₁] [TopologicalSpace M₂] [TopologicalSpace M₃]

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:100
example : FunLike (M₁ →SL[σ₁₂] M₂) M₁ M₂ := inferInstance

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:155
example {f g : M₁ →SL[σ₁₂] M₂} (h : ∀ x, f x = g x) : f = g := ContinuousLinearMap.ext h

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:104 (through ContinuousSemilinearMapClass)
example : AddMonoidHomClass (M₁ →SL[σ₁₂] M₂) M₁ M₂ := inferInstance

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:251
example [DistribSMul S M₂] [SMulCommClass R₂ S M₂]
    [ContinuousConstSMul S M₂] : SMul S (M₁ →SL[σ₁₂] M₂) := inferInstance

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:254
example [DistribSMul S M₂] [SMulCommClass R₂ S M₂]
    [ContinuousConstSMul S M₂] (c : S) (f : M₁ →SL[σ₁₂] M₂) (x : M₁) : (c • f) x = c • f x := rfl

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:370
example [ContinuousAdd M₂] : Add (M₁ →SL[σ₁₂] M₂) := inferInstance

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:374
example [ContinuousAdd M₂] (f g : M₁ →SL[σ₁₂] M₂) (x : M₁) : (f + g) x = f x + g x := rfl

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:431
example [RingHomCompTriple σ₁₂ σ₂₃ σ₁₃] (g : M₂ →SL[σ₂₃] M₃)
    (f : M₁ →SL[σ₁₂] M₂) : M₁ →SL[σ₁₃] M₃ := ContinuousLinearMap.comp g f

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:452
example [RingHomCompTriple σ₁₂ σ₂₃ σ₁₃] (g : M₂ →SL[σ₂₃] M₃)
    (f : M₁ →SL[σ₁₂] M₂) (x : M₁) : (g.comp f) x = g (f x) := rfl

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:389
example [ContinuousAdd M₂] : AddCommMonoid (M₁ →SL[σ₁₂] M₂) := inferInstance

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:1018
example [ContinuousAdd M₂] [Semiring S] [Module S M₂]
    [SMulCommClass R₂ S M₂] [ContinuousConstSMul S M₂] : Module S (M₁ →SL[σ₁₂] M₂) := inferInstance

end

section

variable {R R₂ : Type*} [Ring R] [Ring R₂] {σ₁₂ : R →+* R₂} {M M₂ : Type*} [AddCommGroup M]
  [AddCommGroup M₂] [Module R M] [Module R₂ M₂]

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:863
example : Sub (LinearMap σ₁₂ M M₂) := inferInstance

variable [TopologicalSpace M] [TopologicalSpace M₂]

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:840
example [IsTopologicalAddGroup M₂] : Sub (M →SL[σ₁₂] M₂) := inferInstance

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:851
example [IsTopologicalAddGroup M₂] (f g : M →SL[σ₁₂] M₂) (x : M) : (f - g) x = f x - g x := rfl

end

section

variable {𝕜 𝕜₂ E F : Type*} [SeminormedAddCommGroup E] [SeminormedAddCommGroup F]
  [NontriviallyNormedField 𝕜] [NontriviallyNormedField 𝕜₂] [NormedSpace 𝕜 E] [NormedSpace 𝕜₂ F]
  {σ₁₂ : 𝕜 →+* 𝕜₂}

-- Mathlib/Topology/Algebra/Module/StrongTopology.lean:415
example : TopologicalSpace (E →SL[σ₁₂] F) := inferInstance

-- Mathlib/Analysis/Normed/Operator/Basic.lean:178
example : Norm (E →SL[σ₁₂] F) := inferInstance

-- Mathlib/Analysis/Normed/Operator/Basic.lean:225
example (f : E →SL[σ₁₂] F) : 0 ≤ ‖f‖ := ContinuousLinearMap.opNorm_nonneg f

-- Mathlib/Analysis/Normed/Operator/Basic.lean:245
example [RingHomIsometric σ₁₂] (f : E →SL[σ₁₂] F) (x : E) :
    ‖f x‖ ≤ ‖f‖ * ‖x‖ :=
  ContinuousLinearMap.le_opNorm f x

end

/-! ## Inner products -/

-- Mathlib/Algebra/Notation/Defs.lean:93
example (R : Type*) : Sort _ := Star R

-- Mathlib/Algebra/Star/Basic.lean:275 (through StarMul and InvolutiveStar)
example (R : Type*) [NonUnitalNonAssocSemiring R] [StarRing R] : Star R := inferInstance

-- Mathlib/Algebra/Star/Basic.lean:108
example (R : Type*) [Star R] : Prop := TrivialStar R

-- Mathlib/Algebra/Star/Basic.lean:322
example (R : Type*) [CommSemiring R] [StarRing R] : R →+* R := starRingEnd R

-- Mathlib/Algebra/Star/Basic.lean:355
example {R : Type*} [CommSemiring R] [StarRing R] [TrivialStar R] (a : R) :
    starRingEnd R a = a :=
  conj_trivial a

-- Mathlib/Data/Real/Star.lean:18
example : StarRing ℝ := inferInstance

-- Mathlib/Data/Real/Star.lean:21
example : TrivialStar ℝ := inferInstance

-- Mathlib/Analysis/RCLike/Basic.lean:60
example (K : semiOutParam (Type*)) [RCLike K] : DenselyNormedField K := inferInstance
example (K : semiOutParam (Type*)) [RCLike K] : StarRing K := inferInstance
example (K : semiOutParam (Type*)) [RCLike K] : NormedAlgebra ℝ K := inferInstance

-- Mathlib/Analysis/RCLike/Basic.lean:766
example : RCLike ℝ := inferInstance

-- Mathlib/Analysis/InnerProductSpace/Defs.lean:79
example (𝕜 E : Type*) : Sort _ := Inner 𝕜 E

-- Mathlib/Analysis/InnerProductSpace/Defs.lean:106
example (𝕜 : Type*) (E : Type*) [RCLike 𝕜] [SeminormedAddCommGroup E] [InnerProductSpace 𝕜 E] :
    NormedSpace 𝕜 E :=
  inferInstance
example (𝕜 : Type*) (E : Type*) [RCLike 𝕜] [SeminormedAddCommGroup E] [InnerProductSpace 𝕜 E] :
    Inner 𝕜 E :=
  inferInstance

-- Mathlib/Analysis/InnerProductSpace/Basic.lean:877
example {𝕜 : Type*} [RCLike 𝕜] : InnerProductSpace 𝕜 𝕜 := inferInstance

-- Mathlib/Analysis/InnerProductSpace/Basic.lean:885
example {𝕜 : Type*} [RCLike 𝕜] (x y : 𝕜) :
    inner 𝕜 x y = y * starRingEnd 𝕜 x :=
  RCLike.inner_apply x y

-- Mathlib/Analysis/InnerProductSpace/Basic.lean:956
example {𝕜 : Type*} [RCLike 𝕜] : InnerProductSpace ℝ 𝕜 := inferInstance

-- Mathlib/Analysis/InnerProductSpace/Basic.lean:967
example : (RCLike.innerProductSpace : InnerProductSpace ℝ ℝ) = RCLike.toInnerProductSpaceReal := rfl

-- Mathlib/Analysis/InnerProductSpace/LinearMap.lean:164
example (𝕜 : Type*) {E : Type*} [RCLike 𝕜] [SeminormedAddCommGroup E]
    [InnerProductSpace 𝕜 E] : E →SL[starRingEnd 𝕜] E →L[𝕜] 𝕜 := innerSL 𝕜

-- Mathlib/Analysis/InnerProductSpace/LinearMap.lean:172
example (𝕜 : Type*) {E : Type*} [RCLike 𝕜] [SeminormedAddCommGroup E]
    [InnerProductSpace 𝕜 E] (v w : E) : innerSL 𝕜 v w = inner 𝕜 v w := innerSL_apply_apply 𝕜 v w

-- Mathlib/Analysis/InnerProductSpace/LinearMap.lean:233
example (𝕜 : Type*) {E : Type*} [RCLike 𝕜] [SeminormedAddCommGroup E]
    [InnerProductSpace 𝕜 E] (x : E) : ‖innerSL 𝕜 x‖ = ‖x‖ := innerSL_apply_norm 𝕜 x

/-! ## Euclidean spaces -/

-- Mathlib/Data/ENNReal/Basic.lean:101
example : Type := ENNReal

-- Mathlib/Data/ENNReal/Basic.lean:121
example : OfNat ENNReal 1 := inferInstance

-- Mathlib/Data/ENNReal/Basic.lean:121
example : OfNat ENNReal 2 := inferInstance

-- Mathlib/Data/ENNReal/Basic.lean:124
example : LE ENNReal := inferInstance

-- Mathlib/Logic/Basic.lean:95
example (p : Prop) : Prop := Fact p

-- Mathlib/Data/ENNReal/Basic.lean:421
example : Fact ((1 : ENNReal) ≤ 2) := inferInstance

-- Mathlib/Analysis/Normed/Lp/WithLp.lean:50
example (p : ENNReal) (V : Type*) : Sort _ := WithLp p V

-- Mathlib/Analysis/Normed/Lp/WithLp.lean:101
example (p : ENNReal) {V : Type*} (x : V) : WithLp.ofLp (WithLp.toLp p x) = x := rfl

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:84
example (p : ENNReal) {ι : Type*} (α : ι → Type*) :
    (PiLp p α : Type _) = (WithLp p (∀ i : ι, α i)) :=
  rfl

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:89
example (p : ENNReal) {ι : Type*} (α : ι → Type*) :
    CoeFun (PiLp p α) (fun _ => (i : ι) → α i) :=
  inferInstance

-- Mathlib/Algebra/Group/Pi/Basic.lean:72 (additive)
example {I : Type*} {f : I → Type*} [∀ i, AddCommMonoid (f i)] :
    AddCommMonoid (∀ i, f i) :=
  inferInstance

-- Mathlib/Algebra/Group/Pi/Basic.lean:107 (additive)
example {I : Type*} {f : I → Type*} [∀ i, AddCommGroup (f i)] :
    AddCommGroup (∀ i, f i) :=
  inferInstance

-- Mathlib/Analysis/Normed/Lp/WithLp.lean:88
example (p : ENNReal) (V : Type*) [AddCommGroup V] : AddCommGroup (WithLp p V) := inferInstance

-- Mathlib/Algebra/Module/Pi.lean:37
example {I : Type*} (f : I → Type*) (α : Type*) [Semiring α]
    [∀ i, AddCommMonoid (f i)] [∀ i, Module α (f i)] : Module α (∀ i, f i) := inferInstance

section

variable (p : ENNReal) (𝕜 : Type*) {ι : Type*} (β : ι → Type*)

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:438
example [∀ i, TopologicalSpace (β i)] : TopologicalSpace (PiLp p β) := inferInstance

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:474
example [∀ i, UniformSpace (β i)] : UniformSpace (PiLp p β) := inferInstance

variable [Fintype ι]

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:250
example [∀ i, Norm (β i)] : Norm (PiLp p β) := inferInstance

variable [Fact (1 ≤ p)]

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:523
example [∀ i, PseudoMetricSpace (β i)] : PseudoMetricSpace (PiLp p β) := inferInstance

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:529
example [∀ i, MetricSpace (β i)] : MetricSpace (PiLp p β) := inferInstance

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:587
example [∀ i, SeminormedAddCommGroup (β i)] : SeminormedAddCommGroup (PiLp p β) := inferInstance

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:624
example [∀ i, NormedAddCommGroup (β i)] : NormedAddCommGroup (PiLp p β) := inferInstance

-- Mathlib/Analysis/Normed/Lp/WithLp.lean:96
example (K : Type*) (V : Type*) [Semiring K] [AddCommGroup V]
    [Module K V] : Module K (WithLp p V) := inferInstance

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:749
example [NormedField 𝕜] [∀ i, SeminormedAddCommGroup (β i)]
    [∀ i, NormedSpace 𝕜 (β i)] : NormedSpace 𝕜 (PiLp p β) := inferInstance

end

-- Mathlib/Analysis/InnerProductSpace/PiL2.lean:79
example {𝕜 : Type*} [RCLike 𝕜] {ι : Type*} [Fintype ι] (f : ι → Type*)
    [∀ i, NormedAddCommGroup (f i)] [∀ i, InnerProductSpace 𝕜 (f i)] :
    InnerProductSpace 𝕜 (PiLp 2 f) :=
  inferInstance

-- Mathlib/Analysis/InnerProductSpace/PiL2.lean:99
example {𝕜 : Type*} [RCLike 𝕜] {ι : Type*} [Fintype ι] {f : ι → Type*}
    [∀ i, NormedAddCommGroup (f i)] [∀ i, InnerProductSpace 𝕜 (f i)] (x y : PiLp 2 f) :
    inner 𝕜 x y = ∑ i, inner 𝕜 (x i) (y i) :=
  PiLp.inner_apply x y

-- Mathlib/Analysis/InnerProductSpace/PiL2.lean:108
example (𝕜 : Type*) (n : Type*) : (EuclideanSpace 𝕜 n : Type _) = (PiLp 2 fun _ : n => 𝕜) := rfl

-- Mathlib/Analysis/InnerProductSpace/PiL2.lean:142
example {𝕜 : Type*} [RCLike 𝕜] {n : Type*} [Fintype n]
    (x : EuclideanSpace 𝕜 n) : ‖x‖ = Real.sqrt (∑ i, ‖x i‖ ^ 2) := EuclideanSpace.norm_eq x
