"""Every false claim about images and an encoder is rejected by Lean, and `verify` names what was changed.

The mutants are changes to a small export from pixels: to its text alone, or to what it is made of, with all that
follows made anew.  All of them go through Lean in a few files.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

import bridge.export.pixels.certificate
from bridge.check.verify import verify
from bridge.exact.network import ExactLatents
from support.artifacts import stored
from support.exports import messages_of_lean
from support.lean_files import write
from support.pixel_exports import plain_artifact, rendered_pixels
from support.pixel_statements import taken_for, with_layer, with_pixels, with_units_exchanged
from support.pixels import plain_latents

# Lean says nothing of what follows after 100 errors in a file.
PER_FILE = 12
HEADER = """module

public import Bridge.Claims.Pixels

@[expose] public noncomputable section
"""
CHUNK = 2
CONCEPTS = ("Size", "Thick", "Slant")

Files = dict[str, str]
Make = Callable[..., Files]


def artifact(**changed):
    """Five images of 2 × 3 pixels, four hidden units, two latent coordinates, and a third concept that is listed."""
    return plain_artifact(**changed)


def exported(folder, namespace, given=None):
    """An export in chunks of two images."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.pixels.certificate, "CHUNK_IMAGES", CHUNK)
        if given is None:
            return rendered_pixels(folder, artifact(), namespace)
        return taken_for(folder, artifact(), given, namespace)


def substitute(*changes: tuple[str, str, str | Callable[[re.Match[str]], str]]) -> Make:
    """Change the first match of a pattern in some files each."""

    def make(folder, namespace):
        files = exported(folder, namespace)
        for name, pattern, replacement in changes:
            path = f"{namespace}/{name}.lean"
            files[path], count = re.subn(pattern, replacement, files[path], count=1)
            assert count == 1, f"{pattern} is not in {path}"
        return files

    return make


def of(change: Callable[..., object]) -> Make:
    """The export of a changed artifact, of which all is true."""
    return lambda folder, namespace: exported(folder, namespace, change(artifact()))


def with_the_first_layer_of(change: Callable[..., object]) -> Make:
    """The text of the first layer of a changed artifact in the place of the own one."""

    def make(folder, namespace):
        path = f"{namespace}/Encoder/Layer1/Shard1.lean"
        return {**exported(folder, namespace), path: exported(folder, namespace, change(artifact()))[path]}

    return make


def with_a_weight_more(given):
    weight = given.pixels.layers[0].weight.copy()
    weight[0, 0] += 1 / 64
    return with_layer(given, 0, weight=weight)


def shifted(by: int):
    return lambda match: f"{match[1]}{int(match[2]) + by}"


def literal_shifted(by: int):
    return lambda match: f"{match[1]}{int(match[2], 16) + by:x}"


def field(file: str, column: int, unit: int, by: int) -> Make:
    """Add to the integer that is stored for a unit of a layer in a column."""

    def make(folder, namespace):
        files = exported(folder, namespace)
        path = f"{namespace}/Encoder/{file}/Shard1.lean"
        widths = files[f"{namespace}/Encoder/{file}.lean"]
        field_bits, limb_bits = (int(re.search(rf"{name} := (\d+)", widths)[1]) for name in ("fieldBits", "limbBits"))
        limb, place = divmod(field_bits * unit, limb_bits)
        match = re.compile("0x([0-9a-f]+)")
        columns = list(re.finditer("⟨.*?⟩", files[path]))
        literal = list(match.finditer(files[path], *columns[column].span()))[limb]
        changed = int(literal[1], 16) + by * 2**place
        files[path] = f"{files[path][: literal.start(1)]}{changed:x}{files[path][literal.end(1) :]}"
        return files

    return make


