/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Rows

/-!
# The residual of a sample, in natural numbers

A residual of `AffineFunctional`, at the rational numbers that `PackedSamples.latent` and
`PackedSamples.score` read from the packed data, is the difference of the two sides of the sample's
row, over a power of two.

## Main definitions

* `PackedSamples.sides`: the two sides that `withParts` makes of a concept.

## Main statements

* `of_withParts`: what `withParts` decides, and what it goes on with.
* `residual_eq_sides`: the residual, times a power of two, is the difference of the two sides.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-! ## Integer rows -/

/-- The dot product of two lists of integers; it stops at the end of the shorter list. -/
def idot : List Int → List Int → Int
  | z :: zs, w :: ws => z * w + idot zs ws
  | _, _ => 0

@[simp] theorem idot_nil_left (ws : List Int) : idot [] ws = 0 := by simp [idot]

@[simp] theorem idot_nil_right (zs : List Int) : idot zs [] = 0 := by cases zs <;> simp [idot]

theorem idot_append (zs ws us : List Int) :
    idot zs (ws ++ us) = idot zs ws + idot (zs.drop ws.length) us := by
  induction ws generalizing zs with
  | nil => simp
  | cons w ws ih =>
    cases zs with
    | nil => simp
    | cons z zs => simp [idot, ih, Int.add_assoc]

theorem idot_oneHot (k c : Nat) (v : Int) (zs : List Int) (hc : c < k) :
    idot zs (oneHot k c v) = zs.getD c 0 * v := by
  induction k generalizing c zs with
  | zero => omega
  | succ k ih =>
    cases zs with
    | nil => simp
    | cons z zs =>
      cases c with
      | zero =>
        have h0 : ∀ (k c : Nat) (zs : List Int), idot zs (oneHot k c 0) = 0 := by
          intro k
          induction k with
          | zero => simp [oneHot]
          | succ k ih =>
            intro c zs
            cases zs with
            | nil => simp
            | cons z zs => cases c <;> simp [oneHot, idot, ih]
        simp [oneHot, idot, h0]
      | succ c => simp [oneHot, idot, ih c zs (by omega)]

theorem length_oneHot (k c : Nat) (v : Int) : (oneHot k c v).length = k := by
  induction k generalizing c v with
  | zero => rfl
  | succ k ih => cases c <;> simp [oneHot, ih]

/-- `Σ (aⱼ - S) wⱼ`, computed from natural numbers: the digits `aⱼ`, the offset `S` and the two
parts of the weights. -/
theorem idot_digits (S : Nat) (as : List Nat) (ws : List Int) (h : ws.length = as.length) :
    idot (as.map fun (a : Nat) => (a : Int) - (S : Int)) ws
      = ((dot as (positivePart ws) + S * (negativePart ws).sum : Nat) : Int)
        - ((dot as (negativePart ws) + S * (positivePart ws).sum : Nat) : Int) := by
  induction as generalizing ws with
  | nil =>
    cases ws with
    | nil => simp [positivePart, negativePart]
    | cons w ws => simp at h
  | cons a as ih =>
    cases ws with
    | nil => simp at h
    | cons w ws =>
      have hi := ih ws (by simpa using h)
      simp only [positivePart, negativePart] at hi
      simp only [positivePart, negativePart, List.map_cons, idot, hi, dot_cons, List.sum_cons,
        Int.natCast_add, Int.natCast_mul]
      have hw : w = (w.toNat : Int) - ((-w).toNat : Int) := by omega
      generalize (w.toNat : Int) = p at *
      generalize ((-w).toNat : Int) = q at *
      subst hw
      grind

/-! ## Rational numbers -/

theorem numerator_eq {x : Rat} {e : Nat} (h : isMultiple x e = true) :
    x * ((2 ^ e : Nat) : Rat) = (numerator x e : Rat) := by
  have h0 : 2 ^ e % x.den = 0 := Nat.eq_of_beq_eq_true h
  have h1 : x.den * (2 ^ e / x.den) = 2 ^ e := by
    have := Nat.div_add_mod (2 ^ e) x.den
    omega
  have h2 : x * (x.den : Rat) = (x.num : Rat) := by
    have hd : (x.den : Rat) ≠ 0 := by
      intro h
      have : x.den = 0 := by exact_mod_cast h
      exact x.den_nz this
    have h3 : (x.num : Rat) / (x.den : Rat) = x := by rw [← Rat.mkRat_eq_div, Rat.mkRat_self]
    have h4 := Rat.div_mul_cancel (a := (x.num : Rat)) hd
    rwa [h3] at h4
  rw [← h1, numerator, Rat.intCast_mul, Rat.natCast_mul, ← Rat.mul_assoc, h2]
  rfl

