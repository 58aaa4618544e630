"""Samples in blocks, so that there can be more of them than memory holds; each block is checked before it is used."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import torch

from bridge.base.errors import InputError

Blocks = Callable[[], Iterable[tuple[torch.Tensor, torch.Tensor]]]
"""A data set in blocks of samples with latents (n, d) and scores (n, k); called anew for every pass over the data."""


@dataclass(frozen=True, eq=False)
class Block:
    """Samples that count in a fit.

    Attributes:
        rows: (n,) their positions in the data set.
        mu: (n, d) float64 latents.
        C: (n, k) float64 scores.
        weight: (n,) float64, how much each of them counts, more than 0; None if all count alike.
    """

    rows: torch.Tensor
    mu: torch.Tensor
    C: torch.Tensor
    weight: torch.Tensor | None = None

    def chosen(self, members: torch.Tensor) -> "Block":
        """Some of the samples.

        Args:
            members: (n,) bool, True for those to take.
        """
        weight = None if self.weight is None else self.weight[members]
        return Block(self.rows[members], self.mu[members], self.C[members], weight)


def checked(blocks: Blocks, *, weights: torch.Tensor | None = None, expected: int | None = None) -> Iterator[Block]:
    """The blocks in float64, without samples that do not count, each checked before it is given out; at least one.

    Args:
        blocks: the samples.
        weights: (N,) how much each sample counts, as `checked_weights` gives it; None if all count alike.
        expected: how many samples an earlier pass found.

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
        block = Block(torch.arange(count, count + len(mu), device=mu.device), mu, C)
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
    here = weights[end - len(block.rows) : end].to(block.mu.device)
    return Block(block.rows, block.mu, block.C, here).chosen(here > 0)


def _other_count(weights: torch.Tensor, count: int, least: str = "") -> InputError:
    return InputError(
        f"there are {len(weights)} sample weights and {least}{count} samples; one for each sample is required; pass "
        "the weights of these samples"
    )
