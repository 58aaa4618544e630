"""A new project: complete in itself, its parts in agreement, and its export that of its artifact."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from bridge.artifact.file import load_artifact
from bridge.base.files import fill_folder
from bridge.check.lean_modules import discover
from bridge.check.verify import verify
from bridge.cli.main import commands
from bridge.export.project import project_files
from bridge.probe.example import example_artifact
from support.artifacts import make_artifact
from support.repository import REPOSITORY


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project") / "my probes"
    fill_folder(folder, project_files(folder.name, example_artifact()))
    return folder


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_example_is_the_same_every_time():
    assert project_files("probes", example_artifact()) == project_files("probes", example_artifact())


def test_the_example_is_a_probe_that_fits_but_not_exactly():
    for metrics in example_artifact().metrics:
        assert 0.95 < metrics.r2_held_out < 1
        assert 0 < metrics.delta_all < 1


def test_the_export_is_that_of_the_artifact(project):
    outcome = verify(project / "lean" / "Generated.lean", load_artifact(project / "probe.safetensors"))
    assert outcome.ok
    assert outcome.compared > 0


@pytest.mark.parametrize("samples", [1, 30])
def test_any_artifact_can_be_the_first(tmp_path, samples):
    artifact = make_artifact(samples=samples)
    fill_folder(tmp_path / "project", project_files("project", artifact))
    stored = load_artifact(tmp_path / "project" / "probe.safetensors")
    assert verify(tmp_path / "project" / "lean" / "Generated.lean", stored).ok
    assert f"an example: {samples} sample" in (tmp_path / "project" / "README.md").read_text()


def test_the_export_needs_nothing_from_outside_the_project_but_mathlib(project, tmp_path):
    modules = discover(project / "lean" / "Generated.lean", library=tmp_path)
    assert all(module.file.is_relative_to(project) for module in modules)
    assert {"Bridge.Claims.SupError", "Bridge.Real", "Generated.Samples"} <= {module.name for module in modules}


def test_the_library_is_ours_whole_with_its_licence(project):
    ours = files_in(REPOSITORY / "lean")
    library = {name: data for name, data in ours.items() if name == "Bridge.lean" or name.startswith("Bridge/")}
    copy = {name: data for name, data in files_in(project / "lean").items() if not name.startswith("Generated")}
    assert copy == library
    assert copy.pop("Bridge/LICENSE") == (REPOSITORY / "LICENSE").read_bytes()
    assert all(b"Released under Apache 2.0 license as described in the file LICENSE." in data for data in copy.values())


def test_the_lakefile_builds_the_export_and_finds_the_files_of_each_library(project):
    lakefile = tomllib.loads((project / "lakefile.toml").read_text())
    libraries = {library["name"]: library for library in lakefile["lean_lib"]}
    assert list(libraries) == ["Generated", "Bridge"]
    assert lakefile["defaultTargets"] == ["Generated"]
    for name, library in libraries.items():
        assert (project / library["srcDir"] / f"{name}.lean").is_file()
    # Lake has no module Bridge.Real among what `Bridge` imports, since that needs Mathlib.
    assert libraries["Bridge"]["globs"] == ["Bridge.*"]


def test_lean_and_mathlib_are_those_of_this_repository(project):
    lakefile = tomllib.loads((project / "lakefile.toml").read_text())
    manifest = (project / "lake-manifest.json").read_text()
    ours = (REPOSITORY / "lake-manifest.json").read_text()
    assert (project / "lean-toolchain").read_bytes() == (REPOSITORY / "lean-toolchain").read_bytes()
    assert json.loads(manifest)["name"] == lakefile["name"]
    assert manifest == ours.replace('"name": "bridge"', f'"name": "{lakefile["name"]}"')
    (pinned,) = (package for package in json.loads(ours)["packages"] if package["name"] == "mathlib")
    assert lakefile["require"] == [{"name": "mathlib", "scope": pinned["scope"], "rev": pinned["inputRev"]}]


def test_the_workflow_builds_with_lean_action_and_refuses_warnings(project):
    workflow = yaml.safe_load((project / ".github" / "workflows" / "lean.yml").read_text())
    checkout, action = workflow["jobs"]["build"]["steps"]
    assert checkout["uses"].startswith("actions/checkout@")
    assert action["uses"].startswith("leanprover/lean-action@")
    # A project has no lint driver; where nothing is said, the action asks Lake for one.
    assert action["with"] == {"use-mathlib-cache": True, "build-args": "--wfail", "lint": False}


def test_lean_options_are_those_of_this_repository(project):
    lakefile = tomllib.loads((project / "lakefile.toml").read_text())
    ours = re.findall(r"⟨`(\w+), (?:\.ofNat )?(\w+)⟩", (REPOSITORY / "lakefile.lean").read_text())
    assert {name: str(value).lower() for name, value in lakefile["leanOptions"].items()} == dict(ours)
    assert dict(ours) == {"autoImplicit": "false", "maxSynthPendingDepth": "3"}


def test_what_lake_makes_is_ignored(project):
    assert (project / ".gitignore").read_text() == "/.lake\n"


def test_the_readme_names_files_that_are_there_and_commands_that_exist(project):
    readme = (project / "README.md").read_text()
    table = re.findall(r"^\| (`.+?) \|", readme, re.MULTILINE)
    places = [place for cell in table for place in re.findall(r"`(.+?)`", cell)]
    assert places
    assert all((project / place).exists() for place in places)
    assert set(re.findall(r"bridge (\w+)", readme)) == {"init", "check", "verify", "fit", "export"}
    assert {"init", "check", "verify", "fit", "export"} <= set(commands.commands)


@pytest.mark.parametrize(
    ("folder", "package"),
    [
        ("probes", "probes"),
        ("my probes", "my-probes"),
        ('a"b\\c', "a-b-c"),
        ("latents_2-x", "latents_2-x"),
        ("größe", "größe"),
        ("v1.2", "v1-2"),
        ("...", "probes"),
        ("", "probes"),
    ],
)
def test_the_package_is_named_after_the_folder_as_far_as_lake_allows(folder, package):
    files = project_files(folder, make_artifact())
    assert tomllib.loads(files[Path("lakefile.toml")].decode())["name"] == package
    assert json.loads(files[Path("lake-manifest.json")])["name"] == package
    assert files[Path("README.md")].decode().startswith(f"# {package}\n")
