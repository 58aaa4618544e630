/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Packing.Measures

/-!
# The checker

## Main definitions

* `withChecked`: a program that has the kernel find out the excesses of all samples of a range of
  blocks and compare them with their limits, and that goes on with them.
* `check`: it adds up what claims rest on.
* `Found`: what it has found out.

## Main statements

* `Found.of_check`: what its answer means.
* `Found.append`: what is found out of two ranges of blocks, one after the other, is found out of
  both.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-! ## The program -/

/-- Whether all sums are what they should be. -/
def sumsAgree (add : Measure → Nat → (Nat → Bool) → Bool) (asked : List (Measure × Nat)) : Bool :=
  List.rec true (fun sum _ ih => add sum.1 0 (fun found => Nat.beq found sum.2) && ih) asked

/-- Go on with what is known of `blockCount` blocks from block `first` on, the last one first, if
every residual of concept `c` in them lies between `-δ` and `δ`; the answer is `false` if one does
not, and too if a score is not within its limits, or if a slot could overflow.  The blocks are in
`groups`, after those of `skipped` others.  What is gone on with has, beside the blocks, the width
of a slot, the number with a `1` in every slot, the largest number that a slot can hold, and what
gives the slots of the first rows. -/
def withCheckedIn (s : PackedSamples) (c : Nat) (p : IntegerProbe) (groups : List ColumnGroup)
    (skipped first blockCount : Nat) (k : Nat → Nat → Nat → (Nat → Nat) → List Block → Bool) :
    Bool :=
  withConstants s c p fun W sum kQ kP =>
  force (Nat.mul s.slotDigits s.digitBits) fun slotBits =>
  force (Nat.pow 2 (Nat.sub slotBits 1)) fun half =>
  force (Nat.sub (Nat.pow 2 s.digitBits) 1) fun largestDigit =>
  force (Nat.mul 2 p.sup) fun twice =>
  force (p.scoreFactor s c) fun factor =>
  Nat.blt 0 slotBits && Nat.blt 0 s.blockRows && Nat.blt largestDigit half &&
  Nat.blt p.scoreLow half && Nat.blt p.scoreSpan half && Nat.blt twice half &&
  Nat.blt (Nat.add (Nat.mul factor p.scoreSpan) kQ) half &&
  Nat.blt (Nat.add (Nat.mul largestDigit sum) kP) half &&
  force s.slotCount fun slotCount =>
  force (onesFast (Nat.pow 2 slotBits) slotCount) fun one =>
  force (Nat.mul largestDigit one) fun mask =>
  force (Nat.mul s.digitBits slotCount) fun shift =>
  force (Nat.sub (Nat.pow 2 shift) 1) fun full =>
  force (Nat.sub half 1) fun rest =>
  force (Nat.mul half one) fun tops =>
  force (Nat.mul p.scoreLow one) fun lows =>
  force (Nat.mul (Nat.add p.scoreSpan half) one) fun spans =>
  force (Nat.mul (Nat.add kQ half) one) fun kQ =>
  force (Nat.mul kP one) fun kP =>
  force (Nat.mul (Nat.add twice half) one) fun limits =>
  force (Nat.sub (Nat.pow 2 p.weightBits) 1) fun largestCode =>
  force (Nat.pow 2 (Nat.sub p.weightBits 1)) fun sign =>
  force (Nat.sub (Nat.pow 2 p.magnitudeBits) 1) fun low =>
  force (Nat.sub (Nat.pow 2 slotBits) 1) fun largest =>
  force s.limbBits fun limbBits =>
  force (Nat.mul p.weightBits 8) fun eightBits =>
  force (Nat.mul p.weightBits 64) fun chunkBits =>
  force (Nat.sub (Nat.pow 2 chunkBits) 1) fun chunkMask =>
  force (Nat.div s.latentDim 64) fun chunks =>
  force (Nat.div (Nat.mod s.latentDim 64) 8) fun eights =>
  force (Nat.mul p.weightBits (Nat.mul 8 eights)) fun eightsBits =>
  force (Nat.mod s.latentDim 8) fun ones =>
  withCopies shift s.copyBits fun copies =>
  (fun (slotted : Column → Nat) (listed : Nat → Nat) =>
    passBlocks (Nat.div s.latentDim 8) (Nat.add ones s.conceptCount) skipped groups fun groups =>
    withBlocks
      (fun groups => weighAll
        (fun v column => Nat.mul (Nat.land v low)
          (Bool.rec (slotted column) (Nat.sub mask (slotted column)) (Nat.ble sign v)))
        p.weightBits eightBits largestCode 8 chunkBits chunkMask ones eights eightsBits chunks
        groups W Nat.zero)
      slotted listed (withExcesses half rest tops factor lows spans kQ kP limits)
      s.size s.blockRows s.conceptCount c blockCount (Nat.mul s.blockRows first) groups []
      (k slotBits one largest listed))
    (fun column => column.join limbBits fun A => Nat.land (copies (Nat.land A full)) mask)
    (fun count => Nat.div (Nat.land
      (copies (Nat.land (Nat.sub (Nat.pow 2 (Nat.mul s.digitBits count)) 1) full)) mask)
      largestDigit)

