"""The wheel holds all that the command line needs: the package, the templates and the Lean library."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile

import pytest

from bridge.base.extras import EXTRAS
from bridge.export.project import project_files
from bridge.probe.example import example_artifact
from support.artifacts import make_artifact, stored
from support.command_line import run_bridge
from support.repository import REPOSITORY


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The content of the wheel, away from the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, "."]
    subprocess.run(command, cwd=REPOSITORY, check=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def run_installed(installed, *arguments, cwd):
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=cwd, env=environment, capture_output=True, text=True, check=True
    ).stdout


def files_in(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def test_templates_and_the_lean_library_are_in_the_wheel(installed):
    assert files_in(installed / "bridge" / "templates") == files_in(REPOSITORY / "templates")
    library = {path for path in files_in(REPOSITORY / "lean") if path.parts[0] in ("Bridge.lean", "Bridge")}
    assert files_in(installed / "bridge" / "lean") == library
    assert (installed / "bridge" / "py.typed").is_file()


def test_a_project_from_the_wheel_is_the_one_from_the_repository(installed, tmp_path):
    run_installed(installed, "-m", "bridge", "init", "probes", cwd=tmp_path)
    project = {str(path): (tmp_path / "probes" / path).read_bytes() for path in files_in(tmp_path / "probes")}
    assert project == {str(path): data for path, data in project_files("probes", example_artifact()).items()}


# As if what the extras add were not installed.
WITHOUT_EXTRAS = f"import sys; sys.modules.update(dict.fromkeys({[module for module, _ in EXTRAS.values()]}));"


def test_without_extras_a_model_is_trained_fitted_exported_and_verified(installed, tmp_path):
    steps = [
        ["train", "--data", "digits", "--limit", "40", "--epochs", "1", "--out", "vae.safetensors"],
        ["fit", "--checkpoint", "vae.safetensors", "--out", "probe.safetensors"],
        ["export", "--artifact", "probe.safetensors", "--out", "Generated.lean"],
        ["verify", "Generated.lean", "--artifact", "probe.safetensors"],
    ]
    code = f"{WITHOUT_EXTRAS} from bridge.cli.main import main; print([main(step) for step in {steps}])"
    assert run_installed(installed, "-c", code, cwd=tmp_path).splitlines()[-1] == "[0, 0, 0, 0]"


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (["report"], "matplotlib is missing; it is required for reports; run `pip install 'lean-bridge[report]'`"),
        (
            ["run", "--report", "report.html"],
            "matplotlib is missing; it is required for reports; run `pip install 'lean-bridge[report]'`",
        ),
        (
            ["fit", "--latents", "Z.csv", "--scores", "c.csv"],
            "pyarrow is missing; it is required for tables; run `pip install 'lean-bridge[tables]'`",
        ),
        (
            ["fit", "--concepts", "size,area"],
            "scikit-image is missing; it is required for the concepts area, length, thickness, morpho_slant, width, "
            "height; run `pip install 'lean-bridge[morphology]'`",
        ),
    ],
)
def test_what_an_extra_adds_is_named_with_what_installs_it(tmp_path, monkeypatch, arguments, missing):
    for module, _ in EXTRAS.values():
        monkeypatch.setitem(sys.modules, module, None)
    for name in ("Z.csv", "c.csv"):
        (tmp_path / name).write_text("a\n1\n2\n")
    result = run_bridge(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (3, "", f"bridge: {missing}\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Z.csv", "c.csv"]


def test_every_extra_is_declared_and_installed_for_development():
    declared = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for library, (_, extra) in EXTRAS.items():
        assert [re.split(r"[\[>=]", requirement)[0] for requirement in declared[extra]] == [library]
    anywhere = sorted({extra for _, extra in EXTRAS.values()} - {"second-kernel"})
    assert declared["all"] == [f"lean-bridge[{','.join(anywhere)}]"]
    assert "lean-bridge[all,second-kernel]" in declared["dev"]


def test_an_export_from_the_wheel_is_verified_and_reported_and_its_library_is_found(installed, tmp_path):
    place = "import bridge.base.resources as r; print(r.templates_folder(), r.lean_library_folder())"
    assert run_installed(installed, "-c", place, cwd=tmp_path).split() == [
        str(installed / "bridge" / "templates"),
        str(installed / "bridge" / "lean"),
    ]
    stored(tmp_path, make_artifact())
    artifact = ("--artifact", "probe.safetensors")
    run_installed(installed, "-m", "bridge", "export", *artifact, "--out", "Generated.lean", cwd=tmp_path)
    run_installed(installed, "-m", "bridge", "verify", "Generated.lean", *artifact, cwd=tmp_path)
    run_installed(installed, "-m", "bridge", "report", "Generated.lean", *artifact, cwd=tmp_path)
    assert (tmp_path / "report.html").read_text().startswith("<!DOCTYPE html>")
