"""Where files are and go unless told otherwise."""

from collections.abc import Mapping
from pathlib import Path

from bridge.base.errors import InputError
from bridge.base.guard import require_replaceable
from bridge.base.own_files import RESUME_FILE, Kind

RUN_FOLDER = Path("runs/digits")
ARTIFACT = RUN_FOLDER / "probe.safetensors"
CHECKPOINT = RUN_FOLDER / "vae.safetensors"
ROOT_FILE = Path("lean/Generated.lean")
REPORT = Path("report.html")
FIGURES = Path("figures")


def artifact_beside(root: Path) -> Path:
    """Where the artifact of an export is that came with its probe."""
    return root.with_suffix(".safetensors")


def prepare_outputs(*groups: Mapping[Path, Kind]) -> None:
    """Fail before the work rather than after it if a result has no place to go; make and replace nothing then.

    Args:
        groups: the kind of each file that will be written.

    Raises:
        InputError: a folder is missing or cannot be made, or something that must not be replaced is in a file's place.
    """
    files = [file for group in groups for file in group]
    for file in files:
        # Only the default places are made; elsewhere a missing folder is more likely a slip of the pen.
        can_be_made = _is_default(file.parent) and not file.parent.exists()
        try:
            has_folder = file.parent.is_dir()
        except OSError as error:  # pragma: no cover -- which the superuser may always look at
            raise InputError(
                f"{file} cannot be a file ({error.strerror}); a place for one is required; choose another"
            ) from None
        if not (has_folder or can_be_made):
            raise InputError(f"{file.parent} is not a folder; {file.name} is to be written there; make it first")
    require_replaceable(*groups)
    for file in files:
        if _is_default(file.parent):
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(
                    f"{file.parent} cannot be made ({error.strerror}); {file.name} is to be written there; make it "
                    "first, or choose another place"
                ) from None


def with_resume_file(path: Path, kind: Kind) -> Mapping[Path, Kind]:
    """A result, and what is kept beside it while it is being made."""
    return {path: kind, resume_path(path): RESUME_FILE}


def resume_path(result: Path) -> Path:
    """Where an interrupted run keeps what it has done."""
    return result.with_name(f"{result.name}.resume")


def _is_default(folder: Path) -> bool:
    return folder in (RUN_FOLDER, ROOT_FILE.parent)
