"""An array that need not fit into memory, as blocks of rows."""

import math
import pickle
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bridge.base.errors import InputError
from bridge.base.progress import Progress

# 8 MiB of 64-bit floats: large enough for the speed of whole arrays.
_BLOCK_ENTRIES = 2**20
# 4 GiB
_LARGEST_WHOLE = 2**32
# More than where thousands of shards are.
_LARGEST_ADDRESS = 2**20


@dataclass(frozen=True, eq=False)
class ArraySource(ABC):
    """Where the rows of an array are to be had: a value that can be pickled and sent elsewhere.

    A number without dimensions is one row.

    Attributes:
        shape: the shape of the whole.
        dtype: the type of its entries, in native byte order.
    """

    shape: tuple[int, ...]
    dtype: np.dtype

    @property
    def is_read_from_start(self) -> bool:
        """Whether rows cannot be had without reading all that stands before them."""
        return False

    @abstractmethod
    def pieces(self, ranges: Iterable[tuple[int, int]]) -> Iterator[np.ndarray]:
        """The rows of each range, from its first to the one before its end.

        Ranges can be asked for in any order; one after the other, each row is read once.
        """

    def __len__(self) -> int:
        """How many rows there are."""
        return (self.shape or (1,))[0]

    @property
    def ranges(self) -> Iterable[tuple[int, int]]:
        """The rows that a block has, for each of the blocks that the whole is best read in."""
        return row_ranges(self.shape)

    def around(self, start: int, stop: int) -> "tuple[ArraySource, int]":
        """An array with the rows from `start` to the one before `stop`, and which row of this one its first is.

        It has no more addresses than these rows are at, where there are several.
        """
        return self, 0

    def read(self, start: int, stop: int) -> np.ndarray:
        """The rows from `start` to the one before `stop`."""
        (rows,) = self.pieces([(start, stop)])
        return rows

    def blocks(self) -> Iterator[np.ndarray]:
        """The whole, in blocks one after the other."""
        return self.pieces(self.ranges)

    def told(self, progress: Progress, step: str) -> "ArraySource":
        """The same array, whose every reading is told of."""
        return _Told(self.shape, self.dtype, self, progress, step)

    @property
    def byte_count(self) -> int:
        """How many bytes the whole has."""
        return math.prod(self.shape) * self.dtype.itemsize

    def whole(self) -> np.ndarray:
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
        return self.whole()


@dataclass(frozen=True, eq=False)
class ArrayInMemory(ArraySource):
    """An array in memory, as the one block that it is."""

    array: np.ndarray

    def pieces(self, ranges: Iterable[tuple[int, int]]) -> Iterator[np.ndarray]:
        """The rows of each range, which are no copies."""
        rows = self.array.reshape(self.shape or (1,))
        return (rows[start:stop] for start, stop in ranges)

    def whole(self) -> np.ndarray:
        """The array itself."""
        return self.array

    @property
    def ranges(self) -> Iterable[tuple[int, int]]:
        """All rows at once."""
        return [(0, len(self))]


def in_memory(array: np.ndarray) -> ArrayInMemory:
    """An array in memory as a source."""
    return ArrayInMemory(array.shape, array.dtype, array)


@dataclass(frozen=True, eq=False)
class _Told(ArraySource):
    """An array whose reading is told of, in rows."""

    untold: ArraySource
    progress: Progress
    step: str

    def pieces(self, ranges: Iterable[tuple[int, int]]) -> Iterator[np.ndarray]:
        """The rows of each range."""
        end, several = 0, list(ranges)
        for (start, stop), rows in zip(several, self.untold.pieces(several), strict=True):
            self.progress(self.step, start, len(self))
            yield rows
            end = stop
        self.progress(self.step, end, len(self))

    @property
    def ranges(self) -> Iterable[tuple[int, int]]:
        """Those of the array itself."""
        return self.untold.ranges


def address_of(array: ArraySource) -> ArraySource | None:
    """The same array for other processes, in whatever folder they are; None if its rows are better sent to them."""
    if array.is_read_from_start or isinstance(array, ArrayInMemory):
        return None
    there = in_any_folder(array)
    buffers: list[pickle.PickleBuffer] = []
    size = len(pickle.dumps(there, protocol=5, buffer_callback=buffers.append))
    return there if size + sum(len(buffer.raw()) for buffer in buffers) <= _LARGEST_ADDRESS else None


