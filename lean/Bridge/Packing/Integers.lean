/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Affine
public import Bridge.Packing.Samples

/-!
# The numbers of a probe as integers

Over a common denominator the numbers of a probe, its sup error included, are integers.  These come
into an export as data, and the kernel computes with them alone.

## Main definitions

* `IntegerProbe`: the integers.
* `IntegerProbe.Represents`: that they are the numbers of an affine functional and its sup error.

## Main statements

* `IntegerProbe.Represents.ofWeights`: of a few weights that are written as fractions the kernel
  finds out that they are the integers.
* `IntegerProbe.Represents.ofVector`: many weights are the integers by definition.
-/

@[expose] public noncomputable section

namespace Bridge

/-- The integer `n`. -/
def plus (n : Nat) : Int := Int.ofNat n

/-- The integer `-n`. -/
def minus (n : Nat) : Int := Int.neg (Int.ofNat n)

/-- The numbers of a probe for one concept, and its sup error, as integers.

The weights are integers divided by `denominator`.  They are the digits of one number, of
`weightBits` bits each and the lowest first: the lowest `magnitudeBits` bits of a digit are the
weight without its sign, and the highest bit is set if it is negative. -/
structure IntegerProbe where
  /-- The common denominator of the weights. -/
  denominator : Nat
  /-- How many bits a weight can have without its sign. -/
  magnitudeBits : Nat
  /-- The width of a weight's digit in bits. -/
  weightBits : Nat
  /-- The width in bits of the literals that the number of all weights is put together from. -/
  literalBits : Nat
  /-- These literals, lowest first. -/
  weights : List Nat
  /-- The bias, an integer divided by the scale of the products of weights and latents. -/
  bias : Int
  /-- The sup error, at the same scale. -/
  sup : Nat
  /-- The least digit that is stored for a score of the concept. -/
  scoreLow : Nat
  /-- How much more the greatest one is. -/
  scoreSpan : Nat

namespace IntegerProbe

variable (p : IntegerProbe)

/-- Weight `j` as it is stored. -/
def code (j : Nat) : Nat :=
  pack (2 ^ p.literalBits) p.weights / (2 ^ p.weightBits) ^ j % 2 ^ p.weightBits

/-- Whether weight `j` is negative. -/
def IsNegative (j : Nat) : Prop := 2 ^ (p.weightBits - 1) ≤ p.code j

instance (j : Nat) : Decidable (p.IsNegative j) :=
  inferInstanceAs (Decidable (2 ^ (p.weightBits - 1) ≤ p.code j))

/-- Weight `j` without its sign. -/
def magnitude (j : Nat) : Nat := p.code j % 2 ^ p.magnitudeBits

/-- The integer of weight `j`. -/
def weight (j : Nat) : Int := if p.IsNegative j then minus (p.magnitude j) else plus (p.magnitude j)

/-- The weights over their denominator, for a latent space of dimension `d`. -/
def weightVector (d : Nat) : Vector Rat d :=
  Vector.ofFn fun j => (p.weight j : Rat) / (p.denominator : Rat)

/-- The scale of the products of weights and latents: these, the bias, the scores and the sup error
are integers divided by it. -/
def scale (s : PackedSamples) : Nat := p.denominator * 2 ^ s.latentExponent

/-- The sup error, or whatever else bounds the residuals, as a rational number. -/
def reach (s : PackedSamples) : Rat := (p.sup : Rat) / (p.scale s : Rat)

/-- What the integer of a score is multiplied with to bring it to the scale of the products. -/
def scoreFactor (s : PackedSamples) (c : Nat) : Nat := p.scale s / 2 ^ s.scoreExponents.getD c 0

/-- The integers are the numbers of the functional `f` and of its sup error `δ` for concept `c`. -/
structure Represents (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim) (δ : Rat) :
    Prop where
  /-- There is a denominator. -/
  denominator_pos : 0 < p.denominator
  /-- There is such a concept. -/
  column_lt : c < s.conceptCount
  /-- The scores are integers at the scale of the products. -/
  score_dvd : 2 ^ s.scoreExponents.getD c 0 ∣ p.scale s
  /-- The weights. -/
  weight_eq : ∀ j : Fin s.latentDim, f.w[j] * (p.denominator : Rat) = (p.weight j : Rat)
  /-- The bias. -/
  bias_eq : f.b * (p.scale s : Rat) = (p.bias : Rat)
  /-- The sup error. -/
  sup_eq : δ * (p.scale s : Rat) = (p.sup : Rat)

end IntegerProbe

/-- Whether `x` times `y` is the integer `n`. -/
def isNumerator (x : Rat) (y : Nat) (n : Int) : Bool :=
  decide (x.num * (y : Int) = n * (x.den : Int))

theorem den_mul (x : Rat) : x * (x.den : Rat) = (x.num : Rat) := by
  have hd : (x.den : Rat) ≠ 0 := Rat.ne_of_gt (Rat.natCast_pos.2 x.den_pos)
  have e : (x.num : Rat) / (x.den : Rat) = x := by rw [← Rat.mkRat_eq_div, Rat.mkRat_self]
  have h := Rat.div_mul_cancel (a := (x.num : Rat)) hd
  rwa [e] at h

