"""Every false claim is rejected by Lean, and `verify` names what was changed.

The mutants are changes to the text of a small export.  All of them go through Lean in one file.
"""

import re
from collections.abc import Callable

import numpy as np
import pytest

from artifacts import make_artifact, stored
from bridge.checker import Engine, check
from bridge.resources import lean_library_folder
from bridge.verify import verify
from exports import as_one_file, rendered

SAMPLES = 7
LATENT_DIM = 2

Files = dict[str, str]


def artifact():
    """Seven samples, two latent coordinates, two concepts; the last sample attains both δ."""
    plain = make_artifact(SAMPLES, LATENT_DIM, concept_names=("size", "thick"))
    scores = plain.scores.copy()
    scores[-1] = [9.0, -8.0]
    return make_artifact(SAMPLES, LATENT_DIM, concept_names=("size", "thick"), scores=scores)


def part(files: Files, name: str) -> str:
    return next(path for path in files if path.endswith(f"/{name}.lean"))


def substitute(name: str, pattern: str, replacement: str | Callable[[re.Match[str]], str]):
    """Change the first match in one part."""

    def change(files: Files) -> Files:
        path = part(files, name)
        text, count = re.subn(pattern, replacement, files[path], count=1)
        assert count == 1, f"{pattern} is not in {path}"
        return {**files, path: text}

    return change


def substitute_everywhere(pattern: str, replacement: str):
    """Change all matches in all parts."""

    def change(files: Files) -> Files:
        changed = {path: re.sub(pattern, replacement, text) for path, text in files.items()}
        assert changed != files
        return changed

    return change


def shifted(by: int):
    return lambda match: f"{match[1]}{int(match[2]) + by}"


def flip_slot(row: int, column: int):
    """Change the lowest hexadecimal digit of a stored integer."""

    def change(files: Files) -> Files:
        path = part(files, "Samples")
        digits_in_slot = int(re.search(r"slotBits := (\d+)", files[path])[1]) // 4
        literal = re.search(r"0x[0-9a-f]+", files[path])
        position = literal.end() - 1 - digits_in_slot * (4 * row + column)
        flipped = f"{int(files[path][position], 16) ^ 1:x}"
        return {**files, path: files[path][:position] + flipped + files[path][position + 1 :]}

    return change


def swap_scores(files: Files) -> Files:
    path = part(files, "Size")
    text = re.sub(r"samples(\.score)? 0", r"samples\1 1", files[path])
    assert text != files[path]
    return {**files, path: text}


def drop_last_sample(files: Files) -> Files:
    """One sample fewer everywhere, and its row gone from the packed data."""
    path = part(files, "Samples")
    digits_in_row = 4 * int(re.search(r"slotBits := (\d+)", files[path])[1]) // 4
    text = re.sub(
        r"0x([0-9a-f]+)", lambda match: f"0x{match[1][-digits_in_row * (SAMPLES - 1) :].lstrip('0')}", files[path]
    )
    fewer = substitute_everywhere(rf"Fin {SAMPLES}\b", f"Fin {SAMPLES - 1}")({**files, path: text})
    return substitute("Samples", rf"size := {SAMPLES}", f"size := {SAMPLES - 1}")(fewer)


