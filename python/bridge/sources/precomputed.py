"""Latents, scores, splits, groups and weights in files: the shapes and the names that each of them must have."""

import logging
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from bridge.base.arrays import ArraySource, in_memory, require_finite
from bridge.base.errors import BridgeWarning, InputError
from bridge.base.file_spec import FilePath, split_source
from bridge.base.guard import real_place
from bridge.base.names import numbered_names, require_concept_names
from bridge.base.shard import data_set_sha256
from bridge.base.words import counted
from bridge.base.workers import HERE, Workers
from bridge.sources.array_files import arrays_in, find_array, open_array
from bridge.sources.common_type import converted, side_by_side
from bridge.sources.data_sets import digest_file, digest_shards, is_typed_table, open_columns, open_entries
from bridge.sources.labelled import LabelledSamples
from bridge.sources.labels import LABEL_NAME, read_labels
from bridge.sources.samples import Origin, Samples, Scores
from bridge.sources.shard_files import FoundFiles, find_files
from bridge.sources.split import Split
from bridge.sources.tables import Column, numbers, read_columns, require_rows, words

_log = logging.getLogger(__name__)

_Samples = TypeVar("_Samples", Samples, LabelledSamples)

# The words that a split is told in: of the two parts, and of what is held out. Any other is held out too.
_TRAINING = ("train", "training", "fit", "true", "1")
_CALIBRATION = ("calibration", "calibrate", "calib", "cal")
_HELD_OUT = (
    "held_out",
    "heldout",
    "holdout",
    "hold_out",
    "test",
    "testing",
    "val",
    "valid",
    "validation",
    "dev",
    "eval",
)
_SPLIT_COLUMN = "split"
_GROUP_COLUMN = "group"
_WEIGHT_COLUMN = "weight"

# The square of that takes 32 GiB in 64-bit floats.
_MOST_DIMENSIONS = 2**16


def read_given(
    latents: str,
    scores: str,
    *,
    names: Sequence[str] | None,
    split_file: str | None,
    units: Sequence[str] | None = None,
    groups: str | None = None,
    sample_weights: str | None = None,
    workers: Workers = HERE,
) -> Samples:
    """Open latents, and read their scores and parts; a split without a training part does not say what a fit has seen.

    Args:
        latents: as in `open_latents`; of a table that columns of the others are named of, the rest of the columns.
        scores: as in `read_scores`.
        names: as in `read_scores`.
        split_file: as in `read_split`, None if the parts are not given.
        units: the units of the scores, None if they are not given.
        groups: as in `read_groups`; it is not read here.
        sample_weights: as in `read_sample_weights`; they are not read here.
        workers: who computes the digests of shards.

    Raises:
        InputError: a file cannot be read, or they do not belong together.
    """
    beside = columns_elsewhere(
        latents, None, split_file, scores=scores, names=names, groups=groups, sample_weights=sample_weights
    )
    opened = open_latents(latents, without=beside)
    samples = opened.shape[0]
    named_scores = read_scores(scores, names, samples=samples)
    if units is not None and len(units) != len(named_scores.names):
        raise InputError(
            f"--units has {counted(len(units), 'unit')}, and {scores} {counted(len(named_scores.names), 'concept')}; "
            "one for each, which may be empty, is required; give them in the order of the concepts, separated by commas"
        )
    origin = _origin(latents, opened, workers)
    given = Samples(
        opened,
        replace(named_scores, units=tuple(units or ())),
        Split.unknown(samples),
        origin,
        fingerprint=_fingerprint(latents, origin),
        source=latents,
    )
    return given if split_file is None else _in_parts(given, split_file)


def read_labelled(
    latents: str, labels: str, *, split_file: str | None, groups: str | None = None, workers: Workers = HERE
) -> LabelledSamples:
    """Open latents, and read their labels and parts.

    Args:
        latents: as in `open_latents`; of a table that labels, parts or groups are columns of, too, the others.
        labels: as in `read_labels`.
        split_file: as in `read_split`, None if the parts are not given.
        groups: as in `read_groups`; it is not read here.
        workers: who computes the digests of shards.

    Raises:
        InputError: a file cannot be read, or they do not belong together.
    """
    beside = columns_elsewhere(latents, labels, split_file, groups=groups)
    opened = open_latents(latents, without=beside)
    read = read_labels(labels, samples=opened.shape[0])
    origin = _origin(latents, opened, workers)
    given = LabelledSamples(opened, read, Split.unknown(opened.shape[0]), origin, source=latents)
    return given if split_file is None else _in_parts(given, split_file)


