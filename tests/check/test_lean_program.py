"""What is changed in the embedded Lean's JavaScript: exactly what is known, or nothing at all."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.base.errors import MissingToolError
from bridge.check.lean_program import Patch, patched, trimmed


def program(names, *, rest=""):
    """A program that assigns what WebAssembly exports, as Emscripten writes it."""
    variables = "".join(f"{name}," for name in names)
    return f"var FS={{}};var {variables}wasmTable;function assignWasmExports(wasmExports){{{assigned(names)}}}{rest}"


def assigned(names):
    return ";".join(
        f'{name}=Module["{name}"]=wasmExports["{name[1:]}"]{".value" * (i % 2)}' for i, name in enumerate(names)
    )


# Patches


@pytest.mark.parametrize("count", [0, 2])
def test_a_patch_requires_exactly_one_occurrence(count):
    message = f"lean.js has `old` {count} times; exactly once is required to patch it; update bridge"
    with pytest.raises(MissingToolError, match=f"^{re.escape(message)}$"):
        patched("old;" * count, (Patch("old", "new"),))


def test_patches_replace_their_text_and_nothing_else():
    assert patched("a b c", (Patch("a", "x"), Patch("c", "z"))) == "x b z"


# Trimming


def test_names_that_nothing_uses_are_left_out_of_both_places():
    assert trimmed(program(["_a", "_b", "_c"], rest="call(_b)")) == program_of_b(rest="call(_b)")


def program_of_b(rest):
    return (
        'var FS={};var _b,wasmTable;function assignWasmExports(wasmExports){_b=Module["_b"]=wasmExports["b"].value}'
        + rest
    )


@given(
    st.lists(st.from_regex(r"_[a-z$_]{1,3}", fullmatch=True), unique=True, min_size=1),
    st.data(),
)
def test_what_the_rest_uses_is_kept_and_the_rest_is_as_it_was(names, data):
    used = data.draw(st.lists(st.sampled_from(names), unique=True))
    rest = "".join(f";call({name})" for name in used)
    result = trimmed(program(names, rest=rest))
    assert result.startswith("var FS={};var ")
    assert result.endswith(rest)
    declared, statements = re.fullmatch(
        r"var FS=\{\};var (.*)wasmTable;function assignWasmExports\(wasmExports\)\{(.*)\}" + re.escape(rest), result
    ).groups()
    assert declared.split(",")[:-1] == [name for name in names if name in used]
    kept = [statement for statement in assigned(names).split(";") if statement.split("=")[0] in used]
    assert statements == ";".join(kept)


def test_a_name_that_is_part_of_another_is_not_taken_for_it():
    assert "_a," not in trimmed(program(["_a", "_ab"], rest="call(_ab)"))


def test_the_table_can_be_assigned_on_the_way():
    text = (
        'var _t,wasmTable;function assignWasmExports(wasmExports){_t=Module["_t"]=wasmTable=wasmExports["t"]}call(_t)'
    )
    assert trimmed(text) == text


@pytest.mark.parametrize("count", [0, 2])
def test_other_than_one_place_is_refused(count):
    message = (
        f"lean.js assigns what WebAssembly exports in {count} places; exactly one is required to trim it; update bridge"
    )
    with pytest.raises(MissingToolError, match=f"^{re.escape(message)}$"):
        trimmed(program(["_a"]) * count)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('_b=Module["_b"]', '_b=Module["_c"]'),
        ('=wasmExports["b"]', '=other["b"]'),
        ("_b=", "_a="),
        ("var _a,_b,", "var _a,"),
        ("var _a,_b,", "var _b,_a,"),
        ("var _a,_b,", "var _a,_b,_c,"),
        (";_b=", ";call();_b="),
        ('["a"]', '["a"]()'),
    ],
)
def test_any_other_structure_is_refused(old, new):
    text = program(["_a", "_b"])
    assert text.count(old) == 1
    message = (
        "lean.js does not assign what WebAssembly exports name by name; that is required to trim it; update bridge"
    )
    with pytest.raises(MissingToolError, match=f"^{re.escape(message)}$"):
        trimmed(text.replace(old, new))


def test_a_name_twice_is_refused():
    with pytest.raises(MissingToolError, match="name by name"):
        trimmed(program(["_a", "_a"]))
