"""Which residual has a rank among many, without having all of them exactly at once.

Floats say which residuals come into question, and whole numbers decide.
"""

from collections import Counter
from fractions import Fraction
from functools import partial
from itertools import accumulate

import numpy as np

from bridge.base.progress import Progress, untold
from bridge.base.workers import Workers
from bridge.exact.digits import DOUBTFUL, Digits
from bridge.export.listed import Listed, Rows, sections


def kth_smallest_size(
    listed: Listed,
    columns: slice,
    weights: np.ndarray,
    size: int,
    rank: int,
    workers: Workers,
    progress: Progress = untold,
) -> Fraction:
    """The rank-th smallest absolute residual of one concept among the first listed samples, counted from 1.

    In memory there is a float for each of the samples.

    Args:
        listed: the listed samples.
        columns: the column of the concept's scores.
        weights: (d + 1, 1) its weights, the bias last.
        size: how many of the listed samples are looked at.
        rank: from 1 to this number.
        workers: who goes through them.
        progress: told of that.
    """
    ranges = listed.sections(range(size), 1)
    parts = listed.parts(ranges, columns)
    found = workers.map(partial(_keys, weights), parts, total=len(ranges), step="ranking", progress=progress)
    keys = np.concatenate(list(found))
    key = np.partition(keys, rank - 1)[rank - 1]
    near = np.flatnonzero((keys >= key - DOUBTFUL) & (keys <= key + DOUBTFUL))
    below = int((keys < key - DOUBTFUL).sum())
    # Often a single one; of many that are equal a number of samples at a time, so that they are never all there.
    chunks = sections(range(len(near)), listed.latent_dim)
    some = (listed.some(listed.rows[near[chunk.start : chunk.stop]], columns) for chunk in chunks)
    sizes: Counter[Fraction] = Counter()
    for counted in workers.map(partial(_sizes, weights), some, total=len(chunks)):
        sizes.update(counted)
    ordered = sorted(sizes)
    reached = accumulate((sizes[value] for value in ordered), initial=below)
    # The one with which so many are reached, behind those that are surely less.
    return ordered[sum(count < rank for count in reached) - 1]


def _keys(weights: np.ndarray, rows: Rows) -> np.ndarray:
    keys: np.ndarray = Digits.of_residuals(rows.latents, rows.scores, weights).keys()[:, 0]
    return keys


def _sizes(weights: np.ndarray, rows: Rows) -> Counter[Fraction]:
    return Digits.of_residuals(rows.latents, rows.scores, weights).counted_sizes()
