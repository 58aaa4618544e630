"""Shards: whatever the format and however the rows are divided, what comes out is what went in, in natural order."""

import hashlib
import json
import pickle
import re
from pathlib import Path

import h5py
import numpy as np
import pyarrow
import pytest
import safetensors.torch
import torch
import zarr
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

import bridge.base.arrays
from bridge.base.guard import Guard, guarding
from bridge.base.shard import Shard, data_set_sha256
from bridge.base.workers import open_workers
from bridge.sources import chunked_files
from bridge.sources.array_files import open_array
from bridge.sources.labels import read_labels
from bridge.sources.precomputed import (
    open_latents,
    read_given,
    read_groups,
    read_labelled,
    read_sample_weights,
    read_scores,
    read_split,
)
from bridge.sources.shard_files import find_files
from support.refusals import refusal
from support.shards import ARRAY_KINDS, KINDS, TABLE_KINDS, table_of, write_shard, write_shards, write_table
from support.strategies import number_arrays, unhurried

SAVED = Path(__file__).parent / "saved_by_datasets"
Z = np.arange(36, dtype=np.float32).reshape(12, 3) / 8
S = np.arange(12.0) / 4


def named(folder, kind):
    return str(folder) if kind == "npy" else f"{folder}:Z"


def assert_reads(spec, expected):
    source = pickle.loads(pickle.dumps(open_latents(spec)))
    assert (source.shape, source.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_array_equal(source.whole(), expected, strict=True)


# Every format, every type, every division


@unhurried
@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_every_type_is_read_bit_for_bit_from_shards_of_every_format(tmp_path_factory, data, kind):
    array = data.draw(number_arrays(6, 2))
    ends = sorted(data.draw(st.lists(st.integers(1, 5), unique=True, max_size=3)))
    folder = write_shards(tmp_path_factory.mktemp("shards"), kind, array, ends)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", data.draw(st.integers(1, 12)))
        source = open_latents(named(folder, kind))
        values = source.whole()
    assert (values.shape, values.dtype, values.tobytes()) == (array.shape, array.dtype, array.tobytes())


@unhurried
@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_a_source_that_was_sent_elsewhere_gives_any_rows_in_any_order(tmp_path_factory, data, kind):
    folder = write_shards(tmp_path_factory.mktemp("shards"), kind, Z, [1, 5, 9])
    source = pickle.loads(pickle.dumps(open_latents(named(folder, kind))))
    ranges = data.draw(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted), max_size=5))
    pieces = list(source.pieces(ranges))
    assert len(pieces) == len(ranges)
    for (start, stop), piece in zip(ranges, pieces, strict=True):
        np.testing.assert_array_equal(piece, Z[start:stop], strict=True)


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_do_not_depend_on_how_rows_are_divided(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", 12)
    for number, ends in enumerate([[], [1], [5, 6, 11]]):
        source = open_latents(named(write_shards(tmp_path / str(number), kind, Z, ends), kind))
        assert list(source.ranges) == [(0, 4), (4, 8), (8, 12)]
        assert [len(block) for block in source.blocks()] == [4, 4, 4]


@pytest.mark.parametrize("kind", KINDS)
def test_one_file_alone_is_read_as_a_folder_of_it_is(tmp_path, kind):
    place = write_shard(tmp_path, "alone", kind, Z)
    assert_reads(named(place, kind), Z)
    assert find_files(str(place)).shards == ()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("of", ["{}/*", "{}/part-*", "{}/part-?*.*", "{}/part-[0-9]*"])
def test_a_pattern_stands_for_the_files_that_fit(tmp_path, kind, of):
    folder = write_shards(tmp_path / "acts", kind, Z, [5, 7])
    assert_reads(named(of.format(folder), kind), Z)


def test_bfloat16_in_shards_is_kept_as_float32(tmp_path):
    tensor = torch.arange(8).reshape(4, 2).to(torch.bfloat16) / 3
    for number in range(2):
        safetensors.torch.save_file({"Z": tensor[2 * number :][:2].clone()}, tmp_path / f"{number}.safetensors")
    assert_reads(f"{tmp_path}:Z", tensor.float().numpy())


@pytest.mark.parametrize("kind", TABLE_KINDS)
def test_columns_of_numbers_are_dimensions_in_their_order(tmp_path, kind):
    for number, rows in enumerate((Z[:5], Z[5:])):
        table = table_of(**{f"d{column}": rows[:, column] for column in range(3)})
        write_table(tmp_path / f"{number}.{kind.split()[0]}", kind, table)
    assert_reads(str(tmp_path), Z)


def test_a_column_of_lists_of_any_kind_is_read_in_row_groups(tmp_path):
    lists = {"a": pyarrow.array(Z.tolist()), "b": pyarrow.array([[row.tolist()] for row in Z])}
    parquet.write_table(pyarrow.table(lists), tmp_path / "t.parquet", row_group_size=5)
    for name in lists:
        assert_reads(f"{tmp_path}/t.parquet:{name}", Z.astype(np.float64))


def test_shards_without_rows_are_passed_through(tmp_path):
    table = table_of(Z=Z)
    for number, part in enumerate((table[:0], table[:3], table[3:3], table[3:])):
        parquet.write_table(part, tmp_path / f"{number}.parquet")
    assert_reads(f"{tmp_path}:Z", Z)


def test_row_groups_without_rows_are_passed_through(tmp_path):
    table = table_of(Z=Z)
    with parquet.ParquetWriter(tmp_path / "t.parquet", table.schema) as writer:
        for part in (table[:0], table[:5], table[:0], table[5:], table[:0]):
            writer.write_table(part)
    assert_reads(f"{tmp_path}/t.parquet:Z", Z)
    assert [len(rows) for rows in open_latents(f"{tmp_path}/t.parquet:Z").pieces([(5, 6), (4, 6)])] == [1, 2]


def test_integers_of_both_kinds_and_booleans_are_dimensions_together(tmp_path):
    columns = {"a": np.array([1, 2**62], np.uint64), "b": np.array([-5, 6]), "c": np.array([True, False])}
    parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet")
    assert_reads(f"{tmp_path}/t.parquet", np.array([[1, -5, 1], [2**62, 6, 0]]))


# Order


def test_part_10_comes_after_part_9(tmp_path):
    for number in range(12):
        np.save(tmp_path / f"part-{number}.npy", Z[number : number + 1])
    assert_reads(str(tmp_path), Z)


def test_what_lies_beside_shards_is_passed_over(tmp_path):
    write_shards(tmp_path, "npy", Z, [4])
    for name in (".hidden.npy", "_SUCCESS", "_metadata", "README.md", "a.npy.crc", "dataset_info.json", "notes.TXT"):
        (tmp_path / name).write_text("not a shard")
    (tmp_path / "below").mkdir()
    (tmp_path / "old.npy").mkdir()
    assert_reads(str(tmp_path), Z)


# An index


def write_index(folder, weight_map, **metadata):
    place = folder / "model.safetensors.index.json"
    place.write_text(json.dumps({"metadata": metadata, "weight_map": weight_map}))
    return str(place)


@pytest.fixture
def index(tmp_path):
    """Tensors of two layers, in files that know no order."""
    files = {"b.safetensors": {"x.10": Z[7:], "y.1": Z[:1]}, "a.safetensors": {"x.9": Z[:7]}}
    for file, tensors in files.items():
        arrays = {name: torch.from_numpy(rows.copy()) for name, rows in tensors.items()}
        safetensors.torch.save_file(arrays, tmp_path / file)
    weight_map = {name: file for file, tensors in files.items() for name in tensors}
    return write_index(tmp_path, weight_map, total_size=4 * 39)


def test_an_index_gives_tensors_of_a_pattern_in_natural_order(index):
    assert_reads(f"{index}:x.*", Z)
    assert_reads(f"{index}:x.9", Z[:7])
    assert [shard.name for shard in find_files(f"{index}:x.*").shards] == ["a.safetensors:x.9", "b.safetensors:x.10"]


def test_an_index_of_one_tensor_needs_no_name(tmp_path):
    safetensors.torch.save_file({"Z": torch.from_numpy(Z)}, tmp_path / "a.safetensors")
    assert_reads(write_index(tmp_path, {"Z": "a.safetensors"}), Z)


@pytest.mark.parametrize(
    ("name", "found"), [("z.*", "no tensor 'z.*'"), ("", "several tensors"), ("x.1", "no tensor 'x.1'")]
)
def test_a_tensor_that_an_index_lacks_is_refused(index, name, found):
    assert refusal(open_latents, f"{index}:{name}") == (
        f"{index} has {found}; one of its tensors, or a pattern such as 'layer_3.*' of some, is required; choose among "
        "'x.9', 'x.10', 'y.1'"
    )


def test_an_index_that_names_a_missing_file_is_refused(index, tmp_path):
    (tmp_path / "b.safetensors").unlink()
    assert refusal(open_latents, f"{index}:x.*") == (
        f"{index} names 'b.safetensors', which is not there; all files of an index are required; fetch it"
    )
    assert_reads(f"{index}:x.9", Z[:7])


def test_files_that_do_not_add_up_to_what_an_index_says_are_refused(index, tmp_path):
    safetensors.torch.save_file({"x.9": torch.from_numpy(Z[:6].copy())}, tmp_path / "a.safetensors")
    assert refusal(open_latents, f"{index}:x.*") == (
        f"{index} says that its tensors have 156 bytes, and its 2 files 144; all rows of all tensors are required; "
        "fetch the files and the index again"
    )


def test_a_tensor_that_is_not_in_its_file_is_refused(tmp_path, index):
    spec = write_index(tmp_path, {"x.9": "a.safetensors", "x.8": "a.safetensors"})
    assert refusal(open_latents, f"{spec}:x.*") == (
        f"{tmp_path}/a.safetensors has no array 'x.8'; it holds 'x.9'; choose one with {tmp_path}/a.safetensors:NAME"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"weight_map": {"x": "a.safetensors", "x": "b.safetensors"}}',
            "cannot be read as JSON (it gives two values for one name); a whole file is required; save it again",
        ),
        ("[]", "holds no JSON object; one is required; save it again"),
        ('{"weight_map": []}', "has no `weight_map` of names and files; one is required; save it again"),
        ('{"weight_map": {"x": 1}}', "has no `weight_map` of names and files; one is required; save it again"),
        *(
            (
                f'{{"weight_map": {{"x": "{file}"}}}}',
                f"has 'x' in '{file}'; a .safetensors file beside the index is required; save it again",
            )
            for file in ("../a.safetensors", "/etc/passwd", "a.bin")
        ),
    ],
)
def test_what_is_no_index_is_refused(tmp_path, text, message):
    (tmp_path / "x.index.json").write_text(text)
    assert refusal(open_latents, f"{tmp_path}/x.index.json:x") == f"{tmp_path}/x.index.json {message}"