def error_shifted(by: int) -> Make:
    """ε of the first coordinate, as an integer and as a fraction."""

    def make(folder, namespace):
        files = exported(folder, namespace)
        encoded, pixels = (f"{namespace}/{name}.lean" for name in ("Encoded", "Pixels"))
        exponent = int(re.search(r"errorExponent := (\d+)", files[encoded])[1])
        error = int(re.search(r"errors := \[\n +(\d+)", files[encoded])[1]) + by
        files[encoded] = re.sub(r"(errors := \[\n +)\d+", rf"\g<1>{error}", files[encoded])
        files[pixels] = re.sub(r"(:= #v\[\n +)\d+ / \d+", rf"\g<1>{error} / {255 * 2**exponent}", files[pixels])
        return files

    return make


def delta_shifted(by: int) -> Make:
    """δ of `size` from the pixels, as an integer and as a fraction."""

    def make(folder, namespace):
        files = exported(folder, namespace)
        path = f"{namespace}/Pixels.lean"
        text = files[path]
        exponent = int(re.search(r"latentExponent := (\d+)", files[f"{namespace}/Encoded.lean"])[1])
        denominator = int(re.search(r"denominator := (\d+)", text)[1])
        sup = int(re.search(r"sup := (\d+)", text)[1]) + by
        text = re.sub(r"(sup := )\d+", rf"\g<1>{sup}", text, count=1)
        files[path] = re.sub(r"(δ : Rat := )\d+ / \d+", rf"\g<1>{sup} / {denominator * 2**exponent}", text, count=1)
        return files

    return make


def without_relu(folder, namespace):
    """All is computed as if there were no ReLU behind the first hidden unit."""

    def values(layers, images):
        first, second = layers
        exponent = 12
        rows = []
        for image in images:
            hidden = plain_latents([first], image)
            units = [hidden[0], *(max(value, 0) for value in hidden[1:])]
            numbers = [
                sum(int(64 * weight) * value for weight, value in zip(row, units, strict=True)) / 64
                + int(64 * bias) / 64
                for row, bias in zip(second.weight, second.bias, strict=True)
            ]
            rows.append([int(number * 255 * 2**exponent) for number in numbers])
        return ExactLatents(np.array(rows, object), 255 * 2**exponent, exponent)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.pixels.certificate, "exact_latents", values)
        return exported(folder, namespace)


def with_a_score_off_by_one(column: int) -> Make:
    """All is computed with another score of a sample, which is not that of its image."""

    def make(folder, namespace):
        scores = artifact().scores.copy()
        scores[2, column] += 1
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bridge.export.pixels.certificate, "_require_scores_of_images", lambda *_: None)
            return exported(folder, namespace, artifact(scores=scores))

    return make


def with_image(place, pixels):
    """Another image in the place of one, with what follows for the encoder's values; the scores stay."""

    def make(folder, namespace):
        images = artifact().pixels.images.copy()
        images[place] = pixels(images)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bridge.export.pixels.certificate, "_require_scores_of_images", lambda *_: None)
            return exported(folder, namespace, with_pixels(artifact(), images=images))

    return make


def swap_images(folder, namespace):
    files = exported(folder, namespace)
    path = f"{namespace}/Images/Shard1.lean"
    files[path] = re.sub(r"nat_lit (0x\w+),\n  nat_lit (0x\w+)", r"nat_lit \2,\n  nat_lit \1", files[path])
    return files


def inverted(images):
    """An image of which other numbers of pixels are counted."""
    return 255 - images[0]


class Mutant(NamedTuple):
    """How its files are made, and what `verify` says is different."""

    make: Make
    named: str


LITERAL = r"(nat_lit 0x)([0-9a-f]+)"

