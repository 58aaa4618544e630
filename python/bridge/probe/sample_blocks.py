"""Samples in blocks, so that there can be more of them than memory holds; each block is checked before it is used."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import torch

from bridge.base.errors import InputError
from bridge.probe.one_thread import one_thread

Blocks = Callable[[], Iterable[tuple[torch.Tensor, torch.Tensor]]]
"""A data set in blocks of samples with latents (n, d) and scores (n, k); called anew for every pass over the data."""


Sums = TypeVar("Sums")


@dataclass(frozen=True, eq=False)
class Block:
    """Samples that count in a fit.

    Attributes:
        mu: (n, d) float64 latents.
        C: (n, k) float64 scores.
        weight: (n,) float64, how much each of them counts, more than 0; None if all count alike.
        fold: (n,) int64, the fold of each of them; None if there are no folds.
    """

    mu: torch.Tensor
    C: torch.Tensor
    weight: torch.Tensor | None = None
    fold: torch.Tensor | None = None

    def chosen(self, members: torch.Tensor) -> "Block":
        """Some of the samples.

        Args:
            members: (n,) bool, True for those to take.
        """
        weight = None if self.weight is None else self.weight[members]
        fold = None if self.fold is None else self.fold[members]
        return Block(self.mu[members], self.C[members], weight, fold)


class Passes(Protocol):
    """Samples to go through several times, each time in sections of some blocks that are summed up one by one."""

    @property
    def first(self) -> Block | None:
        """The first sample alone; None if it is the first one of the first section."""

    def summed(
        self,
        function: Callable[[Iterable[Block]], Sums],
        step: str,
        *,
        expected: int | None = None,
        fold: torch.Tensor | None = None,
    ) -> Iterator[Sums]:
        """What a function makes of the samples of each section, at least one, in their order.

        Args:
            function: one of a module, or a `functools.partial` of such, which takes all blocks that it is given.
            step: what it is done for.
            expected: how many samples an earlier pass found.
            fold: (N,) the fold of each sample, which the blocks are to have.

        Raises:
            InputError: as `checked`.
        """


@dataclass(frozen=True, eq=False)
class InBlocks:
    """Samples that come in blocks, all of them in one section.

    Attributes:
        blocks: the samples.
        weights: (N,) how much each sample counts, as `checked_weights` gives it; None if all count alike.
    """

    blocks: Blocks
    weights: torch.Tensor | None = None

    @property
    def first(self) -> None:
        """The first sample is the first one of the section."""

    def summed(
        self,
        function: Callable[[Iterable[Block]], Sums],
        step: str,
        *,
        expected: int | None = None,
        fold: torch.Tensor | None = None,
    ) -> Iterator[Sums]:
        """What the function makes of all samples."""
        with one_thread():
            yield function(checked(self.blocks, weights=self.weights, expected=expected, fold=fold))


def checked(
    blocks: Blocks,
    *,
    weights: torch.Tensor | None = None,
    expected: int | None = None,
    fold: torch.Tensor | None = None,
) -> Iterator[Block]:
    """The blocks in float64, without samples that do not count, each checked before it is given out; at least one.

    Args:
        blocks: the samples.
        weights: (N,) how much each sample counts, as `checked_weights` gives it; None if all count alike.
        expected: how many samples an earlier pass found.
        fold: (N,) the fold of each sample.

    Raises:
        InputError: shapes do not fit, a value is not finite, or no sample counts.
    """
    count = counted = 0
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
        require_finite(mu, "latents", count)
        require_finite(C, "scores", count)
        here = None if fold is None else fold[count : count + len(mu)].to(mu.device)
        block = Block(mu, C, fold=here)
        count += len(mu)
        if weights is not None:
            block = _weighted(block, weights, count)
        counted += len(block.mu)
        if len(block.mu):
            yield block
    if expected is not None and count != expected:
        raise InputError(
            f"the blocks had {expected} samples in the first pass and {count} in the second; the same blocks at every "
            "call are required; pass a function that opens the data anew"
        )
    if weights is not None and len(weights) != count:
        raise _other_count(weights, count)
    if counted == 0:
        raise InputError("there are 0 samples; a probe needs at least one; add samples")


def checked_weights(weights: torch.Tensor) -> torch.Tensor:
    """Sample weights (N,) in float64.

    Raises:
        InputError: the shape is another, an entry is negative or not finite, or all are 0.
    """
    if weights.ndim != 1:
        raise InputError(
            f"sample weights have shape {tuple(weights.shape)}; (N,) is required, one for each sample; reshape them"
        )
    weights = weights.double()
    wrong = (~(torch.isfinite(weights) & (weights >= 0))).nonzero().flatten()
    if len(wrong):
        raise InputError(
            f"`sample_weight[{wrong[0].item()}]` is {weights[wrong[0]].item()}; finite numbers of at least 0 are "
            "required; leave the sample out, or weigh it with 0"
        )
    if len(weights) and not weights.any():
        raise InputError(
            "all sample weights are zero; a probe needs at least one sample that counts; raise one of them"
        )
    return weights


def require_finite(values: torch.Tensor, name: str, first_row: int = 0) -> None:
    """Refuse a matrix that has an entry which is no number.

    Raises:
        InputError: which entry of `name` it is, its rows counted from `first_row` on.
    """
    wrong = (~torch.isfinite(values)).nonzero()
    if len(wrong):
        row, column = wrong[0].tolist()
        raise InputError(
            f"`{name}[{row + first_row}, {column}]` is {values[row, column].item()}; finite numbers are required; "
            "remove the sample or train again"
        )


def _weighted(block: Block, weights: torch.Tensor, end: int) -> Block:
    if end > len(weights):
        raise _other_count(weights, end, "at least ")
    here = weights[end - len(block.mu) : end].to(block.mu.device)
    return replace(block, weight=here).chosen(here > 0)


def _other_count(weights: torch.Tensor, count: int, least: str = "") -> InputError:
    return InputError(
        f"there are {len(weights)} sample weights and {least}{count} samples; one for each sample is required; pass "
        "the weights of these samples"
    )
