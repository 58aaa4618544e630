"""Which words a file beside exports may not have."""

import time

import pytest

from bridge.check.lean_words import refused_words
from support.repository import REPOSITORY
from support.strategies import unmeasured


def words(text):
    return [(found.line, found.word) for found in refused_words(text)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("axiom foo : False", "axiom"),
        # Without Init a file can have a `String` of its own, and Lean's kernel knows it by its name.
        ("module prelude\npublic inductive String : Type", "prelude"),
        ("theorem a : P := by native_decide", "native_decide"),
        ("theorem a : P := by decide +native", "native"),
        ("theorem a : P := by decide (config := c)", "config"),
        ("theorem a : P := Lean.ofReduceBool a b c", "Lean.ofReduceBool"),
        ("theorem a : P := «Lean».«ofReduceBool» a b c", "«Lean».«ofReduceBool»"),
        ("open Foo in\nexample := x.trustCompiler", "x.trustCompiler"),
        ("@[implemented_by f] def a := 1", "implemented_by"),
        ('@[simp, extern "f"] def a := 1', "extern"),
        ("@[csimp] theorem a : f = g := rfl", "csimp"),
        ("@[local instance] def a := 1", "instance"),
        ("@[default_instance] def a := 1", "default_instance"),
        ("@[export f] def a := 1", "export"),
        ("attribute [reducible, command_elab] a", "command_elab"),
        ("attribute [local macro_inline] a", "macro_inline"),
        ("set_option debug.skipKernelTC true", "debug.skipKernelTC"),
        ("set_option warn.sorry false in\ntheorem a : P := sorry", "warn.sorry"),
        ("theorem a : P := by\n  set_option linter.all false in\n  simp", "linter.all"),
        ("set_option /- x -/ warn.sorry false", "warn.sorry"),
        ("set_option «warn».sorry false", "«warn».sorry"),
        ("#guard_msgs (drop all) in\nexample : P := 5", "#guard_msgs"),
        ("#eval f", "#eval"),
        ("#eval! f", "#eval!"),
        ("#exit", "#exit"),
        ("  #reduce f", "#reduce"),
        ("run_cmd f", "run_cmd"),
        ('elab "x" : command => f', "elab"),
        ("macro_rules | `(tactic| decide) => `(tactic| sorry)", "macro_rules"),
        ('local notation:50 a " ≤ " b => a = a', "notation"),
        ("local instance : LE Rat := f", "instance"),
        ("deriving instance Repr for A", "instance"),
        ("initialize f", "initialize"),
        ('def a := include_str "/etc/passwd"', "include_str"),
        ("def a : IO Unit := f", "IO"),
        ('def a := dbg_trace "x"; 1', "dbg_trace"),
        ("import Lean", "Lean"),
        ("import Lean.Elab", "Lean.Elab"),
        ("public meta import Foo", "meta"),
        ("unsafe def a := 1", "unsafe"),
        ("opaque a : Nat", "opaque"),
        ("sudo set_option maxRecDepth 9", "sudo"),
        # Where the beginning of a comment is none.
        ('def a := "--"; axiom b : False', "axiom"),
        ('def a := "/-"\naxiom b : False -- -/', "axiom"),
        ('def a := "\\"--"; axiom b : False', "axiom"),
        ('def a := r"\\"; axiom b : False -- "', "axiom"),
        ('def a := r#"""#; axiom b : False -- "', "axiom"),
        ("def a := '\"'; axiom b : False -- '\"'", "axiom"),
        ("def a := '\\''; axiom b : False -- '", "axiom"),
        ("def a := '\\x22'; axiom b : False -- \"", "axiom"),
        ("def a' := f'\"'--'\"; axiom b : False", "axiom"),
        ("def a := «--»; axiom b : False", "axiom"),
        ("/- a -/ axiom b : False", "axiom"),
        ("/- /- a -/ -/ axiom b : False", "axiom"),
        ("≤axiom b : False", "axiom"),
        # A text in quotation marks can have code in it.
        ('def a := f "axiom"', "axiom"),
        # It is not clear where these end.
        ('def a := s!"{f "a -- b"} "; axiom b : False', '"'),
        ("/-/ axiom b : False -/", "/-/ "),
        ("/--/ axiom b : False -/", "/--/"),
        ("/- a", "/- a"),
        ('def a := "', '"'),
        ("def a := «b", "«"),
    ],
)
def test_a_word_that_a_file_does_not_need_is_found(text, word):
    assert word in [found for _, found in words(text)]


@pytest.mark.parametrize(
    "text",
    [
        "module\npublic import Bridge.Claims.SupError\n@[expose] public noncomputable section",
        "-- axiom\n/- axiom -/ /-- axiom -/ /-! axiom\n /- native_decide -/ -/\ntheorem a : P := by decide +kernel",
        '/-- the axiom, `#eval` and "quotes -/\ntheorem a : P := b',
        "theorem axioms : P := my_axiom axiom' a.axioms",
        "theorem «axioms of» : P := b",
        "@[simp, grind =] theorem a : P := b",
        '@[deprecated b (since := "2026")] theorem a : P := b',
        "attribute [local simp] a",
        "set_option maxRecDepth 9 in\nset_option pp.all true\n#check a\n#print axioms a",
        "def a := #v[1, 2] ++ #[1]",
        "variable {n : Nat} (f : Fin n → ℝ)\nopen Digits Digits.slant in\nexample : f '' s = t := rfl",
        "theorem a' : f' x'' = g?! := by\n  unfold residual at hi hj\n  grind",
        "def a := 'a' :: '\\n' :: 'δ' :: ['\\u03b4']",
        "partial def f (n : Nat) : Nat := f (n + 1)",
        "",
    ],
)
def test_a_file_without_such_words_is_let_through(text):
    assert words(text) == []


def test_the_place_of_a_word_is_said():
    (found,) = refused_words("-- one\n\n  theorem a : P := by native_decide\n")
    assert (found.line, found.column) == (3, 22)
    assert found.reason == "with it Lean believes what its kernel has not checked"


def test_all_words_are_found_in_their_order():
    assert words("axiom a : P axiom b : P\n#eval f\n") == [(1, "axiom"), (1, "axiom"), (2, "#eval")]


@pytest.mark.parametrize(
    "file", ["lean/Example.lean", "lean/Bridge/Packing/Rows.lean", "tests/lean/BridgeTest/Slots.lean"]
)
def test_files_of_this_repository_are_let_through(file):
    assert words((REPOSITORY / file).read_text()) == []


@unmeasured
@pytest.mark.parametrize(
    "text",
    [
        "@[a]\n",
        "open Nat in ",
        '"',
        '\\"',
        "/-",
        "-/",
        "«",
        "»",
        "'",
        'r#"',
        "r#",
        "@[",
        "axiom ",
        "a.",
        "set_option ",
        "#",
    ],
)
def test_long_files_take_seconds(text):
    started = time.process_time()
    refused_words(text * 100_000)
    assert time.process_time() - started < 20
