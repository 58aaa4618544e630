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
# Concept `thick`

The linear probe of the concept `thick` (pixels) on the 8 latent coordinates of
the data set `mnist`, and its sup error over 128 samples: 102 of the training part and 26 held out.

Fitted by ridge regression (λ = 0.001, bias regularised) on the training part.  For information only, as the
artifact records it, rounded and not proved here: R² = 0.7553 (training part), 0.6994 (held out), 0.7501 (all).
-/

@[expose] public noncomputable section

namespace Generated.thick

/-- The numbers of the probe as integers, over one denominator: what the kernel computes with. -/
def integers : Bridge.IntegerProbe where
  denominator := 2 ^ 51
  magnitudeBits := 57
  weightBits := 64
  literalBits := 512
  weights := [
    nat_lit 0xee430beef4da80802bf15564c4113280b6116014252ce880176ce0b3705c290029cd16e3fb708c8098bfcd61b212b88119bdb87e95c4e000518de91d951ac4
  ]
  bias := Bridge.plus 1336876096305091297692090368
  sup := 278518533629699764661543680
  scoreLow := 34359738418
  scoreSpan := 91

/-- The probe `z ↦ w · z + b`: every number is the floating-point number of the fit, exactly. -/
def functional : Bridge.AffineFunctional 8 where
  w := #v[
    5738876369192625 / 562949953421312,  -- about 10.1943
    -2478220892220967 / 70368744177664,  -- about -35.2176
    -5374385661035095 / 281474976710656,  -- about -19.0937
    2941493060754467 / 562949953421312,  -- about 5.22514
    -6593636803304489 / 2251799813685248,  -- about -2.92816
    -6405943764231581 / 281474976710656,  -- about -22.7585
    -6184386531821721 / 1125899906842624,  -- about -5.49284
    523943460858293 / 17592186044416  -- about 29.7827
  ]
  -- about 138.23
  b := 2431763453032711 / 17592186044416

/-- The sup error, in pixels: about 28.7981. -/
@[irreducible] def δ : Rat := 1087963021991014705709155 / 37778931862957161709568

/-- The score of sample `i` minus the probe's value `w · z + b` at its latent point `z`. -/
def residual (i : Fin 128) : Rat :=
  functional.residual (samples.latent i) (samples.score 1 i)

theorem faithful : integers.Represents samples 1 functional δ :=
  .ofWeights (by decide +kernel) (by decide +kernel)

theorem checked : Bridge.Found samples 1 integers 0 1 [
    (.attains 102, 1)
  ] :=
  .of_check (by decide +kernel)

/-- The score of every listed sample is within `δ` of the probe.  This covers the 128 samples in
`Generated.samples` (102 of the training part and 26 held out) and says nothing about any other. -/
theorem bound (i : Fin 128) : -δ ≤ residual i ∧ residual i ≤ δ :=
  Bridge.bound_of_found faithful checked (by decide) i

/-- Some listed sample is missed by exactly `δ`: no smaller number bounds the residuals. -/
theorem attained : ∃ i : Fin 128, residual i = δ ∨ residual i = -δ :=
  ⟨⟨102, by decide⟩, Bridge.attained_of_found faithful checked (by decide) 0 rfl⟩

end Generated.thick
