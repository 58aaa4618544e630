"""The report: every figure shows the numbers that it should, exact numbers are there in full, and nothing is claimed
that has not been checked."""

import gc
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import weakref
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from bridge.artifact.coverage import Coverage
from bridge.artifact.file import load_artifact, save_artifact
from bridge.base.errors import InputError
from bridge.base.own_files import PAGE_MARK
from bridge.base.resources import lean_library_folder, templates_folder
from bridge.check.lean_modules import discover, sources_beside
from bridge.check.messages import Message
from bridge.check.second_kernel.opinion import Outcome
from bridge.check.verdict import CheckResult, Engine, ModuleResult
from bridge.cli.main import main
from bridge.exact.text import decimal
from bridge.export.write import export_lean
from bridge.report import figures
from bridge.report.figures import BINS, MOST_SHAPES, Panel, panels
from bridge.report.model_pictures import load_pictures
from bridge.report.page import figure_names
from bridge.sources.checkpoint import load_checkpoint
from bridge.sources.images import load_images
from support.artifacts import METRICS, PROVENANCE, make_artifact
from support.exports import asked
from support.idx import write_idx
from support.memory import run_python
from support.opinions import audit_of, opinion_of
from support.pages import SVG, Page, box, group, groups, images, marks
from support.strategies import unmeasured

CONCEPTS = ("Size", "Thick", "Slant")
KINDS = ("scatter", "residuals", "weights", "worst", "traversal")
SAMPLES, LATENTS = 60, 3


def export(folder, artifact, *coverage, **options):
    """The artifact in a file and its export, in one folder."""
    save_artifact(folder / "probe.safetensors", artifact)
    stored = load_artifact(folder / "probe.safetensors")
    export_lean(stored, folder / "Generated.lean", templates=templates_folder(), asked=asked(*coverage, **options))
    return folder


def command(folder, *options):
    return ["report", str(folder / "Generated.lean"), "--artifact", str(folder / "probe.safetensors"), *options]


def report(folder, *options, code=0):
    """The page about an export."""
    out = folder / "report.html"
    assert main([*command(folder), "--out", str(out), *map(str, options)]) == code
    return Page(out.read_text())


