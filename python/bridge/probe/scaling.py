"""Where latents and scores are, and how large: what a fit is centred and standardised by."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial, reduce

import numpy as np
import torch

from bridge.probe.sample_blocks import Block, Passes
from bridge.probe.sent import SentAsArrays

# Below that of every float's difference.
_LEAST_EXPONENT = -1100


@dataclass(frozen=True, eq=False)
class Columns(SentAsArrays):
    """Which columns of a matrix hold one value alone, and its first row."""

    first: torch.Tensor
    constant: torch.Tensor

    @classmethod
    def of(cls, values: torch.Tensor) -> "Columns":
        """Those of a matrix (n, columns) with n ≥ 1."""
        return cls(values[0], (values == values[0]).all(dim=0))

    def joined(self, below: "Columns") -> "Columns":
        """Those of this matrix and of the one below it."""
        return Columns(self.first, self.constant & below.constant & (self.first == below.first))


@dataclass(frozen=True, eq=False)
class Scaling(SentAsArrays):
    """How the samples of a fit are moved and scaled: (z - mean) / scale and c - score_mean in each column.

    Attributes:
        count: how many samples count.
        mean: (d,) what is subtracted from the latents.
        scale: (d,) what they are then divided by, never 0.
        score_mean: (k,) what is subtracted from the scores.
    """

    count: int
    mean: torch.Tensor
    scale: torch.Tensor
    score_mean: torch.Tensor

    def applied(self, block: Block) -> Block:
        """The samples moved and scaled."""
        return replace(block, mu=(block.mu - self.mean) / self.scale, C=block.C - self.score_mean)

    def folded(self, W: torch.Tensor) -> torch.Tensor:
        """The weights (d + 1, k) for the samples as they were given, from those for the scaled samples."""
        weights = W[:-1] / self.scale[:, None]
        return torch.cat([weights, W[-1:] + self.score_mean - self.mean[None] @ weights])


def scaling_of(samples: Passes, *, standardize: bool, free_bias: bool) -> Scaling | None:
    """What a fit is to be centred and standardised by; goes through the samples once, if there is anything to find out.

    With `standardize` the latents get mean 0 and the population's standard deviation 1, at any size of theirs; a column
    that holds one value alone is divided by 1.  For a free bias latents and scores get mean 0: that changes nothing but
    how accurate the fit is, since the bias takes up all that the means are.

    Args:
        samples: the samples.
        standardize: whether the ridge is to weigh on standardised latents.
        free_bias: whether the bias is free of the ridge.

    Returns:
        None if the samples are used as they are.

    Raises:
        InputError: as `checked`.
    """
    if not (standardize or free_bias):
        return None
    origin = None if samples.first is None else _side_by_side(samples.first)[0]
    # An overflow makes the fit's own sums overflow too, and these are checked.
    with np.errstate(over="ignore", invalid="ignore"):
        spread = reduce(_Spread.joined, samples.summed(partial(_spread, origin=origin), "centring"))
        mean, deviation = (torch.from_numpy(column).to(spread.device) for column in (spread.mean, spread.deviation))
    none, one, dim = torch.zeros_like(mean), torch.ones_like(mean), spread.dim
    return Scaling(
        count=spread.count,
        mean=mean[:dim],
        scale=(deviation if standardize else one)[:dim],
        score_mean=(mean if free_bias else none)[dim:],
    )


def _side_by_side(block: Block) -> np.ndarray:
    """Latents and scores: one computation serves both."""
    return torch.cat([block.mu, block.C], dim=1).cpu().numpy()


def _spread(blocks: Iterable[Block], origin: np.ndarray | None) -> "_Spread":
    """That of some blocks, from an origin on, or else from the first sample on."""
    spreads: list[_Spread] = []
    with np.errstate(over="ignore", invalid="ignore"):
        for block in blocks:
            values = _side_by_side(block)
            origin = values[0] if origin is None else origin
            spreads = [reduce(_Spread.joined, [*spreads, _Spread.of(block, values, origin)])]
    return spreads[0]


@dataclass(frozen=True, eq=False)
class _Spread:
    """Mean and variance of columns, from their first row on, so that they are exact to rounding wherever it lies.

    Attributes:
        device: where the samples are.
        dim: how many of the p columns are latents.
        count: how many rows there are.
        total: the sum of their weights.
        origin: (p,) the first row.
        shift: (p,) mean - origin.
        exponent: (p,) e, so that no |x - origin| / 2^e is above 1: squares neither overflow nor underflow.
        squares: (p,) the weighted sum of ((x - mean) / 2^e)².
    """

    device: str
    dim: int
    count: int
    total: float
    origin: np.ndarray
    shift: np.ndarray
    exponent: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, block: Block, values: np.ndarray, origin: np.ndarray) -> "_Spread":
        weight = np.ones(len(values)) if block.weight is None else block.weight.cpu().numpy()
        steps = values - origin
        largest = np.abs(steps).max(axis=0)
        exponent = np.where(largest > 0, np.frexp(largest)[1], _LEAST_EXPONENT)
        scaled = np.ldexp(steps, -exponent)
        total = weight.sum()
        mean = weight @ scaled / total
        return cls(
            device=str(block.mu.device),
            dim=block.mu.shape[1],
            count=len(values),
            total=total,
            origin=origin,
            shift=np.ldexp(mean, exponent),
            exponent=exponent,
            squares=weight @ (scaled - mean) ** 2,
        )

    def joined(self, more: "_Spread") -> "_Spread":
        """That of both parts; the squares by the update of Chan, Golub and LeVeque (1979)."""
        total = self.total + more.total
        exponent = np.maximum(self.exponent, more.exponent)
        between = np.ldexp(more.shift - self.shift, -exponent)
        return _Spread(
            device=self.device,
            dim=self.dim,
            count=self.count + more.count,
            total=total,
            origin=self.origin,
            shift=self.shift + (more.shift - self.shift) * (more.total / total),
            exponent=exponent,
            squares=np.ldexp(self.squares, 2 * (self.exponent - exponent))
            + np.ldexp(more.squares, 2 * (more.exponent - exponent))
            + between**2 * (self.total * (more.total / total)),
        )

    @property
    def mean(self) -> np.ndarray:
        mean: np.ndarray = self.origin + self.shift
        return mean

    @property
    def deviation(self) -> np.ndarray:
        """The population's standard deviation; 1 where all values are equal."""
        deviation = np.ldexp(np.sqrt(self.squares / self.total), self.exponent)
        return np.where(self.squares > 0, deviation, 1.0)