def of_other_latents(given: _Samples, latents: str, opened: ArraySource, workers: Workers = HERE) -> _Samples:
    """The same samples with other latents, such as those of another layer of a model.

    Args:
        given: samples with scores or labels, in parts or not yet.
        latents: what the others are called, as in `open_latents`.
        opened: the others, (N, d).
        workers: who computes the digests of shards.

    Raises:
        InputError: they are not as many.
    """
    require_as_many({given.source: given.latents, latents: opened})
    found = _origin(latents, opened, workers)
    origin = replace(found, seed=given.origin.seed, held_out=given.origin.held_out)
    others = replace(given, latents=opened, origin=origin, source=latents)
    return others if isinstance(others, LabelledSamples) else replace(others, fingerprint=_fingerprint(latents, origin))


def require_as_many(opened: Mapping[str, ArraySource]) -> None:
    """Refuse latents, by what they are called, that cannot be of the same samples.

    Raises:
        InputError: some have another number of rows than the first.
    """
    (first, latents), *others = opened.items()
    for name, other in others:
        if len(other) != len(latents):
            raise InputError(
                f"{name} has {counted(len(other), 'row')} and {first} {len(latents)}; a row for each of the same "
                "samples is required in both; leave one of them out"
            )


def _fingerprint(latents: str, origin: Origin) -> str:
    return f"{latents} {origin.dataset_sha256}"


def columns_elsewhere(
    latents: str,
    labels: str | None = None,
    split_file: str | None = None,
    *,
    scores: str | None = None,
    names: Sequence[str] | None = None,
    groups: str | None = None,
    sample_weights: str | None = None,
) -> frozenset[str]:
    """The columns of the table of the latents that are something else: a label among them would say itself.

    Args:
        latents: where the latents are.
        labels: where the labels are, as all that follows None if they are nowhere.
        split_file: where the parts are.
        scores: where the scores are.
        names: which columns they are.
        groups: where the groups are.
        sample_weights: where the weights of the samples are.
    """
    usual: Sequence[tuple[str | None, Sequence[str]]] = [
        (labels, [LABEL_NAME]),
        (split_file, [_SPLIT_COLUMN]),
        (scores, names or []),
        (groups, [_GROUP_COLUMN]),
        (sample_weights, [_WEIGHT_COLUMN]),
    ]
    files = {_place(file) for file in find_files(latents).files}
    found: set[str] = set()
    for spec, columns in usual:
        other = None if spec is None else find_files(spec)
        if other is not None and not files.isdisjoint(map(_place, other.files)):
            found.update([other.array] if other.array else columns)
    return frozenset(found)


def _place(file: FilePath) -> str:
    return str(real_place(file)) if isinstance(file, Path) else str(file)


def _origin(latents: str, opened: ArraySource, workers: Workers) -> Origin:
    """The file of latents as a data set, or its shards."""
    found = find_files(latents)
    shards = digest_shards(found, opened, workers)
    digest = data_set_sha256(shards) if shards else digest_file(found.path)
    _log.debug("latents %s: %d samples, %d dimensions, %s", latents, *opened.shape, opened.dtype)
    return Origin(found.path.name, digest, shards=shards)


def _in_parts(given: _Samples, split_file: str) -> _Samples:
    parts = read_split(split_file, samples=len(given.latents))
    knows_fit = bool(parts.is_train.any()) or not parts.is_calibration.any()
    return given.with_parts(parts, seed=None) if knows_fit else replace(given, parts=parts)


