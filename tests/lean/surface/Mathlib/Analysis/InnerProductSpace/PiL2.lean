/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

/-!
# A stand-in for the part of Mathlib that the library uses

`Bridge.Real` imports Mathlib through this one module.  Where Mathlib is not at hand, its place is
taken by the declarations below, so that the unchanged files of `Bridge.Real` can be elaborated in
core Lean.  The list is also the record of what we rely on.

The comment above a declaration says where Mathlib v4.28.0 has it; "additive" means the image of
what stands there under `to_additive`, "dual" under `to_dual`, and "through" names classes on the
way that are left out.  Statements are Mathlib's, binder for binder.  `SurfaceCheck.lean` states
them once more, to be checked against Mathlib itself; it is made from this file by
`pytest tests/test_surface.py --update`.

* An `axiom` is a lemma, or something that we never unfold.
* A `theorem` is an unfolding on which we rely: its proof is `rfl` here and has to be in Mathlib.
* A `def` has Mathlib's body.
* Classes and instances have the parts that carry data, since which terms unfold to which others
  depends on them.  Laws are left out.
* "Stand-in" marks what Mathlib has in another form; nothing outside this file may name it.
-/

-- The embedded Lean runs imported notation only if its terms are not extracted into constants.
set_option compiler.extract_closed false

@[expose] public noncomputable section

-- Mathlib/Tactic/TypeStar.lean:27
macro "Type*" : term => `(Type _)

-- Mathlib/Data/Nat/Notation.lean:16
notation "ℕ" => Nat

-- Mathlib/Data/Rat/Init.lean:23
notation "ℚ" => Rat

/-! ## Groups, rings and fields -/

-- Mathlib/Algebra/Group/Defs.lean:179
class AddSemigroup (G : Type*) extends Add G

-- Mathlib/Algebra/Group/Defs.lean:173
class Semigroup (G : Type*) extends Mul G

-- Mathlib/Algebra/Group/Defs.lean:197
class AddCommMagma (G : Type*) extends Add G

-- Mathlib/Algebra/Group/Defs.lean:203
class CommMagma (G : Type*) extends Mul G

-- Mathlib/Algebra/Group/Defs.lean:215
class AddCommSemigroup (G : Type*) extends AddSemigroup G, AddCommMagma G

-- Mathlib/Algebra/Group/Defs.lean:211
class CommSemigroup (G : Type*) extends Semigroup G, CommMagma G

-- Mathlib/Algebra/Group/Defs.lean:315
class AddZero (M : Type*) extends Zero M, Add M

-- Mathlib/Algebra/Group/Defs.lean:320
class MulOne (M : Type*) extends One M, Mul M

-- Mathlib/Algebra/Group/Defs.lean:348
class AddZeroClass (M : Type*) extends AddZero M

-- Mathlib/Algebra/Group/Defs.lean:357
class MulOneClass (M : Type*) extends MulOne M

-- Mathlib/Algebra/Group/Defs.lean:604
class AddMonoid (M : Type*) extends AddSemigroup M, AddZeroClass M

-- Mathlib/Algebra/Group/Defs.lean:618
class Monoid (M : Type*) extends Semigroup M, MulOneClass M where
  npow : ℕ → M → M

-- Mathlib/Algebra/Group/Defs.lean:626
instance Monoid.toNatPow {M : Type*} [Monoid M] : Pow M ℕ := ⟨fun x n => Monoid.npow n x⟩

-- Mathlib/Algebra/Group/Defs.lean:755
class AddCommMonoid (M : Type*) extends AddMonoid M, AddCommSemigroup M

-- Mathlib/Algebra/Group/Nat/Defs.lean:71
instance Nat.instAddCommMonoid : AddCommMonoid ℕ where
  add := Nat.add
  zero := Nat.zero

-- Mathlib/Algebra/Group/Defs.lean:759
class CommMonoid (M : Type*) extends Monoid M, CommSemigroup M

-- Mathlib/Algebra/Group/Defs.lean:969
class SubNegMonoid (G : Type*) extends AddMonoid G, Neg G, Sub G

-- Mathlib/Algebra/Group/Defs.lean:927
class DivInvMonoid (G : Type*) extends Monoid G, Inv G, Div G

-- Mathlib/Algebra/Group/Defs.lean:1106
class SubtractionMonoid (G : Type*) extends SubNegMonoid G

-- Mathlib/Algebra/Group/Defs.lean:1146
class SubtractionCommMonoid (G : Type*) extends SubtractionMonoid G, AddCommMonoid G

-- Mathlib/Algebra/Group/Defs.lean:1173
class AddGroup (A : Type*) extends SubNegMonoid A

-- Mathlib/Algebra/Group/Defs.lean:1227 (additive)
instance (priority := 100) AddGroup.toSubtractionMonoid {G : Type*} [AddGroup G] :
    SubtractionMonoid G := {}

-- Mathlib/Algebra/Group/Defs.lean:1244
class AddCommGroup (G : Type*) extends AddGroup G, AddCommMonoid G

-- Mathlib/Algebra/Group/Defs.lean:1262 (additive)
instance (priority := 100) AddCommGroup.toDivisionAddCommMonoid {G : Type*} [AddCommGroup G] :
    SubtractionCommMonoid G := {}

-- Mathlib/Algebra/GroupWithZero/Defs.lean:37
class MulZeroClass (M₀ : Type*) extends Mul M₀, Zero M₀

-- Mathlib/Algebra/GroupWithZero/Defs.lean:117
class SemigroupWithZero (S₀ : Type*) extends Semigroup S₀, MulZeroClass S₀

-- Mathlib/Algebra/GroupWithZero/Defs.lean:120
class MulZeroOneClass (M₀ : Type*) extends MulOneClass M₀, MulZeroClass M₀

-- Mathlib/Algebra/GroupWithZero/Defs.lean:124
class MonoidWithZero (M₀ : Type*) extends Monoid M₀, MulZeroOneClass M₀, SemigroupWithZero M₀

-- Mathlib/Data/Nat/Cast/Defs.lean:64
class AddMonoidWithOne (R : Type*) extends NatCast R, AddMonoid R, One R

-- Mathlib/Data/Nat/Init.lean:457
class Nat.AtLeastTwo (n : ℕ) : Prop

-- Mathlib/Data/Nat/Init.lean:462
instance Nat.instAtLeastTwo (n : ℕ) [NeZero n] : Nat.AtLeastTwo (n + 1) := ⟨⟩

-- Mathlib/Data/Nat/Cast/Defs.lean:42
instance (priority := 100) instOfNatAtLeastTwo {R : Type*} {n : ℕ} [NatCast R] [Nat.AtLeastTwo n] :
    OfNat R n := ⟨n.cast⟩

-- Mathlib/Data/Nat/Cast/Defs.lean:72
class AddCommMonoidWithOne (R : Type*) extends AddMonoidWithOne R, AddCommMonoid R

-- Mathlib/Data/Int/Cast/Defs.lean:40
class AddGroupWithOne (R : Type*) extends IntCast R, AddMonoidWithOne R, AddGroup R

-- Mathlib/Algebra/Ring/Defs.lean:64
class Distrib (R : Type*) extends Mul R, Add R

-- Mathlib/Algebra/Ring/Defs.lean:71
class LeftDistribClass (R : Type*) [Mul R] [Add R] : Prop

-- Mathlib/Algebra/Ring/Defs.lean:81
instance (priority := 100) Distrib.leftDistribClass (R : Type*) [Distrib R] : LeftDistribClass R :=
  ⟨⟩

-- Mathlib/Algebra/Ring/Defs.lean:121
class NonUnitalNonAssocSemiring (α : Type*) extends AddCommMonoid α, Distrib α, MulZeroClass α

-- Mathlib/Algebra/Ring/Defs.lean:124
class NonUnitalSemiring (α : Type*) extends NonUnitalNonAssocSemiring α, SemigroupWithZero α

-- Mathlib/Algebra/Ring/Defs.lean:127
class NonAssocSemiring (α : Type*) extends NonUnitalNonAssocSemiring α, MulZeroOneClass α,
  AddCommMonoidWithOne α

-- Mathlib/Algebra/Ring/Defs.lean:131
class NonUnitalNonAssocRing (α : Type*) extends AddCommGroup α, NonUnitalNonAssocSemiring α

-- Mathlib/Algebra/Ring/Defs.lean:143
class Semiring (α : Type*) extends NonUnitalSemiring α, NonAssocSemiring α, MonoidWithZero α

-- Mathlib/Algebra/Ring/Defs.lean:146
class Ring (R : Type*) extends Semiring R, AddCommGroup R, AddGroupWithOne R

-- Mathlib/Algebra/Ring/Defs.lean:376 (through NonAssocRing)
instance (priority := 100) Ring.toNonUnitalNonAssocRing {α : Type*} [Ring α] :
    NonUnitalNonAssocRing α := {}

-- Mathlib/Algebra/Ring/Defs.lean:222
class CommSemiring (R : Type*) extends Semiring R, CommMonoid R

-- Mathlib/Algebra/Ring/Defs.lean:403
class CommRing (α : Type*) extends Ring α, CommMonoid α

-- Mathlib/Algebra/Ring/Defs.lean:407
instance (priority := 100) CommRing.toCommSemiring {α : Type*} [CommRing α] : CommSemiring α := {}

-- Batteries/Classes/RatCast.lean:11
class RatCast (K : Type*) where
  ratCast : ℚ → K

-- Batteries/Classes/RatCast.lean:19
@[coe, reducible, match_pattern] protected def Rat.cast {K : Type*} [RatCast K] : ℚ → K :=
  RatCast.ratCast

-- Batteries/Classes/RatCast.lean:23
instance RatCast.toCoeTail {K : Type*} [RatCast K] : CoeTail ℚ K := ⟨Rat.cast⟩

-- Batteries/Classes/RatCast.lean:26
instance RatCast.toCoeHTCT {K : Type*} [RatCast K] : CoeHTCT ℚ K := ⟨Rat.cast⟩

-- Mathlib/Algebra/Field/Defs.lean:116
class DivisionRing (K : Type*) extends Ring K, DivInvMonoid K, RatCast K

-- Mathlib/Algebra/Field/Defs.lean:180
class Field (K : Type*) extends CommRing K, DivisionRing K

-- Mathlib/Algebra/CharZero/Defs.lean:42
class CharZero (R : Type*) [AddMonoidWithOne R] : Prop

/-! ## Orders -/

-- Mathlib/Order/Defs/PartialOrder.lean:48
class Preorder (α : Type*) extends LE α, LT α

-- Mathlib/Order/Defs/PartialOrder.lean:174
class PartialOrder (α : Type*) extends Preorder α

-- Mathlib/Order/Defs/LinearOrder.lean:58
class LinearOrder (α : Type*) extends PartialOrder α, Min α, Max α

-- Mathlib/Order/Lattice.lean:67
class SemilatticeSup (α : Type*) extends PartialOrder α where
  sup : α → α → α

-- Mathlib/Order/Lattice.lean:81
class SemilatticeInf (α : Type*) extends PartialOrder α where
  inf : α → α → α

-- Mathlib/Order/Lattice.lean:94
instance SemilatticeSup.toMax {α : Type*} [SemilatticeSup α] : Max α := ⟨SemilatticeSup.sup⟩

-- Mathlib/Order/Lattice.lean:94 (dual)
instance SemilatticeInf.toMin {α : Type*} [SemilatticeInf α] : Min α := ⟨SemilatticeInf.inf⟩

-- Mathlib/Order/Lattice.lean:375
class Lattice (α : Type*) extends SemilatticeSup α, SemilatticeInf α

-- Mathlib/Order/Lattice.lean:571
instance (priority := 100) LinearOrder.toLattice {α : Type*} [LinearOrder α] : Lattice α where
  sup := max
  inf := min

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:39 (additive)
def abs {α : Type*} [Lattice α] [AddGroup α] (a : α) : α := max a (-a)

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:45
macro:max atomic("|" noWs) a:term noWs "|" : term => `(abs $a)

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:145
class AddLeftMono (M : Type*) [Add M] [LE M] : Prop

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:153
class AddRightMono (M : Type*) [Add M] [LE M] : Prop

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:255
class AddRightReflectLE (M : Type*) [Add M] [LE M] : Prop

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:221
class AddRightReflectLT (M : Type*) [Add M] [LT M] : Prop

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:322 (additive)
instance (priority := 100) AddGroup.addRightReflectLE {N : Type*} [AddGroup N] [LE N]
    [AddRightMono N] : AddRightReflectLE N := ⟨⟩

