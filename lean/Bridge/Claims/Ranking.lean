/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.SupError
public import Bridge.Packing.Sorting

/-!
# The area under the ROC curve

Of all pairs of a sample of a class and a sample of another one, in how many the first has the
higher value: `rocAuc`.  The program does not look at pairs.  It packs a key of each sample, twice
its value and 1 if it is of the class, sorts all keys at once, and adds up the places of the odd
ones: a sum of ranks, from which the number of pairs follows, as in the test of Mann and Whitney.
Where samples with equal values stand in the order depends on which class has the odd keys, so that
two such sums tell ties from others.

Values are natural numbers of many bits, and the lowest ones can be dropped from the keys as long as
this makes no tie: if the two sums leave no room for one then there was none before either.

## Main definitions

* `rocAuc`: the area under the ROC curve.
* `rank`: a program that has the kernel count the pairs; `Ranked`: what it finds out.

## Main statements

* `Ranked.of_rank`: what its answer means.
* `rocAuc_of_ranked`: the area under the ROC curve of a class, over all listed samples.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-! ## What is claimed -/

/-- How many pairs `(i, j)` have the property `p`. -/
def countPairs : {m n : Nat} → (Fin m → Fin n → Bool) → Nat
  | 0, _, _ => 0
  | _ + 1, _, p => count (p 0) + countPairs fun i => p ⟨i.val + 1, Nat.succ_lt_succ i.isLt⟩

/-- The area under the ROC curve: of the pairs of a positive sample and a negative one, the fraction
in which the positive one has the greater score, where a pair with equal scores counts one half.
This is the statistic of Mann and Whitney over the number of pairs, and the value of scikit-learn's
`roc_auc_score`; it is `0` if there are no pairs. -/
def rocAuc {n : Nat} (score : Fin n → Rat) (positive : Fin n → Bool) : Rat :=
  ((countPairs fun i j => positive i && !positive j && decide (score j < score i) : Nat)
    + (countPairs fun i j => positive i && !positive j && decide (score j = score i) : Nat) / 2)
  / (((count positive : Nat) : Rat) * ((count fun i => !positive i : Nat) : Rat))

/-! ## The program -/

/-- Pack the keys of the first `count` rows above `keys`, and go on with the result. -/
def packRows (width : Nat) (key : Nat → Nat) (count keys : Nat) (k : Nat → Bool) : Bool :=
  Nat.rec (motive := fun _ => Nat → Bool) k
    (fun r ih keys => force (Nat.add (key r) (Nat.shiftLeft keys width)) ih) count keys

/-- Pack the keys of the rows of all blocks below `keys`, those of each block below those of the one
before it, and go on with the result. -/
def packBlocks (width : Nat) (key : Block → Nat → Nat) (listed : Nat → Nat) (blocks : List Block)
    (keys : Nat) (k : Nat → Bool) : Bool :=
  List.rec (motive := fun _ => Nat → Bool) k
    (fun block _ ih keys =>
      force (listed block.first) fun count =>
      packRows width (key block) count 0 fun rows =>
      force (Nat.add rows (Nat.shiftLeft keys (Nat.mul width count))) ih) blocks keys

/-- What is in the slot of row `r`. -/
def slotOf (slotBits largest g m X r : Nat) : Nat :=
  Nat.land (Nat.shiftRight X (Nat.mul slotBits (Nat.add (Nat.mul (Nat.mod r g) m) (Nat.div r g))))
    largest

/-- The key of row `r` of a block: twice its value, without the lowest bits, and `1` if its label is
`k`. -/
def rowKey (slotBits largest g m factor twice drop k : Nat) (block : Block) (r : Nat) : Nat :=
  (fun y => Nat.add
    (Nat.mul 2 (Nat.shiftRight (Nat.sub (Nat.add (Nat.mul factor y) twice)
      (slotOf slotBits largest g m block.excesses r)) drop))
    (Bool.rec 0 1 (Nat.beq y k)))
  (slotOf slotBits largest g m block.scores r)

/-- Whether the `n` slots of `X` are sorted, and `odd` of them are odd, and there are `pairs` pairs
of an odd one and a lesser even one: in the sum of the places of the odd ones each of these is
counted, and each pair of odd ones. -/
def oddAbove (width half one tops n X odd pairs : Nat) : Bool :=
  isSorted width half one tops X &&
  force (Nat.sub (Nat.pow 2 width) 1) fun y =>
  Nat.blt (Nat.mul n n) y && Nat.ble odd n &&
  Nat.beq (Nat.mod (Nat.land X one) (Nat.mul y y))
    (Nat.add odd (Nat.mul y (Nat.add pairs (Nat.div (Nat.mul odd (Nat.sub odd 1)) 2))))

/-- Make odd what is even, one more, and even what is odd, one less, in all slots. -/
def flip (one X : Nat) : Nat := Nat.sub (Nat.add X one) (Nat.mul 2 (Nat.land X one))

