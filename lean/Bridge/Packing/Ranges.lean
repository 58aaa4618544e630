/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Check

/-!
# Ranges of blocks, each from the shards that hold it

What is found out of a range of blocks needs the columns of these blocks and no others.  So it can
be found out in a file of its own, which knows the digits of its shards alone, and is joined later,
where nobody needs to know any digits.

## Main definitions

* `checkIn`: the checker, for blocks that are all that some shards hold.
* `FoundIn`: what it has found out.

## Main statements

* `FoundIn.of_check`: what its answer means.
* `FoundIn.append`: what is found out of two ranges of blocks, one after the other, is found out of
  both.
* `FoundIn.found`: what is found out of the shards of all samples is found out of all samples.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-! ## The program -/

/-- Go on with the number of columns of all groups, added to `done`. -/
def countColumns (groups : List ColumnGroup) (done : Nat) (k : Nat → Bool) : Bool :=
  List.rec (motive := fun _ => Nat → Bool) k
    (fun group _ ih done =>
      ColumnGroup.rec (fun _ => force (Nat.add done 1) ih)
        (fun _ _ _ _ _ _ _ _ => force (Nat.add done 8) ih) group)
    groups done

/-- Whether shards hold the columns of so many blocks. -/
def holdBlocks (s : PackedSamples) (shards : List (List ColumnGroup)) (blockCount : Nat) : Bool :=
  countColumns (joined shards) 0 fun count => Nat.beq count (Nat.mul s.columnCount blockCount)

/-- **The checker of a range.**  Whether some shards hold `blockCount` blocks, and what `check`
decides of them, the first of which is block `first`.  It is irreducible for the same reason. -/
@[irreducible] def checkIn (s : PackedSamples) (shards : List (List ColumnGroup)) (c : Nat)
    (p : IntegerProbe) (first blockCount : Nat) (asked : List (Measure × Nat)) : Bool :=
  Nat.blt c s.conceptCount && holdBlocks s shards blockCount &&
  withCheckedIn s c p (joined shards) 0 first blockCount
    fun slotBits one largest listed blocks =>
      sumsAgree (fun m => m.addAll s p slotBits one largest listed blocks) asked

/-! ## Groups of columns -/

theorem countColumns_eq (w : Nat) (groups : List ColumnGroup) (done : Nat) (k : Nat → Bool) :
    countColumns groups done k = k (done + (columnsOf w groups).length) := by
  induction groups generalizing done with
  | nil => rfl
  | cons group groups ih =>
    cases group with
    | one column =>
      show force (done + 1) (fun done => countColumns groups done k) = _
      rw [force_eq, ih, columnsOf_one, List.length_cons, Nat.add_assoc, Nat.add_comm 1]
    | eight a b c d e f g h =>
      show force (done + 8) (fun done => countColumns groups done k) = _
      rw [force_eq, ih, columnsOf_eight]
      simp only [List.length_cons]
      exact congrArg k (by omega)

theorem joined_cons (shard : List ColumnGroup) (shards : List (List ColumnGroup)) :
    joined (shard :: shards) = shard ++ joined shards := by
  have h : ∀ rest, List.rec (motive := fun _ => List ColumnGroup) rest
      (fun group _ ih => group :: ih) shard = shard ++ rest := by
    intro rest
    induction shard with
    | nil => rfl
    | cons group shard ih => exact congrArg (group :: ·) ih
  exact h (joined shards)

theorem joined_append (A B : List (List ColumnGroup)) : joined (A ++ B) = joined A ++ joined B := by
  induction A with
  | nil => rfl
  | cons shard A ih => rw [List.cons_append, joined_cons, joined_cons, ih, List.append_assoc]

theorem columnsOf_append (w : Nat) (A B : List ColumnGroup) :
    columnsOf w (A ++ B) = columnsOf w A ++ columnsOf w B := List.flatMap_append

/-- Samples of the same layout, whose columns are in other groups. -/
def PackedSamples.withGroups (s : PackedSamples) (groups : List ColumnGroup) : PackedSamples :=
  { s with groups }

section

variable {s : PackedSamples} {c : Nat} {p : IntegerProbe}

/-! ## What depends on the columns of a block alone -/

/-- Other groups have the same columns in these blocks. -/
def PackedSamples.Agree (s : PackedSamples) (groups : List ColumnGroup) (first blockCount : Nat) :
    Prop :=
  ∀ t, first ≤ t → t < first + blockCount → ∀ j, j < s.columnCount →
    (s.withGroups groups).column t j = s.column t j

variable {groups : List ColumnGroup} {first blockCount : Nat}

theorem PackedSamples.Agree.digit_eq (h : s.Agree groups first blockCount) {t : Nat}
    (h1 : first ≤ t) (h2 : t < first + blockCount) {r : Nat} (hr : r < s.listedRows t) {j : Nat}
    (hj : j < s.columnCount) :
    (s.withGroups groups).digit (s.blockRows * t + r) j = s.digit (s.blockRows * t + r) j := by
  have hr : r < s.blockRows := Nat.lt_of_lt_of_le hr (Nat.min_le_left ..)
  have hK : 0 < s.blockRows := Nat.lt_of_le_of_lt (Nat.zero_le _) hr
  have e : (s.withGroups groups).digit (s.blockRows * t + r) j
      = (s.withGroups groups).blockDigit t j r := Bridge.digit_eq (s := s.withGroups groups) hK hr j
  rw [Bridge.digit_eq hK hr, e, blockDigit, blockDigit, h t h1 h2 j hj]
  rfl