def refusal(folder, capsys, *options):
    """The one line with which a report is refused; a page that was there is as it was, and nothing is beside it."""
    (folder / "report.html").write_text(f"<!DOCTYPE html>{PAGE_MARK}old")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert main([*command(folder), "--out", str(folder / "report.html"), *map(str, options)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    return line.removeprefix("bridge: ").replace(f"{folder}/", "")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a small model of the digits, its artifact and its export, with R² and conformal bounds."""
    folder = tmp_path_factory.mktemp("trained")
    checkpoint, artifact = str(folder / "vae.safetensors"), str(folder / "probe.safetensors")
    size = ["--data", "digits", "--limit", str(SAMPLES), "--latent-dim", str(LATENTS), "--epochs", "2"]
    assert main(["train", *size, "--held-out", "0.25", "--calibration", "0.3", "--out", checkpoint]) == 0
    assert main(["fit", "--checkpoint", checkpoint, "--out", artifact]) == 0
    out = ["--out", str(folder / "Generated.lean")]
    assert main(["export", "--artifact", artifact, "--r2", "--alpha", "1/4", *out]) == 0
    return folder


@pytest.fixture(scope="module")
def page(trained):
    return report(trained)


@pytest.fixture(scope="module")
def exact(trained):
    """The residuals of each concept, computed with fractions alone, and the artifact."""
    artifact = load_artifact(trained / "probe.safetensors").artifact
    rows = [[*map(Fraction, map(float, row)), Fraction(1)] for row in artifact.latents]
    residuals = []
    for scores, weights in zip(artifact.scores.T, artifact.weights.T, strict=True):
        column = [*map(Fraction, map(float, weights))]
        values = [sum(entry * weight for entry, weight in zip(row, column, strict=True)) for row in rows]
        residuals.append([Fraction(float(score)) - value for score, value in zip(scores, values, strict=True)])
    return residuals, artifact


def parts(artifact):
    return {"train": artifact.is_train, "calibration": artifact.is_calibration, "held-out": artifact.is_held_out}


def written(value):
    return str(value).replace("/", " / ")


# Figures


def test_every_concept_has_each_figure_in_order(page):
    assert list(page.figures()) == [f"{concept}-{kind}" for concept in CONCEPTS for kind in KINDS]
    # What is looked at before anything is drawn.
    assert sorted(figure_names(["size"], "svg")) == sorted(f"Size-{kind}.svg" for kind in KINDS)


def test_the_scatter_has_a_mark_for_every_sample_of_every_part(page, exact):
    _, artifact = exact
    for concept in CONCEPTS:
        figure = page.figures()[f"{concept}-scatter"]
        counts = {part: len(marks(group(figure, f"samples-{part}"))) for part in parts(artifact)}
        assert counts == {part: members.sum() for part, members in parts(artifact).items()}
        assert sum(counts.values()) == SAMPLES


@pytest.mark.parametrize("column", range(3))
def test_marks_and_bands_are_where_the_numbers_say(page, exact, column):
    residuals, artifact = exact
    figure = page.figures()[f"{CONCEPTS[column]}-scatter"]
    places = np.concatenate([marks(group(figure, f"samples-{part}")) for part in parts(artifact)])
    order = np.concatenate([np.flatnonzero(members) for members in parts(artifact).values()])
    residual = np.array([float(value) for value in residuals[column]])
    score = artifact.scores[:, column].astype(float)
    slopes = []
    for coordinates, values in ((places[:, 0], (score - residual)[order]), (places[:, 1], score[order])):
        slope, intercept = np.polyfit(values, coordinates, 1)
        assert np.abs(slope * values + intercept - coordinates).max() < 0.01
        slopes.append(slope)
    assert slopes[0] > 0 > slopes[1]
    sizes = sorted(abs(value) for value, kept in zip(residuals[column], artifact.is_calibration, strict=True) if kept)
    bounds = {"delta": max(map(abs, residuals[column])), "alpha": sizes[-(-(len(sizes) + 1) * 3 // 4) - 1]}
    for name, bound in bounds.items():
        left, top, right, bottom = box(group(figure, f"band-{name}"))
        # Between the ends of the line the band rises by as much as the line does, and it is 2 · bound high.
        height = abs(slopes[1]) * ((right - left) / slopes[0] + 2 * float(bound))
        assert bottom - top == pytest.approx(height, rel=1e-3)


def test_the_sample_that_attains_the_bound_is_ringed(page, exact):
    residuals, artifact = exact
    for column, concept in enumerate(CONCEPTS):
        figure = page.figures()[f"{concept}-scatter"]
        (ring,) = marks(group(figure, "attaining"))
        worst = max(range(SAMPLES), key=lambda sample: abs(residuals[column][sample]))
        part = next(part for part, members in parts(artifact).items() if members[worst])
        position = parts(artifact)[part][:worst].sum()
        assert ring == pytest.approx(marks(group(figure, f"samples-{part}"))[position])


def test_the_bars_of_the_histogram_are_as_high_as_the_samples_are_many(page, exact):
    residuals, artifact = exact
    for column, concept in enumerate(CONCEPTS):
        figure = page.figures()[f"{concept}-residuals"]
        delta = max(map(abs, residuals[column]))
        start, end = (box(group(figure, f"bound-delta-{side}"))[0] for side in ("below", "above"))
        width = (end - start) / BINS
        heights, counts = [], []
        for part, members in parts(artifact).items():
            inside = [value for value, member in zip(residuals[column], members, strict=True) if member]
            # The last bar holds its right end too.
            bins = Counter(min(int((value + delta) * BINS / (2 * delta)), BINS - 1) for value in inside)
            for number, count in bins.items():
                left, top, right, bottom = box(group(figure, f"bar-{part}-{number}"))
                assert (left, right) == pytest.approx((start + number * width, start + (number + 1) * width), abs=0.01)
                heights.append(bottom - top)
                counts.append(count)
        assert len(groups(figure, "bar-.*")) == len(counts)
        assert sum(counts) == SAMPLES
        assert np.ptp(np.array(heights) / counts) < 0.01
        assert len(groups(figure, "bound-(delta|alpha)-(below|above)")) == 4


def test_the_bars_of_the_weights_are_as_high_as_the_weights_are_large(page, exact):
    _, artifact = exact
    for column, concept in enumerate(CONCEPTS):
        figure = page.figures()[f"{concept}-weights"]
        bars = [group(figure, f"weight-{number}") for number in range(LATENTS)]
        assert len(groups(figure, "weight-.*")) == LATENTS
        weights = artifact.weights[:-1, column]
        boxes = [box(bar) for bar in bars]
        heights = np.array([bottom - top for _, top, _, bottom in boxes])
        assert np.ptp(heights / np.abs(weights)) < 0.01 * heights.max() / np.abs(weights).max()
        colours = {sign: {style(bar) for bar, weight in zip(bars, weights, strict=True) if (weight > 0) == sign}
                   for sign in (True, False)}  # fmt: skip
        assert not colours[True] & colours[False]


def style(bar):
    return re.search(r"fill: (#\w+)", next(bar.iter(f"{SVG}path")).get("style"))[1]


def ink(png):
    """The brightness of what a panel shows, in [0, 1]: the darker, the brighter the pixel."""
    return 1 - np.asarray(Image.open(io.BytesIO(png)).convert("L"), float) / 255


def test_the_images_are_those_of_the_largest_residuals(page, exact):
    residuals, _ = exact
    digits = load_images("digits", limit=SAMPLES).images[:, 0].numpy()
    for column, concept in enumerate(CONCEPTS):
        shown = images(page.figures()[f"{concept}-worst"])
        worst = sorted(range(SAMPLES), key=lambda sample: -abs(residuals[column][sample]))[:6]
        assert len(shown) == 6
        for png, sample in zip(shown, worst, strict=True):
            assert np.abs(ink(png) - digits[sample]).max() < 0.01
        alt = page.figures()[f"{concept}-worst"].get("aria-label")
        assert alt.endswith(f": {', '.join(map(str, worst))}.")


def test_where_there_are_fewer_images_than_places_the_rest_is_blank():
    image = np.ones((28, 28))
    axes = panels([Panel(image, "one"), Panel(image, "two"), Panel(image, "three")], columns=2).axes
    assert [len(place.images) for place in axes] == [1, 1, 1, 0]
    assert not axes[3].axison


def test_the_images_along_the_weights_are_decoded_at_the_probe_values_that_are_named(page, exact, trained):
    residuals, artifact = exact
    vae, _ = load_checkpoint(trained / "vae.safetensors")
    for column, concept in enumerate(CONCEPTS):
        weights, bias = artifact.weights[:-1, column], artifact.weights[-1, column]
        values = artifact.scores[:, column] - np.array([float(value) for value in residuals[column]])
        named = np.linspace(values.min(), values.max(), 5)
        mean = artifact.latents.astype(float).mean(axis=0)
        steps = (named - mean @ weights - bias) / (weights @ weights)
        latents = torch.from_numpy((mean + np.outer(steps, weights)).astype(np.float32))
        shown = images(page.figures()[f"{concept}-traversal"])
        with torch.no_grad():
            decoded = vae.decode(latents)[:, 0].numpy()
        assert np.abs(np.array([ink(png) for png in shown]) - decoded).max() < 0.01
        texts = page.figures()[f"{concept}-traversal"].get("aria-label").rstrip(".").partition("values ")[2]
        assert [float(text) for text in texts.split(", ")] == pytest.approx(named, rel=1e-3)


def test_no_sample_is_left_out_where_there_are_many(tmp_path):
    count = MOST_SHAPES + 1
    page = report(export(tmp_path, make_artifact(count, 1, 1, is_train=np.ones(count, np.bool_))))
    figure = page.figures()["Concept0-scatter"]
    assert f"Every one of the {count} listed samples" in page.text
    assert "drawn as one bitmap" in page.text
    assert len(marks(figure)) < 100
    (png,) = images(figure)
    assert np.asarray(Image.open(io.BytesIO(png)))[..., 3].any()


def test_few_samples_are_not_said_to_be_a_bitmap(page):
    assert "bitmap" not in page.text


@pytest.mark.parametrize(
    "content",
    [
        {"samples": 1, "dim": 1, "concepts": 1},
        {"scores": np.ones((5, 2), np.float32)},
        {"weights": np.zeros((4, 2)), "scores": np.zeros((5, 2))},
        {"weights": np.zeros((4, 2)), "scores": np.full((5, 2), 5e-324)},
        {"scores": np.full((5, 2), 1e299) * np.arange(5)[:, None]},
        {"dim": 150, "samples": 3, "concepts": 1},
        {"is_train": np.zeros(5, np.bool_)},
    ],
    ids=["one of each", "constant", "no error at all", "a subnormal error", "huge", "d = 150", "no training part"],
)
def test_every_shape_has_its_figures(tmp_path, content):
    artifact = make_artifact(**content)
    page = report(export(tmp_path, artifact))
    assert page.problems == []
    for number in range(artifact.scores.shape[1]):
        figures = {kind: page.figures()[f"Concept{number}-{kind}"] for kind in KINDS[:3]}
        samples = groups(figures["scatter"], "samples-.*")
        assert sum(len(marks(part)) for part in samples) == len(artifact.latents)
        assert len(groups(figures["residuals"], "bar-.*")) > 0
        assert len(groups(figures["weights"], "weight-.*")) == artifact.latents.shape[1]


@unmeasured
@pytest.mark.parametrize("part", [Coverage.TRAIN, Coverage.CALIBRATION, Coverage.HELD_OUT])
def test_only_listed_samples_are_drawn(tmp_path, part):
    artifact = make_artifact(9, is_calibration=np.arange(9) == 3)
    page = report(export(tmp_path, artifact, part))
    count = {Coverage.TRAIN: 6, Coverage.CALIBRATION: 1, Coverage.HELD_OUT: 2}[part]
    (drawn,) = groups(page.figures()["Concept0-scatter"], "samples-.*")
    assert drawn.get("id") == f"Concept0-scatter-samples-{part}"
    assert len(marks(drawn)) == count
    noun = "sample" if count == 1 else "samples"
    assert f"over {count} {noun} of the data set digits, the {part} part of those" in page.text


def test_numbers_beyond_what_can_be_drawn_are_refused(tmp_path, capsys):
    export(tmp_path, make_artifact(scores=np.full((5, 2), 1e305)))
    assert refusal(tmp_path, capsys) == (
        "concept 'concept 0' has a number of about 1e+305; a figure can show numbers up to 1e+300 in size; rescale the "
        "scores or the latents"
    )


# Text


def test_exact_numbers_are_in_the_page_in_full(page, exact):
    residuals, artifact = exact
    for column in range(3):
        squares = sum(value**2 for value in residuals[column])
        scores = [Fraction(float(score)) for score in artifact.scores[:, column]]
        total = sum((score - sum(scores) / SAMPLES) ** 2 for score in scores)
        sizes = sorted(
            abs(value) for value, kept in zip(residuals[column], artifact.is_calibration, strict=True) if kept
        )
        numbers = [
            max(map(abs, residuals[column])),
            sizes[-(-(len(sizes) + 1) * 3 // 4) - 1],
            1 - squares / total,
            *(Fraction(float(weight)) for weight in artifact.weights[:, column]),
        ]
        for number in numbers:
            assert f" {written(number)} " in f" {page.text} ", number


@unmeasured
def test_all_samples_that_attain_the_bound_are_counted(tmp_path):
    same = make_artifact(25, 1, 2, weights=np.zeros((2, 2)), scores=np.tile([1.5, -1.5], (25, 1)))
    page = report(export(tmp_path, same))
    assert f"attained by samples {', '.join(map(str, range(24, 4, -1)))} and 5 more " in page.text
    assert len(marks(group(page.figures()["Concept1-scatter"], "attaining"))) == 25


def test_the_measures_of_every_part_are_there(page, exact):
    _, artifact = exact
    for metrics in artifact.metrics:
        for part, count in (("train", 27), ("calibration", 18), ("held_out", 15)):
            r2, delta = getattr(metrics, f"r2_{part}"), getattr(metrics, f"delta_{part}")
            assert f"{part.replace('_', ' ')} {count} {r2:.4f} {delta:.6g} " in page.text
    assert page.text.count(" part samples R² max_error, about ") == len(artifact.metrics)
    assert " concept unit max_error (δ), about " in page.text


def test_the_coverage_of_the_held_out_part_is_counted(page, exact):
    residuals, artifact = exact
    for column in range(3):
        sizes = sorted(
            abs(value) for value, kept in zip(residuals[column], artifact.is_calibration, strict=True) if kept
        )
        bound = sizes[-(-(len(sizes) + 1) * 3 // 4) - 1]
        held_out = [value for value, out in zip(residuals[column], artifact.is_held_out, strict=True) if out]
        within = sum(abs(value) <= bound for value in held_out)
        assert f"δ_α holds for {within} of the 15 held-out samples, {100 * within / 15:.1f} %" in page.text
    assert "at least 75 % is what α = 1/4 promises" in page.text


def test_the_page_is_well_formed_and_its_identifiers_are_its_own(page):
    assert page.problems == []
    identifiers = page.values("id")
    assert len(identifiers) == len(set(identifiers))
    references = [
        value.removeprefix("#") for value in page.values("href") + page.values("xlink:href") if value[0] == "#"
    ]
    references += [name for value in page.values("aria-labelledby") for name in value.split()]
    references += re.findall(r"url\(#([^)]*)\)", page.source)
    assert references
    assert set(references) <= set(identifiers)


def test_no_place_on_this_machine_is_named(page, trained):
    assert str(trained) not in page.source


def test_every_figure_says_in_words_what_it_shows(page):
    figures = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert len(figures) == len(CONCEPTS) * len(KINDS)
    assert all(attributes["role"] == "img" for attributes in figures)
    labels = [attributes["aria-label"] for attributes in figures]
    assert len(set(labels)) == len(labels)
    for label, concept in zip(labels, np.repeat(["size", "thick", "slant"], len(KINDS)), strict=True):
        assert f"of {concept}" in label


def test_nothing_is_fetched_and_no_script_is_run(page):
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"\w+://[^\"'\s<>]*", page.source)) == namespaces
    assert {tag for tag, _ in page.elements} & {"script", "link", "iframe", "object", "embed", "img"} == set()
    assert page.values("src") == []
    assert all(value.startswith(("#", "data:image/png;")) for value in page.values("href") + page.values("xlink:href"))
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert re.findall(r"@import|url\((?!#)", page.source) == []
    (policy,) = (content for content in page.values("content") if "-src " in content)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@unmeasured
def test_names_are_text_and_neither_markup_nor_formulas(tmp_path):
    names = ("<b>&\"'</svg>", r"$\frac$", "大きさ", "x" * 90)
    page = report(export(tmp_path, make_artifact(concepts=4, concept_names=names, concept_units=("<i>", "$", "", "%"))))
    assert page.problems == []
    assert {tag for tag, _ in page.elements} & {"b", "i"} == set()
    for name in (f"{names[0]} (<i>)", f"{names[1]} ($)", names[2], names[3]):
        assert name in page.text
    assert f"Histogram of the residuals of {names[0]} over" in page.figures()["Concept0-residuals"].get("aria-label")


def test_equal_inputs_give_equal_pages_whatever_the_settings_of_matplotlib(trained, page, tmp_path):
    (tmp_path / "matplotlibrc").write_text("axes.facecolor: red\nfont.size: 30\nsvg.fonttype: none\n")
    environment = {**os.environ, "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "MPLBACKEND": "svg"}
    arguments = [sys.executable, "-m", "bridge", *command(trained), "--out", "again.html"]
    subprocess.run(arguments, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert (tmp_path / "again.html").read_text() == page.source


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "Fit the ridge weighs on the bias too Rounding"),
        (
            {"standardized": True, "free_bias": True},
            "Fit on standardised latents, and the weights are those of the latents as they are; the bias is free of "
            "the ridge Rounding",
        ),
        ({"weighted": True}, "Fit the ridge weighs on the bias too; some samples count more than others Rounding"),
    ],
    ids=str,
)
def test_it_is_said_what_the_ridge_weighs_on(tmp_path, changes, text):
    artifact = make_artifact(concepts=1, provenance=replace(PROVENANCE, **changes))
    assert text in report(export(tmp_path, artifact)).text


def test_nothing_is_said_of_a_fit_that_was_made_elsewhere(tmp_path):
    artifact = make_artifact(concepts=1, provenance=replace(PROVENANCE, lam=None))
    assert "Fit " not in report(export(tmp_path, artifact)).text


# What is missing


def test_samples_of_which_it_is_not_known_whether_the_fit_has_seen_them_are_called_so(tmp_path):
    unknown = make_artifact(is_train=np.zeros(5, np.bool_), provenance=replace(PROVENANCE, held_out=None))
    page = report(export(tmp_path, unknown))
    figure = page.figures()["Concept0-scatter"]
    assert len(marks(group(figure, "samples-part-not-known"))) == 5
    assert "part not known 5 0.8500 2.5 " in page.text
    assert "held out" not in page.text


def test_a_calibration_part_that_the_fit_may_have_seen_is_not_said_to_be_new(tmp_path):
    unknown = make_artifact(
        is_train=np.zeros(5, np.bool_),
        is_calibration=np.arange(5) < 3,
        provenance=replace(PROVENANCE, held_out=None),
    )
    page = report(export(tmp_path, unknown, alpha=Fraction(1, 2)))
    figure = page.figures()["Concept0-scatter"]
    assert len(marks(group(figure, "samples-calibration"))) == 3
    assert len(marks(group(figure, "samples-part-not-known"))) == 2
    assert "all 5 0.8500 2.5 " in page.text
    assert "part not known" not in page.text
    assert "exchangeable, and if the fit has not seen these, which is not recorded." in page.text


@unmeasured
def test_without_a_checkpoint_the_page_says_why_there_are_no_images(tmp_path):
    page = report(export(tmp_path, make_artifact()))
    assert list(page.figures()) == [f"Concept{number}-{kind}" for number in (0, 1) for kind in KINDS[:3]]
    assert "The images of the samples are left out, since no checkpoint was given." in page.text
    assert "Decoded images along w are left out, since no checkpoint was given." in page.text


@unmeasured
def test_without_conformal_bounds_and_held_out_samples_the_page_says_so(tmp_path):
    artifact = make_artifact(9, is_calibration=np.arange(9) % 3 == 0)
    page = report(export(tmp_path, artifact))
    assert "No conformal bound δ_α is stated; --alpha of bridge export adds one" in page.text
    assert "δ_α," not in page.text
    assert groups(page.figures()["Concept0-scatter"], "band-alpha") == []
    page = report(export(tmp_path, artifact, alpha=Fraction(1, 2)))
    assert artifact.is_held_out.sum() == 0
    assert "No sample is held out, so how many δ_α holds for was not counted." in page.text


def test_without_the_data_set_the_page_says_so_and_the_program_says_why(tmp_path, capsys):
    pixels = np.random.default_rng(0).integers(0, 256, (12, 28, 28), np.uint8)
    write_idx(tmp_path / "train-images-idx3-ubyte", pixels)
    checkpoint, artifact = str(tmp_path / "vae.safetensors"), str(tmp_path / "probe.safetensors")
    size = ["--latent-dim", "2", "--epochs", "1"]
    assert main(["train", "--data", f"mnist:{tmp_path}", *size, "--out", checkpoint]) == 0
    assert main(["fit", "--checkpoint", checkpoint, "--out", artifact]) == 0
    assert main(["export", "--artifact", artifact, "--out", str(tmp_path / "Generated.lean")]) == 0
    assert len(images(report(tmp_path).figures()["Size-worst"])) == 6
    (tmp_path / "train-images-idx3-ubyte").unlink()
    capsys.readouterr()
    page = report(tmp_path, "--checkpoint", checkpoint)
    assert "Size-worst" not in page.figures()
    assert "The images of the samples are left out, since the data set could not be loaded again." in page.text
    assert str(tmp_path) not in page.source
    assert capsys.readouterr().err.startswith(f"report: no images: {tmp_path} has no MNIST images;")


def test_a_model_that_is_not_the_artifacts_is_refused_if_named_and_left_out_if_found(trained, tmp_path, capsys):
    for name in ("probe.safetensors", "Generated.lean"):
        shutil.copy(trained / name, tmp_path / name)
    shutil.copytree(trained / "Generated", tmp_path / "Generated")
    other = ["--data", "digits", "--limit", str(SAMPLES), "--latent-dim", str(LATENTS), "--epochs", "2", "--seed", "1"]
    assert main(["train", *other, "--out", str(tmp_path / "vae.safetensors")]) == 0
    capsys.readouterr()
    line = refusal(tmp_path, capsys, "--checkpoint", tmp_path / "vae.safetensors")
    assert re.fullmatch(
        r"vae\.safetensors is not the model of the artifact: a latent coordinate is off by [\d.]+; the checkpoint that "
        r"the artifact was fitted from is required; name it with --checkpoint, and with --data the images if it was "
        r"trained on others",
        line,
    )
    page = report(tmp_path)
    assert "left out, since no checkpoint was given, and the one beside the artifact gives other latents." in page.text
    assert str(tmp_path) not in page.source
    assert "is not the model of the artifact: a latent coordinate is off by" in capsys.readouterr().err
    assert "Size-worst" not in page.figures()


@pytest.mark.parametrize(
    ("options", "difference"),
    [
        (["--data", "random"], "the data set has SHA-256 "),
        (["--limit", "59"], "it goes with 59 samples, and the artifact has 60"),
        (["--latent-dim", "2"], "it has 2 latent coordinates, and the artifact 3"),
    ],
)
def test_a_model_of_other_data_or_another_size_is_refused(trained, tmp_path, capsys, options, difference):
    size = ["--data", "digits", "--limit", str(SAMPLES), "--latent-dim", str(LATENTS), "--epochs", "0"]
    assert main(["train", *size, *options, "--out", str(tmp_path / "vae.safetensors")]) == 0
    capsys.readouterr()
    assert f"is not the model of the artifact: {difference}" in refusal(
        trained, capsys, "--checkpoint", tmp_path / "vae.safetensors"
    )


def test_images_that_are_new_to_the_model_are_shown_if_they_are_named_and_never_those_of_its_training(
    trained, tmp_path, capsys
):
    new = np.random.default_rng(5).random((40, 28, 28))
    np.save(tmp_path / "new.npy", new)
    data, checkpoint = ["--data", str(tmp_path / "new.npy")], ["--checkpoint", str(tmp_path / "vae.safetensors")]
    shutil.copy(trained / "vae.safetensors", tmp_path)
    artifact = str(tmp_path / "probe.safetensors")
    assert main(["fit", *checkpoint, *data, "--seed", "3", "--out", artifact]) == 0
    assert main(["export", "--artifact", artifact, "--out", str(tmp_path / "Generated.lean")]) == 0
    pictures = load_pictures(
        tmp_path / "vae.safetensors", load_artifact(tmp_path / "probe.safetensors").artifact, data[1]
    )
    np.testing.assert_array_equal(pictures.images, new.astype(np.float32))
    assert len(images(report(tmp_path, *data).figures()["Size-worst"])) == 6
    assert "Size-worst" not in report(tmp_path).figures()
    capsys.readouterr()
    assert "the data set has SHA-256 " in refusal(tmp_path, capsys, *checkpoint)


def test_images_of_rounded_latents_are_shown(trained, tmp_path):
    checkpoint, artifact = str(trained / "vae.safetensors"), str(tmp_path / "probe.safetensors")
    assert main(["fit", "--checkpoint", checkpoint, "--latent-bits", "1", "--out", artifact]) == 0
    assert main(["export", "--artifact", artifact, "--out", str(tmp_path / "Generated.lean")]) == 0
    page = report(tmp_path, "--checkpoint", checkpoint)
    assert len(images(page.figures()["Size-worst"])) == 6
    assert "latents rounded to multiples of 2^-1" in page.text


def test_weights_that_are_all_zero_have_no_direction(trained, tmp_path):
    whole = load_artifact(trained / "probe.safetensors").artifact
    weights = whole.weights.copy()
    weights[:-1, 1] = 0
    changed = type(whole)(**{**vars(whole), "weights": weights})
    page = report(export(tmp_path, changed), "--checkpoint", trained / "vae.safetensors")
    assert "Decoded images along w are left out, since all weights are 0." in page.text
    assert {f"{concept}-traversal" for concept in CONCEPTS} - set(page.figures()) == {"Thick-traversal"}


@unmeasured
def test_small_weights_have_a_direction(trained, tmp_path):
    whole = load_artifact(trained / "probe.safetensors").artifact
    small = type(whole)(**{**vars(whole), "weights": whole.weights * 1e-200})
    page = report(export(tmp_path, small), "--checkpoint", trained / "vae.safetensors")
    shown = images(page.figures()["Size-traversal"])
    assert np.abs(ink(shown[0]) - ink(shown[-1])).max() > 0.001


# What Lean has said


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A folder with an export of two concepts that states all there is, and no model."""
    artifact = make_artifact(9, is_calibration=np.arange(9) % 3 == 0, concept_names=("size", "slant"))
    folder = tmp_path_factory.mktemp("plain")
    return export(folder, artifact, with_r_squared=True, alpha=Fraction(1, 2))


def module_results(folder, **changed):
    """A verdict on each module that needs no Mathlib, as an engine without it gives them, and their SHA-256."""
    modules = [
        module for module in discover(folder / "Generated.lean", lean_library_folder()) if not module.needs_mathlib
    ]
    results = tuple(
        ModuleResult(
            module.name, changed.get(module.name) is None, 1.5, module.is_library, changed.get(module.name, ())
        )
        for module in modules
    )
    return results, {module.name: module.sha256 for module in modules}


def check_file(folder, result):
    (folder / "check.json").write_text(json.dumps(result.record()))
    return folder / "check.json"


NEED_MATHLIB = ("Bridge.Real.Probe", "Bridge.Real.ProbeSpec", "Bridge.Real.Rational", "Bridge.Real", "Generated")


def embedded(folder, **messages):
    results, sources = module_results(folder, **messages)
    return CheckResult(Engine.EMBEDDED, "4.28.0", 61.4, results, NEED_MATHLIB, sources, audit=audit_of())


@unmeasured
def test_without_a_check_result_nothing_counts_as_proved(plain):
    page = report(plain)
    assert "Lean has not been asked." in page.text
    assert "nothing on this page counts as proved" in page.text
    assert "What Lean proved" not in page.text
    assert (
        "What the Lean files state This is not proved as far as this page knows: Lean has not been asked" in page.text
    )
    assert "accepted" not in page.text


@unmeasured
def test_an_acceptance_is_shown_with_engine_version_time_and_what_was_not_checked(plain, tmp_path):
    result = check_file(tmp_path, embedded(plain))
    page = report(plain, "--check-result", result)
    assert "Lean accepted these files, as check.json says: Lean 4.28.0, engine embedded," in page.text
    assert f"{len(embedded(plain).modules)} modules in 61 s." in page.text
    assert (
        f"Not checked, since it needs Mathlib, which this engine does not have: {', '.join(NEED_MATHLIB)}." in page.text
    )
    assert "What Lean proved In each of Generated.size, Generated.slant: bound the residual" in page.text
    for theorem in ("attained", "rSquared_eq", "isKthSmallest", "isConformalRank"):
        assert f" {theorem} " in page.text
    assert "isTight" not in page.text
    assert "not proved as far as this page knows" not in page.text
    assert "Generated.Size accepted 1.5 s" in page.text
    assert "Bridge.Affine accepted before " in page.text


@unmeasured
def test_what_is_not_stated_is_not_said_to_be_proved(tmp_path):
    export(tmp_path, make_artifact())
    page = report(tmp_path, "--check-result", check_file(tmp_path, embedded(tmp_path)))
    assert "What Lean proved" in page.text
    for theorem in ("rSquared_eq", "isKthSmallest", "isConformalRank"):
        assert theorem not in page.text


@unmeasured
def test_the_page_says_on_what_the_theorems_rest(plain, tmp_path):
    page = report(plain, "--check-result", check_file(tmp_path, embedded(plain)))
    assert (
        "33 theorems were followed down to axioms, in what Lean has compiled: propext. Lean's own core library is "
        "there without proofs, so 398 theorems and 8 definitions of it are taken without; the SHA-256 of what they say "
        f"is {'c' * 64}."
    ) in page.text
    assert "second kernel" not in page.text


@unmeasured
@pytest.mark.parametrize(
    ("audit", "text"),
    [
        ({"axioms": (), "core_theorems": 0, "core_constants": 0}, "in what Lean has compiled: there are none. Not"),
        (
            {"refused": {"_private.A.0.sorryAx": ("a",), "<b>": ("a",)}},
            "Not among Lean's three axioms: sorryAx (private to A), <b>.",
        ),
        ({"other_meanings": {"Bridge.sum": ("a",)}}, "Not what Bridge and Lean ship under this name: Bridge.sum."),
        (
            {"other_meanings": {f"c{number}": ("a",) for number in range(23)}},
            "c17, c18, c19 and 3 more.",
        ),
        ({"meanings_compared": False}, "was not looked at in what this Lean has compiled."),
    ],
)
def test_the_page_says_what_was_found_below_the_theorems(plain, tmp_path, audit, text):
    result = replace(embedded(plain), audit=audit_of(**audit))
    page = report(plain, "--check-result", check_file(tmp_path, result), code=0 if result.accepted else 1)
    assert text in page.text


@unmeasured
@pytest.mark.parametrize(
    ("opinion", "text"),
    [
        (
            opinion_of(),
            "A second kernel, Lean's native kernel (4.35.0), has checked what Lean has compiled anew, and accepted "
            "1481 declarations, which is all of it, in 3.2 s.",
        ),
        (
            opinion_of(core_theorems=2),
            "accepted 1481 declarations, which is all of it but for what is taken without proof, in 3.2 s.",
        ),
        (
            opinion_of(Outcome.REFUSED, "<types>"),
            "A second kernel REFUSED them, Lean's native kernel (4.35.0): <types>.",
        ),
        (opinion_of(Outcome.NOT_RECHECKED, "it crashed"), "No second kernel has checked them: it crashed."),
    ],
)
def test_the_page_says_what_a_second_kernel_has_said(plain, tmp_path, opinion, text):
    result = replace(embedded(plain), second_kernel=opinion)
    page = report(plain, "--check-result", check_file(tmp_path, result), code=0 if result.accepted else 1)
    assert text in page.text


@unmeasured
def test_lakes_acceptance_is_of_the_real_numbers_too(plain, tmp_path):
    modules = discover(plain / "Generated.lean", lean_library_folder())
    sources = {module.name: module.sha256 for module in modules}
    result = CheckResult(
        Engine.LAKE, "4.28.0", 5.0, (ModuleResult("Generated", True, 5.0, False, ()),), sources=sources
    )
    audited = replace(result, audit=audit_of(meanings_compared=False), not_audited=("Generated",))
    page = report(plain, "--check-result", check_file(tmp_path, audited))
    assert "Lean accepted these files, as check.json says: Lean 4.28.0, engine lake, 1 module in 5 s." in page.text
    assert "Axioms were not looked at where Mathlib is needed: Generated." in page.text
    assert "what Lake has compiled is not all there" not in page.text
    assert (
        "isTight the same of δ over the real numbers, on Mathlib rSquared_real the same of R² "
        "isKthSmallest_real the same of δ_α"
    ) in page.text


@unmeasured
def test_the_page_says_that_nobody_has_looked_at_the_axioms_of_what_lake_has_built_elsewhere(plain, tmp_path):
    modules = discover(plain / "Generated.lean", lean_library_folder())
    sources = {module.name: module.sha256 for module in modules}
    built = (ModuleResult("Generated", True, 5.0, False, ()),)
    result = CheckResult(Engine.LAKE, "4.28.0", 5.0, built, sources=sources, not_audited=("Generated",))
    page = report(plain, "--check-result", check_file(tmp_path, result))
    assert "axioms the theorems rest was not looked at, since what Lake has compiled is not all there." in page.text
    assert "where Mathlib is needed" not in page.text


def test_lakes_acceptance_with_a_library_that_nobody_has_seen_counts_for_nothing(plain, tmp_path):
    sources = sources_beside(plain / "Generated.lean")
    result = CheckResult(
        Engine.LAKE, "4.28.0", 5.0, (ModuleResult("Generated", True, 5.0, False, ()),), sources=sources
    )
    page = report(plain, "--check-result", check_file(tmp_path, result), code=1)
    assert re.search(r"library is not known to be the one that Bridge ships: [^<]*Bridge\.Affine, ", page.text)
    assert "What Lean proved" not in page.text


def test_a_rejection_is_shown_with_what_lean_said_and_is_a_no(plain, tmp_path):
    message = Message("/a/Size.lean", 7, 2, "error", "no\n  <b>really</b>", "Generated.size.checked", "not attained")
    result = check_file(tmp_path, embedded(plain, **{"Generated.Size": (message,)}))
    page = report(plain, "--check-result", result, code=1)
    assert "Lean REJECTED these files, as check.json says" in page.text
    assert "is taken at its word: whoever doubts it runs bridge check." in page.text
    assert "/a/Size.lean:7:2: error: in Generated.size.checked: not attained no <b>really</b>" in page.text
    assert "Generated.Size REJECTED" in page.text
    assert "What Lean proved" not in page.text
    assert "not proved as far as this page knows: Lean rejected the files." in page.text


@pytest.mark.parametrize("name", ["Generated.Samples", "Generated.Size", "Bridge.Affine"])
def test_a_result_about_another_text_of_any_file_counts_for_nothing(plain, tmp_path, name):
    result = embedded(plain)
    changed = CheckResult(**{**vars(result), "sources": {**result.sources, name: "0" * 64}})
    page = report(plain, "--check-result", check_file(tmp_path, changed), code=1)
    assert (
        f"does not say that Lean accepted the text that is now in {name}, so that Lean has not been asked" in page.text
    )
    assert "Lean accepted these files" not in page.text
    assert "What Lean proved" not in page.text


@unmeasured
def test_a_result_counts_for_nothing_after_a_blank_in_a_part_has_changed(plain, tmp_path):
    shutil.copytree(plain, tmp_path / "copy")
    result = check_file(tmp_path, embedded(plain))
    report(tmp_path / "copy", "--check-result", result)
    with (tmp_path / "copy" / "Generated" / "Size.lean").open("a") as file:
        file.write("\n")
    page = report(tmp_path / "copy", "--check-result", result, code=1)
    assert "is now in Generated.Size, so" in page.text


@unmeasured
def test_a_result_that_does_not_name_a_part_counts_for_nothing(plain, tmp_path):
    result = embedded(plain)
    modules = tuple(module for module in result.modules if module.name != "Generated.Slant")
    sources = {name: digest for name, digest in result.sources.items() if name != "Generated.Slant"}
    fewer = CheckResult(**{**vars(result), "modules": modules, "sources": sources})
    page = report(plain, "--check-result", check_file(tmp_path, fewer), code=1)
    assert "is now in Generated.Slant, so" in page.text
    # Nor is it enough to say that the part needs Mathlib.
    excused = CheckResult(**{**vars(fewer), "not_checked": (*NEED_MATHLIB, "Generated.Slant")})
    assert (
        "is now in Generated.Slant, so" in report(plain, "--check-result", check_file(tmp_path, excused), code=1).text
    )


@pytest.mark.lean
def test_what_lean_itself_said_is_taken_over_and_ends_with_a_change(tmp_path, user_cache, capsys):
    export(tmp_path, make_artifact(2, 1, 1))
    assert main(["check", str(tmp_path / "Generated.lean"), "--engine", "embedded", "--json"]) == 0
    record = capsys.readouterr().out
    (tmp_path / "check.json").write_text(record)
    page = report(tmp_path, "--check-result", tmp_path / "check.json")
    assert (
        f"Lean accepted these files, as check.json says: Lean {json.loads(record)['version']}, engine embedded,"
        in page.text
    )
    assert "What Lean proved" in page.text
    export(tmp_path, make_artifact(3, 1, 1))
    page = report(tmp_path, "--check-result", tmp_path / "check.json", code=1)
    assert "is now in Generated.Samples, Generated.Concept0, so" in page.text


# Bad input


def test_a_missing_export_or_artifact_is_refused(tmp_path, capsys):
    assert refusal(tmp_path, capsys).startswith("probe.safetensors does not exist; an artifact is required")
    save_artifact(tmp_path / "probe.safetensors", make_artifact())
    assert refusal(tmp_path, capsys).startswith("Generated.lean does not exist; an export is a root file")


def test_an_export_of_another_artifact_is_refused(tmp_path, capsys):
    export(tmp_path, make_artifact())
    save_artifact(tmp_path / "probe.safetensors", make_artifact(scores=make_artifact().scores + 1))
    line = refusal(tmp_path, capsys)
    assert re.match(r"Generated\.lean is not the export of the artifact: \d+ differences, the first is .*SHA-256", line)
    assert line.endswith("an export and its artifact are required; run `bridge export` again")


def test_a_file_that_is_no_export_is_refused(tmp_path, capsys):
    export(tmp_path, make_artifact())
    with (tmp_path / "Generated.lean").open("a") as file:
        file.write("axiom anything : False\n")
    line = refusal(tmp_path, capsys)
    assert "Generated.lean:" in line
    assert line.endswith("the files of an export are required; run `bridge export` again")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"engine": "oracle"}', "\udcff"])
def test_a_file_that_is_no_check_result_is_refused(tmp_path, capsys, text):
    export(tmp_path, make_artifact())
    (tmp_path / "check.json").write_text(text, errors="surrogateescape")
    line = refusal(tmp_path, capsys, "--check-result", tmp_path / "check.json")
    assert re.fullmatch(
        r"check\.json is not a check result \(.+\); one is required; make it with `bridge check --json > check\.json`",
        line,
    )


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("missing/report.html", "missing is not a folder; report.html is to be written there; make it first"),
        (".", "is a folder; a file is to be written there; name a file"),
    ],
)
def test_a_page_that_has_no_place_is_refused(tmp_path, capsys, place, message):
    export(tmp_path, make_artifact())
    assert message in refusal(tmp_path, capsys, "--out", tmp_path / place)


