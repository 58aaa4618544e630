"""Two artifacts that can be compared: of probes, or of classifiers, on the same samples."""

from dataclasses import dataclass

import numpy as np

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.coverage import Coverage, listed_rows
from bridge.artifact.record import ProbeArtifact, SampleRecord
from bridge.base.errors import InputError

_SORTS = {True: "a classifier", False: "a probe with concept scores"}


@dataclass(frozen=True, eq=False)
class ProbePair:
    """Two probes of the same concepts on the same latents.

    Attributes:
        a: the one that is compared.
        b: the one that it is compared with.
    """

    a: ProbeArtifact
    b: ProbeArtifact


@dataclass(frozen=True, eq=False)
class ClassifierPair:
    """Two classifiers into the same classes on the same latents.

    Attributes:
        a: the one that is compared.
        b: the one that it is compared with.
    """

    a: ClassifierArtifact
    b: ClassifierArtifact


def paired(a: ProbeArtifact | ClassifierArtifact, b: ProbeArtifact | ClassifierArtifact) -> ProbePair | ClassifierPair:
    """Two artifacts as a pair, which are named A and B in messages.

    Raises:
        InputError: they are of two sorts, of other concepts or classes, or of other samples.
    """
    if isinstance(a, ProbeArtifact) and isinstance(b, ProbeArtifact):
        _require_same_names("concept", a.concept_names, b.concept_names)
        _require_same_latents(a, b)
        return ProbePair(a, b)
    if isinstance(a, ClassifierArtifact) and isinstance(b, ClassifierArtifact):
        _require_same_names("class", a.class_names, b.class_names)
        _require_same_latents(a, b)
        return ClassifierPair(a, b)
    sorts = [_SORTS[isinstance(artifact, ClassifierArtifact)] for artifact in (a, b)]
    raise InputError(
        f"A is the artifact of {sorts[0]}, and B that of {sorts[1]}; two of one sort are required, since only these "
        "have values that mean the same; fit both with --scores, or both with --labels"
    )


def compared_rows(pair: ProbePair | ClassifierPair, coverage: Coverage) -> np.ndarray:
    """Positions in the artifacts of the samples over which a pair is compared, in order.

    Raises:
        InputError: there are none, or the part has other samples in B than in A.
    """
    rows, others = (listed_rows(artifact, coverage) for artifact in (pair.a, pair.b))
    if not np.array_equal(rows, others):
        sample = np.setxor1d(rows, others)[0]
        there, elsewhere = ("A", "B") if sample in rows else ("B", "A")
        raise InputError(
            f"sample {sample} is a {coverage} sample of {there} and not of {elsewhere}; a part with the same samples "
            "in both is required; compare over all of them, or fit both with the same split"
        )
    return rows


def valued_classes(pair: ClassifierPair) -> dict[int, str]:
    """The classes whose values can differ, by their numbers: of binary probes with one threshold, class 1 alone."""
    classes = dict(enumerate(pair.a.class_names))
    if pair.a.is_binary and pair.b.is_binary and pair.a.threshold == pair.b.threshold:
        del classes[0]
    return classes


def _require_same_names(kind: str, a: tuple[str, ...], b: tuple[str, ...]) -> None:
    """Refuse concepts or classes that are others, or in another order."""
    if a != b:
        place = next((place for place, names in enumerate(zip(a, b, strict=False)) if names[0] != names[1]), None)
        plural = "classes" if kind == "class" else "concepts"
        found = (
            f"A has {len(a)} {plural}, and B {len(b)}"
            if place is None
            else f"{kind} {place} is {a[place]!r:.60} in A, and {b[place]!r:.60} in B"
        )
        raise InputError(f"{found}; the same {plural} in the same order are required; fit both on the same ones")


def _require_same_latents(a: SampleRecord, b: SampleRecord) -> None:
    """Refuse latents that are not the same to the last bit."""
    assert isinstance(a, ProbeArtifact | ClassifierArtifact)
    assert isinstance(b, ProbeArtifact | ClassifierArtifact)
    grids = [None if artifact.rounding is None else artifact.rounding.latent_bits for artifact in (a, b)]
    if grids[0] != grids[1]:
        written = ["as they are" if bits is None else f"rounded to multiples of 2^-{bits}" for bits in grids]
        raise InputError(
            f"the latents of A are {written[0]}, and those of B {written[1]}; the same latents are required, since the "
            "values of both are taken at the same points; fit both with the same --latent-bits, or round the weights "
            "alone with --weight-bits"
        )
    forms = [(artifact.latents.shape, artifact.latents.dtype) for artifact in (a, b)]
    if forms[0] != forms[1]:
        written = [f"shape {shape} and dtype {dtype}" for shape, dtype in forms]
        raise InputError(
            f"the latents of A have {written[0]}, those of B {written[1]}; the same samples are required; fit both on "
            "the same latents"
        )
    bytes_of_a, bytes_of_b = (
        np.frombuffer(artifact.latents.tobytes(), np.uint8).reshape(artifact.latents.size, -1) for artifact in (a, b)
    )
    others = np.flatnonzero((bytes_of_a != bytes_of_b).any(axis=1))
    if len(others):
        sample, column = divmod(int(others[0]), a.latents.shape[1])
        raise InputError(
            f"latents[{sample}, {column}] is {a.latents[sample, column]!s} in A, and {b.latents[sample, column]!s} in "
            "B; the same samples in the same order are required, to the last bit; fit both on the same latents"
        )
