"""Functions that tests give to workers, who find them in this module."""

import os
import signal
import time
from pathlib import Path

from bridge.base.errors import InputError


def squared(number: int) -> int:
    return number * number


def slowly_squared(number: int) -> int:
    time.sleep(0.05)
    return number * number


def process_of(_number: int) -> int:
    return os.getpid()


def refused_from_five_on(number: int) -> int:
    if number >= 5:
        raise InputError(f"{number} is too much; at most 4 is required; take less")
    return number


def killed_once(flag: Path, number: int) -> int:
    """The worker is killed with the task 3, the first time."""
    if number == 3 and not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def killed_always(_number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def noted(folder: Path, number: int) -> int:
    time.sleep(0.02)
    (folder / str(number)).touch()
    return number
