"""The part of Mathlib that `lean/Bridge/Real` uses: one list, checked from two sides.

The list is `tests/lean/surface/`, a stand-in under Mathlib's own module name.  Here all of `lean/` is elaborated
against it, the committed export included.  `tests/lean/SurfaceCheck.lean` states every entry once more as an example,
which `lake test` checks against Mathlib itself; it is made from the list, so that the two cannot drift apart:
`pytest tests/test_surface.py --update`.
"""

import dataclasses
import re
import shutil
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from bridge.base.release import RELEASE
from support.artifacts import make_artifact
from support.classifier_exports import rendered as rendered_classifier
from support.classifiers import make_classifier
from support.exports import rendered
from support.judging import judged
from support.pixel_exports import plain_artifact, rendered_pixels
from support.repository import REPOSITORY

LEAN_TESTS = REPOSITORY / "tests" / "lean"
MODULE = "Mathlib.Analysis.InnerProductSpace.PiL2"
SURFACE = LEAN_TESTS / "surface" / "Mathlib" / "Analysis" / "InnerProductSpace" / "PiL2.lean"
CHECK = LEAN_TESTS / "SurfaceCheck.lean"
LEAN = REPOSITORY / "lean"
REAL = LEAN / "Bridge" / "Real"
# The tests of the library that need Mathlib.
TESTS = ("Real", "RealClassifier", "RealPixels")

HEADER = f"""/-
Copyright (c) 2026 The lean-bridge authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.

Made from `surface/` by `pytest tests/test_surface.py --update`, do not edit.
-/
module

public import {MODULE}

/-!
# What we rely on in Mathlib

Each example states an entry of the stand-in in `surface/` and is proved by Mathlib's own
declaration, by its instances, or by unfolding its definitions.  The comments say where Mathlib
{RELEASE.mathlib.required} has it.
-/

public noncomputable section
"""

SOURCE = re.compile(r"-- (?:Mathlib|Batteries)/\S+\.lean:\d+(?: \([^)]+\))?\n")
STAND_IN = re.compile(r"-- Stand-in( for .+)?\n")
DECLARATION = re.compile(
    r"(?P<attributes>(?:@\[[^]]*\] )?)(?:protected )?(?P<keyword>axiom|theorem|def|abbrev|instance|class|structure)"
    r"(?: \(priority := \d+\))? (?P<name>\S+)(?P<rest>.*)",
    re.DOTALL,
)
NOTATION = re.compile(r"(?:macro|notation|infixr|syntax|export)\b")
SCOPE = re.compile(r"(?:section|end|variable)\b")
BRACKETS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⦃": "⦄"}


@dataclass(frozen=True)
class Entry:
    """The parts of a declaration of the stand-in, as they stand there.

    Attributes:
        keyword: what declares it; `instance` for an axiom that is one too.
        name: its name.
        binders: the binders before the colon.
        type: the type after the colon, or nothing.
        parents: for a class, what it extends.
        body: what it is defined to be, unless it is given field by field.
    """

    keyword: str
    name: str
    binders: str
    type: str
    parents: tuple[str, ...]
    body: str

    @property
    def applied(self) -> str:
        """The name with the explicit binders as arguments."""
        return " ".join([self.name, *explicit_names(self.binders)])


def blocks(text):
    """What is between blank lines, after the file's header."""
    return text.split("noncomputable section\n", 1)[1].strip("\n").split("\n\n")


def comment_and_code(block):
    comment, _, code = block.partition("\n")
    return (f"{comment}\n", code) if comment.startswith("-- ") else ("", block)


def parse(code) -> Entry:
    match = DECLARATION.fullmatch(code)
    statement, body = cut(match["rest"], r":=\s")
    statement, fields = cut(statement, r"\swhere\n")
    statement, parents = cut(statement, r"\sextends\s")
    binders, type_ = cut(statement, r":\s")
    return Entry(
        keyword="instance" if match["attributes"] == "@[instance] " else match["keyword"],
        name=match["name"],
        binders=binders.strip(),
        type=type_.strip(),
        parents=tuple(" ".join(parent.split()) for parent in parents.split(",") if parent.strip()),
        body="" if fields else body.strip(),
    )


