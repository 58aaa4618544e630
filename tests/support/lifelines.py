"""Starting programs to interrupt them, and telling when a program has started and when all that it started is gone.

A lifeline is a named pipe: the program opens it for writing and writes into it, what it starts inherits it, and the
end of the pipe is seen when the last of them is gone.
"""

import os
import subprocess
import time
from pathlib import Path


def start_interruptible(command, **options) -> subprocess.Popen[str]:
    """A program whose output is at hand and that an interruption ends, since it ends the tests (`conftest.py`)."""
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def make_lifeline(path: Path) -> int:
    """The pipe's reading end."""
    os.mkfifo(path)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK)


def wait_until(condition) -> None:
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline, "waited 300 seconds in vain"
        time.sleep(0.01)


def wait_for_start(lifeline: int) -> None:
    wait_until(lambda: _read(lifeline))


def wait_for_end(lifeline: int) -> None:
    wait_until(lambda: _read(lifeline) == b"")
    os.close(lifeline)


def _read(lifeline: int) -> bytes | None:
    try:
        return os.read(lifeline, 1000)
    except BlockingIOError:
        return None