/-- The same of the blocks of all samples. -/
def withChecked (s : PackedSamples) (c : Nat) (p : IntegerProbe) (first blockCount : Nat)
    (k : Nat → Nat → Nat → (Nat → Nat) → List Block → Bool) : Bool :=
  withCheckedIn s c p s.groups first first blockCount k

/-- **The checker.**  Whether in `blockCount` blocks from block `first` on every residual of concept
`c` lies between `-δ` and `δ`, and what is asked for adds up to the stated sums.

The kernel evaluates it.  It is irreducible for the elaborator, which would otherwise evaluate it
too, without the kernel's arithmetic, to explain why a false claim is false. -/
@[irreducible] def check (s : PackedSamples) (c : Nat) (p : IntegerProbe) (first blockCount : Nat)
    (asked : List (Measure × Nat)) : Bool :=
  withChecked s c p first blockCount fun slotBits one largest listed blocks =>
    sumsAgree (fun m => m.addAll s p slotBits one largest listed blocks) asked

/-! ## What its answer means -/

/-- What is found out of `blockCount` blocks from block `first` on: of their listed samples and of
no others. -/
structure Found (s : PackedSamples) (c : Nat) (p : IntegerProbe) (first blockCount : Nat)
    (asked : List (Measure × Nat)) : Prop where
  /-- Every listed sample is within its limits. -/
  within : ∀ t, first ≤ t → t < first + blockCount → ∀ r, r < s.listedRows t →
    s.Within c p (s.blockRows * t + r)
  /-- What was asked for adds up to the stated sums. -/
  sums : ∀ sum ∈ asked, total (fun t => total (fun r =>
    s.measured c p sum.1 (s.blockRows * (first + t) + r)) (s.listedRows (first + t))) blockCount
      = sum.2

section

variable {s : PackedSamples} {c : Nat} {p : IntegerProbe}

/-- What is known of so many blocks from block `t` on, the last one first. -/
def PackedSamples.blocks (s : PackedSamples) (c : Nat) (p : IntegerProbe) (t : Nat) :
    Nat → List Block
  | 0 => []
  | T + 1 => s.blocks c p (t + 1) T ++ [s.block c p t]

