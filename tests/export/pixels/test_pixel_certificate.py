"""What is claimed of images and their encoder is exactly so, and what cannot be claimed of them is refused."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

import bridge.export.layout
import bridge.export.pixels.certificate
from bridge.artifact.coverage import Coverage
from bridge.artifact.pixels import EncoderLayer, Pixels
from bridge.base.errors import InputError
from bridge.export.asked import Asked
from bridge.export.certificate import ConceptCertificate
from bridge.export.claims.sup_error import SupErrorClaim
from support.artifacts import make_artifact
from support.packed_model import check, rows
from support.pixel_exports import (
    asked_from_pixels,
    certified_pixels,
    pixel_artifacts,
    plain_artifact,
)
from support.pixels import pixel_artifact, plain_latents
from support.problems import fraction
from support.strategies import unhurried


def exact_points(artifact, listed):
    """What the encoder gives for the listed images, by the definition."""
    return [plain_latents(artifact.pixels.layers, artifact.pixels.images[row]) for row in listed]


def residuals(artifact, listed, column):
    """The scores minus the probe at what the encoder gives."""
    *weights, bias = map(fraction, artifact.weights[:, column])
    return [
        fraction(artifact.scores[row, column]) - sum(w * z for w, z in zip(weights, point, strict=True)) - bias
        for row, point in zip(listed, exact_points(artifact, listed), strict=True)
    ]


@unhurried
@given(pixel_artifacts())
def test_the_largest_error_of_each_latent_coordinate_is_exact_and_its_sample_the_first(artifact):
    certificate = certified_pixels(artifact)
    points = exact_points(artifact, certificate.rows)
    for column, error in enumerate(certificate.pixels.errors):
        sizes = [
            abs(fraction(artifact.latents[row, column]) - point[column])
            for row, point in zip(certificate.rows, points, strict=True)
        ]
        assert error.value == max(sizes)
        assert error.sample == sizes.index(max(sizes))
        assert Fraction(error.numerator, 255 * 2**certificate.pixels.error_exponent) == error.value


@unhurried
@given(pixel_artifacts())
def test_the_sup_error_at_the_values_of_the_encoder_is_exact_and_its_sample_the_first(artifact):
    certificate = certified_pixels(artifact)
    for column, concept in enumerate(certificate.pixels.concepts):
        sizes = list(map(abs, residuals(artifact, certificate.rows, column)))
        assert concept.delta == max(sizes)
        assert concept.worst_sample == sizes.index(max(sizes))


@unhurried
@given(pixel_artifacts())
def test_the_packed_integers_are_255_times_the_values_of_the_encoder_and_the_scores(artifact):
    certificate = certified_pixels(artifact)
    encoded = certificate.pixels.encoded
    exponents = [encoded.latent_exponent] * encoded.latent_dim + list(encoded.score_exponents)
    numbers = [
        [Fraction(integer, 2**exponent) for integer, exponent in zip(row, exponents, strict=True)]
        for row in rows(encoded, encoded.size)
    ]
    assert numbers == [
        [*(255 * value for value in point), *map(fraction, artifact.scores[row])]
        for row, point in zip(certificate.rows, exact_points(artifact, certificate.rows), strict=True)
    ]


def claims(certificate):
    """What the checker of samples is asked to find of the encoder's values: weights are divided by 255."""
    for column, (at_latents, concept) in enumerate(zip(certificate.concepts, certificate.pixels.concepts, strict=True)):
        weights = tuple(weight / 255 for weight in at_latents.weights)
        sup_error = SupErrorClaim(concept.delta, concept.worst_sample)
        yield column, ConceptCertificate(weights, at_latents.bias, concept.integers, sup_error)


@unhurried
@given(pixel_artifacts())
def test_the_checker_of_samples_accepts_the_values_of_the_encoder(artifact):
    certificate = certified_pixels(artifact)
    assert all(check(certificate.pixels.encoded, column, claim) for column, claim in claims(certificate))


def test_the_checker_rejects_a_smaller_bound_at_the_values_of_the_encoder():
    certificate = certified_pixels(pixel_artifact())
    encoded = certificate.pixels.encoded
    for column, claim in claims(certificate):
        sup = claim.integers.sup - 1
        delta = Fraction(sup, claim.integers.denominator * 2**encoded.latent_exponent)
        smaller = replace(claim, integers=replace(claim.integers, sup=sup), sup_error=SupErrorClaim(delta, 0))
        assert not check(encoded, column, smaller)


def test_the_images_and_the_encoder_values_are_those_of_the_listed_samples():
    artifact = pixel_artifact(samples=8)
    certificate = certified_pixels(artifact, Coverage.HELD_OUT)
    assert list(certificate.rows) == [0, 3, 6]
    assert (certificate.pixels.images == artifact.pixels.images[[0, 3, 6]]).all()
    assert certificate.pixels.encoded.size == 3


def test_of_equal_errors_the_first_sample_counts():
    artifact = plain_artifact(samples=4)
    images = np.repeat(artifact.pixels.images[:1], 4, axis=0)
    same = plain_artifact(
        samples=4,
        latents=np.repeat(artifact.latents[:1], 4, axis=0),
        scores=np.repeat(artifact.scores[:1], 4, axis=0),
        pixels=replace(artifact.pixels, images=images),
    )
    pixels = certified_pixels(same).pixels
    assert {error.sample for error in pixels.errors} == {0}
    assert {concept.worst_sample for concept in pixels.concepts} == {0}