# Lean rejects these: a claim is false, or it is not proved.
MUTANTS = {
    "the first pixel of an image is another": (
        substitute(("Images/Shard2", LITERAL, literal_shifted(1))),
        r"images\[2\]: the pixel in row 0, column 0",
    ),
    "the last pixel of an image is another": (
        substitute(("Images/Shard1", LITERAL, lambda match: f"{match[1]}{int(match[2], 16) ^ (1 << 46):x}")),
        r"images\[0\]: the pixel in row 1, column 2",
    ),
    "two images are exchanged": (swap_images, r"images\[0\]"),
    "an image is replaced by another one": (
        substitute(("Images/Shard1", r"nat_lit (0x\w+),\n  nat_lit (0x\w+)", r"nat_lit \1,\n  nat_lit \1")),
        r"images\[1\]",
    ),
    "an image is replaced, with the values of the encoder": (with_image(4, inverted), r"images\[4\].*"),
    "an image is left out": (
        substitute(("Images/Shard3", r"nat_lit 0x\w+", "nat_lit 0x0,\n  nat_lit 0x0")),
        r"encodes3: the number of images|images",
    ),
    "a weight of the first layer is one unit off": (
        field("Layer1", 3, 2, 1),
        r"layer 1: the weight of unit 2 for input 3",
    ),
    "a weight of the last layer is one unit off": (
        field("Layer2", 1, 0, -1),
        r"layer 2: the weight of unit 0 for input 1",
    ),
    "a bias of the first layer is one unit off": (field("Layer1", 6, 2, 1), r"layer 1: the bias of unit 2"),
    "a bias of the last layer is one unit off": (field("Layer2", 4, 1, 1), r"layer 2: the bias of unit 1"),
    "the weights of a layer are over twice their power of two": (
        substitute(("Encoder/Layer2", r"(exponent := )(\d+)", shifted(1))),
        r"layer 2: exponent",
    ),
    "a layer has no ReLU behind one of its units": (without_relu, r"encoded: latents\[\d, \d\]"),
    "two hidden units are exchanged in the first layer alone": (
        with_the_first_layer_of(with_units_exchanged),
        r"layer 1: the weights and the bias of unit 1",
    ),
    "a value of the encoder is one unit off": (
        substitute(("Encoded", LITERAL, literal_shifted(1))),
        r"encoded: latents\[0, 0\]",
    ),
    "ε is one unit smaller": (error_shifted(-1), r"ε\[0\]"),
    "ε is one unit larger": (error_shifted(1), r"ε\[0\]"),
    "ε is one unit smaller as an integer alone": (
        substitute(("Encoded", r"(errors := \[\n +)(\d+)", shifted(-1))),
        r"pixelClaim: errors\[0\]",
    ),
    "another image is said to attain ε": (
        substitute(("Pixels", r"(latent_error_attained encodes \(by decide \+kernel\) \[)(\d+)", r"\g<1>0")),
        r"the sample that attains ε\[0\]",
    ),
    "δ from the pixels is one unit smaller": (delta_shifted(-1), r"size from the pixels: δ"),
    "δ from the pixels is one unit larger": (delta_shifted(1), r"size from the pixels: δ"),
    "another image is said to attain δ": (
        substitute(
            ("Pixels", r"(\.attains )\d+", r"\g<1>1"),
            ("Pixels", r"⟨⟨\d+, by decide⟩", "⟨⟨1, by decide⟩"),
        ),
        r"size from the pixels: the sample that attains δ",
    ),
    "a score of size is off by one": (with_a_score_off_by_one(0), r"scores\[2, 0\]"),
    "a score of thick is off by one": (with_a_score_off_by_one(1), r"scores\[2, 1\]"),
    "a listed score is said to be counted": (
        substitute(
            ("Encoded", r"\(1, \.thick\)", "(2, .thick)"),
            ("Pixels", r"samples\.score 1 i = ", "samples.score 2 i = "),
        ),
        r"pixelClaim: scored",
    ),
    "size is said to be thick": (
        substitute(
            ("Encoded", r"\(0, \.size\)", "(0, .thick)"),
            ("Pixels", r"\.size : Rat", ".thick : Rat"),
            ("Pixels", r"\(images\.image i\)\.size\n", "(images.image i).thick\n"),
        ),
        r"pixelClaim: scored",
    ),
    "nothing is said to be counted": (
        substitute(("Encoded", r"scored := \[.*\]", "scored := []")),
        r"pixelClaim: scored",
    ),
    "a chunk of images begins one image later": (
        substitute(("Checks/Images/Chunk2", r"(pixelClaim images2 )(\d+)", shifted(1))),
        r"encodes2: the first image",
    ),
    "a chunk is joined to the others twice": (
        substitute(("Pixels", r"encodes2\.append", "encodes1.append")),
        r"the text",
    ),
    "a chunk is not joined to the others": (substitute(("Pixels", r"encodes1\.append <\|\n", "")), r"the text"),
    "a chunk is claimed without a proof": (
        substitute(("Checks/Images/Chunk1", r"decide \+kernel", "sorry")),
        r"the text",
    ),
    "the layers are in the other order": (
        substitute(("Encoder", r"layer1\.layer \(2 \* 3\) 4", "layer2.layer (2 * 3) 4")),
        r"the text",
    ),
    "the last layer is followed by none, and the first is left out": (
        substitute(("Encoder", r"(?s)\.relu .* <\|\n", "")),
        r"the text|the layers of the encoder",
    ),
}
# Lean accepts these, and rightly so: all that is claimed is true, of other images or of another encoder.
HARMLESS = {
    "two hidden units are exchanged": (
        of(with_units_exchanged),
        r"layer 1: the weights and the bias of unit 1",
    ),
    "a pixel is another, and all that follows": (
        with_image(4, lambda images: images[4] ^ np.uint8(1)),
        r"images\[4\]: the pixel in row 0, column 0",
    ),
    "a weight is another, and all that follows": (
        of(with_a_weight_more),
        r"layer 1: the weight of unit 0 for input 0",
    ),
    "a bias is another, and all that follows": (
        of(lambda given: with_layer(given, 1, bias=-given.pixels.layers[1].bias)),
        r"layer 2: the bias of unit 0",
    ),
    "nothing is said to be counted, and nothing is": (
        of(lambda given: with_pixels(given, scored=())),
        r"pixelClaim: scored",
    ),
}
MUTANTS = {name: Mutant(*mutant) for name, mutant in MUTANTS.items()}
HARMLESS = {name: Mutant(*mutant) for name, mutant in HARMLESS.items()}


