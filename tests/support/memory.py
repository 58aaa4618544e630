"""How much memory a process has needed at most."""

import resource
from pathlib import Path

from support import forked

_STATUS = Path("/proc/self/status")


def peak_bytes() -> int:
    """The most memory that this process has had at a time.

    On Linux not from `getrusage`: what that says of a new process includes the peak of the one that started it.
    """
    if _STATUS.exists():
        (line,) = (line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def run_python(code, *arguments) -> str:
    """What a Python process with one thread prints; it can import what tests can."""
    return forked.finish(code, *arguments, cwd=".")[0]
