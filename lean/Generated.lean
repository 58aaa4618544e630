/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.

Made by `python -m bridge export --over all --out Generated.lean`, do not edit.
Template: Generated.lean.jinja, format 1.
Artifact: SHA-256 6a2df3b1d79df90a792a2ba6e95048c876d6bd3ec0be7680c166ee5e511a9fd2.
-/
module

public import Bridge
public import Generated.Samples
public import Generated.Size
public import Generated.Thick
public import Generated.Slant

/-!
# Probes of 3 concepts

For each concept the namespace `Generated.<concept>` has the affine functional `probe`, the sup error `δ`, and
the theorems `bound` and `attained`: over 128 samples (102 of the training part and 26 held out) the absolute residual is at
most `δ`, and equal to `δ` for one of them.

| concept | δ, about | R², held out |
|---|---|---|
| `size` (pixels) | 58.5504 | -0.1952 |
| `thick` (pixels) | 19.0869 | 0.4295 |
| `slant` (radians) | 0.217025 | 0.9208 |
-/
