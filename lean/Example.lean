/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Generated

/-!
# An example: what follows from an export

Statements about the listed digits, derived from the specification of the concept `slant` alone.
They hold for every export that has this concept, whatever its numbers are.
-/

@[expose] public section

namespace Example

open Generated.slant

variable {i j : Fin Generated.samples.size}

/-- **Margin.**  A listed digit that the probe reads as `t` or more, with `δ` to spare, has a slant
of at least `t` radians. -/
theorem le_slant {t : ℝ} (h : t + spec.δ ≤ probe.eval (spec.encoder i)) : t ≤ spec.score i :=
  spec.le_score_of_le_eval (Set.mem_univ i) h

/-- **Order.**  Of two listed digits whose readings are more than twice `δ` apart, the one with the
larger reading is the more slanted. -/
theorem slant_lt_slant
    (h : probe.eval (spec.encoder i) + 2 * spec.δ < probe.eval (spec.encoder j)) :
    spec.score i < spec.score j :=
  spec.score_lt_score (Set.mem_univ i) (Set.mem_univ j) h

end Example
