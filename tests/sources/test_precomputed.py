"""Scores, splits and weights in files: what they may look like, and what is wrong with any other."""

import hashlib

import numpy as np
import pyarrow
import pytest
import safetensors.numpy
import safetensors.torch
import torch
from pyarrow import parquet
from sklearn.linear_model import LinearRegression, Ridge

import bridge.base.arrays
from bridge.base.errors import BridgeWarning
from bridge.sources.precomputed import (
    open_latents,
    read_given,
    read_groups,
    read_labelled,
    read_sample_weights,
    read_scores,
    read_split,
    read_weights,
    require_training,
)
from support.refusals import refusal

RANDOM = np.random.default_rng(0)
Z, C = RANDOM.normal(size=(20, 3)), RANDOM.normal(size=(20, 2))


def save(folder, name, array):
    np.save(folder / name, array)
    return str(folder / name)


def write(folder, name, text):
    (folder / name).write_text(text)
    return str(folder / name)


def save_npz(folder, **arrays):
    np.savez(folder / "weights.npz", **arrays)
    return str(folder / "weights.npz")


# Latents


@pytest.mark.parametrize("shape", [(), (5,), (0, 3), (5, 0), (5, 3, 1)])
def test_latents_of_another_shape_are_refused(tmp_path, shape):
    spec = save(tmp_path, "Z.npy", np.zeros(shape))
    assert refusal(open_latents, spec) == (
        f"{spec} has shape {shape}; latents of shape (N, d) with N, d ≥ 1 are required; reshape them"
    )


def test_latents_whose_square_fits_into_no_memory_are_refused_unread(tmp_path):
    with (tmp_path / "Z.npy").open("wb") as file:
        header = {"descr": "<f8", "fortran_order": False, "shape": (30, 2**28)}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + 30 * 2**31)
    assert refusal(open_latents, f"{tmp_path}/Z.npy") == (
        f"{tmp_path}/Z.npy has 268435456 dimensions; at most 65536 are required, since a fit takes memory for the "
        "square of them; reduce them first"
    )


def test_the_data_set_is_the_file_of_the_latents(tmp_path):
    np.savez(tmp_path / "Z.npz", Z=Z, C=C)
    given = read_given(f"{tmp_path}/Z.npz:Z", f"{tmp_path}/Z.npz:C", names=None, split_file=None)

    assert given.origin.dataset == "Z.npz"
    assert given.origin.dataset_sha256 == hashlib.sha256((tmp_path / "Z.npz").read_bytes()).hexdigest()


# Scores


@pytest.mark.parametrize("values", [C, C[:, 0], C[:, :1], C.astype(np.float16), np.arange(20)], ids=str)
def test_scores_of_an_array_are_its_numbers(tmp_path, values):
    scores = read_scores(save(tmp_path, "C.npy", values), None, samples=20)
    np.testing.assert_array_equal(scores.values, values.reshape(20, -1))
    assert scores.values.dtype == values.dtype
    assert scores.names == ("concept 1", "concept 2")[: scores.values.shape[1]]


def test_names_are_those_that_are_given_or_those_of_the_table(tmp_path):
    table = write(tmp_path, "C.csv", "size,slant,file\n1,2,a\n3,4,b\n")
    assert read_scores(table, ["slant", "size"], samples=2).names == ("slant", "size")
    np.testing.assert_array_equal(read_scores(table, ["slant", "size"], samples=2).values, [[2, 1], [4, 3]])
    assert read_scores(save(tmp_path, "C.npy", C), ["a", "b"], samples=20).names == ("a", "b")


def test_columns_of_different_types_go_together_exactly(tmp_path):
    table = write(tmp_path, "C.csv", "count,slant,flag\n9007199254740992,0.1,true\n-9007199254740994,-0.5,false\n")
    values = read_scores(table, None, samples=2).values
    assert values.tolist() == [[2.0**53, 0.1, 1.0], [-(2.0**53) - 2, -0.5, 0.0]]