theorem of_addAll (h : Layout s) {m : Measure} {listed : Nat → Nat}
    (hsup : 2 * p.sup < 2 ^ (s.slotDigits * s.digitBits - 1))
    (hl : ∀ count, listed count = slots s.slotBase (s.isListed count) s.slotCount)
    {T t done : Nat} {k : Nat → Bool}
    (hw : ∀ u, t ≤ u → u < t + T → ∀ r, r < s.listedRows u → s.Within c p (s.blockRows * u + r))
    (ha : m.addAll s p (s.slotDigits * s.digitBits) (ones s.slotBase s.slotCount) (s.slotBase - 1)
      listed (s.blocks c p t T) done k = true) :
    k (done + total (fun u => total (fun r => s.measured c p m (s.blockRows * (t + u) + r))
      (s.listedRows (t + u))) T) = true := by
  induction T generalizing t done k with
  | zero => exact ha
  | succ T ih =>
    have happend : ∀ (blocks : List Block) (block : Block) (done : Nat),
        m.addAll s p (s.slotDigits * s.digitBits) (ones s.slotBase s.slotCount) (s.slotBase - 1)
          listed (blocks ++ [block]) done k
        = m.addAll s p (s.slotDigits * s.digitBits) (ones s.slotBase s.slotCount) (s.slotBase - 1)
          listed blocks done fun done => m.addTo s p (s.slotDigits * s.digitBits)
            (ones s.slotBase s.slotCount) (s.slotBase - 1) listed block done k := by
      intro blocks block
      induction blocks with
      | nil => exact fun _ => rfl
      | cons b blocks ihb =>
        intro done
        exact congrArg (m.addTo s p (s.slotDigits * s.digitBits) (ones s.slotBase s.slotCount)
          (s.slotBase - 1) listed b done) (funext ihb)
    rw [PackedSamples.blocks, happend] at ha
    have h1 := of_addTo h (hw t (Nat.le_refl t) (by omega)) hsup hl
      (ih (fun u h1 h2 => hw u (by omega) (by omega)) ha)
    rw [total, Nat.add_zero, Nat.add_comm (total _ _), ← Nat.add_assoc]
    simpa only [Nat.add_assoc, Nat.add_comm 1] using h1

theorem of_sumsAgree {add : Measure → Nat → (Nat → Bool) → Bool} {asked : List (Measure × Nat)}
    {value : Measure → Nat}
    (hadd : ∀ m (k : Nat → Bool), add m 0 k = true → k (value m) = true)
    (h : sumsAgree add asked = true) : ∀ sum ∈ asked, value sum.1 = sum.2 := by
  induction asked with
  | nil => simp
  | cons sum asked ih =>
    have h : (add sum.1 0 (fun found => Nat.beq found sum.2) && sumsAgree add asked) = true := h
    rw [Bool.and_eq_true] at h
    intro sum' hsum
    rcases List.mem_cons.1 hsum with rfl | hsum
    · exact Nat.eq_of_beq_eq_true (hadd _ _ h.1)
    · exact ih h.2 sum' hsum

/-- The digit of a sample is that of its row. -/
theorem digit_eq (hK : 0 < s.blockRows) {t r : Nat} (hr : r < s.blockRows) (j : Nat) :
    s.digit (s.blockRows * t + r) j = s.blockDigit t j r := by
  rw [digit, blockDigit, Nat.mul_add_div hK, Nat.mul_add_mod, Nat.div_eq_of_lt hr,
    Nat.mod_eq_of_lt hr, Nat.add_zero]

