"""IDX, the file format of MNIST."""

from pathlib import Path

import numpy as np

from bridge.base.errors import InputError
from bridge.base.file_spec import open_plain_or_packed, require_readable
from bridge.sources.image_files import MOST_IMAGES

_IDX_UNSIGNED_BYTE = 0x08
_IDX_IMAGES_MAGIC = (_IDX_UNSIGNED_BYTE << 8) | 3  # three dimensions
_IDX_LABELS_MAGIC = (_IDX_UNSIGNED_BYTE << 8) | 1


def read_idx_images(path: Path) -> np.ndarray:
    """Read an IDX file of images (http://yann.lecun.com/exdb/mnist, "the IDX file format").

    Args:
        path: the file, gzipped if its name ends in `.gz`.

    Returns:
        (N, 28, 28) uint8.

    Raises:
        InputError: the file is no IDX file of 28×28 images of unsigned bytes, or its length is not what it says.
    """
    require_readable(path)
    with open_plain_or_packed(path) as file:
        header = file.read(16)
        if len(header) < 16:
            raise InputError(
                f"{path} has {len(header)} bytes; an IDX file of images has at least 16; download it again"
            )
        magic, count, height, width = (int(number) for number in np.frombuffer(header, dtype=">u4"))
        if magic != _IDX_IMAGES_MAGIC:
            raise InputError(
                f"{path} begins with the magic number {magic:#010x}; {_IDX_IMAGES_MAGIC:#010x} (unsigned bytes in "
                "three dimensions) is required; name a file of images"
            )
        if (height, width) != (28, 28):
            raise InputError(f"{path} has images of {height}×{width} pixels; 28×28 is required; resize them")
        if not 1 <= count <= MOST_IMAGES:
            raise InputError(f"{path} has {count} images; between 1 and {MOST_IMAGES} are required; download it again")
        length = 28 * 28 * count
        # One byte more, to see whether there is more, and to have the checksum of what is packed compared.
        pixels = file.read(length + 1)
    if len(pixels) != length:
        found = f"more than {16 + length}" if len(pixels) > length else f"{16 + len(pixels)}"
        raise InputError(
            f"{path} has {found} bytes; its header says {count} images, {16 + length} bytes; download it again"
        )
    return np.frombuffer(pixels, dtype=np.uint8).reshape(count, 28, 28)


def read_idx_labels(path: Path) -> np.ndarray:
    """Read an IDX file of labels, gzipped if its name ends in `.gz`.

    Returns:
        (N,) uint8.

    Raises:
        InputError: the file is no IDX file of unsigned bytes in one dimension, or its length is not what it says.
    """
    require_readable(path)
    with open_plain_or_packed(path) as file:
        header = file.read(8)
        magic, count = (int.from_bytes(header[place : place + 4], "big") for place in (0, 4))
        if len(header) < 8 or magic != _IDX_LABELS_MAGIC or not 1 <= count <= MOST_IMAGES:
            raise InputError(
                f"{path} begins with the bytes {header.hex(' ') or 'of an empty file'}; an IDX file of labels begins "
                f"with {_IDX_LABELS_MAGIC:#010x} and their number, 1 to {MOST_IMAGES}; download it again"
            )
        labels = file.read(count + 1)
    if len(labels) != count:
        found = f"more than {8 + count}" if len(labels) > count else f"{8 + len(labels)}"
        raise InputError(
            f"{path} has {found} bytes; its header says {count} labels, {8 + count} bytes; download it again"
        )
    return np.frombuffer(labels, dtype=np.uint8)
