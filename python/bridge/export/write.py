"""Writes the Lean files of an artifact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.file import StoredArtifact, StoredClassifier, artifact_chunks
from bridge.artifact.predictions import PredictionDifference
from bridge.artifact.record import ProbeArtifact
from bridge.base.errors import InputError
from bridge.base.files import NewFile, make_folder, replace_together, require_folder_place
from bridge.base.guard import require_replaceable
from bridge.base.module_names import namespace_of
from bridge.base.own_files import ARTIFACT_FILE, LEAN_FILE
from bridge.base.progress import Progress, untold
from bridge.base.workers import HERE, Workers
from bridge.export.asked import Asked
from bridge.export.certificate import Certificate, build_certificate
from bridge.export.classification.asked import ClassifierAsked
from bridge.export.classification.certificate import ClassifierCertificate, classifier_certificate
from bridge.export.classification.estimate import classifier_estimate
from bridge.export.classification.render import render_classifier_in_order
from bridge.export.estimate import LeanEstimate, lean_estimate
from bridge.export.layout import OWN_FILES, concept_ranges, group_ranges
from bridge.export.lean_text import module_names
from bridge.export.pages import Texts
from bridge.export.pixels.estimate import packed_digits, pixel_stages
from bridge.export.pixels.render import FOLDERS, MODULES
from bridge.export.render import render_in_order

_FOR_FILES = "the files of the export go there"


@dataclass(frozen=True, eq=False)
class Export:
    """What an export has written.

    Attributes:
        stored: the artifact it was made from.
        certificate: the claims.
        root: the root file.
        files: all Lean files, the root first.
        predictions: how far the predictions of a model are from each concept's probe, if they were compared.
    """

    stored: StoredArtifact
    certificate: Certificate
    root: Path
    files: tuple[Path, ...]
    predictions: tuple[PredictionDifference, ...] = ()

    def lean_estimate(self, at_once: int) -> LeanEstimate:
        """How long the embedded Lean takes for it where it checks so many files at a time."""
        certificate = self.certificate
        shards = group_ranges(certificate.samples, certificate.ranges)
        concept_files = concept_ranges(certificate.samples, len(certificate.concepts))
        estimate = lean_estimate(certificate.samples, shards, concept_files, len(certificate.ranges), at_once=at_once)
        if certificate.pixels is None:
            return estimate
        return estimate.with_stages(pixel_stages(certificate.pixels), sum(packed_digits(certificate.pixels)))


@dataclass(frozen=True, eq=False)
class ClassifierExport:
    """What the export of a classifier has written; the attributes are as of `Export`."""

    stored: StoredClassifier
    certificate: ClassifierCertificate
    root: Path
    files: tuple[Path, ...]

    def lean_estimate(self, at_once: int) -> LeanEstimate:
        """How long the embedded Lean takes for it where it checks so many files at a time."""
        certificate = self.certificate
        shards = group_ranges(certificate.samples, certificate.ranges)
        return classifier_estimate(certificate, shards, at_once=at_once)


@overload
def export_lean(
    stored: StoredArtifact,
    out: Path,
    *,
    templates: Path,
    asked: Asked | None = None,
    artifact_file: Path | None = None,
    progress: Progress = untold,
    workers: Workers = HERE,
) -> Export: ...


@overload
def export_lean(
    stored: StoredClassifier,
    out: Path,
    *,
    templates: Path,
    asked: ClassifierAsked | None = None,
    artifact_file: Path | None = None,
    progress: Progress = untold,
    workers: Workers = HERE,
) -> ClassifierExport: ...


def export_lean(
    stored: StoredArtifact | StoredClassifier,
    out: Path,
    *,
    templates: Path,
    asked: Asked | ClassifierAsked | None = None,
    artifact_file: Path | None = None,
    progress: Progress = untold,
    workers: Workers = HERE,
) -> Export | ClassifierExport:
    """Render an artifact to Lean files; old files stay intact until all new ones are whole.

    The samples are gone through section by section, and shards are written as they are rendered, so that of no shard
    more is in memory than of a few others.  The files do not depend on who works.

    Files of an earlier export to the same place that no longer belong to it are removed.  A folder that they leave
    empty stays: another export to the same place may be about to write there.

    Args:
        stored: the artifact, of probes or of a classifier.
        out: the root file; its name is the Lean namespace, the others go into a folder of that name beside it.
        templates: folder of the templates.
        asked: which samples are listed and what is proved of them, None for what every export proves, over all samples.
        artifact_file: where to write the artifact too, if it is not in a file yet.
        progress: told of what takes long.
        workers: who goes through the samples.

    Raises:
        InputError: the name is no Lean module name, a concept name cannot be written in Lean, the calibration part is
            too small, or the place cannot be written to.
    """
    namespace = namespace_of(out)
    if isinstance(stored, StoredArtifact):
        assert asked is None or isinstance(asked, Asked)
        from_pixels = asked is not None and asked.from_pixels
        require_export_place(out, stored.artifact.concept_names, artifact_file, from_pixels=from_pixels)
        certificate = build_certificate(stored.artifact, asked, progress, workers)
        texts = render_in_order(
            stored, certificate, namespace=namespace, templates=templates, progress=progress, workers=workers
        )
        return Export(stored, certificate, out, write_texts(texts, out, stored.artifact, artifact_file))
    require_export_place(out, (stored.artifact.label_name,), artifact_file)
    assert asked is None or isinstance(asked, ClassifierAsked)
    classifier = classifier_certificate(stored.artifact, asked, progress, workers)
    texts = render_classifier_in_order(
        stored, classifier, namespace=namespace, templates=templates, progress=progress, workers=workers
    )
    return ClassifierExport(stored, classifier, out, write_texts(texts, out, stored.artifact, artifact_file))


def write_texts(
    texts: Texts,
    out: Path,
    artifact: ProbeArtifact | ClassifierArtifact | None = None,
    artifact_file: Path | None = None,
) -> tuple[Path, ...]:
    """Write the files of an export all together, and the artifact if it has none yet; the Lean files.

    Raises:
        InputError: the place cannot be written to.
    """
    if not out.parent.is_dir():
        raise InputError(f"{out.parent} is not a folder; the Lean files are to be written there; make it first")
    # They are written in the order of the paths, and a text is asked for when its turn has come.
    contents = {out.parent / path: NewFile(LEAN_FILE, _next(texts.in_order)) for path in texts.paths}
    for folder in sorted({folder for path in contents for folder in path.parents if folder.is_relative_to(out.parent)}):
        if folder != out.parent:
            make_folder(folder, _FOR_FILES)
    files = tuple(contents)
    if artifact is not None and artifact_file is not None:
        contents[artifact_file] = NewFile(ARTIFACT_FILE, artifact_chunks(artifact))
    folder = out.parent / namespace_of(out)
    several = [path for name in ("Checks", "Encoder") for path in (folder / name).glob("*") if path.is_dir()]
    folders = [folder, folder / "Samples", *(folder / name for name in FOLDERS), *several]
    replace_together(contents, remove={each / "*.lean": LEAN_FILE for each in folders})
    return files


def _next(texts: Iterator[str]) -> Iterator[bytes]:
    """The next text, when it is asked for."""
    yield next(texts).encode()


def require_export_place(
    out: Path, names: Sequence[str], artifact_file: Path | None = None, *, from_pixels: bool = False
) -> None:
    """Refuse, before the work, a place that an export cannot be written to.

    Args:
        out: the root file.
        names: the concepts, as far as they are known.
        artifact_file: where the artifact goes too, None if it does not.
        from_pixels: whether claims about images are exported too.

    Raises:
        InputError: the name is no Lean module name, a file is where their folder is to be, or something that must
            not be replaced is in the place of a file.
    """
    place = out.parent / namespace_of(out)
    folders = ("Samples", "Checks", *(FOLDERS if from_pixels else ()))
    for folder in (place, *(place / name for name in folders)):
        require_folder_place(folder, _FOR_FILES)
    others = MODULES if from_pixels else ()
    # Which files many concepts share is known when they are packed, and looked at when they are written.
    modules = ("Samples", *others, *(module_names(names, others) if len(names) <= OWN_FILES else ()))
    lean_files = [out, *(place / f"{module}.lean" for module in modules)]
    require_replaceable(
        dict.fromkeys(lean_files, LEAN_FILE), {} if artifact_file is None else {artifact_file: ARTIFACT_FILE}
    )
