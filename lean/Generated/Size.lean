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
# Concept `size`

The linear probe of the concept `size` (pixels) on the 8 latent coordinates of
the data set `digits`, and its sup error over 128 samples: 102 of the training part and 26 held out.

Fitted by ridge regression (λ = 0.001, bias regularised) on the training part.  For information only, as the
artifact records it, rounded and not proved here: R² = 0.3380 (training part), -0.1952 (held out), 0.2876 (all).
-/

@[expose] public noncomputable section

namespace Generated.size

/-- The numbers of the probe as integers, over one denominator: what the kernel computes with. -/
def integers : Bridge.IntegerProbe where
  denominator := 2 ^ 47
  magnitudeBits := 56
  weightBits := 64
  literalBits := 512
  weights := [
    nat_lit 0x80a7f301cc43d948004d3e33b10322ac005ad3d5c4968d0880085673660cdd998027b96883c7711e009651d94f80e710803bc3dd08a81e2e0090fb89701f1610
  ]
  bias := Bridge.plus 111758334696954640822435840
  sup := 70783055881669727957439616
  scoreLow := 34359738542
  scoreSpan := 124

/-- The probe `z ↦ w · z + b`: every number is the floating-point number of the fit, exactly. -/
def functional : Bridge.AffineFunctional 8 where
  w := #v[
    2550560272281953 / 8796093022208,  -- about 289.965
    -8411188863176471 / 70368744177664,  -- about -119.53
    2644452518137457 / 8796093022208,  -- about 300.639
    -5590691315169423 / 70368744177664,  -- about -79.4485
    -2346853447032217 / 140737488355328,  -- about -16.6754
    3195707872956833 / 17592186044416,  -- about 181.655
    5435491235186859 / 35184372088832,  -- about 154.486
    -5909188769774377 / 17592186044416  -- about -335.898
  ]
  -- about 92.4443
  b := 6505191250294135 / 70368744177664

/-- The sup error, in pixels: about 58.5504. -/
@[irreducible] def δ : Rat := 552992624075544749667497 / 9444732965739290427392

/-- The score of sample `i` minus the probe's value `w · z + b` at its latent point `z`. -/
def residual (i : Fin 128) : Rat :=
  functional.residual (samples.latent i) (samples.score 0 i)

theorem faithful : integers.Represents samples 0 functional δ :=
  .ofWeights (by decide +kernel) (by decide +kernel)

theorem checked : Bridge.Found samples 0 integers 0 1 [
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

end Generated.size
