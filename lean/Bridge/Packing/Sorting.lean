/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Blocks

/-!
# Sorting the slots of a number

All slots are sorted at once by a network of exchanges, each of which compares half of the slots
with others at the same distance: Batcher's merge exchange (Knuth, *The Art of Computer
Programming*, volume 3, algorithm 5.2.2M), `t (t + 1) / 2` exchanges for `2 ^ t` slots.

That an exchange keeps what the slots hold, in another order, is proved whatever the network is.
That it sorts is not: whether the result is sorted is a comparison of all slots with the next ones.

## Main definitions

* `exchange`, `sortSlots`: the programs.
* `isSorted`: whether each slot holds at most as much as the next one.

## Main statements

* `of_sortSlots`: sums over all slots are the same after sorting.
* `le_of_isSorted`: what the comparison says.
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## The programs -/

/-- Exchange what slot `i` and slot `i + gap` hold if the first holds more, for the slots `i` that
`mask` selects; go on with the result.  The answer is `false` if a slot would take part twice.
`one` has a `1` in every slot, and `tops` the highest bit, which is bit `top` and which no slot may
hold; `rest` is `2 ^ top - 1`. -/
def exchange (width top rest one tops gap mask X : Nat) (k : Nat → Bool) : Bool :=
  force (Nat.mul width gap) fun shift =>
  force (Nat.land mask (Nat.shiftRight one shift)) fun low =>
  Nat.beq (Nat.land low (Nat.shiftLeft low shift)) 0 &&
  force (Nat.sub (Nat.add X tops) (Nat.shiftRight X shift)) fun U =>
  force (Nat.land U (Nat.mul rest (Nat.land (Nat.shiftRight U top) low))) fun moved =>
  force (Nat.sub (Nat.add X (Nat.shiftLeft moved shift)) moved) k

/-- `count` exchanges of slots that `mask` selects with those `q - p` above, `q / 2 - p`, and so on;
go on with the result. -/
def exchangeMany (width top rest one tops p mask count q X : Nat) (k : Nat → Bool) : Bool :=
  Nat.rec (motive := fun _ => Nat → Nat → Bool) (fun _ X => k X)
    (fun _ ih q X =>
      exchange width top rest one tops (Nat.sub q p) mask X fun X =>
      force (Nat.shiftRight q 1) fun q => ih q X)
    count q X

/-- Sort `n` slots, if there are at most `2 ^ t`; go on with the result. -/
def sortSlots (width top rest one tops n t X : Nat) (k : Nat → Bool) : Bool :=
  Nat.rec (motive := fun _ => Nat → Bool) k
    (fun i ih X =>
      force (Nat.pow 2 i) fun p =>
      -- of every `2 * p` slots the first `p`
      force (copies (Nat.mul width (Nat.mul 2 p))
        (Nat.shiftRight one (Nat.mul width (Nat.sub n p))) (Nat.sub (Nat.sub t 1) i)) fun mask =>
      exchange width top rest one tops p mask X fun X =>
      force (Nat.shiftLeft mask (Nat.mul width p)) fun mask =>
      exchangeMany width top rest one tops p mask (Nat.sub (Nat.sub t 1) i)
        (Nat.pow 2 (Nat.sub t 1)) X ih)
    t X

/-- Whether each slot of `X` holds at most as much as the next one; `half` is the highest bit of a
slot, and `tops` has it in all slots. -/
def isSorted (width half one tops X : Nat) : Bool :=
  allSet (Nat.mul half (Nat.shiftRight one width))
    (Nat.sub (Nat.add (Nat.shiftRight X width) tops) X)

/-! ## Shifting slots -/

/-- Slots that hold nothing can be left out. -/
theorem slots_extend {x m n : Nat} {f : Nat → Nat} (hm : m ≤ n)
    (h : ∀ k, m ≤ k → k < n → f k = 0) : slots x f n = slots x f m := by
  obtain ⟨l, rfl⟩ : ∃ l, n = m + l := ⟨n - m, by omega⟩
  rw [slots_append, slots_congr (n := l) (g := fun _ => 0) fun k hk => h _ (by omega) (by omega),
    slots_zero, Nat.mul_zero, Nat.add_zero]

