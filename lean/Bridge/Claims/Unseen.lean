/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Affine
public import Bridge.Packing.Programs

/-!
# A lower bound for the accuracy on unseen data

If `m` of `n` samples that the fit has not seen get the right decision, then the accuracy on all
data of their kind is hardly much lower than `m / n`.  Clopper and Pearson, *The use of confidence
or fiducial limits illustrated in the case of the binomial*, 1934, say how much: with an accuracy of
`q`, the number of right decisions among `n` independent draws has a binomial distribution, and an
accuracy is ruled out if it makes `m` or more right ones too improbable.  What is proved here is the
part that is a fact about numbers: what these probabilities are at most.  That the samples are
independent draws is an assumption about where they come from, and the step to a probability is not
formalised.

## Main definitions

* `binomialTail`: the probability of `m` or more right ones of `n`.
* `IsAccuracyBound`: whether a number is a lower bound for the accuracy.
* `tailAtMost`: a program that compares such a probability with a level.

## Main statements

* `binomialTail_mono`: the probability grows with the accuracy.
* `IsAccuracyBound.of_tail`: what the program's answer means.
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## The binomial distribution -/

/-- The binomial coefficient: in how many ways one can choose `k` of `n` things. -/
def choose : Nat → Nat → Nat
  | _, 0 => 1
  | 0, _ + 1 => 0
  | n + 1, k + 1 => choose n k + choose n (k + 1)

/-- How probable it is that `k` of `n` independent decisions are right if each is right with the
probability `q`. -/
def binomialTerm (n k : Nat) (q : Rat) : Rat := (choose n k : Rat) * q ^ k * (1 - q) ^ (n - k)

/-- How probable it is that `m` or more are right: the sum of the terms from `m` to `n`. -/
def binomialTail (n m : Nat) (q : Rat) : Rat :=
  sum fun j : Fin (n + 1 - m) => binomialTerm n (m + j) q

/-- Whether `p` is a lower bound at the level `α` for the accuracy on unseen data, if `m` of `n`
samples get the right decision: were the accuracy less than `p`, then `m` or more right decisions
would have had a probability of at most `α`.

So if the samples are independent draws, and are not those that the classifier was fitted to, then a
procedure that reports such a bound reports one above the true accuracy with a probability of at
most `α` (Clopper and Pearson, 1934).  Independence is an assumption, and this last step is not
proved here. -/
def IsAccuracyBound (α : Rat) (m n : Nat) (p : Rat) : Prop :=
  ∀ q : Rat, 0 ≤ q → q < p → binomialTail n m q ≤ α

/-! ## Binomial coefficients -/

theorem choose_zero (n : Nat) : choose n 0 = 1 := by cases n <;> rfl

theorem choose_eq_zero : ∀ {n k : Nat}, n < k → choose n k = 0
  | 0, _ + 1, _ => rfl
  | n + 1, k + 1, h => by
    have h := Nat.lt_of_succ_lt_succ h
    rw [choose, choose_eq_zero h, choose_eq_zero (Nat.lt_succ_of_lt h)]

theorem choose_self : ∀ n : Nat, choose n n = 1
  | 0 => rfl
  | n + 1 => by rw [choose, choose_self n, choose_eq_zero (Nat.lt_succ_self n)]

theorem succ_mul_choose : ∀ n k : Nat, (n + 1) * choose n k = choose (n + 1) (k + 1) * (k + 1)
  | n, 0 => by
    rw [choose_zero, choose, choose_zero]
    induction n with
    | zero => rfl
    | succ n ih => rw [choose, choose_zero]; omega
  | 0, k + 1 => by simp [choose]
  | n + 1, k + 1 => by
    have h₁ := succ_mul_choose n k
    have h₂ := succ_mul_choose n (k + 1)
    have e : choose (n + 1) (k + 1) = choose n k + choose n (k + 1) := rfl
    have e' : choose (n + 1 + 1) (k + 1 + 1)
        = choose (n + 1) (k + 1) + choose (n + 1) (k + 1 + 1) := rfl
    grind

