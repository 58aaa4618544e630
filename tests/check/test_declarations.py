"""Which declaration a line of a Lean file is in, and which refused claims have a meaning."""

import re
import time

import pytest

from bridge.base.own_files import GENERATED_MARK
from bridge.check.declarations import declaration_at, refused_claim
from support.artifacts import make_artifact
from support.exports import rendered
from support.strategies import unmeasured


def at_mark(text):
    """The declaration at the line that has a `◁`."""
    return declaration_at(text, text[: text.index("◁")].count("\n") + 1)


@pytest.mark.parametrize(
    ("text", "declaration"),
    [
        ("theorem one : P := by\n  decide ◁", "one"),
        ("theorem one : P ◁\ntheorem two : P", "one"),
        ("theorem one : P\ntheorem two : P ◁", "two"),
        ("theorem\n  one : ◁", "one"),
        ("lemma A.one' : ◁", "A.one'"),
        ("def δ : ◁", "δ"),
        ("abbrev f₁.{u} : ◁", "f₁"),
        ("structure S where\n  x : Nat ◁\n  deriving Repr", "S"),
        ("class inductive S where ◁", "S"),
        ("inductive S where\n| a ◁", "S"),
        ("instance one : ◁", "one"),
        ("instance (priority := low) one : ◁", "one"),
        ("instance (n : Nat) : ◁", None),
        ("class abbrev S ◁", "S"),
        ("universe u ◁", None),
        ("theorem zero : P\nuniverse u ◁", None),
        ("@[simp] theorem one : ◁", "one"),
        ("@[foo [a], bar]\nprivate noncomputable def one ◁", "one"),
        ("theorem zero : P\n@[simp ◁]\ntheorem one : P", "one"),
        ("set_option maxRecDepth 9 in\ntheorem one : ◁", "one"),
        ("open A in theorem one : ◁", "one"),
        ("theorem one : P := by\n  open A in\n  decide ◁", "one"),
        ("namespace A\ntheorem one : ◁", "A.one"),
        ("namespace A.B\nnamespace C\n  theorem one : ◁", "A.B.C.one"),
        ("namespace A.B\nend A.B\ntheorem one : ◁", "one"),
        ("namespace A.B\nend B\ntheorem one : ◁", "A.one"),
        ("namespace A\n@[expose] public section\n\ntheorem one : ◁", "A.one"),
        ("namespace A\nsection X.Y\nend X.Y\nsection\nend\ntheorem one : ◁", "A.one"),
        ("namespace A\nmutual\ndef one : ◁", "A.one"),
        ("namespace A\ntheorem _root_.B.one : ◁", "B.one"),
        ('namespace «a -- b /- c»\ntheorem «d. " e» : ◁', '«a -- b /- c».«d. " e»'),
        ("theorem one : P -- ◁\n-- theorem two", "one"),
        ("-- theorem two\n◁", None),
        ("theorem one : P\n/- /- a -/\ntheorem two\n-/ ◁", "one"),
        ("theorem one : P\n/- -- a -/\ntheorem two ◁", "two"),
        ('def one := "\ntheorem two\n" ◁', "one"),
        ('def one := "\\"/-"\ndef two ◁', "two"),
        ("def one := '\"'\ndef two ◁\n'\"'", "two"),
        ("def one := f x'\"'/-\"\ndef two ◁", "two"),
        ("module ◁\ntheorem one", None),
        ("/-- About one. ◁ -/\ntheorem one", None),
        ("theorem one : P\nexample : Q ◁", None),
        ("theorem one : P\nexample one : Q ◁", None),
        ("theorem one : P\ninstance : Q ◁", None),
        ("theorem one : P\n#eval 1 ◁", None),
        ("theorem one : P\nattribute [simp ◁] one", None),
        ("namespace A\ntheorem one : P\nend A ◁", None),
        ("theorem one : P := theorems\ndefine ◁", "one"),
        ("end\nend A.B\ntheorem one : ◁", "one"),
        ("◁", None),
    ],
)
def test_the_declaration_at_a_line(text, declaration):
    assert at_mark(text) == declaration


def test_a_line_after_the_last_is_in_the_last_declaration():
    assert declaration_at("theorem one : P", 9) == "one"


