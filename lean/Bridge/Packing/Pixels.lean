/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Layers
public import Bridge.Packing.Scores

/-!
# From pixels

The listed latents are floating-point numbers that a network has computed from images, and some
scores are numbers of pixels.  A program runs the network on each image, exactly, and compares: the
exact latents with those of other packed samples, which hold them as integers; the listed latents
with the exact ones; and scores with what is counted on the image.

The exact latents are packed times 255, since intensities are integers divided by 255.

## Main definitions

* `PixelClaim`: samples, what is packed of the same samples with exact latents, the network, and by
  how much the listed latents are off.
* `Encodes`: what the program finds out about some images.

## Main statements

* `Encodes.of_check`: what its answer means; `Encodes.append`: for images that follow one another.
-/

@[expose] public noncomputable section

namespace Bridge

/-- What is compared with what. -/
structure PixelClaim where
  /-- The listed samples. -/
  samples : PackedSamples
  /-- The same samples, with the same scores, and with the exact latents times 255. -/
  encoded : PackedSamples
  /-- The number of rows of an image. -/
  height : Nat
  /-- The number of columns of an image. -/
  width : Nat
  /-- The first layer of the network. -/
  first : PackedLayer
  /-- The layers that follow it. -/
  others : List PackedLayer
  /-- The columns of the scores that are counted on the image, and what is counted. -/
  scored : List (Nat × PixelScore)
  /-- The errors of the listed latents are integers divided by `255 * 2 ^ errorExponent`. -/
  errorExponent : Nat
  /-- For each latent coordinate the largest error. -/
  errors : List Nat

namespace PixelClaim

variable (q : PixelClaim)

/-- The network. -/
def network : Network (q.height * q.width) q.encoded.latentDim :=
  networkOf q.first q.others (q.height * q.width) q.encoded.latentDim

/-- What brings a listed latent to the scale of the errors. -/
def listedFactor : Nat :=
  Nat.mul 255 (Nat.pow 2 (Nat.sub q.errorExponent q.samples.latentExponent))

/-- What brings an exact latent to the scale of the errors. -/
def exactFactor : Nat := Nat.pow 2 (Nat.sub q.errorExponent q.encoded.latentExponent)

/-- The error of coordinate `j` of the listed latent of sample `i`, as an integer. -/
def error (i j : Nat) : Int :=
  (q.listedFactor : Int) * q.samples.entry i j - (q.exactFactor : Int) * q.encoded.entry i j

end PixelClaim

/-! ## The program -/

/-- `withLiteral n k` is `k n`.  The recursor makes the kernel evaluate `n` and go on with its value
instead of with `n` itself, so that what depends on it is the same for another `n` of this value. -/
def withLiteral (n : Nat) (k : Nat → Bool) : Bool :=
  Nat.rec (motive := fun _ => Bool) (k Nat.zero) (fun m _ => k (Nat.succ m)) n

theorem withLiteral_eq (n : Nat) (k : Nat → Bool) : withLiteral n k = k n := by
  cases n <;> rfl

/-- The digit that is stored in column `j` for row `r` of block `t`. -/
def PackedSamples.digitIn (s : PackedSamples) (t r j : Nat) : Nat :=
  Nat.land (Nat.shiftRight (s.column t j) (Nat.mul s.digitBits r))
    (Nat.sub (Nat.pow 2 s.digitBits) 1)

theorem PackedSamples.digitIn_eq (s : PackedSamples) (i j : Nat) :
    s.digitIn (i / s.blockRows) (i % s.blockRows) j = s.digit i j := by
  refine (Nat.and_two_pow_sub_one_eq_mod ..).trans ?_
  rw [digit, ← Nat.pow_mul]
  exact congrArg (· % _) (Nat.shiftRight_eq_div_pow ..)

namespace PixelClaim

variable (q : PixelClaim)

