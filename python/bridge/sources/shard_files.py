"""Which files a folder, a pattern, an index or a data set of Hugging Face stands for, and in which order.

Names are in natural order: runs of digits compare as numbers, so that `part-9` is before `part-10`.  An index and a
`state.json` of `datasets` give an order of their own.
"""

import fnmatch
import glob
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from bridge.base.errors import InputError, one_line
from bridge.base.file_spec import (
    ARROW_SUFFIXES,
    HDF5_SUFFIXES,
    INDEX_SUFFIXES,
    PARQUET_SUFFIXES,
    ZARR_SUFFIXES,
    FilePath,
    has_ending,
    is_pattern,
    read_bytes,
    split_source,
    stamp_of,
)
from bridge.base.guard import declare_inputs
from bridge.base.metadata import strict_json
from bridge.base.remote import RemoteFile, on_disk
from bridge.base.words import counted, natural_order
from bridge.sources.tables import is_table

# Files of one format, which can be shards of one data set.
_FORMATS: Mapping[str, tuple[str, ...]] = {
    ".npy": (".npy",),
    ".npz": (".npz",),
    ".safetensors": (".safetensors",),
    ".pt": (".pt", ".pth"),
    ".parquet": PARQUET_SUFFIXES,
    ".arrow": ARROW_SUFFIXES,
    ".h5": HDF5_SUFFIXES,
    ".zarr": ZARR_SUFFIXES,
}
_TABLES = (".parquet", ".arrow")

# Beside hidden files, what programs put beside shards; `_SUCCESS` and `_metadata` by their first character.
_PASSED_OVER = (".md", ".txt", ".json", ".yaml", ".yml", ".crc", ".sha256", ".lock")

_STATE, _DICT = "state.json", "dataset_dict.json"
_ZARR_MARKS = ("zarr.json", ".zarray", ".zgroup")
_LARGEST_JSON = 2**28


@dataclass(frozen=True)
class ShardFile:
    """A file of a data set.

    Attributes:
        path: the file.
        name: its name relative to what was given, with `:NAME` behind it where an index says which array it is.
        array: the name of the array or the column; empty where there is one alone.
    """

    path: FilePath
    name: str
    array: str


@dataclass(frozen=True)
class FoundFiles:
    """The files that a spec stands for.

    Attributes:
        path: what was given, without a name behind it.
        array: that name, or none.
        shards: the files in their order; none if what was given is a file itself.
        is_table: whether they have columns.
    """

    path: FilePath
    array: str
    shards: tuple[ShardFile, ...]
    is_table: bool

    @property
    def files(self) -> tuple[FilePath, ...]:
        """The files."""
        return tuple(shard.path for shard in self.shards) or (self.path,)


def find_files(spec: str) -> FoundFiles:
    """The file that `PATH` or `PATH:NAME` names, or the shards that it stands for, which no output then replaces.

    Nothing is said of a path that is not there, or is of an unknown kind: that is for its reader.

    Raises:
        InputError: there is no shard, there are some of two formats, or an index or a data set is damaged.
        MissingToolError: what reads from elsewhere is missing.
    """
    path, name = split_source(spec)
    found = _found(path, name)
    declare_inputs(*(shard.path for shard in found.shards if isinstance(shard.path, Path)))
    return found


def _found(path: FilePath, name: str) -> FoundFiles:
    if has_ending(path, INDEX_SUFFIXES):
        return _indexed(path, name)
    if is_pattern(str(path)) and not _is_there(path):
        return _of_format(path, name, matching(path), "a pattern that fits files of one of the formats")
    if not _is_folder(path):
        return FoundFiles(path, name, (), is_table(path))
    inside = {file.name: file for file in _inside(path)}
    if any(mark in inside for mark in _ZARR_MARKS):
        raise InputError(f"{path} is a zarr folder; a name that ends in .zarr is required for one; rename it")
    if _DICT in inside:
        splits = ", ".join(f"{path}/{split}" for split in _read_json(inside[_DICT]).get("splits", ()))
        raise InputError(
            f"{path} is a DatasetDict, of several data sets; one of {splits} is required; choose it, or save them as "
            "one with concatenate_datasets"
        )
    if _STATE in inside:
        return _of_datasets(path, name, inside)
    return _of_format(path, name, list(inside.items()), "a folder of files of one of the formats")


