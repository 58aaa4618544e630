/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Blocks

/-!
# The residual of a sample, in natural numbers

A residual of `AffineFunctional`, at the rational numbers that `PackedSamples.latent` and
`PackedSamples.score` read from the packed data, is a difference of natural numbers over a common
denominator.

## Main definitions

* `PackedSamples.excess`: the residual of a sample plus `δ`, as a natural number.

## Main statements

* `residual_eq_excess`: the residual, times the scale of the products, is the excess minus `δ`.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-! ## Sums of integers -/

/-- The sum `f 0 + f 1 + ⋯ + f (d - 1)` of integers. -/
def itotal (f : Nat → Int) : Nat → Int
  | 0 => 0
  | d + 1 => f 0 + itotal (fun k => f (k + 1)) d

/-- A sum of products of rational numbers over common denominators is a sum of integers. -/
theorem sum_mul_eq_itotal (x y : Rat) :
    ∀ {d : Nat} (u v : Fin d → Rat) (w z : Nat → Int), (∀ j : Fin d, u j * x = (w j : Rat)) →
      (∀ j : Fin d, v j * y = (z j : Rat)) →
      (sum fun j => u j * v j) * (x * y) = (itotal (fun j => w j * z j) d : Rat)
  | 0, _, _, _, _, _, _ => by simp [sum, itotal]
  | d + 1, u, v, w, z, hu, hv => by
    have h := sum_mul_eq_itotal x y (fun j : Fin d => u ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩)
      (fun j : Fin d => v ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩) (fun j => w (j + 1))
      (fun j => z (j + 1)) (fun j => hu ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩)
      (fun j => hv ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩)
    have h0 : u 0 * x = (w 0 : Rat) := hu 0
    have h1 : v 0 * y = (z 0 : Rat) := hv 0
    rw [sum, itotal, Rat.intCast_add, Rat.intCast_mul, Rat.add_mul, h, ← h0, ← h1]
    congr 1
    rw [Rat.mul_assoc, Rat.mul_assoc, ← Rat.mul_assoc x, Rat.mul_comm x (v 0), Rat.mul_assoc (v 0)]

section

variable {s : PackedSamples} {c : Nat} {p : IntegerProbe}

/-! ## The excess of a sample -/

/-- The sum of the products of sample `i`. -/
def PackedSamples.sampleProducts (s : PackedSamples) (p : IntegerProbe) (i : Nat) : Nat :=
  total (fun j => s.digitProduct p j (s.digit i j)) s.latentDim

/-- How much more the digit of a score is than the least one. -/
def PackedSamples.scoreExcess (s : PackedSamples) (c : Nat) (p : IntegerProbe) (i : Nat) : Nat :=
  s.digit i (s.latentDim + c) - p.scoreLow

/-- What is added to the excess of every row, or nothing. -/
def PackedSamples.raised (s : PackedSamples) (c : Nat) (p : IntegerProbe) : Nat :=
  rising s c p (total p.magnitude s.latentDim - total p.negative s.latentDim)
      (total p.negative s.latentDim)
    - falling s c p (total p.negative s.latentDim)

/-- What is subtracted from the excess of every row, or nothing. -/
def PackedSamples.lowered (s : PackedSamples) (c : Nat) (p : IntegerProbe) : Nat :=
  falling s c p (total p.negative s.latentDim)
    - rising s c p (total p.magnitude s.latentDim - total p.negative s.latentDim)
      (total p.negative s.latentDim)

/-- The excess of sample `i`: its residual plus `δ`, at the scale of the products. -/
def PackedSamples.excess (s : PackedSamples) (c : Nat) (p : IntegerProbe) (i : Nat) : Nat :=
  p.scoreFactor s c * s.scoreExcess c p i + s.raised c p - (s.sampleProducts p i + s.lowered c p)

/-- The limits of a sample: its score's digit is not less than the least one and not greater than
the greatest, and the excess is a natural number that is at most twice `δ`. -/
structure PackedSamples.Within (s : PackedSamples) (c : Nat) (p : IntegerProbe) (i : Nat) :
    Prop where
  /-- The score's digit is not less than the least one. -/
  scoreLow_le : p.scoreLow ≤ s.digit i (s.latentDim + c)
  /-- The score's digit is not greater than the greatest one. -/
  scoreExcess_le : s.scoreExcess c p i ≤ p.scoreSpan
  /-- No more is subtracted than there is. -/
  products_le : s.sampleProducts p i + s.lowered c p
    ≤ p.scoreFactor s c * s.scoreExcess c p i + s.raised c p
  /-- The excess is at most twice `δ`. -/
  excess_le : s.excess c p i ≤ 2 * p.sup

