"""The file of an artifact: safetensors, with a record and a checksum, and without code."""

import hashlib
import itertools
import json
import math
import operator
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, overload

import numpy as np
import safetensors.numpy

from bridge.artifact.classifier import CLASSIFIER_ARRAYS, ClassifierArtifact, ClassifierMetrics, Control, Fold
from bridge.artifact.pixels import StoredPixels
from bridge.artifact.record import (
    RECORD_ARRAYS,
    ConceptMetrics,
    ProbeArtifact,
    ProbeRecord,
    Provenance,
    Rounding,
)
from bridge.base.arrays import ArraySource, bytes_of, in_memory
from bridge.base.errors import InputError, one_line
from bridge.base.file_spec import require_readable
from bridge.base.files import NewFile, write_atomically
from bridge.base.metadata import LONGEST_HEADER, as_metadata, record_in, strict_json
from bridge.base.own_files import ARTIFACT_FILE
from bridge.base.record_types import record_from

FORMAT_VERSION = 2

# Of a file that is read as a whole, and more than any export can be made of.
_LARGEST = 2**34
_ARRAYS = ("latents", *RECORD_ARRAYS)

# What the format calls the types of numbers that an artifact can have.
_DTYPES = {
    "BOOL": np.dtype(np.bool_),
    **{f"{kind.upper()}{bits}": np.dtype(f"{kind}{bits // 8}") for kind in "iu" for bits in (8, 16, 32, 64)},
    **{f"F{bits}": np.dtype(f"f{bits // 8}") for bits in (16, 32, 64)},
}

# What only the record of a classifier says; that of a probe with scores does not say what it is of.
_CLASSIFIER = "classifier"


@dataclass(frozen=True, eq=False)
class StoredArtifact:
    """An artifact and the file that it is stored in.

    Attributes:
        artifact: the content.
        sha256: SHA-256 of the file's bytes in hexadecimal, as `sha256sum` prints it.
    """

    artifact: ProbeArtifact
    sha256: str


@dataclass(frozen=True, eq=False)
class StoredClassifier:
    """The artifact of a classifier and the file that it is stored in.

    Attributes:
        artifact: the content.
        sha256: SHA-256 of the file's bytes in hexadecimal, as `sha256sum` prints it.
    """

    artifact: ClassifierArtifact
    sha256: str


def artifact_bytes(artifact: ProbeArtifact | ClassifierArtifact) -> bytes:
    """The content of the artifact's file; equal artifacts give equal bytes."""
    return b"".join(artifact_chunks(artifact))


def artifact_chunks(artifact: ProbeArtifact | ClassifierArtifact) -> Iterator[bytes | memoryview]:
    """The same in pieces, which are no copies of the arrays."""
    return _chunks(artifact, _arrays_of(artifact))


def save_in_blocks(path: Path, record: ProbeRecord, latents: ArraySource) -> str:
    """Write the file of an artifact whose latents are never in memory as a whole: the bytes of `artifact_bytes`.

    An interruption leaves the old file intact.

    Args:
        path: the file.
        record: all but the latents.
        latents: finite latent points, on the record's grid if there is one; they are read twice.

    Returns:
        The SHA-256 of the file, in hexadecimal.

    Raises:
        InputError: the latents do not fit the record, or the file cannot be written.
    """
    return _write(path, chunks_in_blocks(record, latents))


def chunks_in_blocks(record: ProbeRecord, latents: ArraySource) -> Iterator[bytes | memoryview]:
    """The bytes that `save_in_blocks` writes, in pieces.

    Raises:
        InputError: the latents do not fit the record.
    """
    record.require_latents(latents.shape, latents.dtype)
    return _chunks(record, {"latents": latents, **_arrays_of_record(record)})


def save_artifact(path: Path, artifact: ProbeArtifact | ClassifierArtifact) -> str:
    """Write an artifact; an interruption leaves the old file intact.

    Returns:
        The SHA-256 of the file, in hexadecimal.

    Raises:
        InputError: the file cannot be written.
    """
    return _write(path, artifact_chunks(artifact))


def _write(path: Path, chunks: Iterator[bytes | memoryview]) -> str:
    """Write a file, and its SHA-256."""
    digest = hashlib.sha256()

    def digested() -> Iterator[bytes | memoryview]:
        for chunk in chunks:
            digest.update(chunk)
            yield chunk

    write_atomically(path, NewFile(ARTIFACT_FILE, digested()))
    return digest.hexdigest()


@overload
def to_be_stored(artifact: ProbeArtifact) -> StoredArtifact: ...


@overload
def to_be_stored(artifact: ClassifierArtifact) -> StoredClassifier: ...


def to_be_stored(artifact: ProbeArtifact | ClassifierArtifact) -> StoredArtifact | StoredClassifier:
    """The artifact with the SHA-256 that its file has once it is written."""
    return _stored(artifact, artifact_chunks(artifact))


