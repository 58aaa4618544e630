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
# Concept `slant`

The linear probe of the concept `slant` (radians) on the 8 latent coordinates of
the data set `mnist`, and its sup error over 128 samples: 102 of the training part and 26 held out.

Fitted by ridge regression (λ = 0.001, bias regularised) on the training part.  For information only, as the
artifact records it, rounded and not proved here: R² = 0.2876 (training part), -0.3707 (held out), 0.2098 (all).
-/

@[expose] public noncomputable section

namespace Generated.slant

/-- The numbers of the probe as integers, over one denominator: what the kernel computes with. -/
def integers : Bridge.IntegerProbe where
  denominator := 2 ^ 55
  magnitudeBits := 56
  weightBits := 64
  literalBits := 512
  weights := [
    nat_lit 0xbb2cf0de3c96d0806e6b80190faf98007d6f3c91a2b5a4001a9082fe3cfae580810a95edf04528005abb3f85128ea4003d000a2d0c078e80d8b9eecdb47708
  ]
  bias := Bridge.plus 23430658755267268899241984
  sup := 200000786123073679842421824
  scoreLow := 27834322944
  scoreSpan := 13024022016

/-- The probe `z ↦ w · z + b`: every number is the floating-point number of the fit, exactly. -/
def functional : Bridge.AffineFunctional 8 where
  w := #v[
    -7625378784251617 / 4503599627370496,  -- about -1.69317
    8585008642393031 / 18014398509481984,  -- about 0.476564
    6384657348469673 / 9007199254740992,  -- about 0.708839
    -4540238881753253 / 4503599627370496,  -- about -1.00814
    7477241680034533 / 36028797018963968,  -- about 0.207535
    8826669505228137 / 9007199254740992,  -- about 0.979957
    -3885055669827059 / 4503599627370496,  -- about -0.862656
    3292827104823661 / 2251799813685248  -- about 1.46231
  ]
  -- about 0.151417
  b := 2727687679611527 / 18014398509481984

/-- The sup error, in radians: about 1.29247. -/
@[irreducible] def δ : Rat := 3125012283173026247537841 / 2417851639229258349412352

/-- The score of sample `i` minus the probe's value `w · z + b` at its latent point `z`. -/
def residual (i : Fin 128) : Rat :=
  functional.residual (samples.latent i) (samples.score 2 i)

theorem faithful : integers.Represents samples 2 functional δ :=
  .ofWeights (by decide +kernel) (by decide +kernel)

theorem checked : Bridge.Found samples 2 integers 0 1 [
    (.attains 86, 1)
  ] :=
  .of_check (by decide +kernel)

/-- The score of every listed sample is within `δ` of the probe.  This covers the 128 samples in
`Generated.samples` (102 of the training part and 26 held out) and says nothing about any other. -/
theorem bound (i : Fin 128) : -δ ≤ residual i ∧ residual i ≤ δ :=
  Bridge.bound_of_found faithful checked (by decide) i

/-- Some listed sample is missed by exactly `δ`: no smaller number bounds the residuals. -/
theorem attained : ∃ i : Fin 128, residual i = δ ∨ residual i = -δ :=
  ⟨⟨86, by decide⟩, Bridge.attained_of_found faithful checked (by decide) 0 rfl⟩

end Generated.slant
