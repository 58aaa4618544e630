"""The weekly build with the newest stable Lean and Mathlib: what it takes, and what its summary says broke.

Git is the real one, over a repository that stands for Mathlib's; Lake is a script, since there is none here.
"""

import importlib.util
import os
import shutil
import subprocess
import sys

import pytest
import yaml

from bridge.base.release import RELEASE
from support.repository import REPOSITORY

SCRIPT = REPOSITORY / ".github" / "newest.py"

LAKE = """#!/bin/sh
echo "$@" >> "{log}"
case "$*" in {broken}) printf '%s' '{output}'; exit 3;; *) echo "Build completed successfully";; esac
"""


@pytest.fixture(scope="module")
def newest():
    specification = importlib.util.spec_from_file_location("newest", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    sys.modules["newest"] = module  # where a dataclass looks for its module
    specification.loader.exec_module(module)
    yield module
    del sys.modules["newest"]


class Place:
    """A checkout, a Lake that may refuse something, and a repository with tags in the place of Mathlib's."""

    def __init__(self, folder, url):
        self.folder, self.mathlib, self.log, self.summary = (
            folder / name for name in ("checkout", "mathlib", "lake.log", "summary.md")
        )
        self.folder.mkdir()
        for name in ("lakefile.lean", "lean-toolchain"):
            shutil.copyfile(REPOSITORY / name, self.folder / name)
        (folder / "bin").mkdir()
        self.lake = folder / "bin" / "lake"
        self.environment = {
            **os.environ,
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{self.mathlib.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": url,
        }

    def tag(self, *tags):
        identity = ["-c", "user.name=t", "-c", "user.email=t@t"]
        subprocess.run(["git", "init", "--quiet", str(self.mathlib)], check=True)
        subprocess.run(
            ["git", *identity, "commit", "--quiet", "--allow-empty", "-m", "t"], cwd=self.mathlib, check=True
        )
        for tag in tags:
            subprocess.run(["git", "tag", tag], cwd=self.mathlib, check=True)

    def run(self, broken="nothing", output=""):
        self.lake.write_text(LAKE.format(log=self.log, broken=broken, output=output), encoding="utf-8")
        self.lake.chmod(0o755)
        return subprocess.run(
            [sys.executable, str(SCRIPT)], cwd=self.folder, env=self.environment, capture_output=True, text=True
        )

    def text(self, name):
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def place(tmp_path, newest):
    return Place(tmp_path, newest.MATHLIB)


def test_the_newest_stable_release_is_built_step_by_step(place):
    place.tag("v4.9.1", "v4.28.0", "v4.30.0", "v4.31.0-rc2", "v4.100.0-patch1", "nightly-testing")
    before = place.text("lakefile.lean")
    result = place.run()
    assert (result.returncode, result.stderr) == (0, "")
    assert place.text("lean-toolchain") == "leanprover/lean4:v4.30.0\n"
    assert place.text("lakefile.lean") == before.replace(RELEASE.mathlib.required, "v4.30.0") != before
    assert place.log.read_text().splitlines() == [
        "update",
        "exe cache get",
        "build --wfail +Bridge",
        "build --wfail +Bridge.Real",
        "build --wfail Generated Example",
        "test",
    ]
    assert place.summary.read_text().startswith("## Lean and Mathlib v4.30.0: everything builds\n")


def test_the_summary_names_the_step_that_broke_and_its_first_errors(place):
    place.tag("v4.30.0")
    output = "ok\nerror: Real.lean:3:2: unknown\n" + "".join(f"error: {number}\n" for number in range(20))
    result = place.run("*+Bridge.Real", output)
    assert result.returncode == 1
    summary = place.summary.read_text()
    assert summary.startswith("## Lean and Mathlib v4.30.0: real layer broke\n")
    assert "| library | good |\n| real layer | broke |\n| export | good |\n| tests | good |" in summary
    assert (
        "`lake build --wfail +Bridge.Real` ended with 3.\n\n    error: Real.lean:3:2: unknown\n    error: 0\n"
        in summary
    )
    assert "error: 8" in summary
    assert "error: 9" not in summary


def test_what_broke_without_an_error_is_shown_from_its_end(newest):
    assert newest.first_errors("".join(f"{number}\n" for number in range(30))) == [str(n) for n in range(20, 30)]
    assert newest.first_errors("") == []


def test_a_long_line_is_cut(newest):
    assert newest.first_errors(f"error: {'x' * 1000}") == [f"error: {'x' * 293}"]


def test_without_a_stable_release_nothing_is_changed(place):
    place.tag("v4.31.0-rc2")
    result = place.run()
    assert result.returncode == 1
    assert "no stable release among the tags of" in result.stderr
    assert place.text("lean-toolchain") == (REPOSITORY / "lean-toolchain").read_text()


def test_the_workflow_runs_it_every_week_and_when_it_is_asked_to():
    workflow = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "newest.yml").read_text(encoding="utf-8"))
    when = workflow[True]  # YAML 1.1 reads `on` as a truth value
    assert [entry["cron"].split()[2:] for entry in when["schedule"]] == [["*", "*", "1"]]
    assert set(when) == {"schedule", "workflow_dispatch"}
    (job,) = workflow["jobs"].values()
    *_, action, script = job["steps"]
    assert action["uses"].startswith("leanprover/lean-action@")
    assert action["with"]["auto-config"] is False
    assert script == {"run": f"python {SCRIPT.relative_to(REPOSITORY)}"}
