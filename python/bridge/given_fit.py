"""The fit of a probe on latents and scores that were made elsewhere, and that need not fit into memory."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch

from bridge.artifact import ProbeRecord, Provenance, Rounding
from bridge.blocks import ArrayBlocks, bytes_of
from bridge.data import Split
from bridge.exact import SupError, require_finite
from bridge.given_files import Given
from bridge.measuring import MeasuredParts
from bridge.pipeline import library_versions, rounded
from bridge.probe import fit_probe_in_blocks
from bridge.progress import Progress, untold
from bridge.resume import KeptSteps, ResumeFile
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
    progress: Progress = untold,
    resume: ResumeFile | None = None,
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
        progress: told of every pass through the latents.
        resume: where the result of each pass is kept, and taken from if a run of the same fit was interrupted before.

    Raises:
        InputError: a latent is not finite, a grid is out of range, or the fit fails.
    """
    options = {
        "--lam": lam,
        "--standardize": standardize,
        "--weight-bits": weight_bits,
        "--latent-bits": latent_bits,
    }
    kept = KeptSteps(resume, _identity(given, parts) | options)
    largest_change = kept.text("checking", lambda: str(_checked(given, latent_bits, progress)), Fraction)
    shape, dtype, scores = given.latents.shape, given.latents.dtype, given.scores
    latents = ArrayBlocks(shape, dtype, lambda: _on_grid(given.latents, latent_bits))

    def samples(members: np.ndarray, step: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for rows, block in _told_blocks(latents, progress, step):
            yield block[members[rows]], scores.values[rows][members[rows]]

    def tensors(members: np.ndarray, step: str) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        for Z, C in samples(members, step):
            yield torch.from_numpy(Z.astype(np.float64)), torch.from_numpy(C.astype(np.float64))

    def fitted() -> np.ndarray:
        W: torch.Tensor = fit_probe_in_blocks(lambda: tensors(parts.is_train, "fitting"), lam, standardize=standardize)
        return W.numpy()

    weights, weight_change = rounded(
        kept.result("fitting", fitted, shape=(given.latents.shape[1] + 1, scores.values.shape[1])),
        weight_bits,
        name="weights",
    )
    step = "measuring"
    everything = np.ones_like(parts.is_train)
    measures = kept.text(
        step,
        lambda: MeasuredParts.of(samples(everything, step), weights, parts).written(),
        lambda text: _read(text, parts, concepts=scores.values.shape[1]),
    )
    is_rounded = (weight_bits, latent_bits) != (None, None)
    record = ProbeRecord(
        scores=scores.values,
        weights=weights,
        is_train=parts.is_train,
        is_calibration=parts.is_calibration,
        sample_indices=np.arange(len(scores.values), dtype=np.int64),
        concept_names=scores.names,
        concept_units=given.units or ("",) * len(scores.names),
        metrics=measures.metrics(),
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
        rounding=Rounding(weight_bits, latent_bits, weight_change, None if latent_bits is None else str(largest_change))
        if is_rounded
        else None,
    )
    written = ArrayBlocks(shape, dtype, lambda: (block for _, block in _told_blocks(latents, progress, "writing")))
    return GivenFit(record, written, tuple(one.sup_error for one in measures.all))


def _identity(given: Given, parts: Split) -> dict[str, str | int | float | bool | None]:
    """All that a fit depends on but for its options."""
    scores = hashlib.sha256(repr((given.scores.names, given.scores.values.dtype.str, parts.is_train.shape)).encode())
    for array in (given.scores.values, parts.is_train, parts.is_calibration):
        scores.update(bytes_of(array))
    return {
        "--latents": f"{given.source} {given.dataset_sha256}",
        "--scores, --names or split": scores.hexdigest(),
        **{f"version of {library}": version for library, version in library_versions()},
    }


def _told_blocks(latents: ArrayBlocks, progress: Progress, step: str) -> Iterator[tuple[slice, np.ndarray]]:
    """The blocks, each with its rows in the whole."""
    first = 0
    for block in latents.blocks():
        progress(step, first, latents.shape[0])
        yield slice(first, first + len(block)), block
        first += len(block)
    progress(step, first, latents.shape[0])


def _read(text: str, parts: Split, concepts: int) -> MeasuredParts:
    """The measures that a text stands for, if they can be those of these parts."""
    measures = MeasuredParts.read(text)
    members = {"train": parts.is_train, "calibration": parts.is_calibration, "held_out": parts.is_held_out}
    expected = {part: [int(mask.sum())] * concepts for part, mask in members.items() if mask.any()}
    if {part: [one.count for one in ones] for part, ones in measures.parts.items()} != expected:
        raise ValueError("they are measures of other parts")
    errors = [(members[part], one.sup_error) for part, ones in measures.parts.items() for one in ones]
    if any(error.value < 0 or error.sample < 0 or not mask[error.sample] for mask, error in errors):
        raise ValueError("δ is not that of a sample of its part")
    return measures


def _checked(given: Given, bits: int | None, progress: Progress) -> Fraction:
    """Refuse an entry that is not finite; return by how much rounding, if there is any, changes the latents."""
    largest_change = Fraction(0)
    for rows, block in _told_blocks(given.latents, progress, "checking"):
        require_finite(block, given.source, first_row=rows.start)
        if bits is not None:
            largest_change = max(largest_change, round_to_grid(block, bits, name=given.source).largest_change)
    return largest_change


def _on_grid(latents: ArrayBlocks, bits: int | None) -> Iterator[np.ndarray]:
    for block in latents.blocks():
        yield block if bits is None else round_to_grid(block, bits, name="latents").values
