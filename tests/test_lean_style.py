"""The style of the Lean files: each rule on examples, and every file meets the rules."""

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import lean_style
from lean_style import (
    LINE_LENGTH,
    REPOSITORY,
    SURFACE,
    UNCHECKED,
    Source,
    docstrings,
    findings,
    header,
    lean_files,
    line_length,
    nothing_shown,
    nothing_unchecked,
    whitespace,
)
from support.artifacts import make_artifact
from support.exports import rendered, small_shards

HEADER = "/-\nCopyright (c) 2026 The authors.\n-/\nmodule\n\n/-!\n# A heading\n-/\n"
OURS = Path("lean/Bridge/A.lean")
TEMPLATES = sorted(path for path in (REPOSITORY / "templates").iterdir() if path.is_file())


def found(rule, text):
    return list(rule(Source(text)))


def lines_found(rule, text):
    return [line for line, _ in rule(Source(text))]


# The files


@pytest.mark.parametrize("path", lean_files(), ids=str)
def test_every_lean_file_meets_the_rules(path):
    assert findings(path, (REPOSITORY / path).read_bytes().decode()) == []


def test_all_lean_files_are_looked_at():
    assert {
        Path("lakefile.lean"),
        Path("lean/Bridge.lean"),
        Path("lean/Bridge/Real/Probe.lean"),
        Path("lean/Example.lean"),
        Path("lean/Generated.lean"),
        Path("tests/lean/BridgeTest/Checker.lean"),
        Path("bench/lean/Loops.lean"),
    } < set(lean_files())


def test_an_export_with_all_that_can_be_in_it_meets_the_rules(tmp_path, monkeypatch):
    small_shards(monkeypatch, 2)
    artifact = make_artifact(9, 2, concept_names=("size", "not sorry"), is_calibration=np.arange(9) % 3 == 0)
    files = rendered(tmp_path, artifact, with_r_squared=True, alpha=Fraction(1, 2))
    assert "Generated/Samples/Shard2.lean" in files
    assert [line for name, text in files.items() for line in findings(Path("lean") / name, text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_word_that_weakens_a_proof_in_code_or_comments(path):
    assert UNCHECKED.isdisjoint(re.findall(r"\w+", path.read_text(encoding="utf-8")))


# The rules


def test_a_file_starts_with_its_copyright_and_is_a_module_with_a_heading():
    assert found(header, HEADER) == []
    assert found(header, HEADER.replace("/-\nC", "/- C")) == [(1, "the file does not start with its copyright")]
    assert found(header, HEADER.replace("module", "-- module")) == [(1, "the file is not a `module`")]
    assert found(header, HEADER.replace("# ", "")) == [(1, "the file has no heading, `/-!` and `# …`")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def a := 1\n", []),
        ("def a :=\t1\n", [(1, "a tab")]),
        ("def a := 1 \ndef b := 2\n", [(1, "white space at the end of the line")]),
        ("def a := 1\r\n", [(1, "white space at the end of the line")]),
        ("-- a \n", [(1, "white space at the end of the line")]),
        ("def a := 1", [(1, "the file does not end with one line break")]),
        ("def a := 1\n\n", [(3, "the file does not end with one line break")]),
        ("", [(1, "the file does not end with one line break")]),
    ],
)
def test_white_space(text, expected):
    assert found(whitespace, text) == expected


def test_a_line_has_at_most_100_characters_unless_it_has_an_address():
    assert found(line_length, "-- " + "δ" * (LINE_LENGTH - 3)) == []
    assert found(line_length, "\n-- " + "δ" * (LINE_LENGTH - 2)) == [(2, "101 characters; a line has at most 100")]
    assert found(line_length, "-- https://" + "δ" * LINE_LENGTH) == []


@pytest.mark.parametrize("word", sorted(UNCHECKED))
def test_a_word_that_takes_a_proof_away_from_the_kernel_is_found(word):
    expected = [(2, f"`{word}`; the kernel is to check everything")]
    assert found(nothing_unchecked, f"theorem t : 1 = 2 := by\n  {word}") == expected
    assert found(nothing_unchecked, f"@[simp]\n@[{word} foo] def f := 1") == expected
    assert found(nothing_unchecked, f"\nset_option debug.{word} true") == expected
    assert found(nothing_unchecked, f"\n{word}") == expected


@pytest.mark.parametrize("word", ["sorry", "axiom"])
@pytest.mark.parametrize(
    "text",
    [
        "-- no {}",
        "/- /- no -/ {} -/",
        "/-- no {} -/\ndef a := 1",
        'def a := "no {}"',
        'def a := "\\"{}"',
        "def «no {}» := 1",
        "def a.«{}» := 1",
        "def {}_free := 1",
        "def {}' := 1",
        "def un{} := 1",
    ],
)
def test_a_comment_a_string_or_a_part_of_a_name_is_no_such_word(text, word):
    assert found(nothing_unchecked, text.format(word)) == []


@pytest.mark.parametrize("text", ["def a := '\"'\nsorry -- \"", "/- -- -/\nsorry", 'def a := "--"\nsorry'])
def test_what_only_looks_like_the_begin_of_a_string_or_comment_hides_nothing(text):
    assert lines_found(nothing_unchecked, text) == [2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#eval 1", [(1, "`#eval` is left over")]),
        ("def a := 1\n  #check a", [(2, "`#check` is left over")]),
        ("#print axioms a", [(1, "`#print` is left over")]),
        ("#guard_msgs in\n#print axioms a", []),
        ("#guard 1 = 1", []),
        ("def a := f\n  #v[1]", []),
        ("-- #eval 1\n/-\n#eval 1\n-/", []),
        ('def a := "\n#eval 1\n"', []),
        ("#evaluate 1", []),
    ],
)
def test_commands_that_show_something_are_left_over_unless_they_are_tests(text, expected):
    assert found(nothing_shown, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def a := 1", [(1, "def `a` has no docstring")]),
        ("/-- A. -/\ndef a := 1", []),
        ("/-- A. -/ def a := 1", []),
        ("/-- A. -/\n@[simp]\nnoncomputable def a := 1", []),
        ("@[simp]\nnoncomputable def a := 1", [(2, "def `a` has no docstring")]),
        ("open A in\n/-- A. -/\ndef a := 1", []),
        ("/-- A. -/\nopen A in\ndef a := 1", []),
        ("/-! A. -/\ndef a := 1", [(2, "def `a` has no docstring")]),
        ("-- A.\ndef a := 1", [(2, "def `a` has no docstring")]),
        ("/-- A. -/\ndef a := 1\n\ndef b := 2", [(4, "def `b` has no docstring")]),
        ("/-- A. -/\nvariable (n : Nat)\n\ndef b := 2", [(4, "def `b` has no docstring")]),
        ("abbrev a := 1", [(1, "abbrev `a` has no docstring")]),
        ("opaque a : Nat", [(1, "opaque `a` has no docstring")]),
        ("namespace A\nnamespace B\n  def a := 1", [(3, "def `a` has no docstring")]),
        ("inductive A where\n  | a", [(1, "inductive `A` has no docstring")]),
        ("class inductive A where\n  | a", [(1, "class inductive `A` has no docstring")]),
        ("private def a := 1", []),
        ("theorem a : P := p", []),
        ("instance : Add A := a", []),
        ("example : P := p", []),
        ("-- def a := 1\n/- def b := 1 -/", []),
        ('/-- A. -/\ndef a := "\ndef b := 1"', []),
    ],
)
def test_what_defines_something_has_a_docstring(text, expected):
    assert found(docstrings, text) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("  /-- X. -/\n  x : Nat", []),
        ("  x : Nat", [(3, "field `x` has no docstring")]),
        ("  /-- X. -/\n  x : Nat\n  y : Nat", [(5, "field `y` has no docstring")]),
        ("  /-- X. -/\n  x : Nat\n\n  -- Y.\n  y : Nat", [(7, "field `y` has no docstring")]),
        ("  /-- X. -/\n  x : Nat →\n    Nat\n  /-- Y. -/\n  y : Nat", []),
        ("  (x : Nat)", [(3, "field `x` has no docstring")]),
        ("  mk ::\n  /-- X. -/\n  x : Nat\n  deriving Repr", []),
        ("  private mk ::\n  x : Nat", [(4, "field `x` has no docstring")]),
        ("  /-- X. -/\n  x : Nat\n\n/-- B. -/\ndef b :=\n  1", []),
        ("  /-- X. -/\n  x : Nat\nderiving instance Repr for A", []),
        ("", []),
    ],
)
@pytest.mark.parametrize("kind", ["structure", "class"])
def test_every_field_has_a_docstring(kind, fields, expected):
    assert found(docstrings, f"/-- A. -/\n{kind} A (n : Nat) extends B n where\n{fields}") == expected


