"""Exports linear probes of latent spaces to Lean 4, exactly."""

import sys
from typing import TYPE_CHECKING

from bridge.base.version import __version__
from bridge.former_paths import FormerPaths

if TYPE_CHECKING:
    from bridge.estimator import LinearClassifier, LinearProbe, export_probe

sys.meta_path.append(FormerPaths())

__all__ = ["LinearClassifier", "LinearProbe", "__version__", "export_probe"]


def __getattr__(name: str) -> object:
    # The command line starts without scikit-learn and torch, which take seconds to load.
    if name in __all__:
        import bridge.estimator as estimator

        return getattr(estimator, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
