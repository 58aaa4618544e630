"""A sweep, from files of layers to a folder of artifacts and, where that is wanted, exports."""

import contextlib
import re
import warnings
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from bridge.artifact.file import StoredArtifact, load_any
from bridge.artifact.sweep import CLASSIFIER_MEASURES, PROBE_MEASURES
from bridge.artifact.sweep_manifest import Manifest
from bridge.base.arrays import ArraySource
from bridge.base.errors import BridgeWarning, InputError
from bridge.base.guard import current_guard, declare_input_text
from bridge.base.interrupts import interrupts_held_back
from bridge.base.module_names import TAKEN
from bridge.base.progress import told
from bridge.base.words import counted
from bridge.base.workers import HERE, Workers
from bridge.cli.asked_options import Wanted
from bridge.cli.commands.export import write_classifier_export, write_export
from bridge.cli.console import Bars, say
from bridge.cli.dividing import divided
from bridge.cli.options import USUAL_METHOD, ClassifierOptions, DrawnSplit, FitOptions, GivenFiles
from bridge.export.write import require_export_place
from bridge.probe.sweep import (
    ClassifierFitting,
    FittedLayer,
    LayerTask,
    ProbeFitting,
    fitted_layers,
    require_varied,
)
from bridge.probe.sweep_folder import SweepFolder, open_folder
from bridge.sources.labelled import LabelledSamples
from bridge.sources.layers import Layer, find_layers
from bridge.sources.precomputed import (
    columns_elsewhere,
    of_other_latents,
    open_latents,
    read_labelled,
    read_sample_weights,
    require_as_many,
    require_training,
)
from bridge.sources.samples import Samples

# Layers that are said in one line.
_MOST_NAMED = 3


@dataclass(frozen=True)
class SweepChoice:
    """What a sweep is asked for beside its fits.

    Attributes:
        latents: what names the layers, as in `find_layers`.
        out: the folder of artifacts and manifest.
        best_by: by which measure the best layer is decided; None for the usual one.
        exported: `best`, `all`, or None for no exports.
        wanted: what exports list and prove.
        restart: whether layers that are done are fitted again.
    """

    latents: tuple[str, ...]
    out: Path
    best_by: str | None
    exported: str | None
    wanted: Wanted
    restart: bool


@dataclass(frozen=True, eq=False)
class Swept:
    """What a sweep has done.

    Attributes:
        manifest: what its manifest says.
        path: the file of the manifest.
        fitted: the layers that were fitted now; all others were done before.
        roots: the root files of the exports that were written now.
    """

    manifest: Manifest
    path: Path
    fitted: tuple[str, ...]
    roots: tuple[Path, ...]


def sweep(
    choice: SweepChoice,
    files: GivenFiles,
    drawn: DrawnSplit,
    sample_weights: str | None,
    classifying: ClassifierOptions,
    fitting: FitOptions,
    workers: Workers = HERE,
) -> Swept:
    """Fit each layer that is not done, and write its artifact; then the manifest, and exports if they are wanted."""
    measure = _measure(choice.best_by, classifying)
    if choice.exported is not None:
        # Refused now rather than after the fits if it is not for such artifacts.
        _ = choice.wanted.of_probes() if classifying.labels is None else choice.wanted.of_classifier()
    # Files in the folder are replaced by what the manifest knows of them, and there is no way round it.
    current_guard().forcing = None
    layers = find_layers(choice.latents)
    for layer in layers:
        declare_input_text(layer.latents)
    roots = {} if choice.exported is None else export_roots(choice.out, [layer.name for layer in layers])
    with Bars("sweep") as bars:
        labels = classifying.labels
        given = _samples_of(layers, files, drawn.groups, sample_weights, labels, workers, bars)
        samples, how = _in_parts(given, files.split_file, drawn, sample_weights, classifying, fitting)
        require_varied(samples[0], files.scores or "")
        tasks = [LayerTask(layer.name, each, how) for layer, each in zip(layers, samples, strict=True)]
        folder = open_folder(choice.out, tasks)
        for root in roots.values():
            require_export_place(root, _names_in(samples[0]))
        folder = folder.anew() if choice.restart else folder
        _say_standing(folder)
        to_do = folder.to_do
        folder = _fitted(folder, workers, bars).finished(measure, {})
    chosen = _chosen(folder.manifest, choice.exported)
    for name in chosen:
        stored = load_any(choice.out / folder.manifest.entries[name].artifact)
        if isinstance(stored, StoredArtifact):
            write_export(stored, roots[name], choice.wanted.of_probes(), None, workers=workers)
        else:
            write_classifier_export(stored, roots[name], choice.wanted.of_classifier(), None, workers)
    folder = folder.finished(measure, {name: roots[name].name for name in chosen})
    say(f"sweep: {folder.manifest_path} says what is what")
    for place in to_do:
        if place.entry is not None and place.entry.export is not None and place.task.layer not in chosen:
            say(f"sweep: {choice.out / place.entry.export} is of the artifact that was there; --export writes it anew")
    fitted = tuple(place.task.layer for place in to_do)
    return Swept(folder.manifest, folder.manifest_path, fitted, tuple(roots[name] for name in chosen))


