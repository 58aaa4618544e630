/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

/-!
# Numbers as lists of digits

`pack x [a₀, a₁, …]` is the number `a₀ + a₁ x + a₂ x² + …`, and `digits x m M` are the lowest `m`
digits of `M` in base `x`.  One bitwise `and` with a `mask` bounds all digits of a number at once.
-/

@[expose] public section

namespace Bridge

/-- The number `a₀ + a₁ x + a₂ x² + …`: slot `j` holds `aⱼ`. -/
def pack (x : Nat) : List Nat → Nat
  | [] => 0
  | a :: as => a + x * pack x as

/-- The lowest `m` digits of `M` in base `x`, lowest first. -/
def digits (x : Nat) : Nat → Nat → List Nat
  | 0, _ => []
  | m + 1, M => M % x :: digits x m (M / x)

theorem length_digits (x m M : Nat) : (digits x m M).length = m := by
  induction m generalizing M with
  | zero => rfl
  | succ m ih => simp [digits, ih]

theorem getD_digits (x m M j : Nat) (h : j < m) : (digits x m M).getD j 0 = M / x ^ j % x := by
  induction m generalizing M j with
  | zero => omega
  | succ m ih =>
    cases j with
    | zero => simp [digits]
    | succ j =>
      rw [digits, List.getD_cons_succ, ih _ _ (by omega), Nat.div_div_eq_div_mul, Nat.pow_succ,
        Nat.mul_comm x]

