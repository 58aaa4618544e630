/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

/-!
# Many small numbers in one large number

`slots x f n` is the number `f 0 + f 1 x + ⋯ + f (n - 1) x ^ (n - 1)`: slot `k` holds `f k`.  As
long as no slot overflows, one operation on such numbers does the same operation on all slots.

## Main definitions

* `slots`: many numbers in one; `ones`: the same number, 1, in every slot.
* `spread`: a program that moves digits that lie side by side into wide slots.

## Main statements

* `slots_add`, `slots_mul`: sums and multiples, without any condition.
* `slots_sub`, `slots_land`: differences and bitwise `and`.
* `slots_div_mod`: what a slot holds.
* `le_of_land_top`: one `and` compares all slots with a bound.
* `spread_eq`: digits that lie side by side are moved into wide slots, by one `and` and one shift
  for each of the few digits that fit into a slot.
-/

@[expose] public section

namespace Bridge

/-- The number `f 0 + f 1 x + ⋯ + f (n - 1) x ^ (n - 1)`. -/
def slots (x : Nat) (f : Nat → Nat) : Nat → Nat
  | 0 => 0
  | n + 1 => f 0 + x * slots x (fun k => f (k + 1)) n

theorem slots_congr {x n : Nat} {f g : Nat → Nat} (h : ∀ k, k < n → f k = g k) :
    slots x f n = slots x g n := by
  induction n generalizing f g with
  | zero => rfl
  | succ n ih =>
    rw [slots, slots, h 0 (by omega), ih fun k hk => h (k + 1) (by omega)]

theorem slots_zero (x n : Nat) : slots x (fun _ => 0) n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [slots, ih]; simp

theorem slots_add (x n : Nat) (f g : Nat → Nat) :
    slots x f n + slots x g n = slots x (fun k => f k + g k) n := by
  induction n generalizing f g with
  | zero => rfl
  | succ n ih =>
    rw [slots, slots, slots, ← ih, Nat.mul_add]
    omega

theorem slots_mul (x n v : Nat) (f : Nat → Nat) :
    slots x f n * v = slots x (fun k => f k * v) n := by
  induction n generalizing f with
  | zero => simp [slots]
  | succ n ih => rw [slots, slots, ← ih, Nat.add_mul, Nat.mul_assoc]

theorem slots_append (x m n : Nat) (f : Nat → Nat) :
    slots x f (m + n) = slots x f m + x ^ m * slots x (fun k => f (m + k)) n := by
  induction m generalizing f with
  | zero => simp [slots]
  | succ m ih =>
    rw [Nat.add_right_comm, slots, slots, ih, Nat.mul_add, Nat.pow_succ, Nat.mul_comm (x ^ m) x,
      Nat.mul_assoc, Nat.add_assoc]
    simp only [Nat.add_right_comm]

theorem slots_sub (x n : Nat) (f g : Nat → Nat) (h : ∀ k, k < n → g k ≤ f k) :
    slots x f n - slots x g n = slots x (fun k => f k - g k) n := by
  have e : slots x (fun k => f k - g k) n + slots x g n = slots x f n := by
    rw [slots_add]
    apply slots_congr
    intro k hk
    have := h k hk
    omega
  omega

/-- Slot `k` holds `f k`. -/
theorem slots_div_mod {x n k : Nat} {f : Nat → Nat} (h : ∀ k, k < n → f k < x) (hk : k < n) :
    slots x f n / x ^ k % x = f k := by
  induction n generalizing f k with
  | zero => omega
  | succ n ih =>
    have h0 := h 0 (by omega)
    have hx : 0 < x := by omega
    cases k with
    | zero => simp [slots, Nat.add_mul_mod_self_left, Nat.mod_eq_of_lt h0]
    | succ k =>
      rw [slots, Nat.pow_succ, Nat.mul_comm (x ^ k) x, ← Nat.div_div_eq_div_mul,
        Nat.add_mul_div_left _ _ hx, Nat.div_eq_of_lt h0, Nat.zero_add]
      exact ih (fun k hk => h (k + 1) (by omega)) (by omega)

/-! ## The same number in every slot -/

/-- The number with `1` in each of `n` slots. -/
def ones (x n : Nat) : Nat := slots x (fun _ => 1) n

