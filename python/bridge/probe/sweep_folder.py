"""The folder of a sweep: which layers are done there already, and how one that was fitted gets there.

A file in it is replaced only if a sweep has put it there: if it has the SHA-256 that the manifest records.  Artifact
and manifest take their places together; only a process that is killed between two renames can leave an artifact of
which the manifest does not know, and then the same fit, which gives the same bytes, takes it for its own.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.artifact.file import load_any
from bridge.artifact.sweep import best_layers
from bridge.artifact.sweep_manifest import MANIFEST, Identity, LayerEntry, Manifest, difference, read_manifest
from bridge.base.errors import InputError
from bridge.base.files import NewFile, make_folder, replace_together, require_folder_place, write_atomically
from bridge.base.guard import require_replaceable
from bridge.base.own_files import ARTIFACT_FILE, SWEEP_FILE
from bridge.probe.sweep import FittedLayer, LayerTask, ProbeFound, cells_of, chunks_of, identity_of

_PURPOSE = "the artifacts of a sweep go there"


@dataclass(frozen=True, eq=False)
class Place:
    """A layer's place in the folder.

    Attributes:
        task: the fit.
        path: the file of its artifact.
        identity: all that the artifact is made of.
        entry: what the manifest says of the artifact that is there, None if none is or the manifest does not know it.
        difference: what that artifact was made of that is another now; None if it is done.
        unknown: SHA-256 of an artifact that is there and that the manifest does not know.
    """

    task: LayerTask
    path: Path
    identity: Identity
    entry: LayerEntry | None
    difference: str | None
    unknown: str | None

    @property
    def is_done(self) -> bool:
        """Whether the artifact that is there is what the fit would give."""
        return self.entry is not None and self.difference is None


@dataclass(frozen=True, eq=False)
class SweepFolder:
    """The folder of a sweep while it is filled.

    Attributes:
        folder: the folder.
        places: the place of each layer by its name, in the order of the sweep.
        manifest: what the manifest says.
    """

    folder: Path
    places: Mapping[str, Place]
    manifest: Manifest

    @property
    def manifest_path(self) -> Path:
        """The file of the manifest."""
        return self.folder / MANIFEST

    @property
    def to_do(self) -> Sequence[Place]:
        """The layers that are to be fitted."""
        return [place for place in self.places.values() if not place.is_done]

    @property
    def left(self) -> Sequence[str]:
        """Layers that an earlier sweep has left here, and that are none of this one."""
        return [entry.layer for entry in self.manifest.layers if entry.layer not in self.places]

    def anew(self) -> "SweepFolder":
        """The same, with every layer to be fitted."""
        places = {name: replace(place, difference="--restart") for name, place in self.places.items()}
        return replace(self, places=places)

    def with_layer(self, place: Place, fitted: FittedLayer) -> "SweepFolder":
        """Write the artifact of a layer, and the manifest with it.

        Raises:
            InputError: an artifact is there that no sweep has written, and that has other bytes; or the folder cannot
                be written to.
        """
        found, task = fitted.found, place.task
        lam = found.ridge.lam if isinstance(found, ProbeFound) else None
        cells = cells_of(task.samples, found)
        manifests: list[Manifest] = []
        digest = hashlib.sha256()

        def artifact() -> Iterator[bytes | memoryview]:
            for chunk in chunks_of(task.samples, found):
                digest.update(chunk)
                yield chunk
            if place.unknown not in (None, digest.hexdigest()):
                raise InputError(
                    f"{place.path} is an artifact that no sweep has written, and not what layer {task.layer!r} gives; "
                    "no file or that one is required there; move it away, or sweep into another folder"
                )

        def manifest() -> Iterator[bytes]:
            # The artifact is written by now, and its digest known.
            entry = LayerEntry(
                layer=task.layer,
                latents=task.samples.source,
                artifact=place.path.name,
                sha256=digest.hexdigest(),
                export=None,
                lam=lam,
                concepts=cells,
                identity=place.identity,
            )
            manifests.append(self._planned([*self.manifest.layers, entry]))
            yield manifests[-1].written()

        make_folder(self.folder, _PURPOSE)
        files = {place.path: NewFile(ARTIFACT_FILE, artifact()), self.manifest_path: NewFile(SWEEP_FILE, manifest())}
        replace_together(files, turn=self.manifest_path)
        (written,) = manifests
        done = replace(place, entry=written.entries[task.layer], difference=None, unknown=None)
        return replace(self, places={**self.places, task.layer: done}, manifest=written)

    def finished(self, measure: str, exports: Mapping[str, str]) -> "SweepFolder":
        """Write the manifest of the complete sweep, unless it is there already.

        Args:
            measure: by what the best layer is decided.
            exports: the root file of each layer that was exported now, by the layer's name.

        Raises:
            InputError: the folder cannot be written to.
        """
        entries = [
            replace(entry, export=exports.get(entry.layer, entry.export), latents=self._latents(entry))
            for entry in self._planned(self.manifest.layers).layers
        ]
        best = best_layers({entry.layer: entry.concepts for entry in entries}, measure)
        manifest = replace(self._planned(entries), complete=True, best=best)
        if not self.manifest_path.exists() or self.manifest_path.read_bytes() != manifest.written():
            write_atomically(self.manifest_path, NewFile(SWEEP_FILE, manifest.written()))
        return replace(self, manifest=manifest)

    def _planned(self, entries: Iterable[LayerEntry]) -> Manifest:
        """A manifest of those layers that are planned, of each the last."""
        by_name = {entry.layer: entry for entry in entries}
        layers = tuple(by_name[name] for name in self.places if name in by_name)
        return Manifest(planned=tuple(self.places), layers=layers)

    def _latents(self, entry: LayerEntry) -> str:
        # Files that were moved are the same files.
        return self.places[entry.layer].task.samples.source


def open_folder(folder: Path, tasks: Sequence[LayerTask]) -> SweepFolder:
    """Look at the folder of a sweep, before the work; nothing is changed.

    Args:
        folder: the folder, which need not be there.
        tasks: the fits, in the order of the sweep.

    Raises:
        InputError: a file is in the place of the folder or the folder above it is missing; something is in a place
            that no sweep has put there, or that is not what it has put there.
    """
    require_folder_place(folder, _PURPOSE)
    if not folder.parent.is_dir():
        raise InputError(f"{folder.parent} is not a folder; {folder.name} is to be made there; make it first")
    path = folder / MANIFEST
    paths = {task.layer: folder / f"{task.layer}.safetensors" for task in tasks}
    require_replaceable({path: SWEEP_FILE}, dict.fromkeys(paths.values(), ARTIFACT_FILE))
    manifest = read_manifest(path) if path.exists() else Manifest()
    places = {task.layer: _place(task, paths[task.layer], manifest.entries.get(task.layer)) for task in tasks}
    return SweepFolder(folder, places, manifest)


def _place(task: LayerTask, path: Path, entry: LayerEntry | None) -> Place:
    identity = identity_of(task)
    if not path.exists():
        return Place(task, path, identity, None, None, None)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if entry is not None and entry.sha256 == sha256:
        return Place(task, path, identity, entry, difference(entry, identity), None)
    stored = load_any(path)
    if stored.artifact.provenance.dataset_sha256 != task.samples.origin.dataset_sha256:
        raise InputError(
            f"{path} is an artifact of other latents than {task.samples.source}, and {MANIFEST} does not know it; only "
            "what a sweep has written is replaced; move it away, or sweep into another folder"
        )
    return Place(task, path, identity, None, None, sha256)
