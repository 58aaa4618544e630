"""Data sets of images, 28×28, with values in [0, 1]."""

import hashlib
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from bridge.base.errors import BridgeWarning, InputError
from bridge.base.guard import declare_data_set
from bridge.sources.idx import read_idx_images, read_idx_labels
from bridge.sources.image_files import find_image_files, read_image_files
from bridge.sources.labels import Labels
from bridge.sources.mnist import USUAL_IMAGES, mnist_handwriting
from bridge.sources.networks import network_inputs
from bridge.sources.split import require_seed

_log = logging.getLogger(__name__)
RANDOM_IMAGES = 128

# Where no intensity is above that, something else than 1 is likely to be meant by white.
_FAINT = 1 / 8
_MNIST_STEMS = (
    ("train-images-idx3-ubyte", "train-images.idx3-ubyte"),
    ("t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"),
)


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images of a data set.

    Attributes:
        name: the kind of the set: `digits`, `mnist`, `random`, or `images` for a folder or an array file.
        images: (N, 1, 28, 28) float32 on the CPU, values in [0, 1].
        indices: (N,) int64, the position of each image in the whole data set.
        sha256: SHA-256 in hexadecimal of the whole data set's `images` as little-endian float32 bytes in C order.
        notes: what was done to the images that the user should know, one line each.
        source: what messages call it: as `name`, but a folder or a file by its own; by `name` if that is empty.
    """

    name: str
    images: torch.Tensor
    indices: np.ndarray
    sha256: str
    notes: tuple[str, ...] = ()
    source: str = ""


def load_images(name: str, *, seed: int = 0, limit: int | None = None, at_least: int = 0) -> ImageSet:
    """Load a data set.

    Args:
        name: `mnist`, 10,000 images of MNIST, which are fetched once; `mnist:DIR`, the IDX files in a folder, plain or
            gzipped; `digits`, the 1,797 handwritten digits that scikit-learn ships (8×8, resized bilinearly);
            `random`, 128 images of uniform noise; or what `read_image_files` reads: a folder of images, an `.npy`
            file, or an `.npz` file, with `:NAME` behind it where it has several arrays.
        seed: seed of the `random` images.
        limit: keep only the first images; None for as many as `usual_limit` says.
        at_least: keep so many, if there are, without a limit.

    Raises:
        InputError: the name, limit or seed is wrong, or a file is missing or damaged, or cannot be fetched.
    """
    require_seed(seed)
    declare_data_set(name)
    kind, separator, folder = name.partition(":")
    notes: tuple[str, ...] = ()
    match kind, separator:
        case "mnist", "":
            images = network_inputs(mnist_handwriting().pixels)
        case "digits", "":
            images = _digits()
        case "random", "":
            images = torch.rand(RANDOM_IMAGES, 1, 28, 28, generator=torch.Generator().manual_seed(seed))
        case "mnist", ":":
            images = _mnist(Path(folder))
        case _:
            place = find_image_files(name)
            if place is None:
                raise InputError(
                    f"data set {name!r} is unknown, and no folder or file has this name; `mnist`, `mnist:DIR`, "
                    "`digits`, `random`, a folder of images, or an .npy or .npz file is required; choose one of them"
                )
            read = read_image_files(place)
            kind, images, notes = "images", torch.from_numpy(read.images).unsqueeze(1), read.notes
    if limit is not None and not 1 <= limit <= len(images):
        raise InputError(
            f"a limit of {limit} images was given; between 1 and {len(images)} are in the data set {name!r}; "
            "choose a number in that range"
        )
    if (largest := float(images.max())) <= _FAINT:
        notes += (_faint_note(largest),)
    digest = hashlib.sha256(images.numpy().astype("<f4").tobytes()).hexdigest()
    usual = usual_limit(name)
    kept = limit if limit is not None or usual is None else max(usual, at_least)
    images = images[:kept].contiguous()
    _log.debug("data set %s: %d images, SHA-256 %s", name, len(images), digest)
    source = name if kind == "images" else kind
    return ImageSet(kind, images, np.arange(len(images), dtype=np.int64), digest, notes, source)


def usual_data_set() -> str:
    """What is used where no data set is named: `mnist`; with a warning `digits`, if that cannot be fetched."""
    try:
        mnist_handwriting()
    except InputError as error:
        warnings.warn(
            f"the 8×8 digits of scikit-learn are used in the place of MNIST, since {error}", BridgeWarning, stacklevel=2
        )
        return "digits"
    return "mnist"


def usual_limit(name: str) -> int | None:
    """How many images of a data set are used unless told otherwise, None for all: of `mnist` the first 2,000."""
    return USUAL_IMAGES if name == "mnist" else None


def own_labels(name: str, *, limit: int | None = None) -> Labels:
    """The classes that the images of a data set come with: which digit each is.

    Args:
        name: as for `load_images`; `mnist`, `digits`, or `mnist:DIR` with the IDX files of the labels beside the
            images'.
        limit: only those of the first images, as for `load_images`.

    Raises:
        InputError: the data set has no classes, or a file of labels is missing, damaged or of other images.
    """
    kind, separator, folder = name.partition(":")
    if name == "mnist":
        numbers = mnist_handwriting().labels.astype(np.int64)
    elif name == "digits":
        from sklearn.datasets import load_digits

        numbers = load_digits().target
    elif (kind, separator) == ("mnist", ":"):
        numbers = np.concatenate([_mnist_labels(path) for path in _mnist_files(Path(folder))])
    else:
        raise InputError(
            f"the data set {name!r} has no classes of its own; `mnist`, `mnist:DIR` or `digits` is required for them; "
            "name a file of labels"
        )
    return Labels.of(numbers[: usual_limit(name) if limit is None else limit], name="digit")


def _faint_note(largest: float) -> str:
    return (
        f"the largest intensity of all images is about {largest:.3g}, for bytes {round(largest * 255)} of 255, and "
        "white is 1, for bytes 255; if 0 and 1 or another range is meant, save floats in [0, 1], or bytes up to 255"
    )


def require_images(x: torch.Tensor) -> None:
    """Refuse what is no batch of images.

    Raises:
        InputError: the shape is not (N, 1, 28, 28), or a value is outside [0, 1] or NaN.
    """
    if x.ndim != 4 or tuple(x.shape[1:]) != (1, 28, 28):
        raise InputError(f"images have shape {tuple(x.shape)}; (N, 1, 28, 28) is required; resize them")
    if not bool(((x >= 0) & (x <= 1)).all()):
        raise InputError("an image has a value that is not in [0, 1]; intensities in [0, 1] are required; rescale them")


def _digits() -> torch.Tensor:
    from sklearn.datasets import load_digits  # here, since it takes a second that no other data set needs

    small = torch.from_numpy(load_digits().images).float().unsqueeze(1) / 16
    return functional.interpolate(small, size=(28, 28), mode="bilinear", align_corners=False).clamp(0, 1)


def _mnist(folder: Path) -> torch.Tensor:
    return network_inputs(np.concatenate([read_idx_images(path) for path in _mnist_files(folder)]))


def _mnist_files(folder: Path) -> list[Path]:
    """The files of images of one or both parts."""
    found = []
    try:
        if not folder.is_dir():
            raise InputError(f"{folder} is not a folder; `mnist:DIR` needs the folder of the IDX files; name it")
        for stems in _MNIST_STEMS:
            candidates = [folder / f"{stem}{suffix}" for stem in stems for suffix in ("", ".gz")]
            found += [path for path in candidates if path.is_file()][:1]
    except OSError as error:
        raise InputError(
            f"{folder} cannot be searched ({error.strerror}); `mnist:DIR` needs the folder of the IDX files; name it"
        ) from None
    if not found:
        raise InputError(
            f"{folder} has no MNIST images; train-images-idx3-ubyte or t10k-images-idx3-ubyte, plain or .gz, is "
            "required; copy the files there"
        )
    return found


def _mnist_labels(images: Path) -> np.ndarray:
    """The labels of the images in a file, from the one that is named likewise."""
    stem = images.name.removesuffix(".gz").replace("images", "labels").replace("idx3", "idx1")
    candidates = [images.with_name(stem + suffix) for suffix in ("", ".gz")]
    labels = next((path for path in candidates if path.is_file()), None)
    if labels is None:
        raise InputError(
            f"{candidates[0]} does not exist, nor does it with .gz; the labels of {images.name} are required there; "
            "copy them there, or name a file of labels"
        )
    numbers, count = read_idx_labels(labels), len(read_idx_images(images))
    if len(numbers) != count:
        raise InputError(
            f"{labels} has {len(numbers)} labels and {images.name} {count} images; one for each is required; download "
            "both again"
        )
    return numbers