theorem mul_ones (x n c : Nat) : c * ones x n = slots x (fun _ => c) n := by
  rw [ones, Nat.mul_comm, slots_mul]
  simp

theorem ones_mul (x n : Nat) (hx : 0 < x) : ones x n * (x - 1) + 1 = x ^ n := by
  induction n with
  | zero => simp [ones, slots]
  | succ n ih =>
    have e : ones x (n + 1) = 1 + x * ones x n := rfl
    rw [e, Nat.pow_succ, ← ih, Nat.add_mul, Nat.add_mul, Nat.mul_assoc]
    generalize ones x n * (x - 1) = z
    rw [Nat.mul_comm z x]
    omega

/-- `ones` in closed form, for evaluation. -/
theorem ones_eq (x n : Nat) (hx : 1 < x) : ones x n = (x ^ n - 1) / (x - 1) := by
  have e : x ^ n - 1 = ones x n * (x - 1) := by
    have := ones_mul x n (by omega)
    omega
  rw [e, Nat.mul_div_cancel _ (by omega)]

/-! ## Bitwise `and` -/

theorem land_split (s c A M : Nat) (hc : c < 2 ^ s) :
    A &&& (c + 2 ^ s * M) = (A % 2 ^ s &&& c) + 2 ^ s * (A / 2 ^ s &&& M) := by
  have hm : (c + 2 ^ s * M) % 2 ^ s = c := by
    rw [Nat.add_mul_mod_self_left, Nat.mod_eq_of_lt hc]
  have hd : (c + 2 ^ s * M) / 2 ^ s = M := by
    rw [Nat.add_mul_div_left _ _ (Nat.two_pow_pos s), Nat.div_eq_of_lt hc, Nat.zero_add]
  have h := Nat.mod_add_div (A &&& (c + 2 ^ s * M)) (2 ^ s)
  rw [Nat.and_mod_two_pow, Nat.and_div_two_pow, hm, hd] at h
  exact h.symm

theorem slots_land (s n : Nat) (f g : Nat → Nat) (hf : ∀ k, k < n → f k < 2 ^ s)
    (hg : ∀ k, k < n → g k < 2 ^ s) :
    slots (2 ^ s) f n &&& slots (2 ^ s) g n = slots (2 ^ s) (fun k => f k &&& g k) n := by
  induction n generalizing f g with
  | zero => simp [slots]
  | succ n ih =>
    have h0 := hf 0 (by omega)
    rw [slots, slots, slots, land_split _ _ _ _ (hg 0 (by omega)), Nat.add_mul_mod_self_left,
      Nat.mod_eq_of_lt h0, Nat.add_mul_div_left _ _ (Nat.two_pow_pos s), Nat.div_eq_of_lt h0,
      Nat.zero_add, ih _ _ (fun k hk => hf (k + 1) (by omega)) fun k hk => hg (k + 1) (by omega)]

/-- If the highest bit of every slot is set, then every slot holds at least that bit. -/
theorem le_of_land_top {s n k : Nat} {f : Nat → Nat} (hs : 0 < s) (hf : ∀ k, k < n → f k < 2 ^ s)
    (h : slots (2 ^ s) f n &&& 2 ^ (s - 1) * ones (2 ^ s) n = 2 ^ (s - 1) * ones (2 ^ s) n)
    (hk : k < n) : 2 ^ (s - 1) ≤ f k := by
  have ht : ∀ k, k < n → 2 ^ (s - 1) < 2 ^ s := fun _ _ =>
    Nat.pow_lt_pow_right (by omega) (by omega)
  have hl : ∀ k, k < n → (f k &&& 2 ^ (s - 1)) < 2 ^ s := fun k hk =>
    Nat.lt_of_le_of_lt Nat.and_le_left (hf k hk)
  rw [mul_ones, slots_land _ _ _ _ hf ht] at h
  have h1 := slots_div_mod hl hk
  rw [h, slots_div_mod ht hk] at h1
  rw [h1]
  exact Nat.and_le_left

/-! ## From digits side by side to slots -/