/-- Whether the label of concept `c` is `k` for `positives` of all listed samples and another one
for `negatives`, and of the pairs of one of those and one of these `wins` have a greater value of
the probe in the first, and `ties` have equal values.  Values are compared without their lowest
`drop` bits.  It is irreducible for the same reason as `check`. -/
@[irreducible] def rank (s : PackedSamples) (c : Nat) (p : IntegerProbe)
    (k drop positives negatives wins ties : Nat) : Bool :=
  force s.size fun n =>
  force s.blockRows fun K =>
  force (Nat.div (Nat.add n (Nat.sub K 1)) K) fun T =>
  force (p.scoreFactor s c) fun factor =>
  force (Nat.mul 2 p.sup) fun twice =>
  force (Nat.add (Nat.mul 2 (Nat.shiftRight (Nat.add (Nat.mul factor p.scoreSpan) twice) drop)) 1)
    fun largestKey =>
  -- a slot has room for a key, and for the number of all pairs
  force (Nat.add (Nat.log2 (Nat.lor largestKey (Nat.mul n n))) 2) fun width =>
  force (Nat.sub width 1) fun top =>
  force (Nat.pow 2 top) fun half =>
  Nat.ble n (Nat.mul K T) && Nat.beq p.scoreLow s.offset && Nat.blt largestKey half &&
  Nat.beq (Nat.add positives negatives) n && Nat.ble wins (Nat.mul positives negatives) &&
  (Nat.beq drop 0 || Nat.beq ties 0) &&
  withChecked s c p 0 T fun slotBits _ largest _ blocks =>
  force s.slotDigits fun g =>
  force s.classSlots fun m =>
  packBlocks width (rowKey slotBits largest g m factor twice drop k) (listedCount K n) blocks 0
    fun X =>
  force (onesFast (Nat.pow 2 width) n) fun one =>
  force (Nat.sub half 1) fun rest =>
  force (Nat.mul half one) fun tops =>
  force (Nat.add (Nat.log2 (Nat.sub n 1)) 1) fun t =>
  sortSlots width top rest one tops n t X fun X =>
  oddAbove width half one tops n X positives (Nat.add wins ties) &&
  force (flip one X) fun X =>
  -- equal values alone change places, and there are at most as many of them as ties, and one
  force (Nat.add (Nat.log2 ties) 2) fun enough =>
  sortSlots width top rest one tops n
    (bif Nat.beq ties 0 then 0 else bif Nat.ble enough t then enough else Nat.add t 1) X fun X =>
  oddAbove width half one tops n X negatives (Nat.sub (Nat.mul positives negatives) wins)

/-! ## Pairs of slots -/

/-- How many pairs of slots, of `n`, have the property `P`. -/
def pairsOf (n : Nat) (P : Nat → Nat → Prop) [∀ a b, Decidable (P a b)] (f : Nat → Nat) : Nat :=
  total (fun k => total (fun l => if P (f k) (f l) then 1 else 0) n) n

theorem pairsOf_congr {n : Nat} {P Q : Nat → Nat → Prop} [∀ a b, Decidable (P a b)]
    [∀ a b, Decidable (Q a b)] {f g : Nat → Nat}
    (h : ∀ k, k < n → ∀ l, l < n → (P (f k) (f l) ↔ Q (g k) (g l))) :
    pairsOf n P f = pairsOf n Q g :=
  total_congr fun k hk => total_congr fun l hl => by
    by_cases hp : P (f k) (f l)
    · rw [if_pos hp, if_pos ((h k hk l hl).1 hp)]
    · rw [if_neg hp, if_neg fun hq => hp ((h k hk l hl).2 hq)]

