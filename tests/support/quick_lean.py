"""A quick program in the place of the embedded Lean, here or in a worker of which this is the `--preload`."""

import os
from pathlib import Path

from bridge.base import version
from bridge.check import embedded, host_pool
from bridge.check.embedded import EmbeddedLean, embedded_folder
from support.hosts import QUICK_LEAN


def quick_lean(folder: Path, said: str = embedded.EMBEDDED_VERSION) -> EmbeddedLean:
    """The program, as if it were the embedded Lean and of this version."""
    place = folder / embedded_folder().name
    place.mkdir(parents=True, exist_ok=True)
    program = place / "lean.js"
    if not program.exists():
        unfinished = place / f"{os.getpid()}.js"
        unfinished.write_text(QUICK_LEAN)
        unfinished.rename(program)
    return EmbeddedLean(place, said)


def dask_setup(_worker) -> None:
    """Called in a worker's process: `BRIDGE_TEST_LEAN` is the folder, the other two what is said of versions."""
    lean = quick_lean(
        Path(os.environ["BRIDGE_TEST_LEAN"]), os.environ.get("BRIDGE_TEST_LEAN_VERSION", embedded.EMBEDDED_VERSION)
    )
    host_pool.ensure_embedded_lean = lambda _tell: lean


version.__version__ = os.environ.get("BRIDGE_TEST_VERSION", version.__version__)
