/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import BridgeTest.Checker
public import BridgeTest.Decisions

/-!
# Tests: samples whose digits only some modules see

The samples of `BridgeTest.Checker` and of `BridgeTest.Decisions`, in a shard for each block.  Their
digits are not exposed: a module that does not `import all` of this one cannot look at them.
-/

public noncomputable section

namespace Bridge

/-- The first block of `three`. -/
def firstShard : List ColumnGroup := [rows 17 14, rows 19 21, rows 16 17]

/-- The second block of `three`. -/
def secondShard : List ColumnGroup := [rows 16 16, rows 15 15, rows 15 15]

/-- The first block of `labelledThree`. -/
def firstLabelled : List ColumnGroup := [rows 17 18, rows 16 18, rows 16 16]

/-- The second block of `labelledThree`. -/
def secondLabelled : List ColumnGroup := [rows 16 16, rows 17 17, rows 16 16]

/-- The samples of both shards. -/
@[expose] def sharded : PackedSamples :=
  { three with groups := joined [firstShard, secondShard] }

/-- The labelled samples of both shards. -/
@[expose] def labelledSharded : PackedSamples :=
  { labelledThree with groups := joined [firstLabelled, secondLabelled] }

end Bridge
