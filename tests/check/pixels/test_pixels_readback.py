"""Reading exports from pixels back: only what such an export has is read, and Lean must have declared all of it."""

import re

import pytest

from bridge.base.resources import lean_library_folder
from bridge.check.admission import admission
from bridge.check.lean_modules import discover
from bridge.check.readback import read_export
from bridge.check.reader import MismatchError
from support.lean_files import write
from support.pixel_exports import plain_artifact, rendered_pixels


def exported(folder, name=None, pattern="", replacement=""):
    """An export on disk, with one place changed."""
    files = rendered_pixels(folder, plain_artifact())
    if name is not None:
        path = f"Generated/{name}.lean" if name else "Generated.lean"
        files[path], count = re.subn(pattern, replacement, files[path], count=1)
        assert count == 1, f"{pattern} is not in {path}"
    return write(folder, files)


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "found", "required"),
    [
        # The root file
        ("", r"public import Generated\.Pixels\n", "", "`@`", "`public`"),
        ("", r"(public import Generated\.Pixels\n)", r"\1\1", "`public`", "`@`"),
        ("", r"ofPixels encoder", "ofPixels other", "`other`", "`encoder`"),
        (
            "",
            r"images\.image Bridge\.Image\.size",
            "images.image Bridge.Image.area",
            "`Bridge.Image.area`",
            "one of Bridge.Image.size, Bridge.Image.thick",
        ),
        (
            "",
            r"isTight_ofPixels encoder functional images\.image Bridge\.Image\.size",
            "isTight_ofPixels encoder functional images.image Bridge.Image.thick",
            "`Bridge.Image.thick`",
            "`Bridge.Image.size`",
        ),
        ("", r"pixels\.δ pixels\.bound", "pixels.δ bound", "`bound`", "`pixels.bound`"),
        ("", r"def pixelSpec", "def spec", "`spec`", "`pixelSpec`"),
        # The images
        ("Images", r"public import Generated\.Images\.Shard1\n", "", "`@`", "`public`"),
        ("Images", r"literals := images1", "literals := images1 ++ images1", "`++`", "`end`"),
        ("Images/Shard1", r"List Nat", "List Int", "`Int`", "`Nat`"),
        ("Images/Shard1", r"def images1", "def images2", "`images2`", "`images1`"),
        # The encoder
        ("Encoder", r"(?:public import Generated\.Encoder\.Layer\d\n)+", "", "`@`", "`public`"),
        ("Encoder", r"\.relu", ".last", "`last`", "`relu`"),
        ("Encoder", r"layer2\.layer", "layer1.layer", "`layer1.layer`", "`layer2.layer`"),
        ("Encoder/Layer1", r"layer1_1", "layer1_1, layer1_1", "`,`", "`]`"),
        ("Encoder/Layer1/Shard1", r"def layer1_1", "def layer1_2", "`layer1_2`", "`layer1_1`"),
        ("Encoder/Layer1/Shard1", r"(?s)\[\n.*\n  \]", "[]", "`]`", "`.`"),
        # What is compared
        ("Encoded", r"samples := samples", "samples := encoded", "`encoded`", "`samples`"),
        ("Encoded", r"first := layer1", "first := layer2", "`layer2`", "`layer1`"),
        ("Encoded", r"others := \[layer2\]", "others := []", "`]`", "`layer2`"),
        ("Encoded", r"\(0, \.size\)", "(0, .area)", "`area`", "one of size, thick"),
        ("Checks/Images/Chunk1", r"\.of_check", ".mk", "`mk`", "`of_check`"),
        ("Checks/Images/Chunk1", r"public section", "@[expose] public section", "`@`", "`public`"),
        # What is claimed
        ("Pixels", r"encodes1\n", "encodes2\n", "`encodes2`", "`encodes1`"),
        ("Pixels", r"Bridge\.Claims\.Pixels", "Bridge.Claims.Other", "`Bridge.Claims.Other`", "`Bridge.Claims.Pixels`"),
        ("Pixels", r"≤ ε\[j\]", "≤ 2 * ε[j]", "`2`", "`ε`"),
        ("Pixels", r"\.size : Rat", ".area : Rat", "`area`", "one of size, thick"),
        ("Pixels", r"\(images\.image i\)\.size\n", "(images.image i).thick\n", "`thick`", "`size`"),
        ("Pixels", r"scored_residual", "listed_residual", "`Bridge.listed_residual`", "`Bridge.scored_residual`"),
        ("Pixels", r"\.ofScaled ", ".ofScaledVector ", "`ofScaledVector`", "`ofScaled`"),
        ("Pixels", r"residual i ≤ δ", "residual i ≤ δ + 1", "`+`", "`:=`"),
        ("Pixels", r"namespace Generated\.slant\.pixels", "namespace Generated.slant", "`def`", "`theorem`"),
        (
            "Pixels",
            r"namespace Generated\.slant\.pixels",
            "namespace Other.slant.pixels",
            "namespace Other.slant.pixels",
            "a namespace of one name in Generated",
        ),
        ("Pixels", r"end Generated\.slant\.pixels\n", r"\g<0>axiom bad : False\n", "`axiom`", "`namespace`"),
    ],
)
def test_what_an_export_from_pixels_does_not_have_is_refused(tmp_path, name, pattern, replacement, found, required):
    root = exported(tmp_path, name, pattern, replacement)
    with pytest.raises(MismatchError) as caught:
        read_export(root)
    assert (caught.value.found, caught.value.required) == (found, required)
    assert caught.value.place.file == root.parent / (f"Generated/{name}.lean" if name else "Generated.lean")


def test_an_export_whose_banner_does_not_ask_for_pixels_has_none(tmp_path):
    root = exported(tmp_path)
    root.write_text(root.read_text().replace(" --from-pixels", "", 1))
    with pytest.raises(MismatchError) as caught:
        read_export(root)
    # A module of that name would be one of concepts.
    assert (caught.value.place.file, caught.value.found, caught.value.required) == (root, "`def`", "`end`")


def test_lean_must_have_declared_what_an_export_from_pixels_claims(tmp_path):
    root = exported(tmp_path)
    found = admission(discover(root, lean_library_folder()), root.parent, allow_commands=False)
    assert (found.messages, found.not_exports, found.own_library) == ({}, (), ())
    declared = found.declarations
    assert set(declared["Generated.Pixels"]) >= {
        "Generated.encodes",
        "Generated.latent_error",
        "Generated.latent_error_attained",
        "Generated.size.score_eq",
        "Generated.thick.score_eq",
        "Generated.slant.pixels.bound",
        "Generated.slant.pixels.attained",
    }
    assert "Generated.slant.score_eq" not in declared["Generated.Pixels"]
    assert declared["Generated.Encoded"] == ("Generated.encoded", "Generated.pixelClaim")
    assert declared["Generated.Checks.Images.Chunk1"] == ("Generated.encodes1",)
    assert declared["Generated.Images"] == ("Generated.images",)
    assert declared["Generated.Encoder"] == ("Generated.encoder",)
    assert declared["Generated.Encoder.Layer2"] == ("Generated.layer2",)
    assert {"Generated.slant.pixelSpec", "Generated.slant.pixelSpec_isTight"} <= set(declared["Generated"])
