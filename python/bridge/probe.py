"""The linear probe: ridge regression from latents to concept scores, and how well it fits."""

import numpy as np
import torch

from bridge.errors import InputError


def fit_probe(mu: torch.Tensor, C: torch.Tensor, lam: float = 1e-3) -> torch.Tensor:
    """Fit a linear probe by ridge regression.

    Solves (ZᵀZ + λI) W = ZᵀC in float64, where Z is `mu` with a last column of ones; the bias is regularised too.

    Args:
        mu: (N, d) latent points.
        C: (N, k) concept scores.
        lam: the ridge strength λ ≥ 0.

    Returns:
        W: (d + 1, k) float64; the first d rows are the weights, the last row is the bias.

    Raises:
        InputError: shapes do not fit, a value is not finite, λ is negative or not finite, the system is singular in
            float64, or a number overflows.
    """
    _require_samples(mu, C)
    if not lam >= 0 or not np.isfinite(lam):
        raise InputError(f"λ is {lam}; a finite ridge strength λ ≥ 0 is required; choose --lam 0.001, say")
    Z = _with_ones(mu)
    A = Z.T @ Z + lam * torch.eye(Z.shape[1], dtype=torch.float64, device=Z.device)
    B = Z.T @ C.double()
    _require_no_overflow(A, B)
    # The solver itself notices only a pivot that is exactly zero, which rounding mostly prevents.
    if torch.linalg.matrix_rank(A, hermitian=True) < len(A):
        raise InputError(
            f"the normal equations are singular in float64 with λ = {lam}; independent latents or a larger λ are "
            "required; raise --lam"
        )
    W: torch.Tensor = torch.linalg.solve(A, B)
    _require_no_overflow(W)
    return W


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
    _require_samples(mu, C)
    if tuple(W.shape) != (mu.shape[1] + 1, C.shape[1]):
        raise InputError(
            f"W has shape {tuple(W.shape)}; ({mu.shape[1] + 1}, {C.shape[1]}) is required, the bias in the last row; "
            "fit the probe on these arrays"
        )
    _require_finite(W, "weights")
    scores = C.double()
    residual = scores - _with_ones(mu) @ W.double()
    ssr = (residual**2).sum(dim=0)
    sst = ((scores - scores.mean(dim=0)) ** 2).sum(dim=0)
    constant = (scores == scores[0]).all(dim=0)
    R2 = torch.where(constant, torch.nan, 1.0 - ssr / (sst + 1e-8))
    return R2, residual.abs().max(dim=0).values


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


def _with_ones(mu: torch.Tensor) -> torch.Tensor:
    ones = torch.ones(len(mu), 1, dtype=torch.float64, device=mu.device)
    return torch.cat([mu.double(), ones], dim=1)


def _require_no_overflow(*matrices: torch.Tensor) -> None:
    if not all(bool(torch.isfinite(matrix).all()) for matrix in matrices):
        raise InputError(
            "a number in the fit is too large for float64; latents and scores of moderate size are required; "
            "rescale them"
        )


def _require_samples(mu: torch.Tensor, C: torch.Tensor) -> None:
    if mu.ndim != 2 or C.ndim != 2 or len(mu) != len(C):
        raise InputError(
            f"latents have shape {tuple(mu.shape)} and scores {tuple(C.shape)}; (N, d) and (N, k) are required; "
            "pass the same samples in both"
        )
    if len(mu) == 0:
        raise InputError("there are 0 samples; a probe needs at least one; add samples")
    _require_finite(mu, "latents")
    _require_finite(C, "scores")


def _require_finite(values: torch.Tensor, name: str) -> None:
    wrong = (~torch.isfinite(values)).nonzero()
    if len(wrong):
        row, column = wrong[0].tolist()
        raise InputError(
            f"`{name}[{row}, {column}]` is {values[row, column].item()}; finite numbers are required; "
            "remove the sample or train again"
        )
