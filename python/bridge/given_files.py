"""Latents, scores, splits and weights in files: the shapes and the names that each of them must have."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bridge.array_files import arrays_in, open_array, split_spec
from bridge.artifact import require_distinct_names
from bridge.blocks import ArrayBlocks
from bridge.data import Split
from bridge.errors import InputError
from bridge.exact import require_finite
from bridge.given import numbered_names
from bridge.tables import is_table, numbers, read_columns, words

_log = logging.getLogger(__name__)

# The words that a split is told in, and the parts that they stand for.
_PARTS = {part: part for part in ("train", "calibration", "held_out")} | {"true": "train", "false": "held_out"}
_SPLIT_COLUMN = "split"

# From here on, a 64-bit float does not hold every integer.
_EXACT_INTEGERS = 2.0**53


@dataclass(frozen=True, eq=False)
class Scores:
    """Concept scores with the names of the concepts.

    Attributes:
        values: (N, k), finite.
        names: k distinct names, none of them empty.
    """

    values: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Given:
    """Latents and scores of N samples that were made elsewhere.

    Attributes:
        latents: (N, d) latent points, N, d ≥ 1; their entries have not been looked at yet.
        scores: (N, k) concept scores.
        parts: the parts of the samples, None if they were not given.
        source: what messages call the latents.
        dataset: the name of the latents' file.
        dataset_sha256: the file's SHA-256 in hexadecimal.
    """

    latents: ArrayBlocks
    scores: Scores
    parts: Split | None
    source: str
    dataset: str
    dataset_sha256: str


def read_given(latents: str, scores: str, *, names: Sequence[str] | None, split_file: str | None) -> Given:
    """Open latents, and read their scores and parts.

    Args:
        latents: as in `open_latents`.
        scores: as in `read_scores`.
        names: as in `read_scores`.
        split_file: as in `read_split`, None if the parts are not given.

    Raises:
        InputError: a file cannot be read, or they do not belong together.
    """
    opened = open_latents(latents)
    samples = opened.shape[0]
    named_scores = read_scores(scores, names, samples=samples)
    parts = None if split_file is None else read_split(split_file, samples=samples)
    path, _ = split_spec(latents)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    _log.debug("latents %s: %d samples, %d dimensions, %s", latents, *opened.shape, opened.dtype)
    return Given(opened, named_scores, parts, latents, path.name, digest)


def open_latents(spec: str) -> ArrayBlocks:
    """Open latent points (N, d) with N, d ≥ 1.

    Args:
        spec: `PATH` or `PATH:NAME`, as in `open_array`.

    Raises:
        InputError: as `open_array`, or the shape is another.
    """
    latents = open_array(spec)
    if len(latents.shape) != 2 or 0 in latents.shape:
        raise InputError(
            f"{spec} has shape {latents.shape}; latents of shape (N, d) with N, d ≥ 1 are required; reshape them"
        )
    return latents


def read_scores(spec: str, names: Sequence[str] | None, *, samples: int) -> Scores:
    """Read the scores of N samples.

    Args:
        spec: a `.csv` or `.parquet` table with a column for each concept, or an array (N, k) or (N,) as in
            `open_array`.
        names: the columns of a table to take, in this order, all of them without it; for an array the names of its
            columns, `concept 1` and so on without it.
        samples: the number of samples N.

    Raises:
        InputError: the file cannot be read, it does not have N rows, an entry is no finite number, or a name is empty,
            used twice or missing.
    """
    if names is not None:
        require_distinct_names(names)
    if is_table(Path(spec)):
        columns = read_columns(Path(spec), names)
        require_distinct_names(tuple(columns))
        _require_rows(spec, len(next(iter(columns.values()))), samples)
        arrays = {f"{spec}: {name}": numbers(Path(spec), name, column) for name, column in columns.items()}
        return Scores(_joined(arrays), tuple(columns))
    array = open_array(spec)
    if len(array.shape) not in (1, 2) or 0 in array.shape[1:]:
        raise InputError(
            f"{spec} has shape {array.shape}; scores of shape (N, k) or (N,) with k ≥ 1 are required; reshape them"
        )
    _require_rows(spec, array.shape[0], samples)
    concepts = array.shape[1] if len(array.shape) == 2 else 1
    if names is not None and len(names) != concepts:
        raise InputError(
            f"--names gives {len(names)} names and {spec} has {concepts} columns; a name for each column is required; "
            "name all of them"
        )
    values = array.read()
    require_finite(values, spec)
    return Scores(values.reshape(samples, concepts), numbered_names(concepts) if names is None else tuple(names))


def read_split(spec: str, *, samples: int) -> Split:
    """Read which part each of N samples belongs to.

    Args:
        spec: an array (N,) of booleans, True for the training part and False for the held-out part; or a `.csv` or
            `.parquet` table with one such column, or with one of the words `train`, `calibration` and `held_out`.  Of
            several columns the one named `split` is taken.
        samples: the number of samples N.

    Raises:
        InputError: the file cannot be read, it does not have N rows, or an entry is something else.
    """
    if is_table(Path(spec)):
        name, found, rows = _part_words(Path(spec))
        _require_rows(spec, len(rows), samples)
        for number, word in enumerate(found):
            if word not in _PARTS:
                raise InputError(
                    f"{spec}: column {name!r} has {word[:40]!r} in row {np.argmax(rows == number)}, counted from 0; "
                    "train, calibration or held_out is required, or true and false; write one of these"
                )
        is_train, is_calibration = (
            np.array([_PARTS[word] == part for word in found])[rows] for part in ("train", "calibration")
        )
        return Split(is_train, is_calibration)
    array = open_array(spec)
    if array.dtype != np.bool_ or len(array.shape) != 1:
        raise InputError(
            f"{spec} has shape {array.shape} and type {array.dtype}; (N,) booleans are required, True for the training "
            "part; for three parts, give a .csv with a column of train, calibration and held_out"
        )
    _require_rows(spec, array.shape[0], samples)
    is_train = array.read()
    return Split(is_train, np.zeros_like(is_train))


def read_weights(spec: str, *, dim: int, concepts: int) -> np.ndarray:
    """Read the weights of a probe that was fitted elsewhere.

    The file holds one array W, (d + 1, k) or (d + 1,), with the bias last; or `weight` (k, d) and `bias` (k,), the
    state of a `torch.nn.Linear`, without `bias` if it has none; or `coef_` (k, d) or (d,) and `intercept_` (k,) or a
    number, the attributes of a linear model of scikit-learn.

    Args:
        spec: `PATH` or `PATH:NAME`, as in `open_array`; NAME can also be the layer that `NAME.weight` and `NAME.bias`
            belong to.
        dim: the number of latent dimensions d.
        concepts: the number of concepts k.

    Returns:
        W: (d + 1, k), the bias in the last row, with exactly the numbers of the file.

    Raises:
        InputError: the file cannot be read, a shape is another, or an entry is no finite number.
    """
    path, layer = split_spec(spec)
    arrays = arrays_in(path)
    prefix = f"{layer}." if layer else ""
    for weight_name, bias_name in (("weight", "bias"), ("coef_", "intercept_")):
        if prefix + weight_name in arrays:
            weight = arrays[prefix + weight_name]()
            bias = arrays[prefix + bias_name]() if prefix + bias_name in arrays else None
            if bias is None and bias_name == "intercept_":
                raise InputError(
                    f"{path} has `coef_` and no `intercept_`; both are required; save it too, or 0.0 if there is none"
                )
            W = _weight_and_bias(f"{path}: `{prefix}{weight_name}`", f"`{bias_name}`", weight, bias, dim, concepts)
            break
    else:
        W = _weight_matrix(spec, open_array(spec), dim, concepts)
    require_finite(W, f"{spec}: W")
    return W


def _weight_matrix(source: str, array: ArrayBlocks, dim: int, concepts: int) -> np.ndarray:
    if array.shape != (dim + 1, concepts) and (array.shape, concepts) != ((dim + 1,), 1):
        raise InputError(
            f"{source} has shape {array.shape}; ({dim + 1}, {concepts}) is required for {dim} latent dimensions and "
            f"{concepts} concepts, the bias in the last row; give W so, or a file with weight and bias"
        )
    return array.read().reshape(dim + 1, concepts)


def _weight_and_bias(
    source: str, bias_name: str, weight: ArrayBlocks, bias: ArrayBlocks | None, dim: int, concepts: int
) -> np.ndarray:
    shapes = (weight.shape, None if bias is None else bias.shape)
    vector_shapes = [((dim,), ()), ((dim,), (1,))] if concepts == 1 else []
    if shapes not in [*(((concepts, dim), last) for last in ((concepts,), (), None)), *vector_shapes]:
        raise InputError(
            f"{source} has shape {shapes[0]} and {bias_name} {shapes[1]}; ({concepts}, {dim}) and ({concepts},) are "
            f"required for {dim} latent dimensions and {concepts} concepts; choose the latents and scores of this probe"
        )
    rows = weight.read().reshape(concepts, dim).T
    last = np.zeros(1, rows.dtype) if bias is None else bias.read().reshape(-1)
    dtype = np.result_type(rows, last)
    last_row = np.broadcast_to(_converted(last, dtype, bias_name), (1, concepts))
    return np.vstack([_converted(rows, dtype, source), last_row])


def _joined(columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Columns of any types as one matrix of a type that holds all their numbers exactly."""
    dtype = np.result_type(*columns.values())
    return np.column_stack([_converted(column, dtype, name) for name, column in columns.items()])


