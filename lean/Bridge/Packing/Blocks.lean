/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Rows

/-!
# What is known of a block

## Main definitions

* `PackedSamples.products`: what `weighAll` adds up in a row.

## Main statements

* `of_weighAll`, `total_weighed`: what `weighAll` adds up, in all slots.
* `of_withSums`: the sums of the weights.
* `of_withExcesses`: what is known of a row if its block passes, and what the program goes on with.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-! ## The weights -/

theorem magnitudes_eq (p : IntegerProbe) (d : Nat) (h : p.magnitudeBits ≤ p.weightBits) :
    magnitudes (ones (2 ^ p.weightBits) d) (2 ^ p.magnitudeBits - 1)
        (pack (2 ^ p.literalBits) p.weights)
      = slots (2 ^ p.weightBits) p.magnitude d := by
  have hlow : 2 ^ p.magnitudeBits - 1 < 2 ^ p.weightBits :=
    Nat.lt_of_lt_of_le (Nat.sub_lt (Nat.two_pow_pos _) Nat.one_pos)
      (Nat.pow_le_pow_right Nat.two_pos h)
  show _ &&& (2 ^ p.magnitudeBits - 1) * _ = _
  rw [land_const d _ hlow]
  apply slots_congr
  intro j _
  rw [Nat.and_two_pow_sub_one_eq_mod]
  rfl

/-- Weight `j` without its sign if it is negative, otherwise nothing. -/
def IntegerProbe.negative (p : IntegerProbe) (j : Nat) : Nat :=
  if p.IsNegative j then p.magnitude j else 0

theorem negatives_eq (p : IntegerProbe) (d : Nat) (h : p.magnitudeBits ≤ p.weightBits)
    (h1 : 1 < 2 ^ p.weightBits) :
    negatives (ones (2 ^ p.weightBits) d) (2 ^ p.magnitudeBits - 1) (p.weightBits - 1)
        (pack (2 ^ p.literalBits) p.weights)
      = slots (2 ^ p.weightBits) p.negative d := by
  have hlow : 2 ^ p.magnitudeBits - 1 < 2 ^ p.weightBits :=
    Nat.lt_of_lt_of_le (Nat.sub_lt (Nat.two_pow_pos _) Nat.one_pos)
      (Nat.pow_le_pow_right Nat.two_pos h)
  have hw : 2 ^ p.weightBits = 2 ^ (p.weightBits - 1) * 2 := by
    rw [← Nat.pow_succ]
    congr 1
    rcases Nat.eq_zero_or_pos p.weightBits with h0 | h0
    · rw [h0] at h1
      exact absurd h1 (by decide)
    · omega
  have esign : pack (2 ^ p.literalBits) p.weights >>> (p.weightBits - 1)
        &&& ones (2 ^ p.weightBits) d
      = slots (2 ^ p.weightBits) (fun j => if p.IsNegative j then 1 else 0) d := by
    have e := land_const d (pack (2 ^ p.literalBits) p.weights >>> (p.weightBits - 1)) h1
    rw [Nat.one_mul] at e
    rw [e]
    apply slots_congr
    intro j _
    have e1 : p.code j / 2 ^ (p.weightBits - 1)
        = pack (2 ^ p.literalBits) p.weights / 2 ^ (p.weightBits - 1)
          / (2 ^ p.weightBits) ^ j % 2 := by
      rw [IntegerProbe.code, Nat.div_div_eq_div_mul, Nat.mul_comm (2 ^ (p.weightBits - 1)),
        ← Nat.div_div_eq_div_mul]
      conv => lhs; rw [hw]
      rw [Nat.mod_mul_right_div_self, ← hw]
    have hlt : p.code j < 2 ^ (p.weightBits - 1) * 2 := by
      rw [← hw]
      exact Nat.mod_lt _ (Nat.two_pow_pos _)
    rw [Nat.shiftRight_eq_div_pow, Nat.and_one_is_mod,
      Nat.mod_mod_of_dvd _ ⟨2 ^ (p.weightBits - 1), by rw [hw, Nat.mul_comm]⟩, ← e1]
    simp only [IntegerProbe.IsNegative]
    split
    · rename_i hn
      exact Nat.div_eq_of_lt_le (by omega) (by omega)
    · rename_i hn
      exact Nat.div_eq_of_lt (Nat.lt_of_not_le hn)
  show magnitudes _ _ _ &&& (2 ^ p.magnitudeBits - 1) * (_ >>> (p.weightBits - 1) &&& _) = _
  rw [magnitudes_eq p d h, esign, land_select_bits hlow (fun j _ => ?_) fun j _ => ?_]
  · apply slots_congr
    intro j _
    rw [Nat.and_two_pow_sub_one_eq_mod, IntegerProbe.magnitude, Nat.mod_mod]
    simp only [IntegerProbe.negative, IntegerProbe.magnitude]
    split <;> simp
  · refine Nat.lt_of_lt_of_le (Nat.mod_lt _ (Nat.two_pow_pos _)) ?_
    exact Nat.pow_le_pow_right Nat.two_pos h
  · split <;> decide

