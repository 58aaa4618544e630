/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Integers
public import Bridge.Packing.Slots

/-!
# Programs on packed samples

What the programs of all claims are made of: programs on natural numbers that the kernel can run
fast.  `Bridge.Packing.Rows` and `Bridge.Packing.Residuals` prove what they compute.

The digits of a column are moved apart into slots that have room for a product (`Bridge.spread`);
the column times its weight is then the products of all rows.  For a negative weight the digits are
first subtracted from the largest digit, so that everything is a natural number; what that adds is
one constant.  Another column, the score's, times one factor, minus the sum of all products, is in
every slot the row's residual plus `δ`, up to scale: the *excess* of the row.  One comparison of all
slots says that no row has less than nothing, and another that none has more than twice `δ`.

What costs the kernel most is not arithmetic but unfolding, so the programs recurse by `Nat.rec` and
`List.rec` themselves, once through the columns of a block, eight columns a step, and compute with
natural numbers alone.

## Main definitions

* `withConstants`: what is added to the slots so that an excess is a natural number.
* `weighAll`: the sum of some columns, each times its weight.
* `withExcesses`: the excesses of all rows of a block.
* `withBlocks`: those of many blocks.
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## Evaluation -/

/-- `force n k` is `k n`; the recursor makes the kernel evaluate `n`, whose value it remembers,
before it goes on, so that numbers that are made of each other do not pile up. -/
def force (n : Nat) (k : Nat → Bool) : Bool := Bool.rec (k n) (k n) (Nat.ble n Nat.zero)

theorem force_eq (n : Nat) (k : Nat → Bool) : force n k = k n := by
  unfold force
  cases Nat.ble n Nat.zero <;> rfl

/-- `ones x n`, by a division. -/
def onesFast (x n : Nat) : Nat := Nat.div (Nat.sub (Nat.pow x n) 1) (Nat.sub x 1)

theorem onesFast_eq {x n : Nat} (hx : 1 < x) : onesFast x n = ones x n := (ones_eq x n hx).symm

/-- `pack (2 ^ w)`, by shifts. -/
def join (w : Nat) (literals : List Nat) : Nat :=
  List.rec Nat.zero (fun a _ ih => Nat.add a (Nat.shiftLeft ih w)) literals

theorem join_eq (w : Nat) (literals : List Nat) : join w literals = pack (2 ^ w) literals := by
  induction literals with
  | nil => rfl
  | cons a as ih =>
    show a + join w as <<< w = a + 2 ^ w * pack (2 ^ w) as
    rw [ih, Nat.shiftLeft_eq, Nat.mul_comm]

/-- `Column.digits`, by shifts; go on with it. -/
def Column.join (limbBits : Nat) (column : Column) (k : Nat → Nat) : Nat :=
  Column.rec (fun first second third fourth =>
    k (Nat.add first (Nat.shiftLeft
      (Nat.add second (Nat.shiftLeft (Nat.add third (Nat.shiftLeft fourth limbBits)) limbBits))
      limbBits))) column

theorem Column.join_eq (limbBits : Nat) (column : Column) (k : Nat → Nat) :
    column.join limbBits k = k (column.digits limbBits) := by
  refine congrArg k ?_
  show column.first + (column.second + (column.third + column.fourth <<< limbBits) <<< limbBits)
    <<< limbBits = column.first + 2 ^ limbBits * (column.second + 2 ^ limbBits * (column.third +
      2 ^ limbBits * (column.fourth + 2 ^ limbBits * 0)))
  simp only [Nat.shiftLeft_eq, Nat.mul_comm (2 ^ limbBits), Nat.zero_mul, Nat.add_zero]

