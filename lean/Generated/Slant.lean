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
# Concept `slant`

The linear probe of the concept `slant` (radians) on the 8 latent coordinates of
the data set `digits`, and its sup error over 128 samples: 102 of the training part and 26 held out.

Fitted by ridge regression (λ = 0.001, bias regularised) on the training part.  For information only, as the
artifact records it, rounded and not proved here: R² = 0.8946 (training part), 0.9208 (held out), 0.9014 (all).
-/

@[expose] public noncomputable section

namespace Generated.slant

/-- The numbers of the probe as integers, over one denominator: what the kernel computes with. -/
def integers : Bridge.IntegerProbe where
  denominator := 2 ^ 55
  magnitudeBits := 55
  weightBits := 60
  literalBits := 480
  weights := [
    nat_lit 0x2de0926f45f31682f48376372925e073131670c04590828902e64d80122826e1216fe4cd2e01b31959eb20db3012046545ed69f4817c8bdacdc6968
  ]
  bias := Bridge.plus 21674801697043586559770624
  sup := 67166098856802984028116224
  scoreLow := 30736819200
  scoreSpan := 6962914304

/-- The probe `z ↦ w · z + b`: every number is the floating-point number of the fit, exactly. -/
def functional : Bridge.AffineFunctional 8 where
  w := #v[
    -836830179855661 / 4503599627370496,  -- about -0.185814
    1267845648046717 / 9007199254740992,  -- about 0.140759
    7654343053544883 / 36028797018963968,  -- about 0.212451
    -5471791421220503 / 18014398509481984,  -- about -0.303745
    -5708764001599633 / 18014398509481984,  -- about -0.3169
    2024413088973913 / 2251799813685248,  -- about 0.89902
    -6654363317127471 / 18014398509481984,  -- about -0.369391
    6456646744340875 / 18014398509481984  -- about 0.358416
  ]
  -- about 0.0700351
  b := 1261639507548161 / 18014398509481984

/-- The sup error, in radians: about 0.217025. -/
@[irreducible] def δ : Rat := 262367573659386656359829 / 1208925819614629174706176

/-- The score of sample `i` minus the probe's value `w · z + b` at its latent point `z`. -/
def residual (i : Fin 128) : Rat :=
  functional.residual (samples.latent i) (samples.score 2 i)

theorem faithful : integers.Represents samples 2 functional δ :=
  .ofWeights (by decide +kernel) (by decide +kernel)

theorem checked : Bridge.Found samples 2 integers 0 1 [
    (.attains 7, 1)
  ] :=
  .of_check (by decide +kernel)

/-- The score of every listed sample is within `δ` of the probe.  This covers the 128 samples in
`Generated.samples` (102 of the training part and 26 held out) and says nothing about any other. -/
theorem bound (i : Fin 128) : -δ ≤ residual i ∧ residual i ≤ δ :=
  Bridge.bound_of_found faithful checked (by decide) i

/-- Some listed sample is missed by exactly `δ`: no smaller number bounds the residuals. -/
theorem attained : ∃ i : Fin 128, residual i = δ ∨ residual i = -δ :=
  ⟨⟨7, by decide⟩, Bridge.attained_of_found faithful checked (by decide) 0 rfl⟩

end Generated.slant
