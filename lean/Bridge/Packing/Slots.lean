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
* `spread_eq`: digits that lie side by side are moved into wide slots, by few operations: the number
  of copies is doubled until there are enough, and one `and` selects the digits.
-/

@[expose] public noncomputable section

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

theorem slots_lt {x n : Nat} {f : Nat → Nat} (h : ∀ k, k < n → f k < x) :
    slots x f n < x ^ n := by
  induction n generalizing f with
  | zero => exact Nat.one_pos
  | succ n ih =>
    have h0 := h 0 (by omega)
    have h1 := Nat.mul_le_mul_left x (ih fun k hk => h (k + 1) (by omega))
    rw [Nat.succ_eq_add_one, Nat.mul_add, Nat.mul_one] at h1
    rw [slots, Nat.pow_succ']
    omega

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

/-- Some bits of every digit of `A`. -/
theorem land_const {s c : Nat} (n A : Nat) (hc : c < 2 ^ s) :
    A &&& c * ones (2 ^ s) n = slots (2 ^ s) (fun k => A / (2 ^ s) ^ k % 2 ^ s &&& c) n := by
  rw [mul_ones]
  induction n generalizing A with
  | zero => simp [slots]
  | succ n ih =>
    rw [slots, slots, land_split _ _ _ _ hc, ih]
    congr 2
    · simp
    · apply slots_congr
      intro k _
      rw [Nat.div_div_eq_div_mul, ← Nat.pow_succ']

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

/-- `2 ^ n` copies of `A`, each `s` bits above the one before. -/
def copies (s A n : Nat) : Nat :=
  Nat.rec A (fun i B => Nat.lor (Nat.shiftLeft B (Nat.shiftLeft s i)) B) n

theorem copies_eq {s A : Nat} (hA : A < 2 ^ s) (n : Nat) :
    copies s A n = slots (2 ^ s) (fun _ => A) (2 ^ n) := by
  induction n with
  | zero =>
    show A = _
    simp [slots]
  | succ n ih =>
    have hlt := slots_lt (n := 2 ^ n) (f := fun _ => A) fun _ _ => hA
    rw [← Nat.pow_mul] at hlt
    have e : copies s A (n + 1) = copies s A n <<< (s <<< n) ||| copies s A n := rfl
    rw [e, ih, Nat.shiftLeft_eq s, ← Nat.shiftLeft_add_eq_or_of_lt hlt, Nat.shiftLeft_eq,
      Nat.pow_succ, Nat.mul_two, slots_append, Nat.pow_mul]
    rw [Nat.add_comm, Nat.mul_comm]

/-- The digits of `A`, of `b` bits each, in slots of `g` digits: of the copies of `A`, each a digit
less than `m` slots above the one before, `mask` selects every `g`th digit, the lowest of which is
the first digit in the first copy, the second in the second copy, and so on.  The `g` copies have
room for `g * m - 1` digits; `full` selects so many. -/
def spread (shift copyBits full mask A : Nat) : Nat :=
  Nat.land (copies shift (Nat.land A full) copyBits) mask

/-- Slot `k` of `spread` holds the digit `g * (k % m) + k / m` of `A`. -/
theorem spread_eq (b g m n A : Nat) (hg : 0 < g) (hm : 0 < m) (hn : g ≤ 2 ^ n) :
    spread (b * (g * m - 1)) n (2 ^ (b * (g * m - 1)) - 1)
        ((2 ^ b - 1) * ones (2 ^ (g * b)) (g * m - 1)) A
      = slots (2 ^ (g * b)) (fun k => A / (2 ^ b) ^ (g * (k % m) + k / m) % 2 ^ b) (g * m - 1) := by
  show copies _ (A &&& _) n &&& _ = _
  rw [land_mask b g _ _ hg, Nat.and_two_pow_sub_one_eq_mod]
  apply slots_congr
  intro k hk
  have hgm : 0 < g * m := Nat.mul_pos hg hm
  have hkm : k / m < g := Nat.div_lt_of_lt_mul (by rw [Nat.mul_comm m]; omega)
  have hpos := Nat.two_pow_pos (b * (g * m - 1))
  have hA : A % 2 ^ (b * (g * m - 1)) < 2 ^ (b * (g * m - 1)) := Nat.mod_lt _ hpos
  -- The digit's place in `A`, and that of its copy.
  have hplace : g * k = (g * m - 1) * (k / m) + (g * (k % m) + k / m) := by
    have h := congrArg (g * ·) (Nat.div_add_mod k m)
    simp only [Nat.mul_add, ← Nat.mul_assoc] at h
    rw [Nat.sub_mul, Nat.one_mul, ← h]
    have : k / m ≤ g * m * (k / m) := Nat.le_mul_of_pos_left _ hgm
    omega
  have hr : g * (k % m) + k / m < g * m - 1 := by
    have h1 : k % m < m := Nat.mod_lt _ hm
    have h2 : g * (k % m) + g ≤ g * m := by
      rw [← Nat.mul_succ]
      exact Nat.mul_le_mul_left g h1
    rcases Nat.lt_or_ge (g * (k % m) + k / m) (g * m - 1) with h | h
    · exact h
    · exfalso
      have h3 : k / m = g - 1 := by omega
      have h4 : g * (k % m) = g * (m - 1) := by
        rw [Nat.mul_sub, Nat.mul_one]
        omega
      have h5 : k % m = m - 1 := Nat.eq_of_mul_eq_mul_left hg h4
      have h6 := Nat.div_add_mod k m
      rw [h3, h5, Nat.mul_sub, Nat.mul_one, Nat.mul_comm m g] at h6
      have : m ≤ g * m := Nat.le_mul_of_pos_left m hg
      omega
  generalize g * (k % m) + k / m = r at *
  generalize k / m = q at *
  generalize g * m - 1 = M at *
  rw [copies_eq hA, hplace, Nat.pow_add, ← Nat.pow_mul 2 b (M * q), ← Nat.mul_assoc b M q,
    Nat.pow_mul 2 (b * M) q, ← Nat.div_div_eq_div_mul]
  obtain ⟨l, hl⟩ : ∃ l, 2 ^ n = q + (l + 1) := ⟨2 ^ n - q - 1, by omega⟩
  have hlow := slots_lt (n := q) (f := fun _ => A % 2 ^ (b * M)) fun _ _ => hA
  rw [hl, slots_append, Nat.add_mul_div_left _ _ (Nat.pow_pos hpos), Nat.div_eq_of_lt hlow,
    Nat.zero_add, slots]
  have hs : 2 ^ (b * M) = (2 ^ b) ^ r * (2 ^ b * (2 ^ b) ^ (M - r - 1)) := by
    rw [← Nat.pow_succ', ← Nat.pow_add, Nat.pow_mul]
    congr 1
    omega
  rw [hs, Nat.mul_assoc, Nat.add_mul_div_left _ _ (Nat.pow_pos (Nat.two_pow_pos b)),
    Nat.mul_assoc, Nat.add_mul_mod_self_left, Nat.mod_mul_right_div_self,
    Nat.mod_mod_of_dvd _ (Nat.dvd_mul_right _ _)]

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

/-- No other digit is in the last slot, so that the digits but the last have the slots but the last.
-/
theorem slot_lt_of_digit {g m r : Nat} (hg : 0 < g) (hr : r < g * m - 1) :
    r % g * m + r / g < g * m - 1 := by
  obtain ⟨h1, h2⟩ := slot_of_digit (m := m) hg (r := r) (by omega)
  have hm : 0 < m := by
    rcases Nat.eq_zero_or_pos m with h | h
    · simp [h] at hr
    · exact h
  rcases Nat.lt_or_ge (r % g * m + r / g) (g * m - 1) with h | h
  · exact h
  · exfalso
    rw [Nat.mul_comm m g] at h1
    have e : r % g * m + r / g = (m - 1) + m * (g - 1) := by
      rw [Nat.mul_sub, Nat.mul_one, Nat.mul_comm m g]
      have := Nat.le_mul_of_pos_left m hg
      omega
    rw [e, Nat.add_mul_mod_self_left, Nat.mod_eq_of_lt (by omega : m - 1 < m),
      Nat.add_mul_div_left _ _ hm, Nat.div_eq_of_lt (by omega), Nat.zero_add, Nat.mul_sub,
      Nat.mul_one] at h2
    have := Nat.le_mul_of_pos_right g hm
    omega

end Bridge