# Figures as files


def test_the_artifact_that_has_the_name_of_the_export_is_taken(plain, tmp_path):
    shutil.copytree(plain, tmp_path / "copy")
    (tmp_path / "copy" / "probe.safetensors").rename(tmp_path / "copy" / "Generated.safetensors")
    assert main(["report", str(tmp_path / "copy" / "Generated.lean"), "--out", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").read_text() == report(plain).source


@unmeasured
def test_the_figures_as_svg_are_those_of_the_page(trained, page, tmp_path, capsys):
    assert main([*command(trained), "--format", "svg", "--out", str(tmp_path / "figures")]) == 0
    files = sorted((tmp_path / "figures").iterdir())
    assert [file.stem for file in files] == sorted(page.figures())
    assert capsys.readouterr().out.splitlines() == [
        str(tmp_path / "figures" / f"{concept}-{kind}.svg") for concept in CONCEPTS for kind in KINDS
    ]
    for file in files:
        figure, mark, rest = file.read_text().partition("<!-- bridge report -->\n")
        assert figure in page.source
        assert (mark != "", rest) == (True, "")


@unmeasured
def test_the_figures_as_png_are_not_empty_and_replace_old_ones(trained, tmp_path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "Size-scatter.png").write_bytes(b"\x89PNG\r\n\x1a\n old tEXtSoftware\0bridge report")
    (tmp_path / "figures" / "notes.txt").write_text("mine")
    assert main([*command(trained), "--format", "png", "--out", str(tmp_path / "figures")]) == 0
    assert (tmp_path / "figures" / "notes.txt").read_text() == "mine"
    for concept in CONCEPTS:
        for kind in KINDS:
            picture = np.asarray(Image.open(tmp_path / "figures" / f"{concept}-{kind}.png").convert("RGB"), float)
            assert picture.shape[1] == 920
            assert picture.std() > 10


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_figures_of_another_report_go_away_and_other_files_stay(trained, plain, tmp_path, kind):
    folder = tmp_path / "figures"
    assert main([*command(trained), "--format", kind, "--out", str(folder)]) == 0
    of_images = set(folder.glob("*-worst.*"))
    (folder / f"mine.{kind}").write_text("mine")
    (folder / "Size-scatter.pdf").write_text("bridge report")
    assert main([*command(plain), "--format", kind, "--out", str(folder)]) == 0
    assert of_images
    assert not of_images & set(folder.iterdir())
    assert (folder / f"mine.{kind}").exists()
    assert (folder / "Size-scatter.pdf").exists()


def test_figures_that_have_no_place_are_refused(plain, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main([*command(plain), "--format", "svg", "--out", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err == f"bridge: {tmp_path}/file is not a folder; the figures go there; move it away\n"
    assert main([*command(plain), "--format", "svg", "--out", str(tmp_path / "no" / "where")]) == 2
    assert "cannot be made (No such file or directory)" in capsys.readouterr().err


def test_the_json_names_the_files_and_what_lean_said(plain, tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main([*command(plain), "--out", str(page), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"lean": "not asked", "files": [str(page)]}
    result = check_file(tmp_path, embedded(plain))
    assert main([*command(plain), "--out", str(page), "--json", "--check-result", str(result)]) == 0
    assert json.loads(capsys.readouterr().out)["lean"] == "accepted"


def test_the_report_is_in_the_folder_that_one_works_in_unless_told_otherwise(plain, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(command(plain)) == 0
    assert main([*command(plain), "--format", "svg"]) == 0
    assert sorted(path.name for path in Path().iterdir()) == ["figures", "report.html"]


# The first table, the heading, and pages of many concepts


def first_table(page):
    """The page between the words before the first table and its first heading."""
    return re.search(r"compared them, exactly, when it made this page\. (.*?) Exactly ", page.text, re.DOTALL)[1]


def test_the_first_table_has_the_exact_r_squared_where_it_is_stated(page, exact):
    residuals, artifact = exact
    for column, name in enumerate(artifact.concept_names):
        scores = [Fraction(float(score)) for score in artifact.scores[:, column]]
        mean = sum(scores) / len(scores)
        r_squared = 1 - sum(value**2 for value in residuals[column]) / sum((score - mean) ** 2 for score in scores)
        assert re.search(rf"{name} \S* ?\S+ \S+ {re.escape(decimal(r_squared))} ", first_table(page))
    assert "R², about" in first_table(page)
    assert "R² is the exact one over the samples that are listed." in first_table(page)


@unmeasured
def test_the_first_table_has_r_squared_by_part_where_it_is_not_stated(tmp_path):
    table = first_table(report(export(tmp_path, make_artifact(9, is_calibration=np.arange(9) == 3))))
    assert "R², rounded" in table
    assert table.count("train 0.9000 calibration undefined held out 0.8000") == 2
    assert "R² is that of each part of the artifact, which is not proved." in table


@unmeasured
def test_the_first_table_has_one_r_squared_where_the_parts_are_not_known(tmp_path):
    metrics = (replace(METRICS, r2_train=None, r2_held_out=None),) * 2
    provenance = replace(PROVENANCE, held_out=None)
    artifact = make_artifact(is_train=np.zeros(5, np.bool_), metrics=metrics, provenance=provenance)
    table = first_table(report(export(tmp_path, artifact)))
    assert table.count("0.8500") == 2
    assert "train" not in table


def test_r_squared_of_a_constant_score_is_undefined_in_the_first_table(tmp_path):
    artifact = make_artifact(scores=np.ones((5, 2)))
    assert first_table(report(export(tmp_path, artifact, with_r_squared=True))).count("undefined") == 2


@unmeasured
@pytest.mark.parametrize(
    ("options", "title"),
    [
        ((), "2 linear probes on digits"),
        (("--title", "Probes of <b>layer 3</b> & δ"), "Probes of <b>layer 3</b> & δ"),
    ],
)
def test_the_heading_and_the_name_of_the_page_are_the_title(plain, tmp_path, options, title):
    out = tmp_path / "titled.html"
    assert main([*command(plain), "--out", str(out), *options]) == 0
    escaped = html.escape(title)
    assert f"<title>{escaped}</title>" in out.read_text()
    assert f"<h1>{escaped}</h1>" in out.read_text()


@pytest.mark.parametrize("title", ["", "  "])
def test_a_blank_title_is_refused(tmp_path, capsys, title):
    message = "--title is blank; a text is required; give one, or leave --title out"
    assert refusal(export(tmp_path, make_artifact()), capsys, "--title", title) == message


@unmeasured
def test_a_figure_is_drawn_when_its_piece_of_the_page_is_written(tmp_path, monkeypatch):
    folder = export(tmp_path, make_artifact(concepts=3))
    alive = set()
    most = []

    def drawn(draw):
        def one(*given, **options):
            figure = draw(*given, **options)
            alive.add(id(figure))
            weakref.finalize(figure, alive.discard, id(figure))
            gc.collect()
            most.append(len(alive))
            return figure

        return one

    for name in ("scatter", "histogram", "weight_bars"):
        monkeypatch.setattr(figures, name, drawn(getattr(figures, name)))
    report(folder)
    # The one before may not have been let go of yet.
    assert len(most) == 9
    assert max(most) <= 2


def test_the_memory_of_a_report_does_not_grow_with_its_concepts(tmp_path):
    def peak(count):
        folder = tmp_path / str(count)
        folder.mkdir()
        export(folder, make_artifact(20, 2, count))
        code = "import sys; from support.memory import peak_bytes; from bridge.cli.main import main; main(sys.argv[1:])"
        code += "; print(peak_bytes())"
        return int(run_python(code, *command(folder), "--out", folder / "page.html").split()[-1])

    # Figures that are kept take 2.4 MB for each concept.
    assert peak(18) < peak(6) + 15e6


def test_a_report_that_fails_half_way_leaves_the_old_page(tmp_path, monkeypatch, capsys):
    folder = export(tmp_path, make_artifact())
    old = report(folder).source

    def failing(points):
        raise InputError("no ink")

    monkeypatch.setattr(figures, "histogram", failing)
    before = sorted(folder.iterdir())
    assert main([*command(folder), "--out", str(folder / "report.html")]) == 2
    assert capsys.readouterr().err.endswith("bridge: no ink\n")
    assert (folder / "report.html").read_text() == old
    assert sorted(folder.iterdir()) == before
