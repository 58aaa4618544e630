"""The linear probe: ridge regression from latents to concept scores, and how well it fits.

Samples come in blocks, so that there can be more of them than memory holds: what is kept of a block are sums over it.
"""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from numbers import Real
from typing import Literal

import numpy as np
import torch

from bridge.errors import BridgeWarning, InputError, shown
from bridge.fit_doubts import Doubtful, doubts, uneven_ridge
from bridge.fit_sums import FitSums, is_regular, require_no_overflow, solved, with_ones
from bridge.sample_blocks import Block, Blocks, checked, checked_weights, require_finite
from bridge.scaling import Columns, scaling_of

FitBias = Literal["free", "regularised"]
"""Whether the ridge weighs on the weights alone, as scikit-learn's `Ridge`, or on the bias too."""


def fit_probe(
    mu: torch.Tensor,
    C: torch.Tensor,
    lam: float = 1e-3,
    *,
    standardize: bool = False,
    fit_bias: FitBias = "regularised",
    sample_weight: torch.Tensor | None = None,
    names: Sequence[str] | None = None,
    latent_names: Sequence[str] | None = None,
) -> torch.Tensor:
    """Fit a linear probe by ridge regression.

    Solves (ZᵀSZ + λP) W = ZᵀSC in float64, where Z is `mu` with a last column of ones, S has the sample weights on its
    diagonal, and P is the identity; for a free bias its last entry is 0 instead of 1.

    Args:
        mu: (N, d) latent points.
        C: (N, k) concept scores.
        lam: the ridge strength λ ≥ 0.
        standardize: whether Z holds the standardised latents, as in `fit_probe_in_blocks`.
        fit_bias: whether the bias is `free` of the ridge, as in scikit-learn's `Ridge`, or `regularised` too.
        sample_weight: (N,) how much each sample counts, ≥ 0; a whole number counts like that many equal samples.  All
            count alike without it.
        names: the k names of the concepts, for the warnings.
        latent_names: the d names of the latents' columns, for the warnings.

    Returns:
        W: (d + 1, k) float64; the first d rows are the weights of the latents as they were given, the last row is the
        bias.

    Raises:
        InputError: shapes do not fit, a value is not finite, λ or a sample weight is negative or not finite, the system
            is singular in float64, or a number overflows.

    Warns:
        BridgeWarning: there are fewer samples than unknowns, a latent or a score is constant, λ weighs far more on some
            latents than on others, or the residuals are larger by more than a hundredth since λ weighs on the bias.
    """
    return fit_probe_in_blocks(
        lambda: [(mu, C)],
        lam,
        standardize=standardize,
        fit_bias=fit_bias,
        sample_weight=sample_weight,
        names=names,
        latent_names=latent_names,
    )


def fit_probe_in_blocks(
    blocks: Blocks,
    lam: float = 1e-3,
    *,
    standardize: bool = False,
    fit_bias: FitBias = "regularised",
    sample_weight: torch.Tensor | None = None,
    names: Sequence[str] | None = None,
    latent_names: Sequence[str] | None = None,
) -> torch.Tensor:
    """Fit a linear probe as `fit_probe` does, with memory that does not grow with the number of samples.

    With `standardize` the latents are (z - μ) / σ in the fit, with the weighted mean μ and the population's standard
    deviation σ of every column, whatever its size, so that λ weighs on all of them alike.  A column that holds one
    value alone has σ = 1.  A regularised bias is that of the standardised latents.  The result is the same affine
    functional on the latents as they were given: w = w' / σ and b = b' - Σ w μ.

    Args:
        blocks: the samples; read once, or twice to standardise or for a free bias.
        lam: the ridge strength λ ≥ 0.
        standardize: whether to standardise the latents.
        fit_bias: whether the bias is `free` of the ridge or `regularised` too.
        sample_weight: (N,) how much each sample counts, ≥ 0.
        names: the k names of the concepts, for the warnings.
        latent_names: the d names of the latents' columns, for the warnings.

    Returns:
        W: (d + 1, k) float64; the first d rows are the weights of the latents as they were given, the last row is the
        bias.

    Raises:
        InputError: as `fit_probe`, or the blocks are not the same in the second pass.

    Warns:
        BridgeWarning: as `fit_probe`.
    """
    lam = require_strength(lam)
    free_bias = is_free(fit_bias)
    weights = None if sample_weight is None else checked_weights(sample_weight)
    scaling = scaling_of(blocks, standardize=standardize, free_bias=free_bias, weights=weights)
    # With weights, their number is what the blocks are compared with.
    expected = None if scaling is None or weights is not None else scaling.count
    samples = checked(blocks, weights=weights, expected=expected)
    sums = FitSums.of_all(samples, scaling)
    scaled = weights_of(sums, lam, standardize=standardize, free_bias=free_bias, latent_names=latent_names)
    W = scaled if scaling is None else scaling.folded(scaled)
    require_no_overflow(W)
    doubtful = Doubtful(sums, scaled, lam, standardize, free_bias, names, latent_names)
    for doubt in doubts(doubtful):
        warnings.warn(doubt, BridgeWarning, stacklevel=2)
    return W


