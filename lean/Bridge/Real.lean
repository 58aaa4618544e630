/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Real.Classifier
public import Bridge.Real.Counting
public import Bridge.Real.Determination
public import Bridge.Real.Network
public import Bridge.Real.Pixels
public import Bridge.Real.Probe
public import Bridge.Real.ProbeSpec
public import Bridge.Real.Quantile
public import Bridge.Real.Rational

/-!
# Linear probes over the real numbers

The part of the library that needs Mathlib.  `Bridge.Real.Probe` has the probe as a continuous
affine functional on a latent space, `Bridge.Real.ProbeSpec` the claim that it is within `δ` of a
concept score on a data set and what follows from such a claim, `Bridge.Real.Rational` the passage
from exact rational numbers, which the core library checks, to both.  `Bridge.Real.Determination`
and `Bridge.Real.Quantile` carry R² and conformal bounds over, and `Bridge.Real.Classifier` the
confusion matrix and the margin of a classifier.  `Bridge.Real.Network` has networks as functions of
real numbers, and `Bridge.Real.Pixels` the claim on images that an export from pixels proves.
-/