theorem eq_of_mul_eq_mul_right {a b x : Rat} (hx : 0 < x) (h : a * x = b * x) : a = b :=
  Rat.le_antisymm (Rat.le_of_mul_le_mul_right (by rw [h]; exact Rat.le_refl) hx)
    (Rat.le_of_mul_le_mul_right (by rw [h]; exact Rat.le_refl) hx)

theorem mul_eq_of_isNumerator {x : Rat} {y : Nat} {n : Int} (h : isNumerator x y n = true) :
    x * (y : Rat) = (n : Rat) := by
  have h := congrArg (fun n : Int => (n : Rat)) (of_decide_eq_true h)
  simp only [Rat.intCast_mul, Rat.intCast_natCast, ← den_mul] at h
  apply eq_of_mul_eq_mul_right (Rat.natCast_pos.2 x.den_pos)
  rw [← h, Rat.mul_assoc, Rat.mul_assoc, Rat.mul_comm (y : Rat)]

/-- Whether the numbers that are not weights are the integers. -/
def numbersAgree (s : PackedSamples) (c : Nat) (p : IntegerProbe) (b δ : Rat) : Bool :=
  Nat.blt 0 p.denominator && Nat.blt c s.conceptCount &&
  Nat.beq (Nat.mod (p.scale s) (2 ^ s.scoreExponents.getD c 0)) 0 &&
  isNumerator b (p.scale s) p.bias && isNumerator δ (p.scale s) (plus p.sup)

/-- Whether weights are the integers from weight `j` on. -/
def weightsAgree (p : IntegerProbe) : Nat → List Rat → Bool
  | _, [] => true
  | j, w :: ws => isNumerator w p.denominator (p.weight j) && weightsAgree p (j + 1) ws

theorem of_weightsAgree {p : IntegerProbe} {ws : List Rat} {j : Nat}
    (h : weightsAgree p j ws = true) (k : Nat) (hk : k < ws.length) :
    ws[k] * (p.denominator : Rat) = (p.weight (j + k) : Rat) := by
  induction ws generalizing j k with
  | nil => exact absurd hk (Nat.not_lt_zero k)
  | cons w ws ih =>
    simp only [weightsAgree, Bool.and_eq_true] at h
    cases k with
    | zero => exact mul_eq_of_isNumerator h.1
    | succ k =>
      rw [← Nat.add_assoc, Nat.add_right_comm]
      exact ih h.2 k (Nat.lt_of_succ_lt_succ hk)

namespace IntegerProbe.Represents

variable {p : IntegerProbe} {s : PackedSamples} {c : Nat} {f : AffineFunctional s.latentDim}
  {δ : Rat}

theorem of_agree (hw : ∀ j : Fin s.latentDim, f.w[j] * (p.denominator : Rat) = (p.weight j : Rat))
    (h : numbersAgree s c p f.b δ = true) : p.Represents s c f δ := by
  simp only [numbersAgree, Bool.and_eq_true] at h
  obtain ⟨⟨⟨⟨h1, h2⟩, h3⟩, h4⟩, h5⟩ := h
  exact ⟨Nat.le_of_ble_eq_true h1, Nat.le_of_ble_eq_true h2,
    Nat.dvd_of_mod_eq_zero (Nat.eq_of_beq_eq_true h3), hw, mul_eq_of_isNumerator h4,
    mul_eq_of_isNumerator h5⟩

/-- The kernel compares the weights, one by one, and the other numbers. -/
theorem ofWeights (hw : weightsAgree p 0 f.w.toList = true)
    (h : numbersAgree s c p f.b δ = true) : p.Represents s c f δ :=
  of_agree (fun j => by
    have := of_weightsAgree hw j (by simp)
    rw [Nat.zero_add] at this
    simpa using this) h

/-- The weights are the integers by definition. -/
theorem ofVector (hw : f.w = p.weightVector s.latentDim) (h : numbersAgree s c p f.b δ = true) :
    p.Represents s c f δ := by
  refine of_agree (fun j => ?_) h
  have h0 : 0 < p.denominator := by
    simp only [numbersAgree, Bool.and_eq_true] at h
    exact Nat.le_of_ble_eq_true h.1.1.1.1
  rw [hw]
  simp only [weightVector, Fin.getElem_fin, Vector.getElem_ofFn]
  exact Rat.div_mul_cancel (Rat.ne_of_gt (Rat.natCast_pos.2 h0))

/-- All weights are zero. -/
theorem ofConstant {t : Rat} (hw : Nat.beq (pack (2 ^ p.literalBits) p.weights) 0 = true)
    (h : numbersAgree s c p t δ = true) :
    p.Represents s c (AffineFunctional.constant s.latentDim t) δ := by
  refine of_agree (fun j => ?_) h
  have hw : pack (2 ^ p.literalBits) p.weights = 0 := Nat.eq_of_beq_eq_true hw
  have hcode : p.code j = 0 := by rw [IntegerProbe.code, hw, Nat.zero_div, Nat.zero_mod]
  have hnegative : ¬ p.IsNegative j := by
    rw [IntegerProbe.IsNegative, hcode]
    exact Nat.not_le.2 (Nat.two_pow_pos _)
  rw [IntegerProbe.weight, if_neg hnegative, IntegerProbe.magnitude, hcode, Nat.zero_mod]
  simp [AffineFunctional.constant, plus, Rat.zero_mul]

end IntegerProbe.Represents

end Bridge
