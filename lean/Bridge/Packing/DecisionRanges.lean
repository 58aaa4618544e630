/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Decisions
public import Bridge.Packing.Ranges

/-!
# Decisions on ranges of blocks, each from the shards that hold it

As in `Bridge.Packing.Ranges`: what a classifier decides of a range of blocks is found out in a file
of its own, and joined later.

## Main definitions

* `decideIn`: the counter of decisions, for blocks that are all that some shards hold.
* `DecidedIn`: what it has found out.

## Main statements

* `DecidedIn.of_decide`: what its answer means.
* `DecidedIn.append`: what is found out of two ranges of blocks, one after the other, is found out
  of both.
* `DecidedIn.decided`: what is found out of the shards of all samples is found out of all samples.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-- **The counter of decisions of a range.**  Whether some shards hold `blockCount` blocks, and what
`decideAll` decides of them, the first of which is block `first`.  It is irreducible for the same
reason. -/
@[irreducible] def decideIn (s : PackedSamples) (shards : List (List ColumnGroup)) (c : Nat)
    (ps : List IntegerProbe) (first blockCount : Nat) (matrix : List (List Nat))
    (gaps : List (Nat × Nat)) : Bool :=
  Nat.blt c s.conceptCount && holdBlocks s shards blockCount &&
  decideAllIn s c ps (joined shards) 0 first blockCount matrix gaps

section

variable {s : PackedSamples} {c : Nat} {groups : List ColumnGroup} {first blockCount : Nat}

/-! ## What depends on the columns of a block alone -/

theorem PackedSamples.Agree.excessesOf_eq (h : s.Agree groups first blockCount)
    (hc : c < s.conceptCount) {t : Nat} (h1 : first ≤ t) (h2 : t < first + blockCount) {r : Nat}
    (hr : r < s.listedRows t) (ps : List IntegerProbe) :
    (s.withGroups groups).excessesOf c ps (s.blockRows * t + r)
      = s.excessesOf c ps (s.blockRows * t + r) := by
  funext k
  rw [excessesOf, excessesOf, List.map_congr_left fun p _ => h.excess_eq hc h1 h2 hr]

theorem PackedSamples.Agree.decisionOf_eq (h : s.Agree groups first blockCount)
    (hc : c < s.conceptCount) {t : Nat} (h1 : first ≤ t) (h2 : t < first + blockCount) {r : Nat}
    (hr : r < s.listedRows t) (ps : List IntegerProbe) :
    (s.withGroups groups).decisionOf c ps (s.blockRows * t + r)
      = s.decisionOf c ps (s.blockRows * t + r) := by
  rw [decisionOf, decisionOf, h.excessesOf_eq hc h1 h2 hr]

theorem PackedSamples.Agree.labelOf_eq (h : s.Agree groups first blockCount)
    (hc : c < s.conceptCount) {t : Nat} (h1 : first ≤ t) (h2 : t < first + blockCount) {r : Nat}
    (hr : r < s.listedRows t) :
    (s.withGroups groups).labelOf c (s.blockRows * t + r)
      = s.labelOf c (s.blockRows * t + r) :=
  congrArg (· - s.offset) (h.score_digit_eq hc h1 h2 hr)

theorem PackedSamples.Agree.gapOf_eq (h : s.Agree groups first blockCount)
    (hc : c < s.conceptCount) {t : Nat} (h1 : first ≤ t) (h2 : t < first + blockCount) {r : Nat}
    (hr : r < s.listedRows t) (ps : List IntegerProbe) (k : Nat) :
    (s.withGroups groups).gapOf c ps (s.blockRows * t + r) k
      = s.gapOf c ps (s.blockRows * t + r) k := by
  rw [gapOf, gapOf, h.excessesOf_eq hc h1 h2 hr, h.decisionOf_eq hc h1 h2 hr]

/-- What is found out of the decisions on blocks of other groups is found out of those with the same
columns. -/
theorem Decided.of_agree (h : s.Agree groups first blockCount) (hc : c < s.conceptCount)
    {ps : List IntegerProbe} {matrix : List (List Nat)} {gaps : List (Nat × Nat)}
    (hd : Decided (s.withGroups groups) c ps first blockCount matrix gaps) :
    Decided s c ps first blockCount matrix gaps := by
  have hplace : ∀ {t}, t < blockCount → first ≤ first + t ∧ first + t < first + blockCount :=
    fun ht => ⟨Nat.le_add_right .., Nat.add_lt_add_left ht _⟩
  refine ⟨hd.classes_pos, hd.denominator_eq, hd.sup_eq, hd.scoreLow_eq,
    fun p hp t h1 h2 r hr => h.within hc h1 h2 hr (hd.within p hp t h1 h2 r hr), hd.rows_eq,
    hd.columns_eq, fun a b ha hb => ?_, fun gap hgap => ?_⟩
  · rw [← hd.counts a b ha hb]
    refine total_congr fun t ht => total_congr fun r hr => ?_
    have hr : r < s.listedRows (first + t) := hr
    obtain ⟨h1, h2⟩ := hplace ht
    rw [← h.labelOf_eq hc h1 h2 hr, ← h.decisionOf_eq hc h1 h2 hr]
    rfl
  · rw [← hd.gaps gap hgap]
    refine total_congr fun t ht => total_congr fun r hr => total_congr fun k _ => ?_
    have hr : r < s.listedRows (first + t) := hr
    obtain ⟨h1, h2⟩ := hplace ht
    rw [← h.gapOf_eq hc h1 h2 hr]
    rfl

