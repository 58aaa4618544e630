/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Residuals
public import Bridge.Packing.Totals

/-!
# Sums over the listed samples

What claims about more than one sample at a time have in common.

## Main definitions

* `sumsOver`: a program that goes through all blocks and adds up the residuals and their squares,
  and the scores and theirs, all rows of a block at once.
* `PackedSamples.sampleExcess`: a residual in natural numbers, shifted by `D`.

## Main statements

* `of_sumsOver`: what `sumsOver` adds up.
* `residual_eq_excess`: the residual of a sample, times a power of two, is its excess minus `D`.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-- Go through so many blocks, of which so many rows are listed, and go on with four sums: of the
slots of `Q - P`, of their squares, of the digits of a column, and of their squares. -/
def sumsOver (s : PackedSamples) (f : Nat → Nat) (ps qs : List Nat)
    (kP kQ one largest w column : Nat) :
    Nat → Nat → List (List Nat) → Nat → Nat → Nat → Nat → (Nat → Nat → Nat → Nat → Bool) → Bool
  | 0, _, _, r₁, r₂, c₁, c₂, k => k r₁ r₂ c₁ c₂
  | t + 1, rows, columns, r₁, r₂, c₁, c₂, k =>
    force (bif Nat.ble s.blockRows rows then s.blockRows else rows) fun count =>
    force (Nat.mul (Nat.div (f (Nat.sub (Nat.pow 2 (Nat.mul s.digitBits count)) 1))
      (Nat.sub (Nat.pow 2 s.digitBits) 1)) largest) fun listed =>
    weigh s.limbBits f ps columns kP fun P rest => weigh s.limbBits f qs columns kQ fun Q _ =>
    force (Nat.land (Nat.sub Q P) listed) fun R =>
    force (Nat.land (f (pack (Nat.pow 2 s.limbBits) (columns.getD column []))) listed) fun C =>
    force (Nat.add r₁ (Nat.mod R largest)) fun r₁ =>
    force (Nat.add c₁ (Nat.mod C largest)) fun c₁ =>
    squares one largest R w 0 r₂ fun r₂ => squares one largest C s.digitBits 0 c₂ fun c₂ =>
      sumsOver s f ps qs kP kQ one largest w column t (Nat.sub rows count) rest r₁ r₂ c₁ c₂ k

section

variable {s : PackedSamples}

/-- What the negative side of a row is more than the positive one, plus `D`. -/
def PackedSamples.excess (s : PackedSamples) (S : Sides) (D t r : Nat) : Nat :=
  S.kQ + D + s.blockDot S.qs t r - (S.kP + s.blockDot S.ps t r)

/-- The digit of row `r` of block `t` in a column. -/
def PackedSamples.blockDigit (s : PackedSamples) (column t r : Nat) : Nat :=
  s.column t column / (2 ^ s.digitBits) ^ r % 2 ^ s.digitBits

/-- How many rows of a block are listed if so many are left. -/
theorem listedRows_eq (s : PackedSamples) (rows : Nat) :
    (bif Nat.ble s.blockRows rows then s.blockRows else rows) = min s.blockRows rows := by
  cases hc : Nat.ble s.blockRows rows with
  | true => rw [cond_true, Nat.min_eq_left (Nat.le_of_ble_eq_true hc)]
  | false =>
    have : ¬ s.blockRows ≤ rows := fun hle => by rw [Nat.ble_eq_true_of_le hle] at hc; cases hc
    rw [cond_false, Nat.min_eq_right (by omega)]

theorem slots_pos (h : Layout s) : 0 < s.slotCount := by
  rw [slotCount, Nat.mul_comm]
  exact Nat.lt_of_lt_of_le h.blockRows_pos (blockRows_le s h.slotDigits_pos)

