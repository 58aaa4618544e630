"""Exports linear probes of latent spaces to Lean 4, exactly."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.estimator import LinearProbe

__version__ = "0.1.0"

__all__ = ["LinearProbe"]


def __getattr__(name: str) -> object:
    # The command line starts without scikit-learn and torch, which take seconds to load.
    if name == "LinearProbe":
        from bridge.estimator import LinearProbe

        return LinearProbe
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
