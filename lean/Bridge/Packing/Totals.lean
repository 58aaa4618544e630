/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Counting
public import Bridge.Packing.Programs

/-!
# Sums over all slots

## Main definitions

* `total`: the sum of so many numbers.
* `squares`: a program that adds up the squares of all slots.

## Main statements

* `slots_mod`: the sum of all slots is one remainder.
* `of_squares`: the sum of the squares of all slots, one remainder for each bit of a slot: a bit of
  every slot selects the slots that have it, and `Σ t² = Σⱼ 2 ^ j Σ (t if t has bit j)`.
-/

@[expose] public noncomputable section

namespace Bridge

theorem total_congr {n : Nat} {f g : Nat → Nat} (h : ∀ k, k < n → f k = g k) :
    total f n = total g n := by
  induction n generalizing f g with
  | zero => rfl
  | succ n ih => rw [total, total, h 0 (by omega), ih fun k hk => h (k + 1) (by omega)]

theorem total_zero (n : Nat) : total (fun _ => 0) n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [total, ih]

theorem total_add (f g : Nat → Nat) (n : Nat) :
    total f n + total g n = total (fun k => f k + g k) n := by
  induction n generalizing f g with
  | zero => rfl
  | succ n ih =>
    rw [total, total, total, ← ih]
    omega

theorem total_mul (c : Nat) (f : Nat → Nat) (n : Nat) :
    c * total f n = total (fun k => c * f k) n := by
  induction n generalizing f with
  | zero => rfl
  | succ n ih => rw [total, total, ← ih, Nat.mul_add]

theorem total_append (f : Nat → Nat) (m n : Nat) :
    total f (m + n) = total f m + total (fun k => f (m + k)) n := by
  induction m generalizing f with
  | zero => simp [total]
  | succ m ih =>
    rw [Nat.add_right_comm, total, total, ih, Nat.add_assoc]
    simp only [Nat.add_right_comm]

theorem total_le {f : Nat → Nat} {A n : Nat} (h : ∀ k, k < n → f k ≤ A) : total f n ≤ n * A := by
  induction n generalizing f with
  | zero => simp [total]
  | succ n ih =>
    have h0 := h 0 (by omega)
    have h1 := ih (f := fun k => f (k + 1)) fun k hk => h (k + 1) (by omega)
    rw [total, Nat.succ_mul]
    omega

theorem total_mono {f g : Nat → Nat} {n : Nat} (h : ∀ k, k < n → f k ≤ g k) :
    total f n ≤ total g n := by
  induction n generalizing f g with
  | zero => exact Nat.le_refl _
  | succ n ih =>
    exact Nat.add_le_add (h 0 (by omega)) (ih fun k hk => h (k + 1) (by omega))

/-- Summing what is below `c` alone is summing the first `c`. -/
theorem total_ite (f : Nat → Nat) {c n : Nat} (h : c ≤ n) :
    total (fun k => if k < c then f k else 0) n = total f c := by
  obtain ⟨l, rfl⟩ : ∃ l, n = c + l := ⟨n - c, by omega⟩
  rw [total_append, total_congr (g := f) fun k hk => by simp [hk],
    total_congr (f := fun k => if c + k < c then f (c + k) else 0) (g := fun _ => 0)
      fun k _ => if_neg (by omega), total_zero, Nat.add_zero]

theorem total_succ (f : Nat → Nat) (n : Nat) : total f (n + 1) = total f n + f n := by
  rw [total_append]
  rfl

/-- Sums of slots are slots of sums. -/
theorem total_slots_eq (x n : Nat) (F : Nat → Nat → Nat) (d : Nat) :
    total (fun j => slots x (F j) n) d = slots x (fun k => total (fun j => F j k) d) n := by
  induction d generalizing F with
  | zero => exact (slots_zero x n).symm
  | succ d ih =>
    show slots x (F 0) n + total (fun j => slots x (F (j + 1)) n) d = _
    rw [ih fun j => F (j + 1), slots_add]
    rfl

/-! ## The order of summation -/

theorem total_classes (F : Nat → Nat) (g m c : Nat) :
    total (fun k => F (g * (k % m) + k / m)) (m * c)
      = total (fun r => total (fun t => F (g * t + r)) m) c := by
  induction c generalizing F with
  | zero => rfl
  | succ c ih =>
    rw [Nat.mul_succ, Nat.add_comm (m * c) m, total_append, total]
    congr 1
    · apply total_congr
      intro k hk
      rw [Nat.mod_eq_of_lt hk, Nat.div_eq_of_lt hk]
    · refine Eq.trans ?_ (ih fun k => F (k + 1))
      apply total_congr
      intro k hk
      have hm : 0 < m := by
        rcases Nat.eq_zero_or_pos m with h | h
        · simp [h] at hk
        · exact h
      rw [Nat.add_mod_left, Nat.add_div_left _ hm, Nat.add_succ]

