"""What an export is asked for: which samples it lists, and what it proves of them beside the sup error."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.record import ProbeArtifact
from bridge.export.claims import KINDS
from bridge.export.claims.kind import Kind


@dataclass(frozen=True)
class Asked:
    """What an export is asked for.

    Attributes:
        coverage: which samples of the artifact it lists.
        kinds: what it proves beside the sup error, in the order of `KINDS`.
    """

    coverage: Coverage = Coverage.ALL
    kinds: tuple[Kind, ...] = ()

    @classmethod
    def of(cls, coverage: Coverage, values: Mapping[str, str]) -> "Asked":
        """What is asked for with options, given their values, which are empty where an option has none.

        Raises:
            InputError: a value is none of its option.
        """
        kinds = (kind.read(values[kind.option]) for kind in KINDS if kind.option in values)
        return cls(coverage, tuple(kinds))

    @classmethod
    def parse(cls, words: str) -> "Asked":
        """What `options` has written."""
        _, coverage, *others = words.split()
        values: dict[str, str] = {}
        for word in others:
            if word.startswith("--"):
                values[word] = ""
            else:
                values[next(reversed(values))] = word
        return cls.of(Coverage(coverage), values)

    def options(self) -> str:
        """The options of the command line that ask for it."""
        return " ".join([f"--over {self.coverage}", *(kind.words() for kind in self.kinds)])

    @property
    def imports(self) -> tuple[str, ...]:
        """The modules of the Lean library that what is proved beside the sup error needs, each once."""
        return tuple(dict.fromkeys(kind.imports for kind in self.kinds))

    @property
    def calibration_first(self) -> bool:
        """Whether the calibration part comes first among the listed samples."""
        return any(kind.calibration_first for kind in self.kinds)

    def rows(self, artifact: ProbeArtifact) -> np.ndarray:
        """(N,) positions of the listed samples in the artifact.

        Raises:
            InputError: there are none, or they are not those that a claim needs.
        """
        rows = listed_rows(artifact, self.coverage, calibration_first=self.calibration_first)
        for kind in self.kinds:
            kind.require(artifact, self.coverage)
        return rows