def cut(text, separator):
    """The text before and after the first match of a pattern outside all brackets."""
    depth = 0
    for position, character in enumerate(text):
        depth += (character in BRACKETS) - (character in BRACKETS.values())
        match = re.compile(separator).match(text, position) if depth == 0 else None
        if match:
            return text[:position], text[match.end() :]
    return text, ""


def explicit_names(binders):
    names, depth, start = [], 0, 0
    for position, character in enumerate(binders):
        if depth == 0:
            start = position
        depth += (character in BRACKETS) - (character in BRACKETS.values())
        if depth == 0 and character == ")":
            names += binders[start + 1 : position].split(":", 1)[0].split()
    return names


def examples(entry) -> list[str]:
    """What Mathlib must make true for the entry."""
    match entry.keyword:
        case "theorem":
            return [example(entry.binders, entry.type, "rfl")]
        case "instance":
            return [example(entry.binders, entry.type, "inferInstance")]
        case "class" if entry.parents:
            binders = f"{entry.binders} [{entry.applied}]"
            return [example(binders, parent, "inferInstance") for parent in entry.parents]
        case "def" | "abbrev" if entry.body:
            subject = f"({entry.applied} : {entry.type})" if entry.type else entry.applied
            return [example(entry.binders, f"{subject} = ({entry.body})", "rfl")]
    return [example(entry.binders, entry.type or "Sort _", entry.applied)]


def example(binders, type_, proof):
    start = f"example {binders} :" if binders else "example :"
    lines = f"{start} {type_} := {proof}"
    return lines if max(map(len, lines.split("\n"))) <= 100 else f"{start}\n    {type_} :=\n  {proof}"


def check_file():
    parts = []
    for block in blocks(SURFACE.read_text()):
        comment, code = comment_and_code(block)
        if SCOPE.match(code) or code.startswith("/-!"):
            parts.append(block)
        elif SOURCE.fullmatch(comment) and not NOTATION.match(code):
            parts.append(comment + "\n".join(examples(parse(code))))
    return HEADER + "\n" + "\n\n".join(parts) + "\n"


def declarations():
    """The blocks of the stand-in that declare something or introduce notation."""
    return [block for block in blocks(SURFACE.read_text()) if not re.match(r"/-!|section|end|variable", block)]


# The list and the check file.


def test_the_check_file_states_the_entries_of_the_list(update):
    if update:
        CHECK.write_text(check_file())
    assert CHECK.read_text() == check_file(), "run `pytest tests/test_surface.py --update`"


def test_every_entry_says_where_mathlib_has_it_or_that_it_stands_in():
    for block in declarations():
        comment, code = comment_and_code(block)
        assert SOURCE.fullmatch(comment) or STAND_IN.fullmatch(comment), block
        assert DECLARATION.fullmatch(code) or NOTATION.match(code), block


def test_every_lemma_of_the_list_is_used():
    library = "".join(path.read_text() for path in REAL.glob("*.lean"))
    for block in declarations():
        comment, code = comment_and_code(block)
        if SOURCE.fullmatch(comment) and code.startswith("axiom") and re.search(r"[=≤<↔]", parse(code).type):
            assert re.search(rf"(?<!\w){re.escape(parse(code).name.split('.')[-1])}(?!\w)", library), code


def stand_ins():
    return [parse(comment_and_code(block)[1]) for block in declarations() if STAND_IN.match(block)]


def test_what_only_stands_in_is_data_and_nothing_that_a_proof_could_use():
    assert {entry.keyword for entry in stand_ins()} == {"axiom", "def"}
    for entry in stand_ins():
        assert not re.search(r"[=≤<↔∧]", entry.type)


