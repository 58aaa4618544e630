"""What runs on a server: the workflows of the repository and of a new project, with one version of each action, what
they ask of Lake, and the script that runs all tests."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bridge.check.lean_modules import discover
from bridge.cli.main import commands
from support.repository import REPOSITORY

FOLDERS = (REPOSITORY / ".github" / "workflows", REPOSITORY / "templates" / "project" / ".github" / "workflows")
# The template of a project's workflow has nothing for Jinja to fill in, so that it is YAML as it stands.
FILES = sorted(path for folder in FOLDERS for path in folder.iterdir())
LAKEFILE = (REPOSITORY / "lakefile.lean").read_text(encoding="utf-8")


def workflow(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(path):
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


def of_lean_action(path):
    return [step["with"] for step in steps(path) if step.get("uses", "").startswith("leanprover/lean-action@")]


def lake_library(name):
    """What the lakefile says of a library: whether it is a default target, and its settings."""
    (match,) = re.finditer(rf"(@\[default_target\]\n)?lean_lib {name} where\n((?:  .*\n?)+)", LAKEFILE)
    return bool(match[1]), match[2]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_job_ends_in_time_and_says_what_it_does(path):
    assert {"name", "jobs"} <= set(workflow(path))
    for job in workflow(path)["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 180
        assert job["steps"]
        assert all(("uses" in step) != ("run" in step) for step in job["steps"])


def test_each_action_is_used_in_one_version():
    used = {step["uses"] for path in FILES for step in steps(path) if "uses" in step}
    actions = [action.partition("@")[0] for action in used]
    assert {"actions/checkout", "actions/setup-python", "leanprover/lean-action"} <= set(actions)
    assert sorted(actions) == sorted(set(actions)), f"more than one version of an action: {sorted(used)}"
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", action) for action in used)


def test_whether_lean_action_lints_is_said_and_not_left_to_what_it_finds():
    said = [inputs for path in FILES for inputs in of_lean_action(path)]
    assert len(said) >= 2
    assert all(isinstance(inputs.get("lint"), bool) for inputs in said)


def test_the_repository_builds_tests_and_lints_with_lean_action():
    (inputs,) = of_lean_action(REPOSITORY / ".github" / "workflows" / "ci.yml")
    assert inputs == {"use-mathlib-cache": True, "build-args": "--wfail", "test": True, "lint": True}


OPINIONS = REPOSITORY / ".github" / "workflows" / "opinions.yml"


def test_other_programs_are_asked_about_the_lake_project_and_about_the_export():
    asked = of_lean_action(OPINIONS)
    audited = [inputs["axiom-audit-root"] for inputs in asked if inputs.get("axiom-audit")]
    assert audited == ["Generated", "Bridge.Real", "Bridge", "Opinions"]
    assert sum(inputs.get("leanchecker", False) for inputs in asked) == 2
    (nanoda,) = [inputs for inputs in asked if inputs.get("nanoda")]
    assert nanoda["nanoda-allow-sorry"] is False
    assert nanoda["lake-package-directory"] == "opinions"


def test_only_a_step_that_takes_what_does_not_fit_may_fail():
    may_fail = [step for path in FILES for step in steps(path) if step.get("continue-on-error")]
    assert [step["with"].get("nanoda") for step in may_fail] == [True]


def test_commands_of_bridge_in_workflows_have_the_options_that_they_are_given():
    lines = [line for path in FILES for step in steps(path) for line in step.get("run", "").splitlines()]
    called = [shlex.split(line)[3:] for line in lines if line.startswith("python -m bridge ")]
    assert [name for name, *_ in called] == ["export", "check", "export-terms"]
    for name, *arguments in called:
        options = {option for parameter in commands.commands[name].params for option in parameter.opts}
        assert {argument for argument in arguments if argument.startswith("--")} <= options


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The package without Mathlib that the workflow makes."""
    folder = tmp_path_factory.mktemp("opinions") / "opinions"
    command = [sys.executable, str(REPOSITORY / ".github" / "without_mathlib.py"), str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    return folder


def test_the_package_without_mathlib_is_whole(package):
    modules = discover(package / "Opinions.lean", package)
    assert not any(module.needs_mathlib for module in modules)
    files = {module.file.relative_to(package) for module in modules}
    assert {path.relative_to(package) for path in package.rglob("*.lean")} == files | {Path("lakefile.lean")}
    assert {Path("Generated/Slant.lean"), Path("Bridge/Claims/SupError.lean")} < files
    for file in files - {Path("Opinions.lean")}:
        assert (package / file).read_bytes() == (REPOSITORY / "lean" / file).read_bytes()
    assert (package / "lean-toolchain").read_bytes() == (REPOSITORY / "lean-toolchain").read_bytes()


def test_the_package_without_mathlib_is_called_as_its_root_module(package):
    # As scripts/run_nanoda.sh of lean-action finds the module that it exports.
    script = """grep -E "^\\s*package\\s+" lakefile.lean | head -1 | awk '{print $2}'"""
    found = subprocess.run(["bash", "-c", script], cwd=package, check=True, capture_output=True, text=True)
    assert found.stdout == "Opinions\n"


def test_the_default_targets_are_the_library_and_what_is_made_with_it():
    assert {name for name in ("Bridge", "Generated", "Example", "BridgeTest") if lake_library(name)[0]} == {
        "Bridge",
        "Generated",
        "Example",
    }
    assert re.findall(r"^lean_lib (\w+)", LAKEFILE, re.MULTILINE) == ["Bridge", "Generated", "Example", "BridgeTest"]


def test_the_tests_are_built_by_lake_test():
    assert 'testDriver := "BridgeTest"' in LAKEFILE
    assert "globs := #[.andSubmodules `BridgeTest, .one `SurfaceCheck]" in lake_library("BridgeTest")[1]


def test_the_real_layer_is_linted_too():
    assert 'lintDriver := "batteries/runLinter"' in LAKEFILE
    assert "roots := #[`Bridge, `Bridge.Real]" in lake_library("Bridge")[1]


@pytest.fixture
def run_where(tmp_path):
    """`.ci/run` in a folder of its own, where `make` and these programs say that they were called; what was called."""

    def run(**programs):
        (tmp_path / ".ci").mkdir()
        shutil.copy(REPOSITORY / ".ci" / "run", tmp_path / ".ci")
        (tmp_path / "bin").mkdir()
        for name in ("bash", "dirname", "env", "id", "timeout"):
            (tmp_path / "bin" / name).symlink_to(shutil.which(name))
        programs = {"sudo": 'shift; exec "$@"', "make": "exit 0", **programs}
        for name, script in programs.items():
            (tmp_path / "bin" / name).write_text(f'#!{shutil.which("bash")}\necho "{name} $*" >> called\n{script}\n')
            (tmp_path / "bin" / name).chmod(0o755)
        command = [tmp_path / ".ci" / "run"]
        environment = {"PATH": str(tmp_path / "bin")}
        result = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
        called = [line for line in (tmp_path / "called").read_text().splitlines() if not line.startswith("sudo")]
        return result, called

    return run


INSTALLATION = ["apt-get update", "apt-get install --yes --no-install-recommends chromium fonts-dejavu-core"]


@pytest.mark.parametrize("outcome", ["exit 0", "echo no network >&2; exit 100"])
def test_all_tests_run_whether_a_browser_could_be_installed_or_not_and_nothing_is_said_of_it(run_where, outcome):
    result, called = run_where(**{"apt-get": outcome})
    assert called == [*INSTALLATION, "make test"]
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_nothing_is_installed_where_there_is_a_browser(run_where):
    assert run_where(**{"apt-get": "exit 0", "chromium": "exit 0"})[1] == ["make test"]


def test_all_tests_run_where_nothing_can_be_installed(run_where):
    assert run_where()[1] == ["make test"]


def test_a_test_that_fails_is_a_failure_of_the_whole(run_where):
    assert run_where(make="exit 2")[0].returncode == 2
