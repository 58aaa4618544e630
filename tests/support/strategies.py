"""Strategies for hypothesis: finite floats, artifacts that hold them, and texts that would rather be code."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bridge.artifact.coverage import Coverage
from bridge.base.names import RESERVED_NAMES
from support.artifacts import make_artifact

# For tests that read and write files: one folder serves all examples.
unhurried = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

# Pure Python takes twice as long while its coverage is measured; for tests that reach no line that others do not.
unmeasured = pytest.mark.no_cover

_HOSTILE_TEXTS = [
    "a/-",
    "-/",
    "/-",
    "/-/",
    "-/-",
    "--/",
    "/--/",
    "-/-/-/-",
    "//--//--",
    "/-!",
    "δ → False",
    '"; #eval',
    "x -/ axiom bad : False /-",
    "-/\naxiom bad : False\n/-",
    "a\u2028b",
    "a\rb\tc\0d",
    "\u202eevil\u202c",
    "-\u200b/",
    "/\u00ad-",
    "\ud800",
]
hostile_texts = st.sampled_from(_HOSTILE_TEXTS) | st.text("/-! \n\u202eab") | st.text(st.characters())
INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.bool_)
FLOAT_WIDTHS = {np.float16: 16, np.float32: 32, np.float64: 64}


def finite_floats(width):
    return st.floats(width=width, allow_nan=False, allow_infinity=False)


def extreme_floats(dtype):
    """Zeros of both signs, the largest and the smallest numbers, and powers of two near the ends of the range."""
    info = np.finfo(dtype)
    powers = [dtype(2.0**exponent) for exponent in (-1000, -20, -10, 10, 1000) if info.minexp < exponent < info.maxexp]
    sizes = [info.max, info.smallest_normal, info.smallest_subnormal, dtype(0), *powers]
    return st.sampled_from([float(sign * size) for size in sizes for sign in (1, -1)])


@st.composite
def float_arrays(draw, rows, columns):
    """A matrix of any floats, of extreme floats, of floats that are not positive, or of equal rows."""
    dtype = draw(st.sampled_from(list(FLOAT_WIDTHS)))
    elements = draw(st.sampled_from([finite_floats(FLOAT_WIDTHS[dtype]), extreme_floats(dtype)]))
    match draw(st.sampled_from(["any", "not positive", "equal rows"])):
        case "any":
            return draw(hnp.arrays(dtype, (rows, columns), elements=elements))
        case "not positive":
            return -np.abs(draw(hnp.arrays(dtype, (rows, columns), elements=elements)))
        case "equal rows":
            return np.tile(draw(hnp.arrays(dtype, (1, columns), elements=elements)), (rows, 1))


def integer_arrays(rows, columns):
    """A matrix of integers or booleans, the largest and the smallest ones among them."""
    dtypes = st.sampled_from(INTEGERS)
    return dtypes.flatmap(lambda dtype: hnp.arrays(dtype, (rows, columns), elements=hnp.from_dtype(np.dtype(dtype))))


def number_arrays(rows, columns):
    """A matrix of any type that an artifact can hold."""
    return float_arrays(rows, columns) | integer_arrays(rows, columns)


def concept_names():
    """Names that a concept can have, in any script."""
    characters = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"), exclude_characters="«»")
    return st.text(characters, min_size=1).filter(lambda name: name not in RESERVED_NAMES)


@st.composite
def artifacts(draw, max_samples=5, max_dim=4, max_concepts=3):
    """Small artifacts of any dtypes and any finite values."""
    samples, dim = draw(st.integers(1, max_samples)), draw(st.integers(1, max_dim))
    concepts = draw(st.integers(1, max_concepts))
    is_train = np.arange(samples) % 3 != 0
    return make_artifact(
        samples,
        dim,
        concepts,
        is_train=is_train,
        is_calibration=draw(hnp.arrays(np.bool_, samples)) & ~is_train,
        latents=draw(number_arrays(samples, dim)),
        scores=draw(number_arrays(samples, concepts)),
        weights=draw(number_arrays(dim + 1, concepts)),
    )


@st.composite
def artifacts_with_coverages(draw):
    """An artifact and a part of it that has samples."""
    artifact = draw(artifacts())
    parts = {
        Coverage.ALL: True,
        Coverage.TRAIN: artifact.is_train.any(),
        Coverage.CALIBRATION: artifact.is_calibration.any(),
        Coverage.HELD_OUT: artifact.is_held_out.any(),
    }
    return artifact, draw(st.sampled_from([coverage for coverage, has_samples in parts.items() if has_samples]))


def cuts(count):
    """Ways to cut `range(count)` into consecutive slices, some of them empty."""
    places = st.lists(st.integers(0, count), max_size=6).map(sorted)
    return places.map(lambda inner: [slice(*ends) for ends in pairwise([0, *inner, count])])