def load_artifact(path: Path) -> StoredArtifact:
    """Read the artifact of a probe; no code in the file is run, since the format has none.

    Raises:
        InputError: as `load_any`, or the file is that of a classifier.
    """
    stored = load_any(path)
    if isinstance(stored, StoredClassifier):
        raise InputError(
            f"{path} is the artifact of a classifier; one of a probe with concept scores is required; make one with "
            "`bridge fit --scores …`, or read this one with `load_classifier`"
        )
    return stored


def load_classifier(path: Path) -> StoredClassifier:
    """Read the artifact of a classifier; no code in the file is run, since the format has none.

    Raises:
        InputError: as `load_any`, or the file is that of a probe with concept scores.
    """
    stored = load_any(path)
    if isinstance(stored, StoredArtifact):
        raise InputError(
            f"{path} is the artifact of a probe with concept scores; one of a classifier is required; make one with "
            "`bridge fit --labels …`, or read this one with `load_artifact`"
        )
    return stored


def load_any(path: Path) -> StoredArtifact | StoredClassifier:
    """Read an artifact, of a probe or of a classifier; no code in the file is run, since the format has none.

    Each array is read once, into the memory that the artifact keeps: of a large file there is no second copy.  The file
    is not mapped into memory, since then its numbers could become others after their digest was taken.

    Raises:
        InputError: the file is missing, is not an artifact, has another format version, or is damaged.
    """
    require_readable(path, "an artifact", "make one with `bridge fit`")
    if path.stat().st_size > _LARGEST:
        raise InputError(
            f"{path} has more than {_LARGEST} bytes; an artifact of at most as many is required; make one with "
            "`bridge fit`"
        )
    try:
        with path.open("rb") as file:
            start, arrays = _read(file)
            artifact = _decode(start, arrays)
            is_at_end = not file.read(1)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RuntimeError,
    ) as error:
        raise InputError(
            f"{path} is not an artifact or is damaged ({type(error).__name__}: {one_line(error)}); "
            "a whole one is required; make it again with `bridge fit`"
        ) from None
    # Written again, it must begin with the same bytes, among which are the digest of all arrays and their places, one
    # behind the other to the end: this covers every bit of the file, also those without a meaning.
    if not is_at_end or b"".join(_beginning(artifact, _arrays_of(artifact))) != start:
        raise InputError(
            f"{path} is damaged: its content does not have the SHA-256 that it records; a whole one is required; make "
            "it again with `bridge fit`"
        )
    return _stored(artifact, itertools.chain([start], _data(_arrays_of(artifact), start)))


def _read(file: BinaryIO) -> tuple[bytes, Mapping[str, np.ndarray]]:
    """The beginning of a file, which ends with its header, and its arrays, one behind the other.

    Raises:
        ValueError, KeyError, TypeError: it does not have this form.
    """
    size = os.fstat(file.fileno()).st_size
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > min(size - 8, LONGEST_HEADER):
        raise ValueError("the header is longer than the file or the format allows")
    start += file.read(length)
    header = strict_json(start[8:])
    places = {name: place for name, place in header.items() if name != "__metadata__"}
    arrays = {}
    for name, place in sorted(places.items(), key=lambda each: tuple(each[1]["data_offsets"])):
        dtype, shape = _DTYPES[place["dtype"]], tuple(map(operator.index, place["shape"]))
        count = math.prod(shape) * dtype.itemsize
        if min(shape, default=0) < 0 or count > size - file.tell():
            raise ValueError(f"the array {name!r} has more numbers than the file")
        # Bytes cannot be changed, so that the artifact need not copy them.
        arrays[name] = np.frombuffer(file.read(count), dtype).reshape(shape)
    return start, arrays


def _stored(
    artifact: ProbeArtifact | ClassifierArtifact, chunks: Iterable[bytes | memoryview]
) -> StoredArtifact | StoredClassifier:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    if isinstance(artifact, ProbeArtifact):
        return StoredArtifact(artifact, digest.hexdigest())
    return StoredClassifier(artifact, digest.hexdigest())


@dataclass(frozen=True)
class _Content:
    """All that is no array in the artifact of a probe."""

    format_version: int
    concept_names: tuple[str, ...]
    concept_units: tuple[str, ...]
    metrics: tuple[ConceptMetrics, ...]
    provenance: Provenance
    rounding: Rounding | None
    content_sha256: str
    pixels: StoredPixels | None = None


@dataclass(frozen=True)
class _ClassifierContent:
    """All that is no array in the artifact of a classifier."""

    artifact: str
    format_version: int
    label_name: str
    class_names: tuple[str, ...]
    method: str
    metrics: ClassifierMetrics
    control: Control | None
    fold: Fold | None
    provenance: Provenance
    rounding: Rounding | None
    content_sha256: str


