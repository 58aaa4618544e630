/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.SupError
public import Bridge.Packing.Moments

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
* `isQuantile`: a program that has the kernel count residuals.

## Main statements

* `isKthSmallest_of_check`: what its answer means.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-! ## Counting -/

/-- How many `i` have the property `p`. -/
def count : {n : Nat} → (Fin n → Bool) → Nat
  | 0, _ => 0
  | _ + 1, p => (p 0).toNat + count fun i => p ⟨i.val + 1, Nat.succ_lt_succ i.isLt⟩

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

theorem count_eq_total : ∀ {n : Nat} (p : Fin n → Bool) (f : Nat → Nat),
    (∀ i : Fin n, (p i).toNat = f i) → count p = total f n
  | 0, _, _, _ => rfl
  | n + 1, p, f, h => by
    rw [count, total, h 0, count_eq_total _ (fun k => f (k + 1))]
    · rfl
    · exact fun i => h ⟨i.val + 1, Nat.succ_lt_succ i.isLt⟩

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

/-- How many of the slots of `E` that `listed` selects hold at least `a`, where `u` has
`2 ^ top - a` in every slot; no slot may hold `2 ^ top` or more. -/
def atLeast (one largest top listed E u : Nat) : Nat :=
  Nat.mod (Nat.land (Nat.land (Nat.shiftRight (Nat.add E u) top) one) listed) largest

/-- Go through so many blocks, of which so many rows are counted, and go on with four numbers of
rows: those in which `Q - P` is at least the one or the other of four numbers, which are given as in
`atLeast`. -/
def countsOver (s : PackedSamples) (f : Nat → Nat) (ps qs : List Nat)
    (kP kQ one largest top u₁ u₂ u₃ u₄ : Nat) :
    Nat → Nat → List (List Nat) → Nat → Nat → Nat → Nat → (Nat → Nat → Nat → Nat → Bool) → Bool
  | 0, _, _, c₁, c₂, c₃, c₄, k => k c₁ c₂ c₃ c₄
  | t + 1, rows, columns, c₁, c₂, c₃, c₄, k =>
    force (bif Nat.ble s.blockRows rows then s.blockRows else rows) fun count =>
    force (Nat.mul (Nat.div (f (Nat.sub (Nat.pow 2 (Nat.mul s.digitBits count)) 1))
      (Nat.sub (Nat.pow 2 s.digitBits) 1)) largest) fun listed =>
    weigh s.limbBits f ps columns kP fun P rest => weigh s.limbBits f qs columns kQ fun Q _ =>
    force (Nat.sub Q P) fun E =>
    force (Nat.add c₁ (atLeast one largest top listed E u₁)) fun c₁ =>
    force (Nat.add c₂ (atLeast one largest top listed E u₂)) fun c₂ =>
    force (Nat.add c₃ (atLeast one largest top listed E u₃)) fun c₃ =>
    force (Nat.add c₄ (atLeast one largest top listed E u₄)) fun c₄ =>
      countsOver s f ps qs kP kQ one largest top u₁ u₂ u₃ u₄ t
        (Nat.sub rows count) rest c₁ c₂ c₃ c₄ k

