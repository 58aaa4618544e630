"""The report of a classifier: every count, curve and margin is that of the exact decisions."""

import re
import shutil
import tempfile
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from sklearn import metrics as sklearn_metrics

from bridge.artifact.classifier import Control, Fold
from bridge.artifact.file import save_artifact
from bridge.base.errors import InputError
from bridge.base.resources import templates_folder
from bridge.cli.main import main
from bridge.exact.decisions import accuracy_bound
from bridge.export.classification.asked import ClassifierAsked
from bridge.export.write import export_lean
from bridge.report.classifier.figures import (
    ClassMargins,
    confusion_map,
    drawn_names,
    margin_histograms,
    roc_curves,
    shade,
)
from bridge.report.classifier.gathering import build_classifier_report
from bridge.report.classifier.listed import ListedDecisions, roc_of
from bridge.report.classifier.page import classifier_figure_files, classifier_html, rate
from bridge.report.classifier.plates import MOST_CLASSES, PLATES
from bridge.report.page import MissingPlate
from bridge.report.pictures import NoPictures, Pictures
from support.artifacts import PROVENANCE
from support.classifiers import make_classifier, stored_classifier
from support.pages import Page, images

NO_PICTURES = NoPictures("no checkpoint was given")

small = st.integers(-3, 3)


@st.composite
def classifiers(draw):
    """Small classifiers of small integers, where decision values are often equal."""
    samples, dim, classes = draw(st.integers(1, 8)), draw(st.integers(1, 2)), draw(st.integers(2, 4))
    latents = draw(npst.arrays(np.float64, (samples, dim), elements=small))
    weights = draw(npst.arrays(np.float64, (dim + 1, classes), elements=small))
    if classes == 2 and draw(st.booleans()):
        weights[:-1, 0] = 0
    labels = draw(npst.arrays(np.int64, samples, elements=st.integers(0, classes - 1)))
    return make_classifier(samples, dim, classes, latents=latents, weights=weights, labels=labels)


def all_listed(artifact):
    return ListedDecisions(artifact, np.arange(len(artifact.latents)))


def values_by_definition(artifact):
    """The decision values, computed with fractions alone."""
    rows = [[*map(Fraction, map(float, row)), Fraction(1)] for row in artifact.latents]
    columns = [[*map(Fraction, map(float, column))] for column in artifact.weights.T]
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in rows]


def report_of(artifact, *options, pictures=NO_PICTURES, **others):
    """The report of an artifact and of its export, of which something more can be asked."""
    with tempfile.TemporaryDirectory() as folder:
        stored, root = stored_classifier(Path(folder), artifact), Path(folder) / "Digits.lean"
        words = " ".join(options or ["--over all"])
        export_lean(stored, root, templates=templates_folder(), asked=ClassifierAsked.parse(words))
        return build_classifier_report(root, stored, check_result=None, pictures=pictures, **others)


def page_of(artifact, *options, drawn=False, **others):
    """The page, without most of its figures unless they are to be drawn, which takes long."""
    report = report_of(artifact, *options, **others)
    if not drawn:
        first, *plates = report.plates
        missing = [plate for plate in plates if isinstance(plate, MissingPlate)]
        report = replace(report, plates=(first, *missing))
    return Page(b"".join(classifier_html(report)).decode())


def cells(source):
    """The counts in the heat map, row by row."""
    (table,) = re.findall(r'<table class="heat.*?</table>', source, re.DOTALL)
    rows = re.findall(r'<tr><th scope="row".*?</tr>', table, re.DOTALL)
    return [[int(count) for count in re.findall(r'<td class="(?:right|wrong)[^"]*">(\d+)</td>', row)] for row in rows]


# What is decided


@given(classifiers())
def test_the_margin_is_the_labels_value_less_the_largest_other_one(artifact):
    listed = all_listed(artifact)
    for label, values, margin in zip(artifact.labels, values_by_definition(artifact), listed.margins, strict=True):
        assert margin == values[label] - max(value for number, value in enumerate(values) if number != label)


@given(classifiers())
def test_right_decisions_have_no_negative_margin_and_wrong_ones_no_positive_one(artifact):
    listed = all_listed(artifact)
    for is_right, margin in zip(listed.is_right, listed.margins, strict=True):
        assert margin >= 0 if is_right else margin <= 0


