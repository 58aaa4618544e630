/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.

Made by `python -m bridge export --over all --out Generated.lean`, do not edit.
Template: Generated.lean.jinja, format 3.
Artifact: SHA-256 f46fdfcd9018ef83c52c6f912fbad79ea9b482fce54330d9c238c4aa3414d2c8.
-/
module

public import Bridge.Real
public import Generated.Samples
public import Generated.Size
public import Generated.Thick
public import Generated.Slant

/-!
# Probes of 3 concepts

For each concept the namespace `Generated.<concept>` has

* over the rational numbers, in a file that needs no Mathlib: the affine functional `functional`, the sup
  error `δ`, and the theorems `bound` and `attained`;
* over the real numbers, here: `probe`, with `probe.w` the continuous linear functional on latent space and `probe.b`
  the bias; `spec`, the claim that over 128 samples (102 of the training part and 26 held out) the score
  is within `spec.δ` of `probe`; `isTight`, that one of them is off by exactly `spec.δ`; and `column`, the whole column
  of the weight matrix, bias included, as one functional.

| concept | δ, about | R², held out |
|---|---|---|
| `size` (pixels) | 62.474 | 0.4181 |
| `thick` (pixels) | 28.7981 | 0.6994 |
| `slant` (radians) | 1.29247 | -0.3707 |
-/

@[expose] public noncomputable section

namespace Generated.size

/-- The probe of `size` on latent space; its numbers are exactly those of `functional`. -/
def probe : Bridge.Probe (EuclideanSpace ℝ (Fin 8)) := Bridge.Probe.ofRational functional

/-- The score of every listed sample is within `spec.δ`, which is `δ`, of `probe`.  This covers the 128 samples
in `Generated.samples` (102 of the training part and 26 held out) and says nothing about any other. -/
def spec : Bridge.ProbeSpec (Fin 128) (EuclideanSpace ℝ (Fin 8)) :=
  Bridge.ProbeSpec.ofBound functional samples.latent (samples.score 0) δ bound

/-- Some listed sample is missed by exactly `spec.δ`: no smaller number bounds the residuals, as
`isTight.isLeast` says. -/
theorem isTight : spec.IsTight :=
  Bridge.ProbeSpec.isTight_ofBound functional samples.latent (samples.score 0) δ bound attained

/-- The column of the weight matrix, the bias last, on latent points with a last coordinate of `1`. -/
def column : EuclideanSpace ℝ (Fin 9) →L[ℝ] ℝ := functional.column

/-- At the augmented latent point the column is the probe. -/
theorem column_augment (z : EuclideanSpace ℝ (Fin 8)) :
    column (Bridge.augment z) = probe.eval z :=
  functional.column_augment z

end Generated.size

namespace Generated.thick

/-- The probe of `thick` on latent space; its numbers are exactly those of `functional`. -/
def probe : Bridge.Probe (EuclideanSpace ℝ (Fin 8)) := Bridge.Probe.ofRational functional

/-- The score of every listed sample is within `spec.δ`, which is `δ`, of `probe`.  This covers the 128 samples
in `Generated.samples` (102 of the training part and 26 held out) and says nothing about any other. -/
def spec : Bridge.ProbeSpec (Fin 128) (EuclideanSpace ℝ (Fin 8)) :=
  Bridge.ProbeSpec.ofBound functional samples.latent (samples.score 1) δ bound

/-- Some listed sample is missed by exactly `spec.δ`: no smaller number bounds the residuals, as
`isTight.isLeast` says. -/
theorem isTight : spec.IsTight :=
  Bridge.ProbeSpec.isTight_ofBound functional samples.latent (samples.score 1) δ bound attained

/-- The column of the weight matrix, the bias last, on latent points with a last coordinate of `1`. -/
def column : EuclideanSpace ℝ (Fin 9) →L[ℝ] ℝ := functional.column

/-- At the augmented latent point the column is the probe. -/
theorem column_augment (z : EuclideanSpace ℝ (Fin 8)) :
    column (Bridge.augment z) = probe.eval z :=
  functional.column_augment z

end Generated.thick

namespace Generated.slant

/-- The probe of `slant` on latent space; its numbers are exactly those of `functional`. -/
def probe : Bridge.Probe (EuclideanSpace ℝ (Fin 8)) := Bridge.Probe.ofRational functional

/-- The score of every listed sample is within `spec.δ`, which is `δ`, of `probe`.  This covers the 128 samples
in `Generated.samples` (102 of the training part and 26 held out) and says nothing about any other. -/
def spec : Bridge.ProbeSpec (Fin 128) (EuclideanSpace ℝ (Fin 8)) :=
  Bridge.ProbeSpec.ofBound functional samples.latent (samples.score 2) δ bound

/-- Some listed sample is missed by exactly `spec.δ`: no smaller number bounds the residuals, as
`isTight.isLeast` says. -/
theorem isTight : spec.IsTight :=
  Bridge.ProbeSpec.isTight_ofBound functional samples.latent (samples.score 2) δ bound attained

/-- The column of the weight matrix, the bias last, on latent points with a last coordinate of `1`. -/
def column : EuclideanSpace ℝ (Fin 9) →L[ℝ] ℝ := functional.column

/-- At the augmented latent point the column is the probe. -/
theorem column_augment (z : EuclideanSpace ℝ (Fin 8)) :
    column (Bridge.augment z) = probe.eval z :=
  functional.column_augment z

end Generated.slant
