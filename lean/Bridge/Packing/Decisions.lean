/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Classifier
public import Bridge.Packing.Check

/-!
# The decisions of a classifier, in slots

For each class the checker finds the excesses of all samples, which is the label minus the value of
the class, plus a constant.  So the class with the largest value is the one with the least excess,
and it is found in all slots at once, class after class.

## Main definitions

* `argmin`: the first of the least of some natural numbers.
* `decideAll`: a program that has the kernel count how many samples with each label get each
  decision, and how many gaps between values are at least so large.
* `Decided`: what it has found out.

## Main statements

* `Decided.of_decide`: what its answer means.
* `Decided.append`: what is found out of two ranges of blocks is found out of both.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-- The first of the least of the numbers `e 0, …, e n`. -/
def argmin (e : Nat → Nat) : Nat → Nat
  | 0 => 0
  | n + 1 => if e (n + 1) < e (argmin e n) then n + 1 else argmin e n

theorem argmin_le (e : Nat → Nat) (n : Nat) : argmin e n ≤ n := by
  induction n with
  | zero => exact Nat.le_refl 0
  | succ n ih =>
    rw [argmin]
    split
    · exact Nat.le_refl _
    · exact Nat.le_succ_of_le ih

theorem argmin_min (e : Nat → Nat) {n k : Nat} (hk : k ≤ n) : e (argmin e n) ≤ e k := by
  induction n with
  | zero => rw [Nat.le_zero.1 hk]; exact Nat.le_refl _
  | succ n ih =>
    rw [argmin]
    rcases Nat.lt_or_eq_of_le hk with hk | rfl
    · have h := ih (Nat.le_of_lt_succ hk)
      split <;> omega
    · split <;> omega

theorem argmin_congr {e e' : Nat → Nat} {n : Nat} (h : ∀ k, k ≤ n → e k = e' k) :
    argmin e n = argmin e' n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    have h1 := ih fun k hk => h k (Nat.le_succ_of_le hk)
    rw [argmin, argmin, h1, h (n + 1) (Nat.le_refl _),
      h (argmin e' n) (Nat.le_succ_of_le (argmin_le e' n))]

/-- The largest of rational numbers is where the least of natural ones is, if these go down as those
go up. -/
theorem argmax_eq_argmin {v : Nat → Rat} {e : Nat → Nat} {n : Nat}
    (h : ∀ k l, k ≤ n → l ≤ n → (v k < v l ↔ e l < e k)) : argmax v n = argmin e n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    have h1 := ih fun k l hk hl => h k l (Nat.le_succ_of_le hk) (Nat.le_succ_of_le hl)
    have h2 := h (argmin e n) (n + 1) (Nat.le_succ_of_le (argmin_le e n)) (Nat.le_refl _)
    rw [argmax, argmin, h1]
    by_cases h3 : e (n + 1) < e (argmin e n)
    · rw [if_pos h3, if_pos (h2.2 h3)]
    · rw [if_neg h3, if_neg fun h => h3 (h2.1 h)]

/-! ## The program -/

/-- What is known of a block while one class after the other is looked at: in slots, which are empty
for rows that are not listed. -/
structure DecidedBlock where
  /-- All bits of the slots of the listed rows. -/
  selected : Nat
  /-- The labels. -/
  labels : Nat
  /-- The excesses of each class, the last one first. -/
  excesses : List Nat
  /-- The least of them. -/
  least : Nat
  /-- The number of the first class that has it. -/
  decisions : Nat

/-- Go on with what is known of blocks when the first class has been looked at. -/
def withFirstClass (largest size blockRows : Nat) (listed : Nat → Nat) (blocks : List Block)
    (k : List DecidedBlock → Bool) : Bool :=
  List.rec (motive := fun _ => (List DecidedBlock → Bool) → Bool) (fun k => k [])
    (fun block _ ih k =>
      force (Nat.mul (listed (listedCount blockRows size block.first)) largest) fun selected =>
      ih fun states => k (⟨selected, block.scores, [block.excesses], block.excesses, 0⟩ :: states))
    blocks k

/-- Go on with what is known of blocks when the class `number` has been looked at too.  In every
slot `rests` has what is one less than the highest bit, which is bit `top`. -/
def withClass (top one rests largest number : Nat) (blocks : List Block)
    (states : List DecidedBlock) (k : List DecidedBlock → Bool) : Bool :=
  List.rec (motive := fun _ => List DecidedBlock → (List DecidedBlock → Bool) → Bool)
    (fun _ k => k [])
    (fun block _ ih states k =>
      List.rec false
        (fun state states _ =>
          force (Nat.land (Nat.shiftRight
            (Nat.sub (Nat.add state.least rests) block.excesses) top) one) fun less =>
          force (Nat.mul less largest) fun mask =>
          force (Nat.add (Nat.sub state.least (Nat.land state.least mask))
            (Nat.land block.excesses mask)) fun least =>
          force (Nat.add (Nat.sub state.decisions (Nat.land state.decisions mask))
            (Nat.mul less number)) fun decisions =>
          ih states fun states => k (⟨state.selected, state.labels,
            block.excesses :: state.excesses, least, decisions⟩ :: states))
        states)
    blocks states k

/-- Whether the numbers of two classes have the same scale, and are compared with the same limits.
-/
def aligned (s : PackedSamples) (p q : IntegerProbe) : Bool :=
  Nat.beq q.denominator p.denominator && Nat.beq q.sup p.sup && Nat.beq q.scoreLow s.offset

/-- Go on with what is known of blocks when the other classes have been looked at too, which are
numbered from `number` on. -/
def withClasses (s : PackedSamples) (c : Nat) (p : IntegerProbe) (groups : List ColumnGroup)
    (skipped first blockCount : Nat) (top one rests largest : Nat) (others : List IntegerProbe)
    (number : Nat) (states : List DecidedBlock) (k : List DecidedBlock → Bool) : Bool :=
  List.rec (motive := fun _ => Nat → List DecidedBlock → Bool) (fun _ states => k states)
    (fun q _ ih number states =>
      aligned s p q &&
      withCheckedIn s c q groups skipped first blockCount fun _ _ _ _ blocks =>
        withClass top one rests largest number blocks states fun states =>
          force (Nat.add number 1) fun number => ih number states)
    others number states

/-- Add up what all blocks add; go on with the sum, added to `done`. -/
def sumOver {α : Type} (add : α → Nat → (Nat → Bool) → Bool) (xs : List α) (done : Nat)
    (k : Nat → Bool) : Bool :=
  List.rec (motive := fun _ => Nat → (Nat → Bool) → Bool) (fun done k => k done)
    (fun x _ ih done k => add x done fun done => ih done k) xs done k

/-- Go on with the labels and decisions of blocks, together: `label * K + decision`, with what
selects the slots of the listed rows. -/
def withCodes (K : Nat) (states : List DecidedBlock) (k : List (Nat × Nat) → Bool) : Bool :=
  List.rec (motive := fun _ => (List (Nat × Nat) → Bool) → Bool) (fun k => k [])
    (fun state _ ih k =>
      force (Nat.add (Nat.mul state.labels K) state.decisions) fun codes =>
      ih fun states => k ((state.selected, codes) :: states))
    states k

/-- Whether the numbers of a list, numbered from `a` on, pass a test; go on with the next number. -/
def eachAgrees {α : Type} (test : α → Nat → (Nat → Bool) → Bool) (xs : List α) (a : Nat)
    (k : Nat → Bool) : Bool :=
  List.rec (motive := fun _ => Nat → Bool) k (fun x _ ih a => test x a ih) xs a

