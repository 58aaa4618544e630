"""A sweep: one fit for each layer of a model, on the same samples in the same parts, and which layer does best.

What is done where: `fit_layer` is one task, which whoever works does as a whole; it gives back what was found without
the samples, which is small, and `chunks_of` makes the artifact's bytes of it where the file is written.
"""

import hashlib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np

from bridge.artifact.file import artifact_chunks, chunks_in_blocks
from bridge.artifact.record import Rounding
from bridge.artifact.sweep import PARTS, Cell, Values
from bridge.artifact.sweep_manifest import Identity
from bridge.base.arrays import bytes_of, in_any_folder
from bridge.base.errors import BridgeWarning, InputError
from bridge.base.file_spec import split_source
from bridge.base.progress import Progress, untold
from bridge.base.version import library_versions
from bridge.base.workers import HERE, Workers
from bridge.exact.column_digits import ColumnDigits
from bridge.exact.measures import ExactMeasures, nearest_float
from bridge.exact.rounding import on_grid
from bridge.exact.text import rational
from bridge.probe.fit import fit_samples
from bridge.probe.fit_classifier import ClassifierFit, ExactRates, fit_of_classifier
from bridge.probe.lam_choice import Strength, candidates_of
from bridge.probe.measures import MeasuredParts, Ridge, probe_record
from bridge.probe.ridge import FitBias, is_free
from bridge.sources.labelled import LabelledSamples
from bridge.sources.samples import Samples


@dataclass(frozen=True, eq=False)
class ProbeFitting:
    """How the probes of a layer are fitted; the attributes are as of `bridge.probe.fit.fit_samples`."""

    lam: Strength
    fit_bias: FitBias
    standardize: bool = False
    weight_bits: int | None = None
    latent_bits: int | None = None
    groups: np.ndarray | None = None
    sample_weight: np.ndarray | None = None


@dataclass(frozen=True)
class ClassifierFitting:
    """How the classifier of a layer is fitted; the attributes are as of `bridge.probe.fit_classifier`."""

    method: str
    threshold: float | None = None
    weight_bits: int | None = None
    latent_bits: int | None = None
    control_seed: int | None = None


@dataclass(frozen=True, eq=False)
class LayerTask:
    """One fit of a sweep.

    Attributes:
        layer: the layer's name.
        samples: its latents with the scores or labels and the parts of all layers.
        fitting: how it is fitted: `ProbeFitting` for scores, `ClassifierFitting` for labels.
    """

    layer: str
    samples: Samples | LabelledSamples
    fitting: ProbeFitting | ClassifierFitting

    def elsewhere(self) -> "LayerTask":
        """The same for another process, which need not be in the same folder."""
        return replace(self, samples=replace(self.samples, latents=in_any_folder(self.samples.latents)))


@dataclass(frozen=True, eq=False)
class ProbeFound:
    """What a fit of probes has found, without its samples.

    Attributes:
        weights: (d + 1, k) weights.
        measures: how well they do on each part, exactly.
        ridge: how they were fitted.
        rounding: what was rounded.
        digits: which bits the columns of the latents have.
    """

    weights: np.ndarray
    measures: MeasuredParts
    ridge: Ridge
    rounding: Rounding | None
    digits: ColumnDigits


@dataclass(frozen=True, eq=False)
class FittedLayer:
    """A layer that was fitted.

    Attributes:
        found: what was found.
        warnings: what was said of it, each once.
    """

    found: ProbeFound | ClassifierFit
    warnings: tuple[str, ...]


def fitted_layers(tasks: Sequence[LayerTask], workers: Workers, progress: Progress) -> Iterator[FittedLayer]:
    """Fit layers, each as one task of the workers.

    Of fewer layers of scores than there are workers, one after the other is fitted by all of them, in sections; the
    bytes are the same.

    Args:
        tasks: the layers.
        workers: who fits.
        progress: told of layers, or of the passes through the latents of each.

    Raises:
        InputError: as `fit_layer`, or the workers are lost.
    """
    if len(tasks) < workers.count and all(isinstance(task.fitting, ProbeFitting) for task in tasks):
        for task in tasks:
            told = partial(_told_of, task.layer, progress)
            yield fit_layer(task, workers, told)
        return
    there = tasks if workers is HERE else [task.elsewhere() for task in tasks]
    yield from workers.map(fit_layer, there, total=len(tasks), step="layers", progress=progress)


def _told_of(layer: str, progress: Progress, step: str, done: int, total: int) -> None:
    progress(f"layer {layer}, {step}", done, total)


