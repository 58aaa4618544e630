/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Affine
public import Bridge.Packing.Samples
public import Bridge.Packing.Slots

/-!
# Programs on packed samples

What the programs of all claims are made of: programs on natural numbers that the kernel can run
fast.  `Bridge.Packing.Rows` and `Bridge.Packing.Residuals` prove what they compute.

Over common powers of two the residual of a sample is, up to sign and scale, the product of one
integer row (latents, then scores) with one integer vector (weights, then `-1` at the concept's
score) plus the bias.  The vector is split into its positive and negative parts, so that everything
is a natural number.

The digits of a column are moved apart into slots that have room for a product (`Bridge.spread`);
the column times its weight is then the products of all rows, the sum over the columns is all dot
products, and one comparison of all slots compares every row of the block with `δ`
(`Bridge.le_of_land_top`).

## Main definitions

* `withParts`: the two parts of the vector of a concept, and the constants of both sides.
* `weigh`: the sum of some columns, each times its weight.
* `sidesOk`: whether the two sides of every row differ by at most so much.
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## From rational numbers to integers -/

/-- Whether `x * 2 ^ e` is an integer. -/
def isMultiple (x : Rat) (e : Nat) : Bool := Nat.beq (Nat.mod (Nat.pow 2 e) x.den) 0

/-- The integer `x * 2 ^ e`, if it is one. -/
def numerator (x : Rat) (e : Nat) : Int := x.num * ((2 ^ e / x.den : Nat) : Int)

/-- The list of `k` zeros, but for the value `v` at position `c`. -/
def oneHot : Nat → Nat → Int → List Int
  | 0, _, _ => []
  | k + 1, 0, v => v :: oneHot k k 0
  | k + 1, c + 1, v => 0 :: oneHot k c v

/-- The integers that belong to the score columns: the factor of the score of concept `c` that
brings scores to the scale of the products, with a minus sign, and zeros for the others. -/
def scoreWeights (s : PackedSamples) (c weightExponent : Nat) : List Int :=
  oneHot s.conceptCount c
    (-((2 ^ (s.latentExponent + weightExponent - s.scoreExponents.getD c 0) : Nat) : Int))

/-- The integer vector of concept `c`: the weights over `2 ^ weightExponent`, then what belongs to
the score columns. -/
def columnWeights (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim)
    (weightExponent : Nat) : List Int :=
  f.w.toList.map (fun w => numerator w weightExponent) ++ scoreWeights s c weightExponent

/-- The positive parts of integers. -/
def positivePart (ws : List Int) : List Nat := ws.map fun w => w.toNat

/-- The negative parts of integers, as natural numbers. -/
def negativePart (ws : List Int) : List Nat := ws.map fun w => (-w).toNat

/-! ## Programs

The programs below pass on their results to a function that goes on with them, so that the kernel
needs no deeper stack for a longer list. -/

/-- `force n k` is `k n`; the case distinction makes the kernel evaluate `n` to a literal before it
is substituted into `k`. -/
def force (n : Nat) (k : Nat → Bool) : Bool :=
  match n with
  | .zero => k .zero
  | .succ n => k (.succ n)

/-- Evaluate all numbers of a list; go on with the reversed list, put before `done`, and with the
sum of all numbers, added to `total`. -/
def forceAll : List Nat → List Nat → Nat → (List Nat → Nat → Bool) → Bool
  | [], done, total, k => k done total
  | a :: as, done, total, k =>
    force a fun a => force (Nat.add total a) fun total => forceAll as (a :: done) total k

/-- Add up `f a * v` over the first columns `a` and their weights `v`; go on with the sum, added to
`total`, and with the columns that are left.  It answers `false` if there are too few columns. -/
def weigh (limbBits : Nat) (f : Nat → Nat) :
    List Nat → List (List Nat) → Nat → (Nat → List (List Nat) → Bool) → Bool
  | [], columns, total, k => k total columns
  | _ :: _, [], _, _ => false
  | v :: vs, limbs :: columns, total, k =>
    bif Nat.beq v 0 then weigh limbBits f vs columns total k
    else force (pack (Nat.pow 2 limbBits) limbs) fun a =>
      force (Nat.add total (Nat.mul (f a) v)) fun total => weigh limbBits f vs columns total k

/-- Whether the slots of `P` and `Q` differ by at most `D`, for all slots at once: `top` has the
highest bit of every slot set, and `slack` holds `D` plus that bit in every slot. -/
def slotsOk (top slack P Q : Nat) : Bool :=
  Nat.beq (Nat.land (Nat.sub (Nat.add Q slack) P) top) top &&
    Nat.beq (Nat.land (Nat.sub (Nat.add P slack) Q) top) top

/-- Check so many blocks: `f` moves the digits of a column into slots, `kP` and `kQ` hold what is
added to every slot of the positive and of the negative side. -/
def blocksOk (limbBits : Nat) (f : Nat → Nat) (ps qs : List Nat) (kP kQ top slack : Nat) :
    Nat → List (List Nat) → Bool
  | 0, _ => true
  | t + 1, columns =>
    weigh limbBits f ps columns 0 fun P rest => weigh limbBits f qs columns 0 fun Q _ =>
      force (Nat.add P kP) fun P => force (Nat.add Q kQ) fun Q =>
        slotsOk top slack P Q && blocksOk limbBits f ps qs kP kQ top slack t rest

