/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Network
public import Bridge.Packing.Blocks
public import Bridge.Packing.Residuals

/-!
# Packed layers

The weights of a layer are stored by inputs: the weights with which all units weigh one input are
the fields of one number, a column, and a further column has the biases.  So a layer is run by one
multiplication for each input: the column times the input has the products of all units, and the sum
of all these has what the units add up.

A field holds a weight's integer plus an offset, so that it is a natural number; what that adds is
the offset times the sum of the inputs, which is the same for all units.  That sum is found by a
field with a 1 above the others.  Inputs that are 0 in a group of eight need no multiplication.

## Main definitions

* `PackedLayer`: the numbers of a layer; `PackedLayer.layer`: the layer.
* `networkOf`: the network of layers.
* `withNetwork`: a program that runs the layers.

## Main statements

* `of_withNetwork`: what it goes on with is the value of the network.
-/

@[expose] public noncomputable section

namespace Bridge

/-- The weights and the biases of a layer, packed into natural numbers.

There are `inputs + 1` columns: one for each input, with the weights of all units for it, and one
with the biases.  Field `u` of a column, of `fieldBits` bits and the lowest first, is the integer of
unit `u` plus the offset `2 ^ (weightBits - 1)`. -/
structure PackedLayer where
  /-- The number of inputs. -/
  inputs : Nat
  /-- The number of outputs: of the layer's units. -/
  outputs : Nat
  /-- Weights and biases are integers divided by `2 ^ exponent`. -/
  exponent : Nat
  /-- The width of an integer, with its offset, in bits. -/
  weightBits : Nat
  /-- The width of a field in bits, which has room for what a unit adds up. -/
  fieldBits : Nat
  /-- The width in bits of the first three literals of a column. -/
  limbBits : Nat
  /-- The columns of all inputs, by eight as long as there are so many; then that of the biases. -/
  groups : List ColumnGroup

namespace PackedLayer

variable (p : PackedLayer)

/-- Column `j` as one number. -/
def column (j : Nat) : Nat := (columnsOf p.limbBits p.groups).getD j 0

/-- What is stored for unit `u` in column `j`. -/
def code (u j : Nat) : Nat :=
  p.column j / (2 ^ p.fieldBits) ^ u % 2 ^ p.fieldBits % 2 ^ p.weightBits

/-- What is added to an integer before it is stored, so that it is a natural number. -/
def offset : Nat := 2 ^ (p.weightBits - 1)

/-- The integer that is stored for unit `u` in column `j`. -/
def entry (u j : Nat) : Int := (p.code u j : Int) - (p.offset : Int)

/-- The layer, from `m` to `n` numbers. -/
def layer (m n : Nat) : Layer m n where
  weight u j := (p.entry u j : Rat) / ((2 ^ p.exponent : Nat) : Rat)
  bias u := (p.entry u p.inputs : Rat) / ((2 ^ p.exponent : Nat) : Rat)

end PackedLayer

/-- The network of a layer and those that follow it, from `m` to `n` numbers. -/
def networkOf (p : PackedLayer) : (rest : List PackedLayer) → (m n : Nat) → Network m n
  | [], m, n => .last (p.layer m n)
  | q :: rest, m, n => .relu (p.layer m p.outputs) (networkOf q rest p.outputs n)

/-! ## The program -/

