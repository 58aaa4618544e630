"""The report as a browser shows it, on a telephone and on a desk: no figure is empty, and nothing is cut off."""

import functools

import numpy as np
import pytest

from bridge.artifact.file import load_artifact, save_artifact
from bridge.base.resources import templates_folder
from bridge.cli.main import main
from bridge.export.write import export_lean
from support.artifacts import make_artifact
from support.browser import BROWSER, NO_BROWSER, WIDTHS, look
from support.exports import asked
from support.pixel_exports import asked_from_pixels, plain_artifact

pytestmark = pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A report with all figures, and one with names, numbers and lists as long as they get."""
    folder = tmp_path_factory.mktemp("pages")
    files = {
        name: str(folder / name) for name in ("vae.safetensors", "probe.safetensors", "Generated.lean", "digits.html")
    }
    checkpoint, artifact, export, page = files.values()
    size = ["--data", "digits", "--limit", "200", "--epochs", "2", "--calibration", "0.2"]
    assert main(["train", *size, "--out", checkpoint]) == 0
    assert main(["fit", "--checkpoint", checkpoint, "--out", artifact]) == 0
    assert main(["export", "--artifact", artifact, "--alpha", "0.1", "--r2", "--out", export]) == 0
    assert main(["report", export, "--artifact", artifact, "--out", page]) == 0
    names = ("<b>" + "W" * 120, "a name of many words " * 8)
    extreme = make_artifact(
        12,
        70,
        2,
        np.float64,
        scores=make_artifact(12, 70, 2, np.float64).scores * [1e-200, 1e200],
        concept_names=names,
        concept_units=("u" * 80, ""),
    )
    save_artifact(folder / "extreme.safetensors", extreme)
    stored = load_artifact(folder / "extreme.safetensors")
    root = folder / "Extreme.lean"
    export_lean(stored, root, templates=templates_folder(), asked=asked(with_r_squared=True))
    place = str(folder / "extreme.html")
    assert main(["report", str(root), "--artifact", str(folder / "extreme.safetensors"), "--out", place]) == 0
    pixels = plain_artifact(30, 28, 28, units=(16, 16, 16, 16, 8), concept_names=("size", "thick", "s" * 60))
    save_artifact(folder / "Pixels.safetensors", pixels)
    stored, root = load_artifact(folder / "Pixels.safetensors"), folder / "Pixels.lean"
    export_lean(stored, root, templates=templates_folder(), asked=asked_from_pixels())
    assert main(["report", str(root), "--out", str(folder / "pixels.html")]) == 0
    return folder


@pytest.fixture(scope="module")
def shown(pages, tmp_path_factory):
    """What `look` finds for a page and a width, looked at once."""
    return functools.cache(lambda name, width: look(pages / f"{name}.html", tmp_path_factory.mktemp("look"), width))


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize(("name", "figures"), [("digits", 15), ("extreme", 6), ("pixels", 9)])
def test_no_figure_is_blank_and_nothing_is_wider_than_the_screen(shown, name, figures, width):
    measured, picture = shown(name, width)
    assert measured["width"] == width
    assert measured["contentWidth"] <= width
    assert [box for box in measured["texts"] if box["left"] < 0 or box["right"] > width] == []
    assert len(measured["figures"]) == figures
    assert picture.shape == (measured["height"], width)
    for box in measured["figures"]:
        region = picture[round(box["top"]) : round(box["bottom"]), round(box["left"]) : round(box["right"])]
        assert min(region.shape) > 60, box
        assert region.std() > 15, box


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_figures_do_not_overlap(shown, width):
    measured, _ = shown("digits", width)
    for number, one in enumerate(measured["figures"]):
        for other in measured["figures"][number + 1 :]:
            beside = one["right"] <= other["left"] or other["right"] <= one["left"]
            above = one["bottom"] <= other["top"] or other["bottom"] <= one["top"]
            assert beside or above, (one, other)


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_nothing_in_a_common_report_has_to_be_scrolled_sideways_and_no_word_is_broken(shown, width):
    measured, _ = shown("digits", width)
    assert measured["scrolling"] == []
    assert measured["broken"] == []


def test_the_figures_stand_in_one_column_on_a_telephone_and_in_two_on_a_desk(shown):
    columns = {
        place: len({round(box["left"]) for box in shown("digits", width)[0]["figures"]})
        for place, width in WIDTHS.items()
    }
    assert columns == {"telephone": 1, "desk": 2}