def in_any_folder(array: ArraySource) -> ArraySource:
    """The same array for other processes, in whatever folder they are; numbers that are in memory go with it."""
    there: ArraySource = _with_absolute_paths(array)
    return there


def _with_absolute_paths(value: Any) -> Any:  # noqa: ANN401 -- whatever an address holds
    """The same, with the paths in dataclasses and tuples from the root of the file system on."""
    if isinstance(value, Path):
        return value.absolute()
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(map(_with_absolute_paths, value))
    if is_dataclass(value) and not isinstance(value, type | ArrayInMemory):
        changes = {
            field.name: _with_absolute_paths(getattr(value, field.name)) for field in fields(value) if field.init
        }
        return replace(value, **changes)
    return value


def bytes_of(array: np.ndarray) -> memoryview:
    """The bytes of an array in C order; no copy if they are in this order already."""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def frozen(array: np.ndarray) -> np.ndarray:
    """An array that nobody else can write to, since bytes are immutable: a copy, unless it is one."""
    if array.flags.c_contiguous and isinstance(_memory_of(array), bytes):
        return array
    return np.frombuffer(array.tobytes(), dtype=array.dtype).reshape(array.shape)


def _memory_of(array: np.ndarray) -> object:
    """What an array's numbers are in."""
    memory: object = array
    while isinstance(memory, np.ndarray):
        memory = memory.base
    return memory


def row_ranges(shape: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """The first row of each block, and the first after it; a number without dimensions is one row."""
    rows, *columns = shape or (1,)
    height = max(1, _BLOCK_ENTRIES // max(1, math.prod(columns)))
    for start in range(0, rows, height):
        yield start, min(start + height, rows)


def require_finite(values: np.ndarray, name: str, *, first_row: int = 0) -> None:
    """Refuse an array that has an entry which is no number.

    Args:
        values: array of any shape with a floating-point, integer or boolean dtype.
        name: what to call the array in the message.
        first_row: where the array begins in the whole, of which it is a block of rows; the message counts from there.

    Raises:
        InputError: the dtype cannot hold exact numbers, or an entry is NaN or infinite; the message names it.
    """
    if values.dtype.kind not in "fiub" or values.dtype.itemsize > 8:
        raise InputError(
            f"`{name}` has dtype {values.dtype}; 16-, 32- or 64-bit floats or integers are required; convert it first"
        )
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        position = tuple(int(index[0]) for index in np.nonzero(~np.isfinite(values)))
        place = ", ".join(map(str, (position[0] + first_row, *position[1:])))
        raise InputError(
            f"`{name}[{place}]` is {shown_float(float(values[position]))}; only finite numbers convert exactly; remove "
            "the sample or train again"
        )


def require_shapes(latents: Sequence[int], scores: Sequence[int], weights: Sequence[int]) -> None:
    """Refuse shapes that are not (N, d), (N, k) and (d + 1, k) with N, d, k ≥ 1.

    Raises:
        InputError: which array has which shape, and what it should be.
    """
    for name, shape in {"latents": latents, "scores": scores, "weights": weights}.items():
        if len(shape) != 2:
            raise InputError(f"`{name}` has shape {tuple(shape)}; a matrix is required; reshape it")
    (samples, dim), (score_rows, concepts) = latents, scores
    if samples == 0:
        raise InputError("`latents` has 0 samples; δ is a maximum over at least one; add samples")
    if dim == 0 or concepts == 0:
        raise InputError(
            f"there are {dim} latent dimensions and {concepts} concepts; at least one of each is required; add columns"
        )
    if score_rows != samples:
        raise InputError(
            f"`scores` has {score_rows} rows and `latents` {samples}; one score row for each latent point is required; "
            "pass the same samples in both"
        )
    if tuple(weights) != (dim + 1, concepts):
        raise InputError(
            f"`weights` has shape {tuple(weights)}; ({dim + 1}, {concepts}) is required, one row for each latent "
            "dimension and the bias last, one column for each concept; fit the probe on these arrays"
        )


def shown_float(value: float) -> str:
    """How messages write a float that is no finite number."""
    return "NaN" if np.isnan(value) else ("+inf" if value > 0 else "-inf")
