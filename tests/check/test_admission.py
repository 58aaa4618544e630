"""What comes to Lean: exports that are ones, other files without certain words, and the library as it is shipped."""

import json
import re
import shutil

import pytest

from bridge.base.resources import lean_library_folder
from bridge.check.admission import admission
from bridge.check.checker import Allowances, check
from bridge.check.lean_modules import discover
from bridge.check.verdict import NOT_ASKED, Engine
from support.artifacts import make_artifact
from support.command_line import lean_on_path, run_bridge
from support.exports import rendered
from support.lean_files import write

OTHER = "theorem a : 1 = 1 := rfl\n"


@pytest.fixture
def export(tmp_path):
    """The root file of an export of two concepts."""
    return write(
        tmp_path,
        rendered(tmp_path, make_artifact(concepts=2, concept_names=("size", "thick")), "Small", with_r_squared=True),
    )


@pytest.fixture
def lean(tmp_path):
    return lean_on_path(tmp_path)


def admitted(root, **options):
    modules = discover(root, lean_library_folder())
    return admission(modules, root.parent, **{"allow_commands": False, **options})


def changed(file, pattern, replacement):
    text, count = re.subn(pattern, replacement, file.read_text(), count=1)
    assert count == 1
    file.write_text(text)


def beside(root, text, name="Use"):
    file = root.parent / f"{name}.lean"
    file.write_text(text)
    return file


def unasked(root, **allowances):
    """The result of a check for which no Lean is started: there is none."""
    result = check(
        root,
        engine=Engine.LEAN,
        library=lean_library_folder(),
        tell=lambda line: None,
        allowances=Allowances(**allowances),
    )
    assert (result.version, result.was_asked, result.accepted, result.seconds) == (NOT_ASKED, False, False, 0)
    return result


# Exports


def test_of_an_export_it_is_known_what_lean_must_have_accepted(export):
    found = admitted(export)
    assert (found.messages, found.not_exports, found.own_library, found.roots) == ({}, (), (), {"Small"})
    assert found.declarations["Small.Samples"] == ("Small.samples",)
    assert {name for names in found.declarations.values() for name in names} >= {
        "Small.size.bound",
        "Small.thick.attained",
        "Small.size.rSquared_eq",
        "Small.thick.isTight",
    }


@pytest.mark.parametrize(
    "line",
    [
        "set_option debug.skipKernelTC true in",
        "#guard_msgs (drop error) in",
        "axiom a : False",
        "run_cmd f",
        'local infix:50 " ≤ " => f',
    ],
)
def test_an_export_with_anything_else_in_it_is_refused_before_lean_is_asked(export, line):
    (part,) = [file for file in export.parent.rglob("*.lean") if "theorem checked" in file.read_text()][:1]
    changed(part, r"(?=theorem checked)", f"{line}\n")
    result = unasked(export)
    (message,) = result.messages
    place = part.read_text()[: part.read_text().index(line)].count("\n") + 1
    assert (message.file, message.line, message.severity) == (str(part), place, "error")
    assert re.fullmatch(
        r"found `.*`, required `theorem`; this says that it is an export, and is none; Lean was not asked", message.text
    )


def test_the_words_of_an_export_cannot_be_allowed(export):
    changed(export, r"(?=@\[expose\])", "set_option warn.sorry false\n")
    unasked(export, commands=True)


def test_a_file_that_imports_a_part_of_an_export_has_the_whole_export_looked_at(export):
    use = beside(export, "import Small.Samples\n" + OTHER)
    assert admitted(use).not_exports == ("Use",)
    changed(export, r"theorem isTight", "theorem isNotTight")
    unasked(use)


def test_a_part_without_its_root_is_no_export(export):
    use = beside(export, "import Small.Samples\n" + OTHER)
    export.unlink()
    assert admitted(use).not_exports == ("Small.Samples", "Use")


def test_a_file_in_the_folder_of_an_export_that_is_not_a_part_of_it_is_none(export):
    (export.parent / "Small" / "More.lean").write_text(OTHER)
    use = beside(export, "import Small.More\nimport Small.Samples\n")
    assert admitted(use).not_exports == ("Small.More", "Use")


def test_a_file_that_is_changed_before_it_is_read_as_an_export_is_none(export):
    modules = discover(export, lean_library_folder())
    changed(export.parent / "Small" / "Samples.lean", r"^/-\n", "/-\n\n")
    assert admission(modules, export.parent, allow_commands=False).not_exports == ("Small.Samples",)


def test_a_lean_that_compiles_an_export_to_nothing_is_no_yes(export, lean):
    program = export.parent / "bin" / "lean"
    changed(program, r"write_bytes\(EMPTY \+ text.*", "write_bytes(EMPTY)")
    result = run_bridge("check", "Small.lean", "--engine", "lean", "--json", cwd=export.parent, env=lean)
    assert result.returncode == 1
    messages = [message["text"] for module in json.loads(result.stdout)["modules"] for message in module["messages"]]
    assert "Lean ended without a message and made an Samples.olean without Small.samples: no reason given" in messages


# Other files


def test_a_file_that_is_no_export_is_let_through_and_named(tmp_path):
    found = admitted(beside(tmp_path / "x.lean", OTHER))
    assert (found.messages, found.not_exports, found.declarations) == ({}, ("Use",), {})


def test_words_that_no_such_file_needs_are_named_with_their_places(tmp_path):
    result = unasked(beside(tmp_path / "x.lean", f"{OTHER}axiom b : False\n  #eval f\n"))
    assert [(message.line, message.column) for message in result.messages] == [(2, 0), (3, 2)]
    assert result.messages[0].text == (
        "found `axiom`: with it Lean believes what its kernel has not checked; no file about an export needs it; Lean "
        "was not asked; remove it, or choose --allow-commands if you trust the file"
    )


