/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Certificate
public import Bridge.Product

/-!
# Soundness of the checker

* `bound_of_check`: if `check` answers `true`, then every residual lies between `-δ` and `δ`.
* `attained_of_check`: if moreover `isTight` answers `true` for a sample, then its residual is `δ`
  or `-δ`, so that `δ` is the largest absolute residual and not merely a bound.

Both speak of `AffineFunctional.residual` at the rational numbers that `PackedSamples.latent` and
`PackedSamples.score` read from the packed data.  They say nothing about any point that is not
listed there.
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## What the comparison of all rows means -/

theorem force_eq (n : Nat) (k : Nat → Bool) : force n k = k n := by cases n <;> rfl

theorem isWithin_iff {D p q : Nat} : isWithin D p q = true ↔ p ≤ q + D ∧ q ≤ p + D := by
  show (Nat.ble p (q + D) && Nat.ble q (p + D)) = true ↔ _
  rw [Bool.and_eq_true, Nat.ble_eq, Nat.ble_eq]

theorem isWithin_of_rowsOk {x stride kP kQ D count P Q : Nat}
    (h : rowsOk x stride kP kQ D count P Q = true) (r : Nat) (hr : r < count) :
    isWithin D (P / 2 ^ (stride * r) % x + kP) (Q / 2 ^ (stride * r) % x + kQ) = true := by
  induction count generalizing P Q r with
  | zero => omega
  | succ count ih =>
    simp only [rowsOk, force_eq, Bool.and_eq_true] at h
    cases r with
    | zero => simpa using h.1
    | succ r =>
      have h2 : rowsOk x stride kP kQ D count (P >>> stride) (Q >>> stride) = true := h.2
      have := ih h2 r (by omega)
      rwa [Nat.shiftRight_eq_div_pow, Nat.shiftRight_eq_div_pow, Nat.div_div_eq_div_mul,
        Nat.div_div_eq_div_mul, ← Nat.pow_add, Nat.add_comm stride, ← Nat.mul_succ] at this

theorem isWithin_of_blockOk {B b n WP WQ kP kQ D count M : Nat} (hn : 0 < n)
    (h : blockOk B b n WP WQ kP kQ D count M = true) (r : Nat) (hr : r < count) :
    isWithin D (M * WP / (2 ^ B) ^ (n * r + n - 1) % 2 ^ B + kP)
      (M * WQ / (2 ^ B) ^ (n * r + n - 1) % 2 ^ B + kQ) = true := by
  simp only [blockOk, force_eq, Bool.and_eq_true] at h
  have h2 : rowsOk (2 ^ B) (B * n) kP kQ D count ((M * WP) >>> (B * (n - 1)))
      ((M * WQ) >>> (B * (n - 1))) = true := h.2
  have h3 := isWithin_of_rowsOk h2 r hr
  have e : B * (n - 1) + B * n * r = B * (n * r + n - 1) := by
    rw [Nat.mul_assoc, ← Nat.mul_add]
    congr 1
    omega
  rwa [Nat.shiftRight_eq_div_pow, Nat.shiftRight_eq_div_pow, Nat.div_div_eq_div_mul,
    Nat.div_div_eq_div_mul, ← Nat.pow_add, e, Nat.pow_mul] at h3

theorem blockOk_of_blocksOk {B b n WP WQ kP kQ D K limbBits : Nat} {blocks : List (List Nat)} {r : Nat}
    (h : blocksOk B b n WP WQ kP kQ D K limbBits blocks r = true) (t : Nat) (ht : K * t < r) :
    ∃ count, min K (r - K * t) ≤ count ∧
      blockOk B b n WP WQ kP kQ D count (pack (2 ^ limbBits) (blocks.getD t [])) = true := by
  induction blocks generalizing r t with
  | nil =>
    have : r = 0 := Nat.eq_of_beq_eq_true h
    omega
  | cons limbs rest ih =>
    simp only [blocksOk, force_eq, Bool.and_eq_true] at h
    have hc : (bif Nat.ble K r then K else r) = min K r := by
      rcases Nat.le_total K r with hK | hK
      · rw [Nat.ble_eq_true_of_le hK, Nat.min_eq_left hK, cond_true]
      · rcases Nat.lt_or_ge r K with hlt | hge
        · have : Nat.ble K r = false := by
            rw [Bool.eq_false_iff, Ne, Nat.ble_eq]
            omega
          rw [this, Nat.min_eq_right hK, cond_false]
        · have : K = r := by omega
          subst this
          simp
    rw [hc] at h
    cases t with
    | zero => exact ⟨min K r, by simp, h.1⟩
    | succ t =>
      have hK : min K r = K := by
        rw [Nat.mul_succ] at ht
        omega
      have h2 : blocksOk B b n WP WQ kP kQ D K limbBits rest (r - min K r) = true := h.2
      rw [hK] at h2
      obtain ⟨count, h3, h4⟩ := ih h2 t (by rw [Nat.mul_succ] at ht; omega)
      refine ⟨count, ?_, by simpa using h4⟩
      rw [Nat.mul_succ]
      omega

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