/-- From one coefficient to the next. -/
theorem choose_succ_mul (n k : Nat) : choose n (k + 1) * (k + 1) = choose n k * (n - k) := by
  have h := succ_mul_choose n k
  have e : choose (n + 1) (k + 1) = choose n k + choose n (k + 1) := rfl
  rcases Nat.lt_or_ge n k with hk | hk
  · rw [choose_eq_zero hk, choose_eq_zero (Nat.lt_succ_of_lt hk)]
    simp
  · obtain ⟨l, rfl⟩ := Nat.exists_eq_add_of_le hk
    rw [Nat.add_sub_cancel_left]
    grind

theorem choose_symm : ∀ k l : Nat, choose (k + l) k = choose (k + l) l
  | 0, l => by rw [choose_zero, Nat.zero_add, choose_self]
  | k + 1, 0 => by rw [choose_zero, Nat.add_zero, choose_self]
  | k + 1, l + 1 => by
    show choose (k + 1 + l) k + choose (k + 1 + l) (k + 1)
      = choose (k + 1 + l) l + choose (k + 1 + l) (l + 1)
    have h₁ := choose_symm (k + 1) l
    have h₂ := choose_symm k (l + 1)
    rw [show k + (l + 1) = k + 1 + l by omega] at h₂
    omega

/-! ## The probability grows with the accuracy -/

theorem sum_cast {d e : Nat} (h : d = e) (f : Nat → Rat) :
    (sum fun j : Fin d => f j) = sum fun j : Fin e => f j := by rw [h]

theorem binomialTerm_eq_zero {n k : Nat} (h : n < k) (q : Rat) : binomialTerm n k q = 0 := by
  rw [binomialTerm, choose_eq_zero h]
  grind

theorem binomialTail_eq_zero {n m : Nat} (h : n < m) (q : Rat) : binomialTail n m q = 0 := by
  rw [binomialTail, sum_cast (e := 0) (by omega) fun j => binomialTerm n (m + j) q]
  rfl

/-- The sum without its first term. -/
theorem binomialTail_eq (n m : Nat) (q : Rat) :
    binomialTail n m q = binomialTerm n m q + binomialTail n (m + 1) q := by
  rcases Nat.lt_or_ge n m with h | h
  · rw [binomialTail_eq_zero h, binomialTerm_eq_zero h,
      binomialTail_eq_zero (Nat.lt_succ_of_lt h), Rat.add_zero]
  · rw [binomialTail,
      sum_cast (e := n + 1 - (m + 1) + 1) (by omega) fun j => binomialTerm n (m + j) q, sum]
    refine congrArg (fun x => binomialTerm n m q + x) ?_
    rw [binomialTail]
    congr 1
    funext j
    show binomialTerm n (m + (j.val + 1)) q = binomialTerm n (m + 1 + j.val) q
    rw [Nat.add_comm j.val 1, Nat.add_assoc]

/-- One decision more: it is right or it is not. -/
theorem binomialTerm_succ (n k : Nat) (q : Rat) :
    binomialTerm (n + 1) (k + 1) q
      = q * binomialTerm n k q + (1 - q) * binomialTerm n (k + 1) q := by
  have e : ((choose (n + 1) (k + 1) : Nat) : Rat) = (choose n k : Rat) + (choose n (k + 1) : Rat) :=
    Rat.natCast_add _ _
  rcases Nat.lt_or_ge k n with h | h
  · simp only [binomialTerm, e]
    rw [show n + 1 - (k + 1) = n - (k + 1) + 1 by omega, show n - k = n - (k + 1) + 1 by omega,
      Rat.pow_succ, Rat.pow_succ]
    grind
  · rw [binomialTerm_eq_zero (Nat.lt_succ_of_le h)]
    simp only [binomialTerm, e]
    rw [choose_eq_zero (Nat.lt_succ_of_le h), Nat.add_sub_add_right, Rat.pow_succ]
    grind

theorem binomialTail_succ (n m : Nat) (q : Rat) :
    binomialTail (n + 1) (m + 1) q
      = q * binomialTail n m q + (1 - q) * binomialTail n (m + 1) q := by
  have next : ∀ l m : Nat, n < m + l → binomialTail (n + 1) (m + 1) q
      = q * binomialTail n m q + (1 - q) * binomialTail n (m + 1) q := by
    intro l
    induction l with
    | zero =>
      intro m h
      rw [binomialTail_eq_zero (by omega), binomialTail_eq_zero (by omega),
        binomialTail_eq_zero (by omega)]
      grind
    | succ l ih =>
      intro m h
      have h := ih (m + 1) (by omega)
      rw [binomialTail_eq (n + 1) (m + 1), binomialTail_eq n m, binomialTail_eq n (m + 1), h,
        binomialTerm_succ, binomialTail_eq n (m + 1)]
      grind
  exact next (n + 1) m (by omega)

