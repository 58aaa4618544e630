"""Python's collector of cyclic garbage, held back while nodes are made, of which none is cyclic.

It would walk over all of them again and again, which takes half as long again as to make them.
"""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def collector_held_back() -> Iterator[None]:
    """No collection within; afterwards as it was before."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
