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
