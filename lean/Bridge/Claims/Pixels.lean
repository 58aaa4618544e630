/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.SupError
public import Bridge.Packing.Pixels

/-!
# What is so for listed images

What the kernel has found out about images, as statements about the network over the rational
numbers: how far the listed latents are from its values, that scores are what is counted on the
images, and how far a probe at the network's values is from the scores.

## Main statements

* `latent_error`, `latent_error_attained`: the error of the listed latents, and that no smaller
  number bounds it.
* `score_of_encodes`: a score is the number of pixels that is counted.
* `listed_residual`, `scored_residual`: the residual of a probe at the network's value is one that
  the checker of samples has found out about.
-/

@[expose] public noncomputable section

namespace Bridge

namespace PixelClaim

variable (q : PixelClaim)

/-- What the errors are divided by. -/
def errorScale : Nat := 255 * 2 ^ q.errorExponent

/-- Whether the sides of an error differ by exactly so much. -/
def attainsAt (i j error : Nat) : Bool :=
  (fun listed exact => Nat.beq listed (Nat.add exact error) || Nat.beq exact (Nat.add listed error))
    (Nat.add (Nat.mul q.listedFactor (q.samples.digitIn (Nat.div i q.samples.blockRows)
      (Nat.mod i q.samples.blockRows) j)) (Nat.mul q.exactFactor q.encoded.offset))
    (Nat.add (Nat.mul q.exactFactor (q.encoded.digitIn (Nat.div i q.encoded.blockRows)
      (Nat.mod i q.encoded.blockRows) j)) (Nat.mul q.listedFactor q.samples.offset))

/-- Whether for each coordinate the sample in the list attains the error. -/
def attains (worst : List Nat) : Bool :=
  Nat.rec (motive := fun _ => Bool) true
    (fun j ih => Nat.blt (worst.getD j 0) q.samples.size &&
      q.attainsAt (worst.getD j 0) j (q.errors.getD j 0) && ih)
    q.encoded.latentDim

variable {q}

theorem error_eq_of_attainsAt {i j error : Nat} (h : q.attainsAt i j error = true) :
    q.error i j = (error : Int) ∨ q.error i j = -(error : Int) := by
  simp only [attainsAt] at h
  have ex : q.samples.digitIn (Nat.div i q.samples.blockRows) (Nat.mod i q.samples.blockRows) j
      = q.samples.digit i j := q.samples.digitIn_eq i j
  have ee : q.encoded.digitIn (Nat.div i q.encoded.blockRows) (Nat.mod i q.encoded.blockRows) j
      = q.encoded.digit i j := q.encoded.digitIn_eq i j
  rw [ex, ee, Bool.or_eq_true] at h
  simp only [PixelClaim.error, PackedSamples.entry, Int.mul_sub]
  rcases h with h | h
  · have h : ((_ : Nat) : Int) = ((_ : Nat) : Int) := congrArg Int.ofNat (Nat.eq_of_beq_eq_true h)
    simp only [Nat.add_eq, Nat.mul_eq, Int.natCast_add, Int.natCast_mul] at h
    left
    omega
  · have h : ((_ : Nat) : Int) = ((_ : Nat) : Int) := congrArg Int.ofNat (Nat.eq_of_beq_eq_true h)
    simp only [Nat.add_eq, Nat.mul_eq, Int.natCast_add, Int.natCast_mul] at h
    right
    omega

theorem of_attains {worst : List Nat} (h : q.attains worst = true) :
    ∀ j, j < q.encoded.latentDim → worst.getD j 0 < q.samples.size ∧
      (q.error (worst.getD j 0) j = (q.errors.getD j 0 : Int) ∨
        q.error (worst.getD j 0) j = -(q.errors.getD j 0 : Int)) := by
  have key : ∀ d, Nat.rec (motive := fun _ => Bool) true
      (fun j ih => Nat.blt (worst.getD j 0) q.samples.size &&
        q.attainsAt (worst.getD j 0) j (q.errors.getD j 0) && ih) d = true →
      ∀ j, j < d → worst.getD j 0 < q.samples.size ∧
        (q.error (worst.getD j 0) j = (q.errors.getD j 0 : Int) ∨
          q.error (worst.getD j 0) j = -(q.errors.getD j 0 : Int)) := by
    intro d
    induction d with
    | zero => exact fun _ j hj => absurd hj (Nat.not_lt_zero j)
    | succ d ih =>
      intro h j hj
      simp only [Bool.and_eq_true] at h
      rcases Nat.lt_or_eq_of_le (Nat.le_of_lt_succ hj) with hj | rfl
      · exact ih h.2 j hj
      · exact ⟨Nat.le_of_ble_eq_true h.1.1, error_eq_of_attainsAt h.1.2⟩
  exact key _ h