/-- Whether the fields of `Y` are the digits of the exact latents, and whether the listed ones are
not off by more than the errors; `x j` and `e j` are the digits of coordinate `j`. -/
def latentsAgree (x e : Nat → Nat) (Y : Nat) : Bool :=
  List.rec (motive := fun _ => Nat → Bool) (fun j => Nat.beq j q.encoded.latentDim)
    (fun error _ ih j =>
      Nat.beq (Nat.land (Nat.shiftRight Y (Nat.mul q.encoded.digitBits j))
        (Nat.sub (Nat.pow 2 q.encoded.digitBits) 1)) (e j) &&
      force (Nat.add (Nat.mul q.listedFactor (x j)) (Nat.mul q.exactFactor q.encoded.offset))
        (fun listed =>
          force (Nat.add (Nat.mul q.exactFactor (e j)) (Nat.mul q.listedFactor q.samples.offset))
            fun exact =>
              Nat.ble listed (Nat.add exact error) && Nat.ble exact (Nat.add listed error)) &&
      ih (Nat.add j 1))
    q.errors 0

/-- Whether both have the same scores. -/
def scoresAgree (x e : Nat → Nat) : Bool :=
  Nat.rec (motive := fun _ => Bool) true
    (fun c ih => Nat.beq (Nat.add (e (Nat.add q.encoded.latentDim c)) q.samples.offset)
      (Nat.add (x (Nat.add q.encoded.latentDim c)) q.encoded.offset) && ih)
    q.samples.conceptCount

/-- Whether scores are what is counted on the image `A`. -/
def countsAgree (x : Nat → Nat) (A : Nat) : Bool :=
  List.rec (motive := fun _ => Bool) true
    (fun scored _ ih => Nat.blt scored.1 q.samples.conceptCount &&
      Nat.beq (x (Nat.add q.encoded.latentDim scored.1))
        (Nat.add (Nat.mul (scored.2.fast q.height q.width A)
          (Nat.pow 2 (q.samples.scoreExponents.getD scored.1 0))) q.samples.offset) && ih)
    q.scored

/-- Whether all of it is so for the image `A` of sample `i`.

The image is changed and changed back: the kernel looks up what it has evaluated by the lowest bits
of numbers, which are the same for all images with a black corner. -/
def agreesAt (A i : Nat) : Bool :=
  withLiteral (Nat.div i q.samples.blockRows) fun listedBlock =>
  withLiteral (Nat.div i q.encoded.blockRows) fun exactBlock =>
  force (Nat.mod i q.samples.blockRows) fun listedRow =>
  force (Nat.mod i q.encoded.blockRows) fun exactRow =>
  force (Nat.sub (Nat.add A i) i) fun A =>
  withNetwork q.first q.others 8 255 A (q.latentsAgree (q.samples.digitIn listedBlock listedRow)
    (q.encoded.digitIn exactBlock exactRow)) &&
  q.scoresAgree (q.samples.digitIn listedBlock listedRow)
    (q.encoded.digitIn exactBlock exactRow) &&
  q.countsAgree (q.samples.digitIn listedBlock listedRow) A

/-- Whether the layers, the samples and the errors go together. -/
def fits : Bool :=
  networkFits q.first q.others 8 255 (Nat.mul q.height q.width) q.encoded.latentDim &&
  Nat.beq q.encoded.latentDim q.samples.latentDim &&
  Nat.beq q.encoded.latentExponent (exponents q.first q.others) &&
  Nat.beq q.encoded.digitBits (lastLayer q.first q.others).fieldBits &&
  Nat.ble q.samples.latentExponent q.errorExponent &&
  Nat.ble q.encoded.latentExponent q.errorExponent &&
  decide (q.encoded.scoreExponents = q.samples.scoreExponents)

/-- **The checker.**  Whether all of it is so for `n` images, the first of which is that of sample
`first`.  The kernel evaluates it; it is irreducible for the elaborator. -/
@[irreducible] def check (literals : List Nat) (first n : Nat) : Bool :=
  q.fits &&
  List.rec (motive := fun _ => Nat → Bool) (fun i => Nat.beq i (Nat.add first n))
    (fun A _ ih i => q.agreesAt A i && later (ih (Nat.add i 1))) literals first

