"""`bridge export --from-pixels`: what it writes and says, and what it refuses."""

import json
import re
from fractions import Fraction

import numpy as np
import pytest

from bridge.artifact.file import load_artifact, save_artifact
from bridge.exact.text import rational
from support.artifacts import make_artifact
from support.classifiers import make_classifier
from support.command_line import lean_on_path, run_bridge
from support.pixel_exports import certified_pixels, plain_artifact
from support.pixels import make_images


@pytest.fixture
def folder(tmp_path):
    """A folder with an artifact of images."""
    save_artifact(tmp_path / "probe.safetensors", plain_artifact())
    return tmp_path


def export(folder, *options):
    return run_bridge(
        "export", "--artifact", "probe.safetensors", "--from-pixels", "--out", "Generated.lean", *options, cwd=folder
    )


def test_the_files_about_images_are_written_too(folder):
    result = export(folder)
    assert result.returncode == 0
    assert (folder / "Generated" / "Pixels.lean").is_file()
    assert result.stdout.splitlines()[-1] == "Generated/Pixels.lean"
    assert all((folder / line).is_file() for line in result.stdout.splitlines())


def test_without_the_option_nothing_is_written_of_images(folder):
    export(folder)
    result = run_bridge("export", "--artifact", "probe.safetensors", "--out", "Generated.lean", cwd=folder)
    assert result.returncode == 0
    # The folders of an earlier export stay, empty.
    assert sorted(path.name for path in (folder / "Generated").rglob("*.lean")) == [
        "Samples.lean",
        "Size.lean",
        "Slant.lean",
        "Thick.lean",
    ]


def test_what_is_proved_is_said_in_few_characters(folder):
    lines = export(folder).stderr.splitlines()
    assert lines == [
        "export: wrote Generated.lean and 14 more files",
        "export: from pixels: 5 images, largest ε about 3.5529e-8, by sample 1",
        "export: δₓ(size) is about 2.78451, by sample 0; score proved",
        "export: δₓ(thick) is about 3.51266, by sample 3; score proved",
        "export: δₓ(slant) is about 3.43166, by sample 3; score listed",
    ]
    assert max(map(len, lines)) <= 80


def test_quiet_says_nothing_of_it(folder):
    assert export(folder, "--quiet").stderr == ""


def test_the_record_has_the_exact_numbers(folder):
    record = json.loads(export(folder, "--json").stdout)["pixels"]
    artifact = plain_artifact()
    pixels = certified_pixels(artifact).pixels
    assert (record["images"], record["height"], record["width"], record["sizes"]) == (5, 2, 3, [6, 4, 2])
    assert (record["proved"], record["listed"]) == (["size", "thick"], ["slant"])
    assert [Fraction(error["error"].replace(" ", "")) for error in record["encoder_error"]] == [
        error.value for error in pixels.errors
    ]
    assert [error["attained_by_sample"] for error in record["encoder_error"]] == [
        artifact.sample_indices[error.sample] for error in pixels.errors
    ]
    assert record["concepts"] == [
        {
            "concept": name,
            "score": score,
            "pixel_delta": rational(concept.delta),
            "pixel_delta_decimal": decimal,
            "attained_by_sample": artifact.sample_indices[concept.worst_sample],
        }
        for name, score, decimal, concept in zip(
            artifact.concept_names,
            ["proved", "proved", "listed"],
            ["2.78451", "3.51266", "3.43166"],
            pixels.concepts,
            strict=True,
        )
    ]


def test_the_record_of_an_export_without_the_option_says_nothing_of_images(folder):
    record = json.loads(
        run_bridge("export", "--artifact", "probe.safetensors", "--out", "A.lean", "--json", cwd=folder).stdout
    )
    assert "pixels" not in record


def test_a_part_of_the_samples_can_be_listed(folder):
    record = json.loads(export(folder, "--over", "held-out", "--json").stdout)
    assert record["listed_samples"] == record["pixels"]["images"] == 2


def test_it_goes_together_with_what_else_is_proved(folder):
    result = export(folder, "--r2", "--json")
    assert result.returncode == 0
    assert "--over all --r2 --from-pixels --out" in (folder / "Generated.lean").read_text()


def refusal(result):
    """The one line that says why nothing was done."""
    assert result.returncode == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


def test_an_artifact_without_images_is_refused_and_it_is_said_how_to_make_one(folder):
    save_artifact(folder / "probe.safetensors", make_artifact())
    assert refusal(export(folder)) == (
        "bridge: the artifact has latents and scores, and not the images and the encoder that they come from; "
        "--from-pixels needs both; fit with --from-pixels, and export that artifact"
    )
    assert not (folder / "Generated.lean").exists()


