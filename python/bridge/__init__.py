"""Exports linear probes of latent spaces to Lean 4, exactly."""

import sys
from typing import TYPE_CHECKING

from bridge.base.version import __version__
from bridge.former_paths import FormerPaths

if TYPE_CHECKING:
    from bridge.estimator import LinearProbe

sys.meta_path.append(FormerPaths())

__all__ = ["LinearProbe", "__version__"]


def __getattr__(name: str) -> object:
    # The command line starts without scikit-learn and torch, which take seconds to load.
    if name == "LinearProbe":
        from bridge.estimator import LinearProbe

        return LinearProbe
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