@given(classifiers())
def test_the_misclassified_are_all_there_and_the_worst_come_first(artifact):
    listed = all_listed(artifact)
    predicted = [values.index(max(values)) for values in values_by_definition(artifact)]
    wrong = [number for number, (a, b) in enumerate(zip(artifact.labels, predicted, strict=True)) if a != b]
    assert sorted(listed.misclassified) == wrong
    assert all(listed.margins[a] <= listed.margins[b] for a, b in pairwise(listed.misclassified))


@given(st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=1, max_size=12))
def test_a_roc_curve_has_exactly_its_area_below_it_and_no_corner_too_many(samples):
    values, is_positive = [value for value, _ in samples], np.array([one for _, one in samples])
    roc = roc_of(values, is_positive, 0)
    if is_positive.all() or not is_positive.any():
        assert roc is None
        return
    x, y = roc.false_positives.tolist(), roc.true_positives.tolist()
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, (~is_positive).sum(), is_positive.sum())
    steps = [(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(zip(x, y, strict=True))]
    doubled = sum(dx * (y0 + y0 + dy) for (dx, dy), y0 in zip(steps, y, strict=False))
    assert Fraction(doubled, 2 * x[-1] * y[-1]) == roc.area
    assert all(a * d != b * c for (a, b), (c, d) in pairwise(steps))


@given(st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=2, max_size=12))
def test_a_roc_curve_is_that_of_scikit_learn(samples):
    values, is_positive = [value for value, _ in samples], np.array([one for _, one in samples])
    roc = roc_of(values, is_positive, 0)
    if roc is None:
        return
    x, y, _ = sklearn_metrics.roc_curve(is_positive, values, drop_intermediate=False)
    assert set(zip(*roc.shares(), strict=True)) <= set(zip(x, y, strict=True))


def test_a_binary_probe_has_one_curve_and_several_classes_have_one_each():
    assert [roc.number for roc in all_listed(make_classifier(6, binary=0.5)).rocs] == [1]
    two = make_classifier(12, 3, 2)
    [roc] = all_listed(two).rocs
    excess = np.column_stack([two.latents, np.ones(12)]) @ np.diff(two.weights)[:, 0]
    assert (roc.number, float(roc.area)) == (1, pytest.approx(sklearn_metrics.roc_auc_score(two.labels, excess)))
    assert [roc.number for roc in all_listed(make_classifier(6, classes=3)).rocs] == [0, 1, 2]
    # Class 2 has no sample.
    assert [roc.number for roc in all_listed(make_classifier(4, classes=3, labels=np.array([0, 1, 1, 0]))).rocs] == [
        0,
        1,
    ]


# Figures


@pytest.mark.parametrize(
    ("count", "of", "depth"), [(0, 0, 0), (0, 7, 0), (1, 10**9, 1), (1, 10, 1), (11, 100, 2), (7, 7, 10)]
)
def test_a_cell_is_the_darker_the_larger_its_share_and_only_white_for_none(count, of, depth):
    assert shade(count, of) == depth


@pytest.mark.parametrize("names", [("a", "b"), ("猫", "犬"), ("W" * 40, "x")])
def test_the_heat_map_has_every_count_in_its_place(names):
    counts = ((12, 3), (0, 123456))
    (axes,) = confusion_map(counts, names).axes
    texts = {text.get_gid(): (text.get_text(), text.get_position()) for text in axes.texts}
    assert texts == {f"count-{a}-{b}": (str(counts[a][b]), (b, a)) for a in range(2) for b in range(2)}
    assert axes.get_ylim() == (1.5, -0.5)  # the first label is at the top


def test_classes_are_named_if_all_names_fit_and_are_numbered_otherwise():
    fit = {"points": 8, "inches": 1.0}
    assert drawn_names(("cat", "größe"), **fit) == ("cat", "größe")
    assert drawn_names(("cat", "猫"), **fit) == ("#0", "#1")
    assert drawn_names(("cat", "W" * 14), **fit) == ("#0", "#1")
    assert drawn_names(("cat", "i" * 14), **fit) == ("cat", "i" * 14)


