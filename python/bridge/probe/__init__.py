"""From samples to an artifact: fits and measures."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.probe.metrics import float_delta_error_bound, probe_metrics, probe_metrics_in_blocks
    from bridge.probe.ridge import FitBias, fit_probe, fit_probe_in_blocks

__all__ = [
    "FitBias",
    "fit_probe",
    "fit_probe_in_blocks",
    "float_delta_error_bound",
    "probe_metrics",
    "probe_metrics_in_blocks",
]


def __getattr__(name: str) -> object:
    # A probe that was fitted elsewhere is exported without PyTorch, which takes seconds to load.
    if name in __all__:
        from bridge.probe import metrics, ridge

        return getattr(ridge if hasattr(ridge, name) else metrics, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
