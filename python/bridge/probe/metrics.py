"""How well a probe does, in floats: R² and δ of tensors, and how far rounding can put δ off."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import torch

from bridge.base.errors import InputError
from bridge.probe.fit_sums import with_ones
from bridge.probe.sample_blocks import Block, Blocks, checked, require_finite
from bridge.probe.scaling import Columns


def probe_metrics(mu: torch.Tensor, C: torch.Tensor, W: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Measure a probe in float64: R² and the sup error.

    R² = 1 - SSR / (SST + 1e-8), or NaN for a constant score, where it is undefined; δ = max_i |c_i - w(z_i)|.

    Args:
        mu: (N, d) latent points.
        C: (N, k) concept scores.
        W: (d + 1, k) weights of `fit_probe`.

    Returns:
        R2: (k,) coefficients of determination.
        delta: (k,) sup errors; rounded, so they can lie below the exact maximum.

    Raises:
        InputError: shapes do not fit, or a value is not finite.
    """
    return probe_metrics_in_blocks(lambda: [(mu, C)], W)


def probe_metrics_in_blocks(blocks: Blocks, W: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Measure a probe as `probe_metrics` does, with memory that does not grow with the number of samples.

    Args:
        blocks: the samples; read once.
        W: (d + 1, k) weights of `fit_probe`.

    Returns:
        R2: (k,) coefficients of determination.
        delta: (k,) sup errors; rounded, so they can lie below the exact maximum.

    Raises:
        InputError: shapes do not fit, or a value is not finite.
    """
    sums = reduce(_MetricSums.joined, (_MetricSums.of(block, W) for block in checked(blocks)))
    R2 = torch.where(sums.scores.constant, torch.nan, 1.0 - sums.ssr / (sums.sst + 1e-8))
    return R2, sums.delta


def float_delta_error_bound(mu: np.ndarray, C: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Bound the distance between the δ of `probe_metrics` and the exact one.

    A sum of n products, in any order of summation, is computed with an error of at most γ_n Σ|a_j b_j| with
    γ_n = n u / (1 - n u) and u = 2^-53 (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1);
    a residual has d + 1 products and one subtraction more, and the maximum of the residuals is off by no more than the
    largest error.  Each product can in addition lose 2^-1074 to underflow.  Holds as long as nothing overflows.

    Args:
        mu: (N, d) latent points, exact in float64.
        C: (N, k) concept scores, exact in float64.
        W: (d + 1, k) float64 weights.

    Returns:
        (k,) upper bounds, themselves computed with room for their own rounding.
    """
    terms = mu.shape[1] + 2
    u = 2.0**-53
    gamma = terms * u / (1 - terms * u)
    Z = np.hstack([np.abs(mu).astype(np.float64), np.ones((len(mu), 1))])
    magnitude = (Z @ np.abs(W) + np.abs(C)).max(axis=0)
    # Twice the bound covers the rounding of this computation and the second-order terms.
    bound: np.ndarray = 2 * (gamma * magnitude + terms * 2.0**-1074)
    return bound


@dataclass(frozen=True, eq=False)
class _MetricSums:
    """Residual and total sums of squares and the sup error, (k,) each, with what it takes to join those of blocks."""

    count: int
    mean: torch.Tensor
    ssr: torch.Tensor
    sst: torch.Tensor
    delta: torch.Tensor
    scores: Columns

    @classmethod
    def of(cls, block: Block, W: torch.Tensor) -> "_MetricSums":
        mu, C = block.mu, block.C
        _require_weights(W, mu, C)
        residual = C - with_ones(mu) @ W.double()
        mean = C.mean(dim=0)
        return cls(
            count=len(C),
            mean=mean,
            ssr=(residual**2).sum(dim=0),
            sst=((C - mean) ** 2).sum(dim=0),
            delta=residual.abs().max(dim=0).values,
            scores=Columns.of(C),
        )

    def joined(self, more: "_MetricSums") -> "_MetricSums":
        """The sums of both parts; SST about the common mean by the update of Chan, Golub and LeVeque (1979)."""
        count = self.count + more.count
        shift = more.mean - self.mean
        return _MetricSums(
            count=count,
            mean=self.mean + shift * (more.count / count),
            ssr=self.ssr + more.ssr,
            sst=self.sst + more.sst + shift**2 * (self.count * more.count / count),
            delta=torch.maximum(self.delta, more.delta),
            scores=self.scores.joined(more.scores),
        )


def _require_weights(W: torch.Tensor, mu: torch.Tensor, C: torch.Tensor) -> None:
    if tuple(W.shape) != (mu.shape[1] + 1, C.shape[1]):
        raise InputError(
            f"W has shape {tuple(W.shape)}; ({mu.shape[1] + 1}, {C.shape[1]}) is required, the bias in the last row; "
            "fit the probe on these arrays"
        )
    require_finite(W, "weights")