theorem eq_of_mul_eq_mul_right {a b x : Rat} (hx : 0 < x) (h : a * x = b * x) : a = b :=
  Rat.le_antisymm (Rat.le_of_mul_le_mul_right (by rw [h]; exact Rat.le_refl) hx)
    (Rat.le_of_mul_le_mul_right (by rw [h]; exact Rat.le_refl) hx)

/-- A sum of products of rational numbers over common denominators is an integer dot product. -/
theorem sum_mul_eq_idot (x y : Rat) :
    ∀ {d : Nat} (u v : Fin d → Rat) (zs ws : List Int), ws.length = d → d ≤ zs.length →
      (∀ j : Fin d, u j * x = (ws.getD j 0 : Int)) → (∀ j : Fin d, v j * y = (zs.getD j 0 : Int)) →
      (sum fun j => u j * v j) * (x * y) = (idot zs ws : Int)
  | 0, _, _, zs, ws, hw, _, _, _ => by
    have : ws = [] := List.length_eq_zero_iff.1 hw
    subst this
    simp [sum]
  | d + 1, u, v, zs, ws, hw, hz, hu, hv => by
    cases ws with
    | nil => simp at hw
    | cons w ws =>
      cases zs with
      | nil => simp at hz
      | cons z zs =>
        have h := sum_mul_eq_idot x y (fun j : Fin d => u ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩)
          (fun j : Fin d => v ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩) zs ws (by simpa using hw)
          (by simpa using hz)
          (fun j => by simpa using hu ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩)
          (fun j => by simpa using hv ⟨j.val + 1, Nat.succ_lt_succ j.isLt⟩)
        have h0 : u 0 * x = (w : Rat) := by simpa using hu 0
        have h1 : v 0 * y = (z : Rat) := by simpa using hv 0
        rw [sum, idot, Rat.intCast_add, Rat.intCast_mul, Rat.add_mul, h, ← h0, ← h1]
        grind

/-! ## The two sides -/

section

variable {s : PackedSamples} {c : Nat} {f : AffineFunctional s.latentDim} {δ : Rat}
  {weightExponent : Nat}

/-- The integers that are stored for sample `i`. -/
def PackedSamples.integerRow (s : PackedSamples) (i : Nat) : List Int :=
  (s.row i).map fun (a : Nat) => (a : Int) - (s.offset : Int)

theorem length_integerRow (s : PackedSamples) (i : Nat) :
    (s.integerRow i).length = s.columnCount := by
  simp [integerRow, length_row]

theorem getD_integerRow (s : PackedSamples) (i j : Nat) (hj : j < s.columnCount) :
    (s.integerRow i).getD j 0 = s.entry i j := by
  simp [integerRow, row, PackedSamples.entry, List.getD_eq_getElem?_getD, hj]

theorem length_columnWeights (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim)
    (weightExponent : Nat) : (columnWeights s c f weightExponent).length = s.columnCount := by
  simp [columnWeights, scoreWeights, PackedSamples.columnCount, length_oneHot]

theorem of_withNumerator {x : Rat} {e : Nat} {k : Nat → Nat → Bool}
    (h : withNumerator (2 ^ e) x k = true) :
    isMultiple x e = true ∧ k (numerator x e).toNat (-(numerator x e)).toNat = true := by
  obtain ⟨num, den, hden, hreduced⟩ := x
  simp only [withNumerator, force_eq, Bool.and_eq_true] at h
  refine ⟨h.1, ?_⟩
  cases num with
  | ofNat n =>
    have e1 : numerator ⟨.ofNat n, den, hden, hreduced⟩ e = ((n * (2 ^ e / den) : Nat) : Int) := by
      simp [numerator]
    have h := h.2
    rw [e1, Int.toNat_natCast, Int.toNat_neg_natCast]
    exact h
  | negSucc n =>
    have e1 : numerator ⟨.negSucc n, den, hden, hreduced⟩ e
        = -(((n + 1) * (2 ^ e / den) : Nat) : Int) := by
      simp only [numerator, Int.negSucc_eq, Int.natCast_mul, Int.natCast_add, Int.neg_mul]
      rfl
    have h := h.2
    rw [e1, Int.neg_neg, Int.toNat_natCast, Int.toNat_neg_natCast]
    exact h

