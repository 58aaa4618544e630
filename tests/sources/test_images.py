"""Data sets: what they hold, how IDX files are read and refused, and the split."""

import gzip
import hashlib
import math
import re
import struct

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from bridge.sources.idx import read_idx_images
from bridge.sources.images import load_images, own_labels
from bridge.sources.split import split
from support.idx import idx_bytes, write_idx
from support.refusals import refusal

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
OTHER_PIXELS = np.random.default_rng(1).integers(0, 256, (2, 28, 28), dtype=np.uint8)


# The digits


def bilinear(small):
    """Resize 8×8 to 28×28: the weighted mean of the four nearest pixel centres, the border repeated outside."""
    large = np.zeros((28, 28))
    for row in range(28):
        for column in range(28):
            y, x = (min(max((place + 0.5) * 8 / 28 - 0.5, 0), 7) for place in (row, column))
            top, left = math.floor(y), math.floor(x)
            bottom, right = min(top + 1, 7), min(left + 1, 7)
            down, along = y - top, x - left
            large[row, column] = (
                (1 - down) * (1 - along) * small[top, left]
                + (1 - down) * along * small[top, right]
                + down * (1 - along) * small[bottom, left]
                + down * along * small[bottom, right]
            )
    return large


def test_the_digits_are_all_1797_with_values_in_the_unit_interval():
    digits = load_images("digits")
    assert (digits.name, digits.images.dtype, digits.images.shape) == ("digits", torch.float32, (1797, 1, 28, 28))
    assert (digits.images.min(), digits.images.max()) == (0, 1)


def test_the_digits_are_resized_bilinearly():
    small = load_digits().images / 16
    for number, image in enumerate(load_images("digits", limit=10).images):
        np.testing.assert_allclose(image[0].numpy(), bilinear(small[number]), atol=1e-6)


def test_the_digits_are_the_same_at_every_call_whatever_the_seed():
    first, second = load_images("digits"), load_images("digits", seed=7)
    assert torch.equal(first.images, second.images)
    assert first.sha256 == second.sha256


# What holds for every data set


@pytest.mark.parametrize("name", ["digits", "random"])
def test_the_sha256_is_that_of_the_whole_set_as_little_endian_float32(name):
    whole = load_images(name)
    digest = hashlib.sha256(whole.images.numpy().astype("<f4").tobytes()).hexdigest()
    assert whole.sha256 == digest
    assert load_images(name, limit=5).sha256 == digest


@pytest.mark.parametrize("name", ["digits", "random"])
@pytest.mark.parametrize("limit", [1, 5, 128])
def test_a_limit_keeps_the_first_images_and_their_places(name, limit):
    part = load_images(name, limit=limit)
    assert torch.equal(part.images, load_images(name).images[:limit])
    assert part.indices.dtype == np.int64
    assert part.indices.tolist() == list(range(limit))


@pytest.mark.parametrize(("name", "size"), [("digits", 1797), ("random", 128)])
@pytest.mark.parametrize("excess", [0, -1, None])
def test_a_limit_outside_the_data_set_is_refused(name, size, excess):
    limit = size + 1 if excess is None else excess
    assert refusal(load_images, name, limit=limit) == (
        f"a limit of {limit} images was given; between 1 and {size} are in the data set '{name}'; choose a number in "
        "that range"
    )


@pytest.mark.parametrize("name", ["", "digit", "Digits", "digits:", "random:3", "MNIST", "MNIST:data", "data/mnist"])
def test_an_unknown_data_set_is_refused(name):
    assert refusal(load_images, name) == (
        f"data set {name!r} is unknown, and no folder or file has this name; `mnist`, `mnist:DIR`, `digits`, `random`, "
        "a folder of images, or an .npy or .npz file is required; choose one of them"
    )


# Random images


def test_random_images_are_128_of_uniform_noise():
    noise = load_images("random")
    assert (noise.name, noise.images.dtype, noise.images.shape) == ("random", torch.float32, (128, 1, 28, 28))
    assert 0 <= noise.images.min() < 0.001
    assert 0.999 < noise.images.max() <= 1
    assert noise.images.mean().item() == pytest.approx(0.5, abs=0.01)