def weights_of(
    sums: FitSums, lam: float, *, standardize: bool, free_bias: bool, latent_names: Sequence[str] | None = None
) -> torch.Tensor:
    """The weights (d + 1, k) that solve the normal equations of the samples that the sums are over.

    Args:
        sums: the sums, of standardised samples with `standardize`.
        lam: the ridge strength λ ≥ 0.
        standardize: whether they are; for the message.
        free_bias: whether the bias is free of the ridge.
        latent_names: the d names of the latents' columns; for the message.

    Raises:
        InputError: the system is singular in float64, or a number overflows.
    """
    A, B = sums.penalized(lam, free_bias=free_bias), sums.moments
    require_no_overflow(A, B)
    if lam > 0 and not standardize and not is_regular(A) and (uneven := uneven_ridge(sums, lam, latent_names)):
        raise InputError(
            f"latents are of such different sizes that the normal equations are singular in float64 with λ = {lam}, "
            f"which weighs far more on {uneven} than on the others; latents of about one size are required; fit with "
            "--standardize, or leave out what is small"
        )
    W = solved(A, B)
    if W is None:
        remedy = "raise --lam"
        if not standardize and _standardizing_helps(sums.gram, lam):
            remedy = "fit with --standardize, since λ is too small for latents of this size, or raise --lam"
        raise InputError(
            f"the normal equations are singular in float64 with λ = {lam}; independent latents or a larger λ are "
            f"required; {remedy}"
        )
    require_no_overflow(W)
    return W


def _standardizing_helps(gram: torch.Tensor, lam: float) -> bool:
    """Whether λ makes the system regular once every column has the size of the column of ones."""
    sizes = torch.sqrt(gram.diagonal() / gram[-1, -1])
    sizes = torch.where(sizes > 0, sizes, 1.0)
    return is_regular(gram / sizes[:, None] / sizes + lam * torch.eye(len(gram), device=gram.device))


def is_free(fit_bias: str) -> bool:
    """Whether the bias is free of the ridge.

    Raises:
        InputError: it is neither said to be `free` nor `regularised`.
    """
    if fit_bias not in ("free", "regularised"):
        raise InputError(f"fit_bias is {fit_bias!r}; 'free' or 'regularised' is required; choose one")
    return fit_bias == "free"


def require_strength(lam: object) -> float:
    """The ridge strength.

    Raises:
        InputError: it is no number, negative or not finite.
    """
    strength = float(lam) if not isinstance(lam, bool) and isinstance(lam, Real) else None
    if strength is None or not (strength >= 0 and math.isfinite(strength)):
        found = shown(lam) if strength is None else lam
        raise InputError(f"λ is {found}; a finite ridge strength λ ≥ 0 is required; choose --lam 0.001, say")
    return strength


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
