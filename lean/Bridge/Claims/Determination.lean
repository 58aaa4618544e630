/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.SupError
public import Bridge.Packing.Moments

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

/-- Whether the residuals of concept `c` have the sum of squares `ssr`, and its scores, minus their
mean, the sum of squares `sst`.  The program needs the sup error `δ`; what it answers means
something if `check` answers `true` for the same numbers.  It is irreducible for the same reason as
`check`. -/
@[irreducible] def isDetermined (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim)
    (δ : Rat) (weightExponent : Nat) (ssr sst : Rat) : Bool :=
  let e := s.latentExponent + weightExponent
  isMultiple ssr (2 * e) && Nat.ble 1 s.size &&
  match numerator ssr (2 * e), sst.num with
  | .ofNat R, .ofNat T =>
    force (numerator δ e).toNat fun D =>
    withParts s c f weightExponent fun ps qs _ _ kP kQ =>
    force (Nat.mul s.slotDigits s.digitBits) fun slotBits =>
    force (Nat.sub (Nat.pow 2 slotBits) 1) fun largest =>
    force (Nat.sub (Nat.pow 2 s.digitBits) 1) fun largestDigit =>
    force (ceilDiv s.blockRows s.slotDigits) fun m =>
    force (Nat.mul m s.slotDigits) fun n =>
    force (Nat.add (Nat.log2 (Nat.mul 2 D)) 1) fun w =>
    Nat.blt (Nat.mul n (Nat.pow 2 w)) largest &&
    Nat.blt (Nat.mul n (Nat.pow 2 s.digitBits)) largest &&
    force (Nat.mul largestDigit (onesFast (Nat.pow 2 slotBits) m)) fun mask =>
    force (onesFast (Nat.pow 2 slotBits) n) fun one =>
    force (Nat.mul slotBits m) fun width =>
    force (Nat.mul kP one) fun kP => force (Nat.mul (Nat.add kQ D) one) fun kQ =>
    sumsOver s (spread s.digitBits mask width s.slotDigits) ps qs kP kQ one largest w
      (s.latentDim + c) (ceilDiv s.size s.blockRows) s.size s.columns 0 0 0 0 fun r₁ r₂ c₁ c₂ =>
        Nat.beq (Nat.add R (Nat.mul (Nat.mul 2 D) r₁))
          (Nat.add r₂ (Nat.mul s.size (Nat.mul D D))) &&
        Nat.beq
          (Nat.add (Nat.mul T (Nat.mul s.size (Nat.pow 2 (Nat.mul 2 (s.scoreExponents.getD c 0)))))
            (Nat.mul (Nat.mul c₁ c₁) sst.den))
          (Nat.mul (Nat.mul s.size c₂) sst.den)
  | _, _ => false

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

variable {s : PackedSamples} {c : Nat} {f : AffineFunctional s.latentDim} {δ ssr sst : Rat}
  {weightExponent : Nat}

/-- The score of a sample, in digits. -/
theorem score_mul (s : PackedSamples) (c : Nat) (i : Fin s.size) :
    s.score c i * ((2 ^ s.scoreExponents.getD c 0 : Nat) : Rat)
      = (s.digit i (s.latentDim + c) : Rat) - (s.offset : Rat) := by
  rw [PackedSamples.score,
    Rat.div_mul_cancel (Rat.ne_of_gt (Rat.natCast_pos.2 (Nat.two_pow_pos _))),
    PackedSamples.entry, Rat.intCast_sub, Rat.intCast_natCast, Rat.intCast_natCast]

