"""The fit of a probe on latents and scores that were made elsewhere, and that need not fit into memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch

from bridge.artifact import ProbeRecord, Provenance, Rounding
from bridge.blocks import ArrayBlocks
from bridge.data import Split
from bridge.exact import SupError, require_finite, sup_errors_in_blocks
from bridge.given_files import Given
from bridge.pipeline import library_versions, measure_in_blocks, rounded
from bridge.probe import fit_probe_in_blocks
from bridge.rounding import round_to_grid


@dataclass(frozen=True, eq=False)
class GivenFit:
    """A probe that was fitted on latents in blocks.

    Attributes:
        record: the artifact without its latents.
        latents: the latents of the artifact, rounded if that was wanted.
        sup_errors: δ of every concept over all samples, exactly.
    """

    record: ProbeRecord
    latents: ArrayBlocks
    sup_errors: tuple[SupError, ...]


def fit_given(
    given: Given,
    parts: Split,
    *,
    lam: float,
    seed: int | None,
    standardize: bool = False,
    weight_bits: int | None = None,
    latent_bits: int | None = None,
) -> GivenFit:
    """Fit and measure a probe, with memory for one block of latents.

    As in `bridge.pipeline.fit_artifact`, the probe is fitted on the training part, measured on each part and on all
    samples, and what is rounded is rounded before it is used.

    Args:
        given: latents, which are read several times, and scores.
        parts: the parts of the samples.
        lam: the ridge strength λ.
        seed: the seed that the parts were drawn with, None if they were given.
        standardize: whether to fit on standardised latents, as in `fit_probe_in_blocks`.
        weight_bits: N, to round weights and bias to multiples of 2^-N; None keeps them.
        latent_bits: N, to round the latents to multiples of 2^-N; None keeps them.

    Raises:
        InputError: a latent is not finite, a grid is out of range, or the fit fails.
    """
    latent_change = _checked(given, latent_bits)
    shape, dtype, scores = given.latents.shape, given.latents.dtype, given.scores
    latents = ArrayBlocks(shape, dtype, lambda: _on_grid(given.latents, latent_bits))

    def samples(members: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        first = 0
        for block in latents.blocks():
            rows = slice(first, first + len(block))
            yield block[members[rows]], scores.values[rows][members[rows]]
            first += len(block)

    def tensors(members: np.ndarray) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        for Z, C in samples(members):
            yield torch.from_numpy(Z.astype(np.float64)), torch.from_numpy(C.astype(np.float64))

    W = fit_probe_in_blocks(lambda: tensors(parts.is_train), lam, standardize=standardize)
    weights, weight_change = rounded(W.numpy(), weight_bits, name="weights")
    is_rounded = (weight_bits, latent_bits) != (None, None)
    record = ProbeRecord(
        scores=scores.values,
        weights=weights,
        is_train=parts.is_train,
        is_calibration=parts.is_calibration,
        sample_indices=np.arange(len(scores.values), dtype=np.int64),
        concept_names=scores.names,
        concept_units=("",) * len(scores.names),
        metrics=measure_in_blocks(tensors, torch.from_numpy(weights), parts),
        provenance=Provenance(
            dataset=given.dataset,
            dataset_sha256=given.dataset_sha256,
            seed=seed,
            held_out=float(parts.is_held_out.mean()),
            lam=float(lam),
            beta=None,
            epochs=None,
            device="cpu",
            versions=library_versions(),
            standardized=standardize,
        ),
        rounding=Rounding(weight_bits, latent_bits, weight_change, latent_change) if is_rounded else None,
    )
    return GivenFit(record, latents, sup_errors_in_blocks(samples(np.ones_like(parts.is_train)), weights))


def _checked(given: Given, bits: int | None) -> str | None:
    """Refuse an entry that is not finite; return by how much rounding changes the latents."""
    first = 0
    largest_change = Fraction(0)
    for block in given.latents.blocks():
        require_finite(block, given.source, first_row=first)
        if bits is not None:
            largest_change = max(largest_change, round_to_grid(block, bits, name=given.source).largest_change)
        first += len(block)
    return None if bits is None else str(largest_change)


def _on_grid(latents: ArrayBlocks, bits: int | None) -> Iterator[np.ndarray]:
    for block in latents.blocks():
        yield block if bits is None else round_to_grid(block, bits, name="latents").values
