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
`List.rec` themselves, once through the columns of a block, and compute with natural numbers alone.

## Main definitions

* `withConstants`: what is added to the slots so that an excess is a natural number.
* `weigh`, `weighAll`: the sum of some columns, each times its weight.
* `withExcesses`: the excesses of all rows of a block.
* `withBlocks`: those of many blocks.
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## Evaluation -/

/-- `force n k` is `k n`; the recursor makes the kernel evaluate `n` to a literal before it is
substituted into `k`. -/
def force (n : Nat) (k : Nat → Bool) : Bool := Nat.rec (k Nat.zero) (fun n _ => k (Nat.succ n)) n

/-- `after n b` is `b`; the recursor makes the kernel evaluate `n` before, so that numbers that are
made of each other do not pile up. -/
def after (n : Nat) (b : Bool) : Bool := Bool.rec b b (Nat.ble n Nat.zero)

theorem force_eq (n : Nat) (k : Nat → Bool) : force n k = k n := by cases n <;> rfl

theorem after_eq (n : Nat) (b : Bool) : after n b = b := by
  unfold after
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

/-- Add up the products of the first `d` columns with the weights, which are the digits of `W`; go
on with the sum, added to `P`, and with the columns that are left.  It answers `false` if there are
too few columns.  `slotted` moves a column's digits into slots, and `largest` is the largest digit
of `W`. -/
def weigh (slotted : List Nat → Nat) (weightBits largest sign low mask d : Nat)
    (columns : List (List Nat)) (W P : Nat) (k : Nat → List (List Nat) → Bool) : Bool :=
  Nat.rec (motive := fun _ => List (List Nat) → Nat → Nat → Bool)
    (fun columns _ P => k P columns)
    (fun _ ih columns W P =>
      List.rec false
        (fun literals columns _ =>
          (fun P => after P (ih columns (Nat.shiftRight W weightBits) P))
            (Nat.add P (product sign low mask (Nat.land W largest) (slotted literals))))
        columns)
    d columns W P

/-- Add up the products of the first `chunk * q + r` columns, so that only the weights of `chunk`
columns are shifted for each of these: `chunkBits` is the width of so many. -/
def weighAll (slotted : List Nat → Nat)
    (weightBits largest sign low mask chunk chunkBits chunkMask r q : Nat)
    (columns : List (List Nat)) (W P : Nat) (k : Nat → List (List Nat) → Bool) : Bool :=
  Nat.rec (motive := fun _ => List (List Nat) → Nat → Nat → Bool)
    (fun columns W P => weigh slotted weightBits largest sign low mask r columns W P k)
    (fun _ ih columns W P =>
      weigh slotted weightBits largest sign low mask chunk columns (Nat.land W chunkMask) P
        fun P columns => ih columns (Nat.shiftRight W chunkBits) P)
    q columns W P

/-- `later columns` is `columns`.  The kernel has to unfold it: so it goes on from where it began,
instead of one step deeper into its stack, which has room for some thousand steps. -/
def later (columns : List (List Nat)) : List (List Nat) := columns

/-- The columns but the first `n`. -/
def skip (n : Nat) (columns : List (List Nat)) : List (List Nat) :=
  Nat.rec (motive := fun _ => List (List Nat) → List (List Nat)) (fun columns => columns)
    (fun _ ih columns => List.rec [] (fun _ columns _ => later (ih columns)) columns) n columns

theorem skip_eq (n : Nat) (columns : List (List Nat)) : skip n columns = columns.drop n := by
  induction n generalizing columns with
  | zero => rfl
  | succ n ih =>
    cases columns with
    | nil => rfl
    | cons literals columns => exact ih columns

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
def withBlocks (weighed : List (List Nat) → (Nat → List (List Nat) → Bool) → Bool)
    (slotted : List Nat → Nat) (listed : Nat → Nat)
    (excesses : Nat → Nat → Nat → (Nat → Nat → Bool) → Bool)
    (size blockRows conceptCount c T first : Nat) (columns : List (List Nat)) (done : List Block)
    (k : List Block → Bool) : Bool :=
  Nat.rec (motive := fun _ => Nat → List (List Nat) → List Block → Bool)
    (fun _ _ done => k done)
    (fun _ ih first columns done =>
      weighed columns fun P columns =>
      List.rec false
        (fun literals _ _ =>
          force (listedCount blockRows size first) fun count =>
          excesses P (slotted literals) (listed count) fun E V =>
          force (Nat.add first blockRows) fun next =>
            ih next (skip conceptCount columns) (⟨first, E, V⟩ :: done))
        (skip c columns))
    T first columns done

theorem withBlocks_succ (weighed : List (List Nat) → (Nat → List (List Nat) → Bool) → Bool)
    (slotted : List Nat → Nat) (listed : Nat → Nat)
    (excesses : Nat → Nat → Nat → (Nat → Nat → Bool) → Bool)
    (size blockRows conceptCount c T first : Nat) (columns : List (List Nat)) (done : List Block)
    (k : List Block → Bool) :
    withBlocks weighed slotted listed excesses size blockRows conceptCount c (T + 1) first columns
        done k
      = weighed columns fun P columns =>
        List.rec false
          (fun literals _ _ =>
            force (listedCount blockRows size first) fun count =>
            excesses P (slotted literals) (listed count) fun E V =>
            force (Nat.add first blockRows) fun next =>
              withBlocks weighed slotted listed excesses size blockRows conceptCount c T next
                (skip conceptCount columns) (⟨first, E, V⟩ :: done) k)
          (skip c columns) :=
  rfl

end Bridge
