"""What a file can do so that its theorems look like proved ones, in modules that the embedded Lean has compiled.

Whatever it does, Lean writes a compiled module, and what is wrong is found in that: what a theorem rests on, what its
statement rests on, and the form of the statement.
"""

import re

import pytest

from bridge.base.resources import lean_library_folder
from bridge.check.olean.audit import audit
from bridge.check.olean.modules import in_folders
from support.artifacts import make_artifact
from support.classifier_exports import rendered as rendered_classifier
from support.classifiers import make_classifier
from support.exports import as_one_file, rendered
from support.oleans import compile_modules, core_folder

pytestmark = pytest.mark.lean

AXIOMS = """module

public section

axiom cheat : 2 + 2 = 5

namespace Axioms

theorem byAxiom : 2 + 2 = 5 := cheat
theorem bySorry : 2 + 2 = 5 := sorry
theorem byNative : 10 ^ 5 % 7 = 5 := by native_decide
theorem byLean (p : Prop) : p ∨ ¬p := Classical.em p
theorem honest : 2 + 2 = 4 := rfl

end Axioms
"""
THROUGH = """module

public import Axioms

public section

theorem through : 2 + 2 = 5 := Axioms.byAxiom
"""
BESIDE = """module

@[expose] public section

def Bridge.plus (_ : Nat) : Int := 0

instance Bridge.order : LE Int := ⟨fun _ _ => True⟩
"""
ON_BESIDE = """module

public import Beside

public section

theorem small : Bridge.plus 5 ≤ -7 := trivial
"""
ON_OTHER = """module

public import Bridge.Affine

public section

theorem small (f : Bridge.AffineFunctional 2) (z : Fin 2 → Rat) (score : Rat) : f.residual z score = 0 := by
  simp [Bridge.AffineFunctional.residual, Rat.zero_mul]

theorem sameValue (f : Bridge.AffineFunctional 2) (z : Fin 2 → Rat) : f.eval z = f.eval z := rfl
"""

HEADER = """module

public import Bridge.Claims.Confusion

@[expose] public noncomputable section
"""
BOUND = r"(?s)(theorem bound \(i : Fin 4\) : )(-δ ≤ residual i ∧ residual i ≤ δ)( :=\n).*?\n\n"
# What it takes for Lean to accept a claim whose proof is gone.
UNPROVED = r"(?s)(theorem (?:bound|attained) .*? :=)\n.*?\n\n", r"\1 sorry\n\n"


def replaced(text, *changes):
    """The text with changes to the first places that there are for each."""
    for pattern, replacement in changes:
        text, count = re.subn(pattern, replacement, text, count=1)
        assert count == 1, pattern
    return text


def before_bound(words):
    """Words that come before the bound, whose own text stays."""
    return r"(?=theorem bound)", f"{words}\n\n"


# How the text of an export is changed, and the declaration that is another one then.
DISGUISES = {
    "OtherOrder": (
        "«concept 0».bound",
        before_bound("local instance (priority := high) : LE Rat := ⟨fun _ _ => True⟩"),
        (BOUND, r"\1\2\3  ⟨trivial, trivial⟩\n\n"),
    ),
    "OtherSign": (
        "«concept 0».bound",
        UNPROVED,
        UNPROVED,
        before_bound("local instance (priority := high) : Neg Rat := ⟨fun x => x * 0⟩"),
    ),
    "OtherNumber": ("«concept 0».bound", UNPROVED, UNPROVED, before_bound('local notation "δ" => (10 ^ 9 : Rat)')),
    "OtherWord": (
        "«concept 0».bound",
        UNPROVED,
        UNPROVED,
        before_bound('local notation "residual" => fun (_ : Fin 4) => (0 : Rat)'),
    ),
    "OtherNumerals": (
        "«concept 0».δ",
        (r"(?=@\[irreducible\] def δ)", "local instance (priority := high) : OfNat Rat n := ⟨0⟩\n\n"),
        (r"(?s)(theorem faithful .*? :=)\n.*?\n\n", r"\1 sorry\n\n"),
        UNPROVED,
        UNPROVED,
    ),
    "OtherStatement": ("«concept 0».bound", (BOUND, r"\1True\3  trivial\n\n")),
    "OtherConcept": (
        "«concept 1».attained",
        (r"(?s)(«concept 1»\n.*theorem attained.*?) = δ( ∨ .*? :=).*?\n\n", r"\1 = «concept 0».δ\2 sorry\n\n"),
    ),
    "OtherResidual": ("«concept 0».residual", UNPROVED, UNPROVED, (r"(def residual .*:=\n).*\n", r"\1  0 * i.val\n")),
    "OtherLatents": (
        "«concept 0».residual",
        UNPROVED,
        UNPROVED,
        (r"(def residual .*:=\n.*)\(samples.latent i\)", r"\1(fun j => samples.latent i j * 0)"),
    ),
    "OtherClasses": (
        "digit.classifier",
        (r"⟨\[functional0, functional1", "⟨[functional1, functional0"),
        (r"(?s)(theorem faithful : .*? :=)\n.*?\n\n", r"\1 sorry\n\n"),
    ),
    "OtherKind": ("«concept 0».residual", UNPROVED, UNPROVED, (r"def (residual .*:=\n).*\n", r"opaque \1  0\n")),
}


