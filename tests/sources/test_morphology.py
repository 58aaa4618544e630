"""Morpho-MNIST's measures: shapes that geometry can measure, and a digit that Morpho-MNIST's program has measured."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.base.errors import InputError
from bridge.sources.concepts.choice import morphology_scores
from bridge.sources.images import load_images

SIDE = 28
NAMES = ("area", "length", "thickness", "slant", "width", "height")

# The first training image of MNIST (LeCun, Cortes and Burges), a 5: rows 5 to 24, two hexadecimal digits a pixel.
FIVE = """
000000000000000000000000031212127e88af1aa6fff77f00000000
00000000000000001e245e9aaafdfdfdfdfde1acfdf2c34000000000
0000000000000031eefdfdfdfdfdfdfdfdfb5d525238270000000000
0000000000000012dbfdfdfdfdfdc6b6f7f100000000000000000000
0000000000000000509c6bfdfdcd0b002b9a00000000000000000000
0000000000000000000e019afd5a0000000000000000000000000000
00000000000000000000008bfdbe0200000000000000000000000000
00000000000000000000000bbefd4600000000000000000000000000
00000000000000000000000023f1e1a06c0100000000000000000000
0000000000000000000000000051f0fdfd7719000000000000000000
00000000000000000000000000002dbafdfd961b0000000000000000
000000000000000000000000000000105dfcfdbb0000000000000000
0000000000000000000000000000000000f9fdf94000000000000000
00000000000000000000000000002e82b7fdfdcf0200000000000000
0000000000000000000000002794e5fdfdfdfab60000000000000000
000000000000000000001872ddfdfdfdfdc94e000000000000000000
00000000000000001742d5fdfdfdfdc6510200000000000000000000
00000000000012abdbfdfdfdfdc35009000000000000000000000000
0000000037ace2fdfdfdfdf4850b0000000000000000000000000000
0000000088fdfdfdd487841000000000000000000000000000000000
"""


def measures(image):
    """The six measures of one (28, 28) image by their names."""
    scores = morphology_scores(torch.as_tensor(image, dtype=torch.float32).reshape(1, 1, SIDE, SIDE))
    return dict(zip(NAMES, scores[0].tolist(), strict=True))


# One level of 255 more or less can change a pixel of the stroke, and with it a few of the skeleton.
ONE_LEVEL = 0.03


@pytest.fixture(scope="module")
def five():
    rows = [np.frombuffer(bytes.fromhex(line), np.uint8) for line in FIVE.split()]
    return np.vstack([np.zeros((5, SIDE)), rows, np.zeros((3, SIDE))]) / 255


def painted(inside):
    """A white shape on black; a pixel is as grey as the share of it that lies inside, by 20 × 20 points."""
    points = (np.arange(20 * SIDE) + 0.5) / 20
    covered = inside(points[None, :], points[:, None])
    return covered.reshape(SIDE, 20, SIDE, 20).mean(axis=(1, 3))


def bar(width, height):
    image = np.zeros((SIDE, SIDE))
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    image[top : top + height, left : left + width] = 1
    return image


def stroke(slant, *, thickness=3, height=18):
    """A straight stroke through the middle whose top leans by an angle to the right, cut level at both ends."""
    return painted(
        lambda x, y: (
            (abs(x - 14 + math.tan(slant) * (y - 14)) <= thickness / 2 / math.cos(slant)) & (abs(y - 14) <= height / 2)
        )
    )


def disc(radius):
    return painted(lambda x, y: (x - 14) ** 2 + (y - 14) ** 2 <= radius**2)


def test_a_real_digit_has_the_measures_that_morpho_mnist_finds(five):
    # By its program at commit 3a20ed3 with scikit-image 0.26.0.
    expected = {
        "area": 107.1875,
        "length": 47.748737,
        "thickness": 2.5254001,
        "slant": 0.23157712,
        "width": 14.523651,
        "height": 19.889152,
    }
    assert measures(five) == pytest.approx(expected, rel=1e-6)


def test_a_real_digit_is_near_to_the_released_table(five):
    # Morpho-MNIST's table of the original MNIST was made with an older scikit-image, whose skeletons are other ones.
    released = {
        "area": (107.3125, 0.003),
        "length": (50.26650429449552, 0.06),
        "thickness": (2.4606583773939543, 0.03),
        "slant": (0.23107446620980754, 0.003),
        "width": (14.539571782767355, 0.003),
        "height": (19.849053691610763, 0.003),
    }
    found = measures(five)
    for name, (value, tolerance) in released.items():
        assert found[name] == pytest.approx(value, rel=tolerance)


@pytest.mark.parametrize(("width", "height"), [(2, 20), (3, 20), (4, 18), (6, 20), (20, 2), (20, 3), (18, 4), (16, 5)])
def test_a_bar_has_the_measures_of_a_rectangle(width, height):
    found = measures(bar(width, height))
    # The smoothing takes something off the corners.
    assert found["area"] == pytest.approx(width * height, abs=0.5)
    assert found["thickness"] == pytest.approx(min(width, height), rel=0.1)
    # The skeleton forks into the corners.
    assert max(width, height) <= found["length"] <= max(width, height) + 2 * min(width, height)
    assert found["slant"] == pytest.approx(0, abs=1e-6)
    # 2 % of the mass are left out, and the smoothing widens by a pixel or so.
    assert 0.98 * width <= found["width"] <= 0.98 * width + 1.6
    assert 0.98 * height <= found["height"] <= 0.98 * height + 1.6


@pytest.mark.parametrize("radius", [3, 4, 6, 9])
def test_a_disc_has_the_measures_of_a_circle(radius):
    found = measures(disc(radius))
    assert found["area"] == pytest.approx(math.pi * radius**2, rel=0.01)
    assert found["thickness"] == pytest.approx(2 * radius, abs=0.5)
    assert found["length"] <= 1  # its medial axis is its centre
    assert found["slant"] == pytest.approx(0, abs=1e-3)
    # A little less than the diameter, since the mass lies thinly at either end.
    assert found["width"] == pytest.approx(found["height"])
    assert 1.85 * radius <= found["width"] <= 1.85 * radius + 1.2


@pytest.mark.parametrize("slant", [-0.7, -0.45, -0.2, 0, 0.1, 0.3, 0.6])
def test_a_slanted_stroke_has_its_angle_thickness_and_area(slant):
    found = measures(stroke(slant))
    assert found["slant"] == pytest.approx(slant, abs=0.01)
    assert found["thickness"] == pytest.approx(3, abs=0.3)
    assert found["area"] == pytest.approx(18 * 3 / math.cos(slant), rel=0.02)
    # The stroke is measured after it has been set upright.
    assert 0 < found["width"] - 0.98 * 3 / math.cos(slant) < 1.8
    assert found["height"] == pytest.approx(18, abs=0.1)


@pytest.mark.parametrize("image", [bar(4, 28), bar(28, 4)], ids=["upright", "lying"])
def test_a_bar_from_border_to_border_is_as_long_as_the_image(image):
    found = measures(image)
    assert max(found["width"], found["height"]) == pytest.approx(0.98 * SIDE, abs=0.01)


@settings(max_examples=20)
@given(st.integers(-3, 2), st.integers(-3, 2))
def test_a_shifted_image_has_the_same_measures(five, right, down):
    shifted = np.roll(five, (down, right), axis=(0, 1))
    assert measures(shifted) == pytest.approx(measures(five), rel=ONE_LEVEL)


def test_mirroring_turns_the_slant_around_and_keeps_area_and_extent(five):
    found, mirrored = measures(five), measures(np.fliplr(five).copy())
    assert mirrored["slant"] == pytest.approx(-found["slant"])
    for name in ("area", "width", "height"):
        assert mirrored[name] == pytest.approx(found[name])


def test_a_fainter_image_has_the_same_measures(five):
    assert measures(five / 2) == pytest.approx(measures(five), rel=ONE_LEVEL)


def test_grey_levels_are_those_of_an_8_bit_image(five):
    assert measures(five + np.where(five > 0.1, -0.4, 0.4) / 255 * (five > 0)) == measures(five)


@pytest.mark.parametrize("grey", [0, 1e-3, 0.3, 1])
def test_an_image_without_contrast_scores_zero(grey):
    assert measures(np.full((SIDE, SIDE), grey)) == dict.fromkeys(NAMES, 0)


def test_a_contrast_of_one_grey_level_is_none():
    image = np.zeros((SIDE, SIDE))
    image[13, 4:9] = 2 / 255  # the enlarged image reaches 1, where it is smoothed
    assert measures(image) == dict.fromkeys(NAMES, 0)
    image[13, 4:9] = 4 / 255
    assert measures(image)["area"] > 0


@given(st.integers(0, 255), st.integers(0, 255), st.tuples(st.integers(0, 27), st.integers(0, 27)))
def test_whatever_the_contrast_the_measures_are_finite(ground, mark, place):
    image = np.full((SIDE, SIDE), ground / 255)
    image[place] = mark / 255
    assert all(math.isfinite(value) for value in measures(image).values())


def test_the_measures_of_an_image_do_not_depend_on_its_neighbours(five):
    images = torch.as_tensor(np.stack([five, bar(3, 9), disc(5), np.zeros((SIDE, SIDE))])).unsqueeze(1)
    alone = torch.cat([morphology_scores(image.unsqueeze(0)) for image in images])
    assert torch.equal(morphology_scores(images), alone)


def test_many_images_are_measured_as_one_by_one(five):
    faded = [np.float32(five * brightness) for brightness in np.linspace(0.1, 1, 70)]
    together = morphology_scores(torch.as_tensor(np.stack(faded)).unsqueeze(1))
    assert together[::23].tolist() == [list(measures(image).values()) for image in faded[::23]]


@pytest.mark.parametrize("samples", [0, 1, 3])
def test_scores_are_float64_with_six_columns(samples):
    scores = morphology_scores(torch.zeros(samples, 1, SIDE, SIDE))
    assert (scores.dtype, scores.shape) == (torch.float64, (samples, 6))


def test_measuring_leaves_the_images_alone_and_carries_no_gradient():
    images = load_images("digits", limit=2).images.clone()
    before = images.clone()
    assert not morphology_scores(images.requires_grad_()).requires_grad
    assert torch.equal(images, before)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.zeros(2, 1, 8, 8), "images have shape (2, 1, 8, 8); (N, 1, 28, 28) is required; resize them"),
        (torch.full((1, 1, SIDE, SIDE), 255.0), "an image has a value that is not in [0, 1]; intensities in [0, 1]"),
    ],
    ids=["shape", "range"],
)
def test_what_is_no_image_is_refused(images, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        morphology_scores(images)