theorem pack_digits (x m M : Nat) (h : M < x ^ m) : pack x (digits x m M) = M := by
  induction m generalizing M with
  | zero =>
    have : M = 0 := by simpa using h
    simp [digits, pack, this]
  | succ m ih =>
    have h' : M / x < x ^ m := Nat.div_lt_of_lt_mul (by rwa [Nat.mul_comm, ← Nat.pow_succ])
    rw [digits, pack, ih _ h', Nat.mod_add_div]

theorem digits_add (x m l M : Nat) :
    digits x (m + l) M = digits x m M ++ digits x l (M / x ^ m) := by
  induction m generalizing M with
  | zero => simp [digits]
  | succ m ih =>
    rw [Nat.add_right_comm, digits, digits, ih, Nat.div_div_eq_div_mul, Nat.pow_succ,
      Nat.mul_comm (x ^ m) x]
    rfl

theorem pack_append (x : Nat) (as bs : List Nat) :
    pack x (as ++ bs) = pack x as + x ^ as.length * pack x bs := by
  induction as with
  | nil => simp [pack]
  | cons a as ih =>
    simp only [List.cons_append, pack, ih, List.length_cons, Nat.pow_succ, Nat.mul_add]
    rw [Nat.mul_comm (x ^ as.length) x, Nat.mul_assoc, Nat.add_assoc]

/-- If all entries are below `x`, then slot `t` of the packed number is entry `t`. -/
theorem pack_div_mod (x : Nat) (ds : List Nat) (t : Nat) (h : ∀ s, ds.getD s 0 < x) :
    pack x ds / x ^ t % x = ds.getD t 0 := by
  have hx : 0 < x := Nat.lt_of_le_of_lt (Nat.zero_le _) (h 0)
  induction ds generalizing t with
  | nil => simp [pack]
  | cons d ds ih =>
    have hd : d < x := by simpa using h 0
    cases t with
    | zero => simp [pack, Nat.add_mul_mod_self_left, Nat.mod_eq_of_lt hd]
    | succ t =>
      have htl : ∀ s, ds.getD s 0 < x := fun s => by simpa using h (s + 1)
      rw [pack, Nat.pow_succ, Nat.mul_comm (x ^ t) x, ← Nat.div_div_eq_div_mul,
        Nat.add_mul_div_left _ _ hx, Nat.div_eq_of_lt hd, Nat.zero_add, ih t htl]
      simp

/-! ## Bounding all digits at once -/

/-- The number with the bits `b, …, B - 1` set in each of the lowest `m` slots of `B` bits. -/
def mask (B b : Nat) : Nat → Nat
  | 0 => 0
  | m + 1 => (2 ^ B - 2 ^ b) + 2 ^ B * mask B b m

theorem mask_mul (B b m : Nat) :
    mask B b m * (2 ^ B - 1) + (2 ^ B - 2 ^ b) = (2 ^ B - 2 ^ b) * (2 ^ B) ^ m := by
  obtain ⟨y, hy⟩ : ∃ y, 2 ^ B = y + 1 := ⟨2 ^ B - 1, by have := Nat.two_pow_pos B; omega⟩
  induction m with
  | zero => simp [mask]
  | succ m ih =>
    rw [Nat.pow_succ, ← Nat.mul_assoc, ← ih, mask]
    generalize 2 ^ B - 2 ^ b = c
    rw [hy, Nat.add_sub_cancel]
    grind

/-- The mask in closed form, for evaluation. -/
theorem mask_eq (B b m : Nat) (hB : 0 < B) :
    mask B b m = (2 ^ B - 2 ^ b) * (2 ^ (B * m) - 1) / (2 ^ B - 1) := by
  have h1 : 1 < 2 ^ B := Nat.one_lt_two_pow (by omega)
  have h := mask_mul B b m
  rw [← Nat.pow_mul] at h
  rw [Nat.mul_sub, Nat.mul_one, ← h, Nat.add_sub_cancel, Nat.mul_div_cancel _ (by omega)]

theorem lt_of_land_high (B b d : Nat) (hb : b ≤ B) (hd : d < 2 ^ B)
    (h : d &&& (2 ^ B - 2 ^ b) = 0) : d < 2 ^ b := by
  have e : 2 ^ B - 2 ^ b = (2 ^ (B - b) - 1) * 2 ^ b := by
    rw [Nat.sub_mul, ← Nat.pow_add, Nat.sub_add_cancel hb, Nat.one_mul]
  have h2 : (d &&& (2 ^ B - 2 ^ b)) / 2 ^ b = d / 2 ^ b := by
    rw [Nat.and_div_two_pow, e, Nat.mul_div_cancel _ (Nat.two_pow_pos b),
      Nat.and_two_pow_sub_one_eq_mod, Nat.mod_eq_of_lt]
    apply Nat.div_lt_of_lt_mul
    rw [← Nat.pow_add, Nat.add_sub_cancel' hb]
    exact hd
  rw [h, Nat.zero_div] at h2
  exact (Nat.div_eq_zero_iff_lt (Nat.two_pow_pos b)).1 h2.symm

/-- If `M` has no bit in common with the mask, then all its digits have at most `b` bits. -/
theorem digits_lt_of_land (B b m M : Nat) (hb : b ≤ B) (h : M &&& mask B b m = 0) :
    ∀ a ∈ digits (2 ^ B) m M, a < 2 ^ b := by
  induction m generalizing M with
  | zero => simp [digits]
  | succ m ih =>
    have hlt : 2 ^ B - 2 ^ b < 2 ^ B := by
      have := Nat.two_pow_pos b
      have := Nat.two_pow_pos B
      omega
    have hm : mask B b (m + 1) % 2 ^ B = 2 ^ B - 2 ^ b := by
      rw [mask, Nat.add_mul_mod_self_left, Nat.mod_eq_of_lt hlt]
    have hq : mask B b (m + 1) / 2 ^ B = mask B b m := by
      rw [mask, Nat.add_mul_div_left _ _ (Nat.two_pow_pos B), Nat.div_eq_of_lt hlt, Nat.zero_add]
    intro a ha
    rw [digits, List.mem_cons] at ha
    rcases ha with rfl | ha
    · apply lt_of_land_high B b _ hb (Nat.mod_lt _ (Nat.two_pow_pos B))
      rw [← hm, ← Nat.and_mod_two_pow, h, Nat.zero_mod]
    · refine ih (M / 2 ^ B) ?_ a ha
      rw [← hq, ← Nat.and_div_two_pow, h, Nat.zero_div]

/-- Whether `M` has at most `m` digits of `B` bits, and each digit at most `b ≤ B` bits. -/
def digitsFit (B b m M : Nat) : Bool :=
  Nat.ble b B && (Nat.ble 1 B && (Nat.beq (Nat.shiftRight M (Nat.mul B m)) 0 &&
    Nat.beq (Nat.land M (Nat.div
      (Nat.mul (Nat.sub (Nat.pow 2 B) (Nat.pow 2 b)) (Nat.sub (Nat.pow 2 (Nat.mul B m)) 1))
      (Nat.sub (Nat.pow 2 B) 1))) 0))

/-- What `digitsFit` decides. -/
theorem lt_of_digitsFit {B b m M : Nat} (h : digitsFit B b m M = true) :
    M < (2 ^ B) ^ m ∧ ∀ a ∈ digits (2 ^ B) m M, a ≤ 2 ^ b - 1 := by
  have h' : (Nat.ble b B && (Nat.ble 1 B && (Nat.beq (M >>> (B * m)) 0 &&
      Nat.beq (M &&& ((2 ^ B - 2 ^ b) * (2 ^ (B * m) - 1) / (2 ^ B - 1))) 0))) = true := h
  rw [Bool.and_eq_true, Bool.and_eq_true, Bool.and_eq_true, Nat.ble_eq, Nat.ble_eq, Nat.beq_eq,
    Nat.beq_eq] at h'
  obtain ⟨hb, hB, hM, hl⟩ := h'
  rw [← mask_eq B b m hB] at hl
  constructor
  · rw [Nat.shiftRight_eq_div_pow] at hM
    rw [← Nat.pow_mul]
    exact (Nat.div_eq_zero_iff_lt (Nat.two_pow_pos _)).1 hM
  · intro a ha
    have := digits_lt_of_land B b m M hb hl a ha
    omega

end Bridge
