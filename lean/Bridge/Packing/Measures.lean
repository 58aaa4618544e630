/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Residuals

/-!
# What is added up over the listed samples

A claim about more than one sample at a time rests on sums over all of them.  They are taken from
the excesses of each block, which are computed once, whatever is added up.

## Main definitions

* `Measure`: what is added up; `Measure.value`: what a sample adds.
* `Measure.addTo`: a program that adds up what the rows of a block add.

## Main statements

* `of_addTo`: that it does.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-- What is added up over the listed samples. -/
inductive Measure where
  /-- One for sample `i` if its residual is `δ` or `-δ`. -/
  | attains (i : Nat)
  /-- The excess. -/
  | excess
  /-- The square of the excess. -/
  | excessSquares
  /-- How much more the score's digit is than the least one. -/
  | scoreExcess
  /-- The square of that. -/
  | scoreExcessSquares
  /-- One for each of the first `n` samples that has an excess of at least `a`. -/
  | excessAtLeast (n a : Nat)

/-- What sample `i` adds, whose excess and whose score's excess are `x` and `y`; the greatest excess
is `twice`. -/
def Measure.value (m : Measure) (twice i x y : Nat) : Nat :=
  match m with
  | .attains j => if i = j ∧ (x = 0 ∨ x = twice) then 1 else 0
  | .excess => x
  | .excessSquares => x * x
  | .scoreExcess => y
  | .scoreExcessSquares => y * y
  | .excessAtLeast n a => if i < n ∧ a ≤ x then 1 else 0

/-! ## The programs -/

/-- How many of the slots of `E` that `listed` selects hold at least `a`, where `u` has
`2 ^ top - a` in every slot; no slot may hold `2 ^ top` or more. -/
def atLeast (one largest top listed E u : Nat) : Nat :=
  Nat.mod (Nat.land (Nat.land (Nat.shiftRight (Nat.add E u) top) one) listed) largest

/-- Add the sum of all slots to `done`; none may be greater than `limit`. -/
def addSum (slotCount largest limit E done : Nat) (k : Nat → Bool) : Bool :=
  Nat.blt (Nat.mul slotCount (Nat.pow 2 (Nat.add (Nat.log2 limit) 1))) largest &&
    force (Nat.add done (Nat.mod E largest)) k

/-- Add the sum of the squares of all slots to `done`; none may be greater than `limit`. -/
def addSquares (slotCount one largest limit E done : Nat) (k : Nat → Bool) : Bool :=
  Nat.blt (Nat.mul slotCount (Nat.pow 2 (Nat.add (Nat.log2 limit) 1))) largest &&
    squares one largest E (Nat.add (Nat.log2 limit) 1) 0 done k

/-- Add up what the rows of a block add, and go on with the sum, added to `done`.  `one` has a `1`
in every slot, `largest` is the largest number that a slot can hold, and `listed` gives the slots of
the first rows. -/
def Measure.addTo (m : Measure) (s : PackedSamples) (p : IntegerProbe)
    (slotBits one largest : Nat) (listed : Nat → Nat) (block : Block) (done : Nat)
    (k : Nat → Bool) : Bool :=
  match m with
  | .attains i =>
    bif Nat.ble block.first i && Nat.blt (Nat.sub i block.first) s.blockRows && Nat.blt i s.size
    then
      force (Nat.sub i block.first) fun r =>
      force (Nat.mod (Nat.shiftRight block.excesses (Nat.mul slotBits
        (Nat.add (Nat.mul (Nat.mod r s.slotDigits) s.classSlots) (Nat.div r s.slotDigits))))
        (Nat.add largest 1)) fun x =>
      bif Nat.beq x 0 || Nat.beq x (Nat.mul 2 p.sup) then k (Nat.succ done) else k done
    else k done
  | .excess => addSum s.slotCount largest (Nat.mul 2 p.sup) block.excesses done k
  | .excessSquares => addSquares s.slotCount one largest (Nat.mul 2 p.sup) block.excesses done k
  | .scoreExcess => addSum s.slotCount largest p.scoreSpan block.scores done k
  | .scoreExcessSquares => addSquares s.slotCount one largest p.scoreSpan block.scores done k
  | .excessAtLeast n a =>
    Nat.ble n s.size && Nat.blt s.slotCount largest &&
    force (Nat.mul (listed (listedCount s.blockRows n block.first)) largest) fun selected =>
    force (Nat.sub slotBits 1) fun top =>
    force (Nat.add done (atLeast one largest top selected block.excesses
      (Nat.mul (Nat.sub (Nat.pow 2 top) a) one))) k

