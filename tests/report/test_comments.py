"""Comments of an export: those that this version writes agree, and every other one is named with its place."""

import re
import shutil
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

import bridge.export.packing
import bridge.export.pages
import bridge.export.pixels.render
from bridge.base.resources import templates_folder
from bridge.cli.commands.verify import verify
from support.artifacts import make_artifact, stored
from support.command_line import run_bridge
from support.exports import rendered, small_shards
from support.lean_files import write
from support.pixel_exports import plain_artifact, rendered_pixels
from support.strategies import artifacts_with_coverages, unhurried, unmeasured

ROOT, SAMPLES, SIZE = "Generated.lean", "Generated/Samples.lean", "Generated/Size.lean"


def small_artifact(**changed):
    is_calibration = np.arange(9) % 3 == 0
    return make_artifact(9, 2, concept_names=("size", "a b"), is_calibration=is_calibration, **changed)


def verified(folder, artifact, files, templates=None):
    return verify(write(folder, files), stored(folder, artifact), templates)


def found(folder, files):
    """What was found to differ in the comments of an export, whose statements agree."""
    outcome = verified(folder, small_artifact(), files)
    assert outcome.outcome.ok
    assert outcome.ok is (outcome.comments == ())
    return outcome.comments


def changed(files, name, pattern, replacement):
    text, count = re.subn(pattern, replacement, files[name], count=1)
    assert count == 1
    return {**files, name: text}


@unmeasured
@unhurried
@given(artifacts_with_coverages())
def test_the_comments_of_every_export_agree(tmp_path, drawn):
    artifact, coverage = drawn
    assert verified(tmp_path, artifact, rendered(tmp_path, artifact, coverage=coverage)).comments == ()


def test_no_digits_are_packed_for_it(tmp_path, monkeypatch):
    small_shards(monkeypatch, 2)
    files = rendered(tmp_path, small_artifact())
    monkeypatch.setattr(bridge.export.pages, "pack", None)
    monkeypatch.setattr(bridge.export.packing, "pack", None)
    assert found(tmp_path, files) == ()


@pytest.mark.parametrize("options", [{}, {"with_r_squared": True}, {"alpha": Fraction(1, 2)}], ids=str)
def test_the_options_of_an_export_are_those_of_its_banner(tmp_path, options):
    assert found(tmp_path, rendered(tmp_path, small_artifact(), **options)) == ()


def test_the_comments_of_many_weights_and_of_parts_agree(tmp_path, monkeypatch):
    small_shards(monkeypatch, 2)
    artifact = make_artifact(3, 130, 2, concept_names=("size", "thick"))
    files = rendered(tmp_path, artifact)
    assert "Generated/Samples/Shard2.lean" in files
    assert verified(tmp_path, artifact, files).comments == ()


def test_another_namespace_agrees(tmp_path):
    assert found(tmp_path, rendered(tmp_path, small_artifact(), namespace="Probes")) == ()


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "says", "wanted"),
    [
        # What is said of the numbers
        (SIZE, r"in pixels: about [0-9.]+", "in pixels: about 0.000001", "`", "`"),
        (
            SIZE,
            r"and says nothing about any other",
            "and every image in the world",
            "`every image in the",
            "`says nothing",
        ),
        (SIZE, r"-- about -?[0-9.]+", "-- about 7", "`7`", "`"),
        (SIZE, r"  -- about -?[0-9.]+", "", "nothing", "`-- about"),
        (ROOT, r"\| `size` \(pixels\) \| [0-9.]+", "| `size` (pixels) | 0.1", "`", "`"),
        (SAMPLES, r"in the order of", "in no order of", "`no order of", "`the order of"),
        # The banner
        (
            SIZE,
            r"Copyright \(c\) 2026 The lean-bridge authors",
            "Copyright (c) 2026 Nobody",
            "`Nobody.",
            "`The lean-bridge",
        ),
        (SIZE, r"Apache 2.0", "no", "`no license", "`Apache 2.0"),
        (SIZE, r"--out Generated.lean", "--out Other.lean", "`Other.lean`", "`Generated.lean`"),
        (SIZE, r"format \d+", "format 0", "`0.", "`"),
        (SIZE, r"Template: Concept", "Template: Generated", "`Generated.lean.jinja", "`Concept.lean.jinja"),
        # Where there is none
        (SIZE, r"(?=def residual)", "/- proved for everybody -/ ", "`/- proved for everybody -/`", "nothing"),
        (SIZE, r"\Z", "-- Checked by Lean.\n", "`-- Checked by Lean.`", "nothing"),
        (
            ROOT,
            r"public import Bridge.Real",
            "public /- the reals -/ import Bridge.Real",
            "`/- the reals -/`",
            "nothing",
        ),
    ],
)
def test_every_other_comment_is_named(tmp_path, name, pattern, replacement, says, wanted):
    files = rendered(tmp_path, small_artifact())
    (difference,) = found(tmp_path, changed(files, name, pattern, replacement))
    assert difference.what == "the comment"
    assert difference.found.startswith(says)
    assert difference.required.startswith(wanted)
    assert "\n" not in str(difference)
    assert difference.place.file == tmp_path / name
    line = difference.place.file.read_text(encoding="utf-8").splitlines()[difference.place.line - 1]
    if difference.found != "nothing":
        assert line[difference.place.column - 1 :].startswith(difference.found[1:2])