-- Mathlib/Algebra/Order/Monoid/Unbundled/Defs.lean:467
instance addRightReflectLT_of_addRightMono {N : Type*} [Add N] [LinearOrder N] [AddRightMono N] :
    AddRightReflectLT N := ⟨⟩

-- Mathlib/Algebra/Order/Monoid/Defs.lean:27
class IsOrderedAddMonoid (α : Type*) [AddCommMonoid α] [PartialOrder α] : Prop

-- Mathlib/Algebra/Order/Monoid/Defs.lean:43 (additive)
instance (priority := 900) IsOrderedAddMonoid.toAddLeftMono {α : Type*} [AddCommMonoid α]
    [PartialOrder α] [IsOrderedAddMonoid α] : AddLeftMono α := ⟨⟩

-- Mathlib/Algebra/Order/Monoid/Defs.lean:47 (additive)
instance (priority := 900) IsOrderedAddMonoid.toAddRightMono {α : Type*} [AddCommMonoid α]
    [PartialOrder α] [IsOrderedAddMonoid α] : AddRightMono α := ⟨⟩

-- Mathlib/Algebra/Order/GroupWithZero/Unbundled/Defs.lean:99
class PosMulMono (α : Type*) [Mul α] [Zero α] [Preorder α] : Prop

-- Mathlib/Algebra/Order/Ring/Defs.lean:121
class IsOrderedRing (R : Type*) [Semiring R] [PartialOrder R] : Prop extends IsOrderedAddMonoid R,
  PosMulMono R

-- Mathlib/Algebra/Order/Ring/Defs.lean:131
class IsStrictOrderedRing (R : Type*) [Semiring R] [PartialOrder R] : Prop

-- Mathlib/Algebra/Order/Ring/Defs.lean:173
instance (priority := 100) IsStrictOrderedRing.toIsOrderedRing {R : Type*} [Semiring R]
    [PartialOrder R] [IsStrictOrderedRing R] : IsOrderedRing R := {}

-- Mathlib/Algebra/Order/Ring/Defs.lean:184
instance (priority := 100) IsStrictOrderedRing.toCharZero {R : Type*} [Semiring R] [PartialOrder R]
    [IsStrictOrderedRing R] : CharZero R := ⟨⟩

/-! ## Lemmas on groups and rings -/

-- Mathlib/Algebra/Group/Defs.lean:190 (additive)
axiom add_assoc {G : Type*} [AddSemigroup G] : ∀ a b c : G, a + b + c = a + (b + c)

-- Mathlib/Algebra/Group/Defs.lean:224 (additive)
axiom add_comm {G : Type*} [AddCommMagma G] : ∀ a b : G, a + b = b + a

-- Mathlib/Algebra/Group/Defs.lean:224
axiom mul_comm {G : Type*} [CommMagma G] : ∀ a b : G, a * b = b * a

-- Mathlib/Algebra/Group/Defs.lean:376 (additive)
axiom zero_add {M : Type*} [AddZeroClass M] : ∀ a : M, 0 + a = a

-- Mathlib/Algebra/Group/Defs.lean:380 (additive)
axiom add_zero {M : Type*} [AddZeroClass M] : ∀ a : M, a + 0 = a

-- Mathlib/Algebra/Group/Defs.lean:380
axiom mul_one {M : Type*} [MulOneClass M] : ∀ a : M, a * 1 = a

-- Mathlib/Algebra/Group/Defs.lean:670
axiom pow_two {M : Type*} [Monoid M] (a : M) : a ^ 2 = a * a

-- Mathlib/Algebra/Group/Basic.lean:127 (additive)
axiom add_add_add_comm {G : Type*} [AddCommSemigroup G] (a b c d : G) :
    a + b + (c + d) = a + c + (b + d)

-- Mathlib/Algebra/Group/Basic.lean:577 (additive)
axiom add_sub_add_comm {α : Type*} [SubtractionCommMonoid α] (a b c d : α) :
    a + b - (c + d) = a - c + (b - d)

-- Mathlib/Algebra/Group/Basic.lean:571 (additive)
axiom sub_sub_sub_comm {α : Type*} [SubtractionCommMonoid α] (a b c d : α) :
    a - b - (c - d) = a - c - (b - d)

-- Mathlib/Algebra/Group/Basic.lean:700 (additive)
axiom add_sub_add_right_eq_sub {G : Type*} [AddGroup G] (a b c : G) : a + c - (b + c) = a - b

-- Mathlib/Algebra/Group/Basic.lean:729 (additive)
axiom sub_sub_sub_cancel_right {G : Type*} [AddGroup G] (a b c : G) : a - c - (b - c) = a - b

-- Mathlib/Algebra/Group/Basic.lean:970 (additive)
axiom sub_sub_sub_cancel_left {G : Type*} [AddCommGroup G] (a b c : G) : c - a - (c - b) = b - a

-- Mathlib/Algebra/GroupWithZero/Defs.lean:39
axiom zero_mul {M₀ : Type*} [MulZeroClass M₀] : ∀ a : M₀, 0 * a = 0

-- Mathlib/Algebra/Ring/Defs.lean:93
axiom mul_add {R : Type*} [Mul R] [Add R] [LeftDistribClass R] (a b c : R) :
    a * (b + c) = a * b + a * c

-- Mathlib/Algebra/Ring/Defs.lean:174
axiom two_mul {α : Type*} [NonAssocSemiring α] (n : α) : 2 * n = n + n

-- Mathlib/Algebra/Ring/Defs.lean:342
axiom mul_sub {α : Type*} [NonUnitalNonAssocRing α] (a b c : α) : a * (b - c) = a * b - a * c

-- Mathlib/Algebra/Ring/Defs.lean:347
axiom sub_mul {α : Type*} [NonUnitalNonAssocRing α] (a b c : α) : (a - b) * c = a * c - b * c

/-! ## Lemmas on orders and absolute values -/

-- Mathlib/Order/Defs/PartialOrder.lean:76
axiom le_rfl {α : Type*} [Preorder α] {a : α} : a ≤ a

-- Mathlib/Order/Defs/PartialOrder.lean:188
axiom le_antisymm {α : Type*} [PartialOrder α] {a b : α} : a ≤ b → b ≤ a → a = b

-- Mathlib/Order/Defs/LinearOrder.lean:140 (dual)
axiom le_max_left {α : Type*} [LinearOrder α] (a b : α) : a ≤ max a b

-- Mathlib/Order/Defs/LinearOrder.lean:143 (dual)
axiom le_max_right {α : Type*} [LinearOrder α] (a b : α) : b ≤ max a b

-- Mathlib/Order/Defs/LinearOrder.lean:89
axiom le_total {α : Type*} [LinearOrder α] : ∀ a b : α, a ≤ b ∨ b ≤ a

-- Mathlib/Order/Defs/LinearOrder.lean:117
axiom not_lt {α : Type*} [LinearOrder α] {a b : α} : ¬a < b ↔ b ≤ a