theorem of_withBlocks {slotted : Column → Nat} {listed : Nat → Nat}
    {weighed : List ColumnGroup → (Nat → List ColumnGroup → Bool) → Bool}
    {excesses : Nat → Nat → Nat → (Nat → Nat → Bool) → Bool}
    (hweighed : ∀ t groups k,
      columnsOf s.limbBits groups = s.columns.drop (s.columnCount * t) →
      weighed groups k = true → ∃ rest,
        columnsOf s.limbBits rest = s.columns.drop (s.columnCount * t + s.latentDim) ∧
        k (slots s.slotBase (fun κ => s.products p t (s.slotRow κ)) s.slotCount) rest = true)
    (hslotted : ∀ column, slotted column = s.spreadOut (column.digits s.limbBits))
    (hexcesses : ∀ t k, excesses
        (slots s.slotBase (fun κ => s.products p t (s.slotRow κ)) s.slotCount)
        (s.spreadOut (s.column t (s.latentDim + c))) (listed (s.listedRows t)) k = true →
      (∀ r, r < s.listedRows t → s.Within c p (s.blockRows * t + r)) ∧
        k (s.block c p t).excesses (s.block c p t).scores = true)
    {T t : Nat} {groups : List ColumnGroup} {done : List Block} {k : List Block → Bool}
    (hgroups : columnsOf s.limbBits groups = s.columns.drop (s.columnCount * t))
    (hb : withBlocks weighed slotted listed excesses s.size s.blockRows s.conceptCount c T
      (s.blockRows * t) groups done k = true) :
    (∀ u, t ≤ u → u < t + T → ∀ r, r < s.listedRows u → s.Within c p (s.blockRows * u + r)) ∧
      k (s.blocks c p t T ++ done) = true := by
  induction T generalizing t groups done with
  | zero => exact ⟨fun u h1 h2 => absurd h2 (by omega), hb⟩
  | succ T ih =>
    obtain ⟨rest, hrest, hb⟩ := hweighed t groups _ hgroups hb
    obtain ⟨scores, hscores, hb⟩ := of_passOnes s.limbBits hb
    obtain ⟨column, hcolumn, hb⟩ := of_withOne s.limbBits hb
    have hb : excesses _ (slotted column)
      (listed (listedCount s.blockRows s.size (s.blockRows * t)))
      (fun E V => force (Nat.add (s.blockRows * t) s.blockRows) fun next =>
        passOnes s.conceptCount rest fun groups => withBlocks weighed slotted listed excesses s.size
          s.blockRows s.conceptCount c T next groups (⟨s.blockRows * t, E, V⟩ :: done) k) = true :=
      (force_eq _ _).symm.trans hb
    rw [hslotted, listedCount_eq] at hb
    have hcol : s.column t (s.latentDim + c) = column.digits s.limbBits := by
      rw [← hcolumn, hscores, hrest, List.drop_drop, getD_drop, PackedSamples.column,
        Nat.add_zero, Nat.add_assoc]
    rw [← hcol] at hb
    obtain ⟨hw, hb⟩ := hexcesses t _ hb
    obtain ⟨next, hnext, hb⟩ := of_passOnes s.limbBits ((force_eq _ _).symm.trans hb)
    obtain ⟨hws, hk⟩ := ih (t := t + 1) (by
      rw [hnext, hrest, List.drop_drop, Nat.mul_succ, PackedSamples.columnCount,
        Nat.add_assoc]) hb
    refine ⟨fun u h1 h2 => ?_, ?_⟩
    · rcases Nat.eq_or_lt_of_le h1 with rfl | h1
      · exact hw
      · exact hws u h1 (by omega)
    · rw [PackedSamples.blocks, List.append_assoc]
      exact hk

/-- What programs go on with that have gone through so many blocks from block `first` on. -/
def Checked (s : PackedSamples) (c : Nat) (p : IntegerProbe) (first blockCount : Nat)
    (k : Nat → Nat → Nat → (Nat → Nat) → List Block → Bool) : Prop :=
  Layout s ∧ 2 * p.sup < 2 ^ (s.slotDigits * s.digitBits - 1) ∧
    (∀ t, first ≤ t → t < first + blockCount → ∀ r, r < s.listedRows t →
      s.Within c p (s.blockRows * t + r)) ∧
    ∃ listed : Nat → Nat,
      (∀ count, listed count = slots s.slotBase (s.isListed count) s.slotCount) ∧
      k (s.slotDigits * s.digitBits) (ones s.slotBase s.slotCount) (s.slotBase - 1) listed
        (s.blocks c p first blockCount) = true

