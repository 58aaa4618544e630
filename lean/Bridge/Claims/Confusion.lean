/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
-/
module

public import Bridge.Claims.SupError
public import Bridge.Packing.Decisions

/-!
# Confusion matrices and margins of classifiers

The claims speak of `Classifier.predict` and `Classifier.value` at the rational numbers that
`PackedSamples.latent` reads from the packed data, and of the labels that `PackedSamples.label`
reads there.  They say nothing about any point that is not listed there.

## Main definitions

* `Faithful`: that integers are the numbers of a classifier.

## Main statements

* `confusionMatrix_of_decided`: the confusion matrix is the one that was counted.
* `isMargin_of_decided`: the margin is the one that was counted for.
-/

@[expose] public noncomputable section

namespace Bridge

open PackedSamples

/-- The integers are the numbers of the functionals, class by class. -/
inductive Faithful (s : PackedSamples) (c : Nat) :
    List IntegerProbe → List (AffineFunctional s.latentDim) → Prop
  /-- There are no more classes. -/
  | nil : Faithful s c [] []
  /-- A class, and those after it. -/
  | cons {p : IntegerProbe} {f : AffineFunctional s.latentDim} {ps : List IntegerProbe}
      {fs : List (AffineFunctional s.latentDim)} (first : p.Represents s c f (p.reach s))
      (others : Faithful s c ps fs) : Faithful s c (p :: ps) (f :: fs)

/-! ## Values and excesses -/

section

variable {s : PackedSamples} {c : Nat} {ps : List IntegerProbe}

theorem Faithful.length_eq {fs : List (AffineFunctional s.latentDim)} (h : Faithful s c ps fs) :
    ps.length = fs.length := by
  induction h with
  | nil => rfl
  | cons _ _ ih => rw [List.length_cons, List.length_cons, ih]