def fit_layer(task: LayerTask, workers: Workers = HERE, progress: Progress = untold) -> FittedLayer:
    """Fit one layer, as `bridge fit` does.

    Args:
        task: the fit.
        workers: who goes through the latents of a layer of scores.
        progress: told of every pass through them.

    Raises:
        InputError: the fit fails; the message names the layer.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", BridgeWarning)
        try:
            found = _found(task.samples, task.fitting, workers, progress)
        except InputError as error:
            source = task.samples.source
            raise error if source in str(error) else InputError(f"{source}: {error}") from None
    said = [str(warning.message) for warning in caught if issubclass(warning.category, BridgeWarning)]
    return FittedLayer(found, tuple(dict.fromkeys(said)))


def _found(
    samples: Samples | LabelledSamples,
    fitting: ProbeFitting | ClassifierFitting,
    workers: Workers,
    progress: Progress,
) -> ProbeFound | ClassifierFit:
    if isinstance(samples, LabelledSamples):
        assert isinstance(fitting, ClassifierFitting)
        return fit_of_classifier(samples, **vars(fitting))
    assert isinstance(fitting, ProbeFitting)
    fit = fit_samples(samples, **vars(fitting), workers=workers, progress=progress)
    provenance = fit.record.provenance
    ridge = Ridge(provenance.lam, provenance.standardized, provenance.free_bias, provenance.weighted)
    return ProbeFound(fit.record.weights, fit.measures, ridge, fit.record.rounding, fit.digits)


def chunks_of(samples: Samples | LabelledSamples, found: ProbeFound | ClassifierFit) -> Iterator[bytes | memoryview]:
    """The bytes of the artifact of a layer, which are those of `bridge fit`, in pieces.

    Args:
        samples: those of the fit.
        found: what it has found.
    """
    if isinstance(samples, LabelledSamples):
        assert isinstance(found, ClassifierFit)
        return artifact_chunks(found.artifact(samples))
    assert isinstance(found, ProbeFound)
    record = probe_record(samples, found.weights, found.measures, found.ridge, found.rounding)
    return chunks_in_blocks(
        record, on_grid(samples.latents, None if found.rounding is None else found.rounding.latent_bits)
    )


def cells_of(samples: Samples | LabelledSamples, found: ProbeFound | ClassifierFit) -> tuple[Cell, ...]:
    """What the table has of a layer: a cell for each concept, or one for the labels."""
    if isinstance(samples, LabelledSamples):
        assert isinstance(found, ClassifierFit)
        control = {} if found.control is None else vars(found.control)
        parts = {part: _rates(found.rates[part], control.get(part)) for part in PARTS if found.rates[part].samples}
        return (Cell(samples.labels.name, "", parts),)
    assert isinstance(found, ProbeFound)
    of_parts = found.measures.parts
    names = samples.scores.names
    return tuple(
        Cell(
            name,
            unit,
            {part: _probe_values(of_parts[part][column]) for part in PARTS if part in of_parts},
        )
        for column, (name, unit) in enumerate(zip(names, samples.scores.units or ("",) * len(names), strict=True))
    )


def _probe_values(measures: ExactMeasures) -> Values:
    values = {"r2": measures.r_squared, "max_error": measures.sup_error.value}
    return {"samples": measures.count, **_written(values), "attained_by_sample": measures.sup_error.sample}


def _rates(rates: ExactRates, control: float | None) -> Values:
    controlled = {} if control is None else {"control_accuracy": control}
    return {"samples": rates.samples, **_written(rates.rates), **controlled}


def _written(values: Mapping[str, Fraction | None]) -> Values:
    """Each value as the nearest float, and exactly."""
    return {
        key: text
        for name, value in values.items()
        for key, text in {
            name: nearest_float(value),
            f"{name}_exact": None if value is None else rational(value),
        }.items()
    }


def require_varied(samples: Samples | LabelledSamples, what: str) -> None:
    """Refuse a concept of which the training part has one score alone: no layer could be better than another.

    Args:
        samples: scores in parts; labels have their own rule, a sample of each class.
        what: the file that the scores are from.

    Raises:
        InputError: which concept it is.
    """
    if isinstance(samples, LabelledSamples):
        return
    scores = samples.scores.values[samples.parts.is_train]
    for name, column in zip(samples.scores.names, scores.T, strict=True):
        if len(column) and (column == column[0]).all():
            raise InputError(
                f"{what} has the score {column[0]} of {name!r} for all {len(column)} samples of the training part; "
                "scores that differ are required, or no layer is better than another; leave the concept out with "
                "--names, or choose other parts"
            )


def identity_of(task: LayerTask) -> Identity:
    """All that the artifact of a layer is made of."""
    samples, fitting, origin = task.samples, task.fitting, task.samples.origin
    _, array = split_source(samples.source)
    shape = "x".join(map(str, samples.latents.shape))
    latents = f"{origin.dataset}{array and f':{array}'} {samples.latents.dtype} {shape} {origin.dataset_sha256}"
    parts = _sha256(repr((origin.seed, origin.held_out)), samples.parts.is_train, samples.parts.is_calibration)
    versions = {f"version of {library}": version for library, version in origin.versions}
    if isinstance(samples, LabelledSamples):
        labels = samples.labels
        versions |= {f"version of {name}": version for name, version in library_versions(("scikit-learn",))}
        return {
            "--latents": latents,
            "--labels": _sha256(repr((labels.name, labels.class_names)), labels.numbers),
            "split": parts,
            **_options(vars(fitting)),
            **versions,
        }
    assert isinstance(fitting, ProbeFitting)
    scores = samples.scores
    # As `fit_samples` has them, so that two ways to say the same are one.
    options = vars(fitting) | {
        "lam": ",".join(map(str, candidates_of(fitting.lam))),
        "fit_bias": "free" if is_free(fitting.fit_bias) else "regularised",
    }
    return {
        "--latents": latents,
        "--scores": _sha256(repr((scores.names, scores.units)), scores.values),
        "split": parts,
        **_options(options),
        **versions,
    }


# Options that are not called as the parameters of programs are.
_CALLED = {"method": "--probe", "fit_bias": "bias", "sample_weight": "--sample-weights", "control_seed": "--control"}


def _options(values: Mapping[str, object]) -> Identity:
    return {
        _CALLED.get(name, f"--{name.replace('_', '-')}"): _sha256("", value)
        if isinstance(value, np.ndarray)
        else value
        if isinstance(value, str | int | float | None)
        else repr(value)
        for name, value in values.items()
    }


def _sha256(text: str, *arrays: np.ndarray) -> str:
    digest = hashlib.sha256(text.encode())
    for array in arrays:
        digest.update(f" {array.dtype.str} {array.shape} ".encode())
        digest.update(bytes_of(array))
    return digest.hexdigest()
