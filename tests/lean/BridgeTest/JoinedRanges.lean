/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import BridgeTest.Ranges

/-!
# Tests: ranges that are joined where nobody sees the digits
-/

public noncomputable section

namespace Bridge

theorem foundInAll : Found sharded 0 halves 0 2 [(.attains 1, 1), (.excess, 96)] :=
  firstIn
    |>.append secondIn rfl rfl
    |>.found rfl

theorem faithfulSharded : halves.Represents sharded 0 half (23 / 4) :=
  .ofWeights (by decide +kernel) (by decide +kernel)

example (i : Fin 3) : half.residual (sharded.latent i) (sharded.score 0 i) ≤ 23 / 4 :=
  (bound_of_found faithfulSharded foundInAll (by decide) i).2

example : Decided labelledSharded 0 classIntegers 0 2
    [[1, 0, 0], [1, 0, 0], [0, 0, 1]] [(0, 9), (1, 4)] :=
  firstDecided
    |>.append secondDecided rfl rfl rfl
    |>.decided rfl

end Bridge
