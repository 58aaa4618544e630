/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Affine
public import Bridge.Certificate
public import Bridge.Determination
public import Bridge.Moments
public import Bridge.Quantile
public import Bridge.Rows
public import Bridge.Slots
public import Bridge.Soundness
public import Bridge.Totals

/-!
# Linear probes and certificates of their sup error

The core of the library: it needs nothing but core Lean.  `Bridge.Affine` says what a probe and a
residual are, `Bridge.Slots` how one operation works on many numbers, `Bridge.Certificate` how
samples are packed and checked, `Bridge.Rows` what the checker computes, and `Bridge.Soundness` what
a successful check proves.  `Bridge.Totals`, `Bridge.Moments` and `Bridge.Determination` do the same
for R², and `Bridge.Quantile` for conformal bounds.
-/