/-- The same as `weighEights`, which passes over eight columns at one go if all their weights are 0;
`eightLargest` has all bits of eight digits. -/
def weighSparse (product : Nat → Column → Nat)
    (weightBits eightBits largest eightLargest n : Nat)
    (groups : List ColumnGroup) (W P : Nat) (k : Nat → List ColumnGroup → Bool) : Bool :=
  Nat.rec (motive := fun _ => List ColumnGroup → Nat → Nat → Bool)
    (fun groups _ P => k P groups)
    (fun _ ih groups W P =>
      List.rec false
        (fun group groups _ =>
          ColumnGroup.rec (fun _ => false)
            (fun a b c d e f g h =>
              Bool.rec
                ((fun weight =>
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
                (later (ih groups (Nat.shiftRight W eightBits) P))
                (Nat.beq (Nat.land W eightLargest) 0))
            group)
        groups)
    n groups W P

/-- The weights of a column with a 1 in the field above, where `codes` has all bits of integers. -/
def tagged (limbBits codes tag : Nat) (column : Column) : Nat :=
  Column.rec (fun first second third fourth =>
    Nat.add (Nat.land (Nat.add first (Nat.shiftLeft
      (Nat.add second (Nat.shiftLeft (Nat.add third (Nat.shiftLeft fourth limbBits)) limbBits))
      limbBits)) codes) tag) column

namespace PackedLayer

/-- Go on with what the units of a layer add up: field `u` of a number has that of unit `u`, plus
the highest bit of a field.  The fields of `A`, of `inBits` bits each, are the inputs, and `unit` is
what stands for 1 among them. -/
def withSums (p : PackedLayer) (inBits unit A : Nat) (k : Nat → Bool) : Bool :=
  force (Nat.pow 2 p.fieldBits) fun z =>
  force (Nat.mul p.fieldBits p.outputs) fun width =>
  force (Nat.pow 2 width) fun tag =>
  force (onesFast z p.outputs) fun one =>
  force (Nat.mul (Nat.sub (Nat.pow 2 p.weightBits) 1) one) fun codes =>
  force (Nat.mul (Nat.pow 2 (Nat.sub p.fieldBits 1)) one) fun tops =>
  force (Nat.sub tag 1) fun low =>
  force (Nat.mul inBits 8) fun eightBits =>
  force (Nat.div p.inputs 8) fun eights =>
  force (Nat.sub (Nat.pow 2 inBits) 1) fun largest =>
  force (Nat.sub (Nat.pow 2 eightBits) 1) fun eightLargest =>
  (fun product =>
    weighSparse product inBits eightBits largest eightLargest eights p.groups A 0 fun P groups =>
    weighOnes product inBits largest (Nat.mod p.inputs 8) groups
      (Nat.shiftRight A (Nat.mul eightBits eights)) P fun P groups =>
    withOne groups fun column =>
    force (Nat.add (product unit column) P) fun S =>
    force (Nat.mul (Nat.shiftRight S width) p.offset) fun T =>
    force (Nat.sub (Nat.add (Nat.land S low) tops) (Nat.mul T one)) k)
  (fun v column => Nat.mul v (tagged p.limbBits codes tag column))

/-- The sums that are not negative, and 0 for the others: what ReLU makes of what `withSums` goes on
with. -/
def relued (p : PackedLayer) (Y : Nat) : Nat :=
  Nat.land Y (Nat.mul (Nat.sub (Nat.pow 2 (Nat.sub p.fieldBits 1)) 1)
    (Nat.land (Nat.shiftRight Y (Nat.sub p.fieldBits 1))
      (onesFast (Nat.pow 2 p.fieldBits) p.outputs)))

/-- Whether a field has room for what a unit adds up. -/
def fits (p : PackedLayer) (inBits unit : Nat) : Bool :=
  Nat.blt 0 p.weightBits && Nat.ble p.weightBits p.fieldBits &&
  Nat.blt (Nat.mul p.offset (Nat.add (Nat.mul p.inputs (Nat.sub (Nat.pow 2 inBits) 1)) unit))
    (Nat.pow 2 (Nat.sub p.fieldBits 1))

end PackedLayer

/-- Run a layer and those that follow it, with ReLU between them; go on with what the units of the
last one add up. -/
def withNetwork (p : PackedLayer) (rest : List PackedLayer) (inBits unit A : Nat)
    (k : Nat → Bool) : Bool :=
  List.rec (motive := fun _ => PackedLayer → Nat → Nat → Nat → Bool)
    (fun p inBits unit A => p.withSums inBits unit A k)
    (fun q _ ih p inBits unit A => p.withSums inBits unit A fun Y =>
      force (p.relued Y) (ih q p.fieldBits (Nat.mul unit (Nat.pow 2 p.exponent))))
    rest p inBits unit A

/-- Whether all fields have room, and each layer has as many inputs as the one before it has
outputs. -/
def networkFits (p : PackedLayer) (rest : List PackedLayer) (inBits unit m n : Nat) : Bool :=
  List.rec (motive := fun _ => PackedLayer → Nat → Nat → Nat → Bool)
    (fun p inBits unit m => Nat.beq p.inputs m && p.fits inBits unit && Nat.beq p.outputs n)
    (fun q _ ih p inBits unit m => Nat.beq p.inputs m && p.fits inBits unit &&
      ih q p.fieldBits (Nat.mul unit (Nat.pow 2 p.exponent)) p.outputs)
    rest p inBits unit m

/-- The last one of some layers. -/
def lastLayer (p : PackedLayer) : List PackedLayer → PackedLayer
  | [] => p
  | q :: rest => lastLayer q rest

/-- The sum of the exponents of some layers. -/
def exponents (p : PackedLayer) : List PackedLayer → Nat
  | [] => p.exponent
  | q :: rest => Nat.add p.exponent (exponents q rest)

/-! ## What it computes -/

theorem of_weighSparse {program : Nat → Column → Nat} {product : Nat → Nat → Nat}
    {w weightBits : Nat}
    (hproduct : ∀ v column, program v column = product v (column.digits w))
    (hzero : ∀ A, product 0 A = 0)
    {n W P : Nat} {groups : List ColumnGroup} {k : Nat → List ColumnGroup → Bool}
    (h : weighSparse program weightBits (weightBits * 8) (2 ^ weightBits - 1)
      (2 ^ (weightBits * 8) - 1) n groups W P k = true) :
    Weighed product w weightBits (8 * n) groups W P k := by
  induction n generalizing groups W P with
  | zero => exact ⟨groups, rfl, h⟩
  | succ n ih =>
    cases groups with
    | nil => exact absurd (show false = true from h) (by decide)
    | cons group groups =>
      cases group with
      | one => exact absurd (show false = true from h) (by decide)
      | eight a b c d e f g h' =>
        have hnext : weighSparse program weightBits (weightBits * 8) (2 ^ weightBits - 1)
            (2 ^ (weightBits * 8) - 1) n groups (Nat.shiftRight W (weightBits * 8))
            (P + total (fun j => weighed product weightBits W j
              ((columnsOf w (.eight a b c d e f g h' :: groups)).getD j 0)) 8) k = true := by
          let q (j : Nat) (column : Column) : Nat :=
            program (Nat.land (Nat.shiftRight W (Nat.mul weightBits j)) (2 ^ weightBits - 1)) column
          have hq : ∀ j column, q j column
              = weighed product weightBits W j (column.digits w) := fun j column => by
            show program (Nat.land (W >>> (weightBits * j)) (2 ^ weightBits - 1)) _ = _
            rw [weighed, hproduct, Nat.shiftRight_eq_div_pow, Nat.pow_mul]
            exact congrArg (product · _) (Nat.and_two_pow_sub_one_eq_mod ..)
          let next (P : Nat) : Bool := weighSparse program weightBits (weightBits * 8)
            (2 ^ weightBits - 1) (2 ^ (weightBits * 8) - 1) n groups
            (Nat.shiftRight W (weightBits * 8)) P k
          have h : Bool.rec (force (q 7 h' + (q 6 g + (q 5 f + (q 4 e + (q 3 d + (q 2 c + (q 1 b +
              (q 0 a + P)))))))) next) (next P)
              (Nat.beq (Nat.land W (2 ^ (weightBits * 8) - 1)) 0) = true := h
          cases hz : Nat.beq (Nat.land W (2 ^ (weightBits * 8) - 1)) 0 with
          | false =>
            rw [hz] at h
            have h : next (q 7 h' + (q 6 g + (q 5 f + (q 4 e + (q 3 d + (q 2 c + (q 1 b +
              (q 0 a + P)))))))) = true := (force_eq _ _).symm.trans h
            simp only [hq] at h
            rw [total_eight]
            exact h
          | true =>
            rw [hz] at h
            have hz : W % 2 ^ (weightBits * 8) = 0 :=
              (Nat.and_two_pow_sub_one_eq_mod ..).symm.trans (Nat.eq_of_beq_eq_true hz)
            rw [total_congr (g := fun _ => 0) fun j hj => ?_, total_zero, Nat.add_zero]
            · exact h
            · rw [← weighed_mod product hj, hz, weighed, Nat.zero_div, Nat.zero_mod, hzero]
        rw [Nat.mul_succ, Nat.add_comm (8 * n)]
        refine Weighed.append (V := W) (k := fun P groups => weighSparse program weightBits
          (weightBits * 8) (2 ^ weightBits - 1) (2 ^ (weightBits * 8) - 1) n groups
            (Nat.shiftRight W (weightBits * 8)) P k) (fun _ _ _ => rfl) ⟨groups, rfl, hnext⟩
          fun P groups h => ?_
        rw [← Nat.shiftRight_eq_div_pow]
        exact ih h