# What is changed, and what `verify` says is different.
MUTANTS = {
    "a weight is one unit off in its numerator": (
        substitute("Size", r"(w := #v\[\n +-?)(\d+)", shifted(1)),
        r"size: w\[0\]",
    ),
    "a weight has the other sign": (
        substitute("Size", r"(w := #v\[\n +)(-?)", lambda m: m[1] + ("" if m[2] else "-")),
        r"size: w\[0\]",
    ),
    "the bias is one unit off in its numerator": (substitute("Thick", r"(b := -?)(\d+)", shifted(1)), r"thick: b"),
    "δ is smaller by one unit in the last place": (substitute("Size", r"(δ : Rat := )(\d+)", shifted(-1)), r"size: δ"),
    "δ is larger by one unit in the last place": (substitute("Thick", r"(δ : Rat := )(\d+)", shifted(1)), r"thick: δ"),
    "δ is half of what it was": (
        substitute("Size", r"(δ : Rat := \d+ / )(\d+)", lambda m: f"{m[1]}{2 * int(m[2])}"),
        r"size: δ",
    ),
    "a digit of the first packed latent of the worst sample is flipped": (
        flip_slot(SAMPLES - 1, 0),
        rf"latents\[{SAMPLES - 1}, 0\]",
    ),
    "a digit of the last packed latent of the worst sample is flipped": (
        flip_slot(SAMPLES - 1, 1),
        rf"latents\[{SAMPLES - 1}, 1\]",
    ),
    "a digit of the packed score of the worst sample is flipped": (
        flip_slot(SAMPLES - 1, 2),
        rf"scores\[{SAMPLES - 1}, 0\]",
    ),
    "the scores of the two concepts are swapped": (swap_scores, r"size: the score column"),
    "the sample that attains δ is dropped": (drop_last_sample, r"the number of samples"),
    "a sample more is claimed": (
        substitute_everywhere(rf"(Fin |size := ){SAMPLES}\b", rf"\g<1>{SAMPLES + 1}"),
        r"the number of samples",
    ),
    "a sample less is claimed, but still listed": (
        substitute_everywhere(rf"(Fin |size := ){SAMPLES}\b", rf"\g<1>{SAMPLES - 1}"),
        r"the number of samples",
    ),
    "N differs between the samples and a concept": (
        substitute("Size", rf"Fin {SAMPLES}\b", f"Fin {SAMPLES - 1}"),
        r"size: the number of samples",
    ),
    "the latents are over twice their power of two": (
        substitute("Samples", r"(latentExponent := )(\d+)", shifted(1)),
        r"latentExponent",
    ),
    "the scores of a concept are over twice their power of two": (
        substitute("Samples", r"(scoreExponents := \[)(\d+)", shifted(1)),
        r"scoreExponents\[0\]",
    ),
    "the weights are no integers over their power of two": (
        substitute_everywhere(r"δ \d+( \d+)? = true", r"δ 0\1 = true"),
        r"size: the weight exponent",
    ),
    "another sample is said to attain δ": (
        substitute_everywhere(rf" {SAMPLES - 1} = true|⟨⟨{SAMPLES - 1},", lambda m: m[0].replace("6", "5")),
        r"size: the sample that attains δ",
    ),
    "the slots are one digit narrower": (
        substitute("Samples", r"(slotBits := )(\d+)", shifted(-4)),
        r"slotBits",
    ),
    "the digits are one bit shorter": (
        substitute("Samples", r"(digitBits := )(\d+)", shifted(-1)),
        r"digitBits",
    ),
    "the bound is claimed without a proof": (
        substitute("Size", r"Bridge\.bound_of_check checked i", "sorry"),
        r"the text",
    ),
    "the check is claimed without a proof": (substitute("Size", r"decide \+kernel", "sorry"), r"the text"),
    "the bound is claimed for half of δ": (
        substitute("Size", r"residual i ≤ δ", "residual i ≤ δ / 2"),
        r"the text",
    ),
}


@pytest.fixture(scope="module")
def messages(tmp_path_factory):
    """What Lean says about each mutant, and about the export without a change."""
    folder = tmp_path_factory.mktemp("mutants")
    exports = {"unchanged": rendered(folder, artifact(), "Unchanged")}
    for number, (name, (change, _)) in enumerate(MUTANTS.items()):
        exports[name] = change(rendered(folder, artifact(), f"Mutant{number}"))
    text, lines = as_one_file(exports)
    root = folder / "Mutants.lean"
    root.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BRIDGE_CACHE_DIR")
        result = check(root, engine=Engine.EMBEDDED, library=lean_library_folder(), report=print)
    by_name = {name: [] for name in exports}
    for message in result.messages:
        (name,) = [name for name, span in lines.items() if message.line in span]
        by_name[name].append(message.text)
    return by_name


@pytest.mark.lean
def test_lean_accepts_the_export_without_a_change(messages):
    assert messages["unchanged"] == []


@pytest.mark.lean
@pytest.mark.parametrize("name", MUTANTS)
def test_lean_rejects_the_mutant_in_which(messages, name):
    assert messages[name]


@pytest.mark.lean
@pytest.mark.parametrize("name", [name for name in MUTANTS if "unit in the last place" in name or "flipped" in name])
def test_lean_rejects_a_changed_number_since_the_claim_is_false(messages, name):
    assert re.search(r"decide.*(is false|did not reduce)", messages[name][0], re.DOTALL)


@pytest.mark.parametrize("name", MUTANTS)
def test_verify_names_what_was_changed_in_the_mutant_in_which(tmp_path, name):
    change, named = MUTANTS[name]
    files = change(rendered(tmp_path, artifact()))
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    outcome = verify(tmp_path / "Generated.lean", stored(tmp_path, artifact()))
    assert any(re.fullmatch(named, difference.what) for difference in outcome.differences), outcome.differences
    assert all(difference.place.file.is_relative_to(tmp_path) for difference in outcome.differences)


def test_the_last_sample_attains_both_sup_errors():
    # The mutants that change it rely on this.
    probe = artifact()
    residuals = probe.scores - np.hstack([probe.latents, np.ones((SAMPLES, 1))]) @ probe.weights
    assert np.abs(residuals).argmax(axis=0).tolist() == [SAMPLES - 1] * 2