theorem sums_of_isDetermined (h : check s c f δ weightExponent = true)
    (hd : isDetermined s c f δ weightExponent ssr sst = true) :
    sumOfSquares (fun i => f.residual (s.latent i) (s.score c i)) = ssr ∧
      sumOfSquares (centred (s.score c)) = sst := by
  obtain ⟨D, hw, hb, -, hc, hm, hD, h⟩ := exists_of_check h
  obtain ⟨hl, hrows⟩ := rows_of_sidesOk h (length_ps ..)
  have hsides := fun i : Fin s.size =>
    (sides_of_sidesOk h (length_ps ..) (length_qs ..) i i.isLt).1
  simp only [isDetermined, Bool.and_eq_true] at hd
  obtain ⟨⟨hssr, hN⟩, hd⟩ := hd
  have hN : 0 < s.size := Nat.le_of_ble_eq_true hN
  cases hR : numerator ssr (2 * (s.latentExponent + weightExponent)) with
  | negSucc n => simp [hR] at hd
  | ofNat R =>
  cases hT : sst.num with
  | negSucc n => simp [hR, hT] at hd
  | ofNat T =>
  rw [hR, hT, hD] at hd
  simp only [force_eq, Int.toNat_natCast] at hd
  obtain ⟨-, -, hd⟩ := of_withParts hd
  simp only [Sides.satisfy, Bool.and_eq_true] at hd
  obtain ⟨⟨hw2, hw3⟩, hd⟩ := hd
  have hx : 1 < 2 ^ (s.slotDigits * s.digitBits) := Nat.one_lt_two_pow (by
    have := hl.slotBits_pos
    omega)
  have e1 : ∀ n, onesFast (Nat.pow 2 (Nat.mul s.slotDigits s.digitBits)) n
      = ones s.slotBase n := fun n => onesFast_eq hx
  rw [e1, e1] at hd
  have hs := of_sumsOver hl (length_ps ..) hrows (Nat.lt_log2_self (n := 2 * D))
    (Nat.le_of_ble_eq_true hw2) (Nat.le_of_ble_eq_true hw3) (t := 0)
    (T := ceilDiv s.size s.blockRows) (Nat.zero_add _)
    (by rw [Nat.mul_comm]; exact le_ceilDiv_mul hl.blockRows_pos)
    (by rw [Nat.mul_zero, List.drop_zero]; exact hd)
  simp only [Nat.mul_zero, Nat.zero_add, Bool.and_eq_true] at hs
  have hs1 := Nat.eq_of_beq_eq_true hs.1
  have hs2 := Nat.eq_of_beq_eq_true hs.2
  clear hs hd e1
  constructor
  · have ht := residual_eq_excess hw hb hc hm fun i : Fin s.size => hsides i
    simp only [sampleExcess] at ht
    generalize s.excess _ D = t at ht hs1
    have h2 := sumOfSquares_sub (N := s.size)
      (fun i => t (i / s.blockRows) (i % s.blockRows)) (D : Rat)
    have h3 : sumOfSquares (fun i : Fin s.size => f.residual (s.latent i) (s.score c i))
        * (((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat)
          * ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat))
        = sumOfSquares fun i : Fin s.size =>
          (t (i / s.blockRows) (i % s.blockRows) : Rat) - (D : Rat) := by
      rw [sumOfSquares, sumOfSquares, ← sum_mul]
      apply sum_congr
      intro i
      rw [← ht i]
      grind
    have h4 := numerator_eq hssr
    rw [hR, Nat.two_mul, Nat.pow_add, Rat.natCast_mul] at h4
    have h5 := congrArg (fun n : Nat => (n : Rat)) hs1
    simp only [Nat.add_eq, Nat.mul_eq, Rat.natCast_add, Rat.natCast_mul] at h5
    have hpos : (0 : Rat) < ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat) :=
      Rat.natCast_pos.2 (Nat.two_pow_pos _)
    apply eq_of_mul_eq_mul_right (Rat.mul_pos hpos hpos)
    rw [h3, h4]
    have h6 : ((Int.ofNat R : Int) : Rat) = (R : Rat) := rfl
    rw [h6]
    grind
  · have h2 := mul_sumOfSquares_centred_digits (s.score c) (fun i => s.digit i (s.latentDim + c))
      (s.offset : Rat) ((2 ^ s.scoreExponents.getD c 0 : Nat) : Rat) hN (score_mul s c)
    have h3 : sst * (sst.den : Rat) = (T : Rat) := by
      have e : sst = (sst.num : Rat) / (sst.den : Rat) := by rw [← Rat.mkRat_eq_div, Rat.mkRat_self]
      have hd : (sst.den : Rat) ≠ 0 := Rat.ne_of_gt (Rat.natCast_pos.2 sst.den_pos)
      have := Rat.div_mul_cancel (a := (sst.num : Rat)) hd
      rw [← e, hT] at this
      exact this
    have h5 := congrArg (fun n : Nat => (n : Rat)) hs2
    simp only [Nat.add_eq, Nat.mul_eq, Nat.pow_eq, Nat.two_mul, Nat.pow_add, Rat.natCast_add,
      Rat.natCast_mul] at h5
    have hY : (0 : Rat) < ((2 ^ s.scoreExponents.getD c 0 : Nat) : Rat) :=
      Rat.natCast_pos.2 (Nat.two_pow_pos _)
    have hN' : (0 : Rat) < (s.size : Rat) := Rat.natCast_pos.2 hN
    have hden : (0 : Rat) < (sst.den : Rat) := Rat.natCast_pos.2 sst.den_pos
    apply eq_of_mul_eq_mul_right (Rat.mul_pos (Rat.mul_pos hN' (Rat.mul_pos hY hY)) hden)
    generalize ((2 ^ s.scoreExponents.getD c 0 : Nat) : Rat) = Y at *
    grind

/-- **The residual sum of squares.**  If both programs answer `true`, then the squares of the
residuals of all listed samples have the sum `ssr`. -/
theorem residualSumOfSquares_eq (h : check s c f δ weightExponent = true)
    (hd : isDetermined s c f δ weightExponent ssr sst = true) :
    sumOfSquares (fun i => f.residual (s.latent i) (s.score c i)) = ssr :=
  (sums_of_isDetermined h hd).1

/-- **The total sum of squares.**  If both programs answer `true`, then the squares of the scores of
all listed samples, minus their mean, have the sum `sst`. -/
theorem totalSumOfSquares_eq (h : check s c f δ weightExponent = true)
    (hd : isDetermined s c f δ weightExponent ssr sst = true) :
    sumOfSquares (centred (s.score c)) = sst :=
  (sums_of_isDetermined h hd).2

/-- **R², exactly**, over the listed samples, whose score is not constant: the one number `r` for
which `1 - r` times the total sum of squares is the residual sum of squares. -/
theorem rSquared_eq {r : Rat} (h : check s c f δ weightExponent = true)
    (hd : isDetermined s c f δ weightExponent ssr sst = true) (h0 : sst ≠ 0)
    (hr : (1 - r) * sst = ssr) :
    rSquared (s.score c) (fun i => f.residual (s.latent i) (s.score c i)) = r := by
  rw [rSquared, residualSumOfSquares_eq h hd, totalSumOfSquares_eq h hd, ← hr, Rat.div_def,
    Rat.mul_assoc, Rat.mul_inv_cancel _ h0, Rat.mul_one]
  grind

end

end Bridge