/-- Every `g`th digit of `A`, with digits of `b` bits: the others are masked away. -/
theorem land_mask (b g n A : Nat) (hg : 0 < g) :
    A &&& (2 ^ b - 1) * ones (2 ^ (g * b)) n
      = slots (2 ^ (g * b)) (fun k => A / (2 ^ b) ^ (g * k) % 2 ^ b) n := by
  have hy : 2 ^ b ≤ 2 ^ (g * b) := Nat.pow_le_pow_right (by omega) (Nat.le_mul_of_pos_left b hg)
  have hpos := Nat.two_pow_pos b
  rw [mul_ones]
  induction n generalizing A with
  | zero => simp [slots]
  | succ n ih =>
    have hdvd : 2 ^ b ∣ 2 ^ (g * b) := Nat.pow_dvd_pow _ (Nat.le_mul_of_pos_left b hg)
    rw [slots, slots, land_split _ _ _ _ (by omega), ih, Nat.and_two_pow_sub_one_eq_mod,
      Nat.mod_mod_of_dvd _ hdvd]
    congr 2
    · simp
    · apply slots_congr
      intro k _
      rw [Nat.div_div_eq_div_mul, Nat.mul_succ, Nat.pow_add, ← Nat.pow_mul 2 b g, Nat.mul_comm b g,
        Nat.mul_comm (2 ^ (g * b))]

/-- The digits of `A`, of `b` bits each, in slots: first the digits `0, g, 2g, …`, then `1, g + 1,
…`, and so on for `c` such classes of `m` digits each; `mask` selects the digits of a class, and
`width` is the width of `m` slots in bits. -/
def spread (b mask width : Nat) : Nat → Nat → Nat
  | 0, _ => 0
  | c + 1, A => Nat.add (Nat.land A mask)
      (Nat.shiftLeft (spread b mask width c (Nat.shiftRight A b)) width)

/-- Slot `k` of `spread` holds the digit `g * (k % m) + k / m` of `A`. -/
theorem spread_eq (b g m c A : Nat) (hg : 0 < g) :
    spread b ((2 ^ b - 1) * ones (2 ^ (g * b)) m) (g * b * m) c A
      = slots (2 ^ (g * b)) (fun k => A / (2 ^ b) ^ (g * (k % m) + k / m) % 2 ^ b) (m * c) := by
  induction c generalizing A with
  | zero => rfl
  | succ c ih =>
    rw [Nat.mul_succ, Nat.add_comm (m * c) m, slots_append]
    show (A &&& _) + (spread b _ _ c (A >>> b)) <<< (g * b * m) = _
    rw [land_mask b g m A hg, ih, Nat.shiftLeft_eq, Nat.pow_mul 2 (g * b) m,
      Nat.mul_comm _ ((2 ^ (g * b)) ^ m)]
    congr 1
    · apply slots_congr
      intro k hk
      rw [Nat.mod_eq_of_lt hk, Nat.div_eq_of_lt hk, Nat.add_zero]
    · congr 1
      apply slots_congr
      intro k hk
      have hm : 0 < m := by
        rcases Nat.eq_zero_or_pos m with h | h
        · simp [h] at hk
        · exact h
      rw [Nat.add_mod_left, Nat.add_div_left _ hm, Nat.shiftRight_eq_div_pow,
        Nat.div_div_eq_div_mul, ← Nat.pow_succ', Nat.add_succ]

/-- Where digit `r` of a number is found after `spread`: in slot `r % g * m + r / g`. -/
theorem slot_of_digit {g m r : Nat} (hg : 0 < g) (hr : r < g * m) :
    r % g * m + r / g < m * g ∧
      g * ((r % g * m + r / g) % m) + (r % g * m + r / g) / m = r := by
  have hq : r / g < m := Nat.div_lt_of_lt_mul hr
  have hr' := Nat.mod_lt r hg
  have hm : 0 < m := Nat.lt_of_le_of_lt (Nat.zero_le _) hq
  constructor
  · calc
      r % g * m + r / g < r % g * m + m := by omega
      _ = (r % g + 1) * m := by rw [Nat.succ_mul]
      _ ≤ g * m := Nat.mul_le_mul_right m hr'
      _ = m * g := Nat.mul_comm g m
  · rw [Nat.mul_comm (r % g) m, Nat.mul_add_mod, Nat.mod_eq_of_lt hq, Nat.mul_add_div hm,
      Nat.div_eq_of_lt hq, Nat.add_zero]
    exact Nat.div_add_mod r g

end Bridge
