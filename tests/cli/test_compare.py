"""`bridge compare` on the command line."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bridge.artifact.file import load_any, save_artifact
from bridge.artifact.pair import paired
from bridge.report.pairs import pair_result
from support.artifacts import make_artifact
from support.classifiers import make_classifier
from support.command_line import run_bridge


def save_pair(folder, a, change=1.5):
    save_artifact(folder / "a.safetensors", a)
    save_artifact(folder / "b.safetensors", replace(a, weights=a.weights * np.float32(change)))


def compare(folder, *options):
    return run_bridge("compare", "a.safetensors", "b.safetensors", *options, cwd=folder)


@pytest.mark.parametrize("make", [make_artifact, make_classifier])
def test_a_comparison_is_printed_as_lines_and_as_json(tmp_path, make):
    save_pair(tmp_path, make())
    stored = [load_any(tmp_path / f"{name}.safetensors") for name in "ab"]
    result = pair_result(paired(*(each.artifact for each in stored)), "train")
    shown = compare(tmp_path, "--over", "train")
    assert (shown.returncode, shown.stdout.splitlines()) == (0, result.lines())
    record = json.loads(compare(tmp_path, "--over", "train", "--json").stdout)
    assert record == {"a_sha256": stored[0].sha256, "b_sha256": stored[1].sha256, **result.record()}


def test_what_cannot_be_compared_is_refused(tmp_path):
    save_pair(tmp_path, make_artifact())
    save_artifact(tmp_path / "b.safetensors", make_classifier())
    refused = compare(tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("bridge: A is the artifact of a probe with concept scores, and B that of a class")


@pytest.mark.parametrize("make", [make_artifact, make_classifier])
def test_lean_files_are_written_and_verified_without_naming_the_artifacts(tmp_path, make):
    save_pair(tmp_path, make())
    written = compare(tmp_path, "--out", "Two.lean", "--json")
    assert (written.returncode, written.stderr) == (0, "compare: wrote Two.lean and 1 more file\n")
    record = json.loads(written.stdout)
    assert (record["root"], record["files"]) == ("Two.lean", ["Two.lean", "Two/Samples.lean"])
    verified = run_bridge("verify", "Two.lean", cwd=tmp_path)
    assert verified.returncode == 0
    assert verified.stdout.endswith("comments: as this version writes them\n")
    text = (tmp_path / "Two.lean").read_text()
    (tmp_path / "Two.lean").write_text(text.replace("on the same samples", "on other samples"))
    verified = run_bridge("verify", "Two.lean", cwd=tmp_path)
    assert verified.returncode == 1
    assert "comments: 1 difference from what this version writes" in verified.stdout


def test_artifacts_that_are_elsewhere_are_named(tmp_path):
    save_pair(tmp_path, make_artifact())
    assert compare(tmp_path, "--out", "Two.lean").returncode == 0
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "b.safetensors").rename(tmp_path / "elsewhere" / "b.safetensors")
    refused = run_bridge("verify", "Two.lean", cwd=tmp_path)
    assert refused.returncode == 2
    assert "which was not found; looked at were the .safetensors files beside it" in refused.stderr
    assert "name it with --compared-with" in refused.stderr
    named = ("verify", "Two.lean", "--compared-with", "elsewhere/b.safetensors")
    assert run_bridge(*named, cwd=tmp_path).returncode == 0


def test_no_artifact_is_replaced_and_no_other_file_without_force(tmp_path):
    save_pair(tmp_path, make_artifact())
    (tmp_path / "Two.lean").write_text("-- my own\n")
    assert compare(tmp_path, "--out", "Two.lean").returncode == 2
    assert compare(tmp_path, "--out", "Two.lean", "--force").returncode == 0
    # What the command has written it may replace.
    assert compare(tmp_path, "--out", "Two.lean").returncode == 0


def test_templates_are_refused_without_lean_files(tmp_path):
    save_pair(tmp_path, make_artifact())
    (tmp_path / "templates").mkdir()
    refused = compare(tmp_path, "--templates", "templates")
    assert refused.returncode == 2
    assert refused.stderr == (
        "bridge: --templates was given without --out; they are for Lean files; name the root file with --out\n"
    )


@pytest.mark.parametrize("make", [make_artifact, make_classifier])
def test_there_is_no_page_about_a_comparison(tmp_path, make):
    save_pair(tmp_path, make())
    assert compare(tmp_path, "--out", "Two.lean").returncode == 0
    refused = run_bridge("report", "Two.lean", cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1] == (
        "bridge: Two.lean compares two artifacts; an export of one is required for a page; run `bridge export`, or "
        "name another file"
    )
