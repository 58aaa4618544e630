"""What a model of one's own predicts of the samples, compared with the probe that is exported, exactly."""

import warnings
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from bridge.artifact.predictions import PredictionDifference
from bridge.artifact.record import ProbeArtifact
from bridge.base.arrays import require_finite
from bridge.base.errors import BridgeWarning, InputError
from bridge.exact.residuals import exact_residuals


def compare_predictions(artifact: ProbeArtifact, predictions: np.ndarray) -> tuple[PredictionDifference, ...]:
    """Compare predictions with w · z + b on all samples of an artifact, without rounding.

    A prediction in floats with the unit roundoff u is off by at most γ_(d+2) (Σ|w_j z_j| + |b| + |p|), with γ_n =
    n u / (1 - n u), in whatever order it was summed up, and by what underflows (as in
    `bridge.probe.ridge.float_delta_error_bound`).  Twice that counts as explained, for second-order terms and for an
    intercept that was added in another precision.

    Args:
        artifact: the probe and its samples.
        predictions: (N, k) or, of one concept, (N,), of any type that an artifact can hold.

    Raises:
        InputError: the shape is another, or an entry is no finite number.
    """
    values = predictions[:, None] if predictions.ndim == 1 else predictions
    if values.shape != artifact.scores.shape:
        raise InputError(
            f"the predictions have shape {predictions.shape}; {artifact.scores.shape} is required, a row for each "
            "sample and a column for each concept; predict the samples that are exported"
        )
    require_finite(values, "predictions")
    residuals = exact_residuals(artifact.latents, values, artifact.weights)
    errors = [residuals.sup_error(column) for column in range(values.shape[1])]
    float_type, explained = _explained(artifact, values)
    return tuple(
        PredictionDifference(concept, error.value, error.sample, float_type, bound)
        for concept, error, bound in zip(artifact.concept_names, errors, explained.tolist(), strict=True)
    )


def warn_of_unexplained(differences: Sequence[PredictionDifference]) -> None:
    """Warn of predictions that are further from the probe than rounding explains.

    Warns:
        BridgeWarning: for each concept of which they are.
    """
    for difference in differences:
        if not difference.is_explained:
            warnings.warn(
                f"{difference.line}; check that they are of this probe and of these samples in this order",
                BridgeWarning,
                stacklevel=3,
            )


def read_predictions(spec: str, artifact: ProbeArtifact) -> np.ndarray:
    """Read predictions (N, k).

    Args:
        spec: a table with columns that are named as the concepts, or, if there is one alone, with one column; or an
            array, both as in `bridge.sources.precomputed.read_scores`.
        artifact: the probe and its samples.

    Raises:
        InputError: the file cannot be read, or has other rows or columns.
    """
    from bridge.base.file_spec import split_spec
    from bridge.sources.precomputed import read_scores
    from bridge.sources.tables import is_table, read_columns

    names, samples = artifact.concept_names, len(artifact.scores)
    path, column = split_spec(spec)
    if is_table(path) and not column:
        found = list(read_columns(path, rows=samples))
        if set(names) <= set(found):
            return read_scores(spec, names, samples=samples).values
        if len(found) > 1:
            missing = next(name for name in names if name not in found)
            raise InputError(
                f"{spec} has no column {missing!r}; a column of predictions is required for each concept, named as "
                f"it; it has {', '.join(map(repr, found[:8]))}; rename them"
            )
    values = read_scores(spec, None, samples=samples).values
    if values.shape[1] != len(names):
        raise InputError(
            f"{spec} has {values.shape[1]} columns of predictions; {len(names)} are required, one for each concept in "
            f"the artifact's order, {', '.join(map(repr, names[:8]))}; save these"
        )
    return values


def _explained(artifact: ProbeArtifact, predictions: np.ndarray) -> tuple[str, np.ndarray]:
    """The type of floats with the fewest bits, and (k,) how far rounding can put predictions off."""
    precisions = [_precision(values) for values in (predictions, artifact.latents, artifact.weights)]
    if _was_bfloat16(predictions):
        precisions.append(("bfloat16", 2.0**-8, 2.0**-133))
    name, unit, least = max(precisions, key=lambda precision: precision[1])
    Z, W = (np.abs(values.astype(np.float64)) for values in (artifact.latents, artifact.weights))
    terms = len(W) + 1
    if terms * unit >= 1:
        return name, np.full(W.shape[1], np.inf)
    gamma = terms * unit / (1 - terms * unit)
    with np.errstate(over="ignore", invalid="ignore"):
        magnitude = (Z @ W[:-1] + W[-1] + np.abs(predictions.astype(np.float64))).max(axis=0)
        bound: np.ndarray = 2 * (gamma * magnitude + terms * least) + _grid_change(artifact, Z, W)
    return name, np.nan_to_num(bound, nan=np.inf, posinf=np.inf)


def _precision(values: np.ndarray) -> tuple[str, float, float]:
    """A type of floats, its unit roundoff and its least number above 0; integers count as 64-bit floats."""
    info = np.finfo(values.dtype if values.dtype.kind == "f" else np.float64)
    return str(info.dtype), float(info.eps) / 2, float(info.smallest_subnormal)


def _was_bfloat16(values: np.ndarray) -> bool:
    """Whether numbers that are no integers have the bits of a bfloat16, which is read as a 32-bit float."""
    if values.dtype != np.float32 or bool((values == np.rint(values)).all()):
        return False
    return not (np.ascontiguousarray(values).view(np.uint32) & 0xFFFF).any()


def _grid_change(artifact: ProbeArtifact, Z: np.ndarray, W: np.ndarray) -> np.ndarray:
    """(k,) by how much w · z + b can have changed when weights and latents were rounded to a grid."""
    if artifact.rounding is None:
        return np.zeros(W.shape[1])
    changes = (artifact.rounding.largest_weight_change, artifact.rounding.largest_latent_change)
    weight, latent = (float(Fraction(change or 0)) for change in changes)
    change: np.ndarray = weight * (Z.sum(axis=1).max() + 1) + latent * (W[:-1].sum(axis=0) + (len(W) - 1) * weight)
    return change
