"""What an interrupted run has done already, kept in a file beside its result, so that the next run goes on from there.

The file is safetensors: no code in it is run.  It belongs to one work alone, which its identity describes; that of
another work is not used.
"""

import contextlib
import copy
import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from bridge.base.arrays import bytes_of
from bridge.base.errors import InputError
from bridge.base.file_spec import read_bytes
from bridge.base.files import NewFile, write_atomically
from bridge.base.guard import is_own
from bridge.base.metadata import as_metadata, record_in
from bridge.base.own_files import RESUME_FILE
from bridge.base.places import resume_path
from bridge.base.progress import Tell
from bridge.base.record_types import record_from
from bridge.base.words import printable

Identity = Mapping[str, str | int | float | bool | None]
"""All that decides what comes out of a work, by the names that a user knows it by."""

# Writing takes some hundredths of a second, so this is a small part of the time.
_SECONDS_BETWEEN = 2.0
_LARGEST = 2**34
_MOST_SHOWN = 80

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class ResumeFile:
    """The file beside a result.

    Attributes:
        path: `NAME.resume` for a result `NAME`.
    """

    def __init__(self, result: Path, tell: Tell = lambda _line: None) -> None:
        """Name the file; it is not looked at yet.

        Args:
            result: the file that the work is to write.
            tell: told one line when there is something to go on from, or something that cannot be used.
        """
        self.path = resume_path(result)
        self._tell = tell
        self._identity: Identity = {}
        self._last = time.monotonic()

    def open(self, identity: Identity) -> Mapping[str, np.ndarray]:
        """Begin or go on with a work.

        Args:
            identity: what the work is.

        Returns:
            What an interrupted run of the same work has kept; empty if there was none, or none that is whole.
        """
        self._identity = identity
        self._last = time.monotonic()
        if not self.path.exists():
            return {}
        kept: _Record | None = None
        arrays: Mapping[str, np.ndarray] = {}
        # The libraries fail in many ways on what is not theirs.
        with contextlib.suppress(
            InputError, safetensors.SafetensorError, LookupError, TypeError, ValueError, AttributeError, RuntimeError
        ):
            kept, arrays = _read(self.path)
        if kept is None or kept.sha256 != _digest(arrays) or kept.identity.keys() != identity.keys():
            self.refuse("is damaged or of other work")
            return {}
        differing = sorted(key for key in identity if kept.identity[key] != identity[key])
        if differing:
            name = differing[0]
            there, here = kept.identity[name], identity[name]
            self.refuse(f"is of a run with another {name} ({printable(str(there))[:_MOST_SHOWN]}, and here {here})")
            return {}
        self._tell(f"goes on from {self.path}")
        return arrays

    def refuse(self, why: str) -> None:
        """Say that what the file has kept is not used.

        Args:
            why: what it is.
        """
        self._tell(f"{self.path} {why}, and is not used; the work begins anew")

    @property
    def is_due(self) -> bool:
        """Whether it is time to keep what has been done."""
        return time.monotonic() - self._last >= _SECONDS_BETWEEN

    def keep(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Write what has been done, in the place of what was kept before.

        Raises:
            InputError: the file cannot be written.
        """
        record = json.dumps({"identity": self._identity, "sha256": _digest(arrays)}, sort_keys=True)
        # The library writes the entries in the order of the memory, whatever that is.
        ordered = {name: np.array(array, order="C") for name, array in arrays.items()}
        data = safetensors.numpy.save(ordered, metadata=as_metadata(record))
        write_atomically(self.path, NewFile(RESUME_FILE, data))
        self._last = time.monotonic()
        _log.debug("kept what has been done in %s", self.path)

    def remove(self) -> None:
        """Take the file away, if there is one that a run has kept."""
        if self.path.is_file() and is_own(self.path, RESUME_FILE):
            self.path.unlink()


@dataclass(frozen=True)
class _Record:
    """What the file says beside its arrays."""

    identity: Identity
    sha256: str


def _read(path: Path) -> tuple[_Record, Mapping[str, np.ndarray]]:
    data = read_bytes(path, most=_LARGEST)
    # Copies, since what is loaded is a read-only view.
    arrays = {name: array.copy() for name, array in safetensors.numpy.load(data).items()}
    return record_from(_Record, record_in(data)), arrays


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape} ".encode())
        digest.update(bytes_of(arrays[name]))
    return digest.hexdigest()


class KeptSteps:
    """The results of the steps of a work; those that an interrupted run has finished are not computed again."""

    def __init__(self, file: ResumeFile | None, identity: Identity) -> None:
        """Begin or go on with a work; without a file, nothing is kept."""
        self._file = file
        self._results: dict[str, np.ndarray] = {} if file is None else dict(file.open(identity))
        self._prefix = ""

    def within(self, identity: Identity) -> "KeptSteps":
        """The steps of a work that goes on from this one's, in the same file; a run of another one has none of them."""
        steps = copy.copy(self)
        steps._prefix = f"{hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()} "
        return steps

    def result(
        self, step: str, compute: Callable[[], np.ndarray], shape: tuple[int, ...], dtype: npt.DTypeLike = np.float64
    ) -> np.ndarray:
        """The result of a step, as it was kept or as it is computed now.

        Args:
            step: the name of the step, distinct within the work.
            compute: gives an array of numbers.
            shape: the array's shape.
            dtype: the type of its entries.
        """
        if self.has(step, shape, dtype):
            return self._results[self._prefix + step]
        return self._computed(step, compute)

    def has(self, step: str, shape: tuple[int, ...], dtype: npt.DTypeLike = np.float64) -> bool:
        """Whether the result of a step, as `result` gives it, has been kept."""
        kept = self._results.get(self._prefix + step)
        return kept is not None and (kept.shape, kept.dtype) == (shape, np.dtype(dtype))

    def text(self, step: str, compute: Callable[[], str], read: Callable[[str], Result]) -> Result:
        """The result of a step that is written as a text.

        Args:
            step: as in `result`.
            compute: gives the text.
            read: gives the result that a text stands for; it fails where the text is no such.
        """
        kept = self._results.get(self._prefix + step)
        if kept is not None:
            with contextlib.suppress(
                ValueError, LookupError, TypeError, ArithmeticError, AttributeError, RecursionError
            ):
                return read(kept.astype(np.uint8, casting="safe").tobytes().decode())
        return read(self._computed(step, lambda: np.frombuffer(compute().encode(), np.uint8)).tobytes().decode())

    def _computed(self, step: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        name = self._prefix + step
        if self._file is not None and name in self._results:
            self._file.refuse(f"has kept something else for {step!r}")
        self._results[name] = compute()
        if self._file is not None and self._file.is_due:
            self._file.keep(self._results)
        return self._results[name]