theorem PackedSamples.Agree.sampleProducts_eq (h : s.Agree groups first blockCount) {t : Nat}
    (h1 : first ≤ t) (h2 : t < first + blockCount) {r : Nat} (hr : r < s.listedRows t) :
    (s.withGroups groups).sampleProducts p (s.blockRows * t + r)
      = s.sampleProducts p (s.blockRows * t + r) :=
  total_congr fun j hj => by
    rw [h.digit_eq h1 h2 hr (Nat.lt_of_lt_of_le hj (Nat.le_add_right ..))]
    rfl

theorem PackedSamples.Agree.score_digit_eq (h : s.Agree groups first blockCount)
    (hc : c < s.conceptCount) {t : Nat} (h1 : first ≤ t) (h2 : t < first + blockCount) {r : Nat}
    (hr : r < s.listedRows t) :
    (s.withGroups groups).digit (s.blockRows * t + r) (s.latentDim + c)
      = s.digit (s.blockRows * t + r) (s.latentDim + c) :=
  h.digit_eq h1 h2 hr (Nat.add_lt_add_left hc _)

theorem PackedSamples.Agree.scoreExcess_eq (h : s.Agree groups first blockCount)
    (hc : c < s.conceptCount) {t : Nat} (h1 : first ≤ t) (h2 : t < first + blockCount) {r : Nat}
    (hr : r < s.listedRows t) :
    (s.withGroups groups).scoreExcess c p (s.blockRows * t + r)
      = s.scoreExcess c p (s.blockRows * t + r) :=
  congrArg (· - p.scoreLow) (h.score_digit_eq hc h1 h2 hr)

theorem PackedSamples.Agree.excess_eq (h : s.Agree groups first blockCount)
    (hc : c < s.conceptCount) {t : Nat} (h1 : first ≤ t) (h2 : t < first + blockCount) {r : Nat}
    (hr : r < s.listedRows t) :
    (s.withGroups groups).excess c p (s.blockRows * t + r)
      = s.excess c p (s.blockRows * t + r) := by
  rw [excess, excess, h.scoreExcess_eq hc h1 h2 hr, h.sampleProducts_eq h1 h2 hr]
  rfl

theorem PackedSamples.Agree.within (h : s.Agree groups first blockCount)
    (hc : c < s.conceptCount) {t : Nat} (h1 : first ≤ t) (h2 : t < first + blockCount) {r : Nat}
    (hr : r < s.listedRows t)
    (hw : (s.withGroups groups).Within c p (s.blockRows * t + r)) :
    s.Within c p (s.blockRows * t + r) := by
  refine ⟨?_, ?_, ?_, ?_⟩
  · rw [← h.score_digit_eq hc h1 h2 hr]
    exact hw.scoreLow_le
  · rw [← h.scoreExcess_eq hc h1 h2 hr]
    exact hw.scoreExcess_le
  · rw [← h.scoreExcess_eq hc h1 h2 hr, ← h.sampleProducts_eq h1 h2 hr]
    exact hw.products_le
  · rw [← h.excess_eq hc h1 h2 hr]
    exact hw.excess_le

/-- What is found out of blocks of other groups is found out of those with the same columns. -/
theorem Found.of_agree (h : s.Agree groups first blockCount) (hc : c < s.conceptCount)
    {asked : List (Measure × Nat)}
    (hf : Found (s.withGroups groups) c p first blockCount asked) :
    Found s c p first blockCount asked := by
  refine ⟨fun t h1 h2 r hr => h.within hc h1 h2 hr (hf.within t h1 h2 r hr), fun sum hsum => ?_⟩
  rw [← hf.sums sum hsum]
  refine total_congr fun t ht => total_congr fun r hr => ?_
  have hr : r < s.listedRows (first + t) := hr
  have h1 : first ≤ first + t := Nat.le_add_right ..
  have h2 : first + t < first + blockCount := Nat.add_lt_add_left ht _
  show sum.1.value _ _ _ _ = sum.1.value _ _ _ _
  exact (congr (congrArg _ (h.excess_eq hc h1 h2 hr)) (h.scoreExcess_eq hc h1 h2 hr)).symm

/-- Where the groups of some blocks are, the columns of these blocks are too. -/
theorem agree_of_groups {before here after : List ColumnGroup}
    (hs : s.groups = before ++ here ++ after)
    (hbefore : (columnsOf s.limbBits before).length = s.columnCount * first)
    (hhere : (columnsOf s.limbBits here).length = s.columnCount * blockCount) :
    s.Agree (before ++ here) first blockCount := by
  intro t _ h2 j hj
  show (columnsOf s.limbBits (before ++ here)).getD (s.columnCount * t + j) 0
    = (columnsOf s.limbBits s.groups).getD (s.columnCount * t + j) 0
  rw [hs, columnsOf_append _ (before ++ here), List.getD_eq_getElem?_getD,
    List.getD_eq_getElem?_getD, List.getElem?_append_left]
  rw [columnsOf_append, List.length_append, hbefore, hhere, ← Nat.mul_add]
  have := Nat.mul_le_mul_left s.columnCount (show t + 1 ≤ first + blockCount by omega)
  rw [Nat.mul_succ] at this
  omega

