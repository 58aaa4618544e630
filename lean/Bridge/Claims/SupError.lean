/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Residuals

/-!
# The sup error

Both claims speak of `AffineFunctional.residual` at the rational numbers that `PackedSamples.latent`
and `PackedSamples.score` read from the packed data.  They say nothing about any point that is not
listed there.

## Main definitions

* `check`: a program that has the kernel compare every residual with `δ`.
* `isTight`: a program that has it compute the residual of one sample.

## Main statements

* `bound_of_check`: if `check` answers `true`, then every residual lies between `-δ` and `δ`.
* `attained_of_check`: if moreover `isTight` answers `true` for a sample, then its residual is `δ`
  or `-δ`, so that `δ` is the largest absolute residual and not merely a bound.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-! ## The programs -/

/-- **The checker.**  Whether every residual of concept `c` lies between `-δ` and `δ`; it answers
`false` too if the numbers are not multiples of the stated powers of two, or if a slot could
overflow.

The kernel evaluates it.  It is irreducible for the elaborator, which would otherwise evaluate it
too, without the kernel's arithmetic, to explain why a false claim is false. -/
@[irreducible] def check (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim) (δ : Rat)
    (weightExponent : Nat) : Bool :=
  let e := s.latentExponent + weightExponent
  isMultiple δ e && Nat.blt c s.conceptCount && Nat.ble (s.scoreExponents.getD c 0) e &&
  match numerator δ e with
  | .negSucc _ => false
  | .ofNat D => force D fun D =>
    withParts s c f weightExponent fun ps qs sumP sumQ kP kQ => sidesOk s ps qs sumP sumQ kP kQ D

/-- Whether the residual of sample `i` is `δ` or `-δ`.  It is irreducible for the same reason as
`check`. -/
@[irreducible] def isTight (s : PackedSamples) (c : Nat) (f : AffineFunctional s.latentDim)
    (δ : Rat) (weightExponent i : Nat) : Bool :=
  withParts s c f weightExponent fun ps qs _ _ kP kQ =>
  force (Nat.mul s.digitBits (Nat.mod i s.blockRows)) fun shift =>
  force (Nat.pow 2 s.digitBits) fun y =>
  force (numerator δ (s.latentExponent + weightExponent)).toNat fun D =>
  let columns := s.columns.drop (s.columnCount * (i / s.blockRows))
  weigh s.limbBits (fun a => Nat.mod (Nat.shiftRight a shift) y) ps columns kP fun p _ =>
  weigh s.limbBits (fun a => Nat.mod (Nat.shiftRight a shift) y) qs columns kQ fun q _ =>
    Nat.beq p (Nat.add q D) || Nat.beq q (Nat.add p D)

/-! ## What their answers mean -/

section

variable {s : PackedSamples} {c : Nat} {f : AffineFunctional s.latentDim} {δ : Rat}
  {weightExponent : Nat}

/-- What `check` decides, one condition after the other. -/
theorem exists_of_check (h : check s c f δ weightExponent = true) :
    ∃ D : Nat, (∀ w ∈ f.w.toList, isMultiple w weightExponent = true) ∧
      isMultiple f.b (s.latentExponent + weightExponent) = true ∧
      isMultiple δ (s.latentExponent + weightExponent) = true ∧ c < s.conceptCount ∧
      s.scoreExponents.getD c 0 ≤ s.latentExponent + weightExponent ∧
      numerator δ (s.latentExponent + weightExponent) = (D : Int) ∧
      (s.sides c f weightExponent).satisfy
        (fun ps qs sumP sumQ kP kQ => sidesOk s ps qs sumP sumQ kP kQ D) := by
  simp only [check, Bool.and_eq_true] at h
  obtain ⟨⟨⟨hδ, hc⟩, hm⟩, h⟩ := h
  cases hD : numerator δ (s.latentExponent + weightExponent) with
  | negSucc n => simp [hD] at h
  | ofNat D =>
    rw [hD] at h
    simp only [force_eq] at h
    obtain ⟨hw, hb, h⟩ := of_withParts h
    exact ⟨D, hw, hb, hδ, Nat.le_of_ble_eq_true hc, Nat.le_of_ble_eq_true hm, rfl, h⟩