def open_latents(spec: str, *, without: Collection[str] = ()) -> ArraySource:
    """Open latent points (N, d) with N, d ≥ 1.

    Args:
        spec: `PATH` or `PATH:NAME`, as in `open_array`; or a table, whose columns are the dimensions, or whose column
            NAME holds lists of one length; or shards of either, as in `find_files`.
        without: the columns of a table that are no dimensions, unless one is named.

    Raises:
        InputError: as `open_array`, or the shape is another.
    """
    found = find_files(spec)
    names = [found.array] if found.array else None
    if not found.is_table:
        latents = open_entries(found)
    elif is_typed_table(found):
        latents = open_columns(found, names, without=without)
    else:
        latents = in_memory(_read_table(found, names, without=without).values)
    if len(latents.shape) != 2 or 0 in latents.shape:
        raise InputError(
            f"{spec} has shape {latents.shape}; latents of shape (N, d) with N, d ≥ 1 are required; reshape them"
        )
    if latents.shape[1] > _MOST_DIMENSIONS:
        raise InputError(
            f"{spec} has {latents.shape[1]} dimensions; at most {_MOST_DIMENSIONS} are required, since a fit takes "
            "memory for the square of them; reduce them first"
        )
    return latents


def read_scores(spec: str, names: Sequence[str] | None, *, samples: int) -> Scores:
    """Read the scores of N samples.

    Args:
        spec: a table, as in `read_columns`, with a column for each concept, or with lists of several, which are called
            `NAME 1` and so on; `PATH:NAME` is one column; or an array (N, k) or (N,) as in `open_array`.
        names: the columns of a table to take, in this order, all of them without it; for an array the names of its
            columns, `concept 1` and so on without it.
        samples: the number of samples N.

    Raises:
        InputError: the file cannot be read, it does not have N rows, an entry is no finite number, or a name is empty,
            used twice or missing.
    """
    if names is not None:
        require_concept_names(names)
    found = find_files(spec)
    if found.is_table:
        if found.array and names is not None:
            raise InputError(
                f"{spec} names a column, and so does `names=…`; one of them is required; leave the other out"
            )
        return _read_table(found, [found.array] if found.array else names, rows=samples)
    array = open_entries(found)
    if len(array.shape) not in (1, 2) or 0 in array.shape[1:]:
        raise InputError(
            f"{spec} has shape {array.shape}; scores of shape (N, k) or (N,) with k ≥ 1 are required; reshape them"
        )
    require_rows(spec, array.shape[0], samples)
    concepts = array.shape[1] if len(array.shape) == 2 else 1
    if names is not None and len(names) != concepts:
        raise InputError(
            f"`names=…` gives {len(names)} names and {spec} has {concepts} columns; a name for each column is "
            "required; name all of them"
        )
    values = array.read_whole(spec)
    require_finite(values, spec)
    return Scores(values.reshape(samples, concepts), numbered_names(concepts) if names is None else tuple(names))


def _read_table(
    found: FoundFiles, names: Sequence[str] | None, *, rows: int | None = None, without: Collection[str] = ()
) -> Scores:
    """Columns of a table side by side, each list of several numbers as several columns."""
    columns: list[tuple[str, Column, np.ndarray]] = []
    for name, column in _columns(found, names, rows).items():
        if names is None and name in without:
            continue
        entries = numbers(column)
        if entries.ndim == 1:
            columns.append((name, column, entries))
        else:
            columns += [
                (f"{name} {number}", column, entries[:, number - 1]) for number in range(1, entries.shape[1] + 1)
            ]
    concepts = tuple(name for name, _, _ in columns)
    require_concept_names(concepts)
    if not columns:
        raise InputError(
            f"{found.path} has no column of numbers that is left, and no list with an entry; numbers are required; "
            "choose another column"
        )
    return Scores(side_by_side([(column, entries) for _, column, entries in columns]), concepts)


def _columns(found: FoundFiles, names: Sequence[str] | None, rows: int | None, **words: str) -> Mapping[str, Column]:
    return read_columns(found.path, names, rows=rows, files=[shard.path for shard in found.shards], **words)