def test_integers_alone_stay_integers_however_large(tmp_path):
    table = write(tmp_path, "C.csv", "a,b\n9007199254740993,1\n")
    assert read_scores(table, None, samples=1).values.tolist() == [[2**53 + 1, 1]]


def test_an_integer_that_would_be_rounded_is_refused(tmp_path):
    table = write(tmp_path, "C.csv", "a,b\n1,0.5\n-9007199254740993,0.5\n")
    assert refusal(read_scores, table, None, samples=2) == (
        f"{table}: column 'a' has the integer -9007199254740993 in line 3, which is no 64-bit float, and belongs "
        "together with such numbers; numbers of a common type are required; save all of them as integers or as floats"
    )


def test_signed_and_unsigned_integers_stay_exact_or_are_refused(tmp_path):
    large = 2**64 - 1
    table = write(tmp_path, "C.csv", f"a,b\n{large},1\n0,2\n")
    assert read_scores(table, None, samples=2).values.tolist() == [[large, 1], [0, 2]]
    table = write(tmp_path, "C.csv", f"a,b\n{large},1\n0,-2\n")
    assert refusal(read_scores, table, None, samples=2).startswith(
        f"{table}: column 'a' has the integer {large} in line 2, which is no signed integer of 64 bits, and belongs"
    )


def test_lists_in_a_parquet_are_concepts_and_latents(tmp_path):
    table = {"kind": [[1, 0], [0, 1], [0, 1]], "size": [1.5, 2.5, 3.5], "z": [[0.5, 1.0], [2.0, 3.0], [4.0, 5.0]]}
    parquet.write_table(pyarrow.table(table), tmp_path / "t.parquet")
    spec = str(tmp_path / "t.parquet")
    scores = read_scores(spec, ["size", "kind"], samples=3)
    assert scores.names == ("size", "kind 1", "kind 2")
    assert scores.values.tolist() == [[1.5, 1, 0], [2.5, 0, 1], [3.5, 0, 1]]
    assert read_scores(f"{spec}:kind", None, samples=3).values.dtype == np.int64
    assert open_latents(f"{spec}:z").whole().tolist() == table["z"]


def test_the_columns_of_a_table_are_latents(tmp_path):
    assert open_latents(write(tmp_path, "Z.csv", "z1,z2\n0.5,1\n2,3\n")).whole().tolist() == [[0.5, 1], [2, 3]]


def test_lists_without_entries_are_refused(tmp_path):
    parquet.write_table(pyarrow.table({"z": [[], []]}), tmp_path / "t.parquet")
    assert refusal(open_latents, f"{tmp_path}/t.parquet:z") == (
        f"{tmp_path}/t.parquet has no column of numbers that is left, and no list with an entry; numbers are "
        "required; choose another column"
    )


def test_a_column_is_named_once(tmp_path):
    table = write(tmp_path, "C.csv", "a,b\n1,2\n")
    assert read_scores(f"{table}:b", None, samples=1).names == ("b",)
    assert refusal(read_scores, f"{table}:b", ["b"], samples=1) == (
        f"{table}:b names a column, and so does `names=…`; one of them is required; leave the other out"
    )


def test_scores_that_are_too_large_for_memory_are_refused_unread(tmp_path, monkeypatch):
    spec = save(tmp_path, "C.npy", C)
    monkeypatch.setattr(bridge.base.arrays, "_LARGEST_WHOLE", 319)
    assert refusal(read_scores, spec, None, samples=20) == (
        f"{spec} has shape (20, 2) and type float64, 320 bytes; at most 319 are read at once; divide it"
    )


