"""Where files are and go unless told otherwise."""

from pathlib import Path

from bridge.errors import InputError
from bridge.export import namespace_of

RUN_FOLDER = Path("runs/digits")
ARTIFACT = RUN_FOLDER / "probe.safetensors"
CHECKPOINT = RUN_FOLDER / "vae.safetensors"
ROOT_FILE = Path("lean/Generated.lean")
REPORT = Path("report.html")
FIGURES = Path("figures")


def artifact_beside(root: Path) -> Path:
    """Where the artifact of an export is that came with its probe."""
    return root.with_suffix(".safetensors")


def artifact_of(root: Path) -> Path:
    """Where the artifact of an export is if nobody says."""
    return artifact_beside(root) if artifact_beside(root).is_file() else ARTIFACT


def prepare_folder(file: Path) -> None:
    """Fail before the work rather than after it if a result has no place to go.

    Raises:
        InputError: the folder is missing, or a folder is in the file's place.
    """
    # Only the default places are made; elsewhere a missing folder is more likely a slip of the pen.
    if file.parent in (RUN_FOLDER, ROOT_FILE.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
    if not file.parent.is_dir():
        raise InputError(f"{file.parent} is not a folder; {file.name} is to be written there; make it first")
    if file.is_dir():
        raise InputError(f"{file} is a folder; a file is to be written there; name a file")


def prepare_export_place(out: Path) -> None:
    """Fail before the work if an export cannot go there.

    Raises:
        InputError: as `prepare_folder` and `bridge.export.namespace_of`.
    """
    namespace_of(out)
    prepare_folder(out)
