/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Counting

/-!
# Images and what is counted on them

An image has a grey level, from 0 for black to 255 for white, at each of its pixels.  A network is
given the grey levels divided by 255, row by row; two concepts, how large and how thick a figure is,
are numbers of pixels.

## Main definitions

* `Image`: an image; `Image.input`: what a network is given of it.
* `Image.size`: the number of pixels of the figure, which are those of at least 128.
* `Image.thick`: the number of pixels that a dilation by a 3 × 3 square adds to the figure.
* `PackedImages`: the images of a data set, each as one number.
-/

@[expose] public noncomputable section

namespace Bridge

/-- An image: the grey level, from 0 to 255, of the pixel in a row and a column, from the top left.
-/
abbrev Image (height width : Nat) := Fin height → Fin width → Nat

namespace Image

variable {height width : Nat}

/-- What a network is given: the grey levels divided by 255, row by row. -/
def input (x : Image height width) (j : Fin (height * width)) : Rat :=
  (x ⟨j / width, Nat.div_lt_of_lt_mul (Nat.mul_comm height width ▸ j.isLt)⟩
    ⟨j % width, Nat.mod_lt _ (Nat.pos_of_lt_mul_left j.isLt)⟩ : Rat) / 255

/-- Whether a pixel is part of the figure: its intensity is greater than one half.  Nothing outside
of the image is. -/
def isForeground (x : Image height width) (row column : Nat) : Bool :=
  if h : row < height ∧ column < width then decide (128 ≤ x ⟨row, h.1⟩ ⟨column, h.2⟩) else false

/-- The same with a frame of one pixel around the image, so that rows and columns count from 1. -/
def isFramed (x : Image height width) : Nat → Nat → Bool
  | row + 1, column + 1 => x.isForeground row column
  | _, _ => false

/-- Whether a pixel or one of the eight around it is part of the figure. -/
def isDilated (x : Image height width) (row column : Nat) : Bool :=
  x.isFramed row column || x.isFramed row (column + 1) || x.isFramed row (column + 2) ||
  x.isFramed (row + 1) column || x.isFramed (row + 1) (column + 1) ||
  x.isFramed (row + 1) (column + 2) ||
  x.isFramed (row + 2) column || x.isFramed (row + 2) (column + 1) ||
  x.isFramed (row + 2) (column + 2)

/-- How many pixels have the property `p`. -/
def countPixels (height width : Nat) (p : Nat → Nat → Bool) : Nat :=
  total (fun row => total (fun column => (p row column).toNat) width) height

/-- The number of pixels of the figure. -/
def size (x : Image height width) : Nat := countPixels height width x.isForeground

/-- The number of pixels that a dilation by a 3 × 3 square adds to the figure: a measure of how
long its outline is, so of how thick its strokes are. -/
def thick (x : Image height width) : Nat :=
  countPixels height width fun row column => x.isDilated row column && !x.isForeground row column

end Image

/-- A concept score that is defined by the pixels of an image. -/
inductive PixelScore
  /-- The number of pixels of the figure, `Image.size`. -/
  | size
  /-- The number of pixels that a dilation adds, `Image.thick`. -/
  | thick

/-- The score of an image. -/
def PixelScore.of {height width : Nat} : PixelScore → Image height width → Nat
  | .size, x => x.size
  | .thick, x => x.thick

/-- The image of a number whose digits, of 8 bits each and the lowest first, are the grey levels,
row by row. -/
def imageOf (height width literal : Nat) : Image height width :=
  fun row column => literal / 256 ^ (width * row.val + column.val) % 256

/-- The images of a data set, each as one number. -/
structure PackedImages where
  /-- The number of images. -/
  count : Nat
  /-- The number of rows of an image. -/
  height : Nat
  /-- The number of columns of an image. -/
  width : Nat
  /-- The images: digit `width * row + column` of a number, of 8 bits and the lowest first, is the
  grey level of the pixel. -/
  literals : List Nat

/-- Image `i`. -/
def PackedImages.image (x : PackedImages) (i : Fin x.count) : Image x.height x.width :=
  imageOf x.height x.width (x.literals.getD i 0)

end Bridge
