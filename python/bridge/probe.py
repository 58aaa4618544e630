"""The linear probe: ridge regression from latents to concept scores, and how well it fits.

Samples come in blocks, so that there can be more of them than memory holds: what is kept of a block are sums over it.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import torch

from bridge.errors import BridgeWarning, InputError
from bridge.lean_text import counted

Blocks = Callable[[], Iterable[tuple[torch.Tensor, torch.Tensor]]]
"""A data set in blocks of samples: latents (n, d) and scores (n, k); called anew for every pass over the data."""


def fit_probe(
    mu: torch.Tensor,
    C: torch.Tensor,
    lam: float = 1e-3,
    *,
    standardize: bool = False,
    names: Sequence[str] | None = None,
) -> torch.Tensor:
    """Fit a linear probe by ridge regression.

    Solves (ZᵀZ + λI) W = ZᵀC in float64, where Z is `mu` with a last column of ones; the bias is regularised too.

    Args:
        mu: (N, d) latent points.
        C: (N, k) concept scores.
        lam: the ridge strength λ ≥ 0.
        standardize: whether Z holds the standardised latents, as in `fit_probe_in_blocks`.
        names: the k names of the concepts, for the warnings.

    Returns:
        W: (d + 1, k) float64; the first d rows are the weights of the latents as they were given, the last row is the
        bias.

    Raises:
        InputError: shapes do not fit, a value is not finite, λ is negative or not finite, the system is singular in
            float64, or a number overflows.

    Warns:
        BridgeWarning: there are fewer samples than unknowns, or a latent or a score is constant.
    """
    return fit_probe_in_blocks(lambda: [(mu, C)], lam, standardize=standardize, names=names)


def fit_probe_in_blocks(
    blocks: Blocks, lam: float = 1e-3, *, standardize: bool = False, names: Sequence[str] | None = None
) -> torch.Tensor:
    """Fit a linear probe as `fit_probe` does, with memory that does not grow with the number of samples.

    With `standardize` the latents are (z - μ) / σ in the fit, with the mean μ and the population's standard deviation σ
    of every column, so that λ weighs on all of them alike.  A column that is constant up to rounding has σ = 1 (both
    as in scikit-learn's `StandardScaler`).  The bias of the standardised latents is regularised too.  The result
    is the same affine functional on the latents as they were given: w = w' / σ and b = b' - Σ w μ.

    Args:
        blocks: the samples; read once, or twice to standardise.
        lam: the ridge strength λ ≥ 0.
        standardize: whether to standardise the latents.
        names: the k names of the concepts, for the warnings.

    Returns:
        W: (d + 1, k) float64; the first d rows are the weights of the latents as they were given, the last row is the
        bias.

    Raises:
        InputError: as `fit_probe`, or the blocks are not the same in the second pass.

    Warns:
        BridgeWarning: as `fit_probe`.
    """
    if not lam >= 0 or not np.isfinite(lam):
        raise InputError(f"λ is {lam}; a finite ridge strength λ ≥ 0 is required; choose --lam 0.001, say")
    scaling = _scaling(blocks) if standardize else None
    samples = _checked(blocks, None if scaling is None else scaling.count)
    sums = reduce(_FitSums.joined, (_FitSums.of(mu, C, scaling) for mu, C in samples))
    A = sums.gram + lam * torch.eye(len(sums.gram), dtype=torch.float64, device=sums.gram.device)
    B = sums.moments
    _require_no_overflow(A, B)
    # The solver itself notices only a pivot that is exactly zero, which rounding mostly prevents.
    if torch.linalg.matrix_rank(A, hermitian=True) < len(A):
        raise InputError(
            f"the normal equations are singular in float64 with λ = {lam}; independent latents or a larger λ are "
            "required; raise --lam"
        )
    W: torch.Tensor = torch.linalg.solve(A, B)
    if scaling is not None:
        W = scaling.folded(W)
    _require_no_overflow(W)
    for doubt in _doubts(sums, lam, names):
        warnings.warn(doubt, BridgeWarning, stacklevel=2)
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
    sums = reduce(_MetricSums.joined, (_MetricSums.of(mu, C, W) for mu, C in _checked(blocks)))
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
class _Columns:
    """Which columns of a matrix hold one value alone, and its first row."""

    first: torch.Tensor
    constant: torch.Tensor

    @classmethod
    def of(cls, values: torch.Tensor) -> "_Columns":
        return cls(values[0], (values == values[0]).all(dim=0))

    def joined(self, below: "_Columns") -> "_Columns":
        return _Columns(self.first, self.constant & below.constant & (self.first == below.first))


@dataclass(frozen=True, eq=False)
class _Scaling:
    """How latents are standardised: (z - mean) / scale in each of the d columns, which `count` samples gave."""

    count: int
    mean: torch.Tensor
    scale: torch.Tensor

    def standardized(self, mu: torch.Tensor) -> torch.Tensor:
        return (mu - self.mean) / self.scale

    def folded(self, W: torch.Tensor) -> torch.Tensor:
        """The weights (d + 1, k) of the latents from those of the standardised latents."""
        weights = W[:-1] / self.scale[:, None]
        return torch.cat([weights, W[-1:] - self.mean[None] @ weights])


@dataclass(frozen=True, eq=False)
class _FitSums:
    """What a fit needs to know of its samples: ZᵀZ and ZᵀC with the column of ones, and what is constant."""

    count: int
    gram: torch.Tensor
    moments: torch.Tensor
    latents: _Columns
    scores: _Columns

    @classmethod
    def of(cls, mu: torch.Tensor, C: torch.Tensor, scaling: _Scaling | None) -> "_FitSums":
        Z = _with_ones(mu if scaling is None else scaling.standardized(mu))
        return cls(len(mu), Z.T @ Z, Z.T @ C, _Columns.of(mu), _Columns.of(C))

    def joined(self, more: "_FitSums") -> "_FitSums":
        return _FitSums(
            self.count + more.count,
            self.gram + more.gram,
            self.moments + more.moments,
            self.latents.joined(more.latents),
            self.scores.joined(more.scores),
        )


@dataclass(frozen=True, eq=False)
class _MetricSums:
    """Residual and total sums of squares and the sup error, (k,) each, with what it takes to join those of blocks."""

    count: int
    mean: torch.Tensor
    ssr: torch.Tensor
    sst: torch.Tensor
    delta: torch.Tensor
    scores: _Columns

    @classmethod
    def of(cls, mu: torch.Tensor, C: torch.Tensor, W: torch.Tensor) -> "_MetricSums":
        _require_weights(W, mu, C)
        residual = C - _with_ones(mu) @ W.double()
        mean = C.mean(dim=0)
        return cls(
            count=len(C),
            mean=mean,
            ssr=(residual**2).sum(dim=0),
            sst=((C - mean) ** 2).sum(dim=0),
            delta=residual.abs().max(dim=0).values,
            scores=_Columns.of(C),
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


def _scaling(blocks: Blocks) -> _Scaling:
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    count = 0
    device = torch.device("cpu")
    # A variance that overflows counts as constant there; the sums of the fit then overflow too, and are checked.
    with np.errstate(over="ignore", invalid="ignore"):
        for mu, _ in _checked(blocks):
            scaler.partial_fit(mu.cpu().numpy())
            count += len(mu)
            device = mu.device
    return _Scaling(count, *(torch.from_numpy(values).to(device) for values in (scaler.mean_, scaler.scale_)))


def _with_ones(mu: torch.Tensor) -> torch.Tensor:
    ones = torch.ones(len(mu), 1, dtype=torch.float64, device=mu.device)
    return torch.cat([mu, ones], dim=1)


def _checked(blocks: Blocks, expected: int | None = None) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """The blocks in float64, without empty ones, each checked before it is given out; at least one.

    Args:
        blocks: the samples.
        expected: how many samples an earlier pass found.
    """
    count = 0
    columns: tuple[int, int] | None = None
    for mu, C in blocks():
        if mu.ndim != 2 or C.ndim != 2 or len(mu) != len(C):
            place = f", in the block from sample {count} on" if count else ""
            raise InputError(
                f"latents have shape {tuple(mu.shape)} and scores {tuple(C.shape)}{place}; (N, d) and (N, k) are "
                "required; pass the same samples in both"
            )
        columns = columns or (mu.shape[1], C.shape[1])
        if (mu.shape[1], C.shape[1]) != columns:
            raise InputError(
                f"from sample {count} on there are {mu.shape[1]} latents and {C.shape[1]} scores a sample; "
                f"{columns[0]} and {columns[1]} as before are required; pass blocks of one data set"
            )
        mu, C = mu.double(), C.double()
        _require_finite(mu, "latents", count)
        _require_finite(C, "scores", count)
        if len(mu):
            yield mu, C
        count += len(mu)
    if expected is not None and count != expected:
        raise InputError(
            f"the blocks had {expected} samples in the first pass and {count} in the second; the same blocks at every "
            "call are required; pass a function that opens the data anew"
        )
    if count == 0:
        raise InputError("there are 0 samples; a probe needs at least one; add samples")


def _require_weights(W: torch.Tensor, mu: torch.Tensor, C: torch.Tensor) -> None:
    if tuple(W.shape) != (mu.shape[1] + 1, C.shape[1]):
        raise InputError(
            f"W has shape {tuple(W.shape)}; ({mu.shape[1] + 1}, {C.shape[1]}) is required, the bias in the last row; "
            "fit the probe on these arrays"
        )
    _require_finite(W, "weights")


def _require_no_overflow(*matrices: torch.Tensor) -> None:
    if not all(bool(torch.isfinite(matrix).all()) for matrix in matrices):
        raise InputError(
            "a number in the fit is too large for float64; latents and scores of moderate size are required; "
            "rescale them"
        )


def _require_finite(values: torch.Tensor, name: str, first_row: int = 0) -> None:
    wrong = (~torch.isfinite(values)).nonzero()
    if len(wrong):
        row, column = wrong[0].tolist()
        raise InputError(
            f"`{name}[{row + first_row}, {column}]` is {values[row, column].item()}; finite numbers are required; "
            "remove the sample or train again"
        )


def _doubts(sums: _FitSums, lam: float, names: Sequence[str] | None) -> Iterator[str]:
    """What is allowed in the samples of a fit, and is more likely a mistake."""
    unknowns = len(sums.gram)
    if sums.count < unknowns:
        yield (
            f"there are {counted(sums.count, 'sample')} for {unknowns} unknowns, {counted(unknowns - 1, 'weight')} and "
            f"the bias; only the ridge, λ = {lam}, makes the fit unique; fit on more samples"
        )
    yield from _constants(sums.latents, "latents", "a weight on it only shifts the bias; leave the column out")
    nothing = "there is nothing to explain and no R²; leave the concept out"
    if names is None:
        yield from _constants(sums.scores, "scores", nothing)
    else:
        for column in sums.scores.constant.nonzero().flatten().tolist():
            yield f"the concept {names[column]!r} is constant ({sums.scores.first[column].item()}); {nothing}"


def _constants(columns: _Columns, name: str, consequence: str) -> Iterator[str]:
    constant = columns.constant.nonzero().flatten().tolist()
    if constant:
        others = f", and so are {counted(len(constant) - 1, 'column')} more" if len(constant) > 1 else ""
        yield f"`{name}[:, {constant[0]}]` is constant ({columns.first[constant[0]].item()}){others}; {consequence}"
