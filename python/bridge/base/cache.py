"""The per-user cache, and how a file is known to be unchanged."""

import os
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """The per-user cache; the environment variable `BRIDGE_CACHE_DIR` names another place."""
    chosen = os.environ.get("BRIDGE_CACHE_DIR")
    return Path(chosen).absolute() if chosen else platformdirs.user_cache_path("lean-bridge")


# Bytes, when content and entry were changed, in nanoseconds, and the inode.
Stamp = tuple[int, int, int, int]


def stamp_of(status: os.stat_result) -> Stamp:
    """What changes when a file does: nobody can set the time of its last change of state."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