def test_a_second_banner_is_named(tmp_path):
    files = rendered(tmp_path, small_artifact())
    banner = files[SIZE].partition("-/")[0] + "-/\n"
    (difference,) = found(tmp_path, {**files, SIZE: files[SIZE].replace("module\n", f"{banner}module\n", 1)})
    assert (difference.required, difference.place.line) == ("nothing", 9)


@pytest.mark.parametrize(
    "line", ["Artifact: SHA-256 {digest}.", "Made by `python -m bridge export --over all --out A.lean`, do not edit."]
)
def test_a_second_line_of_the_banner_is_no_export(tmp_path, line):
    files = rendered(tmp_path, small_artifact())
    line = line.format(digest="0" * 64)
    outcome = verified(tmp_path, small_artifact(), {**files, SIZE: files[SIZE].replace("-/", f"{line}\n-/", 1)})
    assert outcome.comments is None
    assert outcome.outcome.differences[0].found == "a second such line"


def test_a_comment_that_has_moved_is_named_where_it_was_and_where_it_is(tmp_path):
    files = rendered(tmp_path, small_artifact())
    (docstring,) = re.findall(r"/-- The sup error.*?-/\n", files[SIZE])
    moved = files[SIZE].replace(docstring, "").replace("theorem checked", f"{docstring}theorem checked")
    differences = found(tmp_path, {**files, SIZE: moved})
    assert [difference.found == "nothing" for difference in differences] == [True, False]


def test_blanks_between_words_are_free(tmp_path):
    files = rendered(tmp_path, small_artifact())
    assert (
        found(
            tmp_path,
            {name: text.replace("\n\n", "\n\n\n\n") if "/-\n" not in text else text for name, text in files.items()},
        )
        == ()
    )
    assert found(tmp_path, {**files, SIZE: files[SIZE].replace("theorem checked", "theorem   checked")}) == ()


def test_comments_are_not_compared_where_the_statements_differ(tmp_path):
    files = changed(rendered(tmp_path, small_artifact()), SIZE, r"def δ : Rat := .*", "def δ : Rat := 1")
    outcome = verified(tmp_path, small_artifact(), files)
    assert (outcome.ok, outcome.comments) == (False, None)
    assert outcome.record()["comment_differences"] is None


# Templates of one's own


@pytest.fixture
def own_templates(tmp_path):
    folder = shutil.copytree(templates_folder(), tmp_path / "templates")
    concept = folder / "claims" / "sup_error.lean.jinja"
    concept.write_text(concept.read_text(encoding="utf-8").replace("The sup error", "My sup error"), encoding="utf-8")
    return folder


def exported(folder, templates):
    stored(folder, small_artifact())
    arguments = ("--artifact", "probe.safetensors", "--out", "Generated.lean", "--templates", templates)
    assert run_bridge("export", *arguments, cwd=folder).returncode == 0


