/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.SupError

/-!
# The coefficient of determination

As the bound does, all this speaks of the samples that are packed and of no others.

## Main definitions

* `rSquared`: R² over the listed samples, one minus the residual sum of squares over the total sum
  of squares.
* `isDetermined`: a program that has both sums checked by the kernel.

## Main statements

* `residualSumOfSquares_eq`, `totalSumOfSquares_eq`: what its answer means.
* `rSquared_eq`: R², exactly, for a score that is not constant.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-- The mean of `N` numbers; of none, zero. -/
def mean {N : Nat} (f : Fin N → Rat) : Rat := sum f / (N : Rat)

/-- The sum of the squares of `N` numbers. -/
def sumOfSquares {N : Nat} (f : Fin N → Rat) : Rat := sum fun i => f i * f i

/-- The numbers, each minus the mean of all. -/
def centred {N : Nat} (f : Fin N → Rat) (i : Fin N) : Rat := f i - mean f

/-- The coefficient of determination R² of scores and their residuals: one minus the residual sum of
squares over the total sum of squares about the mean.  For a constant score it is 1, since `Rat` has
`x / 0 = 0`, and says nothing; `rSquared_eq` is for other scores. -/
def rSquared {N : Nat} (score residual : Fin N → Rat) : Rat :=
  1 - sumOfSquares residual / sumOfSquares (centred score)

/-- Whether sums of excesses and of their squares, and the same of the scores, belong to residuals
with the sum of squares `ssr`, and to scores with the sum of squares `sst` about their mean.  It is
irreducible for the same reason as `check`. -/
@[irreducible] def isDetermined (s : PackedSamples) (c : Nat) (p : IntegerProbe) (ssr sst : Rat)
    (r₁ r₂ c₁ c₂ : Nat) : Bool :=
  Nat.blt 0 s.size &&
  isNumerator ssr (p.scale s * p.scale s)
    ((r₂ : Int) + (s.size * (p.sup * p.sup) : Nat) - (2 * p.sup * r₁ : Nat)) &&
  isNumerator sst (s.size * (2 ^ s.scoreExponents.getD c 0 * 2 ^ s.scoreExponents.getD c 0))
    ((s.size * c₂ : Nat) - (c₁ * c₁ : Nat))

/-! ## Sums of rational numbers -/

theorem sum_congr {d : Nat} {f g : Fin d → Rat} (h : ∀ i, f i = g i) : sum f = sum g := by
  rw [funext h]

theorem sum_add : ∀ {d : Nat} (f g : Fin d → Rat), (sum fun i => f i + g i) = sum f + sum g
  | 0, _, _ => by
    simp only [sum]
    grind
  | d + 1, f, g => by
    simp only [sum]
    rw [sum_add (fun i : Fin d => f ⟨i.val + 1, Nat.succ_lt_succ i.isLt⟩)]
    grind

theorem sum_mul : ∀ {d : Nat} (f : Fin d → Rat) (c : Rat), (sum fun i => f i * c) = sum f * c
  | 0, _, _ => by simp [sum]
  | d + 1, f, c => by
    simp only [sum]
    rw [sum_mul (fun i : Fin d => f ⟨i.val + 1, Nat.succ_lt_succ i.isLt⟩)]
    grind

theorem sum_const : ∀ {d : Nat} (c : Rat), (sum fun _ : Fin d => c) = (d : Rat) * c
  | 0, _ => by simp [sum]
  | d + 1, c => by
    simp only [sum]
    rw [sum_const (d := d) c]
    have : ((d + 1 : Nat) : Rat) = (d : Rat) + 1 := by
      rw [Rat.natCast_add]
      rfl
    rw [this]
    grind

theorem sum_natCast : ∀ {d : Nat} (f : Nat → Nat),
    (sum fun i : Fin d => ((f i.val : Nat) : Rat)) = (total f d : Rat)
  | 0, _ => by simp [sum, total]
  | d + 1, f => by
    simp only [sum, total]
    rw [sum_natCast (d := d) fun k => f (k + 1), Rat.natCast_add]
    rfl