/-- Go on with the program that makes `2 ^ n` copies of a number, each `s` bits above the one
before: put together once, it is not unfolded again for each number. -/
def withCopies (s n : Nat) (k : (Nat → Nat) → Bool) : Bool :=
  Nat.rec (motive := fun _ => Nat → ((Nat → Nat) → Bool) → Bool)
    (fun _ k => k fun A => A)
    (fun _ ih s k => force (Nat.shiftLeft s 1) fun s' =>
      ih s' fun copies => k fun A => copies (Nat.lor (Nat.shiftLeft A s) A))
    n s k

theorem copies_double (s A n : Nat) :
    copies (s <<< 1) (A <<< s ||| A) n = copies s A (n + 1) := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show copies (s <<< 1) _ n <<< (s <<< 1 <<< n) ||| copies (s <<< 1) _ n
      = copies s A (n + 1) <<< (s <<< (n + 1)) ||| copies s A (n + 1)
    rw [ih, ← Nat.shiftLeft_add, Nat.add_comm 1]

theorem withCopies_eq (s n : Nat) (k : (Nat → Nat) → Bool) :
    withCopies s n k = k fun A => copies s A n := by
  induction n generalizing s k with
  | zero => rfl
  | succ n ih =>
    show force (s <<< 1) (fun s' => withCopies s' n fun f => k fun A => f (A <<< s ||| A)) = _
    rw [force_eq, ih]
    simp only [copies_double]

/-! ## The weights -/

/-- The magnitudes of `d` weights, side by side as the weights are, where `one` has a `1` in every
place, and `low` is the largest magnitude. -/
def magnitudes (one low W : Nat) : Nat := Nat.land W (Nat.mul low one)

/-- The magnitudes of those that are negative alone. -/
def negatives (one low signPlace W : Nat) : Nat :=
  Nat.land (magnitudes one low W) (Nat.mul low (Nat.land (Nat.shiftRight W signPlace) one))

/-- The product of a column with a weight, where `mask` has the largest digit in every slot. -/
def product (sign low mask v X : Nat) : Nat :=
  Nat.mul (Nat.land v low) (Bool.rec X (Nat.sub mask X) (Nat.ble sign v))

/-- Add up the products of the columns of `n` groups of eight with the weights, which are the digits
of `W`; go on with the sum, added to `P`, and with the groups that are left.  It answers `false` if
there are too few groups of eight.  `product` is what is added up for a weight and a column,
`largest` the largest digit of `W`, and `eightBits` the width of eight of its digits. -/
def weighEights (product : Nat → Column → Nat) (weightBits eightBits largest n : Nat)
    (groups : List ColumnGroup) (W P : Nat) (k : Nat → List ColumnGroup → Bool) : Bool :=
  Nat.rec (motive := fun _ => List ColumnGroup → Nat → Nat → Bool)
    (fun groups _ P => k P groups)
    (fun _ ih groups W P =>
      List.rec false
        (fun group groups _ =>
          ColumnGroup.rec (fun _ => false)
            (fun a b c d e f g h =>
              (fun weight =>
                force
                  (Nat.add (product (weight 7) h)
                  (Nat.add (product (weight 6) g)
                  (Nat.add (product (weight 5) f)
                  (Nat.add (product (weight 4) e)
                  (Nat.add (product (weight 3) d)
                  (Nat.add (product (weight 2) c)
                  (Nat.add (product (weight 1) b)
                  (Nat.add (product (weight 0) a) P))))))))
                  (ih groups (Nat.shiftRight W eightBits)))
                (fun j => Nat.land (Nat.shiftRight W (Nat.mul weightBits j)) largest))
            group)
        groups)
    n groups W P

/-- The same with `n` single columns. -/
def weighOnes (product : Nat → Column → Nat) (weightBits largest n : Nat)
    (groups : List ColumnGroup) (W P : Nat) (k : Nat → List ColumnGroup → Bool) : Bool :=
  Nat.rec (motive := fun _ => List ColumnGroup → Nat → Nat → Bool)
    (fun groups _ P => k P groups)
    (fun _ ih groups W P =>
      List.rec false
        (fun group groups _ =>
          ColumnGroup.rec
            (fun column =>
              force (Nat.add (product (Nat.land W largest) column) P)
                (ih groups (Nat.shiftRight W weightBits)))
            (fun _ _ _ _ _ _ _ _ => false)
            group)
        groups)
    n groups W P

/-- Add up the products of `chunks * chunk + eights` groups of eight columns and of `ones` single
ones, so that only the weights of `chunk` groups are shifted for each of these: `chunkBits` is the
width of so many, and `eightsBits` that of the weights of `eights` groups. -/
def weighAll (product : Nat → Column → Nat)
    (weightBits eightBits largest chunk chunkBits chunkMask ones eights eightsBits chunks : Nat)
    (groups : List ColumnGroup) (W P : Nat) (k : Nat → List ColumnGroup → Bool) : Bool :=
  Nat.rec (motive := fun _ => List ColumnGroup → Nat → Nat → Bool)
    (fun groups W P =>
      weighEights product weightBits eightBits largest eights groups W P fun P groups =>
        weighOnes product weightBits largest ones groups (Nat.shiftRight W eightsBits) P k)
    (fun _ ih groups W P =>
      weighEights product weightBits eightBits largest chunk groups (Nat.land W chunkMask) P
        fun P groups => ih groups (Nat.shiftRight W chunkBits) P)
    chunks groups W P

/-- `later b` is `b`.  The kernel has to unfold it: so it goes on from where it began, instead of
one step deeper into its stack, which has room for some thousand steps. -/
def later (b : Bool) : Bool := b

/-- Go on with the groups but the first `n`; the answer is `false` if these are not single columns.
-/
def passOnes (n : Nat) (groups : List ColumnGroup) (k : List ColumnGroup → Bool) : Bool :=
  Nat.rec (motive := fun _ => List ColumnGroup → Bool) k
    (fun _ ih groups => List.rec false
      (fun group groups _ => ColumnGroup.rec (fun _ => later (ih groups))
        (fun _ _ _ _ _ _ _ _ => false) group) groups)
    n groups

/-- Go on with the groups but the first `n`; the answer is `false` if these do not have eight
columns each. -/
def passEights (n : Nat) (groups : List ColumnGroup) (k : List ColumnGroup → Bool) : Bool :=
  Nat.rec (motive := fun _ => List ColumnGroup → Bool) k
    (fun _ ih groups => List.rec false
      (fun group groups _ => ColumnGroup.rec (fun _ => false)
        (fun _ _ _ _ _ _ _ _ => later (ih groups)) group) groups)
    n groups

/-- Go on with the groups but those of `n` blocks. -/
def passBlocks (eights ones n : Nat) (groups : List ColumnGroup) (k : List ColumnGroup → Bool) :
    Bool :=
  Nat.rec (motive := fun _ => List ColumnGroup → Bool) k
    (fun _ ih groups => passEights eights groups fun groups => passOnes ones groups ih)
    n groups

/-- Go on with a single column, the first one. -/
def withOne (groups : List ColumnGroup) (k : Column → Bool) : Bool :=
  List.rec false
    (fun group _ _ => ColumnGroup.rec k (fun _ _ _ _ _ _ _ _ => false) group) groups

/-- Go on with the sum of the magnitudes of all weights, with that of the negative ones, and with
the number of all weights, side by side; the answer is `false` if a sum could be too large for a
digit. -/
def withSums (p : IntegerProbe) (d : Nat) (k : Nat → Nat → Nat → Bool) : Bool :=
  force (join p.literalBits p.weights) fun W =>
  force (Nat.pow 2 p.weightBits) fun y =>
  force (onesFast y d) fun one =>
  force (Nat.sub (Nat.pow 2 p.magnitudeBits) 1) fun low =>
  Nat.blt 1 y && Nat.ble p.magnitudeBits p.weightBits &&
  Nat.blt (Nat.mul d (Nat.pow 2 p.magnitudeBits)) (Nat.sub y 1) &&
  force (Nat.mod (magnitudes one low W) (Nat.sub y 1)) fun sum =>
  force (Nat.mod (negatives one low (Nat.sub p.weightBits 1) W) (Nat.sub y 1)) fun negative =>
    k sum negative W

/-- What raises the excess of every row, `δ` among it; `negative` is the sum of the magnitudes of
the negative weights, and `positive` that of the others. -/
def rising (s : PackedSamples) (c : Nat) (p : IntegerProbe) (positive negative : Nat) : Nat :=
  Nat.add (Nat.add (Nat.add p.sup (Nat.mul (p.scoreFactor s c) p.scoreLow))
    (Nat.add (Nat.mul (Nat.sub (Nat.pow 2 s.digitBits) 1) negative) (Nat.mul s.offset positive)))
    (-p.bias).toNat

/-- What lowers the excess of every row. -/
def falling (s : PackedSamples) (c : Nat) (p : IntegerProbe) (negative : Nat) : Nat :=
  Nat.add (Nat.mul s.offset (Nat.add (p.scoreFactor s c) negative)) p.bias.toNat

/-- Go on with the number of all weights, the sum of their magnitudes, and with what raises and what
lowers the excess of every row, of which one is zero. -/
def withConstants (s : PackedSamples) (c : Nat) (p : IntegerProbe)
    (k : Nat → Nat → Nat → Nat → Bool) : Bool :=
  withSums p s.latentDim fun sum negative W =>
  force (rising s c p (Nat.sub sum negative) negative) fun up =>
  force (falling s c p negative) fun down =>
  force (Nat.sub up down) fun kQ => force (Nat.sub down up) fun kP => k W sum kQ kP

/-! ## The rows of a block -/

/-- Whether all bits of `top` are set in `Y`. -/
def allSet (top Y : Nat) : Bool := Nat.beq (Nat.land Y top) top

/-- Go on with the excesses of the listed rows of a block, and with how much more their scores'
digits are than the least one: each row's in a slot, and nothing in the other slots.  The answer is
`false` if a listed row's score or excess is not within its limits.

In every slot `P` has the sum of the products, `X` the digit of the score, and `listed` a `1` if the
row is listed; `half` is the highest bit of a slot, and `tops` has it in all slots; `rest` is
`half - 1`. -/
def withExcesses (half rest tops factor lows spans kQ kP twice P X listed : Nat)
    (k : Nat → Nat → Bool) : Bool :=
  force (Nat.mul half listed) fun listedTops =>
  force (Nat.mul rest listed) fun listedRests =>
  force (Nat.sub (Nat.add X tops) lows) fun U =>
  allSet listedTops U &&
  force (Nat.land U listedRests) fun V =>
  allSet tops (Nat.sub spans V) &&
  force (Nat.sub (Nat.add (Nat.mul factor V) kQ) (Nat.add P kP)) fun Y =>
  allSet listedTops Y &&
  force (Nat.land Y listedRests) fun E =>
  allSet tops (Nat.sub twice E) && k E V

/-- What is known of a block: the number of its first row, and in slots, which are empty for rows
that are not listed, the excesses and the scores' digits less the least one. -/
structure Block where
  /-- The number of the first row. -/
  first : Nat
  /-- The excesses of the rows. -/
  excesses : Nat
  /-- How much more the scores' digits are than the least one. -/
  scores : Nat

/-- How many rows of a block are listed if there are `size` samples. -/
def listedCount (blockRows size first : Nat) : Nat :=
  bif Nat.ble blockRows (Nat.sub size first) then blockRows else Nat.sub size first

/-- Go through so many blocks, from the row `first` on; go on with what is known of them, the last
one first, put before `done`. -/
def withBlocks (weighed : List ColumnGroup → (Nat → List ColumnGroup → Bool) → Bool)
    (slotted : Column → Nat) (listed : Nat → Nat)
    (excesses : Nat → Nat → Nat → (Nat → Nat → Bool) → Bool)
    (size blockRows conceptCount c T first : Nat) (groups : List ColumnGroup) (done : List Block)
    (k : List Block → Bool) : Bool :=
  Nat.rec (motive := fun _ => Nat → List ColumnGroup → List Block → Bool)
    (fun _ _ done => k done)
    (fun _ ih first groups done =>
      weighed groups fun P groups =>
      passOnes c groups fun scores =>
      withOne scores fun column =>
      force (listedCount blockRows size first) fun count =>
      excesses P (slotted column) (listed count) fun E V =>
      force (Nat.add first blockRows) fun next =>
      passOnes conceptCount groups fun groups => ih next groups (⟨first, E, V⟩ :: done))
    T first groups done

end Bridge