/-- The columns from block `first` on, where what follows the groups of these blocks is left out. -/
theorem columns_drop_of_groups {before here : List ColumnGroup}
    (hbefore : (columnsOf s.limbBits before).length = s.columnCount * first) :
    (columnsOf s.limbBits here).drop (s.columnCount * 0)
      = (s.withGroups (before ++ here)).columns.drop (s.columnCount * first) := by
  show _ = (columnsOf s.limbBits (before ++ here)).drop _
  rw [columnsOf_append, ← hbefore, List.drop_left, Nat.mul_zero, List.drop_zero]

/-! ## What its answer means -/

/-- What is found out of `blockCount` blocks that are all that some shards hold, and the first of
which is block `first`: that much of samples in whose groups the shards are at this place. -/
structure FoundIn (s : PackedSamples) (shards : List (List ColumnGroup)) (c : Nat)
    (p : IntegerProbe) (first blockCount : Nat) (asked : List (Measure × Nat)) : Prop where
  /-- The shards hold as many blocks. -/
  length_eq : (columnsOf s.limbBits (joined shards)).length = s.columnCount * blockCount
  /-- If as many blocks come before the shards as `first` says, then so much is found out. -/
  found_of : ∀ before after, s.groups = before ++ joined shards ++ after →
    (columnsOf s.limbBits before).length = s.columnCount * first →
    Found s c p first blockCount asked

theorem of_holdBlocks {shards : List (List ColumnGroup)}
    (h : holdBlocks s shards blockCount = true) :
    (columnsOf s.limbBits (joined shards)).length = s.columnCount * blockCount := by
  rw [holdBlocks, countColumns_eq s.limbBits, Nat.zero_add] at h
  exact Nat.eq_of_beq_eq_true h

/-- **Soundness.**  What the answer of the checker of a range means. -/
theorem FoundIn.of_check {shards : List (List ColumnGroup)} {asked : List (Measure × Nat)}
    (h : checkIn s shards c p first blockCount asked = true) :
    FoundIn s shards c p first blockCount asked := by
  rw [checkIn] at h
  simp only [Bool.and_eq_true] at h
  obtain ⟨⟨hc, hhold⟩, h⟩ := h
  have hhere := of_holdBlocks hhold
  refine ⟨hhere, fun before after hs hbefore =>
    Found.of_agree (agree_of_groups hs hbefore hhere) (Nat.le_of_ble_eq_true hc) ?_⟩
  have h' : withCheckedIn (s.withGroups (before ++ joined shards)) c p (joined shards) 0 first
      blockCount (fun slotBits one largest listed blocks => sumsAgree
        (fun m => m.addAll (s.withGroups (before ++ joined shards)) p slotBits one largest listed
          blocks) asked) = true := h
  obtain ⟨hlayout, htwice, hw, listed, hl, h'⟩ :=
    of_withCheckedIn (columns_drop_of_groups hbefore) h'
  exact .of_checked ⟨hlayout, htwice, hw, listed, hl, h'⟩

/-- What is found out of two ranges of blocks, one after the other, is found out of both. -/
theorem FoundIn.append {A B : List (List ColumnGroup)} {m n : Nat}
    {sums₁ sums₂ sums : List (Measure × Nat)} (h₁ : FoundIn s A c p first m sums₁)
    (h₂ : FoundIn s B c p (first + m) n sums₂)
    (h : sums = List.zipWith (fun x y => (x.1, x.2 + y.2)) sums₁ sums₂)
    (hsame : sums₁.map (·.1) = sums₂.map (·.1)) : FoundIn s (A ++ B) c p first (m + n) sums := by
  refine ⟨?_, fun before after hs hbefore => ?_⟩
  · rw [joined_append, columnsOf_append, List.length_append, h₁.length_eq, h₂.length_eq,
      Nat.mul_add]
  · rw [joined_append] at hs
    refine (h₁.found_of before (joined B ++ after) (by rw [hs]; simp) hbefore).append
      (h₂.found_of (before ++ joined A) after (by rw [hs]; simp) ?_) h hsame
    rw [columnsOf_append, List.length_append, hbefore, h₁.length_eq, Nat.mul_add]

/-- What is found out of the shards of all samples is found out of all samples. -/
theorem FoundIn.found {shards : List (List ColumnGroup)} {asked : List (Measure × Nat)}
    (h : FoundIn s shards c p 0 blockCount asked) (hs : s.groups = joined shards) :
    Found s c p 0 blockCount asked :=
  h.found_of [] [] (by rw [hs, List.nil_append, List.append_nil]) rfl

end

end Bridge