@settings(max_examples=15)
@given(classifiers())
def test_the_histograms_have_each_sample_once_on_the_side_of_its_decision(artifact):
    listed = all_listed(artifact)
    margins = np.array([float(margin) for margin in listed.margins])
    classes = [
        ClassMargins(
            number,
            margins[(artifact.labels == number) & listed.is_right],
            margins[(artifact.labels == number) & ~listed.is_right],
        )
        for number in range(artifact.class_count)
    ]
    drawn = margin_histograms(classes, artifact.class_names).axes
    for axes, each in zip(drawn, classes, strict=False):
        heights = {"right": 0, "wrong": 0}
        for bar in axes.patches:
            kind = bar.get_gid().split("-")[2]
            heights[kind] += bar.get_height()
            assert bar.get_width() > 0 if kind == "right" else bar.get_width() < 0
        assert heights == {"right": len(each.right), "wrong": len(each.wrong)}


@pytest.mark.parametrize("classes", [2, 3, 8, 9, 30])
def test_every_number_of_classes_has_its_curves_and_histograms(classes):
    listed = all_listed(make_classifier(3 * classes, classes=classes))
    curves = [line for axes in roc_curves(listed.rocs, listed.artifact.class_names).axes for line in axes.lines]
    drawn = {line.get_gid(): line for line in curves if line.get_gid()}
    assert list(drawn) == [f"curve-{number}" for number in (range(classes) if classes > 2 else [1])]
    for roc in listed.rocs:
        np.testing.assert_array_equal(drawn[f"curve-{roc.number}"].get_xydata(), np.transpose(roc.shares()))


# The page


@pytest.mark.parametrize("classes", [2, 3, 10, 30])
def test_the_heat_map_of_the_page_has_the_exact_counts(classes):
    artifact = make_classifier(8 * classes, classes=classes)
    page = page_of(artifact)
    predicted = [values.index(max(values)) for values in values_by_definition(artifact)]
    assert cells(page.source) == sklearn_metrics.confusion_matrix(artifact.labels, predicted).tolist()
    assert page.problems == []


def test_the_page_says_how_many_decisions_are_right_and_what_follows():
    artifact = make_classifier(60, classes=3)
    predicted = [values.index(max(values)) for values in values_by_definition(artifact)]
    right = sum(np.equal(predicted, artifact.labels))
    text = page_of(artifact).text
    assert f"{right} of 60 listed samples are decided as labelled: an accuracy of {right / 60:.4f}." in text
    assert f" accuracy {right} of 60, exactly {Fraction(int(right), 60)}".replace("/", " / ") in text
    for number, name in enumerate(artifact.class_names):
        scores = sklearn_metrics.precision_recall_fscore_support(artifact.labels, predicted, zero_division=0)
        precision, recall, f1, support = (column[number] for column in scores)
        decided = predicted.count(number)
        assert f" {number} {name} {support} {decided} {recall:.4f} {precision:.4f} {f1:.4f} " in text
    exact = sklearn_metrics.cohen_kappa_score(artifact.labels, predicted)
    assert float(re.search(r"cohen_kappa about (\S+),", text)[1]) == pytest.approx(exact, rel=1e-5)


def test_the_margin_is_that_of_the_sample_that_is_named():
    artifact = make_classifier(20, classes=3)
    gaps = [sorted(values)[-1] - sorted(values)[-2] for values in values_by_definition(artifact)]
    sample = artifact.sample_indices[gaps.index(min(gaps))]
    text = page_of(artifact).text
    exact = str(min(gaps)).replace("/", " / ")
    assert (
        f"exactly {exact}, the least gap between the largest value and the next, attained first by sample {sample}"
        in text
    )


def test_a_binary_probe_is_told_with_its_threshold():
    text = page_of(make_classifier(8, binary=0.25, class_names=("no", "yes"))).text
    assert "which digit a sample has: yes if w · z + b > t, and no otherwise, where t = 1 / 4." in text
    assert "the least |w · z + b - t|, attained" in text
    long = page_of(make_classifier(8, binary=0.1)).text
    assert "where t is about 0.1, exactly 3602879701896397 / 36028797018963968." in long
    assert "of the class yes" not in text.replace("Of the class yes", "")


def test_several_classes_are_told_with_their_rule():
    assert (
        "of 3 classes the one with the largest value w · z + b, the first of several" in page_of(make_classifier()).text
    )


def test_parts_stand_with_the_majority_and_the_control():
    control = Control("shuffled-labels", 5, 0.25, None, 0.125, 0.2)
    text = page_of(make_classifier(9, control=control)).text
    assert " most frequent class shuffled labels train 6 0.7500 0.7500 0.7500 0.7500 0.2500 " in text
    assert " held out 3 0.7500 0.7500 0.7500 0.7500 0.1250 all 9 " in text
    assert "fitted in the same way on permuted ones (seed 5)" in text
    assert " calibration " not in text.partition("most frequent class")[2].partition("The numbers")[0]