theorem of_withNumerators {e : Nat} {k : List Nat → List Nat → Nat → Nat → Bool} (xs : List Rat)
    (ps qs : List Nat) (sumP sumQ : Nat) (h : withNumerators (2 ^ e) xs ps qs sumP sumQ k = true) :
    (∀ x ∈ xs, isMultiple x e = true) ∧
      k (positivePart (xs.reverse.map (numerator · e)) ++ ps)
        (negativePart (xs.reverse.map (numerator · e)) ++ qs)
        (sumP + (positivePart (xs.map (numerator · e))).sum)
        (sumQ + (negativePart (xs.map (numerator · e))).sum) = true := by
  induction xs generalizing ps qs sumP sumQ with
  | nil => simpa [withNumerators, positivePart, negativePart] using h
  | cons x xs ih =>
    obtain ⟨hx, h⟩ := of_withNumerator h
    simp only [force_eq] at h
    obtain ⟨hxs, h⟩ := ih _ _ _ _ h
    refine ⟨by simpa using ⟨hx, hxs⟩, ?_⟩
    simpa [positivePart, negativePart, Nat.add_assoc] using h

/-- The two sides of concept `c`. -/
def PackedSamples.sides (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim)
    (weightExponent : Nat) : Sides where
  ps := positivePart (columnWeights s c f weightExponent)
  qs := negativePart (columnWeights s c f weightExponent)
  kP := positiveConstant s (negativePart (columnWeights s c f weightExponent)).sum
    (numerator f.b (s.latentExponent + weightExponent))
  kQ := negativeConstant s (positivePart (columnWeights s c f weightExponent)).sum
    (numerator f.b (s.latentExponent + weightExponent))

/-- What `withParts` decides, and what it goes on with. -/
theorem of_withParts {k : List Nat → List Nat → Nat → Nat → Nat → Nat → Bool}
    (h : withParts s c f weightExponent k = true) :
    (∀ w ∈ f.w.toList, isMultiple w weightExponent = true) ∧
      isMultiple f.b (s.latentExponent + weightExponent) = true ∧
      (s.sides c f weightExponent).satisfy k := by
  simp only [withParts, forceAll_eq, force_eq] at h
  obtain ⟨hw, h⟩ := of_withNumerators _ _ _ _ _ h
  simp only [Bool.and_eq_true] at h
  refine ⟨fun w hw' => hw w (by simpa using hw'), h.1, ?_⟩
  have h := h.2
  simp only [Sides.satisfy, sides]
  simp only [columnWeights, positivePart, negativePart, List.reverse_reverse, List.append_nil,
    List.map_append, List.map_map, List.sum_append_nat, List.sum_reverse_nat, List.map_reverse,
    Nat.zero_add] at h ⊢
  simpa [Nat.add_comm] using h

/-- The positive side of the comparison for sample `i`. -/
def PackedSamples.positiveSide (s : PackedSamples) (S : Sides) (i : Nat) : Nat := s.side S.ps S.kP i

/-- The negative side of the comparison for sample `i`. -/
def PackedSamples.negativeSide (s : PackedSamples) (S : Sides) (i : Nat) : Nat := s.side S.qs S.kQ i

