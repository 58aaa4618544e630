"""What the exports of all estimators have in common."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import validate_data

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.coverage import Coverage
from bridge.artifact.file import to_be_stored
from bridge.artifact.record import ProbeArtifact
from bridge.base.arguments import file_path, flag, mask, text
from bridge.base.arrays import in_memory
from bridge.base.errors import InputError, one_line, shown
from bridge.base.guard import Guard, guarding
from bridge.base.module_names import namespace_of
from bridge.base.resources import templates_folder
from bridge.export.asked import Asked
from bridge.export.claims.determination import Determination
from bridge.export.claims.quantile import Quantile
from bridge.export.classification.asked import ClassifierAsked
from bridge.export.classification.claims.ranking import Ranking
from bridge.export.classification.claims.unseen import Unseen
from bridge.export.write import ClassifierExport, Export, export_lean
from bridge.sources.labelled import LabelledSamples
from bridge.sources.labels import Labels
from bridge.sources.samples import Origin
from bridge.sources.split import Split
from bridge.sources.user_arrays import as_array, dense

_LEVELS = {"alpha": Quantile.option, "accuracy_bound": Unseen.option}
_OPTIONS = {"with_r_squared": Determination.option, "roc_auc": Ranking.option, **_LEVELS}


def root_file(path: str | Path) -> Path:
    """The root file of an export, before anything is computed.

    Raises:
        InputError: its name cannot be a Lean namespace, or it is no path.
    """
    root = file_path(path)
    namespace_of(root)
    return root


def claims(**wanted: bool | float | str | Fraction | None) -> dict[str, str]:
    """The options of the command line for what is to be proved too, each with its value, empty where it has none.

    Args:
        wanted: by the name of the parameter, a flag, or a level or None for none.

    Raises:
        InputError: a flag is something else.
    """
    options: dict[str, str] = {}
    for name, value in wanted.items():
        option = _OPTIONS[name]
        if name in _LEVELS:
            options |= {} if value is None else {option: str(value)}
        else:
            options |= {option: ""} if flag(value, name) else {}
    return options


def written(
    artifact: ProbeArtifact,
    root: Path,
    over: str,
    options: Mapping[str, str],
    *,
    force: bool,
    inputs: Sequence[Path] = (),
) -> Export:
    """Write the Lean files of an artifact, and the artifact beside them with the suffix `.safetensors`.

    Args:
        artifact: the artifact; if it has the images and the encoder, what follows from these is proved too.
        root: the root file.
        over: which samples are listed.
        options: what `claims` gives.
        force: whether to replace also files that no export has written.
        inputs: files that are never replaced.

    Raises:
        InputError: an option's value is none, a name cannot be used or a file cannot be written; files that were there
            are as they were.
    """
    asked = replace(Asked.of(_coverage(over), options), from_pixels=artifact.pixels is not None)
    with _guarding(force, inputs):
        return export_lean(
            to_be_stored(artifact),
            root,
            templates=templates_folder(),
            asked=asked,
            artifact_file=_artifact_file(root),
        )


def written_classifier(
    artifact: ClassifierArtifact,
    root: Path,
    over: str,
    options: Mapping[str, str],
    *,
    force: bool,
    inputs: Sequence[Path] = (),
) -> ClassifierExport:
    """As `written`, of a classifier.

    Raises:
        InputError: as `written`.
    """
    asked = ClassifierAsked.of(_coverage(over), options)
    with _guarding(force, inputs):
        return export_lean(
            to_be_stored(artifact),
            root,
            templates=templates_folder(),
            asked=asked,
            artifact_file=_artifact_file(root),
        )


def _guarding(force: bool, inputs: Sequence[Path]) -> AbstractContextManager[Guard]:
    return guarding(Guard(force=flag(force, "force"), forcing="force=True", inputs=list(inputs)))


def _artifact_file(root: Path) -> Path:
    return root.parent / f"{namespace_of(root)}.safetensors"


def _coverage(over: str) -> Coverage:
    if over not in list(Coverage):
        raise InputError(
            f"`over` is {shown(over)}; one of {', '.join(Coverage)} is required; choose the samples that are listed"
        )
    return Coverage(over)


def given_samples(
    latents: np.ndarray,
    labels: Labels,
    is_train: np.ndarray | None,
    is_calibration: np.ndarray | None,
    source: str,
) -> LabelledSamples:
    """Labelled samples in parts, as far as these are known.

    Args:
        latents: (N, d) finite numbers.
        labels: of the N samples.
        is_train: (N,) bool, the training part; without it the samples of the fit are not known.
        is_calibration: (N,) bool, the calibration part, if there is one.
        source: what the samples are called.
    """
    nowhere = np.zeros(len(latents), np.bool_)
    parts = Split(*(nowhere if part is None else part for part in (is_train, is_calibration)))
    held_out = None if is_train is None else float(parts.is_held_out.mean())
    digest = hashlib.sha256(latents.tobytes()).hexdigest()
    origin = Origin(text(source, "source"), digest, held_out=held_out)
    return LabelledSamples(in_memory(latents), labels, parts, origin)


def exact_latents(estimator: Any, Z: ArrayLike) -> np.ndarray:  # noqa: ANN401 -- scikit-learn has no types
    """The latent points exactly; if they are (N, d), with columns as in the estimator's fit.

    Raises:
        InputError: the columns are others, or the entries are no numbers.
    """
    given = dense(Z, "latents")
    array = as_array(given, "latents")
    if array.ndim != 2:
        return array
    try:
        # This looks at the names and the number of columns alone: the numbers are not to be converted.
        validate_data(estimator, given, reset=False, skip_check_array=True)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"the latents do not have the columns of the fit ({one_line(error)}); what `predict` takes is "
            "required; pass the columns of the fit in their order"
        ) from None
    return array


def members(given: ArrayLike | None, name: str, samples: int) -> np.ndarray | None:
    """Which samples are in a part, if that is given.

    Raises:
        InputError: it is not a boolean for each sample.
    """
    return None if given is None else mask(as_array(given, name), name, samples)


def digest_of_fit(weights: np.ndarray, *facts: object) -> bytes:
    """What the weights of a fit, and what is said of how they were fitted, are told by."""
    return hashlib.sha256(repr((weights.shape, *facts)).encode() + weights.tobytes()).digest()


def require_unchanged(fitted: bytes, now: bytes, remedy: str) -> None:
    """Refuse weights that are not those of the fit.

    Raises:
        InputError: the digest of the fit is another than now.
    """
    if fitted != now:
        raise InputError(
            "`weights_` or another attribute is not what the fit has left; an export says how its weights were fitted; "
            f"fit again, or pass weights of your own to {remedy}"
        )
