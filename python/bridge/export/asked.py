"""What an export is asked for: which samples it lists, and what it proves of them beside what every export proves."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Self, TypeVar

import numpy as np

from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.record import ProbeArtifact
from bridge.base.errors import InputError
from bridge.export.claims import KINDS
from bridge.export.claims.kind import Asking, Kind
from bridge.export.pixels.certificate import pixels_of

FROM_PIXELS = "--from-pixels"
"""The option that asks for what is claimed of images and their encoder."""

AnyKind = TypeVar("AnyKind", bound=Asking)


@dataclass(frozen=True)
class AskedOf(ABC, Generic[AnyKind]):
    """What an export of some sort of artifact is asked for.

    Attributes:
        coverage: which samples of the artifact it lists.
        kinds: what it proves beside what every export does, in the order of the registry.
    """

    coverage: Coverage = Coverage.ALL
    kinds: tuple[AnyKind, ...] = ()

    @classmethod
    @abstractmethod
    def registry(cls) -> Sequence[type[AnyKind]]:
        """The kinds that can be asked for."""

    @classmethod
    @abstractmethod
    def refusal(cls, option: str) -> str:
        """What is said of an option that asks for a kind of another sort of artifact."""

    @classmethod
    def of(cls, coverage: Coverage, values: Mapping[str, str]) -> Self:
        """What is asked for with options, given their values, which are empty where an option has none.

        Raises:
            InputError: a value is none of its option, or an option asks for what is claimed of other artifacts.
        """
        options = {kind.option for kind in cls.registry()}
        for option in values:
            if option not in options:
                raise InputError(cls.refusal(option))
        kinds = (kind.read(values[kind.option]) for kind in cls.registry() if kind.option in values)
        return cls(coverage, tuple(kinds))

    @classmethod
    def parse(cls, words: str) -> Self:
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
        """The modules of the Lean library that what is proved beside needs, each once."""
        return tuple(dict.fromkeys(kind.imports for kind in self.kinds))

    @property
    @abstractmethod
    def calibration_first(self) -> bool:
        """Whether the calibration part comes first among the listed samples."""


@dataclass(frozen=True)
class Asked(AskedOf[Kind]):
    """What an export of probes is asked for; every one proves the sup error.

    Attributes:
        from_pixels: whether it proves of the images and the encoder too what follows for latents, scores and probes.
    """

    from_pixels: bool = False

    @classmethod
    def of(cls, coverage: Coverage, values: Mapping[str, str]) -> Self:
        """What is asked for with options; `--from-pixels` is one that has no value.

        Raises:
            InputError: a value is none of its option, or an option asks for what is claimed of other artifacts.
        """
        others = {option: value for option, value in values.items() if option != FROM_PIXELS}
        return replace(super().of(coverage, others), from_pixels=FROM_PIXELS in values)

    def options(self) -> str:
        """The options of the command line that ask for it."""
        return f"{super().options()} {FROM_PIXELS}" if self.from_pixels else super().options()

    @classmethod
    def registry(cls) -> Sequence[type[Kind]]:
        """`KINDS`."""
        return KINDS

    @classmethod
    def refusal(cls, option: str) -> str:
        """It belongs to classifiers."""
        return (
            f"{option} was given for a probe of scores; it is about decisions, and an artifact of a classifier is "
            f"required; leave {option} out, or fit with --labels"
        )

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
        if self.from_pixels:
            pixels_of(artifact)
        return rows
