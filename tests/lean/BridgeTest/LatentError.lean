/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.LatentError

/-!
# Tests: what an error of the latents costs

A probe on the plane, and two samples whose latent points are off by up to 1/2 and 1/4.
-/

namespace Bridge.LatentError

/-- The probe. -/
def functional : AffineFunctional 2 := ⟨#v[2, -4], 1⟩

/-- The listed latents. -/
def listed (i j : Fin 2) : Rat := #v[#v[(1 : Rat), 1], #v[0, 2]][i][j]

/-- The exact ones. -/
def exact (i j : Fin 2) : Rat := #v[#v[(1 / 2 : Rat), 5 / 4], #v[1 / 2, 2]][i][j]

/-- The scores. -/
def score (i : Fin 2) : Rat := #v[(0 : Rat), -8][i]

/-- By how much the listed latents are off. -/
def ε (j : Fin 2) : Rat := #v[(1 / 2 : Rat), 1 / 4][j]

-- both signs of a weight count
example : functional.spread ε = 2 := by decide +kernel

theorem bound : ∀ i, -1 ≤ functional.residual (listed i) (score i) ∧
    functional.residual (listed i) (score i) ≤ 1 := by decide +kernel

-- here the sup error at the exact latents is as large as the errors allow
example : (3 : Rat) ≤ 1 + functional.spread ε :=
  functional.le_of_near (z := listed) (y := exact) (score := score) (by decide +kernel) bound
    ⟨0, by decide +kernel⟩

end Bridge.LatentError