theorem negative_le (p : IntegerProbe) (j : Nat) : p.negative j ≤ p.magnitude j := by
  simp only [IntegerProbe.negative]
  split
  · exact Nat.le_refl _
  · exact Nat.zero_le _

/-- The sums that `withSums` goes on with. -/
theorem of_withSums {p : IntegerProbe} {d : Nat} {k : Nat → Nat → Nat → Bool}
    (h : withSums p d k = true) :
    k (total p.magnitude d) (total p.negative d) (pack (2 ^ p.literalBits) p.weights) = true := by
  simp only [withSums, force_eq, Bool.and_eq_true, join_eq] at h
  obtain ⟨⟨⟨h1, h2⟩, h3⟩, h⟩ := h
  have h1 : 1 < 2 ^ p.weightBits := Nat.le_of_ble_eq_true h1
  have h2 := Nat.le_of_ble_eq_true h2
  have h3 : d * 2 ^ p.magnitudeBits < 2 ^ p.weightBits - 1 := Nat.le_of_ble_eq_true h3
  have hlt : total p.magnitude d < 2 ^ p.weightBits - 1 :=
    Nat.lt_of_le_of_lt (total_le fun j _ => Nat.le_of_lt (Nat.mod_lt _ (Nat.two_pow_pos _))) h3
  have e1 : onesFast (Nat.pow 2 p.weightBits) d = ones (2 ^ p.weightBits) d := onesFast_eq h1
  rw [e1] at h
  have e2 : magnitudes (ones (2 ^ p.weightBits) d) (Nat.sub (Nat.pow 2 p.magnitudeBits) 1)
      (pack (2 ^ p.literalBits) p.weights) = slots (2 ^ p.weightBits) p.magnitude d :=
    magnitudes_eq p d h2
  have e3 : negatives (ones (2 ^ p.weightBits) d) (Nat.sub (Nat.pow 2 p.magnitudeBits) 1)
      (Nat.sub p.weightBits 1) (pack (2 ^ p.literalBits) p.weights)
        = slots (2 ^ p.weightBits) p.negative d := negatives_eq p d h2 h1
  rw [e2, e3] at h
  have e4 : Nat.mod (slots (2 ^ p.weightBits) p.magnitude d) (Nat.sub (Nat.pow 2 p.weightBits) 1)
      = total p.magnitude d := slots_mod hlt
  have e5 : Nat.mod (slots (2 ^ p.weightBits) p.negative d) (Nat.sub (Nat.pow 2 p.weightBits) 1)
      = total p.negative d :=
    slots_mod (Nat.lt_of_le_of_lt (total_mono fun j _ => negative_le p j) hlt)
  rwa [e4, e5] at h

/-! ## The products -/

/-- What is added up for column `j`, the number `A`. -/
def weighed (product : Nat → Nat → Nat) (weightBits W j A : Nat) : Nat :=
  product (W / (2 ^ weightBits) ^ j % 2 ^ weightBits) A

/-- The weights after the first `m`. -/
theorem weighed_add (product : Nat → Nat → Nat) (weightBits W m j A : Nat) :
    weighed product weightBits (W / 2 ^ (weightBits * m)) j A
      = weighed product weightBits W (m + j) A := by
  rw [weighed, weighed, Nat.div_div_eq_div_mul, Nat.pow_add, Nat.pow_mul]

