/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Affine
public import Bridge.Certificate
public import Bridge.Digits
public import Bridge.Product
public import Bridge.Soundness

/-!
# Linear probes and certificates of their sup error

The core of the library: it needs nothing but core Lean.  `Bridge.Affine` says what a probe and a
residual are, `Bridge.Certificate` how samples are packed and checked, `Bridge.Soundness` what a
successful check proves.
-/