def _measure(best_by: str | None, classifying: ClassifierOptions) -> str:
    """What the best layer is decided by."""
    measures, what = (PROBE_MEASURES, "--scores") if classifying.labels is None else (CLASSIFIER_MEASURES, "--labels")
    measure = measures[0] if best_by is None else best_by.replace("-", "_")
    if measure not in measures:
        options = " or ".join(name.replace("_", "-") for name in measures)
        raise InputError(
            f"--best-by {best_by} was given with {what}; {options} is required for it; choose one, or leave it out"
        )
    return measure


def _samples_of(
    layers: Sequence[Layer],
    files: GivenFiles,
    groups: str | None,
    sample_weights: str | None,
    labels: str | None,
    workers: Workers,
    bars: Bars,
) -> list[Samples] | list[LabelledSamples]:
    """The samples with the latents of each layer; scores, labels and parts are read once."""
    split_file = files.split_file

    def opened(latents: str) -> ArraySource:
        others = {"scores": files.scores, "groups": groups, "sample_weights": sample_weights}
        return open_latents(
            latents, without=columns_elsewhere(latents, labels, split_file, names=files.names, **others)
        )

    latents = {layer.latents: opened(layer.latents) for layer in layers}
    require_as_many(latents)
    names = told([layer.latents for layer in layers], bars.show, "reading")
    first = next(names)
    if labels is None:
        scored = replace(files, latents=first).read(groups=groups, sample_weights=sample_weights, workers=workers)
        return [scored, *(of_other_latents(scored, name, latents[name], workers) for name in names)]
    labelled = read_labelled(first, labels, split_file=split_file, groups=groups, workers=workers)
    return [labelled, *(of_other_latents(labelled, name, latents[name], workers) for name in names)]


def _in_parts(
    samples: Sequence[Samples | LabelledSamples],
    split_file: str | None,
    drawn: DrawnSplit,
    sample_weights: str | None,
    classifying: ClassifierOptions,
    fitting: FitOptions,
) -> tuple[list[Samples | LabelledSamples], ProbeFitting | ClassifierFitting]:
    """The samples of every layer in the same parts, and how each layer is fitted."""
    first = samples[0]
    if split_file is not None:
        require_training(first.parts, split_file)
    in_parts, groups = divided(first, drawn)
    seed, held_out = in_parts.origin.seed, in_parts.origin.held_out
    every_layer = [each.with_parts(in_parts.parts, seed, held_out) for each in samples]
    bits = {"weight_bits": fitting.weight_bits, "latent_bits": fitting.latent_bits}
    if isinstance(first, LabelledSamples):
        seed_of_control = None if classifying.control is None else classifying.control_seed or 0
        method = classifying.method or USUAL_METHOD
        how: ProbeFitting | ClassifierFitting = ClassifierFitting(
            method, classifying.threshold, control_seed=seed_of_control, **bits
        )
    else:
        count = len(first.latents)
        weight = None if sample_weights is None else read_sample_weights(sample_weights, samples=count)
        bias = fitting.fit_bias or "free"
        how = ProbeFitting(fitting.lam, bias, fitting.standardize, groups=groups, sample_weight=weight, **bits)
    return every_layer, how


