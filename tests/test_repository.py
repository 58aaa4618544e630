"""What the repository says of itself agrees: its version, its hooks, what `make test` runs, and what pages name."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import bridge
from bridge.base import version
from support.repository import REPOSITORY

CITATION = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]


def commands_of(*targets):
    """What `make` would run for these targets, the set-up left out."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--dry-run", "--no-print-directory", "--old-file=.venv/.installed", *targets]
    output = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
    return output.stdout.splitlines()


# The version


def test_the_version_is_in_one_place():
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == str(Path(version.__file__).relative_to(REPOSITORY))


def test_the_citation_is_of_this_version():
    assert CITATION["version"] == bridge.__version__
    assert CITATION["cff-version"] == "1.2.0"


def test_the_citation_has_the_licence_and_the_authors_of_the_project():
    assert CITATION["license"] == PROJECT["project"]["license"]
    assert "Apache License" in (REPOSITORY / "LICENSE").read_text(encoding="utf-8")
    (author,) = CITATION["authors"]
    header = (REPOSITORY / "lean" / "Bridge.lean").read_text(encoding="utf-8")
    assert re.search(rf"Copyright \(c\) \d+ {re.escape(author['name'])}\.", header)


def test_the_changelog_begins_with_this_version():
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert (
        re.search(r"^## \[([^]]+)\] - (?:unreleased|\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE)[1]
        == bridge.__version__
    )


# Hooks


def test_hooks_fetch_nothing_and_run_on_the_whole_repository():
    assert [repository["repo"] for repository in HOOKS] == ["local"]
    for hook in HOOKS[0]["hooks"]:
        assert (hook["language"], hook["pass_filenames"]) == ("system", False)


def test_the_hooks_are_what_make_lint_runs():
    entries = [hook["entry"].split() for hook in HOOKS[0]["hooks"]]
    assert {program for program, _ in entries} == {"make"}
    of_hooks = [command for _, target in entries for command in commands_of(target)]
    assert len(of_hooks) == len(entries)
    assert of_hooks == commands_of("lint")


def test_make_test_runs_lint_first_and_then_all_tests():
    lint = commands_of("lint")
    commands = commands_of("test")
    assert commands[: len(lint)] == lint
    *_, tests = commands[len(lint) :]  # the library may have to be compiled between the two
    assert tests.split()[0] == ".venv/bin/pytest"
    assert "-m" not in tests.split()


def test_make_test_alone_measures_coverage_by_branch_and_has_a_floor():
    (tests,) = (command for command in commands_of("test") if "pytest" in command)
    assert "--cov" in tests.split()
    assert int(re.search(r" --cov-fail-under=(\d+)", tests)[1]) >= 99
    assert PROJECT["tool"]["coverage"]["run"]["branch"]
    assert not any("--cov" in command for command in commands_of("quick"))


SOURCES = sorted((REPOSITORY / "python" / "bridge").rglob("*.py"))


def test_what_no_test_can_reach_says_why():
    lines = [line for source in SOURCES for line in source.read_text(encoding="utf-8").splitlines()]
    excluded = [line for line in lines if re.search(r"#\s*pragma\b", line, re.IGNORECASE)]
    assert excluded
    assert [line for line in excluded if not re.search(r"# pragma: no (cover|branch) -- \w+", line)] == []


# Pages


def links_in(page):
    return re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))


PAGES = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page):
    assert [link for link in links_in(page) if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_targets_that_a_page_names_are_there(page):
    text = page.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:python|lean|templates|tests|bench|docs)/[\w./]*\w)`", text)
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []
    targets = set(re.findall(r"`make ([\w-]+)`", text))
    assert targets <= set(re.findall(r"^([\w-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))


def test_what_is_called_generated_is_there():
    lines = (REPOSITORY / ".gitattributes").read_text(encoding="utf-8").splitlines()
    patterns = [line.split()[0] for line in lines if line.endswith(" linguist-generated")]
    assert patterns
    assert [pattern for pattern in patterns if not any(REPOSITORY.glob(pattern))] == []