# What `datasets` saves


def test_what_datasets_has_saved_is_read_in_the_order_of_its_state():
    hidden = open_latents(f"{SAVED}:hidden")
    assert (hidden.shape, hidden.dtype) == ((7, 3), np.float16)
    scores = read_scores(f"{SAVED}:score", None, samples=7).values[:, 0]
    np.testing.assert_array_equal(hidden.whole().sum(axis=1, dtype=np.float16), scores)
    assert read_labels(f"{SAVED}:label", samples=7).numbers.tolist() == [0, 1, 0, 1, 1, 0, 1]
    assert read_split(str(SAVED), samples=7).is_train.tolist() == [True] * 5 + [False] * 2
    assert [shard.name for shard in find_files(str(SAVED)).shards] == [
        f"data-0000{number}-of-00003.arrow" for number in range(3)
    ]


def test_the_state_of_a_data_set_gives_the_order(tmp_path):
    for name, rows in {"a": Z[5:], "b": Z[:5]}.items():
        write_shard(tmp_path, name, "arrow stream", rows)
    (tmp_path / "state.json").write_text('{"_data_files": [{"filename": "b.arrow"}, {"filename": "a.arrow"}]}')
    assert_reads(f"{tmp_path}:Z", Z)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, "/state.json has no `_data_files`; a data set as save_to_disk writes it is required; save it again"),
        (
            {"_data_files": [{"filename": "b.arrow"}]},
            "/state.json names 'b.arrow', which is not there; all of its files are required; fetch it",
        ),
        (
            {"_data_files": [{"filename": "a.arrow"}] * 2},
            "/state.json names 'a.arrow' twice; each of its files once is required; save it again",
        ),
        ({"_data_files": []}, " has no rows; one for each sample is required; save a data set that has some"),
        (
            {"_data_files": [{"filename": "a.arrow"}], "_indices_data_files": [{"filename": "i.arrow"}]},
            " has its rows in an order that a file of indices gives; rows as they are required; save it after "
            "flatten_indices()",
        ),
    ],
)
def test_a_data_set_that_is_not_whole_is_refused(tmp_path, state, message):
    write_shard(tmp_path, "a", "arrow stream", Z)
    (tmp_path / "state.json").write_text(json.dumps(state))
    assert refusal(open_latents, f"{tmp_path}:Z") == f"{tmp_path}{message}"