theorem Faithful.represents {fs : List (AffineFunctional s.latentDim)} (h : Faithful s c ps fs)
    {k : Nat} (hk : k < ps.length) (hk' : k < fs.length) :
    ps[k].Represents s c fs[k] (ps[k].reach s) := by
  induction h generalizing k with
  | nil => exact absurd hk (Nat.not_lt_zero k)
  | cons first _ ih =>
    cases k with
    | zero => exact first
    | succ k => exact ih (Nat.lt_of_succ_lt_succ hk) (Nat.lt_of_succ_lt_succ hk')

variable {f : Classifier s.latentDim} {T : Nat} {matrix : List (List Nat)}
  {gaps : List (Nat × Nat)}

section

variable (hf : Faithful s c ps f.functionals) (h : Decided s c ps 0 T matrix gaps)
  (hall : s.size ≤ s.blockRows * T)

include h hall in
theorem Decided.sample_within {p : IntegerProbe} (hp : p ∈ ps) (i : Fin s.size) :
    s.Within c p i :=
  (Found.mk (asked := []) (h.within p hp) (by simp)).sample_within hall i

/-- The values of classes are one number less the excesses, at one scale. -/
theorem exists_scale (hf : Faithful s c ps f.functionals) (h : Decided s c ps 0 T matrix gaps)
    (hall : s.size ≤ s.blockRows * T) :
    ∃ y : Rat, 0 < y ∧ y = (((ps.head?.map fun p => p.scale s).getD 0 : Nat) : Rat) ∧
      ∀ i : Fin s.size, ∃ x : Rat, ∀ k, k < f.classCount →
        f.value (s.latent i) k * y = x - (s.excessesOf c ps i k : Rat) := by
  have h0 := h.classes_pos
  have hlen := hf.length_eq
  have hscale : ∀ k (hk : k < ps.length), ps[k].scale s = ps[0].scale s := fun k hk => by
    rw [IntegerProbe.scale, IntegerProbe.scale,
      h.denominator_eq _ (List.getElem_mem hk) _ (List.getElem_mem h0)]
  have e0 : ps.head? = some ps[0] := by rw [List.head?_eq_getElem?, List.getElem?_eq_getElem h0]
  refine ⟨(ps[0].scale s : Rat), (hf.represents h0 (by omega)).scale_pos, by rw [e0]; rfl,
    fun i => ⟨s.score c i * (ps[0].scale s : Rat) + (ps[0].sup : Rat), fun k hk => ?_⟩⟩
  have hk : k < f.functionals.length := hk
  have hk' : k < ps.length := by omega
  have hr := residual_eq_excess (hf.represents hk' hk) i
    (h.sample_within hall (List.getElem_mem hk') i)
  rw [hscale k hk', h.sup_eq _ (List.getElem_mem hk') _ (List.getElem_mem h0),
    AffineFunctional.residual] at hr
  have ev : f.value (s.latent i) k = f.functionals[k].eval (s.latent i) := by
    rw [Classifier.value, List.getD_eq_getElem?_getD, List.getElem?_eq_getElem hk]
    rfl
  have ee : s.excessesOf c ps i k = s.excess c ps[k] i := by
    rw [PackedSamples.excessesOf, List.getD_eq_getElem?_getD, List.getElem?_map,
      List.getElem?_eq_getElem hk']
    rfl
  rw [ev, ee]
  grind

/-- The classifier decides as the excesses say. -/
theorem predict_eq (hf : Faithful s c ps f.functionals) (h : Decided s c ps 0 T matrix gaps)
    (hall : s.size ≤ s.blockRows * T) (i : Fin s.size) :
    f.predict (s.latent i) = s.decisionOf c ps i := by
  have h0 := h.classes_pos
  have hlen := hf.length_eq
  obtain ⟨y, hy, -, hx⟩ := exists_scale hf h hall
  obtain ⟨x, hx⟩ := hx i
  have hlt : ∀ a b : Rat, a < b ↔ a * y < b * y := fun a b => by
    rw [← Rat.not_le, ← Rat.not_le]
    exact not_congr ⟨fun h => Rat.mul_le_mul_of_nonneg_right h (Rat.le_of_lt hy),
      fun h => Rat.le_of_mul_le_mul_right h hy⟩
  have ecount : f.classCount = ps.length := hlen.symm
  rw [Classifier.predict, PackedSamples.decisionOf, ecount]
  apply argmax_eq_argmin
  intro k l hk hl
  rw [hlt, hx k (by omega), hx l (by omega)]
  constructor
  · intro h
    have h : (s.excessesOf c ps i l : Rat) < (s.excessesOf c ps i k : Rat) := by grind
    exact_mod_cast h
  · intro h
    have h : (s.excessesOf c ps i l : Rat) < (s.excessesOf c ps i k : Rat) := by exact_mod_cast h
    grind

end

/-! ## The confusion matrix -/

theorem label_eq (i : Fin s.size) : s.label c i = s.labelOf c i := by
  rw [PackedSamples.label, PackedSamples.labelOf, PackedSamples.entry]
  exact Int.toNat_sub _ _

/-- **The confusion matrix.**  If the integers are the numbers of the classifier, and the counter
has found how many samples with each label get each decision, then that is the confusion matrix of
the labels and of what the classifier decides at the latent points: over the samples that are packed
in `s` and no others. -/
theorem confusionMatrix_of_decided {K : Nat} (hf : Faithful s c ps f.functionals)
    (h : Decided s c ps 0 T matrix gaps) (hall : s.size ≤ s.blockRows * T) (hK : ps.length = K) :
    confusionMatrix K (fun i => s.label c i) (fun i => f.predict (s.latent i)) = matrix := by
  subst hK
  apply List.ext_getElem
  · simp [confusionMatrix, h.rows_eq]
  · intro a ha ha'
    have hrow := h.columns_eq _ (List.getElem_mem ha')
    have ha : a < ps.length := by rwa [h.rows_eq] at ha'
    apply List.ext_getElem
    · simp [confusionMatrix, hrow]
    · intro b hb hb'
      have hb : b < ps.length := by rwa [hrow] at hb'
      have hc := h.counts a b ha hb
      simp only [Nat.zero_add] at hc
      rw [total_blocks (G := fun i => if s.labelOf c i = a ∧ s.decisionOf c ps i = b then 1 else 0),
        Nat.min_eq_right hall] at hc
      have e : entry matrix a b = matrix[a][b] := by
        simp [entry, List.getD_eq_getElem?_getD, ha', hb']
      rw [← e, ← hc]
      simp only [confusionMatrix, List.getElem_map, List.getElem_range, confusion]
      apply count_eq_total
      intro i
      rw [label_eq, predict_eq hf h hall]
      by_cases h1 : s.labelOf c i = a <;> by_cases h2 : s.decisionOf c ps i = b <;> simp [h1, h2]

/-! ## The margin -/

theorem total_one {n j : Nat} (v : Nat) (hj : j < n) :
    total (fun i => if i = j then v else 0) n = v := by
  have h := total_single 0 j (fun _ => True) n
  simp only [Nat.zero_add, and_true] at h
  rw [if_pos ⟨Nat.zero_le _, hj⟩] at h
  have e := total_mul v (fun i => if i = j then 1 else 0) n
  rw [h, Nat.mul_one] at e
  exact (total_congr fun i _ => by split <;> simp).trans e.symm

theorem add_le_total {f : Nat → Nat} {n j k : Nat} (hj : j < n) (hk : k < n) (hjk : j ≠ k) :
    f j + f k ≤ total f n := by
  have e := total_add (fun i => if i = j then f j else 0) (fun i => if i = k then f k else 0) n
  rw [total_one _ hj, total_one _ hk] at e
  rw [e]
  refine total_mono fun i _ => ?_
  by_cases h : i = j
  · subst h
    rw [if_pos rfl, if_neg hjk, Nat.add_zero]
    exact Nat.le_refl _
  · rw [if_neg h, Nat.zero_add]
    split
    · rename_i h
      rw [h]
      exact Nat.le_refl _
    · exact Nat.zero_le _

/-- Of numbers that are at most one, and of which one is zero, the others are one if their sum says
so. -/
theorem total_le_pred {f : Nat → Nat} {n j : Nat} (hf : ∀ i, f i ≤ 1) (hj : j < n) (h0 : f j = 0) :
    total f n ≤ n - 1 ∧ (total f n = n - 1 ↔ ∀ k, k < n → k ≠ j → f k = 1) := by
  have e := total_add f (fun i => 1 - f i) n
  have e1 : total (fun i => f i + (1 - f i)) n = total (fun _ => 1) n :=
    total_congr fun i _ => by have := hf i; omega
  have e2 : ∀ n, total (fun _ => 1) n = n := fun n => by
    induction n with
    | zero => rfl
    | succ n ih => rw [total, ih, Nat.add_comm]
  rw [e1, e2] at e
  have hpos : 1 ≤ total (fun i => 1 - f i) n :=
    Nat.le_trans (Nat.le_of_eq (total_one 1 hj).symm) (total_mono fun i _ => by
      split
      · rename_i h
        rw [h, h0]
        exact Nat.le_refl _
      · exact Nat.zero_le _)
  refine ⟨by omega, fun h k hk hkj => ?_, fun h => ?_⟩
  · have h1 := add_le_total (f := fun i => 1 - f i) hk hj hkj
    have h2 := hf k
    simp only [h0] at h1
    omega
  · have e3 : total (fun i => 1 - f i) n = 1 :=
      (total_congr fun i hi => by
        split
        · rename_i h
          rw [h, h0]
        · rename_i hij
          rw [h i hi hij]).trans (total_one 1 hj)
    omega

theorem eq_of_total_eq {A : Nat} : ∀ {f : Nat → Nat} {n : Nat}, (∀ i, i < n → f i ≤ A) →
    total f n = n * A → ∀ {i : Nat}, i < n → f i = A
  | _, 0, _, _, i, hi => absurd hi (Nat.not_lt_zero i)
  | f, n + 1, hf, h, i, hi => by
    have h1 := total_le (f := fun k => f (k + 1)) fun k hk => hf (k + 1) (Nat.succ_lt_succ hk)
    have h2 := hf 0 (Nat.succ_pos n)
    rw [total, Nat.succ_mul] at h
    cases i with
    | zero => omega
    | succ i =>
      exact eq_of_total_eq (f := fun k => f (k + 1)) (fun k hk => hf (k + 1) (Nat.succ_lt_succ hk))
        (by omega) (Nat.lt_of_succ_lt_succ hi)

/-- Whether `g` is the margin `m` as an integer, where so many gaps are at least `g`, and so many
are more, of those of `n` samples and `K` classes: all are at least `g`, but those of the classes
that are decided for, and not all are more. -/
@[irreducible] def isMarginCount (y n K : Nat) (m : Rat) (g atLeast more : Nat) : Bool :=
  isNumerator m y (plus g) &&
    (Nat.beq g 0 || Nat.beq atLeast (Nat.mul n (Nat.sub K 1))) &&
    Nat.blt more (Nat.mul n (Nat.sub K 1))

/-- **The margin.**  If the integers are the numbers of the classifier, and the counter has found
that all gaps between the value of the class that is decided for and that of another one are at
least `m`, and not all of them more, then `m` is the margin on the latent points that are packed in
`s`; nothing is said of any other. -/
theorem isMargin_of_decided {m : Rat} {g a b : Nat} (hf : Faithful s c ps f.functionals)
    (h : Decided s c ps 0 T matrix gaps) (hall : s.size ≤ s.blockRows * T)
    (h₁ : gaps[0]? = some (g, a)) (h₂ : gaps[1]? = some (g + 1, b))
    (hm : isMarginCount ((ps.head?.map fun p => p.scale s).getD 0) s.size ps.length m g a b
      = true) :
    IsMargin f s.latent m := by
  obtain ⟨y, hy, ey, hx⟩ := exists_scale hf h hall
  simp only [isMarginCount, Bool.and_eq_true, Bool.or_eq_true] at hm
  obtain ⟨⟨hm, ha⟩, hb⟩ := hm
  have hm := mul_eq_of_isNumerator hm
  rw [← ey] at hm
  have hm : m * y = (g : Rat) := hm
  have hb : b < s.size * (ps.length - 1) := Nat.le_of_ble_eq_true hb
  have ecount : f.classCount = ps.length := hf.length_eq.symm
  have hK := h.classes_pos
  have htotal : ∀ {g v n : Nat}, gaps[n]? = some (g, v) → total (fun i => total (fun k =>
      if g ≤ s.gapOf c ps i k then 1 else 0) ps.length) s.size = v := by
    intro g v n hn
    have e := h.gaps (g, v) (List.mem_of_getElem? hn)
    simp only [Nat.zero_add] at e
    rwa [total_blocks (G := fun i => total (fun k => if g ≤ s.gapOf c ps i k then 1 else 0)
      ps.length), Nat.min_eq_right hall] at e
  have hdecision : ∀ i, s.decisionOf c ps i < ps.length := fun i =>
    Nat.lt_of_le_of_lt (argmin_le _ _) (by omega)
  have hzero : ∀ g i, 0 < g →
      (if g ≤ s.gapOf c ps i (s.decisionOf c ps i) then 1 else 0) = 0 := by
    intro g i hg
    rw [PackedSamples.gapOf, Nat.sub_self, if_neg (by omega)]
  have hone : ∀ g i k, (if g ≤ s.gapOf c ps i k then 1 else 0) ≤ 1 := fun g i k => by
    split <;> decide
  have hgap : ∀ (i : Fin s.size) k, k < ps.length →
      (f.value (s.latent i) (f.predict (s.latent i)) - f.value (s.latent i) k) * y
        = (s.gapOf c ps i k : Rat) := by
    intro i k hk
    obtain ⟨x, hx⟩ := hx i
    have h1 := hx k (by omega)
    have h2 := hx (s.decisionOf c ps i) (by rw [ecount]; exact hdecision i)
    have hle : s.excessesOf c ps i (s.decisionOf c ps i) ≤ s.excessesOf c ps i k :=
      argmin_min _ (Nat.le_sub_one_of_lt hk)
    have h3 : ((s.gapOf c ps i k + s.excessesOf c ps i (s.decisionOf c ps i) : Nat) : Rat)
        = (s.excessesOf c ps i k : Rat) := by
      rw [PackedSamples.gapOf, Nat.sub_add_cancel hle]
    rw [Rat.natCast_add] at h3
    rw [predict_eq hf h hall]
    grind
  have hleast : ∀ (i : Fin s.size) k, k < ps.length → k ≠ s.decisionOf c ps i →
      g ≤ s.gapOf c ps i k := by
    intro i k hk hki
    rcases Nat.eq_zero_or_pos g with h0 | h0
    · rw [h0]
      exact Nat.zero_le _
    · have ha : a = s.size * (ps.length - 1) :=
        Nat.eq_of_beq_eq_true (ha.resolve_left fun h' => by
          have := Nat.eq_of_beq_eq_true h'
          omega)
      have e := eq_of_total_eq (fun i _ => (total_le_pred (hone g i) (hdecision i)
        (hzero g i h0)).1) ((htotal h₁).trans ha) i.isLt
      have := (total_le_pred (hone g i) (hdecision i) (hzero g i h0)).2.1 e k hk hki
      split at this
      · assumption
      · cases this
  constructor
  · intro i k hk hki
    rw [ecount] at hk
    rw [predict_eq hf h hall] at hki
    have h1 := hleast i k hk hki
    apply Rat.le_of_mul_le_mul_right _ hy
    rw [hm, hgap i k hk]
    exact_mod_cast h1
  · apply Classical.byContradiction
    intro hno
    have hmore : ∀ i, i < s.size → total (fun k => if g + 1 ≤ s.gapOf c ps i k then 1 else 0)
        ps.length = ps.length - 1 := by
      intro i hi
      refine (total_le_pred (hone _ i) (hdecision i) (hzero _ i (Nat.succ_pos g))).2.2
        fun k hk hki => ?_
      rw [if_pos]
      rcases Nat.lt_or_eq_of_le (hleast ⟨i, hi⟩ k hk hki) with h1 | h1
      · exact h1
      · exfalso
        apply hno
        refine ⟨⟨i, hi⟩, k, by omega, by rw [predict_eq hf h hall]; exact hki, ?_⟩
        apply eq_of_mul_eq_mul_right hy
        rw [hgap _ k hk, hm]
        exact congrArg (fun n : Nat => (n : Rat)) h1.symm
    have e : ∀ n, n ≤ s.size → total (fun i => total (fun k =>
        if g + 1 ≤ s.gapOf c ps i k then 1 else 0) ps.length) n = n * (ps.length - 1) := by
      intro n hn
      induction n with
      | zero => simp [total]
      | succ n ih => rw [total_succ, ih (by omega), hmore n (by omega), Nat.succ_mul]
    have := (htotal h₂).symm.trans (e s.size (Nat.le_refl _))
    omega

end

end Bridge
