"""What an interrupted run has done already, kept in a file beside its result, so that the next run goes on from there.

The file is safetensors: no code in it is run.  It belongs to one work alone, which its identity describes; that of
another work is not used.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

from bridge.blocks import bytes_of
from bridge.file_record import as_metadata, record_in
from bridge.files import write_atomically

Identity = Mapping[str, str | int | float | bool | None]
"""All that decides what comes out of a work, by the names that a user knows it by."""

# Writing takes some hundredths of a second, so this is a small part of the time.
_SECONDS_BETWEEN = 2.0

_log = logging.getLogger(__name__)


class ResumeFile:
    """The file beside a result.

    Attributes:
        path: `NAME.resume` for a result `NAME`.
    """

    def __init__(self, result: Path, note: Callable[[str], None] = lambda _line: None) -> None:
        """Name the file; it is not looked at yet.

        Args:
            result: the file that the work is to write.
            note: told one line when there is something to go on from, or something that cannot be used.
        """
        self.path = result.with_name(f"{result.name}.resume")
        self._note = note
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
        try:
            data = self.path.read_bytes()
        except OSError:
            return {}
        try:
            record = record_in(data)
            # Copies, since what is loaded is a read-only view.
            arrays = {name: array.copy() for name, array in safetensors.numpy.load(data).items()}
            kept_identity, is_whole = record["identity"], record["sha256"] == _digest(arrays)
            differing = sorted(key for key in {*identity, *kept_identity} if kept_identity[key] != identity[key])
        except (safetensors.SafetensorError, KeyError, TypeError, ValueError):
            is_whole = False
        if not is_whole:
            self._note(f"{self.path} is damaged or of other work, and is not used; the work begins anew")
            return {}
        if differing:
            name = differing[0]
            there, here = kept_identity[name], identity[name]
            self._note(
                f"{self.path} is of a run with another {name} ({there}, and here {here}), and is not used; the work "
                "begins anew"
            )
            return {}
        self._note(f"goes on from {self.path}")
        return arrays

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
        write_atomically(self.path, safetensors.numpy.save(ordered, metadata=as_metadata(record)))
        self._last = time.monotonic()
        _log.debug("kept what has been done in %s", self.path)

    def remove(self) -> None:
        """Take the file away, if there is one."""
        self.path.unlink(missing_ok=True)


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

    def result(self, step: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        """The result of a step, as it was kept or as it is computed now.

        Args:
            step: the name of the step, distinct within the work.
            compute: gives an array of numbers.
        """
        if step not in self._results:
            self._results[step] = compute()
            if self._file is not None and self._file.is_due:
                self._file.keep(self._results)
        return self._results[step]

    def text(self, step: str, compute: Callable[[], str]) -> str:
        """The result of a step that is a text."""
        return self.result(step, lambda: np.frombuffer(compute().encode(), np.uint8)).tobytes().decode()