/-- The listed rows of a block, selected from its slots: their sum and the sum of their squares. -/
theorem of_listed (h : Layout s) {F : Nat → Nat} {w count : Nat}
    (hF : ∀ κ, κ < s.slotCount → F (s.slotRow κ) < 2 ^ w)
    (hw : s.slotCount * 2 ^ w < s.slotBase - 1) (hc : count ≤ s.blockRows) :
    ∃ R, slots s.slotBase (fun κ => F (s.slotRow κ)) s.slotCount &&&
        s.spreadOut (2 ^ (s.digitBits * count) - 1) / (2 ^ s.digitBits - 1) * (s.slotBase - 1) = R ∧
      R % (s.slotBase - 1) = total F count ∧
      ∀ (done : Nat) (k : Nat → Bool),
        squares (ones s.slotBase s.slotCount) (s.slotBase - 1)
          R w 0 done k = true →
          k (done + total (fun r => F r * F r) count) = true := by
  have hn := slots_pos h
  have hw1 : 2 ^ w < s.slotBase := by
    have := Nat.le_mul_of_pos_left (2 ^ w) hn
    omega
  have hws : w ≤ s.slotDigits * s.digitBits :=
    Nat.le_of_lt ((Nat.pow_lt_pow_iff_right (by omega)).1 hw1)
  have hx : ∀ κ, κ < s.slotCount → F (s.slotRow κ) < s.slotBase := fun κ hκ =>
    Nat.lt_trans (hF κ hκ) hw1
  have he : ∀ κ, κ < s.slotCount → (if s.slotRow κ < count then 1 else 0) ≤ 1 := by
    intro κ _
    split <;> omega
  have hlt : total (fun κ => F (s.slotRow κ) * if s.slotRow κ < count then 1 else 0)
      s.slotCount < s.slotBase - 1 := by
    refine Nat.lt_of_le_of_lt (total_le (A := 2 ^ w) fun κ hκ => ?_) hw
    have := hF κ hκ
    split <;> omega
  refine ⟨_, rfl, ?_, ?_⟩
  · rw [listed_eq h, slotBase, land_select hx he, ← slotBase, slots_mod hlt, total_listed h F hc]
  · intro done k hk
    rw [listed_eq h, slotBase, land_select hx he, ← slotBase] at hk
    have h1 := of_squares (s := s.slotDigits * s.digitBits) (fun κ hκ => by
      have := hx κ hκ
      simp only [slotBase] at this
      split <;> omega) hlt (by omega) hk
    rw [total_congr (g := fun κ => F (s.slotRow κ) * F (s.slotRow κ) *
        if s.slotRow κ < count then 1 else 0), total_listed h (fun r => F r * F r) hc] at h1
    · exact h1
    · intro κ hκ
      have := hF κ hκ
      split
      · simp [Nat.mod_eq_of_lt this]
      · simp

/-- The rows of a block and those of the blocks after it. -/
theorem total_blocks {K : Nat} (hK : 0 < K) (G : Nat → Nat → Nat) (t rows : Nat) :
    total (fun r => G t r) (min K rows)
        + total (fun i => G ((K * (t + 1) + i) / K) ((K * (t + 1) + i) % K)) (rows - min K rows)
      = total (fun i => G ((K * t + i) / K) ((K * t + i) % K)) rows := by
  have e : total (fun r => G t r) (min K rows)
      = total (fun i => G ((K * t + i) / K) ((K * t + i) % K)) (min K rows) := by
    apply total_congr
    intro r hr
    have hr : r < K := by omega
    rw [Nat.mul_add_div hK, Nat.mul_add_mod, Nat.div_eq_of_lt hr, Nat.mod_eq_of_lt hr, Nat.add_zero]
  rw [e]
  rcases Nat.le_total K rows with hle | hle
  · obtain ⟨l, rfl⟩ : ∃ l, rows = K + l := ⟨rows - K, by omega⟩
    rw [Nat.min_eq_left hle, total_append, Nat.add_sub_cancel_left]
    simp only [Nat.mul_succ, Nat.add_assoc]
  · rw [Nat.min_eq_right hle, Nat.sub_self, total, Nat.add_zero]