/-- The first `m` weights alone. -/
theorem weighed_mod (product : Nat → Nat → Nat) {weightBits W m j A : Nat} (hj : j < m) :
    weighed product weightBits (W % 2 ^ (weightBits * m)) j A
      = weighed product weightBits W j A := by
  have e : 2 ^ (weightBits * m)
      = (2 ^ weightBits) ^ j * (2 ^ weightBits * (2 ^ weightBits) ^ (m - j - 1)) := by
    rw [← Nat.pow_succ', ← Nat.pow_add, Nat.pow_mul]
    congr 1
    omega
  rw [weighed, weighed, e, Nat.mod_mul_right_div_self, Nat.mod_mul_right_mod]

theorem columnsOf_one (w : Nat) (column : Column) (groups : List ColumnGroup) :
    columnsOf w (.one column :: groups) = column.digits w :: columnsOf w groups := rfl

theorem columnsOf_eight (w : Nat) (a b c d e f g h : Column) (groups : List ColumnGroup) :
    columnsOf w (.eight a b c d e f g h :: groups)
      = a.digits w :: b.digits w :: c.digits w :: d.digits w :: e.digits w :: f.digits w ::
        g.digits w :: h.digits w :: columnsOf w groups := rfl

theorem getD_drop (columns : List Nat) (m j : Nat) :
    (columns.drop m).getD j 0 = columns.getD (m + j) 0 := by
  simp [List.getD_eq_getElem?_getD, List.getElem?_drop]

section

variable {program : Nat → Column → Nat} {product : Nat → Nat → Nat} {w weightBits : Nat}

/-- What programs go on with that have added up the products of `n` columns. -/
def Weighed (product : Nat → Nat → Nat) (w weightBits n : Nat) (groups : List ColumnGroup)
    (W P : Nat) (k : Nat → List ColumnGroup → Bool) : Prop :=
  ∃ rest, columnsOf w rest = (columnsOf w groups).drop n ∧
    k (P + total (fun j => weighed product weightBits W j
      ((columnsOf w groups).getD j 0)) n) rest = true

/-- The products of `m` columns, and then of `n` more. -/
theorem Weighed.append {m n : Nat} {groups : List ColumnGroup} {W V P : Nat}
    {k : Nat → List ColumnGroup → Bool} {k' : Nat → List ColumnGroup → Bool}
    (hV : ∀ j, j < m → ∀ A, weighed product weightBits V j A
      = weighed product weightBits W j A)
    (h : Weighed product w weightBits m groups V P k)
    (hk : ∀ P groups, k P groups = true →
      Weighed product w weightBits n groups (W / 2 ^ (weightBits * m)) P k') :
    Weighed product w weightBits (m + n) groups W P k' := by
  obtain ⟨rest, hrest, h⟩ := h
  obtain ⟨rest', hrest', h⟩ := hk _ _ h
  refine ⟨rest', by rw [hrest', hrest, List.drop_drop], ?_⟩
  simp only [hrest, getD_drop, weighed_add] at h
  rw [total_congr fun j hj => hV j hj _] at h
  rwa [total_append, ← Nat.add_assoc]

theorem total_eight (f : Nat → Nat) (P : Nat) :
    P + total f 8 = f 7 + (f 6 + (f 5 + (f 4 + (f 3 + (f 2 + (f 1 + (f 0 + P))))))) := by
  simp only [total, Nat.zero_add, Nat.reduceAdd]
  omega

theorem of_weighEights (hproduct : ∀ v column, program v column = product v (column.digits w))
    {n W P : Nat} {groups : List ColumnGroup} {k : Nat → List ColumnGroup → Bool}
    (h : weighEights program weightBits (weightBits * 8) (2 ^ weightBits - 1) n
      groups W P k = true) :
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
        let q (j : Nat) (column : Column) : Nat :=
          program (Nat.land (Nat.shiftRight W (Nat.mul weightBits j)) (2 ^ weightBits - 1)) column
        have h : weighEights program weightBits (weightBits * 8) (2 ^ weightBits - 1)
            n groups (Nat.shiftRight W (weightBits * 8)) (q 7 h' + (q 6 g + (q 5 f + (q 4 e +
              (q 3 d + (q 2 c + (q 1 b + (q 0 a + P)))))))) k = true :=
          (force_eq _ _).symm.trans h
        have hq : ∀ j column, q j column
            = weighed product weightBits W j (column.digits w) := fun j column => by
          show program (Nat.land (W >>> (weightBits * j)) (2 ^ weightBits - 1)) _ = _
          rw [weighed, hproduct, Nat.shiftRight_eq_div_pow, Nat.pow_mul]
          exact congrArg (product · _) (Nat.and_two_pow_sub_one_eq_mod ..)
        simp only [hq] at h
        rw [Nat.mul_succ, Nat.add_comm (8 * n)]
        refine Weighed.append (V := W) (k := fun P groups => weighEights program weightBits
          (weightBits * 8) (2 ^ weightBits - 1) n groups
            (Nat.shiftRight W (weightBits * 8)) P k) (fun _ _ _ => rfl) ⟨groups, rfl, ?_⟩
          fun P groups h => ?_
        · show weighEights program weightBits (weightBits * 8) (2 ^ weightBits - 1) n
            groups (Nat.shiftRight W (weightBits * 8)) (P + total _ 8) k = true
          rw [total_eight]
          exact h
        · rw [← Nat.shiftRight_eq_div_pow]
          exact ih h

