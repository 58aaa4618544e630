"""The choice of the ridge strength λ by cross-validation on the samples of a fit, with memory for one block of them.

Of each fold the sums of its normal equations are kept, and those of the others are added up: a fit without a fold is
no pass through the data.  The errors on the folds are then measured in one pass.  This is what scikit-learn's
`GridSearchCV` finds for a `Ridge` with the same `KFold`; `RidgeCV` needs all samples in memory, and knows neither a
regularised bias nor R² over several concepts.
"""

import itertools
import json
import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial, reduce
from numbers import Real

import numpy as np
import torch

from bridge.base.errors import InputError
from bridge.probe.fit_sums import FitSums, Origin, first_scores, require_no_overflow, solved, with_ones
from bridge.probe.one_thread import one_thread
from bridge.probe.ridge import FitBias, is_free, require_strength
from bridge.probe.sample_blocks import Block, Blocks, InBlocks, Passes, checked_weights
from bridge.probe.scaling import Scaling, scaling_of
from bridge.probe.sent import SentAsArrays

Strength = float | str | Sequence[float]
"""A ridge strength λ ≥ 0, several of them to choose from, or `cv` to choose from those of `CANDIDATES`."""

CANDIDATES = tuple(float(f"1e{power}") for power in range(-6, 7))

FOLDS = 5

_WIDTH = 74


