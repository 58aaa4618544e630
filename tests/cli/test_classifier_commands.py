"""`bridge export` and `bridge verify` take the artifact of a classifier as they take that of a probe."""

import json
import re

import numpy as np
import pytest

from bridge.artifact.file import save_artifact
from support.artifacts import make_artifact
from support.classifiers import make_classifier
from support.command_line import run_bridge

ARTIFACT = "classifier.safetensors"


def classifier(**changed):
    return make_classifier(9, 2, 3, is_train=np.array([False] * 3 + [True] * 6), **changed)


@pytest.fixture
def folder(tmp_path):
    """A folder with the artifact of a classifier and that of a probe."""
    save_artifact(tmp_path / ARTIFACT, classifier())
    save_artifact(tmp_path / "probe.safetensors", make_artifact())
    return tmp_path


def export(folder, *options, artifact=ARTIFACT):
    return run_bridge("export", "--artifact", artifact, "--out", "Digits.lean", *options, cwd=folder)


def test_a_classifier_is_exported_and_verified(folder):
    done = export(folder, "--over", "held-out", "--roc-auc", "--accuracy-bound", "0.05")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        ["Digits.lean", "Digits/Samples.lean", "Digits/Digit.lean"],
    )
    assert "--over held-out --roc-auc --accuracy-bound 1/20 --out" in (folder / "Digits.lean").read_text()
    verified = run_bridge("verify", "Digits.lean", cwd=folder)
    assert verified.returncode == 0, verified.stdout
    assert re.fullmatch(
        r"verify: all \d+ literals are the artifact's\ncomments: as this version writes them\n", verified.stdout
    )


def test_a_changed_comment_is_found(folder):
    export(folder)
    file = folder / "Digits" / "Digit.lean"
    file.write_text(file.read_text().replace("The confusion matrix:", "The confusing matrix:"))
    verified = run_bridge("verify", "Digits.lean", cwd=folder)
    assert verified.returncode == 1
    assert "comments: 1 difference from what this version writes" in verified.stdout


def test_a_changed_count_is_found(folder):
    export(folder)
    file = folder / "Digits" / "Digit.lean"
    text = file.read_text()
    count = re.search(r"def matrix : List \(List Nat\) := \[\n    \[(\d+)", text)
    file.write_text(text[: count.start(1)] + str(int(count[1]) + 1) + text[count.end(1) :])
    verified = run_bridge("verify", "Digits.lean", cwd=folder)
    assert verified.returncode == 1
    assert "digit: matrix[0][0]: found" in verified.stdout


def test_the_record_has_all_that_is_proved(folder):
    record = json.loads(export(folder, "--over", "held-out", "--roc-auc", "--accuracy-bound", "1/20", "--json").stdout)
    assert record["classes"] == ["class 0", "class 1", "class 2"]
    assert (record["label"], record["method"], record["over"]) == ("digit", "logistic", "held-out")
    assert sum(map(sum, record["confusion_matrix"])) == record["listed_samples"] == 3
    correct = sum(record["confusion_matrix"][number][number] for number in range(3))
    assert record["accuracy"] == {0: "0", 1: "1 / 3", 2: "2 / 3", 3: "1"}[correct]
    assert record["margin_at_sample"] in (8, 7, 6)
    assert record["accuracy_bound_alpha"] == "1/20"
    assert len(record["roc_auc"]) == len(record["recall"]) == len(record["precision"]) == len(record["f1"]) == 3
    assert record["lean_estimate"]["files"] == 2


@pytest.mark.parametrize(
    ("artifact", "options", "message"),
    [
        (
            ARTIFACT,
            ["--r2"],
            "--r2 was given for a classifier; it is about the residuals of scores, and an artifact of a probe with "
            "scores is required; leave --r2 out, or fit with --scores",
        ),
        (
            ARTIFACT,
            ["--alpha", "0.1"],
            "--alpha was given for a classifier; it is about the residuals of scores, and an artifact of a probe with "
            "scores is required; leave --alpha out, or fit with --scores",
        ),
        (
            "probe.safetensors",
            ["--roc-auc"],
            "--roc-auc was given for a probe of scores; it is about decisions, and an artifact of a classifier is "
            "required; leave --roc-auc out, or fit with --labels",
        ),
        (
            "probe.safetensors",
            ["--accuracy-bound", "0.1"],
            "--accuracy-bound was given for a probe of scores; it is about decisions, and an artifact of a classifier "
            "is required; leave --accuracy-bound out, or fit with --labels",
        ),
        (
            ARTIFACT,
            ["--predictions", "scores.npy"],
            "--predictions was given together with classifier.safetensors, the artifact of a classifier; predicted "
            "scores can be compared with a probe of scores alone; leave --predictions out",
        ),
        (
            ARTIFACT,
            ["--accuracy-bound", "0.1"],
            "--accuracy-bound was given with --over all; only samples that the fit has not seen say something of "
            "unseen data, and these alone must be listed; choose --over held-out",
        ),
    ],
)
def test_what_belongs_to_another_kind_of_artifact_is_refused(folder, artifact, options, message):
    done = export(folder, *options, artifact=artifact)
    assert (done.returncode, done.stderr) == (2, f"bridge: {message}\n")
    assert not (folder / "Digits.lean").exists()


def test_a_level_that_is_none_is_refused_before_anything_is_read(folder):
    done = export(folder, "--accuracy-bound", "2", artifact="missing.safetensors")
    message = "α is '2'; a number between 0 and 1, both excluded, is required; choose --accuracy-bound 0.05, say"
    assert (done.returncode, done.stderr) == (2, f"bridge: {message}\n")


def test_run_has_no_options_that_are_about_decisions(folder):
    shown = run_bridge("run", "--help", cwd=folder).stdout
    assert "--r2" in shown
    assert "--roc-auc" not in shown