theorem of_weighOnes (hproduct : ∀ v column, program v column = product v (column.digits w))
    {n W P : Nat} {groups : List ColumnGroup} {k : Nat → List ColumnGroup → Bool}
    (h : weighOnes program weightBits (2 ^ weightBits - 1) n groups W P k = true) :
    Weighed product w weightBits n groups W P k := by
  induction n generalizing groups W P with
  | zero => exact ⟨groups, rfl, h⟩
  | succ n ih =>
    cases groups with
    | nil => exact absurd (show false = true from h) (by decide)
    | cons group groups =>
      cases group with
      | eight => exact absurd (show false = true from h) (by decide)
      | one column =>
        have h : weighOnes program weightBits (2 ^ weightBits - 1) n groups
            (Nat.shiftRight W weightBits)
            (program (Nat.land W (2 ^ weightBits - 1)) column + P) k = true :=
          (force_eq _ _).symm.trans h
        rw [show Nat.land W (2 ^ weightBits - 1) = W / (2 ^ weightBits) ^ 0 % 2 ^ weightBits by
          rw [Nat.pow_zero, Nat.div_one]; exact Nat.and_two_pow_sub_one_eq_mod .., hproduct] at h
        rw [Nat.add_comm n]
        refine Weighed.append (V := W) (k := fun P groups => weighOnes program weightBits
          (2 ^ weightBits - 1) n groups (Nat.shiftRight W weightBits) P k)
          (fun _ _ _ => rfl) ⟨groups, rfl, ?_⟩ fun P groups h => ?_
        · show weighOnes program weightBits (2 ^ weightBits - 1) n groups
            (Nat.shiftRight W weightBits) (P + total _ 1) k = true
          rw [total, total, Nat.add_zero, Nat.add_comm P]
          exact h
        · rw [Nat.mul_one, ← Nat.shiftRight_eq_div_pow]
          exact ih h

theorem of_weighAll (hproduct : ∀ v column, program v column = product v (column.digits w))
    {chunk ones eights chunks W P : Nat} {groups : List ColumnGroup}
    {k : Nat → List ColumnGroup → Bool}
    (h : weighAll program weightBits (weightBits * 8) (2 ^ weightBits - 1) chunk
      (weightBits * (8 * chunk)) (2 ^ (weightBits * (8 * chunk)) - 1) ones eights
      (weightBits * (8 * eights)) chunks groups W P k = true) :
    Weighed product w weightBits (8 * chunk * chunks + (8 * eights + ones)) groups W P
      k := by
  induction chunks generalizing groups W P with
  | zero =>
    rw [Nat.mul_zero, Nat.zero_add]
    refine Weighed.append (fun _ _ _ => rfl) (of_weighEights hproduct h) fun P groups h => ?_
    rw [← Nat.shiftRight_eq_div_pow]
    exact of_weighOnes hproduct h
  | succ chunks ih =>
    rw [Nat.mul_succ, Nat.add_comm (8 * chunk * chunks), Nat.add_assoc]
    refine Weighed.append (fun j hj A => ?_) (of_weighEights hproduct h) fun P groups h => ?_
    · rw [show Nat.land W (2 ^ (weightBits * (8 * chunk)) - 1) = W % 2 ^ (weightBits * (8 * chunk))
        from Nat.and_two_pow_sub_one_eq_mod ..]
      exact weighed_mod product hj
    · rw [← Nat.shiftRight_eq_div_pow]
      exact ih h

end

/-! ## Passing columns by -/

theorem of_passOnes (w : Nat) {n : Nat} {groups : List ColumnGroup} {k : List ColumnGroup → Bool}
    (h : passOnes n groups k = true) :
    ∃ rest, columnsOf w rest = (columnsOf w groups).drop n ∧ k rest = true := by
  induction n generalizing groups with
  | zero => exact ⟨groups, rfl, h⟩
  | succ n ih =>
    cases groups with
    | nil => exact absurd (show false = true from h) (by decide)
    | cons group groups =>
      cases group with
      | one => exact ih h
      | eight => exact absurd (show false = true from h) (by decide)

