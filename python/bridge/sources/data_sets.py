"""Data sets in one file or in shards: their rows as one array, and what they are told by."""

import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path

from bridge.base.arrays import ArraySource
from bridge.base.errors import InputError
from bridge.base.file_spec import (
    ARROW_SUFFIXES,
    PARQUET_SUFFIXES,
    ZARR_SUFFIXES,
    FilePath,
    has_ending,
    require_readable,
    stamp_of,
)
from bridge.base.progress import Progress, untold
from bridge.base.shard import Shard
from bridge.base.workers import HERE, Workers
from bridge.sources.array_files import damage_in, open_named
from bridge.sources.chunked_files import zarr_files
from bridge.sources.shard_files import FoundFiles
from bridge.sources.stepwise import JoinedRows
from bridge.sources.table_rows import open_rows

_HASHED_AT_ONCE = 2**20


def open_entries(found: FoundFiles, *, texts: bool = False) -> ArraySource:
    """The array in a file, or those in shards one after the other; nothing but headers is read yet.

    Args:
        found: files that are no tables.
        texts: as in `open_array`.

    Raises:
        InputError: as `open_array`; or shards have rows of different shapes or types.
    """
    if not found.shards:
        return _joined(found, [open_named(found.path, found.array, texts=texts)])
    parts = [open_named(shard.path, shard.array, texts=texts) for shard in found.shards]
    first = parts[0]
    for shard, part in zip(found.shards, parts, strict=True):
        if not part.shape:
            raise InputError(f"{shard.path} holds a single number; rows are required of a shard; leave it out")
        if (part.shape[1:], part.dtype) != (first.shape[1:], first.dtype):
            raise InputError(
                f"{shard.path} has rows of shape {part.shape[1:]} and type {part.dtype}, and {found.shards[0].path} "
                f"of {first.shape[1:]} and {first.dtype}; shards of one shape and one type are required; leave out "
                "what belongs to another data set, or convert it"
            )
    return _joined(found, parts)


def open_columns(found: FoundFiles, names: Sequence[str] | None, *, without: Collection[str] = ()) -> ArraySource:
    """Columns of tables of Parquet or Arrow side by side, as `open_rows`.

    Raises:
        InputError: as there.
    """
    return _joined(found, open_rows(found.path, found.files, names, without=without))


def is_typed_table(found: FoundFiles) -> bool:
    """Whether the columns have types, so that rows can be read without looking at all of them."""
    return bool(found.shards) or has_ending(found.path, PARQUET_SUFFIXES + ARROW_SUFFIXES)


def _joined(found: FoundFiles, parts: Sequence[ArraySource]) -> ArraySource:
    first = parts[0]
    shape = (sum(map(len, parts)), *first.shape[1:]) if first.shape else ()
    return JoinedRows(shape, first.dtype, tuple(parts), found.files, tuple(map(stamp_of, found.files)))


def digest_file(path: FilePath) -> str:
    """SHA-256 of a file, in hexadecimal; of a zarr folder, that of `[["NAME",BYTES,"SHA-256"],…]` of its files.

    Raises:
        InputError: it cannot be read.
    """
    if has_ending(path, ZARR_SUFFIXES):
        told = [[name, stamp_of(file).size, digest_file(file)] for name, file in zarr_files(path).items()]
        return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()
    require_readable(path)
    digest = hashlib.sha256()
    with damage_in(path, "a file"), path.open("rb") as opened:
        while block := opened.read(_HASHED_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


def digest_shards(
    found: FoundFiles, opened: ArraySource, workers: Workers = HERE, progress: Progress = untold
) -> tuple[Shard, ...]:
    """The shards of a data set with their digests, each file of which is read once; none if it is one file.

    Args:
        found: its files.
        opened: their rows, as `open_entries` or `open_columns` gives them.
        workers: who reads the files.
        progress: told of every file.

    Raises:
        InputError: a file cannot be read.
    """
    if not found.shards:
        return ()
    assert isinstance(opened, JoinedRows)
    files = list(dict.fromkeys(found.files))
    # Workers can be in other folders.
    places = [file.absolute() if isinstance(file, Path) else file for file in files]
    digests = workers.map(digest_file, places, total=len(files), step="hashing", progress=progress)
    digest_of = dict(zip(files, digests, strict=True))
    return tuple(
        Shard(shard.name, len(part), digest_of[shard.path])
        for shard, part in zip(found.shards, opened.parts, strict=True)
    )