def _is_folder(path: FilePath) -> bool:
    """Whether it is a folder of shards; a server would send the whole of a file to say that it is none."""
    if has_ending(path, ZARR_SUFFIXES):
        return False
    if isinstance(path, RemoteFile) and path.suffix and not path.address.endswith("/"):
        return False
    return path.is_dir()


def _is_there(path: FilePath) -> bool:
    try:
        return isinstance(path, Path) and path.exists()
    except OSError:  # such as a name that is too long for a file
        return False


def _inside(folder: FilePath) -> Sequence[FilePath]:
    return folder.files() if isinstance(folder, RemoteFile) else list(folder.iterdir())


def matching(pattern: FilePath) -> list[tuple[str, FilePath]]:
    """What fits a pattern, each by its name from where the pattern begins."""
    fixed = re.split(r"[^/]*[*?[]", str(pattern), maxsplit=1)[0]
    if isinstance(pattern, RemoteFile):
        start = RemoteFile(fixed).path
        return [(found.path.removeprefix(start), found) for found in pattern.matches()]
    matches = glob.glob(str(pattern), recursive=True)  # noqa: PTH207 -- a path's own begins at a folder that is there
    return [(found.removeprefix(fixed), Path(found)) for found in matches]


def _of_format(path: FilePath, name: str, found: Sequence[tuple[str, FilePath]], required: str) -> FoundFiles:
    """Shards of one format, in natural order, without what lies beside them."""
    meant = {each: file for each, file in found if not _is_passed_over(file)}
    format_of = {each: _format(file) for each, file in meant.items()}
    folders = [each for each, kind in format_of.items() if kind is None and meant[each].is_dir()]
    formats = {kind: each for each, kind in sorted(format_of.items(), reverse=True) if each not in folders}
    if None in formats:
        raise InputError(
            f"{path} has {formats[None]!r}, which is no shard; files that end in {', '.join(_FORMATS)} are required; "
            "move it away, or choose files by a pattern"
        )
    if not formats:
        within = f", only folders such as {min(folders)!r}" if folders else ""
        raise InputError(f"{path} has no shard{within}; {required}, {', '.join(_FORMATS)}, is required; check the path")
    if len(formats) > 1:
        one, another = sorted(formats.values())[:2]
        raise InputError(
            f"{path} has {one!r} and {another!r}, shards of two formats; one is required; choose files by a pattern "
            "such as *.parquet"
        )
    ((kind, _),) = formats.items()
    ordered = sorted((each for each in meant if each not in folders), key=natural_order)
    shards = tuple(ShardFile(meant[each], each, name) for each in ordered)
    return FoundFiles(path, name, shards, kind in _TABLES)


def _is_passed_over(file: FilePath) -> bool:
    return file.name.startswith((".", "_")) or has_ending(file, _PASSED_OVER)


def _format(file: FilePath) -> str | None:
    """What the ending says; a folder is of no format but that of zarr."""
    kind = next((kind for kind, endings in _FORMATS.items() if has_ending(file, endings)), None)
    return kind if kind == ".zarr" or not (isinstance(file, Path) and file.is_dir()) else None


def _read_json(path: FilePath) -> Any:  # noqa: ANN401 -- whatever the file says
    with on_disk(path) as file:
        text = read_bytes(file, most=_LARGEST_JSON, what="a file of JSON")
    try:
        content = strict_json(text)
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{path} cannot be read as JSON ({one_line(error)}); a whole file is required; save it again"
        ) from None
    if not isinstance(content, dict):
        raise InputError(f"{path} holds no JSON object; one is required; save it again")
    return content