/-- `Σ (aⱼ - S) wⱼ`, computed from natural numbers: the digits `aⱼ`, the offset `S` and the two parts
of the weights. -/
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

/-! ## The theorems -/

section

variable {s : PackedSamples} {c : Nat} {f : AffineFunctional s.latentDim} {δ : Rat}
  {weightExponent : Nat}

/-- The stored digits of sample `i`. -/
def row (s : PackedSamples) (i : Nat) : List Nat :=
  digits (2 ^ s.slotBits) s.columns
    (s.block (i / s.blockRows) / (2 ^ s.slotBits) ^ (s.columns * (i % s.blockRows)))

/-- The integers that are stored for sample `i`. -/
def integerRow (s : PackedSamples) (i : Nat) : List Int :=
  (row s i).map fun (a : Nat) => (a : Int) - (s.offset : Int)

theorem length_integerRow (s : PackedSamples) (i : Nat) : (integerRow s i).length = s.columns := by
  simp [integerRow, row, length_digits]

theorem getD_integerRow (s : PackedSamples) (i j : Nat) (hj : j < s.columns) :
    (integerRow s i).getD j 0 = s.entry i j := by
  have hl : j < (row s i).length := by simpa [row, length_digits] using hj
  have h := getD_digits (2 ^ s.slotBits) s.columns
    (s.block (i / s.blockRows) / (2 ^ s.slotBits) ^ (s.columns * (i % s.blockRows))) j hj
  change (row s i).getD j 0 = _ at h
  rw [List.getD_eq_getElem?_getD, List.getElem?_eq_getElem hl, Option.getD_some] at h
  rw [integerRow, List.getD_eq_getElem?_getD, List.getElem?_map, List.getElem?_eq_getElem hl,
    Option.map_some, Option.getD_some, h]
  rfl

/-- What `sidesOk` decides: for every sample the two sides differ by at most `D`, and each is the
dot product of the stored digits plus its constant. -/
theorem sides_of_sidesOk {ps qs : List Nat} {kP kQ D : Nat} (h : sidesOk s ps qs kP kQ D = true)
    (hn : 0 < s.columns) (hK : 0 < s.blockRows) (hp : ps.length = s.columns)
    (hq : qs.length = s.columns) (i : Nat) (hi : i < s.size) :
    isWithin D (side s ps kP i) (side s qs kQ i) = true ∧
      side s ps kP i = dot (row s i) ps + kP ∧ side s qs kQ i = dot (row s i) qs + kQ := by
  simp only [sidesOk, force_eq, Bool.and_eq_true] at h
  obtain ⟨⟨h1, h2⟩, h3⟩ := h
  have h1' : (2 ^ s.digitBits - 1) * ps.sum < 2 ^ s.slotBits := Nat.le_of_ble_eq_true h1
  have h2' : (2 ^ s.digitBits - 1) * qs.sum < 2 ^ s.slotBits := Nat.le_of_ble_eq_true h2
  have hdm := Nat.div_add_mod i s.blockRows
  have hr := Nat.mod_lt i hK
  obtain ⟨count, hc, hb⟩ := blockOk_of_blocksOk h3 (i / s.blockRows) (by omega)
  have hrc : i % s.blockRows < count := by omega
  have hw := isWithin_of_blockOk hn hb (i % s.blockRows) hrc
  simp only [blockOk, Bool.and_eq_true] at hb
  obtain ⟨hM, hA⟩ := lt_of_digitsFit hb.1
  have hfit : s.columns * (i % s.blockRows) + s.columns ≤ s.columns * count := by
    rw [← Nat.mul_succ]
    exact Nat.mul_le_mul_left _ hrc
  have e1 := slot_mul (2 ^ s.slotBits) _ _ (s.columns * (i % s.blockRows)) _ ps hM hA h1'
    (by rw [hp]; exact hfit)
  have e2 := slot_mul (2 ^ s.slotBits) _ _ (s.columns * (i % s.blockRows)) _ qs hM hA h2'
    (by rw [hq]; exact hfit)
  rw [hp] at e1
  rw [hq] at e2
  exact ⟨hw, congrArg (· + kP) e1, congrArg (· + kQ) e2⟩