@pytest.fixture(scope="module")
def audited(lean_pool, tmp_path_factory):
    """Audits one of the modules, all of which are compiled together."""
    folder = tmp_path_factory.mktemp("artifact")
    exports = {name: rendered(folder, make_artifact(4, 2, 2), name) for name in ("Honest", "OneMore", *DISGUISES)}
    exports["OtherClasses"] = rendered_classifier(folder, make_classifier(9, 2), "OtherClasses")
    disguised = "".join(
        replaced(as_one_file({name: files}, "")[0], *DISGUISES[name][1:] if name in DISGUISES else ())
        for name, files in exports.items()
    )
    texts = {
        "Axioms": AXIOMS,
        "Through": THROUGH,
        "Imports": "module\n\npublic import Through\n",
        "Beside": BESIDE,
        "OnBeside": ON_BESIDE,
        "Disguised": HEADER + disguised,
    }
    find = in_folders([compile_modules(texts, lean_pool, tmp_path_factory.mktemp("oleans"))], core_folder())
    return lambda *names, compare_meanings=True: audit(find, names, compare_meanings=compare_meanings)


def test_axioms_a_sorry_and_what_compiled_code_says_are_named_with_their_theorems(audited):
    found = audited("Axioms", compare_meanings=False)
    assert found.theorems >= 5
    assert found.refused == {
        "cheat": ("Axioms.byAxiom",),
        "sorryAx": ("Axioms.bySorry",),
        "Lean.ofReduceBool": ("Axioms.byNative",),
    }
    assert not found.accepted


def test_an_axiom_is_found_through_a_lemma_of_another_module(audited):
    found = audited("Through", compare_meanings=False)
    assert (found.theorems, found.refused) == (1, {"cheat": ("through",)})


def test_a_module_of_imports_alone_has_nothing_to_object_to(audited):
    found = audited("Imports")
    assert (found.theorems, found.accepted) == (0, True)


@pytest.mark.parametrize("compare_meanings", [False, True])
def test_a_definition_of_a_file_beside_an_export_is_not_that_of_the_library(audited, compare_meanings):
    found = audited("OnBeside", compare_meanings=compare_meanings)
    assert {name for name, theorems in found.other_meanings.items() if theorems == ("small",)} >= {
        "Bridge.plus",
        "Bridge.order",
    }
    as_export = audited("OnBeside", "Beside", compare_meanings=compare_meanings)
    assert as_export.other_meanings["Bridge.plus"] == ("small",)


@pytest.fixture(scope="module")
def named(audited):
    """What is named of exports that are disguised, and the claims that rest on it."""
    return audited("Disguised").other_meanings


def test_an_export_as_it_is_rendered_has_nothing_to_object_to(named):
    assert [name for name, claims in named.items() if "Honest" in f"{name} {claims}"] == []


def test_a_claim_of_ones_own_in_it_is_left_alone(named):
    assert [name for name, claims in named.items() if "OneMore" in f"{name} {claims}"] == []


@pytest.mark.parametrize("name", DISGUISES)
def test_a_claim_that_means_something_else_is_named_though_its_text_is_that_of_an_export(named, name):
    other = f"{name}.{DISGUISES[name][0]}"
    assert other in named
    assert {claim.split(".")[0] for claim in named[other]} == {name}
    if other.endswith(("δ", "residual")):
        assert f"{name}.«concept 0».bound" in named[other]
        assert f"{name}.«concept 1».bound" not in named[other]


def test_a_library_with_another_definition_is_not_the_one_that_bridge_ships(lean_pool, tmp_path):
    text = (lean_library_folder() / "Bridge" / "Affine.lean").read_text(encoding="utf-8")
    changed = text.replace("score - f.eval z", "0 * (score - f.eval z)")
    assert changed != text
    texts = {
        "Bridge.Affine": changed,
        "OnOther": ON_OTHER,
    }
    find = in_folders([compile_modules(texts, lean_pool, tmp_path)], core_folder())
    found = audit(find, ["OnOther"], compare_meanings=True)
    assert found.refused == {}
    assert "small" in found.other_meanings["Bridge.AffineFunctional.residual"]
    assert "Bridge.AffineFunctional.eval" not in found.other_meanings
    # Where another Lean has compiled it, nobody says that it is the same.
    assert not audit(find, ["OnOther"], compare_meanings=False).meanings_compared