/-- `ones x n`, by a division. -/
def onesFast (x n : Nat) : Nat := Nat.div (Nat.sub (Nat.pow x n) 1) (Nat.sub x 1)

/-- `p / q`, rounded up. -/
def ceilDiv (p q : Nat) : Nat := Nat.div (Nat.add p (Nat.sub q 1)) q

/-- Check all samples against the positive and negative parts `ps` and `qs` of the weights, with
`kP` and `kQ` added to the two sides: no slot can overflow, and the two sides of every row differ by
at most `D`. -/
def sidesOk (s : PackedSamples) (ps qs : List Nat) (sumP sumQ kP kQ D : Nat) : Bool :=
  force (Nat.mul s.slotDigits s.digitBits) fun slotBits =>
  Nat.ble 1 slotBits && Nat.ble 1 s.blockRows &&
  force (Nat.sub (Nat.pow 2 s.digitBits) 1) fun largest =>
  force (Nat.pow 2 (Nat.sub slotBits 1)) fun half =>
  Nat.blt (Nat.add (Nat.add (Nat.mul largest sumP) kP) D) half &&
  Nat.blt (Nat.add (Nat.add (Nat.mul largest sumQ) kQ) D) half &&
  force (ceilDiv s.blockRows s.slotDigits) fun m =>
  force (Nat.mul largest (onesFast (Nat.pow 2 slotBits) m)) fun mask =>
  force (onesFast (Nat.pow 2 slotBits) (Nat.mul m s.slotDigits)) fun one =>
  force (Nat.mul kP one) fun kP => force (Nat.mul kQ one) fun kQ =>
  force (Nat.mul half one) fun top => force (Nat.mul (Nat.add D half) one) fun slack =>
  force (Nat.mul slotBits m) fun width =>
    blocksOk s.limbBits (spread s.digitBits mask width s.slotDigits) ps qs kP kQ top slack
      (ceilDiv s.size s.blockRows) s.columns

/-- The constant that belongs to the positive side: it undoes the offset on the negative side, whose
weights have the sum `sumQ`, and carries the bias if that is positive. -/
def positiveConstant (s : PackedSamples) (sumQ : Nat) (bias : Int) : Nat :=
  s.offset * sumQ + bias.toNat

/-- The constant that belongs to the negative side. -/
def negativeConstant (s : PackedSamples) (sumP : Nat) (bias : Int) : Nat :=
  s.offset * sumP + (-bias).toNat

/-- Go on with the positive and the negative part of the integer `x * y`; the answer is `false` if
it is not an integer.  `x` is taken apart once: to evaluate a quotient is what costs the kernel
most. -/
def withNumerator (y : Nat) (x : Rat) (k : Nat → Nat → Bool) : Bool :=
  match x with
  | ⟨num, den, _, _⟩ => force den fun den => Nat.beq (Nat.mod y den) 0 &&
    match num with
    | .ofNat n => force (Nat.mul n (Nat.div y den)) fun p => k p 0
    | .negSucc n => force (Nat.mul (Nat.succ n) (Nat.div y den)) fun q => k 0 q

/-- Go on with the positive and the negative parts of the integers `x * y` of a list in reverse, put
before `ps` and `qs`, and with their sums, added to `sumP` and `sumQ`. -/
def withNumerators (y : Nat) : List Rat → List Nat → List Nat → Nat → Nat →
    (List Nat → List Nat → Nat → Nat → Bool) → Bool
  | [], ps, qs, sumP, sumQ, k => k ps qs sumP sumQ
  | x :: xs, ps, qs, sumP, sumQ, k =>
    withNumerator y x fun p q =>
    force (Nat.add sumP p) fun sumP => force (Nat.add sumQ q) fun sumQ =>
      withNumerators y xs (p :: ps) (q :: qs) sumP sumQ k

/-- Evaluate the positive and negative parts of the weights of concept `c`, their sums and the
constants of both sides, and go on with these; the answer is `false` if weights and bias are not
multiples of the stated powers of two. -/
def withParts (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim)
    (weightExponent : Nat) (k : List Nat → List Nat → Nat → Nat → Nat → Nat → Bool) : Bool :=
  forceAll (positivePart (scoreWeights s c weightExponent)).reverse [] 0 fun ps sumP =>
  forceAll (negativePart (scoreWeights s c weightExponent)).reverse [] 0 fun qs sumQ =>
  force (Nat.pow 2 weightExponent) fun y =>
  withNumerators y f.w.toList.reverse ps qs sumP sumQ fun ps qs sumP sumQ =>
  isMultiple f.b (s.latentExponent + weightExponent) &&
  force (positiveConstant s sumQ (numerator f.b (s.latentExponent + weightExponent))) fun kP =>
  force (negativeConstant s sumP (numerator f.b (s.latentExponent + weightExponent))) fun kQ =>
    k ps qs sumP sumQ kP kQ

end Bridge
