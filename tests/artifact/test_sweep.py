"""The table and the manifest of a sweep: the best layer by exact numbers, and a file that is damaged or whole."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.artifact.sweep import Best, Cell, best_layers
from bridge.artifact.sweep_manifest import LayerEntry, Manifest, difference, read_manifest
from bridge.base.errors import InputError
from bridge.base.guard import is_own
from bridge.base.own_files import SWEEP_FILE
from bridge.exact.measures import nearest_float
from bridge.exact.text import rational


def cell(concept="size", **parts):
    """A cell with an R² and a largest error on each part."""
    return Cell(
        concept,
        "",
        {
            part: {
                "samples": 10,
                "r2": nearest_float(r2),
                "r2_exact": None if r2 is None else rational(r2),
                "max_error": nearest_float(error),
                "max_error_exact": rational(error),
            }
            for part, (r2, error) in parts.items()
        },
    )


def best(measure="r2", **layers):
    (one,) = best_layers({layer: [each] for layer, each in layers.items()}, measure)
    return one


def held_out(*values):
    return cell(held_out=tuple(None if value is None else Fraction(value) for value in values))


@given(st.lists(st.fractions(-5, 1), min_size=1, max_size=6), st.sampled_from(["r2", "max_error"]))
def test_no_layer_does_better_than_the_best_one_and_none_before_it_does_as_well(values, measure):
    found = best(measure, **{f"l{place}": held_out(value, value) for place, value in enumerate(values)})
    top = max(values) if measure == "r2" else min(values)
    as_good = [f"l{place}" for place, value in enumerate(values) if value == top]
    assert found == Best("size", measure, "held_out", as_good[0], float(top), rational(top), tuple(as_good[1:]))


def test_numbers_decide_that_one_float_stands_for():
    near, nearer = 1 - Fraction(1, 10**20), 1 - Fraction(1, 10**21)
    assert float(near) == float(nearer) == 1.0
    found = best(first=held_out(near, 1), second=held_out(nearer, 1), third=held_out(nearer, 1))
    assert (found.layer, found.ties) == ("second", ("third",))


def test_where_nothing_is_held_out_the_calibration_part_decides_and_then_the_training_part():
    low, high = (Fraction(0), Fraction(1)), (Fraction(1, 2), Fraction(1))
    with_calibration = {"a": cell(train=high, calibration=low), "b": cell(train=low, calibration=high)}
    assert (best(**with_calibration).layer, best(**with_calibration).part) == ("b", "calibration")
    training_alone = {"a": cell(train=low), "b": cell(train=high)}
    assert (best(**training_alone).layer, best(**training_alone).part) == ("b", "train")


def test_a_layer_for_which_the_measure_is_undefined_is_not_the_best():
    assert best(a=held_out(None, 1), b=held_out(-3, 1)).layer == "b"
    assert best(a=held_out(None, 1), b=held_out(None, 1)) == Best("size", "r2", "held_out", None, None, None)


def test_each_concept_has_a_best_layer_of_its_own():
    table = {
        "a": [cell("size", held_out=(Fraction(1), Fraction(1))), cell("slant", held_out=(Fraction(0), Fraction(1)))],
        "b": [cell("size", held_out=(Fraction(0), Fraction(1))), cell("slant", held_out=(Fraction(1), Fraction(1)))],
    }
    assert [(one.concept, one.layer) for one in best_layers(table, "r2")] == [("size", "a"), ("slant", "b")]


# The file

ENTRY = LayerEntry(
    layer="3",
    latents="acts/layer_3.npy",
    artifact="3.safetensors",
    sha256="0" * 64,
    export=None,
    lam=0.5,
    concepts=(held_out(Fraction(1, 3), 2),),
    identity={"--lam": "0.5", "--standardize": False, "--weight-bits": None},
)
MANIFEST = Manifest(planned=("3", "4"), layers=(ENTRY,))


@pytest.fixture
def path(tmp_path):
    (tmp_path / "sweep.json").write_bytes(MANIFEST.written())
    return tmp_path / "sweep.json"


def test_a_manifest_comes_back_as_it_was_written(path):
    read = read_manifest(path)
    assert replace(read, content_sha256="") == MANIFEST
    assert read.written() == path.read_bytes()
    assert read.entries["3"].concepts[0].exact("held_out", "r2") == Fraction(1, 3)
    assert is_own(path, SWEEP_FILE)


@pytest.mark.parametrize("change", [("0.5,", "0.25,"), ('"3"', '"5"'), ('"1 / 3"', '"1 / 2"'), ('"planned"', '"plan"')])
def test_a_manifest_with_other_numbers_or_names_is_damaged(path, change):
    text = path.read_text()
    assert change[0] in text
    path.write_text(text.replace(*change))
    with pytest.raises(InputError, match=r"sweep\.json is") as refused:
        read_manifest(path)
    assert str(refused.value).endswith("is required, or none; move it away, or sweep into another folder")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"made_by": 1, "made_by": 2}', "[" * 10**5])
def test_what_is_no_manifest_is_refused(path, text):
    path.write_text(text)
    assert not is_own(path, SWEEP_FILE)
    with pytest.raises(InputError, match="is not a manifest of `bridge sweep` or is damaged"):
        read_manifest(path)


def test_a_manifest_of_another_version_is_refused(path):
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": 2}))
    with pytest.raises(InputError) as refused:
        read_manifest(path)
    assert str(refused.value) == (
        f"{path} has format version 2; version 1 is required; sweep into another folder, or with the version of bridge "
        "that has written it"
    )


def test_the_first_thing_that_differs_is_named():
    identity = ENTRY.identity
    assert difference(ENTRY, dict(identity)) is None
    assert difference(ENTRY, {**identity, "--lam": "1.0", "--weight-bits": 3}) == "--lam"
    assert difference(ENTRY, {**identity, "--groups": "abc"}) == "--groups"
    assert difference(ENTRY, {"--lam": "0.5", "--standardize": False}) is None
    assert difference(ENTRY, {"--lam": "0.5", "--weight-bits": None}) == "--standardize"