@dataclass(frozen=True)
class LamChoice:
    """The ridge strength that predicts best what it was not fitted on.

    Attributes:
        lam: λ; of several that are equally good the largest.
        candidates: what it was chosen from, in order.
        r_squared: for each of them R² over all folds, each predicted by a fit on the others, the mean over the
            concepts; -inf where a fit is singular.
    """

    lam: float
    candidates: tuple[float, ...]
    r_squared: tuple[float, ...]

    def written(self) -> str:
        """A text to keep it in."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "LamChoice":
        """That of such a text."""
        record = json.loads(text)
        return cls(record["lam"], tuple(record["candidates"]), tuple(record["r_squared"]))

    def lines(self) -> list[str]:
        """What is said of the choice; nothing if there was none."""
        if len(self.candidates) == 1:
            return []
        end = ", the largest tried" if self.lam == self.candidates[-1] else ""
        end = ", the smallest tried" if self.lam == self.candidates[0] else end
        # Lines are broken at common spaces, and these are none.
        tried = (f"{lam:g}:\N{NO-BREAK SPACE}{r2:.4f}" for lam, r2 in zip(self.candidates, self.r_squared, strict=True))
        lines = textwrap.wrap(f"R² by λ: {', '.join(tried)}", _WIDTH)
        return [
            f"λ = {self.lam:g}{end}, chosen by cross-validation on the training part",
            *(line.replace("\N{NO-BREAK SPACE}", " ") for line in lines),
        ]


def candidates_of(lam: Strength) -> tuple[float, ...]:
    """The ridge strengths that are to be chosen from, in ascending order; a single one stands for itself.

    Raises:
        InputError: there are none, or one is no finite number of at least 0.
    """
    if isinstance(lam, str) and lam.strip() == "cv":
        return CANDIDATES
    several = [lam] if isinstance(lam, str) or not isinstance(lam, Iterable) else list(lam)
    if not several:
        raise InputError("λ is an empty list; a number, several, or 'cv' are required; choose `lam=0.001`, say")
    return tuple(sorted({_strength(one) for one in several}))


def read_strengths(text: str) -> tuple[float, ...]:
    """The ridge strengths in `0.001`, `0.001,0.1,10` or `cv`.

    Raises:
        InputError: the text is none of these.
    """
    if text.strip() == "cv":
        return CANDIDATES
    try:
        strengths = [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(
            f"λ is {text[:40]!r}; a number, several with commas between them, or cv are required; choose `lam=0.001`, "
            "say"
        ) from None
    return candidates_of(strengths)


def choose_lam(
    mu: torch.Tensor,
    C: torch.Tensor,
    candidates: Sequence[float],
    *,
    standardize: bool = False,
    fit_bias: FitBias = "regularised",
    sample_weight: torch.Tensor | None = None,
    groups: np.ndarray | None = None,
    seed: int = 0,
) -> LamChoice:
    """Choose the ridge strength by cross-validation, with samples in memory.

    Args:
        mu: (N, d) latent points.
        C: (N, k) concept scores.
        candidates: the strengths to choose from, as `candidates_of` gives them.
        standardize: as in `bridge.probe.ridge.fit_probe`; the latents are standardised once, not in each fold anew.
        fit_bias: as there.
        sample_weight: (N,) as there; errors are weighted too.
        groups: (N,) what group each sample is of; a group is never in two folds.
        seed: the seed that the folds are drawn with.

    Returns:
        The choice; without cross-validation, if there is one candidate alone.

    Raises:
        InputError: shapes do not fit, a value is not finite, or there are too few samples.
    """
    return choose_lam_in_blocks(
        lambda: [(mu, C)],
        len(mu),
        candidates,
        standardize=standardize,
        fit_bias=fit_bias,
        sample_weight=sample_weight,
        groups=groups,
        seed=seed,
    )


def choose_lam_in_blocks(
    blocks: Blocks,
    count: int,
    candidates: Sequence[float],
    *,
    standardize: bool = False,
    fit_bias: FitBias = "regularised",
    sample_weight: torch.Tensor | None = None,
    groups: np.ndarray | None = None,
    seed: int = 0,
) -> LamChoice:
    """Choose the ridge strength as `choose_lam` does, with memory that does not grow with the number of samples.

    Args:
        blocks: the samples; read two or three times.
        count: how many samples there are.
        candidates: the strengths to choose from, as `candidates_of` gives them.
        standardize: as in `choose_lam`.
        fit_bias: as there.
        sample_weight: (N,) as there.
        groups: (N,) as there.
        seed: the seed that the folds are drawn with.

    Returns:
        The choice; without cross-validation, if there is one candidate alone.

    Raises:
        InputError: as `choose_lam`.
    """
    weights = None if sample_weight is None else checked_weights(sample_weight)
    return chosen_lam(
        InBlocks(blocks, weights),
        count,
        candidates,
        standardize=standardize,
        fit_bias=fit_bias,
        groups=groups,
        seed=seed,
    )


def chosen_lam(
    samples: Passes,
    count: int,
    candidates: Sequence[float],
    *,
    standardize: bool,
    fit_bias: FitBias,
    groups: np.ndarray | None,
    seed: int,
) -> LamChoice:
    """Choose the ridge strength as `choose_lam_in_blocks` does, for samples wherever they are.

    Args:
        samples: the samples; gone through two or three times.
        count: as there.
        candidates: as there.
        standardize: as there.
        fit_bias: as there.
        groups: as there.
        seed: as there.

    Raises:
        InputError: as there.
    """
    candidates = candidates_of(candidates)
    if len(candidates) == 1:
        return LamChoice(candidates[0], candidates, ())
    fold = torch.from_numpy(fold_of_each(count, groups, seed))
    free_bias = is_free(fit_bias)
    scaling = scaling_of(samples, standardize=standardize, free_bias=free_bias)
    sums = partial(_sums_by_fold, scaling=scaling, origin=Origin.of(samples, scaling))
    by_fold = reduce(_together, samples.summed(sums, "choosing λ", expected=count, fold=fold))
    with one_thread():
        sst = reduce(FitSums.joined, by_fold.values()).total_squares()
        varies = sst > 0
        if not varies.any():
            raise InputError("every score is constant; λ is chosen by what a fit explains; choose one λ with `lam=…`")
        errors = partial(
            _squared_errors,
            scaling=scaling,
            weights=_Weights(tuple(by_fold), _all_weights(by_fold, candidates, free_bias)),
        )
    ssr = reduce(_Errors.joined, samples.summed(errors, "choosing λ", expected=count, fold=fold)).squares
    r_squared = (1 - ssr[:, varies] / sst[varies]).mean(dim=1).nan_to_num(nan=-math.inf).tolist()
    best, lam = max(zip(r_squared, candidates, strict=True))
    if best == -math.inf:
        raise InputError(
            f"the normal equations are singular in float64 with every λ up to {lam} on some fold; independent latents "
            "or a larger λ are required; choose larger ones with `lam=…`"
        )
    return LamChoice(lam, candidates, tuple(r_squared))


def _parts(block: Block) -> Iterator[tuple[int, Block]]:
    """A block divided among the folds."""
    assert block.fold is not None
    for fold in np.unique(block.fold.cpu().numpy()).tolist():
        yield fold, block.chosen(block.fold == fold)


def _sums_by_fold(blocks: Iterable[Block], scaling: Scaling | None, origin: Origin) -> dict[int, FitSums]:
    """The sums of each fold, all of them with one origin."""
    by_fold: dict[int, FitSums] = {}
    first = origin.scores
    for block in blocks:
        first = first_scores(block, scaling) if first is None else first
        for fold, part in _parts(block):
            sums = FitSums.of(part, scaling, first)
            by_fold[fold] = by_fold[fold].joined(sums) if fold in by_fold else sums
    return by_fold


def _together(some: dict[int, FitSums], more: dict[int, FitSums]) -> dict[int, FitSums]:
    """The sums of each fold over both parts of the samples."""
    joined = {fold: some[fold].joined(sums) if fold in some else sums for fold, sums in more.items()}
    return some | joined


@dataclass(frozen=True, eq=False)
class _Weights(SentAsArrays):
    """For each fold the weights of the fits on all others.

    Attributes:
        folds: the numbers of the folds.
        values: (folds, candidates, d + 1, k), NaN where a fit is singular.
    """

    folds: tuple[int, ...]
    values: torch.Tensor


@dataclass(frozen=True, eq=False)
class _Errors(SentAsArrays):
    """(candidates, k) sums of squares of what the fits without a fold leave over of it."""

    squares: torch.Tensor

    def joined(self, more: "_Errors") -> "_Errors":
        return _Errors(self.squares + more.squares)


def _squared_errors(blocks: Iterable[Block], scaling: Scaling | None, weights: _Weights) -> _Errors:
    ssr = torch.zeros(
        weights.values.shape[1], weights.values.shape[3], dtype=torch.float64, device=weights.values.device
    )
    for fold, given in itertools.chain.from_iterable(map(_parts, blocks)):
        block = given if scaling is None else scaling.applied(given)
        squares = (block.C - with_ones(block.mu) @ weights.values[weights.folds.index(fold)]) ** 2
        ssr += squares.sum(dim=1) if block.weight is None else (squares * block.weight[:, None]).sum(dim=1)
    return _Errors(ssr)


def _all_weights(by_fold: Mapping[int, FitSums], candidates: Sequence[float], free_bias: bool) -> torch.Tensor:
    """(folds, candidates, d + 1, k) weights of the fits on all folds but one; NaN where a fit is singular."""
    return torch.stack([_weights_without(by_fold, fold, candidates, free_bias) for fold in by_fold])


def _weights_without(
    by_fold: Mapping[int, FitSums], left_out: int, candidates: Sequence[float], free_bias: bool
) -> torch.Tensor:
    """(candidates, d + 1, k) weights of the fits on all folds but one; NaN where a fit is singular."""
    sums = reduce(FitSums.joined, (sums for fold, sums in by_fold.items() if fold != left_out))
    require_no_overflow(sums.gram, sums.moments)
    fits = (solved(sums.penalized(lam, free_bias=free_bias), sums.moments) for lam in candidates)
    return torch.stack([torch.full_like(sums.moments, torch.nan) if W is None else W for W in fits])


def fold_of_each(count: int, groups: np.ndarray | None, seed: int) -> np.ndarray:
    """The fold of each sample, (N,), drawn with the seed.

    Raises:
        InputError: there are too few samples, or groups of them, to leave some out.
    """
    from sklearn.model_selection import GroupKFold, KFold

    distinct = count if groups is None else len(np.unique(groups))
    if distinct < 2:
        what = "samples" if groups is None else "groups"
        raise InputError(
            f"there are {distinct} {what} to choose λ with; at least 2 are required; choose one λ with `lam=…`"
        )
    splitter = (KFold if groups is None else GroupKFold)(min(FOLDS, distinct), shuffle=True, random_state=seed)
    folds = np.zeros(count, np.int64)
    for number, (_, left_out) in enumerate(splitter.split(folds, groups=groups)):
        folds[left_out] = number
    return folds


def _strength(lam: object) -> float:
    if isinstance(lam, bool) or not isinstance(lam, Real):
        raise InputError(f"λ is {lam!r}; a number, several, or 'cv' are required; choose lam=0.001, say")
    return require_strength(float(lam))