def test_random_images_are_seeded_and_leave_the_callers_random_state():
    state = torch.random.get_rng_state()
    first, again, other = (load_images("random", seed=seed) for seed in (3, 3, 4))
    assert torch.equal(first.images, again.images)
    assert not torch.equal(first.images, other.images)
    assert first.sha256 != other.sha256
    assert torch.equal(torch.random.get_rng_state(), state)


# MNIST


@pytest.mark.parametrize("stem", ["train-images-idx3-ubyte", "train-images.idx3-ubyte"])
@pytest.mark.parametrize("other_stem", ["t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_both_parts_of_mnist_are_read_in_order_under_either_name(tmp_path, stem, other_stem, suffix):
    write_idx(tmp_path / f"{stem}{suffix}", PIXELS)
    write_idx(tmp_path / f"{other_stem}{suffix}", OTHER_PIXELS)
    mnist = load_images(f"mnist:{tmp_path}")
    assert (mnist.name, mnist.images.dtype, mnist.images.shape) == ("mnist", torch.float32, (5, 1, 28, 28))
    expected = np.concatenate([PIXELS, OTHER_PIXELS]).astype(np.float32) / np.float32(255)
    assert np.array_equal(mnist.images[:, 0].numpy(), expected)


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "t10k-images.idx3-ubyte.gz"])
def test_one_part_of_mnist_is_enough(tmp_path, name):
    write_idx(tmp_path / name, PIXELS)
    assert len(load_images(f"mnist:{tmp_path}").images) == 3


def test_gzip_does_not_change_the_sha256(tmp_path):
    digests = set()
    for suffix in ("", ".gz"):
        folder = tmp_path / f"folder{suffix}"
        folder.mkdir()
        write_idx(folder / f"train-images-idx3-ubyte{suffix}", PIXELS)
        digests.add(load_images(f"mnist:{folder}").sha256)
    assert len(digests) == 1


def test_a_part_that_is_there_twice_is_read_once(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte", PIXELS)
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", OTHER_PIXELS)
    assert len(load_images(f"mnist:{tmp_path}").images) == 3


def test_a_folder_in_the_place_of_a_file_is_passed_over(tmp_path):
    (tmp_path / "train-images-idx3-ubyte").mkdir()
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", PIXELS)
    assert len(load_images(f"mnist:{tmp_path}").images) == 3


def test_a_colon_in_the_folder_name_belongs_to_it(tmp_path):
    folder = tmp_path / "a:b"
    folder.mkdir()
    write_idx(folder / "train-images-idx3-ubyte", PIXELS)
    assert len(load_images(f"mnist:{folder}").images) == 3


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_what_is_no_folder_is_refused(tmp_path, kind):
    folder = tmp_path / kind
    if kind == "file":
        write_idx(folder, PIXELS)
    assert refusal(load_images, f"mnist:{folder}") == (
        f"{folder} is not a folder; `mnist:DIR` needs the folder of the IDX files; name it"
    )


def test_a_folder_name_that_the_system_refuses_is_refused():
    message = refusal(load_images, f"mnist:{'a' * 300}")
    assert message == (
        f"{'a' * 300} cannot be searched (File name too long); `mnist:DIR` needs the folder of the IDX files; name it"
    )


@pytest.mark.parametrize("name", ["train-labels-idx1-ubyte", "images.bin", None])
def test_a_folder_without_images_is_refused(tmp_path, name):
    if name is None:
        (tmp_path / "train-images-idx3-ubyte").mkdir()
    else:
        write_idx(tmp_path / name, PIXELS)
    assert refusal(load_images, f"mnist:{tmp_path}") == (
        f"{tmp_path} has no MNIST images; train-images-idx3-ubyte or t10k-images-idx3-ubyte, plain or .gz, is "
        "required; copy the files there"
    )


WHOLE = idx_bytes(PIXELS)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "has 0 bytes; an IDX file of images has at least 16; download it again"),
        (WHOLE[:15], "has 15 bytes; an IDX file of images has at least 16; download it again"),
        (
            idx_bytes(PIXELS, magic=0x00000801),
            "begins with the magic number 0x00000801; 0x00000803 (unsigned bytes in three dimensions) is required; "
            "name a file of images",
        ),
        (idx_bytes(PIXELS, magic=0x00000D03), "begins with the magic number 0x00000d03; 0x00000803 (unsigned bytes"),
        (idx_bytes(PIXELS, magic=0x03080000), "begins with the magic number 0x03080000; 0x00000803 (unsigned bytes"),
        (gzip.compress(WHOLE, mtime=0), "begins with the magic number 0x1f8b0800; 0x00000803 (unsigned bytes"),
        (idx_bytes(PIXELS[:, :27]), "has images of 27×28 pixels; 28×28 is required; resize them"),
        (idx_bytes(PIXELS[:, :, :8]), "has images of 28×8 pixels; 28×28 is required; resize them"),
        (idx_bytes(PIXELS[:0]), "has 0 images; between 1 and 1369568 are required; download it again"),
        (
            WHOLE[:4] + b"\xff" * 4 + WHOLE[8:],
            "has 4294967295 images; between 1 and 1369568 are required; download it again",
        ),
        (WHOLE[:-1], "has 2367 bytes; its header says 3 images, 2368 bytes; download it again"),
        (WHOLE[:16], "has 16 bytes; its header says 3 images, 2368 bytes; download it again"),
        (WHOLE + b"\0", "has more than 2368 bytes; its header says 3 images, 2368 bytes; download it again"),
    ],
    ids=[
        "empty",
        "short header",
        "labels",
        "floats",
        "little-endian",
        "gzip without its name",
        "height",
        "width",
        "no images",
        "many images",
        "short by one byte",
        "header only",
        "long by one byte",
    ],
)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_file_that_is_not_what_it_should_be_is_refused(tmp_path, data, message, suffix):
    path = tmp_path / f"train-images-idx3-ubyte{suffix}"
    path.write_bytes(gzip.compress(data) if suffix else data)
    assert refusal(read_idx_images, path).startswith(f"{path} {message}")
    assert refusal(load_images, f"mnist:{tmp_path}").startswith(f"{path} {message}")