/-- What slots hold that many places above. -/
def above (n d : Nat) (f : Nat → Nat) (k : Nat) : Nat := if k + d < n then f (k + d) else 0

/-- What slots hold that many places below. -/
def below (d : Nat) (f : Nat → Nat) (k : Nat) : Nat := if d ≤ k then f (k - d) else 0

theorem slots_div {x n : Nat} {f : Nat → Nat} (d : Nat) (h : ∀ k, k < n → f k < x) :
    slots x f n / x ^ d = slots x (above n d f) n := by
  rcases Nat.lt_or_ge n d with hd | hd
  · rw [slots_congr (f := above n d f) (g := fun _ => 0) fun k _ => if_neg (by omega), slots_zero]
    rcases Nat.eq_zero_or_pos n with rfl | hn
    · simp [slots]
    · have hx : 0 < x := Nat.lt_of_le_of_lt (Nat.zero_le _) (h 0 hn)
      exact Nat.div_eq_of_lt (Nat.lt_of_lt_of_le (slots_lt h)
        (Nat.pow_le_pow_right hx (by omega)))
  · obtain ⟨l, rfl⟩ : ∃ l, n = d + l := ⟨n - d, by omega⟩
    rw [slots_extend (f := above (d + l) d f) (m := l) (by omega) fun k h1 _ => if_neg (by omega),
      slots_append,
      slots_congr (n := l) (f := above (d + l) d f) (g := fun k => f (d + k)) fun k hk => by
        rw [above, if_pos (by omega), Nat.add_comm]]
    rcases Nat.eq_zero_or_pos (d + l) with h0 | hn
    · obtain rfl : d = 0 := by omega
      simp [slots]
    · have hx : 0 < x := Nat.lt_of_le_of_lt (Nat.zero_le _) (h 0 hn)
      rw [Nat.add_mul_div_left _ _ (Nat.pow_pos hx),
        Nat.div_eq_of_lt (slots_lt fun k hk => h k (by omega)), Nat.zero_add]

theorem mul_slots {x n d : Nat} {f : Nat → Nat} (h : ∀ k, k < n → n ≤ k + d → f k = 0) :
    slots x f n * x ^ d = slots x (below d f) n := by
  rcases Nat.lt_or_ge n d with hd | hd
  · rw [slots_congr (f := f) (g := fun _ => 0) fun k hk => h k hk (by omega),
      slots_congr (f := below d f) (g := fun _ => 0) fun k hk => if_neg (by omega), slots_zero,
      Nat.zero_mul]
  · obtain ⟨l, rfl⟩ : ∃ l, n = d + l := ⟨n - d, by omega⟩
    rw [slots_extend (f := f) (m := l) (by omega) fun k h1 h2 => h k h2 (by omega), slots_append,
      slots_congr (f := below d f) (g := fun _ => 0) fun k hk => if_neg (by omega), slots_zero,
      Nat.zero_add, Nat.mul_comm]
    congr 1
    exact slots_congr fun k _ => by rw [below, if_pos (by omega), Nat.add_sub_cancel_left]

theorem slots_one (f : Nat → Nat) (n : Nat) : slots 1 f n = total f n := by
  induction n generalizing f with
  | zero => rfl
  | succ n ih => rw [slots, total, ih, Nat.one_mul]

/-- Sums do not change if slots are shifted. -/
theorem total_below {n d : Nat} {f : Nat → Nat} (h : ∀ k, k < n → n ≤ k + d → f k = 0) :
    total (below d f) n = total f n := by
  rw [← slots_one, ← slots_one, ← mul_slots h, Nat.one_pow, Nat.mul_one]

theorem eq_zero_of_slots {x n : Nat} {f : Nat → Nat} (hf : ∀ k, k < n → f k < x)
    (h : slots x f n = 0) {k : Nat} (hk : k < n) : f k = 0 := by
  have e := slots_div_mod hf hk
  rw [h] at e
  simpa using e.symm

section

variable {S n : Nat} {f : Nat → Nat}

