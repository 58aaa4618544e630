"""From samples to an artifact: the one way that a probe is fitted, with memory for a block of latents."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial, reduce
from pathlib import Path

import numpy as np
import torch

from bridge.artifact.file import save_in_blocks
from bridge.artifact.record import ProbeArtifact, ProbeRecord, Rounding
from bridge.base.arrays import ArraySource, bytes_of, require_finite, require_shapes
from bridge.base.progress import Progress, untold
from bridge.base.resume import Identity, KeptSteps
from bridge.base.version import library_versions
from bridge.base.workers import HERE, Workers
from bridge.exact.column_digits import ColumnDigits
from bridge.exact.residuals import SupError
from bridge.exact.rounding import on_grid, round_to_grid, rounded
from bridge.probe.lam_choice import LamChoice, Strength, candidates_of, chosen_lam
from bridge.probe.measures import MeasuredParts, Ridge, probe_record
from bridge.probe.ridge import FitBias, fitted_weights, is_free
from bridge.probe.sample_blocks import checked_weights
from bridge.probe.sections import InSections, Rows, Sections
from bridge.sources.samples import Samples
from bridge.sources.split import Split


@dataclass(frozen=True, eq=False)
class Fit:
    """A probe that was fitted.

    Attributes:
        record: the artifact without its latents.
        latents: the latents of the artifact, rounded if that was wanted.
        measures: how well the probe does on each part, exactly.
        digits: which bits the columns of the latents have.
    """

    record: ProbeRecord
    latents: ArraySource
    measures: MeasuredParts
    digits: ColumnDigits

    @property
    def sup_errors(self) -> tuple[SupError, ...]:
        """δ of every concept over all samples, exactly."""
        return tuple(one.sup_error for one in self.measures.all)

    def artifact(self) -> ProbeArtifact:
        """The artifact, with its latents in memory."""
        return ProbeArtifact(**vars(self.record), latents=self.latents.whole())

    def save(self, path: str | Path, progress: Progress = untold) -> str:
        """Write the artifact, with memory for a block of latents, and return its SHA-256 in hexadecimal.

        Raises:
            InputError: the file cannot be written.
        """
        return save_in_blocks(Path(path), self.record, self.latents.told(progress, "writing"))


def fit_samples(
    samples: Samples,
    *,
    lam: Strength = 1e-3,
    standardize: bool = False,
    fit_bias: FitBias = "free",
    sample_weight: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    weight_bits: int | None = None,
    latent_bits: int | None = None,
    on_choice: Callable[[LamChoice], None] = lambda _choice: None,
    progress: Progress = untold,
    workers: Workers = HERE,
    keeping: Callable[[Identity], KeptSteps] = lambda identity: KeptSteps(None, identity),
) -> Fit:
    """Fit and measure a probe.

    It is fitted on the training part, and measured on each part and on all samples.  What is rounded is rounded before
    it is used: the probe is fitted on the rounded latents, and the measures are those of the rounded weights.

    Args:
        samples: latents, which are read several times, scores and parts.
        lam: the ridge strength λ; of several the one that `choose_lam_in_blocks` chooses on the training part.
        standardize: whether to fit on standardised latents, as in `fit_probe_in_blocks`.
        fit_bias: whether the bias is `free` of the ridge or `regularised` too.
        sample_weight: (N,) how much each sample counts in the fit, ≥ 0; all count alike without it.
        groups: (N,) what group each sample is of; λ is chosen on other groups than those that were fitted on.
        weight_bits: N, to round weights and bias to multiples of 2^-N; None keeps them.
        latent_bits: N, to round the latents to multiples of 2^-N; None keeps them.
        on_choice: told of λ once it is chosen.
        progress: told of every pass through the latents.
        workers: who goes through the latents; what comes out does not depend on it.
        keeping: from all that decides what comes out to the steps that an interrupted run of the same fit has left.

    Raises:
        InputError: shapes do not fit, a latent is not finite, a grid is out of range, the fit fails, or the workers are
            lost.
    """
    candidates = candidates_of(lam)
    scores, parts, is_train = samples.scores.values, samples.parts, samples.parts.is_train
    weights_shape = (samples.latents.shape[-1] + 1, scores.shape[-1])
    require_shapes(samples.latents.shape, scores.shape, weights_shape)
    options: dict[str, str | int | bool | None] = {
        "--lam": ",".join(map(str, candidates)),
        "--standardize": standardize,
        "--free-bias": is_free(fit_bias),
        "--sample-weights": None if sample_weight is None else hashlib.sha256(bytes_of(sample_weight)).hexdigest(),
        "--weight-bits": weight_bits,
        "--latent-bits": latent_bits,
    }
    kept = keeping(_identity(samples) | options)
    everything = Sections(samples.latents, None, workers, progress)
    largest_change, digits = kept.text(
        "checking",
        lambda: _checked(everything, samples.source, latent_bits),
        lambda text: _read_checked(text, samples.latents.shape[1]),
    )
    sections = replace(everything, bits=latent_bits)

    def training(step: str) -> InSections:
        if weight is not None:
            checked_weights(torch.from_numpy(weight[is_train]))
        return InSections(sections, scores, is_train, weight, step)

    weight = None if sample_weight is None else sample_weight.astype(np.float64)

    def chosen() -> str:
        return chosen_lam(
            training("choosing λ"),
            int(is_train.sum()),
            candidates,
            standardize=standardize,
            fit_bias=fit_bias,
            groups=None if groups is None else groups[is_train],
            seed=samples.origin.seed or 0,
        ).written()

    choice = LamChoice(candidates[0], candidates, ())
    if len(candidates) > 1:
        choice = kept.text("choosing λ", chosen, lambda text: _read_choice(text, candidates))
    on_choice(choice)

    def fitted() -> np.ndarray:
        W: torch.Tensor = fitted_weights(
            training("fitting"),
            choice.lam,
            standardize=standardize,
            fit_bias=fit_bias,
            names=samples.scores.names,
        )
        return W.numpy()

    weights, weight_change = rounded(kept.result("fitting", fitted, weights_shape), weight_bits, name="weights")
    measures = kept.text(
        "measuring",
        lambda: MeasuredParts.in_sections(sections, scores, weights, parts).written(),
        lambda text: _read_measures(text, parts, concepts=weights_shape[1]),
    )
    rounding = None
    if (weight_bits, latent_bits) != (None, None):
        latent_change = None if latent_bits is None else str(largest_change)
        rounding = Rounding(weight_bits, latent_bits, weight_change, latent_change)
    ridge = Ridge(choice.lam, standardize, is_free(fit_bias), sample_weight is not None)
    record = probe_record(samples, weights, measures, ridge, rounding)
    return Fit(record, on_grid(samples.latents, latent_bits), measures, digits)


def _identity(samples: Samples) -> dict[str, str | int | float | bool | None]:
    """All that a fit depends on but for its options."""
    scores, parts = samples.scores, samples.parts
    digest = hashlib.sha256(repr((scores.names, scores.values.dtype.str, parts.is_train.shape)).encode())
    for array in (scores.values, parts.is_train, parts.is_calibration):
        digest.update(bytes_of(array))
    return {
        "--latents": samples.fingerprint,
        "--scores, --names or split": digest.hexdigest(),
        **{f"version of {library}": version for library, version in library_versions()},
    }


def _read_measures(text: str, parts: Split, concepts: int) -> MeasuredParts:
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


def _read_checked(text: str, dim: int) -> tuple[Fraction, ColumnDigits]:
    """What a text says of latents, if it can be of latents of this dimension."""
    change, written = json.loads(text)
    digits = ColumnDigits.read(written)
    if digits.lowest.shape != (dim,) or digits.highest.shape != (dim,):
        raise ValueError("it is of other columns")
    return Fraction(change), digits


def _read_choice(text: str, candidates: tuple[float, ...]) -> LamChoice:
    """The choice that a text stands for, if it can be one of these candidates."""
    choice = LamChoice.read(text)
    if choice.candidates != candidates or choice.lam not in candidates:
        raise ValueError("it is a choice among others")
    return choice


def _checked(latents: Sections, source: str, bits: int | None) -> str:
    """Refuse an entry that is not finite; what is found of the others, as a text.

    It is by how much rounding, if there is any, changes the latents, and which bits of their columns are then set.
    """
    found = reduce(_both, latents.map(partial(_checked_rows, source, bits), "checking", {}))
    return json.dumps([str(found[0]), found[1].written()])


def _checked_rows(source: str, bits: int | None, several: Iterable[Rows]) -> tuple[Fraction, ColumnDigits]:
    largest_change = Fraction(0)
    digits: list[ColumnDigits] = []
    for rows in several:
        require_finite(rows.latents, source, first_row=rows.start)
        on_its_grid = rows.latents
        if bits is not None:
            rounded_block = round_to_grid(rows.latents, bits, name=source)
            on_its_grid, largest_change = rounded_block.values, max(largest_change, rounded_block.largest_change)
        digits = [reduce(ColumnDigits.joined, [*digits, ColumnDigits.of(on_its_grid)])]
    return largest_change, digits[0]


def _both(some: tuple[Fraction, ColumnDigits], more: tuple[Fraction, ColumnDigits]) -> tuple[Fraction, ColumnDigits]:
    return max(some[0], more[0]), some[1].joined(more[1])