def test_an_export_with_other_templates_is_compared_with_these(tmp_path, own_templates):
    exported(tmp_path, own_templates)
    arguments = ("verify", "Generated.lean", "--artifact", "probe.safetensors")
    without = run_bridge(*arguments, cwd=tmp_path)
    assert without.returncode == 1
    assert re.search(r"^comments: 2 differences from what this version writes$", without.stdout, re.MULTILINE)
    assert without.stdout.endswith(
        "\nif it was made with templates of your own, name them with --templates\n"
        "if it was made by another version, run `bridge export` again\n"
    )
    assert max(map(len, without.stdout.splitlines()[-1:])) <= 80
    assert re.search(
        r"^Generated/Size\.lean:\d+:5: the comment: found `My sup .*`, required `The .*`$", without.stdout, re.MULTILINE
    )
    with_templates = run_bridge(*arguments, "--templates", own_templates, cwd=tmp_path)
    assert with_templates.returncode == 0
    assert with_templates.stdout.endswith("\ncomments: as this version writes them\n")


def test_a_page_is_made_of_an_export_with_its_own_comments_alone(tmp_path, own_templates):
    exported(tmp_path, own_templates)
    arguments = ("report", "Generated.lean", "--artifact", "probe.safetensors", "--out", "page.html")
    without = run_bridge(*arguments, cwd=tmp_path)
    assert (without.returncode, without.stderr.count("\n")) == (2, 1)
    assert without.stderr.startswith(
        "bridge: Generated.lean has 2 comments that this version does not write for the artifact, the first is "
    )
    assert without.stderr.endswith(
        "; an export as it was made is required; run `bridge export` again, or name templates of your own with "
        "--templates\n"
    )
    assert not (tmp_path / "page.html").exists()
    assert run_bridge(*arguments, "--templates", own_templates, cwd=tmp_path).returncode == 0
    assert (tmp_path / "page.html").exists()


def test_templates_that_write_no_export_are_named(tmp_path, own_templates):
    exported(tmp_path, templates_folder())
    banner = own_templates / "_banner.jinja"
    banner.write_text(banner.read_text(encoding="utf-8").replace("/-\n", "/-/ \n", 1), encoding="utf-8")
    arguments = ("verify", "Generated.lean", "--artifact", "probe.safetensors", "--templates", own_templates)
    result = run_bridge(*arguments, cwd=tmp_path)
    assert result.returncode == 1
    assert "the text of the templates: found `/-/`" in result.stdout


def test_templates_that_are_not_there_are_refused(tmp_path):
    exported(tmp_path, templates_folder())
    arguments = ("verify", "Generated.lean", "--artifact", "probe.safetensors", "--templates", "none")
    result = run_bridge(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)


def test_a_part_that_this_version_writes_and_the_export_lacks_is_named(tmp_path, monkeypatch):
    small_shards(monkeypatch, 2)
    files = rendered(tmp_path, small_artifact())
    with monkeypatch.context() as patch:
        small_shards(patch, 1)
        outcome = verified(tmp_path, small_artifact(), files)
    assert outcome.outcome.ok
    assert {difference.what for difference in outcome.comments} == {"the files", "the comment"}
    assert outcome.comments[0].place.file.parent.name == "Samples"


# Exports from pixels


def test_the_comments_of_exports_from_pixels_agree_and_changed_ones_are_named(tmp_path):
    artifact = plain_artifact()
    files = rendered_pixels(tmp_path, artifact)
    assert verified(tmp_path, artifact, files).comments == ()
    for name, pattern in {
        "Generated/Pixels.lean": "says nothing about any other",
        "Generated/Images.lean": "is not proved here",
        "Generated/Encoder.lean": "how they were trained is not stated",
        "Generated/Encoder/Layer1/Shard1.lean": "Columns 0 to 6",
        "Generated/Checks/Images/Chunk1.lean": "For images 0 to 4",
        "Generated.lean": "proved from the pixels",
    }.items():
        (comment,) = verified(tmp_path, artifact, changed(files, name, pattern, "For all images")).comments
        assert comment.place.file == tmp_path / name


def test_neither_images_nor_weights_are_written_for_it(tmp_path, monkeypatch):
    artifact = plain_artifact()
    files = rendered_pixels(tmp_path, artifact)
    write(tmp_path, files)
    shown = []
    monkeypatch.setattr(bridge.export.pixels.render, "literals", lambda images: shown.append(images.max()) or [0] * 5)
    assert verified(tmp_path, artifact, files).comments == ()
    assert set(shown) == {0}