theorem of_passEights (w : Nat) {n : Nat} {groups : List ColumnGroup}
    {k : List ColumnGroup → Bool} (h : passEights n groups k = true) :
    ∃ rest, columnsOf w rest = (columnsOf w groups).drop (8 * n) ∧ k rest = true := by
  induction n generalizing groups with
  | zero => exact ⟨groups, rfl, h⟩
  | succ n ih =>
    cases groups with
    | nil => exact absurd (show false = true from h) (by decide)
    | cons group groups =>
      cases group with
      | one => exact absurd (show false = true from h) (by decide)
      | eight => exact ih h

theorem of_passBlocks (w : Nat) {eights ones n : Nat} {groups : List ColumnGroup}
    {k : List ColumnGroup → Bool} (h : passBlocks eights ones n groups k = true) :
    ∃ rest, columnsOf w rest = (columnsOf w groups).drop ((8 * eights + ones) * n) ∧
      k rest = true := by
  induction n generalizing groups with
  | zero => exact ⟨groups, rfl, h⟩
  | succ n ih =>
    obtain ⟨rest, hrest, h⟩ := of_passEights w (k := fun groups => passOnes ones groups _) h
    obtain ⟨rest', hrest', h⟩ := of_passOnes w h
    obtain ⟨rest'', hrest'', h⟩ := ih h
    refine ⟨rest'', ?_, h⟩
    rw [hrest'', hrest', hrest, List.drop_drop, List.drop_drop, Nat.mul_succ,
      Nat.add_comm (_ * n), ← Nat.add_assoc]

theorem of_withOne (w : Nat) {groups : List ColumnGroup} {k : Column → Bool}
    (h : withOne groups k = true) :
    ∃ column, (columnsOf w groups).getD 0 0 = column.digits w ∧ k column = true := by
  cases groups with
  | nil => exact absurd (show false = true from h) (by decide)
  | cons group groups =>
    cases group with
    | one column => exact ⟨column, rfl, h⟩
    | eight => exact absurd (show false = true from h) (by decide)

section

variable {s : PackedSamples}

/-- The product of weight `j` with the digit `a`, or for a negative one with what the largest digit
is more. -/
def PackedSamples.digitProduct (s : PackedSamples) (p : IntegerProbe) (j a : Nat) : Nat :=
  p.magnitude j * if p.IsNegative j then 2 ^ s.digitBits - 1 - a else a

/-- The sum of the products of row `r` of block `t`. -/
def PackedSamples.products (s : PackedSamples) (p : IntegerProbe) (t r : Nat) : Nat :=
  total (fun j => s.digitProduct p j (s.blockDigit t j r)) s.latentDim

theorem blockDigit_lt (s : PackedSamples) (t j r : Nat) : s.blockDigit t j r < 2 ^ s.digitBits :=
  Nat.mod_lt _ (Nat.two_pow_pos _)

theorem products_le (s : PackedSamples) (p : IntegerProbe) (t r : Nat) :
    s.products p t r ≤ (2 ^ s.digitBits - 1) * total p.magnitude s.latentDim := by
  rw [total_mul]
  apply total_mono
  intro j _
  have := blockDigit_lt s t j r
  rw [digitProduct, Nat.mul_comm]
  apply Nat.mul_le_mul_right
  split <;> omega