@pytest.mark.parametrize(
    ("values", "names", "message"),
    [
        (C[:19], None, "SPEC has 19 rows and the latents 20; one row for each latent point is required; pass the same"),
        (
            C,
            ["a"],
            "`names=…` gives 1 names and SPEC has 2 columns; a name for each column is required; name all of them",
        ),
        (C, ["a", "a"], "the concept name 'a' is used twice; each concept needs its own; rename one"),
        (C, ["a", ""], "concept 1 has an empty name; each concept needs its own; name it"),
        (
            C[:, :0],
            None,
            "SPEC has shape (20, 0); scores of shape (N, k) or (N,) with k ≥ 1 are required; reshape them",
        ),
        (C[:, :, None], None, "SPEC has shape (20, 2, 1); scores of shape (N, k) or (N,) with k ≥ 1 are required"),
        (np.where(C[7, 1] == C, np.nan, C), None, "`SPEC[7, 1]` is NaN; only finite numbers convert exactly; "),
        (np.where(C[:, 0] == C[7, 0], np.inf, C[:, 0]), None, "`SPEC[7]` is +inf; only finite numbers convert exactly"),
    ],
)
def test_scores_that_do_not_fit_are_refused(tmp_path, values, names, message):
    spec = save(tmp_path, "C.npy", values)
    assert refusal(read_scores, spec, names, samples=20).startswith(message.replace("SPEC", spec))


def test_a_table_with_other_rows_than_the_latents_is_refused(tmp_path):
    table = write(tmp_path, "C.csv", "a\n1\n2\n")
    assert refusal(read_scores, table, None, samples=3).startswith(f"{table} has 2 rows and the latents 3; one row")


def test_a_column_without_a_name_is_refused(tmp_path):
    table = write(tmp_path, "C.csv", "a,,b\n0,1,2\n")
    assert refusal(read_scores, table, None, samples=1).startswith("concept 1 has an empty name; ")


# Splits


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("s.csv", "part\ntrain\nheld_out\ncalibration\ntrain\n"),
        ("s.csv", "id,split\n7,train\n8,held_out\n9,calibration\n0,train\n"),
    ],
)
def test_a_split_of_words_has_three_parts(tmp_path, name, text):
    split = read_split(write(tmp_path, name, text), samples=4)
    assert split.is_train.tolist() == [True, False, False, True]
    assert split.is_calibration.tolist() == [False, False, True, False]
    assert split.is_held_out.tolist() == [False, True, False, False]


def test_a_split_of_booleans_has_two_parts(tmp_path):
    is_train = np.array([True, False, True])
    for spec in (save(tmp_path, "s.npy", is_train), write(tmp_path, "s.csv", "is_train\nTrue\nFalse\nTrue\n")):
        split = read_split(spec, samples=3)
        assert split.is_train.tolist() == is_train.tolist()
        assert not split.is_calibration.any()


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32])
def test_a_split_of_zeros_and_ones_is_one_of_booleans(tmp_path, dtype):
    values = np.array([1, 0, 1], dtype)
    table = tmp_path / "s.parquet"
    parquet.write_table(pyarrow.table({"part": values}), table)
    for spec in (save(tmp_path, "s.npy", values), write(tmp_path, "s.csv", "part\n1\n0\n1.0\n"), str(table)):
        assert read_split(spec, samples=3).is_train.tolist() == [True, False, True]


@pytest.mark.parametrize("training", ["train", "Train", "TRAIN", "training", " fit ", "1"])
@pytest.mark.parametrize("calibration", ["calibration", "Calib", "cal", "CALIBRATE"])
@pytest.mark.parametrize("held_out", ["test", "val", "held-out", "held out", "Held_Out", "dev", "0"])
def test_the_parts_are_known_by_their_usual_words(tmp_path, training, calibration, held_out):
    split = read_split(write(tmp_path, "s.csv", f"split\n{training}\n{calibration}\n{held_out}\n"), samples=3)
    assert split.is_train.tolist() == [True, False, False]
    assert split.is_calibration.tolist() == [False, True, False]


def test_any_other_word_is_held_out_and_named(tmp_path):
    spec = write(tmp_path, "s.csv", "split\ntrain\ntrain_b\nzoo\ntest\n")
    with pytest.warns(BridgeWarning) as said:
        split = read_split(spec, samples=4)
    assert split.is_held_out.tolist() == [False, True, True, True]
    assert [str(warning.message) for warning in said] == [
        f"{spec}: column 'split' has 'train_b', 'zoo', which counts as held out; the words of the other parts are "
        "train and calibration"
    ]