/-! ## What its answer means -/

/-- What is found out of the decisions on `blockCount` blocks that are all that some shards hold,
and the first of which is block `first`: that much of samples in whose groups the shards are at this
place. -/
structure DecidedIn (s : PackedSamples) (shards : List (List ColumnGroup)) (c : Nat)
    (ps : List IntegerProbe) (first blockCount : Nat) (matrix : List (List Nat))
    (gaps : List (Nat × Nat)) : Prop where
  /-- The shards hold as many blocks. -/
  length_eq : (columnsOf s.limbBits (joined shards)).length = s.columnCount * blockCount
  /-- If as many blocks come before the shards as `first` says, then so much is found out. -/
  decided_of : ∀ before after, s.groups = before ++ joined shards ++ after →
    (columnsOf s.limbBits before).length = s.columnCount * first →
    Decided s c ps first blockCount matrix gaps

/-- **Soundness.**  What the answer of the counter of a range means. -/
theorem DecidedIn.of_decide {shards : List (List ColumnGroup)} {ps : List IntegerProbe}
    {matrix : List (List Nat)} {gaps : List (Nat × Nat)}
    (h : decideIn s shards c ps first blockCount matrix gaps = true) :
    DecidedIn s shards c ps first blockCount matrix gaps := by
  rw [decideIn] at h
  simp only [Bool.and_eq_true] at h
  obtain ⟨⟨hc, hhold⟩, h⟩ := h
  have hhere := of_holdBlocks hhold
  refine ⟨hhere, fun before after hs hbefore =>
    Decided.of_agree (agree_of_groups hs hbefore hhere) (Nat.le_of_ble_eq_true hc) ?_⟩
  have h' : decideAllIn (s.withGroups (before ++ joined shards)) c ps (joined shards) 0 first
    blockCount matrix gaps = true := h
  exact .of_decideAllIn (columns_drop_of_groups hbefore) h'

/-- What is found out of two ranges of blocks, one after the other, is found out of both. -/
theorem DecidedIn.append {A B : List (List ColumnGroup)} {ps : List IntegerProbe} {m n : Nat}
    {m₁ m₂ matrix : List (List Nat)} {g₁ g₂ gaps : List (Nat × Nat)}
    (h₁ : DecidedIn s A c ps first m m₁ g₁) (h₂ : DecidedIn s B c ps (first + m) n m₂ g₂)
    (hm : matrix = List.zipWith (List.zipWith (· + ·)) m₁ m₂)
    (hg : gaps = List.zipWith (fun x y => (x.1, x.2 + y.2)) g₁ g₂)
    (hsame : g₁.map (·.1) = g₂.map (·.1)) :
    DecidedIn s (A ++ B) c ps first (m + n) matrix gaps := by
  refine ⟨?_, fun before after hs hbefore => ?_⟩
  · rw [joined_append, columnsOf_append, List.length_append, h₁.length_eq, h₂.length_eq,
      Nat.mul_add]
  · rw [joined_append] at hs
    refine (h₁.decided_of before (joined B ++ after) (by rw [hs]; simp) hbefore).append
      (h₂.decided_of (before ++ joined A) after (by rw [hs]; simp) ?_) hm hg hsame
    rw [columnsOf_append, List.length_append, hbefore, h₁.length_eq, Nat.mul_add]

/-- What is found out of the shards of all samples is found out of all samples. -/
theorem DecidedIn.decided {shards : List (List ColumnGroup)} {ps : List IntegerProbe}
    {matrix : List (List Nat)} {gaps : List (Nat × Nat)}
    (h : DecidedIn s shards c ps 0 blockCount matrix gaps) (hs : s.groups = joined shards) :
    Decided s c ps 0 blockCount matrix gaps :=
  h.decided_of [] [] (by rw [hs, List.nil_append, List.append_nil]) rfl

end

end Bridge