/-- What `weighAll` adds up in the slots of a block. -/
theorem total_weighed (hg : 0 < s.slotDigits) (p : IntegerProbe) (t : Nat) :
    total (fun j => weighed (fun v A => product (2 ^ (p.weightBits - 1)) (2 ^ p.magnitudeBits - 1)
        ((2 ^ s.digitBits - 1) * ones s.slotBase s.slotCount) v (s.spreadOut A)) p.weightBits
        (pack (2 ^ p.literalBits) p.weights) j (s.column t j)) s.latentDim
      = slots s.slotBase (fun k => s.products p t (s.slotRow k)) s.slotCount := by
  refine Eq.trans (total_congr fun j _ => ?_) (total_slots_eq s.slotBase s.slotCount
    (fun j k => s.digitProduct p j (s.blockDigit t j (s.slotRow k))) s.latentDim)
  have hX : s.spreadOut (s.column t j)
      = slots s.slotBase (fun k => s.blockDigit t j (s.slotRow k)) s.slotCount :=
    spreadOut_eq s hg _
  have e : product (2 ^ (p.weightBits - 1)) (2 ^ p.magnitudeBits - 1)
      ((2 ^ s.digitBits - 1) * ones s.slotBase s.slotCount) (p.code j) (s.spreadOut (s.column t j))
      = slots s.slotBase (fun k => if p.IsNegative j then
          2 ^ s.digitBits - 1 - s.blockDigit t j (s.slotRow k)
        else s.blockDigit t j (s.slotRow k)) s.slotCount * p.magnitude j := by
    show (p.code j &&& (2 ^ p.magnitudeBits - 1)) * _ = _
    rw [Nat.and_two_pow_sub_one_eq_mod, Nat.mul_comm]
    congr 1
    cases hn : Nat.ble (2 ^ (p.weightBits - 1)) (p.code j) with
    | true =>
      have hn : p.IsNegative j := Nat.le_of_ble_eq_true hn
      simp only [if_pos hn]
      show (2 ^ s.digitBits - 1) * ones _ _ - s.spreadOut _ = _
      rw [hX, mul_ones, slots_sub _ _ _ _ fun k _ => ?_]
      have := blockDigit_lt s t j (s.slotRow k)
      omega
    | false =>
      have hn : ¬ p.IsNegative j := fun h => by
        rw [Nat.ble_eq_true_of_le h] at hn
        cases hn
      simp only [if_neg hn]
      exact hX
  refine Eq.trans e ?_
  rw [slots_mul]
  apply slots_congr
  intro k _
  rw [digitProduct, Nat.mul_comm]

/-! ## The excesses -/

section

variable {S n : Nat} {u e : Nat → Nat}

theorem half_add_half (hS : 0 < S) : 2 ^ S = 2 ^ (S - 1) + 2 ^ (S - 1) := by
  rw [← Nat.mul_two, ← Nat.pow_succ, Nat.succ_eq_add_one, Nat.sub_add_cancel hS]

/-- What `allSet` says of the slots that are selected. -/
theorem le_of_allSet (hS : 0 < S) (hu : ∀ k, k < n → u k < 2 ^ S) (he : ∀ k, k < n → e k ≤ 1)
    (h : allSet (2 ^ (S - 1) * slots (2 ^ S) e n) (slots (2 ^ S) u n) = true) {k : Nat} (hk : k < n)
    (hek : e k = 1) : 2 ^ (S - 1) ≤ u k := by
  have hhalf : 2 ^ (S - 1) < 2 ^ S := Nat.pow_lt_pow_right (by decide) (by omega)
  have h1 : slots (2 ^ S) u n &&& 2 ^ (S - 1) * slots (2 ^ S) e n
      = 2 ^ (S - 1) * slots (2 ^ S) e n := Nat.eq_of_beq_eq_true h
  rw [land_select_bits hhalf hu he, Nat.mul_comm, slots_mul] at h1
  have hle : ∀ x k, k < n → x < 2 ^ S → x * e k < 2 ^ S := fun x k hk hx =>
    Nat.lt_of_le_of_lt (Nat.mul_le_mul_left x (he k hk)) (by omega)
  have h2 := slots_div_mod (fun k hk => hle _ k hk
    (Nat.lt_of_le_of_lt (Nat.and_le_right (n := u k)) hhalf)) hk
  have h3 := slots_div_mod (f := fun k => e k * 2 ^ (S - 1)) (fun k hk =>
    Nat.mul_comm (2 ^ (S - 1)) (e k) ▸ hle _ k hk hhalf) hk
  rw [h1] at h2
  have h4 : (u k &&& 2 ^ (S - 1)) * e k = e k * 2 ^ (S - 1) := h2.symm.trans h3
  rw [hek, Nat.mul_one, Nat.one_mul] at h4
  rw [← h4]
  exact Nat.and_le_left

/-- The bits below the highest one of the slots that are selected. -/
theorem land_rest (hS : 0 < S) (hu : ∀ k, k < n → u k < 2 ^ S) (he : ∀ k, k < n → e k ≤ 1)
    (hle : ∀ k, k < n → e k = 1 → 2 ^ (S - 1) ≤ u k) :
    Nat.land (slots (2 ^ S) u n) (Nat.mul (2 ^ (S - 1) - 1) (slots (2 ^ S) e n))
      = slots (2 ^ S) (fun k => (u k - 2 ^ (S - 1)) * e k) n := by
  have hhalf := half_add_half hS
  have hpos := Nat.two_pow_pos (S - 1)
  refine Eq.trans (land_select_bits (by omega) hu he) (slots_congr fun k hk => ?_)
  have h1 := he k hk
  rcases (by omega : e k = 0 ∨ e k = 1) with h | h
  · rw [h, Nat.mul_zero, Nat.mul_zero]
  · have h2 := hle k hk h
    have h3 := hu k hk
    rw [Nat.and_two_pow_sub_one_eq_mod, Nat.mod_eq_sub_mod h2, Nat.mod_eq_of_lt (by omega)]

