/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Affine
public import Bridge.Digits

/-!
# Certificates of the sup error

`PackedSamples` stores the latent points and scores of all samples in a few large natural numbers;
`check` and `isTight` are programs on natural numbers that the kernel can run fast.  What their
answers mean is proved in `Bridge.Soundness`.

How they work: over common powers of two all numbers are integers, and the residual of a sample is,
up to sign and scale, the product of one integer row (latents, then scores) with one integer vector
(weights, then `-1` at the concept's score) plus the bias.  Rows are stored with an offset and the
vector is split into its positive and negative parts, so that everything is a natural number and two
multiplications give the products of a whole block of rows (`Bridge.slot_mul`).
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## Samples -/

/-- Latent points and concept scores of all samples, packed into natural numbers.

Sample `i` is row `i % blockRows` of block `i / blockRows`.  A row has `latentDim + conceptCount`
slots of `slotBits` bits, lowest first: the latent coordinates, then the scores.  A slot holds an
integer plus the offset `2 ^ (digitBits - 1)`. -/
structure PackedSamples where
  /-- The number of samples. -/
  size : Nat
  /-- The dimension of the latent space. -/
  latentDim : Nat
  /-- The number of concepts, each with a score for every sample. -/
  conceptCount : Nat
  /-- Latent coordinates are integers divided by `2 ^ latentExponent`. -/
  latentExponent : Nat
  /-- For each concept the exponent `m` such that its scores are integers divided by `2 ^ m`. -/
  scoreExponents : List Nat
  /-- The width of a slot in bits. -/
  slotBits : Nat
  /-- How many bits of a slot the stored integers use; the others are zero. -/
  digitBits : Nat
  /-- The number of rows in a block; the last block may have fewer. -/
  blockRows : Nat
  /-- The width in bits of the literals that a block is put together from. -/
  limbBits : Nat
  /-- The blocks, each a list of literals, lowest first. -/
  blocks : List (List Nat)

namespace PackedSamples

variable (s : PackedSamples)

/-- The number of slots in a row. -/
def columns : Nat := s.latentDim + s.conceptCount

/-- What is added to an integer before it is stored, so that it is a natural number. -/
def offset : Nat := 2 ^ (s.digitBits - 1)

/-- Block `t` as one number. -/
def block (t : Nat) : Nat := pack (2 ^ s.limbBits) (s.blocks.getD t [])

/-- The integer that is stored for sample `i` in column `j`. -/
def entry (i j : Nat) : Int :=
  ((s.block (i / s.blockRows) / (2 ^ s.slotBits) ^ (s.columns * (i % s.blockRows)) /
    (2 ^ s.slotBits) ^ j % 2 ^ s.slotBits : Nat) : Int) - (s.offset : Int)

/-- Coordinate `j` of the latent point of sample `i`. -/
def latent (i : Fin s.size) (j : Fin s.latentDim) : Rat :=
  (s.entry i j : Rat) / ((2 ^ s.latentExponent : Nat) : Rat)

/-- The score of sample `i` for concept `c`. -/
def score (c : Nat) (i : Fin s.size) : Rat :=
  (s.entry i (s.latentDim + c) : Rat) / ((2 ^ s.scoreExponents.getD c 0 : Nat) : Rat)

end PackedSamples

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

/-- The integer vector of concept `c`: the weights over `2 ^ weightExponent`, and the factor of the
score column that brings scores to the scale of the products, with a minus sign. -/
def columnWeights (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim)
    (weightExponent : Nat) : List Int :=
  f.w.toList.map (fun w => numerator w weightExponent) ++
    oneHot s.conceptCount c
      (-((2 ^ (s.latentExponent + weightExponent - s.scoreExponents.getD c 0) : Nat) : Int))

/-- The positive parts of integers. -/
def positivePart (ws : List Int) : List Nat := ws.map fun w => w.toNat

/-- The negative parts of integers, as natural numbers. -/
def negativePart (ws : List Int) : List Nat := ws.map fun w => (-w).toNat

/-! ## The checker -/

/-- `force n k` is `k n`; the case distinction makes the kernel evaluate `n` to a literal before it
is substituted into `k`. -/
def force (n : Nat) (k : Nat → Bool) : Bool :=
  match n with
  | .zero => k .zero
  | .succ n => k (.succ n)

/-- Whether `p` and `q` differ by at most `D`. -/
def isWithin (D p q : Nat) : Bool := Nat.ble p (Nat.add q D) && Nat.ble q (Nat.add p D)

/-- Compare the lowest slots of `P` and `Q`, then the slots `stride` bits higher, and so on for as
many rows as the first number says.  The constants `kP` and `kQ` are added to the slots. -/
def rowsOk (x stride kP kQ D : Nat) : Nat → Nat → Nat → Bool
  | 0, _, _ => true
  | r + 1, P, Q =>
    force (Nat.add (Nat.mod P x) kP) (fun p => force (Nat.add (Nat.mod Q x) kQ) (isWithin D p)) &&
      force (Nat.shiftRight P stride) fun P' => force (Nat.shiftRight Q stride) fun Q' =>
        rowsOk x stride kP kQ D r P' Q'

/-- Check a block `M` of `count` rows with `n` slots of `B` bits against the packed weights `WP`
(positive parts) and `WQ` (negative parts). -/
def blockOk (B b n WP WQ kP kQ D count M : Nat) : Bool :=
  digitsFit B b (Nat.mul n count) M &&
    force (Nat.shiftRight (Nat.mul M WP) (Nat.mul B (Nat.sub n 1))) fun P =>
      force (Nat.shiftRight (Nat.mul M WQ) (Nat.mul B (Nat.sub n 1))) fun Q =>
        force (Nat.pow 2 B) fun x => force (Nat.mul B n) fun stride =>
          rowsOk x stride kP kQ D count P Q

/-- Check blocks of `K` rows each, `r` rows in all. -/
def blocksOk (B b n WP WQ kP kQ D K limbBits : Nat) : List (List Nat) → Nat → Bool
  | [], r => Nat.beq r 0
  | limbs :: rest, r =>
    force (bif Nat.ble K r then K else r) fun count =>
      force (pack (2 ^ limbBits) limbs) (blockOk B b n WP WQ kP kQ D count) &&
        force (Nat.sub r count) fun r' => blocksOk B b n WP WQ kP kQ D K limbBits rest r'

/-- Check all samples against the positive and negative parts of the weights: no slot can overflow,
and the two sides of every row, with the constants `kP` and `kQ` added, differ by at most `D`. -/
def sidesOk (s : PackedSamples) (ps qs : List Nat) (kP kQ D : Nat) : Bool :=
  Nat.blt (Nat.mul (Nat.sub (Nat.pow 2 s.digitBits) 1) ps.sum) (Nat.pow 2 s.slotBits) &&
  Nat.blt (Nat.mul (Nat.sub (Nat.pow 2 s.digitBits) 1) qs.sum) (Nat.pow 2 s.slotBits) &&
  force (pack (2 ^ s.slotBits) ps.reverse) fun WP => force (pack (2 ^ s.slotBits) qs.reverse) fun WQ =>
    force kP fun kP => force kQ fun kQ => force D fun D =>
      blocksOk s.slotBits s.digitBits s.columns WP WQ kP kQ D s.blockRows s.limbBits s.blocks s.size

/-- The constant that belongs to the positive side: it undoes the offset on the negative side and
carries the bias if that is positive. -/
def positiveConstant (s : PackedSamples) (qs : List Nat) (bias : Int) : Nat :=
  s.offset * qs.sum + bias.toNat

/-- The constant that belongs to the negative side. -/
def negativeConstant (s : PackedSamples) (ps : List Nat) (bias : Int) : Nat :=
  s.offset * ps.sum + (-bias).toNat

/-- **The checker.**  Whether every residual of concept `c` lies between `-δ` and `δ`; it answers
`false` too if the numbers are not multiples of the stated powers of two, or if a slot could
overflow.

The kernel evaluates it.  It is irreducible for the elaborator, which would otherwise evaluate it
too, without the kernel's arithmetic, to explain why a false claim is false. -/
@[irreducible] def check (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim) (δ : Rat)
    (weightExponent : Nat) : Bool :=
  let e := s.latentExponent + weightExponent
  let ps := positivePart (columnWeights s c f weightExponent)
  let qs := negativePart (columnWeights s c f weightExponent)
  f.w.toList.all (isMultiple · weightExponent) && isMultiple f.b e && isMultiple δ e &&
  Nat.blt c s.conceptCount && Nat.ble (s.scoreExponents.getD c 0) e && Nat.ble 1 s.blockRows &&
  match numerator δ e with
  | .negSucc _ => false
  | .ofNat D =>
    sidesOk s ps qs (positiveConstant s qs (numerator f.b e)) (negativeConstant s ps (numerator f.b e)) D

/-- One side of the comparison for sample `i`: the product of its row with the naturals `vs`, plus
the constant `k`. -/
def side (s : PackedSamples) (vs : List Nat) (k i : Nat) : Nat :=
  s.block (i / s.blockRows) * pack (2 ^ s.slotBits) vs.reverse /
    (2 ^ s.slotBits) ^ (s.columns * (i % s.blockRows) + s.columns - 1) % 2 ^ s.slotBits + k

/-- Whether the residual of sample `i` is `δ` or `-δ`.  It is irreducible for the same reason as
`check`. -/
@[irreducible] def isTight (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim) (δ : Rat)
    (weightExponent i : Nat) : Bool :=
  let e := s.latentExponent + weightExponent
  let ps := positivePart (columnWeights s c f weightExponent)
  let qs := negativePart (columnWeights s c f weightExponent)
  force (side s ps (positiveConstant s qs (numerator f.b e)) i) fun p =>
    force (side s qs (negativeConstant s ps (numerator f.b e)) i) fun q =>
      force (numerator δ e).toNat fun D => Nat.beq p (Nat.add q D) || Nat.beq q (Nat.add p D)

end Bridge