-- Mathlib/Order/Defs/LinearOrder.lean:166 (dual)
axiom max_eq_left {α : Type*} [LinearOrder α] {a b : α} (h : b ≤ a) : max a b = a

-- Mathlib/Order/Defs/LinearOrder.lean:169 (dual)
axiom max_eq_right {α : Type*} [LinearOrder α] {a b : α} (h : a ≤ b) : max a b = b

-- Mathlib/Order/Defs/PartialOrder.lean:96
axiom LE.le.not_gt {α : Type*} [Preorder α] {a b : α} (hab : a ≤ b) : ¬b < a

-- Mathlib/Order/Basic.lean:80
axiom LE.le.trans_eq {α : Type*} [LE α] {a b c : α} (h1 : a ≤ b) (h2 : b = c) : a ≤ c

-- Mathlib/Order/Basic.lean:81
axiom Eq.trans_le {α : Type*} [LE α] {a b c : α} (h1 : a = b) (h2 : b ≤ c) : a ≤ c

-- Mathlib/Order/Basic.lean:99
axiom Eq.trans_lt {α : Type*} [LT α] {a b c : α} (h1 : a = b) (h2 : b < c) : a < c

-- Mathlib/Order/Basic.lean:135
axiom LE.le.trans {α : Type*} [Preorder α] {a b c : α} : a ≤ b → b ≤ c → a ≤ c

-- Mathlib/Order/Basic.lean:137
axiom LE.le.trans_lt {α : Type*} [Preorder α] {a b c : α} (hab : a ≤ b) (hbc : b < c) : a < c

-- Mathlib/Order/Basic.lean:138
axiom LT.lt.trans_le {α : Type*} [Preorder α] {a b c : α} (hab : a < b) (hbc : b ≤ c) : a < c

-- Mathlib/Order/Basic.lean:141
axiom LT.lt.le {α : Type*} [Preorder α] {a b : α} (hab : a < b) : a ≤ b

-- Mathlib/Algebra/Order/Monoid/Unbundled/Basic.lean:88 (additive)
axiom le_of_add_le_add_right {α : Type*} [Add α] [LE α] [i : AddRightReflectLE α] {a b c : α}
    (bc : b + a ≤ c + a) : b ≤ c

-- Mathlib/Algebra/Order/Monoid/Unbundled/Basic.lean:145 (additive)
axiom lt_of_add_lt_add_right {α : Type*} [Add α] [LT α] [i : AddRightReflectLT α] {a b c : α}
    (bc : b + a < c + a) : b < c

-- Mathlib/Algebra/Order/Monoid/Unbundled/Basic.lean:213 (additive)
axiom add_le_add {α : Type*} [Add α] [Preorder α] [AddLeftMono α] [AddRightMono α] {a b c d : α}
    (h₁ : a ≤ b) (h₂ : c ≤ d) : a + c ≤ b + d

-- Mathlib/Algebra/Order/Group/Unbundled/Basic.lean:551 (additive)
axiom sub_le_iff_le_add' {α : Type*} [AddCommGroup α] [LE α] [AddLeftMono α] {a b c : α} :
    a - b ≤ c ↔ a ≤ b + c

-- Mathlib/Algebra/Order/GroupWithZero/Unbundled/Defs.lean:224
axiom mul_le_mul_of_nonneg_left {α : Type*} [Mul α] [Zero α] [Preorder α] {a b c : α} [PosMulMono α]
    (hbc : b ≤ c) (ha : 0 ≤ a) : a * b ≤ a * c

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:69 (additive)
axiom le_abs_self {α : Type*} [Lattice α] [AddGroup α] (a : α) : a ≤ |a|

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:76 (additive)
axiom abs_neg {α : Type*} [Lattice α] [AddGroup α] (a : α) : |-a| = |a|

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:109 (additive)
axiom abs_nonneg {α : Type*} [Lattice α] [AddGroup α] [AddLeftMono α] [AddRightMono α] (a : α) :
    0 ≤ |a|

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:125 (additive)
axiom abs_add_le {α : Type*} [Lattice α] [AddCommGroup α] [AddLeftMono α] (a b : α) :
    |a + b| ≤ |a| + |b|

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:78 (additive)
axiom abs_sub_comm {α : Type*} [Lattice α] [AddGroup α] (a b : α) : |a - b| = |b - a|

-- Mathlib/Algebra/Order/Group/Unbundled/Abs.lean:264 (additive)
axiom abs_lt {α : Type*} [AddGroup α] [LinearOrder α] [AddLeftMono α] [AddRightMono α] {a b : α} :
    |a| < b ↔ -b < a ∧ a < b

-- Mathlib/Algebra/Order/Group/Abs.lean:64 (additive)
axiom abs_le {G : Type*} [AddCommGroup G] [LinearOrder G] [IsOrderedAddMonoid G] {a b : G} :
    |a| ≤ b ↔ -b ≤ a ∧ a ≤ b

-- Mathlib/Algebra/Order/Group/Abs.lean:86 (additive)
axiom abs_sub_le_iff {G : Type*} [AddCommGroup G] [LinearOrder G] [IsOrderedAddMonoid G]
    {a b c : G} : |a - b| ≤ c ↔ a - b ≤ c ∧ b - a ≤ c

-- Mathlib/Algebra/Order/Group/Abs.lean:179 (additive)
axiom abs_sub_le {G : Type*} [AddCommGroup G] [LinearOrder G] [IsOrderedAddMonoid G] (a b c : G) :
    |a - c| ≤ |a - b| + |b - c|

-- Mathlib/Algebra/Order/Ring/Abs.lean:49
axiom abs_mul {α : Type*} [Ring α] [LinearOrder α] [IsOrderedRing α] (a b : α) :
    |a * b| = |a| * |b|

-- Mathlib/Algebra/Order/Ring/Abs.lean:78
axiom sq_abs {α : Type*} [Ring α] [LinearOrder α] (a : α) : |a| ^ 2 = a ^ 2

/-! ## Sets and bounds -/

-- Mathlib/Data/Set/Defs.lean:47
def Set (α : Type*) := α → Prop

-- Mathlib/Data/Set/Defs.lean:50
def setOf {α : Type*} (p : α → Prop) : Set α := p

-- Mathlib/Data/Set/Defs.lean:56
protected def Set.Mem {α : Type*} (s : Set α) (a : α) : Prop := s a

-- Mathlib/Data/Set/Defs.lean:59
instance Set.instMembership {α : Type*} : Membership α (Set α) := ⟨Set.Mem⟩

-- Mathlib/Data/Set/Defs.lean:71
protected def Set.Subset {α : Type*} (s₁ s₂ : Set α) := ∀ ⦃a⦄, a ∈ s₁ → a ∈ s₂

-- Mathlib/Data/Set/Defs.lean:76
instance Set.instLE {α : Type*} : LE (Set α) := ⟨Set.Subset⟩

-- Mathlib/Data/Set/Defs.lean:79
instance Set.instHasSubset {α : Type*} : HasSubset (Set α) := ⟨(· ≤ ·)⟩

