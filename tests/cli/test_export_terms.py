"""`bridge export-terms`, on compiled files that were written here."""

import json

import pytest

from bridge.check.embedded import EMBEDDED_VERSION, embedded_folder
from bridge.check.olean.closure import Closure
from bridge.check.olean.modules import Modules, in_folders
from bridge.check.olean.parts import Part
from bridge.check.olean.terms import Terms
from support.command_line import run_bridge
from support.compiled import write_export
from support.ndjson import assert_same_constants, read_terms
from support.oleans import Writer, write_module

COMPILED = ("--oleans", "oleans", "--core", "core")


@pytest.fixture
def folder(tmp_path):
    return write_export(tmp_path / "made")


def export_terms(folder, *options, file="Small.lean"):
    return run_bridge("export-terms", file, *COMPILED, "--out", "terms.ndjson", *options, cwd=folder)


def closure(folder, *names):
    modules = Modules(Terms(), in_folders([folder / "oleans"], folder / "core"))
    modules.load(["Small.Size"])
    return Closure(modules, map(modules.terms.name, names))


def test_the_theorems_of_an_export_are_written_and_what_is_taken_as_it_is_is_counted(folder):
    result = export_terms(folder, "--nanoda-config", "nanoda.json")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        "terms: 3 theorems, with all that they rest on 7 constants in 7 declarations",
        "axioms: propext",
        "without proof: 1 theorem of Lean's core; without body: 2 constants of it",
        "terms.ndjson",
        "nanoda.json",
    ]
    assert result.stderr == "export-terms: not compiled, since it needs Mathlib: Small\n"
    theorems = ("Small.samples.first", "Small.size.first", "Small.size.second")
    assert_same_constants((folder / "terms.ndjson").read_bytes(), closure(folder, *theorems))
    settings = json.loads((folder / "nanoda.json").read_text())
    assert settings["export_file_path"] == "terms.ndjson"
    assert settings["permitted_axioms"][3:] == ["True.lemma", "True", "True.hidden"]


def test_json_has_the_names(folder):
    result = export_terms(folder, "--json", "--theorem", "Small.size.first")
    assert json.loads(result.stdout) == {
        "files": ["terms.ndjson"],
        "format": "3.1.0",
        "lean": {"version": "4.28.0-pre", "git_hash": "38f3c0c4" * 5},
        "modules": ["Small.Samples", "Small.Size"],
        "left_out": ["Small"],
        "theorems": ["Small.size.first"],
        "constants": 3,
        "declarations": 3,
        "axioms": [],
        "core_theorems": ["True.lemma"],
        "core_constants": ["True"],
        "check": None,
    }


def test_theorems_can_be_named(folder):
    named = ("Small.size.second", "Small.samples.first")
    options = [option for name in named for option in ("--theorem", name)]
    result = export_terms(folder, *options)
    assert result.stdout.startswith("terms: 2 theorems, ")
    assert_same_constants((folder / "terms.ndjson").read_bytes(), closure(folder, *named))


def test_a_name_has_no_power_over_the_terminal(folder):
    writer = Writer()
    true = writer.const("True")
    own = writer.module(
        writer.axiom("evil\x1b[2J", true),
        writer.theorem("Small.samples.first", true, writer.const("evil\x1b[2J")),
        imports=["Init"],
    )
    write_module(folder / "oleans", "Small.Samples", own)
    lines = export_terms(folder).stdout.splitlines()
    assert r"axioms: propext, «evil\x1b[2J»" in lines


def test_no_axiom_is_called_none(folder):
    assert "axioms: none" in export_terms(folder, "--theorem", "Small.size.first").stdout.splitlines()


def test_one_file_of_an_export_can_be_named(folder):
    result = export_terms(folder, file="Small/Size.lean")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("terms: 2 theorems, ")


def test_terms_are_replaced_by_terms(folder):
    first = export_terms(folder, "--nanoda-config", "nanoda.json")
    content = (folder / "terms.ndjson").read_bytes()
    assert export_terms(folder, "--nanoda-config", "nanoda.json").stdout == first.stdout
    assert (folder / "terms.ndjson").read_bytes() == content


@pytest.mark.parametrize("place", ["terms.ndjson", "nanoda.json"])
def test_nothing_else_is_replaced_by_terms_or_a_configuration(folder, place):
    (folder / place).write_text('{"mine": true}\n')
    result = export_terms(folder, "--nanoda-config", "nanoda.json")
    assert result.returncode == 2
    what = {"terms.ndjson": "terms", "nanoda.json": "a configuration"}[place]
    assert f"{place} is there and is not {what} of `bridge export-terms`; " in result.stderr
    assert (folder / place).read_text() == '{"mine": true}\n'
    assert export_terms(folder, "--nanoda-config", "nanoda.json", "--force").returncode == 0


def test_a_compiled_file_is_never_replaced(folder):
    place = folder / "oleans" / "Small" / "Size.olean"
    before = place.read_bytes()
    result = run_bridge("export-terms", "Small.lean", *COMPILED, "--out", place, "--force", cwd=folder)
    assert (result.returncode, place.read_bytes()) == (2, before)
    assert "is an input of this command, oleans; inputs are never replaced; " in result.stderr


def test_a_damaged_file_is_an_error_and_nothing_is_written(folder):
    place = folder / "oleans" / "Small" / "Size.olean"
    place.write_bytes(place.read_bytes()[:-200])
    result = export_terms(folder)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith("bridge: oleans/Small/Size.olean ")
    assert not (folder / "terms.ndjson").exists()


def test_a_core_without_what_was_compiled_on_it_is_refused(folder):
    result = run_bridge("export-terms", "Small.lean", "--core", "core", "--out", "terms.ndjson", cwd=folder)
    assert result.returncode == 2
    assert result.stderr == (
        "bridge: --core was given without --oleans; it is for what another Lean has compiled; name the folder of that "
        "too\n"
    )


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_what_is_not_accepted_is_not_written(folder, options):
    (folder / "Mine.lean").write_text("module\n\naxiom mine : False\n")
    result = run_bridge("export-terms", "Mine.lean", "--out", "terms.ndjson", *options, cwd=folder)
    assert result.returncode == 1
    assert not (folder / "terms.ndjson").exists()
    if options:
        record = json.loads(result.stdout)
        assert (record["files"], record["check"]["accepted"]) == ([], False)
    else:
        assert (
            result.stdout
            == "Lean was not asked: REJECTED, 1 module in 0 s\nnot an export: statements were not looked at in: Mine\n"
        )


@pytest.mark.lean
@pytest.mark.usefixtures("lean_pool", "user_cache")
def test_without_compiled_files_the_embedded_lean_checks_the_file_first(tmp_path):
    (tmp_path / "Mine.lean").write_text("module\n\npublic theorem «two plus two» : 2 + 2 = 4 := by simp\n")
    result = run_bridge("export-terms", "Mine.lean", "--out", "terms.ndjson", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    record = json.loads(result.stdout)
    assert record["check"]["accepted"]
    assert record["theorems"] == ["«two plus two»"]
    assert record["core_theorems"]
    core = embedded_folder() / "lib" / "lean"
    terms = read_terms((tmp_path / "terms.ndjson").read_bytes())
    assert terms.about["lean"] == {
        "version": EMBEDDED_VERSION,
        "githash": Part(core / "Init.olean").git_hash,
    }
    assert ("str", [0, "two plus two"]) in terms.nodes["in"]
