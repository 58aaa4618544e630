"""The same samples with the latents of another layer."""

import numpy as np
import pytest

from bridge.base.errors import InputError
from bridge.sources.precomputed import columns_elsewhere, of_other_latents, open_latents, read_given, read_labelled

SPLIT = np.arange(12) % 4 > 0


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("one.npy", np.arange(24.0).reshape(12, 2))
    np.save("two.npy", np.arange(36.0).reshape(12, 3) ** 2)
    np.save("short.npy", np.zeros((11, 2)))
    np.save("scores.npy", np.arange(12.0))
    np.save("labels.npy", np.arange(12) % 2)
    np.save("split.npy", SPLIT)


def what_is_said(samples):
    values = vars(samples)
    labels = values.get("labels", values.get("scores"))
    return [
        values["latents"].whole().tolist(),
        *([] if labels is None else [array.tolist() for array in vars(labels).values() if hasattr(array, "tolist")]),
        values["parts"].is_train.tolist(),
        values["origin"],
        values["source"],
        values.get("fingerprint"),
    ]


@pytest.mark.parametrize("split_file", [None, "split.npy"])
def test_scored_samples_of_another_layer_are_those_that_are_read_with_it(split_file):
    first, second = (
        read_given(name, "scores.npy", names=None, split_file=split_file) for name in ("one.npy", "two.npy")
    )
    assert what_is_said(of_other_latents(first, "two.npy", open_latents("two.npy"))) == what_is_said(second)


@pytest.mark.parametrize("split_file", [None, "split.npy"])
def test_labelled_samples_of_another_layer_are_those_that_are_read_with_it(split_file):
    first, second = (read_labelled(name, "labels.npy", split_file=split_file) for name in ("one.npy", "two.npy"))
    assert what_is_said(of_other_latents(first, "two.npy", open_latents("two.npy"))) == what_is_said(second)


def test_parts_that_were_drawn_once_are_those_of_every_layer():
    first = read_given("one.npy", "scores.npy", names=None, split_file=None)
    second = read_given("two.npy", "scores.npy", names=None, split_file=None).divided(seed=3, calibration=0.2)
    other = of_other_latents(first.divided(seed=3, calibration=0.2), "two.npy", open_latents("two.npy"))
    assert what_is_said(other) == what_is_said(second)


def test_layers_of_other_samples_are_both_named():
    first = read_given("one.npy", "scores.npy", names=None, split_file=None)
    with pytest.raises(InputError) as refused:
        of_other_latents(first, "short.npy", open_latents("short.npy"))
    assert str(refused.value) == (
        "short.npy has 11 rows and one.npy 12; a row for each of the same samples is required in both; leave one of "
        "them out"
    )


def test_columns_that_are_labels_or_parts_are_no_dimensions():
    assert columns_elsewhere("a.csv", "a.csv:kind", "a.csv") == {"kind", "split"}
    assert columns_elsewhere("a.csv", "b.csv", None) == set()