/-! ## What it finds out -/

/-- What is so if the samples, the layers and the errors go together. -/
structure Fits : Prop where
  /-- The latents have as many coordinates. -/
  latentDim_eq : q.encoded.latentDim = q.samples.latentDim
  /-- The scores are integers over the same powers of two. -/
  scoreExponents_eq : q.encoded.scoreExponents = q.samples.scoreExponents
  /-- The errors are integers at their scale. -/
  listed_le : q.samples.latentExponent ≤ q.errorExponent
  /-- The errors are integers at their scale. -/
  exact_le : q.encoded.latentExponent ≤ q.errorExponent

/-- What is so for the image `A` of sample `i`. -/
structure Holds (A i : Nat) : Prop where
  /-- The exact latents are the network's value. -/
  latent_eq : ∀ j : Fin q.encoded.latentDim,
    q.network.eval (imageOf q.height q.width A).input j
      * ((255 * 2 ^ q.encoded.latentExponent : Nat) : Rat) = (q.encoded.entry i j : Rat)
  /-- The listed latents are not off by more than the errors. -/
  error_le : ∀ j, j < q.encoded.latentDim →
    -(q.errors.getD j 0 : Int) ≤ q.error i j ∧ q.error i j ≤ (q.errors.getD j 0 : Int)
  /-- The scores are the same. -/
  score_eq : ∀ c, c < q.samples.conceptCount →
    q.encoded.entry i (q.encoded.latentDim + c) = q.samples.entry i (q.encoded.latentDim + c)
  /-- Scores are what is counted on the image. -/
  counted : ∀ scored ∈ q.scored, q.samples.entry i (q.encoded.latentDim + scored.1)
    = ((scored.2.of (imageOf q.height q.width A)
      * 2 ^ q.samples.scoreExponents.getD scored.1 0 : Nat) : Int)

end PixelClaim

/-- What the program finds out about `n` images, the first of which is that of sample `first`. -/
structure Encodes (q : PixelClaim) (literals : List Nat) (first n : Nat) : Prop where
  /-- Samples, layers and errors go together. -/
  fits : q.Fits
  /-- There are so many images. -/
  length_eq : literals.length = n
  /-- What is so for each. -/
  holds : ∀ r, r < n → q.Holds (literals.getD r 0) (first + r)

/-! ## Soundness -/

namespace PixelClaim

variable {q : PixelClaim}