/-- Whether so many rows as the numbers of the matrix say have each code. -/
def matrixAgrees (one largest top half : Nat) (codes : List (Nat × Nat))
    (matrix : List (List Nat)) : Bool :=
  eachAgrees
    (fun row a k => eachAgrees
      (fun n a k =>
        force (Nat.mul (Nat.sub half a) one) fun u =>
        force (Nat.sub u one) fun u' =>
        sumOver (fun block done => force (Nat.add done
          (Nat.sub (atLeast one largest top block.1 block.2 u)
            (atLeast one largest top block.1 block.2 u')))) codes 0 fun found =>
        Nat.beq found n && force (Nat.add a 1) k) row a k)
    matrix 0 fun _ => true

/-- Whether so many gaps are at least so large: gaps between the excess of a class and the least
one, in a row. -/
def gapsAgree (one largest top half : Nat) (states : List DecidedBlock) (gaps : List (Nat × Nat)) :
    Bool :=
  List.rec true
    (fun gap _ ih =>
      (force (Nat.mul (Nat.sub half gap.1) one) fun u =>
      sumOver (fun state done => sumOver (fun E done => force (Nat.add done
        (atLeast one largest top state.selected (Nat.sub E state.least) u))) state.excesses done)
        states 0 fun found => Nat.beq found gap.2) && ih)
    gaps

/-- Whether a matrix has `K` rows of `K` numbers each. -/
def isSquare (K : Nat) (matrix : List (List Nat)) : Bool :=
  Nat.beq matrix.length K && matrix.all fun row => Nat.beq row.length K

/-- Whether in `blockCount` blocks from block `first` on so many samples with each label get each
decision as the matrix says, and so many gaps are at least so large as is said.  The blocks are in
`groups`, after those of `skipped` others. -/
def decideAllIn (s : PackedSamples) (c : Nat) (ps : List IntegerProbe) (groups : List ColumnGroup)
    (skipped first blockCount : Nat) (matrix : List (List Nat)) (gaps : List (Nat × Nat)) : Bool :=
  List.rec false
    (fun p others _ =>
      aligned s p p &&
      withCheckedIn s c p groups skipped first blockCount fun slotBits one largest listed blocks =>
        force (Nat.sub slotBits 1) fun top =>
        force (Nat.pow 2 top) fun half =>
        force (Nat.mul (Nat.sub half 1) one) fun rests =>
        force (Nat.succ others.length) fun K =>
        isSquare K matrix && Nat.blt s.slotCount largest &&
        Nat.blt (Nat.add (Nat.mul p.scoreSpan K) K) half &&
        withFirstClass largest s.size s.blockRows listed blocks fun states =>
        withClasses s c p groups skipped first blockCount top one rests largest others 1 states
          fun states =>
        withCodes K states (fun codes => matrixAgrees one largest top half codes matrix) &&
        gapsAgree one largest top half states gaps)
    ps

/-- **The counter of decisions.**  The same of the blocks of all samples.  It is irreducible for the
same reason as `check`. -/
@[irreducible] def decideAll (s : PackedSamples) (c : Nat) (ps : List IntegerProbe)
    (first blockCount : Nat) (matrix : List (List Nat)) (gaps : List (Nat × Nat)) : Bool :=
  decideAllIn s c ps s.groups first first blockCount matrix gaps

/-! ## What its answer means -/

section

variable {s : PackedSamples} {c : Nat}

/-- The excesses of sample `i` by class. -/
def PackedSamples.excessesOf (s : PackedSamples) (c : Nat) (ps : List IntegerProbe) (i k : Nat) :
    Nat :=
  (ps.map fun p => s.excess c p i).getD k 0

/-- The decision of sample `i`, by its excesses. -/
def PackedSamples.decisionOf (s : PackedSamples) (c : Nat) (ps : List IntegerProbe) (i : Nat) :
    Nat :=
  argmin (s.excessesOf c ps i) (ps.length - 1)

/-- How much more the excess of class `k` is than the least one. -/
def PackedSamples.gapOf (s : PackedSamples) (c : Nat) (ps : List IntegerProbe) (i k : Nat) : Nat :=
  s.excessesOf c ps i k - s.excessesOf c ps i (s.decisionOf c ps i)

/-- The label of sample `i`, as it is stored, less the digit that stands for class 0. -/
def PackedSamples.labelOf (s : PackedSamples) (c : Nat) (i : Nat) : Nat :=
  s.digit i (s.latentDim + c) - s.offset

/-- What is found out of the decisions on the samples of `blockCount` blocks from block `first` on,
and of no others. -/
structure Decided (s : PackedSamples) (c : Nat) (ps : List IntegerProbe) (first blockCount : Nat)
    (matrix : List (List Nat)) (gaps : List (Nat × Nat)) : Prop where
  /-- There is a class. -/
  classes_pos : 0 < ps.length
  /-- The numbers of all classes have the same scale. -/
  denominator_eq : ∀ p ∈ ps, ∀ q ∈ ps, p.denominator = q.denominator
  /-- They are compared with the same limit. -/
  sup_eq : ∀ p ∈ ps, ∀ q ∈ ps, p.sup = q.sup
  /-- Labels are counted from the same digit. -/
  scoreLow_eq : ∀ p ∈ ps, p.scoreLow = s.offset
  /-- Every listed sample is within the limits of each class. -/
  within : ∀ p ∈ ps, ∀ t, first ≤ t → t < first + blockCount → ∀ r, r < s.listedRows t →
    s.Within c p (s.blockRows * t + r)
  /-- The matrix has a row for each class. -/
  rows_eq : matrix.length = ps.length
  /-- Each row has a number for each class. -/
  columns_eq : ∀ row ∈ matrix, row.length = ps.length
  /-- So many samples with each label get each decision. -/
  counts : ∀ a b, a < ps.length → b < ps.length → total (fun t => total (fun r =>
    if s.labelOf c (s.blockRows * (first + t) + r) = a ∧
      s.decisionOf c ps (s.blockRows * (first + t) + r) = b then 1 else 0)
      (s.listedRows (first + t))) blockCount = entry matrix a b
  /-- So many gaps are at least so large. -/
  gaps : ∀ gap ∈ gaps, total (fun t => total (fun r => total (fun k =>
    if gap.1 ≤ s.gapOf c ps (s.blockRows * (first + t) + r) k then 1 else 0) ps.length)
      (s.listedRows (first + t))) blockCount = gap.2

/-! ### Blocks, one after the other -/

/-- The numbers of so many blocks from block `t` on, the last one first. -/
def blockNumbers (t : Nat) : Nat → List Nat
  | 0 => []
  | T + 1 => blockNumbers (t + 1) T ++ [t]

theorem blocks_eq_map (p : IntegerProbe) (t T : Nat) :
    s.blocks c p t T = (blockNumbers t T).map (s.block c p) := by
  induction T generalizing t with
  | zero => rfl
  | succ T ih => rw [PackedSamples.blocks, blockNumbers, List.map_append, ih]; rfl

theorem mem_blockNumbers {t T u : Nat} (h : u ∈ blockNumbers t T) : t ≤ u ∧ u < t + T := by
  induction T generalizing t with
  | zero => simp [blockNumbers] at h
  | succ T ih =>
    rw [blockNumbers, List.mem_append, List.mem_singleton] at h
    rcases h with h | rfl
    · have := ih h
      omega
    · omega

theorem sum_blockNumbers (g : Nat → Nat) (t T : Nat) :
    ((blockNumbers t T).map g).sum = total (fun u => g (t + u)) T := by
  induction T generalizing t with
  | zero => rfl
  | succ T ih =>
    rw [blockNumbers, List.map_append, List.sum_append_nat, ih, total, Nat.add_comm]
    simp only [List.map_cons, List.map_nil, List.sum_cons, List.sum_nil, Nat.add_zero,
      Nat.add_assoc, Nat.add_comm 1]

theorem sumOver_eq {α : Type} {add : α → Nat → (Nat → Bool) → Bool} {g : α → Nat} {xs : List α}
    (h : ∀ x ∈ xs, ∀ done k, add x done k = k (done + g x)) (done : Nat) (k : Nat → Bool) :
    sumOver add xs done k = k (done + (xs.map g).sum) := by
  induction xs generalizing done with
  | nil => rfl
  | cons x xs ih =>
    show add x done (fun done => sumOver add xs done k) = _
    rw [h x (List.mem_cons_self ..), ih fun x hx => h x (List.mem_cons_of_mem _ hx),
      List.map_cons, List.sum_cons, Nat.add_assoc]

/-! ### Slots -/

theorem less_eq {S n : Nat} (hS : 0 < S) {m e : Nat → Nat} (hm : ∀ κ, κ < n → m κ < 2 ^ (S - 1))
    (he : ∀ κ, κ < n → e κ < 2 ^ (S - 1)) :
    (slots (2 ^ S) m n + (2 ^ (S - 1) - 1) * ones (2 ^ S) n - slots (2 ^ S) e n) >>> (S - 1)
        &&& ones (2 ^ S) n
      = slots (2 ^ S) (fun κ => if e κ < m κ then 1 else 0) n := by
  have hx : 2 ^ S = 2 ^ (S - 1) + 2 ^ (S - 1) := by
    rw [← Nat.two_mul, ← Nat.pow_succ']
    congr 1
    omega
  have hh := Nat.two_pow_pos (S - 1)
  rw [mul_ones, slots_add, slots_sub _ _ _ _ fun κ hκ => by have := he κ hκ; omega,
    land_bit (fun κ hκ => by have := hm κ hκ; omega) (by omega)]
  apply slots_congr
  intro κ hκ
  have h1 := hm κ hκ
  have h2 := he κ hκ
  split
  · have : (m κ + (2 ^ (S - 1) - 1) - e κ) / 2 ^ (S - 1) = 1 := by
      apply Nat.div_eq_of_lt_le <;> omega
    rw [this]
  · rw [Nat.div_eq_of_lt (by omega)]

theorem chosen_eq {S n : Nat} {old new : Nat → Nat} {P : Nat → Prop} [DecidablePred P]
    (ho : ∀ κ, κ < n → old κ < 2 ^ S) (hn : ∀ κ, κ < n → new κ < 2 ^ S) :
    slots (2 ^ S) old n
        - (slots (2 ^ S) old n &&& slots (2 ^ S) (fun κ => if P κ then 1 else 0) n * (2 ^ S - 1))
        + (slots (2 ^ S) new n &&& slots (2 ^ S) (fun κ => if P κ then 1 else 0) n * (2 ^ S - 1))
      = slots (2 ^ S) (fun κ => if P κ then new κ else old κ) n := by
  have h1 : ∀ κ, κ < n → (if P κ then 1 else 0) ≤ 1 := fun κ _ => by split <;> decide
  rw [land_select ho h1, land_select hn h1, slots_sub _ _ _ _ fun κ _ => by split <;> simp,
    slots_add]
  apply slots_congr
  intro κ _
  split <;> simp

theorem dropped_eq {S n v : Nat} {old : Nat → Nat} {P : Nat → Prop} [DecidablePred P]
    (ho : ∀ κ, κ < n → old κ < 2 ^ S) :
    slots (2 ^ S) old n
        - (slots (2 ^ S) old n &&& slots (2 ^ S) (fun κ => if P κ then 1 else 0) n * (2 ^ S - 1))
        + slots (2 ^ S) (fun κ => if P κ then 1 else 0) n * v
      = slots (2 ^ S) (fun κ => if P κ then v else old κ) n := by
  have h1 : ∀ κ, κ < n → (if P κ then 1 else 0) ≤ 1 := fun κ _ => by split <;> decide
  rw [land_select ho h1, slots_sub _ _ _ _ fun κ _ => by split <;> simp, slots_mul, slots_add]
  apply slots_congr
  intro κ _
  split <;> simp

/-! ### Classes, one after the other -/

/-- What is known of block `t` when the classes `qs` have been looked at, with the labels of the
class `p`. -/
def PackedSamples.decidedBlock (s : PackedSamples) (c : Nat) (p : IntegerProbe)
    (qs : List IntegerProbe) (t : Nat) : DecidedBlock where
  selected := slots s.slotBase (s.isListed (s.listedRows t)) s.slotCount * (s.slotBase - 1)
  labels := (s.block c p t).scores
  excesses := (qs.map fun q => (s.block c q t).excesses).reverse
  least := s.listedSlots (fun r => s.excessesOf c qs (s.blockRows * t + r)
    (s.decisionOf c qs (s.blockRows * t + r))) (s.listedRows t)
  decisions := s.listedSlots (fun r => s.decisionOf c qs (s.blockRows * t + r)) (s.listedRows t)

theorem withFirstClass_cons (largest size blockRows : Nat) (listed : Nat → Nat) (block : Block)
    (blocks : List Block) (k : List DecidedBlock → Bool) :
    withFirstClass largest size blockRows listed (block :: blocks) k
      = withFirstClass largest size blockRows listed blocks fun states =>
        k (⟨listed (listedCount blockRows size block.first) * largest, block.scores,
          [block.excesses], block.excesses, 0⟩ :: states) :=
  force_eq _ fun selected => withFirstClass largest size blockRows listed blocks fun states =>
    k (⟨selected, block.scores, [block.excesses], block.excesses, 0⟩ :: states)

theorem withClass_cons (top one rests largest number : Nat) (block : Block) (blocks : List Block)
    (state : DecidedBlock) (states : List DecidedBlock) (k : List DecidedBlock → Bool) :
    withClass top one rests largest number (block :: blocks) (state :: states) k
      = withClass top one rests largest number blocks states fun states =>
        k (⟨state.selected, state.labels, block.excesses :: state.excesses,
          state.least - (state.least &&& ((state.least + rests - block.excesses) >>> top &&& one)
            * largest) + (block.excesses &&& ((state.least + rests - block.excesses) >>> top
              &&& one) * largest),
          state.decisions - (state.decisions &&& ((state.least + rests - block.excesses) >>> top
            &&& one) * largest) + ((state.least + rests - block.excesses) >>> top &&& one)
              * number⟩ :: states) := by
  unfold withClass
  simp only [force_eq]
  rfl

theorem withFirstClass_eq {listed : Nat → Nat} {p : IntegerProbe}
    (hl : ∀ count, listed count = slots s.slotBase (s.isListed count) s.slotCount)
    (ts : List Nat) (k : List DecidedBlock → Bool) :
    withFirstClass (s.slotBase - 1) s.size s.blockRows listed (ts.map (s.block c p)) k
      = k (ts.map (s.decidedBlock c p [p])) := by
  induction ts generalizing k with
  | nil => rfl
  | cons t ts ih =>
    rw [List.map_cons, withFirstClass_cons, ih, listedCount_eq, hl, List.map_cons]
    refine congrArg k (congrArg (· :: _) ?_)
    have e : s.decidedBlock c p [p] t = ⟨slots s.slotBase (s.isListed (s.listedRows t)) s.slotCount
        * (s.slotBase - 1), (s.block c p t).scores, [(s.block c p t).excesses],
        (s.block c p t).excesses, s.listedSlots (fun _ => 0) (s.listedRows t)⟩ := rfl
    have e0 : s.listedSlots (fun _ => 0) (s.listedRows t) = 0 := by
      rw [PackedSamples.listedSlots]
      simp only [Nat.zero_mul, slots_zero]
    rw [e, e0]
    rfl

theorem excessesOf_append {qs : List IntegerProbe} {q : IntegerProbe} {i k : Nat} :
    s.excessesOf c (qs ++ [q]) i k
      = if k < qs.length then s.excessesOf c qs i k else
        if k = qs.length then s.excess c q i else 0 := by
  simp only [PackedSamples.excessesOf, List.map_append, List.map_cons, List.map_nil,
    List.getD_eq_getElem?_getD, List.getElem?_append, List.length_map]
  split
  · rfl
  · rename_i h
    by_cases h' : k = qs.length
    · subst h'; simp
    · rw [if_neg h', List.getElem?_eq_none]
      · rfl
      · simp
        omega

theorem decisionOf_append {qs : List IntegerProbe} (hqs : 0 < qs.length) {q : IntegerProbe}
    {i : Nat} :
    s.decisionOf c (qs ++ [q]) i
      = if s.excess c q i < s.excessesOf c qs i (s.decisionOf c qs i) then qs.length
        else s.decisionOf c qs i := by
  obtain ⟨n, hn⟩ : ∃ n, qs.length = n + 1 := ⟨qs.length - 1, by omega⟩
  have e1 : argmin (s.excessesOf c (qs ++ [q]) i) n = s.decisionOf c qs i := by
    rw [PackedSamples.decisionOf, hn]
    exact argmin_congr fun k hk => by rw [excessesOf_append, if_pos (by omega)]
  have hle : s.decisionOf c qs i ≤ n := by
    rw [PackedSamples.decisionOf, hn]
    exact argmin_le _ _
  have e2 : (qs ++ [q]).length - 1 = n + 1 := by simp [hn]
  have e3 : s.excessesOf c (qs ++ [q]) i (n + 1) = s.excess c q i := by
    rw [excessesOf_append, if_neg (by omega), if_pos hn.symm]
  have e4 : s.excessesOf c (qs ++ [q]) i (s.decisionOf c qs i)
      = s.excessesOf c qs i (s.decisionOf c qs i) := by
    rw [excessesOf_append, if_pos (by omega)]
  conv => lhs; rw [PackedSamples.decisionOf, e2, argmin, e1, e3, e4]
  rw [hn]

theorem withClass_eq (h : Layout s) {p q : IntegerProbe} {qs : List IntegerProbe}
    (hqs : 0 < qs.length) {ts : List Nat}
    (hw : ∀ t ∈ ts, ∀ r, r < s.listedRows t → ∀ q' ∈ qs ++ [q],
      s.excess c q' (s.blockRows * t + r) < 2 ^ (s.slotDigits * s.digitBits - 1))
    (hK : qs.length < 2 ^ (s.slotDigits * s.digitBits - 1))
    (k : List DecidedBlock → Bool) :
    withClass (s.slotDigits * s.digitBits - 1) (ones s.slotBase s.slotCount)
        ((2 ^ (s.slotDigits * s.digitBits - 1) - 1) * ones s.slotBase s.slotCount)
        (s.slotBase - 1) qs.length (ts.map (s.block c q)) (ts.map (s.decidedBlock c p qs)) k
      = k (ts.map (s.decidedBlock c p (qs ++ [q]))) := by
  induction ts generalizing k with
  | nil => rfl
  | cons t ts ih =>
    have hS := h.slotBits_pos
    have hbase : 2 ^ (s.slotDigits * s.digitBits - 1) ≤ 2 ^ (s.slotDigits * s.digitBits) :=
      Nat.pow_le_pow_right Nat.two_pos (Nat.sub_le ..)
    have hpos := Nat.two_pow_pos (s.slotDigits * s.digitBits - 1)
    have hwt := hw t (List.mem_cons_self ..)
    have hleast : ∀ r, r < s.listedRows t → s.excessesOf c qs (s.blockRows * t + r)
        (s.decisionOf c qs (s.blockRows * t + r)) < 2 ^ (s.slotDigits * s.digitBits - 1) := by
      intro r hr
      have hd : s.decisionOf c qs (s.blockRows * t + r) < qs.length :=
        Nat.lt_of_le_of_lt (argmin_le _ _) (by omega)
      rw [PackedSamples.excessesOf, List.getD_eq_getElem?_getD, List.getElem?_map,
        List.getElem?_eq_getElem hd]
      exact hwt r hr _ (List.mem_append_left _ (List.getElem_mem hd))
    have hdecision : ∀ r, r < s.listedRows t → s.decisionOf c qs (s.blockRows * t + r)
        < 2 ^ (s.slotDigits * s.digitBits - 1) := fun r _ =>
      Nat.lt_of_le_of_lt (Nat.le_trans (argmin_le _ _) (Nat.sub_le ..)) hK
    have hm := fun κ (_ : κ < s.slotCount) => listedSlot_lt (s := s) hpos hleast κ
    have he := fun κ (_ : κ < s.slotCount) => listedSlot_lt (s := s)
      (X := fun r => s.excess c q (s.blockRows * t + r)) hpos
      (fun r hr => hwt r hr q (by simp)) κ
    have hd := fun κ (_ : κ < s.slotCount) => listedSlot_lt (s := s) hpos hdecision κ
    rw [List.map_cons, List.map_cons, withClass_cons,
      ih fun t ht => hw t (List.mem_cons_of_mem _ ht), List.map_cons]
    have eless : ((s.decidedBlock c p qs t).least
          + (2 ^ (s.slotDigits * s.digitBits - 1) - 1) * ones s.slotBase s.slotCount
          - (s.block c q t).excesses) >>> (s.slotDigits * s.digitBits - 1)
          &&& ones s.slotBase s.slotCount
        = slots s.slotBase (fun κ => if s.excess c q (s.blockRows * t + s.slotRow κ)
            * s.isListed (s.listedRows t) κ < s.excessesOf c qs (s.blockRows * t + s.slotRow κ)
              (s.decisionOf c qs (s.blockRows * t + s.slotRow κ)) * s.isListed (s.listedRows t) κ
            then 1 else 0) s.slotCount := less_eq hS hm he
    rw [eless]
    have eleast := chosen_eq (P := fun κ => s.excess c q (s.blockRows * t + s.slotRow κ)
        * s.isListed (s.listedRows t) κ < s.excessesOf c qs (s.blockRows * t + s.slotRow κ)
          (s.decisionOf c qs (s.blockRows * t + s.slotRow κ)) * s.isListed (s.listedRows t) κ)
      (fun κ hκ => Nat.lt_of_lt_of_le (hm κ hκ) hbase)
      (fun κ hκ => Nat.lt_of_lt_of_le (he κ hκ) hbase)
    have edecision := dropped_eq (v := qs.length)
      (P := fun κ => s.excess c q (s.blockRows * t + s.slotRow κ)
        * s.isListed (s.listedRows t) κ < s.excessesOf c qs (s.blockRows * t + s.slotRow κ)
          (s.decisionOf c qs (s.blockRows * t + s.slotRow κ)) * s.isListed (s.listedRows t) κ)
      (fun κ hκ => Nat.lt_of_lt_of_le (hd κ hκ) hbase)
    refine congrArg k (congrArg (· :: _) ?_)
    refine (congr (congrArg (DecidedBlock.mk _ _ _) eleast) edecision).trans ?_
    conv => rhs; rw [PackedSamples.decidedBlock, List.map_append, List.reverse_append]
    refine congr (congrArg (DecidedBlock.mk _ _ _) ?_) ?_
    · apply slots_congr
      intro κ _
      simp only [decisionOf_append hqs]
      rcases listed_or s (s.listedRows t) κ with ⟨-, e⟩ | ⟨-, e⟩
      · simp only [e, Nat.mul_one]
        split
        · rw [excessesOf_append, if_neg (by omega), if_pos rfl]
        · rw [excessesOf_append, if_pos]
          exact Nat.lt_of_le_of_lt (argmin_le _ _) (by omega)
      · simp only [e, Nat.mul_zero, Nat.lt_irrefl, if_false]
    · apply slots_congr
      intro κ _
      simp only [decisionOf_append hqs]
      rcases listed_or s (s.listedRows t) κ with ⟨-, e⟩ | ⟨-, e⟩
      · simp only [e, Nat.mul_one]
      · simp only [e, Nat.mul_zero, Nat.lt_irrefl, if_false]

/-- What the counter goes on with when all classes have been looked at. -/
theorem of_withClasses (h : Layout s) {p : IntegerProbe} {groups : List ColumnGroup}
    {skipped first T : Nat} {others qs : List IntegerProbe} (hqs : 0 < qs.length)
    {k : List DecidedBlock → Bool}
    (hfrom : (columnsOf s.limbBits groups).drop (s.columnCount * skipped)
      = s.columns.drop (s.columnCount * first))
    (hw : ∀ q ∈ qs, ∀ t, first ≤ t → t < first + T → ∀ r, r < s.listedRows t →
      s.Within c q (s.blockRows * t + r))
    (hsup : 2 * p.sup < 2 ^ (s.slotDigits * s.digitBits - 1))
    (hqsup : ∀ q ∈ qs, q.sup = p.sup)
    (hK : qs.length + others.length ≤ 2 ^ (s.slotDigits * s.digitBits - 1))
    (hk : withClasses s c p groups skipped first T (s.slotDigits * s.digitBits - 1)
      (ones s.slotBase s.slotCount)
      ((2 ^ (s.slotDigits * s.digitBits - 1) - 1) * ones s.slotBase s.slotCount) (s.slotBase - 1)
      others qs.length ((blockNumbers first T).map (s.decidedBlock c p qs)) k = true) :
    (∀ q ∈ others, aligned s p q = true) ∧
      (∀ q ∈ others, ∀ t, first ≤ t → t < first + T → ∀ r, r < s.listedRows t →
        s.Within c q (s.blockRows * t + r)) ∧
      k ((blockNumbers first T).map (s.decidedBlock c p (qs ++ others))) = true := by
  induction others generalizing qs with
  | nil =>
    rw [List.append_nil]
    exact ⟨by simp, by simp, hk⟩
  | cons q others ih =>
    have hk : (aligned s p q && withCheckedIn s c q groups skipped first T fun _ _ _ _ blocks =>
        withClass (s.slotDigits * s.digitBits - 1) (ones s.slotBase s.slotCount)
          ((2 ^ (s.slotDigits * s.digitBits - 1) - 1) * ones s.slotBase s.slotCount)
          (s.slotBase - 1) qs.length blocks ((blockNumbers first T).map (s.decidedBlock c p qs))
          fun states => force (Nat.add qs.length 1) fun number =>
            withClasses s c p groups skipped first T (s.slotDigits * s.digitBits - 1)
              (ones s.slotBase s.slotCount)
              ((2 ^ (s.slotDigits * s.digitBits - 1) - 1) * ones s.slotBase s.slotCount)
              (s.slotBase - 1) others number states k) = true := hk
    rw [Bool.and_eq_true] at hk
    obtain ⟨ha, hk⟩ := hk
    obtain ⟨_, _, hwq, _, _, hclass⟩ := of_withCheckedIn hfrom hk
    have hsupq : q.sup = p.sup := by
      simp only [aligned, Bool.and_eq_true] at ha
      exact Nat.eq_of_beq_eq_true ha.1.2
    have hwall : ∀ q' ∈ qs ++ [q], ∀ t, first ≤ t → t < first + T → ∀ r, r < s.listedRows t →
        s.Within c q' (s.blockRows * t + r) := by
      intro q' hq'
      rcases List.mem_append.1 hq' with hq' | hq'
      · exact hw q' hq'
      · rw [List.mem_singleton.1 hq']
        exact hwq
    have hsupall : ∀ q' ∈ qs ++ [q], q'.sup = p.sup := by
      intro q' hq'
      rcases List.mem_append.1 hq' with hq' | hq'
      · exact hqsup q' hq'
      · rw [List.mem_singleton.1 hq']
        exact hsupq
    rw [List.length_cons] at hK
    rw [blocks_eq_map] at hclass
    dsimp only at hclass
    rw [withClass_eq h hqs (fun t ht r hr q' hq' => by
      have := mem_blockNumbers ht
      have h1 := (hwall q' hq' t this.1 this.2 r hr).excess_le
      rw [hsupall q' hq'] at h1
      exact Nat.lt_of_le_of_lt h1 hsup) (by omega), force_eq] at hclass
    have hlen : (qs ++ [q]).length = qs.length + 1 := by simp
    have := ih (qs := qs ++ [q]) (by omega) hwall hsupall (by omega) (by rw [hlen]; exact hclass)
    rw [List.append_assoc] at this
    obtain ⟨h1, h2, h3⟩ := this
    refine ⟨?_, ?_, h3⟩
    · intro q' hq'
      rcases List.mem_cons.1 hq' with rfl | hq'
      · exact ha
      · exact h1 q' hq'
    · intro q' hq'
      rcases List.mem_cons.1 hq' with rfl | hq'
      · exact hwq
      · exact h2 q' hq'

theorem withCodes_eq {K : Nat} {states : List DecidedBlock} {k : List (Nat × Nat) → Bool} :
    withCodes K states k
      = k (states.map fun state => (state.selected, state.labels * K + state.decisions)) := by
  induction states generalizing k with
  | nil => rfl
  | cons state states ih =>
    show force _ (fun codes => withCodes K states fun states =>
      k ((state.selected, codes) :: states)) = _
    rw [force_eq, ih]
    rfl

theorem of_eachAgrees {α : Type} {test : α → Nat → (Nat → Bool) → Bool} {P : α → Nat → Prop}
    {step : Nat} {xs : List α}
    (ht : ∀ x ∈ xs, ∀ a k, test x a k = true → P x a ∧ k (a + step) = true) {a : Nat}
    {k : Nat → Bool} (h : eachAgrees test xs a k = true) :
    (∀ i (hi : i < xs.length), P xs[i] (a + step * i)) ∧ k (a + step * xs.length) = true := by
  induction xs generalizing a with
  | nil => exact ⟨fun i hi => absurd hi (Nat.not_lt_zero i), h⟩
  | cons x xs ih =>
    obtain ⟨h1, h2⟩ := ht x (List.mem_cons_self ..) a _
      (show test x a (fun a => eachAgrees test xs a k) = true from h)
    obtain ⟨h3, h4⟩ := ih (fun x hx => ht x (List.mem_cons_of_mem _ hx)) h2
    refine ⟨fun i hi => ?_, ?_⟩
    · cases i with
      | zero => exact h1
      | succ i =>
        have := h3 i (Nat.lt_of_succ_lt_succ hi)
        rw [Nat.mul_succ, Nat.add_comm (step * i), ← Nat.add_assoc]
        exact this
    · rw [List.length_cons, Nat.mul_succ, Nat.add_comm (step * _), ← Nat.add_assoc]
      exact h4

/-- How many rows of some blocks hold the number `a`. -/
theorem total_eq_sub (X : Nat → Nat) (a n : Nat) :
    total (fun r => if a ≤ X r then 1 else 0) n - total (fun r => if a + 1 ≤ X r then 1 else 0) n
      = total (fun r => if X r = a then 1 else 0) n := by
  have e := total_add (fun r => if X r = a then 1 else 0) (fun r => if a + 1 ≤ X r then 1 else 0) n
  have e' : total (fun r => (if X r = a then 1 else 0) + if a + 1 ≤ X r then 1 else 0) n
      = total (fun r => if a ≤ X r then 1 else 0) n :=
    total_congr fun r _ => by split <;> split <;> split <;> omega
  omega

/-! ### The matrix -/

theorem of_matrixAgrees {one largest top half K : Nat} {codes : List (Nat × Nat)}
    {matrix : List (List Nat)} {found : Nat → Nat}
    (hfound : ∀ a k, sumOver (fun block done k => force (Nat.add done
      (Nat.sub (atLeast one largest top block.1 block.2 ((half - a) * one))
        (atLeast one largest top block.1 block.2 ((half - (a + 1)) * one)))) k) codes 0 k
      = k (found a))
    (hrows : ∀ row ∈ matrix, row.length = K)
    (h : matrixAgrees one largest top half codes matrix = true) {a b : Nat}
    (ha : a < matrix.length) (hb : b < K) : found (a * K + b) = entry matrix a b := by
  have hcell : ∀ (row : List Nat), ∀ n ∈ row, ∀ (a : Nat) (k : Nat → Bool),
      (force (Nat.mul (Nat.sub half a) one) fun u =>
        force (Nat.sub u one) fun u' =>
        sumOver (fun block done => force (Nat.add done
          (Nat.sub (atLeast one largest top block.1 block.2 u)
            (atLeast one largest top block.1 block.2 u')))) codes 0 fun found =>
        Nat.beq found n && force (Nat.add a 1) k) = true →
      found a = n ∧ k (a + 1) = true := by
    intro row n _ a k h
    replace h := (force_eq _ _).symm.trans h
    replace h := (force_eq _ _).symm.trans h
    have e : Nat.sub (Nat.mul (Nat.sub half a) one) one = (half - (a + 1)) * one := by
      show (half - a) * one - one = _
      rw [Nat.sub_mul, Nat.sub_mul, Nat.add_mul, Nat.one_mul]
      omega
    rw [e] at h
    have h2 := (hfound a _).symm.trans h
    simp only [force_eq, Bool.and_eq_true] at h2
    exact ⟨Nat.eq_of_beq_eq_true h2.1, h2.2⟩
  have hrow := of_eachAgrees (step := K)
    (P := fun row a => ∀ i (hi : i < row.length), found (a + i) = row[i])
    (fun row hrow a k hk => by
      have := of_eachAgrees (step := 1) (P := fun n a => found a = n) (hcell row) hk
      have h2 := this.2
      rw [hrows row hrow, Nat.one_mul] at h2
      exact ⟨fun i hi => by simpa using this.1 i hi, h2⟩) h
  have hlt : b < matrix[a].length := by rw [hrows _ (List.getElem_mem ha)]; exact hb
  have := hrow.1 a ha b hlt
  rw [Nat.zero_add, Nat.mul_comm] at this
  rw [this, entry, List.getD_eq_getElem?_getD, List.getD_eq_getElem?_getD,
    List.getElem?_eq_getElem ha]
  simp [hlt]

theorem code_eq_iff {K y d a b : Nat} (hd : d < K) (hb : b < K) :
    y * K + d = a * K + b ↔ y = a ∧ d = b := by
  constructor
  · intro h
    have h1 := congrArg (· % K) h
    simp only [Nat.mul_comm _ K, Nat.mul_add_mod, Nat.mod_eq_of_lt hd, Nat.mod_eq_of_lt hb] at h1
    subst h1
    have h2 := Nat.add_right_cancel h
    exact ⟨Nat.eq_of_mul_eq_mul_right (Nat.lt_of_le_of_lt (Nat.zero_le _) hd) h2, rfl⟩
  · rintro ⟨rfl, rfl⟩
    rfl

/-! ### The gaps -/

theorem sum_reverse (xs : List Nat) : xs.reverse.sum = xs.sum := by
  induction xs with
  | nil => rfl
  | cons x xs ih => simp [List.sum_append_nat, ih, Nat.add_comm]

theorem sum_total_excesses (G : Nat → Nat → Nat) (i : Nat → Nat) (n : Nat) :
    ∀ qs : List IntegerProbe,
      (qs.map fun q => total (fun r => G (s.excess c q (i r)) r) n).sum
        = total (fun r => total (fun k => G (s.excessesOf c qs (i r) k) r) qs.length) n
  | [] => by simp [total, total_zero]
  | q :: qs => by
    rw [List.map_cons, List.sum_cons, sum_total_excesses G i n qs, total_add]
    rfl

theorem of_gapsAgree {one largest top half : Nat} {states : List DecidedBlock}
    {gaps : List (Nat × Nat)} {found : Nat → Nat}
    (hfound : ∀ g k, sumOver (fun state done k => sumOver (fun E done k => force (Nat.add done
      (atLeast one largest top state.selected (Nat.sub E state.least) ((half - g) * one))) k)
      state.excesses done k) states 0 k = k (found g))
    (h : gapsAgree one largest top half states gaps = true) :
    ∀ gap ∈ gaps, found gap.1 = gap.2 := by
  induction gaps with
  | nil => simp
  | cons gap gaps ih =>
    have h := (Bool.and_eq_true _ _).mp h
    obtain ⟨hgap, h⟩ := h
    intro gap' hgap'
    rcases List.mem_cons.1 hgap' with rfl | hgap'
    · replace hgap := (force_eq _ _).symm.trans hgap
      exact Nat.eq_of_beq_eq_true ((hfound gap'.1 _).symm.trans hgap)
    · exact ih h gap' hgap'

/-- **Soundness.**  What the counter's answer means, where `groups` goes on with the blocks from
block `first` on. -/
theorem Decided.of_decideAllIn {ps : List IntegerProbe} {groups : List ColumnGroup}
    {skipped first T : Nat} {matrix : List (List Nat)} {gaps : List (Nat × Nat)}
    (hfrom : (columnsOf s.limbBits groups).drop (s.columnCount * skipped)
      = s.columns.drop (s.columnCount * first))
    (h : decideAllIn s c ps groups skipped first T matrix gaps = true) :
    Decided s c ps first T matrix gaps := by
  cases ps with
  | nil => exact absurd (show false = true from h) (by decide)
  | cons p others =>
    have h := (Bool.and_eq_true _ _).mp h
    obtain ⟨hp, h⟩ := h
    obtain ⟨hlayout, hsup, hw, listed, hl, h⟩ := of_withCheckedIn hfrom h
    rw [blocks_eq_map] at h
    simp only [force_eq] at h
    rw [withFirstClass_eq hl] at h
    simp only [Bool.and_eq_true] at h
    obtain ⟨⟨⟨hsquare, hslots⟩, hcodes⟩, h⟩ := h
    have hslots : s.slotCount < s.slotBase - 1 := Nat.le_of_ble_eq_true hslots
    have hcodes : p.scoreSpan * (others.length + 1) + (others.length + 1)
        < 2 ^ (s.slotDigits * s.digitBits - 1) := Nat.le_of_ble_eq_true hcodes
    have hwp : ∀ q ∈ [p], ∀ t, first ≤ t → t < first + T → ∀ r, r < s.listedRows t →
        s.Within c q (s.blockRows * t + r) := fun q hq => by
      rw [List.mem_singleton.1 hq]
      exact hw
    obtain ⟨haligned, hwothers, h⟩ := of_withClasses (qs := [p]) hlayout Nat.one_pos hfrom hwp hsup
      (fun q hq => by rw [List.mem_singleton.1 hq])
      (by simp only [List.length_singleton]; omega) h
    rw [List.singleton_append, Bool.and_eq_true] at h
    obtain ⟨hmatrix, hgaps⟩ := h
    rw [withCodes_eq] at hmatrix
    have hall : ∀ q ∈ p :: others, aligned s p q = true := by
      intro q hq
      rcases List.mem_cons.1 hq with rfl | hq
      · exact hp
      · exact haligned q hq
    have hden : ∀ q ∈ p :: others, q.denominator = p.denominator := fun q hq => by
      have := hall q hq
      simp only [aligned, Bool.and_eq_true] at this
      exact Nat.eq_of_beq_eq_true this.1.1
    have hsupq : ∀ q ∈ p :: others, q.sup = p.sup := fun q hq => by
      have := hall q hq
      simp only [aligned, Bool.and_eq_true] at this
      exact Nat.eq_of_beq_eq_true this.1.2
    have hlow : ∀ q ∈ p :: others, q.scoreLow = s.offset := fun q hq => by
      have := hall q hq
      simp only [aligned, Bool.and_eq_true] at this
      exact Nat.eq_of_beq_eq_true this.2
    have hwithin : ∀ q ∈ p :: others, ∀ t, first ≤ t → t < first + T → ∀ r, r < s.listedRows t →
        s.Within c q (s.blockRows * t + r) := fun q hq => by
      rcases List.mem_cons.1 hq with rfl | hq
      · exact hw
      · exact hwothers q hq
    simp only [isSquare, Bool.and_eq_true, List.all_eq_true] at hsquare
    have hrows : matrix.length = others.length + 1 := Nat.eq_of_beq_eq_true hsquare.1
    have hcolumns : ∀ row ∈ matrix, row.length = others.length + 1 := fun row hrow =>
      Nat.eq_of_beq_eq_true (hsquare.2 row hrow)
    have hexcess : ∀ t, first ≤ t → t < first + T → ∀ r, r < s.listedRows t → ∀ k,
        k < others.length + 1 → s.excessesOf c (p :: others) (s.blockRows * t + r) k
          < 2 ^ (s.slotDigits * s.digitBits - 1) := by
      intro t h1 h2 r hr k hk
      have hk : k < (p :: others).length := hk
      rw [PackedSamples.excessesOf, List.getD_eq_getElem?_getD, List.getElem?_map,
        List.getElem?_eq_getElem hk]
      have h3 := (hwithin _ (List.getElem_mem hk) t h1 h2 r hr).excess_le
      rw [hsupq _ (List.getElem_mem hk)] at h3
      exact Nat.lt_of_le_of_lt h3 hsup
    have hdecision : ∀ i, s.decisionOf c (p :: others) i < others.length + 1 := fun i =>
      Nat.lt_succ_of_le (argmin_le _ _)
    refine ⟨Nat.succ_pos _, fun q hq q' hq' => (hden q hq).trans (hden q' hq').symm,
      fun q hq q' hq' => (hsupq q hq).trans (hsupq q' hq').symm, hlow, hwithin, hrows, hcolumns,
      fun a b ha hb => ?_, ?_⟩
    · have hfound : ∀ a k, sumOver (fun block done k => force (Nat.add done
          (Nat.sub (atLeast (ones s.slotBase s.slotCount) (s.slotBase - 1)
            (s.slotDigits * s.digitBits - 1) block.1 block.2
              ((2 ^ (s.slotDigits * s.digitBits - 1) - a) * ones s.slotBase s.slotCount))
            (atLeast (ones s.slotBase s.slotCount) (s.slotBase - 1)
              (s.slotDigits * s.digitBits - 1) block.1 block.2
              ((2 ^ (s.slotDigits * s.digitBits - 1) - (a + 1)) * ones s.slotBase s.slotCount))))
            k)
          (((blockNumbers first T).map (s.decidedBlock c p (p :: others))).map fun state =>
            (state.selected, state.labels * (others.length + 1) + state.decisions)) 0 k
          = k (total (fun t => total (fun r => if s.scoreExcess c p (s.blockRows * (first + t) + r)
              * (others.length + 1) + s.decisionOf c (p :: others) (s.blockRows * (first + t) + r)
              = a then 1 else 0) (s.listedRows (first + t))) T) := by
        intro a k
        rw [List.map_map]
        have hsum := sumOver_eq (add := fun t done k => force (Nat.add done
          (Nat.sub (atLeast (ones s.slotBase s.slotCount) (s.slotBase - 1)
            (s.slotDigits * s.digitBits - 1) (s.decidedBlock c p (p :: others) t).selected
              ((s.decidedBlock c p (p :: others) t).labels * (others.length + 1)
                + (s.decidedBlock c p (p :: others) t).decisions)
              ((2 ^ (s.slotDigits * s.digitBits - 1) - a) * ones s.slotBase s.slotCount))
            (atLeast (ones s.slotBase s.slotCount) (s.slotBase - 1)
              (s.slotDigits * s.digitBits - 1) (s.decidedBlock c p (p :: others) t).selected
              ((s.decidedBlock c p (p :: others) t).labels * (others.length + 1)
                + (s.decidedBlock c p (p :: others) t).decisions)
              ((2 ^ (s.slotDigits * s.digitBits - 1) - (a + 1)) * ones s.slotBase s.slotCount))))
            k)
          (g := fun t => total (fun r => if s.scoreExcess c p (s.blockRows * t + r)
              * (others.length + 1) + s.decisionOf c (p :: others) (s.blockRows * t + r)
              = a then 1 else 0) (s.listedRows t)) (xs := blockNumbers first T)
          (fun t ht done k => by
            have ⟨h1, h2⟩ := mem_blockNumbers ht
            have hX : ∀ r, r < s.listedRows t → s.scoreExcess c p (s.blockRows * t + r)
                * (others.length + 1) + s.decisionOf c (p :: others) (s.blockRows * t + r)
                < 2 ^ (s.slotDigits * s.digitBits - 1) := fun r hr => by
              have h3 := (hw t h1 h2 r hr).scoreExcess_le
              have h4 := Nat.mul_le_mul_right (others.length + 1) h3
              have h5 := hdecision (s.blockRows * t + r)
              omega
            have ecode : (s.decidedBlock c p (p :: others) t).labels * (others.length + 1)
                + (s.decidedBlock c p (p :: others) t).decisions
                = s.listedSlots (fun r => s.scoreExcess c p (s.blockRows * t + r)
                  * (others.length + 1) + s.decisionOf c (p :: others) (s.blockRows * t + r))
                  (s.listedRows t) := by
              show slots _ _ _ * _ + slots _ _ _ = slots _ _ _
              rw [slots_mul, slots_add]
              exact slots_congr fun κ _ => by rw [Nat.add_mul, Nat.mul_right_comm]
            have hrows : s.listedRows t ≤ s.blockRows := Nat.min_le_left ..
            dsimp only
            rw [force_eq, ecode]
            have e1 := atLeast_eq hlayout (a := a) hX hslots (Nat.le_refl _) hrows
            have e2 := atLeast_eq hlayout (a := a + 1) hX hslots (Nat.le_refl _) hrows
            rw [← total_eq_sub, ← e1, ← e2]
            rfl) 0 k
        rw [Nat.zero_add, sum_blockNumbers] at hsum
        rw [← hsum]
        generalize blockNumbers first T = ts
        generalize 0 = done
        induction ts generalizing done with
        | nil => rfl
        | cons t ts ih =>
          show force _ (fun done => _) = force _ (fun done => _)
          rw [force_eq, force_eq]
          exact ih _
      have := of_matrixAgrees hfound hcolumns hmatrix (a := a) (b := b)
        (by rw [hrows]; exact ha) hb
      rw [← this]
      apply total_congr
      intro t ht
      apply total_congr
      intro r hr
      have hlabel : s.labelOf c (s.blockRows * (first + t) + r)
          = s.scoreExcess c p (s.blockRows * (first + t) + r) := by
        rw [PackedSamples.labelOf, PackedSamples.scoreExcess, hlow p (List.mem_cons_self ..)]
      simp only [hlabel, code_eq_iff (hdecision _) hb]
    · have hfound : ∀ g k, sumOver (fun state done k => sumOver (fun E done k => force (Nat.add done
          (atLeast (ones s.slotBase s.slotCount) (s.slotBase - 1) (s.slotDigits * s.digitBits - 1)
            state.selected (Nat.sub E state.least)
            ((2 ^ (s.slotDigits * s.digitBits - 1) - g) * ones s.slotBase s.slotCount))) k)
          state.excesses done k)
          ((blockNumbers first T).map (s.decidedBlock c p (p :: others))) 0 k
          = k (total (fun t => total (fun r => total (fun k =>
            if g ≤ s.gapOf c (p :: others) (s.blockRows * (first + t) + r) k then 1 else 0)
              (p :: others).length) (s.listedRows (first + t))) T) := by
        intro g k
        have hsum := sumOver_eq (add := fun t done k => sumOver (fun E done k =>
            force (Nat.add done (atLeast (ones s.slotBase s.slotCount) (s.slotBase - 1)
              (s.slotDigits * s.digitBits - 1) (s.decidedBlock c p (p :: others) t).selected
              (Nat.sub E (s.decidedBlock c p (p :: others) t).least)
              ((2 ^ (s.slotDigits * s.digitBits - 1) - g) * ones s.slotBase s.slotCount))) k)
            (s.decidedBlock c p (p :: others) t).excesses done k)
          (g := fun t => total (fun r => total (fun k =>
            if g ≤ s.gapOf c (p :: others) (s.blockRows * t + r) k then 1 else 0)
              (p :: others).length) (s.listedRows t)) (xs := blockNumbers first T)
          (fun t ht done k => by
            have ⟨h1, h2⟩ := mem_blockNumbers ht
            have hrows : s.listedRows t ≤ s.blockRows := Nat.min_le_left ..
            have hmin : ∀ q ∈ p :: others, ∀ i, s.excessesOf c (p :: others) i
                (s.decisionOf c (p :: others) i) ≤ s.excess c q i := by
              intro q hq i
              obtain ⟨j, hj, rfl⟩ := List.getElem_of_mem hq
              have h3 := argmin_min (s.excessesOf c (p :: others) i) (n := (p :: others).length - 1)
                (k := j) (Nat.le_sub_one_of_lt hj)
              have e : s.excessesOf c (p :: others) i j = s.excess c (p :: others)[j] i := by
                rw [PackedSamples.excessesOf, List.getD_eq_getElem?_getD, List.getElem?_map,
                  List.getElem?_eq_getElem hj]
                rfl
              rw [← e]
              exact h3
            dsimp only
            refine (sumOver_eq (g := fun E => atLeast (ones s.slotBase s.slotCount) (s.slotBase - 1)
                (s.slotDigits * s.digitBits - 1) (s.decidedBlock c p (p :: others) t).selected
                (E - (s.decidedBlock c p (p :: others) t).least)
                ((2 ^ (s.slotDigits * s.digitBits - 1) - g) * ones s.slotBase s.slotCount))
              (fun _ _ _ _ => force_eq _ _) done k).trans ?_
            show k (done + (((List.map _ (p :: others)).reverse).map _).sum) = _
            rw [List.map_reverse, sum_reverse, List.map_map, List.map_congr_left
              (g := fun q => total (fun r => if g ≤ s.excess c q (s.blockRows * t + r)
                - s.excessesOf c (p :: others) (s.blockRows * t + r)
                  (s.decisionOf c (p :: others) (s.blockRows * t + r)) then 1 else 0)
                (s.listedRows t)) fun q hq => ?_]
            · rw [sum_total_excesses (fun E r => if g ≤ E
                - s.excessesOf c (p :: others) (s.blockRows * t + r)
                  (s.decisionOf c (p :: others) (s.blockRows * t + r)) then 1 else 0)
                (fun r => s.blockRows * t + r)]
              rfl
            · have egap : (s.block c q t).excesses - (s.decidedBlock c p (p :: others) t).least
                  = s.listedSlots (fun r => s.excess c q (s.blockRows * t + r)
                    - s.excessesOf c (p :: others) (s.blockRows * t + r)
                      (s.decisionOf c (p :: others) (s.blockRows * t + r))) (s.listedRows t) := by
                show slots _ _ _ - slots _ _ _ = slots _ _ _
                rw [slots_sub _ _ _ _ fun κ _ => Nat.mul_le_mul_right _ (hmin q hq _)]
                exact slots_congr fun κ _ => by rw [Nat.sub_mul]
              show atLeast _ _ _ _ ((s.block c q t).excesses - _) _ = _
              rw [egap]
              exact atLeast_eq hlayout (a := g) (fun r hr => by
                have h3 := (hwithin q hq t h1 h2 r hr).excess_le
                rw [hsupq q hq] at h3
                omega) hslots (Nat.le_refl _) hrows) 0 k
        rw [Nat.zero_add, sum_blockNumbers] at hsum
        rw [← hsum]
        generalize blockNumbers first T = ts
        generalize 0 = done
        induction ts generalizing done with
        | nil => rfl
        | cons t ts ih =>
          show sumOver _ _ done (fun done => _) = sumOver _ _ done (fun done => _)
          exact congrArg (sumOver _ _ done) (funext fun done => ih done)
      exact of_gapsAgree hfound hgaps

/-- The same of the blocks of all samples. -/
theorem Decided.of_decide {ps : List IntegerProbe} {first T : Nat} {matrix : List (List Nat)}
    {gaps : List (Nat × Nat)} (h : decideAll s c ps first T matrix gaps = true) :
    Decided s c ps first T matrix gaps := by
  rw [decideAll] at h
  exact .of_decideAllIn rfl h

/-- What is found out of two ranges of blocks, one after the other, is found out of both. -/
theorem Decided.append {ps : List IntegerProbe} {first m n : Nat} {m₁ m₂ matrix : List (List Nat)}
    {g₁ g₂ gaps : List (Nat × Nat)} (h₁ : Decided s c ps first m m₁ g₁)
    (h₂ : Decided s c ps (first + m) n m₂ g₂)
    (hm : matrix = List.zipWith (List.zipWith (· + ·)) m₁ m₂)
    (hg : gaps = List.zipWith (fun x y => (x.1, x.2 + y.2)) g₁ g₂)
    (hsame : g₁.map (·.1) = g₂.map (·.1)) : Decided s c ps first (m + n) matrix gaps := by
  have hrows : ∀ {a b}, a < ps.length → b < ps.length → entry matrix a b
      = entry m₁ a b + entry m₂ a b := by
    intro a b ha hb
    have ha₁ : a < m₁.length := by rw [h₁.rows_eq]; exact ha
    have ha₂ : a < m₂.length := by rw [h₂.rows_eq]; exact ha
    have hb₁ : b < m₁[a].length := by rw [h₁.columns_eq _ (List.getElem_mem ha₁)]; exact hb
    have hb₂ : b < m₂[a].length := by rw [h₂.columns_eq _ (List.getElem_mem ha₂)]; exact hb
    subst hm
    simp [entry, List.getD_eq_getElem?_getD, List.getElem?_zipWith, ha₁, ha₂, hb₁, hb₂]
  refine ⟨h₁.classes_pos, h₁.denominator_eq, h₁.sup_eq, h₁.scoreLow_eq, fun p hp t h1 h2 => ?_, ?_,
    ?_, fun a b ha hb => ?_, ?_⟩
  · rcases Nat.lt_or_ge t (first + m) with h | h
    · exact h₁.within p hp t h1 h
    · exact h₂.within p hp t h (by omega)
  · rw [hm, List.length_zipWith, h₁.rows_eq, h₂.rows_eq, Nat.min_self]
  · intro row hrow
    rw [hm] at hrow
    obtain ⟨i, hi, rfl⟩ := List.getElem_of_mem hrow
    rw [List.length_zipWith] at hi
    rw [List.getElem_zipWith, List.length_zipWith,
      h₁.columns_eq _ (List.getElem_mem (by omega)), h₂.columns_eq _ (List.getElem_mem (by omega)),
      Nat.min_self]
  · rw [hrows ha hb, total_append, h₁.counts a b ha hb, ← h₂.counts a b ha hb]
    simp only [Nat.add_assoc]
  · subst hg
    have hs₁ := h₁.gaps
    have hs₂ := h₂.gaps
    clear h₁ h₂ hrows
    induction g₁ generalizing g₂ with
    | nil => simp
    | cons x g₁ ih =>
      cases g₂ with
      | nil => simp
      | cons y g₂ =>
        simp only [List.map_cons, List.cons.injEq] at hsame
        intro gap hgap
        rcases List.mem_cons.1 hgap with rfl | hgap
        · have e1 := hs₁ x (List.mem_cons_self ..)
          have e2 := hs₂ y (List.mem_cons_self ..)
          show total _ (m + n) = x.2 + y.2
          rw [total_append, e1, ← e2]
          simp only [hsame.1, Nat.add_assoc]
        · exact ih hsame.2 (fun gap h => hs₁ gap (List.mem_cons_of_mem _ h))
            (fun gap h => hs₂ gap (List.mem_cons_of_mem _ h)) gap hgap

end

end Bridge