/-- The sum of squares of `t i - D`, by the sums of `t i` and of their squares. -/
theorem sumOfSquares_sub {N : Nat} (t : Nat → Nat) (D : Rat) :
    (sumOfSquares fun i : Fin N => (t i.val : Rat) - D) + 2 * D * (total t N : Rat)
      = (total (fun i => t i * t i) N : Rat) + (N : Rat) * (D * D) := by
  have e : (sum fun i : Fin N => ((t i.val : Rat) - D) * ((t i.val : Rat) - D)
        + (t i.val : Rat) * (2 * D))
      = sum fun i : Fin N => ((t i.val * t i.val : Nat) : Rat) + D * D := by
    apply sum_congr
    intro i
    rw [Rat.natCast_mul]
    grind
  rw [sum_add, sum_add, sum_mul, sum_natCast t, sum_natCast fun i => t i * t i, sum_const] at e
  rw [sumOfSquares]
  grind

/-- `N` times the sum of squares about the mean, without the mean. -/
theorem mul_sumOfSquares_centred {N : Nat} (f : Fin N → Rat) (hN : 0 < N) :
    (N : Rat) * sumOfSquares (centred f) = (N : Rat) * sumOfSquares f - sum f * sum f := by
  have hN' : (N : Rat) ≠ 0 := Rat.ne_of_gt (Rat.natCast_pos.2 hN)
  have hm : (N : Rat) * mean f = sum f := by
    rw [mean, Rat.mul_comm, Rat.div_mul_cancel hN']
  have e : (sum fun i : Fin N => centred f i * centred f i + f i * (2 * mean f))
      = sum fun i : Fin N => f i * f i + mean f * mean f := by
    apply sum_congr
    intro i
    rw [centred]
    grind
  rw [sum_add, sum_add, sum_mul, sum_const] at e
  simp only [sumOfSquares]
  generalize mean f = μ at *
  rw [← hm] at *
  grind

/-- Shifting and scaling all numbers scales the sum of squares about the mean. -/
theorem mul_sumOfSquares_centred_digits {N : Nat} (f : Fin N → Rat) (a : Nat → Nat) (S Y : Rat)
    (hN : 0 < N) (hf : ∀ i, f i * Y = (a i.val : Rat) - S) :
    (N : Rat) * sumOfSquares (centred f) * (Y * Y)
      = (N : Rat) * (total (fun i => a i * a i) N : Rat)
        - (total a N : Rat) * (total a N : Rat) := by
  rw [mul_sumOfSquares_centred f hN]
  have h1 : sum f * Y = (total a N : Rat) - (N : Rat) * S := by
    rw [← sum_mul, sum_congr hf]
    have := sum_add (fun i : Fin N => (a i.val : Rat) - S) fun _ => S
    rw [sum_const, sum_congr (g := fun i : Fin N => ((a i.val : Nat) : Rat)) fun i => by grind,
      sum_natCast] at this
    grind
  have h2 : sumOfSquares f * (Y * Y) = sumOfSquares fun i : Fin N => (a i.val : Rat) - S := by
    rw [sumOfSquares, sumOfSquares, ← sum_mul]
    apply sum_congr
    intro i
    rw [← hf i]
    grind
  have h3 := sumOfSquares_sub (N := N) a S
  grind

/-! ## What the program's answer means -/

section

variable {s : PackedSamples} {c : Nat} {p : IntegerProbe} {f : AffineFunctional s.latentDim}
  {δ ssr sst : Rat} {blockCount : Nat} {asked : List (Measure × Nat)} {r₁ r₂ c₁ c₂ : Nat}

/-- The score of a sample, in digits. -/
theorem score_mul (s : PackedSamples) (c : Nat) (i : Fin s.size) :
    s.score c i * ((2 ^ s.scoreExponents.getD c 0 : Nat) : Rat)
      = (s.digit i (s.latentDim + c) : Rat) - (s.offset : Rat) := by
  rw [PackedSamples.score,
    Rat.div_mul_cancel (Rat.ne_of_gt (Rat.natCast_pos.2 (Nat.two_pow_pos _))),
    PackedSamples.entry, Rat.intCast_sub, Rat.intCast_natCast, Rat.intCast_natCast]

/-- **The residual sum of squares.**  If the excesses and their squares, which the checker was asked
for in the places `n` and `n + 1`, have the sums that belong to it, then the squares of the
residuals of all listed samples have the sum `ssr`. -/
theorem residualSumOfSquares_eq (hp : p.Represents s c f δ) (h : Found s c p 0 blockCount asked)
    (hall : s.size ≤ s.blockRows * blockCount) (n : Nat) (h₁ : asked[n]? = some (.excess, r₁))
    (h₂ : asked[n + 1]? = some (.excessSquares, r₂))
    (hd : isDetermined s c p ssr sst r₁ r₂ c₁ c₂ = true) :
    sumOfSquares (fun i => f.residual (s.latent i) (s.score c i)) = ssr := by
  have e₁ : total (s.excess c p) s.size = r₁ := h.total_eq hall n h₁
  have e₂ : total (fun i => s.excess c p i * s.excess c p i) s.size = r₂ := h.total_eq hall _ h₂
  simp only [isDetermined, Bool.and_eq_true] at hd
  have hssr := mul_eq_of_isNumerator hd.1.2
  have hr : sumOfSquares (fun i : Fin s.size => f.residual (s.latent i) (s.score c i))
      * ((p.scale s : Rat) * (p.scale s : Rat))
      = sumOfSquares fun i : Fin s.size => (s.excess c p i : Rat) - (p.sup : Rat) := by
    rw [sumOfSquares, sumOfSquares, ← sum_mul]
    apply sum_congr
    intro i
    rw [← residual_eq_excess hp i (h.sample_within hall i)]
    grind
  have h2 := sumOfSquares_sub (N := s.size) (s.excess c p) (p.sup : Rat)
  rw [e₁, e₂] at h2
  simp only [Rat.intCast_sub, Rat.intCast_add, Rat.intCast_natCast, Rat.natCast_mul] at hssr
  apply eq_of_mul_eq_mul_right (Rat.mul_pos hp.scale_pos hp.scale_pos)
  rw [hr, hssr]
  have e3 : ((2 : Nat) : Rat) = 2 := rfl
  rw [e3]
  grind

/-- **The total sum of squares.**  If the scores' excesses and their squares, which the checker was
asked for in the places `n + 2` and `n + 3`, have the sums that belong to it, then the squares of
the scores of all listed samples, minus their mean, have the sum `sst`. -/
theorem totalSumOfSquares_eq (h : Found s c p 0 blockCount asked)
    (hall : s.size ≤ s.blockRows * blockCount) (n : Nat)
    (h₁ : asked[n + 2]? = some (.scoreExcess, c₁))
    (h₂ : asked[n + 3]? = some (.scoreExcessSquares, c₂))
    (hd : isDetermined s c p ssr sst r₁ r₂ c₁ c₂ = true) :
    sumOfSquares (centred (s.score c)) = sst := by
  have e₁ : total (s.scoreExcess c p) s.size = c₁ := h.total_eq hall _ h₁
  have e₂ : total (fun i => s.scoreExcess c p i * s.scoreExcess c p i) s.size = c₂ :=
    h.total_eq hall _ h₂
  simp only [isDetermined, Bool.and_eq_true] at hd
  have hN : 0 < s.size := Nat.le_of_ble_eq_true hd.1.1
  have hsst := mul_eq_of_isNumerator hd.2
  have h2 := mul_sumOfSquares_centred_digits (s.score c) (s.scoreExcess c p)
    ((s.offset : Rat) - (p.scoreLow : Rat)) ((2 ^ s.scoreExponents.getD c 0 : Nat) : Rat) hN
    fun i => by
      have hle := (h.sample_within hall i).scoreLow_le
      have e : ((s.scoreExcess c p i + p.scoreLow : Nat) : Rat)
          = (s.digit i (s.latentDim + c) : Rat) := by
        rw [PackedSamples.scoreExcess, Nat.sub_add_cancel hle]
      rw [score_mul, ← e, Rat.natCast_add]
      grind
  rw [e₁, e₂] at h2
  simp only [Rat.intCast_sub, Rat.intCast_natCast, Rat.natCast_mul] at hsst
  have hY : (0 : Rat) < ((2 ^ s.scoreExponents.getD c 0 : Nat) : Rat) :=
    Rat.natCast_pos.2 (Nat.two_pow_pos _)
  apply eq_of_mul_eq_mul_right (Rat.mul_pos (Rat.natCast_pos.2 hN) (Rat.mul_pos hY hY))
  rw [hsst, ← h2]
  grind

/-- **R², exactly**, over the listed samples, whose score is not constant: the one number `r` for
which `1 - r` times the total sum of squares is the residual sum of squares. -/
theorem rSquared_eq {r : Rat}
    (hres : sumOfSquares (fun i => f.residual (s.latent i) (s.score c i)) = ssr)
    (htot : sumOfSquares (centred (s.score c)) = sst) (h0 : sst ≠ 0)
    (hr : (1 - r) * sst = ssr) :
    rSquared (s.score c) (fun i => f.residual (s.latent i) (s.score c i)) = r := by
  rw [rSquared, hres, htot, ← hr, Rat.div_def, Rat.mul_assoc, Rat.mul_inv_cancel _ h0, Rat.mul_one]
  grind

end

end Bridge