def test_an_artifact_of_a_classifier_is_refused(folder):
    save_artifact(folder / "probe.safetensors", make_classifier())
    assert refusal(export(folder)) == (
        "bridge: --from-pixels was given for a classifier; it is about the residuals of scores, and an artifact of a "
        "probe with scores is required; leave --from-pixels out, or fit with --scores"
    )


def test_weights_of_ones_own_have_no_images(folder):
    np.save(folder / "Z.npy", np.zeros((3, 2)))
    np.save(folder / "W.npy", np.zeros((3, 1)))
    given = ("--weights", "W.npy", "--latents", "Z.npy", "--scores", "Z.npy", "--from-pixels", "--out", "A.lean")
    assert refusal(run_bridge("export", *given, cwd=folder)) == (
        "bridge: --weights and --from-pixels were given together; one of them is required; leave the other out"
    )


def test_a_file_in_the_place_of_a_folder_of_images_is_refused_before_the_work(folder):
    (folder / "Generated").mkdir()
    (folder / "Generated" / "Images").write_text("mine")
    assert refusal(export(folder)) == (
        "bridge: Generated/Images is not a folder; the files of the export go there; move it away"
    )


def test_a_file_of_ones_own_is_not_replaced(folder):
    (folder / "Generated").mkdir()
    (folder / "Generated" / "Pixels.lean").write_text("-- mine")
    assert "Generated/Pixels.lean" in refusal(export(folder))
    assert (folder / "Generated" / "Pixels.lean").read_text() == "-- mine"


def test_parts_of_an_earlier_export_go(folder):
    export(folder)
    stale = [
        folder / "Generated" / name
        for name in ("Images/Shard9.lean", "Encoder/Layer9/Shard1.lean", "Encoder/Layer9.lean", "Encoded/Shard1.lean")
    ] + [folder / "Generated" / "Checks" / "Images" / "Chunk9.lean"]
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text((folder / "Generated" / "Pixels.lean").read_text())
    assert export(folder).returncode == 0
    assert not any(path.exists() for path in stale)


def test_without_an_artifact_the_fit_keeps_the_images(tmp_path, monkeypatch):
    """What is trained and fitted is told so; the data set has to have 8-bit images before a model is trained."""
    asked = []

    def require(training):
        asked.append(("require", training.data))

    def fit(checkpoint, out, options, **others):
        asked.append(("fit", others["from_pixels"]))
        save_artifact(out, plain_artifact())

    monkeypatch.setattr("bridge.cli.fitting.require_pixels", require)
    monkeypatch.setattr("bridge.cli.training.train", lambda *_, **__: asked.append(("train",)))
    monkeypatch.setattr("bridge.cli.fitting.fit_images", fit)
    result = run_bridge("export", "--from-pixels", "--out", "Generated.lean", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert [step[0] for step in asked] == ["require", "train", "fit"]
    assert asked[-1] == ("fit", True)
    assert (tmp_path / "Generated" / "Pixels.lean").is_file()


def test_the_artifact_of_an_export_is_not_changed(folder):
    before = (folder / "probe.safetensors").read_bytes()
    export(folder)
    assert (folder / "probe.safetensors").read_bytes() == before
    assert load_artifact(folder / "probe.safetensors").artifact.pixels is not None


SMALL = ("--data", "images.npy", "--latent-dim", "2", "--epochs", "1", "--limit", "20", "--device", "cpu")


@pytest.fixture
def ran(tmp_path):
    """A folder in which `bridge run --from-pixels` has run, and what it has printed; Lean is a stand-in."""
    np.save(tmp_path / "images.npy", make_images(20, 28, 28))
    places = ("--run-folder", ".", "--out", "A.lean", "--engine", "lean")
    result = run_bridge("run", "--from-pixels", *SMALL, *places, cwd=tmp_path, env=lean_on_path(tmp_path))
    assert result.returncode == 0, result.stderr
    return tmp_path, result


def test_a_run_exports_from_pixels_and_verifies_it(ran):
    folder, result = ran
    assert "--from-pixels --out A.lean" in (folder / "A.lean").read_text()
    assert "theorem latent_error" in (folder / "A" / "Pixels.lean").read_text()
    found = [line for line in result.stdout.splitlines() if line.startswith(("from pixels: ", "δₓ("))]
    assert [re.sub(r"\d[\d.e-]*", "N", line) for line in found] == [
        "from pixels: N images, largest ε about N, by sample N",
        "δₓ(size) is about N, by sample N; score proved",
        "δₓ(thick) is about N, by sample N; score proved",
        "δₓ(slant) is about N, by sample N; score listed",
    ]
