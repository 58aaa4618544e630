/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import BridgeTest.Slots
public import BridgeTest.Checker
public import BridgeTest.Decisions
public import BridgeTest.Determination
public import BridgeTest.JoinedRanges
public import BridgeTest.LatentError
public import BridgeTest.Pixels
public import BridgeTest.Quantile
public import BridgeTest.Ranges
public import BridgeTest.Ranking
public import BridgeTest.Scores
public import BridgeTest.Shards
public import BridgeTest.Unseen

/-!
# Tests of the library

Each is an `example` that the kernel evaluates, so that a file that compiles is a test that passes.
-/