theorem total_rows (F : Nat → Nat) (g m : Nat) :
    total F (g * m) = total (fun t => total (fun r => F (g * t + r)) g) m := by
  induction m generalizing F with
  | zero => rfl
  | succ m ih =>
    rw [Nat.mul_succ, Nat.add_comm (g * m) g, total_append, total, ih]
    congr 1
    · simp
    · apply total_congr
      intro t _
      apply total_congr
      intro r _
      rw [Nat.mul_succ]
      congr 1
      omega

theorem total_swap (H : Nat → Nat → Nat) (m c : Nat) :
    total (fun r => total (fun t => H r t) m) c = total (fun t => total (fun r => H r t) c) m := by
  induction c generalizing H with
  | zero => simp [total, total_zero]
  | succ c ih =>
    rw [total, ih fun r => H (r + 1), total_add]
    rfl

/-- The slots of all classes hold all rows. -/
theorem total_slots (F : Nat → Nat) (g m : Nat) :
    total (fun k => F (g * (k % m) + k / m)) (m * g) = total F (g * m) := by
  rw [total_classes, total_rows, total_swap]

theorem count_eq_total : ∀ {n : Nat} (p : Fin n → Bool) (f : Nat → Nat),
    (∀ i : Fin n, (p i).toNat = f i) → count p = total f n
  | 0, _, _, _ => rfl
  | n + 1, p, f, h => by
    rw [count, total, h 0, count_eq_total _ (fun k => f (k + 1))]
    · rfl
    · exact fun i => h ⟨i.val + 1, Nat.succ_lt_succ i.isLt⟩

/-! ## One remainder for all slots -/

theorem slots_mod {x n : Nat} {f : Nat → Nat} (h : total f n < x - 1) :
    slots x f n % (x - 1) = total f n := by
  obtain ⟨y, rfl⟩ : ∃ y, x = y + 1 := ⟨x - 1, by omega⟩
  have e : ∀ n (f : Nat → Nat), ∃ q, slots (y + 1) f n = total f n + y * q := by
    intro n
    induction n with
    | zero => exact fun f => ⟨0, rfl⟩
    | succ n ih =>
      intro f
      obtain ⟨q, hq⟩ := ih fun k => f (k + 1)
      refine ⟨slots (y + 1) (fun k => f (k + 1)) n + q, ?_⟩
      rw [slots, total, Nat.mul_add, Nat.succ_mul]
      omega
  obtain ⟨q, hq⟩ := e n f
  rw [Nat.add_sub_cancel] at h ⊢
  rw [hq, Nat.add_mul_mod_self_left, Nat.mod_eq_of_lt h]

/-! ## Selecting slots -/

/-- A number whose slots are `0` or `1`, times `c`, selects the bits of `c` in some slots. -/
theorem land_select_bits {s n c : Nat} {f e : Nat → Nat} (hc : c < 2 ^ s)
    (hf : ∀ k, k < n → f k < 2 ^ s) (he : ∀ k, k < n → e k ≤ 1) :
    slots (2 ^ s) f n &&& c * slots (2 ^ s) e n
      = slots (2 ^ s) (fun k => (f k &&& c) * e k) n := by
  have h01 : ∀ k, k < n → e k = 0 ∨ e k = 1 := fun k hk => by
    have := he k hk
    omega
  rw [Nat.mul_comm, slots_mul, slots_land _ _ _ _ hf fun k hk => ?_]
  · apply slots_congr
    intro k hk
    rcases h01 k hk with h | h <;> simp [h]
  · rcases h01 k hk with h | h
    · rw [h, Nat.zero_mul]
      exact Nat.two_pow_pos s
    · rwa [h, Nat.one_mul]

/-- A number whose slots are `0` or `1`, times `2 ^ s - 1`, selects slots. -/
theorem land_select {s n : Nat} {f e : Nat → Nat} (hf : ∀ k, k < n → f k < 2 ^ s)
    (he : ∀ k, k < n → e k ≤ 1) :
    slots (2 ^ s) f n &&& slots (2 ^ s) e n * (2 ^ s - 1)
      = slots (2 ^ s) (fun k => f k * e k) n := by
  rw [Nat.mul_comm (slots _ e n),
    land_select_bits (Nat.sub_lt (Nat.two_pow_pos s) Nat.one_pos) hf he]
  exact slots_congr fun k hk => by
    rw [Nat.and_two_pow_sub_one_eq_mod, Nat.mod_eq_of_lt (hf k hk)]

