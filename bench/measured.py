"""Runs a command and records what it took: `python measured.py RECORD COMMAND …`.

A process that is started from a large one begins with the large one's peak of memory, so commands are started from this
small one, which imports nothing but a little of the standard library.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

# macOS counts bytes, Linux kilobytes.
_UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> int:
    """Run the command, write what it and all its processes took, and return its exit code."""
    record, *command = sys.argv[1:]
    started = time.perf_counter()
    code = subprocess.call(command)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = {"seconds": seconds, "processor": used.ru_utime + used.ru_stime, "peak_bytes": used.ru_maxrss * _UNIT}
    Path(record).write_text(json.dumps(took), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