def test_a_column_of_parts_is_chosen_by_its_name(tmp_path):
    spec = write(tmp_path, "s.csv", "a,b\ntrain,test\ntest,train\n")
    assert read_split(f"{spec}:b", samples=2).is_train.tolist() == [False, True]


def test_parts_without_a_training_sample_are_nothing_to_fit_on(tmp_path):
    spec = save(tmp_path, "s.npy", np.zeros(20, bool))
    assert refusal(require_training, read_split(spec, samples=20), spec) == (
        f"{spec} has no sample of the training part among 20; at least one is required to fit on; say so by `train`, "
        "true or 1"
    )


# Groups


@pytest.mark.parametrize("entries", [["b", "a", "b"], [2.5, 1, 2.5], [7, 3, 7], [True, False, True]], ids=str)
def test_samples_of_one_entry_are_one_group(tmp_path, entries):
    parquet.write_table(pyarrow.table({"group": entries, "other": [1, 2, 3]}), tmp_path / "g.parquet")
    specs = [f"{tmp_path}/g.parquet", f"{tmp_path}/g.parquet:group"]
    if not isinstance(entries[0], str):
        specs.append(save(tmp_path, "g.npy", np.array(entries)))
    for spec in specs:
        first, second, third = read_groups(spec, samples=3)
        assert first == third != second


@pytest.mark.parametrize("name", ["weights.npy", "weights.csv", "several.csv", "several.csv:weight"])
def test_sample_weights_are_read_from_arrays_and_tables(tmp_path, name):
    np.save(tmp_path / "weights.npy", np.array([0, 1, 2], np.int8))
    (tmp_path / "weights.csv").write_text("w\n0\n1\n2\n")
    (tmp_path / "several.csv").write_text("id,weight\n5,0\n6,1\n7,2\n")
    weights = read_sample_weights(f"{tmp_path}/{name}", samples=3)
    assert (weights.dtype, weights.tolist()) == (np.float64, [0, 1, 2])


def test_sample_weights_that_do_not_fit_are_refused(tmp_path):
    spec = save(tmp_path, "w.npy", np.zeros((20, 1)))
    assert refusal(read_sample_weights, spec, samples=20) == (
        f"{spec} has shape (20, 1); sample weights of shape (N,) are required, one for each sample; reshape them"
    )
    assert refusal(read_sample_weights, save(tmp_path, "w.npy", np.zeros(3)), samples=20).startswith(
        f"{spec} has 3 rows and"
    )
    save(tmp_path, "w.npy", np.array([1, np.nan]))
    assert refusal(read_sample_weights, spec, samples=2).startswith(f"`{spec}[1]` is NaN")
    save(tmp_path, "w.npy", np.array([1, -0.5]))
    assert refusal(read_sample_weights, spec, samples=2) == (
        f"`{spec}[1]` is -0.5; sample weights of at least 0 are required; leave the sample out, or weigh it with 0"
    )