/-- Bit `j` of every slot. -/
theorem land_bit {s n j : Nat} {f : Nat → Nat} (hf : ∀ k, k < n → f k < 2 ^ s) (hj : j < s) :
    slots (2 ^ s) f n >>> j &&& ones (2 ^ s) n = slots (2 ^ s) (fun k => f k / 2 ^ j % 2) n := by
  have hs : 2 ^ s = 2 ^ j * (2 * 2 ^ (s - j - 1)) := by
    rw [← Nat.pow_succ', ← Nat.pow_add]
    congr 1
    omega
  induction n generalizing f with
  | zero => simp [slots, ones]
  | succ n ih =>
    have e : ones (2 ^ s) (n + 1) = 1 + 2 ^ s * ones (2 ^ s) n := rfl
    have h0 := hf 0 (by omega)
    have hi := ih (f := fun k => f (k + 1)) fun k hk => hf (k + 1) (by omega)
    rw [Nat.shiftRight_eq_div_pow] at hi
    have h1 : (f 0 + 2 ^ s * slots (2 ^ s) (fun k => f (k + 1)) n) / 2 ^ j % 2
        = f 0 / 2 ^ j % 2 := by
      rw [hs, Nat.mul_assoc, Nat.add_mul_div_left _ _ (Nat.two_pow_pos j), Nat.mul_assoc,
        Nat.add_mul_mod_self_left]
    have h2 : (f 0 + 2 ^ s * slots (2 ^ s) (fun k => f (k + 1)) n) / 2 ^ s
        = slots (2 ^ s) (fun k => f (k + 1)) n := by
      rw [Nat.add_mul_div_left _ _ (Nat.two_pow_pos s), Nat.div_eq_of_lt h0, Nat.zero_add]
    rw [e, land_split _ _ _ _ (Nat.one_lt_two_pow (by omega)), slots, slots,
      Nat.shiftRight_eq_div_pow, Nat.and_one_is_mod,
      Nat.mod_mod_of_dvd _ ⟨2 ^ (s - 1), by rw [← Nat.pow_succ']; congr 1; omega⟩,
      h1, Nat.div_div_eq_div_mul, Nat.mul_comm (2 ^ j), ← Nat.div_div_eq_div_mul, h2, hi]

/-- Add up `2 ^ j * Σ t` over the slots `t` of `T` that have bit `j`, for so many bits from bit `j`
on; go on with the sum, added to `done`.  `one` has a `1` in every slot, and `largest` is the
largest number that a slot can hold. -/
def squares (one largest T w j done : Nat) (k : Nat → Bool) : Bool :=
  Nat.rec (motive := fun _ => Nat → Nat → Bool) (fun _ done => k done)
    (fun _ ih j done =>
      force (Nat.add done (Nat.mul (Nat.pow 2 j)
        (Nat.mod (Nat.land T (Nat.mul (Nat.land (Nat.shiftRight T j) one) largest)) largest)))
        fun done => ih (Nat.add j 1) done)
    w j done

theorem squares_succ (one largest T w j done : Nat) (k : Nat → Bool) :
    squares one largest T (w + 1) j done k
      = squares one largest T w (Nat.add j 1) (Nat.add done (Nat.mul (Nat.pow 2 j)
        (Nat.mod (Nat.land T (Nat.mul (Nat.land (Nat.shiftRight T j) one) largest)) largest))) k :=
  force_eq _ _

theorem of_squares {s n w j done : Nat} {f : Nat → Nat} {k : Nat → Bool}
    (hf : ∀ k, k < n → f k < 2 ^ s) (ht : total f n < 2 ^ s - 1) (hj : j + w ≤ s)
    (h : squares (ones (2 ^ s) n) (2 ^ s - 1) (slots (2 ^ s) f n) w j done k = true) :
    k (done + total (fun i => f i * (2 ^ j * (f i / 2 ^ j % 2 ^ w))) n) = true := by
  induction w generalizing j done with
  | zero =>
    have h : k done = true := h
    rw [total_congr (g := fun _ => 0) fun k _ => by simp [Nat.mod_one], total_zero]
    exact h
  | succ w ih =>
    rw [squares_succ] at h
    have h1 := ih (j := j + 1) (by omega) h
    have hb : ∀ k, k < n → f k / 2 ^ j % 2 ≤ 1 := fun k _ => by omega
    have e : (slots (2 ^ s) f n &&& (slots (2 ^ s) f n >>> j &&& ones (2 ^ s) n) * (2 ^ s - 1))
        % (2 ^ s - 1) = total (fun k => f k * (f k / 2 ^ j % 2)) n := by
      rw [land_bit hf (by omega), land_select hf hb, slots_mod]
      refine Nat.lt_of_le_of_lt (total_mono fun k hk => ?_) ht
      have := Nat.mul_le_mul_left (f k) (hb k hk)
      omega
    have e2 : Nat.add done (Nat.mul (Nat.pow 2 j) (Nat.mod (Nat.land (slots (2 ^ s) f n)
        (Nat.mul (Nat.land (Nat.shiftRight (slots (2 ^ s) f n) j) (ones (2 ^ s) n)) (2 ^ s - 1)))
        (2 ^ s - 1))) = done + 2 ^ j * total (fun k => f k * (f k / 2 ^ j % 2)) n :=
      congrArg (fun z => done + 2 ^ j * z) e
    rw [e2, Nat.add_assoc, total_mul, total_add] at h1
    rw [total_congr (g := fun i => 2 ^ j * (f i * (f i / 2 ^ j % 2)) +
      f i * (2 ^ (j + 1) * (f i / 2 ^ (j + 1) % 2 ^ w)))]
    · exact h1
    · intro i _
      rw [Nat.pow_succ' (n := w), Nat.mod_mul, Nat.div_div_eq_div_mul, ← Nat.pow_succ,
        Nat.pow_succ 2 j]
      grind

end Bridge