def test_what_only_stands_in_is_not_named_in_the_library_or_the_check_file():
    texts = [path.read_text() for path in (*REAL.glob("*.lean"), CHECK)]
    for entry in stand_ins():
        assert not any(re.search(rf"(?<![\w.]){re.escape(entry.name)}(?!\w)", text) for text in texts), entry.name


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("axiom f {α : Type*} [Add α] (a b : α) : a + b = b", ["{α : Type*} [Add α] (a b : α) : a + b = b := f a b"]),
        ("axiom f {a : ℕ} (h : ∀ b : ℕ, a = b) :\n    a = 0", ["{a : ℕ} (h : ∀ b : ℕ, a = b) : a = 0 := f h"]),
        (
            "axiom f [A (B := ℕ)] (a b : ℕ)\n    (c : ℕ) : a = c",
            ["[A (B := ℕ)] (a b : ℕ)\n    (c : ℕ) : a = c := f a b c"],
        ),
        ("axiom c : ℕ", [": ℕ := c"]),
        ("theorem f (a : ℕ) : a + 0 = a := rfl", ["(a : ℕ) : a + 0 = a := rfl"]),
        ("instance (priority := 100) i {α : Type*} [A α] : B α := ⟨⟩", ["{α : Type*} [A α] : B α := inferInstance"]),
        ("@[instance] axiom i : LE ℕ", [": LE ℕ := inferInstance"]),
        ("class A (M N : Type*) [Mul M] : Prop", ["(M N : Type*) [Mul M] : Prop := A M N"]),
        ("class A (M : Type*) where\n  op : M → M", ["(M : Type*) : Sort _ := A M"]),
        (
            "class A (M : Type*) extends B M,\n  C ℕ M where\n  op : M → M",
            ["(M : Type*) [A M] : B M := inferInstance", "(M : Type*) [A M] : C ℕ M := inferInstance"],
        ),
        ("class A (M : Type*) : Prop extends B M", ["(M : Type*) [A M] : B M := inferInstance"]),
        ("structure S (p : ℕ) (V : Type*) where\n  v : V", ["(p : ℕ) (V : Type*) : Sort _ := S p V"]),
        ("def f (a : ℕ) : ℕ := a + 1", ["(a : ℕ) : (f a : ℕ) = (a + 1) := rfl"]),
        ("def f (α : Type*) := α → Prop", ["(α : Type*) : f α = (α → Prop) := rfl"]),
        ("def f (a : ℕ) : A ℕ where\n  toFun x := x", ["(a : ℕ) : A ℕ := f a"]),
    ],
)
def test_an_entry_becomes_an_example(code, expected):
    assert examples(parse(code)) == [f"example {text}" for text in expected]


# The library against the list.

PLANTED = {
    "WrongSign": (
        "ProbeSpec.lean",
        "bound : ∀ x ∈ data, |score x - probe.eval (encoder x)| ≤ δ",
        "bound : ∀ x ∈ data, |score x + probe.eval (encoder x)| ≤ δ",
        "theorem abs_residual_le",
    ),
    "MissingCast": (
        "Rational.lean",
        "(Rat.cast_neg δ).symm.trans_le (Rat.cast_le.mpr (bound i).1)",
        "Rat.cast_le.mpr (bound i).1",
        "def ofBound",
    ),
}


def planted(name):
    file, right, wrong, _ = PLANTED[name]
    text = (REAL / file).read_text()
    assert text.count(right) == 1
    return text.replace(right, wrong)


# What an export with R² and a conformal bound does not prove; each proof is that of the export's own theorem.
WRONG = """module

public import Full

namespace Full.size

theorem another_number : Bridge.coefficientOfDetermination spec.score spec.residual = ((δ : Rat) : ℝ) :=
  Bridge.ProbeSpec.coefficientOfDetermination_ofBound functional samples.latent (samples.score 0) δ bound rSquared_eq

theorem another_rank :
    Bridge.IsKthSmallestAbs (fun i : Fin 3 => spec.residual (i.castLE (by decide))) ((δα : Rat) : ℝ) 3 :=
  Bridge.ProbeSpec.isKthSmallestAbs_ofBound functional samples.latent (samples.score 0) δ bound isKthSmallest

theorem other_samples :
    Bridge.IsKthSmallestAbs (fun i : Fin 3 => spec.residual ⟨i.val + 1, by omega⟩) ((δα : Rat) : ℝ) 2 :=
  Bridge.ProbeSpec.isKthSmallestAbs_ofBound functional samples.latent (samples.score 0) δ bound isKthSmallest

end Full.size
"""


def full_export(folder):
    """The files of an export with all that can be asked for: two concepts, of which the second has a constant score."""
    made = make_artifact(9, 2, concept_names=("size", "thick"), is_calibration=np.arange(9) % 3 == 0)
    scores = made.scores.copy()
    scores[:, 1] = 2.5
    artifact = dataclasses.replace(made, scores=scores)
    return rendered(folder, artifact, namespace="Full", alpha=Fraction(1, 2), with_r_squared=True)


# Exports of classifiers: of several functionals, and of one with a threshold.
CLASSIFIERS = {"Several": {"classes": 3}, "Thresholded": {"binary": -0.5}}


