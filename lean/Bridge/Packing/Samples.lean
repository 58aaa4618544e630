/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

/-!
# Packed samples

`PackedSamples` stores the latent points and the scores of all samples in a few large natural
numbers; `PackedSamples.latent` and `PackedSamples.score` say which rational numbers these stand
for.  Every claim of an export speaks of these numbers.

Over common powers of two all numbers are integers.  They are stored with an offset, so that they
are natural numbers.  A block of rows is stored by columns: column `j` is one number, whose digit
`i` is the entry of row `i`.

A column is written as four literals, because Lean needs time quadratic in the length of a literal
to read it; and columns come in groups of eight, because the kernel needs about as long for a step
along a list as for the arithmetic of a column.
-/

@[expose] public noncomputable section

namespace Bridge

/-- The number `a₀ + a₁ x + a₂ x² + …`. -/
def pack (x : Nat) : List Nat → Nat
  | [] => 0
  | a :: as => Nat.add a (Nat.mul x (pack x as))

/-- The digits of a column, in four literals, the lowest digits first. -/
structure Column where
  /-- The lowest digits. -/
  first : Nat
  /-- The digits above those. -/
  second : Nat
  /-- The digits above those. -/
  third : Nat
  /-- The highest digits. -/
  fourth : Nat

/-- A column as one number, where the first three literals are `limbBits` bits wide. -/
def Column.digits (limbBits : Nat) (column : Column) : Nat :=
  pack (2 ^ limbBits) [column.first, column.second, column.third, column.fourth]

/-- Columns that follow each other. -/
inductive ColumnGroup
  /-- A single column. -/
  | one (column : Column)
  /-- Eight columns. -/
  | eight (a b c d e f g h : Column)

/-- The columns of a group, one by one. -/
def ColumnGroup.columns : ColumnGroup → List Column
  | .one column => [column]
  | .eight a b c d e f g h => [a, b, c, d, e, f, g, h]

/-- The columns of groups that follow each other, each as one number. -/
def columnsOf (limbBits : Nat) (groups : List ColumnGroup) : List Nat :=
  groups.flatMap fun group => group.columns.map (Column.digits limbBits)

/-- The groups of all shards, one shard after the other. -/
def joined (shards : List (List ColumnGroup)) : List ColumnGroup :=
  List.rec [] (fun shard _ rest => List.rec rest (fun group _ ih => group :: ih) shard) shards

/-- Latent points and concept scores of all samples, packed into natural numbers.

Sample `i` is row `i % blockRows` of block `i / blockRows`.  A block has `latentDim + conceptCount`
columns: the latent coordinates, then the scores.  Digit `i` of a column, of `digitBits` bits and
the lowest first, is the integer of row `i` plus the offset `2 ^ (digitBits - 1)`. -/
structure PackedSamples where
  /-- The number of samples. -/
  size : Nat
  /-- The dimension of the latent space. -/
  latentDim : Nat
  /-- The number of concepts, each with a score for every sample. -/
  conceptCount : Nat
  /-- Latent coordinates are integers divided by `2 ^ latentExponent`. -/
  latentExponent : Nat
  /-- For each concept the exponent `m` such that its scores are integers divided by `2 ^ m`. -/
  scoreExponents : List Nat
  /-- The width of a digit, which is a stored integer, in bits. -/
  digitBits : Nat
  /-- How many digits wide a slot is, so that it has room for a product; what is stored does not
  depend on it. -/
  slotDigits : Nat
  /-- The number of rows in a block.  The last block is filled up with rows that belong to no
  sample, and do not count. -/
  blockRows : Nat
  /-- The width in bits of the first three literals of a column. -/
  limbBits : Nat
  /-- The columns of the first block, then those of the second, and so on.  In each block groups of
  eight come first, as many as there can be of latent coordinates. -/
  groups : List ColumnGroup

namespace PackedSamples

variable (s : PackedSamples)

/-- The number of columns of a block. -/
def columnCount : Nat := s.latentDim + s.conceptCount

/-- What is added to an integer before it is stored, so that it is a natural number. -/
def offset : Nat := 2 ^ (s.digitBits - 1)

/-- All columns, one by one, each as one number. -/
def columns : List Nat := columnsOf s.limbBits s.groups

/-- Column `j` of block `t` as one number. -/
def column (t j : Nat) : Nat := s.columns.getD (s.columnCount * t + j) 0

/-- The digit that is stored for sample `i` in column `j`. -/
def digit (i j : Nat) : Nat :=
  s.column (i / s.blockRows) j / (2 ^ s.digitBits) ^ (i % s.blockRows) % 2 ^ s.digitBits

/-- The integer that is stored for sample `i` in column `j`. -/
def entry (i j : Nat) : Int := (s.digit i j : Int) - (s.offset : Int)

/-- Coordinate `j` of the latent point of sample `i`. -/
def latent (i : Fin s.size) (j : Fin s.latentDim) : Rat :=
  (s.entry i j : Rat) / ((2 ^ s.latentExponent : Nat) : Rat)

/-- The score of sample `i` for concept `c`. -/
def score (c : Nat) (i : Fin s.size) : Rat :=
  (s.entry i (s.latentDim + c) : Rat) / ((2 ^ s.scoreExponents.getD c 0 : Nat) : Rat)

/-- The label of sample `i`, the number of its class, where the scores of concept `c` are such. -/
def label (c : Nat) (i : Fin s.size) : Nat := (s.entry i (s.latentDim + c)).toNat

end PackedSamples

end Bridge