def _decode(start: bytes, arrays: Mapping[str, np.ndarray]) -> ProbeArtifact | ClassifierArtifact:
    record = record_in(start)
    if record["format_version"] != FORMAT_VERSION:
        raise InputError(
            f"format version {record['format_version']!r:.40} was found; version {FORMAT_VERSION} is required; fit "
            "again with this version of bridge"
        )
    if record.get("artifact") == _CLASSIFIER:
        return _decode_classifier(record_from(_ClassifierContent, record), arrays)
    content = record_from(_Content, record)
    return ProbeArtifact(
        **{name: arrays[name] for name in _ARRAYS},
        concept_names=content.concept_names,
        concept_units=content.concept_units,
        metrics=content.metrics,
        provenance=content.provenance,
        rounding=content.rounding,
        pixels=None if content.pixels is None else content.pixels.read(arrays),
    )


def _decode_classifier(content: _ClassifierContent, arrays: Mapping[str, np.ndarray]) -> ClassifierArtifact:
    return ClassifierArtifact(
        **{name: arrays[name] for name in CLASSIFIER_ARRAYS},
        label_name=content.label_name,
        class_names=content.class_names,
        method=content.method,
        metrics=content.metrics,
        control=content.control,
        fold=content.fold,
        provenance=content.provenance,
        rounding=content.rounding,
    )


def _arrays_of(artifact: ProbeArtifact | ClassifierArtifact) -> Mapping[str, ArraySource]:
    if isinstance(artifact, ProbeArtifact):
        return {"latents": in_memory(artifact.latents), **_arrays_of_record(artifact)}
    return {name: in_memory(getattr(artifact, name)) for name in CLASSIFIER_ARRAYS}


def _arrays_of_record(record: ProbeRecord) -> Mapping[str, ArraySource]:
    arrays = {name: getattr(record, name) for name in RECORD_ARRAYS}
    of_pixels = {} if record.pixels is None else record.pixels.arrays()
    return {name: in_memory(array) for name, array in (arrays | of_pixels).items()}


def _chunks(
    record: ProbeRecord | ClassifierArtifact, arrays: Mapping[str, ArraySource]
) -> Iterator[bytes | memoryview]:
    """A file in pieces: its beginning, and its arrays behind."""
    start = b"".join(_beginning(record, arrays))
    yield start
    yield from _data(arrays, start)


def _beginning(record: ProbeRecord | ClassifierArtifact, arrays: Mapping[str, ArraySource]) -> tuple[bytes, bytes]:
    """The length of the header, and the header."""
    # The library says how arrays of these types are ordered and what they are called; it is given empty ones.
    empty = {name: np.empty(0, array.dtype) for name, array in arrays.items()}
    header = json.loads(safetensors.numpy.save(empty, metadata=as_metadata(_content(record, arrays)))[8:])
    end = 0
    for name in (name for name in header if name in arrays):
        start, end = end, end + arrays[name].byte_count
        header[name] |= {"shape": arrays[name].shape, "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little"), text


def _data(arrays: Mapping[str, ArraySource], start: bytes) -> Iterator[memoryview]:
    """The bytes of all arrays in the order of the header with which a file starts."""
    blocks = (arrays[name].blocks() for name in json.loads(start[8:]) if name in arrays)
    return (bytes_of(block) for block in itertools.chain.from_iterable(blocks))


def _content(record: ProbeRecord | ClassifierArtifact, arrays: Mapping[str, ArraySource]) -> str:
    """All that is no array, with the digest of everything."""
    content: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "provenance": record.provenance.written(),
        "rounding": None if record.rounding is None else asdict(record.rounding),
        **(_of_probe(record) if isinstance(record, ProbeRecord) else _of_classifier(record)),
    }
    return _canonical_json({**content, "content_sha256": _digest(content, arrays)})


def _of_probe(record: ProbeRecord) -> dict[str, Any]:
    return {
        "concept_names": record.concept_names,
        "concept_units": record.concept_units,
        "metrics": [asdict(metrics) for metrics in record.metrics],
        # Left out where there are none, so that all other artifacts keep their bytes.
        **({} if record.pixels is None else {"pixels": record.pixels.written()}),
    }


def _of_classifier(artifact: ClassifierArtifact) -> dict[str, Any]:
    return {
        "artifact": _CLASSIFIER,
        "label_name": artifact.label_name,
        "class_names": artifact.class_names,
        "method": artifact.method,
        "metrics": asdict(artifact.metrics),
        "control": None if artifact.control is None else asdict(artifact.control),
        "fold": None if artifact.fold is None else asdict(artifact.fold),
    }


def _digest(content: Mapping[str, Any], arrays: Mapping[str, ArraySource]) -> str:
    digest = hashlib.sha256(_canonical_json(content).encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(_canonical_json([name, array.dtype.str, array.shape]).encode())
        for block in array.blocks():
            digest.update(bytes_of(block))
    return digest.hexdigest()


def _canonical_json(content: object) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