def _converted(values: np.ndarray, dtype: np.dtype, name: str) -> np.ndarray:
    """The same numbers in a type that NumPy has found to be the common one."""
    converted = values.astype(dtype)
    if dtype == np.float64 and values.dtype.kind in "iu":
        for position in zip(*np.nonzero(np.abs(converted) >= _EXACT_INTEGERS), strict=True):
            if int(converted[position]) != int(values[position]):
                raise InputError(
                    f"{name} has the integer {values[position]}, which is no 64-bit float, and belongs together with "
                    "floats; numbers of a common type are required; save all of them as integers or as floats"
                )
    return converted


def _part_words(path: Path) -> tuple[str, list[str], np.ndarray]:
    columns = read_columns(path)
    if len(columns) > 1 and _SPLIT_COLUMN not in columns:
        raise InputError(
            f"{path} has {len(columns)} columns and none is named {_SPLIT_COLUMN!r}; one column of parts is required; "
            "rename it"
        )
    name = _SPLIT_COLUMN if _SPLIT_COLUMN in columns else next(iter(columns))
    return name, *words(path, name, columns[name])


def _require_rows(spec: str, rows: int, samples: int) -> None:
    if rows != samples:
        raise InputError(
            f"{spec} has {rows} rows and the latents {samples}; one row for each latent point is required; pass the "
            "same samples in both"
        )
