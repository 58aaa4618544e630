"""Images of the user's own: a folder of image files, or an array in an `.npy` or `.npz` file.

No code in a file is ever run, and what a file says it holds is looked at before memory is given to it.
"""

import math
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from bridge.base.arrays import ArraySource
from bridge.base.errors import InputError, one_line
from bridge.base.file_spec import split_spec
from bridge.sources.array_files import open_array

SIDE = 28

# Pillow knows more, some of which call other programs.
_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm")
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
_ARRAY_SUFFIXES = (".npy", ".npz")

# 4 GiB, for the array in the file and for the images made of it.
_LARGEST_ARRAY = 2**32
MOST_IMAGES = _LARGEST_ARRAY // (4 * SIDE * SIDE)
# As many as Pillow takes for one image of a file.
_MOST_PIXELS = 89_478_485

_NAMED_SIZES = 5

_ARRAYS_REQUIRED = f"(N, {SIDE}, {SIDE}), (N, 1, {SIDE}, {SIDE}), or another height and width"


@dataclass(frozen=True)
class ImagePlace:
    """Where images are.

    Attributes:
        path: a folder or a file.
        array: the name of the array in an `.npz` file, None if it has one alone.
    """

    path: Path
    array: str | None = None


@dataclass(frozen=True, eq=False)
class ReadImages:
    """Images from files.

    Attributes:
        images: (N, 28, 28) float32, values in [0, 1].
        notes: what was done to them that the user should know, one line each.
    """

    images: np.ndarray
    notes: tuple[str, ...]


def find_image_files(name: str) -> ImagePlace | None:
    """Find the folder or file that `PATH` or `PATH:NAME` means; None if there is none."""
    if name and _exists(name):
        return ImagePlace(Path(name))
    path, array = split_spec(name)
    if str(path) != name and path.suffix.lower() == ".npz" and _exists(str(path)):
        return ImagePlace(path, array)
    return None


def read_image_files(place: ImagePlace) -> ReadImages:
    """Read a folder of image files or an array file.

    From a folder, the files whose name ends in .png, .jpg, .jpeg, .bmp, .gif, .tif, .tiff, .webp or .pgm are read in
    the order of their names; other files, hidden ones and folders in it are passed over.  Colours become grey by the
    luma of ITU-R BT.601.  Bytes are divided by 255, grey levels of 16 bits by 65535.

    An array file holds (N, H, W) or (N, 1, H, W) unsigned bytes, which are divided by 255, or floats in [0, 1].

    Images of another size are resized to 28×28 by Pillow's bilinear filter, which averages over all pixels where it
    makes an image smaller.

    Raises:
        InputError: there is nothing to read, or what is there is damaged, too large, or no image.
    """
    path = place.path
    if path.is_dir():
        files = _image_files(path)
        return _resized(map(_read_image, files), len(files))
    if path.suffix.lower() not in _ARRAY_SUFFIXES:
        raise InputError(
            f"{path} is no folder and no .npy or .npz file; a folder of images or an array file is required; put "
            "single images into a folder"
        )
    label = str(path) if place.array is None else f"{path}:{place.array}"
    array = open_array(label)
    _require_images(label, array)
    return _resized(_images_in(array, str(path)), array.shape[0])


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except OSError:  # such as a name that is too long for a file
        return False


def _image_files(folder: Path) -> list[Path]:
    try:
        files = [
            path
            for path in folder.iterdir()
            if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and path.is_file()
        ]
    except OSError as error:  # pragma: no cover -- never so for the superuser
        raise InputError(
            f"{folder} cannot be searched ({error.strerror}); a folder of images is required; name one"
        ) from None
    if not files:
        raise InputError(
            f"{folder} has no images; files that end in {', '.join(_SUFFIXES)} are required; name the folder that "
            "holds them"
        )
    if len(files) > MOST_IMAGES:
        raise InputError(_too_many(str(folder), len(files)))
    return sorted(files, key=lambda path: path.name)


