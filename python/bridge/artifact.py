"""The artifact: what a fit leaves behind and all that an export reads, in one file without code.

The file is in the safetensors format.  Its arrays are the floats of the fit, bit for bit; everything else is JSON in
one metadata entry, with a SHA-256 over the content, so that a damaged file is refused.
"""

import dataclasses
import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from pathlib import Path
from types import UnionType
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from bridge.errors import InputError
from bridge.exact import require_finite, require_shapes
from bridge.files import write_atomically
from bridge.rounding import require_grid_bits, require_on_grid

FORMAT_VERSION = 1

# One metadata entry only: safetensors writes several in an order that changes from run to run.
_METADATA_KEY = "bridge"
_ARRAYS = ("latents", "scores", "weights", "is_train", "sample_indices")
# What a file lacks whose probe has no calibration part, as those of the first versions do.
_CALIBRATION_ARRAY = "is_calibration"
_CALIBRATION_METRICS = ("r2_calibration", "delta_calibration")

_FRACTION = re.compile(r"0|[1-9][0-9]*/[1-9][0-9]*")
# The denominator can be 2^1074, which has 324 digits.
_LONGEST_CHANGE = 2 * 324 + 1

# Native byte order only: the file has one byte order, and the arrays are kept bit for bit.
_INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)
_NUMBERS = (np.float16, np.float32, np.float64, *_INTEGERS, np.bool_)


@dataclass(frozen=True)
class Provenance:
    """Where the numbers come from.

    Attributes:
        dataset: the data set's name, such as `digits`.
        dataset_sha256: SHA-256 of its images, in hexadecimal.
        seed: the seed of training and split, None if nothing was drawn at random.
        held_out: the fraction of samples kept from the fit to measure it, None if the parts were given.
        lam: the ridge strength λ, None if the probe was fitted elsewhere.
        beta: the weight of the KL term, None if no VAE was trained.
        epochs: the number of training epochs, None if no VAE was trained.
        device: where the latents were computed.
        versions: version of each library that took part.

    Raises:
        InputError: on construction, if a field is not of its type, or a number is NaN or infinite.
    """

    dataset: str
    dataset_sha256: str
    seed: int | None
    held_out: float | None
    lam: float | None
    beta: float | None
    epochs: int | None
    device: str
    versions: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        _require_field_types(self)


@dataclass(frozen=True)
class ConceptMetrics:
    """Floating-point measures of one concept on each part, for information; None where undefined.

    R² is undefined for an empty part and for a constant score; δ for an empty part.

    Raises:
        InputError: on construction, if a field is not of its type, or a number is NaN or infinite.
    """

    r2_train: float | None
    r2_held_out: float | None
    r2_all: float | None
    delta_train: float | None
    delta_held_out: float | None
    delta_all: float | None
    r2_calibration: float | None = None
    delta_calibration: float | None = None

    def __post_init__(self) -> None:
        _require_field_types(self)


@dataclass(frozen=True)
class Rounding:
    """To which grids the numbers were rounded before δ was computed, and by how much they changed.

    Attributes:
        weight_bits: N, if the weights and the bias were rounded to multiples of 2^-N.
        latent_bits: N, if the latents were.
        largest_weight_change: the largest |rounded - fitted| over all weights and biases, exactly, as `1/2097152` or
            `0`.
        largest_latent_change: the same of the latents.

    Raises:
        InputError: on construction, if nothing was rounded, a field is not of its type, or a change is not one that
            rounding to the grid can make.
    """

    weight_bits: int | None
    latent_bits: int | None
    largest_weight_change: str | None
    largest_latent_change: str | None

    def __post_init__(self) -> None:
        _require_field_types(self)
        if self.weight_bits is None and self.latent_bits is None:
            raise InputError("a record of rounding has no grid; one is required; leave the record out")
        for kind in ("weight", "latent"):
            _require_possible_change(kind, getattr(self, f"{kind}_bits"), getattr(self, f"largest_{kind}_change"))


