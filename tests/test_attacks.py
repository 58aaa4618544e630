"""What a stranger can do to an export: every way ends in a no, and in no page that says that something is proved.

A check result is the one that an honest check of these files would give, whose Lean says yes to all that it is given:
so what is not proved must be found by other means.
"""

import dataclasses
import json
import re
import shutil

import pytest

from bridge.base.module_names import module_path
from bridge.base.resources import lean_library_folder
from bridge.check.lean_modules import discover
from bridge.check.library import shipped_digests
from bridge.check.verdict import CheckResult, Engine, ModuleResult
from support.artifacts import make_artifact, stored
from support.command_line import lean_on_path, run_bridge
from support.exports import rendered
from support.lean_files import write
from support.opinions import audit_of

AXIOM = "module\n\n@[expose] public section\n\naxiom bound : False\n"
SIZE = "Small/Size.lean"


@pytest.fixture
def folder(tmp_path):
    """A folder with an export of one concept and its artifact."""
    folder = tmp_path / "stranger"
    folder.mkdir()
    artifact = make_artifact(4, 2, 1, concept_names=("size",))
    write(folder, rendered(folder, artifact, "Small"))
    stored(folder, artifact).sha256  # noqa: B018 -- writes the artifact's file
    (folder / "probe.safetensors").rename(folder / "Small.safetensors")
    return folder


def change(file, pattern, replacement):
    text, count = re.subn(pattern, replacement, file.read_text(encoding="utf-8"), count=1)
    assert count == 1
    file.write_text(text, encoding="utf-8")


def yes_to_all(root):
    """The result of a Lean without Mathlib that accepts whatever it is given."""
    modules = discover(root, lean_library_folder())
    checked = [module for module in modules if not module.needs_mathlib]
    return CheckResult(
        Engine.EMBEDDED,
        "4.28.0",
        1.0,
        tuple(ModuleResult(module.name, True, 1.0, False, ()) for module in checked),
        tuple(module.name for module in modules if module.needs_mathlib),
        {module.name: module.sha256 for module in checked},
        audit=audit_of(),
    )


def verified(folder, root="Small.lean"):
    """What `verify` says; never that this is a bug."""
    outcome = run_bridge("verify", root, "--artifact", "Small.safetensors", cwd=folder)
    assert outcome.returncode in (0, 1, 2), outcome.stderr
    return outcome


def reported(folder, result, root="Small.lean"):
    """The exit code of `report` with a check result, and its page, which is empty if there is none."""
    (folder / "check.json").write_text(json.dumps(result.record()))
    arguments = ("--artifact", "Small.safetensors", "--check-result", "check.json", "--out", "page.html")
    outcome = run_bridge("report", root, *arguments, cwd=folder)
    assert outcome.returncode in (0, 1, 2), outcome.stderr
    page = folder / "page.html"
    return outcome.returncode, " ".join(page.read_text(encoding="utf-8").split()) if page.exists() else ""


def checked(folder, root="Small.lean"):
    """What `check` says, with a Lean that objects to nothing but a `sorry`."""
    outcome = run_bridge("check", root, "--engine", "lean", cwd=folder, env=lean_on_path(folder))
    assert outcome.returncode in (0, 1, 2), outcome.stderr
    return outcome


def is_refused(folder, result, root="Small.lean"):
    """Whether a page says no, or is none."""
    code, page = reported(folder, result, root)
    return code != 0 and "What Lean proved" not in page and "Lean accepted these files" not in page


def test_an_export_as_it_was_made_is_proved(folder):
    assert verified(folder).returncode == 0
    assert checked(folder).returncode == 0
    code, page = reported(folder, yes_to_all(folder / "Small.lean"))
    assert code == 0
    assert "What Lean proved" in page
    assert "Lean accepted these files</strong>, as <code>check.json</code> says" in page