/-- What `allSet` says of a difference from a limit. -/
theorem le_of_allSet_sub (hS : 0 < S) {limit : Nat} (hlimit : limit < 2 ^ (S - 1))
    (hu : ∀ k, k < n → u k < 2 ^ (S - 1))
    (h : allSet (2 ^ (S - 1) * ones (2 ^ S) n)
      (Nat.sub ((limit + 2 ^ (S - 1)) * ones (2 ^ S) n) (slots (2 ^ S) u n)) = true)
    {k : Nat} (hk : k < n) : u k ≤ limit := by
  have hhalf := half_add_half hS
  have e : Nat.sub ((limit + 2 ^ (S - 1)) * ones (2 ^ S) n) (slots (2 ^ S) u n)
      = slots (2 ^ S) (fun k => limit + 2 ^ (S - 1) - u k) n := by
    rw [mul_ones]
    exact slots_sub _ _ _ _ fun k hk => by
      have := hu k hk
      omega
  rw [e] at h
  have h1 := le_of_allSet hS (fun k hk => by omega) (fun _ _ => Nat.le_refl 1) h hk rfl
  have := hu k hk
  omega

theorem of_withExcesses {a q : Nat → Nat} {factor lo span kQ kP twice : Nat}
    {k : Nat → Nat → Bool} (hS : 0 < S) (ha : ∀ k, k < n → a k < 2 ^ (S - 1))
    (hlo : lo < 2 ^ (S - 1)) (he : ∀ k, k < n → e k ≤ 1) (hspan : span < 2 ^ (S - 1))
    (hscores : factor * span + kQ < 2 ^ (S - 1)) (hq : ∀ k, k < n → q k + kP < 2 ^ (S - 1))
    (htwice : twice < 2 ^ (S - 1))
    (h : withExcesses (2 ^ (S - 1)) (2 ^ (S - 1) - 1) (2 ^ (S - 1) * ones (2 ^ S) n) factor
      (lo * ones (2 ^ S) n) ((span + 2 ^ (S - 1)) * ones (2 ^ S) n)
      ((kQ + 2 ^ (S - 1)) * ones (2 ^ S) n) (kP * ones (2 ^ S) n)
      ((twice + 2 ^ (S - 1)) * ones (2 ^ S) n) (slots (2 ^ S) q n) (slots (2 ^ S) a n)
      (slots (2 ^ S) e n) k = true) :
    (∀ k, k < n → e k = 1 → lo ≤ a k ∧ a k - lo ≤ span ∧ q k + kP ≤ factor * (a k - lo) + kQ ∧
      factor * (a k - lo) + kQ - (q k + kP) ≤ twice) ∧
    k (slots (2 ^ S) (fun k => (factor * (a k - lo) + kQ - (q k + kP)) * e k) n)
      (slots (2 ^ S) (fun k => (a k - lo) * e k) n) = true := by
  have hhalf := half_add_half hS
  simp only [withExcesses, force_eq, Bool.and_eq_true] at h
  obtain ⟨hU, hV, hY, hE, hk⟩ := h
  -- The scores.
  have eU : Nat.sub (Nat.add (slots (2 ^ S) a n) (2 ^ (S - 1) * ones (2 ^ S) n))
      (lo * ones (2 ^ S) n) = slots (2 ^ S) (fun k => a k + 2 ^ (S - 1) - lo) n := by
    rw [mul_ones, mul_ones]
    show slots _ _ _ + slots _ _ _ - _ = _
    rw [slots_add]
    exact slots_sub _ _ _ _ fun k _ => by omega
  rw [eU] at hU hV hY hE hk
  have hu : ∀ k, k < n → a k + 2 ^ (S - 1) - lo < 2 ^ S := fun k hk => by
    have := ha k hk
    omega
  have hlow : ∀ k, k < n → e k = 1 → lo ≤ a k := fun k hk hek => by
    have := le_of_allSet hS hu he hU hk hek
    omega
  have eV := land_rest hS hu he fun k hk hek => by
    have := hlow k hk hek
    omega
  have ev : slots (2 ^ S) (fun k => (a k + 2 ^ (S - 1) - lo - 2 ^ (S - 1)) * e k) n
      = slots (2 ^ S) (fun k => (a k - lo) * e k) n := slots_congr fun k _ => by
    congr 1
    omega
  rw [ev] at eV
  rw [eV] at hV hY hE hk
  have hle : ∀ x k, k < n → x * e k ≤ x := fun x k hk => by
    have := Nat.mul_le_mul_left x (he k hk)
    omega
  have hspans : ∀ k, k < n → (a k - lo) * e k ≤ span := fun k hk =>
    le_of_allSet_sub (u := fun k => (a k - lo) * e k) hS hspan
      (fun k hk => by
        have h1 := ha k hk
        have h2 := hle (a k - lo) k hk
        show (a k - lo) * e k < _
        omega) hV hk
  -- The excesses.
  have hwide : ∀ k, k < n → factor * ((a k - lo) * e k) + kQ < 2 ^ (S - 1) := fun k hk =>
    Nat.lt_of_le_of_lt (Nat.add_le_add_right (Nat.mul_le_mul_left _ (hspans k hk)) _) hscores
  have eY : Nat.sub (Nat.add (Nat.mul factor (slots (2 ^ S) (fun k => (a k - lo) * e k) n))
        ((kQ + 2 ^ (S - 1)) * ones (2 ^ S) n)) (Nat.add (slots (2 ^ S) q n) (kP * ones (2 ^ S) n))
      = slots (2 ^ S) (fun k => (a k - lo) * e k * factor + (kQ + 2 ^ (S - 1)) - (q k + kP)) n := by
    rw [mul_ones, mul_ones]
    show factor * slots _ _ _ + slots _ _ _ - (slots _ _ _ + slots _ _ _) = _
    rw [Nat.mul_comm, slots_mul, slots_add, slots_add]
    exact slots_sub _ _ _ _ fun k hk => by
      have := hq k hk
      omega
  rw [eY] at hY hE hk
  have hy : ∀ k, k < n →
      (a k - lo) * e k * factor + (kQ + 2 ^ (S - 1)) - (q k + kP) < 2 ^ S := fun k hk => by
    have := hwide k hk
    rw [Nat.mul_comm factor] at this
    omega
  have hexcess : ∀ k, k < n → e k = 1 → q k + kP ≤ factor * (a k - lo) + kQ := fun k hk hek => by
    have := le_of_allSet hS hy he hY hk hek
    rw [hek, Nat.mul_one, Nat.mul_comm] at this
    have := hq k hk
    omega
  have eE := land_rest hS hy he fun k hk hek => by
    have := hexcess k hk hek
    rw [hek, Nat.mul_one, Nat.mul_comm (a k - lo)]
    omega
  have ee : slots (2 ^ S)
        (fun k =>
          ((a k - lo) * e k * factor + (kQ + 2 ^ (S - 1)) - (q k + kP) - 2 ^ (S - 1)) * e k) n
      = slots (2 ^ S) (fun k => (factor * (a k - lo) + kQ - (q k + kP)) * e k) n :=
    slots_congr fun k hk => by
      have h1 := he k hk
      rcases (by omega : e k = 0 ∨ e k = 1) with h | h
      · rw [h, Nat.mul_zero, Nat.mul_zero]
      · have := hexcess k hk h
        rw [h, Nat.mul_one, Nat.mul_one, Nat.mul_one, Nat.mul_comm (a k - lo)]
        omega
  rw [ee] at eE
  rw [eE] at hE hk
  refine ⟨fun k hk hek => ⟨hlow k hk hek, ?_, hexcess k hk hek, ?_⟩, hk⟩
  · simpa only [hek, Nat.mul_one] using hspans k hk
  have h1 := le_of_allSet_sub (u := fun k => (factor * (a k - lo) + kQ - (q k + kP)) * e k) hS
    htwice (fun k hk => by
      have h1 := he k hk
      show (factor * (a k - lo) + kQ - (q k + kP)) * e k < _
      rcases (by omega : e k = 0 ∨ e k = 1) with h | h
      · rw [h, Nat.mul_zero]
        exact Nat.two_pow_pos _
      · have := hwide k hk
        rw [h, Nat.mul_one] at this
        rw [h, Nat.mul_one]
        omega) hE hk
  simpa only [hek, Nat.mul_one] using h1

end

end

end Bridge