@dataclass(frozen=True, eq=False)
class ProbeArtifact:
    """A fitted linear probe with the data that it was fitted and measured on.

    Attributes:
        latents: (N, d) latent points, floats of 16, 32 or 64 bits, integers or booleans.
        scores: (N, k) concept scores, of any of these types.
        weights: (d + 1, k) weights, of any of these types, the bias in the last row.
        is_train: (N,) bool, True for the samples of the training part.
        sample_indices: (N,) int64, the position of each sample in the data set.
        concept_names: k distinct names, none of them empty.
        concept_units: k units, such as `pixels`.
        metrics: k records of floating-point measures.
        provenance: where the numbers come from.
        rounding: the grids that weights or latents were rounded to, None if nothing was rounded.
        is_calibration: (N,) bool, True for the samples of the calibration part, which the fit has not seen and which
            conformal bounds are taken from; an empty array stands for no sample.

    Raises:
        InputError: on construction, if shapes, dtypes or values are not as stated.
    """

    latents: np.ndarray
    scores: np.ndarray
    weights: np.ndarray
    is_train: np.ndarray
    sample_indices: np.ndarray
    concept_names: tuple[str, ...]
    concept_units: tuple[str, ...]
    metrics: tuple[ConceptMetrics, ...]
    provenance: Provenance
    rounding: Rounding | None = None
    is_calibration: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0, np.bool_))

    def __post_init__(self) -> None:
        if self.is_calibration.size == 0:
            object.__setattr__(self, "is_calibration", np.zeros_like(self.is_train))
        require_shapes(self.latents.shape, self.scores.shape, self.weights.shape)
        for name in ("latents", "scores", "weights"):
            array = getattr(self, name)
            if array.dtype not in _NUMBERS:
                raise InputError(
                    f"`{name}` has dtype {array.dtype}; floats of 16, 32 or 64 bits or integers in native byte order "
                    "are required; convert it first"
                )
            require_finite(array, name)
        samples, concepts = self.scores.shape
        dtypes = {"is_train": np.bool_, "sample_indices": np.int64, "is_calibration": np.bool_}
        for name, dtype in dtypes.items():
            array = getattr(self, name)
            if array.shape != (samples,) or array.dtype != dtype:
                raise InputError(
                    f"`{name}` has shape {array.shape} and dtype {array.dtype}; ({samples},) and "
                    f"{np.dtype(dtype)} are required, one entry for each sample; rebuild it"
                )
        both = np.flatnonzero(self.is_train & self.is_calibration)
        if len(both):
            raise InputError(
                f"sample {both[0]} is in the training part and in the calibration part; the fit must not have seen a "
                "calibration sample; choose one part for it"
            )
        for name in ("concept_names", "concept_units", "metrics"):
            count = len(getattr(self, name))
            if count != concepts:
                raise InputError(
                    f"`{name}` has {count} entries; {concepts} are required, one for each score column; name every "
                    "concept"
                )
        _require_distinct_names(self.concept_names)
        if self.rounding is not None:
            for name, bits in {"weights": self.rounding.weight_bits, "latents": self.rounding.latent_bits}.items():
                if bits is not None:
                    require_on_grid(getattr(self, name), bits, name=name)
        for name in (*_ARRAYS, _CALIBRATION_ARRAY):
            # A copy that nobody else can write to: bytes are immutable.
            array = getattr(self, name)
            frozen = np.frombuffer(array.tobytes(), dtype=array.dtype).reshape(array.shape)
            object.__setattr__(self, name, frozen)

    @property
    def is_held_out(self) -> np.ndarray:
        """(N,) bool, True for the samples that are neither fitted on nor calibrated with."""
        held_out: np.ndarray = ~(self.is_train | self.is_calibration)
        return held_out


@dataclass(frozen=True, eq=False)
class StoredArtifact:
    """An artifact and the file that it is stored in.

    Attributes:
        artifact: the content.
        sha256: SHA-256 of the file's bytes in hexadecimal, as `sha256sum` prints it.
    """

    artifact: ProbeArtifact
    sha256: str


def artifact_bytes(artifact: ProbeArtifact) -> bytes:
    """The content of the artifact's file; equal artifacts give equal bytes."""
    arrays = {name: getattr(artifact, name) for name in _ARRAYS}
    if artifact.is_calibration.any():
        arrays[_CALIBRATION_ARRAY] = artifact.is_calibration
    content: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "concept_names": artifact.concept_names,
        "concept_units": artifact.concept_units,
        "metrics": [_metrics_record(metrics) for metrics in artifact.metrics],
        "provenance": asdict(artifact.provenance),
    }
    if artifact.rounding is not None:
        content["rounding"] = asdict(artifact.rounding)
    content["content_sha256"] = _digest(content, arrays)
    return safetensors.numpy.save(arrays, metadata={_METADATA_KEY: _canonical_json(content)})


def save_artifact(path: Path, artifact: ProbeArtifact) -> None:
    """Write an artifact; an interruption leaves the old file intact.

    Raises:
        InputError: the file cannot be written.
    """
    write_atomically(path, artifact_bytes(artifact))