# An index of safetensors: https://huggingface.co/docs/safetensors


def _indexed(path: FilePath, name: str) -> FoundFiles:
    """The tensors that an index says which files have, those of a name or of a pattern in natural order."""
    index = _read_json(path)
    weight_map = index.get("weight_map")
    if not isinstance(weight_map, dict) or not all(isinstance(file, str) for file in weight_map.values()):
        raise InputError(f"{path} has no `weight_map` of names and files; one is required; save it again")
    for tensor, file in weight_map.items():
        if PurePosixPath(file).name != file or not has_ending(Path(file), (".safetensors",)):
            raise InputError(
                f"{path} has {tensor!r} in {file!r}; a .safetensors file beside the index is required; save it again"
            )
    if not name and len(weight_map) == 1:
        (name,) = weight_map
    chosen = [name] if name in weight_map else sorted(fnmatch.filter(weight_map, name), key=natural_order)
    if not chosen:
        shown = ", ".join(map(repr, sorted(weight_map, key=natural_order)[:8]))
        raise InputError(
            f"{path} has {f'no tensor {name!r}' if name else 'several tensors'}; one of its tensors, or a pattern such "
            f"as 'layer_3.*' of some, is required; choose among {shown}"
        )
    beside = {weight_map[tensor]: path.parent / weight_map[tensor] for tensor in chosen}
    for file, place in beside.items():
        if isinstance(place, Path) and not place.is_file():
            raise InputError(f"{path} names {file!r}, which is not there; all files of an index are required; fetch it")
    if beside.keys() == set(weight_map.values()):
        _require_total(path, index, list(beside.values()))
    shards = (ShardFile(beside[weight_map[each]], f"{weight_map[each]}:{each}", each) for each in chosen)
    return FoundFiles(path, name, tuple(shards), is_table=False)


def _require_total(path: FilePath, index: Mapping[str, Any], files: Sequence[FilePath]) -> None:
    """Refuse files that together have other bytes of tensors than the index says."""
    metadata = index.get("metadata")
    total = metadata.get("total_size") if isinstance(metadata, dict) else None
    found = sum(map(_tensor_bytes, files))
    if isinstance(total, int) and found != total:
        raise InputError(
            f"{path} says that its tensors have {total} bytes, and its {counted(len(files), 'file')} {found}; all rows "
            "of all tensors are required; fetch the files and the index again"
        )


def _tensor_bytes(path: FilePath) -> int:
    """How much of a safetensors file is not its header."""
    with path.open("rb") as file:
        return stamp_of(path).size - 8 - int.from_bytes(file.read(8), "little")


# Data sets that `datasets` has saved: https://huggingface.co/docs/datasets


def _of_datasets(path: FilePath, name: str, inside: Mapping[str, FilePath]) -> FoundFiles:
    """The streams of a data set, in the order of its state."""
    state = _read_json(inside[_STATE])
    try:
        names = [str(entry["filename"]) for entry in state["_data_files"]]
    except (KeyError, TypeError):
        raise InputError(
            f"{path}/{_STATE} has no `_data_files`; a data set as save_to_disk writes it is required; save it again"
        ) from None
    if state.get("_indices_data_files"):
        raise InputError(
            f"{path} has its rows in an order that a file of indices gives; rows as they are required; save it after "
            "flatten_indices()"
        )
    for number, file in enumerate(names):
        if file not in inside:
            raise InputError(
                f"{path}/{_STATE} names {file!r}, which is not there; all of its files are required; fetch it"
            )
        if file in names[:number]:
            raise InputError(f"{path}/{_STATE} names {file!r} twice; each of its files once is required; save it again")
    if not names:
        raise InputError(f"{path} has no rows; one for each sample is required; save a data set that has some")
    shards = tuple(ShardFile(inside[file], file, name) for file in names)
    return FoundFiles(path, name, shards, is_table=True)