/-- What is known if the checker answers with `true`, where `groups` goes on with the blocks from
block `first` on. -/
theorem of_withCheckedIn {groups : List ColumnGroup} {skipped first blockCount : Nat}
    {k : Nat → Nat → Nat → (Nat → Nat) → List Block → Bool}
    (hfrom : (columnsOf s.limbBits groups).drop (s.columnCount * skipped)
      = s.columns.drop (s.columnCount * first))
    (h : withCheckedIn s c p groups skipped first blockCount k = true) :
    Checked s c p first blockCount k := by
  simp only [withCheckedIn, withConstants] at h
  have h := of_withSums h
  simp only [force_eq, Bool.and_eq_true] at h
  obtain ⟨⟨⟨⟨⟨⟨⟨⟨hS, hK⟩, hdigit⟩, hlo⟩, hspan⟩, htwice⟩, hscores⟩, hproducts⟩, h⟩ := h
  have hS : 0 < s.slotDigits * s.digitBits := Nat.le_of_ble_eq_true hS
  have hlayout : Layout s := ⟨Nat.le_of_ble_eq_true hK, Nat.pos_of_mul_pos_right hS,
    Nat.pos_of_mul_pos_left hS⟩
  have hg := hlayout.slotDigits_pos
  have hdigit : 2 ^ s.digitBits - 1 < 2 ^ (s.slotDigits * s.digitBits - 1) :=
    Nat.le_of_ble_eq_true hdigit
  have htwice : 2 * p.sup < 2 ^ (s.slotDigits * s.digitBits - 1) := Nat.le_of_ble_eq_true htwice
  have hproducts : (2 ^ s.digitBits - 1) * total p.magnitude s.latentDim + s.lowered c p
      < 2 ^ (s.slotDigits * s.digitBits - 1) := Nat.le_of_ble_eq_true hproducts
  have hscores : p.scoreFactor s c * p.scoreSpan + s.raised c p
      < 2 ^ (s.slotDigits * s.digitBits - 1) := Nat.le_of_ble_eq_true hscores
  have eone : onesFast (Nat.pow 2 (Nat.mul s.slotDigits s.digitBits)) s.slotCount
      = ones s.slotBase s.slotCount := onesFast_eq hlayout.one_lt_slotBase
  have espread : ∀ A, Nat.land (copies (Nat.mul s.digitBits s.slotCount)
      (Nat.land A (Nat.sub (Nat.pow 2 (Nat.mul s.digitBits s.slotCount)) 1)) s.copyBits)
      (Nat.mul (Nat.sub (Nat.pow 2 s.digitBits) 1) (ones s.slotBase s.slotCount))
        = s.spreadOut A := fun _ => rfl
  have elisted : ∀ count, Nat.div (s.spreadOut (Nat.sub (Nat.pow 2 (Nat.mul s.digitBits count)) 1))
      (Nat.sub (Nat.pow 2 s.digitBits) 1) = slots s.slotBase (s.isListed count) s.slotCount :=
    fun count => listed_eq hlayout count
  simp only [withCopies_eq, eone, espread, elisted, Column.join_eq] at h
  have ecolumns : 8 * Nat.div s.latentDim 8 + Nat.add (Nat.mod s.latentDim 8) s.conceptCount
      = s.columnCount := by
    show _ + (s.latentDim % 8 + s.conceptCount) = s.latentDim + s.conceptCount
    rw [← Nat.add_assoc]
    exact congrArg (· + s.conceptCount) (Nat.div_add_mod s.latentDim 8)
  obtain ⟨groups, hgroups, h⟩ := of_passBlocks s.limbBits h
  rw [ecolumns, hfrom] at hgroups
  have elatent : 8 * 8 * Nat.div s.latentDim 64
      + (8 * Nat.div (Nat.mod s.latentDim 64) 8 + Nat.mod s.latentDim 8) = s.latentDim := by
    have h1 := Nat.div_add_mod s.latentDim 64
    have h2 := Nat.div_add_mod (s.latentDim % 64) 8
    rw [Nat.mod_mod_of_dvd _ (by decide)] at h2
    show 64 * (s.latentDim / 64) + (8 * (s.latentDim % 64 / 8) + s.latentDim % 8) = _
    omega
  suffices hall : _ ∧ _ by
    obtain ⟨hw, h⟩ := of_withBlocks (c := c) (p := p) (t := first) hall.1 (fun _ => rfl) hall.2
      hgroups h
    rw [List.append_nil] at h
    exact ⟨hlayout, htwice, hw, _, fun _ => rfl, h⟩
  constructor
  · intro t groups k hgroups hk
    obtain ⟨rest, hrest, hk⟩ := of_weighAll
      (product := fun v A => product _ _ _ v (s.spreadOut A)) (fun _ _ => rfl) hk
    rw [hgroups] at hrest hk
    rw [elatent] at hrest hk
    simp only [getD_drop] at hk
    refine ⟨rest, by rw [hrest, List.drop_drop], ?_⟩
    rw [show Nat.zero = 0 from rfl, Nat.zero_add] at hk
    exact (congrArg (k · rest) (total_weighed hg p t)).symm.trans hk
  · intro t k hk
    have hrows : s.listedRows t ≤ s.blockRows := Nat.min_le_left ..
    obtain ⟨hok, hk⟩ := of_withExcesses (S := s.slotDigits * s.digitBits)
      (a := fun κ => s.blockDigit t (s.latentDim + c) (s.slotRow κ)) hS
      (fun κ _ => Nat.lt_of_le_of_lt (Nat.le_sub_one_of_lt (blockDigit_lt ..)) hdigit)
      (Nat.le_of_ble_eq_true hlo) (fun κ _ => isListed_le s _ κ) (Nat.le_of_ble_eq_true hspan)
      hscores
      (fun κ _ => Nat.lt_of_le_of_lt (Nat.add_le_add_right (products_le s p t _) _) hproducts)
      htwice (by
        rw [spreadOut_eq s hg] at hk
        exact hk)
    have hdigits : ∀ r, r < s.listedRows t → ∀ j,
        s.digit (s.blockRows * t + r) j = s.blockDigit t j r := fun r hr j =>
      digit_eq hlayout.blockRows_pos (Nat.lt_of_lt_of_le hr hrows) j
    have hproducts : ∀ r, r < s.listedRows t →
        s.sampleProducts p (s.blockRows * t + r) = s.products p t r := fun r hr => by
      simp only [PackedSamples.sampleProducts, PackedSamples.products, hdigits r hr]
    constructor
    · intro r hr
      obtain ⟨κ, hκ, hκr⟩ := exists_slot hlayout (Nat.lt_of_lt_of_le hr hrows)
      obtain ⟨h1, h2, h3, h4⟩ := hok κ hκ (by rw [isListed, hκr, if_pos hr])
      simp only [hκr, ← hdigits r hr, ← hproducts r hr] at h1 h2 h3 h4
      exact ⟨h1, h2, h3, h4⟩
    · have eE : (s.block c p t).excesses = slots s.slotBase (fun κ =>
          (p.scoreFactor s c * (s.blockDigit t (s.latentDim + c) (s.slotRow κ) - p.scoreLow)
            + s.raised c p - (s.products p t (s.slotRow κ) + s.lowered c p))
          * s.isListed (s.listedRows t) κ) s.slotCount := slots_congr fun κ _ => by
        rcases listed_or s (s.listedRows t) κ with ⟨hr, e⟩ | ⟨-, e⟩
        · show s.excess c p (s.blockRows * t + s.slotRow κ) * _ = _
          rw [PackedSamples.excess, PackedSamples.scoreExcess, hdigits _ hr, hproducts _ hr]
        · rw [e, Nat.mul_zero, Nat.mul_zero]
      have eV : (s.block c p t).scores = slots s.slotBase (fun κ =>
          (s.blockDigit t (s.latentDim + c) (s.slotRow κ) - p.scoreLow)
          * s.isListed (s.listedRows t) κ) s.slotCount := slots_congr fun κ _ => by
        rcases listed_or s (s.listedRows t) κ with ⟨hr, e⟩ | ⟨-, e⟩
        · show s.scoreExcess c p (s.blockRows * t + s.slotRow κ) * _ = _
          rw [PackedSamples.scoreExcess, hdigits _ hr]
        · rw [e, Nat.mul_zero, Nat.mul_zero]
      rw [eE, eV]
      exact hk