def read_split(spec: str, *, samples: int) -> Split:
    """Read which part each of N samples belongs to.

    Args:
        spec: an array (N,) of booleans or of zeros and ones, true for the training part; or a table, as in
            `read_columns`, with a column of these or of words: `train` and `calibration`, in the usual spellings, and
            any other word for what is held out.  Of several columns the one named `split` is taken, or the one that
            `PATH:NAME` names.
        samples: the number of samples N.

    Raises:
        InputError: the file cannot be read, it does not have N rows, or an entry is something else.

    Warns:
        BridgeWarning: a word is none of those that usually stand for a part.
    """
    found = find_files(spec)
    if found.is_table:
        column = _one_column(found, _SPLIT_COLUMN, samples)
        entries, rows = words(column)
        kinds = [_kind(word) for word in entries]
        _require_words_or_truths(column, entries, kinds, rows)
        is_train, is_calibration = (
            np.array([kind in part for kind in kinds])[rows] for part in (_TRAINING, _CALIBRATION)
        )
        return Split(is_train, is_calibration)
    array = open_entries(found)
    if len(array.shape) != 1:
        raise InputError(
            f"{spec} has shape {array.shape} and type {array.dtype}; (N,) booleans are required, True for the training "
            "part; for three parts, give a .csv with a column of train, calibration and held_out"
        )
    require_rows(spec, array.shape[0], samples)
    values = array.read_whole(spec)
    other = np.flatnonzero((values != 0) & (values != 1))
    if len(other):
        raise InputError(
            f"{spec} has {values[other[0]]} in row {other[0]}, counted from 0; booleans, or 0 and 1, are required, 1 "
            "for the training part; for three parts, give a .csv with a column of train, calibration and held_out"
        )
    is_train = values == 1
    return Split(is_train, np.zeros_like(is_train))


def require_training(parts: Split, spec: str) -> None:
    """Refuse parts of which none is to be fitted on.

    Args:
        parts: the parts of N samples.
        spec: the file that they are from.

    Raises:
        InputError: the training part is empty.
    """
    if not parts.is_train.any():
        raise InputError(
            f"{spec} has no sample of the training part among {len(parts.is_train)}; at least one is required to fit "
            "on; say so by `train`, true or 1"
        )


def read_groups(spec: str, *, samples: int) -> np.ndarray:
    """Read which group each of N samples belongs to, such as the person or the picture that it was taken from.

    Args:
        spec: a table, as in `read_columns`, with a column of anything; of several the one named `group`, or the one
            that `PATH:NAME` names; or an array (N,).
        samples: the number of samples N.

    Returns:
        (N,) int64, the same number for the samples of a group.

    Raises:
        InputError: the file cannot be read, it does not have N rows, or an entry is missing.
    """
    found = find_files(spec)
    if found.is_table:
        _, rows = words(_one_column(found, _GROUP_COLUMN, samples))
        return rows.astype(np.int64)
    array = open_entries(found)
    if len(array.shape) != 1:
        raise InputError(
            f"{spec} has shape {array.shape}; groups of shape (N,) are required, one for each sample; reshape them"
        )
    require_rows(spec, array.shape[0], samples)
    values = array.read_whole(spec)
    require_finite(values, spec)
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def read_sample_weights(spec: str, *, samples: int) -> np.ndarray:
    """Read how much each of N samples counts in a fit.

    Args:
        spec: a table, as in `read_columns`, with a column of numbers; of several the one named `weight`, or the one
            that `PATH:NAME` names; or an array (N,).
        samples: the number of samples N.

    Returns:
        (N,) float64, at least 0.

    Raises:
        InputError: the file cannot be read, it does not have N rows, or an entry is negative or no number.
    """
    found = find_files(spec)
    if found.is_table:
        values = numbers(_one_column(found, _WEIGHT_COLUMN, samples))
    else:
        array = open_entries(found)
        if len(array.shape) != 1:
            raise InputError(
                f"{spec} has shape {array.shape}; sample weights of shape (N,) are required, one for each sample; "
                "reshape them"
            )
        require_rows(spec, array.shape[0], samples)
        values = array.read_whole(spec)
        require_finite(values, spec)
    negative = np.flatnonzero(values < 0)
    if len(negative):
        raise InputError(
            f"`{spec}[{negative[0]}]` is {values[negative[0]]}; sample weights of at least 0 are required; leave the "
            "sample out, or weigh it with 0"
        )
    return values.astype(np.float64)