theorem length_columnWeights (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim)
    (weightExponent : Nat) : (columnWeights s c f weightExponent).length = s.columns := by
  simp [columnWeights, PackedSamples.columns, length_oneHot]

/-- What `check` decides, one condition after the other. -/
theorem exists_of_check (h : check s c f δ weightExponent = true) :
    ∃ D : Nat, (∀ w ∈ f.w.toList, isMultiple w weightExponent = true) ∧
      isMultiple f.b (s.latentExponent + weightExponent) = true ∧
      isMultiple δ (s.latentExponent + weightExponent) = true ∧ c < s.conceptCount ∧
      s.scoreExponents.getD c 0 ≤ s.latentExponent + weightExponent ∧ 0 < s.blockRows ∧
      numerator δ (s.latentExponent + weightExponent) = (D : Int) ∧
      sidesOk s (positivePart (columnWeights s c f weightExponent))
        (negativePart (columnWeights s c f weightExponent))
        (positiveConstant s (negativePart (columnWeights s c f weightExponent))
          (numerator f.b (s.latentExponent + weightExponent)))
        (negativeConstant s (positivePart (columnWeights s c f weightExponent))
          (numerator f.b (s.latentExponent + weightExponent))) D = true := by
  simp only [check, Bool.and_eq_true, List.all_eq_true] at h
  obtain ⟨⟨⟨⟨⟨⟨hw, hb⟩, hδ⟩, hc⟩, hm⟩, hK⟩, h⟩ := h
  cases hD : numerator δ (s.latentExponent + weightExponent) with
  | negSucc n => simp [hD] at h
  | ofNat D =>
    rw [hD] at h
    exact ⟨D, hw, hb, hδ, Nat.le_of_ble_eq_true hc, Nat.le_of_ble_eq_true hm,
      Nat.le_of_ble_eq_true hK, rfl, h⟩