@pytest.fixture(scope="module")
def messages(tmp_path_factory, lean_pool):
    """What Lean says about each mutant, and about the export without a change."""
    folder = tmp_path_factory.mktemp("pixel_mutants")
    exports = {"unchanged": exported(folder, "Unchanged")}
    for number, (name, mutant) in enumerate([*HARMLESS.items(), *MUTANTS.items()]):
        exports[name] = mutant.make(folder, f"Mutant{number}")
    return messages_of_lean(folder, exports, lean_pool, PER_FILE, HEADER)


@pytest.mark.lean
def test_lean_accepts_the_export_without_a_change(messages):
    assert messages["unchanged"] == []


@pytest.mark.lean
@pytest.mark.parametrize("name", MUTANTS)
def test_lean_rejects_the_mutant_in_which(messages, name):
    assert messages[name]


@pytest.mark.lean
@pytest.mark.parametrize("name", [name for name in MUTANTS if re.search("one unit|ReLU|off by one", name)])
def test_lean_rejects_a_changed_number_since_the_claim_is_false(messages, name):
    assert re.search(r"decide.*(is false|did not reduce)", messages[name][0], re.DOTALL)


@pytest.mark.lean
@pytest.mark.parametrize("name", HARMLESS)
def test_lean_accepts_what_is_true_of_others_such_as_that(messages, name):
    assert messages[name] == []


@pytest.mark.parametrize("name", [*MUTANTS, *HARMLESS])
def test_verify_names_what_was_changed_in_the_mutant_in_which(tmp_path, name):
    mutant = {**MUTANTS, **HARMLESS}[name]
    outcome = verify(write(tmp_path, mutant.make(tmp_path, "Generated")), stored(tmp_path, artifact()))
    assert any(re.fullmatch(mutant.named, difference.what) for difference in outcome.differences), outcome.differences
    assert all(difference.place.file.is_relative_to(tmp_path) for difference in outcome.differences)
