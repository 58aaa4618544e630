"""The manifest of a sweep: which layer is in which file, made of what, and how well it does.

It is a JSON text with a digest of itself.  Equal sweeps have equal manifests: there is no time in it, and no path but
those that the user named the latents by.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bridge.artifact.sweep import Best, Cell
from bridge.base.errors import InputError, one_line
from bridge.base.file_spec import read_bytes
from bridge.base.metadata import strict_json
from bridge.base.own_files import SWEEP_MARK
from bridge.base.record_types import record_from, require_field_types
from bridge.base.version import __version__

MANIFEST = "sweep.json"

_FORMAT_VERSION = 1
_LARGEST = 2**30

Identity = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True)
class LayerEntry:
    """A layer that was fitted.

    Attributes:
        layer: its name.
        latents: where its latents are, as they were named.
        artifact: the file of its artifact, in the folder of the manifest.
        sha256: SHA-256 of that file in hexadecimal.
        export: the root file of its export there, None if it was not exported.
        lam: the ridge strength λ, None for a classifier.
        concepts: how well it does for each concept, or for the labels.
        identity: all that the artifact was made of, by the names that a user knows it by; data by its digest.
    """

    layer: str
    latents: str
    artifact: str
    sha256: str
    export: str | None
    lam: float | None
    concepts: tuple[Cell, ...]
    identity: Identity


@dataclass(frozen=True)
class Manifest:
    """What a sweep has written.

    Attributes:
        made_by: by what such a file is known.
        format_version: of this form.
        bridge: the version that has written it.
        planned: the names of the layers of the sweep, in natural order.
        complete: whether all of them were fitted by one set of options, and from the files that there are.
        best: the best layer for each concept; none before the sweep is complete.
        layers: those that were fitted.
        content_sha256: SHA-256 of all of the rest.
    """

    made_by: str = SWEEP_MARK
    format_version: int = _FORMAT_VERSION
    bridge: str = __version__
    planned: tuple[str, ...] = ()
    complete: bool = False
    best: tuple[Best, ...] = ()
    layers: tuple[LayerEntry, ...] = ()
    content_sha256: str = ""

    def __post_init__(self) -> None:
        require_field_types(self)

    @property
    def entries(self) -> Mapping[str, LayerEntry]:
        """The layers by their names."""
        return {entry.layer: entry for entry in self.layers}

    def content(self) -> dict[str, object]:
        """What the file says, as a JSON-like record."""
        return asdict(replace(self, content_sha256=_digest(self)))

    def written(self) -> bytes:
        """The content of the file."""
        content = self.content()
        return f"{json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)}\n".encode()


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        InputError: the file is none, has another format version, or is damaged.
    """
    data = read_bytes(path, most=_LARGEST, what="a manifest of `bridge sweep`", remedy="sweep into another folder")
    try:
        content = strict_json(data)
        version = content["format_version"]
        manifest = record_from(Manifest, content) if version == _FORMAT_VERSION else None
    except (InputError, LookupError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} is not a manifest of `bridge sweep` or is damaged ({one_line(error)}); a whole one is required, "
            "or none; move it away, or sweep into another folder"
        ) from None
    if manifest is None:
        raise InputError(
            f"{path} has format version {version!r:.40}; version {_FORMAT_VERSION} is required; sweep into another "
            "folder, or with the version of bridge that has written it"
        )
    if manifest.written() != data:
        raise InputError(
            f"{path} is damaged: its content does not have the SHA-256 that it records; a whole one is required, or "
            "none; move it away, or sweep into another folder"
        )
    return manifest


def _digest(manifest: Manifest) -> str:
    content = asdict(replace(manifest, content_sha256=""))
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def difference(entry: LayerEntry, identity: Identity) -> str | None:
    """The first thing that a layer was made of and is not made of now; None if there is none."""
    names = [*identity, *(name for name in entry.identity if name not in identity)]
    return next((name for name in names if entry.identity.get(name) != identity.get(name)), None)