/-- The digits of a column are joined, those that no unit has are masked away, and the tag is put
above them. -/
theorem tagged_eq (limbBits codes tag : Nat) (column : Column) :
    tagged limbBits codes tag column = (column.digits limbBits &&& codes) + tag := by
  refine congrArg (fun x => (x &&& codes) + tag) ?_
  show column.first + (column.second + (column.third + column.fourth <<< limbBits) <<< limbBits)
    <<< limbBits = column.first + 2 ^ limbBits * (column.second + 2 ^ limbBits * (column.third +
      2 ^ limbBits * (column.fourth + 2 ^ limbBits * 0)))
  simp only [Nat.shiftLeft_eq, Nat.mul_comm (2 ^ limbBits), Nat.zero_mul, Nat.add_zero]

/-- What numbers with a tag add up to: the sums of their fields, and above them the sum of the
factors. -/
theorem total_tagged (z n m : Nat) (a : Nat → Nat) (F : Nat → Nat → Nat) :
    total (fun j => a j * (slots z (fun u => F u j) n + z ^ n)) m
      = slots z (fun u => total (fun j => F u j * a j) m) n + z ^ n * total a m := by
  rw [← total_slots_eq z n (fun j u => F u j * a j) m, total_mul, total_add]
  refine total_congr fun j _ => ?_
  rw [← slots_mul, Nat.mul_add, Nat.mul_comm (a j), Nat.mul_comm (a j)]