/-- Whether `δα` is the `k`-th smallest absolute residual of concept `c` among the first `n`
samples.  The program needs the sup error `δ`; what it answers means something if `check` answers
`true` for the same numbers.  It is irreducible for the same reason as `check`. -/
@[irreducible] def isQuantile (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim)
    (δ : Rat) (weightExponent : Nat) (δα : Rat) (n k : Nat) : Bool :=
  let e := s.latentExponent + weightExponent
  isMultiple δα e && Nat.ble n s.size &&
  match numerator δα e with
  | .negSucc _ => false
  | .ofNat A =>
    force A fun A =>
    force (numerator δ e).toNat fun D =>
    withParts s c f weightExponent fun ps qs _ _ kP kQ =>
    force (Nat.mul s.slotDigits s.digitBits) fun slotBits =>
    force (Nat.sub slotBits 1) fun top =>
    force (Nat.pow 2 top) fun half =>
    force (Nat.sub (Nat.pow 2 slotBits) 1) fun largest =>
    force (Nat.sub (Nat.pow 2 s.digitBits) 1) fun largestDigit =>
    force (ceilDiv s.blockRows s.slotDigits) fun m =>
    force (Nat.mul m s.slotDigits) fun slotCount =>
    Nat.blt 0 k && Nat.ble A D && Nat.blt (Nat.mul 2 D) half && Nat.blt slotCount largest &&
    force (Nat.mul largestDigit (onesFast (Nat.pow 2 slotBits) m)) fun mask =>
    force (onesFast (Nat.pow 2 slotBits) slotCount) fun one =>
    force (Nat.mul slotBits m) fun width =>
    force (Nat.mul kP one) fun kP => force (Nat.mul (Nat.add kQ D) one) fun kQ =>
    force (Nat.mul (Nat.sub half (Nat.sub D A)) one) fun u₁ =>
    force (Nat.mul (Nat.sub half (Nat.add (Nat.add D A) 1)) one) fun u₂ =>
    force (Nat.mul (Nat.sub half (Nat.add (Nat.sub D A) 1)) one) fun u₃ =>
    force (Nat.mul (Nat.sub half (Nat.add D A)) one) fun u₄ =>
    countsOver s (spread s.digitBits mask width s.slotDigits) ps qs kP kQ one largest top
      u₁ u₂ u₃ u₄ (ceilDiv n s.blockRows) n s.columns 0 0 0 0 fun c₁ c₂ c₃ c₄ =>
        Nat.ble (Nat.add k c₂) c₁ && Nat.blt c₃ (Nat.add k c₄)

/-! ## What the program counts -/

section

variable {s : PackedSamples}

