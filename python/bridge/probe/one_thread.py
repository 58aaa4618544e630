"""One thread in each sum of floats, since the last bits of a sum depend on how many threads have shared it."""

import contextlib
import functools
import threading
from collections.abc import Iterator

import numpy as np  # noqa: F401 -- is to be loaded before it is looked for
import torch
from threadpoolctl import ThreadpoolController


class _Limit:
    """What the libraries were set to before; several threads of a process can want the limit at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._before = 1
        self._limits = contextlib.ExitStack()

    @contextlib.contextmanager
    def held(self) -> Iterator[int]:
        with self._lock:
            if self._holders == 0:
                self._before = torch.get_num_threads()
                torch.set_num_threads(1)
                self._limits.enter_context(_libraries().limit(limits=1))
            self._holders += 1
        try:
            yield self._before
        finally:
            with self._lock:
                self._holders -= 1
                if self._holders == 0:
                    self._limits.close()
                    torch.set_num_threads(self._before)


_LIMIT = _Limit()


def one_thread() -> contextlib.AbstractContextManager[int]:
    """BLAS and PyTorch compute with one thread until the end of the block.

    The context is how many threads they would have had, and which can compute several sums at a time.  Of several
    threads in such blocks the one that leaves last undoes it, for itself: another would change the sums of that one.
    """
    return _LIMIT.held()


@functools.cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()
