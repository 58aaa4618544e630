/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Images
public import Bridge.Real.Network

/-!
# From pixels: claims on images over the real numbers

An export from pixels proves, over `Rat`, the sup error of a probe at the values that a network has
at listed images.  Here is the same claim over `ℝ`: its inputs are images, its encoder is the
network, and its scores are what is counted on the images.

## Main definitions

* `Image.inputReal`: what a network is given of an image.
* `ProbeSpec.ofPixels`: the claim of an export on the listed images, for a score that is proved from
  the pixels.
* `ProbeSpec.ofListedPixels`: the claim for a score that is only listed.

## Main statements

* `ProbeSpec.isTight_ofPixels`, `ProbeSpec.isTight_ofListedPixels`: a theorem `attained` of an
  export says that `δ` cannot be improved.
-/

@[expose] public noncomputable section

namespace Bridge

variable {height width d N : Nat}

/-- What a network is given: the grey levels divided by 255, row by row. -/
def Image.inputReal (x : Image height width) (j : Fin (height * width)) : ℝ :=
  (x ⟨j / width, Nat.div_lt_of_lt_mul (Nat.mul_comm height width ▸ j.isLt)⟩
    ⟨j % width, Nat.mod_lt _ (Nat.pos_of_lt_mul_left j.isLt)⟩ : ℝ) / 255

/-- It is the one over `Rat`. -/
theorem Image.inputReal_eq (x : Image height width) (j : Fin (height * width)) :
    x.inputReal j = (x.input j : ℝ) :=
  (congr (congrArg HDiv.hDiv (Rat.cast_natCast _).symm) (Rat.cast_ofNat 255).symm).trans
    (Rat.cast_div _ 255).symm

/-- The value of a network at an image is the one over `Rat`, as a point of Euclidean space. -/
theorem Network.evalReal_inputReal (net : Network (height * width) d) (x : Image height width) :
    net.evalReal x.inputReal = latentPoint (net.eval x.input) :=
  (congrArg net.evalReal (funext x.inputReal_eq)).trans (net.evalReal_cast x.input)

namespace ProbeSpec

/-! ## Scores that are proved from the pixels -/

section

variable (net : Network (height * width) d) (f : AffineFunctional d)
  (image : Fin N → Image height width) (score : Image height width → ℕ) (δ : Rat)
  (bound : ∀ i, -δ ≤ f.residual (net.eval (image i).input) (score (image i)) ∧
    f.residual (net.eval (image i).input) (score (image i)) ≤ δ)

/-- What a probe misses at an image, over `Rat`, as a real number. -/
theorem score_sub_eval_evalReal (t : Rat) (x : Image height width) :
    (t : ℝ) - (Probe.ofRational f).eval (net.evalReal x.inputReal)
      = (f.residual (net.eval x.input) t : ℝ) :=
  (congrArg (fun z => (t : ℝ) - (Probe.ofRational f).eval z) (net.evalReal_inputReal x)).trans
    (score_sub_eval_ofRational (N := 1) f (fun _ => net.eval x.input) (fun _ => t) 0)

/-- The claim that a theorem `bound` of an export from pixels proves.  Its inputs are images, its
encoder is the network, and its score is counted on the image; `δ` is the exact rational number
there.  It covers the `N` listed images, and says nothing about any other. -/
def ofPixels : ProbeSpec (Image height width) (EuclideanSpace ℝ (Fin d)) where
  encoder x := net.evalReal x.inputReal
  score x := (score x : ℝ)
  probe := Probe.ofRational f
  data := Set.range image
  δ := (δ : ℝ)
  bound _ hx := Exists.elim hx fun i hi => hi ▸ (congrArg abs ((congrArg
    (fun s : ℝ => s - (Probe.ofRational f).eval (net.evalReal (image i).inputReal))
      (Rat.cast_natCast (score (image i))).symm).trans
        (score_sub_eval_evalReal net f (score (image i)) (image i)))).trans_le
          (abs_le.mpr ⟨(Rat.cast_neg δ).symm.trans_le (Rat.cast_le.mpr (bound i).1),
            Rat.cast_le.mpr (bound i).2⟩)