namespace PackedLayer

variable {p : PackedLayer}

/-- Input `j` of a layer: field `j` of a number. -/
def inputOf (inBits A j : Nat) : Nat := A / (2 ^ inBits) ^ j % 2 ^ inBits

/-- What unit `u` adds up, as an integer: its products with the inputs `a`, and its bias. -/
def sum (p : PackedLayer) (a : Nat → Nat) (unit u : Nat) : Int :=
  itotal (fun j => p.entry u j * (a j : Int)) p.inputs + p.entry u p.inputs * (unit : Int)

theorem itotal_offset (c a : Nat → Nat) (o m : Nat) :
    itotal (fun j => ((c j : Int) - (o : Int)) * (a j : Int)) m
      = (total (fun j => c j * a j) m : Int) - (o : Int) * (total a m : Int) := by
  induction m generalizing c a with
  | zero => simp [itotal, total]
  | succ m ih =>
    have h := ih (fun j => c (j + 1)) fun j => a (j + 1)
    rw [itotal, h, total, total, Int.natCast_add, Int.natCast_add, Int.sub_mul, Int.mul_add,
      Int.natCast_mul]
    omega

/-- **A layer.**  What the program goes on with: in field `u`, what unit `u` adds up, plus the
highest bit of a field. -/
theorem of_withSums {inBits unit A : Nat} {k : Nat → Bool} (hfits : p.fits inBits unit = true)
    (h : p.withSums inBits unit A k = true) :
    ∃ y : Nat → Nat, (∀ u, y u < 2 ^ p.fieldBits) ∧
      (∀ u, (y u : Int) = p.sum (inputOf inBits A) unit u + ((2 ^ (p.fieldBits - 1) : Nat) : Int)) ∧
      k (slots (2 ^ p.fieldBits) y p.outputs) = true := by
  simp only [fits, Bool.and_eq_true] at hfits
  obtain ⟨⟨hw, hwf⟩, hroom⟩ := hfits
  have hw : 0 < p.weightBits := Nat.le_of_ble_eq_true hw
  have hwf : p.weightBits ≤ p.fieldBits := Nat.le_of_ble_eq_true hwf
  have hroom : p.offset * (p.inputs * (2 ^ inBits - 1) + unit) < 2 ^ (p.fieldBits - 1) :=
    Nat.le_of_ble_eq_true hroom
  have hf : 1 < 2 ^ p.fieldBits := Nat.one_lt_two_pow (by omega)
  have hhalf := half_add_half (S := p.fieldBits) (by omega)
  have hcode : 2 ^ p.weightBits = 2 * p.offset := by
    rw [offset, ← Nat.pow_succ']
    congr 1
    omega
  have hle := Nat.pow_le_pow_right (n := 2) (by omega) hwf
  simp only [withSums, force_eq] at h
  let tag' (C : Nat) : Nat := (C &&& (2 ^ p.weightBits - 1) * ones (2 ^ p.fieldBits) p.outputs)
    + (2 ^ p.fieldBits) ^ p.outputs
  have eone : onesFast (Nat.pow 2 p.fieldBits) p.outputs = ones (2 ^ p.fieldBits) p.outputs :=
    onesFast_eq hf
  have etag : Nat.pow 2 (Nat.mul p.fieldBits p.outputs) = (2 ^ p.fieldBits) ^ p.outputs :=
    Nat.pow_mul ..
  have hproduct : ∀ v column, Nat.mul v (tagged p.limbBits (Nat.mul
      (Nat.sub (Nat.pow 2 p.weightBits) 1) (onesFast (Nat.pow 2 p.fieldBits) p.outputs))
      (Nat.pow 2 (Nat.mul p.fieldBits p.outputs)) column)
        = (fun v C => v * tag' C) v (column.digits p.limbBits) := fun v column => by
    rw [tagged_eq, eone, etag]
    rfl
  have hcol : ∀ j, tag' (p.column j) = slots (2 ^ p.fieldBits) (fun u => p.code u j) p.outputs
      + (2 ^ p.fieldBits) ^ p.outputs := fun j => by
    show (_ &&& _) + _ = _
    rw [land_const p.outputs _ (by omega)]
    refine congrArg (· + _) (slots_congr fun u _ => ?_)
    rw [Nat.and_two_pow_sub_one_eq_mod]
    rfl
  obtain ⟨rest₀, hrest₀, h⟩ := of_weighSparse (product := fun v C => v * tag' C)
    (w := p.limbBits) hproduct (fun _ => Nat.zero_mul _) h
  obtain ⟨rest, hrest, h⟩ := of_weighOnes (product := fun v C => v * tag' C)
    (w := p.limbBits) hproduct h
  have eshift : Nat.shiftRight A (Nat.mul (Nat.mul inBits 8) (Nat.div p.inputs 8))
      = A / 2 ^ (inBits * (8 * Nat.div p.inputs 8)) := by
    rw [← Nat.mul_assoc]
    exact Nat.shiftRight_eq_div_pow ..
  rw [eshift] at h
  simp only [hrest₀, getD_drop, weighed_add, Nat.zero_add] at h
  have hrest : columnsOf p.limbBits rest = (columnsOf p.limbBits p.groups).drop p.inputs := by
    rw [hrest, hrest₀, List.drop_drop]
    exact congrArg (List.drop · _) (Nat.div_add_mod p.inputs 8)
  have hsum : total (fun j => weighed (fun v C => v * tag' C) inBits A j
        ((columnsOf p.limbBits p.groups).getD j 0)) p.inputs
      = slots (2 ^ p.fieldBits) (fun u => total (fun j => p.code u j * inputOf inBits A j) p.inputs)
          p.outputs
        + (2 ^ p.fieldBits) ^ p.outputs * total (inputOf inBits A) p.inputs := by
    rw [← total_tagged]
    refine total_congr fun j _ => ?_
    show inputOf inBits A j * tag' (p.column j) = _
    rw [hcol]
  rw [← total_append] at h
  rw [show 8 * Nat.div p.inputs 8 + Nat.mod p.inputs 8 = p.inputs from Nat.div_add_mod ..,
    hsum] at h
  obtain ⟨column, hcolumn, h⟩ := of_withOne p.limbBits h
  have hcolumn : column.digits p.limbBits = p.column p.inputs := by
    rw [← hcolumn, hrest, getD_drop]
    rfl
  have hbias : Nat.mul unit (tagged p.limbBits (Nat.mul
      (Nat.sub (Nat.pow 2 p.weightBits) 1) (onesFast (Nat.pow 2 p.fieldBits) p.outputs))
      (Nat.pow 2 (Nat.mul p.fieldBits p.outputs)) column)
        = slots (2 ^ p.fieldBits) (fun u => p.code u p.inputs * unit) p.outputs
          + (2 ^ p.fieldBits) ^ p.outputs * unit := by
    rw [hproduct, hcolumn]
    show unit * tag' _ = _
    rw [hcol, Nat.mul_comm, Nat.add_mul, slots_mul]
  generalize hT : total (inputOf inBits A) p.inputs + unit = T
  let X (u : Nat) : Nat := total (fun j => p.code u j * inputOf inBits A j) p.inputs
    + p.code u p.inputs * unit
  have hTle : T ≤ p.inputs * (2 ^ inBits - 1) + unit := by
    rw [← hT]
    exact Nat.add_le_add_right (total_le fun j _ => Nat.le_sub_one_of_lt
      (Nat.mod_lt _ (Nat.two_pow_pos _))) _
  have hoT : p.offset * T < 2 ^ (p.fieldBits - 1) :=
    Nat.lt_of_le_of_lt (Nat.mul_le_mul_left _ hTle) hroom
  have hX : ∀ u, X u ≤ 2 * (p.offset * T) := fun u => by
    have hc : ∀ j, p.code u j ≤ 2 * p.offset := fun j => by
      have : p.code u j < 2 ^ p.weightBits := Nat.mod_lt _ (Nat.two_pow_pos _)
      omega
    have h1 : total (fun j => p.code u j * inputOf inBits A j) p.inputs
        ≤ 2 * p.offset * total (inputOf inBits A) p.inputs := by
      rw [total_mul]
      exact total_mono fun j _ => Nat.mul_le_mul_right _ (hc j)
    have h2 := Nat.mul_le_mul_right unit (hc p.inputs)
    have h3 : 2 * (p.offset * T) = 2 * p.offset * total (inputOf inBits A) p.inputs
        + 2 * p.offset * unit := by rw [← hT, ← Nat.mul_assoc, Nat.mul_add]
    show _ + _ ≤ _
    omega
  have hXlt : ∀ u, X u < 2 ^ p.fieldBits := fun u => by
    have := hX u
    omega
  refine ⟨fun u => X u + 2 ^ (p.fieldBits - 1) - p.offset * T, fun u => ?_, fun u => ?_, ?_⟩
  · have := hX u
    show X u + _ - _ < _
    have := hXlt u
    omega
  · have e : p.sum (inputOf inBits A) unit u = (X u : Int) - ((p.offset * T : Nat) : Int) := by
      have := itotal_offset (p.code u) (inputOf inBits A) p.offset p.inputs
      show itotal (fun j => ((p.code u j : Int) - (p.offset : Int)) * _) _ +
        ((p.code u p.inputs : Int) - (p.offset : Int)) * _ = _
      rw [this, ← hT, Nat.mul_add, Int.sub_mul]
      show _ = ((_ + _ : Nat) : Int) - _
      simp only [Int.natCast_add, Int.natCast_mul]
      omega
    show ((X u + _ - _ : Nat) : Int) = _
    rw [e]
    omega
  · have hS : ∀ a b c d n : Nat, (c + n * d) + (a + n * b) = (a + c) + n * (b + d) :=
      fun a b c d n => by
        rw [Nat.mul_add]
        omega
    have h : k (Nat.sub (Nat.add (Nat.land
        (slots (2 ^ p.fieldBits) X p.outputs + (2 ^ p.fieldBits) ^ p.outputs * T)
          (Nat.sub (Nat.pow 2 (Nat.mul p.fieldBits p.outputs)) 1))
        (Nat.mul (Nat.pow 2 (Nat.sub p.fieldBits 1))
          (onesFast (Nat.pow 2 p.fieldBits) p.outputs)))
        (Nat.mul (Nat.mul (Nat.shiftRight
          (slots (2 ^ p.fieldBits) X p.outputs + (2 ^ p.fieldBits) ^ p.outputs * T)
          (Nat.mul p.fieldBits p.outputs)) p.offset)
          (onesFast (Nat.pow 2 p.fieldBits) p.outputs))) = true := by
      have e : Nat.add (Nat.mul unit (tagged p.limbBits (Nat.mul
          (Nat.sub (Nat.pow 2 p.weightBits) 1) (onesFast (Nat.pow 2 p.fieldBits) p.outputs))
          (Nat.pow 2 (Nat.mul p.fieldBits p.outputs)) column))
          (slots (2 ^ p.fieldBits)
            (fun u => total (fun j => p.code u j * inputOf inBits A j) p.inputs) p.outputs
            + (2 ^ p.fieldBits) ^ p.outputs * total (inputOf inBits A) p.inputs)
          = slots (2 ^ p.fieldBits) X p.outputs + (2 ^ p.fieldBits) ^ p.outputs * T := by
        rw [hbias, ← hT]
        refine (hS ..).trans ?_
        rw [slots_add]
      rw [← e]
      exact h
    have hlt := slots_lt (n := p.outputs) (f := X) fun u _ => hXlt u
    have e1 : Nat.land (slots (2 ^ p.fieldBits) X p.outputs + (2 ^ p.fieldBits) ^ p.outputs * T)
        (Nat.sub (Nat.pow 2 (Nat.mul p.fieldBits p.outputs)) 1)
          = slots (2 ^ p.fieldBits) X p.outputs := by
      refine (Nat.and_two_pow_sub_one_eq_mod ..).trans ?_
      show _ % 2 ^ (p.fieldBits * p.outputs) = _
      rw [Nat.pow_mul, Nat.add_mul_mod_self_left, Nat.mod_eq_of_lt hlt]
    have e2 : Nat.shiftRight (slots (2 ^ p.fieldBits) X p.outputs
          + (2 ^ p.fieldBits) ^ p.outputs * T) (Nat.mul p.fieldBits p.outputs) = T := by
      refine (Nat.shiftRight_eq_div_pow ..).trans ?_
      show _ / 2 ^ (p.fieldBits * p.outputs) = _
      rw [Nat.pow_mul, Nat.add_mul_div_left _ _ (Nat.pow_pos (Nat.two_pow_pos _)),
        Nat.div_eq_of_lt hlt, Nat.zero_add]
    rw [e1, e2, eone] at h
    have e3 : Nat.sub (Nat.add (slots (2 ^ p.fieldBits) X p.outputs)
        (Nat.mul (Nat.pow 2 (Nat.sub p.fieldBits 1)) (ones (2 ^ p.fieldBits) p.outputs)))
        (Nat.mul (Nat.mul T p.offset) (ones (2 ^ p.fieldBits) p.outputs))
          = slots (2 ^ p.fieldBits) (fun u => X u + 2 ^ (p.fieldBits - 1) - p.offset * T)
            p.outputs := by
      show _ + 2 ^ (p.fieldBits - 1) * ones _ _ - T * p.offset * ones _ _ = _
      rw [mul_ones, mul_ones, slots_add, Nat.mul_comm T]
      exact slots_sub _ _ _ _ fun u _ => by omega
    rwa [e3] at h

/-- What ReLU makes of fields. -/
theorem relued_eq {y : Nat → Nat} (hf : 0 < p.fieldBits) (hy : ∀ u, y u < 2 ^ p.fieldBits) :
    p.relued (slots (2 ^ p.fieldBits) y p.outputs)
      = slots (2 ^ p.fieldBits) (fun u => y u - 2 ^ (p.fieldBits - 1)) p.outputs := by
  have hhalf := half_add_half hf
  have hpos := Nat.two_pow_pos (p.fieldBits - 1)
  have e1 : Nat.land (Nat.shiftRight (slots (2 ^ p.fieldBits) y p.outputs)
        (Nat.sub p.fieldBits 1)) (onesFast (Nat.pow 2 p.fieldBits) p.outputs)
      = slots (2 ^ p.fieldBits) (fun u => y u / 2 ^ (p.fieldBits - 1) % 2) p.outputs := by
    rw [show onesFast (Nat.pow 2 p.fieldBits) p.outputs = ones (2 ^ p.fieldBits) p.outputs from
      onesFast_eq (Nat.one_lt_two_pow (by omega))]
    exact land_bit (fun u _ => hy u) (Nat.sub_lt hf Nat.one_pos)
  show Nat.land _ (Nat.mul _ (Nat.land _ _)) = _
  rw [e1]
  refine Eq.trans (land_select_bits (by show 2 ^ (p.fieldBits - 1) - 1 < _; omega)
    (fun u _ => hy u) fun u _ => by omega) (slots_congr fun u _ => ?_)
  have h1 := hy u
  show (y u &&& (2 ^ (p.fieldBits - 1) - 1)) * (y u / 2 ^ (p.fieldBits - 1) % 2) = _
  rw [Nat.and_two_pow_sub_one_eq_mod]
  rcases Nat.lt_or_ge (y u) (2 ^ (p.fieldBits - 1)) with h | h
  · rw [Nat.div_eq_of_lt h, Nat.zero_mod, Nat.mul_zero]
    omega
  · have e : y u / 2 ^ (p.fieldBits - 1) = 1 := Nat.div_eq_of_lt_le (by omega) (by omega)
    rw [e, Nat.mod_eq_sub_mod h, Nat.mod_eq_of_lt (by omega)]
    omega

/-- The value of a layer, at the scale of what its units add up. -/
theorem eval_layer {m n unit : Nat} {x : Fin m → Rat} {a : Nat → Nat} (hm : p.inputs = m)
    (hx : ∀ j : Fin m, x j * (unit : Rat) = (a j : Rat)) (u : Fin n) :
    (p.layer m n).eval x u * ((unit * 2 ^ p.exponent : Nat) : Rat) = (p.sum a unit u : Rat) := by
  subst hm
  have hpow : ((2 ^ p.exponent : Nat) : Rat) ≠ 0 :=
    Rat.ne_of_gt (Rat.natCast_pos.2 (Nat.two_pow_pos _))
  have hsum := sum_mul_eq_itotal ((2 ^ p.exponent : Nat) : Rat) (unit : Rat)
    (fun j : Fin p.inputs => (p.layer p.inputs n).weight u j) x (fun j => p.entry u j)
    (fun j => (a j : Int)) (fun j => Rat.div_mul_cancel hpow) hx
  have hbias : (p.layer p.inputs n).bias u * ((2 ^ p.exponent : Nat) : Rat)
      = (p.entry u p.inputs : Rat) := Rat.div_mul_cancel hpow
  rw [Layer.eval, Nat.mul_comm unit, Rat.natCast_mul, Rat.add_mul, hsum, ← Rat.mul_assoc, hbias,
    sum, Rat.intCast_add, Rat.intCast_mul]
  rfl

end PackedLayer

theorem relu_mul {t s : Rat} {y top : Nat} (hs : 0 < s)
    (h : t * s = (((y : Int) - (top : Int) : Int) : Rat)) :
    relu t * s = ((y - top : Nat) : Rat) := by
  rw [relu]
  split
  · rename_i ht
    have h0 : (0 : Rat) ≤ t * s := Rat.mul_nonneg ht (Rat.le_of_lt hs)
    rw [h] at h0 ⊢
    have h1 : (0 : Int) ≤ (y : Int) - (top : Int) := by exact_mod_cast h0
    have e : ((y - top : Nat) : Int) = (y : Int) - (top : Int) := by omega
    rw [← Rat.intCast_natCast, e]
  · rename_i ht
    have h0 : t * s < 0 := by
      have := Rat.mul_lt_mul_of_pos_right (Rat.not_le.1 ht) hs
      rwa [Rat.zero_mul] at this
    rw [h] at h0
    have h1 : (y : Int) - (top : Int) < 0 := by exact_mod_cast h0
    rw [Rat.zero_mul, Nat.sub_eq_zero_of_le (by omega)]
    rfl

/-- **The network.**  What the program goes on with: field `u` is the value of output `u` at the
scale of the last layer, plus the highest bit of a field. -/
theorem of_withNetwork {p : PackedLayer} {rest : List PackedLayer} {inBits unit m n A : Nat}
    {x : Fin m → Rat} {k : Nat → Bool} (hfits : networkFits p rest inBits unit m n = true)
    (hunit : 0 < unit)
    (hx : ∀ j : Fin m, x j * (unit : Rat) = (PackedLayer.inputOf inBits A j : Rat))
    (h : withNetwork p rest inBits unit A k = true) :
    ∃ y : Nat → Nat, (∀ u, y u < 2 ^ (lastLayer p rest).fieldBits) ∧
      (∀ u : Fin n, (networkOf p rest m n).eval x u
          * ((unit * 2 ^ exponents p rest : Nat) : Rat)
        = (((y u : Int) - ((2 ^ ((lastLayer p rest).fieldBits - 1) : Nat) : Int) : Int) : Rat)) ∧
      k (slots (2 ^ (lastLayer p rest).fieldBits) y n) = true := by
  induction rest generalizing p inBits unit m A with
  | nil =>
    have hfits : (Nat.beq p.inputs m && p.fits inBits unit && Nat.beq p.outputs n) = true := hfits
    simp only [Bool.and_eq_true] at hfits
    obtain ⟨⟨hm, hfits⟩, hn⟩ := hfits
    obtain ⟨y, hy, hsum, hk⟩ := PackedLayer.of_withSums hfits h
    refine ⟨y, hy, fun u => ?_, by rw [← Nat.eq_of_beq_eq_true hn]; exact hk⟩
    have e := PackedLayer.eval_layer (Nat.eq_of_beq_eq_true hm) hx u
    have e' : p.sum (PackedLayer.inputOf inBits A) unit u
        = (y u : Int) - ((2 ^ (p.fieldBits - 1) : Nat) : Int) := by
      have := hsum u
      omega
    rw [e'] at e
    exact e
  | cons q rest ih =>
    have hfits : (Nat.beq p.inputs m && p.fits inBits unit &&
      networkFits q rest p.fieldBits (unit * 2 ^ p.exponent) p.outputs n) = true := hfits
    simp only [Bool.and_eq_true] at hfits
    obtain ⟨⟨hm, hfits⟩, hrest⟩ := hfits
    obtain ⟨y, hy, hsum, hk⟩ := PackedLayer.of_withSums hfits h
    have hf : 0 < p.fieldBits := by
      simp only [PackedLayer.fits, Bool.and_eq_true] at hfits
      have h1 : 0 < p.weightBits := Nat.le_of_ble_eq_true hfits.1.1
      have h2 : p.weightBits ≤ p.fieldBits := Nat.le_of_ble_eq_true hfits.1.2
      omega
    have hk : withNetwork q rest p.fieldBits (unit * 2 ^ p.exponent)
        (p.relued (slots (2 ^ p.fieldBits) y p.outputs)) k = true := (force_eq _ _).symm.trans hk
    have hunit' : 0 < unit * 2 ^ p.exponent := Nat.mul_pos hunit (Nat.two_pow_pos _)
    have hx' : ∀ j : Fin p.outputs, relu ((p.layer m p.outputs).eval x j)
        * ((unit * 2 ^ p.exponent : Nat) : Rat)
          = (PackedLayer.inputOf p.fieldBits (p.relued (slots (2 ^ p.fieldBits) y p.outputs)) j
            : Rat) := fun j => by
      have e := PackedLayer.eval_layer (Nat.eq_of_beq_eq_true hm) hx j
      have e' : p.sum (PackedLayer.inputOf inBits A) unit j
          = (y j : Int) - ((2 ^ (p.fieldBits - 1) : Nat) : Int) := by
        have := hsum j
        omega
      rw [e'] at e
      rw [relu_mul (Rat.natCast_pos.2 hunit') e, PackedLayer.relued_eq hf hy,
        PackedLayer.inputOf,
        slots_div_mod (fun u _ => Nat.lt_of_le_of_lt (Nat.sub_le ..) (hy u)) j.isLt]
    obtain ⟨z, hz, heval, hk⟩ := ih hrest hunit' hx' hk
    refine ⟨z, hz, fun u => ?_, hk⟩
    have e := heval u
    rw [Nat.mul_assoc, ← Nat.pow_add] at e
    exact e

end Bridge
