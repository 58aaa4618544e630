"""Where latents and scores are, and how large: what a fit is centred and standardised by."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import torch

from bridge.probe.sample_blocks import Block, Blocks, checked

# Below that of every float's difference.
_LEAST_EXPONENT = -1100


@dataclass(frozen=True, eq=False)
class Columns:
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
class Scaling:
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
        return Block(block.rows, (block.mu - self.mean) / self.scale, block.C - self.score_mean, block.weight)

    def folded(self, W: torch.Tensor) -> torch.Tensor:
        """The weights (d + 1, k) for the samples as they were given, from those for the scaled samples."""
        weights = W[:-1] / self.scale[:, None]
        return torch.cat([weights, W[-1:] + self.score_mean - self.mean[None] @ weights])


def scaling_of(
    blocks: Blocks, *, standardize: bool, free_bias: bool, weights: torch.Tensor | None = None
) -> Scaling | None:
    """What a fit is to be centred and standardised by; reads the blocks once, if there is anything to find out.

    With `standardize` the latents get mean 0 and the population's standard deviation 1, at any size of theirs; a column
    that holds one value alone is divided by 1.  For a free bias latents and scores get mean 0: that changes nothing but
    how accurate the fit is, since the bias takes up all that the means are.

    Args:
        blocks: the samples.
        standardize: whether the ridge is to weigh on standardised latents.
        free_bias: whether the bias is free of the ridge.
        weights: (N,) how much each sample counts, as `checked_weights` gives it.

    Returns:
        None if the samples are used as they are.

    Raises:
        InputError: as `checked`.
    """
    if not (standardize or free_bias):
        return None
    device = torch.device("cpu")
    spreads: list[_Spread] = []
    # An overflow makes the fit's own sums overflow too, and these are checked.
    with np.errstate(over="ignore", invalid="ignore"):
        for block in checked(blocks, weights=weights):
            device, dim = block.mu.device, block.mu.shape[1]
            # One computation serves both.
            values = torch.cat([block.mu, block.C], dim=1).cpu().numpy()
            weight = np.ones(len(values)) if block.weight is None else block.weight.cpu().numpy()
            origin = spreads[0].origin if spreads else values[0]
            spreads = [reduce(_Spread.joined, [*spreads, _Spread.of(values, weight, origin)])]
        (spread,) = spreads
        mean, deviation = (torch.from_numpy(column).to(device) for column in (spread.mean, spread.deviation))
    none, one = torch.zeros_like(mean), torch.ones_like(mean)
    return Scaling(
        count=spread.count,
        mean=mean[:dim],
        scale=(deviation if standardize else one)[:dim],
        score_mean=(mean if free_bias else none)[dim:],
    )


@dataclass(frozen=True, eq=False)
class _Spread:
    """Mean and variance of columns, from their first row on, so that they are exact to rounding wherever it lies.

    Attributes:
        count: how many rows there are.
        total: the sum of their weights.
        origin: (p,) the first row.
        shift: (p,) mean - origin.
        exponent: (p,) e, so that no |x - origin| / 2^e is above 1: squares neither overflow nor underflow.
        squares: (p,) the weighted sum of ((x - mean) / 2^e)².
    """

    count: int
    total: float
    origin: np.ndarray
    shift: np.ndarray
    exponent: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, weight: np.ndarray, origin: np.ndarray) -> "_Spread":
        steps = values - origin
        largest = np.abs(steps).max(axis=0)
        exponent = np.where(largest > 0, np.frexp(largest)[1], _LEAST_EXPONENT)
        scaled = np.ldexp(steps, -exponent)
        total = weight.sum()
        mean = weight @ scaled / total
        return cls(len(values), total, origin, np.ldexp(mean, exponent), exponent, weight @ (scaled - mean) ** 2)

    def joined(self, more: "_Spread") -> "_Spread":
        """That of both parts; the squares by the update of Chan, Golub and LeVeque (1979)."""
        total = self.total + more.total
        exponent = np.maximum(self.exponent, more.exponent)
        between = np.ldexp(more.shift - self.shift, -exponent)
        return _Spread(
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