/-- It depends on what the slots hold, in any order. -/
theorem pairsOf_reordered {n : Nat} {f f' : Nat → Nat}
    (h : ∀ g : Nat → Nat, total (fun k => g (f' k)) n = total (fun k => g (f k)) n)
    (P : Nat → Nat → Prop) [∀ a b, Decidable (P a b)] : pairsOf n P f' = pairsOf n P f := by
  rw [pairsOf, pairsOf, ← h fun a => total (fun l => if P a (f l) then 1 else 0) n]
  exact total_congr fun k _ => h fun b => if P (f' k) b then 1 else 0

/-- That an odd number is greater than an even one. -/
def OddAbove (a b : Nat) : Prop := a % 2 = 1 ∧ b % 2 = 0 ∧ b < a

instance (a b : Nat) : Decidable (OddAbove a b) :=
  inferInstanceAs (Decidable (_ ∧ _))

/-- Of numbers `0` and `1`, twice the pairs of ones. -/
theorem total_ones_below {n : Nat} {b : Nat → Nat} (hb : ∀ k, k < n → b k ≤ 1) :
    2 * total (fun k => b k * total b k) n + total b n = total b n * total b n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    have h := ih fun k hk => hb k (by omega)
    rw [total_succ, total_succ]
    rcases or_of_le_one (hb n (by omega)) with h' | h' <;> rw [h'] <;> grind

/-- The sum of the places of the ones: pairs with a zero below, and pairs with a one below. -/
theorem total_places {n : Nat} {b : Nat → Nat} (hb : ∀ k, k < n → b k ≤ 1) :
    total (fun k => k * b k) n
      = total (fun k => b k * total (fun l => 1 - b l) k) n
        + total (fun k => b k * total b k) n := by
  rw [total_add]
  refine total_congr fun k hk => ?_
  have e : total (fun l => 1 - b l) k + total b k = k := by
    rw [total_add, total_congr (g := fun _ => 1) fun l hl => Nat.sub_add_cancel (hb l (by omega))]
    clear hk
    induction k with
    | zero => rfl
    | succ k ih => rw [total_succ, ih]
  rw [← Nat.mul_add, e, Nat.mul_comm]

theorem pairsOf_sorted {n : Nat} {f : Nat → Nat} (h : ∀ k l, k ≤ l → l < n → f k ≤ f l) :
    pairsOf n OddAbove f = total (fun k => f k % 2 * total (fun l => 1 - f l % 2) k) n := by
  refine total_congr fun k hk => ?_
  rcases (by omega : f k % 2 = 0 ∨ f k % 2 = 1) with hp | hp
  · rw [hp, Nat.zero_mul]
    refine Eq.trans (total_congr fun l _ => if_neg fun h' : OddAbove _ _ => ?_) (total_zero n)
    have := h'.1
    omega
  · rw [hp, Nat.one_mul, ← total_ite _ (Nat.le_of_lt hk)]
    refine total_congr fun l hl => ?_
    rcases Nat.lt_or_ge l k with hlk | hlk
    · have := h l k (by omega) hk
      rw [if_pos hlk]
      by_cases hl2 : f l % 2 = 0
      · rw [if_pos ⟨hp, hl2, by omega⟩]
        omega
      · rw [if_neg fun h' => hl2 h'.2.1]
        omega
    · have := h k l hlk hl
      rw [if_neg (c := l < k) (by omega), if_neg fun h' : OddAbove _ _ => by
        have := h'.2.2
        omega]

/-- One remainder has the sum of all slots, and the sum of all slots times their places. -/
theorem slots_mod_square {y n : Nat} {f : Nat → Nat} (h₁ : total f n < y)
    (h₂ : total (fun k => k * f k) n < y) :
    slots (y + 1) f n % (y * y) = total f n + y * total (fun k => k * f k) n := by
  have e : ∀ (n : Nat) (f : Nat → Nat), ∃ q,
      slots (y + 1) f n = total f n + y * total (fun k => k * f k) n + y * y * q := by
    intro n
    induction n with
    | zero => exact fun f => ⟨0, rfl⟩
    | succ n ih =>
      intro f
      obtain ⟨q, hq⟩ := ih fun k => f (k + 1)
      refine ⟨total (fun k => k * f (k + 1)) n + q + y * q, ?_⟩
      have hsum : total (fun k => (k + 1) * f (k + 1)) n
          = total (fun k => k * f (k + 1)) n + total (fun k => f (k + 1)) n := by
        rw [total_add]
        exact total_congr fun k _ => Nat.succ_mul ..
      rw [slots, total, total, hq, hsum, Nat.zero_mul]
      grind
  obtain ⟨q, hq⟩ := e n f
  have hlt : total f n + y * total (fun k => k * f k) n < y * y := by
    have := Nat.mul_le_mul_left y (show total (fun k => k * f k) n + 1 ≤ y from h₂)
    rw [Nat.mul_succ] at this
    omega
  rw [hq, Nat.add_mul_mod_self_left, Nat.mod_eq_of_lt hlt]

section

variable {S n : Nat} {f : Nat → Nat}

theorem land_ones (hS : 1 < S) (hf : ∀ k, k < n → f k < 2 ^ S) :
    Nat.land (slots (2 ^ S) f n) (ones (2 ^ S) n) = slots (2 ^ S) (fun k => f k % 2) n := by
  have h := land_bit (j := 0) hf (by omega)
  simpa using h

theorem of_oddAbove {odd pairs : Nat} (hS : 1 < S) (hf : ∀ k, k < n → f k < 2 ^ (S - 1))
    (h : oddAbove S (2 ^ (S - 1)) (ones (2 ^ S) n) (2 ^ (S - 1) * ones (2 ^ S) n) n
      (slots (2 ^ S) f n) odd pairs = true) :
    total (fun k => f k % 2) n = odd ∧ pairsOf n OddAbove f = pairs := by
  have hhalf := half_add_half (S := S) (by omega)
  simp only [oddAbove, force_eq, Bool.and_eq_true] at h
  obtain ⟨hsorted, ⟨hroom, hodd⟩, h⟩ := h
  have hroom : n * n < 2 ^ S - 1 := Nat.le_of_ble_eq_true hroom
  have hodd : odd ≤ n := Nat.le_of_ble_eq_true hodd
  have hnn : n ≤ n * n := Nat.le_mul_self n
  rw [land_ones hS fun k hk => by
    have := hf k hk
    omega] at h
  have hb : ∀ k, k < n → f k % 2 ≤ 1 := fun k _ => by omega
  have h1 : total (fun k => f k % 2) n ≤ n * 1 := total_le hb
  have h2 : total (fun k => k * (f k % 2)) n ≤ n * n := total_le fun k hk =>
    Nat.le_trans (Nat.mul_le_mul_left k (hb k hk)) (by omega)
  have e := slots_mod_square (y := 2 ^ S - 1) (f := fun k => f k % 2) (n := n)
    (Nat.lt_of_le_of_lt h1 (by omega)) (Nat.lt_of_le_of_lt h2 hroom)
  rw [Nat.sub_add_cancel (by omega : 1 ≤ 2 ^ S)] at e
  have h : slots (2 ^ S) (fun k => f k % 2) n % ((2 ^ S - 1) * (2 ^ S - 1))
    = odd + (2 ^ S - 1) * (pairs + odd * (odd - 1) / 2) := Nat.eq_of_beq_eq_true h
  rw [e] at h
  have hy : 0 < 2 ^ S - 1 := by omega
  have ho := congrArg (· % (2 ^ S - 1)) h
  simp only [Nat.add_mul_mod_self_left] at ho
  rw [Nat.mod_eq_of_lt (by omega), Nat.mod_eq_of_lt (by omega)] at ho
  refine ⟨ho, ?_⟩
  have hr := congrArg (· / (2 ^ S - 1)) h
  simp only [Nat.add_mul_div_left _ _ hy] at hr
  rw [Nat.div_eq_of_lt (by omega), Nat.div_eq_of_lt (by omega), Nat.zero_add, Nat.zero_add] at hr
  have hplaces := total_places hb
  rw [← pairsOf_sorted fun k l hkl hl => le_of_isSorted (by omega) hf hsorted hkl hl, hr]
    at hplaces
  have hones := total_ones_below hb
  rw [ho] at hones
  have : odd * (odd - 1) / 2 = total (fun k => f k % 2 * total (fun l => f l % 2) k) n := by
    have e : odd * (odd - 1) = 2 * total (fun k => f k % 2 * total (fun l => f l % 2) k) n := by
      rw [Nat.mul_sub, Nat.mul_one]
      omega
    rw [e, Nat.mul_div_cancel_left _ (by decide)]
  rw [this] at hplaces
  exact (Nat.add_right_cancel hplaces).symm

/-- Odd made even, and even made odd. -/
def flipped (a : Nat) : Nat := a + 1 - 2 * (a % 2)

theorem flip_eq (hS : 1 < S) (hf : ∀ k, k < n → f k < 2 ^ S) :
    flip (ones (2 ^ S) n) (slots (2 ^ S) f n) = slots (2 ^ S) (fun k => flipped (f k)) n := by
  rw [flip, land_ones hS hf]
  show slots _ _ _ + slots _ _ _ - 2 * _ = _
  rw [Nat.mul_comm 2, slots_mul, slots_add, slots_sub _ _ _ _ fun k _ => by omega]
  exact slots_congr fun k _ => by
    rw [flipped]
    omega

theorem flipped_lt (hS : 1 < S) {a : Nat} (h : a < 2 ^ (S - 1)) : flipped a < 2 ^ (S - 1) := by
  have h1 := half_add_half (S := S - 1) (by omega)
  rw [flipped]
  omega

end

/-! ## The keys of all samples -/

section

variable {s : PackedSamples} {c : Nat} {p : IntegerProbe}

/-- The value of sample `i` plus `δ`, at the scale of the products, as a natural number, if scores
are stored from `0` on. -/
def PackedSamples.height (s : PackedSamples) (c : Nat) (p : IntegerProbe) (i : Nat) : Nat :=
  p.scoreFactor s c * s.scoreExcess c p i + 2 * p.sup - s.excess c p i

/-- Twice the value of sample `i`, without the lowest bits, and `1` if its label is `k`. -/
def PackedSamples.key (s : PackedSamples) (c : Nat) (p : IntegerProbe) (k drop i : Nat) : Nat :=
  2 * (s.height c p i >>> drop) + if s.scoreExcess c p i = k then 1 else 0

theorem packRows_eq (width : Nat) (key : Nat → Nat) (count keys : Nat) (k : Nat → Bool) :
    packRows width key count keys k
      = k (slots (2 ^ width) key count + (2 ^ width) ^ count * keys) := by
  induction count generalizing keys with
  | zero =>
    show k keys = _
    simp [slots]
  | succ r ih =>
    refine (force_eq _ _).trans ((ih _).trans ?_)
    congr 1
    show slots _ _ _ + _ * (key r + keys <<< width) = _
    rw [slots_append, Nat.shiftLeft_eq, Nat.pow_succ, Nat.mul_add]
    simp only [slots, Nat.mul_zero, Nat.add_zero, Nat.add_assoc]
    congr 2
    rw [Nat.mul_assoc, Nat.mul_comm keys]

/-- What is in the slot of a row. -/
theorem slotOf_eq (h : Layout s) {X : Nat → Nat} {count r : Nat} (hc : count ≤ s.blockRows)
    (hX : ∀ r, r < count → X r < s.slotBase) (hr : r < count) :
    slotOf (s.slotDigits * s.digitBits) (s.slotBase - 1) s.slotDigits s.classSlots
      (s.listedSlots X count) r = X r := by
  have hr' : r < s.slotDigits * s.classSlots - 1 :=
    Nat.lt_of_lt_of_le (Nat.lt_of_lt_of_le hr hc) (blockRows_le s h.slotDigits_pos)
  have hslot := slot_lt_of_digit h.slotDigits_pos hr'
  have hrow : s.slotRow (r % s.slotDigits * s.classSlots + r / s.slotDigits) = r :=
    (slot_of_digit h.slotDigits_pos (m := s.classSlots) (by omega)).2
  have hb := h.one_lt_slotBase
  have e := slots_div_mod (x := s.slotBase) (n := s.slotCount)
    (f := fun κ => X (s.slotRow κ) * s.isListed count κ)
    (fun κ _ => listedSlot_lt (by omega) hX κ) hslot
  have el : s.isListed count (r % s.slotDigits * s.classSlots + r / s.slotDigits) = 1 := by
    rw [isListed, hrow, if_pos hr]
  simp only [hrow, el, Nat.mul_one] at e
  show (_ >>> (s.slotDigits * s.digitBits * _)) &&& (2 ^ (s.slotDigits * s.digitBits) - 1) = _
  rw [Nat.and_two_pow_sub_one_eq_mod, Nat.shiftRight_eq_div_pow, Nat.pow_mul]
  exact e

theorem rowKey_eq (h : Layout s) (hsup : 2 * p.sup < 2 ^ (s.slotDigits * s.digitBits - 1))
    {k drop t r : Nat} (hw : ∀ r, r < s.listedRows t → s.Within c p (s.blockRows * t + r))
    (hr : r < s.listedRows t) :
    rowKey (s.slotDigits * s.digitBits) (s.slotBase - 1) s.slotDigits s.classSlots
        (p.scoreFactor s c) (2 * p.sup) drop k (s.block c p t) r
      = s.key c p k drop (s.blockRows * t + r) := by
  have hc : s.listedRows t ≤ s.blockRows := Nat.min_le_left ..
  have hbase : 2 ^ (s.slotDigits * s.digitBits - 1) ≤ s.slotBase :=
    Nat.pow_le_pow_right Nat.two_pos (Nat.sub_le ..)
  have hdigit : 2 ^ s.digitBits ≤ s.slotBase :=
    Nat.pow_le_pow_right Nat.two_pos (Nat.le_mul_of_pos_left _ h.slotDigits_pos)
  have eE := slotOf_eq h (X := fun r => s.excess c p (s.blockRows * t + r)) hc
    (fun r hr => by
      have := (hw r hr).excess_le
      show s.excess c p (s.blockRows * t + r) < _
      omega) hr
  have eV := slotOf_eq h (X := fun r => s.scoreExcess c p (s.blockRows * t + r)) hc
    (fun r _ => Nat.lt_of_le_of_lt (Nat.sub_le ..) (Nat.lt_of_lt_of_le
      (Nat.mod_lt _ (Nat.two_pow_pos _)) hdigit)) hr
  have eE' : slotOf (s.slotDigits * s.digitBits) (s.slotBase - 1) s.slotDigits s.classSlots
    (s.block c p t).excesses r = s.excess c p (s.blockRows * t + r) := eE
  have eV' : slotOf (s.slotDigits * s.digitBits) (s.slotBase - 1) s.slotDigits s.classSlots
    (s.block c p t).scores r = s.scoreExcess c p (s.blockRows * t + r) := eV
  rw [rowKey, eE', eV', key, height]
  show 2 * _ + _ = _
  congr 1
  by_cases hk : s.scoreExcess c p (s.blockRows * t + r) = k
  · rw [if_pos hk, hk, show Nat.beq k k = true from Nat.beq_refl k]
  · rw [if_neg hk]
    cases hb : Nat.beq (s.scoreExcess c p (s.blockRows * t + r)) k with
    | false => rfl
    | true => exact absurd (Nat.eq_of_beq_eq_true hb) hk

theorem packBlocks_cons (width : Nat) (key : Block → Nat → Nat) (listed : Nat → Nat)
    (block : Block) (blocks : List Block) (keys : Nat) (k : Nat → Bool) :
    packBlocks width key listed (block :: blocks) keys k
      = packBlocks width key listed blocks (slots (2 ^ width) (key block) (listed block.first)
        + keys <<< (width * listed block.first)) k := by
  show force (listed block.first) (fun count => packRows width (key block) count 0 fun rows =>
    force (Nat.add rows (Nat.shiftLeft keys (Nat.mul width count))) fun keys =>
    packBlocks width key listed blocks keys k) = _
  rw [force_eq, packRows_eq, force_eq, Nat.mul_zero, Nat.add_zero]
  rfl

theorem packBlocks_append (width : Nat) (key : Block → Nat → Nat) (listed : Nat → Nat)
    (blocks : List Block) (block : Block) (keys : Nat) (k : Nat → Bool) :
    packBlocks width key listed (blocks ++ [block]) keys k
      = packBlocks width key listed blocks keys fun keys =>
        packBlocks width key listed [block] keys k := by
  induction blocks generalizing keys with
  | nil => rfl
  | cons b blocks ih =>
    rw [List.cons_append, packBlocks_cons, packBlocks_cons]
    exact ih _

/-- The keys of all samples from block `t` on. -/
theorem of_packBlocks {width T t : Nat} {key : Nat → Nat} {rowKey : Block → Nat → Nat}
    {k : Nat → Bool}
    (hkey : ∀ u, t ≤ u → u < t + T → ∀ r, r < s.listedRows u →
      rowKey (s.block c p u) r = key (s.blockRows * u + r))
    (hall : s.size ≤ s.blockRows * (t + T))
    (h : packBlocks width rowKey (listedCount s.blockRows s.size) (s.blocks c p t T) 0 k = true) :
    k (slots (2 ^ width) (fun i => key (s.blockRows * t + i)) (s.size - s.blockRows * t))
      = true := by
  induction T generalizing t k with
  | zero =>
    have hall : s.size ≤ s.blockRows * t := hall
    rw [Nat.sub_eq_zero_of_le hall]
    exact h
  | succ T ih =>
    rw [PackedSamples.blocks, packBlocks_append] at h
    have h := ih (fun u h1 h2 => hkey u (by omega) (by omega))
      (by rwa [Nat.add_right_comm, Nat.add_assoc]) h
    rw [packBlocks_cons, listedCount_eq] at h
    refine Eq.trans (congrArg k ?_) h
    show _ = slots _ _ (s.listedRows t) + _ <<< (width * s.listedRows t)
    rw [Nat.shiftLeft_eq, Nat.pow_mul,
      slots_congr (f := rowKey (s.block c p t)) (hkey t (Nat.le_refl t) (by omega))]
    have hrows : s.listedRows t = min s.blockRows (s.size - s.blockRows * t) := rfl
    have hnext : s.blockRows * (t + 1) = s.blockRows * t + s.blockRows := Nat.mul_succ ..
    rcases Nat.le_total s.blockRows (s.size - s.blockRows * t) with hle | hle
    · rw [Nat.min_eq_left hle] at hrows
      have e : s.size - s.blockRows * t = s.blockRows + (s.size - s.blockRows * (t + 1)) := by
        omega
      rw [e, hrows, slots_append, Nat.mul_comm (slots _ _ (s.size - _))]
      simp only [hnext, Nat.add_assoc]
    · rw [Nat.min_eq_right hle] at hrows
      rw [hrows, show s.size - s.blockRows * (t + 1) = 0 by omega]
      simp [slots]

/-! ## What the answer means -/

/-- How many pairs of a sample with the label `k` and one with another label are related by `R`; `y`
has the labels. -/
def labelledPairs (n : Nat) (y : Nat → Nat) (k : Nat) (R : Nat → Nat → Prop)
    [∀ i j, Decidable (R i j)] : Nat :=
  total (fun i => total (fun j => if y i = k ∧ y j ≠ k ∧ R i j then 1 else 0) n) n

/-- What is found out of all listed samples. -/
structure Ranked (s : PackedSamples) (c : Nat) (p : IntegerProbe)
    (k positives negatives wins ties : Nat) : Prop where
  /-- Every listed sample is within its limits. -/
  within : ∀ i : Fin s.size, s.Within c p i
  /-- Labels are stored from `0` on. -/
  scoreLow_eq : p.scoreLow = s.offset
  /-- So many have the label `k`. -/
  positives_eq : total (fun i => if s.scoreExcess c p i = k then 1 else 0) s.size = positives
  /-- So many have another label. -/
  negatives_eq : total (fun i => if s.scoreExcess c p i ≠ k then 1 else 0) s.size = negatives
  /-- Of so many pairs the sample with the label `k` has the greater value. -/
  wins_eq : labelledPairs s.size (s.scoreExcess c p) k
    (fun i j => s.height c p j < s.height c p i) = wins
  /-- In so many pairs the values are equal. -/
  ties_eq : labelledPairs s.size (s.scoreExcess c p) k
    (fun i j => s.height c p j = s.height c p i) = ties

end

section

variable {n k : Nat} {y : Nat → Nat}

theorem labelledPairs_mono {R Q : Nat → Nat → Prop} [∀ i j, Decidable (R i j)]
    [∀ i j, Decidable (Q i j)] (h : ∀ i j, R i j → Q i j) :
    labelledPairs n y k R ≤ labelledPairs n y k Q :=
  total_mono fun i _ => total_mono fun j _ => by
    by_cases hr : y i = k ∧ y j ≠ k ∧ R i j
    · rw [if_pos hr, if_pos ⟨hr.1, hr.2.1, h i j hr.2.2⟩]
      exact Nat.le_refl 1
    · rw [if_neg hr]
      exact Nat.zero_le _

theorem labelledPairs_add {R Q A : Nat → Nat → Prop} [∀ i j, Decidable (R i j)]
    [∀ i j, Decidable (Q i j)] [∀ i j, Decidable (A i j)]
    (h : ∀ i j, (A i j ↔ R i j ∨ Q i j) ∧ ¬ (R i j ∧ Q i j)) :
    labelledPairs n y k R + labelledPairs n y k Q = labelledPairs n y k A := by
  rw [labelledPairs, labelledPairs, labelledPairs, total_add]
  refine total_congr fun i _ => ?_
  rw [total_add]
  refine total_congr fun j _ => ?_
  obtain ⟨h1, h2⟩ := h i j
  by_cases hi : y i = k <;> by_cases hj : y j = k <;> by_cases hr : R i j <;>
    by_cases hq : Q i j <;> simp_all

theorem total_ite_not (P : Nat → Prop) [∀ i, Decidable (P i)] (n : Nat) :
    total (fun i => if P i then 1 else 0) n + total (fun i => if ¬ P i then 1 else 0) n = n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [total_succ, total_succ]
    by_cases h : P n <;> simp only [h, if_true, if_false, not_true, not_false_iff] <;> omega

theorem labelledPairs_true :
    labelledPairs n y k (fun _ _ => True)
      = total (fun i => if y i = k then 1 else 0) n * total (fun i => if y i ≠ k then 1 else 0) n
      := by
  rw [Nat.mul_comm, total_mul]
  refine total_congr fun i _ => ?_
  by_cases h : y i = k
  · rw [if_pos h, Nat.mul_one]
    exact total_congr fun j _ => by simp [h]
  · rw [if_neg h, Nat.mul_zero]
    exact Eq.trans (total_congr fun j _ => if_neg fun h' => h h'.1) (total_zero n)

/-- What two sums of ranks say of values, of which they know the highest bits. -/
theorem pairs_of_keys {F : Nat → Nat} {drop positives negatives wins ties : Nat}
    (hpositives : total (fun i => if y i = k then 1 else 0) n = positives)
    (hnegatives : total (fun i => if y i ≠ k then 1 else 0) n = negatives)
    (hwins : wins ≤ positives * negatives) (hdrop : drop = 0 ∨ ties = 0)
    (hweak : labelledPairs n y k (fun i j => F j >>> drop ≤ F i >>> drop) = wins + ties)
    (hlost : labelledPairs n y k (fun i j => F i >>> drop ≤ F j >>> drop)
      = positives * negatives - wins) :
    labelledPairs n y k (fun i j => F j < F i) = wins ∧
      labelledPairs n y k (fun i j => F j = F i) = ties := by
  have hall := labelledPairs_true (n := n) (y := y) (k := k)
  rw [hpositives, hnegatives] at hall
  have hstrict := labelledPairs_add (n := n) (y := y) (k := k)
    (R := fun i j => F j >>> drop < F i >>> drop) (Q := fun i j => F i >>> drop ≤ F j >>> drop)
    (A := fun _ _ => True) fun i j =>
      ⟨⟨fun _ => Nat.lt_or_ge _ _, fun _ => trivial⟩, fun h => Nat.not_le.2 h.1 h.2⟩
  have hadd := labelledPairs_add (n := n) (y := y) (k := k)
    (R := fun i j => F j < F i) (Q := fun i j => F j = F i)
    (A := fun i j => F j ≤ F i) fun i j => ⟨by omega, by omega⟩
  have hmono : ∀ a b : Nat, a ≤ b → a >>> drop ≤ b >>> drop := fun a b h => by
    rw [Nat.shiftRight_eq_div_pow, Nat.shiftRight_eq_div_pow]
    exact Nat.div_le_div_right h
  have h1 : labelledPairs n y k (fun i j => F j >>> drop < F i >>> drop)
      ≤ labelledPairs n y k (fun i j => F j < F i) := labelledPairs_mono fun i j h =>
    Nat.lt_of_not_le fun h' => Nat.not_le.2 h (hmono _ _ h')
  have h2 : labelledPairs n y k (fun i j => F j ≤ F i)
      ≤ labelledPairs n y k (fun i j => F j >>> drop ≤ F i >>> drop) :=
    labelledPairs_mono fun i j => hmono _ _
  rcases hdrop with rfl | rfl
  · have h3 : labelledPairs n y k (fun i j => F j < F i)
        ≤ labelledPairs n y k (fun i j => F j >>> 0 < F i >>> 0) :=
      labelledPairs_mono fun i j h => h
    have h4 : labelledPairs n y k (fun i j => F j >>> 0 ≤ F i >>> 0)
        ≤ labelledPairs n y k (fun i j => F j ≤ F i) :=
      labelledPairs_mono fun i j h => h
    omega
  · omega

end

section

variable {s : PackedSamples} {c : Nat} {p : IntegerProbe}

theorem key_mod (k drop i : Nat) :
    s.key c p k drop i % 2 = if s.scoreExcess c p i = k then 1 else 0 := by
  rw [key]
  split <;> omega

theorem height_le {i : Nat} (h : s.Within c p i) :
    s.height c p i ≤ p.scoreFactor s c * p.scoreSpan + 2 * p.sup := by
  have := Nat.mul_le_mul_left (p.scoreFactor s c) h.scoreExcess_le
  rw [height]
  omega

/-- **Soundness.**  What the program's answer means. -/
theorem Ranked.of_rank {k positives negatives wins ties : Nat} (drop : Nat)
    (h : rank s c p k drop positives negatives wins ties = true) :
    Ranked s c p k positives negatives wins ties := by
  simp only [rank, force_eq, Bool.and_eq_true] at h
  obtain ⟨⟨⟨⟨⟨⟨hall, hlow⟩, hroom⟩, hcount⟩, hwins⟩, hdrop⟩, h⟩ := h
  obtain ⟨hlayout, hsup, hw, listed, _, h⟩ := of_withChecked h
  generalize Nat.div (Nat.add s.size (Nat.sub s.blockRows 1)) s.blockRows = T at *
  generalize Nat.add (Nat.log2 _) 2 = width at *
  have hall : s.size ≤ s.blockRows * T := Nat.le_of_ble_eq_true hall
  have hwithin : ∀ i : Fin s.size, s.Within c p i :=
    Found.sample_within (asked := []) ⟨hw, by simp⟩ hall
  have h := of_packBlocks (t := 0) (T := T) (key := s.key c p k drop)
    (fun u h1 h2 r hr => rowKey_eq hlayout hsup (hw u h1 h2) hr)
    (by rwa [Nat.zero_add]) h
  simp only [Nat.mul_zero, Nat.zero_add, Nat.sub_zero] at h
  have hroom : 2 * ((p.scoreFactor s c * p.scoreSpan + 2 * p.sup) >>> drop) + 1 < 2 ^ (width - 1) :=
    Nat.le_of_ble_eq_true hroom
  have hS : 1 < width := by
    rcases Nat.lt_or_ge 1 width with h | h
    · exact h
    · rw [show width - 1 = 0 by omega] at hroom
      omega
  have hkey : ∀ i, i < s.size → s.key c p k drop i < 2 ^ (width - 1) := fun i hi => by
    have h1 := height_le (hwithin ⟨i, hi⟩)
    have h2 : s.height c p i >>> drop
        ≤ (p.scoreFactor s c * p.scoreSpan + 2 * p.sup) >>> drop := by
      rw [Nat.shiftRight_eq_div_pow, Nat.shiftRight_eq_div_pow]
      exact Nat.div_le_div_right h1
    rw [key]
    split <;> omega
  rw [show onesFast (Nat.pow 2 width) s.size = ones (2 ^ width) s.size from
    onesFast_eq (Nat.one_lt_two_pow (by omega))] at h
  obtain ⟨f, hf, hg, h⟩ := of_sortSlots (by omega) hkey h
  rw [Bool.and_eq_true] at h
  obtain ⟨h1, h⟩ := h
  obtain ⟨hodd, hpairs⟩ := of_oddAbove hS hf h1
  rw [flip_eq hS fun i hi => Nat.lt_of_lt_of_le (hf i hi)
    (Nat.pow_le_pow_right Nat.two_pos (Nat.sub_le ..))] at h
  obtain ⟨f', hf', hg', h⟩ := of_sortSlots (by omega) (fun i hi => flipped_lt hS (hf i hi)) h
  obtain ⟨-, hlost⟩ := of_oddAbove hS hf' h
  rw [pairsOf_reordered hg'] at hlost
  rw [pairsOf_reordered hg] at hpairs
  have hlost : pairsOf s.size (fun a b => OddAbove (flipped a) (flipped b)) f
    = positives * negatives - wins := hlost
  rw [pairsOf_reordered hg] at hlost
  rw [hg fun a => a % 2] at hodd
  simp only [key_mod] at hodd
  have hnegatives : total (fun i => if s.scoreExcess c p i ≠ k then 1 else 0) s.size
      = negatives := by
    have e := total_ite_not (fun i => s.scoreExcess c p i = k) s.size
    rw [hodd] at e
    exact Nat.add_left_cancel (e.trans (Nat.eq_of_beq_eq_true hcount).symm)
  have hkeys : ∀ i j, (OddAbove (s.key c p k drop i) (s.key c p k drop j) ↔
        s.scoreExcess c p i = k ∧ s.scoreExcess c p j ≠ k ∧
          s.height c p j >>> drop ≤ s.height c p i >>> drop) ∧
      (OddAbove (flipped (s.key c p k drop i)) (flipped (s.key c p k drop j)) ↔
        s.scoreExcess c p j = k ∧ s.scoreExcess c p i ≠ k ∧
          s.height c p j >>> drop ≤ s.height c p i >>> drop) := fun i j => by
    rw [OddAbove, OddAbove, flipped, flipped, key, key]
    by_cases hi : s.scoreExcess c p i = k <;> by_cases hj : s.scoreExcess c p j = k <;>
      simp only [hi, hj, if_true, if_false, ne_eq, not_true, not_false_iff, true_and, false_and,
        iff_false] <;>
      generalize s.height c p i >>> drop = a <;> generalize s.height c p j >>> drop = b <;> omega
  have hlost' : labelledPairs s.size (s.scoreExcess c p) k
      (fun i j => s.height c p i >>> drop ≤ s.height c p j >>> drop)
      = positives * negatives - wins := by
    rw [← hlost, labelledPairs, pairsOf, total_swap]
    refine total_congr fun i _ => total_congr fun j _ => ?_
    by_cases hp : OddAbove (flipped (s.key c p k drop i)) (flipped (s.key c p k drop j))
    · rw [if_pos hp, if_pos ((hkeys i j).2.1 hp)]
    · rw [if_neg hp, if_neg fun hq => hp ((hkeys i j).2.2 hq)]
  have hweak : labelledPairs s.size (s.scoreExcess c p) k
      (fun i j => s.height c p j >>> drop ≤ s.height c p i >>> drop) = wins + ties := by
    refine Eq.trans (total_congr fun i _ => total_congr fun j _ => ?_) hpairs
    by_cases hp : OddAbove (s.key c p k drop i) (s.key c p k drop j)
    · rw [if_pos hp, if_pos ((hkeys i j).1.1 hp)]
    · rw [if_neg hp, if_neg fun hq => hp ((hkeys i j).1.2 hq)]
  obtain ⟨h1, h2⟩ := pairs_of_keys hodd hnegatives (Nat.le_of_ble_eq_true hwins)
    (by
      rw [Bool.or_eq_true] at hdrop
      exact hdrop.imp Nat.eq_of_beq_eq_true Nat.eq_of_beq_eq_true) hweak hlost'
  exact ⟨hwithin, Nat.eq_of_beq_eq_true hlow, hodd, hnegatives, h1, h2⟩

/-! ## The claim -/

theorem countPairs_eq_total : ∀ {m n : Nat} (p : Fin m → Fin n → Bool) (f : Nat → Nat → Nat),
    (∀ (i : Fin m) (j : Fin n), (p i j).toNat = f i j) →
    countPairs p = total (fun i => total (f i) n) m
  | 0, _, _, _, _ => rfl
  | m + 1, n, p, f, h => by
    rw [countPairs, total, count_eq_total _ (f 0) (h 0),
      countPairs_eq_total _ (fun i => f (i + 1))
        fun i => h ⟨i.val + 1, Nat.succ_lt_succ i.isLt⟩]

variable {f : AffineFunctional s.latentDim} {δ : Rat} {k positives negatives wins ties : Nat}

/-- The value of the functional at sample `i`, by the natural number that is compared. -/
theorem eval_eq_height (hp : p.Represents s c f δ)
    (h : Ranked s c p k positives negatives wins ties) (i : Fin s.size) :
    f.eval (s.latent i) * (p.scale s : Rat) = (s.height c p i : Rat) - (p.sup : Rat) := by
  have hi := h.within i
  have hr := residual_eq_excess hp i hi
  have hscore : s.score c i * (p.scale s : Rat)
      = (s.scoreExcess c p i : Rat) * (p.scoreFactor s c : Rat) := by
    have e : p.scale s = 2 ^ s.scoreExponents.getD c 0 * p.scoreFactor s c :=
      (Nat.mul_div_cancel' hp.score_dvd).symm
    have he : s.entry i (s.latentDim + c) = (s.scoreExcess c p i : Int) := by
      have := hi.scoreLow_le
      rw [h.scoreLow_eq] at this
      rw [entry, scoreExcess, h.scoreLow_eq]
      omega
    rw [e, Rat.natCast_mul, ← Rat.mul_assoc, PackedSamples.score, Rat.div_mul_cancel, he,
      Rat.intCast_natCast]
    exact Rat.ne_of_gt (Rat.natCast_pos.2 (Nat.two_pow_pos _))
  have hheight : (s.height c p i : Rat) + (s.excess c p i : Rat)
      = (p.scoreFactor s c : Rat) * (s.scoreExcess c p i : Rat) + 2 * (p.sup : Rat) := by
    have e : s.height c p i + s.excess c p i
        = p.scoreFactor s c * s.scoreExcess c p i + 2 * p.sup := by
      have := hi.excess_le
      rw [height]
      omega
    exact_mod_cast e
  rw [AffineFunctional.residual] at hr
  grind

/-- **The area under the ROC curve.**  If the integers are the numbers of `f`, and the kernel has
counted the pairs of samples, then so many of them decide what the area under the ROC curve is that
`f` has for the class with the number `k`, against all others.  It is the area over the samples that
are packed in `s`, and says nothing of any other sample. -/
theorem rocAuc_of_ranked (hp : p.Represents s c f δ)
    (h : Ranked s c p k positives negatives wins ties) {r : Rat}
    (hr : ((wins : Rat) + (ties : Rat) / 2) / ((positives : Rat) * (negatives : Rat)) = r) :
    rocAuc (fun i => f.eval (s.latent i)) (fun i => s.label c i == k) = r := by
  have hlabel : ∀ i : Fin s.size, s.label c i = s.scoreExcess c p i := fun i => by
    rw [PackedSamples.label, entry, scoreExcess, h.scoreLow_eq]
    omega
  have hlt : ∀ i j : Fin s.size,
      f.eval (s.latent i) < f.eval (s.latent j) ↔ s.height c p i < s.height c p j := fun i j => by
    have hle : ∀ a b : Rat, a ≤ b ↔ a * (p.scale s : Rat) ≤ b * (p.scale s : Rat) := fun a b =>
      ⟨fun h => Rat.mul_le_mul_of_nonneg_right h (Rat.le_of_lt hp.scale_pos),
       fun h => Rat.le_of_mul_le_mul_right h hp.scale_pos⟩
    rw [← Rat.not_le, hle, eval_eq_height hp h, eval_eq_height hp h, ← Nat.not_le]
    refine not_congr ⟨fun h => ?_, fun h => ?_⟩
    · have h : (s.height c p j : Rat) ≤ (s.height c p i : Rat) := by grind
      exact_mod_cast h
    · have h : (s.height c p j : Rat) ≤ (s.height c p i : Rat) := by exact_mod_cast h
      grind
  have heq : ∀ i j : Fin s.size,
      f.eval (s.latent i) = f.eval (s.latent j) ↔ s.height c p i = s.height c p j := fun i j => by
    have h1 := hlt i j
    have h2 := hlt j i
    constructor
    · intro h
      rw [h] at h1 h2
      have := mt h1.2 Rat.lt_irrefl
      have := mt h2.2 Rat.lt_irrefl
      omega
    · intro h
      rw [h] at h1 h2
      refine Rat.le_antisymm (Rat.not_lt.1 fun h' => ?_) (Rat.not_lt.1 fun h' => ?_)
      · exact absurd (h2.1 h') (Nat.lt_irrefl _)
      · exact absurd (h1.1 h') (Nat.lt_irrefl _)
  have hpairs : ∀ (R : Fin s.size → Fin s.size → Prop) [∀ i j, Decidable (R i j)]
      (Q : Nat → Nat → Prop) [∀ i j, Decidable (Q i j)], (∀ i j, R i j ↔ Q i.val j.val) →
      (countPairs fun i j => s.label c i == k && !(s.label c j == k) && decide (R i j))
        = labelledPairs s.size (s.scoreExcess c p) k Q := by
    intro R _ Q _ hRQ
    refine countPairs_eq_total _
      (fun i j => if s.scoreExcess c p i = k ∧ s.scoreExcess c p j ≠ k ∧ Q i j then 1 else 0)
      fun i j => ?_
    rw [hlabel, hlabel, show decide (R i j) = decide (Q i j) from decide_eq_decide.2 (hRQ i j)]
    by_cases hi : s.scoreExcess c p i = k <;> by_cases hj : s.scoreExcess c p j = k <;>
      by_cases hq : Q i j <;> simp [hi, hj, hq]
  have hpositives : (count fun i => s.label c i == k) = positives := by
    rw [← h.positives_eq]
    refine count_eq_total _ _ fun i => ?_
    rw [hlabel]
    by_cases hi : s.scoreExcess c p i = k <;> simp [hi]
  have hnegatives : (count fun i => !(s.label c i == k)) = negatives := by
    rw [← h.negatives_eq]
    refine count_eq_total _ _ fun i => ?_
    rw [hlabel]
    by_cases hi : s.scoreExcess c p i = k <;> simp [hi]
  rw [rocAuc, hpairs _ (fun i j => s.height c p j < s.height c p i) fun i j => hlt j i,
    hpairs _ (fun i j => s.height c p j = s.height c p i) fun i j => heq j i, h.wins_eq, h.ties_eq,
    hpositives, hnegatives]
  exact hr

end

end Bridge