/-- The `δ` of the claim is the exact rational number of the export. -/
@[simp] theorem ofPixels_δ : (ofPixels net f image score δ bound).δ = (δ : ℝ) := rfl

/-- What the probe misses at an image, listed or not, is what it misses over `Rat`. -/
@[simp] theorem residual_ofPixels (x : Image height width) :
    (ofPixels net f image score δ bound).residual x
      = (f.residual (net.eval x.input) (score x) : ℝ) :=
  (congrArg (fun s : ℝ => s - (Probe.ofRational f).eval (net.evalReal x.inputReal))
    (Rat.cast_natCast (score x)).symm).trans (score_sub_eval_evalReal net f (score x) x)

/-- A theorem `attained` of an export says that its `δ` cannot be improved on the listed images. -/
theorem isTight_ofPixels
    (attained : ∃ i, f.residual (net.eval (image i).input) (score (image i)) = δ ∨
      f.residual (net.eval (image i).input) (score (image i)) = -δ) :
    (ofPixels net f image score δ bound).IsTight :=
  attained.elim fun i h => isTight_of_residual_eq _ (Set.mem_range_self i) (h.imp
    (fun h => (residual_ofPixels net f image score δ bound (image i)).trans (congrArg Rat.cast h))
    (fun h => (residual_ofPixels net f image score δ bound (image i)).trans
      ((congrArg Rat.cast h).trans (Rat.cast_neg δ))))

end

/-! ## Scores that are only listed -/

section

variable (net : Network (height * width) d) (f : AffineFunctional d)
  (image : Fin N → Image height width) (score : Fin N → Rat) (δ : Rat)
  (bound : ∀ i, -δ ≤ f.residual (net.eval (image i).input) (score i) ∧
    f.residual (net.eval (image i).input) (score i) ≤ δ)

/-- The claim that a theorem `bound` of an export from pixels proves for a score that is only
listed.  Its inputs are the numbers of the `N` listed images, which the encoder takes to latent
points by the network; that the score is one of the image is not proved. -/
def ofListedPixels : ProbeSpec (Fin N) (EuclideanSpace ℝ (Fin d)) where
  encoder i := net.evalReal (image i).inputReal
  score i := (score i : ℝ)
  probe := Probe.ofRational f
  data := Set.univ
  δ := (δ : ℝ)
  bound i _ := (congrArg abs (score_sub_eval_evalReal net f (score i) (image i))).trans_le
    (abs_le.mpr ⟨(Rat.cast_neg δ).symm.trans_le (Rat.cast_le.mpr (bound i).1),
      Rat.cast_le.mpr (bound i).2⟩)

/-- The `δ` of the claim is the exact rational number of the export. -/
@[simp] theorem ofListedPixels_δ :
    (ofListedPixels net f image score δ bound).δ = (δ : ℝ) := rfl

/-- What the probe misses at a listed image is what it misses over `Rat`. -/
@[simp] theorem residual_ofListedPixels (i : Fin N) :
    (ofListedPixels net f image score δ bound).residual i
      = (f.residual (net.eval (image i).input) (score i) : ℝ) :=
  score_sub_eval_evalReal net f (score i) (image i)

/-- A theorem `attained` of an export says that its `δ` cannot be improved on the listed images. -/
theorem isTight_ofListedPixels
    (attained : ∃ i, f.residual (net.eval (image i).input) (score i) = δ ∨
      f.residual (net.eval (image i).input) (score i) = -δ) :
    (ofListedPixels net f image score δ bound).IsTight :=
  attained.elim fun i h => isTight_of_residual_eq _ (Set.mem_univ i) (h.imp
    (fun h => (residual_ofListedPixels net f image score δ bound i).trans (congrArg Rat.cast h))
    (fun h => (residual_ofListedPixels net f image score δ bound i).trans
      ((congrArg Rat.cast h).trans (Rat.cast_neg δ))))

end

end ProbeSpec

end Bridge