theorem shiftRight_slots (d : Nat) (h : ∀ k, k < n → f k < 2 ^ S) :
    slots (2 ^ S) f n >>> (S * d) = slots (2 ^ S) (above n d f) n := by
  rw [Nat.shiftRight_eq_div_pow, Nat.pow_mul, slots_div d h]

theorem shiftLeft_slots {d : Nat} (h : ∀ k, k < n → n ≤ k + d → f k = 0) :
    slots (2 ^ S) f n <<< (S * d) = slots (2 ^ S) (below d f) n := by
  rw [Nat.shiftLeft_eq, Nat.pow_mul, mul_slots h]

/-! ## An exchange -/

/-- What a mask selects: slots that have a slot `d` places above. -/
theorem low_slots (hS : 0 < S) (d mask : Nat) :
    ∃ e : Nat → Nat, (∀ k, k < n → e k ≤ 1) ∧ (∀ k, k < n → n ≤ k + d → e k = 0) ∧
      mask &&& (ones (2 ^ S) n >>> (S * d)) = slots (2 ^ S) e n := by
  have h1 : 1 < 2 ^ S := Nat.one_lt_two_pow (by omega)
  refine ⟨fun k => if k + d < n then mask / (2 ^ S) ^ k % 2 ^ S &&& 1 else 0, fun k _ => ?_,
    fun k _ h => if_neg (by omega), ?_⟩
  · show (if _ then _ else _) ≤ 1
    split
    · exact Nat.and_le_right
    · exact Nat.zero_le _
  · have e : slots (2 ^ S) (fun _ => 1) n >>> (S * d) = 1 * ones (2 ^ S) (n - d) := by
      rw [shiftRight_slots d fun _ _ => h1,
        slots_extend (f := above n d fun _ => 1) (m := n - d) (by omega) fun k h1 _ =>
          if_neg (by omega), Nat.one_mul]
      exact slots_congr fun k hk => if_pos (by omega)
    show _ &&& slots (2 ^ S) (fun _ => 1) n >>> (S * d) = _
    rw [e, land_const _ _ h1, slots_extend (n := n) (m := n - d)
      (f := fun k => if k + d < n then mask / (2 ^ S) ^ k % 2 ^ S &&& 1 else 0) (by omega)
      fun k h1 _ => if_neg (by omega)]
    exact slots_congr fun k hk => (if_pos (by omega)).symm

/-- How much an exchange moves from slot `k` to the slot `d` above. -/
def movedBy (n d : Nat) (e f : Nat → Nat) (k : Nat) : Nat := (f k - above n d f k) * e k

/-- What slots hold after an exchange. -/
def exchanged (n d : Nat) (e f : Nat → Nat) (k : Nat) : Nat :=
  f k + below d (movedBy n d e f) k - movedBy n d e f k

theorem movedBy_le {n d : Nat} {e f : Nat → Nat} {k : Nat} (he : e k ≤ 1) :
    movedBy n d e f k ≤ f k := by
  have := Nat.mul_le_mul_left (f k - above n d f k) he
  rw [movedBy]
  omega

theorem or_of_le_one {e : Nat} (h : e ≤ 1) : e = 0 ∨ e = 1 := by omega