/-- Some number of decisions is right. -/
theorem binomialTail_zero (n : Nat) (q : Rat) : binomialTail n 0 q = 1 := by
  have first (n : Nat) : binomialTerm n 0 q = (1 - q) ^ n := by
    rw [binomialTerm, choose_zero, Nat.sub_zero, Rat.pow_zero]
    grind
  induction n with
  | zero =>
    rw [binomialTail_eq, first, binomialTail_eq_zero Nat.one_pos, Rat.pow_zero, Rat.add_zero]
  | succ n ih =>
    have e := binomialTail_eq n 0 q
    rw [binomialTail_eq, first, binomialTail_succ, ih, Rat.pow_succ]
    rw [first, ih] at e
    grind

theorem binomialTerm_nonneg (n k : Nat) {q : Rat} (h₀ : 0 ≤ q) (h₁ : q ≤ 1) :
    0 ≤ binomialTerm n k q :=
  Rat.mul_nonneg (Rat.mul_nonneg (by exact_mod_cast Nat.zero_le _) (Rat.pow_nonneg h₀))
    (Rat.pow_nonneg (by grind))

/-- **The probability grows with the accuracy**, so that what rules out an accuracy rules out all
that are lower. -/
theorem binomialTail_mono (n m : Nat) {q p : Rat} (h₀ : 0 ≤ q) (hqp : q ≤ p) (h₁ : p ≤ 1) :
    binomialTail n m q ≤ binomialTail n m p := by
  induction n generalizing m with
  | zero =>
    cases m with
    | zero => rw [binomialTail_zero, binomialTail_zero]; exact Rat.le_refl
    | succ m =>
      rw [binomialTail_eq_zero (Nat.succ_pos m), binomialTail_eq_zero (Nat.succ_pos m)]
      exact Rat.le_refl
  | succ n ih =>
    cases m with
    | zero => rw [binomialTail_zero, binomialTail_zero]; exact Rat.le_refl
    | succ m =>
      rw [binomialTail_succ, binomialTail_succ]
      have a := Rat.mul_le_mul_of_nonneg_left (ih m) (Rat.le_trans h₀ hqp)
      have b := Rat.mul_le_mul_of_nonneg_left (ih (m + 1)) (c := 1 - p) (by grind)
      have c := Rat.mul_nonneg (a := p - q) (by grind)
        (binomialTerm_nonneg n m h₀ (Rat.le_trans hqp h₁))
      have e : (p - q) * binomialTerm n m q = p * binomialTail n m q - p * binomialTail n (m + 1) q
          - q * binomialTail n m q + q * binomialTail n (m + 1) q := by
        rw [binomialTail_eq n m q]
        grind
      rw [e] at c
      grind

/-! ## The program -/

/-- The sum of `choose n j * b ^ j * a ^ (J - j)` for all `j ≤ J`. -/
def tailSum (n a b : Nat) : Nat → Nat
  | 0 => 1
  | J + 1 => tailSum n a b J * a + choose n (J + 1) * b ^ (J + 1)

/-- Go on with that sum.  One step makes the next term `t` of the last one, `choose n j * b ^ j`,
and adds it to the sum `S` so far, times `a`. -/
def withTailSum (n a b J : Nat) (k : Nat → Bool) : Bool :=
  Nat.rec (motive := fun _ => Nat → Nat → Nat → Bool)
    (fun _ _ S => k S)
    (fun _ ih j t S =>
      force (Nat.add j 1) fun i =>
      force (Nat.div (Nat.mul t (Nat.mul (Nat.sub n j) b)) i) fun t =>
      force (Nat.add (Nat.mul S a) t) fun S => ih i t S)
    J 0 1 1