def test_an_import_in_guillemets_cannot_name_another_file(folder):
    result = yes_to_all(folder / "Small.lean")
    (folder / "Small" / "«Size».lean").write_bytes((folder / SIZE).read_bytes())
    (folder / SIZE).write_text(AXIOM)
    change(folder / "Small.lean", r"Small\.Size", "Small.«Size»")
    assert verified(folder).returncode == 1
    assert is_refused(folder, result)
    outcome = run_bridge("check", "Small.lean", "--engine", "embedded", cwd=folder)
    assert (outcome.returncode, outcome.stderr.count("\n")) == (2, 1)
    assert "required the name of a module, without `«` and `»`" in outcome.stderr


def test_a_root_file_in_guillemets_is_no_export(folder):
    result = yes_to_all(folder / "Small.lean")
    shutil.copytree(folder / "Small", folder / "«Small»")
    (folder / "«Small».lean").write_bytes((folder / "Small.lean").read_bytes())
    (folder / SIZE).write_text(AXIOM)
    assert verified(folder, "«Small».lean").returncode == 2
    assert is_refused(folder, result, "«Small».lean")
    outcome = run_bridge("check", "«Small».lean", "--engine", "embedded", cwd=folder)
    assert (outcome.returncode, outcome.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("linked", ["Small.lean", SIZE, "Small"])
def test_a_link_cannot_lead_to_another_file(folder, tmp_path, linked):
    result = yes_to_all(folder / "Small.lean")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere)
    (elsewhere / SIZE).write_text(AXIOM)
    path = folder / linked
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.symlink_to(elsewhere / linked)
    outcome = verified(folder)
    assert (outcome.returncode, outcome.stderr.count("\n")) == (2, 1)
    assert f"{linked} is a symbolic link" in outcome.stderr
    assert is_refused(folder, result)
    outcome = run_bridge("check", "Small.lean", "--engine", "embedded", cwd=folder)
    assert (outcome.returncode, outcome.stderr.count("\n")) == (2, 1)
    assert f"{linked} is a symbolic link" in outcome.stderr


def library_of_axioms(folder):
    """A folder `Bridge` in the place of the library, in which everything is provable."""
    text = (lean_library_folder() / "Bridge" / "Claims" / "SupError.lean").read_text(encoding="utf-8")
    (folder / "Bridge" / "Claims").mkdir(parents=True)
    (folder / "Bridge" / "Claims" / "SupError.lean").write_text(f"{text}\naxiom everything : False\n", encoding="utf-8")


def test_a_library_beside_the_export_does_not_replace_the_shipped_one(folder):
    library_of_axioms(folder)
    outcome = checked(folder)
    assert outcome.returncode == 1
    assert "not the library that Bridge ships: Bridge.Claims.SupError" in outcome.stdout
    code, page = reported(folder, yes_to_all(folder / "Small.lean"))
    assert code == 1
    assert "The library is not known to be the one that Bridge ships</strong>: Bridge.Claims.SupError." in page
    assert "What Lean proved" not in page
    assert "not proved as far as this page knows: the library is not known to be the one that Bridge ships." in page


def test_a_copy_of_the_shipped_library_beside_the_export_is_the_library(folder):
    shutil.copytree(lean_library_folder() / "Bridge", folder / "Bridge")
    code, page = reported(folder, yes_to_all(folder / "Small.lean"))
    assert (code, "What Lean proved" in page) == (0, True)


def test_no_module_but_the_root_file_drops_out_for_want_of_mathlib(folder):
    (folder / "Bridge" / "Claims").mkdir(parents=True)
    (folder / "Bridge" / "Claims" / "SupError.lean").write_text("import Mathlib.Nothing\nthis is no Lean\n")
    assert checked(folder).returncode == 1
    result = yes_to_all(folder / "Small.lean")
    assert [module.name for module in result.modules] == ["Bridge.Packing.Samples", "Small.Samples"] or (
        "Small.Size" in result.not_checked
    )
    code, page = reported(folder, result)
    assert code == 1
    assert re.search(r"accepted the text that is now in [^<]*Small\.Size", page)
    assert "What Lean proved" not in page


