"""IDX files of images for tests, as the MNIST files are."""

import gzip
import struct

import numpy as np

MAGIC = 0x00000803  # unsigned bytes in three dimensions


def idx_bytes(pixels: np.ndarray, magic: int = MAGIC) -> bytes:
    """The content of an IDX file of (N, height, width) images of unsigned bytes."""
    return struct.pack(">4I", magic, *pixels.shape) + pixels.astype(np.uint8).tobytes()


def write_idx(path, pixels: np.ndarray) -> None:
    """Write an IDX file, gzipped if its name says so."""
    data = idx_bytes(pixels)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