/-- What is known if the checker of all samples answers with `true`. -/
theorem of_withChecked {first blockCount : Nat}
    {k : Nat → Nat → Nat → (Nat → Nat) → List Block → Bool}
    (h : withChecked s c p first blockCount k = true) : Checked s c p first blockCount k :=
  of_withCheckedIn rfl h

/-- What follows of the sums. -/
theorem Found.of_checked {first blockCount : Nat} {asked : List (Measure × Nat)}
    (h : Checked s c p first blockCount fun slotBits one largest listed blocks =>
      sumsAgree (fun m => m.addAll s p slotBits one largest listed blocks) asked) :
    Found s c p first blockCount asked := by
  obtain ⟨hlayout, htwice, hw, listed, hl, h⟩ := h
  refine ⟨hw, of_sumsAgree (value := fun m => total (fun t => total (fun r =>
    s.measured c p m (s.blockRows * (first + t) + r)) (s.listedRows (first + t))) blockCount)
    (fun m k hm => ?_) h⟩
  have hm := of_addAll hlayout htwice hl hw hm
  rwa [Nat.zero_add] at hm

/-- **Soundness.**  What the checker's answer means. -/
theorem Found.of_check {first blockCount : Nat} {asked : List (Measure × Nat)}
    (h : check s c p first blockCount asked = true) : Found s c p first blockCount asked := by
  rw [check] at h
  exact .of_checked (of_withChecked h)