theorem atLeast_eq (h : Layout s) {F : Nat → Nat} {a count : Nat}
    (hF : ∀ κ, κ < s.slotCount → F (s.slotRow κ) < 2 ^ (s.slotDigits * s.digitBits - 1))
    (hn : s.slotCount < s.slotBase - 1) (hc : count ≤ s.blockRows) :
    atLeast (ones s.slotBase s.slotCount) (s.slotBase - 1)
        (s.slotDigits * s.digitBits - 1)
        (s.spreadOut (2 ^ (s.digitBits * count) - 1) / (2 ^ s.digitBits - 1) * (s.slotBase - 1))
        (slots s.slotBase (fun κ => F (s.slotRow κ)) s.slotCount)
        ((2 ^ (s.slotDigits * s.digitBits - 1) - a) * ones s.slotBase s.slotCount)
      = total (fun r => if a ≤ F r then 1 else 0) count := by
  have hS := h.slotBits_pos
  have hx : s.slotBase
      = 2 ^ (s.slotDigits * s.digitBits - 1) + 2 ^ (s.slotDigits * s.digitBits - 1) := by
    rw [slotBase, ← Nat.two_mul, ← Nat.pow_succ']
    congr 1
    omega
  have hsum : ∀ κ, κ < s.slotCount →
      F (s.slotRow κ) + (2 ^ (s.slotDigits * s.digitBits - 1) - a) < s.slotBase := by
    intro κ hκ
    have := hF κ hκ
    omega
  have hbit : ∀ κ, κ < s.slotCount → (F (s.slotRow κ) + (2 ^ (s.slotDigits * s.digitBits - 1) - a))
          / 2 ^ (s.slotDigits * s.digitBits - 1) % 2
        = if a ≤ F (s.slotRow κ) then 1 else 0 := by
    intro κ hκ
    have h1 := hF κ hκ
    split
    · have : (F (s.slotRow κ) + (2 ^ (s.slotDigits * s.digitBits - 1) - a))
          / 2 ^ (s.slotDigits * s.digitBits - 1) = 1 := by
        apply Nat.div_eq_of_lt_le <;> omega
      rw [this]
    · rw [Nat.div_eq_of_lt (by omega)]
  have hone : ∀ κ, κ < s.slotCount → (if s.slotRow κ < count then 1 else 0) ≤ 1 := by
    intro κ _
    split <;> omega
  show ((slots s.slotBase _ _ + _) >>> _ &&& ones s.slotBase _ &&& _) % _ = _
  rw [mul_ones, slots_add, slotBase,
    land_bit (by simpa [slotBase] using hsum) (by omega), ← slotBase,
    slots_congr hbit, listed_eq h]
  have hlt : ∀ κ, κ < s.slotCount →
      (if a ≤ F (s.slotRow κ) then 1 else 0) < 2 ^ (s.slotDigits * s.digitBits) := by
    intro κ _
    have : 1 < 2 ^ (s.slotDigits * s.digitBits) := Nat.one_lt_two_pow (by omega)
    split <;> omega
  rw [slotBase, land_select hlt hone, ← slotBase, slots_mod]
  · exact total_listed h (fun r => if a ≤ F r then 1 else 0) hc
  · refine Nat.lt_of_le_of_lt (total_le (A := 1) fun κ _ => ?_) (by omega)
    split <;> split <;> omega

/-- How many of the first `rows` rows, from the first of block `t` on, have an excess of at least
`a`. -/
def PackedSamples.rowsAtLeast (s : PackedSamples) (S : Sides) (D t a rows : Nat) : Nat :=
  total (fun i => if a ≤ s.excess S D ((s.blockRows * t + i) / s.blockRows)
    ((s.blockRows * t + i) % s.blockRows) then 1 else 0) rows

/-- What `countsOver` counts: over the rows from the first of block `t` on, so many as are asked
for. -/
theorem of_countsOver (h : Layout s) {S : Sides} {D a₁ a₂ a₃ a₄ B : Nat}
    (hp : S.ps.length = s.columnCount) (hb : s.RowsWithin S D B)
    (hD : 2 * D < 2 ^ (s.slotDigits * s.digitBits - 1))
    (hn : s.slotCount < s.slotBase - 1)
    {T t rows c₁ c₂ c₃ c₄ : Nat} {k : Nat → Nat → Nat → Nat → Bool}
    (hT : t + T ≤ B) (hr : rows ≤ s.blockRows * T)
    (hs : countsOver s s.spreadOut S.ps S.qs
      (S.kP * ones s.slotBase s.slotCount) ((S.kQ + D) * ones s.slotBase s.slotCount)
      (ones s.slotBase s.slotCount) (s.slotBase - 1)
      (s.slotDigits * s.digitBits - 1)
      ((2 ^ (s.slotDigits * s.digitBits - 1) - a₁) * ones s.slotBase s.slotCount)
      ((2 ^ (s.slotDigits * s.digitBits - 1) - a₂) * ones s.slotBase s.slotCount)
      ((2 ^ (s.slotDigits * s.digitBits - 1) - a₃) * ones s.slotBase s.slotCount)
      ((2 ^ (s.slotDigits * s.digitBits - 1) - a₄) * ones s.slotBase s.slotCount)
      T rows (s.columns.drop (s.columnCount * t)) c₁ c₂ c₃ c₄ k = true) :
    k (c₁ + s.rowsAtLeast S D t a₁ rows) (c₂ + s.rowsAtLeast S D t a₂ rows)
      (c₃ + s.rowsAtLeast S D t a₃ rows) (c₄ + s.rowsAtLeast S D t a₄ rows)
      = true := by
  induction T generalizing t rows c₁ c₂ c₃ c₄ with
  | zero =>
    have : rows = 0 := by simpa using hr
    subst this
    rw [countsOver] at hs
    exact hs
  | succ T ih =>
    have hcount := listedRows_eq s rows
    rw [countsOver, force_eq, force_eq] at hs
    have hs := of_weigh (of_weigh hs)
    simp only [force_eq] at hs
    rw [hcount, dot_spreadOut s h.slotDigits_pos, dot_spreadOut s h.slotDigits_pos,
      mul_ones _ _ S.kP, mul_ones _ _ (S.kQ + D), slots_add, slots_add, List.drop_drop, hp,
      ← Nat.mul_succ] at hs
    have hbt := hb t (by omega)
    have hsub := slots_sub s.slotBase s.slotCount
      (fun κ => S.kQ + D + s.blockDot S.qs t (s.slotRow κ))
      (fun κ => S.kP + s.blockDot S.ps t (s.slotRow κ))
      (fun κ hκ => by
        have := hbt κ hκ
        show S.kP + s.blockDot S.ps t (s.slotRow κ) ≤ S.kQ + D + s.blockDot S.qs t (s.slotRow κ)
        omega)
    have hcounts := fun a => atLeast_eq h (F := fun r => s.excess S D t r) (a := a)
      (count := min s.blockRows rows) (fun κ hκ => by
        have := hbt κ hκ
        simp only [excess]
        omega) hn (Nat.min_le_left _ _)
    have e : ∀ a, atLeast (ones s.slotBase s.slotCount) (s.slotBase - 1)
        (s.slotDigits * s.digitBits - 1)
        (Nat.mul (Nat.div (s.spreadOut (Nat.sub (Nat.pow 2 (Nat.mul s.digitBits
          (min s.blockRows rows))) 1)) (Nat.sub (Nat.pow 2 s.digitBits) 1)) (s.slotBase - 1))
        (Nat.sub (slots s.slotBase (fun κ => S.kQ + D + s.blockDot S.qs t (s.slotRow κ))
          s.slotCount)
          (slots s.slotBase (fun κ => S.kP + s.blockDot S.ps t (s.slotRow κ)) s.slotCount))
        ((2 ^ (s.slotDigits * s.digitBits - 1) - a) * ones s.slotBase s.slotCount)
        = total (fun r => if a ≤ s.excess S D t r then 1 else 0)
          (min s.blockRows rows) := by
      intro a
      refine Eq.trans ?_ (hcounts a)
      congr 1
    rw [e, e, e, e, ← mul_ones _ _ S.kP, ← mul_ones _ _ (S.kQ + D)] at hs
    have hs := ih (by omega) (by
      rw [Nat.mul_succ] at hr
      show rows - min s.blockRows rows ≤ s.blockRows * T
      omega) hs
    have hrows : ∀ a, total (fun r => if a ≤ s.excess S D t r then 1 else 0)
          (min s.blockRows rows)
        + s.rowsAtLeast S D (t + 1) a (Nat.sub rows (min s.blockRows rows))
        = s.rowsAtLeast S D t a rows := fun a =>
      total_blocks h.blockRows_pos
        (fun t r => if a ≤ s.excess S D t r then 1 else 0) t rows
    rw [← hrows a₁, ← hrows a₂, ← hrows a₃, ← hrows a₄, ← Nat.add_assoc, ← Nat.add_assoc,
      ← Nat.add_assoc, ← Nat.add_assoc]
    exact hs

/-- **The counting fact.**  If both programs answer `true`, then `δα` is the `k`-th smallest
absolute residual of the first `n` samples: at least `k` of them are within `δα`, and fewer than `k`
are strictly within it.  It speaks of these `n` listed samples and of no others. -/
theorem isKthSmallest_of_check {c : Nat} {f : AffineFunctional s.latentDim} {δ δα : Rat}
    {weightExponent n k : Nat} (h : check s c f δ weightExponent = true)
    (hq : isQuantile s c f δ weightExponent δα n k = true) (hn : n ≤ s.size) :
    IsKthSmallest
      (fun i : Fin n => f.residual (s.latent (i.castLE hn)) (s.score c (i.castLE hn))) δα k := by
  obtain ⟨D, hw, hb, -, hc, hm, hD, h⟩ := exists_of_check h
  obtain ⟨hl, hrows⟩ := rows_of_sidesOk h (length_ps ..)
  have ht := residual_eq_excess hw hb hc hm fun i : Fin s.size =>
    (sides_of_sidesOk h (length_ps ..) (length_qs ..) i i.isLt).1
  simp only [isQuantile, Bool.and_eq_true] at hq
  obtain ⟨⟨hδα, -⟩, hq⟩ := hq
  cases hA : numerator δα (s.latentExponent + weightExponent) with
  | negSucc n => simp [hA] at hq
  | ofNat A =>
  rw [hA, hD] at hq
  simp only [force_eq, Int.toNat_natCast] at hq
  obtain ⟨-, -, hq⟩ := of_withParts hq
  simp only [Sides.satisfy, Bool.and_eq_true] at hq
  obtain ⟨⟨⟨⟨hk, hAD⟩, hD2⟩, hcount⟩, hq⟩ := hq
  have hk : 0 < k := Nat.le_of_ble_eq_true hk
  have hAD : A ≤ D := Nat.le_of_ble_eq_true hAD
  have hx : 1 < 2 ^ (s.slotDigits * s.digitBits) := Nat.one_lt_two_pow (by
    have := hl.slotBits_pos
    omega)
  have e1 : ∀ n, onesFast (Nat.pow 2 (Nat.mul s.slotDigits s.digitBits)) n
      = ones s.slotBase n := fun n => onesFast_eq hx
  rw [e1, e1] at hq
  have hs := of_countsOver hl (length_ps ..) hrows (Nat.le_of_ble_eq_true hD2)
    (Nat.le_of_ble_eq_true hcount) (t := 0) (T := ceilDiv n s.blockRows)
    (by
      rw [Nat.zero_add]
      exact Nat.div_le_div_right (Nat.add_le_add_right hn _))
    (by rw [Nat.mul_comm]; exact le_ceilDiv_mul hl.blockRows_pos)
    (by rw [Nat.mul_zero, List.drop_zero]; exact hq)
  simp only [Nat.zero_add, Bool.and_eq_true, rowsAtLeast, Nat.mul_zero] at hs
  have hs1 := Nat.le_of_ble_eq_true hs.1
  have hs2 := Nat.le_of_ble_eq_true hs.2
  clear hs hq e1
  have hpos : (0 : Rat) < ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat) :=
    Rat.natCast_pos.2 (Nat.two_pow_pos _)
  have hα := numerator_eq hδα
  rw [hA] at hα
  have hα : δα * ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat) = (A : Rat) := hα
  have he : ∀ (p : Fin n → Prop) [DecidablePred p] (q : Nat → Prop) [DecidablePred q],
      (∀ i, p i ↔ q i.val) →
      (count fun i => decide (p i)) = total (fun i => if q i then 1 else 0) n := by
    intro p _ q _ hpq
    apply count_eq_total
    intro i
    simp only [hpq i]
    split <;> simp [*]
  generalize s.sides c f weightExponent = S at ht hs1 hs2
  rw [IsKthSmallest, countWithin, countStrictlyWithin,
    he _ (fun i => D ≤ s.sampleExcess S D i + A ∧
      s.sampleExcess S D i ≤ D + A) fun i => within_iff hpos (ht (i.castLE hn)) hα,
    he _ (fun i => D < s.sampleExcess S D i + A ∧
      s.sampleExcess S D i < D + A) fun i =>
        strictlyWithin_iff hpos (ht (i.castLE hn)) hα]
  change _ ≤ total (fun i => if D - A ≤ s.sampleExcess S D i then 1 else 0) n at hs1
  change total (fun i => if D - A + 1 ≤ s.sampleExcess S D i then 1 else 0) n
    < k + total (fun i => if D + A ≤ s.sampleExcess S D i then 1 else 0) n at hs2
  change k + total (fun i => if D + A + 1 ≤ s.sampleExcess S D i then 1 else 0) n
    ≤ _ at hs1
  generalize s.sampleExcess S D = x at hs1 hs2 ⊢
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

end

end Bridge
