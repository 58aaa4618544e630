"""Which layers a pattern or a list names, what they are called, and in which order they are."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.base.errors import InputError
from bridge.base.words import natural_order
from bridge.sources.layers import find_layers


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("acts").mkdir()
    for name in ("layer_1.npy", "layer_2.npy", "layer_10.npy", "layer_.npy", "a-b_07.npy", "a-c_1.npy"):
        Path("acts", name).touch()
    for name in ("shards_0", "shards_1"):
        Path("acts", name).mkdir()
    np.savez("all.npz", layer_2=np.zeros(1), layer_12=np.zeros(1), layer_3=np.zeros(1), **{"x/y": np.zeros(1)})


@pytest.mark.parametrize(
    ("specs", "found"),
    [
        (["acts/layer_?*.npy"], {"1": "acts/layer_1.npy", "2": "acts/layer_2.npy", "10": "acts/layer_10.npy"}),
        (["acts/layer_[!1].npy"], {"2": "acts/layer_2.npy"}),
        (["acts/layer_?[0].npy"], {"10": "acts/layer_10.npy"}),
        (["acts/layer_?.npy:Z"], {"1": "acts/layer_1.npy:Z", "2": "acts/layer_2.npy:Z"}),
        (["acts/layer_[12]*.np?"], {"1-y": "acts/layer_1.npy", "2-y": "acts/layer_2.npy", "10-y": "acts/layer_10.npy"}),
        (["acts/a-*_*.npy"], {"b-07": "acts/a-b_07.npy", "c-1": "acts/a-c_1.npy"}),
        (["acts/shards_*/"], {"0": "acts/shards_0", "1": "acts/shards_1"}),
        (["acts/layer_*1*/", "acts/shards_0"], None),
        (["./acts/layer_1*.npy"], {"layer_1": "acts/layer_1.npy", "0": "acts/layer_10.npy"}),
        (["all.npz:layer_*"], {"2": "all.npz:layer_2", "3": "all.npz:layer_3", "12": "all.npz:layer_12"}),
        (["all.npz:*"], {"layer_2": "all.npz:layer_2", "layer_3": "all.npz:layer_3", "layer_12": "all.npz:layer_12"}),
        (["a*.npz:x/*"], {"ll-y": "all.npz:x/y"}),
        (["acts/layer_2.npy", "acts/layer_1.npy"], {"layer_2": "acts/layer_2.npy", "layer_1": "acts/layer_1.npy"}),
        (["all.npz:layer_2", "all.npz:layer_3"], {"layer_2": "all.npz:layer_2", "layer_3": "all.npz:layer_3"}),
        (["missing.npy"], {"missing": "missing.npy"}),
        (["missing.csv.gz:Z"], {"missing": "missing.csv.gz:Z"}),
        (["mid=acts/*.npy", "last=all.npz:layer_2"], {"mid": "acts/*.npy", "last": "all.npz:layer_2"}),
    ],
)
def test_layers_are_called_as_what_tells_them_apart_in_natural_order(specs, found):
    if found is None:
        with pytest.raises(InputError, match="matches nothing"):
            find_layers(specs)
        return
    assert list(found.items()) == [(layer.name, layer.latents) for layer in find_layers(specs)]


@pytest.mark.parametrize("folder_name", ["layer=1", "layer=[1]"])
def test_an_equals_sign_in_a_path_that_is_there_gives_no_name(folder_name):
    Path(folder_name).mkdir()
    Path(folder_name, "z.npy").touch()
    assert [layer.name for layer in find_layers([f"{folder_name}/z.npy"])] == ["z"]
    assert [layer.latents for layer in find_layers(["layer=*/z.npy"])] == [f"{folder_name}/z.npy"]


@pytest.mark.parametrize(
    ("specs", "message"),
    [
        (
            ["acts/layer-*.npy"],
            "acts/layer-*.npy matches nothing; latents of at least one layer are required; check the pattern, and put "
            "it in quotes so that no shell changes it",
        ),
        (
            ["all.npz:head_*"],
            "all.npz:head_* matches nothing; latents of at least one layer are required; check the pattern, and put it "
            "in quotes so that no shell changes it",
        ),
        (
            ["acts/layer_1.npy", "layer_1=acts/layer_2.npy"],
            "acts/layer_1.npy and acts/layer_2.npy would both be the layer 'layer_1'; a name for each is required; "
            "give it with --latents NAME=FILE",
        ),
        (
            ["all.npz:layer_2", "all.npz:layer_2"],
            "all.npz:layer_2 and all.npz:layer_2 would both be the layer 'all'; a name for each is required; give it "
            "with --latents NAME=FILE",
        ),
        (
            [".hidden.npy"],
            ".hidden.npy would be the layer '.hidden'; a name that a file can have is required; give one with "
            "--latents NAME=FILE",
        ),
        (
            ["a\x1b.npy"],
            "a\x1b.npy would be the layer 'a\\x1b'; a name that a file can have is required; give one with --latents "
            "NAME=FILE",
        ),
        (
            [f"{'a' * 200}=x.npy"],
            "x.npy would be a layer whose name has 200 bytes; at most 180 are required, since files are called so; "
            "give a shorter one with --latents NAME=FILE",
        ),
    ],
)
def test_what_names_no_layers_is_refused(specs, message):
    with pytest.raises(InputError) as refused:
        find_layers(specs)
    assert str(refused.value) == message


def test_an_array_whose_name_is_a_path_needs_a_name_of_its_own():
    np.savez("other.npz", **{"x/y": np.zeros(1), "x/z": np.zeros(1)})
    with pytest.raises(InputError, match=r"would be the layer 'x/y'; a name that a file can have is required"):
        find_layers(["other.npz:x/y", "other.npz:x/z"])
    assert [layer.name for layer in find_layers(["y=other.npz:x/y", "z=other.npz:x/z"])] == ["y", "z"]


@given(st.lists(st.integers(0, 10**30)))
def test_runs_of_digits_are_ordered_as_numbers(numbers):
    texts = [f"layer_{number}.npy" for number in numbers]
    assert sorted(texts, key=natural_order) == [f"layer_{number}.npy" for number in sorted(numbers)]


@given(st.lists(st.text("ab01 ")))
def test_the_natural_order_tells_all_texts_apart(texts):
    keys = {text: natural_order(text) for text in texts}
    assert len({str(key) for key in keys.values()}) == len(keys)