/-- What is found out of two ranges of blocks, one after the other, is found out of both. -/
theorem Found.append {first m n : Nat} {sums₁ sums₂ sums : List (Measure × Nat)}
    (h₁ : Found s c p first m sums₁) (h₂ : Found s c p (first + m) n sums₂)
    (h : sums = List.zipWith (fun x y => (x.1, x.2 + y.2)) sums₁ sums₂)
    (hsame : sums₁.map (·.1) = sums₂.map (·.1)) : Found s c p first (m + n) sums := by
  refine ⟨fun t h1 h2 => ?_, ?_⟩
  · rcases Nat.lt_or_ge t (first + m) with h | h
    · exact h₁.within t h1 h
    · exact h₂.within t h (by omega)
  · subst h
    have hs₁ := h₁.sums
    have hs₂ := h₂.sums
    clear h₁ h₂
    induction sums₁ generalizing sums₂ with
    | nil => simp
    | cons x sums₁ ih =>
      cases sums₂ with
      | nil => simp
      | cons y sums₂ =>
        simp only [List.map_cons, List.cons.injEq] at hsame
        intro sum hsum
        rcases List.mem_cons.1 hsum with rfl | hsum
        · have e1 := hs₁ x (List.mem_cons_self ..)
          have e2 := hs₂ y (List.mem_cons_self ..)
          show total _ (m + n) = x.2 + y.2
          rw [total_append, e1, ← e2]
          simp only [hsame.1, Nat.add_assoc]
        · exact ih hsame.2 (fun sum h => hs₁ sum (List.mem_cons_of_mem _ h))
            (fun sum h => hs₂ sum (List.mem_cons_of_mem _ h)) sum hsum

/-- Samples one by one instead of block by block. -/
theorem total_blocks (G : Nat → Nat) (T : Nat) :
    total (fun t => total (fun r => G (s.blockRows * t + r)) (s.listedRows t)) T
      = total G (min (s.blockRows * T) s.size) := by
  induction T with
  | zero => simp [total]
  | succ T ih =>
    rw [total_succ, ih]
    show _ + total _ (min s.blockRows (s.size - s.blockRows * T)) = _
    rw [Nat.mul_succ]
    rcases Nat.le_total (s.blockRows * T) s.size with h | h
    · rw [Nat.min_eq_left h, ← total_append]
      congr 1
      omega
    · rw [Nat.sub_eq_zero_of_le h, Nat.min_eq_right h, Nat.min_zero, total, Nat.add_zero,
        Nat.min_eq_right (by omega)]

section

variable {blockCount : Nat} {asked : List (Measure × Nat)} (h : Found s c p 0 blockCount asked)
  (hall : s.size ≤ s.blockRows * blockCount)

include h hall

/-- Every listed sample is within its limits. -/
theorem Found.sample_within (i : Fin s.size) : s.Within c p i := by
  have hK : 0 < s.blockRows := by
    rcases Nat.eq_zero_or_pos s.blockRows with h0 | h0
    · rw [h0, Nat.zero_mul] at hall
      exact absurd i.isLt (by omega)
    · exact h0
  have hi := i.isLt
  have hblock : i / s.blockRows < blockCount := Nat.div_lt_of_lt_mul (by omega)
  have e := Nat.div_add_mod i s.blockRows
  have hr := Nat.mod_lt i hK
  have := h.within (i / s.blockRows) (Nat.zero_le _) (by rwa [Nat.zero_add]) (i % s.blockRows) (by
    show _ < min _ _
    omega)
  rwa [e] at this

/-- What was asked for in place `n` adds up to the stated sum, over all listed samples. -/
theorem Found.total_eq (n : Nat) {m : Measure} {v : Nat} (hn : asked[n]? = some (m, v)) :
    total (s.measured c p m) s.size = v := by
  have e := h.sums (m, v) (List.mem_of_getElem? hn)
  simp only [Nat.zero_add] at e
  rw [total_blocks, Nat.min_eq_right hall] at e
  exact e

end

end

end Bridge
