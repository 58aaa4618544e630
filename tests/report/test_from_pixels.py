"""The report on an export from pixels: ε and δₓ exactly, and of every concept whether its score is of the pixels."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction

import pytest

from bridge.artifact.file import load_artifact, save_artifact
from bridge.base.resources import lean_library_folder, templates_folder
from bridge.check.lean_modules import discover
from bridge.check.verdict import CheckResult, Engine, ModuleResult
from bridge.cli.main import main
from bridge.exact.text import decimal
from bridge.export.write import export_lean
from support.artifacts import make_artifact
from support.exports import asked
from support.opinions import audit_of
from support.pages import SVG, Page
from support.pixel_exports import asked_from_pixels, plain_artifact
from support.pixels import plain_latents
from support.problems import fraction

PROVED = {"size": True, "thick": True, "slant": False}


def report(folder, artifact, how, *options):
    """The page about an export."""
    save_artifact(folder / "Generated.safetensors", artifact)
    stored = load_artifact(folder / "Generated.safetensors")
    export_lean(stored, folder / "Generated.lean", templates=templates_folder(), asked=how)
    return page_of(folder, *options)


def page_of(folder, *options):
    out = folder / "report.html"
    files = [str(folder / "Generated.lean"), "--artifact", str(folder / "Generated.safetensors")]
    assert main(["report", *files, "--out", str(out), *options]) == 0
    return Page(out.read_text())


@pytest.fixture(scope="module")
def artifact():
    """Images of which sample i is number 10 + i of the data set."""
    made = plain_artifact()
    return replace(made, sample_indices=made.sample_indices + 10)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pixels")


@pytest.fixture(scope="module")
def page(folder, artifact):
    return report(folder, artifact, asked_from_pixels())


@pytest.fixture(scope="module")
def accepted(folder, page):
    """The same with what a Lean without Mathlib says that accepts everything."""
    modules = list(discover(folder / "Generated.lean", lean_library_folder()))
    able = [module for module in modules if not module.needs_mathlib]
    result = CheckResult(
        Engine.EMBEDDED,
        "4.28.0",
        61.4,
        tuple(ModuleResult(module.name, True, 1.5, module.is_library, ()) for module in able),
        tuple(module.name for module in modules if module.needs_mathlib),
        {module.name: module.sha256 for module in able},
        audit=audit_of(),
    )
    (folder / "check.json").write_text(json.dumps(result.record()))
    return page_of(folder, "--check-result", str(folder / "check.json"))


@pytest.fixture(scope="module")
def exact(artifact):
    """The encoder's values, one fraction at a time."""
    return [plain_latents(artifact.pixels.layers, image) for image in artifact.pixels.images]


def written(value):
    return str(value).replace("/", " / ") if value.denominator > 1 else f"{value.numerator} / 1"


def section(page, anchor):
    """The text of a section of a page."""
    (source,) = re.findall(rf'<section id="{anchor}".*?</section>', page.source, re.DOTALL)
    return Page(source).text


def chains(page):
    return {name.removesuffix("-chain"): figure for name, figure in page.figures().items() if name.endswith("-chain")}


def test_epsilon_of_each_coordinate_is_there_exactly_with_the_first_sample_that_attains_it(page, artifact, exact):
    shown = section(page, "pixels")
    for column in range(artifact.latents.shape[1]):
        errors = [
            abs(fraction(latent) - value[column])
            for latent, value in zip(artifact.latents[:, column], exact, strict=True)
        ]
        epsilon = max(errors)
        sample = artifact.sample_indices[errors.index(epsilon)]
        assert re.search(
            rf"(?<!\d){column} {re.escape(decimal(epsilon))} {sample} [\d /]*{epsilon.denominator}\b", shown
        )


