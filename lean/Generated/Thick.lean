/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.

Made by `python -m bridge export --over all --out Generated.lean`, do not edit.
Template: Concept.lean.jinja, format 3.
Artifact: SHA-256 84d8d9aff607419a8e43794a42b46944a18f1cfeac7f6ae2a80efde9a3bd80e1.
-/
module

public import Bridge.Claims.SupError
public import Generated.Samples

/-!
# Concept `thick`

The linear probe of the concept `thick` (pixels) on the 8 latent coordinates of
the data set `digits`, and its sup error over 128 samples: 102 of the training part and 26 held out.

Fitted by ridge regression (λ = 0.001, bias regularised) on the training part.  For information only, as the
artifact records it, rounded and not proved here: R² = 0.6281 (training part), 0.4295 (held out), 0.6084 (all).
-/

@[expose] public noncomputable section

namespace Generated.thick

/-- The numbers of the probe as integers, over one denominator: what the kernel computes with. -/
def integers : Bridge.IntegerProbe where
  denominator := 2 ^ 48
  magnitudeBits := 55
  weightBits := 60
  literalBits := 480
  weights := [
    nat_lit 0x32931a3822edc081fc44b76104eb1817890396218e18015daea274aaba1820a66126a6a1ca81bdaad817324bc012cd46e300cf9985ce6d2d2d4c6cc
  ]
  bias := Bridge.plus 298177751537540667505901568
  sup := 46149372574417251397233152
  scoreLow := 34359738436
  scoreSpan := 62

/-- The probe `z ↦ w · z + b`: every number is the floating-point number of the fit, exactly. -/
def functional : Bridge.AffineFunctional 8 where
  w := #v[
    -6537372753015219 / 70368744177664,  -- about -92.9017
    5292253920677785 / 281474976710656,  -- about 18.8019
    -1960065776797999 / 70368744177664,  -- about -27.8542
    -4595067722617061 / 140737488355328,  -- about -32.6499
    6151673727331233 / 281474976710656,  -- about 21.8551
    -828071620129219 / 35184372088832,  -- about -23.5352
    -8941552660401841 / 281474976710656,  -- about -31.7668
    222429525871543 / 4398046511104  -- about 50.5746
  ]
  -- about 123.323
  b := 8678114726718651 / 70368744177664

/-- The sup error, in pixels: about 19.0869. -/
@[irreducible] def δ : Rat := 90135493309408694135221 / 4722366482869645213696

/-- The score of sample `i` minus the probe's value `w · z + b` at its latent point `z`. -/
def residual (i : Fin 128) : Rat :=
  functional.residual (samples.latent i) (samples.score 1 i)

theorem faithful : integers.Represents samples 1 functional δ :=
  .ofWeights (by decide +kernel) (by decide +kernel)

theorem checked : Bridge.Found samples 1 integers 0 1 [
    (.attains 0, 1)
  ] :=
  .of_check (by decide +kernel)

/-- The score of every listed sample is within `δ` of the probe.  This covers the 128 samples in
`Generated.samples` (102 of the training part and 26 held out) and says nothing about any other. -/
theorem bound (i : Fin 128) : -δ ≤ residual i ∧ residual i ≤ δ :=
  Bridge.bound_of_found faithful checked (by decide) i

/-- Some listed sample is missed by exactly `δ`: no smaller number bounds the residuals. -/
theorem attained : ∃ i : Fin 128, residual i = δ ∨ residual i = -δ :=
  ⟨⟨0, by decide⟩, Bridge.attained_of_found faithful checked (by decide) 0 rfl⟩

end Generated.thick
