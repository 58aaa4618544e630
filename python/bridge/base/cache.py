"""The per-user cache, and how a file is known to be unchanged."""

import os
from pathlib import Path

import platformdirs

from bridge.base.errors import MissingToolError


def cache_folder() -> Path:
    """The per-user cache; the environment variable `BRIDGE_CACHE_DIR` names another place."""
    chosen = os.environ.get("BRIDGE_CACHE_DIR")
    return Path(chosen).absolute() if chosen else platformdirs.user_cache_path("lean-bridge")


# Bytes, when content and entry were changed, in nanoseconds, and the inode.
Stamp = tuple[int, int, int, int]


def stamp_of(status: os.stat_result) -> Stamp:
    """What changes when a file does: nobody can set the time of its last change of state."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def require_own(folder: Path) -> None:
    """Refuse a folder or file of the cache that others can write to.

    Raises:
        MissingToolError: it belongs to another user, or others have write permission.
    """
    status = folder.stat()
    by_group = bool(status.st_mode & 0o020) and not _is_private_group(folder)
    if status.st_uid not in (os.getuid(), 0) or status.st_mode & 0o002 or by_group:
        raise MissingToolError(
            f"others than you can write to {folder}; a cache of your own is required, since what is in it is believed; "
            f"run `chmod go-w {folder}` if nobody has, or name another in the environment variable BRIDGE_CACHE_DIR"
        )


def _is_private_group(folder: Path) -> bool:
    """Whether the group of a folder is the one that many systems give each user, by the same name."""
    try:
        return folder.group() == folder.owner()
    except KeyError:  # pragma: no cover -- a user or group without a name
        return False
