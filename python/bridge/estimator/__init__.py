"""Linear probes as scikit-learn estimators that can be exported to Lean, and exports of those of others."""

from bridge.estimator.regressor import LinearProbe

__all__ = ["LinearProbe"]
