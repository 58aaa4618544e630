"""Nothing in our Lean asks to be believed: the kernel checks all of it."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
FORBIDDEN = (
    "sorry",
    "native_decide",
    "axiom",
    "unsafe",
    "implemented_by",
    "extern",
    "ofReduceBool",
    "ofReduceNat",
    "trustCompiler",
    "skipKernelTC",
)


def lean_sources():
    return sorted(
        [*(REPOSITORY / "lean").rglob("*.lean"), *(REPOSITORY / "templates").iterdir()],
    )


def found_in(text):
    return [word for word in FORBIDDEN if re.search(rf"(?<![A-Za-z]){word}(?![A-Za-z])", text)]


@pytest.mark.parametrize("path", lean_sources(), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_no_word_that_weakens_a_proof_is_in(path):
    assert found_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("word", FORBIDDEN)
def test_the_word_would_be_found(word):
    assert found_in(f"theorem t : 1 = 2 := by {word}") == [word]
    assert found_in(f"@[{word} foo] def f := 1") == [word]
    assert found_in(f"set_option debug.{word} true") == [word]


@pytest.mark.parametrize("path", lean_sources(), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_lean_file_has_a_copyright_line_a_heading_and_the_module_keyword(path):
    text = path.read_text(encoding="utf-8")
    if path.name == "_banner.jinja":
        assert "Copyright (c)" in text
        assert re.search(r"^module$", text, re.MULTILINE)
        return
    assert "/-!\n# " in text
    if path.suffix == ".lean":
        assert text.startswith("/-\nCopyright (c)")
        assert re.search(r"^module$", text, re.MULTILINE)
