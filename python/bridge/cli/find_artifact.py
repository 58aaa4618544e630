"""Which file is the artifact that an export was made from, if nobody says."""

import hashlib
import itertools
import re
from pathlib import Path

from bridge.base.errors import InputError
from bridge.base.guard import is_own
from bridge.base.own_files import ARTIFACT_FILE
from bridge.base.places import ARTIFACT, ROOT_FILE, artifact_beside

_RECORD = re.compile(rb"^Artifact: SHA-256 ([0-9a-f]{64})\.$", re.MULTILINE)
_COMPARED = re.compile(rb"^Compared with: SHA-256 ([0-9a-f]{64})\.$", re.MULTILINE)
_BANNER = 4096

# So many files of a folder are looked at; reading them all takes a time.
_MOST_FILES = 64


def find_artifact(root: Path) -> Path:
    """Find the artifact of an export: by the SHA-256 that the root file records, or else where it is expected.

    Looked at are the file beside the root with its name, the others with the ending `.safetensors` there, and the
    place where `bridge fit` writes unless told otherwise.

    Args:
        root: the root file, which need not be there or be one: its reader says what is wrong with it.

    Returns:
        The file with that SHA-256.  Where none has it, the one beside the root with its name, and for the default root
        the default artifact: these are meant to belong together, and whoever compares them finds that they do not.

    Raises:
        InputError: there is none of these.
    """
    beside = artifact_beside(root)
    recorded = _recorded(root, _RECORD)
    if recorded is None:
        return beside if _is_file(beside) else ARTIFACT
    found = _with_digest(root, recorded)
    if found is not None:
        return found
    if _is_file(beside):
        return beside
    if root == ROOT_FILE:
        return ARTIFACT
    raise InputError(
        f"{root} was made from an artifact with SHA-256 {recorded}, which was not found; looked at were {beside}, the "
        f"other .safetensors files beside it, and {ARTIFACT}; name it with --artifact"
    )


def find_compared(root: Path) -> Path | None:
    """Find the artifact that an export compares another one with, by the SHA-256 that the root file records.

    Args:
        root: the root file, which need not be there or be one.

    Returns:
        The file, None if the root records none.

    Raises:
        InputError: it records one, and no file has it.
    """
    recorded = _recorded(root, _COMPARED)
    if recorded is None:
        return None
    found = _with_digest(root, recorded)
    if found is None:
        raise InputError(
            f"{root} compares with an artifact with SHA-256 {recorded}, which was not found; looked at were the "
            f".safetensors files beside it, and {ARTIFACT}; name it with --compared-with"
        )
    return found


def _with_digest(root: Path, digest: str) -> Path | None:
    """The file beside a root, or in the usual place, that has a SHA-256."""
    others = itertools.islice(sorted(root.parent.glob("*.safetensors")), _MOST_FILES)
    return next(
        (path for path in dict.fromkeys((artifact_beside(root), *others, ARTIFACT)) if _has_digest(path, digest)), None
    )


def _recorded(root: Path, pattern: re.Pattern[bytes]) -> str | None:
    if not _is_file(root):
        return None
    try:
        with root.open("rb") as file:
            record = pattern.search(file.read(_BANNER))
    except OSError:  # pragma: no cover -- one that may not be read, which the superuser always may
        return None
    return None if record is None else record[1].decode()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:
        raise InputError(
            f"{path} cannot be looked at ({error.strerror}); the root file of an export is required; name one"
        ) from None


def _has_digest(path: Path, digest: str) -> bool:
    try:
        if not (path.is_file() and is_own(path, ARTIFACT_FILE)):
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:  # pragma: no cover -- one that may not be read, which the superuser always may
        return False
