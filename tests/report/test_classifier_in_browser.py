"""The report of a classifier as a browser shows it: of few classes and of many, with short names and with long ones."""

import functools

import numpy as np
import pytest

from bridge.artifact.file import save_artifact
from bridge.cli.main import main
from support.browser import BROWSER, NO_BROWSER, WIDTHS, look
from support.classifiers import make_classifier

pytestmark = pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER)

LONG = ("<b>" + "W" * 60, "a name of many words " * 6, "猫と犬", "العربية", "größe")
PAGES = {
    "two": {"samples": 40, "binary": 0.95},
    "ten": {"samples": 200, "classes": 10, "dim": 8},
    "thirty": {"samples": 600, "classes": 30, "dim": 8},
    "long": {"samples": 60, "classes": 5, "class_names": LONG, "label_name": "kind " * 12},
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Reports of classifiers that are right more often than not."""
    folder = tmp_path_factory.mktemp("pages")
    for name, shape in PAGES.items():
        drawn = make_classifier(**shape)
        noise = np.random.default_rng(1).normal(size=(len(drawn.latents), drawn.class_count))
        values = drawn.latents @ drawn.weights[:-1] + drawn.weights[-1] + noise
        artifact, root = folder / f"{name}.safetensors", folder / f"{name.title()}.lean"
        save_artifact(artifact, make_classifier(**shape, labels=values.argmax(axis=1).astype(np.int64)))
        assert main(["export", "--artifact", str(artifact), "--out", str(root)]) == 0
        page = str(folder / f"{name}.html")
        assert main(["report", str(root), "--artifact", str(artifact), "--out", page]) == 0
    return folder


@pytest.fixture(scope="module")
def shown(pages, tmp_path_factory):
    """What `look` finds for a page and a width, looked at once."""
    return functools.cache(lambda name, width: look(pages / f"{name}.html", tmp_path_factory.mktemp("look"), width))


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_no_figure_is_blank_and_the_page_is_as_wide_as_the_screen(shown, name, width):
    measured, picture = shown(name, width)
    assert measured["contentWidth"] <= width
    assert len(measured["figures"]) == 2
    for box in measured["figures"]:
        region = picture[round(box["top"]) : round(box["bottom"]), round(box["left"]) : round(box["right"])]
        assert min(region.shape) > 60, box
        assert region.std() > 8, box


@pytest.mark.parametrize("name", PAGES)
def test_on_a_desk_nothing_has_to_be_scrolled_sideways(shown, name):
    measured, _ = shown(name, WIDTHS["desk"])
    assert measured["scrolling"] == []
    assert [box for box in measured["texts"] if box["left"] < 0 or box["right"] > WIDTHS["desk"]] == []


@pytest.mark.parametrize("name", ["two", "ten"])
def test_of_up_to_ten_classes_a_telephone_shows_all_without_scrolling_sideways(shown, name):
    measured, _ = shown(name, WIDTHS["telephone"])
    assert measured["scrolling"] == []
    assert measured["broken"] == []
