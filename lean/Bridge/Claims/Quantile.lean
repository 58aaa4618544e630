/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.SupError

/-!
# Empirical quantiles of the absolute residuals

Split conformal prediction takes, from `n` calibration samples that the fit has not seen, the
`k`-th smallest absolute residual, `k = ⌈(n + 1) (1 - α)⌉`.  If the calibration samples and a new
one are exchangeable, then the new one's absolute residual is at most that with a probability of at
least `1 - α` (Vovk, Gammerman and Shafer, *Algorithmic Learning in a Random World*, 2005; Lei,
G'Sell, Rinaldo, Tibshirani and Wasserman, *Distribution-free predictive inference for regression*,
2018).  What is proved here is the part that is a fact about the listed numbers: how many of the `n`
residuals are within the bound, and how many are strictly within it.  Exchangeability is an
assumption about where samples come from, and the step to a probability is not formalised.

## Main definitions

* `IsKthSmallest`: whether a number is the `k`-th smallest absolute value.
* `IsConformalRank`: whether `k` is the rank that belongs to `n` and `α`.
* `isQuantile`: a program that compares what was counted with a rank.

## Main statements

* `isKthSmallest_of_found`: what its answer means.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-! ## Counting -/

/-- How many of the numbers `f i` lie between `-δ` and `δ`. -/
def countWithin {n : Nat} (f : Fin n → Rat) (δ : Rat) : Nat :=
  count fun i => decide (-δ ≤ f i ∧ f i ≤ δ)

/-- How many of the numbers `f i` lie strictly between `-δ` and `δ`. -/
def countStrictlyWithin {n : Nat} (f : Fin n → Rat) (δ : Rat) : Nat :=
  count fun i => decide (-δ < f i ∧ f i < δ)

/-- Whether `δ` is the `k`-th smallest of the absolute values `|f i|`: at least `k` of them are at
most `δ`, and fewer than `k` are less. -/
def IsKthSmallest {n : Nat} (f : Fin n → Rat) (δ : Rat) (k : Nat) : Prop :=
  k ≤ countWithin f δ ∧ countStrictlyWithin f δ < k

/-- Whether `k` is `(n + 1) (1 - α)`, rounded up: the rank that split conformal prediction takes
from `n` calibration samples at the level `α`. -/
def IsConformalRank (α : Rat) (n k : Nat) : Prop :=
  ((n + 1 : Nat) : Rat) * (1 - α) ≤ (k : Rat) ∧ (k : Rat) < ((n + 1 : Nat) : Rat) * (1 - α) + 1

instance (α : Rat) (n k : Nat) : Decidable (IsConformalRank α n k) :=
  inferInstanceAs (Decidable (_ ∧ _))

/-- A number within a bound, in integers that are shifted by `D`. -/
theorem within_iff {r δ y : Rat} {x D A : Nat} (hy : 0 < y) (hr : r * y = (x : Rat) - (D : Rat))
    (hδ : δ * y = (A : Rat)) : (-δ ≤ r ∧ r ≤ δ) ↔ (D ≤ x + A ∧ x ≤ D + A) := by
  have hle : ∀ a b : Rat, a ≤ b ↔ a * y ≤ b * y := fun a b =>
    ⟨fun h => Rat.mul_le_mul_of_nonneg_right h (Rat.le_of_lt hy),
     fun h => Rat.le_of_mul_le_mul_right h hy⟩
  rw [hle (-δ) r, hle r δ, Rat.neg_mul, hr, hδ]
  have h1 : -(A : Rat) ≤ (x : Rat) - (D : Rat) ↔ D ≤ x + A := by
    constructor <;> intro h
    · have h : (D : Rat) ≤ (x : Rat) + (A : Rat) := by grind
      exact_mod_cast h
    · have h : (D : Rat) ≤ (x : Rat) + (A : Rat) := by exact_mod_cast h
      grind
  have h2 : (x : Rat) - (D : Rat) ≤ (A : Rat) ↔ x ≤ D + A := by
    constructor <;> intro h
    · have h : (x : Rat) ≤ (D : Rat) + (A : Rat) := by grind
      exact_mod_cast h
    · have h : (x : Rat) ≤ (D : Rat) + (A : Rat) := by exact_mod_cast h
      grind
  rw [h1, h2]