/-- The products of the integers, by those of the digits. -/
theorem products_eq (a : Nat → Nat) (L S : Nat)
    (d : Nat) (w : Nat → Int) (q negative : Nat → Nat) (isNegative : Nat → Prop)
    [DecidablePred isNegative] (ha : ∀ j, a j ≤ L)
    (hw : ∀ j, w j = if isNegative j then minus (q j) else plus (q j))
    (hn : ∀ j, negative j = if isNegative j then q j else 0) :
    (total (fun j => q j * if isNegative j then L - a j else a j) d : Int)
        + ((S * total negative d : Nat) : Int)
      = itotal (fun j => w j * ((a j : Int) - (S : Int))) d + ((L * total negative d : Nat) : Int)
        + ((S * (total q d - total negative d) : Nat) : Int) := by
  induction d generalizing a w q negative isNegative with
  | zero => simp [total, itotal]
  | succ d ih =>
    have h := ih (fun j => a (j + 1)) (fun j => w (j + 1)) (fun j => q (j + 1))
      (fun j => negative (j + 1)) (fun j => isNegative (j + 1)) (fun j => ha (j + 1))
      (fun j => hw (j + 1)) fun j => hn (j + 1)
    have hle : total (fun j => negative (j + 1)) d ≤ total (fun j => q (j + 1)) d :=
      total_mono fun j _ => by
        rw [hn]
        split
        · exact Nat.le_refl _
        · exact Nat.zero_le _
    have h0 : ((q 0 * if isNegative 0 then L - a 0 else a 0 : Nat) : Int)
          + ((S * negative 0 : Nat) : Int)
        = w 0 * ((a 0 : Int) - (S : Int)) + ((L * negative 0 : Nat) : Int)
          + ((S * (q 0 - negative 0) : Nat) : Int) := by
      have ha0 := ha 0
      rw [hw 0, hn 0]
      split
      · rw [Nat.sub_self, Nat.mul_zero, Int.natCast_mul, Int.natCast_sub ha0]
        simp only [minus, Int.ofNat_eq_natCast, Int.natCast_mul, Int.natCast_zero]
        show (q 0 : Int) * (L - a 0) + S * q 0 = -(q 0 : Int) * (a 0 - S) + L * q 0 + 0
        rw [Int.mul_sub, Int.neg_mul, Int.mul_sub, Int.mul_comm (L : Int), Int.mul_comm (S : Int)]
        omega
      · rw [Nat.mul_zero, Nat.mul_zero, Nat.sub_zero]
        simp only [plus, Int.ofNat_eq_natCast, Int.natCast_mul, Int.natCast_zero]
        rw [Int.mul_sub, Int.mul_comm (S : Int)]
        omega
    have hq0 : negative 0 ≤ q 0 := by
      rw [hn]
      split
      · exact Nat.le_refl _
      · exact Nat.zero_le _
    simp only [total, itotal]
    rw [show q 0 + total (fun k => q (k + 1)) d - (negative 0 + total (fun k => negative (k + 1)) d)
      = (q 0 - negative 0) + (total (fun k => q (k + 1)) d - total (fun k => negative (k + 1)) d)
      by omega]
    simp only [Nat.mul_add, Int.natCast_add] at h h0 ⊢
    omega

theorem residual_eq_excess {f : AffineFunctional s.latentDim} {δ : Rat}
    (hp : p.Represents s c f δ) (i : Fin s.size) (h : s.Within c p i) :
    f.residual (s.latent i) (s.score c i) * (p.scale s : Rat)
      = (s.excess c p i : Rat) - (p.sup : Rat) := by
  have hsum := sum_mul_eq_itotal (p.denominator : Rat) ((2 ^ s.latentExponent : Nat) : Rat)
    (fun j : Fin s.latentDim => f.w[j]) (s.latent i) p.weight (s.entry i) hp.weight_eq
    (fun j => by
      rw [PackedSamples.latent, Rat.div_mul_cancel]
      exact Rat.ne_of_gt (Rat.natCast_pos.2 (Nat.two_pow_pos _)))
  have hscore : s.score c i * (p.scale s : Rat)
      = (s.entry i (s.latentDim + c) : Rat) * (p.scoreFactor s c : Rat) := by
    have e : p.scale s = 2 ^ s.scoreExponents.getD c 0 * p.scoreFactor s c :=
      (Nat.mul_div_cancel' hp.score_dvd).symm
    rw [e, Rat.natCast_mul, ← Rat.mul_assoc, PackedSamples.score, Rat.div_mul_cancel]
    exact Rat.ne_of_gt (Rat.natCast_pos.2 (Nat.two_pow_pos _))
  have hd := products_eq (s.digit i) (2 ^ s.digitBits - 1) s.offset s.latentDim p.weight
    p.magnitude p.negative p.IsNegative
    (fun j => Nat.le_sub_one_of_lt (Nat.mod_lt _ (Nat.two_pow_pos _))) (fun _ => rfl) fun _ => rfl
  have hint : (s.excess c p i : Int) - (p.sup : Int)
      = s.entry i (s.latentDim + c) * (p.scoreFactor s c : Int)
        - itotal (fun j => p.weight j * s.entry i j) s.latentDim - p.bias := by
    have h1 := h.products_le
    have h2 := h.scoreLow_le
    have hv : (p.scoreFactor s c * s.scoreExcess c p i : Nat)
        + p.scoreFactor s c * p.scoreLow = p.scoreFactor s c * s.digit i (s.latentDim + c) := by
      rw [← Nat.mul_add, PackedSamples.scoreExcess, Nat.sub_add_cancel h2]
    have he : s.entry i (s.latentDim + c) * (p.scoreFactor s c : Int)
        = ((p.scoreFactor s c * s.digit i (s.latentDim + c) : Nat) : Int)
          - ((s.offset * p.scoreFactor s c : Nat) : Int) := by
      rw [PackedSamples.entry, Int.sub_mul, Int.natCast_mul, Int.natCast_mul,
        Int.mul_comm (s.digit i _ : Int)]
    rw [he, ← hv]
    change (s.sampleProducts p i : Int) + _ = itotal (fun j => p.weight j * s.entry i j) _ + _ + _
      at hd
    rw [PackedSamples.excess]
    simp only [PackedSamples.raised, PackedSamples.lowered, rising, falling, Nat.add_eq, Nat.mul_eq,
      Nat.sub_eq, Nat.pow_eq, Nat.mul_add] at h1 ⊢
    omega
  have hrat := congrArg (fun n : Int => (n : Rat)) hint
  simp only [Rat.intCast_sub, Rat.intCast_mul, Rat.intCast_natCast] at hrat
  rw [hrat, ← hsum, ← hp.bias_eq, ← hscore, AffineFunctional.residual, AffineFunctional.eval,
    IntegerProbe.scale, Rat.natCast_mul]
  grind

end

end Bridge