theorem of_latentsAgree {x e : Nat → Nat} {Y : Nat} (h : q.latentsAgree x e Y = true) :
    ∀ j, j < q.encoded.latentDim →
      Nat.land (Nat.shiftRight Y (Nat.mul q.encoded.digitBits j))
        (Nat.sub (Nat.pow 2 q.encoded.digitBits) 1) = e j ∧
      q.listedFactor * x j + q.exactFactor * q.encoded.offset
        ≤ q.exactFactor * e j + q.listedFactor * q.samples.offset + q.errors.getD j 0 ∧
      q.exactFactor * e j + q.listedFactor * q.samples.offset
        ≤ q.listedFactor * x j + q.exactFactor * q.encoded.offset + q.errors.getD j 0 := by
  have key : ∀ (errors : List Nat) (first : Nat),
      List.rec (motive := fun _ => Nat → Bool) (fun j => Nat.beq j q.encoded.latentDim)
        (fun error _ ih j =>
          Nat.beq (Nat.land (Nat.shiftRight Y (Nat.mul q.encoded.digitBits j))
            (Nat.sub (Nat.pow 2 q.encoded.digitBits) 1)) (e j) &&
          force (Nat.add (Nat.mul q.listedFactor (x j)) (Nat.mul q.exactFactor q.encoded.offset))
            (fun listed =>
              force (Nat.add (Nat.mul q.exactFactor (e j))
                (Nat.mul q.listedFactor q.samples.offset))
                fun exact => Nat.ble listed (Nat.add exact error) &&
                  Nat.ble exact (Nat.add listed error)) &&
          ih (Nat.add j 1))
        errors first = true →
      ∀ l, first + l < q.encoded.latentDim →
        Nat.land (Nat.shiftRight Y (Nat.mul q.encoded.digitBits (first + l)))
          (Nat.sub (Nat.pow 2 q.encoded.digitBits) 1) = e (first + l) ∧
        q.listedFactor * x (first + l) + q.exactFactor * q.encoded.offset
          ≤ q.exactFactor * e (first + l) + q.listedFactor * q.samples.offset
            + errors.getD l 0 ∧
        q.exactFactor * e (first + l) + q.listedFactor * q.samples.offset
          ≤ q.listedFactor * x (first + l) + q.exactFactor * q.encoded.offset
            + errors.getD l 0 := by
    intro errors
    induction errors with
    | nil =>
      intro first h l hl
      have h : first = q.encoded.latentDim := Nat.eq_of_beq_eq_true h
      omega
    | cons error errors ih =>
      intro first h l hl
      rw [Bool.and_eq_true, Bool.and_eq_true] at h
      obtain ⟨⟨h1, h2⟩, h4⟩ := h
      rw [force_eq, force_eq, Bool.and_eq_true] at h2
      obtain ⟨h2, h3⟩ := h2
      cases l with
      | zero => exact ⟨Nat.eq_of_beq_eq_true h1, Nat.le_of_ble_eq_true h2, Nat.le_of_ble_eq_true h3⟩
      | succ l =>
        have := ih (first + 1) h4 l (by omega)
        rw [Nat.add_assoc, Nat.add_comm 1] at this
        exact this
  intro j hj
  have := key q.errors 0 h j (by omega)
  rwa [Nat.zero_add] at this

theorem of_scoresAgree {x e : Nat → Nat} (h : q.scoresAgree x e = true) :
    ∀ c, c < q.samples.conceptCount →
      e (q.encoded.latentDim + c) + q.samples.offset
        = x (q.encoded.latentDim + c) + q.encoded.offset := by
  have key : ∀ k, Nat.rec (motive := fun _ => Bool) true
      (fun c ih => Nat.beq (Nat.add (e (Nat.add q.encoded.latentDim c)) q.samples.offset)
        (Nat.add (x (Nat.add q.encoded.latentDim c)) q.encoded.offset) && ih) k = true →
      ∀ c, c < k → e (q.encoded.latentDim + c) + q.samples.offset
        = x (q.encoded.latentDim + c) + q.encoded.offset := by
    intro k
    induction k with
    | zero => exact fun _ c hc => absurd hc (Nat.not_lt_zero c)
    | succ k ih =>
      intro h c hc
      simp only [Bool.and_eq_true] at h
      rcases Nat.lt_or_eq_of_le (Nat.le_of_lt_succ hc) with hc | rfl
      · exact ih h.2 c hc
      · exact Nat.eq_of_beq_eq_true h.1
  exact key _ h

theorem of_countsAgree {x : Nat → Nat} {A : Nat} (h : q.countsAgree x A = true) :
    ∀ scored ∈ q.scored, x (q.encoded.latentDim + scored.1)
      = scored.2.fast q.height q.width A * 2 ^ q.samples.scoreExponents.getD scored.1 0
        + q.samples.offset := by
  have key : ∀ scores : List (Nat × PixelScore),
      List.rec (motive := fun _ => Bool) true
        (fun scored _ ih => Nat.blt scored.1 q.samples.conceptCount &&
          Nat.beq (x (Nat.add q.encoded.latentDim scored.1))
            (Nat.add (Nat.mul (scored.2.fast q.height q.width A)
              (Nat.pow 2 (q.samples.scoreExponents.getD scored.1 0))) q.samples.offset) && ih)
        scores = true →
      ∀ scored ∈ scores, x (q.encoded.latentDim + scored.1)
        = scored.2.fast q.height q.width A * 2 ^ q.samples.scoreExponents.getD scored.1 0
          + q.samples.offset := by
    intro scores
    induction scores with
    | nil => exact fun _ scored h => absurd h (by simp)
    | cons head scores ih =>
      intro h scored hmem
      simp only [Bool.and_eq_true] at h
      rcases List.mem_cons.1 hmem with rfl | hmem
      · exact Nat.eq_of_beq_eq_true h.1.2
      · exact ih h.2 scored hmem
  exact key _ h

