"""The artifact: what a fit leaves behind, and all that an export reads."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from bridge.artifact.pixels import Pixels
from bridge.base.arrays import frozen, require_finite, require_shapes
from bridge.base.errors import InputError
from bridge.base.names import require_concept_names
from bridge.base.record_types import require_field_types
from bridge.base.shard import Shard
from bridge.exact.rounding import require_grid_bits, require_on_grid

RECORD_ARRAYS = ("scores", "weights", "is_train", "is_calibration", "sample_indices")

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
        dataset_sha256: SHA-256 of its images or of its file, in hexadecimal; of shards, that of
            `bridge.base.shard.data_set_sha256`.
        seed: the seed of training and split, None if nothing was drawn at random.
        held_out: the fraction of samples kept from the fit to measure it, None if it is not known which of them the
            fit has seen.
        lam: the ridge strength λ, None if the probe was fitted elsewhere.
        beta: the weight of the KL term, None if no VAE was trained.
        epochs: the number of training epochs, None if no VAE was trained.
        device: where the latents were computed.
        versions: version of each library that took part.
        standardized: whether the ridge weighed on the weights of standardised latents.
        free_bias: whether the ridge weighed on the weights alone, and not on the bias.
        weighted: whether some samples counted more than others in the fit.
        shards: the files that the rows of the data set are in, in their order; none if it is in one.

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
    standardized: bool
    free_bias: bool
    weighted: bool
    shards: tuple[Shard, ...] = ()

    def __post_init__(self) -> None:
        require_field_types(self)

    def written(self) -> dict[str, Any]:
        """The record as JSON has it; shards are left out where there are none."""
        content = asdict(self)
        return content if self.shards else {name: value for name, value in content.items() if name != "shards"}


@dataclass(frozen=True)
class ConceptMetrics:
    """Measures of one concept on each part, for information: the floats nearest to them, None where there is none.

    R² is undefined for an empty part and for a constant score; δ for an empty part; both have no float where they are
    too large for one.

    Raises:
        InputError: on construction, if a field is not of its type, or a number is NaN or infinite.
    """

    r2_train: float | None
    r2_calibration: float | None
    r2_held_out: float | None
    r2_all: float | None
    delta_train: float | None
    delta_calibration: float | None
    delta_held_out: float | None
    delta_all: float | None

    def __post_init__(self) -> None:
        require_field_types(self)


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
        require_field_types(self)
        if self.weight_bits is None and self.latent_bits is None:
            raise InputError("a record of rounding has no grid; one is required; leave the record out")
        for kind in ("weight", "latent"):
            _require_possible_change(kind, getattr(self, f"{kind}_bits"), getattr(self, f"largest_{kind}_change"))


@dataclass(frozen=True, eq=False, kw_only=True)
class SampleRecord:
    """What every artifact says of its N samples: in which parts they are, and where all of it comes from.

    Attributes:
        is_train: (N,) bool, True for the samples of the training part.
        is_calibration: (N,) bool, True for the samples of the calibration part, which conformal bounds are taken from
            and which the fit has not seen, as far as the parts are known.
        sample_indices: (N,) int64, the position of each sample in the data set.
        provenance: where the numbers come from.
        rounding: the grids that weights or latents were rounded to, None if nothing was rounded.
    """

    is_train: np.ndarray
    is_calibration: np.ndarray
    sample_indices: np.ndarray
    provenance: Provenance
    rounding: Rounding | None = None

    @property
    def is_held_out(self) -> np.ndarray:
        """(N,) bool, True for the samples that are known to be neither fitted on nor calibrated with."""
        held_out: np.ndarray = ~(self.is_train | self.is_calibration)
        return held_out & self.knows_parts

    @property
    def knows_parts(self) -> bool:
        """Whether it is known which samples the fit has seen."""
        return self.provenance.held_out is not None

    def require_parts(self, samples: int) -> None:
        """Refuse parts that so many samples cannot be in.

        Raises:
            InputError: an array is not one of so many entries of its type, or the parts contradict one another.
        """
        dtypes = {"is_train": np.bool_, "sample_indices": np.int64, "is_calibration": np.bool_}
        for name, dtype in dtypes.items():
            require_entries(getattr(self, name), name, samples, dtype)
        if not self.knows_parts and self.is_train.any():
            raise InputError(
                "there is a training part, and no fraction that is held out; both or neither are required; give the "
                "fraction"
            )
        both = np.flatnonzero(self.is_train & self.is_calibration)
        if len(both):
            raise InputError(
                f"sample {both[0]} is in the training part and in the calibration part; the fit must not have seen a "
                "calibration sample; choose one part for it"
            )

    def require_grids(self, *names: str) -> None:
        """Refuse arrays off the grid that they were rounded to.

        Args:
            names: `weights`, `latents` or both.

        Raises:
            InputError: which entry is off its grid.
        """
        for name in names:
            bits = None if self.rounding is None else getattr(self.rounding, f"{name.removesuffix('s')}_bits")
            if bits is not None:
                require_on_grid(getattr(self, name), bits, name=name)


@dataclass(frozen=True, eq=False, kw_only=True)
class ProbeRecord(SampleRecord):
    """A fitted linear probe with all that belongs to it but the latents, which need not fit into memory.

    Attributes:
        scores: (N, k) concept scores, floats of 16, 32 or 64 bits, integers or booleans.
        weights: (d + 1, k) weights, of any of these types, the bias in the last row.
        concept_names: k distinct names, none of them empty.
        concept_units: k units, such as `pixels`.
        metrics: k records of floating-point measures.
        pixels: the images and the encoder that latents and scores were computed from, None if they are not kept.

    Raises:
        InputError: on construction, if shapes, dtypes or values are not as stated.
    """

    scores: np.ndarray
    weights: np.ndarray
    concept_names: tuple[str, ...]
    concept_units: tuple[str, ...]
    metrics: tuple[ConceptMetrics, ...]
    pixels: Pixels | None = None

    def __post_init__(self) -> None:
        require_field_types(self)
        for name in ("scores", "weights"):
            require_numbers(getattr(self, name), name)
        self.require_latents((len(self.scores), len(self.weights) - 1), np.dtype(np.float64))
        samples, concepts = self.scores.shape
        self.require_parts(samples)
        for name in ("concept_names", "concept_units", "metrics"):
            count = len(getattr(self, name))
            if count != concepts:
                raise InputError(
                    f"`{name}` has {count} entries; {concepts} are required, one for each score column; name every "
                    "concept"
                )
        require_concept_names(self.concept_names)
        if self.pixels is not None:
            self.pixels.require_fits(samples, len(self.weights) - 1, self.concept_names)
        self.require_grids("weights")
        for name in RECORD_ARRAYS:
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def require_latents(self, shape: Sequence[int], dtype: np.dtype) -> None:
        """Refuse latents that the record cannot belong to.

        Raises:
            InputError: their shape or their dtype is not one that the scores and the weights go with.
        """
        require_shapes(shape, self.scores.shape, self.weights.shape)
        _require_dtype(dtype, "latents")


@dataclass(frozen=True, eq=False, kw_only=True)
class ProbeArtifact(ProbeRecord):
    """A fitted linear probe with the data that it was fitted and measured on.

    Attributes:
        latents: (N, d) latent points, floats of 16, 32 or 64 bits, integers or booleans.

    Raises:
        InputError: on construction, if shapes, dtypes or values are not as stated.
    """

    latents: np.ndarray

    def __post_init__(self) -> None:
        require_field_types(self)
        self.require_latents(self.latents.shape, self.latents.dtype)
        require_numbers(self.latents, "latents")
        super().__post_init__()
        self.require_grids("latents")
        object.__setattr__(self, "latents", frozen(self.latents))


def require_numbers(array: np.ndarray, name: str) -> None:
    """Refuse an array that an artifact cannot keep bit for bit as rational numbers.

    Raises:
        InputError: its type is none of those that artifacts have, or an entry is not finite.
    """
    _require_dtype(array.dtype, name)
    require_finite(array, name)


def require_entries(array: np.ndarray, name: str, samples: int, dtype: type[np.generic]) -> None:
    """Refuse an array that does not have one entry of the type for each sample.

    Raises:
        InputError: its shape or its type is another.
    """
    if array.shape != (samples,) or array.dtype != dtype:
        raise InputError(
            f"`{name}` has shape {array.shape} and dtype {array.dtype}; ({samples},) and {np.dtype(dtype)} are "
            "required, one entry for each sample; rebuild it"
        )


def _require_dtype(dtype: np.dtype, name: str) -> None:
    if dtype not in _NUMBERS:
        raise InputError(
            f"`{name}` has dtype {dtype}; floats of 16, 32 or 64 bits or integers in native byte order are required; "
            "convert it first"
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