/-- A number strictly within a bound, in integers that are shifted by `D`. -/
theorem strictlyWithin_iff {r δ y : Rat} {x D A : Nat} (hy : 0 < y)
    (hr : r * y = (x : Rat) - (D : Rat)) (hδ : δ * y = (A : Rat)) :
    (-δ < r ∧ r < δ) ↔ (D < x + A ∧ x < D + A) := by
  have hlt : ∀ a b : Rat, a < b ↔ a * y < b * y := fun a b => by
    rw [← Rat.not_le, ← Rat.not_le]
    exact not_congr ⟨fun h => Rat.mul_le_mul_of_nonneg_right h (Rat.le_of_lt hy),
      fun h => Rat.le_of_mul_le_mul_right h hy⟩
  rw [hlt (-δ) r, hlt r δ, Rat.neg_mul, hr, hδ]
  have h1 : -(A : Rat) < (x : Rat) - (D : Rat) ↔ D < x + A := by
    constructor <;> intro h
    · have h : (D : Rat) < (x : Rat) + (A : Rat) := by grind
      exact_mod_cast h
    · have h : (D : Rat) < (x : Rat) + (A : Rat) := by exact_mod_cast h
      grind
  have h2 : (x : Rat) - (D : Rat) < (A : Rat) ↔ x < D + A := by
    constructor <;> intro h
    · have h : (x : Rat) < (D : Rat) + (A : Rat) := by grind
      exact_mod_cast h
    · have h : (x : Rat) < (D : Rat) + (A : Rat) := by exact_mod_cast h
      grind
  rw [h1, h2]

/-! ## The program -/

/-- Whether the numbers of samples whose excess is at least `D - A`, `D + A + 1`, `D - A + 1` and `D
+ A` make `δα` the `k`-th smallest absolute residual, where `D` and `A` are the sup error and `δα`
at the scale of the products.  It is irreducible for the same reason as `check`. -/
@[irreducible] def isQuantile (s : PackedSamples) (p : IntegerProbe) (δα : Rat)
    (A k c₁ c₂ c₃ c₄ : Nat) : Bool :=
  isNumerator δα (p.scale s) (plus A) && Nat.blt 0 k && Nat.ble A p.sup &&
  Nat.ble (Nat.add k c₂) c₁ && Nat.blt c₃ (Nat.add k c₄)

/-! ## What its answer means -/