/-- If `check` answers `true`, then the residual of sample `i`, times a power of two, is the
difference of the two sides, and these differ by at most `δ` times the same power. -/
theorem residual_of_check (h : check s c f δ weightExponent = true) (i : Fin s.size) :
    ∃ p q D : Nat,
      p = side s (positivePart (columnWeights s c f weightExponent))
        (positiveConstant s (negativePart (columnWeights s c f weightExponent))
          (numerator f.b (s.latentExponent + weightExponent))) i ∧
      q = side s (negativePart (columnWeights s c f weightExponent))
        (negativeConstant s (positivePart (columnWeights s c f weightExponent))
          (numerator f.b (s.latentExponent + weightExponent))) i ∧
      D = (numerator δ (s.latentExponent + weightExponent)).toNat ∧
      p ≤ q + D ∧ q ≤ p + D ∧
      f.residual (s.latent i) (s.score c i) * ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat)
        = (q : Rat) - (p : Rat) ∧
      δ * ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat) = (D : Rat) := by
  obtain ⟨D, hw, hb, hδ, hc, hm, hK, hD, hs⟩ := exists_of_check h
  have hn : 0 < s.columns := by
    simp only [PackedSamples.columns]
    omega
  have hl := length_columnWeights s c f weightExponent
  obtain ⟨h1, h2, h3⟩ := sides_of_sidesOk hs hn hK (by simp [positivePart, hl])
    (by simp [negativePart, hl]) i i.isLt
  rw [isWithin_iff] at h1
  refine ⟨_, _, D, rfl, rfl, by simp [hD], h1.1, h1.2, ?_, ?_⟩
  · have hd := idot_digits s.offset (row s i) (columnWeights s c f weightExponent)
      (by simp [hl, row, length_digits])
    change idot (integerRow s i) _ = _ at hd
    have hsplit : idot (integerRow s i) (columnWeights s c f weightExponent)
        = idot (integerRow s i) (f.w.toList.map fun w => numerator w weightExponent)
          + s.entry i (s.latentDim + c) * -((2 ^ (s.latentExponent + weightExponent
            - s.scoreExponents.getD c 0) : Nat) : Int) := by
      have hcol : s.latentDim + c < s.columns := by
        simp only [PackedSamples.columns]
        omega
      rw [columnWeights, idot_append, idot_oneHot _ _ _ _ hc, ← getD_integerRow s i _ hcol]
      simp [List.getD_eq_getElem?_getD]
    have hsum := sum_mul_eq_idot ((2 ^ weightExponent : Nat) : Rat) ((2 ^ s.latentExponent : Nat) : Rat)
      (fun j : Fin s.latentDim => f.w[j]) (s.latent i) (integerRow s i)
      (f.w.toList.map fun w => numerator w weightExponent) (by simp)
      (by rw [length_integerRow]; exact Nat.le_add_right _ _)
      (fun j => by
        have hj : j.val < f.w.toList.length := by simp
        rw [numerator_eq (hw _ (by simp))]
        simp [List.getD_eq_getElem?_getD])
      (fun j => by
        have hj : j.val < s.columns := Nat.lt_of_lt_of_le j.isLt (Nat.le_add_right _ _)
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
    have hint : (side s (negativePart (columnWeights s c f weightExponent))
          (negativeConstant s (positivePart (columnWeights s c f weightExponent))
            (numerator f.b (s.latentExponent + weightExponent))) i : Int)
        - (side s (positivePart (columnWeights s c f weightExponent))
          (positiveConstant s (negativePart (columnWeights s c f weightExponent))
            (numerator f.b (s.latentExponent + weightExponent))) i : Int)
        = s.entry i (s.latentDim + c) * ((2 ^ (s.latentExponent + weightExponent
            - s.scoreExponents.getD c 0) : Nat) : Int)
          - idot (integerRow s i) (f.w.toList.map fun w => numerator w weightExponent)
          - numerator f.b (s.latentExponent + weightExponent) := by
      rw [h2, h3, positiveConstant, negativeConstant]
      rw [hsplit, Int.mul_neg] at hd
      omega
    have hrat := congrArg (fun n : Int => (n : Rat)) hint
    simp only [Rat.intCast_sub, Rat.intCast_mul, Rat.intCast_natCast] at hrat
    rw [hrat, ← hsum, ← hbias, ← hscore, AffineFunctional.residual, AffineFunctional.eval,
      Nat.pow_add, Rat.natCast_mul]
    grind
  · rw [numerator_eq hδ, hD]
    rfl

/-- **Soundness.**  If the checker answers `true`, then every residual of the concept lies between
`-δ` and `δ`: the claim covers the samples that are packed in `s` and no others. -/
theorem bound_of_check (h : check s c f δ weightExponent = true) (i : Fin s.size) :
    -δ ≤ f.residual (s.latent i) (s.score c i) ∧ f.residual (s.latent i) (s.score c i) ≤ δ := by
  obtain ⟨p, q, D, -, -, -, h1, h2, h3, h4⟩ := residual_of_check h i
  have hpos : (0 : Rat) < ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat) :=
    Rat.natCast_pos.2 (Nat.two_pow_pos _)
  have h1' : (p : Rat) ≤ (q : Rat) + (D : Rat) := by exact_mod_cast h1
  have h2' : (q : Rat) ≤ (p : Rat) + (D : Rat) := by exact_mod_cast h2
  constructor
  · apply Rat.le_of_mul_le_mul_right _ hpos
    grind
  · apply Rat.le_of_mul_le_mul_right _ hpos
    grind

/-- **δ is attained.**  If both programs answer `true`, then the residual of sample `i` is `δ` or
`-δ`. -/
theorem attained_of_check (h : check s c f δ weightExponent = true) (i : Fin s.size)
    (ht : isTight s c f δ weightExponent i = true) :
    f.residual (s.latent i) (s.score c i) = δ ∨ f.residual (s.latent i) (s.score c i) = -δ := by
  obtain ⟨p, q, D, hp, hq, hD, -, -, h3, h4⟩ := residual_of_check h i
  have hpos : (0 : Rat) < ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat) :=
    Rat.natCast_pos.2 (Nat.two_pow_pos _)
  simp only [isTight, force_eq, ← hp, ← hq, ← hD, Bool.or_eq_true] at ht
  have cancel : ∀ a b : Rat, a * ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat)
      = b * ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat) → a = b := by
    intro a b hab
    exact Rat.le_antisymm (Rat.le_of_mul_le_mul_right (by rw [hab]; exact Rat.le_refl) hpos)
      (Rat.le_of_mul_le_mul_right (by rw [hab]; exact Rat.le_refl) hpos)
  rcases ht with ht | ht
  · have e : p = q + D := Nat.eq_of_beq_eq_true ht
    right
    apply cancel
    have : (p : Rat) = (q : Rat) + (D : Rat) := by exact_mod_cast e
    grind
  · have e : q = p + D := Nat.eq_of_beq_eq_true ht
    left
    apply cancel
    have : (q : Rat) = (p : Rat) + (D : Rat) := by exact_mod_cast e
    grind

end

end Bridge