/-- **Soundness.**  If the checker answers `true`, then every residual of the concept lies between
`-δ` and `δ`: the claim covers the samples that are packed in `s` and no others. -/
theorem bound_of_check (h : check s c f δ weightExponent = true) (i : Fin s.size) :
    -δ ≤ f.residual (s.latent i) (s.score c i) ∧ f.residual (s.latent i) (s.score c i) ≤ δ := by
  obtain ⟨D, hw, hb, hδ, hc, hm, hD, h⟩ := exists_of_check h
  have h := sides_of_sidesOk h (length_ps ..) (length_qs ..) i i.isLt
  have h3 := residual_eq_sides hw hb hc hm i
  have h4 := numerator_eq hδ
  rw [hD, Rat.intCast_natCast] at h4
  have hpos : (0 : Rat) < ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat) :=
    Rat.natCast_pos.2 (Nat.two_pow_pos _)
  have h1 : (s.positiveSide (s.sides c f weightExponent) i : Rat)
      ≤ (s.negativeSide (s.sides c f weightExponent) i : Rat) + (D : Rat) := by exact_mod_cast h.1
  have h2 : (s.negativeSide (s.sides c f weightExponent) i : Rat)
      ≤ (s.positiveSide (s.sides c f weightExponent) i : Rat) + (D : Rat) := by exact_mod_cast h.2
  constructor
  · apply Rat.le_of_mul_le_mul_right _ hpos
    grind
  · apply Rat.le_of_mul_le_mul_right _ hpos
    grind

/-- What `isTight` decides. -/
theorem sides_of_isTight {i : Nat} (h : isTight s c f δ weightExponent i = true) :
    s.positiveSide (s.sides c f weightExponent) i = s.negativeSide (s.sides c f weightExponent) i
        + (numerator δ (s.latentExponent + weightExponent)).toNat ∨
      s.negativeSide (s.sides c f weightExponent) i = s.positiveSide (s.sides c f weightExponent) i
        + (numerator δ (s.latentExponent + weightExponent)).toNat := by
  rw [isTight] at h
  obtain ⟨-, -, h⟩ := of_withParts h
  simp only [force_eq] at h
  have h1 := of_weigh (of_weigh h)
  have e : ∀ (vs : List Nat) (k : Nat), vs.length = s.columnCount →
      k + dot ((s.columns.drop (s.columnCount * (i / s.blockRows))).map fun limbs =>
        Nat.mod (Nat.shiftRight (pack (2 ^ s.limbBits) limbs)
          (Nat.mul s.digitBits (Nat.mod i s.blockRows))) (Nat.pow 2 s.digitBits)) vs
        = s.side vs k i := by
    intro vs k hv
    rw [side, ← blockDot_eq s i vs hv, Nat.add_comm, blockDot]
    congr 3
    funext limbs
    show (pack (2 ^ s.limbBits) limbs >>> (s.digitBits * (i % s.blockRows))) % 2 ^ s.digitBits = _
    rw [Nat.shiftRight_eq_div_pow, Nat.pow_mul]
  rw [e _ _ (length_ps ..), e _ _ (length_qs ..), Bool.or_eq_true] at h1
  exact h1.imp Nat.eq_of_beq_eq_true Nat.eq_of_beq_eq_true

/-- **δ is attained.**  If both programs answer `true`, then the residual of sample `i` is `δ` or
`-δ`. -/
theorem attained_of_check (h : check s c f δ weightExponent = true) (i : Fin s.size)
    (ht : isTight s c f δ weightExponent i = true) :
    f.residual (s.latent i) (s.score c i) = δ ∨ f.residual (s.latent i) (s.score c i) = -δ := by
  obtain ⟨D, hw, hb, hδ, hc, hm, hD, -⟩ := exists_of_check h
  have h3 := residual_eq_sides hw hb hc hm i
  have h4 := numerator_eq hδ
  rw [hD, Rat.intCast_natCast] at h4
  have ht := sides_of_isTight ht
  rw [hD, Int.toNat_natCast] at ht
  have hpos : (0 : Rat) < ((2 ^ (s.latentExponent + weightExponent) : Nat) : Rat) :=
    Rat.natCast_pos.2 (Nat.two_pow_pos _)
  rcases ht with e | e
  · right
    apply eq_of_mul_eq_mul_right hpos
    have : (s.positiveSide (s.sides c f weightExponent) i : Rat)
        = (s.negativeSide (s.sides c f weightExponent) i : Rat) + (D : Rat) := by exact_mod_cast e
    grind
  · left
    apply eq_of_mul_eq_mul_right hpos
    have : (s.negativeSide (s.sides c f weightExponent) i : Rat)
        = (s.positiveSide (s.sides c f weightExponent) i : Rat) + (D : Rat) := by exact_mod_cast e
    grind

end

end Bridge