/-- What `sumsOver` adds up: over the rows from the first of block `t` on, so many as are listed. -/
theorem of_sumsOver (h : Layout s) {S : Sides} {D w column : Nat}
    (hp : S.ps.length = s.columnCount) (hb : s.RowsWithin S D (ceilDiv s.size s.blockRows))
    (hD : 2 * D < 2 ^ w) (hw : s.slotCount * 2 ^ w < s.slotBase - 1)
    (hb' : s.slotCount * 2 ^ s.digitBits < s.slotBase - 1)
    {T t rows r₁ r₂ c₁ c₂ : Nat} {k : Nat → Nat → Nat → Nat → Bool}
    (hT : t + T = ceilDiv s.size s.blockRows) (hr : rows ≤ s.blockRows * T)
    (hs : sumsOver s s.spreadOut S.ps S.qs
      (S.kP * ones s.slotBase s.slotCount) ((S.kQ + D) * ones s.slotBase s.slotCount)
      (ones s.slotBase s.slotCount) (s.slotBase - 1) w column T rows
      (s.columns.drop (s.columnCount * t)) r₁ r₂ c₁ c₂ k = true) :
    k (r₁ + total (fun i => s.excess S D ((s.blockRows * t + i) / s.blockRows)
          ((s.blockRows * t + i) % s.blockRows)) rows)
      (r₂ + total (fun i => s.excess S D ((s.blockRows * t + i) / s.blockRows)
          ((s.blockRows * t + i) % s.blockRows) * s.excess S D
          ((s.blockRows * t + i) / s.blockRows) ((s.blockRows * t + i) % s.blockRows)) rows)
      (c₁ + total (fun i => s.digit (s.blockRows * t + i) column) rows)
      (c₂ + total (fun i =>
          s.digit (s.blockRows * t + i) column * s.digit (s.blockRows * t + i) column)
        rows) = true := by
  induction T generalizing t rows r₁ r₂ c₁ c₂ with
  | zero =>
    have : rows = 0 := by simpa using hr
    subst this
    rw [sumsOver] at hs
    exact hs
  | succ T ih =>
    have hcount := listedRows_eq s rows
    rw [sumsOver, force_eq, force_eq] at hs
    have hs := of_weigh (of_weigh hs)
    simp only [force_eq] at hs
    rw [hcount, dot_spreadOut s h.slotDigits_pos, dot_spreadOut s h.slotDigits_pos, mul_ones,
      mul_ones, slots_add, slots_add, List.drop_drop, hp, ← Nat.mul_succ] at hs
    have hbt := hb t (by omega)
    obtain ⟨R, hR, hR1, hR2⟩ := of_listed h (F := fun r => s.excess S D t r) (w := w)
      (count := min s.blockRows rows) (fun κ hκ => by
        have := hbt κ hκ
        simp only [excess]
        omega) hw (Nat.min_le_left _ _)
    obtain ⟨C, hC, hC1, hC2⟩ := of_listed h (F := fun r => s.blockDigit column t r)
      (w := s.digitBits) (count := min s.blockRows rows)
      (fun κ _ => Nat.mod_lt _ (Nat.two_pow_pos _)) hb'
      (Nat.min_le_left _ _)
    have eR : Nat.land (Nat.sub
        (slots s.slotBase (fun κ => S.kQ + D + s.blockDot S.qs t (s.slotRow κ)) s.slotCount)
        (slots s.slotBase (fun κ => S.kP + s.blockDot S.ps t (s.slotRow κ))
          s.slotCount)) (Nat.mul (Nat.div (s.spreadOut (Nat.sub (Nat.pow 2
        (Nat.mul s.digitBits (min s.blockRows rows))) 1)) (Nat.sub (Nat.pow 2 s.digitBits) 1))
        (s.slotBase - 1)) = R := by
      rw [← hR]
      have := slots_sub s.slotBase s.slotCount
        (fun κ => S.kQ + D + s.blockDot S.qs t (s.slotRow κ))
        (fun κ => S.kP + s.blockDot S.ps t (s.slotRow κ))
        (fun κ hκ => by
          have := hbt κ hκ
          show S.kP + s.blockDot S.ps t (s.slotRow κ) ≤ S.kQ + D + s.blockDot S.qs t (s.slotRow κ)
          omega)
      exact congrArg (fun z => z &&& _) this
    have eC : Nat.land (s.spreadOut (pack (Nat.pow 2 s.limbBits)
        ((s.columns.drop (s.columnCount * t)).getD column []))) (Nat.mul (Nat.div (s.spreadOut
        (Nat.sub (Nat.pow 2 (Nat.mul s.digitBits (min s.blockRows rows))) 1))
        (Nat.sub (Nat.pow 2 s.digitBits) 1)) (s.slotBase - 1)) = C := by
      rw [← hC, spreadOut_eq s h.slotDigits_pos]
      have : (s.columns.drop (s.columnCount * t)).getD column []
          = s.columns.getD (s.columnCount * t + column) [] := by
        simp [List.getD_eq_getElem?_getD, List.getElem?_drop]
      rw [this]
      rfl
    rw [eR, eC] at hs
    have hs := hC2 _ _ (hR2 _ _ hs)
    rw [← mul_ones _ _ S.kP, ← mul_ones _ _ (S.kQ + D)] at hs
    have hs := ih (by omega) (by
      rw [Nat.mul_succ] at hr
      show rows - min s.blockRows rows ≤ s.blockRows * T
      omega) hs
    rw [show Nat.mod R (s.slotBase - 1) = _ from hR1,
      show Nat.mod C (s.slotBase - 1) = _ from hC1] at hs
    have e1 := total_blocks h.blockRows_pos (fun t r => s.excess S D t r) t rows
    have e2 := total_blocks h.blockRows_pos
      (fun t r => s.excess S D t r * s.excess S D t r) t rows
    have e3 := total_blocks h.blockRows_pos (s.blockDigit column) t rows
    have e4 := total_blocks h.blockRows_pos
      (fun t r => s.blockDigit column t r * s.blockDigit column t r) t rows
    rw [← e1, ← e2, ← Nat.add_assoc, ← Nat.add_assoc,
      show total (fun i => s.digit (s.blockRows * t + i) column) rows = _ from e3.symm,
      show total (fun i =>
          s.digit (s.blockRows * t + i) column * s.digit (s.blockRows * t + i) column)
        rows = _ from e4.symm, ← Nat.add_assoc, ← Nat.add_assoc]
    exact hs

/-! ## The residual of a sample -/

/-- The excess of sample `i`. -/
def PackedSamples.sampleExcess (s : PackedSamples) (S : Sides) (D i : Nat) : Nat :=
  s.excess S D (i / s.blockRows) (i % s.blockRows)

/-- The residual of a sample, times a power of two, is its excess minus `D`. -/
theorem residual_eq_excess {c : Nat} {f : AffineFunctional s.latentDim} {weightExponent D : Nat}
    (hw : ∀ w ∈ f.w.toList, isMultiple w weightExponent = true)
    (hb : isMultiple f.b (s.latentExponent + weightExponent) = true) (hc : c < s.conceptCount)
    (hm : s.scoreExponents.getD c 0 ≤ s.latentExponent + weightExponent)
    (hsides : ∀ i : Fin s.size, s.positiveSide (s.sides c f weightExponent) i
      ≤ s.negativeSide (s.sides c f weightExponent) i + D) (i : Fin s.size) :
    f.residual (s.latent i) (s.score c i) * ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat)
      = (s.sampleExcess (s.sides c f weightExponent) D i : Rat) - (D : Rat) := by
  have hi := hsides i
  rw [residual_eq_sides hw hb hc hm i, sampleExcess, excess,
    blockDot_eq s i _ (length_ps ..), blockDot_eq s i _ (length_qs ..)]
  generalize s.sides c f weightExponent = S at hi ⊢
  have e : s.positiveSide S i + (S.kQ + D + dot (s.row i) S.qs - (S.kP + dot (s.row i) S.ps))
      = s.negativeSide S i + D := by
    simp only [positiveSide, negativeSide, side] at hi ⊢
    omega
  have e2 := congrArg (fun n : Nat => (n : Rat)) e
  simp only [Rat.natCast_add] at e2
  grind

end

end Bridge
