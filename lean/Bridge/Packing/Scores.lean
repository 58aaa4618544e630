/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Images
public import Bridge.Packing.Totals

/-!
# Scores of an image, fast

Programs that count the pixels of an image, which is one number whose digits, of 8 bits and the
lowest first, are the grey levels row by row.  The highest bit of a digit says whether its pixel is
part of the figure; shifted down by 7, these bits are the lowest of their digits, where a few
operations on the whole number dilate and count them.

An intermediate result that is used twice is not evaluated with `force`: the kernel remembers the
value of its expression, which is told from that of another image by the number it is made from.

## Main definitions

* `countFast`: how many digits have their lowest bit set.
* `sizeFast`, `thickFast`: programs for `Image.size` and `Image.thick`.
* `PixelScore.fast`: the program for a score.

## Main statements

* `sizeFast_eq`, `thickFast_eq`, `PixelScore.fast_eq`: these programs are right, for all sizes of
  images and all numbers.
-/

@[expose] public noncomputable section

namespace Bridge

/-! ## Single bits of slots -/

theorem slots_testBit {s n : Nat} {f : Nat → Nat} (h : ∀ k, k < n → f k < 2 ^ s) (k : Nat) {b : Nat}
    (hb : b < s) : (slots (2 ^ s) f n).testBit (s * k + b)
      = (decide (k < n) && (f k).testBit b) := by
  rcases Nat.lt_or_ge k n with hk | hk
  · have e := congrArg (·.testBit b) (slots_div_mod h hk)
    simp only [← Nat.pow_mul, ← Nat.shiftRight_eq_div_pow, Nat.testBit_mod_two_pow,
      Nat.testBit_shiftRight, hb, decide_true, Bool.true_and] at e
    simpa [hk] using e
  · have hlt := slots_lt h
    rw [← Nat.pow_mul] at hlt
    rw [Nat.testBit_lt_two_pow (Nat.lt_of_lt_of_le hlt (Nat.pow_le_pow_right (by omega) _)),
      decide_eq_false (by omega), Bool.false_and]
    exact Nat.le_trans (Nat.mul_le_mul_left s hk) (Nat.le_add_right _ _)

theorem ones_testBit {s : Nat} (hs : 0 < s) (n k : Nat) :
    (ones (2 ^ s) n).testBit (s * k) = decide (k < n) := by
  have h := slots_testBit (f := fun _ => 1) (n := n) (fun _ _ => Nat.one_lt_two_pow (by omega)) k hs
  simpa [ones] using h

/-! ## Counting -/

/-- How many of the lowest `n` digits of `X`, of 8 bits, have their lowest bit set.  Fields of so
many digits that they have room for the sum of all are added up, each digit of a field in turn. -/
def countFast (n X : Nat) : Nat :=
  (fun digits =>
    (fun field marked =>
      Nat.mod
        (Nat.rec Nat.zero
          (fun j sum => Nat.add sum (Nat.land (Nat.shiftRight marked (Nat.mul 8 j))
            (onesFast field (Nat.add (Nat.div n digits) 1))))
          digits)
        (Nat.sub field 1))
      (Nat.pow 2 (Nat.mul 8 digits)) (Nat.land X (onesFast 256 n)))
    (Nat.add (Nat.div (Nat.log2 (Nat.add n 1)) 8) 1)

theorem rec_add_eq_total (f : Nat → Nat) (n : Nat) :
    Nat.rec (motive := fun _ => Nat) Nat.zero (fun j sum => Nat.add sum (f j)) n = total f n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [total_succ, ← ih]
    rfl

