"""The export that a page is about, read back and found to be that of its artifact."""

from dataclasses import dataclass
from pathlib import Path

from bridge.artifact.file import StoredArtifact, StoredClassifier
from bridge.base.errors import InputError
from bridge.base.resources import templates_folder
from bridge.base.words import counted
from bridge.check.any_export import read_any_export
from bridge.check.classification.readback import ReadClassifierExport
from bridge.check.pairs.readback import ReadPairExport
from bridge.check.readback import ReadExport
from bridge.check.reader import MismatchError
from bridge.check.verify import compare
from bridge.report.comments import comment_differences


@dataclass(frozen=True)
class Compared:
    """An export that agrees with its artifact, and how many of its literals were compared."""

    export: ReadExport | ReadClassifierExport
    literals: int


def compared_export(root: Path, stored: StoredArtifact | StoredClassifier, templates: Path | None) -> Compared:
    """Read an export back, and require that it is that of the artifact, with the comments of the templates.

    Args:
        root: the root file of the export.
        stored: the artifact that the export was made from.
        templates: the folder of the templates that write the comments of the export, None for the shipped ones.

    Raises:
        InputError: the files are no export, or not that of the artifact, or with other comments.
    """
    try:
        export = read_any_export(root)
    except MismatchError as error:
        raise InputError(f"{error}; the files of an export are required; run `bridge export` again") from None
    if isinstance(export, ReadPairExport):
        raise InputError(
            f"{root} compares two artifacts; an export of one is required for a page; run `bridge export`, or name "
            "another file"
        )
    outcome = compare(export, stored)
    if not outcome.ok:
        raise InputError(
            f"{root} is not the export of the artifact: {counted(len(outcome.differences), 'difference')}, the first "
            f"is {outcome.differences[0]}; an export and its artifact are required; run `bridge export` again"
        )
    comments = comment_differences(export, stored, templates or templates_folder())
    if comments:
        raise InputError(
            f"{root} has {counted(len(comments), 'comment')} that this version does not write for the artifact, the "
            f"first is {comments[0]}; an export as it was made is required; run `bridge export` again, or name "
            "templates of your own with --templates"
        )
    return Compared(export, outcome.compared)


def require_title(title: str | None) -> None:
    """Refuse a title that nobody could see.

    Raises:
        InputError: it is blank.
    """
    if title is not None and not title.strip():
        raise InputError("--title is blank; a text is required; give one, or leave --title out")