/-- **The counting fact.**  If the checker, which was asked in the places from `m` on how many of
the first `n` samples have certain excesses, has found numbers that make it so, then `δα` is the
`k`-th smallest absolute residual of these samples: at least `k` of them are within `δα`, and fewer
than `k` are strictly within it.  It speaks of these `n` listed samples and of no others. -/
theorem isKthSmallest_of_found {s : PackedSamples} {c : Nat} {p : IntegerProbe}
    {f : AffineFunctional s.latentDim} {δ δα : Rat} {blockCount : Nat}
    {asked : List (Measure × Nat)} {A n k c₁ c₂ c₃ c₄ : Nat} (hp : p.Represents s c f δ)
    (h : Found s c p 0 blockCount asked) (hall : s.size ≤ s.blockRows * blockCount) (m : Nat)
    (h₁ : asked[m]? = some (.excessAtLeast n (p.sup - A), c₁))
    (h₂ : asked[m + 1]? = some (.excessAtLeast n (p.sup + A + 1), c₂))
    (h₃ : asked[m + 2]? = some (.excessAtLeast n (p.sup - A + 1), c₃))
    (h₄ : asked[m + 3]? = some (.excessAtLeast n (p.sup + A), c₄))
    (hq : isQuantile s p δα A k c₁ c₂ c₃ c₄ = true) (hn : n ≤ s.size) :
    IsKthSmallest
      (fun i : Fin n => f.residual (s.latent (i.castLE hn)) (s.score c (i.castLE hn))) δα k := by
  have hcount : ∀ {place a v : Nat}, asked[place]? = some (.excessAtLeast n a, v) →
      total (fun i => if a ≤ s.excess c p i then 1 else 0) n = v := fun {place a v} hplace => by
    have e := h.total_eq hall place hplace
    rw [← e, ← total_ite _ hn]
    apply total_congr
    intro i _
    show _ = if i < n ∧ a ≤ s.excess c p i then 1 else 0
    by_cases hi : i < n
    · simp only [hi, true_and, if_true]
    · simp only [hi, false_and, if_false]
  have hs1 := hcount h₁
  have hs2 := hcount h₂
  have hs3 := hcount h₃
  have hs4 := hcount h₄
  simp only [isQuantile, Bool.and_eq_true] at hq
  obtain ⟨⟨⟨⟨hδα, hk⟩, hAD⟩, hq1⟩, hq2⟩ := hq
  have hα : δα * (p.scale s : Rat) = (A : Rat) := mul_eq_of_isNumerator hδα
  have hk : 0 < k := Nat.le_of_ble_eq_true hk
  have hAD : A ≤ p.sup := Nat.le_of_ble_eq_true hAD
  have hq1 : k + c₂ ≤ c₁ := Nat.le_of_ble_eq_true hq1
  have hq2 : c₃ < k + c₄ := Nat.le_of_ble_eq_true hq2
  have hr := fun i : Fin n =>
    residual_eq_excess hp (i.castLE hn) (h.sample_within hall (i.castLE hn))
  have he : ∀ (P : Fin n → Prop) [DecidablePred P] (q : Nat → Prop) [DecidablePred q],
      (∀ i, P i ↔ q i.val) →
      (count fun i => decide (P i)) = total (fun i => if q i then 1 else 0) n := by
    intro P _ q _ hpq
    apply count_eq_total
    intro i
    simp only [hpq i]
    split <;> simp [*]
  rw [IsKthSmallest, countWithin, countStrictlyWithin,
    he _ (fun i => p.sup ≤ s.excess c p i + A ∧ s.excess c p i ≤ p.sup + A) fun i =>
      within_iff hp.scale_pos (hr i) hα,
    he _ (fun i => p.sup < s.excess c p i + A ∧ s.excess c p i < p.sup + A) fun i =>
      strictlyWithin_iff hp.scale_pos (hr i) hα]
  generalize s.excess c p = x at *
  generalize p.sup = D at *
  constructor
  · have e := total_add (fun i => if D ≤ x i + A ∧ x i ≤ D + A then 1 else 0)
      (fun i => if D + A + 1 ≤ x i then 1 else 0) n
    have e' : total (fun i => (if D ≤ x i + A ∧ x i ≤ D + A then 1 else 0)
        + if D + A + 1 ≤ x i then 1 else 0) n = total (fun i => if D - A ≤ x i then 1 else 0) n :=
      total_congr fun i _ => by split <;> split <;> split <;> omega
    omega
  · rcases Nat.eq_zero_or_pos A with hA0 | hA0
    · have e : total (fun i => if D < x i + A ∧ x i < D + A then 1 else 0) n
          = total (fun _ => 0) n :=
        total_congr fun i _ => if_neg (by omega)
      rw [e, total_zero]
      exact hk
    · have e := total_add (fun i => if D < x i + A ∧ x i < D + A then 1 else 0)
        (fun i => if D + A ≤ x i then 1 else 0) n
      have e' : total (fun i => (if D < x i + A ∧ x i < D + A then 1 else 0)
          + if D + A ≤ x i then 1 else 0) n = total (fun i => if D - A + 1 ≤ x i then 1 else 0) n :=
        total_congr fun i _ => by split <;> split <;> split <;> omega
      omega

end Bridge
