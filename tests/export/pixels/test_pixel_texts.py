"""The text of an export from pixels: its files, and that the numbers in it are those of the images and the encoder.

`tests/golden/pixels.txt` has the whole text of a tiny one; after a wanted change of the templates:
`pytest tests/export/pixels/test_pixel_texts.py --update`.
"""

import re
from itertools import chain

import numpy as np
import pytest
from hypothesis import given

import bridge.export.layout
import bridge.export.pixels.certificate
import bridge.export.pixels.render
from bridge.artifact.coverage import Coverage
from bridge.check.lean_header import read_header
from bridge.export.pixels.render import literals
from support.pixel_exports import certified_pixels, pixel_artifacts, plain_artifact, rendered_pixels
from support.pixels import image_arrays, make_images
from support.repository import REPOSITORY
from support.strategies import hostile_texts, unhurried

GOLDEN = REPOSITORY / "tests" / "golden" / "pixels.txt"
REMEDY = "after a wanted change run `pytest tests/export/pixels/test_pixel_texts.py --update`"

OF_PIXELS = [
    "Generated/Images/Shard1.lean",
    "Generated/Images.lean",
    "Generated/Encoder/Layer1/Shard1.lean",
    "Generated/Encoder/Layer1.lean",
    "Generated/Encoder/Layer2/Shard1.lean",
    "Generated/Encoder/Layer2.lean",
    "Generated/Encoder.lean",
    "Generated/Encoded.lean",
    "Generated/Checks/Images/Chunk1.lean",
    "Generated/Pixels.lean",
]


def small_chunks(patch, images):
    """Have chunks of so many images."""
    patch.setattr(bridge.export.pixels.certificate, "CHUNK_IMAGES", images)


def small_layer_shards(patch):
    """Have each group of columns of a layer in a file of its own."""
    patch.setattr(bridge.export.pixels.render, "SHARD_DIGITS", 1)


def whole_text(files):
    return "".join(f"===== {path}\n{text}" for path, text in files.items())


def test_the_text_is_the_same_as_ever(tmp_path, update):
    text = whole_text(rendered_pixels(tmp_path, plain_artifact()))
    if update:
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8"), REMEDY


def test_the_files_of_pixels_follow_those_that_every_export_has(tmp_path):
    assert list(rendered_pixels(tmp_path, plain_artifact())) == [
        "Generated.lean",
        "Generated/Samples.lean",
        "Generated/Size.lean",
        "Generated/Thick.lean",
        "Generated/Slant.lean",
        *OF_PIXELS,
    ]


def test_every_file_imports_only_what_comes_before_it_and_the_root_imports_all(tmp_path, monkeypatch):
    small_chunks(monkeypatch, 2)
    small_layer_shards(monkeypatch)
    monkeypatch.setattr(bridge.export.layout, "SHARD_LITERALS", 8)
    files = rendered_pixels(tmp_path, plain_artifact())
    root, *others = files
    seen, reached = set(), set()
    for path in others:
        for name in modules_in(files[path]):
            assert name in seen
            reached.add(name)
        seen.add(path.removesuffix(".lean").replace("/", "."))
    assert seen - reached == set(modules_in(files[root])) - reached
    assert {"Generated.Encoded.Shard2", "Generated.Images.Shard3", "Generated.Encoder.Layer2.Shard1"} <= reached


def modules_in(text):
    """The modules of the export that a file imports."""
    return [each.module for each in read_header(text).imports if each.module.startswith("Generated")]


def hexadecimals(text):
    return [int(number, 16) for number in re.findall(r"nat_lit 0x([0-9a-f]+)", text)]


@given(image_arrays())
def test_a_literal_has_the_pixels_row_by_row_as_digits(images):
    height, width = images.shape[1:]
    for image, literal in zip(images, literals(images), strict=True):
        assert literal == sum(
            int(image[row, column]) * 256 ** (width * row + column) for row in range(height) for column in range(width)
        )


@unhurried
@given(pixel_artifacts())
def test_numbers_in_the_text_are_those_of_the_certificate(tmp_path, artifact):
    pixels = certified_pixels(artifact).pixels
    files = rendered_pixels(tmp_path, artifact)
    assert hexadecimals(files["Generated/Images/Shard1.lean"]) == list(literals(pixels.images))
    for number, layer in enumerate(pixels.layers, start=1):
        text = files[f"Generated/Encoder/Layer{number}/Shard1.lean"]
        assert hexadecimals(text) == [literal for column in layer.columns for literal in column]
    assert hexadecimals(files["Generated/Encoded.lean"]) == [
        literal for column in pixels.encoded.columns for literal in column
    ]
    errors = re.search(r"errors := \[\n(.*?)\n  \]", files["Generated/Encoded.lean"], re.DOTALL)[1]
    assert [int(number) for number in errors.split(",")] == [error.numerator for error in pixels.errors]


def test_chunks_are_divided_among_files_and_joined_in_their_order(tmp_path, monkeypatch):
    small_chunks(monkeypatch, 2)
    artifact = plain_artifact()
    files = rendered_pixels(tmp_path, artifact)
    shards = [hexadecimals(files[f"Generated/Images/Shard{number}.lean"]) for number in (1, 2, 3)]
    assert list(map(len, shards)) == [2, 2, 1]
    assert list(chain.from_iterable(shards)) == list(literals(artifact.pixels.images))
    assert "literals := images1 ++ (images2 ++ images3)\n" in files["Generated/Images.lean"]
    assert "encodes2 : Bridge.Encodes pixelClaim images2 2 2 :=" in files["Generated/Checks/Images/Chunk2.lean"]
    assert "encodes1.append <|\n  encodes2.append <|\n  encodes3\n" in files["Generated/Pixels.lean"]


