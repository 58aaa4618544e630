"""Headers of Lean files: what Lean would import is found, and what can be read in two ways is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.check.lean_header import HeaderError, read_header


def imports(text):
    return [(found.module, found.line) for found in read_header(text).imports]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("theorem one : 1 = 1 := rfl", []),
        ("import A", [("A", 1)]),
        ("import A\nimport B.C\n", [("A", 1), ("B.C", 2)]),
        ("import A import B", [("A", 1), ("B", 1)]),
        ("import\n  A", [("A", 2)]),
        ("import A\r\nimport B\r\n", [("A", 1), ("B", 2)]),
        ("module\n\npublic import A", [("A", 3)]),
        ("module\nimport all A\nmeta import B\npublic meta import C", [("A", 2), ("B", 3), ("C", 4)]),
        ("prelude\nimport Init.Core", [("Init.Core", 2)]),
        ("/- a licence\n import X -/\nmodule -- import Y\nimport A -- and why", [("A", 4)]),
        ("/- outer /- import X -/ import Y -/ import A", [("A", 1)]),
        ("/-/ import X -/ import A", [("A", 1)]),
        # Lean passes over the character after `/-`, so that this is one comment and not one in another.
        ("/-/- import X -/ import A", [("A", 1)]),
        ("import A--close\nimport B/- close -/import C", [("A", 1), ("B", 2), ("C", 2)]),
        ("public /- the claims -/ import A", [("A", 1)]),
        ("public -- the claims\nimport A", [("A", 2)]),
        ("public/-x-/meta/-y-/import/-z-/all/-/ import X -/A", [("A", 1)]),
        ("import A\ndef x := 1\nimport B", [("A", 1)]),
        ("importA\nimport B", []),
        ("module_A\nimport B", []),
        ("import allA", [("allA", 1)]),
        ("import A'.B!.δ₁?", [("A'.B!.δ₁?", 1)]),
        # What the header ends at; Lean says itself that an import behind it is misplaced.
        ("/-! A heading -/\nimport A", []),
        ("import A /-- of what follows -/ import B", [("A", 1)]),
        ("import A\n@[expose] public section", [("A", 1)]),
        ("import A\n#eval 1", [("A", 1)]),
        ("public def x := 1\nimport B", []),
        ("public meta section\nimport B", []),
        ("meta /- x -/ @[simp] def x := 1", []),
    ],
)
def test_imports_are_read_with_their_lines(text, expected):
    assert imports(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("module\nimport A", (False, False, False)),
        ("module\npublic import A", (True, False, False)),
        ("module\nmeta import A", (False, True, False)),
        ("module\nimport all A", (False, False, True)),
        ("module prelude public meta import all A", (True, True, True)),
        # There is no other way to import something in a file that is no module.
        ("import A", (True, False, False)),
        ("prelude import all A", (True, False, True)),
        ("/- module -/ meta import A", (True, True, False)),
    ],
)
def test_the_way_in_which_something_is_imported_is_read(text, expected):
    header = read_header(text)
    (found,) = header.imports
    assert (found.is_public, found.is_meta, found.is_all) == expected
    assert header.is_module == text.startswith("module")


@pytest.mark.parametrize(
    ("text", "found", "line"),
    [
        ("import «A»", "`«A»`", 1),
        ("import A.«B»", "`A.«B»`", 1),
        ("import «A».B", "`«A».B`", 1),
        ("import «../A»", "`«../A»`", 1),
        ("import ../A", "`../A`", 1),
        ("import A.", "`A.`", 1),
        ("import A.1", "`A.1`", 1),
        ("import\n1", "`1`", 2),
        ("import", "the end of the file", 1),
        ("import A import", "the end of the file", 1),
        ("import import A", "`import`", 1),
        ("import A /- never closed\nimport B", "a comment without an end", 1),
        ("/- never /- closed -/", "a comment without an end", 1),
        ("import A /-", "a comment without an end", 1),
        ("public /-! the claims -/ import A", "`/-!`", 1),
        ("public /-- the claims -/ import A", "`/--`", 1),
        ("meta public import A", "`import`", 1),
        ("public public import A", "`import`", 1),
        ("public", "the end of the file", 1),
        ("import A module", "`module`", 1),
        ("prelude module", "`module`", 1),
        ("module\nmodule", "`module`", 2),
        ("import A, B", "`,`", 1),
        ("import A; import B", "`;`", 1),
        ("import A\n\timport B", r"'\t'", 2),
        ("import A\rimport B", r"'\r'", 1),
        ("\ufeffimport A", r"'\ufeffimport'", 1),
        ("import A\u00a0import B", r"'\xa0'", 1),
        ("import A\0", r"'\x00'", 1),
        ("import A\u200b", r"'\u200b'", 1),
        ("public «import» A", "`«import»`", 1),
        (f"import (){'x' * 50}", f"`(){'x' * 38}`", 1),
    ],
)
def test_a_header_that_can_be_read_in_two_ways_is_refused(text, found, line):
    with pytest.raises(HeaderError) as caught:
        read_header(text)
    assert (caught.value.found, caught.value.line) == (found, line)
    assert str(caught.value) == f"found {found}, required {caught.value.required}"


names = st.lists(st.sampled_from(["A", "Bridge", "x'", "_y", "Größe"]), min_size=1, max_size=3).map(".".join)
blanks = st.lists(st.sampled_from(["\n", " ", "-- import No\n", "/- import No -/", "/- /- -/\n import No -/"])).map(
    "".join
)
keywords = st.sampled_from(["import", "public import", "meta import", "public meta import", "import all"])


@given(st.lists(st.tuples(keywords, names)), st.lists(blanks, min_size=30, max_size=30), st.booleans())
def test_what_lies_between_the_words_changes_only_their_lines(parts, between, is_module):
    text, expected, blank = "module " if is_module else "", [], iter(between * 10)
    for keyword, name in parts:
        for word in keyword.split():
            text += f"{next(blank)} {word} "
        text += next(blank)
        expected.append((name, text.count("\n") + 1))
        text += f"{name}\n"
    assert imports(f"{text}\ntheorem t : True := trivial\nimport No") == expected


@given(blanks, blanks)
def test_the_header_ends_where_the_first_command_begins(before, after):
    text = f"{before}\nimport A\n{after}"
    assert read_header(f"{text}def x := 1").end == len(text)


@given(st.text(st.sampled_from("importpublc metaA.«»/-!@#\n\t 0δ"), max_size=60))
def test_every_text_is_read_or_refused(text):
    try:
        assert read_header(text).end <= len(text)
    except HeaderError as error:
        assert 1 <= error.line <= text.count("\n") + 1


@pytest.mark.parametrize(
    "text", ["/-" * 500_000, "/- -/" * 200_000, "-- x\n" * 200_000, "public " * 200_000, "A." * 300_000]
)
def test_long_headers_take_no_time(text):
    try:
        assert read_header(text).imports == ()
    except HeaderError as error:
        assert len(str(error)) < 200
