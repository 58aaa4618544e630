/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.DecisionRanges
public import BridgeTest.Shards
import all BridgeTest.Shards

/-!
# Tests: ranges of blocks, from the shards that hold them
-/

public noncomputable section

namespace Bridge

/-! ## What is found out -/

/-- Of the first block. -/
theorem firstIn : FoundIn sharded [firstShard] 0 halves 0 1 [(.attains 1, 1), (.excess, 32 + 46)] :=
  .of_check (by decide +kernel)

/-- Of the second. -/
theorem secondIn : FoundIn sharded [secondShard] 0 halves 1 1 [(.attains 1, 0), (.excess, 18)] :=
  .of_check (by decide +kernel)

/-- Of both at once. -/
theorem bothIn : FoundIn sharded [firstShard, secondShard] 0 halves 0 2
    [(.attains 1, 1), (.excess, 96)] :=
  .of_check (by decide +kernel)

-- each the same as of the samples in one piece
example : FoundIn sharded [firstShard, secondShard] 0 halves 0 2 [(.attains 1, 1), (.excess, 96)] :=
  firstIn |>.append secondIn rfl rfl

/-- Of the first block of the labelled samples. -/
theorem firstDecided : DecidedIn labelledSharded [firstLabelled] 0 classIntegers 0 1
    [[1, 0, 0], [0, 0, 0], [0, 0, 1]] [(0, 6), (1, 2)] :=
  .of_decide (by decide +kernel)

/-- Of the second. -/
theorem secondDecided : DecidedIn labelledSharded [secondLabelled] 0 classIntegers 1 1
    [[0, 0, 0], [1, 0, 0], [0, 0, 0]] [(0, 3), (1, 2)] :=
  .of_decide (by decide +kernel)

/-! ## What is not -/

/-- Whether the checker accepts that these shards are the blocks from `first` on. -/
def acceptsIn (shards : List (List ColumnGroup)) (first blockCount : Nat)
    (asked : List (Measure × Nat)) (p : IntegerProbe := halves) (c : Nat := 0) : Bool :=
  checkIn sharded shards c p first blockCount asked

example : acceptsIn [firstShard] 0 1 [(.excess, 78)] = true := by decide +kernel
example : acceptsIn [firstShard] 0 1 [(.excess, 77)] = false := by decide +kernel
-- shards that hold fewer or more blocks than are said, and more than there are to be read
example : acceptsIn [firstShard] 0 2 [] = false := by decide +kernel
example : acceptsIn [] 0 1 [] = false := by decide +kernel
example : acceptsIn [firstShard, secondShard] 0 1 [] = false := by decide +kernel
example : acceptsIn [rows 0 0 :: firstShard] 0 1 [] = false := by decide +kernel
-- no block is in no shard
example : acceptsIn [] 0 0 [] = true := by decide +kernel
-- a sup error that is too small
example : acceptsIn [firstShard] 0 1 [] { halves with sup := 22 } = false := by decide +kernel
example : acceptsIn [secondShard] 1 1 [] { halves with sup := 22 } = true := by decide +kernel
-- samples are counted from the first of all
example : acceptsIn [firstShard] 0 1 [(.attains 1, 1)] = true := by decide +kernel
example : acceptsIn [firstShard] 1 1 [(.attains 1, 1)] = false := by decide +kernel
example : acceptsIn [secondShard] 1 1 [(.excessAtLeast 3 18, 1)] = true := by decide +kernel
example : acceptsIn [secondShard] 1 1 [(.excessAtLeast 2 18, 0)] = true := by decide +kernel
-- there is no third concept
example : acceptsIn [firstShard] 0 1 [] halves 2 = false := by decide +kernel

/-- Whether the counter accepts these numbers of the first block of the labelled samples. -/
def decidesIn (shards : List (List ColumnGroup)) (blockCount : Nat) (matrix : List (List Nat))
    (gap : Nat) (c : Nat := 0) : Bool :=
  decideIn labelledSharded shards c classIntegers 0 blockCount matrix [(0, gap)]

example : decidesIn [firstLabelled] 1 [[1, 0, 0], [0, 0, 0], [0, 0, 1]] 6 = true := by
  decide +kernel
example : decidesIn [firstLabelled] 1 [[1, 0, 0], [0, 0, 1], [0, 0, 0]] 6 = false := by
  decide +kernel
example : decidesIn [firstLabelled] 1 [[1, 0, 0], [0, 0, 0], [0, 0, 1]] 5 = false := by
  decide +kernel
example : decidesIn [firstLabelled] 2 [[1, 0, 0], [0, 0, 0], [0, 0, 1]] 6 = false := by
  decide +kernel
example : decidesIn [firstLabelled, secondLabelled] 1 [[1, 0, 0], [0, 0, 0], [0, 0, 1]] 6
    = false := by
  decide +kernel
example : decidesIn [firstLabelled] 1 [[1, 0, 0], [0, 0, 0], [0, 0, 1]] 6 2 = false := by
  decide +kernel

end Bridge
