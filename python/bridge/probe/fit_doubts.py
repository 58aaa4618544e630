"""What is allowed in the samples of a fit, and is more likely a mistake."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from bridge.base.words import counted
from bridge.exact.column_digits import latent_columns
from bridge.probe.fit_sums import FitSums, solved

# By how much a regularised bias may enlarge the residuals without a word.
_TOLERATED = 1.01

# The ridge is uneven if it takes so much of a weight, and so many times as much as of most weights.
_NOTICEABLE = 0.01
_UNEVEN = 100.0


@dataclass(frozen=True, eq=False)
class Doubtful:
    """A fit that is looked at for mistakes.

    Attributes:
        sums: what it knows of its samples.
        scaled: (d + 1, k) its weights for the samples that the sums are over.
        lam: the ridge strength λ.
        standardize: whether the latents were standardised.
        free_bias: whether the bias was free of the ridge.
        names: the k names of the concepts, if they are known.
        latent_names: the d names of the latents' columns, if they are known.
    """

    sums: FitSums
    scaled: torch.Tensor
    lam: float
    standardize: bool
    free_bias: bool
    names: Sequence[str] | None
    latent_names: Sequence[str] | None


def doubts(fit: Doubtful) -> Iterator[str]:
    """One line for each thing that is more likely a mistake."""
    yield from _few_samples(fit)
    yield from _constant_latents(fit)
    yield from _constant_scores(fit)
    if fit.lam > 0:
        if not fit.standardize:
            yield from _uneven_ridge(fit)
        if not fit.free_bias:
            yield from _costly_bias(fit)


def _few_samples(fit: Doubtful) -> Iterator[str]:
    samples, unknowns = fit.sums.count, len(fit.sums.gram)
    if samples < unknowns:
        yield (
            f"there are {counted(samples, 'sample')} for {unknowns} unknowns, {counted(unknowns - 1, 'weight')} and "
            f"the bias; only the ridge, λ = {fit.lam}, makes the fit unique; fit on more samples"
        )


def _constant_latents(fit: Doubtful) -> Iterator[str]:
    columns = fit.sums.latents
    constant = columns.constant.nonzero().flatten().tolist()
    if constant:
        values = {column: f"{columns.first[column].item()}" for column in constant}
        are, them, those = ("is", "it", "column") if len(constant) == 1 else ("are", "them", "columns")
        yield (
            f"{latent_columns(values, fit.latent_names)} {are} constant; a weight on {them} only shifts the bias; "
            f"leave the {those} out"
        )


def _constant_scores(fit: Doubtful) -> Iterator[str]:
    columns = fit.sums.scores
    for column in columns.constant.nonzero().flatten().tolist():
        yield (
            f"{_concept(fit, column)} is constant ({columns.first[column].item()}); there is nothing to explain and no "
            "R²; leave the concept out"
        )


def uneven_ridge(sums: FitSums, lam: float, latent_names: Sequence[str] | None) -> str | None:
    """The latents, not standardised, on which λ weighs far more than on most; None if there are none."""
    gram, constant = sums.gram, sums.latents.constant
    squares = gram.diagonal()[:-1]
    # What the ridge takes of the weight on a column that is alone.
    taken = lam / (squares + lam)
    uneven = (taken > _NOTICEABLE) & (taken > _UNEVEN * taken[~constant].median()) & ~constant
    sizes = {
        column: f"size {(squares[column] / gram[-1, -1]).sqrt().item():.2g}"
        for column in uneven.nonzero().flatten().tolist()
    }
    return latent_columns(sizes, latent_names) if sizes else None


def _uneven_ridge(fit: Doubtful) -> Iterator[str]:
    columns = uneven_ridge(fit.sums, fit.lam, fit.latent_names)
    if columns:
        yield (
            f"λ = {fit.lam} weighs far more on {columns} than on the other latents; the ridge is meant for latents of "
            "about one size; fit with `standardize=True`, or leave out what is small"
        )


def _costly_bias(fit: Doubtful) -> Iterator[str]:
    sums = fit.sums
    if sums.count <= len(sums.gram):
        # There are residuals only because of the ridge.
        return
    free = solved(sums.penalized(fit.lam, free_bias=True), sums.near_moments)
    if free is None:
        return
    free = torch.cat([free[:-1], free[-1:] + sums.origin])
    (regularised, doubt), (least, doubt_of_least) = map(sums.squared_residuals, (fit.scaled, free))
    least = torch.maximum(least, doubt_of_least)
    larger = (regularised - doubt > _TOLERATED**2 * least) & ~sums.scores.constant
    for column in larger.nonzero().flatten().tolist():
        times = (regularised[column] / least[column]).sqrt().item()
        yield (
            f"λ = {fit.lam} weighs on the bias too, which makes the residuals of {_concept(fit, column)} {times:.3g} "
            "times as large, or more; a score that is large beside its changes requires a free bias; fit with "
            "`fit_bias=free`"
        )


def _concept(fit: Doubtful, column: int) -> str:
    return f"`scores[:, {column}]`" if fit.names is None else f"the concept {fit.names[column]!r}"
