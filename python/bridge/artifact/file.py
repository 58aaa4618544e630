"""The file of an artifact: safetensors, with a record and a checksum, and without code."""

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

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
from bridge.base.file_spec import read_bytes
from bridge.base.files import NewFile, write_atomically
from bridge.base.metadata import as_metadata, record_in
from bridge.base.own_files import ARTIFACT_FILE
from bridge.base.record_types import record_from

FORMAT_VERSION = 2

# Of a file that is read as a whole, and more than any export can be made of.
_LARGEST = 2**34
_ARRAYS = ("latents", *RECORD_ARRAYS)


@dataclass(frozen=True, eq=False)
class StoredArtifact:
    """An artifact and the file that it is stored in.

    Attributes:
        artifact: the content.
        sha256: SHA-256 of the file's bytes in hexadecimal, as `sha256sum` prints it.
    """

    artifact: ProbeArtifact
    sha256: str


def artifact_bytes(artifact: ProbeArtifact) -> bytes:
    """The content of the artifact's file; equal artifacts give equal bytes."""
    arrays = {name: getattr(artifact, name) for name in _ARRAYS}
    content = _content(artifact, {name: in_memory(array) for name, array in arrays.items()})
    return safetensors.numpy.save(arrays, metadata=as_metadata(content))


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
    record.require_latents(latents.shape, latents.dtype)
    arrays = {"latents": latents} | {name: in_memory(getattr(record, name)) for name in RECORD_ARRAYS}
    # The library says how arrays of these types are ordered and what they are called; it is given empty ones.
    empty = {name: np.empty(0, array.dtype) for name, array in arrays.items()}
    layout = safetensors.numpy.save(empty, metadata=as_metadata(_content(record, arrays)))
    header = json.loads(layout[8:])
    end = 0
    for name in (name for name in header if name in arrays):
        start, end = end, end + arrays[name].byte_count
        header[name] |= {"shape": arrays[name].shape, "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    blocks = (arrays[name].blocks() for name in header if name in arrays)
    data = (bytes_of(block) for block in itertools.chain.from_iterable(blocks))
    chunks: Iterator[bytes | memoryview] = itertools.chain([len(text).to_bytes(8, "little"), text], data)
    digest = hashlib.sha256()

    def digested() -> Iterator[bytes | memoryview]:
        for chunk in chunks:
            digest.update(chunk)
            yield chunk

    write_atomically(path, NewFile(ARTIFACT_FILE, digested()))
    return digest.hexdigest()


def save_artifact(path: Path, artifact: ProbeArtifact) -> str:
    """Write an artifact; an interruption leaves the old file intact.

    Returns:
        The SHA-256 of the file, in hexadecimal.

    Raises:
        InputError: the file cannot be written.
    """
    data = artifact_bytes(artifact)
    write_atomically(path, NewFile(ARTIFACT_FILE, data))
    return hashlib.sha256(data).hexdigest()


def to_be_stored(artifact: ProbeArtifact) -> StoredArtifact:
    """The artifact with the SHA-256 that its file has once it is written."""
    return StoredArtifact(artifact, hashlib.sha256(artifact_bytes(artifact)).hexdigest())


def load_artifact(path: Path) -> StoredArtifact:
    """Read an artifact; no code in the file is run, since the format has none.

    Raises:
        InputError: the file is missing, is not an artifact, has another format version, or is damaged.
    """
    data = read_bytes(path, most=_LARGEST, what="an artifact", remedy="make one with `bridge fit`")
    try:
        artifact = _decode(data)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (
        safetensors.SafetensorError,
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
    # Writing it again must give the same bytes: this covers every bit of the file, also those without a meaning.
    if artifact_bytes(artifact) != data:
        raise InputError(
            f"{path} is damaged: its content does not have the SHA-256 that it records; a whole one is required; make "
            "it again with `bridge fit`"
        )
    return StoredArtifact(artifact, hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class _Content:
    """All that is no array."""

    format_version: int
    concept_names: tuple[str, ...]
    concept_units: tuple[str, ...]
    metrics: tuple[ConceptMetrics, ...]
    provenance: Provenance
    rounding: Rounding | None
    content_sha256: str


def _decode(data: bytes) -> ProbeArtifact:
    record = record_in(data)
    if record["format_version"] != FORMAT_VERSION:
        raise InputError(
            f"format version {record['format_version']!r:.40} was found; version {FORMAT_VERSION} is required; fit "
            "again with this version of bridge"
        )
    content = record_from(_Content, record)
    arrays = safetensors.numpy.load(data)
    return ProbeArtifact(
        **{name: arrays[name] for name in _ARRAYS},
        concept_names=content.concept_names,
        concept_units=content.concept_units,
        metrics=content.metrics,
        provenance=content.provenance,
        rounding=content.rounding,
    )


def _content(record: ProbeRecord, arrays: Mapping[str, ArraySource]) -> str:
    """All that is no array, with the digest of everything."""
    content: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "concept_names": record.concept_names,
        "concept_units": record.concept_units,
        "metrics": [asdict(metrics) for metrics in record.metrics],
        "provenance": asdict(record.provenance),
        "rounding": None if record.rounding is None else asdict(record.rounding),
    }
    return _canonical_json({**content, "content_sha256": _digest(content, arrays)})


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