/-- Whether `binomialTail n m p ≤ α`, in integers: with `p = a / D`, a number of wrong decisions
that is at most `n - m` has the probability `a ^ m * tailSum n a (D - a) (n - m) / D ^ n`.  A bound
`p` of zero says nothing and is always one.  It is irreducible for the same reason as `check`. -/
@[irreducible] def tailAtMost (α : Rat) (m n : Nat) (p : Rat) : Bool :=
  force p.num.toNat fun a =>
  force p.den fun D =>
  Nat.beq a 0 || (decide (0 ≤ α.num) && Nat.ble a D && Nat.ble m n &&
    withTailSum n a (Nat.sub D a) (Nat.sub n m) fun S =>
      Nat.ble (Nat.mul α.den (Nat.mul (Nat.pow a m) S))
        (Nat.mul α.num.toNat (Nat.pow D n)))

/-! ## What its answer means -/

theorem withTailSum_eq (n a b J : Nat) (k : Nat → Bool) :
    withTailSum n a b J k = k (tailSum n a b J) := by
  have next : ∀ J j : Nat, (Nat.rec (motive := fun _ => Nat → Nat → Nat → Bool)
      (fun _ _ S => k S)
      (fun _ ih j t S =>
        force (Nat.add j 1) fun i =>
        force (Nat.div (Nat.mul t (Nat.mul (Nat.sub n j) b)) i) fun t =>
        force (Nat.add (Nat.mul S a) t) fun S => ih i t S)
      J j (choose n j * b ^ j) (tailSum n a b j) : Bool) = k (tailSum n a b (j + J)) := by
    intro J
    induction J with
    | zero => exact fun _ => rfl
    | succ J ih =>
      intro j
      have e : Nat.div (Nat.mul (choose n j * b ^ j) (Nat.mul (Nat.sub n j) b)) (j + 1)
          = choose n (j + 1) * b ^ (j + 1) := by
        apply Nat.div_eq_of_eq_mul_left (Nat.succ_pos j)
        have h := choose_succ_mul n j
        show choose n j * b ^ j * ((n - j) * b) = choose n (j + 1) * b ^ (j + 1) * (j + 1)
        rw [Nat.pow_succ]
        grind
      have h := ih (j + 1)
      rw [Nat.add_right_comm j 1 J] at h
      rw [← Nat.add_assoc, ← h]
      simp only [force_eq]
      show (Nat.rec (motive := fun _ => Nat → Nat → Nat → Bool) _ _ J (j + 1) _ _ : Bool) = _
      rw [e]
      rfl
  have h := next J 0
  rw [choose_zero, Nat.zero_add] at h
  exact h

theorem ratMul_pow (x y : Rat) : ∀ n : Nat, (x * y) ^ n = x ^ n * y ^ n
  | 0 => by rw [Rat.pow_zero, Rat.pow_zero, Rat.pow_zero, Rat.mul_one]
  | n + 1 => by rw [Rat.pow_succ, Rat.pow_succ, Rat.pow_succ, ratMul_pow x y n]; grind

theorem ratPow_add (x : Rat) (m : Nat) : ∀ n : Nat, x ^ (m + n) = x ^ m * x ^ n
  | 0 => by rw [Nat.add_zero, Rat.pow_zero, Rat.mul_one]
  | n + 1 => by
    rw [← Nat.add_assoc, Rat.pow_succ, Rat.pow_succ, ratPow_add x m n, Rat.mul_assoc]

/-- A term in integers. -/
theorem binomialTerm_mul {p : Rat} {a b D : Nat} (ha : p * (D : Rat) = (a : Rat))
    (hb : (1 - p) * (D : Rat) = (b : Rat)) (m J : Nat) :
    binomialTerm (m + J) m p * (D : Rat) ^ (m + J)
      = ((a ^ m * (choose (m + J) J * b ^ J) : Nat) : Rat) := by
  rw [binomialTerm, Nat.add_sub_cancel_left, choose_symm, ratPow_add, Rat.natCast_mul,
    Rat.natCast_mul, Rat.natCast_pow, Rat.natCast_pow, ← ha, ← hb, ratMul_pow, ratMul_pow]
  grind