def test_of_several_data_sets_one_has_to_be_chosen(tmp_path):
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    assert refusal(open_latents, f"{tmp_path}:Z") == (
        f"{tmp_path} is a DatasetDict, of several data sets; one of {tmp_path}/train, {tmp_path}/test is required; "
        "choose it, or save them as one with concatenate_datasets"
    )


# Shards that disagree


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (Z[:4, :2], "rows of shape (2,) and type float32"),
        (Z[:4].astype(np.float64), "rows of shape (3,) and type float64"),
        (Z[:4, :, None], "rows of shape (3, 1) and type float32"),
    ],
)
@pytest.mark.parametrize("kind", ARRAY_KINDS)
def test_an_array_of_another_shape_or_type_is_named_with_the_first(tmp_path, kind, other, found):
    first, second = (write_shard(tmp_path, name, kind, rows) for name, rows in {"a": Z, "b": other}.items())
    assert refusal(open_latents, named(tmp_path, kind)) == (
        f"{second} has {found}, and {first} of (3,) and float32; shards of one shape and one type are required; leave "
        "out what belongs to another data set, or convert it"
    )


def test_a_number_is_no_shard(tmp_path):
    np.save(tmp_path / "a.npy", Z)
    np.save(tmp_path / "b.npy", 3.0)
    assert refusal(open_latents, str(tmp_path)) == (
        f"{tmp_path}/b.npy holds a single number; rows are required of a shard; leave it out"
    )


