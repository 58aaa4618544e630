"""The releases of Lean and Mathlib: `bridge.base.release` says which, and every file that says it too agrees.

To move to another release, change `RELEASE` and run `pytest tests/test_release.py --update`, which writes the files
that can be written.  The others are named by the tests that still fail: what they say of the release has to be read
again.
"""

import json
import re
import subprocess
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bridge.base.release import RELEASE
from bridge.base.resources import templates_folder
from bridge.export.project import ProjectPage, project_files
from bridge.export.templating import template_environment
from support.artifacts import make_artifact
from support.repository import REPOSITORY


@dataclass(frozen=True)
class Mention:
    """A file that says which release it is for.

    Attributes:
        path: the file.
        pattern: where it says so; the version is in the one group.
        version: what it has to be.
        is_written: whether `--update` may write it, since the file says nothing of the release but its version.
    """

    path: str
    pattern: str
    version: str
    is_written: bool = True


MENTIONS = (
    Mention("lean-toolchain", r"leanprover/lean4:v(\S+)\n", RELEASE.lean),
    Mention("lakefile.lean", r'/ "mathlib" @ git "([^"]+)"', RELEASE.mathlib.required),
    Mention("docs/lean-project.md", r"Versions are pinned: Lean (\S+) and Mathlib", RELEASE.lean),
    Mention("docs/lean-project.md", r"Versions are pinned: Lean \S+ and Mathlib (\S+)\.\n", RELEASE.mathlib.required),
    # Where Mathlib has each entry is compared with its source by hand.
    Mention(
        "tests/lean/surface/Mathlib/Analysis/InnerProductSpace/PiL2.lean",
        r"says where Mathlib (\S+) has it",
        RELEASE.mathlib.required,
        is_written=False,
    ),
    # Which fixes a release is older than is to be looked up.
    Mention("docs/trust.md", r"The Lean that is pinned here is (\S+),", RELEASE.lean, is_written=False),
)
# A test has a version of Lean as an example, the change log that of its time; `test_surface.py` makes the check file.
ELSEWHERE = re.compile(r"tests/.*\.py|CHANGELOG\.md|python/bridge/base/release\.py|tests/lean/SurfaceCheck\.lean")


def text_of(path):
    return (REPOSITORY / path).read_text(encoding="utf-8")


def rewritten(text, mention):
    """The text with the version in its place."""
    match = re.search(mention.pattern, text)
    assert match, f"{mention.path} does not say which release it is for: {mention.pattern}"
    return text[: match.start(1)] + mention.version + text[match.end(1) :]


def manifest(name, release):
    """Lake's manifest of a project."""
    template = template_environment(templates_folder() / "project").get_template("lake-manifest.json.jinja")
    return template.render(project=ProjectPage(name, "0", "probe.safetensors", 1), release=release)


@pytest.fixture(autouse=True)
def updated(update):
    if update:
        (REPOSITORY / "lake-manifest.json").write_text(manifest("bridge", RELEASE), encoding="utf-8")
        for mention in MENTIONS:
            if mention.is_written:
                (REPOSITORY / mention.path).write_text(rewritten(text_of(mention.path), mention), encoding="utf-8")


@pytest.mark.parametrize("mention", MENTIONS, ids=lambda mention: f"{mention.path}: {mention.version}")
def test_the_file_is_for_the_release(mention):
    remedy = "run `pytest tests/test_release.py --update`" if mention.is_written else "read again what it says of it"
    assert rewritten(text_of(mention.path), mention) == text_of(mention.path), f"{mention.path} is not; {remedy}"


def test_the_manifest_has_the_packages_of_the_release():
    assert text_of("lake-manifest.json") == manifest("bridge", RELEASE)


def test_a_new_project_is_for_the_release():
    files = project_files("probes", make_artifact())
    (required,) = tomllib.loads(files[Path("lakefile.toml")].decode())["require"]
    assert files[Path("lean-toolchain")].decode() == f"{RELEASE.toolchain}\n"
    assert (required["name"], required["rev"]) == ("mathlib", RELEASE.mathlib.required)
    assert files[Path("lake-manifest.json")].decode() == manifest("probes", RELEASE)


def test_every_file_that_names_a_release_is_looked_at():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    known = {mention.path for mention in MENTIONS} | {"lake-manifest.json"}
    version = re.compile(rf"(?<![\d.])v?{re.escape(RELEASE.lean)}(?![\w-]|\.\d)")
    for path in tracked.stdout.split("\0"):
        if path and not ELSEWHERE.fullmatch(path) and path not in known and (REPOSITORY / path).is_file():
            text = (REPOSITORY / path).read_bytes().decode(errors="ignore")
            assert not version.search(text), f"{path} names {RELEASE.lean} and is in no list here"


# What another release would be


NEXT = replace(RELEASE, lean="4.99.1", mathlib=replace(RELEASE.mathlib, revision="0" * 40, required="v4.99.1"))


def test_the_manifest_follows_a_move():
    mathlib, *others = json.loads(manifest("probes", NEXT))["packages"]
    assert (mathlib["rev"], mathlib["inputRev"], mathlib["inherited"]) == ("0" * 40, "v4.99.1", False)
    assert others == json.loads(manifest("probes", RELEASE))["packages"][1:]
    assert NEXT.toolchain == "leanprover/lean4:v4.99.1"


@pytest.mark.parametrize("mention", MENTIONS, ids=lambda mention: f"{mention.path}: {mention.version}")
def test_a_file_of_another_release_is_found_and_can_be_written(mention):
    moved = replace(mention, version="4.99.1")
    text = rewritten(text_of(mention.path), moved)
    assert text != text_of(mention.path)
    assert "4.99.1" in text
    assert rewritten(text, mention) == text_of(mention.path)


def test_the_revisions_are_commits_and_what_is_required_of_mathlib_is_a_stable_release():
    assert all(re.fullmatch(r"[0-9a-f]{40}", package.revision) for package in RELEASE.packages)
    assert re.fullmatch(r"v\d+\.\d+\.\d+", RELEASE.mathlib.required)
    assert RELEASE.mathlib.required.removeprefix("v").rpartition(".")[0] == RELEASE.lean.rpartition(".")[0]