/-- An exchange in which no slot takes part twice changes the order alone. -/
theorem total_exchanged {d : Nat} {e : Nat → Nat} (he : ∀ k, k < n → e k ≤ 1)
    (htop : ∀ k, k < n → n ≤ k + d → e k = 0)
    (hdisjoint : ∀ k, k < n → e k * below d e k = 0) (g : Nat → Nat) :
    total (fun k => g (exchanged n d e f k)) n = total (fun k => g (f k)) n := by
  -- What a pair holds before and after.
  have hpair : total (fun k => e k * g (min (f k) (f (k + d)))) n
        + total (below d fun k => e k * g (max (f k) (f (k + d)))) n
      = total (fun k => e k * g (f k)) n + total (below d fun k => e k * g (f (k + d))) n := by
    rw [total_below fun k h1 h2 => by rw [htop k h1 h2, Nat.zero_mul],
      total_below fun k h1 h2 => by rw [htop k h1 h2, Nat.zero_mul], total_add, total_add]
    refine total_congr fun k _ => ?_
    rw [← Nat.mul_add, ← Nat.mul_add]
    congr 1
    rcases Nat.le_total (f k) (f (k + d)) with h | h
    · rw [Nat.min_eq_left h, Nat.max_eq_right h]
    · rw [Nat.min_eq_right h, Nat.max_eq_left h, Nat.add_comm]
  have hall : total (fun k => g (exchanged n d e f k)) n + (total (fun k => e k * g (f k)) n
        + total (below d fun k => e k * g (f (k + d))) n)
      = total (fun k => g (f k)) n + (total (fun k => e k * g (min (f k) (f (k + d)))) n
        + total (below d fun k => e k * g (max (f k) (f (k + d)))) n) := by
    simp only [total_add]
    refine total_congr fun k hk => ?_
    have hd := hdisjoint k hk
    have hlow : e k = 1 → above n d f k = f (k + d) := fun h => if_pos (by
      rcases Nat.lt_or_ge (k + d) n with h' | h'
      · exact h'
      · rw [htop k hk h'] at h
        exact absurd h (by decide))
    by_cases hdk : d ≤ k
    · have hb : ∀ F : Nat → Nat, below d F k = F (k - d) := fun F => if_pos hdk
      have hak : above n d f (k - d) = f k := by
        rw [above, if_pos (by omega), Nat.sub_add_cancel hdk]
      simp only [exchanged, hb, movedBy, hak, Nat.sub_add_cancel hdk] at hd ⊢
      rcases or_of_le_one (he (k - d) (by omega)) with h' | h'
      · rcases or_of_le_one (he k hk) with h | h
        · simp [h, h']
        · simp only [h, h', hlow h, Nat.mul_zero, Nat.zero_mul, Nat.mul_one, Nat.one_mul,
            Nat.add_zero]
          rw [show f k - (f k - f (k + d)) = min (f k) (f (k + d)) by omega, Nat.add_comm]
      · have h : e k = 0 := by simpa [h'] using hd
        simp only [h, h', Nat.mul_zero, Nat.zero_mul, Nat.mul_one, Nat.one_mul, Nat.zero_add,
          Nat.sub_zero]
        rw [show f k + (f (k - d) - f k) = max (f (k - d)) (f k) by omega, Nat.add_comm]
    · have hb : ∀ F : Nat → Nat, below d F k = 0 := fun F => if_neg hdk
      simp only [exchanged, hb, movedBy]
      rcases or_of_le_one (he k hk) with h | h
      · simp [h]
      · simp only [h, hlow h, Nat.mul_one, Nat.one_mul, Nat.add_zero]
        rw [show f k - (f k - f (k + d)) = min (f k) (f (k + d)) by omega, Nat.add_comm]
  omega

theorem exchanged_lt {A d : Nat} {e : Nat → Nat} (hf : ∀ k, k < n → f k < A)
    (he : ∀ k, k < n → e k ≤ 1) {k : Nat} (hk : k < n) : exchanged n d e f k < A := by
  have h0 := hf k hk
  rw [exchanged, below]
  split
  · rename_i h
    have h1 := hf (k - d) (by omega)
    have h2 := Nat.mul_le_mul_left (f (k - d) - above n d f (k - d)) (he (k - d) (by omega))
    rw [above, if_pos (by omega), Nat.sub_add_cancel h] at h2
    rw [movedBy, above, if_pos (by omega), Nat.sub_add_cancel h]
    omega
  · omega

/-- That slots `f` are changed to others of which `k` says `true`, and that no sum over all of them
changes. -/
def Reordered (S n : Nat) (f : Nat → Nat) (k : Nat → Bool) : Prop :=
  ∃ f' : Nat → Nat, (∀ k, k < n → f' k < 2 ^ (S - 1)) ∧
    (∀ g : Nat → Nat, total (fun k => g (f' k)) n = total (fun k => g (f k)) n) ∧
    k (slots (2 ^ S) f' n) = true

theorem Reordered.trans {k k' : Nat → Bool} (h : Reordered S n f k)
    (hk : ∀ f' : Nat → Nat, (∀ k, k < n → f' k < 2 ^ (S - 1)) →
      k (slots (2 ^ S) f' n) = true → Reordered S n f' k') : Reordered S n f k' := by
  obtain ⟨f₁, hf₁, hg₁, h⟩ := h
  obtain ⟨f₂, hf₂, hg₂, h⟩ := hk f₁ hf₁ h
  exact ⟨f₂, hf₂, fun g => (hg₂ g).trans (hg₁ g), h⟩

/-- What an exchange goes on with. -/
theorem of_exchange {d mask : Nat} {k : Nat → Bool} (hS : 0 < S)
    (hf : ∀ k, k < n → f k < 2 ^ (S - 1))
    (h : exchange S (S - 1) (2 ^ (S - 1) - 1) (ones (2 ^ S) n) (2 ^ (S - 1) * ones (2 ^ S) n)
      d mask (slots (2 ^ S) f n) k = true) : Reordered S n f k := by
  have hhalf := half_add_half hS
  have hpos := Nat.two_pow_pos (S - 1)
  have hf2 : ∀ k, k < n → f k < 2 ^ S := fun k hk => by
    have := hf k hk
    omega
  obtain ⟨e, he, htop, elow⟩ := low_slots (n := n) hS d mask
  have he2 : ∀ k, k < n → e k < 2 ^ S := fun k hk => by
    have := he k hk
    omega
  have elow' : Nat.land mask (Nat.shiftRight (ones (2 ^ S) n) (Nat.mul S d))
      = slots (2 ^ S) e n := elow
  simp only [exchange, force_eq, Bool.and_eq_true, elow'] at h
  obtain ⟨hdisjoint, h⟩ := h
  have hbelow : ∀ {F : Nat → Nat} {A : Nat}, 0 < A → (∀ k, k < n → F k < A) → ∀ k, k < n →
      below d F k < A := fun hA hF k hk => by
    rw [below]
    split
    · exact hF _ (by omega)
    · exact hA
  -- No slot takes part twice.
  have hdisjoint : ∀ k, k < n → e k * below d e k = 0 := fun k hk => by
    have h0 : slots (2 ^ S) e n &&& (slots (2 ^ S) e n <<< (S * d)) = 0 :=
      Nat.eq_of_beq_eq_true hdisjoint
    rw [shiftLeft_slots htop, slots_land _ _ _ _ he2 (hbelow (by omega) he2)] at h0
    have h1 := eq_zero_of_slots (fun k hk => Nat.lt_of_le_of_lt Nat.and_le_left (he2 k hk)) h0 hk
    have h2 := hbelow (A := 2) (by decide) (fun k hk => Nat.lt_succ_of_le (he k hk)) k hk
    rcases or_of_le_one (he k hk) with h | h
    · rw [h, Nat.zero_mul]
    · rcases or_of_le_one (Nat.le_of_lt_succ h2) with h' | h'
      · rw [h', Nat.mul_zero]
      · rw [h, h'] at h1
        exact absurd h1 (by decide)
  -- The comparison.
  have habove : ∀ k, k < n → above n d f k < 2 ^ (S - 1) := fun k _ => by
    rw [above]
    split
    · exact hf _ ‹_›
    · exact hpos
  have eU : Nat.sub (Nat.add (slots (2 ^ S) f n) (2 ^ (S - 1) * ones (2 ^ S) n))
        (Nat.shiftRight (slots (2 ^ S) f n) (Nat.mul S d))
      = slots (2 ^ S) (fun k => f k + 2 ^ (S - 1) - above n d f k) n := by
    show slots _ _ _ + _ - slots (2 ^ S) f n >>> (S * d) = _
    rw [shiftRight_slots d hf2, mul_ones, slots_add]
    exact slots_sub _ _ _ _ fun k hk => by
      have := habove k hk
      omega
  have hU : ∀ k, k < n → f k + 2 ^ (S - 1) - above n d f k < 2 ^ S := fun k hk => by
    have := hf k hk
    omega
  have eT : Nat.land (Nat.shiftRight (slots (2 ^ S)
        (fun k => f k + 2 ^ (S - 1) - above n d f k) n) (S - 1)) (slots (2 ^ S) e n)
      = slots (2 ^ S) (fun k =>
        (f k + 2 ^ (S - 1) - above n d f k) / 2 ^ (S - 1) % 2 * e k) n := by
    have e1 : slots (2 ^ S) e n = ones (2 ^ S) n &&& slots (2 ^ S) e n := by
      rw [ones, slots_land _ _ _ _ (fun _ _ => Nat.one_lt_two_pow (by omega)) he2]
      refine slots_congr fun k hk => ?_
      rcases or_of_le_one (he k hk) with h | h <;> simp [h]
    show slots _ _ _ >>> _ &&& _ = _
    rw [e1, ← Nat.and_assoc, land_bit hU (by omega), slots_land _ _ _ _ (fun k _ => by
      have h1 : 1 < 2 ^ S := Nat.one_lt_two_pow (by omega)
      omega) he2]
    refine slots_congr fun k hk => ?_
    have hbit : (f k + 2 ^ (S - 1) - above n d f k) / 2 ^ (S - 1) % 2 ≤ 1 := by omega
    rcases or_of_le_one (he k hk) with h | h
    · simp [h]
    · rw [h, Nat.mul_one]
      rcases or_of_le_one hbit with h' | h' <;> rw [h'] <;> rfl
  have emoved : Nat.land (slots (2 ^ S) (fun k => f k + 2 ^ (S - 1) - above n d f k) n)
        (Nat.mul (2 ^ (S - 1) - 1) (slots (2 ^ S) (fun k =>
          (f k + 2 ^ (S - 1) - above n d f k) / 2 ^ (S - 1) % 2 * e k) n))
      = slots (2 ^ S) (movedBy n d e f) n := by
    refine Eq.trans (land_select_bits (by omega) hU fun k hk => ?_) (slots_congr fun k hk => ?_)
    · have := Nat.mul_le_mul_left ((f k + 2 ^ (S - 1) - above n d f k) / 2 ^ (S - 1) % 2) (he k hk)
      omega
    · rw [Nat.and_two_pow_sub_one_eq_mod, movedBy, ← Nat.mul_assoc]
      congr 1
      have h1 := hf k hk
      have h2 := habove k hk
      rcases Nat.lt_or_ge (f k) (above n d f k) with h | h
      · rw [Nat.div_eq_of_lt (by omega)]
        omega
      · rw [Nat.div_eq_of_lt_le (k := 1) (by omega) (by omega), Nat.mod_eq_sub_mod (by omega),
          Nat.mod_eq_of_lt (by omega)]
        omega
  rw [eU, eT, emoved] at h
  have hmoved : ∀ k, k < n → n ≤ k + d → movedBy n d e f k = 0 := fun k h1 h2 => by
    rw [movedBy, htop k h1 h2, Nat.mul_zero]
  have e2 : Nat.sub (Nat.add (slots (2 ^ S) f n) (Nat.shiftLeft (slots (2 ^ S) (movedBy n d e f) n)
        (Nat.mul S d))) (slots (2 ^ S) (movedBy n d e f) n)
      = slots (2 ^ S) (exchanged n d e f) n := by
    show slots _ _ _ + slots _ _ _ <<< (S * d) - _ = _
    rw [shiftLeft_slots hmoved, slots_add]
    exact slots_sub _ _ _ _ fun k hk => by
      have := movedBy_le (n := n) (d := d) (f := f) (he k hk)
      omega
  rw [e2] at h
  exact ⟨_, fun k hk => exchanged_lt hf he hk, total_exchanged he htop hdisjoint, h⟩

/-! ## Sorting -/

theorem of_exchangeMany {p mask count q : Nat} {k : Nat → Bool} (hS : 0 < S)
    (hf : ∀ k, k < n → f k < 2 ^ (S - 1))
    (h : exchangeMany S (S - 1) (2 ^ (S - 1) - 1) (ones (2 ^ S) n) (2 ^ (S - 1) * ones (2 ^ S) n)
      p mask count q (slots (2 ^ S) f n) k = true) : Reordered S n f k := by
  induction count generalizing f q with
  | zero => exact ⟨f, hf, fun _ => rfl, h⟩
  | succ count ih =>
    exact (of_exchange hS hf h).trans fun f' hf' h' =>
      ih hf' ((force_eq (Nat.shiftRight q 1) _).symm.trans h')

/-- **Sorting keeps what the slots hold**: no sum over all slots changes. -/
theorem of_sortSlots {m t : Nat} {k : Nat → Bool} (hS : 0 < S)
    (hf : ∀ k, k < n → f k < 2 ^ (S - 1))
    (h : sortSlots S (S - 1) (2 ^ (S - 1) - 1) (ones (2 ^ S) n) (2 ^ (S - 1) * ones (2 ^ S) n)
      m t (slots (2 ^ S) f n) k = true) : Reordered S n f k := by
  unfold sortSlots at h
  generalize Nat.sub t 1 = last at h
  simp only [force_eq] at h
  induction t generalizing f with
  | zero => exact ⟨f, hf, fun _ => rfl, h⟩
  | succ i ih =>
    exact ((of_exchange hS hf h).trans fun _ hf₁ h₁ => of_exchangeMany hS hf₁ h₁).trans
      fun _ hf₂ h₂ => ih hf₂ h₂

/-- What the comparison of all slots with the next ones says. -/
theorem le_of_isSorted (hS : 0 < S) (hf : ∀ k, k < n → f k < 2 ^ (S - 1))
    (h : isSorted S (2 ^ (S - 1)) (ones (2 ^ S) n) (2 ^ (S - 1) * ones (2 ^ S) n)
      (slots (2 ^ S) f n) = true) {k l : Nat} (hkl : k ≤ l) (hl : l < n) : f k ≤ f l := by
  have hhalf := half_add_half hS
  have hpos := Nat.two_pow_pos (S - 1)
  have hf2 : ∀ k, k < n → f k < 2 ^ S := fun k hk => by
    have := hf k hk
    omega
  have habove : ∀ k, k < n → above n 1 f k < 2 ^ (S - 1) := fun k _ => by
    rw [above]
    split
    · exact hf _ ‹_›
    · exact hpos
  have e1 : Nat.shiftRight (ones (2 ^ S) n) S = slots (2 ^ S) (above n 1 fun _ => 1) n := by
    have := shiftRight_slots (S := S) (n := n) (f := fun _ => 1) 1
      fun _ _ => Nat.one_lt_two_pow (by omega)
    rwa [Nat.mul_one] at this
  have e2 : Nat.sub (Nat.add (Nat.shiftRight (slots (2 ^ S) f n) S)
        (2 ^ (S - 1) * ones (2 ^ S) n)) (slots (2 ^ S) f n)
      = slots (2 ^ S) (fun k => above n 1 f k + 2 ^ (S - 1) - f k) n := by
    have e := shiftRight_slots (S := S) 1 hf2
    rw [Nat.mul_one] at e
    show slots (2 ^ S) f n >>> S + _ - _ = _
    rw [e, mul_ones, slots_add]
    exact slots_sub _ _ _ _ fun k hk => by
      have := hf k hk
      omega
  rw [isSorted, e1, e2] at h
  have hnext : ∀ k, k + 1 < n → f k ≤ f (k + 1) := fun k hk => by
    have h1 := le_of_allSet hS (fun k hk => by
        have := habove k hk
        omega) (fun k _ => by
        rw [above]
        split <;> decide) h (k := k) (by omega) (if_pos hk)
    have e : above n 1 f k = f (k + 1) := if_pos hk
    have := hf k (by omega)
    omega
  obtain ⟨m, rfl⟩ : ∃ m, l = k + m := ⟨l - k, by omega⟩
  induction m with
  | zero => exact Nat.le_refl _
  | succ m ih => exact Nat.le_trans (ih (by omega) (by omega)) (hnext _ hl)

end

end Bridge
