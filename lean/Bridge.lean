/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Affine
public import Bridge.Claims.Comparison
public import Bridge.Claims.Confusion
public import Bridge.Claims.Determination
public import Bridge.Claims.LatentError
public import Bridge.Claims.Pixels
public import Bridge.Claims.Quantile
public import Bridge.Claims.Ranking
public import Bridge.Claims.SupError
public import Bridge.Claims.Unseen
public import Bridge.Classifier
public import Bridge.Counting
public import Bridge.Images
public import Bridge.Network
public import Bridge.Packing.Blocks
public import Bridge.Packing.Check
public import Bridge.Packing.DecisionRanges
public import Bridge.Packing.Decisions
public import Bridge.Packing.Integers
public import Bridge.Packing.Layers
public import Bridge.Packing.Measures
public import Bridge.Packing.Pixels
public import Bridge.Packing.Programs
public import Bridge.Packing.Ranges
public import Bridge.Packing.Residuals
public import Bridge.Packing.Rows
public import Bridge.Packing.Samples
public import Bridge.Packing.Scores
public import Bridge.Packing.Slots
public import Bridge.Packing.Sorting
public import Bridge.Packing.Totals

/-!
# Linear probes and certificates of their sup error

The core of the library: it needs nothing but core Lean.

* `Bridge.Affine` says what a probe and a residual are, `Bridge.Classifier` what a classifier and a
  confusion matrix are, `Bridge.Counting` what a number of samples is, `Bridge.Images` what an
  image is and how large and how thick its figure is, and `Bridge.Network` what a network is.
* `Bridge.Packing` says how samples are packed (`Samples`) and what a probe is in integers
  (`Integers`), how one operation works on many numbers (`Slots`, `Totals`, `Sorting`), what the
  checker is made of (`Programs`), and what that computes: in the slots of a block (`Rows`,
  `Blocks`), of a residual (`Residuals`), of sums over samples (`Measures`), of all samples
  (`Check`), of the decisions of a classifier on them (`Decisions`), and of either of a range of
  samples, from the shards that hold it alone (`Ranges`, `DecisionRanges`); how the pixels of an
  image are counted (`Scores`), how a network is run on it (`Layers`), and what follows for the
  samples of images (`Pixels`).
* `Bridge.Claims` has the claims, each with its program and with what a successful run proves: the
  sup error (`SupError`), R² (`Determination`), conformal bounds (`Quantile`); of samples that are
  proved to be those of images, how far their latents are from the network's values (`Pixels`) and
  what that can cost (`LatentError`); of classifiers the confusion matrix and the margin
  (`Confusion`), the area under the ROC curve (`Ranking`), and a lower bound for the accuracy on
  unseen data (`Unseen`); and how far two probes are from each other (`Comparison`).
-/
