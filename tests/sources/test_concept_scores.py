"""Concept scores, against a reference that visits one pixel at a time."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bridge.base.errors import InputError
from bridge.sources.concepts.seed import CONCEPTS, concept_scores
from bridge.sources.images import load_images

SIDE = 28


def drawing(pixels):
    """A black image with white pixels at these places (row, column)."""
    image = torch.zeros(1, SIDE, SIDE)
    for row, column in pixels:
        image[0, row, column] = 1
    return image


def scores_of(pixels):
    """Size, thickness and slant of one drawing."""
    return concept_scores(drawing(pixels).unsqueeze(0))[0].tolist()


def reference_scores(image):
    """The definition, one pixel at a time in float64: size, thickness, slant, and how far rounding can turn the slant.

    The slant is half the angle of a vector, so an error of the vector turns it the further the shorter the vector is.
    """
    inside = {(row, column) for row in range(SIDE) for column in range(SIDE) if image[0, row, column].item() > 0.5}
    size = len(inside)
    gained = 0
    for row in range(SIDE):
        for column in range(SIDE):
            near = any((row + down, column + right) in inside for down in (-1, 0, 1) for right in (-1, 0, 1))
            if near and (row, column) not in inside:
                gained += 1
    mass = size + 1e-6
    mean_x = sum(row for row, _ in inside) / mass
    mean_y = sum(column for _, column in inside) / mass
    u_xx = sum((row - mean_x) ** 2 for row, _ in inside) / mass
    u_yy = sum((column - mean_y) ** 2 for _, column in inside) / mass
    u_xy = sum((row - mean_x) * (column - mean_y) for row, column in inside) / mass
    vector = (u_xx - u_yy + 1e-6, 2 * u_xy)
    slant = 0.5 * math.atan2(vector[1], vector[0])
    rounding = 2e-6 * (u_xx + u_yy) + 1e-9
    return size, gained, slant, 1e-6 + rounding / math.hypot(*vector)


def turn(left, right):
    """The angle between two directions; directions that differ by π are the same."""
    return abs(math.remainder(left - right, math.pi))


def assert_scores_are_the_reference(images):
    for image, (size, thick, slant) in zip(images, concept_scores(images).tolist(), strict=True):
        expected_size, expected_thick, expected_slant, rounding = reference_scores(image)
        assert (size, thick) == (expected_size, expected_thick)
        assert turn(slant, expected_slant) <= rounding


places = st.tuples(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1))

DRAWINGS = {
    "empty": [],
    "full": [(row, column) for row in range(SIDE) for column in range(SIDE)],
    "single pixel": [(9, 17)],
    "corner pixel": [(27, 27)],
    "two pixels": [(3, 4), (20, 11)],
    "vertical bar": [(row, 5) for row in range(3, 25)],
    "horizontal bar": [(5, column) for column in range(3, 25)],
    "thick vertical bar": [(row, column) for row in range(2, 26) for column in (12, 13, 14)],
    "falling diagonal": [(place, place) for place in range(SIDE)],
    "rising diagonal": [(27 - place, place) for place in range(SIDE)],
    "steep stroke": [(row, row // 3 + 8) for row in range(SIDE)],
    "flat stroke": [(column // 3 + 8, column) for column in range(SIDE)],
    "border": [(row, column) for row in range(SIDE) for column in range(SIDE) if {row, column} & {0, 27}],
    "chessboard": [(row, column) for row in range(SIDE) for column in range(SIDE) if (row + column) % 2],
    "hook": [(row, 20) for row in range(4, 20)] + [(20, column) for column in range(8, 20)],
}


@pytest.mark.parametrize("pixels", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_drawings_score_as_the_reference_says(pixels):
    assert_scores_are_the_reference(drawing(pixels).unsqueeze(0))


@given(st.lists(places, unique=True, max_size=30))
def test_sparse_images_score_as_the_reference_says(pixels):
    assert_scores_are_the_reference(drawing(pixels).unsqueeze(0))


@pytest.mark.parametrize("power", [0.3, 1, 4])
def test_random_images_score_as_the_reference_says(power):
    images = torch.rand(5, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(1)) ** power
    assert_scores_are_the_reference(images)


def test_real_digits_score_as_the_reference_says():
    assert_scores_are_the_reference(load_images("digits", limit=20).images)


def test_size_and_thickness_are_pixels_and_slant_an_angle():
    assert [(concept.name, concept.unit) for concept in CONCEPTS] == [
        ("size", "pixels"),
        ("thick", "pixels"),
        ("slant", "radians"),
    ]


def test_a_pixel_counts_only_above_one_half():
    image = torch.full((1, 1, SIDE, SIDE), 0.5)
    image[0, 0, 4, 6] = np.nextafter(np.float32(0.5), np.float32(1)).item()
    assert concept_scores(image)[0, 0] == 1


@pytest.mark.parametrize(
    ("place", "gained"),
    [((9, 17), 8), ((0, 17), 5), ((27, 17), 5), ((9, 0), 5), ((9, 27), 5), ((0, 0), 3), ((27, 27), 3), ((0, 27), 3)],
)
def test_dilation_stops_at_the_border(place, gained):
    assert scores_of([place])[1] == gained


@pytest.mark.parametrize(
    ("name", "slant"),
    [
        ("vertical bar", 0),
        ("thick vertical bar", 0),
        ("horizontal bar", math.pi / 2),
        ("falling diagonal", math.pi / 4),
        ("rising diagonal", -math.pi / 4),
    ],
)
def test_slant_is_measured_from_the_vertical_since_x_runs_down_the_rows(name, slant):
    assert turn(scores_of(DRAWINGS[name])[2], slant) < 1e-5


@given(st.lists(places, unique=True, max_size=30))
def test_mirroring_keeps_size_and_thickness_and_turns_the_slant_around(pixels):
    size, thick, slant = scores_of(pixels)
    mirrored = scores_of([(row, 27 - column) for row, column in pixels])
    assert mirrored[:2] == [size, thick]
    assert turn(mirrored[2], -slant) <= 2 * reference_scores(drawing(pixels))[3] + 2e-3


def test_an_empty_image_scores_zero():
    assert scores_of([]) == [0, 0, 0]


def test_the_scores_of_an_image_do_not_depend_on_its_neighbours():
    images = torch.stack([drawing(pixels) for pixels in DRAWINGS.values()])
    alone = torch.cat([concept_scores(image.unsqueeze(0)) for image in images])
    assert torch.equal(concept_scores(images), alone)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize("samples", [0, 1, 3])
def test_scores_are_float32_with_one_column_for_each_concept(samples, dtype):
    scores = concept_scores(torch.zeros(samples, 1, SIDE, SIDE, dtype=dtype))
    assert (scores.dtype, scores.shape) == (torch.float32, (samples, len(CONCEPTS)))


def test_scoring_leaves_the_images_alone_and_carries_no_gradient():
    images = torch.rand(2, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    before = images.clone()
    assert not concept_scores(images.requires_grad_()).requires_grad
    assert torch.equal(images, before)


@pytest.mark.parametrize("shape", [(SIDE, SIDE), (3, SIDE, SIDE), (3, 3, SIDE, SIDE), (3, 1, 8, 8), (3, 784)], ids=str)
def test_another_shape_is_refused(shape):
    message = f"images have shape {shape}; (N, 1, 28, 28) is required; resize them"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        concept_scores(torch.zeros(shape))


@pytest.mark.parametrize("value", [-1e-6, 1.0001, 255.0, math.nan, math.inf, -math.inf])
def test_a_value_outside_the_unit_interval_is_refused(value):
    images = torch.zeros(2, 1, SIDE, SIDE)
    images[1, 0, 27, 27] = value
    message = "an image has a value that is not in [0, 1]; intensities in [0, 1] are required; rescale them"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        concept_scores(images)
