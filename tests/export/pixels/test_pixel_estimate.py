"""How long Lean is said to take for claims about images: more with more images, weights and concepts."""

import pytest

import bridge.export.layout
import bridge.export.pixels.certificate
import bridge.export.pixels.render
from bridge.base.resources import templates_folder
from bridge.export.estimate import FILE
from bridge.export.pixels.estimate import packed_digits, pixel_stages
from bridge.export.write import export_lean
from support.artifacts import stored
from support.pixel_exports import asked_from_pixels, certified_pixels, plain_artifact, rendered_pixels
from support.pixels import pixel_artifact


def exported(folder, artifact, *, from_pixels=True):
    asked = asked_from_pixels() if from_pixels else None
    return export_lean(stored(folder, artifact), folder / "Generated.lean", templates=templates_folder(), asked=asked)


@pytest.mark.parametrize("columns", [4_000, 8])
def test_all_files_but_the_root_are_counted(tmp_path, monkeypatch, columns):
    monkeypatch.setattr(bridge.export.pixels.certificate, "CHUNK_IMAGES", 2)
    monkeypatch.setattr(bridge.export.pixels.render, "SHARD_DIGITS", 1)
    monkeypatch.setattr(bridge.export.layout, "SHARD_LITERALS", columns)
    export = exported(tmp_path, plain_artifact())
    estimate = export.lean_estimate(1)
    assert estimate.files == len(export.files) - 1
    assert estimate.seconds >= FILE * estimate.files


def test_the_digits_are_those_of_the_text(tmp_path):
    artifact = pixel_artifact(samples=40, height=12, width=12)
    files = rendered_pixels(tmp_path, artifact)
    digits = sum(packed_digits(certified_pixels(artifact).pixels))
    text = sum(len(text) for path, text in files.items() if path.endswith("Encoded.lean") or "/Shard" in path)
    assert digits == pytest.approx(text, rel=0.4)


def test_an_export_of_images_takes_longer_than_one_without(tmp_path):
    with_images, without = (
        exported(tmp_path, plain_artifact(), from_pixels=from_pixels).lean_estimate(2) for from_pixels in (True, False)
    )
    assert with_images.seconds > without.seconds
    assert with_images.digits > without.digits
    assert with_images.at_once == without.at_once == 2


def chunks(artifact):
    _, _, chunks, _ = pixel_stages(certified_pixels(artifact).pixels)
    return sum(seconds - FILE for seconds in chunks)


def test_the_kernel_takes_time_for_each_image_and_each_weight():
    small = chunks(pixel_artifact(samples=10))
    assert chunks(pixel_artifact(samples=20)) == pytest.approx(2 * small)
    assert chunks(pixel_artifact(samples=10, units=(64, 3))) > small
