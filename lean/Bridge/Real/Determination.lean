/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.Determination
public import Bridge.Real.Rational

/-!
# The coefficient of determination over the real numbers

What an export proves of `rSquared` holds of the score and the residual of a `ProbeSpec`.

## Main definitions

* `coefficientOfDetermination`: R² of real scores and their residuals.

## Main statements

* `coefficientOfDetermination_cast`: for rational scores and residuals it is `rSquared`.
* `ProbeSpec.coefficientOfDetermination_ofBound`: the same for the `ProbeSpec` of an export.
-/

@[expose] public noncomputable section

namespace Bridge

variable {d N : Nat}

/-- The coefficient of determination R² of scores and their residuals: one minus the residual sum of
squares over the total sum of squares about the mean.  For a constant score it is 1, since Mathlib
has `x / 0 = 0`, and says nothing. -/
def coefficientOfDetermination {ι : Type*} [Fintype ι] (score residual : ι → ℝ) : ℝ :=
  1 - (∑ i, residual i ^ 2) / ∑ i, (score i - (∑ j, score j) / (Fintype.card ι : ℝ)) ^ 2

/-- The sum of squares over `Rat` is the sum of squares over `ℝ`. -/
theorem cast_sumOfSquares (f : Fin N → Rat) : ((sumOfSquares f : Rat) : ℝ) = ∑ i, (f i : ℝ) ^ 2 :=
  (cast_sum fun i => f i * f i).trans (Finset.sum_congr rfl fun i _ =>
    (Rat.cast_mul (f i) (f i)).trans (pow_two (f i : ℝ)).symm)

/-- The mean over `Rat` is the mean over `ℝ`. -/
theorem cast_mean (f : Fin N → Rat) :
    ((mean f : Rat) : ℝ) = (∑ i, (f i : ℝ)) / (Fintype.card (Fin N) : ℝ) :=
  (Rat.cast_div (sum f) (N : Rat)).trans (congr (congrArg HDiv.hDiv (cast_sum f))
    ((Rat.cast_natCast N).trans (congrArg Nat.cast (Fintype.card_fin N).symm)))

/-- The coefficient of determination of rational scores and residuals is the one over `Rat`. -/
theorem coefficientOfDetermination_cast (score residual : Fin N → Rat) :
    coefficientOfDetermination (fun i => (score i : ℝ)) (fun i => (residual i : ℝ))
      = ((rSquared score residual : Rat) : ℝ) := by
  have total : ((sumOfSquares (centred score) : Rat) : ℝ)
      = ∑ i, ((score i : ℝ) - (∑ j, (score j : ℝ)) / (Fintype.card (Fin N) : ℝ)) ^ 2 :=
    (cast_sumOfSquares (centred score)).trans (Finset.sum_congr rfl fun i _ =>
      congrArg (fun x : ℝ => x ^ 2) ((Rat.cast_sub (score i) (mean score)).trans
        (congrArg (fun x : ℝ => (score i : ℝ) - x) (cast_mean score))))
  have quotient : ((sumOfSquares residual / sumOfSquares (centred score) : Rat) : ℝ)
      = (∑ i, (residual i : ℝ) ^ 2)
        / ∑ i, ((score i : ℝ) - (∑ j, (score j : ℝ)) / (Fintype.card (Fin N) : ℝ)) ^ 2 :=
    (Rat.cast_div (sumOfSquares residual) (sumOfSquares (centred score))).trans
      (congr (congrArg HDiv.hDiv (cast_sumOfSquares residual)) total)
  exact ((Rat.cast_sub 1 (sumOfSquares residual / sumOfSquares (centred score))).trans
    (congr (congrArg HSub.hSub Rat.cast_one) quotient)).symm

/-- A theorem `rSquared_eq` of an export says what R² of its listed samples is. -/
theorem ProbeSpec.coefficientOfDetermination_ofBound (f : AffineFunctional d)
    (z : Fin N → Fin d → Rat) (score : Fin N → Rat) (δ : Rat)
    (bound : ∀ i, -δ ≤ f.residual (z i) (score i) ∧ f.residual (z i) (score i) ≤ δ) {r : Rat}
    (rSquared_eq : rSquared score (fun i => f.residual (z i) (score i)) = r) :
    coefficientOfDetermination (ofBound f z score δ bound).score
      (ofBound f z score δ bound).residual = (r : ℝ) :=
  (congrArg (coefficientOfDetermination (ofBound f z score δ bound).score)
    (funext fun i => residual_ofBound f z score δ bound i)).trans
    ((coefficientOfDetermination_cast score fun i => f.residual (z i) (score i)).trans
      (congrArg Rat.cast rSquared_eq))

end Bridge
