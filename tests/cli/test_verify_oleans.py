"""`bridge verify --oleans` compares what Lean has compiled with the text, and says how much of it."""

import json

import pytest

from bridge.artifact.file import save_artifact
from support.artifacts import make_artifact
from support.command_line import run_bridge
from support.compiled_exports import with_numbers

MODULE = "Generated/Concept0.olean.private"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An artifact and its export; a test has what Lean made of that in the folder `made`."""
    folder = tmp_path_factory.mktemp("verified")
    save_artifact(folder / "probe.safetensors", make_artifact(concepts=1))
    result = run_bridge("export", "--artifact", "probe.safetensors", "--out", "Generated.lean", cwd=folder)
    assert result.returncode == 0, result.stderr
    return folder


def verified(folder, *options):
    return run_bridge("verify", "Generated.lean", "--artifact", "probe.safetensors", *options, cwd=folder)


def test_a_folder_that_is_not_there_is_refused(folder):
    result = verified(folder, "--oleans", "none")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(
        "bridge: none is no folder; the folder of the export's compiled files is required; "
    )


@pytest.mark.lean
def test_what_a_check_keeps_is_compared_and_counted_and_another_number_is_shown(folder, user_cache):
    checked = run_bridge("check", "Generated.lean", "--engine", "embedded", "--oleans", "made", cwd=folder)
    assert checked.returncode == 0, checked.stderr
    made = folder / "made"
    result = verified(folder, "--oleans", made)
    assert result.returncode == 0
    _, terms, left_out, comments = result.stdout.splitlines()
    assert terms == "terms: 58 numbers are those of the text"
    assert left_out == "not compiled, so that its terms are not compared; it needs Mathlib: Generated"
    assert comments == "comments: as this version writes them"
    record = json.loads(verified(folder, "--oleans", made, "--json").stdout)
    assert record["matches"] is record["terms"]["match"] is True
    assert record["terms"]["not_compiled"] == ["Generated"]
    assert "terms" not in json.loads(verified(folder, "--json").stdout)

    text = (folder / "Generated" / "Concept0.lean").read_text()
    sup = int(text.partition("sup := ")[2].partition("\n")[0])
    (made / MODULE).write_bytes(with_numbers((made / MODULE).read_bytes(), {sup: sup + 1}))
    main = made / MODULE.removesuffix(".private")
    main.write_bytes(with_numbers(main.read_bytes(), {sup: sup + 1}))
    result = verified(folder, "--oleans", made)
    assert result.returncode == 1
    _, terms, difference, *_ = result.stdout.splitlines()
    assert terms == "terms: 1 difference from the text"
    assert difference.endswith(
        f"Generated.«concept 0».integers: its value as Lean has compiled it: found {sup + 1}, required {sup}"
    )
    record = json.loads(verified(folder, "--oleans", made, "--json").stdout)
    assert (record["matches"], record["terms"]["match"]) == (False, False)

    samples = folder / "Generated" / "Samples.lean"
    samples.write_text(samples.read_text().replace("size := 5", "size := 6"))
    first, *others = verified(folder, "--oleans", made).stdout.splitlines()
    assert first.startswith("verify: ")
    assert "terms: 2 differences from the text" in others