def test_without_a_control_the_page_says_how_to_have_one():
    text = page_of(make_classifier(9)).text
    assert "No control was fitted; --control shuffled-labels of bridge fit does so." in text
    assert " shuffled labels train" not in text


def test_what_folding_changed_is_told():
    fold = Fold("Pipeline(StandardScaler, LogisticRegression)", "1/1024", 2, 12, tuple(range(10)))
    text = page_of(make_classifier(20, fold=fold)).text
    assert "folded from Pipeline(StandardScaler, LogisticRegression)" in text
    # Samples are named by their positions, which are reversed.
    assert "about 0.000976562, exactly 1 / 1024, at sample 17; 12 decisions differ: at samples 19, 18, " in text
    assert "10 and others." in text


def test_a_fold_that_changes_nothing_says_so():
    text = page_of(make_classifier(20, fold=Fold("LinearSVC", "0", 0, 0, ()))).text
    assert "by at most about 0, exactly 0; no decision differs." in text


def test_one_decision_that_differs_is_named():
    text = page_of(make_classifier(20, fold=Fold("LinearSVC", "1/4", 0, 1, (3,)))).text
    assert "at sample 19; 1 decision differs: at sample 16. " in text


def test_the_worst_samples_are_listed_with_label_decision_and_margin():
    artifact = make_classifier(40, classes=3)
    listed = all_listed(artifact)
    text = page_of(artifact).text
    assert len(listed.misclassified) > 12
    rows = re.findall(r"(\d+) (class \d) (class \d) (-[\d.]+)(?= )", text.partition("margin, about")[2])
    assert len(rows) == 12
    for (position, label, decision, margin), sample in zip(rows, listed.misclassified, strict=False):
        assert int(position) == artifact.sample_indices[sample]
        assert (label, decision) == (f"class {artifact.labels[sample]}", f"class {listed.decisions.predicted[sample]}")
        assert float(margin) == pytest.approx(float(listed.margins[sample]), rel=1e-5)
    assert f"The 12 of {len(listed.misclassified)} misclassified samples" in text


def test_few_worst_samples_are_all_there():
    artifact = make_classifier(6, classes=3)
    wrong = len(all_listed(artifact).misclassified)
    assert 0 < wrong <= 12
    text = page_of(artifact).text
    assert "All misclassified samples, the one whose label's value is furthest below the largest one first" in text


def test_short_names_stand_upright():
    assert 'class="heat few short"' in page_of(make_classifier(6, classes=2, class_names=("8", "猫"))).source
    assert 'class="heat few"' in page_of(make_classifier(6)).source


def test_the_images_of_the_worst_samples_are_theirs():
    artifact = make_classifier(40, classes=3)
    listed = all_listed(artifact)
    shown = np.arange(40)[:, None, None] / 40 * np.ones((40, 28, 28))
    report = report_of(artifact, pictures=Pictures(shown, lambda latents: latents))
    drawn = report.plates[-1].draw()
    for axes, sample in zip(drawn.axes, listed.misclassified, strict=False):
        np.testing.assert_array_equal(axes.images[0].get_array(), shown[sample])
        assert axes.get_title() == (
            f"sample {artifact.sample_indices[sample]}\nlabel class {artifact.labels[sample]}\n"
            f"decision class {listed.decisions.predicted[sample]}"
        )


def test_where_all_is_right_there_is_nothing_worst():
    latents = np.eye(3)
    page = page_of(make_classifier(3, latents=latents, weights=np.vstack([latents, np.zeros(3)])))
    assert "3 of 3 listed samples are decided as labelled: an accuracy of 1.0000." in page.text
    assert "There is nothing to show, since every listed sample is decided rightly." in page.text
    assert "Wrong by most" not in page.text


def test_where_all_samples_are_of_one_class_there_is_no_curve():
    page = page_of(make_classifier(3, labels=np.zeros(3, np.int64), weights=np.zeros((4, 3))))
    assert "There is no ROC curve, since all listed samples are of one class." in page.text
    assert "cohen_kappa undefined, since labels and decisions are all of one class" in page.text
    assert "margin about 0, exactly 0" in page.text


