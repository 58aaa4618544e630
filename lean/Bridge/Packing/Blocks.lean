/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Rows

/-!
# What is known of a block

## Main definitions

* `PackedSamples.products`: what `weigh` adds up in a row.

## Main statements

* `of_weigh`, `total_product`: what `weigh` adds up, in all slots.
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

theorem of_weigh {slotted : List Nat → Nat} {weightBits sign low mask d W P : Nat}
    {columns : List (List Nat)} {k : Nat → List (List Nat) → Bool}
    (h : weigh slotted weightBits (2 ^ weightBits - 1) sign low mask d columns W P k = true) :
    k (P + total (fun j => product sign low mask (W / (2 ^ weightBits) ^ j % 2 ^ weightBits)
        (slotted (columns.getD j []))) d) (columns.drop d) = true := by
  induction d generalizing columns W P with
  | zero => exact h
  | succ d ih =>
    cases columns with
    | nil => exact absurd (show false = true from h) (by decide)
    | cons literals columns =>
      have h : after _ (weigh slotted weightBits (2 ^ weightBits - 1) sign low mask d columns
        (Nat.shiftRight W weightBits) (Nat.add P (product sign low mask
          (Nat.land W (2 ^ weightBits - 1)) (slotted literals))) k) = true := h
      rw [after_eq] at h
      have h := ih h
      rw [show Nat.land W (2 ^ weightBits - 1) = W % 2 ^ weightBits from
          Nat.and_two_pow_sub_one_eq_mod ..,
        show Nat.shiftRight W weightBits = W / 2 ^ weightBits from
          Nat.shiftRight_eq_div_pow ..] at h
      rw [total, ← Nat.add_assoc]
      simp only [Nat.pow_zero, Nat.div_one, Nat.pow_succ', ← Nat.div_div_eq_div_mul]
      exact h

theorem of_weighAll {slotted : List Nat → Nat} {weightBits sign low mask chunk r q W P : Nat}
    {columns : List (List Nat)} {k : Nat → List (List Nat) → Bool}
    (h : weighAll slotted weightBits (2 ^ weightBits - 1) sign low mask chunk (weightBits * chunk)
      (2 ^ (weightBits * chunk) - 1) r q columns W P k = true) :
    k (P + total (fun j => product sign low mask (W / (2 ^ weightBits) ^ j % 2 ^ weightBits)
        (slotted (columns.getD j []))) (chunk * q + r)) (columns.drop (chunk * q + r)) = true := by
  induction q generalizing columns W P with
  | zero =>
    rw [Nat.mul_zero, Nat.zero_add]
    exact of_weigh h
  | succ q ih =>
    have h : weigh slotted weightBits (2 ^ weightBits - 1) sign low mask chunk columns
      (Nat.land W (2 ^ (weightBits * chunk) - 1)) P (fun P columns =>
        weighAll slotted weightBits (2 ^ weightBits - 1) sign low mask chunk (weightBits * chunk)
          (2 ^ (weightBits * chunk) - 1) r q columns (Nat.shiftRight W (weightBits * chunk)) P k)
      = true := h
    have h := ih (of_weigh h)
    rw [show Nat.land W (2 ^ (weightBits * chunk) - 1) = W % 2 ^ (weightBits * chunk) from
        Nat.and_two_pow_sub_one_eq_mod ..,
      show Nat.shiftRight W (weightBits * chunk) = W / 2 ^ (weightBits * chunk) from
        Nat.shiftRight_eq_div_pow .., List.drop_drop] at h
    rw [Nat.mul_succ, Nat.add_comm (chunk * q), Nat.add_assoc, total_append, ← Nat.add_assoc]
    have e1 : total (fun j => product sign low mask
          (W % 2 ^ (weightBits * chunk) / (2 ^ weightBits) ^ j % 2 ^ weightBits)
          (slotted (columns.getD j []))) chunk
        = total (fun j => product sign low mask (W / (2 ^ weightBits) ^ j % 2 ^ weightBits)
          (slotted (columns.getD j []))) chunk := total_congr fun j hj => by
      have e : 2 ^ (weightBits * chunk)
          = (2 ^ weightBits) ^ j * (2 ^ weightBits * (2 ^ weightBits) ^ (chunk - j - 1)) := by
        rw [← Nat.pow_succ', ← Nat.pow_add, Nat.pow_mul]
        congr 1
        omega
      rw [e, Nat.mod_mul_right_div_self, Nat.mod_mul_right_mod]
    have e2 : ∀ j, W / 2 ^ (weightBits * chunk) / (2 ^ weightBits) ^ j
        = W / (2 ^ weightBits) ^ (chunk + j) := fun j => by
      rw [Nat.div_div_eq_div_mul, Nat.pow_add, Nat.pow_mul]
    have e3 : ∀ j, (columns.drop chunk).getD j [] = columns.getD (chunk + j) [] := fun j => by
      simp [List.getD_eq_getElem?_getD, List.getElem?_drop]
    simp only [e1, e2, e3] at h
    exact h

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

/-- What `weigh` adds up in the slots of a block. -/
theorem total_product (hg : 0 < s.slotDigits) (p : IntegerProbe) (t : Nat) :
    total (fun j => product (2 ^ (p.weightBits - 1)) (2 ^ p.magnitudeBits - 1)
        ((2 ^ s.digitBits - 1) * ones s.slotBase s.slotCount)
        (pack (2 ^ p.literalBits) p.weights / (2 ^ p.weightBits) ^ j % 2 ^ p.weightBits)
        (s.spreadOut (s.column t j))) s.latentDim
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
  have hhalf : 2 ^ S = 2 ^ (S - 1) + 2 ^ (S - 1) := by
    rw [← Nat.two_mul, ← Nat.pow_succ']
    congr 1
    omega
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
  have hhalf : 2 ^ S = 2 ^ (S - 1) + 2 ^ (S - 1) := by
    rw [← Nat.two_mul, ← Nat.pow_succ']
    congr 1
    omega
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
  have hhalf : 2 ^ S = 2 ^ (S - 1) + 2 ^ (S - 1) := by
    rw [← Nat.two_mul, ← Nat.pow_succ']
    congr 1
    omega
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
