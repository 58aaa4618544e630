"""The linear probe: ridge regression from latents to concept scores, and how well it fits.

Samples come in blocks, so that there can be more of them than memory holds: what is kept of a block are sums over it.
"""

import math
import warnings
from collections.abc import Sequence
from numbers import Real
from typing import Literal

import torch

from bridge.base.errors import BridgeWarning, InputError, shown
from bridge.probe.fit_doubts import Doubtful, doubts, uneven_ridge
from bridge.probe.fit_sums import FitSums, is_regular, require_no_overflow, solved
from bridge.probe.one_thread import one_thread
from bridge.probe.sample_blocks import Blocks, InBlocks, Passes, checked_weights
from bridge.probe.scaling import scaling_of

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
    weights = None if sample_weight is None else checked_weights(sample_weight)
    return fitted_weights(
        InBlocks(blocks, weights),
        lam,
        standardize=standardize,
        fit_bias=fit_bias,
        names=names,
        latent_names=latent_names,
        are_weighted=weights is not None,
    )


def fitted_weights(
    samples: Passes,
    lam: float,
    *,
    standardize: bool,
    fit_bias: FitBias,
    names: Sequence[str] | None = None,
    latent_names: Sequence[str] | None = None,
    are_weighted: bool = False,
) -> torch.Tensor:
    """Fit a linear probe as `fit_probe_in_blocks` does, to samples wherever they are.

    Args:
        samples: the samples; gone through once, or twice to standardise or for a free bias.
        lam: the ridge strength λ ≥ 0.
        standardize: as there.
        fit_bias: as there.
        names: as there.
        latent_names: as there.
        are_weighted: whether some samples do not count; then it is not known how many others there are.

    Raises:
        InputError: as there.

    Warns:
        BridgeWarning: as there.
    """
    lam = require_strength(lam)
    free_bias = is_free(fit_bias)
    scaling = scaling_of(samples, standardize=standardize, free_bias=free_bias)
    # With weights, their number is what the blocks are compared with.
    expected = None if scaling is None or are_weighted else scaling.count
    sums = FitSums.of_all(samples, scaling, expected=expected)
    with one_thread():
        scaled = weights_of(sums, lam, standardize=standardize, free_bias=free_bias, latent_names=latent_names)
        W = scaled if scaling is None else scaling.folded(scaled)
        require_no_overflow(W)
        doubtful = Doubtful(sums, scaled, lam, standardize, free_bias, names, latent_names)
        for doubt in doubts(doubtful):
            warnings.warn(doubt, BridgeWarning, stacklevel=3)
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
            "`standardize=True`, or leave out what is small"
        )
    W = solved(A, B)
    if W is None:
        remedy = "raise `lam=…`"
        if not standardize and _standardizing_helps(sums.gram, lam):
            remedy = "fit with `standardize=True`, since λ is too small for latents of this size, or raise `lam=…`"
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
        raise InputError(f"λ is {found}; a finite ridge strength λ ≥ 0 is required; choose `lam=0.001`, say")
    return strength
