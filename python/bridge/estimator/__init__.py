"""Linear probes as scikit-learn estimators that can be exported to Lean, and exports of those of others."""

from bridge.estimator.classifier import LinearClassifier
from bridge.estimator.exporting import export_probe
from bridge.estimator.regressor import LinearProbe

__all__ = ["LinearClassifier", "LinearProbe", "export_probe"]