def test_groups_that_do_not_fit_are_refused(tmp_path):
    spec = save(tmp_path, "g.npy", np.zeros((20, 1)))
    assert refusal(read_groups, spec, samples=20) == (
        f"{spec} has shape (20, 1); groups of shape (N,) are required, one for each sample; reshape them"
    )
    assert refusal(read_groups, save(tmp_path, "g.npy", np.zeros(3)), samples=20).startswith(f"{spec} has 3 rows and")
    assert refusal(read_groups, save(tmp_path, "g.npy", np.full(20, np.nan)), samples=20).startswith(f"`{spec}[0]` is")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "part\n1\n2\n",
            ": column 'part' has '2' in line 3; 0 and 1, true and false, or the words train, calibration and held_out "
            "are required; write one of these",
        ),
        ("part\ntrain\n0.5\n", ": column 'part' has '0.5' in line 3; 0 and 1, true and false, or the words"),
        ("part\ntrain\nNaN\n", ": column 'part' is empty or NaN in line 3; an entry for each sample is required"),
        (
            'part,a\ntrain,1\n"",2\n',
            " has 2 columns and none is named 'split'; one column is required; choose it with ",
        ),
        ('split,a\ntrain,1\n"",2\n', ": column 'split' is empty or NaN in line 3; an entry for each"),
        ("part\ntrain\n", " has 1 rows and the latents 2; one row for each latent point is required; pass the same"),
    ],
)
def test_a_table_that_is_no_split_is_refused(tmp_path, text, message):
    spec = write(tmp_path, "s.csv", text)
    assert refusal(read_split, spec, samples=2).startswith(spec + message)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (
            np.array([0, 2]),
            " has 2 in row 1, counted from 0; booleans, or 0 and 1, are required, 1 for the training part; for three "
            "parts, give a .csv with a column of train, calibration and held_out",
        ),
        (np.array([0.0, np.nan]), " has nan in row 1, counted from 0; booleans, or 0 and 1, are required"),
        (np.ones((2, 1), bool), " has shape (2, 1) and type bool; (N,) booleans are required"),
        (np.ones(3, bool), " has 3 rows and the latents 2; "),
    ],
)
def test_an_array_that_is_no_split_is_refused(tmp_path, array, message):
    spec = save(tmp_path, "s.npy", array)
    assert refusal(read_split, spec, samples=2).startswith(spec + message)


# Weights


def test_the_weights_of_a_plain_array_are_its_numbers(tmp_path):
    W = RANDOM.normal(size=(4, 2)).astype(np.float16)
    weights = read_weights(save(tmp_path, "W.npy", W), dim=3, concepts=2)
    assert weights.dtype == np.float16
    np.testing.assert_array_equal(weights, W)
    np.testing.assert_array_equal(read_weights(save(tmp_path, "w.npy", W[:, 0]), dim=3, concepts=1), W[:, :1])


@pytest.mark.parametrize("model", [Ridge(), LinearRegression(), Ridge(fit_intercept=False)], ids=str)
@pytest.mark.parametrize("scores", [C, C[:, 0], C[:, :1]], ids=["two", "vector", "one column"])
def test_the_weights_of_a_model_of_scikit_learn_predict_what_it_predicts(tmp_path, model, scores):
    model.fit(Z, scores)
    spec = save_npz(tmp_path, coef_=model.coef_, intercept_=model.intercept_)
    concepts = scores.reshape(20, -1).shape[1]
    W = read_weights(spec, dim=3, concepts=concepts)
    np.testing.assert_array_equal(W[:-1].T.ravel(), np.ravel(model.coef_))
    np.testing.assert_array_equal(W[-1], np.broadcast_to(model.intercept_, concepts))
    np.testing.assert_allclose((Z @ W[:-1] + W[-1]).ravel(), model.predict(Z).ravel())


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("kind", ["pt", "safetensors"])
def test_the_weights_of_a_torch_linear_are_its_weight_and_bias(tmp_path, bias, dtype, kind):
    linear = torch.nn.Linear(3, 2, bias=bias, dtype=dtype)
    path = tmp_path / f"linear.{kind}"
    if kind == "pt":
        torch.save(linear.state_dict(), path)
    else:
        safetensors.torch.save_file(linear.state_dict(), path)
    W = read_weights(str(path), dim=3, concepts=2)
    assert W.dtype == np.float32
    np.testing.assert_array_equal(W[:-1].T, linear.weight.detach().float().numpy())
    np.testing.assert_array_equal(W[-1], linear.bias.detach().float().numpy() if bias else [0, 0])


def test_a_layer_of_a_model_is_chosen_by_its_name(tmp_path):
    model = torch.nn.Sequential(torch.nn.Linear(5, 3), torch.nn.Linear(3, 2))
    torch.save(model.state_dict(), tmp_path / "model.pt")
    W = read_weights(f"{tmp_path}/model.pt:1", dim=3, concepts=2)
    np.testing.assert_array_equal(W[:-1].T, model[1].weight.detach().numpy())