def _one_column(found: FoundFiles, usual_name: str, samples: int) -> Column:
    columns = _columns(found, [found.array] if found.array else None, samples, chosen_by=f"{found.path}:NAME")
    if len(columns) > 1 and usual_name not in columns:
        raise InputError(
            f"{found.path} has {len(columns)} columns and none is named {usual_name!r}; one column is required; choose "
            f"it with {found.path}:NAME, or rename it"
        )
    return columns[usual_name] if len(columns) > 1 else next(iter(columns.values()))


def _kind(word: str) -> str:
    """A word as those that are known are written; a number as a whole one, if it is."""
    kind = "_".join(word.replace("-", " ").casefold().split())
    return kind.removesuffix(".0")


def _require_words_or_truths(column: Column, found: Sequence[str], kinds: Sequence[str], rows: np.ndarray) -> None:
    """Refuse numbers that are neither 0 nor 1; name words that one may not expect to be held out."""
    unusual = []
    for number, (word, kind) in enumerate(zip(found, kinds, strict=True)):
        if _is_number(kind) and kind not in ("0", "1"):
            place = column.place(int(np.argmax(rows == number)))
            raise InputError(
                f"{column.source} has {word[:40]!r} in {place}; 0 and 1, true and false, or the words train, "
                "calibration and held_out are required; write one of these"
            )
        if kind not in (*_TRAINING, *_CALIBRATION, *_HELD_OUT, "0", "false"):
            unusual.append(repr(word[:40]))
    if unusual:
        warnings.warn(
            f"{column.source} has {', '.join(unusual[:5])}{' and more' if len(unusual) > 5 else ''}, which counts as "
            "held out; the words of the other parts are train and calibration",
            BridgeWarning,
            stacklevel=2,
        )


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


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
    path, layer = split_source(spec)
    arrays = arrays_in(path)
    prefix = f"{layer}." if layer else ""
    for weight_name, bias_name in (("weight", "bias"), ("coef_", "intercept_")):
        weight = find_array(arrays, prefix + weight_name)
        if weight is not None:
            bias = find_array(arrays, prefix + bias_name)
            if bias is None and bias_name == "intercept_":
                raise InputError(
                    f"{path} has `coef_` and no `intercept_`; both are required; save it too, or 0.0 if there is none"
                )
            source = f"{path}: `{prefix}{weight_name}`"
            W = _weight_and_bias(source, f"`{bias_name}`", weight(), None if bias is None else bias(), dim, concepts)
            break
    else:
        W = _weight_matrix(spec, open_array(spec), dim, concepts)
    require_finite(W, f"{spec}: W")
    return W


def _weight_matrix(source: str, array: ArraySource, dim: int, concepts: int) -> np.ndarray:
    if array.shape != (dim + 1, concepts) and (array.shape, concepts) != ((dim + 1,), 1):
        raise InputError(
            f"{source} has shape {array.shape}; ({dim + 1}, {concepts}) is required for {dim} latent dimensions and "
            f"{concepts} concepts, the bias in the last row; give W so, or a file with weight and bias"
        )
    return array.whole().reshape(dim + 1, concepts)


def _weight_and_bias(
    source: str, bias_name: str, weight: ArraySource, bias: ArraySource | None, dim: int, concepts: int
) -> np.ndarray:
    shapes = (weight.shape, None if bias is None else bias.shape)
    vector_shapes = [((dim,), ()), ((dim,), (1,))] if concepts == 1 else []
    if shapes not in [*(((concepts, dim), last) for last in ((concepts,), (), None)), *vector_shapes]:
        raise InputError(
            f"{source} has shape {shapes[0]} and {bias_name} {shapes[1]}; ({concepts}, {dim}) and ({concepts},) are "
            f"required for {dim} latent dimensions and {concepts} concepts; choose the latents and scores of this probe"
        )
    rows = weight.whole().reshape(concepts, dim).T
    last = np.zeros(1, rows.dtype) if bias is None else bias.whole().reshape(-1)
    dtype = np.result_type(rows, last)
    last_row = np.broadcast_to(converted(last, dtype, bias_name), (1, concepts))
    return np.vstack([converted(rows, dtype, source), last_row])