@pytest.mark.parametrize("kind", TABLE_KINDS)
@pytest.mark.parametrize("lacking", ["a", "b"])
def test_a_table_that_lacks_a_column_is_named_with_one_that_has_it(tmp_path, kind, lacking):
    places = {name: tmp_path / f"{name}.{kind.split()[0]}" for name in "ab"}
    for name, place in places.items():
        write_table(place, kind, table_of(Z=Z, **({} if name == lacking else {"score": S})))
    (other,) = places.keys() - lacking
    assert refusal(open_latents, f"{tmp_path}:Z") == (
        f"{places[lacking]} has no column 'score', and {places[other]} has it; shards of the same columns are "
        "required; leave out what belongs to another data set"
    )


@pytest.mark.parametrize("kind", TABLE_KINDS)
def test_a_column_of_another_type_is_named_with_the_first(tmp_path, kind):
    first, second = (tmp_path / f"{name}.{kind.split()[0]}" for name in "ab")
    write_table(first, kind, table_of(Z=Z, score=S))
    write_table(second, kind, table_of(Z=Z, score=S.astype(np.float32)))
    assert_reads(f"{tmp_path}:Z", np.concatenate([Z, Z]))
    assert refusal(read_scores, f"{tmp_path}:score", None, samples=24) == (
        f"{second} has the column 'score' of type float, and {first} of type double; shards of one type are required; "
        "convert one of them"
    )


def test_lists_of_another_length_are_named_with_the_first(tmp_path):
    for name, rows in {"a": Z[:4], "b": Z[4:, :2]}.items():
        parquet.write_table(pyarrow.table({"Z": rows.tolist()}), tmp_path / f"{name}.parquet")
    assert refusal(open_latents, f"{tmp_path}:Z") == (
        f"{tmp_path}/b.parquet has lists of 2 in the column 'Z', and {tmp_path}/a.parquet of 3; lists of one length "
        "are required; make them equal"
    )


def test_a_list_of_another_length_within_a_file_is_named_with_its_row(tmp_path, monkeypatch):
    monkeypatch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", 4)
    parquet.write_table(pyarrow.table({"Z": [[1.0, 2.0]] * 4 + [[3.0]]}), tmp_path / "t.parquet", row_group_size=2)
    spec = f"{tmp_path}/t.parquet"
    assert refusal(lambda: open_latents(f"{spec}:Z").whole()) == (
        f"{spec}: column 'Z' has a list of 1 in row 4, counted from 0 and ones of 2 before; lists of one length are "
        "required; make them equal"
    )


@pytest.mark.parametrize("kind", TABLE_KINDS)
def test_an_entry_that_is_missing_or_no_number_is_named_by_its_shard_and_row(tmp_path, kind):
    ending = kind.split()[0]
    for value, message in {
        float("nan"): "`{}: column 'Z'[3]` is NaN; only finite numbers",
        None: "{}: column 'Z' is empty or NaN in row 3, counted from 0; an entry",
    }.items():
        write_table(tmp_path / f"a.{ending}", kind, pyarrow.table({"Z": [1.0]}))
        write_table(tmp_path / f"b.{ending}", kind, pyarrow.table({"Z": [1.0, 2.0, 3.0, value]}))
        found = refusal(lambda: open_latents(f"{tmp_path}:Z").whole())
        assert found.startswith(message.format(tmp_path / f"b.{ending}"))


