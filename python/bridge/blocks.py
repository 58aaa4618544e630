"""An array that need not fit into memory, as blocks of rows."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from bridge.errors import InputError

# 8 MiB of 64-bit floats: large enough for the speed of whole arrays.
_BLOCK_ENTRIES = 2**20
# 4 GiB
_LARGEST_WHOLE = 2**32


@dataclass(frozen=True, eq=False)
class ArrayBlocks:
    """An array in blocks of rows.

    Attributes:
        shape: the shape of the whole.
        dtype: the type of its entries, in native byte order.
        blocks: gives the blocks in order; called anew for every pass.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    blocks: Callable[[], Iterable[np.ndarray]]

    @property
    def byte_count(self) -> int:
        """How many bytes the whole has."""
        return math.prod(self.shape) * self.dtype.itemsize

    def read(self) -> np.ndarray:
        """The whole array."""
        array = np.empty(self.shape or (1,), self.dtype)
        first = 0
        for block in self.blocks():
            array[first : first + len(block)] = block
            first += len(block)
        return array.reshape(self.shape)

    def read_whole(self, source: str) -> np.ndarray:
        """The whole array, unless it is larger than anything that is meant to be in memory as a whole.

        Args:
            source: what the message calls it.

        Raises:
            InputError: it is.
        """
        if self.byte_count > _LARGEST_WHOLE:
            raise InputError(
                f"{source} has shape {self.shape} and type {self.dtype}, {self.byte_count} bytes; at most "
                f"{_LARGEST_WHOLE} are read at once; divide it"
            )
        return self.read()


def array_as_blocks(array: np.ndarray) -> ArrayBlocks:
    """An array in memory as the one block that it is."""
    return ArrayBlocks(array.shape, array.dtype, lambda: [array])


def bytes_of(array: np.ndarray) -> memoryview:
    """The bytes of an array in C order; no copy if they are in this order already."""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def row_ranges(shape: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """The first row of each block, and the first after it; a number without dimensions is one row."""
    rows, *columns = shape or (1,)
    height = max(1, _BLOCK_ENTRIES // max(1, math.prod(columns)))
    for start in range(0, rows, height):
        yield start, min(start + height, rows)