theorem countFast_eq (n X : Nat) :
    countFast n X = total (fun k => (X.testBit (8 * k)).toNat) n := by
  obtain ⟨g, hg, hn⟩ : ∃ g, (n + 1).log2 / 8 + 1 = g ∧ n + 1 < 2 ^ (8 * g) := by
    refine ⟨_, rfl, Nat.lt_of_lt_of_le (Nat.lt_log2_self (n := n + 1)) ?_⟩
    exact Nat.pow_le_pow_right (by omega) (by omega)
  have hx : 1 < 2 ^ (8 * g) := Nat.one_lt_two_pow (by omega)
  show Nat.rec (motive := fun _ => Nat) Nat.zero (fun j sum => Nat.add sum
    ((X &&& onesFast 256 n) >>> (8 * j) &&& onesFast (2 ^ (8 * ((n + 1).log2 / 8 + 1)))
      (n / ((n + 1).log2 / 8 + 1) + 1))) ((n + 1).log2 / 8 + 1)
    % (2 ^ (8 * ((n + 1).log2 / 8 + 1)) - 1) = _
  rw [hg, rec_add_eq_total, onesFast_eq hx, onesFast_eq (by omega)]
  have hmarked : ∀ k, (X &&& ones 256 n).testBit (8 * k)
      = (decide (k < n) && X.testBit (8 * k)) := by
    intro k
    rw [Nat.testBit_and, ones_testBit (s := 8) (by omega), Bool.and_comm]
  generalize X &&& ones 256 n = marked at hmarked
  have hfield : ∀ j, marked >>> (8 * j) &&& ones (2 ^ (8 * g)) (n / g + 1)
      = slots (2 ^ (8 * g)) (fun t => (marked.testBit (8 * (g * t + j))).toNat) (n / g + 1) := by
    intro j
    rw [← Nat.one_mul (ones _ _), land_const _ _ hx]
    apply slots_congr
    intro t _
    rw [Nat.and_one_is_mod, Nat.mod_mod_of_dvd _ ⟨2 ^ (8 * g - 1), by
        rw [← Nat.pow_succ']; congr 1; omega⟩, ← Nat.pow_mul, ← Nat.shiftRight_eq_div_pow,
      ← Nat.shiftRight_add, Nat.shiftRight_eq_div_pow, ← Nat.toNat_testBit]
    congr 2
    rw [Nat.mul_add, Nat.mul_assoc, Nat.add_comm]
  have hgn : n ≤ g * (n / g + 1) := by
    have := Nat.lt_mul_div_succ n (b := g) (by omega)
    omega
  have htotal : total (fun t => total (fun j => (marked.testBit (8 * (g * t + j))).toNat) g)
      (n / g + 1) = total (fun k => (X.testBit (8 * k)).toNat) n := by
    rw [← total_rows (fun k => (marked.testBit (8 * k)).toNat), ← total_ite _ hgn]
    apply total_congr
    intro k _
    rw [hmarked]
    by_cases hk : k < n <;> simp [hk]
  rw [total_congr fun j _ => hfield j, total_slots_eq, slots_mod] <;> rw [htotal]
  have := total_le (f := fun k => (X.testBit (8 * k)).toNat) (A := 1) (n := n)
    fun k _ => Bool.toNat_le _
  omega

/-- Row by row. -/
theorem countPixels_eq {height width : Nat} {p : Nat → Nat → Bool} {q : Nat → Bool}
    (h : ∀ row, row < height → ∀ column, column < width → q (width * row + column) = p row column) :
    total (fun k => (q k).toNat) (height * width) = Image.countPixels height width p := by
  rw [Nat.mul_comm, total_rows (fun k => (q k).toNat)]
  exact total_congr fun row hr => total_congr fun column hc => by rw [h row hr column hc]

/-! ## The figure -/

/-- The pixels of the figure: their digits are `1`, and the others `0`. -/
def figure (height width A : Nat) : Nat :=
  Nat.land (Nat.shiftRight A 7) (onesFast 256 (Nat.mul height width))

/-- The number of pixels of the figure. -/
def sizeFast (height width A : Nat) : Nat :=
  countFast (Nat.mul height width) (Nat.shiftRight A 7)

variable {height width : Nat} (A : Nat)

theorem place_lt {row column : Nat} (hc : column < width) :
    width * row + column < height * width ↔ row < height := by
  constructor
  · intro h
    rcases Nat.lt_or_ge row height with hr | hr
    · exact hr
    · have := Nat.mul_le_mul_left width hr
      rw [Nat.mul_comm height] at h
      omega
  · intro h
    have := Nat.mul_le_mul_left width (Nat.succ_le_of_lt h)
    rw [Nat.mul_succ, Nat.mul_comm width height] at this
    omega

theorem isForeground_imageOf {row column : Nat} (hr : row < height) (hc : column < width) :
    (imageOf height width A).isForeground row column
      = A.testBit (8 * (width * row + column) + 7) := by
  rw [Image.isForeground, dif_pos ⟨hr, hc⟩, Nat.testBit_eq_decide_div_mod_eq, Nat.pow_add,
    ← Nat.div_div_eq_div_mul, Nat.pow_mul]
  show decide (128 ≤ A / (2 ^ 8) ^ (width * row + column) % 256) = _
  generalize A / (2 ^ 8) ^ (width * row + column) = v
  exact decide_eq_decide.2 (by omega)

theorem figure_testBit {column : Nat} (row : Nat) (hc : column < width) :
    (figure height width A).testBit (8 * (width * row + column))
      = (imageOf height width A).isForeground row column := by
  show (A >>> 7 &&& onesFast 256 (height * width)).testBit _ = _
  rw [onesFast_eq (by omega), Nat.testBit_and, ones_testBit (s := 8) (by omega),
    Nat.testBit_shiftRight, Nat.add_comm 7]
  by_cases hr : row < height
  · rw [isForeground_imageOf A hr hc, decide_eq_true ((place_lt hc).2 hr), Bool.and_true]
  · rw [decide_eq_false (fun h => hr ((place_lt hc).1 h)), Image.isForeground,
      dif_neg (fun h => hr h.1), Bool.and_false]

theorem sizeFast_eq (height width A : Nat) :
    sizeFast height width A = (imageOf height width A).size := by
  refine (countFast_eq _ _).trans (countPixels_eq fun row hr column hc => ?_)
  show (A >>> 7).testBit _ = _
  rw [Nat.testBit_shiftRight, Nat.add_comm 7, isForeground_imageOf A hr hc]

/-! ## The dilation -/

/-- The digits of all pixels but the last of each row are `1`. -/
def notLast (height width : Nat) : Nat :=
  Nat.mul (onesFast 256 (Nat.sub width 1)) (onesFast (Nat.pow 2 (Nat.mul 8 width)) height)

/-- The figure and the pixels to the left and to the right of it. -/
def dilatedRows (height width A : Nat) : Nat :=
  (fun X mask =>
    Nat.lor X (Nat.lor (Nat.shiftLeft (Nat.land X mask) 8) (Nat.land (Nat.shiftRight X 8) mask)))
    (figure height width A) (notLast height width)

/-- The figure and the pixels around it; higher digits can have anything. -/
def dilated (height width A : Nat) : Nat :=
  (fun X rowBits => Nat.lor X (Nat.lor (Nat.shiftLeft X rowBits) (Nat.shiftRight X rowBits)))
    (dilatedRows height width A) (Nat.mul 8 width)

/-- The number of pixels that a dilation adds to the figure. -/
def thickFast (height width A : Nat) : Nat :=
  countFast (Nat.mul height width) (Nat.xor (dilated height width A) (figure height width A))

theorem notLast_testBit {column : Nat} (row : Nat) (hc : column < width) :
    (notLast height width).testBit (8 * (width * row + column))
      = (decide (row < height) && decide (column + 1 < width)) := by
  show (onesFast 256 (width - 1) * onesFast (2 ^ (8 * width)) height).testBit _ = _
  have hlt : ones 256 (width - 1) < 2 ^ (8 * width) := by
    refine Nat.lt_of_lt_of_le (slots_lt fun _ _ => by omega) ?_
    rw [Nat.pow_mul]
    exact Nat.pow_le_pow_right (by omega) (by omega)
  rw [onesFast_eq (by omega), onesFast_eq (Nat.one_lt_two_pow (by omega)), mul_ones, Nat.mul_add,
    ← Nat.mul_assoc, slots_testBit (fun _ _ => hlt) _ (by omega), ones_testBit (s := 8) (by omega)]
  congr 1
  exact decide_eq_decide.2 (by omega)

theorem dilatedRows_testBit {column : Nat} (row : Nat) (hc : column < width) :
    (dilatedRows height width A).testBit (8 * (width * row + column))
      = ((imageOf height width A).isFramed (row + 1) column ||
        (imageOf height width A).isFramed (row + 1) (column + 1) ||
        (imageOf height width A).isFramed (row + 1) (column + 2)) := by
  have hout : ∀ row column, ¬ (row < height ∧ column < width) →
      (imageOf height width A).isForeground row column = false := fun _ _ h => dif_neg h
  show (figure height width A ||| ((figure height width A &&& notLast height width) <<< 8 |||
    figure height width A >>> 8 &&& notLast height width)).testBit _ = _
  have hright : (figure height width A >>> 8 &&& notLast height width).testBit
      (8 * (width * row + column)) = (imageOf height width A).isForeground row (column + 1) := by
    rw [Nat.testBit_and, notLast_testBit row hc, Nat.testBit_shiftRight]
    by_cases h : row < height ∧ column + 1 < width
    · rw [show 8 + 8 * (width * row + column) = 8 * (width * row + (column + 1)) by omega,
        figure_testBit A row h.2]
      simp [h]
    · rw [hout _ _ h, ← Bool.decide_and, decide_eq_false h, Bool.and_false]
  have hleft : ((figure height width A &&& notLast height width) <<< 8).testBit
      (8 * (width * row + column)) = (imageOf height width A).isFramed (row + 1) column := by
    rw [Nat.testBit_shiftLeft]
    cases column with
    | succ column =>
      rw [show 8 * (width * row + (column + 1)) - 8 = 8 * (width * row + column) by omega,
        Nat.testBit_and, figure_testBit A row (by omega), notLast_testBit row (by omega)]
      show _ = (imageOf height width A).isForeground row column
      by_cases h : row < height
      · simp [h, hc]
        omega
      · rw [hout _ _ fun h' => h h'.1, Bool.false_and, Bool.and_false]
    | zero =>
      show _ = false
      cases row with
      | zero => simp
      | succ row =>
        rw [Nat.mul_succ, show 8 * (width * row + width + 0) - 8
          = 8 * (width * row + (width - 1)) by omega, Nat.testBit_and,
          notLast_testBit row (by omega)]
        have : ¬ width - 1 + 1 < width := by omega
        simp [this]
  rw [Nat.testBit_or, Nat.testBit_or, hleft, hright, figure_testBit A row hc]
  show (_ || (_ || _)) = (_ || _ || _)
  rw [← Bool.or_assoc, Bool.or_comm (Image.isForeground _ _ _)]
  rfl

theorem dilated_testBit {column : Nat} (row : Nat) (hc : column < width) :
    (dilated height width A).testBit (8 * (width * row + column))
      = (imageOf height width A).isDilated row column := by
  show (dilatedRows height width A ||| (dilatedRows height width A <<< (8 * width) |||
    dilatedRows height width A >>> (8 * width))).testBit _ = _
  have hbelow : (dilatedRows height width A >>> (8 * width)).testBit (8 * (width * row + column))
      = ((imageOf height width A).isFramed (row + 2) column ||
        (imageOf height width A).isFramed (row + 2) (column + 1) ||
        (imageOf height width A).isFramed (row + 2) (column + 2)) := by
    rw [Nat.testBit_shiftRight, ← Nat.mul_add, show width + (width * row + column)
      = width * (row + 1) + column by rw [Nat.mul_succ]; omega, dilatedRows_testBit A _ hc]
  have habove : (dilatedRows height width A <<< (8 * width)).testBit (8 * (width * row + column))
      = ((imageOf height width A).isFramed row column ||
        (imageOf height width A).isFramed row (column + 1) ||
        (imageOf height width A).isFramed row (column + 2)) := by
    rw [Nat.testBit_shiftLeft]
    cases row with
    | zero =>
      rw [decide_eq_false (by rw [Nat.mul_zero]; omega), Bool.false_and]
      rfl
    | succ row =>
      rw [Nat.mul_succ, show 8 * (width * row + width + column) - 8 * width
        = 8 * (width * row + column) by omega, dilatedRows_testBit A _ hc,
        decide_eq_true (by omega), Bool.true_and]
  rw [Nat.testBit_or, Nat.testBit_or, habove, hbelow, dilatedRows_testBit A row hc, Image.isDilated]
  simp only [Bool.or_assoc, Bool.or_left_comm]

theorem thickFast_eq (height width A : Nat) :
    thickFast height width A = (imageOf height width A).thick := by
  refine (countFast_eq _ _).trans (countPixels_eq fun row hr column hc => ?_)
  show (dilated height width A ^^^ figure height width A).testBit _ = _
  rw [Nat.testBit_xor, dilated_testBit A row hc, figure_testBit A row hc]
  have h : (imageOf height width A).isForeground row column = true →
      (imageOf height width A).isDilated row column = true := by
    intro h
    have e : (imageOf height width A).isFramed (row + 1) (column + 1) = true := h
    simp [Image.isDilated, e]
  revert h
  cases (imageOf height width A).isForeground row column <;>
    cases (imageOf height width A).isDilated row column <;> simp

/-! ## Either score -/

/-- The score of an image, which is given as one number. -/
def PixelScore.fast (score : PixelScore) (height width A : Nat) : Nat :=
  PixelScore.rec (sizeFast height width A) (thickFast height width A) score

theorem PixelScore.fast_eq (score : PixelScore) (height width A : Nat) :
    score.fast height width A = score.of (imageOf height width A) := by
  cases score with
  | size => exact sizeFast_eq height width A
  | thick => exact thickFast_eq height width A

end Bridge