# Which rules hold where


def test_findings_name_file_and_line_in_order():
    text = HEADER + "def a := sorry\n#eval a"
    assert findings(OURS, text) == [
        "lean/Bridge/A.lean:9: `sorry`; the kernel is to check everything",
        "lean/Bridge/A.lean:9: def `a` has no docstring",
        "lean/Bridge/A.lean:10: `#eval` is left over",
        "lean/Bridge/A.lean:10: the file does not end with one line break",
    ]


def test_only_an_export_may_have_long_lines():
    long = HEADER + "-- " + "δ" * LINE_LENGTH + "\n"
    assert len(findings(OURS, long)) == 1
    assert findings(OURS, long + f"-- {lean_style.GENERATED_MARK} …`\n") == []


def test_only_the_stand_in_for_mathlib_may_have_axioms_without_docstrings():
    text = HEADER + "axiom a : Nat\ndef b := a\n"
    assert len(findings(OURS, text)) == 2
    assert findings(SURFACE / "Mathlib" / "A.lean", text) == []
    assert len(findings(Path("tests/lean/SurfaceCheck.lean"), text)) == 2


def test_only_the_lakefile_may_be_without_a_heading():
    assert len(findings(OURS, "import Lake\n")) == 3
    assert findings(Path("lakefile.lean"), "import Lake\n") == []


# The program


def test_the_program_names_what_it_has_found_and_exits_with_1(tmp_path, monkeypatch, capsys):
    (tmp_path / "lean").mkdir()
    (tmp_path / "lean" / "A.lean").write_text(HEADER + "def a := 1\n")
    (tmp_path / "lakefile.lean").write_text("import Lake\n")
    monkeypatch.setattr(lean_style, "REPOSITORY", tmp_path)
    assert lean_style.main() == 1
    assert capsys.readouterr().out == "lean/A.lean:9: def `a` has no docstring\n2 Lean files, 1 finding\n"
    (tmp_path / "lean" / "A.lean").write_text(HEADER)
    assert lean_style.main() == 0
    assert capsys.readouterr().out == "2 Lean files, 0 findings\n"
