"""The version of this library, and those of the libraries that numbers depend on, none of which is loaded for it."""

import platform
from collections.abc import Sequence
from importlib import metadata

__version__ = "0.1.0"


def library_versions(others: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """The version of each library that takes part in a fit; `others` besides those that always do."""
    versions = {
        "bridge": __version__,
        "numpy": metadata.version("numpy"),
        "python": platform.python_version(),
        "safetensors": metadata.version("safetensors"),
        "torch": metadata.version("torch"),
        **{library: metadata.version(library) for library in others},
    }
    return tuple(sorted(versions.items()))