/-- The sum in integers. -/
theorem binomialTail_mul {p : Rat} {a b D : Nat} (ha : p * (D : Rat) = (a : Rat))
    (hb : (1 - p) * (D : Rat) = (b : Rat)) (m J : Nat) :
    binomialTail (m + J) m p * (D : Rat) ^ (m + J)
      = ((a ^ m * tailSum (m + J) a b J : Nat) : Rat) := by
  induction J generalizing m with
  | zero =>
    have h := binomialTerm_mul ha hb m 0
    rw [binomialTail_eq, binomialTail_eq_zero (Nat.lt_succ_self _), Rat.add_zero, h, choose_zero]
    rfl
  | succ J ih =>
    have h := binomialTerm_mul ha hb m (J + 1)
    have h' := ih (m + 1)
    rw [show m + 1 + J = m + (J + 1) by omega] at h'
    rw [binomialTail_eq, Rat.add_mul, h, h', ← Rat.natCast_add, tailSum, Nat.pow_succ]
    refine congrArg (fun x : Nat => (x : Rat)) ?_
    grind

/-- The answer of the program for the accuracy `p` itself. -/
theorem binomialTail_le_of_tail {α p : Rat} {m n : Nat} (h : tailAtMost α m n p = true)
    (hp : 0 < p) : binomialTail n m p ≤ α ∧ p ≤ 1 := by
  have hD : (0 : Rat) < (p.den : Rat) := Rat.natCast_pos.2 p.den_pos
  have hnum : 0 < p.num := by
    have h := Rat.mul_pos hp hD
    rw [den_mul] at h
    exact_mod_cast h
  have ha : p * (p.den : Rat) = (p.num.toNat : Rat) := by
    rw [den_mul, ← Rat.intCast_natCast, Int.toNat_of_nonneg (Int.le_of_lt hnum)]
  simp only [tailAtMost, force_eq, withTailSum_eq, Bool.or_eq_true, Bool.and_eq_true,
    decide_eq_true_eq] at h
  rcases h with h | ⟨⟨⟨hα, haD⟩, hmn⟩, h⟩
  · have := Nat.eq_of_beq_eq_true h
    omega
  have haD : p.num.toNat ≤ p.den := Nat.le_of_ble_eq_true haD
  have hmn : m ≤ n := Nat.le_of_ble_eq_true hmn
  have h := Nat.le_of_ble_eq_true h
  have hb : (1 - p) * (p.den : Rat) = ((p.den - p.num.toNat : Nat) : Rat) := by
    have e : (p.den : Rat) = ((p.den - p.num.toNat : Nat) : Rat) + (p.num.toNat : Rat) := by
      rw [← Rat.natCast_add, Nat.sub_add_cancel haD]
    grind
  have hα : α * (α.den : Rat) = (α.num.toNat : Rat) := by
    rw [den_mul, ← Rat.intCast_natCast, Int.toNat_of_nonneg hα]
  obtain ⟨J, rfl⟩ := Nat.exists_eq_add_of_le hmn
  have e := binomialTail_mul ha hb m J
  have h : ((α.den * (p.num.toNat ^ m * tailSum (m + J) p.num.toNat (p.den - p.num.toNat) J) : Nat)
      : Rat) ≤ ((α.num.toNat * p.den ^ (m + J) : Nat) : Rat) := by
    rw [show Nat.sub (m + J) m = J from Nat.add_sub_cancel_left (n := m) (m := J)] at h
    exact_mod_cast h
  rw [Rat.natCast_mul, Rat.natCast_mul α.num.toNat, Rat.natCast_pow, ← e, ← hα] at h
  constructor
  · have hy : (0 : Rat) < (α.den : Rat) * (p.den : Rat) ^ (m + J) :=
      Rat.mul_pos (Rat.natCast_pos.2 α.den_pos) (Rat.pow_pos hD)
    apply Rat.le_of_mul_le_mul_right _ hy
    grind
  · apply Rat.le_of_mul_le_mul_right _ hD
    rw [ha, Rat.one_mul]
    exact_mod_cast haD

/-- **The accuracy on unseen data.**  If the program finds that `m` or more right decisions of `n`
have a probability of at most `α` with the accuracy `p`, then `p` is a lower bound at the level
`α`. -/
theorem IsAccuracyBound.of_tail {α p : Rat} {m n : Nat} (h : tailAtMost α m n p = true) :
    IsAccuracyBound α m n p := by
  intro q h₀ hqp
  have hp := binomialTail_le_of_tail h (by grind)
  exact Rat.le_trans (binomialTail_mono n m h₀ (Rat.le_of_lt hqp) hp.2) hp.1

end Bridge
