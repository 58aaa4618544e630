"""The machine that the times were taken on."""

import os
import platform
import sys
from pathlib import Path

import flint
import numpy as np

import bridge


def machine_lines(lean_version: str | None) -> tuple[str, ...]:
    """Processor, memory and versions, one line for each."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    lines = [
        f"processor: {_processor()}, {os.cpu_count()} cores",
        f"memory: {memory / 2**30:.0f} GiB",
        f"system: {platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}, NumPy {np.__version__}, python-flint {flint.__version__}, "
        f"bridge {bridge.__version__}",
    ]
    if lean_version is not None:
        lines.append(f"Lean {lean_version}, embedded (WebAssembly under Node.js)")
    return tuple(lines)


def _processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