def test_a_file_with_very_many_of_them_is_not_gone_through_to_its_end(tmp_path):
    assert len(unasked(beside(tmp_path / "x.lean", "axiom a : P\n" * 1000)).messages) == 20


def test_they_are_found_in_what_a_file_imports_too(tmp_path):
    beside(tmp_path / "x.lean", "#eval f\n", "Shard")
    result = unasked(beside(tmp_path / "x.lean", "import Shard\n" + OTHER))
    assert {module.name: len(module.messages) for module in result.modules} == {"Shard": 1, "Use": 0}


def test_a_file_in_the_place_of_mathlib_is_refused(tmp_path):
    (tmp_path / "Mathlib").mkdir()
    (tmp_path / "Mathlib" / "Data.lean").write_text(OTHER)
    result = unasked(beside(tmp_path / "x.lean", "import Mathlib.Data\n" + OTHER))
    assert result.messages[0].text == (
        "found a file in the place of Mathlib; the real one is required; Lean was not asked"
    )


# The library


def test_another_library_beside_an_export_is_named_and_lean_is_not_asked(export):
    shutil.copytree(lean_library_folder() / "Bridge", export.parent / "Bridge")
    assert admitted(export).own_library == ()
    changed(export.parent / "Bridge" / "Affine.lean", r"^", "-- mine\n")
    result = unasked(export)
    assert result.own_library == ("Bridge.Affine",)
    assert result.messages[0].text == (
        "Bridge.Affine is not what Bridge ships under this name, and what it says gives an export its meaning; Lean "
        "was not asked; take the shipped one, or choose --own-library if it is one of your own"
    )


# On the command line


def verdict(folder, lean, *options, code):
    result = run_bridge("check", "Use.lean", "--engine", "lean", *options, cwd=folder, env=lean)
    assert result.returncode == code, result.stderr
    return result.stdout.splitlines()


def test_the_verdict_says_that_a_file_is_no_export(tmp_path, lean):
    beside(tmp_path / "x.lean", OTHER)
    first, second, third = verdict(tmp_path, lean, code=0)
    assert re.fullmatch(r"Lean 4\.28\.0 \(lean engine\): accepted, 1 module in \d+ s", first)
    assert second == "axioms: none (0 theorems)"
    assert third == "not an export: statements were not looked at in: Use"


def test_the_verdict_repeats_what_was_allowed(tmp_path, lean):
    beside(tmp_path / "x.lean", f"{OTHER}#eval f\n")
    assert verdict(tmp_path, lean, code=1)[0] == "Lean was not asked: REJECTED, 1 module in 0 s"
    lines = verdict(tmp_path, lean, "--allow-commands", code=0)
    assert lines[-1] == "--allow-commands was given: a file could run code and have Lean believe anything"


def test_the_verdict_names_a_library_of_ones_own(tmp_path, lean):
    (tmp_path / "Bridge" / "Claims").mkdir(parents=True)
    (tmp_path / "Bridge" / "Claims" / "SupError.lean").write_text(OTHER)
    beside(tmp_path / "x.lean", "import Bridge.Claims.SupError\n" + OTHER)
    assert verdict(tmp_path, lean, code=1)[-1] == "not the library that Bridge ships: Bridge.Claims.SupError"
    lines = verdict(tmp_path, lean, "--own-library", code=0)
    assert lines[-2:] == [
        "not the library that Bridge ships: Bridge.Claims.SupError",
        "--own-library was given: the library has been taken as it is",
    ]


def test_a_run_takes_a_library_of_ones_own_if_it_is_told_so(tmp_path, lean):
    shutil.copytree(lean_library_folder() / "Bridge", tmp_path / "Bridge")
    changed(tmp_path / "Bridge" / "Affine.lean", r"^", "-- mine\n")
    small = ("--data", "random", "--limit", "16", "--latent-dim", "2", "--epochs", "1")
    run = ("run", *small, "--run-folder", ".", "--out", "A.lean", "--engine", "lean", "--json")
    refused = run_bridge(*run, cwd=tmp_path, env=lean)
    assert (refused.returncode, json.loads(refused.stdout)["check"]["version"]) == (1, NOT_ASKED)
    allowed = run_bridge(*run, "--own-library", "--timeout", "300", cwd=tmp_path, env=lean)
    record = json.loads(allowed.stdout)
    assert (allowed.returncode, record["lean"]) == (0, "other library")
    assert (record["check"]["own_library"], record["check"]["own_library_allowed"]) == (["Bridge.Affine"], True)


def test_concepts_that_need_mathlib_are_no_yes(tmp_path, lean):
    (tmp_path / "Part.lean").write_text(OTHER)
    beside(tmp_path / "x.lean", "import Mathlib.Data\nimport Part\n" + OTHER)
    lines = verdict(tmp_path, lean, code=1)
    assert lines[1:3] == [
        "not checked, since it needs Mathlib (run `lake build`): Use",
        "only the root of an export may be left out so, but also left out: Use",
    ]


def test_what_lean_says_is_escaped_on_the_terminal(tmp_path, lean):
    beside(tmp_path / "x.lean", "theorem «\x1b[2Ka» : False :=\n  sorry\n")
    result = run_bridge("check", "Use.lean", "--engine", "lean", cwd=tmp_path, env=lean)
    assert "\x1b" not in result.stderr
    assert r"in «\x1b[2Ka»: declaration uses" in result.stderr


def test_a_time_limit_must_be_a_positive_number(tmp_path):
    for seconds in ("0", "-1", "soon", "nan"):
        assert run_bridge("check", "Use.lean", "--timeout", seconds, cwd=tmp_path).returncode == 2