theorem of_fits (h : q.fits = true) :
    q.Fits ∧ networkFits q.first q.others 8 255 (q.height * q.width) q.encoded.latentDim = true ∧
      q.encoded.latentExponent = exponents q.first q.others ∧
      q.encoded.digitBits = (lastLayer q.first q.others).fieldBits := by
  simp only [fits, Bool.and_eq_true] at h
  obtain ⟨⟨⟨⟨⟨⟨h1, h2⟩, h3⟩, h4⟩, h5⟩, h6⟩, h7⟩ := h
  exact ⟨⟨Nat.eq_of_beq_eq_true h2, of_decide_eq_true h7, Nat.le_of_ble_eq_true h5,
    Nat.le_of_ble_eq_true h6⟩, h1, Nat.eq_of_beq_eq_true h3, Nat.eq_of_beq_eq_true h4⟩

/-- What a network is given of a number's image. -/
theorem input_imageOf (height width A : Nat) (j : Fin (height * width)) :
    (imageOf height width A).input j * ((255 : Nat) : Rat)
      = (PackedLayer.inputOf 8 A j : Rat) := by
  have e : (imageOf height width A).input j = ((A / 256 ^ (j : Nat) % 256 : Nat) : Rat) / 255 := by
    show ((A / 256 ^ (width * (j / width) + j % width) % 256 : Nat) : Rat) / 255 = _
    rw [Nat.div_add_mod]
  rw [e]
  exact Rat.div_mul_cancel (by decide)

theorem of_agreesAt {A i : Nat} (hfits : q.fits = true) (h : q.agreesAt A i = true) :
    q.Holds A i := by
  obtain ⟨-, hnetwork, hexponent, hbits⟩ := of_fits hfits
  simp only [agreesAt, withLiteral_eq, force_eq] at h
  have eA : Nat.sub (Nat.add A i) i = A := Nat.add_sub_cancel A i
  have ex : ∀ j, q.samples.digitIn (Nat.div i q.samples.blockRows) (Nat.mod i q.samples.blockRows) j
      = q.samples.digit i j := q.samples.digitIn_eq i
  have ee : ∀ j, q.encoded.digitIn (Nat.div i q.encoded.blockRows) (Nat.mod i q.encoded.blockRows) j
      = q.encoded.digit i j := q.encoded.digitIn_eq i
  rw [eA] at h
  simp only [Bool.and_eq_true] at h
  obtain ⟨⟨h1, h2⟩, h3⟩ := h
  obtain ⟨y, hy, heval, hk⟩ := of_withNetwork hnetwork (by decide : 0 < 255)
    (x := (imageOf q.height q.width A).input) (input_imageOf q.height q.width A) h1
  have hlatents := of_latentsAgree hk
  have hscores := of_scoresAgree h2
  have hcounts := of_countsAgree h3
  simp only [ex, ee] at hlatents hscores hcounts
  have hfield : ∀ j, j < q.encoded.latentDim → y j = q.encoded.digit i j := fun j hj => by
    rw [← (hlatents j hj).1]
    refine Eq.symm ((Nat.and_two_pow_sub_one_eq_mod ..).trans ?_)
    show (_ >>> (q.encoded.digitBits * j)) % _ = _
    rw [Nat.shiftRight_eq_div_pow, Nat.pow_mul, hbits]
    exact slots_div_mod (fun u _ => hy u) hj
  refine ⟨fun j => ?_, fun j hj => ?_, fun c hc => ?_, fun scored hmem => ?_⟩
  · have e := heval j
    rw [← hexponent, hfield j j.isLt, ← hbits] at e
    exact e
  · obtain ⟨-, h1, h2⟩ := hlatents j hj
    simp only [error, PackedSamples.entry, Int.mul_sub]
    have h1 : ((_ : Nat) : Int) ≤ ((_ : Nat) : Int) := Int.ofNat_le.2 h1
    have h2 : ((_ : Nat) : Int) ≤ ((_ : Nat) : Int) := Int.ofNat_le.2 h2
    simp only [Int.natCast_add, Int.natCast_mul] at h1 h2
    omega
  · have := hscores c hc
    simp only [PackedSamples.entry]
    omega
  · have := hcounts scored hmem
    rw [PackedSamples.entry, this, scored.2.fast_eq]
    omega