/-- If the numbers are multiples of the stated powers of two, then the residual of a sample, times a
power of two, is the difference of the two sides. -/
theorem residual_eq_sides (hw : ∀ w ∈ f.w.toList, isMultiple w weightExponent = true)
    (hb : isMultiple f.b (s.latentExponent + weightExponent) = true) (hc : c < s.conceptCount)
    (hm : s.scoreExponents.getD c 0 ≤ s.latentExponent + weightExponent) (i : Fin s.size) :
    f.residual (s.latent i) (s.score c i) * ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat)
      = (s.negativeSide (s.sides c f weightExponent) i : Rat)
        - (s.positiveSide (s.sides c f weightExponent) i : Rat) := by
  have hl := length_columnWeights s c f weightExponent
  have hd := idot_digits s.offset (s.row i) (columnWeights s c f weightExponent)
    (by rw [hl, length_row])
  change idot (s.integerRow i) _ = _ at hd
  have hsplit : idot (s.integerRow i) (columnWeights s c f weightExponent)
      = idot (s.integerRow i) (f.w.toList.map fun w => numerator w weightExponent)
        + s.entry i (s.latentDim + c) * -((2 ^ (s.latentExponent + weightExponent
          - s.scoreExponents.getD c 0) : Nat) : Int) := by
    have hcol : s.latentDim + c < s.columnCount := by
      simp only [PackedSamples.columnCount]
      omega
    rw [columnWeights, scoreWeights, idot_append, idot_oneHot _ _ _ _ hc,
      ← getD_integerRow s i _ hcol]
    simp [List.getD_eq_getElem?_getD]
  have hsum := sum_mul_eq_idot ((2 ^ weightExponent : Nat) : Rat)
    ((2 ^ s.latentExponent : Nat) : Rat)
    (fun j : Fin s.latentDim => f.w[j]) (s.latent i) (s.integerRow i)
    (f.w.toList.map fun w => numerator w weightExponent) (by simp)
    (by rw [length_integerRow]; exact Nat.le_add_right _ _)
    (fun j => by
      have hj : j.val < f.w.toList.length := by simp
      rw [numerator_eq (hw _ (by simp))]
      simp [List.getD_eq_getElem?_getD])
    (fun j => by
      have hj : j.val < s.columnCount := Nat.lt_of_lt_of_le j.isLt (Nat.le_add_right _ _)
      rw [getD_integerRow s i j hj, PackedSamples.latent, Rat.div_mul_cancel]
      exact Rat.ne_of_gt (Rat.natCast_pos.2 (Nat.two_pow_pos _)))
  have hscore : s.score c i * ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat)
      = (s.entry i (s.latentDim + c) : Rat) * ((2 ^ (s.latentExponent + weightExponent
          - s.scoreExponents.getD c 0) : Nat) : Rat) := by
    have e : 2 ^ (s.latentExponent + weightExponent)
        = 2 ^ s.scoreExponents.getD c 0 * 2 ^ (s.latentExponent + weightExponent
          - s.scoreExponents.getD c 0) := by
      rw [← Nat.pow_add]
      congr 1
      omega
    rw [e, Rat.natCast_mul, ← Rat.mul_assoc, PackedSamples.score, Rat.div_mul_cancel]
    exact Rat.ne_of_gt (Rat.natCast_pos.2 (Nat.two_pow_pos _))
  have hbias := numerator_eq hb
  have hint : (s.negativeSide (s.sides c f weightExponent) i : Int)
      - (s.positiveSide (s.sides c f weightExponent) i : Int)
      = s.entry i (s.latentDim + c) * ((2 ^ (s.latentExponent + weightExponent
          - s.scoreExponents.getD c 0) : Nat) : Int)
        - idot (s.integerRow i) (f.w.toList.map fun w => numerator w weightExponent)
        - numerator f.b (s.latentExponent + weightExponent) := by
    rw [hsplit, Int.mul_neg] at hd
    simp only [negativeSide, positiveSide, side,
      sides, positiveConstant, negativeConstant]
    omega
  have hrat := congrArg (fun n : Int => (n : Rat)) hint
  simp only [Rat.intCast_sub, Rat.intCast_mul, Rat.intCast_natCast] at hrat
  rw [hrat, ← hsum, ← hbias, ← hscore, AffineFunctional.residual, AffineFunctional.eval,
    Nat.pow_add, Rat.natCast_mul]
  grind

theorem length_ps (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim)
    (weightExponent : Nat) : (s.sides c f weightExponent).ps.length = s.columnCount := by
  simp [sides, positivePart, length_columnWeights]

theorem length_qs (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim)
    (weightExponent : Nat) : (s.sides c f weightExponent).qs.length = s.columnCount := by
  simp [sides, negativePart, length_columnWeights]

end

end Bridge
