"""Exact numbers: nothing in here rounds a float, but where rounding is what is asked for."""

from bridge.base.arrays import (
    require_finite,
    require_shapes,
)
from bridge.exact.decisions import (
    Confusion,
    Decisions,
    accuracy_bound,
    exact_decisions,
    roc_auc,
)
from bridge.exact.dyadic import (
    DyadicMatrix,
    dyadic,
    to_dyadic_matrix,
)
from bridge.exact.residuals import (
    ExactResiduals,
    SupError,
    exact_residuals,
    residual_summands,
    slice_bits,
    slices,
)

__all__ = [
    "Confusion",
    "Decisions",
    "DyadicMatrix",
    "ExactResiduals",
    "SupError",
    "accuracy_bound",
    "dyadic",
    "exact_decisions",
    "exact_residuals",
    "require_finite",
    "require_shapes",
    "residual_summands",
    "roc_auc",
    "slice_bits",
    "slices",
    "to_dyadic_matrix",
]