-- Mathlib/Data/Set/Defs.lean:129
macro (priority := low) "{" x:ident " : " t:term " | " p:term "}" : term =>
  `(setOf fun $x : $t => $p)

-- Mathlib/Data/Set/Defs.lean:200
def Set.univ {α : Type*} : Set α := {_a : α | True}

-- Mathlib/Data/Set/Defs.lean:220
protected def Set.union {α : Type*} (s₁ s₂ : Set α) : Set α := {a : α | a ∈ s₁ ∨ a ∈ s₂}

-- Mathlib/Data/Set/Defs.lean:222
instance Set.instUnion {α : Type*} : Union (Set α) := ⟨Set.union⟩

-- Mathlib/Data/Set/Defs.lean:227
protected def Set.inter {α : Type*} (s₁ s₂ : Set α) : Set α := {a : α | a ∈ s₁ ∧ a ∈ s₂}

-- Mathlib/Data/Set/Defs.lean:229
instance Set.instInter {α : Type*} : Inter (Set α) := ⟨Set.inter⟩

-- Mathlib/Data/Set/Operations.lean:102
axiom Set.mem_univ {α : Type*} (x : α) : x ∈ @Set.univ α

-- Mathlib/Data/Set/Operations.lean:158
def Set.range {α ι : Type*} (f : ι → α) : Set α := {x : α | ∃ y, f y = x}

-- Mathlib/Data/Set/Operations.lean:162
axiom Set.mem_range_self {α ι : Type*} {f : ι → α} (i : ι) : f i ∈ Set.range f

-- Mathlib/Data/Set/Defs.lean:265
protected def Set.Nonempty {α : Type*} (s : Set α) : Prop := ∃ x, x ∈ s

-- Mathlib/Order/Bounds/Defs.lean:35
def upperBounds {α : Type*} [LE α] (s : Set α) : Set α := {x : α | ∀ ⦃a⦄, a ∈ s → a ≤ x}

-- Mathlib/Order/Bounds/Defs.lean:35 (dual)
def lowerBounds {α : Type*} [LE α] (s : Set α) : Set α := {x : α | ∀ ⦃a⦄, a ∈ s → x ≤ a}

-- Mathlib/Order/Bounds/Defs.lean:46
def IsLeast {α : Type*} [LE α] (s : Set α) (a : α) : Prop := a ∈ s ∧ a ∈ lowerBounds s

-- Mathlib/Order/Bounds/Defs.lean:46 (dual)
def IsGreatest {α : Type*} [LE α] (s : Set α) (a : α) : Prop := a ∈ s ∧ a ∈ upperBounds s

/-! ## Finite sums -/

-- Mathlib/Data/Finset/Defs.lean:76
structure Finset (α : Type*) where
  val : List α

-- Mathlib/Data/Finset/Defs.lean:102
instance Finset.instMembership {α : Type*} : Membership α (Finset α) := ⟨fun s a => a ∈ s.val⟩

-- Mathlib/Data/Fintype/Defs.lean:56
class Fintype (α : Type*) where
  elems : Finset α

-- Mathlib/Data/Fintype/Defs.lean:91
axiom Finset.univ {α : Type*} [Fintype α] : Finset α

-- Mathlib/Data/Fintype/Basic.lean:36
instance Fin.fintype (n : ℕ) : Fintype (Fin n) := ⟨⟨List.finRange n⟩⟩

-- Mathlib/Data/Fintype/Card.lean:40
axiom Fintype.card (α : Type*) [Fintype α] : ℕ

-- Mathlib/Data/Fintype/Card.lean:488
axiom Fintype.card_fin (n : ℕ) : Fintype.card (Fin n) = n

-- Mathlib/Data/Finset/Card.lean:47
axiom Finset.card {α : Type*} (s : Finset α) : ℕ

-- Mathlib/Data/Finset/Filter.lean:52
axiom Finset.filter {α : Type*} (p : α → Prop) [DecidablePred p] (s : Finset α) : Finset α

-- Mathlib/Algebra/BigOperators/Group/Finset/Defs.lean:68 (additive)
axiom Finset.sum {ι M : Type*} [AddCommMonoid M] (s : Finset ι) (f : ι → M) : M

-- Mathlib/Algebra/BigOperators/Group/Finset/Defs.lean:178
syntax "∑ " ident (" : " term)? ", " term:67 : term
macro_rules
  | `(∑ $x:ident, $v) => `(Finset.sum Finset.univ (fun $x ↦ $v))
  | `(∑ $x:ident : $t, $v) => `(Finset.sum (Finset.univ : Finset $t) (fun $x ↦ $v))

-- Mathlib/Algebra/BigOperators/Group/Finset/Basic.lean:104 (additive)
axiom Finset.sum_congr {ι M : Type*} {s₁ s₂ : Finset ι} [AddCommMonoid M] {f g : ι → M}
    (h : s₁ = s₂) : (∀ x ∈ s₂, f x = g x) → s₁.sum f = s₂.sum g

-- Mathlib/Algebra/BigOperators/Group/Finset/Defs.lean:372 (additive)
axiom Finset.sum_const_zero {ι M : Type*} {s : Finset ι} [AddCommMonoid M] :
    (s.sum fun _ => (0 : M)) = 0

-- Mathlib/Algebra/BigOperators/Group/Finset/Defs.lean:659 (additive)
axiom Finset.sum_sub_distrib {ι G : Type*} {s : Finset ι} [SubtractionCommMonoid G] (f g : ι → G) :
    (s.sum fun x => f x - g x) = s.sum f - s.sum g

-- Mathlib/Algebra/BigOperators/Fin.lean:61 (additive)
axiom Fin.sum_univ_zero {M : Type*} [AddCommMonoid M] (f : Fin 0 → M) : ∑ i, f i = 0

-- Mathlib/Algebra/BigOperators/Fin.lean:76 (additive)
axiom Fin.sum_univ_succ {M : Type*} [AddCommMonoid M] {n : ℕ} (f : Fin (n + 1) → M) :
    ∑ i, f i = f 0 + ∑ i : Fin n, f i.succ

-- Mathlib/Algebra/BigOperators/Fin.lean:84 (additive)
axiom Fin.sum_univ_castSucc {M : Type*} [AddCommMonoid M] {n : ℕ} (f : Fin (n + 1) → M) :
    ∑ i, f i = (∑ i : Fin n, f (Fin.castSucc i)) + f (Fin.last n)

-- Mathlib/Algebra/BigOperators/Group/Finset/Piecewise.lean:258
axiom Finset.card_filter {ι : Type*} (p : ι → Prop) [DecidablePred p] (s : Finset ι) :
    (s.filter p).card = s.sum fun i => ite (p i) 1 0

/-! ## Casts of rational numbers -/

-- Mathlib/Data/Rat/Cast/Defs.lean:126
axiom Rat.cast_zero {α : Type*} [DivisionRing α] : ((0 : ℚ) : α) = 0

-- Mathlib/Data/Rat/Cast/Defs.lean:117
axiom Rat.cast_natCast {α : Type*} [DivisionRing α] (n : ℕ) : ((n : ℚ) : α) = (n : α)

-- Mathlib/Data/Rat/Cast/Defs.lean:121
axiom Rat.cast_ofNat {α : Type*} [DivisionRing α] (n : ℕ) [Nat.AtLeastTwo n] :
    ((OfNat.ofNat n : ℚ) : α) = (OfNat.ofNat n : α)

-- Mathlib/Data/Rat/Cast/Defs.lean:130
axiom Rat.cast_one {α : Type*} [DivisionRing α] : ((1 : ℚ) : α) = 1

-- Mathlib/Data/Rat/Cast/Defs.lean:176
axiom Rat.cast_neg {α : Type*} [DivisionRing α] (q : ℚ) : ((-q : ℚ) : α) = -(q : α)

-- Mathlib/Data/Rat/Cast/CharZero.lean:43
axiom Rat.cast_add {α : Type*} [DivisionRing α] [CharZero α] (p q : ℚ) :
    ((p + q : ℚ) : α) = (p : α) + (q : α)

-- Mathlib/Data/Rat/Cast/CharZero.lean:46
axiom Rat.cast_sub {α : Type*} [DivisionRing α] [CharZero α] (p q : ℚ) :
    ((p - q : ℚ) : α) = (p : α) - (q : α)

-- Mathlib/Data/Rat/Cast/CharZero.lean:49
axiom Rat.cast_mul {α : Type*} [DivisionRing α] [CharZero α] (p q : ℚ) :
    ((p * q : ℚ) : α) = (p : α) * (q : α)

-- Mathlib/Data/Rat/Cast/CharZero.lean:64
axiom Rat.cast_div {α : Type*} [DivisionRing α] [CharZero α] (p q : ℚ) :
    ((p / q : ℚ) : α) = (p : α) / (q : α)

-- Mathlib/Data/Rat/Cast/Order.lean:48
axiom Rat.cast_le {p q : ℚ} {K : Type*} [Field K] [LinearOrder K] [IsStrictOrderedRing K] :
    (p : K) ≤ (q : K) ↔ p ≤ q

-- Mathlib/Data/Rat/Cast/Order.lean:50
axiom Rat.cast_lt {p q : ℚ} {K : Type*} [Field K] [LinearOrder K] [IsStrictOrderedRing K] :
    (p : K) < (q : K) ↔ p < q

/-! ## The real numbers -/

-- Mathlib/Data/Real/Basic.lean:35
axiom Real : Type

-- Mathlib/Data/Real/Basic.lean:40
notation "ℝ" => Real

-- Stand-in for the irreducible operations in Mathlib/Data/Real/Basic.lean:71-408
axiom Real.zero : ℝ

-- Stand-in
axiom Real.one : ℝ

-- Stand-in
axiom Real.add : ℝ → ℝ → ℝ

-- Stand-in
axiom Real.neg : ℝ → ℝ

-- Stand-in
axiom Real.mul : ℝ → ℝ → ℝ

-- Stand-in
axiom Real.inv : ℝ → ℝ

-- Stand-in
axiom Real.natCast : ℕ → ℝ

-- Stand-in
axiom Real.intCast : Int → ℝ

-- Stand-in
axiom Real.ratCast : ℚ → ℝ

-- Stand-in
axiom Real.lt : ℝ → ℝ → Prop

-- Stand-in
axiom Real.le : ℝ → ℝ → Prop

-- Stand-in
axiom Real.sup : ℝ → ℝ → ℝ

-- Stand-in
axiom Real.inf : ℝ → ℝ → ℝ

-- Mathlib/Data/Real/Basic.lean:95
instance Real.instZero : Zero ℝ := ⟨Real.zero⟩

-- Mathlib/Data/Real/Basic.lean:100
instance Real.instOne : One ℝ := ⟨Real.one⟩

-- Mathlib/Data/Real/Basic.lean:105
instance Real.instAdd : Add ℝ := ⟨Real.add⟩

-- Mathlib/Data/Real/Basic.lean:110
instance Real.instNeg : Neg ℝ := ⟨Real.neg⟩

-- Mathlib/Data/Real/Basic.lean:115
instance Real.instMul : Mul ℝ := ⟨Real.mul⟩

-- Mathlib/Data/Real/Basic.lean:118
instance Real.instSub : Sub ℝ := ⟨fun a b => a + -b⟩

-- Mathlib/Data/Real/Basic.lean:123
instance Real.instInv : Inv ℝ := ⟨Real.inv⟩

-- Mathlib/Data/Real/Basic.lean:171
instance Real.instNatCast : NatCast ℝ := ⟨Real.natCast⟩

-- Mathlib/Data/Real/Basic.lean:174
instance Real.instRatCast : RatCast ℝ := ⟨Real.ratCast⟩

-- Mathlib/Data/Real/Basic.lean:186
instance Real.commRing : CommRing ℝ where
  natCast := Real.natCast
  intCast := Real.intCast
  npow n x := n.rec 1 fun _ y => y * x

-- Mathlib/Data/Real/Basic.lean:224
instance Real.instRing : Ring ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:226
instance Real.instCommSemiring : CommSemiring ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:228
instance Real.semiring : Semiring ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:234
instance Real.instAddCommGroup : AddCommGroup ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:236
instance Real.instAddGroup : AddGroup ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:238
instance Real.instAddCommMonoid : AddCommMonoid ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:240
instance Real.instAddMonoid : AddMonoid ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:246
instance Real.instAddCommSemigroup : AddCommSemigroup ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:248
instance Real.instAddSemigroup : AddSemigroup ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:252
instance Real.instMonoid : Monoid ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:254
instance Real.instCommSemigroup : CommSemigroup ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:278
instance Real.instLT : LT ℝ := ⟨Real.lt⟩

-- Mathlib/Data/Real/Basic.lean:311
instance Real.instLE : LE ℝ := ⟨Real.le⟩

-- Mathlib/Data/Real/Basic.lean:327
instance Real.partialOrder : PartialOrder ℝ := {}

-- Mathlib/Data/Real/Basic.lean:345
instance Real.instPreorder : Preorder ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:360
instance Real.instIsOrderedAddMonoid : IsOrderedAddMonoid ℝ := ⟨⟩

-- Mathlib/Data/Real/Basic.lean:376
instance Real.instIsStrictOrderedRing : IsStrictOrderedRing ℝ := ⟨⟩

-- Mathlib/Data/Real/Basic.lean:394
instance Real.instMax : Max ℝ := ⟨Real.sup⟩

-- Mathlib/Data/Real/Basic.lean:412
instance Real.instMin : Min ℝ := ⟨Real.inf⟩

-- Mathlib/Data/Real/Basic.lean:475 (through DistribLattice)
instance Real.lattice : Lattice ℝ where
  sup := max
  inf := min

-- Mathlib/Data/Real/Basic.lean:492
instance Real.linearOrder : LinearOrder ℝ := {}

-- Mathlib/Data/Real/Basic.lean:497
instance Real.instDivInvMonoid : DivInvMonoid ℝ where
  div a b := a * b⁻¹

-- Mathlib/Data/Real/Basic.lean:502
instance Real.instField : Field ℝ := {}

-- Mathlib/Data/Real/Basic.lean:520
instance Real.instDivisionRing : DivisionRing ℝ := inferInstance

-- Mathlib/Data/Real/Basic.lean:522
@[instance] axiom Real.decidableLT (a b : ℝ) : Decidable (a < b)

-- Mathlib/Data/Real/Basic.lean:524
@[instance] axiom Real.decidableLE (a b : ℝ) : Decidable (a ≤ b)

-- Mathlib/Data/Real/Sqrt.lean:109
axiom Real.sqrt (x : ℝ) : ℝ

-- Mathlib/Data/Real/Sqrt.lean:225
axiom Real.sqrt_le_iff {x y : ℝ} : Real.sqrt x ≤ y ↔ 0 ≤ y ∧ x ≤ y ^ 2

/-! ## Actions and modules -/

-- Mathlib/Algebra/GroupWithZero/Action/Defs.lean:50
class SMulZeroClass (M A : Type*) [Zero A] extends SMul M A

-- Mathlib/Algebra/GroupWithZero/Action/Defs.lean:266
class DistribSMul (M A : Type*) [AddZeroClass A] extends SMulZeroClass M A

-- Mathlib/Algebra/Group/Action/Defs.lean:134 (through SemigroupAction)
class MulAction (α : Type*) (β : Type*) [Monoid α] extends SMul α β

-- Mathlib/Algebra/GroupWithZero/Action/Defs.lean:342
class DistribMulAction (M A : Type*) [Monoid M] [AddMonoid A] extends MulAction M A

-- Mathlib/Algebra/GroupWithZero/Action/Defs.lean:353
instance (priority := 100) DistribMulAction.toDistribSMul {M A : Type*} [Monoid M] [AddMonoid A]
    [DistribMulAction M A] : DistribSMul M A := {}

-- Mathlib/Algebra/Module/Defs.lean:54
class Module (R : Type*) (M : Type*) [Semiring R] [AddCommMonoid M] extends DistribMulAction R M

-- Mathlib/Algebra/Module/Defs.lean:167
instance (priority := 910) Semiring.toModule {R : Type*} [Semiring R] : Module R R := {}

-- Mathlib/Algebra/Group/Action/Defs.lean:147
class SMulCommClass (M N α : Type*) [SMul M α] [SMul N α] : Prop

-- Mathlib/Algebra/Group/Action/Defs.lean:196
instance smulCommClass_self (M α : Type*) [CommMonoid M] [MulAction M α] : SMulCommClass M M α :=
  ⟨⟩

-- Mathlib/Algebra/Algebra/Defs.lean:97
class Algebra (R : Type*) (A : Type*) [CommSemiring R] [Semiring A] extends SMul R A

-- Mathlib/Algebra/Algebra/Defs.lean:274
instance (priority := 200) Algebra.toModule {R A : Type*} [CommSemiring R] [Semiring A]
    [Algebra R A] : Module R A := {}

-- Mathlib/Algebra/Algebra/Defs.lean:391
instance (priority := 1100) Algebra.id (R : Type*) [CommSemiring R] : Algebra R R where
  toSMul := instSMulOfMul

-- Mathlib/Algebra/Group/Action/Defs.lean:73
theorem smul_eq_mul {α : Type*} [Mul α] (a b : α) : a • b = a * b := rfl

/-! ## Topology and norms -/

-- Mathlib/Topology/Defs/Basic.lean:69
class TopologicalSpace (X : Type*) where
  IsOpen : Set X → Prop

-- Mathlib/Topology/Defs/Induced.lean:60
axiom TopologicalSpace.induced {X Y : Type*} (f : X → Y) (t : TopologicalSpace Y) :
    TopologicalSpace X

-- Mathlib/Topology/UniformSpace/Defs.lean:369
class UniformSpace (α : Type*) extends TopologicalSpace α where
  uniformity : Set (Set (α × α))

-- Stand-in for the pull-back of filters
axiom UniformSpace.comapUniformity {α β : Type*} (f : α → β) (s : Set (Set (β × β))) :
    Set (Set (α × α))

-- Mathlib/Topology/UniformSpace/Basic.lean:408
@[reducible] def UniformSpace.comap {α β : Type*} (f : α → β) (u : UniformSpace β) :
    UniformSpace α where
  toTopologicalSpace := u.toTopologicalSpace.induced f
  uniformity := UniformSpace.comapUniformity f u.uniformity

-- Mathlib/Topology/Constructions.lean:65
@[instance] axiom Pi.topologicalSpace {ι : Type*} {Y : ι → Type*} [∀ i, TopologicalSpace (Y i)] :
    TopologicalSpace (∀ i, Y i)

-- Stand-in for the uniformity of a product
axiom Pi.uniformity {ι : Type*} (α : ι → Type*) [∀ i, UniformSpace (α i)] :
    Set (Set ((∀ i, α i) × (∀ i, α i)))

-- Mathlib/Topology/UniformSpace/Pi.lean:26
instance Pi.uniformSpace {ι : Type*} (α : ι → Type*) [∀ i, UniformSpace (α i)] :
    UniformSpace (∀ i, α i) where
  toTopologicalSpace := Pi.topologicalSpace
  uniformity := Pi.uniformity α

-- Mathlib/Topology/Algebra/Monoid/Defs.lean:36
class ContinuousAdd (M : Type*) [TopologicalSpace M] [Add M] : Prop

-- Mathlib/Topology/Algebra/Group/Defs.lean:100
class IsTopologicalAddGroup (G : Type*) [TopologicalSpace G] [AddGroup G] : Prop extends
  ContinuousAdd G

-- Mathlib/Topology/Algebra/ConstMulAction.lean:60
class ContinuousConstSMul (Γ : Type*) (T : Type*) [TopologicalSpace T] [SMul Γ T] : Prop

-- Mathlib/Topology/MetricSpace/Pseudo/Defs.lean:89
class Dist (α : Type*) where
  dist : α → α → ℝ

-- Mathlib/Topology/MetricSpace/Pseudo/Defs.lean:125
class PseudoMetricSpace (α : Type*) extends Dist α, UniformSpace α

-- Stand-in for Mathlib/Topology/MetricSpace/Pseudo/Defs.lean:993
@[reducible] def PseudoMetricSpace.replaceUniformity {α : Type*} [U : UniformSpace α]
    (m : PseudoMetricSpace α) : PseudoMetricSpace α := { m with toUniformSpace := U }

-- Mathlib/Topology/MetricSpace/Defs.lean:57
class MetricSpace (α : Type*) extends PseudoMetricSpace α

-- Mathlib/Analysis/Normed/Group/Defs.lean:56
class Norm (E : Type*) where
  norm : E → ℝ

-- Mathlib/Analysis/Normed/Group/Defs.lean:72
export Norm (norm)

-- Mathlib/Analysis/Normed/Group/Defs.lean:76
notation "‖" e "‖" => norm e

-- Mathlib/Analysis/Normed/Group/Defs.lean:167
class SeminormedAddGroup (E : Type*) extends Norm E, AddGroup E, PseudoMetricSpace E

-- Mathlib/Analysis/Normed/Group/Defs.lean:197
class SeminormedAddCommGroup (E : Type*) extends Norm E, AddCommGroup E, PseudoMetricSpace E

-- Mathlib/Analysis/Normed/Group/Defs.lean:213
class NormedAddCommGroup (E : Type*) extends Norm E, AddCommGroup E, MetricSpace E

-- Mathlib/Analysis/Normed/Group/Defs.lean:233 (additive)
instance (priority := 100) NormedAddCommGroup.toSeminormedAddCommGroup {E : Type*}
    [NormedAddCommGroup E] : SeminormedAddCommGroup E := {}

-- Mathlib/Analysis/Normed/Group/Defs.lean:239 (additive)
instance (priority := 100) SeminormedAddCommGroup.toSeminormedAddGroup {E : Type*}
    [SeminormedAddCommGroup E] : SeminormedAddGroup E := {}

-- Mathlib/Analysis/Normed/Group/Basic.lean:124 (additive)
axiom norm_nonneg {E : Type*} [SeminormedAddGroup E] (a : E) : 0 ≤ ‖a‖

-- Mathlib/Analysis/Normed/Ring/Basic.lean:46
class SeminormedRing (α : Type*) extends Norm α, Ring α, PseudoMetricSpace α

-- Mathlib/Analysis/Normed/Ring/Basic.lean:73
class NormedRing (α : Type*) extends Norm α, Ring α, MetricSpace α

-- Mathlib/Analysis/Normed/Ring/Basic.lean:81
instance (priority := 100) NormedRing.toSeminormedRing {α : Type*} [NormedRing α] :
    SeminormedRing α := {}

-- Mathlib/Analysis/Normed/Ring/Basic.lean:173 (through NonUnitalNormedRing)
instance (priority := 100) NormedRing.toNormedAddCommGroup {α : Type*} [NormedRing α] :
    NormedAddCommGroup α := {}

-- Mathlib/Analysis/Normed/Ring/Basic.lean:178 (through NonUnitalSeminormedRing)
instance (priority := 100) SeminormedRing.toSeminormedAddCommGroup {α : Type*} [SeminormedRing α] :
    SeminormedAddCommGroup α := {}

-- Mathlib/Analysis/Normed/Field/Basic.lean:151
class NormedField (α : Type*) extends Norm α, Field α, MetricSpace α

-- Mathlib/Analysis/Normed/Field/Basic.lean:188 (through NormedCommRing)
instance (priority := 100) NormedField.toNormedRing {α : Type*} [NormedField α] : NormedRing α := {}

-- Mathlib/Analysis/Normed/Field/Basic.lean:160
class NontriviallyNormedField (α : Type*) extends NormedField α

-- Mathlib/Analysis/Normed/Field/Basic.lean:167
class DenselyNormedField (α : Type*) extends NormedField α

-- Mathlib/Analysis/Normed/Field/Basic.lean:175
instance (priority := 100) DenselyNormedField.toNontriviallyNormedField {α : Type*}
    [DenselyNormedField α] : NontriviallyNormedField α := {}

-- Mathlib/Analysis/Normed/Module/Basic.lean:44
class NormedSpace (𝕜 : Type*) (E : Type*) [NormedField 𝕜] [SeminormedAddCommGroup E] extends
  Module 𝕜 E

-- Mathlib/Analysis/Normed/Module/Basic.lean:64
instance NormedField.toNormedSpace {𝕜 : Type*} [NormedField 𝕜] : NormedSpace 𝕜 𝕜 := {}

-- Mathlib/Analysis/Normed/Module/Basic.lean:272
class NormedAlgebra (𝕜 : Type*) (𝕜' : Type*) [NormedField 𝕜] [SeminormedRing 𝕜'] extends
  Algebra 𝕜 𝕜'

-- Mathlib/Analysis/Normed/Module/Basic.lean:281
instance (priority := 100) NormedAlgebra.toNormedSpace {𝕜 𝕜' : Type*} [NormedField 𝕜]
    [SeminormedRing 𝕜'] [h : NormedAlgebra 𝕜 𝕜'] : NormedSpace 𝕜 𝕜' := { h.toAlgebra.toModule with }

-- Mathlib/Analysis/Normed/Module/Basic.lean:352
instance NormedAlgebra.id (𝕜 : Type*) [NormedField 𝕜] : NormedAlgebra 𝕜 𝕜 := { Algebra.id 𝕜 with }

-- Mathlib/Analysis/Normed/Group/Uniform.lean:383 (additive)
instance (priority := 100) SeminormedAddCommGroup.toIsTopologicalAddGroup {E : Type*}
    [SeminormedAddCommGroup E] : IsTopologicalAddGroup E := {}

-- Mathlib/Analysis/Normed/Module/Basic.lean:62 (through IsBoundedSMul)
instance NormedSpace.toContinuousConstSMul {𝕜 E : Type*} [NormedField 𝕜] [SeminormedAddCommGroup E]
    [NormedSpace 𝕜 E] : ContinuousConstSMul 𝕜 E := ⟨⟩

-- Stand-in for the uniformity of Mathlib/Topology/MetricSpace/Pseudo/Defs.lean:1079
axiom Real.uniformSpace : UniformSpace ℝ

-- Mathlib/Topology/MetricSpace/Basic.lean:122
instance Real.metricSpace : MetricSpace ℝ where
  dist x y := |x - y|
  toUniformSpace := Real.uniformSpace

-- Mathlib/Analysis/Normed/Group/Real.lean:52
instance Real.norm : Norm ℝ := ⟨fun r => |r|⟩

-- Mathlib/Analysis/Normed/Group/Real.lean:56
axiom Real.norm_eq_abs (r : ℝ) : ‖r‖ = |r|

-- Mathlib/Analysis/Normed/Group/Real.lean:59
instance Real.normedAddCommGroup : NormedAddCommGroup ℝ := {}

-- Mathlib/Analysis/Normed/Field/Basic.lean:294
instance Real.normedField : NormedField ℝ := { Real.normedAddCommGroup, Real.instField with }

-- Mathlib/Analysis/Normed/Field/Basic.lean:298
instance Real.denselyNormedField : DenselyNormedField ℝ := {}

/-! ## Homomorphisms and continuous linear maps -/

-- Mathlib/Data/FunLike/Basic.lean:144
class DFunLike (F : Sort _) (α : outParam (Sort _)) (β : outParam <| α → Sort _) where
  coe : F → ∀ a : α, β a

-- Mathlib/Data/FunLike/Basic.lean:156
abbrev FunLike (F : Sort _) (α : outParam (Sort _)) (β : outParam (Sort _)) :=
  DFunLike F α fun _ => β

-- Mathlib/Data/FunLike/Basic.lean:168
instance (priority := 100) DFunLike.hasCoeToFun {F α : Sort _} {β : α → Sort _} [DFunLike F α β] :
    CoeFun F (fun _ => ∀ a : α, β a) := ⟨@DFunLike.coe _ _ β _⟩

-- Mathlib/Algebra/Group/Hom/Defs.lean:126
class AddHomClass (F : Type*) (M N : outParam Type*) [Add M] [Add N] [FunLike F M N] : Prop

-- Mathlib/Algebra/Group/Hom/Defs.lean:158
class AddMonoidHomClass (F : Type*) (M N : outParam Type*) [AddZero M] [AddZero N]
  [FunLike F M N] : Prop extends AddHomClass F M N

-- Mathlib/Algebra/Group/Hom/Defs.lean:326 (additive)
axiom map_add {M N F : Type*} [Add M] [Add N] [FunLike F M N] [AddHomClass F M N] (f : F)
    (x y : M) : f (x + y) = f x + f y

-- Mathlib/Algebra/Group/Hom/Defs.lean:461 (additive)
axiom map_sub {G H F : Type*} [FunLike F G H] [AddGroup G] [SubtractionMonoid H]
    [AddMonoidHomClass F G H] (f : F) : ∀ a b, f (a - b) = f a - f b

-- Mathlib/Algebra/Group/Hom/Defs.lean:144
structure AddMonoidHom (M : Type*) (N : Type*) [AddZero M] [AddZero N] where
  toFun : M → N

-- Mathlib/Algebra/Group/Hom/Defs.lean:151
infixr:25 " →+ " => AddMonoidHom

-- Mathlib/Algebra/Group/Hom/Defs.lean:383 (additive)
instance AddMonoidHom.instFunLike {M N : Type*} [AddZero M] [AddZero N] : FunLike (M →+ N) M N :=
  ⟨AddMonoidHom.toFun⟩

-- Mathlib/Algebra/Group/Hom/Defs.lean:733 (additive)
def AddMonoidHom.id (M : Type*) [AddZero M] : M →+ M where
  toFun x := x

-- Mathlib/Algebra/Group/Hom/Defs.lean:732 (additive)
theorem AddMonoidHom.id_apply {M : Type*} [AddZero M] (x : M) : AddMonoidHom.id M x = x := rfl

-- Mathlib/Algebra/Ring/Hom/Defs.lean:293
structure RingHom (α : Type*) (β : Type*) [NonAssocSemiring α] [NonAssocSemiring β] where
  toFun : α → β

-- Mathlib/Algebra/Ring/Hom/Defs.lean:297
infixr:25 " →+* " => RingHom

-- Mathlib/Algebra/Ring/Hom/Defs.lean:358
instance RingHom.instFunLike {α β : Type*} [NonAssocSemiring α] [NonAssocSemiring β] :
    FunLike (α →+* β) α β := ⟨RingHom.toFun⟩

-- Mathlib/Algebra/Ring/Hom/Defs.lean:509
def RingHom.id (α : Type*) [NonAssocSemiring α] : α →+* α where
  toFun x := x

-- Mathlib/Algebra/Ring/CompTypeclasses.lean:64
class RingHomCompTriple {R₁ R₂ R₃ : Type*} [Semiring R₁] [Semiring R₂] [Semiring R₃]
  (σ₁₂ : R₁ →+* R₂) (σ₂₃ : R₂ →+* R₃) (σ₁₃ : outParam (R₁ →+* R₃)) : Prop

-- Mathlib/Algebra/Ring/CompTypeclasses.lean:139
instance RingHomCompTriple.right_ids {R₁ R₂ : Type*} [Semiring R₁] [Semiring R₂] {σ₁₂ : R₁ →+* R₂} :
    RingHomCompTriple σ₁₂ (RingHom.id R₂) σ₁₂ := ⟨⟩

-- Mathlib/Analysis/Normed/Ring/Basic.lean:666
class RingHomIsometric {R₁ R₂ : Type*} [Semiring R₁] [Semiring R₂] [Norm R₁] [Norm R₂]
  (σ : R₁ →+* R₂) : Prop

-- Mathlib/Analysis/Normed/Ring/Basic.lean:684
instance RingHomIsometric.ids {R₁ : Type*} [SeminormedRing R₁] :
    RingHomIsometric (RingHom.id R₁) := ⟨⟩

-- Mathlib/Algebra/Group/Hom/Defs.lean:114
structure AddHom (M : Type*) (N : Type*) [Add M] [Add N] where
  toFun : M → N

-- Mathlib/GroupTheory/GroupAction/Hom.lean:84
structure MulActionHom {M N : Type*} (φ : M → N) (X : Type*) [SMul M X] (Y : Type*) [SMul N Y] where
  toFun : X → Y

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:85
structure LinearMap {R S : Type*} [Semiring R] [Semiring S] (σ : R →+* S) (M : Type*) (M₂ : Type*)
  [AddCommMonoid M] [AddCommMonoid M₂] [Module R M] [Module S M₂] extends
  AddHom M M₂, MulActionHom σ M M₂

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:37
structure ContinuousLinearMap {R : Type*} {S : Type*} [Semiring R] [Semiring S] (σ : R →+* S)
  (M : Type*) [TopologicalSpace M] [AddCommMonoid M] (M₂ : Type*) [TopologicalSpace M₂]
  [AddCommMonoid M₂] [Module R M] [Module S M₂] extends LinearMap σ M M₂

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:45
notation:25 M " →SL[" σ "] " M₂ => ContinuousLinearMap σ M M₂

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:48
notation:25 M " →L[" R "] " M₂ => ContinuousLinearMap (RingHom.id R) M M₂

-- Mathlib/Algebra/Notation/Pi/Defs.lean:64 (additive)
instance Pi.instAdd {ι : Type*} {M : ι → Type*} [∀ i, Add (M i)] : Add (∀ i, M i) :=
  ⟨fun f g i => f i + g i⟩

-- Mathlib/Algebra/Notation/Pi/Defs.lean:107 (additive)
instance Pi.instSub {ι : Type*} {G : ι → Type*} [∀ i, Sub (G i)] : Sub (∀ i, G i) :=
  ⟨fun f g i => f i - g i⟩

-- Mathlib/Algebra/Notation/Pi/Defs.lean:128
instance Pi.instSMul {ι α : Type*} {M : ι → Type*} [∀ i, SMul α (M i)] : SMul α (∀ i, M i) :=
  ⟨fun s x i => s • x i⟩

section

variable {R₁ R₂ R₃ S : Type*} [Semiring R₁] [Semiring R₂] [Semiring R₃] {σ₁₂ : R₁ →+* R₂}
  {σ₂₃ : R₂ →+* R₃} {σ₁₃ : R₁ →+* R₃} {M₁ M₂ M₃ : Type*} [AddCommMonoid M₁] [AddCommMonoid M₂]
  [AddCommMonoid M₃] [Module R₁ M₁] [Module R₂ M₂] [Module R₃ M₃]

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:197
instance LinearMap.instFunLike : FunLike (LinearMap σ₁₂ M₁ M₂) M₁ M₂ := ⟨fun f => f.toFun⟩

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:484
def LinearMap.comp [RingHomCompTriple σ₁₂ σ₂₃ σ₁₃] (f : LinearMap σ₂₃ M₂ M₃)
    (g : LinearMap σ₁₂ M₁ M₂) : LinearMap σ₁₃ M₁ M₃ where
  toFun := f ∘ g

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:741
instance LinearMap.instSMul [DistribSMul S M₂] [SMulCommClass R₂ S M₂] :
    SMul S (LinearMap σ₁₂ M₁ M₂) := ⟨fun a f => { toFun := a • (f : M₁ → M₂) }⟩

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:821
instance LinearMap.instAdd : Add (LinearMap σ₁₂ M₁ M₂) :=
  ⟨fun f g => { toFun := (f : M₁ → M₂) + (g : M₁ → M₂) }⟩

variable [TopologicalSpace M₁] [TopologicalSpace M₂] [TopologicalSpace M₃]

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:100
instance ContinuousLinearMap.funLike : FunLike (M₁ →SL[σ₁₂] M₂) M₁ M₂ := ⟨fun f => f.toLinearMap⟩

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:155
axiom ContinuousLinearMap.ext {f g : M₁ →SL[σ₁₂] M₂} (h : ∀ x, f x = g x) : f = g

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:104 (through ContinuousSemilinearMapClass)
instance ContinuousLinearMap.addMonoidHomClass : AddMonoidHomClass (M₁ →SL[σ₁₂] M₂) M₁ M₂ := {}

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:251
instance ContinuousLinearMap.instSMul [DistribSMul S M₂] [SMulCommClass R₂ S M₂]
    [ContinuousConstSMul S M₂] : SMul S (M₁ →SL[σ₁₂] M₂) := ⟨fun c f => ⟨c • f.toLinearMap⟩⟩

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:254
theorem ContinuousLinearMap.smul_apply [DistribSMul S M₂] [SMulCommClass R₂ S M₂]
    [ContinuousConstSMul S M₂] (c : S) (f : M₁ →SL[σ₁₂] M₂) (x : M₁) : (c • f) x = c • f x := rfl

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:370
instance ContinuousLinearMap.add [ContinuousAdd M₂] : Add (M₁ →SL[σ₁₂] M₂) :=
  ⟨fun f g => ⟨f.toLinearMap + g.toLinearMap⟩⟩

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:374
theorem ContinuousLinearMap.add_apply [ContinuousAdd M₂] (f g : M₁ →SL[σ₁₂] M₂) (x : M₁) :
    (f + g) x = f x + g x := rfl

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:431
def ContinuousLinearMap.comp [RingHomCompTriple σ₁₂ σ₂₃ σ₁₃] (g : M₂ →SL[σ₂₃] M₃)
    (f : M₁ →SL[σ₁₂] M₂) : M₁ →SL[σ₁₃] M₃ where
  toLinearMap := g.toLinearMap.comp f.toLinearMap

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:452
theorem ContinuousLinearMap.comp_apply [RingHomCompTriple σ₁₂ σ₂₃ σ₁₃] (g : M₂ →SL[σ₂₃] M₃)
    (f : M₁ →SL[σ₁₂] M₂) (x : M₁) : (g.comp f) x = g (f x) := rfl

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:389
@[instance] axiom ContinuousLinearMap.addCommMonoid [ContinuousAdd M₂] :
    AddCommMonoid (M₁ →SL[σ₁₂] M₂)

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:1018
@[instance] axiom ContinuousLinearMap.module [ContinuousAdd M₂] [Semiring S] [Module S M₂]
    [SMulCommClass R₂ S M₂] [ContinuousConstSMul S M₂] : Module S (M₁ →SL[σ₁₂] M₂)

end

section

variable {R R₂ : Type*} [Ring R] [Ring R₂] {σ₁₂ : R →+* R₂} {M M₂ : Type*} [AddCommGroup M]
  [AddCommGroup M₂] [Module R M] [Module R₂ M₂]

-- Mathlib/Algebra/Module/LinearMap/Defs.lean:863
instance LinearMap.instSub : Sub (LinearMap σ₁₂ M M₂) :=
  ⟨fun f g => { toFun := (f : M → M₂) - (g : M → M₂) }⟩

variable [TopologicalSpace M] [TopologicalSpace M₂]

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:840
instance ContinuousLinearMap.sub [IsTopologicalAddGroup M₂] : Sub (M →SL[σ₁₂] M₂) :=
  ⟨fun f g => ⟨f.toLinearMap - g.toLinearMap⟩⟩

-- Mathlib/Topology/Algebra/Module/LinearMap.lean:851
theorem ContinuousLinearMap.sub_apply [IsTopologicalAddGroup M₂] (f g : M →SL[σ₁₂] M₂) (x : M) :
    (f - g) x = f x - g x := rfl

end

section

variable {𝕜 𝕜₂ E F : Type*} [SeminormedAddCommGroup E] [SeminormedAddCommGroup F]
  [NontriviallyNormedField 𝕜] [NontriviallyNormedField 𝕜₂] [NormedSpace 𝕜 E] [NormedSpace 𝕜₂ F]
  {σ₁₂ : 𝕜 →+* 𝕜₂}

-- Mathlib/Topology/Algebra/Module/StrongTopology.lean:415
@[instance] axiom ContinuousLinearMap.topologicalSpace : TopologicalSpace (E →SL[σ₁₂] F)

-- Mathlib/Analysis/Normed/Operator/Basic.lean:178
@[instance] axiom ContinuousLinearMap.hasOpNorm : Norm (E →SL[σ₁₂] F)

-- Mathlib/Analysis/Normed/Operator/Basic.lean:225
axiom ContinuousLinearMap.opNorm_nonneg (f : E →SL[σ₁₂] F) : 0 ≤ ‖f‖

-- Mathlib/Analysis/Normed/Operator/Basic.lean:245
axiom ContinuousLinearMap.le_opNorm [RingHomIsometric σ₁₂] (f : E →SL[σ₁₂] F) (x : E) :
    ‖f x‖ ≤ ‖f‖ * ‖x‖

end

/-! ## Inner products -/

-- Mathlib/Algebra/Notation/Defs.lean:93
class Star (R : Type*) where
  star : R → R

-- Mathlib/Algebra/Star/Basic.lean:275 (through StarMul and InvolutiveStar)
class StarRing (R : Type*) [NonUnitalNonAssocSemiring R] extends Star R

-- Mathlib/Algebra/Star/Basic.lean:108
class TrivialStar (R : Type*) [Star R] : Prop

-- Mathlib/Algebra/Star/Basic.lean:322
axiom starRingEnd (R : Type*) [CommSemiring R] [StarRing R] : R →+* R

-- Mathlib/Algebra/Star/Basic.lean:355
axiom conj_trivial {R : Type*} [CommSemiring R] [StarRing R] [TrivialStar R] (a : R) :
    starRingEnd R a = a

-- Mathlib/Data/Real/Star.lean:18
instance Real.starRing : StarRing ℝ where
  star x := x

-- Mathlib/Data/Real/Star.lean:21
instance Real.trivialStar : TrivialStar ℝ := ⟨⟩

-- Mathlib/Analysis/RCLike/Basic.lean:60
class RCLike (K : semiOutParam (Type*)) extends DenselyNormedField K, StarRing K,
  NormedAlgebra ℝ K where
  re : K →+ ℝ

-- Mathlib/Analysis/RCLike/Basic.lean:766
instance Real.instRCLike : RCLike ℝ where
  re := AddMonoidHom.id ℝ

-- Mathlib/Analysis/InnerProductSpace/Defs.lean:79
class Inner (𝕜 E : Type*) where
  inner (𝕜) : E → E → 𝕜

-- Mathlib/Analysis/InnerProductSpace/Defs.lean:83
export Inner (inner)

-- Mathlib/Analysis/InnerProductSpace/Defs.lean:106
class InnerProductSpace (𝕜 : Type*) (E : Type*) [RCLike 𝕜] [SeminormedAddCommGroup E] extends
  NormedSpace 𝕜 E, Inner 𝕜 E

-- Mathlib/Analysis/InnerProductSpace/Basic.lean:877
instance RCLike.innerProductSpace {𝕜 : Type*} [RCLike 𝕜] : InnerProductSpace 𝕜 𝕜 where
  inner x y := y * starRingEnd 𝕜 x

-- Mathlib/Analysis/InnerProductSpace/Basic.lean:885
axiom RCLike.inner_apply {𝕜 : Type*} [RCLike 𝕜] (x y : 𝕜) : inner 𝕜 x y = y * starRingEnd 𝕜 x

-- Mathlib/Analysis/InnerProductSpace/Basic.lean:956
instance RCLike.toInnerProductSpaceReal {𝕜 : Type*} [RCLike 𝕜] : InnerProductSpace ℝ 𝕜 where
  inner x y := RCLike.re (inner 𝕜 x y)

-- Mathlib/Analysis/InnerProductSpace/Basic.lean:967
theorem RCLike.innerProductSpace_eq :
    (RCLike.innerProductSpace : InnerProductSpace ℝ ℝ) = RCLike.toInnerProductSpaceReal := rfl

-- Mathlib/Analysis/InnerProductSpace/LinearMap.lean:164
axiom innerSL (𝕜 : Type*) {E : Type*} [RCLike 𝕜] [SeminormedAddCommGroup E]
    [InnerProductSpace 𝕜 E] : E →SL[starRingEnd 𝕜] E →L[𝕜] 𝕜

-- Mathlib/Analysis/InnerProductSpace/LinearMap.lean:172
axiom innerSL_apply_apply (𝕜 : Type*) {E : Type*} [RCLike 𝕜] [SeminormedAddCommGroup E]
    [InnerProductSpace 𝕜 E] (v w : E) : innerSL 𝕜 v w = inner 𝕜 v w

-- Mathlib/Analysis/InnerProductSpace/LinearMap.lean:233
axiom innerSL_apply_norm (𝕜 : Type*) {E : Type*} [RCLike 𝕜] [SeminormedAddCommGroup E]
    [InnerProductSpace 𝕜 E] (x : E) : ‖innerSL 𝕜 x‖ = ‖x‖

/-! ## Euclidean spaces -/

-- Mathlib/Data/ENNReal/Basic.lean:101
axiom ENNReal : Type

-- Mathlib/Data/ENNReal/Basic.lean:121
@[instance] axiom ENNReal.instOfNatOne : OfNat ENNReal 1

-- Mathlib/Data/ENNReal/Basic.lean:121
@[instance] axiom ENNReal.instOfNatTwo : OfNat ENNReal 2

-- Mathlib/Data/ENNReal/Basic.lean:124
@[instance] axiom ENNReal.instLE : LE ENNReal

-- Mathlib/Logic/Basic.lean:95
class Fact (p : Prop) : Prop where
  out : p

-- Mathlib/Data/ENNReal/Basic.lean:421
@[instance] axiom fact_one_le_two_ennreal : Fact ((1 : ENNReal) ≤ 2)

-- Mathlib/Analysis/Normed/Lp/WithLp.lean:50
structure WithLp (p : ENNReal) (V : Type*) where
  toLp (p) ::
  ofLp : V

-- Mathlib/Analysis/Normed/Lp/WithLp.lean:101
theorem WithLp.ofLp_toLp (p : ENNReal) {V : Type*} (x : V) :
    WithLp.ofLp (WithLp.toLp p x) = x := rfl

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:84
abbrev PiLp (p : ENNReal) {ι : Type*} (α : ι → Type*) : Type _ := WithLp p (∀ i : ι, α i)

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:89
instance PiLp.instCoeFun (p : ENNReal) {ι : Type*} (α : ι → Type*) :
    CoeFun (PiLp p α) (fun _ => (i : ι) → α i) := ⟨WithLp.ofLp⟩

-- Mathlib/Algebra/Group/Pi/Basic.lean:72 (additive)
instance Pi.addCommMonoid {I : Type*} {f : I → Type*} [∀ i, AddCommMonoid (f i)] :
    AddCommMonoid (∀ i, f i) where
  zero _ := 0

-- Mathlib/Algebra/Group/Pi/Basic.lean:107 (additive)
instance Pi.addCommGroup {I : Type*} {f : I → Type*} [∀ i, AddCommGroup (f i)] :
    AddCommGroup (∀ i, f i) where
  neg f i := -f i
  sub f g i := f i - g i

-- Mathlib/Analysis/Normed/Lp/WithLp.lean:88
@[instance] axiom WithLp.instAddCommGroup (p : ENNReal) (V : Type*) [AddCommGroup V] :
    AddCommGroup (WithLp p V)

-- Mathlib/Algebra/Module/Pi.lean:37
@[instance] axiom Pi.module {I : Type*} (f : I → Type*) (α : Type*) [Semiring α]
    [∀ i, AddCommMonoid (f i)] [∀ i, Module α (f i)] : Module α (∀ i, f i)

section

variable (p : ENNReal) (𝕜 : Type*) {ι : Type*} (β : ι → Type*)

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:438
instance PiLp.topologicalSpace [∀ i, TopologicalSpace (β i)] : TopologicalSpace (PiLp p β) :=
  Pi.topologicalSpace.induced WithLp.ofLp

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:474
instance PiLp.uniformSpace [∀ i, UniformSpace (β i)] : UniformSpace (PiLp p β) :=
  (Pi.uniformSpace β).comap WithLp.ofLp

variable [Fintype ι]

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:250
@[instance] axiom PiLp.instNorm [∀ i, Norm (β i)] : Norm (PiLp p β)

variable [Fact (1 ≤ p)]

-- Stand-in for Mathlib/Analysis/Normed/Lp/PiLp.lean:345
axiom PiLp.pseudoMetricAux [∀ i, PseudoMetricSpace (β i)] : PseudoMetricSpace (PiLp p β)

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:523
instance PiLp.instPseudoMetricSpace [∀ i, PseudoMetricSpace (β i)] : PseudoMetricSpace (PiLp p β) :=
  (PiLp.pseudoMetricAux p β).replaceUniformity

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:529
instance PiLp.instMetricSpace [∀ i, MetricSpace (β i)] : MetricSpace (PiLp p β) := {}

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:587
instance PiLp.seminormedAddCommGroup [∀ i, SeminormedAddCommGroup (β i)] :
    SeminormedAddCommGroup (PiLp p β) := {}

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:624
instance PiLp.normedAddCommGroup [∀ i, NormedAddCommGroup (β i)] : NormedAddCommGroup (PiLp p β) :=
  { PiLp.seminormedAddCommGroup p β with }

-- Mathlib/Analysis/Normed/Lp/WithLp.lean:96
@[instance] axiom WithLp.instModule (K : Type*) (V : Type*) [Semiring K] [AddCommGroup V]
    [Module K V] : Module K (WithLp p V)

-- Mathlib/Analysis/Normed/Lp/PiLp.lean:749
instance PiLp.normedSpace [NormedField 𝕜] [∀ i, SeminormedAddCommGroup (β i)]
    [∀ i, NormedSpace 𝕜 (β i)] : NormedSpace 𝕜 (PiLp p β) := {}

end

-- Mathlib/Analysis/InnerProductSpace/PiL2.lean:79
instance PiLp.innerProductSpace {𝕜 : Type*} [RCLike 𝕜] {ι : Type*} [Fintype ι] (f : ι → Type*)
    [∀ i, NormedAddCommGroup (f i)] [∀ i, InnerProductSpace 𝕜 (f i)] :
    InnerProductSpace 𝕜 (PiLp 2 f) where
  inner x y := ∑ i, inner 𝕜 (x i) (y i)

-- Mathlib/Analysis/InnerProductSpace/PiL2.lean:99
axiom PiLp.inner_apply {𝕜 : Type*} [RCLike 𝕜] {ι : Type*} [Fintype ι] {f : ι → Type*}
    [∀ i, NormedAddCommGroup (f i)] [∀ i, InnerProductSpace 𝕜 (f i)] (x y : PiLp 2 f) :
    inner 𝕜 x y = ∑ i, inner 𝕜 (x i) (y i)

-- Mathlib/Analysis/InnerProductSpace/PiL2.lean:108
abbrev EuclideanSpace (𝕜 : Type*) (n : Type*) : Type _ := PiLp 2 fun _ : n => 𝕜

-- Mathlib/Analysis/InnerProductSpace/PiL2.lean:142
axiom EuclideanSpace.norm_eq {𝕜 : Type*} [RCLike 𝕜] {n : Type*} [Fintype n]
    (x : EuclideanSpace 𝕜 n) : ‖x‖ = Real.sqrt (∑ i, ‖x i‖ ^ 2)