def _read_image(path: Path) -> np.ndarray:
    """The grey levels of one image, (height, width) float32 in [0, 1]."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of an image that is too large for memory when it has read the size and nothing else.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as image:
                return _image_levels(image, path)
    except InputError:
        raise
    except Exception as error:  # the decoders fail on damaged files in many ways
        raise InputError(
            f"{path} cannot be read as an image ({type(error).__name__}: {one_line(error)}); a whole image file is "
            "required; replace or remove it"
        ) from None


def _image_levels(image: Image.Image, path: Path) -> np.ndarray:
    frames = getattr(image, "n_frames", 1)
    if frames != 1:
        raise InputError(f"{path} has {frames} frames; a single image is required; save each as a file")
    if image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema() != (255, 255):
        raise InputError(f"{path} is transparent in part; an opaque image is required; save it on a background")
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16"):
        return np.asarray(upright).astype(np.float32) / np.float32(65535)
    if upright.mode in ("I", "F"):
        raise InputError(
            f"{path} has pixels of 32 bits, whose range is not known; 8 or 16 bits are required; save it as a PNG"
        )
    return _from_bytes(np.asarray(upright.convert("L")))


def _from_bytes(levels: np.ndarray) -> np.ndarray:
    result: np.ndarray = levels.astype(np.float32) / np.float32(255)
    return result


def _resized(images: Iterable[np.ndarray], count: int) -> ReadImages:
    """Each image is resized as it comes, so that no two large ones are in memory at a time."""
    sizes: Counter[tuple[int, ...]] = Counter()
    result = np.empty((count, SIDE, SIDE), np.float32)
    for number, image in enumerate(images):
        if image.shape == (SIDE, SIDE):
            result[number] = image
        else:
            sizes[image.shape] += 1
            result[number] = _to_side(image)
    return ReadImages(result, (_resize_note(sizes, count),) if sizes else ())


def _to_side(image: np.ndarray) -> np.ndarray:
    # Pillow takes the weighted mean in float64, so that it is still in [0, 1] once it is rounded to float32.
    return np.asarray(Image.fromarray(np.ascontiguousarray(image)).resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def _resize_note(sizes: Counter[tuple[int, ...]], count: int) -> str:
    named = [f"{number} of {height}×{width}" for (height, width), number in sizes.most_common(_NAMED_SIZES)]
    if len(sizes) > _NAMED_SIZES:
        named.append(f"others of {len(sizes) - _NAMED_SIZES} more sizes")
    return (
        f"{sizes.total()} of {count} images were resized to {SIDE}×{SIDE} (height×width) by the bilinear filter: "
        f"{', '.join(named)}"
    )


def _images_in(array: ArraySource, label: str) -> Iterator[np.ndarray]:
    """The images of an array, (H, W) float32 in [0, 1]."""
    first = 0
    for block in array.blocks():
        yield from _grey_levels(block, label, first)
        first += len(block)


def _grey_levels(array: np.ndarray, label: str, first: int) -> np.ndarray:
    """(N, H, W) float32 in [0, 1]; the message counts images from the first one's place in the whole."""
    if array.dtype == np.uint8:
        levels = _from_bytes(array)
    else:
        outside = np.argwhere(~((array >= 0) & (array <= 1)))
        if len(outside):
            number, *place = outside[0].tolist()
            raise InputError(
                f"{label}: the value at {[number + first, *place]} is {array[(number, *place)]}; floats in [0, 1] are "
                "required, or unsigned bytes; rescale them"
            )
        levels = array.astype(np.float32)
    return levels.reshape(len(array), *array.shape[-2:])


def _require_images(label: str, array: ArraySource) -> None:
    shape, dtype = array.shape, array.dtype
    if dtype != np.uint8 and dtype.kind != "f":
        raise InputError(
            f"{label} has dtype {dtype}; unsigned bytes (uint8) or floats in [0, 1] are required; convert it first"
        )
    if len(shape) not in (3, 4) or (len(shape) == 4 and shape[1] != 1) or min(shape) < 1:
        raise InputError(f"{label} has shape {shape}; {_ARRAYS_REQUIRED} is required; reshape it")
    if shape[0] > MOST_IMAGES:
        raise InputError(_too_many(label, shape[0]))
    if math.prod(shape[-2:]) > _MOST_PIXELS:
        raise InputError(
            f"{label} has images of {shape[-2]}×{shape[-1]} pixels; at most {_MOST_PIXELS} pixels are read; make them "
            "smaller"
        )
    if array.byte_count > _LARGEST_ARRAY:
        raise InputError(f"{label} has {array.byte_count} bytes; at most {_LARGEST_ARRAY} are read; divide it")


def _too_many(label: str, count: int) -> str:
    return f"{label} has {count} images; at most {MOST_IMAGES} are read, 4 GiB in memory; take a part of them"