@pytest.mark.filterwarnings("ignore:`torch.jit")
@pytest.mark.parametrize("wrap", [torch.nn.DataParallel, torch.compile], ids=["DataParallel", "compile"])
def test_the_names_that_a_wrapper_puts_before_can_be_left_out(tmp_path, wrap):
    linear = torch.nn.Linear(3, 2)
    torch.save(wrap(linear).state_dict(), tmp_path / "linear.pt")
    expected = linear.weight.detach().numpy()
    for spec in (
        f"{tmp_path}/linear.pt",
        f"{tmp_path}/linear.pt:{'module' if wrap is not torch.compile else '_orig_mod'}",
    ):
        np.testing.assert_array_equal(read_weights(spec, dim=3, concepts=2)[:-1].T, expected)
    np.testing.assert_array_equal(open_latents(f"{tmp_path}/linear.pt:weight").whole(), expected)


def test_a_layer_in_a_nested_checkpoint_is_chosen_by_its_path(tmp_path):
    model = torch.nn.Sequential(torch.nn.Linear(5, 3), torch.nn.Linear(3, 2))
    torch.save({"epoch": 3, "state": {"model": torch.nn.DataParallel(model).state_dict()}}, tmp_path / "model.pt")
    expected = model[1].weight.detach().numpy()
    for name in ("state.model.1", "state.model.module.1"):
        np.testing.assert_array_equal(read_weights(f"{tmp_path}/model.pt:{name}", dim=3, concepts=2)[:-1].T, expected)


def test_a_name_that_two_arrays_can_have_chooses_none(tmp_path):
    tensors = {"module.weight": torch.ones(1, 3), "_orig_mod.weight": torch.ones(1, 3)}
    torch.save(tensors, tmp_path / "W.pt")
    assert refusal(read_weights, f"{tmp_path}/W.pt", dim=3, concepts=1).startswith(f"{tmp_path}/W.pt holds 2 arrays")


def test_weight_and_bias_of_different_types_go_together_exactly(tmp_path):
    spec = save_npz(tmp_path, weight=np.full((1, 3), 0.1, np.float32), bias=np.array([0.1]))
    W = read_weights(spec, dim=3, concepts=1)
    assert W.ravel().tolist() == [float(np.float32(0.1))] * 3 + [0.1]


def test_a_bias_that_would_be_rounded_is_refused(tmp_path):
    spec = save_npz(tmp_path, coef_=np.ones((1, 3)), intercept_=np.array([2**53 + 1]))
    assert refusal(read_weights, spec, dim=3, concepts=1).startswith("`intercept_` has the integer 9007199254740993, ")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"W": np.ones((3, 2))},
            " has shape (3, 2); (4, 2) is required for 3 latent dimensions and 2 concepts, the bias in the last row; "
            "give W so, or a file with weight and bias",
        ),
        ({"W": np.ones((2, 4))}, " has shape (2, 4); (4, 2) is required for 3 latent dimensions and 2 concepts, "),
        ({"W": np.ones(4)}, " has shape (4,); (4, 2) is required for 3 latent dimensions and 2 concepts, "),
        (
            {"weight": np.ones((3, 2)), "bias": np.ones(2)},
            ": `weight` has shape (3, 2) and `bias` (2,); (2, 3) and (2,) are required for 3 latent dimensions and 2 "
            "concepts; choose the latents and scores of this probe",
        ),
        ({"weight": np.ones((2, 3)), "bias": np.ones(3)}, ": `weight` has shape (2, 3) and `bias` (3,); (2, 3) and"),
        ({"weight": np.ones((2, 4))}, ": `weight` has shape (2, 4) and `bias` None; (2, 3) and (2,) are required"),
        ({"coef_": np.ones(3), "intercept_": 0.0}, ": `coef_` has shape (3,) and `intercept_` (); (2, 3) and (2,)"),
        ({"coef_": np.ones((2, 3))}, " has `coef_` and no `intercept_`; both are required; save it too, or 0.0 if"),
        ({"a": np.ones(3), "b": np.ones(3)}, " holds 2 arrays ('a', 'b'); one is required; choose it with "),
    ],
    ids=str,
)
def test_weights_of_another_shape_are_refused(tmp_path, arrays, message):
    spec = save_npz(tmp_path, **arrays)
    assert refusal(read_weights, spec, dim=3, concepts=2).startswith(spec + message)