@pytest.mark.parametrize(
    ("samples", "joined"),
    [
        (1, "images1"),
        (2, "images1 ++ images2"),
        (3, "images1 ++ (images2 ++ images3)"),
        (4, "images1 ++ (\n    images2 ++ (\n    images3 ++ images4))"),
    ],
)
def test_many_chunks_have_a_line_each(tmp_path, monkeypatch, samples, joined):
    small_chunks(monkeypatch, 1)
    files = rendered_pixels(tmp_path, plain_artifact(samples=samples))
    assert f"literals := {joined}\n" in files["Generated/Images.lean"]


def test_the_columns_of_a_large_layer_are_in_shards_in_their_order(tmp_path, monkeypatch):
    artifact = plain_artifact(height=3, width=6, units=(3, 2))
    whole = rendered_pixels(tmp_path, artifact)["Generated/Encoder/Layer1/Shard1.lean"]
    small_layer_shards(monkeypatch)
    files = rendered_pixels(tmp_path, artifact)
    shards = [files[f"Generated/Encoder/Layer1/Shard{number}.lean"] for number in range(1, 6)]
    assert "Generated/Encoder/Layer1/Shard6.lean" not in files
    assert [len(hexadecimals(text)) // 4 for text in shards] == [8, 8, 1, 1, 1]
    assert list(chain.from_iterable(map(hexadecimals, shards))) == hexadecimals(whole)
    for number, (first, last) in enumerate([(0, 7), (8, 15), (16, 16), (17, 17), (18, 18)], start=1):
        assert f"/-- Columns {first} to {last} of `Generated.layer1`. -/\ndef layer1_{number} :" in shards[number - 1]


def test_the_encoder_values_are_in_shards_like_the_samples(tmp_path, monkeypatch):
    whole = rendered_pixels(tmp_path, plain_artifact())["Generated/Encoded.lean"]
    monkeypatch.setattr(bridge.export.layout, "SHARD_LITERALS", 8)
    files = rendered_pixels(tmp_path, plain_artifact())
    shards = [files[f"Generated/Encoded/Shard{number}.lean"] for number in (1, 2, 3)]
    assert list(chain.from_iterable(map(hexadecimals, shards))) == hexadecimals(whole)
    assert (
        "groups := Bridge.joined [\n    encoded1,\n    encoded2,\n    encoded3\n  ]" in files["Generated/Encoded.lean"]
    )
    assert "public import Generated.Encoded.Shard3" in files["Generated/Encoded.lean"]


def test_an_encoder_of_one_layer_has_no_relu(tmp_path):
    files = rendered_pixels(tmp_path, plain_artifact(units=(2,)))
    assert ".relu" not in files["Generated/Encoder.lean"]
    assert "others := []" in files["Generated/Encoded.lean"]


def test_concepts_are_said_to_be_proved_or_listed(tmp_path):
    text = rendered_pixels(tmp_path, plain_artifact(scored=("size",)))["Generated/Pixels.lean"]
    assert "* `size.score_eq`: each score of `size` is `Bridge.Image.size` of the image;" in text
    assert "Scores that are only listed, and not proved from the pixels: `thick`, `slant`." in text
    assert text.count("theorem score_eq") == 1
    assert (
        "scored := [(0, .size)]"
        in rendered_pixels(tmp_path, plain_artifact(scored=("size",)))["Generated/Encoded.lean"]
    )


def test_where_every_score_is_proved_nothing_is_said_of_listed_ones(tmp_path):
    artifact = plain_artifact()
    both = {"scores": artifact.scores[:, :2].copy(), "weights": artifact.weights[:, :2].copy()}
    named = {"concept_names": ("size", "thick"), "concept_units": ("", ""), "metrics": artifact.metrics[:2]}
    text = rendered_pixels(tmp_path, plain_artifact(**both, **named))["Generated/Pixels.lean"]
    assert "only listed" not in text


def test_the_banner_says_that_pixels_were_asked_for(tmp_path):
    files = rendered_pixels(tmp_path, plain_artifact(), coverage=Coverage.TRAIN)
    for text in files.values():
        assert "Made by `python -m bridge export --over train --from-pixels --out Generated.lean`" in text


def test_concepts_that_are_called_like_files_of_pixels_have_others(tmp_path):
    names = ("size", "images", "Pixels")
    files = rendered_pixels(tmp_path, plain_artifact(concept_names=names, scored=("size",)))
    assert "namespace Generated.images\n" in files["Generated/Concept1.lean"]
    assert "namespace Generated.Pixels\n" in files["Generated/Concept2.lean"]


@unhurried
@given(hostile_texts.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text)))
def test_names_are_safe_in_comments(tmp_path, text):
    artifact = plain_artifact(concept_units=("pixels", text, text))
    for each in rendered_pixels(tmp_path, artifact).values():
        assert each.count("/-") == each.count("-/")


def test_large_images_are_packed_row_by_row():
    image = make_images(1, 40, 50)
    (literal,) = literals(image)
    assert np.frombuffer(literal.to_bytes(2000, "little"), np.uint8).reshape(40, 50).tolist() == image[0].tolist()