@pytest.mark.parametrize(
    ("name", "identifier"), [("size", "size"), ("in", "«in»"), ("a -- b", "«a -- b»"), ("a.b c", "«a.b c»")]
)
def test_every_line_of_a_concepts_part_is_in_its_declaration(tmp_path, name, identifier):
    files = rendered(tmp_path, make_artifact(4, 2, concept_names=("thick", name)))
    text = list(files.values())[-1]
    namespace = f"Generated.{identifier}"
    found = [declaration_at(text, line) for line in range(1, text.count("\n") + 1)]
    names = ["integers", "functional", "δ", "residual", "faithful", "checked", "bound", "attained"]
    assert list(dict.fromkeys(found)) == [None, *(f"{namespace}.{name}" for name in names)]
    decided = [found[number] for number, line in enumerate(text.split("\n")) if "decide +kernel" in line]
    assert decided == [f"{namespace}.faithful", f"{namespace}.checked"]
    meanings = [refused_claim(text, declaration, "Tactic `decide` failed for proposition") for declaration in decided]
    assert [re.search("concept (.*) (?:are|does) not", meaning)[1] for meaning in meanings] == [identifier] * 2


@pytest.mark.parametrize("said", ["Tactic `decide` failed for proposition\n  P", "tactic 'decide' failed for"])
@pytest.mark.parametrize(
    ("declaration", "meaning"),
    [
        ("Generated.size.checked", "what is said of concept size does not hold for the listed samples"),
        ("Generated.size.faithful", "the integers of concept size are not those of its probe and δ"),
        ("Generated.size.checked_2", "what is said of concept size does not hold for the listed samples"),
        ("Pair.size.faithfulDifference", "the integers of size are not those of the difference of its probes and ε"),
        (
            "Pair.label.decidedB_1",
            "what is said of the decisions of B about label does not hold for the listed samples",
        ),
        ("Generated.digit.faithful12", "the integers of a class of digit are not those of its functional"),
        ("Generated.digit.decided", "what is said of the decisions about digit does not hold for the listed samples"),
        ("Generated.digit.decided2", "what is said of the decisions about digit does not hold for the listed samples"),
        ("A.digit.ranked0", "what is said of the ranking of samples by digit does not hold for the listed samples"),
        ("Generated.digit.isMargin", "what is said of the margin of digit is not what was counted for"),
        (
            "Generated.digit.isAccuracyBound",
            "what is said of the accuracy of digit on unseen data does not follow from the counts",
        ),
    ],
)
def test_a_refused_claim_of_an_export_has_a_meaning(declaration, meaning, said):
    expected = f"{meaning}, or the packed numbers do not have the stated form"
    assert refused_claim(GENERATED_MARK, declaration, said) == expected


@pytest.mark.parametrize(
    ("text", "declaration", "said"),
    [
        ("", "Generated.size.checked", "Tactic `decide` failed"),
        (GENERATED_MARK, None, "Tactic `decide` failed"),
        (GENERATED_MARK, "Generated.size.attained", "Tactic `decide` failed"),
        (GENERATED_MARK, "Generated.checked", "Tactic `decide` failed"),
        (GENERATED_MARK, "checked", "Tactic `decide` failed"),
        (GENERATED_MARK, "Generated.size.checked", "unknown identifier 'samples'"),
        (GENERATED_MARK, "Generated.size.checked", "(kernel) deep recursion detected"),
        (GENERATED_MARK, "Generated.size.checked", "declaration uses 'sorry'"),
    ],
)
def test_nothing_else_has_one(text, declaration, said):
    assert refused_claim(text, declaration, said) is None


@unmeasured
@pytest.mark.parametrize(
    "text",
    [
        "open Nat in ",
        "@[a]\n",
        "@[",
        "@[[",
        "public\n",
        "public ",
        "open a\n",
        "theorem\n\n",
        "instance (priority := ",
        "namespace a.",
        "end\n",
        "class ",
        "#",
        "«",
        '"',
        "'",
        "/-",
        "a.",
    ],
)
def test_a_strangers_text_is_gone_through_in_seconds(text):
    started = time.process_time()
    declaration_at(text * 50_000, 1_000_000)
    assert time.process_time() - started < 20