def _names_in(samples: Samples | LabelledSamples) -> tuple[str, ...]:
    """What the modules of an export are called by."""
    return (samples.labels.name,) if isinstance(samples, LabelledSamples) else samples.scores.names


def _say_standing(folder: SweepFolder) -> None:
    """Say what is there already, and why what is there is done again."""
    done = len(folder.places) - len(folder.to_do)
    if done:
        say(f"sweep: {done} of {counted(len(folder.places), 'layer')} are done already in {folder.folder}")
    again = {place.task.layer: place.difference for place in folder.to_do if place.difference is not None}
    for why in dict.fromkeys(again.values()):
        layers = [layer for layer, difference in again.items() if difference == why]
        say(f"sweep: fits {_named(layers)} again, for another {why}")
    if folder.left:
        say(f"sweep: leaves the files of {_named(folder.left)} alone, which this sweep does not have")


def _fitted(folder: SweepFolder, workers: Workers, bars: Bars) -> SweepFolder:
    """The folder once all layers are fitted that were not."""
    to_do = folder.to_do
    said: dict[str, list[str]] = {}
    results = fitted_layers([place.task for place in to_do], workers, bars.show)
    try:
        # Closed here, so that what was begun is cancelled before anything else is done.
        with contextlib.closing(cast(Generator[FittedLayer], results)):
            for place, fitted in zip(to_do, results, strict=True):
                with interrupts_held_back():  # what is said of an interruption is to be what is there
                    folder = folder.with_layer(place, fitted)
                for warning in fitted.warnings:
                    said.setdefault(warning, []).append(place.task.layer)
    except KeyboardInterrupt as interruption:
        done = len(folder.places) - len(folder.to_do)
        interruption.add_note(
            f"{done} of {counted(len(folder.places), 'layer')} are done; the same command goes on with the others"
        )
        raise
    for warning, layers in said.items():
        warnings.warn(f"{_named(layers)}: {warning}", BridgeWarning, stacklevel=2)
    return folder


def _named(layers: Sequence[str]) -> str:
    """Layers in words: `layer 3`, `layers 1, 2 and 3`, `layers 1, 2, 3 and 9 more`."""
    if len(layers) == 1:
        return f"layer {layers[0]}"
    if len(layers) <= _MOST_NAMED:
        return f"layers {', '.join(layers[:-1])} and {layers[-1]}"
    return f"layers {', '.join(layers[:_MOST_NAMED])} and {len(layers) - _MOST_NAMED} more"


def export_roots(folder: Path, layers: Sequence[str]) -> dict[str, Path]:
    """The root file of the export of each layer.

    Raises:
        InputError: two layers would have one.
    """
    roots = {layer: folder / f"{_module(layer)}.lean" for layer in layers}
    for root, count in Counter(roots.values()).items():
        if count > 1:
            one, other = [layer for layer in layers if roots[layer] == root][:2]
            raise InputError(
                f"layers {one!r} and {other!r} would both be exported to {root}; a file for each is required; give one "
                "of them another name with --latents NAME=FILE"
            )
    return roots


def _module(layer: str) -> str:
    """The name of a layer as that of a Lean module: `3` is `Layer3`, `mlp.3` is `Mlp_3`."""
    plain = re.sub("[^A-Za-z0-9]+", "_", layer)
    name = plain[0].upper() + plain[1:] if plain[0].isalpha() else f"Layer{plain}"
    return f"Layer{name}" if name in TAKEN else name


def _chosen(manifest: Manifest, exported: str | None) -> list[str]:
    """The layers to be exported, in the order of the sweep."""
    best = {one.layer for one in manifest.best}
    return [name for name in manifest.planned if exported == "all" or (exported == "best" and name in best)]
