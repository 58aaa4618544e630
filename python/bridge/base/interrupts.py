"""Ctrl-C, and a request to end, at the moments when they would leave something behind."""

import contextlib
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Let a Ctrl-C that arrives in between take effect at the end; only a main thread receives any.

    So with a request to end, where it is treated as Ctrl-C is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    held_back = [number for number in (signal.SIGINT, signal.SIGTERM) if callable(signal.getsignal(number))]
    previous = {number: signal.signal(number, lambda number, _frame: arrived.append(number)) for number in held_back}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        if arrived:
            raise KeyboardInterrupt


@contextlib.contextmanager
def temporary_folder(prefix: str, beside: Path | None = None) -> Iterator[Path]:
    """A folder that is removed with all that is in it when the block is left, whenever Ctrl-C comes.

    `tempfile.TemporaryDirectory` alone leaves what it had not come to if it is interrupted while it removes.

    Args:
        prefix: how its name begins.
        beside: the folder to make it in, None for the system's place for temporary files.

    Raises:
        OSError: it cannot be made or removed.
    """
    # Interrupted before the block, it is removed when nobody has it any more, or when Python ends.
    temporary = tempfile.TemporaryDirectory(prefix=prefix, dir=beside)
    try:
        yield Path(temporary.name)
    finally:
        with interrupts_held_back():
            temporary.cleanup()