def test_concepts_that_are_scored_are_proved_and_others_listed():
    assert [each.score for each in certified_pixels(pixel_artifact()).pixels.concepts] == ["size", "thick", ""]
    pixels = certified_pixels(pixel_artifact(scored=("thick",))).pixels
    assert [each.score for each in pixels.concepts] == ["", "thick", ""]
    assert pixels.scored == ((1, "thick"),)


def test_an_export_that_does_not_ask_for_it_claims_nothing_of_images():
    asked = Asked.of(Coverage.ALL, {})
    assert not asked.from_pixels
    assert bridge.export.certificate.build_certificate(pixel_artifact(), asked).pixels is None


def test_what_is_asked_for_is_written_as_options_and_read_back():
    asked = asked_from_pixels(Coverage.TRAIN, alpha="1/10")
    assert asked.options() == "--over train --alpha 1/10 --from-pixels"
    assert Asked.parse(asked.options()) == asked


@pytest.mark.parametrize(("side", "sizes"), [(2, [64, 64, 2]), (64, [64, 64, 2]), (65, [62, 62, 6]), (600, [1] * 130)])
def test_a_chunk_has_64_images_or_as_many_as_have_room_in_half_a_million_digits(side, sizes):
    images = np.zeros((130, side, side), np.uint8)
    chunks = bridge.export.pixels.certificate.chunks_of(images)
    assert [len(chunk) for chunk in chunks] == sizes
    assert [row for chunk in chunks for row in chunk] == list(range(130))


# What is refused


def refusal_of(artifact):
    with pytest.raises(InputError) as caught:
        certified_pixels(artifact)
    return str(caught.value)


def test_an_artifact_without_images_is_refused():
    assert refusal_of(make_artifact()) == (
        "the artifact has latents and scores, and not the images and the encoder that they come from; "
        "`from_pixels=True` needs both; fit with `from_pixels=True`, and export that artifact"
    )


def test_a_score_that_is_not_that_of_the_image_is_refused_by_its_place_in_the_artifact():
    artifact = plain_artifact()
    scores = artifact.scores.copy()
    scores[3, 1] += 1
    assert refusal_of(plain_artifact(scores=scores)) == (
        f"the score 'thick' of sample 3 is {scores[3, 1]}, and {int(scores[3, 1]) - 1} by the pixels of its image; a "
        "score that is proved must be that of the image; fit anew with `from_pixels=True`"
    )


def test_a_score_that_is_not_listed_may_be_any():
    artifact = plain_artifact()
    scores = artifact.scores.copy()
    scores[3, 1] += 1
    certificate = certified_pixels(plain_artifact(scores=scores), Coverage.TRAIN)
    assert 3 not in certificate.rows


def test_scores_that_no_digit_has_room_for_are_refused():
    artifact = plain_artifact()
    scores = artifact.scores.astype(np.float64)
    scores[0, 2] = 2.0**-80
    digits = certified_pixels(artifact).pixels.encoded.digit_bits
    assert refusal_of(plain_artifact(scores=scores)) == (
        f"the scores of 'slant' take 81 bits as integers over 2^80, and the values of the encoder {digits}; no more "
        "than these are required; round the scores, or leave the concept out"
    )


def test_samples_that_need_several_ranges_are_refused(monkeypatch):
    monkeypatch.setattr(bridge.export.layout, "RANGE_DIGITS", 100)
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 100)
    assert refusal_of(plain_artifact()) == (
        "5 samples are listed, whose 2 latent coordinates are too much for one declaration of Lean; claims about "
        "pixels cannot be divided among several; list fewer samples with `over=…`, or fit fewer"
    )


def test_nothing_has_to_be_scored():
    artifact = plain_artifact()
    pixels = Pixels(artifact.pixels.images, artifact.pixels.layers, ())
    assert certified_pixels(plain_artifact(pixels=pixels)).pixels.scored == ()


def wide_artifact(latents):
    """33 latent coordinates, so that weights are written as integers only, and an encoder of coarse values."""
    layers = (EncoderLayer(np.ones((33, 6), np.float32), np.zeros(33, np.float32)),)
    weights = np.zeros((34, 3), np.float32)
    weights[-1, 0] = 2.0**-9
    images = plain_artifact().pixels.images
    return plain_artifact(units=(33,), latents=latents, weights=weights, pixels=Pixels(images, layers, ()))


def test_more_weights_than_are_written_as_fractions_cannot_have_latents_finer_than_the_values_of_the_encoder():
    latents = np.zeros((5, 33), np.float32)
    certified_pixels(wide_artifact(latents))
    latents[0, 0] = 2.0**-7
    assert refusal_of(wide_artifact(latents)) == (
        "the listed latents are multiples of 2^-7, and the values of the encoder of 2^-0, times 1/255; of more than 32 "
        "latent coordinates no finer ones are possible here; fit with `latent_bits=0`"
    )


@unhurried
@given(pixel_artifacts())
def test_weights_have_the_same_integers_at_the_values_of_the_encoder_if_latents_are_not_finer(artifact):
    certificate = certified_pixels(artifact)
    if certificate.samples.latent_exponent > certificate.pixels.encoded.latent_exponent:
        return
    for at_latents, concept in zip(certificate.concepts, certificate.pixels.concepts, strict=True):
        assert concept.integers.denominator == 255 * at_latents.integers.denominator
        assert concept.integers.weights == at_latents.integers.weights
