"""What the files of a classifier look like, and what they say beside what is proved."""

import re
import shutil

import numpy as np
import pytest

from bridge.artifact.classifier import Control, Fold
from bridge.artifact.record import Rounding
from bridge.base.errors import InputError
from bridge.base.resources import templates_folder
from bridge.export.classification.asked import ClassifierAsked
from bridge.export.classification.certificate import classifier_certificate
from bridge.export.classification.render import render_classifier
from bridge.export.write import export_lean
from bridge.report.decisions import classifier_lines
from support.artifacts import PROVENANCE
from support.classifier_exports import rendered
from support.classifiers import make_classifier, stored_classifier

DIGIT = "Generated/Digit.lean"


def test_there_is_a_file_for_the_samples_and_one_for_the_classifier(tmp_path):
    assert list(rendered(tmp_path, make_classifier())) == ["Generated.lean", "Generated/Samples.lean", DIGIT]


def test_labels_that_are_called_something_that_is_no_word_have_a_numbered_file(tmp_path):
    files = rendered(tmp_path, make_classifier(label_name="what it is"))
    assert "namespace Generated.«what it is»\n" in files["Generated/Concept0.lean"]


def test_the_samples_have_labels_and_no_scores(tmp_path):
    text = rendered(tmp_path, make_classifier())["Generated/Samples.lean"]
    assert "artifact: 3 latent coordinates and a label each.\n" in text
    assert "/-- All latent points and labels.  The label `digit` of a sample is the number of its class. -/" in text
    assert "conceptCount := 1\n" in text
    assert "scoreExponents := [0]\n" in text


def test_class_names_are_strings_in_lean_and_remarks_in_comments(tmp_path):
    names = ('a "b" \\', "x -/ axiom bad : False /-", "數字")
    text = rendered(tmp_path, make_classifier(class_names=names))[DIGIT]
    assert '[\n    "a \\"b\\" \\\\",\n    "x -/ axiom bad : False /-",\n    "數字"\n  ]' in text
    assert '* 0: `a "b" \\`\n* 1: `x - / axiom bad : False / -`\n* 2: `數字`\n' in text


def test_a_binary_probe_has_a_threshold(tmp_path):
    text = rendered(tmp_path, make_classifier(binary=0.75))[DIGIT]
    assert "def functional0 : Bridge.AffineFunctional 3 :=\n  .constant 3 (3 / 4)\n" in text
    assert "predicted i = if (3 / 4) < functional1.eval (samples.latent i) then 1 else 0" in text
    assert "predicted_eq" not in rendered(tmp_path, make_classifier())[DIGIT]


def test_classes_are_in_one_list_in_their_order(tmp_path):
    text = rendered(tmp_path, make_classifier(classes=4))[DIGIT]
    assert "⟨[functional0, functional1, functional2, functional3]⟩" in text
    assert "\n  .cons faithful0 (.cons faithful1 (.cons faithful2 (.cons faithful3 .nil)))\n" in text


UNKNOWN_PARTS = PROVENANCE.__class__(**{**vars(PROVENANCE), "held_out": None})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Fitted by logistic regression on the training part."),
        ({"method": "mean-difference"}, "Fitted by the difference of the means of the classes on the training part."),
        ({"method": "given"}, "The classifier was fitted elsewhere and is exported as it is."),
        ({"method": "given"}, "every number is the number that was given, exactly."),
        ({}, "accuracy = 0.7500 (training part), 0.7500 (held out), 0.7500 (all).\n"),
        ({"is_train": np.ones(6, bool)}, "accuracy = 0.7500 (training part), undefined (held out), 0.7500 (all).\n"),
        (
            {"provenance": UNKNOWN_PARTS, "is_train": np.zeros(6, bool)},
            "accuracy = 0.7500 over these samples.\nWhich of them the classifier was fitted on is not recorded.\n",
        ),
        (
            {"control": Control("shuffled-labels", 3, 0.25, None, None, 0.25)},
            "That of one fitted on permuted labels is 0.2500 (training part), undefined (held out).\n",
        ),
        (
            {"fold": Fold("Pipeline(StandardScaler, LinearSVC)", "1/8", 2, 0, ())},
            f"Over all samples, {Fold('Pipeline(StandardScaler, LinearSVC)', '1/8', 2, 0, ()).line}.",
        ),
        ({"fold": Fold("Ridge -/", "1/8", 2, 0, ())}, "Ridge - /"),
        (
            {"rounding": Rounding(4, None, "1/64", None), "weights": np.ones((4, 3))},
            "every number is the floating-point number of the fit after rounding, exactly.",
        ),
        (
            {"rounding": Rounding(4, None, "1/64", None), "weights": np.ones((4, 3))},
            "rounded to multiples of 2^-4 after the fit.  The largest change, over all classes,\nis exactly 1/64.",
        ),
    ],
)
def test_it_is_said_how_the_classifier_came_about(tmp_path, changed, said):
    assert said in rendered(tmp_path, make_classifier(**changed))[DIGIT]


def test_a_template_that_is_missing_is_named(tmp_path):
    templates = tmp_path / "templates"
    shutil.copytree(templates_folder(), templates)
    (templates / "classifier" / "Classifier.lean.jinja").unlink()
    stored = stored_classifier(tmp_path, make_classifier())
    certificate = classifier_certificate(stored.artifact)
    with pytest.raises(InputError) as error:
        render_classifier(stored, certificate, namespace="Generated", templates=templates)
    assert str(error.value) == (
        f"template classifier/Classifier.lean.jinja is not in {templates}; the export of a classifier needs "
        "Samples.lean.jinja, Shard.lean.jinja, _banner.jinja, _samples.jinja, _functional.jinja and the folder "
        "classifier; copy the missing one from the package's templates"
    )


def test_the_place_of_the_file_of_the_classifier_is_looked_at_first(tmp_path):
    (tmp_path / "Generated").mkdir()
    (tmp_path / DIGIT).write_text("mine")
    with pytest.raises(InputError, match=r"Digit\.lean"):
        export_lean(
            stored_classifier(tmp_path, make_classifier()), tmp_path / "Generated.lean", templates=templates_folder()
        )
    assert (tmp_path / DIGIT).read_text() == "mine"


def test_an_export_says_in_lines_what_it_proves(tmp_path):
    artifact = make_classifier(9, 2, is_train=np.array([False] * 3 + [True] * 6))
    asked = ClassifierAsked.parse("--over held-out --roc-auc --accuracy-bound 1/20")
    stored = stored_classifier(tmp_path, artifact)
    export = export_lean(stored, tmp_path / "Generated.lean", templates=templates_folder(), asked=asked)
    lines = list(classifier_lines(export))
    assert [re.split(r" [=≥] ", line)[0] for line in lines] == [
        "accuracy",
        "balanced_accuracy",
        "margin",
        "roc_auc(class 0)",
        "roc_auc(class 1)",
        "roc_auc(class 2)",
        "accuracy on unseen data",
    ]
    assert lines[-1].endswith("of 3 held-out decisions are right, α = 1/20")
    assert export.lean_estimate(1).files == 2