def test_an_integer_that_another_column_does_not_go_with_is_named(tmp_path):
    columns = {"a": np.array([1, 2, 2**53 + 1]), "b": np.array([0.5, 0.5, 0.5])}
    parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet", row_group_size=2)
    assert refusal(lambda: open_latents(f"{tmp_path}/t.parquet").whole()).startswith(
        f"{tmp_path}/t.parquet: column 'a' has the integer 9007199254740993 in row 2, counted from 0, which is no "
        "64-bit float"
    )


# Nothing, or not shards


def test_what_has_no_shards_is_refused(tmp_path):
    (tmp_path / "README.md").touch()
    formats = ".npy, .npz, .safetensors, .pt, .parquet, .arrow, .h5, .zarr"
    assert refusal(open_latents, str(tmp_path)) == (
        f"{tmp_path} has no shard; a folder of files of one of the formats, {formats}, is required; check the path"
    )
    assert refusal(open_latents, f"{tmp_path}/*.npy") == (
        f"{tmp_path}/*.npy has no shard; a pattern that fits files of one of the formats, {formats}, is required; "
        "check the path"
    )
    (tmp_path / "split=train").mkdir()
    assert refusal(open_latents, str(tmp_path)).startswith(
        f"{tmp_path} has no shard, only folders such as 'split=train'; a folder"
    )


def test_shards_of_two_formats_are_refused(tmp_path):
    np.save(tmp_path / "b.npy", Z)
    write_shard(tmp_path, "a", "parquet", Z)
    assert refusal(open_latents, str(tmp_path)) == (
        f"{tmp_path} has 'a.parquet' and 'b.npy', shards of two formats; one is required; choose files by a pattern "
        "such as *.parquet"
    )
    assert_reads(f"{tmp_path}/*.npy", Z)


def test_what_is_no_shard_beside_shards_is_refused(tmp_path):
    np.save(tmp_path / "b.npy", Z)
    (tmp_path / "a.csv").touch()
    assert refusal(open_latents, str(tmp_path)) == (
        f"{tmp_path} has 'a.csv', which is no shard; files that end in .npy, .npz, .safetensors, .pt, .parquet, "
        ".arrow, .h5, .zarr are required; move it away, or choose files by a pattern"
    )


def test_a_zarr_folder_is_known_by_its_ending(tmp_path):
    zarr.create_array(str(tmp_path / "Z"), data=Z)
    assert refusal(open_latents, f"{tmp_path}/Z") == (
        f"{tmp_path}/Z is a zarr folder; a name that ends in .zarr is required for one; rename it"
    )


def test_shards_that_hold_no_row_are_refused(tmp_path):
    parquet.write_table(table_of(Z=Z)[:0], tmp_path / "a.parquet")
    assert refusal(open_latents, f"{tmp_path}:Z") == (
        f"{tmp_path} has no rows; one for each sample is required; add them"
    )


# Files that change


@pytest.mark.parametrize("kind", KINDS)
def test_a_shard_that_is_written_anew_is_refused_when_it_is_read_again(tmp_path, kind):
    folder = write_shards(tmp_path, kind, Z, [4])
    source = open_latents(named(folder, kind))
    source.whole()
    place = write_shard(folder, "part-6", kind, Z[4:10])
    assert refusal(source.whole) == (
        f"{place} was written anew while it was read; files that stay as they are are required; run the command again "
        "when they do"
    )
    np.testing.assert_array_equal(source.read(0, 4), Z[:4])