/-- Add up what all blocks add, and go on with the sum, added to `done`. -/
def Measure.addAll (m : Measure) (s : PackedSamples) (p : IntegerProbe)
    (slotBits one largest : Nat) (listed : Nat → Nat) (blocks : List Block) (done : Nat)
    (k : Nat → Bool) : Bool :=
  List.rec (motive := fun _ => Nat → Bool) (fun done => k done)
    (fun block _ ih done => m.addTo s p slotBits one largest listed block done ih) blocks done

/-! ## What they add up -/

theorem listedCount_eq (blockRows size first : Nat) :
    listedCount blockRows size first = min blockRows (size - first) := by
  unfold listedCount
  cases hc : Nat.ble blockRows (Nat.sub size first) with
  | true => exact (Nat.min_eq_left (Nat.le_of_ble_eq_true hc)).symm
  | false =>
    have : ¬ blockRows ≤ size - first := fun hle => by
      rw [show Nat.ble blockRows (Nat.sub size first) = true from Nat.ble_eq_true_of_le hle] at hc
      cases hc
    rw [cond_false, Nat.min_eq_right (by omega)]
    rfl

/-- Of rows of which one alone adds something, that is the sum. -/
theorem total_single (first i : Nat) (P : Nat → Prop) [DecidablePred P] (n : Nat) :
    total (fun r => if first + r = i ∧ P (first + r) then 1 else 0) n
      = if first ≤ i ∧ i < first + n ∧ P i then 1 else 0 := by
  induction n with
  | zero =>
    rw [total, if_neg]
    omega
  | succ n ih =>
    rw [total_succ, ih]
    by_cases h : first + n = i
    · subst h
      by_cases hP : P (first + n)
      · rw [if_neg (by omega), if_pos ⟨rfl, hP⟩, if_pos ⟨by omega, by omega, hP⟩]
      · rw [if_neg (by omega), if_neg fun h => hP h.2, if_neg fun h => hP h.2.2]
    · rw [if_neg (c := first + n = i ∧ P (first + n)) fun h' => h h'.1, Nat.add_zero]
      by_cases h' : first ≤ i ∧ i < first + n ∧ P i
      · rw [if_pos h', if_pos ⟨h'.1, by omega, h'.2.2⟩]
      · rw [if_neg h', if_neg fun h'' => h' ⟨h''.1, by omega, h''.2.2⟩]

section

variable {s : PackedSamples}

/-- The slots that hold `X` of the first `count` rows, and nothing of others. -/
def PackedSamples.listedSlots (s : PackedSamples) (X : Nat → Nat) (count : Nat) : Nat :=
  slots s.slotBase (fun k => X (s.slotRow k) * s.isListed count k) s.slotCount

theorem listed_or (s : PackedSamples) (count k : Nat) :
    (s.slotRow k < count ∧ s.isListed count k = 1)
      ∨ (¬ s.slotRow k < count ∧ s.isListed count k = 0) := by
  unfold isListed
  by_cases h : s.slotRow k < count
  · exact .inl ⟨h, if_pos h⟩
  · exact .inr ⟨h, if_neg h⟩

theorem listedSlot_lt {X : Nat → Nat} {A count : Nat} (hA : 0 < A) (hX : ∀ r, r < count → X r < A)
    (k : Nat) : X (s.slotRow k) * s.isListed count k < A := by
  rcases listed_or s count k with ⟨h, e⟩ | ⟨-, e⟩
  · rw [e, Nat.mul_one]
    exact hX _ h
  · rw [e, Nat.mul_zero]
    exact hA

theorem total_listedSlots_lt {X : Nat → Nat} {limit count : Nat}
    (hX : ∀ r, r < count → X r ≤ limit)
    (h : s.slotCount * 2 ^ (Nat.log2 limit + 1) < s.slotBase - 1) :
    total (fun k => X (s.slotRow k) * s.isListed count k) s.slotCount < s.slotBase - 1 :=
  Nat.lt_of_le_of_lt (total_le fun k _ => Nat.le_of_lt (listedSlot_lt (Nat.two_pow_pos _)
    (fun r hr => Nat.lt_of_le_of_lt (hX r hr) Nat.lt_log2_self) k)) h

theorem of_addSum (h : Layout s) {X : Nat → Nat} {limit count done : Nat} {k : Nat → Bool}
    (hX : ∀ r, r < count → X r ≤ limit) (hc : count ≤ s.blockRows)
    (ha : addSum s.slotCount (s.slotBase - 1) limit (s.listedSlots X count) done k = true) :
    k (done + total X count) = true := by
  simp only [addSum, force_eq, Bool.and_eq_true] at ha
  have hlt := total_listedSlots_lt (s := s) hX (Nat.le_of_ble_eq_true ha.1)
  have e : Nat.mod (s.listedSlots X count) (s.slotBase - 1) = total X count :=
    (slots_mod hlt).trans (total_listed h X hc)
  have := ha.2
  rwa [e] at this

theorem of_addSquares (h : Layout s) {X : Nat → Nat} {limit count done : Nat} {k : Nat → Bool}
    (hX : ∀ r, r < count → X r ≤ limit) (hc : count ≤ s.blockRows)
    (ha : addSquares s.slotCount (ones s.slotBase s.slotCount) (s.slotBase - 1) limit
      (s.listedSlots X count) done k = true) :
    k (done + total (fun r => X r * X r) count) = true := by
  simp only [addSquares, Bool.and_eq_true] at ha
  have hw : s.slotCount * 2 ^ (Nat.log2 limit + 1) < s.slotBase - 1 := Nat.le_of_ble_eq_true ha.1
  have hlt := total_listedSlots_lt (s := s) hX hw
  have hn := slots_pos h
  have hle := Nat.le_mul_of_pos_left (2 ^ (Nat.log2 limit + 1)) hn
  have hws : Nat.log2 limit + 1 ≤ s.slotDigits * s.digitBits :=
    Nat.le_of_lt ((Nat.pow_lt_pow_iff_right (a := 2) (by decide)).1 (by
      have : 2 ^ (s.slotDigits * s.digitBits) = s.slotBase := rfl
      omega))
  have hsmall : ∀ r, r < count → X r < 2 ^ (Nat.log2 limit + 1) := fun r hr =>
    Nat.lt_of_le_of_lt (hX r hr) Nat.lt_log2_self
  have h1 := of_squares (s := s.slotDigits * s.digitBits) (j := 0)
    (fun κ _ => Nat.lt_of_lt_of_le (listedSlot_lt (s := s) (Nat.two_pow_pos _) hsmall κ)
      (Nat.pow_le_pow_right Nat.two_pos hws)) hlt
    (by rw [Nat.zero_add]; exact hws) ha.2
  rw [total_congr (g := fun κ => X (s.slotRow κ) * X (s.slotRow κ) * s.isListed count κ),
    total_listed h (fun r => X r * X r) hc] at h1
  · exact h1
  · intro κ _
    rcases listed_or s count κ with ⟨hr, e⟩ | ⟨-, e⟩
    · simp [e, Nat.mod_eq_of_lt (hsmall _ hr)]
    · simp [e]

theorem atLeast_eq (h : Layout s) {X : Nat → Nat} {a count n : Nat}
    (hX : ∀ r, r < count → X r < 2 ^ (s.slotDigits * s.digitBits - 1))
    (hn : s.slotCount < s.slotBase - 1) (hle : n ≤ count) (hc : count ≤ s.blockRows) :
    atLeast (ones s.slotBase s.slotCount) (s.slotBase - 1) (s.slotDigits * s.digitBits - 1)
        (slots s.slotBase (s.isListed n) s.slotCount * (s.slotBase - 1)) (s.listedSlots X count)
        ((2 ^ (s.slotDigits * s.digitBits - 1) - a) * ones s.slotBase s.slotCount)
      = total (fun r => if a ≤ X r then 1 else 0) n := by
  have hS := h.slotBits_pos
  have hx : s.slotBase
      = 2 ^ (s.slotDigits * s.digitBits - 1) + 2 ^ (s.slotDigits * s.digitBits - 1) := by
    rw [slotBase, ← Nat.two_mul, ← Nat.pow_succ']
    congr 1
    omega
  have hG := fun κ => listedSlot_lt (s := s) (Nat.two_pow_pos _) hX κ
  have hsum : ∀ κ, κ < s.slotCount → X (s.slotRow κ) * s.isListed count κ
      + (2 ^ (s.slotDigits * s.digitBits - 1) - a) < s.slotBase := by
    intro κ _
    have := hG κ
    omega
  have hbit : ∀ κ, κ < s.slotCount → (X (s.slotRow κ) * s.isListed count κ
          + (2 ^ (s.slotDigits * s.digitBits - 1) - a))
          / 2 ^ (s.slotDigits * s.digitBits - 1) % 2
        = if a ≤ X (s.slotRow κ) * s.isListed count κ then 1 else 0 := by
    intro κ _
    have h1 := hG κ
    split
    · have : (X (s.slotRow κ) * s.isListed count κ + (2 ^ (s.slotDigits * s.digitBits - 1) - a))
          / 2 ^ (s.slotDigits * s.digitBits - 1) = 1 := by
        apply Nat.div_eq_of_lt_le <;> omega
      rw [this]
    · rw [Nat.div_eq_of_lt (by omega)]
  show ((slots s.slotBase _ _ + _) >>> _ &&& ones s.slotBase _ &&& _) % _ = _
  rw [mul_ones, slots_add, slotBase, land_bit (by simpa [slotBase] using hsum) (by omega),
    ← slotBase, slots_congr hbit]
  have hlt : ∀ κ, κ < s.slotCount → (if a ≤ X (s.slotRow κ) * s.isListed count κ then 1 else 0)
      < 2 ^ (s.slotDigits * s.digitBits) := by
    intro κ _
    have : 1 < 2 ^ (s.slotDigits * s.digitBits) := Nat.one_lt_two_pow (by omega)
    split <;> omega
  rw [slotBase, land_select hlt fun κ _ => isListed_le s n κ, ← slotBase, slots_mod]
  · refine Eq.trans (total_congr fun κ _ => ?_)
      (total_listed h (fun r => if a ≤ X r then 1 else 0) (Nat.le_trans hle hc))
    rcases listed_or s n κ with ⟨hr, e⟩ | ⟨-, e⟩
    · have e' : s.isListed count κ = 1 := if_pos (Nat.lt_of_lt_of_le hr hle)
      simp only [e, e', Nat.mul_one]
    · rw [e, Nat.mul_zero, Nat.mul_zero]
  · refine Nat.lt_of_le_of_lt (total_le (A := 1) fun κ _ => ?_) (by omega)
    have := isListed_le s n κ
    split <;> omega

/-! ## A block -/

/-- How many rows of block `t` are listed. -/
def PackedSamples.listedRows (s : PackedSamples) (t : Nat) : Nat :=
  min s.blockRows (s.size - s.blockRows * t)

/-- What is known of block `t`. -/
def PackedSamples.block (s : PackedSamples) (c : Nat) (p : IntegerProbe) (t : Nat) : Block where
  first := s.blockRows * t
  excesses := s.listedSlots (fun r => s.excess c p (s.blockRows * t + r)) (s.listedRows t)
  scores := s.listedSlots (fun r => s.scoreExcess c p (s.blockRows * t + r)) (s.listedRows t)

/-- What sample `i` adds. -/
def PackedSamples.measured (s : PackedSamples) (c : Nat) (p : IntegerProbe) (m : Measure)
    (i : Nat) : Nat :=
  m.value (2 * p.sup) i (s.excess c p i) (s.scoreExcess c p i)

theorem of_addTo (h : Layout s) {c : Nat} {p : IntegerProbe} {m : Measure} {t done : Nat}
    {k : Nat → Bool} {listed : Nat → Nat}
    (hw : ∀ r, r < s.listedRows t → s.Within c p (s.blockRows * t + r))
    (hsup : 2 * p.sup < 2 ^ (s.slotDigits * s.digitBits - 1))
    (hl : ∀ count, listed count = slots s.slotBase (s.isListed count) s.slotCount)
    (ha : m.addTo s p (s.slotDigits * s.digitBits) (ones s.slotBase s.slotCount) (s.slotBase - 1)
      listed (s.block c p t) done k = true) :
    k (done + total (fun r => s.measured c p m (s.blockRows * t + r)) (s.listedRows t)) = true := by
  have hc : s.listedRows t ≤ s.blockRows := Nat.min_le_left ..
  have hx := fun r hr => (hw r hr).excess_le
  have hy := fun r hr => (hw r hr).scoreExcess_le
  cases m with
  | excess => exact of_addSum h hx hc ha
  | excessSquares => exact of_addSquares h hx hc ha
  | scoreExcess => exact of_addSum h hy hc ha
  | scoreExcessSquares => exact of_addSquares h hy hc ha
  | attains i =>
    simp only [Measure.addTo, force_eq] at ha
    have e : total (fun r => s.measured c p (.attains i) (s.blockRows * t + r)) (s.listedRows t)
        = if s.blockRows * t ≤ i ∧ i < s.blockRows * t + s.listedRows t ∧
            (s.excess c p i = 0 ∨ s.excess c p i = 2 * p.sup) then 1 else 0 :=
      total_single _ _ (fun i => s.excess c p i = 0 ∨ s.excess c p i = 2 * p.sup) _
    rw [e]
    clear e
    have hrows : s.listedRows t = min s.blockRows (s.size - s.blockRows * t) := rfl
    by_cases hi : s.blockRows * t ≤ i ∧ i < s.blockRows * t + s.listedRows t
    · have hir : i - s.blockRows * t < s.listedRows t := by omega
      have hir' : i - s.blockRows * t < s.slotDigits * s.classSlots - 1 :=
        Nat.lt_of_lt_of_le (Nat.lt_of_lt_of_le hir hc) (blockRows_le s h.slotDigits_pos)
      have hslot := slot_lt_of_digit h.slotDigits_pos hir'
      have hrow : s.slotRow ((i - s.blockRows * t) % s.slotDigits * s.classSlots
          + (i - s.blockRows * t) / s.slotDigits) = i - s.blockRows * t :=
        (slot_of_digit h.slotDigits_pos (m := s.classSlots) (by omega)).2
      have hbase : 2 ^ (s.slotDigits * s.digitBits - 1) ≤ s.slotBase :=
        Nat.pow_le_pow_right Nat.two_pos (Nat.sub_le ..)
      have ev := slots_div_mod (x := s.slotBase) (n := s.slotCount) (f := fun κ =>
          s.excess c p (s.blockRows * t + s.slotRow κ) * s.isListed (s.listedRows t) κ)
        (fun κ _ => Nat.lt_of_lt_of_le (listedSlot_lt (s := s)
          (X := fun r => s.excess c p (s.blockRows * t + r)) (Nat.two_pow_pos _)
          (fun r hr => Nat.lt_of_le_of_lt (hx r hr) hsup) κ) hbase) hslot
      have el : s.isListed (s.listedRows t) ((i - s.blockRows * t) % s.slotDigits * s.classSlots
          + (i - s.blockRows * t) / s.slotDigits) = 1 := by
        rw [isListed, hrow, if_pos hir]
      simp only [hrow, el, Nat.mul_one, Nat.add_sub_cancel' hi.1] at ev
      have e2 : Nat.mod (Nat.shiftRight (s.block c p t).excesses (Nat.mul
          (s.slotDigits * s.digitBits) (Nat.add (Nat.mul (Nat.mod (Nat.sub i (s.block c p t).first)
            s.slotDigits) s.classSlots) (Nat.div (Nat.sub i (s.block c p t).first) s.slotDigits))))
          (Nat.add (s.slotBase - 1) 1) = s.excess c p i := by
        rw [← ev]
        have hb := h.one_lt_slotBase
        show (_ >>> (s.slotDigits * s.digitBits * _)) % (s.slotBase - 1 + 1) = _
        rw [Nat.shiftRight_eq_div_pow, Nat.sub_add_cancel (Nat.le_of_lt hb), Nat.pow_mul]
        rfl
      rw [e2] at ha
      have e3 : (Nat.ble (s.block c p t).first i && Nat.blt (Nat.sub i (s.block c p t).first)
          s.blockRows && Nat.blt i s.size) = true := by
        simp only [Bool.and_eq_true]
        exact ⟨⟨Nat.ble_eq_true_of_le hi.1, Nat.ble_eq_true_of_le (Nat.lt_of_lt_of_le hir hc)⟩,
          Nat.ble_eq_true_of_le (show i < s.size by omega)⟩
      rw [e3, cond_true] at ha
      by_cases hP : s.excess c p i = 0 ∨ s.excess c p i = 2 * p.sup
      · rw [if_pos ⟨hi.1, hi.2, hP⟩]
        have e4 : (Nat.beq (s.excess c p i) 0 || Nat.beq (s.excess c p i) (Nat.mul 2 p.sup))
            = true := by
          rw [Bool.or_eq_true]
          exact hP.imp (fun h => by rw [h]; rfl) fun h => by rw [h]; exact Nat.beq_refl _
        rwa [e4, cond_true] at ha
      · rw [if_neg fun h => hP h.2.2]
        have e4 : (Nat.beq (s.excess c p i) 0 || Nat.beq (s.excess c p i) (Nat.mul 2 p.sup))
            = false := by
          rw [Bool.eq_false_iff]
          intro h'
          rw [Bool.or_eq_true] at h'
          exact hP (h'.imp Nat.eq_of_beq_eq_true Nat.eq_of_beq_eq_true)
        rwa [e4, cond_false] at ha
    · rw [if_neg fun h => hi ⟨h.1, h.2.1⟩]
      have e3 : (Nat.ble (s.block c p t).first i && Nat.blt (Nat.sub i (s.block c p t).first)
          s.blockRows && Nat.blt i s.size) = false := by
        rw [Bool.eq_false_iff]
        intro h'
        simp only [Bool.and_eq_true] at h'
        have h1 : s.blockRows * t ≤ i := Nat.le_of_ble_eq_true h'.1.1
        have h2 : i - s.blockRows * t < s.blockRows := Nat.le_of_ble_eq_true h'.1.2
        have h3 : i < s.size := Nat.le_of_ble_eq_true h'.2
        exact hi ⟨h1, by omega⟩
      rwa [e3, cond_false] at ha
  | excessAtLeast n a =>
    simp only [Measure.addTo, force_eq, Bool.and_eq_true] at ha
    obtain ⟨⟨hn, hslots⟩, ha⟩ := ha
    have hn : n ≤ s.size := Nat.le_of_ble_eq_true hn
    rw [listedCount_eq, hl] at ha
    have hle : min s.blockRows (n - s.blockRows * t) ≤ s.listedRows t := by
      show _ ≤ min _ _
      omega
    have e := atLeast_eq h (X := fun r => s.excess c p (s.blockRows * t + r)) (a := a)
      (fun r hr => Nat.lt_of_le_of_lt (hx r hr) hsup) (Nat.le_of_ble_eq_true hslots) hle hc
    have ha : k (done + atLeast (ones s.slotBase s.slotCount) (s.slotBase - 1)
        (s.slotDigits * s.digitBits - 1)
        (slots s.slotBase (s.isListed (min s.blockRows (n - s.blockRows * t))) s.slotCount
          * (s.slotBase - 1))
        (s.listedSlots (fun r => s.excess c p (s.blockRows * t + r)) (s.listedRows t))
        ((2 ^ (s.slotDigits * s.digitBits - 1) - a) * ones s.slotBase s.slotCount)) = true := ha
    rw [e] at ha
    have e2 : total (fun r => s.measured c p (.excessAtLeast n a) (s.blockRows * t + r))
          (s.listedRows t)
        = total (fun r => if a ≤ s.excess c p (s.blockRows * t + r) then 1 else 0)
          (min s.blockRows (n - s.blockRows * t)) := by
      rw [← total_ite _ hle]
      apply total_congr
      intro r hr
      have hr : r < min s.blockRows (s.size - s.blockRows * t) := hr
      show (if s.blockRows * t + r < n ∧ a ≤ _ then 1 else 0) = _
      by_cases h1 : s.blockRows * t + r < n
      · rw [if_pos (show r < min s.blockRows (n - s.blockRows * t) by omega)]
        simp only [h1, true_and]
      · rw [if_neg (show ¬ r < min s.blockRows (n - s.blockRows * t) by omega),
          if_neg fun h => h1 h.1]
    rwa [e2]

end

end Bridge