end PixelClaim

/-- **Soundness.**  What the checker's answer means. -/
theorem Encodes.of_check {q : PixelClaim} {literals : List Nat} {first n : Nat}
    (h : q.check literals first n = true) : Encodes q literals first n := by
  rw [PixelClaim.check, Bool.and_eq_true] at h
  obtain ⟨hfits, h⟩ := h
  have key : ∀ (literals : List Nat) (i : Nat),
      List.rec (motive := fun _ => Nat → Bool) (fun i => Nat.beq i (Nat.add first n))
        (fun A _ ih i => q.agreesAt A i && later (ih (Nat.add i 1))) literals i = true →
      i + literals.length = first + n ∧
        ∀ r, r < literals.length → q.Holds (literals.getD r 0) (i + r) := by
    intro literals
    induction literals with
    | nil => exact fun i h => ⟨Nat.eq_of_beq_eq_true h, fun r hr => absurd hr (Nat.not_lt_zero r)⟩
    | cons A literals ih =>
      intro i h
      rw [Bool.and_eq_true] at h
      obtain ⟨h1, h2⟩ := ih (i + 1) h.2
      refine ⟨by rw [List.length_cons]; omega, fun r hr => ?_⟩
      cases r with
      | zero => exact PixelClaim.of_agreesAt hfits h.1
      | succ r =>
        have := h2 r (by rw [List.length_cons] at hr; omega)
        rw [Nat.add_assoc, Nat.add_comm 1] at this
        exact this
  obtain ⟨h1, h2⟩ := key literals first h
  exact ⟨(PixelClaim.of_fits hfits).1, by omega, fun r hr => h2 r (by omega)⟩

/-- What is found out about some images and about those that follow them is found out about all. -/
theorem Encodes.append {q : PixelClaim} {A B : List Nat} {first m n : Nat}
    (h₁ : Encodes q A first m) (h₂ : Encodes q B (first + m) n) :
    Encodes q (A ++ B) first (m + n) := by
  refine ⟨h₁.fits, by rw [List.length_append, h₁.length_eq, h₂.length_eq], fun r hr => ?_⟩
  rcases Nat.lt_or_ge r m with h | h
  · have e : (A ++ B).getD r 0 = A.getD r 0 := by
      rw [List.getD_eq_getElem?_getD, List.getElem?_append_left (by rw [h₁.length_eq]; exact h),
        List.getD_eq_getElem?_getD]
    rw [e]
    exact h₁.holds r h
  · have e : (A ++ B).getD r 0 = B.getD (r - m) 0 := by
      rw [List.getD_eq_getElem?_getD, List.getElem?_append_right (by rw [h₁.length_eq]; exact h),
        h₁.length_eq, List.getD_eq_getElem?_getD]
    rw [e]
    have := h₂.holds (r - m) (by omega)
    rwa [Nat.add_assoc, Nat.add_sub_cancel' h] at this

end Bridge