def test_many_classes_have_a_list_of_mistakes_in_the_place_of_the_heat_map():
    classes = MOST_CLASSES + 1
    artifact = make_classifier(4 * classes, classes=classes)
    report, page = report_of(artifact), page_of(artifact)
    assert isinstance(report.plates[0], MissingPlate)
    assert page.problems == []
    assert f"There are {classes} classes, too many for a table; these are the most frequent mistakes:" in page.text
    shown = f"The {MOST_CLASSES} classes with the most listed samples are shown."
    assert [shown in plate.caption for plate in report.plates[1:3]] == [True, True]
    predicted = [values.index(max(values)) for values in values_by_definition(artifact)]
    matrix = sklearn_metrics.confusion_matrix(artifact.labels, predicted)
    np.fill_diagonal(matrix, 0)
    mistakes = report.mistakes()
    assert [count for *_, count in mistakes] == sorted(matrix.ravel().tolist(), reverse=True)[:20]
    assert all(matrix[label, decision] == count for label, decision, count in mistakes)


def test_only_listed_samples_count():
    artifact = make_classifier(30)
    text = page_of(artifact, "--over train").text
    assert "about 20 samples of the data set digits, the train part of those in the artifact" in text
    assert " of 20 listed samples " in text


def test_areas_are_exact_where_they_are_stated_and_otherwise_said_to_be_ours():
    artifact = make_classifier(30)
    own = page_of(artifact).text
    assert "roc_auc is computed exactly by our own program and is not in the Lean files" in own
    assert "roc_auc of class 0 against the rest" not in own
    stated = page_of(artifact, "--over all --roc-auc").text
    for roc in all_listed(artifact).rocs:
        exact = str(roc.area).replace("/", " / ")
        assert f"roc_auc of class {roc.number} against the rest about" in stated
        assert f", exactly {exact} " in stated
    assert "our own program and" not in stated


def test_a_bound_on_unseen_data_stands_with_its_condition():
    text = page_of(artifact := make_classifier(30), "--over held-out --accuracy-bound 1/20").text
    listed = ListedDecisions(artifact, np.flatnonzero(artifact.is_held_out))
    bound = accuracy_bound(listed.confusion.correct, 10, Fraction(1, 20))
    exact = str(bound).replace("/", " / ")
    assert f", exactly {exact}, at the level α = 1/20, if the listed samples are independent draws" in text
    assert "Not proved: that the accuracy on unseen data is at least the bound." in text
    assert "isAccuracyBound with an accuracy below the bound" in text
    assert "unseen" not in page_of(make_classifier(30)).text


def test_names_are_shown_as_they_are_in_any_script():
    names = ("<b>&", "猫と犬", "العربية")
    page = page_of(make_classifier(9, class_names=names, label_name="<i>art</i>"))
    assert page.problems == []
    for number, name in enumerate(names):
        assert f" {number} {name} " in page.text
    assert "Classifier of <i>art</i> on digits" in page.text
    assert "<i>" not in page.source


def test_nothing_is_fetched_and_identifiers_are_unique():
    page = page_of(make_classifier(30, classes=4), drawn=True)
    identifiers = page.values("id")
    assert len(set(identifiers)) == len(identifiers)
    assert "script" not in {name for name, _ in page.elements}
    assert not re.findall(r'(?:src|href)="(?!#|data:)', page.source)
    assert all(anchor.removeprefix("#") in identifiers for anchor in page.values("href") if anchor.startswith("#"))
    assert [figure.get("role") for figure in page.figures().values()] == ["img"] * 2


def test_equal_artifacts_give_equal_pages():
    first, second = (b"".join(classifier_html(report_of(make_classifier(30)))) for _ in range(2))
    assert first == second


def test_a_title_of_the_users_own_is_taken():
    assert "<h1>Mine</h1>" in page_of(make_classifier(), title="Mine").source


def test_without_known_parts_the_majority_is_that_of_all():
    artifact = make_classifier(6, is_train=np.zeros(6, np.bool_), provenance=replace(PROVENANCE, held_out=None))
    assert "always naming the class that is most frequent of all." in page_of(artifact).text


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_figures_are_files_too(kind):
    report = report_of(make_classifier(30))
    files = classifier_figure_files(report, kind)
    assert list(files) == [f"Digit-{plate}.{kind}" for plate in PLATES[:3]]
    start = b"<svg " if kind == "svg" else b"\x89PNG"
    assert all(next(content).startswith(start) for content in files.values())


