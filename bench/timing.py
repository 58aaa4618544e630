"""Times of work in this process."""

import time
from collections.abc import Callable
from typing import TypeVar

_REPETITIONS = 3

Result = TypeVar("Result")


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """A result, and the least of the times that it took."""
    result, least = _once(work)
    for _ in range(_REPETITIONS - 1):
        result, seconds = _once(work)
        least = min(least, seconds)
    return result, least


def _once(work: Callable[[], Result]) -> tuple[Result, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started