/-- The error of a listed latent at the scale of the errors. -/
theorem error_mul_scale {A : Nat} (hfits : q.Fits) {i : Fin q.samples.size}
    {j : Fin q.samples.latentDim} {j' : Fin q.encoded.latentDim} (hj : j.val = j'.val)
    (h : q.Holds A i) :
    (q.samples.latent i j - q.network.eval (imageOf q.height q.width A).input j')
      * (q.errorScale : Rat) = (q.error i j' : Rat) := by
  have hlatent : q.samples.latent i j * ((2 ^ q.samples.latentExponent : Nat) : Rat)
      = (q.samples.entry i j' : Rat) := by
    rw [PackedSamples.latent, hj, Rat.div_mul_cancel]
    exact Rat.ne_of_gt (Rat.natCast_pos.2 (Nat.two_pow_pos _))
  have e1 : q.errorScale = q.listedFactor * 2 ^ q.samples.latentExponent := by
    show 255 * 2 ^ q.errorExponent = 255 * 2 ^ (q.errorExponent - q.samples.latentExponent) * _
    rw [Nat.mul_assoc, ← Nat.pow_add, Nat.sub_add_cancel hfits.listed_le]
  have e2 : q.errorScale = q.exactFactor * (255 * 2 ^ q.encoded.latentExponent) := by
    show 255 * 2 ^ q.errorExponent = 2 ^ (q.errorExponent - q.encoded.latentExponent) * _
    rw [Nat.mul_left_comm, ← Nat.pow_add, Nat.sub_add_cancel hfits.exact_le]
  have h1 : q.samples.latent i j * (q.errorScale : Rat)
      = (q.listedFactor : Rat) * (q.samples.entry i j' : Rat) := by
    rw [e1, Rat.natCast_mul, ← hlatent, ← Rat.mul_assoc, ← Rat.mul_assoc,
      Rat.mul_comm (q.listedFactor : Rat)]
  have h2 : q.network.eval (imageOf q.height q.width A).input j' * (q.errorScale : Rat)
      = (q.exactFactor : Rat) * (q.encoded.entry i j' : Rat) := by
    rw [e2, Rat.natCast_mul, ← h.latent_eq j', ← Rat.mul_assoc, ← Rat.mul_assoc,
      Rat.mul_comm (q.exactFactor : Rat)]
  rw [Rat.sub_eq_add_neg, Rat.add_mul, Rat.neg_mul, h1, h2, PixelClaim.error, Rat.intCast_sub,
    Rat.intCast_mul, Rat.intCast_mul, Rat.intCast_natCast, Rat.intCast_natCast,
    Rat.sub_eq_add_neg]

theorem errorScale_pos : (0 : Rat) < (q.errorScale : Rat) :=
  Rat.natCast_pos.2 (Nat.mul_pos (by decide) (Nat.two_pow_pos _))

/-- Whether rational numbers are these integers, divided by what errors are divided by. -/
def errorsAre (scale : Nat) : List Rat → List Nat → Bool
  | [], _ => true
  | _ :: _, [] => false
  | ε :: εs, n :: ns => isNumerator ε scale (plus n) && errorsAre scale εs ns

theorem of_errorsAre {scale : Nat} : ∀ {εs : List Rat} {ns : List Nat},
    errorsAre scale εs ns = true → ∀ j (hj : j < εs.length),
      εs[j] * (scale : Rat) = ((ns.getD j 0 : Nat) : Rat)
  | [], _, _, j, hj => absurd hj (Nat.not_lt_zero j)
  | _ :: _, [], h, _, _ => absurd (show false = true from h) (by decide)
  | ε :: εs, n :: ns, h, j, hj => by
    rw [errorsAre, Bool.and_eq_true] at h
    cases j with
    | zero => exact mul_eq_of_isNumerator h.1
    | succ j => exact of_errorsAre h.2 j (Nat.lt_of_succ_lt_succ hj)

end PixelClaim

section

variable {q : PixelClaim} {literals : List Nat}
  {ε : Vector Rat q.encoded.latentDim}

theorem error_mul_eq (hε : PixelClaim.errorsAre q.errorScale ε.toList q.errors = true)
    (j : Fin q.encoded.latentDim) :
    ε[j] * (q.errorScale : Rat) = ((q.errors.getD j 0 : Nat) : Rat) := by
  have := PixelClaim.of_errorsAre hε j (by simp)
  simpa using this

/-- **The error of the latents.**  Each coordinate of each listed latent point differs from the
network's value at the image by at most `ε`. -/
theorem latent_error (h : Encodes q literals 0 q.samples.size)
    (hε : PixelClaim.errorsAre q.errorScale ε.toList q.errors = true) (i : Fin q.samples.size)
    (j : Fin q.encoded.latentDim) {j' : Fin q.samples.latentDim} (hj : j'.val = j.val) :
    -ε[j] ≤ q.samples.latent i j'
        - q.network.eval (imageOf q.height q.width (literals.getD i 0)).input j ∧
      q.samples.latent i j'
        - q.network.eval (imageOf q.height q.width (literals.getD i 0)).input j ≤ ε[j] := by
  have hi := h.holds i i.isLt
  rw [Nat.zero_add] at hi
  have e := PixelClaim.error_mul_scale h.fits hj hi
  have hle := hi.error_le j j.isLt
  have e' := error_mul_eq hε j
  have hs := q.errorScale_pos
  have h1 : (-(q.errors.getD j 0 : Int) : Rat) ≤ (q.error i j : Rat) := by exact_mod_cast hle.1
  have h2 : (q.error i j : Rat) ≤ ((q.errors.getD j 0 : Nat) : Rat) := by exact_mod_cast hle.2
  constructor <;> apply Rat.le_of_mul_le_mul_right _ hs
  · rw [e, Rat.neg_mul, e']
    exact h1
  · rw [e, e']
    exact h2

/-- **ε is attained.**  For each coordinate some listed latent point differs by exactly `ε`. -/
theorem latent_error_attained (h : Encodes q literals 0 q.samples.size)
    (hε : PixelClaim.errorsAre q.errorScale ε.toList q.errors = true) (worst : List Nat)
    (hworst : q.attains worst = true) (j : Fin q.encoded.latentDim)
    {j' : Fin q.samples.latentDim} (hj : j'.val = j.val) :
    ∃ i : Fin q.samples.size,
      q.samples.latent i j'
          - q.network.eval (imageOf q.height q.width (literals.getD i 0)).input j = ε[j] ∨
        q.samples.latent i j'
          - q.network.eval (imageOf q.height q.width (literals.getD i 0)).input j = -ε[j] := by
  obtain ⟨hlt, hw⟩ := PixelClaim.of_attains hworst j j.isLt
  refine ⟨⟨worst.getD j 0, hlt⟩, ?_⟩
  have hi := h.holds (worst.getD j 0) hlt
  rw [Nat.zero_add] at hi
  have e := PixelClaim.error_mul_scale (i := ⟨worst.getD j 0, hlt⟩) h.fits hj hi
  have e' := error_mul_eq hε j
  have hs := q.errorScale_pos
  refine hw.imp (fun hw => ?_) fun hw => ?_
  · apply eq_of_mul_eq_mul_right hs
    rw [e, e', hw, Rat.intCast_natCast]
  · apply eq_of_mul_eq_mul_right hs
    rw [e, Rat.neg_mul, e', hw, Rat.intCast_neg, Rat.intCast_natCast]

/-- **A score is counted.**  The listed score is the number of pixels that is counted on the image.
-/
theorem score_of_encodes (h : Encodes q literals 0 q.samples.size) {c : Nat} {kind : PixelScore}
    (n : Nat) (hn : q.scored[n]? = some (c, kind)) (i : Fin q.samples.size) :
    q.samples.score c i
      = (kind.of (imageOf q.height q.width (literals.getD i 0)) : Rat) := by
  have hi := h.holds i i.isLt
  rw [Nat.zero_add] at hi
  have e := hi.counted _ (List.mem_of_getElem? hn)
  rw [h.fits.latentDim_eq] at e
  rw [PackedSamples.score, e]
  have hpow : ((2 ^ q.samples.scoreExponents.getD c 0 : Nat) : Rat) ≠ 0 :=
    Rat.ne_of_gt (Rat.natCast_pos.2 (Nat.two_pow_pos _))
  rw [Rat.intCast_natCast, Rat.natCast_mul]
  exact Rat.mul_div_cancel hpow

/-- The residual of a probe at the network's value, by that of the scaled probe at the packed exact
latents. -/
theorem listed_residual (h : Encodes q literals 0 q.samples.size)
    (f : AffineFunctional q.encoded.latentDim) {c : Nat} (hc : c < q.samples.conceptCount)
    (i : Fin q.samples.size) {i' : Fin q.encoded.size} (hi : i'.val = i.val) :
    (f.scaled 255).residual (q.encoded.latent i') (q.encoded.score c i')
      = f.residual (q.network.eval (imageOf q.height q.width (literals.getD i 0)).input)
        (q.samples.score c i) := by
  have hholds := h.holds i i.isLt
  rw [Nat.zero_add] at hholds
  have hscore : q.encoded.score c i' = q.samples.score c i := by
    rw [PackedSamples.score, PackedSamples.score, hi, hholds.score_eq c hc,
      h.fits.latentDim_eq, h.fits.scoreExponents_eq]
  have heval := AffineFunctional.eval_scaled (f := f) (t := 255) (by decide)
    (x := q.encoded.latent i')
    (z := q.network.eval (imageOf q.height q.width (literals.getD i 0)).input) fun j => by
      have hpow : (0 : Rat) < ((2 ^ q.encoded.latentExponent : Nat) : Rat) :=
        Rat.natCast_pos.2 (Nat.two_pow_pos _)
      apply eq_of_mul_eq_mul_right hpow
      rw [PackedSamples.latent, Rat.div_mul_cancel (Rat.ne_of_gt hpow), hi, ← hholds.latent_eq j,
        Rat.natCast_mul, ← Rat.mul_assoc, Rat.mul_comm (q.network.eval _ _)]
  rw [AffineFunctional.residual, heval, hscore]
  rfl

/-- The same with a score that is counted on the image. -/
theorem scored_residual (h : Encodes q literals 0 q.samples.size)
    (f : AffineFunctional q.encoded.latentDim) {c : Nat} (hc : c < q.samples.conceptCount)
    {i : Fin q.samples.size} {i' : Fin q.encoded.size} (hi : i'.val = i.val) {score : Rat}
    (hscore : q.samples.score c i = score) :
    (f.scaled 255).residual (q.encoded.latent i') (q.encoded.score c i')
      = f.residual (q.network.eval (imageOf q.height q.width (literals.getD i 0)).input)
        score :=
  (listed_residual h f hc i hi).trans (congrArg (f.residual _) hscore)

end

/-! ## The numbers of a scaled probe -/

namespace IntegerProbe

/-- The same integers over a denominator that is `t` times smaller. -/
def unscaled (p : IntegerProbe) (t : Nat) : IntegerProbe where
  denominator := Nat.div p.denominator t
  magnitudeBits := p.magnitudeBits
  weightBits := p.weightBits
  literalBits := p.literalBits
  weights := p.weights
  bias := p.bias
  sup := p.sup
  scoreLow := p.scoreLow
  scoreSpan := p.scoreSpan

/-- Whether the weights are the integers of another probe, over a denominator that is `t` times as
large. -/
def hasWeightsOf (p p₀ : IntegerProbe) (t : Nat) : Bool :=
  Nat.blt 0 t && Nat.beq p.denominator (Nat.mul t p₀.denominator) &&
  Nat.beq p.magnitudeBits p₀.magnitudeBits && Nat.beq p.weightBits p₀.weightBits &&
  Nat.beq p.literalBits p₀.literalBits && decide (p.weights = p₀.weights)

namespace Represents

variable {p : IntegerProbe} {s : PackedSamples} {c t : Nat}
  {f : AffineFunctional s.latentDim} {δ : Rat}

theorem of_unscaled (ht : Nat.beq (Nat.mul t (Nat.div p.denominator t)) p.denominator = true)
    (hw : ∀ j : Fin s.latentDim, f.w[j] * ((p.unscaled t).denominator : Rat) = (p.weight j : Rat))
    (h : numbersAgree s c p f.b δ = true) : p.Represents s c (f.scaled t) δ := by
  refine .of_agree (fun j => ?_) h
  have hd : t * (p.denominator / t) = p.denominator := Nat.eq_of_beq_eq_true ht
  have hpos : 0 < p.denominator := by
    simp only [numbersAgree, Bool.and_eq_true] at h
    exact Nat.le_of_ble_eq_true h.1.1.1.1
  have ht : 0 < t := by
    rcases Nat.eq_zero_or_pos t with h0 | h0
    · rw [h0, Nat.zero_mul] at hd
      omega
    · exact h0
  have e : (f.scaled t).w[j] = f.w[j] / (t : Rat) := by
    simp [AffineFunctional.scaled]
  have hd' : (p.denominator : Rat) = (t : Rat) * ((p.unscaled t).denominator : Rat) := by
    rw [← Rat.natCast_mul]
    exact congrArg _ hd.symm
  rw [e, ← hw j, hd', ← Rat.mul_assoc,
    Rat.div_mul_cancel (Rat.ne_of_gt (Rat.natCast_pos.2 ht))]

/-- The kernel compares the weights, one by one, and the other numbers. -/
theorem ofScaled (ht : Nat.beq (Nat.mul t (Nat.div p.denominator t)) p.denominator = true)
    (hw : weightsAgree (p.unscaled t) 0 f.w.toList = true)
    (h : numbersAgree s c p f.b δ = true) : p.Represents s c (f.scaled t) δ :=
  of_unscaled ht (fun j => by
    have := of_weightsAgree hw j (by simp)
    rw [Nat.zero_add] at this
    simpa using this) h

/-- The weights are integers by definition, over a denominator that is `t` times smaller. -/
theorem ofScaledVector {p₀ : IntegerProbe} (hp : p.hasWeightsOf p₀ t = true)
    (hw : f.w = p₀.weightVector s.latentDim)
    (h : numbersAgree s c p f.b δ = true) : p.Represents s c (f.scaled t) δ := by
  simp only [hasWeightsOf, Bool.and_eq_true] at hp
  obtain ⟨⟨⟨⟨⟨ht, hd⟩, h1⟩, h2⟩, h3⟩, h4⟩ := hp
  have hd : p.denominator = t * p₀.denominator := Nat.eq_of_beq_eq_true hd
  have ht : 0 < t := Nat.le_of_ble_eq_true ht
  have hweight : ∀ j, p₀.weight j = p.weight j := fun j => by
    simp only [weight, IsNegative, magnitude, code, Nat.eq_of_beq_eq_true h1,
      Nat.eq_of_beq_eq_true h2, Nat.eq_of_beq_eq_true h3, of_decide_eq_true h4]
  have hpos : 0 < p.denominator := by
    simp only [numbersAgree, Bool.and_eq_true] at h
    exact Nat.le_of_ble_eq_true h.1.1.1.1
  have h0 : 0 < p₀.denominator := by
    rcases Nat.eq_zero_or_pos p₀.denominator with h0 | h0
    · rw [h0, Nat.mul_zero] at hd
      omega
    · exact h0
  have hdiv : p.denominator / t = p₀.denominator := by rw [hd, Nat.mul_div_cancel_left _ ht]
  refine of_unscaled ?_ (fun j => ?_) h
  · show Nat.beq (t * (p.denominator / t)) p.denominator = true
    rw [hdiv, hd]
    exact Nat.beq_refl _
  · show f.w[j] * ((p.denominator / t : Nat) : Rat) = _
    rw [hw, hdiv, ← hweight]
    simp only [weightVector, Fin.getElem_fin, Vector.getElem_ofFn]
    exact Rat.div_mul_cancel (Rat.ne_of_gt (Rat.natCast_pos.2 h0))

end Represents

end IntegerProbe

/-! ## Other names -/

/-- What is within limits is so under another name. -/
theorem bound_of_eq {x y δ : Rat} (e : x = y) (h : -δ ≤ x ∧ x ≤ δ) : -δ ≤ y ∧ y ≤ δ := e ▸ h

/-- What attains a limit does so under another name. -/
theorem attained_of_eq {x y δ : Rat} (e : x = y) (h : x = δ ∨ x = -δ) : y = δ ∨ y = -δ := e ▸ h

end Bridge