def test_the_other_part_does_not_hide_a_damaged_one(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte", PIXELS)
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(WHOLE[:-1])
    assert "t10k-images-idx3-ubyte has 2367 bytes" in refusal(load_images, f"mnist:{tmp_path}")


def with_flipped_bits(data, position):
    return data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :]


PACKED = gzip.compress(WHOLE, mtime=0)


@pytest.mark.parametrize(
    "data",
    [
        WHOLE,
        PACKED[:9],
        PACKED[:-1],
        PACKED[: len(PACKED) // 2],
        with_flipped_bits(PACKED, 10),
        with_flipped_bits(PACKED, len(PACKED) // 2),
        with_flipped_bits(PACKED, len(PACKED) - 8),
        with_flipped_bits(PACKED, len(PACKED) - 1),
        PACKED + b"more",
    ],
    ids=[
        "not compressed",
        "header cut",
        "last byte cut",
        "half",
        "block type",
        "middle",
        "checksum",
        "length",
        "more behind",
    ],
)
def test_a_damaged_gzip_file_is_refused(tmp_path, data):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(data)
    message = refusal(read_idx_images, path)
    assert re.search(
        rf"^{re.escape(str(path))} is not a whole gzip file \(.+\); one is required; download it again$", message
    )


def test_an_empty_gzip_file_is_refused(tmp_path):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.touch()
    assert refusal(read_idx_images, path).startswith(f"{path} has 0 bytes; ")


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"])
def test_a_folder_is_no_idx_file(tmp_path, name):
    path = tmp_path / name
    path.mkdir()
    assert refusal(read_idx_images, path) == (
        f"{path} cannot be read (Is a directory); a readable file is required; check the path"
    )


def test_a_missing_idx_file_is_refused(tmp_path):
    path = tmp_path / "none"
    assert refusal(read_idx_images, path).startswith(f"{path} does not exist; ")


# The split


@given(st.integers(1, 300), st.floats(0, 1, exclude_max=True), st.integers(0, 2**63))
def test_the_held_out_part_has_the_size_that_was_asked_for(samples, held_out, seed):
    parts = split(samples, held_out=held_out, seed=seed)
    assert (parts.is_train.dtype, parts.is_train.shape) == (np.bool_, (samples,))
    least = 1 if held_out > 0 else 0
    wanted = min(max(samples * held_out, least), samples - 1)
    assert abs(parts.is_held_out.sum() - wanted) <= 0.5
    assert not parts.is_calibration.any()


@given(st.integers(1, 300), st.floats(0, 0.5), st.floats(0, 0.5, exclude_max=True), st.integers(0, 2**63))
def test_every_sample_is_in_one_part(samples, held_out, calibration, seed):
    parts = split(samples, held_out=held_out, seed=seed, calibration=calibration)
    memberships = parts.is_train.astype(int) + parts.is_calibration + parts.is_held_out
    assert (memberships == 1).all()
    assert parts.is_train.any()


@given(st.integers(1, 300), st.floats(0, 0.5), st.floats(0, 0.5, exclude_max=True), st.integers(0, 2**63))
def test_the_held_out_part_does_not_depend_on_the_calibration_part(samples, held_out, calibration, seed):
    with_it = split(samples, held_out=held_out, seed=seed, calibration=calibration)
    without = split(samples, held_out=held_out, seed=seed)
    assert np.array_equal(with_it.is_held_out, without.is_held_out)


@pytest.mark.parametrize(
    ("samples", "held_out", "count"),
    [
        (1797, 0.2, 359),
        (10, 0.2, 2),
        (10, 0.0, 0),
        (10, 0.01, 1),
        (10, 0.999, 9),
        (2, 0.01, 1),
        (2, 0.99, 1),
        (1, 0.0, 0),
        (1, 0.2, 0),
        (1, 0.99, 0),
    ],
)
def test_a_positive_fraction_leaves_something_on_both_sides_where_that_is_possible(samples, held_out, count):
    assert split(samples, held_out=held_out, seed=0).is_held_out.sum() == count


@pytest.mark.parametrize(
    ("samples", "held_out", "calibration", "count"),
    [(1797, 0.2, 0.2, 359), (10, 0.2, 0.01, 1), (10, 0.5, 0.49, 4), (2, 0.4, 0.4, 0), (1, 0.0, 0.4, 0)],
)
def test_the_calibration_part_leaves_something_to_fit_on(samples, held_out, calibration, count):
    assert split(samples, held_out=held_out, seed=0, calibration=calibration).is_calibration.sum() == count


@pytest.mark.parametrize(
    ("held_out", "calibration", "message"),
    [
        (0.2, 1.0, "the calibration fraction is 1.0; a number in [0, 1) is required; choose --calibration 0.2, say"),
        (0.2, -0.1, "the calibration fraction is -0.1; a number in [0, 1) is required; choose --calibration 0.2, say"),
        (0.5, 0.5, "the fractions 0.5 to hold out and 0.5 to calibrate with leave nothing to fit on; a sum below 1 is "
         "required; choose smaller ones"),
    ],
)  # fmt: skip
def test_a_calibration_fraction_that_cannot_be_is_refused(held_out, calibration, message):
    assert refusal(split, 10, held_out=held_out, seed=0, calibration=calibration) == message


def test_the_split_is_seeded():
    first, again, other = (split(100, held_out=0.3, seed=seed).is_train for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_every_sample_has_the_same_chance_to_be_held_out():
    counts = sum(split(20, held_out=0.25, seed=seed).is_held_out.astype(int) for seed in range(400))
    # 100 expected of each; five standard deviations are 43.
    assert (abs(counts - 100) < 43).all()


@pytest.mark.parametrize("held_out", [-0.1, 1.0, 1.5, math.nan, math.inf, -math.inf])
def test_a_fraction_outside_the_half_open_unit_interval_is_refused(held_out):
    assert refusal(split, 10, held_out=held_out, seed=0) == (
        f"the held-out fraction is {held_out}; a number in [0, 1) is required; choose --held-out 0.2, say"
    )


# Groups


@given(st.lists(st.integers(0, 9), min_size=3, max_size=60), st.floats(0, 0.5), st.floats(0, 0.4), st.integers(0, 99))
def test_a_group_is_in_one_part(groups, held_out, calibration, seed):
    groups = np.array([*groups, 0, 1, 2])
    parts = split(len(groups), held_out=held_out, seed=seed, calibration=calibration, groups=groups)
    for part in (parts.is_train, parts.is_calibration, parts.is_held_out):
        assert not set(groups[part]) & set(groups[~part])
    assert parts.is_train.any()
    assert parts.is_held_out.any() == (held_out > 0)


def test_groups_of_one_sample_are_split_as_samples_are():
    with_groups = split(50, held_out=0.2, seed=3, calibration=0.1, groups=np.arange(50))
    without = split(50, held_out=0.2, seed=3, calibration=0.1)
    assert np.array_equal(with_groups.is_train, without.is_train)
    assert np.array_equal(with_groups.is_calibration, without.is_calibration)


@pytest.mark.parametrize(("held_out", "calibration", "count"), [(0.2, 0.0, 2), (0.2, 0.2, 3), (0.0, 0.2, 2)])
def test_fewer_groups_than_parts_are_refused(held_out, calibration, count):
    groups = np.arange(12) % (count - 1)
    assert refusal(split, 12, held_out=held_out, seed=0, calibration=calibration, groups=groups) == (
        f"the number of groups of samples is {count - 1}; at least {count} are required, one for each part; choose "
        "other groups or fewer parts"
    )
    assert split(12, held_out=0, seed=0, groups=groups).is_train.all()


# Seeds


@pytest.mark.parametrize("seed", [-1, 2**64, "0", None, 1.5, True])
def test_a_seed_that_no_generator_takes_is_refused(seed):
    message = f"the seed is {seed!r}; an integer in [0, 2^64) is required; choose `seed=0`, say"
    assert refusal(split, 10, held_out=0.2, seed=seed) == refusal(load_images, "random", seed=seed) == message


# Classes


def write_labels(path, labels, magic=0x00000801, count=None):
    header = struct.pack(">2I", magic, len(labels) if count is None else count)
    data = header + np.asarray(labels, np.uint8).tobytes()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def test_the_digits_come_with_their_classes():
    labels = own_labels("digits")
    assert (labels.name, labels.class_names) == ("digit", tuple("0123456789"))
    np.testing.assert_array_equal(labels.numbers, load_digits().target)
    np.testing.assert_array_equal(own_labels("digits", limit=30).numbers, load_digits().target[:30])


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_the_classes_of_mnist_are_those_of_the_files_of_images_in_their_order(tmp_path, suffix):
    write_idx(tmp_path / "train-images.idx3-ubyte", np.zeros((3, 28, 28)))
    write_idx(tmp_path / f"t10k-images-idx3-ubyte{suffix}", np.zeros((2, 28, 28)))
    write_labels(tmp_path / f"train-labels.idx1-ubyte{suffix}", [7, 0, 3])
    write_labels(tmp_path / "t10k-labels-idx1-ubyte", [3, 7])
    labels = own_labels(f"mnist:{tmp_path}")
    assert [labels.class_names[number] for number in labels.numbers] == ["7", "0", "3", "3", "7"]
    assert len(own_labels(f"mnist:{tmp_path}", limit=2).numbers) == 2


@pytest.mark.parametrize("name", ["random", "digit", "images.npy"])
def test_a_data_set_without_classes_is_refused(name):
    assert refusal(own_labels, name) == (
        f"the data set {name!r} has no classes of its own; `mnist`, `mnist:DIR` or `digits` is required for them; "
        "name a file of labels"
    )


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            None,
            "{path} does not exist, nor does it with .gz; the labels of train-images-idx3-ubyte are required there; ",
        ),
        ({"labels": [1, 2]}, "{path} has 2 labels and train-images-idx3-ubyte 3 images; one for each is required; "),
        (
            {"labels": [1, 2, 3], "magic": 0x00000803},
            "{path} begins with the bytes 00 00 08 03 00 00 00 03; an IDX file of labels begins with 0x00000801 and ",
        ),
        (
            {"labels": [1, 2, 3], "count": 0},
            "{path} begins with the bytes 00 00 08 01 00 00 00 00; an IDX file of labels begins with 0x00000801 and ",
        ),
        ({"labels": [1, 2], "count": 3}, "{path} has 10 bytes; its header says 3 labels, 11 bytes; download it again"),
        ({"labels": [1, 2, 3, 4], "count": 3}, "{path} has more than 11 bytes; its header says 3 labels, 11 bytes; "),
        ("", "{path} begins with the bytes of an empty file; an IDX file of labels begins with 0x00000801 and "),
    ],
)
def test_labels_of_mnist_that_are_not_those_of_the_images_are_refused(tmp_path, written, message):
    write_idx(tmp_path / "train-images-idx3-ubyte", np.zeros((3, 28, 28)))
    path = tmp_path / "train-labels-idx1-ubyte"
    if isinstance(written, dict):
        write_labels(path, **written)
    elif written is not None:
        path.write_text(written)
    assert refusal(own_labels, f"mnist:{tmp_path}").startswith(message.replace("{path}", str(path)))