# Scores, labels and what else is read


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "npy"])
def test_scores_labels_parts_groups_and_weights_are_read_from_shards(tmp_path, kind):
    others = {"score": S, "label": np.arange(12) % 2, "split": np.arange(12) < 9, "group": np.arange(12) // 3}
    folder = write_shards(tmp_path, kind, Z, [1, 7], **others)
    np.testing.assert_array_equal(read_scores(f"{folder}:score", None, samples=12).values[:, 0], S)
    assert read_labels(f"{folder}:label", samples=12).numbers.tolist() == [0, 1] * 6
    assert read_split(f"{folder}:split", samples=12).is_train.sum() == 9
    assert read_groups(f"{folder}:group", samples=12).tolist() == others["group"].tolist()
    assert read_sample_weights(f"{folder}:score", samples=12).tolist() == S.tolist()


def test_what_is_wrong_with_a_column_of_shards_is_named_by_its_shard(tmp_path):
    for name, values in {"a": [1.0, 2.0], "b": [3.0, None]}.items():
        parquet.write_table(pyarrow.table({"score": values}), tmp_path / f"{name}.parquet")
    assert refusal(read_scores, f"{tmp_path}:score", None, samples=4) == (
        f"{tmp_path}: column 'score' is empty or NaN in row 1 of {tmp_path}/b.parquet, counted from 0; an entry for "
        "each sample is required; leave the sample out, here and in the latents"
    )
    assert refusal(read_scores, f"{tmp_path}:score", None, samples=5).startswith(f"{tmp_path} has 4 rows and the")
    assert refusal(read_scores, f"{tmp_path}:size", None, samples=4) == (
        f"{tmp_path} has no column 'size'; it has 'score'; choose among these with --names"
    ).replace("--names", "`names=…`")


def test_columns_that_are_something_else_are_no_latents(tmp_path):
    others = {"score": S, "part": ["train"] * 8 + ["test"] * 4, "who": np.arange(12) // 2, "weight": S}
    columns = {f"d{number}": Z[:, number] for number in range(3)} | others
    for number, rows in enumerate((slice(0, 5), slice(5, 12))):
        part = pyarrow.table({name: list(values[rows]) for name, values in columns.items()})
        parquet.write_table(part, tmp_path / f"{number}.parquet")
    given = read_given(
        f"{tmp_path}/*.parquet",
        f"{tmp_path}:score",
        names=None,
        split_file=f"{tmp_path}:part",
        groups=f"{tmp_path}:who",
        sample_weights=str(tmp_path),
    )
    np.testing.assert_array_equal(given.latents.whole(), Z.astype(np.float64))
    assert given.scores.names == ("score",)
    labelled = read_labelled(f"{tmp_path}/*.parquet:d0", f"{tmp_path}:part", split_file=None, groups=f"{tmp_path}:who")
    assert labelled.latents.shape == (12, 1)


def test_columns_that_are_chosen_by_name_are_no_latents(tmp_path):
    parquet.write_table(table_of(a=S, b=S + 1, c=S + 2), tmp_path / "t.parquet")
    spec = f"{tmp_path}/t.parquet"
    given = read_given(spec, spec, names=["b", "c"], split_file=None)
    assert (given.latents.shape, given.scores.names) == ((12, 1), ("b", "c"))


# What is recorded


@pytest.mark.parametrize("kind", ["npy", "parquet", "zarr 3"])
def test_shards_are_recorded_with_their_rows_and_digests(tmp_path, kind):
    folder = write_shards(tmp_path / "acts", kind, Z, [5, 6], score=S)
    np.save(tmp_path / "scores.npy", S)
    origin = read_given(named(folder, kind), f"{tmp_path}/scores.npy", names=None, split_file=None).origin
    ending = kind.split()[0]
    assert [(shard.name, shard.rows) for shard in origin.shards] == [
        (f"part-1.{ending}", 5),
        (f"part-6.{ending}", 1),
        (f"part-11.{ending}", 6),
    ]
    if kind != "zarr 3":
        digests = [hashlib.sha256((folder / shard.name).read_bytes()).hexdigest() for shard in origin.shards]
        assert [shard.sha256 for shard in origin.shards] == digests
    text = json.dumps([[shard.name, shard.rows, shard.sha256] for shard in origin.shards], separators=(",", ":"))
    assert origin.dataset_sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert origin.dataset == "acts"


def test_the_digest_of_a_zarr_folder_is_of_the_names_sizes_and_digests_of_its_files(tmp_path):
    write_shard(tmp_path, "Z", "zarr 3", Z)
    np.save(tmp_path / "S.npy", S)
    origin = read_given(f"{tmp_path}/Z.zarr", f"{tmp_path}/S.npy", names=None, split_file=None).origin
    files = sorted((file for file in (tmp_path / "Z.zarr").rglob("*") if file.is_file()), key=str)
    told = [
        [str(file.relative_to(tmp_path / "Z.zarr")), file.stat().st_size, hashlib.sha256(file.read_bytes()).hexdigest()]
        for file in files
    ]
    text = json.dumps(told, separators=(",", ":"))
    assert (origin.dataset_sha256, origin.shards) == (hashlib.sha256(text.encode()).hexdigest(), ())
    assert any("/c/" in name for name, _, _ in told)


def test_digests_are_the_same_whoever_computes_them(tmp_path):
    folder = write_shards(tmp_path / "acts", "npy", Z, [1, 2, 3, 4])
    np.save(tmp_path / "S.npy", S)
    with open_workers(jobs=2) as workers:
        there = read_given(str(folder), f"{tmp_path}/S.npy", names=None, split_file=None, workers=workers)
    assert there.origin == read_given(str(folder), f"{tmp_path}/S.npy", names=None, split_file=None).origin


def test_the_digest_of_a_data_set_is_that_of_a_text_that_anybody_can_write():
    shards = [Shard("a.npy", 2, "ab"), Shard("ä.npy", 3, "cd")]
    text = '[["a.npy",2,"ab"],["\\u00e4.npy",3,"cd"]]'
    assert data_set_sha256(shards) == hashlib.sha256(text.encode()).hexdigest()


def test_shards_are_inputs_that_nothing_replaces(tmp_path):
    folder = write_shards(tmp_path / "acts", "npy", Z, [5])
    with guarding(Guard()) as guard:
        open_latents(f"{folder}/*.npy")
        open_latents(str(folder))
    assert set(guard.inputs) == {folder / "part-1.npy", folder / "part-6.npy"}


# HDF5 and zarr


def test_an_array_that_is_alone_in_its_file_needs_no_name(tmp_path):
    with h5py.File(tmp_path / "Z.h5", "w") as file:
        file["deep/below"] = Z
    zarr.create_array(str(tmp_path / "Z.zarr"), data=Z)
    zarr.create_array(str(tmp_path / "group.zarr"), name="deep/below", data=Z)
    for name in ("Z.h5", "Z.h5:deep/below", "Z.zarr", "group.zarr", "group.zarr:deep/below"):
        assert_reads(f"{tmp_path}/{name}", Z)


@pytest.mark.parametrize("kind", ["h5", "zarr 3"])
def test_numbers_without_dimensions_are_one_row(tmp_path, kind):
    if kind == "h5":
        with h5py.File(tmp_path / "Z.h5", "w") as file:
            file["Z"] = 2.5
    else:
        zarr.create_array(str(tmp_path / "Z.zarr"), data=np.array(2.5))
    assert open_array(f"{tmp_path}/Z.{kind.split()[0]}").whole() == np.float64(2.5)


def test_labels_can_be_texts_of_one_length_in_hdf5(tmp_path):
    with h5py.File(tmp_path / "y.h5", "w") as file:
        file["y"] = np.array([b"no", b"yes", b"no"])
    assert read_labels(f"{tmp_path}/y.h5:y", samples=3).class_names == ("no", "yes")


def test_what_hdf5_does_not_hold_itself_is_refused(tmp_path):
    np.save(tmp_path / "raw.npy", Z)
    with h5py.File(tmp_path / "Z.h5", "w") as file:
        file["texts"] = ["a", "bc"]
        file["empty"] = h5py.Empty("f4")
        file.create_dataset("raw", (4, 3), "f4", external=[(str(tmp_path / "raw.npy"), 0, 48)])
        layout = h5py.VirtualLayout((4, 3), "f4")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "Z", (4, 3))
        file.create_virtual_dataset("virtual", layout)
        file["elsewhere"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "Z")
        file["compound"] = np.zeros(3, [("a", "f4")])
        file.create_dataset("filled", (10**6, 100), "f8", chunks=(1000, 100))
        file.create_dataset("chunk", (2**18, 2**10), "f8", chunks=(2**18, 2**10))
    spec = f"{tmp_path}/Z.h5"
    others = "has its entries in other files; a data set that is in the file itself is required, so that"
    for name, message in {
        "texts": "is empty, or has entries of different lengths; numbers, or texts of one length, are required;",
        "empty": "is empty, or has entries of different lengths; numbers, or texts of one length, are required;",
        "raw": others,
        "virtual": others,
        "compound": "has entries of type",
        "filled": "would grow from 0 to 800000000 bytes; numbers that were measured grow less than 200-fold;",
        "chunk": "would grow from 0 to 2147483648 bytes; numbers that were measured grow less than 200-fold;",
    }.items():
        assert refusal(open_latents, f"{spec}:{name}").startswith(f"{spec}:{name} {message}")
    assert refusal(open_latents, f"{spec}:elsewhere").startswith(f"{spec} has no array 'elsewhere'; it holds")


def test_a_chunk_that_is_larger_than_memory_should_be_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(chunked_files, "_LARGEST_CHUNK", 23)
    for kind, source in {"h5": "Z.h5:Z", "zarr 2": "Z.zarr:Z"}.items():
        write_shard(tmp_path, "Z", kind, Z)
        assert refusal(open_latents, f"{tmp_path}/{source}") == (
            f"{tmp_path}/{source} is stored in chunks of 2 rows, 24 bytes; at most 23 are required, since a chunk is "
            "read as a whole; store it in smaller chunks"
        )


@pytest.mark.parametrize("name", ["Z.h5", "Z.zarr", "Z.parquet", "Z.arrow"])
def test_what_is_damaged_is_refused_in_one_line(tmp_path, name):
    place = tmp_path / name
    if name == "Z.zarr":
        place.mkdir()
    else:
        place.write_bytes(b"nothing of this kind")
    assert re.match(
        rf"{place} is not (an HDF5 file|a zarr folder|a \.parquet file|an Arrow file) or is damaged \(",
        refusal(open_latents, str(place)),
    )


@pytest.mark.parametrize("kind", ["h5", "arrow file", "arrow stream", "parquet"])
def test_a_file_that_ends_early_is_refused(tmp_path, kind):
    place = write_shard(tmp_path, "Z", kind, np.ones((1000, 3)), chunk=100)
    place.write_bytes(place.read_bytes()[: place.stat().st_size // 2])
    assert "is damaged (" in refusal(lambda: open_latents(f"{place}:Z").whole())


def test_a_zarr_path_that_is_no_folder_is_refused(tmp_path):
    assert refusal(open_latents, f"{tmp_path}/Z.zarr") == (
        f"{tmp_path}/Z.zarr is no folder; a zarr folder of arrays is required; check the path"
    )


def test_a_codec_that_is_not_known_to_run_no_code_is_refused(tmp_path):
    write_shard(tmp_path, "Z", "zarr 2", Z)
    metadata = tmp_path / "Z.zarr" / "Z" / ".zarray"
    content = json.loads(metadata.read_text())
    metadata.write_text(json.dumps(content | {"compressor": {"id": "base64"}}))
    assert refusal(open_latents, f"{tmp_path}/Z.zarr:Z") == (
        f"{tmp_path}/Z.zarr:Z is packed by 'base64'; one of adler32, astype, bitround, blosc, bytes, bz2 and the like "
        "is required, which run no code of the file; store it with one of these"
    )


def test_a_zarr_folder_that_would_grow_without_bound_is_refused(tmp_path):
    zarr.create_array(str(tmp_path / "Z.zarr"), shape=(10**9, 8), chunks=(1000, 8), dtype="f4")
    assert re.match(
        rf"{tmp_path}/Z\.zarr would grow from \d+ to 32000000000 bytes; numbers that were measured grow less than",
        refusal(open_latents, f"{tmp_path}/Z.zarr"),
    )


# What readers promise


@pytest.mark.parametrize("kind", [*TABLE_KINDS, "h5", "zarr 2", "zarr 3"])
def test_from_any_step_on_all_rows_to_the_last_come_out(tmp_path, kind):
    (part,) = open_latents(named(write_shard(tmp_path, "Z", kind, Z, chunk=5), kind)).parts
    for step, start in enumerate(part.starts):
        np.testing.assert_array_equal(np.concatenate(list(part.from_step(step))), Z[start:], strict=True)


def test_a_file_that_lost_rows_since_it_was_opened_is_refused(tmp_path):
    parquet.write_table(table_of(Z=Z), tmp_path / "Z.parquet", row_group_size=12)
    (part,) = open_latents(f"{tmp_path}/Z.parquet:Z").parts
    parquet.write_table(table_of(Z=Z[:5]), tmp_path / "Z.parquet", row_group_size=12)
    assert refusal(part.whole) == (
        f"{tmp_path}/Z.parquet has no row 5, and had 12 rows; a file that stays as it is is required; run the command "
        "again"
    )


@pytest.mark.parametrize("start", range(13))
def test_around_some_rows_are_the_files_that_hold_them_and_no_others(tmp_path, start):
    source = open_latents(str(write_shards(tmp_path, "npy", Z, [2, 3, 7])))
    bounds = [0, 2, 3, 7, 12]
    for stop in range(start, 13):
        near, offset = source.around(start, stop)
        np.testing.assert_array_equal(near.read(start - offset, stop - offset), Z[start:stop])
        held = [number for number in range(4) if max(bounds[number], start) < min(bounds[number + 1], stop)]
        assert len(near.files) == max(1, len(held))


def test_of_a_compressed_archive_among_shards_rows_are_better_read_in_order(tmp_path):
    for kind, is_so in {"npz": True, "npy": False}.items():
        source = open_latents(named(write_shards(tmp_path / kind, kind, Z, [5]), kind))
        assert source.is_read_from_start is is_so


def test_a_name_that_is_too_long_for_a_file_is_no_pattern_that_is_there(tmp_path):
    assert refusal(open_latents, f"{tmp_path}/{'a' * 300}*").startswith(f"{tmp_path}/{'a' * 300}* has no shard;")