def test_a_margin_beyond_what_can_be_drawn_is_refused():
    weights = np.zeros((4, 3))
    weights[-1, 0] = 1e305
    with pytest.raises(InputError) as error:
        report_of(make_classifier(weights=weights))
    assert str(error.value) == (
        "the classifier has a number of about 1e+305; a figure can show numbers up to 1e+300 in size; rescale the "
        "latents"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(0), "0.0000"),
        (Fraction(1), "1.0000"),
        (Fraction(1, 3), "0.3333"),
        (Fraction(99999, 100000), "0.99999"),
        (Fraction(1, 10**6), "0.000001"),
        (Fraction(4, 5), "0.8000"),
    ],
)
def test_a_rate_is_never_rounded_to_none_or_all(value, shown):
    assert rate(value) == shown


def test_the_page_says_what_the_files_state():
    text = page_of(make_classifier(30), "--over all --roc-auc").text
    assert "This is not proved as far as this page knows: Lean has not been asked about these files." in text
    assert "In Digits.digit: matrix_eq so many of the 30 listed samples with each label get each decision" in text
    assert "rocAuc0_eq, rocAuc1_eq, rocAuc2_eq the area under the ROC curve" in text
    assert "spec_confusion, spec_margin the same of the matrix" in text


# The command


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder with the artifact of a classifier and its export."""
    folder = tmp_path_factory.mktemp("exported")
    save_artifact(folder / "Digits.safetensors", make_classifier(12, classes=3))
    assert main(["export", "--artifact", str(folder / "Digits.safetensors"), "--out", str(folder / "Digits.lean")]) == 0
    return folder


def test_the_command_writes_the_page(exported, tmp_path, capsys):
    out = tmp_path / "report.html"
    assert main(["report", str(exported / "Digits.lean"), "--out", str(out), "--title", "Mine"]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    page = Page(out.read_text())
    assert page.problems == []
    assert page.text.startswith("Mine Mine A classifier decides")
    assert re.search(r"All \d+ literals in Digits.lean and its parts are those of the artifact", page.text)
    # And over its own page.
    assert main(["report", str(exported / "Digits.lean"), "--out", str(out)]) == 0


def test_the_command_writes_the_figures(exported, tmp_path, capsys):
    options = ["report", str(exported / "Digits.lean"), "--format", "svg", "--out", str(tmp_path / "figures")]
    assert main(options) == 0
    assert capsys.readouterr().out.split() == [
        str(tmp_path / "figures" / f"Digit-{plate}.svg") for plate in ("confusion", "roc", "margins")
    ]
    (tmp_path / "figures" / "Digit-worst.svg").write_text("mine")
    assert main(options) == 2
    assert "Digit-worst.svg" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("pattern", "replacement", "message"),
    [
        (r"(def margin : Rat :=\s*)\d+", r"\g<1>7", "is not the export of the artifact: "),
        ("The names of the classes", "Names", "has 1 comment that this version does not write"),
        ("def margin", "def gap", "the files of an export are required"),
    ],
)
def test_an_export_that_is_not_that_of_the_artifact_is_refused(
    exported, tmp_path, capsys, pattern, replacement, message
):
    shutil.copytree(exported, tmp_path / "copy")
    file = tmp_path / "copy/Digits/Digit.lean"
    text, count = re.subn(pattern, replacement, file.read_text(), count=1)
    assert count == 1
    file.write_text(text)
    assert main(["report", str(tmp_path / "copy/Digits.lean"), "--out", str(tmp_path / "page.html")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()


def test_a_blank_title_is_refused(exported, tmp_path, capsys):
    assert main(["report", str(exported / "Digits.lean"), "--title", " ", "--out", str(tmp_path / "page.html")]) == 2
    assert "--title is blank" in capsys.readouterr().err


def test_the_images_of_the_digits_are_found_again_by_their_model(tmp_path):
    folder = str(tmp_path)
    checkpoint, artifact, root = f"{folder}/vae.safetensors", f"{folder}/Digits.safetensors", f"{folder}/Digits.lean"
    size = ("--limit", "80", "--latent-dim", "3", "--epochs", "1")
    assert main(["train", "--data", "digits", *size, "--out", checkpoint]) == 0
    assert main(["fit", "--checkpoint", checkpoint, "--labels", "own", "--out", artifact]) == 0
    assert main(["export", "--artifact", artifact, "--out", root]) == 0
    assert main(["report", root, "--out", f"{folder}/page.html"]) == 0
    page = Page((tmp_path / "page.html").read_text())
    assert len(images(page.figures()["Digit-worst"])) == 6
