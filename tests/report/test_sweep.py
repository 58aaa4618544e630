"""The table of a sweep, in lines of 80 columns."""

from fractions import Fraction

import pytest

from bridge.artifact.sweep import Cell, best_layers
from bridge.artifact.sweep_manifest import LayerEntry, Manifest
from bridge.report.sweep import sweep_lines


def probe(concept, r2, error=Fraction(1, 4), parts=("train", "held_out"), unit=""):
    exact = None if r2 is None else f"{Fraction(r2).numerator} / {Fraction(r2).denominator}"
    values = {"samples": 8, "r2": None, "r2_exact": exact, "max_error": None, "max_error_exact": str(error)}
    return Cell(concept, unit, dict.fromkeys(parts, values))


def classifier(accuracy, parts=("train", "held_out"), **others):
    rates = {"accuracy": accuracy, "balanced_accuracy": Fraction(1, 2), "roc_auc": None, "majority_accuracy": "1 / 3"}
    exact = {f"{name}_exact": None if rate is None else str(rate) for name, rate in rates.items()}
    return Cell("kind", "", {part: {"samples": 8, **exact, **others} for part in parts})


def lines(layers, measure="r2"):
    entries = tuple(
        LayerEntry(name, f"{name}.npy", f"{name}.safetensors", "0" * 64, None, None, tuple(cells), {})
        for name, cells in layers.items()
    )
    best = best_layers({entry.layer: entry.concepts for entry in entries}, measure)
    return sweep_lines(Manifest(planned=tuple(layers), complete=True, layers=entries, best=best))


def test_a_concept_has_a_line_for_each_layer_and_the_best_below():
    shown = lines({"1": [probe("size", "1/3", unit="pixels")], "2": [probe("size", "2/3")]})
    assert shown == [
        "size (pixels)",
        "           R²        R²  max_error  max_error",
        "layer   train  held out      train   held out",
        "1      0.3333    0.3333       0.25       0.25",
        "2      0.6667    0.6667       0.25       0.25",
        "best: 2, R² 0.6667 (held out)",
        "",
    ]


def test_several_concepts_have_a_table_of_the_best_layers():
    layers = {"1": [probe("size", 1), probe("slant", 0)], "2": [probe("size", 1), probe("slant", "1/2")]}
    assert lines(layers)[-5:] == [
        "best layers by R², held out",
        "                           R²  max_error",
        "concept  best layer  held out   held out  as good",
        "size     1             1.0000       0.25  2",
        "slant    2             0.5000       0.25",
    ]


def test_what_is_undefined_is_called_so_and_has_no_best_layer():
    shown = lines({"1": [probe("size", None), probe("slant", 0)], "2": [probe("size", None), probe("slant", 0)]})
    assert "1      undefined  undefined       0.25       0.25" in shown
    assert "best: none, since R² is undefined (held out)" in shown
    assert shown[-2].split() == ["size", "none", "undefined"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("99999/100000", "0.9999"),
        ("1", "1.0000"),
        ("-1/100000", "-0.0001"),
        (-(10**6) - 1, "-1e+6"),
        (-(10**9), "-1e+9"),
    ],
)
def test_digits_do_not_contradict_the_number(value, shown):
    (row,) = [line for line in lines({"x": [probe("size", value)]}) if line.startswith("x ")]
    assert row.split()[1] == shown


def test_of_many_concepts_some_are_shown_with_all_layers_and_all_with_the_best():
    layers = {str(layer): [probe(f"c{number}", Fraction(layer, 40)) for number in range(50)] for layer in range(32)}
    shown = lines(layers)
    assert sum(line.startswith("best: 31, R² 0.7750 (held out)") for line in shown) == 3
    assert "and 47 concepts more; --json lists all" in shown
    assert sum(line.startswith("c") and line.split()[1:2] == ["31"] for line in shown) == 50


def test_of_very_many_concepts_not_all_are_shown():
    shown = lines({"1": [probe(f"c{number}", 0) for number in range(202)]})
    assert shown[-1] == "and 2 concepts more; --json lists all"


@pytest.mark.parametrize("parts", [("train",), ("train", "held_out"), ("train", "calibration", "held_out")])
@pytest.mark.parametrize("controlled", [{}, {"control_accuracy": 0.5}, {"control_accuracy": None}], ids=str)
def test_a_line_is_not_wider_than_a_terminal(parts, controlled):
    name = "a layer with a name that is too long for a column of a table"
    layers = {name: [classifier("1/2", parts, **controlled)], "b\x1b[1m": [classifier("1/4", parts, **controlled)]}
    shown = lines(layers, "accuracy")
    assert max(map(len, shown)) < 80
    assert not any("\x1b" in line for line in shown)
    scores = {name: [probe("s" * 50, "1/2", parts=parts)], "b": [probe("s" * 50, "-1/3", parts=parts)]}
    assert max(map(len, lines(scores))) < 80


def test_a_classifier_is_shown_beside_the_majority_and_the_control():
    shown = lines(
        {"1": [classifier("3/4", control_accuracy=0.25)], "2": [classifier("7/8", control_accuracy=1.0)]}, "accuracy"
    )
    assert shown == [
        "kind",
        "       accuracy  accuracy  balanced  balanced    roc_auc    roc_auc   control",
        "layer     train  held out     train  held out      train   held out  held out",
        "1        0.7500    0.7500    0.5000    0.5000  undefined  undefined    0.2500",
        "2        0.8750    0.8750    0.5000    0.5000  undefined  undefined    1.0000",
        "best: 2, accuracy 0.8750 (held out)",
        "always the most frequent class of the training part: accuracy 0.3333 (held out)",
        "",
    ]