def test_a_concept_that_imports_mathlib_itself_is_no_export(folder):
    change(
        folder / SIZE,
        r"public import Bridge.Claims.SupError",
        "public import Bridge.Claims.SupError\npublic import Mathlib",
    )
    assert verified(folder).returncode == 1
    assert is_refused(folder, yes_to_all(folder / "Small.lean"))


def test_an_import_with_a_comment_in_it_is_an_import(folder):
    change(folder / "Small.lean", r"public import Small.Size", "public /- the claims -/ import Small.Size")
    result = yes_to_all(folder / "Small.lean")
    assert "Small.Size" in result.sources
    outcome = verified(folder)
    assert outcome.returncode == 1
    assert "the comment: found `/- the claims -/`, required nothing" in outcome.stdout
    assert is_refused(folder, result)
    # Nor does a result count that lacks it.
    modules = tuple(module for module in result.modules if module.name != "Small.Size")
    sources = {name: digest for name, digest in result.sources.items() if name != "Small.Size"}
    assert is_refused(folder, dataclasses.replace(result, modules=modules, sources=sources))


@pytest.mark.parametrize(
    "command",
    [
        "set_option debug.skipKernelTC true in\n",
        "#guard_msgs (drop error) in\n",
        "set_option warn.sorry false in\n",
        "axiom anything : False\n",
        "run_cmd pure ()\n",
        '#eval IO.FS.writeFile "x" "y"\n',
        "macro_rules | `(tactic| decide) => `(tactic| sorry)\n",
        "instance : LE Rat := ⟨fun _ _ => True⟩\n",
        'local notation a " ≤ " b => True\n',
        "@[implemented_by rfl] ",
    ],
)
def test_a_command_that_no_export_has_is_refused(folder, command):
    change(folder / SIZE, r"(?=theorem checked)", command.replace("\\", r"\\"))
    assert verified(folder).returncode == 1
    assert checked(folder).returncode == 1
    assert is_refused(folder, yes_to_all(folder / "Small.lean"))


def test_a_file_that_is_another_when_it_is_verified_than_when_it_was_checked_is_named(folder):
    result = yes_to_all(folder / "Small.lean")
    change(folder / SIZE, r"theorem checked", "theorem  checked")
    assert verified(folder).returncode == 0
    code, page = reported(folder, result)
    assert code == 1
    assert "accepted the text that is now in Small.Size, so" in page


@pytest.mark.parametrize(
    ("banner", "code"),
    [
        ("--over all --alpha 1/0", 1),
        (f"--over all --alpha {'9' * 5_000}/1", 1),
        (f"--over all --alpha {'9' * 4_300}/1", 1),
        (f"--over all --alpha 1/{'9' * 4_300}", 1),
        ("--over all --alpha 3/2", 1),
        ("--over none", 1),
        ("--over calibration", 1),
    ],
)
def test_a_banner_that_asks_for_the_impossible_is_a_no(folder, banner, code):
    for file in (folder / "Small.lean", *(folder / "Small").glob("*.lean")):
        change(file, r"--over all", banner)
    outcome = verified(folder)
    assert (outcome.returncode, outcome.stderr) == (code, "")


def test_a_module_name_with_a_null_character_is_a_no(folder):
    change(folder / "Small.lean", r"Small\.Size", "Small.Si\0ze")
    outcome = verified(folder)
    assert outcome.returncode == 1
    assert "found the character U+0000" in outcome.stdout


def test_what_the_shipped_library_is_does_not_depend_on_the_folder(folder):
    names = {name for name in shipped_digests() if (lean_library_folder() / module_path(name)).is_file()}
    assert {"Bridge.Claims.SupError", "Bridge.Packing.Samples", "Bridge.Affine"} <= names