def load_artifact(path: Path) -> StoredArtifact:
    """Read an artifact; no code in the file is run, since the format has none.

    Raises:
        InputError: the file is missing, is not an artifact, has another format version, or is damaged.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; an artifact is required; make one with `bridge fit`") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); an artifact file is required") from None
    try:
        artifact = _decode(data)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (
        safetensors.SafetensorError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        UnicodeDecodeError,
        RecursionError,  # JSON nested too deeply
    ) as error:
        raise InputError(
            f"{path} is not an artifact or is damaged ({type(error).__name__}: {_one_line(error)}); "
            "make it again with `bridge fit`"
        ) from None
    # Writing it again must give the same bytes: this covers every bit of the file, also those without a meaning.
    if artifact_bytes(artifact) != data:
        raise InputError(f"{path} is damaged: its content does not have the SHA-256 that it records; make it again")
    return StoredArtifact(artifact, hashlib.sha256(data).hexdigest())


def _decode(data: bytes) -> ProbeArtifact:
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    content = json.loads(header["__metadata__"][_METADATA_KEY])
    if content["format_version"] != FORMAT_VERSION:
        raise InputError(
            f"format version {content['format_version']!r} was found; version {FORMAT_VERSION} is required; make the "
            "artifact again with this version of bridge"
        )
    arrays = safetensors.numpy.load(data)
    provenance = {**content["provenance"]}
    provenance["versions"] = tuple((name, version) for name, version in provenance["versions"])
    return ProbeArtifact(
        **{name: arrays[name] for name in _ARRAYS},
        concept_names=tuple(content["concept_names"]),
        concept_units=tuple(content["concept_units"]),
        metrics=tuple(
            ConceptMetrics(**_known(ConceptMetrics, dict.fromkeys(_CALIBRATION_METRICS) | record))
            for record in content["metrics"]
        ),
        provenance=Provenance(**_known(Provenance, provenance)),
        rounding=Rounding(**_known(Rounding, content["rounding"])) if "rounding" in content else None,
        is_calibration=arrays.get(_CALIBRATION_ARRAY, np.zeros_like(arrays["is_train"])),
    )


def _metrics_record(metrics: ConceptMetrics) -> dict[str, float | None]:
    return {
        name: value for name, value in asdict(metrics).items() if value is not None or name not in _CALIBRATION_METRICS
    }


def _known(record_type: type, record: Mapping[str, Any]) -> Mapping[str, Any]:
    names = {field.name for field in fields(record_type)}
    if set(record) != names:
        raise ValueError(f"the fields of {record_type.__name__} are {sorted(record)}")
    return record


def _digest(content: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256(_canonical_json(content).encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(_canonical_json([name, array.dtype.str, array.shape]).encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _canonical_json(content: object) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _require_field_types(record: Provenance | ConceptMetrics | Rounding) -> None:
    """Refuse a field that is not of its type, as a file made by hand may have it, or a number that is not finite."""
    for field in fields(record):
        value = getattr(record, field.name)
        # No field is a bool, which Python counts among the integers.
        of_type = not isinstance(field.type, type | UnionType) or isinstance(value, field.type)
        if not of_type or isinstance(value, bool):
            kind = getattr(field.type, "__name__", str(field.type))
            raise InputError(f"`{field.name}` is {value!r}; {kind} is required; check the fit")
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(
                f"`{field.name}` is {value}; a finite number is required, or None where it is undefined; check the fit"
            )


def _require_possible_change(kind: str, bits: int | None, change: str | None) -> None:
    """Refuse a largest change that rounding to multiples of 2^-bits cannot make."""
    if (bits is None) != (change is None):
        raise InputError(
            f"`{kind}_bits` is {bits!r} and `largest_{kind}_change` {change!r}; both or neither are required; check "
            "the fit"
        )
    if bits is None or change is None:
        return
    require_grid_bits(bits, f"`{kind}_bits`")
    # At most half a step of the grid, so 0 or a proper fraction; and a difference of floats, so a float.
    value = Fraction(change) if len(change) <= _LONGEST_CHANGE and _FRACTION.fullmatch(change) else Fraction(-1)
    if str(value) != change or value > Fraction(1, 2 ** (bits + 1)) or Fraction(float(value)) != value:
        raise InputError(
            f"`largest_{kind}_change` is {change[:_LONGEST_CHANGE]!r}; 0 or a fraction in lowest terms of at most "
            f"2^-{bits + 1}, half a step of the grid, is required; check the fit"
        )


def _require_distinct_names(names: Sequence[str]) -> None:
    for position, name in enumerate(names):
        if not name:
            raise InputError(f"concept {position} has an empty name; each concept needs its own; name it")
        if name in names[:position]:
            raise InputError(f"the concept name {name!r} is used twice; each concept needs its own; rename one")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
