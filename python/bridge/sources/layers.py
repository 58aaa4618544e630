"""The layers of a sweep: what each of several latents is called, and how it is named for its reader."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.base.errors import InputError
from bridge.base.file_spec import (
    ARRAY_SUFFIXES,
    INDEX_SUFFIXES,
    TABLE_SUFFIXES,
    FilePath,
    has_ending,
    is_pattern,
    split_source,
)
from bridge.base.words import natural_order, printable
from bridge.sources.array_files import arrays_in
from bridge.sources.data_sets import is_typed_table
from bridge.sources.shard_files import find_files, matching
from bridge.sources.tables import open_tables, usual_columns

_WILDCARD = re.compile(r"((?:[*?]|\[!?[^]/]+\])+)")
_GIVEN_NAME = re.compile(r"([^=*?\[\]/:]+)=(.+)", re.DOTALL)

# A name is that of a file, with an ending and with room for what is in front of it while it is written.
_LONGEST_NAME = 180


@dataclass(frozen=True)
class Layer:
    """Latents of the samples, of which a sweep has several.

    Attributes:
        name: what tells it from the others; its files are called so.
        latents: where it is, as `bridge.sources.precomputed.open_latents` takes it.
    """

    name: str
    latents: str


def find_layers(specs: Sequence[str]) -> tuple[Layer, ...]:
    """The layers that are meant: in the order of the specs, and those of one pattern in natural order.

    Args:
        specs: each is latents as in `open_latents`, with a wildcard (`*`, `?`, `[…]`) in the path or in the name of an
            array for each of those that it matches, called as what the wildcards stand for; without a wildcard one,
            called as its file or, where these are the same, as its array; or `NAME=LATENTS`, one that is called NAME,
            with LATENTS as it is, which can be a pattern of shards.

    Raises:
        InputError: a pattern matches nothing, a file whose arrays are to be listed cannot be read, or two layers would
            have one name, or one would have a name that no file can have.
    """
    found: list[Layer] = []
    plain: list[int] = []
    for spec in specs:
        path, array = split_source(spec)
        given = None if _is_there(path) else _GIVEN_NAME.fullmatch(spec)
        if given is not None and not _places(path):
            found.append(Layer(given[1].strip(), given[2]))
        elif _is_wild(path) or _WILDCARD.search(array):
            found += _matches(spec)
        else:
            plain.append(len(found))
            found.append(Layer(_stem(path), spec))
    arrays = [split_source(found[place].latents)[1] for place in plain]
    if len({found[place].name for place in plain}) < len(plain) == len({*arrays} - {""}):
        for place, array in zip(plain, arrays, strict=True):
            found[place] = replace(found[place], name=array)
    for layer in found:
        _require_name(layer)
    for name, count in Counter(layer.name for layer in found).items():
        if count > 1:
            one, other = [layer.latents for layer in found if layer.name == name][:2]
            raise InputError(
                f"{one} and {other} would both be the layer {name!r}; a name for each is required; give it with "
                "--latents NAME=FILE"
            )
    return tuple(found)


def _matches(spec: str) -> list[Layer]:
    """What a pattern matches, in natural order."""
    path, array = split_source(spec)
    places = [(str(path), path)]
    if _is_wild(path):
        folders = spec.endswith("/")
        places = [(str(place), place) for place in _places(path) if not folders or place.is_dir()]
    layers: list[Layer] = []
    for text, place in places:
        words = _stood_for(str(path), text)
        if not _WILDCARD.search(array):
            layers.append(Layer(_name(words, place.name), f"{text}:{array}" if array else text))
            continue
        names = sorted((name for name in _names_in(text) if _pattern(array).fullmatch(name)), key=natural_order)
        layers += [Layer(_name([*words, *_stood_for(array, name)], name), f"{text}:{name}") for name in names]
    if not layers:
        raise InputError(
            f"{spec} matches nothing; latents of at least one layer are required; check the pattern, and put it in "
            "quotes so that no shell changes it"
        )
    return layers


def _is_there(path: FilePath) -> bool:
    return isinstance(path, Path) and path.exists()


def _is_wild(path: FilePath) -> bool:
    return is_pattern(str(path)) and not _is_there(path)


def _places(path: FilePath) -> list[FilePath]:
    """What a path matches as a pattern, in natural order."""
    return [file for _, file in sorted(matching(path), key=lambda found: natural_order(str(found[1])))]


def _names_in(place: str) -> list[str]:
    """The names of the arrays of a file, or of its columns; of shards, those of the first."""
    found = find_files(place)
    first = found.files[0]
    if not found.is_table:
        return list(arrays_in(first))
    return list(usual_columns(open_tables([first])[0])) if is_typed_table(found) else []


def _pattern(wild: str) -> re.Pattern[str]:
    """What a pattern matches, with what each run of wildcards stands for as a group."""

    def translated(part: str) -> str:
        # A run of wildcards is one group, so that `??` stands for two letters and not for one and one.
        pieces = re.findall(r"\*|\?|\[!?[^]/]+\]", part)
        return f"({''.join(_ONE.get(piece, piece.replace('[!', '[^')) for piece in pieces)})"

    parts = _WILDCARD.split(wild)
    return re.compile("".join(translated(part) if place % 2 else re.escape(part) for place, part in enumerate(parts)))


_ONE = {"*": "[^/]*", "?": "[^/]"}


def _stood_for(wild: str, found: str) -> list[str]:
    """What each run of wildcards stands for; nothing where there are none."""
    # The file system that an address leads to may write the beginning of it otherwise.
    end = _pattern(wild.rpartition("://")[2].lstrip("/"))
    match = re.fullmatch(f"(?:.*/)?{end.pattern}", found, re.DOTALL)
    return [] if match is None else list(match.groups())


def _name(words: Sequence[str], otherwise: str) -> str:
    return "-".join(word for word in words if word) or _stem(Path(otherwise))


def _stem(path: FilePath) -> str:
    """The name of a file or a folder without its ending."""
    endings = [ending for ending in (*ARRAY_SUFFIXES, *TABLE_SUFFIXES, *INDEX_SUFFIXES) if has_ending(path, (ending,))]
    return path.name[: len(path.name) - max(map(len, endings), default=0)] or path.name


def _require_name(layer: Layer) -> None:
    name = layer.name
    if not name or name.startswith(".") or "/" in name or printable(name) != name or "\n" in name or "\t" in name:
        raise InputError(
            f"{layer.latents} would be the layer {name!r}; a name that a file can have is required; give one with "
            "--latents NAME=FILE"
        )
    if len(name.encode()) > _LONGEST_NAME:
        raise InputError(
            f"{layer.latents} would be a layer whose name has {len(name.encode())} bytes; at most {_LONGEST_NAME} are "
            "required, since files are called so; give a shorter one with --latents NAME=FILE"
        )
