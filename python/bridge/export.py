"""Writes the Lean files of an artifact."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bridge.artifact import StoredArtifact, artifact_bytes
from bridge.certificate import Certificate, Coverage, build_certificate
from bridge.errors import InputError
from bridge.files import make_folder, replace_together
from bridge.module_names import namespace_of
from bridge.predictions import PredictionDifference
from bridge.progress import Progress, untold
from bridge.render import render

GENERATED_MARK = "Made by `python -m bridge export"


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


def export_lean(
    stored: StoredArtifact,
    out: Path,
    *,
    coverage: Coverage,
    templates: Path,
    with_r_squared: bool = False,
    alpha: Fraction | None = None,
    artifact_file: Path | None = None,
    progress: Progress = untold,
) -> Export:
    """Render an artifact to Lean files; old files stay intact until all new ones are whole.

    Parts of an earlier export to the same place that no longer belong to it are removed.  A folder that they leave
    empty stays: another export to the same place may be about to write there.

    Args:
        stored: the artifact.
        out: the root file; its name is the Lean namespace, its parts go into a folder of that name beside it.
        coverage: which samples the certificate lists.
        templates: folder of the templates.
        with_r_squared: whether R² is to be proved too.
        alpha: the level α of conformal bounds that are to be proved too, None for none.
        artifact_file: where to write the artifact too, if it is not in a file yet.
        progress: told of what takes long.

    Raises:
        InputError: the name is no Lean module name, a concept name cannot be written in Lean, the calibration part is
            too small, or the place cannot be written to.
    """
    namespace = namespace_of(out)
    certificate = build_certificate(
        stored.artifact, coverage, with_r_squared=with_r_squared, alpha=alpha, progress=progress
    )
    texts = render(stored, certificate, namespace=namespace, templates=templates, progress=progress)
    if not out.parent.is_dir():
        raise InputError(f"{out.parent} is not a folder; the Lean files are to be written there; make it first")
    contents = {out.parent / name: text.encode() for name, text in texts.items()}
    for folder in sorted({path.parent for path in contents} - {out.parent}):
        make_folder(folder, "the parts of the export go there")
    files = tuple(contents)
    if artifact_file is not None:
        contents[artifact_file] = artifact_bytes(stored.artifact)
    parts = out.parent / namespace
    replace_together(contents, remove={parts / "*.lean": GENERATED_MARK, parts / "Samples" / "*.lean": GENERATED_MARK})
    return Export(stored, certificate, out, files)