def test_a_weight_that_is_no_number_is_named(tmp_path):
    spec = save_npz(tmp_path, coef_=np.ones((2, 3)), intercept_=np.array([0.0, np.nan]))
    assert refusal(read_weights, spec, dim=3, concepts=2).startswith(f"`{spec}: W[3, 1]` is NaN; only finite numbers")


def test_safetensors_of_numpy_hold_weights_too(tmp_path):
    arrays = {"coef_": np.ones((1, 3)), "intercept_": np.zeros(1)}
    safetensors.numpy.save_file(arrays, tmp_path / "W.safetensors")
    assert read_weights(f"{tmp_path}/W.safetensors", dim=3, concepts=1).ravel().tolist() == [1, 1, 1, 0]


# Labels


def test_labelled_samples_are_those_of_the_files_in_the_parts_that_are_given(tmp_path):
    latents, labels = save(tmp_path, "Z.npy", Z), save(tmp_path, "digit.npy", np.arange(20) % 3)
    split = save(tmp_path, "split.npy", np.arange(20) < 15)
    given = read_labelled(latents, labels, split_file=None)
    np.testing.assert_array_equal(given.latents.whole(), Z)
    assert given.labels.class_names == ("0", "1", "2")
    assert given.origin.dataset_sha256 == hashlib.sha256((tmp_path / "Z.npy").read_bytes()).hexdigest()
    assert (given.origin.held_out, given.source) == (None, latents)
    parted = read_labelled(latents, labels, split_file=split)
    assert parted.parts.is_train.tolist() == [True] * 15 + [False] * 5
    assert parted.origin.held_out == 0.25


@pytest.mark.parametrize(
    ("labels", "split", "columns"),
    [
        ("{path}", None, ["a", "b", "split"]),
        ("{path}:b", None, ["a", "label", "split"]),
        ("{path}:label", "{path}", ["a", "b"]),
        ("{path}:label", "{path}:b", ["a", "split"]),
        ("{other}", None, ["a", "b", "label", "split"]),
    ],
)
def test_the_labels_and_the_parts_of_a_table_are_no_latents(tmp_path, labels, split, columns):
    values = {"a": [5, 6, 7], "b": [0, 1, 1], "label": [1, 0, 1], "split": [1, 1, 0]}
    rows = "".join(",".join(map(str, row)) + "\n" for row in zip(*values.values(), strict=True))
    path = write(tmp_path, "t.csv", ",".join(values) + "\n" + rows)
    other = write(tmp_path, "other.csv", "label\n1\n0\n1\n")
    (tmp_path / "link.csv").symlink_to(path)
    for latents in (path, f"{tmp_path}/link.csv"):
        given = read_labelled(
            latents,
            labels.format(path=path, other=other),
            split_file=None if split is None else split.format(path=path),
        )
        expected = [values[name] for name in columns]
        assert given.latents.whole().T.tolist() == expected
        assert len(given.labels.class_names) == 2


def test_a_column_of_a_table_that_is_named_is_the_latents_whatever_else_it_is(tmp_path):
    path = write(tmp_path, "t.csv", "label\n1\n0\n")
    assert read_labelled(f"{path}:label", path, split_file=None).latents.whole().tolist() == [[1], [0]]
    assert refusal(read_labelled, path, path, split_file=None) == (
        f"{path} has no column of numbers that is left, and no list with an entry; numbers are required; choose "
        "another column"
    )
