"""Which columns of latents make every digit of an export wide.

All latents are packed as integers over one power of two, so that a digit is as wide as from the highest bit of the
largest number to the lowest bit of the finest, whichever columns these are in.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# A column is named if it is so many bits from most columns, and if that makes digits wider by as many.
_FAR = 20

_NONE = 10_000

_MOST_NAMED = 8


@dataclass(frozen=True, eq=False)
class ColumnDigits:
    """Which bits the numbers of each column have.

    Attributes:
        lowest: (d,) the exponent of the lowest bit that is set in a column.
        highest: (d,) the exponent of the highest; below the lowest in a column of zeros.
    """

    lowest: np.ndarray
    highest: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> "ColumnDigits":
        """Those of a matrix (n, d) of finite numbers.

        Integers beyond 2^53 are taken to the nearest float, which is near enough.
        """
        floats = values.astype(np.float64)
        largest = np.abs(floats).max(axis=0, initial=0)
        return cls(
            lowest_bits(floats).min(axis=0, initial=_NONE),
            np.where(largest > 0, np.frexp(largest)[1] - 1, -_NONE),
        )

    def joined(self, more: "ColumnDigits") -> "ColumnDigits":
        """Those of both parts of a matrix."""
        return ColumnDigits(np.minimum(self.lowest, more.lowest), np.maximum(self.highest, more.highest))

    @property
    def used(self) -> np.ndarray:
        """(d,) bool, True for the columns that are not all zeros."""
        used: np.ndarray = self.highest >= self.lowest
        return used

    def far(self) -> np.ndarray:
        """(d,) bool, True for columns with bits far below or above those of most columns, if that makes digits wide."""
        used = self.used
        if not used.any():
            return used
        fine = used & (self.lowest < np.median(self.lowest[used]) - _FAR)
        others = used & ~fine
        far: np.ndarray = fine | (others & (self.highest > np.median(self.highest[others]) + _FAR))
        return far & (self.bits(used) >= self.bits(used & ~far) + _FAR)

    def bits(self, columns: np.ndarray) -> int:
        """How many bits a digit has for some of the used columns, with its sign."""
        return int(self.highest[columns].max() - self.lowest[columns].min()) + 2

    def written(self) -> str:
        """A text to keep them in."""
        return json.dumps([self.lowest.tolist(), self.highest.tolist()])

    @classmethod
    def read(cls, text: str) -> "ColumnDigits":
        """Those of such a text."""
        return cls(*map(np.array, json.loads(text)))


def latent_columns(remarks: Mapping[int, str], names: Sequence[str] | None) -> str:
    """Columns of latents as a text, each with what there is to say of it: `latents[:, 7]` (0.5) and so on."""
    shown = [
        f"`latents[:, {column}]` ({remark if names is None else f'{names[column]!r}, {remark}'})"
        for column, remark in list(remarks.items())[:_MOST_NAMED]
    ]
    if len(remarks) > len(shown):
        shown.append(f"{len(remarks) - len(shown)} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def lowest_bits(values: np.ndarray) -> np.ndarray:
    """The exponent of the lowest bit that is set in each float64, by its representation; `_NONE` for 0."""
    bits = np.ascontiguousarray(values).view(np.int64)
    exponents = (bits >> 52) & 0x7FF
    mantissas = (bits & (2**52 - 1)) | np.where(exponents > 0, 2**52, 0)
    lowest = (mantissas & -mantissas).astype(np.float64).view(np.int64) >> 52
    return np.where(mantissas == 0, _NONE, np.maximum(exponents, 1) - 1075 + lowest - 1023)