def classifier_exports(folder):
    """Their files."""
    files = {}
    for name, kind in CLASSIFIERS.items():
        files |= rendered_classifier(folder, make_classifier(7, 2, **kind), namespace=name)
    return files


# What an export from pixels does not prove.
WRONG_PIXELS = """module

public import Pictures

namespace Pictures.size

def another_score : Bridge.ProbeSpec (Bridge.Image 2 3) (EuclideanSpace ℝ (Fin 2)) :=
  Bridge.ProbeSpec.ofPixels encoder functional images.image Bridge.Image.thick pixels.δ pixels.bound

def another_number : Bridge.ProbeSpec (Bridge.Image 2 3) (EuclideanSpace ℝ (Fin 2)) :=
  Bridge.ProbeSpec.ofPixels encoder functional images.image Bridge.Image.size δ pixels.bound

theorem tight_elsewhere : Pictures.thick.pixelSpec.IsTight :=
  Bridge.ProbeSpec.isTight_ofPixels encoder functional images.image Bridge.Image.size pixels.δ pixels.bound
    pixels.attained

end Pictures.size
"""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory, lean_pool):
    """Lean's verdict on each module by name."""
    folder = tmp_path_factory.mktemp("surface")
    for tree in (SURFACE.parents[3], LEAN):
        shutil.copytree(tree, folder, dirs_exist_ok=True)
    (folder / "BridgeTest").mkdir()
    for file in (CHECK, *(LEAN_TESTS / "BridgeTest" / f"{name}.lean" for name in TESTS)):
        shutil.copyfile(file, folder / file.relative_to(LEAN_TESTS))
    for name in PLANTED:
        (folder / f"{name}.lean").write_text(planted(name))
    texts = full_export(folder) | classifier_exports(folder) | rendered_pixels(folder, plain_artifact(), "Pictures")
    for name, text in {**texts, "Wrong.lean": WRONG, "WrongPixels.lean": WRONG_PIXELS}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    roots = [
        "Bridge",
        "SurfaceCheck",
        "Example",
        *(f"BridgeTest.{name}" for name in TESTS),
        "Full",
        "Pictures",
        "Wrong",
        "WrongPixels",
        *PLANTED,
        *CLASSIFIERS,
    ]
    (folder / "All.lean").write_text("module\n\n" + "".join(f"public import {root}\n" for root in roots))
    return judged(folder / "All.lean", lean_pool)


def modules_under(folder):
    """The names of all modules in the folder, as `lean/` has them."""
    return sorted(".".join(path.relative_to(folder).with_suffix("").parts) for path in folder.rglob("*.lean"))


@pytest.mark.lean
@pytest.mark.parametrize(
    "module",
    [
        MODULE,
        *modules_under(LEAN),
        "SurfaceCheck",
        *(f"BridgeTest.{name}" for name in TESTS),
        "Full",
        "Pictures",
        *CLASSIFIERS,
    ],
)
def test_lean_accepts(verdicts, module):
    assert verdicts[module].messages == ()
    assert verdicts[module].accepted


@pytest.mark.lean
@pytest.mark.parametrize("name", PLANTED)
def test_lean_rejects_a_planted_error_where_it_first_matters(verdicts, name):
    text, declaration = planted(name), PLANTED[name][3]
    start = text.count("\n", 0, text.index(declaration)) + 1
    end = start + text[text.index(declaration) :].split("\n\n", 1)[0].count("\n")
    first = verdicts[name].messages[0]
    assert first.severity == "error"
    assert "mismatch" in first.text
    assert start <= first.line <= end


WRONGS = {"Wrong": WRONG, "WrongPixels": WRONG_PIXELS}
_DECLARATION = re.compile(r"^(?:theorem|def) (\w+)", re.MULTILINE)


@pytest.mark.lean
@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, text in WRONGS.items() for name in _DECLARATION.findall(text)]
)
def test_lean_rejects_of_an_export(verdicts, module, name):
    text = WRONGS[module]
    begin = next(match.start() for match in _DECLARATION.finditer(text) if match[1] == name)
    start = text.count("\n", 0, begin) + 1
    lines = range(start, start + text[begin:].split("\n\n", 1)[0].count("\n") + 1)
    assert any("mismatch" in message.text and message.line in lines for message in verdicts[module].messages)
