/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.

Made by `python -m bridge export --over all --out Generated.lean`, do not edit.
Template: Concept.lean.jinja, format 3.
Artifact: SHA-256 f46fdfcd9018ef83c52c6f912fbad79ea9b482fce54330d9c238c4aa3414d2c8.
-/
module

public import Bridge.Claims.SupError
public import Generated.Samples

/-!
# Concept `size`

The linear probe of the concept `size` (pixels) on the 8 latent coordinates of
the data set `mnist`, and its sup error over 128 samples: 102 of the training part and 26 held out.

Fitted by ridge regression (λ = 0.001, bias regularised) on the training part.  For information only, as the
artifact records it, rounded and not proved here: R² = 0.5939 (training part), 0.4181 (held out), 0.6042 (all).
-/

@[expose] public noncomputable section

namespace Generated.size

/-- The numbers of the probe as integers, over one denominator: what the kernel computes with. -/
def integers : Bridge.IntegerProbe where
  denominator := 2 ^ 51
  magnitudeBits := 59
  weightBits := 64
  literalBits := 512
  weights := [
    nat_lit 0x3adce6c50a858c08298a69554e65f20001bea134449195302be4eaee4da4d20019dc6620883bfa081254504ab8783b081b997f1a854c7f084049780d6866c00
  ]
  bias := Bridge.plus 724196228429778707699204096
  sup := 604211462213705833011813712
  scoreLow := 34359738408
  scoreSpan := 162

/-- The probe `z ↦ w · z + b`: every number is the floating-point number of the fit, exactly. -/
def functional : Bridge.AffineFunctional 8 where
  w := #v[
    -282737163739547 / 2199023255552,  -- about -128.574
    -7768595556027519 / 140737488355328,  -- about -55.1992
    -5159253408512059 / 140737488355328,  -- about -36.6587
    3639602804170237 / 70368744177664,  -- about 51.7219
    6177560835052137 / 70368744177664,  -- about 87.7884
    7857192842107219 / 2251799813685248,  -- about 3.48929
    -5846329526268665 / 70368744177664,  -- about -83.0813
    4142108088901987 / 35184372088832  -- about 117.726
  ]
  -- about 74.8801
  b := 658652632800821 / 8796093022208

/-- The sup error, in pixels: about 62.474. -/
@[irreducible] def δ : Rat := 37763216388356614563238357 / 604462909807314587353088

/-- The score of sample `i` minus the probe's value `w · z + b` at its latent point `z`. -/
def residual (i : Fin 128) : Rat :=
  functional.residual (samples.latent i) (samples.score 0 i)

theorem faithful : integers.Represents samples 0 functional δ :=
  .ofWeights (by decide +kernel) (by decide +kernel)

theorem checked : Bridge.Found samples 0 integers 0 1 [
    (.attains 87, 1)
  ] :=
  .of_check (by decide +kernel)

/-- The score of every listed sample is within `δ` of the probe.  This covers the 128 samples in
`Generated.samples` (102 of the training part and 26 held out) and says nothing about any other. -/
theorem bound (i : Fin 128) : -δ ≤ residual i ∧ residual i ≤ δ :=
  Bridge.bound_of_found faithful checked (by decide) i

/-- Some listed sample is missed by exactly `δ`: no smaller number bounds the residuals. -/
theorem attained : ∃ i : Fin 128, residual i = δ ∨ residual i = -δ :=
  ⟨⟨87, by decide⟩, Bridge.attained_of_found faithful checked (by decide) 0 rfl⟩

end Generated.size
