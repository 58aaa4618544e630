"""What a fit needs to know of its samples, as sums that are joined, and the solution of its normal equations."""

import itertools
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np
import torch

from bridge.base.errors import InputError
from bridge.probe.one_thread import one_thread
from bridge.probe.sample_blocks import Block, Passes
from bridge.probe.scaling import Columns, Scaling
from bridge.probe.sent import SentAsArrays

_PRECISION = 2.0**-52
# The sides of a tile of ZᵀZ, and of a matrix that is one: a thread's product is no faster for larger ones.
_TILE = 256
_LARGEST_TILE = 512


@dataclass(frozen=True, eq=False)
class FitSums(SentAsArrays):
    """ZᵀZ and ZᵀC with the column of ones last, weighted if the samples are, and moved and scaled if that was wanted.

    Attributes:
        count: how many samples there are.
        gram: (d + 1, d + 1), ZᵀZ.
        moments: (d + 1, k), ZᵀC.
        origin: (k,) a score, the first one, which the two that follow are taken from, so that they are small.
        near_moments: (d + 1, k), Zᵀ(C - origin).
        near_squares: (k,) sums of (c - origin)².
        latents: which of the d columns of latents, as they were given, are constant.
        scores: which of the k columns of scores are.
    """

    count: int
    gram: torch.Tensor
    moments: torch.Tensor
    origin: torch.Tensor
    near_moments: torch.Tensor
    near_squares: torch.Tensor
    latents: Columns
    scores: Columns

    @classmethod
    def of(cls, given: Block, scaling: Scaling | None, origin: torch.Tensor | None = None) -> "FitSums":
        """The sums over a block; the first of several gives the origin of the others."""
        block = given if scaling is None else scaling.applied(given)
        origin = block.C[0] if origin is None else origin
        Z, near = with_ones(block.mu), block.C - origin
        weighted = Z if block.weight is None else Z * block.weight[:, None]
        return cls(
            count=len(Z),
            gram=_products(Z, weighted),
            moments=weighted.T @ block.C,
            origin=origin,
            near_moments=weighted.T @ near,
            # The last column of `weighted` is what the samples weigh.
            near_squares=weighted[:, -1] @ near**2,
            latents=Columns.of(given.mu),
            scores=Columns.of(given.C),
        )

    @classmethod
    def of_all(cls, samples: Passes, scaling: Scaling | None, *, expected: int | None = None) -> "FitSums":
        """The sums over all samples, which are gone through once.

        Raises:
            InputError: as `checked`.
        """
        part = partial(_sums_of_some, scaling=scaling, origin=Origin.of(samples, scaling))
        return reduce(FitSums.joined, samples.summed(part, "fitting", expected=expected))

    def joined(self, more: "FitSums") -> "FitSums":
        """The sums of both parts, which have one origin."""
        return FitSums(
            self.count + more.count,
            self.gram + more.gram,
            self.moments + more.moments,
            self.origin,
            self.near_moments + more.near_moments,
            self.near_squares + more.near_squares,
            self.latents.joined(more.latents),
            self.scores.joined(more.scores),
        )

    def penalized(self, lam: float, *, free_bias: bool) -> torch.Tensor:
        """(d + 1, d + 1), ZᵀZ with λ on the diagonal; a free bias has none of it."""
        strengths = torch.full((len(self.gram),), lam, dtype=torch.float64, device=self.gram.device)
        if free_bias:
            strengths[-1] = 0
        return self.gram + torch.diag(strengths)

    def total_squares(self) -> torch.Tensor:
        """(k,) sums of (c - mean)², 0 where a score is constant."""
        squares = self.near_squares - self.near_moments[-1] ** 2 / self.gram[-1, -1]
        return torch.where(self.scores.constant, 0.0, squares)

    def squared_residuals(self, W: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The sum of squared residuals of each concept, and how much of it may be rounding.

        Args:
            W: (d + 1, k) weights of the samples that the sums are over.
        """
        near = torch.cat([W[:-1], W[-1:] - self.origin])
        squares = self.near_squares - 2 * (near * self.near_moments).sum(dim=0) + (near * (self.gram @ near)).sum(dim=0)
        sizes, moments = near.abs(), self.near_moments.abs()
        terms = self.near_squares + 2 * (sizes * moments).sum(dim=0) + (sizes * (self.gram.abs() @ sizes)).sum(dim=0)
        return squares, self.count * _PRECISION * terms


@dataclass(frozen=True, eq=False)
class Origin(SentAsArrays):
    """(k,) the score that small sums are taken from; None for that of the first sample."""

    scores: torch.Tensor | None

    @classmethod
    def of(cls, samples: Passes, scaling: Scaling | None) -> "Origin":
        """The one that all sections of some samples have."""
        first = samples.first
        return cls(None if first is None else first_scores(first, scaling))


def first_scores(block: Block, scaling: Scaling | None) -> torch.Tensor:
    """(k,) the scores of the first sample of a block, moved as the others are."""
    return (block if scaling is None else scaling.applied(block)).C[0]


def _sums_of_some(blocks: Iterable[Block], scaling: Scaling | None, origin: Origin) -> FitSums:
    """The sums over blocks, of which there is one at least."""
    remaining = iter(blocks)
    total = FitSums.of(next(remaining), scaling, origin.scores)
    for block in remaining:
        total = total.joined(FitSums.of(block, scaling, total.origin))
    return total


def _products(Z: torch.Tensor, weighted: torch.Tensor) -> torch.Tensor:
    """(n, n), Zᵀ(weighted), symmetric but for last bits; of a large one in tiles, and each pair of equal ones once."""
    size = Z.shape[1]
    if size <= _LARGEST_TILE or Z.device.type != "cpu":
        return Z.T @ weighted
    count = -(-size // _TILE)
    edges = [size * number // count for number in range(count + 1)]
    tiles = [slice(*edge) for edge in itertools.pairwise(edges)]
    products = torch.empty(size, size, dtype=Z.dtype)

    def fill(pair: tuple[slice, slice]) -> None:
        rows, columns = pair
        products[rows, columns] = Z[:, rows].T @ weighted[:, columns]
        if rows != columns:
            products[columns, rows] = products[rows, columns].T

    pairs = [(rows, columns) for number, rows in enumerate(tiles) for columns in tiles[number:]]
    with one_thread() as threads, ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(fill, pairs):
            pass
    return products


def solved(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor | None:
    """The solution W of A W = B with a symmetric A; None if A is singular in float64 whatever its scale.

    Where A is singular only because its columns have very different sizes, they are brought to the same first.

    Args:
        A: (n, n), positive semidefinite.
        B: (n, k).
    """
    # The solver itself notices only a pivot that is exactly zero, which rounding mostly prevents.
    solution: torch.Tensor | None = None
    if is_regular(A):
        solution = torch.linalg.solve(A, B)
    else:
        scale = _powers_near_roots(A.diagonal())
        equalized = A / scale[:, None] / scale
        if is_regular(equalized):
            solution = torch.linalg.solve(equalized, B / scale[:, None]) / scale[:, None]
    return solution


def is_regular(A: torch.Tensor) -> bool:
    """Whether a symmetric matrix has full rank in float64."""
    return bool(torch.linalg.matrix_rank(A, hermitian=True) == len(A))


def _powers_near_roots(diagonal: torch.Tensor) -> torch.Tensor:
    """Powers of two, which divide without rounding, near the square roots of numbers ≥ 0; 1 for 0."""
    numbers = diagonal.cpu().numpy()
    powers = np.where(numbers > 0, np.ldexp(1.0, np.frexp(numbers)[1] // 2), 1.0)
    return torch.from_numpy(powers).to(diagonal.device)


def with_ones(mu: torch.Tensor) -> torch.Tensor:
    """(n, d + 1) latents with a last column of ones."""
    ones = torch.ones(len(mu), 1, dtype=torch.float64, device=mu.device)
    return torch.cat([mu, ones], dim=1)


def require_no_overflow(*matrices: torch.Tensor) -> None:
    """Refuse numbers that are beyond float64.

    Raises:
        InputError: an entry is not finite.
    """
    if not all(bool(torch.isfinite(matrix).all()) for matrix in matrices):
        raise InputError(
            "a number in the fit is too large for float64; latents and scores of moderate size are required; "
            "rescale them"
        )
