"""Where files are and go unless told otherwise."""

from pathlib import Path

from bridge.errors import InputError

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


def prepare_folders(*files: Path) -> None:
    """Fail before the work rather than after it if a result has no place to go; make nothing then.

    Raises:
        InputError: a folder is missing or cannot be made, or a folder is in a file's place.
    """
    for file in files:
        # Only the default places are made; elsewhere a missing folder is more likely a slip of the pen.
        can_be_made = _is_default(file.parent) and not file.parent.exists()
        if not (file.parent.is_dir() or can_be_made):
            raise InputError(f"{file.parent} is not a folder; {file.name} is to be written there; make it first")
        if file.is_dir():
            raise InputError(f"{file} is a folder; a file is to be written there; name a file")
    for file in files:
        if _is_default(file.parent):
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(
                    f"{file.parent} cannot be made ({error.strerror}); {file.name} is to be written there; make it "
                    "first, or choose another place"
                ) from None


def _is_default(folder: Path) -> bool:
    return folder in (RUN_FOLDER, ROOT_FILE.parent)
