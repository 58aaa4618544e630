"""Comparing an export from pixels: every one agrees, and every change is found and named, other true statements too."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

import bridge.export.layout
import bridge.export.packing
import bridge.export.pixels.certificate
import bridge.export.pixels.render
from bridge.artifact.coverage import Coverage
from bridge.base.errors import InputError
from bridge.check.verify import verify
from support.artifacts import stored
from support.lean_files import code_tokens, write
from support.pixel_exports import pixel_artifacts, plain_artifact, plain_layers, rendered_pixels
from support.pixel_statements import taken_for, with_layer, with_pixels, with_units_exchanged
from support.pixels import pixel_artifact
from support.strategies import unhurried, unmeasured

IMAGES, LAYER_1, LAYER_2 = (f"Generated/{name}/Shard1.lean" for name in ("Images", "Encoder/Layer1", "Encoder/Layer2"))
ENCODED, PIXELS, CHUNK, ROOT = (
    "Generated/Encoded.lean",
    "Generated/Pixels.lean",
    "Generated/Checks/Images/Chunk1.lean",
    "Generated.lean",
)


def compared(folder, artifact, files):
    return verify(write(folder, files), stored(folder, artifact))


def is_noticed(folder, record, files):
    try:
        return not verify(write(folder, files), record).ok
    except InputError:
        return True


def in_pieces(patch):
    """Have chunks of two images, each group of columns in a file of its own, and blocks of few rows."""
    patch.setattr(bridge.export.pixels.certificate, "CHUNK_IMAGES", 2)
    patch.setattr(bridge.export.pixels.render, "SHARD_DIGITS", 1)
    patch.setattr(bridge.export.layout, "SHARD_LITERALS", 8)
    patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 130)


# What agrees


@unhurried
@given(pixel_artifacts())
def test_every_export_from_pixels_agrees_with_its_artifact(tmp_path, artifact):
    assert compared(tmp_path, artifact, rendered_pixels(tmp_path, artifact)).differences == ()


def test_an_export_in_pieces_agrees(tmp_path, monkeypatch):
    in_pieces(monkeypatch)
    files = rendered_pixels(tmp_path, plain_artifact())
    assert {"Generated/Images/Shard3.lean", "Generated/Encoded/Shard2.lean"} <= files.keys()
    assert compared(tmp_path, plain_artifact(), files).differences == ()


@pytest.mark.parametrize("scored", [(), ("size",), ("thick",)])
def test_scores_that_are_only_listed_agree(tmp_path, scored):
    artifact = plain_artifact(scored=scored)
    assert compared(tmp_path, artifact, rendered_pixels(tmp_path, artifact)).differences == ()


@pytest.mark.parametrize("units", [(2,), (4, 2), (3, 8, 2), (16, 9)])
def test_encoders_of_any_number_of_layers_agree(tmp_path, units):
    artifact = pixel_artifact(samples=3, units=units)
    assert compared(tmp_path, artifact, rendered_pixels(tmp_path, artifact)).differences == ()


def test_many_weights_that_are_written_as_integers_agree(tmp_path):
    artifact = pixel_artifact(samples=3, units=(3, 40))
    assert compared(tmp_path, artifact, rendered_pixels(tmp_path, artifact)).differences == ()


@pytest.mark.parametrize("coverage", [Coverage.TRAIN, Coverage.HELD_OUT])
def test_the_images_of_a_part_agree(tmp_path, coverage):
    artifact = plain_artifact()
    assert compared(tmp_path, artifact, rendered_pixels(tmp_path, artifact, coverage=coverage)).differences == ()


@pytest.mark.parametrize("options", [{"r2": ""}, {"alpha": "0.5"}], ids=str)
def test_other_claims_beside_those_from_pixels_agree(tmp_path, options):
    artifact = plain_artifact(is_train=np.arange(5) < 2, is_calibration=np.arange(5) == 3)
    assert compared(tmp_path, artifact, rendered_pixels(tmp_path, artifact, **options)).differences == ()


def test_no_export_from_pixels_is_one_of_an_artifact_without_them(tmp_path):
    artifact = plain_artifact()
    files = rendered_pixels(tmp_path, artifact)
    outcome = compared(tmp_path, replace(artifact, pixels=None), files)
    (difference,) = [each for each in outcome.differences if each.what == "what is exported"]
    assert (difference.found, difference.required) == (
        "images and their encoder",
        "what an artifact without them has",
    )
    assert difference.place.file == tmp_path / "Generated/Images.lean"


# Other true statements


def other_statement(folder, required, other):
    """What differs in an export of another artifact that is taken for that of this one."""
    files = taken_for(folder, required, other)
    outcome = verify(write(folder, files), stored(folder, required))
    return [
        (str(each.place.file.relative_to(folder)), each.what, each.found, each.required) for each in outcome.differences
    ]


def test_a_pixel_that_is_another_is_named(tmp_path):
    artifact = plain_artifact(scored=())
    images = artifact.pixels.images.copy()
    images[3, 1, 2] = 7
    before = artifact.pixels.images[3, 1, 2]
    differences = other_statement(tmp_path, artifact, with_pixels(artifact, images=images))
    assert (IMAGES, "images[3]: the pixel in row 1, column 2", "7", str(before)) in differences
    assert any(file == ENCODED for file, *_ in differences)


def test_an_image_in_the_place_of_another_one_is_named(tmp_path):
    artifact = plain_artifact(scored=())
    images = artifact.pixels.images.copy()
    images[4] = images[1]
    differences = other_statement(tmp_path, artifact, with_pixels(artifact, images=images))
    assert (IMAGES, "images[4]", "the image of listed sample 1", "its own") in differences


def test_of_an_image_of_many_other_pixels_the_first_are_named(tmp_path):
    artifact = plain_artifact(height=4, width=5, scored=())
    images = artifact.pixels.images.copy()
    images[2] = 255 - images[2]
    named = [each[1:] for each in other_statement(tmp_path, artifact, with_pixels(artifact, images=images))]
    pixels = [what for what, *_ in named if what.startswith("images[2]: the pixel")]
    assert len(pixels) == 8
    assert ("images[2]", "12 more pixels that are others", "its own") in named


@pytest.mark.parametrize(
    ("layer", "array", "place", "file", "what"),
    [
        (0, "weight", (2, 5), LAYER_1, "the weight of unit 2 for input 5"),
        (1, "weight", (1, 0), LAYER_2, "the weight of unit 1 for input 0"),
        (0, "bias", 3, LAYER_1, "the bias of unit 3"),
        (1, "bias", 0, LAYER_2, "the bias of unit 0"),
    ],
)
def test_a_weight_or_a_bias_that_is_another_is_named(tmp_path, layer, array, place, file, what):
    artifact = plain_artifact()
    changed = getattr(artifact.pixels.layers[layer], array).copy()
    changed[place] += 1 / 64
    differences = other_statement(tmp_path, artifact, with_layer(artifact, layer, **{array: changed}))
    (values,) = [each[2:] for each in differences if each[:2] == (file, f"layer {layer + 1}: {what}")]
    found, required = (int(value.removesuffix(" / 2 ^ 6")) for value in values)
    assert found == required + 1


def test_two_hidden_units_that_are_exchanged_are_named_where_all_else_is_true(tmp_path):
    artifact = plain_artifact()
    assert other_statement(tmp_path, artifact, with_units_exchanged(artifact, 1, 3)) == [
        (LAYER_1, "layer 1: the weights and the bias of unit 1", "those of unit 3", "its own"),
        (LAYER_1, "layer 1: the weights and the bias of unit 3", "those of unit 1", "its own"),
        (LAYER_2, "layer 2: the weights for input 1", "those for input 3", "its own"),
        (LAYER_2, "layer 2: the weights for input 3", "those for input 1", "its own"),
    ]


def test_another_number_of_units_or_layers_is_named(tmp_path):
    artifact = plain_artifact()
    more = with_pixels(artifact, layers=plain_layers(6, 5, 2))
    assert ("layer 1: outputs", "5", "4") in [each[1:] for each in other_statement(tmp_path, artifact, more)]
    one = with_pixels(artifact, layers=plain_layers(6, 2))
    named = [each[1:] for each in other_statement(tmp_path, artifact, one)]
    assert ("the layers of the encoder", "1", "2") in named


def test_images_of_another_height_are_named(tmp_path):
    artifact = plain_artifact()
    images = artifact.pixels.images.reshape(5, 3, 2)
    named = {each[1:] for each in other_statement(tmp_path, artifact, with_pixels(artifact, images=images, scored=()))}
    for what in ("images: height", "the encoder: the height of images", "pixelClaim: height"):
        assert (what, "3", "2") in named


def test_what_is_counted_is_named_where_it_is_only_listed(tmp_path):
    artifact = plain_artifact()
    named = other_statement(tmp_path, artifact, with_pixels(artifact, scored=("size",)))
    assert (ENCODED, "pixelClaim: scored", "(0, size)", "(0, size), (1, thick)") in named
    assert (PIXELS, "thick from the pixels: its scores", "listed", "thick") in named
    assert (ROOT, "thick from the pixels over the real numbers: its scores", "listed", "thick") in named


def test_no_scores_are_counted_where_all_are_only_listed(tmp_path):
    listed = plain_artifact(scored=())
    named = other_statement(tmp_path, listed, plain_artifact())
    assert (ENCODED, "pixelClaim: scored", "(0, size), (1, thick)", "none") in named
    assert (PIXELS, "size from the pixels: its scores", "size", "listed") in named


def test_scores_that_are_not_counted_on_the_images_are_named(tmp_path):
    # Such an artifact is not exported: it says of scores that they are those of its images.
    artifact = plain_artifact()
    scores = artifact.scores.copy()
    scores[2, 0] += 1
    named = other_statement(tmp_path, replace(artifact, scores=scores), artifact)
    count = int(artifact.scores[2, 0])
    what = "size from the pixels: the score of listed sample 2"
    assert (PIXELS, what, str(count + 1), f"{count}, as is counted on its image") in named


# No number is without weight


@unmeasured
@pytest.mark.parametrize("pieces", [False, True])
def test_no_number_of_what_is_from_pixels_can_change_unnoticed(tmp_path, monkeypatch, pieces):
    if pieces:
        in_pieces(monkeypatch)
    artifact = plain_artifact(samples=3)
    files, record = rendered_pixels(tmp_path, artifact), stored(tmp_path, artifact)
    for name in of_pixels(files):
        text = files[name]
        for token in code_tokens(text):
            if token.lastgroup == "number":
                value = int(token[0], 0)
                for number in {value + 1, max(0, value - 1), 0, 1} - {value}:
                    written = f"0x{number:x}" if token[0].startswith("0x") else str(number)
                    mutant = {**files, name: text[: token.start()] + written + text[token.end() :]}
                    assert is_noticed(tmp_path, record, mutant), (name, token, number)


@unmeasured
def test_no_token_of_what_is_from_pixels_can_be_left_out_unnoticed(tmp_path):
    artifact = plain_artifact(samples=2, units=(2, 1))
    files, record = rendered_pixels(tmp_path, artifact), stored(tmp_path, artifact)
    for name in of_pixels(files):
        text = files[name]
        for token in code_tokens(text):
            mutant = {**files, name: text[: token.start()] + text[token.end() :]}
            assert is_noticed(tmp_path, record, mutant), (name, token)


def of_pixels(files):
    """The files in which something is from pixels."""
    return [name for name in files if re.search("Images|Encode|Pixels", name) or name == "Generated.lean"]


def test_an_image_with_more_bits_than_pixels_is_named(tmp_path):
    artifact = plain_artifact()
    files = rendered_pixels(tmp_path, artifact)
    text = re.sub(r"nat_lit 0x", "nat_lit 0x1000000000000000000", files[IMAGES], count=1)
    (difference,) = compared(tmp_path, artifact, {**files, IMAGES: text}).differences
    assert (difference.what, difference.required) == ("images[0]", "at most 48")


def test_a_column_with_more_bits_than_fields_is_named(tmp_path):
    artifact = plain_artifact()
    files = rendered_pixels(tmp_path, artifact)
    text = re.sub(r"(nat_lit 0x)(\w+)⟩", r"\g<1>1000000000000000000\2⟩", files[LAYER_1], count=1)
    (difference,) = compared(tmp_path, artifact, {**files, LAYER_1: text}).differences
    assert difference.what == "layer 1: columns[0]"


def test_columns_in_other_groups_are_named(tmp_path):
    artifact = plain_artifact(height=3, width=3, units=(2, 2))
    files = rendered_pixels(tmp_path, artifact)
    text = files[LAYER_1]
    columns = re.findall("⟨.*?⟩", text)
    alone = ",\n".join(f".one {column}" for column in columns)
    regrouped = re.sub(r"(?s)(:= \[\n).*(?=\n  \])", lambda match: match[1] + alone, text)
    (difference,) = compared(tmp_path, artifact, {**files, LAYER_1: regrouped}).differences
    assert (difference.what, difference.found, difference.required) == ("layer 1: groups[0]", "1 column", "8 columns")


def test_columns_that_are_left_out_are_named(tmp_path):
    artifact = plain_artifact()
    files = rendered_pixels(tmp_path, artifact)
    fewer = re.sub(r",\n    \.one\n.*(?=\n  \])", "", files[LAYER_1])
    outcome = compared(tmp_path, artifact, {**files, LAYER_1: fewer})
    assert [(each.what, each.found, each.required) for each in outcome.differences] == [
        ("layer 1: columns", "6 of them", "7")
    ]


def test_the_concepts_from_pixels_are_counted(tmp_path):
    artifact = plain_artifact()
    files = rendered_pixels(tmp_path, artifact)
    text = files[PIXELS]
    fewer = text[: text.index("\nnamespace Generated.slant.pixels")]
    outcome = compared(tmp_path, artifact, {**files, PIXELS: fewer})
    assert [(each.what, each.found, each.required) for each in outcome.differences] == [
        ("from the pixels: the concepts", "2", "3")
    ]