def test_the_sup_error_at_the_exact_latents_is_there_exactly(page, artifact, exact):
    for column, name in enumerate(PROVED):
        *weights, bias = map(fraction, artifact.weights[:, column])
        residuals = [
            abs(fraction(score) - sum(w * z for w, z in zip(weights, value, strict=True)) - bias)
            for score, value in zip(artifact.scores[:, column], exact, strict=True)
        ]
        delta = max(residuals)
        attaining = artifact.sample_indices[residuals.index(delta)]
        shown = section(page, name.capitalize())
        assert f"δₓ, at the exact latents about {decimal(delta)}" in shown
        assert (
            Fraction(re.search(r"δₓ, at the exact latents about \S+ \w+, exactly ([\d /]+)", shown)[1].replace(" ", ""))
            == delta
        )
        assert f"attained by sample {attaining} Score" in shown


@pytest.mark.parametrize("name", PROVED)
def test_wherever_a_concept_is_shown_it_is_said_whether_its_score_is_of_the_pixels(page, accepted, name):
    for shown, word in ((page, "stated"), (accepted, "proved")):
        row = re.search(rf'<tr><th scope="row"><a href="#{name.capitalize()}">.*?</tr>', shown.source, re.DOTALL)[0]
        assert (f"<td>{word}</td>" if PROVED[name] else "<td>listed</td>") in row
        of_concept = section(shown, name.capitalize())
        if PROVED[name]:
            assert f"Score {word} from the pixels: Bridge.Image.{name} of the image" in of_concept
        else:
            assert "Score listed, and not proved to be that of the image" in of_concept


def test_the_chain_is_drawn_for_each_concept_and_a_listed_score_hangs_on_nothing(page):
    drawn = chains(page)
    assert list(drawn) == [name.capitalize() for name in PROVED]
    for (name, proved), figure in zip(PROVED.items(), drawn.values(), strict=True):
        texts = " ".join("".join(text.itertext()) for text in figure.iter(f"{SVG}text"))
        assert ("counted on the pixels" in texts) == proved
        assert ("listed, not from the pixels" in texts) == (not proved)
        assert "encoder 6 → 4 → 2, exactly" in texts
        loose = [element for element in figure.iter() if "loose" in element.get("class", "")]
        assert len(loose) == (0 if proved else 2)
        assert f"for {name}" in figure.get("aria-label")


def test_an_encoder_of_many_layers_is_shown_by_their_number(tmp_path):
    page = report(tmp_path, plain_artifact(units=(3, 3, 3, 3, 2)), asked_from_pixels())
    (figure, *_) = chains(page).values()
    assert "encoder 5 layers, exactly" in ET.tostring(figure, encoding="unicode")
    assert "5 affine layers with ReLU between them (6 → 3 → 3 → 3 → 3 → 2)" in page.text


def test_the_theorems_about_images_are_named_and_what_is_not_proved_of_them(accepted):
    assert "What Lean proved" in accepted.text
    for theorem in ("Generated.latent_error", "Generated.latent_error_attained", "Generated.size.score_eq"):
        assert f" {theorem} " in accepted.text
    assert "Generated.slant.score_eq" not in accepted.text
    assert " pixels.bound the score is within δₓ" in accepted.text
    assert "that the latent points are the model's" not in accepted.text
    assert "that the scores of slant are the images'" in accepted.text


def test_of_images_whose_scores_are_all_proved_no_listed_one_is_named(tmp_path):
    made = plain_artifact()
    first = replace(
        made,
        scores=made.scores[:, :2],
        weights=made.weights[:, :2],
        concept_names=("size", "thick"),
        concept_units=("pixels", "pixels"),
        metrics=made.metrics[:2],
    )
    page = report(tmp_path, first, asked_from_pixels())
    assert "how the encoder was trained, and the measures of the parts" in page.text
    assert "listed, not" not in page.source


def test_the_page_is_well_formed_and_its_identifiers_are_its_own(page):
    assert page.problems == []
    identifiers = page.values("id")
    assert len(identifiers) == len(set(identifiers))
    assert {name for value in page.values("aria-labelledby") for name in value.split()} <= set(identifiers)


def test_nothing_of_it_is_on_the_page_of_another_export(tmp_path):
    page = report(tmp_path, make_artifact(), asked())
    assert not chains(page)
    assert "δₓ" not in page.text
    assert "that the latent points are the model's" in page.text
